//! Premises that could host a station or a point: those of the own part, and one more.

use askama::Template;
use axum::extract::Path;
use base::{Area, Day, Money, Position};
use district::kit::{GridId, PremisesId, Scope, TownId};
use district::people::{self, Action};
use district::register::rules::half_width;
use district::stations::{self, AddPremises, KINDS, Premises};
use http::StatusCode;

use crate::kit::table::{self, Column, FileLink, Listed, text};
use crate::kit::{self, Fault, Faults, Fields, Places, Posted, Shell};
use crate::register::describe::position;

fn kind(code: &str) -> &'static str {
    match code {
        "party_service_centre" => "stations-premises-party-service-centre",
        "committee_office" => "stations-premises-committee-office",
        "mall" => "stations-premises-mall",
        _ => "stations-premises-community-room",
    }
}

/// Premises in the list.
struct Row {
    name: String,
    kind: &'static str,
    town: String,
    grid: String,
    premises: Premises,
    /// May the reader say that they are not there any more?
    may_end: bool,
}

#[derive(Template)]
#[template(path = "stations/premises.html")]
struct List<'a> {
    s: &'a Shell,
    day: Day,
    rows: Vec<Row>,
    offered: usize,
    may_add: bool,
    /// The message about what was done, if something was.
    done: Option<&'static str>,
    /// The day that was typed as an end.
    to: String,
    faults: Faults,
    files: Vec<FileLink>,
}

/// The premises that the reader may read on a day.
fn rows(s: &Shell, day: Day) -> Result<Vec<Row>, Fault> {
    let (all, places) =
        s.state.read(|tx| Ok((stations::premises_of(tx, &s.actor, day)?, Places::read(s, tx, day)?)))?;
    let rows = all
        .into_iter()
        .map(|it| Row {
            name: s.name(&it.name, &it.name_en).into_owned(),
            kind: kind(&it.kind),
            town: places.town_name(s, it.town),
            grid: it.grid.map(|grid| places.grid_name(s, grid)).unwrap_or_default(),
            may_end: people::may(&s.actor, Action::StationWrite, scope(&it)),
            premises: it,
        })
        .collect();
    Ok(rows)
}

const COLUMNS: [Column; 7] = [
    ("name", "register-name"),
    ("kind", "stations-premises-kind"),
    ("town", "coverage-town"),
    ("grid", "coverage-grid"),
    ("offered", "stations-premises-offered"),
    ("area", "stations-premises-area-metres"),
    ("rent", "stations-premises-rent-yuan"),
];

/// Hundredths as a spreadsheet reads them: `12000.50`.
fn hundredths(all: i64) -> String {
    format!("{}.{:02}", all / 100, all % 100)
}

/// GET `/district/stations/premises/list/{form}`: the same as `xlsx`, `csv` or `geojson`.
pub(super) async fn file(s: Shell, Path(kind): Path<String>) -> kit::Result {
    let day = s.on()?;
    let rows = rows(&s, day)?;
    let cells = |row: &Row| {
        let it = &row.premises;
        let offered = if it.room_offered { "stations-premises-yes" } else { "stations-premises-no" };
        vec![
            text(row.name.as_str()),
            text(s.t(row.kind)),
            text(row.town.as_str()),
            text(row.grid.as_str()),
            text(s.t(offered)),
            text(it.area.map(|area| hundredths(area.cm2() / 100)).unwrap_or_default()),
            text(it.rent.map(|rent| hundredths(rent.fen())).unwrap_or_default()),
        ]
    };
    let list = Listed {
        name: "premises",
        title: s.t("stations-premises-title"),
        day,
        columns: &COLUMNS,
        rows: rows.iter().map(cells).collect(),
        places: Some(rows.iter().map(|row| Some(row.premises.position)).collect()),
    };
    list.file(&s, &kind)
}

/// GET `/district/stations/premises?on=…`.
pub(super) async fn list(s: Shell) -> kit::Result {
    let day = s.on()?;
    list_page(&s, StatusCode::OK, day, s.today().to_string(), Faults::none())
}

fn list_page(s: &Shell, status: StatusCode, day: Day, to: String, faults: Faults) -> kit::Result {
    let rows = rows(s, day)?;
    let done = match s.asked("done").as_deref() {
        Some("added") => Some("stations-done-premises"),
        Some("ended") => Some("stations-done-premises-end"),
        _ => None,
    };
    let view = List {
        s,
        day,
        offered: rows.iter().filter(|row| row.premises.room_offered).count(),
        rows,
        may_add: people::may(&s.actor, Action::StationWrite, s.actor.scope()),
        done,
        to,
        faults,
        files: table::files("/district/stations/premises/list", &s.query, true),
    };
    s.html_with(status, &view)
}

fn scope(premises: &Premises) -> Scope {
    let town = premises.town;
    premises.grid.map_or(Scope::Town(town), |grid| Scope::Grid { town, grid })
}

/// POST `/district/stations/premises/{id}`: from the day `to` on they are not there any more.
pub(super) async fn end(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let id: PremisesId = super::id(&key)?;
    let typed = posted.fields.get("to").to_owned();
    let again = |faults| list_page(&s, StatusCode::UNPROCESSABLE_ENTITY, s.today(), typed.clone(), faults);
    let Ok(to) = typed.parse::<Day>() else {
        return again(Faults::one(Some("to"), s.t("register-refused-date").to_owned()));
    };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        stations::end_premises(tx, call, &[(id, to)])?;
        Ok("/district/stations/premises?done=ended".into())
    });
    s.after(done, again)
}

/// What stands in the form.
#[derive(Debug, Clone, Default)]
struct Typed {
    kind: String,
    name: String,
    name_en: String,
    town: String,
    grid: String,
    latitude: String,
    longitude: String,
    system: String,
    offered: bool,
    area: String,
    rent: String,
    from: String,
}

/// Everything of premises but their id.
struct Described {
    town: TownId,
    grid: Option<GridId>,
    position: Position,
    area: Option<Area>,
    rent: Option<Money>,
    from: Day,
}

impl Typed {
    fn sent(fields: &Fields) -> Self {
        let field = |name: &str| fields.get(name).to_owned();
        Self {
            kind: field("kind"),
            name: field("name"),
            name_en: field("name_en"),
            town: field("town"),
            grid: field("grid"),
            latitude: field("latitude"),
            longitude: field("longitude"),
            system: field("system"),
            offered: fields.get("offered") == "1",
            area: field("area"),
            rent: field("rent"),
            from: field("from"),
        }
    }

    /// What the fields say; or everything that is wrong, each at its field.
    fn read(&self, s: &Shell, choice: &Choice) -> Result<Described, Faults> {
        let mut faults = Faults::none();
        let mut wrong = |field, message: &str| faults.add(Some(field), s.t(message).to_owned());
        if !KINDS.contains(&self.kind.as_str()) {
            wrong("kind", "register-refused-choice");
        }
        if self.name.is_empty() {
            wrong("name", "register-refused-name-empty");
        }
        let town = choice.towns.iter().find(|town| town.id.to_string() == self.town);
        let mut grid = None;
        if let Some(town) = town {
            grid = town.grids.iter().find(|(id, _)| id.to_string() == self.grid).map(|(id, _)| *id);
            if grid.is_none() && (!self.grid.is_empty() || choice.needs_grid) {
                wrong("grid", "register-refused-grid-elsewhere");
            }
        } else {
            wrong("town", "register-refused-choice");
        }
        let position = position(&self.latitude, &self.longitude, &self.system);
        if let Err((field, message)) = position {
            wrong(field, message);
        }
        let (area, rent) = (area(&self.area), money(&self.rent));
        if let Err(message) = area {
            wrong("area", message);
        }
        if let Err(message) = rent {
            wrong("rent", message);
        }
        let from = self.from.parse::<Day>().ok();
        if from.is_none() {
            wrong("from", "register-refused-date");
        }
        match (town, position, area, rent, from) {
            (Some(town), Ok(position), Ok(area), Ok(rent), Some(from)) if faults.is_empty() => {
                Ok(Described { town: town.id, grid, position, area, rent, from })
            }
            _ => Err(faults),
        }
    }
}

fn plain(text: &str) -> String {
    text.chars().map(half_width).filter(|c| *c != ',' && !c.is_whitespace()).collect()
}

/// An area in square metres, if one was typed; or why it is none.
fn area(text: &str) -> Result<Option<Area>, &'static str> {
    let text = plain(text);
    if text.is_empty() {
        return Ok(None);
    }
    Area::from_metres_text(text.trim_end_matches('㎡')).map(Some).ok_or("stations-refused-area")
}

/// A yearly rent in yuan with at most two decimals, if one was typed; or why it is none.
fn money(text: &str) -> Result<Option<Money>, &'static str> {
    const WRONG: &str = "stations-refused-rent";
    let text = plain(text);
    if text.is_empty() {
        return Ok(None);
    }
    let text = text.trim_start_matches(['¥', '￥']).trim_end_matches('元');
    let (yuan, fen) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    // Nine digits are more than any rent, and far from what an integer cannot hold.
    if yuan.is_empty() || yuan.len() > 9 || fen.len() > 2 || !digits(yuan) || !digits(fen) {
        return Err(WRONG);
    }
    let yuan: i64 = yuan.parse().map_err(|_| WRONG)?;
    let fen: i64 = format!("{fen:0<2}").parse().map_err(|_| WRONG)?;
    Ok(Some(Money::from_fen(yuan * 100 + fen)))
}

/// A town in which the reader may add premises, with its grids.
struct TownChoice {
    id: TownId,
    name: String,
    grids: Vec<(GridId, String)>,
}

/// Where the reader may add premises.
struct Choice {
    towns: Vec<TownChoice>,
    /// A grid leader adds them in the own grid alone.
    needs_grid: bool,
}

impl Choice {
    fn read(s: &Shell) -> Result<Self, Fault> {
        let places = s.state.read(|tx| Places::read(s, tx, s.today()))?;
        let may = |scope| people::may(&s.actor, Action::StationWrite, scope);
        let mut towns = Vec::new();
        for town in &places.towns {
            let grids = places.grids.iter().filter(|grid| grid.town == town.id);
            let theirs = grids.filter(|grid| may(Scope::Grid { town: town.id, grid: grid.id }));
            let grids: Vec<_> = theirs.map(|grid| (grid.id, places.grid_name(s, grid.id))).collect();
            if may(Scope::Town(town.id)) || !grids.is_empty() {
                towns.push(TownChoice { id: town.id, name: places.town_name(s, town.id), grids });
            }
        }
        let needs_grid = !towns.iter().any(|town| may(Scope::Town(town.id)));
        Ok(Self { towns, needs_grid })
    }
}

#[derive(Template)]
#[template(path = "stations/offer.html")]
struct Offer<'a> {
    s: &'a Shell,
    kinds: [(&'static str, &'static str); 4],
    choice: &'a Choice,
    typed: Typed,
    faults: Faults,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Offer<'_> {
    fn is(&self, id: &impl ToString, typed: &str) -> bool {
        id.to_string() == typed
    }
}

fn page(s: &Shell, status: StatusCode, choice: &Choice, typed: Typed, faults: Faults) -> kit::Result {
    s.html_with(status, &Offer { s, kinds: KINDS.map(|code| (code, kind(code))), choice, typed, faults })
}

/// GET `/district/stations/premises/new`.
pub(super) async fn form(s: Shell) -> kit::Result {
    let choice = Choice::read(&s)?;
    let mut typed = Typed { from: s.today().to_string(), offered: true, ..Typed::default() };
    if let [only] = choice.towns.as_slice() {
        typed.town = only.id.to_string();
        if let ([(grid, _)], true) = (only.grids.as_slice(), choice.needs_grid) {
            typed.grid = grid.to_string();
        }
    }
    page(&s, StatusCode::OK, &choice, typed, Faults::none())
}

/// POST the same.
pub(super) async fn add(s: Shell, posted: Posted) -> kit::Result {
    let choice = Choice::read(&s)?;
    let typed = Typed::sent(&posted.fields);
    let again = |faults| page(&s, StatusCode::UNPROCESSABLE_ENTITY, &choice, typed.clone(), faults);
    let described = match typed.read(&s, &choice) {
        Ok(described) => described,
        Err(faults) => return again(faults),
    };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let command = AddPremises {
            id: call.id(),
            kind: typed.kind.clone(),
            name: typed.name.clone(),
            name_en: typed.name_en.clone(),
            town: described.town,
            grid: described.grid,
            community: None,
            position: described.position,
            room_offered: typed.offered,
            area: described.area,
            rent: described.rent,
            from: described.from,
        };
        stations::add_premises(tx, call, &[command])?;
        Ok("/district/stations/premises?done=added".into())
    });
    s.after(done, again)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rents_and_areas_are_whole_numbers() {
        assert_eq!(money("12,000.5"), Ok(Some(Money::from_fen(1_200_050))));
        assert_eq!(money("￥１２元"), Ok(Some(Money::from_fen(1200))));
        assert_eq!(money(""), Ok(None));
        assert!(money("12.345").is_err());
        assert!(money("-1").is_err());
        assert_eq!(area("８９.５"), Ok(Some(Area::from_cm2(895_000))));
        assert!(area("大").is_err());
    }
}
