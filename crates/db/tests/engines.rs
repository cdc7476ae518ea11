//! The contract of `db`, on both engines: the same words do the same thing.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it skipped"
)]
use base::{Day, Instant, Uuid};
use db::{Db, Error, List, ListQuery, Location, Migration, Sort, Tx, Value, params};

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "0001_things",
    sql: "CREATE TABLE things (\n    id UUID PRIMARY KEY,\n    name TEXT NOT NULL UNIQUE,\n    seen BOOLEAN NOT NULL,\n    day BIGINT,\n    raw BYTEA\n);\nCREATE INDEX things_day ON things (day);\nCREATE TABLE parts (\n    id UUID PRIMARY KEY,\n    thing_id UUID NOT NULL REFERENCES things (id)\n);\nCREATE INDEX parts_thing ON parts (thing_id);\n",
}];

db::statements! {
    FIND = "SELECT id, name, seen, day, raw FROM things WHERE name = ?1";
    COUNT = "SELECT COUNT(*), CAST(COALESCE(SUM(day), 0) AS BIGINT) FROM things WHERE (CAST(?1 AS TEXT) IS NULL OR name = ?1)";
    // As PostgreSQL says it.
    FULL = "DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$";
    LATER = "UPDATE things SET day = COALESCE(day, 0) + CAST(?2 AS BIGINT), name = CAST(?3 AS TEXT) WHERE id = ?1";
    PART = "INSERT INTO parts (id, thing_id) VALUES (?1, ?2)";
    ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";
}
db::bulk! { INSERT = "things" (id Uuid, name Text, seen Boolean, day Bigint, raw Bytea); }

static WRONG: db::Statement = db::Statement::new("wrong", "SELECT colour FROM things");

static LIST: List = List {
    name: "things",
    columns: "name",
    source: "things",
    base: "seen = ?1",
    base_params: 1,
    id: "id",
    filters: &[db::Filter { name: "day", sql: "day = {}" }],
    sorts: &[Sort { name: "name", sql: "name" }, Sort { name: "day", sql: "COALESCE(day, 0)" }],
};

/// Runs a contract on a new SQLite file and, where the tests have a server, on a new PostgreSQL schema.
fn on_both(name: &str, contract: impl Fn(&Db)) {
    given_to(name, |db| contract(&db));
}

/// The same for a contract that takes the database and changes how it is asked.
fn given_to(name: &str, contract: impl Fn(Db)) {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(&Location::File(dir.path().join("310112.db"))).unwrap();
    db.migrate(MIGRATIONS, Instant::from_millis(0)).unwrap();
    contract(db);
    let Ok(url) = std::env::var("LILONG_TEST_DATABASE_URL") else {
        println!("skipped on PostgreSQL: LILONG_TEST_DATABASE_URL is not set (cargo xtask test sets it)");
        return;
    };
    let schema = format!("t_engines_{name}_{}", std::process::id());
    let db = Db::open(&Location::Server { url: url.clone(), schema: schema.clone() }).unwrap();
    db.migrate(MIGRATIONS, Instant::from_millis(0)).unwrap();
    contract(db);
    Db::drop_schema(&url, &schema).unwrap();
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn thing(n: u128, name: &str, day: Option<i64>) -> [Value; 5] {
    [id(n).into(), name.into(), true.into(), day.map(Day::from_days).into(), vec![0_u8, 255].into()]
}

#[test]
fn values_come_back_as_they_went() {
    on_both("values", |db| {
        db.write(|tx| tx.bulk(&INSERT, [thing(1, "弄堂’; --?1", Some(20_484)), thing(2, "b", None)]))
            .unwrap();
        let mut row = db.read(|tx| tx.find(&FIND, params!["弄堂’; --?1"])).unwrap().unwrap();
        assert_eq!(row.get::<Uuid>(0).unwrap(), id(1));
        assert!(row.get::<bool>(2).unwrap());
        assert_eq!(row.get::<Option<Day>>(3).unwrap(), Some(Day::from_days(20_484)));
        assert_eq!(row.get::<Vec<u8>>(4).unwrap(), vec![0, 255]);
        let mut all = db.read(|tx| tx.one(&COUNT, params![None::<String>])).unwrap();
        assert_eq!((all.get::<i64>(0).unwrap(), all.get::<i64>(1).unwrap()), (2, 20_484));
    });
}

#[test]
fn a_failed_write_leaves_nothing_and_says_why() {
    on_both("failed", |db| {
        let twice = db.write(|tx| {
            tx.bulk(&INSERT, [thing(1, "a", None)])?;
            tx.bulk(&INSERT, [thing(2, "a", None)])
        });
        assert!(matches!(twice, Err(Error::Unique(_))), "{twice:?}");
        let orphan = db.write(|tx| tx.execute(&PART, params![id(7), id(8)]));
        assert!(matches!(orphan, Err(Error::Reference(_))), "{orphan:?}");
        let mut all = db.read(|tx| tx.one(&COUNT, params![None::<String>])).unwrap();
        assert_eq!(all.get::<i64>(0).unwrap(), 0);
    });
}

#[test]
fn a_reader_cannot_write() {
    on_both("reader", |db| {
        let written = db.read(|tx| tx.execute(&PART, params![id(7), id(8)]));
        assert!(matches!(written, Err(Error::ReadOnly(_))), "{written:?}");
    });
}

#[test]
fn a_full_disk_of_a_server_is_told_apart() {
    on_both("full", |db| {
        if db.is_postgres() {
            let full = db.write(|tx| tx.execute(&FULL, params![]));
            assert!(matches!(full, Err(Error::Full(_))), "{full:?}");
        }
    });
}

#[test]
fn a_statement_runs_for_each_row_in_their_order_or_for_none() {
    on_both("each", |db| {
        db.write(|tx| tx.bulk(&INSERT, [thing(1, "a", None)])).unwrap();
        // More than are on their way at a time; each adds to what the one before left.
        let days = (1..=600).map(|day| params![id(1), i64::from(day), "a"].to_vec());
        let changed = db.write(|tx| tx.execute_each(&LATER, days.clone())).unwrap();
        assert_eq!(changed, 600);
        let day =
            |db: &Db| db.read(|tx| tx.find(&FIND, params!["a"])).unwrap().unwrap().get::<i64>(3).unwrap();
        assert_eq!(day(db), 600 * 601 / 2);
        let wrong = days.chain([params![id(1), 1_i64, None::<String>].to_vec()]);
        db.write(|tx| tx.execute_each(&LATER, wrong.clone())).unwrap_err();
        assert_eq!(day(db), 600 * 601 / 2, "nothing of it was done");
        let none: [Vec<Value>; 0] = [];
        assert_eq!(db.write(|tx| tx.execute_each(&LATER, none.clone())).unwrap(), 0);
    });
}

#[test]
fn a_reading_transaction_that_fails_or_asks_nothing_leaves_its_connection_clean() {
    on_both("reads", |db| {
        for _ in 0..40 {
            db.read(|_| Ok::<_, Error>(())).unwrap();
            db.read(|tx| tx.query(&WRONG, &[])).unwrap_err();
            let failed: Result<(), Error> = db.read(|tx| {
                tx.find(&COUNT, params![Value::Null])?;
                Err(Error::Engine("on purpose".into()))
            });
            failed.unwrap_err();
        }
        db.write(|tx| tx.bulk(&INSERT, [thing(1, "a", None)])).unwrap();
        assert!(db.read(|tx| tx.find(&FIND, params!["a"])).unwrap().is_some());
    });
}

#[test]
fn a_list_pages_without_gaps_or_repeats() {
    on_both("list", |db| {
        db.write(|tx| tx.bulk(&INSERT, (0..23).map(|n| thing(n, &format!("n{n:02}"), Some((n % 3) as i64)))))
            .unwrap();
        for (sort, descending) in [(0, false), (0, true), (1, false), (1, true)] {
            let mut query = ListQuery {
                base: vec![true.into()],
                sort,
                descending,
                limit: Some(5),
                ..ListQuery::default()
            };
            let mut seen = Vec::new();
            loop {
                let listed = db.read(|tx| LIST.page(tx, &query)).unwrap();
                for mut row in listed.rows {
                    seen.push(row.get::<String>(0).unwrap());
                    let after: (Value, Value) =
                        (row.clone().into_values()[1].clone(), Value::Uuid(row.get::<Uuid>(2).unwrap()));
                    query.after = Some(after);
                }
                if !listed.more {
                    break;
                }
            }
            seen.sort();
            assert_eq!(seen, (0..23).map(|n| format!("n{n:02}")).collect::<Vec<_>>());
        }
        let query =
            ListQuery { base: vec![true.into()], filters: vec![(0, Value::Int(1))], ..ListQuery::default() };
        assert_eq!(db.read(|tx| LIST.count(tx, &query)).unwrap(), 8);
    });
}

#[test]
fn statements_prepare_and_schemas_describe_themselves_alike() {
    let described = std::cell::RefCell::new(Vec::new());
    on_both("schema", |db| {
        db.check(&FIND).unwrap();
        db.check(&INSERT).unwrap();
        db.check(&LIST).unwrap();
        assert!(db.check(&WRONG).unwrap_err().to_string().starts_with("the database said: wrong:"));
        assert_eq!(db.migrate(MIGRATIONS, Instant::from_millis(0)).unwrap(), 0);
        described.borrow_mut().push(db.schema().unwrap());
    });
    let described = described.into_inner();
    assert!(described[0].tables.contains_key("parts"));
    assert_eq!(
        described[0].tables["parts"].references,
        vec![(vec!["thing_id".to_owned()], "things".to_owned())]
    );
    assert!(described.windows(2).all(|pair| pair[0] == pair[1]), "{described:#?}");
}

#[test]
fn a_newer_database_is_refused() {
    on_both("newer", |db| {
        let refused = db.migrate(&[], Instant::from_millis(0)).unwrap_err();
        assert!(refused.to_string().contains("at version 1"), "{refused}");
    });
}

#[test]
fn a_steady_number_is_asked_once_of_a_picture_and_each_time_where_something_is_written() {
    on_both("steady", |db| {
        let twice = |tx: &mut Tx<'_>| {
            let mut asked = 0;
            let mut ask = |_: &mut Tx<'_>| {
                asked += 1;
                Ok::<_, Error>(asked)
            };
            Ok::<_, Error>((tx.steady("things", &mut ask)?, tx.steady("things", &mut ask)?))
        };
        assert_eq!(db.read(twice).unwrap(), (1, 1));
        assert_eq!(db.read(twice).unwrap(), (1, 1), "of another picture it is asked anew");
        assert_eq!(db.write(twice).unwrap(), (1, 2));
    });
}

#[test]
fn a_question_without_an_end_is_given_up() {
    let longest = std::time::Duration::from_millis(300);
    given_to("endless", |db| {
        let db = db.giving_up_after(longest);
        let began = std::time::Instant::now();
        let refused = db.read(|tx| tx.query(&ENDLESS, &[]).map(|_| ())).unwrap_err();
        assert!(matches!(refused, Error::Unavailable(_)), "{refused}");
        assert!(began.elapsed() < 20 * longest, "{:?}", began.elapsed());
        // The next one begins anew, and may take its time outside of a page.
        std::thread::sleep(longest);
        assert!(db.read(|tx| tx.query(&FIND, params!["x"])).unwrap().is_empty());
        let snapshot = db.snapshot(|tx| {
            std::thread::sleep(2 * longest);
            tx.query(&FIND, params!["x"])
        });
        assert!(snapshot.unwrap().is_empty());
    });
}
