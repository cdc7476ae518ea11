//! Import and export: the register's workbook out, back, compared and taken; lists and forms to carry away.

mod files;
mod forms;
mod quality;
mod run;
mod send;

pub(crate) use files::{GEOJSON, list_file, register_file, sheet_template_file, template_file, towns_file};
pub(crate) use forms::filled_form;
pub(crate) use run::{decided, fault_words, find_upload, put_away, take};
pub(crate) use send::parts;

use askama::Template;
use district::exchange::{self, SheetId, Upload, UploadState};
use district::kit::{Call, Scope};
use district::people::{Action, may};

use crate::kit::{self, Access, Door, Faults, Routes, Shell};

/// What an upload may hold: the whole register is about 20 MB.
const MOST_BYTES: usize = 65 * 1024 * 1024;

pub(crate) fn routes() -> Routes {
    let import = Access::May(Action::RegisterImport);
    let (export, forms) = (Access::May(Action::RegisterExport), Access::May(Action::ReportFormWrite));
    Routes::new()
        .get("/district/exchange", import, show)
        .upload("/district/exchange", import, MOST_BYTES, send::send)
        .room(Door::District, 60, "/district/exchange", "exchange-room")
        .get("/district/exchange/forms", import, show)
        .upload("/district/exchange/forms", forms, MOST_BYTES, send::form)
        .get("/district/exchange/forms/{id}", export, forms::show)
        .post("/district/exchange/forms/{id}", forms, forms::map)
        .get("/district/exchange/forms/{id}/fill", export, forms::fill)
        .get("/district/exchange/outlines", import, show)
        .upload("/district/exchange/outlines", import, MOST_BYTES, send::outlines)
        .get("/district/exchange/uploads/{id}", import, run::show)
        .post("/district/exchange/uploads/{id}", import, run::decide)
        .get("/district/exchange/uploads/{id}/marked", import, run::marked)
        .get("/district/exchange/list/{form}", export, files::list)
        .get("/district/exchange/register/{form}", export, files::register)
        .get("/district/exchange/towns", export, files::towns)
        .get("/district/quality", Access::May(Action::RegisterRead), quality::show)
        .get("/district/quality/{form}", Access::May(Action::RegisterRead), quality::file)
        .room(Door::District, 25, "/district/quality", "exchange-quality-title")
        .get("/district/exchange/template", import, files::template)
        .get("/district/exchange/template/{sheet}", import, files::sheet_template)
}

#[derive(Template)]
#[template(path = "exchange/show.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    on: String,
    uploads: Vec<Upload>,
    sheets: [SheetId; SheetId::ALL.len()],
    /// The reader exports for the whole district.
    district: bool,
    /// Superiors' forms that are kept: address and name.
    forms: Vec<(String, String)>,
    /// What a file of outlines has just done.
    outlined: Option<String>,
}

/// The message with how far an upload came.
fn state(upload: &Upload) -> &'static str {
    match upload.state {
        UploadState::Looked => "exchange-state-looked",
        UploadState::Taken => "exchange-state-taken",
        UploadState::Dropped => "exchange-state-dropped",
    }
}

async fn show(s: Shell) -> kit::Result {
    page(&s, Faults::none(), s.today().to_string(), http::StatusCode::OK)
}

/// The page, again with what is wrong after an upload that was refused.
fn page(s: &Shell, faults: Faults, on: String, status: http::StatusCode) -> kit::Result {
    let district = may(&s.actor, Action::RegisterExport, Scope::District);
    let uploads = s.state.read(|tx| exchange::uploads(tx, &Call::new(&s.actor, s.now(), 0)))?;
    let forms = if district {
        s.state.read(|tx| exchange::forms(tx, &Call::new(&s.actor, s.now(), 0)))?
    } else {
        Vec::new()
    };
    let forms =
        forms.into_iter().map(|(id, name)| (format!("/district/exchange/forms/{id}"), name)).collect();
    let number = |name: &str| s.asked(name).and_then(|text| text.parse::<i64>().ok());
    let outlined = number("towns").zip(number("communities")).map(|(towns, communities)| {
        let same = number("same").unwrap_or(0);
        let args = [("towns", towns.into()), ("communities", communities.into()), ("same", same.into())];
        s.ta("exchange-outlined", &args)
    });
    s.html_with(status, &Show { s, faults, on, uploads, sheets: SheetId::ALL, district, forms, outlined })
}

/// A sheet's name in the page's language.
fn sheet_name(s: &Shell, sheet: SheetId) -> String {
    let [zh, en] = sheet.names();
    s.name(zh, en).into_owned()
}
