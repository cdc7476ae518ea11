//! One figure, one function: the same number on the page, in the list, in the export and on the command line, and
//! counted again from raw facts, for twenty communities on five days.

use base::Day;
use district::coverage::{Part, figures, standings};
use district::kit::Role;
use district::register;

use super::fixture::{Browser, simulated_with};

/// Days of the year, the first and the last of them included.
const DAYS: [&str; 5] = ["2025-01-15", "2025-06-30", "2025-09-01", "2025-12-31", "2026-01-31"];
/// Communities looked at on each day.
const COMMUNITIES: usize = 20;

/// What one place says of a community: households and residents.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
struct Said {
    households: i64,
    residents: i64,
}

fn number(text: &str) -> i64 {
    text.replace(',', "").trim().parse().unwrap_or_else(|_| panic!("“{text}” is no number"))
}

/// The figure under a title of the community's page.
fn figure(body: &str, title: &str) -> i64 {
    let (_, rest) = body.split_once(&format!("<dt>{title}</dt><dd class=\"v\">")).expect("the figure");
    number(rest.split_once('<').unwrap().0)
}

fn on_page(officer: &mut Browser, code: &str, day: &str) -> Said {
    let page = officer.get(&format!("/communities/{code}?on={day}"));
    Said { households: figure(&page.body, "户"), residents: figure(&page.body, "居民") }
}

/// Households in the row of the list.
fn in_list(officer: &mut Browser, code: &str, day: &str) -> i64 {
    let list = officer.get(&format!("/district/register?q={code}&on={day}"));
    let (_, row) = list.body.split_once(&format!("<td class=\"code\">{code}</td>")).expect("the row");
    let cells: Vec<&str> = row.split("<td class=\"num\">").skip(1).take(3).collect();
    number(cells[2].split_once('<').unwrap().0)
}

fn in_export(officer: &mut Browser, code: &str, day: &str) -> Said {
    let file = officer.get(&format!("/district/coverage/csv?on={day}")).body;
    let row = file.lines().find(|line| line.starts_with(code)).expect("the row of the export");
    let cells: Vec<&str> = row.split(',').collect();
    Said { households: number(cells[4]), residents: number(cells[5]) }
}

#[test]
fn a_figure_is_the_same_wherever_it_stands() {
    let order = sim::Order { per_mille: 45, ..sim::Order::new(11) };
    simulated_with(order, |db, open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        for day in DAYS {
            let on = Day::parse(day).unwrap();
            let (communities, recount, standings) = db
                .read(|tx| {
                    Ok::<_, district::Error>((
                        register::snapshot(tx, on)?,
                        register::recount(tx, on)?,
                        standings(tx, on)?,
                    ))
                })
                .unwrap();
            assert!(communities.len() >= COMMUNITIES, "{} on {day}", communities.len());
            // Ids are random: the first of them are a random choice.
            for community in communities.iter().take(COMMUNITIES) {
                let raw = recount[&community.id];
                let said = Said { households: raw.households, residents: raw.residents };
                let code = community.code.as_str();
                let part = Part { community: Some(community.id), ..Part::default() };
                let line = figures(&standings.cascade(part), on);
                assert_eq!(line["target"], said.households, "the command line: {code} on {day}");
                assert_eq!(line["residents"], said.residents, "the command line: {code} on {day}");
                assert_eq!(on_page(&mut officer, code, day), said, "the page: {code} on {day}");
                assert_eq!(in_export(&mut officer, code, day), said, "the export: {code} on {day}");
                assert_eq!(in_list(&mut officer, code, day), said.households, "the list: {code} on {day}");
            }
        }
    });
}
