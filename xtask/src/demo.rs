//! `cargo xtask demo`: the demonstration district, built, made and served.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{place, run, setup};

const ADDRESS: &str = "127.0.0.1:8310";

/// Builds the program and becomes it, so that an interruption reaches it as if it had been started by hand.
pub fn demo(more: &[String]) -> Result<()> {
    setup::for_build()?;
    build()?;
    let mut lilong = Command::new(place::lilong());
    lilong.current_dir(place::root()).args(["demo", "--data", "data/demo", "--listen", ADDRESS]).args(more);
    run::say(&format!("lilong demo --data data/demo --listen {ADDRESS} {}", more.join(" ")));
    Err(lilong.exec()).context("cannot start the program that was just built")
}

/// The program, optimised.
pub fn build() -> Result<()> {
    run::run(Command::new(place::cargo()).current_dir(place::root()).args([
        "build",
        "--release",
        "--locked",
        "--package",
        "cli",
    ]))
}
