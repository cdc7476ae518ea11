//! Asking other servers: by https with the certificates that the machine trusts, with patience that ends, and without
//! being led elsewhere.

use std::sync::Arc;
use std::time::Duration;

use ureq::config::ConfigBuilder;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

/// The longest answer that is read: descriptions and keys of a service take some kilobytes.
const LONGEST_ANSWER: u64 = 1024 * 1024;

/// Asks others. An answer of any status is an answer; a redirection is not followed.
pub(crate) fn agent(patience: Duration) -> ureq::Agent {
    config(patience).build().new_agent()
}

/// How others are asked.
pub(crate) fn config(patience: Duration) -> ConfigBuilder<AgentScope> {
    let trusted: Vec<Certificate<'static>> = rustls_native_certs::load_native_certs()
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(trusted)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    ureq::Agent::config_builder()
        .timeout_global(Some(patience))
        .max_redirects(0)
        .http_status_as_error(false)
        .tls_config(tls)
}

/// Sends a request and reads the answer whole.
pub(crate) fn call(
    agent: &ureq::Agent,
    request: http::Request<Vec<u8>>,
) -> Result<http::Response<Vec<u8>>, ureq::Error> {
    let (parts, body) = request.into_parts();
    let response = if body.is_empty() {
        agent.run(http::Request::from_parts(parts, ()))?
    } else {
        agent.run(http::Request::from_parts(parts, body))?
    };
    let (parts, body) = response.into_parts();
    let body = body.into_with_config().limit(LONGEST_ANSWER).read_to_vec()?;
    Ok(http::Response::from_parts(parts, body))
}
