//! Where a figure that difficulty reads comes from: entered by somebody with its source, or derived from the register.
//!
//! A figure that was entered always goes first. Density and turnover are derived where none was; fee collection, open
//! disputes and the way to public services stand nowhere in the register and are only ever entered.

use base::{Day, per_mille};
use db::{Tx, params};

use super::facts::{AddFactor, MEASURED, write_factors};
use super::store;
use crate::kit::{Call, CommunityId, Refusal, Result};
use crate::people::Action;
use crate::register::{self, Moves, Snapshot, scope_of};

/// The longest source: a document's title and number.
pub const SOURCE_LENGTH: usize = 200;
/// The most that is taken for each of [`MEASURED`], in its order and in the units of `handbook::Facts`: more than any
/// community has, so that a slip of the finger is found.
const MOST: [i64; 5] = [2_000, 1_000, 1_000, 10_000, 50_000];

/// The most that is taken for a factor; `None`: it is not measured.
pub fn most(factor: &str) -> Option<i64> {
    MEASURED.iter().position(|it| *it == factor).map(|place| MOST[place])
}

/// The measured factor of a name.
pub fn measured(name: &str) -> Option<&'static str> {
    MEASURED.into_iter().find(|it| *it == name)
}

/// What a derived figure is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derived {
    /// Residents per hundred dwellings of the register.
    Density {
        /// Residents on the day.
        residents: i64,
        /// Dwellings on the day.
        dwellings: i64,
    },
    /// Households that changed in a month, of those in force: half of the tenancies that began and ended, as one household
    /// that goes and one that comes are one change.
    Turnover {
        /// Began in the twelve months.
        began: i64,
        /// Ended in the twelve months.
        ended: i64,
        /// Households on the day.
        households: i64,
        /// The day after which the twelve months begin.
        since: Day,
    },
}

/// Where a figure comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Somebody entered it.
    Entered {
        /// What it was taken from.
        source: String,
        /// Since when it holds.
        from: Day,
    },
    /// The register's own figures give it.
    Derived(Derived),
}

/// Residents per hundred dwellings; `None` where nobody is registered, as an empty register says nothing of who lives there.
pub(super) fn density(community: &Snapshot) -> Option<(i64, Derived)> {
    let Snapshot { residents, dwellings, .. } = *community;
    if residents <= 0 || dwellings <= 0 {
        return None;
    }
    // Rounded half up.
    let value = (residents * 200 + dwellings) / (2 * dwellings);
    Some((value, Derived::Density { residents, dwellings }))
}

/// Households that changed in a month, per mille of those in force; `None` where the register does not hold the year.
pub(super) fn turnover(community: &Snapshot, moves: Option<Moves>, day: Day) -> Option<(i64, Derived)> {
    let Moves { began, ended, .. } = moves.filter(|moves| moves.whole_year)?;
    let households = community.households;
    let value = per_mille(began + ended, 2 * 12 * households)?;
    Some((value, Derived::Turnover { began, ended, households, since: register::year_before(day) }))
}

/// Where each measured or derived figure of a community comes from on a day, by factor. Asks no permission: the page does.
pub fn origins(tx: &mut Tx<'_>, community: &Snapshot, day: Day) -> Result<Vec<(&'static str, Origin)>> {
    let mut origins = Vec::new();
    for mut row in tx.query(&store::FACTOR_HISTORY, params![community.id])? {
        let (name, from, to): (String, Day, Option<Day>) = (row.get(0)?, row.get(3)?, row.get(4)?);
        if let Some(factor) = measured(&name).filter(|_| from <= day && to.is_none_or(|to| to > day)) {
            origins.push((factor, Origin::Entered { source: row.get(2)?, from }));
        }
    }
    let entered = |name: &str| origins.iter().any(|(factor, _)| *factor == name);
    let mut derived = Vec::new();
    if !entered("density") {
        derived.extend(density(community).map(|(_, it)| ("density", Origin::Derived(it))));
    }
    if !entered("turnover") {
        let moves = register::moves_of(tx, community, day)?;
        derived
            .extend(turnover(community, Some(moves), day).map(|(_, it)| ("turnover", Origin::Derived(it))));
    }
    origins.extend(derived);
    Ok(origins)
}

/// Enters a measured figure of a community from a day on, up to today, or (without a value) that it is not known any
/// longer; by whoever may write its register. Figures that were entered for later days are not overwritten.
pub fn enter_factor(tx: &mut Tx<'_>, call: &mut Call<'_>, command: &AddFactor) -> Result<()> {
    call.authorise(Action::RegisterWrite, scope_of(tx, command.community, call.today())?)?;
    let Some(most) = most(command.factor) else {
        return Err(Refusal::new("handbook-refused-factor").at("factor").into());
    };
    if command.value.is_some_and(|value| !(0..=most).contains(&value)) {
        return Err(Refusal::new("handbook-refused-figure").at("figure").into());
    }
    let source = command.source.trim();
    if source.is_empty() || source.chars().count() > SOURCE_LENGTH {
        return Err(Refusal::new("handbook-refused-source")
            .with("length", SOURCE_LENGTH)
            .at("source")
            .into());
    }
    if command.from > call.today() {
        return Err(Refusal::new("handbook-refused-since").with("today", call.today()).at("since").into());
    }
    if let Some(later) = later(tx, command.community, command.factor, command.from)? {
        return Err(Refusal::new("handbook-refused-later-figure").with("day", later).at("since").into());
    }
    write_factors(tx, call, &[AddFactor { source: source.to_owned(), ..command.clone() }])
}

/// The first later day from which the same factor was entered already.
fn later(tx: &mut Tx<'_>, community: CommunityId, factor: &str, from: Day) -> Result<Option<Day>> {
    let mut first: Option<Day> = None;
    for mut row in tx.query(&store::FACTOR_HISTORY, params![community])? {
        let (name, since): (String, Day) = (row.get(0)?, row.get(3)?);
        if name == factor && since > from {
            first = Some(first.map_or(since, |first| first.min(since)));
        }
    }
    Ok(first)
}
