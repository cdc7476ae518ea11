//! `lilong serve` as an administrator runs it: its log, its monitor, its end, many districts.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;

use crate::served::lilong;

/// `lilong serve` on a port of its own, its log in a file.
pub struct Operated {
    running: Child,
    /// `127.0.0.1` and the port.
    pub address: String,
    /// What it prints after its first line.
    printed: BufReader<ChildStdout>,
}

impl Operated {
    fn start(more: &[&str], log: &Path) -> Self {
        Self::start_as(more, log, |_| {})
    }

    /// The same with more said of the place where it runs.
    pub fn start_as(more: &[&str], log: &Path, said: impl Fn(&mut Command)) -> Self {
        let words = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut command = lilong(&words);
        command.env_remove("RUST_LOG").env_remove("LILONG_VAULT_KEY");
        said(&mut command);
        let mut running = command.stdout(Stdio::piped()).stderr(File::create(log).unwrap()).spawn().unwrap();
        let mut line = String::new();
        let mut printed = BufReader::new(running.stdout.take().unwrap());
        printed.read_line(&mut line).unwrap();
        let Some((_, address)) = line.trim().split_once("http://") else {
            panic!("it said “{line}” and in its log: {}", fs::read_to_string(log).unwrap())
        };
        Self { address: address.to_owned(), running, printed }
    }

    /// What it prints next.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.printed.read_line(&mut line).unwrap();
        line
    }

    /// Ends it as the system does.
    pub fn end(mut self) -> ExitStatus {
        let pid = self.running.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.running.wait().unwrap()
    }
}

impl Drop for Operated {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing left to end.
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

/// The status line and head, and the body, of one request over HTTP/1.0.
fn ask(address: &str, request: &str, headers: &[&str], body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = format!("Content-Length: {}", body.len());
    let lines = [&[request], headers, &[length.as_str()]].concat();
    write!(stream, "{}\r\n\r\n{body}", lines.join("\r\n")).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    (head.to_owned(), body.to_owned())
}

fn demonstration(data: &Path, code: &str, seed: &str) {
    let folder = data.display().to_string();
    let words = [
        "demo",
        "--no-serve",
        "--size",
        "0.01",
        "--seed",
        seed,
        "--district",
        code,
        "--data",
        folder.as_str(),
    ];
    assert!(lilong(&words).status().unwrap().success());
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn the_log_has_a_line_for_each_request_and_nothing_of_what_it_held() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    demonstration(&data, "310112", "1");
    let monitor = free_port();
    let more = ["--log", "json", "--metrics", monitor.as_str(), "--data"];
    let operated = Operated::start(&[more.as_slice(), &[&data.display().to_string()]].concat(), &log);
    let address = operated.address.as_str();
    let marked =
        ["Host: zzmarkhost.example", "User-Agent: zzmarkagent", "Cookie: lilong-session=zzmarkcookie"];
    let mut ids = Vec::new();
    for request in [
        "GET /communities/zzmarkcode HTTP/1.0",
        "GET /communities?q=zzmarkword HTTP/1.0",
        "GET /zzmarkpath?zzmarkquery=1 HTTP/1.0",
        "ZZMARKMETHOD / HTTP/1.0",
        "GET / HTTP/1.0",
    ] {
        let (head, _) = ask(address, request, &marked, "");
        ids.push(head.split("x-request-id: ").nth(1).expect("a number").lines().next().unwrap().to_owned());
    }
    let foreign =
        ["Host: a.example", "Origin: http://zzmarkorigin.example", "Referer: http://a.example/zzmarkreferer"];
    ask(
        address,
        "POST /enter?next=/zzmarknext HTTP/1.0",
        &foreign,
        "login=zzmarklogin&password=zzmarkpassword",
    );
    let own = ["Host: a.example", "Content-Type: application/x-www-form-urlencoded"];
    ask(
        address,
        "POST /enter HTTP/1.0",
        &own,
        "request_key=zzmarkkey&login=zzmarklogin&password=zzmarkpassword",
    );
    let (_, metrics) = ask(&monitor, "GET /metrics HTTP/1.0", &["Host: monitor"], "");
    assert!(metrics.contains(r#"route="/communities/{id}""#), "{metrics}");
    assert!(!metrics.to_lowercase().contains("zzmark"), "{metrics}");
    let (ready, _) = ask(&monitor, "GET /ready HTTP/1.0", &["Host: monitor"], "");
    assert!(ready.contains(" 200 "), "{ready}");
    assert!(operated.end().success());

    let text = fs::read_to_string(&log).unwrap();
    assert!(!text.to_lowercase().contains("zzmark"), "{text}");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("“{line}” is no JSON")))
        .collect();
    for (id, route) in ids.iter().zip(["/communities/{id}", "/communities", "other", "/", "/"]) {
        let line = lines
            .iter()
            .find(|line| line["span"]["id"] == **id && line["target"] == "request")
            .expect("a line");
        assert_eq!(line["route"], route);
        assert_eq!(line["span"]["district"], "310112");
        assert!(
            line["status"].is_number() && line["micros"].is_number() && line["method"].is_string(),
            "{line}"
        );
    }
    let foreign = lines.iter().find(|line| line["level"] == "WARN").expect("a warning");
    assert_eq!(foreign["message"], "a form from another site was refused");
}

#[test]
fn many_districts_are_served_by_one_process_and_a_lost_one_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for (code, seed) in [("310112", "1"), ("310115", "2")] {
        demonstration(&folder.path().join(code), code, seed);
    }
    let entry = |code: &str, host: &str| {
        format!("[[district]]\ncode = \"{code}\"\nhosts = [\"{host}\"]\ndata = \"{code}\"\n")
    };
    let text = [
        "default = \"310115\"\n[city]\nhost = \"city.example\"\nname = \"上海市\"\n".to_owned(),
        entry("310112", "a.example"),
        entry("310115", "b.example"),
        entry("310104", "c.example"),
        entry("310110", "e.example"),
    ];
    let named = folder.path().join("310110").display().to_string();
    assert!(
        lilong(&["name", "杨浦区", "--district", "310110", "--data", &named]).status().unwrap().success()
    );
    let file = folder.path().join("districts.toml");
    fs::write(&file, text.concat()).unwrap();
    let log = folder.path().join("log");
    let operated = Operated::start(&["--districts", &file.display().to_string()], &log);
    let status = |host: &str, path: &str| {
        let (head, body) =
            ask(&operated.address, &format!("GET {path} HTTP/1.0"), &[&format!("Host: {host}")], "");
        (head.split(' ').nth(1).unwrap().to_owned(), body)
    };
    assert_eq!(status("a.example", "/").0, "200");
    assert_eq!(status("127.0.0.1", "/").0, "200");
    assert_eq!(status("c.example", "/").0, "503");
    assert_eq!(status("d.example", "/").0, "404");
    let (city, page) = status("city.example", "/");
    assert_eq!(city, "200");
    assert!(page.contains("没有回应的区：310104。"), "{page}");
    assert!(operated.end().success());
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("the district 310104 is not there yet"), "{log}");
    // Only the one that nobody has begun is to be begun.
    let begun: Vec<&str> = log.lines().filter(|line| line.contains("/begin with ")).collect();
    assert!(begun.len() == 1 && begun[0].contains("e.example/begin with "), "{log}");
}

#[test]
fn a_district_begins_by_being_served() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut operated = Operated::start(&["--data", &data.display().to_string()], &folder.path().join("log"));
    let second = operated.line();
    let begin = format!("http://{}/begin with ", operated.address);
    assert!(second.contains(&begin), "{second}");
    let (head, _) = ask(&operated.address, "GET /begin HTTP/1.0", &["Host: a.example"], "");
    assert!(head.contains(" 200 "), "{head}");
    assert!(data.join("vault.key").is_file());
    assert!(operated.end().success());
}

#[test]
fn words_that_do_not_go_together_are_refused() {
    let refused = |words: &[&str]| {
        let output = lilong(words).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["serve", "--districts", "x", "--district", "310112"]).contains("cannot be used with"));
    assert!(refused(&["serve", "--tls-cert", "x"]).contains("--tls-key"));
    assert!(refused(&["serve", "--behind-proxy", "here"]).contains("no address and no network"));
    assert!(refused(&["serve", "--districts", "/nowhere.toml"]).contains("/nowhere.toml"));
}
