//! Writing workbooks row by row, and CSV.
//!
//! Texts are written as texts, never as formulas; one that a spreadsheet would take for a formula when someone edits it
//! carries Excel's own mark for text (the quote prefix), and in CSV, which knows no types, an apostrophe.

use std::collections::HashMap;
use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatBorder,
    Formula, Workbook, Worksheet, XlsxError,
};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::sheets::{CODES, Column, GUIDE, Kind, LISTS, PROBLEM, SheetId};
use super::super::values::begins_a_formula;
use crate::kit::{Error, Result};

/// Rows of a template that get drop-downs and formats: enough for the longest sheet of a district.
const TEMPLATE_ROWS: u32 = 200_000;
/// Brick and paper, as on the pages.
const HEADER_COLOUR: u32 = 0x9C_3B_2A;
const MARK_COLOUR: u32 = 0xFF_E0_D6;
const WARN_COLOUR: u32 = 0xFF_F4_CC;

/// A cell's mark in a workbook that goes back.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// By column of the sheet: does it refuse the row?
    pub cells: HashMap<usize, bool>,
    /// What the reason column says.
    pub reasons: Vec<String>,
}

/// A workbook of the register's form that is being written, sheet by sheet, row by row.
pub struct Book {
    workbook: Workbook,
    formats: Formats,
    sheet: Option<(SheetId, Worksheet, u32)>,
    with_reasons: bool,
}

struct Formats {
    header: Format,
    text: Format,
    guarded: Format,
    marked: Format,
    warned: Format,
    wrapped: Format,
}

impl Formats {
    fn new() -> Self {
        // Everything is text: Excel then changes no code and no date behind the officer's back.
        let text = Format::new().set_num_format("@");
        Self {
            header: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(HEADER_COLOUR))
                .set_border_bottom(FormatBorder::Thin)
                .set_text_wrap(),
            guarded: text.clone().set_quote_prefix(),
            marked: text.clone().set_background_color(Color::RGB(MARK_COLOUR)).set_quote_prefix(),
            warned: text.clone().set_background_color(Color::RGB(WARN_COLOUR)).set_quote_prefix(),
            wrapped: Format::new().set_text_wrap(),
            text,
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn failed(error: XlsxError) -> Error {
    Error::Internal(format!("writing a workbook: {error}"))
}

impl Book {
    /// A new workbook; `with_reasons`: each sheet ends with a column for what is wrong with a row.
    pub fn new(with_reasons: bool) -> Result<Self> {
        let mut workbook = Workbook::new();
        // The same content is the same file: no clock gets in.
        let made = ExcelDateTime::from_ymd(2026, 1, 1).map_err(failed)?;
        workbook.set_properties(&DocProperties::new().set_author("Lilong 里弄").set_creation_datetime(&made));
        let mut book = Self { workbook, formats: Formats::new(), sheet: None, with_reasons };
        book.guide()?;
        Ok(book)
    }

    /// The sheet that explains every column.
    fn guide(&mut self) -> Result<()> {
        let sheet = self.workbook.add_worksheet().set_name(GUIDE[0]).map_err(failed)?;
        let formats = &self.formats;
        let mut write = |row: u32, cells: [&str; 6], format: &Format| -> Result<(), XlsxError> {
            for (column, text) in (0_u16..).zip(cells) {
                sheet.write_string_with_format(row, column, text, format)?;
            }
            Ok(())
        };
        let head = ["工作表 Sheet", "列 Column", "必填 Required", "填写 Format", "说明", "What to write"];
        write(0, head, &formats.header).map_err(failed)?;
        let mut row = 1;
        for id in SheetId::ALL {
            let [zh, en] = id.names();
            for column in id.columns() {
                let required = if column.required { "必填 yes" } else { "" };
                let cells = [
                    &format!("{zh} {en}"),
                    &column.header(),
                    required,
                    form(column),
                    column.about_zh,
                    column.about_en,
                ];
                write(row, cells.map(|text: &str| text), &formats.wrapped).map_err(failed)?;
                row += 1;
            }
        }
        for (column, width) in (0_u16..).zip([22, 30, 12, 22, 50, 60]) {
            sheet.set_column_width(column, width).map_err(failed)?;
        }
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        Ok(())
    }

    /// Begins a sheet; the one before is finished.
    pub fn begin(&mut self, id: SheetId) -> Result<()> {
        self.begin_with(id, &[])
    }

    /// Begins a sheet that ends with columns which are none of ours, as they came.
    pub fn begin_with(&mut self, id: SheetId, others: &[String]) -> Result<()> {
        self.finish_sheet();
        let mut sheet = self.workbook.new_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_name(id.names()[0]).map_err(failed)?;
        for (at, column) in (0_u16..).zip(id.columns()) {
            let width = match column.kind {
                Kind::Text(most) if most > 60 => 28,
                Kind::Choice(_) => 20,
                _ => 16,
            };
            sheet.set_column_width(at, width).map_err(failed)?;
            if let Kind::Choice(list) = column.kind {
                let rule = drop_down(list, column).map_err(failed)?;
                sheet.add_data_validation(1, at, TEMPLATE_ROWS, at, &rule).map_err(failed)?;
            }
        }
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        for (at, column) in (0_u16..).zip(id.columns()) {
            let star = if column.required { "*" } else { "" };
            let header = format!("{}{star}", column.header());
            sheet.write_string_with_format(0, at, header, &self.formats.header).map_err(failed)?;
        }
        if self.with_reasons {
            let at = u16::try_from(id.columns().len()).unwrap_or(u16::MAX);
            sheet.set_column_width(at, 60).map_err(failed)?;
            let header = PROBLEM.join(" ");
            sheet.write_string_with_format(0, at, header, &self.formats.header).map_err(failed)?;
        }
        for (at, header) in (self.first_other(id)..).zip(others) {
            sheet.set_column_width(at, 20).map_err(failed)?;
            sheet.write_string_with_format(0, at, header, &self.formats.header).map_err(failed)?;
        }
        self.sheet = Some((id, sheet, 1));
        Ok(())
    }

    /// Where columns begin that are none of ours.
    fn first_other(&self, id: SheetId) -> u16 {
        u16::try_from(id.columns().len() + usize::from(self.with_reasons)).unwrap_or(u16::MAX)
    }

    /// Writes a row of the sheet that was begun.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T], marks: Option<&Marks>) -> Result<()> {
        self.row_with(cells, marks, &[])
    }

    /// Writes a row with what stands in the columns that are none of ours: each text with its place among them.
    pub fn row_with<T: AsRef<str>>(
        &mut self,
        cells: &[T],
        marks: Option<&Marks>,
        others: &[(u16, String)],
    ) -> Result<()> {
        let first_other = self.sheet.as_ref().map_or(0, |(id, ..)| self.first_other(*id));
        let Some((id, sheet, row)) = &mut self.sheet else {
            return Err(Error::Internal("a row without a sheet".into()));
        };
        let formats = &self.formats;
        for (place, (at, text)) in (0_u16..).zip(cells).enumerate() {
            let text = text.as_ref();
            let format = match marks.and_then(|marks| marks.cells.get(&place)) {
                Some(true) => &formats.marked,
                Some(false) => &formats.warned,
                None if text.is_empty() => continue,
                None if begins_a_formula(text) => &formats.guarded,
                None => &formats.text,
            };
            sheet.write_string_with_format(*row, at, text, format).map_err(failed)?;
        }
        if let Some(marks) = marks.filter(|marks| !marks.reasons.is_empty()) {
            let at = u16::try_from(id.columns().len()).unwrap_or(u16::MAX);
            let text = marks.reasons.join("\n");
            sheet.write_string_with_format(*row, at, text, &formats.wrapped).map_err(failed)?;
        }
        for (at, text) in others {
            let format = if begins_a_formula(text) { &formats.guarded } else { &formats.text };
            sheet.write_string_with_format(*row, first_other + at, text, format).map_err(failed)?;
        }
        *row += 1;
        Ok(())
    }

    fn finish_sheet(&mut self) {
        if let Some((_, sheet, _)) = self.sheet.take() {
            self.workbook.push_worksheet(sheet);
        }
    }

    /// The workbook's bytes.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        self.finish_sheet();
        codes(&mut self.workbook, &self.formats).map_err(failed)?;
        self.workbook.save_to_buffer().map_err(failed)
    }
}

/// The closed lists, which the drop-downs point to.
fn codes(workbook: &mut Workbook, formats: &Formats) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet().set_name(CODES[0])?;
    for (list, (name, choices)) in (0_u16..).zip(LISTS) {
        let at = list * 3;
        for (offset, head) in (0_u16..).zip([name, "English", "code"]) {
            sheet.write_string_with_format(0, at + offset, head, &formats.header)?;
        }
        for (row, choice) in (1_u32..).zip(choices) {
            for (offset, text) in (0_u16..).zip([choice.zh, choice.en, choice.code]) {
                sheet.write_string(row, at + offset, text)?;
            }
        }
        sheet.set_column_width(at, 24)?;
        sheet.set_column_width(at + 1, 34)?;
    }
    Ok(())
}

fn drop_down(list: &[super::super::sheets::Choice], column: &Column) -> Result<DataValidation, XlsxError> {
    let at = LISTS.iter().position(|(_, choices)| std::ptr::eq(*choices, list)).unwrap_or(0);
    let letters = super::header::letters(at * 3);
    let range = format!("={}!${letters}$2:${letters}${}", CODES[0], list.len() + 1);
    DataValidation::new()
        .allow_list_formula(Formula::new(range))
        .set_error_style(DataValidationErrorStyle::Warning)
        .set_error_message(format!("{} {}", column.about_zh, column.about_en))
}

/// How a column is filled in, in a few words.
fn form(column: &Column) -> &'static str {
    match column.kind {
        Kind::Text(_) => "文字 text",
        Kind::Code(_) => "编码 code",
        Kind::Count(..) => "整数 whole number",
        Kind::Area => "平方米 square metres",
        Kind::Degrees => "十进制度 decimal degrees",
        Kind::Date => "日期 2026-01-31",
        Kind::Choice(_) => "下拉选择 from the list",
    }
}

/// The empty workbook.
pub fn template() -> Result<Vec<u8>> {
    let mut book = Book::new(false)?;
    for sheet in SheetId::ALL {
        book.begin(sheet)?;
    }
    book.finish()
}

/// A text for CSV: what would begin a formula gets an apostrophe before it, which our own reading takes away again.
pub fn guarded(text: &str) -> String {
    if begins_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Rows as CSV with a byte order mark, so that Excel reads it as UTF-8.
pub fn csv_text<T: AsRef<str>>(header: &[String], rows: impl IntoIterator<Item = Vec<T>>) -> Result<Vec<u8>> {
    let failed = |error: csv::Error| Error::Internal(format!("writing CSV: {error}"));
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(header).map_err(failed)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| guarded(text.as_ref()))).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::Internal(format!("writing CSV: {error}")))
}

/// Files in one archive, without times, so that the same files are the same archive.
pub fn zip_of(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| Error::Internal(format!("writing an archive: {error}"));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, content) in files {
        zip.start_file(name, options).map_err(|error| failed(&error))?;
        zip.write_all(content).map_err(|error| failed(&error))?;
    }
    Ok(zip.finish().map_err(|error| failed(&error))?.into_inner())
}
