use std::collections::BTreeSet;

use base::Instant;
use db::{Db, Tx, params};

use super::outbox::State;
use super::*;
use crate::kit::fixture::{self, ADMINISTRATION, Fixture, day, write};
use crate::kit::{AccountId, Actor, Call, Error, Grant, OutboxId, PersonId, Result, Role, Scope};
use crate::people::vault::{AddPerson, Vault, add_persons};
use crate::people::{NewAccount, add_accounts, end_account, erase_person, forget_traces, give_role};

fn vault() -> Vault {
    Vault::new(&[1; 32])
}

fn wall() -> Instant {
    testkit::now()
}

/// An account of a role over a place, whose person has a telephone.
fn account(db: &Db, seed: u64, role: Role, scope: Scope) -> (Actor, PersonId) {
    let made = write(db, seed, |tx, call| {
        let person: PersonId = call.id();
        let telephone = Some("19900001234".to_owned());
        let add = AddPerson { id: person, name: "示例".into(), telephone, identity_number: None };
        add_persons(tx, call, &vault(), &[add])?;
        let grants = vec![Grant { role, scope }];
        let new = NewAccount {
            person,
            login: format!("account-{seed}"),
            password: None,
            demonstration: false,
            grants: grants.clone(),
            valid_from: day("2025-01-01"),
        };
        let ids = add_accounts(tx, call, &[new])?;
        Ok((Actor::account(ids[0], grants), person))
    });
    made.unwrap()
}

fn as_actor<T>(
    db: &Db,
    actor: &Actor,
    seed: u64,
    mut work: impl FnMut(&mut Tx<'_>, &mut Call<'_>) -> Result<T>,
) -> Result<T> {
    db.write(|tx| work(tx, &mut Call::new(actor, testkit::now(), seed)))
}

fn chased(count: i64, to: Vec<To>) -> Notice {
    let about = About { count, ..About::one(Thing::Gaps, base::Uuid::from_u128(5), "310112107") };
    Notice { kind: Kind::GapChased, about, to }
}

fn read_inbox(db: &Db, actor: &Actor) -> Inbox {
    fixture::read(db, |tx| inbox(tx, actor, InboxAsked::default(), 10))
}

/// A system administrator and what they see of the outbox: channel, state, tries.
fn system() -> Actor {
    let grant = Grant { role: Role::SystemAdministrator, scope: Scope::District };
    Actor::account(AccountId::from_uuid(base::Uuid::from_u128(77)), vec![grant])
}

fn rows(db: &Db) -> Vec<OutboxLine> {
    fixture::read(db, |tx| outbox(tx, &system(), OutboxAsked::default(), 100)).0
}

fn claims(db: &Db, seed: u64, at: Instant) -> Vec<Claimed> {
    write(db, seed, |tx, call| claim(tx, call, &vault(), &Channel::ALL, at)).unwrap()
}

fn settles(db: &Db, seed: u64, claimed: &Claimed, result: Result<Option<u16>, Unsent>, at: Instant) {
    let outcome = Outcome { result, began: at, ended: at.plus_millis(12) };
    write(db, seed, |tx, call| settle(tx, call, claimed, &outcome)).unwrap();
}

fn webhook(db: &Db, seed: u64) -> crate::kit::WebhookId {
    let new = NewWebhook { url: "https://hooks.example/lilong".into(), kinds: vec![Kind::GapChased] };
    as_actor(db, &system(), seed, |tx, call| add_webhook(tx, call, &vault(), &new, &Secret::new([9; 32])))
        .unwrap()
}

testkit::db_test!(whoever_holds_the_role_over_the_place_is_told_and_nobody_else, crate::MIGRATIONS, |db| {
    let Fixture { towns, .. } = fixture::district(db);
    let (mine, _) = account(db, 31, Role::TownOfficer, Scope::Town(towns[0]));
    let (other, _) = account(db, 32, Role::TownOfficer, Scope::Town(towns[1]));
    let (officer, _) = account(db, 33, Role::DistrictOfficer, Scope::District);
    let to = vec![To::Role(Role::TownOfficer, Scope::Town(towns[0])), To::Account(officer.account.unwrap())];
    as_actor(db, &officer, 34, |tx, call| tell(tx, call, &[chased(3, to.clone())])).unwrap();
    let told = read_inbox(db, &mine);
    assert_eq!((told.unread, told.lines.len()), (1, 1));
    assert_eq!((told.lines[0].kind, told.lines[0].about.count), (Kind::GapChased, 3));
    assert_eq!(read_inbox(db, &other).lines.len(), 0);
    assert_eq!(read_inbox(db, &officer).lines.len(), 0, "nobody is told of what they did themselves");
    assert!(rows(db).is_empty(), "nobody has chosen another way");

    // Read once, and nothing that came after what was seen.
    as_actor(db, &mine, 35, |tx, call| mark_read(tx, call, told.lines[0].id)).unwrap();
    assert_eq!(read_inbox(db, &mine).unread, 0);
    let theirs = as_actor(db, &other, 36, |tx, call| mark_read(tx, call, told.lines[0].id));
    assert!(matches!(theirs, Err(Error::Absent("notice"))));
    let everyone = vec![To::Everyone(Role::TownOfficer)];
    write(db, 37, |tx, call| tell(tx, call, &[chased(1, everyone.clone())])).unwrap();
    let before = testkit::now().plus_millis(-1);
    as_actor(db, &mine, 38, |tx, call| mark_all_read(tx, call, before)).unwrap();
    assert_eq!((read_inbox(db, &mine).unread, read_inbox(db, &other).unread), (1, 1));
    as_actor(db, &mine, 39, |tx, call| mark_all_read(tx, call, testkit::now())).unwrap();
    assert_eq!((read_inbox(db, &mine).unread, read_inbox(db, &other).unread), (0, 1));
    let unread = InboxAsked { unread: true, ..InboxAsked::default() };
    assert!(fixture::read(db, |tx| inbox(tx, &mine, unread, 10)).lines.is_empty());
    let kind = InboxAsked { kind: Some(Kind::RoleGiven), ..InboxAsked::default() };
    assert!(fixture::read(db, |tx| inbox(tx, &mine, kind, 10)).lines.is_empty());
    assert!(db.read(|tx| inbox(tx, &Actor::anyone(), unread, 10)).is_err());
});

testkit::db_test!(nothing_is_told_of_what_was_not_committed, crate::MIGRATIONS, |db| {
    let Fixture { towns, .. } = fixture::district(db);
    let (mine, _) = account(db, 31, Role::TownOfficer, Scope::Town(towns[0]));
    webhook(db, 32);
    let broken: Result<()> = write(db, 33, |tx, call| {
        tell(tx, call, &[chased(3, vec![To::Everyone(Role::TownOfficer)])])?;
        Err(Error::Absent("anything"))
    });
    assert!(broken.is_err());
    assert!(rows(db).is_empty() && read_inbox(db, &mine).lines.is_empty());
});

testkit::db_test!(a_message_is_sent_by_the_ways_that_were_chosen, crate::MIGRATIONS, |db| {
    let Fixture { towns, .. } = fixture::district(db);
    let (mine, person) = account(db, 31, Role::TownOfficer, Scope::Town(towns[0]));
    let chosen: BTreeSet<_> = Channel::CHOSEN.map(|channel| (Kind::GapChased, channel)).into();
    as_actor(db, &mine, 32, |tx, call| choose(tx, call, &chosen)).unwrap();
    assert_eq!(fixture::read(db, |tx| choices(tx, &mine)), chosen);
    let not_theirs = BTreeSet::from([(Kind::BackupFailed, Channel::Mail)]);
    assert!(as_actor(db, &mine, 33, |tx, call| choose(tx, call, &not_theirs)).is_err());

    let address = Address::parse("zhang@example.org").unwrap();
    let code = as_actor(db, &mine, 34, |tx, call| ask_mail(tx, call, &vault(), &address, wall())).unwrap();
    let [asked] = &claims(db, 35, wall())[..] else { panic!("the code waits") };
    assert_eq!(asked.to, Destination::Mail(address.clone(), Some(code.clone())));
    settles(db, 36, asked, Ok(Some(250)), wall());
    let types = |seed, code: &str| {
        as_actor(db, &mine, seed, |tx, call| confirm_mail(tx, call, &vault(), code, wall())).unwrap()
    };
    let wrong = if code.text() == "000000" { "000001" } else { "000000" };
    assert!(!types(37, wrong));
    // Before it is confirmed nothing else goes there.
    write(db, 38, |tx, call| tell(tx, call, &[chased(2, vec![To::Everyone(Role::TownOfficer)])])).unwrap();
    let to: Vec<Destination> = claims(db, 39, wall()).into_iter().map(|claimed| claimed.to).collect();
    assert_eq!(to.len(), 3);
    assert!(to.contains(&Destination::Nobody) && to.contains(&Destination::Chat("account-31".into())));
    assert!(to.iter().any(|to| matches!(to, Destination::Telephone(it) if it.digits() == "19900001234")));
    assert!(types(40, &format!(" {} ", code.text())));
    let mail = fixture::read(db, |tx| own_mail(tx, &mine, &vault())).unwrap();
    assert!(mail.confirmed && mail.address == address);
    let later = wall().plus_millis(LEASE_MILLIS);
    let to: Vec<Destination> = claims(db, 41, later).into_iter().map(|claimed| claimed.to).collect();
    assert!(to.contains(&Destination::Mail(address, None)));

    // Of a person who is told: by their telephone and in the inbox of their account.
    let about = About::one(Thing::Home, person.uuid(), "");
    let notice = Notice { kind: Kind::JoinConfirmed, about, to: vec![To::Person(person)] };
    write(db, 42, |tx, call| tell(tx, call, std::slice::from_ref(&notice))).unwrap();
    assert!(read_inbox(db, &mine).lines.iter().any(|line| line.kind == Kind::JoinConfirmed));
    assert_eq!(rows(db).iter().filter(|it| it.kind == Kind::JoinConfirmed).count(), 1);
});

testkit::db_test!(codes_of_an_address_are_few_and_tries_are_counted, crate::MIGRATIONS, |db| {
    let Fixture { towns, .. } = fixture::district(db);
    let (mine, _) = account(db, 31, Role::TownOfficer, Scope::Town(towns[0]));
    let address = Address::parse("zhang@example.org").unwrap();
    let asks = |seed| as_actor(db, &mine, seed, |tx, call| ask_mail(tx, call, &vault(), &address, wall()));
    let mut code = asks(40).unwrap();
    for seed in 41..40 + u64::try_from(MAIL_CODES).unwrap() {
        code = asks(seed).unwrap();
    }
    assert!(matches!(asks(60), Err(Error::Refused(it)) if it.message == "notices-refused-mail-often"));
    let wrong = if code.text() == "000000" { "000001" } else { "000000" };
    let types = |seed, code: &str, at| {
        as_actor(db, &mine, seed, |tx, call| confirm_mail(tx, call, &vault(), code, at)).unwrap()
    };
    assert!(!types(69, code.text(), wall().plus_millis(MAIL_CODE_MILLIS)), "too late");
    for seed in 70..70 + u64::try_from(MAIL_TRIES).unwrap() {
        assert!(!types(seed, wrong, wall()));
    }
    assert!(!types(90, code.text(), wall()), "tried too often");
    // Codes that were replaced go to nobody.
    let to: Vec<Destination> = claims(db, 91, wall()).into_iter().map(|claimed| claimed.to).collect();
    assert_eq!(to.iter().filter(|to| matches!(to, Destination::Mail(_, Some(_)))).count(), 1);
    as_actor(db, &mine, 92, forget_mail).unwrap();
    assert!(fixture::read(db, |tx| own_mail(tx, &mine, &vault())).is_none());
});

testkit::db_test!(
    who_dies_between_sending_and_writing_it_down_sends_again_with_the_same_id,
    crate::MIGRATIONS,
    |db| {
        fixture::district(db);
        webhook(db, 31);
        write(db, 32, |tx, call| tell(tx, call, &[chased(2, Vec::new())])).unwrap();
        assert!(fixture::read(db, |tx| due(tx, &Channel::ALL, wall())));
        assert!(!fixture::read(db, |tx| due(tx, &[Channel::Mail], wall())), "another channel");
        let first = claims(db, 33, wall());
        let [first] = &first[..] else { panic!("one message") };
        assert!(matches!(&first.to, Destination::Webhook(url, secrets)
        if url == "https://hooks.example/lilong" && secrets.len() == 1));
        // It was sent, and nobody wrote that down: within the lease it is nobody else's.
        assert!(claims(db, 34, wall().plus_millis(LEASE_MILLIS - 1)).is_empty());
        let after = wall().plus_millis(LEASE_MILLIS);
        let again = claims(db, 35, after);
        assert_eq!((again[0].id, again[0].tries), (first.id, 2));
        settles(db, 36, &again[0], Ok(Some(204)), after);
        assert_eq!(rows(db)[0].state, State::Sent);
        assert!(claims(db, 37, after.plus_millis(LEASE_MILLIS)).is_empty());
        // The first comes back late and says that it failed: it was sent.
        settles(db, 38, first, Err(Why::Timeout.into()), after);
        assert_eq!(rows(db)[0].state, State::Sent);
    }
);

testkit::db_test!(
    a_receiver_that_is_down_is_tried_less_and_less_often_then_given_up_and_sent_by_hand,
    crate::MIGRATIONS,
    |db| {
        fixture::district(db);
        let hook = webhook(db, 31);
        write(db, 32, |tx, call| tell(tx, call, &[chased(2, Vec::new())])).unwrap();
        let failed = Err(Unsent { why: Why::Answer, status: Some(503) });
        let mut at = wall();
        let mut waits = Vec::new();
        for seed in 0..u64::try_from(MOST_TRIES).unwrap() {
            let claimed = claims(db, 100 + seed, at);
            settles(db, 200 + seed, &claimed[0], failed, at);
            let line = &rows(db)[0];
            if line.state == State::GivenUp {
                break;
            }
            waits.push(line.next.millis() - at.millis());
            assert!(claims(db, 300 + seed, line.next.plus_millis(-1)).is_empty());
            at = line.next;
        }
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]) && waits.len() == 9, "{waits:?}");
        let id = rows(db)[0].id;
        let (line, tries) = fixture::read(db, |tx| outbox_sheet(tx, &system(), id)).unwrap();
        assert_eq!((line.state, line.tries, tries.len()), (State::GivenUp, MOST_TRIES, 10));
        assert_eq!((tries[0].fault, tries[0].status, tries[0].millis), (Some(Why::Answer), Some(503), 12));
        assert_eq!(line.url.as_deref(), Some("https://hooks.example/lilong"));
        let counted = fixture::read(db, |tx| counts(tx, &system()));
        let given_up = counted.iter().find(|it| it.channel == Channel::Webhook && it.state == State::GivenUp);
        assert_eq!((given_up.unwrap().messages, counted.iter().map(|it| it.messages).sum::<i64>()), (1, 1));

        let replays = |seed, actor: &Actor| as_actor(db, actor, seed, |tx, call| replay(tx, call, id, at));
        let officer = Actor::account(
            AccountId::from_uuid(base::Uuid::from_u128(78)),
            vec![Grant { role: Role::DistrictOfficer, scope: Scope::District }],
        );
        assert!(matches!(replays(400, &officer), Err(Error::Forbidden(_))));
        replays(401, &system()).unwrap();
        assert!(
            matches!(replays(402, &system()), Err(Error::Refused(it)) if it.message == "notices-refused-waiting")
        );
        let claimed = claims(db, 403, at);
        assert_eq!((claimed[0].id, claimed[0].tries), (id, 1));
        settles(db, 404, &claimed[0], Ok(Some(200)), at);
        let listed = fixture::read(db, |tx| webhook_list(tx, &system()));
        assert_eq!((listed[0].id, listed[0].messages), (hook, [0, 1, 0]));
        assert!(
            db.read(|tx| counts(tx, &officer)).is_err() && db.read(|tx| webhook_list(tx, &officer)).is_err()
        );
    }
);

testkit::db_test!(two_senders_never_claim_the_same_message, crate::MIGRATIONS, |db| {
    fixture::district(db);
    webhook(db, 31);
    let many: Vec<Notice> = (0..40).map(|count| chased(count, Vec::new())).collect();
    write(db, 32, |tx, call| tell(tx, call, &many)).unwrap();
    let taken: Vec<OutboxId> = std::thread::scope(|scope| {
        let senders = [1_000, 2_000].map(|seed| {
            scope.spawn(move || {
                let mut taken = Vec::new();
                for turn in 0..4 {
                    taken.extend(claims(db, seed + turn, wall()).into_iter().map(|claimed| claimed.id));
                }
                taken
            })
        });
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect()
    });
    let different: BTreeSet<_> = taken.iter().map(|id| id.uuid()).collect();
    assert_eq!((taken.len(), different.len()), (40, 40));
});

testkit::db_test!(
    a_program_that_is_told_has_two_secrets_for_a_week_and_none_at_its_end,
    crate::MIGRATIONS,
    |db| {
        fixture::district(db);
        let id = webhook(db, 31);
        let tells = |seed| write(db, seed, |tx, call| tell(tx, call, &[chased(1, Vec::new())])).unwrap();
        tells(32);
        as_actor(db, &system(), 33, |tx, call| {
            rotate_secret(tx, call, &vault(), (id, &Secret::new([8; 32])), wall())
        })
        .unwrap();
        let secrets = |seed, at| match &claims(db, seed, at)[0].to {
            Destination::Webhook(_, secrets) => secrets.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(secrets(34, wall()), [Secret::new([8; 32]), Secret::new([9; 32])]);
        assert_eq!(secrets(35, wall().plus_millis(OLDER_MILLIS)), [Secret::new([8; 32])]);
        let kinds = |seed, kinds: &[Kind]| {
            as_actor(db, &system(), seed, |tx, call| change_webhook(tx, call, id, kinds))
        };
        assert!(kinds(36, &[]).is_err() && kinds(37, &[Kind::MailCode]).is_err());
        kinds(38, &[Kind::PlanAdopted]).unwrap();
        tells(39);
        assert_eq!(rows(db).len(), 1, "it is told of other things now");
        as_actor(db, &system(), 40, |tx, call| end_webhook(tx, call, id)).unwrap();
        let late = wall().plus_millis(2 * OLDER_MILLIS);
        let claimed = claims(db, 41, late);
        assert_eq!(claimed[0].to, Destination::Nobody);
        settles(db, 42, &claimed[0], Err(Why::Nobody.into()), late);
        assert_eq!(rows(db)[0].state, State::GivenUp);
        assert!(kinds(43, &[Kind::PlanAdopted]).is_err());
        for url in ["ftp://a.b", "https://", "https://a b", "https://user@a.b", "javascript:1"] {
            let new = NewWebhook { url: url.into(), kinds: vec![Kind::GapChased] };
            let refused = as_actor(db, &system(), 44, |tx, call| {
                add_webhook(tx, call, &vault(), &new, &Secret::new([9; 32]))
            });
            assert!(matches!(refused, Err(Error::Refused(it)) if it.field == Some("url")), "{url}");
        }
    }
);

testkit::db_test!(what_no_way_was_given_for_is_given_up_after_three_days, crate::MIGRATIONS, |db| {
    fixture::district(db);
    webhook(db, 31);
    write(db, 32, |tx, call| tell(tx, call, &[chased(1, Vec::new())])).unwrap();
    let gives_up = |seed, channels: &[Channel], days: i64| {
        let at = wall().plus_millis(days * 86_400_000 + 1);
        write(db, seed, |tx, call| give_up_unsendable(tx, call, channels, at)).unwrap();
        rows(db)[0].state
    };
    assert_eq!(gives_up(33, &[Channel::Webhook], 2), State::Waiting);
    assert_eq!(gives_up(34, &[Channel::Mail], 4), State::Waiting);
    assert_eq!(gives_up(35, &[Channel::Webhook], 4), State::GivenUp);
    assert_eq!(rows(db)[0].fault, Some(Why::Wayless));
});

testkit::db_test!(what_is_sealed_is_sealed_anew_copied_and_forgotten, crate::MIGRATIONS, |db| {
    let Fixture { towns, .. } = fixture::district(db);
    let (mine, _) = account(db, 31, Role::TownOfficer, Scope::Town(towns[0]));
    let id = mine.account.unwrap();
    webhook(db, 32);
    let address = Address::parse("zhang@example.org").unwrap();
    write(db, 33, |tx, call| simulate_mail(tx, call, &vault(), id, &address)).unwrap();
    let both = Vault::with_older(&[2; 32], &[[1; 32]]);
    let reseals = |seed, vault: &Vault| write(db, seed, |tx, call| reseal(tx, call, vault)).unwrap();
    assert_eq!((reseals(34, &both), reseals(35, &both)), (2, 0));
    let new = Vault::new(&[2; 32]);
    assert_eq!(fixture::read(db, |tx| own_mail(tx, &mine, &new)).unwrap().address, address);
    write(db, 36, |tx, call| tell(tx, call, &[chased(1, vec![To::Account(id)])])).unwrap();
    let copied = as_actor(db, &mine, 37, |tx, call| {
        crate::people::copy(tx, call, &Vault::with_older(&[2; 32], &[[1; 32]]))
    });
    let told = &copied.unwrap()["notices"];
    assert_eq!(
        (told["mail"].as_str(), told["inbox"][0]["kind"].as_str()),
        (Some("zhang@example.org"), Some("gap-chased"))
    );

    // Its end, and the end of its time.
    write(db, 38, |tx, call| end_account(tx, call, id, wall())).unwrap();
    write(db, 39, |tx, call| erase_person(tx, call, id)).unwrap();
    let mails: i64 =
        fixture::read(db, |tx| Ok(i64::try_from(tx.query(&store::MAILS, params![])?.len()).unwrap()));
    assert_eq!(mails, 0);
    let [sealed] = &claims(db, 40, wall())[..] else { panic!("one message") };
    assert_eq!(sealed.to, Destination::Sealed, "by who has the old key alone");
    settles(db, 45, sealed, Ok(Some(200)), wall());
    let forgets = |seed, days: i64| {
        let at = wall().plus_millis(days * 86_400_000);
        let actor = Actor::program();
        db.write(|tx| forget_traces(tx, &mut Call::new(&actor, at, seed), at)).unwrap();
        (rows(db).len(), read_inbox(db, &mine).lines.len())
    };
    assert_eq!(forgets(42, 89), (1, 1));
    assert_eq!(forgets(43, 91), (0, 1));
    assert_eq!(forgets(44, 181), (0, 0));
});

testkit::db_test!(what_goes_on_is_told_once_a_day, crate::MIGRATIONS, |db| {
    fixture::district(db);
    let (system, _) = account(db, 31, Role::SystemAdministrator, Scope::District);
    let about = About { thing: Thing::Backup, id: None, code: String::new(), count: 1 };
    let to = vec![To::Role(Role::SystemAdministrator, Scope::District)];
    let notice = Notice { kind: Kind::BackupFailed, about, to };
    let tells = |seed, hours: i64| {
        let (program, at) = (Actor::program(), wall().plus_millis(hours * 3_600_000));
        db.write(|tx| tell_daily(tx, &mut Call::new(&program, at, seed), &notice)).unwrap();
        read_inbox(db, &system).lines.len()
    };
    assert_eq!([tells(32, 0), tells(33, 1), tells(34, 24)], [1, 1, 2]);
    assert!(as_actor(db, &system, 35, |tx, call| tell_daily(tx, call, &notice)).is_err());
});

testkit::db_test!(operations_tell_whom_they_concern, crate::MIGRATIONS, |db| {
    let Fixture { towns, .. } = fixture::district(db);
    let (mine, _) = account(db, 31, Role::TownOfficer, Scope::Town(towns[0]));
    let id = mine.account.unwrap();
    assert_ne!(ADMINISTRATION, 31);
    let grant = Grant { role: Role::TownOfficer, scope: Scope::Town(towns[1]) };
    write(db, 32, |tx, call| give_role(tx, call, id, grant, call.today())).unwrap();
    assert_eq!(read_inbox(db, &mine).lines[0].kind, Kind::RoleGiven);
});
