//! Outlines of towns and communities from a GeoJSON file: each feature has a Polygon or `MultiPolygon` and the code of its
//! town or community, as a property `code` (or 编码) or as its id.

use base::Day;
use db::{Tx, params};
use serde_json::{Value as Json, json};

use super::store;
use crate::kit::{Call, Entry, Refusal, Result, Scope, record};
use crate::people::Action;
use crate::register::{self, Outline, OutlineCommunity, OutlineError};

/// An outline of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary {
    /// Which feature, from 1.
    pub number: usize,
    /// The code of its town or community.
    pub code: String,
    /// The geometry as it is kept.
    pub geometry: String,
}

/// What a file of outlines did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outlined {
    /// Towns with a new outline.
    pub towns: usize,
    /// Communities with a new outline, from the day on.
    pub communities: usize,
    /// Outlines that are registered already.
    pub same: usize,
}

fn refused(message: &'static str, number: usize) -> Refusal {
    Refusal::new(message).with("number", number).at("outlines")
}

/// Reads a file; the first feature that is none of ours refuses it, with its number.
pub fn read_boundaries(bytes: &[u8]) -> Result<Vec<Boundary>, Refusal> {
    let file: Json = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
        .map_err(|_| Refusal::new("exchange-refused-outline-file").at("outlines"))?;
    let features = file.get("features").and_then(Json::as_array).filter(|features| !features.is_empty());
    let features = features.ok_or_else(|| Refusal::new("exchange-refused-outline-file").at("outlines"))?;
    let mut all: Vec<Boundary> = Vec::with_capacity(features.len());
    for (number, feature) in (1..).zip(features) {
        let code = code(feature).ok_or_else(|| refused("exchange-refused-outline-code", number))?;
        if let Some(other) = all.iter().find(|other| other.code == code) {
            return Err(refused("exchange-refused-outline-twice", number).with("other", other.number));
        }
        let geometry = feature.get("geometry").unwrap_or(&Json::Null);
        Outline::read(geometry).map_err(|error| {
            let message = match error {
                OutlineError::Form => "exchange-refused-outline-form",
                OutlineError::Open => "exchange-refused-outline-open",
                OutlineError::Place => "exchange-refused-outline-place",
                OutlineError::Long => "exchange-refused-outline-long",
            };
            refused(message, number).with("code", &code)
        })?;
        let kept = json!({"type": geometry["type"], "coordinates": geometry["coordinates"]});
        all.push(Boundary { number, code, geometry: kept.to_string() });
    }
    Ok(all)
}

fn code(feature: &Json) -> Option<String> {
    let properties = feature.get("properties");
    let named = ["code", "编码"].iter().find_map(|name| properties?.get(name));
    let value = named.or_else(|| feature.get("id"))?;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let text = super::values::plain(&text);
    (!text.is_empty() && text != "null").then_some(text)
}

/// Gives towns and communities their outlines; a community's holds from the day on.
pub fn set_boundaries(tx: &mut Tx<'_>, call: &mut Call<'_>, on: Day, all: &[Boundary]) -> Result<Outlined> {
    super::authorise_somewhere(call, Action::RegisterImport)?;
    let towns = register::towns(tx, on)?;
    let mut done = Outlined::default();
    let mut objects = Vec::new();
    let mut outlines = Vec::new();
    for Boundary { number, code, geometry } in all {
        if let Some(town) = towns.iter().find(|town| town.code == *code) {
            call.authorise(Action::RegisterImport, Scope::Town(town.id))?;
            if town.boundary.as_ref() == Some(geometry) {
                done.same += 1;
                continue;
            }
            tx.execute(&store::OUTLINE_TOWN, params![town.id, geometry])?;
            objects.push(town.id.uuid());
            done.towns += 1;
            continue;
        }
        let Some(community) = register::community(tx, code, on)? else {
            return Err(refused("exchange-refused-outline-unknown", *number).with("code", code).into());
        };
        call.authorise(Action::RegisterImport, Scope::Town(community.description.town))?;
        if community.description.boundary.as_ref() == Some(geometry) {
            done.same += 1;
            continue;
        }
        objects.push(community.id.uuid());
        done.communities += 1;
        outlines.push(OutlineCommunity { id: community.id, from: on, boundary: geometry.clone() });
    }
    if !outlines.is_empty() {
        register::outline_communities(tx, call, &outlines)?;
    }
    record(tx, call, Entry { action: Action::RegisterImport, objects: &objects, fields: "boundary" })?;
    Ok(done)
}
