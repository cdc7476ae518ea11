//! What households need, in sums over a part of the district: never of fewer than five households.

use std::collections::HashMap;

use base::Day;
use db::{Tx, params};

use super::rules::{Category, LEAST_HOUSEHOLDS};
use super::{scope_of, store};
use crate::Memory;
use crate::kit::{Actor, CommunityId, Error, Result};
use crate::people::{Action, authorise, may};

/// Days looked back: a quarter.
pub const THEME_DAYS: i64 = 90;

/// What some households need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// What.
    pub category: Category,
    /// How many households; `None`: fewer than five, and so not said.
    pub households: Option<i64>,
}

/// What households of the reader's part needed in the quarter up to a day, what most need first. What nobody needs is not
/// named; what fewer than five need is named without a number, last.
pub fn themes(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<Vec<Theme>> {
    authorise(actor, Action::VisitThemes, actor.scope())?;
    let mut counts: HashMap<Category, i64> = HashMap::new();
    for mut row in tx.query(&store::THEMES, params![day - THEME_DAYS, day])? {
        let community: CommunityId = row.get(0)?;
        if !may(actor, Action::VisitThemes, scope_of(tx, memory, community, day)?) {
            continue;
        }
        let name: String = row.get(1)?;
        let category =
            Category::parse(&name).ok_or_else(|| Error::Internal(format!("nobody needs “{name}”")))?;
        *counts.entry(category).or_default() += row.get::<i64>(2)?;
    }
    let mut themes: Vec<Theme> = counts
        .into_iter()
        .map(|(category, count)| Theme { category, households: (count >= LEAST_HOUSEHOLDS).then_some(count) })
        .collect();
    themes.sort_by_key(|it| (std::cmp::Reverse(it.households), it.category));
    Ok(themes)
}
