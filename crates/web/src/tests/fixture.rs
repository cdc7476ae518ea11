//! A small district behind the router, and a browser to visit it with.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use base::{Day, IdSource as _, Instant, SeededIds};
use db::Db;
use district::kit::settings::{Setting, set};
use district::kit::{Actor, Call, Grant, Id, PersonId, Role, Scope, TownId};
use district::people::vault::{AddPerson, Vault, add_persons};
use district::people::{self, ADMINISTRATORS, Code, NewAccount, Passwords, add_accounts};
use district::register;
use http::{Method, Request, StatusCode, header};
use tower::ServiceExt as _;

use crate::notices::{Gateway, Ways};
use crate::{Clock, Common, Settings, State};

/// The password of `officer`.
pub(super) const PASSWORD: &str = "correct horse battery";

/// A clock on the wall that stands at 2026-11-23 09:00: not the demonstration's day.
pub(crate) struct Standing;

impl Clock for Standing {
    fn wall(&self) -> Instant {
        Instant::at(Day::parse("2026-11-23").unwrap(), 9, 0)
    }
}

/// What the districts of a test share. The messages are read once for all tests, as reading them is most of a short one;
/// the places at which passwords are checked are each test's own.
pub(crate) fn common() -> Common {
    static READ: LazyLock<Common> = LazyLock::new(|| Common::load().unwrap());
    let mut common = READ.clone();
    common.passwords = Arc::default();
    common
}

/// A state as a test's clock has it.
fn opened(db: Db) -> State {
    State::open_with(&common(), Arc::new(db), Settings::default(), Standing).unwrap()
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: http::HeaderMap,
    pub(super) body: String,
    /// The body as it came: a file to carry away.
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The key of the first form that posts to an address.
    pub(super) fn key(&self) -> &str {
        let (_, after) = self.body.split_once(r#"name="request_key" value=""#).expect("a form with a key");
        after.split_once('"').unwrap().0
    }

    pub(super) fn has(&self, words: &str) -> bool {
        self.body.contains(words)
    }
}

/// A browser: keeps cookies, says from where a form comes.
pub(super) struct Browser {
    router: Router,
    /// The district behind it: for what no page shows.
    pub(super) state: Arc<State>,
    cookies: Vec<(String, String)>,
    pub(super) accept: &'static str,
    pub(super) site: Option<&'static str>,
    /// The name by which it reaches the district.
    pub(super) host: &'static str,
    /// Headers beside those that every browser sends: what a program says.
    pub(super) more: Vec<(&'static str, String)>,
}

impl Browser {
    pub(super) fn get(&mut self, address: &str) -> Answer {
        self.send(Method::GET, address, String::new())
    }

    pub(super) fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, address, body)
    }

    /// Enters the demonstration as a role.
    pub(super) fn enter(&mut self, role: Role) -> Answer {
        let key = self.get("/").key().to_owned();
        self.post("/enter/demonstration", &[("request_key", &key), ("role", role.as_str())])
    }

    /// Signs in by login and password.
    pub(super) fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let key = self.get("/enter").key().to_owned();
        self.post("/enter", &[("request_key", &key), ("login", login), ("password", password), ("next", "")])
    }

    pub(super) fn send(&mut self, method: Method, address: &str, body: String) -> Answer {
        self.send_as(method, address, "application/x-www-form-urlencoded", body.into_bytes())
    }

    /// Sends a body of a kind.
    pub(super) fn send_as(&mut self, method: Method, address: &str, kind: &str, body: Vec<u8>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::HOST, self.host)
            .header(header::ACCEPT_LANGUAGE, self.accept)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, kind);
        if let Some(site) = self.site {
            request = request.header("sec-fetch-site", site);
        }
        for (name, value) in &self.more {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(body)).unwrap();
        let router = self.router.clone();
        let answer = run(async move {
            let response = router.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let body = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: parts.status, headers: parts.headers, body, bytes: bytes.to_vec() }
        });
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = set.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            if !rest.contains("Max-Age=0;") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

pub(crate) fn run<T: Send>(future: impl Future<Output = T> + Send) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    // On a worker, as a server runs it.
    std::thread::scope(|_| runtime.block_on(future))
}

fn id<T: Id>(seed: u64) -> T {
    T::from_uuid(SeededIds::new(seed).next(testkit::now()))
}

/// The town of the fixture.
pub(super) fn town() -> TownId {
    id(100)
}

/// Every role has an account; `officer` and the three administrators have a password.
pub(crate) fn fill(db: &Db, demonstration: bool) {
    fill_with(db, demonstration, true);
}

fn fill_with(db: &Db, demonstration: bool, begun: bool) {
    let hash = Passwords::default().hash(PASSWORD, [3; 16]).unwrap();
    let program = Actor::program();
    let roles = [
        (Role::DistrictOfficer, Scope::District),
        (Role::TownOfficer, Scope::Town(town())),
        (Role::GridLeader, Scope::Grid { town: town(), grid: id(101) }),
        (Role::CommunityWorker, Scope::Grid { town: town(), grid: id(101) }),
        (Role::Operator, Scope::Community { town: town(), grid: None, community: id(102) }),
        (Role::SystemAdministrator, Scope::District),
        (Role::SecurityAdministrator, Scope::District),
        (Role::AuditAdministrator, Scope::District),
    ];
    db.write(|tx| {
        let call = &mut Call::new(&program, testkit::now(), 1);
        set(tx, Setting::Name, "示范区")?;
        set(tx, Setting::NameEn, "Demo District")?;
        if demonstration {
            set(tx, Setting::Clock, &testkit::now().millis().to_string())?;
        }
        // Everyone is invented: without that nobody would come in before the administrators have.
        set(tx, Setting::Demonstration, "true")?;
        let from = Day::parse("2025-01-01").unwrap();
        let towns = [register::AddTown {
            id: town(),
            code: "310112107".into(),
            name: "虹桥镇".into(),
            name_en: "Hongqiao Town".into(),
            position: base::Position::new(311_500_000, 1_213_700_000).unwrap(),
            boundary: None,
            from,
        }];
        register::add_towns(tx, call, &towns)?;
        let mut accounts = Vec::new();
        let there = roles.into_iter().filter(|(role, _)| begun || !ADMINISTRATORS.contains(role));
        for (i, (role, scope)) in there.enumerate() {
            let person = call.id();
            let added =
                AddPerson { id: person, name: "示例".into(), telephone: None, identity_number: None };
            add_persons(tx, call, &Vault::new(&[1; 32]), &[added])?;
            accounts.push(NewAccount {
                person,
                login: if i == 0 { "officer".into() } else { format!("demo-{}", role.as_str()) },
                password: (i == 0 || ADMINISTRATORS.contains(&role)).then(|| hash.clone()),
                demonstration: true,
                grants: vec![Grant { role, scope }],
                valid_from: from,
            });
        }
        add_accounts(tx, call, &accounts)?;
        set(tx, Setting::Demonstration, if demonstration { "true" } else { "false" })?;
        Ok::<_, district::Error>(())
    })
    .unwrap();
}

/// A district that is begun: filled once and copied for each story.
fn begun(demonstration: bool, told: impl Fn(Db)) {
    let name = format!("begun, demonstration {demonstration}");
    copied(&name, &|db| fill(db, demonstration), told);
}

/// A test on a copy of what is filled, on SQLite and, when there is a server, on PostgreSQL.
fn copied(name: &str, fill: &dyn Fn(&Db), told: impl Fn(Db)) {
    let pattern = testkit::Pattern { name, migrations: &district::MIGRATIONS, fill };
    pattern.on_sqlite(&told);
    pattern.on_postgres(&told);
}

/// One story on SQLite and, when there is a server, on PostgreSQL.
pub(super) fn story(demonstration: bool, tell: impl Fn(&mut dyn FnMut() -> Browser)) {
    story_in(demonstration, |_| {}, tell);
}

/// A story in a district that holds more than every story's: `found` puts it there.
pub(super) fn story_in(demonstration: bool, found: impl Fn(&Db), tell: impl Fn(&mut dyn FnMut() -> Browser)) {
    begun(demonstration, |db| {
        found(&db);
        visit(db, &tell);
    });
}

/// A simulated district of fourteen communities, spread over the towns.
fn smallest() -> sim::Order {
    sim::Order { per_mille: sim::SMALLEST_SIZE, ..sim::Order::new(7) }
}

/// A story in such a district.
pub(super) fn simulated(tell: impl Fn(&mut dyn FnMut() -> Browser)) {
    simulated_as(smallest(), tell);
}

/// The database of such a district.
pub(super) fn simulated_db(look: impl Fn(&Db)) {
    made(&smallest(), |db| look(&db));
}

/// The same in a larger one, its year over and its plan adopted.
pub(super) fn simulated_as(order: sim::Order, tell: impl Fn(&mut dyn FnMut() -> Browser)) {
    made(&order, |db| visit(db, &tell));
}

/// A district as it is ordered, made once and copied for each test.
fn made(order: &sim::Order, told: impl Fn(Db)) {
    let fill = |db: &Db| sim::make(db, &Vault::new(&[1; 32]), order).unwrap();
    copied(&format!("{order:?}"), &fill, told);
}

/// A story where the districts of the process share more than every story's: a service for single sign-on.
pub(super) fn story_with(common: &Common, tell: impl Fn(&mut dyn FnMut() -> Browser)) {
    begun(false, |db| {
        serve(State::open_with(common, Arc::new(db), Settings::default(), Standing).unwrap(), &tell);
    });
}

/// The code with which the district of [`unbegun`] is begun.
pub(super) const BEGIN: [u8; 20] = [5; 20];

/// A story in a district that nobody has begun.
pub(super) fn unbegun(tell: impl Fn(&mut dyn FnMut() -> Browser)) {
    copied("not begun", &|_| {}, |db| serve(opened(db).with_begin_code(Code::new(BEGIN)), &tell));
}

/// A story in a district that has a household and everyone's accounts, and whose administrators are not there.
pub(super) fn without_administrators(tell: impl Fn(&mut dyn FnMut() -> Browser, &Arc<Db>)) {
    let fill = |db: &Db| {
        fill_with(db, false, false);
        let demonstration = |text| db.write(|tx| set(tx, Setting::Demonstration, text)).unwrap();
        demonstration("true");
        house(db);
        demonstration("false");
    };
    copied("without administrators", &fill, |db| {
        let db = Arc::new(db);
        let state = State::open_with(&common(), Arc::clone(&db), Settings::default(), Standing).unwrap();
        let state = state.with_begin_code(Code::new(BEGIN));
        serve(state, &|browser: &mut dyn FnMut() -> Browser| tell(browser, &db));
    });
}

/// A grid, a community in it and a household of two in flat 101 of building 1; the first of them has a telephone.
pub(super) fn house(db: &Db) {
    use register::{AddBuilding, AddCommunity, AddGrid, AddUnit, BeginTenancy, Description, Tenure};
    let from = Day::parse("2025-01-05").unwrap();
    let (community, building, unit) = (id(102), id(103), id(104));
    let program = Actor::program();
    db.write(|tx| {
        let call = &mut Call::new(&program, testkit::now(), 2);
        let (name, name_en) = ("紫藤网格".to_owned(), "Wisteria Grid".to_owned());
        let grid = AddGrid { id: id(101), town: town(), code: "310112107-01".into(), name, name_en, from };
        register::add_grids(tx, call, &[grid])?;
        let description = Description {
            name: "青藤公寓".into(),
            name_en: "Ivy House".into(),
            kind: handbook::CommunityKind::AffordableRental,
            label: String::new(),
            right: handbook::PropertyRight::SingleOwner,
            town: town(),
            grid: Some(id(101)),
            address: "示例路1弄".into(),
            position: None,
            opened_on: None,
            planned_households: None,
            planned_decided_on: None,
            boundary: None,
        };
        let (code, reason) = ("310112107-001".to_owned(), "首批登记".to_owned());
        let new = AddCommunity { id: community, code, simulated: true, from, reason, description };
        register::add_communities(tx, call, &[new])?;
        let number = "1号".to_owned();
        register::add_buildings(
            tx,
            call,
            &[AddBuilding { id: building, community, number, floors: 6, from }],
        )?;
        let (number, area) = ("101".to_owned(), base::Area::from_cm2(350_000));
        let flat = AddUnit { id: unit, building, community, number, floor: 1, area, from, rooms: Vec::new() };
        register::add_units(tx, call, &[flat])?;
        let telephones = [Some("19900001234".to_owned()), None];
        let persons = [id::<PersonId>(110), id(111)].into_iter().zip(telephones).map(|(id, telephone)| {
            AddPerson { id, name: "示例人".into(), telephone, identity_number: None }
        });
        add_persons(tx, call, &Vault::new(&[1; 32]), &persons.collect::<Vec<_>>())?;
        let tenancy = BeginTenancy {
            id: id(112),
            community,
            unit,
            room: None,
            lease: None,
            tenure: Tenure::Tenant,
            from,
            occupants: vec![(id(113), id(110)), (id(114), id(111))],
        };
        register::begin_tenancies(tx, call, &[tenancy])
    })
    .unwrap();
}

/// Household and pseudonym of the first who lives there.
pub(super) fn inhabitant() -> (base::Uuid, base::Uuid) {
    (id::<district::kit::TenancyId>(112).uuid(), id::<PersonId>(110).uuid())
}

/// The same with a resident and an owner whom the demonstration enters.
pub(super) fn inhabited(db: &Db) {
    house(db);
    let program = Actor::program();
    db.write(|tx| {
        let call = &mut Call::new(&program, testkit::now(), 3);
        let here = (id(102), "1号");
        people::joining::simulate_resident(tx, call, here, "demo-resident")?;
        let person =
            AddPerson { id: id(120), name: "示例主".into(), telephone: None, identity_number: None };
        people::joining::simulate_owner(tx, call, &Vault::new(&[1; 32]), person, here, "demo-owner")
    })
    .unwrap();
}

/// A story in a district with a household, whose codes go out by a gateway.
pub(super) fn story_by<G: Gateway + 'static>(gateway: &Arc<G>, tell: impl Fn(&mut dyn FnMut() -> Browser)) {
    let texts: Arc<dyn Gateway> = Arc::<G>::clone(gateway);
    let ways = Ways { texts: Some(texts), ..Ways::default() };
    story_sending(&ways, |browser, _| tell(browser));
}

/// A story in a district with a household, from which something is sent: whoever tells it has the state that sends.
pub(super) fn story_sending(ways: &Ways, tell: impl Fn(&mut dyn FnMut() -> Browser, &State)) {
    begun(false, |db| {
        house(&db);
        let common = common().with_ways(ways.clone());
        let state = State::open_with(&common, Arc::new(db), Settings::default(), Standing).unwrap();
        let state = Arc::new(state.with_vault(Vault::new(&[1; 32])));
        let router = crate::router(Arc::clone(&state));
        tell(&mut || browser_of(&router, &state), &state);
    });
}

fn visit(db: Db, tell: &impl Fn(&mut dyn FnMut() -> Browser)) {
    serve(opened(db), tell);
}

fn serve(state: State, tell: &impl Fn(&mut dyn FnMut() -> Browser)) {
    let state = Arc::new(state.with_vault(Vault::new(&[1; 32])));
    let router = crate::router(Arc::clone(&state));
    tell(&mut || browser_of(&router, &state));
}

fn browser_of(router: &Router, state: &Arc<State>) -> Browser {
    Browser {
        router: router.clone(),
        state: Arc::clone(state),
        cookies: Vec::new(),
        accept: "zh-CN",
        site: Some("same-origin"),
        host: "lilong.example",
        more: Vec::new(),
    }
}
