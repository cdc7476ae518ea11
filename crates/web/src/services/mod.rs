//! Public services (公共服务资源): the directory for everyone, the desk that keeps it, referrals, and Open Referral HSDS.

mod hsds;
mod keep;
mod public;
mod referrals;

use base::{Day, Uuid};
use district::kit::{Id, Scope};
use district::people::Action;
use district::services::rules::{Frequency, Hours, Opening, Rule};
use district::services::{Category, Service};

use crate::kit::{self, Access, Door, Fault, Places, Routes, Shell, WEEKDAYS};

pub(crate) fn routes() -> Routes {
    let (keep, read) = (Access::May(Action::ServiceWrite), Access::May(Action::ReferralRead));
    let write = Access::May(Action::ReferralWrite);
    let pages = Routes::new()
        .get("/services", Access::Public, public::list)
        .room(Door::Public, 40, "/services", "services-room")
        .get("/services/list/{form}", Access::Public, public::file)
        .get("/services/week-one", Access::Public, public::week_one)
        .get("/services/{id}", Access::Public, public::show)
        .get("/desk/services", keep, keep::list)
        .get("/desk/services/new", keep, keep::form)
        .post("/desk/services/new", keep, keep::add)
        .get("/desk/services/{id}", keep, keep::show)
        .post("/desk/services/{id}", keep, keep::change)
        .get("/desk/referrals", read, referrals::list)
        .room(Door::Desk, 50, "/desk/referrals", "services-referrals")
        .get("/desk/referrals/new", write, referrals::form)
        .post("/desk/referrals/new", write, referrals::add)
        .get("/desk/referrals/{id}", read, referrals::show)
        .post("/desk/referrals/{id}", write, referrals::step)
        .post("/desk/referrals/{id}/note", Access::May(Action::PersonReveal), referrals::note);
    pages.merge(hsds::routes())
}

/// An id in an address; what is none names nothing.
fn id<T: Id>(text: &str) -> Result<T, Fault> {
    Uuid::parse_str(text).map(T::from_uuid).map_err(|_| Fault::Absent)
}

/// The message with a category's name.
fn category(category: Category) -> &'static str {
    match category {
        Category::Papers => "services-category-papers",
        Category::Schooling => "services-category-schooling",
        Category::Work => "services-category-work",
        Category::Health => "services-category-health",
        Category::Housing => "services-category-housing",
        Category::Utilities => "services-category-utilities",
        Category::Law => "services-category-law",
        Category::Care => "services-category-care",
        Category::Counselling => "services-category-counselling",
        Category::Party => "services-category-party",
        Category::Culture => "services-category-culture",
    }
}

/// Categories to choose from: code and message.
fn categories() -> [(&'static str, &'static str); 11] {
    Category::ALL.map(|it| (it.as_str(), category(it)))
}

/// The name of the part of the district that a service is of.
fn part(s: &Shell, places: &Places, scope: Scope) -> String {
    match scope.town() {
        Some(town) => places.town_name(s, town),
        None => s.t("services-whole-district").to_owned(),
    }
}

/// Where a service is given, in a line: the towns of its places.
fn towns(s: &Shell, places: &Places, service: &Service) -> String {
    let mut names: Vec<String> = service.places.iter().map(|place| places.town_name(s, place.town)).collect();
    names.sort();
    names.dedup();
    if names.is_empty() { part(s, places, service.scope()) } else { names.join(s.t("coverage-comma")) }
}

/// `2026-02-02 星期一 09:00–11:30`.
fn opening(s: &Shell, it: Opening) -> String {
    format!("{} {} {}", it.day, weekday(s, it.day), kit::hours(it.from, it.to))
}

fn weekday(s: &Shell, day: Day) -> &str {
    s.t(WEEKDAYS[usize::try_from(day.weekday() - 1).unwrap_or(0)])
}

/// Hours in words: `星期一至星期五 09:00–17:00`.
fn hours(s: &Shell, it: &Hours) -> String {
    let mut words = format!("{} {}", days(s, &it.rule), kit::hours(it.from, it.to));
    let ends = [it.ends.map(|ends| ends - 1), it.rule.until].into_iter().flatten().min();
    if it.begins > s.today() {
        words = s.t2("services-hours-from", ("hours", words.as_str()), ("day", it.begins.to_string()));
    }
    if let Some(last) = ends {
        words = s.t2("services-hours-until", ("hours", words.as_str()), ("day", last.to_string()));
    }
    words
}

fn days(s: &Shell, rule: &Rule) -> String {
    let comma = s.t("coverage-comma");
    match rule.frequency {
        Frequency::Weekly => {
            let days = weekdays(s, rule);
            if rule.interval == 1 {
                days
            } else {
                s.t2("services-every-weeks", ("count", rule.interval), ("days", days.as_str()))
            }
        }
        Frequency::Monthly => {
            let numbered = rule.weekdays.iter().map(|(number, day)| numbered(s, *number, *day));
            let of_month = rule.month_days.iter().map(|day| {
                if *day < 0 {
                    s.t1("services-month-day-last", "day", -day)
                } else {
                    s.t1("services-month-day", "day", *day)
                }
            });
            let days = numbered.chain(of_month).collect::<Vec<_>>().join(comma);
            s.t2("services-every-months", ("count", rule.interval), ("days", days.as_str()))
        }
    }
}

fn numbered(s: &Shell, number: i64, day: usize) -> String {
    let day = s.t(WEEKDAYS[day]);
    match number {
        0 => s.t1("services-every-weekday", "day", day),
        -1 => s.t1("services-last-weekday", "day", day),
        number if number < 0 => s.t2("services-nth-last-weekday", ("number", -number), ("day", day)),
        number => s.t2("services-nth-weekday", ("number", number), ("day", day)),
    }
}

/// Weekdays in words, three or more in a row as a span.
fn weekdays(s: &Shell, rule: &Rule) -> String {
    let mut days: Vec<usize> = rule.weekdays.iter().map(|(_, day)| *day).collect();
    days.sort_unstable();
    if days.len() == 7 {
        return s.t("services-daily").to_owned();
    }
    let mut words = Vec::new();
    let mut at = 0;
    while at < days.len() {
        let mut end = at;
        while end + 1 < days.len() && days[end + 1] == days[end] + 1 {
            end += 1;
        }
        let (first, last) = (s.t(WEEKDAYS[days[at]]), s.t(WEEKDAYS[days[end]]));
        if end - at >= 2 {
            words.push(s.t2("services-span", ("first", first), ("last", last)));
        } else {
            words.extend(days[at..=end].iter().map(|day| s.t(WEEKDAYS[*day]).to_owned()));
        }
        at = end + 1;
    }
    words.join(s.t("coverage-comma"))
}
