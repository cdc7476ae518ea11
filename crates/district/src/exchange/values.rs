//! From the text of a cell to a day, a count, an area, a degree; and back. Pure.
//!
//! A number of a workbook is a binary fraction: it is written with the 15 digits that Excel itself keeps, and read from
//! that text, so that 34.65 m² stays 34.65.

pub use base::degrees_text;
use base::{Area, Day};

use crate::register::rules::half_width;

/// Days from Excel's day 0 (1899-12-30, which makes up for the leap day of 1900 that never was) to 1970-01-01.
const EXCEL_EPOCH: i64 = 25_569;
/// Days from the day 0 of workbooks made on old Macintoshes (1904-01-01) to 1970-01-01.
const EXCEL_1904_EPOCH: i64 = 24_107;

/// The text without the spaces around it, half-width, control characters as spaces.
pub fn plain(text: &str) -> String {
    let spaced: String = text.chars().map(half_width).map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.trim().to_owned()
}

/// The text without the spaces around it, as it was written; control characters as spaces.
pub fn tidy(text: &str) -> String {
    let is_space = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let trimmed = text.trim_matches(is_space);
    if trimmed.chars().any(char::is_control) {
        trimmed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    } else {
        trimmed.to_owned()
    }
}

/// A number of a workbook as text, with the 15 digits Excel keeps and no exponent.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and below 10^15")]
pub fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return (number as i64).to_string();
    }
    let magnitude = number.abs().log10().floor().clamp(-15.0, 15.0) as i64;
    let decimals = usize::try_from((14 - magnitude).max(0)).unwrap_or(0);
    let text = format!("{number:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A day as people and programs write it: 2026-01-31, 2026/1/31, 2026.1.31, 2026年1月31日, 20260131, each with or without a
/// time after it.
pub fn day(text: &str) -> Option<Day> {
    let text = plain(text);
    let text = text.split([' ', 'T']).next().unwrap_or_default();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Day::of(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok();
    }
    let text = text.strip_suffix('日').or_else(|| text.strip_suffix('号')).unwrap_or(text);
    let mut parts = text.split(['-', '/', '.', '年', '月']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then(|| Day::of(year, month, day).ok())?
}

/// The day of an Excel serial number, when it is one of this and the last century; the time of day is left off.
pub fn serial_day(text: &str, is_1904: bool) -> Option<Day> {
    let whole: i64 = text.split('.').next()?.parse().ok()?;
    let days = whole - if is_1904 { EXCEL_1904_EPOCH } else { EXCEL_EPOCH };
    // Through the text, so that a serial number far off is refused like any other slip of the pen.
    Day::parse(&Day::from_days(days).to_string()).ok().filter(|day| day.days() == days)
}

/// A whole number, grouped by commas or not.
pub fn count(text: &str) -> Option<i64> {
    let text: String = plain(text).chars().filter(|&c| c != ',').collect();
    let text = text.strip_suffix(".0").unwrap_or(&text);
    let digits = text.strip_prefix('-').unwrap_or(text);
    (!digits.is_empty() && digits.len() < 16 && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

/// An area in square metres, with its unit or without; hundredths are the smallest. `Err` when it is a negative number.
pub fn area(text: &str) -> Result<Option<Area>, ()> {
    let text: String = plain(text).chars().filter(|&c| c != ',').collect();
    let text = ["平方米", "㎡", "m²", "m2", "平米"]
        .iter()
        .find_map(|unit| text.strip_suffix(unit))
        .unwrap_or(&text)
        .trim();
    if text.starts_with('-') && Area::from_metres_text(&text[1..]).is_some() {
        return Err(());
    }
    Ok(Area::from_metres_text(text))
}

/// `34.65`: an area as workbooks write it.
pub fn area_text(area: Area) -> String {
    let text = format!("{}.{:02}", area.cm2() / 10_000, area.cm2() % 10_000 / 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Degrees as a person types them, in 1e-7 degrees.
pub fn degrees(text: &str) -> Option<i64> {
    base::degrees(plain(text).trim_end_matches('°'))
}

/// Would a spreadsheet take this text for a formula, or let it begin one (`=`, `+`, `-`, `@`, tab, return)?
pub fn begins_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let expected = Day::parse("2026-01-31").ok();
        for text in [
            "2026-01-31",
            "2026/1/31",
            "2026.01.31",
            "2026年1月31日",
            "2026年01月31号",
            "20260131",
            " ２０２６－０１－３１ ",
            "2026-01-31 00:00:00",
            "2026-01-31T00:00:00",
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in ["", "2026-02-30", "31/1/2026", "1/31/2026", "2026年", "明天", "2026-1-31-1", "26-1-31"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn serial_numbers_are_days_of_their_calendar() {
        assert_eq!(serial_day("46053", false), Day::parse("2026-01-31").ok());
        assert_eq!(serial_day("46053.75", false), Day::parse("2026-01-31").ok());
        assert_eq!(serial_day("44591", true), Day::parse("2026-01-31").ok());
        assert_eq!(serial_day("9999999", false), None);
        assert_eq!(serial_day("x", false), None);
    }

    #[test]
    fn numbers_keep_the_digits_that_excel_shows() {
        for (number, text) in
            [(34.65, "34.65"), (0.1 + 0.2, "0.3"), (310_112_107.0, "310112107"), (-12.5, "-12.5")]
        {
            assert_eq!(number_text(number), text);
        }
        assert_eq!(number_text(121.381_234_5), "121.3812345");
    }

    #[test]
    fn areas_counts_and_degrees() {
        assert_eq!(area("３４.６５ ㎡"), Ok(Some(Area::from_cm2(346_500))));
        assert_eq!(area("-5"), Err(()));
        assert_eq!(area("大约 30"), Ok(None));
        assert_eq!(area_text(Area::from_cm2(346_000)), "34.6");
        assert_eq!(
            (count("１,２００"), count("-2"), count("3.5"), count("")),
            (Some(1200), Some(-2), None, None)
        );
        assert_eq!(degrees("121.38123456°"), Some(1_213_812_345));
        assert_eq!(degrees("31°12′"), None);
        assert_eq!(degrees_text(1_213_812_340), "121.381234");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(cm2 in 0_i64..1_000_000_000, place in -1_800_000_000_i64..1_800_000_000) {
            let area_in = Area::from_cm2(cm2 / 100 * 100);
            prop_assert_eq!(area(&area_text(area_in)), Ok(Some(area_in)));
            prop_assert_eq!(degrees(&degrees_text(place)), Some(place));
        }
    }
}
