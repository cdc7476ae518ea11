//! What the sheets of a city's hotline call their columns and their categories, as data of the district: read once, used for
//! every sheet that comes in.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{COLUMNS, Column, tree};
use crate::exchange::sheets::key;
use crate::matters::Category;

/// What a sheet may call a column or a category beside the names that the program knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HotlineWords {
    /// A header, as it is compared → the column's place.
    columns: BTreeMap<String, usize>,
    /// A category of theirs, as it is compared → the code of a leaf.
    categories: BTreeMap<String, String>,
}

/// A file of words says nothing that the program could follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HotlineWordsError {
    /// It cannot be read.
    #[error("this is no file of a hotline's words: {0}")]
    Form(String),
    /// There is no such column.
    #[error("there is no column “{0}”; there are {known}", known = columns())]
    Column(String),
    /// A name that is another column's.
    #[error("“{name}” is the name of the column {other}")]
    Taken {
        /// The name.
        name: String,
        /// Whose it is.
        other: &'static str,
    },
    /// There is no such leaf of the tree.
    #[error("“{name}”: no matter can be of the category “{code}”")]
    Category {
        /// What the hotline calls it.
        name: String,
        /// The code that was given.
        code: String,
    },
}

fn columns() -> String {
    COLUMNS.iter().map(|column| column.id).collect::<Vec<_>>().join(", ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    columns: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    categories: BTreeMap<String, String>,
}

impl HotlineWords {
    /// Reads a file of words: under `[columns]` the headers of each column, under `[categories]` the leaf of each category.
    pub fn parse(text: &str) -> Result<Self, HotlineWordsError> {
        let file: File = toml::from_str(text).map_err(|error| HotlineWordsError::Form(error.to_string()))?;
        let mut words = Self::default();
        for (id, names) in file.columns {
            let place = COLUMNS.iter().position(|column| column.id == id);
            let place = place.ok_or(HotlineWordsError::Column(id))?;
            for name in names {
                let known = words.column(&name).filter(|known| *known != place);
                if let Some(other) = known {
                    return Err(HotlineWordsError::Taken { name, other: COLUMNS[other].id });
                }
                words.columns.insert(key(&name), place);
            }
        }
        for (name, code) in file.categories {
            if !tree().leaves().any(|(leaf, _)| leaf.code == code) {
                return Err(HotlineWordsError::Category { name, code });
            }
            words.categories.insert(key(&name), code);
        }
        Ok(words)
    }

    /// The place of the column that a header names.
    pub(super) fn column(&self, header: &str) -> Option<usize> {
        let own = self.columns.get(&key(header)).copied();
        own.or_else(|| COLUMNS.iter().position(|column: &Column| column.is_named(header)))
    }

    /// The leaf that a name or a code names.
    pub(super) fn leaf(&self, text: &str) -> Option<&'static Category> {
        let asked = key(text);
        let code = self.categories.get(&asked);
        let is = |leaf: &Category| match code {
            Some(code) => leaf.code == *code,
            None => [&leaf.code, &leaf.name, &leaf.name_en].into_iter().any(|it| key(it) == asked),
        };
        tree().leaves().map(|(leaf, _)| leaf).find(|leaf| is(leaf))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_or_it_is_said_what_is_wrong_with_them() {
        let text = "[columns]\nnumber = [\"案件号\"]\nat = [\"发生时间\"]\n[categories]\n\"设备设施/电梯\" = \"property-lift\"\n";
        let words = HotlineWords::parse(text).unwrap();
        assert_eq!(words.column(" 案件号 "), Some(0));
        assert_eq!(words.column("工单编号"), Some(0), "what the program knows goes on");
        assert_eq!(words.leaf("设备设施/电梯").unwrap().code, "property-lift");
        assert_eq!(words.leaf("电梯故障").unwrap().code, "property-lift");
        assert_eq!(words.leaf("设备设施"), None);
        let wrong = |text: &str| HotlineWords::parse(text).unwrap_err().to_string();
        assert!(wrong("[columns]\nwho = [\"谁\"]").contains("telephone"), "the columns there are");
        assert!(wrong("[columns]\nat = [\"工单编号\"]").contains("number"));
        assert!(wrong("[categories]\n\"其他\" = \"property\"").contains("property"), "no leaf");
        assert!(wrong("[words]").contains("words"));
    }
}
