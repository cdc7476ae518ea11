//! Beginning a district, accounts and roles, one's own page, the audit.

use district::kit::Role;
use district::people::Code;
use http::StatusCode;

use super::fixture::{Answer, BEGIN, Browser, PASSWORD, story, unbegun};

/// What stands in the element after some words.
fn codes(page: &Answer) -> Vec<String> {
    let parts = page.body.split(r#"<b class="code">"#).skip(1);
    parts.map(|part| part.split_once('<').unwrap().0.to_owned()).collect()
}

fn begin(browser: &mut Browser, key: &str, code: &str) -> Answer {
    browser.post(
        "/begin",
        &[
            ("request_key", key),
            ("code", code),
            ("name", "示范区"),
            ("name_en", "Demo District"),
            ("system_login", "system"),
            ("system", "甲示例"),
            ("security_login", "security"),
            ("security", "乙示例"),
            ("audit_login", "audit"),
            ("audit", "丙示例"),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ],
    )
}

/// Sends the form twice, as an impatient finger does.
fn enrols(browser: &mut Browser, login: &str, code: &str) -> Answer {
    let key = browser.get("/enrol").key().to_owned();
    let fields = [
        ("request_key", key.as_str()),
        ("login", login),
        ("code", code),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ];
    let first = browser.post("/enrol", &fields);
    let again = browser.post("/enrol", &fields);
    assert_eq!((again.status, again.header("location")), (first.status, first.header("location")));
    first
}

#[test]
fn a_district_is_begun_by_whoever_holds_the_machine_and_run_by_three() {
    unbegun(|browser| {
        let mut first = browser();
        assert!(first.get("/").has(r#"href="/begin""#));
        let page = first.get("/begin");
        let code = Code::new(BEGIN).text();
        let wrong = begin(&mut first, page.key(), "AAAAA-AAAAA-AAAAA-AAAAA");
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.has("启动码不对") && wrong.has("示范区") && !wrong.has(PASSWORD));
        let begun = begin(&mut first, page.key(), &code);
        assert_eq!(begun.status, StatusCode::OK);
        let handed = codes(&begun);
        assert_eq!(handed.len(), 2);
        // The same form again shows the same codes; another one finds no page any longer.
        assert_eq!(codes(&begin(&mut first, page.key(), &code)), handed);
        assert_eq!(first.get("/begin").status, StatusCode::NOT_FOUND);
        assert!(first.get("/").has("示范区新型居住社区") && !first.get("/").has(r#"href="/begin""#));

        let entered = first.sign_in("system", PASSWORD);
        assert_eq!(entered.header("location"), "/desk/accounts");
        let accounts = first.get("/desk/accounts");
        assert!(accounts.has("三位管理员到齐之前，不能录入个人信息") && !accounts.has("甲示例"));
        let opens = |browser: &mut Browser| {
            let key = browser.get("/desk/accounts/new").key().to_owned();
            let fields =
                [("request_key", key.as_str()), ("login", "town"), ("name", "丁示例"), ("telephone", "")];
            browser.post("/desk/accounts/new", &fields)
        };
        assert!(opens(&mut first).has("三位管理员还没有到齐"));
        let mut second = browser();
        assert_eq!(enrols(&mut second, "security", &handed[0]).header("location"), "/enter?done=enrolled");
        assert_eq!(enrols(&mut browser(), "audit", &handed[1]).header("location"), "/enter?done=enrolled");
        assert!(enrols(&mut second, "audit", &handed[1]).has("注册码已经用过"));
        let opened = opens(&mut first);
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        let address = opened.header("location").to_owned();

        second.sign_in("security", PASSWORD);
        let sheet = second.get(&address);
        assert!(sheet.has("还没有身份") && sheet.has("丁**"));
        let give = |browser: &mut Browser, role: &str, place: &str| {
            let key = browser.get(&address).key().to_owned();
            let fields = [
                ("request_key", key.as_str()),
                ("do", "give"),
                ("role", role),
                ("place", place),
                ("from", "2026-11-23"),
            ];
            browser.post(&address, &fields)
        };
        assert!(give(&mut second, "town-officer", "310112107").has("编码不对"));
        assert_eq!(give(&mut second, "district-officer", "").status, StatusCode::SEE_OTHER);
        assert!(give(&mut second, "system-administrator", "").has("管理员不能兼任别的身份"));
        let key = second.get(&address).key().to_owned();
        let made = second.post(&address, &[("request_key", &key), ("do", "code")]);
        let code = codes(&made).remove(0);
        assert!(made.has("注册码只显示这一次") && !second.get(&address).has(&code));
        let mut town = browser();
        enrols(&mut town, "town", &code);
        assert_eq!(town.sign_in("town", PASSWORD).header("location"), "/district");
        // The system administrator gives no roles, and learns no code.
        let sheet = first.get(&address);
        assert!(!sheet.has("value=\"give\"") && !sheet.has("value=\"code\""));
        let refused = give(&mut first, "district-officer", "");
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn five_wrong_passwords_lock_an_account_without_telling_that_there_is_one() {
    story(false, |browser| {
        let mut guesser = browser();
        let words = |answer: &Answer| answer.has("账号或密码不对，请再核对一次");
        for _ in 0..5 {
            assert!(words(&guesser.sign_in("officer", "something else entirely")));
            assert!(words(&guesser.sign_in("nobody", "something else entirely")));
        }
        assert!(words(&guesser.sign_in("officer", PASSWORD)), "locked, in the same words");
        let mut security = browser();
        security.sign_in("demo-security-administrator", PASSWORD);
        let list = security.get("/desk/accounts").body;
        let address =
            list.split(r#"<a href="/desk/accounts/"#).find(|part| part.contains(">officer<")).unwrap();
        let address = format!("/desk/accounts/{}", address.split_once('"').unwrap().0);
        let sheet = security.get(&address);
        assert!(sheet.has("已锁定"));
        let unlocked = security.post(&address, &[("request_key", sheet.key()), ("do", "unlock")]);
        assert_eq!(unlocked.status, StatusCode::SEE_OTHER);
        assert_eq!(guesser.sign_in("officer", PASSWORD).header("location"), "/district");
    });
}

#[test]
fn one_changes_ones_password_and_signs_other_devices_out() {
    story(false, |browser| {
        let (mut here, mut there) = (browser(), browser());
        here.sign_in("officer", PASSWORD);
        there.sign_in("officer", PASSWORD);
        let page = here.get("/me");
        assert!(page.has("区级干部") && page.has("另一处") && page.has("登录"));
        let change = |browser: &mut Browser, old: &str, new: &str, again: &str| {
            let key = browser.get("/me").key().to_owned();
            let fields = [
                ("request_key", key.as_str()),
                ("do", "password"),
                ("old", old),
                ("password", new),
                ("again", again),
            ];
            browser.post("/me", &fields)
        };
        let new = "another four words here";
        assert!(change(&mut here, "wrong", new, new).has("现在的密码不对"));
        assert!(change(&mut here, PASSWORD, new, "something else").has("两次输入的密码不一样"));
        assert!(change(&mut here, PASSWORD, "short", "short").has("密码至少 12 个字符"));
        let key = here.get("/me").key().to_owned();
        let fields = [
            ("request_key", key.as_str()),
            ("do", "password"),
            ("old", PASSWORD),
            ("password", new),
            ("again", new),
        ];
        // Sent twice it is done once, although the password until now is another already.
        for _ in 0..2 {
            assert_eq!(here.post("/me", &fields).header("location"), "/me?done=password");
        }
        assert_eq!(here.get("/me").status, StatusCode::OK);
        assert_eq!(there.get("/me").status, StatusCode::SEE_OTHER, "signed out there");
        assert!(browser().sign_in("officer", PASSWORD).has("账号或密码不对"));
        assert_eq!(browser().sign_in("officer", new).status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn the_audit_tells_what_was_refused_too_and_holds_no_name() {
    story(true, |browser| {
        let mut operator = browser();
        operator.enter(Role::Operator);
        assert_eq!(operator.get("/district/handbook").status, StatusCode::FORBIDDEN);
        let mut audit = browser();
        assert_eq!(audit.enter(Role::AuditAdministrator).header("location"), "/desk/audit");
        let all = audit.get("/desk/audit");
        assert!(all.has("登录") && all.has("demo-operator") && !all.has("示例"));
        let refused = audit.get("/desk/audit?outcome=refused");
        let row = |words: &str| refused.has(&format!("<td>{words}</td>"));
        assert!(row("查看工作手册") && row("拒绝") && !row("登录") && !row("完成"), "{}", refused.body);
        let csv = audit.get("/desk/audit/csv?outcome=refused");
        assert!(csv.has("查看工作手册") && !csv.has("示例"));
        let chain = audit.get("/desk/audit/chain");
        assert!(chain.has("环环相扣"), "{}", chain.body);
        assert_eq!(operator.get("/desk/audit").status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn what_a_district_has_to_have_at_hand_for_personal_data_is_there() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let record = officer.get("/desk/privacy");
        assert!(record.has("处理活动记录") && record.has("搬走 365 天以后删除"), "{}", record.body);
        assert!(officer.get("/desk/privacy/assessment").has("影响评估表"));
        let breach = officer.get("/desk/privacy/breach?day=2026-01-30&time=22:30");
        assert!(
            breach.has("2026-01-31 02:30 以前") && breach.has("2026-01-30 23:30 以前"),
            "{}",
            breach.body
        );
        assert_eq!(
            officer.get("/desk/privacy/breach?day=2026-01-30&time=25:00").status,
            StatusCode::BAD_REQUEST
        );
    });
}

#[test]
fn one_carries_away_what_is_known_of_one_and_corrects_it() {
    story(true, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let post = |browser: &mut Browser, fields: &[(&str, &str)]| {
            let key = browser.get("/me").key().to_owned();
            let mut all = vec![("request_key", key.as_str())];
            all.extend_from_slice(fields);
            browser.post("/me", &all)
        };
        assert!(post(&mut officer, &[("do", "telephone"), ("telephone", "no number")]).has("aria-invalid"));
        let corrected = post(&mut officer, &[("do", "telephone"), ("telephone", "138 0000 0000")]);
        assert_eq!(corrected.header("location"), "/me?done=telephone");
        let copy = post(&mut officer, &[("do", "copy")]);
        assert_eq!(copy.header("content-type"), "application/json");
        let copy: serde_json::Value = serde_json::from_str(&copy.body).unwrap();
        assert_eq!(copy["fields"]["name"], "示例");
        assert_eq!(copy["fields"]["telephone"], "138 0000 0000");
        assert!(officer.get("/me").has("查看、更正自己的信息"));
    });
}
