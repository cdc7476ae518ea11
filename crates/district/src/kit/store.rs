//! The statements of the kit.

db::statements! {
    pub(super) AUDIT = "INSERT INTO audit (id, made_at, account_id, role, action, outcome, objects, object_ids, fields, number, hash, ids_digest)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    pub(super) AUDIT_HASH = "SELECT hash FROM audit WHERE number = ?1";
    pub(super) AUDIT_UNNUMBERED = "SELECT COUNT(*) FROM audit WHERE number IS NULL";
    pub(super) AUDIT_AFTER = "SELECT id, made_at, account_id, role, action, outcome, objects, object_ids, fields, number, hash, ids_digest
        FROM audit WHERE number > ?1 ORDER BY number LIMIT ?2";
    pub(super) AUDIT_SUBJECTS = "SELECT a.number, s.person_id FROM audit a JOIN audit_subjects s ON s.audit_id = a.id
        WHERE a.number > ?1 AND a.number <= ?2";
    pub(super) AUDIT_HEAD = "SELECT number, hash FROM audit WHERE number = (SELECT MAX(number) FROM audit)";
    pub(super) NEWEST_AUDIT = "SELECT MAX(made_at) FROM audit";
    pub(super) REQUEST = "SELECT account_id, body_hash, answer FROM requests WHERE key = ?1";
    pub(super) BEGIN_REQUEST = "INSERT INTO requests (key, account_id, body_hash, answer, made_at) VALUES (?1, ?2, ?3, '', ?4)
        ON CONFLICT (key) DO NOTHING";
    pub(super) KEEP_ANSWER = "UPDATE requests SET answer = ?2 WHERE key = ?1";
    pub(super) FORGET_REQUEST = "DELETE FROM requests WHERE key = ?1";
    pub(super) SETTING = "SELECT value FROM settings WHERE name = ?1";
    pub(super) SET = "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
    pub(super) COUNTED = "SELECT value FROM counters WHERE name = ?1";
    pub(super) VERSIONS = "SELECT (SELECT COALESCE(MAX(value), 0) FROM counters WHERE name = ?1),
        (SELECT COALESCE(MAX(value), 0) FROM counters WHERE name = ?2),
        (SELECT COALESCE(MAX(value), 0) FROM counters WHERE name = ?3)";
    pub(super) COUNT_UP = "INSERT INTO counters (name, value) VALUES (?1, 1)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + 1";
    pub(super) COUNT_UP_BY = "INSERT INTO counters (name, value) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + ?2";
}

db::bulk! {
    pub(super) ADD_SUBJECTS = "audit_subjects" (person_id Uuid, audit_id Uuid);
}

db::registered![
    AUDIT,
    AUDIT_HASH,
    AUDIT_UNNUMBERED,
    AUDIT_AFTER,
    AUDIT_SUBJECTS,
    AUDIT_HEAD,
    NEWEST_AUDIT,
    ADD_SUBJECTS,
    REQUEST,
    BEGIN_REQUEST,
    KEEP_ANSWER,
    FORGET_REQUEST,
    SETTING,
    SET,
    COUNTED,
    VERSIONS,
    COUNT_UP,
    COUNT_UP_BY
];
