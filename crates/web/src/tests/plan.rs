//! The station plan: computed, read by town and grid, pinned and forbidden, compared, adopted, carried out.

use district::kit::Role;
use http::StatusCode;

use super::fixture::{Answer, Browser, simulated_as};

/// Sixteen communities: enough for joint stations of several communities.
const SIZE: i64 = 30;

fn order(per_mille: i64) -> sim::Order {
    sim::Order { per_mille, with_work: false, ..sim::Order::new(1) }
}

fn officer(browser: &mut dyn FnMut() -> Browser) -> Browser {
    let mut officer = browser();
    officer.enter(Role::DistrictOfficer);
    officer
}

/// The values that the form of a new scenario shows, with some changed.
fn form(page: &Answer, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let (_, form) = page.body.split_once(r#"action="/district/plan" novalidate"#).expect("the form");
    let mut fields = Vec::new();
    for input in form.split("<input").skip(1) {
        let input = input.split('>').next().unwrap();
        let value = |name: &str| {
            let (_, after) = input.split_once(&format!(r#"{name}=""#))?;
            Some(after.split_once('"')?.0.to_owned())
        };
        let Some(name) = value("name") else { continue };
        if name == "q" || input.contains(r#"type="checkbox""#) && !input.contains("checked") {
            continue;
        }
        let of = changed.iter().find(|(changed, _)| *changed == name);
        let shown = value("value").unwrap_or_default();
        fields.push((name, of.map_or(shown, |(_, value)| (*value).to_owned())));
    }
    fields
}

fn send(browser: &mut Browser, address: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(address, &fields)
}

/// Computes a scenario with some values changed; its address.
fn computed(officer: &mut Browser, changed: &[(&str, &str)]) -> String {
    let page = officer.get("/district/plan");
    let answer = send(officer, "/district/plan", &form(&page, changed));
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.header("location").to_owned()
}

/// The addresses on a page that begin like this, in their order, each once.
fn links(page: &Answer, beginning: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for after in page.body.split(r#"href=""#).skip(1) {
        let link = after.split('"').next().unwrap();
        if link.starts_with(beginning) && !found.iter().any(|known| known == link) {
            found.push(link.to_owned());
        }
    }
    found
}

/// The first grid of a scenario whose page says this.
fn grid_that_says(officer: &mut Browser, scenario: &str, words: &str) -> String {
    let towns = links(&officer.get(scenario), &format!("{scenario}?town="));
    assert_eq!(towns.len(), towns.iter().collect::<std::collections::BTreeSet<_>>().len());
    for town in towns {
        for grid in links(&officer.get(&town), &format!("{scenario}/grids/")) {
            if officer.get(&grid).has(words) {
                return grid;
            }
        }
    }
    panic!("no grid says {words}");
}

#[test]
fn a_scenario_is_computed_once_and_says_what_it_costs_and_proves() {
    simulated_as(order(SIZE), |browser| {
        let mut officer = officer(browser);
        let page = officer.get("/district/plan");
        assert!(page.has("站点规划") && page.has("手册 2.0 重排") && page.has("证明："), "{}", page.body);
        assert!(page.has("个社区中的") && page.has("全年支出"));
        assert!(page.has("<svg viewBox=\"0 0 720 ") && page.has("虹桥镇"));
        // What cannot be taken is said at its field, and what was written stays.
        let wrong = [("detour", "99"), ("worker_year", "十二万"), ("name", "方案甲")];
        let refused = send(&mut officer, "/district/plan", &form(&page, &wrong));
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.has("请填写 100 到 300 之间的数") && refused.has("请填写 10000 到 1000000 之间的数"));
        assert!(
            refused.has(r#"value="十二万""#)
                && refused.has(r#"value="方案甲""#)
                && refused.has(r#"id="detour-e""#)
        );
        let long = "长".repeat(41);
        let refused = send(&mut officer, "/district/plan", &form(&page, &[("name", &long)]));
        assert!(refused.has("不超过 40 个字") && refused.has(r#"id="name-e""#), "{}", refused.body);
        let early =
            send(&mut officer, "/district/plan", &form(&page, &[("on", "2024-01-01"), ("handbook", "")]));
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(early.has("没有执行中的工作手册"));
        // The same form twice is one scenario.
        let sent = form(&page, &[("name", "方案甲"), ("detour", "150")]);
        let first = send(&mut officer, "/district/plan", &sent);
        let again = send(&mut officer, "/district/plan", &sent);
        assert_eq!(first.status, StatusCode::SEE_OTHER);
        assert_eq!(first.header("location"), again.header("location"));
        let scenario = officer.get(first.header("location"));
        assert!(scenario.has("<h1>方案甲</h1>") && scenario.has("未采纳") && scenario.has("一年的费用"));
        assert!(scenario.has(r#"<span class="n">150</span> %"#), "the weight that was changed is shown");
        let english = {
            let mut reader = self::officer(browser);
            reader.get("/?lang=en");
            reader.get(first.header("location"))
        };
        assert!(english.has("Proof: under these conditions") && english.has("Cost of a year"));
        assert!(english.has("Hongqiao Town"));
    });
}

#[test]
fn a_place_is_forbidden_and_pinned_and_the_plan_made_anew() {
    simulated_as(order(SIZE), |browser| {
        let mut officer = officer(browser);
        let scenario = computed(&mut officer, &[("name", "方案甲")]);
        let grid = grid_that_says(&mut officer, &scenario, "联合设站");
        let page = officer.get(&grid);
        assert!(
            page.has("为什么设在这里") && page.has("每周值班安排") && page.has("周一") && page.has("主站点")
        );
        // Everything in the grid is forbidden: nobody there can be served, and the page says why.
        let marks: Vec<String> = page
            .body
            .split(r#"name="mark-"#)
            .skip(1)
            .map(|after| format!("mark-{}", after.split('"').next().unwrap()))
            .collect();
        let fields = |page: &Answer, name: &str, mark: &str| -> Vec<(String, String)> {
            let key = ("request_key".to_owned(), page.key().to_owned());
            let all = marks.iter().map(|site| (site.clone(), mark.to_owned()));
            all.chain([key, ("name".to_owned(), name.to_owned())]).collect()
        };
        let nameless = send(&mut officer, &grid, &fields(&page, " ", "forbid"));
        assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nameless.has("方案名称要填写") && nameless.has(r#"value="forbid" checked"#));
        let page = officer.get(&grid);
        let forbidden = send(&mut officer, &grid, &fields(&page, "方案乙", "forbid"));
        assert_eq!(forbidden.status, StatusCode::SEE_OTHER, "{}", forbidden.body);
        let new = officer.get(forbidden.header("location"));
        assert!(new.has("步行能到的场所都被禁用了") && new.has(r#"value="forbid" checked"#), "{}", new.body);
        assert!(!new.has("为什么设在这里"));
        // The scenario that it was made from is as it was.
        assert!(!officer.get(&grid).has(r#"value="forbid" checked"#));
        let (other, _) = forbidden.header("location").split_once("/grids/").unwrap();
        let compared = officer.get(&format!(
            "/district/plan/compare?a={}&b={}",
            scenario.rsplit('/').next().unwrap(),
            other.rsplit('/').next().unwrap()
        ));
        assert!(
            compared.has("方案甲") && compared.has("方案乙") && compared.has("1 个网格不同"),
            "{}",
            compared.body
        );
        assert!(
            compared.has("服务不到的社区从 0 个变为")
                && compared.body.matches("<svg viewBox=\"0 0 720").count() == 2
        );
        // Pinning every place opens every place.
        let page = officer.get(&grid);
        let pinned = send(&mut officer, &grid, &fields(&page, "方案丙", "pin"));
        let pinned = officer.get(pinned.header("location"));
        assert!(pinned.has("这一处由您固定") && pinned.has(r#"value="pin" checked"#));
        // A scenario can be copied with its marks, and deleted.
        let copy = officer.get(&format!("{other}/copy"));
        assert!(copy.has("沿用“方案乙”里固定和禁用的场所"));
        let key = officer.get(other).key().to_owned();
        let gone = officer.post(&format!("{other}/discard"), &[("request_key", &key)]);
        assert_eq!(gone.header("location"), "/district/plan");
        assert_eq!(officer.get(other).status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_scenario_is_adopted_and_carried_out() {
    simulated_as(order(SIZE), |browser| {
        let mut officer = officer(browser);
        let scenario = computed(&mut officer, &[("name", "方案甲"), ("rent_square_metre", "10")]);
        let ask = officer.get(&format!("{scenario}/adopt"));
        assert!(
            ask.has("把“方案甲”采纳为全区规划") && ask.has("现行规划“手册 2.0 重排”到此结束"),
            "{}",
            ask.body
        );
        let key = ask.key().to_owned();
        let early =
            officer.post(&format!("{scenario}/adopt"), &[("request_key", &key), ("from", "2026-01-30")]);
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(early.has("日期不能早于方案所依据的 2026-01-31") && early.has(r#"id="from-e""#));
        let no_day = officer.post(&format!("{scenario}/adopt"), &[("request_key", &key), ("from", "")]);
        assert!(no_day.has("请填写日期"));
        let adopted =
            officer.post(&format!("{scenario}/adopt"), &[("request_key", &key), ("from", "2026-01-31")]);
        assert_eq!(adopted.header("location"), "/district/plan/progress", "{}", adopted.body);
        assert!(
            officer.get(&scenario).has("已采纳")
                && officer.get(&format!("{scenario}/adopt")).has("已经采纳过")
        );
        let key = officer.get("/district/plan").key().to_owned();
        let again =
            officer.post(&format!("{scenario}/adopt"), &[("request_key", &key), ("from", "2026-01-31")]);
        assert!(again.has("方案“方案甲”已经采纳过"));
        // A planned point is entered as open.
        let progress = officer.get("/district/plan/progress");
        let towns = links(&progress, "/district/plan/progress?town=");
        let town =
            towns.iter().find(|town| officer.get(town).has(r#"name="open""#)).expect("something to open");
        let page = officer.get(town);
        let (_, after) = page.body.split_once(r#"name="open" value=""#).unwrap();
        let point = after.split('"').next().unwrap().to_owned();
        let code = town.rsplit('=').next().unwrap();
        let key = page.key().to_owned();
        let nothing = officer
            .post("/district/plan/progress", &[("request_key", &key), ("town", code), ("day", "2026-01-31")]);
        assert!(nothing.has("没有选中任何一处"));
        let fields = [("request_key", key.as_str()), ("town", code), ("day", "2026-01-31"), ("open", &point)];
        let opened = officer.post("/district/plan/progress", &fields);
        assert_eq!(opened.header("location"), town, "{}", opened.body);
        let after = officer.get(town);
        assert!(after.has("已经完成 1 件"), "{}", after.body);
        assert!(!after.has(&format!(r#"value="{point}""#)), "{}", after.body);
    });
}

#[test]
fn who_may_not_plan_reads_or_is_refused() {
    simulated_as(order(SIZE), |browser| {
        let mut town = browser();
        town.enter(Role::TownOfficer);
        let page = town.get("/district/plan");
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.has("name=\"worker_year\"") && !page.has("采纳为全区规划"));
        let key = town.get("/").key().to_owned();
        let refused = town.post("/district/plan", &[("request_key", &key), ("name", "方案甲")]);
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut worker = browser();
        worker.enter(Role::CommunityWorker);
        assert_eq!(worker.get("/district/plan").status, StatusCode::FORBIDDEN);
        assert_eq!(worker.get("/district/gaps").status, StatusCode::FORBIDDEN);
        let anyone = browser().get("/district/plan");
        assert_eq!(anyone.header("location"), "/enter?next=%2Fdistrict%2Fplan");
        let mut officer = officer(browser);
        for address in
            ["/district/plan/x", "/district/plan/00000000-0000-0000-0000-000000000000", "/district/plan?x"]
        {
            let expected = if address.ends_with("?x") { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(officer.get(address).status, expected, "{address}");
        }
    });
}
