//! A small client of `GeoReport` v2 that reads both forms.

use std::collections::BTreeMap;

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use serde_json::Value;

/// A record of a list: names and texts; what is not said is empty.
pub(super) type Record = BTreeMap<String, String>;

/// The records of a document in either form.
pub(super) fn records(form: &str, document: &str) -> Vec<Record> {
    if form == "json" { of_json(document) } else { of_xml(document) }
}

fn of_json(document: &str) -> Vec<Record> {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let all: Vec<BTreeMap<String, Value>> = serde_json::from_str(document).expect(document);
    all.iter().map(|it| it.iter().map(|(name, value)| (name.clone(), text(value))).collect()).collect()
}

fn of_xml(document: &str) -> Vec<Record> {
    assert!(document.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{document}");
    let mut reader = Reader::from_str(document);
    let (mut path, mut all): (Vec<String>, Vec<Record>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().expect(document) {
            Event::Start(element) => {
                path.push(element.name().as_ref().to_owned());
                match path.len() {
                    2 => all.push(Record::new()),
                    3 => drop(all.last_mut().unwrap().insert(path[2].clone(), String::new())),
                    _ => {}
                }
            }
            Event::Empty(element) if path.len() == 2 => {
                let name = element.name().as_ref().to_owned();
                all.last_mut().unwrap().insert(name, String::new());
            }
            Event::Text(text) if path.len() == 3 => {
                all.last_mut().unwrap().get_mut(&path[2]).unwrap().push_str(&text);
            }
            Event::GeneralRef(name) if path.len() == 3 => {
                let letter = match &*name {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    other => panic!("{other}"),
                };
                all.last_mut().unwrap().get_mut(&path[2]).unwrap().push(letter);
            }
            Event::End(_) => drop(path.pop()),
            Event::Eof => break,
            _ => {}
        }
    }
    for value in all.iter_mut().flat_map(|it| it.values_mut()) {
        *value = value.trim().to_owned();
    }
    all
}
