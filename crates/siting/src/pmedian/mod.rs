//! Location without capacity: p-median and uncapacitated facility location, with hosts, limits and penalties.

mod relaxed;
mod swap;

use crate::answer::{Answer, NoAnswer};
use crate::capacitated::Ways;
use crate::dual::{Dual, Effort, State};
use crate::limit::Limit;
use crate::problem::{Mark, Problem, Rule};
use crate::tree::{Method, Node, Rest, Tree};

use self::relaxed::Relaxed;
use self::swap::Swaps;

/// Solves a problem without capacities.
pub fn solve(problem: &Problem, limit: &Limit) -> Result<Answer, NoAnswer> {
    let beyond = problem.beyond()?;
    let swaps = Swaps::new(problem, beyond);
    let method = Uncapacitated { problem, relaxed: Relaxed::new(problem, beyond), swaps };
    Tree::new(problem, method, beyond, limit).solve()
}

/// How a part of the search is worked at.
struct Uncapacitated<'a> {
    problem: &'a Problem,
    relaxed: Relaxed,
    swaps: Swaps<'a>,
}

/// Evaluations of the dual at a part of the search below the first.
const BELOW: Effort = Effort { rounds: 120, step: 0.6, patience: 8 };

impl Method for Uncapacitated<'_> {
    type Relaxed = Relaxed;

    fn relaxed(&mut self) -> &mut Relaxed {
        &mut self.relaxed
    }

    fn scale(&self) -> i64 {
        self.relaxed.scale
    }

    fn first(&mut self, limit: &Limit) -> Option<Answer> {
        let open = self.swaps.greedy();
        self.polish(open, limit)
    }

    fn start(&self, best: Option<&Answer>) -> Vec<i64> {
        let best = best.map(|best| best.assign.as_slice());
        self.relaxed.start(self.problem, best)
    }

    fn ways(&self) -> Ways {
        Ways::default()
    }

    fn efforts(&self) -> Vec<Effort> {
        let step = |step| Effort { rounds: 400, step, patience: 20 };
        vec![step(1.5), step(1.0), step(0.5), step(0.2), step(0.1)]
    }

    fn below(&self) -> Effort {
        BELOW
    }

    fn enter(&mut self, node: &Node) -> bool {
        self.relaxed.enter(&node.states)
    }

    fn forget(&mut self, node: &Node) {
        self.relaxed.forget(&node.states);
    }

    fn tighten(&mut self, _: &mut Node, _: &Dual, _: &[Option<i64>], _: i64) -> bool {
        true
    }

    fn improve(&mut self, dual: &Dual, _: &Node, thorough: bool, limit: &Limit) -> Option<Answer> {
        if thorough { self.polish(dual.open.clone(), limit) } else { self.price(&dual.open) }
    }

    fn settled(&self, node: &Node) -> Rest {
        if node.states.contains(&State::Free) {
            return Rest::Many;
        }
        let open: Vec<bool> = node.states.iter().map(|state| *state == State::Open).collect();
        Rest::One(self.price(&open))
    }

    fn split_customers(&mut self, _: &Node) -> Vec<Node> {
        Vec::new()
    }
}

impl Uncapacitated<'_> {
    /// Improves a set of open sites by swaps.
    fn polish(&mut self, open: Vec<bool>, limit: &Limit) -> Option<Answer> {
        let open = self.swaps.improve(open, limit);
        self.price(&open)
    }

    /// The answer with these sites open, if they meet what is asked. The rule may open others besides, which then serve.
    fn price(&self, open: &[bool]) -> Option<Answer> {
        let mut open = open.to_vec();
        for (site, open) in self.problem.sites.iter().zip(&mut open) {
            *open = (*open || site.mark == Mark::Pinned) && site.mark != Mark::Forbidden;
        }
        let mut answer = self.problem.price(&self.problem.nearest(&open)?)?;
        if self.problem.rule != Rule::Any {
            let mut all = vec![false; open.len()];
            answer.open.iter().for_each(|&site| all[site] = true);
            answer = self.problem.price(&self.problem.nearest(&all)?)?;
        }
        Some(answer)
    }
}
