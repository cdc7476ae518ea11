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
    let silent =
        DecideForm { community, form: StationForm::Joint, reason: " ".into(), from: day("2026-01-11") };
    let refused = write(db, 6, |tx, call| decide_forms(tx, call, std::slice::from_ref(&silent)));
    assert!(matches!(refused, Err(Error::Refused(ref refusal)) if refusal.field == Some("reason")));
});
