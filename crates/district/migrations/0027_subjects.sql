-- The chain of the audit holds whom a row is about, and all ids of what it names, not the first eight alone. The digest of these ids
-- marks a row that is linked so; rows from before have none and are linked as they were.
ALTER TABLE audit ADD COLUMN ids_digest BYTEA;
