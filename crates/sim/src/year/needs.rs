//! What becomes of the needs that visits find: some are followed up before the month is over, as a matter or as a referral.

use std::collections::HashMap;

use base::{Calendar, Day, Instant};
use district::kit::{CommunityId, Error, PersonId, Result, TenancyId};
use district::matters::{Receive, Source};
use district::services::Refer;
use district::visits::rules::Category;
use district::visits::{self, Waits};

use super::World;
use super::matters::Pending;
use super::referrals::consent;
use crate::dice::Dice;

/// Thousandths of the needs that may be passed on that are followed up: about eight hundred referrals and three hundred matters
/// of a full-size year; for the rest it was enough to be told where to go.
const FOLLOWED: i64 = 120;

impl World<'_> {
    /// Follows up some of what was told during a month, on its last day.
    pub(super) fn follow_needs(&mut self, month: Day, end: Day, pending: &mut Pending) -> Result<()> {
        let calendar = Calendar::published().map_err(|error| Error::Internal(error.to_string()))?;
        let last = end - 1;
        let mut dice = Dice::new(self.order.seed, "needs", self.operations);
        let days = (month, end);
        let told = |tx: &mut db::Tx<'_>| visits::needs_waiting(tx, &self.program, &self.memory, days, last);
        let mut told = self.db.read(told)?;
        told.retain(|_| dice.chance(FOLLOWED));
        let lived_in = self.homes_of(&told);
        let mut plans = Vec::with_capacity(told.len());
        for need in told {
            let Some((town, head)) = lived_in.get(&need.household) else { continue };
            let service = need.category.as_service();
            let service = service.and_then(|it| self.referrals.service(*town, it, &mut dice));
            plans.push((need, *head, service, consent(last, &mut dice)));
        }
        let at = Instant::at(last, 10, 0);
        let (matters, referrals) = self.by_program(last, |world, tx, call| {
            let (mut matters, mut referrals) = (Vec::new(), Vec::new());
            for (need, head, service, consent) in &plans {
                match (of_the_house(need.category), service) {
                    (Some(kind), _) => matters.push((need.id, matter(call.id(), need, kind))),
                    (None, Some(service)) => {
                        let (tenancy, service, person) = (need.household, *service, *head);
                        let consent = Some(consent.clone());
                        referrals.push((need.id, Refer { id: call.id(), service, tenancy, person, consent }));
                    }
                    (None, None) => {}
                }
            }
            visits::take_needs(tx, call, (world.vault, &world.memory, &calendar), &matters)?;
            visits::refer_needs(tx, call, (world.vault, &world.memory), &referrals)?;
            Ok((matters, referrals))
        })?;
        for (_, it) in &matters {
            pending.add(&mut dice, (it.id, at, &it.category), &calendar);
        }
        for (_, it) in referrals {
            self.referrals.begun(it.id, it.consent.map_or(last, |consent| consent.until));
        }
        Ok(())
    }

    /// The town and the first person of each household that has told a need and still lives there.
    fn homes_of(&self, told: &[Waits]) -> HashMap<TenancyId, (usize, PersonId)> {
        let numbers = self.ids.communities.iter().enumerate();
        let numbers: HashMap<CommunityId, usize> = numbers.map(|(number, id)| (*id, number)).collect();
        let mut found = HashMap::new();
        for need in told {
            let Some(&number) = numbers.get(&need.community) else { continue };
            let home = &self.homes[number];
            let place = home.tenancies.iter().position(|it| *it == Some(need.household));
            let here = place.filter(|place| home.stays[*place].to.is_none());
            if let Some(head) = here.and_then(|place| *home.heads.get(place)?) {
                found.insert(need.household, (self.estates[number].town, head));
            }
        }
        found
    }
}

/// The category of what the station or the house itself can do something about.
const fn of_the_house(category: Category) -> Option<&'static str> {
    match category {
        Category::Repair | Category::Neighbours => category.as_matter(),
        _ => None,
    }
}

fn matter(id: district::kit::MatterId, need: &Waits, kind: &str) -> Receive {
    Receive {
        id,
        source: Source::Worker,
        foreign_number: None,
        community: need.community,
        building: None,
        place: String::new(),
        category: kind.to_owned(),
        words: "走访时住户说到的，请来看看。".to_owned(),
        reporter: None,
        tenancy: None,
        shown: false,
        secret: None,
        at: None,
    }
}
