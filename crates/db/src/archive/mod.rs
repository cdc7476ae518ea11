//! The archive of a district: every table, independent of the engine, as one stream that is checked to its last byte.
//!
//! [`save`] writes a district into a stream within a transaction that sees one moment ([`Db::snapshot`](crate::Db::snapshot)).
//! [`look`] reads what an archive says about itself, [`Found::open`] unlocks it, and then it is read through
//! ([`Archive::check`]) or restored into an empty place ([`Archive::restore`]). Neither side keeps a table in memory.
//! `docs/archive.md` describes the format.

mod error;
mod frame;
mod header;
mod read;
mod restore;
mod row;
mod seal;
mod write;

use std::collections::BTreeMap;

use base::Instant;
use sha2::{Digest as _, Sha256};

pub use error::ArchiveError;
pub use header::{Header, Hex, KeySource};
pub use read::{Archive, Found, look};
pub use restore::{Restored, Target};
pub use seal::Cost;
pub use write::{save, sums};

/// What an archive is to hold and to say about itself.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The district's code (GB/T 2260).
    pub district: &'a str,
    /// When.
    pub made_at: Instant,
    /// The program and its version.
    pub program: &'a str,
    /// Tables that are not saved: what is no fact of the district.
    pub left_out: &'a [&'a str],
    /// Sealed with this passphrase, or readable by anyone.
    pub passphrase: Option<Passphrase<'a>>,
}

/// From what the key of an archive is derived.
#[derive(Clone, Copy)]
pub struct Passphrase<'a> {
    /// What a person knows.
    pub text: &'a [u8],
    /// Fresh randomness: two archives never share a key.
    pub salt: [u8; 16],
    /// What one guess costs.
    pub cost: Cost,
}

/// Says nothing of the passphrase.
impl std::fmt::Debug for Passphrase<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passphrase").field("cost", &self.cost).finish_non_exhaustive()
    }
}

/// What one table holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sum {
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of the rows as the archive writes them, in the order of the primary key.
    pub sha256: Hex<32>,
}

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// What it says about itself.
    pub header: Header,
    /// Each table by its name.
    pub tables: BTreeMap<String, Sum>,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Summary {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|sum| sum.rows).sum()
    }

    /// SHA-256 over the sums of the tables: equal for equal contents, whatever engine they came from, and sealed or not.
    pub fn content(&self) -> Hex<32> {
        let mut hash = Sha256::new();
        for (name, sum) in &self.tables {
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name);
            hash.update(sum.rows.to_be_bytes());
            hash.update(sum.sha256.0);
        }
        Hex(hash.finalize().into())
    }
}
