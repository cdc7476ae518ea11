//! The points and the host of one joint station, at least cost, with a proof. Pure.
//!
//! Sites are opened or not, one open site is the host, whose door is open longer than the others', each customer goes
//! whole to one open site within its reach and its capacity, or stays unserved at a penalty. Each site is tried as the
//! host; then depth-first over the sites with a dual-ascent bound (Erlenkotter 1978), then over the customers where
//! capacity binds. Work is counted in steps, never in time, so that the same problem gives the same answer on every
//! machine.

/// A place that could have a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its cost when it is open; never negative.
    pub open: i64,
    /// Its further cost when it is the host; never negative.
    pub host: i64,
    /// What it can serve, in the unit of the demands.
    pub capacity: i64,
    /// What it can serve as the host; never less.
    pub host_capacity: i64,
    /// It has to be open.
    pub pinned: bool,
}

/// One grid's problem. Costs are whole numbers of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// What each customer takes of a site's capacity; never negative.
    pub demands: Vec<i64>,
    /// What it costs to leave each customer unserved; above any cost of serving it.
    pub penalties: Vec<i64>,
    /// The sites.
    pub sites: Vec<Site>,
    /// By site, then by customer: the cost of going there; `None` out of reach.
    pub costs: Vec<Vec<Option<i64>>>,
    /// The same where the site is the host, which more customers may use.
    pub host_costs: Vec<Vec<Option<i64>>>,
}

impl Problem {
    /// The cost of a way where a site is the host.
    fn way(&self, host: usize, site: usize, customer: usize) -> Option<i64> {
        if site == host { self.host_costs[site][customer] } else { self.costs[site][customer] }
    }

    /// What a site can serve where a site is the host.
    fn room(&self, host: usize, site: usize) -> i64 {
        if site == host { self.sites[site].host_capacity } else { self.sites[site].capacity }
    }

    /// Before the search: a host is open, and what is pinned.
    fn states(&self, host: usize) -> Vec<State> {
        let open = |(site, of): (usize, &Site)| site == host || of.pinned;
        let sites = self.sites.iter().enumerate();
        sites.map(|it| if open(it) { State::Open } else { State::Free }).collect()
    }

    /// Nobody served and nothing open; not an answer where a site is pinned.
    fn nobody(&self) -> Option<Answer> {
        let objective = self.penalties.iter().sum();
        let assigned = vec![None; self.demands.len()];
        let none = Answer { open: Vec::new(), host: None, assigned, objective, bound: objective };
        (!self.sites.iter().any(|site| site.pinned)).then_some(none)
    }
}

/// An answer, and how good it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The open sites, in order.
    pub open: Vec<usize>,
    /// The host; `None` when nothing is open.
    pub host: Option<usize>,
    /// The site of each customer; `None` for unserved.
    pub assigned: Vec<Option<usize>>,
    /// Its cost, penalties included.
    pub objective: i64,
    /// No answer costs less than this.
    pub bound: i64,
}

/// Solves a problem in at most so many steps; a search that was cut short has a bound below its objective.
pub fn solve(problem: &Problem, steps: u64) -> Answer {
    let mut search = Search { problem, host: 0, steps, best: problem.nobody(), open_bound: i64::MAX };
    let hosts = by_bound(problem);
    let mut opened: Option<Vec<State>> = None;
    for &(bound, host) in &hosts {
        search.host = host;
        if bound < search.upper() {
            // What is good with one host is a good beginning with another.
            let mut first = opened.take().unwrap_or_else(|| greedy(problem, host));
            let before = std::mem::replace(&mut first[host], State::Open);
            search.leaf(&first);
            first[host] = before;
            opened = Some(first);
        }
    }
    for &(bound, host) in &hosts {
        search.host = host;
        if bound < search.upper() {
            search.branch(&mut problem.states(host));
        }
    }
    let Search { best, open_bound, .. } = search;
    // Without sites nothing can be pinned; with one, its own assignment is an answer.
    let mut answer = best.or_else(|| problem.nobody()).unwrap_or_default();
    answer.bound = open_bound.min(answer.objective);
    answer
}

/// The sites as hosts, each with the bound of all answers that have it, the least first.
fn by_bound(problem: &Problem) -> Vec<(i64, usize)> {
    let bound = |host: usize| {
        let search = Search { problem, host, steps: 0, best: None, open_bound: i64::MAX };
        search.dual(&problem.states(host)).0
    };
    let mut hosts: Vec<(i64, usize)> = (0..problem.sites.len()).map(|host| (bound(host), host)).collect();
    hosts.sort_unstable();
    hosts
}

/// Goes on where the search was cut short, with the general solver of location problems, for so many of its steps and a
/// third more. They are shared by the hosts that could still be better: few at first, more by and by, as fewer are left.
/// The better answer of the two and the better bound stand.
pub fn further(problem: &Problem, answer: Answer, steps: u64) -> Answer {
    let mut best = answer;
    let proven = best.bound;
    let mut hosts = by_bound(problem);
    for part in [16, 4, 1] {
        hosts.retain(|(bound, _)| *bound < best.objective);
        let each = steps / part / u64::try_from(hosts.len().max(1)).unwrap_or(u64::MAX);
        for (bound, host) in &mut hosts {
            if *bound < best.objective {
                *bound = (*bound).max(with_host(problem, *host, each, &mut best));
            }
        }
    }
    let below = hosts.iter().map(|(bound, _)| *bound).min().unwrap_or(i64::MAX);
    best.bound = proven.max(below).min(best.objective);
    best
}

/// Asks the general solver for a better answer with a host, takes it where there is one, and returns the bound of all
/// answers with this host, up to the best answer's cost.
fn with_host(problem: &Problem, host: usize, steps: u64, best: &mut Answer) -> i64 {
    let site = |(at, site): (usize, &Site)| siting::Site {
        open: site.open,
        host: 0,
        capacity: Some(problem.room(host, at)),
        mark: if site.pinned || at == host { siting::Mark::Pinned } else { siting::Mark::Free },
    };
    let customers = problem.demands.iter().zip(&problem.penalties);
    let ways = |at: usize| if at == host { &problem.host_costs[at] } else { &problem.costs[at] };
    let rows: Vec<Vec<Option<i64>>> = (0..problem.sites.len()).map(|at| ways(at).clone()).collect();
    let general = siting::Problem {
        sites: problem.sites.iter().enumerate().map(site).collect(),
        customers: customers
            .map(|(&demand, &penalty)| siting::Customer { demand, penalty: Some(penalty) })
            .collect(),
        costs: siting::Costs::of_rows(&rows),
        rule: siting::Rule::Any,
    };
    let fee = problem.sites[host].host;
    let limit = siting::Limit::steps(steps).below(best.objective.saturating_sub(fee));
    match siting::solve(&general, &limit) {
        Ok(siting::Answer { open, assign: assigned, objective, bound, .. }) => {
            let objective = objective.saturating_add(fee);
            if objective < best.objective {
                *best = Answer { open, host: Some(host), assigned, objective, bound: best.bound };
            }
            bound.saturating_add(fee)
        }
        Err(siting::NoAnswer::NotFound { bound }) => bound.saturating_add(fee),
        // A problem that it cannot take says nothing.
        Err(_) => i64::MIN,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Free,
    Open,
    Shut,
}

struct Search<'a> {
    problem: &'a Problem,
    /// The host of all answers that are looked at now.
    host: usize,
    steps: u64,
    best: Option<Answer>,
    /// The least bound of a branch that was left unsearched.
    open_bound: i64,
}

impl Search<'_> {
    fn upper(&self) -> i64 {
        self.best.as_ref().map_or(i64::MAX, |best| best.objective)
    }

    fn branch(&mut self, states: &mut Vec<State>) {
        let (bound, next) = self.dual(states);
        if bound >= self.upper() {
            return;
        }
        if self.steps == 0 {
            self.open_bound = self.open_bound.min(bound);
            return;
        }
        self.steps -= 1;
        let Some(site) = next else {
            self.leaf(states);
            return;
        };
        for state in [State::Open, State::Shut] {
            states[site] = state;
            self.branch(states);
        }
        states[site] = State::Free;
    }

    /// A lower bound of all answers with these states, and the free site that the duals press hardest.
    fn dual(&self, states: &[State]) -> (i64, Option<usize>) {
        let problem = self.problem;
        let mut slack: Vec<i64> = Vec::with_capacity(states.len());
        let mut bound = problem.sites[self.host].host;
        for (site, state) in problem.sites.iter().zip(states) {
            slack.push(if *state == State::Free { site.open } else { 0 });
            bound += if *state == State::Open { site.open } else { 0 };
        }
        for (customer, penalty) in problem.penalties.iter().enumerate() {
            let mut near: Vec<(i64, usize)> = (0..states.len())
                .filter(|&site| states[site] != State::Shut)
                .filter_map(|site| problem.way(self.host, site, customer).map(|cost| (cost, site)))
                .filter(|(cost, _)| cost < penalty)
                .collect();
            near.sort_unstable();
            bound = bound.saturating_add(raise(&near, &mut slack, *penalty));
        }
        let next =
            (0..states.len()).filter(|&site| states[site] == State::Free).min_by_key(|&site| slack[site]);
        (bound, next)
    }

    /// Everything that is not open is shut: assigns the customers.
    fn leaf(&mut self, states: &[State]) {
        let problem = self.problem;
        let open: Vec<usize> = (0..states.len()).filter(|&site| states[site] == State::Open).collect();
        let fixed: i64 =
            open.iter().map(|&site| problem.sites[site].open).sum::<i64>() + problem.sites[self.host].host;
        let mut assign = Assign::new(problem, self.host, &open);
        let upper = self.upper().saturating_sub(fixed);
        if let Some((cost, assigned)) = assign.solve(upper, &mut self.steps) {
            let objective = fixed + cost;
            if objective < self.upper() {
                self.best = Some(Answer { open, host: Some(self.host), assigned, objective, bound: 0 });
            }
        }
        if let Some(bound) = assign.cut_short {
            self.open_bound = self.open_bound.min(fixed + bound);
        }
    }
}

/// Raises a customer's dual from its nearest site outwards for as long as the sites it reaches have slack; returns it.
fn raise(near: &[(i64, usize)], slack: &mut [i64], penalty: i64) -> i64 {
    let mut value = near.first().map_or(penalty, |(cost, _)| *cost);
    for reached in 1..=near.len() {
        let next = near.get(reached).map_or(penalty, |(cost, _)| *cost);
        let room = near[..reached].iter().map(|&(_, site)| slack[site]).min().unwrap_or(0);
        let step = (next - value).min(room);
        for &(_, site) in &near[..reached] {
            slack[site] -= step;
        }
        value += step;
        if step < next - (value - step) {
            break;
        }
    }
    value
}

/// A first answer with a host: open what saves most until nothing saves.
fn greedy(problem: &Problem, host: usize) -> Vec<State> {
    let mut states = problem.states(host);
    for state in &mut states {
        *state = if *state == State::Open { State::Open } else { State::Shut };
    }
    let cost = |states: &[State]| {
        let open = |site: usize| states[site] == State::Open;
        let sites: i64 = (0..states.len()).filter(|&s| open(s)).map(|s| problem.sites[s].open).sum();
        let customers: i64 = (0..problem.demands.len())
            .map(|c| {
                let ways = (0..states.len()).filter(|&s| open(s)).filter_map(|s| problem.way(host, s, c));
                ways.min().map_or(problem.penalties[c], |cost| cost.min(problem.penalties[c]))
            })
            .sum();
        sites + customers
    };
    let mut now = cost(&states);
    loop {
        let mut best = (now, None);
        for site in 0..states.len() {
            if states[site] == State::Shut {
                states[site] = State::Open;
                let then = cost(&states);
                if then < best.0 {
                    best = (then, Some(site));
                }
                states[site] = State::Shut;
            }
        }
        let Some(site) = best.1 else { return states };
        states[site] = State::Open;
        now = best.0;
    }
}

/// Customers to open sites within capacity, the hardest to place first.
struct Assign<'a> {
    problem: &'a Problem,
    order: Vec<usize>,
    /// By place in the order: the choices, cheapest first, unserved among them.
    choices: Vec<Vec<(i64, Option<usize>)>>,
    /// By place in the order: the least that this customer and all after it can cost.
    rest: Vec<i64>,
    left: Vec<i64>,
    chosen: Vec<Option<usize>>,
    best: Option<(i64, Vec<Option<usize>>)>,
    cut_short: Option<i64>,
}

impl<'a> Assign<'a> {
    fn new(problem: &'a Problem, host: usize, open: &[usize]) -> Self {
        let mut order: Vec<usize> = (0..problem.demands.len()).collect();
        order.sort_by_key(|&customer| (std::cmp::Reverse(problem.demands[customer]), customer));
        let choices: Vec<Vec<(i64, Option<usize>)>> = order
            .iter()
            .map(|&customer| {
                let mut all: Vec<(i64, Option<usize>)> = open
                    .iter()
                    .filter_map(|&site| problem.way(host, site, customer).map(|cost| (cost, Some(site))))
                    .filter(|(cost, _)| *cost < problem.penalties[customer])
                    .collect();
                all.push((problem.penalties[customer], None));
                all.sort_unstable();
                all
            })
            .collect();
        let mut rest = vec![0; order.len() + 1];
        for place in (0..order.len()).rev() {
            rest[place] = rest[place + 1] + choices[place][0].0;
        }
        let left = (0..problem.sites.len()).map(|site| problem.room(host, site)).collect();
        let chosen = vec![None; order.len()];
        Self { problem, order, choices, rest, left, chosen, best: None, cut_short: None }
    }

    fn solve(&mut self, upper: i64, steps: &mut u64) -> Option<(i64, Vec<Option<usize>>)> {
        self.place(0, 0, upper, steps);
        self.best.take()
    }

    fn place(&mut self, place: usize, cost: i64, upper: i64, steps: &mut u64) {
        let upper_now = self.best.as_ref().map_or(upper, |best| best.0.min(upper));
        if cost + self.rest[place] >= upper_now {
            return;
        }
        let Some(&customer) = self.order.get(place) else {
            self.best = Some((cost, self.chosen.clone()));
            return;
        };
        // The first way down always ends; after it, a search without steps left is cut short and says so.
        if *steps == 0 && self.best.is_some() {
            let bound = cost + self.rest[place];
            self.cut_short = Some(self.cut_short.map_or(bound, |other| other.min(bound)));
            return;
        }
        *steps = steps.saturating_sub(1);
        let demand = self.problem.demands[customer];
        for choice in 0..self.choices[place].len() {
            let (way, site) = self.choices[place][choice];
            if let Some(site) = site {
                if self.left[site] < demand {
                    continue;
                }
                self.left[site] -= demand;
            }
            self.chosen[customer] = site;
            self.place(place + 1, cost + way, upper, steps);
            if let Some(site) = site {
                self.left[site] += demand;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every host, every assignment of every customer, every set of open sites that it needs and the pinned ones.
    fn plain(problem: &Problem) -> i64 {
        fn go(problem: &Problem, host: usize, customer: usize, chosen: &mut Vec<Option<usize>>) -> i64 {
            if customer < problem.demands.len() {
                let mut best = i64::MAX;
                for site in (0..problem.sites.len()).map(Some).chain([None]) {
                    chosen.push(site);
                    best = best.min(go(problem, host, customer + 1, chosen));
                    chosen.pop();
                }
                return best;
            }
            price(problem, Some(host), chosen).unwrap_or(i64::MAX)
        }
        let hosted = (0..problem.sites.len()).map(|host| go(problem, host, 0, &mut Vec::new())).min();
        let nobody = price(problem, None, &vec![None; problem.demands.len()]);
        hosted.into_iter().chain(nobody).min().unwrap()
    }

    fn price(problem: &Problem, host: Option<usize>, assigned: &[Option<usize>]) -> Option<i64> {
        let mut total = 0;
        let mut load = vec![0; problem.sites.len()];
        for (customer, site) in assigned.iter().enumerate() {
            match site {
                Some(site) => {
                    let ways = if host == Some(*site) { &problem.host_costs } else { &problem.costs };
                    total += ways[*site][customer]?;
                    load[*site] += problem.demands[customer];
                }
                None => total += problem.penalties[customer],
            }
        }
        for (at, site) in problem.sites.iter().enumerate() {
            if load[at] > if host == Some(at) { site.host_capacity } else { site.capacity } {
                return None;
            }
            let open = site.pinned || host == Some(at) || assigned.contains(&Some(at));
            // Whatever is open has a host.
            if open && host.is_none() {
                return None;
            }
            total += if open { site.open } else { 0 } + if host == Some(at) { site.host } else { 0 };
        }
        Some(total)
    }

    fn problems() -> impl Strategy<Value = Problem> {
        (1..=4_usize, 1..=4_usize).prop_flat_map(|(sites, customers)| {
            let site = (0..60_i64, 0..30_i64, 0..12_i64, 0..12_i64, prop::bool::weighted(0.1)).prop_map(
                |(open, host, capacity, more, pinned)| Site {
                    open,
                    host,
                    capacity,
                    host_capacity: capacity + more,
                    pinned,
                },
            );
            let cost = (prop::option::weighted(0.8, 0..40_i64), prop::bool::weighted(0.7));
            (
                prop::collection::vec(0..8_i64, customers),
                prop::collection::vec(site, sites),
                prop::collection::vec(prop::collection::vec(cost, customers), sites),
            )
                .prop_map(|(demands, sites, costs)| {
                    let penalties = vec![1_000; demands.len()];
                    let rows = |host: bool| {
                        let row = |row: &Vec<(Option<i64>, bool)>| -> Vec<Option<i64>> {
                            row.iter().map(|(cost, always)| cost.filter(|_| host || *always)).collect()
                        };
                        costs.iter().map(row).collect()
                    };
                    Problem { demands, penalties, sites, costs: rows(false), host_costs: rows(true) }
                })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn it_finds_what_trying_everything_finds(problem in problems()) {
            let answer = solve(&problem, u64::MAX);
            prop_assert_eq!(answer.objective, plain(&problem));
            prop_assert_eq!(answer.bound, answer.objective);
            prop_assert_eq!(price(&problem, answer.host, &answer.assigned), Some(answer.objective));
            prop_assert_eq!(&answer, &solve(&problem, u64::MAX));
        }

        #[test]
        fn the_general_solver_finds_the_same(problem in problems(), steps in 0..3_u64) {
            let answer = further(&problem, solve(&problem, steps), u64::MAX);
            prop_assert_eq!(answer.objective, plain(&problem));
            prop_assert_eq!(answer.bound, answer.objective);
            prop_assert_eq!(price(&problem, answer.host, &answer.assigned), Some(answer.objective));
        }

        #[test]
        fn cut_short_it_says_so_and_its_bound_is_true(problem in problems(), steps in 0..6_u64) {
            let answer = solve(&problem, steps);
            let best = plain(&problem);
            prop_assert!(answer.bound <= best && best <= answer.objective);
        }
    }
}
