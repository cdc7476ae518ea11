//! The form of the workbook: its sheets and columns, in both languages. What stands here is written into templates and
//! exports, and is what imports look for.

pub use super::choices::*;
use super::columns::{
    BUILDINGS, COMMUNITIES, GRIDS, MODE_COLUMNS, ORGANISATIONS, REMIT_COLUMNS, SOURCE_COLUMNS, TENANCIES,
    TOWNS, UNITS,
};
use super::values::plain;

/// A sheet of the register's workbook, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SheetId {
    /// 街镇.
    Towns,
    /// 综合网格.
    Grids,
    /// 组织: property managers, operators, committees, Party organisations.
    Organisations,
    /// 社区.
    Communities,
    /// 治理方式.
    Modes,
    /// 服务单位: which organisation has which remit in a community.
    Remits,
    /// 来源编号: which number a community has in the systems it came from.
    Sources,
    /// 楼栋.
    Buildings,
    /// 套间: one row a dwelling.
    Units,
    /// 租住: one row a person.
    Tenancies,
}

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A name or remark, at most so many characters.
    Text(usize),
    /// A code or number that identifies something: full-width becomes half-width.
    Code(usize),
    /// A whole number between two bounds.
    Count(i64, i64),
    /// Square metres.
    Area,
    /// Decimal degrees.
    Degrees,
    /// A day.
    Date,
    /// One of a closed list.
    Choice(&'static [Choice]),
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The name in the program.
    pub id: &'static str,
    /// The Chinese half of the header.
    pub zh: &'static str,
    /// The English half of the header.
    pub en: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Must every row have it?
    pub required: bool,
    /// What to write, in Chinese.
    pub about_zh: &'static str,
    /// What to write, in English.
    pub about_en: &'static str,
}

impl Column {
    /// The header as templates write it.
    pub fn header(&self) -> String {
        format!("{} {}", self.zh, self.en)
    }

    /// Does a header mean this column? Either language, both, or the id; width, case, spaces, stars and brackets aside.
    pub fn is_named(&self, header: &str) -> bool {
        let asked = key(header);
        let (zh, en) = (key(self.zh), key(self.en));
        asked == zh || asked == en || asked == key(self.id) || asked == format!("{zh}{en}")
    }
}

/// A header or a sheet's name as it is compared. Much of what comes in calls a community 小区: it is the same word here.
pub fn key(text: &str) -> String {
    plain(text)
        .replace("小区", "社区")
        .chars()
        .filter(|c| {
            !c.is_whitespace() && !matches!(c, '*' | '/' | '_' | '-' | ':' | '（' | '）' | '(' | ')' | '\'')
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// The column that marked workbooks add; an import leaves it aside.
pub const PROBLEM: [&str; 2] = ["问题", "Problem"];
/// The sheet that explains the columns, and the one that holds the closed lists.
pub const GUIDE: [&str; 2] = ["说明", "Guide"];
/// See [`GUIDE`].
pub const CODES: [&str; 2] = ["代码", "Codes"];

impl SheetId {
    /// Does a row of it say something of a person?
    pub const fn holds_people(self) -> bool {
        matches!(self, Self::Tenancies)
    }

    /// All sheets, in their order.
    pub const ALL: [Self; 10] = [
        Self::Towns,
        Self::Grids,
        Self::Organisations,
        Self::Communities,
        Self::Modes,
        Self::Remits,
        Self::Sources,
        Self::Buildings,
        Self::Units,
        Self::Tenancies,
    ];

    /// The name in addresses and file names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Towns => "towns",
            Self::Grids => "grids",
            Self::Organisations => "organisations",
            Self::Communities => "communities",
            Self::Modes => "modes",
            Self::Remits => "remits",
            Self::Sources => "sources",
            Self::Buildings => "buildings",
            Self::Units => "units",
            Self::Tenancies => "tenancies",
        }
    }

    /// The sheet's names: Chinese, which is the one in the workbook, and English.
    pub const fn names(self) -> [&'static str; 2] {
        match self {
            Self::Towns => ["街镇", "Towns"],
            Self::Grids => ["综合网格", "Integrated grids"],
            Self::Organisations => ["组织", "Organisations"],
            Self::Communities => ["社区", "Communities"],
            Self::Modes => ["治理方式", "Governance modes"],
            Self::Remits => ["服务单位", "Remits"],
            Self::Sources => ["来源编号", "Source numbers"],
            Self::Buildings => ["楼栋", "Buildings"],
            Self::Units => ["套间", "Flats and rooms"],
            Self::Tenancies => ["租住", "Tenancies"],
        }
    }

    /// Its columns, in the order of the template.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Towns => TOWNS,
            Self::Grids => GRIDS,
            Self::Organisations => ORGANISATIONS,
            Self::Communities => COMMUNITIES,
            Self::Modes => MODE_COLUMNS,
            Self::Remits => REMIT_COLUMNS,
            Self::Sources => SOURCE_COLUMNS,
            Self::Buildings => BUILDINGS,
            Self::Units => UNITS,
            Self::Tenancies => TENANCIES,
        }
    }

    /// A column by its id.
    pub fn column(self, id: &str) -> Option<&'static Column> {
        self.columns().iter().find(|column| column.id == id)
    }

    /// The sheet of a name in a workbook.
    pub fn named(name: &str) -> Option<Self> {
        let asked = key(name);
        Self::ALL
            .into_iter()
            .find(|sheet| sheet.names().iter().any(|name| key(name) == asked) || key(sheet.as_str()) == asked)
    }

    /// The sheet whose columns these headers are: every required one, and the most of all. For a CSV, which has no name.
    pub fn of_headers(headers: &[String]) -> Option<Self> {
        let found = |column: &Column| headers.iter().any(|header| column.is_named(header));
        let fits = |sheet: &Self| sheet.columns().iter().filter(|column| column.required).all(found);
        let count = |sheet: &Self| sheet.columns().iter().filter(|&column| found(column)).count();
        Self::ALL.into_iter().filter(fits).max_by_key(count)
    }
}

#[cfg(test)]
mod tests;
