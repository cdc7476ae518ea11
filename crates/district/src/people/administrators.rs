//! Three people run the program and none of them alone (三权分立, GB/T 22239-2019, 8.1.4.2): the system administrator
//! makes accounts, the security administrator gives them roles and codes, the security-audit administrator reads what
//! everyone did. Before all three are there no personal data comes in, the demonstration's invented people excepted.

use base::{Day, Instant};
use db::{Tx, params};

use super::accounts::{any_account, is_demonstration};
use super::codes::{Code, write_code};
use super::vault::{AddPerson, Vault, put_persons};
use super::{Action, NewAccount, accounts, store};
use crate::kit::settings::{Setting, set};
use crate::kit::{AccountId, Call, Entry, Grant, Refusal, Result, Role, Scope, record};

/// The three, in the order in which they come to be.
pub const ADMINISTRATORS: [Role; 3] =
    [Role::SystemAdministrator, Role::SecurityAdministrator, Role::AuditAdministrator];

/// Which of the three nobody is yet, or is without having set a password.
pub fn missing_administrators(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Role>> {
    let mut there = Vec::new();
    for mut row in tx.query(&store::ENROLLED_ROLES, params![day])? {
        let name: String = row.get(0)?;
        there.extend(Role::parse(&name));
    }
    Ok(ADMINISTRATORS.into_iter().filter(|role| !there.contains(role)).collect())
}

/// May the district keep anything of anybody? All three administrators are there, or nobody in it is real.
pub fn is_begun(tx: &mut Tx<'_>, day: Day) -> Result<bool> {
    Ok(is_demonstration(tx)? || missing_administrators(tx, day)?.is_empty())
}

/// Refuses personal data before all three administrators are there.
pub fn may_take_personal_data(tx: &mut Tx<'_>, day: Day) -> Result<()> {
    if is_begun(tx, day)? {
        return Ok(());
    }
    Err(Refusal::new("people-refused-no-administrators").into())
}

/// Somebody who is to be an administrator.
#[derive(Clone)]
pub struct NewAdministrator {
    /// What they type to sign in.
    pub login: String,
    /// 姓名.
    pub name: String,
}

/// Says the login only: no name may reach a log.
impl std::fmt::Debug for NewAdministrator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAdministrator").field("login", &self.login).finish_non_exhaustive()
    }
}

/// What makes a district out of an empty database.
#[derive(Debug, Clone)]
pub struct Begin {
    /// The district's name in Chinese.
    pub name: String,
    /// In English.
    pub name_en: String,
    /// In the order of [`ADMINISTRATORS`].
    pub administrators: [NewAdministrator; 3],
    /// The hash of the system administrator's password.
    pub password: String,
    /// One-time codes of the two others.
    pub codes: [Code; 2],
}

/// Begins a district: its name, and its three administrators, of whom the first can sign in and the others have a code.
/// Permitted by no policy: whoever typed the code that the program printed at its start holds the machine. Refused once
/// anybody has an account.
pub fn begin_district(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    begin: &Begin,
    wall: Instant,
) -> Result<AccountId> {
    call.tries(Action::DistrictBegin, None);
    if any_account(tx)? {
        return Err(Refusal::new("people-refused-begun-already").into());
    }
    for (setting, name, field) in
        [(Setting::Name, &begin.name, "name"), (Setting::NameEn, &begin.name_en, "name_en")]
    {
        if name.trim().is_empty() {
            return Err(Refusal::new("people-refused-without-name").at(field).into());
        }
        set(tx, setting, name.trim())?;
    }
    let mut ids = Vec::new();
    for (role, new) in ADMINISTRATORS.into_iter().zip(&begin.administrators) {
        ids.push(administrator(tx, call, vault, (role, new), begin)?);
    }
    for (id, code) in ids.iter().skip(1).zip(&begin.codes) {
        write_code(tx, *id, code, wall)?;
    }
    let objects: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    record(
        tx,
        call,
        Entry { action: Action::DistrictBegin, objects: &objects, fields: "name accounts codes" },
    )?;
    Ok(ids[0])
}

fn administrator(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (role, new): (Role, &NewAdministrator),
    begin: &Begin,
) -> Result<AccountId> {
    let field = match role {
        Role::SystemAdministrator => "system",
        Role::SecurityAdministrator => "security",
        _ => "audit",
    };
    let name = new.name.trim();
    if name.is_empty() {
        return Err(Refusal::new("people-refused-without-person").at(field).into());
    }
    let person = AddPerson { id: call.id(), name: name.to_owned(), telephone: None, identity_number: None };
    let account = NewAccount {
        person: person.id,
        login: new.login.clone(),
        password: (role == Role::SystemAdministrator).then(|| begin.password.clone()),
        demonstration: false,
        grants: vec![Grant { role, scope: Scope::District }],
        valid_from: call.today(),
    };
    // The three themselves: everyone after them waits until they are there.
    put_persons(tx, call, vault, &[person])?;
    accounts::write_accounts(tx, call, &[account]).map(|ids| ids[0])
}
