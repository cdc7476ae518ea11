//! A station in the browser: its people and its hours are entered, and its week shows somebody there.

use base::{Day, Position};
use db::Db;
use district::kit::{Actor, Call, Id, PointId, PremisesId, Role, StationId, TownId};
use district::register;
use district::stations::{self, AddPoint, AddPremises, AddStation, Place};
use handbook::StationForm;
use http::StatusCode;

use super::fixture::{Answer, Browser, story_in, town};

fn id<T: Id>(number: u128) -> T {
    T::from_uuid(base::Uuid::from_u128(number))
}

/// The station of the town officer's town, and one of a town beside it.
const OWN: u128 = 1;
const FOREIGN: u128 = 2;

fn address(number: u128) -> String {
    format!("/district/stations/{}", id::<StationId>(number))
}

fn rota() -> String {
    format!("{}/points/{}/rota", address(OWN), id::<PointId>(OWN))
}

/// A station without posts in each of two towns; its one point in premises, open since 2026-01-15.
fn two_stations(db: &Db) {
    let program = Actor::program();
    db.write(|tx| {
        let call = &mut Call::new(&program, testkit::now(), 77);
        let day = |text: &str| Day::parse(text).unwrap();
        let position = Position::new(311_500_000, 1_213_700_000).unwrap();
        let other = register::AddTown {
            id: id::<TownId>(9),
            code: "310112101".into(),
            name: "莘庄镇".into(),
            name_en: "Xinzhuang Town".into(),
            position,
            boundary: None,
            from: day("2025-01-01"),
        };
        register::add_towns(tx, call, &[other])?;
        for (number, town, name) in [(OWN, town(), "虹桥社工站"), (FOREIGN, id(9), "莘庄社工站")] {
            let premises = AddPremises {
                id: id::<PremisesId>(number),
                kind: "party_service_centre".into(),
                name: format!("{name}党群服务中心"),
                name_en: "Party Service Centre".into(),
                town,
                grid: None,
                community: None,
                position,
                room_offered: true,
                area: None,
                rent: None,
                from: day("2025-01-01"),
            };
            stations::add_premises(tx, call, &[premises])?;
            let point = AddPoint {
                id: id(number),
                host: true,
                place: Place::Premises(id(number)),
                words: "1号楼一层".into(),
                position,
                opened_on: Some(day("2026-01-15")),
            };
            let station = AddStation {
                id: id(number),
                name: name.into(),
                name_en: "Example Station".into(),
                form: StationForm::Standalone,
                town,
                grid: None,
                telephone: String::new(),
                planned_on: day("2026-01-01"),
                opened_on: Some(day("2026-01-15")),
                points: vec![point],
            };
            stations::add_stations(tx, call, &[station])?;
        }
        Ok::<_, district::Error>(())
    })
    .unwrap();
}

fn send(browser: &mut Browser, form: &str, fields: &[(&str, &str)]) -> Answer {
    let key = browser.get(form).key().to_owned();
    let mut all = vec![("request_key", key.as_str())];
    all.extend(fields);
    browser.post(form, &all)
}

fn went(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.header("location").to_owned()
}

/// The id of the post that is on duty in a form of hours.
fn post_of(page: &Answer) -> String {
    let (_, after) = page.body.split_once(r#"name="post-1-1""#).unwrap();
    let (_, after) = after.split_once("</option>").unwrap();
    let (_, after) = after.split_once(r#"<option value=""#).unwrap();
    after.split_once('"').unwrap().0.to_owned()
}

#[test]
fn a_post_is_added_and_filled_and_put_on_duty_and_somebody_is_there() {
    story_in(true, two_stations, |browser| {
        let mut officer = browser();
        officer.enter(Role::TownOfficer);
        let list = officer.get("/district/stations");
        assert!(list.has("共 1 个社工站，其中 1 个已开放；0 个岗位，0 人在岗。"), "{}", list.body);
        assert!(list.has("虹桥社工站") && !list.has("莘庄社工站"));
        let empty = officer.get(&address(OWN));
        assert!(empty.has("还没有岗位") && empty.has("还没有排班") && empty.has("还没有登记电话"));

        let posts = format!("{}/posts", address(OWN));
        let bad = send(&mut officer, &posts, &[("title", "community_worker"), ("from", "一月")]);
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad.has(r#"id="from-e""#) && bad.has("一月"));
        let post =
            went(&send(&mut officer, &posts, &[("title", "community_worker"), ("from", "2026-01-20")]));
        assert!(post.starts_with(&posts) && post.ends_with("?done=post"));

        let nobody = send(&mut officer, &post, &[("act", "held"), ("from", "2026-01-20"), ("name", "")]);
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nobody.has(r#"id="name-e""#));
        let fields =
            [("act", "held"), ("from", "2026-01-20"), ("name", "张示例"), ("telephone", "19900001234")];
        let held = went(&send(&mut officer, &post, &fields));
        assert_eq!(held, format!("{}?done=held", address(OWN)));
        // Masked on the page; whole once it is asked for, and then on record for its person.
        let page = officer.get(&address(OWN));
        assert!(page.has("199****1234") && !page.has("19900001234") && !page.has("张示例"));
        let asked = format!("{}/holder", post.split('?').next().unwrap());
        let shown = officer.post(&asked, &[("request_key", page.key())]);
        assert!(shown.has("19900001234") && shown.has("张示例") && shown.has("记入操作日志"));
        let mut district = browser();
        district.enter(Role::DistrictOfficer);
        assert_eq!(district.post(&asked, &[("request_key", page.key())]).status, StatusCode::FORBIDDEN);

        let form = officer.get(&rota());
        let number = post_of(&form);
        let wrong = [
            ("from", "2026-01-31"),
            ("from-1-1", "12:30"),
            ("to-1-1", "09:00"),
            ("post-1-1", number.as_str()),
            ("from-6-1", "9点"),
        ];
        let wrong = send(&mut officer, &rota(), &wrong);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.has("周一：结束要晚于开始") && wrong.has(r#"id="to-1-1-e""#), "{}", wrong.body);
        assert!(wrong.has("周六：请填写时间") && wrong.has(r#"value="12:30""#) && wrong.has("9点"));
        let hours = [
            ("from", "2026-01-31"),
            ("from-1-1", "09:00"),
            ("to-1-1", "12:30"),
            ("post-1-1", number.as_str()),
            ("from-6-1", "13:00"),
            ("to-6-1", "15:00"),
            ("same", "1"),
        ];
        assert_eq!(went(&send(&mut officer, &rota(), &hours)), format!("{}?done=rota", address(OWN)));
        let page = officer.get(&format!("{}?done=rota", address(OWN)));
        assert!(page.has("排班已经保存。"));
        // Five mornings with somebody there, and Saturday afternoon with the door open alone.
        assert!(page.has("每周开门 19 小时 30 分，其中有人值班 17 小时 30 分。"), "{}", page.body);
        assert_eq!(page.body.matches("09:00–12:30").count(), 5);
        assert!(page.has("13:00–15:00") && page.has("只开门"));
        assert!(page.has("张**") && page.has("199****1234") && !page.has("张示例"));
        assert!(officer.get("/district/stations").has("1 个岗位，1 人在岗。"));
        // The day before, the hours are not there yet.
        let before = officer.get(&format!("{}?on=2026-01-30", address(OWN)));
        assert!(before.has("2026-01-31 起换用另一份排班") && !before.has("09:00–12:30"));

        // The post falls vacant: the door stays open, and nobody is there.
        let vacant = went(&send(&mut officer, &post, &[("act", "vacant"), ("from", "2026-01-31")]));
        let page = officer.get(&vacant);
        assert!(page.has("其中有人值班 0 小时") && page.has("1 号岗（空缺）"), "{}", page.body);
        let ended = went(&send(&mut officer, &post, &[("act", "ended"), ("from", "2026-01-31")]));
        assert!(officer.get(&ended).has("这个社工站还没有岗位"));
    });
}

#[test]
fn a_form_sent_twice_is_done_once() {
    story_in(true, two_stations, |browser| {
        let mut officer = browser();
        officer.enter(Role::DistrictOfficer);
        let posts = format!("{}/posts", address(OWN));
        let key = officer.get(&posts).key().to_owned();
        let fields = [("request_key", key.as_str()), ("title", "social_worker"), ("from", "2026-01-31")];
        let first = went(&officer.post(&posts, &fields));
        assert_eq!(went(&officer.post(&posts, &fields)), first);
        assert!(officer.get(&address(OWN)).has("1 个岗位，0 人在岗"));
        // The post that ended when the form came first is there no more when it comes again.
        let key = officer.get(&first).key().to_owned();
        let fields = [("request_key", key.as_str()), ("act", "ended"), ("from", "2026-01-31")];
        let ended = went(&officer.post(&first, &fields));
        assert_eq!(went(&officer.post(&first, &fields)), ended);
        let gone = [("request_key", "01890000-0000-7000-8000-000000000001"), ("act", "ended")];
        assert_eq!(officer.post(&first, &gone).status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_station_of_another_town_is_neither_read_nor_changed() {
    story_in(true, two_stations, |browser| {
        let mut officer = browser();
        officer.enter(Role::TownOfficer);
        let key = officer.get(&format!("{}/posts", address(OWN))).key().to_owned();
        let (own, foreign) = (address(OWN), address(FOREIGN));
        assert_eq!(officer.get(&foreign).status, StatusCode::FORBIDDEN);
        let fields = [("request_key", key.as_str()), ("title", "social_worker"), ("from", "2026-01-31")];
        for form in ["describe", "posts"] {
            assert_eq!(officer.get(&format!("{foreign}/{form}")).status, StatusCode::FORBIDDEN);
            assert_eq!(officer.post(&format!("{foreign}/{form}"), &fields).status, StatusCode::FORBIDDEN);
        }
        // A point of another station has no hours under this one's address.
        let strange = format!("{own}/points/{}/rota", id::<PointId>(FOREIGN));
        assert_eq!(officer.get(&strange).status, StatusCode::NOT_FOUND);
        let mut operator = browser();
        operator.enter(Role::Operator);
        assert!(operator.get("/district/stations").has("这里还没有社工站"));
        assert_eq!(operator.get(&own).status, StatusCode::FORBIDDEN);
        assert_eq!(operator.post(&format!("{own}/posts"), &fields).status, StatusCode::FORBIDDEN);
        assert_eq!(operator.post(&rota(), &fields).status, StatusCode::FORBIDDEN);
        let mut district = browser();
        district.enter(Role::DistrictOfficer);
        let list = district.get("/district/stations?town=310112101");
        assert!(list.has("莘庄社工站") && !list.has("虹桥社工站"));
        assert_eq!(district.get("/district/stations?town=999").status, StatusCode::NOT_FOUND);
        assert_eq!(district.get("/district/stations/x").status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_telephone_that_everyone_sees_is_changed() {
    story_in(true, two_stations, |browser| {
        let mut officer = browser();
        officer.enter(Role::TownOfficer);
        let form = format!("{}/describe", address(OWN));
        let wrong = send(&mut officer, &form, &[("name", "虹桥社工站"), ("telephone", "问老王")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.has(r#"id="telephone-e""#) && wrong.has("问老王"));
        let fields = [("name", "虹桥镇社工站"), ("telephone", "021－6400 0000")];
        let to = went(&send(&mut officer, &form, &fields));
        let page = officer.get(&to);
        assert!(page.has("虹桥镇社工站") && page.has("021-6400 0000") && page.has("tel:02164000000"));
        officer.get("/?lang=en");
        let page = officer.get(&to);
        assert!(page.has("Name and telephone were saved.") && page.has("This station has no posts yet."));
        assert!(officer.get("/district/stations").has("Stations: 1, of which open: 1."));
    });
}

#[test]
fn premises_are_added_where_one_may_and_listed_with_what_they_offer() {
    story_in(true, two_stations, |browser| {
        let mut officer = browser();
        officer.enter(Role::TownOfficer);
        let form = "/district/stations/premises/new";
        let page = officer.get(form);
        // A town officer's own town is chosen already, and there is no other.
        assert!(page.has("虹桥镇") && !page.has("莘庄镇"), "{}", page.body);
        let own = town().to_string();
        let mut fields = vec![
            ("kind", "committee_office"),
            ("name", "示范居委会"),
            ("town", own.as_str()),
            ("latitude", "121.38"),
            ("longitude", "31.11"),
            ("offered", "1"),
            ("area", "大"),
            ("rent", "12,000.50"),
            ("from", "2026-01-31"),
        ];
        let wrong = send(&mut officer, form, &fields);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.has("经度和纬度好像填反了") && wrong.has(r#"id="area-e""#) && wrong.has("示范居委会"));
        fields[3] = ("latitude", "31.11");
        fields[4] = ("longitude", "121.38");
        fields[6] = ("area", "89.5");
        let foreign = id::<TownId>(9).to_string();
        let mut elsewhere = fields.clone();
        elsewhere[2] = ("town", foreign.as_str());
        let elsewhere = send(&mut officer, form, &elsewhere);
        assert!(elsewhere.status == StatusCode::UNPROCESSABLE_ENTITY && elsewhere.has(r#"id="town-e""#));
        let list = went(&send(&mut officer, form, &fields));
        let page = officer.get(&list);
        assert!(page.has("登记用房 2 处，其中 2 处可以提供房间"), "{}", page.body);
        assert!(page.has("示范居委会") && page.has("¥12,000.50") && !page.has("莘庄社工站"));
        // They end from a day on; those with a point in them do not, nor those of another town.
        let all = "/district/stations/premises";
        let addresses: Vec<String> = page
            .body
            .split(&format!("action=\"{all}/"))
            .skip(1)
            .map(|after| format!("{all}/{}", after.split('"').next().unwrap()))
            .collect();
        assert_eq!(addresses.len(), 2);
        let mut end = |address: &str, to: &str| {
            let key = officer.get(all).key().to_owned();
            officer.post(address, &[("request_key", key.as_str()), ("to", to)])
        };
        let wrong = end(&addresses[0], "tomorrow");
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.has("日期不对"));
        let answers: Vec<_> = addresses.iter().map(|address| end(address, "2026-02-01")).collect();
        let refused: Vec<_> = answers.iter().filter(|it| it.status != StatusCode::SEE_OTHER).collect();
        assert_eq!(refused.len(), 1);
        assert!(refused[0].has("仍有 1 个服务点"), "{}", refused[0].body);
        assert!(officer.get(&format!("{all}?on=2026-01-31")).has("示范居委会"));
        assert!(!officer.get(&format!("{all}?on=2026-02-01")).has("示范居委会"));
    });
}
