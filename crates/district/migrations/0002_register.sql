-- 一社一档. Intervals are half-open days [valid_from, valid_to), NULL for open. What is true of a community on a day
-- stands in community_versions; the community itself is only its identity.
CREATE TABLE towns (
    id UUID PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    kind TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    lat BIGINT NOT NULL,
    lon BIGINT NOT NULL,
    boundary TEXT,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);

CREATE TABLE grids (
    id UUID PRIMARY KEY,
    town_id UUID NOT NULL REFERENCES towns (id),
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX grids_town ON grids (town_id);

-- Property managers, rental operators, mall managers, merchants, committees, party organisations.
CREATE TABLE organisations (
    id UUID PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    uscc TEXT,
    town_id UUID REFERENCES towns (id),
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX organisations_town ON organisations (town_id);

CREATE TABLE communities (
    id UUID PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    simulated BOOLEAN NOT NULL
);

CREATE TABLE community_versions (
    community_id UUID NOT NULL REFERENCES communities (id),
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    property_right TEXT NOT NULL,
    town_id UUID NOT NULL REFERENCES towns (id),
    grid_id UUID REFERENCES grids (id),
    address TEXT NOT NULL,
    lat BIGINT,
    lon BIGINT,
    opened_on BIGINT,
    planned_households BIGINT,
    planned_decided_on BIGINT,
    boundary TEXT,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (community_id, valid_from)
);
CREATE INDEX community_versions_town ON community_versions (town_id);
CREATE INDEX community_versions_grid ON community_versions (grid_id);

-- Entry to and exit from the list: proposed by a town, confirmed by the district.
CREATE TABLE community_listings (
    id UUID PRIMARY KEY,
    community_id UUID NOT NULL REFERENCES communities (id),
    change TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    proposed_by UUID,
    decided_at BIGINT,
    decided_by UUID,
    state TEXT NOT NULL,
    effective_on BIGINT NOT NULL
);
CREATE INDEX community_listings_community ON community_listings (community_id);
CREATE INDEX community_listings_day ON community_listings (effective_on);

CREATE TABLE community_modes (
    id UUID PRIMARY KEY,
    community_id UUID NOT NULL REFERENCES communities (id),
    mode TEXT NOT NULL,
    organisation_id UUID REFERENCES organisations (id),
    document_no TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX community_modes_community ON community_modes (community_id);
CREATE INDEX community_modes_organisation ON community_modes (organisation_id);

CREATE TABLE community_organisations (
    id UUID PRIMARY KEY,
    community_id UUID NOT NULL REFERENCES communities (id),
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    remit TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX community_organisations_community ON community_organisations (community_id);
CREATE INDEX community_organisations_org ON community_organisations (organisation_id);

CREATE TABLE external_ids (
    system TEXT NOT NULL,
    external_id TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_id UUID NOT NULL,
    PRIMARY KEY (system, external_id, entity)
);
CREATE INDEX external_ids_entity ON external_ids (entity_id);

CREATE TABLE buildings (
    id UUID PRIMARY KEY,
    community_id UUID NOT NULL REFERENCES communities (id),
    number TEXT NOT NULL,
    floors BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    UNIQUE (community_id, number)
);

-- A flat (套); when it is let by the room, its rooms (间) are the dwellings, otherwise it is one itself.
CREATE TABLE units (
    id UUID PRIMARY KEY,
    building_id UUID NOT NULL REFERENCES buildings (id),
    number TEXT NOT NULL,
    floor BIGINT NOT NULL,
    area_cm2 BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    UNIQUE (building_id, number)
);

CREATE TABLE rooms (
    id UUID PRIMARY KEY,
    unit_id UUID NOT NULL REFERENCES units (id),
    number TEXT NOT NULL,
    area_cm2 BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    UNIQUE (unit_id, number)
);

-- One corporate lease may cover many tenancies.
CREATE TABLE leases (
    id UUID PRIMARY KEY,
    community_id UUID NOT NULL REFERENCES communities (id),
    organisation_id UUID NOT NULL REFERENCES organisations (id),
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX leases_community ON leases (community_id);
CREATE INDEX leases_organisation ON leases (organisation_id);

-- A household is a tenancy in force (or owner-occupation) on the date.
CREATE TABLE tenancies (
    id UUID PRIMARY KEY,
    community_id UUID NOT NULL REFERENCES communities (id),
    unit_id UUID NOT NULL REFERENCES units (id),
    room_id UUID REFERENCES rooms (id),
    lease_id UUID REFERENCES leases (id),
    tenure TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX tenancies_community ON tenancies (community_id, valid_from);
CREATE INDEX tenancies_unit ON tenancies (unit_id);
CREATE INDEX tenancies_room ON tenancies (room_id);
CREATE INDEX tenancies_lease ON tenancies (lease_id);

CREATE TABLE occupants (
    id UUID PRIMARY KEY,
    tenancy_id UUID NOT NULL REFERENCES tenancies (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX occupants_tenancy ON occupants (tenancy_id);
CREATE INDEX occupants_person ON occupants (person_id);

-- The change (+/−) of a day in a community: its sum up to a date is the count on that date.
CREATE TABLE community_days (
    community_id UUID NOT NULL REFERENCES communities (id),
    day BIGINT NOT NULL,
    dwellings BIGINT NOT NULL,
    households BIGINT NOT NULL,
    residents BIGINT NOT NULL,
    PRIMARY KEY (community_id, day)
);
