//! The document of the API (`OpenAPI` 3.1), made from the operations that are served and from nothing else.

use std::collections::BTreeMap;

use district::people::TokenScope;
use http::{Method, StatusCode};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ComponentsBuilder, Content, Header, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder,
    RefOr, Required, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::answer::{JSON, Made};
use super::operation::{Answers, Api, Operation, Takes};
use super::sent::KEY;
use super::tokens::scope_message;
use super::values::{reference, schemas};
use crate::kit::{Access, Language, Locales, PROBLEM_JSON, Problem, Wrong};

/// The name of the way in by a token.
const TOKEN: &str = "token";

/// Says messages of the document in one language.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub locales: &'a Locales,
    pub language: Language,
}

impl Words<'_> {
    fn say(&self, id: &str) -> String {
        self.locales.text(self.language, id).to_owned()
    }

    /// What an operation does.
    pub fn summary(&self, operation: &Operation) -> String {
        self.say(&["api-op-", operation.name].concat())
    }
}

/// The document of these operations.
pub(super) fn document(api: &Api, words: Words<'_>) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut groups: Vec<&str> = Vec::new();
    for operation in &api.operations {
        if !groups.contains(&operation.group) {
            groups.push(operation.group);
        }
        paths =
            paths.path(operation.path, PathItem::new(method(&operation.method), described(operation, words)));
    }
    let tags = groups.iter().map(|group| TagBuilder::new().name(words.say(group)).build());
    let info = InfoBuilder::new()
        .title(words.say("api-title"))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(words.say("api-description")))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()));
    OpenApiBuilder::new()
        .info(info.build())
        .paths(paths.build())
        .components(Some(components(api, words)))
        .tags(Some(tags))
        .build()
}

fn components(api: &Api, words: Words<'_>) -> Components {
    // Each once: many operations name the same.
    let mut all: BTreeMap<String, RefOr<Schema>> = schemas().into_iter().collect();
    all.extend(api.schemas.iter().cloned());
    all.insert(Problem::name().into_owned(), Problem::schema());
    all.insert(Wrong::name().into_owned(), Wrong::schema());
    all.insert(Made::name().into_owned(), Made::schema());
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("lilong_…")
        .description(Some(words.say("api-token-description")));
    ComponentsBuilder::new()
        .schemas_from_iter(all)
        .security_scheme(TOKEN, SecurityScheme::Http(token.build()))
        .build()
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn described(operation: &Operation, words: Words<'_>) -> utoipa::openapi::path::Operation {
    let mut built = OperationBuilder::new()
        .tag(words.say(operation.group))
        .operation_id(Some(operation.name))
        .summary(Some(words.summary(operation)))
        .securities(Some(security(operation.access)))
        .parameters(Some(operation.parameters.clone()));
    if let Some(scope) = scope(operation.access) {
        let name = words.say(scope_message(scope));
        let text = words.locales.format(words.language, "api-needs-scope", &[("scope", name.into())]);
        built = built.description(Some(text));
    }
    if let Some(body) = &operation.body {
        let sent = RequestBodyBuilder::new().required(Some(Required::True));
        let sent = match body {
            Takes::Json(schema) => sent.content(JSON, Content::new(Some(RefOr::clone(schema)))),
            Takes::File(kinds) => kinds.iter().fold(sent, |sent, kind| sent.content(*kind, of_kind(kind))),
        };
        built = built.request_body(Some(sent.build()));
    }
    for parameter in headers_sent(operation, words) {
        built = built.parameter(parameter);
    }
    let (status, done) = answered(operation, words);
    built = built.response(status.as_str(), done);
    for status in refusals(operation) {
        built = built.response(status.as_str(), problem(status));
    }
    if operation.tags() {
        let unchanged = ResponseBuilder::new().description(words.say("api-unchanged"));
        built = built.response(StatusCode::NOT_MODIFIED.as_str(), unchanged);
    }
    built.build()
}

/// The scope that a token needs for an operation; `None` for what anyone may, or whoever is signed in.
pub(super) fn scope(access: Access) -> Option<TokenScope> {
    match access {
        Access::May(action) => TokenScope::of(action),
        Access::Public | Access::SignedIn => None,
    }
}

/// A token; or, for what anyone may read, none as well.
fn security(access: Access) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    let token = SecurityRequirement::new(TOKEN, none);
    if access == Access::Public { vec![SecurityRequirement::default(), token] } else { vec![token] }
}

/// The headers that an operation reads beside what all of HTTP means by them.
fn headers_sent(operation: &Operation, words: Words<'_>) -> Vec<utoipa::openapi::path::Parameter> {
    let header = |name: &str, message: &str, required: bool, schema: Object| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(if required { Required::True } else { Required::False })
            .description(Some(words.say(message)))
            .schema(Some(Schema::Object(schema)))
            .build()
    };
    if operation.tags() {
        let tag = text().build();
        return vec![header("If-None-Match", "api-header-if-none-match", false, tag)];
    }
    if !operation.writes() {
        return Vec::new();
    }
    let uuid = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).build();
    let mut sent = vec![header(KEY, "api-header-key", true, uuid)];
    if operation.answers == Answers::DoneUpon {
        sent.push(header("If-Match", "api-header-if-match", true, text().build()));
    }
    sent
}

fn text() -> ObjectBuilder {
    Object::builder().schema_type(Type::String)
}

fn header(words: Words<'_>, message: &str) -> Header {
    HeaderBuilder::new().schema(text()).description(Some(words.say(message))).build()
}

/// What an operation answers when nothing is in its way.
fn answered(operation: &Operation, words: Words<'_>) -> (StatusCode, ResponseBuilder) {
    let answer = |message: &str| ResponseBuilder::new().description(words.say(message));
    let tagged = |schema: &RefOr<Schema>| {
        answer("api-answer")
            .content(JSON, Content::new(Some(schema.clone())))
            .header("ETag", header(words, "api-header-etag"))
    };
    match &operation.answers {
        Answers::Thing(schema) | Answers::Sealed(schema) => (StatusCode::OK, tagged(schema)),
        Answers::List(schema) => {
            (StatusCode::OK, tagged(schema).header("Link", header(words, "api-header-link")))
        }
        Answers::Made => {
            let made = answer("api-made").content(JSON, Content::new(Some(reference::<Made>())));
            (StatusCode::CREATED, made.header("Location", header(words, "api-header-location")))
        }
        Answers::Told(schema) => {
            (StatusCode::OK, answer("api-answer").content(JSON, Content::new(Some(schema.clone()))))
        }
        Answers::Done | Answers::DoneUpon => (StatusCode::NO_CONTENT, answer("api-done")),
        Answers::File(kinds) => {
            let file =
                kinds.iter().fold(answer("api-answer"), |file, kind| file.content(*kind, of_kind(kind)));
            let named = header(words, "api-header-disposition");
            (StatusCode::OK, file.header("Content-Disposition", named))
        }
    }
}

/// A file as it is: bytes, or an object where its kind is one of JSON.
fn of_kind(kind: &str) -> Content {
    let binary = || text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
    let schema = if kind.ends_with("+json") { Object::builder().schema_type(Type::Object) } else { binary() };
    Content::new(Some(RefOr::T(Schema::Object(schema.build()))))
}

/// The problems that an operation can answer. Each of them is possible for each operation of its kind.
fn refusals(operation: &Operation) -> Vec<StatusCode> {
    // A query that cannot be read; a token that does not hold; a part of the district that is not the reader's; too long.
    let mut all = vec![
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::NOT_FOUND,
        StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    if operation.writes() {
        all.extend([StatusCode::BAD_REQUEST, StatusCode::CONFLICT, StatusCode::PAYLOAD_TOO_LARGE]);
    }
    if operation.body.is_some() {
        all.push(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    if operation.answers == Answers::DoneUpon {
        all.extend([StatusCode::PRECONDITION_FAILED, StatusCode::PRECONDITION_REQUIRED]);
    }
    all
}

fn problem(status: StatusCode) -> ResponseBuilder {
    let said = status.canonical_reason().unwrap_or("a problem");
    ResponseBuilder::new().description(said).content(PROBLEM_JSON, Content::new(Some(reference::<Problem>())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_one_schema() {
        let mut known: BTreeMap<String, RefOr<Schema>> = schemas().into_iter().collect();
        for (name, schema) in crate::api::operations().schemas {
            let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert!(*first == schema, "two types are called {name}");
        }
    }

    #[test]
    fn no_token_for_reading_writes() {
        for operation in crate::api::operations().operations {
            let reads = scope(operation.access) == Some(TokenScope::Read);
            assert!(!(operation.writes() && reads), "{} {}", operation.method, operation.path);
        }
    }

    #[test]
    fn a_token_for_everything_may_use_every_operation_that_a_policy_permits() {
        for operation in crate::api::operations().operations {
            if let Access::May(action) = operation.access {
                assert!(
                    scope(operation.access).is_some(),
                    "no token may {} ({})",
                    action.as_str(),
                    operation.path
                );
            }
        }
    }
}
