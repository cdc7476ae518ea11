//! 我要反映: where, what, who, in three steps that need neither an account nor a script.

use askama::Template;
use district::kit::{Actor, BuildingId, PersonId};
use district::matters::{self, Hand, LONGEST_PLACE, LONGEST_WORDS, Receive, Reporter, Source, tree};
use district::register::Snapshot;
use http::StatusCode;

use super::photos::WithPhotos;
use super::{choices, community_of, secret_of};
use crate::kit::{self, Fault, Faults, Shell, see_other};

/// What somebody has said so far.
#[derive(Debug, Clone, Default)]
struct Said {
    building: String,
    place: String,
    category: String,
    words: String,
    anonymous: bool,
    name: String,
    telephone: String,
    shown: bool,
}

#[derive(Template)]
#[template(path = "matters/report.html")]
struct Report<'a> {
    s: &'a Shell,
    faults: Faults,
    step: u8,
    community: Option<&'a Snapshot>,
    typed: &'a str,
    buildings: Vec<(BuildingId, String)>,
    said: Said,
    choices: Vec<(String, Vec<(&'static str, String)>)>,
    /// The reader is a resident whose name is known.
    known: bool,
    longest: (usize, usize),
}

impl Report<'_> {
    fn category(&self) -> String {
        super::category(self.s, &self.said.category).into_owned()
    }

    fn building(&self) -> Option<&str> {
        let chosen = self.buildings.iter().find(|(id, _)| id.to_string() == self.said.building);
        chosen.map(|(_, number)| number.as_str())
    }

    /// Back to the step before, with what was said.
    fn back(&self) -> String {
        let code = self.community.map_or("", |it| it.code.as_str());
        format!("/matters/new?community={code}")
    }
}

fn page<'a>(
    s: &'a Shell,
    community: Option<&'a Snapshot>,
    typed: &'a str,
    said: Said,
    (step, faults): (u8, Faults),
) -> Result<Report<'a>, Fault> {
    let buildings = match community {
        Some(it) => s.state.read(|tx| s.state.memory.buildings(tx, it.id, s.today()))?,
        None => std::sync::Arc::default(),
    };
    Ok(Report {
        s,
        faults,
        step,
        community,
        typed,
        buildings: buildings.iter().map(|it| (it.id, it.number.clone())).collect(),
        said,
        choices: choices(s),
        known: person(s)?.is_some(),
        longest: (LONGEST_WORDS, LONGEST_PLACE),
    })
}

/// The person of a resident's or an owner's account.
fn person(s: &Shell) -> Result<Option<PersonId>, Fault> {
    use district::kit::Role;
    let lives = s.actor.grants.iter().any(|it| matches!(it.role, Role::Resident | Role::Owner));
    match s.actor.account.filter(|_| lives) {
        Some(account) => Ok(Some(s.state.read(|tx| district::people::person_of(tx, account))?)),
        None => Ok(None),
    }
}

/// GET `/matters/new`: `?community=` a code or a name; then `building`, `place`, `category`.
pub(super) async fn show(s: Shell) -> kit::Result {
    let typed = s.asked("community").unwrap_or_default();
    let get = |name| s.asked(name).unwrap_or_default();
    let said =
        Said { building: get("building"), place: get("place"), category: get("category"), ..Said::default() };
    let home = if typed.is_empty() { own_community(&s) } else { None };
    let mut faults = Faults::none();
    let found = match home {
        Some(home) => Some(home),
        None if typed.is_empty() => None,
        None => match community_of(&s, &typed)? {
            Some(found) => Some(found),
            None => match crate::joining::community(&s, &typed, &mut faults)? {
                Some(id) => s.state.read(|tx| s.state.memory.roll(tx, s.today()))?.get(id).cloned(),
                None => None,
            },
        },
    };
    let leaf = tree().get(&said.category).and_then(matters::Category::rule).is_some();
    let step = match (&found, leaf) {
        (None, _) => 1,
        (Some(_), false) => 2,
        (Some(_), true) => 3,
    };
    // The second step was sent, and nothing was chosen.
    if step == 2 && s.asked("step").is_some() {
        faults.add(Some("category"), s.t("matters-refused-category").to_owned());
    }
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    s.html_with(status, &page(&s, found.as_ref(), &typed, said, (step, faults))?)
}

/// Where the reader lives.
fn own_community(s: &Shell) -> Option<Snapshot> {
    use district::kit::{Role, Scope};
    let grant = s.actor.grants.iter().find(|it| it.role == Role::Resident)?;
    let Scope::Community { community, .. } = grant.scope else { return None };
    let roll = s.state.read(|tx| s.state.memory.roll(tx, s.today())).ok()?;
    roll.get(community).cloned()
}

/// POST `/matters/new`: `community`, `building`, `place`, `category`, `words`, and `anonymous` or `name` with `telephone`; and
/// files as `photos`.
pub(super) async fn send(s: Shell, WithPhotos { posted, photos }: WithPhotos) -> kit::Result {
    let get = |name: &str| posted.fields.get(name).to_owned();
    let said = Said {
        building: get("building"),
        place: get("place"),
        category: get("category"),
        words: get("words"),
        anonymous: get("anonymous") == "yes",
        name: get("name"),
        telephone: get("telephone"),
        shown: get("shown") == "yes",
    };
    let code = get("community");
    let Some(community) = community_of(&s, &code)? else { return Err(Fault::Bad) };
    let known = person(&s)?;
    let again = |faults| {
        let page = page(&s, Some(&community), "", said.clone(), (3, faults))?;
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let mut faults = Faults::none();
    if said.words.is_empty() {
        faults.add(Some("words"), s.t1("matters-refused-words", "most", LONGEST_WORDS));
    }
    if known.is_none() && !said.anonymous && said.name.is_empty() {
        faults.add(Some("name"), s.t("matters-missing-name").to_owned());
    }
    if let Err(refusal) = &photos {
        faults.add(Some("photos"), s.refusal(refusal));
    }
    let (true, Ok(photos)) = (faults.is_empty(), photos) else { return again(faults) };
    let building = match said.building.as_str() {
        "" => None,
        text => Some(text.parse::<BuildingId>().map_err(|_| Fault::Bad)?),
    };
    let (vault, calendar, secret) = (s.state.vault()?, &*s.state.calendar(), secret_of(&s, &posted));
    // Whoever is signed in at a desk reports here as anyone does.
    let actor = if known.is_some() { s.actor.clone() } else { Actor::anyone() };
    let done = s.state.once(&actor, &posted, |tx, call| {
        let reporter = match known {
            _ if said.anonymous => None,
            Some(person) => Some(Reporter::Known(person)),
            None => Some(Reporter::Told {
                id: call.id(),
                name: said.name.clone(),
                telephone: said.telephone.clone(),
            }),
        };
        let command = Receive {
            id: call.id(),
            source: Source::Resident,
            foreign_number: None,
            community: community.id,
            building,
            place: said.place.clone(),
            category: said.category.clone(),
            words: said.words.clone(),
            reporter,
            tenancy: None,
            shown: said.shown,
            secret: Some(secret.hash()),
            at: None,
        };
        let received = matters::receive(tx, call, (vault, calendar), &[command])?.into_iter().next();
        let received =
            received.ok_or_else(|| district::Error::Internal("a matter was not received".into()))?;
        if !photos.is_empty() {
            matters::give_own(tx, call, vault, (&received.code, Hand::Address(&secret)), &photos)?;
        }
        Ok(received.code)
    });
    match done {
        Ok(code) => Ok(see_other(&format!("/matters/{code}/{}?new=1", secret.text()))),
        Err(Fault::Refused(refusal)) => again(s.faults(&refusal)),
        Err(fault) => Err(fault),
    }
}
