//! Formulas of a form that filling would make untrue. Rows are put in and what stands below moves down, but no formula is
//! rewritten: a total would keep its range and its last result. Such a form is refused with the cell named.

use std::collections::HashMap;

use calamine::{Reader as _, SheetType, XlsxFormulaMetadata};

use super::{broken, letters, opened, refused};
use crate::kit::Refusal;

/// Refuses a form with a formula below its header, or anywhere else over the rows below it.
pub(super) fn check(bytes: &[u8], sheet: &str, header: usize) -> Result<(), Refusal> {
    let mut xlsx = opened(bytes)?;
    let names = xlsx.defined_names().to_vec();
    let form = Form { sheet, header, names: &names };
    let sheets: Vec<String> = xlsx
        .sheets_metadata()
        .iter()
        .filter(|it| it.typ == SheetType::WorkSheet)
        .map(|it| it.name.clone())
        .collect();
    for name in sheets {
        let own = name == sheet;
        let mut cells = xlsx.worksheet_cells_reader(&name).map_err(|_| broken())?;
        // A shared formula is written once, and stands for other rows in the cells that share it.
        let mut shared: HashMap<usize, String> = HashMap::new();
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|_| broken())? {
            let (row, column) = cell.pos;
            let is_below = own && row as usize >= header;
            let depends = match cell.formula {
                None => false,
                Some(_) if is_below => true,
                Some(XlsxFormulaMetadata::Shared { shared_index, formula, .. }) => {
                    let depends = form.is_meant(&formula, own, false);
                    shared.insert(shared_index, formula);
                    depends
                }
                Some(XlsxFormulaMetadata::Normal { formula }) => form.is_meant(&formula, own, false),
                Some(XlsxFormulaMetadata::SharedDerived { shared_index }) => {
                    let first = shared.get(&shared_index);
                    first.is_none_or(|formula| form.is_meant(formula, own, true))
                }
                Some(_) => true,
            };
            if depends {
                let cell = format!("{}{}", letters(column as usize), row + 1);
                let refusal = refused("exchange-refused-form-formula");
                return Err(refusal.with("sheet", name).with("cell", cell));
            }
        }
    }
    Ok(())
}

/// The sheet that is filled, the row of its header, and the names that the workbook gives to ranges.
struct Form<'a> {
    sheet: &'a str,
    header: usize,
    names: &'a [(String, String)],
}

/// A piece of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A text in quotation marks.
    Text(String),
    /// A sheet's name before its exclamation mark.
    Sheet(String),
    /// A function's name before its bracket.
    Function(String),
    /// A cell, a column, a row, a number, a name.
    Word(String),
    /// Anything else.
    Sign(char),
}

impl Form<'_> {
    /// May this formula's result change when rows below the header are filled? `own`: it stands on the sheet itself.
    /// `any_row`: the rows it names are not the ones it means. In doubt it may.
    fn is_meant(&self, formula: &str, own: bool, any_row: bool) -> bool {
        let tokens = tokens(formula);
        // A shifted range names its first cell alone.
        let any_row = any_row || tokens.contains(&Token::Function("OFFSET".to_owned()));
        let mut ours = own;
        for (at, token) in tokens.iter().enumerate() {
            let next = tokens.get(at + 1);
            let is_range =
                [at.checked_sub(1).and_then(|at| tokens.get(at)), next].contains(&Some(&Token::Sign(':')));
            match token {
                Token::Sheet(name) => {
                    // Several sheets at once are named by the first and the last of them.
                    ours = self.is_sheet(name) || name.contains(':');
                    continue;
                }
                // The second end of a range lies on the sheet of the first.
                Token::Sign(':') => continue,
                Token::Text(text) if text.contains(self.sheet) => return true,
                // It finds its cells when it is calculated.
                Token::Function(name) if name == "INDIRECT" => return true,
                Token::Word(word) if self.word_is_meant(word, ours, any_row, is_range, next) => return true,
                Token::Sign(_) | Token::Text(_) | Token::Function(_) | Token::Word(_) => {}
            }
            if next != Some(&Token::Sign(':')) {
                ours = own;
            }
        }
        false
    }

    fn is_sheet(&self, name: &str) -> bool {
        name.to_lowercase() == self.sheet.to_lowercase()
    }

    fn word_is_meant(
        &self,
        word: &str,
        ours: bool,
        any_row: bool,
        is_range: bool,
        next: Option<&Token>,
    ) -> bool {
        let plain = word.replace('$', "").to_uppercase();
        let split = plain.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(plain.len());
        let (column, row) = plain.split_at(split);
        let is_row = !row.is_empty() && row.bytes().all(|b| b.is_ascii_digit());
        let below = any_row || row.parse().is_ok_and(|row: usize| row > self.header);
        if is_row && (1..=3).contains(&column.len()) {
            return ours && below;
        }
        if is_row && column.is_empty() {
            // A number, unless it is an end of a range of whole rows.
            return ours && is_range && below;
        }
        if row.is_empty() && (1..=3).contains(&column.len()) && is_range {
            return ours;
        }
        if plain == "TRUE" || plain == "FALSE" || plain.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        {
            return false;
        }
        // A name: of a range of ours, or one that is not told, as that of a table.
        let meaning = self.names.iter().find(|(name, _)| name.to_uppercase() == plain);
        match meaning {
            Some((_, meaning)) => ours || meaning.contains(self.sheet),
            None => ours || self.is_sheet(word) || next == Some(&Token::Sign('[')),
        }
    }
}

fn tokens(formula: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = formula.chars().peekable();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '\\' | '?');
    while let Some(first) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        if first == '"' || first == '\'' {
            let mut text = String::new();
            while let Some(c) = rest.next() {
                if c == first && rest.peek() != Some(&first) {
                    break;
                }
                if c == first {
                    rest.next();
                }
                text.push(c);
            }
            if first == '\'' && rest.next_if_eq(&'!').is_some() {
                tokens.push(Token::Sheet(text));
            } else {
                tokens.push(Token::Text(text));
            }
        } else if is_word(first) {
            let mut word = String::from(first);
            while let Some(c) = rest.next_if(|c| is_word(*c)) {
                word.push(c);
            }
            tokens.push(match rest.peek() {
                Some('!') => {
                    rest.next();
                    Token::Sheet(word)
                }
                Some('(') => Token::Function(word.to_uppercase()),
                _ => Token::Word(word),
            });
        } else {
            tokens.push(Token::Sign(first));
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_at_the_rows_below_the_header_is_known() {
        let names =
            [("合计".to_owned(), "情况表!$C$3:$C$9".to_owned()), ("税率".to_owned(), "其他!$A$1".to_owned())];
        let form = Form { sheet: "情况表", header: 2, names: &names };
        let own = |formula: &str| form.is_meant(formula, true, false);
        let other = |formula: &str| form.is_meant(formula, false, false);
        for formula in
            ["SUM(C3:C12)", "$C$3", "SUM(C:C)", "SUM(3:12)", "合计", "税率", "ROW(A1)+B2+OFFSET(B1,2,0)"]
        {
            assert!(own(formula), "{formula}");
        }
        for formula in [
            "A1&B2",
            "TODAY()",
            "1.5+LOG10(100)",
            "\"C3\"&TRUE",
            "SUM(1:2)",
            "其他!C9+A2",
            "SUM('a b'!C3:C9)",
        ] {
            assert!(!own(formula), "{formula}");
        }
        for formula in [
            "情况表!C3",
            "SUM('情况表'!C$2:C$12)",
            "SUM(情况表!C:C)",
            "合计*2",
            "INDIRECT(\"情况表!C3\")",
            "\"情况表!C3\"",
            "SUM('情况表:其他'!C3)",
            "SUM(情况表:其他!C3)",
            "SUM(表1[户数])",
            "SUM(OFFSET(情况表!A1,2,2))",
        ] {
            assert!(other(formula), "{formula}");
        }
        for formula in ["情况表!A1", "C3+C9", "SUM(C:C)", "税率", "情况表!B2+C9", "SUM(情况表!A1:B2)+C9"]
        {
            assert!(!other(formula), "{formula}");
        }
        assert!(form.is_meant("情况表!A1", false, true), "a shared formula stands for other rows");
    }
}
