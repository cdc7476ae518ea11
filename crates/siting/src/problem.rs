//! A problem of location: sites to open, customers to send each to one of them.

use crate::answer::{Answer, NoAnswer};

/// What an officer, or a search, said of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// It may be open.
    #[default]
    Free,
    /// It has to be open.
    Pinned,
    /// It may not be open.
    Forbidden,
}

/// A place that could be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Site {
    /// Its cost when it is open; never negative.
    pub open: i64,
    /// Its further cost when it is the host, under [`Rule::OneHost`]; never negative.
    pub host: i64,
    /// What it can serve, in the unit of the demands; `None` without a limit.
    pub capacity: Option<i64>,
    /// Pinned or forbidden.
    pub mark: Mark,
}

/// Someone who goes whole to one open site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Customer {
    /// What it takes of a site's capacity; never negative.
    pub demand: i64,
    /// What it costs to leave it unserved; `None` if it has to be served.
    pub penalty: Option<i64>,
}

/// How many sites are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rule {
    /// As many as pay.
    #[default]
    Any,
    /// Exactly so many.
    Exactly(usize),
    /// As many as pay; if any is open, one of them is the host and costs its [`Site::host`] besides.
    OneHost,
}

/// The cost of each way from a customer to a site; some are closed: too far, or forbidden.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Costs {
    customers: usize,
    /// By site, then by customer; [`CLOSED`] for closed.
    cells: Vec<i64>,
}

/// Stands for a closed way inside.
pub(crate) const CLOSED: i64 = i64::MAX;

impl Costs {
    /// All ways closed.
    pub fn new(sites: usize, customers: usize) -> Self {
        Self { customers, cells: vec![CLOSED; sites * customers] }
    }

    /// From rows by site, then by customer.
    pub fn of_rows(rows: &[Vec<Option<i64>>]) -> Self {
        let customers = rows.first().map_or(0, Vec::len);
        let cells = rows.iter().flatten().map(|cost| cost.unwrap_or(CLOSED)).collect();
        Self { customers, cells }
    }

    /// The cost of a way; `None` if it is closed.
    pub fn get(&self, site: usize, customer: usize) -> Option<i64> {
        Some(self.raw(site, customer)).filter(|cost| *cost != CLOSED)
    }

    /// Sets the cost of a way.
    pub fn set(&mut self, site: usize, customer: usize, cost: Option<i64>) {
        self.cells[site * self.customers + customer] = cost.unwrap_or(CLOSED);
    }

    pub(crate) fn raw(&self, site: usize, customer: usize) -> i64 {
        self.cells[site * self.customers + customer]
    }

    /// The costs of a site, by customer.
    pub(crate) fn row(&self, site: usize) -> &[i64] {
        &self.cells[site * self.customers..(site + 1) * self.customers]
    }
}

/// A problem. All costs are whole numbers of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// The sites.
    pub sites: Vec<Site>,
    /// The customers.
    pub customers: Vec<Customer>,
    /// The cost of each way.
    pub costs: Costs,
    /// How many sites are open.
    pub rule: Rule,
}

/// The largest sum of costs that is taken: it leaves room for multipliers of a finer unit.
const LARGEST: i64 = 1 << 54;

impl Problem {
    /// Is any site limited in what it can serve?
    pub fn has_capacity(&self) -> bool {
        self.sites.iter().any(|site| site.capacity.is_some())
    }

    /// More than any answer costs; the reason if the problem contradicts itself.
    pub(crate) fn beyond(&self) -> Result<i64, NoAnswer> {
        let refuse = |reason| Err(NoAnswer::Malformed(reason));
        if self.costs.cells.len() != self.sites.len() * self.customers.len() {
            return refuse("the table of costs has another size than sites and customers");
        }
        let sites = self.sites.iter();
        if sites.clone().any(|site| site.open < 0 || site.host < 0 || site.capacity.is_some_and(|c| c < 0)) {
            return refuse("a site has a negative cost or capacity");
        }
        if self.customers.iter().any(|c| c.demand < 0 || c.penalty.is_some_and(|p| p < 0)) {
            return refuse("a customer has a negative demand or penalty");
        }
        if self.costs.cells.iter().any(|cost| *cost < 0) {
            return refuse("a way has a negative cost");
        }
        let mut sum: i64 = 1;
        for site in sites {
            sum = sum.saturating_add(site.open).saturating_add(site.host);
        }
        for (index, customer) in self.customers.iter().enumerate() {
            let ways = (0..self.sites.len()).filter_map(|site| self.costs.get(site, index));
            sum = sum.saturating_add(ways.chain(customer.penalty).max().unwrap_or(0));
        }
        if sum > LARGEST {
            return refuse("the costs are too large to be added");
        }
        Ok(sum)
    }

    /// The cheapest answer with these customers at these sites: the host, the sites needed besides, and the cost.
    /// `None` if it breaks a limit. This is the one place that prices an answer.
    pub fn price(&self, assign: &[Option<usize>]) -> Option<Answer> {
        let mut load = vec![0_i64; self.sites.len()];
        let mut open: Vec<bool> = self.sites.iter().map(|site| site.mark == Mark::Pinned).collect();
        let mut objective = 0_i64;
        for (customer, site) in assign.iter().enumerate() {
            let Some(site) = *site else {
                objective = objective.checked_add(self.customers[customer].penalty?)?;
                continue;
            };
            objective = objective.checked_add(self.costs.get(site, customer)?)?;
            load[site] = load[site].checked_add(self.customers[customer].demand)?;
            open[site] = true;
        }
        for (index, site) in self.sites.iter().enumerate() {
            let full = site.capacity.is_some_and(|capacity| load[index] > capacity);
            if full || open[index] && site.mark == Mark::Forbidden {
                return None;
            }
        }
        self.complete(&mut open)?;
        let host = self.host(&mut open);
        let open: Vec<usize> = (0..open.len()).filter(|&site| open[site]).collect();
        objective += open.iter().map(|&site| self.sites[site].open).sum::<i64>();
        objective += host.map_or(0, |host| self.sites[host].host);
        let assign = assign.to_vec();
        Some(Answer { objective, bound: i64::MIN, took: std::time::Duration::ZERO, open, host, assign })
    }

    /// Opens as many sites as the rule asks for besides, at least cost; `None` if that cannot be.
    fn complete(&self, open: &mut [bool]) -> Option<()> {
        let Rule::Exactly(count) = self.rule else { return Some(()) };
        let used = open.iter().filter(|open| **open).count();
        let mut rest: Vec<usize> =
            (0..open.len()).filter(|&site| !open[site] && self.sites[site].mark != Mark::Forbidden).collect();
        rest.sort_by_key(|&site| (self.sites[site].open, site));
        let lacking = count.checked_sub(used).filter(|lacking| *lacking <= rest.len())?;
        for &site in &rest[..lacking] {
            open[site] = true;
        }
        Some(())
    }

    /// The cheapest host where the rule asks for one and a site is open; it may be opened for that.
    fn host(&self, open: &mut [bool]) -> Option<usize> {
        if self.rule != Rule::OneHost || !open.contains(&true) {
            return None;
        }
        let extra = |site: usize| if open[site] { 0 } else { self.sites[site].open };
        let host = (0..open.len())
            .filter(|&site| self.sites[site].mark != Mark::Forbidden)
            .min_by_key(|&site| (self.sites[site].host + extra(site), !open[site], site))?;
        open[host] = true;
        Some(host)
    }

    /// Sends each customer to its cheapest open site or leaves it, without looking at capacities; `None` where neither
    /// is allowed.
    pub(crate) fn nearest(&self, open: &[bool]) -> Option<Vec<Option<usize>>> {
        let mut assign = Vec::with_capacity(self.customers.len());
        for (index, customer) in self.customers.iter().enumerate() {
            let sites = (0..self.sites.len()).filter(|&site| open[site]);
            let best = sites.filter_map(|site| Some((self.costs.get(site, index)?, site))).min();
            let best = best.filter(|(cost, _)| customer.penalty.is_none_or(|penalty| *cost < penalty));
            match best {
                Some((_, site)) => assign.push(Some(site)),
                None => assign.push(customer.penalty.map(|_| None)?),
            }
        }
        Some(assign)
    }
}
