//! The page of one's own home: what somebody may know of where they live, and who serves them.

use base::{Day, Instant};
use db::{Tx, params};

use super::owned::{Owned, owned};
use super::residents::own_telephone;
use super::telephones::{Proof, proven};
use super::{person_joined, store};
use crate::kit::{AccountId, Actor, Call, Entry, Error, Refusal, Result, record_about};
use crate::people::vault::Vault;
use crate::people::{Action, authorise, person_of, store as people};
use crate::register::{self, Home};

/// What somebody may know of where they live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyHome {
    /// The homes; more than one only with more than one lease.
    pub homes: Vec<Home>,
    /// The flats they own.
    pub owned: Vec<Owned>,
    /// Is the account entered by telephone?
    pub by_telephone: bool,
    /// What is typed to sign in by password; `None` for whoever comes in by telephone.
    pub login: Option<String>,
    /// Did the account join, or was it opened for somebody who works here?
    pub joined: bool,
    /// May it be ended by whoever asks? That of the demonstration is everybody's.
    pub may_withdraw: bool,
}

/// The homes of whoever asks.
pub fn my_home(tx: &mut Tx<'_>, actor: &Actor, day: Day) -> Result<MyHome> {
    let account = actor.account.ok_or(Error::Forbidden(Action::HomeRead))?;
    authorise(actor, Action::HomeRead, actor.scope())?;
    let person = person_of(tx, account)?;
    let mut row = tx.find(&store::WAY_IN, params![account])?.ok_or(Error::Absent("account"))?;
    let (by_telephone, login): (bool, String) = (row.get(0)?, row.get(1)?);
    let joined = person_joined(tx, account)?.is_some();
    Ok(MyHome {
        may_withdraw: joined && !row.get::<bool>(2)?,
        homes: register::homes_of(tx, person, day)?,
        owned: owned(tx, person, day)?,
        by_telephone,
        login: Some(login).filter(|_| !by_telephone),
        joined,
    })
}

/// Makes another telephone that was shown to be one's own the one by which one comes in.
pub fn change_telephone(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    proof: &Proof,
    wall: Instant,
) -> Result<()> {
    call.tries(Action::PersonOwn, call.actor.account.map(AccountId::uuid));
    let account = call.actor.account.ok_or(Error::Forbidden(Action::PersonOwn))?;
    let person = person_joined(tx, account)?.ok_or(Error::Forbidden(Action::PersonOwn))?;
    proven(tx, vault, proof, wall)?;
    own_telephone(tx, call, vault, person, &proof.telephone)?;
    tx.execute(&store::BY_TELEPHONE, params![account, true])?;
    let entry = Entry { action: Action::PersonOwn, objects: &[person.uuid()], fields: "telephone" };
    record_about(tx, call, entry, &[person])
}

/// Ends one's own account: whoever joined may leave at any time. The stay in the register is not touched.
pub fn withdraw(tx: &mut Tx<'_>, call: &mut Call<'_>, wall: Instant) -> Result<()> {
    call.tries(Action::PersonOwn, call.actor.account.map(AccountId::uuid));
    let account = call.actor.account.ok_or(Error::Forbidden(Action::PersonOwn))?;
    let person = person_joined(tx, account)?.ok_or_else(|| Refusal::new("joining-refused-not-joined"))?;
    let mut row = tx.find(&store::WAY_IN, params![account])?.ok_or(Error::Absent("account"))?;
    if row.get::<bool>(2)? {
        return Err(Refusal::new("joining-refused-everybodys").into());
    }
    tx.execute(&people::END_ACCOUNT, params![account, call.today()])?;
    tx.execute(&people::END_SESSIONS, params![account, wall])?;
    let entry = Entry { action: Action::AccountJoin, objects: &[account.uuid()], fields: "valid_to" };
    record_about(tx, call, entry, &[person])
}
