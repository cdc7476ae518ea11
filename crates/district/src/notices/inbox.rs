//! One's own inbox (消息).

use base::Instant;
use db::{ListQuery, Row, Tx, params};

use super::kinds::Kind;
use super::store;
use super::tell::About;
use crate::kit::{AccountId, Actor, Call, Entry, Error, NoticeId, Result, record};
use crate::people::{Action, own_account};

/// A notice in an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxLine {
    /// Its id.
    pub id: NoticeId,
    /// What happened.
    pub kind: Kind,
    /// To what.
    pub about: About,
    /// When.
    pub made: Instant,
    /// When its reader marked it read.
    pub read: Option<Instant>,
}

/// What is asked of an inbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InboxAsked {
    /// Only what is not read?
    pub unread: bool,
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Go on after this one.
    pub after: Option<(Instant, NoticeId)>,
}

/// A page of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    /// Its notices, the newest first.
    pub lines: Vec<InboxLine>,
    /// Are there more?
    pub more: bool,
    /// How many are not read, whatever was asked.
    pub unread: i64,
}

/// The inbox of whoever asks, at most so many notices at a time.
pub fn inbox(tx: &mut Tx<'_>, actor: &Actor, asked: InboxAsked, limit: i64) -> Result<Inbox> {
    let account = own_account(actor, Action::NoticeOwn)?;
    let list = &store::INBOX;
    let kind = asked.kind.map(|kind| ("kind", kind.as_str()));
    let filters = [asked.unread.then_some(("unread", "yes")), kind].into_iter().flatten();
    let filters = filters.filter_map(|(name, value)| Some((list.filter(name)?, value.into())));
    let query = ListQuery {
        base: vec![account.into()],
        filters: filters.collect(),
        descending: true,
        after: asked.after.map(|(at, id)| (at.into(), id.into())),
        limit: Some(limit),
        ..ListQuery::default()
    };
    let mut page = list.page(tx, &query)?;
    let lines = page.rows.iter_mut().map(line).collect::<Result<_>>()?;
    Ok(Inbox { lines, more: page.more, unread: unread(tx, account)? })
}

fn unread(tx: &mut Tx<'_>, account: AccountId) -> Result<i64> {
    Ok(tx.one(&store::UNREAD, params![account])?.get(0)?)
}

pub(super) fn line(row: &mut Row) -> Result<InboxLine> {
    Ok(InboxLine {
        id: row.get(0)?,
        kind: kind(&row.get::<String>(1)?)?,
        about: About::read(row, 2)?,
        made: row.get(6)?,
        read: row.get(7)?,
    })
}

/// The kind that a row names.
pub(super) fn kind(name: &str) -> Result<Kind> {
    Kind::parse(name).ok_or_else(|| Error::Internal(format!("no notice is a {name}")))
}

/// Marks a notice read; one that was is left as it is.
pub fn mark_read(tx: &mut Tx<'_>, call: &mut Call<'_>, id: NoticeId) -> Result<()> {
    let account = call.own_account(Action::NoticeOwn)?;
    if tx.execute(&store::MARK_READ, params![id, account, call.now])? == 0 {
        return Err(Error::Absent("notice"));
    }
    record(tx, call, Entry { action: Action::NoticeOwn, objects: &[id.uuid()], fields: "read_at" })
}

/// Marks all read that was there at a time: what came since was not seen.
pub fn mark_all_read(tx: &mut Tx<'_>, call: &mut Call<'_>, until: Instant) -> Result<()> {
    let account = call.own_account(Action::NoticeOwn)?;
    tx.execute(&store::MARK_ALL_READ, params![account, call.now, until])?;
    record(tx, call, Entry { action: Action::NoticeOwn, objects: &[], fields: "read_at" })
}
