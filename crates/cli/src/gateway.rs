//! `--text-gateway FILE`: how codes are sent to telephones. The file names the gateway; the secret by which it knows us lies
//! in a file of its own or in the environment.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use web::{Gateway, HttpGateway, HttpSettings};

/// The variable that gives the secret instead of a file.
const VARIABLE: &str = "LILONG_GATEWAY_SECRET";

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Described {
    /// Where the message goes, by POST.
    url: String,
    /// The body as JSON with `{telephone}`, `{code}`, `{text}`.
    body: String,
    /// The name of the header that holds the secret.
    header: Option<String>,
    /// The file with the secret; seen from where this file lies. Without it the environment gives it.
    secret_file: Option<PathBuf>,
    /// What stands in the answer when the message was taken.
    accepted: Option<String>,
}

/// Reads the file and looks whether the gateway can work.
pub fn read(file: &Path) -> Result<Arc<dyn Gateway>> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let given = std::env::var(VARIABLE).ok();
    let settings = parse(&text, folder, given).with_context(|| format!("reading {}", file.display()))?;
    Ok(Arc::new(HttpGateway::new(settings)?))
}

fn parse(text: &str, folder: &Path, given: Option<String>) -> Result<HttpSettings> {
    let Described { url, body, header, secret_file, accepted } = toml::from_str(text)?;
    let secret = match secret_file {
        Some(name) => {
            let path = folder.join(name);
            let secret = fs::read_to_string(&path);
            Some(secret.with_context(|| format!("reading the secret in {}", path.display()))?)
        }
        None => given,
    };
    let header = match (header, secret) {
        (None, _) => None,
        (Some(name), Some(secret)) => Some((name, secret.trim().to_owned())),
        (Some(name), None) => bail!(
            "the header {name} needs a secret: name a secret-file, or set {VARIABLE} in the environment"
        ),
    };
    Ok(HttpSettings { url, body, header, accepted })
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
            parse(text, folder.path(), given.map(str::to_owned)).map(|it| it.header.unwrap().1)
        };
        assert_eq!(header(TEXT, Some("told ")).unwrap(), "told");
        let named = format!("{TEXT}\nsecret-file = \"secret\"");
        assert_eq!(header(&named, Some("told")).unwrap(), "hush");
        let none = header(TEXT, None).unwrap_err().to_string();
        assert!(none.contains(VARIABLE), "{none}");
        assert!(parse("url = 7", folder.path(), None).is_err());
        assert!(parse(&format!("{TEXT}\nkey = 1"), folder.path(), None).is_err());
    }
}
