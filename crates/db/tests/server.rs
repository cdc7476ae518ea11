//! What a PostgreSQL server says about itself, with the faults made on purpose.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it skipped"
)]

use db::{Db, Error, Location, Migration, Value};
use tokio_postgres::{Config, NoTls};

/// Runs statements outside of any district.
fn run(url: &str, statements: &[&str]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = url.parse::<Config>().unwrap().connect(NoTls).await.unwrap();
        let driving = tokio::spawn(connection);
        for statement in statements {
            client.batch_execute(statement).await.unwrap();
        }
        drop(client);
        driving.await.unwrap().unwrap();
    });
}

/// The server's address with another database or user; the tests' address is written as key=value pairs.
fn with(url: &str, more: &str) -> String {
    assert!(!url.contains("://"), "the tests' address is written as key=value pairs");
    format!("{url} {more}")
}

fn server() -> Option<String> {
    let url = std::env::var("LILONG_TEST_DATABASE_URL").ok();
    if url.is_none() {
        println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
    }
    url
}

#[test]
fn a_database_that_encodes_or_orders_otherwise_is_seen() {
    let Some(url) = server() else { return };
    let kinds = [
        ("latin", "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'", ("LATIN1", true)),
        ("icu", "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh-Hans-CN'", ("UTF8", false)),
        ("right", "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", ("UTF8", true)),
    ];
    for (name, options, expected) in kinds {
        let name = format!("lilong_{name}_{}", std::process::id());
        run(&url, &[&format!("CREATE DATABASE {name} TEMPLATE template0 {options}")]);
        let place = Location::Server { url: with(&url, &format!("dbname={name}")), schema: "d310112".into() };
        let texts = Db::texts_of(&place).unwrap().unwrap();
        run(&url, &[&format!("DROP DATABASE {name} WITH (FORCE)")]);
        assert_eq!((texts.encoding.as_str(), texts.by_bytes), expected, "{options}");
    }
}

const WORDS: [Migration; 1] =
    [Migration { version: 1, name: "words", sql: "CREATE TABLE words (\n    word TEXT PRIMARY KEY\n);\n" }];

db::bulk! { PUT = "words" (word Text); }

/// What a scan reads, in its order.
fn scanned(db: &Db) -> Vec<Value> {
    let schema = db.schema().unwrap();
    let mut words = Vec::new();
    let scan =
        |tx: &mut db::Tx<'_>| tx.scan("words", &schema.tables["words"], |row| words.extend_from_slice(row));
    db.read(scan).unwrap();
    words
}

#[test]
fn a_scan_has_the_order_of_bytes_whatever_the_collation() {
    let ordered = ["B", "_", "a", "b", "里"].map(Value::from);
    let fill = |db: &Db| {
        let put =
            |tx: &mut db::Tx<'_>| tx.bulk(&PUT, ["a", "里", "b", "_", "B"].map(|word| [Value::from(word)]));
        db.write::<_, Error>(put).unwrap();
        assert_eq!(scanned(db), ordered);
    };
    testkit::on_sqlite(&WORDS, fill);
    let Some(url) = server() else { return };
    let name = format!("lilong_order_{}", std::process::id());
    let icu = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh-Hans-CN'";
    run(&url, &[&format!("CREATE DATABASE {name} {icu}")]);
    let place = Location::Server { url: with(&url, &format!("dbname={name}")), schema: "d310112".into() };
    let db = Db::open(&place).unwrap();
    db.migrate(&WORDS, testkit::now()).unwrap();
    let filled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fill(&db)));
    run(&url, &[&format!("DROP DATABASE {name} WITH (FORCE)")]);
    assert!(filled.is_ok(), "the order is not that of the bytes");
}

#[test]
fn a_user_who_may_only_read_is_seen() {
    let Some(url) = server() else { return };
    let (schema, reader) = (format!("s{}", std::process::id()), format!("reader_{}", std::process::id()));
    let place = Location::Server { url: url.clone(), schema: schema.clone() };
    assert!(Db::open(&place).unwrap().may_write().unwrap());
    run(
        &url,
        &[&format!("CREATE ROLE {reader} LOGIN"), &format!("GRANT USAGE ON SCHEMA {schema} TO {reader}")],
    );
    let theirs = Location::Server { url: with(&url, &format!("user={reader}")), schema: schema.clone() };
    let may = Db::find(&theirs).unwrap().unwrap().may_write().unwrap();
    run(&url, &[&format!("DROP SCHEMA {schema}"), &format!("DROP ROLE {reader}")]);
    assert!(!may);
}

#[test]
fn the_clock_of_the_server_goes_as_this_machine_s() {
    let clock = |db: &Db| {
        let server = db.server_clock().unwrap();
        // 2026 to 2100: whoever reads seconds for milliseconds is not in there.
        assert!(server.is_none_or(|now| (1_767_225_600_000..4_102_444_800_000).contains(&now.millis())));
        assert_eq!(server.is_some(), db.is_postgres());
    };
    testkit::on_sqlite(&[], clock);
    testkit::on_postgres(&[], clock);
}
