//! Answers.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};

use super::Fault;
use super::shell::cookie;
use super::state::State;
use district::people::{LONGEST_MILLIS, Token};

/// What a handler answers.
pub type Result<T = Response, E = Fault> = std::result::Result<T, E>;

/// A value as JSON of a kind.
pub(crate) fn json<T: serde::Serialize>(status: StatusCode, kind: &'static str, value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => {
            let kind = HeaderValue::from_static(kind);
            (status, [(header::CONTENT_TYPE, kind)], bytes).into_response()
        }
        Err(error) => Fault::Internal(format!("JSON: {error}")).into_response(),
    }
}

/// Goes to another page (303). Only addresses of our own: what begins with one slash.
pub fn see_other(to: &str) -> Response {
    let to = if is_local(to) { to } else { "/" };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let value = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, value);
    response
}

/// Is this an address of our own? `//elsewhere`, `/\elsewhere` and whole addresses are not.
pub(super) fn is_local(to: &str) -> bool {
    to.starts_with('/')
        && !to[1..].starts_with(['/', '\\'])
        && to.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

/// Goes to a page with a session's cookie.
pub(crate) fn entered(state: &State, token: &Token, to: &str) -> Response {
    let mut response = see_other(to);
    set_cookie(&mut response, state, cookie::SESSION, &token.text(), LONGEST_MILLIS / 1000);
    response
}

/// Goes to the first page without a session.
pub fn ended(state: &State) -> Response {
    let mut response = see_other("/");
    set_cookie(&mut response, state, cookie::SESSION, "", 0);
    response
}

/// Sets a cookie for some seconds; for none: forgets it.
pub(crate) fn set_cookie(response: &mut Response, state: &State, name: &str, value: &str, seconds: i64) {
    let secure = if state.settings.secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
