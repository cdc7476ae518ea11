//! The statements of the handbook.

db::bulk! {
    pub(super) ADD_FACTORS = "community_factors" (id Uuid, community_id Uuid, factor Text, value Bigint, source Text,
        valid_from Bigint, valid_to Bigint);
}

db::statements! {
    pub(super) ADD_VERSION = "INSERT INTO handbook_versions (id, version, source, state, based_on, made_at, made_by,
        adopted_at, adopted_by, valid_from, valid_to) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, NULL)";
    pub(super) VERSIONS = "SELECT v.id, v.version, v.source, v.state, v.based_on, v.made_at, v.adopted_at, v.valid_from, v.valid_to,
        m.login, a.login FROM handbook_versions v LEFT JOIN accounts m ON m.id = v.made_by
        LEFT JOIN accounts a ON a.id = v.adopted_by
        ORDER BY COALESCE(v.valid_from, 9223372036854775807), v.made_at, v.id";
    pub(super) VERSION = "SELECT v.id, v.version, v.source, v.state, v.based_on, v.made_at, v.adopted_at, v.valid_from, v.valid_to,
        m.login, a.login FROM handbook_versions v LEFT JOIN accounts m ON m.id = v.made_by
        LEFT JOIN accounts a ON a.id = v.adopted_by WHERE v.id = ?1";
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
    pub(super) FACTORS_OF = "SELECT factor, value FROM community_factors
        WHERE community_id = ?1 AND valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) FACTOR_HISTORY = "SELECT factor, value, source, valid_from, valid_to FROM community_factors
        WHERE community_id = ?1 ORDER BY factor, valid_from DESC, id";
    pub(super) DECISIONS = "SELECT d.form, d.reason, a.login, d.decided_at, d.valid_from, d.valid_to, d.community_id
        FROM form_decisions d LEFT JOIN accounts a ON a.id = d.decided_by
        WHERE d.valid_from <= ?1 AND (d.valid_to IS NULL OR d.valid_to > ?1) ORDER BY d.community_id, d.valid_from, d.id";
    pub(super) DECISIONS_OF = "SELECT d.form, d.reason, a.login, d.decided_at, d.valid_from, d.valid_to
        FROM form_decisions d LEFT JOIN accounts a ON a.id = d.decided_by
        WHERE d.community_id = ?1 ORDER BY d.valid_from DESC, d.id";
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
    FACTORS_OF,
    FACTOR_HISTORY,
    DECISIONS,
    DECISIONS_OF,
    ADD_DECISION,
    END_DECISION,
    DROP_DECISION,
];
