//! The file goes back with everything that came in it.

use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::{Formula, Workbook};

use super::*;

/// Buildings with a remark, a formula for the number of floors, a column of formulas and a column without a header.
fn buildings() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("楼栋").unwrap();
    let rows = [
        ["备注", "社区编码", "楼栋号", "层数", "核对", ""],
        ["=危险", "310112107-001", "1号", "6", "", ""],
        ["东区", "310112107-001", "2号", "", "", "空列"],
        ["小计", "", "", "", "", ""],
    ];
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(cells) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    sheet.write_formula(2, 3, Formula::new("D2+1").set_result("7")).unwrap();
    sheet.write_formula(1, 4, Formula::new("HYPERLINK(\"http://example\")").set_result("x")).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn back(bytes: &[u8]) -> Vec<u8> {
    let source = book::open("x.xlsx", bytes).unwrap();
    let faults = read(&source).unwrap().faults.into_kept();
    marked(&source, &faults, &Back::All, &|fault| fault.reason.to_owned()).unwrap().1
}

#[test]
fn formulas_go_back_as_texts_and_other_columns_at_the_end() {
    let out = back(&buildings());
    let mut xlsx: Xlsx<_> = Xlsx::new(std::io::Cursor::new(&out)).unwrap();
    let range = xlsx.worksheet_range("楼栋").unwrap();
    let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect();
    let width = SheetId::Buildings.columns().len();
    assert_eq!(rows[0][width..width + 3], ["问题 Problem", "备注", "核对"], "the others come last");
    assert_eq!(rows[1][..3], ["310112107-001", "1号", "6"]);
    assert_eq!(rows[1][width + 1..width + 3], ["=危险", "〔公式 Formula〕=HYPERLINK(\"http://example\")"]);
    assert_eq!(rows[2][2], "〔公式 Formula〕=D2+1", "what is to be mended can be seen");
    assert_eq!([&*rows[2][width + 1], &*rows[2][width + 3]], ["东区", "空列"]);
    assert_eq!(rows[3][width + 1], "小计", "a row that has nothing else goes back too");
    let formulas = xlsx.worksheet_formula("楼栋").unwrap();
    assert_eq!(formulas.used_cells().count(), 0, "none of them is calculated");
}

#[test]
fn what_goes_back_unmended_is_refused_again_for_the_same_reasons() {
    let told = |bytes: &[u8]| {
        let rows = rows(bytes);
        let refused = |fault: &Fault| fault.weight == Weight::Refuses;
        let count = rows.buildings.len();
        let kept: Vec<Fault> = rows.faults.into_kept().into_iter().filter(refused).collect();
        (count, kept.into_iter().map(|fault| (fault.place.row, fault.reason)).collect::<Vec<_>>())
    };
    let expected = (1, vec![(3, "exchange-fault-column-unnamed"), (3, "exchange-fault-formula")]);
    assert_eq!(told(&buildings()), expected);
    let once = back(&buildings());
    assert_eq!(told(&once), expected, "a formula's text is no value");
    let again = back(&once);
    assert_eq!(told(&again), expected);
    let sheet = |bytes: &[u8]| {
        let mut xlsx: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        let range = xlsx.worksheet_range("楼栋").unwrap();
        range.rows().map(<[Data]>::to_vec).collect::<Vec<_>>()
    };
    assert_eq!(sheet(&again), sheet(&once), "going back twice changes nothing");
}

#[test]
fn an_error_is_no_value_as_a_text_either() {
    let csv = "社区编码,楼栋号,层数\n310112107-001,#REF!,6\n310112107-001,〔公式 Formula〕=A1,6\n";
    let rows = read(&book::open("楼栋.csv", csv.as_bytes()).unwrap()).unwrap();
    let told: Vec<_> = rows.faults.into_kept().into_iter().map(|fault| fault.reason).collect();
    assert_eq!(told, ["exchange-fault-error", "exchange-fault-formula"]);
}
