//! The tables as the engine describes them, in one vocabulary, so that a test can compare the engines and the rules.

use std::collections::BTreeMap;

use crate::{Error, Tx, Ty, Value, params};

/// The tables of a district by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// Name → table.
    pub tables: BTreeMap<String, Table>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Columns of the primary key, in its order.
    pub key: Vec<String>,
    /// Each index, that of UNIQUE included: its columns in order, and whether it is unique; without the primary key's.
    pub indexes: Vec<(Vec<String>, bool)>,
    /// Each foreign key: its columns and the table they point to.
    pub references: Vec<(Vec<String>, String)>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `UUID`, `BIGINT`, `TEXT`, `BOOLEAN` or `BYTEA`.
    pub ty: String,
    /// May it be NULL?
    pub nullable: bool,
}

impl Schema {
    /// The names of the tables, each after those it points to: the order in which they can be filled.
    pub fn by_reference(&self) -> Result<Vec<&str>, Error> {
        let mut ordered: Vec<&str> = Vec::with_capacity(self.tables.len());
        while ordered.len() < self.tables.len() {
            let before = ordered.len();
            for (name, table) in &self.tables {
                let stands = |target: &str| target == name || ordered.contains(&target);
                if !ordered.contains(&name.as_str()) && table.references.iter().all(|(_, to)| stands(to)) {
                    ordered.push(name);
                }
            }
            if ordered.len() == before {
                return Err(Error::Engine("tables point to each other in a circle".into()));
            }
        }
        Ok(ordered)
    }
}

impl Column {
    /// Its type; an error when it is none of ours.
    pub fn kind(&self) -> Result<Ty, Error> {
        Ty::named(&self.ty)
            .ok_or_else(|| Error::Engine(format!("column {} is of the unknown type {}", self.name, self.ty)))
    }
}

pub(crate) fn of(tx: &mut Tx<'_>) -> Result<Schema, Error> {
    if tx.is_postgres() { postgres(tx) } else { sqlite(tx) }.map(sorted)
}

fn sorted(mut schema: Schema) -> Schema {
    for table in schema.tables.values_mut() {
        table.indexes.sort();
        table.references.sort();
    }
    schema
}

fn sqlite(tx: &mut Tx<'_>) -> Result<Schema, Error> {
    let mut schema = Schema::default();
    for mut row in
        tx.query_text("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'", &[])?
    {
        let name: String = row.get(0)?;
        let mut table = Table::default();
        let mut key: Vec<(i64, String)> = Vec::new();
        for mut column in
            tx.query_text("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1)", params![&name])?
        {
            let column_name: String = column.get(0)?;
            let (ty, not_null, place): (String, i64, i64) = (column.get(1)?, column.get(2)?, column.get(3)?);
            if place > 0 {
                key.push((place, column_name.clone()));
            }
            table.columns.push(Column { name: column_name, ty, nullable: not_null == 0 && place == 0 });
        }
        key.sort();
        table.key = key.into_iter().map(|(_, column)| column).collect();
        let indexes = "SELECT name, \"unique\" FROM pragma_index_list(?1) WHERE origin <> 'pk'";
        for mut index in tx.query_text(indexes, params![&name])? {
            let (index_name, unique): (String, i64) = (index.get(0)?, index.get(1)?);
            table.indexes.push((
                texts(tx, "SELECT name FROM pragma_index_info(?1) ORDER BY seqno", &index_name)?,
                unique == 1,
            ));
        }
        let mut references: BTreeMap<i64, (Vec<String>, String)> = BTreeMap::new();
        let foreign = "SELECT id, \"from\", \"table\" FROM pragma_foreign_key_list(?1) ORDER BY id, seq";
        for mut part in tx.query_text(foreign, params![&name])? {
            let id: i64 = part.get(0)?;
            let entry = references.entry(id).or_insert((Vec::new(), part.get(2)?));
            entry.0.push(part.get(1)?);
        }
        table.references = references.into_values().collect();
        schema.tables.insert(name, table);
    }
    Ok(schema)
}

fn texts(tx: &mut Tx<'_>, sql: &str, param: &str) -> Result<Vec<String>, Error> {
    tx.query_text(sql, &[Value::from(param)])?.into_iter().map(|mut row| row.get(0)).collect()
}

const PG_COLUMNS: &str = "SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), CAST(format_type(a.atttypid, NULL) AS TEXT), a.attnotnull
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname, a.attnum";

const PG_INDEXES: &str = "SELECT CAST(c.relname AS TEXT), i.indisprimary, i.indisunique,
    (SELECT string_agg(CAST(a.attname AS TEXT), ',' ORDER BY k.place) FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = CAST(current_schema() AS regnamespace)";

const PG_REFERENCES: &str = "SELECT CAST(c.relname AS TEXT), CAST(t.relname AS TEXT),
    (SELECT string_agg(CAST(a.attname AS TEXT), ',' ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum)
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class t ON t.oid = f.confrelid
    WHERE f.contype = 'f' AND c.relnamespace = CAST(current_schema() AS regnamespace)";

fn postgres(tx: &mut Tx<'_>) -> Result<Schema, Error> {
    let mut schema = Schema::default();
    for mut row in tx.query_text(PG_COLUMNS, &[])? {
        let (table, name, ty): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let not_null: bool = row.get(3)?;
        let column = Column { name, ty: ty.to_uppercase(), nullable: !not_null };
        schema.tables.entry(table).or_default().columns.push(column);
    }
    let split = |list: String| list.split(',').map(str::to_owned).collect::<Vec<_>>();
    for mut row in tx.query_text(PG_INDEXES, &[])? {
        let (name, primary, unique): (String, bool, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let columns = split(row.get(3)?);
        let table = schema.tables.entry(name).or_default();
        if primary {
            table.key = columns;
        } else {
            table.indexes.push((columns, unique));
        }
    }
    for mut row in tx.query_text(PG_REFERENCES, &[])? {
        let (name, target): (String, String) = (row.get(0)?, row.get(1)?);
        let columns = split(row.get(2)?);
        schema.tables.entry(name).or_default().references.push((columns, target));
    }
    Ok(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(references: &[&str]) -> Table {
        let references = references.iter().map(|to| (vec!["a".into()], (*to).to_owned())).collect();
        Table { references, ..Table::default() }
    }

    #[test]
    fn a_table_comes_after_those_it_points_to() {
        let schema = |tables: &[(&str, &[&str])]| Schema {
            tables: tables.iter().map(|(name, to)| ((*name).to_owned(), table(to))).collect(),
        };
        // A table may point to itself.
        let three = schema(&[("a", &["c", "a"]), ("b", &[]), ("c", &["b"])]);
        assert_eq!(three.by_reference().unwrap(), ["b", "c", "a"]);
        assert!(schema(&[("a", &["b"]), ("b", &["a"])]).by_reference().is_err());
    }
}
