//! Answers that are given often (答复模板): short texts in both languages, for a category or for any, of the district or of a town
//! or a grid. Who answers takes one into what they write, and says what is so of this matter.

use base::{Day, Uuid};
use db::{Row, Tx, params};

use super::{store, tree};
use crate::kit::{
    Actor, AnswerTemplateId, Call, CommunityId, Entry, Error, GridId, Refusal, Result, Scope, TownId, record,
};
use crate::people::{Action, authorise, may};
use crate::register;

/// The longest title, in characters: a line on a telephone.
pub const LONGEST_TITLE: usize = 40;
/// The longest text, in characters: a third of what an answer may be.
pub const LONGEST_TEMPLATE: usize = 600;
/// The most templates of a part: more are not looked through by anyone who answers.
pub const MOST_TEMPLATES: usize = 200;

/// What a template says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TemplateWords {
    /// The code of a category of matters, a leaf or one that groups others; `None`: of any.
    pub category: Option<String>,
    /// What it is called.
    pub title: String,
    /// The same in English.
    pub title_en: String,
    /// The text.
    pub words: String,
    /// The text in English.
    pub words_en: String,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: AnswerTemplateId,
    /// Whose it is.
    pub scope: Scope,
    /// What it says.
    pub said: TemplateWords,
    /// Counts its changes.
    pub version: i64,
}

/// Town and grid of a scope that keeps templates; a community keeps none of its own.
fn place(scope: Scope) -> Result<(Option<TownId>, Option<GridId>)> {
    match scope {
        Scope::District => Ok((None, None)),
        Scope::Town(town) => Ok((Some(town), None)),
        Scope::Grid { town, grid } => Ok((Some(town), Some(grid))),
        Scope::Community { .. } => Err(Error::Forbidden(Action::AnswerKeep)),
    }
}

fn read(row: &mut Row) -> Result<Template> {
    let scope = match (row.get::<Option<TownId>>(1)?, row.get::<Option<GridId>>(2)?) {
        (None, _) => Scope::District,
        (Some(town), None) => Scope::Town(town),
        (Some(town), Some(grid)) => Scope::Grid { town, grid },
    };
    let said = TemplateWords {
        category: row.get(3)?,
        title: row.get(4)?,
        title_en: row.get(5)?,
        words: row.get(6)?,
        words_en: row.get(7)?,
    };
    Ok(Template { id: row.get(0)?, scope, said, version: row.get(8)? })
}

fn all(tx: &mut Tx<'_>) -> Result<Vec<Template>> {
    tx.query(&store::TEMPLATES, params![])?.iter_mut().map(read).collect()
}

/// The templates that somebody who keeps some sees: those of their part, and those above it.
pub fn templates(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Template>> {
    let own = actor.scope();
    authorise(actor, Action::AnswerKeep, own)?;
    let near = |it: &Template| own.covers(it.scope) || it.scope.covers(own);
    Ok(all(tx)?.into_iter().filter(near).collect())
}

/// The templates that can be taken into the answer to a matter, those of its own category first.
pub fn templates_for(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (community, category): (CommunityId, &str),
    day: Day,
) -> Result<Vec<Template>> {
    let lies = register::last_scope_of(tx, community, day)?;
    authorise(actor, Action::MatterHandle, lies)?;
    let parent = tree().get(category).and_then(|it| it.parent.as_deref());
    let rank = |it: &Template| match it.said.category.as_deref() {
        Some(of) if of == category => Some(0),
        Some(of) if Some(of) == parent => Some(1),
        Some(_) => None,
        None => Some(2),
    };
    let mut found: Vec<Template> =
        all(tx)?.into_iter().filter(|it| it.scope.covers(lies) && rank(it).is_some()).collect();
    found.sort_by_key(rank);
    Ok(found)
}

/// What is wrong with a template, at its field.
fn check(said: &TemplateWords) -> Result<()> {
    if said.category.as_deref().is_some_and(|code| tree().get(code).is_none()) {
        return Err(Refusal::new("matters-refused-category").at("category").into());
    }
    let texts = [
        ("title", &said.title, LONGEST_TITLE),
        ("title_en", &said.title_en, 2 * LONGEST_TITLE),
        ("words", &said.words, LONGEST_TEMPLATE),
        ("words_en", &said.words_en, 2 * LONGEST_TEMPLATE),
    ];
    for (field, text, most) in texts {
        let length = text.trim().chars().count();
        if length == 0 || length > most {
            return Err(Refusal::new("matters-refused-template").with("most", most).at(field).into());
        }
    }
    Ok(())
}

/// Adds templates of one's own part.
pub fn add_templates(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    templates: &[(AnswerTemplateId, TemplateWords)],
) -> Result<()> {
    let scope = call.actor.scope();
    call.authorise(Action::AnswerKeep, scope)?;
    let (town, grid) = place(scope)?;
    let own = all(tx)?.iter().filter(|it| it.scope == scope).count();
    if own + templates.len() > MOST_TEMPLATES {
        return Err(Refusal::new("matters-refused-templates").with("most", MOST_TEMPLATES).into());
    }
    for (id, said) in templates {
        check(said)?;
        tx.execute(
            &store::ADD_TEMPLATE,
            params![
                *id,
                town,
                grid,
                said.category.as_deref(),
                said.title.trim(),
                said.title_en.trim(),
                said.words.trim(),
                said.words_en.trim()
            ],
        )?;
    }
    let objects: Vec<Uuid> = templates.iter().map(|(id, _)| id.uuid()).collect();
    record(tx, call, Entry { action: Action::AnswerKeep, objects: &objects, fields: "template" })
}

/// The template of an id, for who may keep it, at the version that they have seen.
fn kept(tx: &mut Tx<'_>, actor: &Actor, id: AnswerTemplateId) -> Result<Template> {
    let found = all(tx)?.into_iter().find(|it| it.id == id).ok_or(Error::Absent("template"))?;
    authorise(actor, Action::AnswerKeep, found.scope)?;
    Ok(found)
}

/// Changes a template; refused when somebody else changed it meanwhile.
pub fn change_template(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (id, seen): (AnswerTemplateId, i64),
    said: &TemplateWords,
) -> Result<()> {
    kept(tx, call.actor, id)?;
    check(said)?;
    let row = params![
        id,
        seen,
        said.category.as_deref(),
        said.title.trim(),
        said.title_en.trim(),
        said.words.trim(),
        said.words_en.trim()
    ];
    if tx.execute(&store::CHANGE_TEMPLATE, row)? != 1 {
        return Err(Refusal::new("matters-refused-template-changed").into());
    }
    record(tx, call, Entry { action: Action::AnswerKeep, objects: &[id.uuid()], fields: "template" })
}

/// Ends a template: nobody is offered it any more.
pub fn end_template(tx: &mut Tx<'_>, call: &mut Call<'_>, (id, seen): (AnswerTemplateId, i64)) -> Result<()> {
    kept(tx, call.actor, id)?;
    if tx.execute(&store::END_TEMPLATE, params![id, seen, call.now])? != 1 {
        return Err(Refusal::new("matters-refused-template-changed").into());
    }
    record(tx, call, Entry { action: Action::AnswerKeep, objects: &[id.uuid()], fields: "ended_at" })
}

/// May somebody keep a template?
pub fn may_keep(actor: &Actor, template: &Template) -> bool {
    may(actor, Action::AnswerKeep, template.scope)
}
