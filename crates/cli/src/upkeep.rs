//! What a serving program does beside answering: it puts away what is over, takes new keys, makes backups. Each of its
//! districts has its turn as long as it is open.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use base::{Day, Instant};
use db::Db;
use district::kit::{Actor, Call, MatterId, PersonId, Role, Scope};
use district::notices::{self, About, Kind, Notice, Thing, To};
use district::{matters, people, services};
use tokio::time::MissedTickBehavior;
use web::State;
use web::ops::Front;

use crate::backup::daily::{self, Keeper};
use crate::edge;
use crate::keys::{KEY_LOOK, KeyFile, Keys};

/// Between two looks whether something kept for a while is over.
const TIDY: Duration = Duration::from_hours(1);

/// What is looked after while the program serves.
#[derive(Default)]
pub struct Upkeep {
    /// The codes of districts, each with the file of its vault's keys, which may change.
    pub keys: Vec<(String, KeyFile)>,
    /// Who makes the backups, one for each district that has any.
    pub keepers: Vec<Keeper>,
    /// The codes of districts, each with the folder of its calendars.
    pub calendars: Vec<(String, PathBuf)>,
}

impl Upkeep {
    /// Begins, inside the runtime that serves, and ends with it.
    pub fn begin(self, front: &Arc<Front>) {
        tokio::spawn(tidy(Arc::clone(front), self.calendars));
        tokio::spawn(deliver(Arc::clone(front)));
        if !self.keys.is_empty() {
            tokio::spawn(watch(Arc::clone(front), self.keys));
        }
        if !self.keepers.is_empty() {
            tokio::spawn(save(Arc::clone(front), self.keepers));
        }
    }
}

/// What the requests of a district share; `None` where it is not open.
fn opened(front: &Front, code: &str) -> Option<Arc<State>> {
    let district = front.districts().all().iter().find(|district| district.code() == code)?;
    district.state().cloned()
}

/// Takes the keys of a vault anew whenever their file has changed.
async fn watch(front: Arc<Front>, files: Vec<(String, KeyFile)>) {
    let mut looks = tokio::time::interval(KEY_LOOK);
    // At first they are taken in any case: the file may have changed since the district was opened.
    let mut known: Vec<Option<Keys>> = vec![None; files.len()];
    loop {
        looks.tick().await;
        for ((code, file), known) in files.iter().zip(&mut known) {
            let Some(state) = opened(&front, code) else { continue };
            // A file that cannot be read just now changes nothing: `doctor` finds it, and so does the next start.
            let Ok(keys) = file.keys() else { continue };
            if known.as_ref() != Some(&keys)
                && let Ok(vault) = state.vault()
            {
                vault.reload(&keys.newest, &keys.older);
                *known = Some(keys);
            }
        }
    }
}

/// Looks every minute whether a backup is due, one district after another: all of them at once would take the
/// connections that the pages need.
async fn save(front: Arc<Front>, keepers: Vec<Keeper>) {
    let keepers: Vec<_> = keepers.into_iter().map(Arc::new).collect();
    let mut looks = tokio::time::interval(daily::LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        for keeper in &keepers {
            if let Some(state) = opened(&front, keeper.code()) {
                keeper.look(&state.db).await;
            }
        }
    }
}

/// Puts away what is kept for a while only, in every district that is open: at the start, and every hour; once a day,
/// an hour after the start at the earliest, the names that nobody needs any longer, for which everyone is looked at.
/// A district that was away is opened first if it is back, though nobody reads it: its backups wait for that.
async fn tidy(front: Arc<Front>, calendars: Vec<(String, PathBuf)>) {
    let mut hours = tokio::time::interval(TIDY);
    let mut looked: HashMap<String, Day> = HashMap::new();
    loop {
        hours.tick().await;
        // Why one is still away stands in the log.
        front.districts().open_all().await;
        for (code, state) in front.districts().open() {
            let now = state.now();
            told(state, code, "uploads", move |state| {
                let emptied = state.db.write(|tx| district::exchange::empty_uploads(tx, now))?;
                tracing::debug!(emptied, "uploads whose time is over were emptied");
                Ok(())
            })
            .await;
            told(state, code, "reach", |state| {
                state.db.write(district::coverage::count_reach)?;
                Ok(())
            })
            .await;
            told(state, code, "telephones", move |state| index(state, now)).await;
            told(state, code, "matters", move |state| pass_time(state, now)).await;
            told(state, code, "referrals", move |state| chase(state, now)).await;
            // After what time does to matters and referrals, so that it counts them.
            told(state, code, "digests", move |state| digest(state, now)).await;
            told(state, code, "messages", |state| {
                web::notices::give_up_wayless(state).map_err(|fault| failed(&fault))
            })
            .await;
            if let Some((_, folder)) = calendars.iter().find(|(of, _)| of == code) {
                let folder = folder.clone();
                told(state, code, "calendars", move |state| look_at_calendar(state, &folder, now)).await;
            }
            let today = state.wall().day();
            let last = looked.entry(code.to_owned()).or_insert(today);
            if *last != today {
                *last = today;
                told(state, code, "names and traces", move |state| forget(state, now)).await;
            }
        }
    }
}

/// Between two looks whether something is to be sent.
const SEND: Duration = Duration::from_secs(5);

/// Sends what waits, in every district that is open.
async fn deliver(front: Arc<Front>) {
    let mut looks = tokio::time::interval(SEND);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        for (code, state) in front.districts().open() {
            let sent =
                |state: &State| web::notices::send_due(state).map(drop).map_err(|fault| failed(&fault));
            told(state, code, "outbox", sent).await;
        }
    }
}

fn failed(fault: &web::kit::Fault) -> anyhow::Error {
    anyhow::anyhow!("{fault:?}")
}

/// Tells the administrator once a day while the calendar of a year is missing that is wanted.
fn look_at_calendar(state: &State, folder: &Path, now: Instant) -> Result<()> {
    let calendar = edge::calendar_in(folder)?;
    let Some(year) = edge::missing_year(&calendar, now.day()) else { return Ok(()) };
    let about = About { thing: Thing::Calendar, id: None, code: year.to_string(), count: 1 };
    let to = [Role::SystemAdministrator, Role::DistrictOfficer].map(|role| To::Role(role, Scope::District));
    tell(&state.db, now, &Notice { kind: Kind::CalendarMissing, about, to: to.to_vec() })
}

/// Tells of something that goes on, once a day.
pub fn tell(db: &Db, now: Instant, notice: &Notice) -> Result<()> {
    let (actor, seed) = (Actor::program(), edge::random().map(u64::from_ne_bytes)?);
    Ok(db.write(|tx| notices::tell_daily(tx, &mut Call::new(&actor, now, seed), notice))?)
}

/// Does a piece of work beside the pages; the log tells where it failed.
async fn told(
    state: &Arc<State>,
    code: &str,
    what: &'static str,
    work: impl FnOnce(&State) -> Result<()> + Send + 'static,
) {
    let state = Arc::clone(state);
    match tokio::task::spawn_blocking(move || work(&state)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, district = code, what, "what is over was not put away"),
        Err(error) => tracing::error!(%error, district = code, what, "what is over was not put away"),
    }
}

/// Lets time act on matters: reminders, the levels that join, silence; and counts again what was counted over a year whose
/// calendar was missing.
fn pass_time(state: &State, now: Instant) -> Result<()> {
    let (actor, calendar) = (Actor::program(), state.calendar.as_ref());
    let seed = || edge::random().map(u64::from_ne_bytes);
    let mut after = MatterId::from_uuid(base::Uuid::nil());
    loop {
        let seed = seed()?;
        let call = || Call::new(&actor, now, seed);
        let next = state.db.write(|tx| matters::recount_terms(tx, &mut call(), calendar, after))?;
        let Some(next) = next else { break };
        after = next;
    }
    loop {
        let seed = seed()?;
        if state.db.write(|tx| matters::pass_time(tx, &mut Call::new(&actor, now, seed), calendar))? == 0 {
            return Ok(());
        }
    }
}

/// Makes telephones findable that were sealed before there was an index, and those of an archive from then.
fn index(state: &State, now: Instant) -> Result<()> {
    let Ok(vault) = state.vault() else { return Ok(()) };
    let actor = Actor::program();
    let mut after = PersonId::from_uuid(base::Uuid::nil());
    loop {
        let seed = edge::random().map(u64::from_ne_bytes)?;
        let next = state.db.write(|tx| {
            people::vault::index_telephones(tx, &mut Call::new(&actor, now, seed), vault, after)
        })?;
        let Some(next) = next else { return Ok(()) };
        after = next;
    }
}

/// Chases referrals that are overdue, and ends those that nobody consents to any longer, some at a time.
fn chase(state: &State, now: Instant) -> Result<()> {
    let actor = Actor::program();
    loop {
        let seed = edge::random().map(u64::from_ne_bytes)?;
        let found = state.db.write(|tx| services::chase(tx, &mut Call::new(&actor, now, seed)))?;
        if found == services::Chased::default() {
            return Ok(());
        }
    }
}

/// Tells everybody who works what is stuck in their part, some at a time; once a day.
fn digest(state: &State, now: Instant) -> Result<()> {
    let actor = Actor::program();
    loop {
        let seed = edge::random().map(u64::from_ne_bytes)?;
        if state.db.write(|tx| notices::send_digests(tx, &mut Call::new(&actor, now, seed)))? == 0 {
            return Ok(());
        }
    }
}

/// Forgets traces whose time is over, and erases the names that nobody needs any longer.
fn forget(state: &State, now: Instant) -> Result<()> {
    let actor = Actor::program();
    let seed = || edge::random().map(u64::from_ne_bytes);
    let (wall, first) = (state.wall(), seed()?);
    state.db.write(|tx| people::forget_traces(tx, &mut Call::new(&actor, now, first), wall))?;
    let notes = seed()?;
    state.db.write(|tx| district::visits::forget_notes(tx, &mut Call::new(&actor, now, notes)))?;
    let mut after = PersonId::from_uuid(base::Uuid::nil());
    loop {
        let seed = seed()?;
        let next = state.db.write(|tx| people::retain(tx, &mut Call::new(&actor, now, seed), after))?;
        let Some(next) = next else { return Ok(()) };
        after = next;
    }
}
