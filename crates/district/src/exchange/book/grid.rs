//! Whether every cell of a workbook lies on the grid that spreadsheets have. What lies outside, the reader takes for another
//! cell (calamine 0.38 counts it round, tafia/calamine#694): a value would come in where nobody wrote it.

use std::io::{BufRead, BufReader, Cursor};

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::look::refused;
use crate::kit::Refusal;

/// The last row of a sheet, and its last column: XFD (ECMA-376, part 1, 18.3.1.73 and 18.3.1.4).
const LAST: Address = Address { row: 1_048_576, column: 16_384 };

/// Refuses a workbook in which a cell, or an area, lies outside of the grid or ends before it begins.
pub fn stays_on_the_grid(bytes: &[u8]) -> Result<(), Refusal> {
    let damaged = || refused("exchange-refused-truncated");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    for i in 0..zip.len() {
        // A part that cannot be read, or is no XML, is told of by whoever comes to need it.
        let Ok(part) = zip.by_index(i) else { continue };
        if !part_stays(BufReader::new(part)) {
            return Err(damaged());
        }
    }
    Ok(())
}

fn part_stays(part: impl BufRead) -> bool {
    let mut xml = Reader::from_reader(part);
    let config = xml.config_mut();
    // Read as leniently as the reader of cells does, so that nothing is over here that goes on there.
    config.check_end_names = false;
    config.check_comments = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) if !element_stays(&element) => return false,
            Ok(Event::Eof) | Err(_) => return true,
            Ok(_) => (),
        }
    }
}

fn element_stays(element: &BytesStart<'_>) -> bool {
    let name = match element.local_name().as_ref() {
        "row" | "c" => "r",
        "dimension" | "mergeCell" | "f" => "ref",
        _ => return true,
    };
    let mut attributes = element.attributes();
    let named = attributes.with_checks(false).flatten().filter(|it| it.key.as_ref() == name);
    named.into_iter().all(|it| is_area(it.value.as_bytes()))
}

/// `B7`, `7`, or `A1:C9`.
fn is_area(text: &[u8]) -> bool {
    let mut corners = text.split(|byte| *byte == b':').map(Address::parse);
    match (corners.next().flatten(), corners.next(), corners.next()) {
        (Some(_), None, None) => true,
        (Some(from), Some(Some(to)), None) => from.row <= to.row && from.column <= to.column,
        _ => false,
    }
}

/// A row and a column, each from 1; a row alone has no column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Address {
    row: u32,
    column: u32,
}

impl Address {
    fn parse(text: &[u8]) -> Option<Self> {
        let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (column, row) = text.split_at(letters);
        let column = column.iter().try_fold(0_u32, |sum, byte| {
            let letter = u32::from(byte.to_ascii_uppercase() - b'A') + 1;
            sum.checked_mul(26)?.checked_add(letter).filter(|column| *column <= LAST.column)
        });
        let row = row.iter().try_fold(0_u32, |sum, byte| {
            let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
            sum.checked_mul(10)?.checked_add(digit).filter(|row| *row <= LAST.row)
        });
        Some(Self { row: row.filter(|row| *row > 0)?, column: column? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::book::{template, zip_of};

    #[test]
    fn an_area_lies_on_the_grid_from_its_first_cell_to_its_last() {
        for area in ["A1", "xfd1048576", "7", "A1:XFD1048576", "B7:B7"] {
            assert!(is_area(area.as_bytes()), "{area}");
        }
        let outside = [
            "",
            "A0",
            "A",
            "XFE1",
            "A1048577",
            "ZZZZZZZ1",
            "A99999999999",
            "A1:",
            "C3:A9",
            "C3:D1",
            "A1:B2:C3",
            "A1 ",
            "&#65;1",
        ];
        for area in outside {
            assert!(!is_area(area.as_bytes()), "{area}");
        }
    }

    #[test]
    fn a_workbook_with_a_cell_outside_is_refused_however_it_is_written() {
        assert_eq!(stays_on_the_grid(&template().unwrap()), Ok(()));
        let with = |sheet: &str| zip_of(&[("xl/worksheets/sheet1.xml".to_owned(), sheet.into())]).unwrap();
        let around = |inner: &str| with(&format!("<worksheet><sheetData>{inner}</sheetData></worksheet>"));
        for fine in ["<row r=\"1\"><c r=\"B1\"/></row>", "<row><c t=\"s\"/></row>", "<c other=\"ZZZZZZZ1\"/>"]
        {
            assert_eq!(stays_on_the_grid(&around(fine)), Ok(()), "{fine}");
        }
        let outside = [
            "<row r=\"4294967297\"/>",
            "<row><c r=\"ZZZZZZZ1\"><v>1</v></c></row>",
            "<x:c r = 'ZZZZZZZ1'/>",
            "<c r=\"A1\" r=\"ZZZZZZZ1\"/>",
            "<f t=\"shared\" si=\"0\" ref=\"C3:A1\">A1</f>",
            "<mergeCell ref=\"A1:ZZZZZZZ9\"/>",
        ];
        for bad in outside {
            let refusal = stays_on_the_grid(&around(bad)).unwrap_err();
            assert_eq!(refusal.message, "exchange-refused-truncated", "{bad}");
        }
    }
}
