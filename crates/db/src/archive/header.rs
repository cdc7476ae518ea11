//! What stands before the rows: the magic with the format, the algorithm, and what the archive says about itself.

use std::fmt;
use std::io::{Read, Write};

use base::Instant;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{ArchiveError, Cost};

/// As PNG does it: no text begins so, and a copy that turned line ends or cut the eighth bit is found at once.
const MAGIC: [u8; 11] = *b"\x89LILONG\r\n\x1a\n";
/// The format this program writes and reads.
pub(super) const FORMAT: u8 = 1;
/// Longest description in bytes: a few hundred are needed.
const LONGEST: u32 = 64 * 1024;

/// What an archive says about itself. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The district's code (GB/T 2260).
    pub district: String,
    /// The version of its schema.
    pub schema: i64,
    /// When it was made, in milliseconds since 1970-01-01 UTC.
    made_at: i64,
    /// The program that made it.
    pub program: String,
    /// Tables of the schema that are not in it.
    pub left_out: Vec<String>,
    /// How its key comes from its passphrase; absent when it is not sealed.
    pub key: Option<KeySource>,
}

/// How a key comes from a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySource {
    /// `argon2id`, version 1.3 (RFC 9106).
    pub function: String,
    /// What one guess costs.
    #[serde(flatten)]
    pub cost: Cost,
    /// Random, of this archive alone.
    pub salt: Hex<16>,
    /// The last 16 bytes of what is derived: they tell a wrong passphrase from a damaged archive.
    pub check: Hex<16>,
}

impl Header {
    pub(super) fn new(order: &super::Order<'_>, schema: i64, key: Option<KeySource>) -> Self {
        Self {
            district: order.district.to_owned(),
            schema,
            made_at: order.made_at.millis(),
            program: order.program.to_owned(),
            left_out: order.left_out.iter().map(|name| (*name).to_owned()).collect(),
            key,
        }
    }

    /// When it was made.
    pub fn made_at(&self) -> Instant {
        Instant::from_millis(self.made_at)
    }

    /// Writes it with all that stands before it; gives the SHA-256 that binds each frame to it.
    pub(super) fn write(&self, out: &mut impl Write, algorithm: u8) -> Result<Start, ArchiveError> {
        let said = serde_json::to_vec(self).map_err(std::io::Error::from)?;
        let length = u32::try_from(said.len()).unwrap_or(u32::MAX);
        let before = [&MAGIC[..], &[FORMAT, algorithm], &length.to_be_bytes(), &said].concat();
        let binding: [u8; 32] = Sha256::digest(&before).into();
        out.write_all(&before)?;
        out.write_all(&binding)?;
        Ok(Start { algorithm, binding, bytes: (before.len() + binding.len()) as u64 })
    }

    pub(super) fn read(input: &mut impl Read) -> Result<(Self, Start), ArchiveError> {
        let mut magic = [0; MAGIC.len()];
        let got = fill(input, &mut magic)?;
        if got == 0 || magic[..got] != MAGIC[..got] {
            return Err(ArchiveError::NotAnArchive);
        }
        let mut fixed = [0; 6];
        if got < MAGIC.len() || fill(input, &mut fixed)? < fixed.len() {
            return Err(ArchiveError::CutOff);
        }
        let [format, algorithm, length @ ..] = fixed;
        if format != FORMAT {
            return Err(ArchiveError::NewerFormat { found: format, known: FORMAT });
        }
        let length = u32::from_be_bytes(length);
        if length > LONGEST {
            return Err(ArchiveError::damaged("its description"));
        }
        let (mut said, mut binding) = (vec![0; length as usize], [0; 32]);
        if fill(input, &mut said)? < said.len() || fill(input, &mut binding)? < binding.len() {
            return Err(ArchiveError::CutOff);
        }
        let before = [&MAGIC[..], &fixed, &said].concat();
        if binding != <[u8; 32]>::from(Sha256::digest(&before)) {
            return Err(ArchiveError::damaged("its description"));
        }
        let header: Self = serde_json::from_slice(&said)
            .map_err(|error| ArchiveError::Damaged(format!("its description: {error}")))?;
        Ok((header, Start { algorithm, binding, bytes: (before.len() + binding.len()) as u64 }))
    }
}

/// What the frames need to know of what stands before them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    /// How frames are sealed.
    pub algorithm: u8,
    /// SHA-256 of everything before it.
    pub binding: [u8; 32],
    /// Length of everything before the first frame, in bytes.
    pub bytes: u64,
}

/// Reads until the buffer is full or the input ends; says how many bytes came.
pub(super) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match input.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

/// Bytes that are written as hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hex<const N: usize>(pub [u8; N]);

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bad = || serde::de::Error::custom(format!("expected {N} bytes in hexadecimal digits"));
        if text.len() != 2 * N || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(bad());
        }
        let mut bytes = [0; N];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).map_err(|_| bad())?;
        }
        Ok(Self(bytes))
    }
}
