//! Where things are.

use std::env;
use std::path::{Path, PathBuf};

/// The checkout: the folder above xtask's own. Asked when running, as a build folder may serve several checkouts.
pub fn root() -> PathBuf {
    let xtask =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    xtask.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The frontend: styles, browser tests.
pub fn frontend() -> PathBuf {
    root().join("frontend")
}

/// The cargo that runs this, so that its toolchain is the one of every step.
pub fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}

/// Where cargo builds: `CARGO_TARGET_DIR`, else `target` in the checkout.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The program, as the release build leaves it.
pub fn lilong() -> PathBuf {
    target().join("release/lilong")
}

/// The program, as the tests build it: quick enough for a whole district, and built sooner than what is shipped.
pub fn tested() -> PathBuf {
    target().join(TESTED).join("lilong")
}

/// The profile of that build.
pub const TESTED: &str = "tested";

/// What may be kept between runs and thrown away at any time.
pub fn cache() -> PathBuf {
    let base = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    base.unwrap_or_else(env::temp_dir).join("lilong")
}

/// The first of these programs that `PATH` knows.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}
