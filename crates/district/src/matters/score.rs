//! Figures of matters: first contact, on time, resolved, satisfied are four, never one; what workers found is counted apart;
//! small numbers stay numbers.

use std::collections::HashMap;

use base::{Day, Instant};
use db::{Row, Tx, params};

use crate::kit::{Actor, CommunityId, Result};
use crate::people::{Action, authorise};
use crate::register;

/// Below this many, a share of them is no figure: one more or less would move it by a tenth.
pub const SMALL: i64 = 10;

/// So many of so many. Shown as a share only from [`SMALL`] on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// So many.
    pub of: i64,
    /// Of so many.
    pub all: i64,
}

impl Share {
    /// The share in thousandths, half upwards; `None` where there are too few for one.
    pub const fn per_mille(self) -> Option<i64> {
        if self.all < SMALL { None } else { Some((2000 * self.of + self.all) / (2 * self.all)) }
    }
}

/// The figures of the matters that came in during some days. Withdrawn, merged and refused ones are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// How many came in.
    pub received: i64,
    /// Called or met for the first time (先行联系).
    pub contacted: i64,
    /// Answered at all.
    pub answered: i64,
    /// Answered within the term.
    pub on_time: i64,
    /// Closed.
    pub closed: i64,
    /// Of these, done as whoever asked says (实际解决).
    pub resolved: i64,
    /// Of these, whoever asked says whether they are satisfied.
    pub rated: i64,
    /// Satisfied.
    pub satisfied: i64,
}

impl Figures {
    /// First contact of what came in.
    pub const fn first_contact(&self) -> Share {
        Share { of: self.contacted, all: self.received }
    }

    /// On time of what was answered.
    pub const fn punctual(&self) -> Share {
        Share { of: self.on_time, all: self.answered }
    }

    /// Resolved of what was closed.
    pub const fn really(&self) -> Share {
        Share { of: self.resolved, all: self.closed }
    }

    /// Satisfied of who said.
    pub const fn content(&self) -> Share {
        Share { of: self.satisfied, all: self.rated }
    }
}

impl std::ops::AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.received += other.received;
        self.contacted += other.contacted;
        self.answered += other.answered;
        self.on_time += other.on_time;
        self.closed += other.closed;
        self.resolved += other.resolved;
        self.rated += other.rated;
        self.satisfied += other.satisfied;
    }
}

/// The figures of every community whose residents asked for something during `[from, to)`.
pub fn figures(tx: &mut Tx<'_>, (from, to): (Day, Day)) -> Result<HashMap<CommunityId, Figures>> {
    let read = |row: &mut Row| {
        let figures = Figures {
            received: row.get(1)?,
            contacted: row.get(2)?,
            answered: row.get(3)?,
            on_time: row.get(4)?,
            closed: row.get(5)?,
            resolved: row.get(6)?,
            rated: row.get(7)?,
            satisfied: row.get(8)?,
        };
        Ok((row.get(0)?, figures))
    };
    let days = params![Instant::at(from, 0, 0), Instant::at(to, 0, 0)];
    tx.query(&super::store::FIGURES, days)?.iter_mut().map(read).collect()
}

/// Of what operators hold and let pass its day, of the matters that came in during `[from, to)`: how many they have answered since.
pub(crate) fn urged(tx: &mut Tx<'_>, (from, to): (Day, Day)) -> Result<HashMap<CommunityId, Share>> {
    let days = params![Instant::at(from, 0, 0), Instant::at(to, 0, 0)];
    let rows = tx.query(&super::store::URGED, days)?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, Share { all: row.get(1)?, of: row.get(2)? }))).collect()
}

/// The scorecard of whoever operates a community: of the matters it holds that came in during some days. What was given back
/// is held by another and what waits is not its to do: neither counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// How many it holds or held to the end.
    pub held: i64,
    /// Answered.
    pub answered: i64,
    /// Answered within the term.
    pub on_time: i64,
    /// Done, as whoever asked says.
    pub confirmed: i64,
    /// Closed while nobody said anything: never counted as resolved.
    pub unconfirmed: i64,
    /// Whoever asked says whether they are satisfied.
    pub rated: i64,
    /// Satisfied.
    pub satisfied: i64,
    /// How often something was reopened.
    pub reopened: i64,
}

impl Score {
    /// On time of what was answered.
    pub const fn punctual(&self) -> Share {
        Share { of: self.on_time, all: self.answered }
    }

    /// Confirmed of what was closed.
    pub const fn really(&self) -> Share {
        Share { of: self.confirmed, all: self.confirmed + self.unconfirmed }
    }

    /// Satisfied of who said.
    pub const fn content(&self) -> Share {
        Share { of: self.satisfied, all: self.rated }
    }
}

/// The scorecard of a community's operator for `[from, to)`.
pub fn score(
    tx: &mut Tx<'_>,
    actor: &Actor,
    community: CommunityId,
    (from, to): (Day, Day),
    today: Day,
) -> Result<Score> {
    authorise(actor, Action::MatterRead, register::last_scope_of(tx, community, today)?)?;
    let days = params![community, Instant::at(from, 0, 0), Instant::at(to, 0, 0)];
    let mut row = tx.one(&super::store::SCORE, days)?;
    Ok(Score {
        held: row.get(0)?,
        answered: row.get(1)?,
        on_time: row.get(2)?,
        confirmed: row.get(3)?,
        unconfirmed: row.get(4)?,
        rated: row.get(5)?,
        satisfied: row.get(6)?,
        reopened: row.get(7)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_have_no_share() {
        let share = |of, all| Share { of, all }.per_mille();
        assert_eq!((share(0, 0), share(9, 9), share(8, 8)), (None, None, None));
        assert_eq!(
            (share(10, 10), share(1, 16), share(2, 3000), share(0, 10)),
            (Some(1000), Some(63), Some(1), Some(0))
        );
    }
}
