//! Row 15: the program ended without warning at random moments of each long operation, at full size, on both engines.
//!
//! The kills are those of `crates/cli/tests/proof`, more of them and on a whole district.

use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Measured;
use crate::postgres::Cluster;
use crate::{place, run};

/// Kills of each operation on each engine; `LILONG_KILLS` says otherwise.
const KILLS: &str = "200";
/// A whole district; `LILONG_KILLS_SIZE` says otherwise.
const SIZE: &str = "1";
/// The tests that kill, by their modules; `LILONG_KILLS_OF` names some of them.
const PROOFS: &str = "import migration adoption backup rekey";

/// Kills, and says what each kill found. A broken invariant ends it with what it was, and the seed of its moments.
pub fn kills() -> Result<Vec<Measured>> {
    let cluster = Cluster::durable()?;
    let folder = tempfile::tempdir().context("making a folder")?;
    let report = folder.path().join("report");
    let or = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.into());
    let proofs = or("LILONG_KILLS_OF", PROOFS);
    let mut cargo = Command::new(place::cargo());
    cargo.current_dir(place::root());
    cargo.args(["test", "--release", "--locked", "--package", "cli", "--test", "proof", "--"]);
    cargo.args(proofs.split_whitespace().map(|proof| format!("{proof}::"))).arg("--nocapture");
    cargo.env("LILONG_TEST_DATABASE_URL", cluster.address()).env("LILONG_KILLS_REPORT", &report);
    cargo.env("LILONG_KILLS", or("LILONG_KILLS", KILLS));
    cargo.env("LILONG_KILLS_SIZE", or("LILONG_KILLS_SIZE", SIZE));
    let outcome = run::run(&mut cargo);
    let lines = fs::read_to_string(&report).unwrap_or_default();
    for line in lines.lines() {
        run::print(line);
    }
    outcome.context("a kill broke something: above is what, and the seed of its moments")?;
    ensure!(!lines.is_empty(), "nothing was killed");
    lines.lines().map(measured).collect()
}

/// `import⇥Sqlite⇥200⇥120 there, 80 absent⇥0`.
fn measured(line: &str) -> Result<Measured> {
    let parts: Vec<&str> = line.split('\t').collect();
    let [operation, engine, kills, found, broken] = parts[..] else {
        anyhow::bail!("“{line}” is no line of the report")
    };
    Ok(Measured {
        row: 15,
        what: format!("{operation}, {engine}"),
        figure: format!("{kills} kills: {found}; {broken} broken"),
        against: "—".into(),
        ratio: "—".into(),
        bound: "0 broken",
        holds: broken == "0",
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_of_the_report_is_a_line_of_the_table() {
        let line = super::measured("import\tSqlite\t20\t4 there, 16 absent\t0").unwrap();
        assert_eq!(line.figure, "20 kills: 4 there, 16 absent; 0 broken");
        assert!(line.holds && !super::measured("import\tSqlite\t20\t4 there\t1").unwrap().holds);
        assert!(super::measured("import").is_err());
    }
}
