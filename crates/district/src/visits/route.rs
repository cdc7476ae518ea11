//! Who goes where and in which order: the shortest walk between buildings, and work parted evenly. Pure.
//!
//! Distances are whole metres. A round leaves its point and comes back to it.

/// Buildings up to which the shortest walk is found exactly: 2¹⁰ sets of them are nothing.
const EXACT: usize = 10;

/// The order in which places are walked to, from place 0 and back to it: 0 comes first and each other once after it. Exact
/// up to [`EXACT`] places beside it; beyond, the nearest next one, improved until no two legs can be exchanged for shorter ones.
pub fn walk(count: usize, metres: &dyn Fn(usize, usize) -> i64) -> Vec<usize> {
    if count <= 2 {
        return (0..count).collect();
    }
    if count - 1 <= EXACT { exact(count, metres) } else { improved(nearest(count, metres), metres) }
}

/// Held and Karp: the shortest way through each set of places that ends at each of them.
fn exact(count: usize, metres: &dyn Fn(usize, usize) -> i64) -> Vec<usize> {
    let others = count - 1;
    let sets = 1_usize << others;
    let mut best = vec![(i64::MAX, usize::MAX); sets * others];
    for last in 0..others {
        best[(1 << last) * others + last] = (metres(0, last + 1), usize::MAX);
    }
    for set in 1..sets {
        for last in (0..others).filter(|last| set & (1 << last) != 0) {
            let (length, _) = best[set * others + last];
            for next in (0..others).filter(|next| set & (1 << next) == 0) {
                let found = length + metres(last + 1, next + 1);
                let known = &mut best[(set | 1 << next) * others + next];
                if found < known.0 {
                    *known = (found, last);
                }
            }
        }
    }
    let mut set = sets - 1;
    let closed = |last: &usize| best[set * others + last].0 + metres(last + 1, 0);
    let mut last = (0..others).min_by_key(closed).unwrap_or(0);
    let mut order = Vec::with_capacity(count);
    while last != usize::MAX {
        order.push(last + 1);
        let before = best[set * others + last].1;
        set &= !(1 << last);
        last = before;
    }
    order.push(0);
    order.reverse();
    order
}

fn nearest(count: usize, metres: &dyn Fn(usize, usize) -> i64) -> Vec<usize> {
    let mut left: Vec<usize> = (1..count).collect();
    let mut order = vec![0];
    while let Some(at) = order.last().copied() {
        let Some(found) = (0..left.len()).min_by_key(|place| (metres(at, left[*place]), left[*place])) else {
            break;
        };
        order.push(left.remove(found));
    }
    order
}

/// 2-opt: turns a stretch around wherever that makes the walk shorter. Each turn shortens it by whole metres, so it ends.
fn improved(mut order: Vec<usize>, metres: &dyn Fn(usize, usize) -> i64) -> Vec<usize> {
    let count = order.len();
    let mut shorter = true;
    while shorter {
        shorter = false;
        for from in 1..count - 1 {
            for to in from + 1..count {
                let after = order[(to + 1) % count];
                let now = metres(order[from - 1], order[from]) + metres(order[to], after);
                let turned = metres(order[from - 1], order[to]) + metres(order[from], after);
                if turned < now {
                    order[from..=to].reverse();
                    shorter = true;
                }
            }
        }
    }
    order
}

/// Parts a row of things into so many stretches, so that the longest is as short as can be: the first thing of each.
/// `cost` says what a stretch from–to (the last one outside) takes; a longer stretch takes no less. Exact; a stretch may be
/// empty only where there are fewer things than stretches.
pub fn part(things: usize, stretches: usize, cost: &dyn Fn(usize, usize) -> i64) -> Vec<usize> {
    let parts = stretches.min(things);
    if parts == 0 {
        return vec![0; stretches];
    }
    // best[k][i]: the longest of k stretches over the first i things, and where the last of them begins.
    let mut best = vec![vec![(i64::MAX, 0); things + 1]; parts + 1];
    best[0][0] = (0, 0);
    for k in 1..=parts {
        for end in k..=things {
            let mut found = (i64::MAX, 0);
            for (begin, (before, _)) in best[k - 1].iter().enumerate().take(end).skip(k - 1) {
                let longest = (*before).max(cost(begin, end));
                if longest < found.0 {
                    found = (longest, begin);
                }
            }
            best[k][end] = found;
        }
    }
    let mut begins = Vec::with_capacity(stretches);
    let mut end = things;
    for k in (1..=parts).rev() {
        end = best[k][end].1;
        begins.push(end);
    }
    begins.reverse();
    begins.resize(stretches, things);
    begins
}

/// Metres that somebody walks in a minute, between doors and with a telephone in hand.
const METRES_A_MINUTE: i64 = 70;

/// Minutes for a way; a part of one is a whole one.
pub fn minutes(metres: i64) -> i64 {
    (metres + METRES_A_MINUTE - 1) / METRES_A_MINUTE
}

/// Does this take more than a tenth more than the mean of all?
pub fn is_over(minutes: i64, all: &[i64]) -> bool {
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    is_over_share((minutes, 1), (all.iter().sum(), count))
}

/// Is this of some posts more than a tenth over what falls to them of the work of all posts? Each is work with its posts.
pub fn is_over_share((own, held): (i64, i64), (all, posts): (i64, i64)) -> bool {
    own * posts * 10 > all * held * 11
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole length of such a walk, with the way back.
    fn length(order: &[usize], metres: &dyn Fn(usize, usize) -> i64) -> i64 {
        let next = order.iter().skip(1).chain(order.first());
        order.iter().zip(next).map(|(a, b)| metres(*a, *b)).sum()
    }

    /// The plain twin: every order there is.
    fn shortest(count: usize, metres: &dyn Fn(usize, usize) -> i64) -> i64 {
        fn go(order: &mut Vec<usize>, left: &mut Vec<usize>, metres: &dyn Fn(usize, usize) -> i64) -> i64 {
            if left.is_empty() {
                return length(order, metres);
            }
            let mut best = i64::MAX;
            for place in 0..left.len() {
                order.push(left.remove(place));
                best = best.min(go(order, left, metres));
                left.insert(place, order.pop().unwrap());
            }
            best
        }
        go(&mut vec![0], &mut (1..count).collect(), metres)
    }

    /// The plain twin: every way to part.
    fn least(things: usize, stretches: usize, cost: &dyn Fn(usize, usize) -> i64) -> i64 {
        fn go(from: usize, things: usize, left: usize, cost: &dyn Fn(usize, usize) -> i64) -> i64 {
            if left == 1 {
                return cost(from, things);
            }
            (from + 1..=things - (left - 1))
                .map(|end| cost(from, end).max(go(end, things, left - 1, cost)))
                .min()
                .unwrap()
        }
        go(0, things, stretches.min(things), cost)
    }

    fn table(points: &[(i64, i64)]) -> impl Fn(usize, usize) -> i64 + '_ {
        |a, b| (points[a].0 - points[b].0).abs() + (points[a].1 - points[b].1).abs()
    }

    proptest! {
        #[test]
        fn a_short_walk_is_the_shortest_there_is(points in prop::collection::vec((0_i64..900, 0_i64..900), 1..8)) {
            let metres = table(&points);
            let order = walk(points.len(), &metres);
            let mut seen = order.clone();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..points.len()).collect::<Vec<_>>());
            prop_assert_eq!(order[0], 0);
            prop_assert_eq!(length(&order, &metres), shortest(points.len(), &metres));
        }

        #[test]
        fn a_long_walk_visits_each_once_and_no_two_legs_can_be_exchanged(
            points in prop::collection::vec((0_i64..900, 0_i64..900), 12..30),
        ) {
            let metres = table(&points);
            let order = walk(points.len(), &metres);
            let mut seen = order.clone();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..points.len()).collect::<Vec<_>>());
            let whole = length(&order, &metres);
            prop_assert!(whole <= length(&nearest(points.len(), &metres), &metres));
            for from in 1..order.len() {
                for to in from + 1..order.len() {
                    let mut turned = order.clone();
                    turned[from..=to].reverse();
                    prop_assert!(length(&turned, &metres) >= whole);
                }
            }
        }

        #[test]
        fn work_is_parted_as_evenly_as_can_be(
            work in prop::collection::vec(1_i64..40, 1..11), stretches in 1_usize..5,
        ) {
            let cost = |from: usize, to: usize| work[from..to].iter().sum::<i64>();
            let begins = part(work.len(), stretches, &cost);
            prop_assert_eq!(begins.len(), stretches);
            let ends = begins.iter().skip(1).copied().chain([work.len()]);
            let longest = begins.iter().zip(ends).map(|(from, to)| cost(*from, to)).max().unwrap();
            prop_assert_eq!(longest, least(work.len(), stretches, &cost));
        }
    }

    #[test]
    fn a_tenth_more_than_the_mean_is_just_allowed() {
        assert!(!is_over(110, &[110, 90]));
        assert!(is_over(111, &[111, 89]));
        assert!(!is_over(0, &[]));
    }

    #[test]
    fn nobody_to_go_and_nothing_to_do() {
        assert_eq!(part(0, 2, &|_, _| 0), [0, 0]);
        assert_eq!(part(1, 3, &|_, _| 5), [0, 1, 1]);
        assert!(part(4, 0, &|_, _| 0).is_empty());
        assert_eq!(walk(1, &|_, _| 0), [0]);
        assert_eq!((minutes(0), minutes(1), minutes(70), minutes(71)), (0, 1, 1, 2));
    }
}
