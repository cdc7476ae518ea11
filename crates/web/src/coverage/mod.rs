//! Effective coverage (有效覆盖): the cascade, where households are lost, what to do first.

mod drawn;
mod export;
mod functions;
mod picture;
mod publish;
mod todo;
mod year;

use std::sync::Arc;

use askama::Template;
use base::Day;
use district::coverage::rules::{Standing, Step};
use district::coverage::{Figure, Part, Standings, may_see};
use district::kit::{GridId, Scope, TownId};
use district::people::{Action, may};
use district::register::{Directory, Grid, Town};
use handbook::CommunityKind;

use crate::kit::{self, Access, Door, Fault, Routes, Shell};
pub(crate) use drawn::{Drawings, Drawn};
pub(crate) use picture::{name as step_message, percent};
use publish::Published;

pub(crate) fn routes() -> Routes {
    let read = Access::May(Action::CoverageRead);
    Routes::new()
        .get("/district", read, show)
        .get("/district/coverage/{form}", read, export::file)
        .post("/district/publish", Access::May(Action::Publish), publish::decide)
        .room(Door::District, 10, "/district", "coverage-room")
}

/// What a reader asked to see, narrowed to what they may.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub day: Day,
    pub part: Part,
    pub step: Option<Step>,
}

impl Asked {
    /// Reads `on`, `kind`, `town`, `grid` (`none`: in no grid), `step`; whoever is responsible for a part sees that part.
    fn read(s: &Shell) -> Result<Self, Fault> {
        let parsed = |name: &str| s.asked(name);
        let grid = parsed("grid").filter(|text| text != NO_GRID);
        let part = Part {
            town: parsed("town").map(|text| text.parse()).transpose().map_err(|_| Fault::Bad)?,
            no_grid: grid.is_none() && parsed("grid").is_some(),
            grid: grid.map(|text| text.parse()).transpose().map_err(|_| Fault::Bad)?,
            community: None,
            kind: parsed("kind")
                .map(|code| CommunityKind::from_code(&code))
                .transpose()
                .map_err(|_| Fault::Bad)?,
        };
        let step = parsed("step").map(|name| Step::parse(&name).ok_or(Fault::Bad)).transpose()?;
        Ok(Self::narrowed(s, s.on()?, part, step))
    }

    /// What was asked for, within the part that the reader is responsible for.
    pub(crate) fn narrowed(s: &Shell, day: Day, mut part: Part, step: Option<Step>) -> Self {
        match s.actor.scope() {
            Scope::District => {}
            Scope::Town(town) => part.town = part.town.or(Some(town)),
            Scope::Grid { town, grid } => {
                part.town = part.town.or(Some(town));
                if !part.no_grid {
                    part.grid = part.grid.or(Some(grid));
                }
            }
            Scope::Community { town, community, .. } => {
                part.town = part.town.or(Some(town));
                part.community = Some(community);
            }
        }
        Self { day, part, step }
    }

    /// With the town of the grid that was asked for. A grid of another town than the one asked for is none: in the form
    /// the town was changed, and the grid still stood there.
    pub(crate) fn within(mut self, directory: &Directory) -> district::kit::Result<Self> {
        if let Some(grid) = self.part.grid {
            let grid = directory.grid(grid).ok_or(district::Error::Absent("grid"))?;
            match self.part.town {
                None => self.part.town = Some(grid.town),
                Some(town) if town != grid.town => self.part.grid = None,
                Some(_) => {}
            }
        }
        Ok(self)
    }

    /// `?on=2025-12-31` for the addresses of other pages; nothing for today.
    fn as_of(&self, s: &Shell) -> String {
        if self.day == s.today() { String::new() } else { format!("?on={}", self.day) }
    }

    /// This view with a step, a town, a grid more.
    fn with(&self, s: &Shell, more: &[(&str, String)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.day != s.today() {
            query.append_pair("on", &self.day.to_string());
        }
        let has = |name: &str| more.iter().any(|(given, _)| *given == name);
        let kept = [
            ("kind", self.part.kind.map(|kind| kind.as_code().to_owned())),
            ("town", self.part.town.map(|town| town.to_string())),
            (
                "grid",
                self.part.grid.map(|grid| grid.to_string()).or(self.part.no_grid.then(|| NO_GRID.into())),
            ),
        ];
        for (name, value) in kept {
            if let Some(value) = value.filter(|_| !has(name)) {
                query.append_pair(name, &value);
            }
        }
        for (name, value) in more.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        format!("/district?{}", query.finish())
    }
}

/// What `grid` says for communities that lie in no grid.
const NO_GRID: &str = "none";

/// The grids of a town, for the form.
struct GridChoice<'a> {
    town: &'a Town,
    grids: Vec<&'a Grid>,
}

/// A community that is lost at a step.
struct Lost<'a> {
    step: Step,
    communities: Vec<&'a Standing>,
    households: i64,
}

#[derive(Template)]
#[template(path = "coverage/district.html")]
struct Show<'a> {
    s: &'a Shell,
    asked: &'a Asked,
    town: Option<&'a Town>,
    grid: Option<&'a Grid>,
    towns: &'a [Town],
    /// The grids to choose from: those of the town, or of each town, that the reader may see.
    choices: Vec<GridChoice<'a>>,
    drawn: Arc<Drawn>,
    lost: Option<Lost<'a>>,
    communities: Vec<&'a Standing>,
    published: Vec<Published>,
    may_publish: bool,
    /// Of today only: work that was undone since is not known of earlier days.
    functions: Vec<functions::Row>,
}

#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates call methods, and give references to fields"
)]
impl Show<'_> {
    /// Is this the kind that was asked for?
    fn of_kind(&self, kind: &CommunityKind) -> bool {
        self.asked.part.kind == Some(*kind)
    }

    fn of_town(&self, id: &TownId) -> bool {
        self.asked.part.town == Some(*id)
    }

    fn of_grid(&self, id: &GridId) -> bool {
        self.asked.part.grid == Some(*id)
    }

    /// The day of the view, for the addresses of its communities.
    fn as_of(&self) -> String {
        self.asked.as_of(self.s)
    }

    /// The crumb that leads back to the town, on the same day.
    fn of_the_town(&self) -> String {
        self.asked.with(self.s, &[("grid", String::new())])
    }

    /// The crumb that leads back to the district, on the same day.
    fn of_the_district(&self) -> String {
        self.asked.with(self.s, &[("grid", String::new()), ("town", String::new())])
    }

    fn kind_name(&self, kind: &CommunityKind) -> &'static str {
        kit::kind_message(*kind)
    }

    fn of_day(&self) -> String {
        self.s.t1("coverage-of-day", "day", self.asked.day)
    }

    /// What is lost, in a line.
    fn lost_sum(&self, lost: &Lost<'_>) -> String {
        let communities = i64::try_from(lost.communities.len()).unwrap_or(i64::MAX);
        self.s.t2("coverage-lost-sum", ("communities", communities), ("households", lost.households))
    }

    fn step_name(&self, step: &Step) -> &'static str {
        picture::name(*step)
    }

    /// Households of a community in a list of it: those that are lost where it is asked for, or those for which every step holds.
    fn counted(&self, standing: &Standing, lost: &bool) -> i64 {
        let at = self.lost.as_ref().filter(|_| *lost).map(|lost| lost.step);
        at.map_or_else(|| standing.at(Step::Satisfied), |step| standing.lost_at(step))
    }

    /// The rows of this view as a file.
    fn file(&self, form: &str) -> String {
        self.asked.with(self.s, &[]).replacen("/district?", &format!("/district/coverage/{form}?"), 1)
    }
}

async fn show(s: Shell) -> kit::Result {
    let asked = Asked::read(&s)?;
    let memory = &s.state.memory;
    let (asked, directory, standings, drawn, published, functions) = s.state.read(|tx| {
        let directory = memory.directory(tx, asked.day)?;
        let asked = asked.within(&directory)?;
        let standings = memory.standings(tx, asked.day)?;
        may_see(&s.actor, asked.part.scope(&standings))?;
        let view = View { s: &s, asked: &asked, standings: &standings, directory: &directory };
        let drawn = drawn::of(tx, &view)?;
        let functions = if asked.day == s.today() { Some(memory.functions(tx, asked.day)?) } else { None };
        Ok((asked, directory, standings, drawn, publish::decisions(&s, tx)?, functions))
    })?;
    let town = asked.part.town.map(|town| directory.town(town).ok_or(Fault::Absent)).transpose()?;
    let grid = asked.part.grid.map(|grid| directory.grid(grid).ok_or(Fault::Absent)).transpose()?;
    let lost = asked.step.map(|step| {
        let communities = standings.lost_at(asked.part, step);
        let households = communities.iter().map(|standing| standing.lost_at(step)).sum();
        Lost { step, communities, households }
    });
    let mut communities: Vec<&Standing> = match town {
        Some(_) => standings.of(asked.part).collect(),
        None => Vec::new(),
    };
    communities.sort_by_key(|it| (it.reached, std::cmp::Reverse(it.households - it.at(Step::Satisfied))));
    s.html(&Show {
        s: &s,
        asked: &asked,
        town,
        grid,
        towns: &directory.towns,
        choices: choices(&s, &asked, &directory),
        drawn,
        lost,
        communities,
        published,
        may_publish: may(&s.actor, Action::Publish, Scope::District),
        functions: functions.map_or_else(Vec::new, |read| functions::rows(&s, &read, &standings, asked.part)),
    })
}

/// The grids that the form offers: of the town of the view, or of every town.
fn choices<'a>(s: &Shell, asked: &Asked, directory: &'a Directory) -> Vec<GridChoice<'a>> {
    let towns = directory.towns.iter().filter(|town| asked.part.town.is_none_or(|asked| asked == town.id));
    // Whoever sees the district sees each of its grids.
    let all = may(&s.actor, Action::CoverageRead, Scope::District);
    let seen = |grid: &&Grid| {
        all || may(&s.actor, Action::CoverageRead, Scope::Grid { town: grid.town, grid: grid.id })
    };
    let of = |town: &'a Town| GridChoice {
        town,
        grids: directory.grids.iter().filter(|grid| grid.town == town.id).filter(seen).collect(),
    };
    towns.map(of).filter(|choice| !choice.grids.is_empty()).collect()
}

/// What a reader asked to see, and what it is drawn from.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub s: &'a Shell,
    pub asked: &'a Asked,
    pub standings: &'a Standings,
    pub directory: &'a Directory,
}

/// The picture that everyone may see, as far as it was decided to be public.
pub(crate) fn public(s: &Shell) -> Result<Option<Arc<Drawn>>, Fault> {
    let day = s.today();
    let asked = Asked { day, part: Part::default(), step: None };
    let memory = &s.state.memory;
    s.state.read(|tx| {
        if !memory.is_published(tx, Figure::DistrictCascade)? {
            return Ok(None);
        }
        let (standings, directory) = (memory.standings(tx, day)?, memory.directory(tx, day)?);
        let view = View { s, asked: &asked, standings: &standings, directory: &directory };
        let reader = picture::Reader::Public { towns: memory.is_published(tx, Figure::Towns)? };
        drawn::whole(tx, &view, reader).map(Some)
    })
}
