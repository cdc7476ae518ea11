//! A community described anew from a day on.

use askama::Template;
use axum::extract::Path;
use district::kit::Scope;
use district::people::{Action, authorise};
use district::register::{self, Community, Description, ReviseCommunity};
use http::StatusCode;

use super::describe::{Form, Typed};
use crate::kit::{self, Fault, Faults, Places, Posted, Shell, see_other};

#[derive(Template)]
#[template(path = "register/edit.html")]
struct Show<'a> {
    s: &'a Shell,
    community: &'a Community,
    form: Form,
}

/// The community of an address that the reader may describe, with the places of today.
pub(super) fn read(s: &Shell, key: &str, action: Action) -> Result<(Community, Places), Fault> {
    let day = s.today();
    let read = s.state.read(|tx| {
        let Some(community) = register::community_at(tx, key, day)? else { return Ok(None) };
        let d = &community.description;
        authorise(
            &s.actor,
            action,
            Scope::Community { town: d.town, grid: d.grid, community: community.id },
        )?;
        Ok(Some((community, Places::read(s, tx, day)?)))
    })?;
    read.ok_or(Fault::Absent)
}

/// GET `/communities/{id}/edit`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (community, places) = read(&s, &key, Action::RegisterWrite)?;
    let typed = Typed::of(&community.description, s.today());
    let form = Form::new(&s, &places, typed, Faults::none());
    s.html(&Show { s: &s, community: &community, form })
}

/// POST the same.
pub(super) async fn change(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let (community, places) = read(&s, &key, Action::RegisterWrite)?;
    let typed = Typed::sent(&posted.fields);
    let again = |faults: Faults| {
        let form = Form::new(&s, &places, typed.clone(), faults);
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &Show { s: &s, community: &community, form })
    };
    let (description, from) = match typed.read(&s, &places) {
        Ok(read) => read,
        Err(faults) => return again(faults),
    };
    let description = Description { boundary: community.description.boundary.clone(), ..description };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let command = ReviseCommunity { id: community.id, from, description: description.clone() };
        register::revise_communities(tx, call, &[command])?;
        Ok(format!("/communities/{}", community.code))
    });
    match done {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => again(s.faults(&refusal)),
        Err(fault) => Err(fault),
    }
}
