//! Residents come in and join; workers print letters and confirm who lives here.

use std::sync::{Arc, Mutex};

use district::kit::Role;
use district::notices::{Unsent, Why};
use http::StatusCode;

use super::fixture::{Answer, Browser, PASSWORD, house, inhabited, story_by, story_in};
use crate::notices::{Gateway, Message};

/// A gateway that sends nothing and writes down what it was given.
#[derive(Default)]
struct Recorded {
    sent: Mutex<Vec<(String, String, String)>>,
    /// Fails so many times first.
    fails: Mutex<u32>,
}

impl Gateway for Recorded {
    fn send(&self, message: &Message<'_>) -> Result<Option<u16>, Unsent> {
        let mut fails = self.fails.lock().unwrap();
        if *fails > 0 {
            *fails -= 1;
            return Err(Why::Timeout.into());
        }
        let code = message.code.unwrap_or_default();
        let sent = (message.to.to_owned(), code.to_owned(), message.text.to_owned());
        self.sent.lock().unwrap().push(sent);
        Ok(None)
    }
}

impl Recorded {
    /// The code that was sent last.
    fn code(&self) -> String {
        self.sent.lock().unwrap().last().unwrap().1.clone()
    }

    fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

/// The value of a hidden field.
pub(super) fn hidden(page: &Answer, name: &str) -> String {
    let start = format!(r#"name="{name}" value=""#);
    let (_, after) = page.body.split_once(&start).unwrap_or_else(|| panic!("{name}: {}", page.body));
    after.split_once('"').unwrap().0.to_owned()
}

/// What stands in the elements of a code.
pub(super) fn codes(page: &Answer) -> Vec<String> {
    let parts = page.body.split(r#"<b class="code"#).skip(1);
    parts.map(|part| part.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()).collect()
}

pub(super) fn asks(browser: &mut Browser, telephone: &str) -> Answer {
    let key = browser.get("/enter/telephone").key().to_owned();
    browser.post("/enter/telephone", &[("request_key", &key), ("telephone", telephone)])
}

pub(super) fn types(browser: &mut Browser, page: &Answer, code: &str) -> Answer {
    let telephone = hidden(page, "telephone");
    let fields = [("request_key", page.key()), ("telephone", telephone.as_str()), ("code", code)];
    browser.post("/enter/telephone/code", &fields)
}

#[test]
fn a_resident_of_the_lease_list_signs_in_by_telephone() {
    let gateway = Arc::new(Recorded::default());
    story_by(&gateway, |browser| {
        let mut resident = browser();
        assert!(resident.get("/enter").has(r#"href="/enter/telephone""#));
        assert!(asks(&mut resident, "021-64000000").has("请填写 11 位的大陆手机号"));
        let before = gateway.count();
        let key = resident.get("/enter/telephone").key().to_owned();
        let fields = [("request_key", key.as_str()), ("telephone", "199 0000 1234")];
        let page = resident.post("/enter/telephone", &fields);
        assert!(page.has("199****1234") && codes(&page).is_empty(), "{}", page.body);
        // Sent twice, one message goes out; the same page for a number that nobody has.
        resident.post("/enter/telephone", &fields);
        assert_eq!(gateway.count(), before + 1);
        let (number, code, words) = gateway.sent.lock().unwrap().last().unwrap().clone();
        assert_eq!((number.as_str(), words.contains(&code)), ("19900001234", true));
        assert!(asks(&mut browser(), "19900005555").has("199****5555"));
        assert!(asks(&mut resident, "19900001234").has("这个号码刚发过验证码"));

        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = types(&mut resident, &page, wrong);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has("验证码不对"));
        let entered = types(&mut resident, &refused, &code);
        assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/home"));
        let home = resident.get("/home");
        assert!(home.has("青藤公寓") && home.has("101") && home.has("没有登记结束日期"), "{}", home.body);
        assert!(resident.get("/me").has("居民"));
        assert_eq!(resident.get("/desk/accounts").status, StatusCode::FORBIDDEN);
        assert_eq!(resident.get("/desk/letters").status, StatusCode::FORBIDDEN);

        // The telephone is changed by showing the new one to be theirs.
        let page = asks(&mut resident, "19900007777");
        assert_eq!(types(&mut resident, &page, &gateway.code()).header("location"), "/home");
        let mut again = browser();
        let page = asks(&mut again, "19900007777");
        assert!(page.has("这个号码刚发过验证码"), "one a minute");
        // And the account is ended by whoever has it.
        let key = resident.get("/home").key().to_owned();
        assert_eq!(
            resident.post("/home", &[("request_key", &key), ("do", "withdraw")]).header("location"),
            "/"
        );
        assert_eq!(resident.get("/home").status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_message_that_did_not_go_out_is_told_and_asked_for_again() {
    let gateway = Arc::new(Recorded::default());
    story_by(&gateway, |browser| {
        *gateway.fails.lock().unwrap() = 1;
        let mut resident = browser();
        let failed = asks(&mut resident, "19900001234");
        assert_eq!(failed.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(failed.has("短信没有发出去") && failed.has("什么都没有改变"));
        let fields = [("request_key", failed.key()), ("telephone", "19900001234")];
        let page = resident.post("/enter/telephone", &fields);
        assert_eq!(types(&mut resident, &page, &gateway.code()).header("location"), "/home");
    });
}

#[test]
fn without_a_gateway_the_page_says_so_and_a_letter_becomes_a_password() {
    story_in(false, house, |browser| {
        let mut resident = browser();
        let page = resident.get("/enter/telephone");
        assert!(
            page.has("还没有开通短信登录") && page.has(r#"href="/join""#) && page.has(r#"href="/join/ask""#)
        );
        let key = resident.get("/enter").key().to_owned();
        let refused =
            resident.post("/enter/telephone", &[("request_key", &key), ("telephone", "19900001234")]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = resident.get("/join");
        assert!(page.has(r#"name="password""#) && !page.has(r#"name="telephone""#));
        let wrong = resident.post(
            "/join",
            &[
                ("request_key", page.key()),
                ("letter", "AAAAA-AAAAA-AAAAA-AAAAA"),
                ("login", "anna"),
                ("password", PASSWORD),
                ("again", PASSWORD),
            ],
        );
        assert!(wrong.has("注册码不对、已经用过") && !wrong.has(PASSWORD));
        // Asking needs a login and a password too.
        let page = resident.get("/join/ask");
        let mut fields = vec![
            ("request_key", page.key()),
            ("name", "张示例"),
            ("community", "青藤公寓"),
            ("building", "1号"),
            ("flat", "101"),
        ];
        assert!(resident.post("/join/ask", &fields).has("请填写账号"));
        fields.extend([("login", "anna"), ("password", PASSWORD), ("again", PASSWORD)]);
        let asked = resident.post("/join/ask", &fields);
        assert!(asked.has("申请已经交给社工") && asked.has("您起的账号名"), "{}", asked.body);
        assert!(!resident.sign_in("anna", PASSWORD).has("/home"), "not before a worker confirms");
    });
}

#[test]
fn a_worker_prints_letters_and_a_resident_joins_by_one() {
    story_in(true, house, |browser| {
        let (mut worker, mut resident) = (browser(), browser());
        worker.enter(Role::CommunityWorker);
        assert!(worker.get("/communities/310112107-001").has("/desk/letters?community=310112107-001"));
        assert!(worker.get("/desk/letters").has("青藤公寓"));
        let page = worker.get("/desk/letters?community=310112107-001");
        let fields = [("request_key", page.key()), ("community", "310112107-001"), ("building", "1号")];
        let printed = worker.post("/desk/letters", &fields);
        let handed = codes(&printed);
        assert_eq!(handed.len(), 2, "{}", printed.body);
        assert!(printed.has("http://lilong.example/join") && printed.has("Welcome") && printed.has("示**"));
        assert_eq!(codes(&worker.post("/desk/letters", &fields)), handed, "the same form, the same letters");

        let page = resident.get("/join");
        let sends = |resident: &mut Browser, key: &str, letter: &str| {
            resident.post("/join", &[("request_key", key), ("letter", letter), ("telephone", "19900009999")])
        };
        assert!(sends(&mut resident, page.key(), "x").has("注册码是二十个字母和数字"));
        let page = sends(&mut resident, page.key(), &handed[1]);
        assert!(page.has("演示环境不发短信"));
        let (code, letter) = (codes(&page).remove(0), hidden(&page, "letter"));
        let fields = [
            ("request_key", page.key()),
            ("telephone", "19900009999"),
            ("letter", letter.as_str()),
            ("code", code.as_str()),
        ];
        let joined = resident.post("/enter/telephone/code", &fields);
        assert_eq!(joined.header("location"), "/home", "{}", joined.body);
        assert!(resident.get("/home").has("青藤公寓"));
        // The camera fills the code in; what is no code it does not.
        let filled = browser().get(&format!("/join?code={}", codes(&printed)[0]));
        assert!(printed.has("class=\"qr\"") && filled.has(&format!("value=\"{}\"", codes(&printed)[0])));
        assert!(!browser().get("/join?code=zzmarkzz").has("value=\"zzmarkzz\""));
        // Whoever joined needs no letter with the rest of the building.
        let page = worker.get("/desk/letters?community=310112107-001");
        let fields = [("request_key", page.key()), ("community", "310112107-001"), ("building", "1号")];
        assert_eq!(codes(&worker.post("/desk/letters", &fields)).len(), 1);
        let flat = [("request_key", page.key()), fields[1], fields[2], ("flat", "909")];
        assert!(worker.post("/desk/letters", &flat).status == StatusCode::UNPROCESSABLE_ENTITY);
    });
}

/// Shows a telephone to be theirs and asks to be let in to flat 101, under a name that is nobody's.
pub(super) fn asks_to_join(browser: &mut Browser, telephone: &str) {
    let page = asks(browser, telephone);
    let code = codes(&page).remove(0);
    let unknown = types(browser, &page, &code);
    assert!(unknown.has("还没有找到您的住处"), "{}", unknown.body);
    let proof = hidden(&unknown, "proof");
    let fields = [
        ("request_key", unknown.key()),
        ("telephone", telephone),
        ("proof", proof.as_str()),
        ("name", "张示例"),
        ("community", "310112107-001"),
        ("building", "1号"),
        ("flat", "101"),
    ];
    let asked = browser.post("/join/ask", &fields);
    assert!(asked.has("申请已经交给社工"), "{}", asked.body);
}

#[test]
fn a_worker_confirms_who_asked_and_the_town_registers_who_is_new() {
    story_in(true, house, |browser| {
        let (mut worker, mut resident) = (browser(), browser());
        asks_to_join(&mut resident, "19900008888");
        worker.enter(Role::CommunityWorker);
        let list = worker.get("/desk/joining");
        let address =
            list.body.split(r#"<a href="/desk/joining/"#).nth(1).unwrap().split('"').next().unwrap();
        let address = format!("/desk/joining/{address}");
        let sheet = worker.get(&address);
        assert!(
            sheet.has("张**") && sheet.has("199****8888") && !sheet.has("张示例") && !sheet.has("household:")
        );
        let shown = worker.post(&address, &[("request_key", sheet.key()), ("do", "show")]);
        assert!(shown.has("张示例") && shown.has("19900008888"));
        let none = worker.post(&address, &[("request_key", shown.key()), ("do", "confirm")]);
        assert!(none.has("请选一位"));
        let whom = none.body.split(r#"value="person:"#).nth(2).unwrap().split('"').next().unwrap();
        let whom = format!("person:{whom}");
        let fields = [("request_key", none.key()), ("do", "confirm"), ("whom", whom.as_str())];
        let confirmed = worker.post(&address, &fields);
        assert_eq!(confirmed.header("location"), "/desk/joining?done=confirmed", "{}", confirmed.body);
        assert_eq!(worker.post(&address, &fields).header("location"), "/desk/joining?done=confirmed");
        assert_eq!(worker.get(&address).status, StatusCode::NOT_FOUND);

        let mut other = browser();
        asks_to_join(&mut other, "19900006666");
        let mut town = browser();
        town.enter(Role::TownOfficer);
        let list = town.get("/desk/joining");
        let address =
            list.body.split(r#"<a href="/desk/joining/"#).nth(1).unwrap().split('"').next().unwrap();
        let address = format!("/desk/joining/{address}");
        let sheet = town.get(&address);
        assert!(sheet.has("household:") && sheet.has("已有账号"));
        let refused = town.post(&address, &[("request_key", sheet.key()), ("do", "refuse"), ("reason", "")]);
        assert!(refused.has("请写明原因"));
        let fields = [("request_key", refused.key()), ("do", "refuse"), ("reason", "请带租约来")];
        assert_eq!(town.post(&address, &fields).header("location"), "/desk/joining?done=refused");
        // Nobody else learns of a request.
        let mut operator = browser();
        operator.enter(Role::Operator);
        assert_eq!(operator.get("/desk/joining").status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn the_demonstration_is_entered_as_a_resident() {
    story_in(true, inhabited, |browser| {
        let mut resident = browser();
        assert!(resident.get("/").has("以居民身份进入"));
        assert_eq!(resident.enter(Role::Resident).header("location"), "/home");
        let home = resident.get("/home");
        assert!(home.has("青藤公寓") && home.has("模拟") && !home.has("停用我的账号"), "{}", home.body);
        let ends = [("request_key", resident.get("/me").key().to_owned()), ("do", "withdraw".to_owned())];
        let ends: Vec<(&str, &str)> = ends.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert!(resident.post("/home", &ends).has("演示用的账号是大家的"));
        for address in ["/me", "/", "/communities/310112107-001", "/desk", "/enter/telephone"] {
            assert_eq!(resident.get(address).status, StatusCode::OK, "{address}");
        }
        assert!(!resident.get("/").has(r#"href="/desk/joining""#));
    });
}

/// States that flat 101 is theirs, with a telephone and a certificate.
pub(super) fn states_that_they_own(owner: &mut Browser) {
    assert!(owner.get("/join").has(r#"href="/join/owner""#));
    assert!(owner.get("/join/owner").has("先用手机验证码"));
    let page = asks(owner, "19900003333");
    let code = codes(&page).remove(0);
    let unknown = types(owner, &page, &code);
    let proof = hidden(&unknown, "proof");
    let carried = [("telephone", "19900003333"), ("proof", proof.as_str())];
    let form = owner.post("/join/owner", &[("request_key", unknown.key()), carried[0], carried[1]]);
    assert!(form.has("不动产权证号") && form.status == StatusCode::OK, "{}", form.body);
    let sends = |owner: &mut Browser, key: &str, flat: &str| {
        owner.post(
            "/join/owner",
            &[
                ("request_key", key),
                carried[0],
                carried[1],
                ("name", "王示例"),
                ("certificate", "沪（2021）闵字不动产权第012345号"),
                ("community", "青藤公寓"),
                ("building", "1号"),
                ("flat", flat),
            ],
        )
    };
    let wrong = sends(owner, form.key(), "909");
    assert!(wrong.has("没有这个楼栋和室号") && wrong.has("012345"));
    let stated = sends(owner, wrong.key(), "101");
    assert!(stated.has("已经交给工作人员核对"), "{}", stated.body);
}

#[test]
fn two_people_check_an_owner_and_neither_alone() {
    story_in(true, house, |browser| {
        let mut owner = browser();
        states_that_they_own(&mut owner);
        let (mut worker, mut town) = (browser(), browser());
        worker.enter(Role::CommunityWorker);
        town.enter(Role::TownOfficer);
        let list = worker.get("/desk/owners");
        let address = list.body.split(r#"<a href="/desk/owners/"#).nth(1).unwrap().split('"').next().unwrap();
        let address = format!("/desk/owners/{address}");
        let sheet = worker.get(&address);
        assert!(sheet.has("王**") && !sheet.has("012345"));
        let shown = worker.post(&address, &[("request_key", sheet.key()), ("do", "show")]);
        assert!(shown.has("沪（2021）闵字不动产权第012345号") && shown.has("王示例"));
        let checks = |browser: &mut Browser| {
            let key = browser.get(&address).key().to_owned();
            browser.post(&address, &[("request_key", &key), ("do", "check")])
        };
        assert_eq!(checks(&mut worker).header("location"), "/desk/owners?done=checked");
        assert!(worker.get(&address).has("这一步要由别人来做"));
        let again = checks(&mut worker);
        assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.has("第二次要由另一个人"));
        assert_eq!(owner.get("/home").status, StatusCode::SEE_OTHER, "not yet");
        assert_eq!(checks(&mut town).header("location"), "/desk/owners?done=checked");
        assert!(town.get("/desk/owners").has("起是业主"));
        let mut operator = browser();
        operator.enter(Role::Operator);
        assert_eq!(operator.get(&address).status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn the_demonstration_is_entered_as_an_owner() {
    story_in(true, inhabited, |browser| {
        let mut owner = browser();
        assert!(owner.get("/").has("以业主身份进入"));
        assert_eq!(owner.enter(Role::Owner).header("location"), "/home");
        let home = owner.get("/home");
        assert!(home.has("名下的房屋") && home.has("青藤公寓") && home.has("101"), "{}", home.body);
        assert_eq!(owner.get("/join/owner").status, StatusCode::OK);
    });
}
