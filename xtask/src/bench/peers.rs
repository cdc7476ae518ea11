//! The peers of the siting measures: installed by the measure, never by the product.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{place, run};

/// The versions measured against, current in November 2026.
const PACKAGES: [&str; 3] = ["spopt==0.7.0", "pulp==3.3.2", "highspy==1.16.0"];
const SCRIPT: &str = include_str!("peers.py");

/// Python with the peers in it.
pub struct Peers {
    python: PathBuf,
    script: PathBuf,
}

/// What a peer made of a problem within its time.
pub struct Answered {
    /// `None` where no answer was found.
    pub objective: Option<f64>,
    /// Its own gap, where it says one.
    pub gap: Option<f64>,
    pub proven: bool,
    /// With building the model.
    pub seconds: f64,
}

impl Peers {
    /// Installs them beside what may be thrown away at any time; what is there already is kept.
    pub fn install() -> Result<Self> {
        let folder = place::cache().join("peers");
        let python = folder.join("bin/python");
        if !python.is_file() {
            run::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        run::run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
        let script = folder.join("peers.py");
        fs::write(&script, SCRIPT).with_context(|| format!("writing {}", script.display()))?;
        Ok(Self { python, script })
    }

    /// spopt with HiGHS, on a p-median file of OR-Library.
    pub fn spopt(&self, file: &Path, seconds: u64) -> Result<Answered> {
        self.ask("spopt", file, seconds)
    }

    /// HiGHS alone, on a model in MPS.
    pub fn highs(&self, file: &Path, seconds: u64) -> Result<Answered> {
        self.ask("highs", file, seconds)
    }

    fn ask(&self, what: &str, file: &Path, seconds: u64) -> Result<Answered> {
        let mut python = Command::new(&self.python);
        python.arg(&self.script).arg(what).arg(file).arg(seconds.to_string());
        let said =
            run::answer(&mut python).with_context(|| format!("{what} failed on {}", file.display()))?;
        // The last line: a solver may greet first.
        let line = said.lines().last().unwrap_or_default();
        let answer: Value = serde_json::from_str(line).with_context(|| format!("{what} said {said:?}"))?;
        Ok(Answered {
            objective: answer["objective"].as_f64(),
            gap: answer["gap"].as_f64(),
            proven: answer["proven"].as_bool().context("the peer does not say whether it is proven")?,
            seconds: answer["seconds"].as_f64().context("the peer does not say how long it took")?,
        })
    }
}
