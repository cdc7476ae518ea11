//! Styles, the sprite and the one script: inside the binary, with their version in the address, so that browsers keep them for good.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

#[derive(RustEmbed)]
#[folder = "../../frontend/styles"]
struct Styles;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Pictures;

struct Asset {
    address: String,
    kind: &'static str,
    body: Cow<'static, [u8]>,
}

/// By name: `lilong.css` (tokens, then look), `care.css`, the pictures.
static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    let style = |name| Styles::get(name).map(|file| file.data).unwrap_or_default();
    let mut all = vec![
        ("lilong.css".to_owned(), Cow::Owned([style("tokens.css"), style("look.css")].concat())),
        ("care.css".to_owned(), style("care.css")),
    ];
    for name in Pictures::iter() {
        let data = Pictures::get(&name).map(|file| file.data).unwrap_or_default();
        all.push((name.into_owned(), data));
    }
    all.into_iter().map(|(name, body)| (name.clone(), asset(&name, body))).collect()
});

fn asset(name: &str, body: Cow<'static, [u8]>) -> Asset {
    let version = base::hex(&Sha256::digest(&body)[..6]);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let kind = match ending {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    };
    Asset { address: format!("/static/{stem}-{version}.{ending}"), kind, body }
}

/// The address of a file with its version; of one that does not exist (a test finds them) the bare folder.
pub(crate) fn address(name: &str) -> &'static str {
    ASSETS.get(name).map_or("/static/", |asset| &asset.address)
}

/// GET `/static/{file}`.
pub(crate) async fn serve_asset(Path(file): Path<String>) -> Response {
    asset_at(&format!("/static/{file}"))
}

/// What lies at an address under `/static/`.
pub(crate) fn asset_at(path: &str) -> Response {
    let Some(asset) = ASSETS.values().find(|asset| asset.address == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = asset.body.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response
}
