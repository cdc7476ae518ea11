//! A small simulated district that is asked: importers and pages read it, and nothing is written.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use base::Instant;
use db::{Db, Location};
use district::kit::settings::{self, Setting};
use district::kit::{Actor, Call, Role};
use district::people::vault::Vault;
use district::people::{self, IDLE_MILLIS, NewToken, Token, TokenScope};
use http::{Method, Request, StatusCode, header};
use sim::Order;
use tempfile::TempDir;
use tower::ServiceExt as _;
use web::{Clock, Settings, State};

/// What targets ask.
pub struct Ground {
    _folder: TempDir,
    pub(crate) db: Arc<Db>,
    /// A district with nothing but its name: its archive is short.
    pub(crate) bare: Db,
    pub(crate) vault: Vault,
    /// The key of a program that may send matters in.
    pub(crate) key: String,
    router: Router,
    runtime: tokio::runtime::Runtime,
}

impl std::fmt::Debug for Ground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ground").finish_non_exhaustive()
    }
}

/// The time of the demonstration.
struct Stopped;

impl Clock for Stopped {
    fn wall(&self) -> Instant {
        now()
    }
}

/// Ten in the morning of the day on which the demonstration stands.
pub(crate) fn now() -> Instant {
    Instant::at(sim::TODAY, 10, 0)
}

impl Ground {
    /// Makes it: a hundredth of a district.
    pub fn make() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let db = Arc::new(Db::open(&Location::File(folder.path().join("310112.db")))?);
        db.migrate(&district::MIGRATIONS, now())?;
        let vault = Vault::new(&[7; 32]);
        sim::make(&db, &vault, &Order { per_mille: sim::SMALLEST_SIZE, ..Order::new(1) })?;
        let bare = Db::open(&Location::File(folder.path().join("310115.db")))?;
        bare.migrate(&district::MIGRATIONS, now())?;
        bare.write(|tx| settings::set(tx, Setting::Name, "浦东新区"))?;
        let key = key(&db)?;
        let state = State::open(Arc::clone(&db), Settings::default(), Stopped)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { _folder: folder, db, bare, vault, key, router: web::router(Arc::new(state)), runtime })
    }

    /// What an address answers to somebody who is not signed in; `None` where the bytes make no request.
    pub(crate) fn ask(&self, method: Method, address: &str, form: Vec<u8>) -> Option<StatusCode> {
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::HOST, "a.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form)).ok()?;
        let answer = self.runtime.block_on(self.router.clone().oneshot(request));
        answer.ok().map(|answer| answer.status())
    }
}

/// Makes a key as an officer does for a program of theirs.
fn key(db: &Db) -> anyhow::Result<String> {
    let (session, token) = (Token::new([1; 32]), Token::new([2; 32]));
    let day = now().day();
    db.write(|tx| {
        let anyone = Actor::anyone();
        let call = &mut Call::new(&anyone, now(), 2);
        people::enter_demonstration(tx, call, Role::DistrictOfficer, &session, now())?;
        let found = people::find_session(tx, &session, now(), IDLE_MILLIS, day)?;
        let officer = found.ok_or(district::Error::Absent("session"))?.actor();
        let scopes = [TokenScope::Report].into_iter().collect();
        let new = NewToken { name: "open311".into(), scopes, last_day: day };
        people::make_token(tx, &mut Call::new(&officer, now(), 3), &token, &new, now())
    })?;
    Ok(token.personal_text())
}
