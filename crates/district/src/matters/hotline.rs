//! The sheet of the city's hotline 12345 (工单): read, looked at, taken in as one operation.
//!
//! A sheet comes from a system that is not ours: its columns are found by what their headers are called, its rows by their
//! number there. A number that is known already is passed over, so the same sheet twice changes nothing.

mod words;

use std::collections::HashMap;

use base::{Calendar, Day, Instant};
use db::{Tx, params};

use super::receive::{LONGEST_PLACE, LONGEST_WORDS, Receive, Received, Reporter, Source, receive};
use super::reports::named_in;
use super::{Category, store, tree};
use crate::exchange::book::{self, Cell};
use crate::exchange::sheets::key;
use crate::exchange::values;
use crate::kit::{Actor, Call, CommunityId, Error, MatterId, Refusal, Result, Scope};
use crate::people::vault::Vault;
use crate::people::{Action, is_begun, may};
use crate::register::{self, Snapshot};
use crate::stations;

pub use words::{HotlineWords, HotlineWordsError};

/// The most rows of a sheet: what a busy town gets in a month.
pub const MOST_ROWS: u32 = 2_000;
/// The longest number of another system, in characters.
const LONGEST_NUMBER: usize = 40;
/// A header lies within the first so many rows: a title may stand above it.
const MOST_ABOVE: usize = 10;

/// A column of the sheet.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the program.
    pub id: &'static str,
    /// Its header in the template.
    pub name: &'static str,
    /// The same in English.
    pub name_en: &'static str,
    /// What else it is called.
    others: &'static [&'static str],
    /// Must a sheet have it, and every row of it?
    pub required: bool,
}

/// The columns, in the order of the template.
pub static COLUMNS: [Column; 7] = [
    Column {
        id: "number",
        name: "工单编号",
        name_en: "Number",
        others: &["工单号", "编号", "受理编号", "工单流水号", "流水号"],
        required: true,
    },
    Column {
        id: "at",
        name: "受理时间",
        name_en: "Received at",
        others: &["来电时间", "登记时间", "派单时间", "诉求时间", "时间"],
        required: true,
    },
    Column {
        id: "words",
        name: "诉求内容",
        name_en: "What is asked for",
        others: &["内容", "工单内容", "问题描述", "诉求", "主要内容"],
        required: true,
    },
    Column {
        id: "community",
        name: "小区/地址",
        name_en: "Community or address",
        others: &["小区", "地址", "小区名称", "事发地址", "诉求地址", "发生地址"],
        required: true,
    },
    Column {
        id: "category",
        name: "类别",
        name_en: "Category",
        others: &["诉求类别", "问题类别", "分类", "类型"],
        required: true,
    },
    Column {
        id: "name",
        name: "联系人",
        name_en: "Contact",
        others: &["来电人", "反映人", "姓名", "诉求人"],
        required: false,
    },
    Column {
        id: "telephone",
        name: "联系电话",
        name_en: "Telephone",
        others: &["电话", "手机", "手机号码", "来电号码"],
        required: false,
    },
];

impl Column {
    fn is_named(&self, header: &str) -> bool {
        let asked = key(header);
        let (own, english) = (key(self.name), key(self.name_en));
        asked == own
            || asked == english
            || asked == format!("{own}{english}")
            || self.others.iter().any(|other| key(other) == asked)
    }
}

/// A row of the sheet whose cells are texts.
struct Row {
    number: u32,
    cells: [Option<String>; COLUMNS.len()],
    /// Columns with a formula or an error where a value should be.
    broken: Vec<usize>,
}

/// A sheet that was read. Touches no database.
pub struct HotlineSheet {
    rows: Vec<Row>,
    /// What it calls things.
    words: HotlineWords,
}

/// Says how many rows: what stands in them is somebody's.
impl std::fmt::Debug for HotlineSheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HotlineSheet").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

/// Reads a workbook or a text file (UTF-8 or GB18030); `words`: what it calls its columns and categories.
///
/// # Errors
/// Refused where it is no table, or a column is missing or stands twice.
pub fn read_sheet(bytes: &[u8], words: &HotlineWords) -> Result<HotlineSheet, Refusal> {
    let lines = book::lines(bytes, MOST_ROWS)?;
    let text = |cell: &Cell| match cell {
        Cell::Text(text) | Cell::Number(text, _) => Some(values::tidy(text)),
        Cell::Day(day) => Some(day.to_string()),
        Cell::Empty | Cell::Formula(_) | Cell::Error(_) => None,
    };
    let named = |cells: &[Cell]| -> Vec<Option<usize>> {
        let place = |header: String| words.column(&header);
        cells.iter().map(|cell| text(cell).and_then(place)).collect()
    };
    let header = lines.iter().take(MOST_ABOVE).map(|(_, cells)| named(cells)).enumerate();
    let (at, header) = header
        .max_by_key(|(at, header)| (header.iter().flatten().count(), std::cmp::Reverse(*at)))
        .ok_or_else(|| Refusal::new("exchange-refused-empty").at("file"))?;
    for (place, column) in COLUMNS.iter().enumerate() {
        let count = header.iter().flatten().filter(|found| **found == place).count();
        let message = match count {
            0 if column.required => "hotline-refused-column",
            0 | 1 => continue,
            _ => "hotline-refused-column-twice",
        };
        return Err(Refusal::new(message).with("column", column.name).at("file"));
    }
    let rows = lines[at + 1..].iter().map(|(number, cells)| {
        let mut row = Row { number: *number, cells: Default::default(), broken: Vec::new() };
        for (cell, column) in cells.iter().zip(&header) {
            let Some(column) = *column else { continue };
            match cell {
                Cell::Formula(_) | Cell::Error(_) => row.broken.push(column),
                cell => row.cells[column] = text(cell).filter(|text| !text.is_empty()),
            }
        }
        row
    });
    let says = |row: &Row| !row.broken.is_empty() || row.cells.iter().any(Option::is_some);
    Ok(HotlineSheet { rows: rows.filter(says).collect(), words: words.clone() })
}

/// A row that would come in.
#[derive(Clone)]
pub struct Fresh {
    /// The row in the sheet.
    pub row: u32,
    /// Its number at the hotline.
    pub number: String,
    /// When it came in there.
    pub at: Instant,
    /// Its community.
    pub community: CommunityId,
    /// A leaf of the tree.
    pub category: &'static Category,
    words: String,
    place: String,
    name: String,
    telephone: String,
}

/// Says the row only: names and words may not reach a log.
impl std::fmt::Debug for Fresh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fresh").field("row", &self.row).finish_non_exhaustive()
    }
}

/// A row whose number is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The row in the sheet.
    pub row: u32,
    /// Its number at the hotline.
    pub number: String,
    /// The code of its matter.
    pub code: String,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The row in the sheet.
    pub row: u32,
    /// In which column.
    pub column: &'static Column,
    /// The message.
    pub reason: &'static str,
}

/// The dry run of a sheet.
#[derive(Debug, Clone, Default)]
pub struct HotlineLook {
    /// What would come in.
    pub fresh: Vec<Fresh>,
    /// What is here already.
    pub known: Vec<Known>,
    /// What is wrong, in the order of the rows.
    pub wrong: Vec<Wrong>,
}

/// A time as the hotline's sheets write it: a day, and the hour and minute after it.
fn time(text: &str) -> Option<Instant> {
    let day: Day = values::day(text)?;
    let plain = values::plain(text).replace('T', " ");
    let Some((_, clock)) = plain.split_once(' ') else { return Some(Instant::at(day, 0, 0)) };
    let mut parts = clock.trim().splitn(3, ':').map(|part| part.trim().parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next().unwrap_or(Some(0))?);
    let second = parts.next().unwrap_or(Some(0))?;
    let holds = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    holds.then(|| Instant::at(day, hour, minute).plus_millis(second * 1000))
}

/// What a row says, or what is wrong with it.
fn row_of(
    call: &Call<'_>,
    (communities, words_of): (&[Snapshot], &HotlineWords),
    row: &Row,
) -> std::result::Result<Fresh, Vec<(usize, &'static str)>> {
    let mut wrong: Vec<(usize, &'static str)> =
        row.broken.iter().map(|place| (*place, "hotline-fault-formula")).collect();
    let mut said_in = |place: usize| {
        let text = row.cells[place].clone().unwrap_or_default();
        if text.is_empty() && COLUMNS[place].required && !row.broken.contains(&place) {
            wrong.push((place, "hotline-fault-missing"));
        }
        text
    };
    let [number, at, said, address, category, name, telephone] = std::array::from_fn(&mut said_in);
    let mut check = |place: usize, text: &str, holds: bool, reason: &'static str| {
        if !text.is_empty() && !holds {
            wrong.push((place, reason));
        }
    };
    let time = time(&at);
    let community = named_in(communities, &address);
    let within = community.is_some_and(|it| {
        let scope = Scope::Community { town: it.town, grid: it.grid, community: it.id };
        may(call.actor, Action::MatterSteer, scope)
    });
    let leaf = words_of.leaf(&category);
    let is_name = community.is_some_and(|it| it.name == address || it.name_en == address);
    let (place, words) = match (is_name, address.chars().count() <= LONGEST_PLACE) {
        (true, _) => (String::new(), said.clone()),
        (false, true) => (address.clone(), said.clone()),
        (false, false) => (String::new(), format!("{said}\n{address}")),
    };
    check(0, &number, number.chars().count() <= LONGEST_NUMBER, "hotline-fault-number");
    check(1, &at, time.is_some(), "hotline-fault-time");
    check(1, &at, time.is_none_or(|at| at <= call.now), "hotline-fault-later");
    check(2, &said, words.chars().count() <= LONGEST_WORDS, "hotline-fault-words");
    check(3, &address, community.is_some(), "hotline-fault-community");
    check(3, &address, community.is_none() || within, "hotline-fault-elsewhere");
    check(4, &category, leaf.is_some(), "hotline-fault-category");
    check(5, &name, name.chars().count() <= LONGEST_PLACE, "hotline-fault-name");
    check(6, &telephone, stations::rules::telephone(&telephone).is_some(), "hotline-fault-telephone");
    match (time, community, leaf) {
        (Some(at), Some(community), Some(category)) if wrong.is_empty() => {
            let community = community.id;
            Ok(Fresh { row: row.number, number, at, community, category, words, place, name, telephone })
        }
        _ => Err(wrong),
    }
}

/// The dry run: what would come in, what is known, what is wrong. Writes nothing.
pub fn look_at_sheet(tx: &mut Tx<'_>, call: &Call<'_>, sheet: &HotlineSheet) -> Result<HotlineLook> {
    let somewhere = |grant: &crate::kit::Grant| may(call.actor, Action::MatterSteer, grant.scope);
    if !call.actor.grants.iter().any(somewhere) {
        return Err(Error::Forbidden(Action::MatterSteer));
    }
    // Before it is shown, not only when it is taken: the page carries the whole sheet.
    if !is_begun(tx, call.today())? {
        return Err(Refusal::new("matters-refused-not-begun").into());
    }
    let communities = register::snapshot(tx, call.today())?;
    let mut look = HotlineLook::default();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in &sheet.rows {
        let place = |place: usize, reason| Wrong { row: row.number, column: &COLUMNS[place], reason };
        let number = row.cells[0].clone().unwrap_or_default();
        if !number.is_empty() && seen.insert(number.clone(), row.number).is_some() {
            look.wrong.push(place(0, "hotline-fault-twice"));
            continue;
        }
        if let Some(mut found) = tx.find(&store::BY_FOREIGN, params![number.as_str()])? {
            look.known.push(Known { row: row.number, number, code: found.get(0)? });
            continue;
        }
        match row_of(call, (&communities, &sheet.words), row) {
            Ok(fresh) => look.fresh.push(fresh),
            Err(wrong) => look.wrong.extend(wrong.into_iter().map(|(column, reason)| place(column, reason))),
        }
    }
    Ok(look)
}

fn about(actor: &Actor) -> Vec<u8> {
    let account = actor.account.map(|it| *it.uuid().as_bytes()).unwrap_or_default();
    [b"hotline sheet".as_slice(), &account].concat()
}

/// A sheet that was looked at, sealed for whoever sent it: until they take it in, it lies nowhere but on their page.
pub fn seal_sheet(call: &mut Call<'_>, vault: &Vault, bytes: &[u8]) -> Result<Vec<u8>> {
    let fresh: MatterId = call.id();
    vault.seal_bytes(&about(call.actor), bytes, fresh.uuid())
}

/// What [`seal_sheet`] sealed for the same actor.
pub fn open_sheet(actor: &Actor, vault: &Vault, sealed: &[u8]) -> Result<Vec<u8>> {
    vault.open_bytes(&about(actor), sealed)
}

/// Takes a sheet in: what is not known yet, all or none. `nameless`: what somebody is called who left a telephone alone.
///
/// # Errors
/// `hotline-refused-wrong` while anything is wrong.
pub fn take_sheet(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (vault, calendar): (&Vault, &Calendar),
    sheet: &HotlineSheet,
    nameless: &str,
) -> Result<Vec<Received>> {
    let look = look_at_sheet(tx, call, sheet)?;
    if !look.wrong.is_empty() {
        return Err(Refusal::new("hotline-refused-wrong").with("count", look.wrong.len()).into());
    }
    if look.fresh.is_empty() {
        return Ok(Vec::new());
    }
    let command = |fresh: Fresh| {
        let said = !(fresh.name.is_empty() && fresh.telephone.is_empty());
        let name = if fresh.name.is_empty() { nameless.to_owned() } else { fresh.name };
        let telephone = fresh.telephone;
        Receive {
            id: call.id(),
            source: Source::Hotline,
            foreign_number: Some(fresh.number),
            community: fresh.community,
            building: None,
            place: fresh.place,
            category: fresh.category.code.clone(),
            words: fresh.words,
            reporter: said.then(|| Reporter::Told { id: call.id(), name, telephone }),
            tenancy: None,
            shown: false,
            secret: None,
            at: Some(fresh.at),
        }
    };
    let commands: Vec<Receive> = look.fresh.into_iter().map(command).collect();
    receive(tx, call, (vault, calendar), &commands)
}

#[cfg(test)]
mod tests;
