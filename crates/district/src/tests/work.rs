//! Work as it happens at stations, at random: visits, matters with their steps, households that move.

use base::{Calendar, Day, Instant, Uuid};
use db::{Db, Tx};

use crate::Memory;
use crate::kit::fixture::read;
use crate::kit::{Actor, Call, CommunityId, Error, MatterId, Result, TenancyId, VisitId};
use crate::matters::{self, Advance, Receive, Source, Step as Does, SuspendReason};
use crate::people::vault::Vault;
use crate::visits::rules::Outcome;
use crate::visits::{self, Keeping, NewVisit};

/// Numbers that follow from a seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// One below another (splitmix64).
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }
}

/// Work on the households of the small district.
pub(crate) struct Work<'a> {
    pub(crate) db: &'a Db,
    pub(crate) households: Vec<(TenancyId, CommunityId)>,
    pub(crate) matters: Vec<MatterId>,
    pub(crate) calendar: Calendar,
    pub(crate) vault: Vault,
    pub(crate) memory: Memory,
    pub(crate) dice: Dice,
    pub(crate) seed: u64,
}

impl<'a> Work<'a> {
    /// Work on the households that live in these communities on a day; everything follows from the seed.
    pub(crate) fn on(db: &'a Db, communities: &[CommunityId], day: Day, seed: u64) -> Self {
        let here = |id: &CommunityId| read(db, |tx| crate::register::households(tx, *id, day));
        let homes = communities.iter().flat_map(|id| here(id).into_iter().map(|home| (home.tenancy, *id)));
        Self {
            db,
            households: homes.collect(),
            matters: Vec::new(),
            calendar: Calendar::published().unwrap(),
            vault: Vault::new(&[1; 32]),
            memory: Memory::default(),
            dice: Dice(seed),
            seed: 5_000,
        }
    }

    pub(crate) fn does<T>(
        &mut self,
        now: Instant,
        work: impl Fn(&Self, &mut Tx<'_>, &mut Call<'_>) -> Result<T>,
    ) -> Option<T> {
        self.seed += 1;
        let (actor, seed) = (Actor::program(), self.seed);
        let done = self.db.write(|tx| work(self, tx, &mut Call::new(&actor, now, seed)));
        match done {
            Ok(done) => Some(done),
            // What the day does not allow changes nothing.
            Err(Error::Refused(_) | Error::Absent(_)) => None,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Something that happens at an hour of a day.
    pub(crate) fn happens(&mut self, now: Instant) {
        let picked = self.dice.below(self.households.len());
        let (household, community) = self.households[picked];
        let number = self.seed;
        match self.dice.below(10) {
            0..=1 => {
                let visit = NewVisit {
                    id: VisitId::from_uuid(Uuid::from_u128(u128::from(number) << 64 | 9)),
                    household,
                    round: None,
                    at: now,
                    told_at: now,
                    outcome: [Outcome::Met, Outcome::Online, Outcome::Absent, Outcome::Refused]
                        [self.dice.below(4)],
                    needs: Vec::new(),
                    satisfied: None,
                    note: None,
                };
                // Of whoever was met, some say something.
                let said = [None, None, Some(true), Some(false)][self.dice.below(4)];
                let satisfied = said.filter(|_| visit.outcome.is_contact());
                let visit = NewVisit { satisfied, ..visit };
                self.does(now, |own, tx, call| {
                    let keeping = Keeping { vault: &own.vault, memory: &own.memory };
                    visits::record(tx, call, keeping, std::slice::from_ref(&visit))
                });
            }
            2 => {
                let category = ["advice-question", "property-lift", "lease-deposit"][self.dice.below(3)];
                let made = self.does(now, |own, tx, call| {
                    let command = Receive {
                        id: call.id(),
                        source: Source::Telephone,
                        foreign_number: None,
                        community,
                        building: None,
                        place: String::new(),
                        category: category.into(),
                        words: "示例".into(),
                        reporter: None,
                        tenancy: Some(household),
                        shown: false,
                        secret: None,
                        at: None,
                    };
                    matters::receive(tx, call, (&own.vault, &own.calendar), &[command])
                });
                self.matters.extend(made.into_iter().flatten().map(|it| it.id));
            }
            3 if self.dice.below(4) == 0 => {
                self.does(now, |_, tx, call| {
                    crate::register::end_tenancies(tx, call, &[(household, now.day())])
                });
            }
            _ if self.matters.is_empty() => {}
            _ => {
                let matter = self.matters[self.dice.below(self.matters.len())];
                let satisfied = [None, Some(true), Some(false)][self.dice.below(3)];
                let step = [
                    Does::Accept,
                    Does::Accept,
                    Does::Begin,
                    Does::Answer,
                    Does::Answer,
                    Does::Confirm { satisfied },
                    Does::CallBack { resolved: satisfied.is_some(), satisfied },
                    Does::Reopen,
                    Does::Withdraw,
                    Does::Suspend(SuspendReason::Works, now.day() + 5),
                    Does::Resume,
                    Does::AskExtension(3),
                    Does::Extend,
                ][self.dice.below(13)];
                // Mostly the next that is to be done, now and then anything.
                let onward = [Does::Confirm { satisfied }, Does::Answer, Does::Accept];
                let steps = if self.dice.below(3) > 0 { onward.to_vec() } else { vec![step] };
                for step in steps {
                    let command = Advance { matter, seen: None, step, note: "示例".into(), at: None };
                    let done = self.does(now, |own, tx, call| {
                        let commands = std::slice::from_ref(&command);
                        matters::advance(tx, call, (&own.vault, &own.calendar), commands)
                    });
                    if done.is_some() {
                        break;
                    }
                }
            }
        }
    }
}
