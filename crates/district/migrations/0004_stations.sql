-- Premises that can host a station or a point, besides the communities themselves.
CREATE TABLE premises (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    town_id UUID NOT NULL REFERENCES towns (id),
    grid_id UUID REFERENCES grids (id),
    community_id UUID REFERENCES communities (id),
    lat BIGINT NOT NULL,
    lon BIGINT NOT NULL,
    room_offered BOOLEAN NOT NULL,
    area_cm2 BIGINT,
    rent_fen BIGINT,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX premises_town ON premises (town_id);
CREATE INDEX premises_grid ON premises (grid_id);
CREATE INDEX premises_community ON premises (community_id);

CREATE TABLE stations (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    form TEXT NOT NULL,
    town_id UUID NOT NULL REFERENCES towns (id),
    grid_id UUID REFERENCES grids (id),
    telephone TEXT NOT NULL,
    planned_on BIGINT NOT NULL,
    opened_on BIGINT,
    closed_on BIGINT
);
CREATE INDEX stations_town ON stations (town_id);
CREATE INDEX stations_grid ON stations (grid_id);

-- A point lies in a community or in other premises; one point of a station is its host.
CREATE TABLE points (
    id UUID PRIMARY KEY,
    station_id UUID NOT NULL REFERENCES stations (id),
    host BOOLEAN NOT NULL,
    community_id UUID REFERENCES communities (id),
    premises_id UUID REFERENCES premises (id),
    place TEXT NOT NULL,
    lat BIGINT NOT NULL,
    lon BIGINT NOT NULL,
    planned_on BIGINT NOT NULL,
    opened_on BIGINT,
    closed_on BIGINT
);
CREATE INDEX points_station ON points (station_id);
CREATE INDEX points_community ON points (community_id);
CREATE INDEX points_premises ON points (premises_id);

-- Which station, and which of its points, serves a community.
CREATE TABLE station_communities (
    id UUID PRIMARY KEY,
    station_id UUID NOT NULL REFERENCES stations (id),
    point_id UUID NOT NULL REFERENCES points (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX station_communities_station ON station_communities (station_id);
CREATE INDEX station_communities_point ON station_communities (point_id);
CREATE INDEX station_communities_community ON station_communities (community_id);

CREATE TABLE posts (
    id UUID PRIMARY KEY,
    station_id UUID NOT NULL REFERENCES stations (id),
    title TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX posts_station ON posts (station_id);

CREATE TABLE post_holders (
    id UUID PRIMARY KEY,
    post_id UUID NOT NULL REFERENCES posts (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX post_holders_post ON post_holders (post_id);
CREATE INDEX post_holders_person ON post_holders (person_id);

-- The weekly rota of a point: open from–to (minutes of the day); by whom, NULL when nobody is on duty.
CREATE TABLE rota (
    id UUID PRIMARY KEY,
    point_id UUID NOT NULL REFERENCES points (id),
    weekday BIGINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    from_minute BIGINT NOT NULL,
    to_minute BIGINT NOT NULL,
    post_id UUID REFERENCES posts (id),
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    CHECK (from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440)
);
CREATE INDEX rota_point ON rota (point_id);
CREATE INDEX rota_post ON rota (post_id);
