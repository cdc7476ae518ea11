//! The dry run of an upload, its confirmation, and the workbook that goes back.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use db::Tx;
use district::Refusal;
use district::exchange::{
    self, Back, Decision, Fault as RowFault, Options, SheetId, Tally, Upload, UploadState, Weight,
};
use district::kit::{Call, UploadId};
use district::people::vault::Vault;
use http::StatusCode;

use super::sheet_name;
use crate::kit::{self, Arg, Fault, Faults, Posted, Shell, XLSX, ZIP, download, see_other};

/// Faults shown on the page; the marked workbook has all that were kept.
const SHOWN: usize = 100;

/// A row of the table of sheets.
struct SheetRow {
    name: String,
    tally: Tally,
}

/// A first difference in words.
struct DifferenceRow {
    sheet: String,
    row: u32,
    about: String,
    added: bool,
    changes: Vec<(String, String, String)>,
}

/// A fault in words.
struct FaultRow {
    sheet: String,
    row: u32,
    column: String,
    refuses: bool,
    words: String,
}

#[derive(Template)]
#[template(path = "exchange/run.html")]
struct Run<'a> {
    s: &'a Shell,
    upload: &'a Upload,
    faults: Faults,
    sheets: Vec<SheetRow>,
    differences: Vec<DifferenceRow>,
    problems: Vec<FaultRow>,
    refused: usize,
    warned: usize,
    /// Why not even the good communities can be taken.
    loose: Option<String>,
    left_out: &'a [(String, String)],
    /// What the dry run showed; empty when there is nothing to confirm.
    seal: String,
    alters: bool,
    /// The reader sent the file, and it can still be marked and fetched.
    kept: bool,
}

impl Run<'_> {
    fn is_looked(&self) -> bool {
        self.upload.state == UploadState::Looked
    }

    fn is_taken(&self) -> bool {
        self.upload.state == UploadState::Taken
    }
}

fn upload_id(text: &str) -> Result<UploadId, Fault> {
    text.parse().map_err(|_| Fault::Absent)
}

/// An upload with its content.
pub(crate) fn find_upload(s: &Shell, id: UploadId) -> Result<(Upload, Option<Vec<u8>>), Fault> {
    let vault = s.state.vault()?;
    s.state.read(|tx| exchange::upload(tx, &Call::new(&s.actor, s.now(), 0), vault, id))
}

/// Reads and decides an upload again: what the register holds now counts.
pub(crate) fn decided(s: &Shell, upload: &Upload, content: &[u8]) -> Result<Decision, Fault> {
    let vault = s.state.vault()?;
    let options = Options { on: upload.on, only_good: false };
    db::heavy(|| {
        s.state.read(|tx| {
            let rows = exchange::read(&exchange::book::open(&upload.name, content)?)?;
            exchange::look(tx, &mut Call::new(&s.actor, s.now(), 1), vault, rows, options)
        })
    })
}

/// A fault of a row in words.
pub(crate) fn fault_words(s: &Shell, fault: &RowFault) -> String {
    let args: Vec<(&str, Arg<'_>)> =
        fault.args.iter().map(|(name, value)| (*name, Arg::from(value))).collect();
    s.ta(fault.reason, &args)
}

fn column_name(s: &Shell, sheet: SheetId, id: &str) -> String {
    sheet.column(id).map_or_else(String::new, |column| s.name(column.zh, column.en).into_owned())
}

pub(super) async fn show(s: Shell, Path(id): Path<String>) -> kit::Result {
    let (upload, content) = find_upload(&s, upload_id(&id)?)?;
    page(&s, &upload, content.as_deref(), Faults::none(), StatusCode::OK)
}

fn page(
    s: &Shell,
    upload: &Upload,
    content: Option<&[u8]>,
    faults: Faults,
    status: StatusCode,
) -> kit::Result {
    let decision = match content {
        Some(content) if upload.state == UploadState::Looked => Some(decided(s, upload, content)?),
        _ => None,
    };
    let tallies: Vec<(SheetId, Tally)> = match &decision {
        Some(decision) => SheetId::ALL.into_iter().zip(decision.tallies).collect(),
        None => upload.tallies.clone(),
    };
    let sheets = tallies
        .into_iter()
        .filter(|(_, tally)| tally.rows > 0)
        .map(|(sheet, tally)| SheetRow { name: sheet_name(s, sheet), tally })
        .collect();
    let page = Run {
        s,
        upload,
        faults,
        sheets,
        differences: decision.as_ref().map(|it| differences(s, it)).unwrap_or_default(),
        problems: decision.as_ref().map(|it| problems(s, it)).unwrap_or_default(),
        refused: decision.as_ref().map_or(0, |it| it.refused),
        warned: decision.as_ref().map_or(0, |it| it.warned),
        loose: decision
            .as_ref()
            .and_then(|it| it.refusal(Options { on: upload.on, only_good: true }))
            .map(|refusal| s.refusal(&refusal)),
        left_out: decision.as_ref().map_or(&upload.left_out, |it| &it.left_out),
        seal: decision.as_ref().map(Decision::seal).unwrap_or_default(),
        alters: decision.as_ref().is_some_and(Decision::alters),
        kept: content.is_some() && upload.made_by == s.actor.account,
    };
    s.html_with(status, &page)
}

fn differences(s: &Shell, decision: &Decision) -> Vec<DifferenceRow> {
    let row = |it: &exchange::Difference| DifferenceRow {
        sheet: sheet_name(s, it.place.sheet),
        row: it.place.row,
        about: s.zh(&it.about).into_owned(),
        added: it.added,
        changes: it
            .changes
            .iter()
            .map(|(id, old, new)| {
                (column_name(s, it.place.sheet, id), s.zh(old).into_owned(), s.zh(new).into_owned())
            })
            .collect(),
    };
    // Changes first: what is new is seen from the counts.
    let (changed, added): (Vec<_>, Vec<_>) = decision.differences.iter().partition(|it| !it.added);
    changed.into_iter().chain(added).map(row).collect()
}

fn problems(s: &Shell, decision: &Decision) -> Vec<FaultRow> {
    let row = |fault: &RowFault| FaultRow {
        sheet: sheet_name(s, fault.place.sheet),
        row: fault.place.row,
        column: fault.column.map(|id| column_name(s, fault.place.sheet, id)).unwrap_or_default(),
        refuses: fault.weight == Weight::Refuses,
        words: fault_words(s, fault),
    };
    let (refusing, warning): (Vec<_>, Vec<_>) =
        decision.faults.iter().partition(|fault| fault.weight == Weight::Refuses);
    refusing.into_iter().chain(warning).take(SHOWN).map(row).collect()
}

/// Imports an upload upon the seal of its dry run: all of it, or its good communities.
pub(crate) fn take(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    id: UploadId,
    only_good: bool,
    seal: &str,
) -> district::kit::Result<()> {
    let (upload, content) = exchange::upload(tx, call, vault, id)?;
    let content = content.ok_or_else(|| Refusal::new("exchange-refused-emptied"))?;
    let rows = exchange::read(&exchange::book::open(&upload.name, &content)?)?;
    let options = Options { on: upload.on, only_good };
    exchange::import_upload(tx, call, vault, &upload, rows, options, seal).map(|_| ())
}

/// Puts an upload away without importing it.
pub(crate) fn put_away(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    id: UploadId,
) -> district::kit::Result<()> {
    let (upload, _) = exchange::upload(tx, call, vault, id)?;
    exchange::drop_upload(tx, call, &upload)
}

/// All, only good communities, or none of it.
pub(super) async fn decide(s: Shell, Path(id): Path<String>, posted: Posted) -> kit::Result {
    let id = upload_id(&id)?;
    let vault = s.state.vault()?;
    let what = posted.fields.get("do").to_owned();
    let outcome = match what.as_str() {
        "drop" => s.state.once(&s.actor, &posted, |tx, call| {
            put_away(tx, call, vault, id)?;
            Ok("/district/exchange".to_owned())
        }),
        "all" | "good" => s.state.once(&s.actor, &posted, |tx, call| {
            take(tx, call, vault, id, what == "good", posted.fields.get("seal"))?;
            Ok(format!("/district/exchange/uploads/{id}"))
        }),
        _ => return Err(Fault::Bad),
    };
    match outcome {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => {
            let (upload, content) = find_upload(&s, id)?;
            page(&s, &upload, content.as_deref(), s.faults(&refusal), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(fault) => Err(fault),
    }
}

/// The same workbook with the bad cells marked and a column that says why; after an import of only good communities,
/// what was left out of it.
pub(super) async fn marked(s: Shell, Path(id): Path<String>) -> kit::Result<Response> {
    let (id, vault) = (upload_id(&id)?, s.state.vault()?);
    let (upload, content) =
        s.state.write(&s.actor, |tx, call| exchange::fetch_upload(tx, call, vault, id))?;
    let decision = decided(&s, &upload, &content)?;
    let back = if upload.state == UploadState::Taken {
        Back::Of(upload.left_out.iter().map(|(code, _)| code.clone()).collect())
    } else {
        Back::All
    };
    let (name, bytes) = db::heavy(|| {
        let source = exchange::book::open(&upload.name, &content)?;
        exchange::marked(&source, &decision.faults, &back, &|fault| fault_words(&s, fault))
    })?;
    let kind = if name == exchange::MARKED_ARCHIVE { ZIP } else { XLSX };
    download(&name, kind, bytes)
}
