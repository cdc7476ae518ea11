//! The keys of a vault: the one it seals with, and those that it still opens with while everything is sealed anew.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};

use super::NONCE;
use crate::kit::requests::keyed_hash;

/// A key as it is used.
struct Keyed {
    cipher: Aes256Gcm,
    mark: String,
    telephones: [u8; 32],
}

impl Keyed {
    fn new(key: &[u8; 32]) -> Self {
        // A mark names a key without telling it: eight bytes of a keyed hash.
        let mark = base::hex(&keyed_hash(key, b"lilong key")[..8]);
        let telephones = keyed_hash(key, b"lilong telephones");
        Self { cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key)), mark, telephones }
    }
}

/// Keys, the newest first; never empty.
pub(super) struct Ring {
    newest: Keyed,
    older: Vec<Keyed>,
}

/// Which key opened something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    /// The newest.
    Newest,
    /// An older one: it is to be sealed anew.
    Older,
}

impl Ring {
    pub(super) fn new(newest: &[u8; 32], older: &[[u8; 32]]) -> Self {
        Self { newest: Keyed::new(newest), older: older.iter().map(Keyed::new).collect() }
    }

    /// What names the newest key.
    pub(super) fn mark(&self) -> &str {
        &self.newest.mark
    }

    /// Is the key of this mark on the ring?
    pub(super) fn has(&self, mark: &str) -> bool {
        self.newest.mark == mark || self.older.iter().any(|key| key.mark == mark)
    }

    /// What a telephone is found by under each key, the newest first.
    pub(super) fn telephone_indices(&self, digits: &str) -> Vec<[u8; 32]> {
        let keys = std::iter::once(&self.newest).chain(&self.older);
        keys.map(|key| keyed_hash(&key.telephones, digits.as_bytes())).collect()
    }

    /// Seals with the newest key; `None` when it is too long.
    pub(super) fn seal(&self, nonce: [u8; NONCE], about: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        self.newest.cipher.encrypt(&Nonce::from(nonce), Payload { msg: bytes, aad: about }).ok()
    }

    /// Opens with whichever key fits.
    pub(super) fn open(&self, nonce: [u8; NONCE], about: &[u8], sealed: &[u8]) -> Option<(Opened, Vec<u8>)> {
        let open =
            |key: &Keyed| key.cipher.decrypt(&Nonce::from(nonce), Payload { msg: sealed, aad: about }).ok();
        open(&self.newest)
            .map(|bytes| (Opened::Newest, bytes))
            .or_else(|| self.older.iter().find_map(open).map(|bytes| (Opened::Older, bytes)))
    }
}
