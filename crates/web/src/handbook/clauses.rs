//! The rules in words, for anyone: each clause with its source, its dates, and that it is no official text.

use askama::Template;
use district::handbook::{self as handbooks, State, Version};
use handbook::{Clause, Handbook};

use super::say::{self, data};
use crate::kit::{self, Fault, Shell};

/// A clause in the page's language.
pub(super) struct Shown {
    pub(super) id: String,
    pub(super) anchor: String,
    pub(super) text: String,
    pub(super) assumption: bool,
    pub(super) when: String,
    pub(super) then: Option<String>,
    pub(super) label: String,
    pub(super) source: String,
}

/// The clauses whose numbers begin alike.
pub(super) struct Part {
    pub(super) number: String,
    /// What they settle; empty for those that explain.
    pub(super) about: String,
    pub(super) clauses: Vec<Shown>,
}

/// The address of a clause on a page.
pub(super) fn anchor(id: &str) -> String {
    format!("clause-{}", id.replace('.', "-"))
}

/// The clauses of a handbook, part by part.
pub(super) fn parts(s: &Shell, handbook: &Handbook) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for clause in handbook.clauses() {
        let number = clause.id.split('.').next().unwrap_or_default();
        if parts.last().is_none_or(|part| part.number != number) {
            let about = about(s, handbook, number);
            parts.push(Part { number: number.to_owned(), about, clauses: Vec::new() });
        }
        if let Some(part) = parts.last_mut() {
            part.clauses.push(shown(s, clause));
        }
    }
    parts
}

fn shown(s: &Shell, clause: &Clause) -> Shown {
    let language = say::language(s);
    Shown {
        id: clause.id.clone(),
        anchor: anchor(&clause.id),
        text: data(s, clause.text(language)),
        assumption: clause.assumption,
        when: data(s, &clause.when_words(language)),
        then: clause.then_words(language).map(|words| data(s, &words)),
        label: say::words(s, &clause.label),
        source: say::words(s, &clause.source),
    }
}

/// What the clauses of a part settle: `站点形式、步行上限、用房面积`.
fn about(s: &Shell, handbook: &Handbook, number: &str) -> String {
    let language = say::language(s);
    let mut names: Vec<&str> = Vec::new();
    let of_part = handbook.clauses().iter().filter(|clause| clause.id.split('.').next() == Some(number));
    for consequence in of_part.filter_map(|clause| clause.then.as_ref()) {
        let name = consequence.kind().name(language);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let joined = names.join(if s.language.is_chinese() { "、" } else { ", " });
    say::title(s, &joined)
}

#[derive(Template)]
#[template(path = "handbook/show.html")]
struct Show<'a> {
    s: &'a Shell,
    version: &'a Version,
    title: String,
    above: String,
    label: String,
    standing: String,
    assumed: usize,
    parts: Vec<Part>,
    /// The versions that were adopted.
    versions: Vec<&'a Version>,
}

/// The version in force, or the adopted one that the query names by its number.
pub(super) async fn show(s: Shell) -> kit::Result {
    let today = s.today();
    let versions = s.state.read(handbooks::versions)?;
    let adopted: Vec<&Version> = versions.iter().filter(|it| it.state == State::Adopted).collect();
    let asked = s.asked("v");
    let version = match &asked {
        Some(number) => adopted.iter().find(|it| it.version == *number),
        None => adopted.iter().find(|it| it.in_force(today)).or(adopted.last()),
    };
    let Some(&version) = version else {
        return if asked.is_some() { Err(Fault::Absent) } else { s.html(&Nothing { s: &s }) };
    };
    let handbook = &version.handbook;
    s.html(&Show {
        s: &s,
        version,
        title: say::words(&s, handbook.title()),
        above: say::words(&s, handbook.above()),
        label: say::words(&s, handbook.label()),
        standing: data(&s, handbook.standing().name(say::language(&s))),
        assumed: handbook.clauses().iter().filter(|clause| clause.assumption).count(),
        parts: parts(&s, handbook),
        versions: adopted,
    })
}

/// A district that has adopted no handbook yet.
#[derive(Template)]
#[template(path = "handbook/nothing.html")]
struct Nothing<'a> {
    s: &'a Shell,
}
