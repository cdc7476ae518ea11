//! Customers at sites while an answer is sought: loads, costs, and what a move would change.

use crate::problem::{CLOSED, Mark, Problem, Rule};

/// Who is where. One after the last site stands "unserved", which has room for everyone: at the penalty, or for those
/// who have to be served at more than any way costs.
#[derive(Debug, Clone)]
pub struct Placed {
    /// By customer.
    pub at: Vec<usize>,
    /// By site.
    pub members: Vec<Vec<usize>>,
    load: Vec<i64>,
    /// Sites in use or pinned.
    used: usize,
    /// What it costs, those left out who may not be included.
    pub cost: i64,
}

/// What moves are judged by.
pub struct Board<'a> {
    pub problem: &'a Problem,
    /// By site, unserved the last, then by customer; [`CLOSED`] for closed.
    costs: Vec<i64>,
    capacities: Vec<i64>,
    /// The sites of each customer, cheapest first.
    pub near: Vec<Vec<usize>>,
}

impl<'a> Board<'a> {
    pub fn new(problem: &'a Problem) -> Self {
        let (sites, customers) = (problem.sites.len(), problem.customers.len());
        let total: i64 = problem.customers.iter().map(|customer| customer.demand).sum();
        let mut costs = Vec::with_capacity((sites + 1) * customers);
        let mut dearest = problem.sites.iter().map(|site| site.open + site.host).max().unwrap_or(0);
        for (site, known) in problem.sites.iter().enumerate() {
            let allowed = known.mark != Mark::Forbidden;
            let row = problem.costs.row(site).iter().map(|cost| if allowed { *cost } else { CLOSED });
            costs.extend(row);
            dearest =
                problem.costs.row(site).iter().filter(|c| **c != CLOSED).fold(dearest, |d, c| d.max(*c));
        }
        // Above any way, and more the more demand is left out; small enough to be added.
        let most = (1 << 60) / i64::try_from(customers.max(1)).unwrap_or(i64::MAX);
        for customer in &problem.customers {
            let lacking =
                dearest.saturating_mul(2).saturating_add(1).saturating_mul(customer.demand.saturating_add(1));
            costs.push(customer.penalty.unwrap_or(lacking.min(most)));
        }
        let capacities = problem.sites.iter().map(|site| site.capacity.unwrap_or(total)).chain([i64::MAX]);
        let mut board = Self { problem, costs, capacities: capacities.collect(), near: Vec::new() };
        board.near = (0..customers).map(|customer| board.sites_of(customer)).collect();
        board
    }

    fn sites_of(&self, customer: usize) -> Vec<usize> {
        let demand = self.problem.customers[customer].demand;
        let sites = 0..self.problem.sites.len();
        let mut near: Vec<usize> = sites
            .filter(|&site| self.cost(site, customer) != CLOSED && self.capacities[site] >= demand)
            .collect();
        near.sort_by_key(|&site| (self.cost(site, customer), site));
        near
    }

    /// The index of "unserved".
    pub fn unserved(&self) -> usize {
        self.problem.sites.len()
    }

    pub fn cost(&self, site: usize, customer: usize) -> i64 {
        self.costs[site * self.problem.customers.len() + customer]
    }

    pub fn demand(&self, customer: usize) -> i64 {
        self.problem.customers[customer].demand
    }

    fn pinned(&self, site: usize) -> bool {
        self.problem.sites.get(site).is_some_and(|site| site.mark == Mark::Pinned)
    }

    /// Everyone unserved.
    pub fn empty(&self) -> Placed {
        let customers = self.problem.customers.len();
        let sites = self.problem.sites.len();
        let mut members = vec![Vec::new(); sites + 1];
        members[sites] = (0..customers).collect();
        let pinned: Vec<usize> = (0..sites).filter(|&site| self.pinned(site)).collect();
        let mut placed = Placed {
            at: vec![sites; customers],
            members,
            load: vec![0; sites + 1],
            used: pinned.len(),
            cost: (0..customers).map(|customer| self.cost(sites, customer)).sum(),
        };
        placed.cost += pinned.iter().map(|&site| self.problem.sites[site].open).sum::<i64>();
        placed.cost += self.host(&placed, None, None);
        placed
    }

    /// Is a site in use, or pinned? "Unserved" always is.
    pub fn is_used(&self, placed: &Placed, site: usize) -> bool {
        site == self.unserved() || !placed.members[site].is_empty() || self.pinned(site)
    }

    /// Does so much more fit?
    pub fn fits(&self, placed: &Placed, site: usize, more: i64) -> bool {
        placed.load[site].saturating_add(more) <= self.capacities[site]
    }

    /// What a customer's move costs, the opening and closing of sites included; `None` if the number of sites forbids
    /// it. Looks at no capacity.
    pub fn shift(&self, placed: &Placed, customer: usize, to: usize) -> Option<i64> {
        let from = placed.at[customer];
        let ways = self.cost(to, customer) - self.cost(from, customer);
        let opens = (!self.is_used(placed, to)).then_some(to);
        let alone = from != self.unserved() && placed.members[from].len() == 1 && !self.pinned(from);
        let shuts = alone.then_some(from);
        if opens.is_none() && shuts.is_none() {
            return Some(ways);
        }
        if let Rule::Exactly(count) = self.problem.rule
            && placed.used + usize::from(opens.is_some()) > count + usize::from(shuts.is_some())
        {
            return None;
        }
        Some(ways + self.sites(placed, opens, shuts))
    }

    /// What opening one site and closing another costs.
    fn sites(&self, placed: &Placed, opens: Option<usize>, shuts: Option<usize>) -> i64 {
        let open = |site: Option<usize>| site.map_or(0, |site| self.problem.sites[site].open);
        let host = self.host(placed, opens, shuts) - self.host(placed, None, None);
        open(opens) - open(shuts) + host
    }

    /// What the host costs after a change: the cheapest of those in use, or one opened for it.
    fn host(&self, placed: &Placed, opens: Option<usize>, shuts: Option<usize>) -> i64 {
        if self.problem.rule != Rule::OneHost {
            return 0;
        }
        let used = |site: usize| (self.is_used(placed, site) || opens == Some(site)) && shuts != Some(site);
        if !(0..self.unserved()).any(used) {
            return 0;
        }
        let sites = self.problem.sites.iter().enumerate().filter(|(_, site)| site.mark != Mark::Forbidden);
        let costs = sites.map(|(index, site)| site.host + if used(index) { 0 } else { site.open });
        costs.min().unwrap_or(0)
    }

    /// Moves a customer, at what [`Self::shift`] said.
    pub fn place(&self, placed: &mut Placed, customer: usize, to: usize, by: i64) {
        let from = placed.at[customer];
        placed.used += usize::from(!self.is_used(placed, to));
        placed.members[from].retain(|&member| member != customer);
        placed.members[to].push(customer);
        placed.used -= usize::from(!self.is_used(placed, from));
        placed.load[from] -= self.demand(customer);
        placed.load[to] += self.demand(customer);
        placed.at[customer] = to;
        placed.cost += by;
    }
}
