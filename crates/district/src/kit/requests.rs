//! A request that was answered before is answered the same, and done once.

use base::Uuid;
use db::{Tx, params};
use sha2::{Digest as _, Sha256};

use super::{Call, Error, Refusal, Result, store};

/// A form or POST with the key that was made when its page was shown.
#[derive(Debug, Clone)]
pub struct Request {
    /// The key (UUIDv7).
    pub key: Uuid,
    /// SHA-256 of the body.
    pub body_hash: Vec<u8>,
}

impl Request {
    /// A request with this key and body.
    pub fn new(key: Uuid, body: &[u8]) -> Self {
        Self { key, body_hash: Sha256::digest(body).to_vec() }
    }
}

/// The answer of an earlier, equal request; refuses another body, or another account, under the same key.
pub fn answered(tx: &mut Tx<'_>, call: &Call<'_>, request: &Request) -> Result<Option<String>> {
    let Some(mut row) = tx.find(&store::REQUEST, params![request.key])? else { return Ok(None) };
    let account: Option<Uuid> = row.get(0)?;
    let hash: Vec<u8> = row.get(1)?;
    if hash != request.body_hash || account != call.actor.account.map(super::AccountId::uuid) {
        return Err(Error::Refused(Refusal::new("kit-refused-key-used")));
    }
    Ok(Some(row.get(2)?))
}

/// Keeps the answer, in the transaction of the operation itself.
pub fn keep(tx: &mut Tx<'_>, call: &Call<'_>, request: &Request, answer: &str) -> Result<()> {
    tx.execute(
        &store::KEEP_REQUEST,
        params![request.key, call.actor.account, request.body_hash.clone(), answer, call.now],
    )?;
    Ok(())
}

/// Runs an operation once: an equal request gets the kept answer.
pub fn once(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    request: &Request,
    operation: impl FnOnce(&mut Tx<'_>, &mut Call<'_>) -> Result<String>,
) -> Result<String> {
    if let Some(answer) = answered(tx, call, request)? {
        return Ok(answer);
    }
    let answer = operation(tx, call)?;
    keep(tx, call, request, &answer)?;
    Ok(answer)
}
