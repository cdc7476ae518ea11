-- Versions of the handbook, and what the handbook asks about a community that the register does not hold.
CREATE TABLE handbook_versions (
    id UUID PRIMARY KEY,
    version TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    based_on UUID REFERENCES handbook_versions (id),
    made_at BIGINT NOT NULL,
    made_by UUID,
    adopted_at BIGINT,
    adopted_by UUID,
    valid_from BIGINT,
    valid_to BIGINT
);
CREATE INDEX handbook_versions_base ON handbook_versions (based_on);

-- A figure of a community that a difficulty factor reads; absent means no data, never zero.
CREATE TABLE community_factors (
    id UUID PRIMARY KEY,
    community_id UUID NOT NULL REFERENCES communities (id),
    factor TEXT NOT NULL,
    value BIGINT NOT NULL,
    source TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX community_factors_community ON community_factors (community_id);

-- What a named person decided where the handbook leaves it to one.
CREATE TABLE form_decisions (
    id UUID PRIMARY KEY,
    community_id UUID NOT NULL REFERENCES communities (id),
    form TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by UUID,
    decided_at BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT
);
CREATE INDEX form_decisions_community ON form_decisions (community_id);
