//! No forgotten file, none too large, none that says it is unfinished.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{place, run};

/// A checkout stays quick to fetch: what is larger is data, and data is made or fetched, not kept here.
const LARGEST: u64 = 400 * 1024;
/// A file of code that is longer is several files.
const LONGEST: usize = 700;
/// Lock files are as large as they are.
const MAY_BE_LARGE: [&str; 2] = ["Cargo.lock", "frontend/package-lock.json"];
/// Files that tools look for by themselves, so that nobody needs to name them.
const STAND_ALONE: [&str; 6] =
    ["README.md", "CHANGELOG.md", "Cargo.toml", ".cargo/config.toml", "package.json", "tsconfig.json"];

/// What the code must not hold, and why. Written in two parts, so that this list does not find itself.
const UNWANTED: [([&str; 2], &str); 4] = [
    (["TO", "DO"], "unfinished work belongs to an issue"),
    (["FIX", "ME"], "unfinished work belongs to an issue"),
    (["#[", "ignore"], "a test runs or is not there"),
    (["test.", "skip("], "a test runs or is not there"),
];

/// Every tracked file by its path, with its text if it is text.
type Files = BTreeMap<String, Option<String>>;

/// Looks at all files and names everything that is wrong.
pub fn check() -> Result<()> {
    let files = tracked()?;
    let mut wrong = sizes(&files)?;
    wrong.extend(unwanted(&files));
    wrong.extend(forgotten(&files));
    if !wrong.is_empty() {
        bail!("\n  {}", wrong.join("\n  "));
    }
    Ok(())
}

fn tracked() -> Result<Files> {
    let root = place::root();
    let mut git = Command::new("git");
    git.current_dir(&root).args([
        "-c",
        "core.quotePath=off",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let list = run::answer(&mut git).context("asking git for the files")?;
    let existing = list.lines().filter(|path| root.join(path).is_file());
    Ok(existing.map(|path| (path.to_owned(), fs::read_to_string(root.join(path)).ok())).collect())
}

fn sizes(files: &Files) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (path, text) in files {
        let size = fs::metadata(place::root().join(path)).with_context(|| path.clone())?.len();
        if size > LARGEST && !MAY_BE_LARGE.contains(&path.as_str()) {
            wrong.push(format!("{path}: {size} bytes, at most {LARGEST}"));
        }
        let lines = text.as_deref().map_or(0, |text| text.lines().count());
        if is(path, &["rs"]) && lines > LONGEST {
            wrong.push(format!("{path}: {lines} lines, at most {LONGEST}"));
        }
    }
    Ok(wrong)
}

fn unwanted(files: &Files) -> Vec<String> {
    let code = files.iter().filter(|(path, _)| is(path, &["rs", "ts", "mjs", "html", "sql", "css"]));
    let lines = code.flat_map(|(path, text)| {
        text.iter().flat_map(|text| text.lines()).enumerate().map(move |at| (path, at))
    });
    let mut wrong = Vec::new();
    for (path, (number, line)) in lines {
        for (parts, reason) in &UNWANTED {
            let word = parts.concat();
            if line.contains(&word) {
                wrong.push(format!("{path}:{}: {word}: {reason}", number + 1));
            }
        }
    }
    wrong
}

/// Files that no other file names, and modules that no module declares.
fn forgotten(files: &Files) -> Vec<String> {
    let unknown = |path: &&String| match name_to_find(path) {
        Some(_) if embedded(files, path) => false,
        Some(name) => !files
            .iter()
            .any(|(other, text)| other != *path && text.as_deref().is_some_and(|text| text.contains(&name))),
        None => module_of(path).is_some_and(|(parents, name)| {
            let declaration = format!("mod {name};");
            !parents
                .iter()
                .filter_map(|parent| files.get(parent)?.as_deref())
                .any(|text| text.contains(&declaration))
        }),
    };
    files.keys().filter(unknown).map(|path| format!("{path}: forgotten, nothing names it")).collect()
}

/// Whether the program takes in the file with its whole folder at the top of the repository: `#[folder = "../../locales"]`.
fn embedded(files: &Files, path: &str) -> bool {
    let Some((folder, _)) = path.split_once('/') else { return false };
    let taken = format!("#[folder = \"../../{folder}\"]");
    files
        .iter()
        .any(|(other, text)| is(other, &["rs"]) && text.as_deref().is_some_and(|t| t.contains(&taken)))
}

/// How others name a file: a template by its folder and name, other files by their name.
fn name_to_find(path: &str) -> Option<String> {
    if STAND_ALONE.iter().any(|name| path == *name || path.ends_with(&format!("/{name}"))) {
        return None;
    }
    if let Some((_, template)) = path.split_once("/templates/") {
        return Some(template.to_owned());
    }
    let name = path.rsplit('/').next()?;
    is(path, &["ftl", "sql", "html", "css", "toml", "cedar", "md", "svg", "csv", "json"])
        .then(|| name.to_owned())
        .filter(|_| path.contains('/') || is(path, &["md"]))
}

/// The files that could declare a module, and its name. Roots of crates, tests and examples have none.
fn module_of(path: &str) -> Option<(Vec<String>, &str)> {
    let (folder, name) = path.strip_suffix(".rs")?.rsplit_once('/')?;
    if !folder.contains("/src") || folder.ends_with("/bin") || ["lib", "main"].contains(&name) {
        return None;
    }
    let (above, name) = if name == "mod" { folder.rsplit_once('/')? } else { (folder, name) };
    let parents = ["mod.rs", "lib.rs", "main.rs"].iter().map(|file| format!("{above}/{file}"));
    Some((parents.chain([format!("{above}.rs")]).collect(), name))
}

fn is(path: &str, extensions: &[&str]) -> bool {
    Path::new(path)
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|found| extensions.contains(&found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        list.iter().map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned()))).collect()
    }

    #[test]
    fn a_template_that_nothing_names_is_forgotten() {
        let two = files(&[
            ("crates/web/templates/register/show.html", ""),
            ("crates/web/templates/plan/show.html", ""),
            ("crates/web/src/main.rs", r#"#[template(path = "register/show.html")]"#),
        ]);
        assert_eq!(forgotten(&two), ["crates/web/templates/plan/show.html: forgotten, nothing names it"]);
    }

    #[test]
    fn a_folder_that_the_program_takes_in_is_named_as_a_whole() {
        let two = files(&[
            ("locales/en/plan.ftl", ""),
            ("crates/web/src/main.rs", r#"#[folder = "../../locales"]"#),
        ]);
        assert!(forgotten(&two).is_empty());
    }

    #[test]
    fn a_module_that_nothing_declares_is_forgotten() {
        let three = files(&[
            ("crates/a/src/lib.rs", "mod plan;\n"),
            ("crates/a/src/plan/mod.rs", "mod rules;\n"),
            ("crates/a/src/plan/rules.rs", ""),
            ("crates/a/src/plan/store.rs", ""),
        ]);
        assert_eq!(forgotten(&three), ["crates/a/src/plan/store.rs: forgotten, nothing names it"]);
    }

    #[test]
    fn unfinished_work_is_found_with_its_line() {
        let word = UNWANTED[0].0.concat();
        let one = files(&[("a.rs", &format!("fn a() {{}}\n// {word}: later\n"))]);
        assert_eq!(unwanted(&one), [format!("a.rs:2: {word}: unfinished work belongs to an issue")]);
    }
}
