//! `lilong serve`: the pages of a district, or of many.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use db::Db;
use district::people::{self, Code, vault::Vault};
use ipnet::IpNet;
use web::city::{District, Districts, Listed};
use web::ops::{self, Front, Options, Proxies, Tls};
use web::{Common, State};

use crate::backup::daily::Daily;
use crate::districts;
use crate::edge::{self, Log, Where, network};
use crate::keys::KeyFile;
use crate::single_sign_on::SingleSignOnArgs;
use crate::upkeep::Upkeep;
use crate::ways::WaysArgs;

/// Serve the pages of a district, or of many
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Where,
    /// Serve the districts of this file instead, each at its hosts
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "database_url", "district"])]
    districts: Option<PathBuf>,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8310")]
    listen: SocketAddr,
    /// Reached by https: cookies are then sent over nothing else
    #[arg(long)]
    secure: bool,
    /// The chain of certificates as PEM, the server's first: serve https; SIGHUP reads it again
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy whose word about a visitor's address is taken: an address or a network; can be repeated
    #[arg(long, value_name = "ADDR", value_parser = network)]
    behind_proxy: Vec<IpNet>,
    /// Requests a second of one address, four times as many at once; 0: only signing in is limited
    #[arg(long, value_name = "N", default_value_t = ops::PER_SECOND.get())]
    rate: u32,
    /// Connections at a time
    #[arg(long, value_name = "N", default_value_t = ops::MOST_CONNECTIONS, value_parser = connections)]
    connections: usize,
    /// Answer /metrics, /health and /ready to a monitor at this address
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
    #[command(flatten)]
    ways: WaysArgs,
    /// How the log is written, on standard error
    #[arg(long, value_enum, default_value_t)]
    log: Log,
    #[command(flatten)]
    daily: Daily,
    #[command(flatten)]
    single_sign_on: SingleSignOnArgs,
}

/// At least one, and no more than a counter of the kernel's would allow.
fn connections(text: &str) -> Result<usize, String> {
    let most = 1..=1_000_000;
    text.parse().ok().filter(|number| most.contains(number)).ok_or_else(|| "a number from 1 on".into())
}

/// What is served.
struct Served {
    districts: Districts,
    upkeep: Upkeep,
    /// The code with which the district is begun that nobody has begun.
    begin: Option<Code>,
}

/// What stands between the network and the pages.
struct House {
    listener: TcpListener,
    monitor: Option<TcpListener>,
    tls: Option<Tls>,
    connections: usize,
}

impl Serve {
    /// How the log is written.
    pub fn log(&self) -> Log {
        self.log
    }

    pub fn run(self) -> Result<()> {
        let tls = self.tls()?;
        let secure = self.secure || tls.is_some();
        let settings = web::Settings { secure, ..web::Settings::default() };
        let common = self.ways.join(self.single_sign_on.join(Common::load()?)?)?;
        let served = match &self.districts {
            Some(file) => self.many(file, &common, settings)?,
            None => self.one(&common, settings)?,
        };
        let (listener, address) = listen(self.listen)?;
        let monitor = self.metrics.map(listen).transpose()?.map(|(listener, _)| listener);
        let proxies = Proxies::new(self.behind_proxy.clone());
        let options = Options { proxies, per_second: NonZeroU32::new(self.rate), secure };
        let front = Front::new(Arc::new(served.districts), common, options)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let house = House { listener, monitor, tls, connections: self.connections };
        let mut ready = greeting(scheme, address);
        if let Some(code) = served.begin {
            let _ = write!(
                ready,
                "\nNobody has an account yet. Begin the district at {scheme}://{address}/begin with {}",
                code.text()
            );
        }
        serve(front, house, served.upkeep, &ready)
    }

    fn tls(&self) -> Result<Option<Tls>> {
        let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) else { return Ok(None) };
        Tls::load(certificate, key).context("reading the certificate").map(Some)
    }

    fn one(&self, common: &Common, settings: web::Settings) -> Result<Served> {
        let code = &self.place.district;
        let keepers = self.daily.prepare(code)?.into_iter().collect();
        // Made where there is none: a district begins by being served.
        let db = self.place.make()?;
        let vault = self.place.vault(&db)?;
        let begin = if db.read(people::any_account)? { None } else { Some(Code::new(edge::random()?)) };
        // Keys that the environment gives stay as they are.
        let keys = KeyFile::of(&self.place).ok().map(|file| (code.clone(), file)).into_iter().collect();
        let calendars = vec![(code.clone(), self.place.calendars())];
        let furnish = |state| self.place.furnish(state);
        let districts = one(common, (db, vault), (code, begin.clone()), settings, furnish)?;
        Ok(Served { districts, upkeep: Upkeep { keys, keepers, calendars }, begin })
    }

    /// The districts of a file; each that nobody has begun says its own code when it is opened.
    fn many(&self, file: &Path, common: &Common, settings: web::Settings) -> Result<Served> {
        let (districts, keys) = districts::read(file, common, settings)?;
        let keepers = districts.all().iter().map(|district| self.daily.prepare(district.code()));
        let keepers = keepers.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        let folder = |file: &KeyFile| file.path().parent().map(edge::calendars_of);
        let calendars = keys.iter().filter_map(|(code, file)| Some((code.clone(), folder(file)?))).collect();
        Ok(Served { districts, upkeep: Upkeep { keys, keepers, calendars }, begin: None })
    }
}

/// After the last answer, work of the program's own may take so long to end.
const AFTERWARDS: Duration = Duration::from_secs(5);

/// Takes a place to listen, and says which it is: port 0 takes a free one.
pub fn listen(at: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let taken = TcpListener::bind(at).and_then(|listener| {
        // The runtime that will wait on it never blocks.
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    taken.with_context(|| format!("listening on {at}: is something else listening there?"))
}

/// What a person reads once the pages are there.
pub fn greeting(scheme: &str, address: SocketAddr) -> String {
    format!("Lilong 里弄: {scheme}://{address}")
}

fn one(
    common: &Common,
    (db, vault): (Db, Vault),
    (code, begin): (&str, Option<Code>),
    settings: web::Settings,
    furnish: impl FnOnce(State) -> Result<State>,
) -> Result<Districts> {
    let db = Arc::new(db.giving_up_after(web::LONGEST_ANSWER));
    let state = State::open_with(common, db, settings, web::MachineClock)?.with_vault(vault);
    let mut state = furnish(state)?;
    if let Some(begin) = begin {
        state = state.with_begin_code(begin);
    }
    let listed = Listed { code: code.to_owned(), ..Listed::default() };
    Ok(Districts::one(District::opened(listed, Arc::new(state))))
}

/// Serves one district as it comes: says a line when it is there, and ends when it is asked to.
pub fn serve_one(db: Db, vault: Vault, code: &str, listener: TcpListener, ready: &str) -> Result<()> {
    let common = Common::load()?;
    let districts = one(&common, (db, vault), (code, None), web::Settings::default(), Ok)?;
    let front = Front::new(Arc::new(districts), common, Options::default())?;
    let house = House { listener, monitor: None, tls: None, connections: ops::MOST_CONNECTIONS };
    serve(front, house, Upkeep::default(), ready)
}

/// Says one line on standard output and serves until it is asked to end, then finishes what has begun.
fn serve(front: Front, house: House, upkeep: Upkeep, ready: &str) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the server's threads")?;
    let served = runtime.block_on(attend(Arc::new(front), house, upkeep, ready));
    runtime.shutdown_timeout(AFTERWARDS);
    served
}

async fn attend(front: Arc<Front>, house: House, upkeep: Upkeep, ready: &str) -> Result<()> {
    let taken = |listener| tokio::net::TcpListener::from_std(listener).context("handing over the listener");
    let listener = taken(house.listener)?;
    for (code, why) in front.districts().open_all().await {
        edge::warn(&format!("the district {code} is not there yet: {why}"));
    }
    if let Some(monitor) = house.monitor.map(taken).transpose()? {
        tokio::spawn(ops::watch(monitor, Arc::clone(&front)));
    }
    if let Some(tls) = house.tls.clone() {
        tokio::spawn(reload(tls));
    }
    upkeep.begin(&front);
    edge::say(ready)?;
    ops::serve(listener, front, house.tls, house.connections, ops::asked_to_end()).await;
    Ok(())
}

/// Reads the certificate again whenever SIGHUP says so.
async fn reload(tls: Tls) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangups) = signal(SignalKind::hangup()) else {
        tracing::error!("SIGHUP cannot be heard: a new certificate needs a new start");
        return;
    };
    while hangups.recv().await.is_some() {
        match tls.reload() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(%error, "the certificate could not be read; the one before stays"),
        }
    }
}
