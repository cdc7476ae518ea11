//! How long the cascade of a district takes: never asked for before (cold) and kept (warm): `cargo run --release -p district --example cascade -- data/demo/310112.db`.
#![expect(clippy::print_stdout, reason = "this is what it prints")]

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use base::Day;
use db::{Db, Location};
use district::Memory;
use district::coverage::Part;

/// Days of the year that are asked for.
const DAYS: [&str; 5] = ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31", "2026-01-31"];

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("say which district: data/demo/310112.db")?;
    let db = Db::open(&Location::File(PathBuf::from(path)))?;
    let memory = Memory::default();
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for day in DAYS {
        let day: Day = day.parse()?;
        let ask = || -> Result<Duration, district::Error> {
            let started = Instant::now();
            db.read(|tx| Ok::<_, district::Error>(memory.standings(tx, day)?.cascade(Part::default())))?;
            Ok(started.elapsed())
        };
        cold.push(ask()?);
        warm.push(ask()?);
    }
    println!("{{\"cold_us\":{},\"warm_us\":{}}}", middle(cold).as_micros(), middle(warm).as_micros());
    Ok(())
}

/// The median.
fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
