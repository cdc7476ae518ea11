//! What a database can refuse, told apart by SQLSTATE class and SQLite's extended code, never by a name.

/// A refusal or failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with this key is there already.
    #[error("a row with this key is there already: {0}")]
    Unique(String),
    /// A row points to something that is not there, or something still points to a row.
    #[error("a reference is broken: {0}")]
    Reference(String),
    /// A value breaks a rule of the table.
    #[error("a value breaks a rule of the table: {0}")]
    Rule(String),
    /// Another transaction came first; the same transaction may succeed when it runs again.
    #[error("another transaction came first: {0}")]
    Race(String),
    /// The database cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The disk of the database is full, or fails. Nothing of the transaction was written.
    #[error(
        "the disk of the database takes no more: {0}. Nothing was written: make room, or see whether the disk fails, \
         then do it again"
    )]
    Full(String),
    /// The database may only be read: its disk, its file, or the server itself. Nothing of the transaction was written.
    #[error(
        "the database can only be read: {0}. Nothing was written: let the disk, the folder and the file be written \
         again, then do it again"
    )]
    ReadOnly(String),
    /// The database went away between being asked to commit and its answer: nobody knows whether it did.
    #[error("the database went away before it said whether it was done: {0}. Look, or do it again")]
    Unsure(String),
    /// A column is of another type than the program expects. A fault of the program.
    #[error("column {column}: expected {expected}, found {found}")]
    Decode {
        /// Place in the row, from 0.
        column: usize,
        /// What the program asked for.
        expected: &'static str,
        /// What the engine gave.
        found: String,
    },
    /// Anything else the engine said. A fault of the program or of the machine.
    #[error("the database said: {0}")]
    Engine(String),
}

/// Whether the transaction that ended with this error is worth running again.
pub trait Retry {
    /// True when another transaction came first.
    fn is_retryable(&self) -> bool;
}

impl Retry for Error {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Race(_))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi;
        let text = error.to_string();
        let Some(code) = error.sqlite_error() else { return Self::Engine(text) };
        match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Self::Unique(text),
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::Reference(text),
            ffi::SQLITE_CONSTRAINT_CHECK | ffi::SQLITE_CONSTRAINT_NOTNULL => Self::Rule(text),
            ffi::SQLITE_IOERR_WRITE
            | ffi::SQLITE_IOERR_FSYNC
            | ffi::SQLITE_IOERR_DIR_FSYNC
            | ffi::SQLITE_IOERR_TRUNCATE
            | ffi::SQLITE_IOERR_SHMSIZE => Self::Full(text),
            extended => match extended & 0xff {
                ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Race(text),
                ffi::SQLITE_FULL => Self::Full(text),
                ffi::SQLITE_READONLY => Self::ReadOnly(text),
                // Interrupted: it took longer than it may.
                ffi::SQLITE_CANTOPEN | ffi::SQLITE_IOERR | ffi::SQLITE_INTERRUPT => Self::Unavailable(text),
                _ => Self::Engine(text),
            },
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code() else {
            // The cause says what an administrator needs: no such host, refused, no such socket.
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            return Self::Unavailable(format!("{error}{}", cause.unwrap_or_default()));
        };
        let text = error.as_db_error().map_or_else(|| error.to_string(), |e| e.message().to_owned());
        match state.code() {
            "23505" => Self::Unique(text),
            "23503" => Self::Reference(text),
            "23502" | "23514" => Self::Rule(text),
            "40001" | "40P01" => Self::Race(text),
            "53100" => Self::Full(text),
            "25006" => Self::ReadOnly(text),
            // Cancelled: it took longer than it may.
            "57014" => Self::Unavailable(text),
            code if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => {
                Self::Unavailable(text)
            }
            code => Self::Engine(format!("{code} {text}")),
        }
    }
}

impl Error {
    /// What a failed commit means: whether a database that went away had done it nobody knows.
    pub(crate) fn of_commit(self) -> Self {
        match self {
            Self::Unavailable(text) => Self::Unsure(text),
            other => other,
        }
    }
}

impl From<deadpool_postgres::PoolError> for Error {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(error) => error.into(),
            other => Self::Unavailable(other.to_string()),
        }
    }
}
