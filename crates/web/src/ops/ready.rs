//! `/health` and `/ready`: is the program alive, and should requests be sent to it?

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::city::{District, Districts};
use crate::kit::State;

/// GET `/health`: the program runs. It asks no database: a program does not get well by being started anew because its
/// database is away.
pub(super) fn health() -> Response {
    "ok\n".into_response()
}

/// GET `/ready` at the host of a district: its database answers, and its schema is the one this program knows.
pub(super) fn of_district(district: &District) -> Response {
    match readiness(district) {
        Ok(()) => "ready\n".into_response(),
        Err(why) => refused(format!("{}: {why}\n", district.code())),
    }
}

/// GET `/ready` anywhere else: ready as long as one district is, so that one that is away takes none of the others with
/// it; the text names those that are not.
pub(super) fn of_all(districts: &Districts) -> Response {
    let mut text = String::new();
    let mut ready = 0;
    for district in districts.all() {
        match readiness(district) {
            Ok(()) => ready += 1,
            Err(why) => {
                text.push_str(district.code());
                text.push_str(": ");
                text.push_str(&why);
                text.push('\n');
            }
        }
    }
    if ready == 0 {
        return refused(text);
    }
    format!("ready: {ready} of {}\n{text}", districts.all().len()).into_response()
}

/// The server is ending: a balancer sends its requests elsewhere.
pub(super) fn ending() -> Response {
    refused("ending\n".into())
}

fn refused(text: String) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

fn readiness(district: &District) -> Result<(), String> {
    let state = district.state().ok_or("not opened: its database could not be reached")?;
    let found = db::heavy(|| version(state))?;
    let known = district::MIGRATIONS.last().map_or(0, |migration| migration.version);
    if found == known {
        return Ok(());
    }
    Err(format!("the schema is at version {found}, this program needs {known}"))
}

/// What the database says stays in the log: it may hold names of hosts.
fn version(state: &State) -> Result<i64, String> {
    state.db.version().map_err(|error| {
        tracing::warn!(%error, "not ready");
        "the database does not answer".into()
    })
}
