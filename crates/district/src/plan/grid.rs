//! The points and the host of one joint station, at least cost, with a proof. Pure.
//!
//! Sites are opened or not, one open site is the host, each customer goes whole to one open site within its reach and
//! its capacity, or stays unserved at a penalty. Depth-first over the sites with a dual-ascent bound (Erlenkotter
//! 1978), then over the customers where capacity binds. Work is counted in steps, never in time, so that the same
//! problem gives the same answer on every machine.

/// A place that could have a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its cost when it is open; never negative.
    pub open: i64,
    /// Its further cost when it is the host; never negative.
    pub host: i64,
    /// What it can serve, in the unit of the demands.
    pub capacity: i64,
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
}

/// An answer, and how good it is.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    let mut search = Search { problem, steps, best: None, open_bound: i64::MAX };
    let mut states: Vec<State> =
        problem.sites.iter().map(|site| if site.pinned { State::Open } else { State::Free }).collect();
    let first = search.dual(&states).0;
    search.leaf(&greedy(problem, &states));
    search.branch(&mut states);
    let objective = search.best.as_ref().map_or(i64::MAX, |best| best.objective);
    let bound = search.open_bound.max(first).min(objective);
    let mut answer = search.best.unwrap_or(Answer {
        open: Vec::new(),
        host: None,
        assigned: vec![None; problem.demands.len()],
        objective: problem.penalties.iter().sum(),
        bound: 0,
    });
    answer.bound = bound;
    answer
}

/// Goes on where the search was cut short, with the general solver of location problems, for so many of its steps. The
/// better answer of the two and the better bound stand.
pub fn further(problem: &Problem, answer: Answer, steps: u64) -> Answer {
    let site = |site: &Site| siting::Site {
        open: site.open,
        host: site.host,
        capacity: Some(site.capacity),
        mark: if site.pinned { siting::Mark::Pinned } else { siting::Mark::Free },
    };
    let customers = problem.demands.iter().zip(&problem.penalties);
    let general = siting::Problem {
        sites: problem.sites.iter().map(site).collect(),
        customers: customers
            .map(|(&demand, &penalty)| siting::Customer { demand, penalty: Some(penalty) })
            .collect(),
        costs: siting::Costs::of_rows(&problem.costs),
        rule: siting::Rule::OneHost,
    };
    match siting::solve(&general, &siting::Limit::steps(steps)) {
        Ok(found) => {
            let bound = answer.bound.max(found.bound);
            if found.objective >= answer.objective {
                return Answer { bound: bound.min(answer.objective), ..answer };
            }
            let siting::Answer { open, host, assign: assigned, objective, .. } = found;
            Answer { open, host, assigned, objective, bound: bound.min(objective) }
        }
        Err(siting::NoAnswer::NotFound { bound }) => {
            Answer { bound: answer.bound.max(bound).min(answer.objective), ..answer }
        }
        // A problem that it cannot take keeps the answer it has.
        Err(_) => answer,
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
        let (mut fixed, mut host) = (0, i64::MAX);
        let mut any_open = false;
        for (site, state) in problem.sites.iter().zip(states) {
            slack.push(if *state == State::Free { site.open } else { 0 });
            if *state == State::Open {
                fixed += site.open;
                any_open = true;
            }
            if *state != State::Shut {
                host = host.min(site.host);
            }
        }
        let mut values = 0;
        for (customer, penalty) in problem.penalties.iter().enumerate() {
            values += raise(problem, states, &mut slack, customer, *penalty);
        }
        let next =
            (0..states.len()).filter(|&site| states[site] == State::Free).min_by_key(|&site| slack[site]);
        // With an open site a host is paid; without one everybody is unserved.
        let served = fixed.saturating_add(host).saturating_add(values);
        let bound = if any_open { served } else { served.min(problem.penalties.iter().sum()) };
        (bound, next)
    }

    /// Everything that is not open is shut: assigns the customers.
    fn leaf(&mut self, states: &[State]) {
        let problem = self.problem;
        let open: Vec<usize> = (0..states.len()).filter(|&site| states[site] == State::Open).collect();
        let host = open.iter().copied().min_by_key(|&site| (problem.sites[site].host, site));
        let fixed: i64 = open.iter().map(|&site| problem.sites[site].open).sum::<i64>()
            + host.map_or(0, |host| problem.sites[host].host);
        let mut assign = Assign::new(problem, &open);
        let upper = self.upper().saturating_sub(fixed);
        if let Some((cost, assigned)) = assign.solve(upper, &mut self.steps) {
            let objective = fixed + cost;
            if objective < self.upper() {
                self.best = Some(Answer { open, host, assigned, objective, bound: 0 });
            }
        }
        if let Some(bound) = assign.cut_short {
            self.open_bound = self.open_bound.min(fixed + bound);
        }
    }
}

/// Raises a customer's dual from its nearest site outwards for as long as the sites it reaches have slack; returns it.
fn raise(problem: &Problem, states: &[State], slack: &mut [i64], customer: usize, penalty: i64) -> i64 {
    let mut near: Vec<(i64, usize)> = (0..states.len())
        .filter(|&site| states[site] != State::Shut)
        .filter_map(|site| problem.costs[site][customer].map(|cost| (cost, site)))
        .filter(|(cost, _)| *cost < penalty)
        .collect();
    near.sort_unstable();
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

/// A first answer: open what saves most until nothing saves.
fn greedy(problem: &Problem, states: &[State]) -> Vec<State> {
    let mut states: Vec<State> =
        states.iter().map(|s| if *s == State::Open { State::Open } else { State::Shut }).collect();
    let cost = |states: &[State]| {
        let open = |site: usize| states[site] == State::Open;
        let sites: i64 = (0..states.len()).filter(|&s| open(s)).map(|s| problem.sites[s].open).sum();
        let host = (0..states.len()).filter(|&s| open(s)).map(|s| problem.sites[s].host).min().unwrap_or(0);
        let customers: i64 = (0..problem.demands.len())
            .map(|c| {
                let near = (0..states.len()).filter(|&s| open(s)).filter_map(|s| problem.costs[s][c]).min();
                near.map_or(problem.penalties[c], |cost| cost.min(problem.penalties[c]))
            })
            .sum();
        sites + host + customers
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
    fn new(problem: &'a Problem, open: &[usize]) -> Self {
        let mut order: Vec<usize> = (0..problem.demands.len()).collect();
        order.sort_by_key(|&customer| (std::cmp::Reverse(problem.demands[customer]), customer));
        let choices: Vec<Vec<(i64, Option<usize>)>> = order
            .iter()
            .map(|&customer| {
                let mut all: Vec<(i64, Option<usize>)> = open
                    .iter()
                    .filter_map(|&site| problem.costs[site][customer].map(|cost| (cost, Some(site))))
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
        let left = problem.sites.iter().map(|site| site.capacity).collect();
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

    /// Every assignment of every customer, every set of open sites that it needs and the pinned ones, every host.
    fn plain(problem: &Problem) -> i64 {
        fn go(problem: &Problem, customer: usize, chosen: &mut Vec<Option<usize>>) -> i64 {
            if customer < problem.demands.len() {
                let mut best = i64::MAX;
                for site in (0..problem.sites.len()).map(Some).chain([None]) {
                    chosen.push(site);
                    best = best.min(go(problem, customer + 1, chosen));
                    chosen.pop();
                }
                return best;
            }
            price(problem, chosen).unwrap_or(i64::MAX)
        }
        go(problem, 0, &mut Vec::new())
    }

    fn price(problem: &Problem, assigned: &[Option<usize>]) -> Option<i64> {
        let mut total = 0;
        let mut load = vec![0; problem.sites.len()];
        for (customer, site) in assigned.iter().enumerate() {
            match site {
                Some(site) => {
                    total += problem.costs[*site][customer]?;
                    load[*site] += problem.demands[customer];
                }
                None => total += problem.penalties[customer],
            }
        }
        if load.iter().zip(&problem.sites).any(|(load, site)| *load > site.capacity) {
            return None;
        }
        let needed = |site: usize| problem.sites[site].pinned || assigned.contains(&Some(site));
        if !(0..problem.sites.len()).any(needed) {
            return Some(total);
        }
        // The host may be a site that serves nobody else.
        let with_host = |host: usize| {
            let open = (0..problem.sites.len()).filter(|&site| needed(site) || site == host);
            open.map(|site| problem.sites[site].open).sum::<i64>() + problem.sites[host].host
        };
        (0..problem.sites.len()).map(with_host).min().map(|sites| total + sites)
    }

    fn problems() -> impl Strategy<Value = Problem> {
        (1..=4_usize, 1..=5_usize).prop_flat_map(|(sites, customers)| {
            let site = (0..60_i64, 0..30_i64, 0..12_i64, prop::bool::weighted(0.1))
                .prop_map(|(open, host, capacity, pinned)| Site { open, host, capacity, pinned });
            let cost = prop::option::weighted(0.8, 0..40_i64);
            (
                prop::collection::vec(0..8_i64, customers),
                prop::collection::vec(site, sites),
                prop::collection::vec(prop::collection::vec(cost, customers), sites),
            )
                .prop_map(|(demands, sites, costs)| {
                    let penalties = vec![1_000; demands.len()];
                    Problem { demands, penalties, sites, costs }
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
            prop_assert_eq!(price(&problem, &answer.assigned), Some(answer.objective));
            prop_assert_eq!(&answer, &solve(&problem, u64::MAX));
        }

        #[test]
        fn the_general_solver_finds_the_same(problem in problems(), steps in 0..3_u64) {
            let answer = further(&problem, solve(&problem, steps), u64::MAX);
            prop_assert_eq!(answer.objective, plain(&problem));
            prop_assert_eq!(answer.bound, answer.objective);
            prop_assert_eq!(price(&problem, &answer.assigned), Some(answer.objective));
        }

        #[test]
        fn cut_short_it_says_so_and_its_bound_is_true(problem in problems(), steps in 0..6_u64) {
            let answer = solve(&problem, steps);
            let best = plain(&problem);
            prop_assert!(answer.bound <= best && best <= answer.objective);
        }
    }
}
