//! An owner states a certificate, and two people check it.

use askama::Template;
use axum::extract::Path;
use district::kit::{Actor, OwnershipId};
use district::people::joining::{
    self, OwnerLine, OwnerSheet, REQUEST_DAYS, RevealedOwner, StateOwnership, WayIn,
};
use http::StatusCode;

use super::join::{Asked, by_password, community, own_login};
use super::{proof_of, sends};
use crate::kit::{self, Fault, Faults, Posted, Shell, see_other};

#[derive(Template)]
#[template(path = "joining/owner.html")]
struct Stating<'a> {
    s: &'a Shell,
    faults: Faults,
    asked: Asked<'a>,
    certificate: &'a str,
    /// Codes are sent here, and no telephone was shown to be theirs yet.
    first_telephone: bool,
}

fn page<'a>(s: &'a Shell, faults: Faults, asked: Asked<'a>, certificate: &'a str) -> Stating<'a> {
    let first_telephone = !s.actor.signed_in() && sends(s) && asked.proof.is_empty();
    Stating { s, faults, asked, certificate, first_telephone }
}

/// GET `/join/owner`.
pub(super) async fn stating(s: Shell) -> kit::Result {
    s.html(&page(&s, Faults::none(), Asked::default(), ""))
}

#[derive(Template)]
#[template(path = "joining/stated.html")]
struct Done<'a> {
    s: &'a Shell,
}

/// POST `/join/owner`: `certificate`, `community`, `building`, `flat`; and of whoever is not signed in `name` and
/// `telephone` with `proof`, or `login`, `password`, `again`. Without any of these, where it comes from a telephone that was
/// shown to be theirs a moment ago, the form is shown for it.
pub(super) async fn state(s: Shell, posted: Posted) -> kit::Result {
    let (asked, certificate) = (Asked::of(&posted), posted.fields.get("certificate"));
    if certificate.is_empty() && asked.community.is_empty() && !asked.proof.is_empty() {
        return s.html(&page(&s, Faults::none(), asked, ""));
    }
    let again = |faults| s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&s, faults, asked, certificate));
    let mut faults = Faults::none();
    let mut needed = vec![(certificate, "certificate"), (asked.building, "building"), (asked.flat, "flat")];
    if !s.actor.signed_in() {
        needed.push((asked.name, "name"));
    }
    for (_, field) in needed.into_iter().filter(|(text, _)| text.is_empty()) {
        faults.add(Some(field), s.t("joining-missing").to_owned());
    }
    let community = community(&s, asked.community, &mut faults)?;
    let proof = proof_of(&posted);
    if proof.is_none() && !s.actor.signed_in() {
        if sends(&s) {
            return Err(Fault::Bad);
        }
        own_login(&s, &posted, &mut faults);
    }
    let Some(community) = community.filter(|_| faults.is_empty()) else { return again(faults) };
    let new = if s.actor.signed_in() {
        None
    } else {
        let way_in = proof.map_or_else(|| by_password(&s, &posted), |proof| Ok(WayIn::Telephone(proof)))?;
        Some((asked.name.to_owned(), way_in))
    };
    let [certificate, building, flat] = [certificate, asked.building, asked.flat].map(str::to_owned);
    let stated = StateOwnership { certificate, community, building, flat, new };
    let vault = s.state.vault()?;
    let actor = if s.actor.signed_in() { s.actor.clone() } else { Actor::anyone() };
    let done = s.state.once(&actor, &posted, |tx, call| {
        joining::state_ownership(tx, call, vault, &stated, s.state.wall()).map(|_| "stated".to_owned())
    });
    match done {
        Ok(_) => s.html(&Done { s: &s }),
        Err(Fault::Refused(refusal)) => again(s.faults(&refusal)),
        Err(fault) => Err(fault),
    }
}

#[derive(Template)]
#[template(path = "joining/owners.html")]
struct List<'a> {
    s: &'a Shell,
    waiting: Vec<OwnerLine>,
    held: Vec<OwnerLine>,
    days: i64,
    done: Option<&'static str>,
}

/// GET `/desk/owners`.
pub(super) async fn list(s: Shell) -> kit::Result {
    let days = (s.today(), s.state.wall());
    let lines = s.state.read(|tx| joining::owner_lines(tx, &s.actor, days))?;
    let (held, waiting) = lines.into_iter().partition(|line| line.from.is_some());
    let done = match s.asked("done").as_deref() {
        Some("checked") => Some("joining-owner-checked"),
        Some("refused") => Some("joining-was-refused"),
        Some("ended") => Some("joining-owner-ended"),
        _ => None,
    };
    s.html(&List { s: &s, waiting, held, days: REQUEST_DAYS, done })
}

#[derive(Template)]
#[template(path = "joining/owner_sheet.html")]
struct Show<'a> {
    s: &'a Shell,
    sheet: &'a OwnerSheet,
    revealed: Option<RevealedOwner>,
    faults: Faults,
    reason: &'a str,
}

fn read(s: &Shell, key: &str) -> Result<OwnerSheet, Fault> {
    let id: OwnershipId = key.parse().map_err(|_| Fault::Absent)?;
    let (vault, days) = (s.state.vault()?, (s.today(), s.state.wall()));
    s.state.read(|tx| joining::owner_sheet(tx, &s.actor, vault, id, days))
}

/// GET `/desk/owners/{id}`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let sheet = read(&s, &key)?;
    s.html(&Show { s: &s, sheet: &sheet, revealed: None, faults: Faults::none(), reason: "" })
}

/// POST `/desk/owners/{id}`: `do` is `show`, `check`, `refuse` (with its `reason`) or `end`.
pub(super) async fn check(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let id: OwnershipId = key.parse().map_err(|_| Fault::Absent)?;
    // Sent twice, it is done already.
    if let Some(to) = s.state.answered(&s.actor, &posted)? {
        return Ok(see_other(&to));
    }
    let sheet = read(&s, &key)?;
    let (vault, wall) = (s.state.vault()?, s.state.wall());
    let (what, reason) = (posted.fields.get("do"), posted.fields.get("reason"));
    if what == "show" {
        let revealed =
            s.state.write(&s.actor, |tx, call| joining::reveal_owner(tx, call, vault, id, wall))?;
        let page = Show { s: &s, sheet: &sheet, revealed: Some(revealed), faults: Faults::none(), reason };
        return s.html(&page);
    }
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let to = match what {
            "check" => joining::check_owner(tx, call, vault, id, wall).map(|_| "checked")?,
            "refuse" => joining::refuse_owner(tx, call, (id, reason), wall).map(|()| "refused")?,
            "end" => joining::end_owner(tx, call, id, wall).map(|()| "ended")?,
            _ => return Err(district::Error::Absent("action")),
        };
        Ok(format!("/desk/owners?done={to}"))
    });
    s.after(done, |faults| {
        let page = Show { s: &s, sheet: &sheet, revealed: None, faults, reason };
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    })
}
