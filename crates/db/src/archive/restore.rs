//! Restoring an archive into an empty place: all of it, or nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use base::Instant;

use super::frame::Head;
use super::write::{gather, head};
use super::{Archive, ArchiveError, Sum, Summary};
use crate::tx::Kind;
use crate::{Location, Migration, Schema, Server, Tx, Ty, migrate, params, postgres, sqlite};

/// What restores into which schema.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The schema, step by step.
    pub migrations: &'a [Migration],
    /// When.
    pub now: Instant,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the archive holds.
    pub summary: Summary,
    /// How many steps of the schema were made after it, as the archive was older.
    pub migrated: usize,
}

impl<R: Read> Archive<R> {
    /// Restores into a place where nothing is: a file that gets its name, or a transaction that commits, once every row
    /// reads back as it was saved, all references hold and `accept` has looked at the whole, still in the archive's own
    /// schema. An older schema is then brought up to date; a newer one is refused.
    pub fn restore(
        mut self,
        into: &Location,
        target: Target<'_>,
        accept: impl FnOnce(&mut Tx<'_>) -> Result<(), ArchiveError>,
    ) -> Result<Restored, ArchiveError> {
        let (found, known) = (self.header().schema, target.migrations.last().map_or(0, |step| step.version));
        if found > known {
            return Err(ArchiveError::NewerSchema { found, known });
        }
        let migrated = match into {
            Location::File(path) => into_file(path, |tx| self.fill(tx, target, accept))?,
            Location::Server { url, schema } => into_schema(url, schema, |tx| self.fill(tx, target, accept))?,
        };
        Ok(Restored { summary: self.finish(), migrated })
    }

    /// Fills an empty database within its one transaction; says how many steps of the schema followed.
    fn fill(
        &mut self,
        tx: &mut Tx<'_>,
        target: Target<'_>,
        accept: impl FnOnce(&mut Tx<'_>) -> Result<(), ArchiveError>,
    ) -> Result<usize, ArchiveError> {
        let version = self.header().schema;
        migrate::run_within(tx, target.migrations, (0, version), target.now)?;
        let schema = tx.schema()?;
        empty(tx, &schema)?;
        let mut heads = BTreeMap::new();
        while let Some(head) = self.next_table()? {
            self.fill_table(tx, &schema, &head)?;
            heads.insert(head.table.clone(), head);
        }
        self.nothing_is_missing(&schema, &heads)?;
        self.reads_back(tx, &schema)?;
        references_hold(tx)?;
        accept(tx)?;
        Ok(migrate::run_within(tx, target.migrations, (version, i64::MAX), target.now)?)
    }

    fn fill_table(&mut self, tx: &mut Tx<'_>, schema: &Schema, found: &Head) -> Result<(), ArchiveError> {
        let name = &found.table;
        let other = || ArchiveError::OtherTables(name.clone());
        // Names go into statements: only those of the catalogue do.
        let table = schema.tables.get(name).filter(|_| name != migrate::VERSIONS_TABLE).ok_or_else(other)?;
        if head(name, table) != *found {
            return Err(other());
        }
        let mut columns: Vec<(&str, Ty)> = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            columns.push((&column.name, column.kind()?));
        }
        let mut fault = None;
        let rows = std::iter::from_fn(|| match self.row() {
            Ok(row) => row,
            Err(error) => {
                fault = Some(error);
                None
            }
        });
        let inserted = tx.insert_all(name, &columns, rows);
        // What is wrong with the archive comes before what the engine made of its end.
        match fault {
            Some(fault) => Err(fault),
            None => Ok(inserted.map(drop)?),
        }
    }

    /// Every table of the schema is in the archive, unless the archive says that it is left out.
    fn nothing_is_missing(
        &self,
        schema: &Schema,
        heads: &BTreeMap<String, Head>,
    ) -> Result<(), ArchiveError> {
        let left_out = &self.header().left_out;
        let missing = schema.tables.keys().find(|name| {
            *name != migrate::VERSIONS_TABLE && !left_out.contains(name) && !heads.contains_key(*name)
        });
        missing.map_or(Ok(()), |name| Err(ArchiveError::OtherTables(name.clone())))
    }

    /// Each table reads back, through the engine, as the archive has it.
    fn reads_back(&self, tx: &mut Tx<'_>, schema: &Schema) -> Result<(), ArchiveError> {
        for (name, saved) in self.sums() {
            let kept: Sum = gather(tx, name, &schema.tables[name], &mut |_| Ok(()))?;
            if kept != *saved {
                return Err(ArchiveError::NotAsWritten(name.clone()));
            }
        }
        Ok(())
    }
}

/// Takes out what migrations put in: the archive has it as well, or it was changed since.
fn empty(tx: &mut Tx<'_>, schema: &Schema) -> Result<(), ArchiveError> {
    for name in schema.by_reference()?.into_iter().rev() {
        if name != migrate::VERSIONS_TABLE {
            tx.execute_text(&format!("DELETE FROM {name}"), &[])?;
        }
    }
    Ok(())
}

/// SQLite filled its tables without looking at references, as rows of one table may point to later ones; PostgreSQL has
/// looked at each.
fn references_hold(tx: &mut Tx<'_>) -> Result<(), ArchiveError> {
    if tx.is_postgres() {
        return Ok(());
    }
    match tx.query_text("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", &[])?.pop() {
        Some(mut row) => Err(ArchiveError::BrokenReference(row.get(0)?)),
        None => Ok(()),
    }
}

/// Fills a file beside the one that is to be, which then takes its name.
fn into_file<T>(
    path: &Path,
    fill: impl FnOnce(&mut Tx<'_>) -> Result<T, ArchiveError>,
) -> Result<T, ArchiveError> {
    let occupied = |path: &Path| ArchiveError::Occupied(path.display().to_string());
    // A log of an older file would be taken for one of the new file.
    if let Some(there) =
        ["", "-wal", "-shm", "-journal"].map(|end| with(path, end)).iter().find(|it| it.exists())
    {
        return Err(occupied(there));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let part = tempfile::Builder::new().prefix(".restoring-").suffix(".part").tempfile_in(folder)?;
    let part = part.into_temp_path();
    let value = sqlite::build(&part, fill)?;
    File::open(&part)?.sync_all()?;
    part.persist_noclobber(path).map_err(|failed| {
        let there = failed.error.kind() == std::io::ErrorKind::AlreadyExists;
        if there { occupied(path) } else { failed.error.into() }
    })?;
    // The name survives a power cut as the bytes do.
    File::open(folder)?.sync_all()?;
    Ok(value)
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Makes a schema and fills it in one transaction.
fn into_schema<T>(
    url: &str,
    schema: &str,
    fill: impl FnOnce(&mut Tx<'_>) -> Result<T, ArchiveError>,
) -> Result<T, ArchiveError> {
    let pool = postgres::Pool::connect(&Server::new(url)?, schema)?;
    let mut fill = Some(fill);
    pool.transact((Kind::Write, None), &mut |tx| {
        let name = pool.schema();
        let there = tx.query_text("SELECT nspname FROM pg_namespace WHERE nspname = ?1", params![name])?;
        if there.is_empty() {
            tx.execute_text(&format!("CREATE SCHEMA {name}"), &[])?;
        } else if !tx.schema()?.tables.is_empty() {
            return Err(ArchiveError::Occupied(format!("the schema {name}")));
        }
        fill.take().expect("an engine runs it once")(tx)
    })
}
