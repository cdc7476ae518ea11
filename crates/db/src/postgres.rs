//! PostgreSQL: tokio-postgres under `block_on` of a runtime of our own.
//!
//! Every statement goes out unnamed with its parameter types (`query_typed`): one round trip, and nothing stays
//! behind in the session, so a transaction pooler may stand between. The exceptions are COPY, which the driver can
//! only prepare under a name, and a statement that runs for many rows: each takes its name back before the transaction
//! ends, on the same connection.

use std::cell::Cell;
use std::fmt::Write as _;
use std::time::Duration;

use bytes::BytesMut;
use futures_util::future::{join, try_join_all};
use futures_util::{FutureExt as _, StreamExt as _, pin_mut};
use tokio::runtime::Runtime;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::{BinaryCopyInWriter, BinaryCopyOutRow, BinaryCopyOutStream};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::tx::Kind;
use crate::{Connections, Error, Row, Server, Tx, Ty, Value};

/// Statements that are on their way at a time: more would fill the buffers of both sides before anybody reads.
const ON_THE_WAY: usize = 256;

/// Of so many rows a statement gets a name, by which the server reads and plans it once. Like that of a COPY the name is taken
/// back inside the transaction: it goes with the statement, before the end is sent on the same connection.
const WORTH_A_NAME: usize = 16;

/// A district's schema, over the connections of its server.
#[derive(Debug)]
pub(crate) struct Pool {
    server: Server,
    schema: String,
}

impl Pool {
    /// Opens a schema; makes it when it is missing.
    pub(crate) fn open(server: &Server, schema: &str) -> Result<Self, Error> {
        let pool = Self::connect(server, schema)?;
        pool.alone(|session| session.batch(&format!("CREATE SCHEMA IF NOT EXISTS {}", pool.schema)))?;
        Ok(pool)
    }

    /// Opens a schema that is there.
    pub(crate) fn find(server: &Server, schema: &str) -> Result<Option<Self>, Error> {
        let pool = Self::connect(server, schema)?;
        let sql = "SELECT nspname FROM pg_namespace WHERE nspname = $1";
        let found = pool.alone(|session| session.query(sql, &[Value::from(pool.schema.as_str())]))?;
        Ok((!found.is_empty()).then_some(pool))
    }

    /// A schema that may be there or not; nothing is asked of the database yet.
    pub(crate) fn connect(server: &Server, schema: &str) -> Result<Self, Error> {
        Ok(Self { server: server.clone(), schema: checked(schema)? })
    }

    pub(crate) fn connections(&self) -> Connections {
        self.server.connections()
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// The schema's name, which needs no quotes.
    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    /// One errand outside of a transaction.
    fn alone<T>(&self, errand: impl FnOnce(&Session<'_>) -> Result<T, Error>) -> Result<T, Error> {
        blocking(|| {
            let client = self.server.client()?;
            errand(&Session { client: &client, runtime: self.server.runtime(), ahead: None })
        })
    }

    pub(crate) fn transact<T, E: From<Error>>(
        &self,
        (kind, longest): (Kind, Option<Duration>),
        work: &mut dyn FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        blocking(|| {
            let client = self.server.client()?;
            let begin = match kind {
                Kind::Read => "BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ",
                Kind::Write => "BEGIN",
            };
            // No fall-through to `public`: a district sees its own schema only.
            let mut first = format!("{begin}; SET LOCAL search_path TO {}", self.schema);
            if let Some(longest) = longest {
                let _ = write!(first, "; SET LOCAL statement_timeout = {}", longest.as_millis());
            }
            let ahead = Cell::new(Some(first));
            let session = || Session { client: &client, runtime: self.server.runtime(), ahead: Some(&ahead) };
            // Before the first word: a transaction that began and got no further is rolled back as well.
            let mut open = Open { session: session(), ended: false };
            // Should a writing one not begin, the first statement must not find itself outside of it.
            if kind == Kind::Write {
                open.session.begun()?;
            }
            let value = work(&mut Tx::postgres(session(), kind))?;
            open.ended = true;
            if ahead.take().is_none() {
                match kind {
                    Kind::Read => open.session.send("COMMIT"),
                    Kind::Write => open.session.batch("COMMIT").map_err(Error::of_commit)?,
                }
            }
            Ok(value)
        })
    }

    pub(crate) fn check(&self, sql: &str) -> Result<(), Error> {
        blocking(|| {
            let mut client = self.server.client()?;
            self.server.runtime().block_on(async {
                let tx = client.transaction().await?;
                tx.batch_execute(&format!("SET LOCAL search_path TO {}", self.schema)).await?;
                tx.prepare(sql).await?;
                Ok(())
            })
        })
    }
}

/// Rolls back unless the work came to its commit, also when it panics.
struct Open<'a> {
    session: Session<'a>,
    ended: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let begun = self.session.ahead.is_none_or(|ahead| ahead.take().is_none());
        if begun
            && !self.ended
            && let Err(error) = self.session.batch("ROLLBACK")
        {
            tracing::warn!(%error, "rollback failed; the server rolls back when the connection closes");
        }
    }
}

/// The client of an open transaction.
pub(crate) struct Session<'a> {
    client: &'a Client,
    runtime: &'a Runtime,
    /// With what its transaction begins, until the first statement takes it along; `None` outside of one.
    ahead: Option<&'a Cell<Option<String>>>,
}

impl Session<'_> {
    fn batch(&self, sql: &str) -> Result<(), Error> {
        Ok(self.runtime.block_on(self.client.batch_execute(sql))?)
    }

    /// Sends and waits for no answer: whatever goes out next on this connection comes behind it. For the end of a reading
    /// transaction, on which nothing hangs.
    fn send(&self, sql: &str) {
        // It is on its way once it was polled; its answer finds nobody who waits.
        let _ = self.client.batch_execute(sql).now_or_never();
    }

    /// Begins the transaction unless that was done.
    fn begun(&self) -> Result<(), Error> {
        self.ahead.and_then(Cell::take).map_or(Ok(()), |begin| self.batch(&begin))
    }

    pub(crate) fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
        let params = typed(params);
        let asked = self.client.query_typed(sql, &params);
        let rows = match self.ahead.and_then(Cell::take) {
            None => self.runtime.block_on(asked)?,
            // Both go out before an answer is waited for. A reading transaction that did not begin leaves a query without
            // a schema to look in, and its own error comes first.
            Some(first) => {
                let (opened, rows) = self.runtime.block_on(join(self.client.batch_execute(&first), asked));
                opened?;
                rows?
            }
        };
        rows.iter().map(decode).collect()
    }

    pub(crate) fn execute_each<R: AsRef<[Value]>>(
        &self,
        sql: &str,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, Error> {
        self.begun()?;
        let mut rows = rows.into_iter();
        let (mut changed, mut named) = (0, None);
        loop {
            let some: Vec<R> = rows.by_ref().take(ON_THE_WAY).collect();
            if some.is_empty() {
                return Ok(changed);
            }
            changed += self.runtime.block_on(async {
                if named.is_none() && some.len() >= WORTH_A_NAME {
                    named = Some(self.client.prepare_typed(sql, &common_types(&some)).await?);
                }
                let sent = some.iter().map(|row| async {
                    let row = row.as_ref();
                    match &named {
                        None => self.client.execute_typed(sql, &typed(row)).await,
                        Some(statement) => self.client.execute_raw(statement, row).await,
                    }
                });
                Ok::<u64, Error>(try_join_all(sent).await?.into_iter().sum())
            })?;
        }
    }

    pub(crate) fn execute(&self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        self.begun()?;
        Ok(self.runtime.block_on(self.client.execute_typed(sql, &typed(params)))?)
    }

    /// Every row of a query with columns of these types, one at a time.
    pub(crate) fn each<E: From<Error>>(
        &self,
        sql: &str,
        types: &[Ty],
        visit: &mut dyn FnMut(&[Value]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.begun()?;
        let pg_types: Vec<Type> = types.iter().copied().map(pg_type).collect();
        let copy = format!("COPY ({sql}) TO STDOUT (FORMAT binary)");
        self.runtime.block_on(async {
            let stream = self.client.copy_out(&copy).await.map_err(Error::from)?;
            let rows = BinaryCopyOutStream::new(stream, &pg_types);
            pin_mut!(rows);
            let mut values = Vec::with_capacity(types.len());
            while let Some(row) = rows.next().await {
                let row = row.map_err(Error::from)?;
                values.clear();
                for (column, ty) in types.iter().enumerate() {
                    values.push(copied(&row, column, *ty).map_err(Error::from)?);
                }
                visit(&values)?;
            }
            Ok(())
        })
    }

    pub(crate) fn bulk<R: AsRef<[Value]>>(
        &self,
        copy: &str,
        types: &[Ty],
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, Error> {
        self.begun()?;
        let types: Vec<Type> = types.iter().copied().map(pg_type).collect();
        self.runtime.block_on(async {
            let sink = self.client.copy_in(copy).await?;
            let writer = BinaryCopyInWriter::new(sink, &types);
            pin_mut!(writer);
            for row in rows {
                writer
                    .as_mut()
                    .write_raw(row.as_ref().iter().map(|value| value as &(dyn ToSql + Sync)))
                    .await?;
            }
            Ok(writer.finish().await?)
        })
    }
}

/// Deletes a schema with everything in it.
pub(crate) fn drop_schema(url: &str, schema: &str) -> Result<(), Error> {
    let pool = Pool::connect(&Server::new(url)?, schema)?;
    pool.alone(|session| session.batch(&format!("DROP SCHEMA IF EXISTS {} CASCADE", pool.schema)))
}

/// A schema name that needs no quotes: letters, digits and underscores, not starting with a digit.
fn checked(schema: &str) -> Result<String, Error> {
    let fine = (1..=45).contains(&schema.len())
        && schema.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !schema.as_bytes()[0].is_ascii_digit();
    if fine {
        Ok(schema.to_owned())
    } else {
        Err(Error::Engine(format!("“{schema}” cannot name a schema")))
    }
}

/// Lets the web server's other tasks go on while this thread waits; outside of a runtime it just runs.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(work)
}

fn typed(params: &[Value]) -> Vec<(&(dyn ToSql + Sync), Type)> {
    params.iter().map(|value| (value as &(dyn ToSql + Sync), value_type(value))).collect()
}

/// The types of the parameters of some rows. Those of which none of them has a value the server finds out for itself: what
/// it then takes for less than BIGINT has to be cast in the statement, as everywhere.
fn common_types<R: AsRef<[Value]>>(rows: &[R]) -> Vec<Type> {
    let width = rows.first().map_or(0, |row| row.as_ref().len());
    let of = |place: usize| {
        let values = rows.iter().filter_map(|row| row.as_ref().get(place));
        values.map(value_type).find(|ty| *ty != Type::UNKNOWN).unwrap_or(Type::UNKNOWN)
    };
    (0..width).map(of).collect()
}

fn value_type(value: &Value) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Int(_) => Type::INT8,
        Value::Bool(_) => Type::BOOL,
        Value::Text(_) => Type::TEXT,
        Value::Bytes(_) => Type::BYTEA,
        Value::Uuid(_) => Type::UUID,
    }
}

fn pg_type(ty: Ty) -> Type {
    match ty {
        Ty::Uuid => Type::UUID,
        Ty::Bigint => Type::INT8,
        Ty::Text => Type::TEXT,
        Ty::Boolean => Type::BOOL,
        Ty::Bytea => Type::BYTEA,
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => value.to_sql(ty, out),
            Self::Bool(value) => value.to_sql(ty, out),
            Self::Text(value) => value.to_sql(ty, out),
            Self::Bytes(value) => value.to_sql(ty, out),
            Self::Uuid(value) => {
                out.extend_from_slice(value.as_bytes());
                Ok(IsNull::No)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn decode(row: &tokio_postgres::Row) -> Result<Row, Error> {
    let mut values = Vec::with_capacity(row.len());
    for (column, described) in row.columns().iter().enumerate() {
        let ty = described.type_();
        let value = match *ty {
            Type::INT8 => row.try_get::<_, Option<i64>>(column)?.into(),
            Type::INT4 => row.try_get::<_, Option<i32>>(column)?.into(),
            Type::BOOL => row.try_get::<_, Option<bool>>(column)?.into(),
            Type::TEXT | Type::VARCHAR | Type::NAME => row.try_get::<_, Option<String>>(column)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column)?.into(),
            Type::UUID => row.try_get::<_, Option<RawUuid>>(column)?.map(|raw| raw.0).into(),
            // SUM and AVG of BIGINT are NUMERIC here and integers on SQLite: the statement has to CAST.
            _ => {
                return Err(Error::Decode {
                    column,
                    expected: "a CAST to BIGINT or TEXT",
                    found: ty.to_string(),
                });
            }
        };
        values.push(value);
    }
    Ok(Row::new(values))
}

/// A value of a row that is copied out.
fn copied(row: &BinaryCopyOutRow, column: usize, ty: Ty) -> Result<Value, tokio_postgres::Error> {
    Ok(match ty {
        Ty::Uuid => row.try_get::<Option<RawUuid>>(column)?.map(|raw| raw.0).into(),
        Ty::Bigint => row.try_get::<Option<i64>>(column)?.into(),
        Ty::Text => row.try_get::<Option<String>>(column)?.into(),
        Ty::Boolean => row.try_get::<Option<bool>>(column)?.into(),
        Ty::Bytea => row.try_get::<Option<Vec<u8>>>(column)?.into(),
    })
}

/// The 16 bytes of a UUID as they travel.
struct RawUuid(base::Uuid);

impl<'a> tokio_postgres::types::FromSql<'a> for RawUuid {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(base::Uuid::from_slice(raw)?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::UUID
    }
}
