//! The words a handbook and the register share: kinds, rights, committees, modes, forms, bands.
//! Each has a stable code for storage and workbooks, and a name in both languages.

/// A code that none of a vocabulary's words has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{code}” is no {vocabulary}; it has {known}")]
pub struct UnknownCode {
    /// What was given.
    pub code: String,
    /// The vocabulary asked.
    pub vocabulary: &'static str,
    /// Its codes, separated by commas.
    pub known: String,
}

macro_rules! vocabulary {
    ($(#[$about:meta])* $name:ident, $noun:literal:
     $($(#[$doc:meta])* $variant:ident $code:literal $zh:literal $en:literal),+ $(,)?) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every word, in the order people list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code for storage and workbooks.
            pub const fn as_code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The word of a code.
            pub fn from_code(code: &str) -> Result<Self, $crate::UnknownCode> {
                match code {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownCode {
                        code: code.to_owned(),
                        vocabulary: $noun,
                        known: [$($code),+].join(", "),
                    }),
                }
            }

            /// The name as people say it.
            pub const fn name(self, language: $crate::Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, $crate::Language::Zh) => $zh, (Self::$variant, $crate::Language::En) => $en),+
                }
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// What a community is (新型居住社区的类型).
    CommunityKind, "kind of community":
    /// 保障性租赁住房, 人才公寓 among them.
    AffordableRental "affordable_rental" "保障性租赁住房" "affordable rental",
    /// 市场化租赁住房.
    MarketRental "market_rental" "市场化租赁住房" "market rental",
    /// 类住宅, LOFT.
    QuasiResidential "quasi_residential" "类住宅（LOFT）" "quasi-residential (LOFT)",
    /// Any other kind.
    Other "other" "其他类型" "another kind",
}

vocabulary! {
    /// Who owns a community (产权结构).
    PropertyRight, "structure of property rights":
    /// One owner: no owners' assembly, no owners' committee.
    SingleOwner "single_owner" "单一产权" "a single owner",
    /// Several owners.
    SeveralOwners "several_owners" "多个业主" "several owners",
}

vocabulary! {
    /// Whether a residents' committee (居委会) of the community's own exists.
    Committee, "state of the residents’ committee":
    /// None, and none is being formed.
    None "none" "没有居委会" "no residents’ committee",
    /// A preparatory group (居委会筹备组).
    Preparatory "preparatory" "居委会筹备组" "a preparatory group",
    /// Formed.
    Formed "formed" "已成立居委会" "its own residents’ committee",
}

vocabulary! {
    /// How a community is governed (治理方式). Modes combine.
    GovernanceMode, "governance mode":
    /// 纳入居委会管理: within an existing committee's area.
    Incorporated "incorporated" "纳入居委会管理" "within an existing residents’ committee",
    /// 成立居委会.
    OwnCommittee "own_committee" "成立居委会" "its own residents’ committee",
    /// 成立居委会筹备组: the own committee, not yet elected.
    PreparatoryGroup "preparatory_group" "成立居委会筹备组" "a preparatory group for its own committee",
    /// 相邻居村委会代管.
    Custodial "custodial" "相邻居村委会代管" "in the care of the neighbouring committee",
    /// 设立社工站.
    Station "station" "设立社工站" "served by a social work station",
}

vocabulary! {
    /// How a social work station (社工站) serves a community.
    StationForm, "form of station":
    /// A station of the community's own (单独设站).
    Standalone "standalone" "单独设站" "a station of its own",
    /// The grid's joint station, with the community as one of its points (联合设站, 一站多点).
    Joint "joint" "联合设站，一站多点" "a point of the grid’s joint station",
    /// A named person decides, with a reason.
    Decided "decided" "由指定人员决定" "to be decided by a named person",
    /// No station.
    None "none" "不设站" "no station",
}

vocabulary! {
    /// How hard a community is to govern (治理难度).
    Band, "band of difficulty":
    /// Low.
    Low "low" "低" "low",
    /// Medium.
    Medium "medium" "中" "medium",
    /// High.
    High "high" "高" "high",
    /// No factor has data.
    NoData "no_data" "没有数据" "no data",
}

impl GovernanceMode {
    /// An own committee, formed or in preparation: the register keeps both under 成立居委会（筹备组）.
    pub const fn is_own_committee(self) -> bool {
        matches!(self, Self::OwnCommittee | Self::PreparatoryGroup)
    }
}

impl Committee {
    /// The state of the committee that a community's modes in force tell.
    pub fn from_modes(modes: &[GovernanceMode]) -> Self {
        if modes.contains(&GovernanceMode::OwnCommittee) {
            Self::Formed
        } else if modes.contains(&GovernanceMode::PreparatoryGroup) {
            Self::Preparatory
        } else {
            Self::None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back_and_unknown_ones_named() {
        for kind in CommunityKind::ALL {
            assert_eq!(CommunityKind::from_code(kind.as_code()), Ok(*kind));
        }
        for mode in GovernanceMode::ALL {
            assert_eq!(GovernanceMode::from_code(mode.as_code()), Ok(*mode));
        }
        for form in StationForm::ALL {
            assert_eq!(StationForm::from_code(form.as_code()), Ok(*form));
        }
        let error = PropertyRight::from_code("mixed").unwrap_err();
        assert_eq!(
            error.to_string(),
            "“mixed” is no structure of property rights; it has single_owner, several_owners"
        );
    }
}
