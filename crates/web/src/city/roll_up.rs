//! The city's page: what its districts have published, added up; who is missing is said and does not stop the sum.
//!
//! Each district is asked by itself, all side by side, and has to answer within a bound. No statement touches two.

use std::sync::Arc;
use std::time::{Duration, Instant};

use askama::Template;
use axum::response::Response;
use base::{Day, per_mille};
use district::coverage::rules::{Cascade, Public, Step};
use district::coverage::{Figure, Part, published};
use http::StatusCode;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::{City, District, Districts};
use crate::kit::State;
use crate::ops::Bare;

/// How long a district may take to answer: cold figures of a full-size district take a tenth of it.
const WITHIN: Duration = Duration::from_secs(2);
/// The page is at most so old: however many read it, a district is asked once in this time.
const KEPT: Duration = Duration::from_secs(5);

/// What a district answered.
#[derive(Debug, Clone)]
enum Answer {
    /// Its published figures, of a day of its own.
    Published { cascade: Cascade, day: Day, simulated: bool },
    /// It answers and has not published them.
    Unpublished,
    /// It does not answer.
    Missing,
}

/// A row of the page.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    name: String,
    name_en: String,
    code: String,
    host: Option<String>,
    answer: Answer,
}

/// The answers of a moment ago.
#[derive(Debug, Default)]
pub(crate) struct RollUp {
    kept: Mutex<Option<(Instant, Arc<Vec<Line>>)>>,
}

#[derive(Template)]
#[template(path = "city/index.html")]
struct Index<'a> {
    s: &'a Bare,
    city: &'a City,
    lines: &'a [Line],
    port: &'a str,
    /// The messages with the names of the steps, in the order of the columns.
    steps: [&'static str; Step::ALL.len()],
}

/// Communities, then households at each step.
const COLUMNS: usize = 1 + Step::ALL.len();

impl RollUp {
    /// GET `/` on the city's host. `port` stands behind the names of the hosts that it links to (`:8310`, or nothing).
    pub(crate) async fn page(&self, districts: &Districts, city: &City, s: &Bare, port: &str) -> Response {
        let lines = self.lines(districts).await;
        let steps = Step::ALL.map(crate::coverage::step_message);
        s.html(StatusCode::OK, &Index { s, city, lines: &lines, port, steps })
    }

    async fn lines(&self, districts: &Districts) -> Arc<Vec<Line>> {
        let mut kept = self.kept.lock().await;
        if let Some((_, lines)) = kept.as_ref().filter(|(at, _)| at.elapsed() < KEPT) {
            return Arc::clone(lines);
        }
        let asked: Vec<_> = districts
            .all()
            .iter()
            .map(|district| (Arc::clone(district), ask(Arc::clone(district))))
            .collect();
        let until = tokio::time::Instant::now() + WITHIN;
        let mut lines = Vec::with_capacity(asked.len());
        for (district, asked) in asked {
            let answered = tokio::time::timeout_at(until, asked).await;
            let answer = answered.ok().and_then(Result::ok).flatten().unwrap_or(Answer::Missing);
            lines.push(Line::of(&district, answer));
        }
        let lines = Arc::new(lines);
        *kept = Some((Instant::now(), Arc::clone(&lines)));
        lines
    }
}

/// Asks a district on a task of its own: one that hangs is left behind there.
fn ask(district: Arc<District>) -> JoinHandle<Option<Answer>> {
    tokio::spawn(async move {
        // Opens it, where its database was away and is back.
        drop(district.pages().await.ok()?);
        let state = Arc::clone(district.state()?);
        tokio::task::spawn_blocking(move || answer(&state)).await.ok()?
    })
}

fn answer(state: &State) -> Option<Answer> {
    let day = state.today();
    let cascade = state.read(|tx| {
        let decided = published(tx, Figure::DistrictCascade)?;
        if !decided.is_some_and(|decision| decision.published) {
            return Ok(None);
        }
        Ok(Some(state.memory.standings(tx, day)?.cascade(Part::default())))
    });
    match cascade {
        Ok(Some(cascade)) => Some(Answer::Published { cascade, day, simulated: state.facts.demonstration }),
        Ok(None) => Some(Answer::Unpublished),
        Err(fault) => {
            fault.log();
            None
        }
    }
}

impl Line {
    fn of(district: &District, answer: Answer) -> Self {
        let listed = district.listed();
        let (mut name, mut name_en) = (listed.name.clone(), listed.name_en.clone());
        if let Some(state) = district.state() {
            let said = state.names();
            (name, name_en) = (said.0.to_owned(), said.1.to_owned());
        }
        if name.is_empty() {
            name.clone_from(&listed.code);
        }
        Self { name, name_en, code: listed.code.clone(), host: listed.hosts.first().cloned(), answer }
    }

    fn cascade(&self) -> Option<&Cascade> {
        if let Answer::Published { cascade, .. } = &self.answer { Some(cascade) } else { None }
    }

    /// What was published, in the order of the columns.
    ///
    /// `None` in a column: too few households to be told.
    fn counts(&self) -> Option<[Option<i64>; COLUMNS]> {
        let cascade = self.cascade()?;
        let mut counts = [Some(cascade.communities); COLUMNS];
        for (count, step) in counts[1..].iter_mut().zip(Step::ALL) {
            *count = Public::of(*cascade).at(step);
        }
        Some(counts)
    }

    fn day(&self) -> Option<Day> {
        if let Answer::Published { day, .. } = self.answer { Some(day) } else { None }
    }

    fn is_simulated(&self) -> bool {
        matches!(self.answer, Answer::Published { simulated: true, .. })
    }

    fn is_missing(&self) -> bool {
        matches!(self.answer, Answer::Missing)
    }

    /// The address of the district's first page.
    fn href(&self, port: &str) -> Option<String> {
        self.host.as_ref().map(|host| format!("//{host}{port}/"))
    }
}

impl Index<'_> {
    /// What the page is about.
    fn title(&self) -> String {
        self.s.t1("city-title", "city", &*self.s.name(&self.city.name, &self.city.name_en))
    }

    /// How many districts are in the sums.
    fn counted(&self) -> String {
        let counted = self.cascades().count();
        self.s.t2("city-counted", ("counted", counted), ("all", self.lines.len()))
    }

    fn cascades(&self) -> impl Iterator<Item = &Cascade> {
        self.lines.iter().filter_map(Line::cascade)
    }

    /// The counts of all districts that have published, in the order of the columns.
    ///
    /// Where one district's is not told, the sum of the others is not either: who knows all but one would know it.
    fn sums(&self) -> [Option<i64>; COLUMNS] {
        let mut sums = [Some(0); COLUMNS];
        for counts in self.lines.iter().filter_map(Line::counts) {
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum = sum.zip(count).map(|(sum, count)| sum + count);
            }
        }
        sums
    }

    /// Served in fact, of all households that are counted.
    fn effective(&self) -> String {
        let at = |step: Step| self.cascades().map(|it| Public::of(*it).at(step)).sum::<Option<i64>>();
        let share = at(Step::Satisfied).zip(at(Step::Target)).and_then(|(at, of)| per_mille(at, of));
        self.s.t1("city-effective", "share", crate::coverage::percent(share).as_str())
    }

    fn is_simulated(&self) -> bool {
        self.lines.iter().any(Line::is_simulated)
    }

    /// The names of the districts that do not answer, if there are any.
    fn missing(&self) -> Option<String> {
        let names: Vec<_> = self
            .lines
            .iter()
            .filter(|line| line.is_missing())
            .map(|line| self.s.name(&line.name, &line.name_en))
            .collect();
        let between = if self.s.language.is_chinese() { "、" } else { ", " };
        (!names.is_empty()).then(|| self.s.t1("city-missing", "names", names.join(between).as_str()))
    }
}
