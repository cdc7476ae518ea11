//! The register (一社一档).

mod snapshot;
pub(crate) mod store;

pub use snapshot::{Snapshot, snapshot};
