//! Who holds a post, in full. A reading of a person is asked for by a form and shown once, at no address of its own.

use askama::Template;
use axum::extract::Path;
use district::kit::PostId;
use district::people::vault::Revealed;
use district::stations;

use super::{id, post_name, read};
use crate::kit::{self, Fault, Posted, Shell};

#[derive(Template)]
#[template(path = "stations/holder.html")]
struct Page<'a> {
    s: &'a Shell,
    station: String,
    href: String,
    post: String,
    holder: Revealed,
}

/// POST `/district/stations/{id}/posts/{post}/holder`.
pub(super) async fn reveal(
    s: Shell,
    Path((key, post)): Path<(String, String)>,
    _posted: Posted,
) -> kit::Result {
    let post: PostId = id(&post)?;
    let vault = s.state.vault()?;
    let read = read(&s, &key, s.today())?;
    let held = read.sheet.posts.iter().find(|it| it.id == post).ok_or(Fault::Absent)?;
    let of = (read.sheet.station.id, post);
    let holder =
        s.state.write(&s.actor, |tx, call| stations::reveal_holder(tx, call, vault, of, call.today()))?;
    s.html(&Page { s: &s, station: read.name(&s), href: read.href(), post: post_name(&s, held), holder })
}
