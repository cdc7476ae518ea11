//! Telling: what an operation has to say, written in its own transaction, so that nothing is said of what did not happen
//! and nothing is lost that did.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use base::Uuid;
use db::{Row, Tx, Value, params};

use super::kinds::{Channel, Kind, Thing};
use super::store;
use crate::kit::{
    AccountId, Call, Entry as Audited, Error, NoticeId, OutboxId, PersonId, Result, Role, Scope, WebhookId,
    record,
};
use crate::people::{Action, grant_of};

/// What a notice is about, by what everyone may know: never a name, a telephone or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// What it is.
    pub thing: Thing,
    /// Which, where there is more than one.
    pub id: Option<Uuid>,
    /// The public code of the thing or of its place; empty without one.
    pub code: String,
    /// How many things it is about.
    pub count: i64,
}

impl About {
    /// One thing.
    pub fn one(thing: Thing, id: Uuid, code: impl Into<String>) -> Self {
        Self { thing, id: Some(id), code: code.into(), count: 1 }
    }

    pub(super) fn values(&self) -> [Value; 4] {
        [self.thing.as_str().into(), self.id.into(), self.code.as_str().into(), self.count.into()]
    }

    /// Reads thing, id, code and count from a row, beginning at a column.
    pub(super) fn read(row: &mut Row, first: usize) -> Result<Self> {
        let thing: String = row.get(first)?;
        let unknown = || Error::Internal(format!("no notice is about a {thing}"));
        Ok(Self {
            thing: Thing::parse(&thing).ok_or_else(unknown)?,
            id: row.get(first + 1)?,
            code: row.get(first + 2)?,
            count: row.get(first + 3)?,
        })
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// An account.
    Account(AccountId),
    /// Whoever holds a role, which somebody gave them, over a place: looked up at once.
    Role(Role, Scope),
    /// Whoever holds a role over any place.
    Everyone(Role),
    /// A person: in the inbox of their account, and by their telephone as the vault knows it when it is sent.
    Person(PersonId),
    /// The accounts of a person, by the ways that they chose; nobody where they have none.
    Accounts(PersonId),
}

/// Something to tell. Webhooks of its kind are told of it once, whoever else is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub kind: Kind,
    /// To what.
    pub about: About,
    /// Who is told. Nobody is told of what they did themselves.
    pub to: Vec<To>,
}

/// A row of the outbox before it is written.
pub(super) struct Queued {
    pub channel: Channel,
    pub account: Option<AccountId>,
    pub person: Option<PersonId>,
    pub webhook: Option<WebhookId>,
}

/// Tells: writes inboxes and the outbox. Leaves no audit row: what is told of has its own.
pub fn tell(tx: &mut Tx<'_>, call: &mut Call<'_>, notices: &[Notice]) -> Result<()> {
    if notices.is_empty() {
        return Ok(());
    }
    let mut known = Known::default();
    let webhooks = webhooks(tx)?;
    let (mut inbox, mut outbox) = (Vec::new(), Vec::new());
    for notice in notices {
        let kind = notice.kind;
        let mut accounts = BTreeSet::new();
        for to in &notice.to {
            known.expand(tx, call, *to, &mut accounts)?;
            if let To::Person(person) = *to
                && tx.find(&store::HAS_TELEPHONE, params![person])?.is_some()
            {
                let queued =
                    Queued { channel: Channel::Text, account: None, person: Some(person), webhook: None };
                outbox.push(row(call, kind, &notice.about, &queued));
            }
        }
        accounts.retain(|account| call.actor.account != Some(*account));
        for account in accounts {
            let id: NoticeId = call.id();
            let head: [Value; 3] = [id.into(), account.into(), kind.as_str().into()];
            let tail: [Value; 2] = [call.now.into(), Value::Null];
            inbox.push([&head[..], &notice.about.values(), &tail].concat());
            for channel in known.chosen(tx, kind, account)? {
                let queued = Queued { channel, account: Some(account), person: None, webhook: None };
                outbox.push(row(call, kind, &notice.about, &queued));
            }
        }
        for (webhook, kinds) in &webhooks {
            if kinds.contains(&kind) {
                let queued = Queued {
                    channel: Channel::Webhook,
                    account: None,
                    person: None,
                    webhook: Some(*webhook),
                };
                outbox.push(row(call, kind, &notice.about, &queued));
            }
        }
    }
    tx.bulk(&store::ADD_NOTICES, inbox)?;
    tx.bulk(&store::ADD_OUTBOX, outbox)?;
    Ok(())
}

/// How long nothing is told again that goes on: a little less than a day, so that a job of every day tells it every day.
const AGAIN_MILLIS: i64 = 20 * 3_600_000;

/// Tells of something that goes on until somebody mends it: once a day. On record as what the program did.
pub fn tell_daily(tx: &mut Tx<'_>, call: &mut Call<'_>, notice: &Notice) -> Result<()> {
    call.authorise(Action::NoticeTell, Scope::District)?;
    let since = call.now.plus_millis(-AGAIN_MILLIS);
    if tx.find(&store::TOLD_SINCE, params![notice.kind.as_str(), since])?.is_some() {
        return Ok(());
    }
    tell(tx, call, std::slice::from_ref(notice))?;
    record(tx, call, Audited { action: Action::NoticeTell, objects: &[], fields: notice.kind.as_str() })
}

/// A row of the outbox that waits to be sent.
pub(super) fn row(call: &mut Call<'_>, kind: Kind, about: &About, queued: &Queued) -> Vec<Value> {
    let id: OutboxId = call.id();
    let head: [Value; 3] = [id.into(), queued.channel.as_str().into(), kind.as_str().into()];
    let tail: [Value; 9] = [
        queued.account.into(),
        queued.person.into(),
        queued.webhook.into(),
        call.now.into(),
        super::outbox::State::Waiting.as_str().into(),
        0_i64.into(),
        call.now.into(),
        Value::Null,
        Value::Null,
    ];
    [&head[..], &about.values(), &tail].concat()
}

/// Webhooks that are told, with what each is told of.
fn webhooks(tx: &mut Tx<'_>) -> Result<Vec<(WebhookId, Vec<Kind>)>> {
    let mut found = Vec::new();
    for mut row in tx.query(&store::OPEN_WEBHOOKS, params![])? {
        let kinds: String = row.get(1)?;
        found.push((row.get(0)?, super::webhooks::kinds_of(&kinds)));
    }
    Ok(found)
}

/// What was looked up for one telling.
#[derive(Default)]
struct Known {
    holders: HashMap<Role, Vec<(AccountId, Scope)>>,
    chosen: HashMap<Kind, HashSet<(AccountId, Channel)>>,
}

impl Known {
    fn expand(
        &mut self,
        tx: &mut Tx<'_>,
        call: &Call<'_>,
        to: To,
        accounts: &mut BTreeSet<AccountId>,
    ) -> Result<()> {
        match to {
            To::Account(account) => {
                accounts.insert(account);
            }
            To::Role(role, over) => {
                let holders = self.holders(tx, call, role)?.iter();
                accounts.extend(holders.filter(|(_, scope)| scope.covers(over)).map(|(account, _)| *account));
            }
            To::Everyone(role) => {
                accounts.extend(self.holders(tx, call, role)?.iter().map(|(account, _)| *account));
            }
            To::Person(person) | To::Accounts(person) => {
                for mut row in tx.query(&store::ACCOUNTS_OF, params![person, call.today()])? {
                    accounts.insert(row.get(0)?);
                }
            }
        }
        Ok(())
    }

    fn holders(&mut self, tx: &mut Tx<'_>, call: &Call<'_>, role: Role) -> Result<&[(AccountId, Scope)]> {
        Ok(match self.holders.entry(role) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let mut found = Vec::new();
                for mut row in tx.query(&store::HOLDERS, params![role.as_str(), call.today()])? {
                    found.push((row.get(0)?, grant_of(&mut row, 1)?.scope));
                }
                unknown.insert(found)
            }
        })
    }

    /// The ways that an account has chosen for a kind.
    fn chosen(&mut self, tx: &mut Tx<'_>, kind: Kind, account: AccountId) -> Result<Vec<Channel>> {
        let chosen = match self.chosen.entry(kind) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let mut found = HashSet::new();
                for mut row in tx.query(&store::CHOSEN, params![kind.as_str()])? {
                    let channel: String = row.get(1)?;
                    let account: AccountId = row.get(0)?;
                    found.extend(Channel::parse(&channel).map(|channel| (account, channel)));
                }
                unknown.insert(found)
            }
        };
        let is_chosen = |channel: &Channel| chosen.contains(&(account, *channel));
        Ok(Channel::CHOSEN.into_iter().filter(is_chosen).collect())
    }
}
