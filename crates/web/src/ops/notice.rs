//! Pages that belong to no district: what the server says when it cannot ask one.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use super::RequestId;
use crate::kit::{Arg, Count, Language, Locales, PROBLEM_JSON, Problem, asset_address, for_programs, json};

/// The frame of a page without a district: its words, and nothing else.
#[derive(Debug)]
pub(crate) struct Bare {
    locales: Arc<Locales>,
    /// The language of the page.
    pub language: Language,
    request: RequestId,
    programs: bool,
}

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// No district has this name.
    Unknown,
    /// The district's database is away.
    Away,
    /// The visitor asks for too much.
    TooMany,
    /// The server is ending.
    Ending,
    /// What this address takes is reading.
    Method,
}

#[derive(Template)]
#[template(path = "ops/notice.html")]
struct NoticePage<'a> {
    s: &'a Bare,
    title: &'a str,
    advice: &'a str,
}

impl Notice {
    fn status(self) -> StatusCode {
        match self {
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Away | Self::Ending => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The name of its kind, as the faults of districts are named to programs.
    fn name(self) -> &'static str {
        match self {
            Self::Unknown => "absent",
            Self::TooMany => "many",
            Self::Method => "method",
            Self::Away | Self::Ending => "unavailable",
        }
    }

    /// The messages with what happened and what to do.
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::Unknown => ["ops-unknown-title", "ops-unknown-do"],
            Self::Away => ["ops-away-title", "ops-away-do"],
            Self::TooMany => ["ops-many-title", "ops-many-do"],
            Self::Ending => ["ops-ending-title", "ops-ending-do"],
            Self::Method => ["errors-method-title", "errors-method-do"],
        }
    }
}

#[expect(clippy::unused_self, reason = "templates ask the frame of their page")]
impl Bare {
    /// In the language that the address, the cookie or the browser asks for, in this order.
    pub(super) fn new(locales: Arc<Locales>, uri: &Uri, headers: &HeaderMap, request: RequestId) -> Self {
        let query = uri.query().unwrap_or_default();
        let asked = form_urlencoded::parse(query.as_bytes())
            .find_map(|(name, value)| (name == "lang").then(|| Language::parse(&value)).flatten());
        let language = asked.unwrap_or_else(|| Language::of(headers));
        Self { locales, language, request, programs: for_programs(uri.path()) }
    }

    /// A message without variables.
    pub(crate) fn t<'a>(&'a self, id: &'a str) -> &'a str {
        self.locales.text(self.language, id)
    }

    /// A message with one variable.
    pub(crate) fn t1<'a>(&self, id: &str, name: &str, value: impl Into<Arg<'a>>) -> String {
        self.locales.format(self.language, id, &[(name, value.into())])
    }

    /// A message with two variables.
    pub(crate) fn t2<'a, 'b>(
        &self,
        id: &str,
        (one, value): (&str, impl Into<Arg<'a>>),
        (other, second): (&str, impl Into<Arg<'b>>),
    ) -> String {
        self.locales.format(self.language, id, &[(one, value.into()), (other, second.into())])
    }

    /// A count in full: `147,012`.
    pub(crate) fn n(&self, count: impl Count) -> String {
        base::grouped(count.count())
    }

    /// A name in the page's language.
    pub(crate) fn name<'a>(&self, chinese: &'a str, english: &'a str) -> Cow<'a, str> {
        if self.language == Language::En && !english.is_empty() {
            Cow::Borrowed(english)
        } else {
            self.locales.data(self.language, chinese)
        }
    }

    /// The `lang` of the page.
    pub(crate) fn html_lang(&self) -> &'static str {
        self.language.tag()
    }

    /// The address of a style or picture.
    pub(crate) fn asset(&self, name: &str) -> &'static str {
        asset_address(name)
    }

    /// The number of the request.
    pub(crate) fn request_id(&self) -> &str {
        self.request.as_str()
    }

    /// A page.
    pub(crate) fn html<T: Template>(&self, status: StatusCode, template: &T) -> Response {
        match template.render() {
            Ok(page) => (status, axum::response::Html(page)).into_response(),
            Err(error) => {
                tracing::error!(%error, "a page could not be made");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// A notice: a page for people, a problem for programs. `wait`: after how many seconds it makes sense to ask again.
    pub(super) fn notice(&self, notice: Notice, wait: Option<u64>) -> Response {
        let (status, [title, advice]) = (notice.status(), notice.words().map(|id| self.t(id)));
        let mut response = if self.programs {
            json(status, PROBLEM_JSON, &Problem::of_server(notice.name(), status, [title, advice]))
        } else {
            self.html(status, &NoticePage { s: self, title, advice })
        };
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}
