//! The life of a referral: which step may follow which, and by when somebody looks again. Pure.

use base::Day;

use crate::kit::{Refusal, named};

/// The longest that a consent may hold: half a year. Whoever still needs the service then is asked again.
pub const LONGEST_CONSENT_DAYS: i64 = 183;
/// A referral that is overdue is chased again after a week.
pub const CHASED_AGAIN_DAYS: i64 = 7;
/// A consent that was asked for and not given in a month is not waited for any longer.
pub const ASKED_DAYS: i64 = 30;

named! {
    /// Where a referral stands.
    State {
        /// The person was asked and has not agreed yet: nothing is passed on.
        Asked = "asked",
        /// The service has it and has not answered.
        Sent = "sent",
        /// The service takes it.
        Accepted = "accepted",
        /// The person did not come.
        Missed = "missed",
        /// The person was there.
        Attended = "attended",
        /// What they needed is there.
        Met = "met",
        /// Some of what they needed is there.
        Partly = "partly",
        /// What they needed is not there.
        NotMet = "not-met",
        /// The service does not take it.
        Declined = "declined",
        /// The person does not want it any longer.
        Withdrawn = "withdrawn",
        /// The consent is over, or was never given.
        Expired = "expired",
    }
}

named! {
    /// What happens to a referral.
    Step {
        /// The person agrees.
        Consent = "consent",
        /// The service takes it.
        Accept = "accept",
        /// The service does not take it.
        Decline = "decline",
        /// The person was there.
        Attend = "attend",
        /// The person did not come.
        Miss = "miss",
        /// What they needed is there.
        Met = "met",
        /// Some of it is.
        Partly = "partly",
        /// It is not.
        NotMet = "not-met",
        /// The person takes their consent back.
        Withdraw = "withdraw",
        /// The program found it overdue.
        Chase = "chase",
        /// The program found that the consent is over.
        Expire = "expire",
    }
}

named! {
    /// Who agreed.
    ConsentBy {
        /// The person.
        Person = "person",
        /// A guardian (监护人).
        Guardian = "guardian",
    }
}

named! {
    /// How they agreed.
    ConsentHow {
        /// On paper.
        Written = "written",
        /// In words, to whoever recorded it.
        Spoken = "spoken",
        /// In a message.
        Message = "message",
    }
}

impl State {
    /// Is somebody still to do something?
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Sent | Self::Accepted | Self::Missed | Self::Attended)
    }

    /// Days after which somebody looks again: a week for an answer, a month for an appointment, two weeks for what came of it.
    const fn days(self) -> Option<i64> {
        match self {
            Self::Asked | Self::Sent => Some(7),
            Self::Accepted => Some(30),
            Self::Missed | Self::Attended => Some(14),
            _ => None,
        }
    }

    /// By when somebody looks again at a referral that came into this state on a day: not after its consent is over.
    pub fn due(self, on: Day, consent_until: Option<Day>) -> Option<Day> {
        let due = on + self.days()?;
        Some(consent_until.map_or(due, |until| due.min(until)))
    }

    /// The steps that people can take from here.
    pub const fn steps(self) -> &'static [Step] {
        match self {
            Self::Asked => &[Step::Consent, Step::Withdraw],
            Self::Sent => &[Step::Accept, Step::Decline, Step::Withdraw],
            Self::Accepted => &[Step::Attend, Step::Miss, Step::Withdraw],
            Self::Missed => &[Step::Attend, Step::Withdraw],
            Self::Attended => &[Step::Met, Step::Partly, Step::NotMet, Step::Withdraw],
            _ => &[],
        }
    }

    /// The state after a step that people take.
    pub fn after(self, step: Step) -> Result<Self, Refusal> {
        if !self.steps().contains(&step) {
            return Err(Refusal::new("services-refused-step").at("step"));
        }
        Ok(match step {
            Step::Consent => Self::Sent,
            Step::Accept => Self::Accepted,
            Step::Decline => Self::Declined,
            Step::Attend => Self::Attended,
            Step::Miss => Self::Missed,
            Step::Met => Self::Met,
            Step::Partly => Self::Partly,
            Step::NotMet => Self::NotMet,
            Step::Withdraw => Self::Withdrawn,
            Step::Chase => self,
            Step::Expire => Self::Expired,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_open_state_can_be_left_and_no_ended_one() {
        for &state in State::ALL {
            assert_eq!(state.is_open(), !state.steps().is_empty(), "{state:?}");
            assert_eq!(state.is_open(), state.days().is_some(), "{state:?}");
            for &step in Step::ALL {
                let after = state.after(step);
                assert_eq!(after.is_ok(), state.steps().contains(&step), "{state:?} {step:?}");
                // Nobody goes back: a state is never entered from itself.
                assert_ne!(after.ok(), Some(state), "{state:?} {step:?}");
            }
        }
    }

    #[test]
    fn the_program_alone_chases_and_expires() {
        let by_people = |step| State::ALL.iter().any(|state| state.steps().contains(&step));
        let program: Vec<Step> = Step::ALL.iter().copied().filter(|step| !by_people(*step)).collect();
        assert_eq!(program, [Step::Chase, Step::Expire]);
    }

    #[test]
    fn nobody_waits_beyond_the_consent() {
        let day = |text| Day::parse(text).unwrap();
        let sent = State::Sent;
        assert_eq!(sent.due(day("2026-01-01"), None), Some(day("2026-01-08")));
        assert_eq!(sent.due(day("2026-01-01"), Some(day("2026-01-04"))), Some(day("2026-01-04")));
        assert_eq!(State::Met.due(day("2026-01-01"), None), None);
    }
}
