//! A plan's figures and reasons in words.

use base::Money;
use district::plan::rules::{Change, Progress, Reason, State, Unit, Weight, gap_per_mille};
use district::plan::{Scenario, Totals};

use crate::kit::{Arg, Shell};

/// `0.3%` of so many thousandths.
pub(super) fn per_mille(thousandths: i64) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// How good a scenario is, in a sentence that an officer understands.
pub(super) fn proof(s: &Shell, scenario: &Scenario) -> String {
    let bound = Money::from_fen(scenario.bound).to_string();
    if scenario.proven() {
        return s.t1("plan-proof-best", "bound", bound);
    }
    if scenario.bound <= 0 {
        return s.t("plan-proof-none").to_owned();
    }
    let gap = per_mille(gap_per_mille(scenario.objective, scenario.bound));
    s.t2("plan-proof-gap", ("gap", gap), ("bound", bound))
}

/// The same in a cell: “已证明” or how much could be saved at most.
pub(super) fn proof_short(s: &Shell, scenario: &Scenario) -> String {
    if scenario.proven() {
        s.t("plan-proof-short").to_owned()
    } else if scenario.bound <= 0 {
        s.t("plan-proof-none-short").to_owned()
    } else {
        s.t1("plan-proof-at-most", "gap", per_mille(scenario.gap_per_mille()))
    }
}

/// Why a community is left without a point, and what would help.
pub(super) fn reason(s: &Shell, reason: Reason) -> String {
    let id = ["plan-reason-", reason.as_str()].concat();
    match reason {
        Reason::NoRoom { nearest: Some(nearest), limit } => s.t2(&id, ("nearest", nearest), ("limit", limit)),
        Reason::NoRoom { nearest: None, limit } => s.t1(&id, "limit", limit),
        Reason::NoCapacity { households } => s.t1(&id, "households", households),
        _ => s.ta(&id, &[]),
    }
}

/// The message with what happens to a station or a point.
pub(super) fn change(change: Change) -> &'static str {
    match change {
        Change::Kept => "plan-change-kept",
        Change::Opens => "plan-change-opens",
        Change::Moves => "plan-change-moves",
        Change::Closes => "plan-change-closes",
    }
}

/// How far it has come, with its day.
pub(super) fn progress(s: &Shell, progress: Progress) -> String {
    match progress {
        Progress::Waiting => s.t("plan-progress-waiting").to_owned(),
        Progress::Opened(day) => s.t1("plan-progress-opened", "day", day.to_string()),
        Progress::Closed(day) => s.t1("plan-progress-closed", "day", day.to_string()),
    }
}

/// More or less than before: `+12`, `−3`, `0`.
pub(super) fn signed(difference: i64) -> String {
    if difference > 0 { format!("+{}", base::grouped(difference)) } else { base::grouped(difference) }
}

/// The same for money.
pub(super) fn signed_money(difference: Money) -> String {
    if difference > Money::ZERO { format!("+{difference}") } else { difference.to_string() }
}

/// Metres, or a dash where nobody is served.
pub(super) fn metres(s: &Shell, metres: Option<i64>) -> String {
    metres.map_or_else(|| s.t("plan-none").to_owned(), base::grouped)
}

/// Opens, moves, closes: `2 / 0 / 1`.
pub(super) fn changes(totals: &Totals) -> String {
    format!("{} / {} / {}", totals.stations_open, totals.stations_move, totals.stations_close)
}

/// What a scenario says, in one sentence: the answer that the page exists for.
pub(super) fn answer(s: &Shell, totals: &Totals, more: Money) -> String {
    let dearer = more >= Money::ZERO;
    s.ta(
        if dearer { "plan-answer-more" } else { "plan-answer-less" },
        &[
            ("stations", Arg::from(totals.stations)),
            ("points", Arg::from(totals.points)),
            ("workers", Arg::from(totals.workers)),
            ("served", Arg::from(totals.communities - totals.unserved_communities)),
            ("communities", Arg::from(totals.communities)),
            ("paid", Arg::from(totals.costs.paid().to_string())),
            ("more", Arg::from(if dearer { more } else { -more }.to_string())),
        ],
    )
}

/// What the part of a town or a grid says, in one sentence that names it.
pub(super) fn part(s: &Shell, id: &str, (name, value): (&str, &str), totals: &Totals) -> String {
    s.ta(
        id,
        &[
            (name, Arg::from(value)),
            ("communities", Arg::from(totals.communities)),
            ("stations", Arg::from(totals.stations)),
            ("points", Arg::from(totals.points)),
            ("workers", Arg::from(totals.workers)),
            ("paid", Arg::from(totals.costs.paid().to_string())),
        ],
    )
}

/// The message with where a scenario stands.
pub(super) fn state(state: State) -> String {
    ["plan-state-", state.as_str()].concat()
}

/// The message with the name of a weight.
pub(super) fn weight(weight: &Weight) -> String {
    ["plan-weight-", &weight.name.replace('_', "-")].concat()
}

/// The message with the unit of a weight.
pub(super) fn unit(unit: Unit) -> String {
    ["plan-unit-", unit.as_str()].concat()
}
