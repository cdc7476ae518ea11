//! What was said in confidence: sealed by the vault, read by a POST that is on record, forgotten when its time is over.

use base::{Day, Uuid};
use db::{Tx, params};
use serde_json::{Value as Json, json};

use super::{scope_of, store};
use crate::Memory;
use crate::kit::{
    Call, CommunityId, Entry, Error, PersonId, Result, Scope, TenancyId, VisitId, record, record_about,
};
use crate::people::vault::Vault;
use crate::people::{Action, KEPT_DAYS};
use crate::register;

/// What was said in confidence is kept for two years: as long as somebody might still have to know why a visit was made
/// again. No law names the number; the law asks for the shortest that serves (个人信息保护法 art. 19).
const NOTE_DAYS: i64 = 730;
/// Notes sealed anew in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 500;

/// What a note is sealed with, so that it opens for its visit alone.
fn about(id: VisitId) -> Vec<u8> {
    [id.uuid().as_bytes(), &b"visit note"[..]].concat()
}

pub(super) fn seal(
    call: &mut Call<'_>,
    vault: &Vault,
    id: VisitId,
    note: Option<&str>,
) -> Result<Option<Vec<u8>>> {
    let Some(note) = note.filter(|note| !note.is_empty()) else { return Ok(None) };
    let fresh: VisitId = call.id();
    vault.seal_bytes(&about(id), note.as_bytes(), fresh.uuid()).map(Some)
}

fn open(vault: &Vault, id: VisitId, sealed: &[u8]) -> Result<String> {
    Ok(String::from_utf8_lossy(&vault.open_bytes(&about(id), sealed)?).into_owned())
}

/// What was said in confidence at a visit.
#[derive(Clone, PartialEq, Eq)]
pub struct Note(pub String);

/// Never shows it: a log is read by many.
impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Note(…)")
    }
}

/// What was said in confidence, for who may know it. It is a POST: everyone of the household can read that it was read.
pub fn reveal_note(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (vault, memory): (&Vault, &Memory),
    id: VisitId,
) -> Result<Note> {
    let mut row = tx.find(&store::NOTE, params![id])?.ok_or(Error::Absent("visit"))?;
    let (household, community, day): (TenancyId, CommunityId, Day) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let scope = scope_of(tx, memory, community, call.today())?;
    call.authorise(Action::VisitRead, scope)?;
    call.authorise(Action::PersonReveal, scope)?;
    let sealed: Option<Vec<u8>> = row.get(3)?;
    let note = open(vault, id, &sealed.ok_or(Error::Absent("note"))?)?;
    let persons = register::persons_of(tx, household, day)?;
    let entry = Entry { action: Action::PersonReveal, objects: &[id.uuid()], fields: "note" };
    record_about(tx, call, entry, &persons)?;
    Ok(Note(note))
}

/// Seals anew what is sealed with an older key, of visits and of those that wait; how many.
pub fn reseal_notes(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault) -> Result<i64> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    let mut count = 0;
    let tables = [
        (&store::NOTES_AFTER, &store::RESEAL_NOTE),
        (&store::WAITING_NOTES_AFTER, &store::RESEAL_WAITING_NOTE),
    ];
    for (read, write) in tables {
        let mut after = VisitId::from_uuid(Uuid::nil());
        loop {
            let rows = tx.query(read, params![after, AT_A_TIME])?;
            if rows.is_empty() {
                break;
            }
            for mut row in rows {
                let (id, sealed): (VisitId, Vec<u8>) = (row.get(0)?, row.get(1)?);
                after = id;
                let fresh: VisitId = call.id();
                if let Some(anew) = vault.anew_bytes(&about(id), &sealed, fresh.uuid())? {
                    // One that was forgotten meanwhile stays forgotten.
                    count += i64::from(tx.execute(write, params![id, anew, sealed])? > 0);
                }
            }
        }
    }
    if count > 0 {
        record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "visits" })?;
    }
    Ok(count)
}

/// Forgets notes whose time is over, and those of households that left more than a year ago; how many.
pub fn forget_notes(tx: &mut Tx<'_>, call: &mut Call<'_>) -> Result<u64> {
    call.authorise(Action::PersonErase, Scope::District)?;
    let today = call.today();
    let mut forgotten = 0;
    for statement in [&store::FORGET_NOTES, &store::FORGET_WAITING_NOTES] {
        forgotten += tx.execute(statement, params![today - NOTE_DAYS, today - KEPT_DAYS])?;
    }
    if forgotten > 0 {
        record(tx, call, Entry { action: Action::PersonErase, objects: &[], fields: "visits note" })?;
    }
    Ok(forgotten)
}

/// Forgets what was said in the households of a person whom nobody needs to know any longer.
pub(crate) fn forget_person(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    for statement in [&store::FORGET_NOTES_OF, &store::FORGET_WAITING_NOTES_OF] {
        tx.execute(statement, params![person])?;
    }
    Ok(())
}

/// Every visit to the households of a person while they lived there, for their copy.
pub(crate) fn copy_of(tx: &mut Tx<'_>, vault: &Vault, person: PersonId) -> Result<Vec<Json>> {
    let mut visits = Vec::new();
    for mut row in tx.query(&store::COPY_OF, params![person])? {
        let (id, day, outcome): (VisitId, Day, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let sealed: Option<Vec<u8>> = row.get(3)?;
        let note = sealed.map(|sealed| open(vault, id, &sealed)).transpose()?;
        let satisfied: Option<bool> = row.get(4)?;
        let mut needs = Vec::new();
        for mut need in tx.query(&store::NEEDS_OF_VISIT, params![id])? {
            let (category, consent): (String, bool) = (need.get(0)?, need.get(1)?);
            needs.push(json!({ "category": category, "consent": consent }));
        }
        visits.push(json!({
            "day": day.to_string(), "outcome": outcome, "needs": needs, "satisfied": satisfied, "note": note,
        }));
    }
    Ok(visits)
}
