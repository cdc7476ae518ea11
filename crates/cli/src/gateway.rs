//! `--text-gateway FILE` and `--chat-gateway FILE`: how text messages and those of the office's chat application are sent. A
//! file names its gateway; the secret by which it knows us lies in a file of its own or in the environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use web::notices::{Gateway, HttpGateway, HttpSettings};

/// The variables that give the secrets instead of files.
const TEXTS: &str = "LILONG_GATEWAY_SECRET";
const CHAT: &str = "LILONG_CHAT_SECRET";

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Described {
    /// Where the message goes, by POST.
    url: String,
    /// The body as JSON with `{telephone}` or `{account}`, `{code}`, `{text}`, `{id}`.
    body: String,
    /// The name of the header that holds the secret.
    header: Option<String>,
    /// The file with the secret; seen from where this file lies. Without it the environment gives it.
    secret_file: Option<PathBuf>,
    /// What stands in the answer when the message was taken.
    accepted: Option<String>,
}

/// Reads the file of a gateway of text messages and looks whether it can work.
pub fn texts(file: &Path) -> Result<Arc<dyn Gateway>> {
    Ok(Arc::new(HttpGateway::texts(read(file, TEXTS)?)?))
}

/// The same of the gateway of a chat application.
pub fn chat(file: &Path) -> Result<Arc<dyn Gateway>> {
    Ok(Arc::new(HttpGateway::chat(read(file, CHAT)?)?))
}

fn read(file: &Path, variable: &str) -> Result<HttpSettings> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    parse(&text, folder, variable, std::env::var(variable).ok())
        .with_context(|| format!("reading {}", file.display()))
}

fn parse(text: &str, folder: &Path, variable: &str, given: Option<String>) -> Result<HttpSettings> {
    let Described { url, body, header, secret_file, accepted } = toml::from_str(text)?;
    let secret = secret(folder, secret_file, given)?;
    let header = match (header, secret) {
        (None, _) => None,
        (Some(name), Some(secret)) => Some((name, secret)),
        (Some(name), None) => bail!(
            "the header {name} needs a secret: name a secret-file, or set {variable} in the environment"
        ),
    };
    Ok(HttpSettings { url, body, header, accepted })
}

/// A secret from its file, seen from where another lies, or as the environment gives it.
pub fn secret(folder: &Path, file: Option<PathBuf>, given: Option<String>) -> Result<Option<String>> {
    let Some(name) = file else { return Ok(given.map(|secret| secret.trim().to_owned())) };
    let path = folder.join(name);
    let secret = fs::read_to_string(&path);
    let secret = secret.with_context(|| format!("reading the secret in {}", path.display()))?;
    Ok(Some(secret.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        url = "https://gateway.example/send"
        body = '{"to":"{telephone}","say":"{text}"}'
        header = "authorization"
    "#;

    #[test]
    fn the_secret_comes_from_a_file_or_from_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), "hush\n").unwrap();
        let header = |text: &str, given: Option<&str>| {
            parse(text, folder.path(), TEXTS, given.map(str::to_owned)).map(|it| it.header.unwrap().1)
        };
        assert_eq!(header(TEXT, Some("told ")).unwrap(), "told");
        let named = format!("{TEXT}\nsecret-file = \"secret\"");
        assert_eq!(header(&named, Some("told")).unwrap(), "hush");
        let none = header(TEXT, None).unwrap_err().to_string();
        assert!(none.contains(TEXTS), "{none}");
        assert!(parse("url = 7", folder.path(), TEXTS, None).is_err());
        assert!(parse(&format!("{TEXT}\nkey = 1"), folder.path(), TEXTS, None).is_err());
    }
}
