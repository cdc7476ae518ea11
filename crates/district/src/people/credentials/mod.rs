//! Other ways to come in than a password: passkeys, and an identity at a service for single sign-on.
//!
//! What a passkey or a service says is checked at the edge, where the libraries for it are; here it is kept, found again
//! and ended. All of it lives by the machine's clock (`wall`), as sessions do.

mod ceremonies;
mod identities;
mod passkeys;
pub(crate) mod store;

pub use ceremonies::{CEREMONY_MILLIS, Ceremony, begin_ceremony, end_ceremony};
pub use identities::{IdentityHolder, identity, identity_holder, keep_identity};
pub use passkeys::{
    FoundPasskey, MOST_PASSKEYS, NewPasskey, OwnPasskey, PASSKEY_NAME_LENGTH, add_passkey, find_passkey,
    passkeys, remove_passkey, use_passkey,
};

use base::Instant;
use db::{Tx, params};

use super::{Action, Token, accounts::grants};
use crate::kit::{self, AccountId, Actor, Call, Entry, Result, Role};

/// Removes every passkey of an account: whoever had them is not believed any longer.
pub(super) fn remove_passkeys(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    tx.execute(&store::REMOVE_PASSKEYS, params![account])?;
    Ok(())
}

/// Forgets what was begun and not ended in time; how much.
pub(super) fn forget_ceremonies(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    Ok(tx.execute(&store::FORGET_CEREMONIES, params![before])?)
}

/// Opens a session for somebody who came by a passkey or by single sign-on; `by` is on record. That somebody tried wrong
/// passwords does not lock them out: so a stranger cannot keep them from their work.
pub fn sign_in_by(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (account, by): (AccountId, &'static str),
    token: &Token,
    wall: Instant,
) -> Result<Role> {
    let actor = Actor::account(account, grants(tx, account, call.today())?);
    super::sessions::start(tx, account, token, wall)?;
    let mut own = call.clone();
    own.actor = &actor;
    kit::record(
        tx,
        &mut own,
        Entry { action: Action::SessionStart, objects: &[account.uuid()], fields: by },
    )?;
    Ok(actor.role())
}

#[cfg(test)]
mod tests;
