//! Covering: which sites reach everyone at least cost (Toregas, Swain, ReVelle and Bergman 1971), and which few reach
//! most (Church and ReVelle 1974).

use std::time::Duration;

use crate::answer::{Answer, NoAnswer, millionths};
use crate::limit::Limit;
use crate::problem::{Costs, Customer, Mark, Problem, Rule, Site};

/// Who is reached from where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cover {
    /// What each site costs, and whether it is pinned or forbidden.
    pub sites: Vec<(i64, Mark)>,
    /// What each customer weighs, its households for one; never negative.
    pub weights: Vec<i64>,
    /// By site, the customers within its reach.
    pub reach: Vec<Vec<usize>>,
}

impl Cover {
    /// Location set covering: the sites that reach everyone, at least cost; its weights are passed over.
    ///
    /// ```
    /// use siting::{Cover, Limit, Mark};
    ///
    /// let reach = vec![vec![0, 1], vec![1, 2], vec![2, 3], vec![0, 3]];
    /// let cover = Cover { sites: vec![(1, Mark::Free); 4], weights: vec![10, 20, 30, 40], reach };
    /// assert_eq!(cover.all(&Limit::none())?.objective, 2);
    /// let most = cover.most(1, &Limit::none())?;
    /// assert_eq!((most.covered, most.bound, most.gap_millionths(), most.proven()), (70, 70, 0, true));
    /// assert_eq!(most.open, [2]);
    /// # Ok::<(), siting::NoAnswer>(())
    /// ```
    pub fn all(&self, limit: &Limit) -> Result<Answer, NoAnswer> {
        crate::solve(&self.as_set_cover()?, limit)
    }

    /// Maximal covering: so many sites that reach the most weight.
    pub fn most(&self, sites: usize, limit: &Limit) -> Result<Covered, NoAnswer> {
        let problem = self.as_maximal_cover(sites)?;
        // What is left uncovered is made least; both bounds turn round.
        let answer = crate::solve(&problem, limit)?;
        let all: i64 = self.weights.iter().sum();
        Ok(Covered {
            covered: all - answer.objective,
            bound: all - answer.bound,
            took: answer.took,
            open: answer.open,
            by: answer.assign,
        })
    }

    /// The set-covering problem: ways cost nothing, sites what they cost.
    pub fn as_set_cover(&self) -> Result<Problem, NoAnswer> {
        let sites = self.sites.iter().map(|&(open, mark)| Site { open, mark, ..Site::default() }).collect();
        let customers = vec![Customer::default(); self.weights.len()];
        Ok(Problem { sites, customers, costs: self.ways()?, rule: Rule::Any })
    }

    /// The maximal-covering problem: whoever is out of reach costs its weight.
    pub fn as_maximal_cover(&self, count: usize) -> Result<Problem, NoAnswer> {
        let sites = self.sites.iter().map(|&(_, mark)| Site { mark, ..Site::default() }).collect();
        let customer = |&weight| Customer { demand: 0, penalty: Some(weight) };
        let customers = self.weights.iter().map(customer).collect();
        Ok(Problem { sites, customers, costs: self.ways()?, rule: Rule::Exactly(count) })
    }

    fn ways(&self) -> Result<Costs, NoAnswer> {
        let customers = self.weights.len();
        if self.reach.len() != self.sites.len()
            || self.reach.iter().flatten().any(|&customer| customer >= customers)
        {
            return Err(NoAnswer::Malformed("a cover reaches from sites or to customers that are not there"));
        }
        let mut costs = Costs::new(self.sites.len(), customers);
        for (site, reach) in self.reach.iter().enumerate() {
            for &customer in reach {
                costs.set(site, customer, Some(0));
            }
        }
        Ok(costs)
    }
}

/// The most that so many sites reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The weight within reach.
    pub covered: i64,
    /// Nothing reaches more: computed in whole numbers from whole multipliers, never from a float.
    pub bound: i64,
    /// How long it took by the clock of the limit; zero without one.
    pub took: Duration,
    /// The open sites, in order.
    pub open: Vec<usize>,
    /// A site that reaches each customer; `None` for out of reach.
    pub by: Vec<Option<usize>>,
}

impl Covered {
    /// Is it proven that nothing reaches more?
    pub fn proven(&self) -> bool {
        self.covered >= self.bound
    }

    /// How far the bound lies above what is covered, in millionths of what is covered, rounded up.
    pub fn gap_millionths(&self) -> i64 {
        millionths(i128::from(self.bound) - i128::from(self.covered), self.covered)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn covered(covered: i64, bound: i64) -> Covered {
        Covered { covered, bound, took: Duration::ZERO, open: Vec::new(), by: Vec::new() }
    }

    #[test]
    fn a_gap_is_a_share_of_what_is_covered() {
        assert_eq!((covered(70, 70).gap_millionths(), covered(70, 70).proven()), (0, true));
        assert_eq!((covered(70, 77).gap_millionths(), covered(70, 77).proven()), (100_000, false));
        // A third, rounded up; nothing covered yet is measured against one.
        assert_eq!(covered(3, 4).gap_millionths(), 333_334);
        assert_eq!(covered(0, 2).gap_millionths(), 2_000_000);
        assert_eq!(covered(i64::MAX, i64::MIN).gap_millionths(), 0);
        assert_eq!(covered(0, i64::MAX).gap_millionths(), i64::MAX);
    }

    #[test]
    fn it_says_how_long_it_took_and_a_search_that_was_stopped_says_how_far_it_is() {
        let ticks = Cell::new(0);
        let clock = || {
            ticks.set(ticks.get() + 1);
            Duration::from_millis(ticks.get())
        };
        let reach = vec![vec![0, 1], vec![1, 2], vec![2, 3], vec![0, 3]];
        let cover = Cover { sites: vec![(1, Mark::Free); 4], weights: vec![10, 20, 30, 40], reach };
        let done = cover.most(2, &Limit::time(&clock, None)).unwrap();
        assert_eq!((done.covered, done.gap_millionths(), done.proven()), (100, 0, true));
        assert!(done.took > Duration::ZERO);
        assert_eq!(cover.most(2, &Limit::none()).unwrap().took, Duration::ZERO);
        match cover.most(2, &Limit::steps(1)) {
            Ok(stopped) => assert_eq!(stopped.proven(), stopped.gap_millionths() == 0),
            Err(error) => assert!(matches!(error, NoAnswer::NotFound { .. }), "{error}"),
        }
    }
}
