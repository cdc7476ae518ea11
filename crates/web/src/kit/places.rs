//! Towns and grids by id, for the names on a page.

use std::ops::Deref;
use std::sync::Arc;

use base::Day;
use db::Tx;
use district::kit::{GridId, TownId};
use district::register::{Directory, Town};

use super::{Fault, Shell};

/// The towns and grids of a day.
#[derive(Debug, Clone)]
pub struct Places(Arc<Directory>);

impl Deref for Places {
    type Target = Directory;

    fn deref(&self) -> &Directory {
        &self.0
    }
}

impl Places {
    /// As of a day.
    pub fn read(s: &Shell, tx: &mut Tx<'_>, day: Day) -> district::kit::Result<Self> {
        s.state.memory.directory(tx, day).map(Self)
    }

    /// A town's name in the page's language; nothing for a town that is not there on the day.
    pub fn town_name(&self, s: &Shell, id: TownId) -> String {
        self.town(id).map(|town| s.name(&town.name, &town.name_en).into_owned()).unwrap_or_default()
    }

    /// A grid's name in the page's language; nothing for a grid that is not there on the day.
    pub fn grid_name(&self, s: &Shell, id: GridId) -> String {
        self.grid(id).map(|grid| s.name(&grid.name, &grid.name_en).into_owned()).unwrap_or_default()
    }

    /// The town of a code.
    pub fn of_code(&self, code: &str) -> Option<&Town> {
        self.towns.iter().find(|town| town.code == code)
    }

    /// The town that the query asks for, by its code; an unknown one does not exist.
    pub fn asked(&self, s: &Shell) -> Result<Option<&Town>, Fault> {
        s.asked("town").map(|code| self.of_code(&code).ok_or(Fault::Absent)).transpose()
    }
}
