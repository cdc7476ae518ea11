//! Files that readers keep.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Fault;

/// The kind of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The kind of a list as text.
pub const CSV: &str = "text/csv; charset=utf-8";
/// The kind of an archive.
pub const ZIP: &str = "application/zip";

/// What stands in a name as it is (RFC 3986, unreserved).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A file that the browser saves under its name.
pub fn download(name: &str, kind: &'static str, bytes: Vec<u8>) -> super::Result {
    download_as(name, name, kind, bytes)
}

/// The same with a plain name of its own, for browsers that read no other letters.
pub fn download_as(name: &str, plain: &str, kind: &'static str, bytes: Vec<u8>) -> super::Result {
    // Names in Chinese go encoded (RFC 6266, RFC 5987); browsers that cannot read that take the plain one.
    let plain: String =
        plain.chars().map(|c| if c.is_ascii_graphic() && c != '"' { c } else { '_' }).collect();
    let encoded = utf8_percent_encode(name, ESCAPED);
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let value = HeaderValue::from_str(&value).map_err(|error| Fault::Internal(error.to_string()))?;
    let mut response: Response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_chinese_is_escaped_and_a_plain_one_stands_beside_it() {
        let response = download("覆盖 \"1\".csv", CSV, Vec::new()).unwrap();
        let value = response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(
            value,
            "attachment; filename=\"____1_.csv\"; filename*=UTF-8''%E8%A6%86%E7%9B%96%20%221%22.csv"
        );
    }
}
