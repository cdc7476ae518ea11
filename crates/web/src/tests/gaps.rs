//! The gap list: handed out, chased, crossed off, by those who may.

use district::kit::Role;
use http::StatusCode;

use super::coverage::cells;
use super::fixture::{Answer, simulated_as};

const SIZE: i64 = 30;

fn order(per_mille: i64) -> sim::Order {
    sim::Order { per_mille, with_work: false, ..sim::Order::new(1) }
}

/// The ids of the gaps on a page, in their order.
fn gaps(page: &Answer) -> Vec<String> {
    let rows = page.body.split(r#"name="gap" value=""#).skip(1);
    rows.map(|after| after.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn a_gap_is_handed_out_chased_and_not_crossed_off_before_it_is_there() {
    simulated_as(order(SIZE), |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let page = officer.get("/district/gaps?standing=listed");
        assert!(page.has("还缺") && page.has("未交办") && page.has("每万人配 18 名"), "{}", page.body);
        let gap = gaps(&page)[0].clone();
        let mut act = |what: &str, due: &str, note: &str, ids: &[&str]| {
            let key = officer.get("/district/gaps").key().to_owned();
            let mut fields = vec![("request_key", key.as_str()), ("do", what), ("due", due), ("note", note)];
            fields.extend(ids.iter().map(|id| ("gap", *id)));
            officer.post("/district/gaps", &fields)
        };
        let none = act("chase", "", "", &[]);
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.has("没有选中任何缺口"));
        let early = act("chase", "", "", &[&gap]);
        assert!(early.has("还没有交办") && early.has(&format!(r#"value="{gap}""#)));
        let past = act("hand-out", "2026-01-30", "三月底前开门", &[&gap]);
        assert!(
            past.has("办结日期 2026-01-30 已经过去") && past.has("三月底前开门") && past.has(r#"id="due-e""#)
        );
        assert!(act("hand-out", "", "", &[&gap]).has("请填写日期"));
        assert_eq!(act("give-up", "", "", &[&gap]).status, StatusCode::BAD_REQUEST);
        let handed = act("hand-out", "2026-03-31", "三月底前开门", &[&gap]);
        assert_eq!(handed.header("location"), "/district/gaps?done=hand-out&count=1", "{}", handed.body);
        let chased = act("chase", "", "", &[&gap]);
        assert_eq!(chased.status, StatusCode::SEE_OTHER);
        let still = act("cross-off", "", "", &[&gap]);
        assert_eq!(still.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(still.has("不能销号"));
        let after = officer.get("/district/gaps?standing=handed-out&done=chase&count=1");
        assert!(after.has("已经督办 1 项。") && after.has("三月底前开门") && after.has("2026-03-31"));
        officer.get("/?lang=en");
        let english = officer.get("/district/gaps?kind=people&done=chase&count=1");
        assert!(
            english.has("One gap was chased.") && english.has("Still lacking: stations"),
            "{}",
            english.body
        );
        assert!(english.has("Workers") && !english.has("<td>Station</td>"));
    });
}

#[test]
fn the_list_is_read_as_of_a_day_and_carried_away() {
    simulated_as(order(SIZE), |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let page = officer.get("/district/gaps?standing=all");
        let gap = gaps(&page)[0].clone();
        let key = page.key().to_owned();
        let fields = [
            ("request_key", key.as_str()),
            ("do", "hand-out"),
            ("due", "2026-03-31"),
            ("note", "=三月底前"),
            ("gap", &gap),
        ];
        assert_eq!(officer.post("/district/gaps", &fields).status, StatusCode::SEE_OTHER);
        // The day before, it was not handed out; a past day is looked at, not worked on.
        let before = officer.get("/district/gaps?standing=handed-out&on=2026-01-30");
        assert_eq!(before.status, StatusCode::OK);
        assert!(!before.has("=三月底前") && before.has("只能查看"), "{}", before.body);
        assert!(!before.has(r#"value="hand-out""#) && before.has("on=2026-01-30"));
        let none = officer.get("/district/gaps?on=2020-01-01");
        assert!(none.has("还没有采纳的规划") && none.has(r#"href="/district/plan""#), "{}", none.body);
        assert_eq!(officer.get("/district/gaps?on=morgen").status, StatusCode::BAD_REQUEST);
        // As a file: the filter of the page, the day and the mark in every row, no formula.
        let page = officer.get("/district/gaps?standing=handed-out");
        assert!(page.has(r#"href="/district/gaps/csv?standing=handed-out""#), "{}", page.body);
        let file = officer.get("/district/gaps/csv?standing=handed-out");
        let rows: Vec<&str> = file.body.lines().skip(1).collect();
        assert_eq!(rows.len(), gaps(&page).len());
        assert!(rows.iter().all(|row| row.ends_with(",2026-01-31,模拟")), "{}", file.body);
        assert!(rows.iter().any(|row| row.contains("'=三月底前")), "{}", file.body);
        let all = officer.get("/district/gaps/xlsx?standing=all");
        assert!(cells(&all.bytes).len() > rows.len());
        assert_eq!(officer.get("/district/gaps/geojson").status, StatusCode::NOT_FOUND);
        let mut town = browser();
        town.enter(Role::TownOfficer);
        let own = town.get("/district/gaps/csv?standing=all").body.lines().count();
        assert!(own < officer.get("/district/gaps/csv?standing=all").body.lines().count());
    });
}

#[test]
fn a_gap_that_is_there_is_crossed_off() {
    simulated_as(order(SIZE), |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        // Whatever the plan still wants opened is entered as open, so its gaps are there.
        let progress = officer.get("/district/plan/progress");
        for after in progress.body.split("/district/plan/progress?town=").skip(1) {
            let town = after.split('"').next().unwrap().to_owned();
            let page = officer.get(&format!("/district/plan/progress?town={town}"));
            if !page.has(r#"name="open""#) {
                continue;
            }
            let key = page.key().to_owned();
            let mut fields =
                vec![("request_key", key.as_str()), ("town", town.as_str()), ("day", "2026-01-31")];
            let points = page.body.split(r#"name="open" value=""#).skip(1);
            fields.extend(points.map(|after| ("open", after.split('"').next().unwrap())));
            let opened = officer.post("/district/plan/progress", &fields);
            assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        }
        let there = officer.get("/district/gaps?standing=there");
        let gap = gaps(&there)[0].clone();
        let key = there.key().to_owned();
        let fields =
            [("request_key", key.as_str()), ("do", "cross-off"), ("gap", &gap), ("standing", "there")];
        let crossed = officer.post("/district/gaps", &fields);
        assert_eq!(crossed.header("location"), "/district/gaps?standing=there&done=cross-off&count=1");
        let done = officer.get("/district/gaps?standing=crossed-off");
        assert!(done.has("已销号") && done.has("2026-01-31") && gaps(&done).is_empty());
        // Crossed off once is crossed off.
        let key = officer.get("/district/gaps").key().to_owned();
        let again = officer.post("/district/gaps", &[("request_key", &key), ("do", "chase"), ("gap", &gap)]);
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn a_town_sees_its_own_gaps_and_hands_out_none() {
    // Large enough for the town of the demonstration's officer to lack something.
    simulated_as(order(100), |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let all = gaps(&officer.get("/district/gaps?standing=all"));
        let mut town = browser();
        town.enter(Role::TownOfficer);
        let page = town.get("/district/gaps?standing=all");
        let own = gaps(&page);
        assert!(!own.is_empty() && own.len() < all.len(), "{} of {}", own.len(), all.len());
        assert!(own.iter().all(|gap| all.contains(gap)));
        assert_eq!(page.body.matches("/district/gaps?town=").count(), 1, "{}", page.body);
        assert!(
            !page.has("每万人配") && !page.has(r#"value="hand-out""#) && page.has(r#"value="cross-off""#)
        );
        let key = page.key().to_owned();
        let foreign = all.iter().find(|gap| !own.contains(gap)).unwrap();
        for (what, gap) in [("hand-out", &own[0]), ("cross-off", foreign)] {
            let fields = [("request_key", key.as_str()), ("do", what), ("gap", gap), ("due", "2026-03-31")];
            assert_eq!(town.post("/district/gaps", &fields).status, StatusCode::FORBIDDEN, "{what}");
        }
        assert_eq!(officer.get("/district/gaps?town=999").status, StatusCode::NOT_FOUND);
    });
}
