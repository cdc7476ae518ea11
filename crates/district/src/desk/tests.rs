//! The desk, on both engines: each role finds its own work, and each count is that of its list.

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, day, read, write};
use crate::kit::{Grant, Role};
use crate::register::{Leave, ProposeEntry};
use crate::stations::tests::joint;

fn actor(role: Role, scope: Scope) -> Actor {
    Actor { account: None, grants: vec![Grant { role, scope }], only: None }
}

testkit::db_test!(each_role_finds_its_own_work, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    joint(db, &fixture);
    let on = day("2026-01-31");
    let desk = |role, scope| read(db, |tx| today(tx, &actor(role, scope), &Memory::default(), on));
    let counts = |desk: &Desk| desk.due.iter().map(|due| (due.task, due.count)).collect::<Vec<_>>();
    let [first, second] = fixture.towns;
    // One community is not on the map; nothing was proposed; there is no plan with gaps.
    assert_eq!(counts(&desk(Role::DistrictOfficer, Scope::District)), [(Task::Unlocated, 1)]);
    assert_eq!(counts(&desk(Role::TownOfficer, Scope::Town(first))), []);
    assert_eq!(counts(&desk(Role::TownOfficer, Scope::Town(second))), [(Task::Unlocated, 1)]);
    write(db, 60, |tx, call| {
        let out = Leave { id: fixture.communities[1], on, reason: "改建".into() };
        register::propose_leaving(tx, call, &out)?;
        let like = register::community(tx, "310112107-001", on)?.unwrap().description;
        let id = call.id();
        let entry = ProposeEntry { id, simulated: true, on, reason: "新建".into(), description: like };
        register::propose_entry(tx, call, &entry)
    })
    .unwrap();
    let officer = desk(Role::DistrictOfficer, Scope::District);
    assert_eq!(counts(&officer), [(Task::Proposals, 2), (Task::Unlocated, 1)]);
    assert!(
        officer.points.is_empty() && officer.communities.is_empty(),
        "whoever steers has lists of their own"
    );
});

testkit::db_test!(a_grid_sees_its_points_today_and_its_communities, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    joint(db, &fixture);
    let grid = Scope::Grid { town: fixture.towns[0], grid: fixture.grids[0] };
    let desk =
        |role, scope, on: &str| read(db, |tx| today(tx, &actor(role, scope), &Memory::default(), day(on)));
    // 2025-03-03 is a Monday, 2025-03-02 a Sunday.
    let monday = desk(Role::CommunityWorker, grid, "2025-03-03");
    assert!(!monday.points.is_empty() && monday.points.iter().any(|it| !it.shifts.is_empty()));
    assert!(monday.points.iter().flat_map(|it| &it.shifts).all(|shift| shift.weekday == 1));
    let sunday = desk(Role::CommunityWorker, grid, "2025-03-02");
    assert_eq!(sunday.points.len(), monday.points.len(), "a point that is shut today is still theirs");
    assert!(sunday.points.iter().all(|it| it.shifts.is_empty()));
    let names: Vec<&str> = monday.communities.iter().map(|it| it.community.name.as_str()).collect();
    assert_eq!(names, ["青藤公寓", "晴川里"], "most households first");
    assert!(monday.communities.iter().all(|it| it.reached.is_some()));
    let community = fixture.communities[0];
    let scope = Scope::Community { town: fixture.towns[0], grid: Some(fixture.grids[0]), community };
    let operator = desk(Role::Operator, scope, "2025-03-03");
    assert_eq!(operator.communities.len(), 1);
    assert!(operator.communities[0].reached.is_none(), "figures of coverage are not an operator's");
    assert!(!operator.points.is_empty());
    let anyone = read(db, |tx| today(tx, &Actor::anyone(), &Memory::default(), day("2025-03-03")));
    assert!(anyone.due.is_empty() && anyone.points.is_empty() && anyone.communities.is_empty());
});
