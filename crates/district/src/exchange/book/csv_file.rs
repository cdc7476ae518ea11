//! Text files: which encoding, which separator, rows.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::look::refused;
use crate::kit::Refusal;

/// The text of a file: with a byte order mark as it says, else UTF-8, else GB18030 as Excel in China writes it.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    for (encoding, mark) in [(UTF_8, &b"\xef\xbb\xbf"[..]), (UTF_16LE, b"\xff\xfe"), (UTF_16BE, b"\xfe\xff")]
    {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return encoding
                .decode_without_bom_handling_and_without_replacement(rest)
                .ok_or_else(|| refused("exchange-refused-encoding"));
        }
    }
    UTF_8
        .decode_without_bom_handling_and_without_replacement(bytes)
        .or_else(|| GB18030.decode_without_bom_handling_and_without_replacement(bytes))
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| refused("exchange-refused-encoding"))
}

/// The separator that the first line has most of.
fn separator(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|&mark| first.bytes().filter(|&byte| byte == mark).count())
        .unwrap_or(b',')
}

/// The text with every line ended in one way. The reader of records ends one at CR and counts the line at LF, so that with both the
/// next would begin on the same line.
fn ended(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The rows of a text, each with the line it begins on.
pub(super) fn rows(
    text: &str,
    mut each: impl FnMut(u32, Vec<String>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let text = &*ended(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                let cells = record.iter().map(unguarded).collect();
                each(u32::try_from(line).unwrap_or(u32::MAX), cells)?;
            }
            Err(_) => return Err(refused("exchange-refused-truncated")),
        }
    }
}

/// Takes away the apostrophe that our exports put before a text that would begin a formula.
fn unguarded(text: &str) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if super::super::values::begins_a_formula(rest) => rest.to_owned(),
        _ => text.to_owned(),
    }
}
