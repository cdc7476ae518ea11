//! A list as a file to carry away: what is on the screen, with its day and, where it was simulated, 模拟 in every row.

use base::{Day, Position};
use district::exchange::book::{Value, table_csv, table_workbook};
use district::kit::{Entry, record};
use district::people::Action;
use serde_json::{Map, Value as Json, json};

use super::file::download_as;
use super::{CSV, Fault, Shell, XLSX};

/// The kind of a list of places.
const GEOJSON: &str = "application/geo+json";
/// The longest name that Excel gives a sheet.
const SHEET_NAME: usize = 31;

/// A column: its name in GeoJSON, and the message with its title, which says the unit of a figure.
pub type Column = (&'static str, &'static str);

/// A list that a reader may carry away.
pub struct Listed<'a> {
    /// What the file is called, in plain letters: `coverage`.
    pub name: &'static str,
    /// What the list is called on its page.
    pub title: &'a str,
    /// The day it is of.
    pub day: Day,
    /// Its columns; place, day and 模拟 follow by themselves.
    pub columns: &'a [Column],
    /// Its rows, in the order of the page.
    pub rows: Vec<Vec<Value>>,
    /// Where each row lies; `None` for a list that is not of places, which is no GeoJSON either.
    pub places: Option<Vec<Option<Position>>>,
}

impl Listed<'_> {
    /// The file of a form: `xlsx`, `csv`, or `geojson` for a list of places.
    /// What is taken out of the house by somebody with an account is on record, as the register's export is.
    pub fn file(self, s: &Shell, form: &str) -> super::Result {
        let (kind, bytes) = match form {
            "csv" => {
                let (head, rows) = self.table(s);
                (CSV, table_csv(&head, &rows)?)
            }
            "xlsx" => {
                let (head, rows) = self.table(s);
                (XLSX, db::heavy(|| table_workbook(&self.sheet(s), &head, &rows))?)
            }
            "geojson" => (GEOJSON, self.geojson(s).ok_or(Fault::Absent)?.to_string().into_bytes()),
            _ => return Err(Fault::Absent),
        };
        if s.actor.signed_in() {
            let fields = format!("list {}", self.name);
            let entry = Entry { action: Action::RegisterExport, objects: &[], fields: &fields };
            s.state.write(&s.actor, |tx, call| record(tx, call, entry))?;
        }
        let called = |mark: &str| format!("{}-{}{mark}.{form}", self.name, self.day);
        if s.demonstration() {
            // The plain name says it too, for browsers that read no other.
            let full = called(&format!("-{}", s.t("shell-simulated")));
            download_as(&full, &called("-simulated"), kind, bytes)
        } else {
            download_as(&called(""), &called(""), kind, bytes)
        }
    }

    /// The name of the sheet, without what Excel refuses in one.
    fn sheet(&self, s: &Shell) -> String {
        let mark = if s.demonstration() { format!(" {}", s.t("shell-simulated")) } else { String::new() };
        let end = format!(" {}{mark}", self.day);
        let room = SHEET_NAME.saturating_sub(end.chars().count());
        let refused = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
        self.title.chars().filter(refused).take(room).chain(end.chars()).collect()
    }

    /// The mark of a simulated row.
    fn mark(s: &Shell) -> Value {
        if s.demonstration() { Value::Text(s.t("shell-simulated").to_owned()) } else { Value::Empty }
    }

    fn table(&self, s: &Shell) -> (Vec<String>, Vec<Vec<Value>>) {
        let titles = self.columns.iter().map(|(_, message)| *message);
        let placed: &[&str] =
            if self.places.is_some() { &["shell-file-longitude", "shell-file-latitude"] } else { &[] };
        let ends = ["shell-file-day", "shell-simulated"];
        let titles = titles.chain(placed.iter().copied()).chain(ends);
        let head = titles.map(|message| s.t(message).to_owned()).collect();
        let rows = self.rows.iter().enumerate().map(|(at, row)| {
            let mut row = row.clone();
            if let Some(places) = &self.places {
                let place = places.get(at).copied().flatten();
                row.extend(degrees(place).unwrap_or([Value::Empty, Value::Empty]));
            }
            row.extend([Value::Text(self.day.to_string()), Self::mark(s)]);
            row
        });
        (head, rows.collect())
    }

    /// A feature a row; what has no place has a null geometry. `None` for a list that is not of places.
    fn geojson(&self, s: &Shell) -> Option<Json> {
        let places = self.places.as_ref()?;
        let features = self.rows.iter().zip(places).map(|(row, place)| {
            let mut properties: Map<String, Json> = self
                .columns
                .iter()
                .zip(row)
                .map(|((key, _), value)| ((*key).to_owned(), json_of(value)))
                .collect();
            properties.insert("on".into(), json!(self.day.to_string()));
            properties.insert("simulated".into(), json_of(&Self::mark(s)));
            let at =
                degrees(*place).map(|at| json!({"type": "Point", "coordinates": at.each_ref().map(json_of)}));
            json!({"type": "Feature", "geometry": at, "properties": properties})
        });
        Some(json!({"type": "FeatureCollection", "features": features.collect::<Vec<_>>()}))
    }
}

fn degrees(place: Option<Position>) -> Option<[Value; 2]> {
    place.map(|at| [Value::Degrees(at.lon()), Value::Degrees(at.lat())])
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::Count(count) => json!(count),
        Value::Text(text) => json!(text),
        // Written as text and read as a number: no binary fraction rounds a position.
        Value::Degrees(_) => serde_json::from_str(&value.text()).unwrap_or(Json::Null),
    }
}

/// A text as a cell; nothing as an empty one.
pub fn text(text: impl Into<String>) -> Value {
    let text = text.into();
    if text.is_empty() { Value::Empty } else { Value::Text(text) }
}

/// A day as a cell.
pub fn day(day: Option<Day>) -> Value {
    day.map_or(Value::Empty, |day| Value::Text(day.to_string()))
}

/// A link to a file, for `kit/files.html`: address and name.
pub type FileLink = (String, &'static str);

/// The files of a list whose page stands at an address with this query: the same filters, whole and not by pages.
/// `places`: as GeoJSON too.
pub fn files(page: &str, query: &str, places: bool) -> Vec<FileLink> {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (field, value) in form_urlencoded::parse(query.as_bytes()) {
        let of_the_page =
            matches!(&*field, "after" | "id" | "page" | "from" | "lang" | "care" | "done" | "count");
        if !of_the_page && !value.is_empty() {
            kept.append_pair(&field, &value);
        }
    }
    let kept = kept.finish();
    let query = if kept.is_empty() { String::new() } else { format!("?{kept}") };
    let forms = [("xlsx", "XLSX"), ("csv", "CSV"), ("geojson", "GeoJSON")];
    let forms = forms.into_iter().filter(|(form, _)| places || *form != "geojson");
    forms.map(|(form, name)| (format!("{page}/{form}{query}"), name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_the_filters_of_its_page_and_not_its_place_in_the_list() {
        let links = files("/district/gaps", "town=1&kind=&page=3&done=chase&count=2&on=2026-01-01", false);
        let addresses: Vec<&str> = links.iter().map(|(address, _)| address.as_str()).collect();
        assert_eq!(
            addresses,
            ["/district/gaps/xlsx?town=1&on=2026-01-01", "/district/gaps/csv?town=1&on=2026-01-01"]
        );
        assert_eq!(files("/a", "", true)[2], ("/a/geojson".to_owned(), "GeoJSON"));
    }
}
