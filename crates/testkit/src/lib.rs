//! A new, migrated database on each engine for a test.
//!
//! `db_test!` runs one contract on SQLite and on PostgreSQL. The server is named by `LILONG_TEST_DATABASE_URL`, which
//! `cargo xtask test` sets after starting one of its own; without it the PostgreSQL half says that it was skipped.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod patterns;
mod server;

use std::sync::atomic::{AtomicU32, Ordering};

pub use base::{Day, Instant};
use db::{Db, Location, Migration};
pub use patterns::Pattern;
pub use server::{Cluster, Database};

/// The demonstration's clock, 2026-01-31 10:00 in Shanghai: the time of every test that needs none of its own.
pub fn now() -> Instant {
    Instant::at(Day::parse("2026-01-31").unwrap(), 10, 0)
}

/// Runs a contract on a new SQLite file.
pub fn on_sqlite(migrations: &[Migration], contract: impl FnOnce(&Db)) {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(&Location::File(dir.path().join("310112.db"))).unwrap();
    db.migrate(migrations, now()).unwrap();
    contract(&db);
}

/// Runs a contract on a new PostgreSQL schema, which is dropped afterwards; says so when there is no server.
pub fn on_postgres(migrations: &[Migration], contract: impl FnOnce(&Db)) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var("LILONG_TEST_DATABASE_URL") else {
        println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
        return;
    };
    let schema = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let guard = Dropped { url: &url, schema: &schema };
    let db = Db::open(&Location::Server { url: url.clone(), schema: schema.clone() }).unwrap();
    db.migrate(migrations, now()).unwrap();
    contract(&db);
    drop(db);
    drop(guard);
}

/// A schema that is dropped however the test ends.
#[derive(Debug)]
pub struct Dropped<'a> {
    /// The server.
    pub url: &'a str,
    /// The schema.
    pub schema: &'a str,
}

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        let _ = Db::drop_schema(self.url, self.schema);
    }
}

/// One contract, two tests: `db_test!(a_town_is_found, crate::MIGRATIONS, |db| { … });`.
#[macro_export]
macro_rules! db_test {
    ($(#[$meta:meta])* $name:ident, $migrations:expr, |$db:ident| $contract:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "a contract may name nothing of its module")]
            use super::*;

            fn contract($db: &db::Db) $contract

            #[test]
            fn sqlite() {
                $crate::on_sqlite(&$migrations, contract);
            }

            #[test]
            fn postgres() {
                $crate::on_postgres(&$migrations, contract);
            }
        }
    };
}
