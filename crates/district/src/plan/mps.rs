//! The model of a plan as MPS, the format that every solver of integer programs reads. Pure.
//!
//! One block a joint station. `y` opens a site, `h` makes it the host, `x` sends a customer to a site, `u` leaves one
//! unserved; all are 0 or 1. Costs are in fen. What no choice changes (workers, standalone stations, closures) stands as
//! the constant of the objective, so that a solver ends with the objective that `lilong plan --json` prints, plus the
//! penalties of whoever cannot be served.

use std::fmt::Write as _;

use super::grid::{Answer, Problem};
use super::model::Plan;

/// Writes the model of a plan with the problems that it was made from.
pub(super) fn write(plan: &Plan, problems: &[(Problem, Answer)]) -> String {
    let chosen: i64 = problems.iter().map(|(problem, answer)| served_cost(problem, answer)).sum();
    let constant = plan.objective - chosen;
    let (mut rows, mut columns, mut right, mut bounds) =
        (String::new(), String::new(), String::new(), String::new());
    for (number, (problem, _)) in problems.iter().enumerate() {
        let mut block = Block { number, problem, rows: &mut rows, columns: &mut columns };
        block.rows();
        block.columns();
        for customer in 0..problem.demands.len() {
            let _ = writeln!(right, "    RHS  a{number}_{customer}  1");
        }
        let _ = writeln!(right, "    RHS  n{number}  1");
        for (site, of) in problem.sites.iter().enumerate() {
            let (kind, value) = if of.pinned { ("FX", "  1") } else { ("BV", "") };
            let _ = writeln!(bounds, " {kind} BND  y{number}_{site}{value}");
        }
    }
    // The constant of an objective stands on the right with its sign turned.
    format!(
        "* The station plan: joint stations by grid; costs in fen.\nNAME  lilong\nROWS\n N  cost\n{rows}COLUMNS\n    \
         M1  'MARKER'  'INTORG'\n{columns}    M2  'MARKER'  'INTEND'\nRHS\n    RHS  cost  {}\n{right}BOUNDS\n{bounds}ENDATA\n",
        -constant
    )
}

/// What an answer costs without its penalties.
fn served_cost(problem: &Problem, answer: &Answer) -> i64 {
    let left = answer.assigned.iter().zip(&problem.penalties).filter(|(site, _)| site.is_none());
    answer.objective - left.map(|(_, penalty)| penalty).sum::<i64>()
}

/// The block of one joint station.
struct Block<'a> {
    number: usize,
    problem: &'a Problem,
    rows: &'a mut String,
    columns: &'a mut String,
}

impl Block<'_> {
    /// Each way with its cost, the ways of hosts alone among them.
    fn reaches(&self) -> impl Iterator<Item = (usize, usize, i64)> {
        let costs = self.problem.host_costs.iter().enumerate();
        costs.flat_map(|(site, costs)| {
            let customers = costs.iter().enumerate();
            customers.filter_map(move |(customer, cost)| cost.map(|cost| (site, customer, cost)))
        })
    }

    fn rows(&mut self) {
        let Self { number, problem, .. } = *self;
        let mut rows = String::new();
        for customer in 0..problem.demands.len() {
            let _ = writeln!(rows, " E  a{number}_{customer}");
        }
        for site in 0..problem.sites.len() {
            // Capacity; a host is open; whatever is open has a host.
            let _ = writeln!(rows, " L  c{number}_{site}\n L  o{number}_{site}\n L  t{number}_{site}");
        }
        // No more than one host.
        let _ = writeln!(rows, " L  n{number}");
        for (site, customer, _) in self.reaches() {
            let _ = writeln!(rows, " L  l{number}_{site}_{customer}");
        }
        self.rows.push_str(&rows);
    }

    fn columns(&mut self) {
        let Self { number, problem, .. } = *self;
        let mut columns = String::new();
        for (site, of) in problem.sites.iter().enumerate() {
            let y = format!("    y{number}_{site}");
            let _ = writeln!(columns, "{y}  cost  {}\n{y}  c{number}_{site}  -{}", of.open, of.capacity);
            let _ = writeln!(columns, "{y}  o{number}_{site}  -1\n{y}  t{number}_{site}  1");
            let h = format!("    h{number}_{site}");
            let mut host = format!("{h}  cost  {}\n{h}  o{number}_{site}  1\n{h}  n{number}  1\n", of.host);
            let _ = writeln!(host, "{h}  c{number}_{site}  -{}", of.host_capacity - of.capacity);
            for (_, customer, _) in self.reaches().filter(|(to, ..)| *to == site) {
                // A way that only the host's hours allow is tied to the host.
                let (tied, to) = if problem.costs[site][customer].is_some() {
                    (&y, &mut columns)
                } else {
                    (&h, &mut host)
                };
                let _ = writeln!(to, "{tied}  l{number}_{site}_{customer}  -1");
            }
            for other in 0..problem.sites.len() {
                let _ = writeln!(host, "{h}  t{number}_{other}  -1");
            }
            columns.push_str(&host);
        }
        for (site, customer, cost) in self.reaches() {
            let x = format!("    x{number}_{site}_{customer}");
            let demand = problem.demands[customer];
            let _ = writeln!(columns, "{x}  cost  {cost}\n{x}  a{number}_{customer}  1");
            let _ = writeln!(columns, "{x}  c{number}_{site}  {demand}\n{x}  l{number}_{site}_{customer}  1");
        }
        let penalty = self.penalty();
        for (customer, demand) in problem.demands.iter().enumerate() {
            let u = format!("    u{number}_{customer}");
            let cost = demand.max(&1) * penalty;
            let _ = writeln!(columns, "{u}  cost  {cost}\n{u}  a{number}_{customer}  1");
        }
        self.columns.push_str(&columns);
    }

    /// For one unserved household: above what the whole grid could cost, and no larger, for the solvers' sake.
    fn penalty(&self) -> i64 {
        let sites: i64 = self.problem.sites.iter().map(|site| site.open + site.host).sum();
        let customers = 0..self.problem.demands.len();
        let ways =
            customers.map(|c| self.problem.host_costs.iter().filter_map(|costs| costs[c]).max().unwrap_or(0));
        sites + ways.sum::<i64>() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Site, solve};
    use super::*;

    #[test]
    fn every_row_and_column_is_there_once_and_the_constant_is_turned() {
        let site = |open, pinned| Site { open, host: 7, capacity: 5, host_capacity: 8, pinned };
        let problem = Problem {
            demands: vec![3, 2],
            penalties: vec![3_000, 2_000],
            sites: vec![site(10, false), site(20, true)],
            costs: vec![vec![Some(1), None], vec![None, Some(2)]],
            host_costs: vec![vec![Some(1), None], vec![Some(4), Some(2)]],
        };
        let answer = solve(&problem, u64::MAX);
        let plan = Plan {
            stations: Vec::new(),
            unserved: Vec::new(),
            closures: Vec::new(),
            costs: super::super::rules::Costs::default(),
            objective: answer.objective + 100,
            bound: answer.bound + 100,
            today: super::super::model::Today::default(),
        };
        let text = write(&plan, &[(problem, answer)]);
        assert!(text.contains("    RHS  cost  -100\n") && text.ends_with("ENDATA\n"), "{text}");
        assert!(text.contains(" FX BND  y0_1  1") && text.contains(" BV BND  y0_0"));
        // The far customer of the first site has no way there.
        assert!(!text.contains("x0_0_1") && text.contains("x0_1_1  a0_1  1"));
        for row in [" E  a0_0", " L  c0_1", " L  o0_0", " L  t0_1", " L  l0_1_0", " L  n0"] {
            assert_eq!(text.matches(&format!("{row}\n")).count(), 1, "{row}");
        }
        // As the host the second site has room for three more, and one who needs its hours.
        assert!(text.contains("    h0_1  c0_1  -3\n") && text.contains("    h0_1  l0_1_0  -1\n"), "{text}");
        assert!(text.contains("    y0_1  l0_1_1  -1\n") && text.contains("    RHS  n0  1\n"), "{text}");
        // 2 sites of 17 and 27, ways of 4 and 2, and one: 51 for a household.
        assert!(text.contains("    u0_0  cost  153\n"), "{text}");
    }
}
