//! What went wrong, for programs: `application/problem+json` (RFC 9457), in the language that was asked for.

use axum::response::Response;
use district::people::TOKEN_PREFIX;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::page::json;
use super::{Fault, Shell};

/// The kind of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind of problem it is: an address of the documentation, the same for the same kind.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/api#problem-refused")]
    pub kind: String,
    /// The kind in a few words, in the language that was asked for.
    pub title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened, and what to do.
    pub detail: String,
    /// What is wrong, field by field; none where it is not about a field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Wrong>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Wrong {
    /// Its name in the request: `limit`, `lines[2].post`. Empty for the request as a whole.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Problem {
    /// What a fault says in the language of a request.
    pub(crate) fn of(s: &Shell, fault: &Fault) -> Self {
        let [title, advice] = fault.words();
        let errors = match fault {
            Fault::Refused(refusal) => {
                let field = refusal.field.unwrap_or_default().to_owned();
                vec![Wrong { field, message: s.refusal(refusal) }]
            }
            Fault::Unread(unread) => {
                let wrong = |it: &super::Unread| Wrong { field: it.field.clone(), message: it.text.clone() };
                unread.iter().map(wrong).collect()
            }
            _ => Vec::new(),
        };
        let detail = match fault {
            Fault::Refused(refusal) => s.refusal(refusal),
            _ => s.t(advice).to_owned(),
        };
        Self {
            kind: format!("/api#problem-{}", name(fault)),
            title: s.t(title).to_owned(),
            status: fault.status().as_u16(),
            detail,
            errors,
        }
    }
}

impl Problem {
    /// One that the server itself has, before a district is asked: the name of its kind in addresses, and its words.
    pub(crate) fn of_server(name: &str, status: StatusCode, [title, advice]: [&str; 2]) -> Self {
        Self {
            kind: format!("/api#problem-{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: advice.to_owned(),
            errors: Vec::new(),
        }
    }
}

/// The name of a kind of fault in addresses.
fn name(fault: &Fault) -> &'static str {
    match fault {
        Fault::Bad => "bad",
        Fault::Unkeyed => "unkeyed",
        Fault::Reused => "reused",
        Fault::Unknown => "unknown",
        Fault::Foreign => "foreign",
        Fault::Forbidden(..) => "forbidden",
        Fault::Absent => "absent",
        Fault::Method => "method",
        Fault::TooLarge => "large",
        Fault::Kind => "kind",
        Fault::Unconditional => "unconditional",
        Fault::Changed => "changed",
        Fault::Unread(_) => "unread",
        Fault::Refused(_) => "refused",
        Fault::Unavailable(_) => "unavailable",
        Fault::Unwritable(_) => "unwritable",
        Fault::Unsure(_) => "unsure",
        Fault::Internal(_) => "internal",
    }
}

/// A fault as a problem.
pub(super) fn answer(s: &Shell, fault: &Fault) -> Response {
    let status = fault.status();
    let mut response = json(status, PROBLEM_JSON, &Problem::of(s, fault));
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        let scheme = format!("Bearer realm=\"Lilong\", token_prefix=\"{TOKEN_PREFIX}\"");
        headers.extend(HeaderValue::from_str(&scheme).ok().map(|value| (header::WWW_AUTHENTICATE, value)));
    }
    response
}
