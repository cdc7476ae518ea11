//! Coverage and the register, as people meet them.

use district::kit::Role;
use http::StatusCode;

use super::fixture::{simulated, story};

/// The text between two others, after the first of them.
fn between<'a>(body: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = body.split_once(before).unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after).unwrap().0
}

/// The first sheet of a workbook as texts.
pub(super) fn cells(workbook: &[u8]) -> Vec<Vec<String>> {
    use calamine::Reader as _;
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(workbook.to_vec())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// The sections of a page that show a figure and bear no mark.
fn unmarked(body: &str) -> Vec<String> {
    let (_, main) = body.split_once("<main").unwrap();
    let sections = main.split("<section").skip(1).map(|rest| rest.split("</section>").next().unwrap());
    let figures = |section: &&str| section.contains(r#"class="num""#) && !section.contains(r#"class="sim""#);
    sections.filter(figures).map(|section| section.chars().take(120).collect()).collect()
}

#[test]
fn every_simulated_figure_is_marked() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let town = between(&officer.get("/district").body, "/district?town=", "\"").to_owned();
        let town = format!("/district?town={town}");
        for address in [
            "/",
            "/district",
            "/district?step=available",
            &town,
            "/district/handbook/effect?name=standalone_over&value=800",
        ] {
            let page = officer.get(address);
            assert_eq!(page.status, StatusCode::OK, "{address}");
            let (_, main) = page.body.split_once("<main").unwrap();
            assert!(main.contains(r#"class="sim""#), "{address}");
            assert_eq!(unmarked(&page.body), Vec::<String>::new(), "{address}");
        }
    });
}

#[test]
fn the_district_shows_the_pair_the_steps_and_what_to_do_first() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let page = officer.get("/district");
        assert_eq!(page.status, StatusCode::OK);
        for words in [
            "有形覆盖",
            "有效覆盖",
            "没有说过满不满意",
            "说满意",
            "链接公共服务资源",
            "应服务",
            "有归属",
            "有场所",
            "走得到",
            "有人在",
            "尚未计量",
            "先做什么",
            "14 个街镇",
            "模拟",
        ] {
            assert!(page.has(words), "{words}");
        }
        // A step leads to the communities that are lost there.
        let lost = between(&page.body, r#"data-k="比上一步少"><a href=""#, "\"").replace("&#38;", "&");
        let page = officer.get(&lost);
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.has("停在“有归属”之前的社区"), "{lost}");
        // English says the same.
        let page = officer.get("/district?lang=en");
        let page = if page.status.is_redirection() { officer.get("/district") } else { page };
        assert!(
            page.has("said nothing within the year")
                && page.has("Visits and listens")
                && page.has("What to do first")
        );
    });
}

#[test]
fn a_town_officer_sees_the_own_town_and_no_other() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let all = officer.get("/district");
        let towns: Vec<&str> = between(&all.body, r#"name="town""#, "</select>")
            .split(r#"<option value=""#)
            .skip(1)
            .filter_map(|rest| {
                let id = rest.split_once('"')?.0;
                (id.len() == 32).then_some(id)
            })
            .collect();
        assert_eq!(towns.len(), 14);
        let mut town = open();
        town.enter(Role::TownOfficer);
        let own = town.get("/district");
        assert_eq!(own.status, StatusCode::OK);
        assert!(own.has("虹桥镇"));
        let refused = towns
            .iter()
            .filter(|id| town.get(&format!("/district?town={id}")).status == StatusCode::FORBIDDEN);
        assert_eq!(refused.count(), 13, "every town but their own");
        // The grids to choose from are their own too.
        let grids =
            |page: &str| between(page, r#"name="grid""#, "</select>").matches("<option value=").count();
        assert!(grids(&own.body) > 2 && grids(&own.body) < grids(&all.body));
    });
}

#[test]
fn a_grid_is_looked_at_on_any_day_and_stands_beside_the_others() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let town = between(&officer.get("/district").body, "/district?town=", "\"").to_owned();
        let page = officer.get(&format!("/district?on=2025-12-31&town={town}"));
        assert!(page.has("综合网格并排看"));
        let (_, side) = page.body.split_once("综合网格并排看").unwrap();
        let grid = between(side, "grid=", "\"").to_owned();
        // The row of the grid keeps the day; so do the links to its communities and the way back.
        let row = format!("/district?on=2025-12-31&town={town}&grid={grid}");
        assert!(page.has(&row.replace('&', "&#38;")), "{row}");
        let of_grid = officer.get(&row);
        assert_eq!(of_grid.status, StatusCode::OK);
        assert!(of_grid.has(&format!(r#"<option value="{grid}" selected"#)), "the form keeps the grid");
        assert!(!of_grid.has("综合网格并排看"));
        assert!(of_grid.has(&format!("/district?on=2025-12-31&#38;town={town}")));
        let count = |page: &super::fixture::Answer| {
            let all = page.body.matches(r#"<th scope="row"><a href="/communities/"#).count();
            let dated = page.body.matches("?on=2025-12-31\">").count();
            (all, dated >= all)
        };
        assert!(count(&of_grid).1);
        assert!(count(&of_grid).0 <= count(&page).0);
        // The grid alone says its town; with another town it was left over in the form.
        let alone = officer.get(&format!("/district?grid={grid}"));
        assert!(alone.has(&format!(r#"<option value="{town}" selected"#)));
        let other = officer.get("/district").body;
        let other = other.split("/district?town=").nth(2).unwrap().split('"').next().unwrap().to_owned();
        assert_ne!(other, town);
        let left = officer.get(&format!("/district?town={other}&grid={grid}"));
        assert_eq!(left.status, StatusCode::OK);
        assert!(left.has("综合网格并排看") && !left.has(&format!(r#"<option value="{grid}""#)));
        let none = officer.get(&format!("/district?town={town}&grid=none"));
        assert!(none.has("不在网格里") && none.has(r#"<option value="none" selected"#));
        assert_eq!(officer.get("/district?grid=x").status, StatusCode::BAD_REQUEST);
        // The community says how many households stand at each step, to those who may see it.
        let code = between(&of_grid.body, r#"<a href="/communities/"#, "?").to_owned();
        let page = officer.get(&format!("/communities/{code}?on=2025-12-31"));
        assert!(between(&page.body, r#"<ol class="steps">"#, "</ol>").contains(" 户</span>"));
        let mut anyone = open();
        let page = anyone.get(&format!("/communities/{code}"));
        assert!(!page.body.contains(r#"<ol class="steps">"#) || !page.has(" 户</span></li>"));
    });
}

#[test]
fn the_file_holds_what_the_screen_shows() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let file = officer.get("/district/coverage/csv");
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.body.starts_with('\u{feff}'), "spreadsheets learn the encoding from it");
        let called = file.header("content-disposition");
        assert!(called.contains("2026-01-31-%E6%A8%A1%E6%8B%9F.csv"), "{called}");
        assert!(called.contains(r#"filename="coverage-2026-01-31-simulated.csv""#), "{called}");
        let ends = "综合网格,联系到（户）,有回应（户）,说满意（户）,没有说过满不满意（户）,数据日期,模拟";
        assert!(file.body.lines().next().unwrap().ends_with(ends), "{}", file.body);
        let marked = |line: &str| line.ends_with(",2026-01-31,模拟");
        assert!(file.body.lines().skip(1).all(marked), "day and mark in every row: {}", file.body);
        assert_eq!(file.body.lines().count(), 15);
        let households: i64 = file
            .body
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(4).unwrap().parse::<i64>().unwrap())
            .sum();
        let page = officer.get("/district");
        let target = between(&page.body, r#"<td class="num">"#, "<").replace(',', "");
        assert_eq!(target.parse::<i64>().unwrap(), households);
        let workbook = officer.get("/district/coverage/xlsx");
        let cells = cells(&workbook.bytes);
        assert_eq!(cells.len(), 15);
        assert!(cells.iter().skip(1).all(|row| row.ends_with(&["2026-01-31".into(), "模拟".into()])));
        assert!(
            workbook.header("content-type").contains("spreadsheetml") && workbook.bytes.starts_with(b"PK")
        );
        assert_eq!(officer.get("/district/coverage/pdf").status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn what_is_public_is_decided_with_a_reason() {
    simulated(|open| {
        let mut anyone = open();
        assert!(anyone.get("/").has("真正服务到的有多少户"));
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let key = officer.get("/district").key().to_owned();
        let fields = [("request_key", key.as_str()), ("figure", "district-cascade"), ("published", "no")];
        let refused = officer.post("/district/publish", &fields);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let key = officer.get("/district").key().to_owned();
        let fields = [
            ("request_key", key.as_str()),
            ("figure", "district-cascade"),
            ("published", "no"),
            ("reason", "核对中"),
        ];
        assert_eq!(officer.post("/district/publish", &fields).status, StatusCode::SEE_OTHER);
        assert!(!anyone.get("/").has("真正服务到的有多少户"));
    });
}

#[test]
fn anyone_finds_a_community_and_who_serves_it() {
    simulated(|open| {
        let mut anyone = open();
        let found = anyone.get("/communities?q=aiqinhai");
        assert!(found.has("1 个社区") && found.has("爱琴海"));
        let page =
            anyone.get(&format!("/communities/{}", between(&found.body, r#"href="/communities/"#, "\"")));
        assert_eq!(page.status, StatusCode::OK);
        for words in ["爱琴海社工站", "下次有人在", "<b class=\"n\">2026-0", "021-5550"] {
            assert!(page.has(words), "{words}");
        }
        assert!(!page.has("一社一档"), "the register's own figures are for those who work with it");
        assert!(anyone.get("/communities?q=没有这个社区").has("没有符合条件的社区"));
        assert_eq!(anyone.get("/communities/999").status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_governance_mode_is_begun_once_and_ended() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let list = officer.get("/district/register?q=310112107");
        let code = between(&list.body, r#"<a href="/communities/"#, "\"").to_owned();
        let address = format!("/communities/{code}/modes");
        let begin = |officer: &mut super::fixture::Browser, from: &str| {
            let key = officer.get(&address).key().to_owned();
            let fields = [
                ("request_key", key.as_str()),
                ("do", "begin"),
                ("mode", "own_committee"),
                ("document_no", "示例〔2026〕9号"),
                ("from", from),
            ];
            officer.post(&address, &fields)
        };
        assert_eq!(begin(&mut officer, "gestern").status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(begin(&mut officer, "2026-01-30").status, StatusCode::SEE_OTHER);
        assert!(officer.get(&address).has("示例〔2026〕9号"));
        let twice = begin(&mut officer, "2026-01-31");
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut worker = open();
        worker.enter(Role::CommunityWorker);
        assert_eq!(worker.get(&address).status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn the_list_says_how_it_came_to_its_number() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let page = officer.get("/district/register");
        assert!(page.has("上月末") && page.has("14 个社区"));
        let sorted = officer.get("/district/register?sort=households&order=down");
        assert!(sorted.has(r#"aria-sort="descending""#));
        assert_eq!(officer.get("/district/register?on=2026-13-01").status, StatusCode::BAD_REQUEST);
        let sheet = officer.get(&format!(
            "/communities/{}/sheet",
            between(&page.body, r#"<th scope="row"><a href="/communities/"#, "\"")
        ));
        assert_eq!(sheet.status, StatusCode::OK);
        let mut anyone = open();
        let refused = anyone.get("/district/register");
        assert_eq!(
            (refused.status, refused.header("location").starts_with("/enter")),
            (StatusCode::SEE_OTHER, true)
        );
    });
}

#[test]
fn a_town_without_an_outline_is_a_circle_at_its_middle() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let page = officer.get("/district");
        let (_, map) = page.body.split_once(r#"<div class="map">"#).unwrap();
        let (map, _) = map.split_once("</svg>").unwrap();
        assert!(
            map.contains(r#"<path class="area m1""#) && map.contains("虹桥镇") && map.contains(">1</text>"),
            "{map}"
        );
    });
}
