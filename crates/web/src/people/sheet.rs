//! One account: its roles, whether it can be signed in to, and what administrators do with it.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::Refusal;
use district::kit::{AccountId, Grant, GrantId, Role, Scope, requests};
use district::people::{self, AccountSheet, Action, Held, may};
use http::StatusCode;

use super::code_of;
use super::own::place_of;
use crate::kit::{self, Fault, Faults, Places, Posted, Shell, role_message, see_other};

#[derive(Template)]
#[template(path = "people/sheet.html")]
struct Show<'a> {
    s: &'a Shell,
    sheet: &'a AccountSheet,
    places: &'a Places,
    faults: Faults,
    typed: [&'a str; 3],
    /// A code that was made just now: it is shown this once.
    code: Option<String>,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn roles(&self) -> [(&'static str, &'static str); 8] {
        Role::GIVEN.map(|role| (role.as_str(), role_message(role)))
    }

    fn chosen(&self, role: &str) -> bool {
        self.typed[0] == role
    }

    fn role(&self, held: &Held) -> &'static str {
        role_message(held.grant.role)
    }

    fn place(&self, held: &Held) -> String {
        place_of(self.s, self.places, held.grant.scope)
    }

    fn holds(&self, held: &Held) -> bool {
        held.to.is_none_or(|to| to > self.s.today())
    }

    fn may(&self, action: Action) -> bool {
        let own = self.s.actor.account == Some(self.sheet.line.id);
        !own && self.sheet.line.ends.is_none() && may(&self.s.actor, action, Scope::District)
    }

    fn may_give(&self) -> bool {
        self.may(Action::GrantWrite)
    }

    fn may_issue(&self) -> bool {
        self.may(Action::CodeIssue)
    }

    fn may_revoke(&self) -> bool {
        self.may(Action::SessionRevoke)
    }

    fn may_erase(&self) -> bool {
        let ended = self.sheet.line.ends.is_some() && self.sheet.name.is_some();
        ended && may(&self.s.actor, Action::PersonErase, Scope::District)
    }

    fn may_end(&self) -> bool {
        self.may(Action::AccountWrite)
    }
}

fn read(s: &Shell, key: &str) -> Result<(AccountSheet, Places), Fault> {
    let id: AccountId = key.parse().map_err(|_| Fault::Absent)?;
    let vault = s.state.vault().ok();
    let days = (s.today(), s.state.wall());
    let (sheet, places) = s.state.read(|tx| {
        Ok((people::account_sheet(tx, &s.actor, vault, id, days)?, Places::read(s, tx, s.today())?))
    })?;
    Ok((sheet.ok_or(Fault::Absent)?, places))
}

/// GET `/desk/accounts/{id}`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (sheet, places) = read(&s, &key)?;
    let today = s.today().to_string();
    let typed = ["", "", today.as_str()];
    s.html(&Show { s: &s, sheet: &sheet, places: &places, faults: Faults::none(), typed, code: None })
}

/// POST `/desk/accounts/{id}`: `do` is `give` (with `role`, `place`, `from`), `take` (with `grant`), `code`, `sessions`,
/// `unlock`, `end` or `erase`.
pub(super) async fn change(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let (sheet, places) = read(&s, &key)?;
    let typed = ["role", "place", "from"].map(|name| posted.fields.get(name));
    let done = act(&s, &posted, sheet.line.id, typed);
    match done {
        Ok(None) => Ok(see_other(&format!("/desk/accounts/{}", sheet.line.id))),
        Ok(code) => {
            let (sheet, places) = read(&s, &key)?;
            let faults = Faults::none();
            s.html(&Show { s: &s, sheet: &sheet, places: &places, faults, typed: ["", "", ""], code })
        }
        Err(Fault::Refused(refusal)) => {
            let faults = s.faults(&refusal);
            let page = Show { s: &s, sheet: &sheet, places: &places, faults, typed, code: None };
            s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(fault) => Err(fault),
    }
}

/// Does what the form asks for; the code, where it made one.
fn act(
    s: &Shell,
    posted: &Posted,
    account: AccountId,
    [role, place, from]: [&str; 3],
) -> Result<Option<String>, Fault> {
    let wall = s.state.wall();
    let what = posted.fields.get("do");
    if what == "code" {
        let code = code_of(s, posted, 0);
        let request = s.state.request(posted);
        s.state.write(&s.actor, |tx, call| {
            requests::once(tx, call, &request, |tx, call| {
                people::issue_code(tx, call, account, &code, wall)?;
                Ok(String::new())
            })
        })?;
        return Ok(Some(code.text()));
    }
    s.state.once(&s.actor, posted, |tx, call| {
        match what {
            "give" => {
                // A place that there is not is refused before the operation is asked.
                call.tries(Action::GrantWrite, account.uuid());
                let given = given(tx, s, role, place)?;
                let from: Day = from.parse().map_err(|_| Refusal::new("register-refused-date").at("from"))?;
                people::give_role(tx, call, account, given, from)?;
            }
            "take" => {
                let id: GrantId =
                    posted.fields.get("grant").parse().map_err(|_| district::Error::Absent("grant"))?;
                people::end_role(tx, call, account, id)?;
            }
            "sessions" => people::revoke_sessions(tx, call, account, wall)?,
            "unlock" => people::unlock(tx, call, account)?,
            "end" => people::end_account(tx, call, account, wall)?,
            "erase" => people::erase_person(tx, call, account)?,
            _ => return Err(district::Error::Absent("action")),
        }
        Ok(String::new())
    })?;
    Ok(None)
}

/// The role and its place as they were typed.
fn given(tx: &mut db::Tx<'_>, s: &Shell, role: &str, place: &str) -> district::kit::Result<Grant> {
    let role = Role::parse(role).ok_or_else(|| Refusal::new("people-refused-role").at("role"))?;
    let code = Some(place.trim()).filter(|code| !code.is_empty());
    let scope = people::scope_named(tx, role, code, s.today())?;
    let scope = scope.ok_or_else(|| Refusal::new("people-refused-place").at("place"))?;
    Ok(Grant { role, scope })
}
