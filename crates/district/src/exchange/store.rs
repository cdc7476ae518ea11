//! The statements of import and export.

db::bulk! {
    pub(super) ADD_MODES = "community_modes" (id Uuid, community_id Uuid, mode Text, organisation_id Uuid, document_no Text,
        valid_from Bigint, valid_to Bigint);
    pub(super) ADD_REMITS = "community_organisations" (id Uuid, community_id Uuid, organisation_id Uuid, remit Text,
        valid_from Bigint, valid_to Bigint);
}

db::statements! {
    pub(super) SOURCES = "SELECT entity_id, system, external_id FROM external_ids WHERE entity = 'community' ORDER BY entity_id, system, external_id";
    pub(super) TOWNS = "SELECT id, code, name, name_en, lat, lon, boundary, valid_from FROM towns
        WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY code, id";
    pub(super) GRIDS = "SELECT id, code, town_id, name, name_en, valid_from, valid_to FROM grids
        WHERE valid_from <= ?1 ORDER BY code, id";
    pub(super) ORGANISATIONS = "SELECT id, code, kind, name, name_en, uscc, town_id, valid_from, valid_to FROM organisations
        WHERE valid_from <= ?1 ORDER BY code, id";
    pub(super) COMMUNITIES = "SELECT c.id, c.code, c.simulated, v.name, v.name_en, v.kind, v.label, v.property_right, v.town_id, v.grid_id,
        v.address, v.lat, v.lon, v.opened_on, v.planned_households, v.planned_decided_on, v.boundary
        FROM communities c JOIN community_versions v ON v.community_id = c.id
        WHERE v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1) ORDER BY c.code, c.id";
    pub(super) ENTRIES = "SELECT community_id, effective_on, reason FROM community_listings
        WHERE change = 'enter' AND state = 'confirmed' AND effective_on <= ?1 ORDER BY effective_on, id";
    pub(super) CODES = "SELECT code, 'town' FROM towns UNION ALL SELECT code, 'grid' FROM grids
        UNION ALL SELECT code, 'organisation' FROM organisations UNION ALL SELECT code, 'community' FROM communities";
    pub(super) MODES = "SELECT id, community_id, mode, organisation_id, document_no, valid_from, valid_to FROM community_modes
        ORDER BY community_id, valid_from, mode, id";
    pub(super) REMITS = "SELECT id, community_id, organisation_id, remit, valid_from, valid_to FROM community_organisations
        ORDER BY community_id, valid_from, remit, id";
    pub(super) BUILDINGS = "SELECT id, community_id, number, floors, valid_from, valid_to FROM buildings ORDER BY community_id, number, id";
    pub(super) LEASES = "SELECT id, community_id, organisation_id FROM leases WHERE valid_to IS NULL ORDER BY id";
    pub(super) UNITS = "SELECT b.number, u.id, u.number, u.floor, u.area_cm2, u.valid_from, u.valid_to, r.id, r.number, r.area_cm2,
        r.valid_from, r.valid_to, b.id
        FROM buildings b JOIN units u ON u.building_id = b.id LEFT JOIN rooms r ON r.unit_id = u.id
        WHERE b.community_id = ?1 ORDER BY b.number, u.number, r.number";
    pub(super) TENANCIES = "SELECT t.id, t.unit_id, t.room_id, l.organisation_id, t.tenure, t.valid_from, t.valid_to,
        o.person_id, o.valid_to, p.name, p.telephone, p.identity_number, t.lease_id
        FROM tenancies t JOIN occupants o ON o.tenancy_id = t.id JOIN persons p ON p.id = o.person_id
        LEFT JOIN leases l ON l.id = t.lease_id WHERE t.community_id = ?1 ORDER BY t.id, o.id";
    pub(super) HOUSEHOLDS = "SELECT t.id, t.unit_id, t.room_id, l.organisation_id, t.tenure, t.valid_from, t.valid_to, o.person_id
        FROM tenancies t JOIN occupants o ON o.tenancy_id = t.id LEFT JOIN leases l ON l.id = t.lease_id
        WHERE t.community_id = ?2 AND t.valid_from <= ?1 AND (t.valid_to IS NULL OR t.valid_to > ?1)
        AND o.valid_from <= ?1 AND (o.valid_to IS NULL OR o.valid_to > ?1) ORDER BY o.person_id";
    pub(super) LIVING = "SELECT id, unit_id, room_id, valid_to FROM tenancies WHERE community_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) IN_GRID = "SELECT DISTINCT community_id FROM community_versions WHERE grid_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) PERSONS = "SELECT id FROM persons";

    pub(super) BEFORE_OPENING = "SELECT t.community_id, COUNT(*) FROM community_versions v CROSS JOIN tenancies t
        WHERE v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1)
        AND t.community_id = v.community_id AND t.valid_from < v.opened_on AND t.valid_from <= ?1 AND (t.valid_to IS NULL OR t.valid_to > ?1) GROUP BY t.community_id";
    pub(super) WHOLE_AND_ROOMS = "SELECT t.community_id, COUNT(*) FROM tenancies t
        WHERE t.room_id IS NULL AND t.valid_from <= ?1 AND (t.valid_to IS NULL OR t.valid_to > ?1)
        AND EXISTS (SELECT 1 FROM rooms r WHERE r.unit_id = t.unit_id AND r.valid_from <= ?1 AND (r.valid_to IS NULL OR r.valid_to > ?1))
        GROUP BY t.community_id";
    pub(super) CROWDED = "SELECT t.community_id, COUNT(*) FROM (SELECT tenancy_id, COUNT(*) AS people FROM occupants
            WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) GROUP BY tenancy_id) o
        JOIN tenancies t ON t.id = o.tenancy_id WHERE o.people > ?2 GROUP BY t.community_id";
    pub(super) ROOMS_LARGER = "SELECT b.community_id, COUNT(*) FROM (SELECT unit_id, CAST(SUM(area_cm2) AS BIGINT) AS area FROM rooms
            WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) GROUP BY unit_id) r
        JOIN units u ON u.id = r.unit_id JOIN buildings b ON b.id = u.building_id WHERE r.area > u.area_cm2 GROUP BY b.community_id";

    pub(super) KEEP_UPLOAD = "INSERT INTO uploads (id, made_at, made_by, name, effective_on, content, state, only_good, tallies, decided_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'looked', ?7, '', NULL)";
    pub(super) UPLOAD = "SELECT made_at, made_by, name, effective_on, content, state, only_good, tallies, decided_at FROM uploads WHERE id = ?1";
    pub(super) UPLOADS = "SELECT id, made_at, made_by, name, effective_on, state, only_good, tallies, decided_at FROM uploads
        WHERE CAST(?1 AS BOOLEAN) OR made_by = ?2 ORDER BY made_at DESC, id DESC LIMIT 40";
    pub(super) DECIDE_UPLOAD = "UPDATE uploads SET state = ?2, only_good = ?3, tallies = ?4, decided_at = ?5 WHERE id = ?1 AND state = 'looked'";
    pub(super) KEPT_UPLOADS = "SELECT id, content FROM uploads WHERE content IS NOT NULL ORDER BY id";
    pub(super) RESEAL_UPLOAD = "UPDATE uploads SET content = ?2 WHERE id = ?1 AND content = ?3";
    pub(super) EMPTY_UPLOAD = "UPDATE uploads SET content = NULL WHERE id = ?1";
    pub(super) EMPTY_UPLOADS = "UPDATE uploads SET content = NULL WHERE made_at < ?1 AND content IS NOT NULL";

    pub(super) KEEP_FORM = "INSERT INTO report_forms (id, name, made_at, made_by, content, sheet, header_row, mapping)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    pub(super) FORMS = "SELECT id, name FROM report_forms ORDER BY made_at DESC, id DESC";
    pub(super) FORM = "SELECT name, content, sheet, header_row, mapping FROM report_forms WHERE id = ?1";
    pub(super) MAP_FORM = "UPDATE report_forms SET mapping = ?2 WHERE id = ?1";

    pub(super) CHANGE_TOWN = "UPDATE towns SET name = ?2, name_en = ?3, sort_key = ?4, lat = ?5, lon = ?6 WHERE id = ?1";
    pub(super) OUTLINE_TOWN = "UPDATE towns SET boundary = ?2 WHERE id = ?1";
    pub(super) CHANGE_GRID = "UPDATE grids SET name = ?2, name_en = ?3, sort_key = ?4 WHERE id = ?1";
    pub(super) CHANGE_ORGANISATION = "UPDATE organisations SET kind = ?2, name = ?3, name_en = ?4, uscc = ?5, town_id = ?6 WHERE id = ?1";
    pub(super) CHANGE_MODE = "UPDATE community_modes SET organisation_id = ?2, document_no = ?3, valid_to = ?4 WHERE id = ?1";
    pub(super) END_REMIT = "UPDATE community_organisations SET valid_to = ?2 WHERE id = ?1";
    pub(super) CHANGE_BUILDING = "UPDATE buildings SET floors = ?2 WHERE id = ?1";
    pub(super) CHANGE_UNIT = "UPDATE units SET floor = ?2, area_cm2 = ?3 WHERE id = ?1";
    pub(super) CHANGE_ROOM = "UPDATE rooms SET area_cm2 = ?2 WHERE id = ?1";
    pub(super) CHANGE_TENANCY = "UPDATE tenancies SET tenure = ?2, lease_id = ?3 WHERE id = ?1";
}

db::registered![
    SOURCES,
    ADD_MODES,
    ADD_REMITS,
    TOWNS,
    GRIDS,
    ORGANISATIONS,
    COMMUNITIES,
    ENTRIES,
    CODES,
    MODES,
    REMITS,
    BUILDINGS,
    LEASES,
    UNITS,
    TENANCIES,
    HOUSEHOLDS,
    LIVING,
    IN_GRID,
    PERSONS,
    BEFORE_OPENING,
    WHOLE_AND_ROOMS,
    CROWDED,
    ROOMS_LARGER,
    KEPT_UPLOADS,
    RESEAL_UPLOAD,
    KEEP_UPLOAD,
    UPLOAD,
    UPLOADS,
    DECIDE_UPLOAD,
    EMPTY_UPLOAD,
    EMPTY_UPLOADS,
    KEEP_FORM,
    FORMS,
    FORM,
    MAP_FORM,
    CHANGE_TOWN,
    OUTLINE_TOWN,
    CHANGE_GRID,
    CHANGE_ORGANISATION,
    CHANGE_MODE,
    END_REMIT,
    CHANGE_BUILDING,
    CHANGE_UNIT,
    CHANGE_ROOM,
    CHANGE_TENANCY,
];
