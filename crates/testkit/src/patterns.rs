//! Databases that are filled once in a process and copied for each test: filling one takes longer than most tests do.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use db::{Db, Location, Migration};

use crate::server::{Database, Kept};

/// A folder's files, in memory: a test process leaves nothing behind.
type Files = Vec<(OsString, Vec<u8>)>;

/// The patterns of one kind by their names. Whoever comes first makes one, whoever comes meanwhile waits.
#[derive(Debug)]
struct Made<T>(Mutex<BTreeMap<String, Arc<OnceLock<T>>>>);

impl<T> Made<T> {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// The place of a name.
    fn at(&self, name: &str) -> Arc<OnceLock<T>> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(name.to_owned()).or_default())
    }
}

/// The file that a test's district lies in.
const FILE: &str = "310112.db";
/// The schema of a copied database.
const SCHEMA: &str = "district";

/// What a database is filled with before a test looks into it. The same name always means the same content.
#[derive(Clone, Copy)]
pub struct Pattern<'a> {
    /// What it is known by in this process.
    pub name: &'a str,
    /// How its tables come about.
    pub migrations: &'a [Migration],
    /// What is put into them, once for each engine.
    pub fill: &'a dyn Fn(&Db),
}

impl std::fmt::Debug for Pattern<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pattern").field(&self.name).finish()
    }
}

impl Pattern<'_> {
    /// Runs a test on a copy of its own in SQLite.
    pub fn on_sqlite(&self, told: impl FnOnce(Db)) {
        static MADE: Made<Files> = Made::new();
        let place = MADE.at(self.name);
        let files = place.get_or_init(|| {
            let dir = tempfile::tempdir().unwrap();
            self.filled(&Location::File(dir.path().join(FILE)));
            files(dir.path())
        });
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files {
            fs::write(dir.path().join(name), content).unwrap();
        }
        told(Db::open(&Location::File(dir.path().join(FILE))).unwrap());
    }

    /// Runs a test on a copy of its own in PostgreSQL; says so when there is no server.
    pub fn on_postgres(&self, told: impl FnOnce(Db)) {
        static MADE: Made<Option<Kept>> = Made::new();
        let place = MADE.at(self.name);
        let kept = place.get_or_init(|| {
            let database = Database::make()?;
            self.filled(&Location::Server { url: database.url(), schema: SCHEMA.to_owned() });
            Some(database.keep())
        });
        let Some(kept) = kept else { return };
        let own = kept.database().copy();
        told(Db::open(&Location::Server { url: own.url(), schema: SCHEMA.to_owned() }).unwrap());
    }

    /// Fills a new database and closes it, so that all of it lies in its files.
    fn filled(&self, location: &Location) {
        let db = Db::open(location).unwrap();
        db.migrate(self.migrations, crate::now()).unwrap();
        (self.fill)(&db);
    }
}

fn files(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|file| (file.file_name().unwrap().to_owned(), fs::read(&file).unwrap())).collect()
}
