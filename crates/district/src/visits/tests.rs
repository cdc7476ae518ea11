//! The contract of visits, on both engines.

use base::{Instant, Uuid};
use db::Db;

use super::rules::{Category, Mark, Misfit, Outcome, Why};
use super::*;
use crate::desk::Task;
use crate::kit::fixture::{self, Fixture, day, read, write};
use crate::kit::{
    AccountId, Actor, Error, Grant, MatterId, PersonId, PostId, Role, RoundId, StationId, TenancyId, VisitId,
};
use crate::matters::{self, Receive, Reporter, Source};
use crate::notices::{self, InboxAsked, Kind};
use crate::people::NewAccount;
use crate::people::vault::{AddPerson, Vault, add_persons};
use crate::services::{self, Refer};
use crate::stations::{self, AddPost, Fill};
use crate::{MIGRATIONS, coverage, desk, people, register};

mod export;
mod needs;

/// A station of grid 0 with two posts that are held; the households of communities 0 and 1, by community.
pub(crate) struct Ground {
    pub(crate) fixture: Fixture,
    pub(crate) station: StationId,
    accounts: [AccountId; 2],
    households: [Vec<TenancyId>; 2],
    vault: Vault,
    memory: Memory,
}

pub(crate) fn ground(db: &Db) -> Ground {
    let fixture = fixture::district(db);
    let (station, _, first) = stations::tests::joint(db, &fixture);
    let (from, town, grid) = (day("2025-03-01"), fixture.towns[0], fixture.grids[0]);
    let accounts = write(db, 700, |tx, call| {
        let second: PostId = call.id();
        stations::add_posts(
            tx,
            call,
            &[AddPost { id: second, station, title: "community_worker".into(), from }],
        )?;
        let mut accounts = Vec::new();
        for (post, login) in [(first, "worker-1"), (second, "worker-2")] {
            let id: PersonId = call.id();
            let person = AddPerson { id, name: "示例".into(), telephone: None, identity_number: None };
            add_persons(tx, call, &Vault::new(&[1; 32]), &[person])?;
            stations::fill_posts(tx, call, &[Fill { post, person: Some(id), from }])?;
            accounts.push(NewAccount {
                person: id,
                login: login.into(),
                password: None,
                demonstration: false,
                grants: vec![Grant { role: Role::CommunityWorker, scope: Scope::Grid { town, grid } }],
                valid_from: from,
            });
        }
        people::add_accounts(tx, call, &accounts)
    })
    .unwrap();
    let accounts = [accounts[0], accounts[1]];
    let here = |i: usize| {
        let homes = read(db, |tx| register::households(tx, fixture.communities[i], testkit::now().day()));
        let mut ids: Vec<TenancyId> = homes.iter().map(|home| home.tenancy).collect();
        ids.sort();
        ids
    };
    let households = [here(0), here(1)];
    let vault = Vault::new(&[1; 32]);
    Ground { station, accounts, households, vault, memory: Memory::default(), fixture }
}

impl Ground {
    fn keeping(&self) -> Keeping<'_> {
        Keeping { vault: &self.vault, memory: &self.memory }
    }

    /// Who holds the first post, or the second.
    pub(crate) fn worker(&self, number: usize) -> Actor {
        let scope = Scope::Grid { town: self.fixture.towns[0], grid: self.fixture.grids[0] };
        Actor::account(self.accounts[number - 1], vec![Grant { role: Role::CommunityWorker, scope }])
    }

    fn told(&self, db: &Db, actor: &Actor, seed: u64, visits: &[NewVisit]) -> Result<Vec<Receipt>> {
        let call = crate::kit::Call::new(actor, testkit::now(), seed);
        db.write(|tx| record(tx, &mut call.clone(), self.keeping(), visits))
    }
}

fn actor(number: u128, scope: Scope) -> Actor {
    let account = AccountId::from_uuid(Uuid::from_u128(number));
    Actor::account(account, vec![Grant { role: Role::CommunityWorker, scope }])
}

fn visit(number: u128, household: TenancyId, on: &str, outcome: Outcome) -> NewVisit {
    let at = Instant::at(day(on), 9, 30);
    let id = VisitId::from_uuid(Uuid::from_u128(number));
    NewVisit {
        id,
        household,
        round: None,
        at,
        told_at: at,
        outcome,
        needs: Vec::new(),
        satisfied: None,
        note: None,
    }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    match outcome {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("not refused: {other:?}"),
    }
}

fn waits(receipts: &[Receipt]) -> Vec<Option<Misfit>> {
    receipts.iter().map(|it| it.waits).collect()
}

testkit::db_test!(one_batch_sent_three_times_is_one_batch, MIGRATIONS, |db| {
    let ground = ground(db);
    let worker = ground.worker(1);
    let homes = &ground.households[0];
    let mut first = visit(11, homes[0], "2026-01-31", Outcome::Met);
    first.needs = vec![(Category::Schooling, true), (Category::Work, false)];
    first.note = Some("孩子九月上学".into());
    let batch = [first.clone(), visit(12, homes[1], "2026-01-30", Outcome::Absent)];
    let receipts = ground.told(db, &worker, 701, &batch).unwrap();
    assert_eq!(waits(&receipts), [None, None]);
    // The corrected time differs each time it is sent.
    for (seed, late) in [(702, 7_000), (703, 90_000)] {
        let again = batch.clone().map(|it| NewVisit { at: it.at.plus_millis(-late), ..it });
        assert_eq!(ground.told(db, &worker, seed, &again).unwrap(), receipts);
    }
    let sheet = read(db, |tx| household(tx, &worker, &ground.memory, homes[0], day("2026-01-31")));
    assert_eq!(sheet.visits.len(), 1);
    assert_eq!(sheet.visits[0].needs.len(), 2);
    assert!(sheet.visits[0].has_note);
    // The next is due a year after the contact; a door that stayed shut is none.
    assert_eq!(sheet.due.map(|due| (due.why, due.by)), Some((Why::Everyone, day("2027-01-31"))));
    let shut = read(db, |tx| household(tx, &worker, &ground.memory, homes[1], day("2026-01-31")));
    assert_eq!(shut.due.map(|due| (due.why, due.by)), Some((Why::MovedIn, day("2025-02-04"))));
    // Another visit under the same id is refused, and nothing of its batch is done.
    let other =
        [visit(13, homes[2], "2026-01-31", Outcome::Met), visit(11, homes[2], "2026-01-31", Outcome::Met)];
    assert_eq!(refused(ground.told(db, &worker, 704, &other)), "visits-refused-id-used");
    let none = read(db, |tx| household(tx, &worker, &ground.memory, homes[2], day("2026-01-31")));
    assert!(none.visits.is_empty());
});

testkit::db_test!(what_no_longer_fits_waits_and_is_never_dropped, MIGRATIONS, |db| {
    let ground = ground(db);
    let (one, two) = (ground.worker(1), ground.worker(2));
    let homes = &ground.households[0];
    write(db, 710, |tx, call| register::end_tenancies(tx, call, &[(homes[1], day("2026-01-20"))])).unwrap();
    let met = |number, home| visit(number, home, "2026-01-30", Outcome::Met);
    assert_eq!(waits(&ground.told(db, &one, 711, &[met(21, homes[0])]).unwrap()), [None]);
    let elsewhere = actor(3, Scope::Grid { town: ground.fixture.towns[1], grid: ground.fixture.grids[2] });
    let strange = RoundId::from_uuid(Uuid::from_u128(99));
    let batch = [
        met(22, homes[0]),
        met(23, homes[1]),
        visit(24, homes[1], "2026-01-30", Outcome::Moved),
        visit(25, homes[2], "2026-02-03", Outcome::Met),
        visit(26, homes[2], "2025-11-03", Outcome::Met),
        NewVisit { round: Some(strange), ..met(27, homes[2]) },
    ];
    let receipts = ground.told(db, &two, 712, &batch).unwrap();
    let why = [
        Some(Misfit::Twice),
        Some(Misfit::Moved),
        None,
        Some(Misfit::Clock),
        Some(Misfit::Clock),
        Some(Misfit::HandedOver),
    ];
    assert_eq!(waits(&receipts), why);
    assert_eq!(ground.told(db, &two, 713, &batch).unwrap(), receipts);
    let outside = ground.told(db, &elsewhere, 714, &[met(28, homes[3])]).unwrap();
    assert_eq!(waits(&outside), [Some(Misfit::NotYours)]);
    let today = day("2026-01-31");
    let all = read(db, |tx| inbox(tx, &one, &ground.memory, today));
    assert_eq!(all.len(), 6);
    // Who told it sees it too, though it lies elsewhere.
    assert_eq!(read(db, |tx| inbox(tx, &elsewhere, &ground.memory, today)).len(), 1);
    let told = read(db, |tx| notices::inbox(tx, &one, InboxAsked::default(), 50)).lines;
    let mut told: Vec<_> = told.iter().map(|it| (it.kind, it.about.count)).collect();
    told.sort();
    assert_eq!(told, [(Kind::VisitWaits, 1), (Kind::VisitWaits, 5)]);

    let say = |seed, actor: &Actor, id, take| {
        let call = crate::kit::Call::new(actor, testkit::now(), seed);
        db.write(|tx| decide(tx, &mut call.clone(), &ground.memory, &[Decide { id, take }]))
    };
    assert!(matches!(say(715, &elsewhere, outside[0].id, true), Err(Error::Forbidden(_))));
    say(731, &one, receipts[0].id, true).unwrap();
    say(716, &one, receipts[1].id, true).unwrap();
    say(717, &one, receipts[3].id, false).unwrap();
    assert_eq!(refused(say(718, &one, receipts[3].id, true)), "visits-refused-decided");
    // The answer of the first time holds after it was decided.
    assert_eq!(ground.told(db, &two, 719, &batch).unwrap(), receipts);
    assert_eq!(read(db, |tx| inbox(tx, &one, &ground.memory, today)).len(), 3);
    let sheet = read(db, |tx| household(tx, &one, &ground.memory, homes[0], today));
    assert_eq!(sheet.visits.len(), 2);
});

testkit::db_test!(rounds_are_parted_evenly_and_handed_over, MIGRATIONS, |db| {
    let ground = ground(db);
    let worker = ground.worker(1);
    let today = day("2026-01-31");
    let plan = |seed, seen| {
        let call = crate::kit::Call::new(&worker, testkit::now(), seed);
        let command = PlanRounds { station: ground.station, day: today, seen };
        db.write(|tx| plan_rounds(tx, &mut call.clone(), &ground.memory, command))
    };
    assert_eq!(plan(720, 0).unwrap(), 18);
    assert_eq!(refused(plan(721, 0)), "visits-refused-planned-meanwhile");
    assert_eq!(plan(722, 1).unwrap(), 18);
    let seen = || read(db, |tx| station_rounds(tx, &worker, ground.station, today));
    let rounds = seen().rounds;
    assert_eq!(rounds.len(), 2);
    let minutes: Vec<i64> = rounds.iter().map(Round::minutes).map(|(visits, walk)| visits + walk).collect();
    assert!(minutes.iter().all(|it| !is_over(*it, &minutes)), "{minutes:?}");
    let mut homes: Vec<TenancyId> =
        rounds.iter().flat_map(|it| &it.stops).map(|stop| stop.home.tenancy).collect();
    homes.sort();
    homes.dedup();
    assert_eq!(homes.len(), 18, "every household once");

    let [from, to] = [&rounds[0], &rounds[1]];
    let first = from.stops[0].home.tenancy;
    let done = NewVisit { round: Some(from.id), ..visit(31, first, "2026-01-31", Outcome::Met) };
    assert_eq!(waits(&ground.told(db, &worker, 723, &[done]).unwrap()), [None]);
    let on_desk = |task: Task| {
        let desk = read(db, |tx| desk::today(tx, &worker, &ground.memory, today));
        desk.due.iter().find(|due| due.task == task).map(|due| due.count)
    };
    assert_eq!(on_desk(Task::VisitsToday), Some(from.stops.len() - 1), "the doors that are left");
    assert_eq!(on_desk(Task::VisitsWaiting), None);
    assert_eq!(refused(plan(724, 2)), "visits-refused-begun");
    let hand = |seed, seen, to| {
        let call = crate::kit::Call::new(&worker, testkit::now(), seed);
        let command = HandOver { round: from.id, seen, to };
        db.write(|tx| hand_over(tx, &mut call.clone(), &ground.memory, command))
    };
    assert_eq!(refused(hand(725, 1, to.post)), "visits-refused-planned-meanwhile");
    assert_eq!(refused(hand(726, 2, from.post)), "visits-refused-to");
    assert_eq!(hand(727, 2, to.post).unwrap(), from.stops.len() - 1);
    let after = seen().rounds;
    assert_eq!(after.iter().map(|it| it.stops.len()).collect::<Vec<_>>(), [1, 17]);
    // Whoever still has the old round on the telephone: it waits.
    let late = NewVisit {
        round: Some(from.id),
        ..visit(32, from.stops[1].home.tenancy, "2026-01-31", Outcome::Met)
    };
    assert_eq!(waits(&ground.told(db, &worker, 728, &[late]).unwrap()), [Some(Misfit::HandedOver)]);
    assert_eq!((on_desk(Task::VisitsToday), on_desk(Task::VisitsWaiting)), (None, Some(1)));
    assert_eq!(refused(hand(729, 3, to.post)), "visits-refused-nothing-left");
    assert_eq!(seen().posts.iter().map(|it| it.own).collect::<Vec<_>>(), [true, false]);
    let pack = read(db, |tx| pack(tx, &worker, &ground.memory, Some(to.id), today));
    assert_eq!(pack.round.map(|it| it.stops.len()), Some(17));
    // Who planned is not told of their own round; the other is told of each, and of what went to them.
    let other = ground.worker(2);
    let told = |who: &Actor| read(db, |tx| notices::inbox(tx, who, InboxAsked::default(), 50)).lines;
    let mut kinds: Vec<Kind> = told(&other).iter().map(|it| it.kind).collect();
    kinds.sort();
    // The visit that no longer fits is told of to whoever else is there; its sender had a receipt.
    assert_eq!(kinds, [Kind::RoundGiven, Kind::RoundGiven, Kind::RoundMoved, Kind::VisitWaits]);
    assert!(told(&worker).is_empty());
    // What is handed over is not planned for another day.
    let tomorrow = PlanRounds { station: ground.station, day: today + 1, seen: 0 };
    let call = crate::kit::Call::new(&worker, testkit::now(), 730);
    let doors = db.write(|tx| plan_rounds(tx, &mut call.clone(), &ground.memory, tomorrow)).unwrap();
    assert_eq!(doors, 0);
});

testkit::db_test!(what_a_household_says_at_its_door_counts_and_nobody_else_says_it, MIGRATIONS, |db| {
    let ground = ground(db);
    let worker = ground.worker(1);
    let (first, second) = (ground.households[0][0], ground.households[0][1]);
    let said = |number, household, on: &str, outcome, satisfied| NewVisit {
        satisfied: Some(satisfied),
        ..visit(number, household, on, outcome)
    };
    let absent = said(61, first, "2026-01-30", Outcome::Absent, true);
    assert_eq!(refused(ground.told(db, &worker, 781, &[absent])), "visits-refused-word-of-nobody");
    let reach = || {
        let kept = read(db, |tx| coverage::recount_reach(tx, day("2026-01-31")));
        let it = kept.get(&ground.fixture.communities[0]).copied().unwrap_or_default();
        assert_eq!(kept, read(db, |tx| coverage::reach_from_work(tx, day("2026-01-31"))));
        it.figures()
    };
    assert_eq!(reach(), [0; 4]);
    let told = [
        said(62, first, "2026-01-30", Outcome::Met, true),
        said(63, second, "2026-01-30", Outcome::Online, false),
    ];
    ground.told(db, &worker, 782, &told).unwrap();
    // Of two that were responded to one is content, and nobody is silent.
    assert_eq!(reach(), [2, 2, 1, 0]);
    // What waits says nothing until it is taken, and then the last word counts.
    let strange = RoundId::from_uuid(Uuid::from_u128(9));
    let late = NewVisit { round: Some(strange), ..said(64, first, "2026-01-31", Outcome::Met, false) };
    assert_eq!(waits(&ground.told(db, &worker, 783, &[late]).unwrap()), [Some(Misfit::HandedOver)]);
    let waiting = read(db, |tx| inbox(tx, &worker, &ground.memory, testkit::now().day()));
    assert_eq!((waiting[0].satisfied, reach()), (Some(false), [2, 2, 1, 0]));
    write(db, 784, |tx, call| decide(tx, call, &ground.memory, &[Decide { id: waiting[0].id, take: true }]))
        .unwrap();
    assert_eq!(reach(), [2, 2, 0, 0]);
    let sheet = read(db, |tx| household(tx, &worker, &ground.memory, first, testkit::now().day()));
    assert_eq!(sheet.visits.iter().map(|it| it.satisfied).collect::<Vec<_>>(), [Some(false), Some(true)]);
});

testkit::db_test!(what_was_said_in_confidence_is_sealed_read_on_record_and_forgotten, MIGRATIONS, |db| {
    let ground = ground(db);
    let worker = ground.worker(1);
    let home = ground.households[0][0];
    let said = NewVisit { note: Some("老人独居".into()), ..visit(41, home, "2026-01-30", Outcome::Met) };
    ground.told(db, &worker, 740, std::slice::from_ref(&said)).unwrap();
    let waiting = NewVisit { note: Some("再说".into()), ..visit(42, home, "2026-02-20", Outcome::Met) };
    ground.told(db, &worker, 741, &[waiting]).unwrap();
    let reveal = |actor: &Actor, vault: &Vault, seed| {
        let call = crate::kit::Call::new(actor, testkit::now(), seed);
        db.write(|tx| reveal_note(tx, &mut call.clone(), (vault, &ground.memory), said.id))
    };
    assert_eq!(reveal(&worker, &ground.vault, 742).unwrap().0, "老人独居");
    let officer = Actor::account(
        AccountId::from_uuid(Uuid::from_u128(9)),
        vec![Grant { role: Role::TownOfficer, scope: Scope::Town(ground.fixture.towns[0]) }],
    );
    assert!(matches!(reveal(&officer, &ground.vault, 743), Err(Error::Forbidden(_))));
    // Everyone who lives there can read that it was read, and has it in their copy.
    let person = read(db, |tx| register::persons_of(tx, home, day("2026-01-30")))[0];
    let about = read(db, |tx| people::about(tx, person, 10));
    assert!(about.iter().any(|it| it.fields == "note"), "{about:?}");
    let copy = read(db, |tx| copy_of(tx, &ground.vault, person));
    assert_eq!(copy[0]["note"], "老人独居");
    // Sealed anew, it opens with the new key alone.
    let both = Vault::with_older(&[2; 32], &[[1; 32]]);
    assert_eq!(write(db, 744, |tx, call| reseal_notes(tx, call, &both)).unwrap(), 2);
    assert_eq!(write(db, 745, |tx, call| reseal_notes(tx, call, &both)).unwrap(), 0);
    assert_eq!(reveal(&worker, &Vault::new(&[2; 32]), 746).unwrap().0, "老人独居");
    assert!(reveal(&worker, &ground.vault, 747).is_err());
    // A year after the household left, nothing of it is left.
    assert_eq!(write(db, 748, forget_notes).unwrap(), 0);
    write(db, 749, |tx, call| register::end_tenancies(tx, call, &[(home, day("2026-02-01"))])).unwrap();
    let program = Actor::program();
    let later = Instant::at(day("2027-02-01"), 3, 0);
    let forgotten = db.write(|tx| forget_notes(tx, &mut crate::kit::Call::new(&program, later, 750)));
    assert_eq!(forgotten.unwrap(), 2);
});

testkit::db_test!(needs_are_said_in_sum_of_five_households_at_least, MIGRATIONS, |db| {
    let ground = ground(db);
    let worker = ground.worker(1);
    let batch: Vec<NewVisit> = (0..5)
        .map(|i| {
            let mut it = visit(51 + i as u128, ground.households[0][i], "2026-01-30", Outcome::Met);
            it.needs.push((Category::Schooling, true));
            if i < 4 {
                it.needs.push((Category::Health, false));
            }
            it
        })
        .collect();
    ground.told(db, &worker, 760, &batch).unwrap();
    let said = read(db, |tx| themes(tx, &worker, &ground.memory, day("2026-01-31")));
    let expected = [
        Theme { category: Category::Schooling, households: Some(5) },
        Theme { category: Category::Health, households: None },
    ];
    assert_eq!(said, expected);
    let sheet =
        read(db, |tx| household(tx, &worker, &ground.memory, ground.households[0][0], day("2026-01-31")));
    let shown = &sheet.visits[0].needs[0];
    let found = read(db, |tx| need(tx, &worker, &ground.memory, shown.id, day("2026-01-31")));
    assert_eq!(
        (found.category, found.consent, found.home.tenancy),
        (shown.category, shown.consent, ground.households[0][0])
    );
    let mut unmet = visit(60, ground.households[0][6], "2026-01-30", Outcome::Absent);
    unmet.needs.push((Category::Work, true));
    assert_eq!(refused(ground.told(db, &worker, 761, &[unmet])), "visits-refused-need-of-nobody");
});

testkit::db_test!(a_household_is_marked_because_it_agreed, MIGRATIONS, |db| {
    let ground = ground(db);
    let worker = ground.worker(1);
    let (home, today) = (ground.households[0][0], day("2026-01-31"));
    let mark = |seed, kind, agreed| {
        let mut call = crate::kit::Call::new(&worker, testkit::now(), seed);
        let command = SetMark { id: call.id(), household: home, kind, agreed, from: today };
        db.write(|tx| set_mark(tx, &mut call.clone(), &ground.memory, &[command]))
    };
    assert_eq!(refused(mark(770, Mark::Priority, false)), "visits-refused-not-agreed");
    mark(771, Mark::Priority, true).unwrap();
    assert_eq!(refused(mark(772, Mark::Priority, true)), "visits-refused-marked");
    mark(773, Mark::Event, false).unwrap();
    let sheet = || read(db, |tx| household(tx, &worker, &ground.memory, home, today));
    assert_eq!(sheet().marks.len(), 2);
    ground.told(db, &worker, 774, &[visit(71, home, "2026-01-31", Outcome::Online)]).unwrap();
    assert_eq!(sheet().due.map(|due| (due.why, due.by)), Some((Why::Priority, day("2026-04-30"))));
    let id = sheet().marks[0].0;
    let call = crate::kit::Call::new(&worker, testkit::now(), 775);
    db.write(|tx| end_mark(tx, &mut call.clone(), &ground.memory, id)).unwrap();
    assert_eq!(sheet().marks.len(), 1);
});

testkit::db_test!(a_digest_is_sent_once_a_day_and_only_where_something_is_stuck, MIGRATIONS, |db| {
    let ground = ground(db);
    let worker = ground.worker(1);
    let today = day("2026-01-31");
    let call = crate::kit::Call::new(&worker, testkit::now(), 800);
    let command = PlanRounds { station: ground.station, day: today, seen: 0 };
    db.write(|tx| plan_rounds(tx, &mut call.clone(), &ground.memory, command)).unwrap();
    let program = Actor::program();
    let sends = |at: Instant, seed| {
        let call = crate::kit::Call::new(&program, at, seed);
        db.write(|tx| notices::send_digests(tx, &mut call.clone())).unwrap()
    };
    let digests = || {
        let lines = read(db, |tx| notices::inbox(tx, &worker, InboxAsked::default(), 50)).lines;
        let of_kind = lines.into_iter().filter(|it| it.kind == Kind::DailyDigest);
        of_kind.map(|it| (it.made.day(), it.about.count)).collect::<Vec<_>>()
    };
    // Nothing is stuck on the day itself, and nothing is sent; before the hour nobody is looked at.
    assert!(sends(Instant::at(today, 9, 0), 801) > 0);
    assert!(digests().is_empty());
    assert_eq!(sends(Instant::at(today + 1, 7, 59), 802), 0);
    // The next day both rounds are late. Run twice it is one; after days of being off it is one as well.
    assert!(sends(Instant::at(today + 1, 8, 0), 803) > 0);
    assert_eq!(sends(Instant::at(today + 1, 18, 0), 804), 0);
    assert_eq!(digests(), [(today + 1, 2)]);
    assert!(sends(Instant::at(today + 6, 9, 0), 805) > 0);
    assert_eq!(digests(), [(today + 6, 2), (today + 1, 2)]);
    // A round is late for two weeks: then its doors are due again by themselves.
    sends(Instant::at(today + 20, 9, 0), 806);
    assert_eq!(digests().len(), 2);
});
