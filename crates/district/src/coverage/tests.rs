//! The contract of coverage, on both engines.

use std::collections::BTreeMap;

use base::Instant;

use super::households::Reach;
use super::rules::Step;
use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, day, read, write};
use crate::kit::{AccountId, Call, Grant, Role};
use crate::matters;
use crate::stations::tests::joint;
use crate::tests::work::Work;

testkit::db_test!(the_cascade_follows_the_facts_of_the_day, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let steps = |text: &str| {
        let standings = read(db, |tx| standings(tx, day(text)));
        Step::ALL.map(|step| standings.cascade(Part::default()).at(step))
    };
    // Households 12 + 6 + 5 + 3 + 2; modes as prescribed from February on for all but the last.
    assert_eq!(steps("2025-01-04"), [0; 8]);
    assert_eq!(steps("2025-01-31"), [28, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(steps("2025-02-01"), [28, 26, 0, 0, 0, 0, 0, 0]);
    joint(db, &fixture);
    // The host is open 40 hours a week; nobody is on duty.
    assert_eq!(steps("2025-03-01"), [28, 26, 18, 18, 0, 0, 0, 0]);
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

/// Communities without anything are left out: a sum of nothing and nothing are the same.
fn told(all: impl IntoIterator<Item = (CommunityId, Reach)>) -> BTreeMap<CommunityId, Reach> {
    all.into_iter().filter(|(_, reach)| *reach != Reach::default()).collect()
}

testkit::db_test!(every_day_is_kept_as_the_work_left_it, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    joint(db, &fixture);
    let mut work = Work::on(db, &fixture.communities, day("2025-06-01"), 20_250_601);
    let mut seen = Vec::new();
    let (first, days) = (day("2025-06-01"), 75);
    for number in 0..days {
        let today = first + number;
        for hour in [8, 9, 10, 11, 13, 14, 16] {
            work.happens(Instant::at(today, hour, 0));
        }
        // A job that is off for days leaves the same (`matters::life`), but what is seen in between is not what it will have been.
        work.does(Instant::at(today, 20, 0), |own, tx, call| matters::pass_time(tx, call, &own.calendar));
        seen.push((today, told(read(db, |tx| reach_from_work(tx, today)))));
    }
    let mut busy = 0;
    for (today, raw) in &seen {
        let kept = told(read(db, |tx| reach::reach(tx, *today)));
        assert_eq!(&kept, raw, "as it was on {today}");
        assert_eq!(kept, told(read(db, |tx| recount_reach(tx, *today))), "what is known on {today}");
        busy += kept.len();
    }
    assert!(busy > 100, "{busy}");
    let (last, _) = seen.last().unwrap();
    let sums = read(db, |tx| standings(tx, *last)).cascade(Part::default());
    let all: Vec<Reach> = read(db, |tx| reach::reach(tx, *last)).into_values().collect();
    assert_eq!(sums.at(Step::Responded) + sums.beside, all.iter().map(|it| it.responded).sum::<i64>());
    // It was a time in which something of everything happened.
    let mut whole = Reach::default();
    seen.iter().flat_map(|(_, raw)| raw.values()).for_each(|it| whole += *it);
    let dissatisfied = whole.responded - whole.satisfied - whole.unknown;
    assert!(whole.contacted > whole.responded && dissatisfied > 0, "{whole:?}");
    assert!(whole.satisfied > 0 && whole.unknown > 0, "{whole:?}");
    // Counted anew from nothing, it is the same.
    let of_days = |tx: &mut Tx<'_>| {
        (0..days + 400).map(|number| reach::reach(tx, first + number).map(told)).collect::<Result<Vec<_>>>()
    };
    let before = read(db, of_days);
    assert!(!write(db, 9_001, |tx, _| count_reach(tx)).unwrap(), "there is something");
    // Whoever counts by hand is found out, and a count of everything mends it.
    let spoilt = read(db, |tx| miscounted(tx, *last));
    assert!(spoilt.is_empty(), "{spoilt:?}");
    let community = fixture.communities[0];
    let slip: [db::Value; 6] = [community.into(), (*last).into(), 1.into(), 0.into(), 0.into(), 0.into()];
    write(db, 9_002, |tx, _| Ok(tx.execute(&store::COUNT_DAY, &slip)?)).unwrap();
    assert_eq!(read(db, |tx| miscounted(tx, *last)), [community]);
    let grant = Grant { role: Role::DistrictOfficer, scope: Scope::District };
    let officer = Actor::account(AccountId::from_uuid(base::Uuid::from_u128(7)), vec![grant]);
    let refused = db.write(|tx| recount(tx, &mut Call::new(&officer, Instant::at(*last, 9, 0), 9_003)));
    assert!(matches!(refused, Err(crate::Error::Forbidden(_))), "{refused:?}");
    write(db, 9_004, recount).unwrap();
    assert_eq!(before, read(db, of_days));
    assert!(read(db, |tx| miscounted(tx, *last)).is_empty());
});
