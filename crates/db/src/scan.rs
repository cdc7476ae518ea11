//! Reading a whole table in pages, for digests, counts and archives.

use crate::{Error, Table, Tx, Value};

/// Rows read at a time: large enough to be fast, small enough to be nothing in memory.
const PAGE: usize = 10_000;

impl Tx<'_> {
    /// Every row of a table, in the order of its primary key, each with its columns in the order of `table`. `name` and
    /// `table` are an entry of [`crate::Schema`].
    pub fn scan(&mut self, name: &str, table: &Table, mut visit: impl FnMut(&[Value])) -> Result<(), Error> {
        let key: Vec<usize> = table
            .key
            .iter()
            .filter_map(|part| table.columns.iter().position(|column| column.name == *part))
            .collect();
        if key.is_empty() {
            return Err(Error::Engine(format!("{name} has no primary key to be read by")));
        }
        let mut after: Option<Vec<Value>> = None;
        loop {
            let sql = page(name, table, after.is_some());
            let rows = self.query_text(&sql, after.as_deref().unwrap_or(&[]))?;
            let last = rows.len() < PAGE;
            after = rows.last().map(|row| key.iter().map(|column| row.values()[*column].clone()).collect());
            for row in &rows {
                visit(row.values());
            }
            if last {
                return Ok(());
            }
        }
    }
}

/// The text of a page: the first one, or the one after a key.
fn page(name: &str, table: &Table, further: bool) -> String {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let key = table.key.join(", ");
    let places: Vec<String> = (1..=table.key.len()).map(|place| format!("?{place}")).collect();
    let after = if further { format!(" WHERE ({key}) > ({})", places.join(", ")) } else { String::new() };
    format!("SELECT {} FROM {name}{after} ORDER BY {key} LIMIT {PAGE}", columns.join(", "))
}
