//! A request that was answered before is answered the same, and done once.

use base::Uuid;
use db::{Tx, params};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{Actor, Call, Error, Refusal, Result, store};

/// A form or POST with the key that was made when its page was shown.
#[derive(Debug, Clone)]
pub struct Request {
    /// The key (UUIDv7).
    pub key: Uuid,
    /// HMAC-SHA-256 of the body.
    body_hash: Vec<u8>,
}

impl Request {
    /// A request with this key and body. What is kept of the body is keyed by the district's secret: a form holds names
    /// and telephones, and of a bare hash they could be guessed.
    pub fn new(key: Uuid, body: &[u8], secret: &[u8; 32]) -> Self {
        Self { key, body_hash: keyed_hash(secret, body).to_vec() }
    }
}

/// HMAC-SHA-256 (RFC 2104): a key shorter than a block is a block that ends in zeros.
pub fn keyed_hash(secret: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    block[..32].copy_from_slice(secret);
    Hmac::<Sha256>::new(&block.into()).chain_update(bytes).finalize().into_bytes().into()
}

/// The answer of an earlier, equal request; `None`: this one has begun, and an equal one that comes before its end waits
/// for it. Refuses another body, or another account, under the same key.
pub fn begin(tx: &mut Tx<'_>, call: &Call<'_>, request: &Request) -> Result<Option<String>> {
    let row = params![request.key, call.actor.account, request.body_hash.clone(), call.now];
    if tx.execute(&store::BEGIN_REQUEST, row)? == 1 {
        return Ok(None);
    }
    answered(tx, call.actor, request)
}

/// The same without beginning: for what has to be looked at before anything is written.
pub fn answered(tx: &mut Tx<'_>, actor: &Actor, request: &Request) -> Result<Option<String>> {
    let Some(mut row) = tx.find(&store::REQUEST, params![request.key])? else { return Ok(None) };
    let account: Option<Uuid> = row.get(0)?;
    let hash: Vec<u8> = row.get(1)?;
    if hash != request.body_hash || account != actor.account.map(super::AccountId::uuid) {
        return Err(Error::Refused(Refusal::new("kit-refused-key-used")));
    }
    Ok(Some(row.get(2)?))
}

/// Keeps the answer of a request that has begun, in the transaction of the operation itself.
pub fn keep(tx: &mut Tx<'_>, request: &Request, answer: &str) -> Result<()> {
    tx.execute(&store::KEEP_ANSWER, params![request.key, answer])?;
    Ok(())
}

/// Forgets a request that has begun: what it asked for was refused, and may be asked for again.
pub fn forget(tx: &mut Tx<'_>, request: &Request) -> Result<()> {
    tx.execute(&store::FORGET_REQUEST, params![request.key])?;
    Ok(())
}

/// Runs an operation once: an equal request gets the kept answer.
pub fn once(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    request: &Request,
    operation: impl FnOnce(&mut Tx<'_>, &mut Call<'_>) -> Result<String>,
) -> Result<String> {
    if let Some(answer) = begin(tx, call, request)? {
        return Ok(answer);
    }
    let answer = operation(tx, call)?;
    keep(tx, request, &answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;
    use crate::kit::Actor;

    #[test]
    fn a_keyed_hash_is_hmac_as_published() {
        // RFC 4231, test case 1, whose key of twenty bytes is the same key with zeros behind it.
        let mut secret = [0; 32];
        secret[..20].fill(0x0b);
        let hash = keyed_hash(&secret, b"Hi There");
        assert_eq!(hash[..8], [0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53]);
    }

    testkit::db_test!(of_two_equal_requests_at_once_one_is_done, crate::MIGRATIONS, |db| {
        let request = Request::new(Uuid::from_u128(7), b"name=a", &[1; 32]);
        let (both, actor) = (Barrier::new(2), Actor::program());
        let ask = |seed: u64| {
            both.wait();
            db.write(|tx| {
                let call = &mut Call::new(&actor, testkit::now(), seed);
                once(tx, call, &request, |tx, _| {
                    // Long enough for the other to come in between.
                    thread::sleep(std::time::Duration::from_millis(50));
                    crate::kit::count_up(tx, "done").map(|done| format!("/done/{done}"))
                })
            })
        };
        let answers = thread::scope(|scope| {
            let threads = [1, 2].map(|seed| scope.spawn(move || ask(seed)));
            threads.map(|thread| thread.join().unwrap().unwrap())
        });
        assert_eq!(answers, ["/done/1", "/done/1"]);
        // Who has the database without the secret cannot try bodies out.
        assert_ne!(request.body_hash, Request::new(request.key, b"name=a", &[2; 32]).body_hash);

        let other = Request::new(request.key, b"name=b", &[1; 32]);
        let refused = db.write(|tx| {
            once(tx, &mut Call::new(&actor, testkit::now(), 3), &other, |_, _| Ok(String::new()))
        });
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.message == "kit-refused-key-used"));
    });
}
