//! SQLite: one writer, several readers, write-ahead log.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};

use crate::tx::Kind;
use crate::{Connections, Error, Row, Tx, Value};

/// Pages that the writing connection keeps, in KiB as SQLite wants it told: the indexes that a batch of a month goes through.
const WRITER_CACHE: i64 = -65_536;

/// Prepared statements kept by each connection: more than the program has.
const STATEMENTS: usize = 512;
/// How long a writer of another process is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pages that a reader keeps at most, in KiB, negative as SQLite wants it: with all readers less than 100 MB. What else is read
/// again and again lies in the memory of the machine, and a page from there costs microseconds.
const READER_CACHE: i64 = -6_144;
/// Instructions of SQLite's machine between two looks at the clock: some milliseconds.
const BETWEEN_LOOKS: i32 = 200_000;
/// Connections kept for readers: as many as pages are answered at a time on a small machine.
const READERS: usize = 16;

#[derive(Debug)]
pub(crate) struct Pool {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    lent: AtomicUsize,
}

impl Pool {
    /// Opens a file; makes it when it is missing.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        Self::with(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a file that is there.
    pub(crate) fn find(path: &Path) -> Result<Option<Self>, Error> {
        if !path.is_file() {
            return Ok(None);
        }
        Self::with(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map(Some)
    }

    fn with(path: &Path, flags: OpenFlags) -> Result<Self, Error> {
        let writer = connect(path, flags)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        // What was acknowledged survives a power cut.
        writer.pragma_update(None, "synchronous", "FULL")?;
        // One connection writes. What a statement that may fail half way would undo stays in memory: in a file it cost more than
        // the writing itself, when a month of a whole district goes in as one transaction.
        writer.pragma_update(None, "temp_store", "MEMORY")?;
        writer.pragma_update(None, "cache_size", WRITER_CACHE)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            lent: AtomicUsize::new(0),
        })
    }

    /// The writer counts as open and never as idle; nobody waits for a reader.
    pub(crate) fn connections(&self) -> Connections {
        let idle = lock(&self.readers).len();
        Connections { open: 1 + idle + self.lent.load(Ordering::Relaxed), idle, waiting: 0 }
    }

    pub(crate) fn read<T, E: From<Error>>(
        &self,
        longest: Option<Duration>,
        work: &mut dyn FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let lent = self.lend()?;
        let connection = lent.connection();
        if let Some(longest) = longest {
            let began = Instant::now();
            let is_over = move || began.elapsed() > longest;
            connection.progress_handler(BETWEEN_LOOKS, Some(is_over)).map_err(Error::from)?;
        }
        execute(connection, "BEGIN", &[])?;
        let outcome = work(&mut Tx::sqlite(connection, Kind::Read));
        if longest.is_some() {
            connection.progress_handler(0, None::<fn() -> bool>).map_err(Error::from)?;
        }
        // A reading transaction has nothing to lose: its end cannot change the outcome.
        execute(connection, "ROLLBACK", &[])?;
        outcome
    }

    pub(crate) fn write<T, E: From<Error>>(
        &self,
        work: &mut dyn FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = lock(&self.writer);
        execute(&connection, "BEGIN IMMEDIATE", &[])?;
        let _rolled_back_unless_committed = Open { connection: &connection };
        let value = work(&mut Tx::sqlite(&connection, Kind::Write))?;
        execute(&connection, "COMMIT", &[])?;
        Ok(value)
    }

    pub(crate) fn check(&self, sql: &str) -> Result<(), Error> {
        lock(&self.writer).prepare(sql)?;
        Ok(())
    }

    fn lend(&self) -> Result<Lent<'_>, Error> {
        let kept = lock(&self.readers).pop();
        let connection = if let Some(connection) = kept {
            connection
        } else {
            let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            connection.pragma_update(None, "query_only", true)?;
            connection
        };
        self.lent.fetch_add(1, Ordering::Relaxed);
        Ok(Lent { pool: self, connection: Some(connection) })
    }
}

/// Fills a new file that nobody else looks at yet, in one transaction. A failure leaves a file of no use: the caller
/// removes it, and syncs it after success. References are not enforced on the way; the work checks them at its end.
pub(crate) fn build<T, E: From<Error>>(
    path: &Path,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let set = |name: &str, value: &str| connection.pragma_update(None, name, value).map_err(Error::from);
    set("journal_mode", "OFF")?;
    set("synchronous", "OFF")?;
    set("foreign_keys", "OFF")?;
    execute(&connection, "BEGIN IMMEDIATE", &[])?;
    let value = work(&mut Tx::sqlite(&connection, Kind::Write))?;
    execute(&connection, "COMMIT", &[])?;
    // As `Pool::open` leaves a file: whoever opens it changes nothing of it.
    set("journal_mode", "WAL")?;
    connection.close().map_err(|(_, error)| Error::from(error))?;
    Ok(value)
}

/// A reader's connection; goes back to the pool however its use ends.
struct Lent<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Lent<'_> {
    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("taken only by drop")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        self.pool.lent.fetch_sub(1, Ordering::Relaxed);
        let clean = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
        let mut readers = lock(&self.pool.readers);
        if clean && readers.len() < READERS {
            readers.push(connection);
        }
    }
}

/// A writing transaction that rolls back unless it was committed, also when the work panics.
struct Open<'a> {
    connection: &'a Connection,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "rollback failed");
        }
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", READER_CACHE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// A poisoned lock is taken: the transaction that panicked was rolled back by its guard.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn query(connection: &Connection, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(params))?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(decode(row.get_ref(column)?, column)?);
        }
        out.push(Row::new(values));
    }
    Ok(out)
}

/// Every row of a query, one at a time.
pub(crate) fn each<E: From<Error>>(
    connection: &Connection,
    sql: &str,
    visit: &mut dyn FnMut(&[Value]) -> Result<(), E>,
) -> Result<(), E> {
    let mut statement = connection.prepare_cached(sql).map_err(Error::from)?;
    let columns = statement.column_count();
    let mut rows = statement.query([]).map_err(Error::from)?;
    let mut values = Vec::with_capacity(columns);
    while let Some(row) = rows.next().map_err(Error::from)? {
        values.clear();
        for column in 0..columns {
            values.push(decode(row.get_ref(column).map_err(Error::from)?, column)?);
        }
        visit(&values)?;
    }
    Ok(())
}

pub(crate) fn execute(connection: &Connection, sql: &str, params: &[Value]) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.execute(rusqlite::params_from_iter(params))? as u64)
}

pub(crate) fn execute_each<R: AsRef<[Value]>>(
    connection: &Connection,
    sql: &str,
    rows: impl IntoIterator<Item = R>,
) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut changed = 0;
    for row in rows {
        changed += statement.execute(rusqlite::params_from_iter(row.as_ref()))? as u64;
    }
    Ok(changed)
}

pub(crate) fn bulk<R: AsRef<[Value]>>(
    connection: &Connection,
    insert: &str,
    rows: impl IntoIterator<Item = R>,
) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(insert)?;
    let mut count = 0;
    for row in rows {
        statement.execute(rusqlite::params_from_iter(row.as_ref()))?;
        count += 1;
    }
    Ok(count)
}

fn decode(value: ValueRef<'_>, column: usize) -> Result<Value, Error> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(int) => Value::Int(int),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(real) => {
            return Err(Error::Decode { column, expected: "no float", found: real.to_string() });
        }
    })
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(int) => ValueRef::Integer(*int),
            Self::Bool(bool) => ValueRef::Integer((*bool).into()),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Uuid(uuid) => ValueRef::Blob(uuid.as_bytes()),
        }))
    }
}
