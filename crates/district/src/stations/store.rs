//! The statements of stations.

db::bulk! {
    pub(super) ADD_PREMISES = "premises" (id Uuid, kind Text, name Text, name_en Text, town_id Uuid, grid_id Uuid, community_id Uuid,
        lat Bigint, lon Bigint, room_offered Boolean, area_cm2 Bigint, rent_fen Bigint, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_STATIONS = "stations" (id Uuid, name Text, name_en Text, form Text, town_id Uuid, grid_id Uuid, telephone Text,
        planned_on Bigint, opened_on Bigint, closed_on Bigint);
    pub(super) ADD_POINTS = "points" (id Uuid, station_id Uuid, host Boolean, community_id Uuid, premises_id Uuid, place Text,
        lat Bigint, lon Bigint, planned_on Bigint, opened_on Bigint, closed_on Bigint);
    pub(super) ADD_SERVICES = "station_communities" (id Uuid, station_id Uuid, point_id Uuid, community_id Uuid, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_POSTS = "posts" (id Uuid, station_id Uuid, title Text, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_HOLDERS = "post_holders" (id Uuid, post_id Uuid, person_id Uuid, valid_from Bigint, valid_to Bigint);
    pub(super) ADD_ROTA = "rota" (id Uuid, point_id Uuid, weekday Bigint, from_minute Bigint, to_minute Bigint, post_id Uuid,
        valid_from Bigint, valid_to Bigint);
}

db::statements! {
    pub(super) STATION_SCOPE = "SELECT town_id, grid_id, planned_on, opened_on, closed_on FROM stations WHERE id = ?1";
    pub(super) STATION_NAME = "SELECT name FROM stations WHERE id = ?1";
    pub(super) POINT_SCOPE = "SELECT s.town_id, s.grid_id, p.planned_on, p.opened_on, p.closed_on, p.station_id
        FROM points p JOIN stations s ON s.id = p.station_id WHERE p.id = ?1";
    pub(super) POST_SCOPE = "SELECT s.town_id, s.grid_id, p.valid_from, p.valid_to, p.station_id
        FROM posts p JOIN stations s ON s.id = p.station_id WHERE p.id = ?1";
    pub(super) DESCRIBE_STATION = "UPDATE stations SET name = ?2, name_en = ?3, telephone = ?4 WHERE id = ?1";
    pub(super) END_POST = "UPDATE posts SET valid_to = ?2 WHERE id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) OPEN_STATION = "UPDATE stations SET opened_on = ?2 WHERE id = ?1 AND opened_on IS NULL";
    pub(super) OPEN_POINT = "UPDATE points SET opened_on = ?2 WHERE id = ?1 AND opened_on IS NULL";
    pub(super) SET_HOST = "UPDATE points SET host = CASE WHEN id = ?2 THEN TRUE ELSE FALSE END WHERE station_id = ?1";
    pub(super) CLOSE_STATION = "UPDATE stations SET closed_on = ?2 WHERE id = ?1 AND closed_on IS NULL";
    pub(super) CLOSE_POINT = "UPDATE points SET closed_on = ?2 WHERE id = ?1 AND closed_on IS NULL";
    pub(super) CLOSE_POINTS = "UPDATE points SET closed_on = ?2 WHERE station_id = ?1 AND closed_on IS NULL";
    pub(super) END_SERVICE = "UPDATE station_communities SET valid_to = ?2 WHERE community_id = ?1 AND valid_to IS NULL AND valid_from < ?2";
    pub(super) DROP_SERVICE = "DELETE FROM station_communities WHERE community_id = ?1 AND valid_from >= ?2";
    pub(super) END_SERVICES = "UPDATE station_communities SET valid_to = ?2 WHERE station_id = ?1 AND valid_to IS NULL AND valid_from < ?2";
    pub(super) END_POINT_SERVICES = "UPDATE station_communities SET valid_to = ?2 WHERE point_id = ?1 AND valid_to IS NULL AND valid_from < ?2";
    pub(super) END_ROTA = "UPDATE rota SET valid_to = ?2 WHERE point_id = ?1 AND valid_from < ?2 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) DROP_ROTA = "DELETE FROM rota WHERE point_id = ?1 AND valid_from >= ?2";
    pub(super) END_HOLDER = "UPDATE post_holders SET valid_to = ?2 WHERE post_id = ?1 AND valid_from < ?2 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) HELD_POSTS = "SELECT p.id, h.person_id FROM posts p JOIN post_holders h ON h.post_id = p.id
        WHERE p.station_id = ?1 AND p.valid_from <= ?2 AND (p.valid_to IS NULL OR p.valid_to > ?2)
        AND h.valid_from <= ?2 AND (h.valid_to IS NULL OR h.valid_to > ?2) ORDER BY p.id, h.valid_from DESC, h.id";
    pub(super) WORKS_FROM = "SELECT 1 FROM post_holders WHERE person_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) POSTS_OF_PERSON = "SELECT s.name, p.title, h.valid_from, h.valid_to FROM post_holders h
        JOIN posts p ON p.id = h.post_id JOIN stations s ON s.id = p.station_id
        WHERE h.person_id = ?1 ORDER BY h.valid_from, h.id";
    pub(super) DROP_HOLDER = "DELETE FROM post_holders WHERE post_id = ?1 AND valid_from >= ?2";

    pub(super) SERVED = "SELECT c.community_id, s.id, s.form, p.id, p.lat, p.lon,
        CASE WHEN s.opened_on <= ?1 AND (s.closed_on IS NULL OR s.closed_on > ?1)
            AND p.opened_on <= ?1 AND (p.closed_on IS NULL OR p.closed_on > ?1) THEN TRUE ELSE FALSE END
        FROM station_communities c JOIN stations s ON s.id = c.station_id JOIN points p ON p.id = c.point_id
        WHERE c.valid_from <= ?1 AND (c.valid_to IS NULL OR c.valid_to > ?1) ORDER BY c.community_id, c.valid_from, c.id";
    pub(super) SHIFTS = "SELECT r.point_id, r.weekday, r.from_minute, r.to_minute,
        CASE WHEN EXISTS (SELECT 1 FROM post_holders h WHERE h.post_id = r.post_id AND h.valid_from <= ?1
            AND (h.valid_to IS NULL OR h.valid_to > ?1)) THEN TRUE ELSE FALSE END
        FROM rota r WHERE r.valid_from <= ?1 AND (r.valid_to IS NULL OR r.valid_to > ?1)
        ORDER BY r.point_id, r.weekday, r.from_minute, r.id";
    pub(super) SHIFTS_OF_STATION = "SELECT r.point_id, r.weekday, r.from_minute, r.to_minute,
        CASE WHEN EXISTS (SELECT 1 FROM post_holders h WHERE h.post_id = r.post_id AND h.valid_from <= ?1
            AND (h.valid_to IS NULL OR h.valid_to > ?1)) THEN TRUE ELSE FALSE END
        FROM rota r JOIN points p ON p.id = r.point_id
        WHERE p.station_id = ?2 AND r.valid_from <= ?1 AND (r.valid_to IS NULL OR r.valid_to > ?1)
        ORDER BY r.point_id, r.weekday, r.from_minute, r.id";
    pub(super) STATIONS = "SELECT id, name, name_en, form, town_id, grid_id, telephone, planned_on, opened_on, closed_on,
        (SELECT COUNT(*) FROM posts p WHERE p.station_id = stations.id AND p.valid_from <= ?1 AND (p.valid_to IS NULL OR p.valid_to > ?1)),
        (SELECT COUNT(*) FROM posts p JOIN post_holders h ON h.post_id = p.id WHERE p.station_id = stations.id
            AND p.valid_from <= ?1 AND (p.valid_to IS NULL OR p.valid_to > ?1)
            AND h.valid_from <= ?1 AND (h.valid_to IS NULL OR h.valid_to > ?1))
        FROM stations WHERE planned_on <= ?1 AND (closed_on IS NULL OR closed_on > ?1) ORDER BY name, id";
    pub(super) STATION = "SELECT id, name, name_en, form, town_id, grid_id, telephone, planned_on, opened_on, closed_on,
        (SELECT COUNT(*) FROM posts p WHERE p.station_id = stations.id AND p.valid_from <= ?1 AND (p.valid_to IS NULL OR p.valid_to > ?1)),
        (SELECT COUNT(*) FROM posts p JOIN post_holders h ON h.post_id = p.id WHERE p.station_id = stations.id
            AND p.valid_from <= ?1 AND (p.valid_to IS NULL OR p.valid_to > ?1)
            AND h.valid_from <= ?1 AND (h.valid_to IS NULL OR h.valid_to > ?1))
        FROM stations WHERE id = ?2";
    pub(super) POINTS = "SELECT p.id, p.station_id, p.host, p.community_id, p.premises_id, p.place, p.lat, p.lon,
        p.planned_on, p.opened_on, p.closed_on
        FROM points p JOIN stations s ON s.id = p.station_id
        WHERE p.planned_on <= ?1 AND (p.closed_on IS NULL OR p.closed_on > ?1)
        AND (s.closed_on IS NULL OR s.closed_on > ?1) ORDER BY p.station_id, p.host DESC, p.id";
    pub(super) POINTS_OF_STATION = "SELECT p.id, p.station_id, p.host, p.community_id, p.premises_id, p.place, p.lat, p.lon,
        p.planned_on, p.opened_on, p.closed_on
        FROM points p WHERE p.station_id = ?2 AND p.planned_on <= ?1 AND (p.closed_on IS NULL OR p.closed_on > ?1)
        ORDER BY p.host DESC, p.id";
    pub(super) POSTS_OF_STATION = "SELECT id, title, valid_from, valid_to FROM posts WHERE station_id = ?1 ORDER BY id";
    pub(super) HOLDERS_OF_STATION = "SELECT h.post_id, h.person_id, h.valid_from, h.valid_to
        FROM post_holders h JOIN posts p ON p.id = h.post_id
        WHERE p.station_id = ?2 AND (h.valid_to IS NULL OR h.valid_to > ?1) ORDER BY h.post_id, h.valid_from, h.id";
    pub(super) ROTA_OF_STATION = "SELECT r.point_id, r.weekday, r.from_minute, r.to_minute,
        CASE WHEN EXISTS (SELECT 1 FROM post_holders h WHERE h.post_id = r.post_id AND h.valid_from <= ?1
            AND (h.valid_to IS NULL OR h.valid_to > ?1)) THEN TRUE ELSE FALSE END, r.post_id
        FROM rota r JOIN points p ON p.id = r.point_id
        WHERE p.station_id = ?2 AND r.valid_from <= ?1 AND (r.valid_to IS NULL OR r.valid_to > ?1)
        ORDER BY r.point_id, r.weekday, r.from_minute, r.to_minute, r.id";
    pub(super) NEXT_ROTA_OF_STATION = "SELECT r.point_id, MIN(r.valid_from) FROM rota r JOIN points p ON p.id = r.point_id
        WHERE p.station_id = ?2 AND r.valid_from > ?1 GROUP BY r.point_id ORDER BY r.point_id";
    pub(super) SERVED_BY = "SELECT community_id, point_id FROM station_communities
        WHERE station_id = ?2 AND valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY community_id, id";
    pub(super) SERVICE_OF = "SELECT station_id, point_id FROM station_communities
        WHERE community_id = ?2 AND valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1)
        ORDER BY valid_from DESC, id LIMIT 1";
    pub(super) PREMISES = "SELECT id, kind, name, name_en, town_id, grid_id, community_id, lat, lon, room_offered, area_cm2, rent_fen
        FROM premises WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) ORDER BY id";
    pub(super) STATIONS_OF_GRID = "SELECT COUNT(*) FROM stations WHERE grid_id = ?1 AND (closed_on IS NULL OR closed_on > ?2)";
    pub(super) PREMISES_OF_GRID = "SELECT COUNT(*) FROM premises WHERE grid_id = ?1 AND (valid_to IS NULL OR valid_to > ?2)";
    pub(super) PREMISES_STANDING = "SELECT town_id, grid_id, valid_from, valid_to FROM premises WHERE id = ?1";
    pub(super) POINTS_IN = "SELECT COUNT(*) FROM points WHERE premises_id = ?1 AND (closed_on IS NULL OR closed_on > ?2)";
    pub(super) AFTER_PREMISES = "SELECT COUNT(*) FROM premises m JOIN points p ON p.premises_id = m.id
        WHERE m.valid_to IS NOT NULL AND (p.closed_on IS NULL OR p.closed_on > m.valid_to)";
    pub(super) AFTER_GRID = "SELECT (SELECT COUNT(*) FROM grids g JOIN stations s ON s.grid_id = g.id
            WHERE g.valid_to IS NOT NULL AND (s.closed_on IS NULL OR s.closed_on > g.valid_to))
        + (SELECT COUNT(*) FROM grids g JOIN premises p ON p.grid_id = g.id
            WHERE g.valid_to IS NOT NULL AND (p.valid_to IS NULL OR p.valid_to > g.valid_to))";
    pub(super) END_PREMISES = "UPDATE premises SET valid_to = ?2 WHERE id = ?1";
    pub(super) IN_POST = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN h.id IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT)
        FROM posts p JOIN stations s ON s.id = p.station_id
        LEFT JOIN post_holders h ON h.post_id = p.id AND h.valid_from <= ?1 AND (h.valid_to IS NULL OR h.valid_to > ?1)
        WHERE p.valid_from <= ?1 AND (p.valid_to IS NULL OR p.valid_to > ?1) AND (s.closed_on IS NULL OR s.closed_on > ?1)";
}

db::registered![
    ADD_PREMISES,
    ADD_STATIONS,
    ADD_POINTS,
    ADD_SERVICES,
    ADD_POSTS,
    ADD_HOLDERS,
    ADD_ROTA,
    STATION_SCOPE,
    STATION_NAME,
    POINT_SCOPE,
    POST_SCOPE,
    DESCRIBE_STATION,
    END_POST,
    OPEN_STATION,
    OPEN_POINT,
    SET_HOST,
    CLOSE_STATION,
    CLOSE_POINT,
    CLOSE_POINTS,
    END_SERVICE,
    DROP_SERVICE,
    END_SERVICES,
    END_POINT_SERVICES,
    END_ROTA,
    DROP_ROTA,
    END_HOLDER,
    HELD_POSTS,
    WORKS_FROM,
    POSTS_OF_PERSON,
    DROP_HOLDER,
    SERVED,
    SHIFTS,
    SHIFTS_OF_STATION,
    STATIONS,
    STATION,
    POINTS,
    POINTS_OF_STATION,
    POSTS_OF_STATION,
    HOLDERS_OF_STATION,
    ROTA_OF_STATION,
    NEXT_ROTA_OF_STATION,
    SERVED_BY,
    SERVICE_OF,
    PREMISES,
    STATIONS_OF_GRID,
    PREMISES_OF_GRID,
    PREMISES_STANDING,
    POINTS_IN,
    AFTER_PREMISES,
    AFTER_GRID,
    END_PREMISES,
    IN_POST,
];
