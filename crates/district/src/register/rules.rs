//! The register's pure rules: sort keys, folding for search, kinds.

use base::Day;
use pinyin::ToPinyin as _;

/// What a town unit is, by its code's suffix class: 0xx street, 1xx town, 4xx and 5xx quasi-town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TownKind {
    /// 街道.
    Street,
    /// 镇.
    Town,
    /// 工业区 and the like: a unit of management, not an administrative division.
    Zone,
}

impl TownKind {
    /// The name in the database and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Street => "street",
            Self::Town => "town",
            Self::Zone => "zone",
        }
    }

    /// The kind of a nine-digit code; `None` when it is not one.
    pub fn of_code(code: &str) -> Option<Self> {
        if code.len() != 9 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        match code.as_bytes()[6] {
            b'0' => Some(Self::Street),
            b'1' => Some(Self::Town),
            b'4' | b'5' => Some(Self::Zone),
            _ => None,
        }
    }
}

/// Is there a day between intervals, ordered by their beginning, that none of them covers?
pub fn has_gap(intervals: &[(Day, Option<Day>)]) -> bool {
    let Some((_, first)) = intervals.first() else { return false };
    let mut covered = *first;
    for (from, to) in &intervals[1..] {
        let Some(until) = covered else { return false };
        if *from > until {
            return true;
        }
        covered = to.map(|to| to.max(until));
    }
    false
}

/// A sort key: pinyin without tones, a blank between syllables, everything in lower case. The order of names in it is
/// that of a Chinese directory; both engines compare it by bytes.
pub fn sort_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 2);
    for c in name.chars() {
        match reading(c) {
            Some(syllable) => {
                if !key.is_empty() {
                    key.push(' ');
                }
                key.push_str(syllable);
            }
            None => key.extend(half_width(c).to_lowercase()),
        }
    }
    key
}

/// Place names read some characters in their own way: 莘庄 is Xīnzhuāng, not Shēnzhuāng.
fn reading(c: char) -> Option<&'static str> {
    match c {
        '莘' => Some("xin"),
        '浦' => Some("pu"),
        _ => c.to_pinyin().map(pinyin::Pinyin::plain),
    }
}

/// A full-width letter, digit or mark as its half-width twin.
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Folded for search: half-width, lower case, without blanks.
pub fn folded(text: &str) -> String {
    text.chars().map(half_width).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_they_are_read() {
        assert_eq!(sort_key("莘庄镇"), "xin zhuang zhen");
        assert_eq!(sort_key("颛桥镇"), "zhuan qiao zhen");
        assert_eq!(sort_key("ＡＢ公寓２期"), "ab gong yu2 qi");
        assert!(sort_key("虹桥镇") < sort_key("莘庄镇"));
    }

    #[test]
    fn a_gap_is_a_day_that_no_interval_covers() {
        let day = |days| Day::from_days(days);
        let is = |intervals: &[(i64, i64)]| {
            let of = |it: &(i64, i64)| (day(it.0), (it.1 > 0).then(|| day(it.1)));
            has_gap(&intervals.iter().map(of).collect::<Vec<_>>())
        };
        assert!(!is(&[]) && !is(&[(1, 0)]) && !is(&[(1, 5), (5, 0)]));
        assert!(is(&[(1, 5), (6, 0)]) && is(&[(1, 5), (2, 3), (6, 9)]));
        assert!(!is(&[(1, 0), (9, 12)]) && !is(&[(1, 8), (2, 3), (7, 9)]));
    }

    #[test]
    fn codes_say_what_a_town_unit_is() {
        assert_eq!(TownKind::of_code("310112001"), Some(TownKind::Street));
        assert_eq!(TownKind::of_code("310112107"), Some(TownKind::Town));
        assert_eq!(TownKind::of_code("310112501"), Some(TownKind::Zone));
        assert_eq!(TownKind::of_code("31011210"), None);
    }

    #[test]
    fn search_folds_width_and_case() {
        assert_eq!(folded(" Ｌoft　爱琴海 "), "loft爱琴海");
    }
}
