//! `lilong backup`: a district as one file, while it is being served; by hand, or once a day by `lilong serve`.

pub mod daily;
mod file;
mod schedule;
pub mod state;

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use base::Instant;
use clap::Args;
use db::Db;
use serde_json::json;

use crate::edge::{self, Where};
use crate::passphrase::Encryption;

pub use file::{Saved, order_of};

/// Save a district as one file, while it is being served
#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    place: Where,
    /// The file to write; in a folder that is there, it is named by the district's code and the time
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// An older backup was restored on purpose: the end of the audit that was remembered in the folder is forgotten
    #[arg(long)]
    after_restore: bool,
    #[command(flatten)]
    encryption: Encryption,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub fn run(self) -> Result<()> {
        let passphrase = self.encryption.passphrase()?;
        let now = edge::now();
        let db = self.place.find()?;
        let code = &self.place.district;
        let saved = if self.file.is_dir() {
            if self.after_restore {
                state::forget_chain(&self.file, code)?;
            }
            into_folder(&db, code, &self.file, passphrase.as_deref(), now)?
        } else {
            file::save(&db, code, &self.file, (passphrase.as_deref(), None), now)?
        };
        if self.json {
            return edge::say(&json(&saved).to_string());
        }
        let line = format!("{}: {}", saved.file.display(), words(&saved.summary));
        edge::say(&edge::marked(&line, edge::is_simulated(&db)?))?;
        if let Some(head) = &saved.head {
            edge::say(&format!("The audit ends at row {}, {}", head.number, head.hash))?;
        }
        if !saved.holds {
            edge::complain(&anyhow!(
                "the audit no longer holds the end that was remembered in this folder: `lilong doctor --backups` says more"
            ));
        }
        edge::say(&format!(
            "Not in it: the key of the identity vault ({}), without which no name in it can be read. Keep a copy of the \
             key in a safe, apart from the archive. Nor who is signed in: after a restore everybody signs in again.",
            self.place.key_file().display()
        ))
    }
}

/// Saves a district into a folder, under a name of its code and the time, and remembers there what came of it.
pub fn into_folder(
    db: &Db,
    code: &str,
    folder: &Path,
    passphrase: Option<&[u8]>,
    now: Instant,
) -> Result<Saved> {
    let remembered = state::read(folder, code).ok().flatten().and_then(|state| state.chain);
    let remembered = remembered.map(|end| end.head());
    let file = folder.join(schedule::name(code, now));
    let saved = file::save(db, code, &file, (passphrase, remembered.as_ref()), now);
    let noted = state::record(folder, code, &saved, now);
    let saved = saved?;
    noted?;
    Ok(saved)
}

/// What an archive holds, in one line.
pub fn words(summary: &db::archive::Summary) -> String {
    let sealed = if summary.header.key.is_some() { "encrypted" } else { "not encrypted" };
    format!(
        "district {} of {}, {} rows in {} tables, {}, {sealed}, content {}",
        summary.header.district,
        summary.header.made_at(),
        summary.rows(),
        summary.tables.len(),
        edge::mebibytes(summary.bytes),
        summary.content()
    )
}

fn json(saved: &Saved) -> serde_json::Value {
    let summary = &saved.summary;
    json!({
        "file": saved.file.display().to_string(),
        "district": summary.header.district,
        "schema": summary.header.schema,
        "rows": summary.rows(),
        "bytes": summary.bytes,
        "content": summary.content().to_string(),
        "encrypted": summary.header.key.is_some(),
        "audit": saved.head.as_ref().map(|head| json!({ "number": head.number, "hash": head.hash })),
    })
}
