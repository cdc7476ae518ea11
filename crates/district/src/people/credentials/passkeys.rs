//! Passkeys (通行密钥; W3C Web Authentication, level 3): a key pair of somebody's device, of which the public half lies here.
//!
//! It holds for the host it was made at: a browser uses it nowhere else, so a copy of the page at another address gets
//! nothing. It is used with the device's own lock (a finger, a face, a PIN), so it needs no password beside it.

use base::{Day, Instant};
use db::{Tx, params};

use super::super::Action;
use super::store;
use crate::kit::{self, AccountId, Call, Entry, PasskeyId, Refusal, Result};

/// The longest name of a passkey, in characters.
pub const PASSKEY_NAME_LENGTH: usize = 60;
/// The most passkeys of one account: the devices of one person, and some of old.
pub const MOST_PASSKEYS: usize = 10;

/// A passkey to be kept. Its credential was checked.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// What its device calls it.
    pub credential_id: Vec<u8>,
    /// The host it was made at, without the port.
    pub host: String,
    /// The public key and its counter, as JSON of the library that checks them.
    pub credential: String,
    /// What its owner knows it by.
    pub name: String,
}

/// A passkey as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPasskey {
    /// Its id.
    pub id: PasskeyId,
    /// The host it holds for.
    pub host: String,
    /// What its device calls it.
    pub credential_id: Vec<u8>,
    /// What its owner knows it by.
    pub name: String,
    /// When it was made.
    pub made_at: Instant,
    /// When somebody last came in by it.
    pub used_at: Option<Instant>,
}

/// Keeps a passkey of whoever calls.
///
/// Refused: a name that is empty or too long, more than [`MOST_PASSKEYS`], a passkey that lies here already.
pub fn add_passkey(tx: &mut Tx<'_>, call: &mut Call<'_>, new: &NewPasskey, wall: Instant) -> Result<()> {
    let account = call.own_account(Action::PasskeyWrite)?;
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > PASSKEY_NAME_LENGTH {
        let refusal = Refusal::new("people-refused-passkey-name").with("most", PASSKEY_NAME_LENGTH);
        return Err(refusal.at("name").into());
    }
    if passkeys(tx, account)?.len() >= MOST_PASSKEYS {
        return Err(Refusal::new("people-refused-passkey-many").with("most", MOST_PASSKEYS).into());
    }
    if tx.find(&store::PASSKEY_TAKEN, params![new.credential_id.clone()])?.is_some() {
        return Err(Refusal::new("people-refused-passkey-taken").into());
    }
    let id: PasskeyId = call.id();
    let row = params![
        id,
        account,
        new.credential_id.clone(),
        new.host.as_str(),
        new.credential.as_str(),
        name,
        wall
    ];
    tx.execute(&store::ADD_PASSKEY, row)?;
    audit(tx, call, id, "passkey name")
}

/// The passkeys of an account, the newest first. Everyone may see their own.
pub fn passkeys(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<OwnPasskey>> {
    tx.query(&store::PASSKEYS_OF, params![account])?
        .iter_mut()
        .map(|row| {
            Ok(OwnPasskey {
                id: row.get(0)?,
                host: row.get(1)?,
                credential_id: row.get(2)?,
                name: row.get(3)?,
                made_at: row.get(4)?,
                used_at: row.get(5)?,
            })
        })
        .collect()
}

/// Removes a passkey of whoever calls. One that is gone already is no error.
pub fn remove_passkey(tx: &mut Tx<'_>, call: &mut Call<'_>, id: PasskeyId) -> Result<()> {
    let account = call.own_account(Action::PasskeyWrite)?;
    if tx.execute(&store::REMOVE_PASSKEY, params![id, account])? == 0 {
        return Ok(());
    }
    audit(tx, call, id, "passkey")
}

/// A passkey that somebody shows.
#[derive(Debug, Clone)]
pub struct FoundPasskey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose it is.
    pub account: AccountId,
    /// The public key and its counter, as it was kept.
    pub credential: String,
}

/// The passkey of a credential at a host, of an account in force on a day. Asks no permission: it is how one comes in.
pub fn find_passkey(
    tx: &mut Tx<'_>,
    credential_id: &[u8],
    host: &str,
    day: Day,
) -> Result<Option<FoundPasskey>> {
    let found = tx.find(&store::PASSKEY, params![credential_id.to_vec(), host, day])?;
    found
        .map(|mut row| Ok(FoundPasskey { id: row.get(0)?, account: row.get(1)?, credential: row.get(2)? }))
        .transpose()
}

/// Notes that somebody came in by a passkey, with its counter as it is now.
pub fn use_passkey(tx: &mut Tx<'_>, id: PasskeyId, credential: &str, wall: Instant) -> Result<()> {
    tx.execute(&store::USE_PASSKEY, params![id, credential, wall])?;
    Ok(())
}

fn audit(tx: &mut Tx<'_>, call: &mut Call<'_>, id: PasskeyId, fields: &str) -> Result<()> {
    kit::record(tx, call, Entry { action: Action::PasskeyWrite, objects: &[id.uuid()], fields })
}
