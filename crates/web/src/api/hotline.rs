//! Sheets of the hotline 12345 for programs: looked at, and taken in. The sheet itself, which holds names, goes back to nobody.

use axum::body::Bytes;
use base::Uuid;
use district::kit::Call;
use district::matters::{self, HotlineLook};
use district::people::Action;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::exchange::TEXT;
use super::operation::{Api, Nothing, reused};
use super::values::Time;
use crate::kit::{Access, Fault, Posted, Shell, XLSX};

pub(super) fn operations() -> Api {
    let steer = Access::May(Action::MatterSteer);
    Api::of("api-group-matters")
        .tell_file("/api/v1/hotline-sheets/look", steer, "hotline-look", &[XLSX, TEXT], look)
        .tell_file("/api/v1/hotline-sheets", steer, "hotline-take", &[XLSX, TEXT], take)
}

/// A sheet needs no more words than its rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Silent {}

/// A row that would come in.
#[derive(Debug, Serialize, ToSchema)]
struct HotlineFresh {
    /// The row in the sheet.
    row: u32,
    /// Its number at the hotline.
    number: String,
    /// When it came in there.
    at: Time,
    /// Its community.
    community: Uuid,
    /// The code of its category.
    category: String,
}

/// A row whose number is known.
#[derive(Debug, Serialize, ToSchema)]
struct HotlineKnown {
    /// The row in the sheet.
    row: u32,
    /// Its number at the hotline.
    number: String,
    /// The code of its matter.
    code: String,
}

/// What is wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
struct HotlineWrong {
    /// The row in the sheet.
    row: u32,
    /// The column: its name in the program.
    column: String,
    /// What is wrong, in words.
    why: String,
}

/// What taking a sheet in would do.
#[derive(Debug, Serialize, ToSchema)]
struct HotlineSheetLook {
    /// What would come in.
    fresh: Vec<HotlineFresh>,
    /// What is here already and is passed over.
    known: Vec<HotlineKnown>,
    /// What is wrong; nothing comes in while anything is.
    wrong: Vec<HotlineWrong>,
}

fn looked(s: &Shell, it: HotlineLook) -> HotlineSheetLook {
    let fresh = it.fresh.into_iter().map(|it| HotlineFresh {
        row: it.row,
        number: it.number.clone(),
        at: it.at.into(),
        community: it.community.uuid(),
        category: it.category.code.clone(),
    });
    let known = it.known.into_iter().map(|it| HotlineKnown { row: it.row, number: it.number, code: it.code });
    let wrong = it.wrong.into_iter().map(|it| HotlineWrong {
        row: it.row,
        column: it.column.id.to_owned(),
        why: s.t(it.reason).to_owned(),
    });
    HotlineSheetLook { fresh: fresh.collect(), known: known.collect(), wrong: wrong.collect() }
}

/// POST `/api/v1/hotline-sheets/look`: writes nothing.
fn look(s: &Shell, _: &Posted, _: Nothing, _: Silent, bytes: Bytes) -> Result<HotlineSheetLook, Fault> {
    let words = &s.state.hotline_words;
    let sheet = db::heavy(|| matters::read_sheet(&bytes, words)).map_err(Fault::Refused)?;
    let call = Call::new(&s.actor, s.now(), 0);
    Ok(looked(s, s.state.read(|tx| matters::look_at_sheet(tx, &call, &sheet))?))
}

/// What came in from a sheet.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct HotlineTaken {
    /// The codes of the matters that came in, in the order of the rows; what was known is not among them.
    codes: Vec<String>,
}

/// POST `/api/v1/hotline-sheets`: all rows that are not known yet, or none.
fn take(s: &Shell, posted: &Posted, _: Nothing, _: Silent, bytes: Bytes) -> Result<HotlineTaken, Fault> {
    let words = &s.state.hotline_words;
    let sheet = db::heavy(|| matters::read_sheet(&bytes, words)).map_err(Fault::Refused)?;
    let (vault, calendar) = (s.state.vault()?, &*s.state.calendar());
    let done = s.state.once(&s.actor, posted, |tx, call| {
        let made = matters::take_sheet(tx, call, (vault, calendar), &sheet, s.t("hotline-nameless"))?;
        let codes: Vec<String> = made.into_iter().map(|it| it.code).collect();
        Ok(codes.join(" "))
    });
    let codes = done.map_err(reused)?;
    Ok(HotlineTaken { codes: codes.split_whitespace().map(str::to_owned).collect() })
}
