//! A handbook's own words in the page's language, and figures beside their change.

use std::borrow::Cow;

use base::Money;
use district::kit::{HandbookId, Id};
use handbook::{Handbook, Language, Piece, Words};

use crate::kit::{Fault, Shell};

/// The handbook's language of a page. Traditional is derived from Chinese by [`data`].
pub(crate) fn language(s: &Shell) -> Language {
    if s.language.is_chinese() { Language::Zh } else { Language::En }
}

/// A text of the handbook as the page shows it.
pub(crate) fn words(s: &Shell, words: &Words) -> String {
    data(s, words.get(language(s)))
}

/// A text in the page's language, in the page's script.
pub(crate) fn data(s: &Shell, text: &str) -> String {
    s.zh(text).into_owned()
}

/// A name at the head of a line: English begins with a capital.
pub(super) fn title(s: &Shell, text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    data(s, &(first + letters.as_str()))
}

/// An id in an address; what is none is nowhere.
pub(super) fn id<T: Id>(text: &str) -> Result<T, Fault> {
    base::Uuid::parse_str(text).map(T::from_uuid).map_err(|_| Fault::Absent)
}

/// The version that a field of the query names; `None` when it names none.
pub(super) fn asked_version(s: &Shell, field: &str) -> Result<Option<HandbookId>, Fault> {
    s.asked(field).map(|text| id(&text)).transpose()
}

/// The change of a count: `+3`, `−2`, `0`.
pub(super) fn change(before: i64, after: i64) -> String {
    match after - before {
        0 => "0".to_owned(),
        more @ 1.. => format!("+{}", base::grouped(more)),
        less => format!("−{}", base::grouped(less.saturating_neg())),
    }
}

/// The change of an amount: `+¥120,000.00`.
pub(super) fn change_of_money(before: Money, after: Money) -> String {
    let change = after - before;
    if change.fen() > 0 { format!("+{change}") } else { change.to_string() }
}

/// A piece of a compared text, for a template: its text, and whether it is new or gone.
pub(super) struct Part {
    pub(super) text: String,
    pub(super) added: bool,
    pub(super) removed: bool,
}

/// The pieces of a compared text in the page's script.
pub(super) fn parts(s: &Shell, pieces: &[Piece]) -> Vec<Part> {
    let part = |piece: &Piece| {
        let (text, added, removed) = match piece {
            Piece::Same(text) => (text, false, false),
            Piece::Added(text) => (text, true, false),
            Piece::Removed(text) => (text, false, true),
        };
        Part { text: data(s, text), added, removed }
    };
    pieces.iter().map(part).collect()
}

/// A number that stands for a version: `2.1` beside `2.0`, the next one that nobody took.
pub(super) fn next_version(taken: &[&str], base: &Handbook) -> String {
    let major: Cow<'_, str> = base.version().split('.').next().unwrap_or("1").into();
    // One more than there are versions: at least one of these is free.
    (1..=taken.len() + 1)
        .map(|minor| format!("{major}.{minor}"))
        .find(|version| !taken.contains(&version.as_str()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_carry_their_sign() {
        assert_eq!([change(3, 3), change(0, 1_200), change(5, 2)], ["0", "+1,200", "−3"]);
        let yuan = |yuan: i64| Money::from_fen(yuan * 100);
        assert_eq!(change_of_money(yuan(1), yuan(1_201)), "+¥1,200.00");
        assert_eq!(change_of_money(yuan(5), yuan(2)), "−¥3.00");
        assert_eq!(change_of_money(yuan(5), yuan(5)), "¥0.00");
    }

    #[test]
    fn the_next_version_is_one_that_nobody_took() {
        let (file, text) = district::handbook::SHIPPED[1];
        let base = Handbook::read(file, text).unwrap();
        assert_eq!(next_version(&["1.0", "2.0"], &base), "2.1");
        assert_eq!(next_version(&["2.0", "2.1", "2.2"], &base), "2.3");
    }
}
