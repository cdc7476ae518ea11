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
/// How the document names the database.
const DATABASE: &str = "'host=/var/run/postgresql user=lilong dbname=lilong'";
const PASSWORD: &str = "green tea every morning";
/// What only a machine of one's own has: packages, services, users. The test starts and ends the server itself.
const OF_THE_MACHINE: [&str; 6] =
    ["apt-get ", "systemctl ", "curl ", "journalctl ", "chown ", "runuser -u postgres -- createuser "];

/// A machine of its own: a folder, and a database where there is a server.
struct Machine {
    folder: tempfile::TempDir,
    database: Option<Database>,
}

impl Machine {
    /// A machine on which nothing is made yet but the folders.
    fn new(database: Option<Database>) -> Self {
        let machine = Self { folder: tempfile::tempdir().unwrap(), database };
        for folder in ["lilong", "safe", "root"] {
            fs::create_dir(machine.folder.path().join(folder)).unwrap();
        }
        machine
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("lilong")
    }

    fn safe(&self) -> PathBuf {
        self.folder.path().join("safe")
    }

    /// Nothing but what the document sets: no variable of ours says where the district lies.
    fn bare(&self, command: &mut Command) {
        command.current_dir(self.folder.path());
        for variable in ["LILONG_DATABASE_URL", "LILONG_VAULT_KEY", "RUST_LOG"] {
            command.env_remove(variable);
        }
    }

    fn serve(&self) -> Operated {
        let data = self.data().display().to_string();
        let log = self.folder.path().join("log");
        Operated::start_as(&["--data", &data], &log, |command| self.bare(command))
    }

    /// Runs lines of the document, one after another, as root's shell would.
    fn follow(&self, lines: &[String]) {
        let mut shell = Command::new("sh");
        self.bare(shell.args(["-e", "-c", &lines.join("\n")]));
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{lines:#?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The commands in a section of the document, in their order, with the names of this machine in them.
    fn commands(&self, section: &str) -> Vec<String> {
        let text = fs::read_to_string(root().join("docs/operations.md")).unwrap();
        let (_, after) = text.split_once(&format!("\n## {section}\n")).expect("the section");
        let section = after.split("\n## ").next().unwrap_or(after);
        let blocks = section.split("```").skip(1).step_by(2);
        blocks.flat_map(str::lines).filter_map(|line| self.here(line)).collect()
    }

    /// A line of the document as it is run here; `None` for what is no command or belongs to a machine of one's own.
    fn here(&self, line: &str) -> Option<String> {
        let (command, comment) = line.split_once("  #").unwrap_or((line, ""));
        // The document says in the comment what is done without PostgreSQL.
        let file = comment.split_once("without PostgreSQL: ").map(|(_, command)| command);
        let command = if self.database.is_none() { file.unwrap_or(command) } else { command }.trim();
        let elsewhere = self.database.is_none() && command.starts_with("runuser -u postgres ");
        if command.is_empty() || elsewhere || OF_THE_MACHINE.iter().any(|it| command.starts_with(it)) {
            return None;
        }
        let shown = |path: PathBuf| path.display().to_string();
        let mut command = command
            .replace(" -o lilong -g lilong", "")
            .replace(HANDBOOKS, &shown(root().join("handbooks")))
            .replace(FOLDER, &shown(self.data()))
            .replace("/root/", &format!("{}/", shown(self.folder.path().join("root"))))
            .replace("SAFE/", &format!("{}/", shown(self.safe())))
            .replace("runuser -u lilong -- lilong ", concat!(env!("CARGO_BIN_EXE_lilong"), " "));
        if let Some(database) = &self.database {
            command = command.replace(DATABASE, &format!("'{}'", database.url()));
            if let Some(asked) = command.strip_prefix("runuser -u postgres -- ") {
                let asked = asked.replace(" --owner lilong", "");
                let asked = asked.strip_suffix(" lilong").expect("the name of the database");
                command = format!("{asked} --maintenance-db '{}' {}", database.server(), database.name());
            }
        }
        assert!(!command.starts_with("runuser"), "nobody here is called that: {command}");
        Some(command)
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

/// A part of commands, at the one that holds these words: those before, and it with those after.
fn parted<'a>(commands: &'a [String], words: &str) -> (&'a [String], &'a [String]) {
    let at = commands.iter().position(|it| it.contains(words));
    commands.split_at(at.unwrap_or_else(|| panic!("no “{words}” in {commands:#?}")))
}

fn followed(machine: &Machine) {
    if machine.database.is_some() {
        machine.follow(&machine.commands("PostgreSQL"));
    }
    let mut operated = machine.serve();
    begun(&mut operated);
    fs::copy(machine.data().join("vault.key"), machine.safe().join("vault.key")).unwrap();
    let first = machine.commands("The first start");
    let (template, then) = parted(&first, " import ");
    machine.follow(template);
    // The template is filled in elsewhere.
    filled_in(&machine.data().join("register.xlsx"));
    machine.follow(&[&first[..1], then].concat());
    let there = communities(&operated);

    let saving = machine.commands("Saving and restoring");
    let lost = if machine.database.is_some() { "dropdb" } else { "mv " };
    let (saves, restores) = parted(&saving, lost);
    machine.follow(saves);
    assert!(operated.end().success());
    fs::remove_file(machine.data().join("vault.key")).unwrap();
    let archives = fs::read_dir(machine.data().join("backups")).unwrap().map(|it| it.unwrap().file_name());
    let archive = archives.map(|name| name.into_string().unwrap()).find(|name| name.ends_with(".lilong"));
    let archive = archive.expect("an archive");
    assert!(restores.iter().any(|it| it.contains(ARCHIVE)), "{restores:#?}");
    let named: Vec<String> = restores.iter().map(|it| it.replace(ARCHIVE, &archive)).collect();
    machine.follow(&named);
    let operated = machine.serve();
    assert_eq!(communities(&operated), there);
    assert!(operated.end().success());
    let is_file = machine.data().join("310112.db").exists();
    assert_eq!(is_file, machine.database.is_none(), "one district, where it was said to lie");
}

#[test]
fn a_new_administrator_follows_the_document_on_sqlite() {
    followed(&Machine::new(None));
}

#[test]
fn a_new_administrator_follows_the_document_on_postgresql() {
    if let Some(database) = Database::reserve() {
        followed(&Machine::new(Some(database)));
    }
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit() {
    let folder = tempfile::tempdir().unwrap();
    let unit = fs::read_to_string(root().join("deploy/lilong.service")).unwrap();
    assert!(unit.contains("ExecStart=/usr/local/bin/lilong serve "), "where the document installs it");
    let file = folder.path().join("lilong.service");
    fs::write(&file, unit.replace("/usr/local/bin/lilong", env!("CARGO_BIN_EXE_lilong"))).unwrap();
    match Command::new("systemd-analyze").arg("verify").arg(&file).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            // What it says of other units of this machine is not ours.
            let ours: Vec<&str> = said.lines().filter(|line| line.contains("lilong")).collect();
            assert!(output.status.success() && ours.is_empty(), "{said}");
        }
        Err(error) => println!("skipped: systemd-analyze is not installed ({error})"),
    }
}
