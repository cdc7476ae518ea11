//! `cargo xtask`: what a developer and CI run. Each command is a module of the same name.

mod api;
mod bench;
mod ci;
mod client;
mod demo;
mod node;
mod place;
mod pooler;
mod postgres;
mod run;
mod server;
mod setup;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, shows, tests and measures Lilong.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the full-size demonstration district and serves it on 127.0.0.1:8310
    Demo {
        /// Passed on to `lilong demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Runs every test: rules, both databases, HTTP, the API, browser
    Test {
        /// Only these tests (all by default)
        #[arg(value_enum)]
        only: Option<test::Part>,
    },
    /// Runs the checks: format, lints, documentation, licences, spelling, files
    Ci,
    /// Measures; without a name, lists what can be measured
    Bench {
        /// The measures to run, or `all`
        names: Vec<String>,
    },
    /// Checks this machine and installs what is missing
    Setup,
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let outcome = run::end_cleanly_when_interrupted().and_then(|()| match command {
        Command::Demo { more } => demo::demo(&more),
        Command::Test { only } => test::test(only),
        Command::Ci => ci::ci(),
        Command::Bench { names } => bench::bench(&names),
        Command::Setup => setup::setup(),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::say(&format!("failed: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
