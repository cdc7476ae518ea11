//! Readings kept in memory until the ground they stand on changes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use db::Tx;

use super::{Error, Result, ground, reach, version};

/// Readings by key, each made once for a version of the ground ([`ground`]): the register, the handbook, the stations.
///
/// Every transaction asks which version it sees, so that nobody reads what is no longer true, and two that see different
/// versions do not mix. Who asks for what is just being read waits for it: thirty readers of one page read it once.
#[derive(Debug)]
pub struct Kept<K, V> {
    most: usize,
    counter: fn(&mut Tx<'_>) -> Result<i64>,
    readings: Mutex<Version<K, V>>,
}

#[derive(Debug)]
struct Version<K, V> {
    number: i64,
    slots: HashMap<K, Arc<Slot<V>>>,
}

/// The place of a reading.
#[derive(Debug)]
struct Slot<V> {
    value: OnceLock<Arc<V>>,
    being_read: Mutex<()>,
}

impl<K: Eq + Hash + Clone, V> Kept<K, V> {
    /// At most `most` readings at a time; when they are full, all are forgotten.
    pub fn at_most(most: usize) -> Self {
        Self { most, counter: ground, readings: Mutex::new(Version { number: 0, slots: HashMap::new() }) }
    }

    /// The same for readings that any change may end, and not the ground's alone.
    #[must_use]
    pub fn until_any_change(self) -> Self {
        Self { counter: version, ..self }
    }

    /// The same for readings of how far households are reached, which what is told of them ends as well as the ground.
    #[must_use]
    pub fn until_reach_moves(self) -> Self {
        Self { counter: reach, ..self }
    }

    /// The reading of a key, as the transaction sees the district.
    ///
    /// A reading may ask for others, but never, however far, for itself: it would wait for ever.
    pub fn get(
        &self,
        tx: &mut Tx<'_>,
        key: &K,
        read: impl FnOnce(&mut Tx<'_>) -> Result<V>,
    ) -> Result<Arc<V>> {
        let read = |tx: &mut Tx<'_>| read(tx).map(Some);
        self.find(tx, key, read)?.ok_or_else(|| Error::Internal("what was just read is not there".into()))
    }

    /// The same of something that may not be there; that it is not is asked anew each time.
    pub fn find(
        &self,
        tx: &mut Tx<'_>,
        key: &K,
        read: impl FnOnce(&mut Tx<'_>) -> Result<Option<V>>,
    ) -> Result<Option<Arc<V>>> {
        let slot = self.slot((self.counter)(tx)?, key);
        if let Some(value) = slot.value.get() {
            return Ok(Some(Arc::clone(value)));
        }
        db::heavy(|| {
            let _alone = slot.being_read.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(value) = slot.value.get() {
                return Ok(Some(Arc::clone(value)));
            }
            let Some(fresh) = read(tx)? else {
                self.forget(key, &slot);
                return Ok(None);
            };
            Ok(Some(Arc::clone(slot.value.get_or_init(|| Arc::new(fresh)))))
        })
    }

    /// Takes away the place of what is not there: who asks for what nobody has takes no room from others.
    fn forget(&self, key: &K, slot: &Arc<Slot<V>>) {
        let mut kept = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.slots.get(key).is_some_and(|there| Arc::ptr_eq(there, slot)) {
            kept.slots.remove(key);
        }
    }

    /// The place of a key's reading for a version; one of its own for who sees an older version than others do.
    fn slot(&self, seen: i64, key: &K) -> Arc<Slot<V>> {
        let mut kept = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.number < seen {
            *kept = Version { number: seen, slots: HashMap::new() };
        }
        if kept.number > seen {
            return Arc::default();
        }
        if let Some(slot) = kept.slots.get(key) {
            return Arc::clone(slot);
        }
        if kept.slots.len() >= self.most {
            kept.slots.clear();
        }
        Arc::clone(kept.slots.entry(key.clone()).or_default())
    }
}

impl<V> Default for Slot<V> {
    fn default() -> Self {
        Self { value: OnceLock::new(), being_read: Mutex::new(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    testkit::db_test!(many_who_ask_at_once_read_once, crate::MIGRATIONS, |db| {
        let (kept, reads, start) = (Kept::at_most(2), AtomicUsize::new(0), Barrier::new(8));
        let ask = |key: i64| {
            db.read(|tx| {
                kept.get(tx, &key, |_| {
                    reads.fetch_add(1, Ordering::Relaxed);
                    // Long enough for the others to come.
                    std::thread::yield_now();
                    Ok(key * 2)
                })
            })
            .unwrap()
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    start.wait();
                    assert_eq!(*ask(21), 42);
                });
            }
        });
        assert_eq!(reads.load(Ordering::Relaxed), 1);
        // Two fit; the third makes all be forgotten.
        assert_eq!((*ask(1), *ask(2), *ask(21)), (2, 4, 42));
        assert_eq!(reads.load(Ordering::Relaxed), 4);
    });

    testkit::db_test!(what_is_not_there_and_what_failed_is_asked_for_again, crate::MIGRATIONS, |db| {
        let kept = Kept::<i64, i64>::at_most(4);
        assert!(db.read(|tx| kept.find(tx, &1, |_| Ok(None))).unwrap().is_none());
        assert!(db.read(|tx| kept.find(tx, &1, |_| Err(Error::Absent("town")))).is_err());
        assert_eq!(*db.read(|tx| kept.get(tx, &1, |_| Ok(7))).unwrap(), 7);
    });
}
