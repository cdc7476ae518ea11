//! The outbox: what waits to be sent, who sends it, and what came of it.
//!
//! A message is claimed for a while, sent, and settled. Whoever dies in between leaves it claimed; when the lease is over
//! another claims it and sends it again with the same id, by which its receiver knows it: at least once, never lost.

use base::{Instant, Uuid};
use db::{ListQuery, Row, Tx, Value, params};

use super::inbox::kind;
use super::kinds::{Channel, Kind, Tongue};
use super::mail::{self, Address, MailCode};
use super::store;
use super::tell::About;
use super::webhooks::{self, Secret};
use crate::kit::{
    AccountId, Actor, Call, DeliveryId, Entry, Error, OutboxId, PersonId, Refusal, Result, Scope, WebhookId,
    record,
};
use crate::people::vault::{self, Field, Telephone, Vault};
use crate::people::{Action, authorise};

/// How long a message is claimed: far longer than any gateway is waited for, and short enough after a kill.
pub const LEASE_MILLIS: i64 = 2 * 60_000;
/// Messages claimed at a time; they are sent side by side.
pub const MOST_AT_A_TIME: i64 = 16;
/// How long to wait after each failed try, in milliseconds: a receiver that is down for a weekend misses nothing.
const BACK_OFF: [i64; 9] =
    [30_000, 2 * 60_000, 10 * 60_000, 30 * 60_000, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 24 * HOUR];
const HOUR: i64 = 3_600_000;
/// Tries of a message; then it is given up, and somebody may send it by hand.
pub const MOST_TRIES: i64 = 10;
/// How long a message waits for a way to be sent by, where this program was given none.
const WAYLESS_MILLIS: i64 = 3 * 24 * HOUR;
/// Messages without a way given up in one transaction.
const WAYLESS_AT_A_TIME: i64 = 200;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// It is to be sent.
    Waiting,
    /// Its receiver has taken it.
    Sent,
    /// It was tried too often, or there is nobody to send it to.
    GivenUp,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::GivenUp];

    /// The name in the store, in metrics and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given-up",
        }
    }

    /// The state of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Why a message did not go out; never with a number, an address or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It took too long.
    Timeout,
    /// The receiver's name is not known.
    Unknown,
    /// No connection.
    Connection,
    /// Its certificate is not trusted.
    Certificate,
    /// It answered otherwise than it should, or broke off.
    Answer,
    /// Its address lies in a network that nothing is sent to.
    Private,
    /// The one it is for has no telephone, no address, or is not here any more.
    Nobody,
    /// This program was given no way to send it by.
    Wayless,
    /// What is sealed does not open with the keys that this program has just now.
    Sealed,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Timeout,
        Self::Unknown,
        Self::Connection,
        Self::Certificate,
        Self::Answer,
        Self::Private,
        Self::Nobody,
        Self::Wayless,
        Self::Sealed,
    ];

    /// The name in the store and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Unknown => "unknown",
            Self::Connection => "connection",
            Self::Certificate => "certificate",
            Self::Answer => "answer",
            Self::Private => "private",
            Self::Nobody => "nobody",
            Self::Wayless => "wayless",
            Self::Sealed => "sealed",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.as_str() == name)
    }

    /// Is it of no use to try again?
    const fn is_final(self) -> bool {
        matches!(self, Self::Nobody | Self::Wayless)
    }
}

/// A message did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not sent: {}{}", .why.as_str(), .status.map(|status| format!(" {status}")).unwrap_or_default())]
pub struct Unsent {
    /// Why.
    pub why: Why,
    /// What its receiver answered, as a number of HTTP or SMTP.
    pub status: Option<u16>,
}

impl From<Why> for Unsent {
    fn from(why: Why) -> Self {
        Self { why, status: None }
    }
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A telephone.
    Telephone(Telephone),
    /// The account of the chat application with this name, which is the login.
    Chat(String),
    /// A mailbox; with the code, where the message is to confirm it.
    Mail(Address, Option<MailCode>),
    /// A program, with the secrets that sign, the newest first.
    Webhook(String, Vec<Secret>),
    /// Nobody is there.
    Nobody,
    /// Where it goes is sealed with a key that is not here.
    Sealed,
}

/// A claimed message.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its id, which goes with it.
    pub id: OutboxId,
    /// What happened.
    pub kind: Kind,
    /// To what.
    pub about: About,
    /// When it was told.
    pub made: Instant,
    /// Which try this is, from 1.
    pub tries: i64,
    /// Where it goes.
    pub to: Destination,
    /// In which language; `None`: in Chinese and in English.
    pub tongue: Option<Tongue>,
    lease: Uuid,
}

/// What came of a try.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Taken, with the number of the answer; or not.
    pub result: Result<Option<u16>, Unsent>,
    /// When the try began.
    pub began: Instant,
    /// When it was over.
    pub ended: Instant,
}

/// Does any message wait whose time has come? Tells nothing else, and so asks no permission.
pub fn due(tx: &mut Tx<'_>, channels: &[Channel], wall: Instant) -> Result<bool> {
    Ok(tx.find(&store::DUE, &with_channels(vec![wall.into()], channels))?.is_some())
}

/// The values of a statement, with the channels behind them: as many as there are, the rest empty.
fn with_channels(mut values: Vec<Value>, channels: &[Channel]) -> Vec<Value> {
    for place in 0..Channel::ALL.len() {
        values.push(channels.get(place).map_or("", |channel| channel.as_str()).into());
    }
    values
}

/// Claims messages whose time has come. What came of each try stands in the log of deliveries, not in the audit.
pub fn claim(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    channels: &[Channel],
    wall: Instant,
) -> Result<Vec<Claimed>> {
    call.authorise(Action::OutboxSend, Scope::District)?;
    let lease: OutboxId = call.id();
    let lease = lease.uuid();
    let values =
        vec![lease.into(), wall.plus_millis(LEASE_MILLIS).into(), wall.into(), MOST_AT_A_TIME.into()];
    if tx.execute(&store::CLAIM, &with_channels(values, channels))? == 0 {
        return Ok(Vec::new());
    }
    let mut claimed = Vec::new();
    for mut row in tx.query(&store::CLAIMED, params![lease])? {
        let row = &mut row;
        let (id, about, tries) = (row.get(0)?, About::read(row, 3)?, row.get(11)?);
        let (kind, made) = (kind(&row.get::<String>(2)?)?, row.get(10)?);
        let channel: String = row.get(1)?;
        let ids = (row.get(7)?, row.get(8)?, row.get(9)?);
        let channel = Channel::parse(&channel).ok_or_else(|| Error::Internal("no such channel".into()))?;
        let (to, tongue) = match destination(tx, call, vault, (channel, kind, &about), ids, wall) {
            // One that does not open holds up none of the others.
            Err(Error::Internal(_)) => (Destination::Sealed, None),
            found => found?,
        };
        claimed.push(Claimed { id, kind, about, made, tries, to, tongue, lease });
    }
    Ok(claimed)
}

type Ids = (Option<AccountId>, Option<PersonId>, Option<WebhookId>);

/// Where a message goes now: whoever has left meanwhile, or has another address, is looked up when it is sent.
fn destination(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    vault: &Vault,
    (channel, kind, about): (Channel, Kind, &About),
    (account, person, webhook): Ids,
    wall: Instant,
) -> Result<(Destination, Option<Tongue>)> {
    if let Some(webhook) = webhook {
        let found = webhooks::receiver(tx, vault, webhook, wall)?;
        let to = found.map_or(Destination::Nobody, |(url, secrets)| Destination::Webhook(url, secrets));
        return Ok((to, None));
    }
    let mut person = person;
    let (mut login, mut tongue) = (String::new(), None);
    if let Some(account) = account {
        let Some(mut row) = tx.find(&store::RECEIVER, params![account, call.today()])? else {
            return Ok((Destination::Nobody, None));
        };
        (person, login, tongue) = (Some(row.get(0)?), row.get(1)?, row.get::<Option<String>>(2)?);
    } else if let Some(person) = person {
        let row = tx.find(&store::TONGUE_OF, params![person, call.today()])?;
        tongue = row.map(|mut row| row.get::<String>(0)).transpose()?;
    }
    let to = match (channel, account, person) {
        (Channel::Text, _, Some(person)) => {
            let number = vault::read(tx, vault, person, Field::Telephone)?;
            let telephone = number.as_deref().and_then(Telephone::parse);
            telephone.map_or(Destination::Nobody, Destination::Telephone)
        }
        (Channel::Chat, Some(_), _) => Destination::Chat(login),
        (Channel::Mail, Some(account), _) => match mail::kept(tx, vault, account)? {
            Some(kept) if kind == Kind::MailCode && kept.code.is_some() && kept.code == about.id => {
                let code = kept.code.map(|id| MailCode::of(vault, id));
                Destination::Mail(kept.address, code)
            }
            Some(kept) if kind != Kind::MailCode && kept.confirmed => Destination::Mail(kept.address, None),
            _ => Destination::Nobody,
        },
        _ => Destination::Nobody,
    };
    Ok((to, tongue.as_deref().and_then(Tongue::parse)))
}

/// Writes down what came of a try.
pub fn settle(tx: &mut Tx<'_>, call: &mut Call<'_>, claimed: &Claimed, outcome: &Outcome) -> Result<()> {
    call.authorise(Action::OutboxSend, Scope::District)?;
    let (id, ended) = (claimed.id, outcome.ended);
    let delivery: DeliveryId = call.id();
    let (fault, status) = match outcome.result {
        Ok(status) => (None, status),
        Err(unsent) => (Some(unsent.why), unsent.status),
    };
    let millis = (ended.millis() - outcome.began.millis()).max(0);
    let name = fault.map(Why::as_str);
    tx.execute(
        &store::ADD_DELIVERY,
        params![delivery, id, outcome.began, millis, name, status.map(i64::from)],
    )?;
    // What was taken was taken, whoever else has claimed it since; a failure counts for its own claim alone.
    match fault {
        None => tx.execute(&store::SENT, params![id, ended])?,
        Some(why) if why.is_final() || claimed.tries >= MOST_TRIES => {
            tx.execute(&store::GIVE_UP, params![id, claimed.lease, ended])?
        }
        Some(_) => {
            let place = usize::try_from(claimed.tries - 1).unwrap_or(0).min(BACK_OFF.len() - 1);
            tx.execute(&store::TRY_LATER, params![id, claimed.lease, ended.plus_millis(BACK_OFF[place])])?
        }
    };
    Ok(())
}

/// Gives up what has waited too long for a way that this program was not given.
pub fn give_up_unsendable(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    channels: &[Channel],
    wall: Instant,
) -> Result<()> {
    call.authorise(Action::OutboxSend, Scope::District)?;
    let before = wall.plus_millis(-WAYLESS_MILLIS);
    let values = with_channels(vec![before.into(), WAYLESS_AT_A_TIME.into()], channels);
    for mut row in tx.query(&store::WAYLESS, &values)? {
        let (id, delivery): (OutboxId, DeliveryId) = (row.get(0)?, call.id());
        let (status, millis): (Option<i64>, i64) = (None, 0);
        let row = params![delivery, id, wall, millis, Why::Wayless.as_str(), status];
        tx.execute(&store::ADD_DELIVERY, row)?;
        tx.execute(&store::GIVE_UP_WAYLESS, params![id, wall])?;
    }
    Ok(())
}

/// How many messages of a channel stand so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// By what they go.
    pub channel: Channel,
    /// Where they stand.
    pub state: State,
    /// How many.
    pub messages: i64,
}

/// How many messages there are, by channel and state; every pair is there.
pub fn counts(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<Count>> {
    authorise(actor, Action::OutboxRead, Scope::District)?;
    let mut counted = Vec::new();
    for mut row in tx.query(&store::COUNTS, params![])? {
        let (channel, state): (String, String) = (row.get(0)?, row.get(1)?);
        counted.push((channel, state, row.get::<i64>(2)?));
    }
    let pairs = Channel::ALL.into_iter().flat_map(|channel| State::ALL.map(|state| (channel, state)));
    let count = |(channel, state): (Channel, State)| {
        let same = |it: &&(String, String, i64)| it.0 == channel.as_str() && it.1 == state.as_str();
        Count { channel, state, messages: counted.iter().find(same).map_or(0, |it| it.2) }
    };
    Ok(pairs.map(count).collect())
}

/// A message as the administrator sees it: not to whom, but by what account or program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxLine {
    /// Its id.
    pub id: OutboxId,
    /// By what it goes.
    pub channel: Channel,
    /// What happened.
    pub kind: Kind,
    /// To what.
    pub about: About,
    /// When it was told.
    pub made: Instant,
    /// Where it stands.
    pub state: State,
    /// Tries so far.
    pub tries: i64,
    /// When it is tried next, while it waits.
    pub next: Instant,
    /// The login of the account it is for.
    pub login: Option<String>,
    /// The address of the program it is for.
    pub url: Option<String>,
    /// Why the latest try failed.
    pub fault: Option<Why>,
}

/// What is asked of the outbox.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutboxAsked {
    /// Only of this channel.
    pub channel: Option<Channel>,
    /// Only what stands so.
    pub state: Option<State>,
    /// Only of this program.
    pub webhook: Option<WebhookId>,
    /// Go on after this one.
    pub after: Option<(Instant, OutboxId)>,
}

/// Messages, the newest first, at most so many at a time; and whether there are more.
pub fn outbox(
    tx: &mut Tx<'_>,
    actor: &Actor,
    asked: OutboxAsked,
    limit: i64,
) -> Result<(Vec<OutboxLine>, bool)> {
    authorise(actor, Action::OutboxRead, Scope::District)?;
    let list = &store::OUTBOX;
    let filters: [(&str, Option<Value>); 3] = [
        ("channel", asked.channel.map(|it| it.as_str().into())),
        ("state", asked.state.map(|it| it.as_str().into())),
        ("webhook", asked.webhook.map(Into::into)),
    ];
    let filters = filters.into_iter().filter_map(|(name, value)| Some((list.filter(name)?, value?)));
    let query = ListQuery {
        filters: filters.collect(),
        descending: true,
        after: asked.after.map(|(at, id)| (at.into(), id.into())),
        limit: Some(limit),
        ..ListQuery::default()
    };
    let mut page = list.page(tx, &query)?;
    Ok((page.rows.iter_mut().map(line).collect::<Result<_>>()?, page.more))
}

fn line(row: &mut Row) -> Result<OutboxLine> {
    let broken = || Error::Internal("a message that cannot be read".into());
    let (channel, state): (String, String) = (row.get(1)?, row.get(8)?);
    let fault: Option<String> = row.get(13)?;
    Ok(OutboxLine {
        id: row.get(0)?,
        channel: Channel::parse(&channel).ok_or_else(broken)?,
        kind: kind(&row.get::<String>(2)?)?,
        about: About::read(row, 3)?,
        made: row.get(7)?,
        state: State::parse(&state).ok_or_else(broken)?,
        tries: row.get(9)?,
        next: row.get(10)?,
        login: row.get(11)?,
        url: row.get(12)?,
        fault: fault.and_then(|name| Why::parse(&name)),
    })
}

/// A try of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// When it began.
    pub at: Instant,
    /// How long it took, in milliseconds.
    pub millis: i64,
    /// Why it failed; `None`: it was taken.
    pub fault: Option<Why>,
    /// What the receiver answered.
    pub status: Option<i64>,
}

/// A message with its tries, the latest first; `None` when there is no such one.
pub fn outbox_sheet(tx: &mut Tx<'_>, actor: &Actor, id: OutboxId) -> Result<Option<(OutboxLine, Vec<Try>)>> {
    authorise(actor, Action::OutboxRead, Scope::District)?;
    let Some(mut row) = tx.find(&store::MESSAGE, params![id])? else { return Ok(None) };
    let line = line(&mut row)?;
    let mut tries = Vec::new();
    for mut row in tx.query(&store::DELIVERIES, params![id])? {
        let fault: Option<String> = row.get(2)?;
        let fault = fault.and_then(|name| Why::parse(&name));
        tries.push(Try { at: row.get(0)?, millis: row.get(1)?, fault, status: row.get(3)? });
    }
    Ok(Some((line, tries)))
}

/// Sends a message once more, by hand: one that was given up, or that its receiver has lost. It keeps its id.
pub fn replay(tx: &mut Tx<'_>, call: &mut Call<'_>, id: OutboxId, wall: Instant) -> Result<()> {
    call.tries(Action::OutboxReplay, id.uuid());
    call.authorise(Action::OutboxReplay, Scope::District)?;
    if tx.find(&store::MESSAGE, params![id])?.is_none() {
        return Err(Error::Absent("message"));
    }
    if tx.execute(&store::REPLAY, params![id, wall])? == 0 {
        return Err(Refusal::new("notices-refused-waiting").into());
    }
    record(tx, call, Entry { action: Action::OutboxReplay, objects: &[id.uuid()], fields: "state" })
}
