//! The statements of the register.

use db::{Filter, List, Sort};

db::bulk! {
    pub(super) ADD_TOWNS = "towns" (id Uuid, code Text, name Text, name_en Text, kind Text, sort_key Text, lat Bigint, lon Bigint,
        boundary Text, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_GRIDS = "grids" (id Uuid, town_id Uuid, code Text, name Text, name_en Text, sort_key Text, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_ORGANISATIONS = "organisations" (id Uuid, code Text, kind Text, name Text, name_en Text, uscc Text, town_id Uuid,
        valid_from Bigint, valid_to Bigint);
    pub(super) ADD_COMMUNITIES = "communities" (id Uuid, code Text, simulated Boolean);
    pub(super) ADD_VERSIONS = "community_versions" (community_id Uuid, valid_from Bigint, valid_to Bigint, name Text, name_en Text,
        sort_key Text, kind Text, label Text, property_right Text, town_id Uuid, grid_id Uuid, address Text, lat Bigint, lon Bigint,
        opened_on Bigint, planned_households Bigint, planned_decided_on Bigint, boundary Text, recorded_at Bigint);
    pub(super) ADD_LISTINGS = "community_listings" (id Uuid, community_id Uuid, change Text, reason Text, proposed_at Bigint,
        proposed_by Uuid, decided_at Bigint, decided_by Uuid, state Text, effective_on Bigint, town_id Uuid);
    pub(super) ADD_MODES = "community_modes" (id Uuid, community_id Uuid, mode Text, organisation_id Uuid, document_no Text,
        valid_from Bigint, valid_to Bigint);
    pub(super) ADD_REMITS = "community_organisations" (id Uuid, community_id Uuid, organisation_id Uuid, remit Text,
        valid_from Bigint, valid_to Bigint);
    pub(super) ADD_SOURCES = "external_ids" (system Text, external_id Text, entity Text, entity_id Uuid);
    pub(super) ADD_BUILDINGS = "buildings" (id Uuid, community_id Uuid, number Text, floors Bigint, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_UNITS = "units" (id Uuid, building_id Uuid, number Text, floor Bigint, area_cm2 Bigint, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_ROOMS = "rooms" (id Uuid, unit_id Uuid, number Text, area_cm2 Bigint, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_LEASES = "leases" (id Uuid, community_id Uuid, organisation_id Uuid, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_TENANCIES = "tenancies" (id Uuid, community_id Uuid, unit_id Uuid, room_id Uuid, lease_id Uuid, tenure Text,
        valid_from Bigint, valid_to Bigint);
    pub(super) ADD_OCCUPANTS = "occupants" (id Uuid, tenancy_id Uuid, person_id Uuid, valid_from Bigint, valid_to Bigint);
}

db::statements! {
    pub(super) SNAPSHOT = "SELECT c.id, c.code, c.simulated, v.name, v.name_en, v.kind, v.property_right, v.town_id, v.grid_id,
        v.lat, v.lon, v.planned_households, v.sort_key, v.label, v.address, v.opened_on
        FROM community_versions v JOIN communities c ON c.id = v.community_id
        WHERE v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1) ORDER BY c.id";
    pub(super) SNAPSHOT_OF = "SELECT c.id, c.code, c.simulated, v.name, v.name_en, v.kind, v.property_right, v.town_id, v.grid_id,
        v.lat, v.lon, v.planned_households, v.sort_key, v.label, v.address, v.opened_on
        FROM community_versions v JOIN communities c ON c.id = v.community_id
        WHERE v.community_id = ?2 AND v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1)";
    pub(super) SPANS_OF_ALL = "SELECT community_id, CAST(SUM(dwellings) AS BIGINT), CAST(SUM(households) AS BIGINT),
        CAST(SUM(residents) AS BIGINT), CAST(SUM(moved_in) AS BIGINT) FROM community_spans WHERE span < ?1 GROUP BY community_id";
    pub(super) DAYS_OF_ALL = "SELECT c.id, CAST(SUM(d.dwellings) AS BIGINT), CAST(SUM(d.households) AS BIGINT),
        CAST(SUM(d.residents) AS BIGINT), CAST(SUM(d.moved_in) AS BIGINT) FROM communities c JOIN community_days d ON d.community_id = c.id AND d.day >= ?1 AND d.day <= ?2 GROUP BY c.id";
    pub(super) MODES_OF_ALL = "SELECT community_id, mode FROM community_modes
        WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY community_id, mode";

    pub(super) COUNT = "INSERT INTO community_days (community_id, day, dwellings, households, residents, moved_in) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (community_id, day) DO UPDATE SET dwellings = community_days.dwellings + excluded.dwellings,
        households = community_days.households + excluded.households, residents = community_days.residents + excluded.residents,
        moved_in = community_days.moved_in + excluded.moved_in";
    pub(super) COUNT_SPAN = "INSERT INTO community_spans (community_id, span, dwellings, households, residents, moved_in) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (community_id, span) DO UPDATE SET dwellings = community_spans.dwellings + excluded.dwellings,
        households = community_spans.households + excluded.households, residents = community_spans.residents + excluded.residents,
        moved_in = community_spans.moved_in + excluded.moved_in";
    pub(super) VERSIONS = "SELECT v.valid_from, v.valid_to, v.name, v.name_en, v.kind, v.label, v.property_right, v.town_id, v.grid_id,
        v.address, v.lat, v.lon, v.opened_on, v.planned_households, v.planned_decided_on, v.boundary
        FROM community_versions v WHERE v.community_id = ?1 ORDER BY v.valid_from";
    pub(super) DROP_VERSIONS = "DELETE FROM community_versions WHERE community_id = ?1 AND valid_from >= ?2";
    pub(super) END_VERSION = "UPDATE community_versions SET valid_to = ?2 WHERE community_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) SCOPE = "SELECT town_id, grid_id FROM community_versions
        WHERE community_id = ?2 AND valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1)";
    pub(super) FIRST_SCOPE = "SELECT town_id, grid_id FROM community_versions
        WHERE community_id = ?2 AND valid_from > ?1 ORDER BY valid_from LIMIT 1";
    pub(super) LAST_SCOPE = "SELECT town_id, grid_id FROM community_versions
        WHERE community_id = ?2 AND valid_from <= ?1 ORDER BY valid_from DESC LIMIT 1";
    pub(super) MODE_OVERLAPS = "SELECT COUNT(*) FROM community_modes WHERE community_id = ?1 AND mode = ?2 AND (valid_to IS NULL OR valid_to > ?3)";
    pub(super) END_MODE = "UPDATE community_modes SET valid_to = ?3 WHERE community_id = ?1 AND mode = ?2 AND valid_from < ?3 AND valid_to IS NULL";
    pub(super) PROPOSE = "INSERT INTO community_listings (id, community_id, change, reason, proposed_at, proposed_by, decided_at,
        decided_by, state, effective_on, description, town_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, NULL, 'proposed', ?7, ?8, ?9)";
    pub(super) PROPOSAL = "SELECT community_id, effective_on, change, description, town_id FROM community_listings WHERE id = ?1";
    pub(super) OPEN_PROPOSALS = "SELECT COUNT(*) FROM community_listings WHERE community_id = ?1 AND state = 'proposed'";
    pub(super) TOWN_CODE = "SELECT code FROM towns WHERE id = ?1";
    pub(super) CODE_GIVEN = "SELECT id FROM communities WHERE code = ?1";
    pub(super) DECIDE = "UPDATE community_listings SET state = ?2, decided_at = ?3, decided_by = ?4 WHERE id = ?1 AND state = 'proposed'";
    pub(super) LIVES_FROM = "SELECT 1 FROM occupants o JOIN tenancies t ON t.id = o.tenancy_id WHERE o.person_id = ?1
        AND (o.valid_to IS NULL OR o.valid_to > ?2) AND (t.valid_to IS NULL OR t.valid_to > ?2)";
    pub(super) STAYS_OF = "SELECT c.code, b.number, u.number, o.valid_from, o.valid_to FROM occupants o
        JOIN tenancies t ON t.id = o.tenancy_id JOIN communities c ON c.id = t.community_id
        JOIN units u ON u.id = t.unit_id JOIN buildings b ON b.id = u.building_id
        WHERE o.person_id = ?1 ORDER BY o.valid_from, o.id";
    pub(super) HOMES_OF = "SELECT t.community_id, v.town_id, v.grid_id, t.id, u.id, b.number, u.number, r.number, o.valid_from, o.valid_to, t.valid_to
        FROM occupants o JOIN tenancies t ON t.id = o.tenancy_id JOIN units u ON u.id = t.unit_id JOIN buildings b ON b.id = u.building_id
        LEFT JOIN rooms r ON r.id = t.room_id JOIN community_versions v ON v.community_id = t.community_id
            AND v.valid_from <= ?2 AND (v.valid_to IS NULL OR v.valid_to > ?2)
        WHERE o.person_id = ?1 AND o.valid_from <= ?2 AND (o.valid_to IS NULL OR o.valid_to > ?2)
        AND t.valid_from <= ?2 AND (t.valid_to IS NULL OR t.valid_to > ?2) ORDER BY o.valid_from, o.id";
    pub(super) LIVES_IN = "SELECT t.id, o.person_id, b.number, u.number, r.number, o.valid_from
        FROM buildings b JOIN units u ON u.building_id = b.id JOIN tenancies t ON t.unit_id = u.id
        JOIN occupants o ON o.tenancy_id = t.id LEFT JOIN rooms r ON r.id = t.room_id
        WHERE b.community_id = ?1 AND b.number = ?2 AND t.valid_from <= ?3 AND (t.valid_to IS NULL OR t.valid_to > ?3)
        AND o.valid_from <= ?3 AND (o.valid_to IS NULL OR o.valid_to > ?3) ORDER BY u.floor, u.number, r.number, o.valid_from, o.id LIMIT ?4";
    pub(super) UNIT_OF = "SELECT u.id FROM buildings b JOIN units u ON u.building_id = b.id
        WHERE b.community_id = ?1 AND b.number = ?2 AND u.number = ?3 AND u.valid_from <= ?4 AND (u.valid_to IS NULL OR u.valid_to > ?4)";
    pub(super) HOUSEHOLDS_IN = "SELECT t.id, t.community_id, b.id, b.number, u.number, r.number, u.floor, t.valid_from, t.valid_to
        FROM tenancies t JOIN units u ON u.id = t.unit_id JOIN buildings b ON b.id = u.building_id
        LEFT JOIN rooms r ON r.id = t.room_id WHERE t.community_id = ?1 AND t.valid_from <= ?2 AND (t.valid_to IS NULL OR t.valid_to > ?2)";
    pub(super) HOUSEHOLD = "SELECT t.id, t.community_id, b.id, b.number, u.number, r.number, u.floor, t.valid_from, t.valid_to
        FROM tenancies t JOIN units u ON u.id = t.unit_id JOIN buildings b ON b.id = u.building_id
        LEFT JOIN rooms r ON r.id = t.room_id WHERE t.id = ?1";
    pub(super) HOUSEHOLDS_BETWEEN = "SELECT id, community_id, valid_from, valid_to FROM tenancies
        WHERE valid_from <= ?2 AND (valid_to IS NULL OR valid_to > ?1)";
    pub(super) STAYED = "SELECT id, community_id, valid_from, valid_to FROM tenancies WHERE id = ?1";
    pub(super) PERSONS_OF = "SELECT person_id FROM occupants WHERE tenancy_id = ?1 AND valid_from <= ?2
        AND (valid_to IS NULL OR valid_to > ?2) ORDER BY person_id";
    pub(super) TENANCY = "SELECT community_id, valid_from FROM tenancies WHERE id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) END_TENANCY = "UPDATE tenancies SET valid_to = ?2 WHERE id = ?1 AND valid_to IS NULL";
    pub(super) END_OCCUPANTS = "UPDATE occupants SET valid_to = ?2 WHERE tenancy_id = ?1 AND valid_to IS NULL AND valid_from < ?2";
    pub(super) LATER_OCCUPANTS = "SELECT valid_from FROM occupants WHERE tenancy_id = ?1 AND valid_to IS NULL AND valid_from >= ?2";
    pub(super) DROP_OCCUPANTS = "DELETE FROM occupants WHERE tenancy_id = ?1 AND valid_to IS NULL AND valid_from >= ?2";

    pub(super) ROOM = "SELECT b.community_id, r.valid_from, r.valid_to, r.unit_id FROM rooms r JOIN units u ON u.id = r.unit_id
        JOIN buildings b ON b.id = u.building_id WHERE r.id = ?1";
    pub(super) UNIT = "SELECT b.community_id, u.valid_from, u.valid_to FROM units u JOIN buildings b ON b.id = u.building_id WHERE u.id = ?1";
    pub(super) BUILDING = "SELECT community_id, valid_from, valid_to FROM buildings WHERE id = ?1";
    pub(super) LEASE = "SELECT community_id, valid_from, valid_to FROM leases WHERE id = ?1";
    pub(super) ORGANISATION = "SELECT town_id, valid_from, valid_to FROM organisations WHERE id = ?1";
    pub(super) GRID = "SELECT town_id, valid_from, valid_to FROM grids WHERE id = ?1";
    pub(super) DWELLINGS_OF_UNIT = "SELECT u.valid_from, u.valid_to, r.valid_from, r.valid_to FROM units u
        LEFT JOIN rooms r ON r.unit_id = u.id AND (r.valid_to IS NULL OR r.valid_to > ?2)
        WHERE u.id = ?1 AND (u.valid_to IS NULL OR u.valid_to > ?2)";
    pub(super) DWELLINGS_OF_BUILDING = "SELECT u.valid_from, u.valid_to, r.valid_from, r.valid_to FROM units u
        LEFT JOIN rooms r ON r.unit_id = u.id AND (r.valid_to IS NULL OR r.valid_to > ?2)
        WHERE u.building_id = ?1 AND (u.valid_to IS NULL OR u.valid_to > ?2)";
    pub(super) ROOMS_OF_UNIT = "SELECT valid_from, valid_to FROM rooms WHERE unit_id = ?1 ORDER BY valid_from, id";
    pub(super) HOUSEHOLDS_OF_ROOM = "SELECT COUNT(*) FROM tenancies WHERE room_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) HOUSEHOLDS_OF_UNIT = "SELECT COUNT(*) FROM tenancies WHERE unit_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) HOUSEHOLDS_OF_BUILDING = "SELECT COUNT(*) FROM units u JOIN tenancies t ON t.unit_id = u.id
        WHERE u.building_id = ?1 AND (t.valid_to IS NULL OR t.valid_to > ?2)";
    pub(super) HOUSEHOLDS_OF_LEASE = "SELECT COUNT(*) FROM tenancies WHERE lease_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) HOUSEHOLDS_OF_ORGANISATION = "SELECT COUNT(*) FROM leases l JOIN tenancies t ON t.lease_id = l.id
        WHERE l.organisation_id = ?1 AND (t.valid_to IS NULL OR t.valid_to > ?2)";
    pub(super) LEASES_AFTER = "SELECT COUNT(*) FROM leases WHERE organisation_id = ?1 AND valid_from >= ?2";
    pub(super) REMITS_OF_ORGANISATION = "SELECT COUNT(*) FROM community_organisations
        WHERE organisation_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) MODES_OF_ORGANISATION = "SELECT COUNT(*) FROM community_modes
        WHERE organisation_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) COMMUNITIES_OF_GRID = "SELECT COUNT(DISTINCT community_id) FROM community_versions
        WHERE grid_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) END_ROOM = "UPDATE rooms SET valid_to = ?2 WHERE id = ?1";
    pub(super) END_ROOMS_OF_UNIT = "UPDATE rooms SET valid_to = ?2 WHERE unit_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) END_ROOMS_OF_BUILDING = "UPDATE rooms SET valid_to = ?2 WHERE unit_id IN (SELECT id FROM units WHERE building_id = ?1)
        AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) END_UNIT = "UPDATE units SET valid_to = ?2 WHERE id = ?1";
    pub(super) END_UNITS_OF_BUILDING = "UPDATE units SET valid_to = ?2 WHERE building_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) END_BUILDING = "UPDATE buildings SET valid_to = ?2 WHERE id = ?1";
    pub(super) END_LEASE = "UPDATE leases SET valid_to = ?2 WHERE id = ?1";
    pub(super) END_LEASES_OF_ORGANISATION = "UPDATE leases SET valid_to = ?2 WHERE organisation_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) END_ORGANISATION = "UPDATE organisations SET valid_to = ?2 WHERE id = ?1";
    pub(super) END_GRID = "UPDATE grids SET valid_to = ?2 WHERE id = ?1";
    // CROSS JOIN, so that SQLite begins with the few that ended and does not read all that stand.
    pub(super) UNITS_AFTER_BUILDING = "SELECT COUNT(*) FROM buildings b CROSS JOIN units u
        WHERE u.building_id = b.id AND b.valid_to IS NOT NULL AND u.valid_from >= b.valid_to";
    pub(super) ROOMS_AFTER_UNIT = "SELECT COUNT(*) FROM units u CROSS JOIN rooms r
        WHERE r.unit_id = u.id AND u.valid_to IS NOT NULL AND r.valid_from >= u.valid_to";
    pub(super) HOUSEHOLDS_AFTER_UNIT = "SELECT COUNT(*) FROM units u CROSS JOIN tenancies t
        WHERE t.unit_id = u.id AND u.valid_to IS NOT NULL AND t.valid_from >= u.valid_to";
    pub(super) HOUSEHOLDS_AFTER_ROOM = "SELECT COUNT(*) FROM rooms r CROSS JOIN tenancies t
        WHERE t.room_id = r.id AND r.valid_to IS NOT NULL AND t.valid_from >= r.valid_to";
    pub(super) VERSIONS_AFTER_GRID = "SELECT COUNT(*) FROM grids g CROSS JOIN community_versions v
        WHERE v.grid_id = g.id AND g.valid_to IS NOT NULL AND (v.valid_to IS NULL OR v.valid_to > g.valid_to)";

    pub(super) TOWNS = "SELECT id, code, name, name_en, kind, lat, lon, boundary FROM towns
        WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY sort_key, id";
    pub(super) GRIDS = "SELECT id, town_id, code, name, name_en FROM grids
        WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY sort_key, id";
    pub(super) COMMUNITY = "SELECT c.id, c.code, c.simulated, v.name, v.name_en, v.kind, v.label, v.property_right, v.town_id, v.grid_id,
        v.address, v.lat, v.lon, v.opened_on, v.planned_households, v.planned_decided_on, v.boundary, v.valid_from, v.valid_to
        FROM communities c JOIN community_versions v ON v.community_id = c.id
        WHERE c.code = ?2 AND v.valid_from <= ?1 AND (v.valid_to IS NULL OR v.valid_to > ?1)";
    pub(super) CODE_OF = "SELECT code FROM communities WHERE id = ?1";
    pub(super) COUNTS = "SELECT CAST(COALESCE(SUM(n.dwellings), 0) AS BIGINT), CAST(COALESCE(SUM(n.households), 0) AS BIGINT),
        CAST(COALESCE(SUM(n.residents), 0) AS BIGINT), CAST(COALESCE(SUM(n.moved_in), 0) AS BIGINT) FROM (
            SELECT dwellings, households, residents, moved_in FROM community_spans WHERE community_id = ?1 AND span < ?2
            UNION ALL SELECT dwellings, households, residents, moved_in FROM community_days WHERE community_id = ?1 AND day >= ?3 AND day <= ?4) n";
    pub(super) MODES = "SELECT m.mode, m.document_no, m.valid_from, m.valid_to, o.name, o.name_en
        FROM community_modes m LEFT JOIN organisations o ON o.id = m.organisation_id
        WHERE m.community_id = ?1 ORDER BY m.valid_from, m.id";
    pub(super) REMITS = "SELECT r.remit, o.kind, o.name, o.name_en, o.uscc, r.valid_from, r.valid_to
        FROM community_organisations r JOIN organisations o ON o.id = r.organisation_id
        WHERE r.community_id = ?2 AND r.valid_from <= ?1 AND (r.valid_to IS NULL OR r.valid_to > ?1) ORDER BY r.remit, r.id";
    pub(super) DROP_SOURCE = "DELETE FROM external_ids WHERE entity = 'community' AND entity_id = ?1 AND system = ?2";
    pub(super) SOURCES_OF = "SELECT system, external_id FROM external_ids WHERE entity = 'community' AND entity_id = ?1 ORDER BY system, external_id";
    pub(super) COMMITTEES = "SELECT id, name, name_en FROM organisations
        WHERE kind IN ('residents_committee', 'village_committee') AND (town_id = ?2 OR town_id IS NULL)
        AND valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY name, id";
    pub(super) BUILDINGS = "SELECT b.id, b.number, b.floors, (SELECT COUNT(*) FROM units u WHERE u.building_id = b.id
            AND u.valid_from <= ?1 AND (u.valid_to IS NULL OR u.valid_to > ?1)),
        (SELECT COUNT(*) FROM rooms r JOIN units u ON u.id = r.unit_id WHERE u.building_id = b.id
            AND r.valid_from <= ?1 AND (r.valid_to IS NULL OR r.valid_to > ?1))
        FROM buildings b WHERE b.community_id = ?2 AND b.valid_from <= ?1 AND (b.valid_to IS NULL OR b.valid_to > ?1) ORDER BY b.number, b.id";
    pub(super) LISTINGS = "SELECT l.change, l.reason, l.effective_on, c.code, l.state, l.id FROM community_listings l
        JOIN communities c ON c.id = l.community_id WHERE l.effective_on >= ?1 AND l.effective_on < ?2 AND l.state = 'confirmed'
        ORDER BY l.effective_on, l.id";
    pub(super) LISTED = "SELECT CAST(COALESCE(SUM(CASE WHEN change = 'enter' THEN 1 ELSE -1 END), 0) AS BIGINT) FROM community_listings
        WHERE effective_on < ?1 AND state = 'confirmed'";
    pub(super) LISTINGS_OF_TOWN = "SELECT l.change, l.reason, l.effective_on, c.code, l.state, l.id FROM community_listings l
        JOIN communities c ON c.id = l.community_id WHERE l.town_id = ?3 AND l.effective_on >= ?1 AND l.effective_on < ?2
        AND l.state = 'confirmed' ORDER BY l.effective_on, l.id";
    pub(super) LISTED_OF_TOWN = "SELECT CAST(COALESCE(SUM(CASE WHEN change = 'enter' THEN 1 ELSE -1 END), 0) AS BIGINT)
        FROM community_listings WHERE town_id = ?2 AND effective_on < ?1 AND state = 'confirmed'";
    pub(super) RECOUNT_HOUSEHOLDS = "SELECT community_id, COUNT(*) FROM tenancies
        WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) GROUP BY community_id";
    pub(super) RECOUNT_MOVED_IN = "SELECT community_id, COUNT(*) FROM tenancies WHERE valid_from <= ?1 GROUP BY community_id";
    pub(super) RECOUNT_RESIDENTS = "SELECT t.community_id, COUNT(*) FROM occupants o JOIN tenancies t ON t.id = o.tenancy_id
        WHERE o.valid_from <= ?1 AND (o.valid_to IS NULL OR o.valid_to > ?1)
        AND t.valid_from <= ?1 AND (t.valid_to IS NULL OR t.valid_to > ?1) GROUP BY t.community_id";
    pub(super) RECOUNT_DWELLINGS = "SELECT b.community_id, CAST(SUM(CASE WHEN n.rooms IS NULL THEN 1 ELSE n.rooms END) AS BIGINT)
        FROM units u JOIN buildings b ON b.id = u.building_id
        LEFT JOIN (SELECT unit_id, COUNT(*) AS rooms FROM rooms WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1)
            GROUP BY unit_id) n ON n.unit_id = u.id
        WHERE u.valid_from <= ?1 AND (u.valid_to IS NULL OR u.valid_to > ?1) GROUP BY b.community_id";
}

/// Proposals for the list, with the name that the register has, if it has one already.
pub(super) static PROPOSALS: List = List {
    name: "district::register::store::PROPOSALS",
    columns: "l.id, l.change, l.community_id, c.code, l.reason, l.effective_on, l.proposed_at, p.login, l.state, l.decided_at, d.login,
        l.description, v.name, v.name_en, l.town_id",
    source: "community_listings l JOIN communities c ON c.id = l.community_id LEFT JOIN accounts p ON p.id = l.proposed_by
        LEFT JOIN accounts d ON d.id = l.decided_by LEFT JOIN community_versions v ON v.community_id = l.community_id
            AND v.valid_from = (SELECT MAX(x.valid_from) FROM community_versions x WHERE x.community_id = l.community_id)",
    base: "l.town_id IS NOT NULL",
    base_params: 0,
    id: "l.id",
    filters: &[
        Filter { name: "open", sql: "CASE WHEN l.state = 'proposed' THEN 'yes' ELSE 'no' END = {}" },
        Filter { name: "town", sql: "l.town_id = {}" },
    ],
    sorts: &[Sort { name: "changed", sql: "COALESCE(l.decided_at, l.proposed_at)" }],
};

db::registered![
    PROPOSALS,
    ADD_TOWNS,
    ADD_GRIDS,
    ADD_ORGANISATIONS,
    ADD_COMMUNITIES,
    ADD_VERSIONS,
    ADD_LISTINGS,
    ADD_MODES,
    ADD_REMITS,
    ADD_BUILDINGS,
    ADD_UNITS,
    ADD_ROOMS,
    ADD_LEASES,
    ADD_TENANCIES,
    ADD_OCCUPANTS,
    SNAPSHOT,
    SNAPSHOT_OF,
    SPANS_OF_ALL,
    DAYS_OF_ALL,
    MODES_OF_ALL,
    COUNT,
    COUNT_SPAN,
    VERSIONS,
    DROP_VERSIONS,
    END_VERSION,
    SCOPE,
    FIRST_SCOPE,
    LAST_SCOPE,
    MODE_OVERLAPS,
    END_MODE,
    PROPOSE,
    PROPOSAL,
    OPEN_PROPOSALS,
    TOWN_CODE,
    CODE_GIVEN,
    DECIDE,
    LIVES_FROM,
    STAYS_OF,
    HOMES_OF,
    LIVES_IN,
    HOUSEHOLDS_IN,
    HOUSEHOLD,
    HOUSEHOLDS_BETWEEN,
    STAYED,
    PERSONS_OF,
    UNIT_OF,
    TENANCY,
    END_TENANCY,
    END_OCCUPANTS,
    LATER_OCCUPANTS,
    DROP_OCCUPANTS,
    ROOM,
    UNIT,
    BUILDING,
    LEASE,
    ORGANISATION,
    GRID,
    DWELLINGS_OF_UNIT,
    DWELLINGS_OF_BUILDING,
    ROOMS_OF_UNIT,
    HOUSEHOLDS_OF_ROOM,
    HOUSEHOLDS_OF_UNIT,
    HOUSEHOLDS_OF_BUILDING,
    HOUSEHOLDS_OF_LEASE,
    HOUSEHOLDS_OF_ORGANISATION,
    LEASES_AFTER,
    REMITS_OF_ORGANISATION,
    MODES_OF_ORGANISATION,
    COMMUNITIES_OF_GRID,
    END_ROOM,
    END_ROOMS_OF_UNIT,
    END_ROOMS_OF_BUILDING,
    END_UNIT,
    END_UNITS_OF_BUILDING,
    END_BUILDING,
    END_LEASE,
    END_LEASES_OF_ORGANISATION,
    END_ORGANISATION,
    END_GRID,
    UNITS_AFTER_BUILDING,
    ROOMS_AFTER_UNIT,
    HOUSEHOLDS_AFTER_UNIT,
    HOUSEHOLDS_AFTER_ROOM,
    VERSIONS_AFTER_GRID,
    TOWNS,
    GRIDS,
    COMMUNITY,
    CODE_OF,
    COUNTS,
    MODES,
    REMITS,
    ADD_SOURCES,
    DROP_SOURCE,
    SOURCES_OF,
    COMMITTEES,
    BUILDINGS,
    LISTINGS,
    LISTED,
    LISTINGS_OF_TOWN,
    LISTED_OF_TOWN,
    RECOUNT_HOUSEHOLDS,
    RECOUNT_MOVED_IN,
    RECOUNT_RESIDENTS,
    RECOUNT_DWELLINGS,
];
