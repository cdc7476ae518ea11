//! Who calls an operation, when, and with which fresh ids.

use base::{Day, IdSource as _, Instant, SeededIds, Uuid};

use super::Actor;

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
}

impl<'a> Call<'a> {
    /// A call by `actor` at `now`; `seed` is fresh randomness from the edge of the program.
    pub fn new(actor: &'a Actor, now: Instant, seed: u64) -> Self {
        Self { actor, now, ids: SeededIds::new(seed) }
    }

    /// The day it is.
    pub fn today(&self) -> Day {
        self.now.day()
    }

    /// A fresh id.
    pub fn id<T: Id>(&mut self) -> T {
        T::from_uuid(self.ids.next(self.now))
    }
}
