//! What a person may ask of what is known of them, and what is erased by itself.

use serde_json::json;

use super::*;
use crate::kit::fixture;
use crate::people::vault::{Field, reveal};

fn vault() -> Vault {
    Vault::new(&[1; 32])
}

fn name(db: &db::Db, person: PersonId) -> Option<String> {
    read(db, |tx| super::super::vault::read(tx, &vault(), person, Field::Name))
}

testkit::db_test!(everyone_gets_a_copy_and_learns_who_read_what, MIGRATIONS, |db| {
    write(db, fixture::ADMINISTRATION, fixture::administrators).unwrap();
    let account = people(db)[0];
    let me = Actor::account(account, vec![Grant { role: Role::TownOfficer, scope: Scope::Town(id(21)) }]);
    let person = read(db, |tx| person_of(tx, account));
    let worker = Grant { role: Role::CommunityWorker, scope: Scope::District };
    let worker = Actor::account(people_account(db), vec![worker]);
    db.write(|tx| {
        let call = &mut Call::new(&worker, testkit::now(), 60);
        reveal(tx, call, &vault(), person, Scope::District)
    })
    .unwrap();
    db.write(|tx| correct_telephone(tx, &mut Call::new(&me, testkit::now(), 61), &vault(), "138 0000 0000"))
        .unwrap();
    let copy = db.write(|tx| copy(tx, &mut Call::new(&me, testkit::now(), 62), &vault())).unwrap();
    assert_eq!(
        copy["fields"],
        json!({"name": "示例", "telephone": "138 0000 0000", "identity_number": null})
    );
    let mut read_by: Vec<&str> =
        copy["read_by"].as_array().unwrap().iter().filter_map(|it| it["role"].as_str()).collect();
    read_by.sort_unstable();
    assert_eq!(read_by, ["community-worker", "town-officer"]);
    db.write(|tx| correct_telephone(tx, &mut Call::new(&me, testkit::now(), 63), &vault(), " ")).unwrap();
    let nobody = Actor::anyone();
    let refused = db.write(|tx| super::copy(tx, &mut Call::new(&nobody, testkit::now(), 64), &vault()));
    assert!(matches!(refused, Err(Error::Forbidden(Action::PersonOwn))));
});

/// The second account of the test's people.
fn people_account(db: &db::Db) -> AccountId {
    read(db, |tx| credential(tx, "grid", day("2026-01-31"))).unwrap().0
}

testkit::db_test!(a_name_that_nobody_needs_is_erased_and_the_facts_stay, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let account = people(db)[0];
    let person = read(db, |tx| person_of(tx, account));
    let counts = |on: &str| read(db, |tx| crate::register::counts(tx, fixture.communities[0], day(on)));
    let before = counts("2026-01-31");
    let all = |on: &str| {
        let program = Actor::program();
        let now = Instant::at(day(on), 3, 0);
        let mut after = PersonId::from_uuid(base::Uuid::nil());
        while let Some(last) = db.write(|tx| retain(tx, &mut Call::new(&program, now, 70), after)).unwrap() {
            after = last;
        }
    };
    // Who has an account, a post or a dwelling is known.
    all("2026-01-31");
    assert_eq!(name(db, person).as_deref(), Some("示例"));
    let system =
        Actor::account(id(1), vec![Grant { role: Role::SystemAdministrator, scope: Scope::District }]);
    let acts = |seed| Call::new(&system, testkit::now(), seed);
    let erases = |seed| db.write(|tx| erase_person(tx, &mut acts(seed), account));
    assert!(
        matches!(erases(71), Err(Error::Refused(refusal)) if refusal.message == "people-refused-erase-in-use")
    );
    db.write(|tx| end_account(tx, &mut acts(72), account, wall())).unwrap();
    let ended = testkit::now().day();
    let kept = (ended + KEPT_DAYS - 1).to_string();
    all(&kept);
    assert_eq!(name(db, person).as_deref(), Some("示例"), "for a year");
    all(&(ended + KEPT_DAYS).to_string());
    assert_eq!(name(db, person), None);
    // Nobody else was touched, and the counts are what they were.
    let sealed: i64 = read(db, |tx| {
        let mut count = 0;
        let mut after = PersonId::from_uuid(base::Uuid::nil());
        loop {
            let rows = tx.query(&super::super::store::SEALED_AFTER, db::params![after, 100])?;
            let Some(mut last) = rows.into_iter().last() else { return Ok(count) };
            after = last.get(0)?;
            count += 1;
        }
    });
    assert!(sealed > 0);
    assert_eq!(counts("2026-01-31"), before);
    // At the person's request it is done at once.
    let grid = people_account(db);
    let other = read(db, |tx| person_of(tx, grid));
    db.write(|tx| end_account(tx, &mut acts(73), grid, wall())).unwrap();
    db.write(|tx| erase_person(tx, &mut acts(74), grid)).unwrap();
    assert_eq!(name(db, other), None);
});

testkit::db_test!(traces_are_forgotten_after_half_a_year, MIGRATIONS, |db| {
    let account = people(db)[0];
    write(db, 80, |tx, call| sign_in(tx, call, account, &token(1), wall())).unwrap();
    let forget = |at: Instant| write(db, 81, |tx, call| forget_traces(tx, call, at)).unwrap();
    assert_eq!(forget(wall().plus_millis(TRACES_MILLIS)), 0);
    assert_eq!(forget(wall().plus_millis(TRACES_MILLIS + 1)), 1);
});
