//! Somebody says that they live here, and a worker who has seen the lease confirms it.

use base::{Day, Instant};
use db::{Row, Tx, params};

use super::residents::{Entering, Waiting, WayIn, check_login, join, joined_of};
use super::telephones::{Proof, proven};
use super::{Way, owns_from, store};
use crate::kit::{
    Actor, Call, CommunityId, Entry, Error, JoinId, PersonId, Refusal, Result, Role, Scope, TenancyId,
    record_about,
};
use crate::notices::{About, Kind, Notice, Thing, To, tell};
use crate::people::accounts::folded;
use crate::people::administrators::may_take_personal_data;
use crate::people::vault::{
    self, AddPerson, Field, Revealed, Telephone, Vault, masked_name, masked_telephone, persons_of_telephone,
    seal_persons,
};
use crate::people::{Action, authorise, may, store as people};
use crate::register::{self, AddOccupant};

/// How long a wish to join is kept, decided or not.
pub const REQUEST_DAYS: i64 = 30;
/// The longest name, number or reason.
const LONGEST: usize = 80;
/// The longest reason for a refusal.
const LONGEST_REASON: usize = 200;
/// Requests forgotten in one transaction.
const AT_A_TIME: i64 = 500;
/// People of a building looked through for those of a flat.
const MOST_OF_BUILDING: i64 = 2_000;

/// A wish to join.
#[derive(Clone)]
pub struct AskToJoin {
    /// 姓名.
    pub name: String,
    /// Where.
    pub community: CommunityId,
    /// The number of the building, as they know it.
    pub building: String,
    /// The number of the flat, as they know it.
    pub flat: String,
    /// By what they will come in.
    pub way_in: WayIn,
}

/// Says the place only: no name may reach a log.
impl std::fmt::Debug for AskToJoin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AskToJoin").field("community", &self.community).finish_non_exhaustive()
    }
}

/// Writes down a wish to join, for the workers of the community. One that was made with the same telephone and is not
/// decided yet is replaced.
pub fn ask_to_join(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    ask: &AskToJoin,
    wall: Instant,
) -> Result<JoinId> {
    call.tries(Action::AccountJoin, ask.community.uuid());
    may_take_personal_data(tx, call.today())?;
    let scope = register::scope_of(tx, ask.community, call.today())?;
    for (text, field) in [(&ask.name, "name"), (&ask.building, "building"), (&ask.flat, "flat")] {
        if text.trim().is_empty() || text.chars().count() > LONGEST {
            return Err(Refusal::new("joining-refused-empty").with("most", LONGEST).at(field).into());
        }
    }
    let (telephone, login, hash) = match &ask.way_in {
        WayIn::Telephone(proof) => {
            proven(tx, vault, proof, wall)?;
            replace(tx, call, vault, proof, wall)?;
            (Some(proof.telephone.digits().to_owned()), None, None)
        }
        WayIn::Password { login, hash } => {
            check_login(login)?;
            let taken = tx.find(&people::LOGIN_TAKEN, params![folded(login)])?.is_some()
                || tx.find(&store::LOGIN_ASKED, params![folded(login)])?.is_some();
            if taken || folded(login).is_empty() {
                return Err(Refusal::new("people-refused-login-taken")
                    .with("login", login)
                    .at("login")
                    .into());
            }
            (None, Some(folded(login)), Some(hash.clone()))
        }
    };
    let by_telephone = telephone.is_some();
    let person =
        AddPerson { id: call.id(), name: ask.name.trim().to_owned(), telephone, identity_number: None };
    let (id, who): (JoinId, PersonId) = (call.id(), person.id);
    seal_persons(tx, call, vault, &[person])?;
    let place = [ask.building.trim(), ask.flat.trim()];
    let row = params![id, who, ask.community, place[0], place[1], by_telephone, login, hash, wall];
    tx.execute(&store::ADD_REQUEST, row)?;
    let entry =
        Entry { action: Action::AccountJoin, objects: &[id.uuid()], fields: "request name telephone" };
    record_about(tx, call, entry, &[who])?;
    let about = About::one(Thing::JoinRequest, id.uuid(), "");
    let to = vec![To::Role(Role::CommunityWorker, scope)];
    tell(tx, call, &[Notice { kind: Kind::JoinAsked, about, to }])?;
    Ok(id)
}

/// Forgets what was asked with this telephone before and is not decided.
fn replace(tx: &mut Tx<'_>, call: &Call<'_>, vault: &Vault, proof: &Proof, wall: Instant) -> Result<()> {
    for person in persons_of_telephone(tx, vault, &proof.telephone)? {
        let found = tx.find(&store::REQUEST_OF, params![person, since(wall)])?;
        let Some(mut row) = found else { continue };
        let (id, outcome): (JoinId, Option<String>) = (row.get(0)?, row.get(2)?);
        if outcome.is_none() {
            tx.execute(&store::DROP_REQUEST, params![id])?;
            forget_person(tx, call.today(), person)?;
        }
    }
    Ok(())
}

/// What became of the latest wish of these persons, who have shown that the telephone is theirs.
pub(super) fn waiting(tx: &mut Tx<'_>, persons: &[PersonId], wall: Instant) -> Result<Option<Waiting>> {
    for person in persons {
        let Some(mut row) = tx.find(&store::REQUEST_OF, params![*person, since(wall)])? else { continue };
        let (made, outcome, reason): (Instant, Option<String>, Option<String>) =
            (row.get(1)?, row.get(2)?, row.get(3)?);
        return Ok(Some(match outcome {
            None => Waiting::Since(made),
            Some(outcome) if outcome == REFUSED => Waiting::Refused(reason.unwrap_or_default()),
            // Confirmed: what it was about is an account now, or was one until a stay was over.
            Some(_) => continue,
        }));
    }
    Ok(None)
}

/// A wish to join in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinLine {
    /// The wish.
    pub id: JoinId,
    /// The community.
    pub community: CommunityId,
    /// Its names.
    pub names: (String, String),
    /// Where it lies.
    pub scope: Scope,
    /// The number of the building, as they said it.
    pub building: String,
    /// The number of the flat, as they said it.
    pub flat: String,
    /// When it was made.
    pub made: Instant,
    /// Did they show a telephone to be theirs?
    pub by_telephone: bool,
    person: PersonId,
    login: Option<String>,
    password: Option<String>,
}

fn line(row: &mut Row) -> Result<JoinLine> {
    let community: CommunityId = row.get(2)?;
    Ok(JoinLine {
        id: row.get(0)?,
        person: row.get(1)?,
        community,
        building: row.get(3)?,
        flat: row.get(4)?,
        made: row.get(5)?,
        by_telephone: row.get(6)?,
        scope: Scope::Community { town: row.get(7)?, grid: row.get(8)?, community },
        names: (row.get(9)?, row.get(10)?),
        login: row.get(11)?,
        password: row.get(12)?,
    })
}

/// What was asked or stated before this is over.
pub(super) fn since(wall: Instant) -> Instant {
    wall.plus_millis(-REQUEST_DAYS * 86_400_000)
}

/// Wishes that wait for whoever asks, the oldest first.
pub fn join_requests(tx: &mut Tx<'_>, actor: &Actor, (day, wall): (Day, Instant)) -> Result<Vec<JoinLine>> {
    let rows = tx.query(&store::OPEN_REQUESTS, params![day, since(wall)])?;
    let lines = rows.into_iter().map(|mut row| line(&mut row)).collect::<Result<Vec<_>>>()?;
    Ok(lines.into_iter().filter(|it| may(actor, Action::JoinDecide, it.scope)).collect())
}

/// Somebody who lives in the flat by the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Living {
    /// Who, by pseudonym.
    pub person: PersonId,
    /// The household.
    pub tenancy: TenancyId,
    /// 姓名, masked; empty where only the pseudonym is known.
    pub name: String,
    /// The number of the room, where the flat is let by the room.
    pub room: Option<String>,
    /// Since when they live there.
    pub from: Day,
    /// Has an account already.
    pub joined: bool,
}

/// A wish to join with what the register knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinSheet {
    /// The wish.
    pub line: JoinLine,
    /// 姓名, masked.
    pub name: String,
    /// 电话, masked; `None` where none was shown to be theirs.
    pub telephone: Option<String>,
    /// Who lives in the flat by the register.
    pub living: Vec<Living>,
}

/// One wish, for whoever may decide it.
pub fn join_sheet(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    id: JoinId,
    (day, wall): (Day, Instant),
) -> Result<JoinSheet> {
    let line = open(tx, actor, id, (day, wall))?;
    let name = vault::read(tx, vault, line.person, Field::Name)?.unwrap_or_default();
    let telephone = vault::read(tx, vault, line.person, Field::Telephone)?;
    let mut living = Vec::new();
    for lives in register::lives_in(tx, line.community, &line.building, day, MOST_OF_BUILDING)? {
        if lives.numbers.1 != line.flat {
            continue;
        }
        let name = vault::read(tx, vault, lives.person, Field::Name)?;
        living.push(Living {
            joined: tx.find(&store::JOINED_OF, params![lives.person, day])?.is_some(),
            person: lives.person,
            tenancy: lives.tenancy,
            name: name.map(|name| masked_name(&name)).unwrap_or_default(),
            room: lives.numbers.2,
            from: lives.from,
        });
    }
    let telephone = telephone.map(|number| masked_telephone(&number));
    Ok(JoinSheet { line, name: masked_name(&name), telephone, living })
}

fn open(tx: &mut Tx<'_>, actor: &Actor, id: JoinId, (day, wall): (Day, Instant)) -> Result<JoinLine> {
    let found = tx.find(&store::OPEN_REQUEST, params![day, since(wall), id])?;
    let line = line(&mut found.ok_or(Error::Absent("request"))?)?;
    authorise(actor, Action::JoinDecide, line.scope)?;
    Ok(line)
}

/// Shows name and telephone in full to whoever decides, to be held against a lease.
pub fn reveal_join(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    id: JoinId,
    wall: Instant,
) -> Result<Revealed> {
    let line = open(tx, call.actor, id, (call.today(), wall))?;
    vault::reveal(tx, call, vault, line.person, line.scope)
}

/// Who somebody is who wants to join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// One of those who live in the flat by the register.
    Living(PersonId),
    /// Nobody the register knows: they live with this household from today on. Only for who may change the register.
    New(TenancyId),
}

/// Confirms a wish: its person can come in from now on.
pub fn confirm_join(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (id, whom): (JoinId, Whom),
    wall: Instant,
) -> Result<()> {
    call.tries(Action::JoinDecide, id.uuid());
    let JoinSheet { line, living, .. } = join_sheet(tx, call.actor, vault, id, (call.today(), wall))?;
    let telephone = vault::read(tx, vault, line.person, Field::Telephone)?;
    let telephone = telephone.as_deref().and_then(Telephone::parse);
    let person = who(tx, call, &line, &living, whom)?;
    decide(tx, call, &line, ("confirmed", None), wall)?;
    let entering = match (&telephone, &line.login, &line.password) {
        (Some(telephone), ..) if line.by_telephone => Entering::Telephone(telephone),
        (_, Some(login), Some(hash)) => Entering::Password { login, hash },
        _ => return Err(Error::Internal("a wish to join without a way in".into())),
    };
    join(tx, call, vault, (person, Way::Worker), entering)?;
    if person != line.person {
        forget_person(tx, call.today(), line.person)?;
    }
    let about = About::one(Thing::Home, person.uuid(), "");
    tell(tx, call, &[Notice { kind: Kind::JoinConfirmed, about, to: vec![To::Person(person)] }])
}

/// The person of the register that is meant; one who is new moves in today.
fn who(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    line: &JoinLine,
    living: &[Living],
    whom: Whom,
) -> Result<PersonId> {
    let day = call.today();
    match whom {
        Whom::Living(person) => {
            let found = living.iter().find(|it| it.person == person).ok_or(Error::Absent("person"))?;
            if joined_of(tx, call, found.person)?.is_some() {
                return Err(Refusal::new("joining-refused-joined").at("whom").into());
            }
            Ok(person)
        }
        Whom::New(tenancy) => {
            let with = living.iter().find(|it| it.tenancy == tenancy).ok_or(Error::Absent("tenancy"))?;
            let homes = register::homes_of(tx, with.person, day)?;
            let to = homes.iter().find(|home| home.tenancy == tenancy).and_then(|home| home.to);
            let person = line.person;
            let new =
                AddOccupant { id: call.id(), community: line.community, tenancy, person, from: day, to };
            register::add_occupants(tx, call, &[new])?;
            Ok(person)
        }
    }
}

/// Refuses a wish, with a reason that its person may read.
pub fn refuse_join(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (id, reason): (JoinId, &str),
    wall: Instant,
) -> Result<()> {
    call.tries(Action::JoinDecide, id.uuid());
    let line = open(tx, call.actor, id, (call.today(), wall))?;
    decide(tx, call, &line, (REFUSED, Some(checked_reason(reason)?)), wall)?;
    let about = About::one(Thing::JoinRequest, id.uuid(), "");
    tell(tx, call, &[Notice { kind: Kind::JoinRefused, about, to: vec![To::Person(line.person)] }])
}

/// The reason of a refusal, which its person may read.
pub(super) fn checked_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(Refusal::new("joining-refused-reason").with("most", LONGEST_REASON).at("reason").into());
    }
    Ok(reason)
}

const REFUSED: &str = "refused";

fn decide(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    line: &JoinLine,
    (outcome, reason): (&str, Option<&str>),
    wall: Instant,
) -> Result<()> {
    let row = params![line.id, wall, call.actor.account, outcome, reason];
    if tx.execute(&store::DECIDE, row)? == 0 {
        return Err(Refusal::new("joining-refused-decided").into());
    }
    let entry = Entry { action: Action::JoinDecide, objects: &[line.id.uuid()], fields: outcome };
    record_about(tx, call, entry, &[line.person])
}

/// Forgets wishes whose time is over, with the names of those who did not become residents; how many.
pub(in crate::people) fn forget_requests(tx: &mut Tx<'_>, day: Day, wall: Instant) -> Result<u64> {
    let mut forgotten = 0;
    for mut row in tx.query(&store::OLD_REQUESTS, params![since(wall), AT_A_TIME])? {
        let (id, person): (JoinId, PersonId) = (row.get(0)?, row.get(1)?);
        tx.execute(&store::DROP_REQUEST, params![id])?;
        forget_person(tx, day, person)?;
        forgotten += 1;
    }
    Ok(forgotten)
}

/// Forgets name and telephone of somebody who asked, unless they live here, own something or have an account.
pub(super) fn forget_person(tx: &mut Tx<'_>, day: Day, person: PersonId) -> Result<()> {
    let known = register::lives_from(tx, person, day)?
        || owns_from(tx, person, day)?
        || tx.find(&people::ACCOUNT_FROM, params![person, day])?.is_some();
    if !known {
        tx.execute(&people::ERASE, params![person])?;
    }
    Ok(())
}
