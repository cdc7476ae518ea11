//! When a place is open: recurrence rules of RFC 5545 as far as Open Referral HSDS has them. Pure.
//!
//! A rule is asked day by day whether it names that day, which costs the same however long ago it began. The tests hold
//! it against a library that walks from the first occurrence.

use std::fmt;

use base::{Day, Instant};

use crate::kit::Refusal;
use crate::register::rules::half_width;

/// The weekdays of RFC 5545, Monday first.
pub const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
/// The same as they are written in Chinese.
const CHINESE: [char; 7] = ['一', '二', '三', '四', '五', '六', '日'];
/// The largest interval: once a year, counted in weeks.
const MOST_INTERVAL: i64 = 53;
/// How far ahead an opening is looked for: a rule of every third month is found, and one that never comes ends the search.
const AHEAD_DAYS: i64 = 100;

/// How often it repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Every so many weeks.
    Weekly,
    /// Every so many months.
    Monthly,
}

/// A recurrence rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// How often.
    pub frequency: Frequency,
    /// Every so many weeks or months, from 1.
    pub interval: i64,
    /// Weekdays from 0 for Monday, each with its number in the month: 0 for every, 1 for the first, -1 for the last.
    pub weekdays: Vec<(i64, usize)>,
    /// Days of the month; -1 for the last.
    pub month_days: Vec<i64>,
    /// The last day.
    pub until: Option<Day>,
}

fn refused() -> Refusal {
    Refusal::new("services-refused-rule").at("hours")
}

impl Rule {
    /// Every week on these weekdays, from 0 for Monday.
    pub fn weekly(weekdays: &[usize]) -> Self {
        Self {
            frequency: Frequency::Weekly,
            interval: 1,
            weekdays: weekdays.iter().map(|day| (0, *day)).collect(),
            month_days: Vec::new(),
            until: None,
        }
    }

    /// Reads `FREQ=WEEKLY;BYDAY=MO,WE`. What says more than weeks and months is refused: nothing is left out silently.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim().to_ascii_uppercase();
        let text = text.strip_prefix("RRULE:").unwrap_or(&text);
        let mut rule = Self { interval: 1, ..Self::weekly(&[]) };
        let mut frequency = None;
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(refused)?;
            match name {
                "FREQ" => frequency = Some(value.to_owned()),
                "INTERVAL" => rule.interval = value.parse().map_err(|_| refused())?,
                "BYDAY" => rule.weekdays = list(value, weekday)?,
                "BYMONTHDAY" => rule.month_days = list(value, month_day)?,
                "UNTIL" => rule.until = Some(compact_day(value).ok_or_else(refused)?),
                "WKST" if value == "MO" => {}
                _ => return Err(refused()),
            }
        }
        match frequency.as_deref() {
            Some("WEEKLY") => {}
            Some("MONTHLY") => rule.frequency = Frequency::Monthly,
            // Every day is every weekday of every week.
            Some("DAILY") if rule.interval == 1 && rule.weekdays.is_empty() => {
                rule.weekdays = (0..7).map(|day| (0, day)).collect();
            }
            _ => return Err(refused()),
        }
        let monthly = rule.frequency == Frequency::Monthly;
        let numbered = rule.weekdays.iter().any(|(number, _)| *number != 0);
        // Every Monday and the first one: whoever writes both means one of them.
        let mixed = numbered && rule.weekdays.iter().any(|(number, _)| *number == 0);
        let fits = !mixed
            && (1..=MOST_INTERVAL).contains(&rule.interval)
            && (monthly || (!numbered && rule.month_days.is_empty()))
            && (rule.weekdays.is_empty() || rule.month_days.is_empty());
        if fits { Ok(rule) } else { Err(refused()) }
    }

    /// Does the rule, which begins on a day, name that day?
    pub fn names(&self, begins: Day, day: Day) -> bool {
        if day < begins || self.until.is_some_and(|until| day > until) {
            return false;
        }
        match self.frequency {
            Frequency::Weekly => {
                let weeks = (monday(day) - monday(begins)) / 7;
                weeks % self.interval == 0 && self.names_weekday(begins, day)
            }
            Frequency::Monthly => {
                months(begins, day) % self.interval == 0 && self.names_day_of_month(begins, day)
            }
        }
    }

    fn names_weekday(&self, begins: Day, day: Day) -> bool {
        if self.weekdays.is_empty() {
            return index(day) == index(begins);
        }
        self.weekdays.iter().any(|(_, weekday)| *weekday == index(day))
    }

    fn names_day_of_month(&self, begins: Day, day: Day) -> bool {
        let first = day.month_start();
        let (from_start, from_end) = ((day - first) + 1, (day - first.plus_months(1)));
        if !self.weekdays.is_empty() {
            return self.weekdays.iter().any(|(number, weekday)| {
                *weekday == index(day)
                    && (*number == 0
                        || *number == (from_start - 1) / 7 + 1
                        || *number == (from_end + 1) / 7 - 1)
            });
        }
        if self.month_days.is_empty() {
            return from_start == (begins - begins.month_start()) + 1;
        }
        self.month_days.iter().any(|number| *number == from_start || *number == from_end)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.frequency == Frequency::Weekly { "FREQ=WEEKLY" } else { "FREQ=MONTHLY" })?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        if !self.weekdays.is_empty() {
            write!(f, ";BYDAY={}", self.by_day())?;
        }
        if !self.month_days.is_empty() {
            write!(f, ";BYMONTHDAY={}", self.by_month_day())?;
        }
        if let Some(until) = self.until {
            write!(f, ";UNTIL={}", until.to_string().replace('-', ""))?;
        }
        Ok(())
    }
}

impl Rule {
    /// As `BYDAY` has it.
    pub fn by_day(&self) -> String {
        let day = |(number, day): &(i64, usize)| match number {
            0 => WEEKDAYS[*day].to_owned(),
            number => format!("{number}{}", WEEKDAYS[*day]),
        };
        self.weekdays.iter().map(day).collect::<Vec<_>>().join(",")
    }

    /// As `BYMONTHDAY` has it.
    pub fn by_month_day(&self) -> String {
        self.month_days.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

fn list<T: PartialEq>(text: &str, one: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Refusal> {
    let all: Vec<T> = text.split(',').map(one).collect::<Option<_>>().ok_or_else(refused)?;
    let twice = (1..all.len()).any(|at| all[..at].contains(&all[at]));
    if twice { Err(refused()) } else { Ok(all) }
}

/// `MO`, `1SA`, `-1FR`.
fn weekday(text: &str) -> Option<(i64, usize)> {
    let code = text.get(text.len().checked_sub(2)?..)?;
    let day = WEEKDAYS.iter().position(|known| *known == code)?;
    let number = &text[..text.len() - 2];
    if number.is_empty() {
        return Some((0, day));
    }
    let number: i64 = number.parse().ok()?;
    (number != 0 && (-5..=5).contains(&number)).then_some((number, day))
}

fn month_day(text: &str) -> Option<i64> {
    text.parse().ok().filter(|day| *day != 0 && (-31..=31).contains(day))
}

/// `20261231`.
fn compact_day(text: &str) -> Option<Day> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Day::parse(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])).ok()
}

/// From 0 for Monday.
fn index(day: Day) -> usize {
    usize::try_from(day.weekday() - 1).unwrap_or(0)
}

fn monday(day: Day) -> Day {
    day - i64::from(day.weekday() - 1)
}

fn months(from: Day, to: Day) -> i64 {
    let count = |day: Day| {
        let (year, month, _) = day.ymd();
        i64::from(year) * 12 + i64::from(month)
    };
    count(to) - count(from)
}

/// A rule with the minutes of each day that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// On which days.
    pub rule: Rule,
    /// Minutes after midnight.
    pub from: i64,
    /// Minutes after midnight, after `from`.
    pub to: i64,
    /// The first day.
    pub begins: Day,
    /// The first day without it.
    pub ends: Option<Day>,
}

impl Hours {
    fn on(&self, day: Day) -> bool {
        self.ends.is_none_or(|ends| day < ends) && self.rule.names(self.begins, day)
    }
}

/// A time when it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// The day.
    pub day: Day,
    /// Minutes after midnight.
    pub from: i64,
    /// Minutes after midnight.
    pub to: i64,
}

/// The next openings that have not ended, at most so many, the earliest first. Nothing but the rules decides: no holiday is
/// left out that is not said.
pub fn openings(hours: &[Hours], now: Instant, most: usize) -> Vec<Opening> {
    let today = now.day();
    let minute = (now.millis() - Instant::at(today, 0, 0).millis()) / 60_000;
    let mut found = Vec::new();
    for day in (0..AHEAD_DAYS).map(|ahead| today + ahead) {
        if found.len() >= most {
            break;
        }
        let mut of_day: Vec<Opening> = hours
            .iter()
            .filter(|it| it.on(day) && (day > today || it.to > minute))
            .map(|it| Opening { day, from: it.from, to: it.to })
            .collect();
        of_day.sort_unstable();
        of_day.dedup();
        found.extend(of_day);
    }
    found.truncate(most);
    found
}

/// Is it open at some time of a day?
pub fn opens_on(hours: &[Hours], day: Day) -> bool {
    hours.iter().any(|it| it.on(day))
}

/// A rule and its minutes, as [`lines`] reads them.
pub type Line = (Rule, i64, i64);

/// Reads hours as people write them, a line each: `周一至周五 09:00-17:00`, `Mon, Wed 13:00-16:00`, `每天 8:00-20:00`, `每月第一个周六
/// 09:00-11:00`, or a whole `FREQ=…` rule and its minutes.
pub fn lines(text: &str) -> Result<Vec<Line>, Refusal> {
    let plain: String = text.chars().map(|c| if c == '\n' { c } else { half_width(c) }).collect();
    plain.lines().map(str::trim).filter(|line| !line.is_empty()).map(line).collect()
}

fn line(text: &str) -> Result<Line, Refusal> {
    let wrong = || Refusal::new("services-refused-hours").with("line", text).at("hours");
    let (days, times) = text.rsplit_once(char::is_whitespace).ok_or_else(wrong)?;
    let (from, to) = times.split_once(['-', '–', '—', '~', '至']).ok_or_else(wrong)?;
    let (from, to) = (minutes(from).ok_or_else(wrong)?, minutes(to).ok_or_else(wrong)?);
    if from >= to {
        return Err(wrong());
    }
    let days = days.trim();
    let rule = if days.to_ascii_uppercase().contains("FREQ=") {
        Rule::parse(days)?
    } else {
        monthly(days).or_else(|| weekly(days)).ok_or_else(wrong)?
    };
    Ok((rule, from, to))
}

fn minutes(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..=24).contains(&hour) && (0..60).contains(&minute) && hour * 60 + minute <= 1440)
        .then(|| hour * 60 + minute)
}

/// `每月第一个周六`, `每月最后一个周五`, `每月15日`.
fn monthly(text: &str) -> Option<Rule> {
    let rest = text.strip_prefix("每月")?;
    let mut rule = Rule { frequency: Frequency::Monthly, ..Rule::weekly(&[]) };
    if let Some(day) = rest.strip_suffix(['日', '号']).and_then(|day| month_day(day.trim())) {
        rule.month_days = vec![day];
        return Some(rule);
    }
    let (number, day) = if let Some(day) = rest.strip_prefix("最后一个") {
        (-1, day)
    } else {
        let (number, day) = rest.strip_prefix('第')?.split_once('个')?;
        let number = number.chars().next()?;
        let place = CHINESE[..5].iter().position(|known| *known == number);
        (i64::try_from(place?).ok()? + 1, day)
    };
    rule.weekdays = vec![(number, named(day)?)];
    Some(rule)
}

fn weekly(text: &str) -> Option<Rule> {
    if matches!(text, "每天" | "每日") || text.eq_ignore_ascii_case("daily") {
        return Some(Rule::weekly(&[0, 1, 2, 3, 4, 5, 6]));
    }
    let mut days = Vec::new();
    for part in text.split(['、', ',', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        if let Some((first, last)) = part.split_once(['至', '-', '–', '到']) {
            let (first, last) = (named(first)?, named(last)?);
            if first > last {
                return None;
            }
            days.extend(first..=last);
        } else {
            days.push(named(part)?);
        }
    }
    days.sort_unstable();
    days.dedup();
    (!days.is_empty()).then(|| Rule::weekly(&days))
}

/// The weekday of `周一`, `星期天`, `Mon`, `MO`.
fn named(text: &str) -> Option<usize> {
    let text = text.trim();
    if let Some(day) = text.strip_prefix('周').or_else(|| text.strip_prefix("星期")) {
        let mut letters = day.chars();
        let day = letters.next().map(|day| if day == '天' { '日' } else { day })?;
        return CHINESE.iter().position(|known| *known == day).filter(|_| letters.next().is_none());
    }
    let upper = text.to_ascii_uppercase();
    WEEKDAYS.iter().position(|code| {
        let names = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
        let whole = names[WEEKDAYS.iter().position(|it| it == code).unwrap_or(0)];
        upper.len() >= 2 && whole.starts_with(&upper)
    })
}
