//! The contract of stations, on both engines.

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, Fixture, at, day, read, write};
use crate::kit::{CommunityId, PersonId};
use db::Db;

/// A joint station in grid 0 with its host in community 1 and a point in community 0, open since 2025-03-01.
pub(crate) fn joint(db: &Db, fixture: &Fixture) -> (StationId, [PointId; 2], PostId) {
    let made = write(db, 300, |tx, call| {
        let (id, host, point, post): (StationId, PointId, PointId, PostId) =
            (call.id(), call.id(), call.id(), call.id());
        let place = |i: usize| Place::Community(fixture.communities[i]);
        let opened_on = Some(day("2025-03-01"));
        let point_at = |id, host, place, position| AddPoint {
            id,
            host,
            place,
            words: "1号楼一层".into(),
            position,
            opened_on,
        };
        let station = AddStation {
            id,
            name: "紫藤网格社工站".into(),
            name_en: "Ziteng Grid Station".into(),
            form: StationForm::Joint,
            town: fixture.towns[0],
            grid: Some(fixture.grids[0]),
            telephone: "021-00000000".into(),
            planned_on: day("2025-02-01"),
            opened_on,
            points: vec![
                point_at(host, true, place(1), at(300, 100)),
                point_at(point, false, place(0), at(0, 0)),
            ],
        };
        add_stations(tx, call, &[station])?;
        let by = Some((id, host));
        let from = day("2025-03-01");
        serve(
            tx,
            call,
            &[
                Serve { community: fixture.communities[1], by, from },
                Serve { community: fixture.communities[0], by, from },
            ],
        )?;
        add_posts(tx, call, &[AddPost { id: post, station: id, title: "social_worker".into(), from }])?;
        let line = |weekday, post| RotaLine { weekday, from_minute: 540, to_minute: 1020, post };
        let lines = (1..=5).map(|weekday| line(weekday, Some(post))).collect();
        set_rotas(tx, call, &[SetRota { point: host, from, lines }])?;
        Ok((id, [host, point], post))
    });
    made.unwrap()
}

fn person(db: &Db, seed: u64) -> PersonId {
    use crate::people::vault::{AddPerson, Vault, add_persons};
    write(db, seed, |tx, call| {
        let id: PersonId = call.id();
        let person = AddPerson { id, name: "示例".into(), telephone: None, identity_number: None };
        add_persons(tx, call, &Vault::new(&[1; 32]), &[person])?;
        Ok(id)
    })
    .unwrap()
}

testkit::db_test!(a_post_without_a_holder_opens_the_door_and_staffs_nothing, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (_, [host, _], post) = joint(db, &fixture);
    let on = |text: &str| read(db, |tx| point_weeks(tx, day(text))).get(&host).copied().unwrap_or_default();
    assert_eq!(on("2025-02-28"), rules::Week::default());
    assert_eq!(on("2025-03-01"), rules::Week { open: 5 * 480, staffed: 0 });
    let person = person(db, 301);
    write(db, 302, |tx, call| {
        fill_posts(tx, call, &[Fill { post, person: Some(person), from: day("2025-04-01") }])?;
        fill_posts(tx, call, &[Fill { post, person: None, from: day("2025-10-01") }])
    })
    .unwrap();
    assert_eq!(on("2025-04-01"), rules::Week { open: 2400, staffed: 2400 });
    assert_eq!(on("2025-10-01"), rules::Week { open: 2400, staffed: 0 });
    assert_eq!(read(db, |tx| in_post(tx, day("2025-09-30"))), (1, 1));
    assert_eq!(read(db, |tx| in_post(tx, day("2025-10-01"))), (1, 0));
});

testkit::db_test!(a_closed_station_has_no_posts_in_the_figure, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (station, _, post) = joint(db, &fixture);
    let person = person(db, 303);
    write(db, 304, |tx, call| {
        fill_posts(tx, call, &[Fill { post, person: Some(person), from: day("2025-04-01") }])?;
        step(tx, call, day("2025-09-01"), &[Step::CloseStation(station)])
    })
    .unwrap();
    assert_eq!(read(db, |tx| in_post(tx, day("2025-08-31"))), (1, 1));
    assert_eq!(read(db, |tx| in_post(tx, day("2025-09-01"))), (0, 0));
});

testkit::db_test!(a_closed_point_serves_nobody, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (station, [host, point], _) = joint(db, &fixture);
    let serves = |text: &str| -> Vec<CommunityId> {
        read(db, |tx| served(tx, day(text))).iter().filter(|s| s.open).map(|s| s.community).collect()
    };
    assert_eq!(serves("2025-03-01").len(), 2);
    write(db, 310, |tx, call| {
        let from = day("2025-05-01");
        serve(tx, call, &[Serve { community: fixture.communities[0], by: Some((station, point)), from }])?;
        step(tx, call, day("2025-08-01"), &[Step::ClosePoint(host)])
    })
    .unwrap();
    assert_eq!(serves("2025-07-31").len(), 2);
    assert_eq!(serves("2025-08-01"), [fixture.communities[0]]);
    write(db, 311, |tx, call| step(tx, call, day("2025-09-01"), &[Step::CloseStation(station)])).unwrap();
    assert!(serves("2025-09-01").is_empty());
    let twice = write(db, 312, |tx, call| step(tx, call, day("2025-09-02"), &[Step::CloseStation(station)]));
    assert!(
        matches!(twice, Err(Error::Refused(ref refusal)) if refusal.message == "stations-refused-closed-already")
    );
});

testkit::db_test!(a_station_needs_one_host_and_a_joint_one_a_grid, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let refused = |form: StationForm, grid: Option<usize>, hosts: usize| {
        let outcome = write(db, 320, |tx, call| {
            let points = (0..2)
                .map(|i| AddPoint {
                    id: call.id(),
                    host: i < hosts,
                    place: Place::Community(fixture.communities[i]),
                    words: String::new(),
                    position: at(0, 0),
                    opened_on: None,
                })
                .collect();
            let station = AddStation {
                id: call.id(),
                name: "示例站".into(),
                name_en: "Example".into(),
                form,
                town: fixture.towns[0],
                grid: grid.map(|i| fixture.grids[i]),
                telephone: String::new(),
                planned_on: day("2025-02-01"),
                opened_on: None,
                points,
            };
            add_stations(tx, call, &[station])
        });
        match outcome {
            Err(Error::Refused(refusal)) => refusal.message,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(StationForm::Joint, Some(0), 2), "stations-refused-hosts");
    assert_eq!(refused(StationForm::Joint, Some(0), 0), "stations-refused-hosts");
    assert_eq!(refused(StationForm::Joint, None, 1), "stations-refused-joint-without-grid");
    assert_eq!(refused(StationForm::Decided, Some(0), 1), "stations-refused-form");
});
