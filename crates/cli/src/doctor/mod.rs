//! `lilong doctor`: what may be wrong with an installation, each with one command that mends it. It changes nothing.
//!
//! A check is a function of the [`Ground`] in `checks.rs` and an entry of [`CHECKS`]: nothing else knows of it.

mod checks;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Result, bail};
use base::Instant;
use clap::Args;
use db::Db;
use serde_json::json;

use crate::edge::{self, Where};

/// Look for what may be wrong, and say the command that mends it; nothing is changed
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Where,
    /// Where the program is to listen: is the port free?
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The folder of the daily backups: is the last one good and not too old?
    #[arg(long, value_name = "DIR")]
    backups: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// What is looked at.
struct Ground {
    place: Where,
    listen: Option<SocketAddr>,
    backups: Option<PathBuf>,
    now: Instant,
    /// Bytes that have to be free on a disk.
    room: u64,
    /// The district's database; `None` when there is none, or why it does not open.
    db: Result<Option<Db>>,
}

/// One thing that may be wrong.
struct Check {
    /// Its name in the answer.
    name: &'static str,
    look: fn(&Ground) -> Finding,
}

/// Every check, in the order in which they are mended best.
const CHECKS: [Check; 13] = [
    Check { name: "folder", look: checks::folder },
    Check { name: "room", look: checks::room },
    Check { name: "database", look: checks::database },
    Check { name: "writing", look: checks::writing },
    Check { name: "schema", look: checks::schema },
    Check { name: "texts", look: checks::texts },
    Check { name: "key", look: checks::key },
    Check { name: "port", look: checks::port },
    Check { name: "clock", look: checks::clock },
    Check { name: "calendar", look: checks::calendar },
    Check { name: "backup", look: checks::backup },
    Check { name: "audit", look: checks::audit },
    Check { name: "coverage", look: checks::coverage },
];

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Finding {
    /// As it should be; what was looked at and seen.
    Right(String),
    /// Not as it should be.
    Wrong {
        /// What was looked at and seen.
        seen: String,
        /// One command that mends it. Words in capitals are for whoever runs it to fill in.
        mend: String,
    },
    /// Not looked at, and why.
    Skipped(String),
}

impl Doctor {
    pub fn run(self) -> Result<()> {
        let ground = Ground::of(self.place, self.listen, self.backups);
        let found = ground.examine();
        if self.json {
            let list: Vec<_> = found.iter().map(|(name, finding)| finding.json(name)).collect();
            edge::say(&serde_json::Value::from(list).to_string())?;
        } else {
            for (name, finding) in &found {
                edge::say(&finding.words(name))?;
            }
        }
        let wrong = found.iter().filter(|(_, finding)| matches!(finding, Finding::Wrong { .. })).count();
        if wrong > 0 {
            bail!("{wrong} of {} things looked at are wrong", found.len());
        }
        Ok(())
    }
}

impl Ground {
    fn of(place: Where, listen: Option<SocketAddr>, backups: Option<PathBuf>) -> Self {
        let db = place.location().and_then(|location| Ok(Db::find(&location)?));
        Self { place, listen, backups, now: edge::now(), room: checks::LEAST_ROOM, db }
    }

    fn examine(&self) -> Vec<(&'static str, Finding)> {
        CHECKS.iter().map(|check| (check.name, (check.look)(self))).collect()
    }
}

impl Finding {
    fn wrong(seen: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Wrong { seen: seen.into(), mend: mend.into() }
    }

    fn words(&self, name: &str) -> String {
        match self {
            Self::Right(seen) => format!("right    {name}: {seen}"),
            Self::Wrong { seen, mend } => format!("WRONG    {name}: {seen}\n         {mend}"),
            Self::Skipped(why) => format!("skipped  {name}: {why}"),
        }
    }

    fn json(&self, name: &str) -> serde_json::Value {
        match self {
            Self::Right(seen) => json!({ "check": name, "found": "right", "seen": seen }),
            Self::Wrong { seen, mend } => {
                json!({ "check": name, "found": "wrong", "seen": seen, "mend": mend })
            }
            Self::Skipped(why) => json!({ "check": name, "found": "skipped", "seen": why }),
        }
    }
}
