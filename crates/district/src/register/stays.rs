//! Where a person lived: what they may ask of what is known of them.

use base::Day;
use db::{Tx, params};
use serde_json::{Value as Json, json};

use super::store;
use crate::kit::{PersonId, Result};

/// Does a person live in a dwelling on a day or later? Asks no permission: not for outside `district`.
pub(crate) fn lives_from(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<bool> {
    Ok(tx.find(&store::LIVES_FROM, params![person, day])?.is_some())
}

/// Every stay of a person, the earliest first: community, building, flat, first day, day after the last. Asks no
/// permission: it is for the person.
pub(crate) fn stays_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Json>> {
    tx.query(&store::STAYS_OF, params![person])?
        .iter_mut()
        .map(|row| {
            let place: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
            let [community, building, flat] = place;
            let (from, to): (Day, Option<Day>) = (row.get(3)?, row.get(4)?);
            Ok(json!({
                "community": community, "building": building, "flat": flat,
                "from": from.to_string(), "to": to.map(|to| to.to_string()),
            }))
        })
        .collect()
}
