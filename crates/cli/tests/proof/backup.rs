//! A backup, or a restoring, that is killed leaves the whole thing or nothing.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use db::archive::{self, Summary};

use crate::kills::{Atomic, Order, on_both};
use crate::picture::Picture;
use crate::place::{Engine, Place, said};

on_both!(a_backup_is_there_or_not, backup);
on_both!(a_restored_district_is_there_or_not, restore);

fn read(file: &Path) -> Summary {
    archive::look(File::open(file).unwrap()).unwrap().open(None).unwrap().check().unwrap()
}

/// What looks like an archive beside a district.
fn archives(place: &Place) -> Vec<PathBuf> {
    let names =
        fs::read_dir(place.beside("backups")).into_iter().flatten().map(|entry| entry.unwrap().path());
    names.filter(|name| name.extension().is_some_and(|end| end == "lilong")).collect()
}

fn backup(engine: Engine, order: &Order) {
    let Some(ground) = Place::demonstration(engine, &order.size) else { return };
    let before = Picture::of(&ground).unwrap();
    let is_there = |place: &Place| {
        assert_eq!(Picture::of(place).unwrap(), before, "a backup changed the district");
        let there = archives(place);
        for name in &there {
            assert_eq!(read(name).tables, before.tables);
        }
        !there.is_empty()
    };
    let command = |place: &Place| place.lilong(&["backup", &place.beside("backups/a.lilong")]);
    Atomic {
        name: "backup",
        engine,
        ground: &ground,
        command: &command,
        is_there: &is_there,
        from_nothing: false,
    }
    .prove(order);
}

fn restore(engine: Engine, order: &Order) {
    let Some(demo) = Place::demonstration(engine, &order.size) else { return };
    let file = demo.beside("whole.lilong");
    said(&mut demo.lilong(&["backup", &file]));
    let whole = Picture::of(&demo).unwrap();
    let ground = Place::empty(engine).unwrap();
    let is_there = |place: &Place| {
        Picture::of(place).is_some_and(|there| {
            assert_eq!(there, whole, "a district was restored by halves");
            // The key comes from the safe.
            fs::copy(demo.data().join("vault.key"), place.data().join("vault.key")).unwrap();
            true
        })
    };
    let command = |place: &Place| {
        fs::create_dir_all(place.data()).unwrap();
        place.lilong(&["restore", &file])
    };
    Atomic {
        name: "restore",
        engine,
        ground: &ground,
        command: &command,
        is_there: &is_there,
        from_nothing: true,
    }
    .prove(order);
}
