//! The directory for everyone: looked through, one service, the guide of the first week.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::people::{self, Action};
use district::services::{self, Category, Directory, Place, Service};

use super::{categories, category, hours, id, opening, part, towns};
use crate::kit::table::{self, Column, FileLink, Listed, text};
use crate::kit::{self, Fault, Places, Shell};

/// Openings shown on the page of a service.
const NEXT: usize = 3;

/// A service in the list.
struct Row<'a> {
    href: String,
    name: String,
    category: &'static str,
    provider: String,
    towns: String,
    /// When it is open next.
    next: Option<String>,
    service: &'a Service,
}

fn row<'a>(s: &Shell, places: &Places, service: &'a Service) -> Row<'a> {
    let next = service.places.iter().filter_map(|place| place.next(s.now(), 1).first().copied()).min();
    Row {
        href: format!("/services/{}", service.id),
        name: s.name(&service.words.name, &service.words.name_en).into_owned(),
        category: category(service.category),
        provider: s.name(&service.provider.name, &service.provider.name_en).into_owned(),
        towns: towns(s, places, service),
        next: next.map(|next| opening(s, next)),
        service,
    }
}

/// What the list is narrowed to.
#[derive(Default)]
struct Filter {
    words: String,
    category: String,
    town: String,
    today: bool,
}

#[derive(Template)]
#[template(path = "services/list.html")]
struct List<'a> {
    s: &'a Shell,
    filter: Filter,
    categories: [(&'static str, &'static str); 11],
    towns: Vec<(String, String)>,
    rows: Vec<Row<'a>>,
    all: usize,
    files: Vec<FileLink>,
}

fn found(s: &Shell) -> Result<(Directory, Places, Filter), Fault> {
    let (mut directory, places) =
        s.state.read(|tx| Ok((services::directory(tx, s.today())?, Places::read(s, tx, s.today())?)))?;
    let filter = Filter {
        words: s.asked("q").unwrap_or_default().trim().to_owned(),
        category: s.asked("category").unwrap_or_default(),
        town: s.asked("town").unwrap_or_default(),
        today: s.asked("today").is_some(),
    };
    let town = places.asked(s)?.map(|town| town.id);
    let chosen = Category::parse(&filter.category);
    if chosen.is_none() && !filter.category.is_empty() {
        return Err(Fault::Absent);
    }
    directory.services.retain(|it| {
        chosen.is_none_or(|category| it.category == category)
            && town.is_none_or(|town| it.is_in(town))
            && (!filter.today || it.opens_on(s.today()))
            && (filter.words.is_empty() || it.says(&filter.words))
    });
    Ok((directory, places, filter))
}

/// GET `/services?q=…&category=…&town=…&today=1`.
pub(super) async fn list(s: Shell) -> kit::Result {
    let (directory, places, filter) = found(&s)?;
    let towns = places.towns.iter();
    let towns = towns.map(|town| (town.code.clone(), s.name(&town.name, &town.name_en).into_owned()));
    let view = List {
        s: &s,
        filter,
        categories: categories(),
        towns: towns.collect(),
        rows: directory.services.iter().map(|it| row(&s, &places, it)).collect(),
        all: directory.services.len(),
        files: table::files("/services/list", &s.query, true),
    };
    s.html(&view)
}

const COLUMNS: [Column; 8] = [
    ("name", "services-name"),
    ("category", "services-category"),
    ("provider", "services-provider"),
    ("town", "coverage-town"),
    ("place", "services-place"),
    ("address", "services-address"),
    ("hours", "services-hours"),
    ("telephone", "services-telephone"),
];

/// GET `/services/list/{form}`, `xlsx`, `csv` or `geojson`: a row for each place, by the same filters.
pub(super) async fn file(s: Shell, Path(form): Path<String>) -> kit::Result {
    let (directory, places, _) = found(&s)?;
    let (mut rows, mut positions) = (Vec::new(), Vec::new());
    for service in &directory.services {
        let own = row(&s, &places, service);
        for place in &service.places {
            let times: Vec<String> = place.hours.iter().map(|it| hours(&s, it)).collect();
            let telephone =
                if place.telephone.is_empty() { &service.words.telephone } else { &place.telephone };
            rows.push(vec![
                text(own.name.as_str()),
                text(s.t(own.category)),
                text(own.provider.as_str()),
                text(places.town_name(&s, place.town)),
                text(s.name(&place.name, &place.name_en)),
                text(s.zh(&place.address)),
                text(times.join("; ")),
                text(telephone.as_str()),
            ]);
            positions.push(place.position);
        }
    }
    let title = s.t("services-title");
    let list =
        Listed { name: "services", title, day: s.today(), columns: &COLUMNS, rows, places: Some(positions) };
    list.file(&s, &form)
}

/// A place on the page of a service.
struct At {
    name: String,
    address: String,
    town: String,
    telephone: String,
    hours: Vec<String>,
    next: Vec<String>,
}

fn at(s: &Shell, places: &Places, place: &Place) -> At {
    At {
        name: s.name(&place.name, &place.name_en).into_owned(),
        address: s.zh(&place.address).into_owned(),
        town: places.town_name(s, place.town),
        telephone: place.telephone.clone(),
        hours: place.hours.iter().map(|it| hours(s, it)).collect(),
        next: place.next(s.now(), NEXT).into_iter().map(|it| opening(s, it)).collect(),
    }
}

#[derive(Template)]
#[template(path = "services/show.html")]
struct Show<'a> {
    s: &'a Shell,
    service: &'a Service,
    name: String,
    provider: String,
    part: String,
    category: &'static str,
    places: Vec<At>,
    /// The first day without it, when it has ended.
    ended: Option<Day>,
    may_keep: bool,
    may_refer: bool,
}

impl Show<'_> {
    /// What it says of itself: the message of the title, and the words.
    fn said(&self) -> Vec<(&'static str, String)> {
        let words = &self.service.words;
        [
            ("services-about", &words.about, &words.about_en),
            ("services-eligibility", &words.eligibility, &words.eligibility_en),
            ("services-apply", &words.apply, &words.apply_en),
            ("services-fees", &words.fees, &words.fees_en),
        ]
        .into_iter()
        .filter(|(_, zh, _)| !zh.is_empty())
        .map(|(title, zh, en)| (title, self.s.name(zh, en).into_owned()))
        .collect()
    }
}

/// GET `/services/{id}`.
pub(super) async fn show(s: Shell, Path(key): Path<String>) -> kit::Result {
    let key = id(&key)?;
    let (service, places) =
        s.state.read(|tx| Ok((services::service(tx, key, s.today())?, Places::read(&s, tx, s.today())?)))?;
    let may = |action| s.actor.grants.iter().any(|grant| people::may(&s.actor, action, grant.scope));
    let view = Show {
        s: &s,
        name: s.name(&service.words.name, &service.words.name_en).into_owned(),
        provider: s.name(&service.provider.name, &service.provider.name_en).into_owned(),
        part: part(&s, &places, service.scope()),
        category: category(service.category),
        places: service.places.iter().map(|place| at(&s, &places, place)).collect(),
        ended: service.to.filter(|to| *to <= s.today()),
        may_keep: people::may(&s.actor, Action::ServiceWrite, service.scope()),
        may_refer: may(Action::ReferralWrite),
        service: &service,
    };
    s.html(&view)
}

/// A step of the guide.
struct Guided {
    href: String,
    name: String,
    about: String,
    apply: String,
    fees: String,
    provider: String,
    telephone: String,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "services/week_one.html")]
struct WeekOne<'a> {
    s: &'a Shell,
    steps: Vec<Guided>,
}

/// GET `/services/week-one`: what newcomers need first, in its order.
pub(super) async fn week_one(s: Shell) -> kit::Result {
    let (directory, places) =
        s.state.read(|tx| Ok((services::directory(tx, s.today())?, Places::read(&s, tx, s.today())?)))?;
    let mut guided: Vec<&Service> = directory.services.iter().filter(|it| it.week_one.is_some()).collect();
    guided.sort_by_key(|it| it.week_one);
    let step = |service: &Service| {
        let row = row(&s, &places, service);
        let words = &service.words;
        Guided {
            href: row.href,
            name: row.name,
            about: s.name(&words.about, &words.about_en).into_owned(),
            apply: s.name(&words.apply, &words.apply_en).into_owned(),
            fees: s.name(&words.fees, &words.fees_en).into_owned(),
            provider: row.provider,
            telephone: words.telephone.clone(),
            next: row.next,
        }
    };
    s.html(&WeekOne { s: &s, steps: guided.into_iter().map(step).collect() })
}
