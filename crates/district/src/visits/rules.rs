//! What a visit is, when a household is due, what counts as contact. Pure.
//!
//! Nothing here scores anybody: a household is due because of a day in the handbook, or because it agreed to more.

use base::Day;
use handbook::Prescription;

use crate::kit::named;

named! {
    /// How a visit ended.
    Outcome {
        /// Somebody of the household was met.
        Met = "met",
        /// Somebody of the household answered online or on the telephone.
        Online = "online",
        /// They were there and did not want to talk.
        Refused = "refused",
        /// Nobody opened: a card was left.
        Absent = "absent",
        /// The household does not live there any more.
        Moved = "moved",
    }
}

impl Outcome {
    /// Was somebody reached? A door that stayed shut is no contact, however often somebody stood before it.
    pub const fn is_contact(self) -> bool {
        matches!(self, Self::Met | Self::Online)
    }
}

named! {
    /// When doors are knocked at (错峰入户).
    Slot {
        /// Working hours of a working day.
        Daytime = "daytime",
        /// After work.
        Evening = "evening",
        /// Saturday and Sunday.
        Weekend = "weekend",
    }
}

impl Slot {
    /// The slot of a minute of a day; evenings begin at five.
    pub fn of(day: Day, minute: i64) -> Self {
        match (day.weekday(), minute) {
            (6 | 7, _) => Self::Weekend,
            (_, minute) if minute >= 17 * 60 => Self::Evening,
            _ => Self::Daytime,
        }
    }

    /// When to come to a household on a day: on a working day in the evening if nobody was there by day.
    pub fn for_household(day: Day, last_absent: Option<Self>) -> Self {
        match (day.weekday(), last_absent) {
            (6 | 7, _) => Self::Weekend,
            (_, Some(Self::Daytime)) => Self::Evening,
            _ => Self::Daytime,
        }
    }
}

named! {
    /// What households need, by what they ask for in such communities.
    Category {
        /// Residence permit (居住证) and household registration.
        ResidencePermit = "residence-permit",
        /// School and kindergarten.
        Schooling = "schooling",
        /// Transfer of Party membership.
        Party = "party",
        /// Work and social insurance.
        Work = "work",
        /// Health.
        Health = "health",
        /// Care for the old and for small children.
        Care = "care",
        /// Repairs in the dwelling and the house.
        Repair = "repair",
        /// Neighbours: noise, quarrels.
        Neighbours = "neighbours",
        /// Culture, sport, company.
        Company = "company",
        /// Law and contracts.
        Law = "law",
        /// Money in need.
        Relief = "relief",
        /// Anything else.
        Other = "other",
    }
}

named! {
    /// Why a household is due, what cannot wait first.
    Why {
        /// Something happened (特情必访).
        Event = "event",
        /// They moved in.
        MovedIn = "moved-in",
        /// They agreed to be visited more often (重点多访).
        Priority = "priority",
        /// Everybody's turn (全域覆盖).
        Everyone = "everyone",
    }
}

named! {
    /// What a household is marked by.
    Mark {
        /// It agreed to be visited more often.
        Priority = "priority",
        /// Something happened: it is visited at once.
        Event = "event",
    }
}

named! {
    /// Why a visit waits in the inbox.
    Misfit {
        /// The household did not live there on the day.
        Moved = "moved",
        /// The door belongs to somebody else's round by now.
        HandedOver = "handed-over",
        /// Somebody else was there on the same day.
        Twice = "twice",
        /// It lies outside of what whoever sent it may write.
        NotYours = "not-yours",
        /// Its time is later than now, or too long ago.
        Clock = "clock",
    }
}

/// After an event, somebody comes within so many days. No published text names them.
pub const EVENT_DAYS: i64 = 2;
/// A household is shown as due so many days before its day, so that rounds can be put together house by house.
pub const AHEAD_DAYS: i64 = 45;
/// The longest a visit is told late: a fortnight's leave with the telephone in a drawer, twice.
pub const LATE_DAYS: i64 = 31;
/// The least households of which anything is said in sum.
pub const LEAST_HOUSEHOLDS: i64 = 5;
/// The longest note, in characters: a page.
pub const LONGEST_NOTE: usize = 1_000;

/// How often the handbook wants households contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frequency {
    /// A contact counts for so many months.
    pub months: i32,
    /// The first one is due so many days after moving in.
    pub moving_in_days: i64,
    /// The same where households agreed to more; `None`: the handbook knows no such.
    pub priority_months: Option<i32>,
}

impl Frequency {
    /// As it is prescribed; `None` where nothing is.
    pub fn of(prescription: &Prescription) -> Option<Self> {
        let visits = prescription.visits.as_ref()?.value;
        let months = |number: i64| i32::try_from(number).unwrap_or(i32::MAX).max(1);
        Some(Self {
            // Several contacts in a period are one in each part of it.
            months: months(visits.months / visits.times.max(1)),
            moving_in_days: visits.days_after_moving_in,
            priority_months: prescription.priority_visits.as_ref().map(|it| months(it.value)),
        })
    }

    /// Until when a contact on a day counts: the day by which the next is due.
    pub fn until(self, contact: Day, priority: bool) -> Day {
        let months = self.priority_months.filter(|_| priority).unwrap_or(self.months);
        contact.plus_months(months)
    }
}

/// What is known of a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Since when it lives there.
    pub from: Day,
    /// The last time somebody of it was reached.
    pub contact: Option<Day>,
    /// Did it agree to be visited more often?
    pub priority: bool,
    /// Since when something happened that wants a visit.
    pub event: Option<Day>,
}

/// Why and by when somebody is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// Why.
    pub why: Why,
    /// By this day.
    pub by: Day,
}

/// Why and by when somebody is to come to a household: the earliest of what holds.
pub fn due(frequency: Frequency, known: Known) -> Due {
    let open_event = known.event.filter(|since| known.contact.is_none_or(|contact| contact < *since));
    let event = open_event.map(|since| Due { why: Why::Event, by: since + EVENT_DAYS });
    let turn = match known.contact {
        None => Due { why: Why::MovedIn, by: known.from + frequency.moving_in_days },
        Some(contact) => {
            let more = known.priority && frequency.priority_months.is_some();
            let why = if more { Why::Priority } else { Why::Everyone };
            Due { why, by: frequency.until(contact, known.priority) }
        }
    };
    event.filter(|event| event.by <= turn.by).unwrap_or(turn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::fixture::day;

    const YEARLY: Frequency = Frequency { months: 12, moving_in_days: 30, priority_months: Some(3) };

    fn known(from: &str, contact: Option<&str>) -> Known {
        Known { from: day(from), contact: contact.map(day), priority: false, event: None }
    }

    #[test]
    fn whoever_moved_in_is_due_within_thirty_days_and_then_once_a_year() {
        let new = due(YEARLY, known("2026-01-05", None));
        assert_eq!(new, Due { why: Why::MovedIn, by: day("2026-02-04") });
        let met = due(YEARLY, known("2024-05-01", Some("2025-03-31")));
        assert_eq!(met, Due { why: Why::Everyone, by: day("2026-03-31") });
    }

    #[test]
    fn whoever_agreed_is_due_earlier_and_an_event_at_once_until_somebody_was_met() {
        let more = Known { priority: true, ..known("2024-05-01", Some("2025-12-01")) };
        assert_eq!(due(YEARLY, more), Due { why: Why::Priority, by: day("2026-03-01") });
        let event = Known { event: Some(day("2026-01-20")), ..more };
        assert_eq!(due(YEARLY, event), Due { why: Why::Event, by: day("2026-01-22") });
        let met = Known { contact: Some(day("2026-01-20")), ..event };
        assert_eq!(due(YEARLY, met).why, Why::Priority);
        let without = Frequency { priority_months: None, ..YEARLY };
        assert_eq!(due(without, more), Due { why: Why::Everyone, by: day("2026-12-01") });
    }

    #[test]
    fn only_who_was_reached_counts() {
        let contacts: Vec<_> = Outcome::ALL.iter().filter(|it| it.is_contact()).collect();
        assert_eq!(contacts, [&Outcome::Met, &Outcome::Online]);
    }

    #[test]
    fn a_door_that_stayed_shut_by_day_is_tried_in_the_evening() {
        let (friday, saturday) = (day("2026-01-30"), day("2026-01-31"));
        assert_eq!(Slot::for_household(friday, None), Slot::Daytime);
        assert_eq!(Slot::for_household(friday, Some(Slot::Daytime)), Slot::Evening);
        assert_eq!(Slot::for_household(friday, Some(Slot::Evening)), Slot::Daytime);
        assert_eq!(Slot::for_household(saturday, Some(Slot::Daytime)), Slot::Weekend);
        assert_eq!(Slot::of(friday, 16 * 60 + 59), Slot::Daytime);
        assert_eq!(Slot::of(friday, 17 * 60), Slot::Evening);
    }

    #[test]
    fn names_are_read_back() {
        for it in Category::ALL {
            assert_eq!(Category::parse(it.as_str()), Some(*it));
        }
        assert_eq!(Outcome::parse("opened"), None);
    }
}
