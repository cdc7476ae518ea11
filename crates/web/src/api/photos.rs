//! Photographs of matters for programs of who works on them: which there are, each as a file, one more, what everyone may see.

use axum::body::Bytes;
use axum::response::Response;
use base::Uuid;
use district::kit::{MatterId, PhotoId};
use district::matters::{self as slice, Clear, Give, Photo as Read, PhotoLine, Size};
use district::people::Action;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::matters::{OfMatter, code_of};
use super::operation::{Api, Kinds, Nothing, once, once_made};
use super::sent::named;
use super::values::Time;
use crate::kit::{Access, Fault, Posted, Shell, download};

/// What a photograph may come as.
const TAKEN: Kinds = &["image/jpeg", "image/png", "image/webp"];
/// What it goes out as.
const JPEG: &str = "image/jpeg";

pub(super) fn operations() -> Api {
    let (read, handle) = (Access::May(Action::MatterRead), Access::May(Action::MatterHandle));
    Api::of("api-group-matters")
        .read_each_time()
        .list("/api/v1/matters/{matter}/photos", read, "matter-photos", list)
        .upload("/api/v1/matters/{matter}/photos", handle, "matter-photo-add", TAKEN, add)
        .file("/api/v1/matters/{matter}/photos/{photo}", read, "matter-photo", &[JPEG], show)
        .put(
            "/api/v1/matters/{matter}/photos/{photo}/cleared",
            Access::May(Action::MatterSteer),
            "matter-photo-clear",
            clear,
        )
        .delete("/api/v1/matters/{matter}/photos/{photo}", handle, "matter-photo-remove", remove)
}

/// A photograph of a matter.
#[derive(Debug, Serialize, ToSchema)]
struct MatterPhoto {
    /// Its id.
    id: Uuid,
    /// When it was given.
    at: Time,
    /// The step of the record with which it was given.
    step: i64,
    /// As what somebody gave it.
    role: String,
    /// Its width, in pixels.
    width: i64,
    /// Its height, in pixels.
    height: i64,
    /// May everyone see it?
    cleared: bool,
}

fn photo(it: PhotoLine) -> MatterPhoto {
    MatterPhoto {
        id: it.id.uuid(),
        at: it.at.into(),
        step: it.step,
        role: it.role,
        width: it.size.0,
        height: it.size.1,
        cleared: it.cleared,
    }
}

/// GET `/api/v1/matters/{matter}/photos`: all of them, in the order they came.
fn list(s: &Shell, at: OfMatter, _: Nothing) -> Result<Page<MatterPhoto>, Fault> {
    let code = code_of(s, &at.matter)?;
    let sheet = s.state.read(|tx| slice::sheet(tx, &s.actor, None, &code, s.today()))?;
    let items: Vec<MatterPhoto> = sheet.photos.into_iter().map(photo).collect();
    Ok(Page { count: Some(items.len()), items, next: None })
}

/// A photograph.
#[derive(Debug, Deserialize, IntoParams)]
struct OfPhoto {
    /// The code of its matter, or the id.
    matter: String,
    /// Its id.
    photo: Uuid,
}

/// In which size.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct InSize {
    /// The small one?
    #[serde(default)]
    preview: bool,
}

/// GET `/api/v1/matters/{matter}/photos/{photo}`.
fn show(s: &Shell, at: OfPhoto, asked: InSize) -> Result<Response, Fault> {
    let code = code_of(s, &at.matter)?;
    let size = if asked.preview { Size::Preview } else { Size::Whole };
    let (vault, photo) = (s.state.vault()?, PhotoId::from_uuid(at.photo));
    let bytes = s.state.read(|tx| slice::desk_photo(tx, &s.actor, vault, (&code, photo, size), s.today()))?;
    download(&format!("{code}-{photo}.jpg"), JPEG, bytes)
}

/// What is said of a photograph that comes in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct SaidOfPhoto {
    /// Its name, by which it is refused if it is.
    #[serde(default)]
    #[param(max_length = 120)]
    name: String,
}

/// POST `/api/v1/matters/{matter}/photos`.
fn add(s: &Shell, posted: &Posted, at: OfMatter, said: SaidOfPhoto, bytes: Bytes) -> Result<Made, Fault> {
    named(&said.name)?;
    let code = code_of(s, &at.matter)?;
    let matter: MatterId = s.state.read(|tx| slice::id_of(tx, &code))?;
    let photo = db::heavy(|| Read::read(&said.name, &bytes)).map_err(Fault::Refused)?;
    let photos = std::slice::from_ref(&photo);
    let vault = s.state.vault()?;
    once_made(
        s,
        posted,
        |id| format!("matters/{code}/photos/{id}"),
        |tx, call| {
            let made = slice::give(tx, call, vault, &[Give { matter, photos, at: None }])?;
            let made = made.first().map(|id| id.uuid());
            made.ok_or_else(|| district::Error::Internal("a photograph was not kept".into()))
        },
    )
}

/// Whether everyone may see it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClearPhoto {
    /// Could everyone see it when it was looked at? Refused when somebody was faster.
    seen: bool,
    /// May everyone see it from now on?
    cleared: bool,
}

/// PUT `/api/v1/matters/{matter}/photos/{photo}/cleared`.
fn clear(s: &Shell, posted: &Posted, at: OfPhoto, body: ClearPhoto) -> Result<(), Fault> {
    let code = code_of(s, &at.matter)?;
    let photo = PhotoId::from_uuid(at.photo);
    let command = Clear { photo, seen: body.seen, cleared: body.cleared };
    once(s, posted, |tx, call| slice::clear_photos(tx, call, &code, &[command]))
}

/// DELETE `/api/v1/matters/{matter}/photos/{photo}`: before everyone may see it.
fn remove(s: &Shell, posted: &Posted, at: OfPhoto) -> Result<(), Fault> {
    let code = code_of(s, &at.matter)?;
    once(s, posted, |tx, call| slice::remove_photo(tx, call, &code, PhotoId::from_uuid(at.photo)))
}
