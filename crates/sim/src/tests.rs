//! The simulated district is the one that was ordered.

use base::Day;
use db::Db;
use district::kit::settings::{Setting, get};
use district::people::vault::Vault;
use district::{coverage, people, plan, register, stations};

use super::*;

fn small() -> Order {
    Order { per_mille: 20, ..Order::new(7) }
}

fn made(db: &Db) {
    make(db, &Vault::new(&[5; 32]), &small()).unwrap();
}

testkit::db_test!(a_small_district_has_the_counts_that_were_ordered, district::MIGRATIONS, |db| {
    made(db);
    let day = small().today;
    db.read(|tx| {
        let communities = register::snapshot(tx, day)?;
        let sum = |of: fn(&register::Snapshot) -> i64| communities.iter().map(of).sum::<i64>();
        assert_eq!((communities.len(), sum(|c| c.dwellings), sum(|c| c.residents)), (14, 2_950, 3_380));
        let recount = register::recount(tx, day)?;
        for community in &communities {
            let counted = recount[&community.id];
            assert_eq!(
                (counted.dwellings, counted.households, counted.residents),
                (community.dwellings, community.households, community.residents),
                "{}",
                community.name
            );
        }
        let towns = register::towns(tx, day)?;
        assert_eq!(towns.len(), 14);
        assert!(!stations::stations(tx, day)?.is_empty());
        assert_eq!(get(tx, Setting::Demonstration)?.as_deref(), Some("true"));
        assert_eq!(people::demonstration_roles(tx, day)?.len(), 5);
        assert!(plan::current(tx)?.is_some());
        Ok::<_, district::Error>(())
    })
    .unwrap();
});

testkit::db_test!(each_step_of_the_cascade_loses_somebody_and_keeps_somebody, district::MIGRATIONS, |db| {
    made(db);
    let standings = db.read(|tx| coverage::standings(tx, small().today)).unwrap();
    let target: i64 = standings.all().iter().map(|standing| standing.households).sum();
    let staffed: i64 = standings
        .all()
        .iter()
        .filter(|standing| standing.reached == coverage::rules::Step::Staffed)
        .map(|standing| standing.households)
        .sum();
    assert!(0 < staffed && staffed < target, "{staffed} of {target}");
});

#[test]
fn an_earlier_day_knows_nothing_of_what_came_later() {
    testkit::on_sqlite(&district::MIGRATIONS, |db| {
        let order = Order { today: Day::parse("2025-10-15").unwrap(), ..small() };
        make(db, &Vault::new(&[5; 32]), &order).unwrap();
        db.read(|tx| {
            assert!(plan::current(tx)?.is_none(), "2.0 is not in force yet");
            let communities = register::snapshot(tx, order.today)?;
            assert_eq!(communities.iter().map(|c| c.residents).sum::<i64>(), 3_380);
            Ok::<_, district::Error>(())
        })
        .unwrap();
    });
}

#[test]
fn a_second_district_in_one_database_is_refused() {
    testkit::on_sqlite(&district::MIGRATIONS, |db| {
        made(db);
        assert!(make(db, &Vault::new(&[5; 32]), &small()).is_err());
    });
}
