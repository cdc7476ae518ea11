//! Formats with a row of costs for each site: the single-source sets, and Bilde and Krarup's.

use super::Instance;
use super::tokens::{Fault, Tokens, scale};
use crate::problem::{Costs, Customer, Problem, Rule, Site};

/// `sites customers`, a line `capacity fixed-cost` for each site, the demands, a row of costs for each site; at the end,
/// in OR-Library's, the optimum.
pub fn read(tokens: &mut Tokens, with_optimum: bool) -> Result<Instance, Fault> {
    let (sites, customers) = tokens.size()?;
    let (mut capacity, mut open) = (Vec::new(), Vec::new());
    for _ in 0..sites {
        capacity.push(tokens.decimal("a capacity")?);
        open.push(tokens.decimal("a fixed cost")?);
    }
    let demand = tokens.decimals(customers, "a demand")?;
    let ways = tokens.decimals(sites * customers, "a cost")?;
    let ([capacity, demand], _) = scale(tokens, [&capacity, &demand])?;
    let ([open, ways], places) = scale(tokens, [&open, &ways])?;
    let known = if with_optimum {
        let word = tokens.peek().unwrap_or_default().to_owned();
        tokens.decimal("the optimum")?;
        Some(word)
    } else {
        None
    };
    let site = |(open, capacity)| Site { open, capacity: Some(capacity), ..Site::default() };
    let problem = Problem {
        sites: open.into_iter().zip(capacity).map(site).collect(),
        customers: demand.into_iter().map(|demand| Customer { demand, penalty: None }).collect(),
        costs: table(sites, customers, ways),
        rule: Rule::Any,
    };
    Ok(Instance { problem, places, known })
}

/// `FILE: name`, `sites customers 0`, then for each site its number, its fixed cost and its row of costs.
pub fn read_simple(tokens: &mut Tokens) -> Result<Instance, Fault> {
    tokens.word("FILE:")?;
    tokens.word("a name")?;
    let (sites, customers) = tokens.size()?;
    tokens.exactly(0, "0")?;
    let (mut open, mut ways) = (Vec::new(), Vec::new());
    for site in 1..=sites {
        tokens.exactly(site, &format!("site {site}"))?;
        open.push(tokens.decimal("a fixed cost")?);
        ways.extend(tokens.decimals(customers, "a cost")?);
    }
    let ([open, ways], places) = scale(tokens, [&open, &ways])?;
    let problem = Problem {
        sites: open.into_iter().map(|open| Site { open, ..Site::default() }).collect(),
        customers: vec![Customer::default(); customers],
        costs: table(sites, customers, ways),
        rule: Rule::Any,
    };
    Ok(Instance { problem, places, known: None })
}

fn table(sites: usize, customers: usize, ways: Vec<i64>) -> Costs {
    let mut costs = Costs::new(sites, customers);
    for (place, cost) in ways.into_iter().enumerate() {
        costs.set(place / customers, place % customers, Some(cost));
    }
    costs
}
