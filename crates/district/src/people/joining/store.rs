//! The statements of joining: codes sent to telephones, letters, wishes to join.

db::bulk! {
    pub(super) ADD_LETTERS = "letters" (code_hash Bytea, tenancy_id Uuid, person_id Uuid, made_at Bigint, expires_at Bigint,
        ended_at Bigint);
}

db::statements! {
    pub(super) PERSON_JOINED = "SELECT person_id FROM accounts WHERE id = ?1 AND joined IS NOT NULL";
    pub(super) SIMULATED = "SELECT id, person_id FROM accounts WHERE joined = ?1 AND demonstration
        AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2) ORDER BY login, id";
    pub(super) JOINED_OF = "SELECT id, by_telephone FROM accounts WHERE person_id = ?1 AND joined IS NOT NULL
        AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2) ORDER BY id";
    pub(super) JOIN = "UPDATE accounts SET joined = ?2, by_telephone = ?3 WHERE id = ?1";
    pub(super) BY_TELEPHONE = "UPDATE accounts SET by_telephone = ?2 WHERE id = ?1";
    pub(super) BY_PASSWORD = "UPDATE accounts SET login = ?2, password = ?3 WHERE id = ?1";
    pub(super) LOGIN_OF_OTHER = "SELECT 1 FROM accounts WHERE login = ?1 AND id <> ?2";
    pub(super) WAY_IN = "SELECT by_telephone, login, demonstration FROM accounts WHERE id = ?1";

    pub(super) CODES_SINCE = "SELECT made_at FROM telephone_codes WHERE telephone_index = ?1 AND made_at > ?2 ORDER BY made_at DESC LIMIT ?3";
    pub(super) VOID_CODES = "UPDATE telephone_codes SET expires_at = ?2 WHERE telephone_index = ?1 AND proven_at IS NULL AND expires_at > ?2";
    pub(super) ADD_CODE = "INSERT INTO telephone_codes (id, telephone_index, code_hash, made_at, expires_at, tries, proven_at, proof_hash)
        VALUES (?1, ?2, ?3, ?4, ?5, 0, NULL, NULL)";
    pub(super) UNSENT = "UPDATE telephone_codes SET made_at = made_at - ?2, expires_at = ?3 WHERE id = ?1 AND proven_at IS NULL";
    pub(super) OPEN_CODE = "SELECT id, code_hash FROM telephone_codes WHERE telephone_index = ?1 AND proven_at IS NULL AND expires_at > ?2
        ORDER BY made_at DESC, id DESC LIMIT 1";
    pub(super) TRY_CODE = "UPDATE telephone_codes SET tries = tries + 1 WHERE id = ?1 AND proven_at IS NULL AND tries < ?2";
    pub(super) PROVE = "UPDATE telephone_codes SET proven_at = ?2, proof_hash = ?3 WHERE id = ?1";
    pub(super) PROOF = "SELECT telephone_index FROM telephone_codes WHERE proof_hash = ?1 AND proven_at > ?2";
    pub(super) FORGET_CODES = "DELETE FROM telephone_codes WHERE made_at < ?1";

    pub(super) LETTER = "SELECT person_id, tenancy_id FROM letters WHERE code_hash = ?1 AND ended_at IS NULL AND expires_at > ?2";
    pub(super) LETTER_UNTIL = "SELECT expires_at FROM letters WHERE code_hash = ?1 AND person_id = ?2 AND ended_at IS NULL";
    pub(super) USE_LETTER = "UPDATE letters SET ended_at = ?2 WHERE code_hash = ?1 AND ended_at IS NULL";
    pub(super) VOID_LETTERS = "UPDATE letters SET ended_at = ?2 WHERE person_id = ?1 AND ended_at IS NULL";
    pub(in crate::people) FORGET_LETTERS = "DELETE FROM letters WHERE expires_at < ?1";

    pub(super) LOGIN_ASKED = "SELECT 1 FROM join_requests WHERE login = ?1 AND decided_at IS NULL";
    pub(super) ADD_REQUEST = "INSERT INTO join_requests (id, person_id, community_id, building, flat, by_telephone, login, password, made_at,
        decided_at, decided_by, outcome, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL, NULL, NULL)";
    pub(super) OPEN_REQUESTS = "SELECT j.id, j.person_id, j.community_id, j.building, j.flat, j.made_at, j.by_telephone, v.town_id, v.grid_id, v.name,
            v.name_en, j.login, j.password
        FROM join_requests j JOIN community_versions v ON v.community_id = j.community_id
            AND v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1)
        WHERE j.decided_at IS NULL AND j.made_at > ?2 ORDER BY j.made_at, j.id";
    pub(super) OPEN_REQUEST = "SELECT j.id, j.person_id, j.community_id, j.building, j.flat, j.made_at, j.by_telephone, v.town_id, v.grid_id, v.name,
            v.name_en, j.login, j.password
        FROM join_requests j JOIN community_versions v ON v.community_id = j.community_id
            AND v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1)
        WHERE j.decided_at IS NULL AND j.made_at > ?2 AND j.id = ?3";
    pub(super) REQUEST_OF = "SELECT id, made_at, outcome, reason FROM join_requests WHERE person_id = ?1 AND by_telephone AND made_at > ?2
        ORDER BY made_at DESC, id DESC LIMIT 1";
    pub(super) STATED_ALREADY = "SELECT 1 FROM ownerships WHERE person_id = ?1 AND unit_id = ?2 AND refused_at IS NULL
        AND (valid_to IS NULL OR valid_to > ?3) AND (valid_from IS NOT NULL OR stated_at > ?4)";
    pub(super) STATE = "INSERT INTO ownerships (id, person_id, community_id, unit_id, certificate, by_telephone, login, password, stated_at,
        first_by, first_at, second_by, second_at, refused_at, reason, valid_from, valid_to)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)";
    pub(super) OWNERSHIPS = "SELECT o.id, o.person_id, o.community_id, v.town_id, v.grid_id, v.name, v.name_en, b.number, u.number, o.stated_at,
            o.first_by, o.valid_from, o.certificate, o.by_telephone, o.login, o.password
        FROM ownerships o JOIN units u ON u.id = o.unit_id JOIN buildings b ON b.id = u.building_id
        JOIN community_versions v ON v.community_id = o.community_id AND v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1)
        WHERE o.refused_at IS NULL AND (o.valid_to IS NULL OR o.valid_to > ?1) AND (o.valid_from IS NOT NULL OR o.stated_at > ?2)
        ORDER BY o.stated_at, o.id";
    pub(super) OWNERSHIP = "SELECT o.id, o.person_id, o.community_id, v.town_id, v.grid_id, v.name, v.name_en, b.number, u.number, o.stated_at,
            o.first_by, o.valid_from, o.certificate, o.by_telephone, o.login, o.password
        FROM ownerships o JOIN units u ON u.id = o.unit_id JOIN buildings b ON b.id = u.building_id
        JOIN community_versions v ON v.community_id = o.community_id AND v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1)
        WHERE o.refused_at IS NULL AND (o.valid_to IS NULL OR o.valid_to > ?1) AND (o.valid_from IS NOT NULL OR o.stated_at > ?2)
        AND o.id = ?3";
    pub(super) CHECK_FIRST = "UPDATE ownerships SET first_by = ?2, first_at = ?3
        WHERE id = ?1 AND first_by IS NULL AND refused_at IS NULL";
    pub(super) CHECK_SECOND = "UPDATE ownerships SET second_by = ?2, second_at = ?3, valid_from = ?4
        WHERE id = ?1 AND first_by <> ?2 AND second_by IS NULL AND refused_at IS NULL";
    pub(super) SIMULATE_OWNER = "UPDATE ownerships SET valid_from = ?2 WHERE id = ?1";
    pub(super) REFUSE_OWNER = "UPDATE ownerships SET refused_at = ?2, reason = ?3 WHERE id = ?1 AND refused_at IS NULL AND valid_from IS NULL";
    pub(super) END_OWNER = "UPDATE ownerships SET valid_to = ?2 WHERE id = ?1 AND valid_from IS NOT NULL AND valid_to IS NULL";
    pub(super) OWNED = "SELECT o.community_id, v.town_id, v.grid_id, o.unit_id, b.number, u.number, o.valid_from
        FROM ownerships o JOIN units u ON u.id = o.unit_id JOIN buildings b ON b.id = u.building_id
        JOIN community_versions v ON v.community_id = o.community_id AND v.valid_from <= ?2 AND (v.valid_to IS NULL OR v.valid_to > ?2)
        WHERE o.person_id = ?1 AND o.valid_from <= ?2 AND (o.valid_to IS NULL OR o.valid_to > ?2) ORDER BY o.valid_from, o.id";
    pub(super) OWNS_FROM = "SELECT 1 FROM ownerships WHERE person_id = ?1 AND refused_at IS NULL AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) STATED_BY = "SELECT stated_at, reason FROM ownerships WHERE person_id = ?1 AND valid_from IS NULL AND stated_at > ?2
        ORDER BY stated_at DESC, id DESC LIMIT 1";
    pub(super) OLD_STATEMENTS = "SELECT id, person_id FROM ownerships WHERE valid_from IS NULL AND stated_at < ?1 ORDER BY stated_at, id LIMIT ?2";
    pub(super) DROP_STATEMENT = "DELETE FROM ownerships WHERE id = ?1 AND valid_from IS NULL";
    pub(super) FORGET_CERTIFICATES = "UPDATE ownerships SET certificate = NULL WHERE person_id = ?1";
    pub(super) OWNERSHIPS_OF = "SELECT o.id, o.certificate, c.code, b.number, u.number, o.valid_from, o.valid_to
        FROM ownerships o JOIN communities c ON c.id = o.community_id JOIN units u ON u.id = o.unit_id JOIN buildings b ON b.id = u.building_id
        WHERE o.person_id = ?1 ORDER BY o.stated_at, o.id";
    pub(super) CERTIFICATES = "SELECT id, certificate FROM ownerships WHERE certificate IS NOT NULL ORDER BY id";
    pub(super) RESEAL_CERTIFICATE = "UPDATE ownerships SET certificate = ?2 WHERE id = ?1 AND certificate = ?3";
    pub(super) DECIDE = "UPDATE join_requests SET decided_at = ?2, decided_by = ?3, outcome = ?4, reason = ?5, password = NULL
        WHERE id = ?1 AND decided_at IS NULL";
    pub(super) DROP_REQUEST = "DELETE FROM join_requests WHERE id = ?1";
    pub(super) OLD_REQUESTS = "SELECT id, person_id FROM join_requests WHERE made_at < ?1 ORDER BY made_at, id LIMIT ?2";
}

db::registered![
    ADD_LETTERS,
    PERSON_JOINED,
    SIMULATED,
    JOINED_OF,
    JOIN,
    BY_TELEPHONE,
    BY_PASSWORD,
    LOGIN_OF_OTHER,
    WAY_IN,
    CODES_SINCE,
    VOID_CODES,
    ADD_CODE,
    UNSENT,
    OPEN_CODE,
    TRY_CODE,
    PROVE,
    PROOF,
    FORGET_CODES,
    LETTER,
    LETTER_UNTIL,
    USE_LETTER,
    VOID_LETTERS,
    FORGET_LETTERS,
    LOGIN_ASKED,
    ADD_REQUEST,
    OPEN_REQUESTS,
    OPEN_REQUEST,
    REQUEST_OF,
    DECIDE,
    DROP_REQUEST,
    STATED_ALREADY,
    STATE,
    OWNERSHIPS,
    OWNERSHIP,
    CHECK_FIRST,
    CHECK_SECOND,
    SIMULATE_OWNER,
    REFUSE_OWNER,
    END_OWNER,
    OWNED,
    OWNS_FROM,
    STATED_BY,
    OLD_STATEMENTS,
    DROP_STATEMENT,
    FORGET_CERTIFICATES,
    OWNERSHIPS_OF,
    CERTIFICATES,
    RESEAL_CERTIFICATE,
    OLD_REQUESTS,
];
