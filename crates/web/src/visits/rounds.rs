//! Today's rounds of a station: the doors in their order, how even the work is, who else is due; planning and handing over.

use std::sync::Arc;

use askama::Template;
use base::Day;
use district::kit::{CommunityId, PostId, RoundId, StationId};
use district::register::{Household, Roll};
use district::stations::Station;
use district::visits::{self, DueLine, HandOver, PlanRounds, Post, Round, StationRounds, Stop, is_over};
use http::StatusCode;

use super::words;
use crate::kit::{self, Fault, Faults, Posted, Shell};

/// Households named under a round; the count says how many there are.
const NAMED: usize = 20;

#[derive(Template)]
#[template(path = "visits/rounds.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    day: Day,
    stations: Vec<Station>,
    chosen: Option<StationRounds>,
    /// The round whose doors are shown.
    round: Option<Round>,
    due: Vec<DueLine>,
    due_count: usize,
    waiting: usize,
    roll: Arc<Roll>,
    done: Option<String>,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn community(&self, id: CommunityId) -> String {
        community(self.s, &self.roll, id)
    }

    fn door(&self, home: &Household) -> String {
        door(self.s, home)
    }

    fn is_chosen(&self, station: &Station) -> bool {
        self.chosen.as_ref().is_some_and(|it| it.station.id == station.id)
    }

    fn why(&self, why: visits::rules::Why) -> &str {
        self.s.t(words::why_message(why))
    }

    fn slot(&self, slot: visits::rules::Slot) -> &str {
        self.s.t(words::slot_message(slot))
    }

    fn found(&self, stop: &Stop) -> Option<&str> {
        stop.found.map(|found| self.s.t(words::outcome_message(found)))
    }

    /// Does the household live there no longer?
    fn has_moved(&self, stop: &Stop) -> bool {
        !stop.home.is_there(self.day)
    }

    fn post(&self, id: PostId) -> String {
        let posts = self.chosen.as_ref().map_or(&[][..], |it| &it.posts);
        posts.iter().find(|it| it.id == id).map_or_else(
            || self.s.t("visits-post-vacant").to_owned(),
            |it: &Post| {
                self.s.t1(if it.own { "visits-post-own" } else { "visits-post" }, "number", it.number)
            },
        )
    }

    fn others(&self, round: &Round) -> Vec<&Post> {
        let posts = self.chosen.as_ref().map_or(&[][..], |it| &it.posts);
        posts.iter().filter(|post| post.id != round.post).collect()
    }

    /// Rounds with minutes at doors and on the way, and why one takes over a tenth more than the mean.
    fn balance(&self, chosen: &StationRounds) -> Vec<(Round, i64, i64, Option<&'static str>)> {
        let whole = |round: &Round| {
            let (visits, walk) = round.minutes();
            visits + walk
        };
        let all: Vec<i64> = chosen.rounds.iter().map(whole).collect();
        let doors = chosen.rounds.iter().map(|it| it.stops.len()).sum::<usize>();
        let line = |round: &Round| {
            let (visits, walk) = round.minutes();
            let over = is_over(visits + walk, &all);
            (round.clone(), visits, walk, over.then(|| why_over(round, doors, all.len(), walk > visits / 2)))
        };
        chosen.rounds.iter().map(line).collect()
    }
}

/// Why a round takes over a tenth more than the mean: handed over since; one door is more than a tenth; the way.
fn why_over(round: &Round, doors: usize, rounds: usize, far: bool) -> &'static str {
    if round.version > 1 && round.stops.len() * rounds > doors + rounds {
        "visits-over-handed"
    } else if doors < rounds * 10 && !far {
        "visits-over-few"
    } else {
        "visits-over-way"
    }
}

pub(super) fn community(s: &Shell, roll: &Roll, id: CommunityId) -> String {
    roll.get(id).map_or_else(String::new, |it| s.name(&it.name, &it.name_en).into_owned())
}

/// A dwelling as it stands on the door.
pub(super) fn door(s: &Shell, home: &Household) -> String {
    let (building, flat, room) = &home.numbers;
    let parts = [Some(building), Some(flat), room.as_ref()];
    parts.into_iter().flatten().map(|it| s.zh(it).into_owned()).collect::<Vec<_>>().join(" · ")
}

fn page(s: &Shell, faults: Faults, asked: Option<StationId>, day: Day) -> Result<Show<'_>, Fault> {
    let round: Option<RoundId> =
        s.asked("round").map(|text| text.parse().map_err(|_| Fault::Absent)).transpose()?;
    let memory = &s.state.memory;
    let show = s.state.read(|tx| {
        let stations = visits::stations_of(tx, &s.actor, day)?;
        let roll = memory.roll(tx, day)?;
        let waiting = visits::inbox(tx, &s.actor, memory, s.today())?.len();
        let mut all = Vec::new();
        for station in &stations {
            if asked.is_none_or(|asked| asked == station.id) {
                all.push(visits::station_rounds(tx, &s.actor, station.id, day)?);
            }
            // The one that was asked for, or the reader's own; of many, the first will do.
            if all.last().is_some_and(|it| asked.is_some() || it.posts.iter().any(|post| post.own)) {
                break;
            }
        }
        let with_round = |it: &StationRounds| it.rounds.iter().any(|of| Some(of.id) == round);
        let own = |it: &StationRounds| it.posts.iter().any(|post| post.own);
        let place = all.iter().position(with_round).or_else(|| all.iter().position(own)).unwrap_or(0);
        let chosen = (!all.is_empty()).then(|| all.swap_remove(place));
        let (due, due_count) = match &chosen {
            Some(it) => visits::due_in(tx, &s.actor, memory, (it.station.id, s.today()), NAMED)?,
            None => (Vec::new(), 0),
        };
        let shown = chosen.as_ref().and_then(|it| {
            let own = |round: &&Round| it.posts.iter().any(|post| post.own && post.id == round.post);
            let asked = round.and_then(|id| it.rounds.iter().find(|round| round.id == id));
            asked.or_else(|| it.rounds.iter().find(own)).or_else(|| it.rounds.first()).cloned()
        });
        Ok((stations, roll, waiting, chosen, due, due_count, shown))
    })?;
    let (stations, roll, waiting, chosen, due, due_count, mut round) = show;
    if let Some(round) = round.as_mut().filter(|_| s.asked("left").is_some()) {
        round.stops.retain(|stop| stop.found.is_none() && stop.home.is_there(day));
    }
    Ok(Show { s, faults, day, stations, chosen, round, due, due_count, waiting, roll, done: None })
}

/// GET `/desk/visits`, `?station=`, `?day=`, `?round=`; `?left=` for the doors that nobody knocked at yet.
pub(super) async fn show(s: Shell) -> kit::Result {
    let asked = s.asked("station").map(|text| text.parse().map_err(|_| Fault::Absent)).transpose()?;
    let day = s.asked("day").map_or(Ok(s.today()), |text| text.parse().map_err(|_| Fault::Bad))?;
    let mut page = page(&s, Faults::none(), asked, day)?;
    page.done = match s.asked("done").as_deref() {
        Some("planned") => Some(s.t("visits-planned").to_owned()),
        Some("handed") => Some(s.t("visits-handed").to_owned()),
        _ => None,
    };
    s.html(&page)
}

/// POST `/desk/visits`: `do` is `plan` (`station`, `day`, `seen`) or `hand-over` (`round`, `to`, `seen`).
pub(super) async fn plan(s: Shell, posted: Posted) -> kit::Result {
    let fields = &posted.fields;
    let station: StationId = fields.id("station")?;
    let seen: i64 = fields.get("seen").parse().map_err(|_| Fault::Bad)?;
    let again = |faults: Faults, day: Day| {
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&s, faults, Some(station), day)?)
    };
    let Ok(day) = fields.get("day").parse::<Day>() else {
        return again(Faults::one(Some("day"), s.t("visits-bad-day").to_owned()), s.today());
    };
    let memory = &s.state.memory;
    let hands_over = fields.get("do") == "hand-over";
    let hand = if hands_over {
        let Ok(to) = fields.id::<PostId>("to") else {
            return again(Faults::one(Some("to"), s.t("visits-refused-to").to_owned()), day);
        };
        Some(HandOver { round: fields.id("round")?, seen, to })
    } else {
        None
    };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let word = if let Some(hand) = hand {
            visits::hand_over(tx, call, memory, hand)?;
            "handed"
        } else {
            visits::plan_rounds(tx, call, memory, PlanRounds { station, day, seen })?;
            "planned"
        };
        Ok(format!("/desk/visits?station={station}&day={day}&done={word}"))
    });
    s.after(done, |faults| again(faults, day))
}
