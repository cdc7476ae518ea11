//! The statements of the register.

db::statements! {
    pub(super) SNAPSHOT = "SELECT c.id, c.code, c.simulated, v.name, v.name_en, v.kind, v.property_right, v.town_id, v.grid_id,
        v.lat, v.lon, v.planned_households
        FROM community_versions v JOIN communities c ON c.id = v.community_id
        WHERE v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1) ORDER BY c.id";
    pub(super) COUNTS_OF_ALL = "SELECT community_id, CAST(SUM(dwellings) AS BIGINT), CAST(SUM(households) AS BIGINT), CAST(SUM(residents) AS BIGINT)
        FROM community_days WHERE day <= ?1 GROUP BY community_id";
    pub(super) MODES_OF_ALL = "SELECT community_id, mode FROM community_modes
        WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY community_id, mode";
}

db::registered![SNAPSHOT, COUNTS_OF_ALL, MODES_OF_ALL];
