//! `cargo xtask ci`: the checks. All of them run, so that one look tells everything; any that fails fails the whole.

mod files;
mod styles;
pub mod tools;

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{node, place, run, setup};

type Check = (&'static str, fn() -> Result<()>);

/// In the order of the time they take.
const CHECKS: [Check; 9] = [
    ("files", files::check),
    ("styles", styles::check),
    ("spelling", spelling),
    ("format", format),
    ("licences and bans", licences),
    ("types of the browser tests", types),
    ("lints", lints),
    ("documentation", documentation),
    // Last, as all others have run by then.
    ("nothing generated has changed", unchanged),
];

/// Runs every check and says which failed.
pub fn ci() -> Result<()> {
    setup::for_build()?;
    tools::install()?;
    node::install()?;
    let mut failed = Vec::new();
    for (name, check) in CHECKS {
        match check() {
            Ok(()) => run::say(&format!("✓ {name}")),
            Err(error) => {
                run::say(&format!("✗ {name}: {error:#}"));
                failed.push(name);
            }
        }
        if run::interrupted() {
            bail!("interrupted");
        }
    }
    run::print(&format!("checks: {} passed, {} failed", CHECKS.len() - failed.len(), failed.len()));
    if !failed.is_empty() {
        bail!("{}", failed.join(", "));
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(place::cargo());
    cargo.current_dir(place::root()).args(arguments);
    cargo
}

fn format() -> Result<()> {
    run::run(&mut cargo(&["fmt", "--all", "--check"]))
}

fn lints() -> Result<()> {
    let mut clippy = cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--"]);
    // A lint that is silenced without need is told by `expect`, and never by `allow`.
    run::run(clippy.args(["--deny", "warnings", "--deny", "clippy::allow_attributes"]))
}

fn documentation() -> Result<()> {
    run::run(cargo(&["doc", "--locked", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn licences() -> Result<()> {
    // Advisories need the network at the time of the check, so the same commit could pass and fail.
    let mut deny = Command::new(tools::tool("cargo-deny"));
    run::run(deny.current_dir(place::root()).args([
        "--workspace",
        "--locked",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))
}

fn spelling() -> Result<()> {
    run::run(Command::new(tools::tool("typos")).current_dir(place::root()))
}

fn types() -> Result<()> {
    run::run(&mut node::tool("tsc"))
}

/// In CI the checkout was clean: whatever differs now was generated and not committed.
fn unchanged() -> Result<()> {
    if std::env::var_os("CI").is_none() {
        return Ok(());
    }
    let mut git = Command::new("git");
    let status =
        run::answer(git.current_dir(place::root()).args(["status", "--porcelain"])).context("asking git")?;
    if !status.is_empty() {
        bail!("the build or the tests changed the checkout:\n{status}");
    }
    Ok(())
}
