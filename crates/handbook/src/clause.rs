//! A clause: when it holds (a table of factor, operator, constant) and what follows (one typed consequence).

use std::ops::Range;
use std::sync::Arc;

use crate::vocabulary::{Band, Committee, CommunityKind, GovernanceMode, PropertyRight, StationForm};
use crate::vocabulary::{UnknownCode, vocabulary};
use crate::words::{Language, Words};

vocabulary! {
    /// What a condition may ask of a community. None of these is about a person.
    Factor, "factor":
    /// The kind of community.
    Kind "kind" "类型" "kind",
    /// One owner or several.
    PropertyRight "property_right" "产权结构" "property rights",
    /// The state of its residents' committee.
    Committee "committee" "居委会" "residents’ committee",
    /// Planned capacity in households, by a dated decision; never live occupancy.
    Households "households" "规划容量" "planned capacity",
    /// Residents per hundred rooms.
    Density "density" "居住密度" "density",
    /// Tenancies that changed in a month, per mille.
    Turnover "turnover" "流动" "turnover",
    /// Property fees collected of those due, per mille.
    FeeCollection "fee_collection" "费用收缴" "fee collection",
    /// Open disputes.
    Disputes "disputes" "未决纠纷" "open disputes",
    /// Metres on foot to public services.
    Distance "distance" "到公共服务的距离" "distance to services",
    /// The band of difficulty.
    Difficulty "difficulty" "治理难度" "difficulty",
}

impl Factor {
    /// Whether its values are whole numbers, which alone can be `over` or `at_most`.
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Self::Households
                | Self::Density
                | Self::Turnover
                | Self::FeeCollection
                | Self::Disputes
                | Self::Distance
        )
    }

    /// Every value of a factor whose values are words; empty for numbers.
    pub(crate) fn words(self) -> Vec<Value> {
        match self {
            Self::Kind => CommunityKind::ALL.iter().copied().map(Value::Kind).collect(),
            Self::PropertyRight => PropertyRight::ALL.iter().copied().map(Value::Right).collect(),
            Self::Committee => Committee::ALL.iter().copied().map(Value::Committee).collect(),
            Self::Difficulty => Band::ALL.iter().copied().map(Value::Band).collect(),
            _ => Vec::new(),
        }
    }

    /// The value of a code, for a factor whose values are words.
    pub(crate) fn value_of(self, code: &str) -> Result<Value, UnknownCode> {
        match self {
            Self::Kind => CommunityKind::from_code(code).map(Value::Kind),
            Self::PropertyRight => PropertyRight::from_code(code).map(Value::Right),
            Self::Committee => Committee::from_code(code).map(Value::Committee),
            Self::Difficulty => Band::from_code(code).map(Value::Band),
            _ => Err(UnknownCode {
                code: code.to_owned(),
                vocabulary: "whole number",
                known: "1, 2, 3 …".to_owned(),
            }),
        }
    }
}

vocabulary! {
    /// How a factor is compared with a constant.
    Operator, "operator":
    /// Equal.
    Is "is" "是" "is",
    /// One of a list.
    In "in" "是其中之一" "is one of",
    /// Strictly more (超过).
    Over "over" "超过" "over",
    /// At most, the number itself included (以下, 不超过).
    AtMost "at_most" "不超过" "at most",
}

/// A factor's value, or a constant it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// A kind of community.
    Kind(CommunityKind),
    /// A structure of property rights.
    Right(PropertyRight),
    /// The state of a residents' committee.
    Committee(Committee),
    /// A band of difficulty.
    Band(Band),
    /// A whole number in the factor's unit.
    Number(i64),
}

/// What a factor is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// One value.
    One(Value),
    /// Several values, for `in`.
    Many(Arc<[Value]>),
}

impl Constant {
    /// The values, one or several.
    pub fn values(&self) -> &[Value] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// One line of a clause's condition table. All lines must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What is asked.
    pub factor: Factor,
    /// How it is compared.
    pub operator: Operator,
    /// With what, parameters filled in.
    pub constant: Constant,
}

impl Condition {
    /// Whether a value meets the condition.
    pub fn holds(&self, value: Value) -> bool {
        let number = |value: Value| if let Value::Number(number) = value { Some(number) } else { None };
        match (self.operator, &self.constant) {
            (Operator::Is | Operator::In, constant) => constant.values().contains(&value),
            (Operator::Over, Constant::One(limit)) => number(value) > number(*limit),
            (Operator::AtMost, Constant::One(limit)) => number(value) <= number(*limit),
            (Operator::Over | Operator::AtMost, Constant::Many(_)) => false,
        }
    }
}

vocabulary! {
    /// What a clause can prescribe.
    ConsequenceKind, "consequence":
    /// Governance modes.
    Modes "modes" "治理方式" "governance mode",
    /// The form of station.
    Station "station" "站点形式" "form of station",
    /// Workers by size and difficulty.
    Workers "workers" "工作人员" "workers",
    /// How often every household is visited.
    Visits "visits" "走访" "visits",
    /// How often households that need more are visited.
    PriorityVisits "priority_visits" "重点走访" "priority visits",
    /// Deadlines of matters in working days.
    Deadlines "deadlines" "答复期限" "deadlines",
    /// Least opening a week.
    OpenHours "open_hours" "开放时间" "opening hours",
    /// Least worked hours a week.
    StaffedHours "staffed_hours" "在岗时间" "staffed hours",
    /// Longest way on foot.
    WalkingLimit "walking_limit" "步行上限" "walking limit",
    /// Least room.
    Room "room" "用房面积" "room",
    /// Community workers per 10,000 residents of the district.
    WorkersPerTenThousand "workers_per_ten_thousand" "全区社区工作者总量" "community workers in the whole district",
}

impl ConsequenceKind {
    /// Kinds that a handbook must settle for every case. The others are complete or absent.
    pub const REQUIRED: &'static [Self] =
        &[Self::Modes, Self::Station, Self::Workers, Self::Visits, Self::Deadlines];

    /// Whether some cases may go without: more visits are for those who need them only.
    pub const fn may_be_partial(self) -> bool {
        matches!(self, Self::PriorityVisits)
    }
}

/// One worker for so many households, and more where governing is hard, in per cent of that number.
///
/// Shares of a worker add up over the communities of a joint station; whole people are counted once, at the
/// station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerRule {
    /// Households for one worker; at least 1.
    pub households_per_worker: i64,
    /// More at low difficulty, per cent.
    pub extra_low: i64,
    /// More at medium difficulty, per cent.
    pub extra_medium: i64,
    /// More at high difficulty, per cent.
    pub extra_high: i64,
}

/// So many contacts of every household in so many months, and one soon after moving in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visits {
    /// Contacts in the period.
    pub times: i64,
    /// The period in months.
    pub months: i64,
    /// Days after moving in by which the first contact is due.
    pub days_after_moving_in: i64,
}

/// Deadlines of matters, all in working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// First call back (先行联系).
    pub first_contact: i64,
    /// Enquiries and suggestions.
    pub enquiry: i64,
    /// Supervised matters and re-checks.
    pub supervised: i64,
    /// Ordinary matters.
    pub ordinary: i64,
    /// Complex matters, after approval.
    pub complex: i64,
}

/// Least opening of a station or point a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenHours {
    /// Half-days a week.
    pub half_days: i64,
    /// Hours a week.
    pub hours: i64,
}

/// What follows where a clause applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consequence {
    /// Governance modes, together.
    Modes(Vec<GovernanceMode>),
    /// The form of station.
    Station(StationForm),
    /// Workers by size and difficulty.
    Workers(WorkerRule),
    /// How often every household is visited.
    Visits(Visits),
    /// Households that need more: once in so many months.
    PriorityVisits(i64),
    /// Deadlines of matters.
    Deadlines(Deadlines),
    /// Least opening a week.
    OpenHours(OpenHours),
    /// Least worked hours a week.
    StaffedHours(i64),
    /// Metres on foot.
    WalkingLimit(i64),
    /// Whole square metres.
    Room(i64),
    /// Community workers per 10,000 residents: a total of the whole district, never of one station.
    WorkersPerTenThousand(i64),
}

impl Consequence {
    /// What it settles.
    pub const fn kind(&self) -> ConsequenceKind {
        match self {
            Self::Modes(_) => ConsequenceKind::Modes,
            Self::Station(_) => ConsequenceKind::Station,
            Self::Workers(_) => ConsequenceKind::Workers,
            Self::Visits(_) => ConsequenceKind::Visits,
            Self::PriorityVisits(_) => ConsequenceKind::PriorityVisits,
            Self::Deadlines(_) => ConsequenceKind::Deadlines,
            Self::OpenHours(_) => ConsequenceKind::OpenHours,
            Self::StaffedHours(_) => ConsequenceKind::StaffedHours,
            Self::WalkingLimit(_) => ConsequenceKind::WalkingLimit,
            Self::Room(_) => ConsequenceKind::Room,
            Self::WorkersPerTenThousand(_) => ConsequenceKind::WorkersPerTenThousand,
        }
    }
}

/// A clause of a handbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its number in the handbook: `3.1`.
    pub id: String,
    /// Its number with the version, as pages show it: `2.0-3.1`.
    pub code: String,
    /// Its text, parameters filled in.
    pub words: Words,
    /// Its text as written, with `{parameter}` where a parameter stands.
    pub template: Words,
    /// Where it comes from.
    pub source: Words,
    /// What every clause is titled with: that this is no official text.
    pub label: Words,
    /// Not published: assumed here, and said so.
    pub assumption: bool,
    /// The lines that must all hold; none for a clause that applies to every community.
    pub when: Vec<Condition>,
    /// What follows; none for a clause that explains.
    pub then: Option<Consequence>,
    /// Of two clauses that apply and differ, the one of higher priority counts.
    pub priority: i64,
    /// The parameters its text, conditions or consequence use, each once.
    pub parameters: Vec<String>,
    /// Line of the file, from 1.
    pub line: usize,
    pub(crate) span: Range<usize>,
}

impl Clause {
    /// The text in a language.
    pub fn text(&self, language: Language) -> &str {
        self.words.get(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn households(operator: Operator, limit: i64) -> Condition {
        Condition { factor: Factor::Households, operator, constant: Constant::One(Value::Number(limit)) }
    }

    #[test]
    fn at_most_includes_the_number_and_over_does_not() {
        assert!(households(Operator::AtMost, 1_000).holds(Value::Number(1_000)));
        assert!(!households(Operator::AtMost, 1_000).holds(Value::Number(1_001)));
        assert!(!households(Operator::Over, 1_000).holds(Value::Number(1_000)));
        assert!(households(Operator::Over, 1_000).holds(Value::Number(1_001)));
    }
}
