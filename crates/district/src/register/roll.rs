//! The roll (名册): every community of the list on a day, in memory. Coverage, the handbook and the plan start from it,
//! and every list of communities is cut from it: a district has a few hundred of them, at most a few thousand, so that
//! looking through all costs less than asking the database for some.

use std::cmp::Reverse;

use base::Day;
use db::Tx;
use handbook::{CommunityKind, GovernanceMode};

use super::Snapshot;
use super::rules::folded;
use super::snapshot::snapshot;
use crate::kit::{CommunityId, GridId, Result, Scope, TownId};

/// The communities of the list on a day.
#[derive(Debug)]
pub struct Roll {
    /// In the order of their ids.
    communities: Vec<Snapshot>,
    /// What each is found by, in the same order: names, pinyin, code, address; folded, a line each.
    found_by: Vec<String>,
}

/// What readers ask of the roll.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Of this part of the district.
    pub part: Option<Scope>,
    /// Of this town.
    pub town: Option<TownId>,
    /// Of this grid.
    pub grid: Option<GridId>,
    /// Of this kind.
    pub kind: Option<CommunityKind>,
    /// Governed in this mode.
    pub mode: Option<GovernanceMode>,
    /// Words in name, pinyin, English name, code or address.
    pub words: String,
    /// On the map or not yet.
    pub located: Option<bool>,
    /// In this order.
    pub order: Order,
    /// Largest first.
    pub descending: bool,
    /// Go on after this row.
    pub after: Option<(Key, CommunityId)>,
    /// At most so many; `None` for all.
    pub limit: Option<usize>,
}

/// An order of the list; communities that are equal in it follow by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Order {
    #[default]
    Name,
    Code,
    Planned,
    Dwellings,
    Households,
}

impl Order {
    /// All orders.
    pub const ALL: [Self; 5] = [Self::Name, Self::Code, Self::Planned, Self::Dwellings, Self::Households];

    /// The name in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Code => "code",
            Self::Planned => "planned",
            Self::Dwellings => "dwellings",
            Self::Households => "households",
        }
    }

    /// The order of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == name)
    }

    /// Where a community stands in it. No planned capacity stands before a planned one of 0.
    pub fn key(self, community: &Snapshot) -> Key {
        match self {
            Self::Name => Key::Text(community.sort_key.clone()),
            Self::Code => Key::Text(community.code.clone()),
            Self::Planned => Key::Number(community.planned_households.unwrap_or(-1)),
            Self::Dwellings => Key::Number(community.dwellings),
            Self::Households => Key::Number(community.households),
        }
    }

    fn borrowed(self, community: &Snapshot) -> (i64, &str) {
        match self {
            Self::Name => (0, &community.sort_key),
            Self::Code => (0, &community.code),
            Self::Planned => (community.planned_households.unwrap_or(-1), ""),
            Self::Dwellings => (community.dwellings, ""),
            Self::Households => (community.households, ""),
        }
    }
}

/// Where a row stands in its order; with the id, where the next page goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Key {
    Number(i64),
    Text(String),
}

impl Key {
    fn borrowed(&self) -> (i64, &str) {
        match self {
            Self::Number(number) => (*number, ""),
            Self::Text(text) => (0, text),
        }
    }
}

/// A page of the roll.
#[derive(Debug)]
pub struct Page<'a> {
    /// The rows.
    pub rows: Vec<&'a Snapshot>,
    /// How many the filters leave in all.
    pub count: usize,
    /// Are there more after these?
    pub more: bool,
}

impl Roll {
    /// Reads the roll of a day. Asks no permission: pages show of it what the reader may see.
    pub fn read(tx: &mut Tx<'_>, day: Day) -> Result<Self> {
        let communities = snapshot(tx, day)?;
        let found_by = communities.iter().map(found_by).collect();
        Ok(Self { communities, found_by })
    }

    /// All of them, in the order of their ids.
    pub fn communities(&self) -> &[Snapshot] {
        &self.communities
    }

    /// One of them.
    pub fn get(&self, id: CommunityId) -> Option<&Snapshot> {
        self.communities.binary_search_by_key(&id, |it| it.id).ok().map(|place| &self.communities[place])
    }

    /// What a reader asked for.
    pub fn list(&self, ask: &Ask) -> Page<'_> {
        let words = folded(&ask.words);
        let mut rows: Vec<&Snapshot> = self
            .communities
            .iter()
            .zip(&self.found_by)
            .filter(|(community, found_by)| ask.has(community) && found_by.contains(&words))
            .map(|(community, _)| community)
            .collect();
        let count = rows.len();
        let place = |community: &Snapshot| community.id;
        if ask.descending {
            rows.sort_unstable_by_key(|it| Reverse((ask.order.borrowed(it), place(it))));
        } else {
            rows.sort_unstable_by_key(|it| (ask.order.borrowed(it), place(it)));
        }
        if let Some((key, id)) = &ask.after {
            let after = (key.borrowed(), *id);
            rows.retain(|it| {
                let at = (ask.order.borrowed(it), it.id);
                if ask.descending { at < after } else { at > after }
            });
        }
        let limit = ask.limit.unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        Page { rows, count, more }
    }
}

impl Ask {
    fn has(&self, community: &Snapshot) -> bool {
        let (town, grid, community_id) = (community.town, community.grid, community.id);
        let place = Scope::Community { town, grid, community: community_id };
        self.part.is_none_or(|part| part.covers(place))
            && self.town.is_none_or(|town| community.town == town)
            && self.grid.is_none_or(|grid| community.grid == Some(grid))
            && self.kind.is_none_or(|kind| community.kind == kind)
            && self.mode.is_none_or(|mode| community.modes.contains(&mode))
            && self.located.is_none_or(|located| community.position.is_some() == located)
    }
}

/// Folded words have no blanks, and so none reaches from one line into the next.
fn found_by(community: &Snapshot) -> String {
    let pinyin = community.sort_key.replace(' ', "");
    let texts = [&community.name, &community.name_en, &community.code, &community.address];
    texts.into_iter().fold(pinyin, |all, text| all + "\n" + &folded(text))
}
