//! The desk: nobody finds it empty who has work, and each count is that of the list it opens.

use district::kit::Role;
use http::StatusCode;

use super::fixture::{simulated, simulated_as};

/// The first number in a text.
fn number(text: &str) -> usize {
    let digits: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .collect();
    digits.replace(',', "").parse().unwrap_or_else(|_| panic!("no number in “{text}”"))
}

/// Addresses with the words that lead there, of the list of what is due.
fn due(body: &str) -> Vec<(String, String)> {
    let Some((_, list)) = body.split_once(r#"<ol class="todo""#) else { return Vec::new() };
    let list = list.split("</ol>").next().unwrap();
    list.split(r#"<b><a href=""#)
        .skip(1)
        .map(|rest| {
            let (href, rest) = rest.split_once('"').unwrap();
            let words = rest.split_once('>').unwrap().1.split('<').next().unwrap();
            (href.to_owned(), words.to_owned())
        })
        .collect()
}

#[test]
fn each_count_is_that_of_the_list_it_opens() {
    simulated_as(sim::Order { per_mille: 30, ..sim::Order::new(5) }, |open| {
        for role in [Role::DistrictOfficer, Role::TownOfficer, Role::GridLeader, Role::CommunityWorker] {
            let mut officer = open();
            officer.enter(role);
            let lines = due(&officer.get("/desk").body);
            let steers = matches!(role, Role::DistrictOfficer | Role::TownOfficer);
            assert!(!steers || !lines.is_empty(), "{role:?} has nothing to do in a district with gaps");
            for (href, words) in lines {
                let list = officer.get(href.split('#').next().unwrap());
                assert_eq!(list.status, StatusCode::OK, "{href}");
                let count = number(&words);
                let said = [
                    format!("共 {count} 项"),
                    format!("共 {count} 张"),
                    format!("共 {count} 件"),
                    format!("{count} 户"),
                    format!("{count} 个社区"),
                    format!("等区里确认：{count} 项"),
                ];
                assert!(said.iter().any(|said| list.has(said)), "{words} leads to {href}: {}", list.body);
            }
        }
    });
}

#[test]
fn every_room_that_is_offered_opens() {
    simulated(|open| {
        for role in [
            Role::Anyone,
            Role::DistrictOfficer,
            Role::TownOfficer,
            Role::GridLeader,
            Role::CommunityWorker,
            Role::Operator,
        ] {
            let mut browser = open();
            if role != Role::Anyone {
                browser.enter(role);
            }
            for door in ["/", "/desk", "/district"] {
                let band = browser.get(door).body;
                let Some((_, band)) = band.split_once(r#"<nav class="rooms""#) else { continue };
                let band = band.split("</nav>").next().unwrap();
                for href in band.split(r#"href=""#).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                    let room = browser.get(href);
                    assert_eq!(room.status, StatusCode::OK, "{role:?} is offered {href}: {}", room.body);
                }
            }
        }
    });
}

#[test]
fn whoever_serves_a_grid_sees_its_points_and_communities() {
    simulated(|open| {
        for role in [Role::GridLeader, Role::CommunityWorker, Role::Operator] {
            let mut browser = open();
            browser.enter(role);
            let desk = browser.get("/desk");
            assert!(desk.has("您的社区"), "{role:?}: {}", desk.body);
            assert!(!desk.has("今天没有要办的事"), "{role:?}");
        }
    });
}

#[test]
fn the_load_of_a_town_is_seen_by_whoever_can_level_it() {
    simulated(|open| {
        let mut officer = open();
        officer.enter(Role::DistrictOfficer);
        let choosing = officer.get("/desk/load");
        assert_eq!(choosing.status, StatusCode::OK);
        assert!(choosing.has("请先选一个街镇") && !choosing.has("<tbody>"), "{}", choosing.body);
        assert_eq!(officer.get("/desk/load?town=1").status, StatusCode::NOT_FOUND);
        let mut town = open();
        town.enter(Role::TownOfficer);
        let own = town.get("/desk/load").body;
        assert!(own.contains("各站每岗差不到一成") || own.contains("怎样拉平"), "{own}");
        let code =
            choosing.body.split(r#"<option value=""#).nth(2).and_then(|it| it.split('"').next()).unwrap();
        assert_eq!(officer.get(&format!("/desk/load?town={code}")).status, StatusCode::OK);
        // The stations of another town are another's.
        let others: Vec<&str> = choosing
            .body
            .split(r#"<option value=""#)
            .skip(2)
            .map(|it| it.split('"').next().unwrap())
            .collect();
        let refused = others.iter().filter(|code| {
            let answer = town.get(&format!("/desk/load?town={code}"));
            assert!([StatusCode::OK, StatusCode::FORBIDDEN].contains(&answer.status), "{code}");
            answer.status == StatusCode::FORBIDDEN
        });
        assert_eq!(refused.count(), others.len() - 1);
    });
}

#[test]
fn a_round_that_was_not_walked_to_its_end_is_in_the_list_that_the_desk_counts() {
    simulated(|open| {
        let mut leader = open();
        leader.enter(Role::GridLeader);
        let late = leader.get("/desk/visits/late");
        assert_eq!(late.status, StatusCode::OK);
        let rows = late.body.matches(r#"<a href="/desk/visits?station="#).count();
        assert!(late.has(&format!("共 {rows} 张")), "{}", late.body);
        let counted = due(&leader.get("/desk").body);
        let on_desk = counted
            .iter()
            .find(|(href, _)| href == "/desk/visits/late")
            .map_or(0, |(_, words)| number(words));
        assert_eq!(on_desk, rows);
    });
}
