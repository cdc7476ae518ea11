//! The shell: languages, versions, headers, error pages, assets.

use http::{Method, StatusCode};

use super::fixture::story;

#[test]
fn the_language_follows_the_browser_and_the_switch() {
    story(true, |browser| {
        let mut reader = browser();
        reader.accept = "en-GB,en;q=0.9";
        let english = reader.get("/");
        assert!(english.has(r#"<html lang="en">"#) && english.has("New-type communities of Demo District"));
        assert!(english.has("Enter as district officer"));
        let switched = reader.get("/search?q=%E8%99%B9&lang=zh-Hant&care=1");
        assert_eq!(switched.status, StatusCode::SEE_OTHER);
        assert_eq!(switched.header("location"), "/search?q=%E8%99%B9");
        let traditional = reader.get("/");
        assert!(traditional.has(r#"<html lang="zh-Hant">"#) && traditional.has("示範區新型居住社區"));
        assert!(traditional.has("/static/care-"));
        reader.get("/?care=0&lang=zh-Hans");
        let simplified = reader.get("/");
        assert!(simplified.has("示范区新型居住社区") && !simplified.has("/static/care-"));
        assert!(simplified.has("演示的时间停在 2026-01-31 10:00"));
        // An unknown language changes nothing.
        reader.get("/?lang=tlh");
        assert!(reader.get("/").has(r#"<html lang="zh-Hans">"#));
    });
}

#[test]
fn every_answer_carries_the_policy_and_no_page_is_kept() {
    story(true, |browser| {
        let mut browser = browser();
        for address in ["/", "/nothing", "/enter", "/?lang=en"] {
            let answer = browser.get(address);
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("cache-control"), "private, no-store");
            assert!(!answer.has("<script") && !answer.has("style="), "{address}");
        }
    });
}

#[test]
fn errors_say_what_happened_and_what_to_do() {
    story(true, |browser| {
        let mut browser = browser();
        let missing = browser.get("/no/such/page");
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert!(missing.has("没有找到这一页") && missing.has("回到首页"));
        let method = browser.send(Method::DELETE, "/", String::new());
        assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(method.has("这个地址不能这样使用") && method.has("没有任何改变"));
        let large = browser.send(Method::POST, "/enter", "x".repeat(300 * 1024));
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(large.has("提交的内容太大"));
        browser.accept = "en";
        assert!(browser.get("/no/such/page").has("This page was not found"));
    });
}

#[test]
fn styles_have_their_version_in_the_address_and_stay() {
    story(true, |browser| {
        let mut browser = browser();
        let page = browser.get("/");
        let (_, after) = page.body.split_once(r#"rel="stylesheet" href=""#).unwrap();
        let styles = browser.get(after.split_once('"').unwrap().0);
        assert_eq!(styles.status, StatusCode::OK);
        assert_eq!(styles.header("content-type"), "text/css; charset=utf-8");
        assert!(styles.header("cache-control").contains("immutable"));
        assert!(styles.has("--brick") && styles.has(".doors"));
        assert_eq!(browser.get("/static/lilong-000000000000.css").status, StatusCode::NOT_FOUND);
    });
}
