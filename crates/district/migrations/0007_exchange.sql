-- What was uploaded to be imported: sealed, as it holds names, and emptied when it is done with.
CREATE TABLE uploads (
    id UUID PRIMARY KEY,
    made_at BIGINT NOT NULL,
    made_by UUID,
    name TEXT NOT NULL,
    effective_on BIGINT NOT NULL,
    content BYTEA,
    state TEXT NOT NULL,
    only_good BOOLEAN NOT NULL,
    tallies TEXT NOT NULL,
    decided_at BIGINT
);
CREATE INDEX uploads_time ON uploads (made_at, id);

-- A superior's own form (套表): the empty workbook and which of its columns is filled with what.
CREATE TABLE report_forms (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by UUID,
    content BYTEA NOT NULL,
    sheet TEXT NOT NULL,
    header_row BIGINT NOT NULL,
    mapping TEXT NOT NULL
);
