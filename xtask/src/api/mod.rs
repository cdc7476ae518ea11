//! Schemathesis let loose on the API of a small demonstration: everything that its description allows, and everything that
//! it forbids, with all checks on. It is installed by the tests, never by the product.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::client::{Client, OFFICER, enter, key};
use crate::server::Server;
use crate::test::START_LIMIT;
use crate::{demo, place, run};

/// The version that the configuration is written for, current in November 2026.
const PACKAGE: &str = "schemathesis==4.32.5";
const CONFIGURATION: &str = include_str!("schemathesis.toml");
const HOOKS: &str = include_str!("hooks.py");
/// How the token comes in: not as a header for all, so that a request without it can be tried as well.
const WITH_TOKEN: &str = "\n[auth.openapi.token]\nbearer = \"${LILONG_TOKEN}\"\n";
/// The part of the reference district: every kind of thing is there, and an answer comes at once.
const SIZE: &str = "0.03";

/// Who else is tried: a role, for what their token is, and which addresses are theirs alone.
const OTHERS: [(&str, &[&str], &str); 3] = [
    ("system-administrator", &["accounts", "notices"], "^/api/v1/(me|accounts|inbox|outbox|webhooks)"),
    ("security-administrator", &["accounts"], "^/api/v1/accounts/"),
    ("audit-administrator", &["audit"], "^/api/v1/audit"),
];
/// All that a district officer's token can be for.
const OFFICERS: &[&str] =
    &["read", "register", "handbook", "stations", "plan", "coverage", "joining", "services"];

/// Runs it once without a token, once with one for everything that a district officer may, and on the addresses of the
/// administrators with theirs.
pub fn test() -> Result<()> {
    let schemathesis = Schemathesis::install()?;
    demo::build_tested()?;
    let folder = tempfile::Builder::new().prefix("lilong-api-").tempdir().context("making a folder")?;
    let data = folder.path().join("data");
    let mut lilong = Command::new(place::tested());
    run::run(lilong.args(["demo", "--no-serve", "--size", SIZE, "--data"]).arg(&data))?;
    let log = folder.path().join("served.log");
    let server =
        Server::of(&place::tested(), &["serve", "--data", &data.display().to_string()], &log, START_LIMIT)?;
    run::say("the API for whoever has no token");
    schemathesis.run(folder.path(), &server, None, None)?;
    run::say("the API for a district officer");
    schemathesis.run(folder.path(), &server, Some(&token(&server, OFFICER, OFFICERS)?), None)?;
    for (role, scopes, addresses) in OTHERS {
        run::say(&format!("the API for a {role}"));
        let token = token(&server, role, scopes)?;
        schemathesis.run(folder.path(), &server, Some(&token), Some(addresses))?;
    }
    Ok(())
}

/// Schemathesis beside what may be thrown away at any time; what is there already is kept.
struct Schemathesis {
    program: PathBuf,
}

impl Schemathesis {
    fn install() -> Result<Self> {
        let folder = place::cache().join("schemathesis");
        let python = folder.join("bin/python");
        if !python.is_file() {
            run::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        run::run(Command::new(&python).args(["-m", "pip", "install", "--quiet", PACKAGE]))?;
        Ok(Self { program: folder.join("bin/schemathesis") })
    }

    /// In a folder of its own, so that it finds no configuration but ours. `addresses`: on no others.
    fn run(
        &self,
        folder: &Path,
        server: &Server,
        token: Option<&str>,
        addresses: Option<&str>,
    ) -> Result<()> {
        let configuration = folder.join("schemathesis.toml");
        let with_token = token.map_or("", |_| WITH_TOKEN);
        let files = [
            (&configuration, CONFIGURATION.to_owned() + with_token),
            (&folder.join("hooks.py"), HOOKS.into()),
        ];
        for (file, text) in files {
            fs::write(file, text).with_context(|| format!("writing {}", file.display()))?;
        }
        let mut command = Command::new(&self.program);
        command.current_dir(folder).env("SCHEMATHESIS_HOOKS", "hooks").env("PYTHONPATH", folder);
        command.env("LILONG_TOKEN", token.unwrap_or_default());
        command.arg("--config-file").arg(&configuration).arg("run");
        command.args(addresses.map(|pattern| format!("--include-path-regex={pattern}")));
        run::run(command.arg(format!("{}/api/openapi.json", server.url())))
    }
}

/// Makes a token as a person does: on the page of the tokens, to the last day that the form offers.
fn token(server: &Server, role: &str, scopes: &[&str]) -> Result<String> {
    let address = server.url().trim_start_matches("http://").to_owned();
    let cookie = enter(&address, role)?;
    let mut client = Client::open(&address)?;
    let (_, _, page) = client.ask("GET", "/tokens", &cookie, "")?;
    let (_, rest) = page.split_once(r#"name="last_day" type="date" value=""#).context("no last day")?;
    let day = rest.split_once('"').context("no last day")?.0;
    let scopes = [&[""], scopes].concat().join("&scope=");
    let form = format!("request_key={}&do=make&name=schemathesis&last_day={day}{}", key(&page)?, scopes);
    let (status, _, page) = client.ask("POST", "/tokens", &cookie, &form)?;
    ensure!(status == 200, "no token was made: {status}");
    let (_, rest) = page.split_once(r#"<code id="made">"#).context("no token on the page")?;
    Ok(rest.split_once('<').context("no token on the page")?.0.to_owned())
}
