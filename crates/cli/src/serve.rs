//! `lilong serve`: the pages of a district.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use base::Instant;
use clap::Args;
use db::Db;
use district::kit::{Actor, Call, PersonId};
use district::people::{self, Code, vault::Vault};

use crate::backup::daily::{Daily, Keeper};
use crate::edge::{self, KEY_LOOK, KeyFile, Where};

/// Serve the pages of a district
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Where,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8310")]
    listen: SocketAddr,
    /// Reached by https: cookies are then sent over nothing else
    #[arg(long)]
    secure: bool,
    #[command(flatten)]
    daily: Daily,
}

impl Serve {
    pub fn run(self) -> Result<()> {
        let keeper = self.daily.prepare(&self.place.district)?;
        // A district that is not there is begun: its first page asks for the code that is printed below.
        let db = self.place.make()?;
        let vault = self.place.vault(&db)?;
        let begin = if db.read(people::any_account)? { None } else { Some(Code::new(edge::random()?)) };
        let (listener, address) = listen(self.listen)?;
        let settings = web::Settings { secure: self.secure, ..web::Settings::default() };
        let mut ready = greeting(address);
        if let Some(code) = &begin {
            let _ = write!(
                ready,
                "\nNobody has an account yet. Begin the district at http://{address}/begin with {}",
                code.text()
            );
        }
        let keys = KeyFile::of(&self.place).ok();
        serve(db, vault, listener, settings, Start { ready, begin, keys, keeper })
    }
}

/// Between two looks whether something kept for a while is over.
const TIDY: Duration = Duration::from_hours(1);

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
pub fn greeting(address: SocketAddr) -> String {
    format!("Lilong 里弄: http://{address}")
}

/// What a serving program starts with.
pub struct Start {
    /// What a person reads once the pages are there.
    pub ready: String,
    /// The code with which a district is begun that nobody has begun.
    pub begin: Option<Code>,
    /// The file with the vault's keys, which may change while it serves.
    pub keys: Option<KeyFile>,
    /// Who keeps a backup a day.
    pub keeper: Option<Keeper>,
}

/// Takes the vault's keys anew whenever their file has changed.
async fn watch(file: KeyFile, state: Arc<web::State>) {
    let (mut looks, mut known) = (tokio::time::interval(KEY_LOOK), file.keys().ok());
    loop {
        looks.tick().await;
        // A file that cannot be read just now changes nothing: `doctor` finds it, and so does the next start.
        let Ok(keys) = file.keys() else { continue };
        if known.as_ref() != Some(&keys)
            && let Ok(vault) = state.vault()
        {
            vault.reload(&keys.newest, &keys.older);
            known = Some(keys);
        }
    }
}

/// Says one line on standard output and serves until it is asked to end, then finishes what has begun.
pub fn serve(
    db: Db,
    vault: Vault,
    listener: TcpListener,
    settings: web::Settings,
    start: Start,
) -> Result<()> {
    let mut state = web::State::open(Arc::new(db), settings, web::MachineClock)?.with_vault(vault);
    if let Some(code) = start.begin {
        state = state.with_begin_code(code);
    }
    let state = Arc::new(state);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the server's threads")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).context("handing over the listener")?;
        edge::say(&start.ready)?;
        tokio::spawn(tidy(Arc::clone(&state)));
        if let Some(keys) = start.keys {
            tokio::spawn(watch(keys, Arc::clone(&state)));
        }
        if let Some(keeper) = start.keeper {
            tokio::spawn(keeper.watch(Arc::clone(&state.db)));
        }
        web::serve(listener, state, web::asked_to_end()).await.context("serving")
    })
}

/// Puts away what is kept for a while only: at the start, and every hour; once a day, an hour after the start at the
/// earliest, the names that nobody needs any longer, for which everyone is looked at.
async fn tidy(state: Arc<web::State>) {
    let mut hours = tokio::time::interval(TIDY);
    hours.tick().await;
    let mut looked = state.wall().day();
    loop {
        let now = state.now();
        told(&state, "uploads", move |state| {
            let emptied = state.db.write(|tx| district::exchange::empty_uploads(tx, now))?;
            tracing::debug!(emptied, "uploads whose time is over were emptied");
            Ok(())
        })
        .await;
        hours.tick().await;
        if state.wall().day() != looked {
            looked = state.wall().day();
            told(&state, "names and traces", move |state| forget(state, now)).await;
        }
    }
}

/// Does a piece of work beside the pages; the log tells where it failed.
async fn told(
    state: &Arc<web::State>,
    what: &'static str,
    work: impl FnOnce(&web::State) -> Result<()> + Send + 'static,
) {
    let state = Arc::clone(state);
    match tokio::task::spawn_blocking(move || work(&state)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, what, "what is over was not put away"),
        Err(error) => tracing::error!(%error, what, "what is over was not put away"),
    }
}

/// Forgets traces whose time is over, and erases the names that nobody needs any longer.
fn forget(state: &web::State, now: Instant) -> Result<()> {
    let actor = Actor::program();
    let seed = || edge::random().map(u64::from_ne_bytes);
    let (wall, first) = (state.wall(), seed()?);
    state.db.write(|tx| people::forget_traces(tx, &mut Call::new(&actor, now, first), wall))?;
    let mut after = PersonId::from_uuid(base::Uuid::nil());
    loop {
        let seed = seed()?;
        let next = state.db.write(|tx| people::retain(tx, &mut Call::new(&actor, now, seed), after))?;
        let Some(next) = next else { return Ok(()) };
        after = next;
    }
}
