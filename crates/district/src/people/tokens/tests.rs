//! The contract of personal tokens, on both engines.

use base::{Instant, Uuid};
use db::Db;

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{call, day, read as read_of, write};
use crate::kit::{PersonId, Role, Scope, TownId};
use crate::people::vault::{AddPerson, Vault, put_persons};
use crate::people::{NewAccount, add_accounts, may};

fn wall() -> Instant {
    Instant::at(day("2026-11-23"), 9, 0)
}

fn town(number: u128) -> TownId {
    TownId::from_uuid(Uuid::from_u128(number))
}

fn token(byte: u8) -> Token {
    Token::new([byte; 32])
}

/// An officer of a town, until the end of 2026.
fn officer(db: &Db) -> Actor {
    let person = PersonId::from_uuid(Uuid::from_u128(11));
    let grants = vec![Grant { role: Role::TownOfficer, scope: Scope::Town(town(1)) }];
    let account = write(db, 1, |tx, call| {
        let added = AddPerson { id: person, name: "示例".into(), telephone: None, identity_number: None };
        put_persons(tx, call, &Vault::new(&[1; 32]), &[added])?;
        let new = NewAccount {
            person,
            login: "town".into(),
            password: None,
            demonstration: false,
            grants: grants.clone(),
            valid_from: day("2025-01-01"),
        };
        Ok(add_accounts(tx, call, &[new])?[0])
    });
    Actor::account(account.unwrap(), grants)
}

fn new(scopes: &[TokenScope], last_day: &str) -> NewToken {
    NewToken {
        name: " 夜间导出 ".into(), scopes: scopes.iter().copied().collect(), last_day: day(last_day)
    }
}

fn make(db: &Db, actor: &Actor, byte: u8, new: &NewToken) -> Result<TokenId> {
    db.write(|tx| {
        let mut call = Call::new(actor, call(1).now, 1_000 + u64::from(byte));
        make_token(tx, &mut call, &token(byte), new, wall())
    })
}

fn found(db: &Db, byte: u8, at: Instant) -> Option<Bearer> {
    read_of(db, |tx| find_token(tx, &token(byte), at, at.day()))
}

fn refused(outcome: Result<TokenId>) -> &'static str {
    match outcome {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("{other:?}"),
    }
}

testkit::db_test!(a_token_permits_what_both_its_owner_and_its_scopes_do, MIGRATIONS, |db| {
    let officer = officer(db);
    make(db, &officer, 1, &new(&[TokenScope::Read, TokenScope::Stations], "2026-12-31")).unwrap();
    let bearer = found(db, 1, wall()).unwrap().actor;
    assert_eq!(bearer.account, officer.account);
    let may_here = |action| may(&bearer, action, Scope::Town(town(1)));
    assert!(may_here(Action::RegisterRead) && may_here(Action::StationWrite) && may_here(Action::PublicRead));
    assert!(!may_here(Action::RegisterWrite), "the owner may, the token is not for it");
    assert!(!may_here(Action::PlanAdopt), "neither may");
    assert!(!may(&bearer, Action::StationWrite, Scope::Town(town(2))), "not the owner's town");
    // By a token nobody makes another one, nor sees which there are.
    assert!(matches!(
        make(db, &bearer, 2, &new(&[TokenScope::Read], "2026-12-31")),
        Err(Error::Forbidden(_))
    ));
    assert!(matches!(db.read(|tx| tokens(tx, &bearer)), Err(Error::Forbidden(_))));
});

testkit::db_test!(a_token_holds_through_its_last_day_and_no_longer, MIGRATIONS, |db| {
    let officer = officer(db);
    make(db, &officer, 1, &new(&[TokenScope::Read], "2026-11-24")).unwrap();
    assert!(found(db, 1, Instant::at(day("2026-11-24"), 23, 59)).is_some());
    assert!(found(db, 1, Instant::at(day("2026-11-25"), 0, 0)).is_none());
    assert!(found(db, 2, wall()).is_none(), "another token");
});

testkit::db_test!(a_revoked_token_is_over_at_once, MIGRATIONS, |db| {
    let officer = officer(db);
    let id = make(db, &officer, 1, &new(&[TokenScope::Read], "2026-12-31")).unwrap();
    let revoke = |actor: &Actor| {
        db.write(|tx| revoke_token(tx, &mut Call::new(actor, call(1).now, 2_000), id, wall()))
    };
    let other = Actor::account(AccountId::from_uuid(Uuid::from_u128(5)), officer.grants.clone());
    assert!(matches!(revoke(&other), Err(Error::Absent("token"))), "somebody else's");
    revoke(&officer).unwrap();
    assert!(found(db, 1, wall()).is_none());
    assert!(matches!(revoke(&officer), Err(Error::Absent("token"))));
    let kept = db.read(|tx| tokens(tx, &officer)).unwrap();
    assert!(kept[0].revoked_at.is_some() && !kept[0].holds(wall()));
});

testkit::db_test!(the_last_use_of_a_token_is_noted, MIGRATIONS, |db| {
    let officer = officer(db);
    make(db, &officer, 1, &new(&[TokenScope::Read], "2026-12-31")).unwrap();
    assert!(found(db, 1, wall()).unwrap().used_at.is_none());
    db.write(|tx| touch_token(tx, &token(1), wall())).unwrap();
    assert_eq!(found(db, 1, wall()).unwrap().used_at, Some(wall()));
    // A clock that is behind does not turn it back.
    db.write(|tx| touch_token(tx, &token(1), wall().plus_millis(-1))).unwrap();
    let kept = db.read(|tx| tokens(tx, &officer)).unwrap();
    assert_eq!((kept[0].name.as_str(), kept[0].used_at), ("夜间导出", Some(wall())));
    assert_eq!(kept[0].last_day(), day("2026-12-31"));
});

testkit::db_test!(what_a_token_lacks_is_said, MIGRATIONS, |db| {
    let officer = officer(db);
    let nameless = NewToken { name: " ".into(), ..new(&[TokenScope::Read], "2026-12-31") };
    assert_eq!(refused(make(db, &officer, 1, &nameless)), "people-refused-token-name");
    assert_eq!(refused(make(db, &officer, 1, &new(&[], "2026-12-31"))), "people-refused-token-scopes");
    for bad in ["2026-11-22", "2027-11-25"] {
        let outcome = make(db, &officer, 1, &new(&[TokenScope::Read], bad));
        assert_eq!(refused(outcome), "people-refused-token-end", "{bad}");
    }
    for byte in 1..=u8::try_from(MOST_TOKENS).unwrap() {
        make(db, &officer, byte, &new(&[TokenScope::Read], "2027-11-24")).unwrap();
    }
    let one_more = make(db, &officer, 99, &new(&[TokenScope::Read], "2027-11-24"));
    assert_eq!(refused(one_more), "people-refused-token-many");
    let anyone = make(db, &Actor::anyone(), 99, &new(&[TokenScope::Read], "2027-11-24"));
    assert!(matches!(anyone, Err(Error::Forbidden(Action::TokenWrite))));
});

#[test]
fn a_personal_token_survives_its_text_and_no_cookie_is_one() {
    let secret = token(7);
    assert!(Token::parse_personal(&secret.personal_text()).unwrap() == secret);
    assert!(secret.personal_text().starts_with("lilong_0707"));
    assert!(
        Token::parse_personal(&secret.text()).is_none() && Token::parse(&secret.personal_text()).is_none()
    );
}

#[test]
fn no_token_reveals_a_person_or_hands_out_a_secret() {
    let every: TokenScopes = TokenScope::ALL.into_iter().collect();
    let beyond: Vec<&str> =
        Action::ALL.iter().filter(|action| !every.permit(**action)).map(|action| action.as_str()).collect();
    let reveals = ["person.reveal", "person.own", "person.erase", "home.read", "privacy.read"];
    let secrets =
        ["code.issue", "letter.print", "password.set", "passkey.write", "token.write", "session.start"];
    let program = ["district.begin", "district.name", "district.simulate", "vault.rekey"];
    for action in reveals.into_iter().chain(secrets).chain(program) {
        assert!(beyond.contains(&action), "{action}");
    }
    assert_eq!(TokenScopes::from_text(&every.text()), every);
    assert_eq!(TokenScopes::from_text("read and more").iter().collect::<Vec<_>>(), [TokenScope::Read]);
}

testkit::db_test!(whoever_is_signed_out_by_the_administrator_has_no_token_left, MIGRATIONS, |db| {
    let owner = officer(db);
    make(db, &owner, 7, &new(&[TokenScope::Read], "2026-12-31")).unwrap();
    assert!(found(db, 7, wall()).is_some());
    let account = owner.account.unwrap();
    write(db, 2, |tx, call| crate::people::revoke_sessions(tx, call, account, wall())).unwrap();
    assert!(found(db, 7, wall()).is_none());
});
