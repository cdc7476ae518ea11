//! The sheet of the hotline 12345: it comes in, is looked at, and is taken.
//!
//! Between the two it lies nowhere: the page of the dry run carries it, sealed for whoever sent it, and sends it back.

use askama::Template;
use axum::extract::Multipart;
use base::{from_hex, hex};
use district::Refusal;
use district::exchange::book;
use district::kit::Call;
use district::matters::{self, HOTLINE_COLUMNS, HotlineLook};
use district::people::Action;
use district::register::Roll;
use http::StatusCode;

use crate::exchange::parts;
use crate::kit::{self, Access, Fault, Faults, Posted, Routes, Shell, XLSX, download, random, see_other};

/// The largest file: two thousand rows of a long page each are half of it.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The same sealed, as hexadecimal digits, in a form.
const MOST_SEALED: usize = 2 * MOST_BYTES + 64 * 1024;
/// Rows of each kind that a page shows; all are counted.
const SHOWN: usize = 200;

pub(crate) fn routes() -> Routes {
    let steer = Access::May(Action::MatterSteer);
    Routes::new()
        .get("/desk/matters/hotline", steer, show)
        .upload("/desk/matters/hotline", steer, MOST_BYTES, look)
        .get("/desk/matters/hotline/template", steer, template)
        .get("/desk/matters/hotline/take", steer, show)
        .upload("/desk/matters/hotline/take", steer, MOST_SEALED, take)
}

/// A dry run as its page shows it.
struct Looked {
    look: HotlineLook,
    roll: std::sync::Arc<Roll>,
    sealed: String,
}

#[derive(Template)]
#[template(path = "hotline/show.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    looked: Option<Looked>,
    /// How many a sheet has just added.
    added: Option<i64>,
    shown: usize,
}

impl Looked {
    /// The name of a community.
    fn community(&self, s: &Shell, fresh: &matters::HotlineFresh) -> String {
        let found = self.roll.get(fresh.community);
        found.map(|it| s.name(&it.name, &it.name_en).into_owned()).unwrap_or_default()
    }
}

fn page(s: &Shell, status: StatusCode, faults: Faults, looked: Option<Looked>) -> kit::Result {
    let added = s.asked("added").and_then(|text| text.parse().ok());
    s.html_with(status, &Show { s, faults, looked, added, shown: SHOWN })
}

/// GET `/desk/matters/hotline`.
async fn show(s: Shell) -> kit::Result {
    page(&s, StatusCode::OK, Faults::none(), None)
}

/// GET `/desk/matters/hotline/template`.
async fn template(s: Shell) -> kit::Result {
    let header: Vec<String> =
        HOTLINE_COLUMNS.iter().map(|it| s.name(it.name, it.name_en).into_owned()).collect();
    let name = s.t("hotline-template-name");
    download(&format!("{name}.xlsx"), XLSX, book::table_workbook(name, &header, &[])?)
}

/// POST `/desk/matters/hotline`: the dry run of a file.
async fn look(s: Shell, form: Multipart) -> kit::Result {
    let sent = parts(form).await?;
    let again = |refusal: &Refusal| page(&s, StatusCode::UNPROCESSABLE_ENTITY, s.faults(refusal), None);
    if sent.bytes.is_empty() {
        return again(&Refusal::new("exchange-refused-no-file").at("file"));
    }
    let sheet = match db::heavy(|| matters::read_sheet(&sent.bytes, &s.state.hotline_words)) {
        Ok(sheet) => sheet,
        Err(refusal) => return again(&refusal),
    };
    let seed: [u8; 8] = random().map_err(Fault::Internal)?;
    let mut call = Call::new(&s.actor, s.now(), u64::from_ne_bytes(seed));
    let sealed = hex(&matters::seal_sheet(&mut call, s.state.vault()?, &sent.bytes)?);
    let looked = s.state.read(|tx| {
        let look = matters::look_at_sheet(tx, &call, &sheet)?;
        Ok((look, s.state.memory.roll(tx, s.today())?))
    });
    let (look, roll) = looked?;
    page(&s, StatusCode::OK, Faults::none(), Some(Looked { look, roll, sealed }))
}

/// POST `/desk/matters/hotline/take`: what was looked at comes back and is taken in.
async fn take(s: Shell, posted: Posted) -> kit::Result {
    let vault = s.state.vault()?;
    let sealed = from_hex(posted.fields.get("sheet")).ok_or(Fault::Bad)?;
    let bytes = matters::open_sheet(&s.actor, vault, &sealed).map_err(|_| Fault::Bad)?;
    let sheet = db::heavy(|| matters::read_sheet(&bytes, &s.state.hotline_words)).map_err(Fault::Refused)?;
    let calendar = &*s.state.calendar();
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let made = matters::take_sheet(tx, call, (vault, calendar), &sheet, s.t("hotline-nameless"))?;
        Ok(format!("/desk/matters/hotline?added={}", made.len()))
    });
    match done {
        Ok(to) => Ok(see_other(&to)),
        Err(Fault::Refused(refusal)) => page(&s, StatusCode::UNPROCESSABLE_ENTITY, s.faults(&refusal), None),
        Err(fault) => Err(fault),
    }
}
