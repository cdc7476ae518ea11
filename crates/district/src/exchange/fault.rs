//! What is wrong with a workbook: where, what, and how to mend it.

use super::sheets::{Column, SheetId};

/// A row of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Which file of those that came together; 0 when there is one.
    pub file: u16,
    /// The sheet.
    pub sheet: SheetId,
    /// The row as a spreadsheet numbers it, from 1.
    pub row: u32,
}

/// How much a fault weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The row cannot be taken.
    Refuses,
    /// The row is taken; a person should look.
    Warns,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The row.
    pub place: Place,
    /// The column by its id in [`super::sheets`]; `None`: the row as a whole.
    pub column: Option<&'static str>,
    /// Refused, or taken with a warning.
    pub weight: Weight,
    /// The message: what is wrong and how to mend it.
    pub reason: &'static str,
    /// What the message names.
    pub args: Vec<(&'static str, String)>,
}

impl Fault {
    /// A fault that refuses its row.
    pub fn new(place: Place, column: Option<&'static str>, reason: &'static str) -> Self {
        Self { place, column, weight: Weight::Refuses, reason, args: Vec::new() }
    }

    /// A fault that only warns.
    pub fn warning(place: Place, column: Option<&'static str>, reason: &'static str) -> Self {
        Self { weight: Weight::Warns, ..Self::new(place, column, reason) }
    }

    /// Names something in the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// The column it stands in.
    pub fn column(&self) -> Option<&'static Column> {
        self.column.and_then(|id| self.place.sheet.column(id))
    }
}

/// What a message names that stands in a cell.
const CONTENTS: [&str; 4] = ["text", "error", "number", "name"];
/// What is said in its place: sheet, row and column say where to look.
const UNSAID: &str = "…";

/// The most faults that are kept with their words; all are counted. A page and a marked workbook with more of them help
/// nobody: one cause stands behind most.
pub const MOST_FAULTS: usize = 5_000;

/// Faults as they are found: counted all, kept up to [`MOST_FAULTS`].
#[derive(Debug, Default, Clone)]
pub struct Faults {
    kept: Vec<Fault>,
    /// How many refuse a row.
    pub refused: usize,
    /// How many only warn.
    pub warned: usize,
    /// How many of those that refuse belong to no community that can be named: a header, a sheet, a row without a code.
    /// While there is one, nobody can say which communities are complete.
    pub loose: usize,
}

impl Faults {
    /// Takes one more.
    pub fn add(&mut self, fault: Fault) {
        match fault.weight {
            Weight::Refuses => self.refused += 1,
            Weight::Warns => self.warned += 1,
        }
        if self.kept.len() < MOST_FAULTS {
            self.kept.push(fault);
        }
    }

    /// Takes one more, which belongs to no community that can be named.
    pub fn add_loose(&mut self, fault: Fault) {
        self.loose += usize::from(fault.weight == Weight::Refuses);
        self.add(fault);
    }

    /// Says kept faults in other words.
    pub fn rename(&mut self, change: impl FnMut(&mut Fault)) {
        self.kept.iter_mut().for_each(change);
    }

    /// Those that were kept, in the order of the workbook. What stands in a cell of a sheet with people is not repeated: it may be
    /// anybody's name, put into the wrong column.
    pub fn into_kept(mut self) -> Vec<Fault> {
        for fault in self.kept.iter_mut().filter(|fault| fault.place.sheet.holds_people()) {
            for (_, text) in fault.args.iter_mut().filter(|(name, _)| CONTENTS.contains(name)) {
                UNSAID.clone_into(text);
            }
        }
        self.kept.sort_by_key(|fault| fault.place);
        self.kept
    }
}
