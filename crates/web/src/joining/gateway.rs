//! What sends a code to a telephone: a gateway of text messages, which each district buys elsewhere and each provider
//! speaks to differently. Neither number nor code reaches a log.

use std::time::Duration;

use district::people::joining::{Telephone, TextCode};
use ureq::http::HeaderValue;

use crate::kit::outward;

/// How long the gateway may take; whoever waits for the page waits as long.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read: they are a line of JSON.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// Sends codes to telephones.
pub trait Gateway: Send + Sync {
    /// Sends a code in the words that are to be read. Called outside of every transaction.
    fn send(&self, telephone: &Telephone, code: &TextCode, words: &str) -> Result<(), Unsent>;
}

/// A message did not go out. Says why without number or code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the gateway of text messages {0}")]
pub struct Unsent(pub String);

/// How a gateway is asked.
#[derive(Clone)]
pub struct HttpSettings {
    /// Where the message goes, by POST.
    pub url: String,
    /// The body as JSON, in which `{telephone}`, `{code}` and `{text}` stand for what they say.
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
    #[error("the gateway's body is no JSON once {{telephone}}, {{code}} and {{text}} are filled in: {0}")]
    Body(serde_json::Error),
    /// The body names no telephone, or neither code nor text.
    #[error("the gateway's body holds no {{telephone}}, or neither {{code}} nor {{text}}")]
    Holes,
    /// The header.
    #[error("the gateway's header has a name or a value that no header can have")]
    Header,
}

/// A gateway that is asked by HTTP.
pub struct HttpGateway {
    agent: ureq::Agent,
    settings: HttpSettings,
}

impl std::fmt::Debug for HttpGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HttpGateway(…)")
    }
}

impl HttpGateway {
    /// A gateway as it is described; looked at before the first message.
    pub fn new(settings: HttpSettings) -> Result<Self, GatewayError> {
        if !["https://", "http://"].iter().any(|scheme| settings.url.starts_with(scheme)) {
            return Err(GatewayError::Url);
        }
        let has = |hole: &str| settings.body.contains(hole);
        if !has("{telephone}") || !(has("{code}") || has("{text}")) {
            return Err(GatewayError::Holes);
        }
        let sample = filled(&settings.body, "13800000000", "000000", "“\"\\");
        serde_json::from_str::<serde_json::Value>(&sample).map_err(GatewayError::Body)?;
        if let Some((name, value)) = &settings.header {
            ureq::http::HeaderName::from_bytes(name.as_bytes()).map_err(|_| GatewayError::Header)?;
            HeaderValue::from_str(value).map_err(|_| GatewayError::Header)?;
        }
        Ok(Self { agent: outward::agent(PATIENCE), settings })
    }
}

impl Gateway for HttpGateway {
    fn send(&self, telephone: &Telephone, code: &TextCode, words: &str) -> Result<(), Unsent> {
        let body = filled(&self.settings.body, telephone.digits(), code.text(), words);
        let mut request =
            self.agent.post(&self.settings.url).header("content-type", "application/json; charset=utf-8");
        if let Some((name, value)) = &self.settings.header {
            request = request.header(name, value);
        }
        // The error of a library could hold the address, which with some providers holds a key.
        let mut response =
            request.send(body).map_err(|error| Unsent(format!("did not answer: {}", kind(&error))))?;
        let status = response.status();
        let answer = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string();
        let answer = answer.map_err(|error| Unsent(format!("broke off: {}", kind(&error))))?;
        if !status.is_success() {
            return Err(Unsent(format!("answered {status}")));
        }
        match &self.settings.accepted {
            Some(words) if !answer.contains(words.as_str()) => {
                Err(Unsent("answered that it did not take the message".into()))
            }
            _ => Ok(()),
        }
    }
}

/// What went wrong, without an address or a body.
fn kind(error: &ureq::Error) -> &'static str {
    match error {
        ureq::Error::Timeout(_) => "it took too long",
        ureq::Error::HostNotFound => "its name is not known",
        ureq::Error::ConnectionFailed | ureq::Error::Io(_) => "no connection",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "its certificate is not trusted",
        _ => "not as HTTP asks",
    }
}

/// The body with what stands in its holes, each as a part of a JSON text.
fn filled(body: &str, telephone: &str, code: &str, words: &str) -> String {
    let part = |text: &str| {
        let quoted = serde_json::Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    // One after another would fill holes in what was filled in; the words come last and hold none of ours.
    body.replace("{telephone}", &part(telephone))
        .replace("{code}", &part(code))
        .replace("{text}", &part(words))
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

    fn send(url: &str) -> Result<(), Unsent> {
        let gateway = HttpGateway::new(settings(url)).unwrap();
        let telephone = Telephone::parse("19900001234").unwrap();
        gateway.send(&telephone, &TextCode::new(7_u64.to_ne_bytes()), "“示范区”：\"000007\"")
    }

    #[test]
    fn a_code_goes_out_as_the_provider_wants_it() {
        let (url, taken) = one("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"code\":0}");
        send(&url).unwrap();
        let (head, body) = taken.join().unwrap();
        assert!(head.starts_with("POST /send HTTP/1.1") && head.contains("x-secret: hush"), "{head}");
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
            HttpGateway::new(settings)
        };
        assert!(with(|_| {}).is_ok());
        assert!(matches!(with(|it| it.url = "gateway".into()), Err(GatewayError::Url)));
        assert!(matches!(with(|it| it.body = "{telephone} {code}".into()), Err(GatewayError::Body(_))));
        assert!(matches!(with(|it| it.body = "{}".into()), Err(GatewayError::Holes)));
        assert!(matches!(with(|it| it.header = Some(("a b".into(), "c".into()))), Err(GatewayError::Header)));
    }
}
