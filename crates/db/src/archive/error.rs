//! Why an archive was not written, read or restored; each in words that say what to do.

use crate::{Error, MigrationError};

/// Why an archive was not written, read or restored. Nothing was written where it was to go.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It does not begin as an archive does.
    #[error("this is no archive of Lilong: look for a file that `lilong backup` wrote")]
    NotAnArchive,
    /// It is written as only a newer program reads it.
    #[error("the archive has format {found}, this program reads format {known}: install the newer program")]
    NewerFormat {
        /// The format of the archive.
        found: u8,
        /// The format this program reads.
        known: u8,
    },
    /// It is sealed in a way that this program does not know.
    #[error(
        "the archive is sealed by algorithm {0}, which this program does not know: install the newer program"
    )]
    UnknownAlgorithm(u8),
    /// It ends too early.
    #[error(
        "the archive ends before its end: it was cut off when it was copied. Take another copy, or an older archive"
    )]
    CutOff,
    /// Its bytes are not those that were written.
    #[error("the archive is damaged ({0}). Take another copy, or an older archive")]
    Damaged(String),
    /// It is sealed, and no passphrase was given.
    #[error("the archive is encrypted: its passphrase is needed")]
    Sealed,
    /// It is not sealed, and a passphrase was given.
    #[error(
        "the archive is not encrypted, and a passphrase was given: is it the right archive? If so, leave the passphrase out"
    )]
    NotSealed,
    /// The passphrase is another.
    #[error(
        "this is not the passphrase of the archive: nothing was read. Try the one that was in use on its day"
    )]
    WrongPassphrase,
    /// It was made by a program with a newer schema.
    #[error(
        "the archive has schema {found}, this program knows schemas up to {known}: install the newer program, then restore again"
    )]
    NewerSchema {
        /// The archive's schema.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Its tables are not those of its schema.
    #[error("the archive does not fit its schema ({0}): restore it with the program that made it")]
    OtherTables(String),
    /// There is something where it is to go.
    #[error(
        "{0} is there already: an archive is restored into an empty place only. Choose another place, or move it away"
    )]
    Occupied(String),
    /// What was written does not read back as it was read.
    #[error("table {0} does not read back as the archive has it: nothing was kept")]
    NotAsWritten(String),
    /// A row points to one that is not there.
    #[error("table {0} points to rows that are not in the archive: nothing was kept")]
    BrokenReference(String),
    /// Whoever asked for the restoring did not accept what came out.
    #[error("{0}")]
    NotAccepted(String),
    /// One row is larger than an archive takes.
    #[error("a row of table {0} is too large for an archive")]
    TooLarge(String),
    /// The key could not be derived.
    #[error("deriving the key of the archive: {0}")]
    Key(String),
    /// The file, the pipe or the disk.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] Error),
    /// A step of the schema.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

impl ArchiveError {
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }
}
