//! Accounts, one after another, and opening one.

use askama::Template;
use district::kit::Scope;
use district::kit::{Grant, Role};
use district::people::{self, AccountLine, Action, OpenAccount, may};
use http::StatusCode;

use super::own::place_of;
use crate::kit::{self, Fault, Faults, Places, Posted, Shell, role_message, see_other};

/// Accounts of a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "people/accounts.html")]
struct Show<'a> {
    s: &'a Shell,
    lines: Vec<AccountLine>,
    places: Places,
    missing: Vec<Role>,
    next: Option<String>,
    may_open: bool,
}

#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates call methods, with references"
)]
impl Show<'_> {
    fn role(&self, grant: &Grant) -> &'static str {
        role_message(grant.role)
    }

    fn place(&self, grant: &Grant) -> String {
        place_of(self.s, &self.places, grant.scope)
    }

    fn missing(&self, role: &Role) -> &'static str {
        role_message(*role)
    }
}

/// GET `/desk/accounts`, `?after=` a login.
pub(super) async fn show(s: Shell) -> kit::Result {
    let after = s.asked("after").unwrap_or_default();
    let ((lines, more), places, missing) = s.state.read(|tx| {
        Ok((
            people::accounts(tx, &s.actor, &after, PAGE, s.today())?,
            Places::read(&s, tx, s.today())?,
            people::missing_administrators(tx, s.today())?,
        ))
    })?;
    let next = lines.last().filter(|_| more).map(|last| {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("after", &last.login).finish();
        format!("/desk/accounts?{query}")
    });
    let may_open = may(&s.actor, Action::AccountWrite, Scope::District);
    let missing = if s.demonstration() { Vec::new() } else { missing };
    s.html(&Show { s: &s, lines, places, missing, next, may_open })
}

#[derive(Template)]
#[template(path = "people/open.html")]
struct Open<'a> {
    s: &'a Shell,
    faults: Faults,
    typed: [&'a str; 3],
}

/// GET `/desk/accounts/new`.
pub(super) async fn opening(s: Shell) -> kit::Result {
    s.html(&Open { s: &s, faults: Faults::none(), typed: [""; 3] })
}

/// POST `/desk/accounts/new`: `login`, `name`, `telephone`.
pub(super) async fn open(s: Shell, posted: Posted) -> kit::Result {
    let typed = ["login", "name", "telephone"].map(|name| posted.fields.get(name));
    let [login, name, telephone] = typed.map(str::to_owned);
    let command = OpenAccount { login, name, telephone: Some(telephone) };
    let opened = s.state.vault().and_then(|vault| {
        s.state.once(&s.actor, &posted, |tx, call| {
            let id = people::open_account(tx, call, vault, &command)?;
            Ok(format!("/desk/accounts/{id}"))
        })
    });
    match opened {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            let faults = s.faults(&refusal);
            s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &Open { s: &s, faults, typed })
        }
        Err(fault) => Err(fault),
    }
}
