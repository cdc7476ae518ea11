//! What a monitor reads: counts and durations by route, transactions, connections, memory. No personal data, and no label
//! that a visitor could multiply: a route is one of ours or `other`, a district one of the file or `none`.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use http::{Method, StatusCode};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::city::Districts;

/// Up to which durations answers are counted, in seconds: 25 and 150 milliseconds are the bounds of pages and lists,
/// thirty seconds is the longest that any request may take.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.15, 0.5, 2.0, 10.0, 30.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    district: Arc<str>,
    method: &'static str,
    route: Arc<str>,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Took {
    method: &'static str,
    route: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    reason: &'static str,
}

/// Why a request was refused before it reached a district.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Its visitor asked for too much.
    Rate,
    /// The server is ending.
    Ending,
    /// No district has this name.
    Host,
    /// The district is away.
    Away,
}

impl Reason {
    const fn label(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Ending => "ending",
            Self::Host => "host",
            Self::Away => "away",
        }
    }
}

/// The figures of one server.
pub(super) struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    took: Family<Took, Histogram, fn() -> Histogram>,
    refused: Family<Refused, Counter>,
    open: Gauge<i64, AtomicI64>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// The methods that are counted by name.
pub(super) fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

fn status_label(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

impl Metrics {
    pub(super) fn new(districts: Arc<Districts>) -> Self {
        let took: Family<Took, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(SECONDS));
        let metrics = Self {
            registry: Registry::with_prefix("lilong"),
            answered: Family::default(),
            took,
            refused: Family::default(),
            open: Gauge::default(),
        };
        metrics.registered(districts)
    }

    fn registered(mut self, districts: Arc<Districts>) -> Self {
        let registry = &mut self.registry;
        registry.register("http_requests", "Requests that were answered", self.answered.clone());
        registry.register("http_request_seconds", "How long answers took", self.took.clone());
        registry.register(
            "http_refused",
            "Requests that were refused before they reached a district",
            self.refused.clone(),
        );
        registry.register("http_connections", "Open connections", self.open.clone());
        registry.register_collector(Box::new(Looked { districts }));
        self
    }

    /// Counts an answer.
    pub(super) fn answered(
        &self,
        district: &Arc<str>,
        (method, route): (&'static str, &Arc<str>),
        status: StatusCode,
        took: Duration,
    ) {
        let (district, route) = (Arc::clone(district), Arc::clone(route));
        let by_route = Took { method, route: Arc::clone(&route) };
        self.took.get_or_create(&by_route).observe(took.as_secs_f64());
        self.answered
            .get_or_create(&Answered { district, method, route, status: status_label(status) })
            .inc();
    }

    /// Counts a refusal.
    pub(super) fn refused(&self, reason: Reason) {
        self.refused.get_or_create(&Refused { reason: reason.label() }).inc();
    }

    /// Counts a connection until what is returned is dropped.
    pub(super) fn connected(&self) -> Connected {
        self.open.inc();
        Connected(self.open.clone())
    }

    /// Everything as `OpenMetrics` text.
    pub(super) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Connected(Gauge<i64, AtomicI64>);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What is looked at when a monitor asks.
#[derive(Debug)]
struct Looked {
    districts: Arc<Districts>,
}

impl Collector for Looked {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        build(&mut encoder)?;
        memory(&mut encoder)?;
        self.up(&mut encoder)?;
        self.transactions(&mut encoder)?;
        self.connections(&mut encoder)?;
        self.outbox(&mut encoder)
    }
}

impl Looked {
    fn up(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "1 for a district that was opened, 0 for one whose database could not be reached yet";
        let mut family = encoder.encode_descriptor("district_open", help, None, MetricType::Gauge)?;
        for district in self.districts.all() {
            let labels = [("district", district.code())];
            ConstGauge::new(i64::from(district.state().is_some())).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn transactions(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Transactions: read, write, how often one ran again, how many were given up";
        let mut family = encoder.encode_descriptor("db_transactions", help, None, MetricType::Counter)?;
        for (code, state) in self.districts.open() {
            let counted = state.db.counted();
            let kinds = [
                ("read", counted.reads),
                ("write", counted.writes),
                ("retry", counted.retries),
                ("lost", counted.lost),
            ];
            for (kind, count) in kinds {
                let labels = [("district", code), ("kind", kind)];
                ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }

    /// As the sender saw it last, within seconds: a monitor that asks often asks no database.
    fn outbox(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Messages of the outbox: waiting, sent, given up";
        let mut family = encoder.encode_descriptor("outbox_messages", help, None, MetricType::Gauge)?;
        for (code, state) in self.districts.open() {
            for count in state.sending.counts() {
                let (channel, standing) = (count.channel.as_str(), count.state.as_str());
                let labels = [("district", code), ("channel", channel), ("state", standing)];
                ConstGauge::new(count.messages).encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }

    /// Districts of one database share its connections: they stand under the first of them.
    fn connections(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Connections to a database, under the first of the districts that share them";
        let mut family = encoder.encode_descriptor("db_connections", help, None, MetricType::Gauge)?;
        let open = self.districts.open();
        for (at, (code, state)) in open.iter().enumerate() {
            if open[..at].iter().any(|(_, before)| before.db.shares_connections(&state.db)) {
                continue;
            }
            let now = state.db.connections();
            for (kind, count) in [("open", now.open), ("idle", now.idle), ("waiting", now.waiting)] {
                let labels = [("district", *code), ("state", kind)];
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                ConstGauge::new(count).encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

fn build(encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let mut family = encoder.encode_descriptor("build_info", "The program", None, MetricType::Gauge)?;
    let labels = [("version", env!("CARGO_PKG_VERSION"))];
    ConstGauge::new(1_i64).encode(family.encode_family(&labels)?)
}

fn memory(encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    // Where the machine does not tell, nothing is said.
    let Some(bytes) = resident_bytes() else { return Ok(()) };
    let help = "Memory that the program holds, in bytes";
    let family = encoder.encode_descriptor("resident_memory_bytes", help, None, MetricType::Gauge)?;
    ConstGauge::new(bytes).encode(family)
}

/// What the kernel says about this process; nothing elsewhere than on Linux.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
