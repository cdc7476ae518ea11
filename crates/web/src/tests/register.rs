//! The register in the browser: described anew, placed on the map, proposed for the list and taken off it.

use district::kit::Role;
use http::StatusCode;

use super::fixture::{Answer, Browser, simulated};

/// 爱琴海, which every simulated district has.
const COMMUNITY: &str = "/communities/310112107001";

fn entered(open: &mut dyn FnMut() -> Browser, role: Role) -> Browser {
    let mut browser = open();
    browser.enter(role);
    browser
}

/// The value of a field, or the chosen option of a list.
fn value(page: &Answer, field: &str) -> String {
    let (_, rest) =
        page.body.split_once(&format!(r#"name="{field}""#)).unwrap_or_else(|| panic!("no {field}"));
    let (head, rest) = rest.split_once('>').unwrap();
    let of = |text: &str| {
        text.split_once(r#"value=""#).and_then(|(_, it)| it.split_once('"')).map(|(it, _)| it.to_owned())
    };
    if let Some(value) = of(head) {
        return value;
    }
    let (list, _) = rest.split_once("</select>").unwrap_or((rest, ""));
    let chosen = list.split("<option").find(|option| option.contains(" selected"));
    chosen.and_then(of).unwrap_or_default()
}

const FIELDS: [&str; 15] = [
    "name",
    "name_en",
    "kind",
    "right",
    "label",
    "town",
    "grid",
    "address",
    "latitude",
    "longitude",
    "system",
    "opened_on",
    "planned",
    "planned_on",
    "from",
];

/// Sends the form of a page as it is shown, with some fields changed.
fn send(browser: &mut Browser, address: &str, changed: &[(&str, &str)]) -> Answer {
    let page = browser.get(address);
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let mut fields: Vec<(String, String)> = vec![("request_key".into(), page.key().into())];
    for field in FIELDS {
        let of = changed.iter().find(|(name, _)| *name == field);
        fields.push((field.into(), of.map_or_else(|| value(&page, field), |(_, value)| (*value).to_owned())));
    }
    // The seal of a form goes back as it came.
    if page.has(r#"name="seal""#) && !changed.iter().any(|(name, _)| *name == "seal") {
        fields.push(("seal".into(), value(&page, "seal")));
    }
    for (name, value) in changed.iter().filter(|(name, _)| !FIELDS.contains(name)) {
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(address, &fields)
}

#[test]
fn a_record_is_changed_from_a_day_on_and_faults_stand_at_their_fields() {
    simulated(|open| {
        let mut officer = entered(open, Role::DistrictOfficer);
        let edit = format!("{COMMUNITY}/edit");
        let wrong = send(
            &mut officer,
            &edit,
            &[
                ("name", ""),
                ("latitude", "121.3812"),
                ("longitude", "31.1126"),
                ("planned", "60000"),
                ("from", "31.1.2026"),
            ],
        );
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["请填写名称", "经度和纬度好像填反了", "规划户数应在 0 到 50,000 之间", "日期不对"]
        {
            assert!(wrong.has(words), "{words}: {}", wrong.body);
        }
        assert!(
            wrong.has(r#"id="latitude-e""#) && wrong.has(r#"value="60000""#),
            "told at the field, and kept"
        );
        let early = send(&mut officer, &edit, &[("from", "2001-01-01")]);
        assert!(early.has("这一天它还不在名单上"), "{}", early.body);
        let done = send(
            &mut officer,
            &edit,
            &[
                ("name", "爱琴海新里"),
                ("from", "2026-01-20"),
                ("planned", "１,２００"),
                ("planned_on", "2026-01-15"),
            ],
        );
        assert_eq!(
            (done.status, done.header("location")),
            (StatusCode::SEE_OTHER, COMMUNITY),
            "{}",
            done.body
        );
        assert!(officer.get(COMMUNITY).has("爱琴海新里") && officer.get(COMMUNITY).has("1,200"));
        assert!(
            !officer.get(&format!("{COMMUNITY}?on=2026-01-19")).has("爱琴海新里"),
            "earlier days stay as they were"
        );
        let mut town = entered(open, Role::TownOfficer);
        let other = officer.get("/communities?town=").body;
        let strange = other
            .split("/communities/")
            .find(|rest| rest.starts_with("310112") && !rest.starts_with("310112107"));
        let strange = strange.unwrap().split('"').next().unwrap();
        assert_eq!(town.get(&format!("/communities/{strange}/edit")).status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn two_who_change_a_record_at_once_do_not_lose_each_others_words() {
    simulated(|open| {
        let edit = format!("{COMMUNITY}/edit");
        let mut one = entered(open, Role::DistrictOfficer);
        let mut two = entered(open, Role::DistrictOfficer);
        let opened = value(&one.get(&edit), "seal");
        let done = send(&mut two, &edit, &[("address", "示例路七弄")]);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let late = send(&mut one, &edit, &[("label", "人才公寓"), ("seal", &opened), ("address", "旧址")]);
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            late.has("有人改过这份档案") && late.has(r#"value="人才公寓""#),
            "told, and kept: {}",
            late.body
        );
        assert!(one.get(COMMUNITY).has("示例路七弄"));
        // Having looked at it, one saves again.
        let seal = value(&late, "seal");
        let again = send(&mut one, &edit, &[("label", "人才公寓"), ("seal", &seal)]);
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    });
}

#[test]
fn what_is_registered_for_later_days_goes_only_when_a_box_is_ticked() {
    simulated(|open| {
        let edit = format!("{COMMUNITY}/edit");
        let mut officer = entered(open, Role::DistrictOfficer);
        assert!(!officer.get(&edit).has(r#"name="replacing""#), "there is nothing to lose");
        let planned = [("planned", "1300"), ("planned_on", "2026-01-15"), ("from", "2026-03-01")];
        assert_eq!(send(&mut officer, &edit, &planned).status, StatusCode::SEE_OTHER);
        let shown = officer.get(&edit);
        assert!(shown.has(r#"name="replacing""#) && shown.has("起始日期：2026-03-01"), "{}", shown.body);
        let refused = send(&mut officer, &edit, &[("name", "爱琴海新里")]);
        assert!(
            refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.has("还登记了以后的版本"),
            "{}",
            refused.body
        );
        // Placing it takes nothing away.
        let key = refused.key().to_owned();
        let fields = [("request_key", key.as_str()), ("latitude", "31.1"), ("longitude", "121.4")];
        assert_eq!(officer.post(&format!("{COMMUNITY}/place"), &fields).status, StatusCode::SEE_OTHER);
        let march = officer.get(&format!("{COMMUNITY}?on=2026-03-01"));
        assert!(march.has("1,300"), "{}", march.body);
        let done = send(&mut officer, &edit, &[("name", "爱琴海新里"), ("replacing", "1")]);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let march = officer.get(&format!("{COMMUNITY}?on=2026-03-01"));
        assert!(march.has("爱琴海新里") && !march.has("1,300"));
    });
}

#[test]
fn a_list_of_a_past_day_leads_to_the_records_of_that_day() {
    simulated(|open| {
        let mut officer = entered(open, Role::DistrictOfficer);
        assert!(officer.get("/district/register?on=2026-01-15").has(&format!("{COMMUNITY}?on=2026-01-15")));
        let today = officer.get("/district/register");
        assert!(
            today.has(&format!("\"{COMMUNITY}\"")) && !today.has(&format!("{COMMUNITY}?on=")),
            "{}",
            today.body
        );
    });
}

#[test]
fn a_community_is_placed_by_clicking_closer_and_closer() {
    simulated(|open| {
        let mut officer = entered(open, Role::DistrictOfficer);
        let mut page = officer.get(&format!("{COMMUNITY}/place"));
        assert!(!page.has("就放在这里</button>"), "nothing is chosen yet");
        let mut clicks = 0;
        while page.has(r#"class="cell""#) {
            let (before, _) = page.body.rsplit_once(r#"class="cell""#).unwrap();
            let (_, link) = before.rsplit_once(r#"<a href=""#).unwrap();
            let link = link.split('"').next().unwrap().replace("&#38;", "&");
            page = officer.get(link.split('#').next().unwrap());
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            clicks += 1;
            assert!(clicks < 8, "it comes closer with each click");
        }
        assert!((3..=6).contains(&clicks), "{clicks}");
        let (lat, lon) = (value(&page, "latitude"), value(&page, "longitude"));
        let key = page.key().to_owned();
        let fields = [("request_key", key.as_str()), ("latitude", lat.as_str()), ("longitude", lon.as_str())];
        let done = officer.post(&format!("{COMMUNITY}/place"), &fields);
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let edit = officer.get(&format!("{COMMUNITY}/edit"));
        assert_eq!((value(&edit, "latitude"), value(&edit, "longitude")), (lat, lon));
        for nowhere in ["?at=1", "?at=121.4,31.1", "?at=a,b"] {
            assert_eq!(
                officer.get(&format!("{COMMUNITY}/place{nowhere}")).status,
                StatusCode::BAD_REQUEST,
                "{nowhere}"
            );
        }
    });
}

#[test]
fn a_town_proposes_and_the_district_decides() {
    simulated(|open| {
        let mut town = entered(open, Role::TownOfficer);
        let mut district = entered(open, Role::DistrictOfficer);
        let form = town.get("/district/register/propose");
        let own = form.body.split(r#"<option value=""#).filter_map(|it| it.split_once('"')).map(|(id, _)| id);
        let own = own.into_iter().find(|id| id.len() == 32 || id.len() == 36).unwrap().to_owned();
        let described = [
            ("name", "新虹青年里"),
            ("kind", "affordable_rental"),
            ("right", "single_owner"),
            ("town", own.as_str()),
            ("from", "2026-02-01"),
        ];
        let bare = send(&mut town, "/district/register/propose", &described);
        assert!(bare.status == StatusCode::UNPROCESSABLE_ENTITY && bare.has("请写明原因"), "{}", bare.body);
        let reason = [described.as_slice(), &[("reason", "新建成，二月起入住")]].concat();
        let sent = send(&mut town, "/district/register/propose", &reason);
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let waiting = town.get("/district/register/proposals");
        assert!(
            waiting.has("新虹青年里") && waiting.has("新建成，二月起入住") && waiting.has("等区里确认：1 项")
        );
        assert!(!waiting.has(">确认<"), "a town does not confirm");
        let before = district.get("/district/register?on=2026-02-01");
        assert!(!before.has("新虹青年里"));
        let page = district.get("/district/register/proposals");
        let proposal = value(&page, "proposal");
        let decide = |browser: &mut Browser, key: &str, what: &str| {
            browser.post(
                "/district/register/proposals",
                &[("request_key", key), ("proposal", &proposal), ("do", what)],
            )
        };
        assert_eq!(decide(&mut district, page.key(), "perhaps").status, StatusCode::BAD_REQUEST);
        assert_eq!(decide(&mut district, page.key(), "confirm").status, StatusCode::SEE_OTHER);
        assert!(district.get("/district/register?on=2026-02-01&q=xinhong").has("新虹青年里"));
        let again = district.get("/");
        let twice = decide(&mut district, again.key(), "refuse");
        assert!(twice.has("已经有了决定"), "{}", twice.body);
        assert!(district.get("/district/register/proposals").has("已确认"));
    });
}

#[test]
fn a_community_leaves_with_a_reason_and_earlier_days_remember_it() {
    simulated(|open| {
        let mut officer = entered(open, Role::DistrictOfficer);
        let leave = format!("{COMMUNITY}/leave");
        let page = officer.get(&leave);
        let key = page.key().to_owned();
        let bare = officer.post(&leave, &[("request_key", &key), ("on", "2026-01-31"), ("reason", " ")]);
        assert!(bare.status == StatusCode::UNPROCESSABLE_ENTITY && bare.has("请写明原因"));
        let key = bare.key().to_owned();
        let sent =
            officer.post(&leave, &[("request_key", &key), ("on", "2026-01-31"), ("reason", "改为酒店")]);
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let page = officer.get("/district/register/proposals");
        let (proposal, key) = (value(&page, "proposal"), page.key().to_owned());
        officer.post(
            "/district/register/proposals",
            &[("request_key", &key), ("proposal", &proposal), ("do", "confirm")],
        );
        assert_eq!(officer.get(COMMUNITY).status, StatusCode::NOT_FOUND);
        assert_eq!(officer.get(&format!("{COMMUNITY}?on=2026-01-30")).status, StatusCode::OK);
        let list = officer.get("/district/register");
        assert!(list.has("改为酒店") && list.has(&format!("{COMMUNITY}?on=2026-01-30")), "{}", list.body);
    });
}

#[test]
fn what_is_for_officers_can_not_be_asked_of_the_public_list() {
    simulated(|open| {
        let mut anyone = open();
        let list = anyone.get("/communities");
        assert_eq!(list.status, StatusCode::OK);
        let names = |page: &Answer| -> Vec<String> {
            page.body
                .split(r#"href="/communities/"#)
                .skip(1)
                .map(|it| it.split('"').next().unwrap().into())
                .collect()
        };
        for asked in [
            "sort=households&order=down",
            "mode=station",
            "located=no",
            "sort=dwellings&after=n40&id=019b9b550900791f81769035bd58cf71",
        ] {
            let page = anyone.get(&format!("/communities?{asked}"));
            assert_eq!(names(&page), names(&list), "{asked} says nothing of what it asks for");
        }
    });
}

#[test]
fn a_town_reads_how_its_own_number_came_and_no_other() {
    simulated(|open| {
        let mut town = entered(open, Role::TownOfficer);
        let own = town.get("/district/register");
        let explained = "上月末";
        assert!(own.has(explained), "{}", own.body);
        let other = own
            .body
            .split(r#"<option value=""#)
            .skip(1)
            .map(|it| it.split('"').next().unwrap())
            .find(|id| id.len() == 32 && !own.has(&format!(r#"<option value="{id}" selected"#)))
            .expect("another town")
            .to_owned();
        assert!(!town.get(&format!("/district/register?town={other}")).has(explained));
    });
}
