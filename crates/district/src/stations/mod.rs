//! Social-work stations (社工站), their points (一站多点), posts and rotas.
//!
//! A station is planned, opens, closes; so does each of its points, one of which is the host. A community is served
//! by one point of one station at a time. The weekly rota says when a point's door is open and which post is on duty;
//! a post without a holder opens the door and staffs nothing.

mod holdings;
mod read;
pub mod rules;
mod sheet;
mod staff;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod tests;

use base::{Area, Day, Money, Position, Uuid};
use db::{Statement, Tx, Value, params};
use handbook::StationForm;

use crate::kit::{
    Call, CommunityId, Entry, Error, GridId, PointId, PremisesId, Refusal, Result, Scope, ServingId,
    StationId, TownId, record,
};
use crate::people::Action;

pub(crate) use holdings::{held_posts, posts_of, works_from};
pub(crate) use read::serves;
pub use read::{
    Point, Premises, Served, ServedBy, Station, in_post, point_weeks, points, premises, served, served_by,
    service_of, shifts_of, station, stations,
};
pub use sheet::{AtPoint, Holder, Line, Listed, Post, Sheet, list, premises_of, reveal_holder, sheet};
pub use staff::{
    AddPost, EndPost, Fill, Hold, RotaLine, SetRota, TITLES, add_posts, end_posts, fill_posts, hold_posts,
    set_rotas,
};

/// Premises that could host a station or a point.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `premises`")]
pub struct AddPremises {
    pub id: PremisesId,
    /// One of [`KINDS`].
    pub kind: String,
    pub name: String,
    pub name_en: String,
    pub town: TownId,
    pub grid: Option<GridId>,
    pub community: Option<CommunityId>,
    pub position: Position,
    pub room_offered: bool,
    pub area: Option<Area>,
    /// A year.
    pub rent: Option<Money>,
    pub from: Day,
}

/// Where a point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a community.
    Community(CommunityId),
    /// In other premises.
    Premises(PremisesId),
}

/// A point of a new station, or a further one.
#[derive(Debug, Clone)]
pub struct AddPoint {
    /// The new point.
    pub id: PointId,
    /// Is it the station's host?
    pub host: bool,
    /// Where.
    pub place: Place,
    /// The words people find it by: “2 号楼 1 层会客厅”.
    pub words: String,
    /// Where on the map.
    pub position: Position,
    /// The day it opens, if it is open or has a date.
    pub opened_on: Option<Day>,
}

/// A new station with its points.
#[derive(Debug, Clone)]
pub struct AddStation {
    /// The new station.
    pub id: StationId,
    /// Name.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Standalone or joint.
    pub form: StationForm,
    /// Its town.
    pub town: TownId,
    /// Its grid; a joint station has one.
    pub grid: Option<GridId>,
    /// The telephone of the station, not of a person.
    pub telephone: String,
    /// Since when it is planned.
    pub planned_on: Day,
    /// The day it opens, if it is open or has a date.
    pub opened_on: Option<Day>,
    /// Its points, exactly one of them the host.
    pub points: Vec<AddPoint>,
}

impl AddStation {
    fn scope(&self) -> Scope {
        scope(self.town, self.grid)
    }
}

fn scope(town: TownId, grid: Option<GridId>) -> Scope {
    grid.map_or(Scope::Town(town), |grid| Scope::Grid { town, grid })
}

/// What premises can be.
pub const KINDS: [&str; 4] = ["party_service_centre", "committee_office", "community_room", "mall"];

/// Adds premises.
pub fn add_premises(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddPremises]) -> Result<()> {
    for command in commands {
        call.authorise(Action::StationWrite, scope(command.town, command.grid))?;
        if !KINDS.contains(&command.kind.as_str()) {
            return Err(Refusal::new("stations-refused-kind").at("kind").into());
        }
        if command.name.is_empty() || command.name.chars().count() > LONGEST_NAME {
            return Err(Refusal::new("stations-refused-name").with("most", LONGEST_NAME).at("name").into());
        }
    }
    let rows = commands.iter().map(|c| -> [Value; 14] {
        [
            c.id.into(),
            c.kind.as_str().into(),
            c.name.as_str().into(),
            c.name_en.as_str().into(),
            c.town.into(),
            c.grid.into(),
            c.community.into(),
            c.position.lat().into(),
            c.position.lon().into(),
            c.room_offered.into(),
            c.area.into(),
            c.rent.into(),
            c.from.into(),
            Value::Null,
        ]
    });
    tx.bulk(&store::ADD_PREMISES, rows)?;
    none_after_an_end(tx)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "premises")
}

/// Premises are not there any more from a day on; refused while a point in them is not closed by then.
pub fn end_premises(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[(PremisesId, Day)]) -> Result<()> {
    for (id, on) in commands {
        let mut row = tx.find(&store::PREMISES_STANDING, params![*id])?.ok_or(Error::Absent("premises"))?;
        call.authorise(Action::StationWrite, scope(row.get(0)?, row.get(1)?))?;
        let (from, to): (Day, Option<Day>) = (row.get(2)?, row.get(3)?);
        if let Some(to) = to {
            return Err(Refusal::new("stations-refused-premises-ended").with("day", to).at("to").into());
        }
        if *on <= from {
            return Err(Refusal::new("stations-refused-ends-before").at("to").into());
        }
        let points: i64 = tx.one(&store::POINTS_IN, params![*id, *on])?.get(0)?;
        if points > 0 {
            let refusal = Refusal::new("stations-refused-premises-in-use").with("count", points);
            return Err(refusal.with("day", *on).at("to").into());
        }
        tx.execute(&store::END_PREMISES, params![*id, *on])?;
    }
    audit(tx, call, commands.iter().map(|(id, _)| id.uuid()), "premises valid_to")
}

/// Refuses what stands on premises or a grid that is not there any more.
fn none_after_an_end(tx: &mut Tx<'_>) -> Result<()> {
    for statement in [&store::AFTER_PREMISES, &store::AFTER_GRID] {
        if tx.one(statement, &[])?.get::<i64>(0)? > 0 {
            return Err(Refusal::new("stations-refused-after-end").at("from").into());
        }
    }
    Ok(())
}

/// How many stations and premises of a grid are there on a day or later.
pub fn standing_in_grid(tx: &mut Tx<'_>, grid: GridId, on: Day) -> Result<i64> {
    let stations: i64 = tx.one(&store::STATIONS_OF_GRID, params![grid, on])?.get(0)?;
    let premises: i64 = tx.one(&store::PREMISES_OF_GRID, params![grid, on])?.get(0)?;
    Ok(stations + premises)
}

/// Adds stations with their points.
pub fn add_stations(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddStation]) -> Result<()> {
    for command in commands {
        call.authorise(Action::StationWrite, command.scope())?;
        check_station(command)?;
    }
    let rows = commands.iter().map(|c| -> [Value; 10] {
        [
            c.id.into(),
            c.name.as_str().into(),
            c.name_en.as_str().into(),
            c.form.as_code().into(),
            c.town.into(),
            c.grid.into(),
            c.telephone.as_str().into(),
            c.planned_on.into(),
            c.opened_on.into(),
            Value::Null,
        ]
    });
    tx.bulk(&store::ADD_STATIONS, rows)?;
    let points = commands.iter().flat_map(|c| c.points.iter().map(|p| point_row(c.id, c.planned_on, p)));
    tx.bulk(&store::ADD_POINTS, points)?;
    none_after_an_end(tx)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "station points")
}

fn check_station(command: &AddStation) -> Result<()> {
    let refuse = |message| Err(Refusal::new(message).with("station", &command.name).into());
    if !matches!(command.form, StationForm::Standalone | StationForm::Joint) {
        return refuse("stations-refused-form");
    }
    if command.form == StationForm::Joint && command.grid.is_none() {
        return refuse("stations-refused-joint-without-grid");
    }
    if command.points.iter().filter(|point| point.host).count() != 1 {
        return refuse("stations-refused-hosts");
    }
    let early = |point: &AddPoint| point.opened_on.is_some_and(|day| day < command.planned_on);
    if command.opened_on.is_some_and(|day| day < command.planned_on) || command.points.iter().any(early) {
        return refuse("stations-refused-opens-before-planned");
    }
    Ok(())
}

fn point_row(station: StationId, planned_on: Day, point: &AddPoint) -> [Value; 11] {
    let (community, premises) = match point.place {
        Place::Community(id) => (Some(id), None),
        Place::Premises(id) => (None, Some(id)),
    };
    [
        point.id.into(),
        station.into(),
        point.host.into(),
        community.into(),
        premises.into(),
        point.words.as_str().into(),
        point.position.lat().into(),
        point.position.lon().into(),
        planned_on.into(),
        point.opened_on.into(),
        Value::Null,
    ]
}

/// Adds a further point, never a second host, to stations that are not closed.
pub fn add_points(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    commands: &[(StationId, Day, AddPoint)],
) -> Result<()> {
    for (station, planned_on, point) in commands {
        let state = standing(tx, &store::STATION_SCOPE, station.uuid(), "station")?;
        call.authorise(Action::StationWrite, state.scope)?;
        if point.host {
            return Err(refused(tx, *station, "stations-refused-hosts")?);
        }
        if state.closed_on.is_some()
            || *planned_on < state.planned_on
            || point.opened_on.is_some_and(|day| day < *planned_on)
        {
            return Err(refused(tx, *station, "stations-refused-opens-before-planned")?);
        }
    }
    tx.bulk(
        &store::ADD_POINTS,
        commands.iter().map(|(station, day, point)| point_row(*station, *day, point)),
    )?;
    none_after_an_end(tx)?;
    audit(tx, call, commands.iter().map(|(_, _, p)| p.id.uuid()), "point")
}

/// A step in the life of a station or a point, on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The station opens (its points open on their own).
    OpenStation(StationId),
    /// The station closes, with all its points; nobody is served by it any more.
    CloseStation(StationId),
    /// A point opens.
    OpenPoint(PointId),
    /// A point closes; nobody is served by it any more.
    ClosePoint(PointId),
}

/// Opens and closes stations and points.
pub fn step(tx: &mut Tx<'_>, call: &mut Call<'_>, day: Day, steps: &[Step]) -> Result<()> {
    for &step in steps {
        match step {
            Step::OpenStation(id) => {
                open(tx, call, day, (&store::STATION_SCOPE, &store::OPEN_STATION), id.uuid(), "station")?;
            }
            Step::OpenPoint(id) => {
                open(tx, call, day, (&store::POINT_SCOPE, &store::OPEN_POINT), id.uuid(), "point")?;
            }
            Step::CloseStation(id) => {
                close(tx, call, day, (&store::STATION_SCOPE, &store::CLOSE_STATION), id.uuid(), "station")?;
                tx.execute(&store::CLOSE_POINTS, params![id, day])?;
                tx.execute(&store::END_SERVICES, params![id, day])?;
            }
            Step::ClosePoint(id) => {
                close(tx, call, day, (&store::POINT_SCOPE, &store::CLOSE_POINT), id.uuid(), "point")?;
                tx.execute(&store::END_POINT_SERVICES, params![id, day])?;
            }
        }
    }
    let ids = steps.iter().map(|step| match step {
        Step::OpenStation(id) | Step::CloseStation(id) => id.uuid(),
        Step::OpenPoint(id) | Step::ClosePoint(id) => id.uuid(),
    });
    audit(tx, call, ids, "opened_on closed_on")
}

fn open(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    day: Day,
    by: (&Statement, &Statement),
    id: Uuid,
    what: &'static str,
) -> Result<()> {
    let state = standing(tx, by.0, id, what)?;
    call.authorise(Action::StationWrite, state.scope)?;
    if day < state.planned_on {
        return Err(Refusal::new("stations-refused-opens-before-planned").with("station", what).into());
    }
    if state.closed_on.is_some() || tx.execute(by.1, params![id, day])? == 0 {
        return Err(Refusal::new("stations-refused-open-already").into());
    }
    Ok(())
}

fn close(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    day: Day,
    by: (&Statement, &Statement),
    id: Uuid,
    what: &'static str,
) -> Result<()> {
    let state = standing(tx, by.0, id, what)?;
    call.authorise(Action::StationWrite, state.scope)?;
    if state.opened_on.unwrap_or(state.planned_on) > day {
        return Err(Refusal::new("stations-refused-closes-before-opened").into());
    }
    if tx.execute(by.1, params![id, day])? == 0 {
        return Err(Refusal::new("stations-refused-closed-already").into());
    }
    Ok(())
}

/// What a station is called, and its telephone.
#[derive(Debug, Clone)]
pub struct DescribeStation {
    /// The station.
    pub station: StationId,
    /// Name.
    pub name: String,
    /// Name in English; empty where there is none.
    pub name_en: String,
    /// The telephone of the station, not of a person; empty where there is none yet.
    pub telephone: String,
}

/// The longest name of a station or of a person, in characters: four times what the longest real one needs.
pub const LONGEST_NAME: usize = 60;

/// Changes the names and telephones of stations.
pub fn describe_stations(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[DescribeStation]) -> Result<()> {
    for command in commands {
        let state = standing(tx, &store::STATION_SCOPE, command.station.uuid(), "station")?;
        call.authorise(Action::StationWrite, state.scope)?;
        if command.name.is_empty() || command.name.chars().count() > LONGEST_NAME {
            return Err(Refusal::new("stations-refused-name").with("most", LONGEST_NAME).at("name").into());
        }
        if command.name_en.chars().count() > 2 * LONGEST_NAME {
            return Err(Refusal::new("stations-refused-name")
                .with("most", 2 * LONGEST_NAME)
                .at("name_en")
                .into());
        }
        let telephone = rules::telephone(&command.telephone)
            .ok_or_else(|| Refusal::new("stations-refused-telephone").at("telephone"))?;
        let (name, name_en) = (command.name.as_str(), command.name_en.as_str());
        tx.execute(&store::DESCRIBE_STATION, params![command.station, name, name_en, telephone])?;
    }
    audit(tx, call, commands.iter().map(|c| c.station.uuid()), "name name_en telephone")
}

/// Where a station or point stands in its life.
struct Standing {
    scope: Scope,
    planned_on: Day,
    opened_on: Option<Day>,
    closed_on: Option<Day>,
}

fn standing(tx: &mut Tx<'_>, statement: &Statement, id: Uuid, what: &'static str) -> Result<Standing> {
    let mut row = tx.find(statement, params![id])?.ok_or(Error::Absent(what))?;
    Ok(Standing {
        scope: scope(row.get(0)?, row.get(1)?),
        planned_on: row.get(2)?,
        opened_on: row.get(3)?,
        closed_on: row.get(4)?,
    })
}

/// A refusal that names a station.
fn refused(tx: &mut Tx<'_>, station: StationId, message: &'static str) -> Result<Error> {
    let mut row = tx.find(&store::STATION_NAME, params![station])?.ok_or(Error::Absent("station"))?;
    Ok(Refusal::new(message).with("station", row.get::<String>(0)?).into())
}

/// Makes an open point of a station its host in the place of the one that was.
pub fn set_host(tx: &mut Tx<'_>, call: &mut Call<'_>, station: StationId, point: PointId) -> Result<()> {
    let state = standing(tx, &store::STATION_SCOPE, station.uuid(), "station")?;
    call.authorise(Action::StationWrite, state.scope)?;
    let mut row = tx.find(&store::POINT_SCOPE, params![point])?.ok_or(Error::Absent("point"))?;
    if row.get::<StationId>(5)? != station {
        return Err(Error::Absent("point"));
    }
    tx.execute(&store::SET_HOST, params![station, point])?;
    audit(tx, call, [station.uuid(), point.uuid()].into_iter(), "host")
}

/// From a day on, a community is served by a point of a station.
#[derive(Debug, Clone, Copy)]
pub struct Serve {
    /// The community.
    pub community: CommunityId,
    /// Who serves it; `None` ends the service.
    pub by: Option<(StationId, PointId)>,
    /// From this day.
    pub from: Day,
}

/// Says who serves communities from a day on; what was said for later days is replaced.
pub fn serve(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[Serve]) -> Result<()> {
    let mut rows: Vec<[Value; 6]> = Vec::with_capacity(commands.len());
    for command in commands {
        if let Some((station, point)) = command.by {
            let mut row = tx.find(&store::POINT_SCOPE, params![point])?.ok_or(Error::Absent("point"))?;
            call.authorise(Action::StationWrite, scope(row.get(0)?, row.get(1)?))?;
            if row.get::<StationId>(5)? != station {
                return Err(Error::Absent("point"));
            }
            let id: ServingId = call.id();
            rows.push([
                id.into(),
                station.into(),
                point.into(),
                command.community.into(),
                command.from.into(),
                Value::Null,
            ]);
        } else {
            call.authorise(Action::StationWrite, Scope::District)?;
        }
        tx.execute(&store::DROP_SERVICE, params![command.community, command.from])?;
        tx.execute(&store::END_SERVICE, params![command.community, command.from])?;
    }
    tx.bulk(&store::ADD_SERVICES, rows)?;
    audit(tx, call, commands.iter().map(|c| c.community.uuid()), "station point")
}

fn audit(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    objects: impl Iterator<Item = Uuid>,
    fields: &str,
) -> Result<()> {
    let objects: Vec<Uuid> = objects.collect();
    record(tx, call, Entry { action: Action::StationWrite, objects: &objects, fields })
}
