//! A household: why somebody is to come, what was found, and the form for a visit, which needs no script.

use askama::Template;
use base::{Day, Instant};
use district::kit::{MarkId, RoundId, TenancyId, VisitId};
use district::visits::rules::{Category, LONGEST_NOTE, Mark, Outcome};
use district::visits::{self, Found, FoundNeed, HouseholdSheet, Keeping, NewVisit, SetMark};
use http::StatusCode;

use super::{rounds, words};
use crate::kit::{self, Fault, Faults, Posted, Shell, see_other};

#[derive(Template)]
#[template(path = "visits/household.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    sheet: HouseholdSheet,
    community: String,
    round: Option<RoundId>,
    note: Option<(VisitId, String)>,
    typed: Typed,
    done: Option<&'static str>,
}

/// What was typed into the form, to be there again.
#[derive(Debug, Clone, Default)]
struct Typed {
    outcome: String,
    needs: Vec<String>,
    consents: Vec<String>,
    satisfied: String,
    note: String,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn door(&self) -> String {
        rounds::door(self.s, &self.sheet.home)
    }

    fn outcomes(&self) -> Vec<(&'static str, &str, bool)> {
        let each = Outcome::ALL.iter();
        each.map(|it| (it.as_str(), self.s.t(words::outcome_message(*it)), self.typed.outcome == it.as_str()))
            .collect()
    }

    fn categories(&self) -> Vec<(&'static str, &str, bool, bool)> {
        let has = |list: &[String], it: &Category| list.iter().any(|known| known == it.as_str());
        let each = Category::ALL.iter();
        each.map(|it| {
            let words = self.s.t(words::category_message(*it));
            (it.as_str(), words, has(&self.typed.needs, it), has(&self.typed.consents, it))
        })
        .collect()
    }

    /// What the household may have said, and what is chosen.
    fn sayings(&self) -> Vec<(&'static str, &str, bool)> {
        words::SAYINGS
            .iter()
            .map(|(value, message)| (*value, self.s.t(message), self.typed.satisfied == *value))
            .collect()
    }

    /// What it said at a visit, if it said something.
    fn said(&self, visit: &Found) -> Option<&str> {
        visit.satisfied.map(|said| self.s.t(words::said_message(said)))
    }

    fn found(&self, visit: &Found) -> &str {
        self.s.t(words::outcome_message(visit.outcome))
    }

    fn need(&self, category: Category) -> &str {
        self.s.t(words::category_message(category))
    }

    /// Where what a need became is, and what it is called.
    fn became(&self, need: &FoundNeed) -> Option<(String, String)> {
        let became = need.became.as_ref()?;
        Some((words::became_address(became), words::became(self.s, became)))
    }

    fn why(&self, why: visits::rules::Why) -> &str {
        self.s.t(words::why_message(why))
    }

    fn mark(&self, mark: Mark) -> &str {
        self.s.t(words::mark_message(mark))
    }

    fn longest(&self) -> usize {
        LONGEST_NOTE
    }

    fn note_of(&self, visit: &Found) -> Option<&str> {
        self.note.as_ref().filter(|(id, _)| *id == visit.id).map(|(_, note)| note.as_str())
    }
}

fn page(s: &Shell, id: TenancyId, faults: Faults) -> Result<Show<'_>, Fault> {
    let memory = &s.state.memory;
    let round = s.asked("round").and_then(|text| text.parse().ok());
    let (sheet, community) = s.state.read(|tx| {
        let sheet = visits::household(tx, &s.actor, memory, id, s.today())?;
        let community = rounds::community(s, &*memory.roll(tx, s.today())?, sheet.home.community);
        Ok((sheet, community))
    })?;
    Ok(Show { s, faults, sheet, community, round, note: None, typed: Typed::default(), done: None })
}

/// GET `/desk/visits/household/{id}`, `?round=`.
pub(super) async fn show(s: Shell, axum::extract::Path(key): axum::extract::Path<String>) -> kit::Result {
    let id: TenancyId = key.parse().map_err(|_| Fault::Absent)?;
    let mut page = page(&s, id, Faults::none())?;
    page.done = match s.asked("done").as_deref() {
        Some("recorded") => Some("visits-recorded"),
        Some("waits") => Some("visits-waits"),
        Some("marked") => Some("visits-marked"),
        Some("mark-ended") => Some("visits-mark-ended"),
        Some("became") => Some("visits-need-became"),
        _ => None,
    };
    s.html(&page)
}

/// POST `/desk/visits/household/{id}`: `do` is `record`, `note` (`visit`), `mark` (`kind`, `agreed`) or `end-mark` (`mark`).
pub(super) async fn change(
    s: Shell,
    axum::extract::Path(key): axum::extract::Path<String>,
    posted: Posted,
) -> kit::Result {
    let id: TenancyId = key.parse().map_err(|_| Fault::Absent)?;
    let (fields, memory, vault) = (&posted.fields, &s.state.memory, s.state.vault()?);
    let here = |word: &str| format!("/desk/visits/household/{id}?done={word}");
    let again = |faults: Faults, typed: Typed| {
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &Show { typed, ..page(&s, id, faults)? })
    };
    match fields.get("do") {
        "note" => {
            let visit: VisitId = fields.id("visit")?;
            let note =
                s.state.write(&s.actor, |tx, call| visits::reveal_note(tx, call, (vault, memory), visit))?;
            s.html(&Show { note: Some((visit, note.0)), ..page(&s, id, Faults::none())? })
        }
        "mark" => {
            let kind = Mark::parse(fields.get("kind")).ok_or(Fault::Bad)?;
            let agreed = fields.get("agreed") == "yes";
            let done = s.state.once(&s.actor, &posted, |tx, call| {
                let command = SetMark { id: call.id(), household: id, kind, agreed, from: call.today() };
                visits::set_mark(tx, call, memory, &[command])?;
                Ok(here("marked"))
            });
            s.after(done, |faults| again(faults, Typed::default()))
        }
        "end-mark" => {
            let mark: MarkId = fields.id("mark")?;
            let done = s.state.once(&s.actor, &posted, |tx, call| {
                visits::end_mark(tx, call, memory, mark)?;
                Ok(here("mark-ended"))
            });
            s.after(done, |faults| again(faults, Typed::default()))
        }
        "record" => record(&s, id, &posted, again),
        _ => Err(Fault::Bad),
    }
}

fn record(
    s: &Shell,
    id: TenancyId,
    posted: &Posted,
    again: impl Fn(Faults, Typed) -> kit::Result,
) -> kit::Result {
    let fields = &posted.fields;
    let listed = |name: &'static str| fields.all(name).map(str::to_owned).collect::<Vec<_>>();
    let typed = Typed {
        outcome: fields.get("outcome").to_owned(),
        needs: listed("need"),
        consents: listed("consent"),
        satisfied: fields.get("satisfied").to_owned(),
        note: fields.get("note").to_owned(),
    };
    let Some(outcome) = Outcome::parse(&typed.outcome) else {
        return again(Faults::one(Some("outcome"), s.t("visits-missing-outcome").to_owned()), typed);
    };
    let Some(at) = when(s, fields.get("on"), fields.get("at")) else {
        return again(Faults::one(Some("on"), s.t("visits-bad-time").to_owned()), typed);
    };
    let needs = Category::ALL.iter().filter(|it| typed.needs.iter().any(|known| known == it.as_str()));
    let consent = |it: &Category| typed.consents.iter().any(|known| known == it.as_str());
    let visit = NewVisit {
        // The key of the form is the visit's id: a form that is sent twice is one visit.
        id: VisitId::from_uuid(posted.key),
        household: id,
        round: Some(fields.get("round")).filter(|text| !text.is_empty()).and_then(|text| text.parse().ok()),
        at,
        told_at: at,
        outcome,
        needs: needs.map(|it| (*it, consent(it))).collect(),
        satisfied: match typed.satisfied.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        note: Some(typed.note.clone()).filter(|note| !note.is_empty()),
    };
    let keeping = Keeping { vault: s.state.vault()?, memory: &s.state.memory };
    let done = s.state.once(&s.actor, posted, |tx, call| {
        let receipts = visits::record(tx, call, keeping, std::slice::from_ref(&visit))?;
        let waits = receipts.first().is_some_and(|it| it.waits.is_some());
        let word = if waits { "waits" } else { "recorded" };
        let round = visit.round.map_or_else(String::new, |round| format!("&round={round}"));
        Ok(format!("/desk/visits/household/{id}?done={word}{round}"))
    });
    match done {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => again(s.faults(&refusal), typed),
        Err(fault) => Err(fault),
    }
}

/// A day and a time as they are typed; without a time: now, or noon of an earlier day.
fn when(s: &Shell, on: &str, at: &str) -> Option<Instant> {
    let day: Day = if on.is_empty() { s.today() } else { on.parse().ok()? };
    if at.is_empty() {
        return Some(if day == s.today() { s.now() } else { Instant::at(day, 12, 0) });
    }
    let (hour, minute) = at.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then(|| Instant::at(day, hour, minute))
}
