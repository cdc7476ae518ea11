//! Before the three administrators are there, nothing of anybody comes in, whichever way it takes.

use base::{Calendar, Instant, Uuid};
use db::{Db, Tx};

use crate::MIGRATIONS;
use crate::exchange::{self, Options};
use crate::kit::fixture::{day, district, read};
use crate::kit::{
    Actor, Call, Error, Grant, Id, MatterId, PersonId, Result, Role, Scope, VisitId, digest, tampering,
};
use crate::matters::{self, Receive, Reporter, Source};
use crate::notices::{self, Address, Kind, NewWebhook, Secret};
use crate::people::joining::{self, AskToJoin, StateOwnership, WayIn};
use crate::people::vault::{AddPerson, Vault, add_persons, change_person};
use crate::people::{OpenAccount, open_account};
use crate::services::{Refer, refer};
use crate::stations::{Hold, hold_posts};
use crate::visits::rules::Outcome;
use crate::visits::{self, Keeping, NewVisit};
use crate::{Memory, register};

const NOBODY_YET: &str = "people-refused-no-administrators";

fn some<T: Id>() -> T {
    T::from_uuid(Uuid::from_u128(7))
}

fn named() -> AddPerson {
    let telephone = Some("19900001234".into());
    AddPerson { id: some(), name: "示例".into(), telephone, identity_number: None }
}

/// Tries something and finds it refused, with nothing stored.
struct Tried<'a> {
    db: &'a Db,
    before: String,
}

impl Tried<'_> {
    fn refused<T: std::fmt::Debug>(
        &self,
        (actor, what): (&Actor, &str),
        work: impl Fn(&mut Tx<'_>, &mut Call<'_>) -> Result<T>,
    ) {
        let outcome = self.db.write(|tx| work(tx, &mut Call::new(actor, testkit::now(), 70)));
        let expected =
            if what == "matter" || what == "sheet" { "matters-refused-not-begun" } else { NOBODY_YET };
        match outcome {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.message, expected, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
        assert_eq!(holds(self.db), self.before, "{what} left something");
    }
}

/// What the district holds, in a few digits.
fn holds(db: &Db) -> String {
    let schema = db.schema().unwrap();
    read(db, |tx| digest(tx, &schema)).hex
}

testkit::db_test!(no_way_in_takes_anything_of_anybody_before_the_three_are_there, MIGRATIONS, |db| {
    let fixture = district(db);
    let vault = Vault::new(&[1; 32]);
    let calendar = Calendar::published().unwrap();
    let memory = Memory::default();
    let wall = Instant::at(day("2026-11-23"), 9, 0);
    let community = fixture.communities[0];
    let living = read(db, |tx| register::lives_in(tx, community, "1号", day("2026-01-31"), 1));
    let (household, person) = (living[0].tenancy, living[0].person);
    db.write(|tx| Ok::<_, Error>(tx.execute(&tampering::NOT_BEGUN, &[])?)).unwrap();
    let tried = Tried { db, before: holds(db) };
    let (program, anyone) = (Actor::program(), Actor::anyone());
    let account = read(db, |tx| crate::people::credential(tx, "system-administrator", day("2026-01-31")));
    let grants = vec![Grant { role: Role::SystemAdministrator, scope: Scope::District }];
    let own = Actor::account(account.unwrap().0, grants);

    tried.refused((&program, "person"), |tx, call| add_persons(tx, call, &vault, &[named()]));
    tried.refused((&program, "change"), |tx, call| {
        change_person(tx, call, &vault, person, [Some("示例"), None, None])
    });
    tried.refused((&own, "account"), |tx, call| {
        let command = OpenAccount { login: "town".into(), name: "示例".into(), telephone: None };
        open_account(tx, call, &vault, &command)
    });
    tried.refused((&own, "own telephone"), |tx, call| {
        crate::people::correct_telephone(tx, call, &vault, "19900001234")
    });
    tried.refused((&own, "mail"), |tx, call| {
        notices::ask_mail(tx, call, &vault, &Address::parse("a@b.example").unwrap(), wall)
    });
    tried.refused((&own, "program that is told"), |tx, call| {
        let new = NewWebhook { url: "https://hooks.example/lilong".into(), kinds: vec![Kind::GapChased] };
        notices::add_webhook(tx, call, &vault, &new, &Secret::new([9; 32]))
    });
    tried.refused((&program, "holder"), |tx, call| {
        hold_posts(tx, call, &vault, &[Hold { post: some(), person: named(), from: call.today() }])
    });
    tried.refused((&program, "upload"), |tx, call| {
        let options = Options { on: call.today(), only_good: false };
        exchange::keep_upload(tx, call, &vault, "x.xlsx", b"bytes", options)
    });
    let way_in = || WayIn::Password { login: "resident".into(), hash: "$argon2id$".into() };
    tried.refused((&anyone, "resident"), |tx, call| {
        let (building, flat) = ("1号".into(), "101".into());
        let ask = AskToJoin { name: "示例".into(), community, building, flat, way_in: way_in() };
        joining::ask_to_join(tx, call, &vault, &ask, wall)
    });
    tried.refused((&anyone, "owner"), |tx, call| {
        let (building, flat, certificate) = ("1号".into(), "101".into(), "000001".into());
        let new = Some(("示例".into(), way_in()));
        let stated = StateOwnership { certificate, community, building, flat, new };
        joining::state_ownership(tx, call, &vault, &stated, wall)
    });
    tried.refused((&program, "referral"), |tx, call| {
        let referral = Refer { id: some(), service: some(), tenancy: household, person, consent: None };
        refer(tx, call, &vault, &[referral])
    });
    tried.refused((&program, "visit"), |tx, call| {
        let visit = NewVisit {
            id: some::<VisitId>(),
            household,
            round: None,
            at: call.now,
            told_at: call.now,
            outcome: Outcome::Met,
            needs: Vec::new(),
            satisfied: None,
            note: Some("示例".into()),
        };
        visits::record(tx, call, Keeping { vault: &vault, memory: &memory }, &[visit])
    });
    let reporters = [
        None,
        Some(Reporter::Told { id: some::<PersonId>(), name: "示例".into(), telephone: String::new() }),
    ];
    let sources = [
        (Source::Resident, &anyone),
        (Source::Worker, &program),
        (Source::Telephone, &program),
        (Source::Hotline, &program),
        (Source::Open311, &program),
    ];
    for ((source, by), reporter) in
        sources.into_iter().flat_map(|it| reporters.clone().map(|said| (it, said)))
    {
        tried.refused((by, "matter"), |tx, call| {
            let command = Receive {
                id: some::<MatterId>(),
                source,
                foreign_number: None,
                community,
                building: None,
                place: String::new(),
                category: "advice-question".into(),
                words: "示例".into(),
                reporter: reporter.clone(),
                tenancy: None,
                shown: false,
                secret: None,
                at: None,
            };
            matters::receive(tx, call, (&vault, &calendar), &[command])
        });
    }
    let header = matters::HOTLINE_COLUMNS.iter().map(|it| it.name).collect::<Vec<_>>().join(",");
    let sheet = matters::read_sheet(format!("{header}\n1\n").as_bytes(), &matters::HotlineWords::default());
    let sheet = sheet.unwrap();
    tried.refused((&program, "sheet"), |tx, call| matters::look_at_sheet(tx, call, &sheet).map(|_| ()));
    tried.refused((&program, "steps"), |tx, call| matters::advance(tx, call, (&vault, &calendar), &[]));
    tried.refused((&program, "photographs"), |tx, call| matters::give(tx, call, &vault, &[]));
});

/// Where something is sealed, it is asked whether anything may be.
#[test]
fn whatever_seals_asks_first() {
    // What carries a sheet asks where it looks at it, what records a visit before its note; a demonstration is made as one.
    const ASKED_ELSEWHERE: [&str; 4] =
        ["matters/hotline.rs", "people/joining/owned.rs", "people/vault/mod.rs", "visits/notes.rs"];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut forgotten = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let named = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !named.contains("test") && !ASKED_ELSEWHERE.contains(&named.as_str()) {
                let text = std::fs::read_to_string(&path).unwrap();
                if text.contains(".seal_bytes(") && !text.contains("may_seal(") {
                    forgotten.push(named);
                }
            }
        }
    }
    assert!(forgotten.is_empty(), "seals without asking: {forgotten:?}");
}
