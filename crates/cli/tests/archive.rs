//! A district saved, restored and moved by the program itself, as an administrator does it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use db::Db;
use serde_json::Value;
use tempfile::TempDir;
use testkit::Dropped;

fn lilong(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lilong"));
    command.args(arguments).env_remove("LILONG_DATABASE_URL").stdin(Stdio::null());
    command
}

/// What the program says when all went well.
fn said(arguments: &[&str]) -> String {
    let output = lilong(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&said(arguments)).unwrap()
}

/// What it says when it refuses.
fn refused(arguments: &[&str]) -> String {
    let output: Output = lilong(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A hundredth of the demonstration in a folder.
struct Demonstration {
    folder: TempDir,
    /// The line that `lilong demo --json` printed.
    line: Value,
}

/// The code of the demonstration's district.
const DISTRICT: &str = "310112";

impl Demonstration {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("demo");
        let line = json(&["demo", "--no-serve", "--json", "--size", "0.01", "--data", &text(&data)]);
        Self { folder, line }
    }

    fn path(&self, name: &str) -> String {
        text(&self.folder.path().join(name))
    }

    /// The digest of the district in a folder, by the program that made it.
    fn digest(&self, name: &str) -> Value {
        let data = self.path(name);
        json(&["demo", "--no-serve", "--json", "--size", "0.01", "--data", &data])["digest"].clone()
    }

    fn names(&self, name: &str) -> Vec<PathBuf> {
        let Ok(folder) = fs::read_dir(self.folder.path().join(name)) else { return Vec::new() };
        folder.map(|entry| entry.unwrap().path()).collect()
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn a_saved_district_is_restored_with_an_equal_digest() {
    let it = Demonstration::make();
    let (file, demo, there) = (it.path("saved/a.lilong"), it.path("demo"), it.path("there"));
    let saved = said(&["backup", &file, "--data", &demo]);
    assert!(saved.contains("模拟 simulated") && saved.contains("not encrypted"), "{saved}");
    assert!(saved.contains("the key of the identity vault") && saved.contains("in a safe"), "{saved}");
    let restored = said(&["restore", &file, "--data", &there]);
    assert!(restored.contains("bring it from the safe"), "{restored}");
    assert!(it.names("there").iter().all(|name| name.ends_with("310112.db")), "{:?}", it.names("there"));
    fs::copy(it.path("demo/vault.key"), it.path("there/vault.key")).unwrap();
    assert_eq!(it.digest("there"), it.line["digest"]);
    // Neither is written over.
    assert!(refused(&["backup", &file, "--data", &demo]).contains("nothing is written over it"));
    assert!(refused(&["restore", &file, "--data", &there]).contains("into an empty place only"));
}

#[test]
fn an_encrypted_archive_needs_its_passphrase() {
    let it = Demonstration::make();
    let (file, demo, there) = (it.path("a.lilong"), it.path("demo"), it.path("there"));
    let words = |name: &str, text: &str| {
        fs::write(it.path(name), text).unwrap();
        it.path(name)
    };
    let (right, wrong) =
        (words("right", "four words put together\n"), words("wrong", "other words put together\n"));
    let short = words("short", "short\n");
    assert!(
        refused(&["backup", &file, "--data", &demo, "--passphrase-file", &short]).contains("12 characters")
    );
    assert!(said(&["backup", &file, "--data", &demo, "--passphrase-file", &right]).contains(", encrypted,"));
    let restore = ["restore", &file, "--data", &there];
    assert!(refused(&restore).contains("its passphrase is needed"));
    let wrong = refused(&[&restore[..], &["--passphrase-file", &wrong]].concat());
    assert!(wrong.contains("not the passphrase"), "{wrong}");
    assert!(it.names("there").is_empty(), "nothing was written");
    said(&[&restore[..], &["--passphrase-file", &right]].concat());
    fs::copy(it.path("demo/vault.key"), it.path("there/vault.key")).unwrap();
    assert_eq!(it.digest("there"), it.line["digest"]);
}

#[test]
fn what_cannot_be_restored_is_told_in_its_own_words() {
    let it = Demonstration::make();
    let (file, demo, there) = (it.path("a.lilong"), it.path("demo"), it.path("there"));
    said(&["backup", &file, "--data", &demo]);
    let bytes = fs::read(&file).unwrap();
    let restored = |bytes: &[u8]| {
        fs::write(it.path("b.lilong"), bytes).unwrap();
        let words = refused(&["restore", &it.path("b.lilong"), "--data", &there]);
        assert!(it.names("there").is_empty(), "nothing was written: {words}");
        words
    };
    assert!(restored(&bytes[..bytes.len() / 2]).contains("ends before its end"));
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    assert!(restored(&damaged).contains("is damaged"));
    assert!(restored(b"PK\x03\x04").contains("no archive of Lilong"));
    let other = refused(&["restore", &file, "--data", &there, "--district", "310115"]);
    assert!(other.contains("--district 310112"), "{other}");
    let absent = refused(&["restore", &it.path("c.lilong"), "--data", &there]);
    assert!(absent.contains("No such file"), "{absent}");
    assert!(refused(&["backup", &it.path("d.lilong"), "--data", &there]).contains("there is no district"));
}

#[test]
fn a_district_moves_to_postgres_and_back_with_equal_digests() {
    let it = Demonstration::make();
    let demo = it.path("demo");
    // From a file to a file, whether there is a server or not.
    let near = json(&["move", "--json", "--data", &demo, "--to", &it.path("near")]);
    assert_eq!(near["digest"], it.line["digest"]);
    assert!(refused(&["move", "--data", &demo, "--to", &it.path("near")]).contains("is there already"));
    let Ok(url) = std::env::var("LILONG_TEST_DATABASE_URL") else {
        println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
        return;
    };
    let schema = db::district_schema(DISTRICT);
    let _dropped = Dropped { url: &url, schema: &schema };
    Db::drop_schema(&url, &schema).unwrap();
    let there = json(&["move", "--json", "--data", &demo, "--to", &url]);
    assert_eq!((&there["digest"], &there["facts"]), (&it.line["digest"], &it.line["facts"]));
    assert!(refused(&["move", "--data", &demo, "--to", &url]).contains("is there already"));
    let back = said(&["move", "--data", &demo, "--database-url", &url, "--to", &it.path("back")]);
    assert!(back.contains(it.line["digest"].as_str().unwrap()), "{back}");
    assert!(back.contains("The old place is as it was"), "{back}");
    fs::copy(it.path("demo/vault.key"), it.path("back/vault.key")).unwrap();
    assert_eq!(it.digest("back"), it.line["digest"]);
    assert_eq!(it.digest("demo"), it.line["digest"]);
    // An archive from the server is an archive from the file.
    let content = |place: &[&str], name: &str| {
        json(&[&["backup", &it.path(name), "--json"], place].concat())["content"].clone()
    };
    let server = content(&["--database-url", &url, "--data", &demo], "server.lilong");
    assert_eq!(server, content(&["--data", &demo], "file.lilong"));
}

#[test]
fn a_served_district_is_saved_every_day_and_the_doctor_sees_it() {
    let it = Demonstration::make();
    let (demo, backups) = (it.path("demo"), it.path("backups"));
    let mut serve = lilong(&["serve", "--data", &demo, "--listen", "127.0.0.1:0", "--backup-to", &backups]);
    let mut serving =
        serve.env("RUST_LOG", "info").stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    // None was ever made, so the first is made at once; the log says what came of it.
    let mut log = BufReader::new(serving.stderr.take().unwrap()).lines().map(Result::unwrap);
    let said_so = log.find(|line| line.contains("backup was made")).unwrap();
    assert!(said_so.contains("a backup was made"), "{said_so}");
    serving.kill().unwrap();
    serving.wait().unwrap();
    let doctor = json(&["doctor", "--json", "--data", &demo, "--backups", &backups]);
    let found = doctor.as_array().unwrap().iter().find(|it| it["check"] == "backup").unwrap();
    assert_eq!(found["found"], "right", "{found}");
    let saved =
        it.names("backups").into_iter().find(|name| name.extension().is_some_and(|end| end == "lilong"));
    said(&["restore", &text(&saved.unwrap()), "--data", &it.path("there")]);
}
