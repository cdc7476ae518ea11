//! One-time codes (一次性注册码): with one somebody sets the first password of an account, or a new one.
//!
//! A code is for a person who is told it, on paper or by word of mouth: twenty characters of Crockford's alphabet, which
//! leaves out those that look alike. Only its SHA-256 is kept; a hundred bits are not guessed.

use base::{Instant, Uuid};
use db::{Tx, params};
use sha2::{Digest as _, Sha256};

use super::accounts::folded;
use super::failures;
use super::{Action, credentials, store};
use crate::kit::{AccountId, Actor, Call, Entry, Error, Refusal, Result, Scope, record};

/// Digits and capitals without I, L, O and U (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: a hundred bits.
const LENGTH: usize = 20;
/// Characters that stand together, so that eyes keep their place.
const GROUP: usize = 5;
/// How long a code may be used: a letter in the house's post arrives within it.
pub const CODE_DAYS: i64 = 7;

/// A one-time code. Its text is shown once, to whoever hands it on.
#[derive(Clone, PartialEq, Eq)]
pub struct Code([u8; LENGTH]);

impl Code {
    /// A code of fresh randomness.
    pub fn new(random: [u8; LENGTH]) -> Self {
        Self(random.map(|byte| ALPHABET[usize::from(byte & 31)]))
    }

    /// Reads what somebody typed: small letters, spaces and hyphens do not matter, and what looks like a digit is one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut code = [0; LENGTH];
        let typed =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            });
        let mut count = 0;
        for typed in typed {
            let byte = u8::try_from(typed).ok().filter(|byte| ALPHABET.contains(byte))?;
            *code.get_mut(count)? = byte;
            count += 1;
        }
        (count == LENGTH).then_some(Self(code))
    }

    /// As it is handed on: `7K2MX-0Q9VT-…`.
    pub fn text(&self) -> String {
        let groups: Vec<String> =
            self.0.chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        groups.join("-")
    }

    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }
}

/// Never shows the code: a log is read by many.
impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Gives an account a code; earlier ones are void. By the security administrator, who did not make the account: so nobody
/// alone makes one that works.
pub fn issue_code(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    account: AccountId,
    code: &Code,
    wall: Instant,
) -> Result<()> {
    call.tries(Action::CodeIssue, account.uuid());
    call.authorise(Action::CodeIssue, Scope::District)?;
    if call.actor.account == Some(account) {
        return Err(Refusal::new("people-refused-own-account").into());
    }
    if tx.find(&store::ACCOUNT_IN_FORCE, params![account, call.today()])?.is_none() {
        return Err(Error::Absent("account"));
    }
    write_code(tx, account, code, wall)?;
    record(tx, call, Entry { action: Action::CodeIssue, objects: &[account.uuid()], fields: "code" })
}

/// Writes a code once permission was asked.
pub(super) fn write_code(tx: &mut Tx<'_>, account: AccountId, code: &Code, wall: Instant) -> Result<()> {
    tx.execute(&store::VOID_CODES, params![account, wall])?;
    let until = wall.plus_millis(CODE_DAYS * 86_400_000);
    tx.execute(&store::ADD_CODE, params![code.hash(), account, wall, until])?;
    Ok(())
}

/// What came of trying a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrolled {
    /// The account has its password.
    Done(AccountId),
    /// No such login, another code, one that was used, one that is too old, or too many tries: which is not told.
    Refused,
}

/// Sets the password of an account by login and code. Whoever was signed in as it is signed out, and its passkeys go. A wrong code counts as a
/// wrong password does, and is written down: the transaction is to be kept in either case.
pub fn enrol(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (login, code): (&str, &Code),
    password: &str,
    wall: Instant,
) -> Result<Enrolled> {
    let Some(mut row) = tx.find(&store::CREDENTIAL, params![folded(login), call.today()])? else {
        return Ok(Enrolled::Refused);
    };
    let account: AccountId = row.get(0)?;
    if failures::locked(tx, account, wall)? {
        return Ok(Enrolled::Refused);
    }
    let actor = Actor::account(account, super::accounts::grants(tx, account, call.today())?);
    let mut own = call.clone();
    own.actor = &actor;
    if tx.execute(&store::USE_CODE, params![code.hash(), account, wall])? == 0 {
        failures::failed(tx, call, account, wall)?;
        return Ok(Enrolled::Refused);
    }
    tx.execute(&store::SET_PASSWORD, params![account, password])?;
    tx.execute(&store::END_SESSIONS, params![account, wall])?;
    // Who lost the password may have lost the phone.
    credentials::remove_passkeys(tx, account)?;
    failures::clear(tx, account)?;
    let objects: [Uuid; 1] = [account.uuid()];
    record(tx, &mut own, Entry { action: Action::PasswordSet, objects: &objects, fields: "password" })?;
    Ok(Enrolled::Done(account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_written_or_nearly_so() {
        let code = Code::new(std::array::from_fn(|at| u8::try_from(at * 13).unwrap_or(255)));
        let text = code.text();
        assert_eq!((text.len(), text.matches('-').count()), (23, 3));
        assert_eq!(Code::parse(&text), Some(code.clone()));
        assert_eq!(Code::parse(&text.to_lowercase().replace('-', " ")), Some(code.clone()));
        assert_eq!(Code::parse(&text.replace('0', "o").replace('1', "l")), Some(code.clone()));
        assert_eq!((Code::parse(&text[1..]), Code::parse(&format!("{text}0"))), (None, None));
        assert_eq!(Code::parse("张张张张张-张张张张张-张张张张张-张张张张张"), None);
        assert_eq!(format!("{code:?}"), "Code(…)");
    }
}
