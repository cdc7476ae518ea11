//! What a district holds, and whether anything is wrong with it.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use db::archive::{self, Sum};
use db::{Db, params};
use serde_json::Value;

use crate::place::Place;

db::statements! {
    // Of a program that was killed a session may live on for a moment, and come to its commit.
    AT_WORK = "SELECT CAST(COUNT(*) AS BIGINT) FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'";
}

/// Between two looks at them.
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
/// A session whose client was killed is over within this.
const SESSION_LIMIT: Duration = Duration::from_mins(1);

/// Every table that holds facts: how many rows, and their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub version: i64,
    pub tables: BTreeMap<String, Sum>,
}

impl Picture {
    /// Of what lies at a place, once whoever worked on it is gone; `None` where nothing is.
    pub fn of(place: &Place) -> Option<Self> {
        let db = left(place)?;
        let version = db.version().unwrap();
        let tables = db.snapshot(|tx| archive::sums(tx, &district::kit::NOT_FACTS)).unwrap();
        Some(Self { version, tables })
    }

    /// The rows of each table: what two runs have in common that drew ids of their own.
    pub fn rows(&self) -> BTreeMap<&str, u64> {
        self.tables.iter().map(|(name, sum)| (name.as_str(), sum.rows)).collect()
    }

    /// Without some tables.
    pub fn without(mut self, names: &[&str]) -> Self {
        self.tables.retain(|name, _| !names.contains(&name.as_str()));
        self
    }
}

/// The version of the schema there, once whoever worked on it is gone.
pub fn version(place: &Place) -> Option<i64> {
    left(place).map(|db| db.version().unwrap())
}

/// The database of a place that nobody works on any longer.
fn left(place: &Place) -> Option<Db> {
    let db = place.find()?;
    nobody_is_at_work(&db);
    Some(db)
}

/// Waits until nobody works on a database any longer.
pub fn nobody_is_at_work(db: &Db) {
    let started = Instant::now();
    while db.is_postgres() {
        let others: i64 = db.read(|tx| tx.one(&AT_WORK, params![])?.get(0)).unwrap();
        if others == 0 {
            break;
        }
        assert!(started.elapsed() < SESSION_LIMIT, "{others} sessions live on");
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// Has the doctor nothing to say? The audit's chain, the key, the schema are among what it looks at.
pub fn nothing_is_wrong(place: &Place) {
    let output = place.lilong(&["doctor", "--json"]).stdout(Stdio::piped()).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    for check in found.as_array().unwrap() {
        assert_ne!(check["found"], "wrong", "{check}");
    }
}
