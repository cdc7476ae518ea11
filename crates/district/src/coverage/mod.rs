//! Coverage (有效覆盖): the cascade of a community, a grid, a town, the district, as of any date.
//!
//! Each figure has one function here; pages, lists, exports, the API and the command line call it and nothing else
//! (`docs/indicators.md` names them).

pub mod functions;
pub mod households;
mod publish;
mod reach;
pub mod rules;
mod standings;
pub(crate) mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use base::Day;
use db::Tx;
use handbook::{CommunityKind, GovernanceMode, Prescription, prescribe};

use crate::kit::{Actor, CommunityId, GridId, PointId, Result, Scope, TownId};
use crate::people::{Action, authorise};
use crate::register::Snapshot;
use crate::stations::rules::Week;
use crate::{handbook as handbooks, register, stations};

pub use publish::{Decision, Figure, decide, decisions, published};
pub(crate) use reach::{MovedOut, Tell, moved_out, tell};
pub use reach::{count_reach, miscounted, reach_from_work, recount, recount_reach};
use rules::{Cascade, Demand, Service, Standing, reached, walking_metres};
pub use standings::{Loss, Standings};

/// Every community of the list on a day and how far its households are reached, in the order of their ids.
///
/// Asks no permission: pages show sums of it by [`may_see`] or by what is [`published`].
pub fn standings(tx: &mut Tx<'_>, day: Day) -> Result<Standings> {
    let grounds = grounds(tx, day)?;
    standing_on(tx, &grounds, day)
}

/// The same, where is known how far each community's door, point and people reach.
pub(crate) fn standing_on(tx: &mut Tx<'_>, grounds: &[Standing], day: Day) -> Result<Standings> {
    let reach = reach::reach(tx, day)?;
    let of = |ground: &Standing| Standing {
        reach: reach.get(&ground.community).copied().unwrap_or_default(),
        ..ground.clone()
    };
    Ok(Standings::new(grounds.iter().map(of).collect()))
}

/// Every community of the list on a day and how far the ground it stands on reaches: its mode, its point, who is there. What is
/// known of single households is left out.
pub(crate) fn grounds(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Standing>> {
    let communities = register::snapshot(tx, day)?;
    let prescriptions = prescriptions(tx, &communities, day)?;
    let mut served = HashMap::new();
    for service in stations::served(tx, day)? {
        served.insert(service.community, service);
    }
    let weeks = stations::point_weeks(tx, day)?;
    let all = communities
        .into_iter()
        .map(|community| {
            let prescription = prescriptions.get(&community.id);
            let service = served.get(&community.id).map(|served| service_of(&community, served, &weeks));
            let reached = prescription.map_or(rules::Step::Target, |prescription| {
                reached(is_assigned(&community.modes, prescription), service, demand(prescription))
            });
            Standing {
                community: community.id,
                code: community.code,
                name: community.name,
                name_en: community.name_en,
                town: community.town,
                grid: community.grid,
                kind: community.kind,
                households: community.households,
                residents: community.residents,
                reached,
                reach: households::Reach::default(),
            }
        })
        .collect();
    Ok(all)
}

fn prescriptions(
    tx: &mut Tx<'_>,
    communities: &[Snapshot],
    day: Day,
) -> Result<HashMap<CommunityId, Prescription>> {
    // Without a handbook in force nothing is prescribed, and so nobody is assigned as it prescribes.
    let Some((_, handbook)) = handbooks::in_force(tx, day)? else { return Ok(HashMap::new()) };
    let facts = handbooks::facts_of(tx, communities, day)?;
    Ok(facts.into_iter().map(|(id, facts)| (id, prescribe(&handbook, &facts))).collect())
}

fn service_of(community: &Snapshot, served: &stations::Served, weeks: &HashMap<PointId, Week>) -> Service {
    Service {
        open: served.open,
        walking: community.position.map(|position| walking_metres(position, served.position)),
        week: weeks.get(&served.point).copied().unwrap_or_default(),
    }
}

/// Is a community governed as the handbook prescribes? Every prescribed mode has to be in force; an own committee in
/// preparation is one.
pub fn is_assigned(modes: &[GovernanceMode], prescription: &Prescription) -> bool {
    let Some(prescribed) = &prescription.modes else { return false };
    let in_force = |mode: &GovernanceMode| {
        modes.contains(mode) || mode.is_own_committee() && modes.iter().any(|mode| mode.is_own_committee())
    };
    !prescribed.value.is_empty() && prescribed.value.iter().all(in_force)
}

/// What the handbook asks of the service of a community.
pub fn demand(prescription: &Prescription) -> Demand {
    Demand {
        open: prescription.open_hours.as_ref().map_or(0, |hours| hours.value.hours * 60),
        staffed: prescription.staffed_hours.as_ref().map_or(0, |hours| hours.value * 60),
        walking: prescription.walking_limit.as_ref().map(|limit| limit.value),
    }
}

/// May the actor see figures of this part that are not published?
pub fn may_see(actor: &Actor, scope: Scope) -> Result<()> {
    authorise(actor, Action::CoverageRead, scope)
}

/// Which communities a cascade counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Of this town only.
    pub town: Option<TownId>,
    /// Of this grid only.
    pub grid: Option<GridId>,
    /// Of communities that lie in no grid only.
    pub no_grid: bool,
    /// This community only.
    pub community: Option<CommunityId>,
    /// Of this kind only.
    pub kind: Option<CommunityKind>,
}

impl Part {
    /// Does it count this community?
    pub fn has(&self, standing: &Standing) -> bool {
        self.town.is_none_or(|town| standing.town == town)
            && self.grid.is_none_or(|grid| standing.grid == Some(grid))
            && (!self.no_grid || standing.grid.is_none())
            && self.community.is_none_or(|community| standing.community == community)
            && self.kind.is_none_or(|kind| standing.kind == kind)
    }

    /// The scope it lies in, for permission.
    pub fn scope(&self, standings: &Standings) -> Scope {
        match (self.community, self.grid, self.town) {
            (Some(community), _, _) => standings
                .get(community)
                .map_or(Scope::District, |s| Scope::Community { town: s.town, grid: s.grid, community }),
            // A grid without a community lies in the town that was asked for with it.
            (None, Some(grid), town) => standings
                .all()
                .iter()
                .find(|s| s.grid == Some(grid))
                .map(|s| s.town)
                .or(town)
                .map_or(Scope::District, |town| Scope::Grid { town, grid }),
            (None, None, Some(town)) => Scope::Town(town),
            (None, None, None) => Scope::District,
        }
    }
}

/// The figures of a part on a day as one object: what `lilong coverage --json` prints.
pub fn figures(cascade: &Cascade, day: Day) -> serde_json::Value {
    let mut figures = serde_json::json!({
        "day": day.to_string(),
        "communities": cascade.communities,
        "residents": cascade.residents,
    });
    for step in rules::Step::ALL {
        figures[step.as_str()] = cascade.at(step).into();
    }
    figures["unknown"] = cascade.unknown.into();
    figures["beside"] = cascade.beside.into();
    figures
}
