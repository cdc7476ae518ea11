//! Coming in and leaving.

use district::kit::Role;
use http::StatusCode;

use super::fixture::{PASSWORD, common, story, story_with};
use crate::{Common, LoginClaim, SingleSignOn, SingleSignOnSettings};

#[test]
fn one_click_enters_each_role_of_a_demonstration() {
    story(true, |browser| {
        for (role, words, place) in [
            (Role::DistrictOfficer, "以区级干部身份进入", "/district"),
            (Role::TownOfficer, "以街镇干部身份进入", "/district"),
            (Role::GridLeader, "以综合网格长身份进入", "/desk"),
            (Role::CommunityWorker, "以社区工作者身份进入", "/desk"),
            (Role::Operator, "以运营方身份进入", "/desk"),
        ] {
            let mut browser = browser();
            let first = browser.get("/");
            assert!(first.has(words), "{words}");
            let entered = browser.enter(role);
            assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, place));
            let cookie = entered.header("set-cookie");
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            assert_eq!(browser.get(place).status, StatusCode::OK);
        }
    });
}

#[test]
fn a_district_that_is_no_demonstration_offers_no_click() {
    story(false, |browser| {
        let mut browser = browser();
        assert!(!browser.get("/").has("以区级干部身份进入"));
        let key = browser.get("/enter").key().to_owned();
        let refused =
            browser.post("/enter/demonstration", &[("request_key", &key), ("role", "district-officer")]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has("这里不是演示环境") && refused.has("没有任何改变"));
    });
}

#[test]
fn a_login_and_its_password_come_in_and_leave() {
    story(false, |browser| {
        let mut browser = browser();
        let wanted = browser.get("/desk?on=2026-01-31");
        assert_eq!(wanted.header("location"), "/enter?next=%2Fdesk%3Fon%3D2026-01-31");
        let page = browser.get(wanted.header("location"));
        let fields = |key: &str, login: &str, password: &str| {
            [("request_key", key), ("login", login), ("password", password), ("next", "/desk?on=2026-01-31")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let mut send = |key: &str, login: &str, password: &str| {
            let fields = fields(key, login, password);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            browser.post("/enter", &fields)
        };
        let key = page.key();
        let (wrong, nobody) = (send(key, "officer", "wrong"), send(key, "nobody", PASSWORD));
        for refused in [&wrong, &nobody] {
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.has("账号或密码不对，请再核对一次") && refused.has(r#"aria-invalid="true""#));
            assert!(!refused.has(PASSWORD));
        }
        let empty = send(key, "", "");
        assert!(empty.has("有 2 处需要改一下") && empty.has("请填写密码"));
        let entered = send(key, " Officer ", PASSWORD);
        assert_eq!(entered.header("location"), "/desk?on=2026-01-31");
        let leaving = browser.get("/leave");
        assert!(leaving.has("您现在的身份是区级干部"));
        let left = browser.post("/leave", &[("request_key", leaving.key())]);
        assert_eq!(left.header("location"), "/");
        assert_eq!(browser.get("/desk").status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_form_sent_twice_is_done_once_and_answered_the_same() {
    story(true, |browser| {
        let mut first = browser();
        let key = first.get("/").key().to_owned();
        let fields = [("request_key", key.as_str()), ("role", "grid-leader")];
        let entered = first.post("/enter/demonstration", &fields);
        let again = first.post("/enter/demonstration", &fields);
        assert_eq!(entered.header("set-cookie"), again.header("set-cookie"));
        assert_eq!(entered.header("location"), again.header("location"));
        // The same key with other contents is another form.
        let other = first.post("/enter/demonstration", &[fields[0], ("role", "operator")]);
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(other.has("这张表单已经提交过另外的内容"));
        // Left, and the first page brought back by the browser: its button still works.
        let leaving = first.get("/leave").key().to_owned();
        first.post("/leave", &[("request_key", &leaving)]);
        let back = first.post("/enter/demonstration", &fields);
        assert_ne!(back.header("set-cookie"), entered.header("set-cookie"));
        assert_eq!(first.get("/desk").status, StatusCode::OK);
    });
}

#[test]
fn a_form_without_its_key_or_from_another_site_is_refused() {
    story(true, |browser| {
        let mut browser = browser();
        let key = browser.get("/").key().to_owned();
        let fields = [("request_key", key.as_str()), ("role", "operator")];
        assert_eq!(browser.post("/enter/demonstration", &fields[1..]).status, StatusCode::BAD_REQUEST);
        for site in ["cross-site", "same-site"] {
            browser.site = Some(site);
            let refused = browser.post("/enter/demonstration", &fields);
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
            assert!(refused.has("这张表单来自别的网站"));
        }
        browser.site = Some("same-origin");
        assert_eq!(browser.post("/enter/demonstration", &fields).status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn nobody_is_sent_to_another_site_after_signing_in() {
    story(false, |browser| {
        for elsewhere in ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "x"] {
            let mut browser = browser();
            let key = browser.get("/enter").key().to_owned();
            let fields = [("request_key", key.as_str()), ("login", "officer"), ("password", PASSWORD)];
            let entered = browser.post("/enter", &[&fields[..], &[("next", elsewhere)]].concat());
            assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/"));
        }
    });
}

/// A service that is not there: a port that was free a moment ago.
fn away() -> Common {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = SingleSignOnSettings {
        issuer: format!("http://127.0.0.1:{port}"),
        client: "lilong".into(),
        secret: None,
        login: LoginClaim::Name,
    };
    common().with_single_sign_on(SingleSignOn::new(settings).unwrap())
}

#[test]
fn single_sign_on_that_is_away_or_was_not_begun_here_lets_nobody_in() {
    story_with(&away(), |browser| {
        let mut browser = browser();
        let page = browser.get("/enter");
        assert!(page.has("用统一身份认证登录"));
        let key = page.key().to_owned();
        let refused = browser.post("/enter/single-sign-on", &[("request_key", &key), ("next", "/me")]);
        let words = "统一身份认证没有完成";
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.has(words));
        for address in ["", "?error=access_denied", "?code=1&state=2", "?code=1"] {
            let refused = browser.get(&format!("/enter/single-sign-on/back{address}"));
            assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.has(words), "{address}");
            assert!(refused.header("set-cookie").is_empty());
        }
    });
    story(false, |browser| {
        let mut browser = browser();
        let page = browser.get("/enter");
        assert!(!page.has("用统一身份认证登录"), "there is none");
        let key = page.key().to_owned();
        assert_eq!(browser.get("/enter/single-sign-on/back?code=1").status, StatusCode::NOT_FOUND);
        let none = browser.post("/enter/single-sign-on", &[("request_key", &key)]);
        assert_eq!(none.status, StatusCode::NOT_FOUND);
    });
}
