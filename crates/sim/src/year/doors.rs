//! Who knocks at which door: every household is tried once a year and soon after moving in, again where nobody opened.

use base::{Day, Instant};
use district::kit::{Error, Result, VisitId};
use district::stations;
use district::visits::rules::{Category, Outcome, Slot};
use district::visits::{self, Keeping, NewVisit, PlanRounds};

use super::World;
use crate::dice::Dice;

/// A household of a community as those see it who knock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Door {
    /// When somebody comes next; `None`: nobody does this year.
    next: Option<Day>,
    /// When nobody opened last.
    shut: Option<Slot>,
    /// How often nobody opened since somebody was met.
    tries: u8,
}

/// Thousandths of doors that open, by slot: no figure is published; these lie within what workers tell.
const OPENS: [(Slot, i64); 3] = [(Slot::Daytime, 360), (Slot::Evening, 600), (Slot::Weekend, 520)];
/// Thousandths of households that somebody comes to: where posts are vacant, some are left for the next year.
const REACHED: i64 = 880;
/// Thousandths of those who were met that need something, and of these, that agree to have it passed on.
const NEEDS: i64 = 200;
const AGREES: i64 = 720;
/// Thousandths of those who were met that say whether they are satisfied, and of these, that are: assumed, as none is published
/// of doors; of the hotline some nine in ten are.
const SAYS: i64 = 560;
const CONTENT: i64 = 880;
/// Tries after which somebody telephones.
const TRIES: u8 = 3;

/// What is asked for most in such communities, most often first.
const ASKED: [Category; 10] = [
    Category::ResidencePermit,
    Category::ResidencePermit,
    Category::Schooling,
    Category::Party,
    Category::Company,
    Category::Company,
    Category::Repair,
    Category::Work,
    Category::Neighbours,
    Category::Care,
];

impl World<'_> {
    /// The visits of a month, told at its end in one call for the whole district.
    pub(super) fn visits(&mut self, from: Day, end: Day) -> Result<()> {
        let mut dice = Dice::new(self.order.seed, "visits", usize::try_from(from.days()).unwrap_or_default());
        let mut made: Vec<NewVisit> = Vec::new();
        let first = self.order.first_day();
        // What is told at ten in the morning of the last day was made before it.
        let last = end - 1;
        for home in &mut self.homes {
            for place in 0..home.tenancies.len() {
                if home.doors.len() <= place {
                    home.doors.push(door(&mut dice, home.stays[place].from, first));
                }
                let (Some(household), door) = (home.tenancies[place], &mut home.doors[place]) else {
                    continue;
                };
                while let Some(day) = door.next.filter(|day| *day < last) {
                    let (at, slot) = moment(&mut dice, day.max(home.stays[place].from), door.shut);
                    if at.day() >= last {
                        door.next = Some(at.day());
                        break;
                    }
                    let outcome = knock(&mut dice, door, at.day(), slot);
                    let nobody = VisitId::from_uuid(base::Uuid::nil());
                    let needs = needs(&mut dice, outcome);
                    made.push(NewVisit {
                        id: nobody,
                        household,
                        round: None,
                        at,
                        told_at: at,
                        outcome,
                        needs,
                        satisfied: said(&mut dice, outcome),
                        note: note(&mut dice, outcome),
                    });
                }
            }
        }
        self.by_program(last, |world, tx, call| {
            let mut told = made.clone();
            for visit in &mut told {
                visit.id = call.id();
            }
            let keeping = Keeping { vault: world.vault, memory: &world.memory };
            visits::record(tx, call, keeping, &told).map(|_| ())
        })
    }

    /// The rounds of the day in the grid whose worker the demonstration enters as.
    pub(super) fn rounds(&mut self) -> Result<()> {
        let (today, grid) = (self.order.today, self.demonstrated());
        let stations = self.db.read(|tx| stations::stations(tx, today))?;
        let here = stations.into_iter().filter(|it| it.is_open(today) && it.grid == Some(grid));
        for station in here.map(|it| it.id) {
            let planned = self.by_program(today, |world, tx, call| {
                visits::plan_rounds(tx, call, &world.memory, PlanRounds { station, day: today, seen: 0 })
            });
            match planned {
                // A station all of whose posts are vacant sends nobody.
                Ok(_) | Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Who was there already is spread over the year; who moved in is visited within the month.
fn door(dice: &mut Dice, moved_in: Day, first: Day) -> Door {
    let next = if moved_in <= first { first + dice.between(4, 385) } else { moved_in + dice.between(4, 28) };
    Door { next: Some(next).filter(|_| dice.chance(REACHED)), shut: None, tries: 0 }
}

/// A moment of a slot on a day or soon after it; whoever did not open by day is tried in the evening or at the weekend.
fn moment(dice: &mut Dice, day: Day, shut: Option<Slot>) -> (Instant, Slot) {
    let slot = match shut {
        Some(Slot::Daytime) => *dice.pick(&[Slot::Evening, Slot::Evening, Slot::Weekend]),
        Some(_) => *dice.pick(&[Slot::Weekend, Slot::Evening, Slot::Daytime]),
        None => *dice.pick(&[Slot::Daytime, Slot::Daytime, Slot::Evening, Slot::Evening, Slot::Weekend]),
    };
    let weekend = |day: Day| day.weekday() >= 6;
    let day =
        (0..7).map(|ahead| day + ahead).find(|day| weekend(*day) == (slot == Slot::Weekend)).unwrap_or(day);
    let hour = match slot {
        Slot::Daytime => dice.between(9, 16),
        Slot::Evening => dice.between(18, 20),
        Slot::Weekend => dice.between(10, 19),
    };
    (Instant::at(day, hour, dice.between(0, 59)), slot)
}

/// What comes of it, and when somebody comes again.
fn knock(dice: &mut Dice, door: &mut Door, day: Day, slot: Slot) -> Outcome {
    let opens = OPENS.iter().find(|(known, _)| *known == slot).map_or(0, |(_, opens)| *opens);
    let outcome = if dice.chance(opens) {
        if dice.chance(950) { Outcome::Met } else { Outcome::Refused }
    } else if door.tries + 1 >= TRIES && dice.chance(600) {
        Outcome::Online
    } else {
        Outcome::Absent
    };
    if outcome == Outcome::Absent {
        door.tries += 1;
        door.shut = Some(slot);
        door.next = (door.tries <= TRIES).then(|| day + dice.between(5, 20));
    } else {
        *door = Door { next: Some(day + dice.between(300, 380)), shut: None, tries: 0 };
    }
    outcome
}

fn needs(dice: &mut Dice, outcome: Outcome) -> Vec<(Category, bool)> {
    if !outcome.is_contact() || !dice.chance(NEEDS) {
        return Vec::new();
    }
    vec![(*dice.pick(&ASKED), dice.chance(AGREES))]
}

/// Some of those who were met say how they find it, and most of these that they are content.
fn said(dice: &mut Dice, outcome: Outcome) -> Option<bool> {
    (outcome.is_contact() && dice.chance(SAYS)).then(|| dice.chance(CONTENT))
}

/// A few words in confidence now and then, of nothing that a person could be known by.
fn note(dice: &mut Dice, outcome: Outcome) -> Option<String> {
    (outcome == Outcome::Met && dice.chance(5)).then(|| "模拟：希望下次傍晚来".to_owned())
}
