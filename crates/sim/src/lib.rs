//! A simulated district and its year, from a seed, driving the operations of `district` as people would.
//!
//! The towns, their codes and the number of integrated grids are Minhang's; everything else is invented, except the
//! published facts of three communities. The same [`Order`] makes the same district on any machine and engine.

mod dice;
mod estates;
mod housing;
mod land;
mod people;
mod service;
mod year;

pub use people::mark;

use base::{Day, Instant};
use db::Db;
use district::people::vault::Vault;

/// Thousandths of the reference district.
pub const FULL_SIZE: i64 = 1_000;

/// The smallest district: each of the fourteen towns has something to show.
pub const SMALLEST_SIZE: i64 = 10;

/// The day the demonstration's clock stands at: 2026-01-31.
pub const TODAY: Day = Day::from_days(20_484);

/// Which district to make.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// Everything follows from it.
    pub seed: u64,
    /// Thousandths of the reference district (547 communities): from [`SMALLEST_SIZE`] to [`FULL_SIZE`].
    pub per_mille: i64,
    /// The day the clock stands at: every count holds on it.
    pub today: Day,
    /// Do stations work through the year: doors, matters, referrals? A district without has the same register, and is made sooner.
    pub with_work: bool,
}

impl Order {
    /// Full size at [`TODAY`].
    pub fn new(seed: u64) -> Self {
        Self { seed, per_mille: FULL_SIZE, today: TODAY, with_work: true }
    }

    /// This part of a number of the full-size district.
    fn share(&self, of: i64) -> i64 {
        (of * self.per_mille + FULL_SIZE / 2) / FULL_SIZE
    }

    /// The year begins thirteen months before the month after today: 2025-01-01 for [`TODAY`].
    fn first_day(&self) -> Day {
        self.today.month_start().plus_months(-12)
    }

    /// Ten o'clock of the day: where the demonstration's clock stands.
    pub fn clock(&self) -> Instant {
        Instant::at(self.today, 10, 0)
    }
}

/// Makes the district in an empty, migrated database. Fails when the database holds a district already.
pub fn make(db: &Db, vault: &Vault, order: &Order) -> district::kit::Result<()> {
    year::run(db, vault, order)
}

#[cfg(test)]
mod tests;
