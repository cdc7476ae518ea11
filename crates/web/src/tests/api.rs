//! Programs: who they are, what they read and write, what they are told when it goes wrong.

use std::collections::BTreeSet;

use district::kit::{AccountId, Actor, Grant, Role, Scope};
use district::people::may;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::fixture::{Answer, Browser, simulated, story};
use crate::kit::Access;

mod exchange;
mod hotline;
mod notices;
mod people;
mod photos;
mod services;

/// What a program is answered.
fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{} {}", answer.status, answer.body))
}

/// Makes a token on the page of whoever is signed in, and reads it there.
pub(super) fn token(browser: &mut Browser, scopes: &[&str]) -> String {
    let key = browser.get("/tokens").key().to_owned();
    let mut fields = vec![("request_key", key.as_str()), ("do", "make"), ("name", "夜间程序")];
    fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
    fields.push(("last_day", "2026-12-31"));
    let made = browser.post("/tokens", &fields);
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let (_, after) = made.body.split_once(r#"<code id="made">"#).expect("the token, shown once");
    after.split_once('<').unwrap().0.to_owned()
}

/// A program that carries a token of a role: no cookies, no browser's headers.
fn program(browser: &mut dyn FnMut() -> Browser, role: Role, scopes: &[&str]) -> Browser {
    let mut person = browser();
    person.enter(role);
    let token = token(&mut person, scopes);
    let mut program = browser();
    program.site = None;
    program.more.push(("authorization", format!("Bearer {token}")));
    program
}

/// Sends JSON under a key.
pub(super) fn send(program: &mut Browser, method: Method, address: &str, key: &str, sent: &Value) -> Answer {
    program.more.push(("idempotency-key", key.to_owned()));
    let answer = program.send_as(method, address, "application/json", sent.to_string().into_bytes());
    program.more.retain(|(name, _)| *name != "idempotency-key");
    answer
}

fn key(number: u8) -> String {
    format!("0198c0de-0000-7000-8000-0000000000{number:02x}")
}

/// Asks with one header more.
fn with(program: &mut Browser, name: &'static str, value: &str, address: &str) -> Answer {
    program.more.push((name, value.to_owned()));
    let answer = program.get(address);
    program.more.pop();
    answer
}

/// All that a district officer's token can be for.
const ALL: [&str; 11] = [
    "read", "register", "handbook", "stations", "plan", "coverage", "joining", "services", "matters",
    "visits", "notices",
];

/// As what a district officer acts.
fn officer_actor() -> Actor {
    let grant = Grant { role: Role::DistrictOfficer, scope: Scope::District };
    Actor::account(AccountId::from_uuid(base::Uuid::nil()), vec![grant])
}

#[test]
fn without_a_token_a_program_reads_what_is_public() {
    simulated(|browser| {
        let mut anyone = browser();
        let district = body(&anyone.get("/api/v1/district"));
        assert_eq!((&district["simulated"], &district["today"]), (&json!(true), &json!("2026-01-31")));
        let found = body(&anyone.get("/api/v1/communities?limit=1"));
        let code = found["items"][0]["code"].as_str().unwrap().to_owned();
        assert!(found["items"][0].get("households").is_none(), "figures are for officers");
        let community = body(&anyone.get(&format!("/api/v1/communities/{code}")));
        assert!(community["register"].is_null() && community["name"].is_string());

        let refused = anyone.get("/api/v1/register/communities");
        assert_eq!(
            (refused.status, refused.header("content-type")),
            (StatusCode::UNAUTHORIZED, "application/problem+json")
        );
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        assert_eq!(body(&refused)["type"], "/api#problem-unknown");
        assert_eq!(body(&refused)["title"], "不知道您是谁");
        anyone.accept = "en";
        assert_eq!(body(&anyone.get("/api/v1/plans"))["title"], "We do not know who you are");
        anyone.more.push(("authorization", "Bearer lilong_0000".into()));
        assert_eq!(anyone.get("/api/v1/district").status, StatusCode::UNAUTHORIZED, "a token that is none");
    });
}

#[test]
fn a_token_does_what_it_is_for_until_it_is_revoked() {
    simulated(|browser| {
        let mut person = browser();
        person.enter(Role::DistrictOfficer);
        let text = token(&mut person, &["read"]);
        let page = person.get("/tokens");
        assert!(page.has("夜间程序") && !page.has(&text), "shown once");
        let mut reader = browser();
        reader.site = None;
        reader.more.push(("authorization", format!("Bearer {text}")));
        assert_eq!(reader.get("/api/v1/register/communities").status, StatusCode::OK);
        let sent = json!({"figure": "towns", "published": true, "reason": "公开"});
        let refused = send(&mut reader, Method::POST, "/api/v1/coverage/publications", &key(1), &sent);
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "the officer may, the token is not for it");
        // A token opens no page, and makes no other token.
        assert_eq!(reader.get("/district").status, StatusCode::SEE_OTHER);
        assert_eq!(reader.get("/tokens").status, StatusCode::SEE_OTHER);
        assert!(person.get("/tokens").has("最近使用"));

        let page = person.get("/tokens");
        let (_, after) = page.body.split_once(r#"name="token" value=""#).unwrap();
        let id = after.split_once('"').unwrap().0.to_owned();
        let key = page.key().to_owned();
        let revoked = person.post("/tokens", &[("request_key", &key), ("do", "revoke"), ("token", &id)]);
        assert_eq!(revoked.status, StatusCode::SEE_OTHER);
        assert_eq!(reader.get("/api/v1/register/communities").status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn a_form_for_a_token_that_comes_twice_makes_one() {
    story(true, |browser| {
        let mut person = browser();
        person.enter(Role::Operator);
        let key = person.get("/tokens").key().to_owned();
        let fields = [
            ("request_key", key.as_str()),
            ("do", "make"),
            ("name", "a"),
            ("scope", "read"),
            ("last_day", "2026-12-01"),
        ];
        let (first, second) = (person.post("/tokens", &fields), person.post("/tokens", &fields));
        let made = |answer: &Answer| answer.body.split_once(r#"id="made">"#).unwrap().1[..71].to_owned();
        assert_eq!(made(&first), made(&second));
        assert_eq!(person.get("/tokens").body.matches("value=\"revoke\"").count(), 1);
        let bad = [("request_key", key.as_str()), ("do", "make"), ("name", "a"), ("last_day", "2026-12-01")];
        let refused = person.post("/tokens", &bad);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn a_session_reads_and_writes_only_from_pages_of_ours() {
    simulated(|browser| {
        let mut person = browser();
        person.enter(Role::DistrictOfficer);
        assert_eq!(person.get("/api/v1/plans").status, StatusCode::OK);
        let sent = json!({"figure": "towns", "published": false, "reason": "不公开"});
        person.site = Some("cross-site");
        let foreign = send(&mut person, Method::POST, "/api/v1/coverage/publications", &key(1), &sent);
        assert_eq!(body(&foreign)["type"], "/api#problem-foreign");
        person.site = Some("same-origin");
        let done = send(&mut person, Method::POST, "/api/v1/coverage/publications", &key(1), &sent);
        assert_eq!(done.status, StatusCode::NO_CONTENT);
    });
}

#[test]
fn a_request_is_done_once_however_often_it_comes() {
    simulated(|browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &ALL);
        let sent = json!({"name": "程序方案"});
        let first = send(&mut officer, Method::POST, "/api/v1/plans", &key(1), &sent);
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        let again = send(&mut officer, Method::POST, "/api/v1/plans", &key(1), &sent);
        assert_eq!((again.status, body(&again)), (StatusCode::CREATED, body(&first)));
        let named = |officer: &mut Browser| {
            let plans = body(&officer.get("/api/v1/plans"));
            let items = plans["items"].as_array().unwrap().clone();
            items.into_iter().filter(|plan| plan["name"] == "程序方案").count()
        };
        assert_eq!(named(&mut officer), 1);
        let other = send(&mut officer, Method::POST, "/api/v1/plans", &key(1), &json!({"name": "另一个"}));
        assert_eq!(
            (other.status, &body(&other)["type"]),
            (StatusCode::CONFLICT, &json!("/api#problem-reused"))
        );
        let keyless =
            officer.send_as(Method::POST, "/api/v1/plans", "application/json", sent.to_string().into_bytes());
        assert_eq!(body(&keyless)["type"], "/api#problem-unkeyed");

        let address = first.header("location").to_owned();
        assert_eq!(body(&officer.get(&address))["name"], "程序方案");
        for _ in 0..2 {
            let gone = send(&mut officer, Method::DELETE, &address, &key(2), &Value::Null);
            assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
        }
        assert_eq!(officer.get(&address).status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn what_goes_wrong_is_said_as_a_problem() {
    simulated(|browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &ALL);
        let problem = |answer: Answer, status: u16, kind: &str| {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.body);
            let said = body(&answer);
            assert_eq!(
                (&said["status"], &said["type"]),
                (&json!(status), &json!(format!("/api#problem-{kind}")))
            );
            assert_eq!(answer.status.as_u16(), status);
            said
        };
        problem(officer.get("/api/v1/nowhere"), 404, "absent");
        problem(officer.get("/api/v1/stations/none"), 404, "absent");
        let method = officer.send(Method::PATCH, "/api/v1/plans", String::new());
        assert_eq!(method.header("allow"), "GET, HEAD, POST");
        problem(method, 405, "method");
        for query in
            ["limit=0", "limit=x", "sort=size", "on=2026-02-30", "colour=red", "on=2026-01-01&on=2026-01-02"]
        {
            problem(officer.get(&format!("/api/v1/register/communities?{query}")), 422, "unread");
        }
        problem(officer.get("/api/v1/stations?after=zz"), 404, "absent");
        let plan = |officer: &mut Browser, kind: &str, text: &str| {
            officer.more.push(("idempotency-key", key(9)));
            let answer = officer.send_as(Method::POST, "/api/v1/plans", kind, text.as_bytes().to_vec());
            officer.more.pop();
            answer
        };
        problem(plan(&mut officer, "text/plain", "{}"), 415, "kind");
        problem(plan(&mut officer, "application/json", "{"), 400, "bad");
        problem(plan(&mut officer, "application/json", r#"{"name": "a", "size": 1}"#), 422, "unread");
        problem(plan(&mut officer, "application/json", r#"{"name": "a\u0000"}"#), 422, "unread");
        let large = format!(r#"{{"name": "{}"}}"#, "a".repeat(300_000));
        problem(plan(&mut officer, "application/json", &large), 413, "large");
        let weights = problem(
            plan(&mut officer, "application/json", r#"{"name": "a", "weights": {"walking": -1}}"#),
            422,
            "unread",
        );
        assert_eq!(weights["errors"][0]["field"], "weights.walking");
        let refused = problem(plan(&mut officer, "application/json", r#"{"name": " "}"#), 422, "refused");
        assert_eq!(refused["errors"][0]["field"], "name");
    });
}

#[test]
fn a_list_is_read_to_its_end_by_its_links() {
    simulated(|browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &["read"]);
        for address in [
            "/api/v1/register/communities?sort=households&descending=true",
            "/api/v1/communities?",
            "/api/v1/coverage/communities?",
            "/api/v1/stations?",
            "/api/v1/findings?",
        ] {
            let whole = body(&officer.get(&format!("{address}&limit=200")));
            let whole = whole["items"].as_array().unwrap().clone();
            let mut read = Vec::new();
            let mut next = format!("{address}&limit=2");
            loop {
                let answer = officer.get(&next);
                assert_eq!(answer.status, StatusCode::OK, "{next}: {}", answer.body);
                read.extend(body(&answer)["items"].as_array().unwrap().clone());
                let link = answer.header("link");
                assert_eq!(link.is_empty(), body(&answer)["next"].is_null());
                let Some((_, rest)) = link.split_once('<') else { break };
                let (to, rest) = rest.split_once('>').unwrap();
                assert_eq!(rest, "; rel=\"next\"");
                next = to.to_owned();
            }
            assert_eq!(read, whole, "{address}");
            assert!(
                whole.len() > 2 || address.contains("stations") || address.contains("findings"),
                "{address}"
            );
        }
    });
}

#[test]
fn an_answer_that_is_known_already_is_not_sent_again() {
    simulated(|browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &ALL);
        let address = "/api/v1/coverage";
        let first = officer.get(address);
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && first.header("cache-control") == "private, no-cache");
        let same = with(&mut officer, "if-none-match", &tag, address);
        assert_eq!(
            (same.status, same.body.as_str(), same.header("etag")),
            (StatusCode::NOT_MODIFIED, "", tag.as_str())
        );
        // Another language, another reader, another query: another answer.
        officer.accept = "en";
        assert_eq!(with(&mut officer, "if-none-match", &tag, address).status, StatusCode::OK);
        officer.accept = "zh-CN";
        let mut town = program(browser, Role::TownOfficer, &["read"]);
        assert_eq!(with(&mut town, "if-none-match", &tag, address).status, StatusCode::OK);
        assert_eq!(
            with(&mut officer, "if-none-match", &tag, "/api/v1/coverage?kind=other").status,
            StatusCode::OK
        );
        let sent = json!({"figure": "towns", "published": false, "reason": "不公开"});
        send(&mut officer, Method::POST, "/api/v1/coverage/publications", &key(1), &sent);
        assert_eq!(
            with(&mut officer, "if-none-match", &tag, address).status,
            StatusCode::OK,
            "something was written"
        );
    });
}

#[test]
fn a_community_is_described_upon_what_was_read() {
    simulated(|browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &ALL);
        let code = body(&officer.get("/api/v1/communities?limit=1"))["items"][0]["code"]
            .as_str()
            .unwrap()
            .to_owned();
        let versions = format!("/api/v1/communities/{code}/versions");
        let read = officer.get(&versions);
        let tag = read.header("etag").to_owned();
        let mut description =
            body(&read)["versions"].as_array().unwrap().last().unwrap()["description"].clone();
        description["label"] = json!("人才公寓");
        let sent = json!({"from": "2026-01-31", "description": description});
        let address = format!("/api/v1/communities/{code}/description");
        let unconditional = send(&mut officer, Method::PUT, &address, &key(1), &sent);
        assert_eq!(body(&unconditional)["status"], 428);
        let upon = |officer: &mut Browser, tag: &str, number: u8| {
            officer.more.push(("if-match", tag.to_owned()));
            let answer = send(officer, Method::PUT, &address, &key(number), &sent);
            officer.more.retain(|(name, _)| *name != "if-match");
            answer
        };
        let done = upon(&mut officer, &tag, 2);
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
        assert_eq!(
            upon(&mut officer, &tag, 2).status,
            StatusCode::NO_CONTENT,
            "the same request, done already"
        );
        assert_eq!(body(&upon(&mut officer, &tag, 3))["type"], "/api#problem-changed");
        assert_eq!(body(&officer.get(&format!("/api/v1/communities/{code}")))["label"], "人才公寓");
        assert_ne!(officer.get(&versions).header("etag"), tag);
    });
}

#[test]
fn a_program_sees_the_part_that_its_owner_sees() {
    simulated(|browser| {
        let mut district = program(browser, Role::DistrictOfficer, &["read"]);
        let mut town = program(browser, Role::TownOfficer, &["read"]);
        let communities = |program: &mut Browser| {
            let list = body(&program.get("/api/v1/register/communities?limit=200"));
            let towns =
                list["items"].as_array().unwrap().iter().map(|it| it["town"].as_str().unwrap().to_owned());
            towns.collect::<BTreeSet<String>>()
        };
        let (all, own) = (communities(&mut district), communities(&mut town));
        assert!(all.len() > 1 && own.len() == 1, "{all:?} {own:?}");
        let elsewhere = all.difference(&own).next().unwrap();
        assert_eq!(town.get(&format!("/api/v1/coverage?town={elsewhere}")).status, StatusCode::FORBIDDEN);
        assert_eq!(district.get(&format!("/api/v1/coverage?town={elsewhere}")).status, StatusCode::OK);
        // The page says the same to the same people.
        let mut person = browser();
        person.enter(Role::TownOfficer);
        assert_eq!(
            person.get(&format!("/district?town={}", elsewhere.replace('-', ""))).status,
            StatusCode::FORBIDDEN
        );
    });
}

#[test]
fn every_reading_works_for_a_district_officer() {
    simulated(|browser| {
        let mut officer = program(browser, Role::DistrictOfficer, &ALL);
        let first = |officer: &mut Browser, address: &str, field: &str| {
            body(&officer.get(address))["items"][0][field].as_str().unwrap().to_owned()
        };
        let named = [
            ("{community}", first(&mut officer, "/api/v1/communities", "code")),
            ("{station}", first(&mut officer, "/api/v1/stations", "id")),
            ("{plan}", first(&mut officer, "/api/v1/plans", "id")),
            ("{town}", first(&mut officer, "/api/v1/towns", "id")),
            ("{grid}", first(&mut officer, "/api/v1/grids", "id")),
            ("{version}", first(&mut officer, "/api/v1/handbook/versions", "id")),
            ("{service}", first(&mut officer, "/api/v1/services", "id")),
            ("{matter}", first(&mut officer, "/api/v1/matters", "code")),
            ("{sheet}", "communities".to_owned()),
        ];
        let mut read = 0;
        for declared in crate::routes().declared {
            let readable = match declared.access {
                Access::Public | Access::SignedIn => true,
                Access::May(action) => may(&officer_actor(), action, Scope::District),
            };
            // What is sent first is looked at where it is sent: `exchange`, `people`.
            let sent_first = ["{upload}", "{form}", "{wish}", "{owner}", "{photo}"]
                .iter()
                .any(|it| declared.path.contains(it));
            let reading = declared.method == Method::GET && declared.path.starts_with("/api/v1/");
            if !reading || !readable || sent_first {
                continue;
            }
            let address =
                named.iter().fold(declared.path.to_owned(), |path, (name, id)| path.replace(name, id));
            let answer = officer.get(&address);
            assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
            if answer.header("content-disposition").is_empty() {
                assert!(body(&answer).is_object() && !answer.header("etag").is_empty(), "{address}");
            } else {
                assert!(!answer.bytes.is_empty() && answer.header("etag").is_empty(), "{address}");
            }
            read += 1;
        }
        assert!(read > 40, "{read}");
    });
}

#[test]
fn the_document_describes_what_is_served_and_names_nothing_that_is_not_there() {
    story(true, |browser| {
        let mut anyone = browser();
        let answer = anyone.get("/api/openapi.json");
        let document = body(&answer);
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
        let mut described = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                described.insert(format!("{} {path}", method.to_uppercase()));
                let summary = operation["summary"].as_str().unwrap();
                assert!(!summary.starts_with("api-op-") && !summary.is_empty(), "{path}: {summary}");
            }
        }
        let served: BTreeSet<String> = crate::routes()
            .declared
            .iter()
            .filter(|it| it.path.starts_with("/api/v1/"))
            .map(|it| format!("{} {}", it.method, it.path))
            .collect();
        assert_eq!(described, served);
        for name in answer.body.split("\"#/components/schemas/").skip(1) {
            let name = name.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name} is named and not there");
        }
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for (name, schema) in schemas {
            for part in schema["allOf"].as_array().into_iter().flatten() {
                let whole = part["$ref"].as_str().and_then(|it| schemas.get(it.rsplit('/').next()?));
                let closed = whole.unwrap_or(part)["additionalProperties"] == false;
                assert!(!closed, "{name} takes in {part}, which refuses every field but its own");
            }
        }
    });
}

#[test]
fn the_documentation_is_a_page_of_ours_in_both_languages() {
    story(true, |browser| {
        let mut anyone = browser();
        let page = anyone.get("/api");
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.has("程序接口") && page.has("id=\"op-plan-make\"") && page.has("id=\"schema-Problem\""));
        assert!(page.has("id=\"problem-refused\"") && page.has("Idempotency-Key: $(uuidgen)"));
        assert!(!page.has("<script") && !page.has("http-equiv"));
        anyone.accept = "en";
        assert!(anyone.get("/api").has("Compute a scenario"));
    });
}
