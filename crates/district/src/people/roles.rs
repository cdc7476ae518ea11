//! What administrators do with accounts: the system administrator opens and ends them, the security administrator gives
//! roles and takes them away. Nobody changes what they may do themselves.

use base::{Day, Instant, Uuid};
use db::{Row, Tx, params};

use super::accounts::{folded, grant, grant_row, write_accounts};
use super::administrators::{ADMINISTRATORS, may_take_personal_data};
use super::vault::{self, AddPerson, Field, Vault, masked_name, seal_persons};
use super::{Action, NewAccount, authorise, failures, store};
use crate::kit::{
    AccountId, Actor, Call, Entry, Error, Grant, GrantId, PersonId, Refusal, Result, Role, Scope, record,
};
use crate::notices::{self, About, Kind, Notice, Thing, To, tell};
use crate::register;

/// The longest name of a person.
const LONGEST_NAME: usize = 80;

/// An account in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// The account.
    pub id: AccountId,
    /// What they type to sign in.
    pub login: String,
    /// The roles in force, with their places.
    pub grants: Vec<Grant>,
    /// Has a password been set?
    pub enrolled: bool,
    /// The last day on which it can be used; `None`: until it is ended.
    pub ends: Option<Day>,
}

/// A role that an account holds or held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The grant.
    pub id: GrantId,
    /// The role and its place.
    pub grant: Grant,
    /// From this day.
    pub from: Day,
    /// Until the day before this.
    pub to: Option<Day>,
}

/// An account with all that administrators may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSheet {
    /// The account.
    pub line: AccountLine,
    /// 姓名, masked; `None` without the vault's key.
    pub name: Option<String>,
    /// Every role, past ones too, the latest first.
    pub held: Vec<Held>,
    /// Open sessions.
    pub sessions: i64,
    /// Until when it is locked for wrong passwords.
    pub locked_until: Option<Instant>,
    /// Until when a code that was handed out may be used.
    pub code_until: Option<Instant>,
}

/// Accounts by login, after one, at most so many, and whether there are more.
pub fn accounts(
    tx: &mut Tx<'_>,
    actor: &Actor,
    after: &str,
    limit: usize,
    day: Day,
) -> Result<(Vec<AccountLine>, bool)> {
    authorise(actor, Action::AccountRead, Scope::District)?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut lines = Vec::new();
    for mut row in tx.query(&store::ACCOUNTS_AFTER, params![folded(after), most])? {
        lines.push(line(&mut row)?);
    }
    let more = lines.len() > limit;
    lines.truncate(limit);
    for line in &mut lines {
        line.grants = super::accounts::grants(tx, line.id, day)?;
    }
    Ok((lines, more))
}

fn line(row: &mut Row) -> Result<AccountLine> {
    let to: Option<Day> = row.get(3)?;
    Ok(AccountLine {
        id: row.get(0)?,
        login: row.get(1)?,
        grants: Vec::new(),
        enrolled: row.get(2)?,
        ends: to.map(|to| to - 1),
    })
}

/// One account; `None` when there is no such one.
pub fn account_sheet(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: Option<&Vault>,
    id: AccountId,
    (day, wall): (Day, Instant),
) -> Result<Option<AccountSheet>> {
    authorise(actor, Action::AccountRead, Scope::District)?;
    let Some(mut row) = tx.find(&store::ACCOUNT, params![id])? else { return Ok(None) };
    let mut line = line(&mut row)?;
    let person: PersonId = row.get(4)?;
    line.grants = super::accounts::grants(tx, id, day)?;
    let name = match vault {
        Some(vault) => vault::read(tx, vault, person, Field::Name)?.map(|name| masked_name(&name)),
        None => None,
    };
    let mut held = Vec::new();
    for mut row in tx.query(&store::GRANTS_OF, params![id])? {
        held.push(Held { id: row.get(4)?, from: row.get(5)?, to: row.get(6)?, grant: grant(&mut row, 0)? });
    }
    let (alive, begun) = super::sessions::alive(wall);
    let sessions: i64 = tx.one(&store::COUNT_SESSIONS, params![id, alive, begun])?.get(0)?;
    let code = tx.find(&store::OPEN_CODE, params![id, wall])?;
    Ok(Some(AccountSheet {
        line,
        name,
        held,
        sessions,
        locked_until: failures::locked_until(tx, id, wall)?,
        code_until: code.map(|mut row| row.get(0)).transpose()?,
    }))
}

/// An account that the system administrator opens: nobody can sign in to it before it has a code, and nobody may do
/// anything with it before it has a role.
#[derive(Clone)]
pub struct OpenAccount {
    /// What they will type to sign in.
    pub login: String,
    /// 姓名; kept in the vault.
    pub name: String,
    /// 电话, if it is known.
    pub telephone: Option<String>,
}

/// Says the login only: no name may reach a log.
impl std::fmt::Debug for OpenAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenAccount").field("login", &self.login).finish_non_exhaustive()
    }
}

/// Opens an account from today on.
pub fn open_account(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    command: &OpenAccount,
) -> Result<AccountId> {
    call.authorise(Action::AccountWrite, Scope::District)?;
    may_take_personal_data(tx, call.today())?;
    let name = command.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Refusal::new("people-refused-person").with("length", LONGEST_NAME).at("name").into());
    }
    let person = AddPerson {
        id: call.id(),
        name: name.to_owned(),
        telephone: command.telephone.clone().filter(|number| !number.trim().is_empty()),
        identity_number: None,
    };
    let account = NewAccount {
        person: person.id,
        login: command.login.clone(),
        password: None,
        demonstration: false,
        grants: Vec::new(),
        valid_from: call.today(),
    };
    seal_persons(tx, call, vault, &[person])?;
    let ids = write_accounts(tx, call, &[account])?;
    let objects = [ids[0].uuid()];
    record(
        tx,
        call,
        Entry { action: Action::AccountWrite, objects: &objects, fields: "login name telephone" },
    )?;
    Ok(ids[0])
}

/// Ends an account from today on, with its roles, sessions and tokens. What its person did stays on record.
pub fn end_account(tx: &mut Tx<'_>, call: &mut Call<'_>, account: AccountId, wall: Instant) -> Result<()> {
    call.tries(Action::AccountWrite, account.uuid());
    call.authorise(Action::AccountWrite, Scope::District)?;
    others(call, account)?;
    last_administrator(tx, call, account)?;
    if tx.execute(&store::END_ACCOUNT, params![account, call.today()])? == 0 {
        return Err(Error::Absent("account"));
    }
    tx.execute(&store::END_GRANTS_OF, params![account, call.today()])?;
    tx.execute(&store::END_SESSIONS, params![account, wall])?;
    tx.execute(&store::REVOKE_TOKENS, params![account, wall])?;
    tx.execute(&store::VOID_CODES, params![account, wall])?;
    notices::forget_account(tx, account)?;
    record(tx, call, Entry { action: Action::AccountWrite, objects: &[account.uuid()], fields: "valid_to" })
}

/// May one account hold these roles together? An administrator holds nothing else: whoever gives roles must not use them,
/// and whoever reads what was done must not have done it.
pub fn may_hold_together(roles: &[Role]) -> bool {
    let mut others = roles.to_vec();
    others.sort();
    others.dedup();
    others.len() <= 1 || !others.iter().any(|role| ADMINISTRATORS.contains(role))
}

/// Gives an account a role from a day on.
pub fn give_role(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    account: AccountId,
    given: Grant,
    from: Day,
) -> Result<()> {
    call.tries(Action::GrantWrite, account.uuid());
    call.authorise(Action::GrantWrite, Scope::District)?;
    others(call, account)?;
    if !Role::GIVEN.contains(&given.role) {
        return Err(Refusal::new("people-refused-role").at("role").into());
    }
    if from < call.today() {
        return Err(Refusal::new("people-refused-past").with("today", call.today()).at("from").into());
    }
    if tx.find(&store::ACCOUNT_IN_FORCE, params![account, from])?.is_none() {
        return Err(Error::Absent("account"));
    }
    let mut roles = vec![given.role];
    for mut row in tx.query(&store::GRANTS_OF, params![account])? {
        let (held, to): (Grant, Option<Day>) = (grant(&mut row, 0)?, row.get(6)?);
        if to.is_some_and(|to| to <= from) {
            continue;
        }
        if held == given {
            return Err(Refusal::new("people-refused-role-held").at("role").into());
        }
        roles.push(held.role);
    }
    if !may_hold_together(&roles) {
        return Err(Refusal::new("people-refused-roles-together").at("role").into());
    }
    let id: GrantId = call.id();
    tx.bulk(&store::ADD_GRANTS, [grant_row(id, account, given, from)])?;
    let objects: [Uuid; 2] = [account.uuid(), id.uuid()];
    record(tx, call, Entry { action: Action::GrantWrite, objects: &objects, fields: "role place" })?;
    told(tx, call, Kind::RoleGiven, account)
}

/// Takes a role away from today on.
pub fn end_role(tx: &mut Tx<'_>, call: &mut Call<'_>, account: AccountId, id: GrantId) -> Result<()> {
    call.tries(Action::GrantWrite, account.uuid());
    call.authorise(Action::GrantWrite, Scope::District)?;
    others(call, account)?;
    last_administrator(tx, call, account)?;
    if tx.execute(&store::END_GRANT, params![id, account, call.today()])? == 0 {
        return Err(Error::Absent("grant"));
    }
    let objects: [Uuid; 2] = [account.uuid(), id.uuid()];
    record(tx, call, Entry { action: Action::GrantWrite, objects: &objects, fields: "valid_to" })?;
    told(tx, call, Kind::RoleEnded, account)
}

fn told(tx: &mut Tx<'_>, call: &mut Call<'_>, kind: Kind, account: AccountId) -> Result<()> {
    let about = About::one(Thing::Account, account.uuid(), "");
    tell(tx, call, &[Notice { kind, about, to: vec![To::Account(account)] }])
}

/// Nobody changes what they may do themselves.
fn others(call: &Call<'_>, account: AccountId) -> Result<()> {
    if call.actor.account == Some(account) {
        return Err(Refusal::new("people-refused-own-account").into());
    }
    Ok(())
}

/// Refuses what would leave the district without one of its three administrators.
fn last_administrator(tx: &mut Tx<'_>, call: &Call<'_>, account: AccountId) -> Result<()> {
    for held in super::accounts::grants(tx, account, call.today())? {
        if !ADMINISTRATORS.contains(&held.role) {
            continue;
        }
        let others: i64 =
            tx.one(&store::OTHERS_IN_ROLE, params![held.role.as_str(), account, call.today()])?.get(0)?;
        if others == 0 {
            return Err(Refusal::new("people-refused-last-administrator").into());
        }
    }
    Ok(())
}

/// What a role is over, by the code of a place; `None` when the code does not name a place for this role.
pub fn scope_named(tx: &mut Tx<'_>, role: Role, code: Option<&str>, day: Day) -> Result<Option<Scope>> {
    let whole = matches!(role, Role::DistrictOfficer) || ADMINISTRATORS.contains(&role);
    let Some(code) = code else { return Ok(whole.then_some(Scope::District)) };
    let town = |tx: &mut Tx<'_>| -> Result<_> {
        let found = register::towns(tx, day)?.into_iter().find(|town| town.code == code);
        Ok(found.map(|town| Scope::Town(town.id)))
    };
    let grid = |tx: &mut Tx<'_>| -> Result<_> {
        let found = register::grids(tx, day)?.into_iter().find(|grid| grid.code == code);
        Ok(found.map(|grid| Scope::Grid { town: grid.town, grid: grid.id }))
    };
    let community = |tx: &mut Tx<'_>| -> Result<_> {
        let Some(found) = register::community(tx, code, day)? else { return Ok(None) };
        register::scope_of(tx, found.id, day).map(Some)
    };
    match role {
        Role::TownOfficer => town(tx),
        Role::GridLeader => grid(tx),
        Role::Operator => community(tx),
        Role::CommunityWorker => Ok(grid(tx)?.or(community(tx)?)),
        _ => Ok(None),
    }
}
