//! A look into a file before it is read: what kind of file it is, and whether reading it would be dear.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::kit::Refusal;

/// No larger file is taken: the whole register of a district is about 20 MB.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// No workbook has more parts: ours has about 30.
const MOST_ENTRIES: usize = 2_000;
/// No workbook unpacks to more: the whole register of a district is about 250 MB of XML.
const MOST_UNPACKED: u64 = 1024 * 1024 * 1024;
/// A part that unpacks to more than this many times its size is no table that people filled in: the whole register, the
/// most repetitive table we know, reaches 20 …
const MOST_RATIO: u64 = 200;
/// … and below this size it does no harm.
const RATIO_FROM: u64 = 1024 * 1024;
/// Town workbooks that may come in one archive.
const MOST_WORKBOOKS: usize = 40;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// An XLSX workbook.
    Workbook,
    /// A ZIP archive of workbooks or CSV files.
    Archive,
    /// Text.
    Text,
}

/// Looks at a file; refuses what cannot be read or would be too dear to read.
pub fn look(bytes: &[u8]) -> Result<FileKind, Refusal> {
    if bytes.is_empty() {
        return Err(refused("exchange-refused-empty"));
    }
    if bytes.len() > MOST_BYTES {
        return Err(refused("exchange-refused-large").with("most", MOST_BYTES / (1024 * 1024)));
    }
    // The container of Excel 97 to 2003, and of a workbook with a password.
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let marker: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encrypted = bytes.windows(marker.len()).any(|window| window == marker);
        return Err(refused(if encrypted {
            "exchange-refused-encrypted"
        } else {
            "exchange-refused-old-format"
        }));
    }
    if bytes.starts_with(b"PK") {
        return archive(bytes);
    }
    Ok(FileKind::Text)
}

fn archive(bytes: &[u8]) -> Result<FileKind, Refusal> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| refused("exchange-refused-truncated"))?;
    if zip.len() > MOST_ENTRIES {
        return Err(refused("exchange-refused-bomb"));
    }
    let (mut unpacked, mut workbook, mut tables) = (0_u64, false, 0);
    for i in 0..zip.len() {
        let entry = zip.by_index_raw(i).map_err(|_| refused("exchange-refused-truncated"))?;
        if entry.encrypted() {
            return Err(refused("exchange-refused-encrypted"));
        }
        // A part that says less than it holds is stopped while it is read.
        unpacked = unpacked.saturating_add(entry.size());
        let dense = entry.size() > RATIO_FROM && entry.size() / entry.compressed_size().max(1) > MOST_RATIO;
        if dense || unpacked > MOST_UNPACKED {
            return Err(refused("exchange-refused-bomb"));
        }
        let name = entry.name().map_err(|_| refused("exchange-refused-truncated"))?.into_owned();
        workbook |= name == "[Content_Types].xml";
        tables += usize::from(is_table(&name));
    }
    match (workbook, tables) {
        (true, _) => Ok(FileKind::Workbook),
        (false, 1..=MOST_WORKBOOKS) => Ok(FileKind::Archive),
        _ => Err(refused("exchange-refused-archive").with("most", MOST_WORKBOOKS)),
    }
}

fn is_table(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "xlsx" | "csv") && !name.starts_with("__MACOSX")
}

/// The files of an archive, each with its name; every one is looked into as if it had come alone.
pub fn unpack(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| refused("exchange-refused-truncated"))?;
    let mut files = Vec::new();
    for i in 0..zip.len() {
        let mut entry = zip.by_index(i).map_err(|_| refused("exchange-refused-truncated"))?;
        let name = entry.name().map_err(|_| refused("exchange-refused-truncated"))?.into_owned();
        if !is_table(&name) {
            continue;
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(|_| refused("exchange-refused-truncated"))?;
        files.push((name, content));
    }
    Ok(files)
}

pub(super) fn refused(message: &'static str) -> Refusal {
    Refusal { message, args: Vec::new(), field: Some("file") }
}
