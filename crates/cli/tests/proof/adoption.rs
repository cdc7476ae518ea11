//! A plan whose adoption is killed is the district's plan with all that follows from it, or a scenario as before; and who
//! sends the form again has it adopted once.

use std::thread;
use std::time::{Duration, Instant};

use base::{Day, Uuid};
use district::kit::{Actor, Call};
use district::plan::rules::Parameters;
use district::plan::{self, MakePlan};

use crate::kills::{Order, Tally, on_both};
use crate::picture::{Picture, nothing_is_wrong};
use crate::place::{DAY, Engine, Place};
use crate::serving::{Reader, Serving};

on_both!(a_plan_is_adopted_or_not, adoption);

/// The key of the one form that is sent, and sent again.
const KEY: Uuid = Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001);

fn adoption(engine: Engine, order: &Order) {
    let Some(ground) = Place::demonstration(engine, &order.size) else { return };
    let form = Form { path: format!("/district/plan/{}/adopt", scenario(&ground)) };
    let serving = Serving::start(&ground);
    let mut officer = Reader::new(&serving);
    officer.enter("district-officer");
    serving.end();
    let before = Picture::of(&ground).unwrap();
    let (took, after) = undisturbed(&ground, &officer, &form);
    let mut tally = Tally::default();
    for moment in order.moments(Duration::ZERO..took * 6 / 5, order.kills) {
        let place = ground.copy();
        let acknowledged = killed(&place, &officer, &form, moment);
        let found = Picture::of(&place).unwrap();
        if found == before {
            assert!(!acknowledged, "what was acknowledged is lost");
            tally.absent += 1;
        } else {
            assert_eq!(found.rows(), after.rows(), "a plan was adopted by halves");
            tally.there += 1;
        }
        again(&place, &officer, &form);
        assert_eq!(Picture::of(&place).unwrap().rows(), after.rows(), "sent again, it was not done once");
        nothing_is_wrong(&place);
    }
    assert!(tally.absent > 0, "no kill came before the end");
    tally.report("plan adoption", engine);
}

struct Form {
    path: String,
}

impl Form {
    fn send(&self, reader: &mut Reader) -> Option<u16> {
        let fields = format!("request_key={KEY}&from=2026-02-01&even_unproven=yes");
        reader.post(&self.path, &fields).ok().map(|answer| answer.status)
    }
}

/// A scenario that an officer could adopt.
fn scenario(ground: &Place) -> Uuid {
    let (db, program) = (ground.find().unwrap(), Actor::program());
    let command = MakePlan {
        name: "proof".into(),
        handbook: None,
        on: Day::parse(DAY).unwrap(),
        parameters: Parameters::default(),
        marks: std::collections::BTreeMap::new(),
        based_on: None,
    };
    let prepared = db.read(|tx| plan::prepare(tx, &program, command.clone())).unwrap();
    let solved = prepared.solve(plan::STEPS);
    let kept = db.write(|tx| plan::save(tx, &mut Call::new(&program, testkit::now(), 1), &solved));
    kept.unwrap().uuid()
}

/// How long it takes to be adopted, and what is there then.
fn undisturbed(ground: &Place, officer: &Reader, form: &Form) -> (Duration, Picture) {
    let place = ground.copy();
    let serving = Serving::start(&place);
    let sent = Instant::now();
    assert_eq!(form.send(&mut officer.at(&serving)), Some(303));
    let took = sent.elapsed();
    serving.end();
    (took, Picture::of(&place).unwrap())
}

/// Sends the form and ends the program after a while: was it acknowledged?
fn killed(place: &Place, officer: &Reader, form: &Form, after: Duration) -> bool {
    let serving = Serving::start(place);
    let mut officer = officer.at(&serving);
    thread::scope(|scope| {
        let sent = scope.spawn(move || form.send(&mut officer));
        thread::sleep(after);
        serving.kill();
        sent.join().unwrap() == Some(303)
    })
}

/// Sends it again, as a person does who got no answer.
fn again(place: &Place, officer: &Reader, form: &Form) {
    let serving = Serving::start(place);
    assert_eq!(form.send(&mut officer.at(&serving)), Some(303));
    serving.end();
}
