//! A district with a thing of each kind in three places: where the roles are, beside it in the same town, and far away.

use std::collections::BTreeMap;

use base::{Day, Uuid};
use db::Value;
use district::kit::{Actor, Call, CommunityId, Grant, GridId, Role, Scope, TownId};
use district::people::vault::{AddPerson, Vault, add_persons};
use district::people::{NewAccount, Passwords, add_accounts};
use http::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::super::api;
use super::super::fixture::{Answer, Browser, PASSWORD};
use super::super::joining::{asks, codes, hidden, types};
use crate::State;
use crate::kit::XLSX;

/// A row as texts, without its empty columns.
type Row = BTreeMap<String, String>;

/// Every row of a table, the smallest first, so that the same district gives the same things on both engines. Read past the
/// operations: what is compared with them should not come from them.
fn rows(state: &State, table: &str) -> Vec<Row> {
    // Engines read an id as its bytes or as a text: here it is written as pages write it.
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::Int(int) => Some(int.to_string()),
        Value::Bool(truth) => Some(i64::from(*truth).to_string()),
        Value::Text(text) => Some(as_written(text)),
        Value::Uuid(uuid) => Some(uuid.simple().to_string()),
        Value::Bytes(bytes) => Some(base::hex(bytes)),
    };
    let mut all = state
        .db
        .read(|tx| {
            let schema = tx.schema()?;
            let of = &schema.tables[table];
            let mut all = Vec::new();
            tx.scan(table, of, |values| {
                let each = of.columns.iter().zip(values);
                all.push(each.filter_map(|(it, value)| Some((it.name.clone(), text(value)?))).collect());
            })?;
            Ok::<Vec<Row>, db::Error>(all)
        })
        .unwrap();
    all.sort();
    all
}

/// An id as pages write it; another text as it is.
fn as_written(text: &str) -> String {
    Uuid::parse_str(text).map_or_else(|_| text.to_owned(), |id| id.simple().to_string())
}

/// The first row of a table of which this holds.
fn first(state: &State, table: &str, holds: impl Fn(&Row) -> bool) -> Option<Row> {
    rows(state, table).into_iter().find(|row| holds(row))
}

fn is(row: &Row, column: &str, value: &str) -> bool {
    row.get(column).is_some_and(|it| it == value)
}

/// A community of the district, and the things in it.
pub(super) struct Place {
    /// Where it lies.
    pub scope: Scope,
    /// A thing of each kind, by the kind.
    things: BTreeMap<&'static str, String>,
}

impl Place {
    /// Does a text name the thing of a kind? Programs are told ids with hyphens.
    pub fn named(&self, kind: &str, text: &str) -> bool {
        let Some(thing) = self.things.get(kind) else { return false };
        text.contains(thing) || Uuid::parse_str(thing).is_ok_and(|id| text.contains(&id.to_string()))
    }

    /// The thing of a kind.
    pub fn thing(&self, kind: &str) -> &str {
        self.things.get(kind).unwrap_or_else(|| panic!("no {kind} at {:?}", self.scope))
    }

    /// Is there a thing of a kind?
    pub fn has(&self, kind: &str) -> bool {
        self.things.contains_key(kind)
    }

    fn put(&mut self, kind: &'static str, thing: impl Into<String>) {
        self.things.insert(kind, thing.into());
    }
}

/// The three places.
pub(super) struct World {
    /// Where the roles are, beside it, far away.
    pub places: [Place; 3],
}

/// What places are called where a test fails.
pub(super) const NAMES: [&str; 3] = ["here", "beside", "far away"];

impl World {
    /// Finds the places in a simulated district, and puts there what it lacks.
    pub fn begin(browser: &mut dyn FnMut() -> Browser) -> Self {
        let mut places = places(&browser().state);
        people_of(&browser().state, &places);
        let state = &browser().state;
        for place in &mut places {
            found(state, place);
        }
        of_the_district(browser, &mut places);
        for (number, place) in places.iter_mut().enumerate() {
            made(browser, number, place);
        }
        let waiting = first(state, "outbox", |row| is(row, "channel", "webhook")).expect("what is sent");
        for place in &mut places {
            place.put("message", &waiting["id"]);
        }
        Self { places }
    }

    /// The scope over which the demonstration holds a role.
    pub fn scope_of(&self, role: Role) -> Scope {
        let here = self.places[0].scope;
        let Scope::Community { town, grid: Some(grid), .. } = here else { panic!("{here:?}") };
        match role {
            Role::TownOfficer => Scope::Town(town),
            Role::GridLeader | Role::CommunityWorker => Scope::Grid { town, grid },
            Role::Operator | Role::Resident | Role::Owner => here,
            _ => Scope::District,
        }
    }
}

fn id<T: district::kit::Id>(text: &str) -> T {
    T::from_uuid(Uuid::parse_str(text).unwrap())
}

/// The operator's community, another one of its town, and one of a town that has a gap.
fn places(state: &State) -> [Place; 3] {
    let here = first(state, "grants", |row| is(row, "role", "operator")).unwrap();
    let versions = rows(state, "community_versions");
    let open = |row: &Row| !row.contains_key("valid_to") && row.contains_key("grid_id");
    let at = |found: &Row| {
        let scope = Scope::Community {
            town: id::<TownId>(&found["town_id"]),
            grid: Some(id::<GridId>(&found["grid_id"])),
            community: id::<CommunityId>(&found["community_id"]),
        };
        let mut place = Place { scope, things: BTreeMap::new() };
        for (kind, column) in [("town", "town_id"), ("grid", "grid_id"), ("community_id", "community_id")] {
            place.put(kind, &found[column]);
        }
        place.put("name", &found["name"]);
        place
    };
    let own = versions.iter().find(|row| is(row, "community_id", &here["community_id"])).unwrap();
    let other = |row: &&Row| open(row) && row["community_id"] != own["community_id"];
    let beside = versions.iter().find(|row| other(row) && is(row, "town_id", &own["town_id"])).unwrap();
    let gaps = rows(state, "gaps");
    let lacks = |row: &&Row| gaps.iter().any(|gap| gap["town_id"] == row["town_id"]);
    let far = versions.iter().find(|row| other(row) && row["town_id"] != own["town_id"] && lacks(row));
    [at(own), at(beside), at(far.unwrap())]
}

/// The login of somebody of a role at a place.
fn login(role: Role, number: usize) -> String {
    format!("{}-{number}", role.as_str())
}

/// A town's officer, a leader and a worker of each place, who put things there.
fn people_of(state: &State, places: &[Place; 3]) {
    let hash = Passwords::default().hash(PASSWORD, [3; 16]).unwrap();
    let program = Actor::program();
    let make = |tx: &mut db::Tx<'_>| {
        let call = &mut Call::new(&program, testkit::now(), 77);
        for (number, place) in places.iter().enumerate() {
            let Scope::Community { town, grid: Some(grid), .. } = place.scope else { panic!() };
            let grid = Scope::Grid { town, grid };
            for (role, scope) in [
                (Role::TownOfficer, Scope::Town(town)),
                (Role::GridLeader, grid),
                (Role::CommunityWorker, grid),
            ] {
                let person = call.id();
                let named =
                    AddPerson { id: person, name: "示例".into(), telephone: None, identity_number: None };
                add_persons(tx, call, &Vault::new(&[1; 32]), &[named])?;
                let account = NewAccount {
                    person,
                    login: login(role, number),
                    password: Some(hash.clone()),
                    demonstration: false,
                    grants: vec![Grant { role, scope }],
                    valid_from: Day::parse("2025-01-01").unwrap(),
                };
                add_accounts(tx, call, &[account])?;
            }
        }
        Ok::<_, district::Error>(())
    };
    state.db.write(make).unwrap();
}

/// What the simulation has put there.
fn found(state: &State, place: &mut Place) {
    let (town, grid) = (place.thing("town").to_owned(), place.thing("grid").to_owned());
    let community = place.thing("community_id").to_owned();
    let here = |row: &Row| is(row, "community_id", &community);
    place.put("community", &first(state, "communities", |row| is(row, "id", &community)).unwrap()["code"]);
    place.put("town_code", &first(state, "towns", |row| is(row, "id", &town)).unwrap()["code"]);
    let building = first(state, "buildings", here).unwrap();
    place.put("building", &building["id"]);
    place.put("building_number", &building["number"]);

    let (units, occupants) = (rows(state, "units"), rows(state, "occupants"));
    let lives = |row: &Row| here(row) && !row.contains_key("valid_to") && !row.contains_key("room_id");
    let flat = |row: &Row| units.iter().find(|it| is(it, "id", &row["unit_id"])).unwrap();
    let home = first(state, "tenancies", |row| lives(row) && is(flat(row), "building_id", &building["id"]));
    let home = home.unwrap();
    let occupant = occupants.iter().find(|it| is(it, "tenancy_id", &home["id"])).unwrap();
    place.put("household", &home["id"]);
    place.put("flat", &flat(&home)["number"]);
    place.put("person", &occupant["person_id"]);

    let station = first(state, "stations", |row| is(row, "grid_id", &grid)).unwrap();
    place.put("station", &station["id"]);
    let of_it = |row: &Row| is(row, "station_id", &station["id"]);
    place.put("point", &first(state, "points", of_it).unwrap()["id"]);
    if let Some(post) = first(state, "posts", of_it) {
        place.put("post", &post["id"]);
    }
    if let Some(gap) = first(state, "gaps", |row| is(row, "town_id", &town)) {
        place.put("gap", &gap["id"]);
    }
    let planned = first(state, "plan_communities", here).unwrap();
    place.put("plan_point", &planned["plan_point_id"]);

    let photos = rows(state, "matter_photos");
    let shows = |row: &Row, cleared: &str| {
        photos.iter().find(|it| it["matter_id"] == row["id"] && it["cleared"] == cleared).cloned()
    };
    let matter = first(state, "matters", |row| here(row) && shows(row, "1").is_some()).unwrap();
    place.put("matter", &matter["code"]);
    place.put("photo", &shows(&matter, "1").unwrap()["id"]);
    let visit = first(state, "visits", |row| here(row) && row.contains_key("account_id"));
    let visit = visit.or_else(|| first(state, "visits", here)).unwrap();
    place.put("visit", &visit["id"]);
    place.put("visited", &visit["tenancy_id"]);
    let open = |row: &Row| {
        here(row)
            && !row.contains_key("matter_id")
            && !row.contains_key("referral_id")
            && row["consent"] == "1"
    };
    let need = first(state, "visit_needs", open).or_else(|| first(state, "visit_needs", here)).unwrap();
    place.put("need", &need["id"]);
    if let Some(round) = first(state, "rounds", of_it) {
        place.put("round", &round["id"]);
    }
}

/// A number of its own for each request that writes.
pub(super) fn fresh() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(
        0x0198_c0de_0000_7000_8000_0000_0000_0000 + u128::from(NEXT.fetch_add(1, Ordering::Relaxed)),
    )
    .to_string()
}

/// Sends JSON, and reads the id of what was made.
fn make(by: &mut Browser, address: &str, sent: &Json) -> String {
    let made = api::send(by, Method::POST, address, &fresh(), sent);
    assert!(made.status.is_success(), "{address}: {} {}", made.status, made.body);
    let said: Json = serde_json::from_str(&made.body).unwrap_or_default();
    as_written(said["id"].as_str().unwrap_or_default())
}

/// Sends a file as a program does.
fn keep_file(by: &mut Browser, address: &str, kind: &str, file: &[u8]) -> String {
    by.more.push(("idempotency-key", fresh()));
    let kept = by.send_as(Method::POST, address, kind, file.to_vec());
    by.more.pop();
    assert_eq!(kept.status, StatusCode::CREATED, "{address}: {}", kept.body);
    let said: Json = serde_json::from_str(&kept.body).unwrap();
    as_written(said["id"].as_str().unwrap())
}

fn posts(by: &mut Browser, page: &str, fields: &[(&str, &str)]) -> Answer {
    let key = fresh();
    let fields: Vec<(&str, &str)> =
        [("request_key", key.as_str())].into_iter().chain(fields.iter().copied()).collect();
    by.post(page, &fields)
}

/// What belongs to the district as a whole: the same thing at each place.
fn of_the_district(browser: &mut dyn FnMut() -> Browser, places: &mut [Place; 3]) {
    let (mut officer, mut system) = (browser(), browser());
    officer.enter(Role::DistrictOfficer);
    system.enter(Role::SystemAdministrator);
    let kinds = ["listing-proposed", "join-asked", "owner-stated"].map(|kind| ("kind", kind));
    let mut fields = vec![("do", "add"), ("url", "https://example.org/told")];
    fields.extend(kinds);
    let added = posts(&mut system, "/desk/webhooks", &fields);
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    let state = &officer.state.clone();
    let draft = json!({"base": null, "name": "standalone_over", "value": 180, "version": "9.9"});
    let list = officer.get("/api/v1/exports/communities/workbook").bytes;
    let register = officer.get(&format!("/api/v1/exports/register?town={}", places[2].thing("town"))).bytes;
    let mut things = vec![
        ("webhook", first(state, "webhooks", |_| true).unwrap()["id"].clone()),
        ("version", make(&mut officer, "/api/v1/handbook/drafts", &draft)),
        ("plan", make(&mut officer, "/api/v1/plans", &json!({"name": "试排"}))),
        ("form", keep_file(&mut officer, "/api/v1/report-forms?name=monthly.xlsx", XLSX, &list)),
        ("upload", keep_file(&mut officer, "/api/v1/uploads?on=2026-01-31&name=a.xlsx", XLSX, &register)),
        ("provider", first(state, "providers", |_| true).unwrap()["id"].clone()),
    ];
    let account = first(state, "accounts", |row| is(row, "login", &login(Role::CommunityWorker, 2))).unwrap();
    things.push((
        "grant",
        first(state, "grants", |row| row["account_id"] == account["id"]).unwrap()["id"].clone(),
    ));
    things.push(("account", account["id"].clone()));
    let theirs = first(state, "accounts", |row| is(row, "login", "demo-district-officer")).unwrap();
    let notice = first(state, "notices", |row| row["account_id"] == theirs["id"]).unwrap();
    things.push(("notice", notice["id"].clone()));
    for place in places {
        for (kind, thing) in &things {
            place.put(kind, thing);
        }
    }
}

/// What people of a place put there.
fn made(browser: &mut dyn FnMut() -> Browser, number: usize, place: &mut Place) {
    let mut signed_in = |role| {
        let mut it = browser();
        let entered = it.sign_in(&login(role, number), PASSWORD);
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
        it
    };
    let [mut town, mut leader, mut worker] =
        [Role::TownOfficer, Role::GridLeader, Role::CommunityWorker].map(&mut signed_in);
    let state = &town.state.clone();

    let leaving = json!({"community": place.thing("community"), "on": "2026-03-01", "reason": "改建"});
    place.put("proposal", make(&mut town, "/api/v1/proposals/leavings", &leaving));
    let service = super::sent::service(place);
    let service = make(&mut town, "/api/v1/services", &service);
    let hall = |row: &Row| is(row, "town_id", place.thing("town")) && is(row, "name", super::sent::HALL);
    let hall = first(state, "service_places", hall).unwrap();
    place.put("place", &hall["id"]);
    let premises = make(&mut leader, "/api/v1/premises", &super::sent::premises(place));
    place.put("premises", premises);
    let answer = make(&mut leader, "/api/v1/answer-templates", &super::sent::answer_template());
    place.put("template", answer);
    if !place.has("post") {
        let address = format!("/api/v1/stations/{}/posts", place.thing("station"));
        let post = make(&mut leader, &address, &json!({"from": "2026-01-31", "title": "社工"}));
        place.put("post", post);
    }
    place.put("service", &service);
    let referral = make(&mut worker, "/api/v1/referrals", &super::sent::referral(place));
    place.put("referral", referral);

    let household = place.thing("household").to_owned();
    let mark = json!({"kind": "priority", "agreed": true});
    make(&mut worker, &format!("/api/v1/households/{household}/marks"), &mark);
    let marked = first(state, "visit_marks", |row| is(row, "tenancy_id", &household));
    place.put("mark", &marked.unwrap()["id"]);
    let device = Uuid::from_u128(0x2222_0000_0000_4000_8000_0000_0000_0000 + number as u128).to_string();
    make(&mut worker, &format!("/api/v1/visit-devices/{device}"), &json!({}));
    place.put("device", device);
    let inboxed = Uuid::from_u128(0x1111_0000_0000_4000_8000_0000_0000_0000 + number as u128).to_string();
    // Two hours after it was sent: that waits in the inbox.
    make(&mut worker, "/api/v1/visits", &super::sent::visits(&household, &inboxed, 7_200_000));
    place.put("inboxed", inboxed);
    if !place.has("round") {
        let round = super::sent::round(place);
        let planned = api::send(&mut leader, Method::POST, "/api/v1/visit-rounds", &fresh(), &round);
        let of_it = |row: &Row| is(row, "station_id", place.thing("station"));
        // A station that is not open yet has no rounds.
        if planned.status.is_success()
            && let Some(round) = first(state, "rounds", of_it)
        {
            place.put("round", &round["id"]);
        }
    }
    let telephones = [format!("1990000810{number}"), format!("1990000820{number}")];
    wishes(browser, place, &telephones[0]);
    let wish = first(state, "join_requests", |row| is(row, "community_id", place.thing("community_id")));
    place.put("wish", &wish.unwrap()["id"]);
    states(browser, place, &telephones[1]);
    let of_it =
        |row: &Row| is(row, "community_id", place.thing("community_id")) && !row.contains_key("valid_from");
    place.put("owner", &first(state, "ownerships", of_it).unwrap()["id"]);
}

/// Shows a telephone to be theirs; the page that asks where they live.
fn proven(browser: &mut Browser, telephone: &str) -> (String, Answer) {
    let page = asks(browser, telephone);
    let code = codes(&page).remove(0);
    let unknown = types(browser, &page, &code);
    (hidden(&unknown, "proof"), unknown)
}

/// Somebody asks to be let in as a resident.
fn wishes(browser: &mut dyn FnMut() -> Browser, place: &Place, telephone: &str) {
    let more = [("name", "张示例"), ("community", place.thing("community"))];
    let asked = comes(browser, "/join/ask", place, telephone, more);
    assert!(asked.has("申请已经交给社工"), "{}", asked.body);
}

/// Somebody states that a flat is theirs.
fn states(browser: &mut dyn FnMut() -> Browser, place: &Place, telephone: &str) {
    let certificate = ("certificate", "沪（2021）闵字不动产权第012345号");
    let more = [("name", "王示例"), ("community", place.thing("name")), certificate];
    let stated = comes(browser, "/join/owner", place, telephone, more);
    assert!(stated.has("已经交给工作人员核对"), "{}", stated.body);
}

/// Somebody who proves a telephone says where they live.
fn comes<const N: usize>(
    browser: &mut dyn FnMut() -> Browser,
    address: &str,
    place: &Place,
    telephone: &str,
    more: [(&str, &str); N],
) -> Answer {
    let mut newcomer = browser();
    let (proof, page) = proven(&mut newcomer, telephone);
    let mut fields = vec![
        ("request_key", page.key()),
        ("telephone", telephone),
        ("proof", &proof),
        ("building", place.thing("building_number")),
        ("flat", place.thing("flat")),
    ];
    fields.extend(more);
    newcomer.post(address, &fields)
}
