//! The shell of a request: who asks, in which language and version, where they stand.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::response::{Html, IntoResponse as _, Response};
use base::{Day, Instant};
use district::kit::{Actor, Refusal, Role};
use district::people::Token;
use handbook::CommunityKind;
use http::request::Parts;
use http::{HeaderMap, header};

use super::form::{Faults, new_key};
use super::i18n::Named;
use super::page::see_other;
use super::routes::{Access, Door, Room};
use super::{Arg, Fault, Language, State, assets, headers};
use crate::ops::RequestId;

/// The names of our cookies.
pub(super) mod cookie {
    pub(in super::super) const SESSION: &str = "lilong-session";
    pub(in super::super) const LANGUAGE: &str = "lilong-lang";
    pub(in super::super) const CARE: &str = "lilong-care";
}

/// The shell of a request. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shell(Arc<Inner>);

/// What a shell knows.
#[derive(Debug)]
pub struct Inner {
    /// What all requests share.
    pub state: Arc<State>,
    /// The language of the page.
    pub language: Language,
    /// The care version (关怀版)?
    pub care: bool,
    /// Who asks.
    pub actor: Actor,
    /// Notices in their inbox that they have not read.
    pub unread: i64,
    /// The path asked for.
    pub path: String,
    /// The query asked for, without the question mark.
    pub query: String,
    /// The host asked for, with its port.
    pub host: Option<String>,
    pub(super) request: Option<RequestId>,
    pub(crate) token: Option<Token>,
}

impl Deref for Shell {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// A whole number, or a reference to one, as templates have them.
pub trait Count {
    /// The number; the largest there is when it does not fit.
    fn count(self) -> i64;
}

macro_rules! counts {
    ($($type:ty),*) => { $(
        impl Count for $type {
            fn count(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        }
        impl Count for &$type {
            fn count(self) -> i64 {
                (*self).count()
            }
        }
    )* };
}

counts!(i64, i32, u32, u64, usize);

/// A step of the way back to the door.
#[derive(Debug, Clone)]
pub struct Crumb<'a> {
    /// What it is called.
    pub name: Cow<'a, str>,
    /// Where it lies; `None`: here.
    pub path: Option<Cow<'a, str>>,
}

/// Room for a page at first, in bytes: it grows beyond where it has to.
const LEAST_PAGE: usize = 8 * 1024;
/// The same for a long one.
const MOST_PAGE: usize = 64 * 1024;

impl Shell {
    pub(super) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// A message without variables.
    pub fn t<'a>(&'a self, id: &'a str) -> &'a str {
        self.state.locales.text(self.language, id)
    }

    /// A message with variables: `s.ta("home-counts", &[("n", Arg::from(547))])`.
    pub fn ta(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.state.locales.format(self.language, id, args)
    }

    /// A message with one variable: `s.t1("home-communities", "count", n)`.
    pub fn t1<'a>(&self, id: &str, name: &str, value: impl Into<Arg<'a>>) -> String {
        self.ta(id, &[(name, value.into())])
    }

    /// A message with two variables: `s.t2("home-counts", ("n", n), ("m", m))`.
    pub fn t2<'a, 'b>(&self, id: &str, first: impl Named<'a>, second: impl Named<'b>) -> String {
        self.ta(id, &[first.named(), second.named()])
    }

    /// A refusal in words.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let args: Vec<(&str, Arg<'_>)> =
            refusal.args.iter().map(|(name, value)| (*name, Arg::from(value))).collect();
        self.ta(refusal.message, &args)
    }

    /// A refusal as the only fault of a form.
    pub fn faults(&self, refusal: &Refusal) -> Faults {
        Faults::one(refusal.field, self.refusal(refusal))
    }

    /// What follows a form: the address that its operation gave, or the form again with what was refused.
    pub fn after(
        &self,
        done: Result<String, Fault>,
        again: impl FnOnce(Faults) -> super::Result,
    ) -> super::Result {
        match done {
            Ok(to) => Ok(see_other(&to)),
            Err(Fault::Refused(refusal)) => again(self.faults(&refusal)),
            Err(fault) => Err(fault),
        }
    }

    /// A name in the page's language: the English one if there is one, Chinese in the page's script otherwise.
    pub fn name<'a>(&self, chinese: &'a str, english: &'a str) -> Cow<'a, str> {
        if self.language == Language::En && !english.is_empty() {
            Cow::Borrowed(english)
        } else {
            self.state.locales.data(self.language, chinese)
        }
    }

    /// A text that exists in Chinese only, in the page's script.
    pub fn zh<'a>(&self, chinese: &'a str) -> Cow<'a, str> {
        self.state.locales.data(self.language, chinese)
    }

    /// A count in full: `147,012`.
    pub fn n(&self, count: impl Count) -> String {
        base::grouped(count.count())
    }

    /// The key of a form that is being shown: `<input type="hidden" name="request_key" value="{{ s.key() }}">`.
    pub fn key(&self) -> String {
        new_key(self.state.wall())
    }

    /// The time it is, in the demonstration its stopped clock.
    pub fn now(&self) -> Instant {
        self.state.now()
    }

    /// The day it is.
    pub fn today(&self) -> Day {
        self.state.today()
    }

    /// The value of a field of the query, first one.
    pub fn asked(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    }

    /// The day the page is read as of: `?on=2026-01-31`, today without it.
    pub fn on(&self) -> Result<Day, Fault> {
        self.asked("on").map_or(Ok(self.today()), |text| text.parse().map_err(|_| Fault::Bad))
    }

    /// Is every figure here simulated?
    pub fn demonstration(&self) -> bool {
        self.state.facts.demonstration
    }

    /// The district's name.
    pub fn district(&self) -> Cow<'_, str> {
        let (name, name_en) = self.state.names();
        self.name(name, name_en)
    }

    /// The `lang` of the page: what browsers and screen readers understand.
    pub fn html_lang(&self) -> &'static str {
        self.language.tag()
    }

    /// Is this the door the page lies behind? By name, for the layout.
    pub fn at_door(&self, door: &str) -> bool {
        matches!(
            (self.door(), door),
            (Door::Public, "public") | (Door::Desk, "desk") | (Door::District, "district")
        )
    }

    /// The door the page lies behind.
    pub fn door(&self) -> Door {
        Door::of(&self.path)
    }

    /// The rooms behind the open door that the reader may enter.
    pub fn rooms(&self) -> Vec<Room> {
        let routes = &self.state.routes;
        let open = |room: &&Room| {
            let access = routes.access(&http::Method::GET, room.path);
            room.door == self.door() && access.is_some_and(|access| self.may_use(access))
        };
        routes.rooms.iter().filter(open).copied().collect()
    }

    /// Is the page in this room? The longest room that the path begins with.
    pub fn in_room(&self, room: &Room) -> bool {
        let within = |path: &str| {
            self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        within(room.path)
            && !self.state.routes.rooms.iter().any(|other| {
                other.path.len() > room.path.len() && other.door == room.door && within(other.path)
            })
    }

    /// May the reader use an address with this access?
    pub fn may_use(&self, access: Access) -> bool {
        match access {
            Access::Public => true,
            Access::SignedIn => self.actor.signed_in(),
            Access::May(action) => {
                self.actor.grants.iter().any(|grant| district::people::may(&self.actor, action, grant.scope))
            }
        }
    }

    /// The message with the name of the reader's role.
    pub fn role_name(&self) -> &str {
        self.t(role_message(self.actor.role()))
    }

    /// This page in another language.
    pub fn in_language(&self, tag: &str) -> String {
        self.here_with("lang", tag)
    }

    /// This page in the other version.
    pub fn other_care(&self) -> String {
        self.here_with("care", if self.care { "0" } else { "1" })
    }

    /// This address with a field of the query set.
    pub fn here_with(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (field, kept) in form_urlencoded::parse(self.query.as_bytes()) {
            if field != name {
                query.append_pair(&field, &kept);
            }
        }
        query.append_pair(name, value);
        format!("{}?{}", self.path, query.finish())
    }

    /// The number of the request, by which the log can be asked about it.
    pub fn request_id(&self) -> Option<&str> {
        self.request.as_ref().map(RequestId::as_str)
    }

    /// The address of a file of `frontend/styles`, or of the sprite, with its version.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// A page.
    pub fn html<T: Template>(&self, template: &T) -> super::Result {
        // What a template says of its size leaves out what it includes and repeats.
        let mut page = String::with_capacity((4 * T::SIZE_HINT).clamp(LEAST_PAGE, MOST_PAGE));
        template.render_into(&mut page).map_err(|error| Fault::Internal(format!("template: {error}")))?;
        Ok(Html(page).into_response())
    }

    /// A page with a script of ours.
    pub(crate) fn html_with_script<T: Template>(&self, template: &T) -> super::Result {
        let mut response = self.html(template)?;
        headers::with_script(response.headers_mut());
        Ok(response)
    }

    /// The page that works without a network.
    pub(crate) fn html_working<T: Template>(&self, template: &T) -> super::Result {
        let mut response = self.html(template)?;
        headers::working(response.headers_mut());
        Ok(response)
    }

    /// A page with another status: a form that could not be taken is 422.
    pub fn html_with<T: Template>(&self, status: http::StatusCode, template: &T) -> super::Result {
        let mut response = self.html(template)?;
        *response.status_mut() = status;
        Ok(response)
    }
}

/// The message with a role's name.
pub(crate) fn role_message(role: Role) -> &'static str {
    match role {
        Role::Anyone => "people-role-anyone",
        Role::DistrictOfficer => "people-role-district-officer",
        Role::TownOfficer => "people-role-town-officer",
        Role::GridLeader => "people-role-grid-leader",
        Role::CommunityWorker => "people-role-community-worker",
        Role::Operator => "people-role-operator",
        Role::Resident => "people-role-resident",
        Role::Owner => "people-role-owner",
        Role::SystemAdministrator => "people-role-system-administrator",
        Role::SecurityAdministrator => "people-role-security-administrator",
        Role::AuditAdministrator => "people-role-audit-administrator",
        Role::Program => "people-role-program",
    }
}

/// The messages with the names of the weekdays, from Monday on.
pub(crate) const WEEKDAYS: [&str; 7] = [
    "register-weekday-1",
    "register-weekday-2",
    "register-weekday-3",
    "register-weekday-4",
    "register-weekday-5",
    "register-weekday-6",
    "register-weekday-7",
];

/// Minutes after midnight as `09:00–12:30`.
pub(crate) fn hours(from: i64, to: i64) -> String {
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{}–{}", clock(from), clock(to))
}

/// The message with the name of a kind of community.
pub(crate) fn kind_message(kind: CommunityKind) -> &'static str {
    match kind {
        CommunityKind::AffordableRental => "register-kind-affordable-rental",
        CommunityKind::MarketRental => "register-kind-market-rental",
        CommunityKind::QuasiResidential => "register-kind-quasi-residential",
        CommunityKind::Other => "register-kind-other",
    }
}

/// The shell that the gate made.
impl<S: Sync> FromRequestParts<S> for Shell {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let made = parts.extensions.get::<Self>().cloned();
        made.ok_or_else(|| Fault::Internal("the gate made no shell".into()))
    }
}

impl Language {
    /// The language a reader has chosen, else the one that the browser prefers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let chosen = Cookies::read(headers).language;
        chosen.unwrap_or_else(|| Self::preferred(accept.unwrap_or_default()))
    }
}

/// What the cookies of a request say.
#[derive(Debug, Default)]
pub(super) struct Cookies {
    pub(super) token: Option<Token>,
    pub(super) language: Option<Language>,
    pub(super) care: bool,
}

impl Cookies {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let mut cookies = Self::default();
        for header in headers.get_all(header::COOKIE) {
            for pair in header.to_str().unwrap_or_default().split(';') {
                match pair.trim().split_once('=') {
                    Some((cookie::SESSION, value)) => cookies.token = Token::parse(value),
                    Some((cookie::LANGUAGE, value)) => cookies.language = Language::parse(value),
                    Some((cookie::CARE, value)) => cookies.care = value == "1",
                    _ => {}
                }
            }
        }
        cookies
    }
}

/// The value of a cookie that one slice alone knows.
pub(crate) fn cookie_named(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

/// A response's fault, if there is one to be shown as a page.
pub(super) fn fault_of(response: &Response) -> Option<Arc<Fault>> {
    response.extensions().get::<Arc<Fault>>().cloned()
}
