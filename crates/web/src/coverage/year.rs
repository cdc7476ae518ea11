//! The year of a part as two lines: on paper, and in fact.

use std::sync::Arc;

use base::Day;
use district::Year;
use district::coverage::rules::Step;
use district::coverage::{Part, Standings};

use super::picture::{percent, share};

/// A month of the year: its last day, on paper, in fact.
pub(crate) struct Month {
    pub day: Day,
    pub nominal: Option<i64>,
    pub served: Option<i64>,
}

impl Month {
    pub fn on_paper(&self) -> String {
        percent(self.nominal)
    }

    pub fn in_fact(&self) -> String {
        percent(self.served)
    }
}

/// A label under the chart.
pub(crate) struct Tick {
    pub x: String,
    pub text: String,
    /// Left out where there is little room.
    pub alt: bool,
}

/// The year as two lines.
pub(crate) struct Trend {
    pub months: Vec<Month>,
    pub nominal: String,
    pub served: String,
    pub ticks: Vec<Tick>,
    pub last: (String, String, String),
}

/// The year of a part, where there is more than one day to show. The chart's frame is 640 by 222, the lines between x 62 and
/// 518, per cents between y 190 and 20.
pub(super) fn chart(year: &Year, part: Part) -> Option<Trend> {
    let month = |(day, standings): &(Day, Arc<Standings>)| {
        let cascade = standings.cascade(part);
        let (nominal, served) = (share(&cascade, Step::Assigned), share(&cascade, Step::Satisfied));
        Month { day: *day, nominal, served }
    };
    let months: Vec<Month> = year.iter().map(month).collect();
    if months.len() < 2 {
        return None;
    }
    let steps = i64::try_from(months.len()).unwrap_or(2) - 1;
    let x = |i: usize| 62 + 456 * i64::try_from(i).unwrap_or(0) / steps.max(1);
    let y = |share: Option<i64>| {
        let tenths = 1_900 - 1_700 * share.unwrap_or(0) / 1_000;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let line = |of: fn(&Month) -> Option<i64>| {
        let points: Vec<String> =
            months.iter().enumerate().map(|(i, month)| format!("{} {}", x(i), y(of(month)))).collect();
        format!("M{}", points.join("L"))
    };
    let ticks = months
        .iter()
        .enumerate()
        .map(|(i, month)| Tick {
            x: x(i).to_string(),
            text: format!("{:02}", month.day.ymd().1),
            alt: i % 2 == 1,
        })
        .collect();
    let last = months.last();
    Some(Trend {
        nominal: line(|month| month.nominal),
        served: line(|month| month.served),
        ticks,
        last: (
            x(months.len().saturating_sub(1)).to_string(),
            y(last.and_then(|month| month.nominal)),
            y(last.and_then(|month| month.served)),
        ),
        months,
    })
}
