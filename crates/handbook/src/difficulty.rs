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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::CommunityKind;
    use proptest::prelude::*;

    /// The sample page's community: 612 households, 1.45 residents a room, 4.2 % a month, a single owner, no data on
    /// fees, 3 disputes, 420 m.
    fn sample() -> (DifficultyRule, Facts) {
        let line = |factor, weight, score| WeightedFactor {
            factor,
            weight,
            score: Score::Line(vec![(0, score), (10_000, score)]),
        };
        let rule = DifficultyRule {
            factors: vec![
                line(Factor::Households, 200, 48),
                line(Factor::Density, 150, 62),
                line(Factor::Turnover, 200, 70),
                WeightedFactor {
                    factor: Factor::PropertyRight,
                    weight: 150,
                    score: Score::Right { single_owner: 10, several_owners: 80 },
                },
                line(Factor::FeeCollection, 100, 99),
                line(Factor::Disputes, 100, 30),
                line(Factor::Distance, 100, 35),
            ],
            low_at_most: 40,
            medium_at_most: 60,
            words: Words::default(),
            source: Words::default(),
            assumption: true,
        };
        let mut facts = Facts::of(CommunityKind::AffordableRental, PropertyRight::SingleOwner, 612);
        facts.density = Some(145);
        facts.turnover = Some(42);
        facts.disputes = Some(3);
        facts.distance = Some(420);
        (rule, facts)
    }

    #[test]
    fn a_factor_without_data_is_left_out_and_the_rest_rescaled_in_sight() {
        let (rule, facts) = sample();
        let difficulty = assess(&rule, &facts);
        assert_eq!((difficulty.result, difficulty.band), (Some(454), Band::Medium));
        assert_eq!(difficulty.weight_with_data, 900);
        let used: Vec<Option<i64>> = difficulty.rows.iter().map(|row| row.weight_used).collect();
        assert_eq!(used, [Some(222), Some(167), Some(222), Some(167), None, Some(111), Some(111)]);
        let counted: Vec<Option<i64>> = difficulty.rows.iter().map(|row| row.counted).collect();
        assert_eq!(counted, [Some(107), Some(103), Some(155), Some(17), None, Some(33), Some(39)]);
        let fees = &difficulty.rows[4];
        assert_eq!((fees.value, fees.score, fees.weight), (None, None, 100));
    }

    #[test]
    fn without_any_data_there_is_no_difficulty() {
        let (rule, mut facts) = sample();
        facts.right = None;
        for place in
            [&mut facts.planned_households, &mut facts.density, &mut facts.turnover, &mut facts.disputes]
        {
            *place = None;
        }
        facts.distance = None;
        let difficulty = assess(&rule, &facts);
        assert_eq!(
            (difficulty.result, difficulty.band, difficulty.weight_with_data),
            (None, Band::NoData, 0)
        );
        assert!(difficulty.rows.iter().all(|row| row.weight_used.is_none() && row.counted.is_none()));
    }

    #[test]
    fn bands_include_their_upper_bound_as_it_is_shown() {
        let (mut rule, facts) = sample();
        rule.medium_at_most = 46;
        for (low, band) in [(45, Band::Medium), (46, Band::Low)] {
            rule.low_at_most = low;
            assert_eq!(assess(&rule, &facts).band, band);
        }
        (rule.low_at_most, rule.medium_at_most) = (40, 45);
        assert_eq!(assess(&rule, &facts).band, Band::High);
    }

    #[test]
    fn scores_lie_on_straight_lines_between_cut_points() {
        let points = [(100, 10), (300, 28), (1_000, 68)];
        for (value, score) in [
            (0, 10),
            (100, 10),
            (200, 19),
            (205, 19),
            (206, 20),
            (300, 28),
            (650, 48),
            (1_000, 68),
            (9_999, 68),
        ] {
            assert_eq!(on_line(&points, value), score, "{value}");
        }
        // Falling lines round halves up too.
        assert_eq!(on_line(&[(0, 1), (2, 0)], 1), 1);
    }

    proptest! {
        #[test]
        fn shown_weights_sum_to_a_hundred_per_cent_and_counts_to_the_result(
            cuts in prop::collection::vec(0_i64..=1_000, 6),
            data in prop::collection::vec(prop::option::of(0_i64..5_000), 6),
            scores in prop::collection::vec(0_i64..=100, 7),
            right in prop::option::of(prop::sample::select(PropertyRight::ALL)),
        ) {
            let (mut rule, mut facts) = sample();
            let mut cuts = cuts;
            cuts.sort_unstable();
            let bounds: Vec<i64> = std::iter::once(0).chain(cuts).chain([WHOLE]).collect();
            for (i, factor) in rule.factors.iter_mut().enumerate() {
                factor.weight = bounds[i + 1] - bounds[i];
                factor.score = match factor.factor {
                    Factor::PropertyRight => {
                        Score::Right { single_owner: scores[i], several_owners: 100 - scores[i] }
                    }
                    _ => Score::Line(vec![(0, scores[i]), (4_000, 100 - scores[i])]),
                };
            }
            facts.right = right;
            (facts.planned_households, facts.density, facts.turnover) = (data[0], data[1], data[2]);
            (facts.fee_collection, facts.disputes, facts.distance) = (data[3], data[4], data[5]);
            let difficulty = assess(&rule, &facts);
            let used: i64 = difficulty.rows.iter().filter_map(|row| row.weight_used).sum();
            let counted: i64 = difficulty.rows.iter().filter_map(|row| row.counted).sum();
            let exact: i64 = difficulty.rows.iter().filter_map(|row| Some(row.weight * row.score?)).sum();
            let Some(result) = difficulty.result else {
                prop_assert_eq!(difficulty.weight_with_data, 0);
                return Ok(());
            };
            prop_assert_eq!(used, WHOLE);
            prop_assert_eq!(counted, result);
            // The result is the weighted mean to the nearest tenth.
            prop_assert!((2 * (result * difficulty.weight_with_data - exact * 10)).abs() <= difficulty.weight_with_data);
            for row in difficulty.rows.iter().filter(|row| row.score.is_some()) {
                let shown = row.weight_used.unwrap();
                prop_assert!((shown * difficulty.weight_with_data - row.weight * WHOLE).abs() < difficulty.weight_with_data);
            }
        }
    }
}
