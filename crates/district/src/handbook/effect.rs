//! What another version of the handbook would change over the whole district: which communities, which stations, how
//! many workers, what a year costs.
//!
//! Stations are those that the handbook prescribes: one for each community with a station of its own, one for each
//! integrated grid with communities that share. Workers and prices are the plan's ([`Parameters`]). Which places have a
//! point, its rent and the way on foot are for the plan to find and to price.

use std::collections::{BTreeMap, HashMap};

use base::{Day, Money};
use db::Tx;
use handbook::{Handbook, Impact, Impacts, Prescription, Staffing, StationForm, impacts_on};

use super::Version;
use crate::Memory;
use crate::kit::{Actor, CommunityId, GridId, Result, Scope, TownId};
use crate::people::{Action, authorise};
use crate::plan::rules::{Costs, Parameters};
use crate::register::Snapshot;

/// What a version changes, measured against another.
#[derive(Debug, Clone)]
pub struct Effect {
    /// Communities that were looked at: those of the list on the day.
    pub looked_at: usize,
    /// The district under the earlier version.
    pub before: Prescribed,
    /// The district under the later one.
    pub after: Prescribed,
    /// The communities for which something changes, by town and name.
    pub communities: Vec<Changed>,
    /// The stations that are new, are no more, or have other workers.
    pub stations: Vec<StationChange>,
    /// Towns in which something changes, in the order of a directory.
    pub towns: Vec<TownEffect>,
}

/// Figures of what a version prescribes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prescribed {
    /// Communities with a station of their own.
    pub standalone: i64,
    /// Communities that share a joint station.
    pub joint: i64,
    /// Communities without a station: none is prescribed, a decision is awaited, facts are missing, or they share and
    /// lie in no grid.
    pub without: i64,
    /// Stations, standalone and joint.
    pub stations: i64,
    /// Whole people at all stations.
    pub workers: i64,
    /// What a year costs: workers; of the later version also the shares for fitting out and clearing out.
    pub costs: Costs,
}

/// A community for which something changes.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The community.
    pub community: Snapshot,
    /// What changes, with the prescriptions of both versions.
    pub impact: Impact,
}

/// Whose a prescribed station is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StationOf {
    /// A community's own.
    Community(CommunityId),
    /// Shared by the communities of a grid.
    Grid(GridId),
}

/// A station as a version prescribes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrescribedStation {
    /// Communities it serves.
    pub communities: i64,
    /// Whole people, by [`Parameters::station_workers`].
    pub workers: i64,
}

/// A station that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StationChange {
    /// Whose it is.
    pub whose: StationOf,
    /// Its town.
    pub town: TownId,
    /// Under the earlier version; `None`: it is new.
    pub before: Option<PrescribedStation>,
    /// Under the later one; `None`: it is no more.
    pub after: Option<PrescribedStation>,
}

/// A town in which something changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TownEffect {
    /// The town.
    pub town: TownId,
    /// Its communities for which something changes.
    pub communities: i64,
    /// The town under the earlier version.
    pub before: Prescribed,
    /// The town under the later one.
    pub after: Prescribed,
}

/// What a version changes on a day, for those who may read the handbook.
pub fn effect(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    day: Day,
    before: &Version,
    after: &Handbook,
) -> Result<Effect> {
    authorise(actor, Action::HandbookRead, Scope::District)?;
    let (roll, facts) = (memory.roll(tx, day)?, memory.facts(tx, day)?);
    let snapshots = roll.communities();
    let before = memory.prescribed(tx, (before.id, &before.handbook), day)?;
    let Impacts { impacts, .. } = impacts_on(&before, after, &facts);
    let mut changed: HashMap<usize, Impact> = impacts.into_iter().map(|it| (it.index, it)).collect();
    let (mut old, mut new) = (Stations::default(), Stations::default());
    let mut communities = Vec::new();
    for (index, (community, same)) in snapshots.iter().zip(before.iter()).enumerate() {
        if let Some(impact) = changed.remove(&index) {
            old.add(community, &impact.before);
            new.add(community, &impact.after);
            communities.push(Changed { community: community.clone(), impact });
        } else {
            // Whatever the later version says differently, it is the same for this one.
            old.add(community, same);
            new.add(community, same);
        }
    }
    let order: Vec<TownId> = memory.directory(tx, day)?.towns.iter().map(|town| town.id).collect();
    let rank = |town: TownId| order.iter().position(|it| *it == town);
    communities
        .sort_by_cached_key(|it| (rank(it.community.town), it.community.sort_key.clone(), it.community.id));
    let mut stations = changes(&old, &new);
    stations.sort_by_key(|change| (rank(change.town), change.whose));
    let towns = towns(&order, &communities, &stations, &old, &new);
    let looked_at = snapshots.len();
    let (before, after) = totals(&old, &new, &stations, None);
    Ok(Effect { looked_at, before, after, communities, stations, towns })
}

/// The stations that a version prescribes.
#[derive(Default)]
struct Stations {
    of: BTreeMap<StationOf, (TownId, Vec<Staffing>, i64)>,
    /// Communities by town: with a station of their own, sharing, without.
    towns: HashMap<TownId, [i64; 3]>,
}

impl Stations {
    fn add(&mut self, community: &Snapshot, prescription: &Prescription) {
        let whose = match (prescription.station_form(), community.grid) {
            (Some(StationForm::Standalone), _) => Some(StationOf::Community(community.id)),
            (Some(StationForm::Joint), Some(grid)) => Some(StationOf::Grid(grid)),
            _ => None,
        };
        let place = match whose {
            Some(StationOf::Community(_)) => 0,
            Some(StationOf::Grid(_)) => 1,
            None => 2,
        };
        self.towns.entry(community.town).or_default()[place] += 1;
        if let Some(whose) = whose {
            let station = self.of.entry(whose).or_insert_with(|| (community.town, Vec::new(), 0));
            station.1.extend(prescription.workers.as_ref().map(|workers| workers.value));
            station.2 += 1;
        }
    }

    fn station(&self, whose: StationOf) -> Option<PrescribedStation> {
        let (_, staffing, communities) = self.of.get(&whose)?;
        let workers = Parameters::default().station_workers(staffing);
        Some(PrescribedStation { communities: *communities, workers })
    }

    /// Figures of a town, or of all.
    fn prescribed(&self, town: Option<TownId>) -> Prescribed {
        let here = |it: TownId| town.is_none_or(|town| town == it);
        let mut sum = Prescribed::default();
        for (_, [standalone, joint, without]) in self.towns.iter().filter(|(it, _)| here(**it)) {
            sum.standalone += standalone;
            sum.joint += joint;
            sum.without += without;
        }
        for (whose, _) in self.of.iter().filter(|(_, (it, ..))| here(*it)) {
            sum.stations += 1;
            sum.workers += self.station(*whose).map_or(0, |station| station.workers);
        }
        sum.costs.workers = Parameters::default().workers_year(sum.workers);
        sum
    }
}

/// The stations that differ.
fn changes(old: &Stations, new: &Stations) -> Vec<StationChange> {
    let gone = old.of.keys().filter(|whose| !new.of.contains_key(whose));
    let all = new.of.iter().map(|(whose, (town, ..))| (*whose, *town));
    all.chain(gone.filter_map(|whose| Some((*whose, old.of.get(whose)?.0))))
        .map(|(whose, town)| StationChange {
            whose,
            town,
            before: old.station(whose),
            after: new.station(whose),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

/// Figures of a town, or of all, under both versions. What is paid once falls to the later one.
fn totals(
    old: &Stations,
    new: &Stations,
    changes: &[StationChange],
    town: Option<TownId>,
) -> (Prescribed, Prescribed) {
    let (before, mut after) = (old.prescribed(town), new.prescribed(town));
    let prices = Parameters::default();
    let here = changes.iter().filter(|change| town.is_none_or(|town| town == change.town));
    for change in here {
        match (change.before, change.after) {
            (None, Some(_)) => after.costs.setup += prices.new_station_year(),
            (Some(_), None) => after.costs.moves += prices.closed_station_year(),
            _ => {}
        }
    }
    (before, after)
}

fn towns(
    order: &[TownId],
    communities: &[Changed],
    stations: &[StationChange],
    old: &Stations,
    new: &Stations,
) -> Vec<TownEffect> {
    let effect_of = |town: TownId| {
        let changed = communities.iter().filter(|it| it.community.town == town).count();
        let (before, after) = totals(old, new, stations, Some(town));
        let communities = i64::try_from(changed).unwrap_or(i64::MAX);
        TownEffect { town, communities, before, after }
    };
    let touched =
        |it: &TownEffect| it.communities > 0 || stations.iter().any(|change| change.town == it.town);
    order.iter().map(|town| effect_of(*town)).filter(touched).collect()
}

impl Prescribed {
    /// What a year costs, as the plan's budget would pay it.
    pub fn cost(&self) -> Money {
        self.costs.paid()
    }
}
