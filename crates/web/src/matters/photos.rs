//! Photographs of matters: how they come in with a form, how they are looked at, and what stands beside them.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Path, Request};
use axum::response::{IntoResponse as _, Response};
use base::Uuid;
use district::Refusal;
use district::kit::{Actor, PhotoId};
use district::matters::{self, Hand, Happened, LARGEST_PHOTO, MOST_PHOTOS, Photo, PhotoLine, Secret, Size};
use http::{HeaderValue, header};
use sha2::{Digest as _, Sha256};

use super::{Around, happened};
use crate::kit::{self, Fault, Fields, KEY, Posted, Shell, see_other};

/// The most bytes of a form with photographs: all of them as large as may be, and one too large, so that it is refused by its
/// name. The proxies of `deploy/` let through as much.
pub(super) const MOST_BYTES: usize = (MOST_PHOTOS + 1) * LARGEST_PHOTO + MOST_TEXT;
/// The most bytes of everything that was typed.
const MOST_TEXT: usize = 256 * 1024;
/// The longest side of a preview on a page, in pixels of its style sheet.
const SHOWN_SIDE: i64 = 160;

/// A form that sends photographs beside its fields.
pub(super) struct WithPhotos {
    /// Its fields.
    pub(super) posted: Posted,
    /// The photographs, ready to be kept; or what is wrong with one of them.
    pub(super) photos: Result<Vec<Photo>, Refusal>,
}

/// Takes a form with files, or one without. Each file is read and written anew as it comes: what is kept in memory of it
/// is what the district will keep.
impl<S: Send + Sync> FromRequest<S> for WithPhotos {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let kind = request.headers().get(header::CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
        if !kind.starts_with(b"multipart/form-data") {
            let posted = Posted::from_request(request, state).await?;
            return Ok(Self { posted, photos: Ok(Vec::new()) });
        }
        let form = Multipart::from_request(request, state).await;
        read(form.map_err(|rejection| Fault::of_status(rejection.status()))?).await
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by name")]
fn broken(error: MultipartError) -> Fault {
    Fault::of_status(error.status())
}

async fn read(mut form: Multipart) -> Result<WithPhotos, Fault> {
    let (mut fields, mut typed) = (Vec::new(), 0);
    // What it is known by when it comes again: of each file the name and a hash.
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    let mut photos = Ok(Vec::new());
    while let Some(mut part) = form.next_field().await.map_err(broken)? {
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            let bytes = bounded(&mut part, MOST_TEXT - typed).await?;
            typed += field.len() + bytes.len();
            if typed >= MOST_TEXT {
                return Err(Fault::TooLarge);
            }
            let text = String::from_utf8(bytes).map_err(|_| Fault::Bad)?;
            parts.push((field.clone(), text.clone().into_bytes()));
            fields.push((field, text));
            continue;
        };
        let bytes = bounded(&mut part, LARGEST_PHOTO + 1).await?;
        // A field for files into which nothing was put sends one without a name.
        if bytes.is_empty() && name.is_empty() {
            continue;
        }
        parts.push((name.clone(), Sha256::digest(&bytes).to_vec()));
        if let Ok(read) = &mut photos {
            match taken(read, &name, &bytes) {
                Ok(photo) => read.push(photo),
                Err(refusal) => photos = Err(refusal),
            }
        }
    }
    let fields = Fields::of(fields);
    let key = Uuid::parse_str(fields.get(KEY)).map_err(|_| Fault::Bad)?;
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, part)| (name.as_str(), part.as_slice())).collect();
    Ok(WithPhotos { posted: Posted::file(key, &parts).with_fields(fields), photos })
}

fn taken(so_far: &[Photo], name: &str, bytes: &[u8]) -> Result<Photo, Refusal> {
    if so_far.len() == MOST_PHOTOS {
        return Err(Refusal::new("matters-refused-photos-many").with("most", MOST_PHOTOS).at("photos"));
    }
    db::heavy(|| Photo::read(name, bytes))
}

/// The bytes of a part up to some; what is more is read and let go, so that the fields after it are known.
async fn bounded(part: &mut Field<'_>, most: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        let room = most.saturating_sub(bytes.len()).min(chunk.len());
        bytes.extend_from_slice(&chunk[..room]);
    }
    Ok(bytes)
}

/// What may be sent, in words, for the field.
pub(super) fn photos_hint(s: &Shell) -> String {
    s.t2("matters-photos-hint", ("most", MOST_PHOTOS), ("size", LARGEST_PHOTO / 1024 / 1024))
}

/// A photograph as a page shows it.
pub(super) struct Shown<'a> {
    pub(super) it: &'a PhotoLine,
    /// What stands for it where it is not seen: which of how many.
    pub(super) alt: String,
    /// Width and height of its preview on the page.
    pub(super) size: (i64, i64),
    /// With what it was given.
    pub(super) with: String,
}

/// The photographs of a page, with the steps of its record with which they were given.
pub(super) fn shown<'a>(
    s: &Shell,
    around: &Around,
    photos: &'a [PhotoLine],
    record: &[Happened],
) -> Vec<Shown<'a>> {
    let given = |it: &PhotoLine| {
        let step = record.iter().find(|step| step.number == it.step);
        step.map_or_else(String::new, |step| happened(s, around, step))
    };
    let one = |(number, it): (usize, &'a PhotoLine)| {
        let (width, height) = it.size;
        let longest = width.max(height).max(1);
        let fitted = |side: i64| (side * SHOWN_SIDE / longest).max(1);
        Shown {
            it,
            alt: s.t2("matters-photo-alt", ("number", number), ("count", photos.len())),
            size: if longest > SHOWN_SIDE { (fitted(width), fitted(height)) } else { it.size },
            with: given(it),
        }
    };
    (1..).zip(photos).map(one).collect()
}

/// The photograph and the size that an address names: `?preview=1` is the small one.
fn asked(s: &Shell, photo: &str) -> Result<(PhotoId, Size), Fault> {
    let id = photo.parse::<PhotoId>().map_err(|_| Fault::Absent)?;
    Ok((id, if s.asked("preview").is_some() { Size::Preview } else { Size::Whole }))
}

/// GET `/matters/{code}/photos/{photo}`: one that a worker has cleared; whoever asked and is signed in sees theirs.
pub(super) async fn show(s: Shell, Path((code, photo)): Path<(String, String)>) -> kit::Result {
    let vault = s.state.vault()?;
    let asked = asked(&s, &photo)?;
    let seen = s.state.read(|tx| matters::photo(tx, &s.actor, vault, (&code, Some(Hand::Account)), asked))?;
    Ok(picture(seen))
}

/// GET `/matters/{code}/{secret}/photos/{photo}`: for whoever holds the address.
pub(super) async fn show_own(
    s: Shell,
    Path((code, secret, photo)): Path<(String, String, String)>,
) -> kit::Result {
    let vault = s.state.vault()?;
    let (secret, asked) = (Secret::parse(&secret).ok_or(Fault::Absent)?, asked(&s, &photo)?);
    let hand = Some(Hand::Address(&secret));
    let (bytes, _) = s.state.read(|tx| matters::photo(tx, &s.actor, vault, (&code, hand), asked))?;
    // The address is a key: what is behind it is nobody else's, even if the picture is.
    Ok(picture((bytes, false)))
}

/// GET `/desk/matters/{code}/photos/{photo}`: for who works on it.
pub(super) async fn show_desk(s: Shell, Path((code, photo)): Path<(String, String)>) -> kit::Result {
    let vault = s.state.vault()?;
    let (id, size) = asked(&s, &photo)?;
    let bytes = s.state.read(|tx| matters::desk_photo(tx, &s.actor, vault, (&code, id, size), s.today()))?;
    Ok(picture((bytes, false)))
}

/// A picture as an answer. What everyone may see may lie in caches, for so long that a page is read again without asking for
/// it, and so short that what is hidden again is soon gone.
fn picture((bytes, cleared): (Vec<u8>, bool)) -> Response {
    let cache = if cleared { "public, max-age=300" } else { "private, no-store" };
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

/// POST `/matters/{code}/photos/{photo}`: whoever asked and is signed in takes one of theirs away.
pub(super) async fn remove(
    s: Shell,
    Path((code, photo)): Path<(String, String)>,
    posted: Posted,
) -> kit::Result {
    taken_away(&s, (&code, None), &photo, &posted)
}

/// POST `/matters/{code}/{secret}/photos/{photo}`: the same for whoever holds the address.
pub(super) async fn remove_own(
    s: Shell,
    Path((code, secret, photo)): Path<(String, String, String)>,
    posted: Posted,
) -> kit::Result {
    let secret = Secret::parse(&secret).ok_or(Fault::Absent)?;
    taken_away(&s, (&code, Some(&secret)), &photo, &posted)
}

fn taken_away(
    s: &Shell,
    (code, secret): (&str, Option<&Secret>),
    photo: &str,
    posted: &Posted,
) -> kit::Result {
    let (id, _) = asked(s, photo)?;
    let hand = secret.map_or(Hand::Account, Hand::Address);
    let actor = if secret.is_some() { Actor::anyone() } else { s.actor.clone() };
    // The key in the address is not kept as an answer.
    s.state.once(&actor, posted, |tx, call| {
        matters::remove_own_photo(tx, call, (code, hand), id)?;
        Ok("done".to_owned())
    })?;
    Ok(see_other(&super::address(code, secret)))
}
