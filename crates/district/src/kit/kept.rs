//! Readings kept in memory until the ground they stand on changes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use db::Tx;

use super::{Error, Result, ground};

/// Readings by key, each made once for a version of the ground ([`ground`]): the register, the handbook, the stations.
///
/// Every transaction asks which version it sees, so that nobody reads what is no longer true, and two that see different
/// versions do not mix.
#[derive(Debug)]
pub struct Kept<K, V> {
    most: usize,
    kept: Mutex<Version<K, V>>,
}

#[derive(Debug)]
struct Version<K, V> {
    number: i64,
    values: HashMap<K, Arc<V>>,
}

impl<K: Eq + Hash, V> Kept<K, V> {
    /// At most `most` readings at a time; when they are full, all are forgotten.
    pub fn at_most(most: usize) -> Self {
        Self { most, kept: Mutex::new(Version { number: 0, values: HashMap::new() }) }
    }

    /// The reading of a key, as the transaction sees the district.
    pub fn get(
        &self,
        tx: &mut Tx<'_>,
        key: K,
        read: impl FnOnce(&mut Tx<'_>, &K) -> Result<V>,
    ) -> Result<Arc<V>> {
        let read = |tx: &mut Tx<'_>, key: &K| read(tx, key).map(Some);
        self.find(tx, key, read)?.ok_or_else(|| Error::Internal("what was just read is not there".into()))
    }

    /// The same of something that may not be there; that it is not is asked anew each time.
    pub fn find(
        &self,
        tx: &mut Tx<'_>,
        key: K,
        read: impl FnOnce(&mut Tx<'_>, &K) -> Result<Option<V>>,
    ) -> Result<Option<Arc<V>>> {
        let seen = ground(tx)?;
        if let Some(kept) = self.kept(seen, &key) {
            return Ok(Some(kept));
        }
        // Read without the lock: others go on, and at worst a thing is read twice.
        let Some(fresh) = db::heavy(|| read(tx, &key))? else { return Ok(None) };
        let fresh = Arc::new(fresh);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.number == seen {
            if kept.values.len() >= self.most {
                kept.values.clear();
            }
            kept.values.insert(key, Arc::clone(&fresh));
        }
        Ok(Some(fresh))
    }

    fn kept(&self, seen: i64, key: &K) -> Option<Arc<V>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.number < seen {
            *kept = Version { number: seen, values: HashMap::new() };
        }
        if kept.number == seen { kept.values.get(key).map(Arc::clone) } else { None }
    }
}
