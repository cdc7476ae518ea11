//! Bad files and bad cells, each met with its place and its reason.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::super::fault::Weight;
use super::super::parse::Rows;
use super::super::read as read_rows;
use super::super::sheets::{Column, SheetId};
use super::*;

/// A sheet of a workbook: name and cells as texts, the header first.
pub(crate) fn workbook(sheets: &[(&str, Vec<Vec<&str>>)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        write(sheet, rows);
    }
    workbook.save_to_buffer().unwrap()
}

fn write(sheet: &mut Worksheet, rows: &[Vec<&str>]) {
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, *text).unwrap();
        }
    }
}

/// The header of a sheet's own template.
fn header(sheet: SheetId) -> Vec<&'static str> {
    sheet.columns().iter().map(|column: &Column| column.zh).collect()
}

fn rows_of(bytes: &[u8]) -> Rows {
    read_rows(&open("x.xlsx", bytes).unwrap()).unwrap()
}

/// Row, column, reason of every fault.
fn faults(bytes: &[u8]) -> Vec<(u32, String, &'static str)> {
    told(rows_of(bytes))
}

fn told(rows: Rows) -> Vec<(u32, String, &'static str)> {
    let kept = rows.faults.into_kept();
    kept.into_iter().map(|it| (it.place.row, it.column.unwrap_or("").to_owned(), it.reason)).collect()
}

fn refusal(bytes: &[u8]) -> &'static str {
    match open("x.xlsx", bytes).and_then(|source| read_rows(&source)) {
        Err(refusal) => refusal.message,
        Ok(_) => "taken",
    }
}

/// A community's row, with some cells otherwise.
fn community<'a>(cells: &[(&str, &'a str)]) -> Vec<&'a str> {
    let mut row = vec![""; SheetId::Communities.columns().len()];
    let good = [
        ("code", "310112107-001"),
        ("name", "青藤公寓"),
        ("kind", "保障性租赁住房"),
        ("right", "单一产权"),
        ("town", "310112107"),
        ("longitude", "121.38"),
        ("latitude", "31.17"),
    ];
    for (id, text) in good.iter().chain(cells) {
        let at = SheetId::Communities.columns().iter().position(|column| column.id == *id).unwrap();
        row[at] = text;
    }
    row
}

fn communities(rows: Vec<Vec<&str>>) -> Vec<u8> {
    let mut all = vec![header(SheetId::Communities)];
    all.extend(rows);
    workbook(&[("社区", all)])
}

fn one(cells: &[(&str, &str)]) -> Vec<(u32, String, &'static str)> {
    faults(&communities(vec![community(cells)]))
}

fn told_one(cells: &[(&str, &str)], column: &str, reason: &'static str) {
    assert_eq!(one(cells), [(2, column.to_owned(), reason)]);
}

#[test]
fn a_good_row_has_no_fault_and_its_template_neither() {
    assert_eq!(one(&[]), []);
    let empty = template().unwrap();
    assert_eq!(faults(&empty), []);
    assert_eq!(template().unwrap(), empty, "the same content is the same file");
}

#[test]
fn a_truncated_workbook_is_refused() {
    let whole = communities(vec![community(&[])]);
    for length in [4, whole.len() / 3, whole.len() - 30] {
        assert_eq!(refusal(&whole[..length]), "exchange-refused-truncated", "{length}");
    }
    assert_eq!(refusal(&[]), "exchange-refused-empty");
}

#[test]
fn an_encrypted_workbook_and_an_old_one_are_refused() {
    let mut container = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    container.extend([0; 512]);
    assert_eq!(refusal(&container), "exchange-refused-old-format");
    container.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(refusal(&container), "exchange-refused-encrypted");
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    let dense = vec![b' '; 8 * 1024 * 1024];
    let bomb =
        zip_of(&[("[Content_Types].xml".into(), b"<x/>".to_vec()), ("xl/sharedStrings.xml".into(), dense)]);
    assert_eq!(refusal(&bomb.unwrap()), "exchange-refused-bomb");
    let many: Vec<(String, Vec<u8>)> = (0..2_001).map(|i| (format!("xl/{i}.xml"), Vec::new())).collect();
    assert_eq!(refusal(&zip_of(&many).unwrap()), "exchange-refused-bomb");
    let strange = zip_of(&[("readme.txt".into(), b"hello".to_vec())]).unwrap();
    assert_eq!(refusal(&strange), "exchange-refused-archive");
}

#[test]
fn a_workbook_that_says_less_than_it_holds_is_stopped() {
    let whole = communities((0..400).map(|_| community(&[])).collect());
    // The size of the first sheet in the central directory is written down as ten bytes.
    let name = b"xl/worksheets/sheet1.xml";
    let at = whole.windows(name.len()).rposition(|window| window == name).unwrap();
    let mut forged = whole;
    forged[at - 22..at - 18].copy_from_slice(&10_u32.to_le_bytes());
    assert_eq!(refusal(&forged), "exchange-refused-truncated");
}

#[test]
fn a_workbook_with_a_cell_beyond_the_edges_is_refused() {
    let sheet = b"<worksheet><sheetData><row><c r=\"XFE1\"/></row></sheetData></worksheet>".to_vec();
    let files =
        [("[Content_Types].xml".into(), b"<x/>".to_vec()), ("xl/worksheets/sheet1.xml".into(), sheet)];
    assert_eq!(refusal(&zip_of(&files).unwrap()), "exchange-refused-beyond");
}

#[test]
fn csv_is_read_in_gb18030_and_utf8_with_its_mark_and_any_separator() {
    let text = "社区编码,社区名称,社区类型,产权结构,街镇代码\r\n310112107-001,㐀青藤公寓,保障性租赁住房,单一产权,310112107\r\n";
    let (gb18030, _, _) = encoding_rs::GB18030.encode(text);
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let tabs = text.replace(',', "\t");
    for bytes in [text.as_bytes(), &gb18030, &marked, tabs.as_bytes()] {
        let rows = read_rows(&open("名单.csv", bytes).unwrap()).unwrap();
        assert_eq!(&*rows.communities[0].1.name, "㐀青藤公寓");
        assert_eq!(told(rows), []);
    }
    assert_eq!(refusal(b"\xff\xff\x80\x80,\x80"), "exchange-refused-encoding");
    assert_eq!(refusal("名称,电话\n甲,乙\n".as_bytes()), "exchange-refused-no-sheet");
}

#[test]
fn merged_header_cells_are_named() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("社区").unwrap();
    write(sheet, &[vec!["社区编码", "", "社区类型", "产权结构", "街镇代码"], community(&[])[..5].to_vec()]);
    sheet.merge_range(0, 0, 0, 1, "社区编码", &Format::new()).unwrap();
    let told = faults(&workbook.save_to_buffer().unwrap());
    assert!(told.contains(&(1, "name".into(), "exchange-fault-column-missing")), "{told:?}");
    assert!(told.contains(&(1, String::new(), "exchange-fault-header-merged")), "{told:?}");
    assert!(told.contains(&(2, String::new(), "exchange-fault-column-unnamed")), "{told:?}");
}

#[test]
fn sheets_and_columns_that_say_xiaoqu_for_a_community_are_read() {
    let head = vec!["小区编码", "小区名称", "小区类型", "产权结构", "街镇代码"];
    let row = vec!["310112107-001", "青藤公寓", "保障性租赁住房", "单一产权", "310112107"];
    let rows = rows_of(&workbook(&[("小区", vec![head, row])]));
    assert_eq!(rows.communities.len(), 1);
    assert_eq!(told(rows), []);
}

#[test]
fn columns_in_another_order_under_a_title_are_found_and_missing_ones_named() {
    let title = vec!["闵行区新型居住社区一览表"];
    let head =
        ["*街镇代码", "Community Name", "产权结构 Property right", "社区类型", "备注", "社区编码（必填）"];
    let row = vec!["310112107", "青藤公寓", "single_owner", "Market Rental", "x", "310112107-001"];
    let head_ok: Vec<&str> = head.iter().map(|it| it.trim_end_matches("（必填）")).collect();
    let rows = rows_of(&workbook(&[("社区", vec![title.clone(), vec![], head_ok, row.clone()])]));
    assert_eq!(&*rows.communities[0].1.kind, "market_rental");
    assert_eq!(told(rows), [(3, String::new(), "exchange-fault-column-unknown")]);
    let missing = faults(&workbook(&[("社区", vec![title, vec![], head[..4].to_vec(), row[..4].to_vec()])]));
    assert_eq!(missing[0], (3, "code".into(), "exchange-fault-column-missing"));
    let twice = vec!["社区编码", "社区编码", "社区名称", "社区类型", "产权结构", "街镇代码"];
    let told = faults(&workbook(&[("社区", vec![twice])]));
    assert_eq!(told, [(1, "code".into(), "exchange-fault-column-twice")]);
}

#[test]
fn full_width_digits_and_days_of_every_form_are_read() {
    let day = |text: &str| {
        let rows = rows_of(&communities(vec![community(&[("opened_on", text)])]));
        rows.communities.first().and_then(|(_, it)| it.opened_on).map(|day| day.to_string())
    };
    for text in ["2026-01-31", "2026/1/31", "2026年1月31日", "46053", "２０２６．１．３１"] {
        assert_eq!(day(text).as_deref(), Some("2026-01-31"), "{text}");
    }
    told_one(&[("opened_on", "去年")], "opened_on", "exchange-fault-date");
    let rows = rows_of(&communities(vec![community(&[
        ("code", "３１０１１２１０７－００１"),
        ("town", "３１０１１２１０７"),
        ("planned", "１,２００"),
        ("planned_on", "2024-12-01"),
    ])]));
    let (_, read) = &rows.communities[0];
    assert_eq!((&*read.code, &*read.town, read.planned), ("310112107-001", "310112107", Some(1200)));
}

#[test]
fn excel_days_are_read_with_and_without_their_format() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("社区").unwrap();
    let mut row = community(&[]);
    row.truncate(12);
    write(sheet, &[header(SheetId::Communities), row]);
    let at = 12;
    let format = Format::new().set_num_format("yyyy-mm-dd");
    let moment = ExcelDateTime::from_ymd(2026, 1, 31).unwrap();
    sheet.write_datetime_with_format(1, at, &moment, &format).unwrap();
    sheet.write_number(1, at + 1, 1200).unwrap();
    sheet.write_number(1, at + 2, 46053).unwrap();
    let rows = rows_of(&workbook.save_to_buffer().unwrap());
    let (_, read) = &rows.communities[0];
    let expected = base::Day::parse("2026-01-31").ok();
    assert_eq!((read.opened_on, read.planned, read.planned_on), (expected, Some(1200), expected));
}

#[test]
fn formulas_and_errors_are_no_values() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("社区").unwrap();
    write(sheet, &[header(SheetId::Communities), community(&[]), community(&[("code", "310112107-002")])]);
    sheet.write_formula(1, 1, Formula::new("=A2&\"公寓\"").set_result("310112107-001公寓")).unwrap();
    let told = faults(&workbook.save_to_buffer().unwrap());
    assert_eq!(told, [(2, "name".to_owned(), "exchange-fault-formula")]);
}

#[test]
fn unknown_words_names_for_codes_and_missing_cells_are_told() {
    told_one(&[("kind", "公寓")], "kind", "exchange-fault-choice");
    told_one(&[("town", "虹桥镇")], "town", "exchange-fault-town-name");
    told_one(&[("town", "31011210")], "town", "exchange-fault-town-code");
    told_one(&[("name", "　")], "name", "exchange-fault-missing");
    told_one(&[("planned", "1200")], "planned_on", "exchange-fault-planned-undated");
    told_one(&[("planned", "-5"), ("planned_on", "2024-12-01")], "planned", "exchange-fault-count");
    let long = "长".repeat(121);
    told_one(&[("name", &long)], "name", "exchange-fault-long");
}

#[test]
fn exchanged_foreign_and_half_positions_are_refused() {
    told_one(&[("longitude", "31.17"), ("latitude", "121.38")], "longitude", "exchange-fault-swapped");
    told_one(&[("longitude", "2.35"), ("latitude", "48.85")], "longitude", "exchange-fault-outside");
    told_one(&[("latitude", "")], "latitude", "exchange-fault-half-position");
    told_one(&[("longitude", "121度")], "longitude", "exchange-fault-degrees");
    let converted = rows_of(&communities(vec![community(&[("system", "GCJ-02")])]));
    let (lat, lon) = converted.communities[0].1.place.unwrap();
    assert!((310_000_000..311_700_000 + 60_000).contains(&lat) && lon < 1_213_800_000, "{lat} {lon}");
}

#[test]
fn negative_and_absurd_areas_are_refused() {
    let unit = |area: &str| {
        let row = vec!["310112107-001", "1号", "101", "1", area];
        faults(&workbook(&[("套间", vec![header(SheetId::Units), row])]))
    };
    assert_eq!(unit("34.65"), []);
    assert_eq!(unit("-34.65"), [(2, "area".into(), "exchange-fault-area-negative")]);
    assert_eq!(unit("34650"), [(2, "area".into(), "exchange-fault-area-absurd")]);
    assert_eq!(unit("0.5"), [(2, "area".into(), "exchange-fault-area-absurd")]);
    assert_eq!(unit("约35"), [(2, "area".into(), "exchange-fault-area")]);
}

#[test]
fn failing_check_digits_warn_and_the_row_is_taken() {
    let firm = |code| vec!["A1", "物业服务企业", "示例物业", "", code];
    let rows = rows_of(&workbook(&[(
        "组织",
        vec![
            header(SheetId::Organisations),
            firm("91350211M0000XUF46"),
            firm("12345"),
            firm("91350100M000100Y43"),
        ],
    )]));
    assert_eq!(rows.organisations.len(), 3);
    assert_eq!((rows.faults.refused, rows.faults.warned), (0, 2));
    let mut person = vec![""; SheetId::Tenancies.columns().len()];
    for (at, text) in [(0, "c"), (1, "1号"), (2, "101"), (5, "租住"), (7, "2025-03-01"), (10, "示例")] {
        person[at] = text;
    }
    person[12] = "110105194912310021";
    let rows = rows_of(&workbook(&[("租住", vec![header(SheetId::Tenancies), person])]));
    assert_eq!(rows.tenants.len(), 1);
    let kept = rows.faults.into_kept();
    assert_eq!((kept[0].reason, kept[0].weight), ("exchange-fault-identity-check", Weight::Warns));
    assert!(kept[0].args.is_empty(), "a number of a person is repeated nowhere");
}

#[test]
fn what_we_write_begins_no_formula() {
    let row = ["=1+1", "+86", "-1", "@x", "\tx", "fine"];
    let header: Vec<String> = row.iter().map(|_| "x".to_owned()).collect();
    let csv = String::from_utf8(csv_text(&header, [row.to_vec()]).unwrap()).unwrap();
    let line = csv.lines().nth(1).unwrap();
    assert!(
        line.split(',').all(|cell| !cell.trim_matches('"').starts_with(['=', '+', '-', '@', '\t'])),
        "{line}"
    );
    let mut book = Book::new(false).unwrap();
    book.begin(SheetId::Communities).unwrap();
    let bad = community(&[("name", "=HYPERLINK(\"http://example\")"), ("address", "+1")]);
    book.row(&bad, None).unwrap();
    let rows = rows_of(&book.finish().unwrap());
    // It came back as a text, not as a formula.
    assert_eq!(rows.faults.refused, 0);
    assert_eq!(&*rows.communities[0].1.name, "=HYPERLINK(\"http://example\")");
}
