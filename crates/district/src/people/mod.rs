//! Accounts, roles, permissions, the identity vault.

mod policy;
pub mod vault;

pub use policy::{Action, authorise, may};
