//! Pages at full size under thirty-two readers, against bare axum with one read of SQLite.

use std::collections::HashMap;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{Measured, program};
use crate::client::{Client, OFFICER, enter};
use crate::server::Server;
use crate::{demo, place, run};

/// Readers at a time.
const READERS: usize = 32;
/// How long each address is read.
const LONG: Duration = Duration::from_secs(6);
pub(super) const START_LIMIT: Duration = Duration::from_secs(30);
const QUICK: Duration = Duration::from_millis(25);
const REPORT: Duration = Duration::from_millis(150);

/// A page that is measured.
pub(super) struct Page {
    pub(super) what: &'static str,
    /// `{matter}` stands for the first one of the public list.
    path: &'static str,
    /// The role of whoever reads it; empty: nobody is signed in.
    reader: &'static str,
    /// 99 of 100 answers come within this.
    within: Duration,
    /// At least so many thousandths of the floor's answers a second; 0 for no bound.
    share: u64,
    bound: &'static str,
}

/// A page that everyone or the desk reads: 99 of 100 answers within 25 ms.
const fn page(what: &'static str, path: &'static str, reader: &'static str) -> Page {
    Page { what, path, reader, within: QUICK, share: 0, bound: "99 % in 25 ms" }
}

/// A filtered list or a report: 99 of 100 answers within 150 ms.
const fn report(what: &'static str, path: &'static str, reader: &'static str) -> Page {
    Page { what, path, reader, within: REPORT, share: 0, bound: "99 % in 150 ms" }
}

const ANYBODY: &str = "";
const WORKER: &str = "community-worker";
const LEADER: &str = "grid-leader";
const TOWN: &str = "town-officer";

pub(super) const PAGES: [Page; 26] = [
    page("first page", "/", ANYBODY),
    Page {
        share: 150,
        bound: "99 % in 25 ms, ≥ 15 %",
        ..page("community, signed out", "/communities/310112107001", ANYBODY)
    },
    page("community, for an officer", "/communities/310112107001", OFFICER),
    page("the rules", "/handbook", ANYBODY),
    page("desk", "/desk", OFFICER),
    report("search", "/communities?q=an", ANYBODY),
    Page { share: 100, bound: "99 % in 150 ms, ≥ 10 %", ..report("district", "/district", OFFICER) },
    report(
        "register, filtered",
        "/district/register?kind=affordable_rental&sort=households&order=down",
        OFFICER,
    ),
    report("prescription", "/communities/310112107001/prescription", OFFICER),
    report("handbook", "/district/handbook", OFFICER),
    report("1,000 changed to 800", "/district/handbook/effect?name=standalone_over&value=800", OFFICER),
    report("station plan", "/district/plan", OFFICER),
    report("gap list", "/district/gaps", OFFICER),
    report("quality of the register", "/district/quality", OFFICER),
    page("desk, for a worker", "/desk", WORKER),
    page("desk, for a grid leader", "/desk", LEADER),
    report("matters, public", "/matters", ANYBODY),
    page("a matter, public", "/matters/{matter}", ANYBODY),
    report("matters of the desk", "/desk/matters", WORKER),
    report("scores of operators", "/desk/matters/scores", OFFICER),
    report("rounds", "/desk/visits", WORKER),
    report("late rounds", "/desk/visits/late", LEADER),
    report("referrals", "/desk/referrals", WORKER),
    report("load of a town", "/desk/load", TOWN),
    report("directory of services", "/services", ANYBODY),
    page("inbox", "/inbox", WORKER),
];

/// Where the pages are, and who is signed in there.
pub(super) struct Readers {
    address: String,
    /// Each role's cookie; nobody has none.
    sessions: HashMap<&'static str, String>,
    /// The code of a matter that everyone may follow.
    matter: String,
}

impl Readers {
    /// Signs every reader of a page in.
    pub(super) fn at(server: &Server) -> Result<Self> {
        let address = server.url().trim_start_matches("http://").to_owned();
        let mut sessions = HashMap::from([(ANYBODY, String::new())]);
        for page in &PAGES {
            if !sessions.contains_key(page.reader) {
                sessions.insert(page.reader, enter(&address, page.reader)?);
            }
        }
        let (_, _, list) = Client::open(&address)?.ask("GET", "/matters", "", "")?;
        let codes = list.split("href=\"/matters/").skip(1).filter_map(|rest| rest.split('"').next());
        let is_code =
            |code: &&str| code.len() > 4 && code.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
        let matter =
            codes.filter(|code| *code != "new").find(is_code).context("no matter is public")?.to_owned();
        Ok(Self { address, sessions, matter })
    }

    /// Reads a page from all readers for a while.
    pub(super) fn load(&self, page: &Page) -> Result<Load> {
        load(&self.address, &page.path.replace("{matter}", &self.matter), &self.sessions[page.reader])
    }
}

/// Row 3, and what row 5 says about memory under load.
pub fn pages() -> Result<Vec<Measured>> {
    demo::build()?;
    let folder = tempfile::tempdir().context("making a folder")?;
    let data = folder.path().join("data").display().to_string();
    let mut lilong = Command::new(place::lilong());
    run::run(lilong.current_dir(place::root()).args(["demo", "--no-serve", "--data", &data]))?;
    let floor = floor(folder.path())?;
    let server = Server::start(&["serve", "--data", &data], &folder.path().join("log"), START_LIMIT)?;
    let readers = Readers::at(&server)?;
    let mut lines = Vec::new();
    for page in &PAGES {
        let read = readers.load(page)?;
        let share = read.per_second * 1_000 / floor.per_second.max(1);
        let most = program::memory_mib(server.process(), "VmHWM:")?;
        run::print(&format!("{}: memory so far {most} MiB at most", page.what));
        lines.push(Measured {
            row: 3,
            what: page.what.into(),
            figure: format!("{} /s, 99 % in {:.1} ms", read.per_second, read.slowest.as_secs_f64() * 1e3),
            against: format!("{} /s", floor.per_second),
            ratio: format!("{}.{} %", share / 10, share % 10),
            bound: page.bound,
            holds: read.slowest <= page.within && share >= page.share,
        });
    }
    lines.push(program::loaded(&server, "")?);
    Ok(lines)
}

/// What a load came to.
pub(super) struct Load {
    pub(super) per_second: u64,
    /// 99 of 100 answers came within this.
    pub(super) slowest: Duration,
}

/// The floor, on the same file.
fn floor(folder: &Path) -> Result<Load> {
    let cargo = || {
        let mut cargo = Command::new(place::cargo());
        cargo.current_dir(place::root());
        cargo
    };
    let common = ["--quiet", "--release", "--locked", "--package", "web", "--example", "bare_pages"];
    run::run(cargo().arg("build").args(common))?;
    let address = crate::server::free_address()?.to_string();
    let mut bare = cargo();
    bare.arg("run").args(common).arg("--").arg(folder.join("data/310112.db")).arg(&address);
    let process = run::start(&mut bare)?;
    let started = Instant::now();
    while TcpStream::connect(&address).is_err() {
        if started.elapsed() > START_LIMIT {
            bail!("the floor did not start");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let read = load(&address, "/", "");
    drop(process);
    read
}

/// Reads a path from all readers for a while, each over one connection.
fn load(address: &str, path: &str, cookie: &str) -> Result<Load> {
    let times: Mutex<Vec<Duration>> = Mutex::new(Vec::new());
    let started = Instant::now();
    std::thread::scope(|scope| {
        let readers: Vec<_> =
            (0..READERS).map(|_| scope.spawn(|| reader(address, path, cookie, started, &times))).collect();
        readers
            .into_iter()
            .try_for_each(|reader| reader.join().map_err(|_| anyhow::anyhow!("a reader died"))?)
    })?;
    let took = started.elapsed();
    let mut times = times.into_inner().map_err(|_| anyhow::anyhow!("a reader died"))?;
    times.sort();
    let slowest = *times.get(times.len() * 99 / 100).context("no answers")?;
    let per_second = u64::try_from(times.len() as u128 * 1_000 / took.as_millis().max(1))?;
    Ok(Load { per_second, slowest })
}

fn reader(
    address: &str,
    path: &str,
    cookie: &str,
    started: Instant,
    times: &Mutex<Vec<Duration>>,
) -> Result<()> {
    let mut client = Client::open(address)?;
    let mut own = Vec::new();
    while started.elapsed() < LONG {
        let asked = Instant::now();
        let (status, _, _) = client.ask("GET", path, cookie, "")?;
        own.push(asked.elapsed());
        if status != 200 {
            bail!("{path} answered {status}");
        }
    }
    times.lock().map_err(|_| anyhow::anyhow!("a reader died"))?.extend(own);
    Ok(())
}
