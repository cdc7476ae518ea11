//! What a page says of how a part's households are reached, piece by piece. The pieces of the whole district are drawn once
//! for a state of it, a day, a language and whether everyone may see them, as they are most of the pages that are read most,
//! and the same for each reader of them.

use std::sync::Arc;

use askama::Template;
use base::Day;
use db::Tx;
use district::Year;
use district::coverage::Part;
use district::kit::{Error, Kept, Result};

use super::View;
use super::picture::{Picture, Reader};
use super::todo::{self, Todo};
use super::year::{Trend, chart};
use crate::kit::{Language, Shell};

/// A few days in three languages, for officers and for everyone.
const MOST: usize = 24;

/// What is drawn of a part. A piece that there is nothing to show in is empty.
#[derive(Debug, Default)]
pub(crate) struct Drawn {
    /// How many communities lie in the part.
    pub communities: i64,
    /// How many towns or grids stand side by side.
    pub areas: usize,
    /// On paper and in fact, side by side.
    pub pair: String,
    /// The table of the steps.
    pub cascade: String,
    /// What to do first.
    pub todo: String,
    /// The map; of the whole district with the list of its towns beside it.
    pub places: String,
    /// The table of all steps of the towns or grids side by side.
    pub side: String,
    /// The year as two lines.
    pub year: String,
}

/// The day, the day it is (addresses say a day only where it is another), the language, and for whom.
type Key = (Day, Day, Language, Reader);

/// What was drawn, until the households of the district are reached otherwise.
#[derive(Debug)]
pub(crate) struct Drawings(Kept<Key, Drawn>);

impl Default for Drawings {
    fn default() -> Self {
        Self(Kept::at_most(MOST).until_reach_moves())
    }
}

#[derive(Template)]
#[template(path = "coverage/pair.html")]
struct Pair<'a> {
    s: &'a Shell,
    picture: &'a Picture<'a>,
}

#[derive(Template)]
#[template(path = "coverage/cascade.html")]
struct Steps<'a> {
    s: &'a Shell,
    picture: &'a Picture<'a>,
}

#[derive(Template)]
#[template(path = "coverage/todo.html")]
struct First<'a> {
    s: &'a Shell,
    todo: Vec<Todo<'a>>,
}

#[derive(Template)]
#[template(path = "coverage/towns.html")]
struct Towns<'a> {
    s: &'a Shell,
    picture: &'a Picture<'a>,
}

#[derive(Template)]
#[template(path = "coverage/side.html")]
struct Side<'a> {
    s: &'a Shell,
    picture: &'a Picture<'a>,
    /// The messages for what stands in a row, and for the table.
    row: &'static str,
    table: &'static str,
}

#[derive(Template)]
#[template(path = "coverage/year.html")]
struct Lines<'a> {
    s: &'a Shell,
    picture: &'a Picture<'a>,
    trend: Trend,
}

/// What this view shows to whoever may see each figure of it.
pub(super) fn of(tx: &mut Tx<'_>, view: &View<'_>) -> Result<Arc<Drawn>> {
    let View { s, asked, directory, .. } = *view;
    let memory = &s.state.memory;
    let Some(town) = asked.part.town else {
        if asked.part == Part::default() {
            return whole(tx, view, Reader::Officer);
        }
        let year = memory.year(tx, asked.day)?;
        return part(view, &view.district(Reader::Officer), &year).map(Arc::new);
    };
    let town = directory.town(town).ok_or(Error::Absent("town"))?;
    let (roll, year) = (memory.roll(tx, asked.day)?, memory.year(tx, asked.day)?);
    part(view, &view.town(town, &roll), &year).map(Arc::new)
}

/// The whole district as this view shows it to a reader.
pub(super) fn whole(tx: &mut Tx<'_>, view: &View<'_>, reader: Reader) -> Result<Arc<Drawn>> {
    let s = view.s;
    let key = (view.asked.day, s.today(), s.language, reader);
    s.state.drawings.0.get(tx, &key, |tx| {
        let picture = &view.district(reader);
        match reader {
            Reader::Officer => part(view, picture, &*s.state.memory.year(tx, view.asked.day)?),
            Reader::Public { .. } if picture.areas.is_empty() => figures(s, picture),
            Reader::Public { .. } => {
                Ok(Drawn { places: drawn(&Towns { s, picture })?, ..figures(s, picture)? })
            }
        }
    })
}

/// A part, for whoever may see each figure of it.
pub(super) fn part(view: &View<'_>, picture: &Picture<'_>, year: &Year) -> Result<Drawn> {
    let s = view.s;
    let (row, table) = match view.asked.part.town {
        Some(_) => ("coverage-grid", "coverage-grids-table"),
        None => ("coverage-town", "coverage-side-table"),
    };
    let places = match (view.asked.part.town, &picture.map) {
        (None, _) => drawn(&Towns { s, picture })?,
        (Some(_), Some(map)) => map.to_string(),
        (Some(_), None) => String::new(),
    };
    let todo = todo::first(view);
    let trend = chart(year, view.asked.part);
    let none = String::new;
    Ok(Drawn {
        places,
        side: if picture.areas.is_empty() { none() } else { drawn(&Side { s, picture, row, table })? },
        todo: if todo.is_empty() { none() } else { drawn(&First { s, todo })? },
        year: trend.map_or_else(|| Ok(none()), |trend| drawn(&Lines { s, picture, trend }))?,
        ..figures(s, picture)?
    })
}

/// What everyone may see.
fn figures(s: &Shell, picture: &Picture<'_>) -> Result<Drawn> {
    Ok(Drawn {
        communities: picture.cascade.communities,
        areas: picture.areas.len(),
        pair: drawn(&Pair { s, picture })?,
        cascade: drawn(&Steps { s, picture })?,
        ..Drawn::default()
    })
}

fn drawn(piece: &impl Template) -> Result<String> {
    piece.render().map_err(|error| Error::Internal(format!("template: {error}")))
}
