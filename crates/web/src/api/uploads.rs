//! Imports for programs: a file comes in, its dry run is read, and it is taken or put away upon what the dry run showed. The
//! file itself, which may hold names, goes back to nobody here.

use axum::body::Bytes;
use base::Uuid;
use district::exchange::{
    self as slice, Decision, Difference, Fault as RowFault, Options, SheetId, Tally, Upload as Kept,
    UploadState, Weight, book,
};
use district::kit::{Call, UploadId};
use district::people::Action;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::exchange::TEXT;
use super::operation::{Api, Kinds, Nothing, once, once_made};
use super::register::OnlyRows;
use super::sent::named;
use super::values::{Code, Date, Sheet, Time, UploadStanding};
use crate::exchange;
use crate::kit::{Access, Fault, Posted, Shell, XLSX, ZIP};

/// What an import takes: the workbook, a sheet of it as text, an archive of sheets.
const FILES: Kinds = &[XLSX, TEXT, ZIP];

pub(super) fn operations() -> Api {
    let import = Access::May(Action::RegisterImport);
    Api::of("api-group-exchange")
        .read_each_time()
        .list("/api/v1/uploads", import, "uploads", list)
        .upload("/api/v1/uploads", import, "upload", FILES, send)
        .get("/api/v1/uploads/{upload}", import, "upload-look", show)
        .act("/api/v1/uploads/{upload}/import", import, "upload-import", take)
        .delete("/api/v1/uploads/{upload}", import, "upload-drop", put_away)
}

/// What is said of a file that comes in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct SaidOfFile {
    /// Its changes hold from this day on; from today on without it.
    on: Option<Date>,
    /// Its name, by which a sheet that comes as text is known.
    #[param(max_length = 120)]
    name: String,
}

/// POST `/api/v1/uploads`.
fn send(s: &Shell, posted: &Posted, _: Nothing, said: SaidOfFile, bytes: Bytes) -> Result<Made, Fault> {
    named(&said.name)?;
    let vault = s.state.vault()?;
    let on = super::register::day(s, said.on);
    db::heavy(|| book::open(&said.name, &bytes).and_then(|source| slice::read(&source)))
        .map_err(Fault::Refused)?;
    once_made(
        s,
        posted,
        |id| format!("uploads/{id}"),
        |tx, call| {
            let options = Options { on, only_good: false };
            slice::keep_upload(tx, call, vault, &said.name, &bytes, options).map(UploadId::uuid)
        },
    )
}

/// A file that came in.
#[derive(Debug, Serialize, ToSchema)]
struct Upload {
    /// Its id.
    id: Uuid,
    /// The name of the file.
    name: String,
    /// When it came.
    made_at: Time,
    /// Its changes hold from this day on.
    on: Date,
    /// How far it came.
    standing: UploadStanding,
    /// Were, or will be, only the communities taken of which every row is good?
    only_good: bool,
    /// When it was imported, or put away.
    decided_at: Option<Time>,
    /// Codes of communities that were left out.
    left_out: Vec<String>,
}

fn upload(it: Kept) -> Upload {
    Upload {
        id: it.id.uuid(),
        name: it.name,
        made_at: it.made_at.into(),
        on: it.on.into(),
        standing: Code(it.state),
        only_good: it.only_good,
        decided_at: it.decided_at.map(Time),
        left_out: it.left_out.into_iter().map(|(code, _)| code).collect(),
    }
}

/// GET `/api/v1/uploads`: the latest that the reader may see.
fn list(s: &Shell, _: Nothing, asked: OnlyRows) -> Result<Page<Upload>, Fault> {
    let uploads = s.state.read(|tx| slice::uploads(tx, &Call::new(&s.actor, s.now(), 0)))?;
    Ok(Page::cut(uploads, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?.map(upload))
}

/// A file that came in.
#[derive(Debug, Deserialize, IntoParams)]
struct OfUpload {
    /// Its id.
    upload: Uuid,
}

/// What an import of a sheet does, or did.
#[derive(Debug, Serialize, ToSchema)]
struct SheetTally {
    /// The sheet.
    sheet: Sheet,
    /// Its rows.
    rows: usize,
    /// Rows that are new.
    added: usize,
    /// Rows that change something.
    changed: usize,
    /// Rows that the register holds already.
    same: usize,
    /// Rows that are left out.
    left: usize,
}

/// A row that adds or changes something.
#[derive(Debug, Serialize, ToSchema)]
struct RowDifference {
    /// The sheet.
    sheet: Sheet,
    /// The row.
    row: u32,
    /// What it is about; no name of a person.
    about: String,
    /// Is it new?
    added: bool,
    /// What changes.
    changes: Vec<CellChange>,
}

/// A value that changes.
#[derive(Debug, Serialize, ToSchema)]
struct CellChange {
    /// The column, by its name in English.
    column: String,
    /// As it is.
    before: String,
    /// As it will be.
    after: String,
}

/// Something wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
struct RowProblem {
    /// The sheet.
    sheet: Sheet,
    /// The row.
    row: u32,
    /// The column, by its name in English.
    column: Option<String>,
    /// Does it keep the row out? Else it is a warning.
    refuses: bool,
    /// What is wrong, in the language of the request.
    detail: String,
}

/// A file with its dry run upon the register as it is now; or, once it was imported, with what it did.
#[derive(Debug, Serialize, ToSchema)]
struct Looked {
    /// The file.
    upload: Upload,
    /// What it does to each sheet that it has, or did.
    sheets: Vec<SheetTally>,
    /// The first rows that add or change something.
    differences: Vec<RowDifference>,
    /// What is wrong, as far as it is kept.
    problems: Vec<RowProblem>,
    /// How many rows are refused in all.
    refused: usize,
    /// How many warnings there are in all.
    warned: usize,
    /// What the dry run showed: the import takes it, and refuses when the register has changed since. Null once it is over.
    seal: Option<String>,
}

fn column(sheet: SheetId, id: &str) -> String {
    sheet.column(id).map_or_else(|| id.to_owned(), |column| column.en.to_owned())
}

fn difference(it: &Difference) -> RowDifference {
    let sheet = it.place.sheet;
    let changes = it.changes.iter().map(|(id, before, after)| CellChange {
        column: column(sheet, id),
        before: before.clone(),
        after: after.clone(),
    });
    RowDifference {
        sheet: Code(sheet),
        row: it.place.row,
        about: it.about.clone(),
        added: it.added,
        changes: changes.collect(),
    }
}

fn problem(s: &Shell, it: &RowFault) -> RowProblem {
    let sheet = it.place.sheet;
    RowProblem {
        sheet: Code(sheet),
        row: it.place.row,
        column: it.column.map(|id| column(sheet, id)),
        refuses: it.weight == Weight::Refuses,
        detail: exchange::fault_words(s, it),
    }
}

/// GET `/api/v1/uploads/{upload}`.
fn show(s: &Shell, at: OfUpload, _: Nothing) -> Result<Looked, Fault> {
    let (kept, content) = exchange::find_upload(s, UploadId::from_uuid(at.upload))?;
    let decision = match content.as_deref() {
        Some(content) if kept.state == UploadState::Looked => Some(exchange::decided(s, &kept, content)?),
        _ => None,
    };
    let tallies: Vec<(SheetId, Tally)> = match &decision {
        Some(decision) => SheetId::ALL.into_iter().zip(decision.tallies).collect(),
        None => kept.tallies.clone(),
    };
    let tally = |(sheet, it): (SheetId, Tally)| SheetTally {
        sheet: Code(sheet),
        rows: it.rows,
        added: it.added,
        changed: it.changed,
        same: it.same,
        left: it.left,
    };
    let (differences, problems) = decision.as_ref().map_or_else(Default::default, |it| {
        (it.differences.iter().map(difference).collect(), it.faults.iter().map(|it| problem(s, it)).collect())
    });
    Ok(Looked {
        sheets: tallies.into_iter().filter(|(_, it)| it.rows > 0).map(tally).collect(),
        differences,
        problems,
        refused: decision.as_ref().map_or(0, |it| it.refused),
        warned: decision.as_ref().map_or(0, |it| it.warned),
        seal: decision.as_ref().map(Decision::seal),
        upload: upload(kept),
    })
}

/// How a file is imported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Take {
    /// The seal of the dry run that was read.
    seal: String,
    /// Leave out every community of which a row is bad, and take the others? Else all is taken or nothing.
    only_good: bool,
}

/// POST `/api/v1/uploads/{upload}/import`: in one transaction, or not at all.
fn take(s: &Shell, posted: &Posted, at: OfUpload, sent: Take) -> Result<(), Fault> {
    let (vault, id) = (s.state.vault()?, UploadId::from_uuid(at.upload));
    once(s, posted, |tx, call| exchange::take(tx, call, vault, id, sent.only_good, &sent.seal))
}

/// DELETE `/api/v1/uploads/{upload}`: puts it away without importing it.
fn put_away(s: &Shell, posted: &Posted, at: OfUpload) -> Result<(), Fault> {
    let (vault, id) = (s.state.vault()?, UploadId::from_uuid(at.upload));
    once(s, posted, |tx, call| exchange::put_away(tx, call, vault, id))
}
