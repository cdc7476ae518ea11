//! What sees every request before a district does.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::MatchedPath;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use tokio::sync::watch;
use tower::ServiceExt as _;
use tracing::Instrument as _;

use super::clients::{Client, Proxies};
use super::limits::Limits;
use super::metrics::{Connected, Metrics, Reason, method_label};
use super::notice::Notice;
use super::request_id::{self, Numbers, RequestId};
use super::{Bare, ready};
use crate::city::{City, District, Districts, Place, RollUp};
use crate::kit::{self, Common, OpenError};

/// After how many seconds it makes sense to ask a district again that is away.
const AWAY_AGAIN: u64 = 10;
/// The same for a program that is ending: its successor starts within seconds.
const ENDING_AGAIN: u64 = 5;

/// How requests are let in.
#[derive(Debug, Clone)]
pub struct Options {
    /// Proxies whose word about a visitor's address is taken.
    pub proxies: Proxies,
    /// Requests a second of one address; `None` where a proxy limits them.
    pub per_second: Option<NonZeroU32>,
    /// Reached by https.
    pub secure: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { proxies: Proxies::default(), per_second: Some(super::PER_SECOND), secure: false }
    }
}

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Requests are answered.
    Open,
    /// What began is finished, what begins is refused.
    Ending,
    /// What is not finished now is refused as well.
    Over,
}

/// What sees every request before a district does.
#[derive(Debug)]
pub struct Front {
    districts: Arc<Districts>,
    common: Common,
    options: Options,
    limits: Limits,
    metrics: Metrics,
    numbers: Numbers,
    roll_up: RollUp,
    phase: watch::Sender<Phase>,
    labels: Labels,
}

/// Labels of what has no district or no route of ours.
#[derive(Debug)]
struct Labels {
    none: Arc<str>,
    city: Arc<str>,
    other: Arc<str>,
}

/// What the server itself answers, by route; everything else is a district's.
const HEALTH: &str = "/health";
const READY: &str = "/ready";
const STATIC: &str = "/static/";
const STYLES: &str = "/static/{file}";

impl Front {
    /// For these districts; `common` as their states have it.
    pub fn new(districts: Arc<Districts>, common: Common, options: Options) -> Result<Self, OpenError> {
        let seed: [u8; 8] = kit::random().map_err(district::Error::Internal)?;
        Ok(Self {
            metrics: Metrics::new(Arc::clone(&districts)),
            districts,
            common,
            limits: Limits::new(options.per_second),
            options,
            numbers: Numbers::new(u64::from_ne_bytes(seed)),
            roll_up: RollUp::default(),
            phase: watch::Sender::new(Phase::Open),
            labels: Labels { none: "none".into(), city: "city".into(), other: "other".into() },
        })
    }

    /// Its districts.
    pub fn districts(&self) -> &Arc<Districts> {
        &self.districts
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(super) fn connected(&self) -> Connected {
        self.metrics.connected()
    }

    /// Goes on to a phase; there is no way back.
    pub(super) fn enter(&self, phase: Phase) {
        self.phase.send_if_modified(|now| {
            let later = phase > *now;
            *now = phase.max(*now);
            later
        });
    }

    /// Ready once the phase has come.
    pub(super) async fn has_come(&self, phase: Phase) {
        // The sender lives as long as this borrow.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Answers a request of the address at the other end of a connection.
    pub async fn answer(&self, mut request: Request<Body>, peer: IpAddr) -> Response {
        let began = Instant::now();
        let client = self.options.proxies.client(peer, request.headers());
        let id = self.number(client, request.headers());
        request.extensions_mut().insert(id.clone());
        let host = kit::host(&request).unwrap_or_default();
        let place = self.districts.at(&host);
        let district = self.label(place);
        let method = method_label(request.method());
        let span =
            tracing::warn_span!(target: "request", "request", id = id.as_str(), district = &**district);
        let asked = Asked { client, id: &id, place, host: &host };
        let mut response = self.within(request, asked).instrument(span.clone()).await;
        let took = began.elapsed();
        let route = self.route(&response);
        let status = response.status();
        self.metrics.answered(district, (method, &route), status, took);
        span.in_scope(|| {
            let (status, micros) = (status.as_u16(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
            tracing::info!(target: "request", method, route = &*route, status, micros, "answered");
        });
        self.finish(&mut response, &id);
        response
    }

    /// The answer, or the refusal when the end has come first.
    async fn within(&self, request: Request<Body>, asked: Asked<'_>) -> Response {
        let bare =
            Bare::new(Arc::clone(&self.common.locales), request.uri(), request.headers(), asked.id.clone());
        if self.phase() != Phase::Open {
            return self.ending(&bare, request.uri().path());
        }
        tokio::select! {
            biased;
            response = self.led(request, asked, &bare) => response,
            () = self.has_come(Phase::Over) => self.ending(&bare, ""),
        }
    }

    fn ending(&self, bare: &Bare, path: &str) -> Response {
        match path {
            HEALTH => marked(ready::health(), HEALTH),
            READY => marked(ready::ending(), READY),
            _ => {
                self.metrics.refused(Reason::Ending);
                self.bare(bare, Notice::Ending, Some(ENDING_AGAIN))
            }
        }
    }

    async fn led(&self, request: Request<Body>, asked: Asked<'_>, bare: &Bare) -> Response {
        let path = request.uri().path();
        if path == HEALTH {
            return marked(ready::health(), HEALTH);
        }
        if let Some(wait) = self.limits.wait(asked.client.address, request.method(), path) {
            self.metrics.refused(Reason::Rate);
            return self.bare(bare, Notice::TooMany, Some(seconds(wait)));
        }
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        match asked.place {
            _ if path == READY => marked(self.ready_at(asked.place), READY),
            Place::District(district) => self.of_district(district, request, bare).await,
            _ if path.starts_with(STATIC) => marked(kit::asset_at(path), STYLES),
            Place::City(_) if path != "/" => self.bare(bare, Notice::Unknown, None),
            Place::City(_) if !reads => self.bare(bare, Notice::Method, None),
            Place::City(city) => self.of_city(city, bare, asked.host).await,
            Place::Unknown => {
                self.metrics.refused(Reason::Host);
                self.bare(bare, Notice::Unknown, None)
            }
        }
    }

    /// Whether requests should be sent to this server.
    pub(super) fn ready(&self) -> Response {
        match self.phase() {
            Phase::Open => ready::of_all(&self.districts),
            Phase::Ending | Phase::Over => ready::ending(),
        }
    }

    fn ready_at(&self, place: Place<'_>) -> Response {
        match place {
            Place::District(district) => ready::of_district(district),
            Place::City(_) | Place::Unknown => ready::of_all(&self.districts),
        }
    }

    async fn of_district(&self, district: &District, request: Request<Body>, bare: &Bare) -> Response {
        // Why it could not be opened is in the log; whoever asks is told what it means.
        let Ok(router) = district.pages().await else {
            self.metrics.refused(Reason::Away);
            return self.bare(bare, Notice::Away, Some(AWAY_AGAIN));
        };
        let is_style = request.uri().path().starts_with(STATIC);
        let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
        if is_style { marked(response, STYLES) } else { response }
    }

    async fn of_city(&self, city: &City, bare: &Bare, host: &str) -> Response {
        let port = host.rfind(':').map_or("", |at| &host[at..]);
        let mut response = self.roll_up.page(&self.districts, city, bare, port).await;
        kit::secure(response.headers_mut(), self.options.secure);
        marked(response, "/")
    }

    fn bare(&self, bare: &Bare, notice: Notice, wait: Option<u64>) -> Response {
        let mut response = bare.notice(notice, wait);
        kit::secure(response.headers_mut(), self.options.secure);
        response
    }

    fn number(&self, client: Client, headers: &HeaderMap) -> RequestId {
        let given = if client.by_proxy { RequestId::given(headers) } else { None };
        given.unwrap_or_else(|| self.numbers.next())
    }

    fn label<'a>(&'a self, place: Place<'a>) -> &'a Arc<str> {
        match place {
            Place::District(district) => district.label(),
            Place::City(_) => &self.labels.city,
            Place::Unknown => &self.labels.none,
        }
    }

    /// The address as it was declared, never as it was asked for: that may hold codes, names, words searched for.
    fn route(&self, response: &Response) -> Arc<str> {
        if let Some(route) = response.extensions().get::<Route>() {
            return route.0.into();
        }
        let matched = response.extensions().get::<MatchedPath>();
        matched.map_or_else(|| Arc::clone(&self.labels.other), |matched| matched.as_str().into())
    }

    fn finish(&self, response: &mut Response, id: &RequestId) {
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            headers.insert(request_id::HEADER, value);
        }
        if self.phase() != Phase::Open {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// A request as far as the server knows it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    client: Client,
    id: &'a RequestId,
    place: Place<'a>,
    host: &'a str,
}

/// The route of an answer of the server's own.
#[derive(Debug, Clone, Copy)]
struct Route(&'static str);

fn marked(mut response: Response, route: &'static str) -> Response {
    response.extensions_mut().insert(Route(route));
    response
}

/// Whole seconds, at least one.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + 1
}
