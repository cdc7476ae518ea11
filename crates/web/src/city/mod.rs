//! Many districts in one process: the Host header says which; what one lacks does not stop the others. On a host of its
//! own a city adds up what its districts have published.
//!
//! A district is opened when the program starts, or, where its database was away then, by the first request after it is
//! back. Nothing but the words of the pages and the turns of the password hashes is shared between two.

mod roll_up;

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::kit::State;

pub(crate) use roll_up::RollUp;

/// Between two attempts to open a district: each is paid for by a reader who waits.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(2);
/// How long a request waits for a district that is being opened.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a district: its database, its key, its facts. It blocks; the text says what is missing.
pub type Opener = Box<dyn Fn() -> Result<State, String> + Send + Sync>;

/// What is known of a district before it is opened.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// Its code (GB/T 2260).
    pub code: String,
    /// Name in Chinese, for the city's page; the code where there is none.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// The hosts at which it answers, in lower case and without a port.
    pub hosts: Vec<String>,
}

/// A district of this process.
pub struct District {
    listed: Listed,
    label: Arc<str>,
    opener: Opener,
    opened: OnceLock<Opened>,
    opening: Mutex<Option<Failed>>,
}

/// A district that answers.
struct Opened {
    state: Arc<State>,
    router: Router,
}

/// The last attempt to open a district, and why it failed.
struct Failed {
    at: Instant,
    why: String,
}

impl std::fmt::Debug for District {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let open = self.opened.get().is_some();
        f.debug_struct("District").field("listed", &self.listed).field("open", &open).finish_non_exhaustive()
    }
}

impl District {
    /// A district that is still to be opened.
    pub fn new(listed: Listed, opener: Opener) -> Self {
        let label = listed.code.as_str().into();
        Self { listed, label, opener, opened: OnceLock::new(), opening: Mutex::new(None) }
    }

    /// A district that is open.
    pub fn opened(listed: Listed, state: Arc<State>) -> Self {
        let district = Self::new(listed, Box::new(|| Err("it is open already".into())));
        let router = crate::router(Arc::clone(&state));
        district.opened.get_or_init(|| Opened { state, router });
        district
    }

    /// Its code.
    pub fn code(&self) -> &str {
        &self.listed.code
    }

    pub(crate) fn listed(&self) -> &Listed {
        &self.listed
    }

    /// Its code, as a label that costs nothing to copy.
    pub(crate) fn label(&self) -> &Arc<str> {
        &self.label
    }

    /// What its requests share, once it is open.
    pub fn state(&self) -> Option<&Arc<State>> {
        self.opened.get().map(|opened| &opened.state)
    }

    /// Its pages; opens it where it is not open yet. The text says why it could not be opened.
    pub(crate) async fn pages(&self) -> Result<Router, String> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened.router.clone());
        }
        let Ok(mut last) = tokio::time::timeout(PATIENCE, self.opening.lock()).await else {
            return Err("it is being opened".into());
        };
        if let Some(opened) = self.opened.get() {
            return Ok(opened.router.clone());
        }
        if let Some(failed) = last.as_ref().filter(|failed| failed.at.elapsed() < BETWEEN_ATTEMPTS) {
            return Err(failed.why.clone());
        }
        match db::heavy(|| (self.opener)()) {
            Ok(state) => {
                let state = Arc::new(state);
                let router = crate::router(Arc::clone(&state));
                tracing::info!(district = self.code(), "a district was opened");
                Ok(self.opened.get_or_init(|| Opened { state, router }).router.clone())
            }
            Err(why) => {
                tracing::error!(district = self.code(), why, "a district could not be opened");
                *last = Some(Failed { at: Instant::now(), why: why.clone() });
                Err(why)
            }
        }
    }
}

/// The city whose districts these are.
#[derive(Debug, Clone)]
pub struct City {
    /// The host of its page, in lower case and without a port.
    pub host: String,
    /// Name in Chinese.
    pub name: String,
    /// Name in English.
    pub name_en: String,
}

/// Where a host leads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// To a district.
    District(&'a Arc<District>),
    /// To the city's page.
    City(&'a City),
    /// Nowhere.
    Unknown,
}

/// The districts of this process.
#[derive(Debug)]
pub struct Districts {
    all: Vec<Arc<District>>,
    hosts: HashMap<String, usize>,
    default: Option<usize>,
    any_host: bool,
    city: Option<City>,
}

/// The districts cannot stand side by side.
#[derive(Debug, thiserror::Error)]
pub enum DistrictsError {
    /// A code stands twice.
    #[error("the district {0} stands twice")]
    Code(String),
    /// A host stands twice.
    #[error("the host {0} stands twice")]
    Host(String),
    /// The default is none of them.
    #[error("the default {0} is none of the districts")]
    Default(String),
}

impl Districts {
    /// A single district, whatever its host is called.
    pub fn one(district: District) -> Self {
        let all = vec![Arc::new(district)];
        Self { all, hosts: HashMap::new(), default: Some(0), any_host: true, city: None }
    }

    /// Several, told apart by their hosts. The default answers where the Host is an address or `localhost`, which is how
    /// a machine is reached before it has a name.
    pub fn new(
        all: Vec<District>,
        default: Option<&str>,
        city: Option<City>,
    ) -> Result<Self, DistrictsError> {
        let mut hosts = HashMap::new();
        let mut codes = HashSet::new();
        for (at, district) in all.iter().enumerate() {
            if !codes.insert(district.code()) {
                return Err(DistrictsError::Code(district.code().to_owned()));
            }
            for host in &district.listed.hosts {
                let of_city = city.as_ref().is_some_and(|city| city.host == *host);
                if of_city || hosts.insert(host.clone(), at).is_some() {
                    return Err(DistrictsError::Host(host.clone()));
                }
            }
        }
        let at = |code: &str| {
            let found = all.iter().position(|district| district.code() == code);
            found.ok_or_else(|| DistrictsError::Default(code.to_owned()))
        };
        let default = default.map(at).transpose()?;
        let all = all.into_iter().map(Arc::new).collect();
        Ok(Self { all, hosts, default, any_host: false, city })
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> &[Arc<District>] {
        &self.all
    }

    /// The open ones with what their requests share.
    pub fn open(&self) -> Vec<(&str, &Arc<State>)> {
        self.all.iter().filter_map(|district| Some((district.code(), district.state()?))).collect()
    }

    /// Opens all that can be opened, side by side; gives the codes of the others, each with the reason.
    pub async fn open_all(&self) -> Vec<(String, String)> {
        let mut tasks = JoinSet::new();
        for district in &self.all {
            let district = Arc::clone(district);
            tasks.spawn(async move {
                let opened = district.pages().await;
                opened.err().map(|why| (district.code().to_owned(), why))
            });
        }
        let mut missing: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
        missing.sort();
        missing
    }

    /// Where a Host header leads.
    pub(crate) fn at(&self, host: &str) -> Place<'_> {
        let name = without_port(host).to_ascii_lowercase();
        if let Some(city) = self.city.as_ref().filter(|city| city.host == name) {
            return Place::City(city);
        }
        let at = self.hosts.get(&name).copied();
        let at = at.or_else(|| self.default.filter(|_| self.any_host || is_machine(&name)));
        at.map_or(Place::Unknown, |at| Place::District(&self.all[at]))
    }
}

/// `minhang.example:8310` → `minhang.example`, `[::1]:8310` → `::1`.
fn without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Is this no name but the machine itself?
fn is_machine(name: &str) -> bool {
    name.is_empty() || name == "localhost" || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod page_tests;

#[cfg(test)]
mod tests {
    use super::*;

    fn district(code: &str, hosts: &[&str]) -> District {
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        let listed = Listed { code: code.into(), hosts, ..Listed::default() };
        District::new(listed, Box::new(|| Err("not in this test".into())))
    }

    fn city() -> City {
        City { host: "city.example".into(), name: "市".into(), name_en: "City".into() }
    }

    fn two(default: Option<&str>) -> Districts {
        let all = vec![district("310112", &["a.example"]), district("310115", &["b.example", "bb.example"])];
        Districts::new(all, default, Some(city())).unwrap()
    }

    fn led(districts: &Districts, host: &str) -> String {
        match districts.at(host) {
            Place::District(district) => district.code().to_owned(),
            Place::City(city) => city.name_en.clone(),
            Place::Unknown => "nowhere".into(),
        }
    }

    #[test]
    fn a_host_leads_to_its_district_and_a_strange_one_nowhere() {
        let districts = two(None);
        for (host, code) in [
            ("a.example", "310112"),
            ("A.Example:8310", "310112"),
            ("bb.example", "310115"),
            ("city.example", "City"),
            ("c.example", "nowhere"),
            ("a.example.evil", "nowhere"),
            ("127.0.0.1:8310", "nowhere"),
            ("", "nowhere"),
        ] {
            assert_eq!(led(&districts, host), code, "{host}");
        }
    }

    #[test]
    fn the_default_answers_where_the_host_is_no_name() {
        let districts = two(Some("310115"));
        for host in ["127.0.0.1:8310", "[::1]:8310", "localhost", ""] {
            assert_eq!(led(&districts, host), "310115", "{host}");
        }
        assert_eq!(led(&districts, "c.example"), "nowhere");
    }

    #[test]
    fn a_single_district_answers_at_every_host() {
        let districts = Districts::one(district("310112", &[]));
        assert_eq!(led(&districts, "whatever.example"), "310112");
    }

    #[test]
    fn what_stands_twice_is_refused() {
        let twice = |all, default| Districts::new(all, default, Some(city())).unwrap_err().to_string();
        let all = vec![district("310112", &["a.example"]), district("310112", &[])];
        assert_eq!(twice(all, None), "the district 310112 stands twice");
        let all = vec![district("310112", &["a.example"]), district("310115", &["a.example"])];
        assert_eq!(twice(all, None), "the host a.example stands twice");
        assert_eq!(
            twice(vec![district("310112", &["city.example"])], None),
            "the host city.example stands twice"
        );
        assert_eq!(twice(vec![], Some("310112")), "the default 310112 is none of the districts");
    }
}
