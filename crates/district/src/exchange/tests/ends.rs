//! Ends come in by a column, stand out of the way of nothing that is there, and go out again.

use super::*;

type Sheets = Vec<(&'static str, Vec<Vec<&'static str>>)>;

/// The register with an end in some rows: sheet, row, day.
fn ending(mut sheets: Sheets, ends: &[(&str, usize, &'static str)]) -> Sheets {
    for (name, rows) in &mut sheets {
        let theirs: Vec<_> = ends.iter().filter(|(sheet, ..)| sheet == name).collect();
        if theirs.is_empty() {
            continue;
        }
        for (at, row) in rows.iter_mut().enumerate() {
            let said = theirs.iter().find(|(_, row, _)| *row == at + 1);
            row.push(if at == 0 { "止于" } else { said.map_or("", |(.., day)| day) });
        }
    }
    sheets
}

fn told(db: &db::Db, sheets: &Sheets) -> Vec<(u32, &'static str)> {
    let mut seen = dry(db, &workbook(sheets), false);
    seen.faults.retain(|fault| fault.weight == Weight::Refuses);
    reasons(&seen)
}

testkit::db_test!(what_ends_by_a_workbook_is_counted_until_then, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let id = reading(db, |tx| crate::register::community(tx, "310112107-001", day(ON))).unwrap().id;
    let dwellings = |text: &str| {
        let kept = reading(db, |tx| crate::register::counts(tx, id, day(text)));
        let counted = reading(db, |tx| crate::register::recount(tx, day(text)));
        assert_eq!(kept, counted.get(&id).copied().unwrap_or_default(), "{text}");
        kept.dwellings
    };
    // Somebody lives in each of the two; nobody in the first room of the other flat since September.
    let building = ending(register(), &[("楼栋", 2, "2026-03-01")]);
    assert_eq!(told(db, &building), [(2, "exchange-fault-end-households")]);
    assert_eq!(
        told(db, &ending(register(), &[("套间", 2, "2026-03-01")])),
        [(2, "exchange-fault-end-households")]
    );
    assert_eq!(
        told(db, &ending(register(), &[("套间", 3, "2025-08-01")])),
        [(3, "exchange-fault-end-households")]
    );
    assert_eq!(
        told(db, &ending(register(), &[("套间", 2, "2024-01-01")])),
        [(2, "exchange-fault-ends-first")]
    );
    let room = ending(register(), &[("套间", 3, "2025-10-01")]);
    let seen = carry(db, 2, &workbook(&room), false).unwrap();
    assert_eq!(seen.differences[0].changes, [("to", String::new(), "2025-10-01".to_owned())]);
    assert_eq!(["2025-09-30", "2025-10-01"].map(dwellings), [3, 2]);
    // The same again, and an empty cell, change nothing; another day is refused.
    assert!(!carry(db, 3, &workbook(&room), false).unwrap().alters());
    assert!(!carry(db, 4, &workbook(&register()), false).unwrap().alters());
    assert_eq!(
        told(db, &ending(register(), &[("套间", 3, "2025-11-01")])),
        [(3, "exchange-fault-ended-already")]
    );
    // The building ends in the file by which its households move out.
    let mut moved = ending(register(), &[("楼栋", 2, "2026-03-01")]);
    for row in &mut moved[9].1[1..] {
        if row[0] == "310112107-001" && row[7].is_empty() {
            row[7] = "2026-03-01";
        }
    }
    carry(db, 5, &workbook(&moved), false).unwrap();
    assert_eq!(["2026-02-28", "2026-03-01"].map(dwellings), [2, 0]);
    // Who moves in afterwards is told where.
    let row = vec!["310112107-001", "1号", "101", "", "租住", "", "2026-03-05", "", "示例庚", ""];
    moved[9].1.push(row);
    assert_eq!(told(db, &moved), [(7, "exchange-fault-dwelling-ended")]);
});

testkit::db_test!(organisations_and_grids_end_once_nothing_rests_on_them, MIGRATIONS, |db| {
    const END: &str = "2026-03-01";
    carry(db, 1, &workbook(&register()), false).unwrap();
    let grid = ending(register(), &[("综合网格", 2, END)]);
    assert_eq!(told(db, &grid), [(2, "exchange-fault-end-grid")]);
    let organisation = ending(register(), &[("组织", 2, END)]);
    assert_eq!(told(db, &organisation), [(2, "exchange-fault-end-organisation")]);
    // Once the file ends the remit and the community leaves the grid, both end.
    let mut both = ending(register(), &[("组织", 2, END), ("综合网格", 2, END)]);
    both[1].1.push(vec!["310112107-02", "310112107", "梧桐网格", ""]);
    both[3].1[1][5] = "310112107-02";
    for (at, row) in both[5].1.iter_mut().enumerate() {
        row.push(if at == 0 { "结束日期" } else { END });
    }
    assert_eq!(told(db, &both), []);
    carry(db, 2, &workbook(&both), false).unwrap();
    let grids = reading(db, |tx| crate::register::grids(tx, day(END)));
    assert_eq!(
        grids.iter().map(|it| it.code.as_str()).filter(|code| code.starts_with("310112107")).count(),
        1
    );
    assert!(!carry(db, 3, &workbook(&both), false).unwrap().alters());
    // Into what ended nothing comes.
    let back = with(register(), "社区", 2, "网格编码", "310112107-01");
    assert_eq!(reasons(&dry(db, &back, false)), [(2, "exchange-fault-grid-ended")]);
});

testkit::db_test!(a_register_with_ends_goes_out_and_comes_back_the_same, MIGRATIONS, |db| {
    let mut sheets = ending(
        register(),
        &[("套间", 3, "2025-10-01"), ("楼栋", 2, "2027-01-01"), ("组织", 3, "2026-12-31")],
    );
    for row in &mut sheets[9].1[1..] {
        if row[0] == "310112107-001" && row[7].is_empty() {
            row[7] = "2026-06-01";
        }
    }
    carry(db, 1, &workbook(&sheets), false).unwrap();
    let out = |db: &db::Db, seed| {
        db.write(|tx| export::register(tx, &mut call(seed), day(ON), None, export::Form::Workbook)).unwrap()
    };
    let first = out(db, 2);
    let back = |bytes: &[u8]| {
        testkit::on_sqlite(&MIGRATIONS, |other| {
            carry(other, 3, bytes, false).unwrap();
            assert_eq!(out(other, 4).digest, first.digest);
            assert!(!carry(other, 5, bytes, false).unwrap().alters());
        });
    };
    back(&first.bytes);
    assert!(!carry(db, 6, &first.bytes, false).unwrap().alters());
    // The room that ended is not in it, the ends to come are.
    assert_eq!(first.rows[SheetId::Units as usize], 3);
    let again = dry(db, &first.bytes, false);
    assert_eq!(again.tallies[SheetId::Buildings as usize].same, 2);
});

testkit::db_test!(another_committee_or_document_begins_on_the_imports_day, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let id = reading(db, |tx| crate::register::community(tx, "310112107-001", day(ON))).unwrap().id;
    let history = || {
        let all = reading(db, |tx| crate::register::modes(tx, id));
        let station = all.into_iter().filter(|it| it.mode == handbook::GovernanceMode::Station);
        station
            .map(|it| (it.document_no, it.from.to_string(), it.to.map(|to| to.to_string())))
            .collect::<Vec<_>>()
    };
    let anew = with(register(), "治理方式", 3, "文号", "示例〔2026〕7号");
    let seen = carry(db, 2, &anew, false).unwrap();
    assert_eq!(seen.differences[0].changes.last().unwrap().0, "from");
    let both = [
        ("示例〔2025〕1号".to_owned(), "2025-02-01".to_owned(), Some(ON.to_owned())),
        ("示例〔2026〕7号".to_owned(), ON.to_owned(), None),
    ];
    assert_eq!(history(), both, "what was until then stays");
    // The row still names the day on which the mode began: it means what followed, and nothing changes a second time.
    assert!(!carry(db, 3, &anew, false).unwrap().alters());
    assert_eq!(history(), both);
    // Taken from the day on which it began, another document number is a correction.
    let corrected = with(register(), "治理方式", 2, "文号", "示例〔2024〕2号");
    let told = dry(db, &corrected, false);
    assert_eq!(told.differences[0].changes.len(), 1, "of a time that is over");
});
