//! The desk: what people who work find in the morning.

mod load;

use askama::Template;
use district::desk::{self, Desk, Due, OpenToday, Own, Task};
use district::people::Action;
use district::register::Snapshot;
use district::stations::rules::Shift;

use crate::kit::{self, Access, Door, Routes, Shell};

/// Communities that a task names, so that the first can be opened at once.
const NAMED: usize = 5;

/// What the band has no place for: an address, the message with its name, who may.
const MORE: [(&str, &str, Action); 6] = [
    ("/desk/load", "desk-load", Action::LoadRead),
    ("/desk/letters", "joining-letters", Action::LetterPrint),
    ("/desk/owners", "joining-owners", Action::OwnerCheck),
    ("/desk/matters/hotline", "hotline-title", Action::MatterSteer),
    ("/desk/matters/templates", "matters-templates", Action::AnswerKeep),
    ("/desk/outbox", "notices-outbox", Action::OutboxRead),
];

pub(crate) fn routes() -> Routes {
    Routes::new().get("/desk", Access::SignedIn, show).room(Door::Desk, 0, "/desk", "desk-room").get(
        "/desk/load",
        Access::May(Action::LoadRead),
        load::show,
    )
}

/// Work that waits, in words.
struct Line {
    words: String,
    why: &'static str,
    /// Where its list is; a task that names its communities has none.
    href: Option<&'static str>,
    communities: Vec<(String, String)>,
    more: Option<String>,
    late: bool,
}

#[derive(Template)]
#[template(path = "desk/show.html")]
struct Show<'a> {
    s: &'a Shell,
    /// Where else the reader works, that has no place in the band: an address and the message with its name.
    more: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    desk: &'a Desk,
}

#[expect(clippy::unused_self, reason = "templates call methods")]
impl Show<'_> {
    fn hours(&self, shift: &Shift) -> String {
        kit::hours(shift.from, shift.to)
    }

    fn reached(&self, own: &Own) -> Option<&str> {
        own.reached.map(|step| self.s.t(crate::coverage::step_message(step)))
    }

    fn kind(&self, own: &Own) -> &str {
        self.s.t(kit::kind_message(own.community.kind))
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.desk.points.is_empty() && self.desk.communities.is_empty()
    }

    /// The station's name, where the point does not say it.
    fn of_station(&self, open: &OpenToday) -> String {
        self.s.name(&open.station.name, &open.station.name_en).into_owned()
    }
}

/// The message with its count, why it comes here, where its list is.
fn words(task: Task) -> (&'static str, &'static str, Option<&'static str>) {
    match task {
        Task::MattersOverdue => ("matters-by-now", "matters-why-now", Some("/desk/matters?queue=overdue")),
        Task::MattersToday => ("matters-today-now", "matters-why-now", Some("/desk/matters?queue=today")),
        Task::VisitsToday => ("desk-visits-today", "desk-why-visits-today", Some("/desk/visits?left=yes")),
        Task::VisitsWaiting => ("desk-visits-waiting", "desk-why-visits-waiting", Some("/desk/visits/inbox")),
        Task::MattersExtension => {
            ("matters-extension-now", "matters-why-extension", Some("/desk/matters?queue=extension"))
        }
        Task::MattersCallBack => {
            ("matters-call-back-now", "matters-why-call-back", Some("/desk/matters?queue=call-back"))
        }
        Task::GapsOverdue => {
            ("desk-gaps-overdue", "desk-why-overdue", Some("/district/gaps?standing=overdue#gap"))
        }
        Task::ReferralsOverdue => {
            ("desk-referrals-overdue", "desk-why-referrals", Some("/desk/referrals?show=overdue"))
        }
        Task::RoundsLate => ("visits-rounds-late", "visits-why-late", Some("/desk/visits/late")),
        Task::Proposals => ("desk-proposals", "desk-why-proposals", Some("/district/register/proposals")),
        Task::FormsAwaited => ("desk-forms", "desk-why-forms", None),
        Task::GapsHandedOut => {
            ("desk-gaps-handed-out", "desk-why-handed-out", Some("/district/gaps?standing=handed-out#gap"))
        }
        Task::GapsListed => {
            ("desk-gaps-listed", "desk-why-listed", Some("/district/gaps?standing=listed#gap"))
        }
        Task::GapsThere => ("desk-gaps-there", "desk-why-there", Some("/district/gaps?standing=there#gap")),
        Task::Unlocated => ("desk-unlocated", "desk-why-unlocated", Some("/district/register?located=no")),
    }
}

fn line(s: &Shell, due: &Due, community: &dyn Fn(district::kit::CommunityId) -> Option<Snapshot>) -> Line {
    let (message, why, href) = words(due.task);
    let named = due.communities.iter().take(NAMED).filter_map(|id| community(*id));
    let rest = due.communities.len().saturating_sub(NAMED);
    Line {
        words: s.t1(message, "count", due.count),
        why,
        href,
        communities: named
            .map(|it| {
                let path = format!("/communities/{}/prescription", it.code);
                (s.name(&it.name, &it.name_en).into_owned(), path)
            })
            .collect(),
        more: (rest > 0).then(|| s.t1("desk-more", "count", rest)),
        late: matches!(
            due.task,
            Task::GapsOverdue | Task::MattersOverdue | Task::ReferralsOverdue | Task::RoundsLate
        ),
    }
}

async fn show(s: Shell) -> kit::Result {
    let (desk, roll) = s.state.read(|tx| {
        let desk = desk::today(tx, &s.actor, &s.state.memory, s.today())?;
        Ok((desk, s.state.memory.roll(tx, s.today())?))
    })?;
    let community = |id| roll.get(id).cloned();
    let lines = desk.due.iter().map(|due| line(&s, due, &community)).collect();
    let mut more = MORE.to_vec();
    more.retain(|(_, _, action)| s.may_use(Access::May(*action)));
    let more = more.into_iter().map(|(href, name, _)| (href, name)).collect();
    s.html_with_script(&Show { s: &s, more, lines, desk: &desk })
}
