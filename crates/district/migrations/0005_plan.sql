-- Scenarios of the station plan, what they would open, and the gaps that follow from the adopted one.
-- `parameters` and `figures` are JSON objects of whole numbers: the weights, and the yearly costs of plan and today.
CREATE TABLE plans (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    handbook_id UUID NOT NULL REFERENCES handbook_versions (id),
    based_on UUID REFERENCES plans (id),
    state TEXT NOT NULL,
    on_day BIGINT NOT NULL,
    parameters TEXT NOT NULL,
    figures TEXT NOT NULL,
    objective BIGINT NOT NULL,
    bound BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by UUID,
    adopted_at BIGINT,
    adopted_by UUID,
    valid_from BIGINT,
    valid_to BIGINT
);
CREATE INDEX plans_handbook ON plans (handbook_id);
CREATE INDEX plans_base ON plans (based_on);

-- What an officer said of a site: a community, or premises outside of one.
CREATE TABLE plan_marks (
    plan_id UUID NOT NULL REFERENCES plans (id),
    site_id UUID NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (plan_id, site_id)
);

-- `today_id` is the station it goes on from; `station_id` the station that carries it out once the plan is adopted.
CREATE TABLE plan_stations (
    id UUID PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    place BIGINT NOT NULL,
    form TEXT NOT NULL,
    town_id UUID NOT NULL REFERENCES towns (id),
    grid_id UUID REFERENCES grids (id),
    today_id UUID REFERENCES stations (id),
    station_id UUID REFERENCES stations (id),
    moves BOOLEAN NOT NULL,
    workers BIGINT NOT NULL,
    workers_fen BIGINT NOT NULL,
    rooms_fen BIGINT NOT NULL,
    setup_fen BIGINT NOT NULL,
    moves_fen BIGINT NOT NULL,
    doors_fen BIGINT NOT NULL,
    walking_fen BIGINT NOT NULL
);
CREATE INDEX plan_stations_plan ON plan_stations (plan_id, place);
CREATE INDEX plan_stations_town ON plan_stations (town_id);
CREATE INDEX plan_stations_grid ON plan_stations (grid_id);
CREATE INDEX plan_stations_today ON plan_stations (today_id);
CREATE INDEX plan_stations_station ON plan_stations (station_id);

CREATE TABLE plan_points (
    id UUID PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    plan_station_id UUID NOT NULL REFERENCES plan_stations (id),
    place BIGINT NOT NULL,
    community_id UUID REFERENCES communities (id),
    premises_id UUID REFERENCES premises (id),
    today_id UUID REFERENCES points (id),
    point_id UUID REFERENCES points (id),
    lat BIGINT NOT NULL,
    lon BIGINT NOT NULL,
    host BOOLEAN NOT NULL,
    half_days BIGINT NOT NULL,
    room_offered BOOLEAN NOT NULL,
    rent_fen BIGINT NOT NULL
);
CREATE INDEX plan_points_plan ON plan_points (plan_id, place);
CREATE INDEX plan_points_station ON plan_points (plan_station_id);
CREATE INDEX plan_points_community ON plan_points (community_id);
CREATE INDEX plan_points_premises ON plan_points (premises_id);
CREATE INDEX plan_points_today ON plan_points (today_id);
CREATE INDEX plan_points_point ON plan_points (point_id);

-- A community in a plan: its point and the way there, or why it has none; `today_metres` NULL when nobody serves it.
CREATE TABLE plan_communities (
    plan_id UUID NOT NULL REFERENCES plans (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    town_id UUID NOT NULL REFERENCES towns (id),
    plan_point_id UUID REFERENCES plan_points (id),
    planned BIGINT NOT NULL,
    households BIGINT NOT NULL,
    limit_metres BIGINT,
    metres BIGINT,
    today_metres BIGINT,
    unserved TEXT,
    PRIMARY KEY (plan_id, community_id)
);
CREATE INDEX plan_communities_community ON plan_communities (community_id);
CREATE INDEX plan_communities_point ON plan_communities (plan_point_id);
CREATE INDEX plan_communities_town ON plan_communities (town_id);

-- Points of today that a plan has no use for.
CREATE TABLE plan_closures (
    plan_id UUID NOT NULL REFERENCES plans (id),
    point_id UUID NOT NULL REFERENCES points (id),
    station_id UUID NOT NULL REFERENCES stations (id),
    town_id UUID NOT NULL REFERENCES towns (id),
    ends_station BOOLEAN NOT NULL,
    PRIMARY KEY (plan_id, point_id)
);
CREATE INDEX plan_closures_point ON plan_closures (point_id);
CREATE INDEX plan_closures_station ON plan_closures (station_id);
CREATE INDEX plan_closures_town ON plan_closures (town_id);

-- What a town still lacks (缺口): handed out (交办), chased (督办), crossed off (销号).
CREATE TABLE gaps (
    id UUID PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    town_id UUID NOT NULL REFERENCES towns (id),
    kind TEXT NOT NULL,
    plan_station_id UUID NOT NULL REFERENCES plan_stations (id),
    plan_point_id UUID NOT NULL REFERENCES plan_points (id),
    needed BIGINT NOT NULL,
    handed_out_on BIGINT,
    due_on BIGINT,
    chased BIGINT NOT NULL,
    chased_on BIGINT,
    crossed_off_on BIGINT,
    note TEXT NOT NULL
);
CREATE INDEX gaps_plan ON gaps (plan_id);
CREATE INDEX gaps_town ON gaps (town_id);
CREATE INDEX gaps_station ON gaps (plan_station_id);
CREATE INDEX gaps_point ON gaps (plan_point_id);
