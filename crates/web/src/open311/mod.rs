//! Open311 `GeoReport` v2 (`/open311/v2/`): programs of others read what everyone may know of matters, and send matters in.
//!
//! The categories are the services, a matter's public code is the number of its request. What is read is public and needs no
//! key; whoever sends says by a personal token made for it (`district::people::TokenScope::Report`) whose program it is. What
//! the standard lets a client say beyond that and nobody needs (e-mail, device, account) is not kept. A photograph
//! that a worker has cleared is named by its address; pictures that a client names are not fetched from elsewhere.

mod document;
mod read;
mod report;

use axum::response::{IntoResponse as _, Response};
use district::matters::{Category, Tree, tree};
use http::StatusCode;

use crate::kit::{self, Access, Fault, Problem, Routes, Shell};
use document::{Format, Node, answer};

/// Where the addresses of this slice lie.
const ROOT: &str = "/open311/";
/// What names the standard.
const SPECIFICATION: &str = "http://wiki.open311.org/GeoReport_v2";
/// When the form of the answers last changed.
const CHANGED: &str = "2026-11-28 14:00";

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/open311/v2/discovery.xml", Access::Public, discovery)
        .get("/open311/v2/discovery.json", Access::Public, discovery)
        .get("/open311/v2/services.xml", Access::Public, read::services)
        .get("/open311/v2/services.json", Access::Public, read::services)
        .get("/open311/v2/services/{file}", Access::Public, read::definition)
        .get("/open311/v2/requests.xml", Access::Public, read::requests)
        .get("/open311/v2/requests.json", Access::Public, read::requests)
        .post("/open311/v2/requests.xml", Access::Public, report::send)
        .post("/open311/v2/requests.json", Access::Public, report::send)
        .get("/open311/v2/requests/{file}", Access::Public, read::request)
        .get("/open311/v2/servicerequestupdates.xml", Access::Public, read::updates)
        .get("/open311/v2/servicerequestupdates.json", Access::Public, read::updates)
}

/// Is this an address of Open311?
pub(crate) fn serves(path: &str) -> bool {
    path.starts_with(ROOT)
}

/// The form that an address asks for: XML, which every client knows, where it says none.
fn format(s: &Shell) -> Format {
    Format::split(&s.path).map_or(Format::Xml, |(_, format)| format)
}

/// Refusals for which the standard wants 404, as what was named is not there.
const NOT_FOUND: [&str; 2] = ["open311-refused-service", "open311-refused-request"];
/// The refusal of a key.
const NO_KEY: &str = "open311-refused-key";

/// The status that the standard has for a fault: 403 for a key, 404 for what is not there, 400 for everything else that is
/// wrong with a request.
fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::Refused(refusal) if refusal.message == NO_KEY => StatusCode::FORBIDDEN,
        Fault::Refused(refusal) if NOT_FOUND.contains(&refusal.message) => StatusCode::NOT_FOUND,
        Fault::Unknown => StatusCode::FORBIDDEN,
        Fault::Method => StatusCode::METHOD_NOT_ALLOWED,
        fault => match fault.status() {
            kept @ (StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) => kept,
            status if status.is_client_error() => StatusCode::BAD_REQUEST,
            status => status,
        },
    }
}

/// A fault as the standard's document of errors, in the form and the language that were asked for.
pub(crate) fn refused(s: &Shell, fault: &Fault) -> Response {
    let status = status(fault);
    let error = Node::Record(vec![
        ("code", Node::Number(status.as_u16().into())),
        ("description", Problem::of(s, fault).detail.into()),
    ]);
    let document = Node::List("error", vec![error]);
    answer(status, format(s), "errors", &document).unwrap_or_else(|_| status.into_response())
}

/// A leaf of the tree and what it is grouped under.
fn service<'a>(tree: &'a Tree, code: &str) -> Option<(&'a Category, Option<&'a Category>)> {
    let leaf = tree.get(code).filter(|it| it.rule().is_some())?;
    Some((leaf, leaf.parent.as_deref().and_then(|parent| tree.get(parent))))
}

/// The leaf of a code that a program sent.
fn asked_service(code: &str) -> Result<&'static Category, Fault> {
    let refused = || Fault::Refused(district::Refusal::new("open311-refused-service").with("code", code));
    service(tree(), code).map(|(leaf, _)| leaf).ok_or_else(refused)
}

/// Where this district is reached, as the program was asked.
fn here(s: &Shell) -> String {
    let scheme = if s.state.settings.secure { "https" } else { "http" };
    format!("{scheme}://{}", s.host.as_deref().unwrap_or("localhost"))
}

/// GET `/open311/v2/discovery.xml`.
async fn discovery(s: Shell) -> kit::Result {
    let here = here(&s);
    let formats = vec!["text/xml".into(), "application/json".into()];
    let kind = if s.demonstration() { "test" } else { "production" };
    let endpoint = Node::Record(vec![
        ("specification", SPECIFICATION.into()),
        ("url", format!("{here}/open311/v2").into()),
        ("changeset", CHANGED.into()),
        ("type", kind.into()),
        ("formats", Node::List("format", formats)),
    ]);
    let document = Node::Record(vec![
        ("changeset", CHANGED.into()),
        ("contact", s.t1("open311-contact", "district", s.district().as_ref()).into()),
        ("key_service", s.t1("open311-key-service", "address", format!("{here}/tokens").as_str()).into()),
        ("endpoints", Node::List("endpoint", vec![endpoint])),
    ]);
    answer(StatusCode::OK, format(&s), "discovery", &document)
}
