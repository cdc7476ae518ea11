//! The statements of passkeys, identities and of what is begun in one request and ended in another.

db::statements! {
    pub(super) ADD_PASSKEY = "INSERT INTO passkeys (id, account_id, credential_id, host, credential, name, made_at, used_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)";
    pub(super) PASSKEY_TAKEN = "SELECT 1 FROM passkeys WHERE credential_id = ?1";
    pub(super) PASSKEYS_OF = "SELECT id, host, credential_id, name, made_at, used_at FROM passkeys
        WHERE account_id = ?1 ORDER BY made_at DESC, id DESC";
    pub(super) PASSKEY = "SELECT p.id, p.account_id, p.credential FROM passkeys p JOIN accounts a ON a.id = p.account_id
        WHERE p.credential_id = ?1 AND p.host = ?2 AND a.valid_from <= ?3 AND (a.valid_to IS NULL OR a.valid_to > ?3)";
    pub(super) USE_PASSKEY = "UPDATE passkeys SET credential = ?2, used_at = ?3 WHERE id = ?1";
    pub(super) REMOVE_PASSKEY = "DELETE FROM passkeys WHERE id = ?1 AND account_id = ?2";
    pub(super) REMOVE_PASSKEYS = "DELETE FROM passkeys WHERE account_id = ?1";

    pub(super) ADD_IDENTITY = "INSERT INTO identities (issuer, subject, account_id, made_at) VALUES (?1, ?2, ?3, ?4)";
    pub(super) IDENTITY = "SELECT i.account_id, a.valid_from <= ?3 AND (a.valid_to IS NULL OR a.valid_to > ?3)
        FROM identities i JOIN accounts a ON a.id = i.account_id WHERE i.issuer = ?1 AND i.subject = ?2";
    pub(super) IDENTITY_OF = "SELECT issuer FROM identities WHERE account_id = ?1 AND issuer = ?2";

    pub(super) BEGIN_CEREMONY = "INSERT INTO ceremonies (key_hash, kind, account_id, state, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    pub(super) CEREMONY = "SELECT account_id, state FROM ceremonies WHERE key_hash = ?1 AND kind = ?2 AND expires_at > ?3";
    pub(super) END_CEREMONY = "DELETE FROM ceremonies WHERE key_hash = ?1";
    pub(super) FORGET_CEREMONIES = "DELETE FROM ceremonies WHERE expires_at <= ?1";
}

db::registered![
    ADD_PASSKEY,
    PASSKEY_TAKEN,
    PASSKEYS_OF,
    PASSKEY,
    USE_PASSKEY,
    REMOVE_PASSKEY,
    REMOVE_PASSKEYS,
    ADD_IDENTITY,
    IDENTITY,
    IDENTITY_OF,
    BEGIN_CEREMONY,
    CEREMONY,
    END_CEREMONY,
    FORGET_CEREMONIES,
];
