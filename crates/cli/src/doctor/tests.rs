//! Each check finds its fault, made on purpose, and finds nothing where there is none.

use std::fs;
use std::net::TcpListener;

use district::kit::settings::{Setting, set};
use district::kit::{Actor, Call, PersonId};
use district::people::name_district;
use district::people::vault::{AddPerson, add_persons};
use tempfile::TempDir;

use super::*;

/// A district with one person in its vault, in a folder of its own.
struct Installation {
    folder: TempDir,
    place: Where,
}

impl Installation {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().join("data"), database_url: None, district: "310112".into() };
        let db = place.make().unwrap();
        // Whenever the test runs, the State Council has published this year's calendar and the next.
        let (year, _, _) = edge::now().day().ymd();
        fs::create_dir(place.calendars()).unwrap();
        for year in [year, year + 1] {
            let published = format!("year = {year}\nsource = \"\"\nworkdays = []\nholiday = []\n");
            fs::write(place.calendars().join(format!("{year}.toml")), published).unwrap();
        }
        let vault = place.vault(&db).unwrap();
        let actor = Actor::program();
        db.write(|tx| {
            let call = &mut Call::new(&actor, edge::now(), 1);
            name_district(tx, call, "示例区", None)?;
            let id: PersonId = call.id();
            let person = AddPerson { id, name: "示例".into(), telephone: None, identity_number: None };
            // Somebody invented, as the district has no administrators.
            set(tx, Setting::Demonstration, "true")?;
            add_persons(tx, call, &vault, &[person])?;
            set(tx, Setting::Demonstration, "false")
        })
        .unwrap();
        Self { folder, place }
    }

    fn backups(&self) -> PathBuf {
        self.folder.path().join("backups")
    }

    fn ground(&self) -> Ground {
        let listen = Some("127.0.0.1:0".parse().unwrap());
        // However full the disk of the tests is.
        Ground { room: 0, ..Ground::of(self.place.clone(), listen, Some(self.backups())) }
    }

    fn back_up(&self, now: Instant) {
        fs::create_dir_all(self.backups()).unwrap();
        let db = self.place.find().unwrap();
        crate::backup::into_folder(&db, "310112", &self.backups(), None, now).unwrap();
    }
}

/// The command of the one check that finds something wrong.
fn only_wrong(ground: &Ground, name: &str) -> String {
    let mut found = ground.examine();
    found.retain(|(_, finding)| matches!(finding, Finding::Wrong { .. }));
    let [(wrong, Finding::Wrong { mend, .. })] = &found[..] else { panic!("not {name} alone: {found:?}") };
    assert_eq!(*wrong, name);
    assert!(!mend.contains('\n'), "one command: {mend}");
    mend.clone()
}

#[test]
fn a_sound_installation_has_nothing_wrong() {
    let it = Installation::new();
    it.back_up(edge::now());
    let found = it.ground().examine();
    assert!(found.iter().all(|(_, finding)| !matches!(finding, Finding::Wrong { .. })), "{found:?}");
    let skipped = found.iter().filter(|(_, finding)| matches!(finding, Finding::Skipped(_))).count();
    assert_eq!(skipped, 1, "SQLite has no collation to look at: {found:?}");
}

#[test]
fn no_room_is_found() {
    let it = Installation::new();
    it.back_up(edge::now());
    let full = Ground { room: u64::MAX, ..it.ground() };
    assert!(only_wrong(&full, "room").starts_with("lilong move"));
}

#[test]
fn a_missing_and_a_wrong_key_are_found() {
    let it = Installation::new();
    it.back_up(edge::now());
    let key = it.place.key_file();
    let right = fs::read_to_string(&key).unwrap();
    fs::write(&key, "0".repeat(64)).unwrap();
    assert!(only_wrong(&it.ground(), "key").starts_with("cp "));
    fs::write(&key, "no key").unwrap();
    only_wrong(&it.ground(), "key");
    fs::remove_file(&key).unwrap();
    only_wrong(&it.ground(), "key");
    assert!(!key.exists(), "nothing is made");
    fs::write(&key, right).unwrap();
    assert!(it.ground().examine().iter().all(|(_, finding)| !matches!(finding, Finding::Wrong { .. })));
}

#[test]
fn a_newer_schema_is_found() {
    let it = Installation::new();
    it.back_up(edge::now());
    let mut newer = district::MIGRATIONS.to_vec();
    let version = edge::newest_schema() + 1;
    newer.push(db::Migration {
        version,
        name: "newer",
        sql: "CREATE TABLE newer (id BIGINT PRIMARY KEY);\n",
    });
    it.place.find().unwrap().migrate(&newer, edge::now()).unwrap();
    assert!(only_wrong(&it.ground(), "schema").contains("cargo build"));
}

#[test]
fn a_district_that_is_not_there_or_broken_is_found() {
    let it = Installation::new();
    it.back_up(edge::now());
    let nowhere = Where { district: "310115".into(), ..it.place.clone() };
    let ground = Ground { room: 0, ..Ground::of(nowhere, None, None) };
    assert!(only_wrong(&ground, "database").starts_with("lilong restore"));
    for end in ["", "-wal", "-shm"] {
        let file = it.place.data.join(format!("310112.db{end}"));
        fs::write(file, "no database at all, but long enough to be looked at as one").unwrap();
    }
    only_wrong(&it.ground(), "database");
    fs::remove_dir_all(&it.place.data).unwrap();
    let found = it.ground().examine();
    assert!(matches!(&found[0], ("folder", Finding::Wrong { mend, .. }) if mend.starts_with("mkdir")));
}

#[test]
fn a_server_that_does_not_answer_is_found() {
    let it = Installation::new();
    it.back_up(edge::now());
    let url = format!("host={} user=nobody dbname=nothing", it.folder.path().display());
    let place = Where { database_url: Some(url), ..it.place.clone() };
    let ground = Ground { room: 0, ..Ground::of(place, None, Some(it.backups())) };
    assert!(only_wrong(&ground, "database").starts_with("pg_isready"));
}

#[test]
fn a_server_is_looked_at_before_a_district_is_there() {
    let Ok(url) = std::env::var("LILONG_TEST_DATABASE_URL") else {
        println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
        return;
    };
    let it = Installation::new();
    let place = Where { database_url: Some(url), district: "990003".into(), ..it.place.clone() };
    let ground = Ground { room: 0, ..Ground::of(place, None, None) };
    assert!(matches!(checks::texts(&ground), Finding::Right(_)));
    assert!(only_wrong(&ground, "database").starts_with("lilong restore"));
    assert!(Db::find(&ground.place.location().unwrap()).unwrap().is_none(), "nothing is made");
}

#[test]
fn a_port_that_is_taken_is_found() {
    let it = Installation::new();
    it.back_up(edge::now());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let ground = Ground { listen: Some(taken.local_addr().unwrap()), ..it.ground() };
    let mend = only_wrong(&ground, "port");
    assert!(mend.starts_with("lilong serve") && mend.contains("127.0.0.1:"), "{mend}");
}

#[test]
fn a_clock_that_is_behind_is_found() {
    let it = Installation::new();
    let behind = edge::now().plus_millis(-20 * 60_000);
    it.back_up(behind);
    let ground = Ground { now: behind, ..it.ground() };
    assert!(only_wrong(&ground, "clock").contains("set-ntp"));
    // A file that was copied says nothing about the clock; what is in it does.
    let file = fs::File::options().write(true).open(it.place.file()).unwrap();
    let copied = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
    file.set_modified(copied).unwrap();
    only_wrong(&ground, "clock");
    assert!(matches!(checks::clock(&Ground { now: edge::now(), ..ground }), Finding::Right(_)));
}

#[test]
fn a_backup_that_failed_is_gone_or_overdue_is_found() {
    let it = Installation::new();
    assert!(only_wrong(&it.ground(), "backup").starts_with("mkdir"));
    let now = edge::now();
    it.back_up(now.plus_millis(-27 * 3_600_000));
    assert!(only_wrong(&it.ground(), "backup").starts_with("lilong backup"), "overdue");
    it.back_up(now);
    assert!(matches!(checks::backup(&it.ground()), Finding::Right(_)));

    // A second one of the same second cannot take the first one's name.
    let again = crate::backup::into_folder(&it.place.find().unwrap(), "310112", &it.backups(), None, now);
    assert!(again.is_err());
    only_wrong(&it.ground(), "backup");

    it.back_up(now.plus_millis(1_000));
    let state = crate::backup::state::read(&it.backups(), "310112").unwrap().unwrap();
    fs::write(it.backups().join(state.good.unwrap().file), "cut").unwrap();
    only_wrong(&it.ground(), "backup");
}

#[test]
fn a_database_that_orders_texts_otherwise_is_found() {
    let texts = |encoding: &str, collation: &str, by_bytes: bool| db::Texts {
        encoding: encoding.into(),
        collation: collation.into(),
        by_bytes,
    };
    assert!(matches!(checks::judged(&texts("UTF8", "C", true), None), Finding::Right(_)));
    for wrong in [texts("UTF8", "zh_CN.UTF-8", false), texts("LATIN1", "C", true)] {
        let Finding::Wrong { mend, .. } = checks::judged(&wrong, Some("--data d")) else {
            panic!("{wrong:?}")
        };
        assert!(mend.starts_with("createdb") && mend.contains("lilong move --data d"), "{mend}");
        let Finding::Wrong { mend, .. } = checks::judged(&wrong, None) else { panic!("{wrong:?}") };
        assert!(mend.starts_with("createdb") && !mend.contains("lilong move"), "{mend}");
    }
}

db::statements! {
    END_CUT_OFF = "DELETE FROM audit WHERE number = (SELECT value FROM counters WHERE name = 'audit')";
    COUNTED_DOWN = "UPDATE counters SET value = value - 1 WHERE name = 'audit'";
    SUBJECT_PUT = "INSERT INTO audit_subjects (person_id, audit_id) SELECT p.id, a.id FROM persons p, audit a WHERE a.number = 1";
    ROW_TAKEN = "DELETE FROM audit WHERE number = 1";
}

#[test]
fn two_districts_in_one_folder_are_found() {
    let it = Installation::new();
    std::fs::write(it.place.data.join("database.url"), "host=/nowhere dbname=lilong").unwrap();
    let Finding::Wrong { seen, mend, .. } = checks::database(&it.ground()) else { panic!("not found") };
    assert!(seen.contains("move the one away that is not meant"), "{seen}");
    assert_eq!(mend, format!("mv {0} {0}.old", it.place.file().display()));
}

#[test]
fn a_row_of_the_audit_that_was_taken_away_is_found() {
    let it = Installation::new();
    it.back_up(edge::now());
    assert!(matches!(checks::audit(&it.ground()), Finding::Right(_)));
    it.place.make().unwrap().write(|tx| tx.execute(&ROW_TAKEN, &[])).unwrap();
    assert!(only_wrong(&it.ground(), "audit").starts_with("lilong backup"));
}

#[test]
fn whom_a_row_of_the_audit_is_about_is_looked_at() {
    let it = Installation::new();
    it.back_up(edge::now());
    it.place.make().unwrap().write(|tx| tx.execute(&SUBJECT_PUT, &[])).unwrap();
    let Finding::Wrong { seen, .. } = checks::audit(&it.ground()) else { panic!("not found") };
    assert!(seen.contains("row 1"), "{seen}");
}

/// What doctor says of the audit.
fn said_of_audit(it: &Installation) -> Option<String> {
    match checks::audit(&it.ground()) {
        Finding::Wrong { seen, mend } => {
            assert!(mend.contains("--after-restore"), "{mend}");
            Some(seen)
        }
        _ => None,
    }
}

fn backs_up_after_restore(it: &Installation) {
    crate::backup::state::forget_chain(&it.backups(), "310112").unwrap();
    it.back_up(edge::now().plus_millis(120_000));
}

#[test]
fn an_end_of_the_audit_that_was_cut_off_is_missed_also_by_the_next_backup() {
    let it = Installation::new();
    it.back_up(edge::now());
    assert_eq!(said_of_audit(&it), None);
    let db = it.place.make().unwrap();
    db.write(|tx| {
        tx.execute(&END_CUT_OFF, &[])?;
        tx.execute(&COUNTED_DOWN, &[])
    })
    .unwrap();
    let seen = said_of_audit(&it).expect("missed");
    assert!(seen.contains("ends at row 1") && seen.contains("had 2 rows"), "{seen}");
    // The night after, the shorter chain is saved, and the end that is missed stays remembered.
    it.back_up(edge::now().plus_millis(60_000));
    assert!(said_of_audit(&it).is_some());
    // Grown again to its length it is another one.
    let actor = Actor::program();
    db.write(|tx| name_district(tx, &mut Call::new(&actor, edge::now(), 9), "另一区", None)).unwrap();
    let seen = said_of_audit(&it).expect("missed");
    assert!(seen.contains("row 2 of the audit is not the one"), "{seen}");
    backs_up_after_restore(&it);
    assert_eq!(said_of_audit(&it), None);
}

#[test]
fn an_older_backup_that_was_restored_is_said_to_be_one() {
    let it = Installation::new();
    it.back_up(edge::now());
    let older = crate::backup::state::read(&it.backups(), "310112").unwrap().unwrap().good.unwrap().file;
    let db = it.place.make().unwrap();
    let actor = Actor::program();
    db.write(|tx| name_district(tx, &mut Call::new(&actor, edge::now(), 9), "另一区", None)).unwrap();
    it.back_up(edge::now().plus_millis(60_000));
    assert_eq!(said_of_audit(&it), None);
    let place = Where { data: it.folder.path().join("restored"), ..it.place.clone() };
    let archive = it.backups().join(older);
    let found = db::archive::look(fs::File::open(&archive).unwrap()).unwrap().open(None).unwrap();
    let target = db::archive::Target { migrations: &district::MIGRATIONS, now: edge::now() };
    found.restore(&place.location().unwrap(), target, |_| Ok(())).unwrap();
    let ground = Ground { room: 0, ..Ground::of(place, None, Some(it.backups())) };
    let Finding::Wrong { seen, mend } = checks::audit(&ground) else { panic!("not found") };
    assert!(seen.contains("an older backup was restored") && mend.contains("--after-restore"), "{seen}");
}

db::statements! {
    DAY_MADE_UP = "INSERT INTO reach_days (community_id, day, contacted, responded, satisfied, unknown)
        SELECT id, 1, 1, 0, 0, 0 FROM communities";
    SPAN_MADE_UP = "INSERT INTO reach_spans (community_id, span, contacted, responded, satisfied, unknown)
        SELECT id, 0, 1, 0, 0, 0 FROM communities";
}

#[test]
fn daily_rows_that_somebody_else_wrote_are_found_and_counted_anew() {
    let it = Installation::new();
    let order = sim::Order { per_mille: sim::SMALLEST_SIZE, with_work: false, ..sim::Order::new(5) };
    let place = Where { district: "310113".into(), ..it.place.clone() };
    let db = place.make().unwrap();
    sim::make(&db, &place.vault(&db).unwrap(), &order).unwrap();
    let ground = || Ground { room: 0, ..Ground::of(place.clone(), None, None) };
    assert!(matches!(checks::coverage(&ground()), Finding::Right(_)));
    db.write(|tx| {
        tx.execute(&DAY_MADE_UP, &[])?;
        tx.execute(&SPAN_MADE_UP, &[])
    })
    .unwrap();
    assert!(only_wrong(&ground(), "coverage").starts_with("lilong tidy --recount"));
    crate::tidy::Tidy { place: place.clone(), recount: true }.run().unwrap();
    assert!(matches!(checks::coverage(&ground()), Finding::Right(_)));
}

#[test]
fn a_year_whose_working_days_nobody_knows_is_found() {
    let it = Installation::new();
    let folder = it.place.calendars();
    fs::remove_dir_all(&folder).unwrap();
    let on = |text: &str| Ground { now: Instant::at(base::Day::parse(text).unwrap(), 9, 0), ..it.ground() };
    assert!(matches!(checks::calendar(&on("2026-11-30")), Finding::Right(_)));
    for soon in ["2026-12-01", "2027-01-01"] {
        let Finding::Wrong { seen, mend } = checks::calendar(&on(soon)) else { panic!("{soon}") };
        assert!(seen.contains("2027") && mend.ends_with("calendars/2027.toml"), "{seen} {mend}");
    }
    fs::create_dir(&folder).unwrap();
    let published = "year = 2027\nsource = \"\"\nworkdays = []\nholiday = []\n";
    fs::write(folder.join("2027.toml"), published).unwrap();
    assert!(matches!(checks::calendar(&on("2026-12-01")), Finding::Right(_)));
    fs::write(folder.join("2028.toml"), "year = 2028").unwrap();
    let Finding::Wrong { seen, .. } = checks::calendar(&on("2026-12-01")) else { panic!("no calendar") };
    assert!(seen.contains("2028.toml"), "{seen}");
}
