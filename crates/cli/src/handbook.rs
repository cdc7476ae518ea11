//! `lilong handbook`: looks over a handbook file, compares two of them, adopts one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use base::Day;
use clap::{Args, Subcommand, ValueEnum};
use district::handbook::adopt_text;
use district::kit::{Actor, Call, on_record};
use handbook::{Handbook, Language, compare, report};

use crate::edge::{self, Where};
use crate::words::Words;

/// Look over a handbook file, compare two, adopt one
#[derive(Args)]
pub struct HandbookCommand {
    #[command(subcommand)]
    command: Command,
    /// The language of the answer; otherwise that of the terminal
    #[arg(long, global = true, value_name = "LANGUAGE")]
    lang: Option<Lang>,
}

#[derive(Subcommand)]
enum Command {
    /// Say what a file holds, or file, line and reason of each fault
    Check {
        /// The handbook (TOML)
        file: PathBuf,
    },
    /// Put a version in force from a day on; the one before it ends there
    Adopt {
        #[command(flatten)]
        place: Where,
        /// The handbook (TOML), such as handbooks/minhang-2.0.toml
        file: PathBuf,
        /// In force from this day on
        #[arg(long, value_name = "DAY")]
        from: Day,
    },
    /// Say what differs between two files, word by word
    Compare {
        /// The earlier handbook
        before: PathBuf,
        /// The later one
        after: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

impl HandbookCommand {
    pub fn run(self) -> Result<()> {
        let language = match self.lang {
            Some(Lang::Zh) => Language::Zh,
            Some(Lang::En) => Language::En,
            None => of_terminal(|name| std::env::var(name).ok()),
        };
        let mut say = edge::say;
        match self.command {
            Command::Check { file } => check(&file, language, &mut say).map(drop),
            Command::Adopt { place, file, from } => adopt(&place, &file, from, language, &mut say),
            Command::Compare { before, after } => {
                let before = read(&before, language, &mut say)?;
                let after = read(&after, language, &mut say)?;
                compare(&before, &after).lines(language).iter().try_for_each(|line| say(line))
            }
        }
    }
}

/// Adopts a file for a district: how one that was loaded and not simulated gets its first handbook.
fn adopt(
    place: &Where,
    file: &Path,
    from: Day,
    language: Language,
    say: &mut impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    read(file, language, say)?;
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let words = Words::load(match language {
        Language::Zh => web::kit::Language::Hans,
        Language::En => web::kit::Language::En,
    })?;
    let db = place.make()?;
    let (actor, seed, now) = (Actor::program(), u64::from_ne_bytes(edge::random()?), edge::now_of(&db)?);
    let name = file.display().to_string();
    let call = Call::new(&actor, now, seed);
    on_record(&db, &call, |tx, call| adopt_text(tx, call, &name, &text, from))
        .map_err(|error| words.error(error))?;
    say(&format!("{name}: in force from {from}"))
}

/// Reads a file and says what it holds; an error after every fault was said.
fn check(file: &Path, language: Language, say: &mut impl FnMut(&str) -> Result<()>) -> Result<Handbook> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let report = report(&file.display().to_string(), &text);
    report.lines(language).iter().try_for_each(|line| say(line))?;
    let faults = report.faults.len();
    let Some(handbook) = report.handbook else {
        bail!("{} cannot be used; faults: {faults}", file.display())
    };
    Ok(handbook)
}

/// Reads a file; says its faults alone.
fn read(file: &Path, language: Language, say: &mut impl FnMut(&str) -> Result<()>) -> Result<Handbook> {
    let mut said = Vec::new();
    let looked = check(file, language, &mut |line| {
        said.push(line.to_owned());
        Ok(())
    });
    if looked.is_err() {
        said.iter().try_for_each(|line| say(line))?;
    }
    looked
}

/// Chinese where the terminal's locale is; English otherwise.
fn of_terminal(variable: impl Fn(&str) -> Option<String>) -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|v| !v.is_empty()));
    if locale.is_some_and(|locale| locale.starts_with("zh")) { Language::Zh } else { Language::En }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped(version: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../handbooks/minhang-{version}.toml"))
    }

    fn said(file: &Path, language: Language) -> (Result<Handbook>, Vec<String>) {
        let mut lines = Vec::new();
        let looked = check(file, language, &mut |line| {
            lines.push(line.to_owned());
            Ok(())
        });
        (looked, lines)
    }

    #[test]
    fn a_good_file_says_what_it_holds_in_either_language() {
        for (language, words) in [(Language::Zh, "没有缺口，没有冲突"), (Language::En, "No gap, no conflict")]
        {
            let (looked, lines) = said(&shipped("2.0"), language);
            assert_eq!(looked.unwrap().version(), "2.0");
            assert_eq!(lines.last().map(String::as_str), Some(words));
        }
    }

    #[test]
    fn a_bad_file_fails_with_file_line_and_reason() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bad.toml");
        let text =
            fs::read_to_string(shipped("2.0")).unwrap().replacen("value = 1000", "value = \"many\"", 1);
        let line = text.lines().position(|line| line.contains("many")).unwrap() + 1;
        fs::write(&file, text).unwrap();
        let (looked, lines) = said(&file, Language::En);
        assert!(looked.unwrap_err().to_string().contains("cannot be used"));
        assert!(lines[0].starts_with(&format!("{}:{line}:", file.display())), "{lines:?}");
        let (_, lines) = said(&file, Language::Zh);
        assert!(lines[0].contains(&format!("第 {line} 行")), "{lines:?}");
        let missing = said(&folder.path().join("none.toml"), Language::En);
        assert!(missing.0.is_err() && missing.1.is_empty());
    }

    #[test]
    fn two_files_are_compared_and_a_good_one_says_nothing_of_itself() {
        let mut lines = Vec::new();
        let mut say = |line: &str| {
            lines.push(line.to_owned());
            Ok(())
        };
        let before = read(&shipped("1.0"), Language::En, &mut say).unwrap();
        let after = read(&shipped("2.0"), Language::En, &mut say).unwrap();
        assert!(lines.is_empty());
        assert!(compare(&before, &after).lines(Language::En).contains(&"Clause 1.3 is new".to_owned()));
    }

    #[test]
    fn the_terminal_chooses_the_language() {
        let with = |name: &'static str, value: &'static str| {
            of_terminal(move |asked| (asked == name).then(|| value.to_owned()))
        };
        assert_eq!(with("LANG", "zh_CN.UTF-8"), Language::Zh);
        assert_eq!(with("LC_ALL", "zh_TW.UTF-8"), Language::Zh);
        assert_eq!(with("LANG", "en_GB.UTF-8"), Language::En);
        assert_eq!(with("LANG", ""), Language::En);
    }
}
