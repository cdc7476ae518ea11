//! The program itself, run as a person runs it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod demo;
mod documented;
mod figures;
mod operated;
mod served;
mod twin;
