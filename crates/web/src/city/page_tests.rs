//! The city's page, over districts of which one is missing and one has published nothing.

use std::sync::Arc;

use district::coverage::{Figure, decide};
use district::kit::{Actor, Call};
use http::StatusCode;

use super::{City, District, Districts, Listed};
use crate::ops::tests::{Ask, listed, state};
use crate::ops::{Front, Options};
use crate::tests::fixture::{Standing, common};
use crate::{Common, Settings, State};

/// A simulated district, whose figures are published.
fn simulated(common: &Common, folder: &tempfile::TempDir, code: &str, seed: u64) -> State {
    let db = db::Db::open(&db::Location::File(folder.path().join(format!("{code}.db")))).unwrap();
    db.migrate(&district::MIGRATIONS, testkit::now()).unwrap();
    let order = sim::Order { per_mille: sim::SMALLEST_SIZE, ..sim::Order::new(seed) };
    sim::make(&db, &district::people::vault::Vault::new(&[1; 32]), &order).unwrap();
    State::open_with(common, Arc::new(db), Settings::default(), Standing).unwrap()
}

fn publish(state: &State, published: bool) {
    let actor = Actor::program();
    let decision = (Figure::DistrictCascade, published, "决定".to_owned());
    let decided = state
        .db
        .write(|tx| decide(tx, &mut Call::new(&actor, state.now(), 9), std::slice::from_ref(&decision)));
    decided.unwrap();
}

/// Households at the first and the last step, counted by themselves.
fn households(state: &State) -> [i64; 2] {
    use district::coverage::rules::Step;
    let standings = state.db.read(|tx| district::coverage::standings(tx, state.today())).unwrap();
    let cascade = standings.cascade(district::coverage::Part::default());
    [cascade.at(Step::Target), cascade.at(Step::Staffed)]
}

#[test]
fn the_city_adds_up_what_is_published_and_names_who_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let common = common();
    let states = [1, 2].map(|seed| simulated(&common, &folder, &format!("31011{seed}"), seed));
    for state in &states {
        publish(state, true);
    }
    let quiet = state(&common, &folder, "310113", "寡言区");
    publish(&quiet, false);
    let sum = |at: usize| base::grouped(states.iter().map(|state| households(state)[at]).sum());
    let sums = [sum(0), sum(1)];
    let mut all: Vec<District> = states
        .into_iter()
        .enumerate()
        .map(|(at, state)| {
            District::opened(listed(&format!("31011{}", at + 1), &format!("{at}.example")), Arc::new(state))
        })
        .collect();
    all.push(District::opened(listed("310113", "quiet.example"), Arc::new(quiet)));
    let away =
        Listed { name: "远方区".into(), name_en: "Faraway".into(), ..listed("310114", "away.example") };
    all.push(District::new(away, Box::new(|| Err("its database is away".into()))));
    let city = City { host: "city.example".into(), name: "上海市".into(), name_en: "Shanghai".into() };
    let districts = Districts::new(all, None, Some(city)).unwrap();
    let front = Front::new(Arc::new(districts), common, Options::default()).unwrap();

    let page = Ask("city.example:8310", "/", &[("accept-language", "zh-CN")]).get(&front);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("共 4 个区，其中 2 个区的数字已计入合计"), "{}", page.body);
    assert!(page.body.contains("没有回应的区：远方区。"));
    assert!(page.body.contains("尚未公布，未计入合计") && page.body.contains("模拟"));
    let (_, foot) = page.body.split_once("<tfoot>").unwrap();
    for sum in sums {
        assert!(foot.contains(&format!("<b>{sum}</b>")), "{sum} is not in {foot}");
    }
    assert!(page.body.contains(r#"href="//quiet.example:8310/""#));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));

    let english = Ask("city.example", "/?lang=en", &[]).get(&front);
    assert!(english.body.contains("Not answering: Faraway."), "{}", english.body);
    assert_eq!(Ask("city.example", "/district", &[]).get(&front).status, StatusCode::NOT_FOUND);
    let posted = Ask("city.example", "/", &[]).send(
        &front,
        http::Method::POST,
        axum::body::Body::empty(),
        "203.0.113.9",
    );
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}
