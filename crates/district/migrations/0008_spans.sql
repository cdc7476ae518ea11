-- Sums of daily rows over spans of 64 days, so that the count on a date reads what a few months hold, not all history.
-- A span is the day divided by 64, rounded down.
CREATE TABLE community_spans (
    community_id UUID NOT NULL REFERENCES communities (id),
    span BIGINT NOT NULL,
    dwellings BIGINT NOT NULL,
    households BIGINT NOT NULL,
    residents BIGINT NOT NULL,
    PRIMARY KEY (community_id, span)
);
INSERT INTO community_spans (community_id, span, dwellings, households, residents)
    SELECT community_id, (day - (day % 64 + 64) % 64) / 64, CAST(SUM(dwellings) AS BIGINT),
        CAST(SUM(households) AS BIGINT), CAST(SUM(residents) AS BIGINT)
    FROM community_days GROUP BY community_id, (day - (day % 64 + 64) % 64) / 64;
