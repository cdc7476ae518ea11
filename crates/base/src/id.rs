//! Ids: a type for each, UUIDv7 made by the program from a time and randomness that are passed in.

use uuid::Uuid;

use crate::Instant;

/// Where new ids come from. The edge of the program passes one in; a test or a simulation passes a seeded one.
pub trait IdSource {
    /// A fresh UUIDv7 whose time part is `now`.
    fn next(&mut self, now: Instant) -> Uuid;
}

/// Ids from a counter and a seed: the same on every machine, for simulations and tests.
///
/// The 74 random bits of the UUIDv7 are a splitmix64 stream, so ids made from one seed never repeat within
/// 2^64 draws, and two runs with one seed are equal.
#[derive(Debug, Clone)]
pub struct SeededIds {
    state: u64,
}

impl SeededIds {
    /// A source for this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn draw(&mut self) -> u64 {
        // splitmix64 (Steele, Lea, Flood 2014).
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl IdSource for SeededIds {
    fn next(&mut self, now: Instant) -> Uuid {
        let mut random = [0_u8; 10];
        random[..8].copy_from_slice(&self.draw().to_be_bytes());
        random[8..].copy_from_slice(&self.draw().to_be_bytes()[..2]);
        uuid_v7(now, random)
    }
}

/// The UUIDv7 (RFC 9562) of a time and ten random bytes.
pub fn uuid_v7(now: Instant, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Declares id types: `id!(CommunityId, "a community");`.
#[macro_export]
macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $what:literal) => {
        #[doc = concat!("The id of ", $what, ".")]
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name($crate::Uuid);

        impl $name {
            /// This UUID, meant as this id.
            pub const fn from_uuid(uuid: $crate::Uuid) -> Self {
                Self(uuid)
            }

            /// A fresh id.
            pub fn fresh(ids: &mut dyn $crate::IdSource, now: $crate::Instant) -> Self {
                Self(ids.next(now))
            }

            /// The UUID.
            pub const fn uuid(self) -> $crate::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0.simple())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                $crate::Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| format!("“{text}” is not the id of {}", $what))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_seed_are_the_same_and_never_repeat() {
        let now = Instant::from_millis(1_769_824_800_000);
        let (mut a, mut b) = (SeededIds::new(7), SeededIds::new(7));
        let first: Vec<_> = (0..10_000).map(|_| a.next(now)).collect();
        let second: Vec<_> = (0..10_000).map(|_| b.next(now)).collect();
        assert_eq!(first, second);
        assert_eq!(first.iter().collect::<std::collections::HashSet<_>>().len(), 10_000);
        assert!(first.iter().all(|id| id.get_version_num() == 7));
    }
}
