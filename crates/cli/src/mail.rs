//! `--mail FILE`: by which server e-mail goes out. The password by which it knows us lies in a file of its own or in the
//! environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use web::notices::{MailSafety, MailSettings, Mailer};

use crate::gateway;

/// The variable that gives the password instead of a file.
const VARIABLE: &str = "LILONG_MAIL_PASSWORD";

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Described {
    /// The server's name.
    host: String,
    /// Its port; without it the one of its safety.
    port: Option<u16>,
    /// How the connection is made safe.
    #[serde(default)]
    safety: Safety,
    /// From whom the mail is.
    from: String,
    /// By which name it knows us.
    login: Option<String>,
    /// The file with the password; seen from where this file lies. Without it the environment gives it.
    password_file: Option<PathBuf>,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "kebab-case")]
enum Safety {
    #[default]
    Starttls,
    Tls,
    None,
}

/// Reads the file and looks whether the server can be asked.
pub fn read(file: &Path) -> Result<Arc<Mailer>> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let given = std::env::var(VARIABLE).ok();
    let settings = parse(&text, folder, given).with_context(|| format!("reading {}", file.display()))?;
    Ok(Arc::new(Mailer::new(&settings)?))
}

fn parse(text: &str, folder: &Path, given: Option<String>) -> Result<MailSettings> {
    let Described { host, port, safety, from, login, password_file } = toml::from_str(text)?;
    let password = gateway::secret(folder, password_file, given)?;
    let login = match (login, password) {
        (None, _) => None,
        (Some(name), Some(password)) => Some((name, password)),
        (Some(name), None) => {
            bail!("{name} needs a password: name a password-file, or set {VARIABLE} in the environment")
        }
    };
    let (safety, usual) = match safety {
        Safety::Starttls => (MailSafety::Starttls, 587),
        Safety::Tls => (MailSafety::Tls, 465),
        Safety::None => (MailSafety::None, 25),
    };
    Ok(MailSettings { host, port: port.unwrap_or(usual), safety, from, login })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_described_by_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let text = "host = \"mail.example.org\"\nfrom = \"lilong@example.org\"\nlogin = \"lilong\"";
        let with = |given: Option<&str>| parse(text, folder.path(), given.map(str::to_owned));
        let settings = with(Some("hush\n")).unwrap();
        assert_eq!((settings.port, settings.safety), (587, MailSafety::Starttls));
        assert_eq!(settings.login, Some(("lilong".into(), "hush".into())));
        let Err(none) = with(None) else { panic!("no password") };
        assert!(none.to_string().contains(VARIABLE), "{none}");
        let tls = format!("{text}\nsafety = \"tls\"");
        assert_eq!(parse(&tls, folder.path(), Some("hush".into())).unwrap().port, 465);
        assert!(parse("host = 7", folder.path(), None).is_err());
    }
}
