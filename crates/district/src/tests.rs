//! What holds for the whole of `district`: statements prepare, schemas agree, tables obey the rules.

mod unbegun;
pub(crate) mod work;

use std::cell::RefCell;

use db::Schema;

use crate::{MIGRATIONS, registered};

testkit::db_test!(every_statement_prepares, MIGRATIONS, |db| {
    let refused: Vec<String> =
        registered().iter().filter_map(|s| db.check(*s).err()).map(|e| e.to_string()).collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
});

/// Each `statements!`, `bulk!` and list of a store stands in its `registered!`, and each store in `crate::registered`.
#[test]
fn every_statement_is_registered() {
    let names: Vec<&str> = registered().iter().map(|s| s.name()).collect();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut missing = Vec::new();
    for file in stores(&root) {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines() {
            let declared = line
                .trim_start()
                .trim_start_matches("pub ")
                .trim_start_matches("pub(super) ")
                .trim_start_matches("static ");
            let name: String = declared
                .chars()
                .take_while(|c| c.is_ascii_uppercase() || *c == '_' || c.is_ascii_digit())
                .collect();
            let after = &declared[name.len()..];
            let is_one = name.len() > 1
                && (after.starts_with(" = \"")
                    || after.starts_with(": List")
                    || after.starts_with(": db::List"));
            if is_one && !names.iter().any(|n| n.ends_with(&format!("::{name}"))) {
                missing.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(missing.is_empty(), "not registered: {missing:#?}");
}

fn stores(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(stores(&path));
        } else if path.file_name().is_some_and(|name| name == "store.rs") {
            found.push(path);
        }
    }
    found
}

thread_local! {
    static SCHEMAS: RefCell<Vec<Schema>> = const { RefCell::new(Vec::new()) };
}

#[test]
fn both_engines_have_one_schema_and_it_obeys_the_rules() {
    let keep = |db: &db::Db| SCHEMAS.with_borrow_mut(|all| all.push(db.schema().unwrap()));
    testkit::on_sqlite(&MIGRATIONS, keep);
    testkit::on_postgres(&MIGRATIONS, keep);
    let schemas = SCHEMAS.take();
    for pair in schemas.windows(2) {
        assert_eq!(pair[0], pair[1]);
    }
    for (name, table) in &schemas[0].tables {
        assert!(!table.key.is_empty(), "{name} has no primary key");
        assert!(name.len() < 45, "{name} is too long a name");
        for (columns, target) in &table.references {
            let behind = |index: &Vec<String>| index.starts_with(columns);
            let indexed = behind(&table.key) || table.indexes.iter().any(|(index, _)| behind(index));
            assert!(indexed, "{name}: no index behind the reference {columns:?} to {target}");
        }
        for column in &table.columns {
            let known = ["UUID", "BIGINT", "TEXT", "BOOLEAN", "BYTEA"].contains(&column.ty.as_str());
            assert!(known, "{name}.{} is of type {}", column.name, column.ty);
        }
    }
}
