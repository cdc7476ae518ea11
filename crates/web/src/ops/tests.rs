//! Stories of what stands before the districts.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use district::kit::settings::{Setting, set};
use http::{HeaderMap, Method, Request, StatusCode, header};

use super::front::Phase;
use super::{Front, Options, Proxies};
use crate::city::{City, District, Districts, Listed};
use crate::tests::fixture::{Standing, common, fill, run};
use crate::{Common, Settings, State};

/// A visitor from somewhere else.
const VISITOR: &str = "203.0.113.9";

/// A district on a new file, with the accounts of every story.
pub(crate) fn state(common: &Common, folder: &tempfile::TempDir, code: &str, name: &str) -> State {
    let db = db::Db::open(&db::Location::File(folder.path().join(format!("{code}.db")))).unwrap();
    db.migrate(&district::MIGRATIONS, testkit::now()).unwrap();
    fill(&db, true);
    db.write(|tx| set(tx, Setting::Name, name)).unwrap();
    State::open_with(common, Arc::new(db), Settings::default(), Standing).unwrap()
}

pub(crate) fn listed(code: &str, host: &str) -> Listed {
    Listed { code: code.into(), hosts: vec![host.into()], ..Listed::default() }
}

/// Two districts side by side, the second of which is there once it is told to be.
struct Two {
    front: Arc<Front>,
    there: Arc<AtomicBool>,
    _folder: tempfile::TempDir,
}

fn two(options: Options) -> Two {
    let folder = tempfile::tempdir().unwrap();
    let common = common();
    let first = Arc::new(state(&common, &folder, "310112", "甲区"));
    let second = std::sync::Mutex::new(Some(state(&common, &folder, "310115", "乙区")));
    let there = Arc::new(AtomicBool::new(true));
    let open = {
        let there = Arc::clone(&there);
        move || {
            if !there.load(Ordering::SeqCst) {
                return Err("its database is away".to_owned());
            }
            second.lock().unwrap().take().ok_or_else(|| "opened twice".to_owned())
        }
    };
    let all = vec![
        District::opened(listed("310112", "a.example"), first),
        District::new(listed("310115", "b.example"), Box::new(open)),
    ];
    let city = City { host: "city.example".into(), name: "市".into(), name_en: "City".into() };
    let districts = Districts::new(all, None, Some(city)).unwrap();
    let front = Arc::new(Front::new(Arc::new(districts), common, options).unwrap());
    Two { front, there, _folder: folder }
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A request as it is asked: method, host, path, and headers.
pub(crate) struct Ask<'a>(pub(crate) &'a str, pub(crate) &'a str, pub(crate) &'a [(&'a str, &'a str)]);

impl Ask<'_> {
    pub(crate) fn get(&self, front: &Front) -> Answer {
        self.send(front, Method::GET, Body::empty(), VISITOR)
    }

    pub(crate) fn send(&self, front: &Front, method: Method, body: Body, peer: &str) -> Answer {
        let Self(host, path, headers) = self;
        let mut request = Request::builder().method(method).uri(*path).header(header::HOST, *host);
        for (name, value) in *headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let peer: IpAddr = peer.parse().unwrap();
        run(async move {
            let (parts, body) = front.answer(request, peer).await.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let body = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: parts.status, headers: parts.headers, body }
        })
    }
}

#[test]
fn every_answer_has_a_number_and_the_page_of_an_error_names_it() {
    let two = two(Options::default());
    let found = Ask("a.example", "/", &[]).get(&two.front);
    assert_eq!(found.status, StatusCode::OK);
    assert_eq!(found.header("x-request-id").len(), 14);
    for (host, path) in [("a.example", "/no/such/page"), ("c.example", "/")] {
        let absent = Ask(host, path, &[]).get(&two.front);
        assert_eq!(absent.status, StatusCode::NOT_FOUND, "{host}");
        let id = absent.header("x-request-id");
        assert!(absent.body.contains(&format!("请求号 {id}")), "{host}: {}", absent.body);
    }
}

#[test]
fn the_number_of_a_trusted_proxy_is_kept_and_that_of_a_stranger_is_not() {
    let proxies = Proxies::new(vec!["127.0.0.1/32".parse().unwrap()]);
    let two = two(Options { proxies, ..Options::default() });
    let given = [("x-request-id", "proxy-0123456789")];
    let ask = Ask("a.example", "/about", &given);
    let by = |peer: &str| ask.send(&two.front, Method::GET, Body::empty(), peer);
    assert_eq!(by("127.0.0.1").header("x-request-id"), "proxy-0123456789");
    assert_eq!(by(VISITOR).header("x-request-id").len(), 14);
}

#[test]
fn who_asks_for_too_much_is_told_in_words_and_the_next_visitor_is_not() {
    let proxies = Proxies::new(vec!["127.0.0.1/32".parse().unwrap()]);
    let two = two(Options { proxies, per_second: NonZeroU32::new(1), ..Options::default() });
    let by = |visitor: &str| {
        let headers = [("x-forwarded-for", visitor)];
        Ask("a.example", "/about", &headers).send(&two.front, Method::GET, Body::empty(), "127.0.0.1")
    };
    let answers: Vec<Answer> = (0..8).map(|_| by("198.51.100.1")).collect();
    let refused = answers.iter().find(|answer| answer.status != StatusCode::OK).expect("a refusal");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "1");
    assert!(refused.body.contains("这里的请求太多了"));
    assert!(refused.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(by("198.51.100.2").status, StatusCode::OK);
}

#[test]
fn a_program_is_told_in_its_own_form_what_the_server_says() {
    let two = two(Options { per_second: NonZeroU32::new(1), ..Options::default() });
    two.there.store(false, Ordering::SeqCst);
    let english = [("accept-language", "en")];
    let problem = |answer: &Answer| {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.body);
        let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(told["status"], answer.status.as_u16());
        (told["type"].as_str().unwrap().to_owned(), told["title"].as_str().unwrap().to_owned())
    };
    for (host, kind, title) in [
        ("c.example", "/api#problem-absent", "No district has this address"),
        ("b.example", "/api#problem-unavailable", "This district cannot be reached just now"),
    ] {
        let answer = Ask(host, "/api/v1/district", &english).get(&two.front);
        assert_eq!(problem(&answer), (kind.to_owned(), title.to_owned()));
    }
    let asked = (0..8).map(|_| Ask("a.example", "/api/v1/district", &english).get(&two.front));
    let answers: Vec<Answer> = asked.collect();
    let refused =
        answers.iter().find(|it| it.status == StatusCode::TOO_MANY_REQUESTS).expect("a refusal of too many");
    assert_eq!(problem(refused).0, "/api#problem-many");
    // The page of the same refusal is for people.
    let page = Ask("a.example", "/api", &english).get(&two.front);
    assert!(page.status == StatusCode::TOO_MANY_REQUESTS && page.body.contains("<title>"), "{}", page.body);
}

#[test]
fn each_host_is_a_district_of_its_own_and_a_session_belongs_to_one() {
    let two = two(Options::default());
    let first = Ask("a.example", "/", &[]).get(&two.front);
    assert!(first.body.contains("甲区") && !first.body.contains("乙区"));
    let other = Ask("B.Example:8310", "/", &[]).get(&two.front);
    assert!(other.body.contains("乙区") && !other.body.contains("甲区"));
    let key = first.body.split_once(r#"name="request_key" value=""#).unwrap().1.split_once('"').unwrap().0;
    let form = format!("request_key={key}&role=district-officer");
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let entered = Ask("a.example", "/enter/demonstration", &kind).send(
        &two.front,
        Method::POST,
        Body::from(form),
        VISITOR,
    );
    let cookie = entered.header("set-cookie");
    // Without a Domain a browser sends it to this host alone.
    assert!(cookie.starts_with("lilong-session=") && !cookie.to_lowercase().contains("domain"), "{cookie}");
    let session = [("cookie", cookie.split(';').next().unwrap())];
    assert_eq!(Ask("a.example", "/desk", &session).get(&two.front).status, StatusCode::OK);
    assert_eq!(Ask("b.example", "/desk", &session).get(&two.front).status, StatusCode::SEE_OTHER);
}

#[test]
fn a_district_that_is_away_says_so_by_itself_and_comes_back() {
    let two = two(Options::default());
    two.there.store(false, Ordering::SeqCst);
    let ask = Ask("b.example", "/", &[]);
    let away = ask.get(&two.front);
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(away.body.contains("这个区暂时连不上") && !away.header("retry-after").is_empty());
    assert_eq!(Ask("a.example", "/", &[]).get(&two.front).status, StatusCode::OK);
    let ready = Ask("b.example", "/ready", &[]).get(&two.front);
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.body.starts_with("310115: not opened"), "{}", ready.body);
    let all = Ask("elsewhere.example", "/ready", &[]).get(&two.front);
    assert_eq!((all.status, all.body.lines().next()), (StatusCode::OK, Some("ready: 1 of 2")));
    two.there.store(true, Ordering::SeqCst);
    let until = Instant::now() + Duration::from_secs(10);
    while ask.get(&two.front).status != StatusCode::OK {
        assert!(Instant::now() < until, "it did not come back");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_schema_that_is_not_the_programs_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let common = common();
    let state = Arc::new(state(&common, &folder, "310112", "甲区"));
    let one = Districts::one(District::opened(listed("310112", "a.example"), Arc::clone(&state)));
    let front = Front::new(Arc::new(one), common, Options::default()).unwrap();
    let ready = || Ask("a.example", "/ready", &[]).get(&front);
    assert_eq!((ready().status, ready().body.as_str()), (StatusCode::OK, "ready\n"));
    let connection = rusqlite::Connection::open(folder.path().join("310112.db")).unwrap();
    connection.execute("INSERT INTO schema_versions VALUES (999, 'of a newer program', 0)", []).unwrap();
    let newer = ready();
    assert_eq!(newer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(newer.body.contains("the schema is at version 999"), "{}", newer.body);
    assert_eq!(Ask("a.example", "/health", &[]).get(&front).body, "ok\n");
}

#[test]
fn metrics_hold_routes_and_districts_and_never_what_was_asked() {
    let two = two(Options::default());
    Ask("a.example", "/communities/SECRETCODE?q=SECRETWORD", &[]).get(&two.front);
    Ask("a.example", "/SECRETPATH", &[]).get(&two.front);
    Ask("secret.example", "/", &[]).get(&two.front);
    let odd = Method::from_bytes(b"SECRETMETHOD").unwrap();
    Ask("a.example", "/", &[]).send(&two.front, odd, Body::empty(), VISITOR);
    let text = two.front.metrics().text().unwrap();
    for line in [
        r#"lilong_http_requests_total{district="310112",method="GET",route="/communities/{id}",status="4xx"} 1"#,
        r#"lilong_http_requests_total{district="310112",method="GET",route="other",status="4xx"} 1"#,
        r#"lilong_http_requests_total{district="none",method="GET",route="other",status="4xx"} 1"#,
        r#"lilong_http_requests_total{district="310112",method="other",route="/",status="4xx"} 1"#,
        r#"lilong_http_refused_total{reason="host"} 1"#,
        r#"lilong_district_open{district="310115"} 0"#,
        r#"lilong_db_connections{district="310112",state="waiting"} 0"#,
        "lilong_build_info{version=",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(text.contains(r#"lilong_db_transactions_total{district="310112",kind="read"}"#), "{text}");
    assert!(text.contains("lilong_http_request_seconds_bucket{"), "{text}");
    assert!(!text.to_lowercase().contains("secret"), "{text}");
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn what_is_not_finished_when_the_end_is_over_is_refused() {
    let two = two(Options::default());
    let front = Arc::clone(&two.front);
    // A form whose body never comes.
    let body = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let over = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        front.enter(Phase::Ending);
        front.enter(Phase::Over);
    });
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let refused = Ask("a.example", "/enter", &kind).send(&two.front, Method::POST, body, VISITOR);
    over.join().unwrap();
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.body.contains("系统正在重新启动"));
    let after = Ask("a.example", "/", &[]).get(&two.front);
    assert_eq!((after.status, after.header("connection")), (StatusCode::SERVICE_UNAVAILABLE, "close"));
    assert_eq!(Ask("a.example", "/ready", &[]).get(&two.front).status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(Ask("a.example", "/health", &[]).get(&two.front).status, StatusCode::OK);
}
