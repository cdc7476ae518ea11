//! Before the three administrators are there, a district takes nothing of anybody, whichever door it comes by.

use district::kit::{Actor, Grant, REFUSED, Role, Scope, digest};
use district::people::{Asked, audit_log};
use http::{Method, StatusCode};
use serde_json::json;

use super::fixture::{Browser, PASSWORD, without_administrators};
use super::matters::says;

/// What the hotline sends, with somebody's name.
const SHEET: &str = "工单编号,受理时间,诉求内容,小区/地址,类别,联系人,联系电话\n\
    A1,2026-01-29 09:05,电梯坏了,青藤公寓2层,电梯故障,示例来电,19900004321\n";
const ZH: &str = "本区尚未启用";
const EN: &str = "has not begun yet";

/// A key for programs, made by the officer.
fn api_key(browser: &mut Browser, scope: &str) -> String {
    let key = browser.get("/tokens").key().to_owned();
    let fields = [
        ("request_key", key.as_str()),
        ("do", "make"),
        ("name", "夜间程序"),
        ("scope", scope),
        ("last_day", "2026-12-31"),
    ];
    let made = browser.post("/tokens", &fields);
    let (_, after) = made.body.split_once(r#"<code id="made">"#).expect("the token, shown once");
    after.split_once('<').unwrap().0.to_owned()
}

#[test]
fn nothing_of_anybody_comes_in_before_the_administrators_are_there() {
    without_administrators(|browser, db| {
        let mut officer = browser();
        assert_eq!(officer.sign_in("officer", PASSWORD).status, StatusCode::SEE_OTHER);
        let (matters, report) = (api_key(&mut officer, "matters"), api_key(&mut officer, "report"));
        let schema = db.schema().unwrap();
        let grant = Grant { role: Role::AuditAdministrator, scope: Scope::District };
        let auditor = Actor { account: None, grants: vec![grant], only: None };
        // What was refused is on record, and nothing else is there.
        let count = || {
            let asked = Asked { outcome: Some(REFUSED), ..Asked::default() };
            let (refused, _) = db.read(|tx| audit_log(tx, &auditor, &asked, None)).unwrap();
            db.read(|tx| digest(tx, &schema)).unwrap().facts - i64::try_from(refused.len()).unwrap()
        };
        let before = count();
        let on = base::Day::parse("2026-01-31").unwrap();
        let community = db.read(|tx| district::register::community(tx, "310112107-001", on)).unwrap();
        let community = community.expect("the household's community").id.uuid();
        // Anyone, and a worker at the desk.
        for (who, address) in [(false, "/matters/new"), (true, "/desk/matters/new")] {
            for (accept, words) in [("zh-CN", ZH), ("en", EN)] {
                let mut stranger = browser();
                let visitor = if who { &mut officer } else { &mut stranger };
                visitor.accept = accept;
                let told = [
                    ("source", "telephone"),
                    ("words", "电梯坏了"),
                    ("name", "示例报"),
                    ("telephone", "19900001234"),
                ];
                let answer = says(visitor, address, &told);
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}: {}", answer.body);
                assert!(answer.has(words), "{address}: {}", answer.body);
            }
        }
        officer.accept = "zh-CN";
        // Programs.
        let mut program = browser();
        program.site = None;
        program.accept = "en";
        program.more.push(("authorization", format!("Bearer {matters}")));
        program.more.push(("idempotency-key", "0198c0de-0000-7000-8000-000000000001".to_owned()));
        let sent = json!({
            "source": "telephone", "community": community.to_string(), "category": "property-lift",
            "words": "电梯坏了",
        });
        let taken =
            program.send_as(Method::POST, "/api/v1/matters", "application/json", sent.to_string().into());
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", taken.body);
        assert!(taken.has(EN), "{}", taken.body);
        for address in ["/api/v1/hotline-sheets/look", "/api/v1/hotline-sheets"] {
            program.more[1].1 = format!("0198c0de-0000-7000-8000-0000000000{:02}", address.len());
            let answer = program.send_as(Method::POST, address, "text/csv", SHEET.into());
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
            assert!(answer.has(EN), "{}", answer.body);
        }
        program.more.clear();
        for (form, accept, words) in [("xml", "en", EN), ("json", "zh-CN", ZH)] {
            program.accept = accept;
            let fields = [
                ("api_key", report.as_str()),
                ("service_code", "property-lift"),
                ("address_string", "2 层, 青藤公寓"),
                ("description", "电梯坏了"),
                ("first_name", "示例报"),
                ("phone", "19900001234"),
            ];
            let answer = program.post(&format!("/open311/v2/requests.{form}"), &fields);
            assert!(answer.status.is_client_error() && answer.has(words), "{}", answer.body);
        }
        assert_eq!(count(), before, "something was stored");
    });
}
