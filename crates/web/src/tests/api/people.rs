//! Programs of administrators, and of those who let residents and owners in.

use district::kit::Role;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::fixture::{Browser, house, inhabited, story_in};
use super::super::joining::{asks_to_join, states_that_they_own};
use super::{body, key, program, send, with};

const DO_NOTHING: Value = Value::Null;

#[test]
fn one_opens_an_account_another_gives_it_a_role_and_a_third_reads_of_it() {
    story_in(true, inhabited, |browser| {
        let mut system = program(browser, Role::SystemAdministrator, &["accounts"]);
        let mut security = program(browser, Role::SecurityAdministrator, &["accounts"]);
        let mut auditor = program(browser, Role::AuditAdministrator, &["audit"]);
        let me = body(&system.get("/api/v1/me"));
        assert_eq!(
            (&me["roles"][0]["role"], &me["scopes"]),
            (&json!("system-administrator"), &json!(["accounts"]))
        );

        let sent = json!({"login": "new-officer", "name": "李示例", "telephone": null});
        let opened = send(&mut system, Method::POST, "/api/v1/accounts", &key(1), &sent);
        assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
        let address = opened.header("location").to_owned();
        let again = send(&mut system, Method::POST, "/api/v1/accounts", &key(1), &sent);
        assert_eq!(again.header("location"), address);
        let other = send(&mut system, Method::POST, "/api/v1/accounts", &key(2), &sent);
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "the login is taken");
        let refused = send(&mut security, Method::POST, "/api/v1/accounts", &key(3), &sent);
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        let give = format!("{address}/roles");
        let role = |place: &str| json!({"role": "town-officer", "place": place, "from": "2026-01-31"});
        let nowhere = send(&mut security, Method::POST, &give, &key(4), &role("310112999"));
        assert_eq!(body(&nowhere)["errors"][0]["field"], "place");
        let given = send(&mut security, Method::POST, &give, &key(5), &role("310112107"));
        assert_eq!(given.status, StatusCode::NO_CONTENT, "{}", given.body);
        assert_eq!(
            send(&mut system, Method::POST, &give, &key(6), &role("310112107")).status,
            StatusCode::FORBIDDEN
        );
        let details = security.get(&address);
        assert!(!details.has("李示例") && details.has("李**"), "{}", details.body);
        let details = body(&details);
        let held = &details["held"][0];
        assert_eq!((&held["role"], &details["account"]["enrolled"]), (&json!("town-officer"), &json!(false)));
        assert!(held["town"].is_string() && held["grid"].is_null());
        for (path, number) in [("sessions", 10), ("lock", 11)] {
            let to = format!("{address}/{path}");
            let done = send(&mut security, Method::DELETE, &to, &key(number), &DO_NOTHING);
            assert_eq!(done.status, StatusCode::NO_CONTENT, "{path}");
        }
        let taken = format!("{give}/{}", held["id"].as_str().unwrap());
        assert_eq!(
            send(&mut security, Method::DELETE, &taken, &key(8), &DO_NOTHING).status,
            StatusCode::NO_CONTENT
        );
        let ended = send(&mut system, Method::DELETE, &address, &key(9), &DO_NOTHING);
        assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.body);
        assert!(body(&system.get(&address))["account"]["last_day"].is_string());

        reads_what_was_done(&mut auditor);
        assert_eq!(system.get("/api/v1/audit").status, StatusCode::FORBIDDEN);
        assert_eq!(auditor.get("/api/v1/accounts").status, StatusCode::FORBIDDEN, "its token is not for it");
    });
}

fn reads_what_was_done(auditor: &mut Browser) {
    let done = body(&auditor.get("/api/v1/audit?action=grant.write&outcome=done"));
    assert_eq!(done["items"].as_array().unwrap().len(), 2, "{done}");
    let refused = body(&auditor.get("/api/v1/audit?outcome=refused&limit=1"));
    assert_eq!(refused["items"].as_array().unwrap().len(), 1);
    let mut numbers: Vec<i64> = Vec::new();
    let mut next = "/api/v1/audit?limit=3".to_owned();
    loop {
        let page = body(&auditor.get(&next));
        numbers.extend(page["items"].as_array().unwrap().iter().map(|it| it["number"].as_i64().unwrap()));
        let Some(after) = page["next"].as_str() else { break };
        next = format!("/api/v1/audit?limit=3&after={after}");
    }
    // The clock of a story stands: rows of one instant are in no order, and each is there once.
    numbers.sort_unstable();
    assert!(numbers.len() > 9 && numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{numbers:?}");
    let chain = body(&auditor.get("/api/v1/audit/chain"));
    assert!(chain["broken"].is_null() && chain["rows"].as_i64() >= numbers.last().copied(), "{chain}");
    assert_eq!(auditor.get("/api/v1/audit?after=zz").status, StatusCode::NOT_FOUND);
}

#[test]
fn a_list_of_accounts_goes_on_by_login() {
    story_in(true, inhabited, |browser| {
        let mut system = program(browser, Role::SystemAdministrator, &["accounts"]);
        let mut logins: Vec<String> = Vec::new();
        let mut next = "/api/v1/accounts?limit=2".to_owned();
        loop {
            let page = body(&system.get(&next));
            let items = page["items"].as_array().unwrap().clone();
            logins.extend(items.iter().map(|it| it["login"].as_str().unwrap().to_owned()));
            let Some(after) = page["next"].as_str() else { break };
            next = format!("/api/v1/accounts?limit=2&after={after}");
        }
        assert!(logins.len() > 5 && logins.windows(2).all(|pair| pair[0] < pair[1]), "{logins:?}");
    });
}

#[test]
fn whoever_decides_on_the_page_decides_by_a_program_and_sees_no_name_in_full() {
    story_in(true, house, |browser| {
        asks_to_join(&mut browser(), "19900008888");
        let mut town = program(browser, Role::TownOfficer, &["joining"]);
        let list = body(&town.get("/api/v1/join-requests"));
        let id = list["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(list["items"][0]["home"]["number"], "101");
        let address = format!("/api/v1/join-requests/{id}");
        let shown = town.get(&address);
        assert!(shown.has("张**") && shown.has("199****8888") && !shown.has("张示例"), "{}", shown.body);
        let shown = body(&shown);
        let person = &shown["living"][1]["person"];
        let confirm = format!("{address}/confirm");
        let both = json!({"person": person, "tenancy": shown["living"][0]["tenancy"]});
        let refused = send(&mut town, Method::POST, &confirm, &key(1), &both);
        assert_eq!(body(&refused)["errors"][0]["field"], "person");
        for _ in 0..2 {
            let one = json!({"person": person, "tenancy": null});
            let done = send(&mut town, Method::POST, &confirm, &key(2), &one);
            assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        }
        assert_eq!(town.get(&address).status, StatusCode::NOT_FOUND);

        asks_to_join(&mut browser(), "19900006666");
        let list = body(&town.get("/api/v1/join-requests"));
        let refuse = format!("/api/v1/join-requests/{}/refuse", list["items"][0]["id"].as_str().unwrap());
        let why = |reason: &str| json!({ "reason": reason });
        assert_eq!(
            send(&mut town, Method::POST, &refuse, &key(3), &why(" ")).status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            send(&mut town, Method::POST, &refuse, &key(4), &why("请带租约来")).status,
            StatusCode::NO_CONTENT
        );
        let mut operator = program(browser, Role::Operator, &["read"]);
        assert_eq!(operator.get("/api/v1/join-requests").status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn an_owner_is_shown_and_refused_by_a_program_and_checked_by_people() {
    story_in(true, house, |browser| {
        states_that_they_own(&mut browser());
        let mut worker = program(browser, Role::CommunityWorker, &["joining"]);
        let list = body(&worker.get("/api/v1/owners"));
        let address = format!("/api/v1/owners/{}", list["items"][0]["id"].as_str().unwrap());
        let shown = worker.get(&address);
        assert!(shown.has("王**") && !shown.has("王示例") && !shown.has("012345"), "{}", shown.body);
        assert_eq!(body(&shown)["may_check"], true);
        let check = send(&mut worker, Method::POST, &format!("{address}/check"), &key(1), &DO_NOTHING);
        assert_eq!(check.status, StatusCode::NOT_FOUND);
        let end = send(&mut worker, Method::POST, &format!("{address}/end"), &key(2), &DO_NOTHING);
        assert_eq!(end.status, StatusCode::NOT_FOUND, "what was not checked does not end");
        let why = json!({"reason": "请带不动产权证来"});
        let refused = send(&mut worker, Method::POST, &format!("{address}/refuse"), &key(3), &why);
        assert_eq!(refused.status, StatusCode::NO_CONTENT, "{}", refused.body);
        assert_eq!(worker.get(&address).status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn what_moves_without_the_district_is_never_answered_from_a_tag() {
    story_in(true, inhabited, |browser| {
        let mut auditor = program(browser, Role::AuditAdministrator, &["audit"]);
        let address = "/api/v1/audit?outcome=refused";
        let tag = auditor.get(address).header("etag").to_owned();
        assert_eq!(with(&mut auditor, "if-none-match", &tag, address).status, StatusCode::NOT_MODIFIED);
        assert_eq!(auditor.get("/api/v1/accounts").status, StatusCode::FORBIDDEN);
        let mut person = browser();
        person.enter(Role::Operator);
        let key = person.get("/tokens").key().to_owned();
        let sent = [("request_key", key.as_str()), ("login", "demo-operator"), ("password", "wrong wrong")];
        browser().post("/enter", &sent);
        let again = with(&mut auditor, "if-none-match", &tag, address);
        assert_eq!(again.status, StatusCode::OK, "a refusal is a row, and no version");
    });
}

#[test]
fn a_letter_that_no_database_keeps_is_refused_in_an_address() {
    story_in(true, inhabited, |browser| {
        let mut auditor = program(browser, Role::AuditAdministrator, &["audit"]);
        for address in ["/api/v1/audit?login=%00", "/api/v1/communities/%00"] {
            assert_eq!(auditor.get(address).status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
        }
        assert_eq!(auditor.get("/api/v1/audit?after=00").status, StatusCode::NOT_FOUND);
        for address in ["/communities?q=%00", "/communities/%00"] {
            assert_eq!(browser().get(address).status, StatusCode::BAD_REQUEST, "{address}");
        }
    });
}
