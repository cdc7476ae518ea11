//! In words, line by line: a handbook file looked over (its faults, or what it holds), two handbooks compared.

use crate::compare::{ClauseChange, Comparison, ParameterChange};
use crate::diff::Piece;
use crate::fault::Fault;
use crate::file::Handbook;
use crate::words::{Language, grouped, pick};

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

impl Comparison {
    /// Whether nothing differs that a handbook prescribes or says.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.clauses.is_empty() && !self.difficulty
    }

    /// What differs in words, for a terminal: `[-gone-]` and `{+new+}` mark words, as `wdiff` does.
    pub fn lines(&self, language: Language) -> Vec<String> {
        if self.is_empty() {
            return vec![pick(language, "两份手册没有区别", "No difference").to_owned()];
        }
        let mut lines: Vec<String> = self.parameters.iter().map(|change| change.words(language)).collect();
        if self.difficulty {
            let words = pick(
                language,
                "治理难度的权重、分段或档次有改动",
                "Weights, scales or bands of difficulty differ",
            );
            lines.push(words.to_owned());
        }
        for change in &self.clauses {
            lines.push(change.heading(language));
            lines.push(format!("  {}", marked(&change.pieces(language))));
            lines.extend(change.beside(language).map(|beside| format!("  {beside}")));
        }
        lines
    }
}

impl ParameterChange {
    /// `单独设站的户数线：1,000 → 800`.
    pub fn words(&self, language: Language) -> String {
        let value =
            |value: Option<i64>| value.map_or_else(|| pick(language, "没有", "none").to_owned(), grouped);
        let colon = pick(language, "：", ": ");
        format!("{}{colon}{} → {}", self.words.get(language), value(self.before), value(self.after))
    }
}

impl ClauseChange {
    /// Which clause, and what became of it: `第 3.1 条有改动`.
    pub fn heading(&self, language: Language) -> String {
        let id = self.id();
        match (self, language) {
            (Self::Added(_), Language::Zh) => format!("新增第 {id} 条"),
            (Self::Added(_), Language::En) => format!("Clause {id} is new"),
            (Self::Removed(_), Language::Zh) => format!("删去第 {id} 条"),
            (Self::Removed(_), Language::En) => format!("Clause {id} is gone"),
            (Self::Changed { .. }, Language::Zh) => format!("第 {id} 条有改动"),
            (Self::Changed { .. }, Language::En) => format!("Clause {id} differs"),
        }
    }

    /// What differs beside the text: `条件和结论也有改动`; none for a clause that is new or gone.
    pub fn beside(&self, language: Language) -> Option<String> {
        let Self::Changed { conditions, consequence, source, .. } = self else { return None };
        let parts: Vec<&str> = [
            (*conditions, pick(language, "条件", "its conditions")),
            (*consequence, pick(language, "结论", "what it prescribes")),
            (*source, pick(language, "来源", "its source")),
        ]
        .into_iter()
        .filter_map(|(differs, words)| differs.then_some(words))
        .collect();
        if parts.is_empty() {
            return None;
        }
        Some(match language {
            Language::Zh => format!("有改动的还有：{}", parts.join("、")),
            Language::En => format!("Also different: {}", parts.join(", ")),
        })
    }
}

fn marked(pieces: &[Piece]) -> String {
    let mark = |piece: &Piece| match piece {
        Piece::Same(text) => text.clone(),
        Piece::Removed(text) => format!("[-{text}-]"),
        Piece::Added(text) => format!("{{+{text}+}}"),
    };
    pieces.iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::compare;

    fn shipped() -> Handbook {
        Handbook::read("minhang-2.0.toml", include_str!("../../../handbooks/minhang-2.0.toml")).unwrap()
    }

    #[test]
    fn a_changed_number_is_marked_in_every_text_it_stands_in() {
        let draft = shipped().with_parameter("standalone_over", 800).unwrap();
        let comparison = compare(&shipped(), &draft);
        let zh = comparison.lines(Language::Zh);
        assert_eq!(zh[0], "单独设站的户数线：1,000 → 800");
        assert_eq!(zh[1], "第 3.1 条有改动");
        assert_eq!(zh[2], "  超过 [-1,000-]{+800+} 户的保障性租赁住房，单独设立社工站。");
        assert_eq!(zh[3], "  有改动的还有：条件");
        let en = comparison.lines(Language::En);
        assert!(en[2].contains("more than [-1,000-]{+800+} households"), "{}", en[2]);
        assert!(en.iter().all(|line| !line.contains('第')));
    }

    #[test]
    fn the_same_handbook_twice_has_no_difference() {
        let comparison = compare(&shipped(), &shipped());
        assert!(comparison.is_empty());
        assert_eq!(comparison.lines(Language::En), ["No difference"]);
    }

    #[test]
    fn new_and_gone_clauses_are_named() {
        let trial =
            Handbook::read("minhang-1.0.toml", include_str!("../../../handbooks/minhang-1.0.toml")).unwrap();
        let (forth, back) = (compare(&trial, &shipped()), compare(&shipped(), &trial));
        assert!(forth.lines(Language::Zh).contains(&"新增第 1.3 条".to_owned()));
        assert!(back.lines(Language::En).contains(&"Clause 1.3 is gone".to_owned()));
        assert!(forth.lines(Language::En).iter().any(|line| line.contains("none → 20")));
    }
}
