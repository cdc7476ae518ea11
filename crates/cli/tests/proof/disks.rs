//! A full disk and a disk that may only be read: told in words, with nothing changed; reading goes on, and so does writing
//! once there is room.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use db::params;
use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::picture::{Picture, nothing_is_wrong};
use crate::place::{DAY, DISTRICT, Engine, Place, said, text};
use crate::serving::{ADD_PREMISES, Reader, Serving, premises, some_town};

db::statements! {
    // As if everyone had come last some time ago.
    EARLIER = "UPDATE sessions SET seen_at = seen_at - ?1";
}

/// Longer ago than the program waits before it writes down that somebody came again.
const SOME_TIME: i64 = 10 * 60_000;

/// A user who owns nothing: whoever runs as root may write anywhere.
const NOBODY: u32 = 65_534;

/// The same command, in whose eyes a disk is full beyond so many blocks of a file: a write is refused, as on a full disk,
/// instead of ending the program.
fn bounded(command: &Command, blocks: Option<u64>) -> Command {
    let mut shell = Command::new("sh");
    let limit = blocks.map_or_else(String::new, |blocks| format!("ulimit -S -f {blocks}; "));
    shell.args(["-c", &format!("trap '' XFSZ; {limit}exec \"$0\" \"$@\"")]);
    shell.arg(command.get_program()).args(command.get_args());
    shell.env_remove("LILONG_DATABASE_URL").env_remove("LILONG_VAULT_KEY").stdin(Stdio::null());
    shell
}

/// What a command says that has to fail: words, and no panic.
fn refused(mut command: Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("lilong: ") && !said.contains("panicked"), "{said}");
    said
}

/// From now on no file of a process grows beyond so many bytes; `None`: there is room again.
fn room(serving: &Serving, bytes: Option<u64>) {
    let process = Pid::from_raw(i32::try_from(serving.id()).unwrap()).unwrap();
    let hard = prlimit(Some(process), Resource::Fsize, Rlimit { current: Some(1 << 40), maximum: None });
    let maximum = hard.unwrap().maximum;
    prlimit(Some(process), Resource::Fsize, Rlimit { current: bytes.or(maximum), maximum }).unwrap();
}

#[test]
fn a_full_disk_is_told_to_whoever_writes_and_nobody_else() {
    let place = Place::demonstration(Engine::Sqlite, "0.01").unwrap();
    let town = &some_town(&place);
    let serve = bounded(&place.lilong(&["serve", "--listen", "127.0.0.1:0"]), None);
    let serving = Serving::run(&mut { serve }, place.beside("log"));
    let mut officer = Reader::new(&serving);
    officer.enter("district-officer");
    place.find().unwrap().write(|tx| tx.execute(&EARLIER, params![SOME_TIME])).unwrap();
    let before = Picture::of(&place).unwrap();
    let wal = fs::metadata(place.data().join(format!("{DISTRICT}.db-wal"))).unwrap().len();
    room(&serving, Some(wal));
    for number in 0..5 {
        let answer = officer.post(ADD_PREMISES, &premises(town, number, "proof")).unwrap();
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(answer.body.contains("Nothing can be saved just now"), "{}", answer.body);
        assert!(answer.body.contains("had no effect"), "{}", answer.body);
        for page in ["/", "/communities?q=a", "/desk", "/district/stations/premises"] {
            assert_eq!(officer.get(page).unwrap().status, 200, "{page}");
        }
    }
    assert_eq!(Picture::of(&place).unwrap(), before);
    room(&serving, None);
    let answer = officer.post(ADD_PREMISES, &premises(town, 0, "proof")).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.body);
    let after = Picture::of(&place).unwrap();
    assert_eq!(after.rows()["premises"], before.rows()["premises"] + 1);
    assert!(!serving.log().contains("panicked"), "{}", serving.log());
    assert!(serving.log().contains("nothing can be written"), "{}", serving.log());
    serving.end();
    nothing_is_wrong(&place);
}

#[test]
fn what_finds_no_room_is_not_there_by_halves() {
    /// Less than any of these writes, whichever size of a block the shell counts in.
    const BLOCKS: u64 = 400;
    let demo = Place::demonstration(Engine::Sqlite, "0.01").unwrap();
    let (workbook, archive) = (demo.beside("register.xlsx"), demo.beside("whole.lilong"));
    said(&mut demo.lilong(&["export", "--on", DAY, &workbook]));
    said(&mut demo.lilong(&["backup", &archive]));
    let place = Place::empty(Engine::Sqlite).unwrap();
    said(&mut place.lilong(&["name", "闵行区"]));
    let before = Picture::of(&place).unwrap();

    let import = refused(bounded(&place.lilong(&["import", "--on", DAY, &workbook]), Some(BLOCKS)));
    assert!(import.contains("takes no more") && import.contains("Nothing was written"), "{import}");
    assert_eq!(Picture::of(&place).unwrap(), before);
    nothing_is_wrong(&place);
    said(&mut place.lilong(&["import", "--on", DAY, &workbook]));
    nothing_is_wrong(&place);

    let second = demo.beside("second.lilong");
    let backup = refused(bounded(&demo.lilong(&["backup", &second]), Some(BLOCKS)));
    assert!(backup.contains("second.lilong") && backup.contains("make room"), "{backup}");
    assert!(!Path::new(&second).exists());

    let there = Place::empty(Engine::Sqlite).unwrap();
    fs::create_dir(there.data()).unwrap();
    let restore = refused(bounded(&there.lilong(&["restore", &archive]), Some(BLOCKS)));
    assert!(restore.contains("takes no more"), "{restore}");
    assert!(there.find().is_none());
    assert_eq!(fs::read_dir(there.data()).unwrap().count(), 0, "nothing is left beside it");
    said(&mut there.lilong(&["restore", &archive]));
    assert_eq!(Picture::of(&there), Picture::of(&demo));
}

#[test]
fn a_disk_that_may_only_be_read_is_told_and_stays_as_it_is() {
    let demo = Place::demonstration(Engine::Sqlite, "0.01").unwrap();
    let workbook = demo.beside("register.xlsx");
    said(&mut demo.lilong(&["export", "--on", DAY, &workbook]));
    let before = Picture::of(&demo).unwrap();
    // Where everybody may run it.
    let program = demo.beside("lilong");
    fs::copy(env!("CARGO_BIN_EXE_lilong"), &program).unwrap();
    let data = demo.data();
    let is_root = fs::metadata(&data).unwrap().uid() == 0;
    let files = || fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path());
    if is_root {
        let all = files().chain([data.clone(), workbook.clone().into()]);
        all.for_each(|file| chown(file, Some(NOBODY), None).unwrap());
    }
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let everything = |folder: u32, file: u32| {
        files().for_each(|path| mode(&path, file));
        mode(&data, folder);
    };
    mode(data.parent().unwrap(), 0o755);
    everything(0o555, 0o444);
    let data_text = text(&data);
    let run = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.args(words).args(["--data", &data_text]).env_remove("LILONG_DATABASE_URL");
        if is_root {
            command.uid(NOBODY);
        }
        refused(command)
    };
    for words in [
        &["import", "--on", DAY, &workbook][..],
        &["serve", "--listen", "127.0.0.1:0"],
        &["name", "闵行区"],
        &["rekey"],
    ] {
        let said = run(words);
        assert!(said.contains("can only be read") && said.contains("be written again"), "{words:?}: {said}");
    }
    everything(0o755, 0o644);
    assert_eq!(Picture::of(&demo).unwrap(), before);
    nothing_is_wrong(&demo);
}
