//! The closed lists of the workbook: each word with its code, its Chinese and its English name.

use handbook::{CommunityKind, GovernanceMode, Language, PropertyRight};

use crate::register::{OrganisationKind, Tenure};

/// A word of a closed list: its code, its Chinese and English name. Each of them is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The stable code.
    pub code: &'static str,
    /// 中文.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

const fn kind(word: CommunityKind) -> Choice {
    Choice { code: word.as_code(), zh: word.name(Language::Zh), en: word.name(Language::En) }
}
const fn right(word: PropertyRight) -> Choice {
    Choice { code: word.as_code(), zh: word.name(Language::Zh), en: word.name(Language::En) }
}
const fn mode(word: GovernanceMode) -> Choice {
    Choice { code: word.as_code(), zh: word.name(Language::Zh), en: word.name(Language::En) }
}
const fn choice(code: &'static str, zh: &'static str, en: &'static str) -> Choice {
    Choice { code, zh, en }
}

/// Kinds of communities.
pub const KINDS: &[Choice] = &[
    kind(CommunityKind::AffordableRental),
    kind(CommunityKind::MarketRental),
    kind(CommunityKind::QuasiResidential),
    kind(CommunityKind::Other),
];
/// Structures of property rights.
pub const RIGHTS: &[Choice] = &[right(PropertyRight::SingleOwner), right(PropertyRight::SeveralOwners)];
/// Governance modes.
pub const MODES: &[Choice] = &[
    mode(GovernanceMode::Incorporated),
    mode(GovernanceMode::OwnCommittee),
    mode(GovernanceMode::PreparatoryGroup),
    mode(GovernanceMode::Custodial),
    mode(GovernanceMode::Station),
];
/// Kinds of organisations.
pub const ORGANISATION_KINDS: &[Choice] = &[
    choice(OrganisationKind::PropertyManager.as_code(), "物业服务企业", "property manager"),
    choice(OrganisationKind::RentalOperator.as_code(), "住房租赁运营方", "rental operator"),
    choice(OrganisationKind::MallManager.as_code(), "商业管理方", "mall manager"),
    choice(OrganisationKind::Merchant.as_code(), "商户", "merchant"),
    choice(OrganisationKind::ResidentsCommittee.as_code(), "居民委员会", "residents’ committee"),
    choice(OrganisationKind::VillageCommittee.as_code(), "村民委员会", "village committee"),
    choice(OrganisationKind::PartyOrganisation.as_code(), "党组织", "Party organisation"),
];
/// Remits of organisations in a community.
pub const REMITS: &[Choice] = &[
    choice("operator", "租赁运营", "rental operation"),
    choice("property", "物业服务", "property management"),
    choice("mall", "商业管理", "mall management"),
    choice("neighbour", "相邻居村委", "neighbouring committee"),
    choice("party", "党建", "Party building"),
];
/// By what right a household lives there.
pub const TENURES: &[Choice] =
    &[choice(Tenure::Tenant.as_code(), "租住", "tenant"), choice(Tenure::Owner.as_code(), "自住", "owner")];
/// Yes and no.
pub const YES_NO: &[Choice] = &[choice("yes", "是", "yes"), choice("no", "否", "no")];
/// Systems of coordinates.
pub const SYSTEMS: &[Choice] = &[choice("wgs84", "WGS-84", "WGS84"), choice("gcj02", "GCJ-02", "GCJ02")];

/// The systems that a community has a number in.
pub const SOURCES: &[Choice] = &[
    choice("community_cloud", "社区云", "Community Cloud"),
    choice("hotline_12345", "12345", "12345 hotline"),
    choice("housing_register", "住房租赁平台", "housing register"),
];

/// The closed lists with their names, for the sheet of codes.
pub const LISTS: [(&str, &[Choice]); 9] = [
    ("社区类型 Kind", KINDS),
    ("产权结构 Property right", RIGHTS),
    ("治理方式 Governance mode", MODES),
    ("单位类型 Organisation kind", ORGANISATION_KINDS),
    ("职责 Remit", REMITS),
    ("居住性质 Tenure", TENURES),
    ("是否 Yes or no", YES_NO),
    ("坐标系 Coordinate system", SYSTEMS),
    ("来源系统 Source system", SOURCES),
];
