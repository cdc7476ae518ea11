//! What programs read: the services, the requests and what became of them.

use std::sync::Arc;

use axum::extract::Path;
use base::Instant;
use district::Refusal;
use district::matters::{self, AskedReports, Category, Outcome, Report, Rule, State, Update, tree};
use district::register::Roll;
use http::StatusCode;

use super::document::{Format, Node, answer};
use super::{asked_service, format, here, service};
use crate::kit::{self, Fault, Places, Shell};

/// The longest time that one answer looks at: the standard's own number.
const LONGEST_SPAN: i64 = 90;
/// The most requests that are asked for by their numbers at a time.
const MOST_NUMBERS: usize = 100;
const DAY_MILLIS: i64 = 86_400_000;

/// The name of a file in an address and the form it asks for.
fn asked_file(file: &str) -> Result<(&str, Format), Fault> {
    Format::split(file).ok_or(Fault::Absent)
}

/// GET `/open311/v2/services.xml`.
pub(super) async fn services(s: Shell) -> kit::Result {
    let services = tree().leaves().map(|(leaf, rule)| service_of(&s, leaf, rule)).collect();
    answer(StatusCode::OK, format(&s), "services", &Node::List("service", services))
}

fn service_of(s: &Shell, leaf: &Category, rule: Rule) -> Node {
    let group = service(tree(), &leaf.code).and_then(|(_, group)| group);
    let group_name = group.map(|it| s.name(&it.name, &it.name_en).into_owned());
    // Words by which it is found in the other language too.
    let mut keywords = vec![leaf.name.as_str(), leaf.name_en.as_str()];
    keywords.extend(group.into_iter().flat_map(|it| [it.name.as_str(), it.name_en.as_str()]));
    let keywords: Vec<String> = keywords.into_iter().map(|word| word.replace(',', " ")).collect();
    Node::Record(vec![
        ("service_code", leaf.code.as_str().into()),
        ("service_name", s.name(&leaf.name, &leaf.name_en).into_owned().into()),
        ("description", s.t1("open311-service", "days", rule.term_days).into()),
        ("metadata", Node::Flag(true)),
        ("type", "realtime".into()),
        ("keywords", keywords.join(", ").into()),
        ("group", group_name.into()),
    ])
}

/// GET `/open311/v2/services/{code}.xml`.
pub(super) async fn definition(s: Shell, Path(file): Path<String>) -> kit::Result {
    let (code, format) = asked_file(&file)?;
    let leaf = asked_service(code)?;
    let roll = s.state.read(|tx| s.state.memory.roll(tx, s.today()))?;
    let value = |key: &str, name: String| Node::Record(vec![("key", key.into()), ("name", name.into())]);
    let communities = roll.communities().iter();
    let communities =
        communities.map(|it| value(&it.code, s.name(&it.name, &it.name_en).into_owned())).collect();
    let attributes = [
        ("community", "singlevaluelist", "open311-attribute-community", communities),
        ("building", "string", "open311-attribute-building", Vec::new()),
        ("place", "string", "open311-attribute-place", Vec::new()),
    ];
    let attributes = (1..).zip(attributes).map(|(order, (code, kind, words, values))| {
        Node::Record(vec![
            ("variable", Node::Flag(true)),
            ("code", code.into()),
            ("datatype", kind.into()),
            // Nothing is required beyond a place, and a position or an address is one.
            ("required", Node::Flag(false)),
            ("datatype_description", Node::Nothing),
            ("order", Node::Number(order)),
            ("description", s.t(words).into()),
            ("values", Node::List("value", values)),
        ])
    });
    let attributes = Node::List("attribute", attributes.collect());
    let document =
        Node::Record(vec![("service_code", leaf.code.as_str().into()), ("attributes", attributes)]);
    answer(StatusCode::OK, format, "service_definition", &document)
}

fn refused(message: &'static str, value: &str) -> Fault {
    Fault::Refused(Refusal::new(message).with("value", value))
}

/// A field of the query as an instant. A plus sign that came unescaped is a space by the time it is read.
fn asked_time(s: &Shell, field: &str) -> Result<Option<Instant>, Fault> {
    let Some(text) = s.asked(field) else { return Ok(None) };
    let read = Instant::parse(text.trim().replace(' ', "+").as_str());
    read.map(Some).ok_or_else(|| refused("open311-refused-time", &text))
}

/// From when until when: at most ninety days, the last ninety where nothing is said.
fn asked_span(s: &Shell) -> Result<(Instant, Instant), Fault> {
    let span = LONGEST_SPAN * DAY_MILLIS;
    let (from, to) = match (asked_time(s, "start_date")?, asked_time(s, "end_date")?) {
        (Some(from), Some(to)) => (from, to.plus_millis(1)),
        (Some(from), None) => (from, from.plus_millis(span)),
        (None, Some(to)) => (to.plus_millis(1 - span), to.plus_millis(1)),
        (None, None) => (s.now().plus_millis(1 - span), s.now().plus_millis(1)),
    };
    let asked = to.millis() - from.millis();
    if asked > span + 1 || asked < 0 {
        return Err(Fault::Refused(Refusal::new("open311-refused-span").with("days", LONGEST_SPAN)));
    }
    Ok((from, to))
}

/// The values of a field that may name several, parted by commas.
fn asked_list(s: &Shell, field: &str) -> Vec<String> {
    let text = s.asked(field).unwrap_or_default();
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn asked_status(s: &Shell) -> Result<Option<bool>, Fault> {
    let mut open = Vec::new();
    for status in asked_list(s, "status") {
        match status.to_ascii_lowercase().as_str() {
            "open" => open.push(true),
            "closed" => open.push(false),
            _ => return Err(refused("open311-refused-status", &status)),
        }
    }
    // Both are any.
    Ok(open.first().copied().filter(|first| open.iter().all(|it| it == first)))
}

/// GET `/open311/v2/requests.xml`: by number, else by service, time and status.
pub(super) async fn requests(s: Shell) -> kit::Result {
    let numbers = asked_list(&s, "service_request_id");
    if numbers.len() > MOST_NUMBERS {
        return Err(Fault::Refused(Refusal::new("open311-refused-numbers").with("most", MOST_NUMBERS)));
    }
    // The standard lets numbers overrule everything else.
    if !numbers.is_empty() {
        let found = s.state.read(|tx| {
            let one = |number: &String| match matters::report(tx, number) {
                Err(district::Error::Absent(_)) => Ok(None),
                found => found.map(Some),
            };
            numbers.iter().map(one).filter_map(Result::transpose).collect::<district::kit::Result<Vec<_>>>()
        })?;
        return written(&s, format(&s), &found);
    }
    let (from, to) = asked_span(&s)?;
    let categories = asked_list(&s, "service_code");
    let categories = categories.iter().map(|code| asked_service(code).map(|leaf| leaf.code.as_str()));
    let asked =
        AskedReports { from, to, categories: categories.collect::<Result<_, _>>()?, open: asked_status(&s)? };
    let found = s.state.read(|tx| matters::reports(tx, &asked))?;
    written(&s, format(&s), &found)
}

/// GET `/open311/v2/requests/{code}.xml`.
pub(super) async fn request(s: Shell, Path(file): Path<String>) -> kit::Result {
    let (code, format) = asked_file(&file)?;
    let found = s.state.read(|tx| match matters::report(tx, code) {
        Err(district::Error::Absent(_)) => {
            Err(Refusal::new("open311-refused-request").with("code", code).into())
        }
        found => found,
    })?;
    written(&s, format, &[found])
}

/// Requests as the standard writes them.
fn written(s: &Shell, format: Format, reports: &[Report]) -> kit::Result {
    let (roll, places) = s.state.read(|tx| {
        let today = s.today();
        Ok((s.state.memory.roll(tx, today)?, Places::read(s, tx, today)?))
    })?;
    let here = here(s);
    let requests = reports.iter().map(|it| request_of(s, (&roll, &places, &here), it)).collect();
    answer(StatusCode::OK, format, "service_requests", &Node::List("request", requests))
}

fn request_of(s: &Shell, (roll, places, here): (&Arc<Roll>, &Places, &str), it: &Report) -> Node {
    let leaf = tree().get(&it.category);
    let community = roll.get(it.community);
    let address = community.map(|at| {
        // From the most specific to the most general, as the standard wants it.
        let name = s.name(&at.name, &at.name_en).into_owned();
        let (address, town) = (s.zh(&at.address).into_owned(), places.town_name(s, at.town));
        let parts = [it.building.clone().unwrap_or_default(), name, address, town];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    });
    let position = community.and_then(|at| at.position);
    // The day ends where the next begins; the last second of it still is in time.
    let expected = Instant::at(it.due_on + 1, 0, 0).plus_millis(-1000);
    let status = if it.closed_at.is_some() { "closed" } else { "open" };
    Node::Record(vec![
        ("service_request_id", it.code.as_str().into()),
        ("status", status.into()),
        ("status_notes", s.t(status_notes(it)).into()),
        ("service_name", leaf.map(|it| s.name(&it.name, &it.name_en).into_owned()).into()),
        ("service_code", it.category.as_str().into()),
        ("description", it.public_words.as_deref().map(|words| s.zh(words).into_owned()).into()),
        ("agency_responsible", s.t(holder_message(it.holder)).into()),
        ("service_notice", Node::Nothing),
        ("requested_datetime", it.received_at.rfc3339().into()),
        ("updated_datetime", it.closed_at.unwrap_or(it.updated_at).rfc3339().into()),
        ("expected_datetime", expected.rfc3339().into()),
        ("address", address.into()),
        ("address_id", community.map(|at| at.code.as_str()).into()),
        ("zipcode", Node::Nothing),
        ("lat", position.map_or(Node::Nothing, |at| Node::Degrees(at.lat()))),
        ("long", position.map_or(Node::Nothing, |at| Node::Degrees(at.lon()))),
        ("media_url", it.photo.map(|photo| format!("{here}/matters/{}/photos/{photo}", it.code)).into()),
    ])
}

/// The message with more than open and closed.
fn status_notes(it: &Report) -> &'static str {
    match (it.state, it.outcome) {
        (State::Received, _) => "open311-state-received",
        (State::Accepted, _) => "open311-state-accepted",
        (State::InProgress, _) => "open311-state-in-progress",
        (State::Suspended, _) => "open311-state-suspended",
        (State::Answered, _) => "open311-state-answered",
        (State::Closed, Some(Outcome::Unconfirmed)) => "open311-state-unconfirmed",
        (State::Closed, _) => "open311-state-closed",
        (State::Merged, _) => "open311-state-merged",
        (State::Withdrawn, _) => "open311-state-withdrawn",
        (State::NotAccepted, _) => "open311-state-not-accepted",
    }
}

/// The message with who is responsible.
const fn holder_message(holder: matters::Holder) -> &'static str {
    match holder {
        matters::Holder::Operator => "open311-holder-operator",
        matters::Holder::Station => "open311-holder-station",
        matters::Holder::Grid => "open311-holder-grid",
        matters::Holder::Town => "open311-holder-town",
        matters::Holder::District => "open311-holder-district",
    }
}

/// GET `/open311/v2/servicerequestupdates.xml`: mySociety's extension, by which a client learns what became of its requests.
pub(super) async fn updates(s: Shell) -> kit::Result {
    let (from, to) = asked_span(&s)?;
    let found = s.state.read(|tx| matters::updates(tx, from, to))?;
    let updates = found.iter().map(|it| update_of(&s, it)).collect();
    let document = Node::List("request_update", updates);
    answer(StatusCode::OK, format(&s), "service_request_updates", &document)
}

fn update_of(s: &Shell, it: &Update) -> Node {
    let words = ["open311-step-", it.step.as_str()].concat();
    Node::Record(vec![
        ("update_id", format!("{}-{}", it.code, it.number).into()),
        ("service_request_id", it.code.as_str().into()),
        ("status", if it.closes { "CLOSED" } else { "OPEN" }.into()),
        ("updated_datetime", it.at.rfc3339().into()),
        ("description", s.t(&words).into()),
        ("media_url", Node::Nothing),
    ])
}
