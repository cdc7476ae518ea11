//! Stories of requests, on both engines.

mod api;
mod completeness;
mod coverage;
mod desk;
mod entering;
mod exchange;
mod files;
pub(crate) mod fixture;
mod gaps;
mod handbook;
mod hotline;
mod indicators;
mod joining;
mod matters;
mod notices;
mod open311;
mod passkeys;
mod people;
mod persons;
mod photos;
mod plan;
mod register;
mod services;
mod shell;
mod stations;
mod unbegun;
mod visits;
