//! Lists as CSV files that spreadsheet programs open as they are.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};

/// Rows of cells as a CSV file with a byte order mark, by which spreadsheet programs know that it is UTF-8.
///
/// A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV Injection).
pub fn csv_file(name: &str, rows: &[Vec<String>]) -> super::Result {
    let failed = |error: String| super::Fault::Internal(format!("writing a list: {error}"));
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.iter().map(|cell| harmless(cell)))
            .map_err(|error| failed(error.to_string()))?;
    }
    let body = writer.into_inner().map_err(|error| failed(error.to_string()))?;
    let body = ["\u{feff}".as_bytes(), &body].concat();
    Ok(attachment(name, "text/csv; charset=utf-8", body))
}

/// A file to be kept, under a name in any language (RFC 6266, RFC 5987).
pub fn attachment(name: &str, kind: &'static str, body: Vec<u8>) -> Response {
    let escaped: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let disposition = format!("attachment; filename*=UTF-8''{escaped}");
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_a_text() {
        for cell in ["=1+1", "+1", "-1", "@a", "\tx", "\rx"] {
            assert!(harmless(cell).starts_with('\''), "{cell:?}");
        }
        assert_eq!(harmless("2026-01-31"), "2026-01-31");
    }

    #[test]
    fn a_name_in_chinese_is_escaped() {
        let response = attachment("覆盖 1.csv", "text/csv", Vec::new());
        let value = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(value, "attachment; filename*=UTF-8''%E8%A6%86%E7%9B%96%201.csv");
    }
}
