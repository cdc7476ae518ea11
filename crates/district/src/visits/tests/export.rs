//! Visits in another system's columns: those of one's own part, without what somebody said in confidence or did not agree to.

use super::*;
use crate::visits::columns::Columns;

testkit::db_test!(visits_go_out_in_the_columns_of_another_system, MIGRATIONS, |db| {
    let ground = ground(db);
    let worker = ground.worker(1);
    let homes = [ground.households[0][0], ground.households[0][1]];
    let mut first = visit(11, homes[0], "2026-01-31", Outcome::Met);
    first.needs = vec![(Category::Schooling, true), (Category::Work, false)];
    first.note = Some("孩子九月上学".into());
    first.satisfied = Some(true);
    let batch = [first, visit(12, homes[1], "2026-01-30", Outcome::Absent)];
    ground.told(db, &worker, 701, &batch).unwrap();
    let columns = Columns::default();
    let seed = std::cell::Cell::new(702);
    let out = |actor: &Actor, between: (&str, &str)| {
        seed.set(seed.get() + 1);
        let call = crate::kit::Call::new(actor, testkit::now(), seed.get());
        let between = (day(between.0), day(between.1));
        db.write(|tx| export_visits(tx, &mut call.clone(), between, &columns))
    };
    let january = ("2026-01-01", "2026-01-31");
    let rows_of_audit = || read(db, crate::kit::chain::check).rows;
    let before = rows_of_audit();
    let rows = out(&worker, january).unwrap();
    assert_eq!(rows_of_audit(), before + 1, "that they went out is on record");
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.len() == columns.all.len()));
    let at = |row: &[String], header: &str| {
        let place = columns.all.iter().position(|column| column.header == header).unwrap();
        row[place].clone()
    };
    // By day; in the words of the other system.
    let said = ["走访日期", "走访时间", "走访方式", "走访结果", "需求类别", "是否满意"];
    assert_eq!(said.map(|it| at(&rows[0], it)), ["2026-01-30", "09:30", "上门走访", "未遇", "", "未表示"]);
    assert_eq!(
        said.map(|it| at(&rows[1], it)),
        ["2026-01-31", "09:30", "上门走访", "见到", "入学入托", "满意"],
        "only what the household agreed to, and nothing of what it said"
    );
    assert!(out(&worker, ("2026-01-30", "2026-01-30")).unwrap().len() == 1);
    // Whoever is there for another part has none of them; whoever visits nobody, nothing at all.
    let (town, grid) = (ground.fixture.towns[0], ground.fixture.grids[1]);
    let other = actor(9, Scope::Grid { town, grid });
    assert!(out(&other, january).unwrap().is_empty());
    let operator = Actor::account(
        AccountId::from_uuid(Uuid::from_u128(8)),
        vec![Grant { role: Role::Operator, scope: Scope::Grid { town, grid } }],
    );
    assert!(matches!(out(&operator, january), Err(Error::Forbidden(_))));
    for wrong in [("2026-01-31", "2026-01-30"), ("2025-01-01", "2026-01-31")] {
        assert_eq!(refused(out(&worker, wrong)), "visits-refused-export-days");
    }
});
