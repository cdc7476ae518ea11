//! Which sites the relaxed problem opens, by the rule.

use super::State;
use crate::capacitated::knapsack::{Item, Packer};
use crate::problem::{Problem, Rule};

/// What the relaxed problem opens.
#[derive(Debug, Clone, Default)]
pub struct Pick {
    /// What the open sites cost, and the host, in the finer unit; never too much.
    pub value: i64,
    /// By site.
    pub open: Vec<bool>,
}

/// The rule, in the finer unit.
pub struct Picker {
    /// How much finer the unit of the multipliers is.
    pub scale: i64,
    rule: Rule,
    host: Vec<i64>,
    /// By site what it can serve, and what has to be served altogether; where everyone has to be served.
    cover: Option<(Vec<i64>, i64)>,
    packer: Packer,
    order: Vec<usize>,
}

impl Picker {
    pub fn new(problem: &Problem, scale: i64) -> Self {
        let all_served = problem.customers.iter().all(|customer| customer.penalty.is_none());
        let demand = problem.customers.iter().map(|customer| customer.demand).sum();
        let capacities = problem.sites.iter().map(|site| site.capacity.unwrap_or(demand)).collect();
        let cover = (all_served && problem.has_capacity()).then_some((capacities, demand));
        let host = problem.sites.iter().map(|site| site.host.saturating_mul(scale)).collect();
        Self { scale, rule: problem.rule, host, cover, packer: Packer::default(), order: Vec::new() }
    }

    /// Opens the cheapest sites that meet the rule; `None` if none do.
    pub fn pick(&mut self, states: &[State], reduced: &[i64], pick: &mut Pick) -> Option<()> {
        pick.open.clear();
        pick.open.extend(states.iter().zip(reduced).map(|(state, reduced)| match state {
            State::Open => true,
            State::Shut => false,
            State::Free => !matches!(self.rule, Rule::Exactly(_)) && *reduced < 0,
        }));
        pick.value = 0;
        match self.rule {
            Rule::Exactly(count) => self.exactly(count, states, reduced, pick)?,
            Rule::Any => {
                self.cover(states, reduced, pick)?;
            }
            Rule::OneHost => {
                let more = self.cover(states, reduced, pick)?;
                self.host(more, states, reduced, pick)?;
            }
        }
        pick.value +=
            pick.open.iter().zip(reduced).filter(|(open, _)| **open).map(|(_, cost)| cost).sum::<i64>();
        Some(())
    }

    /// The value with a site's state changed; `None` if the rule cannot be met then.
    pub fn forced(
        &mut self,
        states: &mut [State],
        reduced: &[i64],
        site: usize,
        state: State,
    ) -> Option<i64> {
        let was = std::mem::replace(&mut states[site], state);
        let mut pick = Pick::default();
        let met = self.pick(states, reduced, &mut pick);
        states[site] = was;
        met.map(|()| pick.value)
    }

    fn exactly(&mut self, count: usize, states: &[State], reduced: &[i64], pick: &mut Pick) -> Option<()> {
        let pinned = pick.open.iter().filter(|open| **open).count();
        self.order.clear();
        self.order.extend((0..states.len()).filter(|&site| states[site] == State::Free));
        let lacking = count.checked_sub(pinned).filter(|lacking| *lacking <= self.order.len())?;
        if lacking > 0 && lacking < self.order.len() {
            self.order.select_nth_unstable_by_key(lacking - 1, |&site| (reduced[site], site));
        }
        for &site in &self.order[..lacking] {
            pick.open[site] = true;
        }
        Some(())
    }

    /// Pays the cheapest host, and opens it. Where `more` sites were opened for their room, the host could be one in
    /// their place: then its own cost is not counted.
    fn host(&self, more: bool, states: &[State], reduced: &[i64], pick: &mut Pick) -> Option<()> {
        let opening = |site: usize| if pick.open[site] || more { 0 } else { reduced[site] };
        let sites = (0..states.len()).filter(|&site| states[site] != State::Shut);
        let (cost, host) = sites.map(|site| (self.host[site] + opening(site), site)).min()?;
        // The cost of an open site is added by the caller.
        pick.value += if pick.open[host] { cost } else { cost - reduced[host] };
        pick.open[host] = true;
        Some(())
    }

    /// Opens more sites until all demand finds room, at least cost: the complement is a knapsack of sites left shut.
    /// Were more opened?
    fn cover(&mut self, states: &[State], reduced: &[i64], pick: &mut Pick) -> Option<bool> {
        let Some((capacities, demand)) = &self.cover else { return Some(false) };
        let room = |open: bool| {
            let sites = (0..states.len()).filter(move |&site| states[site] != State::Shut);
            sites.filter(|&site| pick.open[site] == open).map(|site| capacities[site]).sum::<i64>()
        };
        let lacking = demand - room(true);
        if lacking <= 0 {
            return Some(false);
        }
        let spare = room(false) - lacking;
        if spare < 0 {
            return None;
        }
        let shut = (0..states.len()).filter(|&site| states[site] == State::Free && !pick.open[site]);
        let mut items: Vec<Item> = shut
            .map(|site| Item { profit: reduced[site], weight: capacities[site], customer: site })
            .collect();
        let all: i64 = items.iter().map(|item| item.profit).sum();
        let saved = self.packer.pack(&mut items, spare);
        let taken = &self.packer.taken;
        for item in &items {
            pick.open[item.customer] = !taken.contains(&item.customer);
        }
        let opened: i64 = items.iter().filter(|item| pick.open[item.customer]).map(|item| item.profit).sum();
        // Where the knapsack was not solved to its end, `saved` is a bound above what was taken.
        pick.value += (all - saved) - opened;
        Some(true)
    }
}
