//! Stories of requests, on both engines.

mod completeness;
mod entering;
mod fixture;
mod shell;
