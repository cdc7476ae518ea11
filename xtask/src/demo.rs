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
    lilong.current_dir(place::root()).arg("demo").args(defaults(more)).args(more);
    Err(lilong.exec()).context("cannot start the program that was just built")
}

/// The folder and the address, unless they were given.
fn defaults(more: &[String]) -> Vec<&'static str> {
    let given =
        |option: &str| more.iter().any(|word| word == option || word.starts_with(&format!("{option}=")));
    let options = [["--data", "data/demo"], ["--listen", ADDRESS]];
    options.into_iter().filter(|[option, _]| !given(option)).flatten().collect()
}

/// The program, optimised.
pub fn build() -> Result<()> {
    build_as("release")
}

/// The program, as tests that need a whole district run it.
pub fn build_tested() -> Result<()> {
    build_as(place::TESTED)
}

fn build_as(profile: &str) -> Result<()> {
    let words = ["build", "--profile", profile, "--locked", "--package", "cli"];
    run::run(Command::new(place::cargo()).current_dir(place::root()).args(words))
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_given_replaces_the_default() {
        let more = ["--data=elsewhere".to_owned(), "--seed".to_owned(), "3".to_owned()];
        assert_eq!(super::defaults(&more), ["--listen", super::ADDRESS]);
    }
}
