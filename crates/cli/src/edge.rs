//! Where the program meets the machine: folders, keys, the clock, randomness, standard output.

use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use base::{Calendar, Day, Instant};
use clap::{Args, ValueEnum};
use db::{Db, Location, Server};
use district::kit::settings::{self, Setting};
use district::matters::HotlineWords;
use district::people::vault::{self, Fit, Vault};
use district::visits::columns::Columns;
use ipnet::IpNet;
use web::{Clock as _, State};

use crate::keys::{self, KeyFile};

/// The file with the key of the identity vault, beside the database.
const KEY_FILE: &str = "vault.key";
/// The file that says in which PostgreSQL database the district lies, so that every command finds the same one.
const SERVER_FILE: &str = "database.url";

/// Which district, and where it lies.
#[derive(Args, Debug, Clone)]
pub struct Where {
    /// The folder that holds the district's file and its vault key
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data: PathBuf,
    /// A PostgreSQL database instead of a file: a URL or key=value pairs; else what `database.url` in the folder says
    #[arg(long, value_name = "URL", env = "LILONG_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The district's code (GB/T 2260)
    #[arg(long, value_name = "CODE", default_value = "310112")]
    pub district: String,
}

impl Where {
    /// Opens a district that is there and brings its schema up to date.
    pub fn open(&self) -> Result<Db> {
        if self.server()?.is_none() {
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

    /// The PostgreSQL database that holds the district: the one that is named, else the one that the folder names. A folder
    /// that names one and holds a district's file too is refused: one of the two is older, and nobody can tell which.
    pub fn server(&self) -> Result<Option<String>> {
        if self.database_url.is_some() {
            return Ok(self.database_url.clone());
        }
        let named = self.data.join(SERVER_FILE);
        if !named.exists() {
            return Ok(None);
        }
        let (named, file) = (named.display(), self.file());
        let text =
            fs::read_to_string(self.data.join(SERVER_FILE)).with_context(|| format!("reading {named}"))?;
        let url = text.trim();
        ensure!(
            !url.is_empty() && url.lines().count() == 1,
            "{named} names no database: write one line into it, such as \
             host=/var/run/postgresql user=lilong dbname=lilong"
        );
        ensure!(
            !file.exists(),
            "{named} names a database, and {} is a district too: move the one away that is not meant",
            file.display()
        );
        Ok(Some(url.to_owned()))
    }

    /// Does the district lie in PostgreSQL?
    pub fn on_server(&self) -> bool {
        matches!(self.server(), Ok(Some(_)))
    }

    /// The file that the district is, without a server.
    pub fn file(&self) -> PathBuf {
        db::district_file(&self.data, &self.district)
    }

    /// The folder of the calendars that were published after the program.
    pub fn calendars(&self) -> PathBuf {
        calendars_of(&self.data)
    }

    /// Which days are worked, as far as the program and the district's folder know.
    pub fn calendar(&self) -> Result<Calendar> {
        calendar_in(&self.calendars())
    }

    /// The columns in which visits go out: those of the district's folder, or those that come with the program.
    pub fn visit_columns(&self) -> Result<Columns> {
        let file = self.data.join("columns").join("visits.toml");
        if !file.exists() {
            return Ok(Columns::default());
        }
        columns_of(&file)
    }

    /// What the sheets of the hotline call things, as the district's folder says.
    fn hotline_words(&self) -> Result<HotlineWords> {
        let file = self.data.join("columns").join("hotline.toml");
        if !file.exists() {
            return Ok(HotlineWords::default());
        }
        let reading = || format!("reading {}", file.display());
        let text = fs::read_to_string(&file).with_context(reading)?;
        HotlineWords::parse(&text).with_context(reading)
    }

    /// Gives the pages what the district's folder says beside its database.
    pub fn furnish(&self, state: State) -> Result<State> {
        state.take_calendar(self.calendar()?);
        let state = state.with_visit_columns(self.visit_columns()?);
        Ok(state.with_hotline_words(self.hotline_words()?))
    }

    fn absent(&self) -> String {
        if self.on_server() {
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
        let location = self.location()?;
        self.make_folder()?;
        made(Db::open(&location))
    }

    /// Opens a district over connections that others use as well; it is made when it is missing.
    pub fn make_on(&self, server: &Server) -> Result<Db> {
        self.check()?;
        self.make_folder()?;
        made(Db::open_on(server, &db::district_schema(&self.district)))
    }

    /// The folder holds the key of a district on a server as well.
    fn make_folder(&self) -> Result<()> {
        fs::create_dir_all(&self.data).with_context(|| format!("making {}", self.data.display()))
    }

    /// Where the database lies.
    pub fn location(&self) -> Result<Location> {
        self.check()?;
        Ok(match self.server()? {
            Some(url) => Location::Server { url, schema: db::district_schema(&self.district) },
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
        match keys::given()? {
            Some(keys) => fitting(db, keys.vault(), keys::VARIABLE),
            None => self.own_vault(db),
        }
    }

    /// The same with the key from the folder alone, for one of several districts: each has a key of its own.
    pub fn own_vault(&self, db: &Db) -> Result<Vault> {
        let file = KeyFile::own(self);
        if !file.path().exists() {
            ensure!(
                db.read(|tx| vault::fit(tx, None))? == Fit::Empty,
                "the key of the identity vault is missing: put {} back, or give LILONG_VAULT_KEY; without it the \
                 names of this district cannot be read, and nothing is sealed with another",
                file.path().display()
            );
            file.make()?;
        }
        fitting(db, file.keys()?.vault(), &file.path().display().to_string())
    }

    /// The keys that are there and where they come from; none is made.
    pub fn key(&self) -> Result<Option<(Vault, String)>> {
        if let Some(keys) = keys::given()? {
            return Ok(Some((keys.vault(), keys::VARIABLE.to_owned())));
        }
        let file = KeyFile::own(self);
        if !file.path().exists() {
            return Ok(None);
        }
        Ok(Some((file.keys()?.vault(), file.path().display().to_string())))
    }

    /// The file with the key of the identity vault.
    pub fn key_file(&self) -> PathBuf {
        self.data.join(KEY_FILE)
    }
}

/// The columns that a file says.
pub fn columns_of(file: &Path) -> Result<Columns> {
    let reading = || format!("reading {}", file.display());
    let text = fs::read_to_string(file).with_context(reading)?;
    Columns::parse(&text).with_context(reading)
}

/// The folder of the calendars that were published after the program, in a district's folder.
pub fn calendars_of(data: &Path) -> PathBuf {
    data.join("calendars")
}

/// Which days are worked, as far as the program and a folder of calendars know.
pub fn calendar_in(folder: &Path) -> Result<Calendar> {
    let mut calendar = Calendar::published()?;
    if !folder.is_dir() {
        return Ok(calendar);
    }
    let found = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    for entry in found {
        let file = entry.with_context(|| format!("listing {}", folder.display()))?.path();
        if file.extension().is_some_and(|ending| ending == "toml") {
            let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
            calendar.add(&text).with_context(|| format!("reading {}", file.display()))?;
        }
    }
    Ok(calendar)
}

/// The month from which on the calendar of the next year is wanted: the State Council publishes it by then, and terms that
/// begin now end in it.
const NEXT_YEAR_FROM: i8 = 12;

/// The last year of which the working days are wanted on a day.
pub fn last_year(today: Day) -> i16 {
    let (year, month, _) = today.ymd();
    if month >= NEXT_YEAR_FROM { year + 1 } else { year }
}

/// The first year that is wanted on a day and not known.
pub fn missing_year(calendar: &Calendar, today: Day) -> Option<i16> {
    (today.ymd().0..=last_year(today)).find(|year| !calendar.has(*year))
}

fn made(opened: Result<Db, db::Error>) -> Result<Db> {
    let db = opened.context("opening the district's database")?;
    db.migrate(&district::MIGRATIONS, now()).context("bringing the schema up to date")?;
    Ok(db)
}

fn fitting(db: &Db, vault: Vault, from: &str) -> Result<Vault> {
    ensure!(
        db.read(|tx| vault::fit(tx, Some(&vault)))? != Fit::Shut,
        "{from} is not the key of this district: what is sealed does not open with it. Put the right key back"
    );
    Ok(vault)
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
    Ok(db.read(settings::stopped_clock)?.unwrap_or_else(now))
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

/// An address is a network of its own.
pub fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from).ok();
    text.parse()
        .ok()
        .or_else(address)
        .ok_or_else(|| format!("“{text}” is no address and no network, such as 127.0.0.1 or 10.0.0.0/8"))
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
        db.write(|tx| {
            settings::set(tx, Setting::Demonstration, "true")?;
            vault::add_persons(tx, &mut call.clone(), &vault, std::slice::from_ref(&person))
        })
        .unwrap();
        place.vault(&db).unwrap();
        let file = folder.path().join(KEY_FILE);
        fs::remove_file(&file).unwrap();
        assert!(place.vault(&db).unwrap_err().to_string().contains("is missing"));
        assert!(!file.exists());
        KeyFile::own(&place).make().unwrap();
        assert!(place.vault(&db).unwrap_err().to_string().contains("is not the key"));
    }

    #[test]
    fn a_simulated_figure_is_marked_and_a_real_one_is_not() {
        assert_eq!(marked("14 communities", true), "14 communities (模拟 simulated)");
        assert_eq!(marked("14 communities", false), "14 communities");
    }

    #[test]
    fn the_folder_says_where_the_district_lies() {
        let folder = tempfile::tempdir().unwrap();
        let place = Where { data: folder.path().into(), database_url: None, district: "310112".into() };
        assert_eq!(place.server().unwrap(), None);
        let named = folder.path().join(SERVER_FILE);
        fs::write(&named, "host=/nowhere dbname=a\n").unwrap();
        assert_eq!(place.server().unwrap().as_deref(), Some("host=/nowhere dbname=a"));
        let other = Where { database_url: Some("dbname=b".into()), ..place.clone() };
        assert_eq!(other.server().unwrap().as_deref(), Some("dbname=b"));
        fs::write(place.file(), "").unwrap();
        assert!(place.server().unwrap_err().to_string().contains("move the one away that is not meant"));
        fs::remove_file(place.file()).unwrap();
        fs::write(&named, " \n").unwrap();
        assert!(place.make().unwrap_err().to_string().contains("names no database"));
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
