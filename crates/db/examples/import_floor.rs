//! What an import of a workbook cannot be faster than: reading every cell, and inserting the same rows into bare SQLite
//! with the same indexes. `import_floor WORKBOOK DATABASE` prints the milliseconds of both, for `cargo xtask bench import`.
#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::error::Error;
use std::time::{Duration, Instant};

use calamine::{Reader as _, Xlsx, open_workbook};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// A table with its rows.
struct Table {
    name: String,
    rows: Vec<Vec<Value>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(workbook), Some(database)) = (arguments.next(), arguments.next()) else {
        return Err("import_floor WORKBOOK DATABASE".into());
    };
    let cells = cells(&workbook)?;
    let inserts = inserts(&database)?;
    println!("{} {}", cells.as_millis(), inserts.as_millis());
    Ok(())
}

fn cells(workbook: &str) -> Result<Duration, Box<dyn Error>> {
    let started = Instant::now();
    let mut xlsx: Xlsx<_> = open_workbook(workbook)?;
    let mut count = 0_u64;
    for name in xlsx.sheet_names() {
        let mut reader = xlsx.worksheet_cells_reader(&name)?;
        while reader.next_cell()?.is_some() {
            count += 1;
        }
    }
    assert!(count > 0, "the workbook has no cells");
    Ok(started.elapsed())
}

fn inserts(database: &str) -> Result<Duration, Box<dyn Error>> {
    let from = Connection::open(database)?;
    let schema: Vec<String> = from
        .prepare(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY rowid",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let names: Vec<String> = from
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut tables = Vec::new();
    for name in names {
        let mut statement = from.prepare(&format!("SELECT * FROM {name}"))?;
        let width = statement.column_count();
        let rows = statement
            .query_map([], |row| (0..width).map(|column| row.get(column)).collect())?
            .collect::<Result<_, _>>()?;
        tables.push(Table { name, rows });
    }
    let folder = tempfile::tempdir()?;
    let started = Instant::now();
    let mut to = Connection::open(folder.path().join("floor.db"))?;
    to.pragma_update(None, "journal_mode", "WAL")?;
    to.pragma_update(None, "synchronous", "FULL")?;
    to.pragma_update(None, "foreign_keys", true)?;
    let transaction = to.transaction()?;
    for sql in schema {
        transaction.execute(&sql, [])?;
    }
    for Table { name, rows } in tables {
        let Some(first) = rows.first() else { continue };
        let places = vec!["?"; first.len()].join(", ");
        let mut insert = transaction.prepare(&format!("INSERT INTO {name} VALUES ({places})"))?;
        for row in rows {
            insert.execute(params_from_iter(row))?;
        }
    }
    transaction.commit()?;
    Ok(started.elapsed())
}
