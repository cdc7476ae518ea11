//! What the handbook may know of a community: the register's facts, measured factors, a named person's decision.

use std::collections::HashMap;

use base::{Day, Instant, Uuid};
use db::{Row, Tx, Value, params};
use handbook::{Committee, Date, Decided, Facts, StationForm};

use super::{factors, store};
use crate::kit::{Call, CommunityId, DecisionId, Entry, Error, FactorId, Refusal, Result, Scope, record};
use crate::people::Action;
use crate::register::{self, Moves, Snapshot};

/// Who decided or adopted what no account did: the program itself.
pub const PROGRAM: &str = "Lilong";

/// A measured figure of a community from a day on; `None` ends it.
#[derive(Debug, Clone)]
pub struct AddFactor {
    /// The community.
    pub community: CommunityId,
    /// `density`, `turnover`, `fee_collection`, `disputes`, `distance`, in the units of [`Facts`].
    pub factor: &'static str,
    /// The figure.
    pub value: Option<i64>,
    /// Where it comes from.
    pub source: String,
    /// From this day.
    pub from: Day,
}

/// The factors that can be entered; the others stand in the register.
pub const MEASURED: [&str; 5] = ["density", "turnover", "fee_collection", "disputes", "distance"];

/// Sets measured figures; what was said for later days is replaced.
pub fn set_factors(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddFactor]) -> Result<()> {
    call.authorise(Action::RegisterWrite, Scope::District)?;
    write_factors(tx, call, commands)
}

/// The same once permission was asked.
pub(super) fn write_factors(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddFactor]) -> Result<()> {
    let mut rows: Vec<[Value; 7]> = Vec::with_capacity(commands.len());
    for command in commands {
        if !MEASURED.contains(&command.factor) {
            return Err(Error::Internal(format!("{} is no measured factor", command.factor)));
        }
        tx.execute(&store::DROP_FACTOR, params![command.community, command.factor, command.from])?;
        tx.execute(&store::END_FACTOR, params![command.community, command.factor, command.from])?;
        if let Some(value) = command.value {
            let id: FactorId = call.id();
            rows.push([
                id.into(),
                command.community.into(),
                command.factor.into(),
                value.into(),
                command.source.as_str().into(),
                command.from.into(),
                Value::Null,
            ]);
        }
    }
    tx.bulk(&store::ADD_FACTORS, rows)?;
    let objects: Vec<Uuid> = commands.iter().map(|c| c.community.uuid()).collect();
    record(tx, call, Entry { action: Action::RegisterWrite, objects: &objects, fields: "factor" })
}

/// A named person's decision on the form of station, where the handbook leaves it to one.
#[derive(Debug, Clone)]
pub struct DecideForm {
    /// The community.
    pub community: CommunityId,
    /// Standalone or joint.
    pub form: StationForm,
    /// Why.
    pub reason: String,
    /// From this day.
    pub from: Day,
    /// What it may stand instead of, as whoever decides was told: the first days of decisions that begin on its day or
    /// later, and with them what pages of past days say. `None`: nothing.
    pub replacing: Option<Vec<Day>>,
}

/// The first days of the decisions that one from a day on would stand instead of, the earliest first.
pub fn replaced(decisions: &[Decision], from: Day) -> Vec<Day> {
    let mut days: Vec<Day> = decisions.iter().map(|it| it.from).filter(|day| *day >= from).collect();
    days.sort_unstable();
    days
}

/// Records decisions; an earlier one ends where the new one begins. One from a past day, or in the place of others that
/// are registered for its day or later, is refused unless that was agreed to.
pub fn decide_forms(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[DecideForm]) -> Result<()> {
    call.authorise(Action::FormDecide, Scope::District)?;
    for command in commands {
        if command.reason.trim().is_empty() {
            return Err(Refusal::new("handbook-refused-decision-without-reason").at("reason").into());
        }
        if !matches!(command.form, StationForm::Standalone | StationForm::Joint) {
            return Err(Refusal::new("handbook-refused-decision-form").at("form").into());
        }
        let replaced = replaced(&decisions(tx, command.community)?, command.from);
        let agreed = command.replacing.as_ref();
        if !replaced.iter().all(|day| agreed.is_some_and(|days| days.contains(day))) {
            let refusal = Refusal::new("handbook-refused-decision-replaces");
            return Err(refusal.with("days", register::days(&replaced)).at("replacing").into());
        }
        if command.from < call.today() && agreed.is_none() {
            let refusal = Refusal::new("handbook-refused-decision-past");
            return Err(refusal.with("day", command.from).at("replacing").into());
        }
        tx.execute(&store::DROP_DECISION, params![command.community, command.from])?;
        tx.execute(&store::END_DECISION, params![command.community, command.from])?;
        let id: DecisionId = call.id();
        let row: [Value; 7] = [
            id.into(),
            command.community.into(),
            command.form.as_code().into(),
            command.reason.as_str().into(),
            call.actor.account.into(),
            call.now.into(),
            command.from.into(),
        ];
        tx.execute(&store::ADD_DECISION, &row)?;
    }
    let objects: Vec<Uuid> = commands.iter().map(|c| c.community.uuid()).collect();
    record(tx, call, Entry { action: Action::FormDecide, objects: &objects, fields: "form reason" })
}

/// The facts of every community of the list on a day.
pub fn facts(tx: &mut Tx<'_>, day: Day) -> Result<Vec<(CommunityId, Facts)>> {
    let snapshots = register::snapshot(tx, day)?;
    facts_of(tx, &snapshots, day)
}

/// The facts of communities that were read already.
pub fn facts_of(tx: &mut Tx<'_>, snapshots: &[Snapshot], day: Day) -> Result<Vec<(CommunityId, Facts)>> {
    let mut measured: HashMap<CommunityId, Vec<(String, i64)>> = HashMap::new();
    for mut row in tx.query(&store::FACTORS, params![day])? {
        measured.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
    }
    let mut decided: HashMap<CommunityId, Decided> = HashMap::new();
    for mut row in tx.query(&store::DECISIONS, params![day])? {
        decided.insert(row.get(6)?, decision(&mut row)?.decided());
    }
    let mut moves = moves_for(tx, snapshots, &measured, day)?;
    Ok(snapshots
        .iter()
        .map(|community| {
            let measured = measured.get(&community.id).map_or(&[][..], Vec::as_slice);
            let moves = moves.remove(&community.id);
            (community.id, facts_from(community, measured, moves, day, decided.remove(&community.id)))
        })
        .collect())
}

/// The moves of the communities, if the turnover of any was not entered.
fn moves_for(
    tx: &mut Tx<'_>,
    snapshots: &[Snapshot],
    measured: &HashMap<CommunityId, Vec<(String, i64)>>,
    day: Day,
) -> Result<HashMap<CommunityId, Moves>> {
    let entered =
        |id: &CommunityId| measured.get(id).is_some_and(|all| all.iter().any(|(name, _)| name == "turnover"));
    if snapshots.iter().all(|it| it.households == 0 || entered(&it.id)) {
        return Ok(HashMap::new());
    }
    register::moves(tx, snapshots, day)
}

/// A community of the list on a day with its facts.
pub fn facts_for(tx: &mut Tx<'_>, community: CommunityId, day: Day) -> Result<Option<(Snapshot, Facts)>> {
    let Some(snapshot) = register::snapshot_of(tx, community, day)? else { return Ok(None) };
    let mut measured = Vec::new();
    for mut row in tx.query(&store::FACTORS_OF, params![community, day])? {
        measured.push((row.get(0)?, row.get(1)?));
    }
    let in_force = |decision: &Decision| decision.from <= day && decision.to.is_none_or(|to| to > day);
    let decided = decisions(tx, community)?.into_iter().find(in_force).map(Decision::decided);
    let moves = register::moves_of(tx, &snapshot, day)?;
    let facts = facts_from(&snapshot, &measured, Some(moves), day, decided);
    Ok(Some((snapshot, facts)))
}

fn facts_from(
    community: &Snapshot,
    measured: &[(String, i64)],
    moves: Option<Moves>,
    day: Day,
    decided: Option<Decided>,
) -> Facts {
    let value = |factor: &str| measured.iter().find(|(name, _)| name == factor).map(|(_, value)| *value);
    Facts {
        kind: community.kind,
        right: Some(community.right),
        committee: Committee::from_modes(&community.modes),
        planned_households: community.planned_households,
        density: value("density").or_else(|| factors::density(community).map(|(value, _)| value)),
        turnover: value("turnover")
            .or_else(|| factors::turnover(community, moves, day).map(|(value, _)| value)),
        fee_collection: value("fee_collection"),
        disputes: value("disputes"),
        distance: value("distance"),
        decided,
    }
}

/// A named person's decision that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The form decided on.
    pub form: StationForm,
    /// Why.
    pub reason: String,
    /// The login of who decided; the name behind it lies in the vault.
    pub by: String,
    /// When it was recorded.
    pub at: Instant,
    /// From this day.
    pub from: Day,
    /// Until the day before this.
    pub to: Option<Day>,
}

impl Decision {
    fn decided(self) -> Decided {
        let Self { form, reason, by, at, .. } = self;
        Decided { form, by, on: Date::from_days(at.day().days()), reason }
    }
}

/// Every decision on a community's form of station, the latest first.
pub fn decisions(tx: &mut Tx<'_>, community: CommunityId) -> Result<Vec<Decision>> {
    tx.query(&store::DECISIONS_OF, params![community])?.iter_mut().map(decision).collect()
}

fn decision(row: &mut Row) -> Result<Decision> {
    let form: String = row.get(0)?;
    let by: Option<String> = row.get(2)?;
    Ok(Decision {
        form: StationForm::from_code(&form).map_err(|error| Error::Internal(error.to_string()))?,
        reason: row.get(1)?,
        by: by.unwrap_or_else(|| PROGRAM.to_owned()),
        at: row.get(3)?,
        from: row.get(4)?,
        to: row.get(5)?,
    })
}
