//! The register for programs: the district, its towns and grids, the list of communities.

use base::{Day, Uuid};
use district::Refusal;
use district::kit::{CommunityId, GridId, Scope, TownId};
use district::people::{Action, authorise};
use district::register::{self, Ask, Key, Order, Roll, Snapshot};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Page;
use super::community;
use super::operation::{Api, Nothing};
use super::values::{After, Code, Date, Kind, Limit, Mode, Place, Right, Sort};
use crate::kit::{Access, Fault, Places, Shell};

pub(super) fn operations() -> Api {
    let read = Access::May(Action::RegisterRead);
    Api::of("api-group-register")
        .get("/api/v1/district", Access::Public, "district", district)
        .list("/api/v1/towns", Access::Public, "towns", towns)
        .list("/api/v1/grids", Access::Public, "grids", grids)
        .list("/api/v1/communities", Access::Public, "communities", communities)
        .get("/api/v1/communities/{community}", Access::Public, "community", community::show)
        .list("/api/v1/register/communities", read, "register-communities", listed)
        .get("/api/v1/register/bridge", read, "register-bridge", bridge)
}

/// The district.
#[derive(Debug, Serialize, ToSchema)]
struct District {
    /// Its name.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Is every figure here simulated (模拟)?
    simulated: bool,
    /// The day it is here: in a demonstration its clock stands still.
    today: Date,
}

/// GET `/api/v1/district`.
#[expect(clippy::unnecessary_wraps, reason = "an operation may fail; this one does not")]
fn district(s: &Shell, _: Nothing, _: Nothing) -> Result<District, Fault> {
    let (facts, (name, name_en)) = (&s.state.facts, s.state.names());
    Ok(District {
        name: name.to_owned(),
        name_en: name_en.to_owned(),
        simulated: facts.demonstration,
        today: s.today().into(),
    })
}

/// A list as of a day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct OnDay {
    /// As of this day; today without it.
    pub on: Option<Date>,
    /// At most so many rows.
    pub limit: Option<Limit>,
    /// Go on after this row.
    pub after: Option<After>,
}

/// A list that is the same on every day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct OnlyRows {
    /// At most so many rows.
    pub limit: Option<Limit>,
    /// Go on after this row.
    pub after: Option<After>,
}

/// The day that a query asks for, or today.
pub(super) fn day(s: &Shell, on: Option<Date>) -> Day {
    on.map_or(s.today(), |Date(day)| day)
}

/// A town of today, and a grid if it lies in one; a grid of another town is refused as the forms do.
pub(super) fn part(s: &Shell, town: Uuid, grid: Option<Uuid>) -> Result<(TownId, Option<GridId>), Fault> {
    let refused = |message: &'static str, field| Fault::Refused(Refusal::new(message).at(field));
    let places = s.state.read(|tx| Places::read(s, tx, s.today()))?;
    let (town, grid) = (TownId::from_uuid(town), grid.map(GridId::from_uuid));
    if places.town(town).is_none() {
        return Err(refused("register-refused-choice", "town"));
    }
    if grid.is_some_and(|grid| places.grid(grid).is_none_or(|grid| grid.town != town)) {
        return Err(refused("register-refused-grid-elsewhere", "grid"));
    }
    Ok((town, grid))
}

/// A town unit (街镇).
#[derive(Debug, Serialize, ToSchema)]
struct Town {
    /// Its id.
    id: Uuid,
    /// Its nine digits.
    code: String,
    /// Its name.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Its kind: subdistrict, town, industrial zone.
    kind: String,
    /// Its centre.
    position: Place,
}

/// GET `/api/v1/towns`.
fn towns(s: &Shell, _: Nothing, asked: OnDay) -> Result<Page<Town>, Fault> {
    let places = s.state.read(|tx| Places::read(s, tx, day(s, asked.on)))?;
    let page = Page::cut(places.towns.clone(), asked.after.as_ref(), asked.limit, |town| town.id.uuid())?;
    Ok(page.map(|town| Town {
        id: town.id.uuid(),
        code: town.code,
        name: town.name,
        name_en: town.name_en,
        kind: town.kind,
        position: town.position.into(),
    }))
}

/// The grids of a day, or of one town.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct GridsOf {
    /// As of this day; today without it.
    on: Option<Date>,
    /// Of this town.
    town: Option<Uuid>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// An integrated grid (综合网格).
#[derive(Debug, Serialize, ToSchema)]
struct Grid {
    /// Its id.
    id: Uuid,
    /// Its town.
    town: Uuid,
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// Its name in English.
    name_en: String,
}

/// GET `/api/v1/grids`.
fn grids(s: &Shell, _: Nothing, asked: GridsOf) -> Result<Page<Grid>, Fault> {
    let places = s.state.read(|tx| Places::read(s, tx, day(s, asked.on)))?;
    let of_town = |grid: &&register::Grid| asked.town.is_none_or(|town| grid.town.uuid() == town);
    let grids: Vec<register::Grid> = places.grids.iter().filter(of_town).cloned().collect();
    let page = Page::cut(grids, asked.after.as_ref(), asked.limit, |grid| grid.id.uuid())?;
    Ok(page.map(|grid| Grid {
        id: grid.id.uuid(),
        town: grid.town.uuid(),
        code: grid.code,
        name: grid.name,
        name_en: grid.name_en,
    }))
}

/// What anyone asks of the list of communities.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Found {
    /// As of this day; today without it.
    on: Option<Date>,
    /// Of this town.
    town: Option<Uuid>,
    /// Words in name, pinyin, English name, code or address.
    q: Option<String>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// A community as anyone finds it.
#[derive(Debug, Serialize, ToSchema)]
struct CommunityName {
    /// Its id.
    id: Uuid,
    /// Its code, under which its page stands.
    code: String,
    /// Its name.
    name: String,
    /// Its name in English; empty where there is none.
    name_en: String,
    /// Its kind.
    kind: Kind,
    /// Labels such as 人才公寓; empty for none.
    label: String,
    /// Its town.
    town: Uuid,
    /// Its address.
    address: String,
    /// Is it invented?
    simulated: bool,
}

/// GET `/api/v1/communities`: as the page of everyone, by name and town, in the order of names.
fn communities(s: &Shell, _: Nothing, asked: Found) -> Result<Page<CommunityName>, Fault> {
    let roll = s.state.read(|tx| s.state.memory.roll(tx, day(s, asked.on)))?;
    let ask = Ask {
        town: asked.town.map(TownId::from_uuid),
        words: asked.q.unwrap_or_default(),
        after: asked.after.as_ref().map(|after| cursor(after, Order::Name)).transpose()?,
        limit: Some(usize::from(asked.limit.unwrap_or_default().0)),
        ..Ask::default()
    };
    Ok(page(&roll, &ask, |it| CommunityName {
        id: it.id.uuid(),
        code: it.code.clone(),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        kind: Code(it.kind),
        label: it.label.clone(),
        town: it.town.uuid(),
        address: it.address.clone(),
        simulated: it.simulated,
    }))
}

/// What officers ask of the list of communities.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Listed {
    /// As of this day; today without it.
    on: Option<Date>,
    /// Of this town; whoever is responsible for one sees that one without it.
    town: Option<Uuid>,
    /// Of this grid.
    grid: Option<Uuid>,
    /// Of this kind.
    kind: Option<Kind>,
    /// Governed in this mode.
    mode: Option<Mode>,
    /// On the map, or not yet.
    located: Option<bool>,
    /// Words in name, pinyin, English name, code or address.
    q: Option<String>,
    /// In this order; of names without it.
    sort: Option<Sort>,
    /// Largest first.
    descending: Option<bool>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// A community as officers find it.
#[derive(Debug, Serialize, ToSchema)]
struct CommunityRow {
    /// Its id.
    id: Uuid,
    /// Its code, under which its page stands.
    code: String,
    /// Its name.
    name: String,
    /// Its name in English; empty where there is none.
    name_en: String,
    /// Its kind.
    kind: Kind,
    /// Labels such as 人才公寓; empty for none.
    label: String,
    /// One owner or several.
    right: Right,
    /// Its town.
    town: Uuid,
    /// Its grid, if it lies in one.
    grid: Option<Uuid>,
    /// Its address.
    address: String,
    /// Where it is; null until it is placed on the map.
    position: Option<Place>,
    /// When people moved in first.
    opened_on: Option<Date>,
    /// Planned capacity in households, by a dated decision.
    planned_households: Option<i64>,
    /// Flats and rooms (套/间).
    dwellings: i64,
    /// Tenancies in force.
    households: i64,
    /// Occupants of these.
    residents: i64,
    /// The governance modes in force.
    modes: Vec<Mode>,
    /// Is it invented?
    simulated: bool,
}

/// GET `/api/v1/register/communities`: as the list of officers, of their own part.
fn listed(s: &Shell, _: Nothing, asked: Listed) -> Result<Page<CommunityRow>, Fault> {
    let scope = s.actor.scope();
    let roll = s.state.read(|tx| {
        authorise(&s.actor, Action::RegisterRead, scope)?;
        s.state.memory.roll(tx, day(s, asked.on))
    })?;
    let order = asked.sort.map_or_else(Order::default, |Code(order)| order);
    let ask = Ask {
        part: Some(scope),
        town: asked.town.map(TownId::from_uuid).or(scope.town()),
        grid: asked.grid.map(GridId::from_uuid),
        kind: asked.kind.map(|Code(kind)| kind),
        mode: asked.mode.map(|Code(mode)| mode),
        words: asked.q.unwrap_or_default(),
        located: asked.located,
        order,
        descending: asked.descending.unwrap_or(false),
        after: asked.after.as_ref().map(|after| cursor(after, order)).transpose()?,
        limit: Some(usize::from(asked.limit.unwrap_or_default().0)),
    };
    Ok(page(&roll, &ask, row))
}

fn row(it: &Snapshot) -> CommunityRow {
    CommunityRow {
        id: it.id.uuid(),
        code: it.code.clone(),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        kind: Code(it.kind),
        label: it.label.clone(),
        right: Code(it.right),
        town: it.town.uuid(),
        grid: it.grid.map(GridId::uuid),
        address: it.address.clone(),
        position: it.position.map(Place::from),
        opened_on: it.opened_on.map(Date),
        planned_households: it.planned_households,
        dwellings: it.dwellings,
        households: it.households,
        residents: it.residents,
        modes: it.modes.iter().copied().map(Code).collect(),
        simulated: it.simulated,
    }
}

/// A page of the roll.
fn page<T>(roll: &Roll, ask: &Ask, row: impl FnMut(&Snapshot) -> T) -> Page<T> {
    let page = roll.list(ask);
    let next = page.rows.last().filter(|_| page.more).map(|last| {
        let key = match ask.order.key(last) {
            Key::Number(number) => number.to_string(),
            Key::Text(text) => text,
        };
        After::key(&format!("{} {key}", last.id))
    });
    Page { items: page.rows.into_iter().map(row).collect(), count: Some(page.count), next }
}

/// Where a list in an order goes on: the id of a row, and where it stands in the order.
fn cursor(after: &After, order: Order) -> Result<(Key, CommunityId), Fault> {
    let text = after.read()?;
    let (id, key) = text.split_once(' ').ok_or(Fault::Absent)?;
    let id = id.parse().map_err(|_| Fault::Absent)?;
    let key = match order {
        Order::Name | Order::Code => Key::Text(key.to_owned()),
        Order::Planned | Order::Dwellings | Order::Households => {
            Key::Number(key.parse().map_err(|_| Fault::Absent)?)
        }
    };
    Ok((key, id))
}

/// The list of a town, or of the whole district.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct OfTown {
    /// Until this day; today without it.
    on: Option<Date>,
    /// Of this town; whoever is responsible for one sees that one without it.
    town: Option<Uuid>,
}

/// How the list changed in a month: before + entered − left = after.
#[derive(Debug, Serialize, ToSchema)]
struct Bridge {
    /// In the list before the first day of the month.
    before: i64,
    /// What entered and what left, in its order.
    changes: Vec<Change>,
    /// In the list at the end.
    after: i64,
}

/// A community that entered or left.
#[derive(Debug, Serialize, ToSchema)]
struct Change {
    /// Did it enter? Else it left.
    entered: bool,
    /// The code of the community.
    community: String,
    /// The day.
    on: Date,
    /// Why.
    reason: String,
}

/// GET `/api/v1/register/bridge`.
fn bridge(s: &Shell, _: Nothing, asked: OfTown) -> Result<Bridge, Fault> {
    let scope = s.actor.scope();
    let town = asked.town.map(TownId::from_uuid).or(scope.town());
    let bridge = s.state.read(|tx| {
        // The number of a part smaller than a town is not explained: communities move between grids.
        authorise(&s.actor, Action::RegisterRead, town.map_or(scope, Scope::Town))?;
        register::bridge(tx, day(s, asked.on), town)
    })?;
    let change = |(entered, reason, on, community): (bool, String, Day, String)| Change {
        entered,
        community,
        on: on.into(),
        reason,
    };
    Ok(Bridge {
        before: bridge.before,
        changes: bridge.changes.into_iter().map(change).collect(),
        after: bridge.after,
    })
}
