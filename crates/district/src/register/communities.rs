//! Communities: their versions in time, governance modes, organisations' remits, entry to and exit from the list.

use base::{Day, Position, Uuid};
use db::{Tx, Value, params};
use handbook::{CommunityKind, GovernanceMode, PropertyRight};
use serde_json::{Value as Json, json};

use super::places::{audit, code_taken};
use super::rules::sort_key;
use super::store;
use crate::kit::{
    Call, CommunityId, Error, GridId, ListingId, ModeId, OrganisationId, Refusal, RemitId, Result, Scope,
    TownId,
};
use crate::people::{Action, may};

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

impl Description {
    /// As a proposal keeps it.
    pub(super) fn to_json(&self) -> String {
        json!({
            "name": self.name,
            "name_en": self.name_en,
            "kind": self.kind.as_code(),
            "label": self.label,
            "right": self.right.as_code(),
            "town": self.town.uuid(),
            "grid": self.grid.map(GridId::uuid),
            "address": self.address,
            "position": self.position.map(|at| [at.lat(), at.lon()]),
            "opened_on": self.opened_on.map(Day::days),
            "planned_households": self.planned_households,
            "planned_decided_on": self.planned_decided_on.map(Day::days),
            "boundary": self.boundary,
        })
        .to_string()
    }

    /// From a proposal; `None` when it cannot be read.
    pub(super) fn from_json(text: &str) -> Option<Self> {
        let json: Json = serde_json::from_str(text).ok()?;
        let words = |name: &str| json[name].as_str().map(str::to_owned);
        let id = |name: &str| json[name].as_str().and_then(|text| Uuid::parse_str(text).ok());
        let day = |name: &str| json[name].as_i64().map(Day::from_days);
        let place = (json["position"][0].as_i64(), json["position"][1].as_i64());
        Some(Self {
            name: words("name")?,
            name_en: words("name_en")?,
            kind: CommunityKind::from_code(&words("kind")?).ok()?,
            label: words("label")?,
            right: PropertyRight::from_code(&words("right")?).ok()?,
            town: TownId::from_uuid(id("town")?),
            grid: id("grid").map(GridId::from_uuid),
            address: words("address")?,
            position: place.0.zip(place.1).and_then(|(lat, lon)| Position::new(lat, lon).ok()),
            opened_on: day("opened_on"),
            planned_households: json["planned_households"].as_i64(),
            planned_decided_on: day("planned_decided_on"),
            boundary: words("boundary"),
        })
    }
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

/// Adds communities with their first version and their entry to the list, for those who may decide it; others propose it
/// ([`super::propose_entry`]).
pub fn add_communities(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddCommunity]) -> Result<()> {
    call.authorise(Action::ListingDecide, Scope::District)?;
    for command in commands {
        check(&command.description)?;
    }
    let rows =
        commands.iter().map(|c| -> [Value; 3] { [c.id.into(), c.code.as_str().into(), c.simulated.into()] });
    tx.bulk(&store::ADD_COMMUNITIES, rows).map_err(code_taken)?;
    tx.bulk(
        &store::ADD_VERSIONS,
        commands.iter().map(|c| version_row(call, c.id, (c.from, None), &c.description)),
    )?;
    super::ends::none_after(tx, &store::VERSIONS_AFTER_GRID)?;
    let listings: Vec<_> = commands
        .iter()
        .map(|c| listing_row(call, (c.id, c.description.town), "enter", &c.reason, c.from))
        .collect();
    tx.bulk(&store::ADD_LISTINGS, listings)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "community version listing")
}

pub(super) fn check(description: &Description) -> Result<()> {
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

pub(super) fn version_row(
    call: &Call<'_>,
    id: CommunityId,
    (from, to): (Day, Option<Day>),
    d: &Description,
) -> [Value; 19] {
    [
        id.into(),
        from.into(),
        to.into(),
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

pub(super) fn listing_row(
    call: &mut Call<'_>,
    (community, town): (CommunityId, TownId),
    change: &str,
    reason: &str,
    on: Day,
) -> [Value; 11] {
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
        town.into(),
    ]
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

/// The same, and of a community that has left the list its last scope: what was begun there is ended by whoever was
/// responsible then.
pub fn last_scope_of(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Scope> {
    match tx.find(&store::LAST_SCOPE, params![day, community])? {
        Some(mut row) => Ok(Scope::Community { town: row.get(0)?, grid: row.get(1)?, community }),
        None => scope_of(tx, community, day),
    }
}

/// The code of a community, which is public.
pub(crate) fn code_of(tx: &mut Tx<'_>, community: CommunityId) -> Result<String> {
    let row = tx.find(&store::CODE_OF, params![community])?;
    Ok(row.ok_or(Error::Absent("community"))?.get(0)?)
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
    call.authorise(action, scope)
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
        if let Some(organisation) = command.organisation {
            super::ends::in_force(tx, organisation, None)?;
        }
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
        super::ends::in_force(tx, command.organisation, None)?;
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

/// The number that a community has in another system: 社区云, 12345, the housing register.
#[derive(Debug, Clone)]
pub struct SourceNumber {
    /// The community.
    pub community: CommunityId,
    /// The system's code, of [`crate::exchange::sheets::SOURCES`].
    pub system: String,
    /// Its number there.
    pub number: String,
}

/// Says which numbers communities have elsewhere; a number that one had in the same system before is replaced. A number of
/// another community is refused.
pub fn set_source_numbers(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[SourceNumber]) -> Result<()> {
    for command in commands {
        permit(tx, call, Action::RegisterWrite, command.community, call.today())?;
        tx.execute(&store::DROP_SOURCE, params![command.community, &command.system])?;
    }
    let row = |it: &SourceNumber| -> [Value; 4] {
        [it.system.as_str().into(), it.number.as_str().into(), "community".into(), it.community.into()]
    };
    tx.bulk(&store::ADD_SOURCES, commands.iter().map(row)).map_err(|error| match error {
        db::Error::Unique(_) => Refusal::new("register-refused-source-taken").into(),
        other => Error::Db(other),
    })?;
    audit(tx, call, commands.iter().map(|c| c.community.uuid()), "external_id")
}
