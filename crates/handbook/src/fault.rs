//! Why a handbook file is refused: a stable code, the place, and the reason in both languages.

use std::fmt;
use std::ops::Range;

use crate::vocabulary::vocabulary;
use crate::words::{Language, Words};

vocabulary! {
    /// The stable code of a fault.
    Code, "code of a fault":
    /// Not TOML.
    Syntax "handbook_syntax" "格式错误" "syntax",
    /// A field the format does not have.
    UnknownField "handbook_unknown_field" "未知字段" "unknown field",
    /// A field that must be there is not.
    MissingField "handbook_missing_field" "缺少字段" "missing field",
    /// A value of the wrong type, such as a word where a number is compared.
    WrongType "handbook_wrong_type" "类型不符" "wrong type",
    /// A value of the right type that cannot be: unknown word, number out of range.
    WrongValue "handbook_wrong_value" "取值不符" "wrong value",
    /// A parameter that is not declared, or declared and never used.
    Parameter "handbook_parameter" "参数错误" "parameter",
    /// Two clauses with one number.
    DuplicateId "handbook_duplicate_id" "编号重复" "duplicate id",
    /// Two clauses say different things of one case.
    Conflict "handbook_conflict" "条文冲突" "conflict",
    /// No clause settles a case.
    Gap "handbook_gap" "条文缺口" "gap",
    /// More cases than are looked through.
    TooManyCases "handbook_too_many_cases" "情形过多" "too many cases",
}

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name as it was given.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// One reason to refuse a handbook file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {}", .reason.en)]
pub struct Fault {
    /// The stable code.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// Why, in both languages.
    pub reason: Words,
}

impl Fault {
    /// Place and reason in a language: `minhang-2.0.toml:12:3: …`.
    pub fn words(&self, language: Language) -> String {
        match language {
            Language::Zh => {
                format!(
                    "{} 第 {} 行第 {} 列：{}",
                    self.place.file, self.place.line, self.place.column, self.reason.zh
                )
            }
            Language::En => self.to_string(),
        }
    }
}

/// `file:line:column`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A file's name and text, from which places are made.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    /// The place of the first byte of a span.
    pub fn place(&self, span: &Range<usize>) -> Place {
        let before = self.text.get(..span.start.min(self.text.len())).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place { file: self.file.to_owned(), line, column: before[start..].chars().count() + 1 }
    }

    /// A fault at a span.
    pub fn fault(&self, code: Code, span: &Range<usize>, zh: String, en: String) -> Fault {
        Fault { code, place: self.place(span), reason: Words { zh, en } }
    }
}
