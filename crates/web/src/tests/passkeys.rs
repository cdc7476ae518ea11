//! Passkeys, as far as a test without a device goes; the journey with one is in the browser.

use http::StatusCode;

use super::fixture::{Answer, Browser, PASSWORD, story};

/// A value of the page's form that has it as a hidden field.
fn hidden<'a>(page: &'a Answer, name: &str) -> &'a str {
    let (_, after) = page.body.split_once(&format!(r#"name="{name}" value=""#)).expect("a field");
    after.split_once('"').unwrap().0
}

fn at_home(mut browser: Browser) -> Browser {
    browser.host = "localhost:8310";
    browser
}

/// Asks for a passkey's challenge to come in.
fn asked(browser: &mut Browser) -> Answer {
    let key = browser.get("/enter").key().to_owned();
    browser.post("/enter/passkey", &[("request_key", &key), ("next", "/me")])
}

#[test]
fn a_device_is_asked_where_browsers_have_passkeys() {
    story(false, |browser| {
        let mut away = browser();
        assert!(!away.get("/enter").has("/enter/passkey"), "a name without https");
        let refused = asked(&mut away);
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.has("用 https 打开"));
        let mut number = browser();
        number.host = "127.0.0.1:8310";
        assert!(!number.get("/enter").has("/enter/passkey"), "a number has none");

        let mut home = at_home(browser());
        assert!(home.get("/enter").has(r#"action="/enter/passkey""#));
        let page = asked(&mut home);
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.has("data-passkey=\"use\"") && page.has("challenge") && page.has("localhost"));
        assert!(page.header("content-security-policy").ends_with("; script-src 'self'"));
        let script = page.body.split_once(r#"src="/static/passkey-"#).unwrap().1.split_once('"').unwrap().0;
        let script = home.get(&format!("/static/passkey-{script}"));
        assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
        let again = asked(&mut home);
        assert_ne!(hidden(&page, "ceremony"), hidden(&again, "ceremony"));
    });
}

#[test]
fn an_answer_that_no_device_gave_comes_in_nowhere() {
    story(false, |browser| {
        let mut home = at_home(browser());
        let page = asked(&mut home);
        let ceremony = hidden(&page, "ceremony").to_owned();
        let nobody = r#"{"id":"AAAA","rawId":"AAAA","type":"public-key","extensions":{},"response":{
            "authenticatorData":"AAAA","clientDataJSON":"e30","signature":"AAAA","userHandle":null}}"#;
        let mut send = |ceremony: &str, credential: &str| {
            let key = page.key();
            let fields = [("request_key", key), ("ceremony", ceremony), ("credential", credential)];
            home.post("/enter/passkey/done", &fields)
        };
        for (ceremony, credential) in [("", nobody), (ceremony.as_str(), ""), (&ceremony, "{}")] {
            assert_eq!(send(ceremony, credential).status, StatusCode::BAD_REQUEST);
        }
        let unknown = send(&ceremony, nobody);
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unknown.has("没能用这个通行密钥") && unknown.header("set-cookie").is_empty());
        let never_begun = send(&"00".repeat(32), nobody);
        assert!(never_begun.has("没能用这个通行密钥"));
    });
}

#[test]
fn a_passkey_is_made_by_whoever_knows_the_password() {
    story(false, |browser| {
        let mut officer = at_home(browser());
        officer.sign_in("officer", PASSWORD);
        let key = officer.get("/me").key().to_owned();
        let mut begin = |name: &str, old: &str| {
            officer.post("/me/passkeys/new", &[("request_key", &key), ("name", name), ("old", old)])
        };
        assert!(begin("", PASSWORD).has("请给这个设备起个名字"));
        let wrong = begin("值班手机", "wrong");
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.has("值班手机"));
        let page = begin("值班手机", PASSWORD);
        assert!(page.has("data-passkey=\"make\"") && page.has("officer") && !page.has(PASSWORD));
        assert!(page.has("residentKey&#34;:&#34;required") || page.has("residentKey&quot;:&quot;required"));
        // What was begun for one is of no use to another.
        let nobody = r#"{"id":"AAAA","rawId":"AAAA","type":"public-key","extensions":{},"response":{
            "attestationObject":"AAAA","clientDataJSON":"e30"}}"#;
        let fields = [
            ("request_key", page.key()),
            ("ceremony", hidden(&page, "ceremony")),
            ("name", "值班手机"),
            ("credential", nobody),
        ];
        let mut other = at_home(browser());
        other.sign_in("demo-system-administrator", PASSWORD);
        assert!(other.post("/me/passkeys", &fields).has("没能用这个通行密钥"));
        let refused = officer.post("/me/passkeys", &fields);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has("没能用这个通行密钥"));
        let mut away = browser();
        away.sign_in("officer", PASSWORD);
        assert!(away.get("/me").has("用 https 打开") && !away.get("/me").has("/me/passkeys/new"));
    });
}
