//! How work lies upon the stations of a town or a grid, and what would level it.

use askama::Template;
use district::desk::{self, Lend, Load};
use district::kit::{Scope, StationId, TownId};
use district::register::{self, Town};
use district::visits::rules::AHEAD_DAYS;

use crate::kit::{self, Shell};

#[derive(Template)]
#[template(path = "desk/load.html")]
struct Show<'a> {
    s: &'a Shell,
    /// The towns that whoever has all of them chooses from.
    towns: Vec<Town>,
    /// What was chosen.
    chosen: Option<TownId>,
    loads: Vec<Load>,
    lends: Vec<Lend>,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn name(&self, id: &StationId) -> String {
        let found = self.loads.iter().find(|it| it.station.id == *id);
        found.map_or_else(String::new, |it| self.s.name(&it.station.name, &it.station.name_en).into_owned())
    }

    /// Doors for each post that somebody holds, rounded up; none where nobody does.
    fn each(&self, load: &Load) -> String {
        let posts = load.station.in_post;
        if posts == 0 {
            return self.s.t("desk-load-nobody").to_owned();
        }
        self.s.n(load.doors.div_euclid(posts) + i64::from(load.doors.rem_euclid(posts) > 0))
    }

    fn lend(&self, lend: &Lend) -> String {
        let (from, to) = (self.name(&lend.from), self.name(&lend.to));
        self.s.ta(
            "desk-load-lend",
            &[("from", from.as_str().into()), ("to", to.as_str().into()), ("doors", lend.doors.into())],
        )
    }

    fn ahead(&self) -> i64 {
        AHEAD_DAYS
    }

    fn is_chosen(&self, town: &Town) -> bool {
        self.chosen == Some(town.id)
    }
}

/// GET `/desk/load`, `?town=` for whoever has all of them.
pub(super) async fn show(s: Shell) -> kit::Result {
    let asked = s.asked("town").filter(|code| !code.is_empty());
    let is_district = s.actor.scope() == Scope::District;
    let found = s.state.read(|tx| {
        let mut towns = register::towns(tx, s.today())?;
        towns.sort_by(|a, b| a.code.cmp(&b.code));
        let named = |code: &str| towns.iter().find(|it| it.code == code).map(|it| it.id);
        let chosen =
            asked.as_deref().map(|code| named(code).ok_or(district::Error::Absent("town"))).transpose()?;
        let loads = if is_district && chosen.is_none() {
            Vec::new()
        } else {
            desk::load(tx, &s.actor, &s.state.memory, chosen, s.today())?
        };
        Ok((towns, chosen, loads))
    })?;
    let (towns, chosen, loads) = found;
    let towns = if is_district { towns } else { Vec::new() };
    let lends = desk::levelling(&loads);
    s.html(&Show { s: &s, towns, chosen, loads, lends })
}
