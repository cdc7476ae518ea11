//! Reading a whole table row by row, for digests, counts and archives: never a table in memory.

use crate::{Error, Table, Tx, Ty, Value};

impl Tx<'_> {
    /// Every row of a table, in the order of its primary key, each with its columns in the order of `table`. `name` and
    /// `table` are an entry of [`crate::Schema`].
    pub fn scan(&mut self, name: &str, table: &Table, mut visit: impl FnMut(&[Value])) -> Result<(), Error> {
        self.scan_while(name, table, |row| {
            visit(row);
            Ok(())
        })
    }

    /// The same, until the visit fails. The order is the same on both engines: texts are compared byte by byte.
    pub fn scan_while<E: From<Error>>(
        &mut self,
        name: &str,
        table: &Table,
        mut visit: impl FnMut(&[Value]) -> Result<(), E>,
    ) -> Result<(), E> {
        let types = table.columns.iter().map(crate::Column::kind).collect::<Result<Vec<Ty>, Error>>()?;
        let sql = select(name, table, self.is_postgres())?;
        self.each_text(&sql, &types, &mut visit)
    }
}

fn select(name: &str, table: &Table, postgres: bool) -> Result<String, Error> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut key = Vec::with_capacity(table.key.len());
    for part in &table.key {
        let text = table.columns.iter().any(|column| column.name == *part && column.ty == "TEXT");
        // A database that was made with another collation still gives the bytes' order.
        key.push(if text && postgres { format!("{part} COLLATE \"C\"") } else { part.clone() });
    }
    if key.is_empty() {
        return Err(Error::Engine(format!("{name} has no primary key to be read by")));
    }
    Ok(format!("SELECT {} FROM {name} ORDER BY {}", columns.join(", "), key.join(", ")))
}
