//! The solvers find what trying everything finds, and tell the truth about it.

use proptest::prelude::*;
use siting::{Answer, Costs, Cover, Customer, Limit, Mark, NoAnswer, Problem, Rule, Site, plain, solve};

/// What is drawn of a site: its costs, its capacity, its mark.
fn sites(count: usize, capacitated: bool) -> impl Strategy<Value = Vec<Site>> {
    let mark = prop_oneof![8 => Just(Mark::Free), 1 => Just(Mark::Pinned), 1 => Just(Mark::Forbidden)];
    let site = (0..60_i64, 0..30_i64, 0..14_i64, mark).prop_map(move |(open, host, capacity, mark)| Site {
        open,
        host,
        capacity: capacitated.then_some(capacity),
        mark,
    });
    prop::collection::vec(site, count)
}

fn rules(sites: usize) -> impl Strategy<Value = Rule> {
    prop_oneof![Just(Rule::Any), Just(Rule::OneHost), (0..=sites + 1).prop_map(Rule::Exactly)]
}

fn problems(capacitated: bool) -> impl Strategy<Value = Problem> {
    (1..=4_usize, 1..=5_usize).prop_flat_map(move |(count, customers)| {
        let customer = (0..8_i64, prop::option::weighted(0.4, 0..90_i64))
            .prop_map(|(demand, penalty)| Customer { demand, penalty });
        let cost = prop::option::weighted(0.85, 0..40_i64);
        (
            sites(count, capacitated),
            prop::collection::vec(customer, customers),
            prop::collection::vec(prop::collection::vec(cost, customers), count),
            rules(count),
        )
            .prop_map(|(sites, customers, rows, rule)| Problem {
                sites,
                customers,
                costs: Costs::of_rows(&rows),
                rule,
            })
    })
}

/// Nothing but the time may differ from what the answer's own customers cost.
fn is_true(problem: &Problem, answer: &Answer) -> bool {
    let priced = problem.price(&answer.assign);
    priced.is_some_and(|priced| {
        priced.objective == answer.objective && priced.open == answer.open && priced.host == answer.host
    })
}

fn agrees(problem: &Problem) -> Result<(), TestCaseError> {
    let found = solve(problem, &Limit::none());
    match (plain::solve(problem), found) {
        (Ok(best), Ok(answer)) => {
            prop_assert_eq!(answer.objective, best.objective);
            prop_assert!(answer.proven());
            prop_assert!(is_true(problem, &answer));
        }
        (best, answer) => prop_assert_eq!(best.err(), answer.err()),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn without_capacity_it_finds_what_trying_everything_finds(problem in problems(false)) {
        agrees(&problem)?;
    }

    #[test]
    fn with_capacity_it_finds_what_trying_everything_finds(problem in problems(true)) {
        agrees(&problem)?;
    }

    #[test]
    fn below_a_cost_it_finds_the_best_or_says_that_there_is_none(problem in problems(true), off in -3..4_i64) {
        let best = plain::solve(&problem).map(|best| best.objective);
        let wanted = best.as_ref().map_or(100, |best| best + off);
        match solve(&problem, &Limit::none().below(wanted)) {
            Ok(answer) => {
                prop_assert!(answer.objective < wanted && answer.bound == answer.objective);
                prop_assert_eq!(best, Ok(answer.objective));
            }
            Err(NoAnswer::NotFound { bound }) => {
                prop_assert_eq!(bound, wanted);
                prop_assert!(best.map_or(true, |best| best >= wanted));
            }
            Err(reason) => prop_assert_eq!(Err(reason), best),
        }
    }

    #[test]
    fn cut_short_it_is_honest_and_the_same_every_time(problem in problems(true), steps in 0..40_u64) {
        let best = plain::solve(&problem);
        let first = solve(&problem, &Limit::steps(steps));
        match &first {
            Ok(answer) => {
                let best = best.unwrap().objective;
                prop_assert!(answer.bound <= best && best <= answer.objective);
                prop_assert!(is_true(&problem, answer));
            }
            Err(NoAnswer::NotFound { bound }) => {
                prop_assert!(best.map_or(true, |best| *bound <= best.objective));
            }
            Err(reason) => prop_assert_eq!(Some(reason.clone()), best.err()),
        }
        prop_assert_eq!(first, solve(&problem, &Limit::steps(steps)));
    }
}

/// Every set of sites that keeps the marks.
fn sets(cover: &Cover) -> impl Iterator<Item = Vec<usize>> {
    let sites = cover.sites.len();
    let all =
        (0..1_usize << sites).map(move |set| (0..sites).filter(move |site| set >> site & 1 == 1).collect());
    all.filter(move |set: &Vec<usize>| {
        (0..sites).all(|site| match cover.sites[site].1 {
            Mark::Free => true,
            Mark::Pinned => set.contains(&site),
            Mark::Forbidden => !set.contains(&site),
        })
    })
}

fn reached(cover: &Cover, set: &[usize]) -> i64 {
    let within = |customer: &usize| set.iter().any(|&site| cover.reach[site].contains(customer));
    (0..cover.weights.len()).filter(within).map(|customer| cover.weights[customer]).sum()
}

fn covers() -> impl Strategy<Value = Cover> {
    (1..=6_usize, 1..=9_usize).prop_flat_map(|(count, customers)| {
        (
            sites(count, false),
            prop::collection::vec(1..50_i64, customers),
            prop::collection::vec(prop::collection::btree_set(0..customers, 0..=customers), count),
        )
            .prop_map(|(sites, weights, reach)| Cover {
                sites: sites.into_iter().map(|site| (site.open, site.mark)).collect(),
                weights,
                reach: reach.into_iter().map(|reach| reach.into_iter().collect()).collect(),
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_cheapest_cover_is_found(cover in covers()) {
        let everyone: i64 = cover.weights.iter().sum();
        let whole = sets(&cover).filter(|set| reached(&cover, set) == everyone);
        let best = whole.map(|set| set.iter().map(|&site| cover.sites[site].0).sum::<i64>()).min();
        let found = cover.all(&Limit::none());
        prop_assert!(found.as_ref().map_or(true, Answer::proven));
        prop_assert_eq!(found.ok().map(|answer| answer.objective), best);
    }

    #[test]
    fn the_largest_cover_is_found(cover in covers(), count in 0..5_usize) {
        let best = sets(&cover).filter(|set| set.len() == count).map(|set| reached(&cover, &set)).max();
        let found = cover.most(count, &Limit::none());
        if let Ok(found) = &found {
            prop_assert!(found.proven());
            prop_assert_eq!((found.bound, found.gap_millionths()), (found.covered, 0));
            prop_assert_eq!(reached(&cover, &found.open), found.covered);
        }
        prop_assert_eq!(found.ok().map(|found| found.covered), best);
    }
}

#[test]
fn what_contradicts_itself_is_refused() {
    let negative = Problem { sites: vec![Site { open: -1, ..Site::default() }], ..Problem::default() };
    assert!(matches!(solve(&negative, &Limit::none()), Err(NoAnswer::Malformed(_))));
    let huge = Problem {
        customers: vec![Customer { demand: 1, penalty: Some(i64::MAX / 2) }],
        costs: Costs::new(0, 1),
        ..Problem::default()
    };
    assert!(matches!(solve(&huge, &Limit::none()), Err(NoAnswer::Malformed(_))));
}

#[test]
fn nothing_to_do_costs_nothing() {
    let answer = solve(&Problem::default(), &Limit::none()).unwrap();
    assert_eq!((answer.objective, answer.bound), (0, 0));
}
