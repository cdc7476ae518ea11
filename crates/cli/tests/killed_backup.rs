//! A backup, or a restoring, that is killed leaves the whole thing or nothing: the program itself, ended without warning
//! at points spread over the whole of its run, on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use db::archive::{self, Summary};
use db::{Db, Location};

/// A code that no other test uses: on PostgreSQL it names the schema.
const DISTRICT: &str = "990002";
/// Kills, spread evenly over the time that one whole run takes.
const KILLS: u32 = 20;

fn lilong(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lilong"));
    command.args(arguments).env_remove("LILONG_DATABASE_URL").stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn succeeds(arguments: &[&str]) {
    assert!(lilong(arguments).status().unwrap().success(), "{arguments:?}");
}

/// A hundredth of a district in `demo`, and its archive in `whole.lilong`.
fn demonstration(folder: &Path) -> (String, String) {
    let data = folder.join("demo").display().to_string();
    let whole = folder.join("whole.lilong").display().to_string();
    succeeds(&["demo", "--no-serve", "--size", "0.01", "--data", &data, "--district", DISTRICT]);
    succeeds(&["backup", &whole, "--data", &data, "--district", DISTRICT]);
    (data, whole)
}

/// Runs it whole once, then kills it at points over the time that took; after each, `look` says whether the thing is
/// there, having failed if it is there by halves, and `afresh` takes it away.
fn contract(arguments: &[&str], afresh: &dyn Fn(), look: &dyn Fn() -> bool) {
    afresh();
    let started = Instant::now();
    succeeds(arguments);
    let whole = started.elapsed();
    assert!(look(), "it was not there after a whole run");
    let mut absent = 0;
    for kill in 0..KILLS {
        afresh();
        assert!(!look());
        let mut running = lilong(arguments).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(whole * kill / KILLS);
        running.kill().unwrap();
        running.wait().unwrap();
        absent += u32::from(!look());
    }
    assert!(absent > 0, "none was ended before its end");
    afresh();
    succeeds(arguments);
    assert!(look(), "it cannot be done after kills");
}

fn read(file: &Path) -> Summary {
    archive::look(File::open(file).unwrap()).unwrap().open(None).unwrap().check().unwrap()
}

/// What a district holds, by an archive that is thrown away; `None` where there is none.
fn content(place: &Location) -> Option<String> {
    let db = Db::find(place).unwrap()?;
    let order = archive::Order {
        district: DISTRICT,
        made_at: base::Instant::from_millis(0),
        program: "test",
        left_out: &district::kit::NOT_FACTS,
        passphrase: None,
    };
    let saved = db.snapshot(|tx| archive::save(tx, std::io::sink(), &order)).unwrap();
    Some(saved.content().to_string())
}

#[test]
fn a_backup_is_there_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let (data, whole) = demonstration(folder.path());
    let content = read(Path::new(&whole)).content();
    let backups = folder.path().join("backups");
    let file = backups.join("a.lilong");
    let afresh = || {
        if backups.exists() {
            fs::remove_dir_all(&backups).unwrap();
        }
    };
    let look = || {
        let looks_like_one = |name: &Path| name.extension().is_some_and(|end| end == "lilong");
        let names = fs::read_dir(&backups).into_iter().flatten().map(|entry| entry.unwrap().path());
        let there: Vec<_> = names.filter(|name| looks_like_one(name)).collect();
        for name in &there {
            assert_eq!(read(name).content(), content);
        }
        !there.is_empty()
    };
    let arguments = ["backup", &file.display().to_string(), "--data", &data, "--district", DISTRICT];
    contract(&arguments, &afresh, &look);
}

#[test]
fn a_restored_file_is_there_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let (_, whole) = demonstration(folder.path());
    let content_of_all = read(Path::new(&whole)).content().to_string();
    let data = folder.path().join("there");
    let place = Location::File(db::district_file(&data, DISTRICT));
    let afresh = || {
        if data.exists() {
            fs::remove_dir_all(&data).unwrap();
        }
    };
    let look = || {
        content(&place).is_some_and(|there| {
            assert_eq!(there, content_of_all);
            true
        })
    };
    contract(
        &["restore", &whole, "--data", &data.display().to_string(), "--district", DISTRICT],
        &afresh,
        &look,
    );
}

#[test]
fn a_restored_schema_is_there_or_not() {
    let Ok(url) = std::env::var("LILONG_TEST_DATABASE_URL") else {
        println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (data, whole) = demonstration(folder.path());
    let content_of_all = read(Path::new(&whole)).content().to_string();
    let schema = db::district_schema(DISTRICT);
    let place = Location::Server { url: url.clone(), schema: schema.clone() };
    let afresh = || Db::drop_schema(&url, &schema).unwrap();
    let look = || {
        content(&place).is_some_and(|there| {
            assert_eq!(there, content_of_all);
            true
        })
    };
    let arguments = ["restore", &whole, "--data", &data, "--database-url", &url, "--district", DISTRICT];
    contract(&arguments, &afresh, &look);
    afresh();
}
