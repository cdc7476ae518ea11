//! What a district can do, and by whom. No HTTP, no async.
//!
//! One folder per concept, the same name as on the pages: `rules.rs` is pure, SQL stands in `store.rs` only. An
//! operation takes the transaction, a [`kit::Call`] (who, when, fresh ids) and a slice of commands; it asks for
//! permission itself, writes, and leaves one audit row.

pub mod coverage;
pub mod desk;
pub mod exchange;
pub mod handbook;
pub mod kit;
pub mod matters;
mod memory;
pub mod notices;
pub mod people;
pub mod plan;
pub mod register;
pub mod services;
pub mod stations;
pub mod visits;

use db::{Migration, Registered};

pub use kit::{Error, Refusal};
pub use memory::{CommunityRecord, HandbookCase, Memory, Year};

/// The schema, step by step; append-only once released.
pub const MIGRATIONS: [Migration; 27] = [
    Migration { version: 1, name: "0001_people", sql: include_str!("../migrations/0001_people.sql") },
    Migration { version: 2, name: "0002_register", sql: include_str!("../migrations/0002_register.sql") },
    Migration { version: 3, name: "0003_handbook", sql: include_str!("../migrations/0003_handbook.sql") },
    Migration { version: 4, name: "0004_stations", sql: include_str!("../migrations/0004_stations.sql") },
    Migration { version: 5, name: "0005_plan", sql: include_str!("../migrations/0005_plan.sql") },
    Migration { version: 6, name: "0006_coverage", sql: include_str!("../migrations/0006_coverage.sql") },
    Migration { version: 7, name: "0007_exchange", sql: include_str!("../migrations/0007_exchange.sql") },
    Migration { version: 8, name: "0008_spans", sql: include_str!("../migrations/0008_spans.sql") },
    Migration { version: 9, name: "0009_listings", sql: include_str!("../migrations/0009_listings.sql") },
    Migration { version: 10, name: "0010_requests", sql: include_str!("../migrations/0010_requests.sql") },
    Migration { version: 11, name: "0011_ends", sql: include_str!("../migrations/0011_ends.sql") },
    Migration { version: 12, name: "0012_moves", sql: include_str!("../migrations/0012_moves.sql") },
    Migration { version: 13, name: "0013_audit", sql: include_str!("../migrations/0013_audit.sql") },
    Migration { version: 14, name: "0014_accounts", sql: include_str!("../migrations/0014_accounts.sql") },
    Migration { version: 15, name: "0015_tokens", sql: include_str!("../migrations/0015_tokens.sql") },
    Migration { version: 16, name: "0016_joining", sql: include_str!("../migrations/0016_joining.sql") },
    Migration {
        version: 17,
        name: "0017_ownerships",
        sql: include_str!("../migrations/0017_ownerships.sql"),
    },
    Migration {
        version: 18,
        name: "0018_credentials",
        sql: include_str!("../migrations/0018_credentials.sql"),
    },
    Migration { version: 19, name: "0019_matters", sql: include_str!("../migrations/0019_matters.sql") },
    Migration { version: 20, name: "0020_services", sql: include_str!("../migrations/0020_services.sql") },
    Migration { version: 21, name: "0021_notices", sql: include_str!("../migrations/0021_notices.sql") },
    Migration { version: 22, name: "0022_visits", sql: include_str!("../migrations/0022_visits.sql") },
    Migration { version: 23, name: "0023_reach", sql: include_str!("../migrations/0023_reach.sql") },
    Migration { version: 24, name: "0024_photos", sql: include_str!("../migrations/0024_photos.sql") },
    Migration { version: 25, name: "0025_flow", sql: include_str!("../migrations/0025_flow.sql") },
    Migration { version: 26, name: "0026_counts", sql: include_str!("../migrations/0026_counts.sql") },
    Migration { version: 27, name: "0027_subjects", sql: include_str!("../migrations/0027_subjects.sql") },
];

/// Every statement of every store; a test prepares each on both engines.
pub fn registered() -> Vec<&'static dyn Registered> {
    let stores = [
        kit::store::registered(),
        people::store::registered(),
        people::credentials::store::registered(),
        people::vault::store::registered(),
        people::joining::store::registered(),
        register::store::registered(),
        handbook::store::registered(),
        stations::store::registered(),
        coverage::store::registered(),
        plan::store::registered(),
        exchange::store::registered(),
        matters::store::registered(),
        services::store::registered(),
        visits::store::registered(),
        notices::store::registered(),
    ];
    stores.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
