//! A handbook in memory, and drafts of it.

use std::ops::Range;
use std::sync::Arc;

use crate::clause::{Clause, ConsequenceKind};
use crate::date::Date;
use crate::difficulty::DifficultyRule;
use crate::fault::Fault;
use crate::vocabulary::vocabulary;
use crate::words::Words;

vocabulary! {
    /// What a version is.
    Standing, "standing of a handbook":
    /// A trial version (试行).
    Trial "trial" "试行" "trial",
    /// A version as published.
    Published "published" "现行" "published",
    /// A draft, which binds nobody.
    Draft "draft" "草案" "draft",
}

/// A number that clauses refer to by name, so that a draft changes it once for texts and conditions alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name: `standalone_over`.
    pub name: String,
    /// Its value.
    pub value: i64,
    /// The least value a draft may give it.
    pub least: i64,
    /// The largest value a draft may give it.
    pub most: i64,
    /// What it is, for a form's label.
    pub words: Words,
    /// No published text states this number.
    pub assumption: bool,
    pub(crate) span: Range<usize>,
}

/// A checked handbook: every case settled once.
#[derive(Debug, Clone)]
pub struct Handbook {
    pub(crate) file: String,
    pub(crate) source: Arc<str>,
    pub(crate) head: Head,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) clauses: Vec<Arc<Clause>>,
    pub(crate) difficulty: DifficultyRule,
    /// The clauses with a consequence.
    pub(crate) prescribing: Vec<Arc<Clause>>,
    /// For each kind of consequence, which of `prescribing` settle it.
    pub(crate) groups: Vec<(ConsequenceKind, Vec<usize>)>,
}

/// The head of the file.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub id: String,
    pub version: String,
    pub standing: Standing,
    pub title: Words,
    pub label: Words,
    pub above: Words,
    pub from: Date,
    pub until: Option<Date>,
    pub term_assumption: bool,
    /// Where version, standing and first day stand in the file.
    pub version_span: Range<usize>,
    pub standing_span: Range<usize>,
    pub from_span: Range<usize>,
}

/// Why a draft cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// No parameter has this name.
    #[error("the handbook has no parameter “{0}”")]
    NoParameter(String),
    /// The value is outside of what the parameter allows.
    #[error("{name} must lie between {least} and {most}, not {value}")]
    OutOfRange {
        /// The parameter.
        name: String,
        /// The value asked for.
        value: i64,
        /// The least allowed.
        least: i64,
        /// The largest allowed.
        most: i64,
    },
    /// The changed file is no longer a handbook.
    #[error(transparent)]
    Refused(#[from] Fault),
}

impl Handbook {
    pub(crate) fn of(
        (file, source): (&str, &str),
        head: Head,
        parameters: Vec<Parameter>,
        clauses: Vec<Arc<Clause>>,
        difficulty: DifficultyRule,
    ) -> Self {
        let prescribing: Vec<Arc<Clause>> =
            clauses.iter().filter(|clause| clause.then.is_some()).cloned().collect();
        let of_kind = |kind: ConsequenceKind| -> Vec<usize> {
            let is = |clause: &Clause| clause.then.as_ref().is_some_and(|then| then.kind() == kind);
            (0..prescribing.len()).filter(|&i| is(&prescribing[i])).collect()
        };
        let groups = ConsequenceKind::ALL.iter().map(|&kind| (kind, of_kind(kind))).collect();
        let (file, source) = (file.to_owned(), Arc::from(source));
        Self { file, source, head, parameters, clauses, difficulty, prescribing, groups }
    }

    /// Its id over all versions: `minhang`.
    pub fn id(&self) -> &str {
        &self.head.id
    }

    /// Its version: `2.0`.
    pub fn version(&self) -> &str {
        &self.head.version
    }

    /// Trial, published or draft.
    pub fn standing(&self) -> Standing {
        self.head.standing
    }

    /// Its title.
    pub fn title(&self) -> &Words {
        &self.head.title
    }

    /// What stands on every clause: 依据公开报道整理，非官方文本.
    pub fn label(&self) -> &Words {
        &self.head.label
    }

    /// The document above it.
    pub fn above(&self) -> &Words {
        &self.head.above
    }

    /// The first day it is in force.
    pub fn in_force_from(&self) -> Date {
        self.head.from
    }

    /// The last day it is in force, that day included; none while it is open.
    pub fn in_force_until(&self) -> Option<Date> {
        self.head.until
    }

    /// Whether the term itself is an assumption.
    pub fn term_is_assumption(&self) -> bool {
        self.head.term_assumption
    }

    /// Whether it is in force on a day.
    pub fn in_force_on(&self, day: Date) -> bool {
        self.head.from <= day && self.head.until.is_none_or(|until| day <= until)
    }

    /// Every clause, in the order of the file.
    pub fn clauses(&self) -> &[Arc<Clause>] {
        &self.clauses
    }

    /// The clause of a number.
    pub fn clause(&self, id: &str) -> Option<&Arc<Clause>> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// Every parameter, in the order of the file.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The parameter of a name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// How difficulty is computed.
    pub fn difficulty(&self) -> &DifficultyRule {
        &self.difficulty
    }

    /// The file's text, to be stored: reading it again gives the same handbook.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The same handbook with one parameter changed, in texts, conditions and consequences alike, and checked
    /// again for gaps and conflicts.
    pub fn with_parameter(&self, name: &str, value: i64) -> Result<Self, DraftError> {
        let parameter = self.parameter(name).ok_or_else(|| DraftError::NoParameter(name.to_owned()))?;
        let (least, most) = (parameter.least, parameter.most);
        if !(least..=most).contains(&value) {
            return Err(DraftError::OutOfRange { name: name.to_owned(), value, least, most });
        }
        self.replaced(&[(parameter.span.clone(), value.to_string())])
    }

    /// The same handbook as a draft of another version, or as a version adopted from a day.
    pub fn with_version(&self, version: &str, standing: Standing, from: Date) -> Result<Self, DraftError> {
        self.replaced(&[
            (self.head.version_span.clone(), quoted(version)),
            (self.head.standing_span.clone(), quoted(standing.as_code())),
            (self.head.from_span.clone(), quoted(&from.to_string())),
        ])
    }

    /// The file with some spans written anew, read again. A draft is thus always a whole file.
    fn replaced(&self, changes: &[(Range<usize>, String)]) -> Result<Self, DraftError> {
        let mut changes = changes.to_vec();
        changes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        let mut text = self.source.to_string();
        for (span, new) in changes {
            text.replace_range(span, &new);
        }
        Ok(Self::read(&self.file, &text)?)
    }
}

/// A TOML string. Control characters are dropped: no version is named with them.
fn quoted(text: &str) -> String {
    let kept: String = text.chars().filter(|letter| !letter.is_control()).collect();
    format!("\"{}\"", kept.replace('\\', "\\\\").replace('"', "\\\""))
}
