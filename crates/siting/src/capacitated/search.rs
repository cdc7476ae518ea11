//! Answers with capacity: moves of one customer, exchanges of two and chains of two, each until none is better; between
//! them a few sites near each other are emptied and filled again, one of them closed or another opened (Shaw 1998).

use super::relaxed::Relaxed;
use super::state::{Board, Placed};
use crate::answer::Answer;
use crate::dual::State;
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
const LOST: u32 = 2_000;

/// A search that keeps where it is from one call to the next.
pub struct Search<'a> {
    board: Board<'a>,
    now: Placed,
    best: Placed,
    trial: Placed,
    told: i64,
    lost: u32,
    stream: Stream,
}

impl<'a> Search<'a> {
    pub fn new(problem: &'a Problem) -> Self {
        let board = Board::new(problem);
        let empty = board.empty();
        let (now, best, trial) = (empty.clone(), empty.clone(), empty);
        Self { board, now, best, trial, told: i64::MAX, lost: 0, stream: Stream::new(1) }
    }

    /// Begins with the largest demands at the sites that are cheapest for their share.
    pub fn first(&mut self) {
        self.trial = self.board.empty();
        let everyone: Vec<usize> = (0..self.now.at.len()).collect();
        self.fill(everyone.clone(), |_| true);
        self.improve(everyone);
        self.settle();
    }

    /// Begins again with the sites that a dual opens and those whom only one of them wants.
    pub fn follow(&mut self, open: &[bool], taken: &[Vec<usize>], node: &Node, relaxed: &Relaxed) {
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
        self.improve((0..open.len().max(self.now.at.len())).filter(|&c| c < self.now.at.len()).collect());
        self.settle();
    }

    /// So many rounds; the best answer, if it is better than the last one told.
    pub fn rounds(&mut self, rounds: u32, limit: &Limit) -> Option<Answer> {
        for _ in 0..rounds {
            if limit.step() || self.now.at.is_empty() {
                break;
            }
            self.round();
        }
        if self.best.cost >= self.told {
            return None;
        }
        self.told = self.best.cost;
        let unserved = self.board.unserved();
        let assign: Vec<Option<usize>> =
            self.best.at.iter().map(|&site| Some(site).filter(|&site| site < unserved)).collect();
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
        let barred = (self.stream.below(3) == 0 && !emptied.is_empty())
            .then(|| emptied[self.stream.below(emptied.len())]);
        let fresh: Vec<usize> =
            near.iter().copied().take(NEAR).filter(|&site| self.now.members[site].is_empty()).collect();
        let opened =
            (self.stream.below(3) == 0 && !fresh.is_empty()).then(|| fresh[self.stream.below(fresh.len())]);
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

    /// Goes on from the trial if it is not much worse.
    fn settle(&mut self) {
        if self.trial.cost < self.best.cost {
            self.best.clone_from(&self.trial);
            self.lost = 0;
        }
        self.lost += 1;
        if self.lost > LOST {
            self.lost = 0;
            self.now.clone_from(&self.best);
        } else if self.trial.cost <= self.best.cost + self.best.cost / WORSE
            || self.trial.cost <= self.now.cost
        {
            self.now.clone_from(&self.trial);
        }
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
    let ends = board.near[other].iter().copied().take(CHAIN).chain([board.unserved()]);
    for end in ends.filter(|&end| end != from && end != to) {
        let by = comes + board.cost(end, other) - here;
        if by < 0 && board.is_used(placed, end) && board.fits(placed, end, demand) {
            return Some((end, by));
        }
    }
    None
}

/// What opening a site costs beyond the share of a demand.
fn opening_beyond_share(board: &Board, site: usize, demand: i64) -> i64 {
    let known = board.problem.sites[site];
    let share = i128::from(known.open) * i128::from(demand) / i128::from(known.capacity.unwrap_or(1).max(1));
    known.open - i64::try_from(share).unwrap_or(known.open).min(known.open)
}
