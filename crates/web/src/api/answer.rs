//! What programs are answered: JSON with its tag, lists row by row, and nothing twice that they know already.

use std::borrow::Cow;

use axum::response::{IntoResponse as _, Response};
use base::Uuid;
use district::kit::version;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::values::{After, Limit, reference};
use crate::kit::{Fault, Shell, json};

/// The kind of every answer.
pub(super) const JSON: &str = "application/json";

/// Some rows of a list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// How many the filters leave in all; nothing for a list that grows with the years.
    pub count: Option<usize>,
    /// Where the list goes on; nothing after the last row.
    pub next: Option<After>,
}

impl<T> Page<T> {
    /// The rows after a key, in the order of keys that no two rows share: a row that comes or goes meanwhile moves none of
    /// the others from one page to another.
    pub fn cut(
        mut rows: Vec<T>,
        after: Option<&After>,
        limit: Option<Limit>,
        key: impl Fn(&T) -> Uuid,
    ) -> Result<Self, Fault> {
        let count = Some(rows.len());
        rows.sort_by_key(&key);
        if let Some(after) = after {
            let after = Uuid::parse_str(&after.read()?).map_err(|_| Fault::Absent)?;
            rows.retain(|row| key(row) > after);
        }
        let limit = usize::from(limit.unwrap_or_default().0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| After::key(&key(row).to_string()));
        Ok(Self { items: rows, count, next })
    }

    /// The same list of other rows.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), count: self.count, next: self.next }
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let next = SchemaType::from_iter([Type::String, Type::Null]);
        let count = SchemaType::from_iter([Type::Integer, Type::Null]);
        let count = Object::builder().schema_type(count).minimum(Some(0));
        let items = ArrayBuilder::new().items(reference::<T>());
        let object = ObjectBuilder::new()
            .property("items", items)
            .required("items")
            .property(
                "count",
                count.description(Some(
                    "How many the filters leave in all; null for a list that grows with the years.",
                )),
            )
            .required("count")
            .property(
                "next",
                Object::builder().schema_type(next).description(Some(
                    "Where the list goes on: the value of `after` for the next rows. Null after the last.",
                )),
            )
            .required("next");
        RefOr::T(Schema::Object(object.build()))
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Page", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// A thing with the seal of its state, by which whoever changes it says what they have seen.
#[derive(Debug, Clone)]
pub(super) struct Sealed<T> {
    /// The thing.
    pub value: T,
    /// The seal, in letters and digits.
    pub seal: String,
}

/// What was made, and where it is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct Made {
    /// Its id.
    pub id: Uuid,
    /// Its address.
    #[schema(format = "uri-reference", example = "/api/v1/plans/0198c0de-0000-7000-8000-000000000001")]
    pub address: String,
}

/// Whether a request may be answered that nothing has changed, by `If-None-Match`.
fn known(headers: &HeaderMap, tag: &str) -> bool {
    let sent = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    // A weak tag matches too: the comparison of RFC 9110, 13.1.2, is the weak one.
    let same = |it: &str| it == "*" || it.trim_start_matches("W/") == tag;
    sent.flat_map(|value| value.split(',')).any(|it| same(it.trim()))
}

/// The tag of what an address says to this reader now: it changes with every operation that writes, with the day, with who
/// reads and in which language, and with the program itself.
fn tag_of_version(s: &Shell, headers: &HeaderMap, uri: &Uri) -> Result<String, Fault> {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    };
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(&s.state.read(version)?.to_be_bytes());
    add(&s.today().days().to_be_bytes());
    add(uri.path().as_bytes());
    add(uri.query().unwrap_or_default().as_bytes());
    add(s.html_lang().as_bytes());
    add(format!("{:?}", s.actor).as_bytes());
    add(&[squeezed(headers)]);
    let hash: [u8; 32] = hash.finalize().into();
    Ok(quoted(&short(&hash)))
}

/// The tag of an answer that was read.
fn tag_of_content<T: Serialize>(headers: &HeaderMap, value: &T) -> Result<String, Fault> {
    let body = serde_json::to_vec(value).map_err(|error| Fault::Internal(error.to_string()))?;
    let hash = Sha256::new().chain_update(&body).chain_update([squeezed(headers)]).finalize();
    Ok(quoted(&short(&hash.into())))
}

/// Squeezed bytes are other bytes, and a strong tag is of bytes.
fn squeezed(headers: &HeaderMap) -> u8 {
    let takes = headers.get(header::ACCEPT_ENCODING).and_then(|it| it.to_str().ok());
    u8::from(takes.is_some_and(|it| it.contains("gzip")))
}

fn quoted(seal: &str) -> String {
    format!("\"{seal}\"")
}

/// Half of a hash in hexadecimal digits: no two states of an address share it.
fn short(hash: &[u8; 32]) -> String {
    base::hex(&hash[..16])
}

/// What the tag of an answer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Tag {
    /// The district's version, with who asks what: nothing is read for whoever has the answer already.
    #[default]
    OfVersion,
    /// The answer itself, which is read each time.
    OfContent,
}

/// A reading, which is not sent to whoever has it already.
pub(super) fn reading<T: Serialize>(
    s: &Shell,
    headers: &HeaderMap,
    uri: &Uri,
    tag: Tag,
    read: impl FnOnce() -> Result<T, Fault>,
) -> Result<Response, Fault> {
    if tag == Tag::OfContent {
        let value = read()?;
        let tag = tag_of_content(headers, &value)?;
        return Ok(unless_known(headers, &tag, &value));
    }
    let tag = tag_of_version(s, headers, uri)?;
    // `*` asks whether there is anything: that is known only once it was read.
    let any = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == "*");
    if !any && known(headers, &tag) {
        return Ok(unchanged(&tag));
    }
    Ok(unless_known(headers, &tag, &read()?))
}

/// What was read, with its tag; or that it is known.
fn unless_known<T: Serialize>(headers: &HeaderMap, tag: &str, value: &T) -> Response {
    if known(headers, tag) { unchanged(tag) } else { tagged(json(StatusCode::OK, JSON, value), tag) }
}

/// The same for a thing that says its own state.
pub(super) fn reading_sealed<T: Serialize>(
    headers: &HeaderMap,
    read: impl FnOnce() -> Result<Sealed<T>, Fault>,
) -> Result<Response, Fault> {
    let Sealed { value, seal } = read()?;
    Ok(unless_known(headers, &quoted(&seal), &value))
}

fn unchanged(tag: &str) -> Response {
    tagged(StatusCode::NOT_MODIFIED.into_response(), tag)
}

fn tagged(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    set(headers, header::ETAG, tag);
    // Kept by who asked and nobody between, and never used again without asking whether it still holds.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let varies = "authorization, cookie, accept-language";
    headers.append(header::VARY, HeaderValue::from_static(varies));
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
}

/// Adds where the list goes on: `Link: <…>; rel="next"` (RFC 8288).
pub(super) fn linked(mut response: Response, s: &Shell, next: Option<&After>) -> Response {
    if let Some(next) = next {
        let to = s.here_with("after", next.text());
        set(response.headers_mut(), header::LINK, &format!("<{to}>; rel=\"next\""));
    }
    response
}

/// What was made.
pub(super) fn made(made: &Made) -> Response {
    let mut response = json(StatusCode::CREATED, JSON, made);
    set(response.headers_mut(), header::LOCATION, &made.address);
    response
}

/// The state that whoever writes has seen, by `If-Match`: one tag, as the reading gave it.
pub(super) fn seen(headers: &HeaderMap) -> Result<String, Fault> {
    let sent = headers.get(header::IF_MATCH).ok_or(Fault::Unconditional)?;
    let text = sent.to_str().map_err(|_| Fault::Changed)?.trim();
    let seal = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    seal.map(str::to_owned).ok_or(Fault::Changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(after: Option<&After>, limit: u16, rows: &[u128]) -> Page<Uuid> {
        let rows = rows.iter().map(|row| Uuid::from_u128(*row)).collect();
        Page::cut(rows, after, Some(Limit(limit)), |row| *row).unwrap()
    }

    #[test]
    fn a_list_is_read_whole_page_by_page_whatever_comes_in_between() {
        let first = page(None, 2, &[5, 1, 3]);
        assert_eq!((first.count, first.items.len()), (Some(3), 2));
        // 2 comes before what was read, 4 after it; 5 goes.
        let second = page(first.next.as_ref(), 2, &[1, 2, 3, 4]);
        assert_eq!(second.items, [Uuid::from_u128(4)]);
        assert!(second.next.is_none());
        let unsaid = Page::cut(vec![Uuid::nil()], Some(&After::key("nonsense")), None, |row| *row);
        assert!(matches!(unsaid, Err(Fault::Absent)));
    }

    #[test]
    fn a_known_tag_is_recognised_in_a_list_and_when_it_is_weak() {
        let headers = |value: &'static str| {
            HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))])
        };
        assert!(known(&headers("\"a\", W/\"b\""), "\"b\"") && known(&headers("*"), "\"c\""));
        assert!(!known(&headers("\"a\""), "\"b\"") && !known(&HeaderMap::new(), "\"b\""));
    }
}
