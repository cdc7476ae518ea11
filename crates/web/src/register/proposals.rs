//! Entry to and exit from the list: a town proposes, the district confirms or refuses.

use askama::Template;
use axum::extract::Path;
use base::{Day, Instant};
use district::exchange::book::Value;
use district::kit::{ListingId, Scope, TownId};
use district::people::{Action, may};
use district::register::{self, Change, Community, Leave, Proposal, ProposeEntry, Standing};
use http::StatusCode;

use super::describe::{Form, Typed};
use super::edit::read;
use crate::kit::table::{self, Column, FileLink, Listed, day, text};
use crate::kit::{self, Fault, Faults, Places, Posted, Shell, see_other};

/// Decided proposals of a page.
const PAGE: i64 = 30;

#[derive(Template)]
#[template(path = "register/proposals.html")]
struct Show<'a> {
    s: &'a Shell,
    places: Places,
    open: Vec<Proposal>,
    decided: Vec<Proposal>,
    next: Option<String>,
    may_decide: bool,
    may_propose: bool,
    files: Vec<FileLink>,
}

fn change(proposal: &Proposal) -> &'static str {
    match proposal.change {
        Change::Enter => "register-change-enter",
        Change::Leave => "register-change-leave",
    }
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn change(&self, proposal: &Proposal) -> &'static str {
        change(proposal)
    }

    fn confirmed(&self, proposal: &Proposal) -> bool {
        proposal.standing == Standing::Confirmed
    }

    fn town(&self, id: &TownId) -> String {
        self.places.town_name(self.s, *id)
    }

    fn id(&self, proposal: &Proposal) -> base::Uuid {
        proposal.id.uuid()
    }

    fn by<'b>(&'b self, login: Option<&'b String>) -> &'b str {
        login.map_or_else(|| self.s.t("people-role-program"), String::as_str)
    }

    /// Is it in the register on some day, so that its page can be looked at?
    fn has_page(&self, proposal: &Proposal) -> bool {
        proposal.change == Change::Leave || proposal.standing == Standing::Confirmed
    }
}

/// GET `/district/register/proposals`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let after = match (s.asked("after"), s.asked("id")) {
        (Some(at), Some(id)) => {
            let at = at.parse().map(Instant::from_millis).map_err(|_| Fault::Bad)?;
            let id = base::Uuid::parse_str(&id).map(ListingId::from_uuid).map_err(|_| Fault::Bad)?;
            Some((at, id))
        }
        _ => None,
    };
    let (open, (decided, more), places) = s.state.read(|tx| {
        let open = register::open_proposals(tx, &s.actor)?;
        let decided = register::decided_proposals(tx, &s.actor, after, PAGE)?;
        Ok((open, decided, Places::read(&s, tx, s.today())?))
    })?;
    let next = decided.last().filter(|_| more).and_then(|last| {
        let (at, _) = last.decided.as_ref()?;
        let (at, id) = (at.millis(), last.id.uuid());
        Some(format!("/district/register/proposals?after={at}&id={id}#decided"))
    });
    let scope = s.actor.scope();
    s.html(&Show {
        s: &s,
        places,
        open,
        decided,
        next,
        may_decide: may(&s.actor, Action::ListingDecide, Scope::District),
        may_propose: may(&s.actor, Action::ListingPropose, scope),
        files: table::files("/district/register/proposals", &s.query, false),
    })
}

const COLUMNS: [Column; 11] = [
    ("code", "register-code"),
    ("name", "register-name"),
    ("town", "coverage-town"),
    ("change", "register-change"),
    ("effective_on", "register-effective-on"),
    ("reason", "register-reason"),
    ("proposed_by", "register-file-proposed-by"),
    ("proposed_on", "register-file-proposed-on"),
    ("decision", "register-decision"),
    ("decided_by", "register-file-decided-by"),
    ("decided_on", "register-file-decided-on"),
];

/// GET `/district/register/proposals/{form}`, `xlsx` or `csv`: those that wait, then those decided, of all pages.
pub(super) async fn file(s: Shell, Path(form): Path<String>) -> kit::Result {
    let (mut all, places) = s.state.read(|tx| {
        let mut all = register::open_proposals(tx, &s.actor)?;
        all.extend(register::decided_proposals(tx, &s.actor, None, i64::MAX - 1)?.0);
        Ok((all, Places::read(&s, tx, s.today())?))
    })?;
    let cells = |it: Proposal| {
        let by = |login: Option<String>| text(login.unwrap_or_else(|| s.t("people-role-program").to_owned()));
        let decision = match it.standing {
            Standing::Open => "register-file-open",
            Standing::Confirmed => "register-confirmed",
            Standing::Refused => "register-refused",
        };
        let (at, decided_by) = it.decided.clone().unzip();
        vec![
            text(it.code.as_str()),
            text(s.name(&it.name.0, &it.name.1)),
            text(places.town_name(&s, it.town)),
            text(s.t(change(&it))),
            day(Some(it.on)),
            text(s.zh(&it.reason)),
            by(it.by),
            day(Some(it.at.day())),
            text(s.t(decision)),
            decided_by.map_or(Value::Empty, by),
            day(at.map(Instant::day)),
        ]
    };
    let list = Listed {
        name: "proposals",
        title: s.t("register-proposals"),
        day: s.today(),
        columns: &COLUMNS,
        rows: all.drain(..).map(cells).collect(),
        places: None,
    };
    list.file(&s, &form)
}

/// POST the same: `proposal`, `do` (`confirm` or `refuse`).
pub(super) async fn decide(s: Shell, posted: Posted) -> kit::Result {
    let id: ListingId = posted.fields.id("proposal")?;
    let confirm = match posted.fields.get("do") {
        "confirm" => true,
        "refuse" => false,
        _ => return Err(Fault::Bad),
    };
    let to = s.state.once(&s.actor, &posted, |tx, call| {
        register::decide_listing(tx, call, id, confirm)?;
        Ok("/district/register/proposals".into())
    })?;
    Ok(see_other(&to))
}

#[derive(Template)]
#[template(path = "register/propose.html")]
struct Propose<'a> {
    s: &'a Shell,
    form: Form,
    reason: String,
}

/// GET `/district/register/propose`.
pub(super) async fn form(s: Shell) -> kit::Result {
    let places = s.state.read(|tx| Places::read(&s, tx, s.today()))?;
    let typed = Typed { from: s.today().to_string(), ..Typed::default() };
    let form = Form::new(&s, &places, typed, Faults::none());
    s.html(&Propose { s: &s, form, reason: String::new() })
}

/// POST the same.
pub(super) async fn propose(s: Shell, posted: Posted) -> kit::Result {
    let places = s.state.read(|tx| Places::read(&s, tx, s.today()))?;
    let (typed, reason) = (Typed::sent(&posted.fields), posted.fields.get("reason").to_owned());
    let again = |faults: Faults| {
        let form = Form::new(&s, &places, typed.clone(), faults);
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &Propose { s: &s, form, reason: reason.clone() })
    };
    let (description, on) = match typed.read(&s, &places) {
        Ok(read) => read,
        Err(faults) => return again(faults),
    };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let (description, reason) = (description.clone(), reason.clone());
        let (id, simulated) = (call.id(), s.demonstration());
        register::propose_entry(tx, call, &ProposeEntry { id, simulated, on, reason, description })?;
        Ok("/district/register/proposals".into())
    });
    s.after(done, again)
}

#[derive(Template)]
#[template(path = "register/leave.html")]
struct Leaving<'a> {
    s: &'a Shell,
    community: &'a Community,
    households: i64,
    reason: String,
    on: String,
    faults: Faults,
}

fn households(s: &Shell, community: &Community) -> Result<i64, Fault> {
    s.state.read(|tx| Ok(register::counts(tx, community.id, s.today())?.households))
}

/// GET `/communities/{id}/leave`.
pub(super) async fn leaving(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (community, ..) = read(&s, &key, Action::ListingPropose)?;
    let (households, on) = (households(&s, &community)?, s.today().to_string());
    let (reason, faults) = (String::new(), Faults::none());
    s.html(&Leaving { s: &s, community: &community, households, reason, on, faults })
}

/// POST the same: `reason`, `on`.
pub(super) async fn leave(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let (community, ..) = read(&s, &key, Action::ListingPropose)?;
    let (reason, on) = (posted.fields.get("reason").to_owned(), posted.fields.get("on").to_owned());
    let households = households(&s, &community)?;
    let again = |faults: Faults| {
        let (reason, on) = (reason.clone(), on.clone());
        let page = Leaving { s: &s, community: &community, households, reason, on, faults };
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let Ok(day) = on.parse::<Day>() else {
        return again(Faults::one(Some("on"), s.t("register-refused-date").to_owned()));
    };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let command = Leave { id: community.id, on: day, reason: reason.clone() };
        register::propose_leaving(tx, call, &command)?;
        Ok("/district/register/proposals".into())
    });
    s.after(done, again)
}
