#![doc = include_str!("../README.md")]

mod answer;
mod capacitated;
mod cover;
mod dual;
mod formats;
mod limit;
mod mps;
mod number;
pub mod plain;
mod pmedian;
mod problem;
mod tree;

pub use answer::{Answer, NoAnswer};
pub use cover::{Cover, Covered};
pub use formats::{Fault, Format, Instance, read};
pub use limit::Limit;
pub use mps::mps;
pub use problem::{Costs, Customer, Mark, Problem, Rule, Site};

/// Solves a problem until its answer is proven or the limit comes.
pub fn solve(problem: &Problem, limit: &Limit) -> Result<Answer, NoAnswer> {
    if problem.has_capacity() { capacitated::solve(problem, limit) } else { pmedian::solve(problem, limit) }
}
