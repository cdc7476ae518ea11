//! Residents and owners who want to come in, for programs of who may decide it. Who they are in full is shown to a person
//! only, on a page; and two people, not two programs, hold an owner's certificate against the paper.

use base::Uuid;
use district::Refusal;
use district::kit::{GridId, JoinId, OwnershipId, PersonId, Scope, TenancyId, TownId};
use district::people::Action;
use district::people::joining::{self as slice, JoinLine, Living, OwnerLine, Whom};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Page;
use super::operation::{Api, Nothing, once};
use super::register::OnlyRows;
use super::values::{Date, Time};
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let (decide, check) = (Access::May(Action::JoinDecide), Access::May(Action::OwnerCheck));
    Api::of("api-group-joining")
        .read_each_time()
        .list("/api/v1/join-requests", decide, "join-requests", list)
        .get("/api/v1/join-requests/{wish}", decide, "join-request", show)
        .act("/api/v1/join-requests/{wish}/confirm", decide, "join-confirm", confirm)
        .act("/api/v1/join-requests/{wish}/refuse", decide, "join-refuse", refuse)
        .list("/api/v1/owners", check, "owners", owners)
        .get("/api/v1/owners/{owner}", check, "owner", owner)
        .act("/api/v1/owners/{owner}/refuse", check, "owner-refuse", refuse_owner)
        .just("/api/v1/owners/{owner}/end", check, "owner-end", end_owner)
}

/// A flat as somebody said that it is theirs.
#[derive(Debug, Serialize, ToSchema)]
struct Flat {
    /// The town.
    town: Option<Uuid>,
    /// The grid.
    grid: Option<Uuid>,
    /// The community.
    community: Option<Uuid>,
    /// The number of the building.
    building: String,
    /// The number of the flat.
    number: String,
}

fn flat(scope: Scope, building: &str, number: &str) -> Flat {
    let (grid, community) = match scope {
        Scope::Community { grid, community, .. } => (grid, Some(community.uuid())),
        _ => (None, None),
    };
    Flat {
        town: scope.town().map(TownId::uuid),
        grid: grid.map(GridId::uuid),
        community,
        building: building.to_owned(),
        number: number.to_owned(),
    }
}

/// A resident who wants to come in.
#[derive(Debug, Serialize, ToSchema)]
struct JoinRequest {
    /// Its id.
    id: Uuid,
    /// Where they say that they live.
    home: Flat,
    /// When they asked.
    made_at: Time,
    /// Did they show a telephone to be theirs?
    by_telephone: bool,
}

fn request(it: &JoinLine) -> JoinRequest {
    JoinRequest {
        id: it.id.uuid(),
        home: flat(it.scope, &it.building, &it.flat),
        made_at: it.made.into(),
        by_telephone: it.by_telephone,
    }
}

/// GET `/api/v1/join-requests`: those that wait, of the reader's part.
fn list(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<JoinRequest>, Fault> {
    let days = (s.today(), s.state.wall());
    let lines = s.state.read(|tx| slice::join_requests(tx, &s.actor, days))?;
    let page = Page::cut(lines, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?;
    Ok(page.map(|it| request(&it)))
}

/// A resident who wants to come in.
#[derive(Debug, Deserialize, IntoParams)]
struct OfWish {
    /// The id of the wish.
    wish: Uuid,
}

/// Somebody who lives in the flat by the register.
#[derive(Debug, Serialize, ToSchema)]
struct LivesThere {
    /// Who, by pseudonym.
    person: Uuid,
    /// Their household.
    tenancy: Uuid,
    /// The beginning of their name; empty where only the pseudonym is known.
    name: String,
    /// The number of the room, where the flat is let by the room.
    room: Option<String>,
    /// Since when they live there.
    from: Date,
    /// Do they have an account already?
    joined: bool,
}

fn lives_there(it: &Living) -> LivesThere {
    LivesThere {
        person: it.person.uuid(),
        tenancy: it.tenancy.uuid(),
        name: it.name.clone(),
        room: it.room.clone(),
        from: it.from.into(),
        joined: it.joined,
    }
}

/// A resident who wants to come in, and what the register knows of the flat.
#[derive(Debug, Serialize, ToSchema)]
struct JoinDetails {
    /// The wish.
    request: JoinRequest,
    /// The beginning of their name.
    name: String,
    /// The end of their telephone; null where none was shown to be theirs.
    telephone: Option<String>,
    /// Who lives in the flat by the register.
    living: Vec<LivesThere>,
}

/// GET `/api/v1/join-requests/{wish}`.
fn show(s: &Shell, at: OfWish, _: Nothing) -> Result<JoinDetails, Fault> {
    let (id, vault) = (JoinId::from_uuid(at.wish), s.state.vault()?);
    let days = (s.today(), s.state.wall());
    let sheet = s.state.read(|tx| slice::join_sheet(tx, &s.actor, vault, id, days))?;
    Ok(JoinDetails {
        request: request(&sheet.line),
        living: sheet.living.iter().map(lives_there).collect(),
        name: sheet.name,
        telephone: sheet.telephone,
    })
}

/// Who it is: one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirm {
    /// This person of the register, who lives in the flat.
    person: Option<Uuid>,
    /// Nobody the register knows: they live with this household from today on.
    tenancy: Option<Uuid>,
}

/// POST `/api/v1/join-requests/{wish}/confirm`.
fn confirm(s: &Shell, posted: &Posted, at: OfWish, sent: Confirm) -> Result<(), Fault> {
    let whom = match (sent.person, sent.tenancy) {
        (Some(person), None) => Whom::Living(PersonId::from_uuid(person)),
        (None, Some(tenancy)) => Whom::New(TenancyId::from_uuid(tenancy)),
        _ => return Err(Fault::Refused(Refusal::new("joining-missing-whom").at("person"))),
    };
    let (id, vault, wall) = (JoinId::from_uuid(at.wish), s.state.vault()?, s.state.wall());
    once(s, posted, |tx, call| slice::confirm_join(tx, call, vault, (id, whom), wall))
}

/// Why somebody is refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Why {
    /// The reason, which they may read.
    reason: String,
}

/// POST `/api/v1/join-requests/{wish}/refuse`.
fn refuse(s: &Shell, posted: &Posted, at: OfWish, sent: Why) -> Result<(), Fault> {
    let (id, wall) = (JoinId::from_uuid(at.wish), s.state.wall());
    once(s, posted, |tx, call| slice::refuse_join(tx, call, (id, &sent.reason), wall))
}

/// Somebody who says that they own a flat.
#[derive(Debug, Serialize, ToSchema)]
struct Owner {
    /// The id of what they said.
    id: Uuid,
    /// The flat.
    home: Flat,
    /// When they said it.
    stated_at: Time,
    /// Has one of two people checked it?
    checked_once: bool,
    /// From when the role holds; null while it is still to be checked.
    from: Option<Date>,
}

fn line(it: &OwnerLine) -> Owner {
    Owner {
        id: it.id.uuid(),
        home: flat(it.scope, &it.numbers.0, &it.numbers.1),
        stated_at: it.stated.into(),
        checked_once: it.first_by.is_some(),
        from: it.from.map(Date),
    }
}

/// GET `/api/v1/owners`: those to be checked and those that hold, of the reader's part.
fn owners(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<Owner>, Fault> {
    let days = (s.today(), s.state.wall());
    let lines = s.state.read(|tx| slice::owner_lines(tx, &s.actor, days))?;
    let page = Page::cut(lines, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?;
    Ok(page.map(|it| line(&it)))
}

/// Somebody who says that they own a flat.
#[derive(Debug, Deserialize, IntoParams)]
struct OfOwner {
    /// The id of what they said.
    owner: Uuid,
}

/// What somebody said who owns a flat, for who may check it.
#[derive(Debug, Serialize, ToSchema)]
struct OwnerDetails {
    /// What they said.
    owner: Owner,
    /// The beginning of their name.
    name: String,
    /// The end of their telephone.
    telephone: Option<String>,
    /// The end of the certificate's number.
    certificate: String,
    /// May whoever asks check it: are they neither the owner nor who checked it first?
    may_check: bool,
}

/// GET `/api/v1/owners/{owner}`.
fn owner(s: &Shell, at: OfOwner, _: Nothing) -> Result<OwnerDetails, Fault> {
    let (id, vault) = (OwnershipId::from_uuid(at.owner), s.state.vault()?);
    let days = (s.today(), s.state.wall());
    let sheet = s.state.read(|tx| slice::owner_sheet(tx, &s.actor, vault, id, days))?;
    Ok(OwnerDetails {
        owner: line(&sheet.line),
        name: sheet.name,
        telephone: sheet.telephone,
        certificate: sheet.certificate,
        may_check: sheet.may_check,
    })
}

/// POST `/api/v1/owners/{owner}/refuse`.
fn refuse_owner(s: &Shell, posted: &Posted, at: OfOwner, sent: Why) -> Result<(), Fault> {
    let (id, wall) = (OwnershipId::from_uuid(at.owner), s.state.wall());
    once(s, posted, |tx, call| slice::refuse_owner(tx, call, (id, &sent.reason), wall))
}

/// POST `/api/v1/owners/{owner}/end`: the flat was sold.
fn end_owner(s: &Shell, posted: &Posted, at: OfOwner) -> Result<(), Fault> {
    let (id, wall) = (OwnershipId::from_uuid(at.owner), s.state.wall());
    once(s, posted, |tx, call| slice::end_owner(tx, call, id, wall))
}
