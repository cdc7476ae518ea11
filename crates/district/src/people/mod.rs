//! Accounts, roles, permissions, sessions; the identity vault alone knows names.

mod accounts;
mod passwords;
mod policy;
mod sessions;
pub(crate) mod store;
pub mod vault;

pub use accounts::{NewAccount, add_accounts, any_account, credential, demonstration_roles, name_district};
pub use passwords::Passwords;
pub use policy::{Action, authorise, may};
pub use sessions::{
    IDLE_MILLIS, LONGEST_MILLIS, Session, Token, end_session, enter_demonstration, find_session, sign_in,
    touch_session,
};

#[cfg(test)]
mod tests;
