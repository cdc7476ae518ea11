//! What time does to a matter by itself. A step of time happens on its own day, whenever the job comes by: a job that was
//! off for a week leaves what one leaves that ran every day.

use base::{Day, Instant};

use super::{Life, SILENCE_DAYS, State, Step, Terms};
use crate::kit::Result;

/// Working days between the levels that join after the first.
const BETWEEN_LEVELS: i64 = 2;

/// The day on which time does something next; `None`: never, as it stands.
pub(super) fn next_on(life: &Life, terms: Terms<'_>) -> Option<Day> {
    next(life, terms).map(|(day, _)| day)
}

fn next(life: &Life, terms: Terms<'_>) -> Option<(Day, Step)> {
    match life.state {
        State::Suspended => life.suspension.map(|it| (it.until, Step::Resume)),
        State::Answered => life.answered_at.map(|at| (at.day() + (SILENCE_DAYS + 1), Step::Silence)),
        state if state.runs() && !life.reminded && life.joined == 0 => {
            // Four fifths of the term, a day at least; counted back from its end, so that what moved it moves this.
            let rest = life.term_days / 5;
            let mut on = life.due.on;
            let mut left = rest;
            while left > 0 {
                left -= terms.between(on - 1, on);
                on = on - 1;
            }
            while terms.between(on - 1, on) == 0 && on > life.counts_from {
                on = on - 1;
            }
            Some((on, Step::Remind))
        }
        state if state.runs() && life.joined < life.holder.above() => {
            let last = terms.after(life.due.on, BETWEEN_LEVELS * life.joined).on;
            Some((last + 1, Step::Join))
        }
        _ => None,
    }
}

/// A step of time, the instant of its day, and the life after it.
pub type Passed = (Step, Instant, Life);

/// All that time has done up to a day: each step with the instant of its day, and the life after them. `drawn`: would it be
/// among the tenth that is called back?
pub fn pass(mut life: Life, today: Day, terms: Terms<'_>, drawn: bool) -> Result<(Life, Vec<Passed>)> {
    let mut steps = Vec::new();
    while let Some((on, step)) = next(&life, terms).filter(|(on, _)| *on <= today) {
        let at = Instant::at(on, 0, 0);
        life = life.take(step, at, terms, drawn)?;
        steps.push((step, at, life.clone()));
    }
    Ok((life, steps))
}
