//! An import that is killed leaves nothing behind, and the same import then does all of it: the program itself, ended
//! without warning at points spread over the whole of its run, on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use db::Db;
use serde_json::Value;

/// A code that no other test uses: on PostgreSQL it names the schema.
const DISTRICT: &str = "990001";
/// The day on which the demonstration stands.
const DAY: &str = "2026-01-31";
/// Kills, spread evenly over the time that one whole import takes.
const KILLS: u32 = 8;

fn lilong(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lilong"));
    command.args(arguments).env_remove("LILONG_DATABASE_URL").stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// A workbook of one hundredth of a district.
fn workbook(folder: &Path) -> String {
    let data = folder.join("demo").display().to_string();
    let file = folder.join("register.xlsx").display().to_string();
    let demo = lilong(&["demo", "--no-serve", "--size", "0.01", "--data", &data]).status().unwrap();
    assert!(demo.success());
    assert!(lilong(&["export", "--data", &data, "--on", DAY, &file]).status().unwrap().success());
    file
}

/// What an import of the workbook would do now, by sheet: nothing is written.
fn would_do(place: &[&str], workbook: &str) -> Value {
    let mut look = lilong(&[&["import", "--dry-run", "--json", "--on", DAY, workbook], place].concat());
    let output = look.stdout(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["sheets"].clone()
}

/// Whether nothing of the workbook is left to take in.
fn all_there(sheets: &Value) -> bool {
    sheets.as_object().unwrap().values().all(|sheet| sheet["same"] == sheet["rows"])
}

/// Imports and kills: after each, the register is as empty as before or whole.
fn contract(place: &[&str], workbook: &str, afresh: &dyn Fn()) {
    let import = || lilong(&[&["import", "--on", DAY, workbook], place].concat());
    afresh();
    let empty = would_do(place, workbook);
    assert!(!all_there(&empty));
    let started = Instant::now();
    assert!(import().status().unwrap().success());
    let whole = started.elapsed();
    assert!(all_there(&would_do(place, workbook)));

    afresh();
    let mut broken_off = 0;
    for kill in 0..KILLS {
        let mut running = import().stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(whole * kill / KILLS);
        running.kill().unwrap();
        running.wait().unwrap();
        let now = would_do(place, workbook);
        if all_there(&now) {
            afresh();
        } else {
            broken_off += 1;
            assert_eq!(now, empty, "a part was left by kill {kill}");
        }
    }
    assert!(broken_off > 0, "no import was ended before its end");
    assert!(import().status().unwrap().success());
    assert!(all_there(&would_do(place, workbook)));
}

#[test]
fn nothing_is_left_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let workbook = workbook(folder.path());
    let data = folder.path().join("data");
    let place = ["--data", &data.display().to_string(), "--district", DISTRICT];
    contract(&place, &workbook, &|| {
        if data.exists() {
            std::fs::remove_dir_all(&data).unwrap();
        }
    });
}

#[test]
fn nothing_is_left_on_postgres() {
    let Ok(url) = std::env::var("LILONG_TEST_DATABASE_URL") else {
        println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let workbook = workbook(folder.path());
    // The folder holds the key of the identity vault, the schema everything else.
    let data = folder.path().join("data").display().to_string();
    let afresh = || Db::drop_schema(&url, &db::district_schema(DISTRICT)).unwrap();
    contract(&["--data", &data, "--database-url", &url, "--district", DISTRICT], &workbook, &afresh);
    afresh();
}
