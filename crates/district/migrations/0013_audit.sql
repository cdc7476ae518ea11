-- Each row of the audit has a number without gaps and a hash over itself and the hash before it, so that a row that was
-- changed or taken away is found. Rows from before stand without; how many there were is kept.
ALTER TABLE audit ADD COLUMN number BIGINT;
ALTER TABLE audit ADD COLUMN hash BYTEA;
CREATE UNIQUE INDEX audit_number ON audit (number);
INSERT INTO counters (name, value) SELECT 'audit_before', COUNT(*) FROM audit;
-- The persons that a row is about, where it was read or changed what is known of them: everyone may read these rows.
CREATE TABLE audit_subjects (
    person_id UUID NOT NULL REFERENCES persons (id),
    audit_id UUID NOT NULL REFERENCES audit (id),
    PRIMARY KEY (person_id, audit_id)
);
CREATE INDEX audit_subjects_row ON audit_subjects (audit_id);
