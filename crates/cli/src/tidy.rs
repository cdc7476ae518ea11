//! `lilong tidy`: what a serving program does every hour, done now: for who restores a district, and for who wants to see it done.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use district::coverage;
use district::kit::{Actor, Call};
use web::{Common, MachineClock, Settings, State};

use crate::chores::{self, Chore};
use crate::edge::{self, Where};

/// Do now what is done every hour while the district is served: let time act on matters and referrals, tell of what is
/// stuck, put away what is over
#[derive(Args)]
pub struct Tidy {
    #[command(flatten)]
    pub place: Where,
    /// Count the daily rows of coverage anew before that, whatever they are
    #[arg(long)]
    pub recount: bool,
}

impl Tidy {
    pub fn run(self) -> Result<()> {
        let db = self.place.open()?;
        let vault = self.place.vault(&db)?;
        let state = State::open_with(&Common::load()?, Arc::new(db), Settings::default(), MachineClock)?;
        let state = self.place.furnish(state.with_vault(vault))?;
        let now = state.now();
        if self.recount {
            let (actor, seed) = (Actor::program(), edge::random().map(u64::from_ne_bytes)?);
            state.db.write(|tx| coverage::recount(tx, &mut Call::new(&actor, now, seed)))?;
            edge::say("done: the daily rows of coverage were counted anew")?;
        }
        let mut failed = Vec::new();
        for Chore { what, work } in chores::HOURLY.into_iter().chain([chores::DAILY]) {
            match work(&state, now) {
                Ok(()) => edge::say(&format!("done: {what}"))?,
                // One that fails keeps none of the others from being done.
                Err(error) => failed.push(format!("{what}: {error:#}")),
            }
        }
        if !failed.is_empty() {
            bail!("not done: {}", failed.join("; "));
        }
        Ok(())
    }
}
