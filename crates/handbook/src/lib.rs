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
mod date;
mod difficulty;
mod fault;
mod file;
mod nodes;
mod prescribe;
mod read;
mod say;
mod vocabulary;
mod words;

pub use check::MOST_CASES;
pub use clause::{
    Clause, Condition, Consequence, ConsequenceKind, Constant, Deadlines, Factor, OpenHours, Operator, Value,
    Visits, WorkerRule,
};
pub use date::{Date, DateError};
pub use difficulty::{Difficulty, DifficultyRow, DifficultyRule, Score, WeightedFactor};
pub use fault::{Code, Fault, Place};
pub use file::{DraftError, Handbook, Parameter, Standing};
pub use prescribe::{
    Considered, Decided, Decision, Facts, Missing, Prescribed, Prescription, Reason, So, Staffing, prescribe,
};
pub use vocabulary::{
    Band, Committee, CommunityKind, GovernanceMode, PropertyRight, StationForm, UnknownCode,
};
pub use words::{Language, Words, grouped};
