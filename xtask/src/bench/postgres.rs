//! Row 12: the import of row 2 and the pages of row 3 on PostgreSQL, beside SQLite in the same run; and row 5 there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Measured;
use super::pages::{PAGES, Readers, START_LIMIT};
use super::program;
use crate::postgres::Cluster;
use crate::server::Server;
use crate::{demo, place, run};

/// An odd number of imports on each, in turns: the median counts.
const TURNS: usize = 3;
/// What is measured is on this engine.
const HERE: &str = ", on PostgreSQL";
/// The day of the demonstration.
const DAY: &str = "2026-01-31";
/// Of SQLite's page rate, in thousandths.
const PAGE_SHARE: u64 = 200;
/// Of SQLite's rate of import, in thousandths.
const IMPORT_SHARE: u128 = 500;

/// A full-size district on each.
struct Both {
    folder: tempfile::TempDir,
    cluster: Cluster,
}

/// Row 12.
pub fn postgres() -> Result<Vec<Measured>> {
    demo::build()?;
    let both = Both { folder: tempfile::tempdir().context("making a folder")?, cluster: Cluster::durable()? };
    let address = both.cluster.address();
    lilong(&["demo", "--no-serve", "--data", &both.at("sqlite")])?;
    both.bring_over(&address)?;
    let mut lines = vec![both.import()?];
    let serve = ["serve", "--data", &both.at("postgres"), "--database-url", &address];
    lines.extend(program::started(&serve, Path::new(&both.at("log-start")), HERE)?);
    lines.extend(both.pages(&address)?);
    Ok(lines)
}

impl Both {
    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The same district in PostgreSQL.
    fn bring_over(&self, url: &str) -> Result<()> {
        let (archive, data) = (self.at("demo.lilong"), self.at("postgres"));
        lilong(&["backup", &archive, "--data", &self.at("sqlite")])?;
        lilong(&["restore", &archive, "--data", &data, "--database-url", url])?;
        fs::create_dir_all(&data).context("making a folder")?;
        let key = |name: &str| self.folder.path().join(name).join("vault.key");
        fs::copy(key("sqlite"), key("postgres")).context("bringing the key")?;
        Ok(())
    }

    fn import(&self) -> Result<Measured> {
        let workbook = self.at("register.xlsx");
        lilong(&["export", "--data", &self.at("sqlite"), "--on", DAY, &workbook])?;
        let (mut file, mut server) = (Vec::new(), Vec::new());
        for turn in 0..TURNS {
            let data = self.at(&format!("new-{turn}"));
            let words = ["import", "--data", &data, "--on", DAY, &workbook];
            file.push(took(&words)?);
            fs::remove_dir_all(Path::new(&data)).context("removing a district")?;
            let empty = Cluster::durable()?;
            server.push(took(&[&words[..], &["--database-url", &empty.address()]].concat())?);
        }
        file.sort();
        server.sort();
        let (file, server) = (file[TURNS / 2], server[TURNS / 2]);
        let share = file.as_millis() * 1_000 / server.as_millis().max(1);
        Ok(Measured {
            row: 12,
            what: "import of the whole register from one workbook, on PostgreSQL".into(),
            figure: format!("{} ms", server.as_millis()),
            against: format!("SQLite: {} ms", file.as_millis()),
            ratio: format!("{}.{} %", share / 10, share % 10),
            bound: "≥ 50 %",
            holds: share >= IMPORT_SHARE,
        })
    }

    /// Each page on one and then on the other, so that both are read in the same minute.
    fn pages(&self, url: &str) -> Result<Vec<Measured>> {
        let start = |words: &[&str], log: &str| Server::start(words, Path::new(&self.at(log)), START_LIMIT);
        let file = start(&["serve", "--data", &self.at("sqlite")], "log-sqlite")?;
        let server =
            start(&["serve", "--data", &self.at("postgres"), "--database-url", url], "log-postgres")?;
        let (here, there) = (Readers::at(&file)?, Readers::at(&server)?);
        let mut lines = Vec::new();
        for page in &PAGES {
            let (from_file, read) = (here.load(page)?, there.load(page)?);
            let share = read.per_second * 1_000 / from_file.per_second.max(1);
            lines.push(Measured {
                row: 12,
                what: format!("{}{HERE}", page.what),
                figure: format!("{} /s, 99 % in {:.1} ms", read.per_second, read.slowest.as_secs_f64() * 1e3),
                against: format!("SQLite: {} /s", from_file.per_second),
                ratio: format!("{}.{} %", share / 10, share % 10),
                bound: "≥ 20 %",
                holds: share >= PAGE_SHARE,
            });
        }
        lines.push(program::loaded(&server, HERE)?);
        Ok(lines)
    }
}

fn lilong(words: &[&str]) -> Result<()> {
    run::run(Command::new(place::lilong()).current_dir(place::root()).args(words).stdout(Stdio::null()))
}

fn took(words: &[&str]) -> Result<Duration> {
    let started = Instant::now();
    lilong(words)?;
    Ok(started.elapsed())
}
