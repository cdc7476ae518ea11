//! The plain twin of the figures of a community: read row by row from the tables as they lie, with nothing of how the
//! program counts. Slow, and short enough to be believed.

use std::collections::{HashMap, HashSet};

use base::{Day, Position};
use db::{Db, Tx, Value};
use district::handbook::{facts, in_force};
use handbook::prescribe;

use crate::figures::Figure;

type Id = Vec<u8>;
type Cells<'a> = HashMap<&'a str, &'a Value>;

/// What holds from a day on, until the day before another.
struct Span(i64, Option<i64>);

impl Span {
    fn of(row: &Cells<'_>, from: &str, to: &str) -> Option<Self> {
        int(row, from).map(|first| Self(first, int(row, to)))
    }

    fn has(&self, day: Day) -> bool {
        self.0 <= day.days() && self.1.is_none_or(|end| day.days() < end)
    }
}

struct Version {
    community: Id,
    span: Span,
    place: Option<Position>,
    planned: Option<i64>,
    town: String,
}

struct Service {
    community: Id,
    station: Id,
    point: Id,
    span: Span,
}

struct Line {
    point: Id,
    minutes: std::ops::Range<usize>,
    post: Option<Id>,
    span: Span,
}

/// What the handbook in force asks of a community: the one thing that is not counted here, as its own tests do.
struct Asked {
    modes: Vec<&'static str>,
    open: usize,
    staffed: usize,
    walking: Option<i64>,
}

/// The tables, as they lie.
pub struct Facts {
    codes: HashMap<String, Id>,
    versions: Vec<Version>,
    buildings: HashMap<Id, Id>,
    units: Vec<(Id, Id, Span)>,
    rooms: HashMap<Id, Vec<Span>>,
    tenancies: Vec<(Id, Id, Span)>,
    occupants: HashMap<Id, Vec<Span>>,
    modes: Vec<(Id, String, Span)>,
    services: Vec<Service>,
    stations: HashMap<Id, Option<Span>>,
    points: HashMap<Id, (Option<Span>, Position)>,
    rota: Vec<Line>,
    posts: HashMap<Id, Span>,
    holders: Vec<(Id, Span)>,
    /// Of a household: for how long each visit that met it counts.
    contacts: HashMap<Id, Vec<Span>>,
    /// Of a household: the last day of each matter that somebody still has to answer.
    open: HashMap<Id, Vec<i64>>,
    /// Of a household: when it said something of how it was helped, and whether it was good.
    words: HashMap<Id, Vec<(i64, bool)>>,
}

/// The last day of the demonstration: of what is open and what was said the rows tell how it is then.
const LAST: &str = "2026-01-31";

impl Facts {
    /// Reads them.
    pub fn read(db: &Db) -> Self {
        let schema = db.schema().unwrap();
        let valid = |row: &Cells<'_>| Span::of(row, "valid_from", "valid_to").unwrap();
        let open = |row: &Cells<'_>| Span::of(row, "opened_on", "closed_on");
        db.read(|tx| {
            let read = &mut Reading { tx, schema: &schema };
            let mut rooms: HashMap<Id, Vec<Span>> = HashMap::new();
            for (unit, span) in read.all("rooms", |row| (id(row, "unit_id"), valid(row))) {
                rooms.entry(unit).or_default().push(span);
            }
            let mut occupants: HashMap<Id, Vec<Span>> = HashMap::new();
            for (tenancy, span) in read.all("occupants", |row| (id(row, "tenancy_id"), valid(row))) {
                occupants.entry(tenancy).or_default().push(span);
            }
            let mut contacts: HashMap<Id, Vec<Span>> = HashMap::new();
            let contact = |row: &Cells<'_>| {
                int(row, "until_day")
                    .map(|end| (id(row, "tenancy_id"), Span(int(row, "day").unwrap(), Some(end))))
            };
            for (household, span) in read.all("visits", contact).into_iter().flatten() {
                contacts.entry(household).or_default().push(span);
            }
            let (mut open_matters, mut words) =
                (HashMap::<Id, Vec<i64>>::new(), HashMap::<Id, Vec<_>>::new());
            for matter in read.all("matters", Matter::of).into_iter().flatten() {
                if ["received", "accepted", "in-progress"].contains(&matter.state.as_str()) {
                    open_matters.entry(matter.household.clone()).or_default().push(matter.due);
                }
                if let Some(word) = matter.word {
                    words.entry(matter.household).or_default().push(word);
                }
            }
            // What was said at a door, where somebody was reached.
            let said = |row: &Cells<'_>| {
                int(row, "until_day")?;
                Some((id(row, "tenancy_id"), (int(row, "day").unwrap(), truth(row, "satisfied")?)))
            };
            for (household, word) in read.all("visits", said).into_iter().flatten() {
                words.entry(household).or_default().push(word);
            }
            let housed = |row: &Cells<'_>| (id(row, "id"), id(row, "community_id"), valid(row));
            Ok::<_, db::Error>(Self {
                codes: read.map("communities", |row| (text(row, "code"), id(row, "id"))),
                versions: read.all("community_versions", |row| Version {
                    community: id(row, "community_id"),
                    span: valid(row),
                    place: place(row),
                    planned: int(row, "planned_households"),
                    town: base::Uuid::from_slice(&id(row, "town_id")).unwrap().to_string(),
                }),
                buildings: read.map("buildings", |row| (id(row, "id"), id(row, "community_id"))),
                units: read.all("units", |row| (id(row, "id"), id(row, "building_id"), valid(row))),
                rooms,
                tenancies: read.all("tenancies", housed),
                occupants,
                modes: read
                    .all("community_modes", |row| (id(row, "community_id"), text(row, "mode"), valid(row))),
                services: read.all("station_communities", |row| Service {
                    community: id(row, "community_id"),
                    station: id(row, "station_id"),
                    point: id(row, "point_id"),
                    span: valid(row),
                }),
                stations: read.map("stations", |row| (id(row, "id"), open(row))),
                points: read.map("points", |row| (id(row, "id"), (open(row), place(row).unwrap()))),
                rota: read.all("rota", line),
                posts: read.map("posts", |row| (id(row, "id"), valid(row))),
                holders: read.all("post_holders", |row| (id(row, "post_id"), valid(row))),
                contacts,
                open: open_matters,
                words,
            })
        })
        .unwrap()
    }

    /// The communities of the list on a day, each with its town, in the order of their codes.
    pub fn listed(&self, day: Day) -> Vec<(String, String)> {
        let town = |id: &Id| self.version(id, day).map(|version| version.town.clone());
        let mut listed: Vec<_> =
            self.codes.iter().filter_map(|(code, id)| Some((code.clone(), town(id)?))).collect();
        listed.sort();
        listed
    }

    /// The figures of these communities on a day, by their codes.
    pub fn count<'a>(
        &self,
        db: &Db,
        day: Day,
        codes: impl Iterator<Item = &'a String>,
    ) -> HashMap<&'a str, HashMap<Figure, Option<i64>>> {
        let asked = asked(db, day);
        codes.map(|code| (code.as_str(), self.figures(&self.codes[code], &asked[code], day))).collect()
    }

    fn figures(&self, community: &Id, asked: &Asked, day: Day) -> HashMap<Figure, Option<i64>> {
        let version = self.version(community, day).unwrap();
        let tenancies: Vec<&(Id, Id, Span)> =
            self.tenancies.iter().filter(|it| it.1 == *community && it.2.has(day)).collect();
        let residents = tenancies.iter().map(|it| count(self.occupants.get(&it.0), day)).sum();
        let households = i64::try_from(tenancies.len()).unwrap();
        let mut figures = HashMap::from([
            (Figure::Dwellings, Some(self.dwellings(community, day))),
            (Figure::Households, Some(households)),
            (Figure::Residents, Some(residents)),
            (Figure::Planned, version.planned),
            (Figure::Target, Some(households)),
        ]);
        // Households count at a step only if every step before it holds.
        let mut holds = self.is_assigned(community, asked, day);
        figures.insert(Figure::Assigned, Some(if holds { households } else { 0 }));
        let services: Vec<&Service> =
            self.services.iter().filter(|it| it.community == *community && it.span.has(day)).collect();
        assert!(services.len() <= 1, "a community is served by one point at a time");
        for (figure, step) in [
            (Figure::Available, Self::is_available as fn(&Self, &Service, &Version, &Asked, Day) -> bool),
            (Figure::Accessible, Self::is_accessible),
            (Figure::Staffed, Self::is_staffed),
        ] {
            holds = holds && services.first().is_some_and(|service| step(self, service, version, asked, day));
            figures.insert(figure, Some(if holds { households } else { 0 }));
        }
        let mut reached = [0; 3];
        for (household, ..) in tenancies.iter().filter(|_| holds) {
            let steps = self.household(household, day);
            reached.iter_mut().zip(steps).for_each(|(sum, holds)| *sum += i64::from(holds));
        }
        figures.insert(Figure::Contacted, Some(reached[0]));
        if day == Day::parse(LAST).unwrap() {
            figures.extend([(Figure::Responded, Some(reached[1])), (Figure::Satisfied, Some(reached[2]))]);
        }
        figures
    }

    /// Is a household contacted; and nothing that it asked for overdue; and was its last word of the year a good one?
    fn household(&self, household: &Id, day: Day) -> [bool; 3] {
        let contacted = count(self.contacts.get(household), day) > 0;
        let due = self.open.get(household).into_iter().flatten();
        let responded = contacted && due.copied().all(|due| day.days() <= due);
        let words = self.words.get(household).into_iter().flatten();
        let last =
            words.filter(|(said, _)| day.days() < said + 365).max_by_key(|(said, good)| (*said, !good));
        [contacted, responded, responded && last.is_some_and(|(_, good)| *good)]
    }

    fn version(&self, community: &Id, day: Day) -> Option<&Version> {
        self.versions.iter().find(|version| version.community == *community && version.span.has(day))
    }

    /// A flat that is let by the room is as many dwellings as it has rooms.
    fn dwellings(&self, community: &Id, day: Day) -> i64 {
        let flats = self.units.iter().filter(|it| self.buildings[&it.1] == *community && it.2.has(day));
        flats.map(|it| count(self.rooms.get(&it.0), day).max(1)).sum()
    }

    fn is_assigned(&self, community: &Id, asked: &Asked, day: Day) -> bool {
        let in_force: Vec<&str> = self
            .modes
            .iter()
            .filter(|it| it.0 == *community && it.2.has(day))
            .map(|it| it.1.as_str())
            .collect();
        // A committee in preparation is one.
        let committee = ["own_committee", "preparatory_group"];
        let governed = |mode: &&str| {
            in_force.contains(mode)
                || committee.contains(mode) && committee.iter().any(|it| in_force.contains(it))
        };
        !asked.modes.is_empty() && asked.modes.iter().all(governed)
    }

    fn is_available(&self, service: &Service, _: &Version, asked: &Asked, day: Day) -> bool {
        let open = |span: &Option<Span>| span.as_ref().is_some_and(|span| span.has(day));
        open(&self.stations[&service.station])
            && open(&self.points[&service.point].0)
            && self.minutes(&service.point, day, |_| true) >= asked.open
    }

    fn is_accessible(&self, service: &Service, version: &Version, asked: &Asked, _: Day) -> bool {
        let Some(limit) = asked.walking else { return true };
        let point = self.points[&service.point].1;
        // The straight line × 1.3, in tenths of a metre.
        version.place.is_some_and(|home| home.metres_to(point) * 13 <= limit * 10)
    }

    fn is_staffed(&self, service: &Service, _: &Version, asked: &Asked, day: Day) -> bool {
        let held = |post: &Id| {
            self.posts[post].has(day) && self.holders.iter().any(|it| it.0 == *post && it.1.has(day))
        };
        self.minutes(&service.point, day, |line| line.post.as_ref().is_some_and(held)) >= asked.staffed
    }

    /// Minutes of the week that some line covers, looked at one by one.
    fn minutes(&self, point: &Id, day: Day, counts: impl Fn(&Line) -> bool) -> usize {
        let lines = self.rota.iter().filter(|it| it.point == *point && it.span.has(day) && counts(it));
        lines.flat_map(|line| line.minutes.clone()).collect::<HashSet<usize>>().len()
    }
}

/// What a matter says of a household.
struct Matter {
    household: Id,
    state: String,
    due: i64,
    word: Option<(i64, bool)>,
}

impl Matter {
    fn of(row: &Cells<'_>) -> Option<Self> {
        let household = known(row, "tenancy_id")?;
        let satisfied = truth(row, "satisfied");
        let closed = int(row, "closed_at").map(|at| base::Instant::from_millis(at).day().days());
        Some(Self {
            household,
            state: text(row, "state"),
            due: int(row, "due_on").unwrap(),
            word: closed.zip(satisfied),
        })
    }
}

fn count(spans: Option<&Vec<Span>>, day: Day) -> i64 {
    let spans = spans.into_iter().flatten().filter(|span| span.has(day));
    i64::try_from(spans.count()).unwrap()
}

fn asked(db: &Db, day: Day) -> HashMap<String, Asked> {
    db.read(|tx| {
        let (_, handbook) = in_force(tx, day)?.expect("a handbook in force");
        let mut codes = HashMap::new();
        for community in district::register::placed(tx, day)? {
            codes.insert(community.id, community.code);
        }
        let minutes = |hours: i64| usize::try_from(hours * 60).unwrap();
        let asked = facts(tx, day)?.into_iter().map(|(id, facts)| {
            let asks = prescribe(&handbook, &facts);
            let asked = Asked {
                modes: asks.modes.iter().flat_map(|modes| &modes.value).map(|mode| mode.as_code()).collect(),
                open: asks.open_hours.map_or(0, |open| minutes(open.value.hours)),
                staffed: asks.staffed_hours.map_or(0, |staffed| minutes(staffed.value)),
                walking: asks.walking_limit.map(|limit| limit.value),
            };
            (codes[&id].clone(), asked)
        });
        Ok::<_, district::Error>(asked.collect())
    })
    .unwrap()
}

/// Reads tables whole.
struct Reading<'a, 't> {
    tx: &'a mut Tx<'t>,
    schema: &'a db::Schema,
}

impl Reading<'_, '_> {
    fn all<T>(&mut self, table: &str, row: impl Fn(&Cells<'_>) -> T) -> Vec<T> {
        let known = &self.schema.tables[table];
        let mut all = Vec::new();
        let visit = |values: &[Value]| {
            let names = known.columns.iter().map(|column| column.name.as_str());
            all.push(row(&names.zip(values).collect()));
        };
        self.tx.scan(table, known, visit).unwrap();
        all
    }

    fn map<K: std::hash::Hash + Eq, V>(
        &mut self,
        table: &str,
        row: impl Fn(&Cells<'_>) -> (K, V),
    ) -> HashMap<K, V> {
        self.all(table, row).into_iter().collect()
    }
}

fn line(row: &Cells<'_>) -> Line {
    let minute = |name: &str| usize::try_from(int(row, name).unwrap()).unwrap();
    let midnight = (minute("weekday") - 1) * 1_440;
    Line {
        point: id(row, "point_id"),
        minutes: midnight + minute("from_minute")..midnight + minute("to_minute"),
        post: known(row, "post_id"),
        span: Span::of(row, "valid_from", "valid_to").unwrap(),
    }
}

fn place(row: &Cells<'_>) -> Option<Position> {
    int(row, "lat").map(|lat| Position::new(lat, int(row, "lon").unwrap()).unwrap())
}

fn id(row: &Cells<'_>, column: &str) -> Id {
    match row[column] {
        Value::Uuid(id) => id.as_bytes().to_vec(),
        Value::Bytes(bytes) => bytes.clone(),
        other => panic!("{column} holds {other:?}"),
    }
}

fn known(row: &Cells<'_>, column: &str) -> Option<Id> {
    (*row[column] != Value::Null).then(|| id(row, column))
}

fn text(row: &Cells<'_>, column: &str) -> String {
    match row[column] {
        Value::Text(text) => text.clone(),
        other => panic!("{column} holds {other:?}"),
    }
}

/// SQLite keeps truth as 0 and 1.
fn truth(row: &Cells<'_>, column: &str) -> Option<bool> {
    match row[column] {
        Value::Bool(truth) => Some(*truth),
        _ => int(row, column).map(|truth| truth != 0),
    }
}

fn int(row: &Cells<'_>, column: &str) -> Option<i64> {
    match row[column] {
        Value::Int(int) => Some(*int),
        Value::Null => None,
        other => panic!("{column} holds {other:?}"),
    }
}
