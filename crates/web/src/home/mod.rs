//! The first page: what this is, find my community, the doors.

use std::sync::Arc;

use askama::Template;
use district::kit::Role;
use district::people;

use crate::coverage::{self, Drawn};
use crate::kit::{self, Access, Door, Routes, Shell, role_message};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/", Access::Public, index).room(Door::Public, 0, "/", "home-room")
}

/// A way in that the demonstration offers.
struct Entry {
    role: Role,
    button: &'static str,
    what: &'static str,
}

impl Entry {
    fn name(&self) -> &'static str {
        role_message(self.role)
    }
}

/// Every way in, in the order they are shown.
const ENTRIES: [Entry; 10] = [
    Entry {
        role: Role::DistrictOfficer,
        button: "home-enter-district-officer",
        what: "home-what-district-officer",
    },
    Entry { role: Role::TownOfficer, button: "home-enter-town-officer", what: "home-what-town-officer" },
    Entry { role: Role::GridLeader, button: "home-enter-grid-leader", what: "home-what-grid-leader" },
    Entry {
        role: Role::CommunityWorker,
        button: "home-enter-community-worker",
        what: "home-what-community-worker",
    },
    Entry { role: Role::Operator, button: "home-enter-operator", what: "home-what-operator" },
    Entry { role: Role::Resident, button: "home-enter-resident", what: "home-what-resident" },
    Entry { role: Role::Owner, button: "home-enter-owner", what: "home-what-owner" },
    Entry {
        role: Role::SystemAdministrator,
        button: "home-enter-system-administrator",
        what: "home-what-system-administrator",
    },
    Entry {
        role: Role::SecurityAdministrator,
        button: "home-enter-security-administrator",
        what: "home-what-security-administrator",
    },
    Entry {
        role: Role::AuditAdministrator,
        button: "home-enter-audit-administrator",
        what: "home-what-audit-administrator",
    },
];

#[derive(Template)]
#[template(path = "home/index.html")]
struct Index<'a> {
    s: &'a Shell,
    entries: Vec<&'static Entry>,
    /// Nobody has an account yet: the district is to be begun.
    begins: bool,
    /// How its households are reached, as far as it was decided to be public.
    drawn: Option<Arc<Drawn>>,
}

async fn index(s: Shell) -> kit::Result {
    let roles = if s.demonstration() {
        s.state.read(|tx| s.state.memory.entered_as(tx, s.today()))?
    } else {
        Arc::default()
    };
    let entries = ENTRIES.iter().filter(|entry| roles.contains(&entry.role)).collect();
    let drawn = coverage::public(&s)?;
    let begins = s.state.begin_code().is_some() && !s.state.read(people::any_account)?;
    s.html(&Index { s: &s, entries, begins, drawn })
}
