//! The page of one's own home: where one lives, until when, and who serves it.

use std::sync::Arc;

use askama::Template;
use district::people::joining::{self, MyHome, Owned};
use district::register::{Community, Home};
use district::stations::ServedBy;
use district::stations::rules::{Shift, next_staffed};

use crate::kit::{self, Fault, Posted, Shell, WEEKDAYS, ended, hours};
use crate::register::read_community;

/// A home with what anyone may know of its community.
struct Lives {
    home: Home,
    community: Arc<Community>,
    station: Option<Serves>,
}

/// A flat that one owns, with its community.
struct Owns {
    owned: Owned,
    community: Arc<Community>,
}

/// Who serves a home.
struct Serves {
    name: String,
    point: String,
    telephone: String,
    next: Option<(base::Day, Shift)>,
}

impl Serves {
    /// A number to be dialled.
    fn dial(&self) -> String {
        self.telephone.chars().filter(char::is_ascii_digit).collect()
    }

    /// When somebody is there next: `2026-03-14`, the weekday's message, `09:00–17:00`.
    fn when(&self) -> Option<(String, &'static str, String)> {
        let (day, shift) = self.next?;
        let weekday = WEEKDAYS[usize::from(day.weekday().unsigned_abs().saturating_sub(1)).min(6)];
        Some((day.to_string(), weekday, hours(shift.from, shift.to)))
    }
}

#[derive(Template)]
#[template(path = "joining/home.html")]
struct Show<'a> {
    s: &'a Shell,
    mine: MyHome,
    lives: Vec<Lives>,
    owns: Vec<Owns>,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    /// The last day of a stay.
    fn last(&self, home: &Home) -> Option<String> {
        home.to.map(|to| (to - 1).to_string())
    }
}

/// GET `/home`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let mine = s.state.read(|tx| joining::my_home(tx, &s.actor, s.today()))?;
    let lives = mine.homes.iter().map(|home| of(&s, home)).collect::<Result<Vec<_>, Fault>>()?;
    let owns = mine.owned.iter().map(|owned| {
        let read = read_community(&s, &owned.community.to_string(), s.today())?;
        Ok(Owns { owned: owned.clone(), community: read.community })
    });
    let owns = owns.collect::<Result<Vec<_>, Fault>>()?;
    s.html(&Show { s: &s, mine, lives, owns })
}

fn of(s: &Shell, home: &Home) -> Result<Lives, Fault> {
    let read = read_community(s, &home.community.to_string(), s.today())?;
    let station = read.service.as_deref().map(|ServedBy { station, point, shifts }| Serves {
        name: s.name(&station.name, &station.name_en).into_owned(),
        point: s.zh(&point.words).into_owned(),
        telephone: station.telephone.clone(),
        next: next_staffed(shifts, s.now()),
    });
    Ok(Lives { home: home.clone(), community: read.community, station })
}

/// POST `/home`: `do` is `withdraw`.
pub(super) async fn change(s: Shell, posted: Posted) -> kit::Result {
    if posted.fields.get("do") != "withdraw" {
        return Err(Fault::Bad);
    }
    s.state.once(&s.actor, &posted, |tx, call| {
        joining::withdraw(tx, call, s.state.wall())?;
        Ok("/".to_owned())
    })?;
    Ok(ended(&s.state))
}
