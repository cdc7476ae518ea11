//! Lower bounds by Lagrangian relaxation: the rows "each customer is sent once" get multipliers (Beasley 1993; for
//! capacity Holmberg, Rönnqvist and Yuan 1999), improved by a deflected subgradient (Camerini, Fratta and Maffioli 1975).
//!
//! Multipliers are whole numbers, in a unit `scale` times finer than the costs. So every value of the dual is computed
//! exactly, and a bound is that value divided and rounded up: no float stands between.

mod pick;

pub use self::pick::{Pick, Picker};
use crate::limit::Limit;
use crate::number::{divide_up, float, whole};

/// What is settled about a site in a part of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Free,
    Open,
    Shut,
}

/// A problem whose assignment rows are relaxed: each site then chooses its customers on its own.
pub trait Relaxation {
    /// For each site that is not shut, what it costs with its best customers at these multipliers; never too much.
    fn price(&mut self, multipliers: &[i64], states: &[State], reduced: &mut [i64]);

    /// How often the open sites chose each customer when they were priced last.
    fn count(&mut self, multipliers: &[i64], open: &[bool], count: &mut [i64]);

    /// What a multiplier may be.
    fn range(&self, customer: usize) -> (i64, i64);
}

/// How hard the dual is worked at.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Evaluations at most.
    pub rounds: u32,
    /// The first step, as a share of the one that would close the gap were the dual linear.
    pub step: f64,
    /// Evaluations without a better value after which the step is halved.
    pub patience: u32,
}

/// The share below which steps bring nothing.
const LEAST_STEP: f64 = 0.002;

/// The best of the dual that was found.
#[derive(Debug, Clone)]
pub struct Dual {
    /// Its multipliers.
    pub multipliers: Vec<i64>,
    /// Its value, in the finer unit.
    pub value: i64,
    /// What each site costs with its best customers, in the finer unit.
    pub reduced: Vec<i64>,
    /// The sites that it opens.
    pub open: Vec<bool>,
    /// How often each site was open lately: near the share of the linear relaxation.
    pub often: Vec<f64>,
    /// Nothing meets the rule with these states.
    pub impossible: bool,
}

/// How much of the new stands in an average.
const NEW: f64 = 0.08;

/// Works at the dual from these multipliers until its bound reaches `upper`, in the unit of the costs.
pub fn ascend(
    relaxation: &mut impl Relaxation,
    picker: &mut Picker,
    states: &[State],
    start: &[i64],
    upper: i64,
    effort: Effort,
    limit: &Limit,
) -> Dual {
    let mut ascent = Ascent::new(states, start, effort);
    let target = upper.saturating_mul(picker.scale);
    for _ in 0..effort.rounds {
        let Some(value) = ascent.evaluate(relaxation, picker, states) else {
            ascent.best.impossible = true;
            break;
        };
        let proven = divide_up(ascent.best.value, picker.scale) >= upper;
        if proven || limit.step() || !ascent.go_on(relaxation, value, target) {
            break;
        }
    }
    ascent.best
}

struct Ascent {
    best: Dual,
    now: Vec<i64>,
    reduced: Vec<i64>,
    count: Vec<i64>,
    pick: Pick,
    direction: Vec<f64>,
    step: f64,
    stalled: u32,
    patience: u32,
}

impl Ascent {
    fn new(states: &[State], start: &[i64], effort: Effort) -> Self {
        let sites = states.len();
        let best = Dual {
            multipliers: start.to_vec(),
            value: i64::MIN,
            reduced: vec![0; sites],
            open: vec![false; sites],
            often: vec![f64::NAN; sites],
            impossible: false,
        };
        Self {
            best,
            now: start.to_vec(),
            reduced: vec![0; sites],
            count: vec![0; start.len()],
            pick: Pick::default(),
            direction: vec![0.0; start.len()],
            step: effort.step,
            stalled: 0,
            patience: effort.patience,
        }
    }

    /// The value at the present multipliers; `None` if the rule cannot be met.
    fn evaluate(
        &mut self,
        relaxation: &mut impl Relaxation,
        picker: &mut Picker,
        states: &[State],
    ) -> Option<i64> {
        for (customer, multiplier) in self.now.iter_mut().enumerate() {
            let (least, most) = relaxation.range(customer);
            *multiplier = (*multiplier).max(least).min(most);
        }
        relaxation.price(&self.now, states, &mut self.reduced);
        picker.pick(states, &self.reduced, &mut self.pick)?;
        relaxation.count(&self.now, &self.pick.open, &mut self.count);
        let value = self.pick.value + self.now.iter().sum::<i64>();
        for (often, open) in self.best.often.iter_mut().zip(&self.pick.open) {
            let open = if *open { 1.0 } else { 0.0 };
            *often = if often.is_nan() { open } else { *often + NEW * (open - *often) };
        }
        if value > self.best.value {
            self.best.value = value;
            self.best.multipliers.clone_from(&self.now);
            self.best.reduced.clone_from(&self.reduced);
            self.best.open.clone_from(&self.pick.open);
            self.stalled = 0;
        } else {
            self.stalled += 1;
        }
        Some(value)
    }

    /// The next multipliers; false when no step is left.
    fn go_on(&mut self, relaxation: &impl Relaxation, value: i64, target: i64) -> bool {
        if self.stalled >= self.patience {
            self.stalled = 0;
            self.step *= 0.6;
            if self.step < LEAST_STEP {
                return false;
            }
        }
        let mut length = 0.0;
        for (customer, direction) in self.direction.iter_mut().enumerate() {
            let (least, most) = relaxation.range(customer);
            let lacks = 1 - self.count[customer];
            let stuck = lacks > 0 && self.now[customer] >= most || lacks < 0 && self.now[customer] <= least;
            let lacks = if stuck { 0.0 } else { float(lacks) };
            *direction = 0.7 * lacks + 0.3 * *direction;
            length += *direction * *direction;
        }
        if length < 1e-9 {
            return false;
        }
        let by = self.step * float(target.saturating_sub(value).max(1)) / length;
        for (multiplier, direction) in self.now.iter_mut().zip(&self.direction) {
            *multiplier = multiplier.saturating_add(whole(by * direction));
        }
        true
    }
}
