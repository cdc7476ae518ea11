//! Personal tokens of whoever is signed in: made here and shown once, revoked here.

use askama::Template;
use base::{Day, Instant};
use district::kit::TokenId;
use district::people::{
    self, Action, LONGEST_TOKEN_DAYS, NewToken, PersonalToken, TOKEN_NAME_LENGTH, Token, TokenScope,
    TokenScopes, may,
};
use http::StatusCode;
use sha2::{Digest as _, Sha256};

use crate::kit::{self, Fault, Faults, Posted, Shell, see_other};

/// The end that the form offers: a quarter of a year, after which somebody looks whether it is still needed.
const OFFERED_DAYS: i64 = 92;

/// What stands in the form.
#[derive(Debug, Clone)]
struct Typed {
    name: String,
    scopes: TokenScopes,
    last_day: String,
}

#[derive(Template)]
#[template(path = "api/tokens.html")]
struct Show<'a> {
    s: &'a Shell,
    tokens: Vec<PersonalToken>,
    /// The token that was just made, in full: nobody sees it again.
    made: Option<String>,
    typed: Typed,
    faults: Faults,
    wall: Instant,
    scopes: Vec<TokenScope>,
    longest_name: usize,
    latest: Day,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_self,
    reason = "templates give references to fields"
)]
impl Show<'_> {
    fn scope(&self, scope: &TokenScope) -> &'static str {
        scope_message(*scope)
    }

    fn chosen(&self, scope: &TokenScope) -> bool {
        self.typed.scopes.has(*scope)
    }

    /// What a token is for, in a line.
    fn purposes(&self, token: &PersonalToken) -> String {
        let names: Vec<&str> = token.scopes.iter().map(|scope| self.s.t(scope_message(scope))).collect();
        names.join(self.s.t("coverage-comma"))
    }
}

/// The message that says what a scope lets a token do.
pub(super) fn scope_message(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Read => "api-scope-read",
        TokenScope::Register => "api-scope-register",
        TokenScope::Handbook => "api-scope-handbook",
        TokenScope::Stations => "api-scope-stations",
        TokenScope::Plan => "api-scope-plan",
        TokenScope::Coverage => "api-scope-coverage",
        TokenScope::Accounts => "api-scope-accounts",
        TokenScope::Joining => "api-scope-joining",
        TokenScope::Audit => "api-scope-audit",
        TokenScope::Matters => "api-scope-matters",
        TokenScope::Services => "api-scope-services",
        TokenScope::Visits => "api-scope-visits",
        TokenScope::Notices => "api-scope-notices",
        TokenScope::Report => "api-scope-report",
    }
}

fn page(s: &Shell, status: StatusCode, made: Option<String>, typed: Typed, faults: Faults) -> kit::Result {
    let tokens = s.state.read(|tx| people::tokens(tx, &s.actor))?;
    let wall = s.state.wall();
    let latest = wall.day() + LONGEST_TOKEN_DAYS;
    let (scopes, longest_name) = (useful(s), TOKEN_NAME_LENGTH);
    s.html_with(status, &Show { s, tokens, made, typed, faults, wall, scopes, longest_name, latest })
}

/// What a token of the reader could be for: a role that permits nothing of a scope has no use for it.
fn useful(s: &Shell) -> Vec<TokenScope> {
    let permitted = |action: &Action| s.actor.grants.iter().any(|grant| may(&s.actor, *action, grant.scope));
    let of = |scope: &TokenScope| {
        Action::ALL.iter().any(|it| TokenScope::of(*it) == Some(*scope) && permitted(it))
    };
    TokenScope::ALL.into_iter().filter(of).collect()
}

fn fresh(s: &Shell) -> Typed {
    let last_day = s.state.wall().day() + OFFERED_DAYS;
    let scopes = [TokenScope::Read].into_iter().collect();
    Typed { name: String::new(), scopes, last_day: last_day.to_string() }
}

/// GET `/tokens`.
pub(super) async fn show(s: Shell) -> kit::Result {
    page(&s, StatusCode::OK, None, fresh(&s), Faults::none())
}

/// POST the same: `do` is `make` with `name`, `scope` (several) and `last_day`, or `revoke` with `token`.
pub(super) async fn change(s: Shell, posted: Posted) -> kit::Result {
    match posted.fields.get("do") {
        "make" => make(&s, &posted),
        "revoke" => revoke(&s, &posted),
        _ => Err(Fault::Bad),
    }
}

fn make(s: &Shell, posted: &Posted) -> kit::Result {
    let fields = &posted.fields;
    let typed = Typed {
        name: fields.get("name").to_owned(),
        scopes: fields.all("scope").filter_map(TokenScope::parse).collect(),
        last_day: fields.get("last_day").to_owned(),
    };
    let again = |faults| page(s, StatusCode::UNPROCESSABLE_ENTITY, None, typed.clone(), faults);
    let Ok(last_day) = typed.last_day.parse::<Day>() else {
        return again(Faults::one(Some("last_day"), s.t("register-refused-date").to_owned()));
    };
    let new = NewToken { name: typed.name.clone(), scopes: typed.scopes, last_day };
    let (token, wall) = (derived(s, posted), s.state.wall());
    let done = s.state.once(&s.actor, posted, |tx, call| {
        people::make_token(tx, call, &token, &new, wall).map(|id| id.to_string())
    });
    match done {
        Ok(_) => {
            // Sent again after a restart, the form is answered, and what was made then can no longer be said.
            let known = s.state.read(|tx| people::find_token(tx, &token, wall, s.today()))?;
            let made = known.map(|_| token.personal_text());
            page(s, StatusCode::OK, made, fresh(s), Faults::none())
        }
        Err(Fault::Refused(refusal)) => again(s.faults(&refusal)),
        Err(fault) => Err(fault),
    }
}

/// The token of a form: a hash of a secret that never leaves this process and of the form's own key, so that only this
/// process can make it, and makes it again when the form comes twice.
fn derived(s: &Shell, posted: &Posted) -> Token {
    let hash = Sha256::new().chain_update(s.state.secret()).chain_update("personal token");
    Token::new(hash.chain_update(posted.key.as_bytes()).finalize().into())
}

fn revoke(s: &Shell, posted: &Posted) -> kit::Result {
    let id: TokenId = posted.fields.id("token")?;
    let wall = s.state.wall();
    let to = s.state.once(&s.actor, posted, |tx, call| {
        people::revoke_token(tx, call, id, wall)?;
        Ok("/tokens".into())
    })?;
    Ok(see_other(&to))
}
