//! Positions in WGS-84, in 1e-7 degrees, and the conversion from GCJ-02.

/// A position in WGS-84: latitude and longitude in 1e-7 degrees (about 1 cm).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    lat: i64,
    lon: i64,
}

/// Why two numbers are not a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// They are one only when exchanged.
    #[error("latitude and longitude seem to be exchanged")]
    Exchanged,
    /// Not on the territory the program serves (18–54° N, 73–136° E).
    #[error("the position lies outside of China: latitude 18 to 54, longitude 73 to 136")]
    Outside,
}

/// Metres of one degree of latitude on the sphere of the same surface as the Earth (R = 6,371,008.8 m).
const METRES_PER_DEGREE: f64 = 111_195.08;

impl Position {
    /// A position from 1e-7 degrees.
    pub fn new(lat: i64, lon: i64) -> Result<Self, PositionError> {
        let inside = |lat: i64, lon: i64| {
            (180_000_000..=540_000_000).contains(&lat) && (730_000_000..=1_360_000_000).contains(&lon)
        };
        if inside(lat, lon) {
            Ok(Self { lat, lon })
        } else if inside(lon, lat) {
            Err(PositionError::Exchanged)
        } else {
            Err(PositionError::Outside)
        }
    }

    /// Latitude in 1e-7 degrees.
    pub const fn lat(self) -> i64 {
        self.lat
    }

    /// Longitude in 1e-7 degrees.
    pub const fn lon(self) -> i64 {
        self.lon
    }

    /// Straight-line metres to another position, rounded to the metre.
    ///
    /// The plane at the mean latitude: within a district (50 km) it differs from the great circle by less than
    /// one part in 10,000, and + − × ÷ √ of the same inputs give the same metre on every machine.
    #[expect(clippy::cast_precision_loss, reason = "1e-7 degrees are far below 2^52")]
    #[expect(clippy::cast_possible_truncation, reason = "a distance on Earth in metres fits in i64")]
    pub fn metres_to(self, other: Self) -> i64 {
        let mean_lat = (self.lat + other.lat) as f64 / 2e7;
        let north = (self.lat - other.lat) as f64 / 1e7 * METRES_PER_DEGREE;
        let east = (self.lon - other.lon) as f64 / 1e7 * METRES_PER_DEGREE * cosine_degrees(mean_lat);
        (north * north + east * east).sqrt().round() as i64
    }

    /// The WGS-84 position of a GCJ-02 one (国测局坐标), to within 1 cm, by fixed-point iteration of the published forward formula.
    #[expect(clippy::cast_precision_loss, reason = "1e-7 degrees are far below 2^52")]
    #[expect(clippy::cast_possible_truncation, reason = "degrees times 1e7 fit in i64")]
    #[must_use]
    pub fn from_gcj02(self) -> Self {
        let (lat, lon) = (self.lat as f64 / 1e7, self.lon as f64 / 1e7);
        let (mut at_lat, mut at_lon) = (lat, lon);
        for _ in 0..6 {
            let (shift_lat, shift_lon) = gcj02_shift(at_lat, at_lon);
            at_lat = lat - shift_lat;
            at_lon = lon - shift_lon;
        }
        Self { lat: (at_lat * 1e7).round() as i64, lon: (at_lon * 1e7).round() as i64 }
    }

    /// The GCJ-02 position of this one: what a Chinese map product would show.
    #[expect(clippy::cast_precision_loss, reason = "1e-7 degrees are far below 2^52")]
    #[expect(clippy::cast_possible_truncation, reason = "degrees times 1e7 fit in i64")]
    #[must_use]
    pub fn to_gcj02(self) -> Self {
        let (lat, lon) = (self.lat as f64 / 1e7, self.lon as f64 / 1e7);
        let (shift_lat, shift_lon) = gcj02_shift(lat, lon);
        Self { lat: ((lat + shift_lat) * 1e7).round() as i64, lon: ((lon + shift_lon) * 1e7).round() as i64 }
    }
}

/// Decimal degrees as 1e-7 degrees; further decimals are below a centimetre and left off.
pub fn degrees(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 4 || !plain(whole) || !plain(decimals) {
        return None;
    }
    let decimals = &decimals[..decimals.len().min(7)];
    let fraction: i64 = format!("{decimals:0<7}").parse().ok()?;
    Some(sign * (whole.parse::<i64>().ok()? * 10_000_000 + fraction))
}

/// `121.3812345`: 1e-7 degrees as text.
pub fn degrees_text(degrees: i64) -> String {
    let sign = if degrees < 0 { "-" } else { "" };
    let whole = degrees.unsigned_abs();
    let text = format!("{sign}{}.{:07}", whole / 10_000_000, whole % 10_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The cosine by its series to the 12th power: the standard library's may differ in the last bit between machines.
fn cosine_degrees(degrees: f64) -> f64 {
    let x = degrees * (std::f64::consts::PI / 180.0);
    let x2 = x * x;
    1.0 - x2 / 2.0
        * (1.0 - x2 / 12.0 * (1.0 - x2 / 30.0 * (1.0 - x2 / 56.0 * (1.0 - x2 / 90.0 * (1.0 - x2 / 132.0)))))
}

/// How far GCJ-02 moves a WGS-84 position, in degrees (the publicly known formula, Krasovsky 1940 ellipsoid).
fn gcj02_shift(lat: f64, lon: f64) -> (f64, f64) {
    use std::f64::consts::PI;
    const A: f64 = 6_378_245.0;
    const EE: f64 = 0.006_693_421_622_965_943;
    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = |v: f64| (20.0 * (6.0 * v * PI).sin() + 20.0 * (2.0 * v * PI).sin()) * 2.0 / 3.0;
    let mut north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt() + wave(x);
    north += (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0;
    north += (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let mut east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt() + wave(x);
    east += (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0;
    east += (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let radians = lat * PI / 180.0;
    let magic = 1.0 - EE * radians.sin() * radians.sin();
    let north = north * 180.0 / ((A * (1.0 - EE)) / (magic * magic.sqrt()) * PI);
    let east = east * 180.0 / (A / magic.sqrt() * radians.cos() * PI);
    (north, east)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people_square() -> Position {
        Position::new(312_300_000, 1_214_737_000).unwrap()
    }

    #[test]
    fn exchanged_and_foreign_positions_are_told_apart() {
        assert_eq!(Position::new(1_214_737_000, 312_300_000), Err(PositionError::Exchanged));
        assert_eq!(Position::new(0, 0), Err(PositionError::Outside));
    }

    #[test]
    fn a_hundredth_of_a_degree_in_shanghai() {
        let here = people_square();
        let north = Position::new(here.lat() + 100_000, here.lon()).unwrap();
        let east = Position::new(here.lat(), here.lon() + 100_000).unwrap();
        assert_eq!(here.metres_to(north), 1112);
        // cos 31.23° = 0.855 08
        assert_eq!(here.metres_to(east), 951);
    }

    #[test]
    fn gcj02_moves_shanghai_by_half_a_kilometre_and_comes_back() {
        let here = people_square();
        let moved = here.to_gcj02();
        assert!((400..700).contains(&here.metres_to(moved)), "{}", here.metres_to(moved));
        let back = moved.from_gcj02();
        assert!((back.lat() - here.lat()).abs() <= 2 && (back.lon() - here.lon()).abs() <= 2);
    }
}
