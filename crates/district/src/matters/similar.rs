//! Matters that may be about the same: suggested to whoever steers, never merged by themselves.

use base::{Day, Instant};
use db::{Tx, params};

use super::{Sheet, about_words, open, store};
use crate::kit::{Actor, BuildingId, MatterId, Result};
use crate::people::Action;
use crate::people::vault::Vault;
use crate::register;

/// A matter that may be about the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    /// Its id.
    pub id: MatterId,
    /// Its code.
    pub code: String,
    /// Its category.
    pub category: String,
    /// When it came in.
    pub received_at: Instant,
    /// How alike the words are, in thousandths.
    pub alike: i64,
}

/// Days back in which the same thing is asked for twice.
const SIMILAR_DAYS: i64 = 30;
/// Matters whose words are compared: those of a large community in a month.
const COMPARED: i64 = 200;
/// Matters that are suggested.
const SUGGESTED: usize = 3;
/// Words less alike than this are another matter; in the same place and category less is asked.
const ALIKE: i64 = 450;

/// Open matters of the same community that may be about the same as one: by place, category and words; most alike first.
pub fn similar(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    sheet: &Sheet,
    day: Day,
) -> Result<Vec<Similar>> {
    let scope = register::last_scope_of(tx, sheet.community, day)?;
    crate::people::authorise(actor, Action::MatterSteer, scope)?;
    let Some(words) = sheet.words.as_deref() else { return Ok(Vec::new()) };
    let since = sheet.received_at.plus_millis(-SIMILAR_DAYS * 86_400_000);
    let mut found = Vec::new();
    for mut row in tx.query(&store::LATELY, params![sheet.community, since, sheet.id, COMPARED])? {
        let id: MatterId = row.get(0)?;
        let (category, building): (String, Option<BuildingId>) = (row.get(2)?, row.get(3)?);
        let (place, received_at): (String, Instant) = (row.get(4)?, row.get(5)?);
        let sealed: Option<Vec<u8>> = row.get(6)?;
        let Some(other) = open(Some(vault), &about_words(id), sealed.as_deref())? else { continue };
        let same_place = building == sheet.building && place == sheet.place;
        let alike = alike(words, &other) + if same_place { 150 } else { 0 };
        if category == sheet.category && alike >= ALIKE {
            found.push(Similar { id, code: row.get(1)?, category, received_at, alike: alike.min(1000) });
        }
    }
    found.sort_by_key(|it| (std::cmp::Reverse(it.alike), it.id));
    found.truncate(SUGGESTED);
    Ok(found)
}

/// How alike two texts are, in thousandths: the pairs of neighbouring characters that they share (Dice's coefficient).
fn alike(one: &str, other: &str) -> i64 {
    let pairs = |text: &str| {
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut pairs: Vec<[char; 2]> = letters.windows(2).map(|pair| [pair[0], pair[1]]).collect();
        pairs.sort_unstable();
        pairs
    };
    let (one, mut other) = (pairs(one), pairs(other));
    let all = one.len() + other.len();
    let mut shared: usize = 0;
    for pair in one {
        if let Ok(place) = other.binary_search(&pair) {
            other.remove(place);
            shared += 1;
        }
    }
    (2000 * shared).checked_div(all).and_then(|it| i64::try_from(it).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn words_are_alike_by_the_pairs_they_share() {
        assert_eq!(alike("三号楼电梯坏了", "三号楼电梯坏了"), 1000);
        assert_eq!(alike("三号楼电梯坏了", "三号楼 电梯坏了。"), 1000);
        assert!(alike("三号楼电梯坏了", "3号楼的电梯又坏了") > 400);
        assert_eq!(alike("三号楼电梯坏了", "门口垃圾没人收"), 0);
        assert_eq!(alike("", ""), 0);
        // A pair that stands twice is shared twice only when the other has it twice.
        assert_eq!(alike("哈哈哈", "哈哈"), 666);
    }
}
