//! The contract of accounts and sessions, on both engines.

use base::{Instant, SeededIds};

mod administrators;
mod personal;
mod rekey;

use super::vault::{AddPerson, Fit, Vault, fit, put_persons};
use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{call, day, read, write};
use crate::kit::settings::{Setting, set};
use crate::kit::{AccountId, Actor, Call, Error, Grant, GridId, PersonId, Role, Scope, TownId};

fn id<T: crate::kit::Id>(seed: u64) -> T {
    T::from_uuid(base::IdSource::next(&mut SeededIds::new(seed), testkit::now()))
}

fn wall() -> Instant {
    Instant::at(day("2026-11-23"), 9, 0)
}

fn minutes(count: i64) -> Instant {
    wall().plus_millis(count * 60_000)
}

/// Two accounts: a town officer with a password, a grid leader whom the demonstration offers.
fn people(db: &db::Db) -> Vec<AccountId> {
    let hash = Passwords::default().hash("correct horse", [3; 16]).unwrap();
    write(db, 1, |tx, call| {
        let persons = [id(11), id(12)].map(|id| AddPerson {
            id,
            name: "示例".into(),
            telephone: None,
            identity_number: None,
        });
        // As though the administrators were there: these stories are not about them.
        put_persons(tx, call, &Vault::new(&[1; 32]), &persons)?;
        let account = |person: PersonId, login: &str, password, role, scope| NewAccount {
            person,
            login: login.into(),
            password,
            demonstration: role == Role::GridLeader,
            grants: vec![Grant { role, scope }],
            valid_from: day("2025-01-01"),
        };
        add_accounts(
            tx,
            call,
            &[
                account(id(11), " Town@Example ", Some(hash.clone()), Role::TownOfficer, Scope::Town(id(21))),
                account(
                    id(12),
                    "grid",
                    None,
                    Role::GridLeader,
                    Scope::Grid { town: id::<TownId>(21), grid: id::<GridId>(22) },
                ),
            ],
        )
    })
    .unwrap()
}

fn token(byte: u8) -> Token {
    Token::new([byte; 32])
}

fn found(db: &db::Db, token: &Token, at: Instant) -> Option<Session> {
    read(db, |tx| find_session(tx, token, at, IDLE_MILLIS, day("2026-01-31")))
}

testkit::db_test!(a_session_lives_while_it_is_used_and_no_longer, MIGRATIONS, |db| {
    let account = people(db)[0];
    let role = write(db, 2, |tx, call| sign_in(tx, call, account, &token(1), wall())).unwrap();
    assert_eq!(role, Role::TownOfficer);
    let session = found(db, &token(1), minutes(29)).unwrap();
    assert_eq!(session.actor().grants, [Grant { role: Role::TownOfficer, scope: Scope::Town(id(21)) }]);
    assert_eq!(session.account, account);
    assert!(found(db, &token(2), wall()).is_none());
    assert!(found(db, &token(1), minutes(31)).is_none());
    write(db, 3, |tx, _| touch_session(tx, &token(1), minutes(20))).unwrap();
    assert!(found(db, &token(1), minutes(31)).is_some());
    // However busy, twelve hours are the end.
    for hour in 1..=12 {
        write(db, 4, |tx, _| touch_session(tx, &token(1), minutes(hour * 60 - 1))).unwrap();
    }
    assert!(found(db, &token(1), minutes(12 * 60 - 1)).is_some());
    assert!(found(db, &token(1), minutes(12 * 60)).is_none());
});

testkit::db_test!(a_session_that_was_ended_is_over, MIGRATIONS, |db| {
    let account = people(db)[0];
    write(db, 2, |tx, call| sign_in(tx, call, account, &token(1), wall())).unwrap();
    write(db, 3, |tx, call| end_session(tx, call, &token(1), minutes(1))).unwrap();
    assert!(found(db, &token(1), minutes(1)).is_none());
    // Ending it again is no error.
    write(db, 3, |tx, call| end_session(tx, call, &token(1), minutes(2))).unwrap();
});

testkit::db_test!(a_login_is_found_without_its_capitals_and_taken_once, MIGRATIONS, |db| {
    let account = people(db)[0];
    let credential = |login: &str, on: &str| read(db, |tx| credential(tx, login, day(on)));
    assert_eq!(credential("TOWN@example", "2026-01-31").unwrap().0, account);
    assert!(credential("town@example", "2024-12-31").is_none(), "not before it was made");
    assert!(credential("nobody", "2026-01-31").is_none());
    let again = NewAccount {
        person: id(11),
        login: "town@EXAMPLE".into(),
        password: None,
        demonstration: false,
        grants: Vec::new(),
        valid_from: day("2025-01-01"),
    };
    let refused = write(db, 9, |tx, call| add_accounts(tx, call, std::slice::from_ref(&again)));
    assert!(
        matches!(&refused, Err(Error::Refused(refusal)) if refusal.message == "people-refused-login-taken")
    );
    for personal in ["zhang.san@example.org", "199 0000 1234"] {
        let new = NewAccount { login: personal.into(), ..again.clone() };
        let refused = write(db, 9, |tx, call| add_accounts(tx, call, std::slice::from_ref(&new)));
        assert!(matches!(&refused, Err(Error::Refused(it)) if it.message == "people-refused-login-personal"));
    }
    let empty = NewAccount { login: " ".into(), ..again };
    let refused = write(db, 9, |tx, call| add_accounts(tx, call, std::slice::from_ref(&empty)));
    assert!(matches!(&refused, Err(Error::Refused(refusal)) if refusal.message == "people-refused-login"));
});

testkit::db_test!(only_a_demonstration_is_entered_by_one_click, MIGRATIONS, |db| {
    people(db);
    let enter =
        |role, token: &Token| write(db, 5, |tx, call| enter_demonstration(tx, call, role, token, wall()));
    let message = |outcome: crate::kit::Result<Role>| match outcome {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("{other:?}"),
    };
    assert_eq!(message(enter(Role::GridLeader, &token(1))), "people-refused-no-demonstration");
    assert_eq!(read(db, |tx| demonstration_roles(tx, day("2026-01-31"))), []);
    write(db, 6, |tx, _| set(tx, Setting::Demonstration, "true")).unwrap();
    assert_eq!(read(db, |tx| demonstration_roles(tx, day("2026-01-31"))), [Role::GridLeader]);
    assert_eq!(message(enter(Role::TownOfficer, &token(1))), "people-refused-no-such-entry");
    assert_eq!(enter(Role::GridLeader, &token(1)).unwrap(), Role::GridLeader);
    let scope = found(db, &token(1), wall()).unwrap().actor().scope();
    assert_eq!(scope, Scope::Grid { town: id(21), grid: id(22) });
});

testkit::db_test!(nobody_but_the_program_makes_accounts, MIGRATIONS, |db| {
    let officer = Actor::account(id(1), vec![Grant { role: Role::DistrictOfficer, scope: Scope::District }]);
    let refused = db.write(|tx| add_accounts(tx, &mut Call::new(&officer, call(1).now, 1), &[]));
    assert!(matches!(refused, Err(Error::Forbidden(Action::AccountWrite))));
});

testkit::db_test!(a_district_knows_its_key_and_whether_anybody_can_come_in, MIGRATIONS, |db| {
    let (vault, other) = (Vault::new(&[1; 32]), Vault::new(&[2; 32]));
    let fits = |key: Option<&Vault>| read(db, |tx| fit(tx, key));
    assert!(!read(db, any_account));
    assert_eq!((fits(Some(&other)), fits(None)), (Fit::Empty, Fit::Empty));
    people(db);
    assert!(read(db, any_account));
    assert_eq!((fits(Some(&vault)), fits(Some(&other)), fits(None)), (Fit::Opens, Fit::Shut, Fit::Shut));
});

#[test]
fn a_new_password_is_long() {
    assert!(Passwords::check_new("四个字不够长").is_err() && Passwords::check_new("eleven char").is_err());
    assert!(Passwords::check_new("twelve chars").is_ok() && Passwords::check_new(&"x".repeat(1025)).is_err());
}

#[test]
fn a_password_matches_itself_alone() {
    let passwords = Passwords::default();
    let hash = passwords.hash("correct horse", [3; 16]).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    assert!(passwords.matches("correct horse", Some(&hash)));
    assert!(!passwords.matches("correct  horse", Some(&hash)));
    assert!(!passwords.matches("decoy", None), "whoever has no password has none that matches");
    assert!(!passwords.matches("x", Some("no hash")));
}

#[test]
fn a_token_survives_its_cookie_and_stays_out_of_logs() {
    let token = Token::new(std::array::from_fn(|i| u8::try_from(i * 7 % 256).unwrap()));
    assert!(Token::parse(&token.text()).unwrap() == token);
    assert!(Token::parse("").is_none() && Token::parse(&"g".repeat(64)).is_none());
    assert_eq!(format!("{token:?}"), "Token(…)");
}
