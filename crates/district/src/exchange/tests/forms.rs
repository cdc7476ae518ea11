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
});
