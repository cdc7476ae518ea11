//! Governance modes of a community: which are in force, which were, and beginning or ending one.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::kit::Scope;
use district::people::{Action, authorise};
use district::register::{self, BeginMode, Committee, Community, Mode};
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
    committees: &'a [Committee],
    faults: Faults,
    typed: Typed,
}

/// What was typed.
#[derive(Default)]
struct Typed {
    mode: String,
    organisation: String,
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

    fn in_charge(&self, committee: &Committee) -> bool {
        self.typed.organisation == committee.id.to_string()
    }
}

/// A community with its modes, and the committees that may be in charge of one.
struct Read {
    community: Community,
    modes: Vec<Mode>,
    committees: Vec<Committee>,
}

fn read(s: &Shell, key: &str) -> Result<Read, Fault> {
    let day = s.today();
    let read = s.state.read(|tx| {
        let Some(community) = register::community_at(tx, key, day)? else { return Ok(None) };
        let d = &community.description;
        let scope = Scope::Community { town: d.town, grid: d.grid, community: community.id };
        authorise(&s.actor, Action::RegisterWrite, scope)?;
        let committees = register::committees(tx, d.town, day)?;
        let modes = register::modes(tx, community.id)?;
        Ok(Some(Read { community, modes, committees }))
    })?;
    read.ok_or(Fault::Absent)
}

impl Read {
    fn page<'a>(&'a self, s: &'a Shell, typed: Typed, faults: Faults) -> Show<'a> {
        let Self { community, modes, committees } = self;
        Show { s, community, modes, committees, faults, typed }
    }
}

/// GET `/communities/{id}/modes`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let read = read(&s, &key)?;
    let typed = Typed { from: s.today().to_string(), ..Typed::default() };
    s.html(&read.page(&s, typed, Faults::none()))
}

/// POST `/communities/{id}/modes`: `do` is `begin` or `end`; `mode`, `organisation`, `document_no`, `from`.
pub(super) async fn change(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let read = read(&s, &key)?;
    let field = |name: &str| posted.fields.get(name).to_owned();
    let typed = Typed {
        mode: field("mode"),
        organisation: field("organisation"),
        document_no: field("document_no"),
        from: field("from"),
    };
    let mode = GovernanceMode::from_code(&typed.mode).map_err(|_| Fault::Bad)?;
    let organisation = match typed.organisation.as_str() {
        "" => None,
        chosen => {
            let of = |it: &&Committee| it.id.to_string() == chosen;
            Some(read.committees.iter().find(of).ok_or(Fault::Bad)?.id)
        }
    };
    let Ok(from) = typed.from.parse::<Day>() else {
        let faults = Faults::one(Some("from"), s.t("register-refused-date").to_owned());
        return s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &read.page(&s, typed, faults));
    };
    let begins = posted.fields.get("do") == "begin";
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        if begins {
            let command = BeginMode {
                community: read.community.id,
                mode,
                organisation,
                document_no: typed.document_no.clone(),
                from,
            };
            register::begin_modes(tx, call, &[command])?;
        } else {
            register::end_mode(tx, call, read.community.id, mode, from)?;
        }
        Ok(format!("/communities/{}/modes", read.community.code))
    });
    match done {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            let faults = s.faults(&refusal);
            s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &read.page(&s, typed, faults))
        }
        Err(fault) => Err(fault),
    }
}
