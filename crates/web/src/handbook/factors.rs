//! Figures that difficulty reads and the register does not hold: each with where it comes from, and the form by which an
//! officer enters one with its source.

use axum::extract::Path;
use base::Day;
use district::Refusal;
use district::handbook::{self as handbooks, AddFactor, Derived, MEASURED, Origin};
use district::kit::{CommunityId, Scope};
use district::people::{Action, may};
use district::register::Snapshot;
use district::register::rules::half_width;
use handbook::Factor;
use http::StatusCode;

use super::prescription::{Typed, of_address, page};
use super::say;
use crate::kit::{self, Fault, Posted, Shell, see_other};

/// What the form for a figure holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    pub(super) factor: String,
    pub(super) figure: String,
    pub(super) source: String,
    pub(super) since: String,
}

/// The factors of a community that the reader can enter: name, title, and the unit of the figure.
pub(super) fn choices(s: &Shell, community: &Snapshot) -> Vec<(&'static str, String, &'static str)> {
    if !may_enter(s, community) {
        return Vec::new();
    }
    let title = |name: &str| {
        Factor::from_code(name)
            .map(|factor| say::title(s, factor.difficulty_name(say::language(s))))
            .unwrap_or_default()
    };
    MEASURED.iter().map(|name| (*name, title(name), unit(name))).collect()
}

/// The message with the unit in which a factor is typed.
fn unit(name: &str) -> &'static str {
    match name {
        "density" => "handbook-unit-density",
        "turnover" => "handbook-unit-turnover",
        "fee_collection" => "handbook-unit-fee-collection",
        "disputes" => "handbook-unit-disputes",
        _ => "handbook-unit-distance",
    }
}

/// A figure as it is typed, in the unit of the facts: residents a room with two decimals, per cents with one, whole
/// numbers.
fn figure(name: &str, text: &str) -> Option<i64> {
    let decimals = match name {
        "density" => 2,
        "turnover" | "fee_collection" => 1,
        _ => 0,
    };
    let text: String = text.chars().map(half_width).filter(|c| !matches!(c, ',' | ' ' | '%')).collect();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    // Seven digits are more than any of them has, and far from what an integer cannot hold.
    if whole.is_empty() || whole.len() > 7 || part.len() > decimals || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse().ok()
}

/// May the reader enter figures of a community?
fn may_enter(s: &Shell, community: &Snapshot) -> bool {
    let scope = Scope::Community { town: community.town, grid: community.grid, community: community.id };
    may(&s.actor, Action::RegisterWrite, scope)
}

/// Where a figure comes from, in words.
pub(super) fn origin(s: &Shell, origin: &Origin) -> String {
    match origin {
        Origin::Entered { source, from } => {
            s.t2("handbook-origin-entered", ("source", s.zh(source).as_ref()), ("from", *from))
        }
        Origin::Derived(Derived::Density { residents, dwellings }) => {
            s.t2("handbook-origin-density", ("residents", *residents), ("dwellings", *dwellings))
        }
        Origin::Derived(Derived::Turnover { began, ended, households, since }) => {
            let args = [
                ("since", since.into()),
                ("began", (*began).into()),
                ("ended", (*ended).into()),
                ("households", (*households).into()),
            ];
            s.ta("handbook-origin-turnover", &args)
        }
    }
}

/// POST `/communities/{id}/factors`: `factor`, `figure`, `source`, `since`; `do`: `enter`, or `end` where it is not known
/// any longer.
pub(super) async fn enter(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let id = of_address(&s, &key, s.today())?;
    let field = |name: &str| posted.fields.get(name).to_owned();
    let entry = Entry {
        factor: field("factor"),
        figure: field("figure"),
        source: field("source"),
        since: field("since"),
    };
    let ends = match posted.fields.get("do") {
        "enter" => false,
        "end" => true,
        _ => return Err(Fault::Bad),
    };
    let entered = s.state.once(&s.actor, &posted, |tx, call| {
        handbooks::enter_factor(tx, call, &command(id, &entry, ends)?)?;
        Ok(format!("/communities/{key}/prescription#p4"))
    });
    match entered {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            let typed = Typed { entry, from: s.today().to_string(), ..Typed::default() };
            page(&s, id, s.today(), typed, s.faults(&refusal), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(fault) => Err(fault),
    }
}

fn command(community: CommunityId, entry: &Entry, ends: bool) -> Result<AddFactor, Refusal> {
    let factor = handbooks::measured(&entry.factor)
        .ok_or_else(|| Refusal::new("handbook-refused-factor").at("factor"))?;
    let value = if ends {
        None
    } else {
        let read = figure(factor, &entry.figure);
        Some(read.ok_or_else(|| Refusal::new("handbook-refused-figure").at("figure"))?)
    };
    let from: Day = entry.since.parse().map_err(|_| Refusal::new("handbook-day-wrong").at("since"))?;
    Ok(AddFactor { community, factor, value, source: entry.source.clone(), from })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_in_the_unit_they_are_typed_in() {
        for (name, text, read) in [
            ("density", "1.45", Some(145)),
            ("density", "２", Some(200)),
            ("turnover", "4.2%", Some(42)),
            ("fee_collection", "87.5", Some(875)),
            ("disputes", "3", Some(3)),
            ("distance", "1,200", Some(1_200)),
            ("density", "1.455", None),
            ("disputes", "2.5", None),
            ("distance", "-3", None),
            ("distance", "", None),
            ("distance", "99999999", None),
        ] {
            assert_eq!(figure(name, text), read, "{name} {text}");
        }
    }
}
