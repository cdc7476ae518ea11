//! Reading a matter: the sheet of whoever works on it, what is told in public and to whoever asked.

use std::collections::{HashMap, HashSet};

use base::{Day, Instant};
use db::{Row, Tx, params};

use super::advance::{NEIGHBOUR, may_read};
use super::life::Holder;
use super::photos::{self, PhotoLine};
use super::{Hand, Life, Matter, Source, about_note, about_words, by_code, open, store, tree, word};
use crate::kit::{
    AccountId, Actor, BuildingId, Call, CommunityId, Error, MatterId, PersonId, Result, Role, Scope,
    TenancyId,
};
use crate::people::vault::{self, Field, Revealed, Vault, masked_name, masked_telephone};
use crate::people::{self, Action, may};
use crate::register;

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
    /// Every photograph, in the order they came.
    pub photos: Vec<PhotoLine>,
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
    let (scope, level) = reads(tx, actor, &matter, day)?;
    let operator = level == Some(Holder::Operator);
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
        photos: photos::of(tx, matter.id)?,
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

/// Where a matter lies, and on which level somebody reads it; refused for who may not: an operator reads what is theirs.
pub(super) fn reads(
    tx: &mut Tx<'_>,
    actor: &Actor,
    matter: &Matter,
    day: Day,
) -> Result<(Scope, Option<Holder>)> {
    let scope = register::last_scope_of(tx, matter.community, day)?;
    may_read(actor, scope)?;
    let roles = actor.grants.iter().filter(|grant| grant.scope.covers(scope)).map(|grant| grant.role);
    let level = roles.filter_map(Holder::of).max();
    if level == Some(Holder::Operator) && matter.life.holder != Holder::Operator {
        return Err(Error::Forbidden(Action::MatterRead));
    }
    Ok((scope, level))
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
    let scope = register::last_scope_of(tx, matter.community, call.today())?;
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
    /// The photographs that the reader may see, in the order they came.
    pub photos: Vec<PhotoLine>,
    /// Were the questions after the second key asked already?
    pub surveyed: bool,
}

/// Households that have something past its day as matters stand now, from the matters themselves.
pub(crate) fn households_overdue(tx: &mut Tx<'_>, today: Day) -> Result<HashSet<TenancyId>> {
    tx.query(&store::OVERDUE, params![today])?.into_iter().map(|mut row| Ok(row.get(0)?)).collect()
}

/// Matters that run, and those of them past their day, by community.
pub(crate) fn running_by_community(tx: &mut Tx<'_>, today: Day) -> Result<HashMap<CommunityId, (i64, i64)>> {
    let rows = tx.query(&store::RUNNING, params![today])?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).collect()
}

/// What households said of how they were helped, as matters stand now: when, and whether it was good. A neighbour's word is not
/// theirs.
pub(crate) fn words_said(tx: &mut Tx<'_>) -> Result<Vec<(TenancyId, Instant, bool)>> {
    let rows = tx.query(&store::WORDS_SAID, params![NEIGHBOUR])?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Steps whose words are for whoever asked as well.
pub(super) const TO_REPORTER: [&str; 8] =
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
    let own = owns(tx, actor, &matter, hand)?;
    let private = tree().get(&matter.category).is_some_and(|it| it.private);
    let vault = vault.filter(|_| own);
    let merged_into = match matter.life.merged_into {
        Some(id) => Some(super::load(tx, id)?.code),
        None => None,
    };
    let record = happened(tx, matter.id, vault, |step| TO_REPORTER.contains(&step))?;
    let mut photos = photos::of(tx, matter.id)?;
    photos.retain(|it| it.is_for(own, &record));
    Ok(Told {
        words: open(vault, &about_words(matter.id), matter.words.as_deref())?,
        surveyed: super::survey::is_asked(tx, matter.id)?,
        record,
        photos,
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

/// Does somebody read a matter as their own? A wrong address is none.
pub(super) fn owns(tx: &mut Tx<'_>, actor: &Actor, matter: &Matter, hand: Option<Hand<'_>>) -> Result<bool> {
    match hand {
        Some(Hand::Address(secret)) => {
            let hash = secret.hash();
            if matter.secret.as_deref() == Some(hash.as_slice()) {
                Ok(true)
            } else {
                Err(Error::Absent("matter"))
            }
        }
        Some(Hand::Account) => is_own(tx, actor, matter),
        None => Ok(false),
    }
}

fn is_own(tx: &mut Tx<'_>, actor: &Actor, matter: &Matter) -> Result<bool> {
    let (Some(account), Some(person)) = (actor.account.filter(|_| actor.only.is_none()), matter.person)
    else {
        return Ok(false);
    };
    Ok(people::person_of(tx, account)? == person)
}
