//! Sessions: a random token in the browser, its SHA-256 here.
//!
//! Sessions live by the machine's clock (`wall`), also in a demonstration, whose own clock stands still.

use base::{Day, Instant};
use db::{Tx, params};
use sha2::{Digest as _, Sha256};

use super::accounts::{grant, grants, is_demonstration};
use super::{Action, credentials, failures, joining, store};
use crate::kit::{self, AccountId, Actor, Call, Entry, Error, Grant, PersonId, Refusal, Result, Role, Scope};

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
        base::hex(&self.0)
    }

    /// Reads a cookie's text.
    pub fn parse(text: &str) -> Option<Self> {
        base::from_hex(text)?.try_into().ok().map(Self)
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
    /// Notices in the inbox that are not read.
    pub unread: i64,
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
    let (_, begun) = self::alive(wall);
    let rows = tx.query(&store::SESSION, params![token.hash(), alive, begun, day])?;
    let (mut session, mut joined) = (None, false);
    for mut row in rows {
        if session.is_none() {
            let (account, person, seen_at) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let unread = row.get(9)?;
            session = Some(Session { account, person, seen_at, grants: Vec::new(), unread });
            joined = row.get::<Option<String>>(8)?.is_some();
        }
        let role: Option<String> = row.get(3)?;
        if let (Some(session), Some(_)) = (&mut session, role) {
            session.grants.push(grant(&mut row, 4)?);
        }
    }
    if let Some(found) = session.as_mut().filter(|_| joined) {
        found.grants.extend(joining::follows(tx, found.person, day)?);
        // Whoever joined is somebody here as long as they live here or own something, and not a day longer.
        if found.grants.is_empty() {
            return Ok(None);
        }
    }
    Ok(session)
}

/// A session that was last used after the first of these, and began after the second, is open.
pub(super) fn alive(wall: Instant) -> (Instant, Instant) {
    (wall.plus_millis(-IDLE_MILLIS), wall.plus_millis(-LONGEST_MILLIS))
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// What it is ended by: the hash of its token, of which the token cannot be made.
    pub key: Vec<u8>,
    /// Is it the one that asks?
    pub this: bool,
    /// When it began.
    pub began: Instant,
    /// When it was last used, to the minute.
    pub seen: Instant,
}

/// The open sessions of an account, the one used last first. Everyone may see their own.
pub fn own_sessions(
    tx: &mut Tx<'_>,
    account: AccountId,
    token: Option<&Token>,
    wall: Instant,
) -> Result<Vec<OwnSession>> {
    let (seen_after, began_after) = alive(wall);
    let this = token.map(Token::hash);
    tx.query(&store::SESSIONS_OF, params![account, seen_after, began_after])?
        .iter_mut()
        .map(|row| {
            let key: Vec<u8> = row.get(0)?;
            Ok(OwnSession { this: this.as_ref() == Some(&key), key, began: row.get(1)?, seen: row.get(2)? })
        })
        .collect()
}

/// Ends one of one's own sessions.
pub fn end_own_session(tx: &mut Tx<'_>, call: &mut Call<'_>, key: &[u8], wall: Instant) -> Result<()> {
    let Some(account) = call.actor.account else { return Err(Error::Forbidden(Action::SessionEnd)) };
    if tx.execute(&store::END_SESSION_OF, params![key.to_vec(), account, wall])? == 0 {
        return Ok(());
    }
    kit::record(tx, call, Entry { action: Action::SessionEnd, objects: &[account.uuid()], fields: "session" })
}

/// Ends every session of an account, revokes the tokens of its programs and removes its passkeys, by the security
/// administrator: what is left to come in by is what its person knows.
pub fn revoke_sessions(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    account: AccountId,
    wall: Instant,
) -> Result<()> {
    call.tries(Action::SessionRevoke, account.uuid());
    call.authorise(Action::SessionRevoke, Scope::District)?;
    tx.execute(&store::END_SESSIONS, params![account, wall])?;
    tx.execute(&store::REVOKE_TOKENS, params![account, wall])?;
    credentials::remove_passkeys(tx, account)?;
    kit::record(
        tx,
        call,
        Entry { action: Action::SessionRevoke, objects: &[account.uuid()], fields: "session token passkey" },
    )
}

/// The hash of one's own password, to be compared with the one that was typed. Asks no permission: not for a page.
pub fn own_password(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<String>> {
    let mut row = tx.find(&store::PASSWORD_OF, params![account])?.ok_or(Error::Absent("account"))?;
    Ok(row.get(0)?)
}

/// Sets one's own password, once the old one was given right; every other session of the account ends.
pub fn change_password(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    hash: &str,
    token: &Token,
    wall: Instant,
) -> Result<()> {
    call.tries(Action::PasswordSet, call.actor.account.map(AccountId::uuid));
    let Some(account) = call.actor.account else { return Err(Error::Forbidden(Action::PasswordSet)) };
    tx.execute(&store::SET_PASSWORD, params![account, hash])?;
    tx.execute(&store::END_OTHER_SESSIONS, params![account, token.hash(), wall])?;
    failures::clear(tx, account)?;
    kit::record(
        tx,
        call,
        Entry { action: Action::PasswordSet, objects: &[account.uuid()], fields: "password" },
    )
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
    call.tries(Action::SessionStart, account.uuid());
    if failures::locked(tx, account, wall)? {
        return Err(Refusal::new("people-refused-credentials").at("login").into());
    }
    let grants = grants(tx, account, call.today())?;
    if grants.is_empty() && joining::person_joined(tx, account)?.is_some() {
        return Err(Refusal::new("people-refused-credentials").at("login").into());
    }
    let actor = Actor::account(account, grants);
    failures::clear(tx, account)?;
    start(tx, account, token, wall)?;
    let mut own = call.clone();
    own.actor = &actor;
    kit::record(
        tx,
        &mut own,
        Entry { action: Action::SessionStart, objects: &[account.uuid()], fields: "session" },
    )?;
    Ok(actor.role())
}

/// Writes a session down.
pub(super) fn start(tx: &mut Tx<'_>, account: AccountId, token: &Token, wall: Instant) -> Result<()> {
    tx.execute(&store::START_SESSION, params![token.hash(), account, wall])?;
    Ok(())
}

/// Opens a session as the demonstration's person of a role; refused when the district is no demonstration.
pub fn enter_demonstration(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    role: Role,
    token: &Token,
    wall: Instant,
) -> Result<Role> {
    call.tries(Action::SessionStart, None);
    if !is_demonstration(tx)? {
        return Err(Refusal::new("people-refused-no-demonstration").into());
    }
    let found = tx.find(&store::DEMONSTRATION_ACCOUNT, params![role.as_str(), call.today()])?;
    let account = match found {
        Some(mut row) => Some(row.get::<AccountId>(0)?),
        None => joining::demonstrated(tx, role, call.today())?,
    };
    let account = account.ok_or_else(|| Refusal::new("people-refused-no-such-entry"))?;
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
