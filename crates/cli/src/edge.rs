//! Where the program meets the machine: folders, keys, the clock, randomness, standard output.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use base::Instant;
use clap::Args;
use db::{Db, Location};
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
            ensure!(self.file().is_file(), self.absent());
        }
        self.make()
    }

    /// Opens a district that is there and leaves it as it is, its schema included.
    pub fn find(&self) -> Result<Db> {
        let found = Db::find(&self.location()?).context("opening the district's database")?;
        let db = found.with_context(|| self.absent())?;
        let (found, known) = (db.version()?, newest_schema());
        ensure!(found > 0, self.absent());
        ensure!(
            found <= known,
            "the district has schema {found}, this program knows schemas up to {known}: install the newer program"
        );
        Ok(db)
    }

    /// The file that the district is, without a server.
    pub fn file(&self) -> PathBuf {
        db::district_file(&self.data, &self.district)
    }

    fn absent(&self) -> String {
        if self.database_url.is_some() {
            return format!("there is no district {} in this database", self.district);
        }
        format!(
            "there is no district {} in {}: `lilong demo --data {1}` makes one to look at, \
             `lilong import --data {1} FILE` begins one from a workbook, `lilong restore --data {1} FILE` takes one \
             from an archive",
            self.district,
            self.data.display()
        )
    }

    /// The options that name this place on a command line; what a URL holds is left to whoever knows it.
    pub fn options(&self) -> String {
        let server = if self.database_url.is_some() { " --database-url URL" } else { "" };
        format!("--data {}{server} --district {}", self.data.display(), self.district)
    }

    /// Opens a district, which is made when it is missing.
    pub fn make(&self) -> Result<Db> {
        fs::create_dir_all(&self.data).with_context(|| format!("making {}", self.data.display()))?;
        let db = Db::open(&self.location()?).context("opening the district's database")?;
        db.migrate(&district::MIGRATIONS, now()).context("bringing the schema up to date")?;
        Ok(db)
    }

    /// Where the database lies.
    pub fn location(&self) -> Result<Location> {
        let digits = self.district.len() == 6 && self.district.bytes().all(|byte| byte.is_ascii_digit());
        ensure!(
            digits,
            "“{}” is not a district's code: six digits as in GB/T 2260, such as 310112",
            self.district
        );
        Ok(match &self.database_url {
            Some(url) => Location::Server { url: url.clone(), schema: db::district_schema(&self.district) },
            None => Location::File(db::district_file(&self.data, &self.district)),
        })
    }

    /// The district's identity vault: the key comes from `LILONG_VAULT_KEY` (64 hexadecimal digits) or from the file
    /// `vault.key` in the folder, which is made, readable by its owner alone, where the district has sealed nothing yet.
    /// A key that does not open what is sealed is refused, so that two keys never mix in one district.
    pub fn vault(&self, db: &Db) -> Result<Vault> {
        let (vault, from) = if let Some(key) = self.key()? {
            key
        } else {
            ensure!(
                db.read(|tx| vault::fit(tx, None))? == Fit::Empty,
                "the key of the identity vault is missing: put {} back, or give LILONG_VAULT_KEY; without it the \
                 names of this district cannot be read, and nothing is sealed with another",
                self.key_file().display()
            );
            KeyFile(self.key_file()).make()?;
            self.key()?.context("the vault key that was just made is not there")?
        };
        ensure!(
            db.read(|tx| vault::fit(tx, Some(&vault)))? != Fit::Shut,
            "{from} is not the key of this district: what is sealed does not open with it. Put the right key back"
        );
        Ok(vault)
    }

    /// The keys that are there and where they come from; none is made.
    pub fn key(&self) -> Result<Option<(Vault, String)>> {
        let (keys, from) = if let Ok(text) = std::env::var(KEY_VARIABLE) {
            (read_keys(&text).with_context(|| format!("reading {KEY_VARIABLE}"))?, KEY_VARIABLE.to_owned())
        } else {
            let file = self.key_file();
            if !file.exists() {
                return Ok(None);
            }
            (KeyFile(file.clone()).keys()?, file.display().to_string())
        };
        Ok(Some((Vault::with_older(&keys.newest, &keys.older), from)))
    }

    /// The file with the key of the identity vault.
    pub fn key_file(&self) -> PathBuf {
        self.data.join(KEY_FILE)
    }
}

/// The newest schema that this program knows.
pub fn newest_schema() -> i64 {
    district::MIGRATIONS.last().map_or(0, |step| step.version)
}

/// The program and its version, as an archive names them.
pub const PROGRAM: &str = concat!("lilong ", env!("CARGO_PKG_VERSION"));

/// A length of bytes as people read it.
pub fn mebibytes(bytes: u64) -> String {
    let tenths = (u128::from(bytes) * 10).div_ceil(1024 * 1024);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// How often a serving program looks whether the key file has changed.
pub const KEY_LOOK: Duration = Duration::from_secs(1);
/// The variable that gives the keys instead of the file.
const KEY_VARIABLE: &str = "LILONG_VAULT_KEY";

/// Keys of the vault: more than one only while everything is sealed anew.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// What is sealed with.
    pub newest: [u8; 32],
    /// What is still opened with.
    pub older: Vec<[u8; 32]>,
}

/// The file with the keys of the vault, a line each, the newest first.
#[derive(Debug, Clone)]
pub struct KeyFile(PathBuf);

impl KeyFile {
    /// Of a district whose key lies in a file.
    pub fn of(place: &Where) -> Result<Self> {
        ensure!(
            std::env::var_os(KEY_VARIABLE).is_none(),
            "{KEY_VARIABLE} gives the key, and only a file can be changed while the program serves: put the key into \
             {} and start the program without the variable",
            place.key_file().display()
        );
        Ok(Self(place.key_file()))
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What it holds.
    pub fn keys(&self) -> Result<Keys> {
        let text = fs::read_to_string(&self.0).with_context(|| format!("reading {}", self.0.display()))?;
        read_keys(&text).with_context(|| format!("reading {}", self.0.display()))
    }

    /// Puts a new key before those it holds.
    pub fn add(&self, newest: [u8; 32]) -> Result<()> {
        let keys = self.keys()?;
        self.write(&Keys { newest, older: [vec![keys.newest], keys.older].concat() })
    }

    /// Leaves the newest alone.
    pub fn drop_older(&self) -> Result<()> {
        self.write(&Keys { newest: self.keys()?.newest, older: Vec::new() })
    }

    /// Makes the file with a fresh key; one that is there is never written over.
    fn make(&self) -> Result<()> {
        let keys = Keys { newest: random()?, older: Vec::new() };
        keys.write(&self.0, fs::OpenOptions::new().write(true).create_new(true))
    }

    /// All of it or nothing: beside it first, then in its place.
    fn write(&self, keys: &Keys) -> Result<()> {
        let beside = self.0.with_extension("key.new");
        keys.write(&beside, fs::OpenOptions::new().write(true).create(true).truncate(true))?;
        fs::rename(&beside, &self.0).with_context(|| format!("putting {} in its place", self.0.display()))
    }
}

impl Keys {
    /// Writes a file that its owner alone can read.
    fn write(&self, file: &Path, options: &mut fs::OpenOptions) -> Result<()> {
        let lines = std::iter::once(&self.newest).chain(&self.older).map(|key| base::hex(key));
        let text = lines.collect::<Vec<_>>().join("\n") + "\n";
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
        let mut opened = options.open(file).with_context(|| format!("making {}", file.display()))?;
        opened.write_all(text.as_bytes()).and_then(|()| opened.sync_all()).context("writing the vault key")
    }
}

fn read_keys(text: &str) -> Result<Keys> {
    let mut keys = text.split_whitespace().map(read_key);
    let newest = keys.next().context("no key is in it")??;
    Ok(Keys { newest, older: keys.collect::<Result<_>>()? })
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

/// When a file was last changed, by the clock of then.
pub fn changed_at(file: &Path) -> Result<Instant> {
    let changed = fs::metadata(file).and_then(|it| it.modified());
    let changed = changed.with_context(|| format!("looking at {}", file.display()))?;
    let since = changed.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(Instant::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
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

/// The chain of an error on standard error, in one line.
pub fn complain(error: &anyhow::Error) {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "lilong: {error:#}");
}

/// The log goes to standard error; `RUST_LOG` chooses what it says.
pub fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile(folder.path().join(KEY_FILE));
        file.make().unwrap();
        let first = file.keys().unwrap();
        assert!(first.older.is_empty());
        assert!(file.make().is_err(), "a key is never written over");
        file.add([7; 32]).unwrap();
        let both = file.keys().unwrap();
        assert_eq!((both.newest, both.older), ([7; 32], vec![first.newest]));
        file.drop_older().unwrap();
        assert!(file.keys().unwrap() == Keys { newest: [7; 32], older: Vec::new() });
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
        KeyFile(file).make().unwrap();
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
