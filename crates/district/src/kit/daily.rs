//! Daily rows: by how much four figures of a community change on a day, and the same as sums over spans of days, so that a
//! count on a date reads what a few months hold and not all history.

use std::collections::{BTreeMap, HashMap};

use base::Day;
use db::{Statement, Tx, Value, params};

use super::{CommunityId, Result};

/// Days whose changes are kept as one sum as well: a count on a date reads the sums before its span and the days in it.
const SPAN_DAYS: i64 = 64;

/// The span a day lies in.
pub(crate) fn span(day: Day) -> i64 {
    day.days().div_euclid(SPAN_DAYS)
}

/// The first day of a span.
pub(crate) fn first_of(span: i64) -> Day {
    Day::from_days(span * SPAN_DAYS)
}

/// Changes by community and day, written once at the end of an operation.
#[derive(Debug)]
pub(crate) struct Daily {
    changes: BTreeMap<(CommunityId, Day), [i64; 4]>,
    /// What adds a change to a day, and what adds one to a span.
    statements: [&'static Statement; 2],
}

impl Daily {
    /// Those of a table, by the statements that add to its days and to its spans.
    pub(crate) const fn of(day: &'static Statement, span: &'static Statement) -> Self {
        Self { changes: BTreeMap::new(), statements: [day, span] }
    }

    /// The four figures change on a day.
    pub(crate) fn add(&mut self, community: CommunityId, day: Day, change: [i64; 4]) {
        add(self.changes.entry((community, day)).or_default(), change);
    }

    /// Writes them; whether anything changed.
    pub(crate) fn write(mut self, tx: &mut Tx<'_>) -> Result<bool> {
        self.changes.retain(|_, change| *change != [0; 4]);
        let mut spans = BTreeMap::<(CommunityId, i64), [i64; 4]>::new();
        for (&(community, day), &change) in &self.changes {
            add(spans.entry((community, span(day))).or_default(), change);
        }
        let row = |of: CommunityId, when: Value, [a, b, c, d]: [i64; 4]| -> [Value; 6] {
            [of.into(), when, a.into(), b.into(), c.into(), d.into()]
        };
        let changed = !self.changes.is_empty();
        let days = self.changes.into_iter().map(|((of, day), change)| row(of, day.into(), change));
        tx.execute_each(self.statements[0], days)?;
        let spans = spans.into_iter().map(|((of, span), change)| row(of, span.into(), change));
        tx.execute_each(self.statements[1], spans)?;
        Ok(changed)
    }
}

fn add(sum: &mut [i64; 4], change: [i64; 4]) {
    sum.iter_mut().zip(change).for_each(|(sum, change)| *sum += change);
}

/// The four figures of every community on a day: the sums of the spans before, and the days of its own. By the statements
/// that read all spans before one, and all days from one to another.
pub(crate) fn sums(
    tx: &mut Tx<'_>,
    [spans, days]: [&Statement; 2],
    day: Day,
) -> Result<HashMap<CommunityId, [i64; 4]>> {
    let span = span(day);
    let mut rows = tx.query(spans, params![span])?;
    rows.append(&mut tx.query(days, params![first_of(span), day])?);
    let mut sums = HashMap::<CommunityId, [i64; 4]>::new();
    for mut row in rows {
        let change = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        add(sums.entry(row.get(0)?).or_default(), change);
    }
    Ok(sums)
}
