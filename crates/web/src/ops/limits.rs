//! How much one visitor may ask for: requests a second, more at once for a moment, and far fewer attempts to sign in.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::Method;

use super::clients::visitor;

/// Requests a second of one address. A whole district office reads behind one address: five hundred people who open
/// a page every ten seconds, with its styles, ask for a hundred a second. A program that copies the register does not
/// need more.
pub const PER_SECOND: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
/// So many seconds' worth may come at once: after a bell everyone opens the same page.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(4).expect("not zero");
/// Attempts to sign in a second of one address: at nine in the morning an office signs in within minutes, and a
/// password of eight letters is not found at this rate in the life of a building.
const ENTRIES_PER_SECOND: NonZeroU32 = NonZeroU32::new(1).expect("not zero");
/// Attempts to sign in that may come at once.
const ENTRIES_AT_ONCE: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
/// Who was quiet for long enough to be as new is forgotten so often: what is kept stays as small as the crowd.
pub(super) const FORGET_EVERY: Duration = Duration::from_secs(10);

/// Text messages that one address may ask for at once: everyone of a staircase on the day they move in.
const TEXTS_AT_ONCE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// And then so many a minute: whoever plays with other people's numbers is slow, and the bill stays small.
const TEXTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(1).expect("not zero");

type Limiter = DefaultKeyedRateLimiter<IpAddr>;

/// Is this an attempt to sign in, or to become somebody by a code? Each costs a hash of a password as well.
fn enters(method: &Method, path: &str) -> bool {
    let of_entering = matches!(path, "/enter" | "/enrol" | "/begin" | "/join")
        || path.starts_with("/enter/")
        || path.starts_with("/join/");
    *method == Method::POST && of_entering
}

/// Is this a request for a code to be sent to a telephone?
fn texts(method: &Method, path: &str) -> bool {
    *method == Method::POST && matches!(path, "/enter/telephone" | "/join")
}

/// The limits of one server, over all its districts.
pub(super) struct Limits {
    pages: Option<Limiter>,
    entries: Limiter,
    texts: Limiter,
    clock: DefaultClock,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits")
            .field("visitors", &self.pages.as_ref().map(Limiter::len))
            .finish_non_exhaustive()
    }
}

impl Limits {
    /// So many requests a second of one address; `None`: a proxy before the server sees to it.
    pub(super) fn new(per_second: Option<NonZeroU32>) -> Self {
        let pages = per_second.map(|rate| {
            RateLimiter::keyed(Quota::per_second(rate).allow_burst(rate.saturating_mul(AT_ONCE)))
        });
        let entries = Quota::per_second(ENTRIES_PER_SECOND).allow_burst(ENTRIES_AT_ONCE);
        let texts = Quota::per_minute(TEXTS_PER_MINUTE).allow_burst(TEXTS_AT_ONCE);
        let (entries, texts) = (RateLimiter::keyed(entries), RateLimiter::keyed(texts));
        Self { pages, entries, texts, clock: DefaultClock::default() }
    }

    /// How long a visitor has to wait with this request; `None`: not at all.
    ///
    /// The machine itself is not limited. Behind a proxy on it that was not named as one, everybody would be one visitor.
    pub(super) fn wait(&self, address: IpAddr, method: &Method, path: &str) -> Option<Duration> {
        if address.is_loopback() {
            return None;
        }
        let visitor = visitor(address);
        let over = |limiter: &Limiter| {
            limiter.check_key(&visitor).err().map(|until| until.wait_time_from(self.clock.now()))
        };
        let text = if texts(method, path) { over(&self.texts) } else { None };
        let entry = if enters(method, path) { over(&self.entries) } else { None };
        text.or(entry).or_else(|| self.pages.as_ref().and_then(over))
    }

    /// Forgets whoever was quiet for long enough to be as new.
    pub(super) fn forget(&self) {
        for limiter in self.pages.iter().chain([&self.entries, &self.texts]) {
            limiter.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(limits: &Limits, address: &str, method: &Method, path: &str, times: u32) -> u32 {
        let address = address.parse().unwrap();
        let refusals = (0..times).filter(|_| limits.wait(address, method, path).is_some());
        u32::try_from(refusals.count()).unwrap()
    }

    #[test]
    fn one_visitor_is_limited_and_the_others_are_not() {
        let limits = Limits::new(NonZeroU32::new(1));
        assert_eq!(refused(&limits, "203.0.113.9", &Method::GET, "/", 10), 6);
        assert_eq!(refused(&limits, "203.0.113.10", &Method::GET, "/", 4), 0);
        assert_eq!(refused(&limits, "127.0.0.1", &Method::GET, "/", 100), 0);
    }

    #[test]
    fn signing_in_is_limited_more_strictly_than_reading() {
        let limits = Limits::new(Some(PER_SECOND));
        assert_eq!(refused(&limits, "203.0.113.9", &Method::GET, "/enter", 100), 0);
        assert!(refused(&limits, "203.0.113.9", &Method::POST, "/enter", 100) >= 39);
        assert!(refused(&limits, "203.0.113.9", &Method::POST, "/enter/demonstration", 1) == 1);
        assert_eq!(refused(&limits, "203.0.113.9", &Method::POST, "/district/plan", 100), 0);
    }

    #[test]
    fn codes_are_tried_as_seldom_as_passwords() {
        for path in ["/enrol", "/begin"] {
            let limits = Limits::new(Some(PER_SECOND));
            assert_eq!(refused(&limits, "203.0.113.9", &Method::GET, path, 100), 0);
            assert!(refused(&limits, "203.0.113.9", &Method::POST, path, 100) >= 39, "{path}");
            assert_eq!(refused(&limits, "203.0.113.9", &Method::POST, "/enter", 1), 1, "{path}: one bucket");
        }
    }

    #[test]
    fn text_messages_are_asked_for_more_seldom_still() {
        let limits = Limits::new(None);
        assert_eq!(refused(&limits, "203.0.113.9", &Method::POST, "/enter/telephone", 20), 0);
        assert_eq!(refused(&limits, "203.0.113.9", &Method::POST, "/join", 5), 5, "one bucket");
        assert_eq!(refused(&limits, "203.0.113.9", &Method::POST, "/enter/telephone/code", 5), 0);
        assert_eq!(refused(&limits, "203.0.113.10", &Method::POST, "/join", 5), 0);
    }

    #[test]
    fn without_a_rate_only_signing_in_is_limited() {
        let limits = Limits::new(None);
        assert_eq!(refused(&limits, "203.0.113.9", &Method::GET, "/", 10_000), 0);
        assert!(refused(&limits, "203.0.113.9", &Method::POST, "/enter", 100) > 0);
    }
}
