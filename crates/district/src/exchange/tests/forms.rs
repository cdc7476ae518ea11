//! Superiors' forms: kept, mapped, filled; refused where filling them would make them untrue.

use super::*;

/// A superior's form: a title, headers in their words, three empty rows with a style, a line for signatures.
fn superiors_form() -> Vec<u8> {
    use rust_xlsxwriter::{Format, FormatBorder, Workbook};
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let lined = Format::new().set_border(FormatBorder::Thin);
    sheet.merge_range(0, 0, 0, 3, "新型居住社区情况表", &Format::new()).unwrap();
    for (at, text) in (0_u16..).zip(["序号", "社区名称", "户数", "管理单位"]) {
        sheet.write_string(1, at, text).unwrap();
    }
    for row in 2..4 {
        for column in 0..4 {
            sheet.write_blank(row, column, &lined).unwrap();
        }
    }
    sheet.merge_range(4, 0, 4, 3, "填表人：", &Format::new()).unwrap();
    workbook.save_to_buffer().unwrap()
}

testkit::db_test!(a_superiors_form_is_mapped_once_and_filled_from_then_on, MIGRATIONS, |db| {
    use calamine::{Data, Reader as _, Xlsx};
    fixture::district(db);
    let bytes = superiors_form();
    let id = db.write(|tx| keep_form(tx, &mut call(701), "市里情况表.xlsx", &bytes)).unwrap();
    let kept = reading(db, |tx| form(tx, &call(1), id)).0;
    assert_eq!((kept.name.as_str(), kept.header_row), ("市里情况表", 2));
    assert_eq!(kept.mapping.get(&1).map(String::as_str), Some("name"), "a header of ours is mapped already");
    let mapping = [(1, "name"), (2, "households"), (3, "operator")];
    let mapping = mapping.map(|(at, field)| (at, field.to_owned())).into_iter().collect();
    db.write(|tx| map_form(tx, &mut call(702), id, &mapping)).unwrap();
    let ask = crate::register::Ask::default();
    let (name, out) = db.write(|tx| fill_form(tx, &mut call(703), id, day(ON), &ask)).unwrap();
    assert_eq!(name, "市里情况表");
    let mut xlsx: Xlsx<_> = Xlsx::new(std::io::Cursor::new(out)).unwrap();
    let sheet = xlsx.sheet_names()[0].clone();
    let range = xlsx.worksheet_range(&sheet).unwrap();
    let text = |row, column| range.get_value((row, column)).cloned().unwrap_or_default();
    assert_eq!(text(0, 0), Data::String("新型居住社区情况表".into()));
    let names: Vec<Data> = (2..7).map(|row| text(row, 1)).collect();
    assert_eq!(
        names,
        ["桂花苑", "晴川里", "青藤公寓", "小河公寓", "云上城"].map(|it| Data::String(it.into()))
    );
    assert_eq!(text(4, 2), Data::Float(12.0));
    // Five communities and two empty rows: the line for signatures moved down by three, with its merged cells.
    assert_eq!(text(7, 0), Data::String("填表人：".into()));
    let merged = xlsx.merge_cells_by_sheet_name(&sheet).unwrap();
    assert!(merged.iter().any(|it| it.start == (7, 0) && it.end == (7, 3)), "{merged:?}");
    let none = db.write(|tx| map_form(tx, &mut call(704), id, &std::collections::BTreeMap::new()));
    assert!(matches!(none, Err(Error::Refused(_))));
    let broken = db.write(|tx| keep_form(tx, &mut call(705), "x.xlsx", b"PK broken"));
    assert!(matches!(broken, Err(Error::Refused(ref refusal)) if refusal.field == Some("form")));
});

testkit::db_test!(a_stray_cell_in_the_last_corner_costs_no_table_of_that_size, MIGRATIONS, |db| {
    use rust_xlsxwriter::Workbook;
    let form = |cells: &[(u32, u16, &str)]| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (row, column, text) in cells {
            sheet.write_string(*row, *column, *text).unwrap();
        }
        workbook.save_to_buffer().unwrap()
    };
    let keep = |seed, bytes: &[u8]| db.write(|tx| keep_form(tx, &mut call(seed), "x.xlsx", bytes));
    let message = |kept: Result<_>| match kept {
        Err(Error::Refused(refusal)) => (refusal.message, refusal.field),
        other => panic!("{other:?}"),
    };
    // As a table these two cells would be seventeen thousand million.
    let corners = form(&[(0, 0, "社区名称"), (1_048_575, 16_383, "x")]);
    assert_eq!(message(keep(711, &corners)), ("exchange-refused-form-header", Some("form")));
    let headed = form(&[(0, 0, "社区名称"), (0, 1, "户数"), (1_048_575, 16_383, "x")]);
    let id = keep(712, &headed).unwrap();
    let ask = crate::register::Ask::default();
    let (_, filled) = db.write(|tx| fill_form(tx, &mut call(713), id, day(ON), &ask)).unwrap();
    assert!(filled.len() < 100_000);
    let wide = form(&[(0, 0, "社区名称"), (0, 16_383, "户数")]);
    assert_eq!(message(keep(714, &wide)), ("exchange-refused-form-wide", Some("form")));
    // A column farther there is none.
    let mut all = parts(&headed);
    let sheet = all.remove("xl/worksheets/sheet1.xml").map(String::from_utf8).unwrap().unwrap();
    all.insert("xl/worksheets/sheet1.xml".into(), sheet.replace("XFD1048576", "XFE1048576").into_bytes());
    let beyond = crate::exchange::book::zip_of(&all.into_iter().collect::<Vec<_>>()).unwrap();
    assert_eq!(message(keep(715, &beyond)), ("exchange-refused-beyond", Some("form")));
});

/// A form with formulas: in its title, over its rows, below them, on another sheet; and five rows numbered already.
fn with_formulas(title: &str, total: Option<&str>, elsewhere: &str) -> Vec<u8> {
    use rust_xlsxwriter::{Formula, Workbook};
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("情况表").unwrap();
    sheet.write_string(0, 0, "标题").unwrap();
    sheet.write_formula(0, 3, Formula::new(title)).unwrap();
    for (at, text) in (0_u16..).zip(["序号", "社区名称", "户数"]) {
        sheet.write_string(1, at, text).unwrap();
    }
    for (row, number) in (2_u32..5).zip(1_i32..) {
        sheet.write_number(row, 0, number).unwrap();
    }
    sheet.write_string(5, 0, "合计").unwrap();
    if let Some(total) = total {
        sheet.write_formula(5, 2, Formula::new(total)).unwrap();
    }
    let other = workbook.add_worksheet().set_name("封面").unwrap();
    other.write_formula(3, 1, Formula::new(elsewhere)).unwrap();
    workbook.save_to_buffer().unwrap()
}

testkit::db_test!(a_form_whose_totals_would_be_wrong_is_refused_with_the_cell, MIGRATIONS, |db| {
    let cell = |bytes: &[u8]| match db.write(|tx| keep_form(tx, &mut call(721), "x.xlsx", bytes)) {
        Err(Error::Refused(refusal)) => {
            assert_eq!((refusal.message, refusal.field), ("exchange-refused-form-formula", Some("form")));
            refusal.args.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("!")
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(cell(&with_formulas("A1", Some("SUM(C3:C5)"), "A1")), "情况表!C6");
    assert_eq!(cell(&with_formulas("SUM(C3:C5)", None, "A1")), "情况表!D1");
    assert_eq!(cell(&with_formulas("A1", None, "情况表!C6*2")), "封面!B4");
});

/// The parts of a workbook by name.
fn parts(bytes: &[u8]) -> std::collections::BTreeMap<String, Vec<u8>> {
    use std::io::Read as _;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut parts = std::collections::BTreeMap::new();
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        parts.insert(entry.name().unwrap().into_owned(), content);
    }
    parts
}

testkit::db_test!(rows_get_their_number_and_the_order_of_calculation_is_left_out, MIGRATIONS, |db| {
    use calamine::{Data, Reader as _, Xlsx};
    fixture::district(db);
    let mut all = parts(&with_formulas("A1&B2", None, "情况表!A1"));
    let chain = r#"<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="D1" i="1"/></calcChain>"#;
    all.insert("xl/calcChain.xml".into(), chain.into());
    let mut put = |part: &str, before: &str, text: &str| {
        let old = String::from_utf8(all.remove(part).unwrap()).unwrap();
        all.insert(part.into(), old.replacen(before, &format!("{text}{before}"), 1).into_bytes());
    };
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain";
    put(
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        &format!(r#"<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/>"#),
    );
    put("[Content_Types].xml", "</Types>", r#"<Override PartName="/xl/calcChain.xml" ContentType="x"/>"#);
    let bytes = book::zip_of(&all.into_iter().collect::<Vec<_>>()).unwrap();
    let id = db.write(|tx| keep_form(tx, &mut call(731), "x.xlsx", &bytes)).unwrap();
    let mapping = reading(db, |tx| form(tx, &call(1), id)).0.mapping;
    assert_eq!(mapping.get(&0).map(String::as_str), Some("number"));
    let ask = crate::register::Ask::default();
    let (_, out) = db.write(|tx| fill_form(tx, &mut call(732), id, day(ON), &ask)).unwrap();
    let text: Vec<String> =
        parts(&out).into_iter().map(|(name, it)| name + &String::from_utf8_lossy(&it)).collect();
    assert!(!text.iter().any(|it| it.contains("calcChain")), "nothing points to it either");
    let mut xlsx: Xlsx<_> = Xlsx::new(std::io::Cursor::new(out)).unwrap();
    let range = xlsx.worksheet_range("情况表").unwrap();
    let column: Vec<Data> = (2..8).map(|row| range.get_value((row, 0)).cloned().unwrap()).collect();
    let numbers = [1.0, 2.0, 3.0, 4.0, 5.0].map(Data::Float);
    assert_eq!(column[..5], numbers, "numbered rows make way like empty ones");
    assert_eq!(column[5], Data::String("合计".into()));
    assert_eq!(xlsx.worksheet_formula("情况表").unwrap().get_value((0, 3)).unwrap(), "A1&B2");
});
