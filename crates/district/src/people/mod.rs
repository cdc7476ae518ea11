//! Accounts, roles, permissions, sessions; the identity vault alone knows names.

mod accounts;
mod administrators;
mod codes;
pub(crate) mod credentials;
mod failures;
pub mod joining;
mod log;
mod passwords;
mod personal;
mod policy;
mod processing;
mod roles;
mod sessions;
pub(crate) mod store;
mod tokens;
pub mod vault;

pub use accounts::{
    NewAccount, add_accounts, any_account, credential, demonstration_roles, login_of, name_district,
    person_of,
};
pub(crate) use accounts::{grant as grant_of, grants as grants_of};
pub use administrators::{
    ADMINISTRATORS, Begin, NewAdministrator, begin_district, is_begun, may_take_personal_data,
    missing_administrators,
};
pub use codes::{CODE_DAYS, Code, Enrolled, enrol, issue_code};
pub use credentials::{
    CEREMONY_MILLIS, Ceremony, FoundPasskey, IdentityHolder, MOST_PASSKEYS, NewPasskey, OwnPasskey,
    PASSKEY_NAME_LENGTH, add_passkey, begin_ceremony, end_ceremony, find_passkey, identity, identity_holder,
    keep_identity, passkeys, remove_passkey, sign_in_by, use_passkey,
};
pub use failures::{Failed, LOCK_MILLIS, TRIES, failed, locked_until, unlock};
pub use log::{AboutMe, Asked, Logged, about, audit_log, own_log};
pub use passwords::Passwords;
pub use personal::{KEPT_DAYS, TRACES_MILLIS, copy, correct_telephone, erase_person, forget_traces, retain};
pub(crate) use policy::own_account;
pub use policy::{Action, authorise, may};
pub use processing::{BREACH, Due, PROCESSING, Processing};
pub use roles::{
    AccountLine, AccountSheet, Held, OpenAccount, account_sheet, accounts, end_account, end_role, give_role,
    may_hold_together, open_account, scope_named,
};
pub use sessions::{
    IDLE_MILLIS, LONGEST_MILLIS, OwnSession, Session, Token, change_password, end_own_session, end_session,
    enter_demonstration, find_session, own_password, own_sessions, revoke_sessions, sign_in, touch_session,
};
pub use tokens::{
    Bearer, LONGEST_TOKEN_DAYS, MOST_TOKENS, NewToken, PersonalToken, TOKEN_NAME_LENGTH, TOKEN_PREFIX,
    TokenScope, TokenScopes, find_token, make_token, revoke_token, tokens, touch_token,
};

#[cfg(test)]
mod tests;
