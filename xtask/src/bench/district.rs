//! Making the full-size district, and its cascade.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Measured, import};
use crate::{demo, place, run};

/// Between two looks at a process's memory.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
const DEMO_BOUND: f64 = 60.0;
const DEMO_RATIO: f64 = 4.0;
const MEMORY_BOUND_MIB: u64 = 600;
const COLD_BOUND_US: u64 = 50_000;
const WARM_BOUND_US: u64 = 5_000;

/// Row 1: from an empty folder to a district that is ready.
pub fn demo() -> Result<Vec<Measured>> {
    let folder = tempfile::tempdir().context("making a folder")?;
    let (seconds, peak) = make(&folder.path().join("data"))?;
    let floor = example("db", "bare_inserts", &[&file(folder.path())])?;
    let bare = floor["seconds"].as_f64().context("the floor's seconds")?;
    let ratio = seconds / bare;
    Ok(vec![
        Measured {
            row: 1,
            what: "the demonstration district".into(),
            figure: format!("{seconds:.1} s"),
            against: format!("{bare:.1} s for {} rows", floor["rows"]),
            ratio: format!("{ratio:.1}×"),
            bound: "≤ 60 s, ≤ 4×",
            holds: seconds <= DEMO_BOUND && ratio <= DEMO_RATIO,
        },
        Measured {
            row: 1,
            what: "its memory at most".into(),
            figure: format!("{peak} MiB"),
            against: "—".into(),
            ratio: "—".into(),
            bound: "≤ 600 MB",
            holds: peak <= MEMORY_BOUND_MIB,
        },
    ])
}

/// Row 4: the cascade on any date, where factors were entered and where they are derived from the register.
pub fn cascade() -> Result<Vec<Measured>> {
    let folder = tempfile::tempdir().context("making a folder")?;
    make(&folder.path().join("data"))?;
    import::loaded(&folder.path().join("data"), &folder.path().join("loaded/data"))?;
    let mut table = cascade_of("the demonstration", folder.path())?;
    table.extend(cascade_of("its register loaded from a workbook", &folder.path().join("loaded"))?);
    Ok(table)
}

/// The cascade of the district below a folder.
fn cascade_of(district: &str, folder: &Path) -> Result<Vec<Measured>> {
    let took = example("district", "cascade", &[&file(folder)])?;
    let floor = example("db", "scan_floor", &[&file(folder)])?;
    let micros = |of: &Value, name: &str| of[name].as_u64().with_context(|| format!("no {name}"));
    let (cold, warm, scan) =
        (micros(&took, "cold_us")?, micros(&took, "warm_us")?, micros(&floor, "scan_us")?);
    let line = |asked: &str, figure: u64, bound: &'static str, holds: bool| Measured {
        row: 4,
        what: format!("the cascade of {district}, {asked}"),
        figure: millis(figure),
        against: format!("{} for one scan of the daily rows", millis(scan)),
        ratio: tenths(figure, scan),
        bound,
        holds,
    };
    Ok(vec![
        line("never asked for before", cold, "≤ 50 ms", cold <= COLD_BOUND_US),
        line("asked for again", warm, "≤ 5 ms", warm <= WARM_BOUND_US),
    ])
}

/// `1.2 ms`.
fn millis(micros: u64) -> String {
    format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100)
}

/// `0.8×`.
pub(super) fn tenths(figure: u64, floor: u64) -> String {
    let tenths = figure * 10 / floor.max(1);
    format!("{}.{}×", tenths / 10, tenths % 10)
}

/// Makes the full-size district; its seconds, and the most memory it held in MiB.
fn make(data: &Path) -> Result<(f64, u64)> {
    demo::build()?;
    let mut lilong = Command::new(place::lilong());
    lilong.current_dir(place::root()).args(["demo", "--no-serve", "--data"]).arg(data);
    let started = Instant::now();
    let mut process = run::start(lilong.stdout(Stdio::null()))?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = process.0.try_wait().context("looking at the program")? {
            break status;
        }
        peak = most_memory(process.0.id()).unwrap_or(0).max(peak);
        std::thread::sleep(BETWEEN_LOOKS);
    };
    ensure!(status.success(), "the district was not made: {status}");
    Ok((started.elapsed().as_secs_f64(), peak))
}

/// The district's file below a folder.
fn file(folder: &Path) -> PathBuf {
    folder.join("data/310112.db")
}

/// The most a process has held in memory, in MiB, as Linux tells it.
fn most_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib.div_ceil(1024))
}

/// What an example of a crate prints, optimised.
fn example(package: &str, name: &str, arguments: &[&Path]) -> Result<Value> {
    let mut cargo = Command::new(place::cargo());
    cargo.current_dir(place::root()).args(["run", "--quiet", "--release", "--locked", "--package", package]);
    cargo.args(["--example", name, "--"]).args(arguments);
    let printed = run::answer(&mut cargo).with_context(|| format!("{name} failed"))?;
    serde_json::from_str(printed.trim()).with_context(|| format!("{name} printed {printed}"))
}
