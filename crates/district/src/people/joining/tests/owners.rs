//! Owners by certificates that two people check.

use super::*;
use crate::people::vault::{AddPerson, add_persons};
use crate::people::{NewAccount, add_accounts};

testkit::db_test!(an_owner_is_one_once_two_people_have_checked_the_certificate, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let [first, second, third] = checkers(db, &fixture);
    let proof = proof(db, "19900001234", 1, wall());
    let stated = |certificate: &str, flat: &str| StateOwnership {
        certificate: certificate.into(),
        community: fixture.communities[0],
        building: "1号".into(),
        flat: flat.into(),
        new: Some(("王示例".into(), WayIn::Telephone(proof.clone()))),
    };
    let states = |seed: u64, it: &StateOwnership| {
        write(db, seed, |tx, call| state_ownership(tx, call, &vault(), it, wall()))
    };
    let number = "沪（2021）闵字不动产权第012345号";
    assert_eq!(message(states(10, &stated("12", "101"))), "joining-refused-certificate");
    assert_eq!(message(states(11, &stated(number, "909"))), "joining-refused-no-flat");
    let claim = states(12, &stated(number, "101")).unwrap();
    assert_eq!(comes_in(db, &proof, 2, wall()).unwrap(), CameIn::Unknown(Some(Waiting::Since(wall()))));
    let days = (day(TODAY), wall());
    let sheet = |actor: &Actor| db.read(|tx| owner_sheet(tx, actor, &vault(), claim, days));
    assert!(matches!(sheet(&third), Err(Error::Forbidden(_))), "of another town");
    let found = sheet(&first).unwrap();
    assert!(found.may_check && found.certificate.contains('*') && found.name == "王**", "{found:?}");
    let checks = |actor: &Actor, seed: u64| {
        db.write(|tx| check_owner(tx, &mut Call::new(actor, testkit::now(), seed), &vault(), claim, wall()))
    };
    let shown = db
        .write(|tx| reveal_owner(tx, &mut Call::new(&first, testkit::now(), 13), &vault(), claim, wall()))
        .unwrap();
    assert_eq!((shown.certificate.0.as_str(), shown.person.name.as_str()), (number, "王示例"));
    assert_eq!(checks(&first, 14).unwrap(), Checked::First);
    assert_eq!(message(checks(&first, 15)), "joining-refused-second-person");
    assert!(!sheet(&first).unwrap().may_check);
    assert_eq!(comes_in(db, &proof, 3, wall()).unwrap(), CameIn::Unknown(Some(Waiting::Since(wall()))));
    assert_eq!(checks(&second, 16).unwrap(), Checked::Second);
    assert!(matches!(checks(&second, 17), Err(Error::Refused(_))));
    assert_eq!(comes_in(db, &proof, 4, wall()).unwrap(), CameIn::In(Role::Owner));
    let me = session(db, 4, wall(), TODAY).unwrap();
    assert_eq!(me.grants.iter().map(|it| it.role).collect::<Vec<_>>(), [Role::Owner]);
    let home = read(db, |tx| my_home(tx, &me.actor(), day(TODAY)));
    assert_eq!((home.owned.len(), home.homes.len()), (1, 0));
    // A new key opens the number too.
    let both = Vault::with_older(&[2; 32], &[[1; 32]]);
    assert_eq!(write(db, 18, |tx, call| reseal_certificates(tx, call, &both)).unwrap(), 1);
    let copy = read(db, |tx| owned_copy(tx, &Vault::new(&[2; 32]), me.person));
    assert_eq!(copy[0]["certificate"], number);
    // Sold: from that day on nothing has to be run.
    db.write(|tx| end_owner(tx, &mut Call::new(&second, testkit::now(), 19), claim, wall())).unwrap();
    assert!(session(db, 4, wall(), TODAY).is_none());
});

testkit::db_test!(nobody_checks_their_own_certificate_and_a_statement_is_forgotten, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let lives = living(db, &fixture, 0);
    let [first, second, _] = checkers(db, &fixture);
    listed(db, lives[0].person, "19900001234");
    let proof = proof(db, "19900001234", 1, wall());
    comes_in(db, &proof, 2, wall()).unwrap();
    let me = session(db, 2, wall(), TODAY).unwrap();
    let stated = StateOwnership {
        certificate: "沪（2021）闵字不动产权第012345号".into(),
        community: fixture.communities[0],
        building: "1号".into(),
        flat: "101".into(),
        new: None,
    };
    let states = |seed: u64| {
        let actor = me.actor();
        db.write(|tx| {
            state_ownership(tx, &mut Call::new(&actor, testkit::now(), seed), &vault(), &stated, wall())
        })
    };
    let claim = states(10).unwrap();
    assert_eq!(message(states(11)), "joining-refused-stated");
    // Who works here and owns: the same account may not check it, whatever role it has.
    let scope = Scope::Town(fixture.towns[0]);
    let own = Actor::account(me.account, vec![Grant { role: Role::TownOfficer, scope }]);
    let checks = |actor: &Actor, seed: u64| {
        db.write(|tx| check_owner(tx, &mut Call::new(actor, testkit::now(), seed), &vault(), claim, wall()))
    };
    assert_eq!(message(checks(&own, 12)), "joining-refused-own-check");
    checks(&first, 13).unwrap();
    let refuses = |seed: u64, reason: &str| {
        db.write(|tx| {
            refuse_owner(tx, &mut Call::new(&second, testkit::now(), seed), (claim, reason), wall())
        })
    };
    assert_eq!(message(refuses(14, "")), "joining-refused-reason");
    refuses(15, "证上的室号是 102").unwrap();
    assert!(matches!(checks(&second, 16), Err(Error::Absent(_))));
    let forget = |seed: u64, at| {
        write(db, seed, |tx, _| super::super::owned::forget_statements(tx, day(TODAY), at)).unwrap()
    };
    assert_eq!((forget(17, wall()), forget(18, after(REQUEST_DAYS * 24 * 60 + 1))), (0, 1));
    let grants = session(db, 2, wall(), TODAY).unwrap().grants;
    assert_eq!(grants.iter().map(|it| it.role).collect::<Vec<_>>(), [Role::Resident]);
});

/// A worker and a town officer of the first town, and an officer of the second, each with an account.
fn checkers(db: &Db, fixture: &Fixture) -> [Actor; 3] {
    let grid = Scope::Grid { town: fixture.towns[0], grid: fixture.grids[0] };
    let roles = [
        (Role::CommunityWorker, grid),
        (Role::TownOfficer, Scope::Town(fixture.towns[0])),
        (Role::TownOfficer, Scope::Town(fixture.towns[1])),
    ];
    roles.map(|(role, scope)| {
        let seed =
            7_000 + u64::from(role == Role::TownOfficer) + u64::from(scope == Scope::Town(fixture.towns[1]));
        let grants = vec![Grant { role, scope }];
        let ids = write(db, seed, |tx, call| {
            let (id, name) = (call.id(), "示例".to_owned());
            let person = AddPerson { id, name, telephone: None, identity_number: None };
            add_persons(tx, call, &vault(), &[person])?;
            let account = NewAccount {
                person: id,
                login: format!("checker-{seed}"),
                password: None,
                demonstration: false,
                grants: grants.clone(),
                valid_from: day("2025-01-01"),
            };
            add_accounts(tx, call, &[account])
        });
        Actor::account(ids.unwrap()[0], grants)
    })
}
