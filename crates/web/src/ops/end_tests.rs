//! The network: the end under load, TLS and a new certificate.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::sync::oneshot;

use super::serve::{Patience, converse};
use super::tests::{listed, state};
use super::{Front, Options, Tls, serve};
use crate::city::{District, Districts};
use crate::tests::fixture::common;

/// A server of one district on a port of its own, until it is told to end.
struct Running {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

impl Running {
    fn start(tls: Option<Tls>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let common = common();
        let state = Arc::new(state(&common, &folder, "310112", "甲区"));
        let one = Districts::one(District::opened(listed("310112", "a.example"), state));
        let front = Arc::new(Front::new(Arc::new(one), common, Options::default()).unwrap());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let end = async move {
                    // Told, or the test is over.
                    let _ = ended.await;
                };
                serve(listener, front, tls, 200, end).await;
            });
        });
        Self { address, end: Some(end), thread: Some(thread), _folder: folder }
    }

    fn tell_to_end(&mut self) {
        self.end.take().unwrap().send(()).unwrap();
    }

    fn ended(&mut self) {
        self.thread.take().unwrap().join().unwrap();
    }
}

/// A connection that asks one thing after another.
struct Reader(BufReader<TcpStream>);

/// How one request ended.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// With a whole answer of this status, and whether more may be asked.
    Whole(u16, bool),
    /// Not a byte came back: the connection was closed before.
    Nothing,
    /// In the middle of an answer.
    Cut,
}

impl Reader {
    fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Self(BufReader::new(stream)))
    }

    fn ask(&mut self) -> Outcome {
        let sent = write!(self.0.get_mut(), "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
        if sent.is_err() { Outcome::Nothing } else { self.answer() }
    }

    fn answer(&mut self) -> Outcome {
        let mut first = String::new();
        match self.0.read_line(&mut first) {
            Ok(0) | Err(_) if first.is_empty() => return Outcome::Nothing,
            Ok(_) if first.ends_with('\n') => {}
            _ => return Outcome::Cut,
        }
        let status = first.split(' ').nth(1).unwrap().parse().unwrap();
        let (mut length, mut stays) = (None, true);
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).is_err() || !line.ends_with('\n') {
                return Outcome::Cut;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = Some(value.parse().unwrap());
            }
            stays &= line != "connection: close";
        }
        let mut body = vec![0; length.expect("a length")];
        if self.0.read_exact(&mut body).is_err() { Outcome::Cut } else { Outcome::Whole(status, stays) }
    }
}

/// What readers saw.
#[derive(Default)]
struct Seen {
    pages: AtomicUsize,
    refusals: AtomicUsize,
    cut: AtomicUsize,
    ending: AtomicBool,
}

impl Seen {
    /// Reads page after page over one connection until there is no more.
    fn read_on(&self, address: SocketAddr) {
        let mut reader = Reader::open(address).unwrap();
        loop {
            match reader.ask() {
                Outcome::Whole(200, true) => self.pages.fetch_add(1, Ordering::SeqCst),
                Outcome::Whole(200, false) if self.ending.load(Ordering::SeqCst) => {
                    self.pages.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                Outcome::Whole(503, false) if self.ending.load(Ordering::SeqCst) => {
                    self.refusals.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                _ => {
                    self.cut.fetch_add(1, Ordering::SeqCst);
                    return;
                }
            };
        }
    }
}

#[test]
fn under_load_every_request_is_answered_whole_or_refused_when_the_server_ends() {
    let mut running = Running::start(None);
    let (address, seen) = (running.address, Seen::default());
    let form = "request_key=&login=someone&password=wrong";
    let (half, rest) = form.split_at(20);
    let mut slow = Reader::open(address).unwrap();
    let length = form.len();
    let head = format!(
        "POST /enter HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n{half}"
    );
    slow.0.get_mut().write_all(head.as_bytes()).unwrap();
    let mut quiet = Reader::open(address).unwrap();
    assert_eq!(quiet.ask(), Outcome::Whole(200, true));
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| seen.read_on(address));
        }
        while seen.pages.load(Ordering::SeqCst) < 100 {
            std::thread::yield_now();
        }
        seen.ending.store(true, Ordering::SeqCst);
        running.tell_to_end();
    });
    // A connection that was quiet is told as well, within the second in which it stays open.
    assert!(matches!(quiet.ask(), Outcome::Whole(503, false) | Outcome::Nothing));
    // What began before is still being waited for, and gets its answer: the page says what is wrong with the form.
    slow.0.get_mut().write_all(rest.as_bytes()).unwrap();
    assert!(matches!(slow.answer(), Outcome::Whole(400 | 422, false)));
    running.ended();
    assert_eq!(seen.cut.load(Ordering::SeqCst), 0);
    assert!(seen.refusals.load(Ordering::SeqCst) > 0, "the load ended before the server did");
    assert!(Reader::open(address).is_err(), "nobody new is let in");
}

/// How long a conversation lasts with someone who sends this and then neither sends nor takes anything.
fn lasts(sent: &'static [u8], patience: Patience) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let common = common();
    let state = Arc::new(state(&common, &folder, "310112", "甲区"));
    let one = Districts::one(District::opened(listed("310112", "a.example"), state));
    let front = Arc::new(Front::new(Arc::new(one), common, Options::default()).unwrap());
    crate::tests::fixture::run(async move {
        // So narrow that no answer fits.
        let (ours, mut theirs) = tokio::io::duplex(64);
        let began = Instant::now();
        let conversation = converse(&front, ours, "203.0.113.9".parse().unwrap(), patience);
        let (sent, ()) = tokio::join!(theirs.write_all(sent), conversation);
        sent.unwrap();
        began.elapsed()
    })
}

#[test]
fn who_does_not_finish_a_head_or_does_not_take_an_answer_is_not_waited_for() {
    let (short, long) = (Duration::from_millis(200), Duration::from_mins(1));
    let head = lasts(b"GET / HTTP/1.1\r\nHost: a.ex", Patience { head: short, take: long });
    assert!((short..long).contains(&head), "{head:?}");
    let take = lasts(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", Patience { head: long, take: short });
    assert!((short..long).contains(&take), "{take:?}");
}

/// Writes a certificate for `a.example` that signs itself, and its key; gives the certificate.
fn certificate(folder: &std::path::Path) -> rustls::pki_types::CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
    std::fs::write(folder.join("chain.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

/// The first line of an answer over TLS, to a reader who believes this certificate alone.
fn over_tls(
    address: SocketAddr,
    believed: &rustls::pki_types::CertificateDer<'static>,
) -> std::io::Result<String> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(believed.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "a.example".try_into().unwrap();
    let client = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut stream = rustls::StreamOwned::new(client, stream);
    write!(stream, "GET /health HTTP/1.1\r\nHost: a.example\r\n\r\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}

#[test]
fn tls_is_spoken_and_a_new_certificate_is_shown_once_it_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = certificate(folder.path());
    let files = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let tls = Tls::load(&files.0, &files.1).unwrap();
    let mut running = Running::start(Some(tls.clone()));
    assert_eq!(over_tls(running.address, &first).unwrap(), "HTTP/1.1 200 OK\r\n");
    let second = certificate(folder.path());
    assert!(over_tls(running.address, &second).is_err(), "a reader is shown the one that was read");
    tls.reload().unwrap();
    assert_eq!(over_tls(running.address, &second).unwrap(), "HTTP/1.1 200 OK\r\n");
    std::fs::write(&files.1, "no key").unwrap();
    assert!(tls.reload().unwrap_err().to_string().contains("key.pem"));
    assert_eq!(over_tls(running.address, &second).unwrap(), "HTTP/1.1 200 OK\r\n");
    running.tell_to_end();
    running.ended();
}
