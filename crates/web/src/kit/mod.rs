//! What every page stands on: the shell around it, its words, its forms, its errors, its addresses.

mod assets;
mod errors;
mod file;
mod form;
mod gate;
mod headers;
mod i18n;
pub mod map;
pub(crate) mod outward;
mod page;
mod places;
mod problem;
mod qr;
mod routes;
mod shell;
mod state;
pub(crate) mod table;

pub use errors::{Fault, Unread};
pub use file::{CSV, XLSX, ZIP, download, download_as};
pub(crate) use form::KEY;
pub use form::{Faults, FieldFault, Fields, Posted, new_key};
pub use gate::gate;
pub(crate) use gate::{actor_of, for_programs, host, unknown};
pub use i18n::{Arg, Language, Locales};
pub use page::{Result, ended, see_other};
pub(crate) use page::{entered, json, set_cookie};
pub use places::Places;
pub(crate) use problem::{PROBLEM_JSON, Problem, Wrong};
pub use qr::Qr;
pub use routes::{Access, Declared, Door, Room, Routes};
pub use shell::{Count, Crumb, Shell};
pub(crate) use shell::{WEEKDAYS, cookie_named, hours, kind_message, role_message};
pub use state::{Clock, Common, Facts, MachineClock, OpenError, Settings, State};

pub(crate) use assets::{address as asset_address, asset_at, serve_asset};
pub(crate) use headers::{secure, working};
#[cfg(test)]
pub(crate) use i18n::message_id;
pub(crate) use state::random;

/// The router of all slices; the state still to be given.
pub(crate) fn router_of(state: &State) -> axum::Router<std::sync::Arc<State>> {
    state.routes.router.clone()
}
