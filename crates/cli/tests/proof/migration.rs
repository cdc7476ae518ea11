//! A district of an older schema whose bringing up to date is killed goes on at the next start, and ends as if nothing had
//! happened.

use std::time::Duration;

use db::{Bulk, Db, Schema, Ty, Value};

use crate::kills::{Order, Tally, kill_after, on_both, whole};
use crate::picture::{self, Picture, nothing_is_wrong};
use crate::place::{Engine, Place};

on_both!(an_older_schema_is_brought_up_to_date, upgrade);

/// The schema before sums over spans, the audit's chain and all that came after: most steps since then work on data.
const OLD: usize = 7;

/// What the audit's chain counts by.
const CHAIN: [&str; 2] = ["audit", "audit_before"];

/// Opens the district, which brings its schema up to date, and only reads.
const COMMAND: [&str; 3] = ["coverage", "--on", crate::place::DAY];

fn upgrade(engine: Engine, order: &Order) {
    let Some(demo) = Place::demonstration(engine, &order.size) else { return };
    let ground = Place::empty(engine).unwrap();
    std::fs::create_dir_all(ground.data()).unwrap();
    std::fs::copy(demo.data().join("vault.key"), ground.data().join("vault.key")).unwrap();
    as_it_was(&demo, &ground);
    let old = Picture::of(&ground).unwrap();
    let first = ground.copy();
    let took = whole(&mut first.lilong(&COMMAND));
    let done = Picture::of(&first).unwrap();
    assert!(old.version < done.version && done.rows()["community_spans"] > 0);
    nothing_is_wrong(&first);
    let mut tally = Tally::default();
    for moment in order.moments(Duration::ZERO..took, order.kills) {
        let place = ground.copy();
        kill_after(&mut place.lilong(&COMMAND), moment);
        let found = picture::version(&place).unwrap();
        if found == done.version {
            assert_eq!(Picture::of(&place).unwrap(), done);
            tally.there += 1;
        } else if found == old.version {
            assert_eq!(Picture::of(&place).unwrap(), old);
            tally.absent += 1;
        } else {
            tally.on_the_way += 1;
        }
        whole(&mut place.lilong(&COMMAND));
        assert_eq!(Picture::of(&place).unwrap(), done, "it went on to another end");
        nothing_is_wrong(&place);
    }
    assert!(tally.there < order.kills, "no kill came before the end");
    tally.report("migration", engine);
}

/// The district as it would lie in the older schema: the rows of today's tables in as many columns as they had.
fn as_it_was(from: &Place, to: &Place) {
    let (from, to) = (from.find().unwrap(), Db::open(&to.location()).unwrap());
    to.migrate(&district::MIGRATIONS[..OLD], testkit::now()).unwrap();
    let old = to.schema().unwrap();
    let rows = rows(&from, &old);
    to.write(|tx| {
        for (table, rows) in &rows {
            tx.bulk(table, rows)?;
        }
        Ok::<_, db::Error>(())
    })
    .unwrap();
}

fn rows(from: &Db, old: &Schema) -> Vec<(Bulk, Vec<Vec<Value>>)> {
    let names = old.by_reference().unwrap();
    let tables = names.into_iter().filter(|name| *name != "schema_versions").map(|name| {
        let table = &old.tables[name];
        let mut rows: Vec<Vec<Value>> = Vec::new();
        from.read(|tx| {
            rows.clear();
            tx.scan(name, table, |row| rows.push(row.to_vec()))
        })
        .unwrap();
        // The chain of the audit came later, and counts from where it begins.
        rows.retain(|row| !row.iter().any(|value| CHAIN.iter().any(|name| *value == Value::from(*name))));
        // A statement lives as long as the program.
        let columns = table.columns.iter().map(|column| (leaked(&column.name), column.kind().unwrap()));
        let columns: &'static [(&'static str, Ty)] = Box::leak(columns.collect());
        (Bulk::new("as it was", leaked(name), columns), rows)
    });
    tables.collect()
}

fn leaked(text: &str) -> &'static str {
    Box::leak(text.into())
}
