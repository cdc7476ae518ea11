//! The plain twin of every solver: it tries everything. For problems of a handful of sites and customers.

use crate::answer::{Answer, NoAnswer};
use crate::problem::Problem;

/// The cheapest of all answers, by trying every site, and unserved, for every customer.
pub fn solve(problem: &Problem) -> Result<Answer, NoAnswer> {
    problem.beyond()?;
    let mut best: Option<Answer> = None;
    let mut chosen = Vec::with_capacity(problem.customers.len());
    try_all(problem, &mut chosen, &mut best);
    let mut answer = best.ok_or(NoAnswer::Infeasible)?;
    answer.bound = answer.objective;
    Ok(answer)
}

fn try_all(problem: &Problem, chosen: &mut Vec<Option<usize>>, best: &mut Option<Answer>) {
    if chosen.len() < problem.customers.len() {
        for site in (0..problem.sites.len()).map(Some).chain([None]) {
            chosen.push(site);
            try_all(problem, chosen, best);
            chosen.pop();
        }
        return;
    }
    if let Some(answer) = problem.price(chosen)
        && best.as_ref().is_none_or(|best| answer.objective < best.objective)
    {
        *best = Some(answer);
    }
}
