//! What an operation can answer instead of a value.

use db::Retry;

use crate::people::Action;

/// An operation's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The actor may not do this here.
    #[error("not permitted: {}", .0.as_str())]
    Forbidden(Action),
    /// There is no such thing, or not on that date.
    #[error("there is no such {0}")]
    Absent(&'static str),
    /// The input is refused; what, where and how to mend it.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// A fault of the program.
    #[error("internal: {0}")]
    Internal(String),
}

/// A refusal: the id of a message in `locales/`, what it names, and the field it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Message id, beginning with the slice's name: `register-refused-code-taken`.
    pub message: &'static str,
    /// What the message names.
    pub args: Vec<(&'static str, String)>,
    /// The field of the form, if there is one.
    pub field: Option<&'static str>,
}

impl Refusal {
    /// A refusal with this message.
    pub fn new(message: &'static str) -> Self {
        Self { message, args: Vec::new(), field: None }
    }

    /// Names something in the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Ties the refusal to a field of the form.
    #[must_use]
    pub fn at(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Retry for Error {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Db(error) if error.is_retryable())
    }
}
