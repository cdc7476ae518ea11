//! A station's name and telephone.

use askama::Template;
use axum::extract::Path;
use district::stations::{DescribeStation, describe_stations};
use http::StatusCode;

use super::{Read, writable};
use crate::kit::{self, Faults, Posted, Shell};

/// What stands in the form.
#[derive(Debug, Clone)]
struct Typed {
    name: String,
    name_en: String,
    telephone: String,
}

#[derive(Template)]
#[template(path = "stations/describe.html")]
struct Page<'a> {
    s: &'a Shell,
    station: String,
    href: String,
    typed: Typed,
    faults: Faults,
}

fn page(s: &Shell, status: StatusCode, read: &Read, typed: Typed, faults: Faults) -> kit::Result {
    s.html_with(status, &Page { s, station: read.name(s), href: read.href(), typed, faults })
}

/// GET `/district/stations/{id}/describe`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let read = writable(&s, &key)?;
    let station = &read.sheet.station;
    let typed = Typed {
        name: station.name.clone(),
        name_en: station.name_en.clone(),
        telephone: station.telephone.clone(),
    };
    page(&s, StatusCode::OK, &read, typed, Faults::none())
}

/// POST the same.
pub(super) async fn change(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let read = writable(&s, &key)?;
    let field = |name: &str| posted.fields.get(name).to_owned();
    let typed = Typed { name: field("name"), name_en: field("name_en"), telephone: field("telephone") };
    let command = DescribeStation {
        station: read.sheet.station.id,
        name: typed.name.clone(),
        name_en: typed.name_en.clone(),
        telephone: typed.telephone.clone(),
    };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        describe_stations(tx, call, std::slice::from_ref(&command))?;
        Ok(format!("{}?done=described", read.href()))
    });
    s.after(done, |faults| page(&s, StatusCode::UNPROCESSABLE_ENTITY, &read, typed, faults))
}
