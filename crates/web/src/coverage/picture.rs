//! The picture of a part of the district: the pair, the cascade, the map, the towns side by side, the year.

use base::{Day, per_mille};
use district::coverage::Part;
use district::coverage::cascade;
use district::coverage::rules::{Cascade, Standing, Step};
use district::register::{Snapshot, Town};

use super::Asked;
use crate::kit::Shell;
use crate::kit::map::{Dot, Map, Outline, Shape};

/// Who looks: it decides what leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Someone who may see every figure of the part.
    Officer,
    /// Anyone; the towns are shown when they were decided to be public.
    Public { towns: bool },
}

/// A step of the cascade as a row of its table.
pub(crate) struct StepRow {
    pub step: Step,
    pub households: i64,
    /// Of the target, in thousandths.
    pub share: Option<i64>,
    /// Of the target at the step before.
    pub before: i64,
    pub lost: i64,
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
        }
    }

    /// Width of the bar and of what was lost, in thousandths.
    pub fn width(&self) -> i64 {
        self.share.unwrap_or(0)
    }

    pub fn lost_width(&self) -> i64 {
        (self.before - self.width()).max(0)
    }

    pub fn percent(&self) -> String {
        percent(self.share)
    }

    pub fn is_last(&self) -> bool {
        self.step == Step::Staffed
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
    }
}

/// Thousandths as a percentage with one decimal; a line when there is nothing to take a share of.
pub(crate) fn percent(share: Option<i64>) -> String {
    share.map_or_else(|| "—".to_owned(), |share| format!("{}.{}%", share / 10, share % 10))
}

/// A town as a row, or the whole district as the last one.
pub(crate) struct Area<'a> {
    pub name: std::borrow::Cow<'a, str>,
    pub href: Option<String>,
    pub cascade: Cascade,
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
        percent(share(&self.cascade, Step::Staffed))
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

    /// The steps as five small columns, 20 high.
    pub fn columns(&self) -> Vec<String> {
        Step::ALL
            .iter()
            .enumerate()
            .map(|(i, step)| {
                let tenths = share(&self.cascade, *step).unwrap_or(0) / 5;
                format!("M{} 20v-{}.{}h20V20z", 25 * i, tenths / 10, tenths % 10)
            })
            .collect()
    }
}

fn share(cascade: &Cascade, step: Step) -> Option<i64> {
    per_mille(cascade.at(step), cascade.at(Step::Target))
}

/// A month of the year: its last day, on paper, in fact.
pub(crate) struct Month {
    pub day: Day,
    pub nominal: Option<i64>,
    pub served: Option<i64>,
}

impl Month {
    pub fn on_paper(&self) -> String {
        percent(self.nominal)
    }

    pub fn in_fact(&self) -> String {
        percent(self.served)
    }
}

/// A label under the chart.
pub(crate) struct Tick {
    pub x: String,
    pub text: String,
    /// Left out where there is little room.
    pub alt: bool,
}

/// The year as two lines.
pub(crate) struct Trend {
    pub months: Vec<Month>,
    pub nominal: String,
    pub served: String,
    pub ticks: Vec<Tick>,
    pub last: (String, String, String),
}

/// The picture.
pub(crate) struct Picture<'a> {
    pub day: Day,
    pub rows: Vec<StepRow>,
    pub cascade: Cascade,
    pub map: Option<Map>,
    pub areas: Vec<Area<'a>>,
    pub whole: Area<'a>,
    pub trend: Option<Trend>,
}

impl<'a> Picture<'a> {
    #[expect(clippy::too_many_arguments, reason = "each is a reading of its own, made in one transaction")]
    pub(super) fn new(
        s: &'a Shell,
        asked: &Asked,
        standings: &'a [Standing],
        towns: &'a [Town],
        town: Option<&'a Town>,
        positions: &[Snapshot],
        trend: &[(Day, Cascade)],
        reader: Reader,
    ) -> Self {
        let whole = cascade(standings, asked.part);
        let areas = match reader {
            Reader::Public { towns: false } => Vec::new(),
            _ if town.is_some() => Vec::new(),
            _ => areas(s, asked, standings, towns, reader),
        };
        let map = match town {
            Some(town) => Some(town_map(s, asked, standings, town, positions)),
            None if areas.is_empty() => None,
            None => Some(district_map(s, towns, &areas)),
        };
        Self {
            day: asked.day,
            rows: rows(s, asked, &whole, reader),
            cascade: whole,
            map,
            areas,
            whole: Area {
                name: s.t("coverage-whole").into(),
                href: None,
                cascade: whole,
                class: "",
                number: 0,
            },
            trend: (trend.len() > 1).then(|| chart(trend)),
        }
    }

    /// The districts' share on paper.
    pub fn nominal(&self) -> String {
        percent(share(&self.cascade, Step::Assigned))
    }

    /// The share that can be said of being served so far.
    pub fn served(&self) -> String {
        percent(share(&self.cascade, Step::Staffed))
    }

    pub fn nominal_households(&self) -> i64 {
        self.cascade.nominal()
    }

    pub fn served_households(&self) -> i64 {
        self.cascade.served()
    }

    pub fn gap(&self) -> i64 {
        self.cascade.nominal() - self.cascade.served()
    }

    /// What the chart of the year shows, for who does not see it.
    pub fn year_title(&self, s: &Shell) -> String {
        s.t2("coverage-year-title", ("nominal", self.nominal()), ("served", self.served()))
    }

    pub fn of_day(&self, s: &Shell) -> String {
        s.t1("coverage-of-day", "day", self.day)
    }
}

fn rows(s: &Shell, asked: &Asked, cascade: &Cascade, reader: Reader) -> Vec<StepRow> {
    let worst = cascade.worst();
    let mut before = 1000;
    Step::ALL
        .into_iter()
        .map(|step| {
            let share = share(cascade, step);
            let lost = cascade.lost_at(step);
            let leads = reader == Reader::Officer && lost > 0;
            let row = StepRow {
                step,
                households: cascade.at(step),
                share,
                before,
                lost,
                worst: worst == Some(step),
                href: leads.then(|| asked.with(s, &[("step", step.as_str().to_owned())]) + "#lost"),
            };
            before = share.unwrap_or(0);
            row
        })
        .collect()
}

fn areas<'a>(
    s: &Shell,
    asked: &Asked,
    standings: &[Standing],
    towns: &'a [Town],
    reader: Reader,
) -> Vec<Area<'a>> {
    let mut areas: Vec<Area<'a>> = towns
        .iter()
        .map(|town| {
            let cascade = cascade(standings, Part { town: Some(town.id), ..asked.part });
            let leads = reader == Reader::Officer;
            Area {
                name: town_name(s, town),
                href: leads.then(|| asked.with(s, &[("town", town.id.to_string())])),
                cascade,
                class: class(share(&cascade, Step::Staffed)),
                number: 0,
            }
        })
        .collect();
    // The best first; a town without households last.
    areas.sort_by_key(|area| std::cmp::Reverse(share(&area.cascade, Step::Staffed)));
    for (number, area) in areas.iter_mut().enumerate() {
        area.number = number + 1;
    }
    areas
}

fn town_name<'a>(s: &Shell, town: &'a Town) -> std::borrow::Cow<'a, str> {
    // The name must not borrow from the shell: it outlives the rows that are sorted.
    match s.name(&town.name, &town.name_en) {
        std::borrow::Cow::Borrowed(name) if name == town.name => std::borrow::Cow::Borrowed(&town.name),
        std::borrow::Cow::Borrowed(name) if name == town.name_en => std::borrow::Cow::Borrowed(&town.name_en),
        name => std::borrow::Cow::Owned(name.into_owned()),
    }
}

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

fn district_map(s: &Shell, towns: &[Town], areas: &[Area<'_>]) -> Map {
    let outlines = areas
        .iter()
        .filter_map(|area| {
            let town = towns.iter().find(|town| town_name(s, town) == area.name)?;
            let inverse = matches!(area.class, "m4" | "m5");
            let (nm, pc, no) = if inverse { ("nm inv", "pc inv", "no inv") } else { ("nm", "pc", "no") };
            Some(Outline {
                geometry: town.boundary.as_deref().unwrap_or_default(),
                class: area.class,
                title: format!("{} {}", area.name, area.served()),
                href: area.href.clone(),
                lines: vec![(nm, short(s, &area.name)), (pc, area.served()), (no, area.number.to_string())],
            })
        })
        .collect();
    Map::of(s.t("coverage-map"), outlines, &[])
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

fn town_map(s: &Shell, asked: &Asked, standings: &[Standing], town: &Town, positions: &[Snapshot]) -> Map {
    let outline = Outline {
        geometry: town.boundary.as_deref().unwrap_or_default(),
        class: "block",
        title: s.name(&town.name, &town.name_en).into_owned(),
        href: None,
        lines: Vec::new(),
    };
    let mut map = Map::of(s.t("coverage-map-town"), vec![outline], &[]);
    for community in positions.iter().filter(|community| community.town == town.id) {
        let Some(at) = community.position else { continue };
        let Some(standing) =
            standings.iter().find(|standing| standing.community == community.id && asked.part.has(standing))
        else {
            continue;
        };
        let served = standing.reached == Step::Staffed;
        let reached = s.t(name(standing.reached));
        map.dot(Dot {
            at,
            shape: if served { Shape::Circle } else { Shape::Diamond },
            class: if served { "site" } else { "home none" },
            size: size(standing.households),
            title: format!("{} {}", s.name(&standing.name, &standing.name_en), reached),
            href: Some(format!("/communities/{}", standing.code)),
            mark: None,
        });
    }
    map
}

/// Half the height of a dot: grows with the households, within what can be hit and told apart.
fn size(households: i64) -> i64 {
    (4 + households.max(0).isqrt() / 4).min(16)
}

/// The chart's frame: 640 by 222, the lines between x 62 and 518, per cents between y 190 and 20.
fn chart(trend: &[(Day, Cascade)]) -> Trend {
    let months: Vec<Month> = trend
        .iter()
        .map(|(day, cascade)| Month {
            day: *day,
            nominal: share(cascade, Step::Assigned),
            served: share(cascade, Step::Staffed),
        })
        .collect();
    let steps = i64::try_from(months.len()).unwrap_or(2) - 1;
    let x = |i: usize| 62 + 456 * i64::try_from(i).unwrap_or(0) / steps.max(1);
    let y = |share: Option<i64>| {
        let tenths = 1_900 - 1_700 * share.unwrap_or(0) / 1_000;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let line = |of: fn(&Month) -> Option<i64>| {
        let points: Vec<String> =
            months.iter().enumerate().map(|(i, month)| format!("{} {}", x(i), y(of(month)))).collect();
        format!("M{}", points.join("L"))
    };
    let ticks = months
        .iter()
        .enumerate()
        .map(|(i, month)| Tick {
            x: x(i).to_string(),
            text: format!("{:02}", month.day.ymd().1),
            alt: i % 2 == 1,
        })
        .collect();
    let last = months.last();
    Trend {
        nominal: line(|month| month.nominal),
        served: line(|month| month.served),
        ticks,
        last: (
            x(months.len().saturating_sub(1)).to_string(),
            y(last.and_then(|month| month.nominal)),
            y(last.and_then(|month| month.served)),
        ),
        months,
    }
}
