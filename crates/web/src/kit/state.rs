//! What all requests share: the database, the words, the district's own facts, the clock, randomness.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use base::{Calendar, Day, Instant};
use db::{Db, Tx};
use district::Memory;
use district::kit::requests::{self, Request};
use district::kit::settings::{self, Setting};
use district::kit::{self, Actor, Call, Refusal, Refusals, Refused, Tried};
use district::matters::HotlineWords;
use district::people::vault::Vault;
use district::people::{Code, IDLE_MILLIS, Passwords};
use district::visits::columns::Columns;

use super::{Fault, Locales, Posted, Routes};
use crate::coverage::Drawings;
use crate::entering::SingleSignOn;
use crate::notices::{Gateway, Sending, Ways};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The time on the wall.
    fn wall(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "this is the edge: here the program asks the machine")]
    fn wall(&self) -> Instant {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Instant::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// How this server runs.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Reached by https: cookies are then sent over nothing else.
    pub secure: bool,
    /// After how long without a request a session is over, in milliseconds.
    pub idle_millis: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { secure: false, idle_millis: IDLE_MILLIS }
    }
}

/// The district's facts about itself, read at the start.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Name in Chinese.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Every figure is simulated.
    pub demonstration: bool,
    /// The demonstration's stopped clock.
    pub clock: Option<Instant>,
}

impl Facts {
    fn read(tx: &mut Tx<'_>) -> district::kit::Result<Self> {
        let demonstration = settings::get(tx, Setting::Demonstration)?.as_deref() == Some("true");
        let clock = settings::stopped_clock(tx)?;
        Ok(Self {
            name: settings::get(tx, Setting::Name)?.unwrap_or_else(|| "里弄".into()),
            name_en: settings::get(tx, Setting::NameEn)?.unwrap_or_else(|| "Lilong".into()),
            demonstration,
            clock: clock.filter(|_| demonstration),
        })
    }
}

/// The server could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The messages could not be read.
    #[error(transparent)]
    Locales(#[from] super::i18n::LocalesError),
    /// A calendar of the program could not be read.
    #[error(transparent)]
    Calendar(#[from] base::CalendarError),
    /// The district's facts could not be read.
    #[error(transparent)]
    District(#[from] district::Error),
}

/// What the districts of one process share. Cheap to clone.
#[derive(Clone)]
pub struct Common {
    /// The messages.
    pub locales: Arc<Locales>,
    /// Which days are worked.
    pub calendar: Arc<Calendar>,
    /// Checks passwords, two at a time in the whole process.
    pub passwords: Arc<Passwords>,
    /// The service for single sign-on; `None`: there is none.
    pub single_sign_on: Option<Arc<SingleSignOn>>,
    /// By which ways something is sent.
    pub ways: Ways,
    routes: Arc<Routes>,
}

impl std::fmt::Debug for Common {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Common").finish_non_exhaustive()
    }
}

impl Common {
    /// Reads the messages and puts the addresses together.
    pub fn load() -> Result<Self, OpenError> {
        Ok(Self {
            locales: Arc::new(Locales::load()?),
            calendar: Arc::new(Calendar::published()?),
            passwords: Arc::default(),
            single_sign_on: None,
            ways: Ways::default(),
            routes: Arc::new(crate::routes()),
        })
    }

    /// The same with a service for single sign-on.
    #[must_use]
    pub fn with_single_sign_on(self, service: SingleSignOn) -> Self {
        Self { single_sign_on: Some(Arc::new(service)), ..self }
    }

    /// The same with something that sends text messages.
    #[must_use]
    pub fn with_gateway(mut self, gateway: Arc<dyn Gateway>) -> Self {
        self.ways.texts = Some(gateway);
        self
    }

    /// The same with these ways to send something.
    #[must_use]
    pub fn with_ways(self, ways: Ways) -> Self {
        Self { ways, ..self }
    }
}

/// What all requests share.
pub struct State {
    /// The district's database.
    pub db: Arc<Db>,
    /// The messages.
    pub locales: Arc<Locales>,
    /// The district's facts about itself.
    pub facts: Facts,
    /// How this server runs.
    pub settings: Settings,
    /// Which days are worked; a year may be published while the program runs.
    calendar: RwLock<Arc<Calendar>>,
    /// The towns of the district as pages show them.
    pub(crate) drawings: Drawings,
    /// The columns in which visits go out to another system.
    pub visit_columns: Columns,
    /// What the sheets of the hotline call their columns and categories.
    pub hotline_words: HotlineWords,
    /// What is kept of the district between requests.
    pub memory: Memory,
    /// Checks passwords, two at a time.
    pub passwords: Arc<Passwords>,
    /// The service for single sign-on; `None`: there is none.
    pub single_sign_on: Option<Arc<SingleSignOn>>,
    /// By which ways something is sent.
    pub ways: Ways,
    /// What was last seen of the outbox.
    pub sending: Sending,
    /// What was refused lately.
    refusals: Refusals,
    pub(super) routes: Arc<Routes>,
    clock: Box<dyn Clock>,
    secret: [u8; 32],
    vault: Option<Vault>,
    begin: Option<Code>,
    renamed: OnceLock<(String, String)>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl State {
    /// Reads what is needed to answer the first request. The database must be migrated.
    pub fn open(db: Arc<Db>, settings: Settings, clock: impl Clock + 'static) -> Result<Self, OpenError> {
        Self::open_with(&Common::load()?, db, settings, clock)
    }

    /// The same for one of several districts of a process.
    pub fn open_with(
        common: &Common,
        db: Arc<Db>,
        settings: Settings,
        clock: impl Clock + 'static,
    ) -> Result<Self, OpenError> {
        let facts = db.read(Facts::read)?;
        let Common { locales, calendar, passwords, single_sign_on, ways, routes } = common.clone();
        Ok(Self {
            db,
            locales,
            facts,
            settings,
            calendar: RwLock::new(calendar),
            drawings: Drawings::default(),
            visit_columns: Columns::default(),
            hotline_words: HotlineWords::default(),
            memory: Memory::default(),
            passwords,
            single_sign_on,
            ways,
            sending: Sending::default(),
            refusals: Refusals::default(),
            routes,
            clock: Box::new(clock),
            secret: random().map_err(district::Error::Internal)?,
            vault: None,
            begin: None,
            renamed: OnceLock::new(),
        })
    }

    /// The same with the key of the identity vault, without which nothing that holds names can be taken in.
    #[must_use]
    pub fn with_vault(mut self, vault: Vault) -> Self {
        self.vault = Some(vault);
        self
    }

    /// The same with the columns that another system wants visits in.
    #[must_use]
    pub fn with_visit_columns(mut self, columns: Columns) -> Self {
        self.visit_columns = columns;
        self
    }

    /// The same with what the sheets of its hotline call things.
    #[must_use]
    pub fn with_hotline_words(mut self, words: HotlineWords) -> Self {
        self.hotline_words = words;
        self
    }

    /// The same for a district that nobody has an account of yet: with this code somebody begins it.
    #[must_use]
    pub fn with_begin_code(mut self, code: Code) -> Self {
        self.begin = Some(code);
        self
    }

    /// The code with which the district is begun; `None` when it was begun before the program started.
    pub fn begin_code(&self) -> Option<&Code> {
        self.begin.as_ref()
    }

    /// The district was named while the program runs.
    pub(crate) fn rename(&self, name: &str, name_en: &str) {
        // A second beginning is refused before it comes here.
        let _ = self.renamed.set((name.to_owned(), name_en.to_owned()));
    }

    /// The district's name, in Chinese and in English.
    pub fn names(&self) -> (&str, &str) {
        self.renamed.get().map_or((&self.facts.name, &self.facts.name_en), |(name, name_en)| {
            (name.as_str(), name_en.as_str())
        })
    }

    /// Which days are worked, as far as is known by now.
    pub fn calendar(&self) -> Arc<Calendar> {
        Arc::clone(&self.calendar.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes another calendar, also while the program serves; whether it says anything else.
    pub fn take_calendar(&self, calendar: Calendar) -> bool {
        let mut kept = self.calendar.write().unwrap_or_else(PoisonError::into_inner);
        let other = **kept != calendar;
        if other {
            *kept = Arc::new(calendar);
        }
        other
    }

    /// The identity vault; refused with its reason where the program was started without the key.
    pub fn vault(&self) -> Result<&Vault, Fault> {
        self.vault.as_ref().ok_or_else(|| Fault::Refused(Refusal::new("exchange-refused-no-key")))
    }

    /// The time on the wall: sessions live by it.
    pub fn wall(&self) -> Instant {
        self.clock.wall()
    }

    /// The time everything else happens at: the wall's, or the demonstration's stopped clock.
    pub fn now(&self) -> Instant {
        self.facts.clock.unwrap_or_else(|| self.wall())
    }

    /// The day it is.
    pub fn today(&self) -> Day {
        self.now().day()
    }

    /// Randomness of this process that never leaves it.
    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// A writing operation for an actor, at the time it is, with a fresh seed of ids.
    pub fn write<T>(
        &self,
        actor: &Actor,
        mut work: impl FnMut(&mut Tx<'_>, &mut Call<'_>) -> district::kit::Result<T>,
    ) -> Result<T, Fault> {
        let seed: [u8; 8] = random().map_err(Fault::Internal)?;
        let call = Call::new(actor, self.now(), u64::from_ne_bytes(seed));
        let mut tried = None;
        let done = db::heavy(|| {
            self.db.write(|tx| {
                let mut own = call.clone();
                let done = work(tx, &mut own);
                tried = own.tried();
                done
            })
        });
        match (done, tried) {
            (Err(district::Error::Refused(refusal)), Some(tried)) => {
                self.refused(actor, tried, refusal.message);
                Err(Fault::Refused(refusal))
            }
            // Whoever answers writes it down, as it also does what was not permitted in a reading.
            (Err(district::Error::Forbidden(action)), Some(tried)) => {
                Err(Fault::Forbidden(Some(action), tried.object))
            }
            (done, _) => Ok(done?),
        }
    }

    /// Writes down that something was refused: at once, or with its number once its minute is over. What cannot be written
    /// is in the log: whoever was refused is told that, and nothing else.
    pub(crate) fn refused(&self, actor: &Actor, tried: Tried, name: &'static str) {
        self.write_refused(&self.refusals.count(actor, tried, name, self.wall()));
    }

    /// Writes down what was refused again and again and whose minute is over; every hour, as nobody may come by.
    pub fn write_waiting_refusals(&self) {
        self.write_refused(&self.refusals.due(self.wall()));
    }

    fn write_refused(&self, due: &[Refused]) {
        if due.is_empty() {
            return;
        }
        let program = Actor::program();
        let written = random().map_err(Fault::Internal).and_then(|seed: [u8; 8]| {
            let call = Call::new(&program, self.now(), u64::from_ne_bytes(seed));
            let all = |tx: &mut Tx<'_>| {
                let mut call = call.clone();
                due.iter().try_for_each(|it| kit::write_refused(tx, &mut call, it))
            };
            Ok(db::heavy(|| self.db.write(all))?)
        });
        if let Err(failed) = written {
            failed.log();
        }
    }

    /// A writing operation that an equal request does not do again: it gets the kept answer, the address to go to.
    pub fn once(
        &self,
        actor: &Actor,
        posted: &Posted,
        mut work: impl FnMut(&mut Tx<'_>, &mut Call<'_>) -> district::kit::Result<String>,
    ) -> Result<String, Fault> {
        let request = self.request(posted);
        self.write(actor, |tx, call| requests::once(tx, call, &request, &mut work))
    }

    /// The answer of a form that was sent before and done; `None`: it is new.
    pub fn answered(&self, actor: &Actor, posted: &Posted) -> Result<Option<String>, Fault> {
        let request = self.request(posted);
        self.read(|tx| requests::answered(tx, actor, &request))
    }

    /// What is kept of a form, so that it is known when it comes again: also after a restart, where the vault is open.
    pub fn request(&self, posted: &Posted) -> Request {
        Request::new(posted.key, &posted.body, self.vault.as_ref().map_or(&self.secret, Vault::requests))
    }

    /// What follows from a form's key, for a purpose, and can be guessed by nobody: the same when the form comes again.
    pub(crate) fn derived(&self, posted: &Posted, purpose: &[u8]) -> [u8; 32] {
        let secret = self.vault.as_ref().map_or(&self.secret, Vault::requests);
        requests::keyed_hash(secret, &[purpose, posted.key.as_bytes().as_slice()].concat())
    }

    /// A reading of one consistent picture.
    pub fn read<T>(&self, work: impl FnMut(&mut Tx<'_>) -> district::kit::Result<T>) -> Result<T, Fault> {
        Ok(self.db.read(work)?)
    }
}

/// Fresh randomness of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| format!("no randomness: {error}"))?;
    Ok(bytes)
}
