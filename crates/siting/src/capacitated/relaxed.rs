//! The relaxed problem with capacity: each site packs the customers it would rather serve (Holmberg, Rönnqvist and Yuan
//! 1999).

use super::knapsack::{self, Item, Packer};
use super::ways::Ways;
use crate::dual::{Relaxation, State};
use crate::problem::Problem;

/// A way of one site.
#[derive(Debug, Clone, Copy)]
struct Way {
    customer: usize,
    /// In the finer unit.
    cost: i64,
}

/// The ways that are open in a part of the search, and what each site packs.
pub struct Relaxed {
    /// How much finer the unit is.
    pub scale: i64,
    /// Every customer's demand.
    pub demands: Vec<i64>,
    /// What each site packed when it was priced last.
    pub taken: Vec<Vec<usize>>,
    /// By site, and unserved after the last, then by customer: how often the way was gone lately.
    pub often: Vec<f64>,
    all: Vec<Vec<Way>>,
    ways: Vec<Vec<Way>>,
    capacities: Vec<i64>,
    /// What is left beside the customers who have no other way.
    rooms: Vec<i64>,
    open_costs: Vec<i64>,
    penalties: Vec<i64>,
    ranges: Vec<(i64, i64)>,
    /// Customers with no choice left.
    decided: Vec<bool>,
    items: Vec<Item>,
    packer: Packer,
}

/// How much of the new stands in an average.
const NEW: f64 = 0.08;

impl Relaxed {
    pub fn new(problem: &Problem, beyond: i64) -> Self {
        let scale = crate::tree::scale(problem, beyond);
        let (sites, customers) = (problem.sites.len(), problem.customers.len());
        let demands: Vec<i64> = problem.customers.iter().map(|customer| customer.demand).collect();
        let total = demands.iter().sum();
        let ways = |site: usize| {
            let costs = (0..customers)
                .filter_map(move |customer| Some((customer, problem.costs.get(site, customer)?)));
            costs.map(|(customer, cost)| Way { customer, cost: cost * scale }).collect()
        };
        let all: Vec<Vec<Way>> = (0..sites).map(ways).collect();
        let capacities: Vec<i64> = problem.sites.iter().map(|site| site.capacity.unwrap_or(total)).collect();
        Self {
            scale,
            demands,
            taken: vec![Vec::new(); sites],
            often: vec![0.0; (sites + 1) * customers],
            ways: all.clone(),
            all,
            rooms: capacities.clone(),
            capacities,
            open_costs: problem.sites.iter().map(|site| site.open * scale).collect(),
            penalties: crate::tree::largest_multipliers(problem, scale),
            ranges: vec![(0, 0); customers],
            decided: vec![false; customers],
            items: Vec::new(),
            packer: Packer::default(),
        }
    }

    /// Multipliers to begin with: what each customer costs in an answer, with its share of the sites'.
    pub fn start(&self, problem: &Problem, assign: Option<&[Option<usize>]>) -> Vec<i64> {
        let mut load = vec![0_i64; problem.sites.len()];
        for (customer, site) in assign.into_iter().flatten().enumerate() {
            if let Some(site) = *site {
                load[site] += self.demands[customer];
            }
        }
        let cost = |customer: usize| match assign.map(|assign| assign[customer]) {
            Some(Some(site)) => {
                let way = problem.costs.get(site, customer).unwrap_or(0) * self.scale;
                let share = i128::from(self.open_costs[site]) * i128::from(self.demands[customer]);
                way + i64::try_from(share / i128::from(load[site].max(1))).unwrap_or(0)
            }
            Some(None) => self.penalties[customer],
            None => {
                let ways = (0..problem.sites.len()).filter_map(|site| problem.costs.get(site, customer));
                ways.min().unwrap_or(0) * self.scale
            }
        };
        (0..problem.customers.len()).map(cost).collect()
    }

    /// Makes this the relaxed problem of a part; false if a customer has no way left or those without choice find no room.
    pub fn enter(&mut self, ways: &Ways, states: &[State]) -> bool {
        self.rooms.clone_from(&self.capacities);
        let mut choices = vec![0_usize; self.demands.len()];
        let mut least = vec![i64::MAX; self.demands.len()];
        for (site, all) in self.all.iter().enumerate() {
            let open = &mut self.ways[site];
            open.clear();
            if states[site] != State::Shut {
                open.extend(all.iter().filter(|way| ways.is_open(site, way.customer)));
            }
            for way in open.iter() {
                choices[way.customer] += 1;
                least[way.customer] = least[way.customer].min(way.cost);
            }
        }
        for customer in 0..choices.len() {
            let may_stay = ways.is_open(self.all.len(), customer);
            let most = if may_stay { self.penalties[customer] } else { i64::MAX };
            let least = least[customer].min(most);
            self.decided[customer] = choices[customer] + usize::from(may_stay) == 1;
            if choices[customer] == 0 && !may_stay {
                return false;
            }
            // Whoever has one choice costs just that; its multiplier stands still.
            self.ranges[customer] =
                (least, if self.decided[customer] { least } else { most.min(self.most()) });
        }
        self.settle_decided()
    }

    /// The largest multiplier of whoever has to be served.
    fn most(&self) -> i64 {
        let ways = i64::try_from(self.often.len()).unwrap_or(i64::MAX).max(1);
        (1 << 61) / ways
    }

    fn settle_decided(&mut self) -> bool {
        for (site, ways) in self.ways.iter_mut().enumerate() {
            let decided = ways.iter().filter(|way| self.decided[way.customer]);
            self.rooms[site] -= decided.map(|way| self.demands[way.customer]).sum::<i64>();
            if self.rooms[site] < 0 {
                return false;
            }
            ways.retain(|way| !self.decided[way.customer]);
        }
        true
    }

    /// Is a customer left without a choice?
    pub fn is_decided(&self, customer: usize) -> bool {
        self.decided[customer]
    }

    /// The customers that a site would rather have than not at these multipliers, by what they bring for their demand.
    pub fn wanted(&mut self, site: usize, multipliers: &[i64]) -> &[Item] {
        self.gather(site, multipliers);
        knapsack::sort(&mut self.items);
        &self.items
    }

    fn gather(&mut self, site: usize, multipliers: &[i64]) {
        let room = self.rooms[site];
        let items = self.ways[site].iter().map(|way| Item {
            profit: multipliers[way.customer] - way.cost,
            weight: self.demands[way.customer],
            customer: way.customer,
        });
        self.items.clear();
        self.items.extend(items.filter(|item| item.profit > 0 && item.weight <= room));
    }

    /// What is left of a site's capacity beside those who have no other way.
    pub fn room(&self, site: usize) -> i64 {
        self.rooms[site]
    }

    /// A site's ways that are a choice, with their costs in the finer unit.
    pub fn choices(&self, site: usize) -> impl Iterator<Item = (usize, i64)> {
        self.ways[site].iter().map(|way| (way.customer, way.cost))
    }

    /// What a site costs when it is open, in the finer unit.
    pub fn open_cost(&self, site: usize) -> i64 {
        self.open_costs[site]
    }
}

impl Relaxation for Relaxed {
    fn price(&mut self, multipliers: &[i64], states: &[State], reduced: &mut [i64]) {
        for (site, reduced) in reduced.iter_mut().enumerate() {
            *reduced = self.open_costs[site];
            self.taken[site].clear();
            if states[site] == State::Shut {
                continue;
            }
            self.gather(site, multipliers);
            *reduced -= self.packer.pack(&mut self.items, self.rooms[site]);
            self.taken[site].extend_from_slice(&self.packer.taken);
        }
    }

    fn count(&mut self, _: &[i64], open: &[bool], count: &mut [i64]) {
        count.fill(0);
        let customers = self.demands.len();
        for (site, ways) in self.ways.iter().enumerate() {
            let often = &mut self.often[site * customers..(site + 1) * customers];
            for way in ways {
                often[way.customer] *= 1.0 - NEW;
            }
            if open[site] {
                for &customer in &self.taken[site] {
                    often[customer] += NEW;
                    count[customer] += 1;
                }
            }
        }
        let unserved = &mut self.often[self.all.len() * customers..];
        for ((often, count), decided) in unserved.iter_mut().zip(count).zip(&self.decided) {
            *count += i64::from(*decided);
            *often += NEW * (if *count == 0 { 1.0 } else { 0.0 } - *often);
        }
    }

    fn range(&self, customer: usize) -> (i64, i64) {
        self.ranges[customer]
    }
}
