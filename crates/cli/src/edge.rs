//! Where the program meets the machine: folders, keys, the clock, randomness, standard output.

use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use base::Instant;
use clap::{Args, ValueEnum};
use db::{Db, Location, Server};
use district::kit::settings::{self, Setting};
use district::people::vault::{self, Fit, Vault};
use web::Clock as _;

/// The file with the key of the identity vault, beside the database.
const KEY_FILE: &str = "vault.key";

/// Which district, and where it lies.
#[derive(Args, Debug, Clone)]
pub struct Where {
    /// The folder that holds the district's file and its vault key
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// A PostgreSQL database instead of a file: a URL or key=value pairs
    #[arg(long, value_name = "URL", env = "LILONG_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The district's code (GB/T 2260)
    #[arg(long, value_name = "CODE", default_value = "310112")]
    pub district: String,
}

impl Where {
    /// Opens a district that is there and brings its schema up to date.
    pub fn open(&self) -> Result<Db> {
        if self.database_url.is_none() {
            let file = db::district_file(&self.data, &self.district);
            ensure!(
                file.is_file(),
                "there is no district {} in {}: `lilong demo --data {1}` makes one to look at, \
                 `lilong import --data {1} FILE` begins one from a workbook",
                self.district,
                self.data.display()
            );
        }
        self.make()
    }

    /// Opens a district, which is made when it is missing.
    pub fn make(&self) -> Result<Db> {
        made(Db::open(&self.location()?))
    }

    /// Opens a district over connections that others use as well; it is made when it is missing.
    pub fn make_on(&self, server: &Server) -> Result<Db> {
        self.location()?;
        made(Db::open_on(server, &db::district_schema(&self.district)))
    }

    /// Where the database lies; the folder, which holds the key as well, is made when it is missing.
    fn location(&self) -> Result<Location> {
        self.check()?;
        fs::create_dir_all(&self.data).with_context(|| format!("making {}", self.data.display()))?;
        Ok(match &self.database_url {
            Some(url) => Location::Server { url: url.clone(), schema: db::district_schema(&self.district) },
            None => Location::File(db::district_file(&self.data, &self.district)),
        })
    }

    /// Refuses a code that is none.
    pub fn check(&self) -> Result<()> {
        let digits = self.district.len() == 6 && self.district.bytes().all(|byte| byte.is_ascii_digit());
        ensure!(
            digits,
            "“{}” is not a district's code: six digits as in GB/T 2260, such as 310112",
            self.district
        );
        Ok(())
    }

    /// The district's identity vault: the key comes from `LILONG_VAULT_KEY` (64 hexadecimal digits) or from the file
    /// `vault.key` in the folder, which is made, readable by its owner alone, where the district has sealed nothing yet.
    /// A key that does not open what is sealed is refused, so that two keys never mix in one district.
    pub fn vault(&self, db: &Db) -> Result<Vault> {
        let Ok(text) = std::env::var("LILONG_VAULT_KEY") else {
            return vault_of(db, &self.data.join(KEY_FILE));
        };
        fitting(db, Vault::new(&read_key(&text).context("reading LILONG_VAULT_KEY")?), "LILONG_VAULT_KEY")
    }

    /// The same with the key from the folder alone, for one of several districts: each has a key of its own.
    pub fn own_vault(&self, db: &Db) -> Result<Vault> {
        vault_of(db, &self.data.join(KEY_FILE))
    }
}

fn made(opened: Result<Db, db::Error>) -> Result<Db> {
    let db = opened.context("opening the district's database")?;
    db.migrate(&district::MIGRATIONS, now()).context("bringing the schema up to date")?;
    Ok(db)
}

fn vault_of(db: &Db, file: &Path) -> Result<Vault> {
    if !file.exists() {
        ensure!(
            db.read(|tx| vault::fit(tx, None))? == Fit::Empty,
            "the key of the identity vault is missing: put {} back, or give LILONG_VAULT_KEY; without it the \
             names of this district cannot be read, and nothing is sealed with another",
            file.display()
        );
        write_key(file)?;
    }
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let key = read_key(&text).with_context(|| format!("reading {}", file.display()))?;
    fitting(db, Vault::new(&key), &file.display().to_string())
}

fn fitting(db: &Db, vault: Vault, from: &str) -> Result<Vault> {
    ensure!(
        db.read(|tx| vault::fit(tx, Some(&vault)))? != Fit::Shut,
        "{from} is not the key of this district: what is sealed does not open with it. Put the right key back"
    );
    Ok(vault)
}

fn read_key(text: &str) -> Result<[u8; 32]> {
    let text = text.trim();
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        bail!("a vault key is 64 hexadecimal digits; this has {} characters", text.chars().count());
    }
    for (i, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16)
            .with_context(|| format!("digit {} is not hexadecimal", 2 * i + 1))?;
    }
    Ok(key)
}

fn write_key(file: &Path) -> Result<()> {
    let bytes: [u8; 32] = random()?;
    let digit = |four: u8| char::from_digit(u32::from(four), 16).unwrap_or('0');
    let text: String = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file).with_context(|| format!("making {}", file.display()))?;
    writeln!(opened, "{text}").and_then(|()| opened.sync_all()).context("writing the vault key")
}

/// Fresh randomness of the operating system.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(bytes)
}

/// The time on the wall.
pub fn now() -> Instant {
    web::MachineClock.wall()
}

/// The time in a district: the wall's, or a demonstration's stopped clock.
pub fn now_of(db: &Db) -> Result<Instant> {
    let clock = db.read(|tx| settings::get(tx, Setting::Clock))?;
    let stopped = clock.and_then(|millis| millis.parse().ok()).map(Instant::from_millis);
    Ok(stopped.unwrap_or_else(now))
}

/// The mark of a district whose figures were simulated; nothing for a real one.
pub const SIMULATED: &str = "模拟 simulated";

/// Is every figure of this district simulated?
pub fn is_simulated(db: &Db) -> Result<bool> {
    let kept = db.read(|tx| settings::get(tx, Setting::Demonstration))?;
    Ok(kept.as_deref() == Some("true"))
}

/// A line of figures in words, with the mark where they were simulated.
pub fn marked(line: &str, simulated: bool) -> String {
    if simulated { format!("{line} ({SIMULATED})") } else { line.to_owned() }
}

/// A line on standard output: what the command was asked for.
pub fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{line}").context("writing to standard output")
}

/// A word of warning on standard error.
pub fn warn(line: &str) {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "lilong: {line}");
}

/// The chain of an error on standard error, in one line.
pub fn complain(error: &anyhow::Error) {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "lilong: {error:#}");
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// For a person at a terminal: what went wrong
    #[default]
    Text,
    /// One JSON object a line: what went wrong, and each request
    Json,
}

/// The log goes to standard error; `RUST_LOG` chooses what it says.
pub fn start_log(log: Log) {
    use tracing_subscriber::EnvFilter;
    let default = match log {
        Log::Text => "warn",
        Log::Json => "warn,web::city=info,lilong=info,request=info",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let written = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log {
        Log::Text => written.init(),
        Log::Json => written.json().flatten_event(true).with_span_list(false).init(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(KEY_FILE);
        write_key(&file).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(read_key(&text).unwrap(), read_key(&text).unwrap());
        assert!(write_key(&file).is_err(), "a key is never written over");
    }

    #[test]
    fn a_lost_key_is_not_replaced_and_a_wrong_one_is_refused() {
        use district::kit::{Actor, Call, PersonId};
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        let db = place.make().unwrap();
        let vault = place.vault(&db).unwrap();
        let id = PersonId::from_uuid(base::Uuid::from_u128(1));
        let person =
            vault::AddPerson { id, name: "欧阳示例".into(), telephone: None, identity_number: None };
        let actor = Actor::program();
        let call = Call::new(&actor, Instant::from_millis(0), 1);
        db.write(|tx| vault::add_persons(tx, &mut call.clone(), &vault, std::slice::from_ref(&person)))
            .unwrap();
        place.vault(&db).unwrap();
        let file = folder.path().join(KEY_FILE);
        fs::remove_file(&file).unwrap();
        assert!(place.vault(&db).unwrap_err().to_string().contains("is missing"));
        assert!(!file.exists());
        write_key(&file).unwrap();
        assert!(place.vault(&db).unwrap_err().to_string().contains("is not the key"));
    }

    #[test]
    fn a_simulated_figure_is_marked_and_a_real_one_is_not() {
        assert_eq!(marked("14 communities", true), "14 communities (模拟 simulated)");
        assert_eq!(marked("14 communities", false), "14 communities");
    }

    #[test]
    fn a_bad_key_is_named() {
        assert!(read_key("12").unwrap_err().to_string().contains("2 characters"));
        assert!(read_key(&"zz".repeat(32)).is_err());
    }

    #[test]
    fn a_district_that_is_not_there_is_not_made_by_reading() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        assert!(place.open().unwrap_err().to_string().contains("lilong demo"));
        let wrong = Where { district: "../etc".into(), ..place };
        assert!(wrong.make().unwrap_err().to_string().contains("GB/T 2260"));
    }
}
