//! A superior's own form (套表): uploaded once, its columns mapped once to fields of the list, filled from then on. Everything
//! else of the workbook (its look, its other sheets, what stands above and below) stays as it came.

mod formulas;
mod package;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Read as _};

use base::Day;
use calamine::{DataRef, Reader as _, Xlsx};
use db::{Tx, params};
use serde_json::{Map, Value as Json};
use zip::ZipArchive;

use super::book::{Value, beyond_the_edges, letters};
use super::list::{field, form_fields, lines, permitted};
use super::sheets::key;
use super::store;
use crate::kit::{Call, Entry, Error, Refusal, ReportFormId, Result, Scope, record};
use crate::people::Action;
use crate::register::Ask;

/// The header of a form lies within the first so many rows.
const MOST_ABOVE: usize = 20;
/// A form is empty: it is small.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// And it stays small when it is unpacked: it is held as text while it is filled.
const MOST_UNPACKED: u64 = 32 * 1024 * 1024;
/// No report that people read has more columns; a text farther out is a stray one.
const MOST_COLUMNS: usize = 200;

/// A form that is kept.
#[derive(Debug, Clone)]
pub struct ReportForm {
    /// Its id.
    pub id: ReportFormId,
    /// What it is called.
    pub name: String,
    /// The sheet that is filled.
    pub sheet: String,
    /// The row of the headers, from 1; filled from the next row on.
    pub header_row: i64,
    /// The headers by column, from 0.
    pub headers: BTreeMap<usize, String>,
    /// Which column has which field.
    pub mapping: BTreeMap<usize, String>,
}

fn refused(message: &'static str) -> Refusal {
    Refusal::new(message).at("form")
}

fn broken() -> Refusal {
    refused("exchange-refused-truncated")
}

fn unzip(bytes: &[u8], name: &str) -> Result<String, Refusal> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let mut entry = zip.by_name(name).map_err(|_| broken())?;
    let mut text = String::new();
    entry.read_to_string(&mut text).map_err(|_| broken())?;
    Ok(text)
}

fn opened(bytes: &[u8]) -> Result<Xlsx<Cursor<&[u8]>>, Refusal> {
    if let Some(place) = beyond_the_edges(bytes) {
        return Err(refused("exchange-refused-beyond").with("place", place));
    }
    Xlsx::new(Cursor::new(bytes)).map_err(|_| broken())
}

/// Refuses a form that is large, or becomes so when it is unpacked.
fn is_small(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes.len() > MOST_BYTES {
        return Err(refused("exchange-refused-large").with("most", MOST_BYTES / (1024 * 1024)));
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let mut unpacked = 0_u64;
    for at in 0..zip.len() {
        unpacked = unpacked.saturating_add(zip.by_index_raw(at).map_err(|_| broken())?.size());
    }
    if unpacked > MOST_UNPACKED { Err(refused("exchange-refused-bomb")) } else { Ok(()) }
}

/// The value of an attribute in a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split_once('"').map(|(value, _)| value)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The part of a workbook that holds its first sheet, and the sheet's name.
fn first_sheet(bytes: &[u8]) -> Result<(String, String), Refusal> {
    let workbook = unzip(bytes, "xl/workbook.xml")?;
    let tag =
        workbook.split("<sheet ").nth(1).and_then(|it| it.split_once('>')).map(|(tag, _)| format!(" {tag}"));
    let tag = tag.ok_or_else(broken)?;
    let name = attribute(&tag, "name").map(unescaped).unwrap_or_default();
    let id = attribute(&tag, "r:id").ok_or_else(broken)?;
    let relations = unzip(bytes, "xl/_rels/workbook.xml.rels")?;
    let target = relations
        .split("<Relationship ")
        .map(|it| format!(" {it}"))
        .find(|tag| attribute(tag, "Id") == Some(id))
        .and_then(|tag| attribute(&tag, "Target").map(str::to_owned))
        .ok_or_else(broken)?;
    let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
    Ok((path, name))
}

/// The row with most texts among the first, which is the header: its number from 1, and its texts by column. Cells are
/// taken one by one: one stray cell in the last corner of a sheet must not cost a table of that size.
fn header(bytes: &[u8], sheet: &str) -> Result<(usize, BTreeMap<usize, String>), Refusal> {
    let mut xlsx = opened(bytes)?;
    let mut cells = xlsx.worksheet_cells_reader(sheet).map_err(|_| broken())?;
    let mut rows: BTreeMap<usize, BTreeMap<usize, String>> = BTreeMap::new();
    while let Some(cell) = cells.next_cell().map_err(|_| broken())? {
        let ((row, column), text) = (
            cell.get_position(),
            match cell.get_value() {
                DataRef::String(text) => text.trim(),
                DataRef::SharedString(text) => text.trim(),
                _ => continue,
            },
        );
        if row as usize >= MOST_ABOVE {
            break;
        }
        if !text.is_empty() {
            rows.entry(row as usize + 1).or_default().insert(column as usize, text.to_owned());
        }
    }
    let (row, texts) = rows
        .into_iter()
        .filter(|(_, texts)| texts.len() > 1)
        .max_by_key(|(at, texts)| (texts.len(), usize::MAX - at))
        .ok_or_else(|| refused("exchange-refused-form-header"))?;
    if let Some((far, _)) = texts.last_key_value().filter(|(at, _)| **at >= MOST_COLUMNS) {
        let cell = format!("{}{row}", letters(*far));
        return Err(refused("exchange-refused-form-wide").with("cell", cell).with("most", MOST_COLUMNS));
    }
    Ok((row, texts))
}

/// Keeps a form; columns whose headers are fields of ours are mapped already.
pub fn keep_form(tx: &mut Tx<'_>, call: &mut Call<'_>, name: &str, bytes: &[u8]) -> Result<ReportFormId> {
    call.authorise(Action::ReportFormWrite, Scope::District)?;
    super::book::open(name, bytes).map_err(|refusal| refusal.at("form"))?;
    is_small(bytes)?;
    let (_, sheet) = first_sheet(bytes)?;
    let (row, headers) = header(bytes, &sheet)?;
    formulas::check(bytes, &sheet, row)?;
    let mut mapping = Map::new();
    for (at, text) in &headers {
        let known = form_fields().find(|field| key(text) == key(field.zh) || key(text) == key(field.en));
        if let Some(field) = known {
            mapping.insert(at.to_string(), Json::from(field.id));
        }
    }
    let id: ReportFormId = call.id();
    let title = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let title: String = title.chars().filter(|c| !c.is_control()).take(120).collect();
    let row = i64::try_from(row).unwrap_or(1);
    let kept = params![
        id,
        title,
        call.now,
        call.actor.account,
        bytes,
        sheet,
        row,
        Json::Object(mapping).to_string()
    ];
    tx.execute(&store::KEEP_FORM, kept)?;
    record(tx, call, Entry { action: Action::ReportFormWrite, objects: &[id.uuid()], fields: "form" })?;
    Ok(id)
}

/// The forms that are kept: id and name.
pub fn forms(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Vec<(ReportFormId, String)>> {
    call.authorise(Action::RegisterExport, Scope::District)?;
    tx.query(&store::FORMS, &[])?.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A form with its content.
pub fn form(tx: &mut Tx<'_>, call: &Call<'_>, id: ReportFormId) -> Result<(ReportForm, Vec<u8>)> {
    call.authorise(Action::RegisterExport, Scope::District)?;
    let mut row = tx.find(&store::FORM, params![id])?.ok_or(Error::Absent("form"))?;
    let content: Vec<u8> = row.get(1)?;
    let sheet: String = row.get(2)?;
    let (_, headers) = header(&content, &sheet)?;
    let mapping: Map<String, Json> = serde_json::from_str(&row.get::<String>(4)?).unwrap_or_default();
    let mapping =
        mapping.iter().filter_map(|(at, id)| Some((at.parse().ok()?, id.as_str()?.to_owned()))).collect();
    Ok((ReportForm { id, name: row.get(0)?, sheet, header_row: row.get(3)?, headers, mapping }, content))
}

/// Maps the columns of a form.
pub fn map_form(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    id: ReportFormId,
    mapping: &BTreeMap<usize, String>,
) -> Result<()> {
    call.tries(Action::ReportFormWrite, id.uuid());
    call.authorise(Action::ReportFormWrite, Scope::District)?;
    if mapping.is_empty() {
        return Err(Refusal::new("exchange-refused-form-unmapped").into());
    }
    let known = mapping.iter().filter(|(_, id)| field(id).is_some());
    let kept: Map<String, Json> = known.map(|(at, id)| (at.to_string(), Json::from(id.as_str()))).collect();
    if tx.execute(&store::MAP_FORM, params![id, Json::Object(kept).to_string()])? == 0 {
        return Err(Error::Absent("form"));
    }
    record(tx, call, Entry { action: Action::ReportFormWrite, objects: &[id.uuid()], fields: "mapping" })
}

/// The form, filled with the communities of a day.
pub fn fill_form(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    id: ReportFormId,
    day: Day,
    ask: &Ask,
) -> Result<(String, Vec<u8>)> {
    permitted(call, ask)?;
    let (form, content) = form(tx, call, id)?;
    let header = usize::try_from(form.header_row).unwrap_or(1);
    formulas::check(&content, &form.sheet, header)?;
    let lines = lines(tx, day, ask)?;
    let rows: Vec<BTreeMap<usize, Value>> = lines
        .iter()
        .map(|line| {
            let value = |(at, id): (&usize, &String)| Some((*at, field(id)?.of(line)));
            form.mapping.iter().filter_map(value).collect()
        })
        .collect();
    let (path, _) = first_sheet(&content)?;
    let xml = filled(&unzip(&content, &path)?, header, &rows)?;
    let bytes = package::with_sheet(&content, &path, xml)?;
    record(tx, call, Entry { action: Action::RegisterExport, objects: &[id.uuid()], fields: "form filled" })?;
    Ok((form.name, bytes))
}

/// A sheet with rows put in below its header. Empty rows of the form, there for the look, give their cells' styles and make
/// way; what follows them (totals, signatures) moves down when there are more communities than empty rows.
fn filled(xml: &str, header: usize, rows: &[BTreeMap<usize, Value>]) -> Result<String, Refusal> {
    let (before, rest) = xml.split_once("<sheetData>").ok_or_else(broken)?;
    let (data, after) = rest.split_once("</sheetData>").ok_or_else(broken)?;
    let (mut above, mut empty, mut below) = (String::new(), Vec::new(), Vec::new());
    for row in data.split_inclusive("</row>").flat_map(whole_rows) {
        let number: usize = attribute(&row, "r").and_then(|it| it.parse().ok()).ok_or_else(broken)?;
        if number <= header {
            above.push_str(&row);
        } else if below.is_empty() && (is_empty(&row) || is_numbered(&row, number - header)) {
            empty.push(row);
        } else {
            below.push((number, row));
        }
    }
    let room = below.first().map_or(usize::MAX, |(number, _)| number - header - 1);
    let down = rows.len().saturating_sub(room);
    let styles: BTreeMap<usize, String> = empty.first().map(|row| styles(row)).unwrap_or_default();
    let mut out = format!("{before}<sheetData>{above}");
    for (at, row) in rows.iter().enumerate() {
        out.push_str(&written(header + 1 + at, row, &styles));
    }
    for (number, row) in below {
        out.push_str(&moved(&row, number, number + down));
    }
    let _ = write!(
        out,
        "</sheetData>{}",
        if down > 0 { merged_down(after, header, down) } else { after.to_owned() }
    );
    // The size a sheet says it has is that of the empty form: without it a reader counts for itself.
    Ok(without_dimension(&out))
}

fn is_empty(row: &str) -> bool {
    !row.contains("<v>") && !row.contains("<is>")
}

/// An empty row that has its running number already makes way like any other empty one.
fn is_numbered(row: &str, number: usize) -> bool {
    let Some((before, after)) = row.split_once("<v>") else { return false };
    let cell = before.rsplit("<c ").next().unwrap_or_default();
    !after.contains("<v>")
        && !row.contains("<is>")
        && !cell.contains(" t=\"")
        && after.split_once("</v>").is_some_and(|(value, _)| value == number.to_string())
}

/// Rows of a piece: one that ends by itself (`<row … />`) may stand before one with cells.
fn whole_rows(piece: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for part in piece.split("<row ").skip(1) {
        rows.push(format!("<row {part}"));
    }
    rows
}

/// The style of each cell of a row, by column.
fn styles(row: &str) -> BTreeMap<usize, String> {
    row.split("<c ")
        .skip(1)
        .filter_map(|cell| {
            let tag = format!(" {}", cell.split('>').next()?);
            let letters: String =
                attribute(&tag, "r")?.chars().take_while(char::is_ascii_uppercase).take(3).collect();
            let at = letters.bytes().fold(0, |sum, b| sum * 26 + usize::from(b - b'A') + 1).checked_sub(1)?;
            // A row that is styled to its very end would be written so for every community.
            (at < MOST_COLUMNS).then(|| Some((at, attribute(&tag, "s")?.to_owned())))?
        })
        .collect()
}

fn written(number: usize, row: &BTreeMap<usize, Value>, styles: &BTreeMap<usize, String>) -> String {
    let mut out = format!("<row r=\"{number}\">");
    let mut columns: Vec<usize> = row.keys().chain(styles.keys()).copied().collect();
    columns.sort_unstable();
    columns.dedup();
    for at in columns {
        let style = styles.get(&at).map(|style| format!(" s=\"{style}\"")).unwrap_or_default();
        let place = letters(at);
        let _ = match row.get(&at) {
            None | Some(Value::Empty) => write!(out, "<c r=\"{place}{number}\"{style}/>"),
            Some(value @ Value::Text(_)) => {
                let text = escaped(&value.text());
                write!(out, "<c r=\"{place}{number}\"{style} t=\"inlineStr\"><is><t>{text}</t></is></c>")
            }
            Some(value) => write!(out, "<c r=\"{place}{number}\"{style}><v>{}</v></c>", value.text()),
        };
    }
    out.push_str("</row>");
    out
}

/// A row with another number.
fn moved(row: &str, from: usize, to: usize) -> String {
    if from == to {
        return row.to_owned();
    }
    let row = row.replacen(&format!(" r=\"{from}\""), &format!(" r=\"{to}\""), 1);
    let (old, new) = (format!("{from}\""), format!("{to}\""));
    let mut out = String::with_capacity(row.len());
    for (at, part) in row.split("<c r=\"").enumerate() {
        if at > 0 {
            out.push_str("<c r=\"");
        }
        out.push_str(&if at > 0 { part.replacen(&old, &new, 1) } else { part.to_owned() });
    }
    out
}

/// Merged cells below the header move with their rows.
fn merged_down(after: &str, header: usize, down: usize) -> String {
    let mut out = String::with_capacity(after.len());
    for (at, part) in after.split("<mergeCell ref=\"").enumerate() {
        if at == 0 {
            out.push_str(part);
            continue;
        }
        out.push_str("<mergeCell ref=\"");
        let (range, rest) = part.split_once('"').unwrap_or((part, ""));
        let corner = |corner: &str| {
            let split = corner.find(|c: char| c.is_ascii_digit()).unwrap_or(corner.len());
            let (column, row) = corner.split_at(split);
            let row: usize = row.parse().unwrap_or(0);
            format!("{column}{}", if row > header { row + down } else { row })
        };
        let corners: Vec<String> = range.split(':').map(corner).collect();
        let _ = write!(out, "{}\"{rest}", corners.join(":"));
    }
    out
}

fn without_dimension(xml: &str) -> String {
    match xml.split_once("<dimension ") {
        Some((before, rest)) => {
            let after = rest.split_once("/>").map_or("", |(_, after)| after);
            format!("{before}{after}")
        }
        None => xml.to_owned(),
    }
}
