//! The directory as of a day.

use std::collections::HashMap;

use base::{Day, Instant, Position};
use db::{Row, Tx, params};

use super::rules::{Hours, Opening, Rule, openings, opens_on};
use super::{Category, Provider, Words, store};
use crate::kit::{
    CommunityId, Error, PremisesId, ProviderId, Result, Scope, ServiceId, ServicePlaceId, TownId,
};
use crate::register::rules::folded;

/// A service with where and when it is given.
#[derive(Debug, Clone)]
pub struct Service {
    /// The service.
    pub id: ServiceId,
    /// Who provides it.
    pub provider: Provider,
    /// The town it is of; `None` for the whole district.
    pub town: Option<TownId>,
    /// What it is about.
    pub category: Category,
    /// What it says of itself.
    pub words: Words,
    /// Its place in the week-one guide.
    pub week_one: Option<i64>,
    /// Since when.
    pub from: Day,
    /// The first day without it.
    pub to: Option<Day>,
    /// When it was changed last.
    pub changed_at: Instant,
    /// Counts its changes.
    pub version: i64,
    /// Where it is given.
    pub places: Vec<Place>,
}

/// A place of a service.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `service_places`")]
pub struct Place {
    pub id: ServicePlaceId,
    pub name: String,
    pub name_en: String,
    pub address: String,
    pub town: TownId,
    pub community: Option<CommunityId>,
    pub premises: Option<PremisesId>,
    pub position: Option<Position>,
    pub telephone: String,
    pub from: Day,
    pub to: Option<Day>,
    /// When it is open, today and later.
    pub hours: Vec<Hours>,
}

impl Place {
    /// When it is open next, at most so many times.
    pub fn next(&self, now: Instant, most: usize) -> Vec<Opening> {
        openings(&self.hours, now, most)
    }
}

impl Service {
    /// The part of the district it is of.
    pub fn scope(&self) -> Scope {
        self.town.map_or(Scope::District, Scope::Town)
    }

    /// Is one of its places open at some time of a day?
    pub fn opens_on(&self, day: Day) -> bool {
        self.places.iter().any(|place| opens_on(&place.hours, day))
    }

    /// Is it given in a town, or for the whole district?
    pub fn is_in(&self, town: TownId) -> bool {
        self.town == Some(town)
            || self.places.iter().any(|place| place.town == town)
            || (self.town.is_none() && self.places.is_empty())
    }

    /// Does one of its words hold what is looked for?
    pub fn says(&self, sought: &str) -> bool {
        let sought = folded(sought);
        let words = &self.words;
        let own = [&words.name, &words.name_en, &words.about, &words.about_en, &words.eligibility];
        let more = [&words.eligibility_en, &words.apply, &self.provider.name, &self.provider.name_en];
        let places = self.places.iter().flat_map(|place| [&place.name, &place.name_en, &place.address]);
        let (zh, en) = self.category.names();
        let category = [folded(zh), folded(en)];
        own.into_iter().chain(more).chain(places).any(|text| folded(text).contains(&sought))
            || category.iter().any(|name| name.contains(&sought))
    }
}

/// All services of a day, by name.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// The services.
    pub services: Vec<Service>,
    /// Everybody who provides any.
    pub providers: Vec<Provider>,
}

/// The directory of a day. Everyone may read it.
pub fn directory(tx: &mut Tx<'_>, day: Day) -> Result<Directory> {
    let providers = providers(tx, day)?;
    let mut places: HashMap<ServiceId, Vec<Place>> = HashMap::new();
    let mut hours = hours(tx.query(&store::HOURS, params![day])?)?;
    for mut row in tx.query(&store::PLACES, params![day])? {
        let place = place(&mut row, &mut hours)?;
        places.entry(row.get(1)?).or_default().push(place);
    }
    let by_id: HashMap<ProviderId, &Provider> = providers.iter().map(|it| (it.id, it)).collect();
    let mut services = Vec::new();
    for mut row in tx.query(&store::SERVICES, params![day])? {
        let provider: ProviderId = row.get(1)?;
        let provider = by_id.get(&provider).ok_or(Error::Absent("provider"))?;
        let mut service = service_of(&mut row, (*provider).clone())?;
        service.places = places.remove(&service.id).unwrap_or_default();
        services.push(service);
    }
    Ok(Directory { services, providers })
}

/// One service with its places of a day; one that has ended too.
pub fn service(tx: &mut Tx<'_>, id: ServiceId, day: Day) -> Result<Service> {
    let mut row = tx.find(&store::SERVICE, params![id])?.ok_or(Error::Absent("service"))?;
    let provider: ProviderId = row.get(1)?;
    let provider = providers(tx, day)?.into_iter().find(|it| it.id == provider);
    let mut service = service_of(&mut row, provider.ok_or(Error::Absent("provider"))?)?;
    let mut hours = hours(tx.query(&store::HOURS_OF, params![day, id])?)?;
    for mut row in tx.query(&store::PLACES_OF, params![day, id])? {
        service.places.push(place(&mut row, &mut hours)?);
    }
    Ok(service)
}

fn providers(tx: &mut Tx<'_>, day: Day) -> Result<Vec<Provider>> {
    let rows = tx.query(&store::PROVIDERS, params![day])?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Provider {
                id: row.get(0)?,
                organisation: row.get(1)?,
                name: row.get(2)?,
                name_en: row.get(3)?,
                telephone: row.get(4)?,
                website: row.get(5)?,
                from: row.get(6)?,
            })
        })
        .collect()
}

fn service_of(row: &mut Row, provider: Provider) -> Result<Service> {
    let category: String = row.get(3)?;
    let category = Category::parse(&category)
        .ok_or_else(|| Error::Internal(format!("no category of services is called {category}")))?;
    Ok(Service {
        id: row.get(0)?,
        provider,
        town: row.get(2)?,
        category,
        words: Words {
            name: row.get(4)?,
            name_en: row.get(5)?,
            about: row.get(6)?,
            about_en: row.get(7)?,
            eligibility: row.get(8)?,
            eligibility_en: row.get(9)?,
            apply: row.get(10)?,
            apply_en: row.get(11)?,
            fees: row.get(12)?,
            fees_en: row.get(13)?,
            telephone: row.get(14)?,
        },
        week_one: row.get(15)?,
        from: row.get(16)?,
        to: row.get(17)?,
        changed_at: row.get(18)?,
        version: row.get(19)?,
        places: Vec::new(),
    })
}

fn place(row: &mut Row, hours: &mut HashMap<ServicePlaceId, Vec<Hours>>) -> Result<Place> {
    let id: ServicePlaceId = row.get(0)?;
    let position = match (row.get(8)?, row.get(9)?) {
        (Some(lat), Some(lon)) => Position::new(lat, lon).ok(),
        _ => None,
    };
    Ok(Place {
        id,
        name: row.get(2)?,
        name_en: row.get(3)?,
        address: row.get(4)?,
        town: row.get(5)?,
        community: row.get(6)?,
        premises: row.get(7)?,
        position,
        telephone: row.get(10)?,
        from: row.get(11)?,
        to: row.get(12)?,
        hours: hours.remove(&id).unwrap_or_default(),
    })
}

fn hours(rows: Vec<Row>) -> Result<HashMap<ServicePlaceId, Vec<Hours>>> {
    let mut all: HashMap<ServicePlaceId, Vec<Hours>> = HashMap::new();
    for mut row in rows {
        let rule: String = row.get(1)?;
        let rule = Rule::parse(&rule).map_err(|_| Error::Internal(format!("not a rule: {rule}")))?;
        let it = Hours { rule, from: row.get(2)?, to: row.get(3)?, begins: row.get(4)?, ends: row.get(5)? };
        all.entry(row.get(0)?).or_default().push(it);
    }
    Ok(all)
}
