//! How hard a community is to govern, from published factors and weights. Exact: whole numbers and their ratios.

use crate::clause::{Factor, Value};
use crate::facts::Facts;
use crate::vocabulary::{Band, PropertyRight};
use crate::words::Words;

/// The whole of all weights, in per mille.
pub(crate) const WHOLE: i64 = 1_000;
/// The highest score of a factor.
pub(crate) const HIGHEST: i64 = 100;

/// How difficulty is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifficultyRule {
    /// The factors; their weights sum to 1,000 per mille.
    pub factors: Vec<WeightedFactor>,
    /// Up to this result, that number included, difficulty is low.
    pub low_at_most: i64,
    /// Up to this result, that number included, it is medium; above, high.
    pub medium_at_most: i64,
    /// What it is and what it is not.
    pub words: Words,
    /// Where it comes from.
    pub source: Words,
    /// Whether weights and scales are assumptions.
    pub assumption: bool,
}

/// One factor with its weight and scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightedFactor {
    /// The factor.
    pub factor: Factor,
    /// Its weight in per mille of the whole.
    pub weight: i64,
    /// How a value becomes a score from 0 to 100.
    pub score: Score,
}

/// A scale from values to scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Score {
    /// Cut points (value, score) with rising values: straight lines between them, level beyond the ends.
    Line(Vec<(i64, i64)>),
    /// One score for each structure of property rights.
    Right {
        /// A single owner's.
        single_owner: i64,
        /// Several owners'.
        several_owners: i64,
    },
}

impl Score {
    /// The whole score of a value, halves rounded up; none where the value is of another sort than the scale.
    fn of(&self, value: Value) -> Option<i64> {
        match (self, value) {
            (Self::Line(points), Value::Number(number)) => Some(on_line(points, number)),
            (Self::Right { single_owner, .. }, Value::Right(PropertyRight::SingleOwner)) => {
                Some(*single_owner)
            }
            (Self::Right { several_owners, .. }, Value::Right(PropertyRight::SeveralOwners)) => {
                Some(*several_owners)
            }
            _ => None,
        }
    }
}

fn on_line(points: &[(i64, i64)], value: i64) -> i64 {
    let after = points.partition_point(|point| point.0 < value);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some(&(x0, y0)), Some(&(x1, y1))) => {
            y0 + half_up(i128::from(y1 - y0) * i128::from(value - x0), i128::from(x1 - x0))
        }
        (None, Some(&(_, score))) | (Some(&(_, score)), None) => score,
        (None, None) => 0,
    }
}

/// A ratio as a whole number, halves up. The divisor is positive.
fn half_up(dividend: i128, divisor: i128) -> i64 {
    i64::try_from((2 * dividend + divisor).div_euclid(2 * divisor)).unwrap_or(i64::MAX)
}

/// One factor's part in a community's difficulty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifficultyRow {
    /// The factor.
    pub factor: Factor,
    /// Its value; none for "no data".
    pub value: Option<Value>,
    /// Its weight in the handbook, per mille.
    pub weight: i64,
    /// Its weight among the factors with data, per mille; shown weights sum to 1,000.
    pub weight_used: Option<i64>,
    /// Its score, 0 to 100.
    pub score: Option<i64>,
    /// What it adds to the result, in tenths; the column sums to the result.
    pub counted: Option<i64>,
}

/// A community's difficulty, with every factor shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difficulty {
    /// Every factor, in the order of the handbook, those without data among them.
    pub rows: Vec<DifficultyRow>,
    /// The weight of the factors with data, per mille of the whole.
    pub weight_with_data: i64,
    /// The result in tenths, 0 to 1,000; none when no factor has data.
    pub result: Option<i64>,
    /// The band of the result as shown.
    pub band: Band,
}

/// Scores a community. What has no data is left out, and the other weights grow in proportion.
pub(crate) fn assess(rule: &DifficultyRule, facts: &Facts) -> Difficulty {
    let mut rows: Vec<DifficultyRow> = rule
        .factors
        .iter()
        .map(|weighted| {
            let value = facts.value(weighted.factor);
            let score = value.and_then(|value| weighted.score.of(value));
            let (factor, weight) = (weighted.factor, weighted.weight);
            DifficultyRow { factor, value, weight, weight_used: None, score, counted: None }
        })
        .collect();
    let with_data: i64 = rows.iter().filter(|row| row.score.is_some()).map(|row| row.weight).sum();
    if with_data == 0 {
        return Difficulty { rows, weight_with_data: 0, result: None, band: Band::NoData };
    }
    let scored: Vec<(i64, i64)> = rows.iter().filter_map(|row| Some((row.weight, row.score?))).collect();
    let sum: i64 = scored.iter().map(|(weight, score)| weight * score).sum();
    let result = half_up(i128::from(sum) * 10, i128::from(with_data));
    let used = apportion(WHOLE, scored.iter().map(|(weight, _)| weight * WHOLE), with_data);
    let counted = apportion(result, scored.iter().map(|(weight, score)| weight * score * 10), with_data);
    let shown = used.into_iter().zip(counted);
    for (row, (used, counted)) in rows.iter_mut().filter(|row| row.score.is_some()).zip(shown) {
        row.weight_used = Some(used);
        row.counted = Some(counted);
    }
    let band = if result <= rule.low_at_most * 10 {
        Band::Low
    } else if result <= rule.medium_at_most * 10 {
        Band::Medium
    } else {
        Band::High
    };
    Difficulty { rows, weight_with_data: with_data, result: Some(result), band }
}

/// Whole numbers that sum to `total`, each the ratio `part / divisor` rounded down or up: the largest remainders
/// go up, the earlier one of equals.
fn apportion(total: i64, parts: impl Iterator<Item = i64>, divisor: i64) -> Vec<i64> {
    let exact: Vec<i64> = parts.collect();
    let mut whole: Vec<i64> = exact.iter().map(|part| part / divisor).collect();
    let short = usize::try_from(total - whole.iter().sum::<i64>()).unwrap_or(0);
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(exact[i] % divisor));
    for &i in order.iter().take(short) {
        whole[i] += 1;
    }
    whole
}
