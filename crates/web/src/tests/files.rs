//! Every list as a file: the filters of its page, its day and 模拟 in every row, no more than the reader may see.

use district::kit::Role;
use http::StatusCode;

use super::coverage::cells;
use super::fixture::{Browser, simulated};

/// The rows of a CSV below its titles; each ends with the day and the mark.
fn rows(browser: &mut Browser, address: &str) -> Vec<String> {
    let file = browser.get(address);
    assert_eq!(file.status, StatusCode::OK, "{address}");
    let rows: Vec<String> = file.body.lines().skip(1).map(str::to_owned).collect();
    assert!(rows.iter().all(|row| row.ends_with(",模拟")), "{address}: {}", file.body);
    rows
}

#[test]
fn stations_and_premises_go_out_with_their_places() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        for (page, list, geometry) in [
            ("/district/stations", "/district/stations/list", 1),
            ("/district/stations/premises", "/district/stations/premises/list", 1),
        ] {
            let shown = officer.get(&format!("{page}?on=2026-01-15"));
            for form in ["xlsx", "csv", "geojson"] {
                assert!(shown.has(&format!(r#"href="{list}/{form}?on=2026-01-15""#)), "{page} {form}");
            }
            let count = shown.body.matches(r#"<tr><th scope="row">"#).count();
            let csv = rows(&mut officer, &format!("{list}/csv?on=2026-01-15"));
            assert_eq!(csv.len(), count, "{page}");
            assert!(csv.iter().all(|row| row.ends_with(",2026-01-15,模拟")), "{csv:?}");
            let workbook = officer.get(&format!("{list}/xlsx?on=2026-01-15"));
            assert_eq!(cells(&workbook.bytes).len(), count + 1);
            let places = officer.get(&format!("{list}/geojson?on=2026-01-15"));
            let all: serde_json::Value = serde_json::from_slice(&places.bytes).unwrap();
            let features = all["features"].as_array().unwrap();
            assert_eq!(features.len(), count);
            let on_the_map = features.iter().filter(|it| it["geometry"]["type"] == "Point").count();
            assert!(on_the_map >= geometry, "{page}");
            assert!(features.iter().all(|it| it["properties"]["simulated"] == "模拟"));
            let mut town = open();
            town.enter(Role::TownOfficer);
            assert!(rows(&mut town, &format!("{list}/csv")).len() <= count + 1);
        }
        let town = officer.get("/district/stations/list/csv?town=999999999");
        assert_eq!(town.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn proposals_findings_and_the_effect_of_a_draft_go_out_whole() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let page = officer.get("/district/register/proposals");
        let shown = page.body.matches(r#"<tr><th scope="row">"#).count();
        let proposals = rows(&mut officer, "/district/register/proposals/csv");
        assert!(proposals.len() >= shown && !proposals.is_empty());
        assert!(page.has(r#"href="/district/register/proposals/xlsx""#));

        let page = officer.get("/district/quality?check=no-grid&on=2026-01-15");
        let shown = page.body.matches(r#"<tr><th scope="row"><a href="/communities/"#).count();
        let findings = rows(&mut officer, "/district/quality/csv?check=no-grid&on=2026-01-15");
        assert_eq!(findings.len(), shown);
        let all = rows(&mut officer, "/district/quality/csv?on=2026-01-15");
        assert!(all.len() >= findings.len());

        let question = "name=standalone_over&value=100";
        let page = officer.get(&format!("/district/handbook/effect?{question}"));
        for list in ["communities", "stations", "towns"] {
            let link = format!("/district/handbook/effect/{list}/csv?name=standalone_over&#38;value=100");
            assert!(page.has(&link), "{list}");
            let csv = rows(&mut officer, &format!("/district/handbook/effect/{list}/csv?{question}"));
            assert!(!csv.is_empty(), "{list}");
            let workbook = officer.get(&format!("/district/handbook/effect/{list}/xlsx?{question}"));
            assert_eq!(cells(&workbook.bytes).len(), csv.len() + 1, "{list}");
        }
        let wrong = officer.get("/district/handbook/effect/towns/csv?name=standalone_over&value=viel");
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
        let none = officer.get(&format!("/district/handbook/effect/people/csv?{question}"));
        assert_eq!(none.status, StatusCode::NOT_FOUND);
    });
}
