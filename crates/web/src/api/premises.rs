//! Premises for programs: where a station or a point could be.

use base::{Area, Money, Uuid};
use district::kit::{CommunityId, GridId, PremisesId};
use district::stations::{self as slice, AddPremises};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::operation::{Nothing, once, once_made};
use super::register::{OnDay, day, part};
use super::stations::FromDay;
use super::values::{Date, Place};
use crate::kit::{Fault, Posted, Shell};

/// Premises that could host a point.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Premises {
    /// Their id.
    id: Uuid,
    /// What they are.
    kind: String,
    /// Their name.
    name: String,
    /// Their name in English; empty where there is none.
    name_en: String,
    /// Their town.
    town: Uuid,
    /// Their grid.
    grid: Option<Uuid>,
    /// The community they lie in.
    community: Option<Uuid>,
    /// Where they are.
    position: Place,
    /// Is a room offered there?
    room_offered: bool,
    /// In cm².
    area_cm2: Option<i64>,
    /// Rent a year, in fen.
    rent_fen: Option<i64>,
}

/// GET `/api/v1/premises`: those that the reader may read.
pub(super) fn list(s: &Shell, _: Nothing, asked: OnDay) -> Result<Page<Premises>, Fault> {
    let found = s.state.read(|tx| slice::premises_of(tx, &s.actor, day(s, asked.on)))?;
    let page = Page::cut(found, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?;
    Ok(page.map(|it| Premises {
        id: it.id.uuid(),
        kind: it.kind,
        name: it.name,
        name_en: it.name_en,
        town: it.town.uuid(),
        grid: it.grid.map(GridId::uuid),
        community: it.community.map(CommunityId::uuid),
        position: it.position.into(),
        room_offered: it.room_offered,
        area_cm2: it.area.map(Area::cm2),
        rent_fen: it.rent.map(Money::fen),
    }))
}

/// New premises.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPremises {
    /// What they are: `party_service_centre`, `committee_office`, `community_room`, `mall`.
    #[schema(example = "community_room")]
    kind: String,
    /// Their name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Their name in English; empty where there is none.
    name_en: String,
    /// Their town.
    town: Uuid,
    /// Their grid.
    grid: Option<Uuid>,
    /// Where they are.
    position: Place,
    /// Is a room offered there?
    room_offered: bool,
    /// In cm².
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    area_cm2: Option<i64>,
    /// Rent a year, in fen.
    #[schema(minimum = 0, maximum = 100_000_000_000_i64)]
    rent_fen: Option<i64>,
    /// From this day.
    from: Date,
}

/// The largest area, in cm²: ten hectares, more than any mall has to give away.
const MOST_AREA: i64 = 1_000_000_000;
/// The largest rent of a year, in fen: the nine digits of yuan that the form takes.
const MOST_RENT: i64 = 100_000_000_000;

/// POST `/api/v1/premises`.
pub(super) fn add(s: &Shell, posted: &Posted, _: Nothing, sent: NewPremises) -> Result<Made, Fault> {
    let (town, grid) = part(s, sent.town, sent.grid)?;
    let position = sent.position.position();
    let refused = |message: &'static str, field: &'static str| {
        Fault::Refused(district::Refusal::new(message).at(field))
    };
    if sent.area_cm2.is_some_and(|area| !(0..=MOST_AREA).contains(&area)) {
        return Err(refused("stations-refused-area", "area_cm2"));
    }
    if sent.rent_fen.is_some_and(|rent| !(0..=MOST_RENT).contains(&rent)) {
        return Err(refused("stations-refused-rent", "rent_fen"));
    }
    let Date(from) = sent.from;
    once_made(
        s,
        posted,
        |_| "premises".into(),
        |tx, call| {
            let id: PremisesId = call.id();
            let command = AddPremises {
                id,
                kind: sent.kind.clone(),
                name: sent.name.clone(),
                name_en: sent.name_en.clone(),
                town,
                grid,
                community: None,
                position,
                room_offered: sent.room_offered,
                area: sent.area_cm2.map(Area::from_cm2),
                rent: sent.rent_fen.map(Money::from_fen),
                from,
            };
            slice::add_premises(tx, call, &[command])?;
            Ok(id.uuid())
        },
    )
}

/// Premises.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct OfPremises {
    /// Their id.
    premises: Uuid,
}

/// POST `/api/v1/premises/{premises}/end`.
pub(super) fn end(s: &Shell, posted: &Posted, at: OfPremises, sent: FromDay) -> Result<(), Fault> {
    let (id, Date(to)) = (PremisesId::from_uuid(at.premises), sent.from);
    once(s, posted, |tx, call| slice::end_premises(tx, call, &[(id, to)]))
}
