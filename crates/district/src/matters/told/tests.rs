//! Who is told of matters, on both engines.

use base::{Calendar, Instant};
use db::Db;

use crate::MIGRATIONS;
use crate::kit::fixture::{self, Fixture, day, read, write};
use crate::kit::{Actor, Call, Grant, PersonId, Role, Scope};
use crate::matters::{self, Advance, Receive, Received, Reporter, Source, Step};
use crate::notices::{self, Channel, InboxAsked, Kind, OutboxAsked, Thing};
use crate::people::vault::{AddPerson, Vault, add_persons};
use crate::people::{NewAccount, add_accounts};

fn vault() -> Vault {
    Vault::new(&[1; 32])
}

fn at(text: &str) -> Instant {
    Instant::at(day(text), 10, 0)
}

/// The operator and a worker of community 1, and a resident of it, each with an account.
fn people(db: &Db, fixture: &Fixture) -> ([Actor; 3], PersonId) {
    let (town, grid, community) = (fixture.towns[0], fixture.grids[0], fixture.communities[1]);
    let here = Scope::Community { town, grid: Some(grid), community };
    let grants = [
        Grant { role: Role::Operator, scope: here },
        Grant { role: Role::CommunityWorker, scope: Scope::Grid { town, grid } },
        Grant { role: Role::Resident, scope: here },
    ];
    let (accounts, person) = write(db, 900, |tx, call| {
        let ids: [PersonId; 3] = [call.id(), call.id(), call.id()];
        let named = |id| AddPerson { id, name: "示例".into(), telephone: None, identity_number: None };
        add_persons(tx, call, &vault(), &ids.map(named))?;
        let accounts: Vec<NewAccount> = (0..3)
            .map(|place| NewAccount {
                person: ids[place],
                login: format!("told-{place}"),
                password: None,
                demonstration: false,
                grants: vec![grants[place]],
                valid_from: day("2025-01-01"),
            })
            .collect();
        Ok((add_accounts(tx, call, &accounts)?, ids[2]))
    })
    .unwrap();
    ([0, 1, 2].map(|place| Actor::account(accounts[place], vec![grants[place]])), person)
}

fn told(db: &Db, who: &Actor) -> Vec<(Kind, Thing, String, i64)> {
    let lines = read(db, |tx| notices::inbox(tx, who, InboxAsked::default(), 50)).lines;
    let line = |it: notices::InboxLine| (it.kind, it.about.thing, it.about.code, it.about.count);
    lines.into_iter().rev().map(line).collect()
}

fn comes_in(
    db: &Db,
    fixture: &Fixture,
    (source, seed): (Source, u64),
    reporters: &[Option<PersonId>],
) -> Vec<Received> {
    let calendar = Calendar::published().unwrap();
    db.write(|tx| {
        let program = Actor::program();
        let call = &mut Call::new(&program, at("2026-01-12"), seed);
        let commands: Vec<Receive> = reporters
            .iter()
            .map(|reporter| Receive {
                id: call.id(),
                source,
                foreign_number: None,
                community: fixture.communities[1],
                building: None,
                place: String::new(),
                category: "property-lift".into(),
                words: "电梯坏了。".into(),
                reporter: reporter.map(Reporter::Known),
                tenancy: None,
                shown: false,
                secret: None,
                at: None,
            })
            .collect();
        matters::receive(tx, call, (&vault(), &calendar), &commands)
    })
    .unwrap()
}

testkit::db_test!(holders_and_who_asked_are_told_once_of_each_thing, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let ([operator, worker, resident], person) = people(db, &fixture);
    let choice = [(Kind::MatterAnswered, Channel::Text)].into();
    db.write(|tx| notices::choose(tx, &mut Call::new(&resident, at("2026-01-11"), 901), &choice)).unwrap();
    let made = comes_in(db, &fixture, (Source::Resident, 902), &[Some(person)]).pop().unwrap();
    let matter = |kind| (kind, Thing::Matter, made.code.clone(), 1);
    assert_eq!(told(db, &operator), [matter(Kind::MatterReceived)]);
    assert!(told(db, &worker).is_empty() && told(db, &resident).is_empty());

    // Its term is one working day: a job that was off for days leaves what one leaves that ran every day, once.
    let calendar = Calendar::published().unwrap();
    let passes = |seed| {
        let program = Actor::program();
        let call = Call::new(&program, at("2026-01-14"), seed);
        db.write(|tx| matters::pass_time(tx, &mut call.clone(), &calendar)).unwrap()
    };
    assert_eq!((passes(903), passes(904)), (1, 0));
    assert_eq!(
        told(db, &operator)[1..],
        [matter(Kind::MatterReminded), matter(Kind::MatterExpired)],
        "{:?}",
        told(db, &operator)
    );
    assert_eq!(told(db, &worker), [matter(Kind::MatterJoined)]);

    // Who asked is told of the answer, by the way that they chose; who answered is not.
    let steps = [(Step::Accept, ""), (Step::Answer, "修好了。")].map(|(step, note)| Advance {
        matter: made.id,
        seen: None,
        step,
        note: note.into(),
        at: None,
    });
    let call = Call::new(&operator, at("2026-01-14"), 905);
    db.write(|tx| matters::advance(tx, &mut call.clone(), (&vault(), &calendar), &steps)).unwrap();
    let own = |kind| (kind, Thing::OwnMatter, made.code.clone(), 1);
    assert_eq!(told(db, &resident), [own(Kind::MatterAnswered)]);
    let sent = read(db, |tx| notices::outbox(tx, &Actor::program(), OutboxAsked::default(), 50)).0;
    assert_eq!(
        sent.iter().map(|it| (it.kind, it.channel)).collect::<Vec<_>>(),
        [(Kind::MatterAnswered, Channel::Text)]
    );
    let program = Actor::program();
    let call = Call::new(&program, at("2026-02-20"), 906);
    db.write(|tx| matters::pass_time(tx, &mut call.clone(), &calendar)).unwrap();
    assert_eq!(told(db, &resident)[1..], [own(Kind::MatterUnconfirmed)]);
    assert_eq!(told(db, &operator).len(), 3);
});

testkit::db_test!(a_sheet_of_many_is_one_notice_with_their_number, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let ([operator, ..], _) = people(db, &fixture);
    comes_in(db, &fixture, (Source::Hotline, 910), &[None, None, None]);
    let code = read(db, |tx| crate::register::code_of(tx, fixture.communities[1]));
    assert_eq!(told(db, &operator), [(Kind::MatterReceived, Thing::Matters, code, 3)]);
});
