//! What is sent, for the system administrator: how many messages stand how, each with its tries, and once more by hand.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use base::{Instant, Uuid};
use district::kit::{OutboxId, WebhookId};
use district::notices::{self, Channel, Count, OutboxAsked, OutboxLine, State, Try};
use district::people::{Action, may};
use district::register::Roll;
use http::StatusCode;

use super::words;
use crate::kit::{self, Fault, Faults, Places, Posted, Shell};

/// Messages of a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "notices/outbox.html")]
struct Show<'a> {
    s: &'a Shell,
    lines: Vec<OutboxLine>,
    /// Each channel with its counts, in the order of [`State::ALL`].
    channels: Vec<(Channel, Vec<Count>)>,
    states: [State; 3],
    asked: OutboxAsked,
    next: Option<String>,
    places: Places,
    roll: Arc<Roll>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates give references to fields")]
impl Show<'_> {
    fn channel(&self, channel: &Channel) -> String {
        words::word(self.s, "notices-channel-", channel.as_str())
    }

    fn state(&self, state: &State) -> String {
        words::word(self.s, "notices-state-", state.as_str())
    }

    fn kind(&self, line: &OutboxLine) -> String {
        words::kind(self.s, line.kind)
    }

    fn place(&self, line: &OutboxLine) -> String {
        words::place(self.s, &self.places, &self.roll, &line.about)
    }

    fn receiver(&self, line: &OutboxLine) -> String {
        receiver(self.s, line)
    }

    fn fault(&self, line: &OutboxLine) -> Option<String> {
        let fault = line.fault.filter(|_| line.state != State::Sent)?;
        Some(words::word(self.s, "notices-why-", fault.as_str()))
    }

    fn has(&self, channel: &Channel) -> bool {
        self.s.state.ways.has(*channel)
    }

    fn asks(&self, channel: &Channel) -> bool {
        self.asked.channel == Some(*channel)
    }

    fn asks_state(&self, state: &State) -> bool {
        self.asked.state == Some(*state)
    }
}

/// For whom a message is: the login of an account, the address of a program; a resident is not named.
fn receiver(s: &Shell, line: &OutboxLine) -> String {
    let named = line.login.clone().or_else(|| line.url.clone());
    named.unwrap_or_else(|| s.t("notices-a-person").to_owned())
}

/// What the query asks for: `?channel=`, `?state=`, `?webhook=`, `?after=` and `?id=`.
fn asked(s: &Shell) -> Result<OutboxAsked, Fault> {
    let channel = s.asked("channel").map(|name| Channel::parse(&name).ok_or(Fault::Absent)).transpose()?;
    let state = s.asked("state").map(|name| State::parse(&name).ok_or(Fault::Absent)).transpose()?;
    let id = |name: &str| s.asked(name).map(|id| Uuid::parse_str(&id).map_err(|_| Fault::Bad)).transpose();
    let webhook = id("webhook")?.map(WebhookId::from_uuid);
    let after = match (s.asked("after"), id("id")?) {
        (Some(at), Some(id)) => {
            let at = at.parse().map(Instant::from_millis).map_err(|_| Fault::Bad)?;
            Some((at, OutboxId::from_uuid(id)))
        }
        _ => None,
    };
    Ok(OutboxAsked { channel, state, webhook, after })
}

/// GET `/desk/outbox`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let asked = asked(&s)?;
    let (counts, (lines, more), places, roll) = s.state.read(|tx| {
        Ok((
            notices::counts(tx, &s.actor)?,
            notices::outbox(tx, &s.actor, asked, PAGE)?,
            Places::read(&s, tx, s.today())?,
            s.state.memory.roll(tx, s.today())?,
        ))
    })?;
    let of = |channel| counts.iter().filter(|it| it.channel == channel).copied().collect();
    let channels = Channel::ALL.map(|channel| (channel, of(channel))).to_vec();
    let next = lines.last().filter(|_| more).map(|last| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let filters = [
            ("channel", asked.channel.map(|it| it.as_str().to_owned())),
            ("state", asked.state.map(|it| it.as_str().to_owned())),
            ("webhook", asked.webhook.map(|it| it.to_string())),
            ("after", Some(last.made.millis().to_string())),
            ("id", Some(last.id.to_string())),
        ];
        for (name, value) in filters {
            query.extend_pairs(value.map(|value| (name, value)));
        }
        format!("/desk/outbox?{}", query.finish())
    });
    s.html(&Show { s: &s, lines, channels, states: State::ALL, asked, next, places, roll })
}

#[derive(Template)]
#[template(path = "notices/message.html")]
struct Sheet<'a> {
    s: &'a Shell,
    line: OutboxLine,
    tries: Vec<Try>,
    may_replay: bool,
    faults: Faults,
    done: bool,
}

impl Sheet<'_> {
    fn kind(&self) -> String {
        words::kind(self.s, self.line.kind)
    }

    fn channel(&self) -> String {
        words::word(self.s, "notices-channel-", self.line.channel.as_str())
    }

    fn state(&self) -> String {
        words::word(self.s, "notices-state-", self.line.state.as_str())
    }

    fn receiver(&self) -> String {
        receiver(self.s, &self.line)
    }

    fn waits(&self) -> bool {
        self.line.state == State::Waiting
    }

    fn outcome(&self, it: &Try) -> String {
        match it.fault {
            None => self.s.t("notices-taken").to_owned(),
            Some(why) => words::word(self.s, "notices-why-", why.as_str()),
        }
    }
}

fn page(s: &Shell, status: StatusCode, id: OutboxId, faults: Faults) -> kit::Result {
    let found = s.state.read(|tx| notices::outbox_sheet(tx, &s.actor, id))?;
    let (line, tries) = found.ok_or(Fault::Absent)?;
    let may_replay = line.state != State::Waiting && may(&s.actor, Action::OutboxReplay, s.actor.scope());
    let done = s.asked("done").is_some();
    s.html_with(status, &Sheet { s, line, tries, may_replay, faults, done })
}

fn read(id: &str) -> Result<OutboxId, Fault> {
    Uuid::parse_str(id).map(OutboxId::from_uuid).map_err(|_| Fault::Absent)
}

/// GET `/desk/outbox/{id}`.
pub(super) async fn sheet(s: Shell, Path(id): Path<String>) -> kit::Result {
    page(&s, StatusCode::OK, read(&id)?, Faults::none())
}

/// POST the same: sends it once more.
pub(super) async fn replay(s: Shell, Path(id): Path<String>, posted: Posted) -> kit::Result {
    let id = read(&id)?;
    let wall = s.state.wall();
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        notices::replay(tx, call, id, wall)?;
        Ok(format!("/desk/outbox/{id}?done=replay"))
    });
    s.after(done, |faults| page(&s, StatusCode::UNPROCESSABLE_ENTITY, id, faults))
}
