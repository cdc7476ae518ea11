-- Whom a post of a station visits on a day, and in which order. Whoever holds the post goes.
CREATE TABLE rounds (
    id UUID PRIMARY KEY,
    station_id UUID NOT NULL REFERENCES stations (id),
    post_id UUID NOT NULL REFERENCES posts (id),
    day BIGINT NOT NULL,
    back_minutes BIGINT NOT NULL,
    version BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE (post_id, day)
);
CREATE INDEX rounds_station ON rounds (station_id, day);

-- A door of a round. Minutes: those of the visit, and of the way from the door before.
CREATE TABLE round_stops (
    id UUID PRIMARY KEY,
    round_id UUID NOT NULL REFERENCES rounds (id),
    tenancy_id UUID NOT NULL REFERENCES tenancies (id),
    place BIGINT NOT NULL,
    slot TEXT NOT NULL,
    why TEXT NOT NULL,
    due_by BIGINT NOT NULL,
    visit_minutes BIGINT NOT NULL,
    walk_minutes BIGINT NOT NULL,
    UNIQUE (round_id, tenancy_id)
);
CREATE INDEX round_stops_tenancy ON round_stops (tenancy_id);

-- A visit that was made, by an id that the one who made it gave it. What was said in confidence is sealed.
-- until_day: a contact counts until this day; NULL where nobody was reached.
CREATE TABLE visits (
    id UUID PRIMARY KEY,
    tenancy_id UUID NOT NULL REFERENCES tenancies (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    day BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    slot TEXT NOT NULL,
    until_day BIGINT,
    account_id UUID,
    note BYTEA
);
CREATE INDEX visits_tenancy ON visits (tenancy_id, day);
CREATE INDEX visits_community ON visits (community_id, day);

-- What a household needs, and whether it agreed that whoever helps is told.
CREATE TABLE visit_needs (
    id UUID PRIMARY KEY,
    visit_id UUID NOT NULL REFERENCES visits (id),
    tenancy_id UUID NOT NULL REFERENCES tenancies (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    category TEXT NOT NULL,
    consent BOOLEAN NOT NULL,
    day BIGINT NOT NULL
);
CREATE INDEX visit_needs_visit ON visit_needs (visit_id);
CREATE INDEX visit_needs_tenancy ON visit_needs (tenancy_id);
CREATE INDEX visit_needs_community ON visit_needs (community_id, day);

-- Households that are visited more often because they agreed to it, or at once because of something that happened.
CREATE TABLE visit_marks (
    id UUID PRIMARY KEY,
    tenancy_id UUID NOT NULL REFERENCES tenancies (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    kind TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    marked_by UUID
);
CREATE INDEX visit_marks_tenancy ON visit_marks (tenancy_id);
CREATE INDEX visit_marks_community ON visit_marks (community_id);

-- Visits that no longer fit when they came in: they wait for somebody, and are never dropped.
CREATE TABLE visit_inbox (
    id UUID PRIMARY KEY,
    tenancy_id UUID NOT NULL REFERENCES tenancies (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    round_id UUID,
    day BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    slot TEXT NOT NULL,
    needs TEXT NOT NULL,
    account_id UUID,
    note BYTEA,
    reason TEXT NOT NULL,
    decided_at BIGINT,
    decided_by UUID,
    taken BOOLEAN
);
CREATE INDEX visit_inbox_tenancy ON visit_inbox (tenancy_id);
CREATE INDEX visit_inbox_community ON visit_inbox (community_id, received_at);

-- Devices that hold a round, each with the secret by which a sign-in opens it. The server may order that what lies on one is
-- wiped. No facts of the district: an archive leaves them out.
CREATE TABLE visit_devices (
    id UUID PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    secret BYTEA NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    wipe_at BIGINT,
    wiped_at BIGINT
);
CREATE INDEX visit_devices_account ON visit_devices (account_id);
