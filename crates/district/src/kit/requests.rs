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
    /// SHA-256 of the body, without what must not be kept even as a hash.
    pub body_hash: Vec<u8>,
}

impl Request {
    /// A request with this key and body. The hash is kept, and fast to guess by: a password must not be in the body.
    pub fn new(key: Uuid, body: &[u8]) -> Self {
        Self { key, body_hash: Sha256::digest(body).to_vec() }
    }
}

/// The answer of an earlier, equal request; `None`: this one has begun, and an equal one that comes before its end waits
/// for it. Refuses another body, or another account, under the same key.
pub fn begin(tx: &mut Tx<'_>, call: &Call<'_>, request: &Request) -> Result<Option<String>> {
    let row = params![request.key, call.actor.account, request.body_hash.clone(), call.now];
    if tx.execute(&store::BEGIN_REQUEST, row)? == 1 {
        return Ok(None);
    }
    answered(tx, call, request)
}

fn answered(tx: &mut Tx<'_>, call: &Call<'_>, request: &Request) -> Result<Option<String>> {
    let Some(mut row) = tx.find(&store::REQUEST, params![request.key])? else { return Ok(None) };
    let account: Option<Uuid> = row.get(0)?;
    let hash: Vec<u8> = row.get(1)?;
    if hash != request.body_hash || account != call.actor.account.map(super::AccountId::uuid) {
        return Err(Error::Refused(Refusal::new("kit-refused-key-used")));
    }
    Ok(Some(row.get(2)?))
}

/// Keeps the answer of a request that has begun, in the transaction of the operation itself.
pub fn keep(tx: &mut Tx<'_>, request: &Request, answer: &str) -> Result<()> {
    tx.execute(&store::KEEP_ANSWER, params![request.key, answer])?;
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

    testkit::db_test!(of_two_equal_requests_at_once_one_is_done, crate::MIGRATIONS, |db| {
        let request = Request::new(Uuid::from_u128(7), b"name=a");
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

        let other = Request::new(request.key, b"name=b");
        let refused = db.write(|tx| {
            once(tx, &mut Call::new(&actor, testkit::now(), 3), &other, |_, _| Ok(String::new()))
        });
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.message == "kit-refused-key-used"));
    });
}
