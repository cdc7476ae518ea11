//! Rows of cells out of workbooks and CSV files, in the order of a sheet's columns.

use std::collections::HashMap;
use std::io::Cursor;

use base::Day;
use calamine::{DataRef, Reader as _, SheetType, Xlsx, XlsxFormulaMetadata};

use super::super::fault::{Fault, Faults, Place};
use super::super::sheets::{CODES, GUIDE, SheetId, key};
use super::super::values::number_text;
use super::csv_file;
use super::edges::beyond_the_edges;
use super::header::{Header, MOST_ABOVE, letters};
use super::look::{FileKind, look, refused, unpack};
use crate::kit::Refusal;

/// A cell as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text.
    Text(String),
    /// A number, as text with the digits Excel keeps; the flag: the workbook counts its days from 1904.
    Number(String, bool),
    /// A number that the workbook shows as a day.
    Day(Day),
    /// A formula where a value should be: its text, without the sign before it.
    Formula(String),
    /// An error such as #REF!.
    Error(String),
}

/// What stands before a formula's text in a marked workbook: there it is a text, which no spreadsheet calculates, and when it
/// comes back as it went out it is still a formula to be mended.
pub const FORMULA: &str = "〔公式 Formula〕";
/// What spreadsheets write for errors; as a text, as in CSV, it is no more a value than in a cell of its own kind.
const ERRORS: [&str; 7] = ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"];

/// One file of those that came together.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, as it came.
    pub name: String,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Workbook(Vec<u8>),
    Text(String),
}

/// What was uploaded: a workbook, a CSV, or an archive of them.
#[derive(Debug, Clone)]
pub struct Source {
    /// The files.
    pub files: Vec<File>,
}

/// Where a row stands.
pub type RowAt = Place;

/// A district's whole register has about 170,000 rows on its longest sheet; ten times that is no register.
const MOST_ROWS: u32 = 1_700_000;

/// Opens what was uploaded. Nothing is read yet but the kind of file and, for text, its encoding.
pub fn open(name: &str, bytes: &[u8]) -> Result<Source, Refusal> {
    let files = match look(bytes)? {
        FileKind::Archive => {
            let mut files = Vec::new();
            for (name, content) in unpack(bytes)? {
                match look(&content)? {
                    FileKind::Archive => return Err(refused("exchange-refused-archive").with("most", 40)),
                    kind => files.push(file(&name, kind, &content)?),
                }
            }
            files
        }
        kind => vec![file(name, kind, bytes)?],
    };
    Ok(Source { files })
}

fn file(name: &str, kind: FileKind, bytes: &[u8]) -> Result<File, Refusal> {
    let content = match kind {
        FileKind::Text => Content::Text(csv_file::text(bytes)?.into_owned()),
        _ => Content::Workbook(bytes.to_vec()),
    };
    Ok(File { name: name.to_owned(), content })
}

/// What reading tells as it goes.
pub trait Reading {
    /// A row of a sheet: its cells in the order of the sheet's columns, and beside them what stands in columns that are
    /// none of ours, each with its place in the file. Also a row that has nothing else.
    fn row(&mut self, at: RowAt, cells: &[Cell], beside: &[(usize, Cell)]);
    /// The header of a sheet was found: the columns with a header that is none of ours, each with its place in the file.
    fn others(&mut self, _at: RowAt, _headers: Vec<(usize, String)>) {}
    /// Where faults of headers go.
    fn faults(&mut self) -> &mut Faults;
}

impl Source {
    /// Reads every row of every sheet we know.
    pub fn read(&self, reading: &mut dyn Reading) -> Result<(), Refusal> {
        let mut known = 0;
        for (i, file) in self.files.iter().enumerate() {
            let number = u16::try_from(i).unwrap_or(u16::MAX);
            known += match &file.content {
                Content::Workbook(bytes) => workbook(bytes, number, reading)?,
                Content::Text(text) => text_file(text, &file.name, number, reading)?,
            };
        }
        if known == 0 {
            return Err(refused("exchange-refused-no-sheet"));
        }
        Ok(())
    }
}

pub(super) fn broken(error: &calamine::XlsxError) -> Refusal {
    match error {
        calamine::XlsxError::Password => refused("exchange-refused-encrypted"),
        _ => refused("exchange-refused-truncated"),
    }
}

fn workbook(bytes: &[u8], file: u16, reading: &mut dyn Reading) -> Result<usize, Refusal> {
    if let Some(place) = beyond_the_edges(bytes) {
        return Err(refused("exchange-refused-beyond").with("place", place));
    }
    let mut xlsx: Xlsx<Cursor<&[u8]>> = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let names: Vec<String> = xlsx
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut known = 0;
    let mut seen: Vec<SheetId> = Vec::new();
    for name in names {
        if GUIDE.iter().chain(&CODES).any(|ours| key(ours) == key(&name)) {
            continue;
        }
        let mut rows = Rows { sheet: SheetId::named(&name), file, header: None, above: Vec::new(), last: 0 };
        known += usize::from(sheet(&mut xlsx, &name, &mut rows, &mut seen, reading)?);
    }
    Ok(known)
}

/// Reads a sheet; says whether it is one of ours.
fn sheet(
    xlsx: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    rows: &mut Rows,
    seen: &mut Vec<SheetId>,
    reading: &mut dyn Reading,
) -> Result<bool, Refusal> {
    let is_1904 = xlsx.has_1904_epoch();
    let mut cells = match xlsx.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(false),
        Err(error) => return Err(broken(&error)),
    };
    let mut row: Vec<Cell> = Vec::new();
    // A shared formula is written once; the cells that share it have its number.
    let mut shared: HashMap<usize, String> = HashMap::new();
    let mut at: Option<u32> = None;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|error| broken(&error))? {
        let (line, column) = cell.pos;
        if at.is_some_and(|at| at != line) {
            rows.take(at.unwrap_or(0), &mut row, reading)?;
            if rows.is_foreign() {
                return Ok(false);
            }
            if rows.is_second(name, seen, reading) {
                return Ok(true);
            }
        }
        at = Some(line);
        let value = match cell.formula {
            Some(formula) => Cell::Formula(formula_text(formula, &mut shared)),
            None => value(cell.value, is_1904),
        };
        if value != Cell::Empty && column < 1_000 {
            let column = column as usize;
            if row.len() <= column {
                row.resize(column + 1, Cell::Empty);
            }
            row[column] = value;
        }
    }
    if let Some(at) = at {
        rows.take(at, &mut row, reading)?;
    }
    drop(cells);
    rows.end(reading);
    if let (Some(sheet), Some((_, line))) = (rows.sheet, &rows.header) {
        merged(xlsx, name, Place { file: rows.file, sheet, row: *line }, reading.faults())?;
    }
    Ok(rows.header.is_some())
}

/// Merged header cells leave columns without a name: they are refused with the cells named.
fn merged(
    xlsx: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    place: Place,
    faults: &mut Faults,
) -> Result<(), Refusal> {
    // Looking for merged cells reads the sheet once more, which only a header with faults is worth.
    if faults.refused == 0 {
        return Ok(());
    }
    let line = place.row - 1;
    for region in xlsx.merge_cells_by_sheet_name(name).map_err(|error| broken(&error))? {
        if (region.start.0..=region.end.0).contains(&line) {
            let fault = Fault::new(place, None, "exchange-fault-header-merged");
            faults.add_loose(fault.with("cells", format!("{}:{}", spot(region.start), spot(region.end))));
        }
    }
    Ok(())
}

/// `B3`: a cell as spreadsheets name it.
fn spot((row, column): (u32, u32)) -> String {
    format!("{}{}", letters(column as usize), row + 1)
}

/// The text of a formula; of a shared one as its first cell has it.
fn formula_text(formula: XlsxFormulaMetadata, shared: &mut HashMap<usize, String>) -> String {
    match formula {
        XlsxFormulaMetadata::Normal { formula } => formula,
        XlsxFormulaMetadata::Shared { shared_index, formula, .. } => {
            shared.insert(shared_index, formula.clone());
            formula
        }
        XlsxFormulaMetadata::SharedDerived { shared_index } => {
            shared.get(&shared_index).cloned().unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// A cell with a text; what stands for a formula or an error is one.
fn text_cell(text: &str) -> Cell {
    let plain = text.trim();
    if let Some(formula) = plain.strip_prefix(FORMULA) {
        return Cell::Formula(formula.trim_start_matches('=').to_owned());
    }
    if ERRORS.contains(&plain) {
        return Cell::Error(plain.to_owned());
    }
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) }
}

pub(super) fn value(value: DataRef<'_>, is_1904: bool) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(number.to_string(), is_1904),
        DataRef::Float(number) => Cell::Number(number_text(number), is_1904),
        DataRef::String(string) | DataRef::DurationIso(string) | DataRef::DateTimeIso(string) => {
            text_cell(&string)
        }
        DataRef::SharedString(string) => text_cell(string),
        DataRef::Bool(flag) => Cell::Text(if flag { "yes" } else { "no" }.to_owned()),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let number = |part: u8| i8::try_from(part).unwrap_or(0);
            i16::try_from(year)
                .ok()
                .and_then(|year| Day::of(year, number(month), number(day)).ok())
                .map_or_else(|| Cell::Number(number_text(moment.as_f64()), is_1904), Cell::Day)
        }
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

fn text_file(text: &str, name: &str, file: u16, reading: &mut dyn Reading) -> Result<usize, Refusal> {
    // A file of one of our exports is named after its sheet.
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name).trim_end_matches(".csv");
    let sheet = SheetId::named(stem.rsplit('-').next().unwrap_or(stem));
    let mut rows = Rows { sheet, file, header: None, above: Vec::new(), last: 0 };
    csv_file::rows(text, |line, cells| {
        let mut row: Vec<Cell> = cells
            .into_iter()
            .map(|it| if it.trim().is_empty() { Cell::Empty } else { text_cell(&it) })
            .collect();
        rows.take(line.saturating_sub(1), &mut row, reading)
    })?;
    rows.end(reading);
    Ok(usize::from(rows.header.is_some()))
}

/// The rows of one sheet as they come.
struct Rows {
    /// Which sheet it is; by its name, or by its headers once they were seen.
    sheet: Option<SheetId>,
    file: u16,
    header: Option<(Header, u32)>,
    /// Rows before the header: titles, remarks. Each with its number.
    above: Vec<(u32, Vec<String>)>,
    last: u32,
}

impl Rows {
    /// A sheet without a name or a header of ours in its first rows is none of ours.
    fn is_foreign(&self) -> bool {
        self.sheet.is_none() && self.last >= MOST_ABOVE
    }

    /// Two sheets of one kind in a file: which of them counts is not for us to say.
    fn is_second(&self, name: &str, seen: &mut Vec<SheetId>, reading: &mut dyn Reading) -> bool {
        let (Some(sheet), Some((_, line))) = (self.sheet, &self.header) else { return false };
        if self.last != *line {
            return false;
        }
        if seen.contains(&sheet) {
            let place = Place { file: self.file, sheet, row: *line };
            let fault = Fault::new(place, None, "exchange-fault-sheet-twice");
            reading.faults().add_loose(fault.with("name", name));
            return true;
        }
        seen.push(sheet);
        false
    }

    fn take(&mut self, line: u32, row: &mut Vec<Cell>, reading: &mut dyn Reading) -> Result<(), Refusal> {
        self.last = line + 1;
        if self.last > MOST_ROWS {
            return Err(refused("exchange-refused-rows").with("most", MOST_ROWS));
        }
        let empty = row.iter().all(|cell| matches!(cell, Cell::Empty));
        match (&mut self.header, self.sheet) {
            _ if empty => {}
            (Some((header, _)), Some(sheet)) => {
                let mut ordered = vec![Cell::Empty; sheet.columns().len()];
                let place = Place { file: self.file, sheet, row: self.last };
                let mut beside = Vec::new();
                for (at, cell) in row.drain(..).enumerate() {
                    match header.columns.get(at).copied().flatten() {
                        Some(column) => ordered[column] = cell,
                        None if cell != Cell::Empty => {
                            header.check_unnamed(at, place, reading.faults());
                            if header.is_other(at) {
                                beside.push((at, cell));
                            }
                        }
                        None => {}
                    }
                }
                if !beside.is_empty() || ordered.iter().any(|cell| *cell != Cell::Empty) {
                    reading.row(place, &ordered, &beside);
                }
            }
            _ if self.last <= MOST_ABOVE => {
                self.above.push((self.last, row.drain(..).map(header_text).collect()));
                self.settle(false, reading);
            }
            _ => {}
        }
        row.clear();
        Ok(())
    }

    /// Settles on the header: a row that names two or more columns of the sheet; at the end the best there is.
    fn settle(&mut self, at_end: bool, reading: &mut dyn Reading) {
        let Some((line, row)) = self.above.last() else { return };
        let sheet = self.sheet.or_else(|| SheetId::of_headers(row));
        let enough = sheet.is_some_and(|sheet| Header::score(sheet, row) >= 2);
        if let (Some(sheet), true) = (sheet, enough || (at_end && self.sheet.is_some())) {
            let place = Place { file: self.file, sheet, row: *line };
            let header = Header::read(sheet, row, place, reading.faults());
            let named = row.iter().enumerate().filter(|(at, text)| header.is_other(*at) && !text.is_empty());
            reading.others(place, named.map(|(at, text)| (at, text.clone())).collect());
            self.header = Some((header, *line));
            self.sheet = Some(sheet);
        }
    }

    /// A sheet that has the name of one of ours and no header that fits is told, not passed over.
    fn end(&mut self, reading: &mut dyn Reading) {
        if self.header.is_none() && self.sheet.is_some() {
            self.above.truncate(1);
            self.settle(true, reading);
        }
    }
}

fn header_text(cell: Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Number(text, _) => text,
        Cell::Day(day) => day.to_string(),
        Cell::Empty | Cell::Formula(_) | Cell::Error(_) => String::new(),
    }
}
