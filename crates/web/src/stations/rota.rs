//! The weekly rota of a point from a day on: for each weekday a few shifts, each with its hours and the post on duty.

use askama::Template;
use axum::extract::Path;
use base::Day;
use district::kit::PostId;
use district::register::rules::half_width;
use district::stations::{self, AtPoint, RotaLine, SetRota};
use http::StatusCode;

use super::{Read, id, post_name, read, writable};
use crate::kit::{self, Fault, Faults, Fields, Posted, Shell, WEEKDAYS};

/// The names of the fields of a shift: faults point at them.
#[derive(Debug, Clone, Copy)]
struct Names {
    from: &'static str,
    to: &'static str,
    post: &'static str,
}

/// The most shifts of a weekday that the form holds: with two people at a time, four times a day.
const MOST: usize = 8;
/// As many are shown at least: morning, afternoon, evening.
const SHOWN: usize = 3;

macro_rules! names {
    ($day:literal: $($shift:literal)*) => {
        [$(Names {
            from: concat!("from-", $day, "-", $shift),
            to: concat!("to-", $day, "-", $shift),
            post: concat!("post-", $day, "-", $shift),
        }),*]
    };
}

const NAMES: [[Names; MOST]; 7] = [
    names!("1": "1" "2" "3" "4" "5" "6" "7" "8"),
    names!("2": "1" "2" "3" "4" "5" "6" "7" "8"),
    names!("3": "1" "2" "3" "4" "5" "6" "7" "8"),
    names!("4": "1" "2" "3" "4" "5" "6" "7" "8"),
    names!("5": "1" "2" "3" "4" "5" "6" "7" "8"),
    names!("6": "1" "2" "3" "4" "5" "6" "7" "8"),
    names!("7": "1" "2" "3" "4" "5" "6" "7" "8"),
];

/// A shift as it stands in the form.
#[derive(Debug, Clone)]
struct Shift {
    names: Names,
    from: String,
    to: String,
    post: String,
}

impl Shift {
    fn is_empty(&self) -> bool {
        self.from.is_empty() && self.to.is_empty() && self.post.is_empty()
    }
}

/// What stands in the form.
#[derive(Debug, Clone)]
struct Typed {
    from: String,
    days: [Vec<Shift>; 7],
    /// Tuesday to Friday are as Monday.
    same: bool,
}

impl Typed {
    /// The rota in force on a day, to be changed from it on.
    fn of(at: &AtPoint, posts: &[(String, String)], from: Day) -> Self {
        let days = std::array::from_fn(|day| {
            let weekday = i64::try_from(day).unwrap_or(0) + 1;
            let lines: Vec<_> = at.lines.iter().filter(|line| line.shift.weekday == weekday).collect();
            let shown = (lines.len() + 1).clamp(SHOWN, MOST);
            let shift = |(place, names): (usize, &Names)| {
                let line = lines.get(place);
                // A post that has ended is not on duty any more.
                let post = line.and_then(|line| line.post).map(|post| post.to_string());
                Shift {
                    names: *names,
                    from: line.map(|line| clock(line.shift.from)).unwrap_or_default(),
                    to: line.map(|line| clock(line.shift.to)).unwrap_or_default(),
                    post: post.filter(|post| posts.iter().any(|(id, _)| id == post)).unwrap_or_default(),
                }
            };
            NAMES[day].iter().enumerate().take(shown).map(shift).collect()
        });
        Self { from: from.to_string(), days, same: false }
    }

    /// What was sent.
    fn sent(fields: &Fields) -> Self {
        let days = std::array::from_fn(|day| {
            let shifts = NAMES[day].iter().map(|names| Shift {
                names: *names,
                from: fields.get(names.from).to_owned(),
                to: fields.get(names.to).to_owned(),
                post: fields.get(names.post).to_owned(),
            });
            let mut shifts: Vec<Shift> = shifts.collect();
            let last = shifts.iter().rposition(|shift| !shift.is_empty()).map_or(0, |last| last + 1);
            shifts.truncate(last.max(SHOWN));
            shifts
        });
        Self { from: fields.get("from").to_owned(), days, same: fields.get("same") == "1" }
    }

    /// The rota and its first day; or everything that is wrong, each at its field.
    fn read(&self, s: &Shell, posts: &[(String, String)]) -> Result<(Day, Vec<RotaLine>), Faults> {
        let mut faults = Faults::none();
        let first = self.from.parse::<Day>().ok();
        if first.is_none() {
            faults.add(Some("from"), s.t("register-refused-date").to_owned());
        }
        let mut lines = Vec::new();
        for (weekday, (day, shifts)) in (1..).zip(self.days.iter().enumerate()) {
            // What Monday says is said for the days after it, whatever stands in their fields.
            let copied = self.same && (1..5).contains(&day);
            let shifts = if copied { &self.days[0] } else { shifts };
            for shift in shifts.iter().filter(|shift| !shift.is_empty()) {
                match line(shift, weekday, posts) {
                    Ok(line) => lines.push(line),
                    // Monday's faults are told once.
                    Err(_) if copied => {}
                    Err((field, message)) => {
                        let words =
                            s.t2("stations-at-weekday", ("day", s.t(WEEKDAYS[day])), ("what", s.t(message)));
                        faults.add(Some(field), words);
                    }
                }
            }
        }
        match first {
            Some(first) if faults.is_empty() => Ok((first, lines)),
            _ => Err(faults),
        }
    }
}

/// A shift as a line of the rota; or the field that is wrong, and why.
fn line(
    shift: &Shift,
    weekday: i64,
    posts: &[(String, String)],
) -> Result<RotaLine, (&'static str, &'static str)> {
    let from_minute = minute(&shift.from).ok_or((shift.names.from, "stations-refused-time"))?;
    let to_minute = match minute(&shift.to).ok_or((shift.names.to, "stations-refused-time"))? {
        // Midnight ends a day; a clock cannot say 24:00.
        0 => 24 * 60,
        minute => minute,
    };
    if to_minute <= from_minute {
        return Err((shift.names.to, "stations-refused-ends-before"));
    }
    let post = if shift.post.is_empty() {
        None
    } else {
        let known = posts.iter().any(|(id, _)| *id == shift.post);
        let post = id::<PostId>(&shift.post).ok().filter(|_| known);
        Some(post.ok_or((shift.names.post, "register-refused-choice"))?)
    };
    Ok(RotaLine { weekday, from_minute, to_minute, post })
}

/// `9:00`, `09：30`, `0930` in minutes after midnight; 24:00 is the end of the day.
fn minute(text: &str) -> Option<i64> {
    let plain: String = text.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
    let (hour, rest) = match plain.split_once(':') {
        Some((hour, rest)) => (hour, rest.get(..2)?),
        None if plain.len() == 4 && plain.is_ascii() => plain.split_at(2),
        None => return None,
    };
    let number = |part: &str| {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<i64>().ok().filter(|_| digits)
    };
    let (hour, rest) = (number(hour)?, number(rest)?);
    let minutes = hour * 60 + rest;
    (rest < 60 && minutes <= 24 * 60).then_some(minutes)
}

/// Minutes after midnight as a field for a time takes them.
fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

#[derive(Template)]
#[template(path = "stations/rota.html")]
struct Page<'a> {
    s: &'a Shell,
    station: String,
    href: String,
    point: String,
    action: String,
    /// Ids and names of the posts there are.
    posts: Vec<(String, String)>,
    changes_on: Option<Day>,
    typed: Typed,
    faults: Faults,
}

#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates call methods, and give references to fields"
)]
impl Page<'_> {
    fn weekday(&self, day: &usize) -> &'static str {
        WEEKDAYS[*day]
    }
}

/// The posts that can be put on duty.
fn posts(s: &Shell, read: &Read) -> Vec<(String, String)> {
    let words = |post| {
        let name = post_name(s, post);
        if post.holder.is_some() { name } else { s.t1("stations-vacant-named", "post", name) }
    };
    read.sheet.posts.iter().map(|post| (post.id.to_string(), words(post))).collect()
}

fn page(
    s: &Shell,
    status: StatusCode,
    read: &Read,
    at: &AtPoint,
    typed: Typed,
    faults: Faults,
) -> kit::Result {
    let (place, _) = read.place(s, at.point.place);
    let point = format!("{place} {}", s.zh(&at.point.words)).trim().to_owned();
    let view = Page {
        s,
        station: read.name(s),
        href: read.href(),
        point,
        action: format!("{}/points/{}/rota", read.href(), at.point.id),
        posts: posts(s, read),
        changes_on: at.changes_on,
        typed,
        faults,
    };
    s.html_with(status, &view)
}

/// GET `/district/stations/{id}/points/{point}/rota?on=…`: what is in force on the day stands in the form.
pub(super) async fn show(s: Shell, Path((key, point)): Path<(String, String)>) -> kit::Result {
    let day = s.on()?;
    writable(&s, &key)?;
    let read = read(&s, &key, day)?;
    let at = read.sheet.point(id(&point)?).ok_or(Fault::Absent)?;
    let typed = Typed::of(at, &posts(&s, &read), day);
    page(&s, StatusCode::OK, &read, at, typed, Faults::none())
}

/// POST the same.
pub(super) async fn set(s: Shell, Path((key, point)): Path<(String, String)>, posted: Posted) -> kit::Result {
    let read = writable(&s, &key)?;
    let at = read.sheet.point(id(&point)?).ok_or(Fault::Absent)?;
    let typed = Typed::sent(&posted.fields);
    let again = |faults| page(&s, StatusCode::UNPROCESSABLE_ENTITY, &read, at, typed.clone(), faults);
    let (from, lines) = match typed.read(&s, &posts(&s, &read)) {
        Ok(read) => read,
        Err(faults) => return again(faults),
    };
    let command = SetRota { point: at.point.id, from, lines };
    let done = s.state.once(&s.actor, &posted, |tx, call| {
        stations::set_rotas(tx, call, std::slice::from_ref(&command))?;
        Ok(format!("{}?done=rota", read.href()))
    });
    s.after(done, again)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_type_them() {
        for (text, read) in [
            ("09:00", Some(540)),
            ("9：30", Some(570)),
            ("0930", Some(570)),
            ("09:00:00", Some(540)),
            ("24:00", Some(1440)),
            ("24:01", None),
            ("9", None),
            ("9:60", None),
            ("+9:00", None),
            ("早上", None),
            ("", None),
        ] {
            assert_eq!(minute(text), read, "{text}");
        }
        assert_eq!(clock(1440), "00:00");
    }
}
