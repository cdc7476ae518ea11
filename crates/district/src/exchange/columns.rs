//! The columns of each sheet of the workbook, in the order of the template.

use super::choices::{KINDS, MODES, ORGANISATION_KINDS, REMITS, RIGHTS, SOURCES, SYSTEMS, TENURES, YES_NO};
use super::sheets::{Column, Kind};

macro_rules! column {
    ($id:literal, $zh:literal, $en:literal, $kind:expr, $required:expr, $about_zh:literal, $about_en:literal) => {
        Column {
            id: $id,
            zh: $zh,
            en: $en,
            kind: $kind,
            required: $required,
            about_zh: $about_zh,
            about_en: $about_en,
        }
    };
}

const REQUIRED: bool = true;
const OPTIONAL: bool = false;
const CODE: Kind = Kind::Code(40);
const NAME: Kind = Kind::Text(120);

const FROM: Column = column!(
    "from",
    "起始日期",
    "From",
    Kind::Date,
    OPTIONAL,
    "从哪一天起。不填则为导入时选定的生效日期。",
    "From which day. Empty: the effective day chosen when importing."
);
const TO: Column = column!(
    "to",
    "结束日期",
    "Until",
    Kind::Date,
    OPTIONAL,
    "到哪一天为止（当天不再有效）。仍有效则不填。",
    "Until which day (no longer in force on it). Empty while in force."
);
const END: Column = column!(
    "to",
    "止于",
    "Ended on",
    Kind::Date,
    OPTIONAL,
    "从哪一天起不再存在（如拆除、撤销、合并），从那天起不计入统计。仍存在则不填；不填不会改动已登记的日期。",
    "The first day it is not there (pulled down, dissolved, merged); not counted from then on. Empty while it is there; an empty cell changes nothing."
);
const COMMUNITY: Column = column!(
    "community",
    "社区编码",
    "Community code",
    CODE,
    REQUIRED,
    "“社区”表或已登记的社区的编码。",
    "The code of a community on the sheet of communities or in the register."
);
const BUILDING: Column = column!(
    "building",
    "楼栋号",
    "Building",
    Kind::Code(40),
    REQUIRED,
    "门牌或楼栋号，如 3号。",
    "The building’s number, such as 3号."
);
const NAME_EN: Column =
    column!("name_en", "英文名称", "English name", NAME, OPTIONAL, "没有可不填。", "May be empty.");

pub(super) const TOWNS: &[Column] = &[
    column!(
        "code",
        "街镇代码",
        "Town code",
        CODE,
        REQUIRED,
        "九位代码，如 310112107。各区有同名街镇，只认代码。",
        "Nine digits, such as 310112107. Names repeat across districts, so the code counts."
    ),
    column!("name", "街镇名称", "Town name", NAME, REQUIRED, "全称。", "The full name."),
    NAME_EN,
    column!(
        "longitude",
        "经度",
        "Longitude",
        Kind::Degrees,
        REQUIRED,
        "中心点经度，WGS-84，十进制度，如 121.3812。",
        "Of its centre, WGS-84, decimal degrees, such as 121.3812."
    ),
    column!(
        "latitude",
        "纬度",
        "Latitude",
        Kind::Degrees,
        REQUIRED,
        "中心点纬度，WGS-84，如 31.1126。",
        "Of its centre, WGS-84, such as 31.1126."
    ),
    FROM,
];
pub(super) const GRIDS: &[Column] = &[
    column!("code", "网格编码", "Grid code", CODE, REQUIRED, "全区唯一。", "Unique in the district."),
    column!(
        "town",
        "街镇代码",
        "Town code",
        CODE,
        REQUIRED,
        "所属街镇的九位代码。",
        "The nine digits of its town."
    ),
    column!(
        "name",
        "网格名称",
        "Grid name",
        NAME,
        REQUIRED,
        "综合网格的名称。",
        "The name of the integrated grid."
    ),
    NAME_EN,
    FROM,
    END,
];
pub(super) const ORGANISATIONS: &[Column] = &[
    column!(
        "code",
        "单位编码",
        "Organisation code",
        CODE,
        REQUIRED,
        "全区唯一，可自定。",
        "Unique in the district; your own choice."
    ),
    column!(
        "kind",
        "单位类型",
        "Organisation kind",
        Kind::Choice(ORGANISATION_KINDS),
        REQUIRED,
        "从下拉列表选择。",
        "From the list."
    ),
    column!("name", "单位名称", "Organisation name", NAME, REQUIRED, "全称。", "The full name."),
    NAME_EN,
    column!(
        "uscc",
        "统一社会信用代码",
        "Credit code",
        CODE,
        OPTIONAL,
        "18 位。校验位不符只提醒，不退回。",
        "18 characters. A failing check character only warns."
    ),
    column!(
        "town",
        "街镇代码",
        "Town code",
        CODE,
        OPTIONAL,
        "服务全区的单位不填。",
        "Empty for one that serves the whole district."
    ),
    FROM,
    END,
];
pub(super) const COMMUNITIES: &[Column] = &[
    column!(
        "code",
        "社区编码",
        "Community code",
        CODE,
        REQUIRED,
        "全区唯一：街镇代码加顺序号，如 310112107-001。",
        "Unique in the district: town code and a running number, such as 310112107-001."
    ),
    column!("name", "社区名称", "Community name", NAME, REQUIRED, "通行名称。", "The name in use."),
    NAME_EN,
    column!("kind", "社区类型", "Kind", Kind::Choice(KINDS), REQUIRED, "从下拉列表选择。", "From the list."),
    column!(
        "label",
        "标签",
        "Label",
        Kind::Text(40),
        OPTIONAL,
        "如 人才公寓。",
        "Such as 人才公寓 (flats for talent)."
    ),
    column!(
        "right",
        "产权结构",
        "Property right",
        Kind::Choice(RIGHTS),
        REQUIRED,
        "从下拉列表选择。",
        "From the list."
    ),
    column!(
        "town",
        "街镇代码",
        "Town code",
        CODE,
        REQUIRED,
        "所属街镇的九位代码，不要只写名称。",
        "The nine digits of its town; the name alone is not enough."
    ),
    column!("grid", "网格编码", "Grid code", CODE, OPTIONAL, "所属综合网格。", "Its integrated grid."),
    column!("address", "地址", "Address", NAME, OPTIONAL, "路名、弄、号。", "Road, lane, number."),
    column!(
        "longitude",
        "经度",
        "Longitude",
        Kind::Degrees,
        OPTIONAL,
        "十进制度。未定位可不填，之后在地图上点选。",
        "Decimal degrees. Empty until it is placed on the map."
    ),
    column!(
        "latitude",
        "纬度",
        "Latitude",
        Kind::Degrees,
        OPTIONAL,
        "与经度同时填写。",
        "Together with the longitude."
    ),
    column!(
        "system",
        "坐标系",
        "Coordinate system",
        Kind::Choice(SYSTEMS),
        OPTIONAL,
        "不填为 WGS-84；高德、腾讯地图取的坐标填 GCJ-02，导入时换算。",
        "WGS-84 if empty; coordinates taken from a Chinese map product are GCJ-02 and are converted."
    ),
    column!(
        "opened_on",
        "开业日期",
        "Opened on",
        Kind::Date,
        OPTIONAL,
        "开始入住的日期。",
        "The first day people could move in."
    ),
    column!(
        "planned",
        "规划户数",
        "Planned households",
        Kind::Count(0, crate::register::MOST_HOUSEHOLDS),
        OPTIONAL,
        "按批文确定的户数，与确定日期同时填写。",
        "By decision; together with its date."
    ),
    column!(
        "planned_on",
        "规划确定日期",
        "Planned decided on",
        Kind::Date,
        OPTIONAL,
        "规划户数由哪一天的决定确定。",
        "The day of the decision on the planned households."
    ),
    column!(
        "from",
        "列入日期",
        "Listed from",
        Kind::Date,
        OPTIONAL,
        "列入名单的日期。不填则为生效日期。",
        "In the list from this day. Empty: the effective day."
    ),
    column!(
        "reason",
        "列入原因",
        "Reason",
        Kind::Text(200),
        OPTIONAL,
        "为什么列入名单。",
        "Why it enters the list."
    ),
    column!(
        "simulated",
        "模拟",
        "Simulated",
        Kind::Choice(YES_NO),
        OPTIONAL,
        "演示用的虚构社区填“是”。",
        "“yes” for an invented community of a demonstration."
    ),
];
pub(super) const MODE_COLUMNS: &[Column] = &[
    COMMUNITY,
    column!(
        "mode",
        "治理方式",
        "Governance mode",
        Kind::Choice(MODES),
        REQUIRED,
        "可以有几种，一种一行。",
        "There may be several, one a row."
    ),
    column!(
        "organisation",
        "单位编码",
        "Organisation code",
        CODE,
        OPTIONAL,
        "负责的居村委会。",
        "The committee in charge."
    ),
    column!(
        "document",
        "文号",
        "Document number",
        Kind::Text(80),
        OPTIONAL,
        "批准文件的文号。",
        "Of the decision."
    ),
    FROM,
    TO,
];
pub(super) const REMIT_COLUMNS: &[Column] = &[
    COMMUNITY,
    column!(
        "organisation",
        "单位编码",
        "Organisation code",
        CODE,
        REQUIRED,
        "“组织”表或已登记的单位。",
        "On the sheet of organisations or in the register."
    ),
    column!("remit", "职责", "Remit", Kind::Choice(REMITS), REQUIRED, "从下拉列表选择。", "From the list."),
    FROM,
    TO,
];
pub(super) const SOURCE_COLUMNS: &[Column] = &[
    COMMUNITY,
    column!(
        "source",
        "来源系统",
        "Source system",
        Kind::Choice(SOURCES),
        REQUIRED,
        "从下拉列表选择，一个系统一行。",
        "From the list, a row for each system."
    ),
    column!(
        "number",
        "来源编号",
        "Number there",
        Kind::Code(60),
        REQUIRED,
        "社区在那个系统里的编号。",
        "What the community is called in that system."
    ),
];
pub(super) const BUILDINGS: &[Column] = &[
    COMMUNITY,
    BUILDING,
    column!("floors", "层数", "Floors", Kind::Count(1, 120), REQUIRED, "地上层数。", "Above ground."),
    FROM,
    END,
];
pub(super) const UNITS: &[Column] = &[
    COMMUNITY,
    BUILDING,
    column!("unit", "室号", "Flat", Kind::Code(40), REQUIRED, "如 502。", "Such as 502."),
    column!(
        "floor",
        "楼层",
        "Floor",
        Kind::Count(-5, 120),
        REQUIRED,
        "地下为负数。",
        "Below ground is negative."
    ),
    column!(
        "area",
        "套面积",
        "Flat area",
        Kind::Area,
        REQUIRED,
        "平方米，最多两位小数。",
        "Square metres, at most two decimals."
    ),
    column!(
        "room",
        "间号",
        "Room",
        Kind::Code(40),
        OPTIONAL,
        "按间出租的，一间一行；整套出租的不填。",
        "Let by the room: a row for each room. Empty when the flat is let as a whole."
    ),
    column!(
        "room_area",
        "间面积",
        "Room area",
        Kind::Area,
        OPTIONAL,
        "平方米，按间出租的填写。",
        "Square metres, for a room."
    ),
    FROM,
    END,
];
pub(super) const TENANCIES: &[Column] = &[
    COMMUNITY,
    BUILDING,
    column!(
        "unit",
        "室号",
        "Flat",
        Kind::Code(40),
        REQUIRED,
        "“套间”表或已登记的室号。",
        "On the sheet of flats or in the register."
    ),
    column!(
        "room",
        "间号",
        "Room",
        Kind::Code(40),
        OPTIONAL,
        "按间出租的填写。",
        "For a flat let by the room."
    ),
    column!(
        "household",
        "户序",
        "Household",
        Kind::Count(1, 99),
        OPTIONAL,
        "同一住房、同一天有两户入住时，用 1、2 区分；一般不填。",
        "1, 2 … when two households move into one dwelling on one day; usually empty."
    ),
    column!(
        "tenure",
        "居住性质",
        "Tenure",
        Kind::Choice(TENURES),
        REQUIRED,
        "租住或自住。",
        "Tenant or owner."
    ),
    column!(
        "lease",
        "承租单位编码",
        "Lease holder code",
        CODE,
        OPTIONAL,
        "单位整体承租的，填单位编码。",
        "The organisation that leases for its people."
    ),
    column!(
        "from",
        "入住日期",
        "Moved in",
        Kind::Date,
        REQUIRED,
        "这一户的入住日期。",
        "The day the household moved in."
    ),
    column!(
        "to",
        "搬离日期",
        "Moved out",
        Kind::Date,
        OPTIONAL,
        "仍在住不填。",
        "Empty while it lives there."
    ),
    column!(
        "person",
        "居住人编号",
        "Person number",
        CODE,
        OPTIONAL,
        "程序导出时填写的代号，请勿改动；新登记的人不填。",
        "Written by the program when exporting, not to be changed. Empty for someone new."
    ),
    column!(
        "name",
        "姓名",
        "Name",
        Kind::Text(60),
        OPTIONAL,
        "新登记的人必填。加密存入身份信息库，导出时不带出。",
        "Required for someone new. Sealed in the identity vault; exports leave it out."
    ),
    column!(
        "telephone",
        "电话",
        "Telephone",
        Kind::Code(20),
        OPTIONAL,
        "加密存入身份信息库。",
        "Sealed in the identity vault."
    ),
    column!(
        "identity",
        "证件号码",
        "Identity number",
        Kind::Code(30),
        OPTIONAL,
        "加密存入身份信息库；校验位不符只提醒。",
        "Sealed in the identity vault. A failing check digit only warns."
    ),
];
