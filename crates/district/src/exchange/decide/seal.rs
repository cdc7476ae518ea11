//! In a few letters what an import would write: each row with what is registered and what the file says, so that nothing
//! is confirmed but what was shown.

use sha2::{Digest as _, Sha256};

use super::super::fault::Place;
use crate::kit::requests::keyed_hash;
use crate::people::vault::Vault;

/// What would be written, as it is decided row by row. The ids of what is new are drawn afresh each time: they are not in
/// it, and neither is the order of rows that hangs on them.
#[derive(Clone, Default)]
pub(super) struct Written(Vec<[u8; 32]>);

impl Written {
    /// A row that writes something.
    pub(super) fn row(&mut self, place: Place, added: bool, changes: &[(&'static str, String, String)]) {
        let texts = changes.iter().flat_map(|(column, old, new)| [*column, old, new]).map(Some);
        self.note(place, if added { "added" } else { "changed" }, texts);
    }

    /// Something more that a row writes, by what it is about.
    pub(super) fn note<'a>(
        &mut self,
        place: Place,
        about: &'a str,
        texts: impl IntoIterator<Item = Option<&'a str>>,
    ) {
        let mut hash = Sha256::new();
        hash.update(place.file.to_be_bytes());
        hash.update(place.row.to_be_bytes());
        for text in [Some(place.sheet.as_str()), Some(about)].into_iter().chain(texts) {
            // Its length goes first, so that no two lists of texts are the same.
            let length = text.map_or(u64::MAX, |text| u64::try_from(text.len()).unwrap_or(u64::MAX - 1));
            hash.update(length.to_be_bytes());
            hash.update(text.unwrap_or_default());
        }
        self.0.push(hash.finalize().into());
    }

    /// What another part of the file writes as well.
    pub(super) fn append(&mut self, mut part: Self) {
        self.0.append(&mut part.0);
    }

    /// All of it in letters. Names and telephones are in it, and it goes out with a page: keyed by the district's secret it
    /// tells nobody whether a guess was right.
    pub(super) fn seal(mut self, vault: &Vault) -> String {
        self.0.sort_unstable();
        base::hex(&keyed_hash(vault.requests(), self.0.as_flattened()))
    }
}
