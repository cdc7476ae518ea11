//! Ids, money, areas, dates, positions: the words every crate of Lilong shares.
//!
//! Pure: no I/O, no ambient clock, no ambient randomness. What is counted is a whole number: money in fen,
//! area in cm², positions in 1e-7 degrees, instants in milliseconds UTC, dates in days since 1970-01-01.

mod calendar;
pub mod code;
mod figure;
mod hex;
mod id;
mod position;
mod time;

pub use calendar::{Calendar, CalendarError, MissingYear};
pub use figure::{Area, Money, grouped, per_mille};
pub use hex::{from_hex, hex};
pub use id::{IdSource, SeededIds};
pub use position::{Position, PositionError, degrees, degrees_text};
pub use time::{DateError, Day, Instant};
pub use uuid::Uuid;
