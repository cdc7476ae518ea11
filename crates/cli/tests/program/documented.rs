//! `docs/operations.md` as a new administrator follows it, on both engines: installed, begun by three administrators, a
//! workbook taken in, saved, lost, restored. The commands are those that stand there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::Database;

use crate::operated::Operated;
use crate::served::{Reader, lilong};

/// What the document calls the folder of the district.
const FOLDER: &str = "/var/lib/lilong";
/// What the document calls the archive that is restored.
const ARCHIVE: &str = "310112-2026-11-28-050813.lilong";
/// Where the document installs handbooks.
const HANDBOOKS: &str = "/usr/local/share/lilong/handbooks";
const PASSWORD: &str = "green tea every morning";

/// A machine of its own: a folder, and a database where there is a server.
struct Machine {
    folder: tempfile::TempDir,
    database: Option<Database>,
}

impl Machine {
    fn data(&self) -> PathBuf {
        self.folder.path().join("lilong")
    }

    /// Where the district lies, as `lilong.env` says it.
    fn settled(&self, command: &mut Command) {
        command.current_dir(self.data()).env_remove("LILONG_VAULT_KEY").env_remove("RUST_LOG");
        if let Some(database) = &self.database {
            command.env("LILONG_DATABASE_URL", database.url());
        }
    }

    fn serve(&self) -> Operated {
        let data = self.data().display().to_string();
        let log = self.folder.path().join("log");
        Operated::start_as(&["--data", &data], &log, |command| self.settled(command))
    }

    /// Runs a command of the document.
    fn follow(&self, command: &str) {
        let mut command = lilong(&command.split(' ').collect::<Vec<_>>());
        self.settled(&mut command);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The commands of `lilong` in a section of the document, with the names of this machine in them.
    fn commands(&self, section: &str) -> Vec<String> {
        let text = fs::read_to_string(root().join("docs/operations.md")).unwrap();
        let (_, after) = text.split_once(&format!("\n## {section}\n")).expect("the section");
        let section = after.split("\n## ").next().unwrap_or(after);
        let handbooks = root().join("handbooks").display().to_string();
        let data = self.data().display().to_string();
        let said = section.lines().filter_map(|line| line.strip_prefix("runuser -u lilong -- lilong "));
        let named = |line: &str| {
            let command = line.split("  #").next().unwrap_or(line).trim();
            command.replace(HANDBOOKS, &handbooks).replace(FOLDER, &data)
        };
        said.map(named).collect()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A workbook as a district would fill it in: that of a simulated one.
fn filled_in(to: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let words = ["demo", "--no-serve", "--size", "0.01", "--data", &data];
    assert!(lilong(&words).status().unwrap().success());
    let words = ["export", "--on", "2026-01-31", "--data", &data, &to.display().to_string()];
    assert!(lilong(&words).status().unwrap().success());
}

/// The words between two marks.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("“{before}” is not in {text}"));
    rest.split_once(after).map_or(rest, |(found, _)| found)
}

/// The first page makes three administrators, and two of them set their passwords by their codes.
fn begun(operated: &mut Operated) {
    let line = operated.line();
    let code = between(&line, "/begin with ", "\n").trim().to_owned();
    let fields = [
        ("code", code.as_str()),
        ("name", "闵行区"),
        ("name_en", "Minhang District"),
        ("system_login", "system"),
        ("system", "甲示例"),
        ("security_login", "security"),
        ("security", "乙示例"),
        ("audit_login", "audit"),
        ("audit", "丙示例"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    let (_, page) = Reader::at(&operated.address).fill("/begin", &fields);
    let codes: Vec<&str> =
        page.split("<b class=\"code\">").skip(1).map(|part| part.split('<').next().unwrap_or("")).collect();
    assert_eq!(codes.len(), 2, "{page}");
    for (login, code) in ["security", "audit"].into_iter().zip(codes) {
        let fields = [("login", login), ("code", code), ("password", PASSWORD), ("again", PASSWORD)];
        let (status, answer) = Reader::at(&operated.address).fill("/enrol", &fields);
        assert_eq!(status, 303, "{answer}");
    }
}

/// How many communities the page of them leads to.
fn communities(operated: &Operated) -> usize {
    let page = Reader::at(&operated.address).get("/communities");
    let count = page.matches("href=\"/communities/310112").count();
    assert!(count > 0, "{page}");
    count
}

fn followed(machine: Machine) {
    fs::create_dir_all(machine.data().join("backups")).unwrap();
    let mut operated = machine.serve();
    begun(&mut operated);
    let safe = fs::read(machine.data().join("vault.key")).unwrap();
    let first = machine.commands("The first start");
    assert_eq!(first.len(), 3, "{first:?}");
    machine.follow(&first[0]);
    // The template is filled in elsewhere.
    filled_in(&machine.data().join("register.xlsx"));
    machine.follow(&first[1]);
    machine.follow(&first[2]);
    let there = communities(&operated);

    let saving = machine.commands("Saving and restoring");
    let (saves, restores) = saving.split_at(2);
    for command in saves {
        machine.follow(command);
    }
    assert!(operated.end().success());
    let machine = lost(machine);
    fs::write(machine.data().join("vault.key"), safe).unwrap();
    let archives = fs::read_dir(machine.data().join("backups")).unwrap().map(|it| it.unwrap().file_name());
    let archive = archives.map(|name| name.into_string().unwrap()).find(|name| name.ends_with(".lilong"));
    let archive = archive.expect("an archive");
    assert!(restores.len() == 2 && restores[0].contains(ARCHIVE), "{restores:?}");
    for command in restores {
        machine.follow(&command.replace(ARCHIVE, &archive));
    }
    let operated = machine.serve();
    assert_eq!(communities(&operated), there);
    assert!(operated.end().success());
}

/// The database is lost, and an empty one is made in its place; of a file, the file is lost.
fn lost(machine: Machine) -> Machine {
    fs::remove_file(machine.data().join("vault.key")).unwrap();
    let Machine { folder, database } = machine;
    for entry in fs::read_dir(folder.path().join("lilong")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("310112.db")) {
            fs::remove_file(path).unwrap();
        }
    }
    let database = database.map(|lost| {
        drop(lost);
        Database::make().expect("a server that was there a moment ago")
    });
    Machine { folder, database }
}

#[test]
fn a_new_administrator_follows_the_document_on_sqlite() {
    followed(Machine { folder: tempfile::tempdir().unwrap(), database: None });
}

#[test]
fn a_new_administrator_follows_the_document_on_postgresql() {
    if let Some(database) = Database::make() {
        followed(Machine { folder: tempfile::tempdir().unwrap(), database: Some(database) });
    }
}
