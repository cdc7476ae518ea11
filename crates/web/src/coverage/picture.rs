//! The picture of a part of the district: the pair, the cascade, the map, the towns side by side, the year.

use base::{Position, per_mille};
use district::coverage::Part;
use district::coverage::rules::{Cascade, Public, Standing, Step};
use district::kit::TownId;
use district::register::{Roll, Town};

use super::{Asked, NO_GRID, View};
use crate::kit::Shell;
use crate::kit::map::{Dot, Map, Outline, Shape};

/// Who looks: it decides what leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reader {
    /// Someone who may see every figure of the part.
    Officer,
    /// Anyone; the towns are shown when they were decided to be public.
    Public { towns: bool },
}

/// A step of the cascade as a row of its table.
pub(crate) struct StepRow {
    pub step: Step,
    /// `None`: too few to be told to everyone.
    pub households: Option<i64>,
    /// Of the target, in thousandths.
    pub share: Option<i64>,
    /// Of the target at the step before.
    pub before: i64,
    pub lost: i64,
    /// Of the target, those that said nothing within the year, in thousandths; of the last step only.
    pub unknown: i64,
    /// Does it lose most?
    pub worst: bool,
    /// Where the communities that are lost here stand.
    pub href: Option<String>,
}

impl StepRow {
    /// The message with its name: `coverage-step-assigned`.
    pub fn name(&self) -> &'static str {
        name(self.step)
    }

    /// The message that says what it means.
    pub fn what(&self) -> &'static str {
        match self.step {
            Step::Target => "coverage-what-target",
            Step::Assigned => "coverage-what-assigned",
            Step::Available => "coverage-what-available",
            Step::Accessible => "coverage-what-accessible",
            Step::Staffed => "coverage-what-staffed",
            Step::Contacted => "coverage-what-contacted",
            Step::Responded => "coverage-what-responded",
            Step::Satisfied => "coverage-what-satisfied",
        }
    }

    /// Width of the bar and of what was lost, in thousandths.
    pub fn width(&self) -> i64 {
        self.share.unwrap_or(0)
    }

    pub fn lost_width(&self) -> i64 {
        (self.before - self.width() - self.unknown).max(0)
    }

    /// Where what was lost begins: after those that said nothing.
    pub fn lost_from(&self) -> i64 {
        self.width() + self.unknown
    }

    pub fn percent(&self) -> String {
        percent(self.share)
    }

    pub fn is_last(&self) -> bool {
        self.step == Step::Satisfied
    }
}

/// The message with a step's name.
pub(crate) fn name(step: Step) -> &'static str {
    match step {
        Step::Target => "coverage-step-target",
        Step::Assigned => "coverage-step-assigned",
        Step::Available => "coverage-step-available",
        Step::Accessible => "coverage-step-accessible",
        Step::Staffed => "coverage-step-staffed",
        Step::Contacted => "coverage-step-contacted",
        Step::Responded => "coverage-step-responded",
        Step::Satisfied => "coverage-step-satisfied",
    }
}

/// Thousandths as a percentage with one decimal; a line when there is nothing to take a share of.
pub(crate) fn percent(share: Option<i64>) -> String {
    share.map_or_else(|| "—".to_owned(), |share| format!("{}.{}%", share / 10, share % 10))
}

/// A town or a grid as a row, or the whole of them as the last one.
pub(crate) struct Area<'a> {
    pub town: Option<TownId>,
    pub name: std::borrow::Cow<'a, str>,
    pub href: Option<String>,
    pub cascade: Cascade,
    /// Is the share that is served in fact left out, because so few households would tell of single ones?
    pub withheld: bool,
    /// The shade of its outline.
    pub class: &'static str,
    /// Its number on a small map.
    pub number: usize,
}

impl Area<'_> {
    pub fn nominal(&self) -> String {
        percent(share(&self.cascade, Step::Assigned))
    }

    pub fn served(&self) -> String {
        percent(share(&self.cascade, Step::Satisfied).filter(|_| !self.withheld))
    }

    pub fn target(&self) -> i64 {
        self.cascade.at(Step::Target)
    }

    pub fn households(&self) -> i64 {
        self.cascade.served()
    }

    pub fn worst(&self) -> Option<&'static str> {
        self.cascade.worst().map(name)
    }

    pub fn worst_lost(&self) -> i64 {
        self.cascade.worst().map_or(0, |step| self.cascade.lost_at(step))
    }

    /// The steps as eight small columns, 20 high: those before the last, and the last.
    pub fn columns(&self) -> [String; 2] {
        use std::fmt::Write as _;
        let mut columns = [String::with_capacity(160), String::new()];
        for (i, step) in Step::ALL.into_iter().enumerate() {
            let tenths = share(&self.cascade, step).unwrap_or(0) / 5;
            let column = &mut columns[usize::from(i + 1 == Step::ALL.len())];
            let _ = write!(column, "M{} 20v-{}.{}h12V20z", 15 * i, tenths / 10, tenths % 10);
        }
        columns
    }
}

pub(super) fn share(cascade: &Cascade, step: Step) -> Option<i64> {
    per_mille(cascade.at(step), cascade.at(Step::Target))
}

/// The picture.
pub(crate) struct Picture<'a> {
    pub rows: Vec<StepRow>,
    pub cascade: Cascade,
    pub map: Option<Map>,
    pub areas: Vec<Area<'a>>,
    pub whole: Area<'a>,
    /// Is it shown to everyone?
    public: bool,
}

impl<'a> View<'a> {
    /// The whole district, its towns side by side and on the map.
    pub(super) fn district(&self, reader: Reader) -> Picture<'a> {
        let areas = if reader == (Reader::Public { towns: false }) { Vec::new() } else { self.areas(reader) };
        let map = (!areas.is_empty()).then(|| self.district_map(&areas));
        self.picture(map, areas, reader)
    }

    /// One town, its communities on the map and its grids side by side; or what was asked for of it.
    pub(super) fn town(&self, town: &'a Town, roll: &Roll) -> Picture<'a> {
        let narrowed = self.asked.part.grid.is_some() || self.asked.part.no_grid;
        let grids =
            if narrowed || self.asked.part.community.is_some() { Vec::new() } else { self.grids(town) };
        self.picture(Some(self.town_map(town, roll)), grids, Reader::Officer)
    }

    fn picture(&self, map: Option<Map>, areas: Vec<Area<'a>>, reader: Reader) -> Picture<'a> {
        let cascade = self.standings.cascade(self.asked.part);
        let name = self.s.t("coverage-whole").into();
        Picture {
            rows: rows(self.s, self.asked, &cascade, reader),
            cascade,
            map,
            areas,
            whole: Area {
                town: None,
                name,
                href: None,
                cascade,
                withheld: reader != Reader::Officer && Public::of(cascade).at(Step::Satisfied).is_none(),
                class: "",
                number: 0,
            },
            public: reader != Reader::Officer,
        }
    }
}

impl Picture<'_> {
    /// The districts' share on paper.
    pub fn nominal(&self) -> String {
        percent(share(&self.cascade, Step::Assigned))
    }

    /// The share for which every step holds.
    pub fn served(&self) -> String {
        self.whole.served()
    }

    pub fn nominal_households(&self) -> i64 {
        self.cascade.nominal()
    }

    pub fn served_households(&self) -> Option<i64> {
        if self.public { Public::of(self.cascade).at(Step::Satisfied) } else { Some(self.cascade.served()) }
    }

    /// What lies between the two, in a sentence: how many households, and how many of them said nothing within the year.
    pub fn gap(&self, s: &Shell) -> Option<String> {
        let served = self.served_households()?;
        let between = ("count", self.cascade.nominal() - served);
        Some(s.t2("coverage-gap", between, ("unknown", self.cascade.unknown)))
    }

    /// Households that are contacted and responded to though a step before is missing.
    pub fn beside(&self) -> Option<i64> {
        let beside = if self.public { Public::of(self.cascade).beside() } else { Some(self.cascade.beside) };
        beside.filter(|beside| *beside > 0)
    }

    /// What the chart of the year shows, for who does not see it.
    pub fn year_title(&self, s: &Shell) -> String {
        s.t2("coverage-year-title", ("nominal", self.nominal()), ("served", self.served()))
    }
}

fn rows(s: &Shell, asked: &Asked, cascade: &Cascade, reader: Reader) -> Vec<StepRow> {
    let worst = cascade.worst();
    let mut before = 1000;
    Step::ALL
        .into_iter()
        .map(|step| {
            let officer = reader == Reader::Officer;
            let households = if officer { Some(cascade.at(step)) } else { Public::of(*cascade).at(step) };
            let share = share(cascade, step).filter(|_| households.is_some());
            let lost = if households.is_some() { cascade.lost_at(step) } else { 0 };
            let leads = officer && lost > 0;
            let silent = if step == Step::Satisfied && households.is_some() { cascade.unknown } else { 0 };
            let row = StepRow {
                step,
                households,
                share,
                before,
                lost,
                unknown: per_mille(silent, cascade.at(Step::Target)).unwrap_or(0),
                worst: worst == Some(step),
                href: leads.then(|| asked.with(s, &[("step", step.as_str().to_owned())]) + "#lost"),
            };
            before = share.unwrap_or(0);
            row
        })
        .collect()
}

impl<'a> View<'a> {
    fn areas(&self, reader: Reader) -> Vec<Area<'a>> {
        let leads = reader == Reader::Officer;
        let area = |town: &'a Town| {
            let cascade = self.standings.cascade(Part { town: Some(town.id), ..self.asked.part });
            Area {
                town: Some(town.id),
                name: self.s.name(&town.name, &town.name_en),
                href: leads.then(|| self.asked.with(self.s, &[("town", town.id.to_string())])),
                cascade,
                withheld: false,
                class: class(share(&cascade, Step::Satisfied)),
                number: 0,
            }
        };
        let mut areas: Vec<Area<'a>> = self.directory.towns.iter().map(area).collect();
        // The best first; a town without households last.
        areas.sort_by_key(|area| std::cmp::Reverse(share(&area.cascade, Step::Satisfied)));
        if !leads {
            let told = Public::of_parts(areas.iter().map(|area| area.cascade));
            for (area, told) in areas.iter_mut().zip(told) {
                area.withheld = told.at(Step::Satisfied).is_none();
            }
        }
        for (number, area) in (1..).zip(&mut areas) {
            area.number = number;
        }
        areas
    }

    /// The grids of a town, the best first, and what of the town lies in none.
    fn grids(&self, town: &'a Town) -> Vec<Area<'a>> {
        let s = self.s;
        let row = |part: Part, name, grid: String| {
            let cascade = self.standings.cascade(part);
            let href = Some(self.asked.with(s, &[("town", town.id.to_string()), ("grid", grid)]));
            Area { town: None, name, href, cascade, withheld: false, class: "", number: 0 }
        };
        let of_town = Part { town: Some(town.id), ..self.asked.part };
        let grids = self.directory.grids.iter().filter(|grid| grid.town == town.id);
        let mut areas: Vec<Area<'a>> = grids
            .map(|grid| {
                let part = Part { grid: Some(grid.id), ..of_town };
                row(part, s.name(&grid.name, &grid.name_en), grid.id.to_string())
            })
            .collect();
        areas.sort_by_key(|area| std::cmp::Reverse(share(&area.cascade, Step::Satisfied)));
        let rest = row(Part { no_grid: true, ..of_town }, s.t("coverage-no-grid").into(), NO_GRID.to_owned());
        areas.extend((rest.cascade.communities > 0).then_some(rest));
        areas
    }

    fn district_map(&self, areas: &[Area<'_>]) -> Map {
        let outline = |area: &Area<'_>| {
            let inverse = matches!(area.class, "m4" | "m5");
            let (nm, pc, no) = if inverse { ("nm inv", "pc inv", "no inv") } else { ("nm", "pc", "no") };
            Some(Outline {
                shape: self.directory.outline(area.town?)?,
                class: area.class,
                title: format!("{} {}", area.name, area.served()),
                href: area.href.clone(),
                lines: vec![
                    (nm, short(self.s, &area.name)),
                    (pc, area.served()),
                    (no, area.number.to_string()),
                ],
            })
        };
        // A town that nobody gave an outline yet is a circle at its middle.
        let bare = |area: &Area<'_>| {
            let town = area.town.filter(|town| self.directory.outline(*town).is_none())?;
            Some(self.directory.town(town)?.position)
        };
        let middles: Vec<Position> = areas.iter().filter_map(bare).collect();
        let outlines = areas.iter().filter_map(outline).collect();
        let mut map = Map::of(self.s.t("coverage-map"), outlines, &middles);
        for (area, at) in areas.iter().filter_map(|area| Some((area, bare(area)?))) {
            map.dot(Dot {
                at,
                shape: Shape::Circle,
                class: area.class,
                size: TOWN_SIZE,
                title: format!("{} {}", area.name, area.served()),
                href: area.href.clone(),
                mark: Some(area.number.to_string()),
            });
        }
        map
    }

    fn town_map(&self, town: &Town, roll: &Roll) -> Map {
        let s = self.s;
        let outline = self.directory.outline(town.id).map(|shape| Outline {
            shape,
            class: "block",
            title: s.name(&town.name, &town.name_en).into_owned(),
            href: None,
            lines: Vec::new(),
        });
        let place = |standing: &Standing| roll.get(standing.community)?.position;
        let places: Vec<Position> = match outline {
            Some(_) => Vec::new(),
            None => self.standings.of(self.asked.part).filter_map(place).collect(),
        };
        let mut map = Map::of(s.t("coverage-map-town"), outline.into_iter().collect(), &places);
        for standing in self.standings.of(self.asked.part) {
            let Some(at) = roll.get(standing.community).and_then(|it| it.position) else { continue };
            let served = standing.reached == Step::Staffed;
            let reached = s.t(name(standing.reached));
            map.dot(Dot {
                at,
                shape: if served { Shape::Circle } else { Shape::Diamond },
                class: if served { "site" } else { "home none" },
                size: size(standing.households),
                title: format!("{} {}", s.name(&standing.name, &standing.name_en), reached),
                href: Some(format!("/communities/{}{}", standing.code, self.asked.as_of(s))),
                mark: None,
            });
        }
        map
    }
}

/// Half the height of the circle that stands for a town without an outline, in units of the map.
const TOWN_SIZE: i64 = 26;

/// Five shades, a fifth of the households each.
fn class(share: Option<i64>) -> &'static str {
    match share.unwrap_or(0) {
        800.. => "m5",
        600.. => "m4",
        400.. => "m3",
        200.. => "m2",
        _ => "m1",
    }
}

/// A town's name without the word for what it is, to fit into its outline.
fn short(s: &Shell, name: &str) -> String {
    if s.language == crate::kit::Language::En {
        return name.split(' ').next().unwrap_or(name).to_owned();
    }
    ["街道", "镇", "鎮"]
        .into_iter()
        .find_map(|word| name.strip_suffix(word))
        .filter(|rest| rest.chars().count() > 1)
        .unwrap_or(name)
        .to_owned()
}

/// Half the height of a dot: grows with the households, within what can be hit and told apart.
fn size(households: i64) -> i64 {
    (4 + households.max(0).isqrt() / 4).min(16)
}
