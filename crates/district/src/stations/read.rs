//! Stations as of a day.

use std::collections::HashMap;

use base::{Area, Day, Money, Position};
use db::{FromValue, Row, Tx, params};
use handbook::StationForm;

use super::rules::{Shift, Week, week};
use super::{Place, store};
use crate::kit::{CommunityId, Error, GridId, PointId, PremisesId, Result, StationId, TownId};

/// A station as of a day.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `stations`")]
pub struct Station {
    pub id: StationId,
    pub name: String,
    pub name_en: String,
    pub form: StationForm,
    pub town: TownId,
    pub grid: Option<GridId>,
    pub telephone: String,
    pub planned_on: Day,
    pub opened_on: Option<Day>,
    pub closed_on: Option<Day>,
    /// Posts on the day.
    pub posts: i64,
    /// Of these, posts that have a holder.
    pub in_post: i64,
}

impl Station {
    /// Is it open on the day?
    pub fn is_open(&self, day: Day) -> bool {
        open(self.opened_on, self.closed_on, day)
    }
}

/// A point of a station as of a day.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `points`")]
pub struct Point {
    pub id: PointId,
    pub station: StationId,
    pub host: bool,
    pub place: Place,
    pub words: String,
    pub position: Position,
    pub planned_on: Day,
    pub opened_on: Option<Day>,
    pub closed_on: Option<Day>,
}

impl Point {
    /// Is it open on the day?
    pub fn is_open(&self, day: Day) -> bool {
        open(self.opened_on, self.closed_on, day)
    }
}

fn open(from: Option<Day>, to: Option<Day>, day: Day) -> bool {
    from.is_some_and(|from| from <= day) && to.is_none_or(|to| to > day)
}

/// Premises as of a day.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `premises`")]
pub struct Premises {
    pub id: PremisesId,
    pub kind: String,
    pub name: String,
    pub name_en: String,
    pub town: TownId,
    pub grid: Option<GridId>,
    pub community: Option<CommunityId>,
    pub position: Position,
    pub room_offered: bool,
    pub area: Option<Area>,
    pub rent: Option<Money>,
}

/// Who serves a community on a day.
#[derive(Debug, Clone, Copy)]
pub struct Served {
    /// The community.
    pub community: CommunityId,
    /// Its station.
    pub station: StationId,
    /// The station's form.
    pub form: StationForm,
    /// Its point.
    pub point: PointId,
    /// Where the point lies.
    pub position: Position,
    /// Are station and point both open on the day?
    pub open: bool,
}

/// Who serves each community on a day. Not for outside `district`: it asks no permission.
pub fn served(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Served>> {
    let rows = tx.query(&store::SERVED, params![day])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Served {
                community: row.get(0)?,
                station: row.get(1)?,
                form: form(&mut row, 2)?,
                point: row.get(3)?,
                position: position(&mut row, 4)?,
                open: row.get(6)?,
            })
        })
        .collect()
}

/// The minutes a week of every point that has a rota on the day.
pub fn point_weeks(tx: &mut Tx<'_>, day: Day) -> Result<HashMap<PointId, Week>> {
    let mut shifts: HashMap<PointId, Vec<Shift>> = HashMap::new();
    for mut row in tx.query(&store::SHIFTS, params![day])? {
        let point = row.get(0)?;
        shifts.entry(point).or_default().push(shift(&mut row)?);
    }
    Ok(shifts.into_iter().map(|(point, shifts)| (point, week(&shifts))).collect())
}

/// The rota of each point of a station on a day.
pub fn shifts_of(tx: &mut Tx<'_>, station: StationId, day: Day) -> Result<HashMap<PointId, Vec<Shift>>> {
    let mut shifts: HashMap<PointId, Vec<Shift>> = HashMap::new();
    for mut row in tx.query(&store::SHIFTS_OF_STATION, params![day, station])? {
        let point = row.get(0)?;
        shifts.entry(point).or_default().push(shift(&mut row)?);
    }
    Ok(shifts)
}

pub(super) fn shift(row: &mut Row) -> Result<Shift> {
    Ok(Shift { weekday: row.get(1)?, from: row.get(2)?, to: row.get(3)?, staffed: row.get(4)? })
}

/// Stations that are planned or open on a day, by name.
pub fn stations(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Station>> {
    tx.query(&store::STATIONS, params![day])?.iter_mut().map(read_station).collect()
}

/// A station with its posts as of a day.
pub fn station(tx: &mut Tx<'_>, id: StationId, day: Day) -> Result<Option<Station>> {
    tx.find(&store::STATION, params![day, id])?.as_mut().map(read_station).transpose()
}

fn read_station(row: &mut Row) -> Result<Station> {
    Ok(Station {
        id: row.get(0)?,
        name: row.get(1)?,
        name_en: row.get(2)?,
        form: form(row, 3)?,
        town: row.get(4)?,
        grid: row.get(5)?,
        telephone: row.get(6)?,
        planned_on: row.get(7)?,
        opened_on: row.get(8)?,
        closed_on: row.get(9)?,
        posts: row.get(10)?,
        in_post: row.get(11)?,
    })
}

/// Points that are planned or open on a day, of one station or of all.
pub fn points(tx: &mut Tx<'_>, station: Option<StationId>, day: Day) -> Result<Vec<Point>> {
    let rows = match station {
        Some(station) => tx.query(&store::POINTS_OF_STATION, params![day, station])?,
        None => tx.query(&store::POINTS, params![day])?,
    };
    rows.into_iter().map(|mut row| read_point(&mut row)).collect()
}

fn read_point(row: &mut Row) -> Result<Point> {
    let place = match (row.get(3)?, row.get(4)?) {
        (Some(community), None) => Place::Community(community),
        (None, Some(premises)) => Place::Premises(premises),
        _ => {
            return Err(Error::Internal(
                "a point lies in a community or in premises, not in both or neither".into(),
            ));
        }
    };
    Ok(Point {
        id: row.get(0)?,
        station: row.get(1)?,
        host: row.get(2)?,
        place,
        words: row.get(5)?,
        position: position(row, 6)?,
        planned_on: row.get(8)?,
        opened_on: row.get(9)?,
        closed_on: row.get(10)?,
    })
}

/// The station and the point that serve a community on a day.
pub fn service_of(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Option<(StationId, PointId)>> {
    let row = tx.find(&store::SERVICE_OF, params![day, community])?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Who serves a community: the station, its point there, and when that is staffed.
#[derive(Debug, Clone)]
pub struct ServedBy {
    /// The station.
    pub station: Station,
    /// The point.
    pub point: Point,
    /// The weekly rota of the point.
    pub shifts: Vec<Shift>,
}

/// Who serves a community on a day.
pub fn served_by(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Option<ServedBy>> {
    let Some((id, point)) = service_of(tx, community, day)? else { return Ok(None) };
    let found = points(tx, Some(id), day)?.into_iter().find(|known| known.id == point);
    let Some((station, found)) = station(tx, id, day)?.zip(found) else { return Ok(None) };
    let shifts = shifts_of(tx, id, day)?.remove(&point).unwrap_or_default();
    Ok(Some(ServedBy { station, point: found, shifts }))
}

/// Premises as of a day.
pub fn premises(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Premises>> {
    let rows = tx.query(&store::PREMISES, params![day])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Premises {
                id: row.get(0)?,
                kind: row.get(1)?,
                name: row.get(2)?,
                name_en: row.get(3)?,
                town: row.get(4)?,
                grid: row.get(5)?,
                community: row.get(6)?,
                position: position(&mut row, 7)?,
                room_offered: row.get(9)?,
                area: row.get(10)?,
                rent: row.get(11)?,
            })
        })
        .collect()
}

/// Posts on a day of the stations that are not closed then, and how many of them have a holder, over the whole district.
pub fn in_post(tx: &mut Tx<'_>, day: Day) -> Result<(i64, i64)> {
    let mut row = tx.one(&store::IN_POST, params![day])?;
    Ok((row.get(0)?, row.get(1)?))
}

fn form(row: &mut Row, column: usize) -> Result<StationForm> {
    let code: String = row.get(column)?;
    StationForm::from_code(&code).map_err(|error| Error::Internal(error.to_string()))
}

fn position(row: &mut Row, column: usize) -> Result<Position> {
    let (lat, lon) = (get(row, column)?, get(row, column + 1)?);
    Position::new(lat, lon).map_err(|error| Error::Internal(error.to_string()))
}

fn get<T: FromValue>(row: &mut Row, column: usize) -> Result<T> {
    Ok(row.get(column)?)
}

/// The communities that a station serves on a day, each with its point. Asks no permission: not for outside `district`.
pub(crate) fn serves(tx: &mut Tx<'_>, station: StationId, day: Day) -> Result<Vec<(CommunityId, PointId)>> {
    let rows = tx.query(&store::SERVED_BY, params![day, station])?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}
