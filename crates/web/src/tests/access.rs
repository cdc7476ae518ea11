//! Who gets what: every address × every role, about things inside and outside of the scope of whoever asks.
//!
//! The policies are the oracle: they are asked with the action that an address declares and the place at which its thing lies,
//! as the operations ask them. What the tables (`access/table.rs`, `access/sent.rs`) do not know of a new address fails.

use std::sync::Mutex;

use base::Uuid;
use district::kit::{AccountId, Actor, Grant, Role};
use district::people::{Action, TokenScope, may};
use http::{Method, StatusCode};

use self::sent::{body, send};
use self::table::{Lies, PRIVATE, QUERIES, asked_about, asks_too, filled, lies, said_otherwise};
use self::world::{NAMES, Place, World};
use super::api::token;
use super::fixture::{Answer, Browser, simulated};
use crate::kit::{Access, Declared, for_programs};

mod sent;
mod table;
mod world;

/// Somebody who asks, and as whom the policies know them.
struct Caller {
    name: String,
    role: Option<Role>,
    browser: Browser,
    actor: Actor,
}

impl Caller {
    fn is_program(&self) -> bool {
        self.actor.only.is_some()
    }

    /// Do they hold it anywhere?
    fn holds(&self, action: Action) -> bool {
        self.actor.grants.iter().any(|grant| may(&self.actor, action, grant.scope))
    }
}

/// Nobody, each role on its pages, and a program of each role that may have one.
fn callers(browser: &mut dyn FnMut() -> Browser, world: &World) -> Vec<Caller> {
    let anyone = Caller { name: "anyone".into(), role: None, browser: browser(), actor: Actor::anyone() };
    let mut all = vec![anyone];
    for role in Role::HELD {
        let mut person = browser();
        assert_eq!(person.enter(role).status, StatusCode::SEE_OTHER, "{role:?} is entered by one click");
        let grant = Grant { role, scope: world.scope_of(role) };
        let actor = Actor::account(AccountId::from_uuid(Uuid::nil()), vec![grant]);
        if may(&actor, Action::TokenWrite, grant.scope) {
            let mut program = browser();
            program.site = None;
            let scopes = TokenScope::ALL.map(TokenScope::as_str);
            program.more.push(("authorization", format!("Bearer {}", token(&mut person, &scopes))));
            let actor = Actor { only: Some(TokenScope::ALL.into_iter().collect()), ..actor.clone() };
            let name = format!("a program of {role:?}");
            all.push(Caller { name, role: Some(role), browser: program, actor });
        }
        all.push(Caller { name: format!("{role:?}"), role: Some(role), browser: person, actor });
    }
    all
}

/// What has to become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Sent to sign in: nobody knows who asks.
    Unknown,
    /// Refused before anything is looked at: the action is nowhere theirs.
    Never,
    /// The thing is not theirs.
    Outside,
    Allowed,
}

/// An address, about the things of a place.
struct Asked<'a> {
    declared: &'a Declared,
    lies: Lies,
    place: &'a Place,
    address: String,
    /// What is said of it where a test fails.
    name: String,
}

impl Asked<'_> {
    fn reads(&self) -> bool {
        self.declared.method == Method::GET
    }

    /// Is what is sent there about somebody else's things kept until they come by?
    fn waits(&self) -> bool {
        said_otherwise(self.declared.path) == Some(200)
    }

    /// What the policies say to it.
    fn due(&self, caller: &Caller) -> Due {
        let Declared { access, method, path } = self.declared;
        let admitted = match *access {
            Access::Public => true,
            Access::SignedIn => caller.role.is_some(),
            Access::May(action) => caller.holds(action),
        };
        if !admitted {
            return if caller.role.is_some() { Due::Never } else { Due::Unknown };
        }
        let may_there = |action| {
            let actor = &caller.actor;
            match (self.lies, self.lies.scope(self.place)) {
                (_, Some(scope)) => may(actor, action, scope),
                (Lies::InTown, None) => actor.grants.iter().any(|grant| {
                    let there = grant.scope.town().is_none_or(|town| Some(town) == self.place.scope.town());
                    there && may(actor, action, grant.scope)
                }),
                _ => true,
            }
        };
        let theirs = match (self.lies, *access) {
            (Lies::With(role), _) => caller.role == Some(role),
            (Lies::WithNobody, _) => false,
            (Lies::WithNeighbours, _) => {
                let lives =
                    |grant: &Grant| grant.role == Role::Resident && grant.scope.covers(self.place.scope);
                caller.actor.grants.iter().any(lives)
            }
            (_, Access::May(action)) => may_there(action),
            _ => true,
        };
        if theirs && asks_too(method, path).is_none_or(may_there) { Due::Allowed } else { Due::Outside }
    }

    /// Asks, with a fresh key and a plausible body where it writes.
    fn send(&self, browser: &mut Browser) -> Answer {
        let Declared { method, path, .. } = self.declared;
        if self.reads() {
            return browser.get(&self.address);
        }
        let sent = body(method, path, self.place);
        let sent = sent
            .unwrap_or_else(|| panic!("{method} {path}: what is sent there? Say so in tests/access/sent.rs"));
        send(browser, method, path, &self.address, sent)
    }

    /// What is wrong with an answer; nothing is, for most.
    fn wrong(&self, answer: &Answer, due: Due) -> Option<String> {
        let (status, path) = (answer.status, self.declared.path);
        let programs = for_programs(path);
        let sent_away =
            status == StatusCode::SEE_OTHER && answer.header("location").starts_with("/enter?next=");
        let problem = answer.header("content-type") == "application/problem+json";
        let fine = match due {
            Due::Unknown if programs => status == StatusCode::UNAUTHORIZED && problem,
            Due::Unknown => sent_away,
            Due::Never if programs => status == StatusCode::FORBIDDEN && problem,
            Due::Never => status == StatusCode::FORBIDDEN && answer.has("您的身份不能打开这一页"),
            Due::Outside => match said_otherwise(path) {
                Some(said) if !self.reads() && status.as_u16() == said => true,
                _ => {
                    [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status) && (problem || !programs)
                }
            },
            Due::Allowed => {
                let refused =
                    [StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&status) || sent_away;
                let read = status.is_success() || status.is_redirection();
                // A form that cannot be sent yet says so at its fields.
                let read = read || status == StatusCode::UNPROCESSABLE_ENTITY && !programs;
                !refused && !status.is_server_error() && (!self.reads() || read)
            }
        };
        let scripts =
            answer.has("<script") && !answer.header("content-security-policy").contains("script-src");
        // What a problem says, and what a form says is wrong with it.
        let said = || match answer.body.split_once("role=\"alert\"") {
            Some((_, faults)) => faults.chars().take(600).collect(),
            None if problem => answer.body.chars().take(200).collect(),
            None => String::new(),
        };
        (!fine || scripts)
            .then(|| format!("{due:?}, and the answer is {status} {}{}", answer.header("location"), said()))
    }
}

/// Coming in and leaving change who asks: they have stories of their own.
fn stays(declared: &Declared) -> bool {
    declared.path != "/leave" && !declared.path.starts_with("/enter")
}

/// Every address about the things of each place at which it makes a difference.
fn asked<'a>(routes: &'a [Declared], world: &'a World) -> Vec<Asked<'a>> {
    let mut all = Vec::new();
    for declared in routes.iter().filter(|it| stays(it)) {
        let lies = lies(&declared.method, declared.path);
        // What is public is the same for everyone, wherever it lies.
        let public = declared.access == Access::Public && declared.method == Method::GET;
        let places = if lies.at_places() && !public { &world.places[..] } else { &world.places[..1] };
        for (place, at) in places.iter().zip(NAMES) {
            if let Some(address) = filled(declared.path, place) {
                let name = format!("{} {} {at}", declared.method, declared.path);
                all.push(Asked { declared, lies, place, address, name });
            }
        }
    }
    all
}

/// What is told of things that are not theirs, in an answer that they get. `asked`: what they named themselves.
fn told(caller: &Caller, answer: &Answer, world: &World, asked: &str) -> Vec<String> {
    let outside = |(place, at): (&Place, &str)| {
        let hidden = PRIVATE.iter().filter(|(kind, action)| {
            let theirs = may(&caller.actor, *action, place.scope) || place.named(kind, asked);
            !theirs && place.named(kind, &answer.body)
        });
        hidden.map(|(kind, _)| format!("the {kind} {at} is told")).collect::<Vec<_>>()
    };
    world.places.iter().zip(NAMES).flat_map(outside).collect()
}

fn version(browser: &Browser) -> i64 {
    browser.state.db.read(district::kit::version).unwrap()
}

/// The addresses that are open to people, or to programs: a token opens no page.
fn open_to<'a>(program: bool, all: &'a [Asked<'a>]) -> impl Iterator<Item = &'a Asked<'a>> {
    all.iter().filter(move |it| !program || for_programs(it.declared.path))
}

/// Asks for everything that they may not: nothing of it changes anything.
fn refused(caller: &mut Caller, all: &[Asked<'_>]) -> Vec<String> {
    let mut faults = Vec::new();
    let before = version(&caller.browser);
    for asked in open_to(caller.is_program(), all) {
        let due = asked.due(caller);
        if due == Due::Allowed || due == Due::Outside && asked.waits() {
            continue;
        }
        let answer = asked.send(&mut caller.browser);
        faults.extend(asked.wrong(&answer, due).map(|fault| format!("{}: {fault}", asked.name)));
        if version(&caller.browser) != before {
            faults.push(format!("{}: something changed", asked.name));
        }
    }
    faults
}

/// Reads all that they may: it is there, and it tells of nothing that is not theirs.
fn reading(caller: &mut Caller, all: &[Asked<'_>], world: &World) -> Vec<String> {
    let mut faults = Vec::new();
    for asked in open_to(caller.is_program(), all).filter(|it| it.reads()) {
        if asked.due(caller) != Due::Allowed {
            continue;
        }
        let answer = asked.send(&mut caller.browser);
        faults.extend(asked.wrong(&answer, Due::Allowed).map(|fault| format!("{}: {fault}", asked.name)));
        // Who looks after what everyone did and what is sent reads the ids of things, and nothing else of them.
        if !["/audit", "/outbox"].iter().any(|it| asked.declared.path.contains(it)) {
            let told = told(caller, &answer, world, &asked.address);
            faults.extend(told.into_iter().map(|it| format!("{}: {it}", asked.name)));
        }
    }
    faults
}

/// Asks lists and pages by their query about things of each place: what is not theirs is not in the answer, whichever it is.
fn by_query(caller: &mut Caller, routes: &[Declared], world: &World) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, query, kinds) in QUERIES {
        let declared = routes.iter().find(|it| it.path == *path && it.method == Method::GET);
        let Access::May(action) = declared.expect("an address that is declared").access else {
            panic!("{path}")
        };
        if !caller.holds(action) || caller.is_program() && !for_programs(path) {
            continue;
        }
        for (place, at) in world.places.iter().zip(NAMES) {
            let (Some(address), Some(query)) = (filled(path, place), asked_about(query, place)) else {
                continue;
            };
            if may(&caller.actor, action, place.scope) {
                continue;
            }
            let answer = caller.browser.get(&format!("{address}?{query}"));
            if answer.status.is_server_error() {
                faults.push(format!("{path} by {query} {at}: {}", answer.status));
            }
            let held = kinds.iter().filter(|kind| place.named(kind, &answer.body));
            faults.extend(held.map(|kind| format!("{path} by {query} {at}: the {kind} is told")));
            faults.extend(
                told(caller, &answer, world, &query).into_iter().map(|it| format!("{path} by {query}: {it}")),
            );
        }
    }
    faults
}

/// Writes what they may: nothing refuses them. One after another, as each changes what the next one finds.
fn writing(caller: &mut Caller, all: &[Asked<'_>]) -> Vec<String> {
    let mut faults = Vec::new();
    for asked in open_to(caller.is_program(), all).filter(|it| !it.reads()) {
        let due = asked.due(caller);
        let waits = due == Due::Outside && asked.waits();
        if due != Due::Allowed && !waits {
            continue;
        }
        let answer = asked.send(&mut caller.browser);
        faults.extend(asked.wrong(&answer, due).map(|fault| format!("{}: {fault}", asked.name)));
        if waits && !answer.has(r#""waits":"not-yours""#) {
            faults.push(format!("{}: it does not wait: {}", asked.name, answer.body));
        }
    }
    faults
}

/// Lets two of them ask at a time, as machines have two cores and what they ask for changes nothing.
fn by_two(callers: &mut [Caller], ask: &(dyn Fn(&mut Caller) + Sync)) {
    let half = callers.len().div_ceil(2);
    std::thread::scope(|scope| {
        for some in callers.chunks_mut(half) {
            scope.spawn(move || some.iter_mut().for_each(ask));
        }
    });
}

/// On SQLite everything is asked. On PostgreSQL only what is about things at places, by people who hold a part of the
/// district: that is where a statement decides what somebody gets; whether a role may do something at all is asked of no
/// database, and the rest of the product would take twice as long for nothing.
#[test]
fn every_address_gives_every_role_what_is_theirs_and_nothing_else() {
    simulated(|browser| {
        let world = World::begin(browser);
        let routes = crate::routes().declared;
        let mut callers = callers(browser, &world);
        let mut all = asked(&routes, &world);
        if callers[0].browser.state.db.is_postgres() {
            all.retain(|it| it.lies.at_places() && it.declared.access != Access::Public);
            callers.retain(|it| {
                let of_a_part = |grant: &Grant| grant.scope != district::kit::Scope::District;
                it.actor.grants.iter().any(of_a_part) && !it.is_program()
            });
        }
        let faults = Mutex::new(Vec::new());
        let say = |caller: &Caller, found: Vec<String>| {
            let found = found.into_iter().map(|it| format!("{}: {it}", caller.name));
            faults.lock().unwrap().extend(found);
        };
        by_two(&mut callers, &|caller| {
            let found = refused(caller, &all);
            say(caller, found);
        });
        by_two(&mut callers, &|caller| {
            let mut found = reading(caller, &all, &world);
            found.extend(by_query(caller, &routes, &world));
            say(caller, found);
        });
        for caller in &mut callers {
            let found = writing(caller, &all);
            say(caller, found);
        }
        let faults = faults.into_inner().unwrap();
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    });
}
