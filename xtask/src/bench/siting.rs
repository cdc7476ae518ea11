//! Siting: the public benchmark files, each through `lilong site` as a user would run it.
//!
//! The files are no part of the project. `LILONG_SITING_DATA` says where they lie; otherwise `../shared/data/siting`
//! beside the checkout. `LILONG_SITING_SECONDS` shortens the limit of each file, for a first look.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Measured;
use crate::{demo, place, run};

/// OR-Library's optima of `pmed1` to `pmed40` (Beasley 1985).
const OPTIMA: [i64; 40] = [
    5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255, 7696, 6634, 4374, 2968, 1729, 8162, 6999,
    4809, 2845, 1789, 9138, 8579, 4619, 2961, 1828, 9917, 8307, 4498, 3033, 1989, 10086, 9297, 4700, 3013,
    10400, 9934, 5057, 11060, 9423, 5128,
];
/// Seconds of each file.
const LIMIT: u64 = 60;
/// The same where the bound is set by CPU time.
const PMED_LIMIT: u64 = 120;

/// What came out for one file.
struct Solved {
    file: String,
    objective: f64,
    gap: f64,
    proven: bool,
    seconds: f64,
}

/// Rows 6 and 7.
pub fn files_of_others() -> Result<Vec<Measured>> {
    files("pmed")?;
    demo::build()?;
    let mut table = medians()?;
    table.extend(capacitated()?);
    Ok(table)
}

/// Row 6: p-medians of OR-Library.
fn medians() -> Result<Vec<Measured>> {
    let mut solved = Vec::new();
    let (mut wrong, mut many) = (Vec::new(), Vec::new());
    for file in files("pmed")? {
        let one = solve("pmed", &file, PMED_LIMIT)?;
        let number: usize =
            one.file.trim_matches(|c: char| !c.is_ascii_digit()).parse().context("pmed's number")?;
        let best = OPTIMA.get(number - 1).context("no optimum is known")?;
        if !one.proven || (one.objective - whole(*best)).abs() > 0.0 {
            wrong.push(one.file.clone());
        }
        let text = fs::read_to_string(&file).context("reading the size")?;
        let size: Vec<u64> = text.split_whitespace().take(3).filter_map(|word| word.parse().ok()).collect();
        if size[2] * 10 >= size[0] {
            many.push(one.seconds);
        }
        solved.push(one);
    }
    let all: f64 = solved.iter().map(|one| one.seconds).sum();
    let slowest = slowest(&solved);
    let of = format!("{} of {} optimal and proven", solved.len() - wrong.len(), solved.len());
    let most = many.iter().copied().fold(0.0, f64::max);
    Ok(vec![
        line(6, "pmed", of, "all", wrong.is_empty()),
        line(6, "pmed, p ≥ n/10: slowest", format!("{most:.2} s"), "≤ 2 s each", most <= 2.0),
        line(6, "pmed: slowest", format!("{slowest:.2} s"), "≤ 120 s each", slowest <= 120.0),
        line(6, "pmed: all", format!("{all:.1} s"), "≤ 600 s", all <= 600.0),
    ])
}

/// Row 7: single source with capacity.
fn capacitated() -> Result<Vec<Measured>> {
    let mut table = Vec::new();
    for (folder, format) in
        [("sscflp_holmberg", "sscflp-holmberg"), ("sscflp_orlib", "sscflp-orlib"), ("pmedcap", "pmedcap")]
    {
        let solved = all_of(folder, format)?;
        let proven = solved.iter().filter(|one| one.proven).count();
        let slowest = slowest(&solved);
        let figure =
            format!("{proven} of {} proven, slowest {slowest:.2} s, {}", solved.len(), gaps(&solved));
        table.push(line(7, folder, figure, "all proven in 60 s each", proven == solved.len()));
    }
    for folder in ["sscflp_yang", "sscflp_gadegaard"] {
        let solved = all_of(folder, "sscflp-yang")?;
        let within = solved.iter().filter(|one| one.gap <= 0.01).count();
        let figure = format!("{within} of {} within 1 %, {}", solved.len(), gaps(&solved));
        table.push(line(7, folder, figure, "gap ≤ 1 % in 60 s, aim 0.1 %", within == solved.len()));
    }
    Ok(table)
}

fn all_of(folder: &str, format: &str) -> Result<Vec<Solved>> {
    files(folder)?.iter().map(|file| solve(format, file, LIMIT)).collect()
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

fn solve(format: &str, file: &Path, limit: u64) -> Result<Solved> {
    let limit = env::var("LILONG_SITING_SECONDS").unwrap_or_else(|_| limit.to_string());
    let mut lilong = Command::new(place::lilong());
    lilong.args(["site", "--json", "--format", format, "--limit", &limit]).arg(file);
    let said =
        run::answer(&mut lilong).with_context(|| format!("lilong site failed on {}", file.display()))?;
    let answer: Value = serde_json::from_str(&said).context("reading the answer")?;
    let number = |name: &str| answer[name].as_f64().with_context(|| format!("the answer has no {name}"));
    let solved = Solved {
        file: file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        objective: number("objective")?,
        gap: number("gap")?,
        proven: answer["proven"].as_bool().context("the answer does not say whether it is proven")?,
        seconds: number("seconds")?,
    };
    let Solved { file: name, gap, proven, seconds, .. } = &solved;
    let (objective, bound) = (&answer["objective"], &answer["bound"]);
    run::print(&format!(
        "{format} {name}: {objective}, bound {bound}, gap {:.3} %, proven {proven}, {seconds:.2} s",
        gap * 100.0
    ));
    Ok(solved)
}

fn slowest(solved: &[Solved]) -> f64 {
    solved.iter().map(|one| one.seconds).fold(0.0, f64::max)
}

/// The middle and the largest gap.
fn gaps(solved: &[Solved]) -> String {
    let mut gaps: Vec<f64> = solved.iter().map(|one| one.gap * 100.0).collect();
    gaps.sort_by(f64::total_cmp);
    let middle = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
    format!("gap {middle:.2} % in the middle, {:.2} % at most", gaps.last().copied().unwrap_or(0.0))
}

#[expect(clippy::cast_precision_loss, reason = "an optimum of a few digits")]
fn whole(number: i64) -> f64 {
    number as f64
}

fn line(row: u8, what: &str, figure: String, bound: &'static str, holds: bool) -> Measured {
    let none = || "—".to_owned();
    Measured { row, what: what.to_owned(), figure, against: none(), ratio: none(), bound, holds }
}
