//! The knapsack of one site: which customers it would rather serve. Depth-first with Dantzig's bound (Horowitz and Sahni
//! 1974); what that leaves open is solved by dynamic programming where the capacity is small, else bounded.

use std::cmp::Reverse;

use crate::number::{self, float};

/// Something to pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// What taking it brings; not negative.
    pub profit: i64,
    /// The room it takes; not negative.
    pub weight: i64,
    /// Whose it is.
    pub customer: usize,
}

/// Branches of one search at least, and at most, before another way is taken.
const BRANCHES: (usize, usize) = (100, 3_000);
/// A branch takes as long as so many cells of the dynamic programme.
const CELLS_OF_A_BRANCH: usize = 12;
/// Cells of one table of the dynamic programme: a third of a millisecond.
const MOST_CELLS: usize = 200_000;

/// Packs, and keeps its buffers.
#[derive(Debug, Default)]
pub struct Packer {
    /// What was taken last.
    pub taken: Vec<usize>,
    /// Sums of profit and of weight over the items before each place.
    profits: Vec<i64>,
    weights: Vec<i64>,
    /// What each item brings for a unit of its weight.
    ratios: Vec<f64>,
    chosen: Vec<bool>,
    best: Vec<bool>,
    best_profit: i64,
    branches: usize,
}

impl Packer {
    /// Takes items into the room; returns their profit, or a bound above any packing's if the search was cut short.
    /// Sorts the items by what they bring for their weight.
    pub fn pack(&mut self, items: &mut [Item], room: i64) -> i64 {
        self.taken.clear();
        let (profit, weight) = items.iter().fold((0, 0), |sum, i| (sum.0 + i.profit, sum.1 + i.weight));
        if weight <= room {
            self.taken.extend(items.iter().map(|item| item.customer));
            return profit;
        }
        sort(items);
        self.sum_up(items);
        self.chosen.clear();
        self.chosen.resize(items.len(), false);
        self.best.clone_from(&self.chosen);
        let cells = usize::try_from(room + 1).ok().and_then(|columns| columns.checked_mul(items.len()));
        let cells = cells.filter(|cells| *cells <= MOST_CELLS);
        (self.best_profit, self.branches) = (-1, 0);
        let most =
            cells.map_or(BRANCHES.1, |cells| (cells / CELLS_OF_A_BRANCH).clamp(BRANCHES.0, BRANCHES.1));
        let mut bound = if self.search(items, room, most) {
            self.best_profit
        } else if cells.is_some() {
            self.table(items, room)
        } else {
            self.dantzig(items, 0, room)
        };
        bound = bound.max(self.best_profit);
        let best = items.iter().zip(&self.best).filter(|(_, taken)| **taken);
        self.taken.extend(best.map(|(item, _)| item.customer));
        bound
    }

    fn sum_up(&mut self, items: &[Item]) {
        self.ratios.clear();
        for sums in [&mut self.profits, &mut self.weights] {
            sums.clear();
            sums.push(0);
        }
        let (mut profit, mut weight) = (0, 0);
        for item in items {
            profit += item.profit;
            weight += item.weight;
            self.profits.push(profit);
            self.weights.push(weight);
            self.ratios.push(float(item.profit) / float(item.weight.max(1)));
        }
    }

    /// Searches depth-first: takes what fits, and goes back to leave the last one taken; false if it was cut short.
    fn search(&mut self, items: &[Item], room: i64, most: usize) -> bool {
        let (mut at, mut profit, mut left) = (0, 0, room);
        loop {
            // Taking the next that fits does not change the bound, so only the first after a step back is looked at.
            while at < items.len() && profit + self.dantzig(items, at, left) > self.best_profit {
                self.branches += 1;
                while at < items.len() && items[at].weight <= left {
                    self.chosen[at] = true;
                    profit += items[at].profit;
                    left -= items[at].weight;
                    at += 1;
                }
                if at < items.len() {
                    at += 1;
                }
            }
            if at == items.len() && profit > self.best_profit {
                self.best_profit = profit;
                self.best.clone_from(&self.chosen);
            }
            let Some(last) = self.chosen[..at].iter().rposition(|taken| *taken) else { return true };
            if self.branches >= most {
                return false;
            }
            self.chosen[last] = false;
            profit -= items[last].profit;
            left += items[last].weight;
            at = last + 1;
        }
    }

    /// No packing of the items from this one on brings more: the first that does not fit is cut.
    fn dantzig(&self, items: &[Item], at: usize, room: i64) -> i64 {
        let most = self.weights[at] + room;
        let end = at + self.weights[at + 1..].partition_point(|weight| *weight <= most);
        let whole = self.profits[end] - self.profits[at];
        let Some(item) = items.get(end) else { return whole };
        // Rounded up, and by more than a float can err.
        let part = float(most - self.weights[end]) * self.ratios[end];
        whole + number::whole(part + part * 1e-12 + 1.0).min(item.profit)
    }

    /// Solves exactly; a row for each item, a column for each room.
    fn table(&mut self, items: &[Item], room: i64) -> i64 {
        let columns = usize::try_from(room).unwrap_or(0) + 1;
        let mut best = vec![0_i64; columns];
        let mut takes = vec![false; columns * items.len()];
        for (item, takes) in items.iter().zip(takes.chunks_exact_mut(columns)) {
            let weight = usize::try_from(item.weight).unwrap_or(columns);
            for room in (weight..columns).rev() {
                let with = best[room - weight] + item.profit;
                if with > best[room] {
                    best[room] = with;
                    takes[room] = true;
                }
            }
        }
        let mut left = columns - 1;
        for place in (0..items.len()).rev() {
            self.best[place] = takes[place * columns + left];
            if self.best[place] {
                left -= usize::try_from(items[place].weight).unwrap_or(0);
            }
        }
        best[columns - 1]
    }
}

/// By what an item brings for its weight, best first.
pub fn sort(items: &mut [Item]) {
    items.sort_unstable_by(|a, b| {
        let (ab, ba) =
            (i128::from(a.profit) * i128::from(b.weight), i128::from(b.profit) * i128::from(a.weight));
        ba.cmp(&ab).then((a.weight, Reverse(a.profit), a.customer).cmp(&(
            b.weight,
            Reverse(b.profit),
            b.customer,
        )))
    });
}

/// What the part of an item brings that fits, rounded up.
fn part(item: &Item, room: i64) -> i64 {
    if item.weight <= 0 {
        return item.profit;
    }
    let part = i128::from(item.profit) * i128::from(room.max(0)) / i128::from(item.weight);
    i64::try_from(part + 1).unwrap_or(i64::MAX).min(item.profit)
}

/// No packing into the room brings more, without one of the items. The items are sorted.
pub fn bound_without(items: &[Item], without: usize, room: i64) -> i64 {
    let (mut profit, mut left) = (0, room);
    for item in items.iter().filter(|item| item.customer != without) {
        if item.weight > left {
            return profit + part(item, left);
        }
        profit += item.profit;
        left -= item.weight;
    }
    profit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(items: &[Item], room: i64) -> i64 {
        let Some((item, rest)) = items.split_first() else { return 0 };
        let without = plain(rest, room);
        if item.weight > room { without } else { without.max(item.profit + plain(rest, room - item.weight)) }
    }

    proptest! {
        #[test]
        fn it_packs_what_trying_everything_packs(
            pairs in prop::collection::vec((0..50_i64, 0..20_i64), 0..10), room in 0..60_i64,
        ) {
            let pairs = pairs.into_iter().enumerate();
            let mut items: Vec<Item> =
                pairs.map(|(customer, (profit, weight))| Item { profit, weight, customer }).collect();
            let best = plain(&items, room);
            let mut packer = Packer::default();
            prop_assert_eq!(packer.pack(&mut items, room), best);
            let taken: Vec<&Item> = items.iter().filter(|i| packer.taken.contains(&i.customer)).collect();
            prop_assert_eq!(taken.iter().map(|item| item.profit).sum::<i64>(), best);
            prop_assert!(taken.iter().map(|item| item.weight).sum::<i64>() <= room);
            if !items.is_empty() {
                sort(&mut items);
                packer.best = vec![false; items.len()];
                prop_assert_eq!(packer.table(&items, room), best);
                let without: Vec<Item> = items.iter().copied().filter(|item| item.customer != 0).collect();
                prop_assert!(bound_without(&items, 0, room) >= plain(&without, room));
            }
        }
    }
}
