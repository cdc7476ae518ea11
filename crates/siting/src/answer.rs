//! What a search hands back.

use std::time::Duration;

/// An answer, and how good it is. Costs are whole numbers in the unit of the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it costs.
    pub objective: i64,
    /// No answer costs less than this: computed in whole numbers from whole multipliers, never from a float.
    pub bound: i64,
    /// How long it took by the clock of the limit; zero without one.
    pub took: Duration,
    /// The open sites, in order.
    pub open: Vec<usize>,
    /// The host, where the rule asks for one and a site is open.
    pub host: Option<usize>,
    /// The site of each customer; `None` for unserved, at its penalty.
    pub assign: Vec<Option<usize>>,
}

impl Answer {
    /// Is it proven that nothing costs less?
    pub fn proven(&self) -> bool {
        self.bound >= self.objective
    }

    /// How far the bound lies below the objective, in millionths of the objective, rounded up.
    pub fn gap_millionths(&self) -> i64 {
        millionths(i128::from(self.objective) - i128::from(self.bound), self.objective)
    }
}

/// How far a bound lies off an objective, in millionths of the objective, rounded up; 0 when it does not.
pub(crate) fn millionths(off: i128, objective: i64) -> i64 {
    if off <= 0 {
        return 0;
    }
    let whole = i128::from(objective).abs().max(1);
    i64::try_from((off * 1_000_000 + whole - 1) / whole).unwrap_or(i64::MAX)
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The problem contradicts itself.
    #[error("{0}")]
    Malformed(&'static str),
    /// It is proven that nothing meets what is asked.
    #[error("nothing meets what is asked: sites, limits and capacities leave no answer")]
    Infeasible,
    /// The limit came before any answer was found.
    #[error("no answer was found within the limit; whatever it is, it costs at least {bound}")]
    NotFound {
        /// No answer costs less than this.
        bound: i64,
    },
}
