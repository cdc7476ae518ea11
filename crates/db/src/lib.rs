//! One SQL text on SQLite and PostgreSQL.
//!
//! A [`Db`] is one district's database: a SQLite file, or a schema of a PostgreSQL database. Work happens inside
//! [`Db::read`] and [`Db::write`], which lend a [`Tx`] to an ordinary closure; the closure may run again after a
//! serialization failure, so it does no other I/O and makes no ids. Statements are static texts, written once with
//! `?1` parameters, registered by [`statements!`] and [`bulk!`], and prepared on both engines by a test.

pub mod archive;
mod counts;
mod error;
mod list;
mod migrate;
mod postgres;
mod scan;
mod schema;
mod server;
mod server_facts;
mod sqlite;
mod statement;
mod tx;
mod value;

use std::path::{Path, PathBuf};
use std::time::Duration;

use counts::Counts;
use tx::Kind;

pub use counts::{Connections, Counted};
pub use error::{Error, Retry};
pub use list::{Filter, List, ListQuery, Listed, Sort};
pub use migrate::{Migration, MigrationError};
pub use schema::{Column, Schema, Table};
pub use server::Server;
pub use server_facts::Texts;
pub use statement::{Bulk, Registered, Statement, Ty};
pub use tx::Tx;
pub use value::{FromValue, Row, Value};

/// How often a transaction is tried when the engine says that it lost a race.
const TRIES: u32 = 5;

/// Where a district's database lies.
#[derive(Debug, Clone)]
pub enum Location {
    /// A SQLite file; made when it is missing.
    File(PathBuf),
    /// A schema of a PostgreSQL database; made when it is missing.
    Server {
        /// A connection string as tokio-postgres reads it (URL or key=value).
        url: String,
        /// The schema: `d` and the district's code.
        schema: String,
    },
}

/// One district's database.
#[derive(Debug)]
pub struct Db {
    engine: Engine,
    counts: Counts,
    longest_read: Option<Duration>,
}

#[derive(Debug)]
enum Engine {
    Sqlite(Box<sqlite::Pool>),
    Postgres(postgres::Pool),
}

impl Db {
    /// Opens a database; it is made when it is missing. Migrations are a step of their own: [`Db::migrate`].
    pub fn open(location: &Location) -> Result<Self, Error> {
        let engine = match location {
            Location::File(path) => Engine::Sqlite(Box::new(sqlite::Pool::open(path)?)),
            Location::Server { url, schema } => return Self::open_on(&Server::new(url)?, schema),
        };
        Ok(Self { engine, counts: Counts::default(), longest_read: None })
    }

    /// Opens a schema of a PostgreSQL database over connections that other districts use as well.
    pub fn open_on(server: &Server, schema: &str) -> Result<Self, Error> {
        let engine = Engine::Postgres(postgres::Pool::open(server, schema)?);
        Ok(Self { engine, counts: Counts::default(), longest_read: None })
    }

    /// Opens a database that is there, and makes nothing; `None` when there is none.
    pub fn find(location: &Location) -> Result<Option<Self>, Error> {
        let engine = match location {
            Location::File(path) => sqlite::Pool::find(path)?.map(|pool| Engine::Sqlite(Box::new(pool))),
            Location::Server { url, schema } => {
                postgres::Pool::find(&Server::new(url)?, schema)?.map(Engine::Postgres)
            }
        };
        Ok(engine.map(|engine| Self { engine, counts: Counts::default(), longest_read: None }))
    }

    /// Gives up every reading transaction after so long, with [`Error::Unavailable`]: a question that is answered to nobody any
    /// more must not hold a processor and a connection. A snapshot may take longer, and so may writing.
    #[must_use]
    pub fn giving_up_after(mut self, longest: Duration) -> Self {
        self.longest_read = Some(longest);
        self
    }

    /// Runs a reading transaction once, of which work is made that cannot be made again, such as a stream that is
    /// written: one consistent picture while others write.
    pub fn snapshot<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.counts.read();
        let mut work = Some(work);
        let mut once = |tx: &mut Tx<'_>| match work.take() {
            Some(work) => work(tx),
            None => Err(Error::Engine("a snapshot was read a second time".into()).into()),
        };
        match &self.engine {
            Engine::Sqlite(pool) => pool.read(None, &mut once),
            Engine::Postgres(pool) => pool.transact((Kind::Read, None), &mut once),
        }
    }

    /// Runs a reading transaction: one consistent picture, nothing can be written.
    ///
    /// On PostgreSQL call it from a multi-threaded tokio runtime or from no runtime at all.
    pub fn read<T, E>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Error> + Retry,
    {
        self.counts.read();
        self.retried(|db| match &db.engine {
            Engine::Sqlite(pool) => pool.read(db.longest_read, &mut work),
            Engine::Postgres(pool) => pool.transact((Kind::Read, db.longest_read), &mut work),
        })
    }

    /// Runs a writing transaction: everything or nothing.
    pub fn write<T, E>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Error> + Retry,
    {
        self.counts.written();
        self.retried(|db| match &db.engine {
            Engine::Sqlite(pool) => pool.write(&mut work),
            Engine::Postgres(pool) => pool.transact((Kind::Write, None), &mut work),
        })
    }

    fn retried<T, E: Retry>(&self, mut once: impl FnMut(&Self) -> Result<T, E>) -> Result<T, E> {
        let mut tried = 1;
        loop {
            match once(self) {
                Err(error) if error.is_retryable() && tried < TRIES => {
                    tracing::debug!(tried, "transaction lost a race and runs again");
                    tried += 1;
                    self.counts.retried();
                }
                outcome => {
                    if outcome.as_ref().is_err_and(Retry::is_retryable) {
                        self.counts.lost();
                    }
                    return outcome;
                }
            }
        }
    }

    /// Brings the schema to the newest version; returns how many migrations ran.
    pub fn migrate(&self, migrations: &[Migration], now: base::Instant) -> Result<usize, MigrationError> {
        migrate::run(self, migrations, now)
    }

    /// How many transactions there were since it was opened.
    pub fn counted(&self) -> Counted {
        self.counts.counted()
    }

    /// Its connections at this moment; districts of one [`Server`] share theirs.
    pub fn connections(&self) -> Connections {
        match &self.engine {
            Engine::Sqlite(pool) => pool.connections(),
            Engine::Postgres(pool) => pool.connections(),
        }
    }

    /// Does it share its connections with another?
    pub fn shares_connections(&self, other: &Self) -> bool {
        match (&self.engine, &other.engine) {
            (Engine::Postgres(one), Engine::Postgres(another)) => one.server().is(another.server()),
            _ => std::ptr::eq(self, other),
        }
    }

    /// The tables as the engine describes them, in one vocabulary for both engines.
    pub fn schema(&self) -> Result<Schema, Error> {
        self.read(schema::of)
    }

    /// The version of the schema: of the last migration that ran; 0 where none ever ran.
    pub fn version(&self) -> Result<i64, Error> {
        self.read(migrate::version)
    }

    /// How the database of a place orders and encodes texts, whether a district is there or not yet; `None` for a file,
    /// as SQLite has one way.
    pub fn texts_of(location: &Location) -> Result<Option<Texts>, Error> {
        let Location::Server { url, schema } = location else { return Ok(None) };
        let pool = postgres::Pool::connect(&Server::new(url)?, schema)?;
        pool.transact((Kind::Read, None), &mut |tx| server_facts::texts(tx)).map(Some)
    }

    /// May this user write into the schema? SQLite asks the file system, not this.
    pub fn may_write(&self) -> Result<bool, Error> {
        self.read(|tx| if tx.is_postgres() { server_facts::may_write(tx) } else { Ok(true) })
    }

    /// The clock of a PostgreSQL server; `None` on SQLite, which has none of its own.
    pub fn server_clock(&self) -> Result<Option<base::Instant>, Error> {
        self.read(|tx| if tx.is_postgres() { server_facts::clock(tx).map(Some) } else { Ok(None) })
    }

    /// Prepares a statement without running it; says what the engine refuses.
    pub fn check(&self, registered: &dyn Registered) -> Result<(), Error> {
        for sql in registered.texts(self.is_postgres()) {
            let checked = match &self.engine {
                Engine::Sqlite(pool) => pool.check(&sql),
                Engine::Postgres(pool) => pool.check(&sql),
            };
            checked.map_err(|error| Error::Engine(format!("{}: {error}", registered.name())))?;
        }
        Ok(())
    }

    /// Is this PostgreSQL? For messages and for the statements of this crate alone.
    pub fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Deletes a PostgreSQL schema with everything in it (tests, and `restore` into a district that is there).
    pub fn drop_schema(url: &str, schema: &str) -> Result<(), Error> {
        postgres::drop_schema(url, schema)
    }
}

/// Tells the runtime that this thread is busy for longer than other requests should wait (about 5 ms), where there is a
/// runtime that can be told.
pub fn heavy<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// The file of a district in a data folder: `DIR/310112.db`.
pub fn district_file(dir: &Path, code: &str) -> PathBuf {
    dir.join(format!("{code}.db"))
}

/// The schema of a district: `d310112`.
pub fn district_schema(code: &str) -> String {
    format!("d{code}")
}
