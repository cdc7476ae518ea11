-- Scenarios of the station plan, what they would open, and the gaps that follow from the adopted one.
CREATE TABLE plans (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    handbook_id UUID NOT NULL REFERENCES handbook_versions (id),
    state TEXT NOT NULL,
    on_day BIGINT NOT NULL,
    parameters TEXT NOT NULL,
    objective BIGINT NOT NULL,
    bound BIGINT NOT NULL,
    proven BOOLEAN NOT NULL,
    today_cost BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by UUID,
    adopted_at BIGINT,
    adopted_by UUID
);
CREATE INDEX plans_handbook ON plans (handbook_id);

CREATE TABLE plan_marks (
    plan_id UUID NOT NULL REFERENCES plans (id),
    site_id UUID NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (plan_id, site_id)
);

CREATE TABLE plan_stations (
    id UUID PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    form TEXT NOT NULL,
    town_id UUID NOT NULL REFERENCES towns (id),
    grid_id UUID REFERENCES grids (id),
    today_id UUID REFERENCES stations (id),
    workers BIGINT NOT NULL,
    cost_fen BIGINT NOT NULL
);
CREATE INDEX plan_stations_plan ON plan_stations (plan_id);
CREATE INDEX plan_stations_town ON plan_stations (town_id);
CREATE INDEX plan_stations_grid ON plan_stations (grid_id);
CREATE INDEX plan_stations_today ON plan_stations (today_id);

CREATE TABLE plan_points (
    id UUID PRIMARY KEY,
    plan_station_id UUID NOT NULL REFERENCES plan_stations (id),
    community_id UUID REFERENCES communities (id),
    premises_id UUID REFERENCES premises (id),
    today_id UUID REFERENCES points (id),
    host BOOLEAN NOT NULL,
    half_days BIGINT NOT NULL,
    room_offered BOOLEAN NOT NULL,
    cost_fen BIGINT NOT NULL
);
CREATE INDEX plan_points_station ON plan_points (plan_station_id);
CREATE INDEX plan_points_community ON plan_points (community_id);
CREATE INDEX plan_points_premises ON plan_points (premises_id);
CREATE INDEX plan_points_today ON plan_points (today_id);

CREATE TABLE plan_communities (
    plan_id UUID NOT NULL REFERENCES plans (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    plan_point_id UUID REFERENCES plan_points (id),
    walking_metres BIGINT,
    unserved TEXT,
    PRIMARY KEY (plan_id, community_id)
);
CREATE INDEX plan_communities_community ON plan_communities (community_id);
CREATE INDEX plan_communities_point ON plan_communities (plan_point_id);

-- What a town still lacks (缺口): handed out (交办), chased (督办), crossed off (销号).
CREATE TABLE gaps (
    id UUID PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    town_id UUID NOT NULL REFERENCES towns (id),
    kind TEXT NOT NULL,
    plan_station_id UUID REFERENCES plan_stations (id),
    plan_point_id UUID REFERENCES plan_points (id),
    community_id UUID REFERENCES communities (id),
    needed BIGINT NOT NULL,
    present BIGINT NOT NULL,
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
CREATE INDEX gaps_community ON gaps (community_id);
