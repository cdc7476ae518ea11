//! Buildings, flats, rooms, and who lived where since when: drawn backwards from the district's day, so that every
//! count holds on it.

use base::{Area, Day};
use handbook::CommunityKind;

use district::kit::{BuildingId, Call, CommunityId, RoomId, UnitId};
use district::register::{AddBuilding, AddRoom, AddUnit};

use crate::Order;
use crate::dice::Dice;
use crate::estates::{Estate, Known};

/// Residents on the district's day, at full size: "约 16.9 万".
const RESIDENTS: i64 = 169_020;
/// Days of a month on which households move: leases begin on few days.
const MOVING_DAYS: i64 = 5;
/// Flats on a floor.
const FLATS: i64 = 8;
/// Rooms of a flat that is let by the room.
const ROOMS: usize = 3;

/// A household's stay in a dwelling.
#[derive(Debug, Clone, Copy)]
pub struct Stay {
    /// The dwelling's place in its community.
    pub dwelling: usize,
    pub from: Day,
    /// Until the day before this.
    pub to: Option<Day>,
    pub people: i64,
    /// Let by a company to its own people, many at once.
    pub leased: bool,
}

/// The stays of every community, each in the order of their first days; those of the day sum to the district's residents.
pub fn histories(order: &Order, estates: &[Estate]) -> Vec<Vec<Stay>> {
    let mut all: Vec<Vec<Stay>> =
        estates.iter().enumerate().map(|(number, estate)| history(order, number, estate)).collect();
    steer(order, estates, &mut all);
    for stays in &mut all {
        stays.sort_by_key(|stay| (stay.from, stay.dwelling));
    }
    all
}

fn history(order: &Order, number: usize, estate: &Estate) -> Vec<Stay> {
    let mut dice = Dice::new(order.seed, "stays", number);
    let last = estate.left.map_or(order.today, |(day, _)| day - 1);
    let months = (last - estate.opened_on) / 30;
    // Public reports: 92 to 98 per cent let when settled; a new estate fills by about ten points a month.
    let settled = dice.between(880, 970);
    let occupancy = settled.min(200 + months * 100);
    let churn = match estate.kind {
        CommunityKind::MarketRental => 55,
        CommunityKind::AffordableRental => 38,
        CommunityKind::QuasiResidential | CommunityKind::Other => 44,
    };
    let mut stays = Vec::new();
    for dwelling in 0..usize::try_from(estate.dwellings).unwrap_or(0) {
        let mut to = (!dice.chance(occupancy)).then(|| moving_day(last - dice.between(4, 120)));
        loop {
            let end = to.unwrap_or(last);
            let from = moving_day(end - age(&mut dice, churn)).max(moving_day(estate.opened_on + 5));
            if from >= end || to.is_some_and(|to| to <= order.first_day()) {
                break;
            }
            let leased = estate.kind == CommunityKind::AffordableRental && number % 12 == 5 && dwelling < 16;
            stays.push(Stay { dwelling, from, to, people: people(&mut dice), leased });
            // Empty for some days before.
            to = Some(moving_day(from - dice.between(3, 45)));
        }
    }
    if estate.known == Some(Known::Kuanting) {
        culture_homes(order, &mut stays);
    }
    if let Some((left, _)) = estate.left {
        // Who is still there moves out before the community leaves the list.
        for stay in stays.iter_mut().filter(|stay| stay.to.is_none()) {
            stay.to = Some(left - 1);
        }
        stays.retain(|stay| stay.to.is_none_or(|to| to > stay.from));
    }
    stays
}

/// 182 households moved into 七宝城投宽庭 in September 2025 (public reports).
fn culture_homes(order: &Order, stays: &mut [Stay]) {
    let Ok(september) = Day::of(2025, 9, 1) else { return };
    let wanted = usize::try_from(order.share(182)).unwrap_or(0);
    if september < order.first_day() || september.plus_months(1) > order.today {
        return;
    }
    let in_september = |stay: &Stay| stay.from >= september && stay.from < september.plus_months(1);
    let there = stays.iter().filter(|stay| in_september(stay)).count();
    let before = stays.iter_mut().filter(|stay| stay.to.is_none() && stay.from < september);
    // One who lived there before gives way to one who came then: the earlier stay is not told.
    for stay in before.take(wanted.saturating_sub(there)) {
        stay.from = september + 5;
    }
}

/// Days since a household moved in: a month passes with a chance of `churn` in a thousand to have ended, and moves are
/// twice as frequent in spring and early summer as at the end of the year.
fn age(dice: &mut Dice, churn: i64) -> i64 {
    let mut months = 0;
    while months < 60 && !dice.chance(churn) {
        months += 1;
    }
    months * 30 + dice.between(1, 30)
}

/// The moving day at or before a day.
fn moving_day(day: Day) -> Day {
    let (_, _, of_month) = day.ymd();
    day - (i64::from(of_month) - 1) % MOVING_DAYS
}

/// Most live alone; the district's mean is 1.15 residents a room, 1.25 a household.
fn people(dice: &mut Dice) -> i64 {
    match dice.below(100) {
        0..80 => 1,
        80..96 => 2,
        _ => 3,
    }
}

/// Makes the residents of the day exactly those of the district, by one person here and there.
fn steer(order: &Order, estates: &[Estate], all: &mut [Vec<Stay>]) {
    let target = order.share(RESIDENTS);
    let mut current: Vec<&mut Stay> = all
        .iter_mut()
        .zip(estates)
        .filter(|(_, estate)| estate.left.is_none())
        .flat_map(|(stays, _)| stays.iter_mut().filter(|stay| stay.to.is_none()))
        .collect();
    let mut missing = target - current.iter().map(|stay| stay.people).sum::<i64>();
    // Spread over the district, and never below one or above four.
    let stride = 97.min(current.len().max(1));
    for offset in 0..stride {
        for stay in current.iter_mut().skip(offset).step_by(stride) {
            let change = missing.signum();
            if change != 0 && (1..=4).contains(&(stay.people + change)) {
                stay.people += change;
                missing -= change;
            }
        }
    }
}

/// A dwelling: a flat, or a room of one.
#[derive(Debug, Clone, Copy)]
pub struct Dwelling {
    pub unit: UnitId,
    pub room: Option<RoomId>,
}

/// The buildings and flats of a community, and its dwellings in order.
pub struct Stock {
    pub buildings: Vec<AddBuilding>,
    pub units: Vec<AddUnit>,
    pub dwellings: Vec<Dwelling>,
}

/// Builds a community.
pub fn build(order: &Order, number: usize, estate: &Estate, id: CommunityId, call: &mut Call<'_>) -> Stock {
    let mut dice = Dice::new(order.seed, "stock", number);
    let floors = dice.between(5, 18);
    let (from, total) = (estate.opened_on, usize::try_from(estate.dwellings).unwrap_or(0));
    let mut stock = Stock { buildings: Vec::new(), units: Vec::new(), dwellings: Vec::with_capacity(total) };
    let area = dice.between(20, 62) * 10_000;
    let mut flat = 0;
    let mut building: BuildingId = call.id();
    while stock.dwellings.len() < total {
        if flat % (floors * FLATS) == 0 {
            building = call.id();
            let number = format!("{}号", stock.buildings.len() + 1);
            stock.buildings.push(AddBuilding { id: building, community: id, number, floors, from });
        }
        let in_building = flat % (floors * FLATS);
        let floor = in_building / FLATS + 1;
        let unit: UnitId = call.id();
        let rooms = if estate.shared { ROOMS.min(total - stock.dwellings.len()) } else { 0 };
        let rooms: Vec<AddRoom> = (0..rooms)
            .map(|room| AddRoom {
                id: call.id(),
                number: char::from(b'A' + u8::try_from(room).unwrap_or(0)).to_string(),
                area: Area::from_cm2(area / 2),
            })
            .collect();
        if rooms.is_empty() {
            stock.dwellings.push(Dwelling { unit, room: None });
        }
        stock.dwellings.extend(rooms.iter().map(|room| Dwelling { unit, room: Some(room.id) }));
        stock.units.push(AddUnit {
            id: unit,
            building,
            community: id,
            number: format!("{floor}{:02}", in_building % FLATS + 1),
            floor,
            area: Area::from_cm2(if rooms.is_empty() { area } else { area * 2 }),
            from,
            rooms,
        });
        flat += 1;
    }
    stock
}
