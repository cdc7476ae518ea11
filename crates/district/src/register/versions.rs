//! Communities described anew: what is true of one from a day on, written without losing what somebody else said meanwhile
//! or what is registered for later days.

use base::{Day, Position};
use db::{Tx, params};
use sha2::{Digest as _, Sha256};

use super::communities::{Description, check, permit, version_row};
use super::places::audit;
use super::{read, store};
use crate::kit::{Call, CommunityId, Refusal, Result, Scope, TownId};
use crate::people::{Action, may};

/// A community is described anew from a day on.
#[derive(Debug, Clone)]
pub struct ReviseCommunity {
    /// The community.
    pub id: CommunityId,
    /// From this day.
    pub from: Day,
    /// What is true from then on.
    pub description: Description,
    /// What it is written upon.
    pub basis: Basis,
}

/// What a new description was written upon, by which it is known what it means for other versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// A form that showed one version whole: it means what it says and nothing else.
    Form {
        /// The first day of the version that was shown.
        version: Day,
        /// The seal of what was registered when it was shown ([`Versions::seal`]).
        seal: String,
        /// May it stand instead of versions that begin on its day or later?
        replacing: bool,
    },
    /// Single facts, such as the cells of a row: what they change is changed in later versions as well, until one that says
    /// otherwise.
    Facts,
}

/// A community is put where it is on the map.
#[derive(Debug, Clone, Copy)]
pub struct PlaceCommunity {
    /// The community.
    pub id: CommunityId,
    /// The version in force on this day is corrected, and every later one.
    pub on: Day,
    /// Where it is.
    pub position: Position,
}

/// A community gets an outline.
#[derive(Debug, Clone)]
pub struct OutlineCommunity {
    /// The community.
    pub id: CommunityId,
    /// From this day.
    pub from: Day,
    /// A GeoJSON geometry.
    pub boundary: String,
}

/// One version of a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// From this day.
    pub from: Day,
    /// Until before this day.
    pub to: Option<Day>,
    /// What is true of it.
    pub description: Description,
}

/// All versions of a community, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Versions(Vec<Version>);

impl Versions {
    /// Reads them.
    pub fn read(tx: &mut Tx<'_>, id: CommunityId) -> Result<Self> {
        let rows = tx.query(&store::VERSIONS, params![id])?;
        let version = |mut row| {
            let description = read::description(&mut row, 2)?;
            Ok(Version { from: row.get(0)?, to: row.get(1)?, description })
        };
        Ok(Self(rows.into_iter().map(version).collect::<Result<_>>()?))
    }

    /// Each of them, oldest first.
    pub fn all(&self) -> &[Version] {
        &self.0
    }

    /// In a few letters what is registered and which version was shown: a form carries it, so that nothing is written over
    /// what its reader has not seen. Not the time of the last change: two changes can have the same.
    pub fn seal(&self, shown: Day) -> String {
        let mut hash = Sha256::new();
        hash.update(shown.days().to_be_bytes());
        for Version { from, to, description } in &self.0 {
            let (from, to) = (from.days(), to.map(Day::days));
            hash.update(format!("{from} {to:?} {}\n", description.to_json()));
        }
        // Sixteen digits: it tells versions of one community apart, it keeps nobody out.
        let short = hash.finalize().iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        format!("{short:016x}")
    }

    /// The first days of the versions that a description from a day on would stand instead of, other than the one it was
    /// written upon.
    pub fn replaced(&self, from: Day, shown: Day) -> Vec<Day> {
        self.0.iter().map(|version| version.from).filter(|day| *day >= from && *day != shown).collect()
    }

    /// Those that are written when something is said from a day on: whatever holds on it or later; and the one of today, as
    /// whoever was responsible on an earlier day does not write what is another town's by now.
    fn touched(&self, from: Day, today: Day) -> impl Iterator<Item = &Version> {
        let holds = |it: &Version, day| it.to.is_none_or(|to| to > day);
        self.0.iter().filter(move |it| holds(it, from) || it.from <= today && holds(it, today))
    }

    /// The towns that are asked when something is said of the community from a day on: those of the versions that are
    /// written, and today's.
    pub fn towns(&self, from: Day, today: Day) -> impl Iterator<Item = TownId> {
        self.touched(from, today).map(|version| version.description.town)
    }

    /// The town of the version in force on a day.
    pub fn town_on(&self, day: Day) -> Option<TownId> {
        let held = self.0.iter().find(|it| it.from <= day && it.to.is_none_or(|to| to > day));
        held.map(|version| version.description.town)
    }

    /// The day from which it is not in the list any more, where it leaves.
    pub fn end(&self) -> Option<Day> {
        self.0.last().and_then(|last| last.to)
    }

    /// The version in force on a day and all later ones.
    fn since(&self, day: Day) -> Result<&[Version]> {
        let first = self.0.iter().position(|it| it.from <= day && it.to.is_none_or(|to| to > day));
        let first = first.ok_or_else(|| Refusal::new("register-refused-before-entry").at("from"))?;
        Ok(&self.0[first..])
    }
}

/// Describes communities anew.
pub fn revise_communities(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[ReviseCommunity]) -> Result<()> {
    for ReviseCommunity { id, from, description, basis } in commands {
        check(description)?;
        permit(tx, call, Action::RegisterWrite, *id, *from)?;
        call.authorise(Action::RegisterWrite, Scope::Town(description.town))?;
        let all = Versions::read(tx, *id)?;
        let old = all.since(*from)?;
        permit_versions(call, *id, all.touched(*from, call.today()))?;
        let new = match basis {
            Basis::Form { version, seal, replacing } => {
                if all.seal(*version) != *seal {
                    return Err(Refusal::new("register-refused-changed-since").into());
                }
                let replaced = all.replaced(*from, *version);
                if !replaced.is_empty() && !replacing {
                    let refusal = Refusal::new("register-refused-later-versions");
                    return Err(refusal.with("days", days(&replaced)).at("replacing").into());
                }
                // Whether it leaves the list, and when, is decided elsewhere and stays.
                let to = all.end();
                vec![Version { from: *from, to, description: description.clone() }]
            }
            Basis::Facts => carried(*from, old, description),
        };
        replace(tx, call, *id, *from, &new)?;
    }
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "community version")
}

/// Days as a message names them.
pub fn days(days: &[Day]) -> String {
    days.iter().map(Day::to_string).collect::<Vec<_>>().join(", ")
}

/// The versions from a day on, with what a description changes of the first carried into the later ones.
fn carried(from: Day, old: &[Version], description: &Description) -> Vec<Version> {
    let mut new: Vec<Version> = Vec::with_capacity(old.len());
    for (at, version) in old.iter().enumerate() {
        let (from, description) = match new.last() {
            None => (from, description.clone()),
            Some(now) => {
                (version.from, version.description.after(&old[at - 1].description, &now.description))
            }
        };
        new.push(Version { from, to: version.to, description });
    }
    new
}

impl Description {
    /// This version, when the one before it said `before` and now says `now`: what it had from there it has from there
    /// again, what it changed it keeps. What belongs together goes together: a grid lies in its town, a number has its date.
    fn after(&self, before: &Self, now: &Self) -> Self {
        let mut new = self.clone();
        macro_rules! follow {
            ($($field:ident),+) => {
                if ($(&self.$field,)+) == ($(&before.$field,)+) {
                    $(new.$field.clone_from(&now.$field);)+
                }
            };
        }
        follow!(name);
        follow!(name_en);
        follow!(kind);
        follow!(label);
        follow!(right);
        follow!(town, grid);
        follow!(address);
        follow!(position);
        follow!(opened_on);
        follow!(planned_households, planned_decided_on);
        follow!(boundary);
        new
    }
}

/// Puts communities on the map. The place holds from the first day of the version in force and in all later versions: the
/// community did not move, it is said better where it stands; and since it stands still, no later version can rightly say
/// another place. Versions before stay as they were read and reported.
pub fn place_communities(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[PlaceCommunity]) -> Result<()> {
    for PlaceCommunity { id, on, position } in commands {
        let mut new = since(tx, call, *id, *on)?;
        for version in &mut new {
            version.description.position = Some(*position);
        }
        if let Some(first) = new.first().map(|first| first.from) {
            replace(tx, call, *id, first, &new)?;
        }
    }
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "position")
}

/// Gives communities outlines. An outline holds from its day, not earlier, as an estate is extended and its outline with it;
/// and in all later versions, which were registered with an older drawing.
pub fn outline_communities(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    commands: &[OutlineCommunity],
) -> Result<()> {
    for OutlineCommunity { id, from, boundary } in commands {
        let mut new = since(tx, call, *id, *from)?;
        for version in &mut new {
            version.from = version.from.max(*from);
            version.description.boundary = Some(boundary.clone());
        }
        replace(tx, call, *id, *from, &new)?;
    }
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "boundary")
}

/// The version in force on a day and all later ones, for whoever may write them.
fn since(tx: &mut Tx<'_>, call: &Call<'_>, id: CommunityId, day: Day) -> Result<Vec<Version>> {
    permit(tx, call, Action::RegisterWrite, id, day)?;
    let all = Versions::read(tx, id)?;
    permit_versions(call, id, all.touched(day, call.today()))?;
    Ok(all.since(day)?.to_vec())
}

/// Asks permission for each version that is written; who may for the whole district is not asked.
fn permit_versions<'v>(
    call: &Call<'_>,
    id: CommunityId,
    versions: impl Iterator<Item = &'v Version>,
) -> Result<()> {
    if may(call.actor, Action::RegisterWrite, Scope::District) {
        return Ok(());
    }
    for Version { description: d, .. } in versions {
        let scope = Scope::Community { town: d.town, grid: d.grid, community: id };
        call.authorise(Action::RegisterWrite, scope)?;
    }
    Ok(())
}

/// Writes versions instead of all that hold from a day on.
fn replace(tx: &mut Tx<'_>, call: &Call<'_>, id: CommunityId, from: Day, new: &[Version]) -> Result<()> {
    tx.execute(&store::DROP_VERSIONS, params![id, from])?;
    tx.execute(&store::END_VERSION, params![id, from])?;
    let rows = new.iter().map(|it| version_row(call, id, (it.from, it.to), &it.description));
    tx.bulk(&store::ADD_VERSIONS, rows)?;
    super::ends::none_after(tx, &store::VERSIONS_AFTER_GRID)
}
