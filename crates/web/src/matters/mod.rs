//! Matters (诉求) in the browser: the three steps of a report, the public clock, the desk of whoever works on them, the
//! scorecard, and the sheets of codes that hang on doors.

mod codes;
mod desk;
mod follow;
mod photos;
mod report;
mod scores;
mod sheet;
mod take;
mod templates;

use base::Day;
use db::Tx;
use district::kit::{BuildingId, CommunityId};
use district::matters::{self, Category, Happened, Holder, Life, Secret, State, tree};
use district::people::Action;
use district::register::{Remit, Snapshot};

use crate::kit::{self, Access, Door, Fault, Posted, Routes, Shell};
use photos::{MOST_BYTES, photos_hint};

pub(crate) fn routes() -> Routes {
    let read = Access::May(Action::MatterRead);
    let (handle, keep) = (Access::May(Action::MatterHandle), Access::May(Action::AnswerKeep));
    Routes::new()
        .get("/matters", Access::Public, follow::list)
        .room(Door::Public, 20, "/matters", "matters-room")
        .get("/matters/new", Access::Public, report::show)
        .upload("/matters/new", Access::Public, MOST_BYTES, report::send)
        .get("/matters/{code}", Access::Public, follow::show)
        .upload("/matters/{code}", Access::SignedIn, MOST_BYTES, follow::step)
        .get("/matters/{code}/{secret}", Access::Public, follow::show_own)
        .upload("/matters/{code}/{secret}", Access::Public, MOST_BYTES, follow::step_own)
        .get("/matters/{code}/photos/{photo}", Access::Public, photos::show)
        .post("/matters/{code}/photos/{photo}", Access::SignedIn, photos::remove)
        .get("/matters/{code}/{secret}/photos/{photo}", Access::Public, photos::show_own)
        .post("/matters/{code}/{secret}/photos/{photo}", Access::Public, photos::remove_own)
        .get("/desk/matters", read, desk::show)
        .room(Door::Desk, 5, "/desk/matters", "matters-room-desk")
        .get("/desk/matters/list/{form}", read, desk::file)
        .get("/desk/matters/new", handle, take::show)
        .upload("/desk/matters/new", handle, MOST_BYTES, take::send)
        .get("/desk/matters/codes", read, codes::show)
        .get("/desk/matters/templates", keep, templates::show)
        .post("/desk/matters/templates", keep, templates::change)
        .get("/desk/matters/scores", read, scores::show)
        .get("/desk/matters/{code}", read, sheet::show)
        .upload("/desk/matters/{code}", handle, MOST_BYTES, sheet::step)
        .post("/desk/matters/{code}/photos", Access::May(Action::MatterSteer), sheet::clear)
        .get("/desk/matters/{code}/photos/{photo}", read, photos::show_desk)
        .post("/desk/matters/{code}/photos/{photo}", handle, sheet::remove)
        .post("/desk/matters/{code}/reporter", handle, sheet::reveal)
}

/// Organisations that a matter of the operator's is with, by their kind in the register.
const OPERATORS: [&str; 3] = ["property_manager", "rental_operator", "mall_manager"];

/// What the pages of one community's matters name.
struct Around {
    community: Snapshot,
    /// Who holds on each level, in words, in the order of [`Holder::ALL`].
    holders: Vec<String>,
    /// The number of each building.
    buildings: Vec<(BuildingId, String)>,
}

impl Around {
    /// As of today; of a community that has left the list, as of the day on which the matter came in.
    fn read(s: &Shell, tx: &mut Tx<'_>, of: CommunityId, received: Day) -> district::kit::Result<Self> {
        let memory = &s.state.memory;
        let today = memory.roll(tx, s.today())?.get(of).cloned();
        let (community, day) = if let Some(community) = today {
            (community, s.today())
        } else {
            let then = memory.roll(tx, received)?.get(of).cloned();
            (then.ok_or(district::Error::Absent("community"))?, received)
        };
        let record = memory.record(tx, community.id, day)?;
        let operates = |it: &&Remit| it.to.is_none_or(|to| to > day) && OPERATORS.contains(&it.kind.as_str());
        let operator = record.remits.iter().find(operates);
        let operator = operator.map(|it| s.name(&it.name, &it.name_en).into_owned());
        let station = memory.served_by(tx, community.id, day)?;
        let station = station.map(|it| s.name(&it.station.name, &it.station.name_en).into_owned());
        let places = kit::Places::read(s, tx, day)?;
        let grid = community.grid.map(|grid| places.grid_name(s, grid));
        let town = places.town_name(s, community.town);
        let named = [operator, station, grid, Some(town), Some(s.district().into_owned())];
        let holders = Holder::ALL.iter().zip(named);
        let holders = holders
            .map(|(holder, name)| {
                name.filter(|name| !name.is_empty())
                    .unwrap_or_else(|| s.t(holder_message(*holder)).to_owned())
            })
            .collect();
        let buildings = memory.buildings(tx, community.id, day)?;
        let buildings = buildings.iter().map(|it| (it.id, it.number.clone())).collect();
        Ok(Self { community, holders, buildings })
    }

    /// Who holds on a level.
    fn holder(&self, holder: Holder) -> &str {
        self.holders.get(holder as usize).map_or("", String::as_str)
    }

    fn building(&self, id: Option<BuildingId>) -> Option<&str> {
        let id = id?;
        self.buildings.iter().find(|(known, _)| *known == id).map(|(_, number)| number.as_str())
    }

    fn name(&self, s: &Shell) -> String {
        s.name(&self.community.name, &self.community.name_en).into_owned()
    }
}

/// The name of a category.
fn category<'a>(s: &'a Shell, code: &str) -> std::borrow::Cow<'a, str> {
    let node: Option<&'static Category> = tree().get(code);
    node.map_or_else(Default::default, |node| s.name(&node.name, &node.name_en))
}

fn holder_message(holder: Holder) -> &'static str {
    match holder {
        Holder::Operator => "matters-holder-operator",
        Holder::Station => "matters-holder-station",
        Holder::Grid => "matters-holder-grid",
        Holder::Town => "matters-holder-town",
        Holder::District => "matters-holder-district",
    }
}

fn state_message(state: State) -> &'static str {
    match state {
        State::Received => "matters-state-received",
        State::Accepted => "matters-state-accepted",
        State::InProgress => "matters-state-in-progress",
        State::Suspended => "matters-state-suspended",
        State::Answered => "matters-state-answered",
        State::Closed => "matters-state-closed",
        State::NotAccepted => "matters-state-not-accepted",
        State::Withdrawn => "matters-state-withdrawn",
        State::Merged => "matters-state-merged",
    }
}

/// What stands under a state: how it was closed.
fn outcome_message(life: &Life) -> Option<&'static str> {
    Some(match life.outcome? {
        matters::Outcome::Confirmed => "matters-outcome-confirmed",
        matters::Outcome::Unconfirmed => "matters-outcome-unconfirmed",
        matters::Outcome::CalledBack => "matters-outcome-called-back",
    })
}

/// A sign of time: its class, its icon, its words.
struct Sign {
    class: &'static str,
    icon: &'static str,
    words: String,
}

/// How a matter stands to its clock on a day.
fn sign(s: &Shell, state: State, (due, late): (Day, bool), day: Day) -> Sign {
    let sign = |class, icon, words: String| Sign { class, icon, words };
    match state {
        it if it.runs() && due < day => sign("late", "i-late", s.t1("matters-days-late", "days", day - due)),
        it if it.runs() && due == day => sign("due", "i-due", s.t("matters-due-today").to_owned()),
        it if it.runs() => sign("open", "i-open", s.t1("matters-days-left", "days", due - day)),
        State::Suspended => sign("hold", "i-hold", s.t("matters-state-suspended").to_owned()),
        State::Answered => sign("hold", "i-key", s.t("matters-state-answered").to_owned()),
        State::Closed if late => sign("unsure", "i-ok", s.t("matters-closed-late").to_owned()),
        State::Closed => sign("ok", "i-ok", s.t("matters-state-closed").to_owned()),
        other => sign("unsure", "i-unsure", s.t(state_message(other)).to_owned()),
    }
}

/// What happened, in words.
fn happened(s: &Shell, around: &Around, it: &Happened) -> String {
    let message = match it.step.as_str() {
        "receive" => "matters-did-receive",
        "accept" => "matters-did-accept",
        "begin" => "matters-did-begin",
        "contact" => "matters-did-contact",
        "answer" => "matters-did-answer",
        "confirm" if it.role == "neighbour" => "matters-did-confirm-neighbour",
        "confirm" => "matters-did-confirm",
        "reopen" => "matters-did-reopen",
        "return" => "matters-did-return",
        "assign" => "matters-did-assign",
        "suspend" => "matters-did-suspend",
        "resume" => "matters-did-resume",
        "refuse" => "matters-did-refuse",
        "withdraw" => "matters-did-withdraw",
        "ask-extension" => "matters-did-ask-extension",
        "extend" => "matters-did-extend",
        "keep-term" => "matters-did-keep-term",
        "merge" => "matters-did-merge",
        "unmerge" => "matters-did-unmerge",
        "call-back" => "matters-did-call-back",
        "clear" => "matters-did-clear",
        "hide" => "matters-did-hide",
        "remind" => "matters-did-remind",
        "join" => "matters-did-join",
        "silence" => "matters-did-silence",
        _ => "matters-did-note",
    };
    s.t1(message, "holder", around.holder(it.holder))
}

/// The reason of a step, in words.
fn reason(s: &Shell, it: &Happened) -> Option<String> {
    let code = it.reason.as_deref()?;
    let known = matters::ReturnReason::parse(code).map(return_message);
    let known = known.or_else(|| matters::SuspendReason::parse(code).map(suspend_message));
    let known = known.or_else(|| matters::Ground::parse(code).map(ground_message))?;
    let words = s.t(known).to_owned();
    Some(match it.until {
        Some(until) => s.t2("matters-reason-until", ("reason", words), ("day", until.to_string())),
        None => words,
    })
}

/// What is asked after the second key.
fn question_message(question: matters::Question) -> &'static str {
    match question {
        matters::Question::Speed => "matters-survey-speed",
        matters::Question::Manner => "matters-survey-manner",
        matters::Question::Result => "matters-survey-result",
    }
}

/// What can be answered to it.
fn level_message(question: matters::Question, level: matters::Level) -> &'static str {
    use matters::{Level, Question};
    match (question, level) {
        (Question::Speed, Level::Good) => "matters-survey-speed-good",
        (Question::Speed, Level::Fair) => "matters-survey-speed-fair",
        (Question::Speed, Level::Poor) => "matters-survey-speed-poor",
        (Question::Manner, Level::Good) => "matters-survey-manner-good",
        (Question::Manner, Level::Fair) => "matters-survey-manner-fair",
        (Question::Manner, Level::Poor) => "matters-survey-manner-poor",
        (Question::Result, Level::Good) => "matters-survey-result-good",
        (Question::Result, Level::Fair) => "matters-survey-result-fair",
        (Question::Result, Level::Poor) => "matters-survey-result-poor",
    }
}

fn return_message(reason: matters::ReturnReason) -> &'static str {
    match reason {
        matters::ReturnReason::NotMine => "matters-return-not-mine",
        matters::ReturnReason::WrongPlace => "matters-return-wrong-place",
        matters::ReturnReason::WrongCategory => "matters-return-wrong-category",
    }
}

fn suspend_message(reason: matters::SuspendReason) -> &'static str {
    match reason {
        matters::SuspendReason::OwnersVote => "matters-suspend-owners-vote",
        matters::SuspendReason::Works => "matters-suspend-works",
        matters::SuspendReason::Proceedings => "matters-suspend-proceedings",
        matters::SuspendReason::Away => "matters-suspend-away",
    }
}

fn ground_message(ground: matters::Ground) -> &'static str {
    match ground {
        matters::Ground::Court => "matters-ground-court",
        matters::Ground::Enforcement => "matters-ground-enforcement",
        matters::Ground::Elsewhere => "matters-ground-elsewhere",
        matters::Ground::Decided => "matters-ground-decided",
    }
}

fn source_message(source: matters::Source) -> &'static str {
    match source {
        matters::Source::Resident => "matters-source-resident",
        matters::Source::Worker => "matters-source-worker",
        matters::Source::Telephone => "matters-source-telephone",
        matters::Source::Hotline => "matters-source-hotline",
        matters::Source::Open311 => "matters-source-open311",
    }
}

/// The key in the own address of whoever sent a form: made of the form's own key, so that the same form has the same address
/// and none lies in the database.
fn secret_of(s: &Shell, posted: &Posted) -> Secret {
    let derived = s.state.derived(posted, b"lilong matter");
    let mut key = [0; 16];
    key.copy_from_slice(&derived[..16]);
    Secret::new(key)
}

/// Where a matter is followed: by its code, or by the key of whoever asked.
fn address(code: &str, secret: Option<&Secret>) -> String {
    secret.map_or_else(|| format!("/matters/{code}"), |it| format!("/matters/{code}/{}", it.text()))
}

/// The categories that can be chosen, under the ones that group them.
fn choices(s: &Shell) -> Vec<(String, Vec<(&'static str, String)>)> {
    let named = |node: &'static Category| s.name(&node.name, &node.name_en).into_owned();
    let below = |root: &'static Category| {
        tree().below(&root.code).map(|leaf| (leaf.code.as_str(), named(leaf))).collect()
    };
    tree().roots().map(|root| (named(root), below(root))).collect()
}

/// The community of a code or an id.
fn community_of(s: &Shell, key: &str) -> Result<Option<Snapshot>, Fault> {
    let roll = s.state.read(|tx| s.state.memory.roll(tx, s.today()))?;
    Ok(roll.communities().iter().find(|it| it.code == key).cloned())
}
