//! A demonstration that the program makes and serves, and a browser of a few lines to look at what it serves.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use district::kit::Role;
use serde_json::Value;

/// The program with these words.
pub fn lilong(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lilong"));
    command.args(arguments).env_remove("LILONG_DATABASE_URL").stdin(Stdio::null());
    command
}

/// A demonstration that is being served; ended when dropped.
pub struct Served {
    running: Child,
    stdout: Option<BufReader<ChildStdout>>,
    /// The line that `lilong demo --json` printed.
    pub line: Value,
    /// `127.0.0.1` and the port, as the line names them.
    pub address: String,
}

impl Served {
    /// Runs `lilong demo --json` on a port of its own choice and reads its line: the pages are there then.
    pub fn demo(more: &[&str]) -> Self {
        let words = [&["demo", "--json", "--listen", "127.0.0.1:0"], more].concat();
        let mut running = lilong(&words).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(running.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("“{line}” is no JSON"));
        let address = line["address"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
        Self { running, stdout: Some(stdout), line, address }
    }

    /// Ends it, and hands back what it said after its line.
    pub fn end(mut self) -> String {
        let mut stdout = self.stdout.take().unwrap();
        self.running.kill().unwrap();
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        rest
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing left to end.
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

/// A reader of pages, who keeps cookies.
pub struct Reader {
    address: String,
    cookies: Vec<(String, String)>,
}

impl Reader {
    /// At the first page, signed out.
    pub fn new(served: &Served) -> Self {
        Self::at(&served.address)
    }

    /// The same of whatever is served there.
    pub fn at(address: &str) -> Self {
        Self { address: address.to_owned(), cookies: Vec::new() }
    }

    /// Fills in the form of a page and sends it: the status and the body of the answer.
    pub fn fill(&mut self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let page = self.get(path);
        let (_, after) = page.split_once(r#"name="request_key" value=""#).expect("a form with a key");
        let key = after.split_once('"').unwrap().0;
        let mut body = format!("request_key={key}");
        for (name, value) in fields {
            body.extend(["&", name, "="]);
            for byte in value.bytes() {
                write!(body, "%{byte:02X}").unwrap();
            }
        }
        self.ask("POST", path, &body)
    }

    /// The body of a page that has to be there.
    pub fn get(&mut self, path: &str) -> String {
        let (status, body) = self.ask("GET", path, "");
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Enters the demonstration as a role.
    pub fn enter(&mut self, role: Role) {
        let first = self.get("/");
        let (_, after) = first.split_once(r#"name="request_key" value=""#).expect("a form with a key");
        let key = after.split_once('"').unwrap().0;
        let (status, body) =
            self.ask("POST", "/enter/demonstration", &format!("request_key={key}&role={}", role.as_str()));
        assert_eq!(status, 303, "{body}");
    }

    /// HTTP/1.0: the answer comes whole, and the connection ends with it.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nAccept-Language: zh-CN\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            cookies.join("; "),
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").expect("a header");
            if name.eq_ignore_ascii_case("set-cookie") {
                let (name, value) =
                    value.split_once(';').map_or(value, |(pair, _)| pair).split_once('=').unwrap();
                self.cookies.retain(|(kept, _)| kept != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}
