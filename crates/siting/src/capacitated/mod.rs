//! Single-source location with capacity: each customer goes whole to one open site within what it can serve.

pub mod knapsack;
mod relaxed;
mod search;
mod state;
mod ways;

pub use self::ways::Ways;

use self::knapsack::bound_without;
use self::relaxed::Relaxed;
use self::search::Search;
use crate::answer::{Answer, NoAnswer};
use crate::dual::{Dual, Effort, State};
use crate::limit::Limit;
use crate::number::divide_up;
use crate::problem::{Customer, Mark, Problem};
use crate::tree::{Method, Node, Rest, Tree};

/// Solves a problem with capacities.
pub fn solve(problem: &Problem, limit: &Limit) -> Result<Answer, NoAnswer> {
    let beyond = problem.beyond()?;
    let relaxed = Relaxed::new(problem, beyond);
    let method = Capacitated { problem, relaxed, search: Search::new(problem) };
    Tree::new(problem, method, beyond, limit).solve()
}

/// How a part of the search is worked at.
struct Capacitated<'a> {
    problem: &'a Problem,
    relaxed: Relaxed,
    search: Search<'a>,
}

/// Evaluations of the dual at a part of the search below the first.
const BELOW: Effort = Effort { rounds: 80, step: 0.5, patience: 6 };
/// Rounds of the search for answers: at the start and at a thorough look, and at any other.
const LONG: u32 = 200;
const SHORT: u32 = 30;

impl Method for Capacitated<'_> {
    type Relaxed = Relaxed;

    fn relaxed(&mut self) -> &mut Relaxed {
        &mut self.relaxed
    }

    fn scale(&self) -> i64 {
        self.relaxed.scale
    }

    fn first(&mut self, limit: &Limit) -> Option<Answer> {
        self.search.first();
        self.search.rounds(LONG, limit)
    }

    fn start(&self, best: Option<&Answer>) -> Vec<i64> {
        self.relaxed.start(self.problem, best.map(|best| best.assign.as_slice()))
    }

    fn efforts(&self) -> Vec<Effort> {
        let steps = [1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
        steps.map(|step| Effort { rounds: 150, step, patience: 12 }).to_vec()
    }

    fn below(&self) -> Effort {
        BELOW
    }

    fn ways(&self) -> Ways {
        let problem = self.problem;
        let (sites, customers) = (problem.sites.len(), problem.customers.len());
        Ways::new(sites, customers, |site, customer| {
            let Customer { demand, penalty } = problem.customers[customer];
            let Some(site) = problem.sites.get(site).map(|known| (site, known)) else {
                return penalty.is_some();
            };
            let fits = site.1.capacity.is_none_or(|capacity| demand <= capacity);
            let cost = problem.costs.get(site.0, customer);
            let pays = cost.is_some_and(|cost| penalty.is_none_or(|penalty| cost < penalty));
            site.1.mark != Mark::Forbidden && fits && pays
        })
    }

    fn enter(&mut self, node: &Node) -> bool {
        self.relaxed.enter(&node.ways, &node.states)
    }

    fn forget(&mut self, _: &Node) {}

    fn tighten(&mut self, node: &mut Node, dual: &Dual, bases: &[Option<i64>], upper: i64) -> bool {
        for (site, base) in bases.iter().enumerate() {
            let Some(base) = base.filter(|_| node.states[site] != State::Shut) else { continue };
            self.tighten_site(site, base, node, dual, upper);
        }
        self.relaxed.enter(&node.ways, &node.states) && self.open_decided(node)
    }

    fn improve(&mut self, dual: &Dual, node: &Node, thorough: bool, limit: &Limit) -> Option<Answer> {
        self.search.follow(dual, node, &self.relaxed);
        self.search.rounds(if thorough { LONG } else { SHORT }, limit)
    }

    fn settled(&self, node: &Node) -> Rest {
        let sites = self.problem.sites.len();
        let mut assign = Vec::with_capacity(self.problem.customers.len());
        for customer in 0..self.problem.customers.len() {
            if !self.relaxed.is_decided(customer) {
                return Rest::Many;
            }
            let mut ways =
                node.ways.of(customer).filter(|&site| site == sites || node.states[site] != State::Shut);
            assign.push(ways.next().filter(|&site| site < sites));
        }
        Rest::One(self.problem.price(&assign))
    }

    fn split_customers(&mut self, node: &Node) -> Vec<Node> {
        let sites = self.problem.sites.len();
        let customers = self.problem.customers.len();
        let often = |site: usize, customer: usize| self.relaxed.often[site * customers + customer];
        let open = |customer: usize| {
            node.ways.of(customer).filter(|&site| site == sites || node.states[site] != State::Shut)
        };
        let sure = |customer: usize| open(customer).map(|site| often(site, customer)).fold(0.0, f64::max);
        let undecided = (0..customers).filter(|&customer| !self.relaxed.is_decided(customer));
        let Some(customer) = undecided.min_by(|&a, &b| sure(a).total_cmp(&sure(b))) else {
            return Vec::new();
        };
        let mut all: Vec<usize> = open(customer).collect();
        all.sort_by(|&a, &b| often(b, customer).total_cmp(&often(a, customer)));
        let mut parts = [node.clone(), node.clone()];
        let mut shares = [0.0, 0.0];
        for (place, site) in all.into_iter().enumerate() {
            // The second goes apart from the first even where neither was ever gone.
            let to = usize::from(if place < 2 { place == 1 } else { shares[1] < shares[0] });
            shares[to] += often(site, customer) + 1e-6;
            parts[1 - to].ways.shut(site, customer);
        }
        parts.into()
    }
}

impl Capacitated<'_> {
    /// Rules out the ways of a site that would cost too much, and the other ways of a customer it cannot do without.
    /// `base` is the value of the dual with the site open, without the site's own cost.
    fn tighten_site(&mut self, site: usize, base: i64, node: &mut Node, dual: &Dual, upper: i64) {
        let multipliers = &dual.multipliers;
        let scale = self.relaxed.scale;
        let room = self.relaxed.room(site);
        let base = base + self.relaxed.open_cost(site);
        let too_dear = |packed: i64| divide_up(base - packed, scale) >= upper;
        let wanted = self.relaxed.wanted(site, multipliers).to_vec();
        for (customer, cost) in self.relaxed.choices(site) {
            let demand = self.relaxed.demands[customer];
            if demand > room {
                node.ways.shut(site, customer);
                continue;
            }
            let with = multipliers[customer] - cost + bound_without(&wanted, customer, room - demand);
            if too_dear(with) {
                node.ways.shut(site, customer);
            } else if node.states[site] == State::Open && too_dear(bound_without(&wanted, customer, room)) {
                node.ways.only(site, customer);
            }
        }
    }

    /// Opens the sites of customers who have no other way; false if one of them is shut.
    fn open_decided(&self, node: &mut Node) -> bool {
        let sites = self.problem.sites.len();
        for customer in (0..self.problem.customers.len()).filter(|&c| self.relaxed.is_decided(c)) {
            let mut ways =
                node.ways.of(customer).filter(|&site| site == sites || node.states[site] != State::Shut);
            if let Some(site) = ways.next().filter(|&site| site < sites) {
                node.states[site] = State::Open;
            }
        }
        true
    }
}
