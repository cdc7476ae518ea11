//! Reading matters: lists and their counts, the sheet of whoever works on one, what is told in public and to whoever asked.

use base::{Day, Instant};
use db::{ListQuery, Row, Tx, Value, params};

use super::advance::may_read;
use super::life::{Holder, Outcome, State};
use super::{Hand, Life, Matter, Source, about_note, about_words, by_code, open, store, tree, word, word_if};
use crate::kit::{
    AccountId, Actor, BuildingId, Call, CommunityId, Error, MatterId, PersonId, Result, Role, Scope,
    TenancyId,
};
use crate::people::vault::{self, Field, Revealed, Vault, masked_name, masked_telephone};
use crate::people::{self, Action, may};
use crate::register;

macro_rules! queues {
    ($($(#[$item:meta])* $variant:ident = $text:literal,)*) => {
        /// What of the matters somebody looks at, in the order of what breaks first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Queue { $($(#[$item])* $variant,)* }

        impl Queue {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in addresses and in message ids.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one of a name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == name)
            }
        }
    };
}

queues! {
    /// The term is over.
    Overdue = "overdue",
    /// The term ends today.
    Today = "today",
    /// Somebody asks for more time.
    Extension = "extension",
    /// Whoever said nothing is to be called.
    CallBack = "call-back",
    /// The term runs.
    Running = "running",
    /// Waits for something.
    Suspended = "suspended",
    /// Answered, not yet confirmed.
    Answered = "answered",
}

/// What a reader of a list asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// One queue only.
    pub queue: Option<Queue>,
    /// Of one community.
    pub community: Option<CommunityId>,
    /// Of one category.
    pub category: Option<String>,
    /// In one state.
    pub state: Option<State>,
    /// With one holder.
    pub holder: Option<Holder>,
    /// From one source.
    pub source: Option<Source>,
    /// That came in from this day on.
    pub from: Option<Day>,
    /// That came in up to this day.
    pub to: Option<Day>,
    /// Go on after this row: its value of the order and its id.
    pub after: Option<(Value, MatterId)>,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the columns of `matters`")]
pub struct Line {
    pub id: MatterId,
    pub code: String,
    pub source: Source,
    pub community: CommunityId,
    pub category: String,
    pub state: State,
    pub holder: Holder,
    /// Levels that have joined the holder.
    pub joined: i64,
    pub received_at: Instant,
    pub due_on: Day,
    pub provisional: bool,
    pub late: bool,
    pub outcome: Option<Outcome>,
    pub building: Option<BuildingId>,
    pub public_words: Option<String>,
    pub answered_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub call_back: bool,
    pub extension_asked: Option<i64>,
    pub suspended_until: Option<Day>,
    pub reopened: i64,
    /// By what the list is ordered.
    pub order: i64,
}

fn line(row: &mut Row) -> Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        code: row.get(1)?,
        source: word(row, 2, Source::parse)?,
        community: row.get(3)?,
        category: row.get(4)?,
        state: word(row, 5, State::parse)?,
        holder: word(row, 6, Holder::parse)?,
        joined: row.get(7)?,
        received_at: row.get(8)?,
        due_on: row.get(9)?,
        provisional: row.get(10)?,
        late: row.get(11)?,
        outcome: word_if(row, 12, Outcome::parse)?,
        building: row.get(13)?,
        public_words: row.get(14)?,
        answered_at: row.get(15)?,
        closed_at: row.get(16)?,
        call_back: row.get(17)?,
        extension_asked: row.get(18)?,
        suspended_until: row.get(19)?,
        reopened: row.get(20)?,
        order: row.get(21)?,
    })
}

/// The part of the district whose matters a reader at a desk sees: that of the first role that may.
fn desk_of(actor: &Actor) -> Result<(Scope, Role)> {
    let grants = actor.grants.iter();
    let mut grants = grants.filter(|grant| may(actor, Action::MatterRead, grant.scope));
    grants.next().map(|grant| (grant.scope, grant.role)).ok_or(Error::Forbidden(Action::MatterRead))
}

/// What a list is asked for; `desk`: of whom, `None` in public.
fn query(asked: &Asked, desk: Option<(Scope, Role)>, now: Instant) -> ListQuery {
    let today = now.day();
    let list = &store::LIST;
    let mut filters: Vec<(usize, Value)> = Vec::new();
    let mut by = |name: &str, value: Value| {
        if let Some(place) = list.filter(name) {
            filters.push((place, value));
        }
    };
    if let Some((scope, role)) = desk {
        match scope {
            Scope::District => {}
            Scope::Town(town) => by("town", town.into()),
            Scope::Grid { grid, .. } => by("grid", grid.into()),
            Scope::Community { community, .. } => by("community", community.into()),
        }
        // Whoever is held to the clock sees what is theirs, not what is said of them elsewhere.
        if role == Role::Operator {
            by("holder", Holder::Operator.as_str().into());
        }
    }
    match asked.queue {
        Some(Queue::Overdue) => by("runs-due-before", today.into()),
        Some(Queue::Today) => by("runs-due-on", today.into()),
        Some(Queue::Running) => by("runs-due-after", today.into()),
        Some(Queue::Extension) => by("extension", true.into()),
        Some(Queue::CallBack) => by("call-back", true.into()),
        Some(Queue::Suspended) => by("state", State::Suspended.as_str().into()),
        Some(Queue::Answered) => by("state", State::Answered.as_str().into()),
        None => {}
    }
    let words = [
        ("category", asked.category.as_deref()),
        ("state", asked.state.map(State::as_str)),
        ("holder", asked.holder.map(Holder::as_str)),
        ("source", asked.source.map(Source::as_str)),
    ];
    for (name, word) in words {
        if let Some(word) = word {
            by(name, word.into());
        }
    }
    if let Some(community) = asked.community {
        by("community", community.into());
    }
    let midnight = |day: Day| Value::from(Instant::at(day, 0, 0));
    if let Some(from) = asked.from {
        by("received-from", midnight(from));
    }
    if let Some(to) = asked.to {
        by("received-before", midnight(to + 1));
    }
    // A queue begins with what breaks first, everything else with what came last.
    let order = if asked.queue.is_some() { "due" } else { "received" };
    ListQuery {
        base: vec![midnight(today + 1)],
        filters,
        sort: list.sort(order).unwrap_or_default(),
        descending: asked.queue.is_none(),
        after: asked.after.as_ref().map(|(value, id)| (value.clone(), (*id).into())),
        limit: None,
    }
}

/// Matters of a list, at most so many, and whether there are more. `actor`: who reads at a desk; `None` in public, where
/// everything that a line holds may be read.
pub fn list(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    asked: &Asked,
    limit: Option<i64>,
    now: Instant,
) -> Result<(Vec<Line>, bool)> {
    let desk = actor.map(desk_of).transpose()?;
    let query = ListQuery { limit, ..query(asked, desk, now) };
    let mut page = store::LIST.page(tx, &query)?;
    Ok((page.rows.iter_mut().map(line).collect::<Result<_>>()?, page.more))
}

/// How many matters are in each queue of a desk.
pub type Counts = Vec<(Queue, i64)>;

/// The counts of the queues of a desk: each that of the list it opens.
pub fn counts(tx: &mut Tx<'_>, actor: &Actor, now: Instant) -> Result<Counts> {
    let desk = desk_of(actor)?;
    let steers = may(actor, Action::MatterSteer, desk.0);
    let mut counts = Vec::new();
    for &queue in Queue::ALL {
        if !steers && matches!(queue, Queue::Extension | Queue::CallBack) {
            continue;
        }
        let asked = Asked { queue: Some(queue), ..Asked::default() };
        counts.push((queue, store::LIST.count(tx, &query(&asked, Some(desk), now))?));
    }
    Ok(counts)
}

/// Something that happened to a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Its place in the record, from 0.
    pub number: i64,
    /// When.
    pub at: Instant,
    /// The name of the step.
    pub step: String,
    /// As what somebody did it.
    pub role: String,
    /// Who it was; never told in public.
    pub account: Option<AccountId>,
    /// Who held it afterwards, or joined.
    pub holder: Holder,
    /// The code of the reason.
    pub reason: Option<String>,
    /// Until when.
    pub until: Option<Day>,
    /// What was said; `None` where it is not for the reader, or nothing was.
    pub note: Option<String>,
}

fn happened(
    tx: &mut Tx<'_>,
    matter: MatterId,
    vault: Option<&Vault>,
    shows: impl Fn(&str) -> bool,
) -> Result<Vec<Happened>> {
    let read = |row: &mut Row| {
        let (number, step): (i64, String) = (row.get(0)?, row.get(2)?);
        let sealed: Option<Vec<u8>> = row.get(8)?;
        let sealed = sealed.filter(|_| shows(&step));
        Ok(Happened {
            number,
            at: row.get(1)?,
            role: row.get(3)?,
            account: row.get(4)?,
            holder: word(row, 5, Holder::parse)?,
            reason: row.get(6)?,
            until: row.get(7)?,
            note: open(vault, &about_note(matter, number), sealed.as_deref())?,
            step,
        })
    };
    tx.query(&store::STEPS, params![matter])?.iter_mut().map(read).collect()
}

/// How whoever asked can be reached, masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallTo {
    /// 姓名, masked.
    pub name: Option<String>,
    /// 电话, masked.
    pub telephone: Option<String>,
    /// May the reader see both in full, on record?
    pub may_reveal: bool,
}

/// A matter as whoever works on it sees it.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the matter")]
pub struct Sheet {
    pub id: MatterId,
    pub code: String,
    pub community: CommunityId,
    pub building: Option<BuildingId>,
    pub place: String,
    pub category: String,
    pub source: Source,
    pub received_at: Instant,
    pub version: i64,
    pub life: Life,
    /// The household of whoever asked, if it is known.
    pub tenancy: Option<TenancyId>,
    pub public_words: Option<String>,
    /// `None` without the vault's key, or when they were forgotten.
    pub words: Option<String>,
    pub record: Vec<Happened>,
    /// Whoever asked; `None`: anonymous, or not for the reader's eyes.
    pub reporter: Option<CallTo>,
    /// The code of the matter as which it goes on.
    pub merged_into: Option<String>,
    /// May the reader work on it as it is held now?
    pub may_handle: bool,
    /// May the reader steer it?
    pub may_steer: bool,
}

/// A matter by its code, for whoever works on it.
pub fn sheet(tx: &mut Tx<'_>, actor: &Actor, vault: Option<&Vault>, code: &str, day: Day) -> Result<Sheet> {
    let matter = by_code(tx, code)?;
    let scope = register::scope_of(tx, matter.community, day)?;
    may_read(actor, scope)?;
    let roles = actor.grants.iter().filter(|grant| grant.scope.covers(scope)).map(|grant| grant.role);
    let level = roles.filter_map(Holder::of).max();
    let operator = level == Some(Holder::Operator);
    if operator && matter.life.holder != Holder::Operator {
        return Err(Error::Forbidden(Action::MatterRead));
    }
    let reporter = match (matter.person, vault) {
        (Some(person), Some(vault)) if !operator || matter.shown => {
            let may_reveal = operator || may(actor, Action::PersonReveal, scope);
            Some(call_to(tx, vault, person, may_reveal)?)
        }
        _ => None,
    };
    let merged_into = match matter.life.merged_into {
        Some(id) => Some(super::load(tx, id)?.code),
        None => None,
    };
    Ok(Sheet {
        words: open(vault, &about_words(matter.id), matter.words.as_deref())?,
        record: happened(tx, matter.id, vault, |_| true)?,
        reporter,
        merged_into,
        may_handle: level >= Some(matter.life.holder) && may(actor, Action::MatterHandle, scope),
        may_steer: may(actor, Action::MatterSteer, scope),
        tenancy: matter.tenancy,
        id: matter.id,
        code: matter.code,
        community: matter.community,
        building: matter.building,
        place: matter.place,
        category: matter.category,
        source: matter.source,
        received_at: matter.received_at,
        version: matter.version,
        life: matter.life,
        public_words: matter.public_words,
    })
}

fn call_to(tx: &mut Tx<'_>, vault: &Vault, person: PersonId, may_reveal: bool) -> Result<CallTo> {
    let name = vault::read(tx, vault, person, Field::Name)?;
    let telephone = vault::read(tx, vault, person, Field::Telephone)?;
    Ok(CallTo {
        name: name.map(|name| masked_name(&name)),
        telephone: telephone.map(|number| masked_telephone(&number)),
        may_reveal,
    })
}

/// Name and telephone of whoever asked, in full and on record: for who may see them in the matter's community; for the operator
/// only where whoever asked has agreed.
pub fn reveal_reporter(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, code: &str) -> Result<Revealed> {
    let matter = by_code(tx, code)?;
    let scope = register::scope_of(tx, matter.community, call.today())?;
    may_read(call.actor, scope)?;
    let person = matter.person.ok_or(Error::Absent("reporter"))?;
    let agreed = matter.shown && matter.life.holder == Holder::Operator;
    let is = |grant: &crate::kit::Grant| grant.role == Role::Operator && grant.scope.covers(scope);
    if agreed && call.actor.grants.iter().any(is) && may(call.actor, Action::MatterHandle, scope) {
        return vault::reveal_with(tx, call, vault, person, "name telephone");
    }
    vault::reveal(tx, call, vault, person, scope)
}

/// What is told of a matter in public; and, by their own address or account, to whoever asked.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are those of the matter")]
pub struct Told {
    pub code: String,
    pub community: CommunityId,
    /// `None` for a category inside of flats, unless whoever asked reads.
    pub building: Option<BuildingId>,
    pub category: String,
    pub source: Source,
    pub received_at: Instant,
    pub version: i64,
    pub life: Life,
    pub record: Vec<Happened>,
    pub public_words: Option<String>,
    pub merged_into: Option<String>,
    /// The reader asked for it.
    pub own: bool,
    /// What was asked for: told to whoever asked.
    pub words: Option<String>,
}

/// Steps whose words are for whoever asked as well.
const TO_REPORTER: [&str; 8] =
    ["answer", "suspend", "refuse", "return", "confirm", "reopen", "withdraw", "contact"];

/// A matter by its code. `hand`: by what right somebody reads it as their own.
///
/// # Errors
/// [`Error::Absent`] for a code or an address that there is not: they are not told apart.
pub fn told(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: Option<&Vault>,
    code: &str,
    hand: Option<Hand<'_>>,
) -> Result<Told> {
    let matter = by_code(tx, code)?;
    let own = match hand {
        Some(Hand::Address(secret)) => {
            let hash = secret.hash();
            if matter.secret.as_deref() != Some(hash.as_slice()) {
                return Err(Error::Absent("matter"));
            }
            true
        }
        Some(Hand::Account) => is_own(tx, actor, &matter)?,
        None => false,
    };
    let private = tree().get(&matter.category).is_some_and(|it| it.private);
    let vault = vault.filter(|_| own);
    let merged_into = match matter.life.merged_into {
        Some(id) => Some(super::load(tx, id)?.code),
        None => None,
    };
    Ok(Told {
        words: open(vault, &about_words(matter.id), matter.words.as_deref())?,
        record: happened(tx, matter.id, vault, |step| TO_REPORTER.contains(&step))?,
        merged_into,
        own,
        building: matter.building.filter(|_| own || !private),
        code: matter.code,
        community: matter.community,
        category: matter.category,
        source: matter.source,
        received_at: matter.received_at,
        version: matter.version,
        life: matter.life,
        public_words: matter.public_words,
    })
}

/// The matter of a code. Asks no permission: codes are public.
pub fn id_of(tx: &mut Tx<'_>, code: &str) -> Result<MatterId> {
    Ok(by_code(tx, code)?.id)
}

/// The code of a matter. Asks no permission: codes are public.
pub fn code_of(tx: &mut Tx<'_>, id: MatterId) -> Result<String> {
    Ok(super::load(tx, id)?.code)
}

fn is_own(tx: &mut Tx<'_>, actor: &Actor, matter: &Matter) -> Result<bool> {
    let (Some(account), Some(person)) = (actor.account.filter(|_| actor.only.is_none()), matter.person)
    else {
        return Ok(false);
    };
    Ok(people::person_of(tx, account)? == person)
}

/// A matter that may be about the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    /// Its id.
    pub id: MatterId,
    /// Its code.
    pub code: String,
    /// Its category.
    pub category: String,
    /// When it came in.
    pub received_at: Instant,
    /// How alike the words are, in thousandths.
    pub alike: i64,
}

/// Days back in which the same thing is asked for twice.
const SIMILAR_DAYS: i64 = 30;
/// Matters whose words are compared: those of a large community in a month.
const COMPARED: i64 = 200;
/// Matters that are suggested.
const SUGGESTED: usize = 3;
/// Words less alike than this are another matter; in the same place and category less is asked.
const ALIKE: i64 = 450;

/// Open matters of the same community that may be about the same as one: by place, category and words; most alike first.
pub fn similar(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    sheet: &Sheet,
    day: Day,
) -> Result<Vec<Similar>> {
    let scope = register::scope_of(tx, sheet.community, day)?;
    crate::people::authorise(actor, Action::MatterSteer, scope)?;
    let Some(words) = sheet.words.as_deref() else { return Ok(Vec::new()) };
    let since = sheet.received_at.plus_millis(-SIMILAR_DAYS * 86_400_000);
    let mut found = Vec::new();
    for mut row in tx.query(&store::LATELY, params![sheet.community, since, sheet.id, COMPARED])? {
        let id: MatterId = row.get(0)?;
        let (category, building): (String, Option<BuildingId>) = (row.get(2)?, row.get(3)?);
        let (place, received_at): (String, Instant) = (row.get(4)?, row.get(5)?);
        let sealed: Option<Vec<u8>> = row.get(6)?;
        let Some(other) = open(Some(vault), &about_words(id), sealed.as_deref())? else { continue };
        let same_place = building == sheet.building && place == sheet.place;
        let alike = alike(words, &other) + if same_place { 150 } else { 0 };
        if category == sheet.category && alike >= ALIKE {
            found.push(Similar { id, code: row.get(1)?, category, received_at, alike: alike.min(1000) });
        }
    }
    found.sort_by_key(|it| (std::cmp::Reverse(it.alike), it.id));
    found.truncate(SUGGESTED);
    Ok(found)
}

/// How alike two texts are, in thousandths: the pairs of neighbouring characters that they share (Dice's coefficient).
fn alike(one: &str, other: &str) -> i64 {
    let pairs = |text: &str| {
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let mut pairs: Vec<[char; 2]> = letters.windows(2).map(|pair| [pair[0], pair[1]]).collect();
        pairs.sort_unstable();
        pairs
    };
    let (one, mut other) = (pairs(one), pairs(other));
    let all = one.len() + other.len();
    let mut shared: usize = 0;
    for pair in one {
        if let Ok(place) = other.binary_search(&pair) {
            other.remove(place);
            shared += 1;
        }
    }
    (2000 * shared).checked_div(all).and_then(|it| i64::try_from(it).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn words_are_alike_by_the_pairs_they_share() {
        assert_eq!(alike("三号楼电梯坏了", "三号楼电梯坏了"), 1000);
        assert_eq!(alike("三号楼电梯坏了", "三号楼 电梯坏了。"), 1000);
        assert!(alike("三号楼电梯坏了", "3号楼的电梯又坏了") > 400);
        assert_eq!(alike("三号楼电梯坏了", "门口垃圾没人收"), 0);
        assert_eq!(alike("", ""), 0);
        // A pair that stands twice is shared twice only when the other has it twice.
        assert_eq!(alike("哈哈哈", "哈哈"), 666);
    }
}
