//! The simulated district is the one that was ordered.

use base::Day;
use db::{Db, Value};
use district::coverage::rules::Step;
use district::kit::settings::{Setting, get};
use district::kit::{Digest, Role};
use district::people::vault::Vault;
use district::{coverage, people, plan, register, stations};
use handbook::{CommunityKind, PropertyRight};

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
                (counted.dwellings, counted.households, counted.residents, counted.moved_in),
                (community.dwellings, community.households, community.residents, community.moved_in),
                "{}",
                community.name
            );
        }
        let towns = register::towns(tx, day)?;
        assert_eq!(towns.len(), 14);
        assert!(!stations::stations(tx, day)?.is_empty());
        assert_eq!(get(tx, Setting::Demonstration)?.as_deref(), Some("true"));
        assert_eq!(people::demonstration_roles(tx, day)?, Role::HELD);
        assert!(plan::current(tx)?.is_some());
        Ok::<_, district::Error>(())
    })
    .unwrap();
});

testkit::db_test!(each_step_of_the_cascade_loses_somebody_and_keeps_somebody, district::MIGRATIONS, |db| {
    made(db);
    let today = small().today;
    let standings = db.read(|tx| coverage::standings(tx, today)).unwrap();
    let cascade = standings.cascade(coverage::Part::default());
    for pair in Step::ALL.windows(2) {
        let (before, at) = (cascade.at(pair[0]), cascade.at(pair[1]));
        assert!(0 < at && at <= before, "{:?}: {at} of {before}", pair[1]);
    }
    assert!(cascade.at(Step::Satisfied) < cascade.at(Step::Responded) && cascade.unknown > 0, "{cascade:?}");
    // What is kept by the day is what visits and matters say, counted plainly.
    let work = db.read(|tx| coverage::reach_from_work(tx, today)).unwrap();
    let kept = db.read(|tx| coverage::recount_reach(tx, today)).unwrap();
    for standing in standings.all() {
        let of = |all: &std::collections::BTreeMap<_, _>| all.get(&standing.community).copied();
        assert_eq!(of(&work).unwrap_or_default(), standing.reach, "{}", standing.name);
        assert_eq!(of(&kept).unwrap_or_default(), standing.reach, "{}", standing.name);
    }
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

#[test]
fn what_stations_do_leaves_the_register_as_it_is() {
    let listed = |with_work| {
        let mut listed = Vec::new();
        testkit::on_sqlite(&district::MIGRATIONS, |db| {
            let order = Order { with_work, ..small() };
            make(db, &Vault::new(&[5; 32]), &order).unwrap();
            listed = db
                .read(|tx| register::snapshot(tx, order.today))
                .unwrap()
                .iter()
                .map(|it| format!("{it:?}"))
                .collect();
        });
        listed
    };
    assert_eq!(listed(true), listed(false));
}

testkit::db_test!(the_same_order_makes_the_same_district_again_on_any_engine, district::MIGRATIONS, |db| {
    let order = Order { per_mille: 15, ..Order::new(7) };
    let here = digest(db, &order, 5);
    // SQLite beside SQLite is a second run, beside PostgreSQL the other engine. The key of the vault changes nothing.
    testkit::on_sqlite(&district::MIGRATIONS, |again| assert_eq!(digest(again, &order, 6), here));
    testkit::on_sqlite(&district::MIGRATIONS, |other| {
        assert_ne!(
            digest(other, &Order { seed: 8, ..order }, 5).hex,
            here.hex,
            "another seed, another district"
        );
    });
});

/// Makes a district and sums it up.
fn digest(db: &Db, order: &Order, key: u8) -> Digest {
    make(db, &Vault::new(&[key; 32]), order).unwrap();
    let schema = db.schema().unwrap();
    let digest = db.read(|tx| district::kit::digest(tx, &schema)).unwrap();
    assert!(digest.facts > 0);
    digest
}

/// The reference district, whole, on the engine that makes it sooner. Its counts are those of the register, which nobody's work moves:
/// a smaller one says so below.
#[test]
fn the_reference_district_has_the_published_counts() {
    testkit::on_sqlite(&district::MIGRATIONS, |db| {
        let order = Order { with_work: false, ..Order::new(1) };
        make(db, &Vault::new(&[5; 32]), &order).unwrap();
        let day = order.today;
        let communities = db.read(|tx| register::snapshot(tx, day)).unwrap();
        let sum = |of: fn(&register::Snapshot) -> i64| communities.iter().map(of).sum::<i64>();
        assert_eq!(communities.len(), 547);
        // "14.7 万余间" and "16.9 万人": the last digit that was published is met.
        assert!((147_000..148_000).contains(&sum(|c| c.dwellings)), "{}", sum(|c| c.dwellings));
        assert!((168_500..169_500).contains(&sum(|c| c.residents)), "{}", sum(|c| c.residents));
        let (mut towns, grids) = db
            .read(|tx| Ok::<_, district::Error>((register::towns(tx, day)?, register::grids(tx, day)?)))
            .unwrap();
        towns.sort_by(|a, b| a.code.cmp(&b.code));
        let towns: Vec<(&str, &str)> = towns.iter().map(|it| (it.code.as_str(), it.name.as_str())).collect();
        assert_eq!(towns, MINHANG);
        assert_eq!(grids.len(), 71);
        known_by_their_facts(db, &communities);
    });
}

/// The town units of 闵行区 by their codes (GB/T 2260 and 统计用区划代码).
const MINHANG: [(&str, &str); 14] = [
    ("310112001", "江川路街道"),
    ("310112006", "古美街道"),
    ("310112008", "新虹街道"),
    ("310112009", "浦锦街道"),
    ("310112101", "莘庄镇"),
    ("310112102", "七宝镇"),
    ("310112103", "颛桥镇"),
    ("310112106", "华漕镇"),
    ("310112107", "虹桥镇"),
    ("310112108", "梅陇镇"),
    ("310112110", "吴泾镇"),
    ("310112112", "马桥镇"),
    ("310112114", "浦江镇"),
    ("310112501", "莘庄工业区"),
];

/// What public reports say of three communities is true of them.
fn known_by_their_facts(db: &Db, communities: &[register::Snapshot]) {
    let named = |name: &str, town: &str| {
        let found: Vec<_> = communities.iter().filter(|it| it.name == name).collect();
        assert!(found.len() == 1 && found[0].code.starts_with(town), "{name}: {found:?}");
        found[0]
    };
    let aegean = named("爱琴海", "310112107");
    assert_eq!((aegean.kind, aegean.right), (CommunityKind::QuasiResidential, PropertyRight::SeveralOwners));
    let (grid, opened) = db
        .read(|tx| {
            let day = Order::new(1).today;
            let (station, _) = stations::service_of(tx, aegean.id, day)?.expect("a station");
            let opened = |it: stations::Station| it.opened_on;
            let all: Vec<Day> = stations::stations(tx, day)?.into_iter().filter_map(opened).collect();
            let own = stations::station(tx, station, day)?.and_then(opened);
            assert_eq!(own, all.into_iter().min(), "it was the first");
            let grid = register::grids(tx, day)?.into_iter().find(|it| Some(it.id) == aegean.grid);
            Ok::<_, district::Error>((grid.map(|it| it.name), own.map(Day::ymd)))
        })
        .unwrap();
    assert_eq!(grid.as_deref(), Some("紫藤网格"));
    assert!(matches!(opened, Some((2025, 6, _))), "{opened:?}");

    let kuanting = named("七宝城投宽庭", "310112102");
    assert_eq!(kuanting.kind, CommunityKind::AffordableRental);
    assert_eq!(kuanting.label, "上海文化人才之家");
    let september = Day::parse("2025-09-01").unwrap();
    assert_eq!(moved_in(db, kuanting, september, september.plus_months(1)), 182);

    let weilingdi = named("浦江微领地", "310112114");
    assert_eq!((weilingdi.kind, weilingdi.dwellings), (CommunityKind::MarketRental, 3_116));
}

/// Tenancies of a community that began from a day on, before another.
fn moved_in(db: &Db, community: &register::Snapshot, from: Day, to: Day) -> usize {
    let schema = db.schema().unwrap();
    let table = &schema.tables["tenancies"];
    let column = |name: &str| table.columns.iter().position(|column| column.name == name).unwrap();
    let (whose, began) = (column("community_id"), column("valid_from"));
    let id = community.id.uuid();
    let mut count = 0;
    db.read(|tx| {
        count = 0;
        tx.scan("tenancies", table, |row| {
            let theirs = match &row[whose] {
                Value::Uuid(uuid) => *uuid == id,
                Value::Bytes(bytes) => bytes == id.as_bytes(),
                _ => false,
            };
            let in_time = matches!(row[began], Value::Int(day) if (from.days()..to.days()).contains(&day));
            count += usize::from(theirs && in_time);
        })
    })
    .unwrap();
    count
}
