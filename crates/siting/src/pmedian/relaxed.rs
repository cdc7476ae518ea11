//! The relaxed problem without capacity: a site chooses every customer whose multiplier is above the cost of the way.

use crate::dual::{Relaxation, State};
use crate::problem::Problem;

/// The ways of each customer, cheapest first, in the finer unit.
pub struct Relaxed {
    /// How much finer the unit is.
    pub scale: i64,
    all: Vec<Vec<(i64, usize)>>,
    /// Those to sites that are not shut.
    near: Vec<Vec<(i64, usize)>>,
    open_costs: Vec<i64>,
    most: Vec<i64>,
    shut: Vec<bool>,
    /// May be left unserved.
    may_stay: Vec<bool>,
}

impl Relaxed {
    pub fn new(problem: &Problem, beyond: i64) -> Self {
        let scale = crate::tree::scale(problem, beyond);
        let most = crate::tree::largest_multipliers(problem, scale);
        let mut all = Vec::with_capacity(problem.customers.len());
        for (customer, most) in most.iter().enumerate() {
            let sites = 0..problem.sites.len();
            let ways = sites.filter_map(|site| Some((problem.costs.get(site, customer)? * scale, site)));
            // A way dearer than leaving the customer is never gone.
            let mut ways: Vec<(i64, usize)> = ways.filter(|(cost, _)| cost < most).collect();
            ways.sort_unstable();
            all.push(ways);
        }
        let open_costs = problem.sites.iter().map(|site| site.open * scale).collect();
        let may_stay = problem.customers.iter().map(|customer| customer.penalty.is_some()).collect();
        let shut = vec![false; problem.sites.len()];
        Self { scale, near: all.clone(), all, open_costs, most, shut, may_stay }
    }

    /// Leaves out the ways to sites that are shut here; false if a customer who has to be served has none left.
    pub fn enter(&mut self, states: &[State]) -> bool {
        let shut: Vec<bool> = states.iter().map(|state| *state == State::Shut).collect();
        if shut != self.shut {
            for (near, all) in self.near.iter_mut().zip(&self.all) {
                near.clear();
                near.extend(all.iter().filter(|(_, site)| !shut[*site]));
            }
            self.shut = shut;
        }
        self.near.iter().zip(&self.may_stay).all(|(near, may_stay)| *may_stay || !near.is_empty())
    }

    /// Leaves out for good the ways to sites that no answer worth finding opens.
    pub fn forget(&mut self, states: &[State]) {
        for ways in &mut self.all {
            ways.retain(|(_, site)| states[*site] != State::Shut);
        }
    }

    /// Multipliers to begin with: what each customer costs in an answer, with its share of the sites'.
    pub fn start(&self, problem: &Problem, assign: Option<&[Option<usize>]>) -> Vec<i64> {
        let mut served = vec![0_i64; problem.sites.len()];
        for site in assign.into_iter().flatten().flatten() {
            served[*site] += 1;
        }
        let cost = |customer: usize| match assign.map(|assign| assign[customer]) {
            Some(Some(site)) => {
                let way = problem.costs.get(site, customer).unwrap_or(0) * self.scale;
                way + self.open_costs[site] / served[site].max(1)
            }
            Some(None) => self.most[customer],
            None => self.all[customer].first().map_or(0, |(cost, _)| *cost),
        };
        (0..problem.customers.len()).map(cost).collect()
    }
}

impl Relaxation for Relaxed {
    fn price(&mut self, multipliers: &[i64], _: &[State], reduced: &mut [i64]) {
        reduced.copy_from_slice(&self.open_costs);
        for (near, multiplier) in self.near.iter().zip(multipliers) {
            for (cost, site) in near {
                if cost >= multiplier {
                    break;
                }
                reduced[*site] += cost - multiplier;
            }
        }
    }

    fn count(&mut self, multipliers: &[i64], open: &[bool], count: &mut [i64]) {
        for ((near, multiplier), count) in self.near.iter().zip(multipliers).zip(count) {
            let chosen = near.iter().take_while(|(cost, _)| cost < multiplier);
            *count = chosen.map(|(_, site)| i64::from(open[*site])).sum();
        }
    }

    fn range(&self, customer: usize) -> (i64, i64) {
        let least = self.near[customer].first().map_or(0, |(cost, _)| *cost);
        (least.min(self.most[customer]), self.most[customer])
    }
}
