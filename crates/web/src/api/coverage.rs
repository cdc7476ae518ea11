//! Coverage for programs: the cascade of any part on any day, who is lost at which step, what to do first.

use base::{Day, Uuid};
use district::coverage::functions::{Function, LOOKED_BACK};
use district::coverage::rules::{Cascade, Public, Standing, Step};
use district::coverage::{self, Figure, Loss, Part, Standings, may_see, published};
use district::kit::{GridId, TownId};
use district::matters;
use district::people::Action;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Page;
use super::operation::{Api, Nothing, once};
use super::register::day;
use super::values::{After, Code, CoverageStep, Date, Kind, Limit, PublicFigure, StationFunction};
use crate::coverage::Asked;
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let read = Access::May(Action::CoverageRead);
    Api::of("api-group-coverage")
        .get("/api/v1/coverage", read, "coverage", show)
        .get("/api/v1/coverage/year", read, "coverage-year", year)
        .get("/api/v1/coverage/losses", read, "coverage-losses", losses)
        .get("/api/v1/coverage/functions", read, "coverage-functions", functions)
        .list("/api/v1/coverage/communities", read, "coverage-communities", communities)
        .get("/api/v1/coverage/public", Access::Public, "coverage-public", public)
        .get("/api/v1/coverage/publications", read, "coverage-publications", publications)
        .act("/api/v1/coverage/publications", Access::May(Action::Publish), "coverage-publish", publish)
}

/// A part of the district on a day. Whoever is responsible for a part sees that part, whatever the query leaves out.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct OfPart {
    /// As of this day; today without it.
    on: Option<Date>,
    /// Of this town.
    town: Option<Uuid>,
    /// Of this grid.
    grid: Option<Uuid>,
    /// Of communities that lie in no grid.
    no_grid: Option<bool>,
    /// Of this kind.
    kind: Option<Kind>,
}

impl OfPart {
    /// What the page of the same reader would show of it.
    fn read(&self, s: &Shell) -> Result<Asked, Fault> {
        let part = Part {
            town: self.town.map(TownId::from_uuid),
            grid: self.grid.map(GridId::from_uuid).filter(|_| self.no_grid != Some(true)),
            no_grid: self.no_grid == Some(true),
            community: None,
            kind: self.kind.map(|Code(kind)| kind),
        };
        let day = day(s, self.on);
        let directory = s.state.read(|tx| s.state.memory.directory(tx, day))?;
        // A form drops a grid of another town than the one beside it; a program is told.
        let elsewhere = |(grid, town)| directory.grid(grid).is_none_or(|grid| grid.town != town);
        if part.grid.zip(part.town).is_some_and(elsewhere) {
            return Err(Fault::Absent);
        }
        Ok(Asked::narrowed(s, day, part, None).within(&directory)?)
    }
}

/// The standings of a part, for whoever may see it.
fn standings(s: &Shell, asked: &Asked) -> Result<std::sync::Arc<Standings>, Fault> {
    s.state.read(|tx| {
        let standings = s.state.memory.standings(tx, asked.day)?;
        may_see(&s.actor, asked.part.scope(&standings))?;
        Ok(standings)
    })
}

/// Households at each step of coverage, of which each holds only where all before it hold.
#[derive(Debug, Serialize, ToSchema)]
struct Coverage {
    /// The day.
    day: Date,
    /// Communities that are counted.
    communities: i64,
    /// Residents of these.
    residents: i64,
    /// The steps, in order: how many households reach each.
    steps: Vec<AtStep>,
    /// Of the households at `responded`, those that said nothing within the year: neither satisfied nor not. Null where they are too
    /// few for everyone to know.
    unknown: Option<i64>,
    /// Households that are contacted and responded to though a step before is missing. Null where they are too few for everyone to
    /// know.
    beside: Option<i64>,
}

/// A step.
#[derive(Debug, Serialize, ToSchema)]
struct AtStep {
    /// The step.
    step: CoverageStep,
    /// Households that reach it. Null where they, or those lost here or before, are fewer than five and everyone may read it.
    households: Option<i64>,
    /// Households that reach the step before and not this one.
    lost: Option<i64>,
    /// Of the households of the first step, in thousandths; null where there are none.
    share: Option<i64>,
}

fn coverage_of(cascade: &Cascade, day: Day) -> Coverage {
    let target = cascade.at(Step::Target);
    let step = |step: Step| AtStep {
        step: Code(step),
        households: Some(cascade.at(step)),
        lost: Some(cascade.lost_at(step)),
        share: base::per_mille(cascade.at(step), target),
    };
    Coverage {
        day: day.into(),
        communities: cascade.communities,
        residents: cascade.residents,
        steps: Step::ALL.into_iter().map(step).collect(),
        unknown: Some(cascade.unknown),
        beside: Some(cascade.beside),
    }
}

/// The same as everyone may know it.
fn public_coverage_of(cascade: &Cascade, told: Public, day: Day) -> Coverage {
    let mut coverage = coverage_of(cascade, day);
    for at in &mut coverage.steps {
        let Code(step) = at.step;
        (at.households, at.lost) = (told.at(step), told.lost_at(step));
        at.share = at.share.filter(|_| at.households.is_some());
    }
    (coverage.unknown, coverage.beside) = (told.unknown(), told.beside());
    coverage
}

/// GET `/api/v1/coverage`.
fn show(s: &Shell, _: Nothing, asked: OfPart) -> Result<Coverage, Fault> {
    let asked = asked.read(s)?;
    let standings = standings(s, &asked)?;
    Ok(coverage_of(&standings.cascade(asked.part), asked.day))
}

/// The cascade on the last day of each of twelve months, and on the day.
#[derive(Debug, Serialize, ToSchema)]
struct CoverageYear {
    /// The days, in order.
    days: Vec<Coverage>,
}

/// GET `/api/v1/coverage/year`.
fn year(s: &Shell, _: Nothing, asked: OfPart) -> Result<CoverageYear, Fault> {
    let asked = asked.read(s)?;
    standings(s, &asked)?;
    let year = s.state.read(|tx| s.state.memory.year(tx, asked.day))?;
    let days = year.iter().map(|(day, standings)| coverage_of(&standings.cascade(asked.part), *day));
    Ok(CoverageYear { days: days.collect() })
}

/// What would bring most households back, most first: a step and a place at a time.
#[derive(Debug, Serialize, ToSchema)]
struct Losses {
    /// They.
    losses: Vec<Lost>,
}

/// Communities of one grid, or of a town outside every grid, that lose households at the same step.
#[derive(Debug, Serialize, ToSchema)]
struct Lost {
    /// The step at which they lose households.
    step: CoverageStep,
    /// Their town.
    town: Uuid,
    /// Their grid; null: they lie in none.
    grid: Option<Uuid>,
    /// The households that are lost there.
    households: i64,
    /// The codes of the communities, most households first.
    communities: Vec<String>,
}

/// GET `/api/v1/coverage/losses`.
fn losses(s: &Shell, _: Nothing, asked: OfPart) -> Result<Losses, Fault> {
    let asked = asked.read(s)?;
    let standings = standings(s, &asked)?;
    let lost = |loss: &Loss| Lost {
        step: Code(loss.step),
        town: loss.town.uuid(),
        grid: loss.grid.map(GridId::uuid),
        households: loss.households,
        communities: standings.lost(loss).map(|standing| standing.code.clone()).collect(),
    };
    Ok(Losses { losses: standings.losses(asked.part, usize::MAX).iter().map(lost).collect() })
}

/// What of the six functions is asked for: of today, as work that was undone since is not known of earlier days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct FunctionsOf {
    /// Of this town.
    town: Option<Uuid>,
    /// Of this grid.
    grid: Option<Uuid>,
    /// Of communities that lie in no grid.
    no_grid: Option<bool>,
    /// Of this kind.
    kind: Option<Kind>,
}

/// The six functions of stations, from the work of the last days.
#[derive(Debug, Serialize, ToSchema)]
struct StationFunctions {
    /// The last day that counts.
    day: Date,
    /// Days that are looked back at, this one among them.
    days: i64,
    /// All six, in order.
    functions: Vec<FunctionDone>,
}

/// A function: so many done of so many to be done.
#[derive(Debug, Serialize, ToSchema)]
struct FunctionDone {
    /// The function.
    function: StationFunction,
    /// Is it measured yet? Where it is not, the rest is null.
    measured: bool,
    /// Done.
    done: Option<i64>,
    /// Of so many.
    of: Option<i64>,
    /// In thousandths; null below ten.
    share: Option<i64>,
}

/// GET `/api/v1/coverage/functions`.
fn functions(s: &Shell, _: Nothing, asked: FunctionsOf) -> Result<StationFunctions, Fault> {
    let FunctionsOf { town, grid, no_grid, kind } = asked;
    let asked = OfPart { on: None, town, grid, no_grid, kind }.read(s)?;
    let standings = standings(s, &asked)?;
    let read = s.state.read(|tx| s.state.memory.functions(tx, asked.day))?;
    let done = |function: &Function| {
        let share = read.of(*function, &standings, asked.part);
        FunctionDone {
            function: Code(*function),
            measured: share.is_some(),
            done: share.map(|it| it.of),
            of: share.map(|it| it.all),
            share: share.and_then(matters::Share::per_mille),
        }
    };
    let functions = Function::ALL.iter().map(done).collect();
    Ok(StationFunctions { day: asked.day.into(), days: LOOKED_BACK, functions })
}

/// The communities of a part.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct CommunitiesOf {
    /// As of this day; today without it.
    on: Option<Date>,
    /// Of this town.
    town: Option<Uuid>,
    /// Of this grid.
    grid: Option<Uuid>,
    /// Of communities that lie in no grid.
    no_grid: Option<bool>,
    /// Of this kind.
    kind: Option<Kind>,
    /// Those that lose households at this step.
    lost_at: Option<CoverageStep>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// How far the households of a community are reached.
#[derive(Debug, Serialize, ToSchema)]
struct CommunityCoverage {
    /// The community.
    id: Uuid,
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// Its name in English; empty where there is none.
    name_en: String,
    /// Its town.
    town: Uuid,
    /// Its grid, if it lies in one.
    grid: Option<Uuid>,
    /// Its kind.
    kind: Kind,
    /// Its households.
    households: i64,
    /// Its residents.
    residents: i64,
    /// The last step of the community that holds with all before it: at most `staffed`.
    reached: CoverageStep,
    /// Its households at `contacted`.
    contacted: i64,
    /// Its households at `responded`.
    responded: i64,
    /// Its households at `satisfied`: every step holds for them.
    satisfied: i64,
    /// Of those at `responded`, the ones that said nothing within the year.
    unknown: i64,
}

/// GET `/api/v1/coverage/communities`.
fn communities(s: &Shell, _: Nothing, asked: CommunitiesOf) -> Result<Page<CommunityCoverage>, Fault> {
    let CommunitiesOf { on, town, grid, no_grid, kind, lost_at, limit, after } = asked;
    let asked = OfPart { on, town, grid, no_grid, kind }.read(s)?;
    let standings = standings(s, &asked)?;
    let rows: Vec<&Standing> = match lost_at {
        Some(Code(step)) => standings.lost_at(asked.part, step),
        None => standings.of(asked.part).collect(),
    };
    let page = Page::cut(rows, after.as_ref(), limit, |standing| standing.community.uuid())?;
    Ok(page.map(|it| CommunityCoverage {
        id: it.community.uuid(),
        code: it.code.clone(),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        town: it.town.uuid(),
        grid: it.grid.map(GridId::uuid),
        kind: Code(it.kind),
        households: it.households,
        residents: it.residents,
        reached: Code(it.reached),
        contacted: it.at(Step::Contacted),
        responded: it.at(Step::Responded),
        satisfied: it.at(Step::Satisfied),
        unknown: it.unknown(),
    }))
}

/// What of coverage was decided to be public.
#[derive(Debug, Serialize, ToSchema)]
struct PublicCoverage {
    /// The district's cascade; null while it is not public.
    district: Option<Coverage>,
    /// The towns side by side; null while they are not public.
    towns: Option<Vec<TownCoverage>>,
}

/// The cascade of a town.
#[derive(Debug, Serialize, ToSchema)]
struct TownCoverage {
    /// The town.
    town: Uuid,
    /// Its cascade.
    coverage: Coverage,
}

/// GET `/api/v1/coverage/public`: as the first page shows it to everyone, today.
fn public(s: &Shell, _: Nothing, _: Nothing) -> Result<PublicCoverage, Fault> {
    let day = s.today();
    s.state.read(|tx| {
        let memory = &s.state.memory;
        let of_district = memory.is_published(tx, Figure::DistrictCascade)?;
        let of_towns = memory.is_published(tx, Figure::Towns)?;
        let (standings, directory) = (s.state.memory.standings(tx, day)?, s.state.memory.directory(tx, day)?);
        let of = |town: Option<TownId>| standings.cascade(Part { town, ..Part::default() });
        let towns = || {
            let cascades: Vec<Cascade> = directory.towns.iter().map(|town| of(Some(town.id))).collect();
            let told = Public::of_parts(cascades.iter().copied());
            let each = directory.towns.iter().zip(cascades.iter().zip(told));
            let town = |(town, (cascade, told)): (&district::register::Town, (&Cascade, Public))| {
                TownCoverage { town: town.id.uuid(), coverage: public_coverage_of(cascade, told, day) }
            };
            each.map(town).collect()
        };
        let whole = || {
            let cascade = of(None);
            public_coverage_of(&cascade, Public::of(cascade), day)
        };
        Ok(PublicCoverage {
            district: of_district.then(whole),
            // Without the district's figure the first page shows no picture, and so no towns.
            towns: (of_district && of_towns).then(towns),
        })
    })
}

/// The last decision on each figure.
#[derive(Debug, Serialize, ToSchema)]
struct Publications {
    /// One for each figure.
    figures: Vec<Publication>,
}

/// The last decision on a figure.
#[derive(Debug, Serialize, ToSchema)]
struct Publication {
    /// The figure.
    figure: PublicFigure,
    /// Is it public?
    published: bool,
    /// Why; empty while nobody has decided.
    reason: String,
    /// Since when; null while nobody has decided.
    since: Option<Date>,
}

/// GET `/api/v1/coverage/publications`.
fn publications(s: &Shell, _: Nothing, _: Nothing) -> Result<Publications, Fault> {
    let figures = s.state.read(|tx| {
        may_see(&s.actor, s.actor.scope())?;
        let of = |figure| {
            let decision = published(tx, figure)?;
            Ok(Publication {
                figure: Code(figure),
                published: decision.as_ref().is_some_and(|it| it.published),
                since: decision.as_ref().map(|it| it.since.into()),
                reason: decision.map(|it| it.reason).unwrap_or_default(),
            })
        };
        Figure::ALL.into_iter().map(of).collect::<district::kit::Result<Vec<_>>>()
    })?;
    Ok(Publications { figures })
}

/// A decision on a figure.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Publish {
    /// The figure.
    figure: PublicFigure,
    /// Shown to everyone, or not.
    published: bool,
    /// Why.
    #[schema(min_length = 1)]
    reason: String,
}

/// POST `/api/v1/coverage/publications`.
fn publish(s: &Shell, posted: &Posted, _: Nothing, sent: Publish) -> Result<(), Fault> {
    let Code(figure) = sent.figure;
    once(s, posted, |tx, call| coverage::decide(tx, call, &[(figure, sent.published, sent.reason.clone())]))
}
