//! The contract of coverage, on both engines.

use super::rules::Step;
use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, day, read, write};
use crate::stations::tests::joint;

testkit::db_test!(the_cascade_follows_the_facts_of_the_day, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let steps = |text: &str| {
        let standings = read(db, |tx| standings(tx, day(text)));
        Step::ALL.map(|step| standings.cascade(Part::default()).at(step))
    };
    // Households 12 + 6 + 5 + 3 + 2; modes as prescribed from February on for all but the last.
    assert_eq!(steps("2025-01-04"), [0; 5]);
    assert_eq!(steps("2025-01-31"), [28, 0, 0, 0, 0]);
    assert_eq!(steps("2025-02-01"), [28, 26, 0, 0, 0]);
    joint(db, &fixture);
    // The host is open 40 hours a week; nobody is on duty.
    assert_eq!(steps("2025-03-01"), [28, 26, 18, 18, 0]);
    let standings_now = read(db, |tx| standings(tx, day("2025-03-01")));
    let lost = standings_now.lost_at(Part::default(), Step::Available);
    assert_eq!(lost.iter().map(|s| s.households).collect::<Vec<_>>(), [5, 3]);
    let town = Part { town: Some(fixture.towns[1]), ..Part::default() };
    assert_eq!(standings_now.cascade(town).at(Step::Target), 5);
});

testkit::db_test!(memory_forgets_when_the_ground_changes_and_not_otherwise, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let memory = crate::Memory::default();
    let standings = || read(db, |tx| memory.standings(tx, day("2025-03-01")));
    let available = || standings().cascade(Part::default()).at(Step::Available);
    assert_eq!((available(), available()), (0, 0));
    joint(db, &fixture);
    assert_eq!(available(), 18);
    let kept = standings();
    write(db, 4, |tx, call| decide(tx, call, &[(Figure::Towns, true, "区务会议同意".to_owned())])).unwrap();
    assert!(std::sync::Arc::ptr_eq(&kept, &standings()), "what is published changes no standing");
    let year = read(db, |tx| memory.year(tx, day("2025-03-01")));
    assert_eq!(year.len(), 13);
    assert!(std::sync::Arc::ptr_eq(&year[12].1, &kept), "a year is made of the same days");
});

testkit::db_test!(nothing_is_published_until_somebody_decides, MIGRATIONS, |db| {
    assert_eq!(read(db, |tx| published(tx, Figure::Towns)), None);
    let decide_it = |seed, shown, reason: &str| {
        let decision = [(Figure::Towns, shown, reason.to_owned())];
        write(db, seed, |tx, call| decide(tx, call, &decision))
    };
    decide_it(1, true, "区务会议同意").unwrap();
    assert!(read(db, |tx| published(tx, Figure::Towns)).unwrap().published);
    assert!(read(db, |tx| published(tx, Figure::Communities)).is_none());
    assert!(matches!(decide_it(2, false, " "), Err(crate::Error::Refused(_))));
    decide_it(3, false, "口径复核").unwrap();
    assert!(!read(db, |tx| published(tx, Figure::Towns)).unwrap().published);
});
