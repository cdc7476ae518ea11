//! Public services and referrals for programs: what the pages do, under the same permissions.

use district::kit::Role;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{body, key, program, send};
use crate::tests::fixture::{inhabitant, inhabited, story_in, town};

fn words(name: &str) -> Value {
    json!({
        "name": name, "name_en": "", "about": "", "about_en": "", "eligibility": "", "eligibility_en": "",
        "apply": "", "apply_en": "", "fees": "", "fees_en": "", "telephone": "12345",
    })
}

#[test]
fn a_program_keeps_a_service_and_records_a_referral() {
    story_in(true, inhabited, |browser| {
        let mut officer = program(browser, Role::TownOfficer, &["read", "services"]);
        let provider = json!({"name": "受理中心", "name_en": "", "telephone": "", "website": ""});
        let made = send(&mut officer, Method::POST, "/api/v1/service-providers", &key(1), &provider);
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let hours = json!([{"rule": "FREQ=WEEKLY;BYDAY=SA", "opens": 540, "closes": 660}]);
        let place = json!({
            "name": "大厅", "name_en": "", "address": "示例路1号", "town": town().uuid(),
            "position": null, "hours": hours,
        });
        let mut service = json!({
            "provider": body(&made)["id"], "town": town().uuid(), "category": "papers",
            "words": words("居住证"), "week_one": 1, "from": "2026-01-01", "places": [place],
        });
        let made = send(&mut officer, Method::POST, "/api/v1/services", &key(2), &service);
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let address = made.header("location").to_owned();
        service["places"][0]["hours"][0]["rule"] = json!("FREQ=DAILY;COUNT=2");
        let wrong = send(&mut officer, Method::POST, "/api/v1/services", &key(3), &service);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);

        // Anyone reads it; the fixture's day is a Saturday.
        let mut anyone = browser();
        let listed = body(&anyone.get("/api/v1/services?open=true&category=papers"));
        assert_eq!(listed["items"][0]["words"]["name"], "居住证");
        let change = json!({"seen": 1, "category": "work", "words": words("居住证签注"), "week_one": null});
        let changed = send(&mut officer, Method::PUT, &address, &key(4), &change);
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.body);
        let late = send(&mut officer, Method::PUT, &address, &key(5), &change);
        assert!(late.has("已经被别人改过"), "{}", late.body);

        let mut worker = program(browser, Role::CommunityWorker, &["services"]);
        let id = body(&anyone.get(&address))["id"].clone();
        let referral = json!({
            "service": id, "tenancy": inhabitant().0, "person": inhabitant().1,
            "consent": {"by": "person", "how": "written", "until": "2026-03-31", "note": "请先电话联系"},
        });
        let made = send(&mut worker, Method::POST, "/api/v1/referrals", &key(6), &referral);
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let address = made.header("location").to_owned();
        let steps = format!("{address}/steps");
        let accept = json!({"seen": 1, "step": "accept", "consent": null});
        let done = send(&mut worker, Method::POST, &steps, &key(7), &accept);
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        let read = worker.get(&address);
        assert_eq!((&body(&read)["state"], &body(&read)["has_note"]), (&json!("accepted"), &json!(true)));
        assert!(!read.has("请先电话联系"), "a note is for people");
        assert_eq!(body(&worker.get("/api/v1/referrals"))["items"][0]["number"], 1);
        // The town reads, and takes no step.
        let refused = send(&mut officer, Method::POST, &steps, &key(8), &accept);
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
}
