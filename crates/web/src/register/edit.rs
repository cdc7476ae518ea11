//! A community described anew from a day on: nothing is written over what somebody else has said since the form was opened,
//! nor, unasked, instead of what is registered for later days.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::kit::Scope;
use district::people::{Action, authorise};
use district::register::{self, Basis, Community, Description, ReviseCommunity, Versions};
use http::StatusCode;

use super::describe::{Form, Typed};
use crate::kit::{self, Fault, Faults, Places, Posted, Shell};

#[derive(Template)]
#[template(path = "register/edit.html")]
struct Show<'a> {
    s: &'a Shell,
    community: &'a Community,
    form: Form,
    /// The seal of what is registered as this form is shown.
    seal: String,
    /// First days of the versions that it would stand instead of; empty for none.
    replaced: String,
}

impl<'a> Show<'a> {
    fn new(
        s: &'a Shell,
        (community, places, versions): (&'a Community, &Places, &Versions),
        typed: Typed,
        faults: Faults,
    ) -> Self {
        let from: Day = typed.from.parse().unwrap_or_else(|_| s.today());
        let replaced = register::days(&versions.replaced(from, community.from));
        let form = Form::new(s, places, typed, faults);
        Self { s, community, form, seal: versions.seal(community.from), replaced }
    }
}

/// The community of an address that the reader may describe, with the places of today and all its versions.
pub(crate) fn read(s: &Shell, key: &str, action: Action) -> Result<(Community, Places, Versions), Fault> {
    let day = s.today();
    let read = s.state.read(|tx| {
        let Some(community) = register::community_at(tx, key, day)? else { return Ok(None) };
        let d = &community.description;
        authorise(
            &s.actor,
            action,
            Scope::Community { town: d.town, grid: d.grid, community: community.id },
        )?;
        let versions = Versions::read(tx, community.id)?;
        Ok(Some((community, Places::read(s, tx, day)?, versions)))
    })?;
    read.ok_or(Fault::Absent)
}

/// GET `/communities/{id}/edit`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (community, places, versions) = read(&s, &key, Action::RegisterWrite)?;
    let typed = Typed::of(&community.description, s.today());
    s.html(&Show::new(&s, (&community, &places, &versions), typed, Faults::none()))
}

/// POST the same: the description, `from`, `seal`, and `replacing` where later versions are to go.
pub(super) async fn change(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let (community, places, versions) = read(&s, &key, Action::RegisterWrite)?;
    let typed = Typed::sent(&posted.fields);
    // Shown again it has the seal of today: who was told of a change and saves again has looked at it.
    let again = |faults: Faults| {
        let show = Show::new(&s, (&community, &places, &versions), typed.clone(), faults);
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &show)
    };
    let (description, from) = match typed.read(&s, &places) {
        Ok(read) => read,
        Err(faults) => return again(faults),
    };
    let description = Description { boundary: community.description.boundary.clone(), ..description };
    let basis = Basis::Form {
        version: community.from,
        seal: posted.fields.get("seal").to_owned(),
        replacing: posted.fields.get("replacing") == "1",
    };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let (description, basis) = (description.clone(), basis.clone());
        let command = ReviseCommunity { id: community.id, from, description, basis };
        register::revise_communities(tx, call, &[command])?;
        Ok(format!("/communities/{}", community.code))
    });
    s.after(done, again)
}
