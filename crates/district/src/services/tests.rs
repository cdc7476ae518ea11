//! The directory and referrals, on both engines.

use base::{Day, Instant};
use db::Db;
use proptest::prelude::*;
use rrule::RRuleSet;

use super::rules::{Frequency, Hours, Opening, Rule, lines, openings, opens_on};
use super::*;
use crate::kit::fixture::{Fixture, at, day, district, read, write};
use crate::kit::{Actor, Call, Error, Grant, PersonId, ReferralId, Role, Scope, TenancyId};
use crate::notices::Kind;
use crate::people::vault::{AddPerson, Vault, add_persons};
use crate::{notices, people, register};

fn vault() -> Vault {
    Vault::new(&[1; 32])
}

/// A provider with one service in the first town, open on weekday mornings and on the first Saturday.
pub(crate) fn offered(db: &Db, fixture: &Fixture) -> ServiceId {
    write(db, 50, |tx, call| {
        let provider = Provider {
            id: call.id(),
            organisation: None,
            name: "虹桥镇社区事务受理服务中心".into(),
            name_en: "Hongqiao Affairs Centre".into(),
            telephone: "021-6400 0000".into(),
            website: "https://example.org".into(),
            from: day("2025-01-01"),
        };
        let service = add(call.id(), provider.id, fixture, call.id());
        add_providers(tx, call, &[provider])?;
        add_services(tx, call, std::slice::from_ref(&service))?;
        Ok(service.id)
    })
    .unwrap()
}

fn add(id: ServiceId, provider: ProviderId, fixture: &Fixture, place: ServicePlaceId) -> AddService {
    AddService {
        id,
        provider,
        town: Some(fixture.towns[0]),
        category: Category::Papers,
        words: Words {
            name: "居住证办理".into(),
            name_en: "Residence permits".into(),
            about: "办理上海市居住证。".into(),
            telephone: "12345".into(),
            ..Words::default()
        },
        week_one: Some(1),
        from: day("2025-01-01"),
        places: vec![AddPlace {
            id: place,
            name: "受理大厅".into(),
            name_en: "Hall".into(),
            address: "示例路100号".into(),
            town: fixture.towns[0],
            community: None,
            premises: None,
            position: Some(at(100, 100)),
            telephone: String::new(),
            hours: lines("周一至周五 09:00-11:30\n每月第一个周六 9:00-11:00").unwrap(),
        }],
    }
}

/// Somebody of the first community.
fn somebody(db: &Db, fixture: &Fixture) -> (TenancyId, PersonId) {
    let living = read(db, |tx| register::lives_in(tx, fixture.communities[0], "1号", day("2026-01-31"), 1));
    (living[0].tenancy, living[0].person)
}

fn worker(fixture: &Fixture, grid: usize) -> Actor {
    let grant = Grant {
        role: Role::CommunityWorker,
        scope: Scope::Grid { town: fixture.towns[usize::from(grid == 2)], grid: fixture.grids[grid] },
    };
    Actor { account: None, grants: vec![grant], only: None }
}

fn consent(note: &str) -> Consent {
    let until = testkit::now().day() + 60;
    Consent { by: ConsentBy::Person, how: ConsentHow::Spoken, until, note: note.into() }
}

fn refers(db: &Db, by: &Actor, service: ServiceId, who: (TenancyId, PersonId), note: &str) -> ReferralId {
    db.write(|tx| {
        let call = &mut Call::new(by, testkit::now(), 60);
        let id = call.id();
        let (tenancy, person) = who;
        let consent = (!note.is_empty()).then(|| consent(note));
        refer(tx, call, &vault(), &[Refer { id, service, tenancy, person, consent }])?;
        Ok::<_, Error>(id)
    })
    .unwrap()
}

fn steps_on(db: &Db, by: &Actor, at: Instant, id: ReferralId, seen: i64, step: Step) -> Result<()> {
    db.write(|tx| {
        let call = &mut Call::new(by, at, 70 + u64::try_from(seen).unwrap());
        advance(tx, call, &vault(), &[Advance { id, seen, step, consent: None }])
    })
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    match outcome {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("{other:?}"),
    }
}

testkit::db_test!(a_service_is_found_with_its_places_and_hours_until_it_ends, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let id = offered(db, &fixture);
    let today = day("2026-01-31");
    let book = read(db, |tx| directory(tx, today));
    let [found] = book.services.as_slice() else { panic!("{book:?}") };
    assert_eq!((found.id, found.words.name.as_str(), found.week_one), (id, "居住证办理", Some(1)));
    // 2026-01-31 is a Saturday, and not the first one.
    assert!(!found.opens_on(today) && found.opens_on(day("2026-02-07")) && found.opens_on(day("2026-02-02")));
    assert!(found.is_in(fixture.towns[0]) && !found.is_in(fixture.towns[1]));
    assert!(found.says("受理大厅") && found.says("RESIDENCE") && found.says("办证") && !found.says("幼儿园"));

    let change = |seen| ChangeService {
        id,
        seen,
        category: Category::Work,
        words: Words { name: "居住证".into(), ..Words::default() },
        week_one: None,
    };
    write(db, 51, |tx, call| change_services(tx, call, &[change(1)])).unwrap();
    // Whoever looked before that is told so, and changes nothing.
    let late = write(db, 52, |tx, call| change_services(tx, call, &[change(1)]));
    assert_eq!(refusal(late), "services-refused-meanwhile");
    let now = read(db, |tx| service(tx, id, today));
    assert_eq!((now.version, now.category, now.places.len()), (2, Category::Work, 1));

    let place = now.places[0].id;
    let from = day("2026-02-10");
    let hours = lines("每天 08:00-20:00").unwrap();
    write(db, 53, |tx, call| set_hours(tx, call, &[SetHours { place, from, hours: hours.clone() }])).unwrap();
    let now = read(db, |tx| service(tx, id, today));
    assert!(now.opens_on(day("2026-02-14")) && !now.opens_on(day("2026-02-08")));
    let end = |seen, on| EndService { id, seen, on };
    let early = write(db, 54, |tx, call| end_services(tx, call, &[end(3, day("2024-01-01"))]));
    assert_eq!(refusal(early), "services-refused-ends-before");
    write(db, 55, |tx, call| end_services(tx, call, &[end(3, day("2026-03-01"))])).unwrap();
    assert!(read(db, |tx| directory(tx, day("2026-03-01"))).services.is_empty());
    assert_eq!(read(db, |tx| directory(tx, day("2026-02-28"))).services.len(), 1);
});

testkit::db_test!(a_town_keeps_its_own_services_and_no_other, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let id = offered(db, &fixture);
    let officer = |town: usize| Actor {
        account: None,
        grants: vec![Grant { role: Role::TownOfficer, scope: Scope::Town(fixture.towns[town]) }],
        only: None,
    };
    let ends = |actor: &Actor| {
        db.write(|tx| {
            let call = &mut Call::new(actor, testkit::now(), 56);
            end_services(tx, call, &[EndService { id, seen: 1, on: day("2026-06-01") }])
        })
    };
    assert!(matches!(ends(&officer(1)), Err(Error::Forbidden(_))));
    assert!(matches!(ends(&worker(&fixture, 0)), Err(Error::Forbidden(_))));
    ends(&officer(0)).unwrap();
});

testkit::db_test!(a_referral_goes_from_consent_to_outcome_each_step_on_record, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let service = offered(db, &fixture);
    let who = somebody(db, &fixture);
    let (own, other) = (worker(&fixture, 0), worker(&fixture, 2));
    let id = refers(db, &own, service, who, "需要轮椅通道");
    let today = testkit::now().day();
    let found = read(db, |tx| referral(tx, &own, id, today));
    assert_eq!((found.state, found.due_on, found.number), (State::Sent, Some(today + 7), 1));
    assert!(found.has_note);
    assert!(matches!(db.read(|tx| referral(tx, &other, id, today)), Err(Error::Forbidden(_))));
    assert!(read(db, |tx| list(tx, &other, &Ask::default(), today)).referrals.is_empty());

    let now = testkit::now();
    assert_eq!(refusal(steps_on(db, &own, now, id, 1, Step::Attend)), "services-refused-step");
    assert!(matches!(steps_on(db, &other, now, id, 1, Step::Accept), Err(Error::Forbidden(_))));
    steps_on(db, &own, now, id, 1, Step::Accept).unwrap();
    // Two at once: the second saw what is not so any more.
    assert_eq!(refusal(steps_on(db, &own, now, id, 1, Step::Decline)), "services-refused-meanwhile");
    steps_on(db, &own, now, id, 2, Step::Attend).unwrap();
    steps_on(db, &own, now, id, 3, Step::Partly).unwrap();
    let taken = read(db, |tx| steps(tx, &own, id, today));
    let names: Vec<&str> = taken.iter().map(|it| it.step.as_str()).collect();
    assert_eq!(names, ["consent", "accept", "attend", "partly"]);
    let ended = read(db, |tx| referral(tx, &own, id, today));
    assert_eq!((ended.state, ended.due_on), (State::Partly, None));

    let (person, text) = db.write(|tx| note(tx, &mut Call::new(&own, now, 90), &vault(), id)).unwrap();
    assert_eq!((person.name.as_str(), text.as_str()), ("示例人", "需要轮椅通道"));
});

testkit::db_test!(somebody_may_be_in_several_referrals_of_one_call, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let service = offered(db, &fixture);
    let (tenancy, person) = somebody(db, &fixture);
    let made = write(db, 62, |tx, call| {
        let one = |call: &mut Call<'_>| Refer { id: call.id(), service, tenancy, person, consent: None };
        let both = [one(call), one(call)];
        refer(tx, call, &vault(), &both)?;
        Ok(both.map(|it| it.id))
    });
    let withdraws = made.unwrap().map(|id| Advance { id, seen: 1, step: Step::Withdraw, consent: None });
    write(db, 63, |tx, call| advance(tx, call, &vault(), &withdraws)).unwrap();
});

testkit::db_test!(nothing_is_passed_on_without_consent_or_after_it, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let service = offered(db, &fixture);
    let who = somebody(db, &fixture);
    let own = worker(&fixture, 0);
    let id = refers(db, &own, service, who, "");
    let now = testkit::now();
    assert_eq!(refusal(steps_on(db, &own, now, id, 1, Step::Accept)), "services-refused-step");
    assert_eq!(refusal(steps_on(db, &own, now, id, 1, Step::Consent)), "services-refused-no-consent");
    let agrees = |until: Day, seed| {
        db.write(|tx| {
            let call = &mut Call::new(&own, now, seed);
            let consent = Some(Consent { until, ..consent("请联系本人") });
            advance(tx, call, &vault(), &[Advance { id, seen: 1, step: Step::Consent, consent }])
        })
    };
    let far = now.day() + LONGEST_CONSENT_DAYS + 1;
    assert_eq!(refusal(agrees(far, 80)), "services-refused-consent-until");
    agrees(now.day() + 3, 81).unwrap();
    // Nobody waits for an answer beyond the consent.
    let found = read(db, |tx| referral(tx, &own, id, now.day()));
    assert_eq!((found.state, found.due_on), (State::Sent, Some(now.day() + 3)));
    let later = Instant::at(now.day() + 4, 9, 0);
    assert_eq!(refusal(steps_on(db, &own, later, id, 2, Step::Accept)), "services-refused-consent-over");
});

testkit::db_test!(
    whoever_was_referred_is_not_lost_when_the_community_leaves_the_list,
    crate::MIGRATIONS,
    |db| {
        let fixture = district(db);
        let service = offered(db, &fixture);
        let own = worker(&fixture, 0);
        let id = refers(db, &own, service, somebody(db, &fixture), "请联系");
        let now = testkit::now();
        write(db, 90, |tx, call| {
            let leave =
                register::Leave { id: fixture.communities[0], on: now.day(), reason: "拆除".into() };
            register::leave(tx, call, std::slice::from_ref(&leave))
        })
        .unwrap();
        let listed = read(db, |tx| list(tx, &own, &Ask::default(), now.day()));
        assert_eq!(listed.referrals.iter().map(|it| it.id).collect::<Vec<_>>(), [id]);
        steps_on(db, &own, now, id, 1, Step::Accept).unwrap();
    }
);

testkit::db_test!(the_job_chases_and_ends_once_however_often_it_runs, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let service = offered(db, &fixture);
    let who = somebody(db, &fixture);
    let own = worker(&fixture, 0);
    let id = refers(db, &own, service, who, "请联系");
    let runs = |days: i64, seed| {
        let at = Instant::at(testkit::now().day() + days, 3, 0);
        let program = Actor::program();
        db.write(|tx| chase(tx, &mut Call::new(&program, at, seed))).unwrap()
    };
    assert_eq!(runs(7, 1), Chased::default(), "on its day it is not overdue");
    assert_eq!(runs(8, 2), Chased { expired: 0, chased: 1 });
    assert_eq!(runs(8, 3), Chased::default(), "run twice");
    assert_eq!(runs(12, 4), Chased::default(), "within the week");
    // Off for three weeks: chased once, not three times.
    assert_eq!(runs(33, 5), Chased { expired: 0, chased: 1 });
    let day = testkit::now().day() + 33;
    assert_eq!(read(db, |tx| overdue(tx, &own, day)), 1);
    assert_eq!(runs(61, 6), Chased { expired: 1, chased: 0 });
    assert_eq!(runs(61, 7), Chased::default());
    let found = read(db, |tx| referral(tx, &own, id, day));
    assert_eq!((found.state, found.is_overdue(day)), (State::Expired, false));
    let taken = read(db, |tx| steps(tx, &own, id, day));
    let names: Vec<&str> = taken.iter().map(|it| it.step.as_str()).collect();
    assert_eq!(names, ["consent", "chase", "chase", "expire"]);
});

testkit::db_test!(a_note_is_sealed_resealed_copied_and_forgotten, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let service = offered(db, &fixture);
    let (tenancy, person) = somebody(db, &fixture);
    let own = worker(&fixture, 0);
    let id = refers(db, &own, service, (tenancy, person), "夜里常咳嗽");
    let sealed = |db: &Db| read(db, |tx| referral(tx, &own, id, testkit::now().day())).note;
    let before = sealed(db).unwrap();
    assert!(!before.windows(3).any(|part| part == "咳".as_bytes()));

    let both = Vault::with_older(&[2; 32], &[[1; 32]]);
    assert_eq!(write(db, 91, |tx, call| reseal_notes(tx, call, &both)).unwrap(), 1);
    assert_eq!(write(db, 92, |tx, call| reseal_notes(tx, call, &both)).unwrap(), 0);
    assert_ne!(sealed(db).unwrap(), before);
    let newest = Vault::new(&[2; 32]);
    let copied = read(db, |tx| copy_of(tx, &newest, person));
    assert_eq!((&copied[0]["note"], &copied[0]["state"]), (&"夜里常咳嗽".into(), &"sent".into()));

    steps_on(db, &own, testkit::now(), id, 1, Step::Withdraw).unwrap();
    let on = |days: i64| write(db, 93, |tx, _| forget_old_notes(tx, testkit::now().day() + days)).unwrap();
    assert_eq!((on(180), on(181), on(181)), (0, 1, 0));
    assert!(sealed(db).is_none());
});

testkit::db_test!(somebody_is_referred_where_they_live_by_whoever_serves_there, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let service = offered(db, &fixture);
    let own = worker(&fixture, 0);
    let today = testkit::now().day();
    let living = read(db, |tx| whom(tx, &own, &vault(), fixture.communities[0], ("1号", "101"), today));
    assert_eq!(living.len(), 2);
    assert_ne!(living[0].2, "示例人", "masked");
    let other = worker(&fixture, 2);
    let refused = db.read(|tx| whom(tx, &other, &vault(), fixture.communities[0], ("1号", "101"), today));
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    // A person of another household is not of this one.
    let elsewhere = read(db, |tx| whom(tx, &own, &vault(), fixture.communities[0], ("1号", "102"), today));
    let refused = db.write(|tx| {
        let call = &mut Call::new(&own, testkit::now(), 61);
        let (id, tenancy, person) = (call.id(), living[0].0, elsewhere[0].1);
        refer(tx, call, &vault(), &[Refer { id, service, tenancy, person, consent: None }])
    });
    assert!(matches!(refused, Err(Error::Absent("household"))));
});

testkit::db_test!(the_book_of_hsds_has_ids_that_stay, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    offered(db, &fixture);
    let file = || read(db, |tx| hsds::Book::read(tx, day("2026-01-31"))).file();
    let (first, again) = (file(), file());
    assert_eq!(first, again);
    let service = &first["contents"][0];
    let schedules = service["service_at_locations"][0]["schedules"].as_array().unwrap();
    assert_eq!(schedules.len(), 2);
    assert_eq!(
        (&schedules[0]["byday"], &schedules[0]["opens_at"]),
        (&"MO,TU,WE,TH,FR".into(), &"09:00+08:00".into())
    );
    assert_eq!(service["attributes"][0]["taxonomy_term"]["code"], "papers");
});

#[test]
fn hours_are_read_as_people_write_them() {
    let read = |text: &str| {
        lines(text).map(|lines| {
            lines.iter().map(|(rule, from, to)| format!("{rule} {from}-{to}")).collect::<Vec<_>>().join(" / ")
        })
    };
    for (typed, meant) in [
        ("周一至周五 09:00-17:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR 540-1020"),
        ("周一、周三，星期天  9:00－11:30", "FREQ=WEEKLY;BYDAY=MO,WE,SU 540-690"),
        ("Mon-Wed, Sat 13:00-16:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,SA 780-960"),
        ("daily 0:00-24:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU 0-1440"),
        ("每月第二个周六 09:00-11:00", "FREQ=MONTHLY;BYDAY=2SA 540-660"),
        ("每月最后一个周五 09:00-11:00", "FREQ=MONTHLY;BYDAY=-1FR 540-660"),
        ("每月15日 09:00-11:00", "FREQ=MONTHLY;BYMONTHDAY=15 540-660"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20261231 18:00-20:00",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20261231 1080-1200",
        ),
        ("\n\n", ""),
    ] {
        assert_eq!(read(typed).as_deref(), Ok(meant), "{typed}");
    }
    for bad in [
        "周一",
        "周一 9-17",
        "周一 17:00-09:00",
        "周五至周一 09:00-10:00",
        "周八 09:00-10:00",
        "M 09:00-10:00",
        "每月第六个周一 09:00-10:00",
        "FREQ=HOURLY 09:00-10:00",
        "FREQ=WEEKLY;COUNT=3 09:00-10:00",
        "FREQ=WEEKLY;BYDAY=1MO 09:00-10:00",
        "FREQ=WEEKLY;INTERVAL=0 09:00-10:00",
        "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1 09:00-10:00",
        "FREQ=WEEKLY;BYDAY=MO,MO 09:00-10:00",
        "FREQ=MONTHLY;BYDAY=MO,1MO 09:00-10:00",
        "FREQ=WEEKLY;UNTIL=20260230 09:00-10:00",
    ] {
        assert!(lines(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_fifth_weekday_is_in_some_months_only() {
    let rule = Rule::parse("FREQ=MONTHLY;BYDAY=5SA,-5SU").unwrap();
    let begins = day("2026-01-01");
    let named: Vec<String> = (0..130)
        .map(|ahead| begins + ahead)
        .filter(|day| rule.names(begins, *day))
        .map(|day| day.to_string())
        .collect();
    // 2026-01-31 and 2026-05-30 are fifth Saturdays; in March and May 2026 there are five Sundays.
    assert_eq!(named, ["2026-01-31", "2026-03-01", "2026-05-03"]);
}

#[test]
fn the_next_openings_leave_out_what_has_ended_and_no_holiday() {
    let begins = day("2025-01-01");
    let hours = |text: &str| -> Vec<Hours> {
        lines(text)
            .unwrap()
            .into_iter()
            .map(|(rule, from, to)| Hours { rule, from, to, begins, ends: Some(day("2026-02-18")) })
            .collect()
    };
    let both = hours("周一至周五 09:00-11:30\n周一至周五 13:00-16:00");
    // 2026-02-16 is a Monday, the eve of the lunar new year: no rule says that it is shut then.
    let now = Instant::at(day("2026-02-16"), 11, 30);
    let opening = |on: &str, from, to| Opening { day: day(on), from, to };
    assert_eq!(
        openings(&both, now, 9),
        [opening("2026-02-16", 780, 960), opening("2026-02-17", 540, 690), opening("2026-02-17", 780, 960)]
    );
    assert!(opens_on(&both, day("2026-02-17")) && !opens_on(&both, day("2026-02-18")));
}

fn weekdays() -> impl Strategy<Value = Vec<usize>> {
    proptest::sample::subsequence((0..7).collect::<Vec<usize>>(), 0..=7)
}

fn rule() -> impl Strategy<Value = Rule> {
    // The library refuses a fifth weekday of a month.
    let number = prop_oneof![1_i64..=4, -4_i64..=-1];
    let numbered = prop_oneof![
        proptest::collection::vec((number, 0_usize..7), 0..4),
        weekdays().prop_map(|days| days.into_iter().map(|day| (0, day)).collect()),
    ];
    let days = proptest::collection::vec(prop_oneof![1_i64..=31, -31_i64..=-1], 1..4);
    let until = proptest::option::of(20_000_i64..20_700);
    let monthly = prop_oneof![
        numbered.prop_map(|weekdays| (weekdays, Vec::new())),
        days.prop_map(|month_days| (Vec::new(), month_days)),
    ];
    let weekly = weekdays().prop_map(|days| days.into_iter().map(|day| (0, day)).collect::<Vec<_>>());
    let parts = prop_oneof![
        weekly.prop_map(|days| (Frequency::Weekly, (days, Vec::new()))),
        monthly.prop_map(|parts| (Frequency::Monthly, parts)),
    ];
    (parts, 1_i64..5, until).prop_map(|((frequency, (weekdays, month_days)), interval, until)| {
        let until = until.map(Day::from_days);
        let mut rule = Rule { frequency, interval, weekdays, month_days, until };
        rule.weekdays.dedup();
        rule.month_days.dedup();
        rule
    })
}

proptest! {
    /// The plain twin walks from the first occurrence, as RFC 5545 describes it.
    #[test]
    fn a_rule_names_the_days_that_a_library_of_rfc_5545_finds(rule in rule(), begins in 20_089_i64..20_200) {
        let begins = Day::from_days(begins);
        let until = rule.until.map(|until| format!(";UNTIL={}T235959Z", until.to_string().replace('-', "")));
        let plain = Rule { until: None, ..rule.clone() };
        let text = format!(
            "DTSTART:{}T000000Z\nRRULE:{plain}{};WKST=MO",
            begins.to_string().replace('-', ""),
            until.unwrap_or_default()
        );
        let end = (begins + 400).to_string();
        let Ok(twin) = text.parse::<RRuleSet>() else {
            // An end before the beginning is refused there, and names no day here.
            prop_assert!(rule.until.is_some_and(|until| until < begins) , "{text}");
            return Ok(());
        };
        let dates = twin.into_iter().map(|date| date.format("%Y-%m-%d").to_string());
        let found: Vec<String> = dates.take_while(|date| *date <= end).collect();
        let ours: Vec<String> =
            (0..=400).map(|ahead| begins + ahead).filter(|day| rule.names(begins, *day)).map(|day| day.to_string()).collect();
        prop_assert_eq!(ours, found, "{}", text);
    }

    #[test]
    fn a_rule_is_read_back_as_it_was_written(rule in rule()) {
        let twice = |rule: &Rule| {
            let (days, all) = (&rule.month_days, &rule.weekdays);
            (1..days.len()).any(|at| days[..at].contains(&days[at]))
                || (1..all.len()).any(|at| all[..at].contains(&all[at]))
        };
        if !twice(&rule) {
            prop_assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
        }
    }
}

testkit::db_test!(who_is_near_is_told_of_referrals_and_not_of_their_own, crate::MIGRATIONS, |db| {
    let fixture = district(db);
    let (service, who) = (offered(db, &fixture), somebody(db, &fixture));
    let grant = worker(&fixture, 0).grants[0];
    let accounts = write(db, 80, |tx, call| {
        let ids: [PersonId; 2] = [call.id(), call.id()];
        let named = |id| AddPerson { id, name: "示例".into(), telephone: None, identity_number: None };
        add_persons(tx, call, &vault(), &ids.map(named))?;
        let account = |(person, login): (PersonId, &str)| people::NewAccount {
            person,
            login: login.into(),
            password: None,
            demonstration: false,
            grants: vec![grant],
            valid_from: day("2025-01-01"),
        };
        let accounts = [(ids[0], "near-1"), (ids[1], "near-2")].map(account);
        people::add_accounts(tx, call, &accounts)
    })
    .unwrap();
    let [one, two] = [0, 1].map(|place| Actor::account(accounts[place], vec![grant]));
    let told = |by: &Actor| {
        let lines = read(db, |tx| notices::inbox(tx, by, notices::InboxAsked::default(), 50)).lines;
        lines.into_iter().map(|it| (it.kind, it.about.code)).collect::<Vec<_>>()
    };
    let id = refers(db, &one, service, who, "请先电话");
    assert_eq!((told(&one), told(&two)), (vec![], vec![(Kind::ReferralMade, "1".to_owned())]));
    steps_on(db, &two, testkit::now(), id, 1, Step::Accept).unwrap();
    assert_eq!(told(&one), [(Kind::ReferralAccepted, "1".to_owned())]);
    let later = Instant::at(testkit::now().day() + 40, 9, 0);
    let chased = |seed| db.write(|tx| chase(tx, &mut Call::new(&Actor::program(), later, seed)));
    assert_eq!(chased(81).unwrap().chased, 1);
    // Run again on the same day it finds nothing and tells nothing.
    assert_eq!(chased(82).unwrap(), Chased::default());
    assert_eq!(told(&one).first(), Some(&(Kind::ReferralOverdue, "1".to_owned())));
    assert_eq!((told(&one).len(), told(&two).len()), (2, 2));
});
