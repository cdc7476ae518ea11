//! Steps in the lives of matters: by those who work on them, by whoever asked, by time.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use base::{Calendar, Day, Instant, Uuid};
use db::{Tx, Value, params};
use sha2::{Digest as _, Sha256};

use super::life::{self, Holder, Life, Step};
use super::terms::Terms;
use super::told::{self, Told};
use super::{
    LONGEST_WORDS, Matter, Recorded, about_note, by_code, changed, load, read_matter, save_all, store, tree,
};
use crate::coverage::{self, Tell};
use crate::kit::{
    Actor, Call, CommunityId, Entry, Error, MatterId, Refusal, Result, Role, Scope, record, record_about,
};
use crate::people::vault::{Vault, may_seal};
use crate::people::{self, Action, authorise, may};
use crate::register;

/// A step that somebody takes.
#[derive(Debug, Clone)]
pub struct Advance {
    /// With which matter.
    pub matter: MatterId,
    /// The version whose page they had before them; `None`: whichever there is.
    pub seen: Option<i64>,
    /// The step.
    pub step: Step,
    /// What they say; the public words of [`Step::Clear`]. Empty: nothing.
    pub note: String,
    /// When, if not now.
    pub at: Option<Instant>,
}

/// The key in the own address of whoever asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 16]);

/// Says nothing: it is a key.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Of fresh randomness.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// As it stands in an address: 32 hexadecimal digits.
    pub fn text(&self) -> String {
        base::hex(&self.0)
    }

    /// Reads it.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().filter(|_| text.len() == 32).map(|it| Self(*it.as_bytes()))
    }

    /// What is kept of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// By what right somebody without a desk takes a step.
#[derive(Debug, Clone, Copy)]
pub enum Hand<'a> {
    /// By the address that was given to whoever asked.
    Address(&'a Secret),
    /// By the account: its person asked, or lives where the common parts are that it is about.
    Account,
}

/// Takes steps with matters, all or none; several with one matter in their order.
///
/// # Errors
/// `matters-refused-…`: what cannot be done, and why; [`Error::Forbidden`] for who may not.
pub fn advance(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (vault, calendar): (&Vault, &Calendar),
    commands: &[Advance],
) -> Result<()> {
    may_seal(tx, vault, call.today())?;
    let mut works = Works::new(calendar);
    let terms = works.terms;
    let mut scopes: HashMap<CommunityId, Option<Holder>> = HashMap::new();
    for command in commands {
        let action = if is_steering(command.step) { Action::MatterSteer } else { Action::MatterHandle };
        call.tries(action, command.matter.uuid());
        let work = works.of(tx, command.matter)?;
        if command.seen.is_some_and(|seen| seen != work.read) {
            return Err(changed());
        }
        let community = work.matter.community;
        let level = match scopes.entry(community) {
            Slot::Occupied(known) => *known.get(),
            Slot::Vacant(place) => *place.insert(level(tx, call, community)?),
        };
        let level = level.ok_or(Error::Forbidden(Action::MatterHandle))?;
        permit(tx, call, work, command.step, level)?;
        let by = By { role: call.actor.role().as_str(), note: &command.note };
        work.take(call, vault, terms, command, &by)?;
    }
    let steps: Vec<&str> = commands.iter().map(|command| command.step.as_str()).take(NAMED).collect();
    let steers = commands.iter().any(|command| is_steering(command.step));
    let action = if steers { Action::MatterSteer } else { Action::MatterHandle };
    let objects = works.save(tx, call)?;
    record(tx, call, Entry { action, objects: &objects, fields: &steps.join(" ") })
}

/// Steps that an audit row names; a simulated month's thousands are counted.
const NAMED: usize = 8;

/// The step of whoever asked, or of a neighbour for common parts: confirms, reopens, takes back.
///
/// # Errors
/// [`Error::Absent`] for a code or an address that there is not: they are not told apart.
pub fn advance_own(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (vault, calendar): (&Vault, &Calendar),
    (code, hand): (&str, Hand<'_>),
    command: &Advance,
) -> Result<()> {
    call.tries(Action::MatterConfirm, None);
    may_seal(tx, vault, call.today())?;
    let matter = by_code(tx, code)?;
    let role = own_role(tx, call, &matter, hand, command.step)?;
    let person = matter.person;
    let mut works = Works::new(calendar);
    let terms = works.terms;
    let work = works.of(tx, matter.id)?;
    if command.seen.is_some_and(|seen| seen != work.read) {
        return Err(changed());
    }
    let by = By { role, note: &command.note };
    work.take(call, vault, terms, command, &by)?;
    let objects = works.save(tx, call)?;
    let entry = Entry { action: Action::MatterConfirm, objects: &objects, fields: command.step.as_str() };
    record_about(tx, call, entry, person.as_slice())
}

/// As whom somebody without a desk takes a step; refused where it is not theirs.
pub(super) fn own_role(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    matter: &Matter,
    hand: Hand<'_>,
    step: Step,
) -> Result<&'static str> {
    let forbidden = Err(Error::Forbidden(Action::MatterConfirm));
    if !matches!(step, Step::Confirm { .. } | Step::Reopen | Step::Withdraw | Step::Note) {
        return forbidden;
    }
    match hand {
        Hand::Address(secret) => {
            let hash = secret.hash();
            let theirs = matter.secret.as_deref().is_some_and(|kept| kept == hash.as_slice());
            if theirs { Ok(REPORTER) } else { Err(Error::Absent("matter")) }
        }
        Hand::Account => {
            // A program that comes by a token holds no second key.
            let account = call.actor.account.filter(|_| call.actor.only.is_none());
            let Some(account) = account else { return forbidden };
            let person = people::person_of(tx, account)?;
            if matter.person == Some(person) {
                return Ok(REPORTER);
            }
            let common = tree().get(&matter.category).is_some_and(|it| it.common);
            let scope = register::last_scope_of(tx, matter.community, call.today())?;
            let lives =
                call.actor.grants.iter().any(|it| it.role == Role::Resident && it.scope.covers(scope));
            let neighbour = common && lives && matches!(step, Step::Confirm { .. });
            if neighbour { Ok(NEIGHBOUR) } else { forbidden }
        }
    }
}

/// Whoever asked.
pub(super) const REPORTER: &str = "reporter";
/// Another resident of the community.
pub(super) const NEIGHBOUR: &str = "neighbour";

/// The highest level on which the actor may work on the matters of a community.
fn level(tx: &mut Tx<'_>, call: &Call<'_>, community: CommunityId) -> Result<Option<Holder>> {
    // Who may for the whole district is not asked where each community lies.
    let scope = if may(call.actor, Action::MatterHandle, Scope::District) {
        Scope::District
    } else {
        register::last_scope_of(tx, community, call.today())?
    };
    if !may(call.actor, Action::MatterHandle, scope) {
        return Ok(None);
    }
    let grants = call.actor.grants.iter().filter(|grant| grant.scope.covers(scope));
    Ok(grants.filter_map(|grant| Holder::of(grant.role)).max())
}

/// Does a step need more than working on it?
const fn is_steering(step: Step) -> bool {
    matches!(
        step,
        Step::Assign(_)
            | Step::Refuse(_)
            | Step::Extend
            | Step::KeepTerm
            | Step::Merge(_)
            | Step::Unmerge
            | Step::CallBack { .. }
            | Step::Clear
            | Step::Hide
            | Step::Confirm { .. }
            | Step::Reopen
            | Step::Withdraw
    )
}

/// May somebody of this level take the step?
fn permit(tx: &mut Tx<'_>, call: &Call<'_>, work: &Work, step: Step, level: Holder) -> Result<()> {
    if matches!(step, Step::Receive | Step::Remind | Step::Join | Step::Silence) {
        return Err(Error::Forbidden(Action::MatterHandle));
    }
    let holder = work.matter.life.holder;
    if !is_steering(step) {
        // The level that holds it, and every one above: they record what was told to them.
        return if level >= holder { Ok(()) } else { Err(Refusal::new("matters-refused-not-yours").into()) };
    }
    let scope = if may(call.actor, Action::MatterSteer, Scope::District) {
        Scope::District
    } else {
        register::last_scope_of(tx, work.matter.community, call.today())?
    };
    call.authorise(Action::MatterSteer, scope)?;
    match step {
        // Nobody gives themselves more time, but the district, above which nobody is.
        Step::Extend if level <= holder && level != Holder::District => {
            Err(Refusal::new("matters-refused-own-extension").into())
        }
        // Two keys, two people.
        Step::Confirm { .. } => {
            let answered = tx.find(&store::ANSWERED_BY, params![work.matter.id])?;
            let by: Option<crate::kit::AccountId> = answered.map(|mut row| row.get(0)).transpose()?.flatten();
            if call.actor.account.is_some() && by == call.actor.account {
                return Err(Refusal::new("matters-refused-own-key").into());
            }
            Ok(())
        }
        Step::Merge(into) => {
            let other = load(tx, into)?;
            let wrong = into == work.matter.id
                || other.community != work.matter.community
                || !other.life.state.is_open();
            if wrong { Err(Refusal::new("matters-refused-merge").at("into").into()) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

/// A matter that is being worked on, with what is to be written of it.
struct Work {
    matter: Matter,
    /// The version it was read at.
    read: i64,
    steps: Vec<[Value; 10]>,
    /// What changed for its household.
    reached: Vec<Tell>,
    /// Whom it is told.
    told: Vec<Told>,
}

/// Who takes a step, and what they say.
struct By<'a> {
    role: &'static str,
    note: &'a str,
}

impl Work {
    /// Lets time pass up to a day.
    fn pass(&mut self, today: Day, terms: Terms<'_>) -> Result<()> {
        let drawn = drawn(self.matter.id);
        let (life, steps) = life::pass(self.matter.life.clone(), today, terms, drawn)?;
        let mut before = self.matter.life.clone();
        for (step, at, after) in steps {
            self.reaches(&before, &after, at.day());
            self.tell(step, &after);
            let recorded = Recorded {
                matter: self.matter.id,
                number: self.matter.version,
                at,
                step,
                role: Role::Program.as_str(),
                account: None,
                // Who joins is who holds it as well.
                holder: if step == Step::Join { after.holder.up(after.joined) } else { after.holder },
                until: None,
                note: None,
            };
            self.steps.push(recorded.row());
            self.matter.version += 1;
            before = after;
        }
        self.matter.life = life;
        Ok(())
    }

    /// From a day on it stands otherwise for the household that asked: it is due until another day, or not any more; they said
    /// something of it.
    fn reaches(&mut self, before: &Life, after: &Life, day: Day) {
        let (Some(household), id) = (self.matter.tenancy, self.matter.id.uuid()) else { return };
        if before.overdue_from() != after.overdue_from() {
            self.reached.push(Tell::due(household, id, day, after.overdue_from()));
        }
        if before.satisfied != after.satisfied {
            self.reached.push(Tell::said(household, id, day, after.satisfied));
        }
    }

    /// Writes down what is to be told of a step.
    fn tell(&mut self, step: Step, after: &Life) {
        let matter = &self.matter;
        let told = told::of_step(step, after, matter.person).into_iter().map(|(kind, to)| Told {
            kind,
            matter: matter.id,
            code: matter.code.clone(),
            community: matter.community,
            to,
        });
        self.told.extend(told);
    }

    fn take(
        &mut self,
        call: &mut Call<'_>,
        vault: &Vault,
        terms: Terms<'_>,
        command: &Advance,
        by: &By<'_>,
    ) -> Result<()> {
        let at = command.at.unwrap_or(call.now);
        if at > call.now {
            return Err(Refusal::new("matters-refused-later").at("at").into());
        }
        let (note, step) = (by.note.trim(), command.step);
        if note.chars().count() > LONGEST_WORDS {
            return Err(Refusal::new("matters-refused-words").with("most", LONGEST_WORDS).at("note").into());
        }
        if note.is_empty() && matches!(step, Step::Answer | Step::Reopen | Step::Note | Step::Clear) {
            return Err(Refusal::new("matters-refused-say").at("note").into());
        }
        self.pass(at.day(), terms)?;
        let before = self.matter.life.clone();
        self.matter.life = before.clone().take(step, at, terms, drawn(self.matter.id))?;
        let mut after = self.matter.life.clone();
        if by.role == NEIGHBOUR {
            // A neighbour's word is not the household's.
            after.satisfied = before.satisfied;
        }
        self.reaches(&before, &after, at.day());
        match step {
            Step::Clear => self.matter.public_words = Some(note.to_owned()),
            Step::Hide => self.matter.public_words = None,
            _ => {}
        }
        let after = self.matter.life.clone();
        self.tell(step, &after);
        let number = self.matter.version;
        // What is public is not sealed a second time.
        let sealed = if note.is_empty() || step == Step::Clear {
            None
        } else {
            let fresh: MatterId = call.id();
            let about = about_note(self.matter.id, number);
            Some(vault.seal_bytes(&about, note.as_bytes(), fresh.uuid())?)
        };
        let until = match step {
            Step::Suspend(_, until) => Some(until),
            _ => None,
        };
        let recorded = Recorded {
            matter: self.matter.id,
            number,
            at,
            step,
            role: by.role,
            account: call.actor.account,
            holder: self.matter.life.holder,
            until,
            note: sealed.as_deref(),
        };
        self.steps.push(recorded.row());
        self.matter.version += 1;
        Ok(())
    }
}

/// Is it among the tenth whose silence is followed by a call? Drawn by its id, whose last bytes are random.
fn drawn(matter: MatterId) -> bool {
    let hash = Sha256::digest(matter.uuid().as_bytes());
    // A byte below 26 of 256.
    hash[0] < 26
}

/// The matters of an operation, each read and written once.
struct Works<'a> {
    terms: Terms<'a>,
    places: HashMap<MatterId, usize>,
    all: Vec<Work>,
}

impl<'a> Works<'a> {
    fn new(calendar: &'a Calendar) -> Self {
        Self { terms: Terms::new(calendar), places: HashMap::new(), all: Vec::new() }
    }

    fn of(&mut self, tx: &mut Tx<'_>, id: MatterId) -> Result<&mut Work> {
        if let Some(&place) = self.places.get(&id) {
            return Ok(&mut self.all[place]);
        }
        let matter = load(tx, id)?;
        Ok(self.add(matter))
    }

    fn add(&mut self, matter: Matter) -> &mut Work {
        let place = self.all.len();
        self.places.insert(matter.id, place);
        self.all.push(Work {
            read: matter.version,
            matter,
            steps: Vec::new(),
            reached: Vec::new(),
            told: Vec::new(),
        });
        &mut self.all[place]
    }

    /// Writes all of them, and what is told of them; their ids.
    fn save(self, tx: &mut Tx<'_>, call: &mut Call<'_>) -> Result<Vec<Uuid>> {
        save_all(tx, self.all.iter().map(|work| (&work.matter, work.read)))?;
        tx.bulk(&store::ADD_STEPS, self.all.iter().flat_map(|work| &work.steps))?;
        let reached: Vec<Tell> = self.all.iter().flat_map(|work| &work.reached).copied().collect();
        coverage::tell(tx, &reached)?;
        let told: Vec<Told> = self.all.iter().flat_map(|work| work.told.iter().cloned()).collect();
        told::tell(tx, call, &told)?;
        Ok(self.all.iter().map(|work| work.matter.id.uuid()).collect())
    }
}

/// Matters that time acts on in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 500;

/// Lets time act on some of the matters whose day has come; how many. 0: on none any more. Safe to run twice, and after days
/// of being off: each step is written with the day that it was due on.
pub fn pass_time(tx: &mut Tx<'_>, call: &mut Call<'_>, calendar: &Calendar) -> Result<usize> {
    call.authorise(Action::MatterSteer, Scope::District)?;
    let mut works = Works::new(calendar);
    let today = call.today();
    for mut row in tx.query(&store::DUE_NOW, params![today, AT_A_TIME])? {
        let matter = read_matter(&mut row)?;
        let terms = works.terms;
        works.add(matter).pass(today, terms)?;
    }
    let count = works.all.len();
    if count > 0 {
        let objects = works.save(tx, call)?;
        record(tx, call, Entry { action: Action::MatterSteer, objects: &objects, fields: "time" })?;
    }
    Ok(count)
}

/// Counts terms again that were provisional, after a calendar was added: some of those after one. Returns after which it is to go
/// on; `None`: it has looked at all.
pub fn recount_terms(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    calendar: &Calendar,
    after: MatterId,
) -> Result<Option<MatterId>> {
    call.authorise(Action::MatterSteer, Scope::District)?;
    let mut works = Works::new(calendar);
    let (mut last, mut moved) = (None, Vec::new());
    for mut row in tx.query(&store::PROVISIONAL, params![after, AT_A_TIME])? {
        let id: MatterId = row.get(0)?;
        last = Some(id);
        let terms = works.terms;
        let work = works.of(tx, id)?;
        let before = work.matter.life.clone();
        let again = before.clone().recounted(terms);
        if again != before {
            // As though it had been counted so from its beginning.
            work.reaches(&before, &again, again.counts_from);
            work.matter.life = again;
            moved.push(id.uuid());
        }
    }
    if !moved.is_empty() {
        works.all.retain(|work| moved.contains(&work.matter.id.uuid()));
        works.save(tx, call)?;
        record(tx, call, Entry { action: Action::MatterSteer, objects: &moved, fields: "due_on" })?;
    }
    Ok(last)
}

/// Who may see the matters of a community.
pub(super) fn may_read(actor: &Actor, scope: Scope) -> Result<()> {
    authorise(actor, Action::MatterRead, scope)
}
