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

/// A person who does not exist: 示 in the name and 19900 before the telephone mark everyone invented.
pub fn invented(id: PersonId, dice: &mut Dice, telephone: bool) -> AddPerson {
    let name = format!("{}示{}", dice.pick(&SURNAMES), dice.pick(&GIVEN));
    let telephone = telephone.then(|| format!("19900{:06}", dice.below(1_000_000)));
    AddPerson { id, name, telephone, identity_number: None }
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
    pub community: CommunityId,
    /// Where the operator's community lies.
    pub operated: (TownId, Option<GridId>),
}

/// One account for each role that the first page offers; nobody can sign in to them by password. Returns the district
/// officer, who decides and adopts.
pub fn accounts(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    dice: &mut Dice,
    places: &Places,
    from: Day,
) -> Result<Actor> {
    let Places { town, grid, community, operated } = *places;
    let roles = [
        (Role::DistrictOfficer, Scope::District),
        (Role::TownOfficer, Scope::Town(town)),
        (Role::GridLeader, Scope::Grid { town, grid }),
        (Role::CommunityWorker, Scope::Grid { town, grid }),
        (Role::Operator, Scope::Community { town: operated.0, grid: operated.1, community }),
        (Role::SystemAdministrator, Scope::District),
        (Role::SecurityAdministrator, Scope::District),
        (Role::AuditAdministrator, Scope::District),
    ];
    let mut accounts = Vec::with_capacity(roles.len());
    let mut persons = Vec::with_capacity(roles.len());
    for (role, scope) in roles {
        let person = call.id();
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
    Ok(Actor::account(ids[0], accounts.swap_remove(0).grants))
}
