//! How long notices are kept, and what is sealed among them: addresses for e-mail and the secrets of webhooks.

use base::Instant;
use db::{Tx, params};
use serde_json::{Value as Json, json};

use super::inbox::line;
use super::{mail, store, webhooks};
use crate::kit::{AccountId, Call, Entry, NoticeId, PersonId, Result, Scope, WebhookId, record};
use crate::people::Action;
use crate::people::vault::Vault;

/// How long a notice stays in an inbox, read or not: half a year, after which its thing tells all that it told.
pub const NOTICE_MILLIS: i64 = 180 * 86_400_000;
/// How long a message that was sent or given up is kept with its tries: a quarter, in which somebody asks for it again.
pub const OUTBOX_MILLIS: i64 = 90 * 86_400_000;

/// Removes what is over by the district's time and by the wall's; how many rows.
pub(crate) fn forget_old(tx: &mut Tx<'_>, now: Instant, wall: Instant) -> Result<u64> {
    let settled = wall.plus_millis(-OUTBOX_MILLIS);
    let mut forgotten = tx.execute(&store::FORGET_NOTICES, params![now.plus_millis(-NOTICE_MILLIS)])?;
    forgotten += tx.execute(&store::FORGET_DELIVERIES, params![settled])?;
    forgotten += tx.execute(&store::FORGET_OUTBOX, params![settled])?;
    forgotten += tx.execute(&store::FORGET_WEBHOOKS, params![settled])?;
    forgotten += tx.execute(&store::FORGET_UNCONFIRMED, params![wall])?;
    Ok(forgotten)
}

/// Forgets the addresses of a person.
pub(crate) fn forget_person(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.execute(&store::FORGET_MAIL_OF, params![person])?;
    Ok(())
}

/// Forgets where and by what an account that ends was told.
pub(crate) fn forget_account(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    tx.execute(&store::FORGET_MAIL, params![account])?;
    tx.execute(&store::DROP_CHOICES, params![account])?;
    tx.execute(&store::FORGET_DIGEST, params![account])?;
    Ok(())
}

/// What an account was told and where, for the copy of its owner.
pub(crate) fn copy(tx: &mut Tx<'_>, vault: &Vault, account: AccountId) -> Result<Json> {
    let mail = mail::kept(tx, vault, account)?.map(|kept| kept.address.text().to_owned());
    let mut chosen = Vec::new();
    for mut row in tx.query(&store::CHOSEN_BY, params![account])? {
        let (kind, channel): (String, String) = (row.get(0)?, row.get(1)?);
        chosen.push(json!({ "kind": kind, "channel": channel }));
    }
    let mut told = Vec::new();
    for mut row in tx.query(&store::NOTICES_OF, params![account])? {
        let line = line(&mut row)?;
        let read = line.read.map(|at| at.to_string());
        told.push(json!({ "at": line.made.to_string(), "kind": line.kind.as_str(), "read": read }));
    }
    Ok(json!({ "mail": mail, "choices": chosen, "inbox": told }))
}

/// Seals anew the addresses and secrets that are sealed with an older key; how many.
pub fn reseal(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault) -> Result<i64> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    let mut count = 0;
    for mut row in tx.query(&store::MAILS, params![])? {
        let (account, sealed): (AccountId, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let fresh: NoticeId = call.id();
        if let Some(anew) = vault.anew_bytes(&mail::about(account), &sealed, fresh.uuid())? {
            // One that was changed or forgotten meanwhile stays so.
            count += i64::from(tx.execute(&store::RESEAL_MAIL, params![account, anew, sealed])? > 0);
        }
    }
    for mut row in tx.query(&store::SECRETS, params![])? {
        let id: WebhookId = row.get(0)?;
        for (column, statement) in [(1, &store::RESEAL_SECRET), (2, &store::RESEAL_OLDER)] {
            let Some(sealed) = row.get::<Option<Vec<u8>>>(column)? else { continue };
            let fresh: NoticeId = call.id();
            if let Some(anew) = vault.anew_bytes(&webhooks::about(id), &sealed, fresh.uuid())? {
                count += i64::from(tx.execute(statement, params![id, anew, sealed])? > 0);
            }
        }
    }
    if count > 0 {
        record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "mail secret" })?;
    }
    Ok(count)
}
