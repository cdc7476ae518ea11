//! Entry to and exit from the list, for programs: a town proposes, the district decides.

use base::{Instant, Uuid};
use district::kit::ListingId;
use district::people::Action;
use district::register::{self as slice, Change, Leave, Proposal as Listing, ProposeEntry, Standing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::describe::Described;
use super::operation::{Api, Nothing, once, once_made};
use super::register::OnlyRows;
use super::values::{After, Date, Time};
use crate::kit::{Access, Fault, Posted, Shell};
use crate::register::read_for;

pub(super) fn operations() -> Api {
    let (read, propose) = (Access::May(Action::RegisterRead), Access::May(Action::ListingPropose));
    Api::of("api-group-register")
        .list("/api/v1/proposals", read, "proposals", open)
        .list("/api/v1/proposals/decided", read, "proposals-decided", decided)
        .post("/api/v1/proposals/entries", propose, "propose-entry", enter)
        .post("/api/v1/proposals/leavings", propose, "propose-leaving", leave)
        .act(
            "/api/v1/proposals/{proposal}/decision",
            Access::May(Action::ListingDecide),
            "proposal-decide",
            decide,
        )
}

/// A proposal.
#[derive(Debug, Serialize, ToSchema)]
struct Proposal {
    /// Its id.
    id: Uuid,
    /// Into the list? Else off it.
    enters: bool,
    /// The community.
    community: Uuid,
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Its town.
    town: Uuid,
    /// Why.
    reason: String,
    /// From when.
    on: Date,
    /// When it was made.
    made_at: Time,
    /// Was it confirmed? Null while the district has yet to decide.
    confirmed: Option<bool>,
    /// When it was decided.
    decided_at: Option<Time>,
}

fn row(it: Listing) -> Proposal {
    let confirmed = match it.standing {
        Standing::Open => None,
        Standing::Confirmed => Some(true),
        Standing::Refused => Some(false),
    };
    Proposal {
        id: it.id.uuid(),
        enters: it.change == Change::Enter,
        community: it.community.uuid(),
        code: it.code,
        name: it.name.0,
        name_en: it.name.1,
        town: it.town.uuid(),
        reason: it.reason,
        on: it.on.into(),
        made_at: it.at.into(),
        confirmed,
        decided_at: it.decided.map(|(at, _)| at.into()),
    }
}

/// GET `/api/v1/proposals`: those that wait, of the reader's part.
fn open(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<Proposal>, Fault> {
    let open = s.state.read(|tx| slice::open_proposals(tx, &s.actor))?;
    Ok(Page::cut(open, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?.map(row))
}

/// GET `/api/v1/proposals/decided`: those decided last first.
fn decided(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<Proposal>, Fault> {
    let limit = i64::from(asked.limit.unwrap_or_default().0);
    let after = asked.after.as_ref().map(cursor).transpose()?;
    let (rows, more) = s.state.read(|tx| slice::decided_proposals(tx, &s.actor, after, limit))?;
    let last = rows.last().filter(|_| more).and_then(|it| Some((it.decided.as_ref()?.0, it.id)));
    let next = last.map(|(at, id)| After::key(&format!("{} {id}", at.millis())));
    // A list that grows with the years is not counted.
    Ok(Page { items: rows.into_iter().map(row).collect(), count: None, next })
}

/// Where the list goes on: when a proposal was decided, and its id.
fn cursor(after: &After) -> Result<(Instant, ListingId), Fault> {
    let text = after.read()?;
    let (at, id) = text.split_once(' ').ok_or(Fault::Absent)?;
    let at = at.parse().map_err(|_| Fault::Absent)?;
    Ok((Instant::from_millis(at), id.parse().map_err(|_| Fault::Absent)?))
}

/// A community that is proposed for the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEntry {
    /// What is true of it.
    description: Described,
    /// In the list from this day.
    on: Date,
    /// Why it should enter.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// Where proposals are read.
fn proposals(_: Uuid) -> String {
    "proposals".into()
}

/// POST `/api/v1/proposals/entries`.
fn enter(s: &Shell, posted: &Posted, _: Nothing, sent: NewEntry) -> Result<Made, Fault> {
    let (description, Date(on)) = (sent.description.read(s)?, sent.on);
    let simulated = s.demonstration();
    once_made(s, posted, proposals, |tx, call| {
        let (description, reason) = (description.clone(), sent.reason.clone());
        let command = ProposeEntry { id: call.id(), simulated, on, reason, description };
        Ok(slice::propose_entry(tx, call, &command)?.uuid())
    })
}

/// A community that is proposed to leave the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLeaving {
    /// Its code or its id.
    #[schema(min_length = 1)]
    community: String,
    /// From this day it is not in the list any more.
    on: Date,
    /// Why.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// POST `/api/v1/proposals/leavings`.
fn leave(s: &Shell, posted: &Posted, _: Nothing, sent: NewLeaving) -> Result<Made, Fault> {
    let (community, ..) = read_for(s, &sent.community, Action::ListingPropose)?;
    let Date(on) = sent.on;
    let command = Leave { id: community.id, on, reason: sent.reason };
    once_made(s, posted, proposals, |tx, call| Ok(slice::propose_leaving(tx, call, &command)?.uuid()))
}

/// A proposal.
#[derive(Debug, Deserialize, IntoParams)]
struct OfProposal {
    /// Its id.
    proposal: Uuid,
}

/// The district's decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Decide {
    /// Confirm it? Else it is refused.
    confirm: bool,
}

/// POST `/api/v1/proposals/{proposal}/decision`.
fn decide(s: &Shell, posted: &Posted, at: OfProposal, sent: Decide) -> Result<(), Fault> {
    let id = ListingId::from_uuid(at.proposal);
    once(s, posted, |tx, call| slice::decide_listing(tx, call, id, sent.confirm))
}
