//! What strangers may send: every parser and importer that reads what others wrote, as a function of bytes.
//!
//! Whatever the bytes are, a target returns: it neither panics nor hangs, and what it promises of what it read holds. The
//! same functions are driven in two ways: by [`drive`], which changes examples at random and runs anywhere, and by
//! libFuzzer, which follows the coverage (`cargo +nightly fuzz run NAME`, in `fuzz/`).

mod ground;
mod mutate;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

pub use ground::Ground;
pub use mutate::Mutator;
pub use targets::TARGETS;

/// A parser or importer.
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Reads the bytes.
    pub run: fn(&Ground, &[u8]),
    /// Examples that it takes, to begin from.
    pub examples: fn(&Ground) -> Vec<Vec<u8>>,
    /// Words that it looks for.
    pub words: &'static [&'static str],
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// One input may take so long: a hundred times what the slowest good one takes without optimisation.
const LONGEST: Duration = Duration::from_secs(20);

/// An input that a target did not stand.
#[derive(Debug, Clone)]
pub struct Fallen {
    /// The input.
    pub input: Vec<u8>,
    /// What happened.
    pub why: String,
}

/// The target of a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Runs a target on so many inputs that follow from the seed, or until one is too much for it, or until the time is over;
/// says on how many it was.
pub fn drive(
    target: &Target,
    ground: &Ground,
    seed: u64,
    count: u64,
    until: Option<Duration>,
) -> Result<u64, Fallen> {
    let mut mutator = Mutator::new(seed, (target.examples)(ground), target.words);
    let began = Instant::now();
    for number in 0..count {
        if until.is_some_and(|until| began.elapsed() > until) {
            return Ok(number);
        }
        let input = mutator.input();
        let started = Instant::now();
        // What a panic leaves of the ground is not looked at again: it is the last input.
        if catch_unwind(AssertUnwindSafe(|| (target.run)(ground, &input))).is_err() {
            return Err(Fallen { input, why: "it panicked".into() });
        }
        let took = started.elapsed();
        if took > LONGEST {
            return Err(Fallen { input, why: format!("it took {took:?}") });
        }
    }
    Ok(count)
}
