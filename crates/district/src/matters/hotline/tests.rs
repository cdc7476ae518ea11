//! Sheets of the hotline, on both engines.

use db::Db;
use encoding_rs::GB18030;

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, Fixture, day};
use crate::kit::{Actor, Grant, Role};

const HEADER: &str = "工单流水号,来电时间,诉求内容,诉求地址,类别,来电人,联系电话\n";

fn vault() -> Vault {
    Vault::new(&[1; 32])
}

fn worker(fixture: &Fixture) -> Actor {
    let scope = Scope::Grid { town: fixture.towns[0], grid: fixture.grids[0] };
    Actor { account: None, grants: vec![Grant { role: Role::CommunityWorker, scope }], only: None }
}

/// No words of its own.
fn plain() -> HotlineWords {
    HotlineWords::default()
}

fn now() -> Instant {
    Instant::at(day("2026-01-20"), 10, 0)
}

fn looks(db: &Db, actor: &Actor, sheet: &HotlineSheet) -> HotlineLook {
    db.read(|tx| look_at_sheet(tx, &Call::new(actor, now(), 1), sheet)).unwrap()
}

fn takes(db: &Db, actor: &Actor, seed: u64, sheet: &HotlineSheet) -> Result<Vec<Received>> {
    let calendar = Calendar::published().unwrap();
    db.write(|tx| {
        take_sheet(tx, &mut Call::new(actor, now(), seed), (&vault(), &calendar), sheet, "未留姓名")
    })
}

/// The name of a community of the fixture.
fn name(db: &Db, fixture: &Fixture, place: usize) -> String {
    let all = db.read(|tx| register::snapshot(tx, now().day())).unwrap();
    all.into_iter().find(|it| it.id == fixture.communities[place]).unwrap().name
}

testkit::db_test!(the_same_sheet_twice_changes_nothing, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (worker, here) = (worker(&fixture), name(db, &fixture, 1));
    let text = format!(
        "{HEADER}A1,2026-01-19 09:05,电梯坏了,{here}2号楼,电梯故障,示例人,19900001234\n\
         A2,2026/1/19 9:06:07,垃圾没人收,{here},property-cleaning,,\n"
    );
    let (gb, ..) = GB18030.encode(&text);
    let sheet = read_sheet(&gb, &plain()).unwrap();
    let look = looks(db, &worker, &sheet);
    assert_eq!((look.fresh.len(), look.known.len(), look.wrong.len()), (2, 0, 0), "{:?}", look.wrong);
    assert_eq!(look.fresh[1].at, Instant::at(day("2026-01-19"), 9, 6).plus_millis(7_000));
    let made = takes(db, &worker, 2, &sheet).unwrap();
    assert_eq!(made.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["2026-000001", "2026-000002"]);
    // As Excel ends lines, with a mark before the first: the same rows.
    let excel = ["\u{feff}", &text.replace('\n', "\r\n")].concat();
    let numbers = |sheet: &HotlineSheet| sheet.rows.iter().map(|row| row.number).collect::<Vec<_>>();
    assert_eq!(numbers(&read_sheet(excel.as_bytes(), &plain()).unwrap()), numbers(&sheet));
    // The same again, as UTF-8 with a row more.
    let again =
        read_sheet(format!("{text}A3,2026-01-19,门禁坏了,{here},门禁与安保,,\n").as_bytes(), &plain())
            .unwrap();
    let look = looks(db, &worker, &again);
    assert_eq!((look.fresh.len(), look.known.len(), look.wrong.len()), (1, 2, 0));
    assert_eq!(look.known[0], Known { row: 2, number: "A1".into(), code: "2026-000001".into() });
    assert_eq!(takes(db, &worker, 3, &again).unwrap().len(), 1);
    assert_eq!(takes(db, &worker, 4, &again).unwrap(), []);
});

testkit::db_test!(what_is_wrong_is_named_by_row_and_column_and_nothing_is_written, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (worker, here, far) = (worker(&fixture), name(db, &fixture, 1), name(db, &fixture, 3));
    let text = format!(
        "12345 热线工单,,,,,,\n{HEADER}B1,2026-01-19,甲,{here},电梯故障,,\n\
         B1,2026-01-19,乙,{here},电梯故障,,\n\
         B2,昨天,丙,{here},电梯故障,,\n\
         B3,2026-01-21,丁,{here},电梯故障,,\n\
         B4,2026-01-19,戊,不存在的地方,电梯故障,,\n\
         B5,2026-01-19,己,{far},电梯故障,,\n\
         B6,2026-01-19,庚,{here},没有的类别,,\n\
         B7,2026-01-19,辛,{here},物业服务,,\n\
         B8,2026-01-19,,{here},电梯故障,示例人,问老王\n\
         ,2026-01-19,壬,{here},电梯故障,,\n"
    );
    let sheet = read_sheet(text.as_bytes(), &plain()).unwrap();
    let look = looks(db, &worker, &sheet);
    let wrong: Vec<(u32, &str, &str)> =
        look.wrong.iter().map(|it| (it.row, it.column.id, it.reason)).collect();
    assert_eq!(
        wrong,
        [
            (4, "number", "hotline-fault-twice"),
            (5, "at", "hotline-fault-time"),
            (6, "at", "hotline-fault-later"),
            (7, "community", "hotline-fault-community"),
            (8, "community", "hotline-fault-elsewhere"),
            (9, "category", "hotline-fault-category"),
            (10, "category", "hotline-fault-category"),
            (11, "words", "hotline-fault-missing"),
            (11, "telephone", "hotline-fault-telephone"),
            (12, "number", "hotline-fault-missing"),
        ]
    );
    assert!(!format!("{:?}", look.wrong).contains("老王"), "what stands in a cell is not repeated");
    let refused = takes(db, &worker, 2, &sheet);
    assert!(matches!(refused, Err(Error::Refused(it)) if it.message == "hotline-refused-wrong"));
    let count = db.read(|tx| Ok::<_, Error>(tx.find(&store::BY_FOREIGN, params!["B1"])?.is_some())).unwrap();
    assert!(!count);
    let operator = Scope::Community {
        town: fixture.towns[0],
        grid: Some(fixture.grids[0]),
        community: fixture.communities[1],
    };
    let operator =
        Actor { account: None, grants: vec![Grant { role: Role::Operator, scope: operator }], only: None };
    let refused = db.read(|tx| look_at_sheet(tx, &Call::new(&operator, now(), 1), &sheet));
    assert!(matches!(refused, Err(Error::Forbidden(Action::MatterSteer))));
});

#[test]
fn a_file_that_is_no_sheet_is_refused() {
    let message = |bytes: &[u8]| read_sheet(bytes, &plain()).unwrap_err().message;
    assert_eq!(message(b""), "exchange-refused-empty");
    assert_eq!(message("工单编号,受理时间,诉求内容,类别\n1,2,3,4\n".as_bytes()), "hotline-refused-column");
    let twice = format!("电话,{HEADER}");
    assert_eq!(message(twice.as_bytes()), "hotline-refused-column-twice");
    assert_eq!(message(b"PK\x03\x04"), "exchange-refused-truncated");
    assert_eq!(message(&[0xff; 40]), "exchange-refused-encoding");
    assert!(read_sheet(HEADER.as_bytes(), &plain()).unwrap().rows.is_empty());
}

#[test]
fn the_template_is_read_again_and_a_time_of_a_workbook_keeps_its_hour() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let header: Vec<String> = COLUMNS.iter().map(|it| it.name.to_owned()).collect();
    assert!(
        read_sheet(&book::table_workbook("12345", &header, &[]).unwrap(), &plain()).unwrap().rows.is_empty()
    );
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, header).unwrap();
    sheet.write_row(1, 0, ["X1"]).unwrap();
    let at = ExcelDateTime::from_ymd(2026, 1, 19).unwrap().and_hms(9, 5, 0).unwrap();
    sheet.write_datetime_with_format(1, 1, &at, &Format::new().set_num_format("yyyy-mm-dd hh:mm")).unwrap();
    sheet.write_formula(1, 2, "=1+1").unwrap();
    let read = read_sheet(&workbook.save_to_buffer().unwrap(), &plain()).unwrap();
    assert_eq!(read.rows[0].cells[1].as_deref(), Some("2026-01-19 09:05"));
    assert_eq!(read.rows[0].broken, [2]);
}

#[test]
fn times_are_read_as_people_write_them() {
    let at = |hour, minute| Some(Instant::at(day("2026-01-19"), hour, minute));
    for (text, read) in [
        ("2026-01-19 09:05", at(9, 5)),
        ("2026/1/19 9:05:00", at(9, 5)),
        ("2026年1月19日 23:59", at(23, 59)),
        ("2026-01-19T09:05", at(9, 5)),
        ("2026-01-19", at(0, 0)),
        ("2026-01-19 24:00", None),
        ("2026-01-19 x", None),
        ("2026-13-19 09:05", None),
        ("", None),
    ] {
        assert_eq!(time(text), read, "{text}");
    }
}

testkit::db_test!(a_sheet_in_a_hotline_s_own_words_comes_in, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (worker, here) = (worker(&fixture), name(db, &fixture, 1));
    let words = "[columns]\nnumber = [\"案件号\"]\ncategory = [\"三级分类\"]\n[categories]\n\"电梯类-困人\" = \"property-lift\"\n";
    let words = HotlineWords::parse(words).unwrap();
    let text = format!(
        "案件号,来电时间,诉求内容,诉求地址,三级分类\nB1,2026-01-19 09:05,电梯坏了,{here},电梯类-困人\n"
    );
    assert_eq!(read_sheet(text.as_bytes(), &plain()).unwrap_err().message, "hotline-refused-column");
    let sheet = read_sheet(text.as_bytes(), &words).unwrap();
    let look = looks(db, &worker, &sheet);
    assert_eq!((look.fresh.len(), look.wrong.len()), (1, 0), "{:?}", look.wrong);
    assert_eq!(look.fresh[0].category.code, "property-lift");
    assert_eq!(takes(db, &worker, 2, &sheet).unwrap().len(), 1);
});
