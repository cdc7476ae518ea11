//! What is sent to each address that writes, about the things of a place: as plausible as what its form or its program sends,
//! so that whoever is refused is refused for who they are.

use base::Uuid;
use http::Method;
use serde_json::{Value as Json, json};

use super::super::fixture::{Answer, Browser};
use super::world::{Place, fresh};
use crate::kit::XLSX;

/// A body.
pub(super) enum Sent {
    /// The fields of a form.
    Form(Vec<(&'static str, String)>),
    /// The same as parts, with an empty file in the field of this name.
    Parts(Vec<(&'static str, String)>, &'static str),
    Json(Json),
    /// A file of a kind.
    File(&'static str, Vec<u8>),
    Nothing,
}

/// A day of the demonstration, and later ones.
const TODAY: &str = "2026-01-31";
const LATER: &str = "2026-02-10";

fn form<const N: usize>(fields: [(&'static str, &str); N]) -> Sent {
    Sent::Form(fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect())
}

/// What describes a community, and what the form asks for beside that.
fn described(place: &Place, more: [(&'static str, &'static str); 2]) -> Sent {
    let common = [
        ("kind", "affordable_rental"),
        ("right", "single_owner"),
        ("town", place.thing("town")),
        ("grid", place.thing("grid")),
        ("address", "示例路1弄"),
        ("from", LATER),
    ];
    let fields = common.into_iter().chain(more);
    Sent::Form(fields.map(|(name, value)| (name, value.to_owned())).collect())
}

fn parts<const N: usize>(file: &'static str, fields: [(&'static str, &str); N]) -> Sent {
    Sent::Parts(fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect(), file)
}

fn words(name: &str) -> Json {
    json!({
        "name": name, "name_en": "", "about": "", "about_en": "", "eligibility": "", "eligibility_en": "",
        "apply": "", "apply_en": "", "fees": "", "fees_en": "", "telephone": "12345",
    })
}

/// The place of each service that is put there.
pub(super) const HALL: &str = "示例办事大厅";

fn place_of_service(place: &Place) -> Json {
    let hours = json!([{"rule": "FREQ=WEEKLY;BYDAY=SA", "opens": 540, "closes": 660}]);
    json!({
        "name": HALL, "name_en": "", "address": "示例路1号", "town": place.thing("town"), "position": null,
        "hours": hours,
    })
}

pub(super) fn service(place: &Place) -> Json {
    json!({
        "provider": place.thing("provider"), "town": place.thing("town"), "category": "papers",
        "words": words("居住证"), "week_one": null, "from": "2026-01-01", "places": [place_of_service(place)],
    })
}

pub(super) fn premises(place: &Place) -> Json {
    json!({
        "area_cm2": 100_000, "from": TODAY, "grid": place.thing("grid"), "kind": "committee_office", "name": "居委会用房",
        "name_en": "", "position": {"latitude": 31.1, "longitude": 121.4}, "rent_fen": null, "room_offered": true,
        "town": place.thing("town"),
    })
}

pub(super) fn answer_template() -> Json {
    json!({"category": null, "title": "已收到", "title_en": "Received", "words": "我们已经收到。", "words_en": "We have it."})
}

pub(super) fn referral(place: &Place) -> Json {
    json!({
        "service": place.thing("service"), "tenancy": place.thing("household"), "person": place.thing("person"),
        "consent": {"by": "person", "how": "written", "until": "2026-03-31", "note": "请先电话联系"},
    })
}

pub(super) fn round(place: &Place) -> Json {
    json!({"station": place.thing("station"), "day": TODAY, "seen": 0})
}

/// A visit to a household so long after it was sent.
pub(super) fn visits(household: &str, id: &str, after_millis: i64) -> Json {
    let now = testkit::now().millis();
    let visit = json!({
        "id": id, "household": household, "round": null, "made_at_millis": now + after_millis, "outcome": "met",
        "needs": [], "note": null, "satisfied": null,
    });
    json!({"sent_at_millis": now, "visits": [visit]})
}

fn description(place: &Place) -> Json {
    json!({
        "address": "示例路1弄", "grid": place.thing("grid"), "kind": "affordable_rental", "label": "", "name": "青藤公寓",
        "name_en": "Ivy House", "opened_on": null, "planned_decided_on": null, "planned_households": null,
        "position": null, "right": "single_owner", "town": place.thing("town"),
    })
}

/// Any id that is nobody's yet.
fn new_id() -> String {
    fresh()
}

/// The body for an address that writes; `None`: the table does not know it.
#[expect(
    clippy::too_many_lines,
    clippy::match_same_arms,
    reason = "one table, a line or two for each address"
)]
pub(super) fn body(method: &Method, path: &str, place: &Place) -> Option<Sent> {
    let of = |kind: &str| place.thing(kind).to_owned();
    let json = |body: Json| Sent::Json(body);
    if path.starts_with("/api/") {
        let below = path.strip_prefix("/api/v1/")?;
        return Some(match (method.as_str(), below) {
            ("DELETE", _) => Sent::Nothing,
            ("POST", "accounts") => json(json!({"login": format!("n{}", &fresh()[30..]), "name": "李示例"})),
            ("POST", "accounts/{account}/roles") => {
                json(json!({"from": LATER, "role": "town-officer", "place": place.thing("town_code")}))
            }
            ("POST", "answer-templates") => json(answer_template()),
            ("PUT", "answer-templates/{template}") => json(json!({"said": answer_template(), "seen": 1})),
            ("POST", "answer-templates/{template}/end") => json(json!({"seen": 1})),
            ("PUT", "communities/{community}/description") => {
                json(json!({"description": description(place), "from": LATER}))
            }
            ("POST", "communities/{community}/factors") => {
                json(json!({"factor": "density", "from": TODAY, "source": "走访", "value": 250}))
            }
            ("POST", "communities/{community}/form-decisions") => {
                json(json!({"form": "joint", "from": TODAY, "reason": "会上议定"}))
            }
            ("POST", "communities/{community}/modes") => {
                json(json!({"document_no": "示例〔2026〕1号", "from": TODAY, "mode": "incorporated"}))
            }
            ("POST", "communities/{community}/modes/end") => {
                json(json!({"from": LATER, "mode": "incorporated"}))
            }
            ("PUT", "communities/{community}/position") => {
                json(json!({"latitude": 31.1, "longitude": 121.4}))
            }
            ("POST", "coverage/publications") => {
                json(json!({"figure": "towns", "published": true, "reason": "公开"}))
            }
            ("POST", "gaps/chase" | "gaps/cross-off") => json(json!({"gaps": [gap(place)]})),
            ("POST", "gaps/hand-out") => json(json!({"due": LATER, "gaps": [gap(place)], "note": "请尽快"})),
            ("POST", "handbook/drafts") => json(
                json!({"base": null, "name": "standalone_over", "value": 190, "version": &fresh()[28..]}),
            ),
            ("POST", "handbook/versions/{version}/adoption") => json(json!({"from": LATER})),
            ("POST", "hotline-sheets" | "hotline-sheets/look") => Sent::File("text/csv", b"x\n1\n".to_vec()),
            ("POST", "households/{household}/marks") => json(json!({"agreed": true, "kind": "event"})),
            ("PUT", "inbox/preferences") => json(json!({"choices": [], "language": null})),
            ("POST", "inbox/read" | "inbox/{notice}/read" | "outbox/{message}/replay") => Sent::Nothing,
            ("POST", "join-requests/{wish}/confirm") => json(json!({"person": place.thing("person")})),
            ("POST", "join-requests/{wish}/refuse" | "owners/{owner}/refuse") => {
                json(json!({"reason": "请带证件来"}))
            }
            ("POST", "owners/{owner}/end") => Sent::Nothing,
            ("POST", "matters") => json(json!({
                "category": "property-lift", "community": place.thing("community_id"), "source": "telephone",
                "words": "楼道灯坏了",
            })),
            ("POST", "matters/{matter}/photos") => Sent::File("image/png", super::super::photos::png()),
            ("PUT", "matters/{matter}/photos/{photo}/cleared") => {
                json(json!({"cleared": false, "seen": true}))
            }
            ("POST", "matters/{matter}/steps") => json(json!({"step": "note", "note": "已联系"})),
            ("POST", "outlines") => Sent::File(
                "application/geo+json",
                json!({"type": "FeatureCollection", "features": []}).to_string().into_bytes(),
            ),
            ("POST", "plan/progress") => {
                json(json!({"day": TODAY, "open": [place.thing("plan_point")], "close": []}))
            }
            ("POST", "plans") => json(json!({"name": "再试"})),
            ("POST", "plans/{plan}/adoption") => json(json!({"from": LATER})),
            ("POST", "plans/{plan}/marks") => json(json!({"marks": [], "name": "再试"})),
            ("PUT", "points/{point}/rota") => json(json!({
                "from": LATER,
                "lines": [{"from_minute": 540, "post": place.thing("post"), "to_minute": 600, "weekday": 1}],
            })),
            (
                "POST",
                "posts/{post}/end"
                | "posts/{post}/vacancies"
                | "premises/{premises}/end"
                | "service-places/{place}/end",
            ) => json(json!({"from": LATER})),
            ("PUT", "posts/{post}/holder") => {
                json(json!({"from": LATER, "name": "李示例", "telephone": "19900001234"}))
            }
            ("POST", "premises") => json(premises(place)),
            ("POST", "proposals/entries") => {
                json(json!({"description": description(place), "on": LATER, "reason": "新建"}))
            }
            ("POST", "proposals/leavings") => {
                json(json!({"community": place.thing("community"), "on": LATER, "reason": "改建"}))
            }
            ("POST", "proposals/{proposal}/decision") => json(json!({"confirm": false})),
            ("POST", "referrals") => json(referral(place)),
            ("POST", "referrals/{referral}/steps") => json(json!({"seen": 1, "step": "accept"})),
            ("POST", "report-forms") => Sent::File(XLSX, vec![1, 2, 3]),
            ("PUT", "report-forms/{form}/columns") => json(json!({"fields": {}})),
            ("PUT", "service-places/{place}/hours") => json(json!({
                "from": LATER, "hours": [{"rule": "FREQ=WEEKLY;BYDAY=MO", "opens": 540, "closes": 660}],
            })),
            ("POST", "service-providers") | ("PUT", "service-providers/{provider}") => json(
                json!({"name": format!("中心{}", fresh()), "name_en": "", "telephone": "", "website": ""}),
            ),
            ("POST", "services") => json(service(place)),
            ("PUT", "services/{service}") => {
                json(json!({"category": "work", "seen": 1, "week_one": null, "words": words("签注")}))
            }
            ("POST", "services/{service}/end") => json(json!({"on": LATER, "seen": 1})),
            ("POST", "services/{service}/places") => {
                json(json!({"from": LATER, "place": place_of_service(place)}))
            }
            ("PUT", "stations/{station}/description") => {
                json(json!({"name": "示例站", "name_en": "", "telephone": "12345"}))
            }
            ("POST", "stations/{station}/posts") => json(json!({"from": LATER, "title": "社工"})),
            ("POST", "uploads") => Sent::File("text/csv", b"x\n".to_vec()),
            ("POST", "uploads/{upload}/import") => json(json!({"only_good": false, "seal": "0"})),
            ("POST", "visit-devices/{device}") => json(json!({})),
            ("POST", "visit-devices/{device}/wipe" | "visit-devices/{device}/wiped") => Sent::Nothing,
            ("POST", "visit-inbox/{visit}/decide") => json(json!({"take": false})),
            ("POST", "visit-rounds") => json(round(place)),
            ("POST", "visit-rounds/{round}/hand-over") => json(json!({"seen": 1, "to": place.thing("post")})),
            ("POST", "visits") => json(visits(place.thing("household"), &new_id(), -86_400_000)),
            ("PUT", "webhooks/{webhook}/kinds") => json(json!({"kinds": ["gap-chased"]})),
            _ => return None,
        });
    }
    let code = of("community");
    Some(match path {
        "/communities/{id}/edit" => described(place, [("name", "青藤公寓"), ("seal", "0")]),
        "/communities/{id}/factors" => form([
            ("do", "enter"),
            ("factor", "density"),
            ("figure", "2.5"),
            ("source", "走访"),
            ("since", TODAY),
        ]),
        "/communities/{id}/leave" => form([("reason", "改建"), ("on", LATER)]),
        "/communities/{id}/modes" => form([
            ("do", "begin"),
            ("mode", "incorporated"),
            ("document_no", "示例〔2026〕1号"),
            ("from", TODAY),
        ]),
        "/communities/{id}/place" => {
            form([("south", "31.1"), ("north", "31.1"), ("lat", "31.1"), ("lon", "121.4")])
        }
        "/communities/{id}/prescription" => {
            form([("form", "joint"), ("reason", "会上议定"), ("from", TODAY)])
        }
        "/desk/accounts/new" => {
            form([("login", &format!("n{}", &fresh()[30..])), ("name", "李示例"), ("telephone", "")])
        }
        "/desk/accounts/{id}" => form([("do", "unlock")]),
        "/desk/joining/{id}" => form([("do", "confirm"), ("whom", &format!("person:{}", of("person")))]),
        "/desk/letters" => {
            form([("community", &code), ("building", &of("building_number")), ("flat", &of("flat"))])
        }
        "/desk/matters/hotline" => parts("file", []),
        "/desk/matters/hotline/take" => form([("sheet", "00")]),
        "/desk/matters/new" => parts(
            "photos",
            [
                ("community", &code),
                ("source", "telephone"),
                ("category", "property-lift"),
                ("words", "楼道灯坏了"),
            ],
        ),
        "/desk/matters/templates" => form([
            ("do", "end"),
            ("template", &of("template")),
            ("seen", "1"),
            ("title", "已收到"),
            ("words", "我们已经收到。"),
        ]),
        "/desk/matters/{code}" => parts("photos", [("do", "note"), ("note", "已联系")]),
        "/desk/matters/{code}/photos" => form([("shown", &format!("{} 1", of("photo")))]),
        "/desk/matters/{code}/photos/{photo}"
        | "/desk/matters/{code}/reporter"
        | "/desk/referrals/{id}/note"
        | "/desk/outbox/{id}"
        | "/district/plan/{id}/discard"
        | "/district/stations/{id}/posts/{post}/holder" => form([]),
        "/desk/owners/{id}" => form([("do", "refuse"), ("reason", "请带证件来")]),
        "/desk/referrals/new" => form([
            ("service", &of("service")),
            ("whom", &format!("{} {}", of("household"), of("person"))),
            ("community", &code),
            ("building", &of("building_number")),
            ("flat", &of("flat")),
        ]),
        "/desk/referrals/{id}" => form([("seen", "1"), ("step", "accept")]),
        "/desk/services/new" => form([
            ("category", "papers"),
            ("from", TODAY),
            ("town", &of("town")),
            ("place_town", &of("town")),
            ("name", "居住证"),
            ("place_name", "大厅"),
            ("address", "示例路1号"),
            ("provider", &of("provider")),
            ("telephone", "12345"),
            ("opens", "09:00"),
            ("closes", "11:00"),
        ]),
        "/desk/services/{id}" => form([("do", "end"), ("seen", "1"), ("to", LATER)]),
        "/desk/visits" => form([("do", "plan"), ("station", &of("station")), ("seen", "0"), ("day", TODAY)]),
        "/desk/visits/devices" => form([("device", &of("device"))]),
        "/desk/visits/household/{id}" => form([("do", "mark"), ("kind", "event"), ("agreed", "yes")]),
        "/desk/visits/inbox" => form([("visit", &of("inboxed")), ("do", "aside")]),
        "/desk/webhooks" => form([("do", "end"), ("webhook", &of("webhook"))]),
        "/district/exchange" => parts("file", [("on", TODAY)]),
        "/district/exchange/forms" | "/district/exchange/outlines" => parts("file", []),
        "/district/exchange/forms/{id}" => form([("column-1", "code")]),
        "/district/exchange/uploads/{id}" => form([("do", "all"), ("seal", "0")]),
        "/district/gaps" => form([("do", "cross-off"), ("gap", &gap(place)), ("due", LATER)]),
        "/district/handbook/effect" => {
            form([("name", "standalone_over"), ("value", "190"), ("version", &fresh()[28..])])
        }
        "/district/handbook/versions/{id}/adopt" => form([("from", LATER)]),
        "/district/plan" => form([("name", "再试"), ("based_on", "")]),
        "/district/plan/progress" => {
            form([("town", &of("town")), ("day", TODAY), ("open", &of("plan_point"))])
        }
        "/district/plan/{id}/adopt" => form([("from", LATER)]),
        "/district/plan/{id}/grids/{grid}" => form([("name", "再试")]),
        "/district/publish" => form([("figure", "towns"), ("published", "yes"), ("reason", "公开")]),
        "/district/register/proposals" => form([("proposal", &of("proposal")), ("do", "refuse")]),
        "/district/register/propose" => described(place, [("name", "新公寓"), ("reason", "新建")]),
        "/district/stations/premises/new" => form([
            ("kind", "committee_office"),
            ("name", "居委会用房"),
            ("town", &of("town")),
            ("grid", &of("grid")),
            ("latitude", "31.1"),
            ("longitude", "121.4"),
            ("system", "wgs84"),
            ("from", TODAY),
        ]),
        "/district/stations/premises/{id}" => form([("to", LATER)]),
        "/district/stations/{id}/describe" => {
            form([("name", "示例站"), ("name_en", ""), ("telephone", "12345")])
        }
        "/district/stations/{id}/points/{point}/rota" => form([("from", LATER)]),
        "/district/stations/{id}/posts" => form([("title", "社工"), ("from", LATER)]),
        "/district/stations/{id}/posts/{post}" => form([("act", "vacant"), ("from", LATER)]),
        "/home" | "/me" => form([("do", "nothing")]),
        "/inbox" => form([("do", "read"), ("notice", &of("notice"))]),
        "/inbox/preferences" => form([("do", "choose")]),
        "/tokens" => form([("do", "revoke"), ("token", &new_id())]),
        "/me/passkeys" => form([("do", "remove"), ("passkey", &new_id())]),
        "/me/passkeys/new" => form([("name", "手机")]),
        "/matters/{code}" | "/matters/{code}/{secret}" => {
            parts("photos", [("do", "confirm"), ("satisfied", "yes")])
        }
        "/matters/{code}/photos/{photo}" | "/matters/{code}/{secret}/photos/{photo}" => form([]),
        "/matters/new" => parts(
            "photos",
            [
                ("community", &code),
                ("category", "property-lift"),
                ("words", "楼道灯坏了"),
                ("anonymous", "yes"),
            ],
        ),
        "/join" | "/join/ask" | "/join/letter" | "/join/owner" | "/begin" | "/enrol" => form([]),
        "/open311/v2/requests.json" | "/open311/v2/requests.xml" => {
            form([("service_code", "property-lift"), ("description", "楼道灯坏了")])
        }
        _ => return None,
    })
}

/// The gap of a place; where it has none, one that is nobody's.
fn gap(place: &Place) -> String {
    if place.has("gap") { place.thing("gap").to_owned() } else { Uuid::nil().to_string() }
}

/// What stands behind the address of a writing that takes a query.
fn query(path: &str) -> &'static str {
    match path {
        "/api/v1/uploads" => "?on=2026-01-31&name=a.csv",
        "/api/v1/report-forms" => "?name=monthly.xlsx",
        "/api/v1/matters/{matter}/photos" => "?name=a.png",
        _ => "",
    }
}

/// Sends a body under a fresh key.
pub(super) fn send(browser: &mut Browser, method: &Method, path: &str, address: &str, sent: Sent) -> Answer {
    let (key, method) = (fresh(), method.clone());
    let address = format!("{address}{}", query(path));
    match sent {
        Sent::Form(fields) => {
            let mut body = form_urlencoded::Serializer::new(String::new());
            body.append_pair("request_key", &key).extend_pairs(fields);
            browser.send(method, &address, body.finish())
        }
        Sent::Parts(fields, file) => {
            let part = |head: &str, text: &str| {
                format!("--part\r\nContent-Disposition: form-data; name=\"{head}\"\r\n\r\n{text}\r\n")
            };
            let mut body = part("request_key", &key);
            body.extend(fields.iter().map(|(name, value)| part(name, value)));
            body.push_str(&part(&format!("{file}\"; filename=\""), ""));
            body.push_str("--part--\r\n");
            browser.send_as(method, &address, "multipart/form-data; boundary=part", body.into_bytes())
        }
        Sent::Json(json) if path.ends_with("/description") => keyed(browser, key, |it| {
            it.more.push(("if-match", "\"0\"".to_owned()));
            let answer = it.send_as(method, &address, "application/json", json.to_string().into_bytes());
            it.more.retain(|(name, _)| *name != "if-match");
            answer
        }),
        Sent::Json(json) => keyed(browser, key, |it| {
            it.send_as(method, &address, "application/json", json.to_string().into_bytes())
        }),
        Sent::File(kind, bytes) => keyed(browser, key, |it| it.send_as(method, &address, kind, bytes)),
        Sent::Nothing => {
            keyed(browser, key, |it| it.send_as(method, &address, "application/json", Vec::new()))
        }
    }
}

fn keyed(browser: &mut Browser, key: String, send: impl FnOnce(&mut Browser) -> Answer) -> Answer {
    browser.more.push(("idempotency-key", key));
    let answer = send(browser);
    browser.more.retain(|(name, _)| *name != "idempotency-key");
    answer
}
