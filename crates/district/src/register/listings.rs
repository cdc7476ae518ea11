//! Entry to and exit from the list: a town proposes, the district confirms or refuses. So the number of communities can
//! always be explained: last month + new − left, and why.

use base::{Day, Instant};
use db::{ListQuery, Row, Tx, Value, params};

use super::communities::{self, Description, permit, version_row};
use super::places::{audit, code_taken};
use super::store;
use super::versions::Versions;
use crate::kit::{
    Actor, Call, CommunityId, Entry, Error, ListingId, Refusal, Result, Role, Scope, TownId, count_up, record,
};
use crate::notices::{About, Kind, Notice, Thing, To, tell};
use crate::people::{Action, authorise};

/// The longest reason.
pub const REASON_LENGTH: usize = 200;

/// A town proposes that a community enters the list.
#[derive(Debug, Clone)]
pub struct ProposeEntry {
    /// The new community.
    pub id: CommunityId,
    /// Is it invented?
    pub simulated: bool,
    /// In the list from this day.
    pub on: Day,
    /// Why it should enter.
    pub reason: String,
    /// What is true of it.
    pub description: Description,
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

/// What a proposal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Into the list.
    Enter,
    /// Off the list.
    Leave,
}

impl Change {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Leave => "leave",
        }
    }
}

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The district has yet to decide.
    Open,
    /// It was confirmed.
    Confirmed,
    /// It was refused.
    Refused,
}

impl Standing {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "proposed",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }
}

/// A proposal.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Its id.
    pub id: ListingId,
    /// In or out.
    pub change: Change,
    /// The community.
    pub community: CommunityId,
    /// Its code.
    pub code: String,
    /// Its name in Chinese and English.
    pub name: (String, String),
    /// Its town.
    pub town: TownId,
    /// Why.
    pub reason: String,
    /// From when.
    pub on: Day,
    /// When it was made.
    pub at: Instant,
    /// The login of who made it; `None`: the program.
    pub by: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// When and by whom it was decided.
    pub decided: Option<(Instant, Option<String>)>,
}

/// Proposes that a community enters the list, under the next code of its town. It is in no list, count or plan until the
/// district has confirmed it.
pub fn propose_entry(tx: &mut Tx<'_>, call: &mut Call<'_>, command: &ProposeEntry) -> Result<ListingId> {
    let description = &command.description;
    call.authorise(Action::ListingPropose, Scope::Town(description.town))?;
    communities::check(description)?;
    let reason = reason(&command.reason)?;
    let code = next_code(tx, description.town)?;
    let row: [Value; 3] = [command.id.into(), code.into(), command.simulated.into()];
    tx.bulk(&store::ADD_COMMUNITIES, [row]).map_err(code_taken)?;
    let place = (command.id, description.town);
    propose(tx, call, Change::Enter, place, command.on, reason, Some(description.to_json()))
}

/// Proposes that a community leaves the list.
pub fn propose_leaving(tx: &mut Tx<'_>, call: &mut Call<'_>, command: &Leave) -> Result<ListingId> {
    permit(tx, call, Action::ListingPropose, command.id, command.on - 1)?;
    let reason = reason(&command.reason)?;
    let open: i64 = tx.one(&store::OPEN_PROPOSALS, params![command.id])?.get(0)?;
    if open > 0 {
        return Err(Refusal::new("register-refused-proposed-already").into());
    }
    let town = town_left(tx, command.id, command.on)?;
    propose(tx, call, Change::Leave, (command.id, town), command.on, reason, None)
}

/// The town that a community leaves on a day. Refuses a day on which it is not in the list, as that would undo its entry,
/// and a community whose last day is set, as it would leave twice.
fn town_left(tx: &mut Tx<'_>, community: CommunityId, on: Day) -> Result<TownId> {
    let all = Versions::read(tx, community)?;
    let Some(town) = all.town_on(on - 1) else {
        return Err(Refusal::new("register-refused-not-there").with("day", on - 1).at("on").into());
    };
    match all.end() {
        Some(end) => Err(Refusal::new("register-refused-left-already").with("day", end).into()),
        None => Ok(town),
    }
}

fn propose(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    change: Change,
    (community, town): (CommunityId, TownId),
    on: Day,
    reason: &str,
    description: Option<String>,
) -> Result<ListingId> {
    let id: ListingId = call.id();
    let row =
        params![id, community, change.as_str(), reason, call.now, call.actor.account, on, description, town];
    tx.execute(&store::PROPOSE, row)?;
    let fields = "change reason effective_on description";
    record(tx, call, Entry { action: Action::ListingPropose, objects: &[id.uuid()], fields })?;
    let about = About::one(Thing::Listing, id.uuid(), town_code(tx, town)?);
    let to = vec![To::Role(Role::DistrictOfficer, Scope::District)];
    tell(tx, call, &[Notice { kind: Kind::ListingProposed, about, to }])?;
    Ok(id)
}

fn reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::new("register-refused-without-reason").at("reason").into());
    }
    if reason.chars().count() > REASON_LENGTH {
        let refusal = Refusal::new("register-refused-reason-long").with("most", REASON_LENGTH);
        return Err(refusal.at("reason").into());
    }
    Ok(reason)
}

/// The code of a town. Asks no permission: everyone may know it.
pub fn town_code(tx: &mut Tx<'_>, town: TownId) -> Result<String> {
    Ok(tx.find(&store::TOWN_CODE, params![town])?.ok_or(Error::Absent("town"))?.get(0)?)
}

/// The next code of a town: its nine digits and three more, counted up. Codes that came from elsewhere are passed over.
fn next_code(tx: &mut Tx<'_>, town: TownId) -> Result<String> {
    let town = town_code(tx, town)?;
    loop {
        let number = count_up(tx, &format!("community {town}"))?;
        let code = format!("{town}{number:03}");
        if tx.find(&store::CODE_GIVEN, params![&code])?.is_none() {
            return Ok(code);
        }
    }
}

/// The district confirms or refuses a proposal; on confirmation the community enters or leaves on the proposed day.
pub fn decide_listing(tx: &mut Tx<'_>, call: &mut Call<'_>, id: ListingId, confirm: bool) -> Result<()> {
    call.tries(Action::ListingDecide, id.uuid());
    call.authorise(Action::ListingDecide, Scope::District)?;
    let mut row = tx.find(&store::PROPOSAL, params![id])?.ok_or(Error::Absent("proposal"))?;
    let (community, on, change): (CommunityId, Day, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let state = if confirm { Standing::Confirmed } else { Standing::Refused };
    if tx.execute(&store::DECIDE, params![id, state.as_str(), call.now, call.actor.account])? == 0 {
        return Err(Refusal::new("register-refused-decided-already").into());
    }
    if confirm && change == Change::Enter.as_str() {
        let described: Option<String> = row.get(3)?;
        let broken = || Error::Internal("a proposal without a description".into());
        let description = described.and_then(|text| Description::from_json(&text)).ok_or_else(broken)?;
        communities::check(&description)?;
        tx.bulk(&store::ADD_VERSIONS, [version_row(call, community, (on, None), &description)])?;
    } else if confirm {
        // What held when it was proposed may have changed since.
        town_left(tx, community, on)?;
        tx.execute(&store::DROP_VERSIONS, params![community, on])?;
        tx.execute(&store::END_VERSION, params![community, on])?;
    }
    record(tx, call, Entry { action: Action::ListingDecide, objects: &[id.uuid()], fields: "state" })?;
    let Some(town) = row.get::<Option<TownId>>(4)? else { return Ok(()) };
    let about = About::one(Thing::Listing, id.uuid(), town_code(tx, town)?);
    let to = vec![To::Role(Role::TownOfficer, Scope::Town(town))];
    tell(tx, call, &[Notice { kind: Kind::ListingDecided, about, to }])
}

/// Takes communities off the list at once, for those who may decide it.
pub fn leave(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[Leave]) -> Result<()> {
    call.authorise(Action::ListingDecide, Scope::District)?;
    let mut listings = Vec::with_capacity(commands.len());
    for command in commands {
        let town = town_left(tx, command.id, command.on)?;
        let reason = reason(&command.reason)?;
        tx.execute(&store::DROP_VERSIONS, params![command.id, command.on])?;
        tx.execute(&store::END_VERSION, params![command.id, command.on])?;
        let place = (command.id, town);
        listings.push(communities::listing_row(call, place, Change::Leave.as_str(), reason, command.on));
    }
    tx.bulk(&store::ADD_LISTINGS, listings)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "listing")
}

/// Proposals that wait for the district's decision, of the reader's part, newest first.
pub fn open_proposals(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Proposal>> {
    Ok(listed(tx, actor, true, None, None)?.0)
}

/// Proposals that were decided, of the reader's part, those decided last first: a page, and whether there are more.
pub fn decided_proposals(
    tx: &mut Tx<'_>,
    actor: &Actor,
    after: Option<(Instant, ListingId)>,
    limit: i64,
) -> Result<(Vec<Proposal>, bool)> {
    listed(tx, actor, false, after, Some(limit))
}

fn listed(
    tx: &mut Tx<'_>,
    actor: &Actor,
    open: bool,
    after: Option<(Instant, ListingId)>,
    limit: Option<i64>,
) -> Result<(Vec<Proposal>, bool)> {
    authorise(actor, Action::RegisterRead, actor.scope())?;
    let list = &store::PROPOSALS;
    let filter = |name: &str, value: Value| list.filter(name).map(|place| (place, value));
    let town = actor.scope().town();
    let filters = [
        filter("open", if open { "yes" } else { "no" }.into()),
        town.and_then(|it| filter("town", it.into())),
    ];
    let query = ListQuery {
        filters: filters.into_iter().flatten().collect(),
        descending: true,
        after: after.map(|(at, id)| (at.into(), id.into())),
        limit,
        ..ListQuery::default()
    };
    let mut page = list.page(tx, &query)?;
    Ok((page.rows.iter_mut().map(proposal).collect::<Result<_>>()?, page.more))
}

fn proposal(row: &mut Row) -> Result<Proposal> {
    let broken = || Error::Internal("a proposal that cannot be read".into());
    let (change, state): (String, String) = (row.get(1)?, row.get(8)?);
    let described: Option<String> = row.get(11)?;
    let described = described.as_deref().and_then(Description::from_json);
    let registered: (Option<String>, Option<String>) = (row.get(12)?, row.get(13)?);
    let code: String = row.get(3)?;
    let name = match (registered, described) {
        ((Some(name), Some(name_en)), _) => (name, name_en),
        (_, Some(described)) => (described.name, described.name_en),
        // Nothing says what it was called: its code does, and the rest of the page is read all the same.
        _ => (code.clone(), code.clone()),
    };
    let decided: (Option<Instant>, Option<String>) = (row.get(9)?, row.get(10)?);
    Ok(Proposal {
        id: row.get(0)?,
        change: if change == Change::Enter.as_str() { Change::Enter } else { Change::Leave },
        community: row.get(2)?,
        code,
        name,
        town: row.get(14)?,
        reason: row.get(4)?,
        on: row.get(5)?,
        at: row.get(6)?,
        by: row.get(7)?,
        standing: match state.as_str() {
            "proposed" => Standing::Open,
            "confirmed" => Standing::Confirmed,
            "refused" => Standing::Refused,
            _ => return Err(broken()),
        },
        decided: decided.0.map(|at| (at, decided.1)),
    })
}
