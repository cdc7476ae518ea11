//! What a running program keeps of a district, so that pages need not read the whole of it each time.

use std::sync::Arc;

use base::Day;
use db::Tx;

use crate::coverage::{self, Standings};
use crate::kit::{Kept, Result};
use crate::register::{Directory, Roll};

/// Days whose standings are kept: a year's trend for a few readers at a time, at about 100 kB a day.
const STANDINGS_KEPT: usize = 64;
/// Days whose roll and directory are kept: today, and what a few readers look back at.
const ROLLS_KEPT: usize = 8;

/// Standings of days, one after another.
pub type Year = Vec<(Day, Arc<Standings>)>;

/// Readings of a district by day, kept until the register, the handbook or the stations change.
#[derive(Debug)]
pub struct Memory {
    directories: Kept<Day, Directory>,
    rolls: Kept<Day, Roll>,
    standings: Kept<Day, Standings>,
    years: Kept<Day, Year>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            directories: Kept::at_most(ROLLS_KEPT),
            rolls: Kept::at_most(ROLLS_KEPT),
            standings: Kept::at_most(STANDINGS_KEPT),
            years: Kept::at_most(ROLLS_KEPT),
        }
    }
}

impl Memory {
    /// Town units and grids of a day.
    pub fn directory(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Directory>> {
        self.directories.get(tx, day, |tx, day| Directory::read(tx, *day))
    }

    /// The communities of the list on a day.
    pub fn roll(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Roll>> {
        self.rolls.get(tx, day, |tx, day| Roll::read(tx, *day))
    }

    /// How far the households of each community are reached on a day.
    pub fn standings(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Standings>> {
        self.standings.get(tx, day, |tx, day| coverage::standings(tx, *day))
    }

    /// The standings of the last day of each of the twelve months before a day, and of the day.
    pub fn year(&self, tx: &mut Tx<'_>, day: Day) -> Result<Arc<Year>> {
        self.years.get(tx, day, |tx, day| {
            coverage::rules::trend_days(*day)
                .into_iter()
                .map(|then| Ok((then, self.standings(tx, then)?)))
                .collect()
        })
    }
}
