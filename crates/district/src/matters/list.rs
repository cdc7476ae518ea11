//! Lists of matters and their counts, at a desk and in public.

use base::{Day, Instant};
use db::{ListQuery, Row, Tx, Value};

use super::life::{Holder, Outcome, State};
use super::{Source, store, word, word_if};
use crate::kit::{Actor, BuildingId, CommunityId, Error, MatterId, Result, Role, Scope, named};
use crate::people::{Action, may};

named! {
    /// What of the matters somebody looks at, in the order of what breaks first.
    Queue {
        /// The term is over.
        Overdue = "overdue",
        /// The term ends today.
        Today = "today",
        /// Somebody asks for more time.
        Extension = "extension",
        /// Whoever said nothing is to be called.
        CallBack = "call-back",
        /// The term runs.
        Running = "running",
        /// Waits for something.
        Suspended = "suspended",
        /// Answered, not yet confirmed.
        Answered = "answered",
    }
}

/// What a reader of a list asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// One queue only.
    pub queue: Option<Queue>,
    /// Of one community.
    pub community: Option<CommunityId>,
    /// Of one category.
    pub category: Option<String>,
    /// In one state.
    pub state: Option<State>,
    /// With one holder.
    pub holder: Option<Holder>,
    /// From one source.
    pub source: Option<Source>,
    /// That came in from this day on.
    pub from: Option<Day>,
    /// That came in up to this day.
    pub to: Option<Day>,
    /// Go on after this row: its value of the order and its id.
    pub after: Option<(Value, MatterId)>,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the columns of `matters`")]
pub struct Line {
    pub id: MatterId,
    pub code: String,
    pub source: Source,
    pub community: CommunityId,
    pub category: String,
    pub state: State,
    pub holder: Holder,
    /// Levels that have joined the holder.
    pub joined: i64,
    pub received_at: Instant,
    pub due_on: Day,
    pub provisional: bool,
    pub late: bool,
    pub outcome: Option<Outcome>,
    pub building: Option<BuildingId>,
    pub public_words: Option<String>,
    pub answered_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub call_back: bool,
    pub extension_asked: Option<i64>,
    pub suspended_until: Option<Day>,
    pub reopened: i64,
    /// By what the list is ordered.
    pub order: i64,
}

fn line(row: &mut Row) -> Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        code: row.get(1)?,
        source: word(row, 2, Source::parse)?,
        community: row.get(3)?,
        category: row.get(4)?,
        state: word(row, 5, State::parse)?,
        holder: word(row, 6, Holder::parse)?,
        joined: row.get(7)?,
        received_at: row.get(8)?,
        due_on: row.get(9)?,
        provisional: row.get(10)?,
        late: row.get(11)?,
        outcome: word_if(row, 12, Outcome::parse)?,
        building: row.get(13)?,
        public_words: row.get(14)?,
        answered_at: row.get(15)?,
        closed_at: row.get(16)?,
        call_back: row.get(17)?,
        extension_asked: row.get(18)?,
        suspended_until: row.get(19)?,
        reopened: row.get(20)?,
        order: row.get(21)?,
    })
}

/// The part of the district whose matters a reader at a desk sees: that of the first role that may.
fn desk_of(actor: &Actor) -> Result<(Scope, Role)> {
    let grants = actor.grants.iter();
    let mut grants = grants.filter(|grant| may(actor, Action::MatterRead, grant.scope));
    grants.next().map(|grant| (grant.scope, grant.role)).ok_or(Error::Forbidden(Action::MatterRead))
}

/// What a list is asked for; `desk`: of whom, `None` in public.
fn query(asked: &Asked, desk: Option<(Scope, Role)>, now: Instant) -> ListQuery {
    let today = now.day();
    let list = &store::LIST;
    let mut filters: Vec<(usize, Value)> = Vec::new();
    let mut by = |name: &str, value: Value| {
        if let Some(place) = list.filter(name) {
            filters.push((place, value));
        }
    };
    if let Some((scope, role)) = desk {
        match scope {
            Scope::District => {}
            Scope::Town(town) => by("town", town.into()),
            Scope::Grid { grid, .. } => by("grid", grid.into()),
            Scope::Community { community, .. } => by("community", community.into()),
        }
        // Whoever is held to the clock sees what is theirs, not what is said of them elsewhere.
        if role == Role::Operator {
            by("holder", Holder::Operator.as_str().into());
        }
    }
    match asked.queue {
        Some(Queue::Overdue) => by("runs-due-before", today.into()),
        Some(Queue::Today) => by("runs-due-on", today.into()),
        Some(Queue::Running) => by("runs-due-after", today.into()),
        Some(Queue::Extension) => by("extension", true.into()),
        Some(Queue::CallBack) => by("call-back", true.into()),
        Some(Queue::Suspended) => by("state", State::Suspended.as_str().into()),
        Some(Queue::Answered) => by("state", State::Answered.as_str().into()),
        None => {}
    }
    let words = [
        ("category", asked.category.as_deref()),
        ("state", asked.state.map(State::as_str)),
        ("holder", asked.holder.map(Holder::as_str)),
        ("source", asked.source.map(Source::as_str)),
    ];
    for (name, word) in words {
        if let Some(word) = word {
            by(name, word.into());
        }
    }
    if let Some(community) = asked.community {
        by("community", community.into());
    }
    let midnight = |day: Day| Value::from(Instant::at(day, 0, 0));
    if let Some(from) = asked.from {
        by("received-from", midnight(from));
    }
    if let Some(to) = asked.to {
        by("received-before", midnight(to + 1));
    }
    // A queue begins with what breaks first, everything else with what came last.
    let order = if asked.queue.is_some() { "due" } else { "received" };
    ListQuery {
        base: vec![midnight(today + 1)],
        filters,
        sort: list.sort(order).unwrap_or_default(),
        descending: asked.queue.is_none(),
        after: asked.after.as_ref().map(|(value, id)| (value.clone(), (*id).into())),
        limit: None,
    }
}

/// Matters of a list, at most so many, and whether there are more. `actor`: who reads at a desk; `None` in public, where
/// everything that a line holds may be read.
pub fn list(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    asked: &Asked,
    limit: Option<i64>,
    now: Instant,
) -> Result<(Vec<Line>, bool)> {
    let desk = actor.map(desk_of).transpose()?;
    let query = ListQuery { limit, ..query(asked, desk, now) };
    let mut page = store::LIST.page(tx, &query)?;
    Ok((page.rows.iter_mut().map(line).collect::<Result<_>>()?, page.more))
}

/// How many matters are in each queue of a desk.
pub type Counts = Vec<(Queue, i64)>;

/// How many matters of a desk are over their term: the count of its first queue.
pub(crate) fn overdue(tx: &mut Tx<'_>, actor: &Actor, now: Instant) -> Result<i64> {
    let asked = Asked { queue: Some(Queue::Overdue), ..Asked::default() };
    Ok(store::LIST.count(tx, &query(&asked, Some(desk_of(actor)?), now))?)
}

/// The counts of the queues of a desk: each that of the list it opens.
pub fn counts(tx: &mut Tx<'_>, actor: &Actor, now: Instant) -> Result<Counts> {
    counts_of(tx, actor, Queue::ALL, now)
}

/// The same of some queues.
pub(crate) fn counts_of(tx: &mut Tx<'_>, actor: &Actor, queues: &[Queue], now: Instant) -> Result<Counts> {
    let desk = desk_of(actor)?;
    let steers = may(actor, Action::MatterSteer, desk.0);
    let mut counts = Vec::new();
    for &queue in queues {
        if !steers && matches!(queue, Queue::Extension | Queue::CallBack) {
            continue;
        }
        let asked = Asked { queue: Some(queue), ..Asked::default() };
        counts.push((queue, store::LIST.count(tx, &query(&asked, Some(desk), now))?));
    }
    Ok(counts)
}
