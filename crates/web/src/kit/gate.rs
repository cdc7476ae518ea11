//! The gate every request passes: who, in which language, may they, did the form come from us; and on the way out
//! the headers, and a page for whatever went wrong.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State as Extract};
use axum::middleware::Next;
use axum::response::Response;
use base::Uuid;
use district::kit::{Actor, Tried};
use district::people::{self, Action, Token};
use http::{HeaderMap, HeaderValue, Method, Uri, header};

use super::page::{see_other, set_cookie};
use super::routes::Access;
use super::shell::{Cookies, Inner, cookie, fault_of};
use super::state::State;
use super::{Fault, Language, Shell, Unread, errors, headers, problem};
use crate::open311;
use crate::ops::RequestId;

/// Language and version are remembered for a year.
const YEAR_SECONDS: i64 = 365 * 86_400;
/// A session's last use is written down to the minute, so that most requests write nothing.
const TOUCH_MILLIS: i64 = 60_000;

/// The gate.
pub async fn gate(Extract(state): Extract<Arc<State>>, mut request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = if let Some(switched) = switched(&state, &request) {
        switched
    } else if holds_nul(request.uri()) {
        unreadable(&state, &request)
    } else {
        let writes = !matches!(*request.method(), Method::GET | Method::HEAD);
        let s = shell(&state, &request);
        let answer = match &s {
            Ok(s) => match admitted(s, &request, writes) {
                Ok(()) => {
                    request.extensions_mut().insert(s.clone());
                    Ok(next.run(request).await)
                }
                Err(refused) => Err(refused),
            },
            Err(failed) => Err(Refused::Fault(failed.1.clone())),
        };
        let s = s.unwrap_or_else(|failed| failed.0);
        match answer {
            Ok(response) => paged(&s, response, writes),
            Err(Refused::Enter(to)) => see_other(&to),
            Err(Refused::Fault(fault)) => {
                told(&s, &fault);
                said(&s, &fault, writes)
            }
            Err(Refused::Method(allowed)) => {
                let mut response = said(&s, &Fault::Method, writes);
                let allowed = HeaderValue::from_str(&allowed).ok();
                response.headers_mut().extend(allowed.map(|value| (header::ALLOW, value)));
                response
            }
        }
    };
    // What is logged and counted is the address as it was declared.
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    headers::secure(response.headers_mut(), state.settings.secure);
    response
}

/// A fault in words: as a page for people, as a problem for programs.
fn said(s: &Shell, fault: &Fault, writes: bool) -> Response {
    if for_programs(&s.path) {
        problem::answer(s, fault)
    } else if open311::serves(&s.path) {
        open311::refused(s, fault)
    } else {
        errors::page(s, fault, writes)
    }
}

/// Is this an address for programs? `/api` itself is a page.
pub(crate) fn for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path == "/hsds" || path.starts_with("/hsds/")
}

/// The letter that no text of a database holds, in an address.
fn holds_nul(uri: &Uri) -> bool {
    uri.path().contains("%00") || uri.query().is_some_and(|query| query.contains("%00"))
}

/// What is said to an address that cannot be read.
fn unreadable(state: &Arc<State>, request: &Request) -> Response {
    let s = shell(state, request).unwrap_or_else(|failed| failed.0);
    let fault = if for_programs(&s.path) {
        Fault::Unread(vec![Unread { field: String::new(), text: "U+0000 cannot stand in an address".into() }])
    } else {
        Fault::Bad
    };
    said(&s, &fault, false)
}

enum Refused {
    Enter(String),
    /// The methods that the address takes.
    Method(String),
    Fault(Fault),
}

/// `?lang=` and `?care=` set a cookie and go on to the same address without them.
fn switched(state: &State, request: &Request) -> Option<Response> {
    let query = request.uri().query()?;
    if *request.method() != Method::GET
        || for_programs(request.uri().path())
        || open311::serves(request.uri().path())
        || !(query.contains("lang=") || query.contains("care="))
    {
        return None;
    }
    let mut kept = form_urlencoded::Serializer::new(String::new());
    let mut set = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match (name.as_ref(), Language::parse(&value), value.as_ref()) {
            ("lang", Some(language), _) => set.push((cookie::LANGUAGE, language.tag())),
            ("care", _, "1") => set.push((cookie::CARE, "1")),
            ("care", _, "0") => set.push((cookie::CARE, "0")),
            ("lang" | "care", ..) => {}
            _ => {
                kept.append_pair(&name, &value);
            }
        }
    }
    let query = kept.finish();
    let path = request.uri().path();
    let to = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let mut response = see_other(&to);
    for (name, value) in set {
        set_cookie(&mut response, state, name, value, YEAR_SECONDS);
    }
    Some(response)
}

/// The shell of a request; when nobody can say who sent it, that of someone not signed in, and why.
fn shell(state: &Arc<State>, request: &Request) -> Result<Shell, Box<(Shell, Fault)>> {
    let mut cookies = Cookies::read(request.headers());
    let programs = for_programs(request.uri().path());
    // A token of a program counts below /api alone, and there nothing else beside it.
    let bearer = request.headers().get(header::AUTHORIZATION).filter(|_| programs);
    // A program of Open311 says by the key in its form whose it is: whoever signed in here is nobody there.
    if bearer.is_some() || open311::serves(request.uri().path()) {
        cookies.token = None;
    }
    let come = bearer
        .map_or_else(|| by_session(state, &mut cookies), |it| by_token(state, it).map(|actor| (actor, 0)));
    let (actor, unread, failed) = match come {
        Ok((actor, unread)) => (actor, unread, None),
        Err(fault) => (Actor::anyone(), 0, Some(fault)),
    };
    let shell = Shell::new(Inner {
        state: Arc::clone(state),
        language: Language::of(request.headers()),
        care: cookies.care,
        token: cookies.token,
        actor,
        unread,
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        host: host(request),
        request: request.extensions().get::<RequestId>().cloned(),
    });
    match failed {
        None => Ok(shell),
        Some(fault) => Err(Box::new((shell, fault))),
    }
}

/// The host that was asked for: of a whole address, else of the header.
pub(crate) fn host(request: &Request) -> Option<String> {
    let header = || request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let of_address = request.uri().authority().map(http::uri::Authority::as_str);
    of_address.or_else(header).map(str::to_owned)
}

/// Who signed in, and how many notices they have not read; a cookie of no open session is forgotten.
fn by_session(state: &State, cookies: &mut Cookies) -> Result<(Actor, i64), Fault> {
    // Taken out, and put back only for a session that is open.
    let Some(token) = cookies.token.take() else { return Ok((Actor::anyone(), 0)) };
    let (wall, idle) = (state.wall(), state.settings.idle_millis);
    let busy = |error: district::Error| Fault::Unavailable(error.to_string());
    let found = state.db.read(|tx| people::find_session(tx, &token, wall, idle, state.today()));
    let Some(session) = found.map_err(busy)? else { return Ok((Actor::anyone(), 0)) };
    if wall.millis() - session.seen_at.millis() > TOUCH_MILLIS {
        touched(db::heavy(|| state.db.write(|tx| people::touch_session(tx, &token, wall)))).map_err(busy)?;
    }
    cookies.token = Some(token);
    Ok((session.actor(), session.unread))
}

/// Whose program this is: `Authorization: Bearer lilong_…`.
fn by_token(state: &State, header: &HeaderValue) -> Result<Actor, Fault> {
    let sent = header.to_str().ok().and_then(|text| text.split_once(' '));
    let sent = sent.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = sent.and_then(|(_, text)| Token::parse_personal(text.trim()));
    actor_of(state, &token.ok_or_else(|| unknown(state))?)
}

/// Somebody came by a token that there is not, or not any longer.
pub(crate) fn unknown(state: &State) -> Fault {
    let tried = Tried { action: Action::SessionStart, object: None };
    state.refused(&Actor::anyone(), tried, "token");
    Fault::Unknown
}

/// Whose personal token this is.
pub(crate) fn actor_of(state: &State, token: &Token) -> Result<Actor, Fault> {
    let wall = state.wall();
    let busy = |error: district::Error| Fault::Unavailable(error.to_string());
    let found = state.db.read(|tx| people::find_token(tx, token, wall, state.today()));
    let Some(bearer) = found.map_err(busy)? else { return Err(unknown(state)) };
    if bearer.used_at.is_none_or(|used| wall.millis() - used.millis() > TOUCH_MILLIS) {
        touched(db::heavy(|| state.db.write(|tx| people::touch_token(tx, token, wall)))).map_err(busy)?;
    }
    Ok(bearer.actor)
}

/// On a full disk, or one that may only be read, who comes is let in to read: that they came is only not written down.
fn touched<T>(outcome: district::kit::Result<T>) -> district::kit::Result<()> {
    match outcome {
        Err(district::Error::Db(error @ (db::Error::Full(_) | db::Error::ReadOnly(_)))) => {
            tracing::error!(%error, "it could not be written down that somebody came");
            Ok(())
        }
        other => other.map(drop),
    }
}

/// Asks who may use the address, and where a form came from. What is not declared is not there.
fn admitted(s: &Shell, request: &Request, writes: bool) -> Result<(), Refused> {
    let Some(path) = request.extensions().get::<MatchedPath>() else {
        return Err(Refused::Fault(Fault::Absent));
    };
    let Some(access) = s.state.routes.access(request.method(), path.as_str()) else {
        return Err(Refused::Method(s.state.routes.methods(path.as_str())));
    };
    // A token is sent by a program on purpose; a cookie is sent by a browser whichever page asks it to.
    if writes && s.actor.only.is_none() && !from_here(request.headers()) {
        return Err(Refused::Fault(Fault::Foreign));
    }
    if s.may_use(access) {
        return Ok(());
    }
    if s.actor.signed_in() {
        let action = if let Access::May(action) = access { Some(action) } else { None };
        return Err(Refused::Fault(Fault::Forbidden(action, None)));
    }
    if for_programs(&s.path) {
        return Err(Refused::Fault(Fault::Unknown));
    }
    let here = if writes { "/" } else { request.uri().path_and_query().map_or("/", |it| it.as_str()) };
    let next = form_urlencoded::Serializer::new(String::new()).append_pair("next", here).finish();
    Err(Refused::Enter(format!("/enter?{next}")))
}

/// Did a browser send this from a page of ours? A program that is no browser says nothing and is let through: it
/// carries no one's cookies.
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
    }
}

/// The answer; or the page for a fault, and for what axum itself answered without one.
fn paged(s: &Shell, response: Response, writes: bool) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind: &HeaderValue| !kind.as_bytes().starts_with(b"text/plain"));
    let fault = fault_of(&response);
    if is_page && fault.is_none() {
        return response;
    }
    let fault = fault.unwrap_or_else(|| Arc::new(Fault::of_status(status)));
    told(s, &fault);
    said(s, &fault, writes)
}

/// Writes a fault to the log, and what somebody who is signed in was refused on record.
fn told(s: &Shell, fault: &Fault) {
    fault.log();
    let Fault::Forbidden(Some(action), object) = fault else { return };
    if !s.actor.signed_in() {
        return;
    }
    // The operation knows it, or the address names it.
    let named = || s.path.split('/').find_map(|part| Uuid::parse_str(part).ok());
    s.state.refused(&s.actor, Tried { action: *action, object: object.or_else(named) }, "");
}
