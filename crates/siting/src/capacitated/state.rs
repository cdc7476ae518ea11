//! Customers at sites while an answer is sought: loads, costs, and what a move would change.

use crate::problem::{CLOSED, Mark, Problem, Rule};

/// Who is where. One after the last site stands "unserved", which has room for everyone: at the penalty, or for those
/// who have to be served at more than any way costs.
#[derive(Debug)]
pub struct Placed {
    /// By customer.
    pub at: Vec<usize>,
    /// By site.
    pub members: Vec<Vec<usize>>,
    load: Vec<i64>,
    /// Sites in use or pinned.
    used: usize,
    /// What it costs, those who are left out though they may not be at their price of the moment.
    pub cost: i64,
    /// How many are left out though they may not be.
    pub lacking: usize,
}

impl Clone for Placed {
    fn clone(&self) -> Self {
        let (at, members, load) = (self.at.clone(), self.members.clone(), self.load.clone());
        Self { at, members, load, ..*self }
    }

    // The search copies at every round: without this, each copy would make all lists anew.
    fn clone_from(&mut self, other: &Self) {
        self.at.clone_from(&other.at);
        self.members.clone_from(&other.members);
        self.load.clone_from(&other.load);
        (self.used, self.cost, self.lacking) = (other.used, other.cost, other.lacking);
    }
}

/// What moves are judged by.
pub struct Board<'a> {
    pub problem: &'a Problem,
    /// By site, unserved the last, then by customer; [`CLOSED`] for closed.
    costs: Vec<i64>,
    capacities: Vec<i64>,
    /// The sites of each customer, cheapest first.
    pub near: Vec<Vec<usize>>,
    /// What a unit of demand costs that is left out though it may not be.
    price: i64,
    least_price: i64,
    most_price: i64,
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

        let capacities = problem.sites.iter().map(|site| site.capacity.unwrap_or(total)).chain([i64::MAX]);
        costs.resize((sites + 1) * customers, 0);
        // Everyone left out costs more than everything else, and can still be added.
        let count = i64::try_from(customers.max(1)).unwrap_or(i64::MAX);
        let largest = problem.customers.iter().map(|customer| customer.demand + 1).max().unwrap_or(1);
        let most_price = (dearest.saturating_mul(2) + 1).min((1 << 60) / count / largest).max(1);
        let least_price = (dearest / (total / count + 1) / 4).clamp(1, most_price);
        let capacities = capacities.collect();
        let near = Vec::new();
        let mut board = Self { problem, costs, capacities, near, price: most_price, least_price, most_price };
        board.near = (0..customers).map(|customer| board.sites_of(customer)).collect();
        board.charge(most_price);
        board
    }

    /// Sets what is left out at a price for each unit of demand.
    fn charge(&mut self, price: i64) {
        self.price = price.clamp(self.least_price, self.most_price);
        let unserved = self.problem.sites.len() * self.problem.customers.len();
        for (cost, customer) in self.costs[unserved..].iter_mut().zip(&self.problem.customers) {
            *cost = customer.penalty.unwrap_or(self.price * (customer.demand + 1));
        }
    }

    /// Leaving out becomes dearer, or cheaper; [`Self::recount`] then brings what is placed up to date.
    pub fn dearer(&mut self, dearer: bool) {
        let price = if dearer { self.price.saturating_mul(3) / 2 + 1 } else { self.price * 3 / 4 };
        self.charge(price);
    }

    /// Counts the cost anew.
    pub fn recount(&self, placed: &mut Placed) {
        let sites = (0..self.unserved()).filter(|&site| self.is_used(placed, site));
        placed.cost =
            sites.map(|site| self.problem.sites[site].open).sum::<i64>() + self.host(placed, None, None);
        placed.cost +=
            placed.at.iter().enumerate().map(|(customer, &site)| self.cost(site, customer)).sum::<i64>();
    }

    /// May a customer not be left out?
    fn must(&self, customer: usize) -> bool {
        self.problem.customers[customer].penalty.is_none()
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
            cost: 0,
            lacking: (0..customers).filter(|&customer| self.must(customer)).count(),
        };
        self.recount(&mut placed);
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
        if self.must(customer) {
            placed.lacking += usize::from(to == self.unserved());
            placed.lacking -= usize::from(from == self.unserved());
        }
    }
}
