//! The program while it serves, and a reader of a few lines.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use base::{Day, Uuid};

use crate::place::{DAY, Place};

/// An answer takes no longer than this, or the program hangs.
const ANSWER_LIMIT: Duration = Duration::from_mins(1);

/// `lilong serve` on a port of its own; ended without warning when dropped.
pub struct Serving {
    running: Child,
    /// Kept open: what it prints goes somewhere.
    _printed: BufReader<ChildStdout>,
    log: String,
    pub address: String,
}

impl Serving {
    /// Serves a place.
    pub fn start(place: &Place) -> Self {
        let log = place.beside("log");
        Self::run(&mut place.lilong(&["serve", "--listen", "127.0.0.1:0"]), log)
    }

    /// Runs a command that serves; its log goes into a file.
    pub fn run(command: &mut Command, log: String) -> Self {
        let file = File::options().create(true).append(true).open(&log).unwrap();
        let mut running = command.stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let mut printed = BufReader::new(running.stdout.take().unwrap());
        let mut line = String::new();
        printed.read_line(&mut line).unwrap();
        let Some((_, address)) = line.trim().split_once("http://") else {
            panic!("it said “{line}” and in its log: {}", fs::read_to_string(log).unwrap())
        };
        Self { address: address.to_owned(), running, _printed: printed, log }
    }

    /// Ends it as the system does.
    pub fn end(mut self) {
        let pid = self.running.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.running.wait().unwrap().success());
    }

    /// Ends it without warning.
    pub fn kill(mut self) {
        self.running.kill().unwrap();
        self.running.wait().unwrap();
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.running.id()
    }

    /// What it has written into its log.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing left to end.
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

/// A town of the district at a place.
pub fn some_town(place: &Place) -> String {
    let day = Day::parse(DAY).unwrap();
    let towns = place.find().unwrap().read(|tx| district::register::towns(tx, day)).unwrap();
    towns[0].id.to_string()
}

/// The address at which premises are added.
pub const ADD_PREMISES: &str = "/district/stations/premises/new";

/// A form that adds premises of a name to a town.
pub fn premises(town: &str, key: u128, name: &str) -> String {
    let key = Uuid::from_u128(key);
    format!(
        "request_key={key}&kind=mall&name={name}&name_en=&town={town}&grid=&latitude=31.11&longitude=121.38\
         &system=&offered=1&area=&rent=&from={DAY}"
    )
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// A reader of pages, who keeps cookies.
#[derive(Clone)]
pub struct Reader {
    address: String,
    cookies: Vec<(String, String)>,
}

impl Reader {
    /// Signed out.
    pub fn new(serving: &Serving) -> Self {
        Self { address: serving.address.clone(), cookies: Vec::new() }
    }

    /// The same reader of a program that was started anew.
    pub fn at(&self, serving: &Serving) -> Self {
        Self { address: serving.address.clone(), ..self.clone() }
    }

    /// Enters the demonstration as a role.
    pub fn enter(&mut self, role: &str) {
        let first = self.get("/").unwrap();
        let (_, after) = first.body.split_once(r#"name="request_key" value=""#).expect("a form with a key");
        let key = after.split_once('"').unwrap().0.to_owned();
        let entered = self.post("/enter/demonstration", &format!("request_key={key}&role={role}")).unwrap();
        assert_eq!(entered.status, 303, "{}", entered.body);
    }

    /// Reads a page.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, "")
    }

    /// Sends a form.
    pub fn post(&mut self, path: &str, form: &str) -> io::Result<Answer> {
        self.ask("POST", path, form)
    }

    /// HTTP/1.0: the answer comes whole, and the connection ends with it.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nAccept-Language: en\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            cookies.join("; "),
            body.len()
        )?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let answer = String::from_utf8_lossy(&bytes);
        let cut = || io::Error::new(io::ErrorKind::UnexpectedEof, "the answer was cut");
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut)?;
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").ok_or_else(cut)?;
            if name.eq_ignore_ascii_case("set-cookie") {
                let pair = value.split_once(';').map_or(value, |(pair, _)| pair);
                let (name, value) = pair.split_once('=').ok_or_else(cut)?;
                self.cookies.retain(|(kept, _)| kept != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
        Ok(Answer { status, body: body.to_owned() })
    }
}
