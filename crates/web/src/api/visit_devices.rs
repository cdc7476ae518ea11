//! Devices that hold a round, for programs and for the page that works without a network: which there are, and what each is to
//! forget.

use base::Uuid;
use district::kit::DeviceId;
use district::people::Action;
use district::visits as slice;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::operation::{Api, Nothing, once};
use super::values::Time;
use crate::kit::{Access, Fault, Posted, Shell, random};

/// Which devices there are, and what they are told, moves without an operation that counts.
pub(super) fn operations() -> Api {
    let write = Access::May(Action::VisitWrite);
    Api::of("api-group-visits")
        .get("/api/v1/visit-devices", write, "visit-devices", own_devices)
        .tell("/api/v1/visit-devices/{device}", write, "visit-devices-check-in", check_in)
        .just("/api/v1/visit-devices/{device}/wipe", write, "visit-devices-wipe", order_wipe)
        .just("/api/v1/visit-devices/{device}/wiped", write, "visit-devices-wiped", wiped)
        .read_each_time()
}

/// A device that holds a round.
#[derive(Debug, Serialize, ToSchema)]
struct VisitDevice {
    /// The device.
    id: Uuid,
    /// When it last came.
    last_seen: Time,
    /// Since when it is to wipe what it holds.
    wipe_at: Option<Time>,
    /// When it said that it had.
    wiped_at: Option<Time>,
}

/// The reader's own devices.
#[derive(Debug, Serialize, ToSchema)]
struct VisitDevices {
    /// The one that came last first.
    devices: Vec<VisitDevice>,
}

/// GET `/api/v1/visit-devices`.
fn own_devices(s: &Shell, _: Nothing, _: Nothing) -> Result<VisitDevices, Fault> {
    let devices = s.state.read(|tx| slice::devices(tx, &s.actor))?;
    let device = |it: slice::Device| VisitDevice {
        id: it.id.uuid(),
        last_seen: it.last_seen.into(),
        wipe_at: it.wipe_at.map(Time),
        wiped_at: it.wiped_at.map(Time),
    };
    Ok(VisitDevices { devices: devices.into_iter().map(device).collect() })
}

/// A device.
#[derive(Debug, Deserialize, IntoParams)]
struct OfDevice {
    /// Its id, which it made.
    device: Uuid,
}

/// A device comes; it has nothing to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Here {}

/// What a device is told when it comes.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceOrder {
    /// By this secret, in hexadecimal digits, a sign-in opens what lies on it.
    secret: String,
    /// It is to wipe the round that it holds; what was not sent stays.
    wipe: bool,
}

/// POST `/api/v1/visit-devices/{device}`. It may come as often as it likes: what it is told is kept nowhere.
fn check_in(s: &Shell, _: &Posted, at: OfDevice, _: Here) -> Result<DeviceOrder, Fault> {
    let secret: [u8; 32] = random().map_err(Fault::Internal)?;
    let (device, wall) = (DeviceId::from_uuid(at.device), s.state.wall());
    let told = s.state.write(&s.actor, |tx, call| slice::check_in(tx, call, (device, secret), wall))?;
    Ok(DeviceOrder { secret: base::hex(&told.secret), wipe: told.wipe })
}

/// POST `/api/v1/visit-devices/{device}/wipe`.
fn order_wipe(s: &Shell, posted: &Posted, at: OfDevice) -> Result<(), Fault> {
    let wall = s.state.wall();
    once(s, posted, |tx, call| slice::order_wipe(tx, call, DeviceId::from_uuid(at.device), wall))
}

/// POST `/api/v1/visit-devices/{device}/wiped`.
fn wiped(s: &Shell, posted: &Posted, at: OfDevice) -> Result<(), Fault> {
    let wall = s.state.wall();
    once(s, posted, |tx, call| slice::wiped(tx, call, DeviceId::from_uuid(at.device), wall))
}
