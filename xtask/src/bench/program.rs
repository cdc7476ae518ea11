//! The program as a whole: how long it takes to build and to start, how large it is.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Measured;
use crate::server::Server;
use crate::{demo, place, run};

/// Starts per figure: the median of five.
const STARTS: usize = 5;
const READY_BOUND: Duration = Duration::from_millis(500);
const IDLE_BOUND_MIB: u64 = 120;
const LOADED_BOUND_MIB: u64 = 300;
const BUILD_BOUND: Duration = Duration::from_mins(12);
const SIZE_BOUND_MIB: u64 = 60;
/// Longer than any start that is worth waiting for.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Row 5: ready to answer, and what it holds in memory when nobody asks.
pub fn start() -> Result<Vec<Measured>> {
    demo::build()?;
    let folder = tempfile::tempdir().context("making a folder")?;
    let data = folder.path().join("data").display().to_string();
    run::run(Command::new(place::lilong()).current_dir(place::root()).args([
        "demo",
        "--no-serve",
        "--data",
        &data,
    ]))?;
    Ok(started(&["serve", "--data", &data], &folder.path().join("log"), "")?.into())
}

/// Row 5 of a district that is there, served by these words; `on` names the engine where it is not SQLite.
pub(super) fn started(serve: &[&str], log: &Path, on: &str) -> Result<[Measured; 2]> {
    let mut times = Vec::new();
    let mut idle = 0;
    for _ in 0..STARTS {
        let started = Instant::now();
        let server = Server::start(serve, log, START_LIMIT)?;
        times.push(started.elapsed());
        idle = idle.max(memory_mib(server.process(), "VmRSS:")?);
    }
    times.sort();
    let (ready, what) = (times[STARTS / 2], format!("ready after start{on}"));
    Ok([
        alone(5, &what, &format!("{} ms", ready.as_millis()), "≤ 500 ms", ready <= READY_BOUND),
        alone(
            5,
            &format!("memory when idle{on}"),
            &format!("{idle} MiB"),
            "≤ 120 MB",
            idle <= IDLE_BOUND_MIB,
        ),
    ])
}

/// What row 5 says of memory under the load that a server has had until now.
pub(super) fn loaded(server: &Server, on: &str) -> Result<Measured> {
    let most = memory_mib(server.process(), "VmHWM:")?;
    let what = format!("memory under all of this load, at most{on}");
    Ok(alone(5, &what, &format!("{most} MiB"), "≤ 300 MB", most <= LOADED_BOUND_MIB))
}

/// Row 14: what someone who builds it from source waits for, and what they carry away.
pub fn build() -> Result<Vec<Measured>> {
    let target = tempfile::tempdir().context("making a folder")?;
    let mut cargo = Command::new(place::cargo());
    cargo.current_dir(place::root()).env("CARGO_TARGET_DIR", target.path());
    let started = Instant::now();
    run::run(cargo.args(["build", "--release", "--locked", "--package", "cli"]))?;
    let took = started.elapsed();
    let size = fs::metadata(target.path().join("release/lilong")).context("looking at the program")?.len();
    let mib = size.div_ceil(1024 * 1024);
    Ok(vec![
        alone(14, "clean release build", &format!("{} s", took.as_secs()), "≤ 12 min", took <= BUILD_BOUND),
        alone(14, "the program", &format!("{mib} MiB"), "≤ 60 MB", mib <= SIZE_BOUND_MIB),
    ])
}

/// A figure whose bound stands alone.
fn alone(row: u8, what: &str, figure: &str, bound: &'static str, holds: bool) -> Measured {
    let none = || "—".to_owned();
    Measured {
        row,
        what: what.to_owned(),
        figure: figure.to_owned(),
        against: none(),
        ratio: none(),
        bound,
        holds,
    }
}

/// What a process holds in memory, `VmRSS:`, or has held at most, `VmHWM:`, as Linux tells it.
pub fn memory_mib(process: u32, which: &str) -> Result<u64> {
    let status =
        fs::read_to_string(format!("/proc/{process}/status")).context("memory is read from Linux's /proc")?;
    let line =
        status.lines().find_map(|line| line.strip_prefix(which)).with_context(|| format!("no {which}"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().with_context(|| format!("reading {which}"))?;
    Ok(kib.div_ceil(1024))
}
