//! How far the households of every community are reached on a day, with the sums that pages ask for most.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::Part;
use super::rules::{Cascade, Standing, Step};
use crate::kit::{GridId, TownId};

/// The standings of a day, in the order of the communities' ids.
#[derive(Debug)]
pub struct Standings {
    all: Vec<Standing>,
    whole: Cascade,
    towns: HashMap<TownId, Cascade>,
    losses: Vec<Loss>,
}

/// Communities of one grid that lose households at the same step, or of one town that lie in no grid: one kind of work at one
/// place brings them back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The step at which they lose households.
    pub step: Step,
    /// Their town.
    pub town: TownId,
    /// Their grid; `None`: they lie in no grid.
    pub grid: Option<GridId>,
    /// Their places in the standings, most households first.
    places: Vec<usize>,
    /// The households that are lost there.
    pub households: i64,
}

impl Standings {
    /// Of these, which are in the order of their ids.
    pub(super) fn new(all: Vec<Standing>) -> Self {
        let mut by_town: HashMap<TownId, Vec<&Standing>> = HashMap::new();
        for standing in &all {
            by_town.entry(standing.town).or_default().push(standing);
        }
        let towns = by_town.into_iter().map(|(town, of)| (town, Cascade::of(of))).collect();
        Self { whole: Cascade::of(&all), towns, losses: losses(&all), all }
    }

    /// Every community.
    pub fn all(&self) -> &[Standing] {
        &self.all
    }

    /// One community.
    pub fn get(&self, community: crate::kit::CommunityId) -> Option<&Standing> {
        self.all.binary_search_by_key(&community, |it| it.community).ok().map(|place| &self.all[place])
    }

    /// The communities of a part.
    pub fn of(&self, part: Part) -> impl Iterator<Item = &Standing> {
        self.all.iter().filter(move |standing| part.has(standing))
    }

    /// The cascade of a part of the district.
    pub fn cascade(&self, part: Part) -> Cascade {
        match part {
            Part { town: None, grid: None, no_grid: false, community: None, kind: None } => self.whole,
            Part { town: Some(town), grid: None, no_grid: false, community: None, kind: None } => {
                self.towns.get(&town).copied().unwrap_or_default()
            }
            _ => Cascade::of(self.of(part)),
        }
    }

    /// Communities of a part that lose households at a step, most households first.
    pub fn lost_at(&self, part: Part, step: Step) -> Vec<&Standing> {
        let mut lost: Vec<&Standing> = self.of(part).filter(|s| s.lost_at(step) > 0).collect();
        lost.sort_by_key(|s| (Reverse(s.lost_at(step)), s.community));
        lost
    }

    /// What would bring most households of a part back, a grid and a step at a time, most first: at most so many.
    pub fn losses(&self, part: Part, most: usize) -> Vec<Loss> {
        let whole_grids = part.community.is_none() && part.kind.is_none();
        let theirs = |loss: &&Loss| {
            part.town.is_none_or(|town| loss.town == town)
                && part.grid.is_none_or(|grid| loss.grid == Some(grid))
                && (!part.no_grid || loss.grid.is_none())
        };
        if whole_grids {
            return self.losses.iter().filter(theirs).take(most).cloned().collect();
        }
        let mut cut: Vec<Loss> =
            self.losses.iter().filter(theirs).filter_map(|loss| self.cut(loss, part)).collect();
        cut.sort_by_key(Loss::rank);
        cut.truncate(most);
        cut
    }

    /// The communities of a loss.
    pub fn lost<'a>(&'a self, loss: &Loss) -> impl Iterator<Item = &'a Standing> {
        loss.places.iter().map(|&place| &self.all[place])
    }

    /// A loss within a part that cuts through its grid.
    fn cut(&self, loss: &Loss, part: Part) -> Option<Loss> {
        let places: Vec<usize> = loss.places.iter().copied().filter(|&it| part.has(&self.all[it])).collect();
        let households = places.iter().map(|&place| self.all[place].lost_at(loss.step)).sum();
        (households > 0).then_some(Loss { places, households, ..*loss })
    }
}

impl Loss {
    fn rank(&self) -> (Reverse<i64>, Step, TownId, Option<GridId>) {
        (Reverse(self.households), self.step, self.town, self.grid)
    }
}

fn losses(all: &[Standing]) -> Vec<Loss> {
    let mut groups: BTreeMap<(Step, TownId, Option<GridId>), Vec<usize>> = BTreeMap::new();
    for (place, standing) in all.iter().enumerate() {
        for step in Step::ALL {
            if standing.lost_at(step) > 0 {
                groups.entry((step, standing.town, standing.grid)).or_default().push(place);
            }
        }
    }
    let mut losses: Vec<Loss> = groups
        .into_iter()
        .map(|((step, town, grid), mut places)| {
            places.sort_by_key(|&place| (Reverse(all[place].lost_at(step)), all[place].community));
            let households = places.iter().map(|&place| all[place].lost_at(step)).sum();
            Loss { step, town, grid, places, households }
        })
        .collect();
    losses.sort_by_key(Loss::rank);
    losses
}

#[cfg(test)]
mod tests {
    use base::Uuid;
    use handbook::CommunityKind;
    use proptest::prelude::*;

    use super::*;
    use crate::coverage::households::Reach;
    use crate::kit::CommunityId;

    type Some = (u8, u8, bool, i64, usize, i64);

    fn some(number: u128, (town, grid, kind, households, reached, contacted): Some) -> Standing {
        let contacted = contacted.min(households);
        Standing {
            community: CommunityId::from_uuid(Uuid::from_u128(number)),
            code: String::new(),
            name: String::new(),
            name_en: String::new(),
            town: TownId::from_uuid(Uuid::from_u128(u128::from(town))),
            // Grids lie within their town; one community in five has none.
            grid: (grid > 0)
                .then(|| GridId::from_uuid(Uuid::from_u128(u128::from(town) * 10 + u128::from(grid)))),
            kind: if kind { CommunityKind::MarketRental } else { CommunityKind::Other },
            households,
            residents: households * 2,
            reached: Step::ALL[reached],
            reach: Reach {
                contacted,
                responded: contacted * 3 / 4,
                satisfied: contacted / 4,
                unknown: contacted / 4,
            },
        }
    }

    proptest! {
        /// The sums that are kept equal a count of the communities, whatever part is asked for.
        #[test]
        fn what_is_kept_equals_a_recount(
            all in prop::collection::vec((1..4_u8, 0..5_u8, any::<bool>(), 0..50_i64, 0..5_usize, 0..50_i64), 0..40),
            town in prop::option::of(1..5_u8),
            grid in prop::option::of(1..5_u8),
            no_grid in any::<bool>(),
            kind in any::<bool>(),
        ) {
            let standings = Standings::new((1..).zip(all).map(|(number, it)| some(number, it)).collect());
            let id = |number: u8| Uuid::from_u128(u128::from(number));
            let part = Part {
                town: town.map(|town| TownId::from_uuid(id(town))),
                grid: town.zip(grid).map(|(town, grid)| GridId::from_uuid(id(town * 10 + grid))),
                no_grid: no_grid && grid.is_none(),
                community: None,
                kind: kind.then_some(CommunityKind::Other),
            };
            let plain: Vec<&Standing> = standings.all().iter().filter(|standing| part.has(standing)).collect();
            prop_assert_eq!(standings.cascade(part), Cascade::of(plain.iter().copied()));
            let all = standings.losses(part, usize::MAX);
            for loss in &all {
                let lost: Vec<&Standing> = standings.lost(loss).collect();
                prop_assert_eq!(lost.iter().map(|it| it.lost_at(loss.step)).sum::<i64>(), loss.households);
                for it in lost {
                    prop_assert!(part.has(it) && it.grid == loss.grid && it.town == loss.town);
                }
            }
            // Whoever is not satisfied is lost at one step and no other.
            let lost: i64 = plain.iter().map(|it| it.households - it.at(Step::Satisfied)).sum();
            prop_assert_eq!(all.iter().map(|loss| loss.households).sum::<i64>(), lost);
            prop_assert!(all.windows(2).all(|pair| pair[0].households >= pair[1].households));
            prop_assert_eq!(standings.losses(part, 2), all.into_iter().take(2).collect::<Vec<_>>());
        }
    }
}
