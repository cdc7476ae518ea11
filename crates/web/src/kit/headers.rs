//! The headers of every answer.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// Styles, pictures and forms of our own only, and nobody frames us; what is not named, a script above all, is nowhere.
macro_rules! policy {
    ($more:literal) => {
        concat!(
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
            $more
        )
    };
}

/// The policy of a page: it has no script.
const POLICY: &str = policy!("");
/// The policy of the few pages that do what HTML cannot: their script is a file of ours.
const POLICY_WITH_SCRIPT: &str = policy!("; script-src 'self'");

/// The policy of the page that works without a network: its script asks us, and is kept by a worker of ours.
const POLICY_WORKING: &str = policy!("; script-src 'self'; connect-src 'self'; worker-src 'self'");

/// Lets a page work without a network; [`secure`] leaves it so.
pub(crate) fn working(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY_WORKING));
}

/// Lets a page have a script of ours; [`secure`] leaves it so.
pub(super) fn with_script(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY_WITH_SCRIPT));
}

/// Sets what every answer carries. A cache keeps a page only if the answer said so itself.
pub(crate) fn secure(headers: &mut HeaderMap, https: bool) {
    let set = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    if https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.append(header::VARY, HeaderValue::from_static("cookie, accept-language"));
    }
}
