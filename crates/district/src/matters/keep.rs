//! What is kept of whoever asked, and for how long: their copy, their erasure, and sealing anew.

use base::{Day, Instant};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::{Tx, Value, params};
use serde_json::{Value as Json, json};

use super::photos::{self, PhotoLine, Size};
use super::{about_note, about_photo, about_words, open, store};
use crate::kit::{Call, Entry, MatterId, PersonId, PhotoId, Result, Scope, record};
use crate::people::Action;
use crate::people::vault::Vault;

/// What somebody asked for, for their copy.
pub(crate) fn matters_copy(tx: &mut Tx<'_>, vault: &Vault, person: PersonId) -> Result<Vec<Json>> {
    let mut copies = Vec::new();
    for mut row in tx.query(&store::REPORTED_BY, params![person])? {
        let (code, category): (String, String) = (row.get(0)?, row.get(1)?);
        let (at, state): (Instant, String) = (row.get(2)?, row.get(3)?);
        let (id, words): (MatterId, Option<Vec<u8>>) = (row.get(4)?, row.get(5)?);
        let words = open(Some(vault), &about_words(id), words.as_deref())?;
        let answered = match tx.find(&store::SURVEY_OF, params![id])? {
            Some(mut row) => {
                let [speed, manner, result]: [Option<String>; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
                Some(json!({ "speed": speed, "manner": manner, "result": result }))
            }
            None => None,
        };
        copies.push(json!({
            "code": code, "category": category, "received": at.to_string(), "state": state, "words": words,
            "answered": answered, "photos": photos_copy(tx, vault, id)?,
        }));
    }
    Ok(copies)
}

/// The photographs that somebody gave of a matter of theirs, as files.
fn photos_copy(tx: &mut Tx<'_>, vault: &Vault, matter: MatterId) -> Result<Vec<Json>> {
    let mut given = photos::of(tx, matter)?;
    given.retain(PhotoLine::is_reporters);
    let copy = |it: PhotoLine| {
        let file = STANDARD.encode(photos::picture(tx, vault, it.id, Size::Whole)?);
        Ok(json!({ "at": it.at.to_string(), "public": it.cleared, "jpeg_base64": file }))
    };
    given.into_iter().map(copy).collect()
}

/// Does somebody wait for an answer on a day, or got one since?
pub(crate) fn reports_from(tx: &mut Tx<'_>, person: PersonId, day: Day) -> Result<bool> {
    Ok(tx.find(&store::REPORTS_FROM, params![person, Instant::at(day, 0, 0)])?.is_some())
}

/// Forgets what somebody wrote, what was written to them, and the photographs that nobody has cleared: free words may name
/// people, and pictures show them.
pub(crate) fn forget_words(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    for statement in [&store::FORGET_NOTES, &store::FORGET_WORDS, &store::FORGET_PHOTOS] {
        tx.execute(statement, params![person])?;
    }
    Ok(())
}

/// How long photographs that nobody has cleared are kept after their matter was closed: a year, in which it may be asked how
/// it was; as long as the name of whoever asked.
const PHOTOS_KEPT_DAYS: i64 = 365;

/// Forgets photographs that are no longer needed; how many. The caller has asked permission and leaves the audit row.
pub(crate) fn forget_old_photos(tx: &mut Tx<'_>, today: Day) -> Result<u64> {
    Ok(tx.execute(&store::FORGET_OLD_PHOTOS, params![Instant::at(today - PHOTOS_KEPT_DAYS, 0, 0)])?)
}

/// Matters whose words are sealed anew in one transaction, so that nobody waits for it.
const AT_A_TIME: i64 = 500;

/// Seals anew what some matters after one, and their steps, have sealed with an older key; after which it is to go on, and
/// how many texts it was. `None`: it has looked at all.
pub fn reseal_matters(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    after: MatterId,
) -> Result<Option<(MatterId, i64)>> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    let (mut words, mut notes): (Vec<[Value; 3]>, Vec<[Value; 4]>) = (Vec::new(), Vec::new());
    let mut last = None;
    for mut row in tx.query(&store::WORDS_AFTER, params![after, AT_A_TIME])? {
        let (id, sealed): (MatterId, Option<Vec<u8>>) = (row.get(0)?, row.get(1)?);
        last = Some(id);
        let fresh: MatterId = call.id();
        let Some(sealed) = sealed else { continue };
        if let Some(anew) = vault.anew_bytes(&about_words(id), &sealed, fresh.uuid())? {
            words.push([id.into(), anew.into(), sealed.into()]);
        }
    }
    let Some(last) = last else { return Ok(None) };
    for mut row in tx.query(&store::NOTES_AFTER, params![after, last])? {
        let (id, number, sealed): (MatterId, i64, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let fresh: MatterId = call.id();
        if let Some(anew) = vault.anew_bytes(&about_note(id, number), &sealed, fresh.uuid())? {
            notes.push([id.into(), number.into(), anew.into(), sealed.into()]);
        }
    }
    // What was forgotten meanwhile stays so: each is written over what was read.
    let texts =
        tx.execute_each(&store::RESEAL_WORDS, &words)? + tx.execute_each(&store::RESEAL_NOTE, &notes)?;
    let texts = i64::try_from(texts).unwrap_or(i64::MAX);
    if texts > 0 {
        record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "matters" })?;
    }
    Ok(Some((last, texts)))
}

/// Photographs that are sealed anew in one transaction: each is some hundred kilobytes.
const PHOTOS_AT_A_TIME: i64 = 40;

/// The same for photographs: seals some after one anew.
pub fn reseal_photos(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    after: PhotoId,
) -> Result<Option<(PhotoId, i64)>> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    let mut rows: Vec<[Value; 4]> = Vec::new();
    let mut last = None;
    for mut row in tx.query(&store::PHOTOS_AFTER, params![after, PHOTOS_AT_A_TIME])? {
        let (id, preview, picture): (PhotoId, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        last = Some(id);
        let mut anew = |size, sealed: &[u8]| {
            let fresh: PhotoId = call.id();
            vault.anew_bytes(&about_photo(id, size), sealed, fresh.uuid())
        };
        let (small, whole) = (anew(Size::Preview, &preview)?, anew(Size::Whole, &picture)?);
        if small.is_some() || whole.is_some() {
            let whole = whole.unwrap_or_else(|| picture.clone());
            rows.push([id.into(), small.unwrap_or(preview).into(), whole.into(), picture.into()]);
        }
    }
    let Some(last) = last else { return Ok(None) };
    let photos = i64::try_from(tx.execute_each(&store::RESEAL_PHOTO, &rows)?).unwrap_or(i64::MAX);
    if photos > 0 {
        record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "photos" })?;
    }
    Ok(Some((last, photos)))
}
