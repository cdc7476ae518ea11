//! A PostgreSQL of a test's own, which it may stop and start again, and databases that are copied and thrown away.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// One of PostgreSQL's programs: on the `PATH`, or where Debian and its kin keep each version.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versioned: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    versioned.sort();
    let folders = on_path.into_iter().chain(versioned.into_iter().rev());
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A program that must succeed, quietly; what it said is in the panic.
fn succeeds(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A database of its own on a server of tests; gone when dropped.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// A new, empty one. `None`, in words, where there is no server or no program to make one with.
    pub fn make() -> Option<Self> {
        let Ok(server) = std::env::var("LILONG_TEST_DATABASE_URL") else {
            println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
            return None;
        };
        Self::on(&server, None)
    }

    /// A name that no database has yet, for a test that makes it itself; what has that name at the end is put away.
    pub fn reserve() -> Option<Self> {
        let made = Self::make()?;
        made.put_away();
        Some(made)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server it lies on, with a database that is always there.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Another with the same in it; nobody may be connected to this one.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self::on(&self.server, Some(&self.name)).unwrap()
    }

    fn on(server: &str, like: Option<&str>) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (Some(createdb), Some(_)) = (program("createdb"), program("dropdb")) else {
            println!("skipped on PostgreSQL: createdb and dropdb are not installed");
            return None;
        };
        let name = format!("lilong_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut make = Command::new(createdb);
        make.args(["--maintenance-db", server, "--template", like.unwrap_or("template0"), &name]);
        succeeds(&mut make);
        Some(Self { server: server.to_owned(), name })
    }

    /// How it is reached.
    pub fn url(&self) -> String {
        within(&self.server, &self.name)
    }

    /// Lets it stay until this process ends, however it ends: what a process keeps for all of its tests is never dropped,
    /// so a shell waits for the end of its input, which comes with the end of the process.
    pub(crate) fn keep(self) -> Kept {
        let mut shell = Command::new("sh");
        shell.args(["-c", "read -r line; exec \"$@\"", "sh"]).arg(program("dropdb").unwrap());
        shell.args(["--force", "--if-exists", "--maintenance-db", &self.server, &self.name]);
        let waits = shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Kept { _open: waits.unwrap().stdin.unwrap(), database: self }
    }
}

/// A database that stays as long as this process.
#[derive(Debug)]
pub(crate) struct Kept {
    database: Database,
    /// The input of whoever puts it away: it ends with this process.
    _open: std::process::ChildStdin,
}

impl Kept {
    /// The database; nobody is connected to it.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }
}

/// The same server, another database.
fn within(server: &str, database: &str) -> String {
    let Some((scheme, rest)) = server.split_once("://") else {
        let others = server.split_whitespace().filter(|part| !part.starts_with("dbname="));
        return format!("{} dbname={database}", others.collect::<Vec<_>>().join(" "));
    };
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    let host = place.split('/').next().unwrap_or_default();
    format!("{scheme}://{host}/{database}?{options}")
}

impl Drop for Database {
    fn drop(&mut self) {
        self.put_away();
    }
}

impl Database {
    fn put_away(&self) {
        let Some(dropdb) = program("dropdb") else { return };
        let mut command = Command::new(dropdb);
        // Whoever is still connected was killed or is about to end.
        command.args(["--force", "--if-exists", "--maintenance-db", &self.server, &self.name]);
        let _ = command.stdin(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// A server of its own on a private socket; stopped and removed when dropped.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    pg_ctl: PathBuf,
    /// Who it runs as, because it refuses to run as root.
    owner: Option<(u32, u32)>,
}

impl Cluster {
    /// Makes one and starts it; `None`, in words, where PostgreSQL's server programs are not installed.
    pub fn start() -> Option<Self> {
        let (Some(initdb), Some(pg_ctl)) = (program("initdb"), program("pg_ctl")) else {
            println!("skipped: PostgreSQL's server programs are not installed (cargo xtask setup)");
            return None;
        };
        // A socket's path has room for 107 bytes.
        let folder = tempfile::Builder::new().prefix("lilong-pg-").tempdir_in("/tmp").unwrap();
        let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
        let owner = is_root.then(unprivileged);
        if let Some((user, group)) = owner {
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let cluster = Self { folder, pg_ctl, owner };
        let words = ["--username=lilong", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"];
        succeeds(cluster.command(&initdb).args(words));
        fs::write(cluster.data().join("postgresql.auto.conf"), cluster.settings()).unwrap();
        cluster.up();
        Some(cluster)
    }

    /// How it is reached.
    pub fn url(&self) -> String {
        format!("host={} user=lilong dbname=postgres", self.folder.path().display())
    }

    /// Starts it.
    pub fn up(&self) {
        let log = format!("--log={}", self.folder.path().join("log").display());
        succeeds(self.command(&self.pg_ctl).args(["--wait", "--timeout=60", &log, "start"]));
    }

    /// Changes a setting of a server that runs: from now on its users may write, or only read.
    pub fn read_only(&self, only: bool) {
        let mut settings = self.settings();
        settings.push_str(if only { "default_transaction_read_only = on\n" } else { "" });
        fs::write(self.data().join("postgresql.auto.conf"), settings).unwrap();
        succeeds(self.command(&self.pg_ctl).arg("reload"));
    }

    fn settings(&self) -> String {
        let folder = self.folder.path().display();
        format!("listen_addresses = ''\nunix_socket_directories = '{folder}'\nmax_connections = 100\n")
    }

    /// Stops it as a power cut would: nothing is finished, nothing is written.
    pub fn down(&self) {
        succeeds(self.command(&self.pg_ctl).args(["--mode=immediate", "--wait", "stop"]));
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.arg("--pgdata").arg(self.data()).current_dir(self.folder.path()).env("LC_ALL", "C");
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut command = self.command(&self.pg_ctl);
        command.args(["--mode=immediate", "--wait", "stop"]).stdin(Stdio::null());
        // It may be down already.
        let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// The user that PostgreSQL's package made, else the one that owns nothing.
fn unprivileged() -> (u32, u32) {
    let id = |flag: &str, user: &str| -> Option<u32> {
        let output = Command::new("id").args([flag, user]).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()
    };
    let owner = |user| Some((id("-u", user)?, id("-g", user)?));
    owner("postgres").or_else(|| owner("nobody")).unwrap()
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn another_database_of_the_same_server_is_named() {
        assert_eq!(within("host=/tmp user=a dbname=postgres", "b"), "host=/tmp user=a dbname=b");
        assert_eq!(within("postgres://a@b:5/c?x=1", "d"), "postgres://a@b:5/d?x=1");
    }
}
