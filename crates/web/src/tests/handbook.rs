//! The handbook: read by anyone, tried and adopted by the district, held against a community.

use ::handbook::{CommunityKind, PropertyRight};
use base::{Day, IdSource as _, SeededIds};
use db::Db;
use district::handbook::{self as handbooks, AddFactor};
use district::kit::{Actor, Call, CommunityId, GridId, Id, Role};
use district::register::{self, AddCommunity, AddGrid, Description};
use http::StatusCode;

use super::fixture::{Browser, simulated, story_in, town};

fn id<T: Id>(seed: u64) -> T {
    T::from_uuid(SeededIds::new(seed).next(testkit::now()))
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Affordable rental of 900 and of 400, a LOFT of 1,500, market rental of 950; one grid; both handbooks.
fn district(db: &Db) {
    let program = Actor::program();
    let from = day("2025-01-01");
    let grid: GridId = id(200);
    db.write(|tx| {
        let call = &mut Call::new(&program, testkit::now(), 2);
        let (code, name, name_en) = ("310112107-01".into(), "紫藤网格".into(), "Wisteria Grid".into());
        register::add_grids(tx, call, &[AddGrid { id: grid, town: town(), code, name, name_en, from }])?;
        let all = [
            (201, "青藤公寓", "Ivy Court", CommunityKind::AffordableRental, 900),
            (202, "桂花苑", "Osmanthus Court", CommunityKind::AffordableRental, 400),
            (203, "云上城", "Cloud City", CommunityKind::QuasiResidential, 1_500),
            (204, "晴川里", "Sunny Lane", CommunityKind::MarketRental, 950),
        ];
        let commands = all.map(|(seed, name, name_en, kind, planned)| AddCommunity {
            id: id(seed),
            code: format!("310112107-{seed}"),
            simulated: true,
            from,
            reason: "首批登记".into(),
            description: Description {
                name: name.into(),
                name_en: name_en.into(),
                kind,
                label: String::new(),
                right: PropertyRight::SingleOwner,
                town: town(),
                grid: Some(grid),
                address: format!("示例路{seed}弄"),
                position: None,
                opened_on: None,
                planned_households: Some(planned),
                planned_decided_on: Some(from),
                boundary: None,
            },
        });
        register::add_communities(tx, call, &commands)?;
        let density = AddFactor {
            community: id(201),
            factor: "density",
            value: Some(145),
            source: "台账".into(),
            from,
        };
        handbooks::set_factors(tx, call, &[density])?;
        let [one, two] = handbooks::SHIPPED;
        handbooks::adopt_text(tx, call, one.0, one.1, from)?;
        handbooks::adopt_text(tx, call, two.0, two.1, day("2026-01-01"))?;
        Ok::<_, district::Error>(())
    })
    .unwrap();
}

fn story(tell: impl Fn(&mut dyn FnMut() -> Browser)) {
    story_in(true, district, tell);
}

fn prescription(seed: u64) -> String {
    format!("/communities/{}/prescription", id::<CommunityId>(seed))
}

const TRY_800: &str = "/district/handbook/effect?name=standalone_over&value=800";

/// Saves 800 as a version; the key comes from a page that shows a form to whoever is signed in.
fn save(browser: &mut Browser, version: &str) -> super::fixture::Answer {
    let key = browser.get("/leave").key().to_owned();
    let fields =
        [("request_key", key.as_str()), ("name", "standalone_over"), ("value", "800"), ("version", version)];
    browser.post("/district/handbook/effect", &fields)
}

#[test]
fn an_officer_enters_what_the_register_does_not_know() {
    story(|browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let address = prescription(202);
        let page = officer.get(&address);
        assert!(page.has("录入难度数据") && page.has("没有数据"));
        let factors = address.replace("/prescription", "/factors");
        let mut enter = |factor: &str, figure: &str, source: &str, since: &str, act: &str| {
            let key = officer.get(&address).key().to_owned();
            let fields = [
                ("request_key", key.as_str()),
                ("factor", factor),
                ("figure", figure),
                ("source", source),
                ("since", since),
                ("do", act),
            ];
            officer.post(&factors, &fields)
        };
        let wrong = enter("fee_collection", "viel", "物业台账 2025-12", "2025-12-31", "enter");
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.has("请按这项因素的单位填写数据") && wrong.has(r#"value="物业台账 2025-12""#));
        let silent = enter("fee_collection", "87.5", "", "2025-12-31", "enter");
        assert!(silent.has("请写明数据的来源") && silent.has(r#"id="source-e""#));
        assert!(enter("fee_collection", "87.5", "物业台账", "gestern", "enter").has("请填写日期"));
        assert_eq!(enter("disputes", "1", "x", "2025-12-31", "forget").status, StatusCode::BAD_REQUEST);
        let entered = enter("fee_collection", "87.5", "物业台账 2025-12", "2025-12-31", "enter");
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
        let earlier = enter("fee_collection", "80", "物业台账", "2025-12-01", "enter");
        assert!(earlier.has("从 2025-12-31 起已经有数据"), "{}", earlier.body);
        let page = officer.get(&address);
        assert!(page.has("收缴 87.5%") && page.has("物业台账 2025-12，2025-12-31 起"), "{}", page.body);
        // Who may not write the register is not offered the form, and refused.
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        let page = worker.get(&address);
        assert!(page.status != StatusCode::OK || !page.has("录入难度数据"));
        let key = worker.get("/leave").key().to_owned();
        let fields = [("request_key", key.as_str()), ("factor", "disputes"), ("do", "enter")];
        assert_eq!(worker.post(&factors, &fields).status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn what_is_derived_says_from_what() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let list = officer.get("/district/register?sort=households&order=down");
        let (_, rest) = list.body.split_once(r#"<th scope="row"><a href="/communities/"#).unwrap();
        let code = rest.split('"').next().unwrap().to_owned();
        let address = format!("/communities/{code}/prescription");
        for (factor, words) in [("density", "登记的居民"), ("turnover", "以后的十二个月，租约开始")]
        {
            let key = officer.get(&address).key().to_owned();
            let fields = [
                ("request_key", key.as_str()),
                ("factor", factor),
                ("source", "不再实测"),
                ("since", "2026-01-31"),
                ("do", "end"),
            ];
            let ended = officer.post(&format!("/communities/{code}/factors"), &fields);
            assert_eq!(ended.status, StatusCode::SEE_OTHER, "{factor}: {}", ended.body);
            let page = officer.get(&address);
            assert!(page.has("按登记推算") && page.has(words), "{factor}: {}", page.body);
        }
    });
}

#[test]
fn anyone_reads_the_rules_in_words_with_their_sources() {
    story(|browser| {
        let mut reader = browser();
        let page = reader.get("/handbook");
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.has("闵行区新型居住社区治理工作手册 2.0") && page.has("2026-01-01 起执行"));
        assert!(page.has("超过 1,000 户的保障性租赁住房，单独设立社工站。"));
        assert!(page.has("类型：保障性租赁住房；规划容量超过 1,000 户") && page.has("站点形式：单独设站"));
        // On every clause: that it is no official text, and where it comes from.
        let clauses = page.body.matches("id=\"clause-").count();
        assert_eq!(clauses, 23);
        assert_eq!(page.body.matches("依据公开报道整理，非官方文本").count(), clauses + 1);
        assert_eq!(page.body.matches("来源：").count(), clauses);
        assert!(page.body.matches(">设定<").count() >= 15);
        let trial = reader.get("/handbook?v=1.0");
        assert!(trial.has("（试行）") && trial.has("执行到 2025-12-31"));
        assert_eq!(reader.get("/handbook?v=9.9").status, StatusCode::NOT_FOUND);
        reader.accept = "en";
        let english = reader.get("/handbook");
        assert!(
            english.has("Affordable-rental estates of more than 1,000 households get a social work station")
        );
        assert!(english.has("Compiled from public reports; not the official text"));
        assert!(english.has(">assumption<") && !english.has("单独"));
        reader.accept = "zh-TW";
        assert!(reader.get("/handbook").has("超過 1,000 戶的保障性租賃住房，單獨設立社工站。"));
    });
}

#[test]
fn two_versions_are_compared_word_by_word() {
    story(|browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let overview = officer.get("/district/handbook");
        assert!(
            overview.has("现行版本 2.0") && overview.has("已停止执行") && overview.has("全区社区工作者总量")
        );
        let compared = officer.get("/district/handbook/compare");
        assert!(compared.has("版本 1.0 与版本 2.0 对比") && compared.has("新增第 1.3 条"));
        assert!(compared.has(r#"<del><span class="vh">删去：</span>600</del>"#));
        assert!(compared.has(r#"<ins><span class="vh">新增：</span>500</ins>"#));
        officer.accept = "en";
        let english = officer.get("/district/handbook/compare");
        assert!(english.has("Clause 3.1 differs") && english.has("words that are gone"));
        assert_eq!(officer.get("/district/handbook/compare?a=nothing").status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_changed_number_shows_what_it_moves_and_writes_nothing() {
    story(|browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let page = officer.get(TRY_800);
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.has("1,000 → 800") && page.has("全区 4 个社区中，2 个会变；2 个社工站会新设"));
        // 900, 400 and 950 shared five people; now two stations have two each, and 950 waits for a decision.
        assert!(page.has("青藤公寓") && !page.has("桂花苑"));
        assert!(page.has("联合设站，一站多点</del>") && page.has("单独设站</ins>"));
        assert!(page.has("第 3.1 条：类型：保障性租赁住房；规划容量 900 户，超过 800 户"));
        assert!(page.has("¥600,000.00") && page.has("¥480,000.00") && page.has("¥532,000.00"));
        assert!(page.has("紫藤网格") && page.has("虹桥镇") && page.has("+1"));
        assert!(page.has("超过 <del><span class=\"vh\">删去：</span>1,000</del>"));
        let again =
            officer.get("/district/handbook/effect?name=standalone_over&value=%EF%BC%98%EF%BC%90%EF%BC%90");
        assert!(again.has("全区 4 个社区中，2 个会变"));
        let same = officer.get("/district/handbook/effect?name=standalone_over&value=1000");
        assert!(same.has("没有一个社区的应配会变") && same.has("两个版本没有不同"));
        for (value, words) in
            [("many", "请填写一个整数"), ("50", "应在 100 与 5,000 之间"), ("", "请填写一个整数")]
        {
            let wrong = officer.get(&format!("/district/handbook/effect?name=standalone_over&value={value}"));
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(wrong.has(words) && wrong.has(r#"aria-invalid="true""#), "{value}");
        }
        let unknown = officer.get("/district/handbook/effect?name=nothing&value=5");
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        assert!(!officer.get("/district/handbook").has("草案</td>"));
        officer.accept = "en";
        let english = officer.get(TRY_800);
        assert!(english.has("Of 4 communities in the district, 2 change; 2 stations are new"));
        assert!(english.has("Ivy Court"));
        assert!(english.has("Kind: affordable rental; planned capacity 900 households, over 800 households"));
    });
}

#[test]
fn a_draft_is_saved_checked_and_adopted_from_a_day() {
    story(|browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        for (version, words) in [("2.0", "版本号 2.0 已经用过"), ("", "请填写版本号")] {
            let refused = save(&mut officer, version);
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.has(words) && refused.has(r#"aria-describedby="version-e""#), "{version}");
        }
        let saved = save(&mut officer, "2.1");
        let draft = saved.header("location").to_owned();
        assert!(saved.status == StatusCode::SEE_OTHER && draft.starts_with("/district/handbook/versions/"));
        let page = officer.get(&draft);
        assert!(page.has("工作手册，版本 2.1") && page.has("<b>草案</b>") && page.has("依据 2.0 修改"));
        assert!(page.has("officer 于 2026-01-31 起草") && page.has("在这份草案上再改一个数"));
        // A draft binds nobody: the public reads the version in force.
        assert!(browser().get("/handbook").has("超过 1,000 户的保障性租赁住房"));
        assert_eq!(browser().get("/handbook?v=2.1").status, StatusCode::NOT_FOUND);
        let base = draft.rsplit('/').next().unwrap();
        let tried = officer.get(&format!("/district/handbook/effect?base={base}"));
        assert!(tried.has("草案 2.1 对全区的影响") && tried.has("青藤公寓"));
        for (from, words) in
            [("2026-01-30", "只能从今天（2026-01-31）"), ("soon", "请填写日期"), ("", "请填写日期")]
        {
            let refused = officer.get(&format!("{draft}/adopt?from={from}"));
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.has(words) && refused.has(r#"aria-describedby="from-e""#), "{from}");
        }
        let check = officer.get(&format!("{draft}/adopt?from=2026-03-01"));
        assert!(
            check.has("采用版本 2.1，从 2026-03-01 起执行") && check.has("版本 2.0 执行到 2026-02-28 为止")
        );
        assert!(check.has("全区 4 个社区中，2 个会变"));
        let adopt = [("request_key", check.key()), ("from", "2026-03-01")];
        let adopted = officer.post(&format!("{draft}/adopt"), &adopt);
        assert_eq!((adopted.status, adopted.header("location")), (StatusCode::SEE_OTHER, draft.as_str()));
        assert!(officer.get(&draft).has("已采用，未到日期"));
        let overview = officer.get("/district/handbook");
        assert!(overview.has("2026-01-01 – 2026-02-28") && overview.has("2026-03-01 –"));
        let twice = officer.get(&format!("{draft}/adopt?from=2026-04-01"));
        assert!(twice.status == StatusCode::UNPROCESSABLE_ENTITY && twice.has("版本 2.1 已经采用，不能再改"));
        assert!(browser().get("/handbook?v=2.1").has("超过 800 户的保障性租赁住房"));
        officer.accept = "en";
        assert!(officer.get(&draft).has("Adopted by officer on 2026-01-31"));
    });
}

#[test]
fn a_prescription_says_what_and_why_in_words() {
    story(|browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let page = officer.get(&prescription(201));
        assert!(page.has("手册要求青藤公寓做到什么") && page.has("保障性租赁住房，规划容量 900 户"));
        assert!(page.has("联合设站，一站多点<span class=\"sub\"><a href=\"#clause-3-2\">第 3.2 条</a>"));
        assert!(
            page.has("规划容量 900 户，不超过 1,000 户") && page.has("规划容量 900 户，没有超过 1,000 户")
        );
        assert!(page.has("没有影响") && page.has("12 个月 1 次，入住 30 天内 1 次"));
        // Fees have no data: shown, struck out of the sum, the rest rescaled in sight.
        assert!(
            page.has("费用收缴") && page.has("没有数据") && page.has("<s>10.0%</s>") && page.has("100.0%")
        );
        assert!(page.has("1.45 人/间") && page.has("有数据的因素原权重合计 50.0%"));
        assert!(!page.has("每 10,000 名居民"), "the district's total is no prescription for a community");
        assert!(!page.has("您的决定"));
        let trial = officer.get("/district/handbook/compare");
        let one = trial.body.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(officer.get(&format!("{}?v={one}", prescription(201))).has("按工作手册 1.0"));
        for nothing in ["/communities/x/prescription", &prescription(999)] {
            assert_eq!(officer.get(nothing).status, StatusCode::NOT_FOUND);
        }
        officer.accept = "en";
        let english = officer.get(&prescription(201));
        assert!(english.has("What the handbook asks of Ivy Court"));
        assert!(english.has("Planned capacity 900 households, at most 1,000 households"));
        assert!(english.has("left out, not guessed"));
    });
}

#[test]
fn a_named_person_decides_and_says_why() {
    story(|browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let address = prescription(203);
        let page = officer.get(&address);
        assert!(page.has("待指定人员决定") && page.has("等待决定") && page.has("您的决定"));
        let mut decide = |form: &str, reason: &str, from: &str| {
            let key = officer.get(&address).key().to_owned();
            let fields = [("request_key", key.as_str()), ("form", form), ("reason", reason), ("from", from)];
            officer.post(&address, &fields)
        };
        for (form, reason, from, words, field) in [
            ("", "体量大", "2026-01-31", "请选择单独设站或联合设站", "form"),
            ("none", "体量大", "2026-01-31", "请选择单独设站或联合设站", "form"),
            ("standalone", " ", "2026-01-31", "请写明作出这个决定的理由", "reason"),
            ("standalone", "体量大", "tomorrow", "请填写日期", "from"),
        ] {
            let refused = decide(form, reason, from);
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.has(words) && refused.has(&format!("id=\"{field}-e\"")), "{words}");
        }
        let decided = decide("standalone", "体量大，商住混合", "2026-01-31");
        assert_eq!((decided.status, decided.header("location")), (StatusCode::SEE_OTHER, address.as_str()));
        let page = officer.get(&address);
        assert!(
            page.has("单独设站（officer 2026-01-31 决定，理由：体量大，商住混合）") && page.has("现行决定")
        );
        // A second one of the same day, or one of a past day, stands instead of what was said only when that is ticked.
        let send = |officer: &mut Browser, from: &str, replacing: &str| {
            let key = officer.get(&address).key().to_owned();
            let mut fields =
                vec![("request_key", key.as_str()), ("form", "joint"), ("reason", "先联合"), ("from", from)];
            if !replacing.is_empty() {
                fields.push(("replacing", replacing));
            }
            officer.post(&address, &fields)
        };
        let tick = r#"name="replacing" value="yes 2026-01-31""#;
        assert!(page.has(tick) && page.has("同时取消已经登记的决定，起始日期：2026-01-31。"));
        let refused = send(&mut officer, "2026-01-31", "");
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has(r#"id="replacing-e""#) && refused.has(tick), "{}", refused.body);
        let past = send(&mut officer, "2026-01-10", "");
        assert!(past.has("从已经过去的 2026-01-10 起算") && past.has(tick));
        assert_eq!(send(&mut officer, "2026-01-10", "yes").status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(send(&mut officer, "2026-01-31", "yes 2026-01-31").status, StatusCode::SEE_OTHER);
        assert!(officer.get(&address).has("理由：先联合") && !officer.get(&address).has("商住混合"));
        let later = send(&mut officer, "2026-02-10", "");
        assert_eq!(later.status, StatusCode::SEE_OTHER, "nothing stands in its way");
        let settled = prescription(202);
        let key = officer.get(&address).key().to_owned();
        let fields =
            [("request_key", key.as_str()), ("form", "joint"), ("reason", "试"), ("from", "2026-01-31")];
        let unasked = officer.post(&settled, &fields);
        assert!(unasked.status == StatusCode::UNPROCESSABLE_ENTITY && unasked.has("不需要另行决定"));
        officer.accept = "en";
        let english = officer.get(&address);
        assert!(english.has("(decided by officer on 2026-01-31: 先联合)"));
    });
}

#[test]
fn a_prescription_is_read_as_of_any_day() {
    story(|browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let today = officer.get(&prescription(201));
        assert!(today.has(r#"type="date" name="on" value="2026-01-31""#) && today.has("按工作手册 2.0"));
        let then = officer.get(&format!("{}?on=2025-12-31", prescription(201)));
        assert!(then.has("按工作手册 1.0") && then.has(r#"name="on" value="2025-12-31""#), "{}", then.body);
        assert!(then.has("?on=2025-12-31\""), "the way back keeps the day");
        // What is decided, is decided on the facts of today.
        let waits = prescription(203);
        assert!(officer.get(&waits).has("您的决定"));
        assert!(!officer.get(&format!("{waits}?on=2026-01-15")).has("您的决定"));
        // Before it was in the list there is no such page, and what is no day is none.
        let early = officer.get(&format!("{}?on=2001-01-01", prescription(201)));
        assert_eq!(early.status, StatusCode::NOT_FOUND);
        let wrong = officer.get(&format!("{}?on=tomorrow", prescription(201)));
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn who_may_not_is_refused() {
    story(|browser| {
        let mut anyone = browser();
        for address in ["/district/handbook", TRY_800, &prescription(201)] {
            assert!(anyone.get(address).header("location").starts_with("/enter?next="), "{address}");
        }
        // A town reads and tries; it neither saves, adopts nor decides.
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let draft = save(&mut officer, "2.1").header("location").to_owned();
        let mut town = browser();
        town.enter(Role::TownOfficer);
        let tried = town.get(TRY_800);
        assert!(tried.status == StatusCode::OK && !tried.has("保存草案"));
        assert!(officer.get(TRY_800).has("保存草案"));
        assert!(!town.get(&draft).has("从哪一天起执行"));
        assert_eq!(save(&mut town, "2.2").status, StatusCode::FORBIDDEN);
        assert_eq!(town.get(&format!("{draft}/adopt?from=2026-03-01")).status, StatusCode::FORBIDDEN);
        let page = town.get(&prescription(203));
        assert!(page.has("等待决定") && !page.has("您的决定"));
        let key = officer.get("/leave").key().to_owned();
        let fields =
            [("request_key", key.as_str()), ("form", "joint"), ("reason", "试"), ("from", "2026-01-31")];
        assert_eq!(town.post(&prescription(203), &fields).status, StatusCode::FORBIDDEN);
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        assert!(worker.get("/district/handbook").has("现行版本 2.0"));
        // The facts of a community of another grid are not theirs to read.
        assert_eq!(worker.get(&prescription(201)).status, StatusCode::FORBIDDEN);
        let mut operator = browser();
        operator.enter(Role::Operator);
        assert_eq!(operator.get("/district/handbook").status, StatusCode::FORBIDDEN);
        assert_eq!(operator.get(&prescription(201)).status, StatusCode::FORBIDDEN);
    });
}
