//! The desk: what is due today for whoever asks, what breaks first at the top; who is on duty; the own communities.
//!
//! Each count is that of the list it leads to.

mod load;
#[cfg(test)]
mod tests;

pub use load::{Lend, Load, levelling, load};

use base::{Day, Instant};
use db::Tx;

use crate::coverage::rules::Step;
use crate::kit::{Actor, CommunityId, Result, Scope};
use crate::matters::{self, Queue};
use crate::people::{Action, may};
use crate::plan::gaps::{self, Standing};
use crate::register::{self, Snapshot};
use crate::services;
use crate::stations::rules::Shift;
use crate::stations::{self, Point, Station};
use crate::{Memory, handbook as handbooks, visits};

/// A kind of work that waits, in the order of what breaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// Matters of the own part whose term is over.
    MattersOverdue,
    /// Matters whose term ends today.
    MattersToday,
    /// Doors of the reader's own round of today that nobody knocked at yet.
    VisitsToday,
    /// Visits that no longer fitted when they came in, and wait for somebody.
    VisitsWaiting,
    /// Matters whose holder asks for more time.
    MattersExtension,
    /// Gaps that were handed out and whose day has passed.
    GapsOverdue,
    /// Referrals that somebody should have looked at again.
    ReferralsOverdue,
    /// Rounds of earlier days that were not walked to their end.
    RoundsLate,
    /// Towns' proposals that the district has not decided.
    Proposals,
    /// Communities whose form of station waits for a named person.
    FormsAwaited,
    /// Gaps that were handed to the reader and whose day is still to come.
    GapsHandedOut,
    /// Gaps that nobody has yet.
    GapsListed,
    /// Gaps that are closed in fact and can be crossed off.
    GapsThere,
    /// Matters that nobody confirmed and whose asker is to be called.
    MattersCallBack,
    /// Communities that are not on the map.
    Unlocated,
}

/// Work that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What it is.
    pub task: Task,
    /// How much of it: never 0.
    pub count: usize,
    /// The communities it is about, where the list is of communities.
    pub communities: Vec<CommunityId>,
}

/// A point of the own part, with what its rota says of today.
#[derive(Debug, Clone)]
pub struct OpenToday {
    /// The station.
    pub station: Station,
    /// The point.
    pub point: Point,
    /// Today's shifts, the earliest first.
    pub shifts: Vec<Shift>,
}

/// A community of the own part.
#[derive(Debug, Clone)]
pub struct Own {
    /// The community.
    pub community: Snapshot,
    /// How far its households are reached; `None` for who may not see it.
    pub reached: Option<Step>,
}

/// What is on the desk.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// Work that waits, what breaks first at the top.
    pub due: Vec<Due>,
    /// Points of the own grid, or the one that serves the own community.
    pub points: Vec<OpenToday>,
    /// Communities of the own grid, or the own one; most households first.
    pub communities: Vec<Own>,
}

/// The desk of whoever asks.
pub fn today(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<Desk> {
    Ok(Desk {
        due: due(tx, actor, memory, day)?,
        points: points(tx, actor, day)?,
        communities: communities(tx, actor, memory, day)?,
    })
}

fn due(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<Vec<Due>> {
    let scope = actor.scope();
    let mut due = Vec::new();
    if may(actor, Action::GapCross, scope) {
        let gaps = gaps::list(tx, actor, memory, day)?.map(|gaps| gaps.gaps).unwrap_or_default();
        let mut tasks = vec![(Task::GapsOverdue, Standing::Overdue), (Task::GapsThere, Standing::There)];
        // Whoever hands out sees what nobody has; whoever is to close them sees what they have.
        tasks.push(if may(actor, Action::GapChase, scope) {
            (Task::GapsListed, Standing::Listed)
        } else {
            (Task::GapsHandedOut, Standing::HandedOut)
        });
        for (task, standing) in tasks {
            let count = gaps.iter().filter(|gap| gap.standing == standing).count();
            due.push(Due { task, count, communities: Vec::new() });
        }
    }
    if may(actor, Action::ListingDecide, scope) {
        let count = register::open_proposals(tx, actor)?.len();
        due.push(Due { task: Task::Proposals, count, communities: Vec::new() });
    }
    if may(actor, Action::FormDecide, scope) {
        let communities = handbooks::awaited(tx, actor, memory, day)?;
        due.push(Due { task: Task::FormsAwaited, count: communities.len(), communities });
    }
    if may(actor, Action::RegisterWrite, scope) {
        let roll = memory.roll(tx, day)?;
        let town = scope.town();
        let own = roll.communities().iter().filter(|it| town.is_none_or(|town| it.town == town));
        let count = own.filter(|it| it.position.is_none()).count();
        due.push(Due { task: Task::Unlocated, count, communities: Vec::new() });
    }
    if may(actor, Action::MatterRead, scope) {
        // Others run, or wait for somebody else.
        let tasks = [
            (Queue::Overdue, Task::MattersOverdue),
            (Queue::Today, Task::MattersToday),
            (Queue::Extension, Task::MattersExtension),
            (Queue::CallBack, Task::MattersCallBack),
        ];
        let counts = matters::counts_of(tx, actor, &tasks.map(|(queue, _)| queue), Instant::at(day, 0, 0))?;
        for (queue, count) in counts {
            let Some((_, task)) = tasks.iter().copied().find(|(of, _)| *of == queue) else { continue };
            let count = usize::try_from(count).unwrap_or_default();
            due.push(Due { task, count, communities: Vec::new() });
        }
    }
    if may(actor, Action::VisitWrite, scope) && matches!(scope, Scope::Grid { .. } | Scope::Community { .. })
    {
        let left = visits::own_round(tx, actor, day)?.map_or(0, |round| round.left(day).count());
        due.push(Due { task: Task::VisitsToday, count: left, communities: Vec::new() });
        let waiting = visits::inbox(tx, actor, memory, day)?.len();
        due.push(Due { task: Task::VisitsWaiting, count: waiting, communities: Vec::new() });
    }
    if may(actor, Action::ReferralRead, scope) {
        let count = services::overdue(tx, actor, day)?;
        due.push(Due { task: Task::ReferralsOverdue, count, communities: Vec::new() });
    }
    if may(actor, Action::VisitRead, scope) {
        let count = visits::count_late_rounds(tx, actor, day)?;
        due.push(Due { task: Task::RoundsLate, count, communities: Vec::new() });
    }
    due.retain(|due| due.count > 0);
    due.sort_by_key(|due| due.task);
    Ok(due)
}

fn points(tx: &mut Tx<'_>, actor: &Actor, day: Day) -> Result<Vec<OpenToday>> {
    let scope = actor.scope();
    if !may(actor, Action::StationRead, scope) {
        return Ok(Vec::new());
    }
    let own: Vec<Station> = match scope {
        Scope::Grid { grid, .. } => {
            let all = stations::stations(tx, day)?;
            all.into_iter().filter(|it| it.grid == Some(grid) && it.is_open(day)).collect()
        }
        Scope::Community { community, .. } => {
            let serving = stations::service_of(tx, community, day)?;
            let station = serving.map(|(station, _)| stations::station(tx, station, day)).transpose()?;
            station.flatten().filter(|it| it.is_open(day)).into_iter().collect()
        }
        Scope::District | Scope::Town(_) => Vec::new(),
    };
    let weekday = i64::from(day.weekday());
    let mut open = Vec::new();
    for station in own {
        let mut shifts = stations::shifts_of(tx, station.id, day)?;
        for point in stations::points(tx, Some(station.id), day)?.into_iter().filter(|it| it.is_open(day)) {
            let mut today = shifts.remove(&point.id).unwrap_or_default();
            today.retain(|shift| shift.weekday == weekday);
            today.sort_unstable_by_key(|shift| (shift.from, shift.to));
            open.push(OpenToday { station: station.clone(), point, shifts: today });
        }
    }
    Ok(open)
}

fn communities(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<Vec<Own>> {
    let scope = actor.scope();
    if matches!(scope, Scope::District | Scope::Town(_)) || !may(actor, Action::RegisterRead, scope) {
        return Ok(Vec::new());
    }
    let roll = memory.roll(tx, day)?;
    let standings = may(actor, Action::CoverageRead, scope).then(|| memory.standings(tx, day)).transpose()?;
    let within =
        |it: &&Snapshot| scope.covers(Scope::Community { town: it.town, grid: it.grid, community: it.id });
    let mut own: Vec<Own> = roll
        .communities()
        .iter()
        .filter(within)
        .map(|community| Own {
            community: community.clone(),
            reached: standings.as_ref().and_then(|all| all.get(community.id)).map(|it| it.reached),
        })
        .collect();
    own.sort_by_key(|it| (std::cmp::Reverse(it.community.households), it.community.id));
    Ok(own)
}
