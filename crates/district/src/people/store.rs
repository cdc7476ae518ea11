//! The statements of accounts and sessions.

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
    pub(super) SESSION = "SELECT a.id, a.person_id, s.seen_at, g.role, g.role, g.town_id, g.grid_id, g.community_id
        FROM sessions s JOIN accounts a ON a.id = s.account_id
        LEFT JOIN grants g ON g.account_id = a.id AND g.valid_from <= ?4 AND (g.valid_to IS NULL OR g.valid_to > ?4)
        WHERE s.token_hash = ?1 AND s.ended_at IS NULL AND s.seen_at > ?2 AND s.created_at > ?3
        AND a.valid_from <= ?4 AND (a.valid_to IS NULL OR a.valid_to > ?4) ORDER BY g.id NULLS LAST";
    pub(super) TOUCH_SESSION = "UPDATE sessions SET seen_at = ?2 WHERE token_hash = ?1 AND ended_at IS NULL AND seen_at < ?2";
    pub(super) ADD_TOKEN = "INSERT INTO personal_tokens (id, account_id, token_hash, name, scopes, made_at, ends_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    pub(super) REVOKE_TOKEN = "UPDATE personal_tokens SET revoked_at = ?3
        WHERE id = ?1 AND account_id = ?2 AND revoked_at IS NULL";
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
}

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
    ADD_TOKEN,
    REVOKE_TOKEN,
    TOKENS_OF,
    TOKEN,
    TOUCH_TOKEN,
];
