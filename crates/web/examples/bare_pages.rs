//! The floor under the pages: bare axum with one read of SQLite by its key. Listens on the address it is given:
//! `cargo run --release -p web --example bare_pages -- data/demo/310112.db 127.0.0.1:8399`.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use rusqlite::{Connection, OpenFlags};

/// As many connections as the pages have readers.
type Pool = Arc<Vec<Mutex<Connection>>>;

async fn read(State(pool): State<Pool>) -> Result<String, String> {
    let free = pool.iter().find_map(|connection| connection.try_lock().ok());
    let connection = free.unwrap_or_else(|| pool[0].lock().unwrap_or_else(PoisonError::into_inner));
    let mut statement = connection
        .prepare_cached("SELECT value FROM settings WHERE name = ?1")
        .map_err(|error| error.to_string())?;
    statement.query_row(["name"], |row| row.get(0)).map_err(|error| error.to_string())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (path, address) =
        (arguments.next().ok_or("which district?")?, arguments.next().ok_or("which address?")?);
    let open = || Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).map(Mutex::new);
    let pool: Pool = Arc::new((0..8).map(|_| open()).collect::<Result<_, _>>()?);
    let router =
        Router::new().route("/", get(read)).route("/health", get(|| async { "ok\n" })).with_state(pool);
    axum::serve(tokio::net::TcpListener::bind(address).await?, router).await?;
    Ok(())
}
