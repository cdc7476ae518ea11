//! One's own inbox.

use std::sync::Arc;

use askama::Template;
use base::{Instant, Uuid};
use district::kit::NoticeId;
use district::notices::{self, Inbox, InboxAsked, InboxLine, Kind};
use district::people::{Action, may};
use district::register::Roll;

use super::words;
use crate::kit::{self, Fault, Places, Posted, Shell, see_other};

/// Notices of a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "notices/inbox.html")]
struct Show<'a> {
    s: &'a Shell,
    inbox: Inbox,
    places: Places,
    roll: Arc<Roll>,
    asked: InboxAsked,
    /// The kinds that the filter offers: those that this reader may be told of.
    kinds: Vec<Kind>,
    next: Option<String>,
    /// Does the reader look after what is sent?
    sends: bool,
    /// Up to when the notices are that this page shows, in milliseconds.
    until: i64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::unused_self,
    reason = "templates call methods, with references to fields"
)]
impl Show<'_> {
    fn text(&self, line: &InboxLine) -> String {
        words::text(self.s, line.kind, &line.about)
    }

    fn kind(&self, kind: &Kind) -> String {
        words::kind(self.s, *kind)
    }

    fn chosen(&self, kind: &Kind) -> bool {
        self.asked.kind == Some(*kind)
    }

    fn place(&self, line: &InboxLine) -> String {
        words::place(self.s, &self.places, &self.roll, &line.about)
    }

    fn link(&self, line: &InboxLine) -> Option<String> {
        words::link(&line.about)
    }
}

/// What the query asks for: `?unread=yes`, `?kind=`, `?after=` and `?id=`.
fn asked(s: &Shell) -> Result<InboxAsked, Fault> {
    let kind = s.asked("kind").map(|name| Kind::parse(&name).ok_or(Fault::Absent)).transpose()?;
    let after = match (s.asked("after"), s.asked("id")) {
        (Some(at), Some(id)) => {
            let at = at.parse().map(Instant::from_millis).map_err(|_| Fault::Bad)?;
            Some((at, Uuid::parse_str(&id).map(NoticeId::from_uuid).map_err(|_| Fault::Bad)?))
        }
        _ => None,
    };
    Ok(InboxAsked { unread: s.asked("unread").is_some(), kind, after })
}

/// GET `/inbox`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let asked = asked(&s)?;
    let (inbox, places, roll) = s.state.read(|tx| {
        let inbox = notices::inbox(tx, &s.actor, asked, PAGE)?;
        Ok((inbox, Places::read(&s, tx, s.today())?, s.state.memory.roll(tx, s.today())?))
    })?;
    let next = inbox.lines.last().filter(|_| inbox.more).map(|last| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if asked.unread {
            query.append_pair("unread", "yes");
        }
        if let Some(kind) = asked.kind {
            query.append_pair("kind", kind.as_str());
        }
        query.append_pair("after", &last.made.millis().to_string());
        query.append_pair("id", &last.id.to_string());
        format!("/inbox?{}", query.finish())
    });
    let sends = may(&s.actor, Action::OutboxRead, s.actor.scope());
    let until = s.now().millis();
    let kinds = offered(&s);
    s.html(&Show { s: &s, inbox, places, roll, asked, kinds, next, sends, until })
}

/// The kinds that the reader's roles are told of.
pub(super) fn offered(s: &Shell) -> Vec<Kind> {
    let told = |kind: &Kind| s.actor.grants.iter().any(|grant| kind.roles().contains(&grant.role));
    Kind::ALL.iter().copied().filter(told).collect()
}

/// POST the same: `do` is `read` with `notice`, or `all` with `until`.
pub(super) async fn mark(s: Shell, posted: Posted) -> kit::Result {
    let to = match posted.fields.get("do") {
        "read" => {
            let id: NoticeId = posted.fields.id("notice")?;
            s.state.once(&s.actor, &posted, |tx, call| {
                notices::mark_read(tx, call, id)?;
                Ok("/inbox".to_owned())
            })?
        }
        "all" => {
            let until = posted.fields.get("until").parse().map(Instant::from_millis);
            let until = until.map_err(|_| Fault::Bad)?;
            s.state.once(&s.actor, &posted, |tx, call| {
                notices::mark_all_read(tx, call, until)?;
                Ok("/inbox".to_owned())
            })?
        }
        _ => return Err(Fault::Bad),
    };
    Ok(see_other(&to))
}
