//! The contract of joining, on both engines.

use base::{IdSource as _, Instant, SeededIds};
use db::Db;

mod owners;

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, Fixture, call, day, read, write};
use crate::kit::{Actor, Call, Error, Id, PersonId, Scope};
use crate::people::vault::{Field, Vault, begin_rekey, change_person, index_telephones, reseal};
use crate::people::{Code, IDLE_MILLIS, Session, Token, find_session};
use crate::register::Lives;

const TODAY: &str = "2026-01-31";

fn id<T: Id>(seed: u64) -> T {
    T::from_uuid(SeededIds::new(seed).next(testkit::now()))
}

fn vault() -> Vault {
    Vault::new(&[1; 32])
}

fn wall() -> Instant {
    Instant::at(day("2026-11-23"), 9, 0)
}

fn after(minutes: i64) -> Instant {
    wall().plus_millis(minutes * 60_000)
}

fn token(byte: u8) -> Token {
    Token::new([byte; 32])
}

fn telephone(text: &str) -> Telephone {
    Telephone::parse(text).unwrap()
}

fn code(number: u64) -> TextCode {
    TextCode::new(number.to_ne_bytes())
}

fn message<T: std::fmt::Debug>(outcome: crate::kit::Result<T>) -> &'static str {
    match outcome {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("{other:?}"),
    }
}

/// Those who live in the first building of a community.
fn living(db: &Db, fixture: &Fixture, community: usize) -> Vec<Lives> {
    read(db, |tx| register::lives_in(tx, fixture.communities[community], "1号", day(TODAY), 100))
}

fn listed(db: &Db, person: PersonId, number: &str) {
    write(db, 50, |tx, call| change_person(tx, call, &vault(), person, [None, Some(number), None])).unwrap();
}

/// Shows a telephone to be one's own: a proof that holds.
fn proof(db: &Db, number: &str, byte: u8, at: Instant) -> Proof {
    let (it, sent) = (Proof { telephone: telephone(number), token: token(byte) }, code(123_456));
    let seed = u64::from(byte) * 7;
    write(db, seed, |tx, call| ask_code(tx, call, &vault(), &it.telephone, &sent, at)).unwrap();
    let proved = write(db, seed + 1, |tx, call| prove(tx, call, &vault(), &it, &sent, at)).unwrap();
    assert_eq!(proved, Proved::Done);
    it
}

fn comes_in(db: &Db, proof: &Proof, byte: u8, at: Instant) -> crate::kit::Result<CameIn> {
    write(db, 900 + u64::from(byte), |tx, call| come_in(tx, call, &vault(), proof, &token(byte), at))
}

fn session(db: &Db, byte: u8, at: Instant, on: &str) -> Option<Session> {
    read(db, |tx| find_session(tx, &token(byte), at, IDLE_MILLIS, day(on)))
}

testkit::db_test!(a_telephone_is_sent_few_codes_and_a_code_is_tried_few_times, MIGRATIONS, |db| {
    let (vault, one) = (vault(), telephone("19900001234"));
    let mut seed = 100;
    let mut ask = |at: Instant| {
        seed += 1;
        write(db, seed, |tx, call| ask_code(tx, call, &vault, &one, &code(7), at))
    };
    let first = ask(wall()).unwrap();
    assert_eq!(message(ask(wall())), "joining-refused-wait");
    // What could not be sent may be asked for again at once.
    write(db, 90, |tx, call| unsent(tx, call, first, wall())).unwrap();
    ask(wall()).unwrap();
    for minute in 1..4 {
        ask(after(minute)).unwrap();
    }
    assert_eq!(message(ask(after(4))), "joining-refused-wait", "five an hour");
    for minute in 0..5 {
        ask(after(70 + minute)).unwrap();
    }
    assert_eq!(message(ask(after(140))), "joining-refused-wait", "ten a day");
    ask(after(25 * 60)).unwrap();

    let at = after(25 * 60);
    let held = Proof { telephone: one.clone(), token: token(1) };
    let seed = std::cell::Cell::new(300);
    let prove = |typed: u64, at| {
        seed.set(seed.get() + 1);
        write(db, seed.get(), |tx, call| prove(tx, call, &vault, &held, &code(typed), at)).unwrap()
    };
    assert_eq!(prove(7, at.plus_millis(CODE_MILLIS)), Proved::Refused, "too old");
    for _ in 0..CODE_TRIES {
        assert_eq!(prove(8, at), Proved::Refused);
    }
    assert_eq!(prove(7, at), Proved::Refused, "tried too often");
    ask(after(25 * 60 + 2)).unwrap();
    assert_eq!(prove(7, after(25 * 60 + 2)), Proved::Done);
    assert_eq!(prove(7, after(25 * 60 + 2)), Proved::Refused, "used");
    let proven = |at: Instant, number: &str| {
        let proof = Proof { telephone: telephone(number), token: token(1) };
        db.read(|tx| telephones::proven(tx, &vault, &proof, at))
    };
    assert!(proven(after(25 * 60 + 3), "19900001234").is_ok());
    assert_eq!(message(proven(after(25 * 60 + 3), "19900001235")), "joining-refused-proof");
    assert_eq!(message(proven(after(25 * 60 + 40), "19900001234")), "joining-refused-proof");
    // Neither number nor code is kept, and after two days nothing.
    let forgotten = |at| write(db, 92, |tx, _| telephones::forget_codes(tx, at)).unwrap();
    assert_eq!((forgotten(after(26 * 60)), forgotten(after(100 * 60))), (0, 12));
});

testkit::db_test!(a_resident_of_the_lease_list_is_one_until_the_stay_ends, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let lives = living(db, &fixture, 0);
    listed(db, lives[0].person, "+86 199 0000 1234");
    let proof = proof(db, "19900001234", 1, wall());
    assert_eq!(comes_in(db, &proof, 2, wall()).unwrap(), CameIn::In(Role::Resident));
    assert_eq!(
        comes_in(db, &proof, 3, wall()).unwrap(),
        CameIn::In(Role::Resident),
        "the account it has now"
    );
    let found = session(db, 2, wall(), TODAY).unwrap();
    let community = fixture.communities[0];
    let scope = Scope::Community { town: fixture.towns[0], grid: Some(fixture.grids[0]), community };
    assert_eq!(found.grants, [Grant { role: Role::Resident, scope }]);
    assert_eq!(found.account, session(db, 3, wall(), TODAY).unwrap().account);
    assert_eq!(found.person, lives[0].person);
    let home = read(db, |tx| my_home(tx, &found.actor(), day(TODAY)));
    assert_eq!((home.homes[0].numbers.1.as_str(), home.homes[0].to, home.by_telephone), ("101", None, true));
    // The household moves out: on that day nothing has to be run.
    write(db, 60, |tx, call| register::end_tenancies(tx, call, &[(lives[0].tenancy, day("2026-02-10"))]))
        .unwrap();
    assert!(session(db, 2, wall(), "2026-02-09").is_some());
    assert!(session(db, 2, wall(), "2026-02-10").is_none());
    let later = Instant::at(day("2026-02-10"), 8, 0);
    let program = Actor::program();
    let over =
        db.write(|tx| come_in(tx, &mut Call::new(&program, later, 61), &vault(), &proof, &token(4), wall()));
    assert_eq!(over.unwrap(), CameIn::Unknown(None));
});

testkit::db_test!(a_telephone_of_two_enters_one_account_and_the_other_has_a_letter, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let lives = living(db, &fixture, 0);
    for it in &lives[..2] {
        listed(db, it.person, "19900001234");
    }
    let proof = proof(db, "19900001234", 1, wall());
    assert_eq!(comes_in(db, &proof, 2, wall()).unwrap(), CameIn::Several);
    let letter = |person: PersonId| Code::new([u8::try_from(person.uuid().as_u128() % 200).unwrap(); 20]);
    let to = Addressed { community: fixture.communities[0], building: "1号", flat: Some("101") };
    write(db, 70, |tx, call| print_letters(tx, call, to, &letter, wall())).unwrap();
    let joins = |person: PersonId, way_in: &WayIn, byte: u8| {
        write(db, 70 + u64::from(byte), |tx, call| {
            join_by_letter(tx, call, &vault(), (&letter(person), way_in), &token(byte), wall())
        })
    };
    let by_telephone = WayIn::Telephone(proof.clone());
    assert_eq!(joins(lives[0].person, &by_telephone, 3).unwrap(), Role::Resident);
    assert_eq!(message(joins(lives[1].person, &by_telephone, 4)), "joining-refused-telephone-shared");
    let password = |login: &str| WayIn::Password { login: login.into(), hash: "$argon2id$".into() };
    assert_eq!(message(joins(lives[1].person, &password("19900001234"), 5)), "joining-refused-login-number");
    assert_eq!(joins(lives[1].person, &password("second"), 6).unwrap(), Role::Resident);
    let people = [3, 6].map(|byte| session(db, byte, wall(), TODAY).unwrap().person);
    assert_eq!(people, [lives[0].person, lives[1].person]);
    // The telephone still enters the first.
    comes_in(db, &proof, 7, wall()).unwrap();
    assert_eq!(session(db, 7, wall(), TODAY).unwrap().person, lives[0].person);
});

testkit::db_test!(
    a_letter_is_used_once_while_its_stay_lasts_and_no_newer_one_was_printed,
    MIGRATIONS,
    |db| {
        let fixture = fixture::district(db);
        let lives = living(db, &fixture, 0);
        let make = |n: u8| {
            move |person: PersonId| {
                let mut bytes = [n; 20];
                bytes[..16].copy_from_slice(person.uuid().as_bytes());
                Code::new(bytes)
            }
        };
        let to = Addressed { community: fixture.communities[0], building: "1号", flat: None };
        let worker = |grid: usize| {
            let scope = Scope::Grid { town: fixture.towns[0], grid: fixture.grids[grid] };
            Actor::account(id(77), vec![Grant { role: Role::CommunityWorker, scope }])
        };
        let prints = |actor: &Actor, n: u8, to: Addressed<'_>| {
            db.write(|tx| {
                print_letters(
                    tx,
                    &mut Call::new(actor, testkit::now(), 80 + u64::from(n)),
                    to,
                    &make(n),
                    wall(),
                )
            })
        };
        assert!(matches!(prints(&worker(1), 1, to), Err(Error::Forbidden(_))), "of another grid");
        let none = Addressed { building: "9号", ..to };
        assert_eq!(message(prints(&Actor::program(), 1, none)), "joining-refused-no-letters");
        prints(&Actor::program(), 1, to).unwrap();
        prints(&Actor::program(), 2, Addressed { flat: Some("101"), ..to }).unwrap();
        let letters = |n: u8| {
            read(db, |tx| letters_of(tx, &Actor::program(), &vault(), to, &make(n), day(TODAY))).len()
        };
        assert_eq!((letters(1), letters(2)), (lives.len() - 2, 2), "those of the first flat are void");
        let joins = |n: u8, lives: &Lives, login: &str, at: Instant, now: Instant| {
            let way_in = WayIn::Password { login: login.into(), hash: "$argon2id$".into() };
            let program = Actor::program();
            db.write(|tx| {
                let call = &mut Call::new(&program, now, 90 + u64::from(login.as_bytes()[0]));
                join_by_letter(
                    tx,
                    call,
                    &vault(),
                    (&make(n)(lives.person), &way_in),
                    &token(login.as_bytes()[0]),
                    at,
                )
            })
        };
        let now = testkit::now();
        let late = wall().plus_millis(LETTER_DAYS * 86_400_000);
        assert_eq!(message(joins(1, &lives[0], "void", wall(), now)), "joining-refused-letter");
        assert_eq!(message(joins(2, &lives[0], "late", late, now)), "joining-refused-letter");
        assert_eq!(joins(2, &lives[0], "anna", wall(), now).unwrap(), Role::Resident);
        assert_eq!(message(joins(2, &lives[0], "again", wall(), now)), "joining-refused-letter");
        write(db, 60, |tx, call| register::end_tenancies(tx, call, &[(lives[2].tenancy, day("2026-02-10"))]))
            .unwrap();
        let moved = Instant::at(day("2026-02-10"), 8, 0);
        assert_eq!(message(joins(1, &lives[2], "moved", wall(), moved)), "joining-refused-letter");
        // Whoever has an account needs no letter with the others of the building, and a new way in with one of their own.
        prints(&Actor::program(), 3, to).unwrap();
        assert_eq!(letters(3), lives.len() - 1);
        prints(&Actor::program(), 4, Addressed { flat: Some("101"), ..to }).unwrap();
        assert_eq!(joins(4, &lives[0], "bella", wall(), now).unwrap(), Role::Resident);
        assert!(session(db, b'a', wall(), TODAY).is_none(), "signed out");
        let [new, old] =
            ["bella", "anna"].map(|login| read(db, |tx| crate::people::credential(tx, login, day(TODAY))));
        assert!(new.is_some() && old.is_none());
    }
);

testkit::db_test!(a_worker_confirms_who_lives_here_and_nobody_else_sees_it, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let lives = living(db, &fixture, 0);
    let proof = proof(db, "19900001234", 1, wall());
    let asks = |seed: u64, way_in: WayIn| {
        let ask = AskToJoin {
            name: "张示例".into(),
            community: fixture.communities[0],
            building: "1号".into(),
            flat: "101".into(),
            way_in,
        };
        write(db, seed, |tx, call| ask_to_join(tx, call, &vault(), &ask, wall()))
    };
    let by_telephone = || WayIn::Telephone(proof.clone());
    asks(10, by_telephone()).unwrap();
    let wish = asks(11, by_telephone()).unwrap();
    assert_eq!(comes_in(db, &proof, 2, wall()).unwrap(), CameIn::Unknown(Some(Waiting::Since(wall()))));
    let role = |role, grid: usize| {
        let scope = Scope::Grid { town: fixture.towns[0], grid: fixture.grids[grid] };
        Actor::account(id(1), vec![Grant { role, scope }])
    };
    let (here, elsewhere) = (role(Role::CommunityWorker, 0), role(Role::CommunityWorker, 1));
    let days = (day(TODAY), wall());
    let lines = |actor: &Actor| read(db, |tx| join_requests(tx, actor, days)).len();
    assert_eq!(
        (lines(&here), lines(&elsewhere), lines(&role(Role::Operator, 0))),
        (1, 0, 0),
        "the first was replaced"
    );
    let sheet = |actor: &Actor| db.read(|tx| join_sheet(tx, actor, &vault(), wish, days));
    assert!(matches!(sheet(&elsewhere), Err(Error::Forbidden(_))));
    let found = sheet(&here).unwrap();
    assert_eq!((found.name.as_str(), found.telephone.as_deref()), ("张**", Some("199****1234")));
    assert_eq!(
        found.living.iter().map(|it| it.person).collect::<Vec<_>>(),
        [lives[0].person, lives[1].person]
    );
    let by = |actor: &Actor, seed: u64, whom: Whom| {
        db.write(|tx| {
            confirm_join(tx, &mut Call::new(actor, testkit::now(), seed), &vault(), (wish, whom), wall())
        })
    };
    assert!(matches!(by(&elsewhere, 12, Whom::Living(lives[0].person)), Err(Error::Forbidden(_))));
    assert!(matches!(by(&here, 13, Whom::Living(lives[3].person)), Err(Error::Absent(_))), "of another flat");
    assert!(
        matches!(by(&here, 14, Whom::New(lives[0].tenancy)), Err(Error::Forbidden(_))),
        "changes the register"
    );
    by(&here, 15, Whom::Living(lives[1].person)).unwrap();
    assert_eq!(lines(&here), 0);
    assert!(matches!(by(&here, 16, Whom::Living(lives[1].person)), Err(Error::Absent(_))), "decided already");
    assert_eq!(comes_in(db, &proof, 3, wall()).unwrap(), CameIn::In(Role::Resident));
    assert_eq!(session(db, 3, wall(), TODAY).unwrap().person, lives[1].person);
    // What was asked with is known once: of the person who lives there.
    let known =
        read(db, |tx| crate::people::vault::persons_of_telephone(tx, &vault(), &telephone("19900001234")));
    assert_eq!(known, [lives[1].person]);
});

testkit::db_test!(who_is_new_moves_in_and_a_wish_is_forgotten_after_a_month, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let lives = living(db, &fixture, 0);
    let asks = |seed: u64, login: &str| {
        let way_in = WayIn::Password { login: login.into(), hash: "$argon2id$".into() };
        let (name, community) = ("李示例".to_owned(), fixture.communities[0]);
        let ask = AskToJoin { name, community, building: "1号".into(), flat: "101".into(), way_in };
        write(db, seed, |tx, call| ask_to_join(tx, call, &vault(), &ask, wall()))
    };
    let (one, two) = (asks(10, "one").unwrap(), asks(11, "two").unwrap());
    assert_eq!(message(asks(12, "Two")), "people-refused-login-taken");
    let town = vec![Grant { role: Role::TownOfficer, scope: Scope::Town(fixture.towns[0]) }];
    let town = Actor::account(id(1), town);
    let residents = || read(db, |tx| register::counts(tx, fixture.communities[0], day(TODAY))).residents;
    let before = residents();
    let whom = Whom::New(lives[0].tenancy);
    db.write(|tx| confirm_join(tx, &mut Call::new(&town, testkit::now(), 13), &vault(), (one, whom), wall()))
        .unwrap();
    assert_eq!(residents(), before + 1);
    let account = read(db, |tx| crate::people::credential(tx, "one", day(TODAY))).unwrap().0;
    let role = write(db, 14, |tx, call| crate::people::sign_in(tx, call, account, &token(9), wall()));
    assert_eq!(role.unwrap(), Role::Resident);
    let refuses = |seed: u64, reason: &str| {
        db.write(|tx| refuse_join(tx, &mut Call::new(&town, testkit::now(), seed), (two, reason), wall()))
    };
    assert_eq!(message(refuses(15, " ")), "joining-refused-reason");
    refuses(16, "请带租赁合同来").unwrap();
    let forget = |at| write(db, 17, |tx, call| crate::people::forget_traces(tx, call, at)).unwrap();
    assert_eq!(forget(after(REQUEST_DAYS * 24 * 60 - 1)), 0);
    let person = session(db, 9, wall(), TODAY).unwrap().person;
    assert!(forget(after(REQUEST_DAYS * 24 * 60 + 1)) >= 2);
    let name = |person| read(db, |tx| crate::people::vault::read(tx, &vault(), person, Field::Name));
    assert_eq!(name(person).as_deref(), Some("李示例"), "lives here");
    // Whoever did not become a resident is forgotten by name.
    let named = read(db, |tx| {
        let rows = tx.query(&crate::people::store::SEALED_AFTER, db::params![id::<PersonId>(0), 10_000])?;
        rows.into_iter().map(|mut row| Ok(row.get(0)?)).collect::<crate::kit::Result<Vec<PersonId>>>()
    });
    assert_eq!(named.into_iter().filter(|it| name(*it).as_deref() == Some("李示例")).count(), 1);
});

testkit::db_test!(a_telephone_is_found_while_keys_change_and_in_a_district_from_before, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let person = living(db, &fixture, 0)[0].person;
    listed(db, person, "19900001234");
    let found = |vault: &Vault| {
        read(db, |tx| crate::people::vault::persons_of_telephone(tx, vault, &telephone("19900001234")))
    };
    let (both, new) = (Vault::with_older(&[2; 32], &[[1; 32]]), Vault::new(&[2; 32]));
    assert_eq!((found(&both), found(&new)), (vec![person], vec![]));
    let first = PersonId::from_uuid(base::Uuid::nil());
    write(db, 30, |tx, call| begin_rekey(tx, call, &both)).unwrap();
    let mut last = first;
    while let Some((next, _)) = write(db, 31, |tx, call| reseal(tx, call, &both, last)).unwrap() {
        last = next;
    }
    assert_eq!((found(&both), found(&new), found(&vault())), (vec![person], vec![person], vec![]));
    // From before there was an index: it is made, once.
    write(db, 32, |tx, _| {
        let none = db::Value::Null;
        Ok(tx.execute(&crate::people::vault::store::CHANGE_INDEX, db::params![person, none])?)
    })
    .unwrap();
    assert_eq!(found(&new), []);
    let index = |seed, after| write(db, seed, |tx, call| index_telephones(tx, call, &new, after)).unwrap();
    assert_eq!((index(33, first), index(34, first)), (Some(person), None));
    assert_eq!(found(&new), [person]);
});

testkit::db_test!(a_resident_changes_the_telephone_by_showing_it_and_leaves_at_will, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let lives = living(db, &fixture, 0);
    listed(db, lives[0].person, "19900001234");
    let old = proof(db, "19900001234", 1, wall());
    comes_in(db, &old, 2, wall()).unwrap();
    let me = session(db, 2, wall(), TODAY).unwrap().actor();
    let acts = |seed| Call::new(&me, testkit::now(), seed);
    let typed = db.write(|tx| crate::people::correct_telephone(tx, &mut acts(40), &vault(), "19900009999"));
    assert_eq!(message(typed), "joining-refused-own-telephone");
    let new = proof(db, "19900009999", 3, wall());
    db.write(|tx| change_telephone(tx, &mut acts(41), &vault(), &new, wall())).unwrap();
    assert_eq!(comes_in(db, &old, 4, wall()).unwrap(), CameIn::Unknown(None));
    assert_eq!(comes_in(db, &new, 5, wall()).unwrap(), CameIn::In(Role::Resident));
    db.write(|tx| withdraw(tx, &mut acts(42), wall())).unwrap();
    assert!(session(db, 5, wall(), TODAY).is_none());
    assert_eq!(call(1).today(), day(TODAY));
});
