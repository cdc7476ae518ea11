//! Effective coverage (有效覆盖): the cascade, where households are lost, what to do first.

mod export;
mod picture;
mod publish;
mod todo;

use askama::Template;
use base::Day;
use district::coverage::rules::{Cascade, Standing, Step};
use district::coverage::{Figure, Part, cascade, lost_at, may_see};
use district::kit::{Scope, TownId};
use district::people::{Action, may};
use district::register::{self, Grid, Town};
use handbook::CommunityKind;

use crate::kit::{self, Access, Door, Fault, Routes, Shell};
pub(crate) use picture::{Picture, name as step_message};
use publish::Published;
use todo::Todo;

pub(crate) fn routes() -> Routes {
    let read = Access::May(Action::CoverageRead);
    Routes::new()
        .get("/district", read, show)
        .get("/district/coverage.csv", read, export::csv)
        .post("/district/publish", Access::May(Action::Publish), publish::decide)
        .room(Door::District, 10, "/district", "coverage-room")
}

/// What a reader asked to see, narrowed to what they may.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub day: Day,
    pub part: Part,
    pub step: Option<Step>,
}

impl Asked {
    /// Reads `on`, `kind`, `town`, `grid`, `step`; whoever is responsible for a part sees that part.
    fn read(s: &Shell) -> Result<Self, Fault> {
        let own = s.actor.scope();
        let parsed = |name: &str| s.asked(name);
        let mut part = Part {
            town: parsed("town").map(|text| text.parse()).transpose().map_err(|_| Fault::Bad)?,
            grid: parsed("grid").map(|text| text.parse()).transpose().map_err(|_| Fault::Bad)?,
            community: None,
            kind: parsed("kind")
                .map(|code| CommunityKind::from_code(&code))
                .transpose()
                .map_err(|_| Fault::Bad)?,
        };
        match own {
            Scope::District => {}
            Scope::Town(town) => part.town = part.town.or(Some(town)),
            Scope::Grid { town, grid } => {
                part.town = part.town.or(Some(town));
                part.grid = part.grid.or(Some(grid));
            }
            Scope::Community { town, community, .. } => {
                part.town = part.town.or(Some(town));
                part.community = Some(community);
            }
        }
        let step = parsed("step").map(|name| Step::parse(&name).ok_or(Fault::Bad)).transpose()?;
        Ok(Self { day: s.on()?, part, step })
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
            ("grid", self.part.grid.map(|grid| grid.to_string())),
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
    picture: Picture<'a>,
    todo: Vec<Todo<'a>>,
    lost: Option<Lost<'a>>,
    communities: Vec<&'a Standing>,
    published: Vec<Published>,
    may_publish: bool,
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

    fn kind_name(&self, kind: &CommunityKind) -> &'static str {
        kit::kind_message(*kind)
    }

    /// What is lost, in a line.
    fn lost_sum(&self, lost: &Lost<'_>) -> String {
        let communities = i64::try_from(lost.communities.len()).unwrap_or(i64::MAX);
        self.s.t2("coverage-lost-sum", ("communities", communities), ("households", lost.households))
    }

    fn step_name(&self, step: &Step) -> &'static str {
        picture::name(*step)
    }

    /// The rows of this view as a file.
    fn csv(&self) -> String {
        self.asked.with(self.s, &[]).replacen("/district?", "/district/coverage.csv?", 1)
    }
}

async fn show(s: Shell) -> kit::Result {
    let asked = Asked::read(&s)?;
    let (standings, towns, grids, trend, positions, published) = s.state.read(|tx| {
        let standings = s.state.coverage.standings(tx, asked.day)?;
        may_see(&s.actor, asked.part.scope(&standings))?;
        let mut trend: Vec<(Day, Cascade)> = Vec::new();
        for day in district::coverage::rules::trend_days(asked.day) {
            let then = s.state.coverage.standings(tx, day)?;
            trend.push((day, cascade(&then, asked.part)));
        }
        let positions = match asked.part.town {
            Some(_) => register::snapshot(tx, asked.day)?,
            None => Vec::new(),
        };
        let towns = register::towns(tx, asked.day)?;
        let grids = register::grids(tx, asked.day)?;
        Ok((standings, towns, grids, trend, positions, publish::decisions(tx)?))
    })?;
    let town = towns.iter().find(|town| asked.part.town == Some(town.id));
    let grid = grids.iter().find(|grid| asked.part.grid == Some(grid.id));
    if asked.part.town.is_some() != town.is_some() || asked.part.grid.is_some() != grid.is_some() {
        return Err(Fault::Absent);
    }
    let picture =
        Picture::new(&s, &asked, &standings, &towns, town, &positions, &trend, picture::Reader::Officer);
    let lost = asked.step.map(|step| {
        let communities = lost_at(&standings, asked.part, step);
        let households = communities.iter().map(|standing| standing.households).sum();
        Lost { step, communities, households }
    });
    let mut communities: Vec<&Standing> = match asked.part.town {
        Some(_) => standings.iter().filter(|standing| asked.part.has(standing)).collect(),
        None => Vec::new(),
    };
    communities.sort_by_key(|standing| (standing.reached, std::cmp::Reverse(standing.households)));
    s.html(&Show {
        s: &s,
        asked: &asked,
        town,
        grid,
        towns: &towns,
        todo: todo::first(&s, &asked, &standings, &towns, &grids),
        picture,
        lost,
        communities,
        published,
        may_publish: may(&s.actor, Action::Publish, Scope::District),
    })
}

/// The picture that everyone may see, as far as it was decided to be public.
pub(crate) fn public<'a>(s: &'a Shell, held: &'a Held) -> Option<Picture<'a>> {
    let asked = Asked { day: s.today(), part: Part::default(), step: None };
    let reader = picture::Reader::Public { towns: held.towns_published };
    held.published.then(|| Picture::new(s, &asked, &held.standings, &held.towns, None, &[], &[], reader))
}

/// What the public picture is made from.
pub(crate) struct Held {
    standings: std::sync::Arc<Vec<Standing>>,
    towns: Vec<Town>,
    published: bool,
    towns_published: bool,
}

/// Reads what the public picture is made from.
pub(crate) fn held(s: &Shell) -> Result<Held, Fault> {
    s.state.read(|tx| {
        let is = |decision: Option<bool>| decision == Some(true);
        Ok(Held {
            standings: s.state.coverage.standings(tx, s.today())?,
            towns: register::towns(tx, s.today())?,
            published: is(district::coverage::published(tx, Figure::DistrictCascade)?.map(|d| d.published)),
            towns_published: is(district::coverage::published(tx, Figure::Towns)?.map(|d| d.published)),
        })
    })
}
