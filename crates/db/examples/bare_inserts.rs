//! The floor under the demonstration and the import: bare SQLite inserts the rows of a district into the same tables with
//! the same indexes. Prints the seconds: `cargo run --release -p db --example bare_inserts -- data/demo/310112.db`.
#![expect(clippy::print_stdout, reason = "this is what it prints")]

use std::error::Error;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("say which district: data/demo/310112.db")?;
    let from = Connection::open(path)?;
    let folder = tempfile::tempdir()?;
    let to = Connection::open(folder.path().join("floor.db"))?;
    to.pragma_update(None, "journal_mode", "wal")?;
    to.pragma_update(None, "synchronous", "full")?;
    let schema = "SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, rowid";
    let mut tables = Vec::new();
    let mut statement = from.prepare(schema)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (name, kind, sql): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        to.execute_batch(&sql)?;
        if kind == "table" {
            tables.push(name);
        }
    }
    let (mut took, mut count) = (Duration::ZERO, 0_usize);
    for table in tables {
        let rows = read(&from, &table)?;
        count += rows.len();
        took += insert(&to, &table, &rows)?;
    }
    println!("{{\"rows\":{count},\"seconds\":{:.3}}}", took.as_secs_f64());
    Ok(())
}

/// All rows of a table, read before any is inserted.
fn read(from: &Connection, table: &str) -> Result<Vec<Vec<Value>>, rusqlite::Error> {
    let mut statement = from.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?;
    rows.collect()
}

/// Inserts them in one transaction with one prepared statement.
fn insert(to: &Connection, table: &str, rows: &[Vec<Value>]) -> Result<Duration, rusqlite::Error> {
    let Some(first) = rows.first() else { return Ok(Duration::ZERO) };
    let places = vec!["?"; first.len()].join(", ");
    let started = Instant::now();
    let transaction = to.unchecked_transaction()?;
    {
        let mut statement = transaction.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
        for row in rows {
            statement.execute(params_from_iter(row))?;
        }
    }
    transaction.commit()?;
    Ok(started.elapsed())
}
