//! Rows that reach into the past or the future: later versions, towns and households that were, people forgotten then.

use super::*;

testkit::db_test!(a_row_keeps_what_is_registered_for_later_days, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let found =
        |on: &str| reading(db, |tx| crate::register::community(tx, "310112107-001", day(on))).unwrap();
    let later = |planned: &'static str| with(register(), "社区", 2, "规划户数", planned);
    let on = |on: &str| Options { on: day(on), only_good: false };
    let take = |seed, bytes: &[u8], from: &str| {
        db.write(|tx| import(tx, &mut call(seed), &vault(), rows(bytes), on(from), None))
    };
    take(2, &later("1300"), "2026-03-01").unwrap();
    take(3, &with(register(), "社区", 2, "社区名称", "青藤新里"), "2026-02-01").unwrap();
    let facts = |text| {
        let it = found(text).description;
        (it.name, it.planned_households)
    };
    assert_eq!(facts("2026-02-01"), ("青藤新里".to_owned(), Some(1200)));
    assert_eq!(facts("2026-03-01"), ("青藤新里".to_owned(), Some(1300)));
});

testkit::db_test!(a_town_imports_no_earlier_day_of_a_community_that_moved_away, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let id = fixture.communities[0];
    let mut description =
        reading(db, |tx| crate::register::community(tx, "310112107-001", day(ON))).unwrap().description;
    (description.town, description.grid) = (fixture.towns[1], Some(fixture.grids[2]));
    let (from, basis) = (day("2026-01-10"), crate::register::Basis::Facts);
    let moves = crate::register::ReviseCommunity { id, from, description, basis };
    db.write(|tx| crate::register::revise_communities(tx, &mut call(8), std::slice::from_ref(&moves)))
        .unwrap();
    let actor = Actor::account(
        crate::kit::AccountId::from_uuid(base::Uuid::from_u128(5)),
        vec![Grant { role: Role::TownOfficer, scope: Scope::Town(fixture.towns[0]) }],
    );
    let described = workbook(&[(
        "社区",
        vec![
            vec!["社区编码", "社区名称", "社区类型", "产权结构", "街镇代码"],
            vec!["310112107-001", "旧名", "保障性租赁住房", "单一产权", "310112107"],
        ],
    )]);
    let built =
        workbook(&[("楼栋", vec![vec!["社区编码", "楼栋号", "层数"], vec!["310112107-001", "8号", "3"]])]);
    let told = |bytes: &[u8], today: &str, on: &str| {
        let (now, options) = (base::Instant::at(day(today), 9, 0), Options { on: day(on), only_good: false });
        let call = &mut Call::new(&actor, now, 501);
        reasons(&reading(db, |tx| look(tx, call, &vault(), rows(bytes), options)))
    };
    let moved = [(2, "exchange-fault-scope-moved")];
    assert_eq!(told(&described, "2026-01-20", "2026-01-05"), moved, "it moved since");
    assert_eq!(told(&built, "2026-01-20", "2026-01-05"), moved, "it moved since");
    assert_eq!(told(&described, "2026-01-05", "2026-01-05"), moved, "it is to move");
    assert_eq!(
        told(&built, "2026-01-05", "2026-01-05"),
        [],
        "until then its houses are the town's to register"
    );
});

testkit::db_test!(a_community_that_left_comes_back_under_a_new_code, MIGRATIONS, |db| {
    use crate::register::{Leave, ProposeEntry, community, leave, open_proposals, propose_entry};
    carry(db, 1, &workbook(&register()), false).unwrap();
    let was = reading(db, |tx| community(tx, "310112107-001", day(ON))).unwrap();
    let gone = Leave { id: was.id, on: day("2026-01-20"), reason: "改建".into() };
    db.write(|tx| leave(tx, &mut call(2), std::slice::from_ref(&gone))).unwrap();
    let told = reasons(&dry(db, &workbook(&register()), false));
    assert!(told.contains(&(2, "exchange-fault-code-left")), "{told:?}");
    // As the words say: it is proposed as a new community, and gets a new code.
    db.write(|tx| {
        let call = &mut call(3);
        let (id, on, description) = (call.id(), day(ON), was.description.clone());
        propose_entry(
            tx,
            call,
            &ProposeEntry { id, simulated: true, on, reason: "改建完成".into(), description },
        )
    })
    .unwrap();
    let open = reading(db, |tx| open_proposals(tx, &Actor::program()));
    assert_eq!(open[0].code, "310112107001");
});

testkit::db_test!(a_forgotten_person_lived_there_as_long_as_the_household, MIGRATIONS, |db| {
    let mut sheets = register();
    let row = |to: &'static str, room: &'static str, from: &'static str, lease, name| {
        vec![
            "310112107-001",
            "1号",
            if room.is_empty() { "101" } else { "102" },
            room,
            "租住",
            lease,
            from,
            to,
            name,
            "",
        ]
    };
    carry(db, 1, &workbook(&sheets), false).unwrap();
    let id = reading(db, |tx| crate::register::community(tx, "310112107-001", day(ON))).unwrap().id;
    let residents = |text: &str| {
        let kept = reading(db, |tx| crate::register::counts(tx, id, day(text)));
        assert_eq!(kept, reading(db, |tx| crate::register::recount(tx, day(text)))[&id], "{text}");
        kept.residents
    };
    let days = [
        "2025-02-05",
        "2025-02-10",
        "2025-08-31",
        "2025-09-01",
        "2025-12-31",
        "2026-01-15",
        ON,
        "2026-02-10",
    ];
    assert_eq!(days.map(residents), [2, 3, 4, 3, 3, 3, 3, 3]);
    // A household that ended long ago, its end told again or not; and one that the same file ends before the import's day.
    let tenants = &mut sheets[9].1;
    tenants.push(row("2025-09-01", "1", "2025-02-10", "L1", "示例己"));
    tenants.retain(|it| it[8] != "示例甲" && it[8] != "示例乙");
    tenants.push(row("2026-01-01", "", "2025-02-01", "", "示例甲"));
    tenants.push(row("2026-01-01", "", "2025-02-01", "", "示例庚"));
    carry(db, 2, &workbook(&sheets), false).unwrap();
    assert_eq!(days.map(residents), [3, 5, 6, 4, 4, 1, 1, 1]);
});
