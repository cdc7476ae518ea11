//! The statements of accounts and sessions, codes and wrong passwords, and of reading the audit.

use db::{Filter, List, Sort};

db::bulk! {
    pub(super) ADD_ACCOUNTS = "accounts" (id Uuid, person_id Uuid, login Text, password Text, demonstration Boolean,
        valid_from Bigint, valid_to Bigint);
    pub(super) ADD_GRANTS = "grants" (id Uuid, account_id Uuid, role Text, town_id Uuid, grid_id Uuid, community_id Uuid,
        valid_from Bigint, valid_to Bigint);
}

db::statements! {
    pub(super) LOGIN_TAKEN = "SELECT 1 FROM accounts WHERE login = ?1";
    pub(super) SOME_ACCOUNT = "SELECT 1 FROM accounts LIMIT 1";
    pub(super) CREDENTIAL = "SELECT id, password FROM accounts
        WHERE login = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) GRANTS = "SELECT role, town_id, grid_id, community_id FROM grants
        WHERE account_id = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2) ORDER BY id";
    pub(super) DEMONSTRATION_ROLES = "SELECT DISTINCT g.role FROM accounts a JOIN grants g ON g.account_id = a.id
        WHERE a.demonstration AND a.valid_from <= ?1 AND (a.valid_to IS NULL OR a.valid_to > ?1)
        AND g.valid_from <= ?1 AND (g.valid_to IS NULL OR g.valid_to > ?1) ORDER BY g.role";
    pub(super) DEMONSTRATION_ACCOUNT = "SELECT a.id FROM accounts a JOIN grants g ON g.account_id = a.id
        WHERE a.demonstration AND g.role = ?1 AND a.valid_from <= ?2 AND (a.valid_to IS NULL OR a.valid_to > ?2)
        AND g.valid_from <= ?2 AND (g.valid_to IS NULL OR g.valid_to > ?2) ORDER BY a.login, a.id LIMIT 1";
    pub(super) START_SESSION = "INSERT INTO sessions (token_hash, account_id, created_at, seen_at, ended_at) VALUES (?1, ?2, ?3, ?3, NULL)";
    pub(super) SESSION = "SELECT a.id, a.person_id, s.seen_at, g.role, g.role, g.town_id, g.grid_id, g.community_id,
            a.joined, (SELECT COUNT(*) FROM notices n WHERE n.account_id = a.id AND n.read_at IS NULL)
        FROM sessions s JOIN accounts a ON a.id = s.account_id
        LEFT JOIN grants g ON g.account_id = a.id AND g.valid_from <= ?4 AND (g.valid_to IS NULL OR g.valid_to > ?4)
        WHERE s.token_hash = ?1 AND s.ended_at IS NULL AND s.seen_at > ?2 AND s.created_at > ?3
        AND a.valid_from <= ?4 AND (a.valid_to IS NULL OR a.valid_to > ?4) ORDER BY g.id NULLS LAST";
    pub(super) TOUCH_SESSION = "UPDATE sessions SET seen_at = ?2 WHERE token_hash = ?1 AND ended_at IS NULL AND seen_at < ?2";
    pub(super) ADD_TOKEN = "INSERT INTO personal_tokens (id, account_id, token_hash, name, scopes, made_at, ends_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    pub(super) REVOKE_TOKEN = "UPDATE personal_tokens SET revoked_at = ?3
        WHERE id = ?1 AND account_id = ?2 AND revoked_at IS NULL";
    pub(super) REVOKE_TOKENS = "UPDATE personal_tokens SET revoked_at = ?2 WHERE account_id = ?1 AND revoked_at IS NULL";
    pub(super) TOKENS_OF = "SELECT id, name, scopes, made_at, ends_at, used_at, revoked_at FROM personal_tokens
        WHERE account_id = ?1 ORDER BY made_at DESC, id DESC";
    pub(super) TOKEN = "SELECT a.id, t.used_at, t.scopes, g.role, g.role, g.town_id, g.grid_id, g.community_id
        FROM personal_tokens t JOIN accounts a ON a.id = t.account_id
        LEFT JOIN grants g ON g.account_id = a.id AND g.valid_from <= ?3 AND (g.valid_to IS NULL OR g.valid_to > ?3)
        WHERE t.token_hash = ?1 AND t.revoked_at IS NULL AND t.ends_at > ?2
        AND a.valid_from <= ?3 AND (a.valid_to IS NULL OR a.valid_to > ?3) ORDER BY g.id NULLS LAST";
    pub(super) TOUCH_TOKEN = "UPDATE personal_tokens SET used_at = ?2
        WHERE token_hash = ?1 AND (used_at IS NULL OR used_at < ?2)";
    pub(super) END_SESSION = "UPDATE sessions SET ended_at = ?2 WHERE token_hash = ?1 AND ended_at IS NULL";
    pub(super) END_SESSION_OF = "UPDATE sessions SET ended_at = ?3 WHERE token_hash = ?1 AND account_id = ?2 AND ended_at IS NULL";
    pub(super) END_SESSIONS = "UPDATE sessions SET ended_at = ?2 WHERE account_id = ?1 AND ended_at IS NULL";
    pub(super) END_OTHER_SESSIONS = "UPDATE sessions SET ended_at = ?3 WHERE account_id = ?1 AND token_hash <> ?2 AND ended_at IS NULL";
    pub(super) SESSIONS_OF = "SELECT token_hash, created_at, seen_at FROM sessions
        WHERE account_id = ?1 AND ended_at IS NULL AND seen_at > ?2 AND created_at > ?3 ORDER BY seen_at DESC, token_hash";
    pub(super) COUNT_SESSIONS = "SELECT COUNT(*) FROM sessions
        WHERE account_id = ?1 AND ended_at IS NULL AND seen_at > ?2 AND created_at > ?3";
    pub(super) PASSWORD_OF = "SELECT password FROM accounts WHERE id = ?1";
    pub(super) SET_PASSWORD = "UPDATE accounts SET password = ?2 WHERE id = ?1";

    pub(super) ACCOUNTS_AFTER = "SELECT id, login, password IS NOT NULL, valid_to FROM accounts WHERE login > ?1 AND joined IS NULL ORDER BY login LIMIT ?2";
    pub(super) ACCOUNT = "SELECT id, login, password IS NOT NULL, valid_to, person_id FROM accounts WHERE id = ?1";
    pub(super) ACCOUNT_IN_FORCE = "SELECT 1 FROM accounts WHERE id = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) END_ACCOUNT = "UPDATE accounts SET valid_to = ?2 WHERE id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) GRANTS_OF = "SELECT role, town_id, grid_id, community_id, id, valid_from, valid_to FROM grants
        WHERE account_id = ?1 ORDER BY valid_from DESC, id DESC";
    pub(super) END_GRANT = "UPDATE grants SET valid_to = ?3 WHERE id = ?1 AND account_id = ?2 AND (valid_to IS NULL OR valid_to > ?3)";
    pub(super) END_GRANTS_OF = "UPDATE grants SET valid_to = ?2 WHERE account_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) OTHERS_IN_ROLE = "SELECT COUNT(*) FROM grants g JOIN accounts a ON a.id = g.account_id
        WHERE g.role = ?1 AND a.id <> ?2 AND a.password IS NOT NULL
        AND a.valid_from <= ?3 AND (a.valid_to IS NULL OR a.valid_to > ?3)
        AND g.valid_from <= ?3 AND (g.valid_to IS NULL OR g.valid_to > ?3)";
    pub(super) ENROLLED_ROLES = "SELECT DISTINCT g.role FROM grants g JOIN accounts a ON a.id = g.account_id
        WHERE g.role IN ('system-administrator', 'security-administrator', 'audit-administrator') AND a.password IS NOT NULL
        AND a.valid_from <= ?1 AND (a.valid_to IS NULL OR a.valid_to > ?1)
        AND g.valid_from <= ?1 AND (g.valid_to IS NULL OR g.valid_to > ?1)";

    pub(super) ACCOUNT_FROM = "SELECT 1 FROM accounts WHERE person_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) ERASE = "UPDATE persons SET name = NULL, telephone = NULL, identity_number = NULL, telephone_index = NULL WHERE id = ?1";
    pub(super) FORGET_TELEPHONE = "UPDATE persons SET telephone = NULL, telephone_index = NULL WHERE id = ?1";
    pub(super) SEALED_AFTER = "SELECT id FROM persons WHERE id > ?1
        AND (name IS NOT NULL OR telephone IS NOT NULL OR identity_number IS NOT NULL) ORDER BY id LIMIT ?2";
    pub(super) FORGET_SESSIONS = "DELETE FROM sessions WHERE seen_at < ?1";
    pub(super) FORGET_CODES = "DELETE FROM enrolments WHERE expires_at < ?1";
    pub(super) FORGET_REQUESTS = "DELETE FROM requests WHERE made_at < ?1";

    pub(super) VOID_CODES = "UPDATE enrolments SET expires_at = ?2 WHERE account_id = ?1 AND used_at IS NULL AND expires_at > ?2";
    pub(super) ADD_CODE = "INSERT INTO enrolments (code_hash, account_id, made_at, expires_at, used_at) VALUES (?1, ?2, ?3, ?4, NULL)";
    pub(super) USE_CODE = "UPDATE enrolments SET used_at = ?3 WHERE code_hash = ?1 AND account_id = ?2 AND used_at IS NULL AND expires_at > ?3";
    pub(super) OPEN_CODE = "SELECT expires_at FROM enrolments WHERE account_id = ?1 AND used_at IS NULL AND expires_at > ?2
        ORDER BY expires_at DESC LIMIT 1";
    pub(super) FAILURES = "SELECT failed, since, locked_until FROM sign_in_failures WHERE account_id = ?1";
    pub(super) FAIL = "INSERT INTO sign_in_failures (account_id, failed, since, locked_until) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (account_id) DO UPDATE SET failed = excluded.failed, since = excluded.since, locked_until = excluded.locked_until";
    pub(super) CLEAR_FAILURES = "DELETE FROM sign_in_failures WHERE account_id = ?1";

    pub(super) ABOUT = "SELECT a.made_at, a.role, a.action, a.fields, t.name, t.name_en FROM audit_subjects s
        JOIN audit a ON a.id = s.audit_id LEFT JOIN towns t ON t.id = (SELECT g.town_id FROM grants g
            WHERE g.account_id = a.account_id AND g.role = a.role AND g.valid_from * 86400000 - 28800000 <= a.made_at
            AND (g.valid_to IS NULL OR g.valid_to * 86400000 - 28800000 > a.made_at) ORDER BY g.id LIMIT 1)
        WHERE s.person_id = ?1 ORDER BY a.made_at DESC, a.id DESC LIMIT ?2";
    pub(super) OWN_LOG = "SELECT a.id, a.made_at, a.role, a.action, a.outcome, a.objects, a.object_ids, a.fields, c.login, a.number
        FROM audit a JOIN accounts c ON c.id = a.account_id WHERE a.account_id = ?1 ORDER BY a.made_at DESC, a.id DESC LIMIT ?2";
}

/// The audit, for whoever reads it whole.
pub(super) static AUDIT_LOG: List = List {
    name: "district::people::store::AUDIT_LOG",
    columns: "a.id, a.made_at, a.role, a.action, a.outcome, a.objects, a.object_ids, a.fields, c.login, a.number",
    source: "audit a LEFT JOIN accounts c ON c.id = a.account_id",
    base: "a.objects >= 0",
    base_params: 0,
    id: "a.id",
    filters: &[
        Filter { name: "login", sql: "c.login = {}" },
        Filter { name: "action", sql: "a.action = {}" },
        Filter { name: "outcome", sql: "a.outcome = {}" },
        Filter { name: "from", sql: "a.made_at >= {}" },
        Filter { name: "before", sql: "a.made_at < {}" },
    ],
    sorts: &[Sort { name: "made_at", sql: "a.made_at" }],
};

db::registered![
    ADD_ACCOUNTS,
    ADD_GRANTS,
    LOGIN_TAKEN,
    SOME_ACCOUNT,
    CREDENTIAL,
    GRANTS,
    DEMONSTRATION_ROLES,
    DEMONSTRATION_ACCOUNT,
    START_SESSION,
    SESSION,
    TOUCH_SESSION,
    END_SESSION,
    END_SESSION_OF,
    END_SESSIONS,
    END_OTHER_SESSIONS,
    SESSIONS_OF,
    COUNT_SESSIONS,
    PASSWORD_OF,
    SET_PASSWORD,
    ACCOUNTS_AFTER,
    ACCOUNT,
    ACCOUNT_IN_FORCE,
    END_ACCOUNT,
    GRANTS_OF,
    END_GRANT,
    END_GRANTS_OF,
    OTHERS_IN_ROLE,
    ENROLLED_ROLES,
    ACCOUNT_FROM,
    ERASE,
    FORGET_TELEPHONE,
    SEALED_AFTER,
    FORGET_SESSIONS,
    FORGET_CODES,
    FORGET_REQUESTS,
    VOID_CODES,
    ADD_CODE,
    USE_CODE,
    OPEN_CODE,
    FAILURES,
    FAIL,
    CLEAR_FAILURES,
    ABOUT,
    OWN_LOG,
    AUDIT_LOG,
    ADD_TOKEN,
    REVOKE_TOKEN,
    REVOKE_TOKENS,
    TOKENS_OF,
    TOKEN,
    TOUCH_TOKEN,
];
