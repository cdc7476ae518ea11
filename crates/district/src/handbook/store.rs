//! The statements of the handbook.

db::bulk! {
    pub(super) ADD_FACTORS = "community_factors" (id Uuid, community_id Uuid, factor Text, value Bigint, source Text,
        valid_from Bigint, valid_to Bigint);
}

db::statements! {
    pub(super) ADD_VERSION = "INSERT INTO handbook_versions (id, version, source, state, based_on, made_at, made_by,
        adopted_at, adopted_by, valid_from, valid_to) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL)";
    pub(super) VERSIONS = "SELECT id, version, source, state, based_on, made_at, adopted_at, valid_from, valid_to
        FROM handbook_versions ORDER BY COALESCE(valid_from, 9223372036854775807), made_at, id";
    pub(super) VERSION = "SELECT id, version, source, state, based_on, made_at, adopted_at, valid_from, valid_to
        FROM handbook_versions WHERE id = ?1";
    pub(super) IN_FORCE = "SELECT id, source FROM handbook_versions WHERE state = 'adopted' AND valid_from <= ?1
        AND (valid_to IS NULL OR valid_to > ?1) ORDER BY valid_from DESC, id LIMIT 1";
    pub(super) LATER = "SELECT COUNT(*) FROM handbook_versions WHERE state = 'adopted' AND valid_from >= ?1";
    pub(super) END_VERSION = "UPDATE handbook_versions SET valid_to = ?1 WHERE state = 'adopted' AND valid_from < ?1 AND valid_to IS NULL";
    pub(super) ADOPT = "UPDATE handbook_versions SET state = 'adopted', source = ?2, adopted_at = ?3, adopted_by = ?4, valid_from = ?5
        WHERE id = ?1 AND state = 'draft'";
    pub(super) FACTORS = "SELECT community_id, factor, value FROM community_factors
        WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1)";
    pub(super) END_FACTOR = "UPDATE community_factors SET valid_to = ?3 WHERE community_id = ?1 AND factor = ?2
        AND valid_from < ?3 AND (valid_to IS NULL OR valid_to > ?3)";
    pub(super) DROP_FACTOR = "DELETE FROM community_factors WHERE community_id = ?1 AND factor = ?2 AND valid_from >= ?3";
    pub(super) DECISIONS = "SELECT community_id, form, reason, decided_by, decided_at FROM form_decisions
        WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY community_id, valid_from, id";
    pub(super) ADD_DECISION = "INSERT INTO form_decisions (id, community_id, form, reason, decided_by, decided_at, valid_from, valid_to)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)";
    pub(super) END_DECISION = "UPDATE form_decisions SET valid_to = ?2 WHERE community_id = ?1 AND valid_from < ?2
        AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) DROP_DECISION = "DELETE FROM form_decisions WHERE community_id = ?1 AND valid_from >= ?2";
}

db::registered![
    ADD_FACTORS,
    ADD_VERSION,
    VERSIONS,
    VERSION,
    IN_FORCE,
    LATER,
    END_VERSION,
    ADOPT,
    FACTORS,
    END_FACTOR,
    DROP_FACTOR,
    DECISIONS,
    ADD_DECISION,
    END_DECISION,
    DROP_DECISION,
];
