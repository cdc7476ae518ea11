//! `lilong serve`: the pages of a district.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use db::Db;
use district::people::vault::Vault;

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
}

impl Serve {
    pub fn run(self) -> Result<()> {
        let db = self.place.open()?;
        serve(
            db,
            self.place.vault()?,
            self.listen,
            web::Settings { secure: self.secure, ..web::Settings::default() },
        )
    }
}

/// Serves until it is asked to end, then finishes what has begun.
pub fn serve(db: Db, vault: Vault, listen: SocketAddr, settings: web::Settings) -> Result<()> {
    let state = Arc::new(web::State::open(Arc::new(db), settings, web::MachineClock)?.with_vault(vault));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the server's threads")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("listening on {listen}: is something else listening there?"))?;
        let address = listener.local_addr().context("asking for the address")?;
        edge::say(&format!("Lilong 里弄: http://{address}"))?;
        web::serve(listener, state, web::asked_to_end()).await.context("serving")
    })
}
