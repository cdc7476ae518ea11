//! By which ways an account is told, beside its inbox.

use std::collections::BTreeSet;

use db::{Tx, Value, params};

use super::kinds::{Channel, Kind, Tongue};
use super::store;
use crate::kit::{Actor, Call, Entry, Error, Refusal, Result, record};
use crate::people::{Action, own_account};

/// What whoever asks has chosen.
pub fn choices(tx: &mut Tx<'_>, actor: &Actor) -> Result<BTreeSet<(Kind, Channel)>> {
    let account = own_account(actor, Action::NoticeOwn)?;
    let mut chosen = BTreeSet::new();
    for mut row in tx.query(&store::CHOSEN_BY, params![account])? {
        let (kind, channel): (String, String) = (row.get(0)?, row.get(1)?);
        // A kind that is not known any more is told to nobody.
        chosen.extend(Kind::parse(&kind).zip(Channel::parse(&channel)));
    }
    Ok(chosen)
}

/// Chooses anew: what is not named is told in the inbox alone.
pub fn choose(tx: &mut Tx<'_>, call: &mut Call<'_>, chosen: &BTreeSet<(Kind, Channel)>) -> Result<()> {
    let account = call.own_account(Action::NoticeOwn)?;
    for (kind, channel) in chosen {
        let told = call.actor.grants.iter().any(|grant| kind.roles().contains(&grant.role));
        if !told || !Channel::CHOSEN.contains(channel) {
            return Err(Refusal::new("notices-refused-choice").at("choice").into());
        }
    }
    tx.execute(&store::DROP_CHOICES, params![account])?;
    let rows = chosen.iter().map(|(kind, channel)| -> [Value; 3] {
        [account.into(), kind.as_str().into(), channel.as_str().into()]
    });
    tx.bulk(&store::ADD_CHOICES, rows)?;
    record(tx, call, Entry { action: Action::NoticeOwn, objects: &[account.uuid()], fields: "choices" })
}

/// In which language whoever asks is sent what they are told; `None`: in Chinese and in English.
pub fn tongue(tx: &mut Tx<'_>, actor: &Actor) -> Result<Option<Tongue>> {
    let account = own_account(actor, Action::NoticeOwn)?;
    let row = tx.find(&store::TONGUE, params![account])?;
    Ok(row
        .map(|mut row| row.get::<Option<String>>(0))
        .transpose()?
        .flatten()
        .as_deref()
        .and_then(Tongue::parse))
}

/// Chooses the language; `None`: Chinese and English.
pub fn choose_tongue(tx: &mut Tx<'_>, call: &mut Call<'_>, tongue: Option<Tongue>) -> Result<()> {
    let account = call.own_account(Action::NoticeOwn)?;
    if tx.execute(&store::CHOOSE_TONGUE, params![account, tongue.map(Tongue::as_str)])? != 1 {
        return Err(Error::Absent("account"));
    }
    record(tx, call, Entry { action: Action::NoticeOwn, objects: &[account.uuid()], fields: "language" })
}
