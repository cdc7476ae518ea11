//! A community for programs: everything that its page shows to the same reader.

use base::Uuid;
use district::kit::GridId;
use district::{register, stations};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::register::day;
use super::stations::Shift;
use super::values::{Code, CoverageStep, Date, Kind, Mode, Place, Right};
use crate::kit::{Fault, Shell};
use crate::register::{CommunityRead, RegisterRead, read_community};

/// A community.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct OfCommunity {
    /// Its code or its id.
    pub community: String,
}

/// As of a day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct AsOf {
    /// As of this day; today without it.
    pub on: Option<Date>,
}

/// A community on a day: what anyone may know, and what the reader's work needs.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Community {
    /// Its id.
    id: Uuid,
    /// Its code, under which its page stands.
    code: String,
    /// Its name.
    name: String,
    /// Its name in English; empty where there is none.
    name_en: String,
    /// Its kind.
    kind: Kind,
    /// Labels such as 人才公寓; empty for none.
    label: String,
    /// Its town.
    town: Uuid,
    /// Its grid, if it lies in one.
    grid: Option<Uuid>,
    /// Its address.
    address: String,
    /// When people moved in first.
    opened_on: Option<Date>,
    /// Planned capacity in households, by a dated decision.
    planned_households: Option<i64>,
    /// Is it invented?
    simulated: bool,
    /// Who serves it; null for nobody.
    service: Option<Service>,
    /// The last step of coverage that holds with all before it; null where that is not public and not the reader's to see.
    reached: Option<CoverageStep>,
    /// What the register says; null for whoever does not work with it.
    register: Option<Register>,
}

/// Who serves a community.
#[derive(Debug, Serialize, ToSchema)]
struct Service {
    /// The station.
    station: Uuid,
    /// Its name.
    name: String,
    /// Its name in English; empty where there is none.
    name_en: String,
    /// The telephone of the station; empty where there is none.
    telephone: String,
    /// The point.
    point: Uuid,
    /// The words people find it by.
    words: String,
    /// Are the station and the point open on the day?
    open: bool,
    /// The week of the point.
    week: Vec<Shift>,
}

/// What the register says of a community.
#[derive(Debug, Serialize, ToSchema)]
struct Register {
    /// This is true of it from this day.
    from: Date,
    /// And until before this day; null while no end is set.
    to: Option<Date>,
    /// One owner or several.
    right: Right,
    /// Where it is; null until it is placed on the map.
    position: Option<Place>,
    /// When the planned capacity was decided.
    planned_decided_on: Option<Date>,
    /// Flats and rooms (套/间).
    dwellings: i64,
    /// Tenancies in force.
    households: i64,
    /// Occupants of these.
    residents: i64,
    /// Governance modes, past and present, oldest first.
    modes: Vec<Governance>,
    /// Who has a remit in it on the day.
    organisations: Vec<Remit>,
    /// Its numbers in the systems it came from.
    sources: Vec<Source>,
    /// Its buildings on the day.
    buildings: Vec<Building>,
}

/// A governance mode.
#[derive(Debug, Serialize, ToSchema)]
struct Governance {
    /// The mode.
    mode: Mode,
    /// The number of the document it rests on.
    document_no: String,
    /// From this day.
    from: Date,
    /// Until before this day; null while it is in force.
    to: Option<Date>,
    /// The committee in charge.
    organisation: Option<String>,
    /// The same in English.
    organisation_en: Option<String>,
}

/// An organisation's remit.
#[derive(Debug, Serialize, ToSchema)]
struct Remit {
    /// What it is there for: operator, property manager, mall, neighbour, party organisation.
    what: String,
    /// What the organisation is.
    kind: String,
    /// Its name.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Its unified social credit code.
    uscc: Option<String>,
    /// From this day.
    from: Date,
    /// Until before this day.
    to: Option<Date>,
}

/// The number of a community in a system.
#[derive(Debug, Serialize, ToSchema)]
struct Source {
    /// The system.
    system: String,
    /// The number.
    number: String,
}

/// A building.
#[derive(Debug, Serialize, ToSchema)]
struct Building {
    /// Its id.
    id: Uuid,
    /// Its number.
    number: String,
    /// Its floors.
    floors: i64,
    /// Its flats (套).
    units: i64,
    /// Its rooms that are let one by one (间).
    rooms: i64,
}

/// GET `/api/v1/communities/{community}`: what its page says to the same reader.
pub(super) fn show(s: &Shell, at: OfCommunity, asked: AsOf) -> Result<Community, Fault> {
    let day = day(s, asked.on);
    let read = read_community(s, &at.community, day)?;
    let CommunityRead { community, service, reached, register, .. } = read;
    let register = register.map(|it| register_of(&community, &it));
    let d = community.description.clone();
    let service = service.as_deref().map(|stations::ServedBy { station, point, shifts }| Service {
        open: station.is_open(day) && point.is_open(day),
        station: station.id.uuid(),
        name: station.name.clone(),
        name_en: station.name_en.clone(),
        telephone: station.telephone.clone(),
        point: point.id.uuid(),
        words: point.words.clone(),
        week: shifts.iter().copied().map(Shift::from).collect(),
    });
    Ok(Community {
        id: community.id.uuid(),
        code: community.code.clone(),
        name: d.name,
        name_en: d.name_en,
        kind: Code(d.kind),
        label: d.label,
        town: d.town.uuid(),
        grid: d.grid.map(GridId::uuid),
        address: d.address,
        opened_on: d.opened_on.map(Date),
        planned_households: d.planned_households,
        simulated: community.simulated,
        service,
        reached: reached.map(|standing| Code(standing.reached)),
        register,
    })
}

fn register_of(community: &register::Community, read: &RegisterRead) -> Register {
    let (d, record) = (&community.description, &read.record);
    let mode = |it: &register::Mode| {
        let (organisation, organisation_en) = it.organisation.clone().unzip();
        let (from, to) = (it.from.into(), it.to.map(Date));
        let document_no = it.document_no.clone();
        Governance { mode: Code(it.mode), document_no, from, to, organisation, organisation_en }
    };
    let remit = |it: &register::Remit| Remit {
        what: it.remit.clone(),
        kind: it.kind.clone(),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        uscc: it.uscc.clone(),
        from: it.from.into(),
        to: it.to.map(Date),
    };
    let building = |it: &register::Building| Building {
        id: it.id.uuid(),
        number: it.number.clone(),
        floors: it.floors,
        units: it.units,
        rooms: it.rooms,
    };
    Register {
        from: community.from.into(),
        to: community.to.map(Date),
        right: Code(d.right),
        position: d.position.map(Place::from),
        planned_decided_on: d.planned_decided_on.map(Date),
        dwellings: record.counts.dwellings,
        households: record.counts.households,
        residents: record.counts.residents,
        modes: record.modes.iter().map(mode).collect(),
        organisations: record.remits.iter().map(remit).collect(),
        sources: record.sources.iter().cloned().map(|(system, number)| Source { system, number }).collect(),
        buildings: read.buildings.iter().map(building).collect(),
    }
}
