//! A transaction lent to a closure.

use crate::statement::{copy_into, insert_into};
use crate::{Bulk, Error, Row, Schema, Statement, Ty, Value, postgres, schema, sqlite};

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One consistent picture; nothing can be written.
    Read,
    /// Everything or nothing.
    Write,
}

/// An open transaction of one district. It ends when the closure it was lent to returns.
pub struct Tx<'a> {
    inner: Inner<'a>,
    kind: Kind,
    /// Numbers that stay what they are while one picture is read, by their names.
    steady: Vec<(&'static str, i64)>,
}

enum Inner<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(postgres::Session<'a>),
}

impl<'a> Tx<'a> {
    pub(crate) fn sqlite(connection: &'a rusqlite::Connection, kind: Kind) -> Self {
        Self { inner: Inner::Sqlite(connection), kind, steady: Vec::new() }
    }

    pub(crate) fn postgres(session: postgres::Session<'a>, kind: Kind) -> Self {
        Self { inner: Inner::Postgres(session), kind, steady: Vec::new() }
    }

    /// A number of the district that many ask for: asked of the database once while one picture is read, and each time
    /// where something may be written in between.
    pub fn steady<E: From<Error>>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Result<i64, E>,
    ) -> Result<i64, E> {
        if let Some((_, number)) = self.steady.iter().find(|(known, _)| *known == name) {
            return Ok(*number);
        }
        let number = read(self)?;
        self.hold_steady(name, number);
        Ok(number)
    }

    /// Tells such a number that was read together with another.
    pub fn hold_steady(&mut self, name: &'static str, number: i64) {
        if self.kind == Kind::Read && !self.steady.iter().any(|(known, _)| *known == name) {
            self.steady.push((name, number));
        }
    }

    /// All rows of a query.
    pub fn query(&mut self, statement: &Statement, params: &[Value]) -> Result<Vec<Row>, Error> {
        match &self.inner {
            Inner::Sqlite(connection) => sqlite::query(connection, statement.sqlite(), params),
            Inner::Postgres(session) => session.query(statement.postgres(), params),
        }
    }

    /// The row of a query that finds at most one.
    pub fn find(&mut self, statement: &Statement, params: &[Value]) -> Result<Option<Row>, Error> {
        let mut rows = self.query(statement, params)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            found => Err(Error::Engine(format!("expected one row, found {found}"))),
        }
    }

    /// The row of a query that always has one (an aggregate).
    pub fn one(&mut self, statement: &Statement, params: &[Value]) -> Result<Row, Error> {
        self.find(statement, params)?.ok_or_else(|| Error::Engine("expected one row, found none".into()))
    }

    /// Runs a statement; says how many rows it changed.
    pub fn execute(&mut self, statement: &Statement, params: &[Value]) -> Result<u64, Error> {
        match &self.inner {
            Inner::Sqlite(connection) => sqlite::execute(connection, statement.sqlite(), params),
            Inner::Postgres(session) => session.execute(statement.postgres(), params),
        }
    }

    /// Runs a statement once for each row of parameters, in their order; on PostgreSQL the next goes out before the answer to
    /// the one before is there. Says how many rows were changed.
    pub fn execute_each<R: AsRef<[Value]>>(
        &mut self,
        statement: &Statement,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, Error> {
        match &self.inner {
            Inner::Sqlite(connection) => sqlite::execute_each(connection, statement.sqlite(), rows),
            Inner::Postgres(session) => session.execute_each(statement.postgres(), rows),
        }
    }

    /// Inserts many rows. Each row has a value for each column of the bulk, in order.
    pub fn bulk<R: AsRef<[Value]>>(
        &mut self,
        bulk: &Bulk,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, Error> {
        match &self.inner {
            Inner::Sqlite(connection) => sqlite::bulk(connection, bulk.insert(), rows),
            Inner::Postgres(session) => session.bulk(&bulk.copy(), &bulk.types(), rows),
        }
    }

    /// The tables as this transaction sees them.
    pub fn schema(&mut self) -> Result<Schema, Error> {
        schema::of(self)
    }

    /// Inserts many rows into a table that the catalogue names (archives).
    pub(crate) fn insert_all<R: AsRef<[Value]>>(
        &mut self,
        table: &str,
        columns: &[(&str, Ty)],
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, Error> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        match &self.inner {
            Inner::Sqlite(connection) => sqlite::bulk(connection, &insert_into(table, &names), rows),
            Inner::Postgres(session) => {
                let types: Vec<Ty> = columns.iter().map(|(_, ty)| *ty).collect();
                session.bulk(&copy_into(table, &names), &types, rows)
            }
        }
    }

    /// Every row of a text made by this crate, one at a time; its columns are of these types.
    pub(crate) fn each_text<E: From<Error>>(
        &mut self,
        sql: &str,
        types: &[Ty],
        visit: &mut dyn FnMut(&[Value]) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.inner {
            Inner::Sqlite(connection) => sqlite::each(connection, sql, visit),
            Inner::Postgres(session) => session.each(sql, types, visit),
        }
    }

    /// All rows of a text made by this crate (lists, catalogues); parameters as `?1`.
    pub(crate) fn query_text(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
        match &self.inner {
            Inner::Sqlite(connection) => sqlite::query(connection, sql, params),
            Inner::Postgres(session) => session.query(&crate::statement::dollars(sql), params),
        }
    }

    /// Runs a text made by this crate (migrations).
    pub(crate) fn execute_text(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        match &self.inner {
            Inner::Sqlite(connection) => sqlite::execute(connection, sql, params),
            Inner::Postgres(session) => session.execute(&crate::statement::dollars(sql), params),
        }
    }

    /// `FOR UPDATE` on PostgreSQL, nothing on SQLite, where a writing transaction is alone anyway: locks a row until
    /// the transaction ends. `table` and `key` are names in the program's text, never input.
    pub fn lock(
        &mut self,
        table: &'static str,
        key: &'static str,
        value: impl Into<Value>,
    ) -> Result<(), Error> {
        if let Inner::Postgres(session) = &self.inner {
            session.query(&format!("SELECT 1 FROM {table} WHERE {key} = $1 FOR UPDATE"), &[value.into()])?;
        }
        Ok(())
    }

    /// Is this PostgreSQL?
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }
}
