//! The rows of a file that is no form of ours: as they stand, each with its number.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};

use super::csv_file;
use super::edges::beyond_the_edges;
use super::look::{FileKind, look, refused};
use super::read::{Cell, broken, value};
use crate::kit::Refusal;

/// No sheet of ours or of others that people read has more columns; a text farther out is a stray one.
const MOST_COLUMNS: usize = 200;

/// The rows of a text file, or of the first sheet of a workbook, each with its number as a spreadsheet counts it. Cells that
/// show a time are texts: `2026-01-31 09:05`. Refused with more rows than `most`.
pub fn lines(bytes: &[u8], most: u32) -> Result<Vec<(u32, Vec<Cell>)>, Refusal> {
    let mut lines: Vec<(u32, Vec<Cell>)> = Vec::new();
    let mut put = |row: u32, at: usize, cell: Cell| {
        if cell == Cell::Empty || at >= MOST_COLUMNS {
            return Ok(());
        }
        if row > most {
            return Err(refused("exchange-refused-rows").with("most", most));
        }
        if lines.last().is_none_or(|(last, _)| *last != row) {
            lines.push((row, Vec::new()));
        }
        if let Some((_, cells)) = lines.last_mut() {
            cells.resize(cells.len().max(at + 1), Cell::Empty);
            cells[at] = cell;
        }
        Ok(())
    };
    match look(bytes)? {
        FileKind::Archive => return Err(refused("exchange-refused-kind")),
        FileKind::Text => csv_file::rows(&csv_file::text(bytes)?, |line, cells| {
            let cell = |text: String| if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text) };
            cells.into_iter().enumerate().try_for_each(|(at, text)| put(line, at, cell(text)))
        })?,
        FileKind::Workbook => workbook(bytes, put)?,
    }
    Ok(lines)
}

fn workbook(
    bytes: &[u8],
    mut put: impl FnMut(u32, usize, Cell) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if let Some(place) = beyond_the_edges(bytes) {
        return Err(refused("exchange-refused-beyond").with("place", place));
    }
    let mut xlsx: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let is_1904 = xlsx.has_1904_epoch();
    let Some(name) = xlsx.sheet_names().first().cloned() else {
        return Err(refused("exchange-refused-kind"));
    };
    let mut cells = xlsx.worksheet_cells_reader(&name).map_err(|error| broken(&error))?;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|error| broken(&error))? {
        let (row, column) = cell.pos;
        let value = match (cell.formula, cell.value) {
            (Some(_), _) => Cell::Formula(String::new()),
            (None, DataRef::DateTime(moment)) => {
                let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
                Cell::Text(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"))
            }
            (None, other) => value(other, is_1904),
        };
        put(row + 1, column as usize, value)?;
    }
    Ok(())
}
