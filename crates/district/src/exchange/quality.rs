//! What in the register is contradictory, impossible or missing on a day: worst first, each with its community.

use std::collections::HashMap;

use base::{Day, Position};
use db::{Statement, Tx, params};

use super::known::Known;
use super::records::Community;
use super::store;
use crate::kit::{Call, CommunityId, Result, Scope, TownId};
use crate::people::Action;
use crate::{Memory, register};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Two facts of the register exclude each other.
    Contradictory,
    /// A fact that cannot be.
    Impossible,
    /// Something that decisions need is not there.
    Missing,
}

impl Grade {
    /// All grades, worst first.
    pub const ALL: [Self; 3] = [Self::Contradictory, Self::Impossible, Self::Missing];

    /// The name in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contradictory => "contradictory",
            Self::Impossible => "impossible",
            Self::Missing => "missing",
        }
    }
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident $text:literal $grade:ident $modes:literal;)*) => {
        /// What is looked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check { $($(#[$doc])* $name),* }

        impl Check {
            /// All checks, worst first.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name in addresses and message ids.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// How bad it is.
            pub const fn grade(self) -> Grade {
                match self { $(Self::$name => Grade::$grade),* }
            }

            /// Is it mended where governance modes are kept? Everything else is mended by the workbook.
            pub const fn is_of_modes(self) -> bool {
                match self { $(Self::$name => $modes),* }
            }
        }
    };
}

checks! {
    /// Two governance modes that exclude each other are in force.
    ModesExclude "modes-exclude" Contradictory true;
    /// Its grid belongs to another town.
    GridElsewhere "grid-elsewhere" Contradictory false;
    /// A LOFT with one owner, or an affordable rental with several.
    KindAndRight "kind-and-right" Contradictory false;
    /// Households before the opening.
    BeforeOpening "before-opening" Contradictory false;
    /// Households in a whole flat that is let by the room.
    WholeAndRooms "whole-and-rooms" Contradictory false;
    /// More households than planned.
    MoreThanPlanned "more-than-planned" Contradictory false;
    /// Households and no dwelling.
    NoDwelling "no-dwelling" Impossible false;
    /// The position lies outside of its town.
    OutsideTown "outside-town" Impossible false;
    /// More people in a household than any home holds.
    Crowded "crowded" Impossible false;
    /// The rooms of a flat are larger than the flat.
    RoomsLarger "rooms-larger" Impossible false;
    /// No governance mode in force.
    NoMode "no-mode" Missing true;
    /// No planned capacity, which the handbook's rule reads.
    NoPlanned "no-planned" Missing false;
    /// Not on the map.
    NoPosition "no-position" Missing false;
    /// In no grid.
    NoGrid "no-grid" Missing false;
    /// In another committee's care or area, and it is not said whose.
    NoCommittee "no-committee" Missing true;
    /// No dwellings.
    Empty "empty" Missing false;
    /// No operator of a rental community.
    NoOperator "no-operator" Missing false;
    /// No opening date.
    NoOpening "no-opening" Missing false;
    /// No address.
    NoAddress "no-address" Missing false;
}

/// More people than this in one household are a slip.
const CROWDED: i64 = 12;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub check: Check,
    /// The community.
    pub community: CommunityId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Its town.
    pub town: TownId,
    /// How many households, flats or people it is about; `None`: about the community itself.
    pub count: Option<i64>,
    /// Households of the community: the larger, the sooner it matters.
    pub households: i64,
}

/// Everything that is wrong on a day in a part of the district, worst first.
pub fn quality(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    memory: &Memory,
    day: Day,
    part: Scope,
) -> Result<Vec<Finding>> {
    call.authorise(Action::RegisterRead, part)?;
    let all = memory.findings(tx, day)?;
    let roll = memory.roll(tx, day)?;
    let within = |it: &&Finding| {
        let grid = roll.get(it.community).and_then(|community| community.grid);
        part.covers(Scope::Community { town: it.town, grid, community: it.community })
    };
    Ok(all.iter().filter(within).cloned().collect())
}

/// The same of the whole district. Asks no permission: not for outside `district`.
pub(crate) fn findings(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Finding>> {
    let known = Known::read(tx, day)?;
    let counted: HashMap<CommunityId, [i64; 2]> =
        register::snapshot(tx, day)?.into_iter().map(|it| (it.id, [it.dwellings, it.households])).collect();
    let tallies = tallies(tx, day)?;
    let mut findings = Vec::new();
    for (id, community, _) in known.communities.values() {
        let Some((town_id, ..)) = known.towns.get(&community.town) else { continue };
        let [dwellings, households] = counted.get(id).copied().unwrap_or_default();
        let mut add = |check: Check, count: Option<i64>| {
            findings.push(Finding {
                check,
                community: *id,
                code: community.code.to_string(),
                name: community.name.to_string(),
                name_en: community.name_en.to_string(),
                town: *town_id,
                count,
                households,
            });
        };
        itself(&known, community, &mut add);
        governed(&known, *id, community, day, &mut add);
        housed(community, dwellings, households, &mut add);
        for (check, tally) in &tallies {
            if let Some(count) = tally.get(id) {
                add(*check, Some(*count));
            }
        }
    }
    findings.sort_by(|one, two| {
        (one.check.grade(), -one.households, one.check, &one.code).cmp(&(
            two.check.grade(),
            -two.households,
            two.check,
            &two.code,
        ))
    });
    Ok(findings)
}

/// What is counted over flats and households, by community.
fn tallies(tx: &mut Tx<'_>, day: Day) -> Result<Vec<(Check, HashMap<CommunityId, i64>)>> {
    let asked: [(Check, &Statement, Vec<db::Value>); 4] = [
        (Check::BeforeOpening, &store::BEFORE_OPENING, vec![day.into()]),
        (Check::WholeAndRooms, &store::WHOLE_AND_ROOMS, vec![day.into()]),
        (Check::Crowded, &store::CROWDED, vec![day.into(), CROWDED.into()]),
        (Check::RoomsLarger, &store::ROOMS_LARGER, params![day].to_vec()),
    ];
    let mut all = Vec::new();
    for (check, statement, values) in asked {
        let rows = tx.query(statement, &values)?;
        let tally = rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_>>()?;
        all.push((check, tally));
    }
    Ok(all)
}

/// The description alone.
fn itself(known: &Known, community: &Community, add: &mut impl FnMut(Check, Option<i64>)) {
    let grid = community.grid.as_ref().and_then(|code| known.grids.get(code));
    match (&community.grid, grid) {
        (None, _) => add(Check::NoGrid, None),
        (Some(_), Some((_, grid))) if grid.town != community.town => add(Check::GridElsewhere, None),
        _ => {}
    }
    let odd = matches!(
        (&*community.kind, &*community.right),
        ("quasi_residential", "single_owner") | ("affordable_rental", "several_owners")
    );
    if odd {
        add(Check::KindAndRight, None);
    }
    if community.planned.is_none() {
        add(Check::NoPlanned, None);
    }
    if community.opened_on.is_none() {
        add(Check::NoOpening, None);
    }
    if community.address.is_empty() {
        add(Check::NoAddress, None);
    }
    let outline = known.towns.get(&community.town).and_then(|(_, _, outline)| outline.as_ref());
    match community.place.and_then(|(lat, lon)| Position::new(lat, lon).ok()) {
        None => add(Check::NoPosition, None),
        Some(position) if outline.is_some_and(|outline| !outline.contains(position)) => {
            add(Check::OutsideTown, None);
        }
        Some(_) => {}
    }
}

/// Modes and remits in force.
fn governed(
    known: &Known,
    id: CommunityId,
    community: &Community,
    day: Day,
    add: &mut impl FnMut(Check, Option<i64>),
) {
    let in_force = |from: Day, to: Option<Day>| from <= day && to.is_none_or(|to| to > day);
    let modes = known.modes.get(&id).into_iter().flatten().filter(|it| in_force(it.from, it.to));
    let modes: Vec<_> = modes.collect();
    let has = |mode: &str| modes.iter().any(|it| &*it.mode == mode);
    // A committee of its own, or another's: not both; formed, or being formed: not both.
    let excluding =
        ["incorporated", "custodial", "own_committee"].into_iter().filter(|mode| has(mode)).count();
    if excluding > 1 || (has("own_committee") && has("preparatory_group")) {
        add(Check::ModesExclude, None);
    }
    if modes.is_empty() {
        add(Check::NoMode, None);
    }
    let unnamed = |it: &&&super::known::KnownMode| {
        matches!(&*it.mode, "incorporated" | "custodial") && it.organisation.is_none()
    };
    if modes.iter().any(|it| unnamed(&it)) {
        add(Check::NoCommittee, None);
    }
    let rental = matches!(&*community.kind, "affordable_rental" | "market_rental");
    let mut remits = known.remits.get(&id).into_iter().flatten();
    if rental && !remits.any(|it| &*it.remit == "operator" && in_force(it.from, it.to)) {
        add(Check::NoOperator, None);
    }
}

/// Dwellings and households against each other and against the plan.
fn housed(community: &Community, dwellings: i64, households: i64, add: &mut impl FnMut(Check, Option<i64>)) {
    match (dwellings, households) {
        (0, 0) => add(Check::Empty, None),
        (0, households) => add(Check::NoDwelling, Some(households)),
        _ => {}
    }
    if let Some(planned) = community.planned
        && households > planned
    {
        add(Check::MoreThanPlanned, Some(households - planned));
    }
}
