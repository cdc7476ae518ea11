//! `lilong restore`: a district from an archive into an empty place.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use db::Db;
use db::archive::{self, Archive, Restored, Target};
use district::people::vault::{self, Fit};
use serde_json::json;

use crate::backup::words;
use crate::edge::{self, Where};
use crate::passphrase;

/// Restore a district from an archive into an empty place: all of it, or nothing
#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    place: Where,
    /// The archive
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The passphrase of an encrypted archive is the first line of this file; otherwise it is asked for
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub fn run(self) -> Result<()> {
        let restored = self.restore().with_context(|| format!("restoring {}", self.file.display()))?;
        let db = self.place.find()?;
        if self.json {
            return edge::say(&self.line(&restored).to_string());
        }
        edge::say(&edge::marked(&words(&restored.summary), edge::is_simulated(&db)?))?;
        if restored.migrated > 0 {
            edge::say(&format!(
                "The archive was of an older program; {} steps made its schema the newest.",
                restored.migrated
            ))?;
        }
        edge::say(&key_words(&self.place, &db, "the safe")?)?;
        edge::say(&format!("Nobody is signed in. To serve it: lilong serve {}", self.place.options()))
    }

    fn restore(&self) -> Result<Restored> {
        let archive = self.open()?;
        let found = &archive.header().district;
        ensure!(
            *found == self.place.district,
            "the archive holds district {found}, not {}: say --district {found}",
            self.place.district
        );
        let target = Target { migrations: &district::MIGRATIONS, now: edge::now() };
        Ok(archive.restore(&self.place.location()?, target, |_| Ok(()))?)
    }

    fn open(&self) -> Result<Archive<impl Read + use<>>> {
        let found = archive::look(BufReader::new(File::open(&self.file)?))?;
        let passphrase = match &self.passphrase_file {
            None if !found.is_sealed() => None,
            file => passphrase::known(file.as_deref())?,
        };
        Ok(found.open(passphrase.as_deref())?)
    }

    fn line(&self, restored: &Restored) -> serde_json::Value {
        let summary = &restored.summary;
        json!({
            "file": self.file.display().to_string(),
            "district": summary.header.district,
            "schema": summary.header.schema,
            "migrated": restored.migrated,
            "rows": summary.rows(),
            "content": summary.content().to_string(),
        })
    }
}

/// What is to be done about the key of the identity vault, which no archive holds: it lies in `lair`.
pub fn key_words(place: &Where, db: &Db, lair: &str) -> Result<String> {
    let file = place.key_file();
    let key = place.key()?;
    let fit = db.read(|tx| vault::fit(tx, key.as_ref().map(|(vault, _)| vault)))?;
    Ok(match (fit, key) {
        (Fit::Empty, _) => "Nothing in it is sealed: it needs no key.".to_owned(),
        (Fit::Opens, Some((_, from))) => {
            format!("The key of the identity vault is there ({from}) and opens it.")
        }
        (_, None) => format!(
            "The key of the identity vault was not in it: bring it from {lair} as {}, or no name can be read.",
            file.display()
        ),
        (_, Some((_, from))) => format!(
            "{from} is not the key of this district: bring the right one from {lair} as {}, or no name can be read.",
            file.display()
        ),
    })
}
