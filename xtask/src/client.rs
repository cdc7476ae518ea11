//! A browser of a few lines, to look at a Lilong that runs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result};

/// Enters the demonstration in a role; the cookie of the session.
pub fn enter(address: &str, role: &str) -> Result<String> {
    let mut client = Client::open(address)?;
    let (_, _, page) = client.ask("GET", "/", "", "")?;
    let key = key(&page)?;
    let form = format!("request_key={key}&role={role}");
    let (_, head, _) = client.ask("POST", "/enter/demonstration", "", &form)?;
    let cookie = head.iter().find_map(|line| line.strip_prefix("set-cookie: lilong-session="));
    let value = cookie.and_then(|value| value.split(';').next()).context("no session was opened")?;
    Ok(format!("lilong-session={value}"))
}

/// The role of whoever sees most.
pub const OFFICER: &str = "district-officer";

/// The key of the first form of a page.
pub fn key(page: &str) -> Result<&str> {
    let (_, rest) = page.split_once(r#"name="request_key" value=""#).context("no form on the page")?;
    Ok(rest.split_once('"').context("no key")?.0)
}

/// A connection that asks one thing after another.
pub struct Client {
    stream: BufReader<TcpStream>,
    /// The host that is asked for: several may lie behind one address.
    pub host: String,
}

impl Client {
    /// To `127.0.0.1:8310`.
    pub fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).context("connecting")?;
        stream.set_nodelay(true).context("connecting")?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).context("connecting")?;
        Ok(Self { stream: BufReader::new(stream), host: address.to_owned() })
    }

    /// The status, the lines of the head in lower case up to the colon, and the body.
    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        cookie: &str,
        body: &str,
    ) -> Result<(u16, Vec<String>, String)> {
        let mut lines = vec![format!("{method} {path} HTTP/1.1"), format!("host: {}", self.host)];
        if !cookie.is_empty() {
            lines.push(format!("cookie: {cookie}"));
        }
        if !body.is_empty() {
            lines.push("content-type: application/x-www-form-urlencoded".into());
            lines.push("sec-fetch-site: same-origin".into());
            lines.push(format!("content-length: {}", body.len()));
        }
        let request = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
        self.stream.get_mut().write_all(request.as_bytes()).context("asking")?;
        let mut first = String::new();
        self.stream.read_line(&mut first).context("reading an answer")?;
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no status")?;
        let (mut head, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).context("reading an answer")?;
            let line = line.trim_end().to_owned();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().context("content-length")?;
            }
            head.push(line);
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).context("reading an answer")?;
        Ok((status, head, String::from_utf8_lossy(&bytes).into_owned()))
    }
}
