//! Keeping the directory: providers, services, places, hours.

use base::{Day, Uuid};
use db::{Tx, Value, params};

use super::rules::Line;
use super::{
    AddPlace, AddService, Category, LONGEST_NAME, MOST_HOURS, MOST_WEEK_ONE, Provider, Words, check_name,
    check_text, checked_telephone, store,
};
use crate::kit::{
    Call, Entry, Error, ProviderId, Refusal, Result, Scope, ServiceId, ServicePlaceId, TownId, record,
};
use crate::people::Action;
use crate::register::rules::sort_key;

fn scope(town: Option<TownId>) -> Scope {
    town.map_or(Scope::District, Scope::Town)
}

fn audit(tx: &mut Tx<'_>, call: &mut Call<'_>, objects: &[Uuid], fields: &str) -> Result<()> {
    record(tx, call, Entry { action: Action::ServiceWrite, objects, fields })
}

fn check_provider(name: &str, name_en: &str, website: &str) -> Result<()> {
    check_name(name, "provider_name")?;
    if name_en.chars().count() > 2 * LONGEST_NAME {
        return Err(Refusal::new("services-refused-name")
            .with("most", 2 * LONGEST_NAME)
            .at("provider_name_en")
            .into());
    }
    let address = website.starts_with("https://") || website.starts_with("http://");
    let plain = website.bytes().all(|b| b.is_ascii_graphic()) && website.len() <= 200;
    if !(website.is_empty() || address && plain) {
        return Err(Refusal::new("services-refused-website").at("website").into());
    }
    Ok(())
}

/// Adds providers. Whoever keeps services of a part of the district may add who provides them.
pub fn add_providers(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[Provider]) -> Result<()> {
    call.authorise(Action::ServiceWrite, call.actor.scope())?;
    let mut rows: Vec<[Value; 7]> = Vec::with_capacity(commands.len());
    for it in commands {
        check_provider(&it.name, &it.name_en, &it.website)?;
        rows.push([
            it.id.into(),
            it.organisation.into(),
            it.name.trim().into(),
            it.name_en.trim().into(),
            checked_telephone(&it.telephone)?.into(),
            it.website.as_str().into(),
            it.from.into(),
        ]);
    }
    tx.bulk(&store::ADD_PROVIDERS, rows)?;
    let objects: Vec<Uuid> = commands.iter().map(|it| it.id.uuid()).collect();
    audit(tx, call, &objects, "provider")
}

/// Another name or telephone of a provider.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are the columns of `providers`")]
pub struct ChangeProvider {
    pub id: ProviderId,
    pub name: String,
    pub name_en: String,
    pub telephone: String,
    pub website: String,
}

/// Changes providers. They stand behind services of several towns: whoever keeps the whole district's does it.
pub fn change_providers(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[ChangeProvider]) -> Result<()> {
    call.authorise(Action::ServiceWrite, Scope::District)?;
    for it in commands {
        check_provider(&it.name, &it.name_en, &it.website)?;
        let telephone = checked_telephone(&it.telephone)?;
        let row = params![it.id, it.name.trim(), it.name_en.trim(), telephone, it.website.as_str()];
        if tx.execute(&store::CHANGE_PROVIDER, row)? == 0 {
            return Err(Error::Absent("provider"));
        }
        tx.execute(&store::TOUCH_SERVICES, params![it.id, call.now])?;
    }
    let objects: Vec<Uuid> = commands.iter().map(|it| it.id.uuid()).collect();
    audit(tx, call, &objects, "provider")
}

fn check_words(words: &Words, week_one: Option<i64>) -> Result<()> {
    check_name(&words.name, "name")?;
    if words.name_en.chars().count() > 2 * LONGEST_NAME {
        let refusal = Refusal::new("services-refused-name").with("most", 2 * LONGEST_NAME);
        return Err(refusal.at("name_en").into());
    }
    for (text, field) in [
        (&words.about, "about"),
        (&words.about_en, "about_en"),
        (&words.eligibility, "eligibility"),
        (&words.eligibility_en, "eligibility_en"),
        (&words.apply, "apply"),
        (&words.apply_en, "apply_en"),
        (&words.fees, "fees"),
        (&words.fees_en, "fees_en"),
    ] {
        check_text(text, field)?;
    }
    if week_one.is_some_and(|place| !(1..=MOST_WEEK_ONE).contains(&place)) {
        return Err(Refusal::new("services-refused-week-one")
            .with("most", MOST_WEEK_ONE)
            .at("week_one")
            .into());
    }
    Ok(())
}

/// Adds services with their places and hours.
pub fn add_services(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[AddService]) -> Result<()> {
    let mut rows: Vec<[Value; 21]> = Vec::with_capacity(commands.len());
    let (mut places, mut hours) = (Vec::new(), Vec::new());
    for it in commands {
        call.authorise(Action::ServiceWrite, scope(it.town))?;
        check_words(&it.words, it.week_one)?;
        rows.push([
            it.id.into(),
            it.provider.into(),
            it.town.into(),
            it.category.as_str().into(),
            it.words.name.trim().into(),
            it.words.name_en.trim().into(),
            sort_key(&it.words.name).into(),
            it.words.about.as_str().into(),
            it.words.about_en.as_str().into(),
            it.words.eligibility.as_str().into(),
            it.words.eligibility_en.as_str().into(),
            it.words.apply.as_str().into(),
            it.words.apply_en.as_str().into(),
            it.words.fees.as_str().into(),
            it.words.fees_en.as_str().into(),
            checked_telephone(&it.words.telephone)?.into(),
            it.week_one.into(),
            it.from.into(),
            Value::Null,
            call.now.into(),
            1_i64.into(),
        ]);
        for place in &it.places {
            places.push(place_row(it.id, place, it.from)?);
            hours.extend(hours_rows(call, place.id, &place.hours, it.from)?);
        }
    }
    tx.bulk(&store::ADD_SERVICES, rows)?;
    tx.bulk(&store::ADD_PLACES, places)?;
    tx.bulk(&store::ADD_HOURS, hours)?;
    let objects: Vec<Uuid> = commands.iter().map(|it| it.id.uuid()).collect();
    audit(tx, call, &objects, "service places hours")
}

fn place_row(service: ServiceId, place: &AddPlace, from: Day) -> Result<[Value; 13]> {
    check_name(&place.name, "place_name")?;
    check_name(&place.address, "address")?;
    Ok([
        place.id.into(),
        service.into(),
        place.name.trim().into(),
        place.name_en.trim().into(),
        place.address.trim().into(),
        place.town.into(),
        place.community.into(),
        place.premises.into(),
        place.position.map(base::Position::lat).into(),
        place.position.map(base::Position::lon).into(),
        checked_telephone(&place.telephone)?.into(),
        from.into(),
        Value::Null,
    ])
}

fn hours_rows(
    call: &mut Call<'_>,
    place: ServicePlaceId,
    lines: &[Line],
    from: Day,
) -> Result<Vec<[Value; 7]>> {
    if lines.len() > MOST_HOURS {
        return Err(Refusal::new("services-refused-many-hours").with("most", MOST_HOURS).at("hours").into());
    }
    let rows = lines.iter().map(|(rule, opens, closes)| {
        let id: crate::kit::ServiceHoursId = call.id();
        [
            id.into(),
            place.into(),
            rule.to_string().into(),
            (*opens).into(),
            (*closes).into(),
            from.into(),
            Value::Null,
        ]
    });
    Ok(rows.collect())
}

/// Other words of a service.
#[derive(Debug, Clone)]
pub struct ChangeService {
    /// The service.
    pub id: ServiceId,
    /// The version that whoever changes it has seen.
    pub seen: i64,
    /// What it is about.
    pub category: Category,
    /// What it says of itself.
    pub words: Words,
    /// Its place in the week-one guide.
    pub week_one: Option<i64>,
}

/// A service, for whoever may change it.
fn standing(tx: &mut Tx<'_>, call: &Call<'_>, id: ServiceId) -> Result<(Day, Option<Day>)> {
    let mut row = tx.find(&store::SERVICE, params![id])?.ok_or(Error::Absent("service"))?;
    call.authorise(Action::ServiceWrite, scope(row.get(2)?))?;
    Ok((row.get(16)?, row.get(17)?))
}

fn changed_meanwhile() -> Error {
    Refusal::new("services-refused-meanwhile").into()
}

/// Changes what services say of themselves; refused when somebody else changed one meanwhile.
pub fn change_services(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[ChangeService]) -> Result<()> {
    for it in commands {
        standing(tx, call, it.id)?;
        check_words(&it.words, it.week_one)?;
        let words = &it.words;
        let telephone = checked_telephone(&words.telephone)?;
        let row = params![
            it.id,
            it.seen,
            it.category.as_str(),
            words.name.trim(),
            words.name_en.trim(),
            sort_key(&words.name),
            words.about.as_str(),
            words.about_en.as_str(),
            words.eligibility.as_str(),
            words.eligibility_en.as_str(),
            words.apply.as_str(),
            words.apply_en.as_str(),
            words.fees.as_str(),
            words.fees_en.as_str(),
            telephone,
            it.week_one,
            call.now
        ];
        if tx.execute(&store::CHANGE_SERVICE, row)? == 0 {
            return Err(changed_meanwhile());
        }
    }
    let objects: Vec<Uuid> = commands.iter().map(|it| it.id.uuid()).collect();
    audit(tx, call, &objects, "service")
}

/// A service is not offered any more from a day on.
#[derive(Debug, Clone, Copy)]
pub struct EndService {
    /// The service.
    pub id: ServiceId,
    /// The version that whoever ends it has seen.
    pub seen: i64,
    /// The first day without it.
    pub on: Day,
}

/// Ends services. Open referrals to them stay, for whoever made them to withdraw.
pub fn end_services(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[EndService]) -> Result<()> {
    for it in commands {
        let (from, _) = standing(tx, call, it.id)?;
        if it.on <= from {
            return Err(Refusal::new("services-refused-ends-before").with("day", from).at("to").into());
        }
        if tx.execute(&store::END_SERVICE, params![it.id, it.seen, it.on, call.now])? == 0 {
            return Err(changed_meanwhile());
        }
    }
    let objects: Vec<Uuid> = commands.iter().map(|it| it.id.uuid()).collect();
    audit(tx, call, &objects, "service valid_to")
}

/// Adds places to services from a day on.
pub fn add_places(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    commands: &[(ServiceId, Day, AddPlace)],
) -> Result<()> {
    let (mut places, mut hours) = (Vec::new(), Vec::new());
    for (service, from, place) in commands {
        let (since, _) = standing(tx, call, *service)?;
        if *from < since {
            return Err(Refusal::new("services-refused-begins-before").with("day", since).at("from").into());
        }
        places.push(place_row(*service, place, *from)?);
        hours.extend(hours_rows(call, place.id, &place.hours, *from)?);
        tx.execute(&store::TOUCH_SERVICE, params![*service, call.now])?;
    }
    tx.bulk(&store::ADD_PLACES, places)?;
    tx.bulk(&store::ADD_HOURS, hours)?;
    let objects: Vec<Uuid> = commands.iter().map(|(_, _, place)| place.id.uuid()).collect();
    audit(tx, call, &objects, "service places hours")
}

/// A place of a service, for whoever may change it.
fn standing_place(
    tx: &mut Tx<'_>,
    call: &Call<'_>,
    id: ServicePlaceId,
) -> Result<(ServiceId, Day, Option<Day>)> {
    let mut row = tx.find(&store::PLACE, params![id])?.ok_or(Error::Absent("place"))?;
    let service = row.get(0)?;
    standing(tx, call, service)?;
    Ok((service, row.get(1)?, row.get(2)?))
}

/// Services are not given at these places any more from a day on.
pub fn end_places(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[(ServicePlaceId, Day)]) -> Result<()> {
    for (place, on) in commands {
        let (service, from, to) = standing_place(tx, call, *place)?;
        if *on <= from || to.is_some() {
            return Err(Refusal::new("services-refused-ends-before").with("day", from).at("to").into());
        }
        tx.execute(&store::END_PLACE, params![*place, *on])?;
        tx.execute(&store::TOUCH_SERVICE, params![service, call.now])?;
    }
    let objects: Vec<Uuid> = commands.iter().map(|(place, _)| place.uuid()).collect();
    audit(tx, call, &objects, "service place valid_to")
}

/// From a day on, a place is open at other times; what was said for later days is replaced.
#[derive(Debug, Clone)]
pub struct SetHours {
    /// The place.
    pub place: ServicePlaceId,
    /// From this day.
    pub from: Day,
    /// When it is open; none: by agreement.
    pub hours: Vec<Line>,
}

/// Sets when places are open.
pub fn set_hours(tx: &mut Tx<'_>, call: &mut Call<'_>, commands: &[SetHours]) -> Result<()> {
    let mut rows = Vec::new();
    for it in commands {
        let (service, from, to) = standing_place(tx, call, it.place)?;
        if it.from < from || to.is_some_and(|to| it.from >= to) {
            return Err(Refusal::new("services-refused-begins-before").with("day", from).at("from").into());
        }
        tx.execute(&store::DROP_HOURS, params![it.place, it.from])?;
        tx.execute(&store::END_HOURS, params![it.place, it.from])?;
        rows.extend(hours_rows(call, it.place, &it.hours, it.from)?);
        tx.execute(&store::TOUCH_SERVICE, params![service, call.now])?;
    }
    tx.bulk(&store::ADD_HOURS, rows)?;
    let objects: Vec<Uuid> = commands.iter().map(|it| it.place.uuid()).collect();
    audit(tx, call, &objects, "service hours")
}
