//! What was shown is what is confirmed: another value in between, and nothing is written.

use super::*;

/// After the file was looked at, `between` comes in, which changes no count: is the file's confirmation refused?
fn is_refused(db: &db::Db, seed: u64, file: &[u8], between: &[u8]) -> bool {
    let before = dry(db, file, false);
    assert!(before.alters());
    assert_eq!(before.seal(), dry(db, file, true).seal(), "the same is the same");
    carry(db, seed, between, false).unwrap();
    let after = dry(db, file, false);
    assert_eq!(
        before.tallies.map(|it| (it.added, it.changed, it.same)),
        after.tallies.map(|it| (it.added, it.changed, it.same)),
        "the counts alone do not tell"
    );
    let seal = before.seal();
    let late =
        db.write(|tx| import(tx, &mut call(seed + 1), &vault(), rows(file), options(false), Some(&seal)));
    matches!(late, Err(Error::Refused(ref refusal)) if refusal.message == "exchange-refused-changed")
}

testkit::db_test!(a_third_value_in_between_is_not_overwritten_unseen, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let cases = [
        ("社区", 2, "社区名称", ["青藤新里", "别名"]),
        ("综合网格", 2, "网格名称", ["紫藤新网格", "别名"]),
        ("组织", 2, "单位名称", ["新运营", "别家"]),
        ("治理方式", 3, "文号", ["示例〔2025〕2号", "示例〔2025〕3号"]),
        ("来源编号", 2, "来源编号", ["SQ-0008", "SQ-0009"]),
        ("楼栋", 2, "层数", ["7", "8"]),
        ("套间", 3, "间面积", ["13", "14"]),
    ];
    for (seed, (sheet, row, column, [ours, theirs])) in (10..).step_by(2).zip(cases) {
        let file = with(register(), sheet, row, column, ours);
        assert!(is_refused(db, seed, &file, &with(register(), sheet, row, column, theirs)), "{sheet}");
        // Looked at again it is taken, and the next case begins from there.
        let seal = dry(db, &file, false).seal();
        db.write(|tx| import(tx, &mut call(seed + 100), &vault(), rows(&file), options(false), Some(&seal)))
            .unwrap();
        carry(db, seed + 200, &workbook(&register()), false).unwrap();
    }
});

testkit::db_test!(a_telephone_that_became_another_in_between_is_not_overwritten_unseen, MIGRATIONS, |db| {
    carry(db, 1, &workbook(&register()), false).unwrap();
    let known = rows(&out(db, 2, None).bytes).tenants;
    let (_, tenant) = known.into_iter().find(|(_, it)| &*it.unit == "101").unwrap();
    let person = tenant.person.unwrap().simple().to_string();
    let file = |telephone: &str| {
        let head = vec!["社区编码", "楼栋号", "室号", "居住性质", "入住日期", "居住人编号", "电话"];
        let row = vec!["310112107-001", "1号", "101", "租住", "2025-02-01", person.as_str(), telephone];
        workbook(&[("租住", vec![head, row])])
    };
    assert!(is_refused(db, 3, &file("19900000008"), &file("19900000009")));
    assert!(!dry(db, &file("19900000009"), false).alters());
});

testkit::db_test!(a_seal_says_nothing_of_a_name_to_whoever_has_not_the_key, MIGRATIONS, |db| {
    let file = workbook(&register());
    let seal = |key: u8, seed: u64| {
        let vault = Vault::new(&[key; 32]);
        reading(db, |tx| look(tx, &mut call(seed), &vault, rows(&file), options(false))).seal()
    };
    assert_ne!(seal(1, 7), seal(2, 7));
    for seed in 8..24 {
        assert_eq!(seal(1, 7), seal(1, seed), "ids that are drawn afresh are not in it, nor their order");
    }
});

testkit::db_test!(a_file_that_is_kept_is_sealed_anew_with_a_new_key, MIGRATIONS, |db| {
    let file = workbook(&register());
    carry(db, 9, &file, false).unwrap();
    let keep =
        |tx: &mut db::Tx<'_>| keep_upload(tx, &mut call(1), &vault(), "register.xlsx", &file, options(false));
    let id = db.write(keep).unwrap();
    let both = Vault::with_older(&[2; 32], &[[1; 32]]);
    let reseals = |seed, vault: &Vault| db.write(|tx| reseal_uploads(tx, &mut call(seed), vault)).unwrap();
    assert_eq!((reseals(2, &both), reseals(3, &both)), (1, 0));
    let content = |vault: &Vault| db.read(|tx| upload(tx, &call(4), vault, id)).map(|(_, content)| content);
    assert_eq!(content(&Vault::new(&[2; 32])).unwrap().unwrap(), file);
    assert!(content(&vault()).is_err(), "the old key opens it no longer");
});
