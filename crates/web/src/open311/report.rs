//! A matter that a program sends in.

use axum::body::Bytes;
use base::{Position, Uuid, degrees};
use district::Refusal;
use district::kit::{Actor, BuildingId, Call, CommunityId};
use district::matters::{self, LONGEST_PLACE, LONGEST_WORDS, Receive, Reporter, Source, named_in, nearest};
use district::people::{Action, Token, may};
use district::register::{Roll, Snapshot};
use http::{HeaderMap, StatusCode};

use super::document::{Node, answer};
use super::{NO_KEY, asked_service, format};
use crate::kit::{self, Fault, Fields, Posted, Shell};

/// The header by which a program that sends the same again is answered the same.
const KEY: &str = "Idempotency-Key";

fn refused(message: &'static str, value: &str) -> Fault {
    Fault::Refused(Refusal::new(message).with("value", value))
}

/// POST `/open311/v2/requests.xml`.
pub(super) async fn send(s: Shell, headers: HeaderMap, body: Bytes) -> kit::Result {
    let fields = Fields::parse(&body);
    let actor = by_key(&s, fields.get("api_key"))?;
    let code = fields.get("service_code");
    if code.is_empty() {
        return Err(Fault::Refused(Refusal::new("open311-refused-no-service")));
    }
    let leaf = asked_service(code)?;
    let days = leaf.rule().map_or(0, |rule| rule.term_days);
    let at = place(&s, &fields)?;
    let words = words(&fields, &at)?;
    let (vault, calendar) = (s.state.vault()?, &*s.state.calendar());
    let take = |tx: &mut db::Tx<'_>, call: &mut Call<'_>| {
        let command = Receive {
            id: call.id(),
            source: Source::Open311,
            foreign_number: None,
            community: at.community,
            building: at.building,
            place: at.place.clone(),
            category: leaf.code.clone(),
            words: words.clone(),
            reporter: reporter(&s, &fields, call),
            tenancy: None,
            shown: false,
            secret: None,
            at: None,
        };
        let made = matters::receive(tx, call, (vault, calendar), &[command])?;
        Ok(made.into_iter().map(|it| it.code).collect::<String>())
    };
    // The standard has no key of a request; a client that knows one is answered the same when it sends again.
    let key = headers.get(KEY).and_then(|value| Uuid::parse_str(value.to_str().ok()?).ok());
    let number = match key {
        Some(key) => s.state.once(&actor, &Posted::file(key, &[("open311", &body)]), take)?,
        None => s.state.write(&actor, take)?,
    };
    let request = Node::Record(vec![
        ("service_request_id", number.into()),
        ("service_notice", s.t1("open311-service", "days", days).into()),
        ("account_id", Node::Nothing),
    ]);
    let document = Node::List("request", vec![request]);
    answer(StatusCode::OK, format(&s), "service_requests", &document)
}

/// Whose program it is; refused without a key that was made for this.
fn by_key(s: &Shell, key: &str) -> Result<Actor, Fault> {
    let no_key = || Fault::Refused(Refusal::new(NO_KEY));
    // Whoever sends none at all has not tried one.
    let Some(token) = Token::parse_personal(key) else {
        if !key.is_empty() {
            kit::unknown(&s.state);
        }
        return Err(no_key());
    };
    let actor = match kit::actor_of(&s.state, &token) {
        Err(Fault::Unknown) => return Err(no_key()),
        found => found?,
    };
    if may(&actor, Action::MatterReport, actor.scope()) { Ok(actor) } else { Err(no_key()) }
}

/// Where it is.
struct At {
    community: CommunityId,
    building: Option<BuildingId>,
    place: String,
    /// An address that is too long for a place, and goes with the words.
    rest: Option<String>,
}

/// A line that a program sent, without what no line holds.
fn line(fields: &Fields, name: &str) -> String {
    let text: String = fields.get(name).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The place: the community that is named, else the one of the position, else the one that the address names.
fn place(s: &Shell, fields: &Fields) -> Result<At, Fault> {
    let roll = s.state.read(|tx| s.state.memory.roll(tx, s.today()))?;
    let community = community(&roll, fields)?;
    let number = line(fields, "attribute[building]");
    let building = if number.is_empty() {
        None
    } else {
        let all = s.state.read(|tx| s.state.memory.buildings(tx, community.id, s.today()))?;
        let found = all.iter().find(|it| it.number == number || plain(&it.number) == plain(&number));
        Some(found.ok_or_else(|| refused("open311-refused-building", &number))?.id)
    };
    let (named, address) = (line(fields, "attribute[place]"), line(fields, "address_string"));
    let place = if named.is_empty() { &address } else { &named };
    let short = place.chars().count() <= LONGEST_PLACE;
    let (place, rest) = if short { (place.clone(), None) } else { (String::new(), Some(place.clone())) };
    Ok(At { community: community.id, building, place, rest })
}

/// `3号楼`, `3 号` and `3` are the same building.
fn plain(number: &str) -> &str {
    number.trim_end_matches(['楼', '号', '幢', '栋', ' '])
}

fn community<'a>(roll: &'a Roll, fields: &Fields) -> Result<&'a Snapshot, Fault> {
    for field in ["attribute[community]", "address_id"] {
        let code = line(fields, field);
        if !code.is_empty() {
            let found = roll.communities().iter().find(|it| it.code == code);
            return found.ok_or_else(|| refused("open311-refused-community", &code));
        }
    }
    let (lat, long, address) = (line(fields, "lat"), line(fields, "long"), line(fields, "address_string"));
    if !(lat.is_empty() && long.is_empty()) {
        let said = format!("{lat}, {long}");
        let Some((lat, long)) = degrees(&lat).zip(degrees(&long)) else {
            return Err(refused("open311-refused-position", &said));
        };
        let at = Position::new(lat, long).map_err(|_| refused("open311-refused-outside", &said))?;
        return nearest(roll.communities(), at).ok_or_else(|| refused("open311-refused-outside", &said));
    }
    if address.is_empty() {
        return Err(Fault::Refused(Refusal::new("open311-refused-no-place")));
    }
    named_in(roll.communities(), &address).ok_or_else(|| refused("open311-refused-address", &address))
}

/// What is asked for.
fn words(fields: &Fields, at: &At) -> Result<String, Fault> {
    let allowed = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let said: String = fields.get("description").replace("\r\n", "\n").chars().filter(allowed).collect();
    let rest = at.rest.as_deref().map(|address| format!("\n{address}")).unwrap_or_default();
    let whole = said.trim().to_owned() + &rest;
    if said.trim().is_empty() || whole.chars().count() > LONGEST_WORDS {
        return Err(Fault::Refused(Refusal::new("open311-refused-words").with("most", LONGEST_WORDS)));
    }
    Ok(whole)
}

/// Who asks, if the program says so.
fn reporter(s: &Shell, fields: &Fields, call: &mut Call<'_>) -> Option<Reporter> {
    let (first, last, telephone) =
        (line(fields, "first_name"), line(fields, "last_name"), line(fields, "phone"));
    let name = if first.is_ascii() && last.is_ascii() {
        format!("{first} {last}").trim().to_owned()
    } else {
        last + &first
    };
    if name.is_empty() && telephone.is_empty() {
        return None;
    }
    let name = if name.is_empty() { s.t("open311-nameless").to_owned() } else { name };
    Some(Reporter::Told { id: call.id(), name, telephone })
}
