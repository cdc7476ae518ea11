//! Accounts, roles, permissions, sessions; the identity vault alone knows names.

mod accounts;
mod passwords;
mod policy;
mod sessions;
pub(crate) mod store;
mod tokens;
pub mod vault;

pub use accounts::{NewAccount, add_accounts, any_account, credential, demonstration_roles, name_district};
pub use passwords::Passwords;
pub use policy::{Action, authorise, may};
pub use sessions::{
    IDLE_MILLIS, LONGEST_MILLIS, Session, Token, end_session, enter_demonstration, find_session, sign_in,
    touch_session,
};
pub use tokens::{
    Bearer, LONGEST_TOKEN_DAYS, MOST_TOKENS, NewToken, PersonalToken, TOKEN_NAME_LENGTH, TOKEN_PREFIX,
    TokenScope, TokenScopes, find_token, make_token, revoke_token, tokens, touch_token,
};

#[cfg(test)]
mod tests;
