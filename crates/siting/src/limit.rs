//! When a search ends: at a time of the caller's clock, after so many steps, or when it is done.

use std::cell::Cell;
use std::time::Duration;

/// How long a search may go on. The clock is the caller's; without one only steps count, and the same problem gives
/// the same answer on every machine.
pub struct Limit<'a> {
    clock: Option<&'a dyn Fn() -> Duration>,
    until: Option<Duration>,
    steps: Option<u64>,
    used: Cell<u64>,
    started: Duration,
    below: Option<i64>,
}

impl Limit<'static> {
    /// Until the answer is proven.
    pub fn none() -> Self {
        let (used, started) = (Cell::new(0), Duration::ZERO);
        Self { clock: None, until: None, steps: None, used, started, below: None }
    }

    /// So many steps: a step is one evaluation of the dual or one round of the search for answers.
    pub fn steps(steps: u64) -> Self {
        Self { steps: Some(steps), ..Self::none() }
    }
}

impl<'a> Limit<'a> {
    /// At most so long by the caller's clock, counted from now; without a length, the clock only tells the time used.
    pub fn time(clock: &'a dyn Fn() -> Duration, length: Option<Duration>) -> Self {
        let started = clock();
        let until = length.and_then(|length| started.checked_add(length));
        Self { clock: Some(clock), until, steps: None, used: Cell::new(0), started, below: None }
    }

    /// Only answers that cost less than this are wanted. Where there is none, the search ends with
    /// [`crate::NoAnswer::NotFound`] and this as the bound, which is sooner than it would know the best answer.
    #[must_use]
    pub fn below(mut self, cost: i64) -> Self {
        self.below = Some(cost);
        self
    }

    /// The cost that an answer has to stay below.
    pub(crate) fn wanted(&self) -> Option<i64> {
        self.below
    }

    /// Counts a step; is it over?
    pub(crate) fn step(&self) -> bool {
        self.used.set(self.used.get() + 1);
        self.over()
    }

    /// Is it over?
    pub(crate) fn over(&self) -> bool {
        let too_late = match (self.clock, self.until) {
            (Some(clock), Some(until)) => clock() >= until,
            _ => false,
        };
        too_late || self.steps.is_some_and(|steps| self.used.get() >= steps)
    }

    /// How long it took so far; zero without a clock.
    pub(crate) fn took(&self) -> Duration {
        self.clock.map_or(Duration::ZERO, |clock| clock().saturating_sub(self.started))
    }
}
