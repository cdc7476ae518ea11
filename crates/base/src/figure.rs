//! Money in fen and area in cm², and how figures are written.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

/// An amount of money in fen (1/100 yuan). Never a fraction, never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Money(i64);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// This many fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// The amount in fen.
    pub const fn fen(self) -> i64 {
        self.0
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// `¥1,234.56`, the way the pages write money.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "−" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}¥{}.{:02}", grouped_unsigned(fen / 100), fen % 100)
    }
}

/// An area in cm², so that 0.01 m², the unit of the property register, is a whole number (100 cm²).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Area(i64);

impl Area {
    /// This many cm².
    pub const fn from_cm2(cm2: i64) -> Self {
        Self(cm2)
    }

    /// The area in cm².
    pub const fn cm2(self) -> i64 {
        self.0
    }

    /// An area from square metres as text, at most two decimals: `"89"`, `"34.6"`, `"34.65"`.
    /// `None` when it is not such a number or is negative.
    pub fn from_metres_text(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let hundredths: i64 = format!("{decimals:0<2}").parse().ok()?;
        Some(Self(whole * 10_000 + hundredths * 100))
    }
}

/// `89.00 ㎡`.
impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} ㎡", grouped(self.0 / 10_000), self.0 % 10_000 / 100)
    }
}

/// A count in full with a comma between thousands: `147,000`.
pub fn grouped(count: i64) -> String {
    if count < 0 {
        format!("−{}", grouped_unsigned(count.unsigned_abs()))
    } else {
        grouped_unsigned(count.unsigned_abs())
    }
}

fn grouped_unsigned(mut count: u64) -> String {
    // From the last digit to the first; twenty digits and six commas at most.
    let mut signs = [0_u8; 26];
    let mut at = signs.len();
    for place in 0.. {
        if place > 0 && place % 3 == 0 {
            at -= 1;
            signs[at] = b',';
        }
        at -= 1;
        signs[at] = b'0' + (count % 10) as u8;
        count /= 10;
        if count == 0 {
            break;
        }
    }
    signs[at..].iter().copied().map(char::from).collect()
}

/// `part` of `whole` in thousandths, rounded half up; `None` when there is nothing to be part of.
pub fn per_mille(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 2000 + whole) / (2 * whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_in_full() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(547), "547");
        assert_eq!(grouped(147_000), "147,000");
        assert_eq!(grouped(-1_234_567), "−1,234,567");
        assert_eq!(Money::from_fen(123_456).to_string(), "¥1,234.56");
        assert_eq!(Money::from_fen(-5).to_string(), "−¥0.05");
        assert_eq!(Area::from_cm2(890_000).to_string(), "89.00 ㎡");
    }

    #[test]
    fn areas_are_read_exactly_or_not_at_all() {
        assert_eq!(Area::from_metres_text("34.6"), Some(Area::from_cm2(346_000)));
        assert_eq!(Area::from_metres_text("34.65"), Some(Area::from_cm2(346_500)));
        assert_eq!(Area::from_metres_text("147368"), Some(Area::from_cm2(1_473_680_000)));
        for bad in ["", "-1", "34.655", "1e3", " 5", "九十"] {
            assert_eq!(Area::from_metres_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn shares_round_half_up_and_need_a_whole() {
        assert_eq!(per_mille(1, 2), Some(500));
        assert_eq!(per_mille(1, 3), Some(333));
        assert_eq!(per_mille(2, 3), Some(667));
        assert_eq!(per_mille(5, 0), None);
    }
}
