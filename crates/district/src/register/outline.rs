//! Outlines as GeoJSON geometries: read, checked, and whether a position lies inside. Whole numbers throughout.

use base::{Position, degrees};
use serde_json::Value;

/// A closed ring: its last position is its first.
pub type Ring = Vec<Position>;

/// A polygon or several, each with its holes; a position is inside when a ray from it crosses an odd number of edges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    rings: Vec<Ring>,
}

/// Why a geometry is no outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutlineError {
    /// Not a Polygon or `MultiPolygon` of numbers.
    Form,
    /// A ring with fewer than four positions, or one that does not end where it began.
    Open,
    /// A position that is none in China; latitude and longitude may be exchanged.
    Place,
    /// More positions than an outline on a page needs.
    Long,
}

/// An outline for pages has a few hundred positions; this is a coast.
const MOST_POSITIONS: usize = 20_000;

impl Outline {
    /// Reads a geometry.
    pub fn read(geometry: &Value) -> Result<Self, OutlineError> {
        let coordinates = geometry.get("coordinates").and_then(Value::as_array).ok_or(OutlineError::Form)?;
        let polygons: Vec<&Value> = match geometry.get("type").and_then(Value::as_str) {
            Some("Polygon") => coordinates.iter().collect(),
            Some("MultiPolygon") => coordinates
                .iter()
                .map(|polygon| polygon.as_array().ok_or(OutlineError::Form))
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .flatten()
                .collect(),
            _ => return Err(OutlineError::Form),
        };
        let rings = polygons.into_iter().map(ring).collect::<Result<Vec<_>, _>>()?;
        if rings.is_empty() {
            return Err(OutlineError::Form);
        }
        if rings.iter().map(Vec::len).sum::<usize>() > MOST_POSITIONS {
            return Err(OutlineError::Long);
        }
        Ok(Self { rings })
    }

    /// The outline of a stored text; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().and_then(|geometry| Self::read(&geometry).ok())
    }

    /// Its rings, of all polygons, holes included.
    pub fn rings(&self) -> &[Ring] {
        &self.rings
    }

    /// Does a position lie inside?
    pub fn contains(&self, position: Position) -> bool {
        let (y, x) = (position.lat(), position.lon());
        let mut inside = false;
        for ring in &self.rings {
            for edge in ring.windows(2) {
                let [(y1, x1), (y2, x2)] = [edge[0], edge[1]].map(|corner| (corner.lat(), corner.lon()));
                if (y1 > y) == (y2 > y) {
                    continue;
                }
                // x < x1 + (y − y1)(x2 − x1)/(y2 − y1), multiplied by y2 − y1 with its sign kept.
                let left = i128::from(x - x1) * i128::from(y2 - y1);
                let right = i128::from(y - y1) * i128::from(x2 - x1);
                inside ^= if y2 > y1 { left < right } else { left > right };
            }
        }
        inside
    }
}

fn ring(value: &Value) -> Result<Ring, OutlineError> {
    let positions = value.as_array().ok_or(OutlineError::Form)?;
    let ring = positions
        .iter()
        .map(|pair| {
            let number =
                |at: usize| pair.get(at).filter(|it| it.is_number()).and_then(|it| degrees(&it.to_string()));
            let (lon, lat) = number(0).zip(number(1)).ok_or(OutlineError::Form)?;
            Position::new(lat, lon).map_err(|_| OutlineError::Place)
        })
        .collect::<Result<Ring, OutlineError>>()?;
    if ring.len() < 4 || ring.first() != ring.last() {
        return Err(OutlineError::Open);
    }
    Ok(ring)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(lat: i64, lon: i64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    #[test]
    fn inside_outside_and_in_the_hole() {
        let square = json!({"type": "Polygon", "coordinates": [
            [[121.0, 31.0], [121.4, 31.0], [121.4, 31.4], [121.0, 31.4], [121.0, 31.0]],
            [[121.1, 31.1], [121.2, 31.1], [121.2, 31.2], [121.1, 31.2], [121.1, 31.1]]]});
        let outline = Outline::read(&square).unwrap();
        assert!(outline.contains(at(313_000_000, 1_213_000_000)));
        assert!(!outline.contains(at(311_500_000, 1_211_500_000)), "in the hole");
        assert!(!outline.contains(at(315_000_000, 1_213_000_000)));
        assert_eq!(Outline::parse(&square.to_string()), Some(outline));
    }

    #[test]
    fn what_is_no_outline_is_refused() {
        let read = |value| Outline::read(&value).unwrap_err();
        assert_eq!(read(json!({"type": "Point", "coordinates": [121.0, 31.0]})), OutlineError::Form);
        assert_eq!(
            read(json!({"type": "Polygon", "coordinates": [[[121, 31], [121.1, 31], [121, 31]]]})),
            OutlineError::Open
        );
        assert_eq!(
            read(
                json!({"type": "Polygon", "coordinates": [[[31, 121], [31.1, 121], [31.1, 121.1], [31, 121]]]})
            ),
            OutlineError::Place
        );
    }
}
