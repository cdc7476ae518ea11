//! Data quality: what the register has wrong, worst first, each with its community and where to mend it.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::exchange::book::Value;
use district::exchange::{self, Check, Finding, Grade};
use district::kit::{Call, Scope, TownId};
use district::people::Action;

use crate::kit::table::{self, Column, FileLink, Listed, text};
use crate::kit::{self, Fault, Places, Shell};

/// Findings of a page.
const PAGE: usize = 100;

/// How often something was found.
struct Tally {
    check: Check,
    count: usize,
}

#[derive(Template)]
#[template(path = "exchange/quality.html")]
struct Page<'a> {
    s: &'a Shell,
    day: Day,
    town: Option<TownId>,
    /// The reader chooses among towns; one of a town sees that town.
    chooses: bool,
    places: Places,
    check: Option<Check>,
    tallies: Vec<Tally>,
    all: usize,
    communities: usize,
    findings: Vec<Finding>,
    chosen: usize,
    next: Option<String>,
    files: Vec<FileLink>,
}

impl Page<'_> {
    fn town(&self, id: &TownId) -> String {
        self.places.town_name(self.s, *id)
    }

    fn is_town(&self, id: &TownId) -> bool {
        self.town == Some(*id)
    }

    fn is_check(&self, check: Check) -> bool {
        self.check == Some(check)
    }

    /// The tallies of a grade.
    fn of(&self, grade: Grade) -> Vec<&Tally> {
        self.tallies.iter().filter(|tally| tally.check.grade() == grade).collect()
    }
}

/// The message of a check.
fn message(check: Check) -> String {
    ["exchange-quality-", check.as_str()].concat()
}

/// The message of a grade.
fn grade_message(grade: Grade) -> String {
    ["exchange-grade-", grade.as_str()].concat()
}

/// Where it is mended.
fn mend(finding: &Finding) -> String {
    if finding.check.is_of_modes() {
        format!("/communities/{}/modes", finding.code)
    } else {
        format!("/district/exchange/register/xlsx?town={}", finding.town)
    }
}

/// What was found of what the query asks for, and what it asks for.
struct Found {
    day: Day,
    town: Option<TownId>,
    chooses: bool,
    check: Option<Check>,
    all: Vec<Finding>,
    places: Places,
}

impl Found {
    /// Those of the check that was asked for.
    fn chosen(&self) -> Vec<&Finding> {
        self.all.iter().filter(|it| self.check.is_none_or(|check| it.check == check)).collect()
    }
}

fn found(s: &Shell) -> Result<Found, Fault> {
    let day = s.on()?;
    let asked: Option<TownId> =
        s.asked("town").map(|text| text.parse()).transpose().map_err(|_| Fault::Bad)?;
    let call = Call::new(&s.actor, s.now(), 0);
    // Whoever is responsible for a part sees that part; the district chooses among the towns.
    let own = exchange::scope_of(&call, Action::RegisterRead).unwrap_or(Scope::District);
    let chooses = own == Scope::District;
    let part = if chooses { asked.map_or(own, Scope::Town) } else { own };
    let town = part.town();
    let check = s.asked("check").and_then(|text| Check::ALL.iter().find(|it| it.as_str() == text).copied());
    let (all, places) = s.state.read(|tx| {
        let places = Places::read(s, tx, day)?;
        Ok((exchange::quality(tx, &call, &s.state.memory, day, part)?, places))
    })?;
    Ok(Found { day, town, chooses, check, all, places })
}

const COLUMNS: [Column; 8] = [
    ("code", "register-code"),
    ("name", "exchange-quality-community"),
    ("town", "coverage-town"),
    ("grade", "exchange-quality-grade"),
    ("check", "exchange-quality-what"),
    ("about", "exchange-file-about"),
    ("households", "coverage-csv-households"),
    ("mend", "exchange-quality-mend"),
];

/// GET `/district/quality/{form}`, `xlsx` or `csv`: every finding that the page has, on all of its pages.
pub(super) async fn file(s: Shell, Path(form): Path<String>) -> kit::Result {
    let found = found(&s)?;
    let cells = |it: &Finding| {
        let by_modes = it.check.is_of_modes();
        let mended = if by_modes { "exchange-quality-mend-modes" } else { "exchange-quality-mend-book" };
        vec![
            text(it.code.as_str()),
            text(s.name(&it.name, &it.name_en)),
            text(found.places.town_name(&s, it.town)),
            text(s.t(&grade_message(it.check.grade()))),
            text(s.t(&message(it.check))),
            it.count.map_or(Value::Empty, Value::Count),
            Value::Count(it.households),
            text(s.t(mended)),
        ]
    };
    let list = Listed {
        name: "quality",
        title: s.t("exchange-quality-title"),
        day: found.day,
        columns: &COLUMNS,
        rows: found.chosen().into_iter().map(cells).collect(),
        places: None,
    };
    list.file(&s, &form)
}

pub(super) async fn show(s: Shell) -> kit::Result {
    let found = found(&s)?;
    let chosen: Vec<Finding> = found.chosen().into_iter().cloned().collect();
    let Found { day, town, chooses, check, all, places } = found;
    let from: usize = s.asked("from").and_then(|text| text.parse().ok()).unwrap_or(0);
    let tallies = Check::ALL
        .iter()
        .map(|&check| Tally { check, count: all.iter().filter(|it| it.check == check).count() })
        .filter(|tally| tally.count > 0)
        .collect();
    let mut named: Vec<&str> = all.iter().map(|it| it.code.as_str()).collect();
    named.sort_unstable();
    named.dedup();
    let (count, communities) = (all.len(), named.len());
    let next = (from + PAGE < chosen.len()).then(|| s.here_with("from", &(from + PAGE).to_string()));
    s.html(&Page {
        s: &s,
        day,
        town,
        chooses,
        places,
        check,
        tallies,
        all: count,
        communities,
        chosen: chosen.len(),
        findings: chosen.into_iter().skip(from).take(PAGE).collect(),
        next,
        files: table::files("/district/quality", &s.query, false),
    })
}
