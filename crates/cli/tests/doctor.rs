//! `lilong doctor` as a person runs it: what may not be written, what it prints, and how it ends.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A user who owns nothing: whoever runs as root may write anywhere.
const NOBODY: u32 = 65_534;

fn lilong(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_remove("LILONG_DATABASE_URL");
    command
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// What a check found, by its name.
fn found(output: &Output, check: &str) -> Value {
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    all.as_array().unwrap().iter().find(|it| it["check"] == check).unwrap().clone()
}

#[test]
fn what_may_not_be_written_is_found() {
    let folder = tempfile::tempdir().unwrap();
    mode(folder.path(), 0o755);
    // Where everybody may run it.
    let program = folder.path().join("lilong");
    fs::copy(env!("CARGO_BIN_EXE_lilong"), &program).unwrap();
    let data = folder.path().join("data");
    let place = data.display().to_string();
    let demo =
        lilong(&program, &["demo", "--no-serve", "--size", "0.01", "--data", &place]).output().unwrap();
    assert!(demo.status.success());
    let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
    let doctor = || {
        let mut command = lilong(&program, &["doctor", "--json", "--data", &place]);
        if is_root {
            command.uid(NOBODY);
        }
        command.output().unwrap()
    };
    let files = || fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path());
    if is_root {
        chown(&data, Some(NOBODY), None).unwrap();
        files().for_each(|file| chown(file, Some(NOBODY), None).unwrap());
    }

    let sound = doctor();
    assert_eq!(found(&sound, "folder")["found"], "right");
    assert_eq!(found(&sound, "writing")["found"], "right");

    mode(&data.join("310112.db"), 0o444);
    let file = doctor();
    assert_eq!(file.status.code(), Some(1));
    assert_eq!(found(&file, "writing")["found"], "wrong");
    assert!(found(&file, "writing")["mend"].as_str().unwrap().contains("chmod u+rw"));

    mode(&data, 0o555);
    let both = doctor();
    assert_eq!(found(&both, "folder")["found"], "wrong");
    assert!(found(&both, "folder")["mend"].as_str().unwrap().contains("chown"));
    mode(&data, 0o755);
}

#[test]
fn it_prints_a_line_for_each_check_and_a_command_for_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere").display().to_string();
    let program = Path::new(env!("CARGO_BIN_EXE_lilong"));
    let output = lilong(program, &["doctor", "--data", &nowhere]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains(&format!("WRONG    folder: the folder {nowhere} is not there\n         mkdir -p")),
        "{said}"
    );
    assert!(said.contains("skipped  port: "), "{said}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("of 13 things looked at are wrong"));
    assert!(!Path::new(&nowhere).exists(), "it makes nothing");
}
