//! One's inbox, what is sent, and the programs that are told, for programs. Where one takes e-mail is kept, and secrets are
//! handed out, on a page.

use std::collections::BTreeSet;

use base::{Instant, Uuid};
use district::kit::{NoticeId, OutboxId, WebhookId};
use district::notices::{self as slice, About, InboxAsked, InboxLine, OutboxAsked, OutboxLine, Try};
use district::people::Action;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Page;
use super::operation::{Api, Nothing, once};
use super::register::OnlyRows;
use super::values::{
    After, Code, Limit, MessageState, NoticeChannel, NoticeKind, NoticeLanguage, NoticeThing, Time,
    Unsendable,
};
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let (own, read) = (Access::May(Action::NoticeOwn), Access::May(Action::OutboxRead));
    let (replayed, hooks) = (Access::May(Action::OutboxReplay), Access::May(Action::WebhookWrite));
    Api::of("api-group-notices")
        .read_each_time()
        .list("/api/v1/inbox", own, "inbox", inbox)
        .just("/api/v1/inbox/read", own, "inbox-read", read_all)
        .just("/api/v1/inbox/{notice}/read", own, "notice-read", read_one)
        .get("/api/v1/inbox/preferences", own, "notice-preferences", preferences)
        .put("/api/v1/inbox/preferences", own, "notice-choose", choose)
        .list("/api/v1/outbox", read, "outbox", outbox)
        .get("/api/v1/outbox/counts", read, "outbox-counts", counts)
        .get("/api/v1/outbox/{message}", read, "outbox-message", message)
        .just("/api/v1/outbox/{message}/replay", replayed, "outbox-replay", replay)
        .list("/api/v1/webhooks", hooks, "webhooks", webhooks)
        .put("/api/v1/webhooks/{webhook}/kinds", hooks, "webhook-kinds", change_webhook)
        .delete("/api/v1/webhooks/{webhook}", hooks, "webhook-end", end_webhook)
}

/// What something is about.
#[derive(Debug, Serialize, ToSchema)]
struct Concerns {
    /// What it is.
    thing: NoticeThing,
    /// Which, where there is more than one.
    id: Option<Uuid>,
    /// The public code of the thing or of its place; empty without one.
    code: String,
    /// How many things it is about.
    count: i64,
}

fn concerns(about: About) -> Concerns {
    Concerns { thing: Code(about.thing), id: about.id, code: about.code, count: about.count }
}

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
struct Notice {
    /// Its id.
    id: Uuid,
    /// What happened.
    kind: NoticeKind,
    /// To what.
    about: Concerns,
    /// When.
    at: Time,
    /// When it was marked read; null until then.
    read_at: Option<Time>,
}

fn notice(it: InboxLine) -> Notice {
    Notice {
        id: it.id.uuid(),
        kind: Code(it.kind),
        about: concerns(it.about),
        at: it.made.into(),
        read_at: it.read.map(Time),
    }
}

/// Which notices.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct InboxOf {
    /// Only what is not read?
    unread: Option<bool>,
    /// Only of this kind.
    kind: Option<NoticeKind>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// The instant and the id of a row that a list goes on after.
fn after_row(after: Option<&After>) -> Result<Option<(Instant, Uuid)>, Fault> {
    let Some(after) = after else { return Ok(None) };
    let key = after.read()?;
    let (at, id) = key.split_once(' ').ok_or(Fault::Absent)?;
    let at = at.parse().map(Instant::from_millis).map_err(|_| Fault::Absent)?;
    Ok(Some((at, Uuid::parse_str(id).map_err(|_| Fault::Absent)?)))
}

fn key_of(at: Instant, id: Uuid) -> After {
    After::key(&format!("{} {id}", at.millis()))
}

/// GET `/api/v1/inbox`: the newest first.
fn inbox(s: &Shell, _: Nothing, asked: InboxOf) -> Result<Page<Notice>, Fault> {
    let after = after_row(asked.after.as_ref())?.map(|(at, id)| (at, NoticeId::from_uuid(id)));
    let limit = asked.limit.unwrap_or_default().0.into();
    let kind = asked.kind.map(|Code(kind)| kind);
    let asked = InboxAsked { unread: asked.unread.unwrap_or(false), kind, after };
    let found = s.state.read(|tx| slice::inbox(tx, &s.actor, asked, limit))?;
    let next = found.lines.last().filter(|_| found.more).map(|last| key_of(last.made, last.id.uuid()));
    Ok(Page { items: found.lines.into_iter().map(notice).collect(), count: None, next })
}

/// POST `/api/v1/inbox/read`: all that is there now.
fn read_all(s: &Shell, posted: &Posted, _: Nothing) -> Result<(), Fault> {
    let until = s.now();
    once(s, posted, |tx, call| slice::mark_all_read(tx, call, until))
}

/// A notice.
#[derive(Debug, Deserialize, IntoParams)]
struct OfNotice {
    /// Its id.
    notice: Uuid,
}

/// POST `/api/v1/inbox/{notice}/read`.
fn read_one(s: &Shell, posted: &Posted, at: OfNotice) -> Result<(), Fault> {
    once(s, posted, |tx, call| slice::mark_read(tx, call, NoticeId::from_uuid(at.notice)))
}

/// A kind of notice, and a way beside the inbox by which one is told of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Choice {
    /// The kind.
    kind: NoticeKind,
    /// The way: `text`, `mail` or `chat`.
    channel: NoticeChannel,
}

/// By which ways one is told beside the inbox.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Choices {
    /// What was chosen.
    choices: Vec<Choice>,
    /// In which language it is sent; null: in Chinese and in English.
    language: Option<NoticeLanguage>,
}

/// GET `/api/v1/inbox/preferences`.
fn preferences(s: &Shell, _: Nothing, _: Nothing) -> Result<Choices, Fault> {
    let (chosen, language) =
        s.state.read(|tx| Ok((slice::choices(tx, &s.actor)?, slice::tongue(tx, &s.actor)?)))?;
    let choice = |(kind, channel)| Choice { kind: Code(kind), channel: Code(channel) };
    Ok(Choices { choices: chosen.into_iter().map(choice).collect(), language: language.map(Code) })
}

/// PUT `/api/v1/inbox/preferences`: what is not named is told in the inbox alone.
fn choose(s: &Shell, posted: &Posted, _: Nothing, sent: Choices) -> Result<(), Fault> {
    let chosen: BTreeSet<_> = sent.choices.iter().map(|it| (it.kind.0, it.channel.0)).collect();
    let language = sent.language.map(|it| it.0);
    once(s, posted, |tx, call| {
        slice::choose(tx, call, &chosen)?;
        slice::choose_tongue(tx, call, language)
    })
}

/// A message of the outbox.
#[derive(Debug, Serialize, ToSchema)]
struct Message {
    /// Its id, which goes with it each time it is sent.
    id: Uuid,
    /// By what it goes.
    channel: NoticeChannel,
    /// What happened.
    kind: NoticeKind,
    /// To what.
    about: Concerns,
    /// When it was told.
    at: Time,
    /// Where it stands.
    state: MessageState,
    /// Tries so far.
    tries: i64,
    /// When it is tried next; null unless it waits.
    next_at: Option<Time>,
    /// The login of the account it is for; null for a program or a resident.
    login: Option<String>,
    /// The address of the program it is for.
    url: Option<String>,
    /// Why the latest try failed.
    fault: Option<Unsendable>,
}

fn sent_message(it: OutboxLine) -> Message {
    let waits = it.state == slice::State::Waiting;
    Message {
        id: it.id.uuid(),
        channel: Code(it.channel),
        kind: Code(it.kind),
        about: concerns(it.about),
        at: it.made.into(),
        state: Code(it.state),
        tries: it.tries,
        next_at: waits.then_some(Time(it.next)),
        login: it.login,
        url: it.url,
        fault: it.fault.map(Code),
    }
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct OutboxOf {
    /// Only by this way.
    channel: Option<NoticeChannel>,
    /// Only what stands so.
    state: Option<MessageState>,
    /// Only of this program.
    webhook: Option<Uuid>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// GET `/api/v1/outbox`: the newest first.
fn outbox(s: &Shell, _: Nothing, asked: OutboxOf) -> Result<Page<Message>, Fault> {
    let after = after_row(asked.after.as_ref())?.map(|(at, id)| (at, OutboxId::from_uuid(id)));
    let limit = asked.limit.unwrap_or_default().0.into();
    let asked = OutboxAsked {
        channel: asked.channel.map(|Code(it)| it),
        state: asked.state.map(|Code(it)| it),
        webhook: asked.webhook.map(WebhookId::from_uuid),
        after,
    };
    let (lines, more) = s.state.read(|tx| slice::outbox(tx, &s.actor, asked, limit))?;
    let next = lines.last().filter(|_| more).map(|last| key_of(last.made, last.id.uuid()));
    Ok(Page { items: lines.into_iter().map(sent_message).collect(), count: None, next })
}

/// How many messages of a channel stand so.
#[derive(Debug, Serialize, ToSchema)]
struct MessageCount {
    /// By what they go.
    channel: NoticeChannel,
    /// Where they stand.
    state: MessageState,
    /// How many.
    messages: i64,
}

/// How many messages there are.
#[derive(Debug, Serialize, ToSchema)]
struct MessageCounts {
    /// Every channel and state.
    counts: Vec<MessageCount>,
}

/// GET `/api/v1/outbox/counts`.
fn counts(s: &Shell, _: Nothing, _: Nothing) -> Result<MessageCounts, Fault> {
    let counted = s.state.read(|tx| slice::counts(tx, &s.actor))?;
    let count = |it: slice::Count| MessageCount {
        channel: Code(it.channel),
        state: Code(it.state),
        messages: it.messages,
    };
    Ok(MessageCounts { counts: counted.into_iter().map(count).collect() })
}

/// A message.
#[derive(Debug, Deserialize, IntoParams)]
struct OfMessage {
    /// Its id.
    message: Uuid,
}

/// A try of a message.
#[derive(Debug, Serialize, ToSchema)]
struct Delivery {
    /// When it began.
    at: Time,
    /// How long it took, in milliseconds.
    millis: i64,
    /// Why it failed; null when it was taken.
    fault: Option<Unsendable>,
    /// What the receiver answered, as a number of HTTP or SMTP.
    status: Option<i64>,
}

fn delivery(it: Try) -> Delivery {
    Delivery { at: it.at.into(), millis: it.millis, fault: it.fault.map(Code), status: it.status }
}

/// A message with its tries.
#[derive(Debug, Serialize, ToSchema)]
struct MessageDetails {
    /// The message.
    message: Message,
    /// Its tries, the latest first.
    deliveries: Vec<Delivery>,
}

/// GET `/api/v1/outbox/{message}`.
fn message(s: &Shell, at: OfMessage, _: Nothing) -> Result<MessageDetails, Fault> {
    let id = OutboxId::from_uuid(at.message);
    let found = s.state.read(|tx| slice::outbox_sheet(tx, &s.actor, id))?;
    let (line, tries) = found.ok_or(Fault::Absent)?;
    Ok(MessageDetails { message: sent_message(line), deliveries: tries.into_iter().map(delivery).collect() })
}

/// POST `/api/v1/outbox/{message}/replay`.
fn replay(s: &Shell, posted: &Posted, at: OfMessage) -> Result<(), Fault> {
    let (id, wall) = (OutboxId::from_uuid(at.message), s.state.wall());
    once(s, posted, |tx, call| slice::replay(tx, call, id, wall))
}

/// A program that is told.
#[derive(Debug, Serialize, ToSchema)]
struct Webhook {
    /// Its id.
    id: Uuid,
    /// Its address.
    url: String,
    /// Of what it is told.
    kinds: Vec<NoticeKind>,
    /// Since when.
    since: Time,
    /// Since when it is told no more.
    ended_at: Option<Time>,
    /// Until when the secret before signs too.
    older_until: Option<Time>,
    /// Messages that wait.
    waiting: i64,
    /// Messages that were sent.
    sent: i64,
    /// Messages that were given up.
    given_up: i64,
}

fn webhook(it: slice::Webhook) -> Webhook {
    let [waiting, sent, given_up] = it.messages;
    Webhook {
        id: it.id.uuid(),
        url: it.url,
        kinds: it.kinds.into_iter().map(Code).collect(),
        since: it.made.into(),
        ended_at: it.ended.map(Time),
        older_until: it.older_until.map(Time),
        waiting,
        sent,
        given_up,
    }
}

/// GET `/api/v1/webhooks`.
fn webhooks(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<Webhook>, Fault> {
    let all = s.state.read(|tx| slice::webhook_list(tx, &s.actor))?;
    let page = Page::cut(all, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?;
    Ok(page.map(webhook))
}

/// A program that is told.
#[derive(Debug, Deserialize, IntoParams)]
struct OfWebhook {
    /// Its id.
    webhook: Uuid,
}

/// Of what a program is told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToldOf {
    /// The kinds: at least one, and none that is somebody's own.
    kinds: Vec<NoticeKind>,
}

/// PUT `/api/v1/webhooks/{webhook}/kinds`.
fn change_webhook(s: &Shell, posted: &Posted, at: OfWebhook, sent: ToldOf) -> Result<(), Fault> {
    let kinds: Vec<_> = sent.kinds.iter().map(|kind| kind.0).collect();
    once(s, posted, |tx, call| slice::change_webhook(tx, call, WebhookId::from_uuid(at.webhook), &kinds))
}

/// DELETE `/api/v1/webhooks/{webhook}`: from now on.
fn end_webhook(s: &Shell, posted: &Posted, at: OfWebhook) -> Result<(), Fault> {
    once(s, posted, |tx, call| slice::end_webhook(tx, call, WebhookId::from_uuid(at.webhook)))
}
