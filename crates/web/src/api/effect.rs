//! What a changed number of the handbook would move over the whole district, for programs; nothing is written.

use base::Uuid;
use district::handbook::{
    self as slice, Changed, Effect, PrescribedStation, StationChange, StationOf, TownEffect,
};
use district::kit::HandbookId;
use handbook::Handbook;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::Page;
use super::operation::Nothing;
use super::values::{After, Code, Limit, Prescribes};
use crate::handbook::effect::{Asked, propose};
use crate::handbook::say::{data, language};
use crate::kit::{Fault, Shell, Unread};

/// A change of a number; without one a draft as it stands.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// The version that is changed; the one in force without it.
    base: Option<Uuid>,
    /// The name of a number.
    name: Option<String>,
    /// Its new value.
    value: Option<i64>,
}

/// What is found of a change, and the version it is held against.
struct Found {
    effect: Effect,
    before: Uuid,
    after: Handbook,
}

fn found(s: &Shell, asked: Change) -> Result<Found, Fault> {
    let Change { base, name, value } = asked;
    if name.is_some() != value.is_some() {
        let text = s.t("api-name-and-value").to_owned();
        return Err(Fault::Unread(vec![Unread { field: "value".into(), text }]));
    }
    let value = value.map(|value| value.to_string()).unwrap_or_default();
    let asked = Asked { base: base.map(HandbookId::from_uuid), name: name.unwrap_or_default(), value };
    let today = s.today();
    let (proposal, effect) = s.state.read(|tx| {
        let proposal = propose(tx, s, &asked)?;
        let effect = match &proposal.draft {
            Ok(draft) => Some(slice::effect(tx, &s.actor, &s.state.memory, today, &proposal.current, draft)?),
            Err(_) => None,
        };
        Ok((proposal, effect))
    })?;
    if !asked.name.is_empty() && proposal.base.handbook.parameter(&asked.name).is_none() {
        return Err(Fault::Absent);
    }
    match (proposal.draft, effect) {
        (Ok(after), Some(effect)) => Ok(Found { effect, before: proposal.current.id.uuid(), after }),
        (Err(wrong), _) => {
            let text = wrong.words(s, &proposal.base.handbook);
            Err(Fault::Unread(vec![Unread { field: "value".into(), text }]))
        }
        (Ok(_), None) => Err(Fault::Internal("a changed handbook without its effect".into())),
    }
}

/// What changes over the whole district.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HandbookEffect {
    /// The version in force, against which it is held.
    against: Uuid,
    /// The number of the changed version.
    version: String,
    /// Communities that were looked at.
    looked_at: usize,
    /// Communities for which something changes.
    changed: usize,
    /// The district as it is prescribed now.
    before: PrescribedFigures,
    /// The district as it would be prescribed.
    after: PrescribedFigures,
    /// Towns in which something changes.
    towns: Vec<TownMoved>,
    /// Stations that are new, are no more, or have other workers.
    stations: Vec<StationMoved>,
}

/// What a version prescribes for the district, or for a town.
#[derive(Debug, Serialize, ToSchema)]
struct PrescribedFigures {
    /// Communities with a station of their own.
    standalone: i64,
    /// Communities that share a joint station.
    joint: i64,
    /// Communities without a station.
    without: i64,
    /// Stations, standalone and joint.
    stations: i64,
    /// Whole people at all stations.
    workers: i64,
    /// What a year costs, in fen.
    cost_fen: i64,
}

fn figures(it: &slice::Prescribed) -> PrescribedFigures {
    PrescribedFigures {
        standalone: it.standalone,
        joint: it.joint,
        without: it.without,
        stations: it.stations,
        workers: it.workers,
        cost_fen: it.cost().fen(),
    }
}

/// A town in which something changes.
#[derive(Debug, Serialize, ToSchema)]
struct TownMoved {
    /// The town.
    town: Uuid,
    /// Its communities for which something changes.
    communities: i64,
    /// As it is prescribed now.
    before: PrescribedFigures,
    /// As it would be prescribed.
    after: PrescribedFigures,
}

/// A station that changes.
#[derive(Debug, Serialize, ToSchema)]
struct StationMoved {
    /// The community whose own it is.
    community: Option<Uuid>,
    /// The grid whose communities share it.
    grid: Option<Uuid>,
    /// Its town.
    town: Uuid,
    /// Communities it serves now; null: it is new.
    communities_before: Option<i64>,
    /// Communities it would serve; null: it is no more.
    communities_after: Option<i64>,
    /// Its workers now.
    workers_before: Option<i64>,
    /// Its workers then.
    workers_after: Option<i64>,
}

/// GET `/api/v1/handbook/effect`.
pub(super) fn show(s: &Shell, _: Nothing, asked: Change) -> Result<HandbookEffect, Fault> {
    let Found { effect, before, after } = found(s, asked)?;
    let town = |it: &TownEffect| TownMoved {
        town: it.town.uuid(),
        communities: it.communities,
        before: figures(&it.before),
        after: figures(&it.after),
    };
    Ok(HandbookEffect {
        against: before,
        version: after.version().to_owned(),
        looked_at: effect.looked_at,
        changed: effect.communities.len(),
        before: figures(&effect.before),
        after: figures(&effect.after),
        towns: effect.towns.iter().map(town).collect(),
        stations: effect.stations.iter().map(station).collect(),
    })
}

fn station(it: &StationChange) -> StationMoved {
    let (community, grid) = match it.whose {
        StationOf::Community(id) => (Some(id.uuid()), None),
        StationOf::Grid(id) => (None, Some(id.uuid())),
    };
    let communities = |it: Option<PrescribedStation>| it.map(|it| it.communities);
    let workers = |it: Option<PrescribedStation>| it.map(|it| it.workers);
    StationMoved {
        community,
        grid,
        town: it.town.uuid(),
        communities_before: communities(it.before),
        communities_after: communities(it.after),
        workers_before: workers(it.before),
        workers_after: workers(it.after),
    }
}

/// The communities that a change moves.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeRows {
    /// The version that is changed; the one in force without it.
    base: Option<Uuid>,
    /// The name of a number.
    name: Option<String>,
    /// Its new value.
    value: Option<i64>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// A community for which something changes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CommunityMoved {
    /// The community.
    community: Uuid,
    /// Its code.
    code: String,
    /// What changes.
    changes: Vec<Difference>,
}

/// One thing that changes.
#[derive(Debug, Serialize, ToSchema)]
struct Difference {
    /// What.
    kind: Prescribes,
    /// What is prescribed now, in words; null for nothing.
    before: Option<String>,
    /// What would be prescribed.
    after: Option<String>,
    /// The numbers of the clauses that would lead there.
    because: Vec<String>,
}

/// GET `/api/v1/handbook/effect/communities`.
pub(super) fn communities(s: &Shell, _: Nothing, asked: ChangeRows) -> Result<Page<CommunityMoved>, Fault> {
    let ChangeRows { base, name, value, limit, after } = asked;
    let found = found(s, Change { base, name, value })?;
    let changed: Vec<&Changed> = found.effect.communities.iter().collect();
    let page = Page::cut(changed, after.as_ref(), limit, |it| it.community.id.uuid())?;
    Ok(page.map(|it| moved(s, it)))
}

fn moved(s: &Shell, it: &Changed) -> CommunityMoved {
    let language = language(s);
    let difference = |kind: &handbook::ConsequenceKind| {
        let after = it.impact.after.line(*kind, language);
        Difference {
            kind: Code(*kind),
            before: it.impact.before.line(*kind, language).map(|line| data(s, &line.words)),
            after: after.as_ref().map(|line| data(s, &line.words)),
            because: after.map(|line| line.clauses).unwrap_or_default(),
        }
    };
    CommunityMoved {
        community: it.community.id.uuid(),
        code: it.community.code.clone(),
        changes: it.impact.changed.iter().map(difference).collect(),
    }
}
