//! The packages of the browser tests, from the lock file.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{place, run};

/// Installs what `package-lock.json` says, if it changed since the last time.
pub fn install() -> Result<()> {
    let frontend = place::frontend();
    let wanted =
        fs::read(frontend.join("package-lock.json")).context("reading frontend/package-lock.json")?;
    let stamp = frontend.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // Packages need no scripts of their own to be installed, and the browser is the system's.
    let npm = &mut Command::new("npm");
    run::run(npm.current_dir(&frontend).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(stamp, wanted).context("noting what was installed")
}

/// A tool that the packages brought.
pub fn tool(name: &str) -> Command {
    let frontend = place::frontend();
    let mut command = Command::new(frontend.join("node_modules/.bin").join(name));
    command.current_dir(frontend);
    command
}
