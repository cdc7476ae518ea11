//! What an archive must do: carry everything between engines, of one moment, whole or not at all, and say what is wrong.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it skipped"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use base::Uuid;
use db::archive::{self, ArchiveError, Cost, Header, Order, Passphrase, Restored, Summary, Target};
use db::{Db, Error, Location, Migration, Value, params};

const FIRST: &str = "CREATE TABLE places (
    id UUID PRIMARY KEY,
    parent_id UUID REFERENCES places (id),
    code TEXT NOT NULL UNIQUE,
    is_open BOOLEAN NOT NULL,
    metres BIGINT,
    sealed BYTEA
);
CREATE TABLE days (
    code TEXT NOT NULL,
    day BIGINT NOT NULL,
    place_id UUID NOT NULL REFERENCES places (id),
    PRIMARY KEY (code, day)
);
CREATE TABLE signed_in (
    token BYTEA PRIMARY KEY
);
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
INSERT INTO facts (name, value) VALUES ('put in by', 'a migration');
";
const SECOND: &str = "ALTER TABLE places ADD COLUMN note TEXT;
UPDATE places SET note = code;
";
const OLD: [Migration; 1] = [Migration { version: 1, name: "first", sql: FIRST }];
const NEW: [Migration; 2] = [OLD[0], Migration { version: 2, name: "second", sql: SECOND }];

db::statements! {
    CHANGE_FACT = "UPDATE facts SET value = ?1";
    SIGN_IN = "INSERT INTO signed_in (token) VALUES (?1)";
    SIGNED_IN = "SELECT CAST(COUNT(*) AS BIGINT) FROM signed_in";
    NOTES = "SELECT CAST(COUNT(*) AS BIGINT) FROM places WHERE note = code";
    COUNTS = "SELECT (SELECT COUNT(*) FROM places), (SELECT COUNT(*) FROM days)";
}
db::bulk! {
    PLACES = "places" (id Uuid, parent_id Uuid, code Text, is_open Boolean, metres Bigint, sealed Bytea);
    DAYS = "days" (code Text, day Bigint, place_id Uuid);
}

const PASSPHRASE: Passphrase<'_> = Passphrase {
    text: b"four words put together",
    salt: [9; 16],
    cost: Cost { memory_kib: 8, passes: 1, lanes: 1 },
};

fn order(passphrase: Option<Passphrase<'static>>) -> Order<'static> {
    Order {
        district: "310112",
        made_at: testkit::now(),
        program: "test",
        left_out: &["signed_in"],
        passphrase,
    }
}

fn target(migrations: &[Migration]) -> Target<'_> {
    Target { migrations, now: testkit::now() }
}

fn place(n: u128, parent: Option<u128>) -> [Value; 6] {
    [
        Uuid::from_u128(n).into(),
        parent.map(Uuid::from_u128).into(),
        format!("{n}-闵行").into(),
        n.is_multiple_of(2).into(),
        (!n.is_multiple_of(3)).then_some(-3_i64).into(),
        (!n.is_multiple_of(5)).then_some(vec![0_u8, 255, 10]).into(),
    ]
}

fn day(code: &str, day: i64, place: u128) -> [Value; 3] {
    [code.into(), day.into(), Uuid::from_u128(place).into()]
}

/// Rows of every type, NULLs, a row that points to a later one of its own table, texts that engines may order differently.
fn fill(db: &Db) {
    let work = |tx: &mut db::Tx<'_>| {
        tx.bulk(&PLACES, [place(9, None), place(1, Some(9)), place(2, Some(1)), place(15, None)])?;
        tx.bulk(
            &DAYS,
            [day("b", -1, 1), day("B", 0, 2), day("a", i64::MAX, 9), day("里", 5, 1), day("a", 5, 1)],
        )?;
        tx.execute(&CHANGE_FACT, params!["changed since"])?;
        tx.execute(&SIGN_IN, params![vec![1_u8, 2]])?;
        Ok::<_, Error>(())
    };
    db.write(work).unwrap();
}

fn save(db: &Db, order: &Order<'_>) -> (Vec<u8>, Summary) {
    let mut bytes = Vec::new();
    let summary = db.snapshot(|tx| archive::save(tx, &mut bytes, order)).unwrap();
    assert_eq!(db.snapshot(|tx| archive::sums(tx, order.left_out)).unwrap(), summary.tables);
    (bytes, summary)
}

fn check(bytes: &[u8], passphrase: Option<&[u8]>) -> Result<Summary, ArchiveError> {
    archive::look(bytes)?.open(passphrase)?.check()
}

fn restore(bytes: &[u8], into: &Location, migrations: &[Migration]) -> Result<Restored, ArchiveError> {
    archive::look(bytes)?.open(None)?.restore(into, target(migrations), |_| Ok(()))
}

/// An empty place on each engine that is there; the schema is dropped afterwards.
fn places(look: impl Fn(&Location)) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    look(&Location::File(folder.path().join("310112.db")));
    let Ok(url) = std::env::var("LILONG_TEST_DATABASE_URL") else {
        println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
        return;
    };
    let schema = format!("a{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    look(&Location::Server { url: url.clone(), schema: schema.clone() });
    Db::drop_schema(&url, &schema).unwrap();
}

/// Whether a place is as empty as before: no file of any name, no schema.
fn is_empty(place: &Location) -> bool {
    match place {
        Location::File(path) => names(path.parent().unwrap()).is_empty(),
        Location::Server { .. } => Db::find(place).unwrap().is_none(),
    }
}

fn names(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

testkit::db_test!(everything_is_carried_to_either_engine, OLD, |db| {
    fill(db);
    let (bytes, saved) = save(db, &order(None));
    assert_eq!(saved.bytes, bytes.len() as u64);
    assert_eq!(check(&bytes, None).unwrap(), saved);
    assert_eq!(saved.rows(), 4 + 5 + 1);
    places(|place| {
        let restored = restore(&bytes, place, &OLD).unwrap();
        assert_eq!((restored.summary, restored.migrated), (saved.clone(), 0));
        let there = Db::find(place).unwrap().unwrap();
        // The same to the last byte, whichever engine it came from.
        assert_eq!(save(&there, &order(None)).0, bytes);
        let signed_in: i64 = there.read(|tx| tx.one(&SIGNED_IN, &[])?.get(0)).unwrap();
        assert_eq!(signed_in, 0);
    });
});

#[test]
fn both_engines_save_the_same_bytes() {
    let all = std::cell::RefCell::new(Vec::new());
    let keep = |db: &Db| {
        fill(db);
        all.borrow_mut().push(save(db, &order(Some(PASSPHRASE))).0);
    };
    testkit::on_sqlite(&OLD, keep);
    testkit::on_postgres(&OLD, keep);
    for pair in all.take().windows(2) {
        assert_eq!(pair[0], pair[1]);
    }
}

#[test]
fn what_is_cut_off_or_changed_at_any_byte_is_found() {
    testkit::on_sqlite(&OLD, |db| {
        fill(db);
        for passphrase in [None, Some(PASSPHRASE)] {
            let text = passphrase.map(|it| it.text);
            let (bytes, _) = save(db, &order(passphrase));
            assert!(check(&bytes, text).is_ok());
            for at in 0..bytes.len() {
                let cut = check(&bytes[..at], text).unwrap_err();
                let expected = if at == 0 { "no archive" } else { "cut off" };
                assert!(cut.to_string().contains(expected), "cut at {at}: {cut}");
                let mut changed = bytes.clone();
                changed[at] ^= 0x10;
                assert!(check(&changed, text).is_err(), "changed at {at}");
            }
            let longer = [&bytes[..], &[0]].concat();
            assert!(matches!(check(&longer, text), Err(ArchiveError::Damaged(_))));
        }
    });
}

#[test]
fn nothing_is_kept_of_a_damaged_archive() {
    testkit::on_sqlite(&OLD, |db| {
        fill(db);
        let (bytes, _) = save(db, &order(None));
        places(|place| {
            for at in (bytes.len() / 4..bytes.len()).step_by(97) {
                assert!(restore(&bytes[..at], place, &OLD).is_err(), "cut at {at}");
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                assert!(restore(&changed, place, &OLD).is_err(), "changed at {at}");
                assert!(is_empty(place), "something is left at {at}");
            }
        });
    });
}

#[test]
fn a_sealed_archive_shows_nothing_and_opens_with_its_passphrase_alone() {
    testkit::on_sqlite(&OLD, |db| {
        fill(db);
        let (sealed, saved) = save(db, &order(Some(PASSPHRASE)));
        let (plain, _) = save(db, &order(None));
        assert_eq!(check(&sealed, Some(PASSPHRASE.text)).unwrap(), saved);
        assert_eq!(check(&plain, None).unwrap().content(), saved.content());
        assert!(matches!(check(&sealed, None), Err(ArchiveError::Sealed)));
        assert!(matches!(check(&sealed, Some(b"other words")), Err(ArchiveError::WrongPassphrase)));
        assert!(matches!(check(&plain, Some(PASSPHRASE.text)), Err(ArchiveError::NotSealed)));
        let holds = |bytes: &[u8], name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
        assert!(holds(&plain, b"places") && !holds(&sealed, b"places"));
    });
}

#[test]
fn what_is_no_archive_or_of_a_newer_program_is_named() {
    for nothing in [&b""[..], b"PK\x03\x04", b"SQLite format 3\0"] {
        assert!(matches!(check(nothing, None), Err(ArchiveError::NotAnArchive)));
    }
    testkit::on_sqlite(&NEW, |db| {
        let (mut bytes, _) = save(db, &order(None));
        places(|place| {
            let newer = restore(&bytes, place, &OLD).unwrap_err();
            assert!(matches!(newer, ArchiveError::NewerSchema { found: 2, known: 1 }), "{newer}");
            assert!(newer.to_string().contains("install the newer program"));
            assert!(is_empty(place));
        });
        bytes[11] = 2;
        assert!(matches!(check(&bytes, None), Err(ArchiveError::NewerFormat { found: 2, known: 1 })));
    });
}

testkit::db_test!(an_older_archive_is_brought_up_to_date, OLD, |db| {
    fill(db);
    let (bytes, _) = save(db, &order(None));
    places(|place| {
        assert_eq!(restore(&bytes, place, &NEW).unwrap().migrated, 1);
        let there = Db::find(place).unwrap().unwrap();
        assert_eq!(there.version().unwrap(), 2);
        let notes: i64 = there.read(|tx| tx.one(&NOTES, &[])?.get(0)).unwrap();
        assert_eq!(notes, 4, "the step was made over the rows of the archive");
    });
});

#[test]
fn a_place_that_is_taken_is_left_alone() {
    testkit::on_sqlite(&OLD, |db| {
        let (bytes, _) = save(db, &order(None));
        places(|place| {
            restore(&bytes, place, &OLD).unwrap();
            fill(&Db::find(place).unwrap().unwrap());
            let before = save(&Db::find(place).unwrap().unwrap(), &order(None)).0;
            assert!(matches!(restore(&bytes, place, &OLD), Err(ArchiveError::Occupied(_))));
            assert_eq!(save(&Db::find(place).unwrap().unwrap(), &order(None)).0, before);
        });
        // The log of a file that was taken away would be played into the new one.
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("310112.db");
        fs::write(folder.path().join("310112.db-wal"), "log").unwrap();
        let refused = restore(&bytes, &Location::File(file.clone()), &OLD).unwrap_err();
        assert!(refused.to_string().contains("310112.db-wal is there already"), "{refused}");
        assert!(!file.exists());
    });
}

#[test]
fn what_is_not_accepted_is_not_kept() {
    testkit::on_sqlite(&OLD, |db| {
        fill(db);
        let (bytes, _) = save(db, &order(None));
        places(|place| {
            let found = archive::look(&bytes[..]).unwrap().open(None).unwrap();
            let refused = found.restore(place, target(&OLD), |tx| {
                assert_eq!(tx.one(&COUNTS, &[])?.get::<i64>(0)?, 4);
                Err(ArchiveError::NotAccepted("the digests differ".into()))
            });
            assert_eq!(refused.unwrap_err().to_string(), "the digests differ");
            assert!(is_empty(place));
        });
    });
}

#[test]
fn a_broken_reference_is_found() {
    testkit::on_sqlite(&OLD, |db| {
        fill(db);
        let (bytes, _) = save(db, &Order { left_out: &["signed_in", "places"], ..order(None) });
        places(|place| {
            let refused = restore(&bytes, place, &OLD).unwrap_err();
            let named =
                matches!(refused, ArchiveError::BrokenReference(_) | ArchiveError::Db(Error::Reference(_)));
            assert!(named, "{refused}");
            assert!(is_empty(place));
        });
    });
}

#[test]
fn tables_of_another_schema_are_refused() {
    // A table with other columns; a table that is right, without those it should come with.
    let other = "CREATE TABLE places (\n    id UUID PRIMARY KEY\n);\n";
    let fewer = "CREATE TABLE facts (\n    name TEXT PRIMARY KEY,\n    value TEXT NOT NULL\n);\n";
    for (sql, named) in [(other, "places"), (fewer, "days")] {
        testkit::on_sqlite(&[Migration { version: 1, name: "other", sql }], |db| {
            let (bytes, _) = save(db, &order(None));
            places(|place| {
                let refused = restore(&bytes, place, &OLD).unwrap_err();
                assert!(matches!(&refused, ArchiveError::OtherTables(table) if table == named), "{refused}");
                assert!(is_empty(place));
            });
        });
    }
}

/// Takes an archive; before each piece of it somebody else's transaction commits.
struct Meanwhile {
    bytes: Vec<u8>,
    ask: Sender<()>,
    done: Receiver<()>,
}

impl Write for Meanwhile {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        self.ask.send(()).unwrap();
        self.done.recv().unwrap();
        self.bytes.write(piece)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Adds as many places as days, in one transaction.
fn add_pair(db: &Db, n: u128) {
    let work = |tx: &mut db::Tx<'_>| {
        tx.bulk(&PLACES, [place(n, Some(9))])?;
        tx.bulk(&DAYS, [day(&n.to_string(), 1, n)])?;
        Ok::<_, Error>(())
    };
    db.write(work).unwrap();
}

testkit::db_test!(an_archive_is_of_one_moment_while_others_write, OLD, |db| {
    fill(db);
    let (ask, asked) = mpsc::channel();
    let (tell, done) = mpsc::channel();
    thread::scope(|scope| {
        // Dropped before the thread is waited for, which ends with it.
        let mut out = Meanwhile { bytes: Vec::new(), ask, done };
        scope.spawn(move || {
            for (n, ()) in asked.iter().enumerate() {
                add_pair(db, 1_000 + n as u128);
                tell.send(()).unwrap();
            }
        });
        let saved = db.snapshot(|tx| archive::save(tx, &mut out, &order(None))).unwrap();
        assert_eq!(saved.tables["places"].rows - 4, saved.tables["days"].rows - 5);
        drop(out.ask);
        places(|place| {
            restore(&out.bytes, place, &OLD).unwrap();
            let there = Db::find(place).unwrap().unwrap();
            let mut counts = there.read(|tx| tx.one(&COUNTS, &[])).unwrap();
            let (kept, days): (i64, i64) = (counts.get(0).unwrap(), counts.get(1).unwrap());
            assert_eq!(kept + 1, days);
            let now: i64 = db.read(|tx| tx.one(&COUNTS, &[])?.get(0)).unwrap();
            assert!(kept + 10 < now, "{kept} of {now}: somebody wrote in between");
        });
    });
});

#[test]
fn an_archive_says_what_it_is_before_it_is_opened() {
    testkit::on_sqlite(&OLD, |db| {
        let (bytes, saved) = save(db, &order(Some(PASSPHRASE)));
        let found = archive::look(&bytes[..]).unwrap();
        let header: &Header = found.header();
        assert_eq!(*header, saved.header);
        assert_eq!(
            (header.district.as_str(), header.schema, header.made_at()),
            ("310112", 1, testkit::now())
        );
        assert!(found.is_sealed());
    });
}

/// The reader that `docs/archive.md` shows, in another language and with nothing of this program.
#[test]
fn the_reader_in_the_documentation_reads_an_archive() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/archive.md");
    let docs = fs::read_to_string(docs).unwrap();
    let (_, after) = docs.split_once("```python\n").unwrap();
    let (reader, _) = after.split_once("```").unwrap();
    testkit::on_sqlite(&OLD, |db| {
        fill(db);
        let folder = tempfile::tempdir().unwrap();
        let (bytes, saved) = save(db, &order(None));
        let (program, file) = (folder.path().join("reader.py"), folder.path().join("a.lilong"));
        fs::write(&program, reader).unwrap();
        fs::write(&file, bytes).unwrap();
        let output = std::process::Command::new("python3").arg(program).arg(file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let rows: std::collections::BTreeMap<String, u64> = serde_json::from_slice(&output.stdout).unwrap();
        let expected = saved.tables.into_iter().map(|(name, sum)| (name, sum.rows)).collect();
        assert_eq!(rows, expected);
    });
}
