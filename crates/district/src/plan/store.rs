//! The statements of the plan and its gap list.

db::bulk! {
    pub(super) ADD_MARKS = "plan_marks" (plan_id Uuid, site_id Uuid, mark Text);
    pub(super) ADD_STATIONS = "plan_stations" (id Uuid, plan_id Uuid, place Bigint, form Text, town_id Uuid, grid_id Uuid,
        today_id Uuid, station_id Uuid, moves Boolean, workers Bigint, workers_fen Bigint, rooms_fen Bigint, setup_fen Bigint,
        moves_fen Bigint, doors_fen Bigint, walking_fen Bigint);
    pub(super) ADD_POINTS = "plan_points" (id Uuid, plan_id Uuid, plan_station_id Uuid, place Bigint, community_id Uuid,
        premises_id Uuid, today_id Uuid, point_id Uuid, lat Bigint, lon Bigint, host Boolean, half_days Bigint,
        room_offered Boolean, rent_fen Bigint);
    pub(super) ADD_COMMUNITIES = "plan_communities" (plan_id Uuid, community_id Uuid, town_id Uuid, plan_point_id Uuid,
        planned Bigint, households Bigint, limit_metres Bigint, metres Bigint, today_metres Bigint, unserved Text);
    pub(super) ADD_CLOSURES = "plan_closures" (plan_id Uuid, point_id Uuid, station_id Uuid, town_id Uuid, ends_station Boolean);
    pub(super) ADD_GAPS = "gaps" (id Uuid, plan_id Uuid, town_id Uuid, kind Text, plan_station_id Uuid, plan_point_id Uuid,
        needed Bigint, handed_out_on Bigint, due_on Bigint, chased Bigint, chased_on Bigint, crossed_off_on Bigint, note Text);
}

db::statements! {
    pub(super) ADD_PLAN = "INSERT INTO plans (id, name, handbook_id, based_on, state, on_day, parameters, figures, objective, bound,
        took_ms, made_at, made_by, adopted_at, adopted_by, valid_from, valid_to)
        VALUES (?1, ?2, ?3, ?4, 'scenario', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL, NULL, NULL, NULL)";
    pub(super) CHANGE_PLAN = "UPDATE plans SET name = ?2, handbook_id = ?3, on_day = ?4, parameters = ?5, figures = ?6, objective = ?7,
        bound = ?8, took_ms = ?9, made_at = ?10, made_by = ?11 WHERE id = ?1 AND state = 'scenario'";
    pub(super) SET_FIGURES = "UPDATE plans SET figures = ?2 WHERE id = ?1 AND state = 'scenario'";
    pub(super) PLANS = "SELECT p.id, p.name, p.handbook_id, h.version, p.based_on, p.state, p.on_day, p.parameters, p.figures,
        p.objective, p.bound, p.took_ms, p.made_at, p.adopted_at, p.valid_from, p.valid_to
        FROM plans p JOIN handbook_versions h ON h.id = p.handbook_id ORDER BY p.made_at DESC, p.id DESC";
    pub(super) PLAN = "SELECT p.id, p.name, p.handbook_id, h.version, p.based_on, p.state, p.on_day, p.parameters, p.figures,
        p.objective, p.bound, p.took_ms, p.made_at, p.adopted_at, p.valid_from, p.valid_to
        FROM plans p JOIN handbook_versions h ON h.id = p.handbook_id WHERE p.id = ?1";
    pub(super) IN_FORCE = "SELECT id FROM plans WHERE state IN ('adopted', 'superseded') AND valid_from <= ?1
        AND (valid_to IS NULL OR valid_to > ?1) ORDER BY valid_from DESC, adopted_at DESC, id DESC LIMIT 1";
    pub(super) CURRENT = "SELECT id, valid_from FROM plans WHERE state = 'adopted'";
    pub(super) ADOPT = "UPDATE plans SET state = 'adopted', adopted_at = ?2, adopted_by = ?3, valid_from = ?4 WHERE id = ?1 AND state = 'scenario'";
    pub(super) SUPERSEDE = "UPDATE plans SET state = 'superseded', valid_to = ?1 WHERE state = 'adopted'";
    pub(super) MARKS = "SELECT site_id, mark FROM plan_marks WHERE plan_id = ?1 ORDER BY site_id";
    pub(super) STATIONS = "SELECT id, form, town_id, grid_id, today_id, station_id, moves, workers, workers_fen, rooms_fen, setup_fen,
        moves_fen, doors_fen, walking_fen FROM plan_stations WHERE plan_id = ?1 ORDER BY place";
    pub(super) POINTS = "SELECT id, plan_station_id, community_id, premises_id, today_id, point_id, lat, lon, host, half_days,
        room_offered, rent_fen FROM plan_points WHERE plan_id = ?1 ORDER BY place";
    pub(super) COMMUNITIES = "SELECT community_id, town_id, plan_point_id, planned, households, limit_metres, metres, today_metres, unserved
        FROM plan_communities WHERE plan_id = ?1 ORDER BY community_id";
    pub(super) CLOSURES = "SELECT point_id, station_id, town_id, ends_station FROM plan_closures WHERE plan_id = ?1 ORDER BY station_id, point_id";
    pub(super) DROP_MARKS = "DELETE FROM plan_marks WHERE plan_id = ?1";
    pub(super) DROP_COMMUNITIES = "DELETE FROM plan_communities WHERE plan_id = ?1";
    pub(super) DROP_CLOSURES = "DELETE FROM plan_closures WHERE plan_id = ?1";
    pub(super) DROP_POINTS = "DELETE FROM plan_points WHERE plan_id = ?1";
    pub(super) DROP_STATIONS = "DELETE FROM plan_stations WHERE plan_id = ?1";
    pub(super) DROP_PLAN = "DELETE FROM plans WHERE id = ?1 AND state = 'scenario'";
    pub(super) DETACH = "UPDATE plans SET based_on = NULL WHERE based_on = ?1";
    pub(super) CARRY_STATION = "UPDATE plan_stations SET station_id = ?2 WHERE id = ?1";
    pub(super) CARRY_POINT = "UPDATE plan_points SET point_id = ?2 WHERE id = ?1";
    pub(super) GAPS = "SELECT g.id, g.town_id, g.kind, g.plan_station_id, g.plan_point_id, g.needed, g.handed_out_on, g.due_on, g.chased,
        g.chased_on, g.crossed_off_on, g.note
        FROM gaps g JOIN plan_stations s ON s.id = g.plan_station_id JOIN plan_points p ON p.id = g.plan_point_id
        WHERE g.plan_id = ?1 ORDER BY s.place, p.place, g.kind, g.id";
    pub(super) HAND_OUT = "UPDATE gaps SET handed_out_on = ?2, due_on = ?3, note = ?4 WHERE id = ?1 AND crossed_off_on IS NULL";
    pub(super) CHASE = "UPDATE gaps SET chased = chased + 1, chased_on = ?2 WHERE id = ?1 AND handed_out_on IS NOT NULL AND crossed_off_on IS NULL";
    pub(super) CROSS_OFF = "UPDATE gaps SET crossed_off_on = ?2 WHERE id = ?1 AND crossed_off_on IS NULL";
}

db::registered![
    ADD_MARKS,
    ADD_STATIONS,
    ADD_POINTS,
    ADD_COMMUNITIES,
    ADD_CLOSURES,
    ADD_GAPS,
    ADD_PLAN,
    CHANGE_PLAN,
    SET_FIGURES,
    PLANS,
    PLAN,
    IN_FORCE,
    CURRENT,
    ADOPT,
    SUPERSEDE,
    MARKS,
    STATIONS,
    POINTS,
    COMMUNITIES,
    CLOSURES,
    DROP_MARKS,
    DROP_COMMUNITIES,
    DROP_CLOSURES,
    DROP_POINTS,
    DROP_STATIONS,
    DROP_PLAN,
    DETACH,
    CARRY_STATION,
    CARRY_POINT,
    GAPS,
    HAND_OUT,
    CHASE,
    CROSS_OFF,
];
