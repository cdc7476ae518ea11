//! Devices on which a round lies. Each has a secret that a sign-in fetches, without which what was not sent stays shut once
//! the PIN is gone; and an order to wipe what lies there, which it obeys when it next comes.

use base::Instant;
use db::{Tx, params};

use super::store;
use crate::kit::{AccountId, Actor, Call, DeviceId, Entry, Error, Refusal, Result, record};
use crate::people::{Action, authorise};

/// What a device is told when it comes.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckedIn {
    /// By this secret whoever is signed in opens what lies on it.
    pub secret: Vec<u8>,
    /// It is to wipe the round that it holds; what was not sent stays.
    pub wipe: bool,
}

/// Never shows the secret.
impl std::fmt::Debug for CheckedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckedIn").field("wipe", &self.wipe).finish_non_exhaustive()
    }
}

fn own(call: &Call<'_>) -> Result<AccountId> {
    // A program that comes by a token is no device.
    let by_token = call.actor.only.is_some();
    call.authorise(Action::VisitWrite, call.actor.scope())?;
    call.actor.account.filter(|_| !by_token).ok_or(Error::Forbidden(Action::VisitWrite))
}

/// A device comes, for the first time or again. `secret`: fresh randomness, kept when it is new. It lives by the machine's
/// clock.
pub fn check_in(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (device, secret): (DeviceId, [u8; 32]),
    wall: Instant,
) -> Result<CheckedIn> {
    let account = own(call)?;
    if let Some(mut row) = tx.find(&store::DEVICE, params![device])? {
        if row.get::<AccountId>(0)? != account {
            return Err(Refusal::new("visits-refused-device").into());
        }
        let (secret, wipe_at): (Vec<u8>, Option<Instant>) = (row.get(1)?, row.get(2)?);
        tx.execute(&store::SEEN_DEVICE, params![device, wall])?;
        return Ok(CheckedIn { secret, wipe: wipe_at.is_some() });
    }
    tx.execute(&store::ADD_DEVICE, params![device, account, secret.to_vec(), wall])?;
    record(tx, call, Entry { action: Action::VisitWrite, objects: &[device.uuid()], fields: "device" })?;
    Ok(CheckedIn { secret: secret.to_vec(), wipe: false })
}

/// A device of the reader's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The device.
    pub id: DeviceId,
    /// When it first came.
    pub first_seen: Instant,
    /// When it last came.
    pub last_seen: Instant,
    /// Since when it is to wipe what it holds.
    pub wipe_at: Option<Instant>,
    /// When it said that it had.
    pub wiped_at: Option<Instant>,
}

/// The reader's own devices, the one that came last at the top.
pub fn devices(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Device>> {
    authorise(actor, Action::VisitRead, actor.scope())?;
    let Some(account) = actor.account else { return Ok(Vec::new()) };
    let rows = tx.query(&store::DEVICES, params![account])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Device {
                id: row.get(0)?,
                first_seen: row.get(1)?,
                last_seen: row.get(2)?,
                wipe_at: row.get(3)?,
                wiped_at: row.get(4)?,
            })
        })
        .collect()
}

fn of_own(tx: &mut Tx<'_>, account: AccountId, device: DeviceId) -> Result<()> {
    let mut row = tx.find(&store::DEVICE, params![device])?.ok_or(Error::Absent("device"))?;
    if row.get::<AccountId>(0)? == account { Ok(()) } else { Err(Error::Absent("device")) }
}

/// Orders a device of one's own to wipe what it holds.
pub fn order_wipe(tx: &mut Tx<'_>, call: &mut Call<'_>, device: DeviceId, wall: Instant) -> Result<()> {
    let account = own(call)?;
    of_own(tx, account, device)?;
    tx.execute(&store::ORDER_WIPE, params![device, wall])?;
    record(tx, call, Entry { action: Action::VisitWrite, objects: &[device.uuid()], fields: "wipe_at" })
}

/// A device says that it has wiped what it held.
pub fn wiped(tx: &mut Tx<'_>, call: &mut Call<'_>, device: DeviceId, wall: Instant) -> Result<()> {
    let account = own(call)?;
    of_own(tx, account, device)?;
    tx.execute(&store::WIPED, params![device, wall])?;
    record(tx, call, Entry { action: Action::VisitWrite, objects: &[device.uuid()], fields: "wiped_at" })
}
