//! OR-Library `cap`: `sites customers`, a line `capacity fixed-cost` for each site, then for each customer its demand
//! and the cost of its whole demand from each site. The capacities are passed over; in `capa`, `capb` and `capc` the
//! word `capacity` stands in their place.

use super::Instance;
use super::tokens::{Fault, Tokens, scale};
use crate::problem::{Costs, Customer, Problem, Rule, Site};

pub fn read(tokens: &mut Tokens) -> Result<Instance, Fault> {
    let (sites, customers) = tokens.size()?;
    let mut open = Vec::new();
    for _ in 0..sites {
        if tokens.peek() == Some("capacity") {
            tokens.word("a capacity")?;
        } else {
            tokens.decimal("a capacity")?;
        }
        open.push(tokens.decimal("a fixed cost")?);
    }
    let mut ways = Vec::new();
    for _ in 0..customers {
        tokens.decimal("a demand")?;
        ways.extend(tokens.decimals(sites, "a cost")?);
    }
    let ([open, ways], places) = scale(tokens, [&open, &ways])?;
    let mut costs = Costs::new(sites, customers);
    for (place, cost) in ways.into_iter().enumerate() {
        costs.set(place % sites, place / sites, Some(cost));
    }
    let problem = Problem {
        sites: open.into_iter().map(|open| Site { open, ..Site::default() }).collect(),
        customers: vec![Customer::default(); customers],
        costs,
        rule: Rule::Any,
    };
    Ok(Instance { problem, places, known: None })
}
