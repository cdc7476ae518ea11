//! A PostgreSQL that goes away in the middle of everything and comes back: nothing that was acknowledged is lost, nothing
//! is done twice, and whoever asks meanwhile is told so in words.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use base::Day;
use testkit::Cluster;

use crate::picture::{Picture, nothing_is_wrong};
use crate::place::{DAY, Place, said};
use crate::serving::{ADD_PREMISES, Reader, Serving, premises, some_town};

/// Who reads and writes at a time.
const CLIENTS: u32 = 16;
/// What each of them adds, at least, after the database is back.
const EACH: u32 = 4;
/// The program finds its database again within this.
const LIMIT: Duration = Duration::from_mins(2);

/// Between two looks at what is waited for.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// What the clients found.
#[derive(Default)]
struct Found {
    acknowledged: AtomicU32,
    told: AtomicU32,
    is_back: AtomicBool,
}

#[test]
fn nothing_is_lost_and_nothing_is_done_twice() {
    let Some(cluster) = Cluster::start() else { return };
    let place = Place::on(cluster.url());
    said(&mut place.lilong(&["demo", "--no-serve", "--size", "0.01"]));
    let (town, before) = (&some_town(&place), Picture::of(&place).unwrap());
    let serving = Serving::start(&place);
    let mut officer = Reader::new(&serving);
    officer.enter("district-officer");
    let found = &Found::default();
    let added = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let officer = officer.clone();
                scope.spawn(move || works(officer, town, client, found))
            })
            .collect();
        wait(|| found.acknowledged.load(Ordering::SeqCst) > CLIENTS);
        cluster.down();
        wait(|| found.told.load(Ordering::SeqCst) > CLIENTS);
        cluster.up();
        found.is_back.store(true, Ordering::SeqCst);
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect::<BTreeSet<String>>()
    });
    assert!(!serving.log().contains("panicked"), "{}", serving.log());
    serving.end();
    let after = Picture::of(&place).unwrap();
    let rows = |picture: &Picture| picture.rows()["premises"];
    assert_eq!(rows(&after) - rows(&before), u64::try_from(added.len()).unwrap());
    let day = Day::parse(DAY).unwrap();
    let there = place.find().unwrap().read(|tx| district::stations::premises(tx, day)).unwrap();
    let there: BTreeSet<String> = there.into_iter().map(|it| it.name).collect();
    assert!(added.is_subset(&there), "what was acknowledged is lost");
    nothing_is_wrong(&place);
}

/// Reads and writes until enough was done after the database came back; a form that was not acknowledged is sent again
/// with the same key until it is. The names that were acknowledged, each once.
fn works(mut officer: Reader, town: &str, client: u32, found: &Found) -> Vec<String> {
    let started = Instant::now();
    let (mut added, mut after) = (Vec::new(), 0);
    while after < EACH {
        let name = format!("proof-{client}-{}", added.len());
        let key = u128::from(client) << 64 | added.len() as u128;
        let was_back = found.is_back.load(Ordering::SeqCst);
        loop {
            assert!(started.elapsed() < LIMIT, "the program did not find its database again");
            let answer = officer.post(ADD_PREMISES, &premises(town, key, &name)).unwrap();
            if answer.status == 303 {
                break;
            }
            let words = ["The system is busy", "We do not know yet whether this was done"];
            assert_eq!(answer.status, 503, "{}", answer.body);
            assert!(words.iter().any(|words| answer.body.contains(words)), "{}", answer.body);
            found.told.fetch_add(1, Ordering::SeqCst);
            let read = officer.get("/district/stations/premises").unwrap();
            assert!(matches!(read.status, 200 | 503), "{}: {}", read.status, read.body);
        }
        found.acknowledged.fetch_add(1, Ordering::SeqCst);
        added.push(name);
        after += u32::from(was_back);
        assert!(matches!(officer.get("/").unwrap().status, 200 | 503));
    }
    added
}

fn wait(until: impl Fn() -> bool) {
    let started = Instant::now();
    while !until() {
        assert!(started.elapsed() < LIMIT, "it was waited for in vain");
        thread::sleep(BETWEEN_LOOKS);
    }
}

#[test]
fn a_server_that_may_only_be_read_is_told_in_words() {
    let Some(cluster) = Cluster::start() else { return };
    let place = Place::on(cluster.url());
    said(&mut place.lilong(&["demo", "--no-serve", "--size", "0.01"]));
    let town = &some_town(&place);
    let serving = Serving::start(&place);
    let mut officer = Reader::new(&serving);
    officer.enter("district-officer");
    let before = Picture::of(&place).unwrap();
    cluster.read_only(true);
    let (mut sent, mut added) = (0, 0);
    let mut add = || {
        sent += 1;
        let answer = officer.post(ADD_PREMISES, &premises(town, sent, "proof")).unwrap();
        added += u64::from(answer.status == 303);
        answer
    };
    let started = Instant::now();
    // A server takes a new setting when it comes by.
    let mut answer = add();
    while answer.status == 303 {
        assert!(started.elapsed() < LIMIT);
        answer = add();
    }
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.body.contains("Nothing can be saved just now"), "{}", answer.body);
    cluster.read_only(false);
    while add().status != 303 {
        assert!(started.elapsed() < LIMIT);
    }
    assert_eq!(officer.get("/desk").unwrap().status, 200);
    let after = Picture::of(&place).unwrap();
    assert_eq!(after.rows()["premises"], before.rows()["premises"] + added);
    serving.end();
}
