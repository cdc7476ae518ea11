//! The parts of a form's workbook: one sheet exchanged, and the order of calculation left out.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{attribute, unzip};
use crate::kit::{Error, Result};

const TYPES: &str = "[Content_Types].xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";

/// The workbook with another sheet. The list of formulas in their order of calculation (`calcChain.xml`) names cells by
/// row and is left out with everything that points to it: a spreadsheet makes it anew. All other parts are copied as they are.
pub(super) fn with_sheet(bytes: &[u8], path: &str, xml: String) -> Result<Vec<u8>> {
    let mut other: BTreeMap<String, Option<String>> = BTreeMap::new();
    let relations = unzip(bytes, RELATIONS)?;
    let (relations, chain) = without(&relations, "Relationship", |tag| {
        attribute(tag, "Type").is_some_and(|kind| kind.ends_with("/calcChain"))
    });
    if let Some(target) = chain.as_deref().and_then(|tag| attribute(tag, "Target")) {
        let part = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
        let name = format!("/{part}");
        let (types, _) = without(&unzip(bytes, TYPES)?, "Override", |tag| {
            attribute(tag, "PartName").is_some_and(|it| it == name)
        });
        other.insert(TYPES.to_owned(), Some(types));
        other.insert(RELATIONS.to_owned(), Some(relations));
        other.insert(part, None);
    }
    other.insert(path.to_owned(), Some(xml));
    replaced(bytes, &other)
}

/// The workbook with some parts exchanged, and those without a text left out.
fn replaced(bytes: &[u8], other: &BTreeMap<String, Option<String>>) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| Error::Internal(format!("writing a form: {error}"));
    let mut from = ZipArchive::new(Cursor::new(bytes)).map_err(|error| failed(&error))?;
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let entry = from.by_index_raw(at).map_err(|error| failed(&error))?;
        let name = entry.name().map_err(|error| failed(&error))?.into_owned();
        match other.get(&name) {
            Some(Some(text)) => {
                let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
                to.start_file(name, options).map_err(|error| failed(&error))?;
                to.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
            }
            Some(None) => {}
            None => to.raw_copy_file(entry).map_err(|error| failed(&error))?,
        }
    }
    Ok(to.finish().map_err(|error| failed(&error))?.into_inner())
}

/// A list of elements without those that are meant, and the last of these.
fn without(xml: &str, element: &str, is_meant: impl Fn(&str) -> bool) -> (String, Option<String>) {
    let (begin, end) = (format!("<{element} "), format!("</{element}>"));
    let mut parts = xml.split(begin.as_str());
    let (mut out, mut found) = (parts.next().unwrap_or_default().to_owned(), None);
    for part in parts {
        let (tag, rest) = part.split_once('>').unwrap_or((part, ""));
        let tag = format!(" {tag}");
        if is_meant(&tag) {
            out.push_str(rest.strip_prefix(end.as_str()).unwrap_or(rest));
            found = Some(tag);
        } else {
            out.push_str(&begin);
            out.push_str(part);
        }
    }
    (out, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_left_out_however_it_ends() {
        let is_two = |tag: &str| attribute(tag, "Id") == Some("2");
        for two in [r#"<R Id="2"/>"#, r#"<R Id="2"></R>"#] {
            let xml = format!(r#"<Rs><R Id="1"/>{two}<R Id="3"></R></Rs>"#);
            let (out, found) = without(&xml, "R", is_two);
            assert_eq!(out, r#"<Rs><R Id="1"/><R Id="3"></R></Rs>"#);
            assert!(found.is_some());
        }
    }
}
