//! The six functions of stations (六项职能) as a table: what the work says, and of which nothing is measured yet.

use district::coverage::functions::{Function, Functions};
use district::coverage::{Part, Standings};
use district::matters::SMALL;

use crate::kit::Shell;

/// A function.
pub(super) struct Row {
    /// The message with its name.
    pub name: &'static str,
    /// The message that says what is counted.
    pub what: &'static str,
    /// So many of so many, as words; `None`: not yet measured.
    pub count: Option<String>,
    /// The share, or why there is none.
    pub share: String,
}

/// All six, of a part of the district.
pub(super) fn rows(s: &Shell, functions: &Functions, standings: &Standings, part: Part) -> Vec<Row> {
    let row = |function: &Function| {
        let share = functions.of(*function, standings, part);
        let (name, what) = messages(*function);
        Row {
            name,
            what,
            count: share.map(|it| s.t2("coverage-function-of", ("of", it.of), ("all", it.all))),
            share: share.map_or_else(String::new, |it| match it.per_mille() {
                Some(share) => super::percent(Some(share)),
                None => s.t1("matters-too-few", "few", SMALL),
            }),
        }
    };
    Function::ALL.iter().map(row).collect()
}

const fn messages(function: Function) -> (&'static str, &'static str) {
    match function {
        Function::Resources => ("coverage-function-resources", "coverage-function-resources-what"),
        Function::Urging => ("coverage-function-urging", "coverage-function-urging-what"),
        Function::Forces => ("coverage-function-forces", "coverage-function-forces-what"),
        Function::Visits => ("coverage-function-visits", "coverage-function-visits-what"),
        Function::Compact => ("coverage-function-compact", "coverage-function-compact-what"),
        Function::Incubation => ("coverage-function-incubation", "coverage-function-incubation-what"),
    }
}
