//! `cargo xtask test`: every test, on a PostgreSQL and a Lilong that live as long as it runs.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::pooler::Pooler;
use crate::postgres::Cluster;
use crate::server::Server;
use crate::{api, demo, node, place, run, setup};

/// How long a district may take to be served: its bound is half a second on two quiet cores.
pub const START_LIMIT: Duration = Duration::from_secs(30);

/// A part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The Rust tests: rules, both databases, HTTP
    Rust,
    /// The API of a small district under Schemathesis
    Api,
    /// The journeys in Chromium over a full-size district
    Browser,
}

/// Runs one part, or all.
pub fn test(only: Option<Part>) -> Result<()> {
    setup::for_tests()?;
    if only.is_none_or(|part| part == Part::Rust) {
        rust()?;
    }
    if only.is_none_or(|part| part == Part::Api) {
        api::test()?;
    }
    if only.is_none_or(|part| part == Part::Browser) {
        browser()?;
    }
    Ok(())
}

fn rust() -> Result<()> {
    let cluster = Cluster::start()?;
    let pooler = Pooler::start(&cluster)?;
    let mut cargo = Command::new(place::cargo());
    cargo.current_dir(place::root());
    cargo.env("LILONG_TEST_DATABASE_URL", cluster.address()).env("LILONG_TEST_POOLER_URL", pooler.address());
    // All of them run, so that one look tells everything.
    run::run(cargo.args(["test", "--locked", "--workspace", "--no-fail-fast"]))
}

/// Each face of the journeys has a district of its own, so that what one writes another does not find.
fn browser() -> Result<()> {
    demo::build_tested()?;
    let folder = tempfile::Builder::new().prefix("lilong-demo-").tempdir().context("making a folder")?;
    let data = folder.path().join("data");
    run::say("making the full-size district");
    let mut lilong = Command::new(place::tested());
    run::run(lilong.current_dir(place::root()).args(["demo", "--no-serve", "--data"]).arg(&data))?;
    let mut playwright = node::tool("playwright");
    playwright.env("LILONG_CHROMIUM", setup::chromium()?).env("LILONG_PROGRAM", place::tested());
    let mut servers = Vec::new();
    for face in faces()? {
        let own = folder.path().join(&face);
        copy(&data, &own)?;
        let log = folder.path().join(format!("{face}.log"));
        let server = Server::of(
            &place::tested(),
            &["serve", "--data", &own.display().to_string()],
            &log,
            START_LIMIT,
        )?;
        let name = format!("LILONG_URL_{}", face.to_uppercase().replace('-', "_"));
        playwright.env(name, server.url());
        servers.push(server);
    }
    run::run(playwright.arg("test"))
}

/// The names in `frontend/faces.json`.
fn faces() -> Result<Vec<String>> {
    let file = place::frontend().join("faces.json");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let faces: serde_json::Value = serde_json::from_str(&text).context("reading the faces")?;
    let names = faces.as_array().into_iter().flatten();
    names.map(|face| face["name"].as_str().map(str::to_owned).context("a face without a name")).collect()
}

/// Copies a district that nobody uses: its file, its log of writes, its key.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to).with_context(|| format!("making {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("listing {}", from.display()))? {
        let entry = entry.context("listing the district")?;
        fs::copy(entry.path(), to.join(entry.file_name())).context("copying the district")?;
    }
    Ok(())
}
