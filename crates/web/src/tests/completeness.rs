//! What no slice may forget: rooms that have addresses, words in every language, files that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use http::Method;

use crate::kit::Routes;

#[test]
fn rooms_have_addresses_and_are_at_most_eight_a_door() {
    let routes: Routes = crate::routes();
    let mut doors: BTreeMap<String, usize> = BTreeMap::new();
    for room in &routes.rooms {
        let declared = routes.declared.iter().any(|it| it.path == room.path && it.method == Method::GET);
        assert!(declared, "{} is a room without a page", room.path);
        *doors.entry(format!("{:?}", room.door)).or_default() += 1;
    }
    assert!(doors.values().all(|&count| count <= 8), "{doors:?}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(dir: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|it| it == ending) {
            found.push(path);
        }
    }
}

/// Each message of a language with the variables it names.
fn messages(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut paths = Vec::new();
    files(&root().join("locales").join(language), "ftl", &mut paths);
    let mut all = BTreeMap::new();
    let mut current = String::new();
    for path in paths {
        let slice = path.file_stem().unwrap().to_string_lossy().into_owned();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            if let Some(id) = crate::kit::message_id(line) {
                current = id.to_owned();
                assert!(all.insert(current.clone(), BTreeSet::new()).is_none(), "{slice}: {id} stands twice");
            }
            for variable in line.split('$').skip(1) {
                let name: String =
                    variable.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                all.get_mut(&current).unwrap().insert(name);
            }
        }
    }
    all
}

#[test]
fn every_language_has_the_same_messages_with_the_same_variables() {
    assert_eq!(messages("zh-Hans"), messages("en"));
}

/// Texts in quotes that look like ids of messages, from sources and templates.
fn named() -> BTreeSet<String> {
    let mut paths = Vec::new();
    for folder in ["crates/web/src", "crates/district/src", "crates/handbook/src"] {
        files(&root().join(folder), "rs", &mut paths);
    }
    files(&root().join("crates/web/templates"), "html", &mut paths);
    let mut named = BTreeSet::new();
    for path in paths {
        let text = std::fs::read_to_string(path).unwrap();
        named.extend(
            text.split('"')
                .filter(|part| {
                    part.contains('-')
                        && part
                            .bytes()
                            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
                })
                .map(str::to_owned),
        );
    }
    named
}

#[test]
fn every_message_that_is_named_exists_and_none_is_unused() {
    let (messages, named) = (messages("zh-Hans"), named());
    let slices: BTreeSet<&str> = messages.keys().filter_map(|id| id.split('-').next()).collect();
    let beginnings: Vec<&String> = named.iter().filter(|name| name.ends_with('-')).collect();
    let unused: Vec<&String> = messages
        .keys()
        .filter(|id| !named.contains(*id) && !beginnings.iter().any(|start| id.starts_with(start.as_str())))
        .collect();
    assert!(unused.is_empty(), "messages that nothing names: {unused:#?}");
    let mut called = Vec::new();
    let mut paths = Vec::new();
    files(&root().join("crates/web/templates"), "html", &mut paths);
    files(&root().join("crates/web/src"), "rs", &mut paths);
    files(&root().join("crates/district/src"), "rs", &mut paths);
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        // Documentation names examples.
        let text: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let text = text.join("\n");
        for call in ["s.t(\"", "s.ta(\"", "s.t1(\"", "s.t2(\"", "Refusal::new(\""] {
            for after in text.split(call).skip(1) {
                let id = after.split('"').next().unwrap_or_default();
                if !id.ends_with('-') && !messages.contains_key(id) && !id.contains(' ') {
                    called.push(format!("{}: {id}", path.file_name().unwrap().to_string_lossy()));
                }
            }
        }
    }
    assert!(called.is_empty(), "messages that do not exist: {called:#?}");
    assert!(slices.contains("shell"));
}

#[test]
fn every_asset_that_a_template_names_exists() {
    let mut paths = Vec::new();
    files(&root().join("crates/web/templates"), "html", &mut paths);
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        for after in text.split("s.asset(\"").skip(1) {
            let name = after.split('"').next().unwrap_or_default();
            assert_ne!(crate::kit::asset_address(name), "/static/", "{}: {name}", path.display());
        }
    }
}
