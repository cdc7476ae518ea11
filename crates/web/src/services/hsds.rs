//! Open Referral HSDS 3 at `/hsds`: read by programs of anyone, page by page.

use axum::extract::Path;
use axum::response::Response;
use base::Uuid;
use district::services::hsds::{self, Book, VERSION, taxonomy_id, term_id};
use district::services::{Category, Place, Service};
use http::StatusCode;
use serde_json::{Value as Json, json};

use crate::kit::{self, Access, Fault, Routes, Shell};

/// Things on a page that nobody says the length of.
const PER_PAGE: usize = 50;
/// The most things on a page: the directory of a district in full is far below what a connection is given up for.
const MOST_PER_PAGE: usize = 500;

pub(super) fn routes() -> Routes {
    let public = Access::Public;
    Routes::new()
        .get("/hsds", public, about)
        .get("/hsds/services", public, services)
        .get("/hsds/services/{id}", public, service)
        .get("/hsds/organizations", public, organizations)
        .get("/hsds/organizations/{id}", public, organization)
        .get("/hsds/service_at_locations", public, at_locations)
        .get("/hsds/service_at_locations/{id}", public, at_location)
        .get("/hsds/taxonomies", public, taxonomies)
        .get("/hsds/taxonomies/{id}", public, taxonomy)
        .get("/hsds/taxonomy_terms", public, terms)
        .get("/hsds/taxonomy_terms/{id}", public, term)
}

fn told(value: &Json) -> Response {
    kit::json(StatusCode::OK, "application/json", value)
}

fn book(s: &Shell) -> Result<Book, Fault> {
    s.state.read(|tx| Book::read(tx, s.today()))
}

/// A whole number of the query; nothing and 0 are what was not said.
fn counted(s: &Shell, name: &str, or: usize) -> Result<usize, Fault> {
    let Some(text) = s.asked(name) else { return Ok(or) };
    text.parse().ok().filter(|count| *count > 0).ok_or(Fault::Bad)
}

fn is_asked(s: &Shell, name: &str) -> bool {
    s.asked(name).as_deref() == Some("true")
}

/// A page of what was found, as HSDS has it.
fn paged<T>(s: &Shell, all: &[T], tell: impl Fn(&T) -> Json) -> kit::Result {
    let per_page = counted(s, "per_page", PER_PAGE)?.min(MOST_PER_PAGE);
    let page = counted(s, "page", 1)?;
    let pages = all.len().div_ceil(per_page);
    let contents: Vec<Json> =
        all.iter().skip((page - 1).saturating_mul(per_page)).take(per_page).map(tell).collect();
    Ok(told(&json!({
        "total_items": all.len(), "total_pages": pages, "page_number": page, "size": contents.len(),
        "first_page": page == 1, "last_page": page >= pages, "empty": contents.is_empty(),
        "contents": contents,
    })))
}

/// GET `/hsds`.
async fn about(s: Shell) -> kit::Result {
    let (name, _) = s.state.names();
    let simulated = if s.demonstration() { "（模拟数据 Simulated）" } else { "" };
    Ok(told(&json!({
        "version": VERSION,
        "profile": "https://docs.openreferral.org/en/latest/hsds/",
        "openapi_url": "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/openapi.json",
        "description": format!("{name} 公共服务资源 Public services{simulated}"),
        "publisher": {"name": name},
    })))
}

/// An id of the query; what is none finds nothing.
fn asked_id(s: &Shell, name: &str) -> Option<Uuid> {
    s.asked(name).map(|text| Uuid::parse_str(&text).unwrap_or(Uuid::nil()))
}

/// The services that the query asks for.
fn chosen<'a>(s: &Shell, book: &'a Book) -> Result<Vec<&'a Service>, Fault> {
    let (words, organization) = (s.asked("search"), asked_id(s, "organization_id"));
    let (term, taxonomy) = (asked_id(s, "taxonomy_term_id"), asked_id(s, "taxonomy_id"));
    let after = s.asked("modified_after").map(|text| {
        // A day, with or without a time: what changed on that day or later.
        let day = text.get(..10).unwrap_or_default();
        base::Day::parse(day).map_err(|_| Fault::Bad)
    });
    let after = after.transpose()?;
    let fits = |it: &&Service| {
        words.as_deref().is_none_or(|words| it.says(words))
            && organization.is_none_or(|id| it.provider.id.uuid() == id)
            && term.is_none_or(|id| term_id(it.category) == id)
            && taxonomy.is_none_or(|id| taxonomy_id() == id)
            && after.is_none_or(|day| it.changed_at.day() >= day)
    };
    Ok(book.services().iter().filter(fits).collect())
}

/// GET `/hsds/services`.
async fn services(s: Shell) -> kit::Result {
    let book = book(&s)?;
    let (full, minimal) = (is_asked(&s, "full"), is_asked(&s, "minimal"));
    paged(&s, &chosen(&s, &book)?, |it| {
        let told = book.service(it, full);
        if minimal { json!({"id": told["id"], "last_modified": told["last_modified"]}) } else { told }
    })
}

/// GET `/hsds/services/{id}`.
async fn service(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (book, id) = (book(&s)?, uuid(&key)?);
    let found = book.services().iter().find(|it| it.id.uuid() == id).ok_or(Fault::Absent)?;
    Ok(told(&book.service(found, true)))
}

fn uuid(key: &str) -> Result<Uuid, Fault> {
    Uuid::parse_str(key).map_err(|_| Fault::Absent)
}

/// GET `/hsds/organizations`.
async fn organizations(s: Shell) -> kit::Result {
    let (book, full) = (book(&s)?, is_asked(&s, "full"));
    let services = chosen(&s, &book)?;
    let offers = |id| services.iter().any(|it| it.provider.id == id);
    let all: Vec<_> = book.providers().filter(|it| offers(it.id)).collect();
    paged(&s, &all, |it| book.organization(it, full))
}

/// GET `/hsds/organizations/{id}`.
async fn organization(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (book, id) = (book(&s)?, uuid(&key)?);
    let found = book.providers().find(|it| it.id.uuid() == id).ok_or(Fault::Absent)?;
    Ok(told(&book.organization(found, true)))
}

/// GET `/hsds/service_at_locations`.
async fn at_locations(s: Shell) -> kit::Result {
    let (book, full) = (book(&s)?, is_asked(&s, "full"));
    let services = chosen(&s, &book)?;
    let all: Vec<(&Service, &Place)> =
        services.into_iter().flat_map(|it| it.places.iter().map(move |place| (it, place))).collect();
    paged(&s, &all, |(it, place)| book.at_location(it, place, full))
}

/// GET `/hsds/service_at_locations/{id}`.
async fn at_location(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (book, id) = (book(&s)?, uuid(&key)?);
    let mut all = book.services().iter().flat_map(|it| it.places.iter().map(move |place| (it, place)));
    let (service, place) = all.find(|(_, place)| place.id.uuid() == id).ok_or(Fault::Absent)?;
    Ok(told(&book.at_location(service, place, true)))
}

/// GET `/hsds/taxonomies`.
async fn taxonomies(s: Shell) -> kit::Result {
    paged(&s, &[hsds::taxonomy()], Clone::clone)
}

/// GET `/hsds/taxonomies/{id}`.
async fn taxonomy(Path(key): Path<String>) -> kit::Result {
    if uuid(&key)? == taxonomy_id() { Ok(told(&hsds::taxonomy())) } else { Err(Fault::Absent) }
}

/// GET `/hsds/taxonomy_terms`.
async fn terms(s: Shell) -> kit::Result {
    let taxonomy = asked_id(&s, "taxonomy_id");
    let is_ours = taxonomy.is_none_or(|id| id == taxonomy_id()) && s.asked("parent_id").is_none();
    let all: Vec<Category> = Category::ALL.into_iter().filter(|_| is_ours).collect();
    paged(&s, &all, |it| hsds::term(*it, false))
}

/// GET `/hsds/taxonomy_terms/{id}`.
async fn term(Path(key): Path<String>) -> kit::Result {
    let id = uuid(&key)?;
    let found = Category::ALL.into_iter().find(|it| term_id(*it) == id).ok_or(Fault::Absent)?;
    Ok(told(&hsds::term(found, true)))
}
