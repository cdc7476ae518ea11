//! `cargo xtask`: what a developer and CI run.

fn main() {}
