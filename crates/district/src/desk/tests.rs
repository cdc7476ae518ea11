//! The desk, on both engines: each role finds its own work, and each count is that of its list.

use std::collections::BTreeMap;

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, day, read, write};
use crate::kit::{Grant, ListingId, Role, RoundId, ServiceId, TenancyId};
use crate::matters::{Asked, Step as Does};
use crate::register::{Leave, ProposeEntry};
use crate::services::{Advance, Ask, Consent, ConsentBy, ConsentHow, Refer};
use crate::stations::tests::joint;
use crate::tests::work::Work;
use crate::visits::rules::Outcome;
use crate::visits::tests::{Ground, ground};
use crate::visits::{Decide, Keeping, NewVisit, PlanRounds};

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

/// What the pages list that the desk leads to, each by the operation of its page.
fn listed(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<BTreeMap<Task, usize>> {
    let mut listed = BTreeMap::new();
    let scope = actor.scope();
    let steers = may(actor, Action::MatterSteer, scope);
    let queues = [
        (Task::MattersOverdue, Queue::Overdue, true),
        (Task::MattersToday, Queue::Today, true),
        (Task::MattersExtension, Queue::Extension, steers),
        (Task::MattersCallBack, Queue::CallBack, steers),
    ];
    for (task, queue, _) in queues.into_iter().filter(|(.., theirs)| *theirs) {
        let asked = Asked { queue: Some(queue), ..Asked::default() };
        let (lines, more) = matters::list(tx, Some(actor), &asked, None, Instant::at(day, 0, 0))?;
        assert!(!more, "everything was asked for");
        listed.insert(task, lines.len());
    }
    if may(actor, Action::VisitWrite, scope) && matches!(scope, Scope::Grid { .. }) {
        let mut left = 0;
        for station in visits::stations_of(tx, actor, day)? {
            let here = visits::station_rounds(tx, actor, station.id, day)?;
            let own = |post| here.posts.iter().any(|it| it.own && it.id == post);
            let rounds = here.rounds.iter().filter(|it| own(it.post));
            let stops = rounds.flat_map(|it| &it.stops);
            left += stops.filter(|it| it.found.is_none() && it.home.is_there(day)).count();
        }
        listed.insert(Task::VisitsToday, left);
        listed.insert(Task::VisitsWaiting, visits::inbox(tx, actor, memory, day)?.len());
    }
    if may(actor, Action::VisitRead, scope) && scope != Scope::District {
        listed.insert(Task::RoundsLate, visits::late_rounds(tx, actor, day)?.len());
    }
    if may(actor, Action::ReferralRead, scope) {
        let ask = Ask { overdue: true, ..Ask::default() };
        listed.insert(Task::ReferralsOverdue, services::list(tx, actor, &ask, day)?.referrals.len());
    }
    if may(actor, Action::ListingDecide, scope) {
        listed.insert(Task::Proposals, register::open_proposals(tx, actor)?.len());
    }
    if may(actor, Action::RegisterWrite, scope) {
        let own = |it: &&Snapshot| scope.town().is_none_or(|town| it.town == town);
        let here = register::snapshot(tx, day)?;
        let nowhere = here.iter().filter(own).filter(|it| it.position.is_none());
        listed.insert(Task::Unlocated, nowhere.count());
    }
    listed.retain(|_, count| *count > 0);
    Ok(listed)
}

/// What happens beside visits and matters.
struct AllWork<'a> {
    work: Work<'a>,
    ground: &'a Ground,
    service: ServiceId,
}

impl AllWork<'_> {
    fn happens(&mut self, now: Instant) {
        let today = now.day();
        let community = self.ground.fixture.communities[self.work.dice.below(2)];
        match self.work.dice.below(12) {
            0 => self.refers(now, community),
            1 | 2 => self.follows(now),
            3 => {
                let ahead = self.work.dice.below(3) == 0;
                self.plans(now, today + i64::from(ahead));
            }
            4 | 5 => self.walks(now),
            6 => self.tells_late(now),
            7 => {
                let waiting = read(self.work.db, |tx| {
                    visits::inbox(tx, &self.ground.worker(1), &self.work.memory, today)
                });
                if let Some(first) = waiting.first() {
                    let decide = Decide { id: first.id, take: self.work.dice.below(2) == 0 };
                    self.work.does(now, |own, tx, call| visits::decide(tx, call, &own.memory, &[decide]));
                }
            }
            8 => self.lists(now),
            9 if self.work.dice.below(4) == 0 => self.asks_for_time(now),
            _ => self.work.happens(now),
        }
    }

    fn refers(&mut self, now: Instant, community: CommunityId) {
        let (service, today) = (self.service, now.day());
        let consents = self.work.dice.below(3) > 0;
        let picked = self.work.dice.below(4);
        let living = read(self.work.db, |tx| register::lives_in(tx, community, "1号", today, 4));
        let Some(who) = living.get(picked).map(|it| (it.tenancy, it.person)) else { return };
        self.work.does(now, |own, tx, call| {
            let consent = consents.then(|| Consent {
                by: ConsentBy::Person,
                how: ConsentHow::Spoken,
                until: today + 20,
                note: String::new(),
            });
            let refer = Refer { id: call.id(), service, tenancy: who.0, person: who.1, consent };
            services::refer(tx, call, &own.vault, &[refer])
        });
    }

    /// The matter that came last is taken on, and whoever has it asks for more time.
    fn asks_for_time(&mut self, now: Instant) {
        let Some(&matter) = self.work.matters.last() else { return };
        for step in [Does::Accept, Does::AskExtension(3)] {
            self.work.does(now, |own, tx, call| {
                let advance =
                    matters::Advance { matter, seen: None, step, note: "等配件".into(), at: None };
                matters::advance(tx, call, (&own.vault, &own.calendar), &[advance])
            });
        }
    }

    /// The next step of a referral, or looking again at those that nobody followed.
    fn follows(&mut self, now: Instant) {
        let open = Ask { open: true, ..Ask::default() };
        let all = read(self.work.db, |tx| services::list(tx, &Actor::program(), &open, now.day())).referrals;
        if all.is_empty() || self.work.dice.below(4) == 0 {
            self.work.does(now, |_, tx, call| services::chase(tx, call));
            return;
        }
        let it = &all[self.work.dice.below(all.len())];
        let steps = it.state.steps();
        let Some(&step) = steps.get(self.work.dice.below(steps.len().max(1))) else { return };
        let advance = Advance { id: it.id, seen: it.version, step, consent: None };
        self.work.does(now, |own, tx, call| {
            services::advance(tx, call, &own.vault, std::slice::from_ref(&advance))
        });
    }

    fn plans(&mut self, now: Instant, day: Day) {
        let station = self.ground.station;
        let rounds = read(self.work.db, |tx| visits::station_rounds(tx, &Actor::program(), station, day));
        let plan = PlanRounds { station, day, seen: rounds.version };
        self.work.does(now, |own, tx, call| visits::plan_rounds(tx, call, &own.memory, plan));
    }

    /// The next door of a round that is planned for today.
    fn walks(&mut self, now: Instant) {
        let (station, today) = (self.ground.station, now.day());
        let here = read(self.work.db, |tx| visits::station_rounds(tx, &Actor::program(), station, today));
        let left: Vec<_> =
            here.rounds.iter().flat_map(|it| it.left(today).map(|stop| (it.id, stop.home.tenancy))).collect();
        if left.is_empty() {
            return;
        }
        let (round, household) = left[self.work.dice.below(left.len())];
        self.visits(now, now, Some(round), household);
    }

    /// A visit that lay on a device for too long.
    fn tells_late(&mut self, now: Instant) {
        let picked = self.work.dice.below(self.work.households.len());
        let (household, _) = self.work.households[picked];
        self.visits(now, Instant::at(now.day() - 60, 9, 0), None, household);
    }

    fn visits(&mut self, now: Instant, at: Instant, round: Option<RoundId>, household: TenancyId) {
        let outcome = [Outcome::Met, Outcome::Absent][self.work.dice.below(2)];
        self.work.does(now, |own, tx, call| {
            let keeping = Keeping { vault: &own.vault, memory: &own.memory };
            let (needs, satisfied, note) = (Vec::new(), None, None);
            let visit = NewVisit {
                id: call.id(),
                household,
                round,
                at,
                told_at: now,
                outcome,
                needs,
                satisfied,
                note,
            };
            visits::record(tx, call, keeping, &[visit])
        });
    }

    /// A town proposes, or the district decides.
    fn lists(&mut self, now: Instant) {
        let open = read(self.work.db, |tx| register::open_proposals(tx, &Actor::program()));
        let decided: Option<ListingId> = open.first().map(|it| it.id);
        if let Some(id) = decided.filter(|_| self.work.dice.below(2) == 0) {
            let confirm = self.work.dice.below(4) == 0;
            self.work.does(now, |_, tx, call| register::decide_listing(tx, call, id, confirm));
        } else {
            let on = now.day();
            let like = read(self.work.db, |tx| register::community(tx, "310112107-001", on)).unwrap();
            let mut description = like.description;
            if self.work.dice.below(2) == 0 {
                description.position = None;
            }
            self.work.does(now, |_, tx, call| {
                let entry = ProposeEntry {
                    id: call.id(),
                    simulated: true,
                    on,
                    reason: "新建".into(),
                    description: description.clone(),
                };
                register::propose_entry(tx, call, &entry)
            });
        }
    }
}

testkit::db_test!(after_each_of_a_thousand_steps_a_count_is_that_of_its_list, MIGRATIONS, |db| {
    let ground = ground(db);
    let fixture = &ground.fixture;
    let service = crate::services::tests::offered(db, fixture);
    let first = day("2026-02-02");
    let work = Work::on(db, &fixture.communities[..2], first, 20_260_202);
    let mut all = AllWork { work, ground: &ground, service };
    let [town, _] = fixture.towns;
    let grid = Scope::Grid { town, grid: fixture.grids[0] };
    let readers = [
        actor(Role::DistrictOfficer, Scope::District),
        actor(Role::TownOfficer, Scope::Town(town)),
        actor(Role::GridLeader, grid),
        ground.worker(1),
        actor(
            Role::Operator,
            Scope::Community { town, grid: Some(fixture.grids[0]), community: fixture.communities[0] },
        ),
    ];
    let mut seen = BTreeMap::new();
    let mut steps = 0;
    let mut today = first;
    while steps < 1_000 {
        for hour in 8..16 {
            all.happens(Instant::at(today, hour, 0));
            steps += 1;
            for reader in &readers {
                let (due, lists) = read(db, |tx| {
                    let due = today_of(tx, reader, &all.work.memory, today)?;
                    Ok((due, listed(tx, reader, &all.work.memory, today)?))
                });
                assert_eq!(due, lists, "{reader:?} after {steps} steps, on {today}");
                for (task, count) in due {
                    *seen.entry(task).or_insert(0) += count;
                }
            }
        }
        all.work.does(Instant::at(today, 20, 0), |own, tx, call| matters::pass_time(tx, call, &own.calendar));
        today = today + 1;
    }
    // Of everything there was something, or nothing is said of it.
    let kinds = [
        Task::MattersOverdue,
        Task::MattersToday,
        Task::VisitsToday,
        Task::VisitsWaiting,
        Task::MattersExtension,
        Task::ReferralsOverdue,
        Task::RoundsLate,
        Task::Proposals,
        Task::MattersCallBack,
        Task::Unlocated,
    ];
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), kinds, "{seen:?}");
});

/// What the desk counts.
fn today_of(tx: &mut Tx<'_>, actor: &Actor, memory: &Memory, day: Day) -> Result<BTreeMap<Task, usize>> {
    Ok(today(tx, actor, memory, day)?.due.into_iter().map(|due| (due.task, due.count)).collect())
}
