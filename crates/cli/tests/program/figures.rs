//! One figure, one function: what a community's page, the lists, the exports, the API and the command line say of it, held
//! against a count of the raw rows by a plain twin, for twenty communities on five days.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use base::{Day, IdSource as _, Instant, SeededIds};
use db::{Db, Location};
use district::kit::Role;
use serde_json::Value;

use crate::served::{Reader, Served, lilong};
use crate::twin::Facts;

/// Days of the year, the first half, the turn of the handbook and the last of them included.
const DAYS: [&str; 5] = ["2025-01-15", "2025-06-30", "2025-09-01", "2025-12-31", "2026-01-31"];
/// Communities looked at on each day.
const COMMUNITIES: usize = 20;

/// A figure of a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Figure {
    Dwellings,
    Households,
    Residents,
    Planned,
    Target,
    Assigned,
    Available,
    Accessible,
    Staffed,
    Contacted,
    Responded,
    Satisfied,
}

/// The steps at which each household stands by itself: the figure, its name on a page, on the command line, in the export.
const OF_HOUSEHOLDS: [(Figure, &str, &str, &str); 3] = [
    (Figure::Contacted, "联系到", "contacted", "联系到"),
    (Figure::Responded, "有回应", "responded", "有回应"),
    (Figure::Satisfied, "说满意", "satisfied", "说满意"),
];

/// The steps of the cascade, in order: the figure, its name on a page, its name on the command line.
const STEPS: [(Figure, &str, &str); 5] = [
    (Figure::Target, "应服务", "target"),
    (Figure::Assigned, "有归属", "assigned"),
    (Figure::Available, "有场所", "available"),
    (Figure::Accessible, "走得到", "accessible"),
    (Figure::Staffed, "有人在", "staffed"),
];

/// What a place says of a community. A figure that is not known is said, too.
type Said = Vec<(Figure, Option<i64>)>;

fn number(text: &str) -> Option<i64> {
    let text = text.replace(',', "");
    (text != "—" && !text.is_empty())
        .then(|| text.parse().unwrap_or_else(|_| panic!("“{text}” is no number")))
}

/// The text between two others; `after` is looked for first.
fn between<'a>(text: &'a str, after: &str, before: &str) -> &'a str {
    let (_, rest) = text.split_once(after).unwrap_or_else(|| panic!("no “{after}”"));
    rest.split_once(before).unwrap_or_else(|| panic!("no “{before}”")).0
}

/// The households at each step, for a community that reaches the steps up to one.
fn reached(households: Option<i64>, last: &str) -> Said {
    let place = STEPS.iter().position(|step| step.1 == last).unwrap_or_else(|| panic!("“{last}” is no step"));
    let at = |(number, step): (usize, &(Figure, &str, &str))| {
        (step.0, if number <= place { households } else { Some(0) })
    };
    STEPS.iter().enumerate().map(at).collect()
}

/// The community's own page: its figures, and the steps that hold.
fn on_page(officer: &mut Reader, code: &str, day: &str) -> Said {
    let page = officer.get(&format!("/communities/{code}?on={day}"));
    let figure = |title: &str| number(between(&page, &format!("<dt>{title}</dt><dd class=\"v\">"), "<"));
    let steps = between(&page, "<ol class=\"steps\">", "</ol>");
    let households = figure("户");
    let held = |name: &str| {
        let step = steps.split("<li>").find(|step| step.contains(name)).expect("the step");
        if step.contains("class=\"st ok\"") { households } else { Some(0) }
    };
    let mut said: Said = STEPS.iter().map(|(figure, name, _)| (*figure, held(name))).collect();
    said.extend(OF_HOUSEHOLDS.map(|(figure, name, ..)| {
        let step = steps.split("<li>").find(|step| step.contains(name)).expect("the step");
        let (before, _) = step.split_once(" 户</span>").expect("its households");
        (figure, number(before.rsplit('>').next().unwrap_or_default()))
    }));
    said.extend([
        (Figure::Dwellings, figure("套/间")),
        (Figure::Households, households),
        (Figure::Residents, figure("居民")),
        (Figure::Planned, figure("规划户数")),
    ]);
    said
}

/// Its row in the list of communities.
fn in_list(officer: &mut Reader, code: &str, day: &str) -> Said {
    let list = officer.get(&format!("/district/register?q={code}&on={day}"));
    let row = between(&list, &format!("<td class=\"code\">{code}</td>"), "</tr>");
    let cells: Vec<&str> = row.split("<td class=\"num\">").skip(1).map(|it| between(it, "", "<")).collect();
    let figures = [Figure::Planned, Figure::Dwellings, Figure::Households];
    figures.into_iter().zip(cells.into_iter().map(number)).collect()
}

/// Its row in the list of its town's coverage.
fn in_town(page: &str, code: &str) -> Said {
    let link = format!("<a href=\"/communities/{code}");
    let rows = page.split("<tr><th scope=\"row\">");
    // The link goes on with the day, or ends there.
    let mut its = rows.filter(|row| row.strip_prefix(&link).is_some_and(|rest| rest.starts_with(['?', '"'])));
    let row = its.next().expect("the row");
    let households = number(between(row, "<td class=\"num\">", "<"));
    let last = between(row, "<td class=\"num\">", "</tr>");
    let mut said = reached(households, between(last, "<td>", "<"));
    said.push((Figure::Households, households));
    said
}

/// A file of rows: what stands under a heading that has these words.
struct Table(Vec<Vec<String>>);

impl Table {
    fn of(text: &str) -> Self {
        assert!(!text.contains('"'), "a cell of this file has a comma: read it by more than a split");
        Self(text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect())
    }

    fn cell(&self, code: &str, head: &str) -> &str {
        let column = self.0[0].iter().position(|it| it.trim_start_matches('\u{feff}').starts_with(head));
        let row = self.0.iter().find(|row| row[0] == code).expect("the row");
        &row[column.unwrap_or_else(|| panic!("no column {head}"))]
    }

    /// Its row in the export of the list.
    fn listed(&self, code: &str) -> Said {
        [
            (Figure::Planned, "规划户数"),
            (Figure::Dwellings, "住房"),
            (Figure::Households, "户数"),
            (Figure::Residents, "居民数"),
        ]
        .map(|(figure, head)| (figure, number(self.cell(code, head))))
        .to_vec()
    }

    /// Its row in the export of coverage.
    fn covered(&self, code: &str) -> Said {
        let households = number(self.cell(code, "户数"));
        let mut said = reached(households, self.cell(code, "到了哪一步"));
        said.push((Figure::Households, households));
        said.push((Figure::Residents, number(self.cell(code, "居民"))));
        said.extend(OF_HOUSEHOLDS.map(|(figure, .., head)| (figure, number(self.cell(code, head)))));
        said
    }
}

/// Its row in the list for programs.
fn in_api_list(officer: &mut Reader, code: &str, day: &str) -> Said {
    let list = officer.get(&format!("/api/v1/register/communities?q={code}&on={day}"));
    let list: Value = serde_json::from_str(&list).unwrap();
    let row = list["items"].as_array().unwrap().iter().find(|row| row["code"] == code).expect("the row");
    [
        (Figure::Planned, "planned_households"),
        (Figure::Dwellings, "dwellings"),
        (Figure::Households, "households"),
        (Figure::Residents, "residents"),
    ]
    .map(|(figure, name)| (figure, row[name].as_i64()))
    .to_vec()
}

/// The community for programs: its figures, and the steps that hold.
fn in_api(officer: &mut Reader, code: &str, day: &str) -> Said {
    let answer = officer.get(&format!("/api/v1/communities/{code}?on={day}"));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let figure = |name: &str| answer["register"][name].as_i64();
    let place = STEPS.iter().position(|step| answer["reached"] == step.2).expect("a step");
    let mut said = reached(figure("households"), STEPS[place].1);
    said.extend([
        (Figure::Dwellings, figure("dwellings")),
        (Figure::Households, figure("households")),
        (Figure::Residents, figure("residents")),
        (Figure::Planned, answer["planned_households"].as_i64()),
    ]);
    said
}

/// What the command line prints of it.
fn on_command_line(place: &[&str], code: &str, day: &str) -> Said {
    let words = [&["coverage", "--json", "--on", day, "--community", code], place].concat();
    let output = lilong(&words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut said: Said = STEPS.iter().map(|(figure, _, name)| (*figure, line[name].as_i64())).collect();
    said.push((Figure::Residents, line["residents"].as_i64()));
    said.extend(OF_HOUSEHOLDS.map(|(figure, _, name, _)| (figure, line[name].as_i64())));
    said
}

/// What the command line writes as the list.
fn written(place: &[&str], day: &str, folder: &Path) -> Table {
    let file = folder.join(format!("{day}.csv"));
    let name = file.display().to_string();
    let words = [&["export", "--what", "list-csv", "--on", day, &name], place].concat();
    assert!(lilong(&words).stdout(std::process::Stdio::null()).status().unwrap().success());
    Table::of(&std::fs::read_to_string(file).unwrap())
}

/// Some of the communities of a day, each with its town: a choice that is the same for the same day.
fn some_of(listed: Vec<(String, String)>, day: Day) -> Vec<(String, String)> {
    let mut source = SeededIds::new(u64::try_from(day.days()).unwrap());
    let now = Instant::at(day, 9, 0);
    let mut drawn: Vec<_> = listed.into_iter().map(|it| (source.next(now), it)).collect();
    drawn.sort();
    drawn.into_iter().map(|(_, it)| it).take(COMMUNITIES).collect()
}

/// Everything that is said of the communities of every day, held against the twin.
fn compare(place: &[&str], size: &str, location: &Location, folder: &Path) {
    let served = Served::demo(&[&["--size", size], place].concat());
    let db = Db::open(location).unwrap();
    let facts = Facts::read(&db);
    let mut officer = Reader::new(&served);
    officer.enter(Role::DistrictOfficer);
    let mut steps = HashMap::<Figure, HashSet<bool>>::new();
    let mut told = 0;
    for day in DAYS {
        let on = Day::parse(day).unwrap();
        let chosen = some_of(facts.listed(on), on);
        let counted = facts.count(&db, on, chosen.iter().map(|(code, _)| code));
        assert_eq!(chosen.len(), COMMUNITIES, "on {day}");
        let list = Table::of(&officer.get(&format!("/district/exchange/list/csv?on={day}")));
        let coverage = Table::of(&officer.get(&format!("/district/coverage/csv?on={day}")));
        let written = written(place, day, folder);
        let mut towns = HashMap::new();
        for (code, town) in &chosen {
            let town =
                towns.entry(town).or_insert_with(|| officer.get(&format!("/district?town={town}&on={day}")));
            let said = [
                ("the page", on_page(&mut officer, code, day)),
                ("the list", in_list(&mut officer, code, day)),
                ("the town's list", in_town(town, code)),
                ("the export of the list", list.listed(code)),
                ("the export of coverage", coverage.covered(code)),
                ("the list of the API", in_api_list(&mut officer, code, day)),
                ("the API", in_api(&mut officer, code, day)),
                ("the command line", on_command_line(place, code, day)),
                ("the command line's list", written.listed(code)),
            ];
            for (where_said, figures) in said {
                for (figure, said) in figures {
                    // What was overdue on an earlier day no row says any more: it is counted for the last day alone.
                    let Some(twin) = counted[code.as_str()].get(&figure) else { continue };
                    assert_eq!(said, *twin, "{figure:?} on {where_said}: {code} on {day}");
                    told += 1;
                }
            }
            for figure in STEPS.map(|it| it.0).into_iter().chain([Figure::Contacted]) {
                steps.entry(figure).or_default().insert(counted[code.as_str()][&figure] > Some(0));
            }
        }
    }
    for (figure, name, _) in &STEPS[1..] {
        assert_eq!(steps[figure].len(), 2, "{name} holds for some of them and for others not");
    }
    assert_eq!(steps[&Figure::Contacted].len(), 2, "some of them are contacted and others are not");
    assert!(told > DAYS.len() * COMMUNITIES * 30, "{told}");
}

#[test]
fn a_figure_is_the_same_wherever_it_stands_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let location = Location::File(db::district_file(&data, "310112"));
    compare(&["--data", &data.display().to_string()], "0.2", &location, folder.path());
}

/// On the other engine a smaller district: what is different there is the engine, and it is slower to make.
#[test]
fn a_figure_is_the_same_wherever_it_stands_on_postgres() {
    /// A code that no other test uses: it names the schema.
    const DISTRICT: &str = "990002";
    let Ok(url) = std::env::var("LILONG_TEST_DATABASE_URL") else {
        println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let schema = db::district_schema(DISTRICT);
    Db::drop_schema(&url, &schema).unwrap();
    let location = Location::Server { url: url.clone(), schema: schema.clone() };
    let place = ["--data", &data, "--database-url", &url, "--district", DISTRICT];
    compare(&place, "0.05", &location, folder.path());
    Db::drop_schema(&url, &schema).unwrap();
}
