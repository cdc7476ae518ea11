//! Taking a matter in at the desk: from the telephone, or what a worker has found.

use askama::Template;
use district::kit::BuildingId;
use district::matters::{self, Give, LONGEST_PLACE, LONGEST_WORDS, Receive, Reporter, Source};
use district::register::Snapshot;
use district::visits;
use http::StatusCode;

use super::photos::WithPhotos;
use super::{choices, community_of};
use crate::kit::{self, Fault, Faults, Shell};
use crate::visits::{Begun, begun};

/// Communities offered to be chosen.
const OFFERED: usize = 60;

#[derive(Template)]
#[template(path = "matters/take.html")]
struct Take<'a> {
    s: &'a Shell,
    faults: Faults,
    community: Option<&'a Snapshot>,
    offered: Vec<Snapshot>,
    buildings: Vec<(BuildingId, String)>,
    choices: Vec<(String, Vec<(&'static str, String)>)>,
    typed: Typed<'a>,
    longest: (usize, usize),
    /// The need of a visit that it begins with.
    need: Option<&'a Begun>,
}

impl Take<'_> {
    /// Who did not agree to be named is not asked for.
    fn may_name(&self) -> bool {
        self.need.is_none_or(|need| need.consent)
    }
}

/// What was typed.
#[derive(Debug, Clone, Copy, Default)]
struct Typed<'a> {
    source: &'a str,
    building: &'a str,
    place: &'a str,
    category: &'a str,
    words: &'a str,
    name: &'a str,
    telephone: &'a str,
    shown: bool,
}

fn page<'a>(
    s: &'a Shell,
    (community, need): (Option<&'a Snapshot>, Option<&'a Begun>),
    typed: Typed<'a>,
    faults: Faults,
) -> Result<Take<'a>, Fault> {
    let (offered, buildings) = s.state.read(|tx| {
        let roll = s.state.memory.roll(tx, s.today())?;
        let own = district::register::Ask {
            part: Some(s.actor.scope()),
            limit: Some(OFFERED),
            ..Default::default()
        };
        let offered = if community.is_some() {
            Vec::new()
        } else {
            roll.list(&own).rows.into_iter().cloned().collect()
        };
        let buildings = match community {
            Some(it) => s.state.memory.buildings(tx, it.id, s.today())?,
            None => std::sync::Arc::default(),
        };
        Ok((offered, buildings))
    })?;
    Ok(Take {
        s,
        faults,
        community,
        offered,
        buildings: buildings.iter().map(|it| (it.id, it.number.clone())).collect(),
        choices: choices(s),
        typed,
        longest: (LONGEST_WORDS, LONGEST_PLACE),
        need,
    })
}

/// GET `/desk/matters/new`, `?community=` a code, or `?need=`, which says where and what.
pub(super) async fn show(s: Shell) -> kit::Result {
    let need = begun(&s, &s.asked("need").unwrap_or_default())?;
    if let Some(need) = need.as_ref().filter(|it| it.is_over) {
        return Ok(kit::see_other(&need.over()));
    }
    let asked = need.as_ref().map(|it| it.community.clone()).or_else(|| s.asked("community"));
    let community = match asked {
        Some(code) => Some(community_of(&s, &code)?.ok_or(Fault::Absent)?),
        None => None,
    };
    let building = need.as_ref().and_then(|it| it.building).map(|id| id.to_string()).unwrap_or_default();
    let typed = match &need {
        // What workers bring home from a door is counted apart, as all that they find.
        Some(need) => Typed {
            source: "worker",
            building: &building,
            category: need.matter.unwrap_or_default(),
            words: &need.words,
            ..Typed::default()
        },
        None => Typed { source: "telephone", ..Typed::default() },
    };
    s.html(&page(&s, (community.as_ref(), need.as_ref()), typed, Faults::none())?)
}

/// POST `/desk/matters/new`: `community`, `source` (`telephone` or `worker`), `building`, `place`, `category`, `words`, `name`,
/// `telephone`, `shown`, `need`, and files as `photos`.
pub(super) async fn send(s: Shell, WithPhotos { posted, photos }: WithPhotos) -> kit::Result {
    // Sent twice, it is done already: the need that it began with is over by then.
    if let Some(to) = s.state.answered(&s.actor, &posted)? {
        return Ok(kit::see_other(&to));
    }
    let need = begun(&s, posted.fields.get("need"))?;
    let get = |name| posted.fields.get(name);
    let Some(community) = community_of(&s, get("community"))? else { return Err(Fault::Bad) };
    let typed = Typed {
        source: get("source"),
        building: get("building"),
        place: get("place"),
        category: get("category"),
        words: get("words"),
        name: get("name"),
        telephone: get("telephone"),
        shown: get("shown") == "yes",
    };
    let source = match typed.source {
        "telephone" => Source::Telephone,
        "worker" => Source::Worker,
        _ => return Err(Fault::Bad),
    };
    let building = match typed.building {
        "" => None,
        text => Some(text.parse::<BuildingId>().map_err(|_| Fault::Bad)?),
    };
    let again = |faults| {
        let page = page(&s, (Some(&community), need.as_ref()), typed, faults)?;
        s.html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let photos = match photos {
        Ok(photos) => photos,
        Err(refusal) => return again(s.faults(&refusal)),
    };
    let (vault, calendar) = (s.state.vault()?, &*s.state.calendar());
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        let named = !typed.name.is_empty() || !typed.telephone.is_empty();
        let reporter = named.then(|| Reporter::Told {
            id: call.id(),
            name: typed.name.to_owned(),
            telephone: typed.telephone.to_owned(),
        });
        let command = Receive {
            id: call.id(),
            source,
            foreign_number: None,
            community: community.id,
            building,
            place: typed.place.to_owned(),
            category: typed.category.to_owned(),
            words: typed.words.to_owned(),
            reporter,
            tenancy: None,
            shown: typed.shown,
            secret: None,
            at: None,
        };
        let received = match &need {
            Some(need) => {
                visits::take_needs(tx, call, (vault, &s.state.memory, calendar), &[(need.id, command)])?
            }
            None => matters::receive(tx, call, (vault, calendar), &[command])?,
        };
        let give = received.first().map(|it| Give { matter: it.id, photos: &photos, at: None });
        if let Some(give) = give.filter(|it| !it.photos.is_empty()) {
            matters::give(tx, call, vault, &[give])?;
        }
        let code = received.first().map_or("", |it| it.code.as_str());
        Ok(format!("/desk/matters/{code}"))
    });
    s.after(done, again)
}
