//! Wishes to join, for the worker who has seen the lease.

use askama::Template;
use axum::extract::Path;
use district::kit::{JoinId, PersonId, TenancyId};
use district::people::joining::{self, JoinLine, JoinSheet, REQUEST_DAYS, Whom};
use district::people::vault::Revealed;
use district::people::{Action, may};
use http::StatusCode;

use crate::kit::{self, Fault, Faults, Posted, Shell, see_other};

#[derive(Template)]
#[template(path = "joining/list.html")]
struct List<'a> {
    s: &'a Shell,
    lines: Vec<JoinLine>,
    days: i64,
    done: Option<&'static str>,
}

/// GET `/desk/joining`.
pub(super) async fn list(s: Shell) -> kit::Result {
    let days = (s.today(), s.state.wall());
    let lines = s.state.read(|tx| joining::join_requests(tx, &s.actor, days))?;
    let done = match s.asked("done").as_deref() {
        Some("confirmed") => Some("joining-confirmed"),
        Some("refused") => Some("joining-was-refused"),
        _ => None,
    };
    s.html(&List { s: &s, lines, days: REQUEST_DAYS, done })
}

#[derive(Template)]
#[template(path = "joining/sheet.html")]
struct Show<'a> {
    s: &'a Shell,
    sheet: &'a JoinSheet,
    revealed: Option<Revealed>,
    faults: Faults,
    reason: &'a str,
}

impl Show<'_> {
    /// May the reader say that somebody new lives there? That changes the register.
    fn may_add(&self) -> bool {
        may(&self.s.actor, Action::RegisterWrite, self.sheet.line.scope)
    }

    /// Each household of the flat once.
    fn households(&self) -> Vec<TenancyId> {
        let mut found: Vec<TenancyId> = Vec::new();
        for it in &self.sheet.living {
            if !found.contains(&it.tenancy) {
                found.push(it.tenancy);
            }
        }
        found
    }
}

fn read(s: &Shell, key: &str) -> Result<JoinSheet, Fault> {
    let id: JoinId = key.parse().map_err(|_| Fault::Absent)?;
    let vault = s.state.vault()?;
    let days = (s.today(), s.state.wall());
    s.state.read(|tx| joining::join_sheet(tx, &s.actor, vault, id, days))
}

/// GET `/desk/joining/{id}`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let sheet = read(&s, &key)?;
    s.html(&Show { s: &s, sheet: &sheet, revealed: None, faults: Faults::none(), reason: "" })
}

/// POST `/desk/joining/{id}`: `do` is `show`, `confirm` (with `whom`) or `refuse` (with its `reason`).
pub(super) async fn decide(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let id: JoinId = key.parse().map_err(|_| Fault::Absent)?;
    // Sent twice, it is decided already.
    if let Some(to) = s.state.answered(&s.actor, &posted)? {
        return Ok(see_other(&to));
    }
    let sheet = read(&s, &key)?;
    let (vault, wall) = (s.state.vault()?, s.state.wall());
    if posted.fields.get("do") == "show" {
        let revealed = s.state.write(&s.actor, |tx, call| joining::reveal_join(tx, call, vault, id, wall))?;
        let page =
            Show { s: &s, sheet: &sheet, revealed: Some(revealed), faults: Faults::none(), reason: "" };
        return s.html(&page);
    }
    let reason = posted.fields.get("reason");
    let again = |faults| {
        let page = Show { s: &s, sheet: &sheet, revealed: None, faults, reason };
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let confirms = posted.fields.get("do") == "confirm";
    let whom = whom(posted.fields.get("whom"));
    if confirms && whom.is_none() {
        return again(Faults::one(Some("whom"), s.t("joining-missing-whom").to_owned()));
    }
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        if let Some(whom) = whom.filter(|_| confirms) {
            joining::confirm_join(tx, call, vault, (id, whom), wall)?;
            return Ok("/desk/joining?done=confirmed".to_owned());
        }
        joining::refuse_join(tx, call, (id, reason), wall)?;
        Ok("/desk/joining?done=refused".to_owned())
    });
    s.after(done, again)
}

/// `person:…` or `household:…`.
fn whom(text: &str) -> Option<Whom> {
    let (kind, id) = text.split_once(':')?;
    let id = base::Uuid::parse_str(id).ok()?;
    match kind {
        "person" => Some(Whom::Living(PersonId::from_uuid(id))),
        "household" => Some(Whom::New(TenancyId::from_uuid(id))),
        _ => None,
    }
}
