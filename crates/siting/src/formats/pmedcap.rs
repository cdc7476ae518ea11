//! OR-Library `pmedcap`: `number optimum`, `customers medians capacity`, then `id x y demand` a line. The cost of a way
//! is the straight line, cut to a whole number.

use super::Instance;
use super::tokens::{Fault, Tokens};
use crate::problem::{Costs, Customer, Problem, Rule, Site};

/// The largest coordinate that is read: its square still fits.
const LARGEST: i64 = 1_000_000_000;

pub fn read(tokens: &mut Tokens) -> Result<Instance, Fault> {
    tokens.whole("the number of the problem")?;
    let known = tokens.peek().unwrap_or_default().to_owned();
    tokens.decimal("the optimum")?;
    let customers = tokens.count("the number of customers")?;
    let medians = tokens.count("the number of medians")?;
    let capacity = Some(tokens.whole("the capacity")?);
    if medians > customers {
        return Err(tokens.fault(format!("{medians} medians of {customers} customers")));
    }
    let (mut points, mut demands) = (Vec::new(), Vec::new());
    for id in 1..=customers {
        tokens.exactly(id, &format!("customer {id}"))?;
        points.push((coordinate(tokens)?, coordinate(tokens)?));
        demands.push(tokens.whole("a demand")?);
    }
    let mut costs = Costs::new(customers, customers);
    for (site, a) in points.iter().enumerate() {
        for (customer, b) in points.iter().enumerate() {
            let square = (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2);
            costs.set(site, customer, Some(square.isqrt()));
        }
    }
    let problem = Problem {
        sites: vec![Site { capacity, ..Site::default() }; customers],
        customers: demands.into_iter().map(|demand| Customer { demand, penalty: None }).collect(),
        costs,
        rule: Rule::Exactly(medians),
    };
    Ok(Instance { problem, places: 0, known: Some(known) })
}

fn coordinate(tokens: &mut Tokens) -> Result<i64, Fault> {
    let number = tokens.whole("a coordinate")?;
    if number > LARGEST {
        return Err(tokens.fault(format!("the coordinate {number} is too large")));
    }
    Ok(number)
}
