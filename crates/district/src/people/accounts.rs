//! Accounts, and the roles they hold over parts of the district.

use base::{Day, Uuid};
use db::{Row, Tx, Value, params};

use super::vault::Telephone;
use super::{Action, store};
use crate::kit::{
    self, AccountId, Call, CommunityId, Entry, Error, Grant, GrantId, GridId, PersonId, Refusal, Result,
    Role, Scope, TownId,
};
use crate::notices::Address;

/// The longest login: an e-mail address of 254 characters fits.
const LONGEST_LOGIN: usize = 254;

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Whose it is: a row of the vault.
    pub person: PersonId,
    /// What they type to sign in; capitals do not matter.
    pub login: String,
    /// Argon2id hash as [`super::Passwords::hash`] makes it; `None`: nobody can sign in by password.
    pub password: Option<String>,
    /// May be entered by one click while the district is a demonstration.
    pub demonstration: bool,
    /// What they are, and over what.
    pub grants: Vec<Grant>,
    /// From which day.
    pub valid_from: Day,
}

/// Makes accounts with their roles, which the security administrator alone may give; the ids are in the order of the
/// commands.
pub fn add_accounts(tx: &mut Tx<'_>, call: &mut Call<'_>, accounts: &[NewAccount]) -> Result<Vec<AccountId>> {
    call.authorise(Action::AccountWrite, Scope::District)?;
    if accounts.iter().any(|account| !account.grants.is_empty()) {
        call.authorise(Action::GrantWrite, Scope::District)?;
    }
    let ids = write_accounts(tx, call, accounts)?;
    let objects: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    kit::record(tx, call, Entry { action: Action::AccountWrite, objects: &objects, fields: "login roles" })?;
    Ok(ids)
}

/// Writes accounts once permission was asked; the caller leaves the audit row.
pub(super) fn write_accounts(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    accounts: &[NewAccount],
) -> Result<Vec<AccountId>> {
    let (mut ids, mut account_rows, mut grant_rows) = (Vec::new(), Vec::new(), Vec::new());
    for account in accounts {
        let login = folded(&account.login);
        if login.is_empty() || login.chars().count() > LONGEST_LOGIN {
            return Err(Refusal::new("people-refused-login").at("login").into());
        }
        says_nothing(&login)?;
        if tx.find(&store::LOGIN_TAKEN, params![login.clone()])?.is_some() {
            return Err(Refusal::new("people-refused-login-taken").with("login", login).at("login").into());
        }
        let id: AccountId = call.id();
        ids.push(id);
        let from = account.valid_from;
        account_rows.push([
            id.into(),
            account.person.into(),
            login.into(),
            account.password.clone().into(),
            account.demonstration.into(),
            from.into(),
            Value::Null,
        ]);
        for grant in &account.grants {
            grant_rows.push(grant_row(call.id(), id, *grant, from));
        }
    }
    tx.bulk(&store::ADD_ACCOUNTS, account_rows)?;
    tx.bulk(&store::ADD_GRANTS, grant_rows)?;
    Ok(ids)
}

pub(super) fn grant_row(id: GrantId, account: AccountId, grant: Grant, from: Day) -> [Value; 8] {
    let (town, grid, community) = match grant.scope {
        Scope::District => (None, None, None),
        Scope::Town(town) => (Some(town), None, None),
        Scope::Grid { town, grid } => (Some(town), Some(grid), None),
        Scope::Community { town, grid, community } => (Some(town), grid, Some(community)),
    };
    [
        id.into(),
        account.into(),
        grant.role.as_str().into(),
        town.into(),
        grid.into(),
        community.into(),
        from.into(),
        Value::Null,
    ]
}

/// Names the district, in Chinese and, where it is given, in English.
pub fn name_district(tx: &mut Tx<'_>, call: &mut Call<'_>, name: &str, english: Option<&str>) -> Result<()> {
    call.authorise(Action::DistrictName, Scope::District)?;
    kit::settings::set(tx, kit::settings::Setting::Name, name)?;
    if let Some(english) = english {
        kit::settings::set(tx, kit::settings::Setting::NameEn, english)?;
    }
    kit::record(tx, call, Entry { action: Action::DistrictName, objects: &[], fields: "name name_en" })
}

/// Whose account it is. Asks no permission: for pages about oneself.
pub fn person_of(tx: &mut Tx<'_>, account: AccountId) -> Result<PersonId> {
    let mut row = tx.find(&store::ACCOUNT, params![account])?.ok_or(Error::Absent("account"))?;
    Ok(row.get(4)?)
}

/// The login of an account. Asks no permission: for pages about oneself.
pub fn login_of(tx: &mut Tx<'_>, account: AccountId) -> Result<String> {
    let mut row = tx.find(&store::ACCOUNT, params![account])?.ok_or(Error::Absent("account"))?;
    Ok(row.get(1)?)
}

/// Has the district any account? Without one nobody can come in.
pub fn any_account(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.find(&store::SOME_ACCOUNT, params![])?.is_some())
}

/// The account of a login on a day with its password's hash. Asks no permission: it is how one comes in.
pub fn credential(tx: &mut Tx<'_>, login: &str, day: Day) -> Result<Option<(AccountId, Option<String>)>> {
    let Some(mut row) = tx.find(&store::CREDENTIAL, params![folded(login), day])? else { return Ok(None) };
    Ok(Some((row.get(0)?, row.get(1)?)))
}

/// The roles that the demonstration offers for one-click entry; none when the district is no demonstration.
pub fn demonstration_roles(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Role>> {
    if !is_demonstration(tx)? {
        return Ok(Vec::new());
    }
    let mut roles = Vec::new();
    for mut row in tx.query(&store::DEMONSTRATION_ROLES, params![day])? {
        let name: String = row.get(0)?;
        roles.extend(Role::parse(&name));
    }
    for role in [Role::Resident, Role::Owner] {
        if super::joining::demonstrated(tx, role, day)?.is_some() {
            roles.push(role);
        }
    }
    roles.sort();
    Ok(roles)
}

/// Is every figure here simulated?
pub(super) fn is_demonstration(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(kit::settings::get(tx, kit::settings::Setting::Demonstration)?.as_deref() == Some("true"))
}

/// The roles of an account in force on a day: those that were given, and those that follow from a stay or a certificate.
pub(crate) fn grants(tx: &mut Tx<'_>, account: AccountId, day: Day) -> Result<Vec<Grant>> {
    let given = tx.query(&store::GRANTS, params![account, day])?;
    let mut grants = given.into_iter().map(|mut row| grant(&mut row, 0)).collect::<Result<Vec<_>>>()?;
    if let Some(person) = super::joining::person_joined(tx, account)? {
        grants.extend(super::joining::follows(tx, person, day)?);
    }
    Ok(grants)
}

/// Reads role, town, grid, community from a row, beginning at a column.
pub(crate) fn grant(row: &mut Row, first: usize) -> Result<Grant> {
    let name: String = row.get(first)?;
    let role = Role::parse(&name).ok_or_else(|| Error::Internal(format!("unknown role “{name}”")))?;
    let place: (Option<TownId>, Option<GridId>, Option<CommunityId>) =
        (row.get(first + 1)?, row.get(first + 2)?, row.get(first + 3)?);
    let scope = match place {
        (None, None, None) => Scope::District,
        (Some(town), None, None) => Scope::Town(town),
        (Some(town), Some(grid), None) => Scope::Grid { town, grid },
        (Some(town), grid, Some(community)) => Scope::Community { town, grid, community },
        _ => return Err(Error::Internal("a grant names a place without its town".into())),
    };
    Ok(Grant { role, scope })
}

/// A login stands in lists and in the record of what was done, where nothing of a person may: it is no e-mail address and no
/// telephone number. Logins from before stay as they are.
pub(super) fn says_nothing(login: &str) -> Result<()> {
    if Address::parse(login).is_some() || Telephone::parse(login).is_some() {
        return Err(Refusal::new("people-refused-login-personal").at("login").into());
    }
    Ok(())
}

/// Logins are compared without capitals and without the spaces around them.
pub(super) fn folded(login: &str) -> String {
    login.trim().to_lowercase()
}
