//! Where an account takes e-mail: an address that is sealed, and counts once a code that was sent there was typed in.

use base::{Instant, Uuid};
use db::{Tx, params};

use super::kinds::{Channel, Kind, Thing};
use super::store;
use super::tell::{About, Queued, row};
use crate::kit::requests::keyed_hash;
use crate::kit::{AccountId, Actor, Call, Entry, NoticeId, Refusal, Result, Scope, record, record_refused};
use crate::people::vault::{Vault, may_seal};
use crate::people::{Action, own_account};

/// The longest address: what a path of SMTP can hold (RFC 5321, 4.5.3.1.3).
pub const ADDRESS_LENGTH: usize = 254;
/// How long a code may be typed in: mail takes its time.
pub const MAIL_CODE_MILLIS: i64 = 30 * 60_000;
/// Tries of one code; then another is to be asked for.
pub const MAIL_TRIES: i64 = 5;
/// The most codes of one account a day: nobody's mailbox is filled by somebody else's play.
pub const MAIL_CODES: i64 = 5;

/// An address for e-mail. A log never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// Reads what somebody typed; `None` for what no mailbox is called.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let plain = |part: &str, more: &[u8]| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || more.contains(&byte);
            !part.is_empty() && part.bytes().all(fits) && !part.starts_with('.') && !part.ends_with('.')
        };
        let fits = text.len() <= ADDRESS_LENGTH
            && plain(local, b"!#$%&'*+-/=?^_`{|}~.")
            && plain(domain, b"-.")
            && domain.contains('.')
            && !text.contains("..");
        fits.then(|| Self(text.to_owned()))
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(…)")
    }
}

/// The code of an address: six digits that follow from the vault's secret and the code's id, so that no table holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailCode(String);

impl MailCode {
    pub(super) fn of(vault: &Vault, id: Uuid) -> Self {
        let hash = keyed_hash(vault.requests(), &[b"mail code".as_slice(), id.as_bytes()].concat());
        let number = hash[..8].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        Self(format!("{:06}", number % 1_000_000))
    }

    /// As it is sent.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A log never shows it.
impl std::fmt::Debug for MailCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailCode(…)")
    }
}

/// What the sealed address is authenticated with.
pub(super) fn about(account: AccountId) -> Vec<u8> {
    [account.uuid().as_bytes().as_slice(), b"mail"].concat()
}

/// The address of an account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnMail {
    /// The address.
    pub address: Address,
    /// Was its code typed in?
    pub confirmed: bool,
}

/// The address of whoever asks.
pub fn own_mail(tx: &mut Tx<'_>, actor: &Actor, vault: &Vault) -> Result<Option<OwnMail>> {
    let account = own_account(actor, Action::NoticeOwn)?;
    Ok(kept(tx, vault, account)?.map(|kept| OwnMail { address: kept.address, confirmed: kept.confirmed }))
}

/// What is kept of an address.
pub(super) struct Kept {
    pub address: Address,
    pub confirmed: bool,
    pub code: Option<Uuid>,
    until: Option<Instant>,
}

pub(super) fn kept(tx: &mut Tx<'_>, vault: &Vault, account: AccountId) -> Result<Option<Kept>> {
    let Some(mut row) = tx.find(&store::MAIL, params![account])? else { return Ok(None) };
    let sealed: Vec<u8> = row.get(0)?;
    let bytes = vault.open_bytes(&about(account), &sealed)?;
    let confirmed: Option<Instant> = row.get(1)?;
    Ok(Some(Kept {
        address: Address(String::from_utf8_lossy(&bytes).into_owned()),
        confirmed: confirmed.is_some(),
        code: row.get(2)?,
        until: row.get(3)?,
    }))
}

/// Writes down an address in the place of what was there, and sends a code to it. Until that is typed in nothing else is
/// sent there.
pub fn ask_mail(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    address: &Address,
    wall: Instant,
) -> Result<MailCode> {
    let account = call.own_account(Action::NoticeOwn)?;
    may_seal(tx, vault, call.today())?;
    let since = call.now.plus_millis(-86_400_000);
    let sent: i64 = tx.one(&store::MAIL_CODES_SINCE, params![account, since])?.get(0)?;
    if sent >= MAIL_CODES {
        return Err(Refusal::new("notices-refused-mail-often").with("most", MAIL_CODES).at("mail").into());
    }
    let (code, fresh): (NoticeId, NoticeId) = (call.id(), call.id());
    let sealed = vault.seal_bytes(&about(account), address.text().as_bytes(), fresh.uuid())?;
    let until = wall.plus_millis(MAIL_CODE_MILLIS);
    tx.execute(&store::KEEP_MAIL, params![account, sealed, code.uuid(), until])?;
    let about = About::one(Thing::Account, code.uuid(), "");
    let queued = Queued { channel: Channel::Mail, account: Some(account), person: None, webhook: None };
    let row = row(call, Kind::MailCode, &about, &queued);
    tx.bulk(&store::ADD_OUTBOX, [row])?;
    record(tx, call, Entry { action: Action::NoticeOwn, objects: &[account.uuid()], fields: "mail" })?;
    Ok(MailCode::of(vault, code.uuid()))
}

/// Takes the code of the address. A wrong one is counted: the transaction is to be kept in either case.
pub fn confirm_mail(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    typed: &str,
    wall: Instant,
) -> Result<bool> {
    let account = call.own_account(Action::NoticeOwn)?;
    let kept = kept(tx, vault, account)?;
    let code = kept.filter(|kept| kept.until.is_some_and(|until| until > wall)).and_then(|kept| kept.code);
    // Counted before it is looked at: of many guesses at a time no more are looked at than may be.
    let counted = tx.execute(&store::TRY_MAIL, params![account, MAIL_TRIES])? == 1;
    let wide = typed.chars().map(crate::register::rules::half_width);
    let typed: String = wide.filter(|c| !c.is_whitespace()).collect();
    let objects = [account.uuid()];
    let entry = Entry { action: Action::NoticeOwn, objects: &objects, fields: "mail confirmed_at" };
    if !counted || code.is_none_or(|code| MailCode::of(vault, code).text() != typed) {
        record_refused(tx, call, entry)?;
        return Ok(false);
    }
    tx.execute(&store::CONFIRM_MAIL, params![account, wall])?;
    record(tx, call, entry)?;
    Ok(true)
}

/// Forgets the address of whoever calls.
pub fn forget_mail(tx: &mut Tx<'_>, call: &mut Call<'_>) -> Result<()> {
    let account = call.own_account(Action::NoticeOwn)?;
    tx.execute(&store::FORGET_MAIL, params![account])?;
    record(tx, call, Entry { action: Action::NoticeOwn, objects: &[account.uuid()], fields: "mail" })
}

/// An address of the demonstration, confirmed.
pub fn simulate_mail(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    account: AccountId,
    address: &Address,
) -> Result<()> {
    call.authorise(Action::Simulate, Scope::District)?;
    let (code, fresh): (NoticeId, NoticeId) = (call.id(), call.id());
    let sealed = vault.seal_bytes(&about(account), address.text().as_bytes(), fresh.uuid())?;
    tx.execute(&store::KEEP_MAIL, params![account, sealed, code.uuid(), call.now])?;
    tx.execute(&store::CONFIRM_MAIL, params![account, call.now])?;
    record(tx, call, Entry { action: Action::Simulate, objects: &[account.uuid()], fields: "mail" })
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn an_address_is_one_mailbox_and_nothing_that_a_header_could_hold() {
        for right in ["a@example.org", " li.si+lilong@mail.example.cn "] {
            assert_eq!(Address::parse(right).unwrap().text(), right.trim());
        }
        let long = format!("{}@example.org", "a".repeat(ADDRESS_LENGTH));
        for wrong in [
            "",
            "a",
            "a@b",
            "@b.c",
            "a@.c",
            "a b@c.de",
            "a@b.c\r\nBcc: x@y.z",
            "<a@b.cd>",
            "a,b@c.de",
            "a..b@c.de",
            "a@b..c",
            "张@b.cd",
            long.as_str(),
        ] {
            assert!(Address::parse(wrong).is_none(), "{wrong}");
        }
        assert_eq!(format!("{:?}", Address::parse("a@example.org")), "Some(Address(…))");
    }
}
