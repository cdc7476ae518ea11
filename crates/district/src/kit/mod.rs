//! What every slice stands on: who acts, when, with which ids; refusals; audit; requests that were answered before.

mod actor;
mod audit;
mod call;
pub mod chain;
pub(crate) mod daily;
mod digest;
mod error;
#[cfg(test)]
pub(crate) mod fixture;
mod ids;
mod kept;
mod named;
pub mod refusals;
pub mod requests;
pub mod settings;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod tampering;

pub use actor::{Actor, Grant, Role, Scope};
pub use audit::{
    DONE, Entry, REFUSED, count_up, ground, newest, reach, record, record_about, record_refused, version,
};
pub(crate) use audit::{count_up_by, reach_moved};
pub use call::{Call, Id};
pub use digest::{Digest, NOT_FACTS, SEALED, digest};
pub use error::{Error, Refusal, Result};
pub use ids::*;
pub use kept::Kept;
pub(crate) use named::named;
pub use refusals::{Refusals, Refused, Tried, on_record, write_refused};
