//! What is begun in one request and ended in another (仪式): the challenge that a passkey signs, the secret of a way to
//! single sign-on and back. It is kept here and not in the browser, so that it is used once, and by any process of several.

use base::Instant;
use db::{Tx, params};

use super::super::Token;
use super::store;
use crate::kit::{AccountId, Result};

/// How long somebody has from one request to the other: a phone is fetched and a password of another house is typed.
pub const CEREMONY_MILLIS: i64 = 10 * 60_000;

/// What is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// A new passkey is made.
    Register,
    /// Somebody comes in by a passkey.
    Enter,
    /// Somebody was sent to single sign-on.
    SingleSignOn,
}

impl Ceremony {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Enter => "enter",
            Self::SingleSignOn => "single-sign-on",
        }
    }
}

/// Keeps what the second request needs, under a token of which only the hash is kept; what is too old goes. `account`:
/// whose it is, where somebody is signed in.
pub fn begin_ceremony(
    tx: &mut Tx<'_>,
    (kind, token): (Ceremony, &Token),
    account: Option<AccountId>,
    state: &str,
    wall: Instant,
) -> Result<()> {
    super::forget_ceremonies(tx, wall)?;
    let until = wall.plus_millis(CEREMONY_MILLIS);
    tx.execute(&store::BEGIN_CEREMONY, params![token.hash(), kind.as_str(), account, state, until])?;
    Ok(())
}

/// What was kept, and it is over: a second try begins anew. `None`: it was never begun, is over already, was begun by
/// somebody else or too long ago.
pub fn end_ceremony(
    tx: &mut Tx<'_>,
    (kind, token): (Ceremony, &Token),
    account: Option<AccountId>,
    wall: Instant,
) -> Result<Option<String>> {
    let Some(mut row) = tx.find(&store::CEREMONY, params![token.hash(), kind.as_str(), wall])? else {
        return Ok(None);
    };
    let begun_by: Option<AccountId> = row.get(0)?;
    let state: String = row.get(1)?;
    if begun_by != account || tx.execute(&store::END_CEREMONY, params![token.hash()])? == 0 {
        return Ok(None);
    }
    Ok(Some(state))
}
