//! Seeded chance. Every part of the district draws from its own stream, so a change of one part leaves the others.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A stream of chance.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of a part of the district: its name and its number.
    pub fn new(seed: u64, part: &str, number: usize) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&(number as u64).to_le_bytes());
        for (place, byte) in key[16..].iter_mut().zip(part.bytes()) {
            *place = byte;
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A seed for the ids of one operation.
    pub fn seed(mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number from 0 to below `end`, which is above 0.
    pub fn below(&mut self, end: i64) -> i64 {
        // The product's upper half: even to within 2^-40 for any count of this crate.
        let wide = u128::from(self.0.next_u64()) * u128::from(end.max(1).unsigned_abs());
        i64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below(most - least + 1)
    }

    /// True in so many of a thousand cases.
    pub fn chance(&mut self, per_mille: i64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of these, which are not none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let end = i64::try_from(from.len()).unwrap_or(i64::MAX);
        &from[usize::try_from(self.below(end)).unwrap_or(0)]
    }

    /// A number around 0, mostly within ±`spread`: the mean of three draws.
    pub fn around(&mut self, spread: i64) -> i64 {
        (0..3).map(|_| self.between(-2 * spread, 2 * spread)).sum::<i64>() / 3
    }
}
