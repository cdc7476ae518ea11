//! Many districts in one process and one PostgreSQL: what a page costs with 1, 16 and 64 of them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::Measured;
use crate::client::Client;
use crate::postgres::Cluster;
use crate::server::Server;
use crate::{demo, place, run};

/// How many districts one process serves.
const COUNTS: [usize; 3] = [1, 16, 64];
/// Readers at a time.
const READERS: usize = 32;
/// How long each page is read in a round.
const LONG: Duration = Duration::from_secs(4);
/// An odd number of rounds, in which the three take turns: the median of them counts.
const ROUNDS: usize = 3;
const START_LIMIT: Duration = Duration::from_mins(1);
/// Pages that anyone reads, none of which needs a code of a district.
const PAGES: [(&str, &str); 3] =
    [("first page", "/"), ("the rules", "/handbook"), ("search", "/communities?q=an")];
/// A page may cost a fifth more than with one district.
const PER_CENT: usize = 120;

/// Row 13.
pub fn districts() -> Result<Vec<Measured>> {
    demo::build()?;
    let cluster = Cluster::durable()?;
    let folder = tempfile::tempdir().context("making a folder")?;
    let most = COUNTS[COUNTS.len() - 1];
    for number in 0..most {
        make(number, folder.path(), &cluster.address())?;
    }
    let servers = COUNTS
        .iter()
        .map(|count| serve(*count, folder.path(), &cluster.address()).map(|server| (*count, server)))
        .collect::<Result<Vec<_>>>()?;
    let mut lines = Vec::new();
    for (what, path) in PAGES {
        let costs = costs(&servers, path)?;
        let one = costs[0];
        for ((count, _), cost) in servers.iter().zip(&costs) {
            let ratio = cost * 100 / one.max(1);
            lines.push(Measured {
                row: 13,
                what: format!("{what}, districts: {count}"),
                figure: format!("{cost} µs a page, {} MiB", memory(&servers, *count)?),
                against: format!("{one} µs with one"),
                ratio: format!("{}.{:02}×", ratio / 100, ratio % 100),
                bound: "within 20 %",
                holds: ratio <= PER_CENT,
            });
        }
    }
    Ok(lines)
}

/// The code of the n-th district: from 310100 on.
fn code(number: usize) -> String {
    format!("{}", 310_100 + number)
}

fn make(number: usize, folder: &Path, url: &str) -> Result<()> {
    let mut lilong = Command::new(place::lilong());
    lilong.current_dir(place::root()).args(["demo", "--no-serve", "--size", "0.01"]);
    lilong.args(["--seed", &(number + 1).to_string(), "--district", &code(number), "--database-url", url]);
    run::run(lilong.arg("--data").arg(folder.join(code(number))))
}

/// One process with so many of the districts.
fn serve(count: usize, folder: &Path, url: &str) -> Result<Server> {
    let mut text = format!("default = \"{}\"\ndatabase-url = \"{url}\"\n", code(0));
    for number in 0..count {
        let code = code(number);
        write!(
            text,
            "[[district]]\ncode = \"{code}\"\nhosts = [\"d{number}.example\"]\ndata = \"{code}\"\n"
        )?;
    }
    let file = folder.join(format!("districts-{count}.toml"));
    fs::write(&file, text).context("writing the districts")?;
    let log = folder.join(format!("log-{count}"));
    Server::start(&["serve", "--districts", &file.display().to_string()], &log, START_LIMIT)
}

/// What a page costs each server, in microseconds of the wall, all readers together.
fn costs(servers: &[(usize, Server)], path: &str) -> Result<Vec<usize>> {
    let mut rounds: Vec<Vec<usize>> = vec![Vec::new(); servers.len()];
    for (count, server) in servers {
        // Each district has been read once: what is measured is the page, not the first look at a district.
        read(server, *count, path, |at| at < *count)?;
    }
    for _ in 0..ROUNDS {
        for ((count, server), costs) in servers.iter().zip(&mut rounds) {
            let started = Instant::now();
            let pages = read(server, *count, path, |_| started.elapsed() < LONG)?;
            costs.push(usize::try_from(started.elapsed().as_micros())? / pages.max(1));
        }
    }
    for costs in &mut rounds {
        costs.sort_unstable();
    }
    Ok(rounds.iter().map(|costs| costs[ROUNDS / 2]).collect())
}

/// All readers go from district to district while `more` says so of the number of the next page; how many were read.
fn read(server: &Server, count: usize, path: &str, more: impl Fn(usize) -> bool + Sync) -> Result<usize> {
    let url = server.url();
    let address = url.trim_start_matches("http://");
    let next = AtomicUsize::new(0);
    let reader = || -> Result<usize> {
        let mut client = Client::open(address)?;
        let mut pages = 0;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if !more(at) {
                return Ok(pages);
            }
            client.host = format!("d{}.example", at % count);
            let (status, _, _) = client.ask("GET", path, "", "")?;
            if status != 200 {
                bail!("{path} of {} answered {status}", client.host);
            }
            pages += 1;
        }
    };
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(reader)).collect();
        readers
            .into_iter()
            .map(|reader| reader.join().map_err(|_| anyhow::anyhow!("a reader died"))?)
            .sum::<Result<usize>>()
    })
}

fn memory(servers: &[(usize, Server)], count: usize) -> Result<u64> {
    let (_, server) = servers.iter().find(|(of, _)| *of == count).context("a server")?;
    super::program::memory_mib(server.process(), "VmRSS:")
}
