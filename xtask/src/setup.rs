//! `cargo xtask setup`: what this machine lacks, said precisely, and on Debian installed as far as tests need it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;

use crate::{ci, node, place, pooler, postgres, run};

/// The oldest Node.js with which the browser tests run.
const OLDEST_NODE: u32 = 20;

/// Something that must be there.
struct Need {
    /// What, as a person would look for it.
    what: &'static str,
    /// Whether this machine has it.
    found: fn() -> bool,
    /// The Debian package that brings it.
    debian: &'static str,
    /// How to get it elsewhere.
    elsewhere: &'static str,
}

/// Asked of everyone, never installed: the ground that README names. Rust is here, or this would not run.
const GROUND: [Need; 3] = [
    Need {
        what: "a C compiler (SQLite is compiled from its source)",
        found: || place::program(&["cc", "gcc", "clang"]).is_some(),
        debian: "build-essential",
        elsewhere: "install gcc or clang (on macOS: xcode-select --install)",
    },
    Need {
        what: "Node.js 20 or newer, with npm",
        found: || {
            node_version().is_some_and(|version| version >= OLDEST_NODE) && place::program(&["npm"]).is_some()
        },
        debian: "nodejs npm (Debian 12 has 18 only: take 20 or newer from nodejs.org)",
        elsewhere: "take it from nodejs.org",
    },
    Need {
        what: "Python 3",
        found: || run::answer(Command::new("python3").arg("--version")).is_some(),
        debian: "python3 python3-venv",
        elsewhere: "take it from python.org",
    },
];

/// What the tests use beside it.
const TESTS: [Need; 4] = [
    Need {
        what: "PostgreSQL's server programs, 15 or newer",
        found: || postgres::programs().is_some(),
        debian: "postgresql",
        elsewhere: "install PostgreSQL and put the folder of initdb and pg_ctl on the PATH",
    },
    Need {
        what: "PgBouncer",
        found: || pooler::program().is_some(),
        debian: "pgbouncer",
        elsewhere: "install PgBouncer and put it on the PATH",
    },
    Need {
        what: "Chromium",
        found: || find_chromium().is_some(),
        debian: "chromium",
        elsewhere: "install Chromium or Chrome, or say where it is in LILONG_CHROMIUM",
    },
    Need {
        what: "a Chinese typeface",
        found: chinese_typeface,
        debian: "fonts-noto-cjk",
        elsewhere: "install Noto Sans CJK",
    },
];

/// Everything that any command needs.
pub fn setup() -> Result<()> {
    for_tests()?;
    ci::tools::install()?;
    run::say("this machine has what Lilong needs: cargo xtask demo, cargo xtask test");
    Ok(())
}

/// What building the program needs.
pub fn for_build() -> Result<()> {
    require(&GROUND)
}

/// What the tests need; on Debian it is installed.
pub fn for_tests() -> Result<()> {
    for_build()?;
    let missing: Vec<&Need> = TESTS.iter().filter(|need| !(need.found)()).collect();
    let packages: Vec<&str> = missing.iter().map(|need| need.debian).collect();
    if !packages.is_empty() && debian() && geteuid().is_root() {
        apt_install(&packages)?;
    }
    require(&TESTS)?;
    node::install()
}

/// Installs Debian packages, as root.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").args(["--yes", "--quiet"]);
        apt
    };
    run::run(apt().arg("update"))?;
    run::run(apt().args(["install", "--no-install-recommends"]).args(packages))
}

/// Whether packages come from Debian's archive and we may install them.
pub fn can_apt_install() -> bool {
    debian() && geteuid().is_root()
}

/// The browser of the tests.
pub fn chromium() -> Result<PathBuf> {
    find_chromium().context("Chromium is missing: cargo xtask setup")
}

/// Names everything that is missing at once, and how to get it.
fn require(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.found)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let how = |need: &Need| {
        if debian() { format!("apt-get install {}", need.debian) } else { need.elsewhere.to_owned() }
    };
    let lines: Vec<String> = missing.iter().map(|need| format!("  {}: {}", need.what, how(need))).collect();
    bail!("this machine lacks\n{}", lines.join("\n"))
}

fn debian() -> bool {
    Path::new("/etc/debian_version").exists() && place::program(&["apt-get"]).is_some()
}

/// `v20.20.2` → 20.
fn node_version() -> Option<u32> {
    let version = run::answer(Command::new("node").arg("--version"))?;
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

fn find_chromium() -> Option<PathBuf> {
    let named = std::env::var_os("LILONG_CHROMIUM").map(PathBuf::from).filter(|file| file.is_file());
    named.or_else(|| {
        place::program(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
    })
}

/// macOS brings its own; elsewhere fontconfig knows, or Debian's package has left its folder.
fn chinese_typeface() -> bool {
    let known =
        || run::answer(Command::new("fc-list").arg(":lang=zh-cn")).is_some_and(|list| !list.is_empty());
    cfg!(target_os = "macos")
        || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
        || known()
}
