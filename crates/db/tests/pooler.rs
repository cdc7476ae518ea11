//! Behind a pooler in transaction mode (`PgBouncer`): sixty-four clients over eight districts on four connections of the
//! server, and never a row of another district.
//!
//! `LILONG_TEST_POOLER_URL` names the pooler; `cargo xtask test` starts one before its PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use std::thread;

use base::{Instant, Uuid};
use db::{Db, Error, Migration, Server, Value, params};

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "0001_marks",
    sql: "CREATE TABLE marks (\n    id UUID PRIMARY KEY,\n    district BIGINT NOT NULL,\n    client BIGINT NOT NULL\n);\nCREATE INDEX marks_client ON marks (client);\n",
}];

db::statements! {
    MARK = "INSERT INTO marks (id, district, client) VALUES (?1, ?2, ?3)";
    STRANGE = "SELECT COUNT(*) FROM marks WHERE district <> ?1";
    OWN = "SELECT COUNT(*) FROM marks WHERE client = ?1";
    TAKE_BACK = "DELETE FROM marks WHERE id = ?1";
    ALL = "SELECT COUNT(*) FROM marks";
}
db::bulk! { MARKS = "marks" (id Uuid, district Bigint, client Bigint); }

/// As many as a city of the second size has.
const DISTRICTS: usize = 8;
const CLIENTS: usize = 64;
/// Turns of each client.
const TURNS: i64 = 4;
/// Rows of a COPY in each turn.
const COPIED: i64 = 5;
/// Rows that stay of each turn: one and the copied ones, one of which is taken back.
const STAY: i64 = COPIED;

/// Opens every district once for each of the programs that share the pooler.
fn programs(url: &str) -> Vec<Vec<Db>> {
    let schema = |district: usize| format!("t_pooler_{}_{district}", std::process::id());
    (0..DISTRICTS)
        .map(|_| {
            let server = Server::new(url).unwrap();
            (0..DISTRICTS).map(|district| Db::open_on(&server, &schema(district)).unwrap()).collect()
        })
        .collect()
}

struct Turn {
    district: i64,
    client: i64,
    number: i64,
}

impl Turn {
    fn id(&self, row: i64) -> Uuid {
        let parts = [self.district, self.client, self.number, row];
        Uuid::from_u128(parts.iter().fold(0, |id, part| (id << 24) | u128::try_from(*part).unwrap()))
    }

    fn row(&self, row: i64) -> [Value; 3] {
        [self.id(row).into(), self.district.into(), self.client.into()]
    }

    /// Writes by a statement and by COPY, fails on purpose, takes one row back, and reads what is there.
    fn run(&self, db: &Db) {
        db.write(|tx| {
            tx.execute(&MARK, &self.row(0))?;
            tx.bulk(&MARKS, (1..=COPIED).map(|row| self.row(row)))
        })
        .unwrap();
        let twice = db.write(|tx| {
            tx.bulk(&MARKS, [self.row(COPIED + 1)])?;
            tx.execute(&MARK, &self.row(0))
        });
        assert!(matches!(twice, Err(Error::Unique(_))), "{twice:?}");
        assert_eq!(db.write(|tx| tx.execute(&TAKE_BACK, params![self.id(0)])).unwrap(), 1);
        let (strange, own) = db
            .read(|tx| {
                let strange: i64 = tx.one(&STRANGE, params![self.district])?.get(0)?;
                let own: i64 = tx.one(&OWN, params![self.client])?.get(0)?;
                Ok::<_, Error>((strange, own))
            })
            .unwrap();
        assert_eq!(strange, 0, "rows of another district in district {}", self.district);
        assert_eq!(
            own,
            (self.number + 1) * STAY,
            "rows of client {} in district {}",
            self.client,
            self.district
        );
    }
}

#[test]
fn districts_never_mix_behind_a_pooler_in_transaction_mode() {
    let Ok(url) = std::env::var("LILONG_TEST_POOLER_URL") else {
        println!("skipped: LILONG_TEST_POOLER_URL is not set (cargo xtask test sets it)");
        return;
    };
    let programs = programs(&url);
    for db in &programs[0] {
        db.migrate(MIGRATIONS, Instant::from_millis(0)).unwrap();
    }
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let program = &programs[client % programs.len()];
            scope.spawn(move || {
                for number in 0..TURNS {
                    // Each client goes from district to district, so that no connection stays with one.
                    for (district, db) in program.iter().enumerate() {
                        let [district, client] = [district, client].map(|it| i64::try_from(it).unwrap());
                        Turn { district, client, number }.run(db);
                    }
                }
            });
        }
    });
    let expected = i64::try_from(CLIENTS).unwrap() * TURNS * STAY;
    for db in &programs[0] {
        let all: i64 = db.read(|tx| tx.one(&ALL, &[])?.get(0)).unwrap();
        assert_eq!(all, expected);
    }
    drop(programs);
    for district in 0..DISTRICTS {
        Db::drop_schema(&url, &format!("t_pooler_{}_{district}", std::process::id())).unwrap();
    }
}
