//! What programs send: the parts of an address, a query, a body, and what is kept of them.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, Query};
use base::Uuid;
use http::header::{self, HeaderMap};
use http::{Method, Uri};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer;
use super::operation::Kinds;
use crate::kit::{Fault, Posted, Unread};

/// The header with the key of a request that writes.
pub(super) const KEY: &str = "Idempotency-Key";

/// The parts of an address; what cannot be one of them is nowhere.
pub(super) fn address<P>(at: Result<Path<P>, PathRejection>) -> Result<P, Fault> {
    at.map(|Path(at)| at).map_err(|_| Fault::Absent)
}

/// What the query asks.
pub(super) fn asked<Q: DeserializeOwned>(uri: &Uri) -> Result<Q, Fault> {
    let read = Query::<Q>::try_from_uri(uri);
    read.map(|Query(asked)| asked).map_err(|rejection| unread("", &rejection.body_text()))
}

pub(super) fn unread(field: &str, text: &str) -> Fault {
    Fault::Unread(vec![Unread { field: field.to_owned(), text: text.to_owned() }])
}

/// What a program sent to write.
pub(super) struct Sent {
    method: Method,
    uri: Uri,
    /// Its headers.
    pub headers: HeaderMap,
    body: Bytes,
}

impl<S: Send + Sync> axum::extract::FromRequest<S> for Sent {
    type Rejection = Fault;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Fault> {
        let (method, uri, headers) =
            (request.method().clone(), request.uri().clone(), request.headers().clone());
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection: BytesRejection| Fault::of_status(rejection.status()))?;
        Ok(Self { method, uri, headers, body })
    }
}

impl Sent {
    /// Its body.
    pub fn json<B: DeserializeOwned>(&self) -> Result<B, Fault> {
        self.is_of(&[answer::JSON])?;
        let value: Value = serde_json::from_slice(&self.body).map_err(|_| Fault::Bad)?;
        if holds_nul(&value) {
            return Err(unread("", "U+0000 cannot stand in a text"));
        }
        // Read again from the bytes: only there is a field found that stands twice.
        let read = Json::<B>::from_bytes(&self.body).map(|Json(body)| body);
        read.map_err(|rejection| unread("", &rejection.body_text()))
    }

    /// Refuses a body that says that it is of no such kind.
    fn is_of(&self, kinds: &[&str]) -> Result<(), Fault> {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if kinds.iter().any(|it| kind.eq_ignore_ascii_case(it)) { Ok(()) } else { Err(Fault::Kind) }
    }

    /// Its body, a file of one of these kinds; what the query says of it; and what is kept of all that.
    pub fn file<Q: DeserializeOwned>(self, kinds: Kinds) -> Result<(Posted, Q, Bytes), Fault> {
        self.is_of(kinds)?;
        let asked = asked::<Q>(&self.uri)?;
        Ok((self.kept()?, asked, self.body))
    }

    /// What is kept of it, to know it when it comes again: nothing but all of it, under its key.
    pub fn posted(&self) -> Result<Posted, Fault> {
        if self.uri.query().is_some() {
            return Err(unread("", "an operation that writes takes no query"));
        }
        self.kept()
    }

    fn kept(&self) -> Result<Posted, Fault> {
        let key = self.headers.get(KEY).and_then(|value| value.to_str().ok());
        let key = key.and_then(|text| Uuid::parse_str(text.trim()).ok()).ok_or(Fault::Unkeyed)?;
        let upon = self.headers.get(header::IF_MATCH).map_or(&[][..], |value| value.as_bytes());
        let parts: [(&str, &[u8]); 5] = [
            ("method", self.method.as_str().as_bytes()),
            ("path", self.uri.path().as_bytes()),
            ("query", self.uri.query().unwrap_or_default().as_bytes()),
            ("upon", upon),
            ("body", &self.body),
        ];
        Ok(Posted::file(key, &parts))
    }
}

/// The longest name of a file, in characters: its ending says what it is, and is not to be cut off.
const LONGEST_NAME: usize = 120;

/// Refuses a name of a file that is longer than the description of the API says.
pub(super) fn named(name: &str) -> Result<(), Fault> {
    if name.chars().count() > LONGEST_NAME { Err(unread("name", "at most 120 characters")) } else { Ok(()) }
}

/// Does a text somewhere in it hold the letter that no database keeps?
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
