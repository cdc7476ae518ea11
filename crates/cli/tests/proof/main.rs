//! Proof that nothing is lost: the program itself, ended without warning at random moments of whatever it does, on both
//! engines; on a full and on a read-only disk; on a PostgreSQL that goes away and comes back.
//!
//! `LILONG_KILLS`, `LILONG_KILLS_SIZE` and `LILONG_KILLS_SEED` make the kills more, the district larger, and the moments
//! those of another run: `cargo xtask bench kills` is these tests at full size.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says the seed of its moments"
)]

mod adoption;
mod away;
mod backup;
mod chores;
mod disks;
mod import;
mod kills;
mod migration;
mod picture;
mod place;
mod rekey;
mod serving;
