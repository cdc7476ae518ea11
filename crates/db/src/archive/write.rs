//! Writing an archive.

use std::collections::BTreeMap;
use std::io::Write;

use sha2::{Digest as _, Sha256};

use super::frame::{BLOCK, End, Frame, FrameWriter, Head, LARGEST};
use super::seal::Seal;
use super::{ArchiveError, Header, Hex, Order, Sum, Summary, row};
use crate::{Column, Error, Schema, Table, Tx, Ty, migrate};

/// Writes every table of the district, each after those it points to, as this transaction sees them. Tables are found
/// from the catalogue; the version of the schema goes into the header instead of its table.
pub fn save<W: Write>(tx: &mut Tx<'_>, mut out: W, order: &Order<'_>) -> Result<Summary, ArchiveError> {
    let schema = tx.schema()?;
    let (seal, key) = Seal::new(order.passphrase.as_ref())?;
    let header = Header::new(order, migrate::version(tx)?, key);
    let start = header.write(&mut out, seal.algorithm())?;
    let mut frames = FrameWriter::new(out, seal, start);
    let mut tables = BTreeMap::new();
    for (name, table) in kept(&schema, order.left_out)? {
        frames.put(&Frame::Table(head(name, table)))?;
        let sum = gather(tx, name, table, &mut |rows| frames.put(&Frame::Rows(rows)))?;
        tables.insert(name.to_owned(), sum);
    }
    frames.put(&Frame::End(End { tables: tables.clone() }))?;
    Ok(Summary { header, tables, bytes: frames.finish()? })
}

/// What the tables of the district hold as this transaction sees them: the sums that an archive would carry, and no archive.
pub fn sums(tx: &mut Tx<'_>, left_out: &[&str]) -> Result<BTreeMap<String, Sum>, ArchiveError> {
    let schema = tx.schema()?;
    let sum =
        |(name, table): (&str, &Table)| Ok((name.to_owned(), gather(tx, name, table, &mut |_| Ok(()))?));
    kept(&schema, left_out)?.into_iter().map(sum).collect()
}

/// The tables that an archive holds, each after those it points to.
fn kept<'a>(schema: &'a Schema, left_out: &[&str]) -> Result<Vec<(&'a str, &'a Table)>, Error> {
    let is_kept = |name: &&str| *name != migrate::VERSIONS_TABLE && !left_out.contains(name);
    let names = schema.by_reference()?.into_iter().filter(is_kept);
    Ok(names.map(|name| (name, &schema.tables[name])).collect())
}

/// The name and the columns of a table.
pub(super) fn head(name: &str, table: &Table) -> Head {
    let columns = table.columns.iter().map(|column| (column.name.clone(), column.ty.clone())).collect();
    Head { table: name.to_owned(), columns }
}

/// Reads a table whole and hands its rows on in blocks; says what it holds.
pub(super) fn gather(
    tx: &mut Tx<'_>,
    name: &str,
    table: &Table,
    block: &mut dyn FnMut(Vec<u8>) -> Result<(), ArchiveError>,
) -> Result<Sum, ArchiveError> {
    let types = table.columns.iter().map(Column::kind).collect::<Result<Vec<Ty>, Error>>()?;
    let (mut hash, mut rows, mut gathered) = (Sha256::new(), 0, Vec::new());
    tx.scan_while(name, table, |values| {
        row::put(&mut gathered, &types, values)?;
        rows += 1;
        if gathered.len() < BLOCK {
            return Ok(());
        }
        if gathered.len() > LARGEST {
            return Err(ArchiveError::TooLarge(name.to_owned()));
        }
        hash.update(&gathered);
        block(std::mem::take(&mut gathered))
    })?;
    if !gathered.is_empty() {
        hash.update(&gathered);
        block(gathered)?;
    }
    Ok(Sum { rows, sha256: Hex(hash.finalize().into()) })
}
