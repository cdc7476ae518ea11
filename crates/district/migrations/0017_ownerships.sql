-- Who owns a flat, by the number of a certificate that two people have held against the paper. The number is sealed.
CREATE TABLE ownerships (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id),
    community_id UUID NOT NULL REFERENCES communities (id),
    unit_id UUID NOT NULL REFERENCES units (id),
    certificate BYTEA,
    by_telephone BOOLEAN NOT NULL,
    login TEXT,
    password TEXT,
    stated_at BIGINT NOT NULL,
    first_by UUID,
    first_at BIGINT,
    second_by UUID,
    second_at BIGINT,
    refused_at BIGINT,
    reason TEXT,
    valid_from BIGINT,
    valid_to BIGINT,
    CHECK (second_by IS NULL OR second_by <> first_by)
);
CREATE INDEX ownerships_person ON ownerships (person_id);
CREATE INDEX ownerships_community ON ownerships (community_id, stated_at);
CREATE INDEX ownerships_unit ON ownerships (unit_id);
CREATE INDEX ownerships_stated ON ownerships (stated_at);
