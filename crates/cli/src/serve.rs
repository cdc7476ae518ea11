//! `lilong serve`: the pages of a district.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use db::Db;
use district::people::{self, vault::Vault};

use crate::backup::daily::{Daily, Keeper};
use crate::edge::{self, Where};

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
        let db = self.place.open()?;
        let vault = self.place.vault(&db)?;
        if !db.read(people::any_account)? {
            edge::warn("nobody can sign in yet: `lilong account add` makes the first account");
        }
        let (listener, address) = listen(self.listen)?;
        let settings = web::Settings { secure: self.secure, ..web::Settings::default() };
        serve(db, vault, listener, settings, keeper, &greeting(address))
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

/// Says one line on standard output and serves until it is asked to end, then finishes what has begun.
pub fn serve(
    db: Db,
    vault: Vault,
    listener: TcpListener,
    settings: web::Settings,
    keeper: Option<Keeper>,
    ready: &str,
) -> Result<()> {
    let state = Arc::new(web::State::open(Arc::new(db), settings, web::MachineClock)?.with_vault(vault));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the server's threads")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).context("handing over the listener")?;
        edge::say(ready)?;
        tokio::spawn(tidy(Arc::clone(&state)));
        if let Some(keeper) = keeper {
            tokio::spawn(keeper.watch(Arc::clone(&state.db)));
        }
        web::serve(listener, state, web::asked_to_end()).await.context("serving")
    })
}

/// Puts away what is kept for a while only: at the start, and every hour.
async fn tidy(state: Arc<web::State>) {
    let mut hours = tokio::time::interval(TIDY);
    loop {
        hours.tick().await;
        let (state, now) = (Arc::clone(&state), state.now());
        let done = tokio::task::spawn_blocking(move || {
            state.db.write(|tx| district::exchange::empty_uploads(tx, now)).map_err(|error| error.to_string())
        });
        match done.await {
            Ok(Ok(emptied)) => tracing::debug!(emptied, "uploads whose time is over were emptied"),
            Ok(Err(error)) => tracing::error!(%error, "uploads whose time is over were not emptied"),
            Err(error) => tracing::error!(%error, "uploads whose time is over were not emptied"),
        }
    }
}
