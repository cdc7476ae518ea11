//! An owner (业主) by the number of the certificate (不动产权证号): two people, never the same and never the owner, each hold
//! it against the paper; then the role holds for that flat until it is ended.

use base::{Day, Instant};
use db::{Row, Tx, params};

use super::requests::{checked_reason, since};
use super::residents::{Entering, WayIn, check_login, join, joined_of};
use super::{Telephone, Way, person_joined, store};
use crate::kit::{
    AccountId, Actor, Call, CommunityId, Entry, Error, OwnershipId, PersonId, Refusal, Result, Role, Scope,
    record_about,
};
use crate::notices::{About, Kind, Notice, Thing, To, tell};
use crate::people::accounts::folded;
use crate::people::vault::{
    self, AddPerson, Field, Revealed, Vault, masked_name, masked_number, masked_telephone, may_seal,
    seal_persons,
};
use crate::people::{Action, authorise, may, person_of, store as people};
use crate::register;

/// The shortest number of a certificate: the old ones of a district had nine characters.
const SHORTEST_NUMBER: usize = 6;
/// The longest: `沪（2021）闵字不动产权第012345号` has 22.
const LONGEST_NUMBER: usize = 60;
/// The longest name.
const LONGEST_NAME: usize = 80;

/// What somebody states who owns a flat.
#[derive(Clone)]
pub struct StateOwnership {
    /// 不动产权证号.
    pub certificate: String,
    /// Where.
    pub community: CommunityId,
    /// The number of the building.
    pub building: String,
    /// The number of the flat.
    pub flat: String,
    /// 姓名, and by what they will come in; `None` for whoever is signed in as an account that joined.
    pub new: Option<(String, WayIn)>,
}

/// Says the place only: neither name nor number may reach a log.
impl std::fmt::Debug for StateOwnership {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StateOwnership").field("community", &self.community).finish_non_exhaustive()
    }
}

/// Writes down what an owner states, for two people to check.
pub fn state_ownership(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    stated: &StateOwnership,
    wall: Instant,
) -> Result<OwnershipId> {
    call.tries(Action::AccountJoin, stated.community.uuid());
    let day = call.today();
    may_seal(tx, vault, day)?;
    let number = stated.certificate.trim();
    if !(SHORTEST_NUMBER..=LONGEST_NUMBER).contains(&number.chars().count()) {
        return Err(Refusal::new("joining-refused-certificate").at("certificate").into());
    }
    let numbers = (stated.building.trim(), stated.flat.trim());
    let unit = register::unit_of(tx, stated.community, numbers, day)?;
    let unit = unit.ok_or_else(|| Refusal::new("joining-refused-no-flat").at("flat"))?;
    let (person, by_telephone, login, hash) = stated_by(tx, call, vault, stated, wall)?;
    if tx.find(&store::STATED_ALREADY, params![person, unit, day, since(wall)])?.is_some() {
        return Err(Refusal::new("joining-refused-stated").at("flat").into());
    }
    let (id, fresh): (OwnershipId, OwnershipId) = (call.id(), call.id());
    let sealed = vault.seal_bytes(&about(id), number.as_bytes(), fresh.uuid())?;
    let row = params![id, person, stated.community, unit, sealed, by_telephone, login, hash, wall];
    tx.execute(&store::STATE, row)?;
    let fields = "ownership name telephone certificate";
    record_about(tx, call, Entry { action: Action::AccountJoin, objects: &[id.uuid()], fields }, &[person])?;
    let about = About::one(Thing::Ownership, id.uuid(), "");
    let to = vec![To::Role(Role::CommunityWorker, register::scope_of(tx, stated.community, day)?)];
    tell(tx, call, &[Notice { kind: Kind::OwnerStated, about, to }])?;
    Ok(id)
}

type StatedBy = (PersonId, bool, Option<String>, Option<String>);

/// Who states it, and by what they will come in.
fn stated_by(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    stated: &StateOwnership,
    wall: Instant,
) -> Result<StatedBy> {
    let Some((name, way_in)) = &stated.new else {
        let account = call.actor.account.ok_or(Error::Forbidden(Action::PersonOwn))?;
        let person = person_joined(tx, account)?.ok_or(Error::Forbidden(Action::PersonOwn))?;
        return Ok((person, false, None, None));
    };
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Refusal::new("joining-refused-empty").with("most", LONGEST_NAME).at("name").into());
    }
    let (telephone, login, hash) = match way_in.looked_at(tx, vault, wall)? {
        Entering::Telephone(telephone) => (Some(telephone.digits().to_owned()), None, None),
        Entering::Password { login, hash } => {
            check_login(login)?;
            let login = folded(login);
            if login.is_empty() || tx.find(&people::LOGIN_TAKEN, params![login.clone()])?.is_some() {
                return Err(Refusal::new("people-refused-login-taken")
                    .with("login", login)
                    .at("login")
                    .into());
            }
            (None, Some(login), Some(hash.to_owned()))
        }
    };
    let by_telephone = telephone.is_some();
    let person = AddPerson { id: call.id(), name: name.to_owned(), telephone, identity_number: None };
    let id = person.id;
    seal_persons(tx, call, vault, &[person])?;
    Ok((id, by_telephone, login, hash))
}

/// What the sealed number is authenticated with.
pub(super) fn about(id: OwnershipId) -> Vec<u8> {
    [id.uuid().as_bytes().as_slice(), b"certificate"].concat()
}

/// A statement in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerLine {
    /// The statement.
    pub id: OwnershipId,
    /// The names of the community.
    pub names: (String, String),
    /// Where it lies.
    pub scope: Scope,
    /// The numbers of building and flat.
    pub numbers: (String, String),
    /// When it was made.
    pub stated: Instant,
    /// Who has checked it first.
    pub first_by: Option<AccountId>,
    /// From when the role holds; `None`: it is still to be checked.
    pub from: Option<Day>,
    person: PersonId,
    certificate: Option<Vec<u8>>,
    by_telephone: bool,
    login: Option<String>,
    password: Option<String>,
}

fn line(row: &mut Row) -> Result<OwnerLine> {
    let community: CommunityId = row.get(2)?;
    Ok(OwnerLine {
        id: row.get(0)?,
        person: row.get(1)?,
        scope: Scope::Community { town: row.get(3)?, grid: row.get(4)?, community },
        names: (row.get(5)?, row.get(6)?),
        numbers: (row.get(7)?, row.get(8)?),
        stated: row.get(9)?,
        first_by: row.get(10)?,
        from: row.get(11)?,
        certificate: row.get(12)?,
        by_telephone: row.get(13)?,
        login: row.get(14)?,
        password: row.get(15)?,
    })
}

/// Statements that wait for a check by whoever asks, and owners in force, in the part of whoever asks.
pub fn owner_lines(tx: &mut Tx<'_>, actor: &Actor, (day, wall): (Day, Instant)) -> Result<Vec<OwnerLine>> {
    let rows = tx.query(&store::OWNERSHIPS, params![day, since(wall)])?;
    let lines = rows.into_iter().map(|mut row| line(&mut row)).collect::<Result<Vec<_>>>()?;
    Ok(lines.into_iter().filter(|it| may(actor, Action::OwnerCheck, it.scope)).collect())
}

/// One statement, for whoever may check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerSheet {
    /// The statement.
    pub line: OwnerLine,
    /// 姓名, masked.
    pub name: String,
    /// 电话, masked.
    pub telephone: Option<String>,
    /// 不动产权证号, masked.
    pub certificate: String,
    /// May whoever asks check it: are they neither the owner nor who checked it first?
    pub may_check: bool,
}

/// One statement with its fields masked.
pub fn owner_sheet(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    id: OwnershipId,
    (day, wall): (Day, Instant),
) -> Result<OwnerSheet> {
    let line = open(tx, actor, id, (day, wall))?;
    let name = vault::read(tx, vault, line.person, Field::Name)?.unwrap_or_default();
    let telephone = vault::read(tx, vault, line.person, Field::Telephone)?;
    let certificate = masked_number(&number(vault, &line)?);
    let may_check = line.from.is_none() && another(tx, actor, &line)?.is_none();
    let telephone = telephone.map(|it| masked_telephone(&it));
    Ok(OwnerSheet { name: masked_name(&name), telephone, certificate, may_check, line })
}

fn open(tx: &mut Tx<'_>, actor: &Actor, id: OwnershipId, (day, wall): (Day, Instant)) -> Result<OwnerLine> {
    let found = tx.find(&store::OWNERSHIP, params![day, since(wall), id])?;
    let line = line(&mut found.ok_or(Error::Absent("ownership"))?)?;
    authorise(actor, Action::OwnerCheck, line.scope)?;
    Ok(line)
}

fn number(vault: &Vault, line: &OwnerLine) -> Result<String> {
    let Some(sealed) = &line.certificate else { return Ok(String::new()) };
    let bytes = vault.open_bytes(&about(line.id), sealed)?;
    String::from_utf8(bytes).map_err(|_| Error::Internal("a certificate's number is no text".into()))
}

/// Why this is not another person than the owner and who checked first; `None`: it is.
fn another(tx: &mut Tx<'_>, actor: &Actor, line: &OwnerLine) -> Result<Option<Refusal>> {
    let account = actor.account.ok_or(Error::Forbidden(Action::OwnerCheck))?;
    let person = person_of(tx, account)?;
    if person == line.person {
        return Ok(Some(Refusal::new("joining-refused-own-check")));
    }
    let Some(first) = line.first_by else { return Ok(None) };
    // Another account of the same person is not another person.
    let same = first == account || person_of(tx, first)? == person;
    Ok(same.then(|| Refusal::new("joining-refused-second-person")))
}

/// What is held against the paper, in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevealedOwner {
    /// Who states it.
    pub person: Revealed,
    /// 不动产权证号.
    pub certificate: Certificate,
}

/// The number of a certificate. A log never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate(pub String);

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificate(…)")
    }
}

/// Shows name, telephone and number to whoever checks, who cannot check without. It is a POST, as [`vault::reveal`] is.
pub fn reveal_owner(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    id: OwnershipId,
    wall: Instant,
) -> Result<RevealedOwner> {
    let line = open(tx, call.actor, id, (call.today(), wall))?;
    let certificate = Certificate(number(vault, &line)?);
    let person = vault::reveal_with(tx, call, vault, line.person, "name telephone certificate")?;
    Ok(RevealedOwner { person, certificate })
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// A second person is to check it.
    First,
    /// The role holds from today on.
    Second,
}

/// Says that number, name and flat are those of the certificate on paper.
pub fn check_owner(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    id: OwnershipId,
    wall: Instant,
) -> Result<Checked> {
    call.tries(Action::OwnerCheck, id.uuid());
    let line = open(tx, call.actor, id, (call.today(), wall))?;
    if let Some(refusal) = another(tx, call.actor, &line)? {
        return Err(refusal.into());
    }
    let by = call.actor.account;
    let first = line.first_by.is_none();
    let done = if first {
        tx.execute(&store::CHECK_FIRST, params![id, by, wall])?
    } else {
        tx.execute(&store::CHECK_SECOND, params![id, by, wall, call.today()])?
    };
    if done == 0 {
        return Err(Refusal::new("joining-refused-decided").into());
    }
    let fields = if first { "first" } else { "second" };
    record_about(
        tx,
        call,
        Entry { action: Action::OwnerCheck, objects: &[id.uuid()], fields },
        &[line.person],
    )?;
    if first {
        return Ok(Checked::First);
    }
    enters(tx, call, vault, &line)?;
    told(tx, call, Kind::OwnerConfirmed, &line)?;
    Ok(Checked::Second)
}

/// Makes the account of an owner who has none.
fn enters(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault, line: &OwnerLine) -> Result<()> {
    if joined_of(tx, call, line.person)?.is_some() {
        return Ok(());
    }
    let telephone = vault::read(tx, vault, line.person, Field::Telephone)?;
    let telephone = telephone.as_deref().and_then(Telephone::parse);
    let entering = match (&telephone, &line.login, &line.password) {
        (Some(telephone), ..) if line.by_telephone => Entering::Telephone(telephone),
        (_, Some(login), Some(hash)) => Entering::Password { login, hash },
        _ => return Err(Error::Internal("an owner without a way in".into())),
    };
    join(tx, call, vault, (line.person, Way::Owner), entering).map(|_| ())
}

/// Refuses a statement, with a reason that its person may read.
pub fn refuse_owner(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (id, reason): (OwnershipId, &str),
    wall: Instant,
) -> Result<()> {
    call.tries(Action::OwnerCheck, id.uuid());
    let line = open(tx, call.actor, id, (call.today(), wall))?;
    let reason = checked_reason(reason)?;
    if tx.execute(&store::REFUSE_OWNER, params![id, wall, reason])? == 0 {
        return Err(Refusal::new("joining-refused-decided").into());
    }
    let entry = Entry { action: Action::OwnerCheck, objects: &[id.uuid()], fields: "refused" };
    record_about(tx, call, entry, &[line.person])?;
    told(tx, call, Kind::OwnerRefused, &line)
}

/// Tells whoever stated it what became of it.
fn told(tx: &mut Tx<'_>, call: &mut Call<'_>, kind: Kind, line: &OwnerLine) -> Result<()> {
    let about = About::one(Thing::Home, line.id.uuid(), "");
    tell(tx, call, &[Notice { kind, about, to: vec![To::Person(line.person)] }])
}

/// The flat was sold: the role holds until yesterday.
pub fn end_owner(tx: &mut Tx<'_>, call: &mut Call<'_>, id: OwnershipId, wall: Instant) -> Result<()> {
    call.tries(Action::OwnerCheck, id.uuid());
    let line = open(tx, call.actor, id, (call.today(), wall))?;
    if tx.execute(&store::END_OWNER, params![id, call.today()])? == 0 {
        return Err(Error::Absent("ownership"));
    }
    let entry = Entry { action: Action::OwnerCheck, objects: &[id.uuid()], fields: "valid_to" };
    record_about(tx, call, entry, &[line.person])
}
