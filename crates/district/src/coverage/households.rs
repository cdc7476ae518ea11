//! How far a single household is reached beyond an open door with somebody behind it: contacted, responded to, satisfied.
//! Pure.
//!
//! What others tell of a household are facts with days. From them and the days on which it lives there follows, for each day,
//! where it stands; a community's daily row is the change of that. A fact that comes late changes the days it is about.

use std::collections::{BTreeMap, BTreeSet};

use base::{Day, Uuid};

use crate::kit::named;

named! {
    /// What is known of a household.
    Kind {
        /// 联系到: met or spoken to, for as long as the handbook lets it count.
        Contact = "contact",
        /// 逾期: something it asked for is past its day.
        Overdue = "overdue",
        /// 说了: what it said of how it was helped.
        Word = "word",
    }
}

/// Days for which a household's word counts: what it said within the year.
pub const WORD_DAYS: i64 = 365;

/// Something that is known of a household from one day until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// The visit or the matter that it comes from.
    pub source: Uuid,
    /// What it is.
    pub kind: Kind,
    /// The first day.
    pub from: Day,
    /// The day after the last; `None`: until something else is told.
    pub to: Option<Day>,
    /// Of a word: was it a good one?
    pub satisfied: bool,
}

impl Fact {
    /// Was met or spoken to on a day, which counts until before another.
    pub const fn contact(source: Uuid, day: Day, until: Day) -> Self {
        Self { source, kind: Kind::Contact, from: day, to: Some(until), satisfied: false }
    }

    /// What it asked for is past its day from this one on.
    pub const fn overdue(source: Uuid, from: Day) -> Self {
        Self { source, kind: Kind::Overdue, from, to: None, satisfied: false }
    }

    /// Said on a day whether it is satisfied.
    pub fn word(source: Uuid, day: Day, satisfied: bool) -> Self {
        Self { source, kind: Kind::Word, from: day, to: Some(day + WORD_DAYS), satisfied }
    }

    fn holds(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| to > day)
    }

    /// That it is this fact, whatever has become of it.
    pub const fn key(&self) -> (Uuid, Kind, Day) {
        (self.source, self.kind, self.from)
    }
}

/// Households of a community that are contacted; of these, those with nothing overdue; of these, those who said that they
/// are satisfied, and those who said nothing within the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// 联系到.
    pub contacted: i64,
    /// 有回应: contacted, and nothing overdue.
    pub responded: i64,
    /// 说满意: responded to, and the last word within the year was a good one.
    pub satisfied: i64,
    /// 没有说: responded to, and no word within the year.
    pub unknown: i64,
}

impl Reach {
    /// Its four figures, in the order of the store.
    pub const fn figures(self) -> [i64; 4] {
        [self.contacted, self.responded, self.satisfied, self.unknown]
    }

    /// Of four figures.
    pub const fn of([contacted, responded, satisfied, unknown]: [i64; 4]) -> Self {
        Self { contacted, responded, satisfied, unknown }
    }
}

impl std::ops::AddAssign for Reach {
    fn add_assign(&mut self, more: Self) {
        self.contacted += more.contacted;
        self.responded += more.responded;
        self.satisfied += more.satisfied;
        self.unknown += more.unknown;
    }
}

/// Where a household stands on a day on which it lives there.
pub fn reach_on(facts: &[Fact], day: Day) -> Reach {
    let holds = |kind| facts.iter().filter(move |fact| fact.kind == kind && fact.holds(day));
    let contacted = holds(Kind::Contact).next().is_some();
    let responded = contacted && holds(Kind::Overdue).next().is_none();
    // The last word counts; of two on one day, the one that complains.
    let word = holds(Kind::Word).max_by_key(|fact| (fact.from, !fact.satisfied)).map(|fact| fact.satisfied);
    Reach {
        contacted: contacted.into(),
        responded: responded.into(),
        satisfied: (responded && word == Some(true)).into(),
        unknown: (responded && word.is_none()).into(),
    }
}

/// The first day on which a household lives somewhere, and the day after the last.
pub type Stay = (Day, Option<Day>);

/// By how much the figures of a household's community change through it, by day; days without a change are not there.
pub fn changes(stay: Stay, facts: &[Fact]) -> BTreeMap<Day, [i64; 4]> {
    let (from, to) = stay;
    let lives = |day: Day| from <= day && to.is_none_or(|to| to > day);
    let mut days: BTreeSet<Day> =
        facts.iter().flat_map(|fact| [Some(fact.from), fact.to]).flatten().collect();
    days.insert(from);
    days.extend(to);
    let mut changes = BTreeMap::new();
    let mut before = [0; 4];
    for day in days {
        let now = if lives(day) { reach_on(facts, day).figures() } else { [0; 4] };
        let change = difference(now, before);
        if change != [0; 4] {
            changes.insert(day, change);
        }
        before = now;
    }
    changes
}

/// What is to be added to the second to make it the first.
fn difference(first: [i64; 4], second: [i64; 4]) -> [i64; 4] {
    std::array::from_fn(|place| first[place] - second[place])
}

/// From a day on, what a source says of one kind is this and nothing else: what it said before is true until that day.
pub fn replace(facts: &mut Vec<Fact>, (source, kind, at): (Uuid, Kind, Day), fresh: Option<Fact>) {
    facts.retain_mut(|fact| {
        if (fact.source, fact.kind) != (source, kind) || fact.to.is_some_and(|to| to <= at) {
            return true;
        }
        fact.to = Some(at);
        fact.from < at
    });
    let Some(mut fresh) = fresh else { return };
    fresh.from = fresh.from.max(at);
    // What goes on as it was is one fact and not two.
    let joins = |fact: &Fact| {
        (fact.source, fact.kind, fact.to, fact.satisfied) == (source, kind, Some(fresh.from), fresh.satisfied)
    };
    match facts.iter_mut().find(|fact| joins(fact)) {
        Some(fact) => fact.to = fresh.to,
        None => facts.push(fresh),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: i64) -> Day {
        Day::from_days(20_000 + number)
    }

    fn source(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn at(facts: &[Fact], number: i64) -> [i64; 4] {
        reach_on(facts, day(number)).figures()
    }

    #[test]
    fn a_household_stands_where_every_earlier_step_holds() {
        let visit = Fact::contact(source(1), day(10), day(20));
        assert_eq!((at(&[visit], 9), at(&[visit], 10), at(&[visit], 20)), ([0; 4], [1, 1, 0, 1], [0; 4]));
        let late = [visit, Fact::overdue(source(2), day(15))];
        assert_eq!((at(&late, 14), at(&late, 15)), ([1, 1, 0, 1], [1, 0, 0, 0]));
        // Who is content without having been contacted is not counted: the step before does not hold.
        assert_eq!(at(&[Fact::word(source(2), day(5), true)], 6), [0; 4]);
        let mut said = vec![visit, Fact::word(source(2), day(11), true)];
        assert_eq!((at(&said, 10), at(&said, 11)), ([1, 1, 0, 1], [1, 1, 1, 0]));
        said.push(Fact::word(source(3), day(12), false));
        assert_eq!(at(&said, 12), [1, 1, 0, 0], "the last word counts");
        said.push(Fact::word(source(4), day(12), true));
        assert_eq!(at(&said, 12), [1, 1, 0, 0], "and of two on one day the complaint");
    }

    #[test]
    fn a_word_counts_for_a_year() {
        let facts = [Fact::contact(source(1), day(0), day(900)), Fact::word(source(2), day(10), false)];
        assert_eq!((at(&facts, 374), at(&facts, 375)), ([1, 1, 0, 0], [1, 1, 0, 1]));
    }

    #[test]
    fn what_a_source_says_anew_holds_from_its_day_on() {
        let what = |at: i64| (source(1), Kind::Overdue, day(at));
        let mut facts = Vec::new();
        replace(&mut facts, what(0), Some(Fact::overdue(source(1), day(8))));
        assert_eq!(facts, [Fact::overdue(source(1), day(8))]);
        // Answered in time: it never was overdue.
        let mut answered = facts.clone();
        replace(&mut answered, what(5), None);
        assert_eq!(answered, []);
        // Answered late: it was for a while. Reopened: it is again, from the end of its new term on.
        replace(&mut facts, what(12), None);
        replace(&mut facts, what(14), Some(Fact::overdue(source(1), day(20))));
        let was = Fact { to: Some(day(12)), ..Fact::overdue(source(1), day(8)) };
        assert_eq!(facts, [was, Fact::overdue(source(1), day(20))]);
        // The same again changes nothing, and what goes on stays one.
        let mut again = facts.clone();
        replace(&mut again, what(22), Some(Fact::overdue(source(1), day(20))));
        assert_eq!(again, facts);
    }

    fn some_fact() -> impl Strategy<Value = Fact> {
        (0..3_u128, 0..3_usize, 0..40_i64, prop::option::of(1..20_i64), any::<bool>()).prop_map(
            |(number, kind, from, length, satisfied)| Fact {
                source: source(number),
                kind: Kind::ALL[kind],
                from: day(from),
                to: length.map(|length| day(from + length)),
                satisfied,
            },
        )
    }

    proptest! {
        /// The sum of the changes up to a day is where the household stands on it, whatever is known and whenever it lives
        /// there; and no figure is larger than the one before it.
        #[test]
        fn changes_add_up_to_where_it_stands(
            facts in prop::collection::vec(some_fact(), 0..8),
            from in 0..30_i64,
            length in prop::option::of(1..40_i64),
        ) {
            let stay = (day(from), length.map(|length| day(from + length)));
            let changes = changes(stay, &facts);
            for number in -1..90 {
                let lives = number >= from && length.is_none_or(|length| number < from + length);
                let stands = if lives { at(&facts, number) } else { [0; 4] };
                let mut sum = [0; 4];
                for change in changes.range(..=day(number)).map(|(_, change)| change) {
                    sum = std::array::from_fn(|place| sum[place] + change[place]);
                }
                prop_assert_eq!(sum, stands, "on day {}", number);
                let [contacted, responded, satisfied, unknown] = sum;
                prop_assert!(contacted >= responded && responded >= satisfied + unknown);
            }
        }

        /// Before the day from which a source says something else, everything stays as it was; from it on, what it says is this.
        #[test]
        fn what_is_told_anew_changes_no_day_before(
            told in prop::collection::vec((0..40_i64, prop::option::of((0..40_i64, any::<bool>()))), 1..6),
        ) {
            let mut facts = vec![Fact::contact(source(9), day(0), day(100))];
            for (at_day, fresh) in told {
                let before = facts.clone();
                let fresh = fresh.map(|(from, satisfied)| Fact::word(source(1), day(from), satisfied));
                replace(&mut facts, (source(1), Kind::Word, day(at_day)), fresh);
                for number in 0..at_day {
                    prop_assert_eq!(at(&before, number), at(&facts, number));
                }
                let held = facts.iter().filter(|it| it.kind == Kind::Word && it.holds(day(90))).count();
                prop_assert_eq!(held, usize::from(fresh.is_some()));
            }
        }
    }
}
