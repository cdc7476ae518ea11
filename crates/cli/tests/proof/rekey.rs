//! A change of the vault's key that is killed, also while the program serves, leaves every name readable with the keys in
//! the file; begun again it goes on, and at its end the new key alone opens all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::thread;
use std::time::Duration;

use district::kit::PersonId;
use district::people::vault::{Field, Vault};

use crate::kills::{Order, Tally, kill_after, on_both, whole};
use crate::picture::{Picture, nothing_is_wrong};
use crate::place::{Engine, Place};
use crate::serving::{Reader, Serving};

on_both!(a_new_key_comes_in_steps, rekey);

/// Districts whose keys are changed side by side, as the program waits three seconds each time for those that serve. Every
/// other one is served meanwhile.
const SIDE_BY_SIDE: u32 = 6;
/// For so long it waits.
const WAIT: Duration = Duration::from_secs(3);
/// What changing the key writes besides what it seals.
const WRITTEN: [&str; 3] = ["audit", "counters", "settings"];

fn rekey(engine: Engine, order: &Order) {
    let Some(ground) = Place::demonstration(engine, &order.size) else { return };
    let chain = &Chain::of(&ground);
    let first = ground.copy();
    let took = whole(&mut first.lilong(&["rekey"]));
    chain.is_whole(&first, &keys(&ground)[0]);
    // A quarter of them anywhere, the rest after the wait: there is the work.
    let early = order.moments(Duration::ZERO..took, order.kills / 4);
    let late = order.moments(WAIT.min(took)..took * 5 / 4, order.kills - order.kills / 4);
    let moments = &[early, late].concat();
    let lanes = usize::try_from(SIDE_BY_SIDE.min(order.kills)).unwrap();
    let places: Vec<Place> = (0..lanes).map(|_| ground.copy()).collect();
    let tally = thread::scope(|scope| {
        let begin = |(number, place)| {
            let moments = moments.iter().skip(number).step_by(lanes);
            scope.spawn(move || chain.prove(place, number % 2 == 1, moments))
        };
        let running: Vec<_> = places.iter().enumerate().map(begin).collect();
        running.into_iter().fold(Tally::default(), |sum, chain| sum.and(&chain.join().unwrap()))
    });
    assert!(tally.there < order.kills, "no kill came before the end");
    tally.report("re-keying", engine);
}

/// What holds however often a change of the key is broken off.
struct Chain {
    names: BTreeMap<PersonId, Vec<Option<String>>>,
    sealed: Vec<Vec<u8>>,
    rest: Picture,
}

impl Chain {
    fn of(ground: &Place) -> Self {
        Self { names: names(ground), sealed: sealed(ground), rest: rest(ground) }
    }

    /// Kills one change after another at one place, then lets the last come to its end.
    fn prove<'a>(&self, place: &Place, served: bool, moments: impl Iterator<Item = &'a Duration>) -> Tally {
        let serving = served.then(|| Serving::start(place));
        let mut tally = Tally::default();
        for moment in moments {
            let before = keys(place);
            kill_after(&mut place.lilong(&["rekey"]), *moment);
            let after = keys(place);
            match after.len() {
                1 if after == before => tally.absent += 1,
                1 => tally.there += 1,
                2 => tally.on_the_way += 1,
                more => panic!("{more} keys in the file"),
            }
            self.holds(place);
        }
        let oldest = keys(place).pop().unwrap();
        whole(&mut place.lilong(&["rekey"]));
        self.is_whole(place, &oldest);
        if let Some(serving) = serving {
            serves_on(serving);
        }
        tally
    }

    /// Every name, certificate and note opens, and nothing else was touched.
    fn holds(&self, place: &Place) {
        assert_eq!(names(place), self.names);
        assert_eq!(sealed(place), self.sealed);
        assert_eq!(rest(place), self.rest);
        nothing_is_wrong(place);
    }

    /// The file holds one key, another than before, with which all opens.
    fn is_whole(&self, place: &Place, before: &[u8; 32]) {
        let now = keys(place);
        assert!(now.len() == 1 && now[0] != *before);
        self.holds(place);
    }
}

/// Whoever served all the time reads and writes what is sealed as before.
fn serves_on(serving: Serving) {
    let mut officer = Reader::new(&serving);
    officer.enter("district-officer");
    assert_eq!(officer.get("/desk").unwrap().status, 200);
    assert!(!serving.log().contains("does not open"), "{}", serving.log());
    serving.end();
}

/// The keys in the file, the newest first.
fn keys(place: &Place) -> Vec<[u8; 32]> {
    let text = fs::read_to_string(place.data().join("vault.key")).unwrap();
    let byte = |line: &str, at: usize| u8::from_str_radix(&line[2 * at..2 * at + 2], 16).unwrap();
    text.lines().map(|line| std::array::from_fn(|at| byte(line, at))).collect()
}

/// What is known of everyone, as it opens with the keys in the file.
fn names(place: &Place) -> BTreeMap<PersonId, Vec<Option<String>>> {
    let keys = keys(place);
    let vault = Vault::with_older(&keys[0], &keys[1..]);
    let db = place.find().unwrap();
    let schema = db.schema().unwrap();
    let table = &schema.tables["persons"];
    let at = |name: &str| table.columns.iter().position(|column| column.name == name).unwrap();
    let fields = [Field::Name, Field::Telephone, Field::IdentityNumber].map(|it| (it, at(it.as_str())));
    let mut names = BTreeMap::new();
    let read = db.read(|tx| {
        tx.scan("persons", table, |row| {
            let person = PersonId::from_uuid(id(&row[at("id")]));
            let open = |(field, place): &(Field, usize)| match &row[*place] {
                db::Value::Bytes(sealed) => Some(vault.open(person, *field, sealed).unwrap()),
                _ => None,
            };
            names.insert(person, fields.iter().map(open).collect());
        })
    });
    read.unwrap();
    names
}

/// Every other text that lies sealed: its table and column, whose id is authenticated with it, and with which word.
const SEALED: [(&str, &str, &str, &str); 7] = [
    ("ownerships", "certificate", "id", "certificate"),
    ("referrals", "note", "id", "referral"),
    ("visits", "note", "id", "visit note"),
    ("matters", "words", "id", "matter words"),
    ("mail_addresses", "address", "account_id", "mail"),
    ("matter_photos", "preview", "id", "matter preview"),
    ("matter_photos", "picture", "id", "matter photo"),
];

/// What is sealed and is not looked for: files, secrets of webhooks and visits that wait are in no demonstration and have tests
/// of their own; persons are read by themselves, and their index opens nothing.
const ELSEWHERE: [(&str, &str); 9] = [
    ("persons", "name"),
    ("persons", "telephone"),
    ("persons", "identity_number"),
    ("persons", "telephone_index"),
    ("matter_steps", "note"),
    ("visit_inbox", "note"),
    ("webhooks", "secret"),
    ("webhooks", "older_secret"),
    ("uploads", "content"),
];

/// All of them as they open with the keys in the file, and the notes of steps of matters, which are sealed with their number.
fn sealed(place: &Place) -> Vec<Vec<u8>> {
    let by = |of: &'static str, word: &'static str| {
        move |row: &[db::Value], at: &dyn Fn(&str) -> usize| {
            [id(&row[at(of)]).as_bytes().as_slice(), word.as_bytes()].concat()
        }
    };
    let of_step = |row: &[db::Value], at: &dyn Fn(&str) -> usize| {
        let db::Value::Int(number) = row[at("number")] else { panic!("a step has a number") };
        let matter = id(&row[at("matter_id")]);
        [matter.as_bytes().as_slice(), &number.to_be_bytes(), b"matter note"].concat()
    };
    let looked_for = SEALED.iter().map(|(name, column, ..)| (*name, *column));
    let known: BTreeSet<_> = looked_for.chain(ELSEWHERE).collect();
    assert_eq!(known, district::kit::SEALED.into_iter().collect(), "another text is sealed");
    let columns = SEALED.into_iter();
    let mut all: Vec<Vec<u8>> =
        columns.flat_map(|(name, column, of, word)| opened(place, (name, column), by(of, word))).collect();
    all.extend(opened(place, ("matter_steps", "note"), of_step));
    all
}

/// What a column holds sealed; `about`: what is authenticated with it.
fn opened(
    place: &Place,
    (name, column): (&str, &str),
    about: impl Fn(&[db::Value], &dyn Fn(&str) -> usize) -> Vec<u8>,
) -> Vec<Vec<u8>> {
    let keys = keys(place);
    let vault = Vault::with_older(&keys[0], &keys[1..]);
    let db = place.find().unwrap();
    let schema = db.schema().unwrap();
    let table = &schema.tables[name];
    let at = |name: &str| table.columns.iter().position(|column| column.name == name).unwrap();
    let mut found = Vec::new();
    let read = db.read(|tx| {
        tx.scan(name, table, |row| {
            if let db::Value::Bytes(sealed) = &row[at(column)] {
                let about = about(row, &at);
                let text = vault.open_bytes(&about, sealed).unwrap();
                found.push((about, text));
            }
        })
    });
    read.unwrap();
    assert!(!found.is_empty(), "the demonstration has something in {name}.{column}");
    found.sort();
    found.into_iter().map(|(_, text)| text).collect()
}

fn id(value: &db::Value) -> base::Uuid {
    match value {
        db::Value::Uuid(id) => *id,
        db::Value::Bytes(bytes) => base::Uuid::from_slice(bytes).unwrap(),
        other => panic!("{other:?} is no id"),
    }
}

/// All that has nothing to do with keys.
fn rest(place: &Place) -> Picture {
    Picture::of(place).unwrap().without(&WRITTEN).without(&[
        "persons",
        "ownerships",
        "referrals",
        "visits",
        "matters",
        "matter_steps",
        "mail_addresses",
        "matter_photos",
    ])
}
