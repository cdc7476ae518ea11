//! Answers with capacity: moves of one customer, exchanges of two and chains of two, each until none is better; between
//! them a few sites near each other are emptied and filled again, one of them closed or another opened (Shaw 1998).

use super::relaxed::Relaxed;
use super::state::{Board, Placed};
use crate::answer::Answer;
use crate::dual::{Dual, State};
use crate::limit::Limit;
use crate::number::Stream;
use crate::problem::Problem;
use crate::tree::Node;

/// Sites of a customer that moves look at: further ones hardly ever serve it.
const NEAR: usize = 14;
/// Sites that chains look at.
const CHAIN: usize = 8;
/// How much worse than the best an answer may be to be gone on from: one part in so many.
const WORSE: i64 = 1_500;
/// Rounds without a better answer after which the search goes back to the best.
const LOST: u32 = 1_000;
/// Rounds one after the other with somebody left out, or with nobody, after which the price of that changes.
const PATIENCE: i32 = 25;

/// A search that keeps where it is from one call to the next.
pub struct Search<'a> {
    board: Board<'a>,
    now: Placed,
    /// The least cost since the search began again.
    least: i64,
    trial: Placed,
    /// The best that leaves nobody out who may not be.
    best: Option<Placed>,
    told: i64,
    lost: u32,
    /// Rounds one after the other that left somebody out who may not be, or, below 0, that did not.
    short: i32,
    /// How often the dual opened each site lately.
    often: Vec<f64>,
    stream: Stream,
}

impl<'a> Search<'a> {
    pub fn new(problem: &'a Problem) -> Self {
        let board = Board::new(problem);
        let empty = board.empty();
        let (now, trial, least) = (empty.clone(), empty, i64::MAX);
        let (often, stream) = (vec![0.5; problem.sites.len()], Stream::new(1));
        Self { board, now, least, trial, best: None, told: i64::MAX, lost: 0, short: 0, often, stream }
    }

    /// Begins with the largest demands at the sites that are cheapest for their share.
    pub fn first(&mut self) {
        self.trial = self.board.empty();
        let everyone: Vec<usize> = (0..self.now.at.len()).collect();
        self.fill(everyone.clone(), |_| true);
        self.improve(everyone);
        self.begin();
    }

    /// Begins again with the sites that a dual opens and those whom only one of them wants.
    pub fn follow(&mut self, dual: &Dual, node: &Node, relaxed: &Relaxed) {
        self.often.clone_from(&dual.often);
        let (open, taken) = (&dual.open, &relaxed.taken);
        let board = &self.board;
        self.trial = board.empty();
        let mut wanted: Vec<Option<usize>> = vec![None; self.now.at.len()];
        for site in (0..open.len()).filter(|&site| open[site]) {
            for &customer in &taken[site] {
                let nearer =
                    wanted[customer].is_none_or(|o| board.cost(site, customer) < board.cost(o, customer));
                if nearer {
                    wanted[customer] = Some(site);
                }
            }
        }
        for (customer, wanted) in wanted.iter_mut().enumerate().filter(|(c, _)| relaxed.is_decided(*c)) {
            let shut = |site: usize| node.states.get(site) == Some(&State::Shut);
            *wanted = node.ways.of(customer).find(|&site| !shut(site)).filter(|&site| site < open.len());
        }
        for (customer, site) in wanted.into_iter().enumerate() {
            let Some(site) = site.filter(|&site| board.fits(&self.trial, site, board.demand(customer)))
            else {
                continue;
            };
            if let Some(by) = board.shift(&self.trial, customer, site) {
                board.place(&mut self.trial, customer, site, by);
            }
        }
        let rest = self.trial.members[board.unserved()].clone();
        self.fill(rest, |site| open[site]);
        self.improve((0..self.now.at.len()).collect());
        self.begin();
    }

    /// So many rounds; the best answer, if it is better than the last one told.
    pub fn rounds(&mut self, rounds: u32, limit: &Limit) -> Option<Answer> {
        for _ in 0..rounds {
            if limit.step() || self.now.at.is_empty() {
                break;
            }
            if self.lost > LOST {
                self.go_back();
            }
            self.round();
        }
        let best = self.best.as_ref().filter(|best| best.cost < self.told)?;
        self.told = best.cost;
        let unserved = self.board.unserved();
        let assign: Vec<Option<usize>> =
            best.at.iter().map(|&site| Some(site).filter(|&site| site < unserved)).collect();
        self.board.problem.price(&assign)
    }

    /// Empties a few sites, fills them again, improves.
    fn round(&mut self) {
        self.trial.clone_from(&self.now);
        let seed = self.stream.below(self.now.at.len());
        let near = &self.board.near[seed];
        let used: Vec<usize> =
            near.iter().copied().filter(|&site| !self.now.members[site].is_empty()).collect();
        let several = 1 + self.stream.below(4);
        let emptied: Vec<usize> = used.into_iter().take(several).collect();
        let fresh: Vec<usize> =
            near.iter().copied().take(NEAR).filter(|&site| self.now.members[site].is_empty()).collect();
        let kind = self.stream.below(5);
        let barred = if kind < 3 { self.one_of(&emptied, |a, b| a < b) } else { None };
        let opened = if kind.is_multiple_of(2) { self.one_of(&fresh, |a, b| a > b) } else { None };
        let mut moved: Vec<usize> = self.trial.members[self.board.unserved()].clone();
        let some = self.stream.below(2) == 0;
        for &site in &emptied {
            for customer in self.trial.members[site].clone() {
                let stays = some && Some(site) != barred && self.stream.below(2) == 0;
                if !stays && let Some(by) = self.board.shift(&self.trial, customer, self.board.unserved()) {
                    self.board.place(&mut self.trial, customer, self.board.unserved(), by);
                    moved.push(customer);
                }
            }
        }
        let was_open: Vec<bool> =
            (0..self.board.unserved()).map(|site| self.board.is_used(&self.now, site)).collect();
        self.fill(moved.clone(), |site| Some(site) != barred && (was_open[site] || Some(site) == opened));
        self.improve(moved);
        self.settle();
    }

    /// The better of two drawn sites, by how often the dual opened them.
    fn one_of(&mut self, sites: &[usize], better: impl Fn(f64, f64) -> bool) -> Option<usize> {
        let mut draw = || sites.get(self.stream.below(sites.len())).copied();
        let (one, other) = (draw()?, draw()?);
        Some(if better(self.often[one], self.often[other]) { one } else { other })
    }

    /// Begins again from the trial.
    fn begin(&mut self) {
        self.least = i64::MAX;
        self.lost = 0;
        self.settle();
    }

    /// Begins again from the best.
    pub fn go_back(&mut self) {
        if let Some(best) = &self.best {
            self.trial.clone_from(best);
            self.board.recount(&mut self.trial);
            self.begin();
        }
    }

    /// Goes on from the trial if it is not much worse than the least since the beginning.
    fn settle(&mut self) {
        if self.trial.lacking == 0 && self.best.as_ref().is_none_or(|best| self.trial.cost < best.cost) {
            self.best = Some(self.trial.clone());
        }
        if self.trial.cost < self.least {
            self.least = self.trial.cost;
            self.lost = 0;
        }
        if self.trial.cost <= self.least.saturating_add(self.least / WORSE) {
            self.now.clone_from(&self.trial);
        }
        self.lost += 1;
        self.weigh();
    }

    /// What is left out becomes dearer while somebody always is, and cheaper while nobody is.
    fn weigh(&mut self) {
        let lacks = self.now.lacking > 0;
        let same = self.short != 0 && lacks == (self.short > 0);
        self.short = if same {
            self.short + self.short.signum()
        } else if lacks {
            1
        } else {
            -1
        };
        if self.short.abs() < PATIENCE {
            return;
        }
        self.short = 0;
        self.board.dearer(lacks);
        self.board.recount(&mut self.now);
        self.least = self.now.cost;
    }

    /// Places unserved customers, the largest first now and then in another order, at the cheapest allowed site with room.
    fn fill(&mut self, mut customers: Vec<usize>, allowed: impl Fn(usize) -> bool) {
        let board = &self.board;
        let mixed = self.stream.below(3) == 0;
        for place in (1..customers.len()).rev() {
            customers.swap(place, self.stream.below(place + 1));
        }
        if !mixed {
            customers.sort_by_key(|&customer| std::cmp::Reverse(board.demand(customer)));
        }
        for customer in customers {
            let demand = board.demand(customer);
            let mut best: Option<(i64, i64, usize)> = None;
            for &site in &board.near[customer] {
                if !allowed(site) || !board.fits(&self.trial, site, demand) {
                    continue;
                }
                let Some(by) = board.shift(&self.trial, customer, site) else { continue };
                // A new site is judged by this customer's share of its cost.
                let judged = if board.is_used(&self.trial, site) {
                    by
                } else {
                    by - opening_beyond_share(board, site, demand)
                };
                if best.is_none_or(|best| judged < best.0) {
                    best = Some((judged, by, site));
                }
            }
            if let Some((judged, by, site)) = best
                && judged < 0
            {
                board.place(&mut self.trial, customer, site, by);
            }
        }
    }

    /// Improves the trial by moves of these customers, and of those they touch, until none is better.
    fn improve(&mut self, customers: Vec<usize>) {
        let mut waiting = vec![false; self.now.at.len()];
        let mut queue = customers;
        for &customer in &queue {
            waiting[customer] = true;
        }
        while let Some(customer) = queue.pop() {
            waiting[customer] = false;
            let Some(touched) = self.better(customer) else { continue };
            for site in touched.into_iter().flatten().filter(|&site| site < self.board.unserved()) {
                for &member in &self.trial.members[site] {
                    if !waiting[member] {
                        waiting[member] = true;
                        queue.push(member);
                    }
                }
            }
            if !waiting[customer] {
                waiting[customer] = true;
                queue.push(customer);
            }
        }
    }

    /// Makes a move of a customer that is better, if there is one; the sites it touched.
    fn better(&mut self, customer: usize) -> Option<[Option<usize>; 3]> {
        let board = &self.board;
        let trial = &mut self.trial;
        let (from, demand) = (trial.at[customer], board.demand(customer));
        let near = &board.near[customer];
        let reach = if from == board.unserved() { near.len() } else { NEAR };
        for &to in near.iter().take(reach).chain([&board.unserved()]).filter(|&&to| to != from) {
            if board.fits(trial, to, demand)
                && let Some(by) = board.shift(trial, customer, to).filter(|by| *by < 0)
            {
                board.place(trial, customer, to, by);
                return Some([Some(from), Some(to), None]);
            }
        }
        for &to in near.iter().take(reach).filter(|&&to| to != from) {
            let comes = board.cost(to, customer) - board.cost(from, customer);
            for place in 0..trial.members[to].len() {
                let other = trial.members[to][place];
                let more = demand - board.demand(other);
                if !board.fits(trial, to, more) {
                    continue;
                }
                if let Some((end, by)) = leaves(board, trial, customer, other, comes) {
                    let goes = by - comes;
                    board.place(trial, other, end, goes);
                    board.place(trial, customer, to, comes);
                    return Some([Some(from), Some(to), Some(end)]);
                }
            }
        }
        None
    }
}

/// Where another customer could go when this one takes its place, so that both together cost less; with what it costs.
fn leaves(board: &Board, placed: &Placed, customer: usize, other: usize, comes: i64) -> Option<(usize, i64)> {
    let (from, to) = (placed.at[customer], placed.at[other]);
    let demand = board.demand(other);
    let here = board.cost(to, other);
    let alone = from != board.unserved() && placed.members[from].len() == 1;
    let back = board.cost(from, other);
    if back != crate::problem::CLOSED
        && comes + back - here < 0
        && board.fits(placed, from, demand - board.demand(customer))
    {
        return Some((from, comes + back - here));
    }
    if alone {
        return None;
    }
    for &end in board.near[other].iter().take(CHAIN) {
        let by = comes + board.cost(end, other) - here;
        if by >= 0 {
            break;
        }
        let free = end != from && end != to && board.is_used(placed, end);
        if free && board.fits(placed, end, demand) {
            return Some((end, by));
        }
    }
    let by = comes + board.cost(board.unserved(), other) - here;
    (by < 0 && from != board.unserved()).then_some((board.unserved(), by))
}

/// What opening a site costs beyond the share of a demand.
fn opening_beyond_share(board: &Board, site: usize, demand: i64) -> i64 {
    let known = board.problem.sites[site];
    let share = i128::from(known.open) * i128::from(demand) / i128::from(known.capacity.unwrap_or(1).max(1));
    known.open - i64::try_from(share).unwrap_or(known.open).min(known.open)
}
