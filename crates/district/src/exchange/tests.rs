//! The contract of import, on both engines.

mod ends;
mod forms;
mod good;
mod history;
mod marked;
mod seal;

use super::book::tests::workbook;
use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, call, day, read as reading};
use crate::kit::{Actor, Grant, Role};

const ON: &str = "2026-01-31";

fn options(only_good: bool) -> Options {
    Options { on: day(ON), only_good }
}

fn vault() -> Vault {
    Vault::new(&[1; 32])
}

fn rows(bytes: &[u8]) -> Rows {
    read(&book::open("x.xlsx", bytes).unwrap()).unwrap()
}

fn dry(db: &db::Db, bytes: &[u8], only_good: bool) -> Decision {
    reading(db, |tx| look(tx, &mut call(7), &vault(), rows(bytes), options(only_good)))
}

fn carry(db: &db::Db, seed: u64, bytes: &[u8], only_good: bool) -> Result<Decision> {
    // The three administrators, without whom no personal data comes in; a district of the fixture has them.
    if !reading(db, crate::people::any_account) {
        db.write(|tx| {
            crate::kit::fixture::administrators(tx, &mut call(crate::kit::fixture::ADMINISTRATION))
        })?;
    }
    db.write(|tx| import(tx, &mut call(seed), &vault(), rows(bytes), options(only_good), None))
}

fn reasons(decision: &Decision) -> Vec<(u32, &'static str)> {
    decision.faults.iter().map(|fault| (fault.place.row, fault.reason)).collect()
}

#[expect(clippy::too_many_lines, reason = "a table of rows")]
/// A small register: two towns' worth of rows, a flat let by the room, a corporate lease.
fn register() -> Vec<(&'static str, Vec<Vec<&'static str>>)> {
    vec![
        (
            "街镇",
            vec![
                vec!["街镇代码", "街镇名称", "经度", "纬度", "起始日期"],
                vec!["310112107", "虹桥镇", "121.38", "31.17", "2024-01-01"],
                vec!["310112101", "莘庄镇", "121.37", "31.11", "2024-01-01"],
            ],
        ),
        (
            "综合网格",
            vec![
                vec!["网格编码", "街镇代码", "网格名称"],
                vec!["310112107-01", "310112107", "紫藤网格"],
                vec!["310112101-01", "310112101", "银杏网格"],
            ],
        ),
        (
            "组织",
            vec![
                vec!["单位编码", "单位类型", "单位名称", "统一社会信用代码"],
                vec!["P1", "住房租赁运营方", "示例运营", "91350100M000100Y43"],
                vec!["L1", "商户", "示例单位", ""],
            ],
        ),
        (
            "社区",
            vec![
                vec![
                    "社区编码",
                    "社区名称",
                    "社区类型",
                    "产权结构",
                    "街镇代码",
                    "网格编码",
                    "经度",
                    "纬度",
                    "规划户数",
                    "规划确定日期",
                    "列入日期",
                    "列入原因",
                ],
                vec![
                    "310112107-001",
                    "青藤公寓",
                    "保障性租赁住房",
                    "单一产权",
                    "310112107",
                    "310112107-01",
                    "121.381",
                    "31.171",
                    "1200",
                    "2024-12-01",
                    "2025-01-01",
                    "首批登记",
                ],
                vec![
                    "310112101-001",
                    "桂花苑",
                    "类住宅（LOFT）",
                    "多个业主",
                    "310112101",
                    "310112101-01",
                    "",
                    "",
                    "",
                    "",
                    "2025-01-01",
                    "首批登记",
                ],
            ],
        ),
        (
            "治理方式",
            vec![
                vec!["社区编码", "治理方式", "文号", "起始日期", "结束日期"],
                vec!["310112107-001", "相邻居村委会代管", "示例〔2024〕1号", "2024-05-01", "2025-02-01"],
                vec!["310112107-001", "设立社工站", "示例〔2025〕1号", "2025-02-01", ""],
            ],
        ),
        (
            "服务单位",
            vec![
                vec!["社区编码", "单位编码", "职责", "起始日期"],
                vec!["310112107-001", "P1", "租赁运营", "2025-01-01"],
            ],
        ),
        (
            "来源编号",
            vec![
                vec!["社区编码", "来源系统", "来源编号"],
                vec!["310112107-001", "社区云", "SQ-0001"],
                vec!["310112107-001", "12345", "H-7"],
                vec!["310112101-001", "社区云", "SQ-0002"],
            ],
        ),
        (
            "楼栋",
            vec![
                vec!["社区编码", "楼栋号", "层数"],
                vec!["310112107-001", "1号", "6"],
                vec!["310112101-001", "2号", "20"],
            ],
        ),
        (
            "套间",
            vec![
                vec!["社区编码", "楼栋号", "室号", "楼层", "套面积", "间号", "间面积", "起始日期"],
                vec!["310112107-001", "1号", "101", "1", "34.65", "", "", "2025-01-01"],
                vec!["310112107-001", "1号", "102", "1", "60", "1", "12.5", "2025-01-01"],
                vec!["310112107-001", "1号", "102", "1", "60", "2", "15", "2025-03-01"],
                vec!["310112101-001", "2号", "201", "2", "45", "", "", "2025-01-01"],
            ],
        ),
        (
            "租住",
            vec![
                vec![
                    "社区编码",
                    "楼栋号",
                    "室号",
                    "间号",
                    "居住性质",
                    "承租单位编码",
                    "入住日期",
                    "搬离日期",
                    "姓名",
                    "电话",
                ],
                vec![
                    "310112107-001",
                    "1号",
                    "101",
                    "",
                    "租住",
                    "",
                    "2025-02-01",
                    "",
                    "示例甲",
                    "19900000001",
                ],
                vec!["310112107-001", "1号", "101", "", "租住", "", "2025-02-01", "", "示例乙", ""],
                vec![
                    "310112107-001",
                    "1号",
                    "102",
                    "1",
                    "租住",
                    "L1",
                    "2025-02-10",
                    "2025-09-01",
                    "示例丙",
                    "",
                ],
                vec!["310112107-001", "1号", "102", "2", "租住", "L1", "2025-04-10", "", "示例丁", ""],
                vec!["310112101-001", "2号", "201", "", "自住", "", "2023-04-10", "", "示例戊", ""],
            ],
        ),
    ]
}

fn with(
    mut sheets: Vec<(&'static str, Vec<Vec<&'static str>>)>,
    name: &str,
    row: usize,
    column: &str,
    text: &'static str,
) -> Vec<u8> {
    let (_, rows) = sheets.iter_mut().find(|(sheet, _)| *sheet == name).unwrap();
    let at = rows[0].iter().position(|header| *header == column).unwrap();
    rows[row - 1][at] = text;
    workbook(&sheets)
}

testkit::db_test!(a_register_comes_in_and_the_same_file_twice_changes_nothing, MIGRATIONS, |db| {
    let file = workbook(&register());
    let before = dry(db, &file, false);
    assert_eq!(reasons(&before), []);
    assert_eq!(before.tallies.map(|tally| tally.added), [2, 2, 2, 2, 2, 1, 3, 2, 4, 5]);
    assert!(before.is_open(options(false)));
    assert_eq!(before.differences.len(), 25, "the first of each sheet");
    assert_eq!(reading(db, |tx| crate::register::towns(tx, day(ON))).len(), 0, "a dry run writes nothing");
    carry(db, 1, &file, false).unwrap();
    let counts = |code: &str, on: &str| {
        reading(db, |tx| {
            let community = crate::register::community(tx, code, day(on))?.unwrap();
            crate::register::counts(tx, community.id, day(on))
        })
    };
    let first = counts("310112107-001", ON);
    assert_eq!((first.dwellings, first.households, first.residents), (3, 2, 3));
    let earlier = counts("310112107-001", "2025-02-28");
    assert_eq!((earlier.dwellings, earlier.households, earlier.residents), (2, 2, 3));
    let all = reading(db, |tx| crate::register::recount(tx, day(ON)));
    let id = reading(db, |tx| crate::register::community(tx, "310112107-001", day(ON))).unwrap().id;
    assert_eq!(all[&id], first);
    let again = carry(db, 2, &file, false).unwrap();
    assert!(!again.alters(), "{:?}", again.tallies);
    assert_eq!(again.tallies.map(|tally| tally.same), [2, 2, 2, 2, 2, 1, 3, 2, 4, 5]);
});

testkit::db_test!(what_differs_is_shown_and_taken_from_its_day, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let renamed = with(register(), "社区", 2, "社区名称", "青藤人才公寓");
    let seen = dry(db, &renamed, false);
    assert_eq!(seen.differences.len(), 1);
    assert_eq!(seen.differences[0].changes, [("name", "青藤公寓".to_owned(), "青藤人才公寓".to_owned())]);
    carry(db, 2, &renamed, false).unwrap();
    let name = |on: &str| {
        let found = reading(db, |tx| crate::register::community(tx, "310112107-001", day(on)));
        found.unwrap().description.name
    };
    assert_eq!((name("2026-01-30").as_str(), name(ON).as_str()), ("青藤公寓", "青藤人才公寓"));
    let larger = with(register(), "套间", 3, "间面积", "13");
    let moved = dry(db, &larger, false);
    assert_eq!(moved.differences[1].changes, [("room_area", "12.5".to_owned(), "13".to_owned())]);
    let telephone = with(register(), "租住", 3, "电话", "19900000002");
    let person = dry(db, &telephone, false);
    assert_eq!(person.tallies[SheetId::Tenancies as usize].changed, 1);
    assert!(!format!("{:?}", person.differences).contains("1990"), "no number is shown");
    let out = with(register(), "租住", 5, "搬离日期", "2026-01-31");
    carry(db, 3, &out, false).unwrap();
    let id = reading(db, |tx| crate::register::community(tx, "310112107-001", day(ON))).unwrap().id;
    assert_eq!(reading(db, |tx| crate::register::counts(tx, id, day(ON))).households, 1);
});

testkit::db_test!(one_bad_row_and_nothing_is_written_or_only_good_communities, MIGRATIONS, |db| {
    let bad = with(register(), "套间", 5, "套面积", "-45");
    let refused = carry(db, 1, &bad, false);
    assert!(
        matches!(&refused, Err(Error::Refused(refusal)) if refusal.message == "exchange-refused-faults"),
        "{refused:?}"
    );
    assert_eq!(reading(db, |tx| crate::register::towns(tx, day(ON))).len(), 0);
    let good = carry(db, 2, &bad, true).unwrap();
    assert_eq!(good.left_out, [("310112101-001".to_owned(), "桂花苑".to_owned())]);
    assert_eq!(good.tallies[SheetId::Units as usize].left, 1);
    let listed = reading(db, |tx| crate::register::snapshot(tx, day(ON)));
    assert_eq!(listed.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), ["310112107-001"]);
    // The mended file brings the rest.
    let rest = carry(db, 3, &workbook(&register()), false).unwrap();
    assert_eq!(rest.tallies.map(|tally| tally.added), [0, 0, 0, 1, 0, 0, 1, 1, 1, 1]);
});

testkit::db_test!(what_a_file_names_must_be_there, MIGRATIONS, |db| {
    let told = |sheet, row, column, text| {
        let mut seen = dry(db, &with(register(), sheet, row, column, text), false);
        seen.faults.retain(|fault| fault.weight == Weight::Refuses);
        reasons(&seen)
    };
    let told_unit_varies = [
        (4, "exchange-fault-unit-varies"),
        (4, "exchange-fault-unknown-unit"),
        (5, "exchange-fault-unknown-unit"),
    ];
    assert_eq!(told("社区", 2, "街镇代码", "310112102"), [(2, "exchange-fault-unknown-town")]);
    assert_eq!(told("社区", 2, "街镇代码", "虹桥镇"), [(2, "exchange-fault-town-name-known")]);
    assert_eq!(told("社区", 2, "网格编码", "310112101-01"), [(2, "exchange-fault-grid-elsewhere")]);
    assert_eq!(told("社区", 2, "网格编码", "9"), [(2, "exchange-fault-unknown-grid")]);
    assert_eq!(told("社区", 3, "社区编码", "310112107-001")[0], (3, "exchange-fault-twice"));
    assert_eq!(told("治理方式", 3, "治理方式", "相邻居村委会代管"), []);
    assert_eq!(told("治理方式", 2, "治理方式", "设立社工站"), []);
    assert_eq!(told("服务单位", 2, "单位编码", "Q"), [(2, "exchange-fault-unknown-organisation")]);
    assert_eq!(told("套间", 2, "楼栋号", "9号")[0], (2, "exchange-fault-unknown-building"));
    assert_eq!(told("套间", 4, "套面积", "61"), told_unit_varies);
    assert_eq!(told("租住", 2, "室号", "999"), [(2, "exchange-fault-unknown-unit")]);
    assert_eq!(told("租住", 4, "间号", "7"), [(4, "exchange-fault-unknown-room")]);
    assert_eq!(told("租住", 4, "间号", ""), [(4, "exchange-fault-room-missing")]);
    assert_eq!(told("租住", 3, "居住性质", "自住"), [(3, "exchange-fault-household-varies")]);
    assert_eq!(told("租住", 4, "搬离日期", "2025-02-10"), [(4, "exchange-fault-ends-first")]);
    assert_eq!(told("楼栋", 3, "社区编码", "310112101-009")[0], (3, "exchange-fault-unknown-community"));
});

testkit::db_test!(gcj02_taken_for_wgs84_is_warned_of, MIGRATIONS, |db| {
    let centre = base::Position::new(311_700_000, 1_213_800_000).unwrap();
    let far = centre.metres_to(centre.to_gcj02());
    assert!(far > 400);
    // An outline so tight that the shift leads out of it.
    let outline = r#"{"type":"Polygon","coordinates":[[[121.378,31.168],[121.382,31.168],[121.382,31.172],[121.378,31.172],[121.378,31.168]]]}"#;
    db.write(|tx| {
        let call = &mut call(3);
        let town = crate::register::AddTown {
            id: call.id(),
            code: "310112107".into(),
            name: "虹桥镇".into(),
            name_en: String::new(),
            position: centre,
            boundary: Some(outline.into()),
            from: day("2024-01-01"),
        };
        crate::register::add_towns(tx, call, &[town])
    })
    .unwrap();
    let moved = centre.to_gcj02();
    let lon: &'static str = Box::leak(values::degrees_text(moved.lon()).into_boxed_str());
    let lat: &'static str = Box::leak(values::degrees_text(moved.lat()).into_boxed_str());
    let mut sheets = register();
    sheets[3].1[1][6] = lon;
    sheets[3].1[1][7] = lat;
    let seen = dry(db, &workbook(&sheets), false);
    assert_eq!(reasons(&seen), [(2, "exchange-fault-gcj02")]);
    assert!(seen.is_open(options(false)), "it warns, it does not refuse");
    sheets[3].1[1][6] = "121.5";
    assert_eq!(reasons(&dry(db, &workbook(&sheets), false)), [(2, "exchange-fault-outside-town")]);
});

testkit::db_test!(a_town_officer_imports_the_own_town_alone, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let actor = Actor::account(
        crate::kit::AccountId::from_uuid(base::Uuid::from_u128(5)),
        vec![Grant { role: Role::TownOfficer, scope: Scope::Town(fixture.towns[1]) }],
    );
    let call = |seed| Call::new(&actor, testkit::now(), seed);
    let sheet = |code: &'static str, town: &'static str| {
        workbook(&[
            (
                "社区",
                vec![
                    vec!["社区编码", "社区名称", "社区类型", "产权结构", "街镇代码"],
                    vec![code, "新里", "市场化租赁住房", "单一产权", town],
                ],
            ),
            (
                "楼栋",
                vec![vec!["社区编码", "楼栋号", "层数", "起始日期"], vec![code, "8号", "3", "2020-01-01"]],
            ),
        ])
    };
    let other = sheet("310112107-009", "310112107");
    let seen = reading(db, |tx| look(tx, &mut call(501), &vault(), rows(&other), options(false)));
    assert_eq!(reasons(&seen), [(2, "exchange-fault-scope")]);
    // A new community needs the district's confirmation; the own ones are the town's to describe.
    let new = sheet("310112101-009", "310112101");
    let seen = reading(db, |tx| look(tx, &mut call(503), &vault(), rows(&new), options(false)));
    assert_eq!(reasons(&seen), [(2, "exchange-fault-not-listed")]);
    let own = sheet("310112101-004", "310112101");
    db.write(|tx| import(tx, &mut call(502), &vault(), rows(&own), options(false), None)).unwrap();
    let nobody = Actor::anyone();
    let refused = db.read(|tx| {
        look(tx, &mut Call::new(&nobody, testkit::now(), 1), &vault(), rows(&own), options(false))
    });
    assert!(matches!(refused, Err(Error::Forbidden(Action::RegisterImport))));
});

testkit::db_test!(what_was_not_shown_is_not_written, MIGRATIONS, |db| {
    let file = workbook(&register());
    let seal = dry(db, &file, false).seal();
    carry(db, 1, &with(register(), "社区", 2, "社区名称", "别名"), false).unwrap();
    let late = db.write(|tx| import(tx, &mut call(2), &vault(), rows(&file), options(false), Some(&seal)));
    assert!(
        matches!(late, Err(Error::Refused(ref refusal)) if refusal.message == "exchange-refused-changed")
    );
});

fn out(db: &db::Db, seed: u64, town: Option<&str>) -> Exported {
    db.write(|tx| {
        let town = match town {
            Some(code) => {
                crate::register::towns(tx, day(ON))?.into_iter().find(|it| it.code == code).map(|it| it.id)
            }
            None => None,
        };
        super::register(tx, &mut call(seed), day(ON), town, Form::Workbook)
    })
    .unwrap()
}

testkit::db_test!(a_number_of_another_system_is_replaced_and_never_shared, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let taken = dry(db, &with(register(), "来源编号", 2, "来源编号", "SQ-0002"), false);
    assert_eq!(reasons(&taken), [(2, "exchange-fault-number-taken")]);
    let moved = with(register(), "来源编号", 2, "来源编号", "SQ-0009");
    let seen = dry(db, &moved, false);
    let of = seen.differences.iter().find(|it| it.place.sheet == SheetId::Sources).unwrap();
    assert_eq!(of.changes, [("number", "SQ-0001".to_owned(), "SQ-0009".to_owned())]);
    carry(db, 2, &moved, false).unwrap();
    let community = reading(db, |tx| crate::register::community(tx, "310112107-001", day(ON))).unwrap();
    let numbers = reading(db, |tx| crate::register::sources(tx, community.id));
    let numbers: Vec<&str> = numbers.iter().map(|(_, number)| number.as_str()).collect();
    assert_eq!(numbers, ["SQ-0009", "H-7"]);
});

testkit::db_test!(what_goes_out_comes_back_the_same, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let first = out(db, 2, None);
    // Out: those who live there on the day; the household that left is history.
    assert_eq!(first.rows, [2, 2, 2, 2, 2, 1, 3, 2, 4, 4]);
    let text = String::from_utf8_lossy(&first.bytes).into_owned();
    assert!(!text.contains("示例甲"), "no name leaves the vault");
    let again = carry(db, 3, &first.bytes, false).unwrap();
    assert!(!again.alters(), "{:?} {:?}", again.tallies, again.differences);
    // Into an empty district: the same rows, the same digest.
    let elsewhere = |db: &db::Db| {
        carry(db, 4, &first.bytes, false).unwrap();
        let second = out(db, 5, None);
        assert_eq!((&second.digest, second.rows), (&first.digest, first.rows));
        assert_eq!(second.bytes, first.bytes, "bit for bit");
    };
    testkit::on_sqlite(&MIGRATIONS, elsewhere);
});

testkit::db_test!(fourteen_workbooks_go_out_and_come_back_merged, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let archive = db.write(|tx| town_workbooks(tx, &mut call(2), day(ON))).unwrap();
    let source = book::open("towns.zip", &archive).unwrap();
    let names: Vec<&str> = source.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["310112101-莘庄镇.xlsx", "310112107-虹桥镇.xlsx"]);
    let merged = carry(db, 3, &archive, false).unwrap();
    assert!(!merged.alters());
    // Organisations of the whole district stand in both workbooks, and agree.
    assert_eq!(merged.tallies[SheetId::Organisations as usize].same, 4);
    // One town mends its workbook, another says otherwise of what both share.
    let own = with(register(), "社区", 3, "社区名称", "桂花新苑");
    let other = with(register(), "组织", 2, "单位名称", "另一家");
    let both = book::zip_of(&[("a.xlsx".into(), own.clone()), ("b.xlsx".into(), other)]).unwrap();
    let told: Vec<_> = dry(db, &both, false).faults.iter().map(|it| (it.place.file, it.reason)).collect();
    let named = (0, "exchange-fault-named-bad");
    let (again, differ) = ((0, "exchange-fault-code-again"), (1, "exchange-fault-files-differ"));
    assert_eq!(told, [again, named, differ, differ]);
    let mended = book::zip_of(&[("a.xlsx".into(), own.clone()), ("b.xlsx".into(), own)]).unwrap();
    assert_eq!(carry(db, 4, &mended, false).unwrap().tallies[SheetId::Communities as usize].changed, 1);
});

testkit::db_test!(the_list_is_written_in_three_forms_with_the_filters_of_the_page, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let seeds = std::cell::Cell::new(900);
    let list = |ask: &crate::register::Ask, form| {
        seeds.set(seeds.get() + 1);
        db.write(|tx| communities_list(tx, &mut call(seeds.get()), day(ON), ask, form)).unwrap()
    };
    let town = crate::register::Ask { town: Some(fixture.towns[1]), ..crate::register::Ask::default() };
    let csv = String::from_utf8(list(&town, ListForm::Csv)).unwrap();
    assert!(csv.starts_with("\u{feff}社区编码 Community code,"));
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.contains("桂花苑") && csv.contains("2026-01-31") && csv.contains("模拟"));
    let all = serde_json::from_slice::<serde_json::Value>(&list(
        &crate::register::Ask::default(),
        ListForm::GeoJson,
    ))
    .unwrap();
    let features = all["features"].as_array().unwrap();
    assert_eq!(features.len(), 5);
    let unlocated = features.iter().find(|it| it["properties"]["name"] == "小河公寓").unwrap();
    assert!(unlocated["geometry"].is_null());
    let placed = features.iter().find(|it| it["properties"]["name"] == "青藤公寓").unwrap();
    assert_eq!(placed["geometry"]["coordinates"], serde_json::json!([121.35, 31.05]));
    let counts = reading(db, |tx| crate::register::counts(tx, fixture.communities[0], day(ON)));
    assert_eq!(placed["properties"]["households"], counts.households);
    assert!(list(&town, ListForm::Workbook).starts_with(b"PK"));
    let anyone = Actor::anyone();
    let refused = db.write(|tx| {
        communities_list(tx, &mut Call::new(&anyone, testkit::now(), 1), day(ON), &town, ListForm::Csv)
    });
    assert!(matches!(refused, Err(Error::Forbidden(Action::RegisterExport))));
});

testkit::db_test!(what_is_wrong_is_found_worst_first, MIGRATIONS, |db| {
    let mut sheets = register();
    // A LOFT with one owner; a household before the opening; rooms larger than their flat; nothing planned.
    sheets[3].1[0].push("开业日期");
    sheets[3].1[1].push("2025-02-05");
    sheets[3].1[2].push("");
    let file = with(sheets, "社区", 3, "产权结构", "单一产权");
    carry(db, 1, &file, false).unwrap();
    let found = |town: Option<crate::kit::TownId>| {
        let found = reading(db, |tx| {
            quality(
                tx,
                &call(1),
                &crate::Memory::default(),
                day(ON),
                town.map_or(Scope::District, Scope::Town),
            )
        });
        found.into_iter().map(|it| (it.code, it.check, it.count)).collect::<Vec<_>>()
    };
    let (first, second) = ("310112107-001".to_owned(), "310112101-001".to_owned());
    let all = found(None);
    assert_eq!(all[0], (first.clone(), Check::BeforeOpening, Some(1)));
    assert_eq!(all[1], (second.clone(), Check::KindAndRight, None));
    let missing: Vec<_> = all[2..].iter().map(|(code, check, _)| (code.clone(), *check)).collect();
    assert_eq!(
        missing,
        [
            (first, Check::NoAddress),
            (second.clone(), Check::NoMode),
            (second.clone(), Check::NoPlanned),
            (second.clone(), Check::NoPosition),
            (second.clone(), Check::NoOpening),
            (second, Check::NoAddress),
        ]
    );
    let town =
        reading(db, |tx| crate::register::towns(tx, day(ON))).into_iter().find(|it| it.code == "310112107");
    assert_eq!(found(town.map(|it| it.id)).len(), 2);
    let refused = db.read(|tx| {
        quality(
            tx,
            &Call::new(&Actor::anyone(), testkit::now(), 1),
            &crate::Memory::default(),
            day(ON),
            Scope::District,
        )
    });
    assert!(matches!(refused, Err(Error::Forbidden(Action::RegisterRead))));
});

testkit::db_test!(outlines_of_towns_and_communities_come_from_geojson, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let square = |code: &str, corner: f64| {
        serde_json::json!({"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates":
            [[[corner, 31.1], [corner + 0.1, 31.1], [corner + 0.1, 31.2], [corner, 31.2], [corner, 31.1]]]}})
    };
    let file = |features: Vec<serde_json::Value>| {
        serde_json::json!({"type": "FeatureCollection", "features": features}).to_string().into_bytes()
    };
    let set = |seed: u64, bytes: &[u8]| {
        let all = read_boundaries(bytes)?;
        db.write(|tx| set_boundaries(tx, &mut call(seed), day(ON), &all))
    };
    let good = file(vec![square("310112107", 121.3), square("310112107-001", 121.35)]);
    assert_eq!(set(2, &good).unwrap(), Outlined { towns: 1, communities: 1, same: 0 });
    assert_eq!(set(3, &good).unwrap(), Outlined { towns: 0, communities: 0, same: 2 });
    let outline = |on: &str| {
        let found = reading(db, |tx| crate::register::community(tx, "310112107-001", day(on)));
        found.unwrap().description.boundary
    };
    assert!(outline("2026-01-30").is_none() && outline(ON).is_some());
    let message = |features| match set(4, &file(features)) {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("{other:?}"),
    };
    assert_eq!(message(vec![]), "exchange-refused-outline-file");
    assert_eq!(message(vec![square("", 121.3)]), "exchange-refused-outline-code");
    assert_eq!(message(vec![square("9", 121.3)]), "exchange-refused-outline-unknown");
    assert_eq!(message(vec![square("9", 121.3), square("9", 121.3)]), "exchange-refused-outline-twice");
    assert_eq!(message(vec![square("310112107", 31.1)]), "exchange-refused-outline-place");
    assert!(matches!(set(5, b"{"), Err(Error::Refused(_))));
    assert_eq!(set(6, &good).unwrap().same, 2, "a refused file changed nothing");
});
