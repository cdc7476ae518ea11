-- Households that moved in, counted by day like those that live there: the turnover of a year is read from the counts of two
-- days, not from every tenancy. Those that moved out are what is left of the two counts.
ALTER TABLE community_days ADD COLUMN moved_in BIGINT NOT NULL DEFAULT 0;
ALTER TABLE community_spans ADD COLUMN moved_in BIGINT NOT NULL DEFAULT 0;
UPDATE community_days SET moved_in = n.began
    FROM (SELECT community_id, valid_from, COUNT(*) AS began FROM tenancies GROUP BY community_id, valid_from) n
    WHERE community_days.community_id = n.community_id AND community_days.day = n.valid_from;
UPDATE community_spans SET moved_in = n.began
    FROM (SELECT community_id, (day - (day % 64 + 64) % 64) / 64 AS span, CAST(SUM(moved_in) AS BIGINT) AS began
        FROM community_days GROUP BY community_id, (day - (day % 64 + 64) % 64) / 64) n
    WHERE community_spans.community_id = n.community_id AND community_spans.span = n.span;
