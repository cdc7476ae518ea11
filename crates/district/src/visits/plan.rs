//! Rounds: the households that are due longest are parted among the posts of a station, each in the order of its shortest walk.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::{Day, Position};
use db::{Tx, Value, params};

use super::read::{DueLine, Round, due_of, rounds, station_scope};
use super::rules::{AHEAD_DAYS, Due, Slot, Why};
use super::{record, route, store};
use crate::Memory;
use crate::kit::{
    BuildingId, Call, CommunityId, Entry, Error, PersonId, PostId, Refusal, Result, RoundId, StationId,
    StopId, TenancyId, record as log,
};
use crate::notices::{self, About, Kind, Notice, Thing, To};
use crate::people::Action;
use crate::register::Household;
use crate::stations;

/// Minutes at a door, the greeting and the writing down included.
const VISIT_MINUTES: i64 = 15;
/// Doors of a round. By day three or four of ten open, which is the three contacts that a worker needs on a working day to
/// reach everyone once a year.
const DOORS: usize = 10;
/// Metres from a building to the one with the next number; nobody has measured where buildings stand.
const NEXT_BUILDING: i64 = 40;
/// Days whose households are taken together, so that a round stays in few buildings: whoever is due this month.
const TOGETHER_DAYS: i64 = 30;
/// The furthest ahead a round is planned: tenants come and go.
const FURTHEST_DAYS: i64 = 31;

/// The rounds of a station on a day, in the place of those that were planned before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanRounds {
    /// The station.
    pub station: StationId,
    /// The day.
    pub day: Day,
    /// The version of the rounds that whoever plans has seen; 0: none.
    pub seen: i64,
}

/// Plans the rounds of a station on a day; how many doors they have.
pub fn plan_rounds(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    memory: &Memory,
    command: PlanRounds,
) -> Result<usize> {
    let PlanRounds { station, day, seen } = command;
    let known = stations::station(tx, station, day)?.ok_or(Error::Absent("station"))?;
    call.authorise(Action::VisitPlan, station_scope(&known))?;
    let today = call.today();
    if day < today || day > today + FURTHEST_DAYS {
        let refusal = Refusal::new("visits-refused-day").with("first", today);
        return Err(refusal.with("last", today + FURTHEST_DAYS).at("day").into());
    }
    let before = rounds(tx, station, day)?;
    if before.iter().map(|it| it.version).max().unwrap_or(0) != seen {
        return Err(Refusal::new("visits-refused-planned-meanwhile").into());
    }
    if before.iter().flat_map(|it| &it.stops).any(|stop| stop.found.is_some()) {
        return Err(Refusal::new("visits-refused-begun").into());
    }
    let held = stations::held_posts(tx, station, day)?;
    let posts: Vec<PostId> = held.iter().map(|(post, _)| *post).collect();
    if posts.is_empty() {
        return Err(Refusal::new("visits-refused-nobody").into());
    }
    for round in &before {
        tx.execute(&store::DROP_STOPS, params![round.id])?;
        tx.execute(&store::DROP_ROUND, params![round.id])?;
    }
    let mut lines = due_of_station(tx, memory, station, (today, day))?;
    let elsewhen: HashSet<TenancyId> = tx
        .query(&store::PLANNED_ELSEWHEN, params![station, today, day])?
        .iter_mut()
        .map(|row| Ok(row.get(0)?))
        .collect::<Result<_>>()?;
    lines.retain(|line| !elsewhen.contains(&line.home.tenancy));
    lines.sort_by_cached_key(urgency);
    lines.truncate(posts.len() * DOORS);
    let ground = Ground::read(tx, memory, station, day, lines.iter().map(|line| &line.home))?;
    let doors = lines.len();
    let (mut written, mut given) = (Vec::new(), Vec::new());
    for (post, (doors, back)) in posts.iter().zip(share(&ground, lines, posts.len())) {
        let round: RoundId = call.id();
        let row: [Value; 7] = [
            round.into(),
            station.into(),
            (*post).into(),
            day.into(),
            back.into(),
            (seen + 1).into(),
            call.now.into(),
        ];
        tx.bulk(&store::ADD_ROUNDS, [row])?;
        add_stops(tx, call, round, 0, &doors)?;
        written.push(round.uuid());
        // Nobody is told of a round on which nobody is.
        if !doors.is_empty() {
            given.push(told(Kind::RoundGiven, (round, day), doors.len(), &held, &[*post]));
        }
    }
    notices::tell(tx, call, &given)?;
    log(tx, call, Entry { action: Action::VisitPlan, objects: &written, fields: "rounds stops" })?;
    Ok(doors)
}

/// What is told of a round, with how many doors: to whoever holds one of some posts.
fn told(
    kind: Kind,
    (round, day): (RoundId, Day),
    doors: usize,
    held: &[(PostId, PersonId)],
    posts: &[PostId],
) -> Notice {
    let count = i64::try_from(doors).unwrap_or(i64::MAX);
    let about = About { thing: Thing::Round, id: Some(round.uuid()), code: day.to_string(), count };
    let to = held.iter().filter(|(post, _)| posts.contains(post)).map(|(_, person)| To::Accounts(*person));
    Notice { kind, about, to: to.collect() }
}

/// The households of a station's communities that are due by a day or soon after. The caller has asked permission.
pub(super) fn due_of_station(
    tx: &mut Tx<'_>,
    memory: &Memory,
    station: StationId,
    (today, day): (Day, Day),
) -> Result<Vec<DueLine>> {
    let frequencies = record::frequencies(tx, memory, today)?;
    let mut lines = Vec::new();
    for (community, _) in stations::serves(tx, station, day)? {
        if let Some(frequency) = frequencies.get(&community) {
            lines.append(&mut due_of(tx, (community, *frequency), (today, day, day + AHEAD_DAYS))?);
        }
    }
    Ok(lines)
}

/// Events first; then by the month of the day, and within it house by house.
fn urgency(line: &DueLine) -> (bool, i64, Place, (u64, String), TenancyId) {
    let home = &line.home;
    let month = line.due.by.days().div_euclid(TOGETHER_DAYS);
    (line.due.why != Why::Event, month, Place::of(home), number(&home.numbers.1), home.tenancy)
}

/// A building by its number, in its community.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    community: CommunityId,
    number: (u64, String),
    building: BuildingId,
}

impl Place {
    fn of(home: &Household) -> Self {
        Self { community: home.community, number: number(&home.numbers.0), building: home.building }
    }
}

/// Numbers in the order in which people count: 2号 before 10号.
fn number(text: &str) -> (u64, String) {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    (digits.parse().unwrap_or(u64::MAX), text.to_owned())
}

/// Where the doors of a round lie.
struct Ground {
    start: Position,
    communities: HashMap<CommunityId, Position>,
    /// Buildings by community in the order of their numbers.
    ranks: HashMap<BuildingId, i64>,
}

impl Ground {
    fn read<'h>(
        tx: &mut Tx<'_>,
        memory: &Memory,
        station: StationId,
        day: Day,
        homes: impl Iterator<Item = &'h Household>,
    ) -> Result<Self> {
        let points = stations::points(tx, Some(station), day)?;
        let start = points.first().ok_or(Error::Absent("point"))?.position;
        let roll = memory.roll(tx, day)?;
        let mut ground = Self { start, communities: HashMap::new(), ranks: HashMap::new() };
        let communities: HashSet<CommunityId> = homes.map(|home| home.community).collect();
        for community in communities {
            // One that is not on the map is taken to lie at the station.
            let position = roll.get(community).and_then(|it| it.position).unwrap_or(start);
            ground.communities.insert(community, position);
            let buildings = memory.buildings(tx, community, day)?;
            let mut numbers: Vec<_> = buildings.iter().map(|it| (number(&it.number), it.id)).collect();
            numbers.sort();
            for (rank, (_, building)) in (0_i64..).zip(numbers) {
                ground.ranks.insert(building, rank);
            }
        }
        Ok(ground)
    }

    fn position(&self, place: &Place) -> Position {
        self.communities.get(&place.community).copied().unwrap_or(self.start)
    }

    /// How far along its row a building stands.
    fn along(&self, place: &Place) -> i64 {
        self.ranks.get(&place.building).copied().unwrap_or_default() * NEXT_BUILDING
    }

    /// Metres between two buildings; `None` is the station's host.
    fn metres(&self, a: Option<&Place>, b: Option<&Place>) -> i64 {
        match (a, b) {
            (Some(a), Some(b)) if a.community == b.community => (self.along(a) - self.along(b)).abs(),
            (Some(a), Some(b)) => self.position(a).metres_to(self.position(b)),
            (Some(place), None) | (None, Some(place)) => self.position(place).metres_to(self.start),
            (None, None) => 0,
        }
    }
}

/// A door in the order of a round, with the minutes from the one before.
struct Door {
    line: DueLine,
    walk: i64,
}

/// Doors in the order of the shortest walk between their buildings, floor by floor.
fn ordered(ground: &Ground, lines: Vec<DueLine>) -> Vec<DueLine> {
    let mut houses: BTreeMap<Place, Vec<DueLine>> = BTreeMap::new();
    for line in lines {
        houses.entry(Place::of(&line.home)).or_default().push(line);
    }
    let places: Vec<Place> = houses.keys().cloned().collect();
    let at = |place: usize| place.checked_sub(1).map(|place| &places[place]);
    let order = route::walk(places.len() + 1, &|a, b| ground.metres(at(a), at(b)));
    let mut doors = Vec::new();
    for place in order.into_iter().filter_map(at) {
        let mut house = houses.remove(place).unwrap_or_default();
        house.sort_by_cached_key(|line| {
            let numbers = &line.home.numbers;
            (line.home.floor, number(&numbers.1), numbers.2.clone(), line.home.tenancy)
        });
        doors.append(&mut house);
    }
    doors
}

/// The rounds of some posts: their doors in order, and the minutes back. First what is done by day (or at the weekend) is
/// parted, then the evening, of which most goes to whoever has least by day.
fn share(ground: &Ground, lines: Vec<DueLine>, posts: usize) -> Vec<(Vec<Door>, i64)> {
    let (evening, day): (Vec<DueLine>, Vec<DueLine>) =
        lines.into_iter().partition(|line| line.slot == Slot::Evening);
    let mut shares: Vec<(i64, Vec<DueLine>)> = vec![(0, Vec::new()); posts];
    for part in [day, evening] {
        let doors = ordered(ground, part);
        let begins = route::part(doors.len(), posts, &|from, to| minutes(ground, &doors[from..to]));
        let mut pieces: Vec<Vec<DueLine>> = Vec::with_capacity(posts);
        let mut rest = doors;
        for begin in begins.iter().rev() {
            pieces.push(rest.split_off(*begin));
        }
        pieces.sort_by_key(|piece| std::cmp::Reverse(minutes(ground, piece)));
        let mut least: Vec<usize> = (0..posts).collect();
        least.sort_by_key(|post| (shares[*post].0, *post));
        for (post, mut piece) in least.into_iter().zip(pieces) {
            shares[post].0 += minutes(ground, &piece);
            shares[post].1.append(&mut piece);
        }
    }
    shares.into_iter().map(|(_, doors)| walked(ground, doors)).collect()
}

/// What a stretch of doors takes, from the station and back.
fn minutes(ground: &Ground, doors: &[DueLine]) -> i64 {
    let visits = i64::try_from(doors.len()).unwrap_or(i64::MAX) * VISIT_MINUTES;
    let places: Vec<Place> = doors.iter().map(|line| Place::of(&line.home)).collect();
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return 0 };
    let between: i64 =
        places.windows(2).map(|pair| route::minutes(ground.metres(Some(&pair[0]), Some(&pair[1])))).sum();
    let there = route::minutes(ground.metres(None, Some(first)));
    visits + between + there + route::minutes(ground.metres(Some(last), None))
}

/// Doors with the minutes of the way to each, and back from the last. Between the day and the evening is a pause at the
/// station.
fn walked(ground: &Ground, doors: Vec<DueLine>) -> (Vec<Door>, i64) {
    let (mut before, mut slot): (Option<Place>, Option<Slot>) = (None, None);
    let mut made = Vec::with_capacity(doors.len());
    for line in doors {
        let place = Place::of(&line.home);
        let way = if slot.is_some_and(|slot| slot != line.slot) {
            let home = route::minutes(ground.metres(before.as_ref(), None));
            home + route::minutes(ground.metres(None, Some(&place)))
        } else {
            route::minutes(ground.metres(before.as_ref(), Some(&place)))
        };
        slot = Some(line.slot);
        before = Some(place);
        made.push(Door { line, walk: way });
    }
    let back = route::minutes(ground.metres(before.as_ref(), None));
    (made, back)
}

fn add_stops(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    round: RoundId,
    first: usize,
    doors: &[Door],
) -> Result<()> {
    let rows: Vec<[Value; 9]> = (first..)
        .zip(doors)
        .map(|(place, door)| {
            let id: StopId = call.id();
            [
                id.into(),
                round.into(),
                door.line.home.tenancy.into(),
                Value::Int(i64::try_from(place).unwrap_or(i64::MAX)),
                door.line.slot.as_str().into(),
                door.line.due.why.as_str().into(),
                door.line.due.by.into(),
                VISIT_MINUTES.into(),
                door.walk.into(),
            ]
        })
        .collect();
    tx.bulk(&store::ADD_STOPS, rows)?;
    Ok(())
}

/// What is still to be done of a round goes to another post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandOver {
    /// The round.
    pub round: RoundId,
    /// The version of it that whoever hands it over has seen.
    pub seen: i64,
    /// Who takes it.
    pub to: PostId,
}

/// Hands over what is still to be done of a round: its doors join the round of the other post and are put in order with it.
/// A visit that comes in for the old round afterwards waits in the inbox.
pub fn hand_over(tx: &mut Tx<'_>, call: &mut Call<'_>, memory: &Memory, command: HandOver) -> Result<usize> {
    let mut row = tx.find(&store::ROUND, params![command.round])?.ok_or(Error::Absent("round"))?;
    let (station, post, day): (StationId, PostId, Day) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let known = stations::station(tx, station, day)?.ok_or(Error::Absent("station"))?;
    call.authorise(Action::VisitPlan, station_scope(&known))?;
    if row.get::<i64>(3)? != command.seen {
        return Err(Refusal::new("visits-refused-planned-meanwhile").into());
    }
    let held = stations::held_posts(tx, station, day)?;
    let holds = held.iter().any(|(held, _)| *held == command.to);
    if command.to == post || !holds {
        return Err(Refusal::new("visits-refused-to").at("to").into());
    }
    let all = rounds(tx, station, day)?;
    let of = |wanted: &dyn Fn(&Round) -> bool| all.iter().find(|it| wanted(it));
    let from = of(&|it| it.id == command.round).ok_or(Error::Absent("round"))?;
    let target = of(&|it| it.post == command.to);
    let open = |round: &Round| -> Vec<DueLine> {
        let stops = round.stops.iter().filter(|stop| stop.found.is_none());
        stops
            .map(|it| DueLine { home: it.home.clone(), due: Due { why: it.why, by: it.by }, slot: it.slot })
            .collect()
    };
    let mut lines = open(from);
    let moved = lines.len();
    if moved == 0 {
        return Err(Refusal::new("visits-refused-nothing-left").into());
    }
    lines.extend(target.map(open).unwrap_or_default());
    let ground = Ground::read(tx, memory, station, day, lines.iter().map(|line| &line.home))?;
    let (doors, back) = share(&ground, lines, 1).pop().unwrap_or_default();
    for round in [Some(from), target].into_iter().flatten() {
        for stop in round.stops.iter().filter(|stop| stop.found.is_none()) {
            tx.execute(&store::DROP_STOP, params![stop.id])?;
        }
    }
    tx.execute(&store::CHANGE_ROUND, params![command.round, 0, call.now])?;
    let (target, done) = if let Some(target) = target {
        tx.execute(&store::CHANGE_ROUND, params![target.id, back, call.now])?;
        (target.id, target.stops.len())
    } else {
        let round: RoundId = call.id();
        let version = command.seen + 1;
        let row: [Value; 7] = [
            round.into(),
            station.into(),
            command.to.into(),
            day.into(),
            back.into(),
            version.into(),
            call.now.into(),
        ];
        tx.bulk(&store::ADD_ROUNDS, [row])?;
        (round, 0)
    };
    add_stops(tx, call, target, done, &doors)?;
    notices::tell(tx, call, &[told(Kind::RoundMoved, (target, day), moved, &held, &[post, command.to])])?;
    let objects = [command.round.uuid(), target.uuid()];
    log(tx, call, Entry { action: Action::VisitPlan, objects: &objects, fields: "stops" })?;
    Ok(moved)
}
