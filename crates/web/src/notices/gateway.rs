//! What sends short messages: a gateway of text messages, or that of the office's chat application, which each district buys
//! elsewhere and each provider speaks to differently. Neither number nor code nor text reaches a log.

use std::time::Duration;

use district::notices::{Unsent, Why};
use ureq::http::HeaderValue;

use crate::kit::outward;

/// How long the gateway may take; whoever waits for the page waits as long.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read: they are a line of JSON.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// A short message.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// The number of the telephone, or the account of the chat application.
    pub to: &'a str,
    /// The code that it brings, if it brings one.
    pub code: Option<&'a str>,
    /// The words that are to be read.
    pub text: &'a str,
    /// The same id each time it is sent: by it a gateway knows what it has sent already.
    pub id: &'a str,
}

/// Sends short messages.
pub trait Gateway: Send + Sync {
    /// Sends a message; the number of the answer, where there is one. Called outside of every transaction.
    fn send(&self, message: &Message<'_>) -> Result<Option<u16>, Unsent>;
}

/// How a gateway is asked.
#[derive(Clone)]
pub struct HttpSettings {
    /// Where the message goes, by POST.
    pub url: String,
    /// The body as JSON, in which `{telephone}` (of the chat application `{account}`), `{code}`, `{text}` and `{id}` stand
    /// for what they say.
    pub body: String,
    /// A header with what the gateway knows us by: name and value.
    pub header: Option<(String, String)>,
    /// What stands in the answer when the message was taken, for gateways that answer 200 in any case.
    pub accepted: Option<String>,
}

/// The gateway cannot be used as it was described.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The address.
    #[error("the gateway's address begins neither with https:// nor with http://")]
    Url,
    /// The body.
    #[error(
        "the gateway's body is no JSON once {{telephone}}, {{account}}, {{code}}, {{text}} and {{id}} are filled in: {0}"
    )]
    Body(serde_json::Error),
    /// The body names nobody, or neither code nor text.
    #[error("the gateway's body holds no {0}, or neither {{code}} nor {{text}}")]
    Holes(&'static str),
    /// The header.
    #[error("the gateway's header has a name or a value that no header can have")]
    Header,
}

/// A gateway that is asked by HTTP.
pub struct HttpGateway {
    agent: ureq::Agent,
    settings: HttpSettings,
    hole: &'static str,
}

impl std::fmt::Debug for HttpGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpGateway(…)")
    }
}

impl HttpGateway {
    /// A gateway of text messages as it is described; looked at before the first message.
    pub fn texts(settings: HttpSettings) -> Result<Self, GatewayError> {
        Self::new(settings, "{telephone}")
    }

    /// The gateway of a chat application, which knows people by their logins.
    pub fn chat(settings: HttpSettings) -> Result<Self, GatewayError> {
        Self::new(settings, "{account}")
    }

    fn new(settings: HttpSettings, hole: &'static str) -> Result<Self, GatewayError> {
        if !["https://", "http://"].iter().any(|scheme| settings.url.starts_with(scheme)) {
            return Err(GatewayError::Url);
        }
        let has = |hole: &str| settings.body.contains(hole);
        if !has(hole) || !(has("{code}") || has("{text}")) {
            return Err(GatewayError::Holes(hole));
        }
        let sample = Message { to: "13800000000", code: Some("000000"), text: "“\"\\", id: "0" };
        let sample = filled(&settings.body, hole, &sample);
        serde_json::from_str::<serde_json::Value>(&sample).map_err(GatewayError::Body)?;
        if let Some((name, value)) = &settings.header {
            ureq::http::HeaderName::from_bytes(name.as_bytes()).map_err(|_| GatewayError::Header)?;
            HeaderValue::from_str(value).map_err(|_| GatewayError::Header)?;
        }
        Ok(Self { agent: outward::agent(PATIENCE), settings, hole })
    }
}

impl Gateway for HttpGateway {
    fn send(&self, message: &Message<'_>) -> Result<Option<u16>, Unsent> {
        // One that sends codes in words of its own has none for anything else.
        if message.code.is_none() && !self.settings.body.contains("{text}") {
            return Err(Why::Wayless.into());
        }
        let body = filled(&self.settings.body, self.hole, message);
        let mut request = self
            .agent
            .post(&self.settings.url)
            .header("content-type", "application/json; charset=utf-8")
            .header("idempotency-key", message.id);
        if let Some((name, value)) = &self.settings.header {
            request = request.header(name, value);
        }
        // The error of a library could hold the address, which with some providers holds a key.
        let mut response = request.send(body).map_err(|error| why(&error))?;
        let status = response.status();
        let answer = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string();
        let answer = answer.map_err(|error| why(&error))?;
        let refused = Unsent { why: Why::Answer, status: Some(status.as_u16()) };
        if !status.is_success() {
            return Err(refused);
        }
        match &self.settings.accepted {
            Some(words) if !answer.contains(words.as_str()) => Err(refused),
            _ => Ok(Some(status.as_u16())),
        }
    }
}

/// What went wrong, without an address or a body.
pub(super) fn why(error: &ureq::Error) -> Unsent {
    let why = match error {
        ureq::Error::Timeout(_) => Why::Timeout,
        ureq::Error::HostNotFound => Why::Unknown,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Why::Private,
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => Why::Connection,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Why::Certificate,
        _ => Why::Answer,
    };
    why.into()
}

/// The body with what stands in its holes, each as a part of a JSON text.
fn filled(body: &str, hole: &str, message: &Message<'_>) -> String {
    let part = |text: &str| {
        let quoted = serde_json::Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    // One after another would fill holes in what was filled in; the words come last and hold none of ours.
    body.replace(hole, &part(message.to))
        .replace("{id}", &part(message.id))
        .replace("{code}", &part(message.code.unwrap_or_default()))
        .replace("{text}", &part(message.text))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    fn settings(url: &str) -> HttpSettings {
        HttpSettings {
            url: url.to_owned(),
            body: r#"{"to":"{telephone}","say":"{text}","code":"{code}"}"#.into(),
            header: Some(("x-secret".into(), "hush".into())),
            accepted: Some(r#""code":0"#.into()),
        }
    }

    /// A gateway that takes one message and answers; what it was sent: its head and its body.
    fn one(answer: &'static str) -> (String, std::thread::JoinHandle<(String, String)>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let taken = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
                    length = text.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            (head, String::from_utf8(body).unwrap())
        });
        (url, taken)
    }

    fn send(url: &str) -> Result<Option<u16>, Unsent> {
        let gateway = HttpGateway::texts(settings(url)).unwrap();
        let text = "“示范区”：\"000007\"";
        gateway.send(&Message { to: "19900001234", code: Some("000007"), text, id: "the-id" })
    }

    #[test]
    fn a_code_goes_out_as_the_provider_wants_it() {
        let (url, taken) = one("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"code\":0}");
        send(&url).unwrap();
        let (head, body) = taken.join().unwrap();
        assert!(head.starts_with("POST /send HTTP/1.1") && head.contains("x-secret: hush"), "{head}");
        assert!(head.contains("idempotency-key: the-id"), "{head}");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&body["to"], &body["code"]), (&"19900001234".into(), &"000007".into()));
        assert_eq!(body["say"], "“示范区”：\"000007\"");
    }

    #[test]
    fn what_was_not_taken_is_told_without_number_or_code() {
        for answer in [
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"code\":7}",
            "HTTP/1.1 500 Oh\r\ncontent-length: 11\r\n\r\n19900001234",
            "HTTP/1.1 302 Found\r\nlocation: http://elsewhere.invalid/\r\ncontent-length: 0\r\n\r\n",
        ] {
            let (url, taken) = one(answer);
            let why = send(&url).unwrap_err().to_string();
            taken.join().unwrap();
            assert!(!why.contains("1990") && !why.contains("000007") && !why.contains(&url), "{why}");
        }
        let nobody = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
        assert!(send(&format!("http://{nobody}/")).is_err());
    }

    #[test]
    fn a_gateway_that_cannot_work_is_refused_at_the_start() {
        let with = |change: fn(&mut HttpSettings)| {
            let mut settings = settings("https://gateway.example/send");
            change(&mut settings);
            HttpGateway::texts(settings)
        };
        assert!(with(|_| {}).is_ok());
        assert!(matches!(with(|it| it.url = "gateway".into()), Err(GatewayError::Url)));
        assert!(matches!(with(|it| it.body = "{telephone} {code}".into()), Err(GatewayError::Body(_))));
        assert!(matches!(with(|it| it.body = "{}".into()), Err(GatewayError::Holes("{telephone}"))));
        assert!(matches!(HttpGateway::chat(settings("https://a.b")), Err(GatewayError::Holes("{account}"))));
        let codes = with(|it| it.body = r#"{"to":"{telephone}","code":"{code}"}"#.into()).unwrap();
        let words = Message { to: "1", code: None, text: "words", id: "0" };
        assert_eq!(codes.send(&words), Err(Why::Wayless.into()), "it has no words of ours");
        assert!(matches!(with(|it| it.header = Some(("a b".into(), "c".into()))), Err(GatewayError::Header)));
    }
}
