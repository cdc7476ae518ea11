//! What a district has to have at hand for the personal data it keeps: the record of processing, the form of an impact
//! assessment, what is due after a breach and by when.

use askama::Template;
use base::Instant;
use district::people::{Action, BREACH, Due, KEPT_DAYS, PROCESSING, Processing};

use crate::kit::{self, Access, Door, Fault, Routes, Shell};

pub(crate) fn routes() -> Routes {
    let access = Access::May(Action::PrivacyRead);
    Routes::new()
        .get("/desk/privacy", access, record)
        .room(Door::Desk, 95, "/desk/privacy", "privacy-room")
        .get("/desk/privacy/assessment", access, assessment)
        .get("/desk/privacy/breach", access, breach)
}

#[derive(Template)]
#[template(path = "privacy/record.html")]
struct Record<'a> {
    s: &'a Shell,
}

/// The parts of an entry of the record.
const PARTS: [&str; 5] = ["purpose", "data", "basis", "readers", "kept"];

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Record<'_> {
    fn all(&self) -> &'static [Processing] {
        &PROCESSING
    }

    fn title(&self, it: &Processing) -> String {
        self.s.t(&["privacy-", it.name].concat()).to_owned()
    }

    /// What stands beside each part, in words.
    fn parts(&self, it: &Processing) -> Vec<(String, String)> {
        let part = |part: &str| {
            let words = self.s.t1(&["privacy-", it.name, "-", part].concat(), "days", KEPT_DAYS);
            (self.s.t(&["privacy-part-", part].concat()).to_owned(), words)
        };
        PARTS.map(part).into()
    }
}

/// GET `/desk/privacy`.
async fn record(s: Shell) -> kit::Result {
    s.html(&Record { s: &s })
}

#[derive(Template)]
#[template(path = "privacy/assessment.html")]
struct Assessment<'a> {
    s: &'a Shell,
}

/// GET `/desk/privacy/assessment`: a form to print and to fill in by hand (art. 56: lawful and necessary? what it does to
/// people's rights? do the measures fit the risk?).
async fn assessment(s: Shell) -> kit::Result {
    s.html(&Assessment { s: &s })
}

#[derive(Template)]
#[template(path = "privacy/breach.html")]
struct Breach<'a> {
    s: &'a Shell,
    day: String,
    time: String,
    found: Option<Instant>,
}

#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates call methods, with references"
)]
impl Breach<'_> {
    fn all(&self) -> &'static [Due] {
        &BREACH
    }

    fn title(&self, due: &Due) -> String {
        self.s.t(&["privacy-breach-", due.name].concat()).to_owned()
    }

    fn how(&self, due: &Due) -> String {
        self.s.t(&["privacy-breach-", due.name, "-how"].concat()).to_owned()
    }

    fn by(&self, due: &Due, found: &Instant) -> String {
        due.by(*found).to_string()
    }

    fn late(&self, due: &Due, found: &Instant) -> bool {
        due.by(*found) < self.s.now()
    }
}

/// GET `/desk/privacy/breach?day=2026-01-31&time=10:00`: the clocks of a breach that was found then.
async fn breach(s: Shell) -> kit::Result {
    let (day, time) = (s.asked("day").unwrap_or_default(), s.asked("time").unwrap_or_default());
    let found = match (day.as_str(), time.as_str()) {
        ("", "") => None,
        (day, time) => {
            let day = day.parse().map_err(|_| Fault::Bad)?;
            let (hour, minute) = time.split_once(':').ok_or(Fault::Bad)?;
            let number = |text: &str, below: i64| text.parse().ok().filter(|it| (0..below).contains(it));
            let hour = number(hour, 24).ok_or(Fault::Bad)?;
            Some(Instant::at(day, hour, number(minute, 60).ok_or(Fault::Bad)?))
        }
    };
    s.html(&Breach { s: &s, day, time, found })
}
