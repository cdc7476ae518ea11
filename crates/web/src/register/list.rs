//! The list of communities: a search for anyone; filters, order, pages and a day for officers.

use askama::Template;
use base::Day;
use district::kit::{CommunityId, Scope, TownId};
use district::people::{Action, authorise, may};
use district::register::{self, Ask, Bridge, Key, Order, Page, Snapshot};
use handbook::{CommunityKind, GovernanceMode};

use crate::kit::{self, Fault, Places, Shell};

/// Rows of a page: what a screen holds twice.
const PAGE: usize = 50;

/// What a reader of the list asked for.
struct Asked {
    day: Day,
    ask: Ask,
}

impl Asked {
    fn read(s: &Shell) -> Result<Self, Fault> {
        let bad = |_| Fault::Bad;
        let after = match (s.asked("after"), s.asked("id")) {
            (Some(value), Some(id)) => {
                Some((cursor(&value).ok_or(Fault::Bad)?, id.parse::<CommunityId>().map_err(|_| Fault::Bad)?))
            }
            _ => None,
        };
        let ask = Ask {
            part: None,
            town: s.asked("town").map(|text| text.parse()).transpose().map_err(|_| Fault::Bad)?,
            grid: s.asked("grid").map(|text| text.parse()).transpose().map_err(|_| Fault::Bad)?,
            kind: s.asked("kind").map(|code| CommunityKind::from_code(&code)).transpose().map_err(bad)?,
            mode: s.asked("mode").map(|code| GovernanceMode::from_code(&code)).transpose().map_err(bad)?,
            words: s.asked("q").unwrap_or_default(),
            located: s.asked("located").map(|text| text == "yes"),
            order: s
                .asked("sort")
                .map(|name| Order::parse(&name).ok_or(Fault::Bad))
                .transpose()?
                .unwrap_or_default(),
            descending: s.asked("order").as_deref() == Some("down"),
            after,
            limit: Some(PAGE),
        };
        Ok(Self { day: s.on()?, ask })
    }

    /// The same for anyone: found by name and town, in the order of names. Figures, governance modes and who lacks a
    /// place are for officers, and an order or a cursor by them would tell them too.
    fn public(self) -> Self {
        let Self { day, ask: Ask { town, words, after, limit, .. } } = self;
        let after = after.filter(|(key, _)| matches!(key, Key::Text(_)));
        Self { day, ask: Ask { town, words, after, limit, ..Ask::default() } }
    }

    /// This list with one thing changed; from its first page.
    fn with(s: &Shell, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (field, kept) in form_urlencoded::parse(s.query.as_bytes()) {
            if field != name && !matches!(&*field, "after" | "id" | "lang" | "care") && !kept.is_empty() {
                query.append_pair(&field, &kept);
            }
        }
        query.append_pair(name, value);
        format!("{}?{}", s.path, query.finish())
    }
}

/// What a list was asked for, its day and its filters, whole and not by pages: for exports.
pub(crate) fn asked(s: &Shell) -> Result<(Day, Ask), Fault> {
    let asked = Asked::read(s)?;
    Ok((asked.day, Ask { part: Some(s.actor.scope()), after: None, limit: None, ..asked.ask }))
}

/// A cursor as the address holds it: `n` and a number, or `t` and a text.
fn cursor(text: &str) -> Option<Key> {
    match text.split_at_checked(1)? {
        ("n", number) => number.parse().ok().map(Key::Number),
        ("t", words) => Some(Key::Text(words.to_owned())),
        _ => None,
    }
}

/// Where the next page goes on; `None` after the last.
fn next(s: &Shell, order: Order, page: &Page<'_>) -> Option<String> {
    let last = page.rows.last().filter(|_| page.more)?;
    let value = match order.key(last) {
        Key::Number(number) => format!("n{number}"),
        Key::Text(words) => format!("t{words}"),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (field, kept) in form_urlencoded::parse(s.query.as_bytes()) {
        if !matches!(&*field, "after" | "id" | "lang" | "care") && !kept.is_empty() {
            query.append_pair(&field, &kept);
        }
    }
    query.append_pair("after", &value).append_pair("id", &last.id.to_string());
    Some(format!("{}?{}", s.path, query.finish()))
}

#[derive(Template)]
#[template(path = "register/public.html")]
struct Public<'a> {
    s: &'a Shell,
    asked: &'a Asked,
    places: &'a Places,
    rows: &'a [&'a Snapshot],
    count: usize,
    next: Option<String>,
}

#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates call methods, and give references to fields"
)]
impl Public<'_> {
    fn town(&self, id: &TownId) -> String {
        self.places.town_name(self.s, *id)
    }

    fn of_town(&self, id: &TownId) -> bool {
        self.asked.ask.town == Some(*id)
    }

    fn kind(&self, kind: &CommunityKind) -> &'static str {
        kit::kind_message(*kind)
    }
}

/// GET `/communities`: find a community by name, pinyin, code or address.
pub(super) async fn public(s: Shell) -> kit::Result {
    let asked = Asked::read(&s)?.public();
    let memory = &s.state.memory;
    let (places, roll) =
        s.state.read(|tx| Ok((Places::read(&s, tx, asked.day)?, memory.roll(tx, asked.day)?)))?;
    let page = roll.list(&asked.ask);
    let next = next(&s, asked.ask.order, &page);
    s.html(&Public { s: &s, asked: &asked, places: &places, rows: &page.rows, count: page.count, next })
}

/// A column of the officers' list.
struct Column {
    order: Order,
    message: &'static str,
    number: bool,
}

const COLUMNS: [Column; 5] = [
    Column { order: Order::Name, message: "register-name", number: false },
    Column { order: Order::Code, message: "register-code", number: false },
    Column { order: Order::Planned, message: "register-planned", number: true },
    Column { order: Order::Dwellings, message: "register-dwellings", number: true },
    Column { order: Order::Households, message: "register-households", number: true },
];

#[derive(Template)]
#[template(path = "register/list.html")]
struct Officers<'a> {
    s: &'a Shell,
    asked: &'a Asked,
    places: &'a Places,
    rows: &'a [&'a Snapshot],
    count: usize,
    next: Option<String>,
    bridge: Option<&'a Bridge>,
}

#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates call methods, and give references to fields"
)]
impl Officers<'_> {
    fn files(&self) -> Vec<kit::table::FileLink> {
        kit::table::files("/district/exchange/list", &self.s.query, true)
    }

    fn may_export(&self) -> bool {
        self.s.may_use(kit::Access::May(Action::RegisterExport))
    }

    fn town(&self, id: &TownId) -> String {
        self.places.town_name(self.s, *id)
    }

    fn of_town(&self, id: &TownId) -> bool {
        self.asked.ask.town == Some(*id)
    }

    fn kind(&self, kind: &CommunityKind) -> &'static str {
        kit::kind_message(*kind)
    }

    fn of_kind(&self, kind: &CommunityKind) -> bool {
        self.asked.ask.kind == Some(*kind)
    }

    fn of_mode(&self, mode: &GovernanceMode) -> bool {
        self.asked.ask.mode == Some(*mode)
    }

    fn mode(&self, mode: &GovernanceMode) -> &'static str {
        mode_message(*mode)
    }

    fn columns(&self) -> &'static [Column] {
        &COLUMNS
    }

    /// `ascending`, `descending`, or nothing.
    fn sorted(&self, column: &Column) -> Option<&'static str> {
        (self.asked.ask.order == column.order).then_some(if self.asked.ask.descending {
            "descending"
        } else {
            "ascending"
        })
    }

    /// The list in the order of a column; the other way round when it is in that order already.
    fn sort(&self, column: &Column) -> String {
        let down = self.sorted(column).map_or(column.number, |_| !self.asked.ask.descending);
        let sorted = Asked::with(self.s, "sort", column.order.as_str());
        let sorted = sorted.replace("&order=down", "").replace("order=down&", "");
        if down { format!("{sorted}&order=down") } else { sorted }
    }

    /// How many entered and how many left in the month.
    fn changes(&self, bridge: &Bridge, entered: bool) -> i64 {
        i64::try_from(bridge.changes.iter().filter(|change| change.0 == entered).count()).unwrap_or(i64::MAX)
    }

    /// A day on which a community that entered or left was in the list.
    fn there(&self, change: &(bool, String, Day, String)) -> Day {
        if change.0 { change.2 } else { change.2 - 1 }
    }

    /// The day of the list, for the addresses of its rows; nothing for today.
    fn as_of(&self) -> String {
        let day = self.asked.day;
        if day == self.s.today() { String::new() } else { format!("?on={day}") }
    }

    fn planned(&self, row: &Snapshot) -> String {
        row.planned_households.map_or_else(|| "—".to_owned(), base::grouped)
    }
}

/// The message with the name of a governance mode.
pub(super) fn mode_message(mode: GovernanceMode) -> &'static str {
    match mode {
        GovernanceMode::Incorporated => "register-mode-incorporated",
        GovernanceMode::OwnCommittee => "register-mode-own-committee",
        GovernanceMode::PreparatoryGroup => "register-mode-preparatory-group",
        GovernanceMode::Custodial => "register-mode-custodial",
        GovernanceMode::Station => "register-mode-station",
    }
}

/// GET `/district/register`: the list as officers work with it, of their own part.
pub(super) async fn officers(s: Shell) -> kit::Result {
    let mut asked = Asked::read(&s)?;
    let scope = s.actor.scope();
    asked.ask.part = Some(scope);
    asked.ask.town = asked.ask.town.or(scope.town());
    let memory = &s.state.memory;
    let (places, roll, bridge) = s.state.read(|tx| {
        authorise(&s.actor, Action::RegisterRead, scope)?;
        // The number of a part smaller than a town is not explained: communities move between grids. And only that of
        // a part that the reader may read.
        let part = asked.ask.town.map_or(scope, Scope::Town);
        let explained =
            may(&s.actor, Action::RegisterRead, part) && matches!(part, Scope::District | Scope::Town(_));
        let bridge = explained.then(|| register::bridge(tx, asked.day, asked.ask.town)).transpose()?;
        Ok((Places::read(&s, tx, asked.day)?, memory.roll(tx, asked.day)?, bridge))
    })?;
    let page = roll.list(&asked.ask);
    let next = next(&s, asked.ask.order, &page);
    s.html(&Officers {
        s: &s,
        asked: &asked,
        places: &places,
        rows: &page.rows,
        count: page.count,
        next,
        bridge: bridge.as_ref(),
    })
}
