//! Every parser and importer that reads what others wrote, on 100,000 inputs each, so that none panics or hangs.
//!
//! Where cargo-fuzz and a nightly compiler are, libFuzzer follows the coverage; elsewhere examples are changed at random.
//! The targets are those of `crates/hostile` both times.

use std::env;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use super::Measured;
use crate::{place, run};

/// Inputs of each target; `LILONG_FUZZ_INPUTS` says otherwise.
const INPUTS: &str = "100000";
/// The longest input that libFuzzer makes: more than the largest example.
const LONGEST: usize = 1 << 20;

/// Runs all targets; `LILONG_FUZZ_OF` names some of them.
pub fn fuzz() -> Result<Vec<Measured>> {
    let inputs = env::var("LILONG_FUZZ_INPUTS").unwrap_or_else(|_| INPUTS.into());
    // As tests are built: a sum that overflows ends it, as it would not in a release.
    let mut cargo = Command::new(place::cargo());
    run::run(cargo.current_dir(place::root()).args(["build", "--locked", "--package", "hostile"]))?;
    let hostile = place::target().join("debug/hostile");
    let names = run::answer(&mut Command::new(&hostile)).context("asking for the targets")?;
    let chosen = env::var("LILONG_FUZZ_OF").ok();
    let is_chosen =
        |name: &&str| chosen.as_ref().is_none_or(|of| of.split_whitespace().any(|it| it == *name));
    let follows = Follows::here();
    let mut lines = Vec::new();
    for name in names.lines().filter(is_chosen) {
        let started = Instant::now();
        let mut command = match &follows {
            Some(follows) => follows.command(&hostile, name, &inputs)?,
            None => by_chance(&hostile, name, &inputs)?,
        };
        run::run(&mut command).with_context(|| format!("{name} did not stand an input"))?;
        let how = if follows.is_some() { "libFuzzer" } else { "examples changed at random" };
        lines.push(Measured {
            row: 15,
            what: format!("inputs from strangers: {name}"),
            figure: format!("{inputs} inputs in {} s, none fell", started.elapsed().as_secs()),
            against: how.into(),
            ratio: "—".into(),
            bound: "none falls",
            holds: true,
        });
    }
    Ok(lines)
}

/// A seed of this run, which is told with the command.
fn by_chance(hostile: &std::path::Path, name: &str, inputs: &str) -> Result<Command> {
    let seed = std::fs::read_to_string("/proc/sys/kernel/random/uuid").context("drawing a seed")?;
    let seed = u64::from_str_radix(&seed[..8], 16).context("drawing a seed")?;
    let mut command = Command::new(hostile);
    command.args([name, inputs, &seed.to_string()]);
    Ok(command)
}

/// cargo-fuzz with a nightly compiler, and examples to begin from.
struct Follows {
    examples: tempfile::TempDir,
}

impl Follows {
    fn here() -> Option<Self> {
        run::answer(Command::new("cargo").args(["+nightly", "fuzz", "--version"]))?;
        Some(Self { examples: tempfile::tempdir().ok()? })
    }

    fn command(&self, hostile: &std::path::Path, name: &str, inputs: &str) -> Result<Command> {
        let corpus = self.examples.path().join(name);
        if !corpus.is_dir() {
            run::run(Command::new(hostile).arg("--examples").arg(self.examples.path()))?;
        }
        let mut command = Command::new("cargo");
        // Its own folder of builds: another compiler and other flags.
        command.current_dir(place::root()).env_remove("CARGO_TARGET_DIR").env_remove("RUSTUP_TOOLCHAIN");
        command.args(["+nightly", "fuzz", "run", name]).arg(corpus).arg("--");
        command.args([format!("-runs={inputs}"), format!("-max_len={LONGEST}"), "-timeout=20".into()]);
        Ok(command)
    }
}
