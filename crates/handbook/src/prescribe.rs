//! What a handbook prescribes for a community, each part with the clauses that led there.

use std::sync::Arc;

use crate::clause::{
    Clause, Consequence, ConsequenceKind, Constant, Deadlines, Factor, OpenHours, Operator, Value, Visits,
    WorkerRule,
};
use crate::date::Date;
use crate::difficulty::{Difficulty, assess};
use crate::file::Handbook;
use crate::vocabulary::{Band, Committee, CommunityKind, GovernanceMode, PropertyRight, StationForm};

/// What a handbook may know of a community. Nothing here is about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The kind of community.
    pub kind: CommunityKind,
    /// One owner or several; none when the register does not know.
    pub right: Option<PropertyRight>,
    /// The state of its residents' committee.
    pub committee: Committee,
    /// Planned capacity in households by a dated decision, never live occupancy; none when not decided.
    pub planned_households: Option<i64>,
    /// Residents per hundred rooms.
    pub density: Option<i64>,
    /// Tenancies that changed in a month, per mille.
    pub turnover: Option<i64>,
    /// Property fees collected of those due, per mille.
    pub fee_collection: Option<i64>,
    /// Open disputes.
    pub disputes: Option<i64>,
    /// Metres on foot to public services.
    pub distance: Option<i64>,
    /// A named person's decision on the form of station, where one was made.
    pub decided: Option<Decided>,
}

/// A named person's decision, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The form decided on. `StationForm::Decided` decides nothing and counts as no decision.
    pub form: StationForm,
    /// Who decided.
    pub by: String,
    /// On which day.
    pub on: Date,
    /// Why.
    pub reason: String,
}

impl Facts {
    /// A community without a committee, of which no more is known.
    pub const fn of(kind: CommunityKind, right: PropertyRight, planned_households: i64) -> Self {
        Self {
            kind,
            right: Some(right),
            committee: Committee::None,
            planned_households: Some(planned_households),
            density: None,
            turnover: None,
            fee_collection: None,
            disputes: None,
            distance: None,
            decided: None,
        }
    }

    /// A factor's value; none for "no data", and for difficulty, which is no fact but a result.
    pub fn value(&self, factor: Factor) -> Option<Value> {
        match factor {
            Factor::Kind => Some(Value::Kind(self.kind)),
            Factor::PropertyRight => self.right.map(Value::Right),
            Factor::Committee => Some(Value::Committee(self.committee)),
            Factor::Households => self.planned_households.map(Value::Number),
            Factor::Density => self.density.map(Value::Number),
            Factor::Turnover => self.turnover.map(Value::Number),
            Factor::FeeCollection => self.fee_collection.map(Value::Number),
            Factor::Disputes => self.disputes.map(Value::Number),
            Factor::Distance => self.distance.map(Value::Number),
            Factor::Difficulty => None,
        }
    }
}

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

/// Workers for a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staffing {
    /// Whole people, were the community a station of its own.
    pub people: i64,
    /// Its share in thousandths of a person, rounded up: what it adds to a joint station.
    pub share_thousandths: i64,
    /// The households counted.
    pub households: i64,
    /// The band of difficulty counted.
    pub band: Band,
    /// More for difficulty, per cent.
    pub extra: i64,
    /// Households for one worker.
    pub households_per_worker: i64,
}

impl Staffing {
    fn of(rule: WorkerRule, households: i64, band: Band) -> Self {
        let extra = match band {
            Band::Low => rule.extra_low,
            Band::Medium => rule.extra_medium,
            Band::High => rule.extra_high,
            // What is not known adds nobody.
            Band::NoData => 0,
        };
        let households = households.max(0);
        let mut staffing = Self {
            people: 0,
            share_thousandths: 0,
            households,
            band,
            extra,
            households_per_worker: rule.households_per_worker,
        };
        let (part, of) = staffing.ratio();
        staffing.people = whole_up(part, of);
        staffing.share_thousandths = whole_up(part * 1_000, of);
        staffing
    }

    /// The exact share of a person as (dividend, divisor).
    fn ratio(&self) -> (i128, i128) {
        let part = i128::from(self.households) * i128::from(100 + self.extra);
        (part, 100 * i128::from(self.households_per_worker.max(1)))
    }

    /// Whole people for several communities served by one station: exact shares are summed, then rounded up once.
    pub fn together(all: &[Self]) -> i64 {
        let mut by_divisor: Vec<(i128, i128)> = Vec::new();
        for (part, of) in all.iter().map(Self::ratio) {
            match by_divisor.iter_mut().find(|sum| sum.1 == of) {
                Some(sum) => sum.0 += part,
                None => by_divisor.push((part, of)),
            }
        }
        let (part, of) = by_divisor.into_iter().fold((0, 1), |(a, b), (c, d)| {
            let common = greatest_common_divisor(b, d);
            (a * (d / common) + c * (b / common), b / common * d)
        });
        whole_up(part, of)
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn whole_up(part: i128, of: i128) -> i64 {
    i64::try_from((part + of - 1).div_euclid(of)).unwrap_or(i64::MAX)
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
    let mut considered: Vec<Considered> = handbook
        .clauses
        .iter()
        .filter(|clause| clause.then.is_some())
        .map(|clause| consider(clause, facts, difficulty.band))
        .collect();
    let mut missing = Vec::new();
    let mut settled = Settled::default();
    for &kind in ConsequenceKind::ALL {
        match settle(&mut considered, kind) {
            Ok(Some(winners)) => settled.0.push((kind, winners)),
            Ok(None) => {}
            Err(factors) => missing.push(Missing { kind, factors }),
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

/// The clauses that count for one kind of consequence; the facts missing where that cannot be said.
fn settle(
    considered: &mut [Considered],
    kind: ConsequenceKind,
) -> Result<Option<Vec<Arc<Clause>>>, Vec<Factor>> {
    let of_kind = |considered: &Considered| {
        considered.clause.then.as_ref().is_some_and(|consequence| consequence.kind() == kind)
    };
    let top = considered
        .iter()
        .filter(|considered| considered.applies && of_kind(considered))
        .map(|considered| considered.clause.priority)
        .max();
    let winners: Vec<Arc<Clause>> = considered
        .iter()
        .filter(|considered| considered.applies && of_kind(considered))
        .filter(|considered| Some(considered.clause.priority) == top)
        .map(|considered| Arc::clone(&considered.clause))
        .collect();
    let wanted = winners.first().and_then(|winner| winner.then.as_ref());
    let mut factors: Vec<Factor> = considered
        .iter()
        .filter(|considered| of_kind(considered) && considered.so == So::Unknown)
        .filter(|considered| {
            top.is_none_or(|top| considered.clause.priority >= top)
                && considered.clause.then.as_ref() != wanted
        })
        .flat_map(|considered| &considered.because)
        .filter(|reason| reason.value.is_none() && must_be_known(reason.factor))
        .map(|reason| reason.factor)
        .collect();
    factors.sort_unstable();
    factors.dedup();
    if !factors.is_empty() {
        return Err(factors);
    }
    let Some(first) = winners.first() else { return Ok(None) };
    for considered in considered.iter_mut() {
        if considered.applies && of_kind(considered) && Some(considered.clause.priority) < top {
            considered.so = So::Superseded(first.id.clone());
        }
    }
    Ok(Some(winners))
}

/// The clauses that count, by kind of consequence.
#[derive(Default)]
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
