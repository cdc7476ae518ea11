//! Differences between two texts, word by word.

/// A piece of a compared text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// In both.
    Same(String),
    /// In the earlier text only.
    Removed(String),
    /// In the later text only.
    Added(String),
}

/// The most pairs of words compared: two clauses of 2,000 words each. Beyond it the changed middle is shown whole.
const MOST_PAIRS: usize = 4_000_000;

/// The pieces that turn one text into another: a longest common sequence of words, where every Chinese character is
/// a word and a number with its separators is one too.
pub fn diff(before: &str, after: &str) -> Vec<Piece> {
    let (before, after) = (words(before), words(after));
    let head = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let (a, b) = (&before[head..], &after[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let mut pieces = Pieces::default();
    pieces.push(Side::Same, &before[..head]);
    middle(a, b, &mut pieces);
    pieces.push(Side::Same, &before[before.len() - tail..]);
    pieces.0.into_iter().map(Into::into).collect()
}

fn middle(a: &[&str], b: &[&str], pieces: &mut Pieces) {
    if a.len().saturating_mul(b.len()) > MOST_PAIRS {
        pieces.push(Side::Removed, a);
        pieces.push(Side::Added, b);
        return;
    }
    // longest[i][j]: the weight of the weightiest common sequence of a[i..] and b[j..].
    let width = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + weight(a[i])
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            pieces.push(Side::Same, &a[i..=i]);
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])
        {
            pieces.push(Side::Removed, &a[i..=i]);
            i += 1;
        } else {
            pieces.push(Side::Added, &b[j..=j]);
            j += 1;
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Same,
    Removed,
    Added,
}

/// Pieces in the making; neighbours of one side grow together.
#[derive(Default)]
struct Pieces(Vec<(Side, String)>);

impl Pieces {
    fn push(&mut self, side: Side, words: &[&str]) {
        if words.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some((last, text)) if *last == side => text.push_str(&words.concat()),
            _ => self.0.push((side, words.concat())),
        }
    }
}

impl From<(Side, String)> for Piece {
    fn from((side, text): (Side, String)) -> Self {
        match side {
            Side::Same => Self::Same(text),
            Side::Removed => Self::Removed(text),
            Side::Added => Self::Added(text),
        }
    }
}

/// Cuts a text into words, spaces and signs; nothing is lost.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut before, mut joined) = (0, ' ', false);
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        // A comma or point belongs to a number when digits stand on both sides.
        let within_number = matches!(letter, ',' | '.')
            && before.is_ascii_digit()
            && letters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        let joins = joining(letter) || within_number;
        if at > start && !(joined && joins) {
            words.push(&text[start..at]);
            start = at;
        }
        (before, joined) = (letter, joins);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

/// Spaces stand everywhere and mean nothing: eight of them weigh no more than one word.
fn weight(word: &str) -> u32 {
    if word.trim().is_empty() { 1 } else { 8 }
}

/// Letters that make words with their neighbours: Latin letters, digits, apostrophes.
fn joining(letter: char) -> bool {
    (letter.is_alphanumeric() && letter < '\u{2e80}') || matches!(letter, '’' | '\'')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn removed(text: &str) -> Piece {
        Piece::Removed(text.to_owned())
    }
    fn added(text: &str) -> Piece {
        Piece::Added(text.to_owned())
    }
    fn same(text: &str) -> Piece {
        Piece::Same(text.to_owned())
    }

    #[test]
    fn a_changed_number_is_one_word() {
        assert_eq!(
            diff("超过 1,000 户的住房", "超过 800 户的住房"),
            [same("超过 "), removed("1,000"), added("800"), same(" 户的住房")]
        );
        assert_eq!(
            diff("get a station of their own.", "may get their own station."),
            [
                added("may "),
                same("get "),
                removed("a station of "),
                same("their own"),
                added(" station"),
                same("."),
            ]
        );
        assert_eq!(diff("", ""), []);
        assert_eq!(diff("站", ""), [removed("站")]);
    }

    #[test]
    fn words_lose_nothing() {
        assert_eq!(words("1,000户, a.b 2.5"), ["1,000", "户", ",", " ", "a", ".", "b", " ", "2.5"]);
    }

    proptest! {
        #[test]
        fn pieces_make_both_texts(before in "[户站ab ,1-3]{0,20}", after in "[户站ab ,1-3]{0,20}") {
            let pieces = diff(&before, &after);
            let (mut a, mut b) = (String::new(), String::new());
            for piece in &pieces {
                match piece {
                    Piece::Same(text) => { a.push_str(text); b.push_str(text); }
                    Piece::Removed(text) => a.push_str(text),
                    Piece::Added(text) => b.push_str(text),
                }
            }
            prop_assert_eq!(a, before);
            prop_assert_eq!(b, after);
        }
    }
}
