//! The contract of passkeys, identities and of what is begun and ended, on both engines.

use base::{Instant, SeededIds};

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{day, read, write};
use crate::kit::{Error, Grant, PersonId, Scope, TownId};
use crate::people::vault::{AddPerson, Vault, put_persons};
use crate::people::{
    Code, IDLE_MILLIS, NewAccount, add_accounts, end_account, failed, find_session, issue_code,
    revoke_sessions, sign_in,
};

fn id<T: crate::kit::Id>(seed: u64) -> T {
    T::from_uuid(base::IdSource::next(&mut SeededIds::new(seed), testkit::now()))
}

fn wall() -> Instant {
    Instant::at(day("2026-01-31"), 9, 0)
}

fn token(byte: u8) -> Token {
    Token::new([byte; 32])
}

/// Two accounts of a town: `first` and `second`.
fn accounts(db: &db::Db) -> [AccountId; 2] {
    let made = write(db, 1, |tx, call| {
        let persons: [PersonId; 2] = [id(11), id(12)];
        let add =
            persons.map(|id| AddPerson { id, name: "示例".into(), telephone: None, identity_number: None });
        put_persons(tx, call, &Vault::new(&[1; 32]), &add)?;
        let account = |at: usize, login: &str| NewAccount {
            person: persons[at],
            login: login.into(),
            password: Some("$argon2id$old".into()),
            demonstration: false,
            grants: vec![Grant { role: Role::TownOfficer, scope: Scope::Town(id::<TownId>(21)) }],
            valid_from: day("2025-01-01"),
        };
        add_accounts(tx, call, &[account(0, "first"), account(1, "second")])
    });
    made.unwrap().try_into().unwrap()
}

fn actor(account: AccountId) -> Actor {
    let grant = Grant { role: Role::TownOfficer, scope: Scope::Town(id::<TownId>(21)) };
    Actor::account(account, vec![grant])
}

/// A writing operation of an account.
fn by<T>(
    db: &db::Db,
    seed: u64,
    account: AccountId,
    work: impl Fn(&mut Tx<'_>, &mut Call<'_>) -> Result<T>,
) -> Result<T> {
    let actor = actor(account);
    write(db, seed, |tx, call| {
        let mut own = call.clone();
        own.actor = &actor;
        work(tx, &mut own)
    })
}

fn new(byte: u8) -> NewPasskey {
    NewPasskey {
        credential_id: vec![byte; 32],
        host: "lilong.example".into(),
        credential: "{}".into(),
        name: " 手机 ".into(),
    }
}

fn shown(db: &db::Db, byte: u8, host: &str, on: &str) -> Option<AccountId> {
    read(db, |tx| find_passkey(tx, &[byte; 32], host, day(on))).map(|found| found.account)
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    match outcome {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("{other:?}"),
    }
}

testkit::db_test!(a_passkey_holds_at_its_host_for_its_account, MIGRATIONS, |db| {
    let [first, second] = accounts(db);
    by(db, 2, first, |tx, call| add_passkey(tx, call, &new(7), wall())).unwrap();
    let own = read(db, |tx| passkeys(tx, first));
    assert_eq!((own.len(), own[0].name.as_str(), own[0].used_at), (1, "手机", None));
    assert_eq!(read(db, |tx| passkeys(tx, second)), []);
    assert_eq!(shown(db, 7, "lilong.example", "2026-01-31"), Some(first));
    assert_eq!(shown(db, 7, "elsewhere.example", "2026-01-31"), None);
    assert_eq!(shown(db, 7, "lilong.example", "2024-12-31"), None, "the account was not there yet");
    let again = by(db, 3, second, |tx, call| add_passkey(tx, call, &new(7), wall()));
    assert_eq!(refused(again), "people-refused-passkey-taken");
    write(db, 4, |tx, _| use_passkey(tx, own[0].id, r#"{"counter":2}"#, wall())).unwrap();
    let found = read(db, |tx| find_passkey(tx, &[7; 32], "lilong.example", day("2026-01-31"))).unwrap();
    assert_eq!(found.credential, r#"{"counter":2}"#);
    assert_eq!(read(db, |tx| passkeys(tx, first))[0].used_at, Some(wall()));
    // Another cannot remove it, and removing what is gone is no error.
    by(db, 5, second, |tx, call| remove_passkey(tx, call, own[0].id)).unwrap();
    assert_eq!(read(db, |tx| passkeys(tx, first)).len(), 1);
    by(db, 6, first, |tx, call| remove_passkey(tx, call, own[0].id)).unwrap();
    by(db, 7, first, |tx, call| remove_passkey(tx, call, own[0].id)).unwrap();
    assert_eq!(shown(db, 7, "lilong.example", "2026-01-31"), None);
});

testkit::db_test!(passkeys_have_a_name_and_are_not_without_number, MIGRATIONS, |db| {
    let [first, _] = accounts(db);
    let named = |name: &str| NewPasskey { name: name.into(), ..new(99) };
    for name in ["", " ", &"长".repeat(PASSKEY_NAME_LENGTH + 1)] {
        let outcome = by(db, 2, first, |tx, call| add_passkey(tx, call, &named(name), wall()));
        assert_eq!(refused(outcome), "people-refused-passkey-name");
    }
    for byte in 0..10 {
        by(db, 10 + u64::from(byte), first, |tx, call| add_passkey(tx, call, &new(byte), wall())).unwrap();
    }
    let eleventh = by(db, 30, first, |tx, call| add_passkey(tx, call, &new(10), wall()));
    assert_eq!(refused(eleventh), "people-refused-passkey-many");
});

testkit::db_test!(a_new_code_and_signing_out_everywhere_remove_passkeys, MIGRATIONS, |db| {
    let [first, second] = accounts(db);
    let security = {
        let grant = Grant { role: Role::SecurityAdministrator, scope: Scope::District };
        Actor::account(second, vec![grant])
    };
    let code = Code::new([1; 20]);
    by(db, 2, first, |tx, call| add_passkey(tx, call, &new(1), wall())).unwrap();
    write(db, 3, |tx, call| {
        let mut own = call.clone();
        own.actor = &security;
        issue_code(tx, &mut own, first, &code, wall())
    })
    .unwrap();
    assert_eq!(read(db, |tx| passkeys(tx, first)).len(), 1, "a code that nobody used changes nothing");
    let enrolled =
        write(db, 4, |tx, call| crate::people::enrol(tx, call, ("first", &code), "$argon2id$new", wall()));
    assert_eq!(enrolled.unwrap(), crate::people::Enrolled::Done(first));
    assert_eq!(read(db, |tx| passkeys(tx, first)), []);
    by(db, 5, first, |tx, call| add_passkey(tx, call, &new(2), wall())).unwrap();
    write(db, 6, |tx, call| {
        let mut own = call.clone();
        own.actor = &security;
        revoke_sessions(tx, &mut own, first, wall())
    })
    .unwrap();
    assert_eq!(read(db, |tx| passkeys(tx, first)), []);
});

testkit::db_test!(a_stranger_cannot_lock_out_whoever_has_a_passkey, MIGRATIONS, |db| {
    let [first, _] = accounts(db);
    for seed in 2..10 {
        write(db, seed, |tx, call| failed(tx, call, first, wall())).unwrap();
    }
    let by_password = write(db, 20, |tx, call| sign_in(tx, call, first, &token(1), wall()));
    assert_eq!(refused(by_password), "people-refused-credentials");
    let role = write(db, 21, |tx, call| sign_in_by(tx, call, (first, "passkey"), &token(2), wall()));
    assert_eq!(role.unwrap(), Role::TownOfficer);
    let day = day("2026-01-31");
    assert!(read(db, |tx| find_session(tx, &token(2), wall(), IDLE_MILLIS, day)).is_some());
});

testkit::db_test!(what_is_begun_is_ended_once_in_time_by_who_began_it, MIGRATIONS, |db| {
    let [first, second] = accounts(db);
    let begin = |byte, account| {
        write(db, 2, |tx, _| {
            begin_ceremony(tx, (Ceremony::Register, &token(byte)), account, "secret", wall())
        })
        .unwrap();
    };
    let end = |kind, byte, account, at| {
        write(db, 3, |tx, _| end_ceremony(tx, (kind, &token(byte)), account, at)).unwrap()
    };
    begin(1, Some(first));
    assert_eq!(end(Ceremony::Register, 1, Some(second), wall()), None);
    assert_eq!(end(Ceremony::Register, 1, None, wall()), None);
    assert_eq!(end(Ceremony::Enter, 1, Some(first), wall()), None);
    assert_eq!(end(Ceremony::Register, 1, Some(first), wall()).as_deref(), Some("secret"));
    assert_eq!(end(Ceremony::Register, 1, Some(first), wall()), None, "a second time");
    begin(2, None);
    assert_eq!(end(Ceremony::Register, 2, None, wall().plus_millis(CEREMONY_MILLIS)), None, "too late");
    assert_eq!(write(db, 4, |tx, _| super::forget_ceremonies(tx, wall())).unwrap(), 0);
    let late = wall().plus_millis(CEREMONY_MILLIS);
    assert_eq!(write(db, 5, |tx, _| super::forget_ceremonies(tx, late)).unwrap(), 1);
});

testkit::db_test!(an_identity_is_bound_by_its_first_coming_and_stays, MIGRATIONS, |db| {
    let [first, second] = accounts(db);
    let holder =
        |subject: &str| read(db, |tx| identity_holder(tx, "https://id.example", subject, day("2026-01-31")));
    let keep = |seed, subject: &str, login: &str| {
        write(db, seed, |tx, call| keep_identity(tx, call, ("https://id.example", subject), login, wall()))
    };
    assert_eq!(holder("a"), IdentityHolder::Nobody);
    assert_eq!(refused(keep(2, "a", "nobody")), "people-refused-identity");
    assert_eq!(keep(3, "a", "First").unwrap(), first);
    assert_eq!(holder("a"), IdentityHolder::Account(first));
    // The word “first” in the hands of another is not the account of the first.
    assert_eq!(refused(keep(4, "b", "first")), "people-refused-identity");
    assert_eq!(keep(5, "b", "second").unwrap(), second);
    assert!(read(db, |tx| identity(tx, first, "https://id.example")));
    assert!(!read(db, |tx| identity(tx, first, "https://other.example")));
    let system =
        Actor::account(second, vec![Grant { role: Role::SystemAdministrator, scope: Scope::District }]);
    write(db, 6, |tx, call| {
        let mut own = call.clone();
        own.actor = &system;
        end_account(tx, &mut own, first, wall())
    })
    .unwrap();
    assert_eq!(holder("a"), IdentityHolder::Ended);
});
