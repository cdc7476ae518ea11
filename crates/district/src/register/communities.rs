//! Communities: their versions in time, governance modes, organisations' remits, entry to and exit from the list.

use base::{Day, Position};
use db::{Tx, Value, params};
use handbook::{CommunityKind, GovernanceMode, PropertyRight};

use super::places::{audit, code_taken};
use super::rules::sort_key;
use super::store;
use crate::kit::{
    Call, CommunityId, Entry, Error, GridId, ListingId, ModeId, OrganisationId, Refusal, RemitId, Result,
    Scope, TownId, record,
};
use crate::people::{Action, authorise, may};

/// What is true of a community in an interval.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the columns of `community_versions`")]
pub struct Description {
    pub name: String,
    pub name_en: String,
    pub kind: CommunityKind,
    /// Labels such as 人才公寓; empty for none.
    pub label: String,
    pub right: PropertyRight,
    pub town: TownId,
    pub grid: Option<GridId>,
    pub address: String,
    /// `None` until it is placed on the map.
    pub position: Option<Position>,
    pub opened_on: Option<Day>,
    /// Planned capacity in households, by a dated decision.
    pub planned_households: Option<i64>,
    pub planned_decided_on: Option<Day>,
    /// A GeoJSON geometry.
    pub boundary: Option<String>,
}

/// A new community of the list.
#[derive(Debug, Clone)]
pub struct AddCommunity {
    /// The new community.
    pub id: CommunityId,
    /// Its code: the town's nine digits and a running number.
    pub code: String,
    /// Is it invented?
    pub simulated: bool,
    /// In the list from this day.
    pub from: Day,
    /// Why it enters.
    pub reason: String,
    /// What is true of it.
    pub description: Description,
}

/// Adds communities with their first version and their entry to the list.
pub fn add_communities(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddCommunity]) -> Result<()> {
    for command in commands {
        authorise(call.actor, Action::RegisterWrite, Scope::Town(command.description.town))?;
        check(&command.description)?;
    }
    let rows =
        commands.iter().map(|c| -> [Value; 3] { [c.id.into(), c.code.as_str().into(), c.simulated.into()] });
    tx.bulk(&store::ADD_COMMUNITIES, rows).map_err(code_taken)?;
    tx.bulk(&store::ADD_VERSIONS, commands.iter().map(|c| version_row(call, c.id, c.from, &c.description)))?;
    let listings: Vec<_> =
        commands.iter().map(|c| listing_row(call, c.id, "enter", &c.reason, c.from)).collect();
    tx.bulk(&store::ADD_LISTINGS, listings)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "community version listing")
}

fn check(description: &Description) -> Result<()> {
    if description.name.trim().is_empty() {
        return Err(Refusal::new("register-refused-name-empty").at("name").into());
    }
    if description.planned_households.is_some_and(|planned| !(0..=MOST_HOUSEHOLDS).contains(&planned)) {
        return Err(Refusal::new("register-refused-planned")
            .with("most", MOST_HOUSEHOLDS)
            .at("planned_households")
            .into());
    }
    if description.planned_households.is_some() != description.planned_decided_on.is_some() {
        return Err(Refusal::new("register-refused-planned-undated").at("planned_decided_on").into());
    }
    Ok(())
}

/// No community is planned larger: the largest known estate of the kind has about 5,500 rooms, ten times that is a slip.
pub const MOST_HOUSEHOLDS: i64 = 50_000;

fn version_row(call: &Call<'_>, id: CommunityId, from: Day, d: &Description) -> [Value; 19] {
    [
        id.into(),
        from.into(),
        Value::Null,
        d.name.as_str().into(),
        d.name_en.as_str().into(),
        sort_key(&d.name).into(),
        d.kind.as_code().into(),
        d.label.as_str().into(),
        d.right.as_code().into(),
        d.town.into(),
        d.grid.into(),
        d.address.as_str().into(),
        d.position.map(Position::lat).into(),
        d.position.map(Position::lon).into(),
        d.opened_on.into(),
        d.planned_households.into(),
        d.planned_decided_on.into(),
        d.boundary.clone().into(),
        call.now.into(),
    ]
}

fn listing_row(
    call: &mut Call<'_>,
    community: CommunityId,
    change: &str,
    reason: &str,
    on: Day,
) -> [Value; 10] {
    let id: ListingId = call.id();
    [
        id.into(),
        community.into(),
        change.into(),
        reason.into(),
        call.now.into(),
        call.actor.account.into(),
        call.now.into(),
        call.actor.account.into(),
        "confirmed".into(),
        on.into(),
    ]
}

/// A community is described anew from a day on.
#[derive(Debug, Clone)]
pub struct ReviseCommunity {
    /// The community.
    pub id: CommunityId,
    /// From this day.
    pub from: Day,
    /// What is true from then on.
    pub description: Description,
}

/// Describes communities anew; what was said for later days is replaced.
pub fn revise_communities(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[ReviseCommunity]) -> Result<()> {
    for command in commands {
        check(&command.description)?;
        permit(tx, call, Action::RegisterWrite, command.id, command.from)?;
        authorise(call.actor, Action::RegisterWrite, Scope::Town(command.description.town))?;
        tx.execute(&store::DROP_VERSIONS, params![command.id, command.from])?;
        tx.execute(&store::END_VERSION, params![command.id, command.from])?;
        tx.bulk(&store::ADD_VERSIONS, [version_row(call, command.id, command.from, &command.description)])?;
    }
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "community version")
}

/// A community leaves the list.
#[derive(Debug, Clone)]
pub struct Leave {
    /// The community.
    pub id: CommunityId,
    /// From this day it is not in the list any more.
    pub on: Day,
    /// Why.
    pub reason: String,
}

/// Takes communities off the list.
pub fn leave(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[Leave]) -> Result<()> {
    let mut listings = Vec::with_capacity(commands.len());
    for command in commands {
        permit(tx, call, Action::RegisterWrite, command.id, command.on - 1)?;
        if command.reason.trim().is_empty() {
            return Err(Refusal::new("register-refused-leave-without-reason").at("reason").into());
        }
        tx.execute(&store::DROP_VERSIONS, params![command.id, command.on])?;
        tx.execute(&store::END_VERSION, params![command.id, command.on])?;
        listings.push(listing_row(call, command.id, "leave", &command.reason, command.on));
    }
    tx.bulk(&store::ADD_LISTINGS, listings)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "listing")
}

/// The scope of a community on a day; on a day before it entered the list, its first scope, so that a household that
/// moved in earlier can be registered by whoever is responsible.
pub fn scope_of(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Scope> {
    let found = match tx.find(&store::SCOPE, params![day, community])? {
        None => tx.find(&store::FIRST_SCOPE, params![day, community])?,
        found => found,
    };
    let mut row = found.ok_or(Error::Absent("community"))?;
    Ok(Scope::Community { town: row.get(0)?, grid: row.get(1)?, community })
}

/// Asks permission for a community; who may for the whole district is not asked twice.
pub(super) fn permit(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    action: Action,
    community: CommunityId,
    day: Day,
) -> Result<()> {
    if may(call.actor, action, Scope::District) {
        return Ok(());
    }
    let scope = scope_of(tx, community, day)?;
    authorise(call.actor, action, scope)
}

/// From a day on, a community is governed in a mode as well.
#[derive(Debug, Clone)]
pub struct BeginMode {
    /// The community.
    pub community: CommunityId,
    /// How.
    pub mode: GovernanceMode,
    /// The committee in charge, where the mode has one.
    pub organisation: Option<OrganisationId>,
    /// The document's number.
    pub document_no: String,
    /// From this day.
    pub from: Day,
}

/// Begins governance modes; a mode that is in force already is refused.
pub fn begin_modes(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[BeginMode]) -> Result<()> {
    let mut rows: Vec<[Value; 7]> = Vec::with_capacity(commands.len());
    for command in commands {
        permit(tx, call, Action::RegisterWrite, command.community, command.from)?;
        let twice: i64 = tx
            .one(&store::MODE_OVERLAPS, params![command.community, command.mode.as_code(), command.from])?
            .get(0)?;
        if twice > 0 {
            return Err(Refusal::new("register-refused-mode-twice")
                .with("mode", command.mode.as_code())
                .at("mode")
                .into());
        }
        let id: ModeId = call.id();
        rows.push([
            id.into(),
            command.community.into(),
            command.mode.as_code().into(),
            command.organisation.into(),
            command.document_no.as_str().into(),
            command.from.into(),
            Value::Null,
        ]);
    }
    tx.bulk(&store::ADD_MODES, rows)?;
    audit(tx, call, commands.iter().map(|c| c.community.uuid()), "mode")
}

/// Ends a governance mode of a community from a day on.
pub fn end_mode(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    community: CommunityId,
    mode: GovernanceMode,
    on: Day,
) -> Result<()> {
    permit(tx, call, Action::RegisterWrite, community, on)?;
    if tx.execute(&store::END_MODE, params![community, mode.as_code(), on])? == 0 {
        return Err(Refusal::new("register-refused-mode-not-in-force").at("mode").into());
    }
    audit(tx, call, std::iter::once(community.uuid()), "mode")
}

/// From a day on, an organisation has a remit in a community.
#[derive(Debug, Clone)]
pub struct BeginRemit {
    /// The community.
    pub community: CommunityId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// `operator`, `property`, `mall`, `neighbour`, `party`.
    pub remit: String,
    /// From this day.
    pub from: Day,
}

/// Begins remits.
pub fn begin_remits(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[BeginRemit]) -> Result<()> {
    let mut rows: Vec<[Value; 6]> = Vec::with_capacity(commands.len());
    for command in commands {
        permit(tx, call, Action::RegisterWrite, command.community, command.from)?;
        let id: RemitId = call.id();
        rows.push([
            id.into(),
            command.community.into(),
            command.organisation.into(),
            command.remit.as_str().into(),
            command.from.into(),
            Value::Null,
        ]);
    }
    tx.bulk(&store::ADD_REMITS, rows)?;
    audit(tx, call, commands.iter().map(|c| c.community.uuid()), "remit")
}

/// A town proposes that a community of its leaves the list.
pub fn propose_leaving(tx: &mut Tx<'_>, call: &mut Call<'_>, command: &Leave) -> Result<ListingId> {
    permit(tx, call, Action::ListingPropose, command.id, command.on - 1)?;
    if command.reason.trim().is_empty() {
        return Err(Refusal::new("register-refused-leave-without-reason").at("reason").into());
    }
    let id: ListingId = call.id();
    let row: [Value; 7] = [
        id.into(),
        command.id.into(),
        "leave".into(),
        command.reason.as_str().into(),
        call.now.into(),
        call.actor.account.into(),
        command.on.into(),
    ];
    tx.execute(&store::PROPOSE, &row)?;
    record(
        tx,
        call,
        Entry { action: Action::ListingPropose, objects: &[id.uuid()], fields: "change reason effective_on" },
    )?;
    Ok(id)
}

/// The district confirms or refuses a proposal; on confirmation the community leaves the list on the proposed day.
pub fn decide_listing(tx: &mut Tx<'_>, call: &mut Call<'_>, id: ListingId, confirm: bool) -> Result<()> {
    authorise(call.actor, Action::ListingDecide, Scope::District)?;
    let mut row = tx.find(&store::PROPOSAL, params![id])?.ok_or(Error::Absent("proposal"))?;
    let (community, on): (CommunityId, Day) = (row.get(0)?, row.get(1)?);
    let state = if confirm { "confirmed" } else { "refused" };
    if tx.execute(&store::DECIDE, params![id, state, call.now, call.actor.account])? == 0 {
        return Err(Refusal::new("register-refused-decided-already").into());
    }
    if confirm {
        tx.execute(&store::DROP_VERSIONS, params![community, on])?;
        tx.execute(&store::END_VERSION, params![community, on])?;
    }
    record(tx, call, Entry { action: Action::ListingDecide, objects: &[id.uuid()], fields: "state" })
}
