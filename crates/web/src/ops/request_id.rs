//! The number of a request: in its log line, in the answer's header and on the page of an error, so that whoever calls
//! for help can name it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName};

/// The header that carries it, in and out.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Digits and letters that nobody mistakes for another on the telephone (Crockford's alphabet).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Sixty bits: no two of the same server are the same, those of two servers hardly ever.
const LENGTH: usize = 12;
/// What a proxy may send: a UUID with its hyphens fits, a text to smuggle into a log does not.
const TAKEN: std::ops::RangeInclusive<usize> = 8..=64;

/// The number of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The number that a proxy gave, when it is well-formed.
    pub(super) fn given(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(HEADER)?.to_str().ok()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        (TAKEN.contains(&text.len()) && text.bytes().all(plain)).then(|| Self(text.into()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes the numbers of one server. They tell neither the time nor how many there were before.
#[derive(Debug)]
pub(super) struct Numbers {
    seed: u64,
    count: AtomicU64,
}

impl Numbers {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, count: AtomicU64::new(0) }
    }

    pub(super) fn next(&self) -> RequestId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut bits = mixed(self.seed.wrapping_add(count));
        let mut text = String::with_capacity(LENGTH + 2);
        for place in 0..LENGTH {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(LETTERS[(bits & 31) as usize]));
            bits >>= 5;
        }
        RequestId(text.into())
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014): each number to another, none to the same.
fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_can_be_read_out_on_the_telephone_and_none_comes_twice() {
        let numbers = Numbers::new(7);
        let made: std::collections::HashSet<String> =
            (0..10_000).map(|_| numbers.next().to_string()).collect();
        assert_eq!(made.len(), 10_000);
        assert!(made.iter().all(|it| it.len() == 14 && it.split('-').all(|group| group.len() == 4)));
        assert!(made.iter().all(|it| !it.contains(['i', 'l', 'o', 'u'])));
    }

    #[test]
    fn what_a_proxy_gives_is_taken_only_when_well_formed() {
        let given = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, text.parse().unwrap());
            RequestId::given(&headers)
        };
        assert_eq!(given("0192f0c1-7a2b-7c3d-8e4f-5a6b7c8d9e0f").unwrap().as_str().len(), 36);
        for wrong in ["short", &"x".repeat(65), "with space in it", "{\"a\":1,\"b\":2}"] {
            assert_eq!(given(wrong), None, "{wrong}");
        }
        assert_eq!(RequestId::given(&HeaderMap::new()), None);
    }
}
