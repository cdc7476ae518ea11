//! The gap list (缺口清单) of the adopted plan, by town: stations that are not open, posts that are not filled, rooms that
//! nobody offers. Handed out (交办) with a day, chased (督办), crossed off (销号) once it is really there.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::{Day, Uuid};
use db::{Tx, Value, params};
use handbook::StationForm;

use super::shown::{Scenario, Shown, ShownStation};
use super::{read, store};
use crate::kit::{
    Actor, Call, CommunityId, Entry, Error, GapId, GridId, PlanId, PlanPointId, PlanStationId, PointId,
    Refusal, Result, Role, Scope, StationId, TownId, record,
};
use crate::notices::{About, Kind as Told, Notice, Thing, To, tell};
use crate::people::{Action, authorise, may};
use crate::{Memory, register, stations};

/// The longest note to a gap that is handed out.
pub const NOTE_LENGTH: usize = 200;

/// What is lacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A station that is to open at its host.
    Station,
    /// A further point that is to open.
    Point,
    /// A room for a point.
    Premises,
    /// Workers of a station.
    People,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Station, Self::Point, Self::Premises, Self::People];

    /// The name in the store and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Station => "station",
            Self::Point => "point",
            Self::Premises => "premises",
            Self::People => "people",
        }
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Where a gap stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Handed out, and its day has passed.
    Overdue,
    /// Nobody has it yet.
    Listed,
    /// Handed out.
    HandedOut,
    /// It is there, and may be crossed off.
    There,
    /// Crossed off.
    CrossedOff,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Overdue, Self::Listed, Self::HandedOut, Self::There, Self::CrossedOff];

    /// The name in addresses and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Listed => "listed",
            Self::HandedOut => "handed-out",
            Self::There => "there",
            Self::CrossedOff => "crossed-off",
        }
    }

    /// The standing of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == name)
    }
}

/// A gap as of a day.
#[derive(Debug, Clone)]
pub struct Gap {
    /// Its id.
    pub id: GapId,
    /// Its town.
    pub town: TownId,
    /// Its grid.
    pub grid: Option<GridId>,
    /// What is lacking.
    pub kind: Kind,
    /// Standalone or joint.
    pub form: StationForm,
    /// The host of the station.
    pub station: (String, String),
    /// The station that carries it out: whoever reads the gap may read it.
    pub real: Option<StationId>,
    /// The point, or the host.
    pub place: (String, String),
    /// How many are needed.
    pub needed: i64,
    /// How many are there on the day.
    pub present: i64,
    /// Since when somebody has it.
    pub handed_out_on: Option<Day>,
    /// By when it has to be there.
    pub due_on: Option<Day>,
    /// How often it was chased; `None`: it was chased after the day, and how often before is not kept.
    pub chased: Option<i64>,
    /// When it was chased last.
    pub chased_on: Option<Day>,
    /// When it was crossed off.
    pub crossed_off_on: Option<Day>,
    /// What was said when it was handed out.
    pub note: String,
    /// Where it stands on the day.
    pub standing: Standing,
    /// Its place as a site.
    site: Uuid,
}

impl Gap {
    /// How many still lack.
    pub fn lacking(&self) -> i64 {
        (self.needed - self.present).max(0)
    }
}

/// The gap list as of a day.
#[derive(Debug, Clone)]
pub struct Gaps {
    /// The adopted plan.
    pub plan: PlanId,
    /// Its name.
    pub name: String,
    /// The version of the handbook behind it.
    pub version: String,
    /// The district's plan from this day.
    pub from: Option<Day>,
    /// The gaps that the reader may see, in the order of the plan.
    pub gaps: Vec<Gap>,
}

/// Community workers of the whole district (a total, never of one station): how many the handbook asks for, and how
/// many are in post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workers {
    /// Residents of the communities of the list.
    pub residents: i64,
    /// Per 10,000 residents.
    pub per_ten_thousand: i64,
    /// Asked for: [`handbook::DistrictWorkers::posts`].
    pub needed: i64,
    /// Posts that have a holder.
    pub in_post: i64,
    /// Posts.
    pub posts: i64,
}

/// The district's community workers on a day; `None` when the handbook in force names no number.
pub fn workers(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<Option<Workers>> {
    authorise(actor, Action::PlanRead, Scope::District)?;
    let Some((_, handbook)) = memory.in_force(tx, day)? else { return Ok(None) };
    let residents = memory.roll(tx, day)?.communities().iter().map(|community| community.residents).sum();
    let Some(asked) = handbook.district_workers(residents) else { return Ok(None) };
    let (posts, in_post) = stations::in_post(tx, day)?;
    let (per_ten_thousand, needed) = (asked.per_ten_thousand, asked.posts);
    Ok(Some(Workers { residents, per_ten_thousand, needed, in_post, posts }))
}

/// Lists what a plan lacks on the day it is adopted; what was handed out under the plan before stays handed out.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    shown: &Shown,
    earlier: Option<PlanId>,
    day: Day,
) -> Result<()> {
    let before = earlier.map(|earlier| kept(tx, earlier, day)).transpose()?.unwrap_or_default();
    let present = Present::read(tx, day)?;
    let mut rows: Vec<[Value; 13]> = Vec::new();
    for station in &shown.stations {
        for (kind, point, needed) in lacking(station, &present) {
            let site = station.points[point].site();
            let kept = before.get(&(kind, site));
            let id: GapId = call.id();
            rows.push([
                id.into(),
                shown.scenario.id.into(),
                station.town.into(),
                kind.as_str().into(),
                station.id.into(),
                station.points[point].id.into(),
                needed.into(),
                kept.and_then(|gap| gap.handed_out_on).into(),
                kept.and_then(|gap| gap.due_on).into(),
                kept.and_then(|gap| gap.chased).unwrap_or(0).into(),
                kept.and_then(|gap| gap.chased_on).into(),
                Value::Null,
                kept.map_or("", |gap| &gap.note).into(),
            ]);
        }
    }
    tx.bulk(&store::ADD_GAPS, rows)?;
    Ok(())
}

/// What a station lacks: the kind, the place of the point in its list, how many are needed.
fn lacking(station: &ShownStation, present: &Present) -> Vec<(Kind, usize, i64)> {
    let mut all = Vec::new();
    for (place, point) in station.points.iter().enumerate() {
        if !present.is_open(point.real) {
            all.push((if point.host { Kind::Station } else { Kind::Point }, place, 1));
        }
        if !point.room_offered {
            all.push((Kind::Premises, place, 1));
        }
    }
    if present.in_post(station.real) < station.workers {
        all.push((Kind::People, 0, station.workers));
    }
    all
}

/// What is really there on a day.
#[derive(Debug)]
pub(crate) struct Present {
    open: HashSet<PointId>,
    in_post: HashMap<StationId, i64>,
    rooms: HashSet<Uuid>,
}

impl Present {
    pub(crate) fn read(tx: &mut Tx<'_>, day: Day) -> Result<Self> {
        let in_post = stations::stations(tx, day)?.into_iter().map(|station| (station.id, station.in_post));
        let in_post = in_post.collect();
        let open = stations::points(tx, None, day)?.into_iter().filter(|point| point.is_open(day));
        let open = open.map(|point| point.id).collect();
        let mut rooms = HashSet::new();
        for premises in stations::premises(tx, day)?.into_iter().filter(|premises| premises.room_offered) {
            rooms.insert(premises.id.uuid());
            rooms.extend(premises.community.map(CommunityId::uuid));
        }
        Ok(Self { open, in_post, rooms })
    }

    fn is_open(&self, point: Option<PointId>) -> bool {
        point.is_some_and(|point| self.open.contains(&point))
    }

    fn in_post(&self, station: Option<StationId>) -> i64 {
        station.and_then(|station| self.in_post.get(&station)).copied().unwrap_or(0)
    }

    /// How many of what a gap lacks are there.
    fn of(&self, kind: Kind, station: Option<StationId>, point: Option<PointId>, site: Uuid) -> i64 {
        match kind {
            Kind::Station | Kind::Point => i64::from(self.is_open(point)),
            Kind::Premises => i64::from(self.is_open(point) || self.rooms.contains(&site)),
            Kind::People => self.in_post(station),
        }
    }
}

/// The gap list of the adopted plan as of a day: the gaps that the reader may see. `None` without an adopted plan.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<Option<Gaps>> {
    let Some(whole) = memory.gaps(tx, day)? else {
        authorise(actor, Action::GapRead, actor.scope())?;
        return Ok(None);
    };
    let theirs = whole.gaps.iter().filter(|gap| may(actor, Action::GapRead, gap.scope()));
    let gaps: Vec<Gap> = theirs.cloned().collect();
    if gaps.is_empty() {
        // Nothing to see is a list for those who may see some part, and a refusal for all others.
        authorise(actor, Action::GapRead, actor.scope())?;
    }
    let Gaps { plan, name, version, from, .. } = &*whole;
    Ok(Some(Gaps { plan: *plan, name: name.clone(), version: version.clone(), from: *from, gaps }))
}

/// The gap list of the whole district. The plan is read for its names; whoever may see a gap may see the name of its
/// place. Asks no permission: not for outside `district`.
pub(crate) fn whole(tx: &mut Tx<'_>, memory: &Memory, day: Day) -> Result<Option<Gaps>> {
    // What is adopted is listed at once, even when the plan begins later; a day before shows the plan that was in force.
    let plan = match super::current(tx)? {
        Some(plan) if read::adopted_by(tx, plan, day)? => Some(plan),
        _ => super::in_force(tx, day)?,
    };
    let Some(plan) = plan else { return Ok(None) };
    let shown = memory.plan(tx, plan, day)?.ok_or(Error::Absent("plan"))?;
    let present = memory.present(tx, day)?;
    let mut gaps = all(tx, &shown, &present, day)?;
    for gap in &mut gaps.gaps {
        gap.forget_after(day);
    }
    Ok(Some(gaps))
}

impl Gap {
    /// Forgets what was done with it after a day. Of each step only the last is kept: what was handed out anew or chased
    /// again since then is not told as if it had been the first time.
    fn forget_after(&mut self, day: Day) {
        let later = |it: Option<Day>| it.is_some_and(|it| it > day);
        if later(self.crossed_off_on) {
            self.crossed_off_on = None;
        }
        if later(self.chased_on) {
            (self.chased, self.chased_on) = (None, None);
        }
        if later(self.handed_out_on) {
            (self.handed_out_on, self.due_on, self.note) = (None, None, String::new());
        }
        let there = self.present >= self.needed;
        let crossed_off = self.crossed_off_on.is_some();
        self.standing = standing(crossed_off, there, self.handed_out_on, self.due_on, day);
    }

    fn scope(&self) -> Scope {
        self.grid.map_or(Scope::Town(self.town), |grid| Scope::Grid { town: self.town, grid })
    }
}

fn all(tx: &mut Tx<'_>, shown: &Shown, present: &Present, day: Day) -> Result<Gaps> {
    let stations: HashMap<PlanStationId, &ShownStation> = shown.stations.iter().map(|s| (s.id, s)).collect();
    let mut gaps = Vec::new();
    for mut row in tx.query(&store::GAPS, params![shown.scenario.id])? {
        let row = &mut row;
        let (station, point): (PlanStationId, PlanPointId) = (row.get(3)?, row.get(4)?);
        let kind: String = row.get(2)?;
        let kind = Kind::parse(&kind).ok_or_else(|| Error::Internal(format!("no gap is a {kind}")))?;
        let lost = || Error::Internal("a gap without its station".into());
        let station = stations.get(&station).ok_or_else(lost)?;
        let point = station.points.iter().find(|shown| shown.id == point).ok_or_else(lost)?;
        let host = station.host().unwrap_or(point);
        let needed = row.get(5)?;
        let there = present.of(kind, station.real, point.real, point.site());
        let (handed_out_on, due_on): (Option<Day>, Option<Day>) = (row.get(6)?, row.get(7)?);
        let crossed_off_on: Option<Day> = row.get(10)?;
        gaps.push(Gap {
            id: row.get(0)?,
            town: row.get(1)?,
            grid: station.grid,
            kind,
            form: station.form,
            station: (host.name.clone(), host.name_en.clone()),
            real: station.real,
            place: (point.name.clone(), point.name_en.clone()),
            needed,
            present: there.min(needed),
            handed_out_on,
            due_on,
            chased: Some(row.get(8)?),
            chased_on: row.get(9)?,
            crossed_off_on,
            note: row.get(11)?,
            site: point.site(),
            standing: standing(crossed_off_on.is_some(), there >= needed, handed_out_on, due_on, day),
        });
    }
    let Scenario { id: plan, name, version, from, .. } = &shown.scenario;
    Ok(Gaps { plan: *plan, name: name.clone(), version: version.clone(), from: *from, gaps })
}

/// All gaps of a plan, read in the transaction that is about to change them.
fn fresh(tx: &mut Tx<'_>, plan: PlanId, day: Day) -> Result<Vec<Gap>> {
    let shown = read::shown(tx, plan, day)?.ok_or(Error::Absent("plan"))?;
    let present = Present::read(tx, day)?;
    Ok(all(tx, &shown, &present, day)?.gaps)
}

fn standing(crossed_off: bool, there: bool, handed_out: Option<Day>, due: Option<Day>, day: Day) -> Standing {
    match (crossed_off, there, handed_out, due) {
        (true, ..) => Standing::CrossedOff,
        (false, true, ..) => Standing::There,
        (false, false, Some(_), Some(due)) if due < day => Standing::Overdue,
        (false, false, Some(_), _) => Standing::HandedOut,
        (false, false, None, _) => Standing::Listed,
    }
}

/// The gaps of the plan before, by kind and site, that were not crossed off.
fn kept(tx: &mut Tx<'_>, plan: PlanId, day: Day) -> Result<HashMap<(Kind, Uuid), Gap>> {
    let gaps = fresh(tx, plan, day)?.into_iter().filter(|gap| gap.crossed_off_on.is_none());
    Ok(gaps.map(|gap| ((gap.kind, gap.site), gap)).collect())
}

/// The gaps of these ids, each of them one that the actor may do this to; refuses an unknown one.
fn chosen(tx: &mut Tx<'_>, call: &Call<'_>, action: Action, ids: &[GapId]) -> Result<Vec<Gap>> {
    let plan = super::current(tx)?.ok_or_else(|| Refusal::new("plan-refused-none-adopted"))?;
    if ids.is_empty() {
        return Err(Refusal::new("plan-refused-no-gap-chosen").at("gap").into());
    }
    let mut by_id: HashMap<GapId, Gap> =
        fresh(tx, plan, call.today())?.into_iter().map(|gap| (gap.id, gap)).collect();
    ids.iter()
        .map(|id| {
            let gap = by_id.remove(id).ok_or(Error::Absent("gap"))?;
            call.authorise(action, gap.scope())?;
            Ok(gap)
        })
        .collect()
}

fn refuse<T>(message: &'static str, gap: &Gap) -> Result<T> {
    Err(Refusal::new(message).with("place", &gap.place.0).with("lacking", gap.lacking()).at("gap").into())
}

/// Hands gaps out (交办), to be there by a day. Handing one out again moves its day.
pub fn hand_out(tx: &mut Tx<'_>, call: &mut Call<'_>, ids: &[GapId], due: Day, note: &str) -> Result<()> {
    let gaps = chosen(tx, call, Action::GapChase, ids)?;
    let note = note.trim();
    if note.chars().count() > NOTE_LENGTH {
        return Err(Refusal::new("plan-refused-note").with("length", NOTE_LENGTH).at("note").into());
    }
    if due < call.today() {
        return Err(Refusal::new("plan-refused-due-in-the-past").with("day", due).at("due").into());
    }
    for gap in &gaps {
        if tx.execute(&store::HAND_OUT, params![gap.id, call.today(), due, note])? == 0 {
            return refuse("plan-refused-gap-crossed-off", gap);
        }
    }
    told(tx, call, Told::GapHandedOut, &gaps)?;
    audit(tx, call, Action::GapChase, &gaps, "handed_out_on due_on note")
}

/// Chases gaps (督办) that were handed out; each time is counted.
pub fn chase(tx: &mut Tx<'_>, call: &mut Call<'_>, ids: &[GapId]) -> Result<()> {
    let gaps = chosen(tx, call, Action::GapChase, ids)?;
    for gap in &gaps {
        if gap.handed_out_on.is_none() {
            return refuse("plan-refused-gap-not-handed-out", gap);
        }
        if tx.execute(&store::CHASE, params![gap.id, call.today()])? == 0 {
            return refuse("plan-refused-gap-crossed-off", gap);
        }
    }
    told(tx, call, Told::GapChased, &gaps)?;
    audit(tx, call, Action::GapChase, &gaps, "chased")
}

/// Crosses gaps off (销号): only what is really there on the day.
pub fn cross_off(tx: &mut Tx<'_>, call: &mut Call<'_>, ids: &[GapId]) -> Result<()> {
    let gaps = chosen(tx, call, Action::GapCross, ids)?;
    for gap in &gaps {
        if gap.lacking() > 0 {
            return refuse("plan-refused-gap-still-there", gap);
        }
        if tx.execute(&store::CROSS_OFF, params![gap.id, call.today()])? == 0 {
            return refuse("plan-refused-gap-crossed-off", gap);
        }
    }
    told(tx, call, Told::GapCrossedOff, &gaps)?;
    audit(tx, call, Action::GapCross, &gaps, "crossed_off_on")
}

/// Tells of gaps, those of a town at a time: the town of what the district did, the district of what a town did.
fn told(tx: &mut Tx<'_>, call: &mut Call<'_>, kind: Told, gaps: &[Gap]) -> Result<()> {
    let mut towns: BTreeMap<TownId, i64> = BTreeMap::new();
    for gap in gaps {
        *towns.entry(gap.town).or_default() += 1;
    }
    let mut notices = Vec::with_capacity(towns.len());
    for (town, count) in towns {
        let to = if kind == Told::GapCrossedOff {
            To::Role(Role::DistrictOfficer, Scope::District)
        } else {
            To::Role(Role::TownOfficer, Scope::Town(town))
        };
        let code = register::town_code(tx, town)?;
        let about = About { count, ..About::one(Thing::Gaps, town.uuid(), code) };
        notices.push(Notice { kind, about, to: vec![to] });
    }
    tell(tx, call, &notices)
}

fn audit(tx: &mut Tx<'_>, call: &mut Call<'_>, action: Action, gaps: &[Gap], fields: &str) -> Result<()> {
    let objects: Vec<Uuid> = gaps.iter().map(|gap| gap.id.uuid()).collect();
    record(tx, call, Entry { action, objects: &objects, fields })
}
