//! Letters of joining: chosen by community, building and flat, and printed one an A4 page.

use askama::Template;
use district::Refusal;
use district::kit::requests;
use district::people::joining::{self, Addressed, Letter};
use district::register::{self, Ask, Building, Community, Snapshot};
use http::{HeaderMap, StatusCode, header};

use super::letter_of;
use crate::kit::{self, Fault, Faults, Language, Posted, Qr, Shell};

/// Communities offered to be chosen.
const OFFERED: usize = 60;

#[derive(Template)]
#[template(path = "joining/letters.html")]
struct Show<'a> {
    s: &'a Shell,
    faults: Faults,
    /// Communities to choose one of, while none is.
    offered: Vec<&'a Snapshot>,
    chosen: Option<(Community, Vec<Building>)>,
    flat: &'a str,
}

fn chosen(s: &Shell, key: &str) -> Result<(Community, Vec<Building>), Fault> {
    let found = s.state.read(|tx| {
        let Some(community) = register::community_at(tx, key, s.today())? else { return Ok(None) };
        let buildings = register::buildings(tx, community.id, s.today())?;
        Ok(Some((community, buildings)))
    })?;
    found.ok_or(Fault::Absent)
}

/// GET `/desk/letters`, `?community=` a code.
pub(super) async fn show(s: Shell) -> kit::Result {
    let roll = s.state.read(|tx| s.state.memory.roll(tx, s.today()))?;
    let key = s.asked("community");
    let chosen = key.as_deref().map(|key| chosen(&s, key)).transpose()?;
    let offered = if chosen.is_some() {
        Vec::new()
    } else {
        let own = Ask { part: Some(s.actor.scope()), limit: Some(OFFERED), ..Ask::default() };
        roll.list(&own).rows
    };
    s.html(&Show { s: &s, faults: Faults::none(), offered, chosen, flat: "" })
}

#[derive(Template)]
#[template(path = "joining/printed.html")]
struct Printed<'a> {
    s: &'a Shell,
    community: &'a Community,
    /// Each with what a telephone's camera reads: the page on which one joins, with the code.
    letters: Vec<(Letter, Qr)>,
    /// Where the site is reached, as whoever prints reached it.
    site: String,
}

impl Printed<'_> {
    /// A letter is in both languages, whichever the page is in.
    fn of(&self, language: Language, id: &str, letter: &Letter) -> String {
        self.s.state.locales.format(language, id, &[("day", letter.last_day.to_string().into())])
    }

    fn zh(&self, id: &str, letter: &Letter) -> String {
        self.of(Language::Hans, id, letter)
    }

    fn en(&self, id: &str, letter: &Letter) -> String {
        self.of(Language::En, id, letter)
    }
}

/// POST `/desk/letters`: `community`, `building`, and `flat` for the letters of one flat.
pub(super) async fn print(s: Shell, headers: HeaderMap, posted: Posted) -> kit::Result {
    let [key, building, flat] = ["community", "building", "flat"].map(|name| posted.fields.get(name));
    let (community, buildings) = chosen(&s, key)?;
    let to = Addressed { community: community.id, building, flat: Some(flat).filter(|it| !it.is_empty()) };
    let vault = s.state.vault()?;
    let (request, code) = (s.state.request(&posted), |person| letter_of(&s, &posted, person));
    let made = s.state.write(&s.actor, |tx, call| {
        requests::once(tx, call, &request, |tx, call| {
            joining::print_letters(tx, call, to, &code, s.state.wall()).map(|()| "printed".to_owned())
        })?;
        joining::letters_of(tx, &s.actor, vault, to, &code, s.today())
    });
    let refused = |refusal: &Refusal| {
        let chosen = Some((community.clone(), buildings.clone()));
        let page = Show { s: &s, faults: s.faults(refusal), offered: Vec::new(), chosen, flat };
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    match made {
        // Made by a program that has ended since: its codes are known to nobody any longer.
        Ok(letters) if letters.is_empty() => refused(&Refusal::new("kit-refused-key-used")),
        Ok(letters) => {
            let site = site(&s, &headers);
            let pictured = letters.into_iter().map(|letter| {
                let qr = Qr::of(&format!("{site}/join?code={}", letter.code.text()))?;
                Ok((letter, qr))
            });
            let letters = pictured.collect::<Result<_, Fault>>()?;
            s.html(&Printed { s: &s, community: &community, letters, site })
        }
        Err(Fault::Refused(refusal)) => refused(&refusal),
        Err(fault) => Err(fault),
    }
}

/// The address that people type: that of the request, as the district has no other.
fn site(s: &Shell, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("{}://{host}", if s.state.settings.secure { "https" } else { "http" })
}
