//! A need that a visit found becomes one matter or one referral, with what the household agreed to and no more.

use super::*;

/// A household of community 0 has told two needs at a visit, one of them not to be passed on; with the first of its people.
fn told_needs(db: &Db, ground: &Ground) -> ([FoundNeed; 2], TenancyId, PersonId) {
    let living =
        read(db, |tx| register::lives_in(tx, ground.fixture.communities[0], "1号", testkit::now().day(), 1));
    let (home, person) = (living[0].tenancy, living[0].person);
    let mut met = visit(81, home, "2026-01-31", Outcome::Met);
    met.needs = vec![(Category::ResidencePermit, true), (Category::Repair, false)];
    let worker = ground.worker(1);
    ground.told(db, &worker, 780, &[met]).unwrap();
    let sheet = read(db, |tx| household(tx, &worker, &ground.memory, home, day("2026-01-31")));
    let [first, second] = sheet.visits[0].needs.as_slice() else { panic!("{:?}", sheet.visits) };
    ([first.clone(), second.clone()], home, person)
}

fn matter_of(ground: &Ground, id: MatterId) -> Receive {
    Receive {
        id,
        source: Source::Worker,
        foreign_number: None,
        community: ground.fixture.communities[0],
        building: None,
        place: String::new(),
        category: "property-repair-home".into(),
        words: "水槽下面漏水。".into(),
        reporter: None,
        tenancy: None,
        shown: false,
        secret: None,
        at: None,
    }
}

testkit::db_test!(a_need_becomes_one_referral_and_whoever_is_second_is_told, MIGRATIONS, |db| {
    let ground = ground(db);
    let service = services::tests::offered(db, &ground.fixture);
    let ([need, _], home, person) = told_needs(db, &ground);
    let (one, two) = (ground.worker(1), ground.worker(2));
    let refer = |actor: &Actor, seed, tenancy| {
        let mut call = crate::kit::Call::new(actor, testkit::now(), seed);
        let command = Refer { id: call.id(), service, tenancy, person, consent: None };
        let id = command.id;
        let commands = [(need.id, command)];
        db.write(|tx| refer_needs(tx, &mut call.clone(), (&ground.vault, &ground.memory), &commands))
            .map(|()| id)
    };
    let other = ground.households[0].iter().copied().find(|it| *it != home).unwrap();
    assert_eq!(refused(refer(&one, 781, other)), "visits-refused-need-household");
    let elsewhere = actor(3, Scope::Grid { town: ground.fixture.towns[1], grid: ground.fixture.grids[2] });
    assert!(matches!(refer(&elsewhere, 782, home), Err(Error::Forbidden(_))));
    let referral = refer(&one, 783, home).unwrap();
    // The second is told so, and makes nothing; nor does a matter come of it any more.
    assert_eq!(refused(refer(&two, 784, home)), "visits-refused-need-became");
    let calendar = base::Calendar::published().unwrap();
    let mut call = crate::kit::Call::new(&two, testkit::now(), 785);
    let matter = [(need.id, matter_of(&ground, call.id()))];
    let late =
        db.write(|tx| take_needs(tx, &mut call.clone(), (&ground.vault, &ground.memory, &calendar), &matter));
    assert_eq!(refused(late), "visits-refused-need-became");
    let today = day("2026-01-31");
    let all = read(db, |tx| services::list(tx, &one, &services::Ask::default(), today));
    assert_eq!(all.referrals.len(), 1);
    let found = read(db, |tx| crate::visits::need(tx, &one, &ground.memory, need.id, today));
    assert_eq!(found.became, Some(Became::Referral(referral, all.referrals[0].number)));
    let behind = read(db, |tx| behind_referral(tx, &one, &ground.memory, referral, today));
    assert_eq!(behind, Some(NeedBehind { household: home, day: today }));
    // Who may not read visits there is told of none.
    let town = Scope::Town(ground.fixture.towns[0]);
    let officer = Actor { grants: vec![Grant { role: Role::TownOfficer, scope: town }], ..two };
    assert_eq!(read(db, |tx| behind_referral(tx, &officer, &ground.memory, referral, today)), None);
    let waits = read(db, |tx| needs_waiting(tx, &one, &ground.memory, (day("2026-01-01"), today + 1), today));
    assert_eq!(waits, Vec::new());
});

testkit::db_test!(a_matter_of_a_need_does_not_know_a_household_that_did_not_agree, MIGRATIONS, |db| {
    let ground = ground(db);
    let ([_, need], home, person) = told_needs(db, &ground);
    assert!(!need.consent);
    let worker = ground.worker(1);
    let calendar = base::Calendar::published().unwrap();
    let take = |seed, reporter: Option<Reporter>, elsewhere: bool| {
        let mut call = crate::kit::Call::new(&worker, testkit::now(), seed);
        let mut command = matter_of(&ground, call.id());
        (command.reporter, command.tenancy) = (reporter, Some(home));
        command.community = ground.fixture.communities[usize::from(elsewhere)];
        let commands = [(need.id, command)];
        db.write(|tx| {
            take_needs(tx, &mut call.clone(), (&ground.vault, &ground.memory, &calendar), &commands)
        })
    };
    assert_eq!(refused(take(790, None, true)), "visits-refused-need-household");
    assert_eq!(refused(take(791, Some(Reporter::Known(person)), false)), "visits-refused-need-consent");
    let made = take(792, None, false).unwrap();
    let kept =
        read(db, |tx| matters::sheet(tx, &worker, Some(&ground.vault), &made[0].code, testkit::now().day()));
    assert!(kept.reporter.is_none() && kept.tenancy.is_none());
    let today = day("2026-01-31");
    let found = read(db, |tx| crate::visits::need(tx, &worker, &ground.memory, need.id, today));
    assert_eq!(found.became, Some(Became::Matter(made[0].id, made[0].code.clone())));
    let behind = read(db, |tx| behind_matter(tx, &worker, &ground.memory, made[0].id, today));
    assert_eq!(behind.map(|it| it.household), Some(home));
});
