//! Programs that bring the register and carry it away.

use district::exchange::SheetId;
use district::kit::Role;
use http::{Method, StatusCode};
use serde_json::json;

use super::super::exchange::{GRID, community, workbook};
use super::super::fixture::{Answer, Browser, simulated, story};
use super::{ALL, body, key, program, send};
use crate::kit::XLSX;

/// Sends a file under a key.
fn upload(program: &mut Browser, address: &str, number: u8, kind: &str, file: &[u8]) -> Answer {
    program.more.push(("idempotency-key", key(number)));
    let answer = program.send_as(Method::POST, address, kind, file.to_vec());
    program.more.retain(|(name, _)| *name != "idempotency-key");
    answer
}

#[test]
fn a_program_imports_upon_the_dry_run_that_it_read() {
    story(true, |browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &ALL);
        let row = community("310112107-001", "保障性租赁住房");
        let file = workbook(&[(SheetId::Grids, &[GRID]), (SheetId::Communities, &[&row])]);
        let to = "/api/v1/uploads?on=2026-01-31&name=register.xlsx";
        assert_eq!(
            upload(&mut officer, to, 1, "text/plain", &file).status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        );
        let bad = upload(&mut officer, to, 2, XLSX, b"no workbook");
        assert_eq!(
            (bad.status, body(&bad)["type"].as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some("/api#problem-refused"))
        );
        let first = upload(&mut officer, to, 3, XLSX, &file);
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        assert_eq!(body(&upload(&mut officer, to, 3, XLSX, &file)), body(&first), "sent twice, kept once");
        let other = upload(&mut officer, "/api/v1/uploads?on=2026-01-30&name=register.xlsx", 3, XLSX, &file);
        assert_eq!(other.status, StatusCode::CONFLICT, "another day is another request");

        let address = first.header("location").to_owned();
        let looked = body(&officer.get(&address));
        assert_eq!(looked["upload"]["standing"], "looked");
        let grids = json!({"sheet": "grids", "rows": 1, "added": 1, "changed": 0, "same": 0, "left": 0});
        assert_eq!((&looked["sheets"][0], &looked["refused"]), (&grids, &json!(0)));
        assert_eq!(looked["differences"][1]["about"], "310112107-001 青藤公寓");
        let take = format!("{address}/import");
        let stale =
            send(&mut officer, Method::POST, &take, &key(4), &json!({"seal": "0", "only_good": false}));
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", stale.body);
        let sent = json!({"seal": looked["seal"], "only_good": false});
        for _ in 0..2 {
            let done = send(&mut officer, Method::POST, &take, &key(5), &sent);
            assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        }
        assert_eq!(body(&officer.get("/api/v1/communities/310112107-001"))["name"], "青藤公寓");
        let after = body(&officer.get(&address));
        assert_eq!((&after["upload"]["standing"], &after["seal"]), (&json!("taken"), &json!(null)));

        // What comes out goes in again and changes nothing.
        let out = officer.get("/api/v1/exports/register?on=2026-01-31");
        assert_eq!((out.status, out.header("content-type")), (StatusCode::OK, XLSX));
        let again = upload(&mut officer, to, 6, XLSX, &out.bytes);
        let again = again.header("location").to_owned();
        let same = body(&officer.get(&again));
        let alters = |it: &serde_json::Value| it["added"] != 0 || it["changed"] != 0;
        assert!(!same["sheets"].as_array().unwrap().iter().any(alters), "{same}");
        assert_eq!(
            send(&mut officer, Method::DELETE, &again, &key(7), &json!(null)).status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(body(&officer.get(&again))["upload"]["standing"], "dropped");
        assert_eq!(body(&officer.get("/api/v1/uploads"))["count"], 2);

        // Only who imports does, and only with a token that is for it.
        let mut reader = program(browser, Role::DistrictOfficer, &["read"]);
        assert_eq!(upload(&mut reader, to, 8, XLSX, &file).status, StatusCode::FORBIDDEN);
        assert_eq!(reader.get(&address).status, StatusCode::FORBIDDEN);
        let long = format!("/api/v1/uploads?name={}.csv", "a".repeat(120));
        assert_eq!(body(&upload(&mut officer, &long, 9, XLSX, &file))["errors"][0]["field"], "name");
    });
}

#[test]
fn a_bad_file_is_explained_row_by_row() {
    story(true, |browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &ALL);
        let (good, bad) = (community("310112107-001", "保障性租赁住房"), community("310112107-002", "公寓"));
        let file = workbook(&[(SheetId::Grids, &[GRID]), (SheetId::Communities, &[&good, &bad])]);
        officer.accept = "en";
        let sent = upload(&mut officer, "/api/v1/uploads?on=2026-01-31&name=a.xlsx", 1, XLSX, &file);
        let address = sent.header("location").to_owned();
        let looked = body(&officer.get(&address));
        let problem = &looked["problems"][0];
        assert_eq!((&problem["sheet"], &problem["row"]), (&json!("communities"), &json!(3)), "{problem}");
        assert!(
            problem["refuses"] == true && problem["detail"].as_str().unwrap().contains("公寓"),
            "{problem}"
        );
        let sent = json!({"seal": looked["seal"], "only_good": true});
        let done = send(&mut officer, Method::POST, &format!("{address}/import"), &key(2), &sent);
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        assert_eq!(body(&officer.get(&address))["upload"]["left_out"], json!(["310112107-002"]));
    });
}

#[test]
fn a_form_of_a_superior_is_kept_mapped_and_filled() {
    simulated(|browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &ALL);
        let list = officer.get("/api/v1/exports/communities/workbook");
        let kept = upload(&mut officer, "/api/v1/report-forms?name=monthly.xlsx", 1, XLSX, &list.bytes);
        assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
        let address = kept.header("location").to_owned();
        let form = body(&officer.get(&address));
        assert_eq!(form["name"], "monthly");
        let letters = form["columns"][0]["letters"].as_str().unwrap().to_owned();
        let field = form["fields"][0]["id"].as_str().unwrap().to_owned();
        let map = |officer: &mut Browser, number: u8, letters: &str, field: &str| {
            let sent = json!({"fields": {letters: field}});
            send(officer, Method::PUT, &format!("{address}/columns"), &key(number), &sent)
        };
        assert_eq!(map(&mut officer, 2, "ZZ", &field).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(map(&mut officer, 3, &letters, "none").status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(map(&mut officer, 4, &letters, &field).status, StatusCode::NO_CONTENT);
        assert_eq!(body(&officer.get(&address))["columns"][0]["field"], json!(field));
        let filled = officer.get(&format!("{address}/filled?on=2026-01-31"));
        assert_eq!((filled.status, filled.header("content-type")), (StatusCode::OK, XLSX));
        assert_eq!(body(&officer.get("/api/v1/report-forms"))["items"][0]["name"], "monthly");
    });
}

#[test]
fn outlines_come_in_as_they_do_on_the_page() {
    story(true, |browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &ALL);
        let outline = json!({"type": "FeatureCollection", "features": [{
            "type": "Feature",
            "properties": {"code": "310112107"},
            "geometry": {"type": "Polygon", "coordinates": [[
                [121.3, 31.1], [121.4, 31.1], [121.4, 31.2], [121.3, 31.1],
            ]]},
        }]});
        let file = outline.to_string().into_bytes();
        let done = upload(&mut officer, "/api/v1/outlines", 1, "application/geo+json", &file);
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        let bad = upload(&mut officer, "/api/v1/outlines", 2, "application/geo+json", b"{}");
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}
