//! Answers that are given often, for programs: of one's own part, and those that can be taken into the answer to a matter.

use base::Uuid;
use district::kit::{AnswerTemplateId, Scope};
use district::matters::{self as slice, Template, TemplateWords};
use district::people::Action;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::matters::{OfMatter, code_of};
use super::operation::{Api, Nothing, once, once_made};
use super::register::OnlyRows;
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let (keep, handle) = (Access::May(Action::AnswerKeep), Access::May(Action::MatterHandle));
    Api::of("api-group-matters")
        .read_each_time()
        .list("/api/v1/answer-templates", keep, "answer-templates", list)
        .post("/api/v1/answer-templates", keep, "answer-template-add", add)
        .put("/api/v1/answer-templates/{template}", keep, "answer-template-change", change)
        .act("/api/v1/answer-templates/{template}/end", keep, "answer-template-end", end)
        .list("/api/v1/matters/{matter}/answer-templates", handle, "matter-answer-templates", offered)
}

/// An answer that is given often.
#[derive(Debug, Serialize, ToSchema)]
struct AnswerTemplate {
    /// Its id.
    id: Uuid,
    /// The town that it is of; null: of the district.
    town: Option<Uuid>,
    /// The grid that it is of; null: of the town or the district.
    grid: Option<Uuid>,
    /// The category of matters that it is for; null: for any.
    category: Option<String>,
    /// What it is called.
    title: String,
    /// The same in English.
    title_en: String,
    /// The text.
    words: String,
    /// The text in English.
    words_en: String,
    /// Counts its changes: whoever changes it says which one they have seen.
    version: i64,
}

fn shown(it: Template) -> AnswerTemplate {
    let (town, grid) = match it.scope {
        Scope::Town(town) => (Some(town.uuid()), None),
        Scope::Grid { town, grid } => (Some(town.uuid()), Some(grid.uuid())),
        Scope::District | Scope::Community { .. } => (None, None),
    };
    AnswerTemplate {
        id: it.id.uuid(),
        town,
        grid,
        category: it.said.category,
        title: it.said.title,
        title_en: it.said.title_en,
        words: it.said.words,
        words_en: it.said.words_en,
        version: it.version,
    }
}

/// GET `/api/v1/answer-templates`: those of the reader's part, and those above it.
fn list(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<AnswerTemplate>, Fault> {
    let all = s.state.read(|tx| slice::templates(tx, &s.actor))?;
    Ok(Page::cut(all, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?.map(shown))
}

/// GET `/api/v1/matters/{matter}/answer-templates`.
fn offered(s: &Shell, at: OfMatter, asked: OnlyRows) -> Result<Page<AnswerTemplate>, Fault> {
    let code = code_of(s, &at.matter)?;
    let vault = s.state.vault().ok();
    let all = s.state.read(|tx| {
        let sheet = slice::sheet(tx, &s.actor, vault, &code, s.today())?;
        slice::templates_for(tx, &s.actor, (sheet.community, &sheet.category), s.today())
    })?;
    Ok(Page::cut(all, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?.map(shown))
}

/// What an answer that is given often says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerWords {
    /// The category of matters that it is for; null: for any.
    category: Option<String>,
    /// What it is called.
    #[schema(min_length = 1, max_length = 40)]
    title: String,
    /// The same in English.
    #[schema(min_length = 1, max_length = 80)]
    title_en: String,
    /// The text.
    #[schema(min_length = 1, max_length = 600)]
    words: String,
    /// The text in English.
    #[schema(min_length = 1, max_length = 1200)]
    words_en: String,
}

impl From<AnswerWords> for TemplateWords {
    fn from(it: AnswerWords) -> Self {
        let AnswerWords { category, title, title_en, words, words_en } = it;
        Self { category, title, title_en, words, words_en }
    }
}

/// POST `/api/v1/answer-templates`: of the writer's own part.
fn add(s: &Shell, posted: &Posted, _: Nothing, sent: AnswerWords) -> Result<Made, Fault> {
    let said = TemplateWords::from(sent);
    once_made(
        s,
        posted,
        |_| "answer-templates".into(),
        |tx, call| {
            let id: AnswerTemplateId = call.id();
            slice::add_templates(tx, call, &[(id, said.clone())])?;
            Ok(id.uuid())
        },
    )
}

/// An answer that is given often.
#[derive(Debug, Deserialize, IntoParams)]
struct OfTemplate {
    /// Its id.
    template: Uuid,
}

/// What an answer that is given often says from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedAnswer {
    /// The version that was read.
    seen: i64,
    /// What it says.
    said: AnswerWords,
}

/// PUT `/api/v1/answer-templates/{template}`.
fn change(s: &Shell, posted: &Posted, at: OfTemplate, sent: ChangedAnswer) -> Result<(), Fault> {
    let (which, said) =
        ((AnswerTemplateId::from_uuid(at.template), sent.seen), TemplateWords::from(sent.said));
    once(s, posted, |tx, call| slice::change_template(tx, call, which, &said))
}

/// The version of an answer that is given often.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeenAnswer {
    /// The version that was read.
    seen: i64,
}

/// POST `/api/v1/answer-templates/{template}/end`.
fn end(s: &Shell, posted: &Posted, at: OfTemplate, sent: SeenAnswer) -> Result<(), Fault> {
    let which = (AnswerTemplateId::from_uuid(at.template), sent.seen);
    once(s, posted, |tx, call| slice::end_template(tx, call, which))
}
