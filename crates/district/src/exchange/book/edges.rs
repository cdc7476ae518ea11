//! Whether every cell of a workbook lies on its sheet, which ends at the same edges in every spreadsheet. What lies beyond, the
//! reader takes for another cell (calamine 0.38 counts it round, tafia/calamine#694): a value would come in where nobody wrote it.

use std::io::{BufRead, BufReader, Cursor};

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

/// The last row of a sheet, and its last column: XFD (ECMA-376, part 1, 18.3.1.73 and 18.3.1.4).
const LAST: Corner = Corner { row: 1_048_576, column: 16_384 };
/// So much of a place is shown, in characters: an area has 21 at most.
const SHOWN: usize = 24;

/// The first cell or area of a workbook that lies beyond the edges of a sheet, or ends before it begins, as it is written there.
///
/// A part that cannot be read, or is no XML, is told of by whoever comes to need it.
pub fn beyond_the_edges(bytes: &[u8]) -> Option<String> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    (0..zip.len()).find_map(|i| beyond_in_part(BufReader::new(zip.by_index(i).ok()?)))
}

fn beyond_in_part(part: impl BufRead) -> Option<String> {
    let mut xml = Reader::from_reader(part);
    let config = xml.config_mut();
    // Read as leniently as the reader of cells does, so that nothing is over here that goes on there.
    config.check_end_names = false;
    config.check_comments = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                if let Some(place) = beyond_in_element(&element) {
                    return Some(place);
                }
            }
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => (),
        }
    }
}

fn beyond_in_element(element: &BytesStart<'_>) -> Option<String> {
    let name = match element.local_name().as_ref() {
        "row" | "c" => "r",
        "dimension" | "mergeCell" | "f" => "ref",
        _ => return None,
    };
    let mut places = element.attributes();
    let mut places = places.with_checks(false).flatten().filter(|it| it.key.as_ref() == name);
    let beyond = places.find(|it| !is_area(it.value.as_bytes()))?;
    Some(beyond.value.chars().take(SHOWN).collect())
}

/// `B7`, `7`, or `A1:C9`.
fn is_area(text: &[u8]) -> bool {
    let mut corners = text.split(|byte| *byte == b':').map(Corner::parse);
    match (corners.next().flatten(), corners.next(), corners.next()) {
        (Some(_), None, None) => true,
        (Some(from), Some(Some(to)), None) => from.row <= to.row && from.column <= to.column,
        _ => false,
    }
}

/// A corner of an area: a row and a column, each from 1; of a row alone the column is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Corner {
    row: u32,
    column: u32,
}

impl Corner {
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
    fn an_area_lies_on_the_sheet_from_its_first_cell_to_its_last() {
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
    fn a_cell_beyond_the_edges_is_found_however_it_is_written() {
        assert_eq!(beyond_the_edges(&template().unwrap()), None);
        let found = |rows: &str| {
            let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
            beyond_the_edges(&zip_of(&[("xl/worksheets/sheet1.xml".to_owned(), sheet.into())]).unwrap())
        };
        for fine in ["<row r=\"1\"><c r=\"B1\"/></row>", "<row><c t=\"s\"/></row>", "<c other=\"ZZZZZZZ1\"/>"]
        {
            assert_eq!(found(fine), None, "{fine}");
        }
        let beyond = [
            ("<row r=\"4294967297\"/>", "4294967297"),
            ("<row><c r=\"ZZZZZZZ1\"><v>1</v></c></row>", "ZZZZZZZ1"),
            ("<x:c r = 'ZZZZZZZ1'/>", "ZZZZZZZ1"),
            ("<c r=\"A1\" r=\"ZZZZZZZ1\"/>", "ZZZZZZZ1"),
            ("<f t=\"shared\" si=\"0\" ref=\"C3:A1\">A1</f>", "C3:A1"),
            ("<mergeCell ref=\"A1:ZZZZZZZ9\"/>", "A1:ZZZZZZZ9"),
            ("<c r=\"A111111111111111111111111111\"/>", "A11111111111111111111111"),
        ];
        for (rows, place) in beyond {
            assert_eq!(found(rows).as_deref(), Some(place), "{rows}");
        }
    }
}
