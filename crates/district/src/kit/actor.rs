//! Who acts: an account with its roles and their scopes, anyone, or the program itself.

use base::Uuid;

use super::{AccountId, CommunityId, GridId, TownId};
use crate::people::TokenScopes;

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Not signed in (公众).
    Anyone,
    /// 区委社会工作部.
    DistrictOfficer,
    /// 街镇.
    TownOfficer,
    /// 综合网格长.
    GridLeader,
    /// 社区工作者.
    CommunityWorker,
    /// 物业、运营方.
    Operator,
    /// 居民: whoever lives in the community, while their stay in the register lasts. Given to nobody: it follows from the stay.
    Resident,
    /// 业主: whose certificate of a dwelling two people have checked. Given to nobody: it follows from that.
    Owner,
    /// 系统管理员: makes accounts, names the district; sees nobody's data.
    SystemAdministrator,
    /// 安全管理员: gives roles and codes, ends sessions.
    SecurityAdministrator,
    /// 安全审计员: reads what everyone did.
    AuditAdministrator,
    /// The program's own jobs, the command line and the simulation.
    Program,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 12] = [
        Self::Anyone,
        Self::DistrictOfficer,
        Self::TownOfficer,
        Self::GridLeader,
        Self::CommunityWorker,
        Self::Operator,
        Self::Resident,
        Self::Owner,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::AuditAdministrator,
        Self::Program,
    ];

    /// The roles that people hold; the others are nobody's.
    pub const HELD: [Self; 10] = [
        Self::DistrictOfficer,
        Self::TownOfficer,
        Self::GridLeader,
        Self::CommunityWorker,
        Self::Operator,
        Self::Resident,
        Self::Owner,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::AuditAdministrator,
    ];

    /// The roles that the security administrator gives; what follows from a stay or from a certificate is given by nobody.
    pub const GIVEN: [Self; 8] = [
        Self::DistrictOfficer,
        Self::TownOfficer,
        Self::GridLeader,
        Self::CommunityWorker,
        Self::Operator,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::AuditAdministrator,
    ];

    /// The name in the policies, in the database and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::DistrictOfficer => "district-officer",
            Self::TownOfficer => "town-officer",
            Self::GridLeader => "grid-leader",
            Self::CommunityWorker => "community-worker",
            Self::Operator => "operator",
            Self::Resident => "resident",
            Self::Owner => "owner",
            Self::SystemAdministrator => "system-administrator",
            Self::SecurityAdministrator => "security-administrator",
            Self::AuditAdministrator => "audit-administrator",
            Self::Program => "program",
        }
    }

    /// The role of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// A part of the district: what a role is held over, and where an object lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    District,
    /// A town unit.
    Town(TownId),
    /// An integrated grid.
    Grid {
        /// Its town.
        town: TownId,
        /// The grid.
        grid: GridId,
    },
    /// A community.
    Community {
        /// Its town.
        town: TownId,
        /// Its grid, if it has one.
        grid: Option<GridId>,
        /// The community.
        community: CommunityId,
    },
}

impl Scope {
    /// The thing that it is; `None` for the whole district.
    pub fn object(self) -> Option<Uuid> {
        match self {
            Self::District => None,
            Self::Town(town) => Some(town.uuid()),
            Self::Grid { grid, .. } => Some(grid.uuid()),
            Self::Community { community, .. } => Some(community.uuid()),
        }
    }

    /// The town it lies in; `None` for the whole district.
    pub const fn town(self) -> Option<TownId> {
        match self {
            Self::District => None,
            Self::Town(town) | Self::Grid { town, .. } | Self::Community { town, .. } => Some(town),
        }
    }

    /// Does this part contain that one?
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::District, _) => true,
            (Self::Town(mine), Self::Town(town) | Self::Grid { town, .. } | Self::Community { town, .. }) => {
                mine == town
            }
            (Self::Grid { grid: mine, .. }, Self::Grid { grid, .. }) => mine == grid,
            (Self::Grid { grid: mine, .. }, Self::Community { grid, .. }) => Some(mine) == grid,
            (Self::Community { community: mine, .. }, Self::Community { community, .. }) => mine == community,
            _ => false,
        }
    }
}

/// A role over a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// What they are.
    pub role: Role,
    /// Over what.
    pub scope: Scope,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account; `None` for anyone and for the program.
    pub account: Option<AccountId>,
    /// The roles. Never empty.
    pub grants: Vec<Grant>,
    /// What the personal token is for, by which a program acts for the account; `None` for whoever acts in person.
    pub only: Option<TokenScopes>,
}

impl Actor {
    /// Someone who is not signed in.
    pub fn anyone() -> Self {
        Self { account: None, grants: vec![Grant { role: Role::Anyone, scope: Scope::District }], only: None }
    }

    /// The program itself: its jobs, its command line, the simulation.
    pub fn program() -> Self {
        Self {
            account: None,
            grants: vec![Grant { role: Role::Program, scope: Scope::District }],
            only: None,
        }
    }

    /// An account with its roles in force.
    pub fn account(account: AccountId, grants: Vec<Grant>) -> Self {
        if grants.is_empty() {
            return Self { account: Some(account), ..Self::anyone() };
        }
        Self { account: Some(account), grants, only: None }
    }

    /// The first role, by which pages greet.
    pub fn role(&self) -> Role {
        self.grants.first().map_or(Role::Anyone, |grant| grant.role)
    }

    /// The first scope, by which pages open.
    pub fn scope(&self) -> Scope {
        self.grants.first().map_or(Scope::District, |grant| grant.scope)
    }

    /// Signed in?
    pub fn signed_in(&self) -> bool {
        self.account.is_some()
    }
}
