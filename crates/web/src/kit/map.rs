//! Maps drawn by the server: outlines and dots as SVG, without a script and without anybody else's tiles.
//!
//! ```text
//! let mut map = Map::of(s.t("plan-map"), outlines);      // the frame holds every outline
//! map.dot(Dot { at, shape: Shape::Square, class: "site new", size: 13, title, href: Some("#s1".into()), mark: Some("1".into()) });
//! // in the template, beside a list or a table with the same contents:
//! //   <div class="map">{{ map|safe }}</div>
//! ```
//! Shapes tell things apart, colour only says it again; every area and every dot has a title, and a link has its name.

use askama::Template;
use base::Position;
use district::register::Outline as Ground;

/// Width of every map in units of its own; what a dot's size and the styles' text sizes are measured in.
pub const WIDTH: i64 = 720;
/// Room around what is drawn.
const MARGIN: i64 = 24;
/// A frame around a single place is so many metres wide.
const LEAST_METRES: i64 = 800;

/// An area with an outline: a town.
#[derive(Debug, Clone)]
pub struct Outline<'a> {
    /// Where it lies. What has no outline that can be read is not drawn: it stands in the list.
    pub shape: &'a Ground,
    /// Classes of `look.css`: `m1` … `m5`, `block`.
    pub class: &'static str,
    /// What it is, and its figure.
    pub title: String,
    /// Where a click leads.
    pub href: Option<String>,
    /// Lines of text in its middle with their classes (`nm` name, `pc` figure, `no` number in the list).
    pub lines: Vec<(&'static str, String)>,
}

/// The shape of a dot, so that kinds differ without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A community.
    Circle,
    /// A station.
    Square,
    /// A point of a station.
    Diamond,
    /// What closes.
    Cross,
}

/// A dot.
#[derive(Debug, Clone)]
pub struct Dot {
    /// Where.
    pub at: Position,
    /// Its shape.
    pub shape: Shape,
    /// Classes of `look.css`: `home`, `home none`, `site`, `site new`, `site shut`.
    pub class: &'static str,
    /// Half its height, in units of the map ([`WIDTH`]).
    pub size: i64,
    /// What it is.
    pub title: String,
    /// Where a click leads.
    pub href: Option<String>,
    /// A letter or number upon it: its place in the list.
    pub mark: Option<String>,
}

/// A map, ready to be drawn: `{{ map|safe }}` inside of `<div class="map">`.
#[derive(Debug, Clone, Template)]
#[template(path = "kit/map.html")]
pub struct Map {
    label: String,
    frame: Frame,
    areas: Vec<Area>,
    ties: String,
    dots: Vec<Spot>,
    cells: Vec<Cell>,
}

/// A square of the map that can be chosen.
#[derive(Debug, Clone)]
struct Cell {
    x: i64,
    y: i64,
    wide: i64,
    high: i64,
    href: String,
    title: String,
}

#[derive(Debug, Clone)]
struct Area {
    path: String,
    class: &'static str,
    title: String,
    href: Option<String>,
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    x: i64,
    y: i64,
    class: &'static str,
    words: String,
}

#[derive(Debug, Clone)]
struct Spot {
    path: String,
    class: &'static str,
    title: String,
    href: Option<String>,
    mark: Option<Line>,
}

impl Map {
    /// A map whose frame holds every outline that can be read, and all of these places.
    pub fn of(label: &str, outlines: Vec<Outline<'_>>, places: &[Position]) -> Self {
        let corners = outlines.iter().flat_map(|outline| outline.shape.rings()).flatten().copied();
        Self::draw(label, Frame::around(corners.chain(places.iter().copied())), outlines)
    }

    /// A map whose frame holds these places only; outlines may reach beyond it.
    pub fn around(label: &str, places: &[Position], outlines: Vec<Outline<'_>>) -> Self {
        Self::draw(label, Frame::around(places.iter().copied()), outlines)
    }

    /// A square map around a place, so many metres wide; outlines may reach beyond it.
    pub fn near(label: &str, at: Position, metres: i64, outlines: Vec<Outline<'_>>) -> Self {
        Self::draw(label, Frame::square(at, metres), outlines)
    }

    /// How many metres it is wide, margins left off.
    pub fn metres(&self) -> i64 {
        self.frame.metres()
    }

    /// Does a place lie on it?
    pub fn holds(&self, at: Position) -> bool {
        let (x, y) = self.frame.place(at);
        (0..=WIDTH).contains(&x) && (0..=self.frame.height()).contains(&y)
    }

    /// Covers it with squares that can be chosen, so many side by side: `cell` gets the middle of each, its row and its
    /// column from 1, and says where it leads and what it is called.
    pub fn cells(&mut self, columns: i64, cell: impl Fn(Position, i64, i64) -> (String, String)) {
        let side = self.frame.inner.0 / columns;
        let rows = ((self.frame.inner.1 + side / 2) / side).max(1);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            let (x, y) = (MARGIN + column * side, MARGIN + row * side);
            // The last ones end with the map.
            let wide = if column + 1 == columns { MARGIN + self.frame.inner.0 - x } else { side };
            let high = if row + 1 == rows { MARGIN + self.frame.inner.1 - y } else { side };
            let Some(at) = self.frame.at(x + wide / 2, y + high / 2) else { continue };
            let (href, title) = cell(at, row + 1, column + 1);
            self.cells.push(Cell { x, y, wide, high, href, title });
        }
    }

    fn draw(label: &str, frame: Frame, outlines: Vec<Outline<'_>>) -> Self {
        let areas = outlines.into_iter().map(|outline| area(&frame, outline)).collect();
        Self {
            label: label.to_owned(),
            frame,
            areas,
            ties: String::new(),
            dots: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Draws a dot above all that was drawn before.
    pub fn dot(&mut self, dot: Dot) {
        let (x, y) = self.frame.place(dot.at);
        let path = shape_at((x, y), dot.shape, dot.size);
        let mark = dot.mark.map(|words| Line { x, y: y + 5, class: "lbl", words });
        self.dots.push(Spot { path, class: dot.class, title: dot.title, href: dot.href, mark });
    }

    /// Draws many circles of one kind as one shape: for what is told apart in the list, not on the map.
    pub fn crowd(&mut self, places: &[Position], size: i64, class: &'static str, title: String) {
        let path: String =
            places.iter().map(|at| shape_at(self.frame.place(*at), Shape::Circle, size)).collect();
        if !path.is_empty() {
            self.dots.push(Spot { path, class, title, href: None, mark: None });
        }
    }

    /// Draws a line between two places, under all dots.
    pub fn tie(&mut self, from: Position, to: Position) {
        use std::fmt::Write as _;
        let ((x, y), (to_x, to_y)) = (self.frame.place(from), self.frame.place(to));
        let _ = write!(self.ties, "M{x} {y}L{to_x} {to_y}");
    }

    /// Is there anything to see?
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty() && self.dots.is_empty()
    }
}

/// The outline of a shape around a place of the map.
fn shape_at((x, y): (i64, i64), shape: Shape, r: i64) -> String {
    let d = 2 * r;
    match shape {
        Shape::Circle => format!("M{} {y}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z", x - r),
        Shape::Square => format!("M{} {}h{d}v{d}h-{d}z", x - r, y - r),
        Shape::Diamond => format!("M{x} {}l{r} {r}l-{r} {r}l-{r} -{r}z", y - r),
        Shape::Cross => format!("M{} {}l{d} {d}m0 -{d}l-{d} {d}", x - r, y - r),
    }
}

fn area(frame: &Frame, outline: Outline<'_>) -> Area {
    use std::fmt::Write as _;
    let mut path = String::new();
    let mut largest = (0, (0, 0));
    for ring in outline.shape.rings() {
        let points: Vec<(i64, i64)> = ring.iter().map(|corner| frame.place(*corner)).collect();
        for (i, (x, y)) in points.iter().enumerate() {
            let _ = write!(path, "{}{x} {y}", if i == 0 { 'M' } else { 'L' });
        }
        path.push('z');
        let middle = middle(&points);
        if middle.0 >= largest.0 {
            largest = middle;
        }
    }
    let (x, y) = largest.1;
    let first = y + 5 - 9 * (i64::try_from(outline.lines.len()).unwrap_or(1) - 1);
    let lines = outline
        .lines
        .into_iter()
        .zip(0..)
        .map(|((class, words), i)| Line { x, y: first + 18 * i, class, words })
        .collect();
    Area { path, class: outline.class, title: outline.title, href: outline.href, lines }
}

/// Twice the area of a polygon, and the middle of its mass; of one without area, its first corner.
fn middle(points: &[(i64, i64)]) -> (i64, (i64, i64)) {
    let Some(&first) = points.first() else { return (0, (0, 0)) };
    let (mut twice, mut east, mut south) = (0, 0, 0);
    for (i, &(x, y)) in points.iter().enumerate() {
        let (next_x, next_y) = points[(i + 1) % points.len()];
        let cross = x * next_y - next_x * y;
        twice += cross;
        east += (x + next_x) * cross;
        south += (y + next_y) * cross;
    }
    if twice == 0 { (0, first) } else { (twice.abs(), (east / (3 * twice), south / (3 * twice))) }
}

/// Metres of a hundredth of a degree of latitude and of longitude at a place.
fn metres_of_a_hundredth(lat: i64, lon: i64) -> (i64, i64) {
    let metres = |lat_to: i64, lon_to: i64| {
        let (from, to) = (Position::new(lat, lon), Position::new(lat_to, lon_to));
        from.ok().zip(to.ok()).map_or(1_000, |(from, to)| from.metres_to(to)).max(1)
    };
    (metres(lat + 100_000, lon), metres(lat, lon + 100_000))
}

/// From WGS-84 to units of the map: a plane, true to scale at its middle latitude. Whole numbers throughout.
#[derive(Debug, Clone, Copy)]
struct Frame {
    west: i64,
    north: i64,
    /// 1e-7 degrees of longitude and of latitude.
    span: (i64, i64),
    /// Units of the map, without the margins.
    inner: (i64, i64),
}

impl Frame {
    fn around(places: impl Iterator<Item = Position>) -> Self {
        let mut edges: Option<[i64; 4]> = None;
        for at in places {
            let [south, north, west, east] = edges.unwrap_or([at.lat(), at.lat(), at.lon(), at.lon()]);
            edges = Some([south.min(at.lat()), north.max(at.lat()), west.min(at.lon()), east.max(at.lon())]);
        }
        // Nothing to show: any frame will do.
        let [south, north, west, east] =
            edges.unwrap_or([311_000_000, 311_000_001, 1_214_000_000, 1_214_000_001]);
        let (lat, lon) = (i64::midpoint(south, north), i64::midpoint(west, east));
        let (tall, wide) = metres_of_a_hundredth(lat, lon);
        let least = |degrees: i64, metres: i64| degrees.max(LEAST_METRES * 100_000 / metres);
        let (high, broad) = (least(north - south, tall), least(east - west, wide));
        let inner = WIDTH - 2 * MARGIN;
        let height = (inner * (high * tall / 100_000) / (broad * wide / 100_000).max(1))
            .clamp(inner / 4, inner * 3 / 2);
        // A frame that was clamped stays true to scale: the other side has more to show.
        let broad = broad.max(high * tall / wide * inner / height);
        let high = high.max(broad * wide / tall * height / inner);
        Self {
            west: lon - broad / 2,
            north: lat + high / 2,
            span: (broad.max(1), high.max(1)),
            inner: (inner, height),
        }
    }

    /// A square of so many metres around a place.
    fn square(at: Position, metres: i64) -> Self {
        let (tall, wide) = metres_of_a_hundredth(at.lat(), at.lon());
        let (high, broad) = ((metres * 100_000 / tall).max(1), (metres * 100_000 / wide).max(1));
        let inner = WIDTH - 2 * MARGIN;
        Self {
            west: at.lon() - broad / 2,
            north: at.lat() + high / 2,
            span: (broad, high),
            inner: (inner, inner),
        }
    }

    /// Metres from its western to its eastern edge.
    fn metres(&self) -> i64 {
        let (_, wide) = metres_of_a_hundredth(self.north - self.span.1 / 2, self.west + self.span.0 / 2);
        self.span.0 * wide / 100_000
    }

    /// The place of a point of the map; `None` outside of the territory the program serves.
    fn at(&self, x: i64, y: i64) -> Option<Position> {
        let lon = self.west + (x - MARGIN) * self.span.0 / self.inner.0;
        let lat = self.north - (y - MARGIN) * self.span.1 / self.inner.1;
        Position::new(lat, lon).ok()
    }

    fn place(&self, at: Position) -> (i64, i64) {
        let x = MARGIN + (at.lon() - self.west) * self.inner.0 / self.span.0;
        let y = MARGIN + (self.north - at.lat()) * self.inner.1 / self.span.1;
        (x, y)
    }

    fn height(&self) -> i64 {
        self.inner.1 + 2 * MARGIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: i64, lon: i64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    /// Two kilometres by one, with the name in the middle.
    fn ground() -> Ground {
        let square = r#"{"type":"Polygon","coordinates":[[[121.40,31.10],[121.42,31.10],[121.42,31.11],[121.40,31.11],[121.40,31.10]]]}"#;
        Ground::parse(square).unwrap()
    }

    fn town(shape: &Ground) -> Outline<'_> {
        Outline {
            shape,
            class: "block",
            title: "虹桥镇 <a>".into(),
            href: Some("/district/plan?town=1&on=2026-01-31".into()),
            lines: vec![("nm", "虹桥镇".into())],
        }
    }

    #[test]
    fn north_is_up_east_is_right_and_the_scale_is_one() {
        let frame =
            Frame::around([at(311_000_000, 1_214_000_000), at(311_100_000, 1_214_200_000)].into_iter());
        let (west, south) = frame.place(at(311_000_000, 1_214_000_000));
        let (east, north) = frame.place(at(311_100_000, 1_214_200_000));
        assert!(west < east && north < south);
        // 0.01° of latitude are 1,112 m, 0.02° of longitude 1,904 m here.
        let ratio = (south - north) * 1000 / (east - west);
        assert!((580..=588).contains(&ratio), "{ratio}");
        assert!(west >= MARGIN && east <= WIDTH - MARGIN && south <= frame.height() - MARGIN);
    }

    #[test]
    fn one_place_alone_stands_in_the_middle_and_nothing_is_a_map_too() {
        let here = at(311_000_000, 1_214_000_000);
        let frame = Frame::around([here].into_iter());
        let (x, y) = frame.place(here);
        assert!((x - WIDTH / 2).abs() <= 1 && (y - frame.height() / 2).abs() <= 1, "{x} {y}");
        assert!(Map::around("空", &[], Vec::new()).is_empty());
    }

    #[test]
    fn a_long_district_keeps_its_scale() {
        let (low, high) = (at(310_000_000, 1_214_000_000), at(312_000_000, 1_214_100_000));
        let frame = Frame::around([low, high].into_iter());
        let (x, y) = frame.place(low);
        let (far_x, far_y) = frame.place(high);
        // 22,239 m by 952 m.
        let (wide, tall) = (far_x - x, y - far_y);
        assert!((42..=45).contains(&wide) && (1_006..=1_010).contains(&tall), "{wide} by {tall}");
    }

    #[test]
    fn cells_cover_the_map_and_lead_to_their_middle() {
        let centre = at(311_000_000, 1_214_000_000);
        let mut map = Map::near("地图", centre, 3_000, Vec::new());
        assert!((2_990..=3_010).contains(&map.metres()), "{}", map.metres());
        map.cells(10, |at, row, column| {
            (format!("/at/{}/{}", at.lat(), at.lon()), format!("{row} {column}"))
        });
        assert_eq!(
            (map.cells.len(), map.cells[0].title.as_str(), map.cells[99].title.as_str()),
            (100, "1 1", "10 10")
        );
        for cell in &map.cells {
            let middle = map.frame.at(cell.x + cell.wide / 2, cell.y + cell.high / 2).unwrap();
            assert!(map.holds(middle) && cell.href.contains(&middle.lat().to_string()));
            let (x, y) = map.frame.place(middle);
            assert!((x - cell.x - cell.wide / 2).abs() <= 1 && (y - cell.y - cell.high / 2).abs() <= 1);
        }
        assert!(!map.holds(at(312_000_000, 1_214_000_000)));
        assert_eq!(map.render().unwrap().matches("class=\"cell\"").count(), 100);
    }

    #[test]
    fn what_is_drawn_has_a_title_and_words_are_escaped() {
        let ground = ground();
        let mut map = Map::of("地图", vec![town(&ground)], &[]);
        assert!((map.areas[0].lines[0].x - WIDTH / 2).abs() <= 1);
        map.tie(at(311_050_000, 1_214_050_000), at(311_050_000, 1_214_150_000));
        for shape in [Shape::Circle, Shape::Square, Shape::Diamond, Shape::Cross] {
            let dot = Dot {
                at: at(311_050_000, 1_214_100_000),
                shape,
                class: "home",
                size: 5,
                title: "青藤公寓".into(),
                href: None,
                mark: Some("1".into()),
            };
            map.dot(dot);
        }
        let svg = map.render().unwrap();
        assert!(svg.contains(r#"<a href="/district/plan?town=1&#38;on=2026-01-31""#), "{svg}");
        assert!(!svg.contains("<a>") && svg.matches("<title>青藤公寓</title>").count() == 4, "{svg}");
        assert!(svg.contains(r#"class="tie""#) && svg.contains(r#"role="group" aria-label="地图""#), "{svg}");
    }
}
