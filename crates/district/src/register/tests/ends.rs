//! What ends is counted until its end, and not while something stands on it.

use super::*;
use crate::kit::{BuildingId, LeaseId, OrganisationId, RoomId, UnitId};

fn end(db: &db::Db, seed: u64, thing: Thing, on: &str) -> Result<(), Error> {
    write(db, seed, |tx, call| end_things(tx, call, &[End { thing, on: day(on) }]))
}

fn told(done: Result<(), Error>) -> (&'static str, Option<&'static str>) {
    match done {
        Err(Error::Refused(refusal)) => (refusal.message, refusal.field),
        other => panic!("not refused: {other:?}"),
    }
}

/// A building with a flat let whole and one let by two rooms, the second from March.
struct Block {
    building: BuildingId,
    whole: UnitId,
    shared: UnitId,
    rooms: [RoomId; 2],
}

fn block(db: &db::Db, fixture: &fixture::Fixture) -> Block {
    write(db, 300, |tx, call| {
        let it =
            Block { building: call.id(), whole: call.id(), shared: call.id(), rooms: [call.id(), call.id()] };
        let (community, from) = (fixture.communities[0], day("2025-01-10"));
        let (number, floors) = ("9号".to_owned(), 3);
        add_buildings(tx, call, &[AddBuilding { id: it.building, community, number, floors, from }])?;
        let area = Area::from_cm2(600_000);
        let flat = |id, number: &str, rooms| {
            let (building, number, floor) = (it.building, number.to_owned(), 1);
            AddUnit { id, building, community, number, floor, area, from, rooms }
        };
        let room =
            |i: usize| AddRoom { id: it.rooms[i], number: i.to_string(), area: Area::from_cm2(100_000) };
        add_units(tx, call, &[flat(it.whole, "101", Vec::new()), flat(it.shared, "102", vec![room(0)])])?;
        add_rooms(tx, call, &[(community, it.shared, room(1), day("2025-03-01"))])?;
        Ok(it)
    })
    .unwrap()
}

fn moves_in(
    db: &db::Db,
    seed: u64,
    fixture: &fixture::Fixture,
    unit: UnitId,
    from: &str,
) -> Result<TenancyId, Error> {
    write(db, seed, |tx, call| {
        let (person, id) = (call.id(), call.id());
        let added = crate::people::vault::AddPerson {
            id: person,
            name: "示例".into(),
            telephone: None,
            identity_number: None,
        };
        let vault = crate::people::vault::Vault::new(&[1; 32]);
        crate::people::vault::add_persons(tx, call, &vault, &[added])?;
        let begin = BeginTenancy {
            id,
            community: fixture.communities[0],
            unit,
            room: None,
            lease: None,
            tenure: Tenure::Tenant,
            from: day(from),
            occupants: vec![(call.id(), person)],
        };
        begin_tenancies(tx, call, std::slice::from_ref(&begin))?;
        Ok(id)
    })
}

testkit::db_test!(a_building_that_ended_is_counted_until_then, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let block = block(db, &fixture);
    let first = fixture.communities[0];
    let dwellings = |text: &str| {
        let kept = read(db, |tx| counts(tx, first, day(text)));
        assert_eq!(kept, read(db, |tx| recount(tx, day(text)))[&first], "{text}");
        kept.dwellings
    };
    let days = ["2025-01-31", "2025-03-01", "2025-06-30", "2025-07-01", "2025-09-01", "2026-01-31"];
    assert_eq!(days.map(dwellings), [14, 15, 15, 15, 15, 15]);
    let household = moves_in(db, 301, &fixture, block.whole, "2025-02-01").unwrap();
    // Nothing that somebody lives in ends.
    let refused = ("register-refused-end-households", Some("to"));
    assert_eq!(told(end(db, 302, Thing::Building(block.building), "2025-09-01")), refused);
    assert_eq!(told(end(db, 303, Thing::Unit(block.whole), "2025-09-01")), refused);
    write(db, 304, |tx, call| end_tenancies(tx, call, &[(household, day("2025-08-01"))])).unwrap();
    assert_eq!(told(end(db, 305, Thing::Building(block.building), "2025-07-31")), refused);
    // Before something of it begins it cannot have ended.
    let late = ("register-refused-end-later-dwellings", Some("to"));
    assert_eq!(told(end(db, 306, Thing::Unit(block.shared), "2025-02-01")), late);
    assert_eq!(told(end(db, 307, Thing::Room(block.rooms[0]), "2025-02-01")), late);
    let before = ("register-refused-ends-before-it-begins", Some("to"));
    assert_eq!(told(end(db, 308, Thing::Building(block.building), "2025-01-10")), before);
    // A room, then the building with all that is left in it; what was to end later ends with it.
    end(db, 309, Thing::Room(block.rooms[0]), "2025-07-01").unwrap();
    end(db, 310, Thing::Room(block.rooms[1]), "2025-12-01").unwrap();
    assert_eq!(days.map(dwellings), [14, 15, 15, 14, 14, 13]);
    end(db, 311, Thing::Building(block.building), "2025-09-01").unwrap();
    assert_eq!(days.map(dwellings), [14, 15, 15, 14, 12, 12]);
    let named = |text: &str| read(db, |tx| buildings(tx, first, day(text))).len();
    assert_eq!((named("2025-08-31"), named("2025-09-01")), (2, 1));
    let twice = ("register-refused-end-twice", Some("to"));
    assert_eq!(told(end(db, 312, Thing::Building(block.building), "2025-09-01")), twice);
    // Nobody moves in afterwards, and nothing is built into it.
    let after = ("register-refused-after-end", Some("from"));
    assert_eq!(told(moves_in(db, 313, &fixture, block.whole, "2025-09-01").map(drop)), after);
    moves_in(db, 314, &fixture, block.whole, "2025-08-05").map(drop).unwrap();
    let flat = write(db, 315, |tx, call| {
        let (building, community, number) = (block.building, first, "901".to_owned());
        let (id, from, area) = (call.id(), day("2025-10-01"), Area::from_cm2(500_000));
        add_units(
            tx,
            call,
            &[AddUnit { id, building, community, number, floor: 9, area, from, rooms: Vec::new() }],
        )
    });
    assert_eq!(told(flat), after);
});

testkit::db_test!(with_its_last_room_a_flat_ends, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let block = block(db, &fixture);
    let first = fixture.communities[0];
    end(db, 320, Thing::Room(block.rooms[1]), "2025-08-01").unwrap();
    end(db, 321, Thing::Room(block.rooms[0]), "2025-06-01").unwrap();
    for (text, dwellings) in [("2025-05-31", 15), ("2025-06-01", 14), ("2025-07-31", 14), ("2025-08-01", 13)]
    {
        let kept = read(db, |tx| counts(tx, first, day(text)));
        assert_eq!(
            (kept.dwellings, kept),
            (dwellings, read(db, |tx| recount(tx, day(text)))[&first]),
            "{text}"
        );
    }
    let twice = ("register-refused-end-twice", Some("to"));
    assert_eq!(told(end(db, 322, Thing::Unit(block.shared), "2025-09-01")), twice);
});

testkit::db_test!(an_organisation_ends_once_nothing_rests_on_it, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (first, from) = (fixture.communities[0], day("2025-01-01"));
    let (organisations, lease) = write(db, 330, |tx, call| {
        let ids: [OrganisationId; 3] = [call.id(), call.id(), call.id()];
        let add = |(nth, id): (usize, &OrganisationId)| AddOrganisation {
            id: *id,
            code: format!("P{nth}"),
            kind: OrganisationKind::ResidentsCommittee,
            name: "示例单位".into(),
            name_en: String::new(),
            uscc: None,
            town: None,
            from,
        };
        add_organisations(tx, call, &ids.iter().enumerate().map(add).collect::<Vec<_>>())?;
        let lease: LeaseId = call.id();
        add_leases(tx, call, &[AddLease { id: lease, community: first, organisation: ids[0], from }])?;
        let remit = "property".to_owned();
        begin_remits(tx, call, &[BeginRemit { community: first, organisation: ids[1], remit, from }])?;
        let (organisation, document_no) = (Some(ids[2]), String::new());
        let mode = GovernanceMode::Incorporated;
        begin_modes(tx, call, &[BeginMode { community: first, mode, organisation, document_no, from }])?;
        Ok((ids, lease))
    })
    .unwrap();
    let [free, remitted, governing] = organisations.map(Thing::Organisation);
    assert_eq!(told(end(db, 331, remitted, "2025-09-01")), ("register-refused-end-remits", Some("to")));
    assert_eq!(told(end(db, 332, governing, "2025-09-01")), ("register-refused-end-modes", Some("to")));
    end(db, 333, free, "2025-09-01").unwrap();
    let twice = ("register-refused-end-twice", Some("to"));
    assert_eq!(told(end(db, 334, Thing::Lease(lease), "2025-09-01")), twice, "its leases ended with it");
    let begin = |seed, from: &str| {
        let (organisation, remit, from) = (organisations[0], "property".to_owned(), day(from));
        let command = BeginRemit { community: first, organisation, remit, from };
        write(db, seed, |tx, call| begin_remits(tx, call, std::slice::from_ref(&command)))
    };
    let ended = ("register-refused-organisation-ended", Some("from"));
    assert_eq!(told(begin(335, "2025-09-01")), ended);
    assert_eq!(told(begin(336, "2025-08-01")), ended, "what has no end itself outlives it");
});

testkit::db_test!(a_grid_ends_once_its_communities_left_it, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let [first, second, _] = fixture.grids;
    assert_eq!(
        told(end(db, 340, Thing::Grid(second), "2025-09-01")),
        ("register-refused-end-communities", Some("to"))
    );
    let into = |seed, grid, from: &str| {
        let id = fixture.communities[2];
        let mut description =
            read(db, |tx| community(tx, "310112107-003", day("2025-02-01"))).unwrap().description;
        description.grid = Some(grid);
        let command = ReviseCommunity { id, from: day(from), description, basis: Basis::Facts };
        write(db, seed, |tx, call| revise_communities(tx, call, std::slice::from_ref(&command)))
    };
    into(341, first, "2025-09-01").unwrap();
    end(db, 342, Thing::Grid(second), "2025-09-01").unwrap();
    let there = |text: &str| read(db, |tx| grids(tx, day(text))).iter().any(|grid| grid.id == second);
    assert!(there("2025-08-31") && !there("2025-09-01"));
    assert_eq!(told(into(343, second, "2025-10-01")), ("register-refused-after-end", Some("from")));
});

testkit::db_test!(a_town_ends_nothing_of_another, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let block = block(db, &fixture);
    let account = crate::kit::AccountId::from_uuid(base::Uuid::from_u128(5));
    let scope = Scope::Town(fixture.towns[1]);
    let officer = Actor::account(account, vec![Grant { role: Role::TownOfficer, scope }]);
    for thing in [Thing::Building(block.building), Thing::Room(block.rooms[0]), Thing::Grid(fixture.grids[0])]
    {
        let done = db.write(|tx| {
            let end = End { thing, on: day("2025-09-01") };
            end_things(tx, &mut Call::new(&officer, testkit::now(), 350), &[end])
        });
        assert!(matches!(done, Err(Error::Forbidden(_))), "{thing:?}");
    }
});
