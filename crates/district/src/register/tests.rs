//! The contract of the register, on both engines.

use base::{Area, SeededIds};

mod before;
mod ends;

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, day, read, write};
use crate::kit::{Actor, Call, Error, Grant, Role, Scope, TenancyId};
use handbook::{CommunityKind, GovernanceMode};

testkit::db_test!(counts_equal_the_recount_from_raw_facts_on_every_day, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let first = fixture.communities[0];
    let tenancy =
        |seed: u64| TenancyId::from_uuid(base::IdSource::next(&mut SeededIds::new(seed), testkit::now()));
    // A flat let by the room, with two households in it, one of which leaves.
    write(db, 70, |tx, call| {
        let building = call.id();
        add_buildings(
            tx,
            call,
            &[AddBuilding {
                id: building,
                community: first,
                number: "2号".into(),
                floors: 3,
                from: day("2025-03-01"),
            }],
        )?;
        let rooms: Vec<AddRoom> = (1..=3)
            .map(|n| AddRoom { id: call.id(), number: format!("{n}"), area: Area::from_cm2(120_000) })
            .collect();
        let room_ids: Vec<_> = rooms.iter().map(|room| room.id).collect();
        let unit = AddUnit {
            id: call.id(),
            building,
            community: first,
            number: "201".into(),
            floor: 2,
            area: Area::from_cm2(600_000),
            from: day("2025-03-01"),
            rooms,
        };
        add_units(tx, call, std::slice::from_ref(&unit))?;
        let vault = crate::people::vault::Vault::new(&[1; 32]);
        for (i, room) in room_ids.iter().take(2).enumerate() {
            let person = call.id();
            let added = crate::people::vault::AddPerson {
                id: person,
                name: "示例".into(),
                telephone: None,
                identity_number: None,
            };
            crate::people::vault::add_persons(tx, call, &vault, &[added])?;
            let begin = BeginTenancy {
                id: tenancy(900 + i as u64),
                community: first,
                unit: unit.id,
                room: Some(*room),
                lease: None,
                tenure: Tenure::Tenant,
                from: day("2025-03-10"),
                occupants: vec![(call.id(), person)],
            };
            begin_tenancies(tx, call, &[begin])?;
        }
        end_tenancies(tx, call, &[(tenancy(900), day("2025-06-01"))])
    })
    .unwrap();
    for on in
        ["2025-01-04", "2025-01-05", "2025-03-09", "2025-03-10", "2025-05-31", "2025-06-01", "2026-01-31"]
    {
        let on = day(on);
        let raw = read(db, |tx| recount(tx, on));
        for community in fixture.communities {
            let kept = read(db, |tx| counts(tx, community, on));
            assert_eq!(kept, raw.get(&community).copied().unwrap_or_default(), "{on}");
        }
    }
    let end = read(db, |tx| counts(tx, first, day("2026-01-31")));
    assert_eq!(end, Counts { dwellings: 12 + 3, households: 13, residents: 25, moved_in: 14 });
    let again = write(db, 71, |tx, call| end_tenancies(tx, call, &[(tenancy(900), day("2025-07-01"))]));
    assert!(matches!(again, Err(Error::Absent("tenancy"))), "{again:?}");
});

testkit::db_test!(a_page_can_be_read_as_of_any_date, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let code = "310112107-001";
    let before = read(db, |tx| community(tx, code, day("2025-06-30"))).unwrap();
    write(db, 80, |tx, call| {
        let mut description = before.description.clone();
        description.name = "青藤人才公寓".into();
        description.label = "人才公寓".into();
        revise_communities(
            tx,
            call,
            &[ReviseCommunity {
                id: fixture.communities[0],
                from: day("2025-07-01"),
                description,
                basis: Basis::Facts,
            }],
        )
    })
    .unwrap();
    let name = |on: &str| read(db, |tx| community(tx, code, day(on))).map(|c| c.description.name);
    assert_eq!(name("2024-12-31"), None);
    assert_eq!(name("2025-06-30").as_deref(), Some("青藤公寓"));
    assert_eq!(name("2025-07-01").as_deref(), Some("青藤人才公寓"));
    let history = read(db, |tx| modes(tx, fixture.communities[0]));
    assert_eq!(history.len(), 2);
    write(db, 81, |tx, call| {
        end_mode(tx, call, fixture.communities[0], GovernanceMode::Custodial, day("2025-09-01"))
    })
    .unwrap();
    let modes_on = |on: &str| {
        let all = read(db, |tx| snapshot(tx, day(on)));
        all.into_iter().find(|c| c.id == fixture.communities[0]).unwrap().modes.len()
    };
    assert_eq!((modes_on("2025-01-31"), modes_on("2025-08-31"), modes_on("2025-09-01")), (0, 2, 1));
});

testkit::db_test!(the_list_is_explained_month_by_month, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let out =
        Leave { id: fixture.communities[4], on: day("2025-05-10"), reason: "改建，停止出租".into() };
    let refused = |result: Result<(), Error>| match result {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("not refused: {other:?}"),
    };
    // A day on which it is not in the list yet, as when a year is mistyped: its whole record would go.
    let early = Leave { on: day("2015-05-10"), ..out.clone() };
    let proposed = write(db, 87, |tx, call| propose_leaving(tx, call, &early).map(drop));
    assert_eq!(refused(proposed), "register-refused-not-there");
    let left = write(db, 88, |tx, call| leave(tx, call, std::slice::from_ref(&early)));
    assert_eq!(refused(left), "register-refused-not-there");
    let proposal = write(db, 90, |tx, call| propose_leaving(tx, call, &out)).unwrap();
    assert_eq!(read(db, |tx| snapshot(tx, day("2025-05-10"))).len(), 5);
    let second = write(db, 89, |tx, call| propose_leaving(tx, call, &out));
    assert!(
        matches!(second, Err(Error::Refused(ref refusal)) if refusal.message == "register-refused-proposed-already")
    );
    write(db, 91, |tx, call| decide_listing(tx, call, proposal, true)).unwrap();
    assert_eq!(read(db, |tx| snapshot(tx, day("2025-05-10"))).len(), 4);
    let may = read(db, |tx| bridge(tx, day("2025-05-31"), None));
    assert_eq!((may.before, may.changes.len(), may.after), (5, 1, 4));
    let [first, second] = fixture.towns.map(|town| read(db, |tx| bridge(tx, day("2025-05-31"), Some(town))));
    assert_eq!([(first.before, first.after), (second.before, second.after)], [(3, 3), (2, 1)]);
    assert!(!may.changes[0].0);
    // It cannot leave again on an earlier day: it would be counted off twice.
    let before = Leave { on: day("2025-05-01"), ..out.clone() };
    let again = write(db, 93, |tx, call| propose_leaving(tx, call, &before).map(drop));
    assert_eq!(refused(again), "register-refused-left-already");
    let twice = write(db, 92, |tx, call| decide_listing(tx, call, proposal, true));
    assert!(
        matches!(twice, Err(Error::Refused(ref refusal)) if refusal.message == "register-refused-decided-already")
    );
});

testkit::db_test!(a_town_proposes_a_community_and_the_district_confirms_it, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let account = crate::kit::AccountId::from_uuid(base::Uuid::from_u128(5));
    let scope = Scope::Town(fixture.towns[0]);
    let officer = Actor::account(account, vec![Grant { role: Role::TownOfficer, scope }]);
    let like = read(db, |tx| community(tx, "310112107-001", day("2026-01-31"))).unwrap().description;
    let propose = |seed, town, reason: &str| {
        let description =
            Description {
                name: "新虹公寓".into(), name_en: String::new(), town, grid: None, ..like.clone()
            };
        db.write(|tx| {
            let call =
                &mut Call::new(&officer, testkit::now().plus_millis(i64::try_from(seed).unwrap()), seed);
            let (id, reason, description) = (call.id(), reason.to_owned(), description.clone());
            let command = ProposeEntry { id, simulated: true, on: day("2026-02-01"), reason, description };
            propose_entry(tx, call, &command)
        })
    };
    assert!(matches!(propose(100, fixture.towns[1], "新建成"), Err(Error::Forbidden(_))));
    assert!(
        matches!(propose(101, fixture.towns[0], " "), Err(Error::Refused(ref it)) if it.field == Some("reason"))
    );
    let first = propose(102, fixture.towns[0], "新建成").unwrap();
    let second = propose(103, fixture.towns[0], "再一处").unwrap();
    let open = read(db, |tx| open_proposals(tx, &officer));
    let codes: Vec<&str> = open.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["310112107002", "310112107001"], "counted up; newest first");
    assert_eq!((open[0].name.0.as_str(), open[0].reason.as_str()), ("新虹公寓", "再一处"));
    // What was proposed is in no list, and whose town it is not does not see it.
    assert_eq!(read(db, |tx| snapshot(tx, day("2026-02-01"))).len(), 5);
    let other = Actor::account(
        account,
        vec![Grant { role: Role::TownOfficer, scope: Scope::Town(fixture.towns[1]) }],
    );
    assert!(read(db, |tx| open_proposals(tx, &other)).is_empty());
    let own = db.write(|tx| decide_listing(tx, &mut Call::new(&officer, testkit::now(), 104), first, true));
    assert!(matches!(own, Err(Error::Forbidden(_))), "a town does not confirm its own");
    write(db, 105, |tx, call| decide_listing(tx, call, first, true)).unwrap();
    write(db, 106, |tx, call| decide_listing(tx, call, second, false)).unwrap();
    assert_eq!(read(db, |tx| snapshot(tx, day("2026-01-31"))).len(), 5);
    let listed = read(db, |tx| snapshot(tx, day("2026-02-01")));
    assert_eq!(listed.len(), 6);
    let new = listed.iter().find(|it| it.code == "310112107001").unwrap();
    assert_eq!((new.name.as_str(), new.planned_households), ("新虹公寓", like.planned_households));
    let bridge = read(db, |tx| bridge(tx, day("2026-02-28"), None));
    assert_eq!((bridge.before, bridge.after), (5, 6));
    let (decided, more) = read(db, |tx| decided_proposals(tx, &officer, None, 1));
    assert!(more && decided.len() == 1);
    let after = (decided[0].decided.as_ref().unwrap().0, decided[0].id);
    let (next, _) = read(db, |tx| decided_proposals(tx, &officer, Some(after), 1));
    let standings = [decided[0].standing, next[0].standing];
    assert!(
        standings.contains(&Standing::Confirmed) && standings.contains(&Standing::Refused),
        "{standings:?}"
    );
});

testkit::db_test!(what_is_described_is_kept_whole, MIGRATIONS, |db| {
    fixture::district(db);
    let mut described = read(db, |tx| community(tx, "310112107-001", day("2026-01-31"))).unwrap().description;
    described.boundary = Some("{\"type\":\"Polygon\"}".into());
    described.label = "人才公寓".into();
    assert_eq!(Description::from_json(&described.to_json()), Some(described.clone()));
    let bare = Description {
        grid: None,
        position: None,
        opened_on: None,
        planned_households: None,
        planned_decided_on: None,
        boundary: None,
        ..described
    };
    assert_eq!(Description::from_json(&bare.to_json()), Some(bare));
    assert_eq!(Description::from_json("{}"), None);
});

testkit::db_test!(lists_filter_sort_and_find_by_pinyin, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let names = |ask: Ask| -> Vec<String> {
        let roll = read(db, |tx| Roll::read(tx, day("2026-01-31")));
        let page = roll.list(&ask);
        assert!(page.more || page.rows.len() == page.count);
        page.rows.into_iter().map(|row| row.name.clone()).collect()
    };
    assert_eq!(names(Ask::default()), ["桂花苑", "晴川里", "青藤公寓", "小河公寓", "云上城"]);
    assert_eq!(names(Ask { words: "qingteng".into(), ..Ask::default() }), ["青藤公寓"]);
    assert_eq!(names(Ask { words: "Community ２".into(), ..Ask::default() }), ["云上城"]);
    assert_eq!(names(Ask { words: "100%_".into(), ..Ask::default() }), Vec::<String>::new());
    assert_eq!(names(Ask { located: Some(false), ..Ask::default() }), ["小河公寓"]);
    let kind = Ask {
        kind: Some(CommunityKind::AffordableRental),
        order: Order::Planned,
        descending: true,
        ..Ask::default()
    };
    assert_eq!(names(kind), ["青藤公寓", "桂花苑", "小河公寓"]);
    let mode =
        Ask { mode: Some(GovernanceMode::Incorporated), town: Some(fixture.towns[0]), ..Ask::default() };
    assert_eq!(names(mode), ["云上城"]);
    // Page by page, in any order and both ways, it is the list.
    for (order, descending) in Order::ALL.into_iter().flat_map(|order| [(order, false), (order, true)]) {
        let roll = read(db, |tx| Roll::read(tx, day("2026-01-31")));
        let all = roll.list(&Ask { order, descending, ..Ask::default() }).rows;
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = roll.list(&Ask { order, descending, after, limit: Some(2), ..Ask::default() });
            assert_eq!(page.count, all.len());
            paged.extend(page.rows.iter().map(|it| it.id));
            let last = page.rows.last().unwrap();
            after = Some((order.key(last), last.id));
            if !page.more {
                break;
            }
        }
        assert_eq!(paged, all.iter().map(|it| it.id).collect::<Vec<_>>(), "{order:?} {descending}");
    }
});

testkit::db_test!(a_town_officer_writes_in_the_own_town_alone, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let account = crate::kit::AccountId::from_uuid(base::Uuid::from_u128(5));
    let officer = Actor::account(
        account,
        vec![Grant { role: Role::TownOfficer, scope: Scope::Town(fixture.towns[1]) }],
    );
    let end = |community| {
        db.write(|tx| {
            end_mode(
                tx,
                &mut Call::new(&officer, testkit::now(), 5),
                community,
                GovernanceMode::Station,
                day("2026-01-31"),
            )
        })
    };
    assert!(matches!(end(fixture.communities[0]), Err(Error::Forbidden(_))));
    end(fixture.communities[3]).unwrap();
});

testkit::db_test!(bad_input_is_refused_and_changes_nothing, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let twice = BeginMode {
        community: fixture.communities[0],
        mode: GovernanceMode::Station,
        organisation: None,
        document_no: String::new(),
        from: day("2025-03-01"),
    };
    let refused = write(db, 95, |tx, call| begin_modes(tx, call, std::slice::from_ref(&twice)));
    assert!(
        matches!(refused, Err(Error::Refused(ref refusal)) if refusal.message == "register-refused-mode-twice")
    );
    let before = read(db, |tx| community(tx, "310112107-001", day("2025-06-30"))).unwrap();
    let mut description = before.description.clone();
    description.planned_households = Some(MOST_HOUSEHOLDS + 1);
    let absurd = write(db, 96, |tx, call| {
        let revise = ReviseCommunity {
            id: fixture.communities[0],
            from: day("2025-07-01"),
            description: description.clone(),
            basis: Basis::Facts,
        };
        revise_communities(tx, call, &[revise])
    });
    assert!(
        matches!(absurd, Err(Error::Refused(ref refusal)) if refusal.field == Some("planned_households"))
    );
    assert_eq!(
        read(db, |tx| community(tx, "310112107-001", day("2025-07-01"))).unwrap().description,
        before.description
    );
});

/// The community 0 with 1,300 planned households and another name from a day on.
fn grows(db: &db::Db, seed: u64, fixture: &fixture::Fixture, from: &str) {
    let mut description =
        read(db, |tx| community(tx, "310112107-001", day("2025-01-31"))).unwrap().description;
    description.planned_households = Some(1300);
    description.name = "青藤新里".into();
    let id = fixture.communities[0];
    let command = ReviseCommunity { id, from: day(from), description, basis: Basis::Facts };
    write(db, seed, |tx, call| revise_communities(tx, call, std::slice::from_ref(&command))).unwrap();
}

fn on(db: &db::Db, text: &str) -> Description {
    read(db, |tx| community(tx, "310112107-001", day(text))).unwrap().description
}

testkit::db_test!(what_is_said_for_later_days_stays, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let id = fixture.communities[0];
    grows(db, 200, &fixture, "2025-03-01");
    let (before, later) = (on(db, "2025-01-31"), on(db, "2025-03-01"));
    // A place is corrected: from the first day of the version in force, and in the later one as well.
    let position = fixture::at(50, 60);
    let place = PlaceCommunity { id, on: day("2025-02-10"), position };
    write(db, 201, |tx, call| place_communities(tx, call, &[place])).unwrap();
    let placed = |it: &Description| Description { position: Some(position), ..it.clone() };
    assert_eq!([on(db, "2025-01-01"), on(db, "2025-03-01")], [placed(&before), placed(&later)]);
    // An outline holds from its day.
    let boundary = "{\"type\":\"Polygon\"}".to_owned();
    let outline = OutlineCommunity { id, from: day("2025-02-10"), boundary: boundary.clone() };
    write(db, 202, |tx, call| outline_communities(tx, call, std::slice::from_ref(&outline))).unwrap();
    let outlined = |it: Description| Description { boundary: Some(boundary.clone()), ..it };
    assert_eq!(on(db, "2025-02-09"), placed(&before));
    assert_eq!(on(db, "2025-02-10"), outlined(placed(&before)));
    assert_eq!(on(db, "2025-03-01"), outlined(placed(&later)));
    // A fact goes on into later versions that had it from before; what they said themselves they keep.
    let mut description = on(db, "2025-02-20");
    description.address = "示例路9弄".into();
    description.planned_households = Some(1250);
    let command = ReviseCommunity { id, from: day("2025-02-20"), description, basis: Basis::Facts };
    write(db, 203, |tx, call| revise_communities(tx, call, std::slice::from_ref(&command))).unwrap();
    let facts = |text| {
        let it = on(db, text);
        (it.name, it.address, it.planned_households)
    };
    assert_eq!(facts("2025-02-19"), ("青藤公寓".into(), "示例路1弄".into(), Some(1200)));
    assert_eq!(facts("2025-02-28"), ("青藤公寓".into(), "示例路9弄".into(), Some(1250)));
    assert_eq!(facts("2025-03-01"), ("青藤新里".into(), "示例路9弄".into(), Some(1300)));
    let early = PlaceCommunity { id, on: day("2024-12-31"), position };
    let refused = write(db, 204, |tx, call| place_communities(tx, call, &[early]));
    assert!(matches!(refused, Err(Error::Refused(ref it)) if it.message == "register-refused-before-entry"));
});

testkit::db_test!(a_form_writes_over_nothing_that_it_did_not_show, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let id = fixture.communities[0];
    let version = day("2025-01-01");
    let seal = || read(db, |tx| Versions::read(tx, id)).seal(version);
    let save = |seed, seal: &str, from: &str, replacing| {
        let mut description = on(db, "2025-02-01");
        description.label = "人才公寓".into();
        let basis = Basis::Form { version, seal: seal.to_owned(), replacing };
        let command = ReviseCommunity { id, from: day(from), description, basis };
        write(db, seed, |tx, call| revise_communities(tx, call, std::slice::from_ref(&command)))
    };
    let message = |done| match done {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let opened = seal();
    let place = PlaceCommunity { id, on: day("2025-02-10"), position: fixture::at(50, 60) };
    write(db, 210, |tx, call| place_communities(tx, call, &[place])).unwrap();
    assert_eq!(message(save(211, &opened, "2025-02-10", true)).message, "register-refused-changed-since");
    assert_eq!(on(db, "2025-02-10").position, Some(fixture::at(50, 60)));
    // Versions for later days go only when that is asked for; the day of one of them is a later day too.
    grows(db, 212, &fixture, "2025-03-01");
    for from in ["2025-02-10", "2025-03-01"] {
        let refused = message(save(213, &seal(), from, false));
        assert_eq!((refused.message, refused.field), ("register-refused-later-versions", Some("replacing")));
        assert_eq!(refused.args, [("days", "2025-03-01".to_owned())]);
    }
    assert_eq!(on(db, "2025-03-01").planned_households, Some(1300));
    save(214, &seal(), "2025-02-10", true).unwrap();
    let now = on(db, "2025-03-01");
    assert_eq!((now.label.as_str(), now.planned_households), ("人才公寓", Some(1200)));
    // After the last of them nothing stands in the way.
    grows(db, 215, &fixture, "2025-03-01");
    save(216, &seal(), "2025-03-02", false).unwrap();
});

testkit::db_test!(a_town_writes_nothing_of_a_community_that_moved_away, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let id = fixture.communities[0];
    let mut description = on(db, "2025-02-01");
    (description.town, description.grid) = (fixture.towns[1], Some(fixture.grids[2]));
    let moves = ReviseCommunity { id, from: day("2025-06-01"), description, basis: Basis::Facts };
    write(db, 220, |tx, call| revise_communities(tx, call, std::slice::from_ref(&moves))).unwrap();
    let account = crate::kit::AccountId::from_uuid(base::Uuid::from_u128(5));
    let officer =
        |town| Actor::account(account, vec![Grant { role: Role::TownOfficer, scope: Scope::Town(town) }]);
    let at = |text: &str| base::Instant::at(day(text), 9, 0);
    let name = |town, now: &str, from: &str| {
        let actor = officer(town);
        let mut description = on(db, from);
        description.label = "改".into();
        let command = ReviseCommunity { id, from: day(from), description, basis: Basis::Facts };
        db.write(|tx| {
            let call = &mut Call::new(&actor, at(now), 221);
            revise_communities(tx, call, std::slice::from_ref(&command))
        })
    };
    let [old, new] = fixture.towns;
    assert!(matches!(name(old, "2025-07-01", "2025-05-01"), Err(Error::Forbidden(_))), "it moved since");
    assert!(matches!(name(old, "2025-05-01", "2025-05-01"), Err(Error::Forbidden(_))), "it is to move");
    assert!(matches!(name(new, "2025-07-01", "2025-05-01"), Err(Error::Forbidden(_))), "it was not there");
    let place = PlaceCommunity { id, on: day("2025-05-01"), position: fixture::at(1, 1) };
    let placed =
        db.write(|tx| place_communities(tx, &mut Call::new(&officer(old), at("2025-07-01"), 222), &[place]));
    assert!(matches!(placed, Err(Error::Forbidden(_))));
    name(new, "2025-07-01", "2025-07-01").unwrap();
    assert_eq!(on(db, "2025-05-01").label, "");
});

testkit::db_test!(whoever_was_to_join_a_household_after_its_end_did_not_come, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let first = fixture.communities[0];
    let tenancy = TenancyId::from_uuid(base::Uuid::from_u128(9));
    write(db, 230, |tx, call| {
        let vault = crate::people::vault::Vault::new(&[1; 32]);
        let people: Vec<crate::kit::PersonId> = (0..4).map(|_| call.id()).collect();
        for id in &people {
            let (id, name) = (*id, "示例".to_owned());
            let added = crate::people::vault::AddPerson { id, name, telephone: None, identity_number: None };
            crate::people::vault::add_persons(tx, call, &vault, &[added])?;
        }
        let (building, unit, from) = (call.id(), call.id(), day("2025-01-10"));
        let (number, floors) = ("2号".to_owned(), 3);
        add_buildings(tx, call, &[AddBuilding { id: building, community: first, number, floors, from }])?;
        let flat = AddUnit {
            id: unit,
            building,
            community: first,
            number: "201".into(),
            floor: 2,
            area: Area::from_cm2(600_000),
            from,
            rooms: Vec::new(),
        };
        add_units(tx, call, std::slice::from_ref(&flat))?;
        let begin = BeginTenancy {
            id: tenancy,
            community: first,
            unit,
            room: None,
            lease: None,
            tenure: Tenure::Tenant,
            from,
            occupants: vec![(call.id(), people[3])],
        };
        begin_tenancies(tx, call, std::slice::from_ref(&begin))?;
        let stays = [("2025-03-01", None), ("2025-06-01", None), ("2025-02-01", Some(day("2025-04-01")))];
        let commands: Vec<_> = people
            .iter()
            .zip(stays)
            .map(|(person, (from, to))| AddOccupant {
                id: call.id(),
                community: first,
                tenancy,
                person: *person,
                from: day(from),
                to,
            })
            .collect();
        add_occupants(tx, call, &commands)
    })
    .unwrap();
    let same = |text: &str| {
        let kept = read(db, |tx| counts(tx, first, day(text)));
        assert_eq!(kept, read(db, |tx| recount(tx, day(text)))[&first], "{text}");
        kept.residents
    };
    let days =
        ["2025-01-31", "2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01", "2025-06-01", "2026-01-31"];
    assert_eq!(days.map(same), [25, 26, 27, 26, 26, 27, 27]);
    write(db, 231, |tx, call| end_tenancies(tx, call, &[(tenancy, day("2025-05-01"))])).unwrap();
    assert_eq!(days.map(same), [25, 26, 27, 26, 24, 24, 24]);
});
