//! A Lilong that runs while something looks at it.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{place, run};

/// Between two looks whether it answers.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
/// How long one answer of `/ready` may take before it counts as none.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// A running server; stopped when dropped.
pub struct Server {
    process: run::Started,
    address: SocketAddr,
}

impl Server {
    /// Starts `lilong ARGUMENTS --listen ADDRESS` on a free port, its log in a file, and returns once `/ready`
    /// answers. Fails, with the end of the log, if it ends before or takes longer than `limit`.
    pub fn start(arguments: &[&str], log: &Path, limit: Duration) -> Result<Self> {
        Self::of(&place::lilong(), arguments, log, limit)
    }

    /// The same of another build of the program.
    pub fn of(program: &Path, arguments: &[&str], log: &Path, limit: Duration) -> Result<Self> {
        let address = free_address()?;
        let mut lilong = Command::new(program);
        lilong.current_dir(place::root()).args(arguments).args(["--listen", &address.to_string()]);
        let file = File::create(log).with_context(|| format!("creating {}", log.display()))?;
        lilong.stdout(file.try_clone().context("sharing the log")?).stderr(file);
        let mut server = Self { process: run::start(&mut lilong)?, address };
        server.ready(log, limit)?;
        Ok(server)
    }

    /// Where it listens, as a browser takes it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The id of its process.
    pub fn process(&self) -> u32 {
        self.process.0.id()
    }

    fn ready(&mut self, log: &Path, limit: Duration) -> Result<()> {
        let started = Instant::now();
        while !healthy(self.address) {
            if run::interrupted() {
                bail!("interrupted");
            }
            if let Some(status) = self.process.0.try_wait().context("looking at the server")? {
                bail!("the server ended ({status}) before it answered:\n{}", end_of(log));
            }
            if started.elapsed() > limit {
                bail!("the server did not answer within {} s:\n{}", limit.as_secs(), end_of(log));
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        Ok(())
    }
}

/// Whether `/ready` answers 200.
fn healthy(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, ANSWER_LIMIT)?;
        stream.set_read_timeout(Some(ANSWER_LIMIT))?;
        write!(stream, "GET /ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; "HTTP/1.1 200".len()];
        stream.read_exact(&mut status)?;
        Ok(&status == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

/// An address on this machine that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").context("looking for a free port")?;
    listener.local_addr().context("looking for a free port")
}

/// The last lines of a log, for an error message.
fn end_of(log: &Path) -> String {
    const LINES: usize = 30;
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
