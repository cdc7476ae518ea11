//! Stations (社工站) in the browser: the list of the own part, a station with its points, posts and week, and the forms
//! by which its people and its hours are entered.

mod describe;
mod holder;
mod list;
mod post;
mod premises;
mod rota;
mod show;

use std::collections::HashMap;
use std::sync::Arc;

use base::{Day, Uuid};
use district::kit::{Id, PremisesId, StationId};
use district::people::Action;
use district::register::Roll;
use district::stations::{self, Place, Post, Premises, Sheet};
use handbook::StationForm;

use crate::kit::{Access, Door, Fault, Places, Routes, Shell};

pub(crate) fn routes() -> Routes {
    let (read, write) = (Access::May(Action::StationRead), Access::May(Action::StationWrite));
    Routes::new()
        .get("/district/stations", read, list::show)
        .room(Door::District, 45, "/district/stations", "stations-room")
        .get("/district/stations/list/{form}", read, list::file)
        .get("/district/stations/premises", read, premises::list)
        .get("/district/stations/premises/list/{form}", read, premises::file)
        .get("/district/stations/premises/new", write, premises::form)
        .post("/district/stations/premises/new", write, premises::add)
        .post("/district/stations/premises/{id}", write, premises::end)
        .get("/district/stations/{id}", read, show::show)
        .get("/district/stations/{id}/describe", write, describe::show)
        .post("/district/stations/{id}/describe", write, describe::change)
        .get("/district/stations/{id}/posts", write, post::adding)
        .post("/district/stations/{id}/posts", write, post::add)
        .get("/district/stations/{id}/posts/{post}", write, post::show)
        .post("/district/stations/{id}/posts/{post}", write, post::change)
        .post(
            "/district/stations/{id}/posts/{post}/holder",
            Access::May(Action::PersonReveal),
            holder::reveal,
        )
        .get("/district/stations/{id}/points/{point}/rota", write, rota::show)
        .post("/district/stations/{id}/points/{point}/rota", write, rota::set)
}

/// A station with the names of what it names.
struct Read {
    sheet: Sheet,
    places: Places,
    roll: Arc<Roll>,
    premises: HashMap<PremisesId, Premises>,
}

/// The id in an address; what is none names nothing.
fn id<T: Id>(text: &str) -> Result<T, Fault> {
    Uuid::parse_str(text).map(T::from_uuid).map_err(|_| Fault::Absent)
}

/// The station of an address as of a day.
fn read(s: &Shell, key: &str, day: Day) -> Result<Read, Fault> {
    let station: StationId = id(key)?;
    // Without the key of the vault everything is shown but names.
    let vault = s.state.vault().ok();
    s.state.read(|tx| {
        let memory = &s.state.memory;
        let sheet = stations::sheet(tx, &s.actor, memory, vault, station, day)?;
        let elsewhere = sheet.points.iter().any(|at| matches!(at.point.place, Place::Premises(_)));
        let premises = if elsewhere { stations::premises(tx, day)? } else { Vec::new() };
        Ok(Read {
            sheet,
            places: Places::read(s, tx, day)?,
            roll: memory.roll(tx, day)?,
            premises: premises.into_iter().map(|it| (it.id, it)).collect(),
        })
    })
}

/// The same for a form, on today's day: for whoever may change the station.
fn writable(s: &Shell, key: &str) -> Result<Read, Fault> {
    let read = read(s, key, s.today())?;
    if read.sheet.may_write { Ok(read) } else { Err(Fault::Forbidden(Some(Action::StationWrite), None)) }
}

impl Read {
    fn href(&self) -> String {
        href(self.sheet.station.id)
    }

    fn name(&self, s: &Shell) -> String {
        s.name(&self.sheet.station.name, &self.sheet.station.name_en).into_owned()
    }

    /// The name of a place, and the page that tells of it.
    fn place(&self, s: &Shell, place: Place) -> (String, Option<String>) {
        match place {
            Place::Community(id) => self.roll.get(id).map_or_else(Default::default, |it| {
                (s.name(&it.name, &it.name_en).into_owned(), Some(format!("/communities/{}", it.code)))
            }),
            Place::Premises(id) => {
                let found = self.premises.get(&id);
                (found.map(|it| s.name(&it.name, &it.name_en).into_owned()).unwrap_or_default(), None)
            }
        }
    }
}

/// The address of a station.
fn href(station: StationId) -> String {
    format!("/district/stations/{station}")
}

/// A state in a list: class and icon of its sign, and the message.
type State = (&'static str, &'static str, &'static str);

/// Planned, open or closed.
fn state(opened_on: Option<Day>, closed_on: Option<Day>, day: Day) -> State {
    if closed_on.is_some_and(|closed| closed <= day) {
        ("unsure", "i-unsure", "stations-closed")
    } else if opened_on.is_some_and(|opened| opened <= day) {
        ("ok", "i-ok", "stations-open")
    } else {
        ("due", "i-open", "stations-planned")
    }
}

fn form(form: StationForm) -> &'static str {
    if form == StationForm::Joint { "stations-form-joint" } else { "stations-form-standalone" }
}

fn title(code: &str) -> &'static str {
    if code == "social_worker" { "stations-title-social-worker" } else { "stations-title-community-worker" }
}

/// `1号岗 社区工作者`.
fn post_name(s: &Shell, post: &Post) -> String {
    s.t2("stations-post-named", ("number", post.number), ("title", s.t(title(&post.title))))
}

/// Hours and minutes of a week.
fn hours(s: &Shell, minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => s.t1("stations-hours", "hours", hours),
        (hours, rest) => s.t2("stations-hours-minutes", ("hours", hours), ("minutes", rest)),
    }
}
