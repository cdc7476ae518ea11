//! What is refused is on record: what was tried, with which thing, and why; not what somebody typed.

use base::Day;
use db::Db;
use district::kit::{Actor, Grant, REFUSED, Role, Scope};
use district::people::{self, Asked};
use http::{Method, StatusCode};

use super::fixture::{Browser, PASSWORD, story_sending, without_administrators};
use super::matters::says;
use crate::notices::Ways;

/// Action, things and reason of each row, the oldest first.
fn refused(db: &Db) -> Vec<(String, String, String)> {
    rows(db, Some(REFUSED))
}

fn rows(db: &Db, outcome: Option<&'static str>) -> Vec<(String, String, String)> {
    let grant = Grant { role: Role::AuditAdministrator, scope: Scope::District };
    let reader = Actor { account: None, grants: vec![grant], only: None };
    let asked = Asked { outcome, ..Asked::default() };
    let (mut rows, _) = db.read(|tx| people::audit_log(tx, &reader, &asked, None)).unwrap();
    rows.sort_by_key(|row| row.number);
    rows.into_iter().map(|row| (row.action, row.ids, row.fields)).collect()
}

fn account(db: &Db, login: &str) -> String {
    let day = Day::parse("2026-11-23").unwrap();
    let found = db.read(|tx| people::credential(tx, login, day)).unwrap();
    found.expect("an account of every story").0.uuid().simple().to_string()
}

fn row(action: &str, ids: &str, fields: &str) -> (String, String, String) {
    (action.into(), ids.into(), fields.into())
}

#[test]
fn what_the_rules_refuse_is_on_record_with_its_thing() {
    story_sending(&Ways::default(), |browser, state| {
        let db = &state.db;
        let (security, officer) = (account(db, "demo-security-administrator"), account(db, "officer"));
        let mut by = browser();
        assert_eq!(by.sign_in("demo-security-administrator", PASSWORD).status, StatusCode::SEE_OTHER);
        // One's own account: two people are needed.
        let id = base::Uuid::parse_str(&security).unwrap();
        let address = format!("/desk/accounts/{id}");
        // One's own has no form for it; somebody sends one all the same.
        let other = format!("/desk/accounts/{}", base::Uuid::parse_str(&officer).unwrap());
        for _ in 0..3 {
            let key = by.get(&other).key().to_owned();
            let answer = by.post(&address, &[("request_key", &key), ("do", "code")]);
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        }
        // Once a minute, however often it is tried.
        assert_eq!(refused(db), [row("code.issue", &security, "people-refused-own-account")]);
        // Not permitted: the thing is the one of the address.
        let key = by.get(&other).key().to_owned();
        let answer = by.post(&other, &[("request_key", &key), ("do", "end")]);
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
        assert_eq!(refused(db)[1..], [row("account.write", &officer, "")]);
        // What a program sends is refused by the same rules, and is in the same record.
        let mut system = browser();
        system.sign_in("demo-system-administrator", PASSWORD);
        let key = system.get(&other).key().to_owned();
        let audit = account(db, "demo-audit-administrator");
        let id = base::Uuid::parse_str(&audit).unwrap();
        let answer = system.post(&format!("/desk/accounts/{id}"), &[("request_key", &key), ("do", "end")]);
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        assert_eq!(refused(db)[2..], [row("account.write", &audit, "people-refused-last-administrator")]);
    });
}

#[test]
fn whoever_is_nobody_here_is_on_record_in_sum() {
    story_sending(&Ways::default(), |browser, state| {
        let db = &state.db;
        for nth in 0..5 {
            let answer = browser().sign_in(&format!("示例{nth}"), "nobody knows this");
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(refused(db), [row("session.start", "", "people-refused-credentials")]);
        let mut program = browser();
        program.site = None;
        program.more.push(("authorization", "Bearer lilong_示例".to_owned()));
        for _ in 0..5 {
            assert_eq!(program.get("/api/v1/matters").status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(refused(db)[1..], [row("session.start", "", "token")]);
        // Without any it is only asked to say who it is.
        program.more.clear();
        program.get("/api/v1/matters");
        assert_eq!(refused(db).len(), 2);
        let mut stranger = browser();
        let key = stranger.get("/enrol").key().to_owned();
        let fields = [
            ("request_key", key.as_str()),
            ("login", "示例"),
            ("code", "00000-00000-00000-00000"),
            ("password", "four words put together"),
            ("again", "four words put together"),
        ];
        assert_eq!(stranger.post("/enrol", &fields).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused(db)[2..], [row("password.set", "", "people-refused-code")]);
        // Anybody may report something, and so what is refused of it is of nobody and nothing.
        let told = [("words", "电梯坏了"), ("name", "示例报"), ("telephone", "示例")];
        assert_eq!(says(&mut stranger, "/matters/new", &told).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused(db)[3..], [row("matter.report", "", "stations-refused-telephone")]);
        // What waits is written down once its minute is over; the clock of the tests stands.
        state.write_waiting_refusals();
        assert_eq!(refused(db).len(), 4);
        let all = format!("{:?}", rows(db, None));
        assert!(!all.contains("示例"), "{all}");
    });
}

#[test]
fn a_wrong_code_to_begin_with_is_on_record() {
    without_administrators(|browser, db| {
        let mut stranger: Browser = browser();
        let key = stranger.get("/enter").key().to_owned();
        for _ in 0..3 {
            stranger.post("/begin", &[("request_key", &key), ("code", "00000-00000-00000-00000")]);
        }
        assert_eq!(refused(db), [row("district.begin", "", "people-begin-bad-code")]);
    });
}

#[test]
fn each_list_that_leaves_the_house_is_on_record() {
    story_sending(&Ways::default(), |browser, state| {
        let mut officer = browser();
        officer.sign_in("officer", PASSWORD);
        let mut auditor = browser();
        auditor.sign_in("demo-audit-administrator", PASSWORD);
        let before = rows(&state.db, None).len();
        for address in ["/district/gaps/csv", "/desk/matters/list/xlsx", "/desk/audit/csv"] {
            let by = if address.contains("audit") { &mut auditor } else { &mut officer };
            let answer = by.send(Method::GET, address, String::new());
            assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
        }
        // What everyone may read is taken by anyone, and is of nobody.
        assert_eq!(browser().get("/services/list/csv").status, StatusCode::OK);
        let exported: Vec<String> = rows(&state.db, None)[before..]
            .iter()
            .map(|(action, _, fields)| format!("{action}: {fields}"))
            .collect();
        assert_eq!(
            exported,
            ["register.export: list gaps", "register.export: list matters", "register.export: list audit"]
        );
    });
}
