//! People, invented: names for the vault, accounts for the demonstration's entries.

use base::Day;
use db::Tx;
use district::kit::{Actor, Call, CommunityId, Error, Grant, GridId, PersonId, Result, Role, Scope, TownId};
use district::people::vault::{AddPerson, Vault, add_persons};
use district::people::{NewAccount, add_accounts, joining};
use district::register;

use crate::dice::Dice;

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "马", "罗", "梁", "宋", "欧阳", "司徒",
];
const GIVEN: [&str; 24] = [
    "安", "宁", "晨", "悦", "嘉", "明", "远", "航", "清", "和", "文", "思", "雨", "桐", "子", "涵", "一",
    "诺", "知", "行", "乐", "舒", "望", "川",
];

/// In every invented name, between surname and given name.
const MARK: &str = "示";
/// What every invented telephone number begins with.
const TELEPHONE: &str = "19900";

/// A person who does not exist.
pub fn invented(id: PersonId, dice: &mut Dice, telephone: bool) -> AddPerson {
    let name = format!("{}{MARK}{}", dice.pick(&SURNAMES), dice.pick(&GIVEN));
    let telephone = telephone.then(|| format!("{TELEPHONE}{:06}", dice.below(1_000_000)));
    AddPerson { id, name, telephone, identity_number: None }
}

/// The first sign of somebody invented in a text: a whole name or telephone number, as no page may show it. Masked ones
/// (李**, 199****1234) are none.
pub fn mark(text: &str) -> Option<&str> {
    let telephone = text.match_indices(TELEPHONE).find_map(|(at, _)| {
        let number = text.get(at..at + TELEPHONE.len() + 6)?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number)
    });
    let name = || {
        text.match_indices(MARK).find_map(|(at, mark)| {
            let (before, after) = (&text[..at], &text[at + mark.len()..]);
            let surname = SURNAMES.iter().find(|surname| before.ends_with(**surname))?;
            let given = GIVEN.iter().find(|given| after.starts_with(**given))?;
            text.get(at - surname.len()..at + mark.len() + given.len())
        })
    };
    telephone.or_else(name)
}

/// The demonstration's resident, and its owner, of the first building of a community in which somebody lives.
pub fn residents(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    dice: &mut Dice,
    community: CommunityId,
) -> Result<()> {
    for building in register::buildings(tx, community, call.today())? {
        let here = (community, building.number.as_str());
        match joining::simulate_resident(tx, call, here, "demo-resident") {
            Err(Error::Absent(_)) => continue,
            other => other?,
        };
        let person = invented(call.id(), dice, true);
        return joining::simulate_owner(tx, call, vault, person, here, "demo-owner");
    }
    Err(Error::Absent("resident"))
}

/// What the demonstration's people are responsible for.
pub struct Places {
    pub town: TownId,
    pub grid: GridId,
    /// The operator's: one of the grid, so that a day's work leads from one to the other.
    pub community: CommunityId,
    /// Who is the community worker: somebody who also holds a post at the grid's station.
    pub worker: PersonId,
}

/// One account for each role that the first page offers; nobody can sign in to them by password. The first of them
/// is the district officer, who decides and adopts.
pub fn accounts(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    dice: &mut Dice,
    places: &Places,
    from: Day,
) -> Result<Vec<Actor>> {
    let Places { town, grid, community, worker } = *places;
    let roles = [
        (Role::DistrictOfficer, Scope::District),
        (Role::TownOfficer, Scope::Town(town)),
        (Role::GridLeader, Scope::Grid { town, grid }),
        (Role::CommunityWorker, Scope::Grid { town, grid }),
        (Role::Operator, Scope::Community { town, grid: Some(grid), community }),
        (Role::SystemAdministrator, Scope::District),
        (Role::SecurityAdministrator, Scope::District),
        (Role::AuditAdministrator, Scope::District),
    ];
    let mut accounts = Vec::with_capacity(roles.len());
    let mut persons = Vec::with_capacity(roles.len());
    for (role, scope) in roles {
        let person = if role == Role::CommunityWorker { worker } else { call.id() };
        persons.push(invented(person, dice, true));
        accounts.push(NewAccount {
            person,
            login: format!("demo-{}", role.as_str()),
            password: None,
            demonstration: true,
            grants: vec![Grant { role, scope }],
            valid_from: from,
        });
    }
    add_persons(tx, call, vault, &persons)?;
    let ids = add_accounts(tx, call, &accounts)?;
    Ok(ids.into_iter().zip(accounts).map(|(id, account)| Actor::account(id, account.grants)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_and_numbers_are_signs_and_masked_ones_are_none() {
        assert_eq!(mark("值班：欧阳示安，19900123456"), Some("19900123456"));
        assert_eq!(mark("演示环境 欧阳示安"), Some("欧阳示安"));
        for text in ["演示环境", "显示全名", "欧阳**", "199****3456", "示安", "19900 12345", "19900"]
        {
            assert_eq!(mark(text), None, "{text}");
        }
    }
}
