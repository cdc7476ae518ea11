//! Which posts a person held: what they may ask of what is known of them.

use base::Day;
use db::{Tx, params};
use serde_json::{Value as Json, json};

use super::store;
use crate::kit::{PersonId, PostId, Result, StationId};

/// Does a person hold a post on a day or later? Asks no permission: not for outside `district`.
pub(crate) fn works_from(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<bool> {
    Ok(tx.find(&store::WORKS_FROM, params![person, day])?.is_some())
}

/// Every post of a person, the earliest first: station, title, first day, day after the last. Asks no permission: it is
/// for the person.
pub(crate) fn posts_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Json>> {
    tx.query(&store::POSTS_OF_PERSON, params![person])?
        .iter_mut()
        .map(|row| {
            let (station, title): (String, String) = (row.get(0)?, row.get(1)?);
            let (from, to): (Day, Option<Day>) = (row.get(2)?, row.get(3)?);
            Ok(json!({
                "station": station, "title": title,
                "from": from.to_string(), "to": to.map(|to| to.to_string()),
            }))
        })
        .collect()
}

/// The posts of a station that somebody holds on a day, each with who holds it, by pseudonym. Asks no permission: not for
/// outside `district`.
pub(crate) fn held_posts(tx: &mut Tx<'_>, station: StationId, day: Day) -> Result<Vec<(PostId, PersonId)>> {
    let mut held: Vec<(PostId, PersonId)> = Vec::new();
    for mut row in tx.query(&store::HELD_POSTS, params![station, day])? {
        let (post, person) = (row.get(0)?, row.get(1)?);
        if held.last().is_none_or(|(last, _)| *last != post) {
            held.push((post, person));
        }
    }
    Ok(held)
}
