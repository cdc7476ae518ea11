//! Ending the program without warning, at moments that follow from a seed.

use std::fmt;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::ops::Range;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::picture::nothing_is_wrong;
use crate::place::{Engine, Place, said};

/// How many, on how large a district, at which moments.
pub struct Order {
    pub kills: u32,
    pub size: String,
    seed: u64,
}

impl Order {
    /// Of the environment: twenty on a hundredth of a district, at moments of their own, where it says nothing.
    pub fn read() -> Self {
        let given = |name: &str| std::env::var(name).ok();
        let drawn = || {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes).unwrap();
            u64::from_le_bytes(bytes)
        };
        Self {
            kills: given("LILONG_KILLS").map_or(20, |kills| kills.parse().unwrap()),
            size: given("LILONG_KILLS_SIZE").unwrap_or_else(|| "0.01".into()),
            seed: given("LILONG_KILLS_SEED").map_or_else(drawn, |seed| seed.parse().unwrap()),
        }
    }

    /// So many moments of a time.
    pub fn moments(&self, time: Range<Duration>, count: u32) -> Vec<Duration> {
        println!("LILONG_KILLS_SEED={}: {count} moments of {time:?}", self.seed);
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let span = u64::try_from(time.end.saturating_sub(time.start).as_nanos()).unwrap().max(1);
        (0..count).map(|_| time.start + Duration::from_nanos(random.next_u64() % span)).collect()
    }
}

/// How many kills found the thing done, and how many found it as if it had never begun; or, where it is done in steps,
/// on the way.
#[derive(Default)]
pub struct Tally {
    pub there: u32,
    pub absent: u32,
    pub on_the_way: u32,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} there, {} absent", self.there, self.absent)?;
        if self.on_the_way > 0 { write!(f, ", {} on the way", self.on_the_way) } else { Ok(()) }
    }
}

impl Tally {
    /// What two found together.
    pub fn and(self, other: &Self) -> Self {
        Self {
            there: self.there + other.there,
            absent: self.absent + other.absent,
            on_the_way: self.on_the_way + other.on_the_way,
        }
    }

    /// Says what was found, to whoever reads the output and, where one is asked for, in a file.
    pub fn report(&self, operation: &str, engine: Engine) {
        let kills = self.there + self.absent + self.on_the_way;
        let line = format!("{operation}\t{engine:?}\t{kills}\t{self}\t0");
        println!("{line}");
        if let Ok(file) = std::env::var("LILONG_KILLS_REPORT") {
            let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
            writeln!(file, "{line}").unwrap();
        }
    }
}

/// Starts the program and ends it after a while, unless it has ended by then: whether it had, with success.
pub fn kill_after(command: &mut Command, after: Duration) -> bool {
    let mut running = command.stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(after);
    running.kill().unwrap();
    running.wait().unwrap().success()
}

/// What it takes to run the program to its end.
pub fn whole(command: &mut Command) -> Duration {
    let started = Instant::now();
    said(command);
    started.elapsed()
}

/// An operation that is done wholly or not at all.
pub struct Atomic<'a> {
    pub name: &'static str,
    pub engine: Engine,
    /// What it is done to.
    pub ground: &'a Place,
    /// The command that does it.
    pub command: &'a dyn Fn(&Place) -> Command,
    /// Is it done? Fails when it is done by halves.
    pub is_there: &'a dyn Fn(&Place) -> bool,
    /// A place where nothing is at first has nothing that a doctor could look at.
    pub from_nothing: bool,
}

impl Atomic<'_> {
    /// Does it once undisturbed, then kills it at each moment; where a kill came too early to do anything, the next is at
    /// the same place.
    pub fn prove(&self, order: &Order) {
        let first = self.ground.copy();
        assert!(!(self.is_there)(&first));
        let took = whole(&mut (self.command)(&first));
        assert!((self.is_there)(&first), "{} was not there after a whole run", self.name);
        let mut tally = Tally::default();
        let mut place = self.ground.copy();
        for moment in order.moments(Duration::ZERO..took * 6 / 5, order.kills) {
            let ended = kill_after(&mut (self.command)(&place), moment);
            let there = (self.is_there)(&place);
            assert!(there || !ended, "{} said that it was done", self.name);
            if there || !self.from_nothing {
                nothing_is_wrong(&place);
            }
            if there {
                tally.there += 1;
                place = self.ground.copy();
            } else {
                tally.absent += 1;
            }
        }
        assert!(tally.absent > 0, "no kill came before the end");
        whole(&mut (self.command)(&place));
        assert!((self.is_there)(&place), "{} cannot be done after kills", self.name);
        nothing_is_wrong(&place);
        tally.report(self.name, self.engine);
    }
}

/// One proof, two tests.
macro_rules! on_both {
    ($name:ident, $proof:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn sqlite() {
                let proof: fn(Engine, &Order) = $proof;
                proof(Engine::Sqlite, &Order::read());
            }

            #[test]
            fn postgres() {
                let proof: fn(Engine, &Order) = $proof;
                proof(Engine::Postgres, &Order::read());
            }
        }
    };
}
pub(crate) use on_both;
