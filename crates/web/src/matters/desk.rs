//! The matters of a desk: what breaks first at the top, each count that of the list it opens.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use district::matters::{self, Asked, Counts, Line, Queue, Source, State};
use district::people::{Action, may};
use district::register::Roll;

use super::follow::{asked, next_page};
use super::{Sign, sign, source_message, state_message};
use crate::kit::table::{self, Column, FileLink, Listed, text};
use crate::kit::{self, Shell};

/// Rows of a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "matters/desk.html")]
struct Show<'a> {
    s: &'a Shell,
    lines: Vec<Line>,
    counts: Counts,
    roll: Arc<Roll>,
    asked: Asked,
    next: Option<String>,
    files: Vec<FileLink>,
}

impl Show<'_> {
    fn community(&self, line: &Line) -> String {
        community(self.s, &self.roll, line)
    }

    fn category(&self, line: &Line) -> String {
        super::category(self.s, &line.category).into_owned()
    }

    fn holder(&self, line: &Line) -> &str {
        self.s.t(super::holder_message(line.holder))
    }

    fn source(&self, line: &Line) -> &str {
        self.s.t(source_message(line.source))
    }

    fn sign(&self, line: &Line) -> Sign {
        sign(self.s, line.state, (line.due_on, line.late), self.s.today())
    }

    fn queue(&self, queue: Queue) -> &str {
        self.s.t(queue_message(queue))
    }

    /// How many there are in the queue that is chosen.
    fn listed(&self) -> Option<i64> {
        let chosen = self.asked.queue?;
        self.counts.iter().find(|(queue, _)| *queue == chosen).map(|(_, count)| *count)
    }

    fn chosen(&self, queue: Queue) -> bool {
        self.asked.queue == Some(queue)
    }

    fn states(&self) -> Vec<(&'static str, &str, bool)> {
        let line = |state: &State| {
            (state.as_str(), self.s.t(state_message(*state)), self.asked.state == Some(*state))
        };
        State::ALL.iter().map(line).collect()
    }

    fn sources(&self) -> Vec<(&'static str, &str, bool)> {
        let line = |source: &Source| {
            (source.as_str(), self.s.t(source_message(*source)), self.asked.source == Some(*source))
        };
        Source::ALL.iter().map(line).collect()
    }

    fn code(&self) -> String {
        self.asked.community.and_then(|id| self.roll.get(id)).map_or_else(String::new, |it| it.code.clone())
    }

    fn may_take(&self) -> bool {
        may(&self.s.actor, Action::MatterHandle, self.s.actor.scope())
    }
}

fn community(s: &Shell, roll: &Roll, line: &Line) -> String {
    roll.get(line.community).map_or_else(String::new, |it| s.name(&it.name, &it.name_en).into_owned())
}

/// What a queue is called.
pub(super) fn queue_message(queue: Queue) -> &'static str {
    match queue {
        Queue::Overdue => "matters-queue-overdue",
        Queue::Today => "matters-queue-today",
        Queue::Extension => "matters-queue-extension",
        Queue::CallBack => "matters-queue-call-back",
        Queue::Running => "matters-queue-running",
        Queue::Suspended => "matters-queue-suspended",
        Queue::Answered => "matters-queue-answered",
    }
}

/// GET `/desk/matters`, `?queue=`, `state=`, `source=`, `community=`, `since=`, `until=`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let asked = asked(&s)?;
    let (lines, more, counts, roll) = s.state.read(|tx| {
        let (lines, more) = matters::list(tx, Some(&s.actor), &asked, Some(PAGE), s.now())?;
        let counts = matters::counts(tx, &s.actor, s.now())?;
        Ok((lines, more, counts, s.state.memory.roll(tx, s.today())?))
    })?;
    let next = lines.last().filter(|_| more).map(|last| next_page(&s, "/desk/matters", last));
    let files = table::files("/desk/matters/list", &s.query, false);
    s.html_with_script(&Show { s: &s, lines, counts, roll, asked, next, files })
}

const COLUMNS: [Column; 9] = [
    ("code", "matters-code"),
    ("received", "matters-received"),
    ("community", "matters-community"),
    ("category", "matters-category"),
    ("source", "matters-source"),
    ("state", "matters-state"),
    ("holder", "matters-holder"),
    ("due", "matters-due"),
    ("closed", "matters-closed-on"),
];

/// The most rows of a file: a year of a district, twice.
const FILE: i64 = 200_000;

/// GET `/desk/matters/list/{form}`, `xlsx` or `csv`: the rows of all pages, by the same filters.
pub(super) async fn file(s: Shell, Path(form): Path<String>) -> kit::Result {
    let asked = Asked { after: None, ..asked(&s)? };
    let (lines, roll) = s.state.read(|tx| {
        let (lines, _) = matters::list(tx, Some(&s.actor), &asked, Some(FILE), s.now())?;
        Ok((lines, s.state.memory.roll(tx, s.today())?))
    })?;
    let cells = |it: &Line| {
        vec![
            text(it.code.clone()),
            text(it.received_at.to_string()),
            text(community(&s, &roll, it)),
            text(super::category(&s, &it.category).into_owned()),
            text(s.t(source_message(it.source)).to_owned()),
            text(s.t(state_message(it.state)).to_owned()),
            text(s.t(super::holder_message(it.holder)).to_owned()),
            text(it.due_on.to_string()),
            text(it.closed_at.map(|at| at.to_string()).unwrap_or_default()),
        ]
    };
    let list = Listed {
        name: "matters",
        title: s.t("matters-room-desk"),
        day: s.today(),
        columns: &COLUMNS,
        rows: lines.iter().map(cells).collect(),
        places: None,
    };
    list.file(&s, &form)
}
