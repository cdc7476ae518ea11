//! What officers change of a community, for programs: its description upon the state they have seen, its place, its
//! governance modes, its figures, the form of its station.

use base::{Day, Uuid};
use district::Refusal;
use district::handbook::{self as handbooks, AddFactor, DecideForm};
use district::kit::{GridId, OrganisationId};
use district::people::Action;
use district::register::{
    self as slice, Basis, BeginMode, Description, PlaceCommunity, ReviseCommunity, Version,
};
use handbook::{Decision, prescribe};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Sealed;
use super::community::OfCommunity;
use super::operation::{Api, Nothing, once};
use super::register::part;
use super::values::{Code, Date, Form, Kind, Mode, Place, Right};
use crate::handbook::prescription::of_address;
use crate::kit::{Access, Fault, Posted, Shell};
use crate::register::read_for;

pub(super) fn operations() -> Api {
    let write = Access::May(Action::RegisterWrite);
    Api::of("api-group-register")
        .get_sealed("/api/v1/communities/{community}/versions", write, "community-versions", versions)
        .put_upon("/api/v1/communities/{community}/description", write, "community-describe", describe)
        .put("/api/v1/communities/{community}/position", write, "community-place", place)
        .act("/api/v1/communities/{community}/modes", write, "mode-begin", begin_mode)
        .act("/api/v1/communities/{community}/modes/end", write, "mode-end", end_mode)
        .act("/api/v1/communities/{community}/factors", write, "factor-enter", enter_factor)
        .act(
            "/api/v1/communities/{community}/form-decisions",
            Access::May(Action::FormDecide),
            "form-decide",
            decide_form,
        )
}

/// What is true of a community, as it is registered.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Described {
    /// Its name.
    #[schema(min_length = 1)]
    name: String,
    /// Its name in English; empty where there is none.
    name_en: String,
    /// Its kind.
    kind: Kind,
    /// Labels such as 人才公寓; empty for none.
    label: String,
    /// One owner or several.
    right: Right,
    /// Its town.
    town: Uuid,
    /// Its grid, if it lies in one.
    grid: Option<Uuid>,
    /// Its address.
    address: String,
    /// Where it is; null until it is placed on the map.
    position: Option<Place>,
    /// When people moved in first.
    opened_on: Option<Date>,
    /// Planned capacity in households, by a dated decision.
    #[schema(minimum = 0, maximum = 50_000)]
    planned_households: Option<i64>,
    /// The day of that decision; needed where there is a capacity.
    planned_decided_on: Option<Date>,
}

impl Described {
    /// What was sent, as the form of the page reads it.
    pub fn read(self, s: &Shell) -> Result<Description, Fault> {
        let (town, grid) = part(s, self.town, self.grid)?;
        Ok(Description {
            name: self.name.trim().to_owned(),
            name_en: self.name_en.trim().to_owned(),
            kind: self.kind.0,
            label: self.label.trim().to_owned(),
            right: self.right.0,
            town,
            grid,
            address: self.address.trim().to_owned(),
            position: self.position.map(Place::position),
            opened_on: self.opened_on.map(|Date(day)| day),
            planned_households: self.planned_households,
            planned_decided_on: self.planned_decided_on.map(|Date(day)| day),
            boundary: None,
        })
    }

    fn of(d: Description) -> Self {
        Self {
            name: d.name,
            name_en: d.name_en,
            kind: Code(d.kind),
            label: d.label,
            right: Code(d.right),
            town: d.town.uuid(),
            grid: d.grid.map(GridId::uuid),
            address: d.address,
            position: d.position.map(Place::from),
            opened_on: d.opened_on.map(Date),
            planned_households: d.planned_households,
            planned_decided_on: d.planned_decided_on.map(Date),
        }
    }
}

/// Every version of a community.
#[derive(Debug, Serialize, ToSchema)]
struct CommunityVersions {
    /// They, oldest first.
    versions: Vec<CommunityVersion>,
    /// The first day of the version that is true today.
    today: Date,
}

/// What is true of a community in an interval.
#[derive(Debug, Serialize, ToSchema)]
struct CommunityVersion {
    /// From this day.
    from: Date,
    /// Until before this day; null while no end is set.
    to: Option<Date>,
    /// What is true of it.
    description: Described,
}

/// GET `/api/v1/communities/{community}/versions`: for whoever may describe it anew; its tag is what `If-Match` takes then.
fn versions(s: &Shell, at: OfCommunity, _: Nothing) -> Result<Sealed<CommunityVersions>, Fault> {
    let (community, _, versions) = read_for(s, &at.community, Action::RegisterWrite)?;
    let version = |it: &Version| CommunityVersion {
        from: it.from.into(),
        to: it.to.map(Date),
        description: Described::of(it.description.clone()),
    };
    let all = versions.all().iter().map(version).collect();
    let value = CommunityVersions { versions: all, today: community.from.into() };
    Ok(Sealed { value, seal: versions.seal(community.from) })
}

/// A community described anew from a day on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Describe {
    /// From this day.
    from: Date,
    /// What is true from then on.
    description: Described,
    /// May it stand instead of versions that begin on its day or later?
    #[serde(default)]
    replacing: bool,
}

/// PUT `/api/v1/communities/{community}/description`.
fn describe(s: &Shell, posted: &Posted, at: OfCommunity, sent: Describe, seen: String) -> Result<(), Fault> {
    let (community, ..) = read_for(s, &at.community, Action::RegisterWrite)?;
    let boundary = community.description.boundary.clone();
    let description = Description { boundary, ..sent.description.read(s)? };
    let Date(from) = sent.from;
    let basis = Basis::Form { version: community.from, seal: seen, replacing: sent.replacing };
    let command = ReviseCommunity { id: community.id, from, description, basis };
    let done =
        once(s, posted, |tx, call| slice::revise_communities(tx, call, std::slice::from_ref(&command)));
    done.map_err(|fault| match fault {
        Fault::Refused(refusal) if refusal.message == "register-refused-changed-since" => Fault::Changed,
        other => other,
    })
}

/// PUT `/api/v1/communities/{community}/position`: nothing but the place is written.
fn place(s: &Shell, posted: &Posted, at: OfCommunity, sent: Place) -> Result<(), Fault> {
    let (community, ..) = read_for(s, &at.community, Action::RegisterWrite)?;
    let command = PlaceCommunity { id: community.id, on: s.today(), position: sent.position() };
    once(s, posted, |tx, call| slice::place_communities(tx, call, &[command]))
}

/// A governance mode that begins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMode {
    /// The mode.
    mode: Mode,
    /// The committee in charge: one of the town.
    organisation: Option<Uuid>,
    /// The number of the document it rests on; empty for none.
    document_no: String,
    /// From this day.
    from: Date,
}

/// POST `/api/v1/communities/{community}/modes`.
fn begin_mode(s: &Shell, posted: &Posted, at: OfCommunity, sent: NewMode) -> Result<(), Fault> {
    let (community, ..) = read_for(s, &at.community, Action::RegisterWrite)?;
    let town = community.description.town;
    let committees = s.state.read(|tx| slice::committees(tx, town, s.today()))?;
    let organisation = sent.organisation.map(OrganisationId::from_uuid);
    if organisation.is_some_and(|chosen| committees.iter().all(|committee| committee.id != chosen)) {
        return Err(Fault::Refused(Refusal::new("register-refused-choice").at("organisation")));
    }
    let (Code(mode), Date(from)) = (sent.mode, sent.from);
    let document_no = sent.document_no.trim().to_owned();
    let command = BeginMode { community: community.id, mode, organisation, document_no, from };
    once(s, posted, |tx, call| slice::begin_modes(tx, call, std::slice::from_ref(&command)))
}

/// A governance mode that ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EndMode {
    /// The mode.
    mode: Mode,
    /// The first day without it.
    from: Date,
}

/// POST `/api/v1/communities/{community}/modes/end`.
fn end_mode(s: &Shell, posted: &Posted, at: OfCommunity, sent: EndMode) -> Result<(), Fault> {
    let (community, ..) = read_for(s, &at.community, Action::RegisterWrite)?;
    let (Code(mode), Date(from)) = (sent.mode, sent.from);
    once(s, posted, |tx, call| slice::end_mode(tx, call, community.id, mode, from))
}

/// A figure that difficulty reads and the register does not hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFactor {
    /// `density` (residents per hundred rooms), `turnover` and `fee_collection` (per mille), `disputes` (a count), `distance`
    /// (metres on foot).
    #[schema(example = "fee_collection")]
    factor: String,
    /// The figure; null where it is not known any longer.
    #[schema(minimum = 0)]
    value: Option<i64>,
    /// Where it comes from.
    #[schema(min_length = 1, max_length = 200)]
    source: String,
    /// From this day.
    from: Date,
}

/// POST `/api/v1/communities/{community}/factors`.
fn enter_factor(s: &Shell, posted: &Posted, at: OfCommunity, sent: NewFactor) -> Result<(), Fault> {
    let community = of_address(s, &at.community, s.today())?;
    let factor = handbooks::measured(&sent.factor)
        .ok_or_else(|| Fault::Refused(Refusal::new("handbook-refused-factor").at("factor")))?;
    let Date(from) = sent.from;
    let command = AddFactor { community, factor, value: sent.value, source: sent.source, from };
    once(s, posted, |tx, call| handbooks::enter_factor(tx, call, &command))
}

/// A decision on the form of station, where the handbook leaves it to a named person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDecision {
    /// `standalone` or `joint`.
    form: Form,
    /// Why.
    #[schema(min_length = 1)]
    reason: String,
    /// From this day.
    from: Date,
    /// The first days of decisions that it may stand instead of; null: of none, and of no past day.
    replacing: Option<Vec<Date>>,
}

/// POST `/api/v1/communities/{community}/form-decisions`.
fn decide_form(s: &Shell, posted: &Posted, at: OfCommunity, sent: NewDecision) -> Result<(), Fault> {
    let today = s.today();
    let community = of_address(s, &at.community, today)?;
    let (Code(form), Date(from)) = (sent.form, sent.from);
    let replacing: Option<Vec<Day>> =
        sent.replacing.map(|days| days.into_iter().map(|Date(day)| day).collect());
    once(s, posted, |tx, call| {
        let absent = district::Error::Absent;
        let (_, facts) = handbooks::facts_for(tx, community, today)?.ok_or(absent("community"))?;
        let (_, handbook) = handbooks::in_force(tx, today)?.ok_or(absent("handbook"))?;
        if !matches!(prescribe(&handbook, &facts).decision, Decision::Awaited | Decision::Made(_)) {
            return Err(Refusal::new("handbook-refused-decision-unasked").into());
        }
        let (reason, replacing) = (sent.reason.clone(), replacing.clone());
        handbooks::decide_forms(tx, call, &[DecideForm { community, form, reason, from, replacing }])
    })
}
