//! The few places where whole numbers and floats meet. A float only steers a search; what is answered is whole.

/// A whole number as a float, for step sizes and averages.
#[expect(clippy::cast_precision_loss, reason = "it steers, it is not answered")]
pub fn float(number: i64) -> f64 {
    number as f64
}

/// The nearest whole number; a float too large for one becomes the largest, what is no number becomes 0.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is what a step wants")]
pub fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// `a / b` rounded up, for a positive `b`.
pub fn divide_up(a: i64, b: i64) -> i64 {
    a.div_euclid(b) + i64::from(a.rem_euclid(b) != 0)
}

/// A stream of numbers that is the same for the same seed (Vigna's `SplitMix64`, 2015): it only varies a search.
pub struct Stream(u64);

impl Stream {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`; 0 if that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(mixed % end).unwrap_or(0)
    }
}
