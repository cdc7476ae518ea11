//! A `PgBouncer` of the tests' own, in transaction mode before a cluster of the tests: it lends four connections of the
//! server to whoever has a transaction, so that what one leaves behind in a connection another would find.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::postgres::Cluster;
use crate::{place, run};

/// Names the socket in its folder; no port is opened.
const PORT: u16 = 6432;
/// Connections to the server for all clients together: few, so that each serves many.
const LENT: usize = 4;
/// It starts within a tenth of a second.
const START_LIMIT: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// A running pooler; stopped and removed when dropped.
pub struct Pooler {
    folder: TempDir,
    _process: run::Started,
}

impl Pooler {
    /// Starts one before a cluster, and returns once it listens.
    pub fn start(cluster: &Cluster) -> Result<Self> {
        let program = program().context("PgBouncer is missing: cargo xtask setup")?;
        let folder =
            tempfile::Builder::new().prefix("lilong-pb-").tempdir_in("/tmp").context("making a folder")?;
        let at = folder.path().display();
        let settings = [
            "[databases]".to_owned(),
            // Whoever connects is the user that owns the cluster.
            format!("postgres = host={} dbname=postgres user=lilong pool_size={LENT}", cluster.socket()),
            "[pgbouncer]".to_owned(),
            "listen_addr =".to_owned(),
            format!("listen_port = {PORT}"),
            format!("unix_socket_dir = {at}"),
            "auth_type = any".to_owned(),
            "pool_mode = transaction".to_owned(),
            "max_client_conn = 500".to_owned(),
        ];
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, settings.join("\n") + "\n").context("writing the settings")?;
        let log = folder.path().join("log");
        let said = File::create(&log).context("creating the log")?;
        let mut command = Command::new(program);
        command.arg(&file).stdout(said.try_clone().context("sharing the log")?).stderr(said);
        if let Some((user, group)) = cluster.owner() {
            // It refuses to run as root as well.
            chown(folder.path(), Some(user), Some(group)).context("giving the folder away")?;
            command.uid(user).gid(group);
        }
        let process = run::start(&mut command)?;
        let pooler = Self { folder, _process: process };
        pooler.ready(&log)?;
        Ok(pooler)
    }

    /// How to reach it, as tokio-postgres takes it.
    pub fn address(&self) -> String {
        format!("host={} port={PORT} user=lilong dbname=postgres", self.folder.path().display())
    }

    fn ready(&self, log: &Path) -> Result<()> {
        let socket = self.folder.path().join(format!(".s.PGSQL.{PORT}"));
        let started = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            if started.elapsed() > START_LIMIT {
                bail!("PgBouncer did not start:\n{}", fs::read_to_string(log).unwrap_or_default());
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
        Ok(())
    }
}

/// On the `PATH`, or where Debian keeps what an administrator runs.
pub fn program() -> Option<PathBuf> {
    let debian = PathBuf::from("/usr/sbin/pgbouncer");
    place::program(&["pgbouncer"]).or_else(|| debian.is_file().then_some(debian))
}
