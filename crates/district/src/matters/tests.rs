//! The contract of matters, on both engines.

use base::Calendar;
use db::Db;

use super::*;
use crate::MIGRATIONS;
use crate::kit::fixture::{self, Fixture, day, read};
use crate::kit::{Actor, Call, Grant, Role, Scope};

mod photos;

const KEY: [u8; 32] = [1; 32];

fn vault() -> Vault {
    Vault::new(&KEY)
}

fn calendar() -> Calendar {
    Calendar::published().unwrap()
}

fn at(text: &str) -> Instant {
    Instant::at(day(text), 10, 0)
}

fn actor(role: Role, scope: Scope) -> Actor {
    Actor { account: None, grants: vec![Grant { role, scope }], only: None }
}

fn lies(fixture: &Fixture) -> Scope {
    Scope::Community {
        town: fixture.towns[0],
        grid: Some(fixture.grids[0]),
        community: fixture.communities[1],
    }
}

fn operator(fixture: &Fixture) -> Actor {
    actor(Role::Operator, lies(fixture))
}

fn worker(fixture: &Fixture) -> Actor {
    actor(Role::CommunityWorker, Scope::Grid { town: fixture.towns[0], grid: fixture.grids[0] })
}

fn run<T>(
    db: &Db,
    actor: &Actor,
    (now, seed): (Instant, u64),
    work: impl Fn(&mut Tx<'_>, &mut Call<'_>) -> Result<T>,
) -> Result<T> {
    db.write(|tx| work(tx, &mut Call::new(actor, now, seed)))
}

/// A matter of community 1 that a resident reports, by an address of their own.
fn new(fixture: &Fixture, id: MatterId, secret: &Secret) -> Receive {
    Receive {
        id,
        source: Source::Resident,
        foreign_number: None,
        community: fixture.communities[1],
        building: None,
        place: "2 层".into(),
        category: "property-lift".into(),
        words: "电梯坏了，老人下不了楼。".into(),
        reporter: None,
        tenancy: None,
        shown: false,
        secret: Some(secret.hash()),
        at: None,
    }
}

fn secret() -> Secret {
    Secret::new([7; 16])
}

fn reported(db: &Db, fixture: &Fixture, seed: u64, change: impl Fn(&mut Receive, &mut Call<'_>)) -> Received {
    let made = run(db, &Actor::anyone(), (at("2026-01-12"), seed), |tx, call| {
        let mut command = new(fixture, call.id(), &secret());
        change(&mut command, call);
        receive(tx, call, (&vault(), &calendar()), &[command])
    });
    made.unwrap().pop().unwrap()
}

fn step(matter: MatterId, step: Step, note: &str) -> Advance {
    Advance { matter, seen: None, step, note: note.into(), at: None }
}

fn does(db: &Db, who: &Actor, when: (Instant, u64), commands: &[Advance]) -> Result<()> {
    run(db, who, when, |tx, call| advance(tx, call, (&vault(), &calendar()), commands))
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    match outcome {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("{other:?}"),
    }
}

fn sheet_of(db: &Db, who: &Actor, code: &str) -> Sheet {
    read(db, |tx| sheet(tx, who, Some(&vault()), code, day("2026-01-31")))
}

testkit::db_test!(a_matter_goes_from_a_report_to_the_second_key, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (operator, worker) = (operator(&fixture), worker(&fixture));
    let made = reported(db, &fixture, 1, |command, call| {
        let (name, telephone) = ("示例报".to_owned(), "19900001234".to_owned());
        command.reporter = Some(Reporter::Told { id: call.id(), name, telephone });
    });
    assert_eq!(made.code, "2026-000001");
    does(
        db,
        &operator,
        (at("2026-01-12"), 2),
        &[step(made.id, Step::Accept, ""), step(made.id, Step::Begin, "")],
    )
    .unwrap();
    does(db, &operator, (at("2026-01-13"), 3), &[step(made.id, Step::Answer, "已换门机，恢复运行。")])
        .unwrap();

    // The operator does not see who it was; the worker does, masked.
    let seen = sheet_of(db, &operator, &made.code);
    assert_eq!((seen.reporter.is_none(), seen.words.as_deref()), (true, Some("电梯坏了，老人下不了楼。")));
    let call_to = sheet_of(db, &worker, &made.code).reporter.unwrap();
    assert_eq!(call_to.telephone.as_deref(), Some("199****1234"));
    let reveal = |who: &Actor, seed| {
        run(db, who, (at("2026-01-13"), seed), |tx, call| reveal_reporter(tx, call, &vault(), &made.code))
    };
    assert_eq!(reveal(&worker, 4).unwrap().telephone.as_deref(), Some("19900001234"));
    assert!(matches!(reveal(&operator, 5), Err(Error::Forbidden(_))));

    // In public nothing is told of what was said; by the own address everything that was said to them.
    let told_by =
        |hand: Option<Hand<'_>>| read(db, |tx| told(tx, &Actor::anyone(), Some(&vault()), &made.code, hand));
    let public = told_by(None);
    assert!(public.words.is_none() && public.record.iter().all(|it| it.note.is_none()));
    let (right, wrong) = (secret(), Secret::new([8; 16]));
    let own = told_by(Some(Hand::Address(&right)));
    assert_eq!(own.record.last().unwrap().note.as_deref(), Some("已换门机，恢复运行。"));
    let outcome = db.read(|tx| told(tx, &Actor::anyone(), None, &made.code, Some(Hand::Address(&wrong))));
    assert!(matches!(outcome, Err(Error::Absent(_))));

    let confirm = Step::Confirm { satisfied: Some(true) };
    let own_step = |hand: Hand<'_>, seed| {
        run(db, &Actor::anyone(), (at("2026-01-14"), seed), |tx, call| {
            let command = step(made.id, confirm, "");
            advance_own(tx, call, (&vault(), &calendar()), (&made.code, hand), &command)
        })
    };
    assert!(matches!(own_step(Hand::Address(&wrong), 6), Err(Error::Absent(_))));
    assert!(matches!(own_step(Hand::Account, 7), Err(Error::Forbidden(_))));
    own_step(Hand::Address(&right), 8).unwrap();
    assert_eq!(refused(own_step(Hand::Address(&right), 9)), "matters-refused-step", "the second time");
    let closed = sheet_of(db, &worker, &made.code);
    assert_eq!((closed.life.state, closed.life.outcome), (State::Closed, Some(Outcome::Confirmed)));
    let steps: Vec<&str> = closed.record.iter().map(|it| it.step.as_str()).collect();
    assert_eq!(steps, ["receive", "accept", "begin", "remind", "answer", "confirm"]);
    assert_eq!(closed.version, 6, "as many as there are steps");
    let figures = read(db, |tx| figures(tx, (day("2026-01-01"), day("2026-02-01"))));
    let mine = figures[&fixture.communities[1]];
    assert_eq!((mine.received, mine.answered, mine.on_time, mine.resolved, mine.satisfied), (1, 1, 1, 1, 1));
    let days = (day("2026-01-01"), day("2026-02-01"));
    let card = read(db, |tx| score(tx, &operator, fixture.communities[1], days, day("2026-01-31")));
    assert_eq!((card.held, card.confirmed, card.punctual().per_mille()), (1, 1, None));
});

testkit::db_test!(what_is_wrong_with_a_report_is_named_and_nothing_is_kept, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let send = |seed, change: &dyn Fn(&mut Receive, &mut Call<'_>)| {
        refused(run(db, &Actor::program(), (at("2026-01-12"), seed), |tx, call| {
            let good = new(&fixture, call.id(), &secret());
            let mut bad = new(&fixture, call.id(), &secret());
            change(&mut bad, call);
            receive(tx, call, (&vault(), &calendar()), &[good, bad])
        }))
    };
    assert_eq!(send(1, &|it, _| it.category = "property".into()), "matters-refused-category");
    assert_eq!(send(2, &|it, _| it.category = "dragons".into()), "matters-refused-category");
    assert_eq!(send(3, &|it, _| it.words = "  ".into()), "matters-refused-words");
    assert_eq!(send(4, &|it, _| it.words = "长".repeat(LONGEST_WORDS + 1)), "matters-refused-words");
    assert_eq!(send(5, &|it, _| it.place = "远".repeat(LONGEST_PLACE + 1)), "matters-refused-place");
    assert_eq!(send(6, &|it, _| it.at = Some(at("2026-01-13"))), "matters-refused-later");
    assert_eq!(send(7, &|it, call| it.building = Some(call.id())), "matters-refused-building");
    assert_eq!(
        send(8, &|it, call| {
            let telephone = "老王".to_owned();
            it.reporter = Some(Reporter::Told { id: call.id(), name: "示例".into(), telephone });
        }),
        "stations-refused-telephone"
    );
    let (rows, _) = read(db, |tx| list(tx, None, &Asked::default(), None, at("2026-01-31")));
    assert!(rows.is_empty());
    // A number of the hotline comes in once, also within one sheet.
    let sheet = |seed, numbers: [&str; 2]| {
        run(db, &Actor::program(), (at("2026-01-12"), seed), |tx, call| {
            let commands = numbers.map(|number| Receive {
                source: Source::Hotline,
                foreign_number: Some(number.to_owned()),
                ..new(&fixture, call.id(), &secret())
            });
            receive(tx, call, (&vault(), &calendar()), &commands)
        })
    };
    assert_eq!(refused(sheet(9, ["A1", "A1"])), "matters-refused-number-taken");
    assert_eq!(sheet(10, ["A1", "A2"]).unwrap().len(), 2);
    assert_eq!(refused(sheet(11, ["A3", "A2"])), "matters-refused-number-taken");
});

testkit::db_test!(who_may_take_which_step, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (operator, worker) = (operator(&fixture), worker(&fixture));
    let elsewhere =
        actor(Role::CommunityWorker, Scope::Grid { town: fixture.towns[1], grid: fixture.grids[2] });
    let made = reported(db, &fixture, 1, |_, _| {});
    let now = at("2026-01-12");
    for (seed, who) in [(2, &elsewhere), (3, &Actor::anyone())] {
        let outcome = does(db, who, (now, seed), &[step(made.id, Step::Accept, "")]);
        assert!(matches!(outcome, Err(Error::Forbidden(_))));
        let outcome = db.read(|tx| sheet(tx, who, None, &made.code, day("2026-01-12")));
        assert!(matches!(outcome, Err(Error::Forbidden(_))));
    }
    for (seed, mine) in [(4, Step::Remind), (5, Step::Join), (6, Step::Silence), (7, Step::Receive)] {
        assert!(matches!(
            does(db, &worker, (now, seed), &[step(made.id, mine, "")]),
            Err(Error::Forbidden(_))
        ));
    }
    // The operator asks for more time, and cannot give it to themselves.
    does(
        db,
        &operator,
        (now, 8),
        &[step(made.id, Step::Accept, ""), step(made.id, Step::AskExtension(5), "等配件")],
    )
    .unwrap();
    assert!(matches!(
        does(db, &operator, (now, 9), &[step(made.id, Step::Extend, "")]),
        Err(Error::Forbidden(_))
    ));
    does(db, &worker, (now, 10), &[step(made.id, Step::Extend, "")]).unwrap();
    // What was given back is no longer the operator's, to do or to see.
    does(db, &operator, (now, 11), &[step(made.id, Step::Return(ReturnReason::NotMine), "")]).unwrap();
    assert_eq!(
        refused(does(db, &operator, (now, 12), &[step(made.id, Step::Accept, "")])),
        "matters-refused-not-yours"
    );
    assert!(matches!(
        db.read(|tx| sheet(tx, &operator, None, &made.code, day("2026-01-12"))),
        Err(Error::Forbidden(_))
    ));
    does(db, &worker, (now, 13), &[step(made.id, Step::Accept, "")]).unwrap();
    assert_eq!(
        refused(does(db, &worker, (now, 14), &[step(made.id, Step::Answer, " ")])),
        "matters-refused-say"
    );
    // A page that somebody else has overtaken changes nothing.
    let late = Advance { seen: Some(1), ..step(made.id, Step::Begin, "") };
    assert_eq!(refused(does(db, &worker, (now, 15), &[late])), "matters-refused-changed");
});

testkit::db_test!(whoever_did_it_does_not_hold_the_second_key, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let made = reported(db, &fixture, 1, |_, _| {});
    let named = |account: u128| Actor {
        account: Some(AccountId::from_uuid(base::Uuid::from_u128(account))),
        ..worker(&fixture)
    };
    let (one, two) = (named(1), named(2));
    let now = at("2026-01-12");
    does(db, &one, (now, 2), &[step(made.id, Step::Accept, ""), step(made.id, Step::Answer, "好了")])
        .unwrap();
    let confirm = [step(made.id, Step::Confirm { satisfied: None }, "来电确认")];
    assert_eq!(refused(does(db, &one, (now, 3), &confirm)), "matters-refused-own-key");
    does(db, &two, (now, 4), &confirm).unwrap();
});

testkit::db_test!(time_passes_once_however_often_the_job_runs, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let made = reported(db, &fixture, 1, |_, _| {});
    let job = |text: &str, seed| {
        run(db, &Actor::program(), (at(text), seed), |tx, call| pass_time(tx, call, &calendar())).unwrap()
    };
    // Due on the 13th; the job was off until the 20th, comes twice, and by one who may not it does nothing.
    assert_eq!((job("2026-01-20", 2), job("2026-01-20", 3)), (1, 0));
    let outcome =
        run(db, &operator(&fixture), (at("2026-01-20"), 4), |tx, call| pass_time(tx, call, &calendar()));
    assert!(matches!(outcome, Err(Error::Forbidden(_))));
    let sheet = sheet_of(db, &worker(&fixture), &made.code);
    let record: Vec<(String, String)> =
        sheet.record.iter().map(|it| (it.step.clone(), it.at.day().to_string())).collect();
    let expected = [
        ("receive", "2026-01-12"),
        ("remind", "2026-01-13"),
        ("join", "2026-01-14"),
        ("join", "2026-01-16"),
        ("join", "2026-01-20"),
    ];
    assert_eq!(record, expected.map(|(step, day)| (step.to_owned(), day.to_owned())));
    assert_eq!((sheet.life.holder, sheet.life.joined), (Holder::Operator, 3));
    // What somebody does afterwards stands behind what time has done by then.
    does(db, &operator(&fixture), (at("2026-01-23"), 5), &[step(made.id, Step::Accept, "")]).unwrap();
    let steps: Vec<String> =
        sheet_of(db, &worker(&fixture), &made.code).record.into_iter().map(|it| it.step).collect();
    assert_eq!(steps[5..], ["join".to_owned(), "accept".to_owned()]);
});

testkit::db_test!(terms_are_counted_again_when_the_year_is_known, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let made = run(db, &Actor::anyone(), (at("2026-12-31"), 1), |tx, call| {
        let command = new(&fixture, call.id(), &secret());
        receive(tx, call, (&vault(), &calendar()), &[command])
    });
    let made = made.unwrap().pop().unwrap();
    let due = || sheet_of(db, &worker(&fixture), &made.code).life.due;
    assert_eq!(due(), Due { on: day("2027-01-01"), provisional: true });
    let mut known = calendar();
    let file = "year = 2027\nsource = \"\"\nworkdays = []\n[[holiday]]\nname = \"元旦\"\nfrom = \"2027-01-01\"\nto = \"2027-01-03\"";
    known.add(file).unwrap();
    let none = MatterId::from_uuid(base::Uuid::nil());
    let again = |seed, after| {
        run(db, &Actor::program(), (at("2026-12-31"), seed), |tx, call| {
            recount_terms(tx, call, &known, after)
        })
    };
    let last = again(2, none).unwrap().unwrap();
    assert_eq!(again(3, last).unwrap(), None);
    assert_eq!(due(), Due { on: day("2027-01-04"), provisional: false });
});

testkit::db_test!(each_count_is_that_of_its_list, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let ids: Vec<MatterId> = (0..6).map(|seed| reported(db, &fixture, seed, |_, _| {}).id).collect();
    let (operator, worker) = (operator(&fixture), worker(&fixture));
    let now = at("2026-01-13");
    let moves = [
        (ids[1], Step::Suspend(SuspendReason::Works, day("2026-03-01"))),
        (ids[2], Step::Accept),
        (ids[2], Step::Answer),
        (ids[3], Step::AskExtension(3)),
        (ids[4], Step::Return(ReturnReason::NotMine)),
    ];
    let commands: Vec<Advance> = moves.into_iter().map(|(id, it)| step(id, it, "说明")).collect();
    does(db, &operator, (now, 20), &commands).unwrap();
    for (who, now) in [(&operator, now), (&worker, now), (&worker, at("2026-01-14"))] {
        let counts = read(db, |tx| counts(tx, who, now));
        for (queue, count) in &counts {
            let asked = Asked { queue: Some(*queue), ..Asked::default() };
            let (rows, _) = read(db, |tx| list(tx, Some(who), &asked, None, now));
            assert_eq!(i64::try_from(rows.len()).unwrap(), *count, "{queue:?}");
        }
        let of = |queue: Queue| counts.iter().find(|(it, _)| *it == queue).map(|(_, count)| *count);
        let operates = who.role() == Role::Operator;
        assert_eq!(of(Queue::Extension), if operates { None } else { Some(1) });
        assert_eq!((of(Queue::Suspended), of(Queue::Answered)), (Some(1), Some(1)));
        if now == at("2026-01-14") {
            assert_eq!(of(Queue::Overdue), Some(3));
        }
    }
    // A page after another gives every row once.
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let asked = Asked { after: after.take(), ..Asked::default() };
        let (rows, more) = read(db, |tx| list(tx, Some(&worker), &asked, Some(2), now));
        after = rows.last().map(|last| (last.order.into(), last.id));
        seen.extend(rows.into_iter().map(|row| row.id));
        if !more {
            break;
        }
    }
    seen.sort_unstable();
    let mut all = ids;
    all.sort_unstable();
    assert_eq!(seen, all);
});

testkit::db_test!(alike_matters_are_suggested_merged_and_parted_again, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let worker = worker(&fixture);
    let first = reported(db, &fixture, 1, |_, _| {});
    let second = reported(db, &fixture, 2, |it, _| it.words = "电梯又坏了，老人下不了楼".into());
    let third = reported(db, &fixture, 3, |it, _| it.words = "轿厢里的灯不亮，请来看看".into());
    let sheet = sheet_of(db, &worker, &second.code);
    let found = read(db, |tx| similar(tx, &worker, &vault(), &sheet, day("2026-01-12")));
    assert_eq!(found.iter().map(|it| it.code.as_str()).collect::<Vec<_>>(), [first.code.as_str()]);
    let now = at("2026-01-12");
    let merge = |id, into, seed| does(db, &worker, (now, seed), &[step(id, Step::Merge(into), "")]);
    assert_eq!(refused(merge(second.id, second.id, 4)), "matters-refused-merge");
    merge(second.id, first.id, 5).unwrap();
    assert_eq!(sheet_of(db, &worker, &second.code).merged_into.as_deref(), Some(first.code.as_str()));
    assert_eq!(refused(merge(third.id, second.id, 6)), "matters-refused-merge", "into what is merged itself");
    does(db, &worker, (now, 7), &[step(second.id, Step::Unmerge, "")]).unwrap();
    assert_eq!(sheet_of(db, &worker, &second.code).life.state, State::Received);
});

testkit::db_test!(words_are_public_once_a_worker_has_cleared_them, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let made = reported(db, &fixture, 1, |_, _| {});
    let public = || read(db, |tx| told(tx, &Actor::anyone(), Some(&vault()), &made.code, None)).public_words;
    assert_eq!(public(), None);
    let now = at("2026-01-12");
    assert!(matches!(
        does(db, &operator(&fixture), (now, 2), &[step(made.id, Step::Clear, "电梯故障")]),
        Err(Error::Forbidden(_))
    ));
    does(db, &worker(&fixture), (now, 3), &[step(made.id, Step::Clear, "电梯故障")]).unwrap();
    assert_eq!(public().as_deref(), Some("电梯故障"));
    does(db, &worker(&fixture), (now, 4), &[step(made.id, Step::Hide, "")]).unwrap();
    assert_eq!(public(), None);
});

testkit::db_test!(words_are_sealed_anew_and_forgotten_with_their_person, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let (operator, worker) = (operator(&fixture), worker(&fixture));
    let made = reported(db, &fixture, 1, |it, call| {
        it.reporter =
            Some(Reporter::Told { id: call.id(), name: "示例报".into(), telephone: String::new() });
    });
    let now = at("2026-01-12");
    does(db, &operator, (now, 2), &[step(made.id, Step::Accept, "")]).unwrap();
    does(db, &operator, (now, 3), &[step(made.id, Step::Answer, "已修好")]).unwrap();
    let both = Vault::with_older(&[2; 32], &[KEY]);
    let none = MatterId::from_uuid(base::Uuid::nil());
    let anew = |seed, after| {
        run(db, &Actor::program(), (now, seed), |tx, call| reseal_matters(tx, call, &both, after)).unwrap()
    };
    assert_eq!(anew(4, none), Some((made.id, 2)));
    assert_eq!(anew(5, none), Some((made.id, 0)), "a second time there is nothing to do");
    assert_eq!(anew(6, made.id), None);
    // Words and notes open with the new key alone; the name of whoever asked is another walk's.
    let newest = Vault::new(&[2; 32]);
    let seen =
        read(db, |tx| told(tx, &Actor::anyone(), Some(&newest), &made.code, Some(Hand::Address(&secret()))));
    assert_eq!(seen.words.as_deref(), Some("电梯坏了，老人下不了楼。"));
    assert_eq!(seen.record[2].note.as_deref(), Some("已修好"));
    let person = read(db, |tx| by_code(tx, &made.code)).person.unwrap();
    assert!(read(db, |tx| reports_from(tx, person, day("2026-01-12"))), "whoever waits is not forgotten");
    let copied = read(db, |tx| matters_copy(tx, &newest, person));
    assert_eq!(copied[0]["words"], "电梯坏了，老人下不了楼。");
    run(db, &Actor::program(), (now, 7), |tx, _| forget_words(tx, person)).unwrap();
    let seen = read(db, |tx| sheet(tx, &worker, Some(&both), &made.code, day("2026-01-12")));
    assert!(seen.words.is_none() && seen.record.iter().all(|it| it.note.is_none()));
});

testkit::db_test!(a_matter_of_a_community_that_has_left_the_list_is_worked_on_to_its_end, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let made = reported(db, &fixture, 1, |_, _| {});
    let leave =
        crate::register::Leave { id: fixture.communities[1], on: day("2026-01-13"), reason: "拆除".into() };
    run(db, &Actor::program(), (at("2026-01-13"), 2), |tx, call| {
        crate::register::leave(tx, call, std::slice::from_ref(&leave))
    })
    .unwrap();
    let worker = worker(&fixture);
    does(db, &worker, (at("2026-01-14"), 3), &[step(made.id, Step::Accept, "")]).unwrap();
    assert_eq!(sheet_of(db, &worker, &made.code).life.state, State::Accepted);
    let elsewhere =
        actor(Role::CommunityWorker, Scope::Grid { town: fixture.towns[1], grid: fixture.grids[2] });
    let outcome = does(db, &elsewhere, (at("2026-01-14"), 4), &[step(made.id, Step::Begin, "")]);
    assert!(matches!(outcome, Err(Error::Forbidden(_))));
    let (rows, _) = read(db, |tx| list(tx, Some(&worker), &Asked::default(), None, at("2026-01-14")));
    assert_eq!(rows.len(), 1, "it stands on the desk of whoever was responsible");
});

testkit::db_test!(who_confirms_is_asked_once_and_few_answers_stay_a_number, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let operator = operator(&fixture);
    let made = reported(db, &fixture, 60, |_, _| {});
    let key = secret();
    let poor = Survey { speed: Some(Level::Poor), manner: None, result: Some(Level::Good) };
    let answers = |seed, survey| {
        run(db, &Actor::anyone(), (at("2026-01-14"), seed), |tx, call| {
            answer_survey(tx, call, (&made.code, Hand::Address(&key)), survey)
        })
    };
    assert_eq!(refused(answers(61, poor)), "matters-refused-survey", "nothing is confirmed yet");
    let steps = [step(made.id, Step::Accept, ""), step(made.id, Step::Answer, "修好了。")];
    does(db, &operator, (at("2026-01-13"), 62), &steps).unwrap();
    run(db, &Actor::anyone(), (at("2026-01-14"), 63), |tx, call| {
        let confirm = step(made.id, Step::Confirm { satisfied: Some(true) }, "谢谢。");
        advance_own(tx, call, (&vault(), &calendar()), (&made.code, Hand::Address(&key)), &confirm)?;
        answer_survey(tx, call, (&made.code, Hand::Address(&key)), poor)
    })
    .unwrap();
    let wrong = Secret::new([8; 16]);
    let stranger = run(db, &Actor::anyone(), (at("2026-01-14"), 64), |tx, call| {
        answer_survey(tx, call, (&made.code, Hand::Address(&wrong)), poor)
    });
    assert!(matches!(stranger, Err(Error::Absent(_))));
    // Asked once: what was said first stays.
    answers(65, Survey { speed: Some(Level::Good), manner: Some(Level::Good), result: None }).unwrap();
    let own =
        read(db, |tx| told(tx, &Actor::anyone(), Some(&vault()), &made.code, Some(Hand::Address(&key))));
    assert!(own.surveyed);
    let days = (day("2026-01-01"), day("2026-02-01"));
    let figures = || read(db, |tx| surveyed(tx, &operator, fixture.communities[1], days, day("2026-01-31")));
    let counts: Vec<i64> = figures().iter().map(|(_, answers)| answers.all()).collect();
    assert_eq!(counts, [1, 0, 1]);
    assert!(figures().iter().all(|(_, it)| Level::ALL.iter().all(|level| it.of(*level).is_none())));
    // From ten on there are shares.
    for seed in 70..79 {
        let more = reported(db, &fixture, seed, |_, _| {});
        let steps = [
            step(more.id, Step::Accept, ""),
            step(more.id, Step::Answer, "修好了。"),
            step(more.id, Step::Confirm { satisfied: None }, ""),
        ];
        does(db, &Actor::program(), (at("2026-01-13"), seed + 100), &steps).unwrap();
        let good = Survey { speed: Some(Level::Good), ..Survey::default() };
        run(db, &Actor::program(), (at("2026-01-14"), seed + 200), |tx, call| {
            record_surveys(tx, call, &[(more.id, good)])
        })
        .unwrap();
    }
    let speed = figures()[0].1;
    assert_eq!(speed.of(Level::Good), Some(Share { of: 9, all: 10 }));
    assert_eq!(speed.of(Level::Poor), Some(Share { of: 1, all: 10 }));
    let by_worker = run(db, &worker(&fixture), (at("2026-01-14"), 90), |tx, call| {
        record_surveys(tx, call, &[(made.id, poor)])
    });
    assert!(matches!(by_worker, Err(Error::Forbidden(_))));
});

testkit::db_test!(answers_given_often_are_kept_by_each_part_and_taken_below_it, MIGRATIONS, |db| {
    let fixture = fixture::district(db);
    let leader = actor(Role::GridLeader, Scope::Grid { town: fixture.towns[0], grid: fixture.grids[0] });
    let (town, elsewhere) = (
        actor(Role::TownOfficer, Scope::Town(fixture.towns[0])),
        actor(Role::TownOfficer, Scope::Town(fixture.towns[1])),
    );
    let said = |category: &str, title: &str| TemplateWords {
        category: Some(category.to_owned()).filter(|code| !code.is_empty()),
        title: title.into(),
        title_en: "Title".into(),
        words: "已经处理。".into(),
        words_en: "It is done.".into(),
    };
    let add = |who: &Actor, seed, said: TemplateWords| {
        run(db, who, (at("2026-01-12"), seed), |tx, call| {
            let id: crate::kit::AnswerTemplateId = call.id();
            add_templates(tx, call, &[(id, said.clone())]).map(|()| id)
        })
    };
    let of_grid = add(&leader, 100, said("property-lift", "电梯")).unwrap();
    let of_town = add(&town, 101, said("property", "物业")).unwrap();
    let of_other = add(&elsewhere, 102, said("", "别处")).unwrap();
    assert!(matches!(add(&worker(&fixture), 103, said("", "工人")), Err(Error::Forbidden(_))));
    assert!(matches!(add(&operator(&fixture), 104, said("", "物业")), Err(Error::Forbidden(_))));
    assert_eq!(refused(add(&town, 105, said("dragons", "龙"))), "matters-refused-category");
    assert_eq!(refused(add(&town, 106, said("", " "))), "matters-refused-template");

    // Who answers is offered those of the category first, and none of another town or another category.
    let lift = (fixture.communities[1], "property-lift");
    let offered = |of| read(db, |tx| templates_for(tx, &operator(&fixture), of, day("2026-01-31")));
    assert_eq!(offered(lift).iter().map(|it| it.id).collect::<Vec<_>>(), [of_grid, of_town]);
    assert!(offered((fixture.communities[1], "lease-deposit")).is_empty());
    let seen = read(db, |tx| templates(tx, &elsewhere));
    assert_eq!(seen.iter().map(|it| it.id).collect::<Vec<_>>(), [of_other]);

    // Nobody changes what lies above them, and the second of two is told so.
    let change = |who: &Actor, seed, which, title: &str| {
        run(db, who, (at("2026-01-12"), seed), |tx, call| {
            change_template(tx, call, which, &said("property", title))
        })
    };
    assert!(matches!(change(&leader, 107, (of_town, 1), "改"), Err(Error::Forbidden(_))));
    change(&town, 108, (of_town, 1), "物业维修").unwrap();
    assert_eq!(refused(change(&town, 109, (of_town, 1), "晚了")), "matters-refused-template-changed");
    let end =
        |seed, which| run(db, &town, (at("2026-01-12"), seed), |tx, call| end_template(tx, call, which));
    assert_eq!(refused(end(110, (of_grid, 2))), "matters-refused-template-changed");
    end(111, (of_grid, 1)).unwrap();
    assert_eq!(offered(lift).iter().map(|it| it.id).collect::<Vec<_>>(), [of_town]);
});
