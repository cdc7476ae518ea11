//! Sheets of codes for doors and points: a camera opens the report with the place filled in.

use askama::Template;
use district::register::{Ask, Snapshot};
use http::{HeaderMap, header};

use super::community_of;
use crate::kit::{self, Fault, Language, Qr, Shell};

/// Communities offered to be chosen.
const OFFERED: usize = 60;

#[derive(Template)]
#[template(path = "matters/codes.html")]
struct Show<'a> {
    s: &'a Shell,
    offered: Vec<Snapshot>,
    chosen: Option<Snapshot>,
    /// Each building with its code; the first is that of the community itself.
    sheets: Vec<(Option<String>, Qr)>,
}

impl Show<'_> {
    /// A sheet is in both languages, whichever the page is in.
    fn zh(&self, id: &str) -> String {
        self.s.state.locales.format(Language::Hans, id, &[])
    }

    fn en(&self, id: &str) -> String {
        self.s.state.locales.format(Language::En, id, &[])
    }
}

/// GET `/desk/matters/codes`, `?community=` a code.
pub(super) async fn show(s: Shell, headers: HeaderMap) -> kit::Result {
    let chosen = match s.asked("community") {
        Some(code) => Some(community_of(&s, &code)?.ok_or(Fault::Absent)?),
        None => None,
    };
    let (offered, buildings) = s.state.read(|tx| {
        let roll = s.state.memory.roll(tx, s.today())?;
        let own = Ask { part: Some(s.actor.scope()), limit: Some(OFFERED), ..Ask::default() };
        let offered: Vec<Snapshot> = roll.list(&own).rows.into_iter().cloned().collect();
        let buildings = match &chosen {
            Some(it) => s.state.memory.buildings(tx, it.id, s.today())?,
            None => std::sync::Arc::default(),
        };
        Ok((offered, buildings))
    })?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if s.state.settings.secure { "https" } else { "http" };
    let mut sheets = Vec::new();
    if let Some(community) = &chosen {
        let address = format!("{scheme}://{host}/matters/new?community={}", community.code);
        sheets.push((None, Qr::of(&address)?));
        for building in buildings.iter() {
            sheets.push((
                Some(building.number.clone()),
                Qr::of(&format!("{address}&building={}", building.id))?,
            ));
        }
    }
    s.html(&Show { s: &s, offered, chosen, sheets })
}
