-- Photographs of matters: of what is wrong, and of what was done about it. They are written anew when they come in, so that
-- nothing of the camera or the place is left in them, and sealed: somebody may stand in the picture.
CREATE TABLE matter_photos (
    id UUID PRIMARY KEY,
    matter_id UUID NOT NULL REFERENCES matters (id),
    -- Its place among the photographs of the matter, in the order they came.
    number BIGINT NOT NULL,
    -- The newest step in the record when it came: that with which it was given.
    step BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- Who gave it, as a step says it.
    role TEXT NOT NULL,
    account_id UUID,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    -- Has a worker looked at it and let everyone see it?
    cleared BOOLEAN NOT NULL,
    preview BYTEA NOT NULL,
    picture BYTEA NOT NULL
);
CREATE INDEX matter_photos_matter ON matter_photos (matter_id, number);
