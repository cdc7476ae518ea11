//! OR-Library `pmed`: `nodes edges medians`, then an edge a line. Where an edge is repeated, its last cost counts; the
//! cost of a way is the length of the shortest path.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::Instance;
use super::tokens::{Fault, Tokens};
use crate::problem::{Costs, Customer, Problem, Rule, Site};

/// The most nodes that are read: their table of distances stays within a gigabyte.
const MOST_NODES: usize = 7_000;

pub fn read(tokens: &mut Tokens) -> Result<Instance, Fault> {
    let nodes = tokens.count("the number of nodes")?;
    let edges = tokens.count("the number of edges")?;
    let medians = tokens.count("the number of medians")?;
    if nodes > MOST_NODES {
        return Err(tokens.fault(format!("{nodes} nodes are more than is read, {MOST_NODES}")));
    }
    if medians > nodes {
        return Err(tokens.fault(format!("{medians} medians of {nodes} nodes")));
    }
    let mut lengths = BTreeMap::new();
    for _ in 0..edges {
        let (a, b) = (node(tokens, nodes)?, node(tokens, nodes)?);
        lengths.insert((a.min(b), a.max(b)), tokens.whole("a length")?);
    }
    let mut neighbours = vec![Vec::new(); nodes];
    for ((a, b), length) in lengths {
        neighbours[a].push((b, length));
        neighbours[b].push((a, length));
    }
    let mut costs = Costs::new(nodes, nodes);
    for from in 0..nodes {
        for (to, length) in shortest(&neighbours, from).into_iter().enumerate() {
            costs.set(from, to, length);
        }
    }
    let problem = Problem {
        sites: vec![Site::default(); nodes],
        customers: vec![Customer::default(); nodes],
        costs,
        rule: Rule::Exactly(medians),
    };
    Ok(Instance { problem, places: 0, known: None })
}

fn node(tokens: &mut Tokens, nodes: usize) -> Result<usize, Fault> {
    let number = tokens.count("a node")?;
    if number == 0 || number > nodes {
        return Err(tokens.fault(format!("there is no node {number}, only 1 to {nodes}")));
    }
    Ok(number - 1)
}

/// The lengths of the shortest paths from a node (Dijkstra 1959); `None` where there is none.
fn shortest(neighbours: &[Vec<(usize, i64)>], from: usize) -> Vec<Option<i64>> {
    let mut lengths = vec![None; neighbours.len()];
    lengths[from] = Some(0);
    let mut next = BinaryHeap::from([Reverse((0_i64, from))]);
    while let Some(Reverse((length, node))) = next.pop() {
        if lengths[node] != Some(length) {
            continue;
        }
        for &(neighbour, step) in &neighbours[node] {
            let through = length.saturating_add(step);
            if lengths[neighbour].is_none_or(|known| through < known) {
                lengths[neighbour] = Some(through);
                next.push(Reverse((through, neighbour)));
            }
        }
    }
    lengths
}
