//! The communities: names, kinds, sizes, when they entered the list and left it.

use base::{Day, Position};
use handbook::{CommunityKind, PropertyRight};

use crate::Order;
use crate::dice::Dice;
use crate::land::{self, Grid};

/// Communities of the list on the district's day, at full size.
const COMMUNITIES: i64 = 547;
/// Dwellings (套/间) on that day, at full size: "14.7 万余间".
const DWELLINGS: i64 = 147_480;
/// Of a thousand communities, how many entered the list during the year.
const ENTERED: i64 = 31;
/// Rooms of 浦江微领地 (public reports).
const WEILINGDI: i64 = 3_116;
/// Communities that left the list during the year, at full size.
const LEFT: i64 = 6;

/// A community with what the register says of it.
pub struct Estate {
    /// Its town's place in [`land::TOWNS`].
    pub town: usize,
    /// Its grid's place.
    pub grid: usize,
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub label: &'static str,
    pub kind: CommunityKind,
    pub right: PropertyRight,
    /// Where it really lies, which the register does not know of all.
    pub place: (i64, i64),
    /// Its position in the register.
    pub position: Option<Position>,
    pub address: String,
    pub dwellings: i64,
    pub planned: Option<i64>,
    pub opened_on: Day,
    /// In the list from this day.
    pub from: Day,
    /// Left the list on this day, and why.
    pub left: Option<(Day, &'static str)>,
    /// Flats are let by the room.
    pub shared: bool,
    /// One of the communities the district is known by.
    pub known: Option<Known>,
}

/// Communities that public reports name. They carry what was published; the rest is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// 爱琴海: LOFT, many owners, above a shopping street and mall; its station was the first, in June 2025.
    Aegean,
    /// 七宝城投宽庭, "上海文化人才之家"; 182 moved in in September 2025.
    Kuanting,
    /// 浦江微领地: 3,116 rooms.
    Weilingdi,
}

const FIRST: [(&str, &str); 40] = [
    ("青藤", "Qingteng"),
    ("晴川", "Qingchuan"),
    ("云栖", "Yunqi"),
    ("悦澜", "Yuelan"),
    ("星河", "Xinghe"),
    ("汀兰", "Tinglan"),
    ("锦程", "Jincheng"),
    ("朗诗", "Langshi"),
    ("景明", "Jingming"),
    ("逸庭", "Yiting"),
    ("听雨", "Tingyu"),
    ("望春", "Wangchun"),
    ("春申", "Chunshen"),
    ("清和", "Qinghe"),
    ("知行", "Zhixing"),
    ("同乐", "Tongle"),
    ("乐业", "Leye"),
    ("启程", "Qicheng"),
    ("致远", "Zhiyuan"),
    ("新禾", "Xinhe"),
    ("麦田", "Maitian"),
    ("蓝湾", "Lanwan"),
    ("绿洲", "Lvzhou"),
    ("橙果", "Chengguo"),
    ("松风", "Songfeng"),
    ("竹里", "Zhuli"),
    ("和光", "Heguang"),
    ("向阳", "Xiangyang"),
    ("拾光", "Shiguang"),
    ("归园", "Guiyuan"),
    ("曦望", "Xiwang"),
    ("泊寓", "Boyu"),
    ("邻家", "Linjia"),
    ("安然", "Anran"),
    ("百合", "Baihe"),
    ("长风", "Changfeng"),
    ("东篱", "Dongli"),
    ("观澜", "Guanlan"),
    ("华章", "Huazhang"),
    ("金穗", "Jinsui"),
];

/// What communities of a kind are called.
const fn seconds(kind: CommunityKind) -> [(&'static str, &'static str); 5] {
    match kind {
        CommunityKind::AffordableRental => [
            ("人才公寓", "Talent Apartments"),
            ("家园", "Homes"),
            ("雅苑", "Court"),
            ("青年社区", "Youth Community"),
            ("安居苑", "Anju Court"),
        ],
        CommunityKind::MarketRental => [
            ("公寓", "Apartments"),
            ("国际社区", "International"),
            ("青年里", "Youth Lane"),
            ("寓舍", "Residences"),
            ("新舍", "New House"),
        ],
        CommunityKind::QuasiResidential => [
            ("LOFT", "LOFT"),
            ("中心公馆", "Centre Mansion"),
            ("创邸", "Studio House"),
            ("汇", "Plaza"),
            ("天地", "Place"),
        ],
        CommunityKind::Other => {
            [("里", "Lane"), ("宿舍", "Dormitory"), ("驿", "Inn"), ("坊", "Yard"), ("苑", "Garden")]
        }
    }
}

/// All communities that were in the list at any time of the year, in the order of their codes.
pub fn estates(order: &Order, grids: &[Grid]) -> Vec<Estate> {
    let count = order.share(COMMUNITIES).max(14);
    let left = order.share(LEFT).max(1);
    let mut estates: Vec<Estate> =
        (0..count + left).map(|number| draw(order, grids, index(number), index(count))).collect();
    known(&mut estates, grids);
    name(&mut estates);
    sizes(order, &mut estates);
    estates
}

fn index(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

fn draw(order: &Order, grids: &[Grid], number: usize, count: usize) -> Estate {
    let leaves = number >= count;
    let mut dice = Dice::new(order.seed, "estate", number);
    // The first go round all grids, a few over all towns; afterwards chance crowds some of them.
    let grid = match number {
        _ if count < grids.len() && !leaves => number * grids.len() / count,
        _ if number < grids.len() => number,
        _ => index(dice.below(71)),
    };
    let town = grids[grid].town;
    let kind = match dice.below(100) {
        0..46 => CommunityKind::AffordableRental,
        46..71 => CommunityKind::MarketRental,
        71..93 => CommunityKind::QuasiResidential,
        _ => CommunityKind::Other,
    };
    let several = kind == CommunityKind::QuasiResidential && dice.chance(800);
    let place = land::place_near(&mut dice, grids[grid].middle, 800, town);
    // One entered this month and one left, so that the newest bridge of the list has something to explain.
    let newest = number == 31;
    let enters = !leaves && number > 30 && (dice.chance(ENTERED) || newest);
    let (from, opened_on) = if enters {
        let months = if newest { 12 } else { dice.between(1, 12) };
        let month = order.first_day().plus_months(i32::try_from(months).unwrap_or(1));
        (month, month - dice.between(20, 90))
    } else {
        (order.first_day(), order.first_day() - dice.between(120, 2_600))
    };
    let reasons = ["转为普通住宅小区管理", "整体改为酒店经营", "房屋征收拆除"];
    let left = leaves.then(|| {
        let months = if number.is_multiple_of(5) { 12 } else { dice.between(2, 11) };
        let month = order.first_day().plus_months(i32::try_from(months).unwrap_or(2));
        (month, *dice.pick(&reasons))
    });
    Estate {
        town,
        grid,
        code: String::new(),
        name: String::new(),
        name_en: String::new(),
        label: if kind == CommunityKind::AffordableRental && dice.chance(300) { "人才公寓" } else { "" },
        kind,
        right: if several { PropertyRight::SeveralOwners } else { PropertyRight::SingleOwner },
        place,
        // A few are not placed on the map yet, and of a few no capacity was decided: the quality page has work.
        position: (!dice.chance(9)).then(|| land::position(place)),
        address: format!("示范路{}弄", dice.between(1, 1999)),
        dwellings: weight(&mut dice),
        planned: (!dice.chance(9)).then_some(0),
        opened_on,
        from,
        left,
        shared: kind != CommunityKind::QuasiResidential && dice.chance(220),
        known: None,
    }
}

/// A skewed size: most are small, one in fifteen has more than a thousand dwellings (public reports: mean 269, the
/// largest above 3,000).
fn weight(dice: &mut Dice) -> i64 {
    match dice.below(100) {
        0..44 => dice.between(24, 100),
        44..75 => dice.between(100, 250),
        75..88 => dice.between(250, 560),
        88..94 => dice.between(560, 960),
        94..99 => dice.between(1_050, 1_900),
        _ => dice.between(1_900, 2_700),
    }
}

/// Gives three of them the names and the published facts of communities the district is known by.
fn known(estates: &mut [Estate], grids: &[Grid]) {
    let mut taken: Vec<usize> = Vec::new();
    let facts = [
        (Known::Aegean, land::HONGQIAO, CommunityKind::QuasiResidential, PropertyRight::SeveralOwners, ""),
        (
            Known::Kuanting,
            land::QIBAO,
            CommunityKind::AffordableRental,
            PropertyRight::SingleOwner,
            "上海文化人才之家",
        ),
        (Known::Weilingdi, land::PUJIANG, CommunityKind::MarketRental, PropertyRight::SingleOwner, ""),
    ];
    for (known, town, kind, right, label) in facts {
        let fits = |e: &Estate| {
            e.town == town && e.left.is_none() && (known != Known::Aegean || grids[e.grid].name == "紫藤网格")
        };
        let Some(place) = (0..estates.len()).find(|i| fits(&estates[*i]) && !taken.contains(i)) else {
            continue;
        };
        taken.push(place);
        let estate = &mut estates[place];
        estate.known = Some(known);
        // Sizes that public reports do not name are simulated, and large enough to be talked about.
        estate.dwellings = match known {
            Known::Aegean => 620,
            Known::Kuanting => 860,
            Known::Weilingdi => WEILINGDI,
        };
        (estate.kind, estate.right, estate.label, estate.shared) = (kind, right, label, false);
        estate.position = Some(land::position(estate.place));
        estate.planned = Some(0);
    }
}

fn name(estates: &mut [Estate]) {
    let mut in_town = [0_usize; land::TOWNS.len()];
    let mut of_kind = std::collections::HashMap::<CommunityKind, usize>::new();
    for estate in estates {
        in_town[estate.town] += 1;
        estate.code = format!("{}{:03}", land::TOWNS[estate.town].code, in_town[estate.town]);
        let (name, name_en) = match estate.known {
            Some(Known::Aegean) => ("爱琴海".to_owned(), "Aegean Sea".to_owned()),
            Some(Known::Kuanting) => ("七宝城投宽庭".to_owned(), "Qibao Chengtou Kuanting".to_owned()),
            Some(Known::Weilingdi) => ("浦江微领地".to_owned(), "Pujiang Weilingdi".to_owned()),
            None => {
                let number = of_kind.entry(estate.kind).or_default();
                let name = invented(estate.kind, *number);
                *number += 1;
                name
            }
        };
        (estate.name, estate.name_en) = (name, name_en);
    }
}

/// The names of a kind one after another; once all are used, with 二期, 三期.
fn invented(kind: CommunityKind, number: usize) -> (String, String) {
    const PHASES: [&str; 6] = ["", "二期", "三期", "四期", "五期", "六期"];
    let seconds = seconds(kind);
    let (first, first_en) = FIRST[number % FIRST.len()];
    // 40 and 5 are not coprime: the second word moves on once more with each round.
    let round = number / FIRST.len();
    let (second, second_en) = seconds[(number + round) % seconds.len()];
    let phase = round / seconds.len();
    let phase_en = if phase == 0 { String::new() } else { format!(" Phase {}", phase + 1) };
    (format!("{first}{second}{}", PHASES[phase.min(5)]), format!("{first_en} {second_en}{phase_en}"))
}

/// Scales the sizes so that those of the list on the day sum to exactly what the district has.
fn sizes(order: &Order, estates: &mut [Estate]) {
    let target = order.share(DWELLINGS);
    let published = |estate: &Estate| match estate.known {
        Some(Known::Weilingdi) => Some(order.share(WEILINGDI).max(30)),
        _ => None,
    };
    let listed = |estate: &&mut Estate| estate.left.is_none() && published(estate).is_none();
    let fixed: i64 = estates.iter().filter_map(published).sum();
    let weights: i64 = estates.iter_mut().filter(listed).map(|estate| estate.dwellings).sum();
    let room = target - fixed;
    for estate in estates.iter_mut() {
        estate.dwellings = match published(estate) {
            Some(size) => size,
            None => (estate.dwellings * room / weights.max(1)).max(6),
        };
    }
    // What rounding left goes to the first ones, a dwelling each.
    let mut missing = room - estates.iter_mut().filter(listed).map(|estate| estate.dwellings).sum::<i64>();
    for estate in estates.iter_mut().filter(listed) {
        // A one at a time; in a small district the least sizes may leave more, which the large ones give.
        let change = missing.clamp(-(estate.dwellings - 6).min(estate.dwellings / 8 + 1), 1);
        estate.dwellings += change;
        missing -= change;
    }
    for (number, estate) in estates.iter_mut().enumerate() {
        let mut dice = Dice::new(order.seed, "planned", number);
        // The decided capacity is near what was built, and never a live figure.
        let planned = estate.dwellings + dice.below(estate.dwellings / 50 + 1);
        estate.planned = estate.planned.map(|_| match estate.known {
            Some(Known::Weilingdi) => estate.dwellings,
            _ => planned,
        });
    }
}
