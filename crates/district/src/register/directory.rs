//! Town units and integrated grids of a day, by id: for the names on a page, and the outlines of its map.

use std::collections::HashMap;

use base::Day;
use db::Tx;

use super::read::{grids, towns};
use super::{Grid, Outline, Town};
use crate::kit::{GridId, Result, TownId};

/// The town units and integrated grids of a day.
#[derive(Debug)]
pub struct Directory {
    /// Town units in the order of a directory.
    pub towns: Vec<Town>,
    /// Integrated grids in the order of a directory.
    pub grids: Vec<Grid>,
    town_places: HashMap<TownId, usize>,
    grid_places: HashMap<GridId, usize>,
    /// The outline of each town, in the order of the towns; `None` where none was given or it cannot be read.
    outlines: Vec<Option<Outline>>,
}

impl Directory {
    /// Reads a day's directory.
    pub fn read(tx: &mut Tx<'_>, day: Day) -> Result<Self> {
        let (towns, grids) = (towns(tx, day)?, grids(tx, day)?);
        let outline = |town: &Town| town.boundary.as_deref().and_then(Outline::parse);
        Ok(Self {
            town_places: towns.iter().enumerate().map(|(place, town)| (town.id, place)).collect(),
            grid_places: grids.iter().enumerate().map(|(place, grid)| (grid.id, place)).collect(),
            outlines: towns.iter().map(outline).collect(),
            towns,
            grids,
        })
    }

    /// A town unit.
    pub fn town(&self, id: TownId) -> Option<&Town> {
        self.town_places.get(&id).map(|&place| &self.towns[place])
    }

    /// An integrated grid.
    pub fn grid(&self, id: GridId) -> Option<&Grid> {
        self.grid_places.get(&id).map(|&place| &self.grids[place])
    }

    /// The outline of a town unit.
    pub fn outline(&self, id: TownId) -> Option<&Outline> {
        self.town_places.get(&id).and_then(|&place| self.outlines[place].as_ref())
    }
}
