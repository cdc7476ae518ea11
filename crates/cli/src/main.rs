//! `lilong`: one program. Each subcommand is a file of its own and calls the same operations as the pages.

mod account;
mod backup;
mod chores;
mod coverage;
mod demo;
mod districts;
mod doctor;
mod edge;
mod export;
mod gateway;
mod handbook;
mod import;
mod keys;
mod mail;
mod move_to;
mod name;
mod outbox;
mod passphrase;
mod plan;
mod rekey;
mod restore;
mod serve;
mod single_sign_on;
mod site;
mod template;
mod tidy;
mod upkeep;
mod ways;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

/// A page is thousands of small texts, made by any thread: they cost half of what they do in the C library's memory.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

/// Lilong 里弄: the governance of new-type residential communities.
#[derive(Parser)]
#[command(name = "lilong", version, about, max_term_width = 100)]
struct Lilong {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Account(account::AccountCommand),
    Backup(backup::Backup),
    Coverage(coverage::Coverage),
    Handbook(handbook::HandbookCommand),
    Plan(plan::PlanCommand),
    Demo(demo::Demo),
    Doctor(doctor::Doctor),
    Name(name::Name),
    Export(export::Export),
    Import(import::Import),
    Rekey(rekey::Rekey),
    Move(move_to::Move),
    Outbox(outbox::OutboxCommand),
    Restore(restore::Restore),
    // Much longer than the others.
    Serve(Box<serve::Serve>),
    Site(site::Site),
    Template(template::Template),
    Tidy(tidy::Tidy),
}

fn main() -> ExitCode {
    let command = Lilong::parse().command;
    edge::start_log(if let Command::Serve(serve) = &command { serve.log() } else { edge::Log::Text });
    let outcome = match command {
        Command::Account(account) => account.run(),
        Command::Backup(backup) => backup.run(),
        Command::Coverage(coverage) => coverage.run(),
        Command::Handbook(handbook) => handbook.run(),
        Command::Plan(plan) => plan.run(),
        Command::Name(name) => name.run(),
        Command::Demo(demo) => demo.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Export(export) => export.run(),
        Command::Import(import) => import.run(),
        Command::Rekey(rekey) => rekey.run(),
        Command::Move(to) => to.run(),
        Command::Outbox(outbox) => outbox.run(),
        Command::Restore(restore) => restore.run(),
        Command::Serve(serve) => serve.run(),
        Command::Site(site) => site.run(),
        Command::Template(template) => template.run(),
        Command::Tidy(tidy) => tidy.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            edge::complain(&error);
            ExitCode::FAILURE
        }
    }
}
