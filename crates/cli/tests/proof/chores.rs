//! What time makes necessary, broken off anywhere and begun again, leaves what one whole run leaves: terms that end, referrals
//! that are chased, what is told of the day, notes that are forgotten. And it is safe to do twice.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::process::Command;
use std::time::Duration;

use base::{Day, Instant, Uuid};
use db::{Column, Db, Value};
use district::kit::NOT_FACTS;
use district::kit::settings::{self, Setting};

use crate::kills::{Order, Tally, kill_after, on_both, whole};
use crate::picture::{nobody_is_at_work, nothing_is_wrong};
use crate::place::{Engine, Place};

on_both!(chores_end_where_they_would_have, chores);

/// Weeks after the demonstration's day, in the working hours in which the day's digest goes out: nobody looked after the
/// district meanwhile.
const LATER: &str = "2026-03-12";

fn chores(engine: Engine, order: &Order) {
    let Some(ground) = Place::demonstration(engine, &order.size) else { return };
    weeks_pass(&ground.find().unwrap());
    let known = Known::of(&ground);
    let before = known.facts(&ground);
    let first = ground.copy();
    let took = whole(&mut tidy(&first));
    let after = known.facts(&first);
    let changed = differing(&before, &after);
    for expected in ["matters", "matter_steps", "referrals", "reach_facts", "notices", "digests"] {
        assert!(changed.contains(&expected), "{expected} is as it was: {changed:?}");
    }
    whole(&mut tidy(&first));
    let again = known.facts(&first);
    assert!(again == after, "done a second time, it changed {:?}", differing(&after, &again));
    nothing_is_wrong(&first);
    // Each takes two runs and a reading of everything.
    let (kills, mut tally) = ((order.kills / 2).max(1), Tally::default());
    for moment in order.moments(Duration::ZERO..took * 11 / 10, kills) {
        let place = ground.copy();
        kill_after(&mut tidy(&place), moment);
        match known.facts(&place) {
            found if found == before => tally.absent += 1,
            found if found == after => tally.there += 1,
            _ => tally.on_the_way += 1,
        }
        whole(&mut tidy(&place));
        let found = known.facts(&place);
        let other = differing(&after, &found);
        assert!(
            other.is_empty(),
            "killed after {moment:?} and begun again, it left something else in {other:?}"
        );
    }
    assert!(tally.there < kills, "no kill came before the end");
    tally.report("chores", engine);
}

/// Tables that do not hold the same.
fn differing<'a>(one: &'a Facts, other: &Facts) -> Vec<&'a str> {
    one.iter().filter(|(name, facts)| other.get(*name) != Some(*facts)).map(|(name, _)| &**name).collect()
}

/// For each table how many rows it holds and the sum of their hashes.
type Facts = BTreeMap<String, (u64, u64)>;

fn tidy(place: &Place) -> Command {
    place.lilong(&["tidy"])
}

/// The demonstration's clock stands; it is set on.
fn weeks_pass(db: &Db) {
    let later = Instant::at(Day::parse(LATER).unwrap(), 10, 0);
    db.write(|tx| settings::set(tx, Setting::Clock, &later.millis().to_string())).unwrap();
}

/// The ids that were there before: those that a run draws for what it makes differ from run to run.
struct Known(HashSet<Uuid>);

impl Known {
    fn of(place: &Place) -> Self {
        let mut ids = HashSet::new();
        each_row(place, |_, _, row| ids.extend(row.iter().filter_map(id)));
        Self(ids)
    }

    /// What a place holds, ids that were drawn since left out.
    fn facts(&self, place: &Place) -> Facts {
        let mut tables = Facts::new();
        each_row(place, |name, columns, row| {
            let mut hash = DefaultHasher::new();
            for (column, value) in columns.iter().zip(row) {
                match id(value).filter(|_| column.ty == "UUID") {
                    Some(id) if !self.0.contains(&id) => {}
                    _ => format!("{value:?}").hash(&mut hash),
                }
            }
            let (rows, sum) = tables.entry(name.to_owned()).or_default();
            *rows += 1;
            *sum = sum.wrapping_add(hash.finish());
        });
        tables
    }
}

/// A value that may be an id: one engine gives it as its bytes.
fn id(value: &Value) -> Option<Uuid> {
    match value {
        Value::Uuid(id) => Some(*id),
        Value::Bytes(bytes) => Uuid::from_slice(bytes).ok(),
        _ => None,
    }
}

/// How many steps it took stands in the audit, and differs when it was done in two goes.
const COUNTS_STEPS: [&str; 3] = ["audit", "audit_subjects", "counters"];

/// Every row of every table that holds facts, once whoever worked there is gone; the audit of it left out.
fn each_row(place: &Place, mut visit: impl FnMut(&str, &[Column], &[Value])) {
    let db = place.find().unwrap();
    nobody_is_at_work(&db);
    let schema = db.schema().unwrap();
    let left_out = |name: &str| NOT_FACTS.contains(&name) || COUNTS_STEPS.contains(&name);
    for (name, table) in schema.tables.iter().filter(|(name, _)| !left_out(name)) {
        db.read(|tx| tx.scan(name, table, |row| visit(name, &table.columns, row))).unwrap();
    }
}
