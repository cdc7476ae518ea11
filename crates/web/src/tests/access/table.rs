//! What the parameters of addresses name, and where what an address is about lies.

use district::kit::{Role, Scope};
use district::people::Action;
use district::services::Category;
use district::services::hsds::{taxonomy_id, term_id};
use http::Method;

use super::world::Place;

/// Which thing of a place a parameter of an address names; `None`: the table does not know it.
fn kind(path: &str, name: &str) -> Option<&'static str> {
    // The addresses of programs name their parameters apart.
    let of_programs = match name {
        "account" => "account",
        "grant" => "grant",
        "template" => "template",
        "community" => "community",
        "version" => "version",
        "household" => "household",
        "notice" => "notice",
        "wish" => "wish",
        "matter" | "code" => "matter",
        "photo" => "photo",
        "message" => "message",
        "owner" => "owner",
        "plan" => "plan",
        "grid" => "grid",
        "point" => "point",
        "post" => "post",
        "premises" => "premises",
        "proposal" => "proposal",
        "referral" => "referral",
        "place" => "place",
        "provider" => "provider",
        "service" => "service",
        "station" => "station",
        "town" => "town",
        "upload" => "upload",
        "device" => "device",
        "visit" => "inboxed",
        "mark" => "mark",
        "need" => "need",
        "round" => "round",
        "webhook" => "webhook",
        "form" if path.starts_with("/api/v1/report-forms/") => "form",
        _ => "",
    };
    if !of_programs.is_empty() {
        return Some(of_programs);
    }
    // Those of pages call it `id`: what it is follows from the room.
    let rooms = [
        ("/communities/", "community"),
        ("/desk/accounts/", "account"),
        ("/desk/joining/", "wish"),
        ("/desk/outbox/", "message"),
        ("/desk/owners/", "owner"),
        ("/desk/referrals/", "referral"),
        ("/desk/services/", "service"),
        ("/desk/visits/household/", "household"),
        ("/district/exchange/forms/", "form"),
        ("/district/exchange/uploads/", "upload"),
        ("/district/handbook/versions/", "version"),
        ("/district/plan/", "plan"),
        ("/district/stations/premises/", "premises"),
        ("/district/stations/", "station"),
        ("/services/", "service"),
        ("/hsds/organizations/", "provider"),
        ("/hsds/service_at_locations/", "place"),
        ("/hsds/services/", "service"),
    ];
    let room = rooms.iter().find(|(room, _)| name == "id" && path.starts_with(room));
    room.map(|(_, kind)| *kind)
}

/// A word that a parameter takes that names no thing.
fn word(path: &str, name: &str) -> Option<String> {
    let word = match (path, name) {
        ("/hsds/taxonomies/{id}", "id") => return Some(taxonomy_id().to_string()),
        ("/hsds/taxonomy_terms/{id}", "id") => return Some(term_id(Category::ALL[0]).to_string()),
        ("/open311/v2/services/{file}", "file") => "property-lift.json",
        (_, "secret") => "0000000000000000000000000000000000000000",
        (_, "list") => "communities",
        (_, "sheet") => "grids",
        (path, "form") if path.starts_with("/district/exchange/register/") => "xlsx",
        (_, "form") => "csv",
        _ => return None,
    };
    Some(word.to_owned())
}

/// The address with the things of a place in its braces; `None`: the place has no such thing. Fails for a parameter that the
/// table does not know, so that whoever declares an address is asked what it names.
pub(super) fn filled(path: &str, place: &Place) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        let Some(name) = part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) else {
            parts.push(part.to_owned());
            continue;
        };
        // Open311 names a file: the matter's code and a form.
        if path == "/open311/v2/requests/{file}" {
            parts.push(format!("{}.json", place.thing("matter")));
            continue;
        }
        match (kind(path, name), word(path, name)) {
            (Some(kind), _) if !place.has(kind) => return None,
            (Some(kind), _) => parts.push(place.thing(kind).to_owned()),
            (None, Some(word)) => parts.push(word),
            (None, None) => panic!("{path}: what does {{{name}}} name? Say so in tests/access/table.rs"),
        }
    }
    Some(parts.join("/"))
}

/// Where that lies which an address is about, so that its action is asked there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lies {
    /// Nowhere: a list of what the reader may see, a form that is still empty. Whoever may do it somewhere may.
    Anywhere,
    /// With the district as a whole.
    District,
    /// At a place.
    AtPlace,
    /// With a town as a whole.
    OfTown,
    /// In a town: whoever may do it in a part of the town is shown that part.
    InTown,
    /// With the residents of a place: what concerns all of them, each may confirm.
    WithNeighbours,
    /// With the account of this role alone.
    With(Role),
    /// With somebody who is none of the callers: a secret, a key, a device of another, a step that is done already.
    WithNobody,
}

/// What is about the district as a whole.
const OF_THE_DISTRICT: &[&str] = &[
    "/api/v1/accounts/{account}",
    "/api/v1/exports/towns",
    "/api/v1/handbook/versions/{version}",
    "/api/v1/outbox/{message}",
    "/api/v1/plans/{plan}",
    "/api/v1/report-forms",
    "/api/v1/service-providers/{provider}",
    "/api/v1/uploads/{upload}",
    "/api/v1/webhooks/{webhook}",
    "/desk/accounts/{id}",
    "/desk/outbox/{id}",
    "/district/exchange/forms/{id}",
    "/district/exchange/towns",
    "/district/exchange/uploads/{id}",
    "/district/handbook/versions/{id}",
    "/district/plan/{id}",
];

/// What lies at a place, as the address says.
const AT_A_PLACE: &[&str] = &[
    "/api/v1/answer-templates/{template}",
    "/api/v1/communities/{community}",
    "/api/v1/households/",
    "/api/v1/join-requests/{wish}",
    "/api/v1/matters/{matter}",
    "/api/v1/owners/{owner}",
    "/api/v1/points/",
    "/api/v1/posts/",
    "/api/v1/premises/",
    "/api/v1/proposals/{proposal}",
    "/api/v1/referrals/{referral}",
    "/api/v1/service-places/",
    "/api/v1/services/{service}",
    "/api/v1/stations/{station}",
    "/api/v1/visit-inbox/{visit}",
    "/api/v1/visit-marks/",
    "/api/v1/visit-needs/",
    "/api/v1/visit-rounds/{round}",
    "/communities/{id}",
    "/desk/joining/{id}",
    "/desk/matters/{code}",
    "/desk/owners/{id}",
    "/desk/referrals/{id}",
    "/desk/services/{id}",
    "/desk/visits/household/",
    "/district/stations/premises/{id}",
    "/district/stations/{id}",
    "/hsds/",
    "/matters/{code}",
    "/services/{id}",
];

/// What lies at a place, as the body of a writing says.
const NAMED_IN_THE_BODY: &[&str] = &[
    "/api/v1/gaps/chase",
    "/api/v1/gaps/cross-off",
    "/api/v1/gaps/hand-out",
    "/api/v1/matters",
    "/api/v1/plan/progress",
    "/api/v1/premises",
    "/api/v1/proposals/entries",
    "/api/v1/proposals/leavings",
    "/api/v1/referrals",
    "/api/v1/services",
    "/api/v1/visit-rounds",
    "/api/v1/visits",
    "/desk/letters",
    "/desk/matters/new",
    "/desk/matters/templates",
    "/desk/referrals/new",
    "/desk/services/new",
    "/desk/visits",
    "/desk/visits/inbox",
    "/district/gaps",
    "/district/plan/progress",
    "/district/register/propose",
    "/district/stations/premises/new",
];

/// Where that lies which an address is about. Fails for an address with a thing in it of which nothing is said here.
#[expect(clippy::match_same_arms, reason = "each address has its own reason")]
pub(super) fn lies(method: &Method, path: &str) -> Lies {
    let begins = |beginnings: &[&str]| beginnings.iter().any(|it| path.starts_with(it));
    let writes = *method != Method::GET;
    match path {
        "/begin" | "/desk/visits/devices" if writes => return Lies::WithNobody,
        "/begin" => return Lies::WithNobody,
        "/open311/v2/requests.json" | "/open311/v2/requests.xml" if writes => return Lies::WithNobody,
        "/matters/{code}" if writes => return Lies::WithNeighbours,
        "/matters/{code}/photos/{photo}" if writes => return Lies::WithNobody,
        "/api/v1/inbox/{notice}/read" => return Lies::With(Role::DistrictOfficer),
        "/inbox" if writes => return Lies::With(Role::DistrictOfficer),
        "/api/v1/register/bridge" => return Lies::OfTown,
        "/api/v1/towns/{town}/load" => return Lies::InTown,
        _ => {}
    }
    if begins(&["/matters/{code}/{secret}", "/api/v1/visit-devices/{device}"]) {
        return Lies::WithNobody;
    }
    if begins(OF_THE_DISTRICT) {
        return Lies::District;
    }
    if begins(AT_A_PLACE) || writes && NAMED_IN_THE_BODY.contains(&path) {
        return Lies::AtPlace;
    }
    let mut parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    if let Some(name) = parts.find(|name| kind(path, name).is_some()) {
        panic!("{method} {path}: where does {{{name}}} lie? Say so in tests/access/table.rs");
    }
    Lies::Anywhere
}

impl Lies {
    /// Is there something to be outside of?
    pub fn at_places(self) -> bool {
        matches!(self, Self::AtPlace | Self::InTown | Self::WithNeighbours)
    }

    /// The scope in which an action is asked.
    pub fn scope(self, place: &Place) -> Option<Scope> {
        match self {
            Self::District => Some(Scope::District),
            Self::OfTown => place.scope.town().map(Scope::Town),
            Self::AtPlace => Some(place.scope),
            _ => None,
        }
    }
}

/// The action that an operation asks for beside the one that its address declares.
pub(super) fn asks_too(method: &Method, path: &str) -> Option<Action> {
    Some(match path {
        // The facts of a community are more than its handbook.
        "/api/v1/communities/{community}/prescription" | "/communities/{id}/prescription" => {
            Action::RegisterRead
        }
        // One page for two administrators: what its forms do is asked by each of them.
        "/desk/accounts/{id}" if *method == Method::POST => Action::SessionRevoke,
        _ => return None,
    })
}

/// Where whoever is outside of the scope of a thing is not simply told so: nothing is done, and an answer says why.
#[expect(clippy::match_same_arms, reason = "each address has its own reason")]
pub(super) fn said_otherwise(path: &str) -> Option<u16> {
    Some(match path {
        // A device is known by its number alone, and somebody else has brought it.
        "/api/v1/visit-devices/{device}" => 422,
        // What cannot be theirs any more waits in the inbox of whoever it is, so that no visit is lost on a device.
        "/api/v1/visits" => 200,
        // The form offers the towns of whoever fills it in; another one is none of its choices.
        "/district/stations/premises/new" => 422,
        _ => return None,
    })
}

/// What pages and lists are asked about by their query: the address, the query with a kind in its braces, and the kinds of
/// which nothing may be told to whoever is outside, whichever way the answer says no.
pub(super) const QUERIES: &[(&str, &str, &[&str])] = &[
    ("/api/v1/coverage/communities", "town={town}", &["community"]),
    ("/api/v1/coverage/communities", "town={town}&grid={grid}", &["community"]),
    ("/api/v1/exports/communities/text", "town={town}", &["community"]),
    ("/api/v1/exports/register", "town={town}", &["community"]),
    ("/api/v1/findings", "town={town}", &["community"]),
    ("/api/v1/gaps", "town={town}", &["gap"]),
    ("/api/v1/matters", "community={community_id}", &["matter"]),
    ("/api/v1/register/communities", "town={town}", &["community"]),
    ("/api/v1/visit-pack", "round={round}", &["household", "visited"]),
    ("/api/v1/visit-rounds", "station={station}", &["round", "post"]),
    ("/desk/load", "town={town_code}", &["station"]),
    ("/desk/matters", "community={community}", &["matter"]),
    (
        "/desk/referrals/new",
        "service={service}&community={community}&building={building_number}&flat={flat}",
        &["household", "person"],
    ),
    ("/desk/visits", "station={station}", &["round", "post", "household"]),
    ("/desk/visits", "round={round}", &["post", "household", "visited"]),
    ("/district/coverage/{form}", "town={town}", &["community"]),
    ("/district/exchange/list/{form}", "town={town}", &["community"]),
    ("/district/gaps", "town={town}", &["gap"]),
    ("/district/quality", "town={town}", &["community"]),
    ("/district/register", "town={town}", &["community"]),
];

/// A query about the things of a place; `None`: the place has no such thing.
pub(super) fn asked_about(query: &str, place: &Place) -> Option<String> {
    let mut parts = query.split(['{', '}']);
    let mut filled = parts.next().unwrap_or_default().to_owned();
    while let (Some(kind), Some(rest)) = (parts.next(), parts.next()) {
        let thing = Some(kind).filter(|kind| place.has(kind)).map(|kind| place.thing(kind))?;
        filled.extend(form_urlencoded::byte_serialize(thing.as_bytes()));
        filled.push_str(rest);
    }
    Some(filled)
}

/// What no list and no page shows to whoever may not do the action where it lies.
pub(super) const PRIVATE: &[(&str, Action)] = &[
    ("wish", Action::JoinDecide),
    ("owner", Action::OwnerCheck),
    ("referral", Action::ReferralRead),
    ("round", Action::VisitRead),
    ("visit", Action::VisitRead),
    ("inboxed", Action::VisitRead),
    ("need", Action::VisitRead),
    ("mark", Action::VisitRead),
];
