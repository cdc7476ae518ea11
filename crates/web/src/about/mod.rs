//! What every public service says about itself: accessibility, personal information, what this program is.

use askama::Template;

use crate::kit::{self, Access, Routes, Shell};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/about", Access::Public, about)
        .get("/about/accessibility", Access::Public, accessibility)
        .get("/about/privacy", Access::Public, privacy)
}

/// Titles, each with its paragraphs: ids of messages.
type Parts = &'static [(&'static str, &'static [&'static str])];

/// A page of titles and paragraphs.
#[derive(Template)]
#[template(path = "about/text.html")]
struct Text<'a> {
    s: &'a Shell,
    title: &'static str,
    parts: Parts,
}

async fn about(s: Shell) -> kit::Result {
    const PARTS: Parts = &[
        ("about-what", &["about-what-1", "about-what-2"]),
        ("about-sources", &["about-sources-1", "about-sources-2"]),
        ("about-free", &["about-free-1"]),
    ];
    s.html(&Text { s: &s, title: "about-title", parts: PARTS })
}

async fn accessibility(s: Shell) -> kit::Result {
    const PARTS: Parts = &[
        ("about-access-aim", &["about-access-aim-1", "about-access-aim-2"]),
        ("about-access-how", &["about-access-how-1", "about-access-how-2", "about-access-how-3"]),
        ("about-access-help", &["about-access-help-1"]),
    ];
    s.html(&Text { s: &s, title: "about-access-title", parts: PARTS })
}

async fn privacy(s: Shell) -> kit::Result {
    const PARTS: Parts = &[
        ("about-privacy-who", &["about-privacy-who-1"]),
        ("about-privacy-where", &["about-privacy-where-1", "about-privacy-where-2"]),
        ("about-privacy-cookies", &["about-privacy-cookies-1"]),
        ("about-privacy-rights", &["about-privacy-rights-1"]),
    ];
    s.html(&Text { s: &s, title: "about-privacy-title", parts: PARTS })
}
