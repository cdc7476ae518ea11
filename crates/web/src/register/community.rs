//! The page of a community: who serves it and when somebody is there, for anyone; what the register says, for those who
//! work with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::CommunityRecord;
use district::coverage::Figure;
use district::coverage::rules::{Cascade, Public, Standing, Step};
use district::kit::Scope;
use district::people::{Action, may};
use district::register::{Building, Community, Directory, Grid, Mode, Remit, Town};
use district::stations::rules::{Shift, next_staffed};
use district::stations::{self, Point, Station};

use super::list::mode_message;
use crate::kit::{self, Fault, Shell, WEEKDAYS};

/// Who serves the community.
struct Service {
    station: Station,
    point: Point,
    week: Week,
    next: Option<(Day, Shift)>,
    open: bool,
    /// May the reader open the station's own page?
    leads_on: bool,
}

/// A point's week as a table: mornings, afternoons, evenings by weekday.
struct Week {
    rows: Vec<(&'static str, Vec<Cell>)>,
    /// The hours of each part that has any.
    hours: Vec<(&'static str, String)>,
}

/// A part of a day at a point.
#[derive(Clone, Default)]
struct Cell {
    open: bool,
    staffed: bool,
    next: bool,
    words: String,
}

/// Parts of the day: message, from minute, to minute.
const PARTS: [(&str, i64, i64); 3] = [
    ("register-morning", 0, 12 * 60),
    ("register-afternoon", 12 * 60, 17 * 60 + 30),
    ("register-evening", 17 * 60 + 30, 24 * 60),
];

fn hours(shift: &Shift) -> String {
    kit::hours(shift.from, shift.to)
}

impl Week {
    fn of(shifts: &[Shift], next: Option<(Day, Shift)>) -> Self {
        let mut rows = Vec::new();
        let mut all_hours = Vec::new();
        for (message, from, to) in PARTS {
            let within = |shift: &&Shift| (from..to).contains(&shift.from);
            let mut cells = vec![Cell::default(); 7];
            for shift in shifts.iter().filter(within) {
                let day = usize::try_from(shift.weekday - 1).unwrap_or(0).min(6);
                let cell = &mut cells[day];
                cell.open = true;
                cell.staffed |= shift.staffed;
                cell.words = hours(shift);
                cell.next |= next.is_some_and(|(day, next)| {
                    i64::from(day.weekday()) == shift.weekday && next.from == shift.from
                });
            }
            if let Some(first) = shifts.iter().find(within) {
                all_hours.push((message, hours(first)));
                rows.push((message, cells));
            }
        }
        Self { rows, hours: all_hours }
    }
}

/// What only those see who work with the register.
pub(crate) struct Register {
    pub(crate) record: Arc<CommunityRecord>,
    pub(crate) buildings: Arc<Vec<Building>>,
}

/// What was read for the page, as far as the reader may know it.
pub(crate) struct Read {
    pub(crate) community: Arc<Community>,
    directory: Arc<Directory>,
    pub(crate) service: Option<Arc<stations::ServedBy>>,
    pub(crate) reached: Option<Standing>,
    pub(crate) register: Option<Register>,
}

/// Reads it, by code or id.
pub(crate) fn read(s: &Shell, key: &str, day: Day) -> Result<Read, Fault> {
    let read = s.state.read(|tx| {
        let memory = &s.state.memory;
        let Some(community) = memory.community(tx, key, day)? else { return Ok(None) };
        let d = &community.description;
        let scope = Scope::Community { town: d.town, grid: d.grid, community: community.id };
        let public = memory.is_published(tx, Figure::Communities)?;
        let reached = if public || may(&s.actor, Action::CoverageRead, scope) {
            memory.standings(tx, day)?.get(community.id).cloned()
        } else {
            None
        };
        let register = if may(&s.actor, Action::RegisterRead, scope) {
            Some(Register {
                record: memory.record(tx, community.id, day)?,
                buildings: memory.buildings(tx, community.id, day)?,
            })
        } else {
            None
        };
        let service = memory.served_by(tx, community.id, day)?;
        let directory = memory.directory(tx, day)?;
        Ok(Some(Read { community, directory, service, reached, register }))
    })?;
    read.ok_or(Fault::Absent)
}

#[derive(Template)]
#[template(path = "register/community.html")]
struct Show<'a> {
    s: &'a Shell,
    day: Day,
    community: &'a Community,
    town: Option<&'a Town>,
    grid: Option<&'a Grid>,
    service: Option<Service>,
    reached: Option<&'a Standing>,
    /// Its households by step, for those who may see figures that are not published.
    households: Option<i64>,
    register: Option<&'a Register>,
    prescription: bool,
    may_write: bool,
    may_propose: bool,
}

#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates call methods, and give references to fields"
)]
impl Show<'_> {
    fn kind(&self) -> &'static str {
        kit::kind_message(self.community.description.kind)
    }

    fn mode(&self, mode: &Mode) -> &'static str {
        mode_message(mode.mode)
    }

    fn right(&self) -> &'static str {
        match self.community.description.right {
            handbook::PropertyRight::SingleOwner => "register-right-single",
            handbook::PropertyRight::SeveralOwners => "register-right-several",
        }
    }

    fn remit(&self, remit: &Remit) -> &'static str {
        match remit.remit.as_str() {
            "operator" => "register-remit-operator",
            "property" => "register-remit-property",
            "mall" => "register-remit-mall",
            "neighbour" => "register-remit-neighbour",
            _ => "register-remit-party",
        }
    }

    /// The name of a system that a community has a number in.
    fn system(&self, code: &str) -> &'static str {
        let found = district::exchange::sheets::SOURCES.iter().find(|choice| choice.code == code);
        let chinese = self.s.language.is_chinese();
        found.map_or("", |choice| if chinese { choice.zh } else { choice.en })
    }

    /// A failing check character warns: real codes fail it.
    fn fails(&self, remit: &Remit) -> bool {
        remit.uscc.as_deref().is_some_and(|code| base::code::check_uscc(code) != base::code::Check::Passes)
    }

    /// The steps up to the last that holds, and those that follow. Beyond *staffed* each household stands where it stands: how
    /// many do, where that is no secret of a few.
    fn steps(&self) -> Vec<AtStep> {
        let Some(standing) = self.reached else { return Vec::new() };
        let cascade = Cascade::of([standing]);
        let of = |step: Step| {
            let knows = self.households.is_some();
            let holds = standing.reached >= step.min(Step::Staffed);
            let share = (step.is_of_households() && holds).then(|| {
                let at = if knows { Some(cascade.at(step)) } else { Public::of(cascade).at(step) };
                let share = |at| crate::coverage::percent(base::per_mille(at, standing.households));
                at.map_or_else(|| self.s.t("coverage-too-few").to_owned(), share)
            });
            AtStep {
                name: crate::coverage::step_message(step),
                holds,
                households: knows.then(|| standing.at(step)),
                share,
            }
        };
        Step::ALL.into_iter().map(of).collect()
    }

    /// `88弄` and `示范路`, for the number plate.
    fn plate(&self) -> Option<(String, String)> {
        let address = &self.community.description.address;
        let at = address.find(|c: char| c.is_ascii_digit())?;
        let (road, number) = address.split_at(at);
        (!road.is_empty() && number.chars().count() <= 7).then(|| (road.to_owned(), number.to_owned()))
    }

    fn weekday(&self, day: &Day) -> &'static str {
        WEEKDAYS[usize::from(day.weekday().unsigned_abs().saturating_sub(1)).min(6)]
    }

    fn weekdays(&self) -> [&'static str; 7] {
        SHORT_WEEKDAYS
    }

    fn hours(&self, shift: &Shift) -> String {
        hours(shift)
    }

    /// May the reader print letters for those who live here?
    fn may_print(&self) -> bool {
        let d = &self.community.description;
        let scope = Scope::Community { town: d.town, grid: d.grid, community: self.community.id };
        may(&self.s.actor, Action::LetterPrint, scope)
    }

    /// A number to be dialled.
    fn dial(&self, telephone: &str) -> String {
        telephone.chars().filter(char::is_ascii_digit).collect()
    }

    fn planned(&self) -> Option<String> {
        self.community.description.planned_households.map(base::grouped)
    }
}

/// A step of a community.
struct AtStep {
    name: &'static str,
    holds: bool,
    /// For whom it is no secret.
    households: Option<i64>,
    /// Of its households, at a step where each stands by itself; or that they are too few to be told.
    share: Option<String>,
}

const SHORT_WEEKDAYS: [&str; 7] = [
    "register-day-1",
    "register-day-2",
    "register-day-3",
    "register-day-4",
    "register-day-5",
    "register-day-6",
    "register-day-7",
];

fn page<'a>(s: &'a Shell, day: Day, read: &'a Read) -> Show<'a> {
    let d = &read.community.description;
    let scope = Scope::Community { town: d.town, grid: d.grid, community: read.community.id };
    let service = read.service.as_deref().map(|stations::ServedBy { station, point, shifts }| {
        let next = next_staffed(shifts, s.now()).filter(|_| day == s.today());
        let open = station.is_open(day) && point.is_open(day);
        Service {
            station: station.clone(),
            point: point.clone(),
            week: Week::of(shifts, next),
            next,
            open,
            leads_on: may(&s.actor, Action::StationRead, scope),
        }
    });
    Show {
        s,
        day,
        community: &read.community,
        town: read.directory.town(d.town),
        grid: d.grid.and_then(|grid| read.directory.grid(grid)),
        service,
        reached: read.reached.as_ref(),
        households: read
            .reached
            .as_ref()
            .filter(|_| may(&s.actor, Action::CoverageRead, scope))
            .map(|standing| standing.households),
        register: read.register.as_ref(),
        prescription: may(&s.actor, Action::HandbookRead, scope),
        may_write: may(&s.actor, Action::RegisterWrite, scope),
        may_propose: may(&s.actor, Action::ListingPropose, scope),
    }
}

/// GET `/communities/{id}`: by code or id.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let day = s.on()?;
    let read = read(&s, &key, day)?;
    s.html(&page(&s, day, &read))
}

#[derive(Template)]
#[template(path = "register/sheet.html")]
struct Sheet<'a> {
    s: &'a Shell,
    p: Show<'a>,
    register: &'a Register,
}

/// GET `/communities/{id}/sheet`: everything on one A4 page.
pub(super) async fn sheet(s: Shell, Path(key): Path<String>) -> kit::Result {
    let day = s.on()?;
    let read = read(&s, &key, day)?;
    let register = read.register.as_ref().ok_or(Fault::Forbidden(Some(Action::RegisterRead), None))?;
    s.html(&Sheet { s: &s, p: page(&s, day, &read), register })
}
