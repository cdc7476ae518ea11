//! The register (一社一档): district → town unit → integrated grid → community → building → flat (套) → room (间) →
//! tenancy → occupant, as of any day.

mod communities;
mod directory;
mod ends;
mod housing;
mod listings;
mod moves;
mod outline;
mod places;
mod read;
mod roll;
pub mod rules;
mod snapshot;
mod stays;
pub(crate) mod store;
#[cfg(test)]
mod tests;
mod versions;

pub(crate) use communities::code_of;
pub use communities::{
    AddCommunity, BeginMode, BeginRemit, Description, MOST_HOUSEHOLDS, SourceNumber, add_communities,
    begin_modes, begin_remits, end_mode, last_scope_of, scope_of, set_source_numbers,
};
pub use directory::Directory;
pub use ends::{End, Thing, end_things};
pub use housing::{
    AddBuilding, AddLease, AddOccupant, AddRoom, AddUnit, BeginTenancy, Tenure, add_buildings, add_leases,
    add_occupants, add_rooms, add_units, begin_tenancies, end_tenancies,
};
pub use listings::{
    Change, Leave, Proposal, ProposeEntry, Standing, decide_listing, decided_proposals, leave,
    open_proposals, propose_entry, propose_leaving, town_code,
};
pub use moves::{Moves, year_before};
pub(crate) use moves::{moves, moves_of};
pub use outline::{Outline, OutlineError, Ring};
pub use places::{
    AddGrid, AddOrganisation, AddTown, OrganisationKind, add_grids, add_organisations, add_towns,
};
pub use read::{
    Bridge, Building, Committee, Community, Counts, Grid, Mode, Remit, Town, bridge, buildings, committees,
    community, community_at, counts, grids, modes, recount, remits, sources, towns,
};
pub use roll::{Ask, Key, Order, Page, Roll};
pub use snapshot::{Placed, Snapshot, placed, snapshot, snapshot_of};
pub use stays::{Home, Household, Lives};
pub(crate) use stays::{
    homes_of, household, households, households_between, lives_from, lives_in, persons_of, stayed, stays_of,
    unit_of,
};
pub use versions::{
    Basis, OutlineCommunity, PlaceCommunity, ReviseCommunity, Version, Versions, days, outline_communities,
    place_communities, revise_communities,
};
