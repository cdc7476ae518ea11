//! Statements: static texts with names, written once for both engines.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::OnceLock;

/// Something with a text that a test prepares on both engines.
pub trait Registered: Sync {
    /// Module and name, for errors.
    fn name(&self) -> &'static str;
    /// Every text this can become, for the engine.
    fn texts(&self, postgres: bool) -> Vec<String> {
        vec![self.text(postgres).into_owned()]
    }
    /// The text for the engine.
    fn text(&self, postgres: bool) -> Cow<'_, str>;
}

/// One SQL statement with `?1` parameters.
#[derive(Debug)]
pub struct Statement {
    name: &'static str,
    sql: &'static str,
    dollars: OnceLock<String>,
}

impl Statement {
    /// Used by [`statements!`](crate::statements).
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql, dollars: OnceLock::new() }
    }

    pub(crate) fn sqlite(&self) -> &'static str {
        self.sql
    }

    pub(crate) fn postgres(&self) -> &str {
        self.dollars.get_or_init(|| dollars(self.sql))
    }
}

impl Registered for Statement {
    fn name(&self) -> &'static str {
        self.name
    }

    fn text(&self, postgres: bool) -> Cow<'_, str> {
        Cow::Borrowed(if postgres { self.postgres() } else { self.sql })
    }
}

/// `?1` becomes `$1`. A question mark inside a quoted text stays.
pub(crate) fn dollars(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut quoted = false;
    for c in sql.chars() {
        quoted ^= c == '\'';
        out.push(if c == '?' && !quoted { '$' } else { c });
    }
    out
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the SQL types say it")]
pub enum Ty {
    Uuid,
    Bigint,
    Text,
    Boolean,
    Bytea,
}

impl Ty {
    /// The type by its name in [`Column::ty`](crate::Column::ty).
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "UUID" => Self::Uuid,
            "BIGINT" => Self::Bigint,
            "TEXT" => Self::Text,
            "BOOLEAN" => Self::Boolean,
            "BYTEA" => Self::Bytea,
            _ => return None,
        })
    }
}

/// Many rows into one table: a prepared INSERT on SQLite, binary COPY on PostgreSQL.
#[derive(Debug)]
pub struct Bulk {
    name: &'static str,
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [(&'static str, Ty)],
    insert: OnceLock<String>,
}

impl Bulk {
    /// Used by [`bulk!`](crate::bulk).
    pub const fn new(
        name: &'static str,
        table: &'static str,
        columns: &'static [(&'static str, Ty)],
    ) -> Self {
        Self { name, table, columns, insert: OnceLock::new() }
    }

    pub(crate) fn insert(&self) -> &str {
        self.insert.get_or_init(|| insert_into(self.table, &self.names()))
    }

    pub(crate) fn copy(&self) -> String {
        copy_into(self.table, &self.names())
    }

    pub(crate) fn types(&self) -> Vec<Ty> {
        self.columns.iter().map(|(_, ty)| *ty).collect()
    }

    fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }
}

/// `INSERT INTO towns (id, name) VALUES (?1, ?2)`.
pub(crate) fn insert_into(table: &str, columns: &[&str]) -> String {
    let mut places = String::new();
    for i in 1..=columns.len() {
        // Writing to a text cannot fail.
        let _ = write!(places, "{}?{i}", if i == 1 { "" } else { ", " });
    }
    format!("INSERT INTO {table} ({}) VALUES ({places})", columns.join(", "))
}

/// `COPY towns (id, name) FROM STDIN BINARY`.
pub(crate) fn copy_into(table: &str, columns: &[&str]) -> String {
    format!("COPY {table} ({}) FROM STDIN BINARY", columns.join(", "))
}

impl Registered for Bulk {
    fn name(&self) -> &'static str {
        self.name
    }

    fn text(&self, postgres: bool) -> Cow<'_, str> {
        if postgres { Cow::Owned(dollars(self.insert())) } else { Cow::Borrowed(self.insert()) }
    }
}

/// Declares and registers the statements of a `store.rs`:
///
/// ```
/// db::statements! {
///     FIND = "SELECT name FROM towns WHERE id = ?1";
/// }
/// db::registered![FIND];
/// assert_eq!(registered().len(), 1);
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $sql:expr;)*) => {
        $($(#[$meta])* $vis static $name: $crate::Statement =
            $crate::Statement::new(concat!(module_path!(), "::", stringify!($name)), $sql);)*
    };
}

/// Declares bulk inserts: `bulk! { INSERT = "towns" (id Uuid, name Text); }`.
#[macro_export]
macro_rules! bulk {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $table:literal ($($column:ident $ty:ident),* $(,)?);)*) => {
        $($(#[$meta])* $vis static $name: $crate::Bulk = $crate::Bulk::new(
            concat!(module_path!(), "::", stringify!($name)),
            $table,
            &[$((stringify!($column), $crate::Ty::$ty)),*],
        );)*
    };
}

/// Makes `registered()`, the list of a module's statements that the test prepares on both engines.
#[macro_export]
macro_rules! registered {
    ($($name:ident),* $(,)?) => {
        /// Every statement of this module.
        pub fn registered() -> Vec<&'static dyn $crate::Registered> {
            vec![$(&$name),*]
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_rewritten_outside_of_texts() {
        assert_eq!(dollars("a = ?1 AND b = '?' AND c = ?12"), "a = $1 AND b = '?' AND c = $12");
    }

    #[test]
    fn a_bulk_insert_names_its_columns() {
        static TOWNS: Bulk = Bulk::new("towns", "towns", &[("id", Ty::Uuid), ("name", Ty::Text)]);
        assert_eq!(TOWNS.insert(), "INSERT INTO towns (id, name) VALUES (?1, ?2)");
        assert_eq!(TOWNS.copy(), "COPY towns (id, name) FROM STDIN BINARY");
    }
}
