//! `lilong move`: a district to another place and engine, with equal digests; the old place stays as it was.

use std::io::{BufReader, BufWriter, PipeReader, PipeWriter};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use db::archive::{self, ArchiveError, Restored, Target};
use db::{Db, Tx};
use district::kit::{Digest, digest};
use serde_json::json;

use crate::backup::order_of;
use crate::edge::{self, Where};
use crate::restore::key_words;

/// Move a district to another folder or database: copied, compared, and left as it was where it is
#[derive(Args)]
pub struct Move {
    #[command(flatten)]
    place: Where,
    /// A PostgreSQL database (a URL or key=value pairs), or a folder for a SQLite file; the district must not be there yet
    #[arg(long, value_name = "URL|DIR")]
    to: String,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// How the folder itself says where the district lies from now on.
const NAMED: &str =
    ", or, for every command alike, the address in database.url in the folder and the old file moved away";

impl Move {
    pub fn run(self) -> Result<()> {
        let source = self.place.find()?;
        let target = self.target();
        let (moved, digest) = carry(&source, &self.place.district, &target)?;
        let there = target.find()?;
        if self.json {
            let rows = moved.summary.rows();
            let line = json!({ "rows": rows, "facts": digest.facts, "digest": digest.hex, "migrated": moved.migrated });
            return edge::say(&line.to_string());
        }
        let line = format!(
            "district {}: {} rows moved; equal digests on both sides: {} facts, {}",
            self.place.district,
            moved.summary.rows(),
            digest.facts,
            digest.hex
        );
        edge::say(&edge::marked(&line, edge::is_simulated(&there)?))?;
        let key = self.place.key_file().display().to_string();
        edge::say(&key_words(&target, &there, &key)?)?;
        edge::say(&format!(
            "The old place is as it was. What is still written there will not be in the new one: end its program before \
             anybody goes on working, and move again into an empty place if somebody has. To serve the new one: \
             lilong serve {}{}",
            target.options(),
            if target.on_server() { NAMED } else { "" }
        ))
    }

    /// Where the district is to go. On a server only the database moves: the folder keeps the key.
    fn target(&self) -> Where {
        let is_server = self.to.contains("://") || self.to.contains('=');
        let data = if is_server { self.place.data.clone() } else { PathBuf::from(&self.to) };
        Where {
            data,
            database_url: is_server.then(|| self.to.clone()),
            district: self.place.district.clone(),
        }
    }
}

/// Streams the district from one place to the other without a file in between; it stays there only if both sides have
/// the same digest.
fn carry(source: &Db, code: &str, target: &Where) -> Result<(Restored, Digest)> {
    let location = target.location()?;
    let (reader, writer) = std::io::pipe().context("making a pipe")?;
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        let sending = scope.spawn(move || send(source, code, writer, &tell));
        let received = receive(reader, &location, &told);
        let sent = sending.join().map_err(|_| anyhow!("reading the old place ended unexpectedly"))?;
        match (sent, received) {
            (Ok(digest), Ok(restored)) => Ok((restored, digest)),
            // The stream broke off because its source did.
            (Err(sent), Ok(_) | Err(ArchiveError::CutOff | ArchiveError::NotAnArchive)) => Err(sent),
            (_, Err(received)) => Err(anyhow!(received).context("writing the new place")),
        }
    })
}

/// Writes the archive into the pipe, and tells the digest of the same moment.
fn send(source: &Db, code: &str, pipe: PipeWriter, tell: &Sender<Digest>) -> Result<Digest> {
    let order = order_of(code, None, edge::now())?;
    let sent: Result<Digest> = source.snapshot(|tx| {
        archive::save(tx, BufWriter::new(pipe), &order)?;
        let digest = digest_of(tx)?;
        // Whoever does not listen any more has failed and says so.
        let _ = tell.send(digest.clone());
        Ok(digest)
    });
    sent.context("reading the old place")
}

fn receive(
    pipe: PipeReader,
    location: &db::Location,
    told: &Receiver<Digest>,
) -> Result<Restored, ArchiveError> {
    let target = Target { migrations: &district::MIGRATIONS, now: edge::now() };
    archive::look(BufReader::new(pipe))?.open(None)?.restore(location, target, |tx| {
        let refuse = |why: String| Err(ArchiveError::NotAccepted(why));
        let here = match digest_of(tx) {
            Ok(digest) => digest,
            Err(error) => return refuse(format!("the digest of the new place: {error}")),
        };
        match told.recv() {
            Ok(there) if there == here => Ok(()),
            Ok(there) => refuse(format!(
                "the digests differ, nothing was kept: {} facts, {} at the old place; {} facts, {} at the new",
                there.facts, there.hex, here.facts, here.hex
            )),
            Err(_) => refuse("the digest of the old place could not be read: nothing was kept".into()),
        }
    })
}

fn digest_of(tx: &mut Tx<'_>) -> district::kit::Result<Digest> {
    let schema = tx.schema()?;
    digest(tx, &schema)
}
