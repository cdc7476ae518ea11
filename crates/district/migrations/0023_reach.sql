-- What a household said at a visit of how it is served; NULL: nothing.
ALTER TABLE visits ADD COLUMN satisfied BOOLEAN;
ALTER TABLE visit_inbox ADD COLUMN satisfied BOOLEAN;

-- What is known of how a household is served, each with the days on which it holds: that it was met or spoken to (contact), that
-- something it asked for is past its day (overdue), what it said of how it was helped (word). source_id: the visit or matter.
CREATE TABLE reach_facts (
    tenancy_id UUID NOT NULL REFERENCES tenancies (id),
    source_id UUID NOT NULL,
    kind TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    satisfied BOOLEAN NOT NULL,
    PRIMARY KEY (tenancy_id, source_id, kind, valid_from)
);

-- How many households of a community are contacted, of these responded to, of these satisfied, of these silent: the change on a day.
CREATE TABLE reach_days (
    community_id UUID NOT NULL REFERENCES communities (id),
    day BIGINT NOT NULL,
    contacted BIGINT NOT NULL,
    responded BIGINT NOT NULL,
    satisfied BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    PRIMARY KEY (community_id, day)
);

-- The sums of these changes over spans of 64 days, as in community_spans.
CREATE TABLE reach_spans (
    community_id UUID NOT NULL REFERENCES communities (id),
    span BIGINT NOT NULL,
    contacted BIGINT NOT NULL,
    responded BIGINT NOT NULL,
    satisfied BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    PRIMARY KEY (community_id, span)
);

-- Of a district that was there before: every contact, the matters that are past their day, and what was said in the end. Days are
-- counted from these when the program starts. 28800000: Shanghai is eight hours ahead.
INSERT INTO reach_facts (tenancy_id, source_id, kind, valid_from, valid_to, satisfied)
    SELECT tenancy_id, id, 'contact', day, until_day, FALSE FROM visits WHERE until_day IS NOT NULL;
INSERT INTO reach_facts (tenancy_id, source_id, kind, valid_from, valid_to, satisfied)
    SELECT tenancy_id, id, 'overdue', due_on + 1, NULL, FALSE FROM matters
    WHERE tenancy_id IS NOT NULL AND state IN ('received', 'accepted', 'in-progress');
INSERT INTO reach_facts (tenancy_id, source_id, kind, valid_from, valid_to, satisfied)
    SELECT tenancy_id, id, 'overdue', due_on + 1, (answered_at + 28800000) / 86400000, FALSE FROM matters
    WHERE tenancy_id IS NOT NULL AND state IN ('answered', 'closed') AND (answered_at + 28800000) / 86400000 > due_on + 1;
INSERT INTO reach_facts (tenancy_id, source_id, kind, valid_from, valid_to, satisfied)
    SELECT tenancy_id, id, 'word', (closed_at + 28800000) / 86400000, (closed_at + 28800000) / 86400000 + 365, satisfied FROM matters
    WHERE tenancy_id IS NOT NULL AND satisfied IS NOT NULL AND state = 'closed';
