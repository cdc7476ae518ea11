//! The plain twin: a handbook made at random is judged and applied by going through every community of a small
//! world one by one, and the crate must say the same.

mod common;

use common::{HEAD, clause, rest};
use handbook::{
    Band, Code, Committee, CommunityKind, ConsequenceKind, Facts, Handbook, PropertyRight, StationForm,
    prescribe,
};
use proptest::prelude::*;

/// Constants stay below this, so that a world of numbers up to one more holds every case there is.
const TOP: i64 = 4;

#[derive(Debug, Clone)]
enum Test {
    Kinds(Vec<CommunityKind>),
    Right(PropertyRight),
    CommitteeIs(Committee),
    Households(Bound),
    Disputes(Bound),
    Difficulty(Vec<Band>),
}

#[derive(Debug, Clone)]
enum Bound {
    Over(i64),
    AtMost(i64),
    In(Vec<i64>),
}

impl Bound {
    fn holds(&self, number: i64) -> bool {
        match self {
            Self::Over(limit) => number > *limit,
            Self::AtMost(limit) => number <= *limit,
            Self::In(list) => list.contains(&number),
        }
    }

    fn toml(&self, factor: &str) -> String {
        match self {
            Self::Over(limit) => {
                format!("{{ factor = \"{factor}\", operator = \"over\", constant = {limit} }}")
            }
            Self::AtMost(limit) => {
                format!("{{ factor = \"{factor}\", operator = \"at_most\", constant = {limit} }}")
            }
            Self::In(list) => format!("{{ factor = \"{factor}\", operator = \"in\", constant = {list:?} }}"),
        }
    }
}

#[derive(Debug, Clone)]
struct Rule {
    tests: Vec<Test>,
    form: StationForm,
    priority: i64,
}

/// One community of the small world, with the band its facts lead to.
type World = (CommunityKind, PropertyRight, Committee, i64, Option<i64>, Band);

fn holds(test: &Test, world: &World) -> bool {
    let (kind, right, committee, households, disputes, band) = world;
    match test {
        Test::Kinds(kinds) => kinds.contains(kind),
        Test::Right(wanted) => wanted == right,
        Test::CommitteeIs(wanted) => wanted == committee,
        Test::Households(bound) => bound.holds(*households),
        Test::Disputes(bound) => disputes.is_some_and(|disputes| bound.holds(disputes)),
        Test::Difficulty(bands) => bands.contains(band),
    }
}

fn toml(rules: &[Rule]) -> String {
    let mut text = HEAD.to_owned();
    for (i, rule) in rules.iter().enumerate() {
        let tests: Vec<String> = rule
            .tests
            .iter()
            .map(|test| match test {
                Test::Kinds(kinds) => {
                    let codes: Vec<&str> = kinds.iter().map(|kind| kind.as_code()).collect();
                    format!("{{ factor = \"kind\", operator = \"in\", constant = {codes:?} }}")
                }
                Test::Right(right) => {
                    format!(
                        "{{ factor = \"property_right\", operator = \"is\", constant = {:?} }}",
                        right.as_code()
                    )
                }
                Test::CommitteeIs(committee) => {
                    format!(
                        "{{ factor = \"committee\", operator = \"is\", constant = {:?} }}",
                        committee.as_code()
                    )
                }
                Test::Households(bound) => bound.toml("households"),
                Test::Disputes(bound) => bound.toml("disputes"),
                Test::Difficulty(bands) => {
                    let codes: Vec<&str> = bands.iter().map(|band| band.as_code()).collect();
                    format!("{{ factor = \"difficulty\", operator = \"in\", constant = {codes:?} }}")
                }
            })
            .collect();
        let then = format!("station = {:?} }}\npriority = {}\n#", rule.form.as_code(), rule.priority);
        text += &clause(&format!("s{i}"), &tests.join(", "), &then);
    }
    let limit = r#"{ factor = "households", operator = "over", constant = "{limit}" }"#;
    text + &rest() + &clause("p", limit, "priority_visits = 3")
}

fn worlds() -> impl Iterator<Item = World> {
    let numbers = || std::iter::once(None).chain((0..=TOP + 1).map(Some));
    CommunityKind::ALL.iter().flat_map(move |&kind| {
        PropertyRight::ALL.iter().flat_map(move |&right| {
            Committee::ALL.iter().flat_map(move |&committee| {
                (0..=TOP + 1).flat_map(move |households| {
                    numbers().flat_map(move |disputes| {
                        Band::ALL
                            .iter()
                            .map(move |&band| (kind, right, committee, households, disputes, band))
                    })
                })
            })
        })
    })
}

/// The forms of the applying rules of highest priority.
fn forms(rules: &[Rule], world: &World) -> Vec<StationForm> {
    let applying: Vec<&Rule> =
        rules.iter().filter(|rule| rule.tests.iter().all(|test| holds(test, world))).collect();
    let top = applying.iter().map(|rule| rule.priority).max();
    let mut forms: Vec<StationForm> =
        applying.iter().filter(|rule| Some(rule.priority) == top).map(|rule| rule.form).collect();
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn bound() -> impl Strategy<Value = Bound> {
    prop_oneof![
        4 => (0..=TOP).prop_map(Bound::Over),
        4 => (0..=TOP).prop_map(Bound::AtMost),
        1 => prop::collection::vec(0..=TOP, 1..3).prop_map(Bound::In),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    let kinds = prop::sample::subsequence(CommunityKind::ALL, 1..=3);
    let bands = prop::sample::subsequence(Band::ALL, 1..=3);
    prop_oneof![
        3 => bound().prop_map(Test::Households),
        2 => kinds.prop_map(Test::Kinds),
        1 => prop::sample::select(PropertyRight::ALL).prop_map(Test::Right),
        1 => prop::sample::select(Committee::ALL).prop_map(Test::CommitteeIs),
        1 => bound().prop_map(Test::Disputes),
        1 => bands.prop_map(Test::Difficulty),
    ]
}

/// Rules at random; often with a last resort, so that good handbooks are not rare.
fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let rule =
        (prop::collection::vec(test(), 0..3), 0..3_usize, 0..4_i64).prop_map(|(tests, form, priority)| {
            Rule { tests, form: StationForm::ALL[form], priority: priority + 1 }
        });
    (prop::collection::vec(rule, 1..5), any::<bool>()).prop_map(|(mut rules, resort)| {
        if resort {
            rules.push(Rule { tests: Vec::new(), form: StationForm::None, priority: 0 });
        }
        rules
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn gaps_and_conflicts_are_found_if_and_only_if_there_are_any(rules in rules()) {
        let (mut gap, mut conflict) = (false, false);
        for world in worlds() {
            let forms = forms(&rules, &world);
            gap |= forms.is_empty();
            conflict |= forms.len() > 1;
        }
        let faults = Handbook::read_all("twin.toml", &toml(&rules)).err().unwrap_or_default();
        prop_assert_eq!(faults.iter().any(|fault| fault.code == Code::Gap), gap, "{:?}", faults);
        prop_assert_eq!(faults.iter().any(|fault| fault.code == Code::Conflict), conflict, "{:?}", faults);
        prop_assert!(faults.iter().all(|fault| matches!(fault.code, Code::Gap | Code::Conflict)), "{:?}", faults);
    }

    #[test]
    fn the_prescription_is_the_plain_one(rules in rules()) {
        let Ok(handbook) = Handbook::read("twin.toml", &toml(&rules)) else { return Ok(()) };
        // The band follows from the facts here, so one band of the world's four is enough.
        for world in worlds().filter(|world| world.5 == Band::Low) {
            let (kind, right, committee, households, disputes, _) = world;
            let mut facts = Facts::of(kind, right, households);
            facts.committee = committee;
            facts.disputes = disputes;
            let prescription = prescribe(&handbook, &facts);
            let band = prescription.difficulty.band;
            let plain = forms(&rules, &(kind, right, committee, households, disputes, band));
            prop_assert_eq!(prescription.station_form(), plain.first().copied());
            let station = prescription.station.as_ref().expect("no gap");
            prop_assert!(station.clauses.iter().all(|clause| clause.id.starts_with('s')));
        }
    }

    #[test]
    fn what_is_said_of_a_community_with_missing_facts_holds_whatever_they_turn_out_to_be(rules in rules()) {
        let Ok(handbook) = Handbook::read("twin.toml", &toml(&rules)) else { return Ok(()) };
        for (&kind, &committee) in CommunityKind::ALL.iter().zip(Committee::ALL.iter().cycle()) {
            for disputes in [None, Some(0), Some(TOP + 1)] {
                let mut facts = Facts::of(kind, PropertyRight::SingleOwner, 0);
                (facts.committee, facts.disputes) = (committee, disputes);
                (facts.right, facts.planned_households) = (None, None);
                let prescription = prescribe(&handbook, &facts);
                let band = prescription.difficulty.band;
                let possible: Vec<Option<StationForm>> = worlds()
                    .filter(|world| (world.0, world.2, world.4, world.5) == (kind, committee, disputes, band))
                    .map(|world| forms(&rules, &world).first().copied())
                    .collect();
                match prescription.station_form() {
                    Some(form) => prop_assert!(possible.iter().all(|possible| *possible == Some(form))),
                    None => prop_assert!(prescription.missing.iter().any(|it| it.kind == ConsequenceKind::Station)),
                }
                // Workers are counted from households, so without them nobody is.
                prop_assert!(prescription.workers.is_none());
            }
        }
    }
}
