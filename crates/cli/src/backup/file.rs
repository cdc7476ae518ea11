//! An archive as a file: it gets its name when it is whole, was read once more, and lies safely on the disk.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use base::Instant;
use db::archive::{self, ArchiveError, Cost, Order, Passphrase, Summary};
use db::{Db, Tx};
use district::kit::chain::{self, Head};

use crate::edge;

/// How a file begins that has not got its name yet; whatever stays of it after a kill does not look like a backup.
pub(super) const PART: (&str, &str) = (".saving-", ".part");

/// An archive that was saved.
#[derive(Debug)]
pub struct Saved {
    /// Where it lies.
    pub file: PathBuf,
    /// What it holds.
    pub summary: Summary,
    /// Where the chain of the audit ended at that moment.
    pub head: Option<Head>,
    /// Did the chain still hold the end that was remembered before?
    pub holds: bool,
}

/// Saves a district into a file that is not there yet.
pub(super) fn save(
    db: &Db,
    code: &str,
    file: &Path,
    (passphrase, remembered): (Option<&[u8]>, Option<&Head>),
    now: Instant,
) -> Result<Saved> {
    let occupied =
        || anyhow!("{} is there already: nothing is written over it. Choose another name", file.display());
    ensure!(!file.exists(), occupied());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let part = tempfile::Builder::new()
        .prefix(PART.0)
        .suffix(PART.1)
        .tempfile_in(folder)
        .with_context(|| format!("writing into {}", folder.display()))?;
    let order = order_of(code, passphrase, now)?;
    let mut chain = Ok((None, true));
    let written = db
        .snapshot(|tx| {
            chain = end_of(tx, remembered);
            archive::save(tx, BufWriter::new(part.as_file()), &order)
        })
        .map_err(|error| unsaved(error, folder))
        .with_context(|| format!("saving district {code} into {}", file.display()))?;
    part.as_file().sync_all().with_context(|| format!("writing into {}", folder.display()))?;
    let read = check(part.path(), passphrase).context("reading the archive that was just written")?;
    ensure!(
        read == written,
        "the archive does not read as it was written: is the disk or the memory damaged?"
    );
    part.persist_noclobber(file).map_err(|failed| {
        let there = failed.error.kind() == ErrorKind::AlreadyExists;
        if there { occupied() } else { anyhow!(failed.error).context(format!("naming {}", file.display())) }
    })?;
    // The name survives a power cut as the bytes do.
    File::open(folder).and_then(|folder| folder.sync_all()).context("keeping the name of the archive")?;
    let (head, holds) = chain?;
    Ok(Saved { file: file.to_owned(), summary: written, head, holds })
}

/// Where the chain of the audit ends, and whether it holds what was its end once.
fn end_of(tx: &mut Tx<'_>, remembered: Option<&Head>) -> district::kit::Result<(Option<Head>, bool)> {
    let holds = remembered.map_or(Ok(true), |remembered| chain::holds(tx, remembered))?;
    Ok((chain::head(tx)?, holds))
}

/// Why an archive could not be written, and what mends it.
fn unsaved(error: ArchiveError, folder: &Path) -> anyhow::Error {
    match error {
        ArchiveError::Io(error) => anyhow!(
            "{error}. Nothing is kept of it: make room in {}, or see whether it may be written, then save again",
            folder.display()
        ),
        other => other.into(),
    }
}

/// What is saved of a district: everything that is a fact of it.
pub fn order_of<'a>(code: &'a str, passphrase: Option<&'a [u8]>, now: Instant) -> Result<Order<'a>> {
    let salt = edge::random()?;
    let passphrase = passphrase.map(|text| Passphrase { text, salt, cost: Cost::RECOMMENDED });
    let left_out = &district::kit::NOT_FACTS;
    Ok(Order { district: code, made_at: now, program: edge::PROGRAM, left_out, passphrase })
}

/// Reads an archive to its end.
fn check(file: &Path, passphrase: Option<&[u8]>) -> Result<Summary> {
    let input = BufReader::new(File::open(file)?);
    Ok(archive::look(input)?.open(passphrase)?.check()?)
}
