//! Who calls an operation, when, and with which fresh ids.

use std::cell::Cell;

use base::{Day, IdSource as _, Instant, SeededIds, Uuid};

use super::{AccountId, Actor, Result, Scope, Tried};
use crate::people::{Action, authorise, own_account};

/// An id type.
pub trait Id {
    /// This UUID, meant as this id.
    fn from_uuid(uuid: Uuid) -> Self;
}

/// One call of an operation: the actor, the time, and ids from a seed drawn before the transaction began.
///
/// A transaction may run again, and then it has to make the same ids: clone the call inside the closure.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// Who acts.
    pub actor: &'a Actor,
    /// When.
    pub now: Instant,
    ids: SeededIds,
    tried: Cell<Option<Tried>>,
}

impl<'a> Call<'a> {
    /// A call by `actor` at `now`; `seed` is fresh randomness from the edge of the program.
    pub fn new(actor: &'a Actor, now: Instant, seed: u64) -> Self {
        Self { actor, now, ids: SeededIds::new(seed), tried: Cell::new(None) }
    }

    /// The day it is.
    pub fn today(&self) -> Day {
        self.now.day()
    }

    /// Asks permission, and says by that what is being done.
    pub fn authorise(&self, action: Action, scope: Scope) -> Result<()> {
        self.tries(action, scope.object());
        authorise(self.actor, action, scope)
    }

    /// The account of whoever does something about themselves.
    pub(crate) fn own_account(&self, action: Action) -> Result<AccountId> {
        self.tries(action, self.actor.account.map(AccountId::uuid));
        own_account(self.actor, action)
    }

    /// Says what is being done, and with which thing, for the record if it is refused. A thing that was named stays named.
    pub fn tries(&self, action: Action, object: impl Into<Option<Uuid>>) {
        let before = self.tried.get().and_then(|tried| tried.object);
        self.tried.set(Some(Tried { action, object: object.into().or(before) }));
    }

    /// What was being done.
    pub fn tried(&self) -> Option<Tried> {
        self.tried.get()
    }

    /// Passes over an id, which a copy of this call has used.
    pub(super) fn skip(&mut self) {
        self.ids.next(self.now);
    }

    /// A fresh id.
    pub fn id<T: Id>(&mut self) -> T {
        T::from_uuid(self.ids.next(self.now))
    }
}
