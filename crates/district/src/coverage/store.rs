//! The statements of coverage.

db::bulk! {
    pub(super) ADD_FACTS = "reach_facts" (tenancy_id Uuid, source_id Uuid, kind Text, valid_from Bigint, valid_to Bigint, satisfied Boolean);
}

db::statements! {
    pub(super) DECIDE = "INSERT INTO publications (id, figure, published, reason, decided_by, decided_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    pub(super) DECISIONS = "SELECT figure, published, reason, decided_at FROM publications ORDER BY decided_at, id";

    pub(super) FACTS_OF = "SELECT tenancy_id, source_id, kind, valid_from, valid_to, satisfied FROM reach_facts
        WHERE tenancy_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) FACTS = "SELECT tenancy_id, source_id, kind, valid_from, valid_to, satisfied FROM reach_facts
        WHERE valid_to IS NULL OR valid_to > ?1";
    pub(super) DROP_FACT = "DELETE FROM reach_facts WHERE tenancy_id = ?1 AND source_id = ?2 AND kind = ?3 AND valid_from = ?4";
    pub(super) CHANGE_FACT = "UPDATE reach_facts SET valid_to = ?5, satisfied = ?6
        WHERE tenancy_id = ?1 AND source_id = ?2 AND kind = ?3 AND valid_from = ?4";
    pub(super) COUNT_DAY = "INSERT INTO reach_days (community_id, day, contacted, responded, satisfied, unknown) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (community_id, day) DO UPDATE SET contacted = reach_days.contacted + excluded.contacted,
        responded = reach_days.responded + excluded.responded, satisfied = reach_days.satisfied + excluded.satisfied,
        unknown = reach_days.unknown + excluded.unknown";
    pub(super) COUNT_SPAN = "INSERT INTO reach_spans (community_id, span, contacted, responded, satisfied, unknown) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (community_id, span) DO UPDATE SET contacted = reach_spans.contacted + excluded.contacted,
        responded = reach_spans.responded + excluded.responded, satisfied = reach_spans.satisfied + excluded.satisfied,
        unknown = reach_spans.unknown + excluded.unknown";
    pub(super) SPANS_OF_ALL = "SELECT community_id, CAST(SUM(contacted) AS BIGINT), CAST(SUM(responded) AS BIGINT),
        CAST(SUM(satisfied) AS BIGINT), CAST(SUM(unknown) AS BIGINT) FROM reach_spans WHERE span < ?1 GROUP BY community_id";
    pub(super) DAYS_OF_ALL = "SELECT c.id, CAST(SUM(d.contacted) AS BIGINT), CAST(SUM(d.responded) AS BIGINT),
        CAST(SUM(d.satisfied) AS BIGINT), CAST(SUM(d.unknown) AS BIGINT)
        FROM communities c JOIN reach_days d ON d.community_id = c.id AND d.day >= ?1 AND d.day <= ?2 GROUP BY c.id";
    pub(super) DROP_DAYS = "DELETE FROM reach_days";
    pub(super) DROP_SPANS = "DELETE FROM reach_spans";
    pub(super) ANY_FACT = "SELECT 1 FROM reach_facts LIMIT 1";
    pub(super) ANY_DAY = "SELECT 1 FROM reach_days LIMIT 1";
}

db::registered![
    ADD_FACTS,
    DECIDE,
    DECISIONS,
    FACTS_OF,
    FACTS,
    DROP_FACT,
    CHANGE_FACT,
    COUNT_DAY,
    COUNT_SPAN,
    SPANS_OF_ALL,
    DAYS_OF_ALL,
    DROP_DAYS,
    DROP_SPANS,
    ANY_FACT,
    ANY_DAY
];
