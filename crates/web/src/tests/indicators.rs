//! `docs/indicators.md` names the one function of each figure: each row names one, and each that is named exists.

use std::path::{Path, PathBuf};

/// A row of a table: the figure, and the functions in its last cell.
fn rows(text: &str) -> Vec<(String, Vec<String>)> {
    let is_row =
        |line: &&str| line.starts_with("| ") && !line.starts_with("| figure") && !line.starts_with("| ---");
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 5, "{line}");
        let code = cells[4].split('`').skip(1).step_by(2);
        let mut named: Vec<String> = code.filter(|it| is_path(it)).map(str::to_owned).collect();
        if cells[4] == "–" {
            // Nothing computes what is not measured.
            assert_eq!(cells[3], "–", "{line}");
        } else {
            assert!(!named.is_empty(), "no function computes “{}”", cells[0]);
        }
        named.dedup();
        (cells[0].to_owned(), named)
    };
    text.lines().filter(is_row).map(row).collect()
}

/// `district::plan::Totals::metres`, and not `Step::Target`: a path begins with a crate.
fn is_path(code: &str) -> bool {
    code.contains("::") && code.starts_with(|c: char| c.is_ascii_lowercase())
}

/// The sources that a path without its last word may mean: a file, or those that lie in a folder itself.
fn sources(crates: &Path, modules: &[&str]) -> Vec<PathBuf> {
    let (name, rest) = modules.split_first().expect("a crate");
    let place = rest.iter().fold(crates.join(name).join("src"), |place, module| place.join(module));
    let file = place.with_extension("rs");
    if file.is_file() {
        return vec![file];
    }
    let entries = std::fs::read_dir(&place).into_iter().flatten();
    let files = entries.map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|it| it == "rs")).collect()
}

/// Does a source hold the function, within a block of its type where it has one?
fn holds(source: &str, of: Option<&str>, function: &str) -> bool {
    let has =
        |text: &str| text.contains(&format!("fn {function}(")) || text.contains(&format!("fn {function}<"));
    let Some(of) = of else { return has(source) };
    // A block begins at the margin and ends with the next brace that stands there.
    source.split("\nimpl ").skip(1).any(|block| {
        let (head, body) = block.split_once('{').expect("a block");
        let block = body.split("\n}").next().expect("its inside");
        head.split(['<', ' ']).any(|word| word == of) && has(block)
    })
}

fn exists(crates: &Path, path: &str) -> bool {
    let words: Vec<&str> = path.split("::").collect();
    let (function, place) = words.split_last().expect("a name");
    let of = place.last().filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()));
    let modules = &place[..place.len() - usize::from(of.is_some())];
    sources(crates, modules)
        .iter()
        .any(|file| holds(&std::fs::read_to_string(file).unwrap(), of.copied(), function))
}

#[test]
fn each_figure_has_a_function_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("docs/indicators.md")).unwrap();
    let rows = rows(&text);
    assert!(rows.len() > 30, "{}", rows.len());
    let absent = |(figure, named): (String, Vec<String>)| {
        let gone = named.into_iter().filter(|path| !exists(&root.join("crates"), path));
        gone.map(move |path| format!("{figure}: {path}")).collect::<Vec<_>>()
    };
    let absent: Vec<String> = rows.into_iter().flat_map(absent).collect();
    assert!(absent.is_empty(), "functions that do not exist: {absent:#?}");
}

#[test]
fn a_function_that_is_not_there_is_noticed() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assert!(exists(&crates, "district::plan::Totals::metres"));
    for absent in [
        "district::plan::Totals::miles",
        "district::plan::Costs::metres",
        "district::plan::nowhere::metres",
        "district::register::metres",
    ] {
        assert!(!exists(&crates, absent), "{absent}");
    }
}
