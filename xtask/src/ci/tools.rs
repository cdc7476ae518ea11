//! The two checkers that are no part of Rust's toolchain: built by others, pinned in `tools.txt`, kept in the cache.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{place, run, setup};

/// Which, and which version: a Python package each, that brings a ready program.
const WANTED: &str = include_str!("tools.txt");

/// Installs what `tools.txt` says, if it changed since the last time.
pub fn install() -> Result<()> {
    let stamp = folder().join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == WANTED) {
        return Ok(());
    }
    fs::create_dir_all(place::cache()).context("making the cache folder")?;
    if make_folder().is_err() && setup::can_apt_install() {
        // Debian parts venv from its Python.
        setup::apt_install(&["python3-venv"])?;
        make_folder()?;
    }
    let wanted = folder().join("wanted.txt");
    fs::write(&wanted, WANTED).context("writing the list of tools")?;
    let mut pip = Command::new(tool("pip"));
    run::run(
        pip.args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--only-binary=:all:",
            "--requirement",
        ])
        .arg(&wanted),
    )?;
    fs::rename(wanted, stamp).context("noting what was installed")
}

/// Where a tool is.
pub fn tool(name: &str) -> PathBuf {
    folder().join("bin").join(name)
}

fn folder() -> PathBuf {
    place::cache().join("tools")
}

fn make_folder() -> Result<()> {
    run::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder()))
}
