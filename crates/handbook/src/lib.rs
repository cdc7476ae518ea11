//! Clauses as data: what a handbook prescribes for a community, why, and what another version would change.
//!
//! A handbook is a file of clauses, each with its text in Chinese and English, its source, a condition made of
//! (factor, operator, constant) and one typed consequence. Because conditions are tables and factors a closed
//! enum, a file with a gap or a conflict is refused when it is loaded, with an example of the case concerned.
//! Pure: no I/O, no clock; every figure is a whole number.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use handbook::{CommunityKind, Facts, Handbook, Language, PropertyRight, StationForm, prescribe};
//!
//! let text = include_str!("../../../handbooks/minhang-2.0.toml");
//! let handbook = Handbook::read("minhang-2.0.toml", text)?;
//! let facts = Facts::of(CommunityKind::AffordableRental, PropertyRight::SingleOwner, 1_001);
//! let prescription = prescribe(&handbook, &facts);
//! assert_eq!(prescription.station_form(), Some(StationForm::Standalone));
//! for considered in prescription.relevant() {
//!     let _row = (considered.clause.text(Language::Zh), considered.here(Language::Zh), considered.outcome(Language::Zh));
//! }
//! # Ok(()) }
//! ```

mod check;
mod clause;
mod compare;
mod date;
mod diff;
mod difficulty;
mod facts;
mod fault;
mod file;
mod lines;
mod nodes;
mod prescribe;
mod read;
mod report;
mod say;
mod staffing;
mod vocabulary;
mod words;

pub use check::MOST_LOOKS;
pub use clause::{
    Clause, Condition, Consequence, ConsequenceKind, Constant, Deadlines, Factor, OpenHours, Operator, Value,
    Visits, WorkerRule,
};
pub use compare::{
    ClauseChange, Comparison, Impact, Impacts, ParameterChange, Totals, compare, impacts, impacts_on,
};
pub use date::{Date, DateError};
pub use diff::{Piece, diff};
pub use difficulty::{Difficulty, DifficultyRow, DifficultyRule, Score, WeightedFactor};
pub use facts::{Decided, Facts};
pub use fault::{Code, Fault, Place};
pub use file::{DraftError, Handbook, Parameter, Standing};
pub use lines::Line;
pub use prescribe::{Considered, Decision, Missing, Prescribed, Prescription, Reason, So, prescribe};
pub use report::{Report, report};
pub use staffing::{DistrictWorkers, Staffing};
pub use vocabulary::{
    Band, Committee, CommunityKind, GovernanceMode, PropertyRight, StationForm, UnknownCode,
};
pub use words::{Language, Words, grouped, tenths};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
