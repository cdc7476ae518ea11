//! The land: fourteen town units around their approximate centres, seventy-one integrated grids, outlines that the
//! program makes. No line is copied from a map.

use base::Position;

use crate::dice::Dice;

/// A town unit: GB/T 2260 code, names, approximate centre in 1e-4 degrees, integrated grids.
pub struct Town {
    pub code: &'static str,
    pub name: &'static str,
    pub name_en: &'static str,
    centre: (i64, i64),
    pub grids: usize,
}

const fn town(
    code: &'static str,
    name: &'static str,
    name_en: &'static str,
    centre: (i64, i64),
    grids: usize,
) -> Town {
    Town { code, name, name_en, centre, grids }
}

/// The town units of Minhang with their codes; the integrated grids, 71 in all, are shared out by the program.
pub const TOWNS: [Town; 14] = [
    town("310112001", "江川路街道", "Jiangchuanlu Subdistrict", (310_060, 1_214_020), 6),
    town("310112006", "古美街道", "Gumei Subdistrict", (311_460, 1_213_960), 5),
    town("310112008", "新虹街道", "Xinhong Subdistrict", (311_900, 1_213_260), 3),
    town("310112009", "浦锦街道", "Pujin Subdistrict", (310_960, 1_214_830), 4),
    town("310112101", "莘庄镇", "Xinzhuang Town", (311_120, 1_213_790), 8),
    town("310112102", "七宝镇", "Qibao Town", (311_540, 1_213_500), 8),
    town("310112103", "颛桥镇", "Zhuanqiao Town", (310_640, 1_214_080), 6),
    town("310112106", "华漕镇", "Huacao Town", (312_080, 1_212_880), 5),
    town("310112107", "虹桥镇", "Hongqiao Town", (311_790, 1_213_850), 6),
    town("310112108", "梅陇镇", "Meilong Town", (311_080, 1_214_280), 7),
    town("310112110", "吴泾镇", "Wujing Town", (310_420, 1_214_580), 3),
    town("310112112", "马桥镇", "Maqiao Town", (310_240, 1_213_560), 3),
    town("310112114", "浦江镇", "Pujiang Town", (310_520, 1_215_110), 6),
    town("310112501", "莘庄工业区", "Xinzhuang Industrial Zone", (310_730, 1_213_640), 1),
];

/// 虹桥镇, where 爱琴海 lies.
pub const HONGQIAO: usize = 8;
/// 七宝镇.
pub const QIBAO: usize = 5;
/// 浦江镇.
pub const PUJIANG: usize = 12;

/// Names of integrated grids; only 紫藤网格 is a real one, the first of 虹桥镇.
const GRID_NAMES: [(&str, &str); 12] = [
    ("紫藤", "Wisteria"),
    ("梧桐", "Plane Tree"),
    ("银杏", "Ginkgo"),
    ("玉兰", "Magnolia"),
    ("香樟", "Camphor"),
    ("桂花", "Osmanthus"),
    ("海棠", "Crabapple"),
    ("石榴", "Pomegranate"),
    ("丁香", "Lilac"),
    ("木槿", "Hibiscus"),
    ("枫杨", "Wingnut"),
    ("水杉", "Metasequoia"),
];

/// An integrated grid.
pub struct Grid {
    /// Its town's place in [`TOWNS`].
    pub town: usize,
    pub code: String,
    pub name: String,
    pub name_en: String,
    /// Its middle in metres east and north of [`ORIGIN`].
    pub middle: (i64, i64),
}

/// Where metres are counted from: 31° N, 121.2° E, south-west of the district.
const ORIGIN: (i64, i64) = (310_000_000, 1_212_000_000);
/// 1e-7 degrees of a metre to the north, in thousandths, and to the east at 31.1° N.
const NORTH: i64 = 89_932;
const EAST: i64 = 105_030;

/// How far a town's outline reaches from its centre where no neighbour stops it.
const REACH: i64 = 5_200;

/// The place of metres east and north.
pub fn position((east, north): (i64, i64)) -> Position {
    let (lat, lon) = (ORIGIN.0 + north * NORTH / 1_000, ORIGIN.1 + east * EAST / 1_000);
    Position::new(lat, lon).expect("the district lies in China")
}

/// A town's centre in metres.
pub fn centre(town: usize) -> (i64, i64) {
    let (lat, lon) = TOWNS[town].centre;
    ((lon * 1_000 - ORIGIN.1) * 1_000 / EAST, (lat * 1_000 - ORIGIN.0) * 1_000 / NORTH)
}

fn squared(a: (i64, i64), b: (i64, i64)) -> i64 {
    (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2)
}

/// Does a place belong to a town: is no other centre nearer, and is it within reach?
pub fn belongs(place: (i64, i64), town: usize) -> bool {
    let own = squared(place, centre(town));
    own <= (REACH * 9 / 10).pow(2) && (0..TOWNS.len()).all(|other| squared(place, centre(other)) >= own)
}

/// The grids of all towns, their middles spread within each town.
pub fn grids(seed: u64) -> Vec<Grid> {
    let mut grids = Vec::new();
    for (town, unit) in TOWNS.iter().enumerate() {
        let mut dice = Dice::new(seed, "grids", town);
        let mut middles: Vec<(i64, i64)> = Vec::new();
        for number in 0..unit.grids {
            // The best of thirty: as far as can be from the others.
            let candidates = (0..30).map(|_| place_near(&mut dice, centre(town), 3_200, town));
            let apart =
                |place: &(i64, i64)| middles.iter().map(|other| squared(*place, *other)).min().unwrap_or(0);
            let middle = candidates.max_by_key(apart).unwrap_or_else(|| centre(town));
            middles.push(middle);
            let first = if town == HONGQIAO { 0 } else { 1 + town };
            let (name, name_en) = GRID_NAMES[(first + number) % GRID_NAMES.len()];
            // 紫藤网格 is 虹桥镇's alone.
            let (name, name_en) =
                if name == "紫藤" && town != HONGQIAO { ("芦苇", "Reed") } else { (name, name_en) };
            grids.push(Grid {
                town,
                code: format!("{}-{:02}", unit.code, number + 1),
                name: format!("{name}网格"),
                name_en: format!("{name_en} Grid"),
                middle,
            });
        }
    }
    grids
}

/// A place of a town near another place, its centre when chance finds none.
pub fn place_near(dice: &mut Dice, near: (i64, i64), spread: i64, town: usize) -> (i64, i64) {
    (0..40)
        .map(|_| (near.0 + dice.around(spread), near.1 + dice.around(spread)))
        .find(|place| belongs(*place, town))
        .unwrap_or(near)
}

/// The outline of a town as GeoJSON: what is nearer to its centre than to any other (its Voronoi cell), within a reach.
pub fn outline(town: usize) -> String {
    let own = centre(town);
    let mut cell: Vec<(f64, f64)> = round(own);
    for other in (0..TOWNS.len()).filter(|other| *other != town) {
        cell = nearer(&cell, own, centre(other));
    }
    let mut ring: Vec<[f64; 2]> = cell.iter().map(|&place| degrees(place)).collect();
    if let Some(first) = ring.first().copied() {
        ring.push(first);
    }
    serde_json::json!({ "type": "Polygon", "coordinates": [ring] }).to_string()
}

/// A regular polygon of thirty-two corners. Directions are a table, so that every machine draws the same outline.
#[expect(clippy::cast_precision_loss, reason = "metres of a district are far below 2^52")]
fn round(middle: (i64, i64)) -> Vec<(f64, f64)> {
    // cos of k × 11.25°, k = 0…8, in ten-thousandths.
    const COSINES: [i64; 9] = [10_000, 9_808, 9_239, 8_315, 7_071, 5_556, 3_827, 1_951, 0];
    let cosine = |step: usize| match step % 32 {
        k @ 0..=8 => COSINES[k],
        k @ 9..=16 => -COSINES[16 - k],
        k @ 17..=24 => -COSINES[k - 16],
        k => COSINES[32 - k],
    };
    (0..32)
        .map(|step| {
            let (east, north) = (cosine(step), cosine(step + 24));
            ((middle.0 + REACH * east / 10_000) as f64, (middle.1 + REACH * north / 10_000) as f64)
        })
        .collect()
}

/// The part of a polygon that is nearer to `own` than to `other` (Sutherland–Hodgman against the bisector).
#[expect(clippy::cast_precision_loss, reason = "metres of a district are far below 2^52")]
fn nearer(polygon: &[(f64, f64)], own: (i64, i64), other: (i64, i64)) -> Vec<(f64, f64)> {
    let (ax, ay, bx, by) = (own.0 as f64, own.1 as f64, other.0 as f64, other.1 as f64);
    // Positive on the side of `own`.
    let side = |(x, y): (f64, f64)| {
        (x - f64::midpoint(ax, bx)) * (ax - bx) + (y - f64::midpoint(ay, by)) * (ay - by)
    };
    let mut kept = Vec::with_capacity(polygon.len() + 1);
    for (i, &end) in polygon.iter().enumerate() {
        let start = polygon[(i + polygon.len() - 1) % polygon.len()];
        let (from, to) = (side(start), side(end));
        if (from < 0.0) != (to < 0.0) {
            let share = from / (from - to);
            kept.push((start.0 + (end.0 - start.0) * share, start.1 + (end.1 - start.1) * share));
        }
        if to >= 0.0 {
            kept.push(end);
        }
    }
    kept
}

/// Longitude and latitude in degrees, five decimals: about a metre.
#[expect(clippy::cast_precision_loss, reason = "1e-7 degrees are far below 2^52")]
#[expect(clippy::cast_possible_truncation, reason = "metres of a district")]
fn degrees((east, north): (f64, f64)) -> [f64; 2] {
    let place = position((east.round() as i64, north.round() as i64));
    [(place.lon() / 100) as f64 / 1e5, (place.lat() / 100) as f64 / 1e5]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventy_one_grids_lie_in_fourteen_towns() {
        let grids = grids(1);
        assert_eq!(grids.len(), 71);
        assert!(grids.iter().all(|grid| belongs(grid.middle, grid.town)));
        let mut names: Vec<_> = grids.iter().map(|grid| (grid.town, &grid.name)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 71, "a name stands once in a town");
        let wisteria: Vec<_> = grids.iter().filter(|grid| grid.name == "紫藤网格").collect();
        assert!(matches!(wisteria[..], [grid] if grid.town == HONGQIAO));
    }

    #[test]
    fn outlines_hold_their_centre_and_not_the_others() {
        for (town, unit) in TOWNS.iter().enumerate() {
            let outline: serde_json::Value = serde_json::from_str(&outline(town)).unwrap();
            let ring = outline["coordinates"][0].as_array().unwrap();
            assert!(ring.len() > 4, "{}", unit.name);
            assert_eq!(ring.first(), ring.last());
            assert!(belongs(centre(town), town));
        }
    }
}
