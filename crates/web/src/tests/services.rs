//! Public services in the browser and for programs: found by anyone, kept by a town, people referred by a worker.

use std::collections::BTreeSet;
use std::path::Path;

use district::kit::Role;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::fixture::{Answer, Browser, inhabited, simulated, story_in};

/// Fills in the form of a new service, of the town of the fixture.
fn adds(officer: &mut Browser, changed: &[(&str, &str)]) -> Answer {
    let page = officer.get("/desk/services/new");
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let town = super::fixture::town().to_string();
    let mut fields = vec![
        ("request_key", page.key()),
        ("provider_name", "虹桥镇社区事务受理服务中心"),
        ("provider_name_en", "Hongqiao Affairs Centre"),
        ("town", town.as_str()),
        ("category", "papers"),
        ("name", "居住证办理"),
        ("name_en", "Residence permit"),
        ("about", "办理上海市居住证。"),
        ("apply", "带身份证到大厅"),
        ("telephone", "021-64000000"),
        ("week_one", "1"),
        ("from", "2026-01-01"),
        ("place_name", "受理大厅"),
        ("address", "示例路100号"),
        ("place_town", town.as_str()),
        ("latitude", "31.1779"),
        ("longitude", "121.3850"),
        ("hours", "周一至周五 09:00-17:00\n每月第一个周六 9:00-11:00"),
    ];
    for (name, value) in changed {
        fields.retain(|(field, _)| field != name);
        fields.push((name, value));
    }
    officer.post("/desk/services/new", &fields)
}

/// The address of the service that was added.
fn added(officer: &mut Browser) -> String {
    let done = adds(officer, &[]);
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    done.header("location").split('?').next().unwrap().to_owned()
}

#[test]
fn a_town_adds_a_service_and_everyone_finds_it() {
    story_in(true, inhabited, |browser| {
        let mut officer = browser();
        officer.enter(Role::TownOfficer);
        for (field, wrong, said) in [
            ("hours", "星期几都行", "看不懂"),
            ("hours", "FREQ=YEARLY 09:00-10:00", "规则看不懂"),
            ("telephone", "问老王", "能拨打的号码"),
            ("name", "", "请填写，最多 60 字"),
            ("week_one", "99", "1 到 30"),
            ("town", "", "请从列表里选择一项"),
            ("latitude", "x", "latitude"),
        ] {
            let refused = adds(&mut officer, &[(field, wrong)]);
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(refused.has(said) && refused.has("示例路100号"), "{field}: {}", refused.body);
        }
        let desk = added(&mut officer);
        let public = desk.replace("/desk", "");
        let mut anyone = browser();
        let list = anyone.get("/services?q=居住证&category=papers&town=310112107");
        // The fixture's clock stands on Saturday 2026-01-31, which is no first Saturday.
        assert!(list.has("居住证办理") && list.has("2026-02-02 周一 09:00–17:00"), "{}", list.body);
        assert!(anyone.get("/services?today=1").has("没有找到符合条件的服务"));
        let page = anyone.get(&public);
        assert!(
            page.has("周一至周五 09:00–17:00") && page.has("每月第 1 个周六 09:00–11:00"),
            "{}",
            page.body
        );
        assert!(!page.has("转介居民") && !page.has("维护这项服务"));
        assert!(anyone.get("/services/week-one").has("带身份证到大厅"));
        anyone.accept = "en";
        assert!(anyone.get(&public).has("Residence permit"));
        let file = anyone.get("/services/list/csv");
        assert!(file.has("Hongqiao Affairs Centre"), "{}", file.body);

        // Two people at once: who saw the older version is told so.
        let (one, two) = (officer.get(&desk), officer.get(&desk));
        let change = |page: &Answer, name: &'static str, seen: &'static str| {
            vec![
                ("request_key".to_owned(), page.key().to_owned()),
                ("do".into(), "describe".into()),
                ("seen".into(), seen.into()),
                ("category".into(), "papers".into()),
                ("name".into(), name.into()),
            ]
        };
        let send = |browser: &mut Browser, fields: Vec<(String, String)>| {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.post(&desk, &fields)
        };
        let first = send(&mut officer, change(&one, "居住证", "1"));
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
        let late = send(&mut officer, change(&two, "居住证签注", "1"));
        assert!(late.has("已经被别人改过") && late.has("居住证签注"), "{}", late.body);

        let page = officer.get(&desk);
        let ended = officer
            .post(&desk, &[("request_key", page.key()), ("do", "end"), ("seen", "2"), ("to", "2026-01-31")]);
        assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.body);
        assert!(!anyone.get("/services").has("Residence permit"));
    });
}

#[test]
fn a_worker_refers_somebody_and_records_what_came_of_it() {
    story_in(true, inhabited, |browser| {
        let mut officer = browser();
        officer.enter(Role::TownOfficer);
        let service = added(&mut officer).rsplit('/').next().unwrap().to_owned();
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        let who =
            format!("/desk/referrals/new?service={service}&community=310112107-001&building=1号&flat=101")
                .replace('号', "%E5%8F%B7");
        let page = worker.get(&who);
        assert!(page.has("示") && !page.has("示例人"), "masked: {}", page.body);
        let (_, rest) = page.body.split_once(r#"name="whom" value=""#).expect("somebody to choose");
        let whom = rest.split('"').next().unwrap();
        let mut fields = vec![
            ("request_key", page.key()),
            ("service", service.as_str()),
            ("whom", whom),
            ("community", "310112107-001"),
            ("building", "1号"),
            ("flat", "101"),
            ("consented", "1"),
            ("by", "person"),
            ("how", "spoken"),
            ("until", "2026-12-31"),
            ("note", "需要轮椅通道"),
        ];
        let refused = worker.post("/desk/referrals/new", &fields);
        assert!(refused.has("最长 183 天") && refused.has("需要轮椅通道"), "{}", refused.body);
        fields[9] = ("until", "2026-04-30");
        let key = worker.get(&who).key().to_owned();
        fields[0] = ("request_key", &key);
        let done = worker.post("/desk/referrals/new", &fields);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let address = done.header("location").to_owned();
        // The same form again is the same referral.
        assert_eq!(worker.post("/desk/referrals/new", &fields).header("location"), address);

        let page = worker.get(&address);
        assert!(
            page.has("已转给服务单位") && !page.has("需要轮椅通道") && !page.has("示例人"),
            "{}",
            page.body
        );
        let shown = worker.post(&format!("{address}/note"), &[("request_key", page.key())]);
        assert!(shown.has("需要轮椅通道") && shown.has("示例人"), "{}", shown.body);

        let step = |browser: &mut Browser, seen: &str, step: &str| {
            let key = browser.get("/").key().to_owned();
            browser.post(&address, &[("request_key", &key), ("seen", seen), ("step", step)])
        };
        assert!(step(&mut worker, "1", "met").has("不能走这一步"));
        assert_eq!(step(&mut worker, "1", "accept").status, StatusCode::SEE_OTHER);
        assert!(step(&mut worker, "1", "decline").has("已经被别人改过"));
        assert_eq!(step(&mut worker, "2", "attend").status, StatusCode::SEE_OTHER);
        assert_eq!(step(&mut worker, "3", "met").status, StatusCode::SEE_OTHER);
        assert!(worker.get(&address).has("需要已满足"));
        assert!(worker.get("/desk/referrals").has("这里没有符合条件的转介"), "it is not open any more");
        assert!(worker.get("/desk/referrals?show=all").has("青藤公寓"));
        // The town sees it and takes no step; an operator sees nothing.
        assert!(officer.get(&address).has("需要已满足"));
        let mut operator = browser();
        operator.enter(Role::Operator);
        assert_eq!(operator.get(&address).status, StatusCode::FORBIDDEN);
    });
}

/// The schemas of HSDS; each takes only fields that it names, so that a misspelt one is a fault.
struct Schemas(Vec<(String, Value)>);

impl Schemas {
    fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests-data/hsds");
        let mut all = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "json") {
                let mut schema: Value =
                    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                schema["additionalProperties"] = json!(false);
                all.push((schema["name"].as_str().unwrap().to_owned(), schema));
            }
        }
        Self(all)
    }

    fn check(&self, name: &str, told: &Value) {
        let mut registry = jsonschema::Registry::new();
        for (_, schema) in &self.0 {
            registry = registry.add(schema["$id"].as_str().unwrap(), schema).unwrap();
        }
        let registry = registry.prepare().unwrap();
        let (_, schema) = self.0.iter().find(|(known, _)| known == name).expect(name);
        let validator = jsonschema::options()
            .with_registry(&registry)
            .should_validate_formats(true)
            .build(schema)
            .unwrap();
        let faults: Vec<String> =
            validator.iter_errors(told).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}\n{told:#}");
    }
}

fn json_of(answer: &Answer) -> Value {
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"));
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn what_programs_read_of_the_directory_is_hsds() {
    let schemas = Schemas::read();
    simulated(|browser| {
        let mut program = browser();
        for (list, schema) in [
            ("services", "service"),
            ("organizations", "organization"),
            ("service_at_locations", "service_at_location"),
            ("taxonomies", "taxonomy"),
            ("taxonomy_terms", "taxonomy_term"),
        ] {
            let page = json_of(&program.get(&format!("/hsds/{list}?per_page=500")));
            schemas.check("page", &page);
            let told = page["contents"].as_array().unwrap();
            assert!(!told.is_empty() && page["total_items"] == told.len(), "{list}");
            let ids: BTreeSet<&str> = told.iter().map(|it| it["id"].as_str().unwrap()).collect();
            assert_eq!(ids.len(), told.len(), "{list}");
            for it in told {
                schemas.check(schema, it);
            }
            for id in ids.iter().take(5) {
                schemas.check(schema, &json_of(&program.get(&format!("/hsds/{list}/{id}"))));
            }
        }
        let full = json_of(&program.get("/hsds/services?full=true&per_page=500"));
        for service in full["contents"].as_array().unwrap() {
            schemas.check("service", service);
            assert_eq!(service["alert"], "模拟数据 Simulated");
            assert!(service["service_at_locations"].as_array().is_some_and(|it| !it.is_empty()));
        }
        assert_eq!(json_of(&program.get("/hsds"))["version"], "3.2");
    });
}

#[test]
fn a_list_of_hsds_is_read_page_by_page_and_by_what_is_asked() {
    simulated(|browser| {
        let mut program = browser();
        let mut read = |query: &str| json_of(&program.get(&format!("/hsds/services?{query}")));
        let all = read("per_page=500")["contents"].as_array().unwrap().clone();
        let mut paged = Vec::new();
        for number in 1.. {
            let page = read(&format!("per_page=7&page={number}"));
            assert_eq!(page["first_page"], json!(number == 1));
            paged.extend(page["contents"].as_array().unwrap().clone());
            if page["last_page"] == true {
                break;
            }
        }
        assert_eq!(paged, all);
        let beyond = read("page=999");
        assert_eq!((&beyond["empty"], &beyond["size"]), (&json!(true), &json!(0)));
        let found = read("search=居住证&minimal=true");
        let only: &Map<String, Value> = found["contents"][0].as_object().unwrap();
        assert_eq!(only.keys().collect::<Vec<_>>(), ["id", "last_modified"]);
        assert_eq!(read("modified_after=2027-01-01T00:00:00Z")["total_items"], 0);
        for wrong in ["page=0", "per_page=x", "modified_after=gestern"] {
            let refused = program.get(&format!("/hsds/services?{wrong}"));
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
        assert_eq!(program.get("/hsds/services/7").status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_desk_says_which_referrals_are_overdue() {
    simulated(|browser| {
        let mut town = browser();
        town.enter(Role::TownOfficer);
        let list = town.get("/desk/referrals?show=overdue");
        assert_eq!(list.status, StatusCode::OK);
        let overdue = list.has("i-late");
        assert_eq!(town.get("/desk").has("件转介逾期没有跟进"), overdue, "{}", list.body);
    });
}
