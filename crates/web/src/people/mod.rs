//! Accounts and who may do what, codes, one's own page, the audit; and the page on which a district begins.

mod accounts;
mod audit;
mod begin;
mod enrol;
mod own;
mod passkeys;
mod sheet;

use district::people::{Action, Code};
use sha2::{Digest as _, Sha256};

use crate::kit::{Access, Door, Posted, Routes, Shell};

pub(crate) use audit::break_words;
pub(crate) use enrol::new_password;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/begin", Access::Public, begin::show)
        .post("/begin", Access::Public, begin::begin)
        .get("/enrol", Access::Public, enrol::show)
        .post("/enrol", Access::Public, enrol::enrol)
        .get("/me", Access::SignedIn, own::show)
        .post("/me", Access::SignedIn, own::change)
        .post("/me/passkeys", Access::May(Action::PasskeyWrite), passkeys::change)
        .post("/me/passkeys/new", Access::May(Action::PasskeyWrite), passkeys::begin)
        .get("/desk/accounts", Access::May(Action::AccountRead), accounts::show)
        .room(Door::Desk, 80, "/desk/accounts", "people-room")
        .get("/desk/accounts/new", Access::May(Action::AccountWrite), accounts::opening)
        .post("/desk/accounts/new", Access::May(Action::AccountWrite), accounts::open)
        .get("/desk/accounts/{id}", Access::May(Action::AccountRead), sheet::show)
        .post("/desk/accounts/{id}", Access::May(Action::AccountRead), sheet::change)
        .get("/desk/audit", Access::May(Action::AuditRead), audit::show)
        .room(Door::Desk, 90, "/desk/audit", "people-audit-room")
        .get("/desk/audit/chain", Access::May(Action::AuditRead), audit::chain)
        .get("/desk/audit/{form}", Access::May(Action::AuditRead), audit::file)
}

/// The code that a form makes, the n-th: only this process can make it, and it makes it again when the form comes again,
/// so that a code is shown though its hash alone is kept.
fn code_of(s: &Shell, posted: &Posted, n: u8) -> Code {
    let digest = Sha256::new()
        .chain_update(s.state.secret())
        .chain_update(b"code")
        .chain_update([n])
        .chain_update(posted.key.as_bytes())
        .finalize();
    let mut random = [0; 20];
    random.copy_from_slice(&digest[..20]);
    Code::new(random)
}
