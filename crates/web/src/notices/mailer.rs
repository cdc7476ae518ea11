//! E-mail: to the district's own server for outgoing mail, with the certificates that the machine trusts. No address and no
//! text reaches a log.

use std::time::{Duration, SystemTime};

use district::notices::{Address, Unsent, Why};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport as _};

/// How long the server may take for each step.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a connection to the server is made safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MailSafety {
    /// By STARTTLS, and not at all where the server does not know it (port 587).
    #[default]
    Starttls,
    /// By TLS from the first byte (port 465).
    Tls,
    /// Not at all: for a server on the same machine.
    None,
}

/// How the server is asked.
#[derive(Clone)]
pub struct MailSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is made safe.
    pub safety: MailSafety,
    /// From whom the mail is.
    pub from: String,
    /// By what it knows us: name and password.
    pub login: Option<(String, String)>,
}

/// The server cannot be used as it was described.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The sender.
    #[error("the sender of e-mail is no address, such as lilong@example.org")]
    From,
    /// A connection that is not safe leaves the machine.
    #[error("mail goes to another machine: its safety is starttls or tls")]
    Unsafe,
    /// The name of the server.
    #[error("no certificate can be for this mail server's name")]
    Host,
}

/// A mail.
pub(super) struct Mail<'a> {
    pub to: &'a Address,
    pub subject: &'a str,
    pub text: &'a str,
    pub id: &'a str,
    pub at: SystemTime,
}

/// Sends e-mail.
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
    domain: String,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer(…)")
    }
}

impl Mailer {
    /// A server as it is described; looked at before the first mail.
    pub fn new(settings: &MailSettings) -> Result<Self, MailError> {
        let from: Mailbox = settings.from.parse().map_err(|_| MailError::From)?;
        let domain = from.email.domain().to_owned();
        let parameters = || TlsParameters::new(settings.host.clone()).map_err(|_| MailError::Host);
        let tls = match settings.safety {
            MailSafety::Starttls => Tls::Required(parameters()?),
            MailSafety::Tls => Tls::Wrapper(parameters()?),
            MailSafety::None if is_here(&settings.host) => Tls::None,
            MailSafety::None => return Err(MailError::Unsafe),
        };
        let mut builder = SmtpTransport::builder_dangerous(settings.host.clone())
            .port(settings.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((name, password)) = settings.login.clone() {
            builder = builder.credentials(Credentials::new(name, password));
        }
        Ok(Self { transport: builder.build(), from, domain })
    }

    /// Sends a mail; the number of the server's answer.
    pub(super) fn send(&self, mail: &Mail<'_>) -> Result<Option<u16>, Unsent> {
        let to: Mailbox = mail.to.text().parse().map_err(|_| Unsent::from(Why::Nobody))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject)
            .message_id(Some(format!("<{}@{}>", mail.id, self.domain)))
            .date(mail.at)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.to_owned());
        let message = message.map_err(|_| Unsent::from(Why::Nobody))?;
        match self.transport.send(&message) {
            Ok(answer) => Ok(Some(u16::from(answer.code()))),
            Err(error) => Err(why(&error)),
        }
    }
}

/// Is the server on this machine?
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

fn why(error: &lettre::transport::smtp::Error) -> Unsent {
    if let Some(code) = error.status() {
        return Unsent { why: Why::Answer, status: Some(u16::from(code)) };
    }
    let why = if error.is_timeout() {
        Why::Timeout
    } else if error.is_tls() {
        Why::Certificate
    } else if error.is_response() {
        Why::Answer
    } else {
        Why::Connection
    };
    why.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_is_not_spoken_to_in_the_open() {
        let with = |host: &str, safety, from: &str| {
            let (host, from) = (host.to_owned(), from.to_owned());
            Mailer::new(&MailSettings { host, port: 25, safety, from, login: None })
        };
        assert!(with("127.0.0.1", MailSafety::None, "lilong@example.org").is_ok());
        assert!(with("mail.example.org", MailSafety::Starttls, "里弄 <lilong@example.org>").is_ok());
        let open = with("mail.example.org", MailSafety::None, "lilong@example.org");
        assert!(matches!(open, Err(MailError::Unsafe)));
        assert!(matches!(with("localhost", MailSafety::None, "lilong"), Err(MailError::From)));
    }
}
