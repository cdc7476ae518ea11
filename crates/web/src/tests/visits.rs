//! Visits: a round is planned, walked and handed over; what was told twice is there once; what no longer fits waits.

use district::kit::Role;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::fixture::{Answer, Browser, simulated};

const LIST: &str = "/desk/visits";

fn hidden(page: &Answer, name: &str) -> String {
    let start = format!(r#"name="{name}" value=""#);
    let (_, after) = page.body.split_once(&start).unwrap_or_else(|| panic!("{name}: {}", page.body));
    after.split_once('"').unwrap().0.to_owned()
}

/// The ids of the households that a page leads to, with the round they are on.
fn households(page: &Answer) -> Vec<(String, String)> {
    let parts = page.body.split(r#"href="/desk/visits/household/"#).skip(1);
    let each = parts.map(|part| part.split_once('"').unwrap().0);
    each.map(|path| {
        let (id, round) = path.split_once("?round=").unwrap_or((path, ""));
        (id.to_owned(), round.to_owned())
    })
    .collect()
}

fn tell(browser: &mut Browser, key: u8, sent: &Value) -> Answer {
    let key = format!("0198c0de-0000-7000-8000-0000000000{key:02x}");
    browser.more.push(("idempotency-key", key));
    let answer =
        browser.send_as(Method::POST, "/api/v1/visits", "application/json", sent.to_string().into_bytes());
    browser.more.clear();
    answer
}

#[test]
fn a_worker_plans_the_day_visits_and_hands_over() {
    simulated(|open| {
        let mut worker = open();
        worker.enter(Role::CommunityWorker);
        let page = worker.get(LIST);
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let plan = |worker: &mut Browser, page: &Answer, day: &str| {
            let (station, seen) = (hidden(page, "station"), hidden(page, "seen"));
            let key = page.key().to_owned();
            let fields = [
                ("request_key", key.as_str()),
                ("do", "plan"),
                ("station", &station),
                ("seen", &seen),
                ("day", day),
            ];
            worker.post(LIST, &fields)
        };
        let planned = plan(&mut worker, &page, "2026-01-31");
        assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
        let again = worker.get(LIST);
        let refused = plan(&mut worker, &again, "2025-12-01");
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has(r#"aria-describedby="day-e""#), "{}", refused.body);
        let page = worker.get(planned.header("location"));
        assert!(page.has("走访计划已排好") && page.has("不超过平均数的一成"), "{}", page.body);

        let (household, round) = households(&page).into_iter().find(|(_, round)| !round.is_empty()).unwrap();
        let address = format!("/desk/visits/household/{household}");
        let form = worker.get(&format!("{address}?round={round}"));
        let key = form.key().to_owned();
        let fields = [
            ("request_key", key.as_str()),
            ("do", "record"),
            ("round", &round),
            ("outcome", "met"),
            ("on", "2026-01-31"),
            ("need", "schooling"),
            ("consent", "schooling"),
            ("satisfied", "yes"),
            ("note", "示例保密"),
        ];
        let missing = worker
            .post(&address, &fields.map(|(name, value)| (name, if name == "outcome" { "" } else { value })));
        assert!(missing.has("请选择这次走访的结果") && missing.has("示例保密"), "{}", missing.body);
        for _ in 0..2 {
            let sent = worker.post(&address, &fields);
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
            assert!(sent.header("location").contains("done=recorded"));
        }
        let sheet = worker.get(&address);
        assert_eq!(sheet.body.matches("入学、入园 （同意转告）").count(), 1, "{}", sheet.body);
        assert!(
            !sheet.has("示例保密") && sheet.has(r#"<span class="dot"></span> 说满意</p>"#),
            "{}",
            sheet.body
        );
        let note = [("request_key", sheet.key()), ("do", "note"), ("visit", &hidden(&sheet, "visit"))];
        assert!(worker.post(&address, &note).has("示例保密"));
        // A need of somebody who was not met is refused at its field.
        let form = worker.get(&address);
        let nobody = [("request_key", form.key()), ("do", "record"), ("outcome", "absent"), ("need", "work")];
        assert!(worker.post(&address, &nobody).has("请不要填写需要"));
        let form = worker.get(&address);
        let word =
            [("request_key", form.key()), ("do", "record"), ("outcome", "absent"), ("satisfied", "yes")];
        let refused = worker.post(&address, &word);
        assert!(
            refused.has("就不能记满意不满意") && refused.has(r#"value="yes" checked"#),
            "{}",
            refused.body
        );
        // An officer does not open a household, and sees sums.
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        assert_eq!(officer.get(&address).status, StatusCode::FORBIDDEN);
        assert_eq!(officer.get("/desk/visits/themes").status, StatusCode::OK);
    });
}

#[test]
fn what_a_device_sends_three_times_is_there_once_and_what_does_not_fit_waits() {
    simulated(|open| {
        let mut worker = open();
        worker.enter(Role::CommunityWorker);
        let page = worker.get(LIST);
        let homes = households(&page);
        // The device's clock is a day ahead: it says so by when it sent.
        let clock = 1_769_824_800_000_i64 + 86_400_000;
        let visit = |number: u8, household: &str, ago: i64| {
            json!({
                "id": format!("11111111-0000-4000-8000-0000000000{number:02x}"), "household": household, "round": null,
                "made_at_millis": clock - ago, "outcome": "met", "needs": [], "note": null,
            })
        };
        let batch = json!({
            "sent_at_millis": clock,
            "visits": [visit(1, &homes[0].0, 60_000), visit(2, &homes[1].0, -7_200_000)],
        });
        let first = tell(&mut worker, 1, &batch);
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        for key in [1, 2, 3] {
            assert_eq!(tell(&mut worker, key, &batch).body, first.body);
        }
        let receipts: Value = serde_json::from_str(&first.body).unwrap();
        assert_eq!(receipts["receipts"][0]["waits"], Value::Null);
        assert_eq!(receipts["receipts"][1]["waits"], "clock");
        let sheet = worker.get(&format!("/desk/visits/household/{}", homes[0].0));
        assert_eq!(sheet.body.matches("<div class=\"r\">2026-01-31</div>").count(), 1, "{}", sheet.body);

        // The grid's leader was there on the same day: that waits, and is recorded once somebody says so.
        let mut leader = open();
        leader.enter(Role::GridLeader);
        let twice =
            tell(&mut leader, 4, &json!({ "sent_at_millis": clock, "visits": [visit(3, &homes[0].0, 0)] }));
        assert!(twice.has(r#""waits":"twice""#), "{}", twice.body);
        let inbox = leader.get("/desk/visits/inbox");
        assert!(inbox.has("同一天已有别人走访过这一户") && inbox.has("记录的时间还没到"), "{}", inbox.body);
        for to in ["take", "aside"] {
            let inbox = leader.get("/desk/visits/inbox");
            let visit = hidden(&inbox, "visit");
            let fields = [("request_key", inbox.key()), ("visit", visit.as_str()), ("do", to)];
            assert_eq!(leader.post("/desk/visits/inbox", &fields).status, StatusCode::SEE_OTHER);
        }
        assert!(leader.get("/desk/visits/inbox").has("没有等着处理的走访记录"));
        let wrong = json!({ "sent_at_millis": -1, "visits": [] });
        assert_eq!(tell(&mut leader, 5, &wrong).status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn a_device_is_known_by_whoever_brought_it_and_wipes_when_it_is_told_to() {
    simulated(|open| {
        let mut worker = open();
        worker.enter(Role::CommunityWorker);
        let device = "22222222-0000-4000-8000-000000000001";
        let address = format!("/api/v1/visit-devices/{device}");
        let key = || vec![("idempotency-key", "33333333-0000-4000-8000-000000000001".to_owned())];
        let come = |browser: &mut Browser| {
            browser.more = key();
            let answer = browser.send_as(Method::POST, &address, "application/json", b"{}".to_vec());
            browser.more.clear();
            answer
        };
        let first = come(&mut worker);
        assert!(first.has(r#""wipe":false"#), "{}", first.body);
        assert_eq!(come(&mut worker).body, first.body);
        let mut leader = open();
        leader.enter(Role::GridLeader);
        assert_eq!(come(&mut leader).status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = worker.get("/desk/visits/devices");
        let fields = [("request_key", page.key()), ("device", device)];
        assert_eq!(worker.post("/desk/visits/devices", &fields).status, StatusCode::SEE_OTHER);
        assert!(come(&mut worker).has(r#""wipe":true"#));
        let page = worker.get("/desk/visits/offline");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("worker-src 'self'") && !policy.contains("unsafe"), "{policy}");
        let kept = worker.get("/desk/visits/offline/worker.js");
        assert!(kept.has("/static/visits-") && !kept.has("\"FILES\""), "{}", kept.body);
    });
}

/// The address behind some words of a page.
fn leads(page: &Answer, words: &str) -> String {
    let (before, _) = page.body.split_once(words).unwrap_or_else(|| panic!("{words}: {}", page.body));
    let (_, address) = before.rsplit_once(r#"href=""#).unwrap();
    address.split_once('"').unwrap().0.to_owned()
}

#[test]
fn a_need_becomes_a_matter_or_a_referral_once() {
    simulated(|open| {
        let (mut worker, mut other) = (open(), open());
        worker.enter(Role::CommunityWorker);
        other.enter(Role::GridLeader);
        let list = worker.get(LIST);
        let (household, _) = households(&list).first().cloned().unwrap();
        let address = format!("/desk/visits/household/{household}");
        let form = worker.get(&address);
        let told = [
            ("request_key", form.key()),
            ("do", "record"),
            ("outcome", "met"),
            ("need", "schooling"),
            ("consent", "schooling"),
            ("need", "repair"),
        ];
        assert_eq!(worker.post(&address, &told).status, StatusCode::SEE_OTHER);
        let sheet = worker.get(&address);
        assert!(sheet.has("转介“入学、入园”") && sheet.has("把“房屋和设施维修”登记为诉求"), "{}", sheet.body);

        // A referral is filled in from the need: who lives there is chosen from, the words are those that may be passed on.
        let refer = leads(&sheet, "转介“入学、入园”");
        let form = worker.get(&refer);
        assert!(form.has("住户同意转告") && form.has("走访时住户说需要：入学、入园"), "{}", form.body);
        let need = hidden(&form, "need");
        let service = form.body.split(r#"<option value=""#).nth(2).unwrap().split('"').next().unwrap();
        let (whom, key) = (hidden(&form, "whom"), form.key().to_owned());
        let fields = [
            ("request_key", key.as_str()),
            ("need", &need),
            ("community", &hidden(&form, "community")),
            ("building", &hidden(&form, "building")),
            ("flat", &hidden(&form, "flat")),
            ("service", service),
            ("whom", &whom),
            ("consented", "1"),
            ("by", "person"),
            ("how", "spoken"),
            ("until", "2026-03-31"),
        ];
        let late = other.get(&refer);
        let sent = worker.post("/desk/referrals/new", &fields);
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        // Sent again, it is the same; another who had the form open is told so, and the link leads to what it became.
        assert_eq!(worker.post("/desk/referrals/new", &fields).header("location"), sent.header("location"));
        let mut second = fields;
        second[0].1 = late.key();
        let refused = other.post("/desk/referrals/new", &second);
        assert!(
            refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.has("一项需要只办一次"),
            "{}",
            refused.body
        );
        let again = other.get(&refer);
        assert_eq!(again.header("location"), format!("{address}?done=became"));
        assert!(other.get(again.header("location")).has("已转介（第"));
        assert!(worker.get(sent.header("location")).has("住户 2026-01-31 说的需要"));

        // The household did not agree to have the other passed on: the form asks for no name, and the matter knows no household.
        let matter = leads(&worker.get(&address), "把“房屋和设施维修”");
        let form = worker.get(&matter);
        assert!(form.has("住户没有同意转告") && !form.has(r#"name="telephone""#), "{}", form.body);
        let need = hidden(&form, "need");
        let community = hidden(&form, "community");
        let fields = [
            ("request_key", form.key()),
            ("need", &need),
            ("community", &community),
            ("source", "worker"),
            ("category", "property-repair-home"),
            ("words", "水槽下面漏水"),
        ];
        let sent = worker.post("/desk/matters/new", &fields);
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let sheet = worker.get(sent.header("location"));
        assert!(sheet.has("来自走访") && sheet.has(&household), "{}", sheet.body);
        assert!(worker.get(&address).has("已转成诉求 2026-"));
        // The operator sees the matter and not where it came from.
        let mut operator = open();
        operator.enter(Role::Operator);
        let sheet = operator.get(sent.header("location"));
        assert!(!sheet.has("来自走访"), "{}", sheet.body);

        // The same for programs.
        let found = worker.get(&format!("/api/v1/visit-needs/{need}"));
        let found: Value = serde_json::from_str(&found.body).unwrap();
        assert!(found["matter"].is_string() && found["referral"].is_null(), "{found}");
        let body = json!({
            "source": "worker", "community": found["community"], "building": null, "category": "property-repair-home",
            "words": "水槽下面漏水", "need": need,
        });
        worker.more.push(("idempotency-key", "0198c0de-0000-7000-8000-0000000000f1".into()));
        let late = worker.send_as(
            Method::POST,
            "/api/v1/matters",
            "application/json",
            body.to_string().into_bytes(),
        );
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", late.body);
        assert!(late.has("一项需要只办一次"), "{}", late.body);
    });
}

#[test]
fn visits_go_out_in_another_system_s_columns_and_that_is_on_record() {
    simulated(|open| {
        let mut worker = open();
        worker.enter(Role::CommunityWorker);
        let page = worker.get("/desk/visits/export");
        assert!(page.has("走访日期") && page.has("走访结果"), "{}", page.body);
        let file = worker.get("/desk/visits/export/csv?from=2026-01-01&to=2026-01-31");
        assert_eq!(file.status, StatusCode::OK, "{}", file.body);
        assert!(file.header("content-disposition").contains("simulated"));
        let lines: Vec<&str> = file.body.lines().collect();
        assert!(lines[0].contains("走访日期,走访时间") && lines[0].ends_with("模拟"), "{}", lines[0]);
        assert!(lines.len() > 2 && lines[1..].iter().all(|line| line.ends_with("模拟")), "{}", lines.len());
        assert!(lines[1..].iter().all(|line| line.starts_with("2026-01-")));
        let workbook = worker.get("/desk/visits/export/xlsx");
        assert_eq!(workbook.status, StatusCode::OK);
        for wrong in ["from=2026-01-31&to=2026-01-01", "from=soon", "from=2020-01-01"] {
            let refused = worker.get(&format!("/desk/visits/export/csv?{wrong}"));
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(refused.has(r#"aria-invalid="true""#), "{}", refused.body);
        }
        assert_eq!(worker.get("/desk/visits/export/pdf").status, StatusCode::NOT_FOUND);
        let mut auditor = open();
        auditor.enter(Role::AuditAdministrator);
        assert!(auditor.get("/desk/audit?action=visit.read").has("export"), "it is on record");
    });
}

#[test]
fn the_drawn_towns_follow_what_is_told_at_doors() {
    simulated(|open| {
        let (mut officer, mut worker) = (open(), open());
        officer.enter(Role::DistrictOfficer);
        worker.enter(Role::CommunityWorker);
        let side = |page: &Answer| {
            let (_, after) = page.body.split_once("街镇并排看").expect("the towns side by side");
            after.split_once("</section>").unwrap().0.to_owned()
        };
        let before = side(&officer.get("/district"));
        assert_eq!(side(&officer.get("/district")), before, "drawn once, it is shown again");
        let clock = 1_769_824_800_000_i64;
        let homes = households(&worker.get(LIST));
        let visits: Vec<Value> = (1..)
            .zip(&homes)
            .map(|(number, (household, _))| {
                json!({
                    "id": format!("22222222-0000-4000-8000-0000000000{number:02x}"), "household": household,
                    "round": null, "made_at_millis": clock - 60_000, "outcome": "met", "needs": [],
                    "satisfied": true, "note": null,
                })
            })
            .collect();
        let told = tell(&mut worker, 1, &json!({ "sent_at_millis": clock, "visits": visits }));
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        let after = officer.get("/district");
        assert_ne!(side(&after), before, "{} households more are satisfied", homes.len());
        let other_day = officer.get("/district?on=2025-12-31");
        assert!(side(&other_day).contains("on=2025-12-31"), "an earlier day leads on to that day");
        assert!(!side(&after).contains("on="));
    });
}
