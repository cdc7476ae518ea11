//! What a handbook prescribes for a community, each part with the clauses that led there.

use std::sync::Arc;

use crate::clause::{
    Clause, Consequence, ConsequenceKind, Constant, Deadlines, Factor, OpenHours, Operator, Value, Visits,
    WorkerRule,
};
use crate::difficulty::{Difficulty, assess};
use crate::facts::{Decided, Facts};
use crate::file::Handbook;
use crate::staffing::Staffing;
use crate::vocabulary::{Band, GovernanceMode, StationForm};

/// Something prescribed, with the clauses that led there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prescribed<T> {
    /// What.
    pub value: T,
    /// By which clauses, in the order of the file; at least one.
    pub clauses: Vec<Arc<Clause>>,
}

impl<T> Prescribed<T> {
    /// The numbers of the clauses.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.clauses.iter().map(|clause| clause.id.as_str())
    }
}

/// One line of a clause's condition, held against a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What was asked.
    pub factor: Factor,
    /// The community's value; none for "no data".
    pub value: Option<Value>,
    /// How it was compared.
    pub operator: Operator,
    /// With what.
    pub constant: Constant,
    /// Whether the line holds. What has no data holds nothing.
    pub holds: bool,
}

/// What a clause means for a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum So {
    /// It does not apply.
    Nothing,
    /// It applies, but a clause of higher priority (its number) says otherwise.
    Superseded(String),
    /// It may apply: a fact it asks for is missing.
    Unknown,
    /// It applies.
    Prescribes(Consequence),
    /// It applies and gives these workers.
    Staffs(Staffing),
    /// It leaves the form of station to a named person.
    Decides(Decision),
}

/// A clause held against a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// The clause.
    pub clause: Arc<Clause>,
    /// Whether all its conditions hold.
    pub applies: bool,
    /// Whether it belongs on this community's page: it applies, or only a number, a band or missing data keeps
    /// it from applying.
    pub relevant: bool,
    /// Its conditions one by one.
    pub because: Vec<Reason>,
    /// What follows.
    pub so: So,
}

/// Where the form of station stands that a clause leaves to a named person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// A clause settles the form; nobody needs to decide.
    NotNeeded,
    /// To be decided by a named person.
    Awaited,
    /// Decided.
    Made(Decided),
    /// Somebody decided where a clause settles the form already; the clause counts.
    Unasked(Decided),
}

/// Something that cannot be said while facts are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What cannot be said.
    pub kind: ConsequenceKind,
    /// The facts that are missing.
    pub factors: Vec<Factor>,
}

/// What a handbook prescribes for one community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prescription {
    /// The handbook's version.
    pub version: String,
    /// Governance modes, together.
    pub modes: Option<Prescribed<Vec<GovernanceMode>>>,
    /// The form of station, a made decision filled in; `Decided` while it is awaited.
    pub station: Option<Prescribed<StationForm>>,
    /// The named person's decision.
    pub decision: Decision,
    /// Workers.
    pub workers: Option<Prescribed<Staffing>>,
    /// Visits to every household.
    pub visits: Option<Prescribed<Visits>>,
    /// Visits to households that need more: once in so many months.
    pub priority_visits: Option<Prescribed<i64>>,
    /// Deadlines in working days.
    pub deadlines: Option<Prescribed<Deadlines>>,
    /// Least opening a week.
    pub open_hours: Option<Prescribed<OpenHours>>,
    /// Least worked hours a week.
    pub staffed_hours: Option<Prescribed<i64>>,
    /// Longest way on foot, in metres.
    pub walking_limit: Option<Prescribed<i64>>,
    /// Least room in whole square metres.
    pub room: Option<Prescribed<i64>>,
    /// Community workers per 10,000 residents of the whole district, never of this community.
    pub workers_per_ten_thousand: Option<Prescribed<i64>>,
    /// Difficulty with every factor.
    pub difficulty: Difficulty,
    /// Every clause that prescribes, held against the community, in the order of the file.
    pub considered: Vec<Considered>,
    /// What cannot be said, and for want of which facts.
    pub missing: Vec<Missing>,
}

impl Prescription {
    /// The form of station alone.
    pub fn station_form(&self) -> Option<StationForm> {
        self.station.as_ref().map(|station| station.value)
    }

    /// The clauses that belong on the community's page.
    pub fn relevant(&self) -> impl Iterator<Item = &Considered> {
        self.considered.iter().filter(|considered| considered.relevant)
    }
}

/// What the handbook prescribes for a community, and why.
pub fn prescribe(handbook: &Handbook, facts: &Facts) -> Prescription {
    let difficulty = assess(&handbook.difficulty, facts);
    let mut considered: Vec<Considered> =
        handbook.prescribing.iter().map(|clause| consider(clause, facts, difficulty.band)).collect();
    let mut missing = Vec::new();
    let mut settled = Settled(Vec::with_capacity(handbook.groups.len()));
    for (kind, group) in &handbook.groups {
        match settle(&mut considered, group) {
            Ok(Some(winners)) => settled.0.push((*kind, winners)),
            Ok(None) => {}
            Err(factors) => missing.push(Missing { kind: *kind, factors }),
        }
    }
    let workers = settled.take(ConsequenceKind::Workers, |consequence| match consequence {
        Consequence::Workers(rule) => Some(*rule),
        _ => None,
    });
    let workers = staff(workers, facts, difficulty.band, &mut considered, &mut missing);
    let station = settled.take(ConsequenceKind::Station, |consequence| match consequence {
        Consequence::Station(form) => Some(*form),
        _ => None,
    });
    let (station, decision) = decide(station, facts.decided.as_ref(), &mut considered);
    macro_rules! take {
        ($variant:ident) => {
            settled.take(ConsequenceKind::$variant, |consequence| match consequence {
                Consequence::$variant(value) => Some(value.clone()),
                _ => None,
            })
        };
    }
    Prescription {
        version: handbook.version().to_owned(),
        modes: take!(Modes),
        station,
        decision,
        workers,
        visits: take!(Visits),
        priority_visits: take!(PriorityVisits),
        deadlines: take!(Deadlines),
        open_hours: take!(OpenHours),
        staffed_hours: take!(StaffedHours),
        walking_limit: take!(WalkingLimit),
        room: take!(Room),
        workers_per_ten_thousand: take!(WorkersPerTenThousand),
        difficulty,
        considered,
        missing,
    }
}

/// Facts every community of the register must have in the end: a clause that asks for one that is missing may
/// apply, and so nothing is said. A measurement without data, by contrast, simply meets no condition.
const fn must_be_known(factor: Factor) -> bool {
    matches!(factor, Factor::Households | Factor::PropertyRight)
}

fn consider(clause: &Arc<Clause>, facts: &Facts, band: Band) -> Considered {
    let because: Vec<Reason> = clause
        .when
        .iter()
        .map(|condition| {
            let value = match condition.factor {
                Factor::Difficulty => Some(Value::Band(band)),
                factor => facts.value(factor),
            };
            Reason {
                factor: condition.factor,
                value,
                operator: condition.operator,
                constant: condition.constant.clone(),
                holds: value.is_some_and(|value| condition.holds(value)),
            }
        })
        .collect();
    let applies = because.iter().all(|reason| reason.holds);
    let unknown = |reason: &Reason| reason.value.is_none() && must_be_known(reason.factor);
    let may_apply = because.iter().all(|reason| reason.holds || unknown(reason));
    // A clause about another kind of community is no news; one that a number keeps away is.
    let relevant = because.iter().all(|reason| {
        reason.holds
            || reason.value.is_none()
            || reason.factor.is_number()
            || reason.factor == Factor::Difficulty
    });
    let so = match &clause.then {
        Some(consequence) if applies => So::Prescribes(consequence.clone()),
        _ if may_apply => So::Unknown,
        _ => So::Nothing,
    };
    Considered { clause: Arc::clone(clause), applies, relevant, because, so }
}

/// The clauses that count for one kind of consequence, of those at `group`; the facts missing where that cannot be
/// said.
fn settle(considered: &mut [Considered], group: &[usize]) -> Result<Option<Vec<Arc<Clause>>>, Vec<Factor>> {
    let of_kind = || group.iter().map(|&i| &considered[i]);
    let top = of_kind().filter(|it| it.applies).map(|it| it.clause.priority).max();
    let winners: Vec<Arc<Clause>> = of_kind()
        .filter(|it| it.applies && Some(it.clause.priority) == top)
        .map(|it| Arc::clone(&it.clause))
        .collect();
    let wanted = winners.first().and_then(|winner| winner.then.as_ref());
    let mut factors: Vec<Factor> = of_kind()
        .filter(|it| it.so == So::Unknown)
        .filter(|it| top.is_none_or(|top| it.clause.priority >= top) && it.clause.then.as_ref() != wanted)
        .flat_map(|it| &it.because)
        .filter(|reason| reason.value.is_none() && must_be_known(reason.factor))
        .map(|reason| reason.factor)
        .collect();
    factors.sort_unstable();
    factors.dedup();
    if !factors.is_empty() {
        return Err(factors);
    }
    let Some(first) = winners.first() else { return Ok(None) };
    for &i in group {
        if considered[i].applies && Some(considered[i].clause.priority) < top {
            considered[i].so = So::Superseded(first.id.clone());
        }
    }
    Ok(Some(winners))
}

/// The clauses that count, by kind of consequence.
struct Settled(Vec<(ConsequenceKind, Vec<Arc<Clause>>)>);

impl Settled {
    /// What the clauses of one kind prescribe; they agree, or the file would have been refused.
    fn take<T>(
        &mut self,
        kind: ConsequenceKind,
        value: impl Fn(&Consequence) -> Option<T>,
    ) -> Option<Prescribed<T>> {
        let at = self.0.iter().position(|(settled, _)| *settled == kind)?;
        let clauses = self.0.swap_remove(at).1;
        let value = clauses.first()?.then.as_ref().and_then(value)?;
        Some(Prescribed { value, clauses })
    }
}

/// Turns the rule for workers into people; without planned capacity nobody can be counted.
fn staff(
    rule: Option<Prescribed<WorkerRule>>,
    facts: &Facts,
    band: Band,
    considered: &mut [Considered],
    missing: &mut Vec<Missing>,
) -> Option<Prescribed<Staffing>> {
    let Prescribed { value: rule, clauses } = rule?;
    let Some(households) = facts.planned_households else {
        missing.push(Missing { kind: ConsequenceKind::Workers, factors: vec![Factor::Households] });
        return None;
    };
    let staffing = Staffing::of(rule, households, band);
    for considered in considered.iter_mut() {
        if matches!(considered.so, So::Prescribes(Consequence::Workers(_))) {
            considered.so = So::Staffs(staffing);
        }
    }
    Some(Prescribed { value: staffing, clauses })
}

/// Fills in the named person's decision where a clause asks for one.
fn decide(
    station: Option<Prescribed<StationForm>>,
    decided: Option<&Decided>,
    considered: &mut [Considered],
) -> (Option<Prescribed<StationForm>>, Decision) {
    let decided = decided.filter(|decided| decided.form != StationForm::Decided);
    let Some(mut station) = station else {
        return (None, decided.map_or(Decision::NotNeeded, |decided| Decision::Unasked(decided.clone())));
    };
    if station.value != StationForm::Decided {
        let decision = decided.map_or(Decision::NotNeeded, |decided| Decision::Unasked(decided.clone()));
        return (Some(station), decision);
    }
    let decision = decided.map_or(Decision::Awaited, |decided| Decision::Made(decided.clone()));
    if let Some(decided) = decided {
        station.value = decided.form;
    }
    for considered in considered.iter_mut() {
        if considered.so == So::Prescribes(Consequence::Station(StationForm::Decided)) {
            considered.so = So::Decides(decision.clone());
        }
    }
    (Some(station), decision)
}
