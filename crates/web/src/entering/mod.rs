//! Coming in and leaving: by login and password, by a passkey, by single sign-on, or, in a demonstration, by one click.

mod passkey;
mod relying_party;
mod single_sign_on;

use askama::Template;
use db::Tx;
use district::Refusal;
use district::kit::{Actor, Call, Role, Tried, requests};
use district::people::{self, Action, Token};
use http::StatusCode;
use sha2::{Digest as _, Sha256};

pub(crate) use passkey::{Ask, ask, kept};
pub(crate) use relying_party::{RelyingParty, not_taken};
pub use single_sign_on::{LoginClaim, SingleSignOn, SingleSignOnError, SingleSignOnSettings};

use crate::kit::{self, Access, Fault, Faults, Posted, Routes, Shell, ended, entered, random};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enter", Access::Public, show)
        .post("/enter", Access::Public, enter)
        .post("/enter/passkey", Access::Public, passkey::begin)
        .post("/enter/passkey/done", Access::Public, passkey::done)
        .post("/enter/single-sign-on", Access::Public, single_sign_on::begin)
        .get(single_sign_on::BACK, Access::Public, single_sign_on::arrive)
        .post("/enter/demonstration", Access::Public, demonstration)
        .get("/leave", Access::SignedIn, leaving)
        .post("/leave", Access::SignedIn, leave)
}

#[derive(Template)]
#[template(path = "entering/enter.html")]
struct Enter<'a> {
    s: &'a Shell,
    faults: Faults,
    login: &'a str,
    next: &'a str,
    /// A password was set just now.
    enrolled: bool,
    /// Do passkeys work here?
    passkeys: bool,
    /// Is there a service for single sign-on?
    single_sign_on: bool,
}

impl<'a> Enter<'a> {
    /// The page as it is first shown.
    fn new(s: &'a Shell) -> Self {
        let passkeys = RelyingParty::of(s).is_some();
        let single_sign_on = s.state.single_sign_on.is_some();
        Self { s, faults: Faults::none(), login: "", next: "", enrolled: false, passkeys, single_sign_on }
    }
}

async fn show(s: Shell) -> kit::Result {
    let next = s.asked("next").unwrap_or_default();
    let enrolled = s.asked("done").as_deref() == Some("enrolled");
    s.html(&Enter { next: &next, enrolled, ..Enter::new(&s) })
}

/// One answer for a wrong login and a wrong password: who has an account here is not told.
async fn enter(s: Shell, posted: Posted) -> kit::Result {
    let (login, password) = (posted.fields.get("login"), posted.fields.exact("password"));
    let next = posted.fields.get("next");
    let again = |faults: Faults| {
        let page = Enter { faults, login, next, ..Enter::new(&s) };
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let missing = missing(&s, login, password);
    if !missing.is_empty() {
        return again(missing);
    }
    let found = s.state.read(|tx| people::credential(tx, login, s.today()))?;
    let hash = found.as_ref().and_then(|(_, hash)| hash.as_deref());
    let matches = db::heavy(|| s.state.passwords.matches(password, hash));
    let refused = || s.faults(&Refusal::new("people-refused-credentials").at("login"));
    let Some((account, _)) = found.as_ref().filter(|_| matches) else {
        if let Some((account, _)) = found {
            s.state.write(&Actor::anyone(), |tx, call| people::failed(tx, call, account, s.state.wall()))?;
        } else {
            let tried = Tried { action: Action::SessionStart, object: None };
            s.state.refused(&Actor::anyone(), tried, "people-refused-credentials");
        }
        return again(refused());
    };
    let account = *account;
    let signed_in =
        open(&s, &posted, next, |tx, call, token| people::sign_in(tx, call, account, token, s.state.wall()));
    // Locked for wrong passwords: it says what it says of a wrong one, so that nobody learns which logins exist.
    if matches!(&signed_in, Err(Fault::Refused(_))) { again(refused()) } else { signed_in }
}

fn missing(s: &Shell, login: &str, password: &str) -> Faults {
    let mut faults = Faults::none();
    if login.is_empty() {
        faults.add(Some("login"), s.t("people-missing-login").to_owned());
    }
    if password.is_empty() {
        faults.add(Some("password"), s.t("people-missing-password").to_owned());
    }
    faults
}

/// One click, one role; only in a demonstration, which the operation itself asks.
async fn demonstration(s: Shell, posted: Posted) -> kit::Result {
    let role = Role::parse(posted.fields.get("role")).ok_or(Fault::Bad)?;
    open(&s, &posted, "", |tx, call, token| {
        people::enter_demonstration(tx, call, role, token, s.state.wall())
    })
}

/// Opens a session and goes to where the role works. The same form sent twice gets the same session; sent again after
/// leaving (a page brought back by the browser), a new one.
fn open(
    s: &Shell,
    posted: &Posted,
    next: &str,
    mut operation: impl FnMut(&mut Tx<'_>, &mut Call<'_>, &Token) -> district::kit::Result<Role>,
) -> kit::Result {
    let derived = derived_token(s, posted);
    let fresh = Token::new(random().map_err(Fault::Internal)?);
    let request = s.state.request(posted);
    // Whoever was signed in before is not who comes in now.
    let (token, to) = s.state.write(&Actor::anyone(), |tx, call| {
        let answered = requests::begin(tx, call, &request)?;
        if let Some(answer) = &answered {
            let (wall, idle) = (s.state.wall(), s.state.settings.idle_millis);
            if people::find_session(tx, &derived, wall, idle, s.today())?.is_some() {
                return Ok((derived.clone(), answer.clone()));
            }
        }
        let token = if answered.is_some() { &fresh } else { &derived };
        let role = operation(tx, call, token)?;
        let to = if next.is_empty() { workplace(role) } else { next };
        if answered.is_none() {
            requests::keep(tx, &request, to)?;
        }
        Ok((token.clone(), to.to_owned()))
    })?;
    Ok(entered(&s.state, &token, &to))
}

/// The token of a form: only this process can make it, and it makes it again when the form comes again.
fn derived_token(s: &Shell, posted: &Posted) -> Token {
    let digest = Sha256::new().chain_update(s.state.secret()).chain_update(posted.key.as_bytes()).finalize();
    Token::new(digest.into())
}

/// Where a role begins.
fn workplace(role: Role) -> &'static str {
    match role {
        Role::DistrictOfficer | Role::TownOfficer => "/district",
        Role::GridLeader | Role::CommunityWorker | Role::Operator => "/desk",
        Role::SystemAdministrator | Role::SecurityAdministrator => "/desk/accounts",
        Role::AuditAdministrator => "/desk/audit",
        Role::Resident | Role::Owner => "/home",
        Role::Anyone | Role::Program => "/",
    }
}

#[derive(Template)]
#[template(path = "entering/leave.html")]
struct Leave<'a> {
    s: &'a Shell,
}

/// With a script: it takes away what lies on the device for visits without a network.
async fn leaving(s: Shell) -> kit::Result {
    s.html_with_script(&Leave { s: &s })
}

async fn leave(s: Shell, _posted: Posted) -> kit::Result {
    if let Some(token) = &s.token {
        s.state.write(&s.actor, |tx, call| people::end_session(tx, call, token, s.state.wall()))?;
    }
    Ok(ended(&s.state))
}
