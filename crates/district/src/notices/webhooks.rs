//! Programs of others that are told (webhooks), signed as Standard Webhooks asks: whoever receives a message knows by it
//! who sent it, that nothing was changed, and when.

use base::Instant;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::{Tx, params};

use super::kinds::Kind;
use super::store;
use crate::kit::requests::keyed_hash;
use crate::kit::{Actor, Call, Entry, Error, NoticeId, Refusal, Result, Scope, WebhookId, record};
use crate::people::vault::{Vault, may_seal};
use crate::people::{Action, authorise};

/// The most programs that are told at a time: each message is written once for each.
pub const MOST_WEBHOOKS: usize = 20;
/// The longest address.
pub const URL_LENGTH: usize = 500;
/// How long the secret before the newest one signs too: a week, in which a receiver takes the new one.
pub const OLDER_MILLIS: i64 = 7 * 86_400_000;
/// What every secret begins with, so that whoever finds one knows what it is.
const PREFIX: &str = "whsec_";

/// The secret that a receiver shares. A log never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A secret of fresh randomness.
    pub const fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// As its receiver is given it: `whsec_` and base64.
    pub fn text(&self) -> String {
        PREFIX.to_owned() + &STANDARD.encode(self.0)
    }

    /// What signs a message: `v1,` and the base64 of HMAC-SHA-256 over id, time in seconds and body.
    pub fn sign(&self, id: &str, seconds: i64, body: &str) -> String {
        let said = format!("{id}.{seconds}.{body}");
        format!("v1,{}", STANDARD.encode(keyed_hash(&self.0, said.as_bytes())))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What the sealed secrets are authenticated with.
pub(super) fn about(id: WebhookId) -> Vec<u8> {
    [id.uuid().as_bytes().as_slice(), b"webhook"].concat()
}

/// A program that is to be told.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Its address.
    pub url: String,
    /// Of what it is told.
    pub kinds: Vec<Kind>,
}

/// A program that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Its address.
    pub url: String,
    /// Of what it is told.
    pub kinds: Vec<Kind>,
    /// Since when.
    pub made: Instant,
    /// Since when it is told no more.
    pub ended: Option<Instant>,
    /// Until when the secret before signs too.
    pub older_until: Option<Instant>,
    /// Messages that wait, that were sent, that were given up.
    pub messages: [i64; 3],
}

/// The programs that are told, the newest first; those that ended come last.
pub fn webhook_list(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Webhook>> {
    authorise(actor, Action::WebhookWrite, Scope::District)?;
    let rows = tx.query(&store::WEBHOOKS, params![])?;
    let read = |mut row: db::Row| {
        let kinds: String = row.get(2)?;
        Ok(Webhook {
            id: row.get(0)?,
            url: row.get(1)?,
            kinds: kinds_of(&kinds),
            made: row.get(3)?,
            ended: row.get(4)?,
            older_until: row.get(5)?,
            messages: [row.get(6)?, row.get(7)?, row.get(8)?],
        })
    };
    rows.into_iter().map(read).collect()
}

/// Tells a program from now on. Whether its address may be reached is asked by who sends, each time.
pub fn add_webhook(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    new: &NewWebhook,
    secret: &Secret,
) -> Result<WebhookId> {
    call.authorise(Action::WebhookWrite, Scope::District)?;
    may_seal(tx, vault, call.today())?;
    let url = new.url.trim();
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['#', '@', '\\']);
    let shown =
        ["https://", "http://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
    if !plain || !shown || url.len() > URL_LENGTH {
        return Err(Refusal::new("notices-refused-url").with("most", URL_LENGTH).at("url").into());
    }
    let kinds = checked(&new.kinds)?;
    let open = tx.query(&store::OPEN_WEBHOOKS, params![])?.len();
    if open >= MOST_WEBHOOKS {
        return Err(Refusal::new("notices-refused-webhooks").with("most", MOST_WEBHOOKS).into());
    }
    let id: WebhookId = call.id();
    let sealed = sealed(call, vault, id, secret)?;
    tx.execute(&store::ADD_WEBHOOK, params![id, url, kinds, sealed, call.now])?;
    audit(tx, call, id, "url kinds secret")?;
    Ok(id)
}

/// Tells a program of other things.
pub fn change_webhook(tx: &mut Tx<'_>, call: &mut Call<'_>, id: WebhookId, kinds: &[Kind]) -> Result<()> {
    call.tries(Action::WebhookWrite, id.uuid());
    call.authorise(Action::WebhookWrite, Scope::District)?;
    let kinds = checked(kinds)?;
    changed(tx.execute(&store::CHANGE_WEBHOOK, params![id, kinds])?)?;
    audit(tx, call, id, "kinds")
}

/// Gives a program a new secret; the one until now signs too for [`OLDER_MILLIS`].
pub fn rotate_secret(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (id, secret): (WebhookId, &Secret),
    wall: Instant,
) -> Result<()> {
    call.tries(Action::WebhookWrite, id.uuid());
    call.authorise(Action::WebhookWrite, Scope::District)?;
    may_seal(tx, vault, call.today())?;
    let sealed = sealed(call, vault, id, secret)?;
    let until = wall.plus_millis(OLDER_MILLIS);
    changed(tx.execute(&store::ROTATE_SECRET, params![id, sealed, until])?)?;
    audit(tx, call, id, "secret")
}

/// Tells a program nothing more; what waits for it is given up. Its secrets are forgotten.
pub fn end_webhook(tx: &mut Tx<'_>, call: &mut Call<'_>, id: WebhookId) -> Result<()> {
    call.tries(Action::WebhookWrite, id.uuid());
    call.authorise(Action::WebhookWrite, Scope::District)?;
    changed(tx.execute(&store::END_WEBHOOK, params![id, call.now])?)?;
    audit(tx, call, id, "ended_at")
}

fn changed(rows: u64) -> Result<()> {
    if rows == 0 { Err(Error::Absent("webhook")) } else { Ok(()) }
}

fn audit(tx: &mut Tx<'_>, call: &mut Call<'_>, id: WebhookId, fields: &str) -> Result<()> {
    record(tx, call, Entry { action: Action::WebhookWrite, objects: &[id.uuid()], fields })
}

fn sealed(call: &mut Call<'_>, vault: &Vault, id: WebhookId, secret: &Secret) -> Result<Vec<u8>> {
    let fresh: NoticeId = call.id();
    vault.seal_bytes(&about(id), &secret.0, fresh.uuid())
}

/// Kinds as the store keeps them: names parted by spaces.
fn checked(kinds: &[Kind]) -> Result<String> {
    let all: Vec<Kind> = Kind::for_webhooks().collect();
    if kinds.is_empty() || kinds.iter().any(|kind| !all.contains(kind)) {
        return Err(Refusal::new("notices-refused-kinds").at("kind").into());
    }
    let named = all.into_iter().filter(|kind| kinds.contains(kind)).map(Kind::as_str);
    Ok(named.collect::<Vec<_>>().join(" "))
}

/// What the store kept; a kind that is not known any more is told to nobody.
pub(super) fn kinds_of(text: &str) -> Vec<Kind> {
    text.split(' ').filter_map(Kind::parse).collect()
}

/// Where a program is, and the secrets that sign for it; `None`: it is told nothing more.
pub(super) fn receiver(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: WebhookId,
    wall: Instant,
) -> Result<Option<(String, Vec<Secret>)>> {
    let Some(mut row) = tx.find(&store::WEBHOOK_RECEIVER, params![id])? else { return Ok(None) };
    let url = row.get(0)?;
    let (newest, older): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?);
    let until: Option<Instant> = row.get(3)?;
    let older = older.filter(|_| until.is_some_and(|until| until > wall));
    let open = |sealed: Vec<u8>| {
        let bytes = vault.open_bytes(&about(id), &sealed)?;
        let secret = bytes.try_into().map_err(|_| Error::Internal("a secret of another length".into()))?;
        Ok(Secret(secret))
    };
    let secrets = newest.into_iter().chain(older).map(open).collect::<Result<_>>()?;
    Ok(Some((url, secrets)))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_message_is_signed_as_standard_webhooks_publishes() {
        // Its own example, whose key of twenty-four bytes is the same key with zeros behind it.
        let mut key = [0; 32];
        key[..24].copy_from_slice(&STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap());
        let signed =
            Secret(key).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let secret = Secret([7; 32]);
        assert!(secret.text().starts_with("whsec_BwcH") && format!("{secret:?}") == "Secret(…)");
    }
}
