//! Three administrators: how they come to be, what each may do, and that none of them is enough alone.

use super::*;
use crate::kit::{Refusal, chain};
use crate::people::vault::masked_name;

fn refused<T: std::fmt::Debug>(outcome: crate::kit::Result<T>) -> &'static str {
    match outcome {
        Err(Error::Refused(Refusal { message, .. })) => message,
        other => panic!("{other:?}"),
    }
}

/// A seed that no other call of this test has: the rows of the audit would have the same ids.
fn seed() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1_000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn code(byte: u8) -> Code {
    Code::new([byte; 20])
}

fn vault() -> Vault {
    Vault::new(&[1; 32])
}

fn beginning() -> Begin {
    let new = |login: &str| NewAdministrator { login: login.into(), name: "示例".into() };
    Begin {
        name: "示范区".into(),
        name_en: "Demo District".into(),
        administrators: [new("system"), new("security"), new("audit")],
        password: "$argon2id$first".into(),
        codes: [code(1), code(2)],
    }
}

fn begin(db: &db::Db) -> AccountId {
    write(db, seed(), |tx, call| begin_district(tx, call, &vault(), &beginning(), wall())).unwrap()
}

fn today() -> base::Day {
    testkit::now().day()
}

fn enrols(db: &db::Db, login: &str, with: &Code, at: Instant) -> Enrolled {
    write(db, seed(), |tx, call| enrol(tx, call, (login, with), "$argon2id$own", at)).unwrap()
}

/// The account of a login, as it acts.
fn actor(db: &db::Db, login: &str) -> Actor {
    found(db, &comes_in(db, login), wall()).map(|session| session.actor()).unwrap()
}

/// Signs in to the account of a login; the session's token.
fn comes_in(db: &db::Db, login: &str) -> Token {
    let (account, _) = read(db, |tx| credential(tx, login, today())).unwrap();
    let token = fresh();
    write(db, seed(), |tx, call| sign_in(tx, call, account, &token, wall())).unwrap();
    token
}

/// A token that no other session has.
fn fresh() -> Token {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed().to_le_bytes());
    Token::new(bytes)
}

fn acts<T>(
    db: &db::Db,
    by: &Actor,
    mut work: impl FnMut(&mut db::Tx<'_>, &mut Call<'_>) -> crate::kit::Result<T>,
) -> crate::kit::Result<T> {
    db.write(|tx| work(tx, &mut Call::new(by, testkit::now(), seed())))
}

testkit::db_test!(a_district_begins_with_three_people_and_takes_no_personal_data_before, MIGRATIONS, |db| {
    let missing = || read(db, |tx| missing_administrators(tx, today()));
    let may_take = || db.read(|tx| may_take_personal_data(tx, today()));
    assert_eq!(missing(), ADMINISTRATORS);
    assert_eq!(refused(may_take()), "people-refused-no-administrators");
    let nameless = Begin { name: " ".into(), ..beginning() };
    let outcome = write(db, seed(), |tx, call| begin_district(tx, call, &vault(), &nameless, wall()));
    assert_eq!(refused(outcome), "people-refused-without-name");
    begin(db);
    assert_eq!(missing(), ADMINISTRATORS[1..]);
    let again = write(db, seed(), |tx, call| begin_district(tx, call, &vault(), &beginning(), wall()));
    assert_eq!(refused(again), "people-refused-begun-already");
    // A code is for its own account, once, and for seven days.
    assert_eq!(enrols(db, "audit", &code(1), wall()), Enrolled::Refused);
    assert_eq!(enrols(db, "nobody", &code(1), wall()), Enrolled::Refused);
    assert_eq!(enrols(db, "security", &code(1), minutes(CODE_DAYS * 1440)), Enrolled::Refused);
    assert!(matches!(enrols(db, " Security", &code(1), wall()), Enrolled::Done(_)));
    assert_eq!(enrols(db, "security", &code(1), wall()), Enrolled::Refused);
    assert_eq!(missing(), ADMINISTRATORS[2..]);
    assert_eq!(refused(may_take()), "people-refused-no-administrators");
    assert!(matches!(enrols(db, "audit", &code(2), wall()), Enrolled::Done(_)));
    may_take().unwrap();
});

testkit::db_test!(an_account_needs_two_administrators_before_anybody_can_use_it, MIGRATIONS, |db| {
    begin(db);
    enrols(db, "security", &code(1), wall());
    enrols(db, "audit", &code(2), wall());
    let [system, security, audit] = ["system", "security", "audit"].map(|login| actor(db, login));
    let command = OpenAccount { login: "Town".into(), name: "示例".into(), telephone: None };
    for by in [&security, &audit] {
        let outcome = acts(db, by, |tx, call| open_account(tx, call, &vault(), &command));
        assert!(matches!(outcome, Err(Error::Forbidden(Action::AccountWrite))));
    }
    let town = acts(db, &system, |tx, call| open_account(tx, call, &vault(), &command)).unwrap();
    let given = Grant { role: Role::TownOfficer, scope: Scope::Town(id(21)) };
    let give = |by: &Actor, to, grant| acts(db, by, |tx, call| give_role(tx, call, to, grant, today()));
    assert!(matches!(give(&system, town, given), Err(Error::Forbidden(Action::GrantWrite))));
    let outcome = acts(db, &system, |tx, call| issue_code(tx, call, town, &code(3), wall()));
    assert!(matches!(outcome, Err(Error::Forbidden(Action::CodeIssue))));
    give(&security, town, given).unwrap();
    assert_eq!(refused(give(&security, town, given)), "people-refused-role-held");
    let above = Grant { role: Role::AuditAdministrator, scope: Scope::District };
    assert_eq!(refused(give(&security, town, above)), "people-refused-roles-together");
    assert_eq!(refused(give(&security, security.account.unwrap(), above)), "people-refused-own-account");
    acts(db, &security, |tx, call| issue_code(tx, call, town, &code(3), wall())).unwrap();
    // A newer code makes the older one void.
    acts(db, &security, |tx, call| issue_code(tx, call, town, &code(4), minutes(1))).unwrap();
    assert_eq!(enrols(db, "town", &code(3), minutes(2)), Enrolled::Refused);
    assert!(matches!(enrols(db, "town", &code(4), minutes(2)), Enrolled::Done(_)));
    let session = comes_in(db, "town");
    assert_eq!(found(db, &session, wall()).unwrap().actor().grants, [given]);
    let sheet =
        db.read(|tx| account_sheet(tx, &audit, Some(&vault()), town, (today(), wall()))).unwrap().unwrap();
    assert_eq!((sheet.name, sheet.sessions, sheet.line.enrolled), (Some(masked_name("示例")), 1, true));
    // Who leaves can do nothing any longer; the last of the three cannot leave.
    acts(db, &system, |tx, call| end_account(tx, call, town, wall())).unwrap();
    assert!(found(db, &session, wall()).is_none());
    let outcome = acts(db, &system, |tx, call| end_account(tx, call, audit.account.unwrap(), wall()));
    assert_eq!(refused(outcome), "people-refused-last-administrator");
    let outcome = acts(db, &system, |tx, call| end_account(tx, call, system.account.unwrap(), wall()));
    assert_eq!(refused(outcome), "people-refused-own-account");
    assert_eq!(read(db, chain::check).broken, None);
});

testkit::db_test!(wrong_passwords_lock_an_account_for_a_while, MIGRATIONS, |db| {
    let account = begin(db);
    let wrong = |at| write(db, seed(), |tx, call| failed(tx, call, account, at)).unwrap();
    let comes_in = |at| write(db, seed(), |tx, call| sign_in(tx, call, account, &fresh(), at));
    for _ in 1..TRIES {
        assert_eq!(wrong(wall()), Failed::Counted);
    }
    // Coming in forgets them; so does a quarter of an hour.
    comes_in(wall()).unwrap();
    for _ in 1..TRIES {
        assert_eq!(wrong(minutes(1)), Failed::Counted);
    }
    assert_eq!(wrong(minutes(17)), Failed::Counted);
    for _ in 2..TRIES {
        assert_eq!(wrong(minutes(18)), Failed::Counted);
    }
    assert_eq!(wrong(minutes(18)), Failed::Locked);
    assert_eq!(refused(comes_in(minutes(20))), "people-refused-credentials");
    assert_eq!(enrols(db, "system", &code(1), minutes(20)), Enrolled::Refused);
    comes_in(minutes(33)).unwrap();
    for _ in 0..TRIES {
        wrong(minutes(40));
    }
    enrols(db, "security", &code(1), minutes(40));
    let security = actor(db, "security");
    acts(db, &security, |tx, call| unlock(tx, call, account)).unwrap();
    comes_in(minutes(41)).unwrap();
});

testkit::db_test!(one_sees_and_ends_ones_own_sessions, MIGRATIONS, |db| {
    let account = begin(db);
    let (one, other) = (token(1), token(2));
    for (token, at) in [(&one, wall()), (&other, minutes(1))] {
        write(db, seed(), |tx, call| sign_in(tx, call, account, token, at)).unwrap();
    }
    let mine = || read(db, |tx| own_sessions(tx, account, Some(&one), minutes(2)));
    let seen: Vec<bool> = mine().iter().map(|session| session.this).collect();
    assert_eq!(seen, [false, true]);
    let me = found(db, &one, minutes(2)).unwrap().actor();
    let key = mine()[0].key.clone();
    let stranger = people(db)[0];
    let stranger = Actor::account(stranger, Vec::new());
    acts(db, &stranger, |tx, call| end_own_session(tx, call, &key, minutes(2))).unwrap();
    assert_eq!(mine().len(), 2, "a session of somebody else stays");
    acts(db, &me, |tx, call| end_own_session(tx, call, &key, minutes(2))).unwrap();
    assert_eq!(mine().len(), 1);
    write(db, seed(), |tx, call| sign_in(tx, call, account, &other, minutes(3))).unwrap_err();
    write(db, seed(), |tx, call| sign_in(tx, call, account, &token(4), minutes(3))).unwrap();
    acts(db, &me, |tx, call| change_password(tx, call, "$argon2id$new", &one, minutes(4))).unwrap();
    assert_eq!(read(db, |tx| own_password(tx, account)).as_deref(), Some("$argon2id$new"));
    assert!(found(db, &one, minutes(4)).is_some() && found(db, &token(4), minutes(4)).is_none());
});

testkit::db_test!(the_audit_is_read_by_its_administrator_and_about_oneself, MIGRATIONS, |db| {
    begin(db);
    enrols(db, "security", &code(1), wall());
    enrols(db, "audit", &code(2), wall());
    let [system, security, audit] = ["system", "security", "audit"].map(|login| actor(db, login));
    let log = |by: &Actor, asked: &Asked| db.read(|tx| audit_log(tx, by, asked, Some(3)));
    for by in [&system, &security] {
        assert!(matches!(log(by, &Asked::default()), Err(Error::Forbidden(Action::AuditRead))));
    }
    let (rows, more) = log(&audit, &Asked::default()).unwrap();
    assert!(rows.len() == 3 && more);
    assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse((row.at, row.id))) && rows[0].number.is_some());
    let asked = Asked { login: Some("Security".into()), action: Some("password.set"), ..Asked::default() };
    let (rows, more) = log(&audit, &asked).unwrap();
    assert_eq!((rows.len(), more, rows[0].fields.as_str()), (1, false, "password"));
    // What a person is revealed is on record about them, as the role and not as the person.
    let person = read(db, |tx| person_of(tx, system.account.unwrap()));
    // A worker of two towns is one reader, and the unit is that of the day.
    let fixture = crate::kit::fixture::district(db);
    let works = |town: usize| Grant { role: Role::CommunityWorker, scope: Scope::Town(fixture.towns[town]) };
    let reader = people(db)[0];
    write(db, seed(), |tx, call| {
        give_role(tx, call, reader, works(0), today())?;
        give_role(tx, call, reader, works(1), today())?;
        Ok(())
    })
    .unwrap();
    let worker = Actor::account(reader, vec![Grant { role: Role::CommunityWorker, scope: Scope::District }]);
    let scope = Scope::District;
    let shown = acts(db, &worker, |tx, call| super::super::vault::reveal(tx, call, &vault(), person, scope));
    assert_eq!(shown.unwrap().name, "示例");
    let mine = read(db, |tx| about(tx, person, 10));
    assert_eq!(mine.len(), 1);
    assert_eq!((mine[0].role.as_str(), mine[0].fields.as_str()), ("community-worker", "name telephone"));
    assert!(mine[0].place.is_some());
});
