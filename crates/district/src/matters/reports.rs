//! What programs of Open311 are told of matters: what everyone may read, and nothing else.

use base::{Day, Instant, Position};
use db::{ListQuery, Row, Tx, Value, params};

use super::life::{Holder, Outcome, State};
use super::{store, tree, word, word_if};
use crate::kit::{CommunityId, Error, PhotoId, Result};
use crate::register::Snapshot;

/// The most matters of one answer: the standard's own number.
pub const MOST_REPORTS: i64 = 1_000;
/// A position farther than this from every community is in none: the largest estates of a district are this wide.
pub const FARTHEST_METRES: i64 = 1_000;

/// A matter as a program is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the columns of `matters`")]
pub struct Report {
    pub code: String,
    pub category: String,
    pub state: State,
    pub holder: Holder,
    pub received_at: Instant,
    pub due_on: Day,
    pub closed_at: Option<Instant>,
    pub outcome: Option<Outcome>,
    pub community: CommunityId,
    /// The number of its building; `None` too for a category inside of flats.
    pub building: Option<String>,
    /// Words that a worker has cleared.
    pub public_words: Option<String>,
    /// When something last happened to it.
    pub updated_at: Instant,
    /// The first of its photographs that a worker has cleared.
    pub photo: Option<PhotoId>,
}

/// What a program asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedReports {
    /// That came in from here on.
    pub from: Instant,
    /// And before this.
    pub to: Instant,
    /// Of one of these categories; none: of any. Codes of the tree.
    pub categories: Vec<&'static str>,
    /// Open ones only, or closed ones only.
    pub open: Option<bool>,
}

fn read(row: &mut Row) -> Result<Report> {
    let category: String = row.get(1)?;
    let received_at: Instant = row.get(4)?;
    let private = tree().get(&category).is_none_or(|it| it.private);
    let building: Option<String> = row.get(9)?;
    Ok(Report {
        code: row.get(0)?,
        category,
        state: word(row, 2, State::parse)?,
        holder: word(row, 3, Holder::parse)?,
        received_at,
        due_on: row.get(5)?,
        closed_at: row.get(6)?,
        outcome: word_if(row, 7, Outcome::parse)?,
        community: row.get(8)?,
        building: building.filter(|_| !private),
        public_words: row.get(10)?,
        updated_at: row.get::<Option<Instant>>(11)?.unwrap_or(received_at),
        photo: row.get(12)?,
    })
}

/// Matters that programs may know, the newest first, at most [`MOST_REPORTS`].
pub fn reports(tx: &mut Tx<'_>, asked: &AskedReports) -> Result<Vec<Report>> {
    let mut filters: Vec<(&str, Value)> = Vec::new();
    if !asked.categories.is_empty() {
        filters.push(("categories", format!(",{},", asked.categories.join(",")).into()));
    }
    match asked.open {
        Some(true) => filters.push(("open", true.into())),
        Some(false) => filters.push(("closed", true.into())),
        None => {}
    }
    page(tx, (asked.from, asked.to), filters)
}

/// The matter of a code.
pub fn report(tx: &mut Tx<'_>, code: &str) -> Result<Report> {
    let always = (Instant::from_millis(i64::MIN), Instant::from_millis(i64::MAX));
    page(tx, always, vec![("code", code.into())])?.pop().ok_or(Error::Absent("matter"))
}

fn page(tx: &mut Tx<'_>, (from, to): (Instant, Instant), filters: Vec<(&str, Value)>) -> Result<Vec<Report>> {
    let list = &store::REPORTS;
    let query = ListQuery {
        base: vec![from.into(), to.into()],
        filters: filters.into_iter().filter_map(|(name, value)| Some((list.filter(name)?, value))).collect(),
        descending: true,
        limit: Some(MOST_REPORTS),
        ..ListQuery::default()
    };
    list.page(tx, &query)?.rows.iter_mut().map(read).collect()
}

/// Something that happened to a matter, without words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The matter's code.
    pub code: String,
    /// Its place in the record of the matter.
    pub number: i64,
    /// The name of the step.
    pub step: String,
    /// When.
    pub at: Instant,
    /// Who held the matter afterwards.
    pub holder: Holder,
    /// Was the matter closed by it?
    pub closes: bool,
}

/// Steps after which a matter is closed.
const CLOSING: [&str; 5] = ["confirm", "silence", "withdraw", "refuse", "merge"];

/// What happened to matters in a time, the earliest first, at most [`MOST_REPORTS`]: whoever goes on from the last one's time
/// misses none.
pub fn updates(tx: &mut Tx<'_>, from: Instant, to: Instant) -> Result<Vec<Update>> {
    tx.query(&store::UPDATES, params![from, to, MOST_REPORTS])?
        .iter_mut()
        .map(|row| {
            let (step, at): (String, Instant) = (row.get(2)?, row.get(3)?);
            let closed_at: Option<Instant> = row.get(5)?;
            // Who is called back leaves it closed, or opens it again: then it was not closed before.
            let called = step == "call-back" && closed_at.is_some_and(|closed| closed <= at);
            Ok(Update {
                code: row.get(0)?,
                number: row.get(1)?,
                closes: called || CLOSING.contains(&step.as_str()),
                step,
                at,
                holder: word(row, 4, Holder::parse)?,
            })
        })
        .collect()
}

/// The community that a position belongs to: the nearest that is not too far away.
pub fn nearest(communities: &[Snapshot], position: Position) -> Option<&Snapshot> {
    let far = |it: &&Snapshot| it.position.map(|at| (at.metres_to(position), it.code.clone()));
    let near = |it: &&Snapshot| far(it).is_some_and(|(metres, _)| metres <= FARTHEST_METRES);
    communities.iter().filter(near).min_by_key(far)
}

/// The community whose name or address stands in a text: the one with the longest, if it is one.
pub fn named_in<'a>(communities: &'a [Snapshot], text: &str) -> Option<&'a Snapshot> {
    let text = text.to_lowercase();
    let length = |it: &Snapshot| {
        let named = [&it.name, &it.name_en, &it.address];
        let named = named.into_iter().filter(|name| !name.is_empty() && text.contains(&name.to_lowercase()));
        named.map(|name| name.chars().count()).max()
    };
    let mut found: Vec<(usize, &Snapshot)> =
        communities.iter().filter_map(|it| length(it).map(|length| (length, it))).collect();
    found.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    match found.as_slice() {
        [(_, one)] => Some(one),
        [(first, one), (second, _), ..] if first > second => Some(one),
        _ => None,
    }
}
