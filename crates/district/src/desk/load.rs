//! How work lies upon the stations of a part, and what would level it. Of stations and never of persons: nobody is named, compared or
//! placed in an order.

use base::Day;
use db::Tx;

use crate::kit::{Actor, Error, Result, Scope, StationId, TownId};
use crate::people::{Action, authorise, may};
use crate::stations::{self, Station};
use crate::{Memory, matters, services, visits};

/// What lies upon a station.
#[derive(Debug, Clone)]
pub struct Load {
    /// The station; its posts, and how many of them somebody holds.
    pub station: Station,
    /// Households that it serves.
    pub households: i64,
    /// Households that somebody is to call on within [`visits::rules::AHEAD_DAYS`] days: those from whom rounds are planned.
    pub doors: i64,
    /// Matters that run in its communities.
    pub running: i64,
    /// Those of them past their day.
    pub overdue: i64,
    /// Referrals that are open.
    pub referrals: i64,
}

/// Doors that one station could take over from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lend {
    /// Whose doors they are.
    pub from: StationId,
    /// Who would go there.
    pub to: StationId,
    /// How many: never 0.
    pub doors: i64,
}

/// What lies upon the stations of a town, or of the reader's own part, by name. Not asked of the whole district at once: work is lent
/// within a town, and every household of the part is looked at.
///
/// # Errors
/// [`Error::Absent`] when no town is named by whoever has all of them; [`Error::Forbidden`] for a town that is another's.
pub fn load(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    town: Option<TownId>,
    day: Day,
) -> Result<Vec<Load>> {
    let own = actor.scope();
    let part = town.map_or(own, |town| if own.town() == Some(town) { own } else { Scope::Town(town) });
    authorise(actor, Action::LoadRead, part)?;
    let within = part.town().ok_or(Error::Absent("town"))?;
    let (running, referrals) = (matters::running_by_community(tx, day)?, services::open_by_community(tx)?);
    let roll = memory.roll(tx, day)?;
    let served = stations::served(tx, day)?;
    let mut loads = Vec::new();
    for station in stations::stations(tx, day)? {
        let theirs = station.town == within && may(actor, Action::LoadRead, visits::station_scope(&station));
        if !theirs || !station.is_open(day) {
            continue;
        }
        let doors = visits::doors_due(tx, memory, station.id, day)?;
        let mut load = Load {
            households: 0,
            doors: i64::try_from(doors).unwrap_or(i64::MAX),
            running: 0,
            overdue: 0,
            referrals: 0,
            station,
        };
        for it in served.iter().filter(|it| it.station == load.station.id) {
            let (run, late) = running.get(&it.community).copied().unwrap_or_default();
            load.running += run;
            load.overdue += late;
            load.referrals += referrals.get(&it.community).copied().unwrap_or_default();
            load.households += roll.get(it.community).map_or(0, |it| it.households);
        }
        loads.push(load);
    }
    loads.sort_by(|a, b| a.station.name.cmp(&b.station.name).then(a.station.id.cmp(&b.station.id)));
    Ok(loads)
}

/// What would level the doors: each station that has over a tenth more for each post than all of them together lends what is above its
/// share, the largest part first to whoever has most room. Nothing where nobody has that much more, or where nobody holds a post.
#[must_use]
pub fn levelling(loads: &[Load]) -> Vec<Lend> {
    let each: Vec<(StationId, i64, i64)> =
        loads.iter().map(|it| (it.station.id, it.doors, it.station.in_post)).collect();
    lends(&each)
}

/// The same of stations with their doors and the posts that are held there.
fn lends(stations: &[(StationId, i64, i64)]) -> Vec<Lend> {
    let doors: i64 = stations.iter().map(|(_, doors, _)| doors).sum();
    let posts: i64 = stations.iter().map(|(.., posts)| posts).sum();
    if posts == 0 {
        return Vec::new();
    }
    let mut over: Vec<(i64, StationId)> = Vec::new();
    let mut under: Vec<(i64, StationId)> = Vec::new();
    for &(id, own, held) in stations {
        let share = doors * held / posts;
        if visits::is_over_share((own, held), (doors, posts)) && own > share {
            over.push((own - share, id));
        } else if own < share {
            under.push((share - own, id));
        }
    }
    let most_first = |all: &mut Vec<(i64, StationId)>| all.sort_by_key(|&(count, id)| (-count, id));
    most_first(&mut over);
    most_first(&mut under);
    let mut lends = Vec::new();
    for (mut left, from) in over {
        for (room, to) in &mut under {
            let doors = left.min(*room);
            if doors > 0 {
                lends.push(Lend { from, to: *to, doors });
                left -= doors;
                *room -= doors;
            }
        }
    }
    lends
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use base::Uuid;
    use proptest::prelude::*;

    use super::*;
    use crate::MIGRATIONS;
    use crate::kit::fixture::{self, day, read};
    use crate::kit::{Grant, Role};
    use crate::stations::tests::joint;

    fn station(number: usize) -> StationId {
        StationId::from_uuid(Uuid::from_u128(number as u128 + 1))
    }

    #[test]
    fn what_is_even_stays_and_a_station_without_anybody_lends_everything() {
        let lent = |each: &[(i64, i64)]| {
            let all: Vec<_> =
                each.iter().enumerate().map(|(n, &(doors, posts))| (station(n), doors, posts)).collect();
            lends(&all).into_iter().map(|it| (it.from, it.to, it.doors)).collect::<Vec<_>>()
        };
        assert_eq!(lent(&[(110, 1), (90, 1)]), []);
        assert_eq!(lent(&[(111, 1), (89, 1)]), [(station(0), station(1), 11)]);
        assert_eq!(lent(&[(40, 0), (60, 2)]), [(station(0), station(1), 40)]);
        assert_eq!(lent(&[(40, 0), (60, 0)]), [], "there is nobody to lend to");
        assert_eq!(lent(&[(0, 3), (0, 1)]), []);
        assert_eq!(lent(&[]), []);
    }

    proptest! {
        /// Nothing is lost or made by lending; nobody lends what they have not, nobody takes over more than their share, and what is
        /// left is even, but for less than one door a station.
        #[test]
        fn lending_levels(each in proptest::collection::vec((0_i64..500, 0_i64..6), 1..12)) {
            let all: Vec<_> = each.iter().enumerate().map(|(n, &(doors, posts))| (station(n), doors, posts)).collect();
            let (doors, posts): (i64, i64) = each.iter().fold((0, 0), |(a, b), it| (a + it.0, b + it.1));
            let mut after: BTreeMap<StationId, i64> = all.iter().map(|it| (it.0, it.1)).collect();
            for lend in lends(&all) {
                prop_assert!(lend.doors > 0 && lend.from != lend.to);
                *after.get_mut(&lend.from).unwrap() -= lend.doors;
                *after.get_mut(&lend.to).unwrap() += lend.doors;
            }
            prop_assert_eq!(after.values().sum::<i64>(), doors);
            let stations = i64::try_from(all.len()).unwrap();
            for (id, own, held) in all {
                let left = after[&id];
                prop_assert!(left >= 0);
                if posts > 0 {
                    // Shares are rounded down: what is left over by that lies with the lenders.
                    prop_assert!(!visits::is_over_share((left - stations, held), (doors, posts)), "{} of {}", left, own);
                }
            }
        }
    }

    testkit::db_test!(each_sees_what_lies_upon_the_own_stations, MIGRATIONS, |db| {
        let fixture = fixture::district(db);
        joint(db, &fixture);
        let [first, second] = fixture.towns;
        let seen = |role, scope, town| {
            let actor = Actor { account: None, grants: vec![Grant { role, scope }], only: None };
            db.read(|tx| load(tx, &actor, &Memory::default(), town, day("2025-06-02")))
        };
        let own = seen(Role::TownOfficer, Scope::Town(first), None).unwrap();
        assert_eq!(own.len(), 1);
        let homes = read(db, |tx| {
            let mut count = 0;
            for community in &fixture.communities[..2] {
                count += crate::register::households(tx, *community, day("2025-06-02"))?.len();
            }
            Ok(count)
        });
        assert_eq!(own[0].households, i64::try_from(homes).unwrap());
        assert_eq!((own[0].running, own[0].overdue, own[0].referrals), (0, 0, 0));
        let grid = Scope::Grid { town: first, grid: fixture.grids[0] };
        assert_eq!(seen(Role::GridLeader, grid, None).unwrap().len(), 1);
        let elsewhere = Scope::Grid { town: first, grid: fixture.grids[1] };
        assert!(seen(Role::GridLeader, elsewhere, None).unwrap().is_empty());
        assert_eq!(seen(Role::DistrictOfficer, Scope::District, Some(first)).unwrap().len(), 1);
        assert!(seen(Role::DistrictOfficer, Scope::District, Some(second)).unwrap().is_empty());
        assert!(matches!(seen(Role::DistrictOfficer, Scope::District, None), Err(Error::Absent(_))));
        assert!(matches!(
            seen(Role::TownOfficer, Scope::Town(first), Some(second)),
            Err(Error::Forbidden(_))
        ));
        assert!(matches!(seen(Role::CommunityWorker, grid, None), Err(Error::Forbidden(_))));
    });
}
