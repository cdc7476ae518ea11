//! What was uploaded, kept between the dry run and the confirmation: sealed with the vault's key, for it holds names; seen
//! by whoever uploaded it and by those who import for the whole district; emptied when it is done with.

use base::{Day, Instant};
use db::{Tx, params};
use serde_json::{Value as Json, json};

use super::decide::{Decision, Options, Tally};
use super::parse::Rows;
use super::sheets::SheetId;
use super::{authorise_somewhere, import, store};
use crate::kit::{AccountId, Call, Entry, Error, Refusal, Result, Scope, UploadId, record};
use crate::people::vault::{Vault, may_seal};
use crate::people::{Action, may};

/// After two days nobody comes back to a dry run, and rows that were left out were mended or not.
const KEPT_MILLIS: i64 = 2 * 86_400_000;

/// How far an upload came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadState {
    /// The dry run is shown.
    Looked,
    /// It was imported.
    Taken,
    /// It was put away.
    Dropped,
}

impl UploadState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Looked, Self::Taken, Self::Dropped];

    /// The name in the database and in message ids.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Looked => "looked",
            Self::Taken => "taken",
            Self::Dropped => "dropped",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::Internal(format!("an upload is in the state {text}")))
    }
}

/// An upload without its content.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// When it came.
    pub made_at: Instant,
    /// Who sent it.
    pub made_by: Option<AccountId>,
    /// The name of the file.
    pub name: String,
    /// Changes hold from this day on.
    pub on: Day,
    /// How far it came.
    pub state: UploadState,
    /// Only good communities were taken.
    pub only_good: bool,
    /// What it did, by sheet; when it was taken.
    pub tallies: Vec<(SheetId, Tally)>,
    /// Codes and names of communities that were left out.
    pub left_out: Vec<(String, String)>,
    /// When it was taken or put away.
    pub decided_at: Option<Instant>,
}

fn about(id: UploadId) -> Vec<u8> {
    [b"upload".as_slice(), id.uuid().as_bytes()].concat()
}

/// Keeps a file; old ones are emptied on the way.
pub fn keep_upload(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    name: &str,
    bytes: &[u8],
    options: Options,
) -> Result<UploadId> {
    call.tries(Action::RegisterImport, None);
    authorise_somewhere(call, Action::RegisterImport)?;
    empty_uploads(tx, call.now)?;
    let id: UploadId = call.id();
    let fresh: UploadId = call.id();
    may_seal(tx, vault, call.today())?;
    let sealed = vault.seal_bytes(&about(id), bytes, fresh.uuid())?;
    let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    let row = params![id, call.now, call.actor.account, name, options.on, sealed, options.only_good];
    tx.execute(&store::KEEP_UPLOAD, row)?;
    record(tx, call, Entry { action: Action::RegisterImport, objects: &[id.uuid()], fields: "upload" })?;
    Ok(id)
}

/// Empties the files whose time is over; how many. The program does it when it starts and every hour.
pub fn empty_uploads(tx: &mut Tx<'_>, now: Instant) -> Result<u64> {
    Ok(tx.execute(&store::EMPTY_UPLOADS, params![now.plus_millis(-KEPT_MILLIS)])?)
}

/// Seals anew what is kept of uploads and is sealed with an older key; how many. The caller has asked permission.
pub fn reseal_uploads(tx: &mut Tx<'_>, call: &mut Call<'_>, vault: &Vault) -> Result<i64> {
    call.authorise(Action::VaultRekey, Scope::District)?;
    let mut count = 0;
    for mut row in tx.query(&store::KEPT_UPLOADS, params![])? {
        let (id, sealed): (UploadId, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let fresh: UploadId = call.id();
        if let Some(anew) = vault.anew_bytes(&about(id), &sealed, fresh.uuid())? {
            // One that was emptied meanwhile stays empty.
            count += i64::from(tx.execute(&store::RESEAL_UPLOAD, params![id, anew, sealed])? > 0);
        }
    }
    if count > 0 {
        record(tx, call, Entry { action: Action::VaultRekey, objects: &[], fields: "uploads" })?;
    }
    Ok(count)
}

fn may_see(call: &Call<'_>, made_by: Option<AccountId>) -> bool {
    may(call.actor, Action::RegisterImport, Scope::District)
        || (made_by.is_some() && made_by == call.actor.account)
}

/// An upload with its content; the content is `None` when it was emptied.
pub fn upload(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    vault: &Vault,
    id: UploadId,
) -> Result<(Upload, Option<Vec<u8>>)> {
    authorise_somewhere(call, Action::RegisterImport)?;
    let mut row = tx.find(&store::UPLOAD, params![id])?.ok_or(Error::Absent("upload"))?;
    let (made_at, sealed): (Instant, Option<Vec<u8>>) = (row.get(0)?, row.get(4)?);
    // What is over is over, although nobody came by since to empty it.
    let sealed = sealed.filter(|_| made_at >= call.now.plus_millis(-KEPT_MILLIS));
    let upload = Upload {
        id,
        made_at,
        made_by: row.get(1)?,
        name: row.get(2)?,
        on: row.get(3)?,
        state: UploadState::parse(&row.get::<String>(5)?)?,
        only_good: row.get(6)?,
        tallies: Vec::new(),
        left_out: Vec::new(),
        decided_at: row.get(8)?,
    };
    if !may_see(call, upload.made_by) {
        return Err(Error::Absent("upload"));
    }
    let upload = with_summary(upload, &row.get::<String>(7)?);
    let content = sealed.map(|sealed| vault.open_bytes(&about(id), &sealed)).transpose()?;
    Ok((upload, content))
}

/// The file itself, for who sent it: it may hold names in full. Each time is on record.
pub fn fetch_upload(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    id: UploadId,
) -> Result<(Upload, Vec<u8>)> {
    let (upload, content) = upload(tx, call, vault, id)?;
    if upload.made_by.is_none() || upload.made_by != call.actor.account {
        return Err(Error::Forbidden(Action::RegisterImport));
    }
    let content = content.ok_or(Error::Absent("upload"))?;
    record(tx, call, Entry { action: Action::RegisterImport, objects: &[id.uuid()], fields: "file" })?;
    Ok((upload, content))
}

/// The latest uploads that the actor may see.
pub fn uploads(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Vec<Upload>> {
    authorise_somewhere(call, Action::RegisterImport)?;
    let sees_all = may(call.actor, Action::RegisterImport, Scope::District);
    let mut all = Vec::new();
    for mut row in tx.query(&store::UPLOADS, params![sees_all, call.actor.account])? {
        let upload = Upload {
            id: row.get(0)?,
            made_at: row.get(1)?,
            made_by: row.get(2)?,
            name: row.get(3)?,
            on: row.get(4)?,
            state: UploadState::parse(&row.get::<String>(5)?)?,
            only_good: row.get(6)?,
            tallies: Vec::new(),
            left_out: Vec::new(),
            decided_at: row.get(8)?,
        };
        if may_see(call, upload.made_by) {
            all.push(with_summary(upload, &row.get::<String>(7)?));
        }
    }
    Ok(all)
}

/// What an import did, as it is kept: by sheet, and who was left out.
fn summary(decision: &Decision) -> String {
    let tallies: Vec<Json> = decision
        .tallies
        .iter()
        .map(|tally| json!([tally.rows, tally.added, tally.changed, tally.same, tally.left]))
        .collect();
    json!({ "tallies": tallies, "left": decision.left_out }).to_string()
}

fn with_summary(mut upload: Upload, text: &str) -> Upload {
    let Ok(kept) = serde_json::from_str::<Json>(text) else { return upload };
    let number = |it: &Json| it.as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
    for (sheet, tally) in SheetId::ALL.into_iter().zip(kept["tallies"].as_array().into_iter().flatten()) {
        let [rows, added, changed, same, left] = std::array::from_fn(|at| number(&tally[at]));
        upload.tallies.push((sheet, Tally { rows, added, changed, same, left }));
    }
    for pair in kept["left"].as_array().into_iter().flatten() {
        let text = |at: usize| pair[at].as_str().unwrap_or_default().to_owned();
        upload.left_out.push((text(0), text(1)));
    }
    upload
}

/// Imports an upload whose rows were read, and puts its content away unless something was left out of it.
pub fn import_upload(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    upload: &Upload,
    rows: Rows,
    options: Options,
    seal: &str,
) -> Result<Decision> {
    call.tries(Action::RegisterImport, upload.id.uuid());
    if !may_see(call, upload.made_by) {
        return Err(Error::Absent("upload"));
    }
    let decision = import(tx, call, vault, rows, options, Some(seal))?;
    decide(tx, call, upload.id, UploadState::Taken, options.only_good, &summary(&decision))?;
    if decision.left_out.is_empty() {
        tx.execute(&store::EMPTY_UPLOAD, params![upload.id])?;
    }
    Ok(decision)
}

/// Puts an upload away without importing it.
pub fn drop_upload(tx: &mut Tx<'_>, call: &mut Call<'_>, upload: &Upload) -> Result<()> {
    call.tries(Action::RegisterImport, upload.id.uuid());
    authorise_somewhere(call, Action::RegisterImport)?;
    if !may_see(call, upload.made_by) {
        return Err(Error::Absent("upload"));
    }
    decide(tx, call, upload.id, UploadState::Dropped, false, "")?;
    tx.execute(&store::EMPTY_UPLOAD, params![upload.id])?;
    record(tx, call, Entry { action: Action::RegisterImport, objects: &[upload.id.uuid()], fields: "upload" })
}

fn decide(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    id: UploadId,
    state: UploadState,
    only_good: bool,
    summary: &str,
) -> Result<()> {
    let row = params![id, state.as_str(), only_good, summary, call.now];
    if tx.execute(&store::DECIDE_UPLOAD, row)? == 0 {
        return Err(Refusal::new("exchange-refused-decided").into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::{Actor, fixture};

    const DAY_MILLIS: i64 = 86_400_000;

    testkit::db_test!(a_file_whose_time_is_over_is_gone_although_nobody_came_by, crate::MIGRATIONS, |db| {
        fixture::write(db, fixture::ADMINISTRATION, fixture::administrators).unwrap();
        let (vault, actor) = (Vault::new(&[1; 32]), Actor::program());
        let options = Options { on: testkit::now().day(), only_good: false };
        let id = db
            .write(|tx| {
                let call = &mut Call::new(&actor, testkit::now(), 1);
                keep_upload(tx, call, &vault, "本镇.csv", b"names", options)
            })
            .unwrap();
        let content = |days: i64| {
            let later = testkit::now().plus_millis(days * DAY_MILLIS);
            db.read(|tx| upload(tx, &Call::new(&actor, later, 2), &vault, id)).unwrap().1
        };
        assert_eq!((content(1).as_deref(), content(3)), (Some(&b"names"[..]), None));
        let tidy =
            |days| db.write(|tx| empty_uploads(tx, testkit::now().plus_millis(days * DAY_MILLIS))).unwrap();
        assert_eq!((tidy(1), tidy(3), tidy(3)), (0, 1, 0));
        assert_eq!(content(1), None);
    });
}
