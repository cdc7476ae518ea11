//! An import that is killed leaves nothing behind, and the same import then does all of it.

use serde_json::Value;

use crate::kills::{Atomic, Order, on_both};
use crate::picture::Picture;
use crate::place::{DAY, Engine, Place, said};

on_both!(a_register_is_taken_in_or_not, register);

fn register(engine: Engine, order: &Order) {
    let Some(demo) = Place::demonstration(engine, &order.size) else { return };
    let workbook = demo.beside("register.xlsx");
    said(&mut demo.lilong(&["export", "--on", DAY, &workbook]));
    // A district that was begun and has no register yet.
    let ground = Place::empty(engine).unwrap();
    said(&mut ground.lilong(&["name", "闵行区"]));
    let before = Picture::of(&ground).unwrap();
    let whole = ground.copy();
    said(&mut whole.lilong(&["import", "--on", DAY, &workbook]));
    let after = Picture::of(&whole).unwrap();
    assert!(nothing_is_left_to_do(&whole, &workbook));
    let is_there = |place: &Place| {
        let now = Picture::of(place).unwrap();
        if now == before {
            return false;
        }
        assert_eq!(now.rows(), after.rows(), "an import was done by halves");
        true
    };
    let command = |place: &Place| place.lilong(&["import", "--on", DAY, &workbook]);
    Atomic {
        name: "import",
        engine,
        ground: &ground,
        command: &command,
        is_there: &is_there,
        from_nothing: false,
    }
    .prove(order);
}

/// Is every row of the workbook in the register as it stands there?
fn nothing_is_left_to_do(place: &Place, workbook: &str) -> bool {
    let looked = said(&mut place.lilong(&["import", "--dry-run", "--json", "--on", DAY, workbook]));
    let line: Value = serde_json::from_str(&looked).unwrap();
    line["sheets"].as_object().unwrap().values().all(|sheet| sheet["same"] == sheet["rows"])
}
