//! The towns of the whole district, on the map, in a list and side by side: drawn once for a state of the district, a day, a
//! language and whether everyone may see it, as it is half of the pages that are read most, and the same for each reader of them.

use std::sync::Arc;

use askama::Template;
use base::Day;
use db::Tx;
use district::kit::{Error, Kept, Result};

use super::View;
use super::picture::{Picture, Reader};
use crate::kit::{Language, Shell};

/// A few days in three languages, for officers and for everyone.
const MOST: usize = 24;

/// What is drawn of the towns.
#[derive(Debug)]
pub(crate) struct Drawn {
    /// How many there are.
    pub count: usize,
    /// The map and the list beside it.
    pub towns: String,
    /// The table of all steps side by side.
    pub side: String,
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
#[template(path = "coverage/towns.html")]
struct Towns<'a> {
    s: &'a Shell,
    picture: &'a Picture<'a>,
}

#[derive(Template)]
#[template(path = "coverage/side.html")]
struct Table<'a> {
    s: &'a Shell,
    picture: &'a Picture<'a>,
    side: (&'static str, &'static str),
}

/// The towns as this view shows them: of the whole district.
pub(super) fn towns(tx: &mut Tx<'_>, view: &View<'_>, reader: Reader) -> Result<Arc<Drawn>> {
    let s = view.s;
    let key = (view.asked.day, s.today(), s.language, reader);
    s.state.drawings.0.get(tx, &key, |_| {
        let picture = &view.district(reader);
        let failed = |error: askama::Error| Error::Internal(format!("template: {error}"));
        let side = Table { s, picture, side: ("coverage-town", "coverage-side-table") };
        Ok(Drawn {
            count: picture.areas.len(),
            towns: Towns { s, picture }.render().map_err(failed)?,
            side: if reader == Reader::Officer { side.render().map_err(failed)? } else { String::new() },
        })
    })
}
