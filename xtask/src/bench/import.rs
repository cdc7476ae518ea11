//! Row 2: the whole register from one workbook, against reading its cells and bare inserts of the same rows.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Measured;
use crate::{demo, place, run};

/// Imports and floors per figure, in turns: the median of five.
const TURNS: usize = 5;
/// The day of the demonstration.
const DAY: &str = "2026-01-31";
const RATIO_BOUND_PERCENT: u128 = 150;
const MEMORY_BOUND_MIB: u64 = 500;

/// Measures the import of the full-size register into an empty district.
pub fn import() -> Result<Vec<Measured>> {
    demo::build()?;
    run::run(Command::new(place::cargo()).current_dir(place::root()).args([
        "build",
        "--release",
        "--locked",
        "--package",
        "db",
        "--example",
        "import_floor",
    ]))?;
    let folder = tempfile::tempdir().context("making a folder")?;
    let at = |name: &str| folder.path().join(name).display().to_string();
    let workbook = at("register.xlsx");
    lilong(&["demo", "--no-serve", "--data", &at("demo")])?;
    lilong(&["export", "--data", &at("demo"), "--on", DAY, &workbook])?;
    let (mut imports, mut floors, mut peak) = (Vec::new(), Vec::new(), 0);
    for turn in 0..TURNS {
        let data = at(&format!("new-{turn}"));
        let (took, memory) = watched(&["import", "--data", &data, "--on", DAY, &workbook])?;
        imports.push(took);
        peak = peak.max(memory);
        let database = Path::new(&data).join("310112.db").display().to_string();
        floors.push(floor(&workbook, &database)?);
        fs::remove_dir_all(&data).with_context(|| format!("removing {data}"))?;
    }
    imports.sort();
    floors.sort();
    let (took, floor) = (imports[TURNS / 2], floors[TURNS / 2]);
    let percent = took.as_millis() * 100 / floor.as_millis().max(1);
    Ok(vec![
        Measured {
            row: 2,
            what: "import of the whole register from one workbook".to_owned(),
            figure: format!("{} ms", took.as_millis()),
            against: format!("reading the cells and bare inserts: {} ms", floor.as_millis()),
            ratio: format!("{}.{:02}", percent / 100, percent % 100),
            bound: "≤ 1.5 × the floor",
            holds: percent <= RATIO_BOUND_PERCENT,
        },
        Measured {
            row: 2,
            what: "memory of the import".to_owned(),
            figure: format!("{peak} MiB"),
            against: "—".to_owned(),
            ratio: "—".to_owned(),
            bound: "≤ 500 MB",
            holds: peak <= MEMORY_BOUND_MIB,
        },
    ])
}

/// Loads the register of the demonstration below a folder into a district beside it, which adopts a handbook: what an
/// officer has who begins with a workbook. Nothing is entered there that the register does not hold itself.
pub(super) fn loaded(demo: &Path, data: &Path) -> Result<()> {
    let folder = tempfile::tempdir().context("making a folder")?;
    let workbook = folder.path().join("register.xlsx").display().to_string();
    let (demo, data) = (demo.display().to_string(), data.display().to_string());
    lilong(&["export", "--data", &demo, "--on", DAY, &workbook])?;
    lilong(&["import", "--data", &data, "--on", DAY, &workbook])?;
    lilong(&["handbook", "adopt", "handbooks/minhang-2.0.toml", "--from", "2025-01-01", "--data", &data])
}

fn lilong(args: &[&str]) -> Result<()> {
    run::run(Command::new(place::lilong()).current_dir(place::root()).args(args).stdout(Stdio::null()))
}

/// Runs the program; how long it took and the most memory it held, as Linux counts it.
fn watched(args: &[&str]) -> Result<(Duration, u64)> {
    let started = Instant::now();
    let mut child = Command::new(place::lilong())
        .current_dir(place::root())
        .args(args)
        .stdout(Stdio::null())
        .spawn()
        .context("starting lilong")?;
    let mut peak = 0;
    loop {
        peak = peak.max(peak_mib(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait().context("waiting for lilong")? {
            ensure!(status.success(), "lilong {} failed", args.join(" "));
            return Ok((started.elapsed(), peak));
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn peak_mib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib.div_ceil(1024))
}

/// The floor of the same run: it prints the milliseconds of its two parts.
fn floor(workbook: &str, database: &str) -> Result<Duration> {
    let program = place::target().join("release/examples/import_floor");
    let output = Command::new(program).args([workbook, database]).output().context("running the floor")?;
    ensure!(output.status.success(), "the floor failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).context("reading the floor")?;
    let parts: Vec<u64> =
        text.split_whitespace().map(str::parse).collect::<Result<_, _>>().context("floor")?;
    Ok(Duration::from_millis(parts.iter().sum()))
}
