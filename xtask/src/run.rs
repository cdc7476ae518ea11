//! Running other programs: each in a process group of its own, so that an interruption ends it and all it started,
//! and what was started before (a database, a server) is stopped by its own `Drop`.

use std::collections::BTreeSet;
use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Beginnings of what cargo tells a program that it runs of the program's own package.
const TOLD_BY_CARGO: [&str; 2] = ["CARGO_PKG_", "CARGO_MANIFEST_"];

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// The process groups to end when interrupted, by the id of their first process.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Says a line to the person who waits.
pub fn say(line: &str) {
    #[expect(clippy::print_stderr, reason = "this is a program for people at a terminal")]
    {
        eprintln!("xtask: {line}");
    }
}

/// Prints a line that is a result.
pub fn print(line: &str) {
    #[expect(clippy::print_stdout, reason = "this is a program for people at a terminal")]
    {
        println!("{line}");
    }
}

/// On an interruption ends the running step; the error that follows unwinds and cleans up.
pub fn end_cleanly_when_interrupted() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("listening for signals")?;
    thread::spawn(move || {
        for _ in signals.forever() {
            INTERRUPTED.store(true, Ordering::SeqCst);
            for &group in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                end_group(group);
            }
        }
    });
    Ok(())
}

/// Whether someone asked for the end.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs a command to its end, its output where ours goes; fails if it does.
pub fn run(command: &mut Command) -> Result<()> {
    let said = describe(command);
    say(&said);
    let status = start(command)?.0.wait().with_context(|| format!("waiting for: {said}"))?;
    if interrupted() {
        bail!("interrupted");
    }
    if !status.success() {
        bail!("{said}: {status}");
    }
    Ok(())
}

/// Runs a command quietly and returns what it printed, whether or not it succeeded.
pub fn output(command: &mut Command) -> Result<Output> {
    command.stdin(Stdio::null()).output().with_context(|| format!("cannot start: {}", describe(command)))
}

/// What a command prints, trimmed; `None` if it cannot start or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = output(command).ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A started program that does not outlive its owner.
pub struct Started(pub Child);

/// Starts a command in a process group of its own.
pub fn start(command: &mut Command) -> Result<Started> {
    if interrupted() {
        bail!("interrupted");
    }
    // What cargo tells us of ourselves would make another cargo build anew what asks for it.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| TOLD_BY_CARGO.iter().any(|told| name.starts_with(told))) {
            command.env_remove(name);
        }
    }
    // The lock is held over the start: a signal in between would miss the new group.
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let spawned = command.stdin(Stdio::null()).process_group(0).spawn();
    let child = spawned.with_context(|| format!("cannot start: {}", describe(command)))?;
    running.insert(child.id());
    Ok(Started(child))
}

impl Drop for Started {
    fn drop(&mut self) {
        let group = self.0.id();
        if matches!(self.0.try_wait(), Ok(None)) {
            end_group(group);
            self.0.wait().ok();
        }
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&group);
    }
}

fn end_group(group: u32) {
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        // It may have ended by itself a moment ago: then there is nothing left to end.
        kill_process_group(group, Signal::TERM).ok();
    }
}

/// The command as a person would type it.
fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
