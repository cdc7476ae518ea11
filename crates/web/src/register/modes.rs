//! Governance modes of a community: which are in force, which were, and beginning or ending one.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::kit::Scope;
use district::people::{Action, authorise};
use district::register::{self, BeginMode, Community, Mode};
use handbook::GovernanceMode;
use http::StatusCode;

use super::list::mode_message;
use crate::kit::{self, Fault, Faults, Posted, Shell, see_other};

#[derive(Template)]
#[template(path = "register/modes.html")]
struct Show<'a> {
    s: &'a Shell,
    community: &'a Community,
    modes: &'a [Mode],
    faults: Faults,
    typed: Typed,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    mode: String,
    document_no: String,
    from: String,
}

#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates call methods, and give references to fields"
)]
impl Show<'_> {
    fn name(&self, mode: &GovernanceMode) -> &'static str {
        mode_message(*mode)
    }

    fn chosen(&self, mode: &GovernanceMode) -> bool {
        self.typed.mode == mode.as_code()
    }
}

fn read(s: &Shell, key: &str) -> Result<(Community, Vec<Mode>), Fault> {
    let day = s.today();
    let read = s.state.read(|tx| {
        let Some(community) = register::community_at(tx, key, day)? else { return Ok(None) };
        let d = &community.description;
        let scope = Scope::Community { town: d.town, grid: d.grid, community: community.id };
        authorise(&s.actor, Action::RegisterWrite, scope)?;
        let modes = register::modes(tx, community.id)?;
        Ok(Some((community, modes)))
    })?;
    read.ok_or(Fault::Absent)
}

/// GET `/communities/{id}/modes`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (community, modes) = read(&s, &key)?;
    let typed = Typed { from: s.today().to_string(), ..Typed::default() };
    s.html(&Show { s: &s, community: &community, modes: &modes, faults: Faults::none(), typed })
}

/// POST `/communities/{id}/modes`: `do` is `begin` or `end`; `mode`, `document_no`, `from`.
pub(super) async fn change(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let (community, modes) = read(&s, &key)?;
    let field = |name: &str| posted.fields.get(name).to_owned();
    let typed = Typed { mode: field("mode"), document_no: field("document_no"), from: field("from") };
    let mode = GovernanceMode::from_code(&typed.mode).map_err(|_| Fault::Bad)?;
    let Ok(from) = typed.from.parse::<Day>() else {
        let faults = Faults::one(Some("from"), s.t("register-refused-date").to_owned());
        let page = Show { s: &s, community: &community, modes: &modes, faults, typed };
        return s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let begins = posted.fields.get("do") == "begin";
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        if begins {
            let command = BeginMode {
                community: community.id,
                mode,
                organisation: None,
                document_no: typed.document_no.clone(),
                from,
            };
            register::begin_modes(tx, call, &[command])?;
        } else {
            register::end_mode(tx, call, community.id, mode, from)?;
        }
        Ok(format!("/communities/{}/modes", community.code))
    });
    match done {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            let faults = s.faults(&refusal);
            let page = Show { s: &s, community: &community, modes: &modes, faults, typed };
            s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(fault) => Err(fault),
    }
}
