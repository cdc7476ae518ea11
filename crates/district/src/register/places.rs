//! Town units, integrated grids, organisations.

use base::{Day, Position, Uuid};
use db::{Tx, Value};

use super::rules::{TownKind, sort_key};
use super::store;
use crate::kit::{Call, Entry, Error, GridId, OrganisationId, Refusal, Result, Scope, TownId, record};
use crate::people::Action;

/// A new town unit.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `towns`")]
pub struct AddTown {
    pub id: TownId,
    /// GB/T 2260, nine digits.
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub position: Position,
    /// A GeoJSON geometry.
    pub boundary: Option<String>,
    pub from: Day,
}

/// A new integrated grid (综合网格).
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `grids`")]
pub struct AddGrid {
    pub id: GridId,
    pub town: TownId,
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub from: Day,
}

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrganisationKind {
    /// 物业服务企业.
    PropertyManager,
    /// 住房租赁运营方.
    RentalOperator,
    /// 商业管理方.
    MallManager,
    /// 商户.
    Merchant,
    /// 居民委员会.
    ResidentsCommittee,
    /// 村民委员会.
    VillageCommittee,
    /// 党组织.
    PartyOrganisation,
}

impl OrganisationKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::PropertyManager,
        Self::RentalOperator,
        Self::MallManager,
        Self::Merchant,
        Self::ResidentsCommittee,
        Self::VillageCommittee,
        Self::PartyOrganisation,
    ];

    /// The code in the database, in workbooks and message ids.
    pub const fn as_code(self) -> &'static str {
        match self {
            Self::PropertyManager => "property_manager",
            Self::RentalOperator => "rental_operator",
            Self::MallManager => "mall_manager",
            Self::Merchant => "merchant",
            Self::ResidentsCommittee => "residents_committee",
            Self::VillageCommittee => "village_committee",
            Self::PartyOrganisation => "party_organisation",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_code() == code)
    }
}

/// A new organisation.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `organisations`")]
pub struct AddOrganisation {
    pub id: OrganisationId,
    pub code: String,
    pub kind: OrganisationKind,
    pub name: String,
    pub name_en: String,
    /// GB 32100; a failing check character warns elsewhere, it does not refuse.
    pub uscc: Option<String>,
    pub town: Option<TownId>,
    pub from: Day,
}

/// Adds town units.
pub fn add_towns(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddTown]) -> Result<()> {
    call.authorise(Action::RegisterWrite, Scope::District)?;
    let mut rows: Vec<[Value; 11]> = Vec::with_capacity(commands.len());
    for c in commands {
        let kind = TownKind::of_code(&c.code)
            .ok_or_else(|| Refusal::new("register-refused-town-code").with("code", &c.code).at("code"))?;
        rows.push([
            c.id.into(),
            c.code.as_str().into(),
            c.name.as_str().into(),
            c.name_en.as_str().into(),
            kind.as_str().into(),
            sort_key(&c.name).into(),
            c.position.lat().into(),
            c.position.lon().into(),
            c.boundary.clone().into(),
            c.from.into(),
            Value::Null,
        ]);
    }
    tx.bulk(&store::ADD_TOWNS, rows).map_err(code_taken)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "town")
}

/// Adds integrated grids.
pub fn add_grids(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddGrid]) -> Result<()> {
    for command in commands {
        call.authorise(Action::RegisterWrite, Scope::Town(command.town))?;
    }
    let rows = commands.iter().map(|c| -> [Value; 8] {
        [
            c.id.into(),
            c.town.into(),
            c.code.as_str().into(),
            c.name.as_str().into(),
            c.name_en.as_str().into(),
            sort_key(&c.name).into(),
            c.from.into(),
            Value::Null,
        ]
    });
    tx.bulk(&store::ADD_GRIDS, rows).map_err(code_taken)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "grid")
}

/// Adds organisations.
pub fn add_organisations(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddOrganisation]) -> Result<()> {
    for command in commands {
        let scope = command.town.map_or(Scope::District, Scope::Town);
        call.authorise(Action::RegisterWrite, scope)?;
    }
    let rows = commands.iter().map(|c| -> [Value; 9] {
        [
            c.id.into(),
            c.code.as_str().into(),
            c.kind.as_code().into(),
            c.name.as_str().into(),
            c.name_en.as_str().into(),
            c.uscc.clone().into(),
            c.town.into(),
            c.from.into(),
            Value::Null,
        ]
    });
    tx.bulk(&store::ADD_ORGANISATIONS, rows).map_err(code_taken)?;
    audit(tx, call, commands.iter().map(|c| c.id.uuid()), "organisation")
}

pub(super) fn code_taken(error: db::Error) -> Error {
    match error {
        db::Error::Unique(_) => Refusal::new("register-refused-code-taken").at("code").into(),
        other => Error::Db(other),
    }
}

pub(super) fn audit(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    objects: impl Iterator<Item = Uuid>,
    fields: &str,
) -> Result<()> {
    let objects: Vec<Uuid> = objects.collect();
    record(tx, call, Entry { action: Action::RegisterWrite, objects: &objects, fields })
}
