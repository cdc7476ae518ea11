//! Sessions: a random token in the browser, its SHA-256 here.
//!
//! Sessions live by the machine's clock (`wall`), also in a demonstration, whose own clock stands still.

use base::{Day, Instant};
use db::{Tx, params};
use sha2::{Digest as _, Sha256};

use super::accounts::{grant, grants, is_demonstration};
use super::{Action, store};
use crate::kit::{self, AccountId, Actor, Call, Entry, Grant, PersonId, Refusal, Result, Role};

/// Someone who works and leaves the desk is signed out after half an hour.
pub const IDLE_MILLIS: i64 = 30 * 60_000;
/// However busy, one signs in again after twelve hours: a working day with its evening.
pub const LONGEST_MILLIS: i64 = 12 * 3_600_000;

/// What the browser keeps: 256 random bits. Only their hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// A token of fresh randomness.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// As it stands in the cookie: 64 hexadecimal digits.
    pub fn text(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
            text
        })
    }

    /// Reads a cookie's text.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0_u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(Self(bytes))
    }

    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }
}

/// Never shows the token: a log is read by many.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A session that is open.
#[derive(Debug, Clone)]
pub struct Session {
    /// The account.
    pub account: AccountId,
    /// Whose it is.
    pub person: PersonId,
    /// When it was last used, to the minute.
    pub seen_at: Instant,
    /// The roles in force on the day.
    pub grants: Vec<Grant>,
}

impl Session {
    /// Who acts.
    pub fn actor(&self) -> Actor {
        Actor::account(self.account, self.grants.clone())
    }
}

/// The open session of a token; `idle_millis` after its last use it is over. `day` decides which roles are in force.
pub fn find_session(
    tx: &mut Tx<'_>,
    token: &Token,
    wall: Instant,
    idle_millis: i64,
    day: Day,
) -> Result<Option<Session>> {
    let alive = wall.plus_millis(-idle_millis);
    let begun = wall.plus_millis(-LONGEST_MILLIS);
    let rows = tx.query(&store::SESSION, params![token.hash(), alive, begun, day])?;
    let mut session = None;
    for mut row in rows {
        if session.is_none() {
            let (account, person, seen_at) = (row.get(0)?, row.get(1)?, row.get(2)?);
            session = Some(Session { account, person, seen_at, grants: Vec::new() });
        }
        let role: Option<String> = row.get(3)?;
        if let (Some(session), Some(_)) = (&mut session, role) {
            session.grants.push(grant(&mut row, 4)?);
        }
    }
    Ok(session)
}

/// Notes that a session is in use.
pub fn touch_session(tx: &mut Tx<'_>, token: &Token, wall: Instant) -> Result<()> {
    tx.execute(&store::TOUCH_SESSION, params![token.hash(), wall])?;
    Ok(())
}

/// Opens a session for an account whose password matched: the password is checked before, outside of the transaction.
pub fn sign_in(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    account: AccountId,
    token: &Token,
    wall: Instant,
) -> Result<Role> {
    let grants = grants(tx, account, call.today())?;
    let actor = Actor::account(account, grants);
    tx.execute(&store::START_SESSION, params![token.hash(), account, wall])?;
    let mut own = call.clone();
    own.actor = &actor;
    kit::record(
        tx,
        &mut own,
        Entry { action: Action::SessionStart, objects: &[account.uuid()], fields: "session" },
    )?;
    Ok(actor.role())
}

/// Opens a session as the demonstration's person of a role; refused when the district is no demonstration.
pub fn enter_demonstration(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    role: Role,
    token: &Token,
    wall: Instant,
) -> Result<Role> {
    if !is_demonstration(tx)? {
        return Err(Refusal::new("people-refused-no-demonstration").into());
    }
    let found = tx.query(&store::DEMONSTRATION_ACCOUNT, params![role.as_str(), call.today()])?;
    let Some(mut row) = found.into_iter().next() else {
        return Err(Refusal::new("people-refused-no-such-entry").into());
    };
    let account: AccountId = row.get(0)?;
    sign_in(tx, call, account, token, wall)
}

/// Ends a session.
pub fn end_session(tx: &mut Tx<'_>, call: &mut Call<'_>, token: &Token, wall: Instant) -> Result<()> {
    let ended = tx.execute(&store::END_SESSION, params![token.hash(), wall])?;
    if ended > 0 {
        let objects: Vec<_> = call.actor.account.iter().map(|id| id.uuid()).collect();
        kit::record(tx, call, Entry { action: Action::SessionEnd, objects: &objects, fields: "session" })?;
    }
    Ok(())
}
