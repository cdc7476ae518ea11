//! The floor under the cascade: one scan of the daily rows up to a date, on bare SQLite:
//! `cargo run --release -p db --example scan_floor -- data/demo/310112.db`.
#![expect(clippy::print_stdout, reason = "this is what it prints")]

use std::error::Error;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

/// 2025-03-31, 2025-06-30, 2025-09-30, 2025-12-31, 2026-01-31 in days since 1970-01-01.
const DAYS: [i64; 5] = [20_178, 20_269, 20_361, 20_453, 20_484];
const SCAN: &str = "SELECT community_id, SUM(dwellings), SUM(households), SUM(residents) FROM community_days
    WHERE day <= ?1 GROUP BY community_id";

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("say which district: data/demo/310112.db")?;
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    let mut statement = connection.prepare(SCAN)?;
    let mut times = Vec::new();
    for day in DAYS {
        let started = Instant::now();
        let mut rows = statement.query([day])?;
        let mut households: i64 = 0;
        while let Some(row) = rows.next()? {
            households += row.get::<_, i64>(2)?;
        }
        times.push(started.elapsed());
        assert!(households > 0, "nobody lives in this district");
    }
    times.sort();
    let middle: Duration = times[times.len() / 2];
    println!("{{\"scan_us\":{}}}", middle.as_micros());
    Ok(())
}
