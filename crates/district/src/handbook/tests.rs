//! The contract of the district's handbook, on both engines.

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, day, read, write};
use handbook::{Standing, StationForm};

testkit::db_test!(the_version_in_force_follows_the_date, MIGRATIONS, |db| {
    fixture::district(db);
    let on = |text: &str| {
        read(db, |tx| in_force(tx, day(text))).map(|(_, handbook)| handbook.version().to_owned())
    };
    assert_eq!(on("2024-12-31"), None);
    assert_eq!(on("2025-12-31").as_deref(), Some("1.0"));
    assert_eq!(on("2026-01-01").as_deref(), Some("2.0"));
    let again = write(db, 5, |tx, call| adopt_text(tx, call, SHIPPED[1].0, SHIPPED[1].1, day("2025-06-01")));
    assert!(
        matches!(again, Err(Error::Refused(ref refusal)) if refusal.message == "handbook-refused-later-version"),
        "{again:?}"
    );
});

testkit::db_test!(a_draft_prescribes_nothing_until_it_is_adopted, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (base, current) = read(db, |tx| in_force(tx, day("2026-01-31"))).unwrap();
    let draft = current.with_parameter("standalone_over", 100).unwrap();
    let draft = draft
        .with_version("2.1", Standing::Draft, handbook::Date::from_days(day("2026-03-01").days()))
        .unwrap();
    let id = write(db, 5, |tx, call| save_draft(tx, call, base, &draft)).unwrap();
    let form = |on: &str| {
        let (_, handbook) = read(db, |tx| in_force(tx, day(on))).unwrap();
        read(db, |tx| prescriptions(tx, &handbook, day(on)))[&fixture.communities[3]].station_form()
    };
    assert_eq!(form("2026-03-01"), Some(StationForm::Joint));
    write(db, 6, |tx, call| adopt_draft(tx, call, id, day("2026-03-01"))).unwrap();
    assert_eq!(
        (form("2026-02-28"), form("2026-03-01")),
        (Some(StationForm::Joint), Some(StationForm::Standalone))
    );
    let twice = write(db, 7, |tx, call| adopt_draft(tx, call, id, day("2026-04-01")));
    assert!(matches!(twice, Err(Error::Refused(_))));
    let states: Vec<(String, State)> = read(db, versions).into_iter().map(|v| (v.version, v.state)).collect();
    assert_eq!(states.iter().filter(|(_, state)| *state == State::Adopted).count(), 3);
    let adopted = read(db, |tx| version(tx, id)).unwrap();
    assert_eq!(adopted.handbook.standing(), Standing::Published);
    assert_eq!(adopted.handbook.in_force_from().to_string(), "2026-03-01");
    assert_eq!((adopted.made_by.as_str(), adopted.adopted_by.as_deref()), (PROGRAM, Some(PROGRAM)));
    assert!(adopted.in_force(day("2026-03-01")) && !adopted.in_force(day("2026-02-28")));
});

testkit::db_test!(a_draft_is_named_and_adopted_from_today_on, MIGRATIONS, |db| {
    fixture::district(db);
    let (base, current) = read(db, |tx| in_force(tx, day("2026-01-31"))).unwrap();
    let refused = |outcome: Result<HandbookId>| match outcome {
        Err(Error::Refused(refusal)) => (refusal.message, refusal.field),
        other => panic!("{other:?}"),
    };
    let save = |seed: u64, version: &str| {
        write(db, seed, |tx, call| {
            let draft = name_draft(&current, version, call.today())?;
            save_draft(tx, call, base, &draft)
        })
    };
    assert_eq!(refused(save(6, " ")), ("handbook-refused-version", Some("version")));
    assert_eq!(refused(save(7, "2.1-with-a-very-long-name")), ("handbook-refused-version", Some("version")));
    assert_eq!(refused(save(8, "2.0")), ("handbook-refused-version-taken", Some("version")));
    let id = save(9, "2.1").unwrap();
    let early = write(db, 10, |tx, call| adopt_draft(tx, call, id, day("2026-01-30")));
    assert_eq!(refused(early.map(|()| id)), ("handbook-refused-past", Some("from")));
    assert_eq!(read(db, |tx| version(tx, id)).unwrap().state, State::Draft);
});

testkit::db_test!(the_facts_of_one_community_are_those_among_all, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    write(db, 5, |tx, call| {
        let community = fixture.communities[2];
        let (form, reason, from) = (StationForm::Joint, "沿用".to_owned(), day("2026-01-10"));
        decide_forms(tx, call, &[DecideForm { community, form, reason, from, replacing: Some(Vec::new()) }])?;
        let (factor, value, source) = ("density", Some(145), "台账".to_owned());
        set_factors(tx, call, &[AddFactor { community, factor, value, source, from }])
    })
    .unwrap();
    for on in ["2025-01-31", "2026-01-09", "2026-01-31"].map(day) {
        let all: HashMap<_, _> = read(db, |tx| facts(tx, on)).into_iter().collect();
        assert_eq!(all.len(), 5);
        for community in fixture.communities {
            let (snapshot, alone) = read(db, |tx| facts_for(tx, community, on)).unwrap();
            assert_eq!(Some(&alone), all.get(&community));
            let among = read(db, |tx| crate::register::snapshot(tx, on));
            let among = among.into_iter().find(|it| it.id == community).unwrap();
            assert_eq!(format!("{snapshot:?}"), format!("{among:?}"));
        }
    }
    assert!(read(db, |tx| facts_for(tx, fixture.communities[0], day("2020-01-01"))).is_none());
});

fn version_in_force(db: &db::Db, day: base::Day) -> Version {
    read(db, versions).into_iter().find(|it| it.in_force(day)).unwrap()
}

testkit::db_test!(a_changed_number_moves_communities_stations_workers_and_cost, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let today = day("2026-01-31");
    let current = version_in_force(db, today);
    let draft = current.handbook.with_parameter("standalone_over", 150).unwrap();
    let actor = crate::kit::Actor::program();
    let effect = read(db, |tx| effect(tx, &actor, &crate::Memory::default(), today, &current, &draft));
    // 300 and 500 of other kinds now wait for a person, 200 of affordable rental gets its own; 90 shares on.
    let names: Vec<&str> = effect.communities.iter().map(|it| it.community.name.as_str()).collect();
    assert_eq!((effect.looked_at, names), (5, vec!["晴川里", "云上城", "桂花苑"]));
    let forms = |it: Prescribed| (it.standalone, it.joint, it.without, it.stations, it.workers);
    assert_eq!(forms(effect.before), (1, 4, 0, 4, 9));
    assert_eq!(forms(effect.after), (2, 1, 2, 3, 7));
    let prices = crate::plan::rules::Parameters::default();
    assert_eq!(effect.before.cost(), prices.workers_year(9));
    let closed = prices.closed_station_year();
    assert_eq!(effect.after.cost(), prices.workers_year(7) + prices.new_station_year() + closed + closed);
    let [_, shared, kept] = fixture.grids;
    let of = |whose: StationOf| effect.stations.iter().find(|it| it.whose == whose).copied();
    let gone = of(StationOf::Grid(shared)).unwrap();
    assert_eq!((gone.before.map(|it| it.workers), gone.after), (Some(2), None));
    let own = of(StationOf::Community(fixture.communities[3])).unwrap();
    assert_eq!((own.before, own.after.map(|it| it.workers)), (None, Some(2)));
    let kept = of(StationOf::Grid(kept)).unwrap();
    assert_eq!(kept.after.map(|it| it.communities), Some(1));
    let sum = |figure: fn(&TownEffect) -> i64| effect.towns.iter().map(figure).sum::<i64>();
    assert_eq!(sum(|town| town.communities), 3);
    assert_eq!(sum(|town| town.after.workers), effect.after.workers);
    assert_eq!(sum(|town| town.after.cost().fen()), effect.after.cost().fen());
    let anyone = crate::kit::Actor::anyone();
    let refused =
        db.read(|tx| super::effect(tx, &anyone, &crate::Memory::default(), today, &current, &draft));
    assert!(matches!(refused, Err(Error::Forbidden(Action::HandbookRead))));
});

testkit::db_test!(prescribed_stations_and_workers_are_those_of_the_plan, MIGRATIONS, |db| {
    fixture::district(db);
    let today = day("2026-01-31");
    let current = version_in_force(db, today);
    let actor = crate::kit::Actor::program();
    for (name, value) in
        [("standalone_over", 1_000), ("standalone_over", 500), ("households_per_worker", 200)]
    {
        let draft = current.handbook.with_parameter(name, value).unwrap();
        let command = crate::plan::MakePlan {
            name: "比对".into(),
            handbook: None,
            on: today,
            parameters: crate::plan::rules::Parameters::default(),
            marks: std::collections::BTreeMap::new(),
            based_on: None,
        };
        let plan = read(db, |tx| crate::plan::prepare_with(tx, &actor, command.clone(), current.id, &draft));
        let plan = plan.solve(crate::plan::STEPS);
        let workers: i64 = plan.plan().stations.iter().map(|station| station.workers).sum();
        let effect = read(db, |tx| effect(tx, &actor, &crate::Memory::default(), today, &current, &draft));
        assert_eq!(effect.after.stations, i64::try_from(plan.plan().stations.len()).unwrap());
        assert_eq!(effect.after.workers, workers, "{name} = {value}");
        assert_eq!(effect.after.costs.workers, plan.plan().costs.workers);
    }
});

testkit::db_test!(what_nobody_entered_is_derived_from_the_register, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let community = fixture.communities[1];
    let today = day("2026-01-31");
    let of = |on: base::Day| {
        let (snapshot, facts) = read(db, |tx| facts_for(tx, community, on)).unwrap();
        let origins = read(db, |tx| origins(tx, &snapshot, on));
        (snapshot, facts, origins)
    };
    let (snapshot, facts, origins) = of(today);
    let all = read(db, |tx| crate::register::snapshot(tx, today));
    let moves = read(db, |tx| crate::register::moves(tx, &all, today))[&community];
    let alone = read(db, |tx| crate::register::moves_of(tx, &snapshot, today));
    assert_eq!(moves, alone, "one community alone is what it is among all");
    assert!(moves.whole_year && snapshot.households > 0);
    assert_eq!(facts.density, base::per_mille(snapshot.residents, 10 * snapshot.dwellings));
    assert_eq!(facts.turnover, base::per_mille(moves.began + moves.ended, 24 * snapshot.households));
    assert!(origins.iter().all(|(_, origin)| matches!(origin, Origin::Derived(_))));
    assert_eq!(origins.iter().map(|(factor, _)| *factor).collect::<Vec<_>>(), ["density", "turnover"]);
    // What the register cannot know stays unknown: and a year that it does not hold is no turnover.
    assert_eq!((facts.fee_collection, facts.disputes, facts.distance), (None, None, None));
    let (_, early, _) = of(day("2025-03-01"));
    assert_eq!((early.density.is_some(), early.turnover), (true, None));
});

testkit::db_test!(an_officer_enters_a_figure_with_its_source, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let community = fixture.communities[1];
    let enter = |seed: u64, factor: &'static str, value: Option<i64>, source: &str, from: &str| {
        let command = AddFactor { community, factor, value, source: source.into(), from: day(from) };
        write(db, seed, |tx, call| enter_factor(tx, call, &command))
    };
    let refused = |outcome: Result<()>| match outcome {
        Err(Error::Refused(refusal)) => (refusal.message, refusal.field),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(enter(20, "disputes", Some(3), " ", "2025-06-01")),
        ("handbook-refused-source", Some("source"))
    );
    assert_eq!(
        refused(enter(21, "fee_collection", Some(1_001), "台账", "2025-06-01")),
        ("handbook-refused-figure", Some("figure"))
    );
    assert_eq!(
        refused(enter(22, "colour", Some(1), "台账", "2025-06-01")),
        ("handbook-refused-factor", Some("factor"))
    );
    assert_eq!(
        refused(enter(23, "disputes", Some(3), "台账", "2099-01-01")),
        ("handbook-refused-since", Some("since"))
    );
    enter(24, "density", Some(180), " 实地核对 ", "2025-06-01").unwrap();
    assert_eq!(
        refused(enter(25, "density", Some(170), "台账", "2025-05-01")),
        ("handbook-refused-later-figure", Some("since"))
    );
    let on = |text: &str| read(db, |tx| facts_for(tx, community, day(text))).unwrap();
    let (snapshot, facts) = on("2025-06-01");
    assert_eq!(facts.density, Some(180), "what was entered goes before what is derived");
    assert_ne!(on("2025-05-31").1.density, Some(180));
    let origins = read(db, |tx| origins(tx, &snapshot, day("2025-06-01")));
    let entered = Origin::Entered { source: "实地核对".into(), from: day("2025-06-01") };
    assert!(origins.contains(&("density", entered)));
    enter(26, "density", None, "不再实测", "2025-12-01").unwrap();
    assert_ne!(on("2025-12-01").1.density, Some(180));
    let anyone = crate::kit::Actor::anyone();
    let command = AddFactor {
        community,
        factor: "disputes",
        value: Some(1),
        source: "x".into(),
        from: day("2025-06-01"),
    };
    let forbidden =
        db.write(|tx| enter_factor(tx, &mut crate::kit::Call::new(&anyone, testkit::now(), 27), &command));
    assert!(matches!(forbidden, Err(Error::Forbidden(Action::RegisterWrite))));
});

testkit::db_test!(measured_factors_and_decisions_have_their_days, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let community = fixture.communities[1];
    write(db, 5, |tx, call| {
        let factor = AddFactor {
            community,
            factor: "disputes",
            value: Some(3),
            source: "台账".into(),
            from: day("2025-06-01"),
        };
        let ended = AddFactor { value: None, from: day("2025-12-01"), ..factor.clone() };
        set_factors(tx, call, &[factor])?;
        set_factors(tx, call, &[ended])?;
        let decision = DecideForm {
            community,
            form: StationForm::Standalone,
            reason: "体量大".into(),
            from: day("2026-01-10"),
            replacing: Some(Vec::new()),
        };
        decide_forms(tx, call, &[decision])
    })
    .unwrap();
    let on = |text: &str| {
        read(db, |tx| facts(tx, day(text))).into_iter().find(|(id, _)| *id == community).unwrap().1
    };
    assert_eq!(
        (on("2025-05-31").disputes, on("2025-06-01").disputes, on("2025-12-01").disputes),
        (None, Some(3), None)
    );
    assert!(on("2026-01-09").decided.is_none());
    assert_eq!(on("2026-01-10").decided.unwrap().form, StationForm::Standalone);
    let silent = DecideForm {
        community,
        form: StationForm::Joint,
        reason: " ".into(),
        from: day("2026-01-11"),
        replacing: None,
    };
    let refused = write(db, 6, |tx, call| decide_forms(tx, call, std::slice::from_ref(&silent)));
    assert!(matches!(refused, Err(Error::Refused(ref refusal)) if refusal.field == Some("reason")));
});

testkit::db_test!(a_decision_stands_instead_of_none_unseen, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let community = fixture.communities[1];
    let decide = |seed, form, from: &str, replacing: Option<&[&str]>| {
        let replacing = replacing.map(|days| days.iter().map(|it| day(it)).collect());
        let command = DecideForm { community, form, reason: "体量大".into(), from: day(from), replacing };
        write(db, seed, |tx, call| decide_forms(tx, call, std::slice::from_ref(&command)))
    };
    let told = |done: Result<()>| match done {
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal.field, Some("replacing"));
            (refusal.message, refusal.args[0].1.clone())
        }
        other => panic!("not refused: {other:?}"),
    };
    let in_force = |on: &str| {
        let all = read(db, |tx| facts(tx, day(on)));
        all.into_iter().find(|(id, _)| *id == community).unwrap().1.decided.map(|it| it.form)
    };
    let (alone, joint) = (StationForm::Standalone, StationForm::Joint);
    // The tests' clock stands at 2026-01-31.
    let past = ("handbook-refused-decision-past", "2026-01-10".to_owned());
    assert_eq!(told(decide(20, alone, "2026-01-10", None)), past);
    decide(21, alone, "2026-01-31", None).unwrap();
    decide(22, joint, "2026-06-01", None).unwrap();
    let later = ("handbook-refused-decision-replaces", "2026-06-01".to_owned());
    assert_eq!(told(decide(23, alone, "2026-03-01", None)), later);
    // Agreed to was something else than there is by now.
    assert_eq!(told(decide(24, alone, "2026-03-01", Some(&["2026-07-01"]))), later);
    let both = ("handbook-refused-decision-replaces", "2026-01-31, 2026-06-01".to_owned());
    assert_eq!(told(decide(25, joint, "2026-01-20", Some(&["2026-06-01"]))), both);
    let days = ["2026-01-19", "2026-01-31", "2026-06-01"];
    assert_eq!(days.map(in_force), [None, Some(alone), Some(joint)]);
    decide(26, joint, "2026-01-20", Some(&["2026-01-31", "2026-06-01"])).unwrap();
    assert_eq!(days.map(in_force), [None, Some(joint), Some(joint)]);
    let recorded = read(db, |tx| decisions(tx, community));
    assert_eq!((recorded.len(), recorded[0].by.as_str()), (1, PROGRAM));
});
