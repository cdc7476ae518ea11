//! The directory as Open Referral HSDS 3 has it: services, organizations, places with their schedules, a taxonomy of our
//! categories. Public, and of nobody: telephones are those of offices.
//!
//! What is not kept is not said: no field is filled with a guess. HSDS asks of every address a postal code, which the
//! directory does not hold: it is an empty text.

use std::collections::HashMap;

use base::{Day, Instant, Uuid, degrees_text};
use db::Tx;
use serde_json::{Map, Number, Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::rules::{Frequency, Hours};
use super::{Category, Directory, Place, Provider, Service, directory};
use crate::kit::settings::{Setting, get};
use crate::kit::{ProviderId, Result, TownId};
use crate::register;

/// The version that the schemas of the tests are of.
pub const VERSION: &str = "3.2";

/// The directory of a day, ready to be told.
#[derive(Debug)]
pub struct Book {
    directory: Directory,
    towns: HashMap<TownId, String>,
    /// The district, as an address names it.
    city: String,
    province: &'static str,
    /// What is said with every service when the district is a demonstration.
    simulated: bool,
    day: Day,
}

/// An id that follows from what it is the id of, for things that have none of their own (a version 8 UUID).
fn derived(of: &str, parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(of.as_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes: [u8; 16] = std::array::from_fn(|at| digest[at]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Uuid::from_bytes(bytes)
}

/// The id of our taxonomy.
pub fn taxonomy_id() -> Uuid {
    derived("taxonomy", &[])
}

/// The id of a category as a term of the taxonomy.
pub fn term_id(category: Category) -> Uuid {
    derived("term", &[category.as_str().as_bytes()])
}

/// `2026-01-31T10:00:00.000+08:00`.
fn instant(at: Instant) -> String {
    let text = at.to_string();
    let millis = at.millis().rem_euclid(60_000);
    format!("{}:{:02}.{:03}+08:00", text.replace(' ', "T"), millis / 1000, millis % 1000)
}

fn clock(minutes: i64) -> String {
    // The end of the day is the last minute of it: HH:MM has no 24:00.
    let minutes = minutes.min(1439);
    format!("{:02}:{:02}+08:00", minutes / 60, minutes % 60)
}

/// Written as decimals and read as a number: no binary fraction rounds a position.
fn number(degrees: i64) -> Json {
    degrees_text(degrees).parse::<Number>().map_or(Json::Null, Json::Number)
}

/// An object of what is there: empty texts are left out, as HSDS knows no null.
fn object(fields: impl IntoIterator<Item = (&'static str, Json)>) -> Json {
    let said = |value: &Json| !value.is_null() && value.as_str() != Some("");
    Json::Object(
        fields
            .into_iter()
            .filter(|(_, value)| said(value))
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// Both languages in one text: HSDS has one of each.
fn both(zh: &str, en: &str) -> String {
    if zh.is_empty() || en.is_empty() { [zh, en].concat() } else { format!("{zh}\n{en}") }
}

impl Book {
    /// The directory of a day.
    pub fn read(tx: &mut Tx<'_>, day: Day) -> Result<Self> {
        let towns = register::towns(tx, day)?;
        let code = get(tx, Setting::Code)?.unwrap_or_default();
        Ok(Self {
            directory: directory(tx, day)?,
            towns: towns.into_iter().map(|town| (town.id, town.name)).collect(),
            city: get(tx, Setting::Name)?.unwrap_or_default(),
            province: if code.starts_with("31") { "上海市" } else { "" },
            simulated: get(tx, Setting::Demonstration)?.as_deref() == Some("true"),
            day,
        })
    }

    /// All services.
    pub fn services(&self) -> &[Service] {
        &self.directory.services
    }

    /// Everybody who provides something today.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        let provides = |id: ProviderId| self.directory.services.iter().any(|it| it.provider.id == id);
        self.directory.providers.iter().filter(move |it| provides(it.id))
    }

    /// A service; `full`: with everything that belongs to it.
    pub fn service(&self, it: &Service, full: bool) -> Json {
        let words = &it.words;
        let simulated = if self.simulated { "模拟数据 Simulated" } else { "" };
        let mut service = vec![
            ("id", json!(it.id.uuid())),
            ("organization_id", json!(it.provider.id.uuid())),
            ("name", json!(words.name)),
            ("alternate_name", json!(words.name_en)),
            ("description", json!(both(&words.about, &words.about_en))),
            ("status", json!(if it.to.is_some_and(|to| to <= self.day) { "defunct" } else { "active" })),
            ("application_process", json!(both(&words.apply, &words.apply_en))),
            ("fees_description", json!(both(&words.fees, &words.fees_en))),
            ("eligibility_description", json!(both(&words.eligibility, &words.eligibility_en))),
            ("alert", json!(simulated)),
            ("last_modified", json!(instant(it.changed_at))),
            ("organization", self.organization(&it.provider, false)),
        ];
        if full {
            let places: Vec<Json> = it.places.iter().map(|place| self.at_location(it, place, true)).collect();
            service.push(("service_at_locations", json!(places)));
            service.push(("phones", phones(it.id.uuid(), "service_id", &words.telephone)));
            service.push(("attributes", json!([attribute(it)])));
        }
        object(service)
    }

    /// A provider; `full`: with the places of its services.
    pub fn organization(&self, it: &Provider, full: bool) -> Json {
        let services = || self.directory.services.iter().filter(|service| service.provider.id == it.id);
        let names: Vec<&str> = services().map(|service| service.words.name.as_str()).collect();
        let mut fields = vec![
            ("id", json!(it.id.uuid())),
            ("name", json!(it.name)),
            ("alternate_name", json!(it.name_en)),
            ("website", json!(it.website)),
        ];
        if full {
            let places = services().flat_map(|service| &service.places);
            fields.push(("locations", json!(places.map(|it| self.location(it)).collect::<Vec<_>>())));
            fields.push(("phones", phones(it.id.uuid(), "organization_id", &it.telephone)));
        }
        let mut organization = object(fields);
        // HSDS asks for a description: what it provides is one.
        if let Json::Object(fields) = &mut organization {
            fields.insert("description".into(), json!(names.join("、")));
        }
        organization
    }

    /// A service at a place; `full`: with the place and its schedules.
    pub fn at_location(&self, service: &Service, place: &Place, full: bool) -> Json {
        let id = place.id.uuid();
        let mut fields = vec![
            ("id", json!(id)),
            ("service_id", json!(service.id.uuid())),
            ("location_id", json!(id)),
            ("description", json!(both(&place.name, &place.name_en))),
        ];
        if full {
            let hours = place.hours.iter().map(|hours| schedule(id, hours));
            fields.push(("location", self.location(place)));
            fields.push(("phones", phones(id, "service_at_location_id", &place.telephone)));
            fields.push(("schedules", json!(hours.collect::<Vec<_>>())));
        }
        object(fields)
    }

    fn location(&self, place: &Place) -> Json {
        let id = place.id.uuid();
        let mut address = Map::new();
        for (name, value) in [
            ("id", json!(id)),
            ("location_id", json!(id)),
            ("address_1", json!(place.address)),
            ("city", json!(self.city)),
            ("region", json!(self.towns.get(&place.town).cloned().unwrap_or_default())),
            ("state_province", json!(self.province)),
            ("postal_code", json!("")),
            ("country", json!("CN")),
            ("address_type", json!("physical")),
        ] {
            address.insert(name.into(), value);
        }
        object([
            ("id", json!(id)),
            ("location_type", json!("physical")),
            ("name", json!(place.name)),
            ("alternate_name", json!(place.name_en)),
            ("latitude", place.position.map_or(Json::Null, |at| number(at.lat()))),
            ("longitude", place.position.map_or(Json::Null, |at| number(at.lon()))),
            ("addresses", json!([address])),
        ])
    }

    /// Everything as one file: a page that holds all services in full.
    pub fn file(&self) -> Json {
        let services = self.services();
        let contents: Vec<Json> = services.iter().map(|it| self.service(it, true)).collect();
        json!({
            "total_items": services.len(), "total_pages": 1, "page_number": 1, "size": services.len(),
            "first_page": true, "last_page": true, "empty": services.is_empty(), "contents": contents,
        })
    }

    /// Is everything in it simulated?
    pub fn is_simulated(&self) -> bool {
        self.simulated
    }
}

fn phones(of: Uuid, link: &'static str, telephone: &str) -> Json {
    if telephone.is_empty() {
        return Json::Null;
    }
    let id = derived("phone", &[of.as_bytes(), link.as_bytes()]);
    json!([{"id": id, link: of, "number": telephone, "type": "voice"}])
}

fn attribute(service: &Service) -> Json {
    let term = term_id(service.category);
    json!({
        "id": derived("attribute", &[service.id.uuid().as_bytes(), term.as_bytes()]),
        "link_id": service.id.uuid(), "link_entity": "service", "link_type": "service_type",
        "taxonomy_term_id": term, "taxonomy_term": self::term(service.category, true),
    })
}

fn schedule(place: Uuid, hours: &Hours) -> Json {
    let rule = &hours.rule;
    let text = format!("{rule} {} {} {}", hours.from, hours.to, hours.begins);
    object([
        ("id", json!(derived("schedule", &[place.as_bytes(), text.as_bytes()]))),
        ("service_at_location_id", json!(place)),
        ("valid_from", json!(hours.begins.to_string())),
        // HSDS names the last day, we the first without.
        ("valid_to", json!(hours.ends.map(|ends| (ends - 1).to_string()))),
        ("dtstart", json!(hours.begins.to_string())),
        ("timezone", json!(8)),
        ("until", json!(rule.until.map(|until| until.to_string()))),
        ("wkst", json!("MO")),
        ("freq", json!(if rule.frequency == Frequency::Weekly { "WEEKLY" } else { "MONTHLY" })),
        ("interval", json!(rule.interval)),
        ("byday", json!(rule.by_day())),
        ("bymonthday", json!(rule.by_month_day())),
        ("opens_at", json!(clock(hours.from))),
        ("closes_at", json!(clock(hours.to))),
    ])
}

/// Our taxonomy.
pub fn taxonomy() -> Json {
    json!({
        "id": taxonomy_id(), "name": "公共服务分类",
        "description": "里弄公共服务资源的分类。 Categories of public services in Lilong.",
    })
}

/// A category as a term of the taxonomy; `full`: with the taxonomy.
pub fn term(category: Category, full: bool) -> Json {
    let (zh, en) = category.names();
    object([
        ("id", json!(term_id(category))),
        ("code", json!(category.as_str())),
        ("name", json!(zh)),
        ("description", json!(en)),
        ("taxonomy", json!("公共服务分类")),
        ("taxonomy_id", json!(taxonomy_id())),
        ("taxonomy_detail", if full { taxonomy() } else { Json::Null }),
        ("language", json!("zho")),
    ])
}
