//! What a serving program does beside answering: it puts away what is over, takes new keys, makes backups. Each of its
//! districts has its turn as long as it is open.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use base::Instant;
use db::Db;
use district::kit::{Actor, Call, Role, Scope};
use district::notices::{self, About, Kind, Notice, Thing, To};
use tokio::time::MissedTickBehavior;
use web::State;
use web::ops::Front;

use crate::backup::daily::{self, Keeper};
use crate::chores::{self, Chore};
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

/// Puts away what is kept for a while only, in every district that is open: at the start, and every hour; once a day the names
/// that nobody needs any longer, for which everyone is looked at.
/// A district that was away is opened first if it is back, though nobody reads it: its backups wait for that.
async fn tidy(front: Arc<Front>, calendars: Vec<(String, PathBuf)>) {
    let mut hours = tokio::time::interval(TIDY);
    let mut first_look = true;
    loop {
        hours.tick().await;
        // Why one is still away stands in the log.
        front.districts().open_all().await;
        for (code, state) in front.districts().open() {
            let now = state.now();
            // Before time acts: what was counted over a year that nobody knew is counted again.
            if let Some((_, folder)) = calendars.iter().find(|(of, _)| of == code) {
                let folder = folder.clone();
                told(state, code, "calendars", move |state| look_at_calendar(state, &folder, now)).await;
            }
            for Chore { what, work } in chores::HOURLY.into_iter().chain([chores::OF_SENDER]) {
                told(state, code, what, move |state| work(state, now)).await;
            }
            let Chore { what, work } = chores::DAILY;
            let daily = move |state: &State| {
                if chores::is_due(state, first_look)? { work(state, now) } else { Ok(()) }
            };
            told(state, code, what, daily).await;
        }
        first_look = false;
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
            let sent = |state: &State| {
                web::notices::send_due(state).map(drop).map_err(|fault| chores::failed(&fault))
            };
            told(state, code, "outbox", sent).await;
        }
    }
}

/// Takes in the calendars of a district's folder, where the State Council published one since, and tells the administrator once a
/// day while that of a year is missing that is wanted.
fn look_at_calendar(state: &State, folder: &Path, now: Instant) -> Result<()> {
    if state.take_calendar(edge::calendar_in(folder)?) {
        tracing::info!("the calendars of the folder were taken in");
    }
    let calendar = state.calendar();
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

#[cfg(test)]
mod tests {
    use std::fs;

    use base::{Calendar, Day};
    use web::{MachineClock, Settings};

    use super::*;
    use crate::edge::Where;

    #[test]
    fn a_year_that_is_published_while_the_program_serves_is_taken_in() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        let db = Arc::new(place.make().unwrap());
        let state = State::open(Arc::clone(&db), Settings::default(), MachineClock).unwrap();
        let (calendars, year) = (place.calendars(), 2031);
        let now = Instant::at(Day::parse("2031-03-03").unwrap(), 9, 0);
        look_at_calendar(&state, &calendars, now).unwrap();
        assert_eq!(*state.calendar(), Calendar::published().unwrap());
        fs::create_dir(&calendars).unwrap();
        let file = calendars.join("2031.toml");
        let published = format!("year = {year}\nsource = \"\"\nworkdays = []\nholiday = []\n");
        fs::write(&file, published).unwrap();
        look_at_calendar(&state, &calendars, now).unwrap();
        assert!(state.calendar().has(year));
        // One that cannot be read leaves what is known.
        fs::write(&file, "year = ").unwrap();
        look_at_calendar(&state, &calendars, now).unwrap_err();
        assert!(state.calendar().has(year));
    }
}
