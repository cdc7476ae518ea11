//! A district that was there before sums of spans, and households that moved in, were counted gets both when it is
//! brought up to date.

use base::Uuid;
use db::{Value, params};

use super::*;

/// The versions of the schema before the first of these.
const BEFORE: usize = 7;

db::bulk! {
    DAYS = "community_days" (community_id Uuid, day Bigint, dwellings Bigint, households Bigint, residents Bigint);
}

#[test]
fn a_district_from_before_is_counted_the_same() {
    testkit::on_sqlite(&MIGRATIONS[..BEFORE], counted);
    testkit::on_postgres(&MIGRATIONS[..BEFORE], counted);
}

fn counted(db: &db::Db) {
    let [community, building, unit] = [7, 8, 9].map(Uuid::from_u128);
    let days =
        [("1969-12-30", 4), ("1970-01-01", 3), ("2025-03-01", 9), ("2025-03-02", -2), ("2026-01-31", 1)];
    let tenancies = [
        ("1969-12-30", Some("2025-03-02")),
        ("2025-03-01", None),
        ("2025-03-01", Some("2025-03-02")),
        ("2026-01-31", None),
    ];
    db.write(|tx| {
        tx.bulk(&store::ADD_COMMUNITIES, [params![community, "310112107-001", true]])?;
        let (from, to) = (day("1969-01-01"), Value::Null);
        tx.bulk(&store::ADD_BUILDINGS, [params![building, community, "1", 6, from, to.clone()]])?;
        tx.bulk(&store::ADD_UNITS, [params![unit, building, "101", 1, 1, from, to]])?;
        let counts = |(text, change): (&str, i64)| -> [Value; 5] {
            [community.into(), day(text).into(), 0.into(), change.into(), (2 * change).into()]
        };
        tx.bulk(&DAYS, days.map(counts))?;
        for (number, (from, to)) in (1..).zip(tenancies) {
            let (id, none) = (Uuid::from_u128(number), Value::Null);
            let (from, to) = (day(from), to.map(day));
            let row = params![id, community, unit, none.clone(), none, "tenant", from, to];
            tx.bulk(&store::ADD_TENANCIES, [row])?;
        }
        Ok::<_, Error>(())
    })
    .unwrap();
    assert_eq!(db.migrate(&MIGRATIONS, testkit::now()).unwrap(), MIGRATIONS.len() - BEFORE);
    for (on, households, moved_in) in [
        ("1969-12-29", 0, 0),
        ("1969-12-31", 4, 1),
        ("1970-01-01", 7, 1),
        ("2025-02-28", 7, 1),
        ("2025-03-01", 16, 3),
        ("2025-12-31", 14, 3),
        ("2026-01-31", 15, 4),
    ] {
        let expected = Counts { dwellings: 0, households, residents: 2 * households, moved_in };
        let id = crate::kit::CommunityId::from_uuid(community);
        assert_eq!(read(db, |tx| counts(tx, id, day(on))), expected, "{on}");
    }
}
