//! The columns of another system, as data: what its sheet calls a column, which field stands in it, and by which words.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::rules::{Category, Outcome, Slot};
use crate::kit::named;

named! {
    /// What may stand in a column. Nobody's name, telephone or words are among it.
    Field {
        /// The day of the visit.
        Day = "day",
        /// The hour and minute.
        Time = "time",
        /// The town's name.
        Town = "town",
        /// The town's nine-digit code.
        TownCode = "town_code",
        /// The community's name.
        Community = "community",
        /// The community's code.
        CommunityCode = "community_code",
        /// The building's number.
        Building = "building",
        /// The flat's number, and the room's.
        Dwelling = "dwelling",
        /// The household's pseudonym.
        Household = "household",
        /// How it ended.
        Outcome = "outcome",
        /// Whether it was contact.
        Contacted = "contacted",
        /// In which slot of the day.
        Slot = "slot",
        /// What the household needs, as far as it agreed that others are told.
        Needs = "needs",
        /// What it said of how it is served.
        Satisfied = "satisfied",
    }
}

/// The words for yes and no.
const YES_NO: [&str; 2] = ["yes", "no"];

impl Field {
    /// What may stand there, where it is one of a few things and the other system has words of its own for them.
    fn coded(self) -> Vec<&'static str> {
        match self {
            Self::Outcome => Outcome::ALL.iter().map(|it| it.as_str()).collect(),
            Self::Slot => Slot::ALL.iter().map(|it| it.as_str()).collect(),
            Self::Needs => Category::ALL.iter().map(|it| it.as_str()).collect(),
            Self::Contacted => YES_NO.to_vec(),
            Self::Satisfied => [&YES_NO[..], &["unknown"]].concat(),
            _ => Vec::new(),
        }
    }
}

/// A column of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What the other system calls it.
    pub header: String,
    /// What stands in it.
    pub field: Field,
    /// Its words for what we have codes for; a word for each of them, or for none.
    words: BTreeMap<String, String>,
}

impl Column {
    /// The other system's word for a code.
    pub fn word<'a>(&'a self, code: &'a str) -> &'a str {
        self.words.get(code).map_or(code, String::as_str)
    }
}

/// The sheet of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// What the sheet is called.
    pub name: String,
    /// Its columns, in their order.
    pub all: Vec<Column>,
}

/// A file says nothing about columns that the program could follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// It cannot be read.
    #[error("this is no file of columns: {0}")]
    Form(String),
    /// A column without a header, or none at all.
    #[error("column {0} has no header")]
    NoHeader(usize),
    /// The same header twice.
    #[error("the header “{0}” stands twice")]
    Twice(String),
    /// There is no such field.
    #[error("column “{header}”: there is no field “{field}”; there are {}", known())]
    Field {
        /// The column.
        header: String,
        /// What it names.
        field: String,
    },
    /// A word for something that cannot stand there, or none for something that can.
    #[error("column “{header}”: words are wanted for {wanted}, and for nothing else")]
    Words {
        /// The column.
        header: String,
        /// What may stand there.
        wanted: String,
    },
}

fn known() -> String {
    Field::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    column: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    header: String,
    field: String,
    #[serde(default)]
    words: BTreeMap<String, String>,
}

const SHIPPED: &str = include_str!("../../columns/visits.toml");

/// The columns that come with the program.
static OWN: LazyLock<Columns> =
    LazyLock::new(|| Columns::parse(SHIPPED).expect("the file is in the program and a test reads it"));

impl Default for Columns {
    /// Those that come with the program.
    fn default() -> Self {
        OWN.clone()
    }
}

impl Columns {
    /// Reads a file of columns.
    pub fn parse(text: &str) -> Result<Self, ColumnsError> {
        let file: File = toml::from_str(text).map_err(|error| ColumnsError::Form(error.to_string()))?;
        let mut all: Vec<Column> = Vec::with_capacity(file.column.len());
        for (place, Entry { header, field, words }) in file.column.into_iter().enumerate() {
            let header = header.trim().to_owned();
            if header.is_empty() {
                return Err(ColumnsError::NoHeader(place + 1));
            }
            if all.iter().any(|it| it.header == header) {
                return Err(ColumnsError::Twice(header));
            }
            let Some(field) = Field::parse(&field) else { return Err(ColumnsError::Field { header, field }) };
            let coded = field.coded();
            let whole = words.len() == coded.len()
                && coded.iter().all(|code| words.get(*code).is_some_and(|it| !it.is_empty()));
            if !words.is_empty() && !whole {
                let wanted = if coded.is_empty() { "nothing".to_owned() } else { coded.join(", ") };
                return Err(ColumnsError::Words { header, wanted });
            }
            all.push(Column { header, field, words });
        }
        if all.is_empty() { Err(ColumnsError::NoHeader(1)) } else { Ok(Self { name: file.name, all }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_columns_is_read_or_says_what_is_wrong_with_it() {
        let shipped = Columns::default();
        assert!(
            shipped.all.len() > 8 && shipped.all.iter().all(|it| it.words.len() == it.field.coded().len())
        );
        let one = |header: &str, field: &str, words: &str| {
            let words = if words.is_empty() { String::new() } else { format!("words = {{ {words} }}\n") };
            Columns::parse(&format!(
                "name = \"n\"\n[[column]]\nheader = \"{header}\"\nfield = \"{field}\"\n{words}"
            ))
        };
        let contacted = one("见到", "contacted", "yes = \"是\", no = \"否\"").unwrap();
        assert_eq!(contacted.all[0].word("yes"), "是");
        // Without words our own stand there.
        assert_eq!(one("结果", "outcome", "").unwrap().all[0].word("met"), "met");
        let said = |outcome: Result<Columns, ColumnsError>| outcome.unwrap_err().to_string();
        assert!(said(one("见到", "contacted", "yes = \"是\"")).contains("yes, no"));
        assert!(said(one("日期", "day", "met = \"是\"")).contains("nothing"));
        assert!(said(one("姓名", "name", "")).contains("satisfied"), "nobody's name goes out");
        assert!(said(one(" ", "day", "")).contains('1'));
        assert!(said(Columns::parse("name = \"n\"")).contains("column"));
        let twice = "name = \"n\"\n[[column]]\nheader = \"a\"\nfield = \"day\"\n[[column]]\nheader = \"a\"\nfield = \"time\"\n";
        assert_eq!(Columns::parse(twice), Err(ColumnsError::Twice("a".into())));
    }
}
