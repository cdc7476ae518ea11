//! A PostgreSQL of the tests' own: a fresh cluster in a folder that vanishes, on a private socket, without a port.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;
use tempfile::TempDir;

use crate::{place, run};

/// The server programs that are needed of PostgreSQL.
const PROGRAMS: [&str; 2] = ["initdb", "pg_ctl"];
/// The oldest version the SQL is written for.
const OLDEST: u32 = 15;
/// A socket's path has room for 107 bytes; a folder for temporary files deeper than this leaves too few.
const LONGEST_TEMPORARY: usize = 60;

/// A running cluster; stopped and removed when dropped.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    owner: Option<Owner>,
}

/// The user and group that the server runs as, because it refuses to run as root.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Cluster {
    /// Makes a cluster as production has it (C collation, UTF-8) but without waiting for the disk, and starts it: for tests,
    /// of which nothing is kept.
    pub fn start() -> Result<Self> {
        Self::with(&["fsync = off", "synchronous_commit = off", "full_page_writes = off"])
    }

    /// One that waits for the disk as PostgreSQL does by itself: a figure counts only with full synchronisation.
    pub fn durable() -> Result<Self> {
        Self::with(&[])
    }

    fn with(more: &[&str]) -> Result<Self> {
        let programs = programs().context("PostgreSQL's server programs are missing: cargo xtask setup")?;
        let owner = if geteuid().is_root() { Some(unprivileged()?) } else { None };
        let temporary = std::env::temp_dir();
        let short = temporary.as_os_str().len() <= LONGEST_TEMPORARY;
        let base = if short { temporary } else { PathBuf::from("/tmp") };
        let folder =
            tempfile::Builder::new().prefix("lilong-pg-").tempdir_in(base).context("making a folder")?;
        if let Some(Owner { user, group }) = owner {
            chown(folder.path(), Some(user), Some(group))
                .context("giving the folder to the server's user")?;
        }
        // From here on `Drop` cleans up, whatever happens.
        let cluster = Self { folder, programs, owner };
        let data = cluster.data();
        cluster.run(
            "initdb",
            &["--username=lilong", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"],
        )?;
        let settings = [
            "listen_addresses = ''".to_owned(),
            format!("unix_socket_directories = '{}'", cluster.folder.path().display()),
            "max_connections = 200".to_owned(),
            more.join("\n"),
        ];
        fs::write(data.join("postgresql.auto.conf"), settings.join("\n") + "\n")
            .context("writing the settings")?;
        let log = cluster.folder.path().join("log").display().to_string();
        cluster.run("pg_ctl", &["--wait", "--timeout=60", &format!("--log={log}"), "start"])?;
        Ok(cluster)
    }

    /// How to reach it, as tokio-postgres takes it.
    pub fn address(&self) -> String {
        format!("host={} user=lilong dbname=postgres", self.folder.path().display())
    }

    /// The folder of its socket.
    pub fn socket(&self) -> std::path::Display<'_> {
        self.folder.path().display()
    }

    /// The user and group that its programs run as, where it is not who runs this.
    pub fn owner(&self) -> Option<(u32, u32)> {
        self.owner.map(|Owner { user, group }| (user, group))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs one of the server programs on this cluster, quietly: what it printed is told only if it fails.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(self.programs.join(program));
        command
            .arg("--pgdata")
            .arg(self.data())
            .args(arguments)
            .current_dir(self.folder.path())
            .env("LC_ALL", "C");
        // An interruption at the terminal must not reach the server before its users are gone.
        command.process_group(0);
        if let Some(Owner { user, group }) = self.owner {
            command.uid(user).gid(group);
        }
        // The output goes to a file: the server inherits it, and a pipe would stay open as long as the server lives.
        let said = self.folder.path().join(format!("{program}.out"));
        let file = fs::File::create(&said).context("creating the log")?;
        command.stdout(file.try_clone().context("sharing the log")?).stderr(file);
        let status = command.status().with_context(|| format!("cannot start {program}"))?;
        if !status.success() {
            bail!("{program}: {status}\n{}", fs::read_to_string(said).unwrap_or_default());
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists()
            && self.run("pg_ctl", &["--mode=immediate", "--wait", "stop"]).is_err()
        {
            run::say(&format!("could not stop the PostgreSQL in {}", self.folder.path().display()));
        }
    }
}

/// The folder of PostgreSQL's server programs: on the `PATH`, or where Debian and its kin keep each version.
pub fn programs() -> Option<PathBuf> {
    let versioned = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"].into_iter().flat_map(versions);
    let on_path = place::program(&PROGRAMS[..1]).and_then(|file| file.parent().map(Path::to_path_buf));
    on_path.into_iter().chain(versioned).find(|folder| complete(folder))
}

/// The program folders of the versions in a folder, the newest first.
fn versions(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, folder)| folder).collect()
}

/// Whether a folder has all programs, new enough.
fn complete(folder: &Path) -> bool {
    let executable =
        |name| fs::metadata(folder.join(name)).is_ok_and(|file| file.permissions().mode() & 0o111 != 0);
    let version = || run::answer(Command::new(folder.join("pg_ctl")).arg("--version"));
    PROGRAMS.into_iter().all(executable)
        && version().and_then(|said| major(&said)).is_some_and(|major| major >= OLDEST)
}

/// `pg_ctl (PostgreSQL) 15.18 (Debian …)` → 15.
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    number.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// The user that PostgreSQL's package made, else the one that owns nothing.
fn unprivileged() -> Result<Owner> {
    let id = |flag: &str, user: &str| run::answer(Command::new("id").args([flag, user]))?.parse().ok();
    let owner = |user| Some(Owner { user: id("-u", user)?, group: id("-g", user)? });
    owner("postgres").or_else(|| owner("nobody")).context("no unprivileged user to run PostgreSQL as")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_read_from_what_pg_ctl_says() {
        assert_eq!(super::major("pg_ctl (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(super::major("pg_ctl (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(super::major("something else"), None);
    }
}
