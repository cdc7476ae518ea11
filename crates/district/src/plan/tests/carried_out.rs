//! Scenarios, adoption and the gap list, on both engines.

use std::collections::BTreeMap;

use base::Day;
use handbook::StationForm;

use super::super::gaps::{self, Kind, Standing};
use super::super::rules::{Change, Mark, Parameters, Progress, Reason, State};
use super::super::{
    Adopt, Advance, MakePlan, adopt, advance, copy_of, list, make_plan, model, scenario, set_marks, show,
    sites,
};
use super::uuid;
use crate::kit::fixture::{at, call, day, district, read, write};
use crate::kit::{
    AccountId, Actor, Error, GapId, Grant, GridId, PlanId, PointId, PremisesId, Role, Scope, StationId,
    TownId,
};
use crate::register;
use crate::stations::{self, AddPoint, AddPremises, AddStation, Place};

fn officer() -> Actor {
    let account = AccountId::from_uuid(uuid(77));
    Actor::account(account, vec![Grant { role: Role::DistrictOfficer, scope: Scope::District }])
}

fn town_officer(town: TownId) -> Actor {
    let account = AccountId::from_uuid(uuid(78));
    Actor::account(account, vec![Grant { role: Role::TownOfficer, scope: Scope::Town(town) }])
}

fn command(name: &str) -> MakePlan {
    MakePlan {
        name: name.into(),
        handbook: None,
        on: day("2026-01-15"),
        parameters: Parameters::default(),
        marks: BTreeMap::new(),
        based_on: None,
    }
}

/// Premises with a room for a station.
fn room(id: PremisesId, (town, grid): (TownId, GridId), position: base::Position) -> AddPremises {
    AddPremises {
        id,
        kind: "party_service_centre".into(),
        name: "莘庄党群服务中心".into(),
        name_en: "Xinzhuang centre".into(),
        town,
        grid: Some(grid),
        community: None,
        position,
        room_offered: true,
        area: None,
        rent: None,
        from: day("2025-01-01"),
    }
}

/// A station that is open since June 2025 in community 1, and premises with a room in grid 2.
fn with_today(db: &db::Db, fixture: &crate::kit::fixture::Fixture) -> (StationId, PremisesId) {
    let (station, centre) = (StationId::from_uuid(uuid(501)), PremisesId::from_uuid(uuid(502)));
    write(db, 50, |tx, call| {
        let opened_on = Some(day("2025-06-01"));
        stations::add_premises(
            tx,
            call,
            &[room(centre, (fixture.towns[1], fixture.grids[2]), at(4_100, 100))],
        )?;
        let point = AddPoint {
            id: PointId::from_uuid(uuid(503)),
            host: true,
            place: Place::Community(fixture.communities[1]),
            words: "1 号楼".into(),
            position: at(300, 100),
            opened_on,
        };
        stations::add_stations(
            tx,
            call,
            &[AddStation {
                id: station,
                name: "晴川里社工站".into(),
                name_en: "Station 1".into(),
                form: StationForm::Joint,
                town: fixture.towns[0],
                grid: Some(fixture.grids[0]),
                telephone: "021-00000000".into(),
                planned_on: day("2025-05-01"),
                opened_on,
                points: vec![point],
            }],
        )
    })
    .unwrap();
    (station, centre)
}

fn refusal(error: Error) -> &'static str {
    match error {
        Error::Refused(refusal) => refusal.message,
        other => panic!("{other}"),
    }
}

testkit::db_test!(a_scenario_is_made_shown_marked_and_copied, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let (station, _) = with_today(db, &fixture);
    let id = write(db, 60, |tx, call| make_plan(tx, call, command(" 方案甲 "))).unwrap();
    let today = testkit::now().day();
    let shown = read(db, |tx| show(tx, &officer(), id, today)).unwrap();
    assert_eq!(shown.scenario.name, "方案甲");
    assert!(shown.scenario.proven());
    let totals = shown.totals(None);
    // 青藤公寓 alone, 晴川里 goes on, 云上城 and 桂花苑 are new; 小河公寓 is not on the map.
    assert_eq!((totals.stations, totals.standalone, totals.stations_open), (4, 1, 3));
    assert_eq!((totals.communities, totals.unserved_communities, totals.unserved_households), (5, 1, 2));
    assert_eq!((totals.households, totals.walkable), (28, 26));
    assert_eq!(totals.costs, shown.scenario.costs);
    // A list of scenarios says the same as the scenario itself.
    assert_eq!(shown.scenario.totals, totals);
    let sites = read(db, |tx| sites(tx, &officer(), id, fixture.grids[2]));
    let offered: Vec<(bool, bool)> = sites.iter().map(|site| (site.community, site.room_offered)).collect();
    assert_eq!(offered, [(true, false), (true, false), (false, true)]);
    assert_eq!(totals.costs.total().fen(), shown.scenario.objective);
    let parts: Vec<i64> = fixture.towns.iter().map(|town| shown.totals(Some(*town)).workers).collect();
    assert_eq!(parts.iter().sum::<i64>(), totals.workers);
    let kept = shown.stations.iter().find(|s| s.today == Some(station)).unwrap();
    assert_eq!(kept.change(), Change::Kept);
    assert_eq!(shown.unserved()[0].unserved, Some(Reason::Unlocated));
    // Forbidding the community moves 桂花苑's point to the centre, or the other way round.
    let chosen = shown.stations.iter().find(|s| s.town == fixture.towns[1]).unwrap().points[0].site();
    write(db, 61, |tx, call| set_marks(tx, call, id, [(chosen, Mark::Forbid)].into())).unwrap();
    let again = read(db, |tx| show(tx, &officer(), id, today)).unwrap();
    let other = again.stations.iter().find(|s| s.town == fixture.towns[1]).unwrap();
    assert_ne!(other.points[0].site(), chosen);
    assert_eq!(again.marked.len(), 1);
    assert!(again.scenario.objective >= shown.scenario.objective);
    // A copy has its marks and a base, and stands beside it.
    let copy = read(db, |tx| copy_of(tx, &officer(), id, "方案乙"));
    assert_eq!(copy.marks.len(), 1);
    let copied = write(db, 62, |tx, call| make_plan(tx, call, copy.clone())).unwrap();
    let all = read(db, |tx| list(tx, &officer()));
    assert_eq!(all.len(), 2);
    assert_eq!(all.iter().find(|s| s.id == copied).unwrap().based_on, Some(id));
    assert_eq!(all[0].objective, all[1].objective);
    // Pages ask for a plan that is not there; nobody else may read or write.
    assert!(read(db, |tx| scenario(tx, &officer(), PlanId::from_uuid(uuid(1)))).is_none());
    let anyone = Actor::anyone();
    assert!(matches!(db.read(|tx| list(tx, &anyone)), Err(Error::Forbidden(_))));
    let town = town_officer(fixture.towns[0]);
    assert_eq!(read(db, |tx| list(tx, &town)).len(), 2);
    let refused =
        db.write(|tx| make_plan(tx, &mut crate::kit::Call::new(&town, testkit::now(), 5), command("丙")));
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    let long = command(&"长".repeat(41));
    assert_eq!(
        refusal(write(db, 63, |tx, call| make_plan(tx, call, long.clone())).unwrap_err()),
        "plan-refused-name"
    );
    let marks = [(uuid(4), Mark::Pin)].into();
    let unknown = MakePlan { marks, ..command("丁") };
    let refused = write(db, 64, |tx, call| make_plan(tx, call, unknown.clone())).unwrap_err();
    assert_eq!(refusal(refused), "plan-refused-unknown-site");
    let early = MakePlan { on: day("2024-06-01"), ..command("戊") };
    let refused = write(db, 65, |tx, call| make_plan(tx, call, early.clone())).unwrap_err();
    assert_eq!(refusal(refused), "plan-refused-no-handbook");
    write(db, 66, |tx, call| crate::plan::discard(tx, call, id)).unwrap();
    assert_eq!(read(db, |tx| list(tx, &officer())).len(), 1);
});

testkit::db_test!(a_plan_is_adopted_carried_out_and_its_gaps_crossed_off, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let (station, _) = with_today(db, &fixture);
    let (id, from) =
        (write(db, 70, |tx, call| make_plan(tx, call, command("方案甲"))).unwrap(), day("2026-01-20"));
    let take = |plan, from: Day| Adopt { plan, from, even_unproven: false };
    let early = write(db, 71, |tx, call| adopt(tx, call, take(id, day("2026-01-01")))).unwrap_err();
    assert_eq!(refusal(early), "plan-refused-before-its-day");
    write(db, 72, |tx, call| adopt(tx, call, take(id, from))).unwrap();
    let again = write(db, 73, |tx, call| adopt(tx, call, take(id, from))).unwrap_err();
    assert_eq!(refusal(again), "plan-refused-adopted-already");
    let marked = write(db, 74, |tx, call| set_marks(tx, call, id, BTreeMap::new())).unwrap_err();
    assert_eq!(refusal(marked), "plan-refused-adopted-already");
    let today = testkit::now().day();
    let shown = read(db, |tx| show(tx, &officer(), id, today)).unwrap();
    assert_eq!(shown.scenario.state, State::Adopted);
    assert!(shown.stations.iter().all(|s| s.real.is_some() && s.points.iter().all(|p| p.real.is_some())));
    assert_eq!(read(db, |tx| stations::stations(tx, today)).len(), 4);
    // 晴川里's point was open and served nobody: it does at once.
    let served = read(db, |tx| stations::served(tx, today));
    let of_1 = served.iter().find(|s| s.community == fixture.communities[1]).unwrap();
    assert!(of_1.open && of_1.station == station);
    assert_eq!(read(db, |tx| crate::plan::in_force(tx, today)), Some(id));
    assert_eq!(read(db, |tx| crate::plan::in_force(tx, from - 1)), None);

    let list = read(db, |tx| gaps::list(tx, &officer(), &crate::Memory::default(), today)).unwrap();
    let count = |kind| list.gaps.iter().filter(|gap| gap.kind == kind).count();
    assert_eq!((count(Kind::Station), count(Kind::People)), (3, 4));
    let theirs =
        read(db, |tx| gaps::list(tx, &town_officer(fixture.towns[1]), &crate::Memory::default(), today))
            .unwrap();
    assert!(!theirs.gaps.is_empty() && theirs.gaps.iter().all(|gap| gap.town == fixture.towns[1]));
    assert!(matches!(
        db.read(|tx| gaps::list(tx, &Actor::anyone(), &crate::Memory::default(), today)),
        Err(Error::Forbidden(_))
    ));

    let gap = theirs.gaps.iter().find(|gap| gap.kind == Kind::Station).unwrap();
    let chase = write(db, 75, |tx, call| gaps::chase(tx, call, &[gap.id])).unwrap_err();
    assert_eq!(refusal(chase), "plan-refused-gap-not-handed-out");
    let past =
        write(db, 76, |tx, call| gaps::hand_out(tx, call, &[gap.id], day("2026-01-30"), "")).unwrap_err();
    assert_eq!(refusal(past), "plan-refused-due-in-the-past");
    write(db, 77, |tx, call| gaps::hand_out(tx, call, &[gap.id], today + 30, " 三月前开门 ")).unwrap();
    write(db, 78, |tx, call| gaps::chase(tx, call, &[gap.id])).unwrap();
    let still = write(db, 79, |tx, call| gaps::cross_off(tx, call, &[gap.id])).unwrap_err();
    assert_eq!(refusal(still), "plan-refused-gap-still-there");
    let find = |id: GapId, on: Day| {
        let list = read(db, |tx| gaps::list(tx, &officer(), &crate::Memory::default(), on)).unwrap();
        list.gaps.into_iter().find(|gap| gap.id == id).unwrap()
    };
    let chased = find(gap.id, today);
    assert_eq!(
        (chased.chased, chased.standing, chased.note.as_str()),
        (Some(1), Standing::HandedOut, "三月前开门")
    );
    // A day before shows what was so then: nothing handed out yet, and before the plan began no list at all.
    let on = |on: Day| read(db, |tx| gaps::list(tx, &officer(), &crate::Memory::default(), on));
    let then = on(today - 1).unwrap().gaps.into_iter().find(|it| it.id == gap.id).unwrap();
    assert_eq!((then.handed_out_on, then.chased, then.standing), (None, None, Standing::Listed));
    assert!(on(from - 1).is_none());
    assert_eq!(find(gap.id, today + 31).standing, Standing::Overdue);

    let new = shown.stations.iter().find(|s| s.town == fixture.towns[1]).unwrap();
    assert_eq!(new.progress, Progress::Waiting);
    write(db, 80, |tx, call| advance(tx, call, today, &[Advance::Open(new.points[0].id)])).unwrap();
    let open = read(db, |tx| show(tx, &officer(), id, today)).unwrap();
    let opened = open.stations.iter().find(|s| s.id == new.id).unwrap();
    assert_eq!(
        (opened.progress, opened.points[0].progress),
        (Progress::Opened(today), Progress::Opened(today))
    );
    let served = read(db, |tx| stations::served(tx, today));
    assert!(served.iter().any(|s| s.community == fixture.communities[3] && s.open));
    // Its door is open for the half-days of the plan, and nobody is on duty there yet.
    let hours = read(db, |tx| stations::point_weeks(tx, today));
    let week = hours[&opened.points[0].real.unwrap()];
    assert_eq!((model::half_days(week.open), week.staffed), (opened.points[0].half_days, 0));
    assert_eq!(find(gap.id, today).standing, Standing::There);
    // The other town may not cross it off, its own may.
    let cross = |actor: &Actor| {
        db.write(|tx| gaps::cross_off(tx, &mut crate::kit::Call::new(actor, testkit::now(), 81), &[gap.id]))
    };
    assert!(matches!(cross(&town_officer(fixture.towns[0])), Err(Error::Forbidden(_))));
    cross(&town_officer(fixture.towns[1])).unwrap();
    assert_eq!(find(gap.id, today).standing, Standing::CrossedOff);
});

testkit::db_test!(until_a_plan_begins_nothing_opens_and_nothing_closes, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    with_today(db, &fixture);
    let today = testkit::now().day();
    let stays = write(db, 84, |tx, call| make_plan(tx, call, command("不动"))).unwrap();
    let shown = read(db, |tx| show(tx, &officer(), stays, today)).unwrap();
    let hosts = shown.stations.iter().filter(|s| s.town == fixture.towns[0]).flat_map(|s| &s.points);
    let marks = hosts.map(|point| (point.site(), Mark::Forbid)).collect();
    let moves = MakePlan { marks, ..command("搬走") };
    let plan = write(db, 85, |tx, call| make_plan(tx, call, moves.clone())).unwrap();
    let take = Adopt { plan, from: today + 1, even_unproven: false };
    write(db, 86, |tx, call| adopt(tx, call, take)).unwrap();
    let shown = read(db, |tx| show(tx, &officer(), plan, today)).unwrap();
    let new = shown.stations.iter().find(|s| s.progress == Progress::Waiting).unwrap();
    for step in [Advance::Open(new.points[0].id), Advance::Close(shown.closures[0].point)] {
        let early = write(db, 87, |tx, call| advance(tx, call, today, &[step])).unwrap_err();
        assert_eq!(refusal(early), "plan-refused-not-yet");
    }
    // On its day it begins.
    write(db, 88, |tx, call| advance(tx, call, today + 1, &[Advance::Open(new.points[0].id)])).unwrap();
});

testkit::db_test!(a_second_plan_takes_the_place_of_the_first, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    with_today(db, &fixture);
    let today = testkit::now().day();
    let first = write(db, 90, |tx, call| make_plan(tx, call, command("方案甲"))).unwrap();
    let take = |plan, from| Adopt { plan, from, even_unproven: false };
    write(db, 91, |tx, call| adopt(tx, call, take(first, day("2026-01-20")))).unwrap();
    let list = read(db, |tx| gaps::list(tx, &officer(), &crate::Memory::default(), today)).unwrap();
    let handed: Vec<GapId> =
        list.gaps.iter().filter(|gap| gap.kind == Kind::Station).map(|gap| gap.id).collect();
    write(db, 92, |tx, call| gaps::hand_out(tx, call, &handed, today + 9, "")).unwrap();
    let shown = read(db, |tx| show(tx, &officer(), first, today)).unwrap();
    let gone = shown.stations.iter().find(|s| s.town == fixture.towns[1]).unwrap();
    let marks = [(gone.points[0].site(), Mark::Forbid)].into();
    let again = MakePlan { marks, on: today, ..command("方案乙") };
    let second = write(db, 93, |tx, call| make_plan(tx, call, again.clone())).unwrap();
    let back = write(db, 94, |tx, call| adopt(tx, call, take(second, day("2026-01-10")))).unwrap_err();
    assert_eq!(refusal(back), "plan-refused-before-its-day");
    write(db, 95, |tx, call| adopt(tx, call, take(second, today))).unwrap();
    // What waits and stays is the same real station; what has no place any more is withdrawn.
    let now = read(db, |tx| show(tx, &officer(), second, today)).unwrap();
    let real = |shown: &crate::plan::Shown, town| -> Vec<Option<StationId>> {
        shown.stations.iter().filter(|s| s.town == town).map(|s| s.real).collect()
    };
    assert_eq!(real(&shown, fixture.towns[0]), real(&now, fixture.towns[0]));
    assert_ne!(real(&shown, fixture.towns[1]), real(&now, fixture.towns[1]));
    let open = read(db, |tx| stations::stations(tx, today + 1));
    assert!(open.iter().all(|s| Some(s.id) != gone.real));
    assert_eq!(open.len(), 4);
    assert_eq!(read(db, |tx| crate::plan::in_force(tx, today - 1)), Some(first));
    assert_eq!(read(db, crate::plan::current), Some(second));
    // Gaps that were handed out stay so where the place is the same.
    let list = read(db, |tx| gaps::list(tx, &officer(), &crate::Memory::default(), today)).unwrap();
    let kept = list.gaps.iter().filter(|gap| gap.standing == Standing::HandedOut).count();
    assert_eq!(kept, 2);
});

testkit::db_test!(what_is_planned_already_is_carried_and_not_planned_twice, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let (station, _) = with_today(db, &fixture);
    let (from, today) = (day("2026-01-20"), testkit::now().day());
    // A room in the grid of the station that is open, and the plan has to use it.
    let centre = PremisesId::from_uuid(uuid(509));
    write(db, 99, |tx, call| {
        stations::add_premises(tx, call, &[room(centre, (fixture.towns[0], fixture.grids[0]), at(200, 200))])
    })
    .unwrap();
    let pinned = MakePlan { marks: [(centre.uuid(), Mark::Pin)].into(), ..command("方案甲") };
    let first = write(db, 100, |tx, call| make_plan(tx, call, pinned.clone())).unwrap();
    let shown = read(db, |tx| show(tx, &officer(), first, today)).unwrap();
    let grown = shown.stations.iter().find(|s| s.today == Some(station)).unwrap();
    let new = shown.stations.iter().find(|s| s.town == fixture.towns[1]).unwrap();
    // The same places, planned by hand before any plan is adopted: a point of a station that is open, with one that no
    // plan will want, and a whole station.
    let by_hand = |n, place, host| AddPoint {
        id: PointId::from_uuid(uuid(n)),
        host,
        place,
        words: String::new(),
        position: at(0, 0),
        opened_on: None,
    };
    let wanted = grown.points.iter().find(|point| point.today.is_none()).unwrap().place;
    let unwanted = Place::Community(fixture.communities[4]);
    write(db, 101, |tx, call| {
        let points = [(wanted, 510), (unwanted, 511)];
        let points = points.map(|(place, n)| (station, day("2026-01-01"), by_hand(n, place, false)));
        stations::add_points(tx, call, &points)?;
        let station = AddStation {
            id: StationId::from_uuid(uuid(512)),
            name: "桂花苑社工站".into(),
            name_en: String::new(),
            form: new.form,
            town: new.town,
            grid: new.grid,
            telephone: String::new(),
            planned_on: day("2026-01-01"),
            opened_on: None,
            points: vec![by_hand(513, new.host().unwrap().place, true)],
        };
        stations::add_stations(tx, call, &[station])?;
        // One opens between the plan's day and the day it begins.
        stations::step(
            tx,
            call,
            day("2026-01-18"),
            &[stations::Step::OpenPoint(PointId::from_uuid(uuid(510)))],
        )
    })
    .unwrap();
    let take = |plan, from| Adopt { plan, from, even_unproven: false };
    write(db, 102, |tx, call| adopt(tx, call, take(first, from))).unwrap();
    let places = |day| -> Vec<(StationId, Place)> {
        read(db, |tx| stations::points(tx, None, day)).iter().map(|p| (p.station, p.place)).collect()
    };
    let shown = read(db, |tx| show(tx, &officer(), first, today)).unwrap();
    let new = shown.stations.iter().find(|s| s.town == fixture.towns[1]).unwrap();
    assert_eq!(
        (new.real, new.points[0].real),
        (Some(StationId::from_uuid(uuid(512))), Some(PointId::from_uuid(uuid(513))))
    );
    let all = places(today);
    assert!(all.iter().enumerate().all(|(n, place)| !all[..n].contains(place)), "{all:?}");
    // The next plan has no use for what the first one carried, and leaves what no plan planned.
    let marks = [(new.points[0].site(), Mark::Forbid)].into();
    let again = MakePlan { marks, on: today, ..command("方案乙") };
    let second = write(db, 103, |tx, call| make_plan(tx, call, again.clone())).unwrap();
    write(db, 104, |tx, call| adopt(tx, call, take(second, today))).unwrap();
    let left = places(today + 1);
    assert!(!left.iter().any(|(station, _)| *station == StationId::from_uuid(uuid(512))));
    assert!(left.contains(&(station, unwanted)));
});

testkit::db_test!(the_district_has_a_number_of_workers, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let today = testkit::now().day();
    let residents: i64 = read(db, |tx| register::snapshot(tx, today)).iter().map(|c| c.residents).sum();
    let workers = read(db, |tx| gaps::workers(tx, &officer(), &crate::Memory::default(), today)).unwrap();
    assert_eq!((workers.residents, workers.per_ten_thousand, workers.in_post), (residents, 18, 0));
    // Whole posts alone count: 18 for 10,000 is nobody for a handful of residents.
    assert_eq!(workers.needed, 0);
    assert!(fixture.towns.len() == 2 && call(1).today() == today);
});
