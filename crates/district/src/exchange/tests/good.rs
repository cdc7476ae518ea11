//! Only good communities: complete ones, or none when nobody can say which they are.

use rust_xlsxwriter::{Formula, Workbook};

use super::*;

type Sheets = Vec<(&'static str, Vec<Vec<&'static str>>)>;

fn rows_of<'a>(sheets: &'a mut Sheets, name: &str) -> &'a mut Vec<Vec<&'static str>> {
    &mut sheets.iter_mut().find(|(sheet, _)| *sheet == name).unwrap().1
}

/// Nothing is taken, and the register stays empty.
fn nothing_is_taken(db: &db::Db, bytes: &[u8], fault: &str) {
    let seen = dry(db, bytes, true);
    assert!(seen.faults.iter().any(|it| it.reason == fault), "{fault}: {:?}", seen.faults);
    assert!(seen.loose > 0 && !seen.is_open(options(true)), "{fault}");
    let refused = |done: Result<Decision>| matches!(done, Err(Error::Refused(refusal)) if refusal.message == "exchange-refused-loose");
    assert!(refused(carry(db, 1, bytes, true)), "{fault}");
    assert!(refused(db.write(|tx| {
        let seen = look(tx, &mut call(2), &vault(), rows(bytes), options(true))?;
        carry_out(tx, &mut call(3), &vault(), seen)
    })));
    assert_eq!(reading(db, |tx| crate::register::towns(tx, day(ON))).len(), 0, "{fault}");
}

/// The register's workbook with one sheet changed in a way that cells of text cannot say.
fn written(changed: &str, change: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in register() {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (0_u32..).zip(&rows) {
            for (column, text) in (0_u16..).zip(cells) {
                sheet.write_string(row, column, *text).unwrap();
            }
        }
        if name == changed {
            change(sheet);
        }
    }
    book.save_to_buffer().unwrap()
}

testkit::db_test!(a_header_that_leaves_values_out_lets_no_community_in, MIGRATIONS, |db| {
    let mut unnamed = register();
    rows_of(&mut unnamed, "楼栋")[0][2] = "";
    nothing_is_taken(db, &workbook(&unnamed), "exchange-fault-column-unnamed");
    nothing_is_taken(db, &workbook(&unnamed), "exchange-fault-column-missing");
    let mut twice = register();
    for row in rows_of(&mut twice, "服务单位") {
        let again = row[3];
        row.push(again);
    }
    nothing_is_taken(db, &workbook(&twice), "exchange-fault-column-twice");
});

testkit::db_test!(merged_headers_let_no_community_in, MIGRATIONS, |db| {
    let merged = written("套间", |sheet| {
        sheet.merge_range(0, 5, 0, 6, "间号", &rust_xlsxwriter::Format::new()).unwrap();
    });
    nothing_is_taken(db, &merged, "exchange-fault-header-merged");
});

testkit::db_test!(a_second_sheet_of_one_kind_lets_no_community_in, MIGRATIONS, |db| {
    let mut sheets = register();
    let more = vec![vec!["小区编码", "楼栋号", "层数"], vec!["310112107-001", "9号", "3"]];
    sheets.push(("Buildings", more));
    nothing_is_taken(db, &workbook(&sheets), "exchange-fault-sheet-twice");
});

testkit::db_test!(a_row_of_nobody_lets_no_community_in, MIGRATIONS, |db| {
    let empty = with(register(), "套间", 5, "社区编码", "");
    nothing_is_taken(db, &empty, "exchange-fault-missing");
    let nameless_grid = with(register(), "综合网格", 2, "网格编码", "");
    nothing_is_taken(db, &nameless_grid, "exchange-fault-missing");
    let computed = written("楼栋", |sheet| {
        sheet.write_formula(2, 0, Formula::new("=社区!A3").set_result("310112101-001")).unwrap();
    });
    nothing_is_taken(db, &computed, "exchange-fault-formula");
});

/// What only good communities of this file would bring: codes left out, and whether an organisation or grid stayed away.
fn taken(db: &db::Db, sheets: &Sheets) -> (Vec<String>, [usize; 3]) {
    let done = carry(db, 1, &workbook(sheets), true).unwrap();
    assert_eq!(done.loose, 0);
    let left = done.left_out.into_iter().map(|(code, _)| code).collect();
    let places = [SheetId::Towns, SheetId::Grids, SheetId::Organisations];
    (left, places.map(|sheet| done.tallies[sheet as usize].added))
}

testkit::db_test!(a_grid_that_stands_twice_is_not_written_nor_who_names_it, MIGRATIONS, |db| {
    let mut sheets = register();
    rows_of(&mut sheets, "综合网格").push(vec!["310112101-01", "310112101", "另一网格"]);
    assert_eq!(taken(db, &sheets), (vec!["310112101-001".to_owned()], [2, 1, 2]));
    let listed = reading(db, |tx| crate::register::snapshot(tx, day(ON)));
    assert_eq!(listed.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["310112107-001"]);
});

testkit::db_test!(an_organisation_that_stands_twice_is_not_written_nor_who_names_it, MIGRATIONS, |db| {
    for (code, left) in [("P1", "310112107-001"), ("L1", "310112107-001")] {
        let mut sheets = register();
        rows_of(&mut sheets, "组织").push(vec![code, "商户", "另一家", ""]);
        let file = workbook(&sheets);
        let seen = dry(db, &file, true);
        let source = book::open("x.xlsx", &file).unwrap();
        let back = Back::Of(seen.left_out.iter().map(|(code, _)| code.clone()).collect());
        let back = marked(&source, &seen.faults, &back, &|_| String::new()).unwrap().1;
        assert_eq!(dry(db, &back, true).tallies[SheetId::Organisations as usize].rows, 2, "both go back");
        assert!(reasons(&seen).iter().any(|(_, reason)| *reason == "exchange-fault-named-bad"));
        assert_eq!(seen.left_out.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), [left]);
        assert_eq!(seen.tallies[SheetId::Organisations as usize].added, 1, "{code}");
    }
});

testkit::db_test!(a_town_that_cannot_be_read_takes_its_grids_and_communities_along, MIGRATIONS, |db| {
    let mut sheets = register();
    rows_of(&mut sheets, "街镇")[2][2] = "2.35";
    assert_eq!(taken(db, &sheets), (vec!["310112101-001".to_owned()], [1, 1, 2]));
});
