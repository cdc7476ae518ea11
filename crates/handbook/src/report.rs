//! A handbook file looked over: its faults, or what it holds.

use crate::fault::Fault;
use crate::file::Handbook;
use crate::words::{Language, pick};

/// What looking over a handbook file found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The file's name.
    pub file: String,
    /// The handbook, where there is no fault.
    pub handbook: Option<Handbook>,
    /// Every fault found, in the order of the file.
    pub faults: Vec<Fault>,
}

/// Looks a file over.
pub fn report(file: &str, text: &str) -> Report {
    let (handbook, faults) = match Handbook::read_all(file, text) {
        Ok(handbook) => (Some(handbook), Vec::new()),
        Err(faults) => (None, faults),
    };
    Report { file: file.to_owned(), handbook, faults }
}

impl Report {
    /// Whether the file may be used.
    pub fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    /// The report in words, one line each.
    pub fn lines(&self, language: Language) -> Vec<String> {
        let Some(handbook) = &self.handbook else {
            return self.faults.iter().map(|fault| fault.words(language)).collect();
        };
        let (title, label) = (handbook.title().get(language), handbook.label().get(language));
        let standing = handbook.standing().name(language);
        let from = handbook.in_force_from();
        let until = match handbook.in_force_until() {
            Some(until) => until.to_string(),
            None => pick(language, "另有规定之日", "further notice").to_owned(),
        };
        let clauses = handbook.clauses().len();
        let prescribing = handbook.clauses().iter().filter(|clause| clause.then.is_some()).count();
        let assumed = handbook.clauses().iter().filter(|clause| clause.assumption).count();
        let parameters = handbook.parameters().len();
        match language {
            Language::Zh => vec![
                format!("{title}（{standing}）"),
                label.to_owned(),
                format!("施行：{from} 至 {until}"),
                format!(
                    "条文 {clauses} 条，其中作出规定的 {prescribing} 条、按假设处理的 {assumed} 条；参数 {parameters} 个"
                ),
                "没有缺口，没有冲突".to_owned(),
            ],
            Language::En => vec![
                format!("{title} ({standing})"),
                label.to_owned(),
                format!("In force: {from} to {until}"),
                format!(
                    "{clauses} clauses, {prescribing} of which prescribe and {assumed} are assumptions; {parameters} parameters"
                ),
                "No gap, no conflict".to_owned(),
            ],
        }
    }
}
