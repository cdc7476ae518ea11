//! Passwords: argon2id, two at a time.

use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};

use crate::kit::{Error, Refusal, Result};

/// Hashes at a time: each takes 19 MiB and a core for some tens of milliseconds, and pages must go on.
const AT_A_TIME: usize = 2;
/// A password's least length in characters: long is what makes it hard to guess (NIST SP 800-63B, 3.1.1.2).
const SHORTEST: usize = 12;
/// A password's length in bytes that is still hashed: longer ones are an attack, not a memory.
const LONGEST: usize = 1024;

/// Makes and checks password hashes. It blocks: call it where blocking is allowed.
#[derive(Debug, Default)]
pub struct Passwords {
    busy: Mutex<usize>,
    free: Condvar,
    decoy: OnceLock<Option<String>>,
}

impl Passwords {
    /// Argon2id as a PHC string (19 MiB, 2 passes: OWASP's recommendation of 2024), with this salt.
    pub fn hash(&self, password: &str, salt: [u8; 16]) -> Result<String> {
        let _turn = self.turn();
        hash(password, salt)
    }

    /// Refuses a new password that is too short or too long.
    pub fn check_new(password: &str) -> Result<()> {
        if password.chars().count() < SHORTEST || password.len() > LONGEST {
            return Err(Refusal::new("people-refused-password")
                .with("shortest", SHORTEST)
                .with("longest", LONGEST)
                .at("password")
                .into());
        }
        Ok(())
    }

    /// Is this the password? Without a hash to compare with it takes as long and says no, so that the time does not
    /// tell which logins exist.
    pub fn matches(&self, password: &str, hashed: Option<&str>) -> bool {
        if password.len() > LONGEST {
            return false;
        }
        let _turn = self.turn();
        let decoy = || self.decoy.get_or_init(|| hash("decoy", [7; 16]).ok()).as_deref();
        let Some(text) = hashed.or_else(decoy) else { return false };
        let Ok(phc) = PasswordHash::new(text) else { return false };
        let equal = Argon2::default().verify_password(password.as_bytes(), &phc).is_ok();
        equal && hashed.is_some()
    }

    fn turn(&self) -> Turn<'_> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        while *busy >= AT_A_TIME {
            busy = self.free.wait(busy).unwrap_or_else(PoisonError::into_inner);
        }
        *busy += 1;
        Turn { passwords: self }
    }
}

/// One of the places; given back when dropped.
struct Turn<'a> {
    passwords: &'a Passwords,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.passwords.busy.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.passwords.free.notify_one();
    }
}

fn hash(password: &str, salt: [u8; 16]) -> Result<String> {
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|phc| phc.to_string())
        .map_err(|error| Error::Internal(format!("argon2: {error}")))
}
