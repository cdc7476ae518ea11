//! The record of processing (处理活动记录, 个人信息保护法 art. 55–56), and by when a breach has to be told.

use base::Instant;

/// A kind of processing of personal data. Its words are messages whose ids begin with `privacy-` and the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processing {
    /// The name in message ids.
    pub name: &'static str,
    /// The table whose rows point to the persons: what the record is held against the schema by.
    pub table: &'static str,
}

/// Everything that is processed. A test finds a table that points to persons, or holds what was said in confidence, and is not
/// here.
pub const PROCESSING: [Processing; 11] = [
    Processing { name: "residents", table: "occupants" },
    Processing { name: "holders", table: "post_holders" },
    Processing { name: "accounts", table: "accounts" },
    Processing { name: "letters", table: "letters" },
    Processing { name: "joining", table: "join_requests" },
    Processing { name: "owners", table: "ownerships" },
    Processing { name: "matters", table: "matters" },
    Processing { name: "referrals", table: "referrals" },
    Processing { name: "visits", table: "visits" },
    Processing { name: "notices", table: "outbox" },
    Processing { name: "readings", table: "audit_subjects" },
];

/// Something that is due after a breach was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The name in message ids, which begin with `privacy-breach-`.
    pub name: &'static str,
    /// Hours after it was found; 0: at once.
    pub hours: i64,
}

/// What is due, in its order. At once: 个人信息保护法 art. 57. One hour: operators of critical information infrastructure;
/// four hours: everyone else, to the cyberspace administration of the province (国家网络安全事件报告管理办法, in force from
/// 2025-11-01, for incidents that are 较大 or worse); thirty days after it is over: the report on what was done (the same).
pub const BREACH: [Due; 6] = [
    Due { name: "stop", hours: 0 },
    Due { name: "keep", hours: 0 },
    Due { name: "persons", hours: 0 },
    Due { name: "critical", hours: 1 },
    Due { name: "authority", hours: 4 },
    Due { name: "report", hours: 30 * 24 },
];

impl Due {
    /// By when, for a breach that was found at a time.
    pub fn by(&self, found: Instant) -> Instant {
        found.plus_millis(self.hours * 3_600_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::fixture::day;

    #[test]
    fn a_breach_is_told_within_its_hours() {
        let found = Instant::at(day("2026-02-28"), 22, 30);
        let by: Vec<String> = BREACH.iter().map(|due| due.by(found).to_string()).collect();
        assert_eq!(by[4], Instant::at(day("2026-03-01"), 2, 30).to_string());
        assert_eq!(by[0], found.to_string());
    }

    testkit::db_test!(every_table_that_points_to_persons_is_in_the_record, crate::MIGRATIONS, |db| {
        let schema = db.schema().unwrap();
        let confides = |column: &db::Column| column.name == "note" && column.ty == "BYTEA";
        let points =
            |table: &db::Table| table.columns.iter().any(|it| it.name == "person_id" || confides(it));
        // Visits that still wait are visits, and what is said at a step of a matter is said of the matter.
        let part = |name: &str| ["visit_inbox", "matter_steps"].contains(&name);
        let all = schema.tables.iter().filter(|(name, table)| points(table) && !part(name));
        let tables: Vec<&str> = all.map(|(name, _)| name.as_str()).collect();
        let mut recorded: Vec<&str> = PROCESSING.iter().map(|it| it.table).collect();
        recorded.sort_unstable();
        assert_eq!(tables, recorded);
    });
}
