//! Districts that are copied, and thrown away when they are dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use db::{Db, Location};
use tempfile::TempDir;
use testkit::Database;

/// The code of every district here: each lies in a folder, and on PostgreSQL in a database, of its own.
pub const DISTRICT: &str = "310112";
/// The day on which the demonstration stands.
pub const DAY: &str = "2026-01-31";

/// Where a district lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The program with these words.
pub fn lilong(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lilong"));
    command.args(words).env_remove("LILONG_DATABASE_URL").env_remove("LILONG_VAULT_KEY");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// What the program says when all goes well.
pub fn said(command: &mut Command) -> String {
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A place for one district: a folder with its file, or with nothing but its key beside a database.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
    database: Option<Database>,
    /// A database that somebody else keeps.
    url: Option<String>,
}

impl Place {
    /// An empty one; `None` where there is no PostgreSQL.
    pub fn empty(engine: Engine) -> Option<Self> {
        Some(match engine {
            Engine::Sqlite => Self::with(None),
            Engine::Postgres => Self::with(Some(Database::make()?)),
        })
    }

    /// An empty one in a database that somebody else keeps.
    pub fn on(url: String) -> Self {
        Self { url: Some(url), ..Self::with(None) }
    }

    fn with(database: Option<Database>) -> Self {
        let url = database.as_ref().map(Database::url);
        Self { folder: tempfile::tempdir().unwrap(), database, url }
    }

    /// A demonstration.
    pub fn demonstration(engine: Engine, size: &str) -> Option<Self> {
        let place = Self::empty(engine)?;
        if engine == Engine::Sqlite {
            said(&mut place.lilong(&["demo", "--no-serve", "--size", size]));
        } else {
            // Made in a file and brought over: that is quicker by far than making it there.
            let made = Self::demonstration(Engine::Sqlite, size)?;
            let archive = made.beside("made.lilong");
            said(&mut made.lilong(&["backup", &archive]));
            said(&mut place.lilong(&["restore", &archive]));
            fs::create_dir_all(place.data()).unwrap();
            fs::copy(made.data().join("vault.key"), place.data().join("vault.key")).unwrap();
        }
        Some(place)
    }

    /// Another with the same in it. Nobody may be using this one.
    pub fn copy(&self) -> Self {
        let copy = Self::with(self.database.as_ref().map(Database::copy));
        if self.data().is_dir() {
            fs::create_dir(copy.data()).unwrap();
        }
        for entry in fs::read_dir(self.data()).into_iter().flatten() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), copy.data().join(entry.file_name())).unwrap();
            }
        }
        copy
    }

    /// The folder with its file and its key.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A name beside that folder.
    pub fn beside(&self, name: &str) -> String {
        text(&self.folder.path().join(name))
    }

    /// The program with these words, at this place.
    pub fn lilong(&self, words: &[&str]) -> Command {
        let mut command = lilong(words);
        command.args(["--district", DISTRICT, "--data"]).arg(self.data());
        if let Some(url) = &self.url {
            command.args(["--database-url", url]);
        }
        command
    }

    /// Where its database lies.
    pub fn location(&self) -> Location {
        match self.url.clone() {
            None => Location::File(db::district_file(&self.data(), DISTRICT)),
            Some(url) => Location::Server { url, schema: db::district_schema(DISTRICT) },
        }
    }

    /// Its database as it is; `None` when there is none.
    pub fn find(&self) -> Option<Db> {
        Db::find(&self.location()).unwrap()
    }
}

/// A path as an argument.
pub fn text(path: &Path) -> String {
    path.display().to_string()
}
