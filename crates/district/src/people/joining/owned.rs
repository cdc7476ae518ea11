//! What somebody owns, by certificates that were checked: their role on a day, their copy, what is kept and for how long.

use base::{Day, Instant};
use db::{Tx, params};

use super::owners::about;
use super::requests::since;
use super::residents::{Waiting, simulated};
use super::{requests, store};
use crate::kit::{
    Call, CommunityId, Entry, Error, Grant, OwnershipId, PersonId, Result, Role, Scope, UnitId, record,
};
use crate::people::Action;
use crate::people::vault::{AddPerson, Vault, seal_persons};
use crate::register;

/// Statements forgotten in one transaction.
const AT_A_TIME: i64 = 500;

/// A flat of an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// Where it lies.
    pub scope: Scope,
    /// The community.
    pub community: CommunityId,
    /// The flat.
    pub unit: UnitId,
    /// The numbers of building and flat.
    pub numbers: (String, String),
    /// The first day.
    pub from: Day,
}

/// What a person owns on a day. Asks no permission: it says what somebody is.
pub(super) fn owned(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<Vec<Owned>> {
    tx.query(&store::OWNED, params![person, day])?
        .iter_mut()
        .map(|row| {
            let community: CommunityId = row.get(0)?;
            Ok(Owned {
                scope: Scope::Community { town: row.get(1)?, grid: row.get(2)?, community },
                community,
                unit: row.get(3)?,
                numbers: (row.get(4)?, row.get(5)?),
                from: row.get(6)?,
            })
        })
        .collect()
}

/// The roles of an owner on a day.
pub(super) fn follows(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<Vec<Grant>> {
    Ok(owned(tx, person, day)?.into_iter().map(|it| Grant { role: Role::Owner, scope: it.scope }).collect())
}

/// Does a person own something on a day or later, or state so?
pub(in crate::people) fn owns_from(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<bool> {
    Ok(tx.find(&store::OWNS_FROM, params![person, day])?.is_some())
}

/// What became of the latest statement of these persons, who have shown that the telephone is theirs.
pub(super) fn waiting(tx: &mut Tx<'_>, persons: &[PersonId], wall: Instant) -> Result<Option<Waiting>> {
    for person in persons {
        let found = tx.find(&store::STATED_BY, params![*person, since(wall)])?;
        let Some(mut row) = found else { continue };
        let (stated, reason): (Instant, Option<String>) = (row.get(0)?, row.get(1)?);
        return Ok(Some(reason.map_or(Waiting::Since(stated), Waiting::Refused)));
    }
    Ok(None)
}

/// Forgets statements that were refused, or that nobody has checked in time; how many.
pub(in crate::people) fn forget_statements(tx: &mut Tx<'_>, day: Day, wall: Instant) -> Result<u64> {
    let mut forgotten = 0;
    for mut row in tx.query(&store::OLD_STATEMENTS, params![since(wall), AT_A_TIME])? {
        let (id, person): (OwnershipId, PersonId) = (row.get(0)?, row.get(1)?);
        tx.execute(&store::DROP_STATEMENT, params![id])?;
        requests::forget_person(tx, day, person)?;
        forgotten += 1;
    }
    Ok(forgotten)
}

/// Forgets the numbers of a person whom nobody needs to know any longer.
pub(in crate::people) fn forget_certificates(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.execute(&store::FORGET_CERTIFICATES, params![person])?;
    Ok(())
}

/// Every flat that a person owned, for their copy.
pub(in crate::people) fn owned_copy(
    tx: &mut Tx<'_>,
    vault: &Vault,
    person: PersonId,
) -> Result<Vec<serde_json::Value>> {
    tx.query(&store::OWNERSHIPS_OF, params![person])?
        .iter_mut()
        .map(|row| {
            let (id, sealed): (OwnershipId, Option<Vec<u8>>) = (row.get(0)?, row.get(1)?);
            let number = sealed.map(|sealed| vault.open_bytes(&about(id), &sealed)).transpose()?;
            let number = number.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            let place: [String; 3] = [row.get(2)?, row.get(3)?, row.get(4)?];
            let days: [Option<Day>; 2] = [row.get(5)?, row.get(6)?];
            let [from, to] = days.map(|day| day.map(|day| day.to_string()));
            Ok(serde_json::json!({
                "certificate": number, "community": place[0], "building": place[1], "flat": place[2],
                "from": from, "to": to,
            }))
        })
        .collect()
}

/// Seals anew the numbers that are sealed with an older key; how many.
pub fn reseal_certificates(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault) -> Result<i64> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    let mut count = 0;
    for mut row in tx.query(&store::CERTIFICATES, params![])? {
        let (id, sealed): (OwnershipId, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let fresh: OwnershipId = call.id();
        if let Some(anew) = vault.anew_bytes(&about(id), &sealed, fresh.uuid())? {
            // One that was forgotten meanwhile stays forgotten.
            count += i64::from(tx.execute(&store::RESEAL_CERTIFICATE, params![id, anew, sealed])? > 0);
        }
    }
    if count > 0 {
        record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "certificates" })?;
    }
    Ok(count)
}

/// The owner whom the demonstration enters by one click: of the first flat of a building, which somebody else rents.
pub fn simulate_owner(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    owner: AddPerson,
    (community, building): (CommunityId, &str),
    login: &str,
) -> Result<()> {
    call.authorise(Action::Simulate, Scope::District)?;
    let day = call.today();
    let lives = register::lives_in(tx, community, building, day, 1)?;
    let lives = lives.first().ok_or(Error::Absent("flat"))?;
    let unit = register::unit_of(tx, community, (building, &lives.numbers.1), day)?;
    let unit = unit.ok_or(Error::Absent("flat"))?;
    let person = owner.id;
    seal_persons(tx, call, vault, &[owner])?;
    let (id, fresh): (OwnershipId, OwnershipId) = (call.id(), call.id());
    let sealed = vault.seal_bytes(&about(id), "模拟（2025）不动产权第000001号".as_bytes(), fresh.uuid())?;
    let nothing: Option<String> = None;
    let row = params![id, person, community, unit, sealed, false, nothing.clone(), nothing, call.now];
    tx.execute(&store::STATE, row)?;
    tx.execute(&store::SIMULATE_OWNER, params![id, day])?;
    simulated(tx, call, person, login).map(|_| ())
}
