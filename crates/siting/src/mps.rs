//! A problem as free MPS, so that any other solver can be held against this one.

use std::fmt::Write as _;

use crate::problem::{Mark, Problem, Rule};

/// The strong formulation: a column `y` for each site, `x` for each way, `z` for each customer who may stay unserved,
/// `h` for each host; a row for each customer, way, capacity and rule. All columns are 0 or 1.
///
/// ```
/// use siting::{Costs, Customer, Problem, Rule, Site, mps};
///
/// let problem = Problem {
///     sites: vec![Site { open: 5, ..Site::default() }],
///     customers: vec![Customer::default()],
///     costs: Costs::of_rows(&[vec![Some(3)]]),
///     rule: Rule::Any,
/// };
/// assert!(mps(&problem).contains(" x0_0 cost 3\n") && mps(&problem).contains(" 'MARKER' 'INTORG'\n"));
/// ```
pub fn mps(problem: &Problem) -> String {
    let mut text = String::from("NAME siting\nROWS\n N cost\n");
    rows(problem, &mut text);
    // The quotes belong to it: without them the marks are read as columns, and the whole as a model without whole numbers.
    text.push_str("COLUMNS\n M1 'MARKER' 'INTORG'\n");
    columns(problem, &mut text);
    text.push_str(" M2 'MARKER' 'INTEND'\nRHS\n");
    right_sides(problem, &mut text);
    text.push_str("BOUNDS\n");
    bounds(problem, &mut text);
    text.push_str("ENDATA\n");
    text
}

/// Writes a line; writing to a text cannot fail.
macro_rules! line {
    ($text:expr, $($rest:tt)*) => { let _ = writeln!($text, $($rest)*); };
}

/// The ways that are open.
fn ways(problem: &Problem) -> impl Iterator<Item = (usize, usize, i64)> {
    let sites = 0..problem.sites.len();
    sites.flat_map(move |site| {
        let customers = 0..problem.customers.len();
        customers.filter_map(move |customer| Some((site, customer, problem.costs.get(site, customer)?)))
    })
}

fn hosts(problem: &Problem) -> bool {
    problem.rule == Rule::OneHost
}

fn rows(problem: &Problem, text: &mut String) {
    for customer in 0..problem.customers.len() {
        line!(text, " E once{customer}");
    }
    for (site, customer, _) in ways(problem) {
        line!(text, " L way{site}_{customer}");
    }
    for (site, known) in problem.sites.iter().enumerate() {
        if known.capacity.is_some() {
            line!(text, " L room{site}");
        }
        if hosts(problem) {
            line!(text, " L host{site}");
            line!(text, " L hosted{site}");
        }
    }
    if matches!(problem.rule, Rule::Exactly(_)) {
        text.push_str(" E count\n");
    }
}

fn columns(problem: &Problem, text: &mut String) {
    for (site, known) in problem.sites.iter().enumerate() {
        line!(text, " y{site} cost {}", known.open);
        for customer in (0..problem.customers.len()).filter(|&c| problem.costs.get(site, c).is_some()) {
            line!(text, " y{site} way{site}_{customer} -1");
        }
        if let Some(capacity) = known.capacity {
            line!(text, " y{site} room{site} -{capacity}");
        }
        if matches!(problem.rule, Rule::Exactly(_)) {
            line!(text, " y{site} count 1");
        }
        if hosts(problem) {
            // A host is open; whoever is open has a host.
            line!(text, " y{site} host{site} -1");
            line!(text, " y{site} hosted{site} 1");
            line!(text, " h{site} cost {}", known.host);
            line!(text, " h{site} host{site} 1");
            for other in 0..problem.sites.len() {
                line!(text, " h{site} hosted{other} -1");
            }
        }
    }
    for (site, customer, cost) in ways(problem) {
        line!(text, " x{site}_{customer} cost {cost}");
        line!(text, " x{site}_{customer} once{customer} 1");
        line!(text, " x{site}_{customer} way{site}_{customer} 1");
        if problem.sites[site].capacity.is_some() {
            line!(text, " x{site}_{customer} room{site} {}", problem.customers[customer].demand);
        }
    }
    for (customer, known) in problem.customers.iter().enumerate() {
        if let Some(penalty) = known.penalty {
            line!(text, " z{customer} cost {penalty}");
            line!(text, " z{customer} once{customer} 1");
        }
    }
}

fn right_sides(problem: &Problem, text: &mut String) {
    for customer in 0..problem.customers.len() {
        line!(text, " RHS once{customer} 1");
    }
    if let Rule::Exactly(count) = problem.rule {
        line!(text, " RHS count {count}");
    }
}

fn bounds(problem: &Problem, text: &mut String) {
    for (site, known) in problem.sites.iter().enumerate() {
        match known.mark {
            Mark::Free => {
                line!(text, " UP BND y{site} 1");
            }
            Mark::Pinned => {
                line!(text, " FX BND y{site} 1");
            }
            Mark::Forbidden => {
                line!(text, " FX BND y{site} 0");
            }
        }
        if hosts(problem) {
            line!(text, " UP BND h{site} 1");
        }
    }
    for (site, customer, _) in ways(problem) {
        line!(text, " UP BND x{site}_{customer} 1");
    }
    for customer in (0..problem.customers.len()).filter(|&c| problem.customers[c].penalty.is_some()) {
        line!(text, " UP BND z{customer} 1");
    }
}
