//! The sealed notes of referrals: who may have them, for how long, and with which key.

use base::Day;
use db::{Tx, Value, params};
use serde_json::{Value as Json, json};

use super::referred::Referral;
use super::store;
use crate::kit::{Call, Entry, PersonId, ReferralId, Result, Scope, record};
use crate::people::Action;
use crate::people::vault::{Vault, may_seal};

/// The longest note, in characters.
pub(super) const LONGEST_NOTE: usize = 500;
/// How long a note is kept after its referral has ended: half a year, in which somebody may ask what became of it.
const NOTE_DAYS: i64 = 180;

/// What a note is authenticated with.
fn about(id: ReferralId) -> Vec<u8> {
    [id.uuid().as_bytes().as_slice(), b"referral"].concat()
}

/// A note as it is kept; nothing stays nothing.
pub(super) fn seal_note(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    id: ReferralId,
    note: &str,
) -> Result<Value> {
    let note = note.trim();
    if note.is_empty() {
        return Ok(Value::Null);
    }
    may_seal(tx, vault, call.today())?;
    let fresh: ReferralId = call.id();
    Ok(Value::Bytes(vault.seal_bytes(&about(id), note.as_bytes(), fresh.uuid())?))
}

fn open(vault: &Vault, id: ReferralId, sealed: Option<&[u8]>) -> Result<String> {
    let Some(sealed) = sealed else { return Ok(String::new()) };
    Ok(String::from_utf8_lossy(&vault.open_bytes(&about(id), sealed)?).into_owned())
}

/// What the service is to know.
pub(super) fn open_note(vault: &Vault, referral: &Referral) -> Result<String> {
    open(vault, referral.id, referral.note.as_deref())
}

/// Every referral of a person, for their copy.
pub(crate) fn copy_of(tx: &mut Tx<'_>, vault: &Vault, person: PersonId) -> Result<Vec<Json>> {
    tx.query(&store::REFERRALS_OF, params![person])?
        .iter_mut()
        .map(|row| {
            let id: ReferralId = row.get(0)?;
            let texts: [String; 2] = [row.get(2)?, row.get(3)?];
            let consent: [Option<String>; 2] = [row.get(4)?, row.get(5)?];
            let (at, until): (Option<base::Instant>, Option<Day>) = (row.get(6)?, row.get(7)?);
            let made: base::Instant = row.get(8)?;
            let sealed: Option<Vec<u8>> = row.get(9)?;
            Ok(json!({
                "number": row.get::<i64>(1)?, "service": texts[0], "state": texts[1],
                "consent_by": consent[0], "consent_how": consent[1],
                "consent_at": at.map(|at| at.to_string()), "consent_until": until.map(|day| day.to_string()),
                "made_at": made.to_string(), "note": open(vault, id, sealed.as_deref())?,
            }))
        })
        .collect()
}

/// Forgets the notes of a person whom nobody needs to know any longer.
pub(crate) fn forget_notes(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.execute(&store::FORGET_NOTES, params![person])?;
    Ok(())
}

/// Forgets the notes of referrals that have ended long ago; how many.
pub(crate) fn forget_old_notes(tx: &mut Tx<'_>, day: Day) -> Result<u64> {
    Ok(tx.execute(&store::FORGET_OLD_NOTES, params![day - NOTE_DAYS])?)
}

/// Seals anew the notes that are sealed with an older key; how many.
pub fn reseal_notes(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault) -> Result<i64> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    let mut count = 0;
    for mut row in tx.query(&store::NOTES, params![])? {
        let (id, sealed): (ReferralId, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let fresh: ReferralId = call.id();
        if let Some(anew) = vault.anew_bytes(&about(id), &sealed, fresh.uuid())? {
            // One that was forgotten meanwhile stays forgotten.
            count += i64::from(tx.execute(&store::RESEAL_NOTE, params![id, anew, sealed])? > 0);
        }
    }
    if count > 0 {
        record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "notes" })?;
    }
    Ok(count)
}
