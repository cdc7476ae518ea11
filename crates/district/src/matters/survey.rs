//! A few questions after the second key: how fast, in what manner, with what result. Asked once of a matter, answered or not; shown
//! in sums alone, and only where they are enough that nobody is known by them.

use base::{Day, Instant, Uuid};
use db::{Row, Tx, params};

use super::advance::own_role;
use super::{Hand, Outcome, SMALL, Share, Step, by_code, store};
use crate::kit::{
    Actor, Call, CommunityId, Entry, MatterId, Refusal, Result, Scope, named, record, record_about,
};
use crate::people::{Action, authorise};
use crate::register;

named! {
    /// One of three levels.
    Level {
        /// Good.
        Good = "good",
        /// So so.
        Fair = "fair",
        /// Poor.
        Poor = "poor",
    }
}

named! {
    /// What is asked.
    Question {
        /// How fast it went.
        Speed = "speed",
        /// How people were.
        Manner = "manner",
        /// What came of it.
        Result = "result",
    }
}

/// What somebody answers, question by question; none of them has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Survey {
    /// How fast it went.
    pub speed: Option<Level>,
    /// How people were.
    pub manner: Option<Level>,
    /// What came of it.
    pub result: Option<Level>,
}

impl Survey {
    /// Was nothing answered?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Writes what whoever confirmed a matter answers, in the transaction of their confirming. Who was asked before is not asked
/// again: what they said then stays.
///
/// # Errors
/// `matters-refused-survey`: the matter is not confirmed; [`crate::kit::Error::Forbidden`] for who holds no second key of it.
pub fn answer_survey(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (code, hand): (&str, Hand<'_>),
    survey: Survey,
) -> Result<()> {
    let matter = by_code(tx, code)?;
    own_role(tx, call, &matter, hand, Step::Confirm { satisfied: None })?;
    if matter.life.outcome != Some(Outcome::Confirmed) {
        return Err(Refusal::new("matters-refused-survey").into());
    }
    keep(tx, call, &[(matter.id, survey)])?;
    let entry = Entry { action: Action::MatterConfirm, objects: &[matter.id.uuid()], fields: "survey" };
    record_about(tx, call, entry, matter.person.as_slice())
}

/// Writes what those who confirmed answered on paper or by telephone, as the district collected it.
pub fn record_surveys(tx: &mut Tx<'_>, call: &mut Call<'_>, surveys: &[(MatterId, Survey)]) -> Result<()> {
    call.authorise(Action::MatterSteer, Scope::District)?;
    keep(tx, call, surveys)?;
    let objects: Vec<Uuid> = surveys.iter().map(|(id, _)| id.uuid()).collect();
    record(tx, call, Entry { action: Action::MatterSteer, objects: &objects, fields: "survey" })
}

fn keep(tx: &mut Tx<'_>, call: &Call<'_>, surveys: &[(MatterId, Survey)]) -> Result<()> {
    let rows: Vec<[db::Value; 5]> = surveys
        .iter()
        .map(|(matter, it)| {
            let level = |level: Option<Level>| level.map(Level::as_str).into();
            [(*matter).into(), call.now.into(), level(it.speed), level(it.manner), level(it.result)]
        })
        .collect();
    tx.execute_each(&store::KEEP_SURVEY, &rows)?;
    Ok(())
}

/// Was somebody asked of a matter?
pub(super) fn is_asked(tx: &mut Tx<'_>, matter: MatterId) -> Result<bool> {
    Ok(tx.find(&store::SURVEYED, params![matter])?.is_some())
}

/// How a question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answers {
    good: i64,
    fair: i64,
    poor: i64,
}

impl Answers {
    /// How many answered.
    pub const fn all(self) -> i64 {
        self.good + self.fair + self.poor
    }

    /// How many said so; `None` where so few answered that one could be known by it.
    pub const fn of(self, level: Level) -> Option<Share> {
        let of = match level {
            Level::Good => self.good,
            Level::Fair => self.fair,
            Level::Poor => self.poor,
        };
        if self.all() < SMALL { None } else { Some(Share { of, all: self.all() }) }
    }
}

/// How the questions were answered for the matters of a community's scorecard, in the order of [`Question::ALL`].
pub fn surveyed(
    tx: &mut Tx<'_>,
    actor: &Actor,
    community: CommunityId,
    (from, to): (Day, Day),
    today: Day,
) -> Result<Vec<(Question, Answers)>> {
    authorise(actor, Action::MatterRead, register::last_scope_of(tx, community, today)?)?;
    let days = params![community, Instant::at(from, 0, 0), Instant::at(to, 0, 0)];
    let mut row = tx.one(&store::SURVEYS, days)?;
    let answers = |row: &mut Row, at: usize| -> Result<Answers> {
        Ok(Answers { good: row.get(at)?, fair: row.get(at + 1)?, poor: row.get(at + 2)? })
    };
    Question::ALL
        .iter()
        .zip([0, 3, 6])
        .map(|(question, at)| Ok((*question, answers(&mut row, at)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_known_by_what_few_have_said() {
        let few = Answers { good: 8, fair: 1, poor: 0 };
        assert_eq!((few.all(), few.of(Level::Good), few.of(Level::Poor)), (9, None, None));
        let enough = Answers { good: 8, fair: 1, poor: 1 };
        let share = |level| enough.of(level).and_then(Share::per_mille);
        assert_eq!((share(Level::Good), share(Level::Poor)), (Some(800), Some(100)));
    }
}
