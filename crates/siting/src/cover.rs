//! Covering: which sites reach everyone at least cost (Toregas, Swain, ReVelle and Bergman 1971), and which few reach
//! most (Church and ReVelle 1974).

use crate::answer::{Answer, NoAnswer};
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
    /// assert_eq!((most.open, most.covered), (vec![2], 70));
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
    /// Nothing reaches more.
    pub bound: i64,
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
}
