//! The model against a plain twin; the operations on both engines.

use std::collections::{BTreeMap, HashMap};

use base::{Day, Position, Uuid};
use handbook::{CommunityKind, Facts, Handbook, PropertyRight, StationForm, prescribe};
use proptest::prelude::*;

use super::gaps::{self, Kind, Standing};
use super::model::{self, Community, Input, Premises, TodayPoint, TodayStation};
use super::rules::{Change, Mark, Parameters, Progress, Reason, State};
use super::{
    Adopt, Advance, MakePlan, STEPS, adopt, advance, copy_of, list, make_plan, scenario, set_marks, show,
    sites,
};
use crate::kit::fixture::{at, call, day, district, read, write};
use crate::kit::{
    AccountId, Actor, CommunityId, Error, GapId, Grant, GridId, PlanId, PointId, PremisesId, Role, Scope,
    StationId, TownId,
};
use crate::stations::{self, AddPoint, AddPremises, AddStation, Place};
use crate::{handbook as handbooks, register};

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// A community of a grid as handbook 2.0 sees it.
fn community(n: u128, planned: i64, position: Position) -> Community {
    static HANDBOOK: std::sync::LazyLock<Handbook> = std::sync::LazyLock::new(|| {
        let (file, text) = handbooks::SHIPPED[1];
        Handbook::read(file, text).unwrap()
    });
    let facts = Facts::of(CommunityKind::AffordableRental, PropertyRight::SingleOwner, planned);
    let prescription = prescribe(&HANDBOOK, &facts);
    Community {
        id: CommunityId::from_uuid(uuid(n)),
        town: TownId::from_uuid(uuid(1)),
        grid: Some(GridId::from_uuid(uuid(2))),
        position: Some(position),
        form: prescription.station_form(),
        planned,
        households: planned * 9 / 10,
        staffing: prescription.workers.map(|workers| workers.value),
        half_days: prescription.open_hours.map(|hours| hours.value.half_days),
        walking_limit: prescription.walking_limit.map(|limit| limit.value),
        room: prescription.room.map(|room| room.value),
    }
}

fn premises(n: u128, position: Position, room_offered: bool) -> Premises {
    Premises {
        id: uuid(n),
        town: TownId::from_uuid(uuid(1)),
        grid: Some(GridId::from_uuid(uuid(2))),
        community: None,
        position,
        room_offered,
        area: None,
        rent: None,
    }
}

fn today_point(n: u128, site: u128, host: bool) -> TodayPoint {
    TodayPoint { id: PointId::from_uuid(uuid(n)), site: uuid(site), host, half_days: 4 }
}

fn inputs() -> impl Strategy<Value = Input> {
    let place = (0..1_500_i64, 0..1_500_i64);
    let members = prop::collection::vec((place.clone(), 20..900_i64), 1..=4);
    let others = prop::collection::vec((place, any::<bool>()), 0..=2);
    (members, others, 0..4_usize, 0..=1_i64, 20..400_i64).prop_map(|(members, others, open, rent, each)| {
        let communities: Vec<Community> = members
            .iter()
            .zip(100..)
            .map(|(((x, y), planned), n)| community(n, *planned, at(*x, *y)))
            .collect();
        let sites: Vec<u128> = (100..).take(communities.len()).chain((200..).take(others.len())).collect();
        // Some of the places are points of a station today, the first of them its host.
        let points: Vec<TodayPoint> = sites
            .iter()
            .rev()
            .take(open)
            .zip(300..)
            .map(|(site, n)| today_point(n, *site, n == 300))
            .collect();
        let today = TodayStation {
            id: StationId::from_uuid(uuid(9)),
            form: StationForm::Joint,
            grid: Some(GridId::from_uuid(uuid(2))),
            workers: 3,
            points,
        };
        Input {
            communities,
            premises: others
                .iter()
                .zip(200..)
                .map(|(((x, y), room), n)| premises(n, at(*x, *y), *room))
                .collect(),
            today: if open > 0 { vec![today] } else { Vec::new() },
            parameters: Parameters {
                rent_rooms: rent,
                households_per_half_day: each,
                ..Parameters::default()
            },
            ..Input::default()
        }
    })
}

/// Households left without a point, then the cost.
fn worth(input: &Input, plan: &model::Plan) -> (i64, i64) {
    let planned: HashMap<CommunityId, i64> = input.communities.iter().map(|c| (c.id, c.planned)).collect();
    (plan.unserved.iter().map(|unserved| planned[&unserved.community]).sum(), plan.objective)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Every way to pin or forbid each site is tried: none serves more, and none as many for less. The plan's cost is
    /// added up from its stations, not taken from the search, so a price that the search forgot would be found here.
    #[test]
    fn no_choice_of_sites_beats_the_plan(input in inputs()) {
        let plan = model::solve(&input, u64::MAX);
        prop_assert!(plan.proven());
        prop_assert_eq!(&plan, &model::solve(&input, u64::MAX));
        let sites: Vec<Uuid> =
            input.communities.iter().map(|c| c.id.uuid()).chain(input.premises.iter().map(|p| p.id)).collect();
        for choice in 0..1_u32 << sites.len() {
            // Only what may be rented can be pinned: a pinned site needs no room.
            let marks: BTreeMap<Uuid, Mark> = sites
                .iter()
                .enumerate()
                .filter(|(i, _)| choice >> i & 1 == 0)
                .map(|(_, site)| (*site, Mark::Forbid))
                .collect();
            let other = model::solve(&Input { marks, ..input.clone() }, u64::MAX);
            prop_assert!(worth(&input, &plan) <= worth(&input, &other), "{choice:b}");
        }
    }

    /// The order of the lists that were read means nothing.
    #[test]
    fn the_same_district_has_the_same_plan(input in inputs()) {
        let mut turned = input.clone();
        turned.communities.reverse();
        turned.premises.reverse();
        prop_assert_eq!(model::solve(&input, STEPS), model::solve(&turned, STEPS));
    }
}

fn of(communities: Vec<Community>) -> Input {
    Input { communities, ..Input::default() }
}

#[test]
fn why_a_community_gets_no_point() {
    let reason = |input: &Input, n: u128| {
        let plan = model::solve(input, STEPS);
        plan.unserved.iter().find(|u| u.community.uuid() == uuid(n)).map(|u| u.reason)
    };
    let mut input = of(vec![community(100, 200, at(0, 0)), community(101, 200, at(2_000, 0))]);
    assert_eq!(reason(&input, 100), None);
    input.parameters.rent_rooms = 0;
    input.premises = vec![premises(200, at(300, 0), true)];
    assert_eq!(reason(&input, 100), None);
    // 1,700 m × 1.3, within the metre of the rounding.
    let Some(Reason::NoRoom { nearest: Some(nearest), limit: 800 }) = reason(&input, 101) else {
        panic!("{:?}", reason(&input, 101))
    };
    assert!((2_200..2_220).contains(&nearest), "{nearest}");
    input.marks = [(uuid(200), Mark::Forbid)].into();
    assert_eq!(reason(&input, 100), Some(Reason::Forbidden));
    input.marks.clear();
    input.premises.clear();
    assert_eq!(reason(&input, 100), Some(Reason::NoRoom { nearest: None, limit: 800 }));
    let mut crowded = of(vec![community(100, 300, at(0, 0)), community(101, 300, at(10, 0))]);
    crowded.parameters.households_per_half_day = 149;
    assert_eq!(reason(&crowded, 100), Some(Reason::NoCapacity { households: 300 }));
    let mut lost = community(100, 200, at(0, 0));
    lost.position = None;
    assert_eq!(reason(&of(vec![lost.clone()]), 100), Some(Reason::Unlocated));
    let nowhere = Community { grid: None, position: Some(at(0, 0)), ..lost };
    assert_eq!(reason(&of(vec![nowhere.clone()]), 100), Some(Reason::NoGrid));
    let awaited = Community { form: Some(StationForm::Decided), ..nowhere.clone() };
    assert_eq!(reason(&of(vec![awaited]), 100), Some(Reason::Undecided));
    assert_eq!(reason(&of(vec![Community { form: None, ..nowhere }]), 100), Some(Reason::NoPlannedCapacity));
}

#[test]
fn the_handbook_forces_a_station_and_whole_people() {
    let input = of(vec![community(100, 1_001, at(0, 0)), community(101, 1_000, at(5_000, 0))]);
    let plan = model::solve(&input, STEPS);
    let forms: Vec<(StationForm, i64)> = plan.stations.iter().map(|s| (s.form, s.workers)).collect();
    // 1,001 households: 2.002 shares of a worker are three people; 1,000 are two.
    assert_eq!(forms, [(StationForm::Standalone, 3), (StationForm::Joint, 2)]);
    assert!(plan.proven());
    assert_eq!(plan.objective, plan.stations.iter().map(|s| s.costs.total().fen()).sum::<i64>());
}

#[test]
fn a_pinned_site_is_open_and_a_forbidden_one_is_not() {
    let mut input = of(vec![community(100, 150, at(0, 0)), community(101, 150, at(200, 0))]);
    let free = model::solve(&input, STEPS);
    assert_eq!(free.stations[0].points.len(), 1);
    let chosen = model::site_of(free.stations[0].points[0].place);
    input.marks = [(chosen, Mark::Forbid)].into();
    let other = model::solve(&input, STEPS);
    assert_ne!(model::site_of(other.stations[0].points[0].place), chosen);
    assert!(other.objective >= free.objective);
    input.marks = [(uuid(100), Mark::Pin), (uuid(101), Mark::Pin)].into();
    assert_eq!(model::solve(&input, STEPS).stations[0].points.len(), 2);
}

#[test]
fn what_is_open_today_is_kept_moved_or_closed_and_priced() {
    let grid = Some(GridId::from_uuid(uuid(2)));
    let mut input = of(vec![community(100, 200, at(0, 0))]);
    let station = |points| TodayStation {
        id: StationId::from_uuid(uuid(9)),
        form: StationForm::Joint,
        grid,
        workers: 2,
        points,
    };
    let fresh = model::solve(&input, STEPS);
    input.today = vec![station(vec![today_point(300, 100, true)])];
    let kept = model::solve(&input, STEPS);
    assert_eq!(
        (kept.stations[0].today.is_some(), kept.stations[0].moves, kept.closures.len()),
        (true, false, 0)
    );
    let parameters = Parameters::default();
    let once = parameters.yearly(parameters.setup_point) + parameters.yearly(parameters.setup_station);
    assert_eq!(fresh.objective - kept.objective, once);
    // Its host is far away: it closes, the station goes on here.
    input.premises = vec![premises(200, at(9_000, 0), true)];
    input.today = vec![station(vec![today_point(300, 200, true)])];
    let moved = model::solve(&input, STEPS);
    assert_eq!(
        (moved.stations[0].moves, moved.closures.len(), moved.closures[0].ends_station),
        (true, 1, false)
    );
    assert_eq!(moved.today.stations, 1);
}

/// 547 communities in 71 grids of 14 towns, sizes skewed, some with a room, some with a point today.
fn full_size() -> Input {
    let mut state = 7_u64;
    let mut draw = |below: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % below
    };
    let mut input = Input::default();
    for n in 0..547_i64 {
        let grid = n % 71;
        let (x, y) = ((grid % 9) * 3_000 + draw(2_200), (grid / 9) * 3_000 + draw(2_200));
        let planned =
            [40, 90, 130, 180, 220, 260, 320, 450, 700, 1_600][usize::try_from(draw(10)).unwrap()] + draw(40);
        let mut new = community(1_000 + u128::from(n.unsigned_abs()), planned, at(x, y));
        new.grid = Some(GridId::from_uuid(uuid(10 + u128::from(grid.unsigned_abs()))));
        new.town = TownId::from_uuid(uuid(1 + u128::from((grid % 14).unsigned_abs())));
        if draw(3) == 0 {
            let mut room = premises(10_000 + u128::from(n.unsigned_abs()), at(x, y), draw(2) == 0);
            room.community = Some(new.id);
            input.premises.push(room);
        }
        if n < 142 {
            let mut centre =
                premises(20_000 + u128::from(n.unsigned_abs()), at(x + 300, y + 200), draw(2) == 0);
            (centre.grid, centre.town) = (new.grid, new.town);
            input.premises.push(centre);
        }
        input.communities.push(new);
    }
    input
}

#[test]
fn a_whole_district_is_proven() {
    let input = full_size();
    let start = std::time::Instant::now();
    let plan = model::solve(&input, STEPS);
    println!("{} stations in {} ms", plan.stations.len(), start.elapsed().as_millis());
    assert!(plan.proven());
    assert!(plan.unserved.is_empty());
}

// On both engines.

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
    if let Some(list) = on(today - 1) {
        let then = list.gaps.into_iter().find(|it| it.id == gap.id).unwrap();
        assert_eq!((then.handed_out_on, then.chased, then.standing), (None, None, Standing::Listed));
    } else {
        assert!(from > today - 1);
    }
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
