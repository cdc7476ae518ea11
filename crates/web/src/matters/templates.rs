//! Answers that are given often: the page on which they are kept.

use askama::Template as Page;
use district::kit::{AnswerTemplateId, Scope};
use district::matters::{self, LONGEST_TEMPLATE, LONGEST_TITLE, Template, TemplateWords, tree};
use http::StatusCode;

use crate::kit::{self, Fault, Faults, Fields, Places, Posted, Shell, see_other};

#[derive(Page)]
#[template(path = "matters/templates.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    templates: Vec<Template>,
    places: Places,
    /// What was typed, and into the form of which template; of none: into that of a new one.
    typed: Fields,
    done: Option<&'static str>,
}

/// What stands in the fields of one form.
struct Form<'a> {
    /// What the ids of its fields begin with; empty for the new one.
    prefix: String,
    title: &'a str,
    title_en: &'a str,
    words: &'a str,
    words_en: &'a str,
    category: &'a str,
    /// Are the faults of the page its own?
    own: bool,
}

impl Show<'_> {
    /// Whose it is.
    fn whose(&self, it: &Template) -> String {
        match it.scope {
            Scope::Town(town) => self.places.town_name(self.s, town),
            Scope::Grid { grid, .. } => self.places.grid_name(self.s, grid),
            Scope::District | Scope::Community { .. } => self.s.district().into_owned(),
        }
    }

    fn title(&self, it: &Template) -> String {
        self.s.name(&it.said.title, &it.said.title_en).into_owned()
    }

    fn of(&self, it: &Template) -> String {
        let code = it.said.category.as_deref();
        code.map_or_else(
            || self.s.t("matters-template-any").to_owned(),
            |code| super::category(self.s, code).into_owned(),
        )
    }

    fn may_keep(&self, it: &Template) -> bool {
        matters::may_keep(&self.s.actor, it)
    }

    /// The form of a template, with what was typed into it where that was refused.
    fn form<'a>(&'a self, it: &'a Template) -> Form<'a> {
        let prefix = format!("{}-", it.id);
        if self.typed.get("template") == it.id.to_string() {
            return Form { prefix, ..self.typed_form() };
        }
        Form {
            prefix,
            title: &it.said.title,
            title_en: &it.said.title_en,
            words: &it.said.words,
            words_en: &it.said.words_en,
            category: it.said.category.as_deref().unwrap_or_default(),
            own: false,
        }
    }

    fn typed_form(&self) -> Form<'_> {
        let get = |name| self.typed.get(name);
        Form {
            prefix: String::new(),
            title: get("title"),
            title_en: get("title_en"),
            words: get("words"),
            words_en: get("words_en"),
            category: get("category"),
            own: true,
        }
    }

    /// The form of a new one.
    fn new_form(&self) -> Form<'_> {
        if self.typed.get("template").is_empty() {
            return self.typed_form();
        }
        Form {
            prefix: String::new(),
            title: "",
            title_en: "",
            words: "",
            words_en: "",
            category: "",
            own: false,
        }
    }

    /// Categories that can be chosen: those that group others, each with its own below it.
    fn categories(&self) -> Vec<(&'static str, String)> {
        let named = |it: &'static matters::Category| self.s.name(&it.name, &it.name_en).into_owned();
        let with_leaves = |root: &'static matters::Category| {
            let below = tree()
                .below(&root.code)
                .map(move |leaf| (leaf.code.as_str(), [named(root), named(leaf)].join(" · ")));
            std::iter::once((root.code.as_str(), named(root))).chain(below).collect::<Vec<_>>()
        };
        tree().roots().flat_map(with_leaves).collect()
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn longest(&self) -> (usize, usize) {
        (LONGEST_TITLE, LONGEST_TEMPLATE)
    }
}

fn page(s: &Shell, status: StatusCode, typed: Fields, faults: Faults) -> kit::Result {
    let (templates, places) =
        s.state.read(|tx| Ok((matters::templates(tx, &s.actor)?, Places::read(s, tx, s.today())?)))?;
    let done = match s.asked("done").as_deref() {
        Some("kept") => Some("matters-template-kept"),
        Some("ended") => Some("matters-template-ended"),
        _ => None,
    };
    s.html_with(status, &Show { s, faults, templates, places, typed, done })
}

/// GET `/desk/matters/templates`.
pub(super) async fn show(s: Shell) -> kit::Result {
    page(&s, StatusCode::OK, Fields::default(), Faults::none())
}

/// POST the same: `do` is `add`, `change` or `end` (both with `template` and `seen`), with `category`, `title`, `title_en`,
/// `words`, `words_en`.
pub(super) async fn change(s: Shell, posted: Posted) -> kit::Result {
    let fields = &posted.fields;
    let said = TemplateWords {
        category: Some(fields.get("category").to_owned()).filter(|code| !code.is_empty()),
        title: fields.get("title").to_owned(),
        title_en: fields.get("title_en").to_owned(),
        words: fields.get("words").to_owned(),
        words_en: fields.get("words_en").to_owned(),
    };
    let which = || -> Result<(AnswerTemplateId, i64), Fault> {
        Ok((fields.id("template")?, fields.get("seen").parse().map_err(|_| Fault::Bad)?))
    };
    let done = match fields.get("do") {
        "add" => s.state.once(&s.actor, &posted, |tx, call| {
            let id = call.id();
            matters::add_templates(tx, call, &[(id, said.clone())])?;
            Ok("/desk/matters/templates?done=kept".to_owned())
        }),
        "change" => {
            let which = which()?;
            s.state.once(&s.actor, &posted, |tx, call| {
                matters::change_template(tx, call, which, &said)?;
                Ok("/desk/matters/templates?done=kept".to_owned())
            })
        }
        "end" => {
            let which = which()?;
            s.state.once(&s.actor, &posted, |tx, call| {
                matters::end_template(tx, call, which)?;
                Ok("/desk/matters/templates?done=ended".to_owned())
            })
        }
        _ => return Err(Fault::Bad),
    };
    match done {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            page(&s, StatusCode::UNPROCESSABLE_ENTITY, fields.clone(), s.faults(&refusal))
        }
        Err(fault) => Err(fault),
    }
}
