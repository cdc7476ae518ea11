//! Files to carry away.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use district::exchange::{SheetId, book};
use http::{HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::kit::{self, Fault, Shell, blocking};

/// The kind of a workbook.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The kind of a list as text.
pub(super) const CSV: &str = "text/csv; charset=utf-8";

/// A file that the browser saves under its name.
pub(super) fn download(name: &str, kind: &'static str, bytes: Vec<u8>) -> kit::Result<Response> {
    // Names in Chinese go encoded (RFC 6266); browsers that cannot read that take the plain one.
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && c != '"' { c } else { '_' }).collect();
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let value = HeaderValue::from_str(&value).map_err(|error| Fault::Internal(error.to_string()))?;
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    Ok(response)
}

/// The empty workbook.
pub(super) async fn template(_s: Shell) -> kit::Result<Response> {
    download("register-template.xlsx", XLSX, blocking(book::template)?)
}

/// An empty sheet as CSV.
pub(super) async fn sheet_template(_s: Shell, Path(name): Path<String>) -> kit::Result<Response> {
    let sheet = SheetId::ALL.into_iter().find(|sheet| sheet.as_str() == name).ok_or(Fault::Absent)?;
    let header: Vec<String> = sheet.columns().iter().map(district::exchange::Column::header).collect();
    download(&format!("template-{name}.csv"), CSV, book::csv_text::<String>(&header, [])?)
}
