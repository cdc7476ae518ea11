//! What a PostgreSQL server says about itself, for whoever looks for a fault.

use base::Instant;

use crate::{Error, Row, Tx};

/// How a database orders and encodes texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// `UTF8`, if it was made well.
    pub encoding: String,
    /// The name of the collation: `C`, if it was made well.
    pub collation: String,
    /// Whether texts are ordered by their bytes, as SQLite does.
    pub by_bytes: bool,
}

const TEXTS: &str = "SELECT CAST(pg_encoding_to_char(encoding) AS TEXT), CAST(datcollate AS TEXT), CAST(datlocprovider AS TEXT)
    FROM pg_database WHERE datname = current_database()";

/// Collations of the C library and of PostgreSQL itself that compare code points, which in UTF-8 is comparing bytes.
const BY_BYTES: [&str; 4] = ["C", "POSIX", "C.UTF-8", "C.utf8"];

pub(crate) fn texts(tx: &mut Tx<'_>) -> Result<Texts, Error> {
    let mut row = only(tx, TEXTS)?;
    let (encoding, collation, provider): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    // ICU ("i") has orders of its own, whatever the name beside it says.
    let by_bytes = provider != "i" && BY_BYTES.contains(&collation.as_str());
    Ok(Texts { encoding, collation, by_bytes })
}

pub(crate) fn may_write(tx: &mut Tx<'_>) -> Result<bool, Error> {
    // Without the right to look into the schema there is no current one.
    let sql = "SELECT COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AND NOT pg_is_in_recovery()";
    only(tx, sql)?.get(0)
}

pub(crate) fn clock(tx: &mut Tx<'_>) -> Result<Instant, Error> {
    let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
    only(tx, sql)?.get(0)
}

fn only(tx: &mut Tx<'_>, sql: &str) -> Result<Row, Error> {
    tx.query_text(sql, &[])?.pop().ok_or_else(|| Error::Engine("expected one row, found none".into()))
}
