//! The life of a matter: every step in every state, the clock, and what time does.

use base::{Calendar, Day, Instant, Uuid};
use proptest::prelude::*;

use super::*;
use crate::kit::Error;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::at(day(text), 10, 0)
}

fn calendar() -> Calendar {
    Calendar::published().unwrap()
}

fn other() -> MatterId {
    MatterId::from_uuid(Uuid::from_u128(7))
}

/// Every kind of step, each with something that suits it on 2026-01-13.
fn steps() -> Vec<Step> {
    vec![
        Step::Receive,
        Step::Accept,
        Step::Begin,
        Step::Contact,
        Step::Answer,
        Step::Confirm { satisfied: Some(true) },
        Step::Reopen,
        Step::Return(ReturnReason::NotMine),
        Step::Assign(Holder::Town),
        Step::Suspend(SuspendReason::OwnersVote, day("2026-02-13")),
        Step::Resume,
        Step::Refuse(Ground::Court),
        Step::Withdraw,
        Step::AskExtension(5),
        Step::Extend,
        Step::KeepTerm,
        Step::Merge(other()),
        Step::Unmerge,
        Step::CallBack { resolved: true, satisfied: None },
        Step::Note,
        Step::Clear,
        Step::Hide,
        Step::Remind,
        Step::Join,
        Step::Silence,
    ]
}

/// A life in each state, by the shortest way there; received on Monday 2026-01-12 with five working days.
fn in_state(state: State) -> Life {
    let calendar = calendar();
    let terms = Terms::new(&calendar);
    let begun = Life::begin(Holder::Operator, 5, at("2026-01-12"), terms);
    let ways: &[Step] = match state {
        State::Received => &[],
        State::Accepted => &[Step::Accept],
        State::InProgress => &[Step::Accept, Step::Begin],
        State::Suspended => &[Step::Accept, Step::Suspend(SuspendReason::Works, Day::from_days(20_484))],
        State::Answered => &[Step::Accept, Step::Answer],
        State::Closed => &[Step::Accept, Step::Answer, Step::Silence],
        State::NotAccepted => &[Step::Refuse(Ground::Court)],
        State::Withdrawn => &[Step::Withdraw],
        State::Merged => &[Step::Merge(MatterId::from_uuid(Uuid::from_u128(7)))],
    };
    ways.iter().fold(begun, |life, step| life.take(*step, at("2026-01-12"), terms, true).unwrap())
}

/// Which steps each state takes, in the order of [`steps`]: a table, apart from the code.
#[test]
fn every_step_in_every_state() {
    let table = |state| match state {
        State::Received => {
            "accept contact return assign suspend refuse withdraw ask-extension merge remind join"
        }
        State::Accepted => {
            "begin contact answer return assign suspend refuse withdraw ask-extension merge remind join"
        }
        State::InProgress => "contact answer return assign suspend withdraw ask-extension merge remind join",
        State::Suspended => "contact resume withdraw",
        State::Answered => "contact confirm reopen withdraw merge silence",
        State::Closed => "reopen call-back",
        State::NotAccepted | State::Withdrawn => "",
        State::Merged => "unmerge",
    };
    let calendar = calendar();
    let terms = Terms::new(&calendar);
    for &state in State::ALL {
        assert_eq!(in_state(state).state, state);
        let mut taken = Vec::new();
        for step in steps() {
            match in_state(state).take(step, at("2026-01-13"), terms, true) {
                Ok(_) => taken.push(step.as_str()),
                Err(Error::Refused(_)) => {}
                Err(other) => panic!("{state:?} {step:?}: {other}"),
            }
        }
        // What is only said is said in every state.
        taken.retain(|step| !["note", "clear", "hide"].contains(step));
        assert_eq!(taken.join(" "), table(state), "{state:?}");
    }
}

fn refused(outcome: Result<Life>) -> &'static str {
    match outcome {
        Err(Error::Refused(refusal)) => refusal.message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_clock_is_in_working_days_and_over_holidays() {
    let calendar = calendar();
    let terms = Terms::new(&calendar);
    // The spring festival lies from the 15th to the 23rd, the 14th and the 28th are worked.
    let life = Life::begin(Holder::Operator, 5, at("2026-02-12"), terms);
    assert_eq!(life.due, Due { on: day("2026-02-26"), provisional: false });
    // Four fifths of the term: the reminder comes on the fourth of its five days.
    assert_eq!(life.next_on, Some(day("2026-02-25")));
    let one = Life::begin(Holder::Operator, 1, at("2026-01-12"), terms);
    assert_eq!((one.due.on, one.next_on), (day("2026-01-13"), Some(day("2026-01-13"))));
}

#[test]
fn after_the_term_the_next_levels_join_two_working_days_apart() {
    let calendar = calendar();
    let terms = Terms::new(&calendar);
    // Due on Monday the 19th.
    let life = Life::begin(Holder::Operator, 5, at("2026-01-12"), terms);
    let (after, steps) = pass(life, day("2026-06-01"), terms, true).unwrap();
    let happened: Vec<(&str, String)> =
        steps.iter().map(|(step, at, _)| (step.as_str(), at.day().to_string())).collect();
    let expected = [
        ("remind", "2026-01-16"),
        ("join", "2026-01-20"),
        ("join", "2026-01-22"),
        ("join", "2026-01-24"),
        ("join", "2026-01-28"),
    ];
    assert_eq!(happened, expected.map(|(step, day)| (step, day.to_owned())));
    assert!(after.joiners().eq([Holder::Station, Holder::Grid, Holder::Town, Holder::District]));
    assert_eq!(
        (after.holder, after.late, after.next_on),
        (Holder::Operator, true, None),
        "the holder stays named"
    );
}

#[test]
fn the_clock_stands_still_while_it_waits_and_what_was_left_is_left() {
    let calendar = calendar();
    let terms = Terms::new(&calendar);
    let begun = Life::begin(Holder::Operator, 5, at("2026-01-12"), terms);
    // Two of five days are over on Wednesday the 14th: three are left.
    let suspended = begun.take(
        Step::Suspend(SuspendReason::OwnersVote, day("2026-02-02")),
        at("2026-01-14"),
        terms,
        false,
    );
    let suspended = suspended.unwrap();
    assert_eq!(suspended.next_on, Some(day("2026-02-02")));
    let (resumed, steps) = pass(suspended.clone(), day("2026-02-02"), terms, false).unwrap();
    assert_eq!(steps.len(), 1);
    assert_eq!((resumed.state, resumed.due.on), (State::Received, day("2026-02-05")));
    assert_eq!(resumed.clone().recounted(terms), resumed);
    let early = suspended.take(Step::Resume, at("2026-01-15"), terms, false).unwrap();
    assert_eq!(early.due.on, day("2026-01-20"));
}

#[test]
fn more_time_is_asked_for_once_and_given_before_the_end() {
    let calendar = calendar();
    let terms = Terms::new(&calendar);
    let asked =
        in_state(State::Accepted).take(Step::AskExtension(5), at("2026-01-19"), terms, false).unwrap();
    assert_eq!(
        refused(asked.clone().take(Step::AskExtension(5), at("2026-01-19"), terms, false)),
        "matters-refused-extended-already"
    );
    assert_eq!(
        refused(asked.clone().take(Step::Extend, at("2026-01-20"), terms, false)),
        "matters-refused-extension-late"
    );
    let given = asked.clone().take(Step::Extend, at("2026-01-19"), terms, false).unwrap();
    assert_eq!((given.due.on, given.term_days, given.extension_asked), (day("2026-01-26"), 10, None));
    assert_eq!(
        refused(given.take(Step::AskExtension(1), at("2026-01-19"), terms, false)),
        "matters-refused-extended-already"
    );
    let kept = asked.take(Step::KeepTerm, at("2026-01-20"), terms, false).unwrap();
    assert_eq!((kept.due.on, kept.extension_asked), (day("2026-01-19"), None));
    for days in [0, 16, -3] {
        let outcome =
            in_state(State::Accepted).take(Step::AskExtension(days), at("2026-01-13"), terms, false);
        assert_eq!(refused(outcome), "matters-refused-extension");
    }
}

#[test]
fn silence_closes_unconfirmed_and_a_tenth_is_called() {
    let calendar = calendar();
    let terms = Terms::new(&calendar);
    let answered = in_state(State::Answered);
    assert_eq!(answered.next_on, Some(day("2026-01-20")), "seven days of silence after the 12th");
    let (closed, _) = pass(answered.clone(), day("2026-01-20"), terms, true).unwrap();
    assert_eq!(
        (closed.state, closed.outcome, closed.call_back),
        (State::Closed, Some(Outcome::Unconfirmed), true)
    );
    let called = |resolved| {
        let step = Step::CallBack { resolved, satisfied: Some(false) };
        closed.clone().take(step, at("2026-01-21"), terms, false).unwrap()
    };
    let done = called(true);
    assert_eq!(
        (done.outcome, done.satisfied, done.call_back),
        (Some(Outcome::CalledBack), Some(false), false)
    );
    let again = called(false);
    assert_eq!((again.state, again.reopened, again.due.on), (State::Accepted, 1, day("2026-01-28")));
    let (quiet, _) = pass(answered, day("2026-01-20"), terms, false).unwrap();
    assert_eq!(
        refused(quiet.clone().take(
            Step::CallBack { resolved: true, satisfied: None },
            at("2026-01-21"),
            terms,
            false
        )),
        "matters-refused-no-call-back"
    );
    assert_eq!(
        refused(quiet.clone().take(Step::Reopen, at("2026-02-20"), terms, false)),
        "matters-refused-reopen-late"
    );
    assert_eq!(quiet.take(Step::Reopen, at("2026-02-19"), terms, false).unwrap().state, State::Accepted);
}

#[test]
fn whoever_gives_it_back_hands_it_up_with_a_term_of_its_own() {
    let calendar = calendar();
    let terms = Terms::new(&calendar);
    let mut life = in_state(State::InProgress);
    for holder in [Holder::Station, Holder::Grid, Holder::Town, Holder::District] {
        life = life.take(Step::Return(ReturnReason::NotMine), at("2026-01-15"), terms, false).unwrap();
        assert_eq!((life.holder, life.state, life.due.on), (holder, State::Received, day("2026-01-22")));
    }
    let nobody = life.clone().take(Step::Return(ReturnReason::NotMine), at("2026-01-15"), terms, false);
    assert_eq!(refused(nobody), "matters-refused-nobody-above");
    let same = life.take(Step::Assign(Holder::District), at("2026-01-15"), terms, false);
    assert_eq!(refused(same), "matters-refused-same-holder");
}

#[test]
fn what_is_counted_over_an_unknown_year_is_counted_again_when_it_is_known() {
    let mut calendar = calendar();
    let life = Life::begin(Holder::Station, 5, at("2026-12-29"), Terms::new(&calendar));
    assert_eq!(life.due, Due { on: day("2027-01-05"), provisional: true });
    let file = "year = 2027\nsource = \"\"\nworkdays = []\n[[holiday]]\nname = \"元旦\"\nfrom = \"2027-01-01\"\nto = \"2027-01-03\"";
    calendar.add(file).unwrap();
    let known = life.recounted(Terms::new(&calendar));
    assert_eq!(known.due, Due { on: day("2027-01-06"), provisional: false });
}

/// Steps by people, each some days after the one before.
fn lives() -> impl Strategy<Value = Vec<(Step, i64)>> {
    let by_time = |step: &Step| matches!(step, Step::Remind | Step::Join | Step::Silence);
    let by_people: Vec<Step> = steps().into_iter().filter(|step| !by_time(step)).collect();
    let step = proptest::sample::select(by_people);
    proptest::collection::vec((step, 0_i64..12), 0..30)
}

proptest! {
    /// However often time is let pass in between, the same life and the same record come of it: a job that ran every day, one that
    /// ran twice, and one that was off for weeks.
    #[test]
    fn time_passes_the_same_however_often_it_is_looked_at(moves in lives(), drawn: bool) {
        let calendar = calendar();
        let terms = Terms::new(&calendar);
        let begun = Life::begin(Holder::Operator, 5, at("2026-01-12"), terms);
        let (mut lazy, mut daily) = (begun.clone(), begun);
        let (mut lazy_record, mut daily_record) = (Vec::new(), Vec::new());
        let mut today = day("2026-01-12");
        for (step, ahead) in moves {
            for _ in 0..ahead {
                today = today + 1;
                for _ in 0..2 {
                    let (life, steps) = pass(daily, today, terms, drawn).unwrap();
                    daily = life;
                    daily_record.extend(steps);
                }
            }
            let (life, steps) = pass(lazy, today, terms, drawn).unwrap();
            lazy = life;
            lazy_record.extend(steps);
            prop_assert_eq!(&lazy, &daily);
            let at = Instant::at(today, 15, 0);
            if let Ok(life) = lazy.clone().take(step, at, terms, drawn) {
                daily = daily.take(step, at, terms, drawn).unwrap();
                lazy = life;
            }
            let (life, steps) = pass(lazy, today, terms, drawn).unwrap();
            lazy = life;
            lazy_record.extend(steps);
            let (life, steps) = pass(daily, today, terms, drawn).unwrap();
            daily = life;
            daily_record.extend(steps);
            // What must hold of every life.
            prop_assert_eq!(&lazy, &daily);
            prop_assert_eq!(&lazy_record, &daily_record);
            prop_assert_eq!(lazy.state.is_open(), lazy.closed_at.is_none());
            prop_assert_eq!(lazy.outcome.is_some(), lazy.state == State::Closed);
            prop_assert_eq!(lazy.suspension.is_some(), lazy.state == State::Suspended);
            prop_assert_eq!(lazy.merged_into.is_some(), lazy.state == State::Merged);
            prop_assert!(lazy.joined <= lazy.holder.above());
            prop_assert!(lazy.next_on.is_none_or(|next| next > today));
        }
    }
}
