//! In a few letters what an import would write: each row with what is registered and what the file says, so that nothing
//! is confirmed but what was shown.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::super::fault::Place;
use crate::kit::requests::keyed_hash;
use crate::people::vault::Vault;

/// What would be written, as it is decided row by row. The ids of what is new are drawn afresh each time and are not in it.
#[derive(Clone, Default)]
pub(super) struct Written(Sha256);

impl Written {
    /// One text more; its length goes first, so that no two lists of texts are the same.
    pub(super) fn text(&mut self, text: &str) {
        self.0.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(text);
    }

    /// A text that may not be there.
    pub(super) fn maybe(&mut self, text: Option<&str>) {
        self.0.update([u8::from(text.is_some())]);
        self.text(text.unwrap_or_default());
    }

    /// A row that writes something.
    pub(super) fn row(&mut self, place: Place, added: bool, changes: &[(&'static str, String, String)]) {
        self.0.update(place.file.to_be_bytes());
        self.0.update(place.row.to_be_bytes());
        self.text(place.sheet.as_str());
        self.0.update([u8::from(added)]);
        for (column, old, new) in changes {
            for text in [column, old.as_str(), new.as_str()] {
                self.text(text);
            }
        }
    }

    /// What another part of the file writes as well.
    pub(super) fn part(&mut self, code: &str, part: Self) {
        self.text(code);
        self.0.update(part.0.finalize());
    }

    /// All of it in letters. Names and telephones are in it, and it goes out with a page: keyed by the district's secret it
    /// tells nobody whether a guess was right.
    pub(super) fn seal(self, vault: &Vault) -> String {
        let mut seal = String::new();
        for byte in keyed_hash(vault.requests(), &self.0.finalize()) {
            let _ = write!(seal, "{byte:02x}");
        }
        seal
    }
}
