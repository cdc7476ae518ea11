//! The tree of categories, as data: `categories/matters.toml`. A matter is of a leaf; the leaf says who answers first and
//! within how many working days.

use std::sync::LazyLock;

use serde::Deserialize;

use super::life::Holder;

/// The tree that the program has.
const SHIPPED: &str = include_str!("../../categories/matters.toml");

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its code, by which matters name it.
    pub code: String,
    /// The node above; `None` at the top.
    pub parent: Option<String>,
    /// Name.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Who answers first; a leaf has one.
    holder: Option<String>,
    /// Working days until the answer; a leaf has them.
    term_days: Option<i64>,
    /// About common parts: another resident of the community may confirm.
    #[serde(default)]
    pub common: bool,
    /// Inside of a flat: its category is shown in public, never its building.
    #[serde(default)]
    pub private: bool,
}

/// What a leaf says of its matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Who answers first.
    pub holder: Holder,
    /// Working days until the answer.
    pub term_days: i64,
}

impl Category {
    /// What it says of its matters; `None`: it only groups others.
    pub fn rule(&self) -> Option<Rule> {
        let holder = Holder::parse(self.holder.as_deref()?)?;
        Some(Rule { holder, term_days: self.term_days? })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    category: Vec<Category>,
}

/// A file is no tree of categories.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// It cannot be read.
    #[error("this is no tree of categories: {0}")]
    Unreadable(String),
    /// A code stands twice.
    #[error("the code “{0}” stands twice")]
    Twice(String),
    /// A node above is not there, or comes after.
    #[error("“{0}” names a parent that does not stand before it")]
    Orphan(String),
    /// A leaf says only half of what its matters need, or names nobody.
    #[error("“{0}” needs a holder (operator, station, grid, town, district) and term_days from 1 to 60")]
    Half(String),
    /// What groups others has matters of its own.
    #[error("“{0}” has categories below it and a rule of its own")]
    Both(String),
}

/// The longest term of a category, in working days: four times the longest that is published.
const LONGEST_TERM: i64 = 60;

/// A tree of categories, each after the one above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree(Vec<Category>);

impl Tree {
    /// Reads a file.
    pub fn parse(text: &str) -> Result<Self, TreeError> {
        let File { category } =
            toml::from_str(text).map_err(|error| TreeError::Unreadable(error.message().to_owned()))?;
        for (place, node) in category.iter().enumerate() {
            let known = |code: &str| category[..place].iter().any(|other| other.code == code);
            if known(&node.code) {
                return Err(TreeError::Twice(node.code.clone()));
            }
            if node.parent.as_deref().is_some_and(|parent| !known(parent)) {
                return Err(TreeError::Orphan(node.code.clone()));
            }
            let above = category.iter().any(|other| other.parent.as_deref() == Some(node.code.as_str()));
            let (none, whole) = (node.holder.is_none() && node.term_days.is_none(), node.rule());
            match (above, none, whole) {
                (true, true, _) => {}
                (true, false, _) => return Err(TreeError::Both(node.code.clone())),
                (false, _, Some(rule)) if (1..=LONGEST_TERM).contains(&rule.term_days) => {}
                (false, ..) => return Err(TreeError::Half(node.code.clone())),
            }
        }
        Ok(Self(category))
    }

    /// A node by its code.
    pub fn get(&self, code: &str) -> Option<&Category> {
        self.0.iter().find(|node| node.code == code)
    }

    /// The nodes at the top.
    pub fn roots(&self) -> impl Iterator<Item = &Category> {
        self.0.iter().filter(|node| node.parent.is_none())
    }

    /// The nodes right below one.
    pub fn below<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Category> {
        self.0.iter().filter(move |node| node.parent.as_deref() == Some(code))
    }

    /// The nodes that matters can be of.
    pub fn leaves(&self) -> impl Iterator<Item = (&Category, Rule)> {
        self.0.iter().filter_map(|node| Some((node, node.rule()?)))
    }
}

static TREE: LazyLock<Tree> =
    LazyLock::new(|| Tree::parse(SHIPPED).expect("the shipped tree is in the program and a test reads it"));

/// The tree that matters are of.
pub fn tree() -> &'static Tree {
    &TREE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_tree_is_whole() {
        let tree = Tree::parse(SHIPPED).unwrap();
        assert!(tree.roots().count() >= 5 && tree.leaves().count() >= 15);
        for (leaf, rule) in tree.leaves() {
            assert!(!leaf.name_en.is_empty() && leaf.code.len() <= 40, "{}", leaf.code);
            assert!([1, 5, 15].contains(&rule.term_days), "{}: the terms that are published", leaf.code);
        }
    }

    #[test]
    fn what_is_no_tree_says_why() {
        let node = |code: &str, more: &str| {
            format!("[[category]]\ncode = \"{code}\"\nname = \"甲\"\nname_en = \"A\"\n{more}\n")
        };
        let leaf = "holder = \"station\"\nterm_days = 5";
        let refused = |parts: &[String]| Tree::parse(&parts.concat()).unwrap_err();
        assert!(matches!(refused(&["x".into()]), TreeError::Unreadable(_)));
        assert_eq!(refused(&[node("a", leaf), node("a", leaf)]), TreeError::Twice("a".into()));
        assert_eq!(refused(&[node("a", &format!("{leaf}\nparent = \"b\""))]), TreeError::Orphan("a".into()));
        for half in ["holder = \"station\"", "term_days = 5", "holder = \"king\"\nterm_days = 5", ""] {
            assert_eq!(refused(&[node("a", half)]), TreeError::Half("a".into()), "{half}");
        }
        assert_eq!(refused(&[node("a", "holder = \"town\"\nterm_days = 61")]), TreeError::Half("a".into()));
        let below = node("b", &format!("{leaf}\nparent = \"a\""));
        assert_eq!(refused(&[node("a", leaf), below]), TreeError::Both("a".into()));
    }
}
