//! A matter for whoever works on it: what was asked, what happened, and the steps that can be taken now.

use askama::Template;
use axum::extract::Path;
use base::Day;
use db::Tx;
use district::kit::Call;
use district::matters::{
    self, Advance, Clear, Give, Ground, Happened, Holder, LONGEST_EXTENSION, PhotoLine, ReturnReason, Sheet,
    Similar, State, Step, SuspendReason, Template as AnswerTemplate,
};
use district::people::vault::Revealed;
use district::visits::{self, NeedBehind};
use http::StatusCode;

use super::photos::{Shown, WithPhotos, shown};
use super::{
    Around, Sign, ground_message, happened, reason, return_message, sign, state_message, suspend_message,
};
use crate::kit::{self, Fault, Faults, Fields, Posted, Shell};

#[derive(Template)]
#[template(path = "matters/sheet.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    sheet: &'a Sheet,
    around: &'a Around,
    /// The need of a visit that it came from.
    behind: Option<NeedBehind>,
    /// Answers that can be taken into the words.
    templates: Vec<AnswerTemplate>,
    similar: Vec<Similar>,
    revealed: Option<Revealed>,
    /// The step whose form is shown again, and what was said.
    chosen: &'a str,
    note: &'a str,
}

/// A choice: its value and its words.
type Choice<'a> = (&'static str, &'a str);

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn category(&self) -> String {
        super::category(self.s, &self.sheet.category).into_owned()
    }

    fn sign(&self) -> Sign {
        let life = &self.sheet.life;
        sign(self.s, life.state, (life.due.on, life.late), self.s.today())
    }

    fn state(&self) -> &str {
        self.s.t(state_message(self.sheet.life.state))
    }

    fn outcome(&self) -> Option<&str> {
        super::outcome_message(&self.sheet.life).map(|message| self.s.t(message))
    }

    fn source(&self) -> &str {
        self.s.t(super::source_message(self.sheet.source))
    }

    fn holder(&self) -> &str {
        self.around.holder(self.sheet.life.holder)
    }

    fn joiners(&self) -> Vec<&str> {
        self.sheet.life.joiners().map(|holder| self.around.holder(holder)).collect()
    }

    fn building(&self) -> Option<&str> {
        self.around.building(self.sheet.building)
    }

    fn happened(&self, it: &Happened) -> String {
        happened(self.s, self.around, it)
    }

    fn reason(&self, it: &Happened) -> Option<String> {
        reason(self.s, it)
    }

    fn role(&self, it: &Happened) -> String {
        match it.role.as_str() {
            "reporter" => self.s.t("matters-by-reporter").to_owned(),
            "neighbour" => self.s.t("matters-by-neighbour").to_owned(),
            role => district::kit::Role::parse(role)
                .map_or_else(String::new, |role| self.s.t(kit::role_message(role)).to_owned()),
        }
    }

    /// The steps that whoever reads can take now, most likely first.
    fn steps(&self) -> Vec<Choice<'_>> {
        let (life, sheet) = (&self.sheet.life, self.sheet);
        let (state, handles, steers) = (life.state, sheet.may_handle, sheet.may_steer);
        let mut steps: Vec<(&'static str, bool)> = vec![
            ("accept", handles && state == State::Received),
            ("begin", handles && state == State::Accepted),
            ("answer", handles && matches!(state, State::Accepted | State::InProgress)),
            ("resume", handles && state == State::Suspended),
            ("contact", handles && state.is_open() && life.first_contact.is_none()),
            ("extend", steers && state.runs() && life.extension_asked.is_some()),
            ("keep-term", steers && state.runs() && life.extension_asked.is_some()),
            ("call-back", steers && life.call_back),
            ("confirm", steers && state == State::Answered),
            ("note", handles),
            ("return", handles && state.runs() && life.holder != Holder::District),
            ("assign", steers && state.runs()),
            ("ask-extension", handles && state.runs() && !life.extended && life.extension_asked.is_none()),
            ("suspend", handles && state.runs()),
            ("clear", steers),
            ("hide", steers && sheet.public_words.is_some()),
            ("refuse", steers && matches!(state, State::Received | State::Accepted)),
            ("reopen", steers && matches!(state, State::Answered | State::Closed)),
            ("withdraw", steers && state.is_open()),
            ("unmerge", steers && state == State::Merged),
        ];
        steps.retain(|(_, offered)| *offered);
        steps.into_iter().map(|(step, _)| (step, self.s.t(do_message(step)))).collect()
    }

    /// Fields that a step needs beside its words.
    fn returns(&self) -> Vec<Choice<'_>> {
        ReturnReason::ALL.iter().map(|it| (it.as_str(), self.s.t(return_message(*it)))).collect()
    }

    fn suspends(&self) -> Vec<Choice<'_>> {
        SuspendReason::ALL.iter().map(|it| (it.as_str(), self.s.t(suspend_message(*it)))).collect()
    }

    fn grounds(&self) -> Vec<Choice<'_>> {
        Ground::ALL.iter().map(|it| (it.as_str(), self.s.t(ground_message(*it)))).collect()
    }

    fn holders(&self) -> Vec<(&'static str, &str)> {
        let others = Holder::ALL.iter().filter(|it| **it != self.sheet.life.holder);
        others.map(|it| (it.as_str(), self.around.holder(*it))).collect()
    }

    fn is_chosen(&self, step: &str) -> bool {
        self.chosen == step
    }

    fn photos(&self) -> Vec<Shown<'_>> {
        shown(self.s, self.around, &self.sheet.photos, &self.sheet.record)
    }

    /// May the reader take a photograph away?
    fn removes(&self, it: &PhotoLine) -> bool {
        let account = self.s.actor.account;
        let gave = account.is_some() && it.account == account && self.sheet.may_handle;
        !it.cleared && (self.sheet.may_steer || gave)
    }

    /// Answers that are given often, while one is to be given.
    fn offered(&self) -> Vec<(String, String)> {
        let answers = self.steps().iter().any(|(step, _)| *step == "answer");
        let offered = self.templates.iter().filter(|_| answers);
        offered
            .map(|it| (it.id.to_string(), self.s.name(&it.said.title, &it.said.title_en).into_owned()))
            .collect()
    }

    fn longest_extension(&self) -> i64 {
        LONGEST_EXTENSION
    }
}

/// What a step is called on its button.
fn do_message(step: &str) -> &'static str {
    match step {
        "accept" => "matters-do-accept",
        "begin" => "matters-do-begin",
        "answer" => "matters-do-answer",
        "resume" => "matters-do-resume",
        "contact" => "matters-do-contact",
        "extend" => "matters-do-extend",
        "keep-term" => "matters-do-keep-term",
        "call-back" => "matters-do-call-back",
        "confirm" => "matters-do-confirm",
        "return" => "matters-do-return",
        "assign" => "matters-do-assign",
        "ask-extension" => "matters-do-ask-extension",
        "suspend" => "matters-do-suspend",
        "clear" => "matters-do-clear",
        "hide" => "matters-do-hide",
        "refuse" => "matters-do-refuse",
        "reopen" => "matters-do-reopen",
        "withdraw" => "matters-do-withdraw",
        "unmerge" => "matters-do-unmerge",
        _ => "matters-do-note",
    }
}

/// What stands beside a matter on its page: what may be the same, the need of a visit that it came from, answers to take.
#[derive(Clone)]
struct Beside {
    similar: Vec<Similar>,
    behind: Option<NeedBehind>,
    templates: Vec<AnswerTemplate>,
}

/// A matter, who is around it, and what stands beside it.
type Read = (Sheet, Around, Beside);

fn read(s: &Shell, code: &str) -> Result<Read, Fault> {
    let vault = s.state.vault().ok();
    s.state.read(|tx| {
        let sheet = matters::sheet(tx, &s.actor, vault, code, s.today())?;
        let around = Around::read(s, tx, sheet.community, sheet.received_at.day())?;
        let similar = match vault {
            Some(vault) if sheet.may_steer && sheet.life.state.runs() => {
                matters::similar(tx, &s.actor, vault, &sheet, s.today())?
            }
            _ => Vec::new(),
        };
        let behind = visits::behind_matter(tx, &s.actor, &s.state.memory, sheet.id, s.today())?;
        let templates = if sheet.may_handle && sheet.life.state.runs() {
            matters::templates_for(tx, &s.actor, (sheet.community, &sheet.category), s.today())?
        } else {
            Vec::new()
        };
        Ok((sheet, around, Beside { similar, behind, templates }))
    })
}

impl<'a> Show<'a> {
    fn of(
        s: &'a Shell,
        sheet: &'a Sheet,
        around: &'a Around,
        Beside { similar, behind, templates }: Beside,
    ) -> Self {
        Self {
            s,
            faults: Faults::none(),
            sheet,
            around,
            behind,
            templates,
            similar,
            revealed: None,
            chosen: "",
            note: "",
        }
    }
}

/// GET `/desk/matters/{code}`.
pub(super) async fn show(s: Shell, Path(code): Path<String>) -> kit::Result {
    let (sheet, around, beside) = read(&s, &code)?;
    s.html(&Show::of(&s, &sheet, &around, beside))
}

/// POST `/desk/matters/{code}/reporter`: name and telephone in full, on record.
pub(super) async fn reveal(s: Shell, Path(code): Path<String>, _: Posted) -> kit::Result {
    let (sheet, around, beside) = read(&s, &code)?;
    let vault = s.state.vault()?;
    let revealed = s.state.write(&s.actor, |tx, call| matters::reveal_reporter(tx, call, vault, &code))?;
    s.html(&Show { revealed: Some(revealed), ..Show::of(&s, &sheet, &around, beside) })
}

/// POST `/desk/matters/{code}/photos`: `shown` names each photograph of the page, and whether everyone could see it; `clear`
/// those that everyone may see from now on.
pub(super) async fn clear(s: Shell, Path(code): Path<String>, posted: Posted) -> kit::Result {
    let fields = &posted.fields;
    let one = |text: &str| {
        let (id, seen) = text.split_once(' ').ok_or(Fault::Bad)?;
        let photo = id.parse().map_err(|_| Fault::Bad)?;
        Ok(Clear { photo, seen: seen == "1", cleared: fields.all("clear").any(|chosen| chosen == id) })
    };
    let commands = fields.all("shown").map(one).collect::<Result<Vec<_>, Fault>>()?;
    decided(&s, &code, &posted, |tx, call| matters::clear_photos(tx, call, &code, &commands))
}

/// POST `/desk/matters/{code}/photos/{photo}`: takes it away.
pub(super) async fn remove(
    s: Shell,
    Path((code, photo)): Path<(String, String)>,
    posted: Posted,
) -> kit::Result {
    let photo = photo.parse().map_err(|_| Fault::Absent)?;
    decided(&s, &code, &posted, |tx, call| matters::remove_photo(tx, call, &code, photo))
}

/// Something is done with the photographs of a matter, and its page is shown again.
fn decided(
    s: &Shell,
    code: &str,
    posted: &Posted,
    mut work: impl FnMut(&mut Tx<'_>, &mut Call<'_>) -> district::kit::Result<()>,
) -> kit::Result {
    let to = format!("/desk/matters/{code}");
    let done = s.state.once(&s.actor, posted, |tx, call| work(tx, call).map(|()| to.clone()));
    s.after(done, |faults| {
        let (sheet, around, beside) = read(s, code)?;
        let page = Show { faults, ..Show::of(s, &sheet, &around, beside) };
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    })
}

/// POST `/desk/matters/{code}`: `do` is a step, `version` that of the page, with `note`, `reason`, `to`, `until`, `days`, `into`,
/// `resolved`, `satisfied` as the step needs them, and files as `photos`: to add these needs no words.
pub(super) async fn step(s: Shell, Path(code): Path<String>, sent: WithPhotos) -> kit::Result {
    let WithPhotos { posted, photos } = sent;
    let to = format!("/desk/matters/{code}");
    // Sent twice, it is done already; what it stood on may be gone.
    if let Some(to) = s.state.answered(&s.actor, &posted)? {
        return Ok(kit::see_other(&to));
    }
    let (sheet, around, beside) = read(&s, &code)?;
    let taken = taken(&posted.fields, &beside.templates)?;
    let chosen = if taken.is_some() { "answer" } else { posted.fields.get("do") };
    let note = taken.as_deref().unwrap_or_else(|| posted.fields.get("note"));
    let again = |faults| {
        let page = Show { faults, chosen, note, ..Show::of(&s, &sheet, &around, beside.clone()) };
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    if taken.is_some() {
        let mut page = again(Faults::none())?;
        *page.status_mut() = StatusCode::OK;
        return Ok(page);
    }
    let step = match step_of(&s, &posted.fields) {
        Ok(Ok(step)) => step,
        Ok(Err(faults)) => return again(faults),
        Err(fault) => return Err(fault),
    };
    let photos = match photos {
        Ok(photos) => photos,
        Err(refusal) => return again(s.faults(&refusal)),
    };
    let seen = posted.fields.get("version").parse().ok();
    let command = Advance { matter: sheet.id, seen, step, note: note.to_owned(), at: None };
    let (vault, calendar) = (s.state.vault()?, &*s.state.calendar());
    let only_photos = step == Step::Note && note.is_empty() && !photos.is_empty();
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        if only_photos {
            matters::give(tx, call, vault, &[Give { matter: sheet.id, photos: &photos, at: None }])?;
        } else if photos.is_empty() {
            matters::advance(tx, call, (vault, calendar), std::slice::from_ref(&command))?;
        } else {
            matters::advance_showing(tx, call, (vault, calendar), (&command, &photos))?;
        }
        Ok(to.clone())
    });
    s.after(done, again)
}

/// The words of a form with a template behind them, where one is to be taken: `take` is `zh` or `en`, `template` its id.
fn taken(fields: &Fields, templates: &[AnswerTemplate]) -> Result<Option<String>, Fault> {
    let english = match fields.get("take") {
        "" => return Ok(None),
        "zh" => false,
        "en" => true,
        _ => return Err(Fault::Bad),
    };
    let found = templates.iter().find(|it| it.id.to_string() == fields.get("template"));
    let text = found.map_or("", |it| if english { &it.said.words_en } else { &it.said.words });
    let parts = [fields.get("note"), text].into_iter().filter(|part| !part.is_empty());
    Ok(Some(parts.collect::<Vec<_>>().join("\n")))
}

/// The step of a form, or what is wrong with its fields.
fn step_of(s: &Shell, fields: &Fields) -> Result<Result<Step, Faults>, Fault> {
    let wrong = |field: &'static str, message: &'static str| {
        Ok(Err(Faults::one(Some(field), s.t(message).to_owned())))
    };
    let reason = fields.get("reason");
    let satisfied = match fields.get("satisfied") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    Ok(Ok(match fields.get("do") {
        "accept" => Step::Accept,
        "begin" => Step::Begin,
        "contact" => Step::Contact,
        "answer" => Step::Answer,
        "confirm" => Step::Confirm { satisfied },
        "reopen" => Step::Reopen,
        "resume" => Step::Resume,
        "withdraw" => Step::Withdraw,
        "extend" => Step::Extend,
        "keep-term" => Step::KeepTerm,
        "unmerge" => Step::Unmerge,
        "note" => Step::Note,
        "clear" => Step::Clear,
        "hide" => Step::Hide,
        "call-back" => match fields.get("resolved") {
            "yes" => Step::CallBack { resolved: true, satisfied },
            "no" => Step::CallBack { resolved: false, satisfied },
            _ => return wrong("resolved", "matters-missing-resolved"),
        },
        "return" => match ReturnReason::parse(reason) {
            Some(reason) => Step::Return(reason),
            None => return wrong("reason", "matters-missing-reason"),
        },
        "refuse" => match Ground::parse(reason) {
            Some(ground) => Step::Refuse(ground),
            None => return wrong("reason", "matters-missing-reason"),
        },
        "assign" => match Holder::parse(fields.get("to")) {
            Some(holder) => Step::Assign(holder),
            None => return wrong("to", "matters-missing-holder"),
        },
        "suspend" => match (SuspendReason::parse(reason), Day::parse(fields.get("until"))) {
            (Some(reason), Ok(until)) => Step::Suspend(reason, until),
            (None, _) => return wrong("reason", "matters-missing-reason"),
            (_, Err(_)) => return wrong("until", "matters-missing-until"),
        },
        "ask-extension" => match fields.get("days").parse() {
            Ok(days) => Step::AskExtension(days),
            Err(_) => return wrong("days", "matters-missing-days"),
        },
        "merge" => {
            let into = s.state.read(|tx| match matters::id_of(tx, fields.get("into")) {
                Ok(id) => Ok(Some(id)),
                Err(district::Error::Absent(_)) => Ok(None),
                Err(error) => Err(error),
            })?;
            match into {
                Some(into) => Step::Merge(into),
                None => return wrong("into", "matters-no-code"),
            }
        }
        _ => return Err(Fault::Bad),
    }))
}
