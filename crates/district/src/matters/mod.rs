//! Matters (诉求; in public: 我要反映): what somebody asks for, who holds it, until when, and what became of it.
//!
//! [`receive`] takes them in, [`advance`] takes steps in their lives, [`pass_time`] lets time act. Who holds a matter
//! follows from its community: its operator, its station, its grid, its town, the district. Free words are sealed: what
//! everyone may read is what a worker has cleared.

mod advance;
mod categories;
mod hotline;
mod keep;
mod life;
mod list;
mod photos;
mod picture;
mod read;
mod receive;
mod reports;
mod score;
mod similar;
pub(crate) mod store;
mod survey;
mod templates;
mod terms;
#[cfg(test)]
mod tests;
mod told;

use base::{Day, Instant};
use db::{Row, Tx, Value, params};

use crate::kit::{
    AccountId, BuildingId, CommunityId, Error, MatterId, PersonId, PhotoId, Refusal, Result, TenancyId,
};
use crate::people::vault::Vault;

pub use advance::{Advance, Hand, Secret, advance, advance_own, pass_time, recount_terms};
pub use categories::{Category, Rule, Tree, TreeError, tree};
pub use hotline::{
    COLUMNS as HOTLINE_COLUMNS, Column as HotlineColumn, Fresh as HotlineFresh, HotlineLook, HotlineSheet,
    HotlineWords, HotlineWordsError, Known as HotlineKnown, MOST_ROWS as MOST_HOTLINE_ROWS,
    Wrong as HotlineWrong, look_at_sheet, open_sheet, read_sheet, seal_sheet, take_sheet,
};
pub(crate) use keep::{forget_old_photos, forget_words, matters_copy, reports_from};
pub use keep::{reseal_matters, reseal_photos};
pub use life::{
    Ground, Holder, LONGEST_EXTENSION, LONGEST_SUSPENSION, Life, Outcome, REOPEN_DAYS, ReturnReason,
    SILENCE_DAYS, State, Step, SuspendReason,
};
pub use list::{Asked, Counts, Line, Queue, counts, list};
pub(crate) use list::{counts_of, overdue};
pub use photos::{
    Clear, Give, MOST_OF_MATTER, MOST_PHOTOS, PhotoLine, Size, advance_showing, clear_photos, desk_photo,
    give, give_own, photo, remove_own_photo, remove_photo,
};
pub use picture::{LARGEST_PHOTO, PICTURE_SIDE, Photo};
pub use read::{CallTo, Happened, Sheet, Told, code_of, id_of, reveal_reporter, sheet, told};
pub(crate) use read::{households_overdue, running_by_community, words_said};
pub use receive::{LONGEST_PLACE, LONGEST_WORDS, Receive, Received, Reporter, Source, receive};
pub use reports::{
    AskedReports, FARTHEST_METRES, MOST_REPORTS, Report, Update, named_in, nearest, report, reports, updates,
};
pub(crate) use score::urged;
pub use score::{Figures, SMALL, Score, Share, figures, score};
pub use similar::{Similar, similar};
pub use survey::{Answers, Level, Question, Survey, answer_survey, record_surveys, surveyed};
pub use templates::{
    LONGEST_TEMPLATE, LONGEST_TITLE, MOST_TEMPLATES, Template, TemplateWords, add_templates, change_template,
    end_template, may_keep, templates, templates_for,
};
pub use terms::{Due, Terms};

/// A matter as it is kept.
#[derive(Debug, Clone)]
struct Matter {
    id: MatterId,
    code: String,
    community: CommunityId,
    building: Option<BuildingId>,
    category: String,
    person: Option<PersonId>,
    tenancy: Option<TenancyId>,
    /// May the operator see who it was?
    shown: bool,
    /// How many steps it has.
    version: i64,
    life: Life,
    received_at: Instant,
    source: Source,
    place: String,
    public_words: Option<String>,
    words: Option<Vec<u8>>,
    secret: Option<Vec<u8>>,
}

/// The matter of an id.
fn load(tx: &mut Tx<'_>, id: MatterId) -> Result<Matter> {
    let mut row = tx.find(&store::MATTER, params![id])?.ok_or(Error::Absent("matter"))?;
    read_matter(&mut row)
}

/// The matter of a code: `2026-000123`.
fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Matter> {
    let mut row = tx.find(&store::BY_CODE, params![code])?.ok_or(Error::Absent("matter"))?;
    read_matter(&mut row)
}

/// A word of the store as the thing it names.
fn word<T>(row: &mut Row, at: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    let text: String = row.get(at)?;
    parse(&text).ok_or_else(|| Error::Internal(format!("the store says “{text}” of a matter")))
}

fn word_if<T>(row: &mut Row, at: usize, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
    let text: Option<String> = row.get(at)?;
    text.map(|text| {
        parse(&text).ok_or_else(|| Error::Internal(format!("the store says “{text}” of a matter")))
    })
    .transpose()
}

fn read_matter(row: &mut Row) -> Result<Matter> {
    let (on, until): (Option<Day>, Option<Day>) = (row.get(19)?, row.get(20)?);
    let suspension = on.zip(until).map(|(on, until)| life::Suspension { on, until });
    Ok(Matter {
        id: row.get(0)?,
        code: row.get(1)?,
        community: row.get(2)?,
        building: row.get(3)?,
        category: row.get(4)?,
        person: row.get(5)?,
        tenancy: row.get(6)?,
        shown: row.get(7)?,
        version: row.get(8)?,
        life: Life {
            state: word(row, 9, State::parse)?,
            holder: word(row, 10, Holder::parse)?,
            joined: row.get(11)?,
            term_days: row.get(12)?,
            counts_from: row.get(13)?,
            stopped_days: row.get(38)?,
            due: Due { on: row.get(14)?, provisional: row.get(15)? },
            extended: row.get(16)?,
            extension_asked: row.get(17)?,
            reminded: row.get(18)?,
            suspension,
            before: word_if(row, 21, State::parse)?,
            first_contact: row.get(22)?,
            answered_at: row.get(23)?,
            late: row.get(24)?,
            closed_at: row.get(25)?,
            outcome: word_if(row, 26, Outcome::parse)?,
            satisfied: row.get(27)?,
            reopened: row.get(28)?,
            call_back: row.get(29)?,
            merged_into: row.get(30)?,
            next_on: row.get(31)?,
        },
        received_at: row.get(32)?,
        source: word(row, 33, Source::parse)?,
        place: row.get(34)?,
        public_words: row.get(35)?,
        words: row.get(36)?,
        secret: row.get(37)?,
    })
}

/// Writes what has become of matters, each with the version it was read at; refused when somebody else wrote in between.
fn save_all<'a>(tx: &mut Tx<'_>, matters: impl Iterator<Item = (&'a Matter, i64)>) -> Result<()> {
    let rows: Vec<[Value; 28]> = matters.map(|(matter, seen)| life_row(matter, seen)).collect();
    let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    if tx.execute_each(&store::SET_LIFE, &rows)? == count { Ok(()) } else { Err(changed()) }
}

fn life_row(matter: &Matter, seen: i64) -> [Value; 28] {
    let life = &matter.life;
    [
        matter.id.into(),
        seen.into(),
        life.state.as_str().into(),
        life.holder.as_str().into(),
        life.joined.into(),
        life.term_days.into(),
        life.counts_from.into(),
        life.due.on.into(),
        life.due.provisional.into(),
        life.extended.into(),
        life.extension_asked.into(),
        life.reminded.into(),
        life.suspension.map(|it| it.on).into(),
        life.suspension.map(|it| it.until).into(),
        life.before.map(State::as_str).into(),
        life.first_contact.into(),
        life.answered_at.into(),
        life.late.into(),
        life.closed_at.into(),
        life.outcome.map(Outcome::as_str).into(),
        life.satisfied.into(),
        life.reopened.into(),
        life.call_back.into(),
        life.merged_into.into(),
        life.next_on.into(),
        matter.public_words.as_deref().into(),
        life.stopped_days.into(),
        matter.version.into(),
    ]
}

/// Somebody else was faster.
fn changed() -> Error {
    Refusal::new("matters-refused-changed").into()
}

/// A step for the record.
struct Recorded<'a> {
    matter: MatterId,
    number: i64,
    at: Instant,
    step: Step,
    /// Who took it: a role, or what a hand is called that needs none.
    role: &'static str,
    account: Option<AccountId>,
    holder: Holder,
    until: Option<Day>,
    note: Option<&'a [u8]>,
}

impl Recorded<'_> {
    fn row(&self) -> [Value; 10] {
        [
            self.matter.into(),
            self.number.into(),
            self.at.into(),
            self.step.as_str().into(),
            self.role.into(),
            self.account.into(),
            self.holder.as_str().into(),
            self.step.reason().into(),
            self.until.into(),
            self.note.into(),
        ]
    }
}

/// What the words of a matter are sealed as.
fn about_words(matter: MatterId) -> Vec<u8> {
    [matter.uuid().as_bytes().as_slice(), b"matter words"].concat()
}

/// What the note of a step is sealed as.
fn about_note(matter: MatterId, number: i64) -> Vec<u8> {
    [matter.uuid().as_bytes().as_slice(), &number.to_be_bytes(), b"matter note"].concat()
}

/// What a photograph is sealed as, in which size.
fn about_photo(photo: PhotoId, size: Size) -> Vec<u8> {
    let what: &[u8] = match size {
        Size::Whole => b"matter photo",
        Size::Preview => b"matter preview",
    };
    [photo.uuid().as_bytes().as_slice(), what].concat()
}

/// What was sealed, in words; `None` where there is no key.
fn open(vault: Option<&Vault>, about: &[u8], sealed: Option<&[u8]>) -> Result<Option<String>> {
    let (Some(vault), Some(sealed)) = (vault, sealed) else { return Ok(None) };
    let bytes = vault.open_bytes(about, sealed)?;
    String::from_utf8(bytes).map(Some).map_err(|_| Error::Internal("what a matter says is no text".into()))
}
