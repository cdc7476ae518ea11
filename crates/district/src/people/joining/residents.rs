//! Somebody becomes a resident's account, or comes in as one.

use base::Instant;
use db::{Tx, params};

use super::telephones::{Proof, proven};
use super::{Way, follows, letters, owned, requests, store};
use crate::kit::{
    AccountId, Call, CommunityId, Entry, Error, PersonId, Refusal, Result, Role, Scope, record, record_about,
};
use crate::people::accounts::{folded, says_nothing, write_accounts};
use crate::people::vault::{Telephone, Vault, change_person, persons_of_telephone};
use crate::people::{Action, Code, NewAccount, Token, sign_in, store as people};
use crate::register;

/// What an account that joins is entered by.
#[derive(Debug, Clone)]
pub enum WayIn {
    /// A telephone that was shown to be one's own.
    Telephone(Proof),
    /// A login of one's own choice and the hash of a password, where no codes can be sent.
    Password {
        /// What they will type.
        login: String,
        /// Argon2id hash, as [`crate::people::Passwords::hash`] makes it.
        hash: String,
    },
}

/// The same once it was looked at, or was before.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entering<'a> {
    Telephone(&'a Telephone),
    Password { login: &'a str, hash: &'a str },
}

impl WayIn {
    /// Looks whether it may be used: a proof has to hold.
    pub(super) fn looked_at(&self, tx: &mut Tx<'_>, vault: &Vault, wall: Instant) -> Result<Entering<'_>> {
        match self {
            Self::Telephone(proof) => {
                proven(tx, vault, proof, wall).map(|()| Entering::Telephone(&proof.telephone))
            }
            Self::Password { login, hash } => Ok(Entering::Password { login, hash }),
        }
    }
}

/// What is known of a wish to join, to whoever holds the telephone it was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// A worker has it, since then.
    Since(Instant),
    /// Refused, with the reason.
    Refused(String),
}

/// What came of a telephone that was shown to be one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CameIn {
    /// Signed in as this.
    In(Role),
    /// It stands with several people of the lease list; one of them has to be told apart by a letter or a worker.
    Several,
    /// It stands with nobody who lives here; perhaps somebody asked to join with it.
    Unknown(Option<Waiting>),
}

/// Comes in by a telephone: as the account that has it, or as the one person of the lease list who has it and no account
/// yet, who joins by this.
pub fn come_in(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    proof: &Proof,
    token: &Token,
    wall: Instant,
) -> Result<CameIn> {
    call.tries(Action::SessionStart, None);
    proven(tx, vault, proof, wall)?;
    let persons = persons_of_telephone(tx, vault, &proof.telephone)?;
    if let Some(account) = account_of(tx, call, &persons)? {
        return Ok(CameIn::In(sign_in(tx, call, account, token, wall)?));
    }
    let mut listed = Vec::new();
    for person in &persons {
        let lives = !register::homes_of(tx, *person, call.today())?.is_empty();
        if lives && joined_of(tx, call, *person)?.is_none() {
            listed.push(*person);
        }
    }
    match listed.as_slice() {
        [] => {
            let waiting = requests::waiting(tx, &persons, wall)?;
            let waiting = waiting.map_or_else(|| owned::waiting(tx, &persons, wall), |it| Ok(Some(it)))?;
            Ok(CameIn::Unknown(waiting))
        }
        [person] => {
            let account = join(tx, call, vault, (*person, Way::List), Entering::Telephone(&proof.telephone))?;
            Ok(CameIn::In(sign_in(tx, call, account, token, wall)?))
        }
        _ => Ok(CameIn::Several),
    }
}

/// Joins by the code of a letter and comes in. Whoever joined before and has a new letter gets the new way in.
pub fn join_by_letter(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (code, way_in): (&Code, &WayIn),
    token: &Token,
    wall: Instant,
) -> Result<Role> {
    call.tries(Action::AccountJoin, None);
    let way_in = way_in.looked_at(tx, vault, wall)?;
    let person = letters::take(tx, call, code, wall)?;
    let account = match joined_of(tx, call, person)? {
        Some((account, _)) => enter_by(tx, call, vault, (account, person), way_in, wall).map(|()| account)?,
        None => join(tx, call, vault, (person, Way::Letter), way_in)?,
    };
    sign_in(tx, call, account, token, wall)
}

/// The resident whom the demonstration enters by one click: who has lived longest in the first flat of a building.
pub fn simulate_resident(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (community, building): (CommunityId, &str),
    login: &str,
) -> Result<PersonId> {
    call.authorise(Action::Simulate, Scope::District)?;
    let lives = register::lives_in(tx, community, building, call.today(), 1)?;
    let person = lives.first().ok_or(Error::Absent("resident"))?.person;
    simulated(tx, call, person, login).map(|_| person)
}

/// An account that the demonstration enters by one click; nobody can sign in to it.
pub(super) fn simulated(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    person: PersonId,
    login: &str,
) -> Result<AccountId> {
    let new = NewAccount { demonstration: true, ..account_for(call, person, login.to_owned(), None) };
    joined(tx, call, (new, Way::Simulation), false)
}

/// Makes the account of a person who joins.
pub(super) fn join(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (person, way): (PersonId, Way),
    way_in: Entering<'_>,
) -> Result<AccountId> {
    match way_in {
        Entering::Telephone(telephone) => {
            own_telephone(tx, call, vault, person, telephone)?;
            // Nobody types this login; it is there because every account has one, and says nothing.
            let login: AccountId = call.id();
            let new = account_for(call, person, format!("r-{}", login.uuid().simple()), None);
            joined(tx, call, (new, way), true)
        }
        Entering::Password { login, hash } => {
            check_login(login)?;
            let new = account_for(call, person, login.to_owned(), Some(hash.to_owned()));
            joined(tx, call, (new, way), false)
        }
    }
}

fn account_for(call: &Call<'_>, person: PersonId, login: String, password: Option<String>) -> NewAccount {
    let valid_from = call.today();
    NewAccount { person, login, password, demonstration: false, grants: Vec::new(), valid_from }
}

fn joined(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (new, way): (NewAccount, Way),
    by_telephone: bool,
) -> Result<AccountId> {
    let person = new.person;
    let ids = write_accounts(tx, call, &[new])?;
    tx.execute(&store::JOIN, params![ids[0], way.as_str(), by_telephone])?;
    let entry = Entry { action: Action::AccountJoin, objects: &[ids[0].uuid()], fields: way.as_str() };
    record_about(tx, call, entry, &[person])?;
    Ok(ids[0])
}

/// Gives an account that joined another way in; whoever was signed in as it is signed out.
fn enter_by(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (account, person): (AccountId, PersonId),
    way_in: Entering<'_>,
    wall: Instant,
) -> Result<()> {
    match way_in {
        Entering::Telephone(telephone) => {
            own_telephone(tx, call, vault, person, telephone)?;
            tx.execute(&store::BY_TELEPHONE, params![account, true])?;
        }
        Entering::Password { login, hash } => {
            check_login(login)?;
            if tx.find(&store::LOGIN_OF_OTHER, params![folded(login), account])?.is_some() {
                let refusal = Refusal::new("people-refused-login-taken").with("login", login);
                return Err(refusal.at("login").into());
            }
            tx.execute(&store::BY_PASSWORD, params![account, folded(login), hash])?;
        }
    }
    tx.execute(&people::END_SESSIONS, params![account, wall])?;
    record(tx, call, Entry { action: Action::AccountJoin, objects: &[account.uuid()], fields: "way_in" })
}

/// A login stands unsealed: a telephone may not be one.
pub(super) fn check_login(login: &str) -> Result<()> {
    if login.chars().filter(char::is_ascii_digit).count() >= 7 {
        return Err(Refusal::new("joining-refused-login-number").at("login").into());
    }
    says_nothing(login)
}

/// Writes a proven telephone to a person. One telephone enters one account: in a household that shares it the second
/// person joins by a letter or a worker, and comes in by a password.
pub(super) fn own_telephone(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    person: PersonId,
    telephone: &Telephone,
) -> Result<()> {
    let mut others = persons_of_telephone(tx, vault, telephone)?;
    let known = others.contains(&person);
    others.retain(|other| *other != person);
    if account_of(tx, call, &others)?.is_some() {
        return Err(Refusal::new("joining-refused-telephone-shared").at("telephone").into());
    }
    if !known {
        change_person(tx, call, vault, person, [None, Some(telephone.digits()), None])?;
        let entry = Entry { action: Action::PersonOwn, objects: &[person.uuid()], fields: "telephone" };
        record_about(tx, call, entry, &[person])?;
    }
    Ok(())
}

/// The account in force that is entered by the telephone of these persons, and may do something today.
fn account_of(tx: &mut Tx<'_>, call: &Call<'_>, persons: &[PersonId]) -> Result<Option<AccountId>> {
    for person in persons {
        if let Some((account, true)) = joined_of(tx, call, *person)?
            && !follows(tx, *person, call.today())?.is_empty()
        {
            return Ok(Some(account));
        }
    }
    Ok(None)
}

/// The account of a person who joined, and whether it is entered by telephone.
pub(super) fn joined_of(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    person: PersonId,
) -> Result<Option<(AccountId, bool)>> {
    let found = tx.find(&store::JOINED_OF, params![person, call.today()])?;
    found.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}
