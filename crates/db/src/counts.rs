//! What a database was asked for since it was opened, for whoever watches the program.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that any thread may count up.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    reads: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    lost: AtomicU64,
}

/// How many transactions there were since the database was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Reading transactions.
    pub reads: u64,
    /// Writing transactions.
    pub writes: u64,
    /// How often one lost a race and ran again.
    pub retries: u64,
    /// How many lost the race at every try and were given up.
    pub lost: u64,
}

/// The connections to a database at this moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Connections {
    /// Open ones.
    pub open: usize,
    /// Those of them that nobody uses.
    pub idle: usize,
    /// Transactions that wait for one.
    pub waiting: usize,
}

impl Counts {
    pub(crate) fn read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn written(&self) {
        self.writes.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn lost(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn counted(&self) -> Counted {
        Counted {
            reads: self.reads.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
        }
    }
}
