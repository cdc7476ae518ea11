//! What a plan counts: its weights, its costs, why a community is left out, what is marked. Pure.

use base::{Day, Money};
use handbook::Staffing;

use crate::coverage::rules::DETOUR_PER_CENT;

/// What a weight counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Money, in fen.
    Fen,
    /// Fen for one square metre and year.
    FenPerSquareMetre,
    /// Fen for one household and metre of way, a year.
    FenPerHouseholdMetre,
    /// Years.
    Years,
    /// Per cent.
    PerCent,
    /// Households.
    Households,
    /// Half-days a week.
    HalfDays,
    /// People.
    People,
    /// Metres on foot; 0 for what the handbook says.
    Metres,
    /// 1 for yes, 0 for no.
    YesNo,
}

impl Unit {
    /// The name in message ids and in the command line's answer.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fen => "fen",
            Self::FenPerSquareMetre => "fen-per-square-metre",
            Self::FenPerHouseholdMetre => "fen-per-household-metre",
            Self::Years => "years",
            Self::PerCent => "per-cent",
            Self::Households => "households",
            Self::HalfDays => "half-days",
            Self::People => "people",
            Self::Metres => "metres",
            Self::YesNo => "yes-no",
        }
    }
}

/// A weight of the plan: what it is called, what it counts in, what it may be. No source states any of them for the
/// district, so each is an assumption and shown as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// The name in forms, in the store and in message ids.
    pub name: &'static str,
    /// What it counts in.
    pub unit: Unit,
    /// What it is unless someone says otherwise.
    pub default: i64,
    /// The least it may be.
    pub least: i64,
    /// The most it may be.
    pub most: i64,
}

macro_rules! parameters {
    ($($(#[$doc:meta])* $field:ident: $unit:ident = $default:expr, $least:literal ..= $most:literal;)*) => {
        /// The weights of a plan, all whole numbers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Parameters { $($(#[$doc])* pub $field: i64,)* }

        impl Default for Parameters {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        /// Every weight, in the order of the page.
        pub const WEIGHTS: &[Weight] = &[$(Weight {
            name: stringify!($field),
            unit: Unit::$unit,
            default: $default,
            least: $least,
            most: $most,
        },)*];

        impl Parameters {
            /// The value of a weight.
            pub fn get(&self, name: &str) -> Option<i64> {
                match name { $(stringify!($field) => Some(self.$field),)* _ => None }
            }

            fn place(&mut self, name: &str) -> Option<&mut i64> {
                match name { $(stringify!($field) => Some(&mut self.$field),)* _ => None }
            }
        }
    };
}

parameters! {
    /// One worker's cost a year (wage, contributions, equipment).
    worker_year: Fen = 12_000_000, 1_000_000 ..= 100_000_000;
    /// Rent of one square metre a year, where no room is offered.
    rent_square_metre: FenPerSquareMetre = 73_000, 0 ..= 1_000_000;
    /// Fitting out a point, once.
    setup_point: Fen = 6_000_000, 0 ..= 1_000_000_000;
    /// Fitting out a station's host besides, once.
    setup_station: Fen = 20_000_000, 0 ..= 1_000_000_000;
    /// Clearing out a point that is open today, once.
    close_point: Fen = 1_000_000, 0 ..= 1_000_000_000;
    /// Moving the host of a station that is open today, once.
    move_host: Fen = 3_000_000, 0 ..= 1_000_000_000;
    /// Years over which what is paid once is spread.
    spread_years: Years = 5, 1 ..= 30;
    /// Walking, for one household and one metre of way, a year: twelve ways there and back at 75 metres a minute,
    /// half a yuan a minute.
    walking: FenPerHouseholdMetre = 16, 0 ..= 1_000;
    /// The way on foot in per cent of the straight line.
    detour: PerCent = DETOUR_PER_CENT, 100 ..= 300;
    /// The longest way on foot; 0 takes what the handbook says of each community.
    walking_limit: Metres = 0, 0 ..= 5_000;
    /// Households that one half-day a week of a point can serve.
    households_per_half_day: Households = 170, 10 ..= 2_000;
    /// Half-days a week of a point where the handbook asks for none.
    point_half_days: HalfDays = 6, 1 ..= 14;
    /// Half-days a week of a station's host.
    station_half_days: HalfDays = 10, 1 ..= 14;
    /// The fewest workers of a station: nobody is alone.
    station_workers: People = 2, 1 ..= 20;
    /// Whether a room may be rented where none is offered.
    rent_rooms: YesNo = 1, 0 ..= 1;
}

/// A weight that cannot be read: its name and what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadWeight {
    /// The weight.
    pub weight: Weight,
}

/// Half-days in a worker's week.
pub const HALF_DAYS_OF_A_WORKER: i64 = 10;

impl Parameters {
    /// Sets a weight; an error names what it may be, `None` that there is no such weight.
    pub fn set(&mut self, name: &str, value: i64) -> Option<Result<(), BadWeight>> {
        let weight = *WEIGHTS.iter().find(|weight| weight.name == name)?;
        if !(weight.least..=weight.most).contains(&value) {
            return Some(Err(BadWeight { weight }));
        }
        *self.place(name)? = value;
        Some(Ok(()))
    }

    /// As the store keeps them: a JSON object of whole numbers.
    pub fn to_json(&self) -> serde_json::Value {
        let pairs = WEIGHTS.iter().map(|weight| (weight.name.to_owned(), self.get(weight.name).into()));
        serde_json::Value::Object(pairs.collect())
    }

    /// From the store; a weight that was not kept then has its default, one that is no more is passed over.
    pub fn from_json(text: &str) -> Option<Self> {
        let kept: serde_json::Value = serde_json::from_str(text).ok()?;
        let mut parameters = Self::default();
        for (name, value) in kept.as_object()? {
            let _ = parameters.set(name, value.as_i64()?);
        }
        Some(parameters)
    }

    /// What is paid once, as a share of a year.
    pub fn yearly(&self, once: i64) -> i64 {
        once / self.spread_years.max(1)
    }

    /// One half-day a week at the door, over a year, priced at a worker's cost.
    pub fn half_day_year(&self) -> i64 {
        self.worker_year / HALF_DAYS_OF_A_WORKER
    }

    /// Whole people of a station: its communities' exact shares rounded up once, and never fewer than work together.
    pub fn station_workers(&self, communities: &[Staffing]) -> i64 {
        Staffing::together(communities).max(self.station_workers)
    }

    /// What so many workers cost a year.
    pub fn workers_year(&self, workers: i64) -> Money {
        Money::from_fen(workers * self.worker_year)
    }

    /// A year's share of fitting out a station that was not there before, its host's point included.
    pub fn new_station_year(&self) -> Money {
        Money::from_fen(self.yearly(self.setup_station) + self.yearly(self.setup_point))
    }

    /// A year's share of clearing out a station that is no more, its host's point included.
    pub fn closed_station_year(&self) -> Money {
        Money::from_fen(self.yearly(self.close_point))
    }

    /// Metres on foot of a straight line, rounded up.
    pub fn on_foot(&self, straight: i64) -> i64 {
        (straight * self.detour + 99) / 100
    }
}

/// What a year costs, in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Costs {
    /// Workers, whole people.
    pub workers: Money,
    /// Rooms that are rented.
    pub rooms: Money,
    /// A year's share of fitting out.
    pub setup: Money,
    /// A year's share of closing and moving what is open today.
    pub moves: Money,
    /// Time that the doors bind, priced at a worker's cost; it is not paid again.
    pub doors: Money,
    /// Walking, priced; nobody pays it in money.
    pub walking: Money,
}

impl Costs {
    /// What the budget pays: workers, rooms, fitting out, moves.
    pub fn paid(&self) -> Money {
        self.workers + self.rooms + self.setup + self.moves
    }

    /// What the plan makes as small as it can: everything.
    pub fn total(&self) -> Money {
        self.paid() + self.doors + self.walking
    }
}

impl std::ops::AddAssign for Costs {
    fn add_assign(&mut self, other: Self) {
        self.workers += other.workers;
        self.rooms += other.rooms;
        self.setup += other.setup;
        self.moves += other.moves;
        self.doors += other.doors;
        self.walking += other.walking;
    }
}

/// What an officer says of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// 固定: there has to be a point.
    Pin,
    /// 禁用: there must be none.
    Forbid,
}

impl Mark {
    /// The name in forms and in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Forbid => "forbid",
        }
    }

    /// The mark of a name; `None` for “left alone”, and for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pin, Self::Forbid].into_iter().find(|mark| mark.as_str() == name)
    }
}

/// Why a community is left without a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is not on the map yet.
    Unlocated,
    /// It lies in no grid, and only a grid shares a station.
    NoGrid,
    /// Its planned capacity is not decided, so the handbook cannot say its form of station.
    NoPlannedCapacity,
    /// The handbook leaves its form of station to a named person, who has not decided.
    Undecided,
    /// Every place it could walk to was forbidden.
    Forbidden,
    /// Nobody offers a room within its walking limit, and none may be rented.
    NoRoom {
        /// Metres on foot to the nearest place with a room, if there is one in its grid.
        nearest: Option<i64>,
        /// Its limit.
        limit: i64,
    },
    /// The places it could walk to serve as many households as they can.
    NoCapacity {
        /// Its households.
        households: i64,
    },
}

impl Reason {
    /// The name in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unlocated => "unlocated",
            Self::NoGrid => "no-grid",
            Self::NoPlannedCapacity => "no-planned-capacity",
            Self::Undecided => "undecided",
            Self::Forbidden => "forbidden",
            Self::NoRoom { nearest: Some(_), .. } => "no-room",
            Self::NoRoom { nearest: None, .. } => "no-room-at-all",
            Self::NoCapacity { .. } => "no-capacity",
        }
    }

    /// As the store keeps it: the name and its figures.
    pub fn to_text(self) -> String {
        let name = self.as_str();
        match self {
            Self::NoRoom { nearest, limit } => format!("{name} {} {limit}", nearest.unwrap_or(0)),
            Self::NoCapacity { households } => format!("{name} {households}"),
            _ => name.to_owned(),
        }
    }

    /// From the store.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let name = words.next()?;
        let mut number = || words.next()?.parse::<i64>().ok();
        Some(match name {
            "unlocated" => Self::Unlocated,
            "no-grid" => Self::NoGrid,
            "no-planned-capacity" => Self::NoPlannedCapacity,
            "undecided" => Self::Undecided,
            "forbidden" => Self::Forbidden,
            "no-room" => Self::NoRoom { nearest: Some(number()?), limit: number()? },
            "no-room-at-all" => {
                number()?;
                Self::NoRoom { nearest: None, limit: number()? }
            }
            "no-capacity" => Self::NoCapacity { households: number()? },
            _ => return None,
        })
    }
}

/// Where a scenario stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// One of several that are compared.
    Scenario,
    /// The district's plan.
    Adopted,
    /// It was the district's plan, until another was adopted.
    Superseded,
}

impl State {
    /// The name in the store and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scenario => "scenario",
            Self::Adopted => "adopted",
            Self::Superseded => "superseded",
        }
    }

    /// The state of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Scenario, Self::Adopted, Self::Superseded].into_iter().find(|state| state.as_str() == name)
    }
}

/// What happens to a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It stays.
    Kept,
    /// It opens.
    Opens,
    /// It becomes the host of a station whose host is elsewhere today.
    Moves,
    /// It closes.
    Closes,
}

impl Change {
    /// The name in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Opens => "opens",
            Self::Moves => "moves",
            Self::Closes => "closes",
        }
    }
}

/// How far a planned opening or closing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing happened yet.
    Waiting,
    /// It is open, since that day.
    Opened(Day),
    /// It is closed, since that day.
    Closed(Day),
}

/// How far from the best a plan may be in per mille, so that (objective − bound) × 1000 ÷ objective, rounded up.
pub fn gap_per_mille(objective: i64, bound: i64) -> i64 {
    if objective <= 0 { 0 } else { ((objective - bound).max(0) * 1000 + objective - 1) / objective }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_kept_and_read_and_stay_within_what_they_may_be() {
        let mut parameters = Parameters::default();
        assert_eq!(parameters.set("detour", 99).unwrap().unwrap_err().weight.least, 100);
        assert!(parameters.set("detour", 140).unwrap().is_ok());
        assert_eq!(parameters.set("colour", 1), None);
        assert_eq!(Parameters::from_json(&parameters.to_json().to_string()), Some(parameters));
        assert_eq!(Parameters::from_json("{}"), Some(Parameters::default()));
        for weight in WEIGHTS {
            assert!((weight.least..=weight.most).contains(&weight.default), "{}", weight.name);
        }
    }

    #[test]
    fn reasons_are_kept_with_their_figures() {
        for reason in [
            Reason::Unlocated,
            Reason::NoGrid,
            Reason::NoPlannedCapacity,
            Reason::Undecided,
            Reason::Forbidden,
            Reason::NoRoom { nearest: Some(1_640), limit: 800 },
            Reason::NoRoom { nearest: None, limit: 800 },
            Reason::NoCapacity { households: 502 },
        ] {
            assert_eq!(Reason::from_text(&reason.to_text()), Some(reason));
        }
        assert_eq!(Reason::from_text("rain"), None);
    }

    #[test]
    fn a_gap_is_rounded_against_us() {
        assert_eq!(gap_per_mille(1_000_000, 999_999), 1);
        assert_eq!(gap_per_mille(1_000_000, 1_000_000), 0);
        assert_eq!(gap_per_mille(0, 0), 0);
    }

    #[test]
    fn ways_are_rounded_up() {
        assert_eq!(Parameters::default().on_foot(100), 130);
        assert_eq!(Parameters::default().on_foot(1), 2);
    }
}
