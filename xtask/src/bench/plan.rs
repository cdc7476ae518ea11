//! The district's station plan, through `lilong plan` on the full-size demonstration; and the stress that is no plan:
//! each town as one grid.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Measured;
use super::peers::{Answered, Peers};
use crate::{demo, place, run};

/// Runs per figure: the median of five.
const RUNS: usize = 5;
/// Seconds for HiGHS: the ten of a town, for all of them.
const HIGHS_LIMIT: u64 = 140;

/// Row 8.
pub fn plan() -> Result<Vec<Measured>> {
    demo::build()?;
    let folder = tempfile::tempdir().context("making a folder")?;
    let data = folder.path().join("data");
    let mut lilong = Command::new(place::lilong());
    run::run(lilong.current_dir(place::root()).args(["demo", "--no-serve", "--data"]).arg(&data))?;
    let mut all = Vec::new();
    for _ in 0..RUNS {
        all.push(Solved::new(&data, &[])?);
    }
    let proven = all.iter().all(|solved| solved.proven);
    let mut seconds: Vec<f64> = all.iter().map(|solved| solved.seconds).collect();
    seconds.sort_by(f64::total_cmp);
    let middle = seconds[RUNS / 2];
    let said = if proven { "proven" } else { "not proven" };
    let towns = Solved::new(&data, &["--towns-as-grids"])?;
    let worst = towns.worst.context("the plan does not say how wide the gap of a town is")?;
    let peers = Peers::install()?;
    let highs = |more: &[&str], limit| -> Result<String> {
        let model = folder.path().join("model.mps");
        Solved::new(&data, &[&["--write-mps", &model.to_string_lossy()], more].concat())?;
        let Answered { gap, proven, seconds, .. } = peers.highs(&model, limit)?;
        Ok(match gap {
            _ if proven => format!("HiGHS on the same model: proven in {seconds:.1} s"),
            Some(gap) => format!("HiGHS on the same model: gap {:.2} % in {seconds:.0} s", gap * 100.0),
            None => format!("HiGHS on the same model: nothing found in {seconds:.0} s"),
        })
    };
    Ok(vec![
        line(
            "the district's plan",
            format!("{middle:.3} s, {said}"),
            highs(&[], HIGHS_LIMIT)?,
            "proven in ≤ 1 s",
            proven && middle <= 1.0,
        ),
        line(
            "each town as one grid",
            format!(
                "gap {:.2} % of the whole, at most {:.2} % in a town, {:.1} s for all of them",
                towns.gap * 100.0,
                worst * 100.0,
                towns.seconds
            ),
            highs(&["--towns-as-grids"], HIGHS_LIMIT)?,
            "within 1 % in 10 s a town",
            // What all of them take, none of them exceeds.
            worst <= 0.01 && towns.seconds <= 10.0,
        ),
    ])
}

/// What `lilong plan --json` said.
struct Solved {
    seconds: f64,
    gap: f64,
    proven: bool,
    /// The widest gap of any town, where the towns are the grids.
    worst: Option<f64>,
}

impl Solved {
    fn new(data: &Path, more: &[&str]) -> Result<Self> {
        let mut lilong = Command::new(place::lilong());
        lilong.args(["plan", "--json", "--data"]).arg(data).args(more);
        let said = run::answer(&mut lilong).context("lilong plan failed")?;
        let plan: Value = serde_json::from_str(&said).context("reading the plan")?;
        let number = |name: &str| plan[name].as_f64().with_context(|| format!("the plan has no {name}"));
        Ok(Self {
            seconds: number("seconds")?,
            gap: number("gap")?,
            worst: plan["worst_town"].as_f64(),
            proven: plan["proven"].as_bool().context("the plan does not say whether it is proven")?,
        })
    }
}

fn line(what: &str, figure: String, against: String, bound: &'static str, holds: bool) -> Measured {
    Measured { row: 8, what: what.to_owned(), figure, against, ratio: "—".to_owned(), bound, holds }
}
