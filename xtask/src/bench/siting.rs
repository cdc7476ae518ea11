//! Siting: the public benchmark files, each through `lilong site` as a user would run it, and through the peers.
//!
//! The files are no part of the project. `LILONG_SITING_DATA` says where they lie; otherwise `../shared/data/siting`
//! beside the checkout. `LILONG_SITING_SECONDS` shortens the limit of each file, for a first look; `LILONG_SITING_SETS`
//! names the folders to solve, parted by commas, where not all of them are wanted. As many files are
//! solved at once as there are cores: every solver here uses one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::{env, fs, thread};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::Measured;
use super::peers::{Answered, Peers};
use crate::{demo, place, run};

/// OR-Library's optima of `pmed1` to `pmed40` (Beasley 1985).
const OPTIMA: [i64; 40] = [
    5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255, 7696, 6634, 4374, 2968, 1729, 8162, 6999,
    4809, 2845, 1789, 9138, 8579, 4619, 2961, 1828, 9917, 8307, 4498, 3033, 1989, 10086, 9297, 4700, 3013,
    10400, 9934, 5057, 11060, 9423, 5128,
];
/// Seconds of each file.
const LIMIT: u64 = 60;
/// The same for Lilong where the bound is set by CPU time.
const PMED_LIMIT: u64 = 120;

/// A set of files, how they are written, and which peer is asked too.
struct Set {
    folder: &'static str,
    format: &'static str,
    peer: Option<Solver>,
}

/// The sets of rows 6 and 7, those that take longest last.
const SETS: [Set; 6] = [
    Set { folder: "pmed", format: "pmed", peer: Some(Solver::Spopt) },
    Set { folder: "sscflp_orlib", format: "sscflp-orlib", peer: None },
    Set { folder: "sscflp_holmberg", format: "sscflp-holmberg", peer: Some(Solver::Highs) },
    Set { folder: "pmedcap", format: "pmedcap", peer: None },
    Set { folder: "sscflp_yang", format: "sscflp-yang", peer: Some(Solver::Highs) },
    Set { folder: "sscflp_gadegaard", format: "sscflp-yang", peer: None },
];

/// Who solves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Solver {
    Lilong,
    Spopt,
    Highs,
}

/// One file for one solver.
struct Job {
    set: &'static Set,
    solver: Solver,
    file: PathBuf,
}

/// What came out for it.
struct Solved {
    folder: &'static str,
    solver: Solver,
    file: PathBuf,
    objective: Option<f64>,
    gap: Option<f64>,
    proven: bool,
    seconds: f64,
}

/// Rows 6 and 7.
pub fn files_of_others() -> Result<Vec<Measured>> {
    let mut jobs = Vec::new();
    for set in SETS.iter().filter(|set| wanted(set.folder)) {
        for file in files(set.folder)? {
            let solvers = std::iter::once(Solver::Lilong).chain(set.peer);
            jobs.extend(solvers.map(|solver| Job { set, solver, file: file.clone() }));
        }
    }
    demo::build()?;
    let peers = Peers::install()?;
    let mut by_set: BTreeMap<(&str, Solver), Vec<Solved>> = BTreeMap::new();
    for solved in all(jobs, &peers)? {
        by_set.entry((solved.folder, solved.solver)).or_default().push(solved);
    }
    let of = |folder, solver| by_set.get(&(folder, solver)).map_or(&[][..], Vec::as_slice);
    let mut table = Vec::new();
    if wanted("pmed") {
        table.extend(medians(of("pmed", Solver::Lilong), of("pmed", Solver::Spopt))?);
    }
    for folder in ["sscflp_holmberg", "sscflp_orlib", "pmedcap"].into_iter().filter(|it| wanted(it)) {
        let solved = of(folder, Solver::Lilong);
        let figure = format!("{}, slowest {:.2} s, {}", proven(solved), slowest(solved), gaps(solved));
        let holds = solved.iter().all(|one| one.proven);
        table.push(line(
            7,
            folder,
            figure,
            peer(of(folder, Solver::Highs)),
            "all proven in 60 s each",
            holds,
        ));
    }
    for folder in ["sscflp_yang", "sscflp_gadegaard"].into_iter().filter(|it| wanted(it)) {
        let solved = of(folder, Solver::Lilong);
        let within = solved.iter().filter(|one| one.gap.is_some_and(|gap| gap <= 0.01)).count();
        let figure = format!("{within} of {} within 1 %, {}, {}", solved.len(), proven(solved), gaps(solved));
        let bound = "gap ≤ 1 % in 60 s, aim 0.1 %";
        table.push(line(7, folder, figure, peer(of(folder, Solver::Highs)), bound, within == solved.len()));
    }
    Ok(table)
}

/// Is a set to be solved?
fn wanted(folder: &str) -> bool {
    env::var("LILONG_SITING_SETS").map_or(true, |sets| sets.split(',').any(|set| set == folder))
}

/// Row 6: p-medians of OR-Library.
fn medians(solved: &[Solved], others: &[Solved]) -> Result<Vec<Measured>> {
    let (mut right, mut most) = (0, 0.0_f64);
    for one in solved {
        if one.proven && one.objective == Some(optimum(&one.file)?) {
            right += 1;
        }
        let text = fs::read_to_string(&one.file).context("reading the size")?;
        let size: Vec<u64> = text.split_whitespace().take(3).filter_map(|word| word.parse().ok()).collect();
        if size[2] * 10 >= size[0] {
            most = most.max(one.seconds);
        }
    }
    let all: f64 = solved.iter().map(|one| one.seconds).sum();
    let slowest = slowest(solved);
    let of = format!("{right} of {} optimal and proven", solved.len());
    let none = || "—".to_owned();
    Ok(vec![
        line(6, "pmed", of, peer(others), "all", right == solved.len()),
        line(6, "pmed, p ≥ n/10: slowest", format!("{most:.2} s"), none(), "≤ 2 s each", most <= 2.0),
        line(6, "pmed: slowest", format!("{slowest:.2} s"), none(), "≤ 120 s each", slowest <= 120.0),
        line(6, "pmed: all", format!("{all:.1} s"), none(), "≤ 600 s", all <= 600.0),
    ])
}

/// The published optimum of `pmedN.txt`.
#[expect(clippy::cast_precision_loss, reason = "an optimum of a few digits")]
fn optimum(file: &Path) -> Result<f64> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let number: usize = name.trim_start_matches("pmed").parse().context("pmed's number")?;
    OPTIMA.get(number - 1).map(|best| *best as f64).context("no optimum is known")
}

/// Does every job, as many at once as there are cores; what came out, in the order of the jobs' ends.
fn all(jobs: Vec<Job>, peers: &Peers) -> Result<Vec<Solved>> {
    let jobs = Mutex::new(jobs.into_iter());
    let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> Result<Vec<Solved>> {
        let mut solved = Vec::new();
        while let Some(job) = next() {
            solved.push(job.solve(peers)?);
        }
        Ok(solved)
    };
    let cores = thread::available_parallelism().context("counting the cores")?.get();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut solved = Vec::new();
        for worker in workers {
            solved.extend(worker.join().map_err(|_| anyhow!("a worker broke off"))??);
        }
        Ok(solved)
    })
}

/// The files of a set, in the order of their names.
fn files(set: &str) -> Result<Vec<PathBuf>> {
    let data = env::var_os("LILONG_SITING_DATA")
        .map_or_else(|| place::root().join("../shared/data/siting"), PathBuf::from);
    let folder = data.join(set);
    if !folder.is_dir() {
        bail!(
            "{} is missing: the benchmark files are no part of the project; LILONG_SITING_DATA says where they lie",
            folder.display()
        );
    }
    let entries = fs::read_dir(&folder).with_context(|| format!("listing {}", folder.display()))?;
    let mut files: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>().context("listing the files")?;
    files.sort();
    Ok(files)
}

/// The limit of a file, or the shorter one asked for.
fn limit(seconds: u64) -> Result<u64> {
    env::var("LILONG_SITING_SECONDS")
        .map_or(Ok(seconds), |text| text.parse().context("LILONG_SITING_SECONDS"))
}

impl Job {
    fn solve(self, peers: &Peers) -> Result<Solved> {
        let (name, answered) = match self.solver {
            Solver::Lilong => ("lilong", self.by_lilong()?),
            Solver::Spopt => ("spopt", peers.spopt(&self.file, limit(LIMIT)?)?),
            Solver::Highs => ("HiGHS", self.by_highs(peers)?),
        };
        let Answered { objective, gap, proven, seconds } = answered;
        let (folder, file) = (self.set.folder, self.file.file_stem().unwrap_or_default().to_string_lossy());
        let found = objective.map_or_else(|| "nothing found".to_owned(), |objective| objective.to_string());
        let share = gap.map_or_else(String::new, |gap| format!(", gap {:.3} %", gap * 100.0));
        run::print(&format!("{folder} {file}, {name}: {found}{share}, proven {proven}, {seconds:.2} s"));
        Ok(Solved { folder, solver: self.solver, file: self.file, objective, gap, proven, seconds })
    }

    /// The command that a user would type.
    fn command(&self, seconds: u64) -> Command {
        let mut lilong = Command::new(place::lilong());
        lilong.args(["site", "--json", "--format", self.set.format, "--limit", &seconds.to_string()]);
        lilong.arg(&self.file);
        lilong
    }

    fn by_lilong(&self) -> Result<Answered> {
        let seconds = limit(if self.set.format == "pmed" { PMED_LIMIT } else { LIMIT })?;
        let said = run::answer(&mut self.command(seconds))
            .with_context(|| format!("lilong site failed on {}", self.file.display()))?;
        let answer: Value = serde_json::from_str(&said).context("reading the answer")?;
        Ok(Answered {
            objective: answer["objective"].as_f64(),
            gap: answer["gap"].as_f64(),
            proven: answer["proven"].as_bool().context("the answer does not say whether it is proven")?,
            seconds: answer["seconds"].as_f64().context("the answer does not say how long it took")?,
        })
    }

    /// HiGHS on the model that Lilong writes of the file.
    fn by_highs(&self, peers: &Peers) -> Result<Answered> {
        let folder = tempfile::tempdir().context("making a folder")?;
        let model = folder.path().join("model.mps");
        let mut lilong = self.command(0);
        lilong.arg("--write-mps").arg(&model);
        run::answer(&mut lilong).with_context(|| format!("no model of {}", self.file.display()))?;
        peers.highs(&model, limit(LIMIT)?)
    }
}

fn slowest(solved: &[Solved]) -> f64 {
    solved.iter().map(|one| one.seconds).fold(0.0, f64::max)
}

fn proven(solved: &[Solved]) -> String {
    format!("{} of {} proven", solved.iter().filter(|one| one.proven).count(), solved.len())
}

/// A peer's side of a line.
fn peer(solved: &[Solved]) -> String {
    let name = match solved.first().map(|one| one.solver) {
        None | Some(Solver::Lilong) => return "—".to_owned(),
        Some(Solver::Spopt) => "spopt with HiGHS",
        Some(Solver::Highs) => "HiGHS",
    };
    let seconds: f64 = solved.iter().map(|one| one.seconds).sum();
    format!("{name}: {} in 60 s each, {seconds:.0} s together", proven(solved))
}

/// The middle and the largest gap.
fn gaps(solved: &[Solved]) -> String {
    let mut gaps: Vec<f64> = solved.iter().map(|one| one.gap.unwrap_or(1.0) * 100.0).collect();
    gaps.sort_by(f64::total_cmp);
    let middle = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
    format!("gap {middle:.2} % in the middle, {:.2} % at most", gaps.last().copied().unwrap_or(0.0))
}

fn line(row: u8, what: &str, figure: String, against: String, bound: &'static str, holds: bool) -> Measured {
    Measured { row, what: what.to_owned(), figure, against, ratio: "—".to_owned(), bound, holds }
}
