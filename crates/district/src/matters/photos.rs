//! Photographs of matters: given with a report, by whoever asked later on, or by who works on it; seen by those who see its
//! words; by everyone, each by itself, once a worker has cleared it.

use base::{Calendar, Day, Instant, Uuid};
use db::{Row, Tx, Value, params};

use super::advance::{Advance, REPORTER, advance, own_role};
use super::life::Step;
use super::read::{Happened, TO_REPORTER, reads};
use super::{Hand, Matter, Photo, about_photo, by_code, changed, load, store};
use crate::kit::{
    AccountId, Actor, Call, Entry, Error, MatterId, PhotoId, Refusal, Result, record, record_about,
};
use crate::people::vault::{Vault, may_seal};
use crate::people::{Action, may};

/// The most photographs that are given at once: the whole, from near, from the other side, and the sign beside it.
pub const MOST_PHOTOS: usize = 4;
/// The most of one matter: what is wrong, twice, and what was done about it. What lies in a district's file for years stays
/// below a few megabytes for each matter.
pub const MOST_OF_MATTER: i64 = 12;

/// Photographs that who works on a matter gives, or who took it in.
#[derive(Debug, Clone)]
pub struct Give<'a> {
    /// Of which matter.
    pub matter: MatterId,
    /// The photographs.
    pub photos: &'a [Photo],
    /// When, if not now.
    pub at: Option<Instant>,
}

/// In which size a photograph is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As it is kept.
    Whole,
    /// Small, for a list.
    Preview,
}

/// A photograph without its picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoLine {
    /// Its id.
    pub id: PhotoId,
    /// The step with which it was given.
    pub step: i64,
    /// When.
    pub at: Instant,
    /// As what somebody gave it.
    pub role: String,
    /// Who it was; never told in public.
    pub account: Option<AccountId>,
    /// Width and height.
    pub size: (i64, i64),
    /// May everyone see it?
    pub cleared: bool,
}

impl PhotoLine {
    /// Did whoever asked give it?
    pub fn is_reporters(&self) -> bool {
        self.role == REPORTER
    }

    /// Is it for whoever asked, by a record of what happened; or, where the reader is anyone, for everyone?
    pub(super) fn is_for(&self, own: bool, record: &[Happened]) -> bool {
        let with = || record.iter().find(|it| it.number == self.step).map(|it| it.step.as_str());
        let told = || with().is_some_and(|step| step == "receive" || TO_REPORTER.contains(&step));
        self.cleared || (own && (self.is_reporters() || told()))
    }
}

/// The photographs of a matter, in the order they came. Asks no permission.
pub(super) fn of(tx: &mut Tx<'_>, matter: MatterId) -> Result<Vec<PhotoLine>> {
    let read = |row: &mut Row| {
        Ok(PhotoLine {
            id: row.get(0)?,
            step: row.get(1)?,
            at: row.get(2)?,
            role: row.get(3)?,
            account: row.get(4)?,
            size: (row.get(5)?, row.get(6)?),
            cleared: row.get(7)?,
        })
    };
    tx.query(&store::PHOTOS, params![matter])?.iter_mut().map(read).collect()
}

/// Takes photographs in from who works on matters, all or none; with the newest step of each.
///
/// # Errors
/// `matters-refused-photos-…`: too many.
pub fn give(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    commands: &[Give<'_>],
) -> Result<Vec<PhotoId>> {
    call.tries(Action::MatterHandle, None);
    may_seal(tx, vault, call.today())?;
    let (mut ids, mut objects) = (Vec::new(), Vec::with_capacity(commands.len()));
    for command in commands {
        let matter = load(tx, command.matter)?;
        let at = command.at.unwrap_or(call.now);
        if at > call.now {
            return Err(Refusal::new("matters-refused-later").at("at").into());
        }
        let (scope, _) = reads(tx, call.actor, &matter, call.today())?;
        call.authorise(Action::MatterHandle, scope)?;
        let role = call.actor.role().as_str();
        ids.extend(add(tx, call, vault, (&matter, role, at), command.photos)?);
        objects.push(matter.id.uuid());
    }
    record(tx, call, Entry { action: Action::MatterHandle, objects: &objects, fields: "photos" })?;
    Ok(ids)
}

/// Takes a step and keeps photographs with it: what was repaired. May the step hand the matter on: whoever could read it before
/// shows what they saw.
///
/// # Errors
/// Those of [`advance`] and of [`give`].
pub fn advance_showing(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (vault, calendar): (&Vault, &Calendar),
    (command, photos): (&Advance, &[Photo]),
) -> Result<Vec<PhotoId>> {
    let matter = load(tx, command.matter)?;
    let (scope, _) = reads(tx, call.actor, &matter, call.today())?;
    call.authorise(Action::MatterHandle, scope)?;
    advance(tx, call, (vault, calendar), std::slice::from_ref(command))?;
    let after = load(tx, command.matter)?;
    let (role, at) = (call.actor.role().as_str(), command.at.unwrap_or(call.now));
    let ids = add(tx, call, vault, (&after, role, at), photos)?;
    let entry = Entry { action: Action::MatterHandle, objects: &[matter.id.uuid()], fields: "photos" };
    record(tx, call, entry)?;
    Ok(ids)
}

/// Takes photographs in from whoever asked.
///
/// # Errors
/// [`Error::Absent`] for a code or an address that there is not: they are not told apart.
pub fn give_own(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (code, hand): (&str, Hand<'_>),
    photos: &[Photo],
) -> Result<Vec<PhotoId>> {
    call.tries(Action::MatterConfirm, None);
    may_seal(tx, vault, call.today())?;
    let matter = by_code(tx, code)?;
    let role = own_role(tx, call, &matter, hand, Step::Note)?;
    if !matter.life.state.is_open() {
        return Err(Refusal::new("matters-refused-photos-over").at("photos").into());
    }
    let ids = add(tx, call, vault, (&matter, role, call.now), photos)?;
    let entry = Entry { action: Action::MatterConfirm, objects: &[matter.id.uuid()], fields: "photos" };
    record_about(tx, call, entry, matter.person.as_slice())?;
    Ok(ids)
}

fn add(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (matter, role, at): (&Matter, &'static str, Instant),
    photos: &[Photo],
) -> Result<Vec<PhotoId>> {
    if photos.len() > MOST_PHOTOS {
        return Err(Refusal::new("matters-refused-photos-many")
            .with("most", MOST_PHOTOS)
            .at("photos")
            .into());
    }
    let (last, there): (i64, i64) = match tx.find(&store::PHOTOS_SO_FAR, params![matter.id])? {
        Some(mut row) => (row.get(0)?, row.get(1)?),
        None => (0, 0),
    };
    let count = i64::try_from(photos.len()).unwrap_or(i64::MAX);
    if there + count > MOST_OF_MATTER {
        let refusal = Refusal::new("matters-refused-photos-full").with("most", MOST_OF_MATTER);
        return Err(refusal.with("there", there).at("photos").into());
    }
    let mut ids = Vec::with_capacity(photos.len());
    let mut rows: Vec<[Value; 12]> = Vec::with_capacity(photos.len());
    for (number, photo) in (last + 1..).zip(photos) {
        let id: PhotoId = call.id();
        let mut seal = |size, bytes: &[u8]| {
            let fresh: PhotoId = call.id();
            vault.seal_bytes(&about_photo(id, size), bytes, fresh.uuid())
        };
        let (preview, picture) = (seal(Size::Preview, &photo.preview)?, seal(Size::Whole, &photo.picture)?);
        rows.push([
            id.into(),
            matter.id.into(),
            number.into(),
            (matter.version - 1).into(),
            at.into(),
            role.into(),
            call.actor.account.into(),
            i64::from(photo.size.0).into(),
            i64::from(photo.size.1).into(),
            false.into(),
            preview.into(),
            picture.into(),
        ]);
        ids.push(id);
    }
    tx.bulk(&store::ADD_PHOTOS, &rows)?;
    Ok(ids)
}

/// What a worker decides of a photograph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clear {
    /// Which.
    pub photo: PhotoId,
    /// Could everyone see it when they looked?
    pub seen: bool,
    /// May everyone see it from now on?
    pub cleared: bool,
}

/// Lets everyone see photographs of a matter, or no longer, all or none.
///
/// # Errors
/// `matters-refused-changed`: somebody was faster. [`Error::Absent`]: one is not there any more.
pub fn clear_photos(tx: &mut Tx<'_>, call: &mut Call<'_>, code: &str, commands: &[Clear]) -> Result<()> {
    call.tries(Action::MatterSteer, None);
    let matter = by_code(tx, code)?;
    let (scope, _) = reads(tx, call.actor, &matter, call.today())?;
    call.authorise(Action::MatterSteer, scope)?;
    let there = of(tx, matter.id)?;
    let mut objects: Vec<Uuid> = vec![matter.id.uuid()];
    for Clear { photo, seen, cleared } in commands {
        let kept = there.iter().find(|it| it.id == *photo).ok_or(Error::Absent("photograph"))?;
        if kept.cleared != *seen {
            return Err(changed());
        }
        if cleared != seen {
            // Written over what was read, as somebody may be at it just now.
            if tx.execute(&store::CLEAR_PHOTO, params![*photo, matter.id, *cleared, *seen])? != 1 {
                return Err(changed());
            }
            objects.push(photo.uuid());
        }
    }
    record(tx, call, Entry { action: Action::MatterSteer, objects: &objects, fields: "photos cleared" })
}

/// Takes a photograph away, for good: who steers the matter may, and who gave it from a desk.
///
/// # Errors
/// `matters-refused-photo-public`: everyone can see it, which ends first.
pub fn remove_photo(tx: &mut Tx<'_>, call: &mut Call<'_>, code: &str, photo: PhotoId) -> Result<()> {
    call.tries(Action::MatterHandle, photo.uuid());
    let matter = by_code(tx, code)?;
    let (scope, _) = reads(tx, call.actor, &matter, call.today())?;
    let kept = kept(tx, &matter, photo)?;
    let gave = call.actor.account.is_some() && kept.account == call.actor.account;
    let action = if gave && may(call.actor, Action::MatterHandle, scope) {
        Action::MatterHandle
    } else {
        call.authorise(Action::MatterSteer, scope)?;
        Action::MatterSteer
    };
    remove(tx, &matter, &kept)?;
    let objects = [matter.id.uuid(), photo.uuid()];
    record(tx, call, Entry { action, objects: &objects, fields: "photo removed" })
}

/// The same by whoever asked, of one that they gave.
///
/// # Errors
/// The same; [`Error::Absent`] for a code or an address that there is not.
pub fn remove_own_photo(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    (code, hand): (&str, Hand<'_>),
    photo: PhotoId,
) -> Result<()> {
    let matter = by_code(tx, code)?;
    own_role(tx, call, &matter, hand, Step::Note)?;
    let kept = kept(tx, &matter, photo)?;
    if !kept.is_reporters() {
        return Err(Error::Forbidden(Action::MatterConfirm));
    }
    remove(tx, &matter, &kept)?;
    let objects = [matter.id.uuid(), photo.uuid()];
    let entry = Entry { action: Action::MatterConfirm, objects: &objects, fields: "photo removed" };
    record_about(tx, call, entry, matter.person.as_slice())
}

fn kept(tx: &mut Tx<'_>, matter: &Matter, photo: PhotoId) -> Result<PhotoLine> {
    of(tx, matter.id)?.into_iter().find(|it| it.id == photo).ok_or(Error::Absent("photograph"))
}

fn remove(tx: &mut Tx<'_>, matter: &Matter, photo: &PhotoLine) -> Result<()> {
    if photo.cleared {
        return Err(Refusal::new("matters-refused-photo-public").at("photos").into());
    }
    let gone = tx.execute(&store::REMOVE_PHOTO, params![photo.id, matter.id])?;
    if gone == 1 { Ok(()) } else { Err(changed()) }
}

/// The picture of a photograph, as a JPEG file, for who works on the matter.
pub fn desk_photo(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    (code, photo, size): (&str, PhotoId, Size),
    day: Day,
) -> Result<Vec<u8>> {
    let matter = by_code(tx, code)?;
    reads(tx, actor, &matter, day)?;
    let kept = kept(tx, &matter, photo)?;
    picture(tx, vault, kept.id, size)
}

/// The picture of a photograph, as a JPEG file, for everyone or, by `hand`, for whoever asked; and may everyone see it?
///
/// # Errors
/// [`Error::Absent`] for one that is not for the reader: whether it is there is told to nobody else.
pub fn photo(
    tx: &mut Tx<'_>,
    actor: &Actor,
    vault: &Vault,
    (code, hand): (&str, Option<Hand<'_>>),
    (photo, size): (PhotoId, Size),
) -> Result<(Vec<u8>, bool)> {
    let told = super::told(tx, actor, None, code, hand)?;
    let kept = told.photos.into_iter().find(|it| it.id == photo).ok_or(Error::Absent("photograph"))?;
    Ok((picture(tx, vault, kept.id, size)?, kept.cleared))
}

pub(super) fn picture(tx: &mut Tx<'_>, vault: &Vault, photo: PhotoId, size: Size) -> Result<Vec<u8>> {
    let statement = match size {
        Size::Whole => &store::PICTURE,
        Size::Preview => &store::PREVIEW,
    };
    let mut row = tx.find(statement, params![photo])?.ok_or(Error::Absent("photograph"))?;
    let sealed: Vec<u8> = row.get(0)?;
    vault.open_bytes(&about_photo(photo, size), &sealed)
}
