//! `cargo xtask test`: every test, on a PostgreSQL and a Lilong that live as long as it runs.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::postgres::Cluster;
use crate::server::Server;
use crate::{demo, node, place, run, setup};

/// How long the full-size district may take to be made and served: its bound is 60 s on two quiet cores.
const DISTRICT_LIMIT: Duration = Duration::from_mins(5);

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The Rust tests: rules, both databases, HTTP
    Rust,
    /// The journeys in Chromium over a full-size district
    Browser,
}

/// Runs one part, or both.
pub fn test(only: Option<Part>) -> Result<()> {
    setup::for_tests()?;
    if only.is_none_or(|part| part == Part::Rust) {
        rust()?;
    }
    if only.is_none_or(|part| part == Part::Browser) {
        browser()?;
    }
    Ok(())
}

fn rust() -> Result<()> {
    let cluster = Cluster::start()?;
    let mut cargo = Command::new(place::cargo());
    cargo.current_dir(place::root()).env("LILONG_TEST_DATABASE_URL", cluster.address());
    run::run(cargo.args(["test", "--locked", "--workspace"]))
}

fn browser() -> Result<()> {
    demo::build()?;
    let folder = tempfile::Builder::new().prefix("lilong-demo-").tempdir().context("making a folder")?;
    let data = folder.path().join("data").display().to_string();
    run::say("making the full-size district");
    let server = Server::start(&["demo", "--data", &data], &folder.path().join("log"), DISTRICT_LIMIT)?;
    let mut playwright = node::tool("playwright");
    playwright.env("LILONG_URL", server.url()).env("LILONG_CHROMIUM", setup::chromium()?);
    run::run(playwright.arg("test"))
}
