//! The audit, for the security-audit administrator.

use askama::Template;
use axum::extract::Path;
use base::{Day, Instant};
use district::kit::chain::{self, Break, Chain};
use district::kit::{AuditId, DONE, REFUSED};
use district::people::{self, Action, Asked, Logged};

use super::own::{action_named, role_named};
use crate::kit::table::{self, Column, FileLink, Listed, text};
use crate::kit::{self, Fault, Shell};

/// Rows of a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "people/audit.html")]
struct Show<'a> {
    s: &'a Shell,
    rows: Vec<Logged>,
    asked: Asked,
    next: Option<String>,
    files: Vec<FileLink>,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn role(&self, name: &str) -> String {
        role_named(self.s, name)
    }

    fn action(&self, name: &str) -> String {
        action_named(self.s, name)
    }

    fn actions(&self) -> Vec<(&'static str, String, bool)> {
        let asked = self.asked.action.unwrap_or_default();
        let line = |name: &'static str| (name, action_named(self.s, name), name == asked);
        Action::ALL.iter().map(|action| line(action.as_str())).collect()
    }

    fn outcome(&self, name: &str) -> &'static str {
        if name == REFUSED { "people-audit-refused" } else { "people-audit-done" }
    }

    fn is_asked(&self, outcome: &str) -> bool {
        self.asked.outcome == Some(outcome)
    }

    fn day(&self, day: Option<&Day>) -> String {
        day.map(ToString::to_string).unwrap_or_default()
    }
}

fn asked(s: &Shell) -> Result<Asked, Fault> {
    let day = |name: &str| -> Result<Option<Day>, Fault> {
        s.asked(name)
            .filter(|text| !text.is_empty())
            .map(|text| text.parse().map_err(|_| Fault::Bad))
            .transpose()
    };
    let after = match (s.asked("after"), s.asked("id")) {
        (Some(at), Some(id)) => {
            let at = at.parse().map(Instant::from_millis).map_err(|_| Fault::Bad)?;
            Some((at, id.parse::<AuditId>().map_err(|_| Fault::Bad)?))
        }
        _ => None,
    };
    let action = s.asked("action").unwrap_or_default();
    Ok(Asked {
        login: s.asked("login").filter(|login| !login.is_empty()),
        action: Action::ALL.iter().map(|it| it.as_str()).find(|name| *name == action),
        outcome: [DONE, REFUSED].into_iter().find(|it| s.asked("outcome").as_deref() == Some(*it)),
        from: day("since")?,
        to: day("until")?,
        after,
    })
}

/// GET `/desk/audit`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let asked = asked(&s)?;
    let (rows, more) = s.state.read(|tx| people::audit_log(tx, &s.actor, &asked, Some(PAGE)))?;
    let next = rows.last().filter(|_| more).map(|last| next_page(&s, last));
    let files = table::files("/desk/audit", &s.query, false);
    s.html(&Show { s: &s, rows, asked, next, files })
}

fn next_page(s: &Shell, last: &Logged) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(s.query.as_bytes()) {
        if !matches!(&*name, "after" | "id") && !value.is_empty() {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("after", &last.at.millis().to_string()).append_pair("id", &last.id.to_string());
    format!("/desk/audit?{}", query.finish())
}

const COLUMNS: [Column; 9] = [
    ("number", "people-audit-number"),
    ("at", "people-audit-at"),
    ("login", "people-login"),
    ("role", "people-role"),
    ("action", "people-audit-action"),
    ("outcome", "people-audit-outcome"),
    ("objects", "people-audit-objects"),
    ("ids", "people-audit-ids"),
    ("fields", "people-audit-fields"),
];

/// The most rows of a file: more than a spreadsheet program opens.
const FILE: i64 = 1_000_000;

/// GET `/desk/audit/{form}`, `xlsx` or `csv`: the rows of all pages, by the same filters.
pub(super) async fn file(s: Shell, Path(form): Path<String>) -> kit::Result {
    let asked = asked(&s)?;
    let (rows, _) = s.state.read(|tx| people::audit_log(tx, &s.actor, &asked, Some(FILE)))?;
    let cells = |it: Logged| {
        vec![
            text(it.number.map(|number| number.to_string()).unwrap_or_default()),
            text(it.at.to_string()),
            text(it.login.unwrap_or_default()),
            text(role_named(&s, &it.role)),
            text(action_named(&s, &it.action)),
            text(s.t(if it.outcome == REFUSED { "people-audit-refused" } else { "people-audit-done" })),
            text(it.objects.to_string()),
            text(it.ids),
            text(it.fields),
        ]
    };
    let list = Listed {
        name: "audit",
        title: s.t("people-audit-room"),
        day: s.today(),
        columns: &COLUMNS,
        rows: rows.into_iter().map(cells).collect(),
        places: None,
    };
    list.file(&s, &form)
}

#[derive(Template)]
#[template(path = "people/chain.html")]
struct Looked<'a> {
    s: &'a Shell,
    chain: Chain,
}

impl Looked<'_> {
    /// Where it is broken, in words.
    fn broken(&self) -> Option<String> {
        self.chain.broken.map(|broken| break_words(self.s, broken))
    }
}

/// Where the chain is broken, in words.
pub(crate) fn break_words(s: &Shell, broken: Break) -> String {
    match broken {
        Break::Missing(number) => s.t1("people-chain-missing", "number", number),
        Break::Changed(number) => s.t1("people-chain-changed", "number", number),
        Break::Unnumbered { then, now } => s.t2("people-chain-unnumbered", ("then", then), ("now", now)),
    }
}

/// GET `/desk/audit/chain`: looks at every row.
pub(super) async fn chain(s: Shell) -> kit::Result {
    let chain = db::heavy(|| s.state.read(chain::check))?;
    s.html(&Looked { s: &s, chain })
}
