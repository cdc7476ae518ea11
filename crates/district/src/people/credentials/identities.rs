//! Who somebody is at a service for single sign-on (统一身份认证; `OpenID` Connect Core 1.0).
//!
//! The service names a person by a subject that it never gives to another (§ 2, `sub`). A login is a word that can be given
//! to somebody else next year; so it is looked at once, when a person comes for the first time, and the subject from then on.

use base::{Day, Instant};
use db::{Tx, params};

use super::super::accounts::folded;
use super::super::store as people;
use super::store;
use crate::kit::{AccountId, Call, Refusal, Result};

/// Whose account an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityHolder {
    /// This account's, which is in force.
    Account(AccountId),
    /// An account's that has ended: nobody comes in by it.
    Ended,
    /// Nobody came by it yet.
    Nobody,
}

/// Whose account an identity is on a day. Asks no permission: it is how one comes in.
pub fn identity_holder(tx: &mut Tx<'_>, issuer: &str, subject: &str, day: Day) -> Result<IdentityHolder> {
    let Some(mut row) = tx.find(&store::IDENTITY, params![issuer, subject, day])? else {
        return Ok(IdentityHolder::Nobody);
    };
    Ok(if row.get(1)? { IdentityHolder::Account(row.get(0)?) } else { IdentityHolder::Ended })
}

/// Has an account an identity at a service?
pub fn identity(tx: &mut Tx<'_>, account: AccountId, issuer: &str) -> Result<bool> {
    Ok(tx.find(&store::IDENTITY_OF, params![account, issuer])?.is_some())
}

/// Keeps the identity of somebody who comes for the first time: the account of the login that the service names. It is on
/// record with the session that it opens ([`super::sign_in_by`]).
///
/// Refused: a login that no account in force has, and one whose account belongs to another identity of that service.
pub fn keep_identity(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    (issuer, subject): (&str, &str),
    login: &str,
    wall: Instant,
) -> Result<AccountId> {
    let unknown = || Refusal::new("people-refused-identity");
    let found = tx.find(&people::CREDENTIAL, params![folded(login), call.today()])?;
    let Some(mut row) = found else { return Err(unknown().into()) };
    let account: AccountId = row.get(0)?;
    if identity(tx, account, issuer)? {
        return Err(unknown().into());
    }
    tx.execute(&store::ADD_IDENTITY, params![issuer, subject, account, wall])?;
    Ok(account)
}
