//! Following a matter: the list for everyone, the public clock, and the own page of whoever asked, where the second key is.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use base::{Day, Instant};
use district::kit::{Actor, MatterId};
use district::matters::{
    self, Advance, Asked, Hand, Happened, Level, Line, Question, SILENCE_DAYS, Secret, State, Step, Survey,
    Told, tree,
};
use district::register::Roll;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::photos::{Shown, WithPhotos, shown};
use super::{Around, Sign, happened, reason, sign, state_message};
use crate::kit::{self, Fault, Faults, Qr, Shell, see_other};

/// Rows of a page.
const PAGE: i64 = 30;

#[derive(Template)]
#[template(path = "matters/list.html")]
struct List<'a> {
    s: &'a Shell,
    faults: Faults,
    lines: Vec<Line>,
    roll: Arc<Roll>,
    asked: Asked,
    code: String,
    community: Option<String>,
    next: Option<String>,
}

impl List<'_> {
    fn community(&self, line: &Line) -> String {
        let found = self.roll.get(line.community);
        found.map_or_else(String::new, |it| self.s.name(&it.name, &it.name_en).into_owned())
    }

    fn category(&self, line: &Line) -> String {
        super::category(self.s, &line.category).into_owned()
    }

    fn holder(&self, line: &Line) -> &str {
        self.s.t(super::holder_message(line.holder))
    }

    fn sign(&self, line: &Line) -> Sign {
        sign(self.s, line.state, (line.due_on, line.late), self.s.today())
    }

    fn leaves(&self) -> Vec<(&'static str, String, bool)> {
        let chosen = self.asked.category.as_deref().unwrap_or_default();
        let leaf = |(node, _): (&'static matters::Category, _)| {
            (node.code.as_str(), self.s.name(&node.name, &node.name_en).into_owned(), node.code == chosen)
        };
        tree().leaves().map(leaf).collect()
    }

    fn states(&self) -> Vec<(&'static str, &str, bool)> {
        let line = |state: &State| {
            (state.as_str(), self.s.t(state_message(*state)), self.asked.state == Some(*state))
        };
        State::ALL.iter().map(line).collect()
    }
}

/// GET `/matters`: `code` leads to one; `community`, `category`, `state` filter.
pub(super) async fn list(s: Shell) -> kit::Result {
    let code = s.asked("code").unwrap_or_default();
    let mut faults = Faults::none();
    if !code.is_empty() {
        let there = s.state.read(|tx| match matters::told(tx, &Actor::anyone(), None, &code, None) {
            Ok(told) => Ok(Some(told.code)),
            Err(district::Error::Absent(_)) => Ok(None),
            Err(error) => Err(error),
        })?;
        match there {
            Some(code) => return Ok(see_other(&format!("/matters/{code}"))),
            None => faults.add(Some("code"), s.t("matters-no-code").to_owned()),
        }
    }
    let asked = asked(&s)?;
    let (lines, more, roll) = s.state.read(|tx| {
        let (lines, more) = matters::list(tx, None, &asked, Some(PAGE), s.now())?;
        Ok((lines, more, s.state.memory.roll(tx, s.today())?))
    })?;
    let community =
        asked.community.and_then(|id| roll.get(id)).map(|it| s.name(&it.name, &it.name_en).into_owned());
    let next = lines.last().filter(|_| more).map(|last| next_page(&s, "/matters", last));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    s.html_with(status, &List { s: &s, faults, lines, roll, asked, code, community, next })
}

/// What of the list is asked for.
pub(super) fn asked(s: &Shell) -> Result<Asked, Fault> {
    let day = |name: &str| -> Result<Option<Day>, Fault> {
        s.asked(name).map(|text| text.parse().map_err(|_| Fault::Bad)).transpose()
    };
    let community = match s.asked("community") {
        Some(code) => Some(super::community_of(s, &code)?.ok_or(Fault::Absent)?.id),
        None => None,
    };
    let after = match (s.asked("after"), s.asked("id")) {
        (Some(value), Some(id)) => {
            let value: i64 = value.parse().map_err(|_| Fault::Bad)?;
            Some((value.into(), id.parse::<MatterId>().map_err(|_| Fault::Bad)?))
        }
        _ => None,
    };
    let named = |name: &str| s.asked(name).unwrap_or_default();
    Ok(Asked {
        queue: matters::Queue::parse(&named("queue")),
        community,
        category: s.asked("category").filter(|code| tree().get(code).is_some()),
        state: State::parse(&named("state")),
        holder: matters::Holder::parse(&named("holder")),
        source: matters::Source::parse(&named("source")),
        from: day("since")?,
        to: day("until")?,
        after,
    })
}

/// The address of the rows after the last of a page.
pub(super) fn next_page(s: &Shell, path: &str, last: &Line) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(s.query.as_bytes()) {
        if !matches!(&*name, "after" | "id") && !value.is_empty() {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("after", &last.order.to_string()).append_pair("id", &last.id.to_string());
    format!("{path}?{}", query.finish())
}

/// A state of a straight life, as the page shows how far it is.
pub(super) struct Stage<'a> {
    pub(super) name: &'a str,
    /// The day on which it was reached; a state that is over may have been passed over.
    pub(super) day: Option<String>,
    pub(super) over: bool,
    pub(super) now: bool,
}

/// How much of the term is gone, for the bar: the marks as the page writes them.
pub(super) struct Term {
    /// In thousandths of the term, up to the whole of it.
    pub(super) gone: i64,
    /// When the holder is reminded, in thousandths.
    pub(super) reminder: i64,
}

#[derive(Template)]
#[template(path = "matters/show.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    told: &'a Told,
    around: &'a Around,
    /// The key in the address, on the page of whoever asked.
    secret: Option<&'a Secret>,
    /// Just sent: what to keep.
    receipt: Option<(String, Qr)>,
    /// May the reader confirm as a neighbour?
    neighbour: bool,
    note: &'a str,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn category(&self) -> String {
        super::category(self.s, &self.told.category).into_owned()
    }

    fn sign(&self) -> Sign {
        let life = &self.told.life;
        sign(self.s, life.state, (life.due.on, life.late), self.s.today())
    }

    fn state(&self) -> &str {
        self.s.t(state_message(self.told.life.state))
    }

    fn outcome(&self) -> Option<&str> {
        super::outcome_message(&self.told.life).map(|message| self.s.t(message))
    }

    fn source(&self) -> &str {
        self.s.t(super::source_message(self.told.source))
    }

    fn runs(&self) -> bool {
        self.told.life.state.runs()
    }

    fn holder(&self) -> &str {
        self.around.holder(self.told.life.holder)
    }

    fn joiners(&self) -> Vec<&str> {
        self.told.life.joiners().map(|holder| self.around.holder(holder)).collect()
    }

    /// Since when the holder has it.
    fn since(&self) -> Instant {
        let handed = |it: &&Happened| matches!(it.step.as_str(), "receive" | "return" | "assign" | "reopen");
        self.told.record.iter().rev().find(handed).map_or(self.told.received_at, |it| it.at)
    }

    /// The five states of a straight life, with the day of each that is over, and whether it is the present one.
    fn chain(&self) -> Vec<Stage<'_>> {
        let order = [State::Received, State::Accepted, State::InProgress, State::Answered, State::Closed];
        let steps = [&["receive"][..], &["accept"], &["begin"], &["answer"], &["confirm", "silence"]];
        let now = order.iter().position(|state| *state == self.told.life.state);
        let day = |names: &[&str]| {
            let last = self.told.record.iter().rev().find(|it| names.contains(&it.step.as_str()));
            last.map(|it| it.at.day().to_string())
        };
        order
            .iter()
            .zip(steps)
            .enumerate()
            .map(|(place, (state, names))| {
                let over = now.is_some_and(|now| place < now) || (place == 4 && now == Some(4));
                let name = self.s.t(state_message(*state));
                Stage { name, day: day(names).filter(|_| over), over, now: now == Some(place) }
            })
            .collect()
    }

    fn term(&self) -> Term {
        let life = &self.told.life;
        let calendar = self.s.state.calendar();
        let terms = matters::Terms::new(&calendar);
        let all = (life.term_days + life.stopped_days).max(1);
        let gone = terms.between(life.counts_from, self.s.today().min(life.due.on));
        Term { gone: (1000 * gone / all).min(1000), reminder: 1000 * (all - life.term_days / 5) / all }
    }

    fn happened(&self, it: &Happened) -> String {
        happened(self.s, self.around, it)
    }

    fn reason(&self, it: &Happened) -> Option<String> {
        reason(self.s, it)
    }

    fn building(&self) -> Option<&str> {
        self.around.building(self.told.building)
    }

    /// Did the one who did it say so?
    fn first_key(&self) -> bool {
        matches!(self.told.life.state, State::Answered | State::Closed)
    }

    fn second_key(&self) -> bool {
        self.told.life.outcome.is_some_and(|it| it != matters::Outcome::Unconfirmed)
    }

    /// Was the second key turned by somebody else who lives there?
    fn neighbour_confirmed(&self) -> bool {
        self.second_key() && self.told.record.iter().any(|it| it.step == "confirm" && it.role == "neighbour")
    }

    fn answered(&self) -> bool {
        self.told.life.state == State::Answered
    }

    fn may_reopen(&self) -> bool {
        let life = &self.told.life;
        let lately = life.closed_at.is_some_and(|at| self.s.today() - at.day() <= matters::REOPEN_DAYS);
        life.state == State::Answered || (life.state == State::Closed && lately)
    }

    fn is_open(&self) -> bool {
        self.told.life.state.is_open()
    }

    fn address(&self) -> String {
        super::address(&self.told.code, self.secret)
    }

    fn photos(&self) -> Vec<Shown<'_>> {
        shown(self.s, self.around, &self.told.photos, &self.told.record)
    }

    fn common(&self) -> bool {
        tree().get(&self.told.category).is_some_and(|it| it.common)
    }

    /// The questions after the second key, each with its levels.
    fn questions(&self) -> Vec<Question> {
        if self.told.surveyed { Vec::new() } else { Question::ALL.to_vec() }
    }

    fn levels(&self, question: Question) -> Vec<(&'static str, &str)> {
        Level::ALL.iter().map(|it| (it.as_str(), self.s.t(super::level_message(question, *it)))).collect()
    }

    fn question(&self, question: Question) -> &str {
        self.s.t(super::question_message(question))
    }

    fn silence_days(&self) -> i64 {
        SILENCE_DAYS
    }
}

/// A matter as its page tells it.
fn read(s: &Shell, code: &str, secret: Option<&Secret>) -> Result<(Told, Around, bool), Fault> {
    let hand = secret.map_or(Hand::Account, Hand::Address);
    let vault = s.state.vault().ok();
    s.state.read(|tx| {
        let told = matters::told(tx, &s.actor, vault, code, Some(hand))?;
        let around = Around::read(s, tx, told.community, told.received_at.day())?;
        let lives = |grant: &district::kit::Grant| {
            let scope = district::kit::Scope::Community {
                town: around.community.town,
                grid: around.community.grid,
                community: told.community,
            };
            grant.role == district::kit::Role::Resident && grant.scope.covers(scope)
        };
        let neighbour = !told.own && s.actor.grants.iter().any(lives);
        Ok((told, around, neighbour))
    })
}

/// GET `/matters/{code}`.
pub(super) async fn show(s: Shell, Path(code): Path<String>) -> kit::Result {
    let (told, around, neighbour) = read(&s, &code, None)?;
    let (faults, receipt) = (Faults::none(), None);
    s.html(&Show { s: &s, faults, told: &told, around: &around, secret: None, receipt, neighbour, note: "" })
}

/// GET `/matters/{code}/{secret}`, `?new=1` right after it was sent.
pub(super) async fn show_own(
    s: Shell,
    headers: HeaderMap,
    Path((code, secret)): Path<(String, String)>,
) -> kit::Result {
    let secret = Secret::parse(&secret).ok_or(Fault::Absent)?;
    let (told, around, _) = read(&s, &code, Some(&secret))?;
    let receipt = match s.asked("new") {
        Some(_) => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let scheme = if s.state.settings.secure { "https" } else { "http" };
            let address = format!("{scheme}://{host}/matters/{code}/{}", secret.text());
            let qr = Qr::of(&address)?;
            Some((address, qr))
        }
        None => None,
    };
    let page = Show {
        s: &s,
        faults: Faults::none(),
        told: &told,
        around: &around,
        secret: Some(&secret),
        receipt,
        neighbour: false,
        note: "",
    };
    Ok(private(s.html(&page)?))
}

/// The address is a key: no page that is opened from it is told where it was.
fn private(mut response: axum::response::Response) -> axum::response::Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// POST `/matters/{code}`: the step of a resident who is signed in.
pub(super) async fn step(s: Shell, Path(code): Path<String>, sent: WithPhotos) -> kit::Result {
    take(&s, &code, None, sent)
}

/// POST `/matters/{code}/{secret}`: the step of whoever holds the address.
pub(super) async fn step_own(
    s: Shell,
    Path((code, secret)): Path<(String, String)>,
    sent: WithPhotos,
) -> kit::Result {
    let secret = Secret::parse(&secret).ok_or(Fault::Absent)?;
    take(&s, &code, Some(&secret), sent)
}

/// `do` is `confirm` (with `satisfied`, `yes` or `no`, and `speed`, `manner`, `result`, each `good`, `fair` or `poor`), `reopen`,
/// `withdraw` or `note`, with `note` and files as `photos`: to add these needs no words.
fn take(s: &Shell, code: &str, secret: Option<&Secret>, sent: WithPhotos) -> kit::Result {
    let WithPhotos { posted, photos } = sent;
    let satisfied = match posted.fields.get("satisfied") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let step = match posted.fields.get("do") {
        "confirm" => Step::Confirm { satisfied },
        "reopen" => Step::Reopen,
        "withdraw" => Step::Withdraw,
        "note" => Step::Note,
        _ => return Err(Fault::Bad),
    };
    let note = posted.fields.get("note");
    let (told, around, neighbour) = read(s, code, secret)?;
    let id = s.state.read(|tx| matters::id_of(tx, code))?;
    let seen = posted.fields.get("version").parse().ok();
    let command = Advance { matter: id, seen, step, note: note.to_owned(), at: None };
    let hand = secret.map_or(Hand::Account, Hand::Address);
    let actor = if secret.is_some() { Actor::anyone() } else { s.actor.clone() };
    let level = |question: Question| Level::parse(posted.fields.get(question.as_str()));
    let survey = Survey {
        speed: level(Question::Speed),
        manner: level(Question::Manner),
        result: level(Question::Result),
    };
    let surveys = matches!(step, Step::Confirm { .. }) && !survey.is_empty();
    let again = |faults| {
        let page = Show { s, faults, told: &told, around: &around, secret, receipt: None, neighbour, note };
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let photos = match photos {
        Ok(photos) => photos,
        Err(refusal) => return again(s.faults(&refusal)),
    };
    let (vault, calendar) = (s.state.vault()?, &*s.state.calendar());
    let only_photos = step == Step::Note && note.is_empty() && !photos.is_empty();
    // The key in the address is not kept as an answer.
    let done = s.state.once(&actor, &posted, |tx, call| {
        if !only_photos {
            matters::advance_own(tx, call, (vault, calendar), (code, hand), &command)?;
        }
        if !photos.is_empty() {
            matters::give_own(tx, call, vault, (code, hand), &photos)?;
        }
        if surveys {
            matters::answer_survey(tx, call, (code, hand), survey)?;
        }
        Ok("done".to_owned())
    });
    s.after(done.map(|_| super::address(code, secret)), again)
}
