//! Public services for programs.

use base::Uuid;
use district::Refusal;
use district::kit::{CommunityId, ProviderId, ServiceId, ServicePlaceId, TownId};
use district::people::Action;
use district::services::rules::{Hours, Rule};
use district::services::{
    self as slice, AddPlace, AddService, ChangeProvider, ChangeService, EndService, Provider, SetHours, Words,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Made, Page};
use super::operation::{Api, Nothing, once, once_made};
use super::register::{OnDay, day};
use super::values::{After, Code, Date, Limit, Place, ServiceCategory, Time};
use crate::kit::{Access, Fault, Posted, Shell};

pub(super) fn operations() -> Api {
    let keep = Access::May(Action::ServiceWrite);
    Api::of("api-group-services")
        .list("/api/v1/services", Access::Public, "services", list)
        .get("/api/v1/services/{service}", Access::Public, "service", show)
        .list("/api/v1/service-providers", Access::Public, "service-providers", providers)
        .post("/api/v1/service-providers", keep, "service-provider-add", add_provider)
        .put("/api/v1/service-providers/{provider}", keep, "service-provider-change", change_provider)
        .post("/api/v1/services", keep, "service-add", add)
        .put("/api/v1/services/{service}", keep, "service-change", change)
        .act("/api/v1/services/{service}/end", keep, "service-end", end)
        .post("/api/v1/services/{service}/places", keep, "service-place-add", add_place)
        .put("/api/v1/service-places/{place}/hours", keep, "service-hours-set", set_hours)
        .act("/api/v1/service-places/{place}/end", keep, "service-place-end", end_place)
}

/// Who provides services.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceProvider {
    /// Its id.
    id: Uuid,
    /// The organisation of the register, if it is one.
    organisation: Option<Uuid>,
    /// Its name.
    name: String,
    /// Its name in English; empty where there is none.
    name_en: String,
    /// The telephone of an office; empty where there is none.
    telephone: String,
    /// Its website; empty where there is none.
    website: String,
}

fn provider(it: &Provider) -> ServiceProvider {
    ServiceProvider {
        id: it.id.uuid(),
        organisation: it.organisation.map(district::kit::OrganisationId::uuid),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        telephone: it.telephone.clone(),
        website: it.website.clone(),
    }
}

/// What a service says of itself; texts are empty where there is none.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceWords {
    /// Its name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Its name in English.
    #[schema(max_length = 120)]
    name_en: String,
    /// What it is.
    #[schema(max_length = 600)]
    about: String,
    /// The same in English.
    #[schema(max_length = 600)]
    about_en: String,
    /// For whom.
    #[schema(max_length = 600)]
    eligibility: String,
    /// The same in English.
    #[schema(max_length = 600)]
    eligibility_en: String,
    /// How to apply.
    #[schema(max_length = 600)]
    apply: String,
    /// The same in English.
    #[schema(max_length = 600)]
    apply_en: String,
    /// What it costs.
    #[schema(max_length = 600)]
    fees: String,
    /// The same in English.
    #[schema(max_length = 600)]
    fees_en: String,
    /// The telephone of an office, never a person's.
    telephone: String,
}

fn said(it: &Words) -> ServiceWords {
    let it = it.clone();
    ServiceWords {
        name: it.name,
        name_en: it.name_en,
        about: it.about,
        about_en: it.about_en,
        eligibility: it.eligibility,
        eligibility_en: it.eligibility_en,
        apply: it.apply,
        apply_en: it.apply_en,
        fees: it.fees,
        fees_en: it.fees_en,
        telephone: it.telephone,
    }
}

impl From<&ServiceWords> for Words {
    fn from(it: &ServiceWords) -> Self {
        Self {
            name: it.name.clone(),
            name_en: it.name_en.clone(),
            about: it.about.clone(),
            about_en: it.about_en.clone(),
            eligibility: it.eligibility.clone(),
            eligibility_en: it.eligibility_en.clone(),
            apply: it.apply.clone(),
            apply_en: it.apply_en.clone(),
            fees: it.fees.clone(),
            fees_en: it.fees_en.clone(),
            telephone: it.telephone.clone(),
        }
    }
}

/// When a place is open.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenHours {
    /// A recurrence rule of RFC 5545: weeks or months, `INTERVAL`, `BYDAY`, `BYMONTHDAY`, `UNTIL`.
    #[schema(example = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")]
    rule: String,
    /// Minutes after midnight.
    #[schema(minimum = 0, maximum = 1439)]
    opens: i64,
    /// Minutes after midnight, after `opens`.
    #[schema(minimum = 1, maximum = 1440)]
    closes: i64,
}

/// Hours as the slice takes them.
fn lines(hours: &[OpenHours]) -> Result<Vec<slice::rules::Line>, Fault> {
    let line = |it: &OpenHours| {
        if it.opens < 0 || it.opens >= it.closes || it.closes > 1440 {
            let line = format!("{}–{}", it.opens, it.closes);
            return Err(Fault::Refused(
                Refusal::new("services-refused-hours").with("line", line).at("hours"),
            ));
        }
        Ok((Rule::parse(&it.rule).map_err(Fault::Refused)?, it.opens, it.closes))
    };
    hours.iter().map(line).collect()
}

/// Hours with the days between which they hold.
///
/// The fields of [`OpenHours`] stand here again: that one is closed to any other field where it is read,
/// and a schema that takes it in would refuse its own `from` and `to`.
#[derive(Debug, Serialize, ToSchema)]
struct HoursHeld {
    /// A recurrence rule of RFC 5545.
    rule: String,
    /// Minutes after midnight.
    opens: i64,
    /// Minutes after midnight, after `opens`.
    closes: i64,
    /// The first day.
    from: Date,
    /// The first day without them.
    to: Option<Date>,
}

fn held(it: &Hours) -> HoursHeld {
    HoursHeld {
        rule: it.rule.to_string(),
        opens: it.from,
        closes: it.to,
        from: it.begins.into(),
        to: it.ends.map(Date),
    }
}

/// A place of a service.
#[derive(Debug, Serialize, ToSchema)]
struct ServicePlace {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Where people go.
    address: String,
    /// Its town.
    town: Uuid,
    /// The community it lies in.
    community: Option<Uuid>,
    /// The premises it is in.
    premises: Option<Uuid>,
    /// On the map.
    position: Option<Place>,
    /// When it is open.
    hours: Vec<HoursHeld>,
}

/// A service of the directory.
#[derive(Debug, Serialize, ToSchema)]
struct PublicService {
    /// Its id.
    id: Uuid,
    /// Who provides it.
    provider: ServiceProvider,
    /// The town it is of; null for the whole district.
    town: Option<Uuid>,
    /// What it is about.
    category: ServiceCategory,
    /// What it says of itself.
    words: ServiceWords,
    /// Its place in the week-one guide.
    week_one: Option<i64>,
    /// Since when.
    from: Date,
    /// The first day without it.
    to: Option<Date>,
    /// When it was changed last.
    changed_at: Time,
    /// Counts its changes: whoever changes it says which one they have seen.
    version: i64,
    /// Where it is given.
    places: Vec<ServicePlace>,
}

fn told(it: &slice::Service) -> PublicService {
    let place = |it: &slice::Place| ServicePlace {
        id: it.id.uuid(),
        name: it.name.clone(),
        name_en: it.name_en.clone(),
        address: it.address.clone(),
        town: it.town.uuid(),
        community: it.community.map(CommunityId::uuid),
        premises: it.premises.map(district::kit::PremisesId::uuid),
        position: it.position.map(Place::from),
        hours: it.hours.iter().map(held).collect(),
    };
    PublicService {
        id: it.id.uuid(),
        provider: provider(&it.provider),
        town: it.town.map(TownId::uuid),
        category: Code(it.category),
        words: said(&it.words),
        week_one: it.week_one,
        from: it.from.into(),
        to: it.to.map(Date),
        changed_at: it.changed_at.into(),
        version: it.version,
        places: it.places.iter().map(place).collect(),
    }
}

/// The directory of a day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ServicesOf {
    /// As of this day; today without it.
    on: Option<Date>,
    /// With these words.
    q: Option<String>,
    /// Of this category.
    category: Option<ServiceCategory>,
    /// In this town.
    town: Option<Uuid>,
    /// Open at some time of the day.
    open: Option<bool>,
    /// At most so many rows.
    limit: Option<Limit>,
    /// Go on after this row.
    after: Option<After>,
}

/// GET `/api/v1/services`.
fn list(s: &Shell, _: Nothing, asked: ServicesOf) -> Result<Page<PublicService>, Fault> {
    let day = day(s, asked.on);
    let directory = s.state.read(|tx| slice::directory(tx, day))?;
    let fits = |it: &slice::Service| {
        asked.q.as_deref().is_none_or(|words| it.says(words))
            && asked.category.is_none_or(|Code(category)| it.category == category)
            && asked.town.is_none_or(|town| it.is_in(TownId::from_uuid(town)))
            && asked.open.is_none_or(|open| it.opens_on(day) == open)
    };
    let rows = directory.services.into_iter().filter(fits).collect();
    let page = Page::cut(rows, asked.after.as_ref(), asked.limit, |it: &slice::Service| it.id.uuid())?;
    Ok(page.map(|it| told(&it)))
}

/// A service.
#[derive(Debug, Deserialize, IntoParams)]
struct OfService {
    /// The id of the service.
    service: Uuid,
}

/// GET `/api/v1/services/{service}`: one that has ended too.
fn show(s: &Shell, at: OfService, _: Nothing) -> Result<PublicService, Fault> {
    let id = ServiceId::from_uuid(at.service);
    Ok(told(&s.state.read(|tx| slice::service(tx, id, s.today()))?))
}

/// GET `/api/v1/service-providers`.
fn providers(s: &Shell, _: Nothing, asked: OnDay) -> Result<Page<ServiceProvider>, Fault> {
    let directory = s.state.read(|tx| slice::directory(tx, day(s, asked.on)))?;
    let page = Page::cut(directory.providers, asked.after.as_ref(), asked.limit, |it| it.id.uuid())?;
    Ok(page.map(|it| provider(&it)))
}

/// What a provider is called and how it is reached.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProviderWords {
    /// Its name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Its name in English; empty where there is none.
    #[schema(max_length = 120)]
    name_en: String,
    /// The telephone of an office, never a person's; empty where there is none.
    telephone: String,
    /// Its website; empty where there is none.
    #[schema(max_length = 200)]
    website: String,
}

/// POST `/api/v1/service-providers`.
fn add_provider(s: &Shell, posted: &Posted, _: Nothing, sent: ProviderWords) -> Result<Made, Fault> {
    once_made(
        s,
        posted,
        |_| "service-providers".into(),
        |tx, call| {
            let new = Provider {
                id: call.id(),
                organisation: None,
                name: sent.name.clone(),
                name_en: sent.name_en.clone(),
                telephone: sent.telephone.clone(),
                website: sent.website.clone(),
                from: call.today(),
            };
            slice::add_providers(tx, call, std::slice::from_ref(&new))?;
            Ok(new.id.uuid())
        },
    )
}

/// A provider.
#[derive(Debug, Deserialize, IntoParams)]
struct OfProvider {
    /// The id of the provider.
    provider: Uuid,
}

/// PUT `/api/v1/service-providers/{provider}`.
fn change_provider(s: &Shell, posted: &Posted, at: OfProvider, sent: ProviderWords) -> Result<(), Fault> {
    let command = ChangeProvider {
        id: ProviderId::from_uuid(at.provider),
        name: sent.name,
        name_en: sent.name_en,
        telephone: sent.telephone,
        website: sent.website,
    };
    once(s, posted, |tx, call| slice::change_providers(tx, call, std::slice::from_ref(&command)))
}

/// A new place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewServicePlace {
    /// Its name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Its name in English; empty where there is none.
    name_en: String,
    /// Where people go.
    #[schema(min_length = 1, max_length = 60)]
    address: String,
    /// Its town.
    town: Uuid,
    /// On the map.
    position: Option<Place>,
    /// When it is open; none: by telephone.
    #[schema(max_items = 14)]
    hours: Vec<OpenHours>,
}

impl NewServicePlace {
    /// The command; its town has to be one of today.
    fn read(&self, s: &Shell) -> Result<AddPlace, Fault> {
        let (town, _) = super::register::part(s, self.town, None)?;
        Ok(AddPlace {
            id: ServicePlaceId::from_uuid(Uuid::nil()),
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            address: self.address.clone(),
            town,
            community: None,
            premises: None,
            position: self.position.map(Place::position),
            telephone: String::new(),
            hours: lines(&self.hours)?,
        })
    }
}

/// A new service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewService {
    /// Who provides it.
    provider: Uuid,
    /// The town it is of; null for the whole district.
    town: Option<Uuid>,
    /// What it is about.
    category: ServiceCategory,
    /// What it says of itself.
    words: ServiceWords,
    /// Its place in the week-one guide.
    #[schema(minimum = 1, maximum = 30)]
    week_one: Option<i64>,
    /// Since when.
    from: Date,
    /// Where it is given.
    #[schema(max_items = 50)]
    places: Vec<NewServicePlace>,
}

/// POST `/api/v1/services`.
fn add(s: &Shell, posted: &Posted, _: Nothing, sent: NewService) -> Result<Made, Fault> {
    let town = sent.town.map(|town| super::register::part(s, town, None)).transpose()?.map(|it| it.0);
    let known = s.state.read(|tx| slice::directory(tx, s.today()))?.providers;
    if !known.iter().any(|it| it.id.uuid() == sent.provider) {
        return Err(Fault::Refused(Refusal::new("register-refused-choice").at("provider")));
    }
    let places = sent.places.iter().map(|place| place.read(s)).collect::<Result<Vec<_>, _>>()?;
    let (Code(category), Date(from)) = (sent.category, sent.from);
    once_made(
        s,
        posted,
        |id| format!("services/{id}"),
        |tx, call| {
            let mut places = places.clone();
            for place in &mut places {
                place.id = call.id();
            }
            let id: ServiceId = call.id();
            let (provider, words) = (ProviderId::from_uuid(sent.provider), Words::from(&sent.words));
            let week_one = sent.week_one;
            let command = AddService { id, provider, town, category, words, week_one, from, places };
            slice::add_services(tx, call, &[command])?;
            Ok(id.uuid())
        },
    )
}

/// What is changed of a service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceChange {
    /// The version that was read.
    seen: i64,
    /// What it is about.
    category: ServiceCategory,
    /// What it says of itself.
    words: ServiceWords,
    /// Its place in the week-one guide.
    #[schema(minimum = 1, maximum = 30)]
    week_one: Option<i64>,
}

/// PUT `/api/v1/services/{service}`.
fn change(s: &Shell, posted: &Posted, at: OfService, sent: ServiceChange) -> Result<(), Fault> {
    let command = ChangeService {
        id: ServiceId::from_uuid(at.service),
        seen: sent.seen,
        category: sent.category.0,
        words: Words::from(&sent.words),
        week_one: sent.week_one,
    };
    once(s, posted, |tx, call| slice::change_services(tx, call, std::slice::from_ref(&command)))
}

/// The end of a service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ServiceEnd {
    /// The version that was read.
    seen: i64,
    /// The first day without it.
    on: Date,
}

/// POST `/api/v1/services/{service}/end`.
fn end(s: &Shell, posted: &Posted, at: OfService, sent: ServiceEnd) -> Result<(), Fault> {
    let command = EndService { id: ServiceId::from_uuid(at.service), seen: sent.seen, on: sent.on.0 };
    once(s, posted, |tx, call| slice::end_services(tx, call, &[command]))
}

/// A place that is added from a day on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddedPlace {
    /// The place.
    place: NewServicePlace,
    /// From this day.
    from: Date,
}

/// POST `/api/v1/services/{service}/places`.
fn add_place(s: &Shell, posted: &Posted, at: OfService, sent: AddedPlace) -> Result<Made, Fault> {
    let (service, place, Date(from)) = (ServiceId::from_uuid(at.service), sent.place.read(s)?, sent.from);
    once_made(
        s,
        posted,
        |_| format!("services/{}", at.service),
        |tx, call| {
            let place = AddPlace { id: call.id(), ..place.clone() };
            let id = place.id.uuid();
            slice::add_places(tx, call, &[(service, from, place)])?;
            Ok(id)
        },
    )
}

/// A place of a service.
#[derive(Debug, Deserialize, IntoParams)]
struct OfPlace {
    /// The id of the place.
    place: Uuid,
}

/// Other hours of a place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HoursFrom {
    /// When it is open; none: by telephone.
    #[schema(max_items = 14)]
    hours: Vec<OpenHours>,
    /// From this day; what was said for later days is replaced.
    from: Date,
}

/// PUT `/api/v1/service-places/{place}/hours`.
fn set_hours(s: &Shell, posted: &Posted, at: OfPlace, sent: HoursFrom) -> Result<(), Fault> {
    let place = ServicePlaceId::from_uuid(at.place);
    let command = SetHours { place, from: sent.from.0, hours: lines(&sent.hours)? };
    once(s, posted, |tx, call| slice::set_hours(tx, call, std::slice::from_ref(&command)))
}

/// POST `/api/v1/service-places/{place}/end`.
fn end_place(s: &Shell, posted: &Posted, at: OfPlace, sent: super::stations::FromDay) -> Result<(), Fault> {
    let (place, Date(from)) = (ServicePlaceId::from_uuid(at.place), sent.from);
    once(s, posted, |tx, call| slice::end_places(tx, call, &[(place, from)]))
}
