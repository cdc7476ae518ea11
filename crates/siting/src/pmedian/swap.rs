//! Answers by swaps: the best of opening a site, closing one, or both at once, until none is better (Teitz and Bart 1968;
//! evaluated together as Whitaker 1983 and Resende and Werneck 2004, 2007 show).

use crate::limit::Limit;
use crate::problem::{Mark, Problem, Rule};

/// The search's view of a problem.
pub struct Swaps<'a> {
    problem: &'a Problem,
    /// More than any answer costs: the cost of leaving a customer who has to be served.
    beyond: i64,
}

/// A change: the site to open and the site to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    by: i64,
    opens: Option<usize>,
    shuts: Option<usize>,
}

/// Each customer's nearest and second nearest open sites, with their costs.
struct Nearest {
    first: Vec<(i64, Option<usize>)>,
    second: Vec<i64>,
}

impl<'a> Swaps<'a> {
    pub fn new(problem: &'a Problem, beyond: i64) -> Self {
        Self { problem, beyond }
    }

    /// Pinned sites, then whatever saves most, one after the other.
    pub fn greedy(&self) -> Vec<bool> {
        let problem = self.problem;
        let mut open: Vec<bool> = problem.sites.iter().map(|site| site.mark == Mark::Pinned).collect();
        loop {
            let used = open.iter().filter(|open| **open).count();
            let full = matches!(problem.rule, Rule::Exactly(count) if used >= count);
            if full {
                return open;
            }
            let nearest = self.nearest(&open);
            let free = (0..open.len()).filter(|&site| self.may_open(&open, site));
            let best = free
                .map(|site| (self.gain(&nearest, site), site))
                .max_by_key(|(gain, site)| (*gain, usize::MAX - site));
            match best {
                Some((gain, site)) if gain > 0 || matches!(problem.rule, Rule::Exactly(_)) => {
                    open[site] = true;
                }
                _ => return open,
            }
        }
    }

    /// Makes the best change until none is better.
    pub fn improve(&self, mut open: Vec<bool>, limit: &Limit) -> Vec<bool> {
        while !limit.step() {
            let Some(change) = self.best(&open).filter(|change| change.by < 0) else { break };
            if let Some(site) = change.opens {
                open[site] = true;
            }
            if let Some(site) = change.shuts {
                open[site] = false;
            }
        }
        open
    }

    fn may_open(&self, open: &[bool], site: usize) -> bool {
        !open[site] && self.problem.sites[site].mark != Mark::Forbidden
    }

    /// What opening a site saves.
    fn gain(&self, nearest: &Nearest, site: usize) -> i64 {
        let ways = self.problem.costs.row(site).iter().zip(&nearest.first);
        let saves: i64 = ways.map(|(cost, (first, _))| (first - cost).max(0)).sum();
        saves - self.problem.sites[site].open
    }

    fn nearest(&self, open: &[bool]) -> Nearest {
        let mut first: Vec<(i64, Option<usize>)> =
            self.problem.customers.iter().map(|c| (c.penalty.unwrap_or(self.beyond), None)).collect();
        let mut second: Vec<i64> = first.iter().map(|(cost, _)| *cost).collect();
        for site in (0..open.len()).filter(|&site| open[site]) {
            for ((cost, first), second) in
                self.problem.costs.row(site).iter().zip(&mut first).zip(&mut second)
            {
                if *cost < first.0 {
                    *second = first.0;
                    *first = (*cost, Some(site));
                } else if cost < second {
                    *second = *cost;
                }
            }
        }
        Nearest { first, second }
    }

    /// The best change; swaps only where the number of sites is given.
    fn best(&self, open: &[bool]) -> Option<Change> {
        let sites = &self.problem.sites;
        let nearest = self.nearest(open);
        let mut losses = vec![0_i64; open.len()];
        for ((cost, site), second) in nearest.first.iter().zip(&nearest.second) {
            if let Some(site) = site {
                losses[*site] += second - cost;
            }
        }
        let may_shut: Vec<usize> =
            (0..open.len()).filter(|&site| open[site] && sites[site].mark != Mark::Pinned).collect();
        let cheapest =
            |losses: &[i64]| may_shut.iter().map(|&site| (losses[site] - sites[site].open, site)).min();
        let alone = !matches!(self.problem.rule, Rule::Exactly(_));
        let mut best = cheapest(&losses).filter(|_| alone).map(|(by, site)| Change {
            by,
            opens: None,
            shuts: Some(site),
        });
        let mut keep = |change: Change| {
            if best.is_none_or(|best| change.by < best.by) {
                best = Some(change);
            }
        };
        let mut with = vec![0_i64; open.len()];
        for site in (0..open.len()).filter(|&site| self.may_open(open, site)) {
            with.copy_from_slice(&losses);
            let mut gain = -sites[site].open;
            let ways = self.problem.costs.row(site).iter().zip(&nearest.first).zip(&nearest.second);
            for ((cost, (first, from)), second) in ways {
                // Whoever comes nearer no longer loses when its old site is shut; the others lose less.
                if cost < first {
                    gain += first - cost;
                    if let Some(from) = *from {
                        with[from] -= second - first;
                    }
                } else if cost < second
                    && let Some(from) = *from
                {
                    with[from] -= second - cost;
                }
            }
            if alone {
                keep(Change { by: -gain, opens: Some(site), shuts: None });
            }
            if let Some((loss, shuts)) = cheapest(&with) {
                keep(Change { by: loss - gain, opens: Some(site), shuts: Some(shuts) });
            }
        }
        best
    }
}
