//! The desk that keeps the directory: services of the own part, added, changed and ended.

use askama::Template;
use axum::extract::Path;
use base::{Day, Position};
use district::Refusal;
use district::kit::{ServiceId, ServicePlaceId, TownId};
use district::people::{self, Action};
use district::services::rules::{Line, lines};
use district::services::{
    self, AddPlace, AddService, Category, ChangeProvider, ChangeService, EndService, Provider, Service,
    SetHours, Words,
};
use http::StatusCode;

use super::{categories, category, hours, id, part, towns};
use crate::kit::{self, Fault, Faults, Fields, Places, Posted, Shell};
use crate::register::describe::position;

/// A service of the own part.
struct Row {
    href: String,
    name: String,
    category: &'static str,
    part: String,
    towns: String,
}

#[derive(Template)]
#[template(path = "services/kept.html")]
struct Kept<'a> {
    s: &'a Shell,
    rows: Vec<Row>,
    done: Option<&'static str>,
}

/// What was just done, in words.
fn done(s: &Shell) -> Option<&'static str> {
    match s.asked("done")?.as_str() {
        "added" => Some("services-done-added"),
        "changed" => Some("services-done-changed"),
        "ended" => Some("services-done-ended"),
        _ => None,
    }
}

/// GET `/desk/services`.
pub(super) async fn list(s: Shell) -> kit::Result {
    let (directory, places) =
        s.state.read(|tx| Ok((services::directory(tx, s.today())?, Places::read(&s, tx, s.today())?)))?;
    let own = directory.services.iter().filter(|it| may_keep(&s, it));
    let row = |it: &Service| Row {
        href: format!("/desk/services/{}", it.id),
        name: s.name(&it.words.name, &it.words.name_en).into_owned(),
        category: category(it.category),
        part: part(&s, &places, it.scope()),
        towns: towns(&s, &places, it),
    };
    s.html(&Kept { s: &s, rows: own.map(row).collect(), done: done(&s) })
}

fn may_keep(s: &Shell, service: &Service) -> bool {
    people::may(&s.actor, Action::ServiceWrite, service.scope())
}

/// What the forms are chosen from.
struct Choice {
    /// Towns whose services the reader keeps.
    towns: Vec<(String, String)>,
    /// Does the reader keep those of the whole district?
    whole: bool,
    /// Towns where a place can lie.
    everywhere: Vec<(String, String)>,
    providers: Vec<(String, String)>,
}

impl Choice {
    fn read(s: &Shell) -> Result<Self, Fault> {
        let (directory, places) =
            s.state.read(|tx| Ok((services::directory(tx, s.today())?, Places::read(s, tx, s.today())?)))?;
        let may = |scope| people::may(&s.actor, Action::ServiceWrite, scope);
        let name = |id: TownId| (id.to_string(), places.town_name(s, id));
        let own = places.towns.iter().filter(|town| may(district::kit::Scope::Town(town.id)));
        let provider = |it: &Provider| (it.id.to_string(), s.name(&it.name, &it.name_en).into_owned());
        Ok(Self {
            towns: own.map(|town| name(town.id)).collect(),
            whole: may(district::kit::Scope::District),
            everywhere: places.towns.iter().map(|town| name(town.id)).collect(),
            providers: directory.providers.iter().map(provider).collect(),
        })
    }
}

#[derive(Template)]
#[template(path = "services/new.html")]
struct New<'a> {
    s: &'a Shell,
    choice: &'a Choice,
    categories: [(&'static str, &'static str); 11],
    typed: Fields,
    faults: Faults,
}

fn new_page(s: &Shell, status: StatusCode, choice: &Choice, typed: Fields, faults: Faults) -> kit::Result {
    s.html_with(status, &New { s, choice, categories: categories(), typed, faults })
}

/// Fields as a form that was sent has them.
fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields::parse(form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().as_bytes())
}

/// GET `/desk/services/new`.
pub(super) async fn form(s: Shell) -> kit::Result {
    let choice = Choice::read(&s)?;
    let today = s.today().to_string();
    let mut typed = vec![("from", today.as_str())];
    if let ([(only, _)], false) = (choice.towns.as_slice(), choice.whole) {
        typed.extend([("town", only.as_str()), ("place_town", only.as_str())]);
    }
    new_page(&s, StatusCode::OK, &choice, fields(&typed), Faults::none())
}

fn words(typed: &Fields) -> Words {
    let field = |name: &str| typed.get(name).to_owned();
    Words {
        name: field("name"),
        name_en: field("name_en"),
        about: field("about"),
        about_en: field("about_en"),
        eligibility: field("eligibility"),
        eligibility_en: field("eligibility_en"),
        apply: field("apply"),
        apply_en: field("apply_en"),
        fees: field("fees"),
        fees_en: field("fees_en"),
        telephone: field("telephone"),
    }
}

fn refused<T>(message: &'static str, field: &'static str) -> Result<T, Fault> {
    Err(Fault::Refused(Refusal::new(message).at(field)))
}

fn day_of(typed: &Fields, field: &'static str) -> Result<Day, Fault> {
    typed.get(field).parse().or_else(|_| refused("register-refused-date", field))
}

fn category_of(typed: &Fields) -> Result<Category, Fault> {
    Category::parse(typed.get("category")).map_or_else(|| refused("register-refused-choice", "category"), Ok)
}

/// The place in the guide, if one was typed.
fn week_one_of(typed: &Fields) -> Result<Option<i64>, Fault> {
    let text = typed.get("week_one");
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || {
        Fault::Refused(
            Refusal::new("services-refused-week-one").with("most", services::MOST_WEEK_ONE).at("week_one"),
        )
    };
    text.parse().map(Some).map_err(|_| wrong())
}

/// A town of the directory.
fn town_of(choice: &Choice, text: &str, field: &'static str) -> Result<TownId, Fault> {
    if choice.everywhere.iter().any(|(id, _)| id == text) {
        return id(text);
    }
    refused("register-refused-choice", field)
}

/// Everything of a place but its id.
struct Described {
    name: String,
    name_en: String,
    address: String,
    town: TownId,
    position: Option<Position>,
    hours: Vec<Line>,
}

impl Described {
    fn read(typed: &Fields, choice: &Choice) -> Result<Self, Fault> {
        let (lat, lon) = (typed.get("latitude"), typed.get("longitude"));
        let at = if lat.is_empty() && lon.is_empty() {
            None
        } else {
            Some(position(lat, lon, typed.get("system")).or_else(|(field, why)| refused(why, field))?)
        };
        Ok(Self {
            name: typed.get("place_name").to_owned(),
            name_en: typed.get("place_name_en").to_owned(),
            address: typed.get("address").to_owned(),
            town: town_of(choice, typed.get("place_town"), "place_town")?,
            position: at,
            hours: lines(typed.get("hours")).map_err(Fault::Refused)?,
        })
    }

    fn place(&self, id: ServicePlaceId) -> AddPlace {
        AddPlace {
            id,
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            address: self.address.clone(),
            town: self.town,
            community: None,
            premises: None,
            position: self.position,
            telephone: String::new(),
            hours: self.hours.clone(),
        }
    }
}

/// POST `/desk/services/new`: the service, its provider if that is new too, and its first place.
pub(super) async fn add(s: Shell, posted: Posted) -> kit::Result {
    let choice = Choice::read(&s)?;
    let typed = &posted.fields;
    let done = added(&s, &choice, &posted);
    s.after(done, |faults| new_page(&s, StatusCode::UNPROCESSABLE_ENTITY, &choice, typed.clone(), faults))
}

fn added(s: &Shell, choice: &Choice, posted: &Posted) -> Result<String, Fault> {
    let typed = &posted.fields;
    let (category, week_one, from) = (category_of(typed)?, week_one_of(typed)?, day_of(typed, "from")?);
    let town = match typed.get("town") {
        "" if choice.whole => None,
        text => Some(town_of(choice, text, "town")?),
    };
    let place = Described::read(typed, choice)?;
    let known = typed.get("provider");
    let provider = if known.is_empty() {
        None
    } else if choice.providers.iter().any(|(id, _)| id == known) {
        Some(id(known)?)
    } else {
        return refused("register-refused-choice", "provider");
    };
    s.state.once(&s.actor, posted, |tx, call| {
        let provider = if let Some(known) = provider {
            known
        } else {
            let new = Provider {
                id: call.id(),
                organisation: None,
                name: typed.get("provider_name").to_owned(),
                name_en: typed.get("provider_name_en").to_owned(),
                telephone: typed.get("telephone").to_owned(),
                website: typed.get("website").to_owned(),
                from,
            };
            services::add_providers(tx, call, std::slice::from_ref(&new))?;
            new.id
        };
        let places = vec![place.place(call.id())];
        let id = call.id();
        let words = words(typed);
        let service = AddService { id, provider, town, category, words, week_one, from, places };
        services::add_services(tx, call, &[service])?;
        Ok(format!("/desk/services/{id}?done=added"))
    })
}

/// A place on the page of a service that is kept.
struct At {
    id: String,
    name: String,
    town: String,
    address: String,
    hours: Vec<String>,
}

#[derive(Template)]
#[template(path = "services/keep.html")]
struct Keep<'a> {
    s: &'a Shell,
    service: &'a Service,
    name: String,
    href: String,
    choice: &'a Choice,
    categories: [(&'static str, &'static str); 11],
    places: Vec<At>,
    typed: Fields,
    /// May the reader change who provides it?
    may_provider: bool,
    done: Option<&'static str>,
    faults: Faults,
}

fn kept(s: &Shell, key: &str) -> Result<(Service, Places), Fault> {
    let key = id(key)?;
    let (service, places) =
        s.state.read(|tx| Ok((services::service(tx, key, s.today())?, Places::read(s, tx, s.today())?)))?;
    if may_keep(s, &service) {
        Ok((service, places))
    } else {
        Err(Fault::Forbidden(Some(Action::ServiceWrite), None))
    }
}

/// What the forms hold before anything is typed.
fn held(s: &Shell, it: &Service) -> Fields {
    let words = &it.words;
    let week_one = it.week_one.map(|place| place.to_string()).unwrap_or_default();
    let (today, version) = (s.today().to_string(), it.version.to_string());
    fields(&[
        ("seen", version.as_str()),
        ("category", it.category.as_str()),
        ("name", &words.name),
        ("name_en", &words.name_en),
        ("about", &words.about),
        ("about_en", &words.about_en),
        ("eligibility", &words.eligibility),
        ("eligibility_en", &words.eligibility_en),
        ("apply", &words.apply),
        ("apply_en", &words.apply_en),
        ("fees", &words.fees),
        ("fees_en", &words.fees_en),
        ("telephone", &words.telephone),
        ("week_one", &week_one),
        ("provider_name", &it.provider.name),
        ("provider_name_en", &it.provider.name_en),
        ("provider_telephone", &it.provider.telephone),
        ("website", &it.provider.website),
        ("from", &today),
        ("to", &today),
    ])
}

fn keep_page(
    s: &Shell,
    status: StatusCode,
    (service, places): (&Service, &Places),
    typed: Fields,
    faults: Faults,
) -> kit::Result {
    let at = |place: &services::Place| At {
        id: place.id.to_string(),
        name: s.name(&place.name, &place.name_en).into_owned(),
        town: places.town_name(s, place.town),
        address: s.zh(&place.address).into_owned(),
        hours: place.hours.iter().map(|it| hours(s, it)).collect(),
    };
    let view = Keep {
        s,
        name: s.name(&service.words.name, &service.words.name_en).into_owned(),
        href: format!("/desk/services/{}", service.id),
        choice: &Choice::read(s)?,
        categories: categories(),
        places: service.places.iter().map(at).collect(),
        typed,
        may_provider: people::may(&s.actor, Action::ServiceWrite, district::kit::Scope::District),
        done: done(s),
        faults,
        service,
    };
    s.html_with(status, &view)
}

/// GET `/desk/services/{id}`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let (service, places) = kept(&s, &key)?;
    keep_page(&s, StatusCode::OK, (&service, &places), held(&s, &service), Faults::none())
}

/// POST the same; `do` says which of its forms.
pub(super) async fn change(s: Shell, Path(key): Path<String>, posted: Posted) -> kit::Result {
    let (service, places) = kept(&s, &key)?;
    let done = changed(&s, &service, &posted);
    s.after(done, |faults| {
        // What was typed in one of the forms stays; the others hold what is kept.
        let held = held(&s, &service);
        let mut pairs: Vec<(&str, &str)> = posted.fields.iter().collect();
        pairs.extend(held.iter().filter(|(name, _)| !posted.fields.iter().any(|(it, _)| it == *name)));
        let typed = fields(&pairs);
        keep_page(&s, StatusCode::UNPROCESSABLE_ENTITY, (&service, &places), typed, faults)
    })
}

fn changed(s: &Shell, service: &Service, posted: &Posted) -> Result<String, Fault> {
    let typed = &posted.fields;
    let id = service.id;
    let seen = || typed.get("seen").parse::<i64>().map_err(|_| Fault::Bad);
    let back = |done: &str| Ok(format!("/desk/services/{id}?done={done}"));
    match typed.get("do") {
        "describe" => {
            let (category, week_one) = (category_of(typed)?, week_one_of(typed)?);
            let command = ChangeService { id, seen: seen()?, category, words: words(typed), week_one };
            s.state.once(&s.actor, posted, |tx, call| {
                services::change_services(tx, call, std::slice::from_ref(&command))?;
                back("changed")
            })
        }
        "provider" => {
            let field = |name: &str| typed.get(name).to_owned();
            let command = ChangeProvider {
                id: service.provider.id,
                name: field("provider_name"),
                name_en: field("provider_name_en"),
                telephone: field("provider_telephone"),
                website: field("website"),
            };
            s.state.once(&s.actor, posted, |tx, call| {
                services::change_providers(tx, call, std::slice::from_ref(&command))?;
                back("changed")
            })
        }
        "end" => {
            let command = EndService { id, seen: seen()?, on: day_of(typed, "to")? };
            s.state.once(&s.actor, posted, |tx, call| {
                services::end_services(tx, call, &[command])?;
                Ok("/desk/services?done=ended".into())
            })
        }
        act => changed_place(s, id, act, posted),
    }
}

/// The forms about places: one more, other hours, an end.
fn changed_place(s: &Shell, id: ServiceId, act: &str, posted: &Posted) -> Result<String, Fault> {
    let typed = &posted.fields;
    let back = || Ok(format!("/desk/services/{id}?done=changed"));
    match act {
        "place" => {
            let place = Described::read(typed, &Choice::read(s)?)?;
            let from = day_of(typed, "from")?;
            s.state.once(&s.actor, posted, |tx, call| {
                let place = place.place(call.id());
                services::add_places(tx, call, &[(id, from, place)])?;
                back()
            })
        }
        "hours" => {
            let (place, from) = (typed.id("place")?, day_of(typed, "from")?);
            let hours = lines(typed.get("hours")).map_err(Fault::Refused)?;
            let command = SetHours { place, from, hours };
            s.state.once(&s.actor, posted, |tx, call| {
                services::set_hours(tx, call, std::slice::from_ref(&command))?;
                back()
            })
        }
        "end-place" => {
            let (place, to) = (typed.id("place")?, day_of(typed, "from")?);
            s.state.once(&s.actor, posted, |tx, call| {
                services::end_places(tx, call, &[(place, to)])?;
                back()
            })
        }
        _ => Err(Fault::Bad),
    }
}
