//! A list as a workbook of one sheet, or as CSV: figures as figures, texts as texts.

use rust_xlsxwriter::{Color, Format, Workbook, XlsxError};

use super::super::values::{begins_a_formula, degrees_text};
use super::write::csv_text;
use crate::kit::{Error, Result};

/// A cell of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A count.
    Count(i64),
    /// Degrees in 1e-7.
    Degrees(i64),
}

impl Value {
    /// As CSV and JSON have it.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Degrees(degrees) => degrees_text(*degrees),
        }
    }

    /// As a number of a workbook, which knows no other than binary fractions.
    pub(in super::super) fn number(&self) -> Option<f64> {
        match self {
            Self::Count(count) => i32::try_from(*count).ok().map(f64::from),
            Self::Degrees(degrees) => i32::try_from(*degrees).ok().map(|it| f64::from(it) / 1e7),
            Self::Empty | Self::Text(_) => None,
        }
    }
}

/// A list as a workbook.
pub fn table_workbook(name: &str, header: &[String], rows: &[Vec<Value>]) -> Result<Vec<u8>> {
    let failed = |error: XlsxError| Error::Internal(format!("writing a list: {error}"));
    let mut workbook = Workbook::new();
    write(&mut workbook, name, header, rows).map_err(failed)?;
    workbook.save_to_buffer().map_err(failed)
}

fn write(
    workbook: &mut Workbook,
    name: &str,
    header: &[String],
    rows: &[Vec<Value>],
) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_text_wrap().set_background_color(Color::RGB(0xF3_ED_E4));
    let guarded = Format::new().set_quote_prefix();
    let sheet = workbook.add_worksheet().set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (at, text) in (0_u16..).zip(header) {
        sheet.write_string_with_format(0, at, text, &bold)?;
        sheet.set_column_width(at, 16)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (at, value) in (0_u16..).zip(row) {
            match (value.number(), value) {
                (Some(number), _) => sheet.write_number(line, at, number)?,
                (None, Value::Empty) => continue,
                (None, value) => {
                    let text = value.text();
                    if begins_a_formula(&text) {
                        sheet.write_string_with_format(line, at, text, &guarded)?
                    } else {
                        sheet.write_string(line, at, text)?
                    }
                }
            };
        }
    }
    Ok(())
}

/// A list as CSV.
pub fn table_csv(header: &[String], rows: &[Vec<Value>]) -> Result<Vec<u8>> {
    csv_text(header, rows.iter().map(|row| row.iter().map(Value::text).collect::<Vec<_>>()))
}
