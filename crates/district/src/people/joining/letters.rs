//! Letters for those who moved in: each with a one-time code for one person of one household.

use base::{Day, Instant};
use db::{Tx, Value, params};

use super::store;
use crate::kit::{Actor, Call, CommunityId, Entry, PersonId, Refusal, Result, record_about};
use crate::people::vault::{self, Field, Vault, masked_name};
use crate::people::{Action, Code, authorise};
use crate::register::{self, Lives};

/// How long a letter's code may be used: a letter lies about while somebody unpacks, works shifts, goes home for the
/// holidays.
pub const LETTER_DAYS: i64 = 90;
/// The most letters printed at once: the largest building of the district, twice.
pub const MOST_LETTERS: i64 = 2_000;

/// A letter to be printed.
#[derive(Clone)]
pub struct Letter {
    /// Number of the building, of the flat, and of the room where the flat is let by the room.
    pub numbers: (String, String, Option<String>),
    /// 姓名, masked; empty where only the pseudonym is known.
    pub name: String,
    /// The code.
    pub code: Code,
    /// The last day on which it may be used.
    pub last_day: Day,
}

/// Never shows the code: a log is read by many.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("numbers", &self.numbers).finish_non_exhaustive()
    }
}

/// What letters are printed for: a building, or one flat of it.
#[derive(Debug, Clone, Copy)]
pub struct Addressed<'a> {
    /// The community.
    pub community: CommunityId,
    /// The building's number.
    pub building: &'a str,
    /// The flat's number; `None`: the whole building.
    pub flat: Option<&'a str>,
}

/// Makes letters for everyone of a flat, or for everyone of a building who has no account yet; earlier letters of each
/// are void. `code_of` makes the same code for the same person when it is asked again.
pub fn print_letters(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    to: Addressed<'_>,
    code_of: &impl Fn(PersonId) -> Code,
    wall: Instant,
) -> Result<()> {
    let day = call.today();
    call.authorise(Action::LetterPrint, register::scope_of(tx, to.community, day)?)?;
    let mut persons = Vec::new();
    let mut rows: Vec<[Value; 6]> = Vec::new();
    let until = wall.plus_millis(LETTER_DAYS * 86_400_000);
    for lives in addressed(tx, to, day)? {
        if to.flat.is_none() && tx.find(&store::JOINED_OF, params![lives.person, day])?.is_some() {
            continue;
        }
        tx.execute(&store::VOID_LETTERS, params![lives.person, wall])?;
        rows.push([
            code_of(lives.person).hash().into(),
            lives.tenancy.into(),
            lives.person.into(),
            wall.into(),
            until.into(),
            Value::Null,
        ]);
        persons.push(lives.person);
    }
    if persons.is_empty() {
        return Err(Refusal::new("joining-refused-no-letters").at("building").into());
    }
    tx.bulk(&store::ADD_LETTERS, rows)?;
    let objects: Vec<_> = persons.iter().map(|person| person.uuid()).collect();
    let entry = Entry { action: Action::LetterPrint, objects: &objects, fields: "name letter" };
    record_about(tx, call, entry, &persons)
}

/// The letters whose codes `code_of` makes, as they are printed: of the form that has just made them, or made them when
/// it came for the first time.
pub fn letters_of(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    to: Addressed<'_>,
    code_of: &impl Fn(PersonId) -> Code,
    day: Day,
) -> Result<Vec<Letter>> {
    authorise(actor, Action::LetterPrint, register::scope_of(tx, to.community, day)?)?;
    let mut letters = Vec::new();
    for lives in addressed(tx, to, day)? {
        let code = code_of(lives.person);
        let found = tx.find(&store::LETTER_UNTIL, params![code.hash(), lives.person])?;
        let Some(mut row) = found else { continue };
        let until: Instant = row.get(0)?;
        let name = vault::read(tx, vault, lives.person, Field::Name)?;
        letters.push(Letter {
            numbers: lives.numbers,
            name: name.map(|name| masked_name(&name)).unwrap_or_default(),
            code,
            last_day: until.day(),
        });
    }
    Ok(letters)
}

fn addressed(tx: &mut Tx<'_>, to: Addressed<'_>, day: Day) -> Result<Vec<Lives>> {
    let mut lives = register::lives_in(tx, to.community, to.building, day, MOST_LETTERS)?;
    lives.retain(|it| to.flat.is_none_or(|flat| it.numbers.1 == flat));
    Ok(lives)
}

/// Uses the code of a letter: whose it is. Refused in the same words when there is no such one, it was used, another was
/// printed since, its time is over, or the stay it was for is.
pub(super) fn take(tx: &mut Tx<'_>, call: &Call<'_>, code: &Code, wall: Instant) -> Result<PersonId> {
    let refused = || Refusal::new("joining-refused-letter").at("letter");
    let mut row = tx.find(&store::LETTER, params![code.hash(), wall])?.ok_or_else(refused)?;
    let (person, tenancy): (PersonId, crate::kit::TenancyId) = (row.get(0)?, row.get(1)?);
    let homes = register::homes_of(tx, person, call.today())?;
    if !homes.iter().any(|home| home.tenancy == tenancy)
        || tx.execute(&store::USE_LETTER, params![code.hash(), wall])? == 0
    {
        return Err(refused().into());
    }
    Ok(person)
}
