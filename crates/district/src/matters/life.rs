//! The life of a matter. Pure: a step consumes the life as it was and gives the life as it is, or the reason why not.
//!
//! 登记 received → 受理 accepted → 办理中 in progress → 答复 answered → 办结 closed. Two keys (双确认): done by who did it, confirmed by
//! who asked. The clock stops while suspended, begins anew with whoever holds it next, and acts by itself: it reminds at
//! 80 % of the term, lets the next level join after the end of it, closes what nobody confirmed.

mod time;
mod words;

#[cfg(test)]
mod tests;

use base::{Day, Instant};

use super::terms::{Due, Terms};
use crate::kit::{MatterId, Refusal, Result};

pub use time::pass;
pub use words::{Ground, Holder, Outcome, ReturnReason, State, Step, SuspendReason};

/// The longest extension, in working days: the longest term that is published.
pub const LONGEST_EXTENSION: i64 = 15;
/// The longest that something waits, in days: an owners' vote with its notice takes less.
pub const LONGEST_SUSPENSION: i64 = 180;
/// Days after an answer until silence closes it.
pub const SILENCE_DAYS: i64 = 7;
/// Days after closing in which it can be reopened.
pub const REOPEN_DAYS: i64 = 30;

/// A matter waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspension {
    /// Since.
    pub on: Day,
    /// Until this day at the latest.
    pub until: Day,
}

/// Where a matter stands in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column of its own, and any of them goes with any other"
)]
pub struct Life {
    /// Where it stands.
    pub state: State,
    /// Who holds it.
    pub holder: Holder,
    /// How many levels have joined since its term ended.
    pub joined: i64,
    /// Working days of the term, extension included.
    pub term_days: i64,
    /// The day on which its holder got it; the term begins the day after.
    pub counts_from: Day,
    /// Working days on which the clock stood still.
    pub stopped_days: i64,
    /// The last day of the term.
    pub due: Due,
    /// Was the term made longer?
    pub extended: bool,
    /// Working days more that the holder asks for.
    pub extension_asked: Option<i64>,
    /// Was the holder reminded?
    pub reminded: bool,
    /// It waits.
    pub suspension: Option<Suspension>,
    /// The state it goes back to when a suspension or a merging ends.
    pub before: Option<State>,
    /// When whoever asked was first called or met.
    pub first_contact: Option<Instant>,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// Answered after its day, or not yet and its day is over?
    pub late: bool,
    /// When it was closed, refused, withdrawn or merged.
    pub closed_at: Option<Instant>,
    /// How it was closed.
    pub outcome: Option<Outcome>,
    /// What whoever asked says of it.
    pub satisfied: Option<bool>,
    /// How often it was reopened.
    pub reopened: i64,
    /// Is it among those who are called back?
    pub call_back: bool,
    /// As what it goes on.
    pub merged_into: Option<MatterId>,
    /// The day on which time does something next.
    pub next_on: Option<Day>,
}

impl Life {
    /// It begins: received at an instant, for a holder with a term.
    pub fn begin(holder: Holder, term_days: i64, at: Instant, terms: Terms<'_>) -> Self {
        let counts_from = at.day();
        let mut life = Self {
            state: State::Received,
            holder,
            joined: 0,
            term_days,
            counts_from,
            stopped_days: 0,
            due: terms.after(counts_from, term_days),
            extended: false,
            extension_asked: None,
            reminded: false,
            suspension: None,
            before: None,
            first_contact: None,
            answered_at: None,
            late: false,
            closed_at: None,
            outcome: None,
            satisfied: None,
            reopened: 0,
            call_back: false,
            merged_into: None,
            next_on: None,
        };
        life.next_on = time::next_on(&life, terms);
        life
    }

    /// The day from which it is past its term, as it stands; `None`: nobody has to do anything by a day.
    pub fn overdue_from(&self) -> Option<Day> {
        self.state.runs().then(|| self.due.on + 1)
    }

    /// The levels that have joined the holder, lowest first.
    pub fn joiners(&self) -> impl Iterator<Item = Holder> {
        let holder = self.holder;
        (1..=self.joined.min(holder.above())).map(move |levels| holder.up(levels))
    }

    /// A step at an instant. `drawn`: would it be among the tenth that is called back?
    ///
    /// # Errors
    /// `matters-refused-…`: what this step cannot be taken for; nothing has changed then.
    pub fn take(self, step: Step, at: Instant, terms: Terms<'_>, drawn: bool) -> Result<Self> {
        let mut life = self.taken(step, at, terms, drawn)?;
        life.next_on = time::next_on(&life, terms);
        Ok(life)
    }

    fn taken(mut self, step: Step, at: Instant, terms: Terms<'_>, drawn: bool) -> Result<Self> {
        let today = at.day();
        match step {
            Step::Receive => return Err(refused()),
            Step::Note | Step::Clear | Step::Hide => {}
            Step::Contact => {
                self.only(State::is_open)?;
                self.first_contact = self.first_contact.or(Some(at));
            }
            Step::Accept => self.moves(&[State::Received], State::Accepted)?,
            Step::Begin => self.moves(&[State::Accepted], State::InProgress)?,
            Step::Answer => {
                self.moves(&[State::Accepted, State::InProgress], State::Answered)?;
                self.answered_at = Some(at);
                self.late = today > self.due.on;
                self.extension_asked = None;
            }
            Step::Confirm { satisfied } => {
                self.moves(&[State::Answered], State::Closed)?;
                self.close(at, Outcome::Confirmed, satisfied);
            }
            Step::Silence => {
                self.moves(&[State::Answered], State::Closed)?;
                self.close(at, Outcome::Unconfirmed, None);
                self.call_back = drawn;
            }
            Step::CallBack { resolved, satisfied } => self.called(resolved, satisfied, at, terms)?,
            Step::Reopen => {
                let closed = self.closed_at.map_or(today, Instant::day);
                if self.state == State::Closed && today - closed > REOPEN_DAYS {
                    return Err(Refusal::new("matters-refused-reopen-late").with("days", REOPEN_DAYS).into());
                }
                self.only(|it| matches!(it, State::Answered | State::Closed))?;
                self.again(today, terms);
            }
            Step::Return(_) => {
                self.only(State::runs)?;
                if self.holder == Holder::District {
                    return Err(Refusal::new("matters-refused-nobody-above").into());
                }
                let next = self.holder.up(1);
                self.hand_to(next, today, terms);
            }
            Step::Assign(to) => {
                self.only(State::runs)?;
                if to == self.holder {
                    return Err(Refusal::new("matters-refused-same-holder").at("to").into());
                }
                self.hand_to(to, today, terms);
            }
            Step::Suspend(_, until) => {
                self.only(State::runs)?;
                if until <= today || until - today > LONGEST_SUSPENSION {
                    let refusal = Refusal::new("matters-refused-suspension").with("days", LONGEST_SUSPENSION);
                    return Err(refusal.at("until").into());
                }
                self.before = Some(self.state);
                self.state = State::Suspended;
                self.suspension = Some(Suspension { on: today, until });
            }
            Step::Resume => self.resume(today, terms)?,
            Step::Refuse(_) => {
                self.moves(&[State::Received, State::Accepted], State::NotAccepted)?;
                self.closed_at = Some(at);
            }
            Step::Withdraw => {
                self.only(State::is_open)?;
                self.end(State::Withdrawn, at);
            }
            Step::AskExtension(_) | Step::Extend | Step::KeepTerm => self.extension(step, today, terms)?,
            Step::Merge(into) => {
                self.only(State::is_open)?;
                // What waits is not merged: its term would have to stop twice.
                if self.state == State::Suspended {
                    return Err(refused());
                }
                self.before = Some(self.state);
                self.end(State::Merged, at);
                self.merged_into = Some(into);
            }
            Step::Unmerge => {
                self.only(|it| it == State::Merged)?;
                self.state = self.before.take().unwrap_or(State::Received);
                (self.merged_into, self.closed_at) = (None, None);
            }
            Step::Remind => {
                self.only(State::runs)?;
                self.reminded = true;
            }
            Step::Join => {
                self.only(State::runs)?;
                self.joined += 1;
                self.late = true;
            }
        }
        Ok(self)
    }

    /// Refuses a step from any other state.
    fn only(&self, from: impl Fn(State) -> bool) -> Result<()> {
        if from(self.state) { Ok(()) } else { Err(refused()) }
    }

    fn moves(&mut self, from: &[State], to: State) -> Result<()> {
        self.only(|it| from.contains(&it))?;
        self.state = to;
        Ok(())
    }

    fn close(&mut self, at: Instant, outcome: Outcome, satisfied: Option<bool>) {
        self.closed_at = Some(at);
        self.outcome = Some(outcome);
        self.satisfied = satisfied;
    }

    fn end(&mut self, state: State, at: Instant) {
        self.state = state;
        self.closed_at = Some(at);
        self.suspension = None;
        self.extension_asked = None;
    }

    /// The last day of the term, counted from its beginning.
    fn counted(&self, terms: Terms<'_>) -> Due {
        terms.after(self.counts_from, self.term_days + self.stopped_days)
    }

    /// The same life with its term counted again, by a calendar that knows more years.
    #[must_use]
    pub fn recounted(mut self, terms: Terms<'_>) -> Self {
        self.due = self.counted(terms);
        self.next_on = time::next_on(&self, terms);
        self
    }

    /// The term begins anew on a day.
    fn begin_term(&mut self, today: Day, terms: Terms<'_>) {
        (self.counts_from, self.stopped_days) = (today, 0);
        self.due = self.counted(terms);
        (self.joined, self.reminded, self.late, self.extension_asked) = (0, false, false, None);
    }

    fn hand_to(&mut self, holder: Holder, today: Day, terms: Terms<'_>) {
        self.holder = holder;
        self.state = State::Received;
        self.begin_term(today, terms);
    }

    fn again(&mut self, today: Day, terms: Terms<'_>) {
        self.state = State::Accepted;
        self.reopened += 1;
        (self.answered_at, self.closed_at, self.outcome, self.satisfied) = (None, None, None, None);
        self.call_back = false;
        self.begin_term(today, terms);
    }

    fn called(
        &mut self,
        resolved: bool,
        satisfied: Option<bool>,
        at: Instant,
        terms: Terms<'_>,
    ) -> Result<()> {
        let awaited = self.state == State::Closed && self.call_back;
        if !awaited {
            return Err(Refusal::new("matters-refused-no-call-back").into());
        }
        self.call_back = false;
        if resolved {
            (self.outcome, self.satisfied) = (Some(Outcome::CalledBack), satisfied);
        } else {
            self.again(at.day(), terms);
        }
        Ok(())
    }

    fn resume(&mut self, today: Day, terms: Terms<'_>) -> Result<()> {
        let (Some(suspension), Some(before)) = (self.suspension, self.before) else {
            return Err(refused());
        };
        // What was left of the term when the clock stopped is left of it still; a term that was over stays over.
        if self.due.on >= suspension.on {
            self.stopped_days += terms.between(suspension.on, today);
            self.due = self.counted(terms);
        }
        (self.state, self.suspension, self.before) = (before, None, None);
        Ok(())
    }

    fn extension(&mut self, step: Step, today: Day, terms: Terms<'_>) -> Result<()> {
        self.only(State::runs)?;
        if step != Step::KeepTerm && today > self.due.on {
            return Err(Refusal::new("matters-refused-extension-late").with("day", self.due.on).into());
        }
        match (step, self.extension_asked) {
            (Step::AskExtension(_), _) if self.extended || self.extension_asked.is_some() => {
                return Err(Refusal::new("matters-refused-extended-already").into());
            }
            (Step::AskExtension(days), _) if !(1..=LONGEST_EXTENSION).contains(&days) => {
                let refusal = Refusal::new("matters-refused-extension").with("most", LONGEST_EXTENSION);
                return Err(refusal.at("days").into());
            }
            (Step::AskExtension(days), _) => self.extension_asked = Some(days),
            (_, None) => return Err(Refusal::new("matters-refused-no-extension").into()),
            (Step::Extend, Some(days)) => {
                self.term_days += days;
                self.due = self.counted(terms);
                (self.extended, self.reminded, self.extension_asked) = (true, false, None);
            }
            (_, Some(_)) => self.extension_asked = None,
        }
        Ok(())
    }
}

/// This step cannot be taken from where it stands.
fn refused() -> crate::kit::Error {
    Refusal::new("matters-refused-step").into()
}
