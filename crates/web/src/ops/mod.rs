//! How the program runs: what stands between the network and the pages of a district.
//!
//! [`serve`] accepts connections, [`Front`] sees every request before a district does: it gives the request its number,
//! finds out who asks, refuses what is too much, leads to the district by its host, and writes one line and a few
//! counts when the answer is there. [`watch`] answers the monitor on an address of its own.

mod clients;
mod front;
mod limits;
mod metrics;
mod notice;
mod ready;
mod request_id;
mod serve;
mod tls;
mod watch;

pub use clients::Proxies;
pub use front::{Front, Options};
pub use limits::PER_SECOND;
pub(crate) use notice::Bare;
pub use request_id::RequestId;
pub use serve::{MOST_CONNECTIONS, asked_to_end, serve};
pub use tls::{Tls, TlsError};
pub use watch::watch;

#[cfg(test)]
mod end_tests;
#[cfg(test)]
pub(crate) mod tests;
