//! Which column of a file is which column of a sheet.

use super::super::fault::{Fault, Faults, Place};
use super::super::sheets::{PROBLEM, SheetId, key};

/// A header row lies within the first so many rows: a title and remarks may stand above it.
pub(super) const MOST_ABOVE: u32 = 10;

/// For each column of a file the column of the sheet, by its place; `None` for one that is left aside.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    pub(super) columns: Vec<Option<usize>>,
    /// Columns with an empty header, as merged header cells leave them.
    unnamed: Vec<bool>,
    /// Where the column stands that marked workbooks add.
    problem: Option<usize>,
    told: bool,
}

impl Header {
    /// How many columns of the sheet a row names.
    pub(super) fn score(sheet: SheetId, row: &[String]) -> usize {
        sheet.columns().iter().filter(|column| row.iter().any(|text| column.is_named(text))).count()
    }

    /// Reads a header row; says which columns are missing, doubled, unknown.
    pub(super) fn read(sheet: SheetId, row: &[String], place: Place, faults: &mut Faults) -> Self {
        let mut taken = vec![false; sheet.columns().len()];
        let mut columns = Vec::with_capacity(row.len());
        let unnamed = row.iter().map(|text| key(text).is_empty()).collect();
        let is_problem = |text: &str| PROBLEM.iter().any(|name| key(text).contains(&key(name)));
        let mut problem = None;
        for (at, text) in row.iter().enumerate() {
            let found = sheet.columns().iter().position(|column| column.is_named(text));
            let ours = key(text).is_empty() || is_problem(text);
            if found.is_none() && problem.is_none() && is_problem(text) {
                problem = Some(at);
            }
            columns.push(match found {
                Some(at) if taken[at] => {
                    let fault =
                        Fault::new(place, Some(sheet.columns()[at].id), "exchange-fault-column-twice");
                    faults.add_loose(fault);
                    None
                }
                Some(at) => {
                    taken[at] = true;
                    Some(at)
                }
                None => {
                    if !ours {
                        let fault = Fault::warning(place, None, "exchange-fault-column-unknown");
                        // Where the header is missing, somebody's row stands in its place.
                        let header = if sheet.holds_people() { letters(at) } else { text.clone() };
                        faults.add(fault.with("header", header));
                    }
                    None
                }
            });
        }
        for (column, taken) in sheet.columns().iter().zip(taken) {
            if column.required && !taken {
                faults.add_loose(Fault::new(place, Some(column.id), "exchange-fault-column-missing"));
            }
        }
        Self { columns, unnamed, problem, told: false }
    }

    /// Is this column none of ours, neither of the sheet nor the one that marked workbooks add?
    pub(super) fn is_other(&self, at: usize) -> bool {
        self.columns.get(at).copied().flatten().is_none() && self.problem != Some(at)
    }

    /// A value in a column that has no header would be lost without a word: it is told once.
    pub(super) fn check_unnamed(&mut self, at: usize, place: Place, faults: &mut Faults) {
        if !self.told && self.unnamed.get(at).copied().unwrap_or(true) {
            self.told = true;
            let fault = Fault::new(place, None, "exchange-fault-column-unnamed");
            faults.add_loose(fault.with("column", letters(at)));
        }
    }
}

/// `C`: a column as spreadsheets name it, from its place.
pub fn letters(column: usize) -> String {
    let (mut letters, mut rest) = (String::new(), column + 1);
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters
}
