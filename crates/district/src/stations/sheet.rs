//! A station as those see it who may read it: its points with their week, its posts, whom it serves.
//!
//! Who may read a station may read it whole but for names: these are for whoever may change its posts or ask
//! for somebody's telephone, and masked until they ask.

use std::collections::HashMap;

use base::{Day, Position};
use db::{Tx, params};

use super::read::{self, Point, Premises, Station, shift};
use super::rules::{Shift, Week, week};
use super::{scope, store};
use crate::Memory;
use crate::kit::{Actor, Call, CommunityId, Error, PersonId, PointId, PostId, Result, Scope, StationId};
use crate::people::vault::{self, Field, Revealed, Vault, masked_name, masked_telephone};
use crate::people::{Action, may};
use crate::register::Roll;

/// A station in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The station.
    pub station: Station,
    /// Its points, planned or open.
    pub points: usize,
    /// Of these, points that are open.
    pub open_points: usize,
    /// Where its host lies.
    pub position: Option<Position>,
}

/// A station with everything that belongs to it on a day.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The station.
    pub station: Station,
    /// Its points, the host first.
    pub points: Vec<AtPoint>,
    /// Its posts, those of the day and those that are still to come, by their number.
    pub posts: Vec<Post>,
    /// Whom it serves, and at which point.
    pub serves: Vec<(CommunityId, PointId)>,
    /// May the reader change it?
    pub may_write: bool,
    /// May the reader see whole who holds a post?
    pub may_reveal: bool,
}

impl Sheet {
    /// One of its posts.
    pub fn post(&self, id: PostId) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == id)
    }

    /// One of its points.
    pub fn point(&self, id: PointId) -> Option<&AtPoint> {
        self.points.iter().find(|at| at.point.id == id)
    }
}

/// A point with its rota.
#[derive(Debug, Clone)]
pub struct AtPoint {
    /// The point.
    pub point: Point,
    /// The rota in force on the day.
    pub lines: Vec<Line>,
    /// Minutes open and staffed a week by it.
    pub week: Week,
    /// The day from which another rota is in force.
    pub changes_on: Option<Day>,
}

/// A line of the rota in force.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// When, and whether somebody is there.
    pub shift: Shift,
    /// The post on duty; `None` for an open door alone.
    pub post: Option<PostId>,
}

/// A post of a station.
#[derive(Debug, Clone)]
pub struct Post {
    /// The post.
    pub id: PostId,
    /// What people call it by: the first post of a station is 1, and a number is never given again.
    pub number: usize,
    /// One of [`super::TITLES`].
    pub title: String,
    /// From this day.
    pub from: Day,
    /// The first day without it.
    pub to: Option<Day>,
    /// Who holds it on the day; `None` for a vacancy.
    pub holder: Option<Holder>,
    /// The next day on which it is filled or becomes vacant, and whether it is filled from then on.
    pub next: Option<(Day, bool)>,
}

/// Who holds a post, as far as the reader may know.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Since when.
    pub since: Day,
    /// The name, masked; `None` for who may not see it, and where there is none.
    pub name: Option<String>,
    /// The telephone, masked, likewise.
    pub telephone: Option<String>,
}

/// The stations of a day that the reader may read, by name.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<Vec<Listed>> {
    let roll = memory.roll(tx, day)?;
    let mut serves: HashMap<StationId, Vec<CommunityId>> = HashMap::new();
    for served in read::served(tx, day)? {
        serves.entry(served.station).or_default().push(served.community);
    }
    let mut points: HashMap<StationId, (usize, usize, Option<Position>)> = HashMap::new();
    for point in read::points(tx, None, day)? {
        let counts = points.entry(point.station).or_default();
        counts.0 += 1;
        counts.1 += usize::from(point.is_open(day));
        if point.host {
            counts.2 = Some(point.position);
        }
    }
    let mut listed = Vec::new();
    for station in read::stations(tx, day)? {
        let communities = serves.remove(&station.id).unwrap_or_default();
        if readable(actor, &roll, &station, communities.into_iter()) {
            let (points, open_points, position) = points.get(&station.id).copied().unwrap_or_default();
            listed.push(Listed { station, points, open_points, position });
        }
    }
    Ok(listed)
}

/// A station is read by whoever may read it, or one of the communities that it serves.
fn readable(
    actor: &Actor,
    roll: &Roll,
    station: &Station,
    mut serves: impl Iterator<Item = CommunityId>,
) -> bool {
    may(actor, Action::StationRead, scope(station.town, station.grid))
        || serves.any(|id| {
            roll.get(id).is_some_and(|it| {
                let community = Scope::Community { town: it.town, grid: it.grid, community: id };
                may(actor, Action::StationRead, community)
            })
        })
}

/// A station as of a day. Without the vault's key no name is shown.
pub fn sheet(
    tx: &mut Tx<'_>,
    actor: &Actor,
    memory: &Memory,
    vault: Option<&Vault>,
    id: StationId,
    day: Day,
) -> Result<Sheet> {
    let station = read::station(tx, id, day)?.ok_or(Error::Absent("station"))?;
    let serves = served_by(tx, id, day)?;
    let roll = memory.roll(tx, day)?;
    if !readable(actor, &roll, &station, serves.iter().map(|(community, _)| *community)) {
        return Err(Error::Forbidden(Action::StationRead));
    }
    let scope = scope(station.town, station.grid);
    let may_write = may(actor, Action::StationWrite, scope);
    let may_reveal = may(actor, Action::PersonReveal, scope);
    let posts = posts(tx, vault.filter(|_| may_write || may_reveal), id, day)?;
    let points = points(tx, id, day)?;
    Ok(Sheet { station, points, posts, serves, may_write, may_reveal })
}

/// Name and telephone of who holds a post on a day, in full; the reading is on record, and its person finds it there.
pub fn reveal_holder(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (id, post): (StationId, PostId),
    day: Day,
) -> Result<Revealed> {
    let station = read::station(tx, id, day)?.ok_or(Error::Absent("station"))?;
    let holders = tx.query(&store::HOLDERS_OF_STATION, params![day, id])?;
    for mut row in holders {
        let (of, person, from): (PostId, PersonId, Day) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if of == post && from <= day {
            let scope = scope(station.town, station.grid);
            return vault::reveal(tx, call, vault, person, scope);
        }
    }
    Err(Error::Absent("post"))
}

/// Premises of a day that the reader may read, by town and name.
pub fn premises_of(tx: &mut Tx<'_>, actor: &Actor, day: Day) -> Result<Vec<Premises>> {
    let mut own = read::premises(tx, day)?;
    own.retain(|it| may(actor, Action::StationRead, scope(it.town, it.grid)));
    own.sort_by(|a, b| (a.town, &a.name, a.id).cmp(&(b.town, &b.name, b.id)));
    Ok(own)
}

fn served_by(tx: &mut Tx<'_>, station: StationId, day: Day) -> Result<Vec<(CommunityId, PointId)>> {
    let rows = tx.query(&store::SERVED_BY, params![day, station])?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

fn points(tx: &mut Tx<'_>, station: StationId, day: Day) -> Result<Vec<AtPoint>> {
    let mut lines: HashMap<PointId, Vec<Line>> = HashMap::new();
    for mut row in tx.query(&store::ROTA_OF_STATION, params![day, station])? {
        let line = Line { shift: shift(&mut row)?, post: row.get(5)? };
        lines.entry(row.get(0)?).or_default().push(line);
    }
    let mut changes: HashMap<PointId, Day> = HashMap::new();
    for mut row in tx.query(&store::NEXT_ROTA_OF_STATION, params![day, station])? {
        changes.insert(row.get(0)?, row.get(1)?);
    }
    let points = read::points(tx, Some(station), day)?.into_iter().map(|point| {
        let lines = lines.remove(&point.id).unwrap_or_default();
        let shifts: Vec<Shift> = lines.iter().map(|line| line.shift).collect();
        AtPoint { week: week(&shifts), changes_on: changes.remove(&point.id), lines, point }
    });
    Ok(points.collect())
}

/// Somebody who holds a post, on the day or later.
struct Tenure {
    person: PersonId,
    from: Day,
    to: Option<Day>,
}

fn posts(tx: &mut Tx<'_>, vault: Option<&Vault>, station: StationId, day: Day) -> Result<Vec<Post>> {
    let mut tenures: HashMap<PostId, Vec<Tenure>> = HashMap::new();
    for mut row in tx.query(&store::HOLDERS_OF_STATION, params![day, station])? {
        let tenure = Tenure { person: row.get(1)?, from: row.get(2)?, to: row.get(3)? };
        tenures.entry(row.get(0)?).or_default().push(tenure);
    }
    let mut posts = Vec::new();
    for (number, mut row) in (1..).zip(tx.query(&store::POSTS_OF_STATION, params![station])?) {
        let (id, from, to): (PostId, Day, Option<Day>) = (row.get(0)?, row.get(2)?, row.get(3)?);
        if to.is_some_and(|to| to <= day || to <= from) {
            continue;
        }
        let theirs = tenures.remove(&id).unwrap_or_default();
        let current = theirs.first().filter(|tenure| tenure.from <= day);
        let holder = current.map(|tenure| holder(tx, vault, tenure)).transpose()?;
        let later = theirs.iter().find(|tenure| tenure.from > day).map(|tenure| (tenure.from, true));
        let leaves = current.and_then(|tenure| tenure.to).map(|to| (to, false));
        let next = match (leaves, later) {
            // Somebody else comes on the day the one before leaves: it is not vacant in between.
            (Some(leaves), Some(later)) => Some(if leaves.0 < later.0 { leaves } else { later }),
            (leaves, later) => leaves.or(later),
        };
        let next = next.filter(|(on, _)| Some(*on) != to);
        posts.push(Post { id, number, title: row.get(1)?, from, to, holder, next });
    }
    Ok(posts)
}

fn holder(tx: &mut Tx<'_>, vault: Option<&Vault>, tenure: &Tenure) -> Result<Holder> {
    let mut holder = Holder { since: tenure.from, name: None, telephone: None };
    if let Some(vault) = vault {
        let name = vault::read(tx, vault, tenure.person, Field::Name)?;
        let telephone = vault::read(tx, vault, tenure.person, Field::Telephone)?;
        holder.name = name.map(|name| masked_name(&name));
        holder.telephone = telephone.map(|number| masked_telephone(&number));
    }
    Ok(holder)
}
