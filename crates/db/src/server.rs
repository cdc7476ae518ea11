//! A PostgreSQL database as the districts in it share it: one set of connections, one thread that speaks with it.
//!
//! Any connection serves any district, because every transaction begins by naming its schema (`SET LOCAL`). So sixteen
//! districts need no more connections than one. A database that is away is told at once to most who ask: few wait,
//! and not for long, so that the threads of the pages are free for the other districts.

use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, ManagerConfig, Object, PoolError, RecyclingMethod, Runtime as Timers};
use tokio::runtime::Runtime;
use tokio_postgres::NoTls;

use crate::{Connections, Error};

/// Connections of one process to one database: PostgreSQL does its best work with about twice its cores, and a
/// hundred is all that its default settings allow to all its users together.
const CONNECTIONS: usize = 16;
/// Transactions that wait for a connection; who comes then is told that the database is busy. Each waits on a thread.
const WAITING: usize = 64;
/// How long a connection is waited for: a page that waits longer is of no use to its reader.
const WAIT: Duration = Duration::from_secs(5);
/// How long a connection may take to be made: a server in the same building answers within milliseconds.
const CONNECT: Duration = Duration::from_secs(3);
/// After a connection could not be made nobody tries for so long: waiting readers would fill the threads.
const REST: Duration = Duration::from_secs(1);
/// A server that acknowledges nothing for so long is gone: its host fell, or the network between.
const SILENCE: Duration = Duration::from_secs(20);

/// A PostgreSQL database. Cheap to clone: all clones share their connections.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    runtime: Own,
    clients: deadpool_postgres::Pool,
    failed: Mutex<Option<Instant>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("connections", &self.connections()).finish_non_exhaustive()
    }
}

impl Server {
    /// Gets ready to connect; nothing is asked of the database yet. The URL is as tokio-postgres reads it (a URL or
    /// key=value pairs).
    pub fn new(url: &str) -> Result<Self, Error> {
        let mut config = tokio_postgres::Config::from_str(url)
            .map_err(|e| Error::Unavailable(format!("database URL: {e}")))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
            config.keepalives_idle(SILENCE);
        }
        let manager =
            Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let clients = deadpool_postgres::Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Timers::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CONNECT))
            .build()
            .map_err(|e| Error::Unavailable(e.to_string()))?;
        Ok(Self(Arc::new(Inner { runtime: own_runtime()?, clients, failed: Mutex::new(None) })))
    }

    /// The runtime on which the connections live.
    pub(crate) fn runtime(&self) -> &Runtime {
        &self.0.runtime
    }

    /// A connection, given back when it is dropped.
    pub(crate) fn client(&self) -> Result<Object, Error> {
        self.turned_away()?;
        self.0.runtime.block_on(self.0.clients.get()).map_err(|error| {
            // Whoever waited in vain for a connection of others says nothing about the database.
            let reached = matches!(error, PoolError::Timeout(deadpool_postgres::TimeoutType::Wait));
            *self.failed() = (!reached).then(Instant::now);
            error.into()
        })
    }

    /// Does it make no sense to wait just now?
    fn turned_away(&self) -> Result<(), Error> {
        if self.failed().is_some_and(|at| at.elapsed() < REST) {
            return Err(Error::Unavailable("it could not be reached a moment ago".into()));
        }
        if self.0.clients.status().waiting >= WAITING {
            return Err(Error::Unavailable(format!("{WAITING} transactions wait for a connection")));
        }
        Ok(())
    }

    fn failed(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its connections at this moment.
    pub(crate) fn connections(&self) -> Connections {
        let status = self.0.clients.status();
        Connections { open: status.size, idle: status.available, waiting: status.waiting }
    }

    /// Do both share their connections?
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A runtime that may be dropped anywhere, also inside another runtime's task.
struct Own(Option<Runtime>);

impl std::ops::Deref for Own {
    type Target = Runtime;
    fn deref(&self) -> &Runtime {
        self.0.as_ref().expect("taken only by drop")
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn own_runtime() -> Result<Own, Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("postgres")
        .enable_all()
        .build()
        .map_err(|e| Error::Unavailable(e.to_string()))?;
    Ok(Own(Some(runtime)))
}
