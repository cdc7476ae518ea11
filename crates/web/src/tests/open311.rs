//! Programs of others, by Open311 `GeoReport` v2.

use base::{Day, Position};
use db::Db;
use district::kit::{Actor, Call, Role};
use district::matters::{self, Advance, Hand, Step};
use district::people::vault::Vault;
use district::register::{self, PlaceCommunity};
use http::{Method, StatusCode};

use super::fixture::{Answer, Browser, house, story_in};

mod client;

use client::{Record, records};

const FORMS: [&str; 2] = ["xml", "json"];

/// The household's community gets its place on the map.
fn placed(db: &Db) {
    house(db);
    let program = Actor::program();
    db.write(|tx| {
        let call = &mut Call::new(&program, testkit::now(), 5);
        let on = Day::parse("2025-01-05").unwrap();
        let community = register::community(tx, "310112107-001", on)?.expect("the household's community");
        let position = Position::new(311_510_000, 1_213_710_000).unwrap();
        register::place_communities(tx, call, &[PlaceCommunity { id: community.id, on, position }])
    })
    .unwrap();
}

/// A key for programs, made by an officer on the page of tokens.
fn api_key(browser: &mut Browser, scope: &str) -> String {
    browser.enter(Role::DistrictOfficer);
    let key = browser.get("/tokens").key().to_owned();
    let fields = [
        ("request_key", key.as_str()),
        ("do", "make"),
        ("name", "随手拍"),
        ("scope", scope),
        ("last_day", "2026-12-31"),
    ];
    let made = browser.post("/tokens", &fields);
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let (_, after) = made.body.split_once(r#"<code id="made">"#).expect("the token, shown once");
    after.split_once('<').unwrap().0.to_owned()
}

/// A program: no cookies, no browser's headers.
fn program(browser: &mut dyn FnMut() -> Browser) -> Browser {
    let mut program = browser();
    program.site = None;
    program
}

fn asked(program: &mut Browser, path: &str, form: &str, query: &str) -> Vec<Record> {
    let answer = program.get(&format!("/open311/v2/{path}.{form}{query}"));
    assert_eq!(answer.status, StatusCode::OK, "{path}.{form}{query}: {}", answer.body);
    let kind = if form == "xml" { "text/xml" } else { "application/json" };
    assert_eq!(answer.header("content-type"), format!("{kind}; charset=utf-8"));
    records(form, &answer.body)
}

fn sent(program: &mut Browser, form: &str, fields: &[(&str, &str)]) -> Answer {
    program.post(&format!("/open311/v2/requests.{form}"), fields)
}

/// What a refusal says, in both forms the same.
fn refused(program: &mut Browser, fields: &[(&str, &str)]) -> (u16, String) {
    let said = FORMS.map(|form| {
        let answer = sent(program, form, fields);
        let error = records(form, &answer.body).pop().expect("an error");
        assert_eq!(error["code"], answer.status.as_u16().to_string());
        (answer.status.as_u16(), error["description"].clone())
    });
    assert_eq!(said[0], said[1]);
    said[0].clone()
}

#[test]
fn the_client_of_the_tests_reads_what_the_standard_writes() {
    let read = |name: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/open311");
        FORMS.map(|form| {
            let text = std::fs::read_to_string(path.join(format!("{name}.{form}"))).unwrap();
            records(form, &text)
        })
    };
    for name in ["services", "requests", "sent", "errors", "updates"] {
        let [xml, json] = read(name);
        assert_eq!(xml, json, "{name}");
        assert!(!xml.is_empty());
    }
}

#[test]
fn a_program_learns_what_can_be_sent_where() {
    story_in(true, placed, |browser| {
        let mut program = program(browser);
        program.accept = "en";
        let discovery = program.get("/open311/v2/discovery.json");
        let found: serde_json::Value = serde_json::from_str(&discovery.body).unwrap();
        assert_eq!(found["endpoints"][0]["url"], "http://lilong.example/open311/v2");
        assert_eq!(found["endpoints"][0]["specification"], "http://wiki.open311.org/GeoReport_v2");
        assert_eq!(found["endpoints"][0]["formats"], serde_json::json!(["text/xml", "application/json"]));
        let discovery = program.get("/open311/v2/discovery.xml");
        assert!(discovery.has("<endpoints><endpoint><specification>"), "{}", discovery.body);

        let [xml, json] = FORMS.map(|form| asked(&mut program, "services", form, ""));
        assert_eq!(xml, json);
        let lift = xml.iter().find(|it| it["service_code"] == "property-lift").unwrap();
        assert_eq!(
            (lift["service_name"].as_str(), lift["group"].as_str()),
            ("Lift out of order", "Property services")
        );
        assert_eq!((lift["metadata"].as_str(), lift["type"].as_str()), ("true", "realtime"));
        assert!(lift["keywords"].contains("电梯故障"), "found in Chinese too");

        let definition = program.get("/open311/v2/services/property-lift.json");
        let found: serde_json::Value = serde_json::from_str(&definition.body).unwrap();
        assert_eq!(found["attributes"][0]["code"], "community");
        assert_eq!(found["attributes"][0]["values"][0]["key"], "310112107-001");
        assert_eq!(found["attributes"][0]["values"][0]["name"], "Ivy House");
        for (address, says) in [("services/none.xml", "<code>404</code>"), ("services/property.json", "404")]
        {
            let answer = program.get(&format!("/open311/v2/{address}"));
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}: a group is no service");
            assert!(answer.has(says), "{}", answer.body);
        }
        assert_eq!(program.get("/open311/v2/services/property-lift").status, StatusCode::NOT_FOUND);
        assert_eq!(program.send(Method::PUT, "/open311/v2/requests.xml", String::new()).status, 405);
    });
}

#[test]
fn a_report_comes_in_and_is_followed_in_both_forms() {
    story_in(true, placed, |browser| {
        let key = api_key(&mut browser(), "report");
        let mut program = program(browser);
        let lift = ["api_key", "service_code", "lat", "long", "description"];
        let report = |category: &'static str| {
            lift.into_iter().zip([key.as_str(), category, "31.1512", "121.3712", "电梯坏了 <2 层>"])
        };
        let mut numbers = Vec::new();
        for form in FORMS {
            let mut fields: Vec<_> = report("property-lift").collect();
            fields.extend([("attribute[building]", "1"), ("first_name", "示"), ("last_name", "例")]);
            fields.push(("phone", "19900005678"));
            let made = sent(&mut program, form, &fields);
            assert_eq!(made.status, StatusCode::OK, "{}", made.body);
            let made = records(form, &made.body).pop().unwrap();
            assert!(made["service_notice"].contains("工作日"));
            numbers.push(made["service_request_id"].clone());
        }
        assert_eq!(numbers, ["2026-000001", "2026-000002"]);
        // Inside of a flat: no building is told.
        let mut fields: Vec<_> = report("property-repair-home").collect();
        fields.push(("attribute[building]", "1号"));
        assert_eq!(sent(&mut program, "xml", &fields).status, StatusCode::OK);

        let all = FORMS.map(|form| asked(&mut program, "requests", form, ""));
        assert_eq!(all[0], all[1]);
        assert_eq!(all[0].len(), 3);
        let one = FORMS.map(|form| asked(&mut program, "requests/2026-000001", form, ""));
        assert_eq!(one[0], one[1]);
        let one = &one[0][0];
        let says = |name: &str| one[name].as_str();
        assert_eq!((says("status"), says("service_code")), ("open", "property-lift"));
        assert_eq!(says("address"), "1号, 青藤公寓, 示例路1弄, 虹桥镇");
        assert_eq!((says("lat"), says("long")), ("31.151", "121.371"));
        assert_eq!(says("description"), "", "nobody has cleared the words");
        assert!(says("expected_datetime").ends_with("T23:59:59+08:00"));
        assert!(says("requested_datetime").ends_with("+08:00"));
        let home = asked(&mut program, "requests/2026-000003", "xml", "").pop().unwrap();
        assert_eq!(home["address"], "青藤公寓, 示例路1弄, 虹桥镇");
        assert!(!program.get("/open311/v2/requests.json").has("1990000"), "no telephone");

        // By number, by service, by status, by time.
        let count = |program: &mut Browser, query: &str| asked(program, "requests", "json", query).len();
        assert_eq!(count(&mut program, "?service_request_id=2026-000002,2026-000003,2026-999999"), 2);
        assert_eq!(count(&mut program, "?service_code=property-lift,property-fee"), 2);
        assert_eq!(count(&mut program, "?service_code=property-fee"), 0);
        assert_eq!(count(&mut program, "?status=open"), 3);
        assert_eq!(count(&mut program, "?status=closed"), 0);
        assert_eq!(count(&mut program, "?status=open,closed"), 3);
        assert_eq!(count(&mut program, "?end_date=2020-01-01T00:00:00Z"), 0);

        let updates = FORMS.map(|form| asked(&mut program, "servicerequestupdates", form, ""));
        assert_eq!(updates[0], updates[1]);
        assert_eq!(updates[0].len(), 3);
        assert_eq!(updates[0][0]["update_id"], "2026-000001-0");
        assert_eq!(updates[0][0]["status"], "OPEN");
    });
}

#[test]
fn what_cannot_be_taken_is_refused_in_the_standard_s_words() {
    story_in(true, placed, |browser| {
        let key = api_key(&mut browser(), "report");
        let reader = api_key(&mut browser(), "read");
        let mut program = program(browser);
        program.accept = "en";
        let good = [
            ("api_key", key.as_str()),
            ("service_code", "property-lift"),
            ("address_string", "2 层, 青藤公寓"),
            ("description", "电梯坏了"),
        ];
        let with = |name: &'static str, value: &'static str| {
            let mut fields: Vec<(&str, &str)> = good.into_iter().filter(|it| it.0 != name).collect();
            fields.push((name, value));
            fields
        };
        for bad in ["", "x", "lilong_00", reader.as_str()] {
            let mut fields = good;
            fields[0].1 = bad;
            let (status, words) = refused(&mut program, &fields);
            assert_eq!((status, words.contains("api_key")), (403, true), "{words}");
        }
        let cases = [
            ("service_code", "", 400, "service_code"),
            ("service_code", "none", 404, "none"),
            ("service_code", "property", 404, "property"),
            ("description", " ", 400, "description"),
            ("address_string", "", 400, "no place"),
            ("address_string", "somewhere", 400, "somewhere"),
            ("address_id", "999", 400, "999"),
            ("attribute[community]", "999", 400, "999"),
            ("attribute[building]", "77", 400, "77"),
            ("lat", "31.15", 400, "31.15"),
        ];
        for (name, value, status, says) in cases {
            let (answered, words) = refused(&mut program, &with(name, value));
            assert_eq!(answered, status, "{name}={value}: {words}");
            assert!(words.contains(says), "{name}={value}: {words}");
        }
        for (lat, long) in
            [("121.37", "31.15"), ("31.25", "121.37"), ("0", "0"), ("1e3", "x"), ("999999999", "1")]
        {
            let mut fields = good.to_vec();
            fields.extend([("lat", lat), ("long", long)]);
            assert_eq!(refused(&mut program, &fields).0, 400, "{lat} {long}");
        }
        let long = "长".repeat(matters::LONGEST_WORDS + 1);
        let mut fields = good.to_vec();
        fields[3].1 = &long;
        assert_eq!(refused(&mut program, &fields).0, 400);
        let queries = [
            "start_date=yesterday",
            "start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z",
            "start_date=2026-01-02T00:00:00Z&end_date=2026-01-01T00:00:00Z",
            "status=half",
        ];
        for query in queries {
            let answer = program.get(&format!("/open311/v2/requests.xml?{query}"));
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
            assert!(records("xml", &answer.body)[0]["code"] == "400");
        }
        assert_eq!(program.get("/open311/v2/requests.xml?service_code=none").status, StatusCode::NOT_FOUND);
        assert_eq!(program.get("/open311/v2/requests/2026-999999.json").status, StatusCode::NOT_FOUND);
        assert_eq!(program.get("/open311/v2/requests/%FF.xml").status.as_u16() / 100, 4);
        // Nothing of all this came in.
        assert!(asked(&mut program, "requests", "json", "").is_empty());
        // And what is good does, whatever else a client sends beside it.
        let mut fields = good.to_vec();
        fields.extend([
            ("jurisdiction_id", "city.gov"),
            ("device_id", "x"),
            ("media_url", "http://example.org/"),
        ]);
        assert_eq!(sent(&mut program, "xml", &fields).status, StatusCode::OK);
    });
}

#[test]
fn bodies_that_are_none_are_refused_and_nothing_falls_over() {
    story_in(true, placed, |browser| {
        let key = api_key(&mut browser(), "report");
        let mut program = program(browser);
        let long = vec![b'a'; 300 * 1024];
        let form =
            format!("api_key={key}&service_code=property-lift&description=%00%08x&lat=31.1512&long=121.3712");
        let bodies: Vec<Vec<u8>> = vec![
            Vec::new(),
            vec![0xff; 64],
            b"&&&===%%%".to_vec(),
            long,
            [form.as_bytes(), b"&attribute[place]=%00\xff%zz"].concat(),
            [form.as_bytes(), b"&attribute[building]=%00"].concat(),
            [form.as_bytes(), b"&attribute[community]=%00"].concat(),
            [form.as_bytes(), b"&phone=x&first_name=%00"].concat(),
        ];
        for body in bodies {
            for kind in ["application/x-www-form-urlencoded", "multipart/form-data", "text/xml"] {
                let answer = program.send_as(Method::POST, "/open311/v2/requests.xml", kind, body.clone());
                let shown = String::from_utf8_lossy(&body).chars().take(40).collect::<String>();
                assert!(answer.status.as_u16() < 500, "{shown}: {} {}", answer.status, answer.body);
                assert!(!records("xml", &answer.body).is_empty(), "{shown}: {}", answer.body);
            }
        }
    });
}

#[test]
fn a_report_that_is_sent_again_under_its_key_comes_in_once() {
    story_in(true, placed, |browser| {
        let key = api_key(&mut browser(), "report");
        let mut program = program(browser);
        program.more.push(("idempotency-key", "0198c0de-0000-7000-8000-000000000001".into()));
        let fields = [
            ("api_key", key.as_str()),
            ("service_code", "property-lift"),
            ("address_id", "310112107-001"),
            ("description", "电梯坏了"),
        ];
        let first = sent(&mut program, "json", &fields);
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        assert_eq!(sent(&mut program, "json", &fields).body, first.body);
        assert_eq!(asked(&mut program, "requests", "json", "").len(), 1);
    });
}

#[test]
fn words_are_told_once_they_are_cleared_and_a_closed_request_is_closed() {
    let found = |db: &Db| {
        placed(db);
        let program = Actor::program();
        let (vault, calendar) = (Vault::new(&[1; 32]), base::Calendar::published().unwrap());
        let secret = matters::Secret::new([7; 16]);
        db.write(|tx| {
            let call = &mut Call::new(&program, testkit::now(), 6);
            let day = testkit::now().day();
            let community = register::community(tx, "310112107-001", day)?.expect("a community");
            let command = matters::Receive {
                id: call.id(),
                source: matters::Source::Resident,
                foreign_number: None,
                community: community.id,
                building: None,
                place: String::new(),
                category: "property-lift".into(),
                words: "三楼李某的电梯坏了".into(),
                reporter: None,
                tenancy: None,
                shown: false,
                secret: Some(secret.hash()),
                at: None,
            };
            let made = matters::receive(tx, call, (&vault, &calendar), &[command])?.remove(0);
            let step = |step: Step, note: &str| Advance {
                matter: made.id,
                seen: None,
                step,
                note: note.into(),
                at: None,
            };
            let steps = [
                step(Step::Clear, "电梯坏了"),
                step(Step::Accept, ""),
                step(Step::Begin, ""),
                step(Step::Answer, "已修好，联系李某。"),
            ];
            matters::advance(tx, call, (&vault, &calendar), &steps)?;
            let confirm = step(Step::Confirm { satisfied: Some(true) }, "");
            matters::advance_own(
                tx,
                call,
                (&vault, &calendar),
                (&made.code, Hand::Address(&secret)),
                &confirm,
            )
        })
        .unwrap();
    };
    story_in(true, found, |browser| {
        let mut program = program(browser);
        let one = asked(&mut program, "requests", "xml", "?status=closed").pop().unwrap();
        assert_eq!(one["description"], "电梯坏了");
        assert_eq!((one["status"].as_str(), one["status_notes"].as_str()), ("closed", "已办结。"));
        let updates = program.get("/open311/v2/servicerequestupdates.xml");
        assert!(!updates.has("李某"), "what is said between two is not told: {}", updates.body);
        let last = records("xml", &updates.body).pop().unwrap();
        assert_eq!(last["status"], "CLOSED");
    });
}
