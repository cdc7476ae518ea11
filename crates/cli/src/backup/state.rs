//! What is remembered of the backups in a folder, so that whoever looks finds the last good one and the last failure.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base::Instant;
use district::kit::chain::Head;
use serde::{Deserialize, Serialize};

use super::{Saved, schedule};

/// What came of the backups of a district into one folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    /// The last good one.
    pub good: Option<Good>,
    /// The last try, if it failed.
    pub failed: Option<Failed>,
    /// The end of the audit's chain that the district once had: kept apart from it, so that rows that were cut off are missed.
    #[serde(default)]
    pub chain: Option<ChainEnd>,
}

/// The end of the audit's chain when a backup was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainEnd {
    /// The number of its last row.
    pub number: i64,
    /// The hash of that row in hexadecimal digits.
    pub hash: String,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
}

impl ChainEnd {
    /// As the chain is asked for it.
    pub fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash.clone() }
    }
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Good {
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Its name in the folder.
    pub file: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// A backup that was not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Why.
    pub error: String,
}

impl State {
    /// When the last good one was made.
    pub fn good_at(&self) -> Option<Instant> {
        self.good.as_ref().map(|good| Instant::from_millis(good.at))
    }

    /// When the last try failed.
    pub fn failed_at(&self) -> Option<Instant> {
        self.failed.as_ref().map(|failed| Instant::from_millis(failed.at))
    }

    /// Is the last good one overdue?
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.good_at().is_none_or(|good| schedule::is_overdue(now, good))
    }
}

fn file_of(folder: &Path, code: &str) -> PathBuf {
    folder.join(format!("{code}-backups.json"))
}

/// Reads what is remembered; `None` when no backup was ever tried here.
pub fn read(folder: &Path, code: &str) -> Result<Option<State>> {
    let file = file_of(folder, code);
    if !file.exists() {
        return Ok(None);
    }
    let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let state = serde_json::from_slice(&bytes).with_context(|| format!("reading {}", file.display()))?;
    Ok(Some(state))
}

/// Remembers what came of a backup. An end of the audit's chain that the district no longer holds stays remembered, so that it is
/// not forgotten in the night in which somebody cut the chain off.
pub fn record(folder: &Path, code: &str, outcome: &Result<Saved>, now: Instant) -> Result<()> {
    // A note that cannot be read any more has nothing to be kept.
    let before = read(folder, code).ok().flatten().unwrap_or_default();
    let state = match outcome {
        Ok(saved) => {
            let file = saved.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let good = Some(Good { at: now.millis(), file, bytes: saved.summary.bytes });
            let head = saved.head.clone().filter(|_| saved.holds);
            let end = head.map(|Head { number, hash }| ChainEnd { number, hash, at: now.millis() });
            State { good, failed: None, chain: end.or(before.chain) }
        }
        Err(error) => {
            let failed = Some(Failed { at: now.millis(), error: format!("{error:#}") });
            State { failed, ..before }
        }
    };
    keep(folder, code, &state)
}

/// Forgets the end of the chain, as an older backup was restored on purpose.
pub fn forget_chain(folder: &Path, code: &str) -> Result<()> {
    let Some(state) = read(folder, code)? else { return Ok(()) };
    keep(folder, code, &State { chain: None, ..state })
}

fn keep(folder: &Path, code: &str, state: &State) -> Result<()> {
    let mut part = tempfile::NamedTempFile::new_in(folder).context("remembering what came of the backup")?;
    part.write_all(serde_json::to_string_pretty(state)?.as_bytes())?;
    part.persist(file_of(folder, code)).context("remembering what came of the backup")?;
    Ok(())
}
