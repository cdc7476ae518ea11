//! How residents come in: by a telephone and a code sent to it, or by a letter and a password; and how somebody becomes a
//! resident's account: by the letter, by the operator's lease list, or by a worker's confirmation; and an owner's, by a
//! certificate that two people have checked.
//!
//! Nobody is *given* the role of a resident. It follows from the stay in the register: an account that joined is its
//! person's, and on each request the roles are those of the day. When the stay ends, so does what the account may do, and
//! a session of it is found no longer; nothing has to be run for that.

mod home;
mod letters;
mod owned;
mod owners;
mod requests;
mod residents;
pub(crate) mod store;
mod telephones;
#[cfg(test)]
mod tests;

use base::Day;
use db::{Tx, params};

use crate::kit::{AccountId, Grant, PersonId, Result, Role};
use crate::register;

pub use home::{MyHome, change_telephone, my_home, withdraw};
pub use letters::{Addressed, LETTER_DAYS, Letter, MOST_LETTERS, letters_of, print_letters};
pub use owned::{Owned, reseal_certificates, simulate_owner};
pub(super) use owned::{forget_certificates, forget_statements, owned_copy, owns_from};
pub use owners::{
    Certificate, Checked, OwnerLine, OwnerSheet, RevealedOwner, StateOwnership, check_owner, end_owner,
    owner_lines, owner_sheet, refuse_owner, reveal_owner, state_ownership,
};
pub(super) use requests::forget_requests;
pub use requests::{
    AskToJoin, JoinLine, JoinSheet, Living, REQUEST_DAYS, Whom, ask_to_join, confirm_join, join_requests,
    join_sheet, refuse_join, reveal_join,
};
pub use residents::{CameIn, Waiting, WayIn, come_in, join_by_letter, simulate_resident};
pub(super) use telephones::forget_codes;
pub use telephones::{
    CODE_MILLIS, CODE_TRIES, PROOF_MILLIS, Proof, Proved, TextCode, ask_code, prove, unsent,
};

pub use super::vault::Telephone;

/// How an account came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Letter,
    List,
    Worker,
    Owner,
    Simulation,
}

impl Way {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::List => "list",
            Self::Worker => "worker",
            Self::Owner => "owner",
            Self::Simulation => "simulation",
        }
    }
}

/// The person of an account that joined; `None` for an account that was opened for somebody who works here.
pub(super) fn person_joined(tx: &mut Tx<'_>, account: AccountId) -> Result<Option<PersonId>> {
    let found = tx.find(&store::PERSON_JOINED, params![account])?;
    Ok(found.map(|mut row| row.get(0)).transpose()?)
}

/// Is an account entered by its person's telephone?
pub(super) fn enters_by_telephone(tx: &mut Tx<'_>, account: AccountId) -> Result<bool> {
    Ok(tx.find(&store::WAY_IN, params![account])?.map_or(Ok(false), |mut row| row.get(0))?)
}

/// What a person is on a day by where they live and what they own.
pub(super) fn follows(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<Vec<Grant>> {
    let mut grants: Vec<Grant> = Vec::new();
    for home in register::homes_of(tx, person, day)? {
        let grant = Grant { role: Role::Resident, scope: home.scope };
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    for grant in owned::follows(tx, person, day)? {
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    Ok(grants)
}

/// The demonstration's account of a role that is given by nobody.
pub(super) fn demonstrated(tx: &mut Tx<'_>, role: Role, day: Day) -> Result<Option<AccountId>> {
    for mut row in tx.query(&store::SIMULATED, params![Way::Simulation.as_str(), day])? {
        let (account, person): (AccountId, PersonId) = (row.get(0)?, row.get(1)?);
        if follows(tx, person, day)?.first().is_some_and(|grant| grant.role == role) {
            return Ok(Some(account));
        }
    }
    Ok(None)
}
