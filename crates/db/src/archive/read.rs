//! Reading an archive from its beginning to its end.

use std::collections::BTreeMap;
use std::io::Read;

use sha2::{Digest as _, Sha256};

use super::frame::{Frame, FrameReader, Head};
use super::header::Start;
use super::seal::Seal;
use super::{ArchiveError, Header, Hex, Sum, Summary, row};
use crate::{Ty, Value};

/// Reads what an archive says about itself.
pub fn look<R: Read>(mut input: R) -> Result<Found<R>, ArchiveError> {
    let (header, start) = Header::read(&mut input)?;
    Ok(Found { header, start, input })
}

/// An archive whose beginning was read.
pub struct Found<R> {
    header: Header,
    start: Start,
    input: R,
}

impl<R: Read> Found<R> {
    /// What it says about itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Is a passphrase needed?
    pub fn is_sealed(&self) -> bool {
        self.header.key.is_some()
    }

    /// Opens it, with its passphrase if it is sealed.
    pub fn open(self, passphrase: Option<&[u8]>) -> Result<Archive<R>, ArchiveError> {
        let seal = Seal::known(self.start.algorithm, self.header.key.as_ref(), passphrase)?;
        let frames = FrameReader::new(self.input, seal, self.start);
        Ok(Archive { header: self.header, frames, ahead: None, table: None, sums: BTreeMap::new() })
    }
}

/// An archive that is being read: a table, its rows, the next table, to the end.
pub struct Archive<R> {
    header: Header,
    frames: FrameReader<R>,
    /// A frame that was read and belongs to what comes next.
    ahead: Option<Frame>,
    table: Option<Reading>,
    sums: BTreeMap<String, Sum>,
}

/// The table that is being read.
struct Reading {
    name: String,
    types: Vec<Ty>,
    rows: u64,
    hash: Sha256,
    block: Vec<u8>,
    at: usize,
}

impl<R: Read> Archive<R> {
    /// What it says about itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Reads it to its end, and says what it holds. An error when anything is not as it was written.
    pub fn check(mut self) -> Result<Summary, ArchiveError> {
        while self.next_table()?.is_some() {
            while self.row()?.is_some() {}
        }
        Ok(self.finish())
    }

    /// The next table, once the rows of the one before were read; `None` after the last, when everything was as written.
    pub(super) fn next_table(&mut self) -> Result<Option<Head>, ArchiveError> {
        match self.next_frame()? {
            Frame::Table(head) => {
                if self.sums.contains_key(&head.table) {
                    return Err(ArchiveError::damaged("a table that comes twice"));
                }
                self.table = Some(Reading::of(&head)?);
                Ok(Some(head))
            }
            Frame::Rows(_) => Err(ArchiveError::damaged("rows of no table")),
            Frame::End(end) if end.tables == self.sums => Ok(None),
            Frame::End(_) => Err(ArchiveError::damaged("its tables are not those that were written")),
        }
    }

    /// The next row of the table; `None` after its last.
    pub(super) fn row(&mut self) -> Result<Option<Vec<Value>>, ArchiveError> {
        loop {
            let Some(table) = &mut self.table else { return Ok(None) };
            if let Some(row) = table.row()? {
                return Ok(Some(row));
            }
            match self.frames.next()? {
                Frame::Rows(rows) => table.load(rows),
                other => {
                    self.ahead = Some(other);
                    let table = self.table.take().map(Reading::sum);
                    self.sums.extend(table);
                    return Ok(None);
                }
            }
        }
    }

    /// What the tables hold that were read.
    pub(super) fn sums(&self) -> &BTreeMap<String, Sum> {
        &self.sums
    }

    /// What was read, after the last table.
    pub(super) fn finish(self) -> Summary {
        Summary { header: self.header, tables: self.sums, bytes: self.frames.bytes() }
    }

    fn next_frame(&mut self) -> Result<Frame, ArchiveError> {
        self.ahead.take().map_or_else(|| self.frames.next(), Ok)
    }
}

impl Reading {
    fn of(head: &Head) -> Result<Self, ArchiveError> {
        let types = head.columns.iter().map(|(_, ty)| Ty::named(ty)).collect::<Option<Vec<Ty>>>();
        Ok(Self {
            name: head.table.clone(),
            types: types.ok_or_else(|| ArchiveError::damaged("a column of an unknown type"))?,
            rows: 0,
            hash: Sha256::new(),
            block: Vec::new(),
            at: 0,
        })
    }

    fn load(&mut self, block: Vec<u8>) {
        self.hash.update(&block);
        self.block = block;
        self.at = 0;
    }

    /// The next row of the block.
    fn row(&mut self) -> Result<Option<Vec<Value>>, ArchiveError> {
        let mut rest = &self.block[self.at..];
        if rest.is_empty() {
            return Ok(None);
        }
        let row = row::take(&mut rest, &self.types).ok_or_else(|| ArchiveError::damaged("a row"))?;
        self.at = self.block.len() - rest.len();
        self.rows += 1;
        Ok(Some(row))
    }

    fn sum(self) -> (String, Sum) {
        (self.name, Sum { rows: self.rows, sha256: Hex(self.hash.finalize().into()) })
    }
}
