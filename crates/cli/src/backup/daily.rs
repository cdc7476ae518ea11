//! A backup a day, made by `lilong serve`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use base::Instant;
use clap::Args;
use db::Db;
use district::kit::{Role, Scope};
use district::notices::{About, Kind, Notice, Thing, To};

use super::file::{PART, Saved};
use super::schedule::{self, TimeOfDay};
use super::{into_folder, state};
use crate::{edge, passphrase, upkeep};

/// Between two looks whether a backup is due.
pub const LOOK: Duration = Duration::from_mins(1);
/// What a killed backup left is taken away after a day, in milliseconds: no backup takes that long.
const LEFTOVER: i64 = 24 * 3_600_000;

/// Whether and when backups are made.
#[derive(Args, Debug, Clone)]
pub struct Daily {
    /// Make a backup a day into this folder
    #[arg(long = "backup-to", value_name = "DIR")]
    to: Option<PathBuf>,
    /// The time of day, in Shanghai
    #[arg(long = "backup-at", value_name = "TIME", default_value = "03:00", requires = "to")]
    at: TimeOfDay,
    /// Keep the backups of so many days, and the last of each of twelve months
    #[arg(long = "backup-keep", value_name = "DAYS", default_value_t = 14, requires = "to")]
    keep: usize,
    /// Encrypt with the passphrase in the first line of this file
    #[arg(long = "backup-passphrase-file", value_name = "FILE", requires = "to")]
    passphrase_file: Option<PathBuf>,
}

impl Daily {
    /// Looks whether backups can be made, before anything is served.
    pub fn prepare(&self, code: &str) -> Result<Option<Keeper>> {
        let Some(folder) = &self.to else { return Ok(None) };
        ensure!(self.keep > 0, "--backup-keep keeps at least the backups of one day");
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        let passphrase = self.passphrase_file.as_deref().map(passphrase::new_from).transpose()?;
        Ok(Some(Keeper {
            code: code.to_owned(),
            folder: folder.clone(),
            at: self.at,
            keep: self.keep,
            passphrase,
        }))
    }
}

/// Makes the backups of one district.
pub struct Keeper {
    code: String,
    folder: PathBuf,
    at: TimeOfDay,
    keep: usize,
    passphrase: Option<Vec<u8>>,
}

impl Keeper {
    /// The district's code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Looks whether a backup is due, and makes it; the log says what came of it.
    pub async fn look(self: &Arc<Self>, db: &Arc<Db>) {
        let (keeper, theirs) = (Arc::clone(self), Arc::clone(db));
        let turn = tokio::task::spawn_blocking(move || {
            let turn = keeper.turn(&theirs, edge::now());
            if turn.is_err()
                && let Err(error) = tell(&theirs)
            {
                tracing::error!(error = format!("{error:#}"), "nobody could be told that no backup was made");
            }
            turn
        });
        let district = self.code();
        match turn.await {
            Ok(Ok(Some(saved))) => {
                let (file, bytes) = (saved.file.display(), saved.summary.bytes);
                tracing::info!(district, %file, bytes, "a backup was made");
            }
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::error!(district, error = format!("{error:#}"), "no backup was made"),
            Err(error) => tracing::error!(district, %error, "no backup was made"),
        }
    }

    /// Makes a backup if one is due, remembers what came of it, and takes away those that need not be kept: only after
    /// a good one, and never that one.
    fn turn(&self, db: &Db, now: Instant) -> Result<Option<Saved>> {
        let state = state::read(&self.folder, &self.code).unwrap_or_else(|error| {
            // Rather one backup too many than none because of a damaged note.
            tracing::warn!(error = format!("{error:#}"), "what came of earlier backups cannot be read");
            None
        });
        let state = state.unwrap_or_default();
        if !schedule::is_due(now, self.at, state.good_at(), state.failed_at()) {
            return Ok(None);
        }
        let saved = into_folder(db, &self.code, &self.folder, self.passphrase.as_deref(), now)?;
        self.tidy(now)?;
        Ok(Some(saved))
    }

    fn tidy(&self, now: Instant) -> Result<()> {
        let names = names(&self.folder)?;
        let made: Vec<Instant> = names.iter().filter_map(|name| schedule::named(&self.code, name)).collect();
        for gone in schedule::spare(&made, self.keep) {
            let file = self.folder.join(schedule::name(&self.code, gone));
            fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
            tracing::info!(file = %file.display(), "a backup that need not be kept was removed");
        }
        for part in names.iter().filter(|name| name.starts_with(PART.0) && name.ends_with(PART.1)) {
            let file = self.folder.join(part);
            if now.millis() - edge::changed_at(&file)?.millis() > LEFTOVER {
                fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
            }
        }
        Ok(())
    }
}

/// Tells the system administrator, once a day.
fn tell(db: &Db) -> Result<()> {
    let about = About { thing: Thing::Backup, id: None, code: String::new(), count: 1 };
    let to = vec![To::Role(Role::SystemAdministrator, Scope::District)];
    upkeep::tell(db, edge::now_of(db)?, &Notice { kind: Kind::BackupFailed, about, to })
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        // A name that is no text is none of ours.
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use base::Day;

    use super::*;
    use crate::edge::Where;

    fn keeper(folder: &Path) -> Keeper {
        let at = "03:00".parse().unwrap();
        Keeper { code: "310112".into(), folder: folder.to_owned(), at, keep: 2, passphrase: None }
    }

    #[test]
    fn days_pass_and_the_folder_keeps_what_the_rule_says() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().join("data"), database_url: None, district: "310112".into() };
        let db = place.make().unwrap();
        let backups = folder.path().join("backups");
        fs::create_dir(&backups).unwrap();
        fs::write(backups.join("310112-notes.txt"), "somebody else's").unwrap();
        let keeper = keeper(&backups);
        let first = Instant::at(Day::parse("2026-01-29").unwrap(), 3, 0);
        for hour in 0..24 * 5 {
            let now = first.plus_millis(hour * 3_600_000);
            assert_eq!(keeper.turn(&db, now).unwrap().is_some(), hour % 24 == 0, "hour {hour}");
        }
        assert_eq!(
            names(&backups).unwrap(),
            [
                "310112-2026-01-31-030000.lilong", // the last of its month
                "310112-2026-02-01-030000.lilong",
                "310112-2026-02-02-030000.lilong",
                "310112-backups.json",
                "310112-notes.txt",
            ]
        );
    }

    #[test]
    fn a_failure_is_remembered_removes_nothing_and_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().join("data"), database_url: None, district: "310112".into() };
        let db = place.make().unwrap();
        let backups = folder.path().join("backups");
        fs::create_dir(&backups).unwrap();
        let keeper = keeper(&backups);
        let start = Instant::at(Day::parse("2026-01-29").unwrap(), 3, 0);
        let good = keeper.turn(&db, start).unwrap().unwrap();
        // Something lies where the next one would.
        let next = start.plus_millis(24 * 3_600_000);
        let taken = backups.join(schedule::name("310112", next));
        fs::create_dir(&taken).unwrap();
        assert!(keeper.turn(&db, next).is_err());
        let state = state::read(&backups, "310112").unwrap().unwrap();
        assert_eq!((state.good_at(), state.failed_at()), (Some(start), Some(next)));
        assert!(state.failed.unwrap().error.contains("is there already") && good.file.exists());
        fs::remove_dir(&taken).unwrap();
        assert!(keeper.turn(&db, next.plus_millis(1_000)).unwrap().is_none(), "not at once");
        assert!(keeper.turn(&db, next.plus_millis(3_600_000)).unwrap().is_some(), "an hour later");
        assert_eq!(state::read(&backups, "310112").unwrap().unwrap().failed, None);
    }
}
