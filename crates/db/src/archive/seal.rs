//! How frames are sealed: open to anyone with a sum against damage, or encrypted with a key from a passphrase.
//!
//! Each frame is bound to the archive's beginning, to its number and to whether it is the last (the STREAM construction
//! of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), so that frames cannot be left out, exchanged or cut off unseen.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::header::{Hex, KeySource};
use super::{ArchiveError, Passphrase};

/// Readable by anyone, with a SHA-256 for each frame.
const PLAIN: u8 = 0;
/// AES-256-GCM. SM4-GCM will be another number.
const AES_256_GCM: u8 = 1;

/// The name of the function in an archive.
const FUNCTION: &str = "argon2id";
/// Length of a key and of what tells a wrong passphrase from damage, in bytes.
const DERIVED: usize = 32 + 16;

/// What one guess of a passphrase costs (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Times the memory is gone through.
    pub passes: u32,
    /// Parts of the memory that could be filled side by side.
    pub lanes: u32,
}

impl Cost {
    /// The second recommendation of RFC 9106, 4: 64 MiB, three passes, four lanes. A third of a second on a small machine.
    pub const RECOMMENDED: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
    /// The most that is taken from an archive: a damaged or hostile one may not ask for all memory.
    const MOST: Self = Self { memory_kib: 1024 * 1024, passes: 64, lanes: 64 };

    fn derive(self, text: &[u8], salt: &[u8; 16]) -> Result<[u8; DERIVED], ArchiveError> {
        let within = self.memory_kib <= Self::MOST.memory_kib
            && self.passes <= Self::MOST.passes
            && self.lanes <= Self::MOST.lanes;
        if !within {
            return Err(ArchiveError::Key(format!("{self:?} is more than this program spends on a key")));
        }
        let failed = |error: argon2::Error| ArchiveError::Key(error.to_string());
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(DERIVED)).map_err(failed)?;
        let mut derived = [0; DERIVED];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(text, salt, &mut derived)
            .map_err(failed)?;
        Ok(derived)
    }
}

/// How the frames of one archive are sealed.
pub(super) enum Seal {
    Plain,
    Aes256Gcm(Box<Aes256Gcm>),
}

impl Seal {
    /// The algorithm's number in the archive.
    pub(super) fn algorithm(&self) -> u8 {
        match self {
            Self::Plain => PLAIN,
            Self::Aes256Gcm(_) => AES_256_GCM,
        }
    }

    /// A new seal, and what the archive says about its key.
    pub(super) fn new(
        passphrase: Option<&Passphrase<'_>>,
    ) -> Result<(Self, Option<KeySource>), ArchiveError> {
        let Some(passphrase) = passphrase else { return Ok((Self::Plain, None)) };
        let derived = passphrase.cost.derive(passphrase.text, &passphrase.salt)?;
        let (seal, check) = Self::of(&derived);
        let (cost, salt) = (passphrase.cost, Hex(passphrase.salt));
        Ok((seal, Some(KeySource { function: FUNCTION.into(), cost, salt, check })))
    }

    /// The seal of an archive that is read.
    pub(super) fn known(
        algorithm: u8,
        source: Option<&KeySource>,
        passphrase: Option<&[u8]>,
    ) -> Result<Self, ArchiveError> {
        match (algorithm, source, passphrase) {
            (PLAIN, _, None) => Ok(Self::Plain),
            (PLAIN, _, Some(_)) => Err(ArchiveError::NotSealed),
            (AES_256_GCM, _, None) => Err(ArchiveError::Sealed),
            (AES_256_GCM, Some(source), Some(text)) if source.function == FUNCTION => {
                let (seal, check) = Self::of(&source.cost.derive(text, &source.salt.0)?);
                if check == source.check { Ok(seal) } else { Err(ArchiveError::WrongPassphrase) }
            }
            (AES_256_GCM, ..) => Err(ArchiveError::damaged("how its key is made")),
            (unknown, ..) => Err(ArchiveError::UnknownAlgorithm(unknown)),
        }
    }

    fn of(derived: &[u8; DERIVED]) -> (Self, Hex<16>) {
        let (mut key, mut check) = ([0; 32], [0; 16]);
        key.copy_from_slice(&derived[..32]);
        check.copy_from_slice(&derived[32..]);
        (Self::Aes256Gcm(Box::new(Aes256Gcm::new(&Key::<Aes256Gcm>::from(key)))), Hex(check))
    }

    /// Closes a frame.
    pub(super) fn close(&self, place: &Place, frame: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        match self {
            Self::Plain => Ok([frame, &place.sum(frame)].concat()),
            Self::Aes256Gcm(cipher) => cipher
                .encrypt(&Nonce::from(place.nonce()), Payload { msg: frame, aad: &place.about() })
                .map_err(|_| ArchiveError::Key("a frame is too long to be sealed".into())),
        }
    }

    /// Opens a frame; `None` when it is not what was closed at this place.
    pub(super) fn open(&self, place: &Place, closed: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Plain => {
                let (frame, sum) = closed.split_at_checked(closed.len().checked_sub(32)?)?;
                (sum == place.sum(frame)).then(|| frame.to_vec())
            }
            Self::Aes256Gcm(cipher) => {
                cipher.decrypt(&Nonce::from(place.nonce()), Payload { msg: closed, aad: &place.about() }).ok()
            }
        }
    }
}

/// Where a frame stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// SHA-256 of the archive's beginning.
    pub binding: [u8; 32],
    /// From 0, without a gap.
    pub number: u64,
    /// Whether no frame follows.
    pub last: bool,
}

impl Place {
    /// What is authenticated with a frame.
    fn about(&self) -> [u8; 41] {
        let mut about = [0; 41];
        about[..32].copy_from_slice(&self.binding);
        about[32..40].copy_from_slice(&self.number.to_be_bytes());
        about[40] = self.last.into();
        about
    }

    fn sum(&self, frame: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update(self.about()).chain_update(frame).finalize().into()
    }

    /// Four zeros and the frame's number: the key is of this archive alone, so a counter never repeats under it.
    fn nonce(&self) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&self.number.to_be_bytes());
        nonce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

    fn sealed() -> Seal {
        Seal::new(Some(&Passphrase { text: b"four words put together", salt: [7; 16], cost: SMALL }))
            .unwrap()
            .0
    }

    #[test]
    fn a_frame_opens_at_its_own_place_alone() {
        let place = Place { binding: [1; 32], number: 3, last: false };
        for seal in [Seal::Plain, sealed()] {
            let closed = seal.close(&place, b"rows").unwrap();
            assert_eq!(seal.open(&place, &closed).as_deref(), Some(&b"rows"[..]));
            for other in [
                Place { number: 4, ..place },
                Place { last: true, ..place },
                Place { binding: [2; 32], ..place },
            ] {
                assert_eq!(seal.open(&other, &closed), None);
            }
            for at in 0..closed.len() {
                let mut changed = closed.clone();
                changed[at] ^= 1;
                assert_eq!(seal.open(&place, &changed), None);
                assert_eq!(seal.open(&place, &closed[..at]), None);
            }
        }
        assert!(!sealed().close(&place, b"rows").unwrap().windows(4).any(|part| part == b"rows"));
    }

    #[test]
    fn a_key_that_would_take_all_memory_is_not_derived() {
        let hostile = Cost { memory_kib: u32::MAX, passes: 1, lanes: 1 };
        assert!(matches!(hostile.derive(b"x", &[0; 16]), Err(ArchiveError::Key(_))));
    }
}
