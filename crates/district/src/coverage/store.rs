//! The statements of coverage.

db::statements! {
    pub(super) DECIDE = "INSERT INTO publications (id, figure, published, reason, decided_by, decided_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    pub(super) DECISIONS = "SELECT figure, published, reason, decided_at FROM publications ORDER BY decided_at, id";
}

db::registered![DECIDE, DECISIONS];
