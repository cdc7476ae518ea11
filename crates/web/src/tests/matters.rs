//! Matters: a resident reports without an account, the operator answers, the resident holds the second key.

use district::kit::Role;
use http::StatusCode;

use super::fixture::{Answer, Browser, inhabited, story_in};

/// The steps of a report as the pages lead through them; the page after the last.
fn reports(browser: &mut Browser, more: &[(&str, &str)]) -> Answer {
    let step = browser.get("/matters/new?community=%E9%9D%92%E8%97%A4%E5%85%AC%E5%AF%93");
    assert!(step.has("哪一类？") && step.has("电梯故障"), "{}", step.body);
    let missing = browser.get("/matters/new?community=310112107-001&step=2&building=&place=");
    assert!(
        missing.status == StatusCode::UNPROCESSABLE_ENTITY && missing.has("请选择类别"),
        "{}",
        missing.body
    );
    let step = browser.get("/matters/new?community=310112107-001&building=&place=2&category=property-lift");
    assert!(step.has("说说情况"), "{}", step.body);
    says(browser, "/matters/new", more)
}

/// The last step of a report about a lift, on the page of everyone or on the desk's.
pub(super) fn says(browser: &mut Browser, address: &str, more: &[(&str, &str)]) -> Answer {
    let step = format!("{address}?community=310112107-001&building=&place=2&category=property-lift");
    let key = browser.get(&step).key().to_owned();
    let mut fields = vec![
        ("request_key", key.as_str()),
        ("community", "310112107-001"),
        ("building", ""),
        ("place", "2 层电梯口"),
        ("category", "property-lift"),
    ];
    fields.extend(more);
    browser.post(address, &fields)
}

/// Takes a step on a page with a form.
fn takes(browser: &mut Browser, address: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(address);
    let version =
        page.body.split(r#"name="version" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let key = page.key().to_owned();
    let mut all = vec![("request_key", key.as_str()), ("version", version.as_str())];
    all.extend(fields);
    browser.post(address, &all)
}

#[test]
fn from_a_telephone_without_an_account_to_the_second_key() {
    story_in(true, inhabited, |browser| {
        let mut resident = browser();
        // Bad input is told at its field and nothing is lost.
        let refused = reports(&mut resident, &[("words", "电梯坏了"), ("name", ""), ("telephone", "")]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has("请填写怎么称呼您") && refused.has("电梯坏了"), "{}", refused.body);
        let refused = reports(&mut resident, &[("words", "电梯坏了"), ("name", "李"), ("telephone", "老王")]);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sent = reports(
            &mut resident,
            &[("words", "电梯坏了，老人下不了楼。"), ("name", "示例报"), ("telephone", "19900001234")],
        );
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let own = sent.header("location").split('?').next().unwrap().to_owned();
        let page = resident.get(sent.header("location"));
        assert!(page.has("已经收到") && page.has(&own), "{}", page.body);
        let code = own.split('/').nth(2).unwrap().to_owned();

        // Anyone sees the clock and nothing of what was said or who it was.
        let mut anyone = browser();
        let public = anyone.get(&format!("/matters/{code}"));
        assert!(public.has("现在由谁负责") && public.has("文字没有公开"), "{}", public.body);
        assert!(!public.has("老人下不了楼") && !public.has("示例报") && !public.has("1234"));
        assert_eq!(anyone.get(&format!("/matters/{code}/{}", "0".repeat(32))).status, StatusCode::NOT_FOUND);
        assert!(anyone.get("/matters").has(&code));
        assert_eq!(
            anyone.get(&format!("/matters?code={code}")).header("location"),
            format!("/matters/{code}")
        );
        assert!(anyone.get("/matters?code=2026-999999").has("没有这个编号"));

        let mut operator = browser();
        operator.enter(Role::Operator);
        let desk = format!("/desk/matters/{code}");
        let sheet = operator.get(&desk);
        assert!(
            sheet.has("老人下不了楼") && !sheet.has("示例报") && !sheet.has("199****1234"),
            "{}",
            sheet.body
        );
        assert_eq!(
            takes(&mut operator, &desk, &[("do", "accept"), ("note", "")]).status,
            StatusCode::SEE_OTHER
        );
        let empty = takes(&mut operator, &desk, &[("do", "answer"), ("note", "")]);
        assert!(empty.has("这一步需要写一句说明"), "{}", empty.body);
        assert_eq!(
            takes(&mut operator, &desk, &[("do", "answer"), ("note", "已换门机，恢复运行。")]).status,
            StatusCode::SEE_OTHER
        );
        // What the state does not take, and a page that was overtaken, are refused with words.
        assert!(takes(&mut operator, &desk, &[("do", "begin")]).has("按现在的状态不能做这一步"));

        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        let sheet = worker.get(&desk);
        assert!(sheet.has("199****1234") && !sheet.has("19900001234"), "{}", sheet.body);
        let key = sheet.key().to_owned();
        let shown = worker.post(&format!("{desk}/reporter"), &[("request_key", &key)]);
        assert!(shown.has("19900001234"), "{}", shown.body);
        let cleared = takes(&mut worker, &desk, &[("do", "clear"), ("note", "电梯停运")]);
        assert_eq!(cleared.status, StatusCode::SEE_OTHER);
        assert!(anyone.get(&format!("/matters/{code}")).has("电梯停运"));

        let page = resident.get(&own);
        assert!(page.has("已换门机，恢复运行。") && page.has("确认办好了"), "{}", page.body);
        // A few questions beside the second key; what one person answers is shown nowhere by itself.
        assert!(page.has("办得快不快") && page.has("可以只答一部分"), "{}", page.body);
        let said = [("do", "confirm"), ("satisfied", "yes"), ("speed", "poor"), ("note", "谢谢师傅")];
        let done = takes(&mut resident, &own, &said);
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, own.as_str()));
        let page = resident.get(&own);
        assert!(page.has("已确认") && page.has("谢谢师傅"), "{}", page.body);
        let card = operator.get("/desk/matters/scores");
        assert!(card.has("1 / 1") && card.has("不足 10 件，不算比例"), "{}", card.body);
        let row = card.body.split("办得快不快").nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(row.contains(">1</td>") && row.matches('–').count() == 3, "{row}");
        assert!(!anyone.get(&format!("/matters/{code}")).has("谢谢师傅"));
    });
}

#[test]
fn a_neighbour_confirms_common_parts_and_a_worker_takes_a_call() {
    story_in(true, inhabited, |browser| {
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        let key = worker.get("/desk/matters/new?community=310112107-001").key().to_owned();
        let fields = [
            ("request_key", key.as_str()),
            ("community", "310112107-001"),
            ("source", "telephone"),
            ("category", "property-repair-common"),
            ("words", "楼道的灯不亮"),
        ];
        let taken = worker.post("/desk/matters/new", &fields);
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
        let again = worker.post("/desk/matters/new", &fields);
        assert_eq!(again.header("location"), taken.header("location"), "sent twice, taken once");
        let desk = taken.header("location").to_owned();
        let code = desk.rsplit('/').next().unwrap().to_owned();
        let mut operator = browser();
        operator.enter(Role::Operator);
        takes(&mut operator, &desk, &[("do", "accept")]);
        takes(&mut operator, &desk, &[("do", "answer"), ("note", "换了灯泡")]);

        let mut neighbour = browser();
        neighbour.enter(Role::Resident);
        let address = format!("/matters/{code}");
        assert!(neighbour.get(&address).has("确认办好了"));
        let key = neighbour.get(&address).key().to_owned();
        let reopen = neighbour.post(&address, &[("request_key", &key), ("do", "reopen"), ("note", "没有")]);
        assert_eq!(reopen.status, StatusCode::FORBIDDEN, "only who asked reopens");
        assert_eq!(takes(&mut neighbour, &address, &[("do", "confirm")]).status, StatusCode::SEE_OTHER);
        assert!(browser().get(&address).has("同社区的住户确认办好了"));
        // The own report of whoever is signed in is theirs without an address to keep.
        let sent = reports(&mut neighbour, &[("words", "电梯里很热")]);
        let own = sent.header("location").split('/').nth(2).unwrap().to_owned();
        assert!(neighbour.get(&format!("/matters/{own}")).has("电梯里很热"));
        assert!(!browser().get(&format!("/matters/{own}")).has("电梯里很热"));
    });
}

#[test]
fn the_desk_counts_what_it_lists_and_prints_codes() {
    story_in(true, inhabited, |browser| {
        for words in ["电梯一", "电梯二"] {
            reports(&mut browser(), &[("words", words), ("anonymous", "yes")]);
        }
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        assert!(worker.get("/desk/matters").has("<b>2</b> 办理中"), "{}", worker.get("/desk/matters").body);
        let list = worker.get("/desk/matters?queue=running");
        assert_eq!(list.body.matches(r#"<th scope="row">"#).count(), 2);
        let file = worker.get("/desk/matters/list/csv");
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.has("电梯故障"), "{}", file.body);
        let codes = worker.get("/desk/matters/codes?community=310112107-001");
        assert_eq!(codes.body.matches("<article").count(), 2, "the community and its one building");
        assert_eq!(worker.get("/desk/matters/2026-999999").status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_page_of_a_matter_stays_when_its_community_leaves_the_list() {
    let gone = std::sync::Mutex::new(String::new());
    let found = |db: &db::Db| {
        inhabited(db);
        let code = db
            .write(|tx| {
                let actor = district::kit::Actor::program();
                let day = |text: &str| base::Day::parse(text).unwrap();
                let calendar = base::Calendar::published().unwrap();
                let vault = district::people::vault::Vault::new(&[1; 32]);
                let then = base::Instant::at(day("2026-01-12"), 10, 0);
                let call = &mut district::kit::Call::new(&actor, then, 9);
                let roll = district::register::snapshot(tx, day("2026-01-12"))?;
                let community = roll[0].id;
                let command = district::matters::Receive {
                    id: call.id(),
                    source: district::matters::Source::Resident,
                    foreign_number: None,
                    community,
                    building: None,
                    place: String::new(),
                    category: "property-lift".into(),
                    words: "电梯坏了".into(),
                    reporter: None,
                    tenancy: None,
                    shown: false,
                    secret: None,
                    at: None,
                };
                let made = district::matters::receive(tx, call, (&vault, &calendar), &[command])?;
                let on = day("2026-01-20");
                let leave = district::register::Leave { id: community, on, reason: "拆除".into() };
                district::register::leave(tx, call, &[leave])?;
                Ok::<_, district::Error>(made[0].code.clone())
            })
            .unwrap();
        *gone.lock().unwrap() = code;
    };
    story_in(true, found, |browser| {
        let code = gone.lock().unwrap().clone();
        let page = browser().get(&format!("/matters/{code}"));
        assert!(page.status == StatusCode::OK && page.has("青藤公寓"), "{}", page.body);
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        assert_eq!(worker.get(&format!("/desk/matters/{code}")).status, StatusCode::OK);
    });
}

#[test]
fn an_answer_given_often_is_kept_and_taken_without_a_script() {
    story_in(true, inhabited, |browser| {
        let (mut leader, mut operator) = (browser(), browser());
        leader.enter(Role::GridLeader);
        operator.enter(Role::Operator);
        let kept = "/desk/matters/templates";
        assert_eq!(operator.get(kept).status, StatusCode::FORBIDDEN);
        let page = leader.get(kept);
        assert!(page.has("还没有答复模板"), "{}", page.body);
        let key = page.key().to_owned();
        let mut fields = vec![
            ("request_key", key.as_str()),
            ("do", "add"),
            ("category", "property-lift"),
            ("title", "电梯已恢复"),
            ("title_en", "The lift works again"),
            ("words", "电梯已经恢复运行。"),
        ];
        let refused = leader.post(kept, &fields);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has(r#"aria-describedby="words_en-e""#) && refused.has("电梯已经恢复运行。"));
        let key = refused.key().to_owned();
        fields[0].1 = &key;
        fields.push(("words_en", "The lift runs again."));
        for _ in 0..2 {
            let added = leader.post(kept, &fields);
            assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
        }
        let page = leader.get(kept);
        assert_eq!(page.body.matches("The lift runs again.</p>").count(), 1, "sent twice, kept once");

        let made = reports(&mut browser(), &[("words", "电梯坏了"), ("anonymous", "yes")]);
        let code = made.header("location").split('/').nth(2).unwrap().to_owned();
        let desk = format!("/desk/matters/{code}");
        assert!(!operator.get(&desk).has("电梯已恢复"), "nothing is answered before it is accepted");
        takes(&mut operator, &desk, &[("do", "accept")]);
        let sheet = operator.get(&desk);
        assert!(sheet.has("选用答复模板") && sheet.has("电梯已恢复"), "{}", sheet.body);
        let id = sheet.body.split(r#"<select class="in" id="template""#).nth(1).unwrap();
        let id = id.split(r#"<option value=""#).nth(2).unwrap().split('"').next().unwrap().to_owned();
        // What was typed stays, and the text comes behind it; nothing is written by that.
        let take = [("do", "note"), ("note", "王师傅到场。"), ("template", id.as_str()), ("take", "zh")];
        let taken = takes(&mut operator, &desk, &take);
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
        assert!(taken.has("王师傅到场。\n电梯已经恢复运行。</textarea>"), "{}", taken.body);
        assert!(taken.has(r#"value="answer" checked"#), "{}", taken.body);
        assert!(!operator.get(&desk).has("王师傅到场"));
        let english = takes(&mut operator, &desk, &[("template", id.as_str()), ("take", "en")]);
        assert!(english.has("The lift runs again.</textarea>"), "{}", english.body);

        // The same for programs, with the same permissions.
        let listed = operator.get(&format!("/api/v1/matters/{code}/answer-templates"));
        assert!(listed.has("The lift runs again."), "{}", listed.body);
        assert_eq!(operator.get("/api/v1/answer-templates").status, StatusCode::FORBIDDEN);
        assert!(leader.get("/api/v1/answer-templates").has(r#""version":1"#));

        // Two people at once: who saw the older version is told so.
        let change = |page: &Answer, title: &str| {
            let mut fields = vec![("request_key".to_owned(), page.key().to_owned())];
            let more = [
                ("do", "change"),
                ("template", &id),
                ("seen", "1"),
                ("category", ""),
                ("title", title),
                ("title_en", "Lift"),
                ("words", "恢复了。"),
                ("words_en", "It works."),
            ];
            fields.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
            fields
        };
        let send = |leader: &mut Browser, fields: &[(String, String)]| {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            leader.post(kept, &fields)
        };
        let (one, two) = (leader.get(kept), leader.get(kept));
        assert_eq!(send(&mut leader, &change(&one, "电梯")).status, StatusCode::SEE_OTHER);
        let late = send(&mut leader, &change(&two, "晚了一步"));
        assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.has("晚了一步"), "{}", late.body);
        let key = leader.get(kept).key().to_owned();
        let end = [("request_key", key.as_str()), ("do", "end"), ("template", &id), ("seen", "2")];
        assert_eq!(leader.post(kept, &end).status, StatusCode::SEE_OTHER);
        assert!(!operator.get(&desk).has("选用答复模板"));
    });
}
