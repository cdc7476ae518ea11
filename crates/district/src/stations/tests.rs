//! The contract of stations, on both engines.

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, Fixture, at, day, read, write};
use crate::kit::{Actor, CommunityId, Grant, PersonId, PostId, Role};
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

/// A town officer, or whoever else holds one role.
fn actor_of(role: Role, scope: Scope) -> Actor {
    Actor { account: None, grants: vec![Grant { role, scope }], only: None }
}

fn write_as<T>(
    db: &Db,
    actor: &Actor,
    seed: u64,
    work: impl Fn(&mut Tx<'_>, &mut Call<'_>) -> Result<T>,
) -> Result<T> {
    db.write(|tx| work(tx, &mut Call::new(actor, testkit::now(), seed)))
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> (&'static str, Option<&'static str>) {
    match outcome {
        Err(Error::Refused(refusal)) => (refusal.message, refusal.field),
        other => panic!("{other:?}"),
    }
}

testkit::db_test!(a_station_is_described_by_who_may_write_it, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (station, ..) = joint(db, &fixture);
    let describe = |actor: &Actor, seed, name: &str, telephone: &str| {
        let command = DescribeStation {
            station,
            name: name.into(),
            name_en: String::new(),
            telephone: telephone.into(),
        };
        write_as(db, actor, seed, |tx, call| describe_stations(tx, call, std::slice::from_ref(&command)))
    };
    let leader = actor_of(Role::GridLeader, Scope::Grid { town: fixture.towns[0], grid: fixture.grids[0] });
    describe(&leader, 330, "紫藤社工站", "021－6400 0000").unwrap();
    let now = read(db, |tx| super::station(tx, station, day("2025-06-01"))).unwrap();
    assert_eq!((now.name.as_str(), now.telephone.as_str()), ("紫藤社工站", "021-6400 0000"));
    assert_eq!(refused(describe(&leader, 331, "", "")).1, Some("name"));
    assert_eq!(refused(describe(&leader, 332, "站", "问老王")).1, Some("telephone"));
    let elsewhere = actor_of(Role::TownOfficer, Scope::Town(fixture.towns[1]));
    assert!(matches!(describe(&elsewhere, 333, "站", ""), Err(Error::Forbidden(Action::StationWrite))));
});

testkit::db_test!(a_holder_goes_into_the_vault_and_is_shown_masked_or_not_at_all, MIGRATIONS, |db| {
    use crate::people::vault::{AddPerson, Vault};
    let fixture = fixture::district(db);
    let (station, [host, _], post) = joint(db, &fixture);
    let vault = Vault::new(&[1; 32]);
    let hold = |seed, name: &str, telephone: &str, from: &str| {
        write(db, seed, |tx, call| {
            let id: PersonId = call.id();
            let person =
                AddPerson { id, name: name.into(), telephone: Some(telephone.into()), identity_number: None };
            hold_posts(tx, call, &vault, &[Hold { post, person, from: day(from) }])
        })
    };
    assert_eq!(refused(hold(340, " ", "", "2025-06-01")).1, Some("name"));
    assert_eq!(refused(hold(341, "张示例", "电话", "2025-06-01")).1, Some("telephone"));
    let early = refused(hold(342, "张示例", "", "2025-02-28"));
    assert_eq!(early, ("stations-refused-post-not-there", Some("from")));
    hold(343, "张示例", "19900001234", "2025-06-01").unwrap();
    let memory = crate::Memory::default();
    let seen = |actor: &Actor, on: &str| {
        read(db, |tx| sheet(tx, actor, &memory, Some(&vault), station, day(on))).posts[0].clone()
    };
    let (town, grid) = (fixture.towns[0], fixture.grids[0]);
    let officer = actor_of(Role::TownOfficer, Scope::Town(town));
    let post_now = seen(&officer, "2025-06-01");
    let holder = post_now.holder.unwrap();
    assert_eq!(post_now.number, 1);
    assert_eq!(holder.name.as_deref(), Some("张**"));
    assert_eq!(holder.telephone.as_deref(), Some("199****1234"));
    assert_eq!(holder.since, day("2025-06-01"));
    assert_eq!(seen(&officer, "2025-05-31").next, Some((day("2025-06-01"), true)));
    // An operator of a community that it serves reads the station, and no name.
    let community = fixture.communities[1];
    let operator = actor_of(Role::Operator, Scope::Community { town, grid: Some(grid), community });
    assert!(seen(&operator, "2025-06-01").holder.unwrap().name.is_none());
    let weeks = read(db, |tx| point_weeks(tx, day("2025-06-01")));
    assert_eq!(weeks[&host], rules::Week { open: 2400, staffed: 2400 });
    // In full it is read by whoever may ask, on record.
    let whole = |actor: &Actor, on: &str| {
        db.write(|tx| {
            let call = &mut crate::kit::Call::new(actor, testkit::now(), 344);
            reveal_holder(tx, call, &vault, (station, post), day(on))
        })
    };
    assert!(matches!(whole(&operator, "2025-06-01"), Err(Error::Forbidden(Action::PersonReveal))));
    assert!(matches!(whole(&officer, "2025-05-31"), Err(Error::Absent("post"))));
    let shown = whole(&officer, "2025-06-01").unwrap();
    assert_eq!((shown.name.as_str(), shown.telephone.as_deref()), ("张示例", Some("19900001234")));
});

testkit::db_test!(a_post_that_ends_leaves_the_door_open_and_nobody_there, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (_, [host, _], post) = joint(db, &fixture);
    let person = person(db, 350);
    let end = |seed, from: &str| {
        let command = EndPost { post, from: day(from) };
        write(db, seed, |tx, call| end_posts(tx, call, &[command]))
    };
    write(db, 351, |tx, call| {
        fill_posts(tx, call, &[Fill { post, person: Some(person), from: day("2025-04-01") }])
    })
    .unwrap();
    assert_eq!(refused(end(352, "2025-02-28")).0, "stations-refused-post-not-there");
    end(353, "2025-07-01").unwrap();
    assert_eq!(refused(end(354, "2025-08-01")).0, "stations-refused-post-ended");
    assert_eq!(read(db, |tx| in_post(tx, day("2025-06-30"))), (1, 1));
    assert_eq!(read(db, |tx| in_post(tx, day("2025-07-01"))), (0, 0));
    let weeks = read(db, |tx| point_weeks(tx, day("2025-07-01")));
    assert_eq!(weeks[&host], rules::Week { open: 2400, staffed: 0 });
    let late = write(db, 355, |tx, call| {
        fill_posts(tx, call, &[Fill { post, person: Some(person), from: day("2025-07-01") }])
    });
    assert_eq!(refused(late).0, "stations-refused-post-not-there");
});

testkit::db_test!(a_rota_takes_no_post_of_another_station, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (_, [host, _], _) = joint(db, &fixture);
    let from = day("2025-06-01");
    let outcome = write(db, 360, |tx, call| {
        let (station, point, post): (StationId, PointId, PostId) = (call.id(), call.id(), call.id());
        let point = AddPoint {
            id: point,
            host: true,
            place: Place::Community(fixture.communities[2]),
            words: String::new(),
            position: at(900, 900),
            opened_on: None,
        };
        let other = AddStation {
            id: station,
            name: "云上城社工站".into(),
            name_en: String::new(),
            form: StationForm::Standalone,
            town: fixture.towns[0],
            grid: None,
            telephone: String::new(),
            planned_on: from,
            opened_on: None,
            points: vec![point],
        };
        add_stations(tx, call, &[other])?;
        add_posts(tx, call, &[AddPost { id: post, station, title: "social_worker".into(), from }])?;
        let line = RotaLine { weekday: 1, from_minute: 540, to_minute: 600, post: Some(post) };
        set_rotas(tx, call, &[SetRota { point: host, from, lines: vec![line] }])
    });
    assert!(matches!(outcome, Err(Error::Absent("post"))), "{outcome:?}");
});

testkit::db_test!(who_may_read_a_station_finds_it_in_the_list, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    joint(db, &fixture);
    let memory = crate::Memory::default();
    let (town, grid) = (fixture.towns[0], fixture.grids[0]);
    let seen = |role, scope| {
        read(db, |tx| list(tx, &actor_of(role, scope), &memory, day("2025-06-01")))
            .iter()
            .map(|it| (it.points, it.open_points, it.station.posts, it.station.in_post))
            .collect::<Vec<_>>()
    };
    let there = [(2, 2, 1, 0)];
    assert_eq!(seen(Role::DistrictOfficer, Scope::District), there);
    assert_eq!(seen(Role::TownOfficer, Scope::Town(town)), there);
    assert_eq!(seen(Role::GridLeader, Scope::Grid { town, grid }), there);
    let of = |i: usize| Scope::Community { town, grid: Some(grid), community: fixture.communities[i] };
    assert_eq!(seen(Role::Operator, of(0)), there);
    assert!(seen(Role::Operator, of(2)).is_empty());
    assert!(seen(Role::TownOfficer, Scope::Town(fixture.towns[1])).is_empty());
    assert!(seen(Role::Anyone, Scope::District).is_empty());
});

testkit::db_test!(premises_end_once_no_point_is_in_them, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (station, _, _) = joint(db, &fixture);
    let offered = |tx: &mut Tx<'_>, call: &mut Call<'_>, grid| {
        let id: PremisesId = call.id();
        let premises = AddPremises {
            id,
            kind: "mall".into(),
            name: "示例商场".into(),
            name_en: String::new(),
            town: fixture.towns[0],
            grid: Some(grid),
            community: None,
            position: at(200, 200),
            room_offered: true,
            area: None,
            rent: None,
            from: day("2025-03-01"),
        };
        add_premises(tx, call, &[premises]).map(|()| id)
    };
    let id = write(db, 310, |tx, call| offered(tx, call, fixture.grids[0])).unwrap();
    let host = |seed, planned_on: &str| {
        write(db, seed, |tx, call| {
            let point: PointId = call.id();
            let (place, words, position) = (Place::Premises(id), "一层".into(), at(200, 200));
            let added = AddPoint { id: point, host: false, place, words, position, opened_on: None };
            add_points(tx, call, &[(station, day(planned_on), added)]).map(|()| point)
        })
    };
    let end = |seed, on: &str| write(db, seed, |tx, call| end_premises(tx, call, &[(id, day(on))]));
    let told = |done: Result<()>| match done {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("not refused: {other:?}"),
    };
    let point = host(311, "2025-04-01").unwrap();
    assert_eq!(told(end(312, "2025-06-01")), "stations-refused-premises-in-use");
    write(db, 313, |tx, call| step(tx, call, day("2025-06-01"), &[Step::ClosePoint(point)])).unwrap();
    assert_eq!(told(end(314, "2025-03-01")), "stations-refused-ends-before");
    end(315, "2025-06-01").unwrap();
    let there = |on: &str| read(db, |tx| premises(tx, day(on))).len();
    assert_eq!((there("2025-05-31"), there("2025-06-01")), (1, 0));
    assert_eq!(told(end(316, "2025-07-01")), "stations-refused-premises-ended");
    assert_eq!(told(host(317, "2025-07-01").map(drop)), "stations-refused-after-end");
    // The station stands in the grid still.
    assert_eq!(read(db, |tx| standing_in_grid(tx, fixture.grids[0], day("2025-06-01"))), 1);
});
