//! Branch and bound over a Lagrangian dual, best bound first: what every solver of this crate shares.
//!
//! At each node the dual is improved, its solution made into an answer, and whatever would cost at least as much as the
//! best answer is ruled out: sites and ways by their reduced cost, in whole numbers (Beasley 1985). What is left is
//! split at a site, or at a customer's ways.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::answer::{Answer, NoAnswer};
use crate::capacitated::Ways;
use crate::dual::{Dual, Effort, Picker, Relaxation, State, ascend};
use crate::limit::Limit;
use crate::number::divide_up;
use crate::problem::{CLOSED, Mark, Problem};

/// A part of the search.
#[derive(Debug, Clone)]
pub struct Node {
    /// No answer in this part costs less.
    pub bound: i64,
    /// What is settled about each site.
    pub states: Vec<State>,
    /// Multipliers to begin with.
    pub multipliers: Vec<i64>,
    /// The ways that are still open, where they are followed.
    pub ways: Ways,
    /// How many splits lie above.
    pub depth: u32,
}

/// What is left to look at in a part of the search.
pub enum Rest {
    /// More than one answer.
    Many,
    /// This one, or none at all.
    One(Option<Answer>),
}

/// What differs between problems with and without capacity.
pub trait Method {
    type Relaxed: Relaxation;

    fn relaxed(&mut self) -> &mut Self::Relaxed;
    fn scale(&self) -> i64;
    /// A first answer.
    fn first(&mut self, limit: &Limit) -> Option<Answer>;
    /// Multipliers to begin with.
    fn start(&self, best: Option<&Answer>) -> Vec<i64>;
    /// The ways that are open at first, where they are followed.
    fn ways(&self) -> Ways;
    /// How the dual is worked at in the first part, one after the other.
    fn efforts(&self) -> Vec<Effort>;
    /// The same in the parts below.
    fn below(&self) -> Effort;
    /// Makes the relaxed problem that of a part; false if it has no answer.
    fn enter(&mut self, node: &Node) -> bool;
    /// Forgets for good what is shut in the first part.
    fn forget(&mut self, node: &Node);
    /// Rules out ways, given for each site the value of the dual with it open and without its own cost; false if the
    /// part has no answer below `upper`.
    fn tighten(&mut self, node: &mut Node, dual: &Dual, bases: &[Option<i64>], upper: i64) -> bool;
    /// An answer made of a dual's solution; a thorough one takes longer.
    fn improve(&mut self, dual: &Dual, node: &Node, thorough: bool, limit: &Limit) -> Option<Answer>;
    /// Whether a part holds at most one answer worth looking at.
    fn settled(&self, node: &Node) -> Rest;
    /// Splits at a customer's ways; empty if none can be split.
    fn split_customers(&mut self, node: &Node) -> Vec<Node>;
}

/// Parts come by their bound, then the deepest first, then as they were made.
type Key = (i64, Reverse<u32>, u64);

/// The search.
pub struct Tree<'a, M> {
    problem: &'a Problem,
    method: M,
    picker: Picker,
    limit: &'a Limit<'a>,
    best: Option<Answer>,
    /// What the best answer costs; before there is one, more than any costs.
    upper: i64,
    /// Are there answers that cost too much to be wanted?
    narrowed: bool,
    parts: BTreeMap<Key, Node>,
    made: u64,
    seen: u64,
}

/// A site nearer than this to half open is split before any customer's ways.
const UNDECIDED: f64 = 0.45;
/// Every so many parts, the search goes straight down to an answer.
const DIVE: u64 = 5;
/// Every so many parts, an answer is sought thoroughly.
const THOROUGH: u64 = 16;

impl<'a, M: Method> Tree<'a, M> {
    pub fn new(problem: &'a Problem, method: M, beyond: i64, limit: &'a Limit<'a>) -> Self {
        let picker = Picker::new(problem, method.scale());
        let parts = BTreeMap::new();
        let wanted = limit.wanted().filter(|wanted| *wanted < beyond);
        let (narrowed, upper) = (wanted.is_some(), wanted.unwrap_or(beyond));
        Self { problem, method, picker, limit, best: None, upper, narrowed, parts, made: 0, seen: 0 }
    }

    /// Searches until the best answer is proven or the limit comes.
    pub fn solve(mut self) -> Result<Answer, NoAnswer> {
        self.offer(self.problem.price(&vec![None; self.problem.customers.len()]));
        let first = self.method.first(self.limit);
        self.offer(first);
        if let Some((root, dual)) = self.root() {
            self.divide(&root, &dual);
        }
        while let Some((key, node)) = self.parts.pop_first() {
            if key.0 >= self.upper {
                self.parts.clear();
                break;
            }
            if self.limit.over() {
                self.parts.insert(key, node);
                break;
            }
            let next = self.look(node);
            if self.seen.is_multiple_of(DIVE) {
                self.dive(next);
            }
        }
        let bound = self.parts.first_key_value().map_or(self.upper, |(key, _)| key.0.min(self.upper));
        match self.best {
            Some(best) => Ok(Answer { bound: bound.min(best.objective), took: self.limit.took(), ..best }),
            None if self.parts.is_empty() && !self.narrowed => Err(NoAnswer::Infeasible),
            None => Err(NoAnswer::NotFound { bound }),
        }
    }

    fn offer(&mut self, answer: Option<Answer>) {
        if let Some(answer) = answer.filter(|answer| answer.objective < self.upper) {
            self.upper = answer.objective;
            self.best = Some(answer);
        }
    }

    /// The whole problem, worked at thoroughly; `None` if nothing is left of it.
    fn root(&mut self) -> Option<(Node, Dual)> {
        let state = |mark| match mark {
            Mark::Free => State::Free,
            Mark::Pinned => State::Open,
            Mark::Forbidden => State::Shut,
        };
        let mut node = Node {
            bound: 0,
            states: self.problem.sites.iter().map(|site| state(site.mark)).collect(),
            multipliers: self.method.start(self.best.as_ref()),
            ways: self.method.ways(),
            depth: 0,
        };
        let mut last = None;
        for effort in self.method.efforts() {
            last = Some(self.work(&mut node, effort, true)?);
            self.method.forget(&node);
            if self.limit.over() {
                break;
            }
        }
        last.map(|dual| (node, dual))
    }

    /// A part: its dual, its answer, what can be ruled out; then it is split. Returns the half nearer to the dual.
    fn look(&mut self, mut node: Node) -> Option<Key> {
        self.seen += 1;
        let thorough = self.seen.is_multiple_of(THOROUGH);
        let effort = self.method.below();
        let dual = self.work(&mut node, effort, thorough)?;
        self.divide(&node, &dual)
    }

    /// Goes straight down to an answer.
    fn dive(&mut self, mut next: Option<Key>) {
        while let Some(node) = next.filter(|_| !self.limit.over()).and_then(|key| self.parts.remove(&key)) {
            next = if node.bound < self.upper { self.look(node) } else { None };
        }
    }

    /// Works at a part's dual; `None` if nothing is left of the part.
    fn work(&mut self, node: &mut Node, effort: Effort, thorough: bool) -> Option<Dual> {
        if !self.method.enter(node) {
            return None;
        }
        if let Rest::One(answer) = self.method.settled(node) {
            self.offer(answer);
            return None;
        }
        let relaxed = self.method.relaxed();
        let start = &node.multipliers;
        let dual = ascend(relaxed, &mut self.picker, &node.states, start, self.upper, effort, self.limit);
        if dual.impossible {
            return None;
        }
        node.bound = node.bound.max(divide_up(dual.value, self.picker.scale));
        node.multipliers.clone_from(&dual.multipliers);
        if node.bound >= self.upper {
            return None;
        }
        let answer = self.method.improve(&dual, node, thorough, self.limit);
        self.offer(answer);
        self.rule_out(node, &dual)?;
        if !self.method.enter(node) {
            return None;
        }
        if let Rest::One(answer) = self.method.settled(node) {
            self.offer(answer);
            return None;
        }
        (node.bound < self.upper).then_some(dual)
    }

    /// Settles sites and ways that would cost at least as much as the best answer; `None` if nothing is left.
    fn rule_out(&mut self, node: &mut Node, dual: &Dual) -> Option<()> {
        let whole: i64 = dual.multipliers.iter().sum();
        let scale = self.picker.scale;
        let upper = self.upper;
        let too_dear =
            |value: Option<i64>| value.is_none_or(|value| divide_up(whole + value, scale) >= upper);
        let mut bases = vec![None; node.states.len()];
        for (site, base) in bases.iter_mut().enumerate() {
            if node.states[site] == State::Shut {
                continue;
            }
            let open = self.picker.forced(&mut node.states, &dual.reduced, site, State::Open);
            let dear = too_dear(open);
            if !dear {
                *base = open.map(|open| whole + open - dual.reduced[site]);
            }
            if node.states[site] != State::Free {
                continue;
            }
            let shut = self.picker.forced(&mut node.states, &dual.reduced, site, State::Shut);
            match (dear, too_dear(shut)) {
                (true, true) => return None,
                (true, false) => node.states[site] = State::Shut,
                (false, true) => node.states[site] = State::Open,
                (false, false) => {}
            }
        }
        self.method.tighten(node, dual, &bases, upper).then_some(())
    }

    /// Splits a part at the site that is nearest to half open, or at a customer where all sites are decided.
    fn divide(&mut self, node: &Node, dual: &Dual) -> Option<Key> {
        let free = (0..node.states.len()).filter(|&site| node.states[site] == State::Free);
        let doubt = |site: usize| {
            let often = dual.often[site];
            if often.is_nan() { 0.0 } else { (often - 0.5).abs() }
        };
        let nearest = free.min_by(|&a, &b| doubt(a).total_cmp(&doubt(b)));
        if nearest.is_none_or(|site| doubt(site) > UNDECIDED) {
            let parts = self.method.split_customers(node);
            if !parts.is_empty() {
                let keys: Vec<Key> = parts.into_iter().map(|part| self.keep(part)).collect();
                return keys.first().copied();
            }
        }
        // A part with neither a site nor a way to split is settled and does not come here.
        let site = nearest?;
        let states =
            if dual.often[site] < 0.5 { [State::Shut, State::Open] } else { [State::Open, State::Shut] };
        let keys = states.map(|state| {
            let mut part = node.clone();
            part.states[site] = state;
            self.keep(part)
        });
        Some(keys[0])
    }

    fn keep(&mut self, mut node: Node) -> Key {
        node.depth += 1;
        self.made += 1;
        let key = (node.bound, Reverse(node.depth), self.made);
        self.parts.insert(key, node);
        key
    }
}

/// Multipliers up to this can be added over all sites and customers.
fn addable(problem: &Problem) -> i64 {
    let ways = problem.sites.len().saturating_mul(problem.customers.len()).max(1);
    (1 << 61) / i64::try_from(ways).unwrap_or(i64::MAX)
}

/// How much finer than the costs the unit of the multipliers is: 1024 times, or as much as can be added.
pub fn scale(problem: &Problem, beyond: i64) -> i64 {
    let ways =
        (0..problem.sites.len()).flat_map(|site| problem.costs.row(site)).filter(|cost| **cost != CLOSED);
    let sites = problem.sites.iter().map(|site| site.open + site.host).max().unwrap_or(0);
    let dearest = ways.copied().max().unwrap_or(0).max(sites);
    let mut scale = 1024;
    while scale > 1
        && (beyond.saturating_mul(scale) > 1 << 56 || dearest.saturating_mul(4 * scale) > addable(problem))
    {
        scale /= 2;
    }
    scale
}

/// The largest multiplier of each customer: its penalty, or what can be added.
pub fn largest_multipliers(problem: &Problem, scale: i64) -> Vec<i64> {
    let most = addable(problem);
    let penalties =
        problem.customers.iter().map(|customer| customer.penalty.map(|p| p.saturating_mul(scale)));
    penalties.map(|penalty| penalty.unwrap_or(most).min(most)).collect()
}
