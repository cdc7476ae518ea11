//! The form that describes a community: the same for changing one and for proposing one.

use base::{Day, Position, PositionError, degrees, degrees_text};
use district::kit::{GridId, TownId};
use district::register::rules::half_width;
use district::register::{Description, MOST_HOUSEHOLDS};
use handbook::{CommunityKind, PropertyRight};

use crate::kit::{self, Faults, Fields, Places, Shell};

/// What stands in the form.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub name: String,
    pub name_en: String,
    pub kind: String,
    pub label: String,
    pub right: String,
    pub town: String,
    pub grid: String,
    pub address: String,
    pub latitude: String,
    pub longitude: String,
    pub system: String,
    pub opened_on: String,
    pub planned: String,
    pub planned_on: String,
    pub from: String,
}

/// The coordinates of Chinese map products.
const GCJ: &str = "gcj02";

impl Typed {
    /// What is registered, to be changed from a day on.
    pub fn of(d: &Description, from: Day) -> Self {
        let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            name: d.name.clone(),
            name_en: d.name_en.clone(),
            kind: d.kind.as_code().into(),
            label: d.label.clone(),
            right: d.right.as_code().into(),
            town: d.town.to_string(),
            grid: d.grid.map(|grid| grid.to_string()).unwrap_or_default(),
            address: d.address.clone(),
            latitude: d.position.map(|at| degrees_text(at.lat())).unwrap_or_default(),
            longitude: d.position.map(|at| degrees_text(at.lon())).unwrap_or_default(),
            system: String::new(),
            opened_on: day(d.opened_on),
            planned: d.planned_households.map(|planned| planned.to_string()).unwrap_or_default(),
            planned_on: day(d.planned_decided_on),
            from: from.to_string(),
        }
    }

    /// What was sent.
    pub fn sent(fields: &Fields) -> Self {
        let field = |name: &str| fields.get(name).to_owned();
        Self {
            name: field("name"),
            name_en: field("name_en"),
            kind: field("kind"),
            label: field("label"),
            right: field("right"),
            town: field("town"),
            grid: field("grid"),
            address: field("address"),
            latitude: field("latitude"),
            longitude: field("longitude"),
            system: field("system"),
            opened_on: field("opened_on"),
            planned: field("planned"),
            planned_on: field("planned_on"),
            from: field("from"),
        }
    }

    /// The description and its first day; or everything that is wrong, each at its field.
    pub fn read(&self, s: &Shell, places: &Places) -> Result<(Description, Day), Faults> {
        let mut reading = Reading { s, faults: Faults::none() };
        let from = reading.day("from", &self.from);
        if self.from.is_empty() {
            reading.wrong("from", "register-refused-date");
        }
        if self.name.is_empty() {
            reading.wrong("name", "register-refused-name-empty");
        }
        let kind = CommunityKind::from_code(&self.kind).ok();
        let right = PropertyRight::from_code(&self.right).ok();
        if kind.is_none() {
            reading.wrong("kind", "register-refused-choice");
        }
        if right.is_none() {
            reading.wrong("right", "register-refused-choice");
        }
        let (town, grid) = reading.part(self, places);
        let position = reading.position(self);
        let planned = reading.planned(&self.planned);
        let (opened_on, planned_on) =
            (reading.day("opened_on", &self.opened_on), reading.day("planned_on", &self.planned_on));
        if !self.planned.is_empty() && self.planned_on.is_empty() {
            reading.wrong("planned_on", "register-refused-planned-undated");
        }
        match (from, kind, right, town, reading.faults) {
            (Some(from), Some(kind), Some(right), Some(town), faults) if faults.is_empty() => Ok((
                Description {
                    name: self.name.clone(),
                    name_en: self.name_en.clone(),
                    kind,
                    label: self.label.clone(),
                    right,
                    town,
                    grid,
                    address: self.address.clone(),
                    position,
                    opened_on,
                    planned_households: planned,
                    planned_decided_on: planned_on.filter(|_| planned.is_some()),
                    boundary: None,
                },
                from,
            )),
            (.., faults) => Err(faults),
        }
    }
}

/// Reads the fields of a form and gathers what is wrong with them.
struct Reading<'a> {
    s: &'a Shell,
    faults: Faults,
}

impl Reading<'_> {
    fn wrong(&mut self, field: &'static str, message: &str) {
        self.faults.add(Some(field), self.s.t(message).to_owned());
    }

    /// A day; nothing where nothing was typed.
    fn day(&mut self, field: &'static str, text: &str) -> Option<Day> {
        if text.is_empty() {
            return None;
        }
        let day = text.parse().ok();
        if day.is_none() {
            self.wrong(field, "register-refused-date");
        }
        day
    }

    /// The town, and the grid if one was chosen; a grid lies in its town.
    fn part(&mut self, typed: &Typed, places: &Places) -> (Option<TownId>, Option<GridId>) {
        let town = typed.town.parse().ok().filter(|town| places.town(*town).is_some());
        if town.is_none() {
            self.wrong("town", "register-refused-choice");
        }
        if typed.grid.is_empty() {
            return (town, None);
        }
        let grid = typed.grid.parse().ok().and_then(|grid| places.grid(grid));
        match grid {
            None => self.wrong("grid", "register-refused-choice"),
            Some(grid) if town.is_some_and(|town| town != grid.town) => {
                self.wrong("grid", "register-refused-grid-elsewhere");
            }
            Some(_) => {}
        }
        (town, grid.map(|grid| grid.id))
    }

    fn position(&mut self, typed: &Typed) -> Option<Position> {
        if typed.latitude.is_empty() && typed.longitude.is_empty() {
            return None;
        }
        let position = position(&typed.latitude, &typed.longitude, &typed.system);
        position.map_err(|(field, message)| self.wrong(field, message)).ok()
    }

    fn planned(&mut self, text: &str) -> Option<i64> {
        if text.is_empty() {
            return None;
        }
        let plain: String = text.chars().map(half_width).filter(|c| *c != ',').collect();
        let planned = plain.parse().ok().filter(|planned| (0..=MOST_HOUSEHOLDS).contains(planned));
        if planned.is_none() {
            let text = self.s.t1("register-refused-planned", "most", MOST_HOUSEHOLDS);
            self.faults.add(Some("planned"), text);
        }
        planned
    }
}

/// The place that degrees name, as they are typed; or the field that is wrong, and why.
pub(crate) fn position(lat: &str, lon: &str, system: &str) -> Result<Position, (&'static str, &'static str)> {
    let number = |text: &str, field| {
        let plain: String = text.chars().map(half_width).collect();
        degrees(plain.trim().trim_end_matches('°')).ok_or((field, "register-refused-degrees"))
    };
    let at =
        Position::new(number(lat, "latitude")?, number(lon, "longitude")?).map_err(|error| match error {
            PositionError::Exchanged => ("latitude", "register-refused-exchanged"),
            PositionError::Outside => ("latitude", "register-refused-outside"),
        })?;
    Ok(if system == GCJ { at.from_gcj02() } else { at })
}

/// A town that a reader may describe communities of, with its grids.
pub(super) struct TownChoice {
    pub id: TownId,
    pub name: String,
    pub grids: Vec<(GridId, String)>,
}

/// Codes with the messages that name them.
type Choices = Vec<(&'static str, &'static str)>;

/// What the form is chosen from, and what is chosen.
pub(super) struct Form {
    pub typed: Typed,
    pub kinds: Choices,
    pub rights: Choices,
    pub towns: Vec<TownChoice>,
    pub faults: Faults,
}

impl Form {
    /// The form as it is shown to a reader.
    pub fn new(s: &Shell, places: &Places, typed: Typed, faults: Faults) -> Self {
        let own = s.actor.scope().town();
        let grids = |town: TownId| {
            let of = places.grids.iter().filter(|grid| grid.town == town);
            of.map(|grid| (grid.id, places.grid_name(s, grid.id))).collect()
        };
        let theirs = places.towns.iter().filter(|town| own.is_none_or(|own| own == town.id));
        let choice = |id| TownChoice { id, name: places.town_name(s, id), grids: grids(id) };
        Self {
            typed,
            kinds: CommunityKind::ALL.iter().map(|kind| (kind.as_code(), kit::kind_message(*kind))).collect(),
            rights: vec![
                ("single_owner", "register-right-single"),
                ("several_owners", "register-right-several"),
            ],
            towns: theirs.map(|town| choice(town.id)).collect(),
            faults,
        }
    }

    /// Is this the town that is chosen?
    pub fn in_town(&self, town: &TownChoice) -> bool {
        self.typed.town == town.id.to_string()
    }

    /// Is this the grid that is chosen?
    pub fn in_grid(&self, grid: &GridId) -> bool {
        self.typed.grid == grid.to_string()
    }
}
