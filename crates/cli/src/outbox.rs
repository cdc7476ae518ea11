//! `lilong outbox`: sends what waits, without serving: for a timer, and for who wants to see it go.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use web::{Common, MachineClock, Settings, State, notices};

use crate::edge::{self, Where};
use crate::ways::WaysArgs;

/// Send what waits in the outbox
#[derive(Args)]
pub struct OutboxCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    SendOnce(SendOnce),
}

impl OutboxCommand {
    pub fn run(self) -> Result<()> {
        let Command::SendOnce(send) = self.command;
        send.run()
    }
}

/// Send what waits and whose time has come, then end; from a demonstration nothing is sent
#[derive(Args)]
struct SendOnce {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    ways: WaysArgs,
}

impl SendOnce {
    fn run(self) -> Result<()> {
        let db = self.place.open()?;
        let vault = self.place.vault(&db)?;
        let common = self.ways.join(Common::load()?)?;
        let state = State::open_with(&common, Arc::new(db), Settings::default(), MachineClock)?;
        let state = state.with_vault(vault);
        let failed = |fault| anyhow!("sending what waits: {fault:?}");
        let tried = notices::send_due(&state).map_err(failed)?;
        notices::give_up_wayless(&state).map_err(failed)?;
        let mut line = format!("{tried} messages tried");
        for count in state.sending.counts().iter().filter(|count| count.messages > 0) {
            let (channel, standing) = (count.channel.as_str(), count.state.as_str());
            let _ = write!(line, "; {channel} {standing}: {}", count.messages);
        }
        edge::say(&line)
    }
}
