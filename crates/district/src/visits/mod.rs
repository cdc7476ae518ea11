//! Visits (走访): who is due, rounds, what was found at the door, what households need.
//!
//! A household is a tenancy in force on the date: contacts, needs and marks never follow the room to whoever lives there
//! next. Visits are told by ids that whoever made them gave them, so that one that is sent again is the same one; one
//! that no longer fits waits in an inbox and is never dropped. Only who was met, or answered, was contacted.

pub mod columns;
mod devices;
mod export;
mod inbox;
mod marks;
mod needs;
mod notes;
mod plan;
mod read;
mod record;
mod route;
pub mod rules;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod tests;
mod themes;

pub use devices::{CheckedIn, Device, check_in, devices, order_wipe, wiped};
pub use export::{EXPORT_DAYS_BEFORE, LONGEST_EXPORT_DAYS, MOST_EXPORTED, export_visits};
pub use inbox::{Decide, Waiting, decide, inbox};
pub use marks::{SetMark, end_mark, set_mark};
pub use needs::{
    Became, FoundNeed, Need, NeedBehind, Waits, behind_matter, behind_referral, need, needs_waiting,
    refer_needs, take_needs,
};
pub use notes::{Note, forget_notes, reseal_notes, reveal_note};
pub(crate) use notes::{copy_of, forget_person};
pub use plan::{HandOver, PlanRounds, hand_over, plan_rounds};
pub use read::{
    DueLine, Found, HouseholdSheet, LateRound, PACK, Pack, Post, ROUND_LATE_DAYS, Round, StationRounds, Stop,
    due_in, household, late_rounds, pack, station_rounds, stations_of,
};
pub(crate) use read::{count_late_rounds, doors_due, own_round, station_scope};
pub use record::{Keeping, NewVisit, Receipt, record};
pub(crate) use record::{contacted, words_said};
pub use route::{is_over, is_over_share};
pub use themes::{Theme, themes};

use base::Day;
use db::Tx;

use crate::Memory;
use crate::kit::{CommunityId, Result, Scope};

/// The part of the district that a community is, on a day.
fn scope_of(tx: &mut Tx<'_>, memory: &Memory, community: CommunityId, day: Day) -> Result<Scope> {
    let roll = memory.roll(tx, day)?;
    // One that has left the list belongs to whoever is there for everything.
    Ok(roll.get(community).map_or(Scope::District, |it| Scope::Community {
        town: it.town,
        grid: it.grid,
        community,
    }))
}
