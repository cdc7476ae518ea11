//! Accounts, roles, permissions, the identity vault.

mod policy;

pub use policy::{Action, authorise, may};
