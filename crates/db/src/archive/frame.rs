//! Frames: what an archive consists of after its beginning. Each is whether it is the last (1 byte), its length (4 bytes,
//! big end first) and its sealed bytes; inside are a letter for its kind and what it carries.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};

use super::header::{Start, fill};
use super::seal::{Place, Seal};
use super::{ArchiveError, Sum};

/// Rows are gathered to this many bytes before they become a frame: enough to be compressed well, nothing in memory.
pub(super) const BLOCK: usize = 256 * 1024;
/// The longest frame in bytes, and the most its rows take unpacked: four times the largest file that is uploaded.
pub(super) const LARGEST: usize = 256 * 1024 * 1024;

/// A table begins.
const TABLE: u8 = b'T';
/// Rows of the table that has begun.
const ROWS: u8 = b'R';
/// Nothing follows.
const END: u8 = b'E';

/// What a frame carries.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A table begins.
    Table(Head),
    /// Whole rows of it, one after the other.
    Rows(Vec<u8>),
    /// Nothing follows.
    End(End),
}

/// The name and the columns of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Its name.
    pub table: String,
    /// Name and type of each column, in the order of its values.
    pub columns: Vec<(String, String)>,
}

/// What was in the archive, by the one who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    /// Each table by its name.
    pub tables: BTreeMap<String, Sum>,
}

impl Frame {
    fn pack(&self) -> Result<Vec<u8>, ArchiveError> {
        Ok(match self {
            Self::Table(head) => [&[TABLE][..], &json(head)?].concat(),
            Self::End(end) => [&[END][..], &json(end)?].concat(),
            Self::Rows(rows) => {
                let length = u32::try_from(rows.len()).unwrap_or(u32::MAX);
                let before = [&[ROWS][..], &length.to_be_bytes()].concat();
                let mut packer = ZlibEncoder::new(before, Compression::fast());
                packer.write_all(rows)?;
                packer.finish()?
            }
        })
    }

    fn unpack(bytes: &[u8]) -> Result<Self, ArchiveError> {
        let bad = |what: &str| ArchiveError::damaged(what);
        let (kind, rest) = bytes.split_first().ok_or_else(|| bad("an empty frame"))?;
        Ok(match *kind {
            TABLE => Self::Table(serde_json::from_slice(rest).map_err(|_| bad("the head of a table"))?),
            END => Self::End(serde_json::from_slice(rest).map_err(|_| bad("its end"))?),
            ROWS => {
                let (length, packed) = rest.split_first_chunk::<4>().ok_or_else(|| bad("a frame of rows"))?;
                let length = u32::from_be_bytes(*length) as usize;
                if length > LARGEST {
                    return Err(bad("a frame of rows"));
                }
                // One byte more than was said shows that there is more.
                let mut rows = Vec::with_capacity(length.min(2 * BLOCK));
                let unpacked = ZlibDecoder::new(packed).take(length as u64 + 1).read_to_end(&mut rows);
                if unpacked.is_err() || rows.len() != length {
                    return Err(bad("a frame of rows"));
                }
                Self::Rows(rows)
            }
            _ => return Err(bad("a frame of an unknown kind")),
        })
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, ArchiveError> {
    Ok(serde_json::to_vec(value).map_err(std::io::Error::from)?)
}

/// Writes frames after the beginning of an archive.
pub(super) struct FrameWriter<W> {
    out: W,
    seal: Seal,
    start: Start,
    number: u64,
    bytes: u64,
}

impl<W: Write> FrameWriter<W> {
    pub(super) fn new(out: W, seal: Seal, start: Start) -> Self {
        Self { out, seal, start, number: 0, bytes: start.bytes }
    }

    pub(super) fn put(&mut self, frame: &Frame) -> Result<(), ArchiveError> {
        let last = matches!(frame, Frame::End(_));
        let place = Place { binding: self.start.binding, number: self.number, last };
        let closed = self.seal.close(&place, &frame.pack()?)?;
        let length = u32::try_from(closed.len()).unwrap_or(u32::MAX);
        self.out.write_all(&[last.into()])?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(&closed)?;
        self.number += 1;
        self.bytes += 5 + closed.len() as u64;
        Ok(())
    }

    /// Hands on what was written; says how long the archive is, in bytes.
    pub(super) fn finish(mut self) -> Result<u64, ArchiveError> {
        self.out.flush()?;
        Ok(self.bytes)
    }
}

/// Reads frames after the beginning of an archive, up to the last.
pub(super) struct FrameReader<R> {
    input: R,
    seal: Seal,
    start: Start,
    number: u64,
    bytes: u64,
}

impl<R: Read> FrameReader<R> {
    pub(super) fn new(input: R, seal: Seal, start: Start) -> Self {
        Self { input, seal, start, number: 0, bytes: start.bytes }
    }

    /// Length of what was read, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next frame; the last one is an [`Frame::End`], and nothing may follow it.
    pub(super) fn next(&mut self) -> Result<Frame, ArchiveError> {
        let mut before = [0; 5];
        if fill(&mut self.input, &mut before)? < before.len() {
            return Err(ArchiveError::CutOff);
        }
        let [last, length @ ..] = before;
        let length = u32::from_be_bytes(length) as usize;
        if last > 1 || length > LARGEST + BLOCK {
            return Err(ArchiveError::damaged("the beginning of a frame"));
        }
        // Grows with what comes, not with what was said.
        let mut closed = Vec::with_capacity(length.min(BLOCK));
        (&mut self.input).take(length as u64).read_to_end(&mut closed)?;
        if closed.len() < length {
            return Err(ArchiveError::CutOff);
        }
        let place = Place { binding: self.start.binding, number: self.number, last: last == 1 };
        let opened = self.seal.open(&place, &closed);
        let frame = Frame::unpack(&opened.ok_or_else(|| ArchiveError::damaged("a frame"))?)?;
        self.number += 1;
        self.bytes += (before.len() + length) as u64;
        if place.last != matches!(frame, Frame::End(_)) {
            return Err(ArchiveError::damaged("its end"));
        }
        if place.last && fill(&mut self.input, &mut [0])? > 0 {
            return Err(ArchiveError::damaged("something follows its end"));
        }
        Ok(frame)
    }
}
