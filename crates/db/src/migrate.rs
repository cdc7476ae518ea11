//! Migrations: append-only, one statement per execute, each file in one transaction with its version row.

use base::Instant;

use crate::{Db, Error, Retry, Tx, params};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3 … without a gap.
    pub version: i64,
    /// The file's name.
    pub name: &'static str,
    /// Statements, each ended by `;` at the end of a line.
    pub sql: &'static str,
}

/// Why a schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database was written by a newer program.
    #[error(
        "the database is at version {found}, this program knows versions up to {known}: install the newer program"
    )]
    Newer {
        /// The version found.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// A statement was refused.
    #[error("migration {name}: {error}")]
    Refused {
        /// The file.
        name: &'static str,
        /// What the engine said.
        error: Error,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] Error),
}

impl Retry for MigrationError {
    fn is_retryable(&self) -> bool {
        match self {
            Self::Newer { .. } => false,
            Self::Refused { error, .. } | Self::Db(error) => error.is_retryable(),
        }
    }
}

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at BIGINT NOT NULL
)";

pub(crate) fn run(db: &Db, migrations: &[Migration], now: Instant) -> Result<usize, MigrationError> {
    let known = migrations.last().map_or(0, |m| m.version);
    let mut count = 0;
    loop {
        // One transaction a migration: a kill in the middle leaves whole versions only.
        let ran = db.write(|tx| {
            lock(tx)?;
            tx.execute_text(VERSIONS, &[])?;
            let found = newest(tx)?;
            if found > known {
                return Err(MigrationError::Newer { found, known });
            }
            let Some(next) = migrations.iter().find(|m| m.version == found + 1) else { return Ok(false) };
            apply(tx, next, now)?;
            Ok(true)
        })?;
        if !ran {
            return Ok(count);
        }
        count += 1;
    }
}

/// The table of this runner.
pub(crate) const VERSIONS_TABLE: &str = "schema_versions";

/// The version of the schema; 0 where there is none.
pub(crate) fn version(tx: &mut Tx<'_>) -> Result<i64, Error> {
    // A monitor asks every few seconds: one table is looked for, not the whole schema.
    let sql = if tx.is_postgres() {
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?1"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?1"
    };
    if tx.query_text(sql, params![VERSIONS_TABLE])?.is_empty() { Ok(0) } else { newest(tx) }
}

fn newest(tx: &mut Tx<'_>) -> Result<i64, Error> {
    let mut row = tx.query_text("SELECT COALESCE(MAX(version), 0) FROM schema_versions", &[])?;
    row.remove(0).get(0)
}

/// Runs the migrations after version `from` up to version `to`, in this transaction (archives); returns how many.
pub(crate) fn run_within(
    tx: &mut Tx<'_>,
    migrations: &[Migration],
    (from, to): (i64, i64),
    now: Instant,
) -> Result<usize, MigrationError> {
    tx.execute_text(VERSIONS, &[])?;
    let steps = migrations.iter().filter(|step| step.version > from && step.version <= to);
    let mut count = 0;
    for step in steps {
        apply(tx, step, now)?;
        count += 1;
    }
    Ok(count)
}

fn apply(tx: &mut Tx<'_>, migration: &Migration, now: Instant) -> Result<(), MigrationError> {
    for statement in statements(migration.sql) {
        let text = if tx.is_postgres() { statement } else { with_checked_uuids(&statement) };
        tx.execute_text(&text, &[])
            .map_err(|error| MigrationError::Refused { name: migration.name, error })?;
    }
    tx.execute_text(
        "INSERT INTO schema_versions (version, name, applied_at) VALUES (?1, ?2, ?3)",
        params![migration.version, migration.name, now],
    )?;
    Ok(())
}

/// A lock of this district until the transaction ends; on SQLite the writing transaction is alone already.
fn lock(tx: &mut Tx<'_>) -> Result<(), Error> {
    if tx.is_postgres() {
        tx.query_text(
            "SELECT CAST(pg_advisory_xact_lock(CAST(hashtext(current_schema()) AS BIGINT)) AS TEXT)",
            &[],
        )?;
    }
    Ok(())
}

/// The statements of a file, without comments.
fn statements(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or("").trim_end()).collect();
    code.join("\n")
        .split(";\n")
        .map(|s| s.trim().trim_end_matches(';').to_owned())
        .filter(|s| !s.is_empty())
        .collect()
}

/// SQLite has no UUID type: the column takes any value, so it gets a CHECK. One column a line is the style of our files.
fn with_checked_uuids(statement: &str) -> String {
    if !statement.starts_with("CREATE TABLE") {
        return statement.to_owned();
    }
    let check = |line: &str| -> Option<String> {
        let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
        let (column, rest) = rest.split_once(" UUID")?;
        let plain = column.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let (body, comma) = rest.strip_suffix(',').map_or((rest, ""), |body| (body, ","));
        plain.then(|| format!("{indent}{column} UUID{body} CHECK (LENGTH({column}) = 16 AND TYPEOF({column}) <> 'text' OR {column} IS NULL){comma}"))
    };
    statement
        .lines()
        .map(|line| check(line).unwrap_or_else(|| line.to_owned()))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_into_statements() {
        let sql = "-- towns; grids\nCREATE TABLE a (\n    id UUID PRIMARY KEY, -- key\n    n TEXT\n);\n\nCREATE INDEX i ON a (n);\n";
        let cut = statements(sql);
        assert_eq!(cut.len(), 2);
        assert!(cut[0].starts_with("CREATE TABLE a (") && cut[0].ends_with(')'));
        assert!(with_checked_uuids(&cut[0]).contains("id UUID PRIMARY KEY CHECK (LENGTH(id) = 16"));
        assert_eq!(cut[1], "CREATE INDEX i ON a (n)");
    }
}
