//! What went wrong, as a page: what happened, that nothing was lost, what to do.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Response};
use base::Uuid;
use district::Refusal;
use district::people::Action;
use http::StatusCode;

use super::Shell;

/// Why a request got no page. One place maps it to a status and to words.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The address or the form is not as the page made it.
    Bad,
    /// No key of the request in its header.
    Unkeyed,
    /// The key of another request.
    Reused,
    /// A program that says who it is by no token, or by one that does not hold.
    Unknown,
    /// Sent from another site.
    Foreign,
    /// The reader may not do this here; with which thing, where that is known.
    Forbidden(Option<Action>, Option<Uuid>),
    /// No such page or thing, or not on that date.
    Absent,
    /// The address takes no such method.
    Method,
    /// More bytes than the address takes.
    TooLarge,
    /// A body of another kind than the address takes.
    Kind,
    /// It does not say which state of the thing it was written upon.
    Unconditional,
    /// The thing is not as it was when it was read.
    Changed,
    /// It cannot be read: where, and why.
    Unread(Vec<Unread>),
    /// Refused with a reason.
    Refused(Refusal),
    /// The database, or the server, has no time just now.
    Unavailable(String),
    /// The disk is full, or may only be read: nothing can be written just now, and reading goes on.
    Unwritable(String),
    /// The database went away before it said whether it was done.
    Unsure(String),
    /// A fault of the program.
    Internal(String),
}

/// A part of a request that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its name in the request: `limit`, `lines[2].post`; empty for the whole.
    pub field: String,
    /// What is wrong with it.
    pub text: String,
}

impl Fault {
    /// Its status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Bad | Self::Unkeyed => StatusCode::BAD_REQUEST,
            Self::Reused => StatusCode::CONFLICT,
            Self::Unknown => StatusCode::UNAUTHORIZED,
            Self::Foreign | Self::Forbidden(..) => StatusCode::FORBIDDEN,
            Self::Absent => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Kind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unconditional => StatusCode::PRECONDITION_REQUIRED,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::Unread(_) | Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable(_) | Self::Unwritable(_) | Self::Unsure(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The fault that an answer of axum's own means.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::FORBIDDEN => Self::Forbidden(None, None),
            StatusCode::NOT_FOUND => Self::Absent,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => {
                Self::Unavailable("it took too long".into())
            }
            status if status.is_client_error() => Self::Bad,
            status => Self::Internal(format!("a handler answered {status}")),
        }
    }

    /// The messages with what happened and what to do.
    pub(super) fn words(&self) -> [&'static str; 2] {
        match self {
            Self::Bad => ["errors-bad-title", "errors-bad-do"],
            Self::Unkeyed => ["api-unkeyed-title", "api-unkeyed-do"],
            Self::Reused => ["api-reused-title", "api-reused-do"],
            Self::Unknown => ["api-unknown-title", "api-unknown-do"],
            Self::Foreign => ["errors-foreign-title", "errors-foreign-do"],
            Self::Forbidden(..) => ["errors-forbidden-title", "errors-forbidden-do"],
            Self::Absent => ["errors-absent-title", "errors-absent-do"],
            Self::Method => ["errors-method-title", "errors-method-do"],
            Self::TooLarge => ["errors-large-title", "errors-large-do"],
            Self::Kind => ["api-kind-title", "api-kind-do"],
            Self::Unconditional => ["api-unconditional-title", "api-unconditional-do"],
            Self::Changed => ["api-changed-title", "api-changed-do"],
            Self::Unread(_) => ["api-unread-title", "api-unread-do"],
            Self::Refused(_) => ["errors-refused-title", "errors-refused-do"],
            Self::Unavailable(_) => ["errors-unavailable-title", "errors-unavailable-do"],
            Self::Unwritable(_) => ["errors-unwritable-title", "errors-unwritable-do"],
            Self::Unsure(_) => ["errors-unsure-title", "errors-unsure-do"],
            Self::Internal(_) => ["errors-internal-title", "errors-internal-do"],
        }
    }

    /// Writes what the log should see, once. The line stands in the request's span, which names its number; the address
    /// is not told, as it may hold names and codes: the request's own line tells the route.
    pub(crate) fn log(&self) {
        match self {
            Self::Internal(why) => tracing::error!(why, "a request failed"),
            Self::Unavailable(why) => tracing::warn!(why, "a request could not be served now"),
            Self::Unwritable(why) => tracing::error!(why, "nothing can be written"),
            Self::Unsure(why) => tracing::error!(why, "a request may have been done or not"),
            Self::Forbidden(Some(action), _) => tracing::info!(action = action.as_str(), "not permitted"),
            Self::Foreign => tracing::warn!("a form from another site was refused"),
            _ => {}
        }
    }
}

impl From<district::Error> for Fault {
    fn from(error: district::Error) -> Self {
        match error {
            district::Error::Forbidden(action) => Self::Forbidden(Some(action), None),
            district::Error::Absent(_) => Self::Absent,
            district::Error::Refused(refusal) => Self::Refused(refusal),
            district::Error::Db(error) => match error {
                db::Error::Unavailable(why) => Self::Unavailable(why),
                db::Error::Full(why) | db::Error::ReadOnly(why) => Self::Unwritable(why),
                db::Error::Unsure(why) => Self::Unsure(why),
                error => Self::Internal(error.to_string()),
            },
            error @ district::Error::Internal(_) => Self::Internal(error.to_string()),
        }
    }
}

/// Only the status, and the fault itself for the gate, which knows the language and makes the page.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[derive(Template)]
#[template(path = "kit/error.html")]
struct ErrorPage<'a> {
    s: &'a Shell,
    status: u16,
    title: &'a str,
    reason: Option<String>,
    advice: &'a str,
    wrote: bool,
}

/// The page of a fault; `wrote`: the request wanted to write, so the page says that nothing was, where that is known.
pub(super) fn page(s: &Shell, fault: &Fault, wrote: bool) -> Response {
    let status = fault.status();
    let wrote = wrote && !matches!(fault, Fault::Unsure(_));
    let [title, advice] = fault.words();
    let reason = match fault {
        Fault::Refused(refusal) => Some(s.refusal(refusal)),
        _ => None,
    };
    let page =
        ErrorPage { s, status: status.as_u16(), title: s.t(title), reason, advice: s.t(advice), wrote };
    s.html_with(status, &page).unwrap_or_else(|_| status.into_response())
}
